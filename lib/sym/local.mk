# SPDX-License-Identifier: MIT
# Sources and headers of this layer, sorted, one a line:
#   libpe_sources += lib/sym/NAME.c
libpe_sources += lib/sym/budget.c
libpe_sources += lib/sym/budget.h
libpe_sources += lib/sym/glob.c
libpe_sources += lib/sym/glob.h
libpe_sources += lib/sym/lang.c
libpe_sources += lib/sym/lang.h
libpe_sources += lib/sym/oracle.c
libpe_sources += lib/sym/oracle.h
libpe_sources += lib/sym/product.c
libpe_sources += lib/sym/range.c
libpe_sources += lib/sym/range.h
libpe_sources += lib/sym/set.c
libpe_sources += lib/sym/set.h
libpe_sources += lib/sym/solve.c
libpe_sources += lib/sym/solve.h
libpe_sources += lib/sym/space.c
libpe_sources += lib/sym/space.h
