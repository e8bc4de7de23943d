/* SPDX-License-Identifier: MIT */
#include "policyeval/context.h"
#include "report/layers.h"
#include "report/render.h"

int pe_render_decision_json(const pe_trace *trace, pe_slice id, pe_buf *out) {
  pe_stream s = pe_stream_to(out, false);
  pe_stream_open(&s, '{');
  if (id.ptr) {
    pe_stream_name(&s, "id");
    pe_stream_text(&s, id);
  }
  pe_stream_name(&s, "decision");
  pe_stream_str(&s, policyeval_effect_name(trace->effect));
  pe_stream_name(&s, "blocked_by");
  pe_stream_blocked_by(&s, trace->blocked_by);
  pe_stream_name(&s, "layers");
  pe_stream_layers(&s, trace);
  pe_stream_name(&s, "missing_context");
  pe_stream_missing(&s, trace);
  pe_stream_missing_cut(&s, trace);
  pe_stream_name(&s, "assumptions");
  pe_stream_assumptions(&s, &trace->assumptions);
  pe_stream_close(&s, '}');
  return out->failed ? POLICYEVAL_ENOMEM : POLICYEVAL_OK;
}
