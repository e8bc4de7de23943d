# SPDX-License-Identifier: MIT
# Sources and headers of this layer, sorted, one a line:
#   libpe_sources += lib/eval/NAME.c
libpe_sources += lib/eval/grants.h
