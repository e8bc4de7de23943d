# SPDX-License-Identifier: MIT
# Sources and headers of this layer, sorted, one a line:
#   libpe_sources += lib/report/NAME.c
libpe_sources += lib/report/render.h
libpe_sources += lib/report/json.c
libpe_sources += lib/report/json.h
