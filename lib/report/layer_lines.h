/* SPDX-License-Identifier: MIT */
/* The lines of a decision for people: a line per layer, then what is assumed and what is missing. */
#ifndef PE_REPORT_LAYER_LINES_H
#define PE_REPORT_LAYER_LINES_H

#include "base/buf.h"
#include "eval/decide.h"

/* "  yes  resource   secret.json:4:9    statement 0 allows it" for each layer that plays a part. */
void pe_text_layers(pe_buf *out, const pe_trace *trace, const pe_request *request);
/* "  assumes AMB-12=cautious: …" and "  depends on aws:PrincipalOrgID, which was not given". */
void pe_text_caveats(pe_buf *out, const pe_trace *trace, const pe_request *request);

#endif
