# SPDX-License-Identifier: MIT
# Sources and headers of this layer, sorted, one a line:
#   libpe_sources += lib/sym/NAME.c
libpe_sources += lib/sym/budget.c
libpe_sources += lib/sym/budget.h
libpe_sources += lib/sym/glob.c
libpe_sources += lib/sym/glob.h
libpe_sources += lib/sym/lang.c
libpe_sources += lib/sym/lang.h
libpe_sources += lib/sym/product.c
