# SPDX-License-Identifier: MIT
# Sources and headers of this layer, sorted, one a line:
#   libpe_sources += lib/policy/NAME.c
libpe_sources += lib/policy/action.c
libpe_sources += lib/policy/build.c
libpe_sources += lib/policy/build.h
libpe_sources += lib/policy/conditions.c
libpe_sources += lib/policy/finding.c
libpe_sources += lib/policy/finding.h
libpe_sources += lib/policy/grammar.c
libpe_sources += lib/policy/index.c
libpe_sources += lib/policy/index.h
libpe_sources += lib/policy/load.c
libpe_sources += lib/policy/load.h
libpe_sources += lib/policy/model.h
libpe_sources += lib/policy/placeholder.c
libpe_sources += lib/policy/principal.c
libpe_sources += lib/policy/print.c
libpe_sources += lib/policy/resource.c
libpe_sources += lib/policy/rules.def
libpe_sources += lib/policy/rules_conditions.def
libpe_sources += lib/policy/rules_elements.def
libpe_sources += lib/policy/spelling.c
libpe_sources += lib/policy/spelling.h
libpe_sources += lib/policy/syntax.c
libpe_sources += lib/policy/syntax.h
libpe_sources += lib/policy/unwrap.c
libpe_sources += lib/policy/unwrap.h
