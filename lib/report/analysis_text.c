/* SPDX-License-Identifier: MIT */
#include "policyeval/context.h"
#include "report/analysis.h"
#include "report/layers.h"
#include "report/plain.h"
#include "report/render.h"
#include "report/words.h"

static void put_place(pe_buf *out, const pe_policy *p, const pe_statement *s) {
  policyeval_position at = pe_source_position(p->source, s->span.start);
  pe_slice name = pe_policy_source_name(p);
  if (name.len) pe_buf_fmt(out, "%.*s:%u:%u, ", (int)name.len, name.ptr, at.line, at.column + 1);
  pe_buf_fmt(out, "statement %u", s->index);
  if (s->sid.len) pe_buf_fmt(out, " (%.*s)", (int)s->sid.len, s->sid.ptr);
}

/* "  who    the principal is 111122223333": the elements of the granting statement, then what else must be so. */
static void put_region(pe_buf *out, const pe_result *r) {
  bool first = true;
  for (size_t i = 0; i < r->region.len; i++) {
    pe_buf_str(out, first ? "  when   " : "         ");
    pe_words_clause(out, &r->region.data[i]);
    pe_buf_char(out, '\n');
    first = false;
  }
}

static void put_facts(pe_buf *out, const pe_request *r) {
  for (uint32_t i = 0; i < r->facts.count; i++) {
    const pe_fact *f = &r->facts.items[i];
    if (f->derived || f->unknown) continue;
    pe_buf_str(out, "\n         with ");
    const pe_key_info *info = pe_key_find(f->key);
    size_t known = info ? strlen(info->name) : 0;
    if (known <= f->key.len && info) pe_buf_str(out, info->name);
    pe_buf_slice(out, pe_slice_sub(f->name, known <= f->name.len ? known : 0, SIZE_MAX));
    pe_buf_str(out, " = ");
    for (uint32_t k = 0; k < f->count; k++) {
      if (k) pe_buf_str(out, ", ");
      pe_buf_slice(out, f->values[k]);
    }
  }
}

static void put_assumption(pe_buf *out, pe_row row, unsigned reading) {
  const pe_row_info *info = pe_row_get(row);
  pe_buf_fmt(out, "  if     %s=%s: %s\n", info->name, info->reading[reading], info->text);
}

static void put_example(pe_buf *out, const pe_result *r) {
  const pe_request *q = r->witness ? pe_request_prepared(r->witness) : NULL;
  if (!q) return;
  pe_buf_str(out, "  e.g.   ");
  if (q->caller.arn.len) pe_buf_slice(out, q->caller.arn);
  else pe_words_caller(out, &q->caller);
  pe_buf_fmt(out, " calls %.*s\n         on %.*s", (int)q->action.len, q->action.ptr, (int)q->resource.text.len,
             q->resource.text.ptr);
  put_facts(out, q);
  pe_buf_char(out, '\n');
  for (unsigned row = 0; row < PE_ROWS; row++) {
    if (pe_rowset_has(&r->assumptions, (pe_row)row)) put_assumption(out, (pe_row)row, q->readings.of[row]);
  }
}

/* other: the policy that does not allow it, or NULL. */
static void put_yes(pe_buf *out, const pe_result *r, const pe_policy *other) {
  pe_buf_char(out, '\n');
  if (r->policy && r->statement) {
    pe_buf_str(out, "  where  ");
    put_place(out, r->policy, r->statement);
    pe_buf_char(out, '\n');
  }
  put_region(out, r);
  put_example(out, r);
  if (pe_text_against(out, r, other)) out->failed = true;
}

static void put_blocking(pe_buf *out, const pe_result *r) {
  bool first = true;
  for (size_t i = 0; i < r->blocking.len; i++) {
    const pe_origin *from = &r->blocking.data[i];
    if (!from->policy || !from->statement) continue;
    pe_buf_str(out, first ? "\n  proof  " : "         ");
    put_place(out, from->policy, from->statement);
    pe_buf_str(out, from->statement->effect == PE_DENY ? " denies the rest\n" : " allows it already\n");
    first = false;
  }
}

static void put_check(pe_buf *out, const pe_analysis *a) {
  const pe_result *r = &a->first;
  pe_buf_str(out, r->answer == PE_ANSWER_NO ? "PASS: " : r->answer == PE_ANSWER_YES ? "FAIL: " : "UNKNOWN: ");
  pe_words_analysis(out, a);
  pe_buf_char(out, '\n');
  for (size_t i = 0; i < a->reasons.len; i++) {
    pe_buf_str(out, "  ");
    pe_words_analysis_reason(out, a, &a->subject->statements[a->reasons.data[i]]);
    pe_buf_char(out, '\n');
  }
  if (a->too_many) pe_buf_str(out, "  The source addresses that are let in are more than the limit.\n");
  if (a->only_services) pe_buf_str(out, "  Statements for AWS services in general are a class of their own.\n");
  if (r->answer == PE_ANSWER_YES) put_yes(out, r, a->against);
  if (r->answer == PE_ANSWER_NO) put_blocking(out, r);
}

static void put_name(pe_buf *out, const pe_policy *p, const char *otherwise) {
  pe_slice name = pe_policy_source_name(p);
  if (name.len) pe_buf_slice(out, name);
  else pe_buf_str(out, otherwise);
}

