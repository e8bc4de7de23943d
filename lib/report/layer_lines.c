/* SPDX-License-Identifier: MIT */
#include "report/layer_lines.h"

#include "policyeval/context.h"
#include "report/excerpt.h"
#include "report/missed.h"
#include "report/words.h"

/* The statement that decides a layer: the first Deny that matched, else the first Allow. */
static const pe_stmt_trace *deciding(const pe_trace *t, const pe_layer_trace *l) {
  const uint8_t wanted = l->effect == POLICYEVAL_EXPLICIT_DENY ? PE_DENY : PE_ALLOW;
  for (uint32_t i = 0; i < l->count; i++) {
    const pe_stmt_trace *s = &t->statements.data[l->first + i];
    if (s->step == PE_STEP_MATCHED && s->statement->effect == wanted) return s;
  }
  return NULL;
}

/* Policies of one layer (and level) stand together: the one that decides for all of them. */
static const pe_layer_trace *speaker(const pe_trace *t, size_t from, size_t to) {
  const pe_layer_trace *best = &t->layers.data[from];
  for (size_t i = from; i < to; i++) {
    const pe_layer_trace *l = &t->layers.data[i];
    if (l->effect == POLICYEVAL_EXPLICIT_DENY) return l;
    if (l->effect == POLICYEVAL_ALLOW && best->effect != POLICYEVAL_ALLOW) best = l;
  }
  return best;
}

static void column(pe_buf *out, const char *text, size_t width) {
  const size_t n = strlen(text);
  pe_buf_str(out, text);
  for (size_t i = n; i < width; i++) pe_buf_char(out, ' ');
}

static void write_statement(pe_buf *out, const pe_stmt_trace *s, size_t width) {
  const size_t before = out->len;
  pe_text_place(out, s->policy->source, s->statement->span.start);
  for (size_t n = out->len - before; n < width; n++) pe_buf_char(out, ' ');
  pe_buf_fmt(out, "  statement %u", s->statement->index);
  if (s->statement->sid.len) pe_buf_fmt(out, " (%.*s)", (int)s->statement->sid.len, s->statement->sid.ptr);
  pe_buf_str(out, s->statement->effect == PE_ALLOW ? " allows it" : " denies it");
}

static size_t place_width(pe_buf *out, const pe_trace *t) {
  size_t widest = 0;
  for (size_t i = 0; i < t->layers.len; i++) {
    const pe_stmt_trace *s = deciding(t, &t->layers.data[i]);
    if (!s) continue;
    pe_buf place;
    pe_buf_init(&place, t->alloc);
    pe_text_place(&place, s->policy->source, s->statement->span.start);
    if (place.len > widest) widest = place.len;
    out->failed |= place.failed;
    pe_buf_done(&place);
  }
  return widest;
}

static void write_missed(pe_buf *out, const pe_trace *t, size_t from, size_t to) {
  for (size_t i = from; i < to; i++)
    for (uint32_t k = 0; k < t->layers.data[i].count; k++) {
      const pe_stmt_trace *s = &t->statements.data[t->layers.data[i].first + k];
      if (s->step != PE_STEP_MATCHED) pe_text_missed(out, s);
    }
}

/* L2.1: a negated operator, IfExists and ForAllValues hold without the key. Of a Deny that is where people lose days, above
 * all at KMS: Secrets Manager calls it, so the caller's network is not in the context (D1.7). */
static void write_absent_keys(pe_buf *out, const pe_statement *s, const pe_request *r) {
  for (uint32_t i = 0; i < s->nconditions; i++) {
    const pe_condition *c = &s->conditions[i];
    if (c->op.op == PE_OP_NULL || pe_facts_find(&r->facts, c->hash, c->lower)) continue;
    const bool network = pe_slice_starts(c->lower, PE_SLICE("aws:source")) || pe_slice_starts(c->lower, PE_SLICE("aws:vpc"));
    const pe_slice via = PE_SLICE("kms:viaservice");
    pe_buf_fmt(out, "         %.*s %.*s holds because the request has no such key", (int)c->operator_text.len,
               c->operator_text.ptr, (int)c->key.len, c->key.ptr);
    if (network && pe_facts_find(&r->facts, pe_slice_hash(via), via))
      pe_buf_str(out, ": Secrets Manager calls KMS, not the caller's network");
    pe_buf_char(out, '\n');
  }
}

void pe_text_layers(pe_buf *out, const pe_trace *trace, const pe_request *request) {
  const size_t width = place_width(out, trace);
  for (size_t i = 0, to; i < trace->layers.len; i = to) {
    const pe_layer_trace *first = &trace->layers.data[i];
    for (to = i + 1; to < trace->layers.len; to++)
      if (trace->layers.data[to].layer != first->layer || trace->layers.data[to].level != first->level) break;
    const pe_layer_trace *l = speaker(trace, i, to);
    if (!l->applies) continue;
    const bool blocks = trace->blocked_by >> l->layer & 1 && l->effect != POLICYEVAL_ALLOW;
    pe_buf_str(out, l->effect == POLICYEVAL_ALLOW ? "  yes  " : blocks ? "  no   " : "  -    ");
    column(out, policyeval_layer_name(l->layer), 9);
    pe_buf_str(out, "  ");
    const pe_stmt_trace *s = deciding(trace, l);
    if (s) write_statement(out, s, width);
    else if (l->effect == POLICYEVAL_ALLOW) pe_buf_str(out, "allows it");
    else if (blocks) pe_words_reason(out, l->layer, false, request->action);
    else pe_buf_str(out, "says nothing about it, and need not");
    pe_buf_char(out, '\n');
    if (s && s->statement->effect == PE_DENY) write_absent_keys(out, s->statement, request);
    if (trace->explain) write_missed(out, trace, i, to);
  }
}

void pe_text_caveats(pe_buf *out, const pe_trace *trace, const pe_request *request) {
  for (unsigned row = 0; row < PE_ROWS; row++)
    if (pe_rowset_has(&trace->assumptions, (pe_row)row)) {
      const pe_row_info *info = pe_row_get((pe_row)row);
      pe_buf_fmt(out, "  assumes %s=%s: AWS does not say, and another reading gives another verdict. %s\n", info->name,
                 info->reading[request->readings.of[row]], info->text);
    }
  for (size_t i = 0; i < trace->missing.len; i++) {
    const pe_missing *m = &trace->missing.data[i];
    pe_buf_fmt(out, "  depends on %.*s, which %s\n", (int)m->key.len, m->key.ptr,
               m->unknown ? "is not known" : "was not given (--context sets it, --unknown leaves it open)");
  }
  if (trace->missing_cut) pe_buf_str(out, "  and perhaps on more: the search for such keys was given up\n");
}
