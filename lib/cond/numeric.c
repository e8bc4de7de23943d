/* SPDX-License-Identifier: MIT */
/* L2.4, PE-7 */
#include "cond/family.h"

static int compile(pe_arena *arena, const pe_condition *c, bool variables, pe_cond_value *value) {
  (void)arena, (void)c, (void)variables;
  value->valid = pe_decimal_parse(value->text, &value->as.number);
  return 0;
}

static void read_number(pe_leaf *leaf, pe_slice text, pe_operand *out) {
  (void)leaf;
  out->text = text;
  out->valid = pe_decimal_parse(text, &out->as.number);
}

static bool holds(pe_op op, int order) {
  switch (op) {
  case PE_OP_NUMERIC_LESS_THAN: return order < 0;
  case PE_OP_NUMERIC_LESS_THAN_EQUALS: return order <= 0;
  case PE_OP_NUMERIC_GREATER_THAN: return order > 0;
  case PE_OP_NUMERIC_GREATER_THAN_EQUALS: return order >= 0;
  default: return order == 0;
  }
}

static pe_base match(pe_leaf *leaf, const pe_condition *c, const pe_cond_value *value,
                     const pe_operand *operand) {
  (void)leaf;
  if (!value->valid) return PE_BASE_MALFORMED;
  return holds((pe_op)c->op.op, pe_decimal_cmp(&operand->as.number, &value->as.number)) ? PE_BASE_YES
                                                                                        : PE_BASE_NO;
}

const pe_family_ops pe_family_numeric = {compile, read_number, match};
