/* SPDX-License-Identifier: MIT */
#include "policyeval/context.h"
#include "report/layers.h"
#include "report/render.h"

static json_t *one_hint(pe_out *o, const pe_hint *h) {
  json_t *hint = pe_out_object(o);
  pe_out_put(o, hint, "rule", pe_out_str(o, pe_hint_id(h->rule)));
  pe_out_put(o, hint, "set", pe_out_int(o, h->set));
  pe_out_put(o, hint, "layer", pe_out_str(o, policyeval_layer_name(h->layer)));
  pe_out_put(o, hint, "message", pe_out_str(o, pe_hint_message(h->rule)));
  pe_out_put(o, hint, "change", pe_out_str(o, h->in_call ? "call" : h->statement == UINT32_MAX ? "statement" : "value"));
  pe_out_put(o, hint, "source", h->policy ? pe_out_text(o, pe_policy_source_name(h->policy)) : pe_out_null(o));
  const bool placed = h->policy && h->statement != UINT32_MAX;
  pe_out_put(o, hint, "statement", placed ? pe_out_int(o, h->statement) : pe_out_null(o));
  pe_out_put(o, hint, "span", placed ? pe_out_span(o, h->policy->source, h->span) : pe_out_null(o));
  pe_out_put(o, hint, "value_span", placed ? pe_out_span(o, h->policy->source, h->value_span) : pe_out_null(o));
  pe_out_put(o, hint, "replacement", pe_out_text(o, h->replacement));
  return hint;
}

static json_t *one_leg(pe_out *o, const pe_access_answer *a, int leg) {
  const pe_trace *trace = a->trace[leg];
  json_t *l = pe_out_object(o), *hints = pe_out_array(o);
  pe_out_put(o, l, "action", pe_out_text(o, a->request[leg]->action));
  pe_out_put(o, l, "resource", pe_out_text(o, a->request[leg]->resource.text));
  pe_out_put(o, l, "decision", pe_out_str(o, policyeval_effect_name(trace->effect)));
  pe_out_put(o, l, "layers", pe_out_layers(o, trace));
  pe_out_put(o, l, "blocked_by", pe_out_blocked_by(o, trace->blocked_by));
  pe_out_put(o, l, "missing_context", pe_out_missing(o, trace));
  for (size_t i = 0; i < a->hints->list.len; i++)
    if (a->hints->list.data[i].leg == leg) pe_out_add(o, hints, one_hint(o, &a->hints->list.data[i]));
  pe_out_put(o, l, "hints", hints);
  pe_out_put(o, l, "assumptions", pe_out_assumptions(o, &trace->assumptions));
  return l;
}

static json_t *operability(pe_out *o, const pe_operability *state) {
  json_t *op = pe_out_object(o), *problems = pe_out_array(o);
  pe_out_put(o, op, "ok", pe_out_bool(o, state->ok));
  if (state->problem) {
    json_t *problem = pe_out_object(o);
    pe_out_put(o, problem, "error", pe_out_str(o, state->error));
    pe_out_put(o, problem, "message", pe_out_str(o, state->problem));
    pe_out_add(o, problems, problem);
  }
  pe_out_put(o, op, "problems", problems);
  return op;
}

int pe_render_access_json(const pe_access_answer *answer, pe_buf *out) {
  pe_out o = {false};
  json_t *root = pe_out_object(&o), *legs = pe_out_array(&o);
  pe_out_put(&o, root, "decision", pe_out_str(&o, policyeval_effect_name(answer->effect)));
  for (int leg = 0; leg < PE_LEGS; leg++) pe_out_add(&o, legs, one_leg(&o, answer, leg));
  pe_out_put(&o, root, "legs", legs);
  pe_out_put(&o, root, "operability", operability(&o, &answer->operability));
  return pe_out_write(&o, root, true, out);
}