static void put_difference(pe_buf *out, const pe_analysis *a, const pe_result *r, bool second) {
  if (r->answer == PE_ANSWER_NO) return;
  pe_buf_str(out, second ? "\n" : "");
  put_name(out, second ? a->against : a->subject, second ? "the second policy" : "the first policy");
  pe_buf_str(out, r->answer == PE_ANSWER_YES ? " allows what " : " perhaps allows what ");
  put_name(out, second ? a->subject : a->against, second ? "the first policy" : "the second policy");
  pe_buf_str(out, " does not");
  if (r->answer == PE_ANSWER_UNKNOWN) {
    pe_buf_str(out, ": ");
    pe_words_give_up(out, r);
    pe_buf_char(out, '\n');
    return;
  }
  pe_buf_char(out, '\n');
  put_yes(out, r, second ? a->subject : a->against);
}

static void put_compare(pe_buf *out, const pe_analysis *a) {
  pe_buf_fmt(out, "%s: ", policyeval_relation_name(a->relation));
  if (a->relation == POLICYEVAL_RELATION_EQUIVALENT) {
    put_name(out, a->subject, "the first policy");
    pe_buf_str(out, " and ");
    put_name(out, a->against, "the second policy");
    pe_buf_str(out, " allow the same requests\n");
    return;
  }
  if (a->relation == POLICYEVAL_RELATION_NARROWER) {
    put_name(out, a->subject, "the first policy");
    pe_buf_str(out, " allows nothing that ");
    put_name(out, a->against, "the second policy");
    pe_buf_str(out, " does not\n");
  }
  put_difference(out, a, &a->first, false);
  put_difference(out, a, &a->second, true);
}

/* One finding: who, under which conditions, which statements. */
static void put_finding(pe_buf *out, const pe_analysis *a, const pe_cell *c) {
  pe_slice who = {"everybody", 9};
  for (size_t i = 0; i < c->values.len; i++)
    if (!c->values.data[i].key.len) who = c->values.data[i].text;
  pe_buf_fmt(out, "\n  who    %.*s%s\n", (int)who.len, who.ptr, c->is_public ? "  (public)" : "");
  bool first = true;
  for (size_t i = 0; i < c->values.len; i++) {
    const pe_cell_value *v = &c->values.data[i];
    if (!v->key.len) continue;
    pe_buf_fmt(out, "  %s  %.*s is %.*s\n", first ? "when " : "     ", (int)v->key.len, v->key.ptr, (int)v->text.len, v->text.ptr);
    first = false;
  }
  for (size_t i = 0; i < c->statements.len; i++) {
    const pe_statement *s = &a->subject->statements[c->statements.data[i]];
    pe_buf_str(out, i ? "         " : "  where  ");
    put_place(out, a->subject, s);
    pe_buf_str(out, ": ");
    for (uint32_t k = 0; k < s->nactions; k++) {
      if (k) pe_buf_str(out, ", ");
      pe_buf_slice(out, s->actions[k].text);
    }
    pe_buf_char(out, '\n');
  }
  const pe_result shown = {.witness = c->witness, .assumptions = c->assumptions};
  put_example(out, &shown);
  for (unsigned row = 0; row < PE_ROWS && !c->witness; row++) {
    if (pe_rowset_has(&c->assumptions, (pe_row)row)) put_assumption(out, (pe_row)row, c->reading);
  }
}

static void put_findings(pe_buf *out, const pe_analysis *a) {
  const size_t n = a->findings.list.len;
  pe_buf_fmt(out, "%zu finding%s", n, n == 1 ? "" : "s");
  if (a->findings.why) pe_buf_fmt(out, ", perhaps more: %s", pe_give_up_text((pe_give_up)a->findings.why));
  pe_buf_char(out, '\n');
  for (size_t i = 0; i < n; i++) put_finding(out, a, &a->findings.list.data[i]);
}

static void put_statements(pe_buf *out, const pe_analysis *a) {
  const size_t n = a->reasons.len;
  if (n) pe_buf_fmt(out, "%zu statement%s change%s nothing\n", n, n == 1 ? "" : "s", n == 1 ? "s" : "");
  else pe_buf_str(out, a->first.answer == PE_ANSWER_YES ? "each statement is needed\n" : "unknown\n");
  for (uint32_t i = 0; i < a->needed.list.len; i++) {
    const pe_needed *need = &a->needed.list.data[i];
    if (a->statement != UINT32_MAX && a->statement != i) continue;
    pe_buf_char(out, '\n');
    put_place(out, a->subject, &a->subject->statements[i]);
    pe_buf_fmt(out, ": %s\n  ", policyeval_need_name(need->need));
    pe_words_need(out, a, need);
    pe_buf_char(out, '\n');
    put_example(out, &need->result);
  }
}

int pe_render_analysis_text(const pe_analysis *a, pe_buf *out) {
  if (a->ask == POLICYEVAL_ASK_COMPARE) put_compare(out, a);
  else if (a->ask == POLICYEVAL_ASK_FINDINGS) put_findings(out, a);
  else if (a->ask == POLICYEVAL_ASK_STATEMENTS) put_statements(out, a);
  else put_check(out, a);
  return pe_text_plain(out);
}
