/* SPDX-License-Identifier: MIT */
/* Several values of the request: the set qualifiers, and what an absent key means (L2.1). */
#include "cond/family.h"

pe_tri pe_cond_absent(pe_leaf *leaf, const pe_cond_run *run) {
  const pe_condition *c = run->c;
  bool yes;
  switch ((pe_quantifier)c->op.quantifier) {
  case PE_SET_FOR_ALL: yes = true; break;
  case PE_SET_FOR_ANY: yes = c->op.if_exists && pe_leaf_reading(leaf, PE_ROW_AMB_10) == PE_AMB_10_TRUE; break;
  default: yes = c->op.if_exists || c->negated; break;
  }
  return pe_cond_say_key(run, yes ? PE_TRI_YES : PE_TRI_NO, yes ? PE_WHY_ABSENT_TRUE : PE_WHY_ABSENT);
}

pe_tri pe_cond_all(pe_leaf *leaf, const pe_cond_run *run, const pe_slice *values, uint32_t count) {
  pe_tri all = PE_TRI_YES;
  for (uint32_t i = 0; i < count && all != PE_TRI_NO; i++)
    all = pe_tri_and(all, pe_cond_element(leaf, run, values[i]));
  return all;
}

pe_tri pe_cond_any(pe_leaf *leaf, const pe_cond_run *run, const pe_slice *values, uint32_t count) {
  pe_tri any = PE_TRI_NO;
  for (uint32_t i = 0; i < count && any != PE_TRI_YES; i++)
    any = pe_tri_or(any, pe_cond_element(leaf, run, values[i]));
  return any;
}

pe_tri pe_cond_set(pe_leaf *leaf, const pe_cond_run *run, const pe_slice *values, uint32_t count) {
  bool all = run->c->op.quantifier == PE_SET_FOR_ALL;
  if (count == 0) return pe_cond_absent(leaf, run);
  if (count == 1 &&
      values[0].len == 0) { /* AMB-9: nothing but an empty string is an empty set for ForAllValues */
    if (all) return pe_cond_say(run, PE_TRI_YES, PE_WHY_ABSENT_TRUE, values[0], UINT32_MAX);
    if (pe_leaf_reading(leaf, PE_ROW_AMB_9) == PE_AMB_9_ABSENT) return pe_cond_absent(leaf, run);
  }
  return all ? pe_cond_all(leaf, run, values, count) : pe_cond_any(leaf, run, values, count);
}
