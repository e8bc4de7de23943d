/* SPDX-License-Identifier: MIT */
#include "policyeval/context.h"
#include "report/layer_lines.h"
#include "report/render.h"
#include "report/words.h"

int pe_render_decision_text(const pe_trace *trace, const pe_request *request, pe_buf *out) {
  const bool denied = trace->effect == POLICYEVAL_IMPLICIT_DENY || trace->effect == POLICYEVAL_EXPLICIT_DENY;
  pe_buf_fmt(out, "%s: ", policyeval_effect_name(trace->effect));
  pe_words_caller(out, &request->caller);
  pe_buf_str(out, trace->effect == POLICYEVAL_ALLOW ? " may call " : denied ? " may not call " : " perhaps may call ");
  pe_buf_slice(out, request->action);
  pe_buf_str(out, " on ");
  pe_buf_slice(out, request->resource.text);
  if (denied) {
    pe_buf_char(out, ' ');
    pe_words_reason(out, trace->primary, trace->effect == POLICYEVAL_EXPLICIT_DENY, request->action);
  }
  pe_buf_char(out, '\n');
  pe_text_layers(out, trace, request);
  pe_text_caveats(out, trace, request);
  return out->failed ? POLICYEVAL_ENOMEM : POLICYEVAL_OK;
}
