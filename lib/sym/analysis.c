/* SPDX-License-Identifier: MIT */
#include "sym/analysis.h"

#include "base/error.h"

void pe_analysis_clear(pe_analysis *a) {
  pe_result_done(&a->first);
  pe_result_done(&a->second);
  pe_vec_done(&a->reasons, a->options.question.alloc);
  pe_cells_done(&a->findings);
  pe_needed_done(&a->needed);
  a->too_many = a->only_services = false;
  a->relation = POLICYEVAL_RELATION_UNKNOWN;
}

typedef int (*ask_fn)(pe_analysis *a, const pe_question *q, pe_result *out);

/* The statements that are reasons: each Allow alone, against all Denies. The question has told of most; the others are asked
 * about one by one. Those that a limit keeps from being looked at are left out; the answer itself is already known. */
static int find_reasons(pe_analysis *a, const pe_question *q, ask_fn ask, bool all_open) {
  const pe_result *told = &a->first;
  pe_question one = *q;
  int rc = 0;
  one.each = false;
  pe_question_charge(&one, told);
  for (uint32_t i = 0; i < a->subject->nstatements && !rc; i++) {
    if (a->subject->statements[i].effect != PE_ALLOW) continue;
    bool yes = told->statement == &a->subject->statements[i] || pe_ids_hold(told->granting.data, told->granting.len, i);
    if (!yes && (all_open || pe_ids_hold(told->open.data, told->open.len, i))) {
      pe_result r;
      one.statement = i;
      rc = ask(a, &one, &r);
      if (rc) break;
      yes = r.answer == PE_ANSWER_YES;
      pe_question_charge(&one, &r);
      pe_result_done(&r);
    }
    uint32_t *slot = yes ? pe_vec_push(&a->reasons, q->alloc) : NULL;
    if (yes && !slot) rc = POLICYEVAL_ENOMEM;
    if (slot) *slot = i;
  }
  return rc;
}

static int ask_plainly(pe_analysis *a, const pe_question *q, pe_result *out) {
  (void)a;
  return pe_query_run(q, out);
}

static int run_inclusion(pe_analysis *a, pe_question *q) {
  q->each = true;
  int rc = pe_query_run(q, &a->first);
  if (!rc && a->first.answer == PE_ANSWER_YES) rc = find_reasons(a, q, ask_plainly, false);
  return rc;
}

static int ask_public(pe_analysis *a, const pe_question *q, pe_result *out) {
  pe_public p = a->options;
  pe_public_result r;
  p.question = *q;
  int rc = pe_public_run(&p, &r);
  if (!rc) *out = r.result;
  return rc;
}

static int run_public(pe_analysis *a, pe_question *q) {
  pe_public p = a->options;
  pe_public_result r;
  p.question = *q;
  p.question.each = true;
  int rc = pe_public_run(&p, &r);
  if (rc) return rc;
  a->first = r.result;
  a->too_many = r.too_many;
  a->only_services = r.only_services;
  return a->first.answer == PE_ANSWER_YES && !a->too_many ? find_reasons(a, q, ask_public, r.more_to_ask) : 0;
}

static int run_compare(pe_analysis *a, pe_question *q) {
  int rc = pe_query_run(q, &a->first);
  pe_question back = *q;
  back.subject = q->against;
  back.against = q->subject;
  pe_question_charge(&back, &a->first);
  if (!rc) rc = pe_query_run(&back, &a->second);
  if (rc) return rc;
  if (a->first.answer == PE_ANSWER_UNKNOWN || a->second.answer == PE_ANSWER_UNKNOWN) {
    a->relation = POLICYEVAL_RELATION_UNKNOWN;
  } else if (a->first.answer == PE_ANSWER_YES) {
    a->relation = a->second.answer == PE_ANSWER_YES ? POLICYEVAL_RELATION_INCOMPARABLE : POLICYEVAL_RELATION_BROADER;
  } else {
    a->relation = a->second.answer == PE_ANSWER_YES ? POLICYEVAL_RELATION_NARROWER : POLICYEVAL_RELATION_EQUIVALENT;
  }
  return 0;
}

