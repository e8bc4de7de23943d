/* SPDX-License-Identifier: MIT */
#include "policyeval/context.h"
#include "report/layers.h"
#include "report/render.h"

int pe_render_decision_json(const pe_trace *trace, pe_slice id, pe_buf *out) {
  pe_out o = {false};
  json_t *root = pe_out_object(&o);
  if (id.ptr) pe_out_put(&o, root, "id", pe_out_text(&o, id));
  pe_out_put(&o, root, "decision", pe_out_str(&o, policyeval_effect_name(trace->effect)));
  pe_out_put(&o, root, "blocked_by", pe_out_blocked_by(&o, trace->blocked_by));
  pe_out_put(&o, root, "layers", pe_out_layers(&o, trace));
  pe_out_put(&o, root, "missing_context", pe_out_missing(&o, trace));
  pe_out_put(&o, root, "assumptions", pe_out_assumptions(&o, &trace->assumptions));
  return pe_out_write(&o, root, false, out);
}
