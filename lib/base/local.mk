# SPDX-License-Identifier: MIT
# Sources and headers of this layer, sorted, one a line:
#   libpe_sources += lib/base/NAME.c
libpe_sources += lib/base/alloc.c
libpe_sources += lib/base/alloc.h
libpe_sources += lib/base/buf.c
libpe_sources += lib/base/buf.h
libpe_sources += lib/base/cache.c
libpe_sources += lib/base/cache.h
libpe_sources += lib/base/error.h
libpe_sources += lib/base/meter.c
libpe_sources += lib/base/meter.h
libpe_sources += lib/base/slice.c
libpe_sources += lib/base/slice.h
libpe_sources += lib/base/utf8.c
libpe_sources += lib/base/utf8.h
libpe_sources += lib/base/vec.c
libpe_sources += lib/base/vec.h
libpe_sources += lib/base/wrap.h
