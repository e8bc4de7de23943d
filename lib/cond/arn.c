/* SPDX-License-Identifier: MIT */
/* L2.10 */
#include "cond/family.h"

static int compile(pe_arena *arena, const pe_condition *c, bool variables, pe_cond_value *value) {
  (void)c;
  pe_arn_pattern *p = pe_arena_zero(arena, 1, sizeof *p);
  if (!p) return POLICYEVAL_ENOMEM;
  unsigned flags = PE_PATTERN_WILD | (variables ? PE_PATTERN_VARIABLES : 0u);
  int rc = pe_arn_pattern_compile(arena, value->text, flags, p);
  if (rc) return rc;
  value->as.arn = p;
  value->valid = p->count == PE_ARN_FIELDS || p->is_any;
  return 0;
}

static void read_arn(pe_leaf *leaf, pe_slice text, pe_operand *out) {
  (void)leaf;
  out->text = text;
  pe_arn_split(text, &out->as.arn);
  out->valid = out->as.arn.count == PE_ARN_FIELDS;
}

static pe_base from_match(pe_leaf *leaf, const pe_arn_pattern *p, pe_match m) {
  switch (m) {
  case PE_MATCH_YES: return PE_BASE_YES;
  case PE_MATCH_ABSENT: return PE_BASE_ABSENT;
  case PE_MATCH_UNKNOWN: return PE_BASE_UNKNOWN;
  case PE_MATCH_NO: break;
  }
  return pe_leaf_may_lack_of(leaf, p) ? PE_BASE_LACKING : PE_BASE_NO;
}

static pe_base match(pe_leaf *leaf, const pe_condition *c, const pe_cond_value *value,
                     const pe_operand *operand) {
  (void)c;
  const pe_arn_pattern *p = value->as.arn;
  if (!value->valid) return PE_BASE_MALFORMED;
  if (p->is_any) {
    return pe_leaf_reading(leaf, PE_ROW_AMB_13B) == PE_AMB_13B_ANY ? PE_BASE_YES : PE_BASE_MALFORMED;
  }
  if (p->exact) return pe_slice_eq(p->text, operand->text) ? PE_BASE_YES : PE_BASE_NO;
  pe_match m = pe_arn_pattern_match(p, &operand->as.arn, pe_leaf_resolve, leaf, false);
  if (m != PE_MATCH_NO || !p->has_variable) return from_match(leaf, p, m);
  /* AMB-8: live wildcards only ever match more. */
  pe_match live = pe_arn_pattern_match(p, &operand->as.arn, pe_leaf_resolve, leaf, true);
  return from_match(leaf, p, live != m && pe_leaf_reading(leaf, PE_ROW_AMB_8) == PE_AMB_8_LIVE ? live : m);
}

const pe_family_ops pe_family_arn = {compile, read_arn, match};
