# SPDX-License-Identifier: MIT
# Sources and headers of this layer, sorted, one a line:
#   libpe_sources += lib/api/NAME.c
libpe_sources += lib/api/access.c
libpe_sources += lib/api/analysis.c
libpe_sources += lib/api/arg.c
libpe_sources += lib/api/arg.h
libpe_sources += lib/api/columns.c
libpe_sources += lib/api/context.c
libpe_sources += lib/api/decision.c
libpe_sources += lib/api/file.c
libpe_sources += lib/api/grant.c
libpe_sources += lib/api/names.c
libpe_sources += lib/api/objects.h
libpe_sources += lib/api/policy.c
libpe_sources += lib/api/policyset.c
libpe_sources += lib/api/reach.c
libpe_sources += lib/api/report.c
libpe_sources += lib/api/request.c
libpe_sources += lib/api/simulator.c
libpe_sources += lib/api/validate.c
libpe_sources += lib/api/version.c
libpe_sources += lib/api/who.c
libpe_sources += lib/api/who_cells.c
libpe_sources += lib/api/who_cells.h
