# SPDX-License-Identifier: MIT
# Sources and headers of this layer, sorted, one a line:
#   libpe_sources += lib/text/NAME.c
libpe_sources += lib/text/arn.h
libpe_sources += lib/text/pattern.h
libpe_sources += lib/text/source.c
libpe_sources += lib/text/source.h
libpe_sources += lib/text/value.h
