# SPDX-License-Identifier: MIT
# Sources and headers of this layer, sorted, one a line:
#   libpe_sources += lib/service/NAME.c
libpe_sources += lib/service/actions.c
libpe_sources += lib/service/catalog.c
libpe_sources += lib/service/catalog.h
libpe_sources += lib/service/catalog_load.c
libpe_sources += lib/service/keys.c
libpe_sources += lib/service/keys.def
libpe_sources += lib/service/keys.h
libpe_sources += lib/service/kms.def
libpe_sources += lib/service/secretsmanager.def
libpe_sources += lib/service/sts.def
libpe_sources += lib/service/tables.h
libpe_sources += lib/service/tree.c
libpe_sources += lib/service/tree.h
