/* SPDX-License-Identifier: MIT */
/* One value of the request against the values of the policy: OR, or NOR under a negated operator (L2.1). */
#include "cond/family.h"

/* What kept the values of the policy from matching. */
typedef struct misses {
  uint32_t malformed, unresolved, lacking, unknown;
} misses;

static pe_cond_why why_not(const pe_cond_run *run, bool valid, const misses *m) {
  if (!valid) return PE_WHY_WRONG_TYPE_REQUEST;
  if (m->unresolved) return PE_WHY_VARIABLE_ABSENT;
  return m->malformed && m->malformed == run->c->count ? PE_WHY_WRONG_TYPE_POLICY : PE_WHY_NOT_EQUAL;
}

/* No value matched: is the negated operator true? */
static pe_tri negated_miss(pe_leaf *leaf, const pe_cond_run *run, pe_slice request, bool valid,
                           const misses *m) {
  uint32_t only = run->c->count == 1 ? 0 : UINT32_MAX;
  if ((!valid || m->malformed) && pe_leaf_reading(leaf, PE_ROW_AMB_13) == PE_AMB_13_FALSE) {
    return pe_cond_say(run, PE_TRI_NO, valid ? PE_WHY_WRONG_TYPE_POLICY : PE_WHY_WRONG_TYPE_REQUEST, request,
                       only);
  }
  if (m->unresolved && pe_leaf_reading(leaf, PE_ROW_AMB_6) == PE_AMB_6_NO_MATCH) {
    return pe_cond_say(run, PE_TRI_NO, PE_WHY_VARIABLE_ABSENT, request, only);
  }
  bool open = m->unknown || (m->lacking && pe_leaf_reading(leaf, PE_ROW_AMB_6) == PE_AMB_6_NO_MATCH);
  if (open) return pe_cond_say(run, PE_TRI_UNKNOWN, PE_WHY_UNKNOWN, request, only);
  return pe_cond_say(run, PE_TRI_YES, PE_WHY_MATCHED, request, UINT32_MAX);
}

pe_tri pe_cond_element(pe_leaf *leaf, const pe_cond_run *run, pe_slice request) {
  const pe_condition *c = run->c;
  bool negated = c->negated;
  misses m = {0};
  pe_operand operand;
  run->family->read(leaf, request, &operand);
  uint32_t first = c->listed ? pe_cond_listed_find(c, request) : 0;
  for (uint32_t i = first; operand.valid && i < c->count; i++) {
    switch (run->family->match(leaf, c, &c->values[i], &operand)) {
    case PE_BASE_YES:
      if (negated) return pe_cond_say(run, PE_TRI_NO, PE_WHY_NEGATED_MATCH, request, i);
      return pe_cond_say(run, PE_TRI_YES, PE_WHY_MATCHED, request, i);
    case PE_BASE_NO: break;
    case PE_BASE_MALFORMED: m.malformed++; break;
    case PE_BASE_ABSENT: m.unresolved++; break;
    case PE_BASE_LACKING: m.lacking++; break;
    case PE_BASE_UNKNOWN: m.unknown++; break;
    }
  }
  if (negated) return negated_miss(leaf, run, request, operand.valid, &m);
  uint32_t only = c->count == 1 ? 0 : UINT32_MAX;
  if (m.unknown) return pe_cond_say(run, PE_TRI_UNKNOWN, PE_WHY_UNKNOWN, request, only);
  return pe_cond_say(run, PE_TRI_NO, why_not(run, operand.valid, &m), request, only);
}
