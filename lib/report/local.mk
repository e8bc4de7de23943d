# SPDX-License-Identifier: MIT
# Sources and headers of this layer, sorted, one a line:
#   libpe_sources += lib/report/NAME.c
libpe_sources += lib/report/access_json.c
libpe_sources += lib/report/access_text.c
libpe_sources += lib/report/case.c
libpe_sources += lib/report/decision_aws.c
libpe_sources += lib/report/decision_json.c
libpe_sources += lib/report/decision_text.c
libpe_sources += lib/report/excerpt.c
libpe_sources += lib/report/excerpt.h
libpe_sources += lib/report/findings_aws.c
libpe_sources += lib/report/findings_json.c
libpe_sources += lib/report/findings_sarif.c
libpe_sources += lib/report/findings_text.c
libpe_sources += lib/report/json.c
libpe_sources += lib/report/json.h
libpe_sources += lib/report/layer_lines.c
libpe_sources += lib/report/layer_lines.h
libpe_sources += lib/report/layers.c
libpe_sources += lib/report/layers.h
libpe_sources += lib/report/missed.c
libpe_sources += lib/report/missed.h
libpe_sources += lib/report/render.h
libpe_sources += lib/report/stream.c
libpe_sources += lib/report/stream.h
libpe_sources += lib/report/words.c
libpe_sources += lib/report/words.h
