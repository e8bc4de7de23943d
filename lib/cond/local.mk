# SPDX-License-Identifier: MIT
# Sources and headers of this layer, sorted, one a line:
#   libpe_sources += lib/cond/NAME.c
libpe_sources += lib/cond/condition.h
libpe_sources += lib/cond/facts.h
libpe_sources += lib/cond/leaf.h
libpe_sources += lib/cond/operators.def
libpe_sources += lib/cond/readings.def
libpe_sources += lib/cond/readings.h
