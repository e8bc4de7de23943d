# SPDX-License-Identifier: MIT
# Sources and headers of this layer, sorted, one a line:
#   libpe_sources += lib/access/NAME.c
libpe_sources += lib/access/access.c
libpe_sources += lib/access/access.h
libpe_sources += lib/access/edit.c
libpe_sources += lib/access/edit.h
libpe_sources += lib/access/hint.c
libpe_sources += lib/access/hint.h
libpe_sources += lib/access/hints.def
libpe_sources += lib/access/managed_key.c
libpe_sources += lib/access/near.c
libpe_sources += lib/access/near.h
libpe_sources += lib/access/operability.c
