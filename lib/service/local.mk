# SPDX-License-Identifier: MIT
# Sources and headers of this layer, sorted, one a line:
#   libpe_sources += lib/service/NAME.c
libpe_sources += lib/service/catalog.h
libpe_sources += lib/service/keys.c
libpe_sources += lib/service/keys.def
libpe_sources += lib/service/keys.h