/* Cells are looked for under one reading of each row; that there are none is said only if it holds under all of them. */
static int confirm_no_findings(const pe_public *p, pe_cells *cells) {
  pe_public all = *p;
  pe_public_result r;
  all.question.budget.states = cells->states;
  all.question.budget.nodes = cells->nodes;
  all.ip_limit = UINT64_MAX; /* addresses that are let in by their number are told by the question for PUBLIC alone */
  int rc = pe_public_run(&all, &r);
  if (rc) return rc;
  if (r.result.answer == PE_ANSWER_YES) cells->why = PE_GIVE_UP_SILENT;
  if (r.result.answer == PE_ANSWER_UNKNOWN) cells->why = r.result.why;
  pe_result_done(&r.result);
  return 0;
}

static int run_findings(pe_analysis *a, pe_question *q) {
  pe_public p = a->options;
  p.question = *q;
  p.rule = PE_PUBLIC_ZONE;
  int rc = pe_cells_find(&p, &a->findings);
  if (!rc && !a->findings.list.len && !a->findings.why) rc = confirm_no_findings(&p, &a->findings);
  if (rc) return rc;
  a->first.alloc = q->alloc;
  a->first.why = a->findings.why;
  a->first.answer = a->findings.list.len ? PE_ANSWER_YES : a->findings.why ? PE_ANSWER_UNKNOWN : PE_ANSWER_NO;
  return 0;
}

/* NO as soon as one is not needed: that is proved, whatever comes of the others. */
static int run_statements(pe_analysis *a, pe_question *q) {
  q->statement = a->statement;
  int rc = pe_needed_find(q, &a->needed);
  if (rc) return rc;
  a->first.alloc = q->alloc;
  a->first.answer = PE_ANSWER_YES;
  for (uint32_t i = 0; i < a->needed.list.len; i++) {
    const pe_needed *n = &a->needed.list.data[i];
    if (n->need == PE_NEED_NEEDED || (a->statement != UINT32_MAX && a->statement != i)) continue;
    if (n->need == PE_NEED_UNKNOWN) {
      if (a->first.answer == PE_ANSWER_NO) continue;
      a->first.answer = PE_ANSWER_UNKNOWN;
      a->first.why = n->result.why;
      a->first.detail = n->result.detail;
      continue;
    }
    uint32_t *slot = pe_vec_push(&a->reasons, q->alloc);
    if (!slot) return POLICYEVAL_ENOMEM;
    *slot = i;
    a->first.answer = PE_ANSWER_NO;
  }
  return 0;
}

static int run(pe_analysis *a, pe_question *q) {
  switch (a->ask) {
    case POLICYEVAL_ASK_NEW_ACCESS: return a->against ? run_inclusion(a, q) : POLICYEVAL_EINVAL;
    case POLICYEVAL_ASK_ACCESS_GRANTED:
      if (!a->narrow.nactions && !a->narrow.nresources) return POLICYEVAL_EINVAL;
      q->narrow = pe_narrow_boxes;
      q->user = &a->narrow;
      return run_inclusion(a, q);
    case POLICYEVAL_ASK_PUBLIC: return run_public(a, q);
    case POLICYEVAL_ASK_COMPARE: return a->against ? run_compare(a, q) : POLICYEVAL_EINVAL;
    case POLICYEVAL_ASK_FINDINGS: return run_findings(a, q);
    case POLICYEVAL_ASK_STATEMENTS: return run_statements(a, q);
    default: return POLICYEVAL_EINVAL;
  }
}

int pe_analysis_run(pe_analysis *a) {
  pe_analysis_clear(a);
  if (!a->subject) return POLICYEVAL_EINVAL;
  pe_question q = a->options.question;
  q.subject = (pe_group){&a->subject, 1};
  if (a->against) q.against = (pe_group){&a->against, 1};
  int rc = run(a, &q);
  if (rc) pe_analysis_clear(a);
  return rc;
}
