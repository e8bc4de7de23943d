# SPDX-License-Identifier: MIT
# Sources and headers of this layer, sorted, one a line:
#   libpe_sources += lib/cond/NAME.c
libpe_sources += lib/cond/arn.c
libpe_sources += lib/cond/binary.c
libpe_sources += lib/cond/boolean.c
libpe_sources += lib/cond/compile.c
libpe_sources += lib/cond/condition.h
libpe_sources += lib/cond/date.c
libpe_sources += lib/cond/element.c
libpe_sources += lib/cond/facts.c
libpe_sources += lib/cond/facts.h
libpe_sources += lib/cond/family.h
libpe_sources += lib/cond/ip.c
libpe_sources += lib/cond/leaf.c
libpe_sources += lib/cond/leaf.h
libpe_sources += lib/cond/listed.c
libpe_sources += lib/cond/null.c
libpe_sources += lib/cond/numeric.c
libpe_sources += lib/cond/operator.c
libpe_sources += lib/cond/operators.def
libpe_sources += lib/cond/readings.c
libpe_sources += lib/cond/readings.def
libpe_sources += lib/cond/readings.h
libpe_sources += lib/cond/sets.c
libpe_sources += lib/cond/string.c
libpe_sources += lib/cond/test.c
