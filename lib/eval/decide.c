/* SPDX-License-Identifier: MIT */
/* The answers: a verdict (verdict.c) with what it assumes and what it depends on. */
#include "eval/decide.h"

#include "eval/assumptions.h"
#include "eval/missing.h"

int pe_decide_effect(const pe_policyset *set, const pe_request *r, bool strict) {
  pe_rowset touched = {{0}}, rows;
  pe_verdict v = pe_decide_verdict(set, r, &r->readings, &touched);
  if (!strict || pe_rowset_empty(&touched)) return v.effect;
  pe_assumptions_find(set, r, v.effect, &touched, &rows);
  return pe_rowset_empty(&rows) ? v.effect : POLICYEVAL_UNKNOWN;
}

int pe_decide(const pe_policyset *set, const pe_request *r, bool strict, pe_trace *out) {
  pe_trace_clear(out);
  bool hit = false;
  pe_rowset touched = {{0}};
  pe_verdict v = pe_decide_once(set, r, &r->readings, PE_UNKNOWN_PESSIMISTIC, &touched, &hit, out);
  if (hit && v.effect != POLICYEVAL_ALLOW) {
    pe_verdict both = pe_decide_verdict(set, r, &r->readings, &touched);
    if (both.effect != POLICYEVAL_UNKNOWN && both.effect != v.effect)
      both = pe_decide_once(set, r, &r->readings, PE_UNKNOWN_OPTIMISTIC, NULL, NULL,
                            out); /* PE-10: explain that one */
    v = both;
  }
  out->effect = v.effect;
  out->blocked_by = v.blocked_by;
  out->primary = v.primary;
  if (!pe_rowset_empty(&touched)) pe_assumptions_find(set, r, v.effect, &touched, &out->assumptions);
  if (!out->failed) pe_missing_keep(set, r, v.effect, out);
  if (strict && !pe_rowset_empty(&out->assumptions)) out->effect = POLICYEVAL_UNKNOWN;
  return out->failed ? POLICYEVAL_ENOMEM : 0;
}
