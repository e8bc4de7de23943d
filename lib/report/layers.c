/* SPDX-License-Identifier: MIT */
#include "report/layers.h"

#include "eval/decide.h"
#include "policyeval/context.h"
#include "report/missed.h"

pe_slice pe_policy_source_name(const pe_policy *policy) {
  const pe_slice name = policy ? pe_source_file(policy->source)->name : PE_SLICE("");
  return name.ptr ? name : PE_SLICE("");
}

static void matched_statement(pe_stream *s, const pe_stmt_trace *t) {
  pe_stream_statement(s, t->statement);
  pe_stream_name(s, "span");
  pe_stream_span(s, t->policy->source, t->statement->span);
  pe_stream_close(s, '}');
}

static void missed_statements(pe_stream *s, const pe_trace *trace, const pe_layer_trace *l) {
  pe_stream_name(s, "missed");
  pe_stream_open(s, '[');
  for (uint32_t i = 0; i < l->count; i++) {
    const pe_stmt_trace *t = &trace->statements.data[l->first + i];
    if (t->step != PE_STEP_MATCHED) pe_stream_missed(s, t);
  }
  pe_stream_close(s, ']');
}

static void one_layer(pe_stream *s, const pe_trace *trace, const pe_layer_trace *l) {
  pe_stream_open(s, '{');
  pe_stream_name(s, "type");
  pe_stream_str(s, policyeval_layer_name(l->layer));
  pe_stream_name(s, "source");
  if (l->policy)
    pe_stream_text(s, pe_policy_source_name(l->policy));
  else
    pe_stream_null(s);
  if (l->layer == POLICYEVAL_LAYER_SCP || l->layer == POLICYEVAL_LAYER_RCP) {
    pe_stream_name(s, "level");
    pe_stream_uint(s, (uint64_t)l->level + 1);
  }
  pe_stream_name(s, "decision");
  pe_stream_str(s, policyeval_effect_name(l->effect));
  pe_stream_name(s, "matched");
  pe_stream_open(s, '[');
  for (uint32_t i = 0; i < l->count; i++) {
    const pe_stmt_trace *t = &trace->statements.data[l->first + i];
    if (t->step == PE_STEP_MATCHED) matched_statement(s, t);
  }
  pe_stream_close(s, ']');
  if (trace->explain) missed_statements(s, trace, l);
  pe_stream_close(s, '}');
}

void pe_stream_layers(pe_stream *s, const pe_trace *trace) {
  pe_stream_open(s, '[');
  for (size_t i = 0; i < trace->layers.len; i++)
    if (trace->layers.data[i].applies) one_layer(s, trace, &trace->layers.data[i]);
  pe_stream_close(s, ']');
}

void pe_stream_blocked_by(pe_stream *s, uint16_t mask) {
  pe_stream_open(s, '[');
  for (int layer = 1; layer < POLICYEVAL_LAYER_LAST_; layer++)
    if (mask >> layer & 1) pe_stream_str(s, policyeval_layer_name(layer));
  pe_stream_close(s, ']');
}

void pe_stream_missing(pe_stream *s, const pe_trace *trace) {
  pe_stream_open(s, '[');
  for (size_t i = 0; i < trace->missing.len; i++) pe_stream_text(s, trace->missing.data[i].key);
  pe_stream_close(s, ']');
}

void pe_stream_missing_cut(pe_stream *s, const pe_trace *trace) {
  if (!trace->missing_cut) return;
  pe_stream_name(s, "missing_context_complete");
  pe_stream_bool(s, false);
}

void pe_stream_assumptions(pe_stream *s, const pe_rowset *rows) {
  pe_stream_open(s, '[');
  for (unsigned row = 0; row < PE_ROWS; row++)
    if (pe_rowset_has(rows, (pe_row)row)) pe_stream_str(s, pe_row_get((pe_row)row)->name);
  pe_stream_close(s, ']');
}
