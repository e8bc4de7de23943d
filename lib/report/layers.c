/* SPDX-License-Identifier: MIT */
#include "report/layers.h"

#include "eval/decide.h"
#include "policyeval/context.h"
#include "report/missed.h"

pe_slice pe_policy_source_name(const pe_policy *policy) {
  const pe_slice name = policy ? pe_source_file(policy->source)->name : PE_SLICE("");
  return name.ptr ? name : PE_SLICE("");
}

static json_t *matched_statement(pe_out *o, const pe_stmt_trace *t) {
  const pe_statement *s = t->statement;
  json_t *m = pe_out_object(o);
  pe_out_put(o, m, "statement", pe_out_int(o, s->index));
  pe_out_put(o, m, "sid", pe_out_text(o, s->sid));
  pe_out_put(o, m, "effect", pe_out_str(o, s->effect == PE_ALLOW ? "Allow" : "Deny"));
  pe_out_put(o, m, "span", pe_out_span(o, t->policy->source, s->span));
  return m;
}

static json_t *missed_statements(pe_out *o, const pe_trace *trace, const pe_layer_trace *l) {
  json_t *missed = pe_out_array(o);
  for (uint32_t i = 0; i < l->count; i++) {
    const pe_stmt_trace *t = &trace->statements.data[l->first + i];
    if (t->step != PE_STEP_MATCHED) pe_out_add(o, missed, pe_out_missed(o, t));
  }
  return missed;
}

static json_t *one_layer(pe_out *o, const pe_trace *trace, const pe_layer_trace *l) {
  json_t *layer = pe_out_object(o), *matched = pe_out_array(o);
  pe_out_put(o, layer, "type", pe_out_str(o, policyeval_layer_name(l->layer)));
  pe_out_put(o, layer, "source", l->policy ? pe_out_text(o, pe_policy_source_name(l->policy)) : pe_out_null(o));
  if (l->layer == POLICYEVAL_LAYER_SCP || l->layer == POLICYEVAL_LAYER_RCP)
    pe_out_put(o, layer, "level", pe_out_int(o, (int64_t)l->level + 1));
  pe_out_put(o, layer, "decision", pe_out_str(o, policyeval_effect_name(l->effect)));
  for (uint32_t i = 0; i < l->count; i++) {
    const pe_stmt_trace *t = &trace->statements.data[l->first + i];
    if (t->step == PE_STEP_MATCHED) pe_out_add(o, matched, matched_statement(o, t));
  }
  pe_out_put(o, layer, "matched", matched);
  if (trace->explain) pe_out_put(o, layer, "missed", missed_statements(o, trace, l));
  return layer;
}

json_t *pe_out_layers(pe_out *o, const pe_trace *trace) {
  json_t *layers = pe_out_array(o);
  for (size_t i = 0; i < trace->layers.len; i++)
    if (trace->layers.data[i].applies) pe_out_add(o, layers, one_layer(o, trace, &trace->layers.data[i]));
  return layers;
}

json_t *pe_out_blocked_by(pe_out *o, uint16_t mask) {
  json_t *names = pe_out_array(o);
  for (int layer = 1; layer < POLICYEVAL_LAYER_LAST_; layer++)
    if (mask >> layer & 1) pe_out_add(o, names, pe_out_str(o, policyeval_layer_name(layer)));
  return names;
}

json_t *pe_out_missing(pe_out *o, const pe_trace *trace) {
  json_t *keys = pe_out_array(o);
  for (size_t i = 0; i < trace->missing.len; i++) pe_out_add(o, keys, pe_out_text(o, trace->missing.data[i].key));
  return keys;
}

json_t *pe_out_assumptions(pe_out *o, const pe_rowset *rows) {
  json_t *names = pe_out_array(o);
  for (unsigned row = 0; row < PE_ROWS; row++)
    if (pe_rowset_has(rows, (pe_row)row)) pe_out_add(o, names, pe_out_str(o, pe_row_get((pe_row)row)->name));
  return names;
}
