# SPDX-License-Identifier: MIT
# Sources and headers of this layer, sorted, one a line:
#   libpe_sources += lib/text/NAME.c
libpe_sources += lib/text/arn.c
libpe_sources += lib/text/arn.h
libpe_sources += lib/text/cidr.c
libpe_sources += lib/text/decimal.c
libpe_sources += lib/text/instant.c
libpe_sources += lib/text/pattern.c
libpe_sources += lib/text/pattern.h
libpe_sources += lib/text/pattern_match.c
libpe_sources += lib/text/source.c
libpe_sources += lib/text/source.h
libpe_sources += lib/text/value.c
libpe_sources += lib/text/value.h
