# SPDX-License-Identifier: MIT
# Sources and headers of this layer, sorted, one a line.
libpe_sources += lib/grant/document.c
libpe_sources += lib/grant/manage.c
libpe_sources += lib/grant/plan.c
libpe_sources += lib/grant/propose.c
libpe_sources += lib/grant/prove.c
libpe_sources += lib/grant/region.c
libpe_sources += lib/grant/revoke.c
libpe_sources += lib/grant/splice.c
libpe_sources += lib/grant/document.h
libpe_sources += lib/grant/plan.h
libpe_sources += lib/grant/propose.h
libpe_sources += lib/grant/prove.h
libpe_sources += lib/grant/splice.h
libpe_sources += lib/grant/claims.def
