/* SPDX-License-Identifier: MIT */
/* L2.3 */
#include "cond/family.h"

static int compile(pe_arena *arena, const pe_condition *c, bool variables, pe_cond_value *value) {
  unsigned flags = variables ? PE_PATTERN_VARIABLES : 0;
  if (c->op.op == PE_OP_STRING_LIKE || c->op.op == PE_OP_STRING_NOT_LIKE) flags |= PE_PATTERN_WILD;
  if (c->op.op == PE_OP_STRING_EQUALS_IGNORE_CASE || c->op.op == PE_OP_STRING_NOT_EQUALS_IGNORE_CASE) {
    flags |= PE_PATTERN_NOCASE;
  }
  value->valid = 1;
  return pe_pattern_compile(arena, value->text, flags, &value->as.pattern);
}

static void read_text(pe_leaf *leaf, pe_slice text, pe_operand *out) {
  (void)leaf;
  out->text = text;
  out->valid = true;
}

static pe_base match(pe_leaf *leaf, const pe_condition *c, const pe_cond_value *value,
                     const pe_operand *operand) {
  (void)c;
  const pe_pattern *p = &value->as.pattern;
  if (!p->has_variable) return pe_pattern_match(p, operand->text) ? PE_BASE_YES : PE_BASE_NO;
  switch (pe_leaf_match(leaf, p, operand->text)) {
  case PE_MATCH_YES: return PE_BASE_YES;
  case PE_MATCH_ABSENT: return PE_BASE_ABSENT;
  case PE_MATCH_UNKNOWN: return PE_BASE_UNKNOWN;
  case PE_MATCH_NO: break;
  }
  return pe_leaf_may_lack(leaf, p) ? PE_BASE_LACKING : PE_BASE_NO;
}

const pe_family_ops pe_family_string = {compile, read_text, match};
