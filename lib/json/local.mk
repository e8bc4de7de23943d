# SPDX-License-Identifier: MIT
# Sources and headers of this layer, sorted, one a line:
#   libpe_sources += lib/json/NAME.c
libpe_sources += lib/json/duplicate.c
libpe_sources += lib/json/duplicate.h
libpe_sources += lib/json/fault.c
libpe_sources += lib/json/fault.h
libpe_sources += lib/json/quote.c
libpe_sources += lib/json/quote.h
libpe_sources += lib/json/reader.c
libpe_sources += lib/json/reader.h
libpe_sources += lib/json/string.c
libpe_sources += lib/json/string.h
libpe_sources += lib/json/substitute.c
