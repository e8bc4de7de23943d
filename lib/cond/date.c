/* SPDX-License-Identifier: MIT */
/* L2.5 */
#include "cond/family.h"

static bool parse(pe_slice text, pe_instant *out) {
  pe_instant_form form;
  return pe_instant_parse(text, out, &form);
}

/* AMB-16: four digits are asked about, on both sides. */
static void as_year(pe_leaf *leaf, pe_slice text, pe_instant *instant) {
  pe_instant year;
  if (pe_instant_parse_year(text, &year) && pe_leaf_reading(leaf, PE_ROW_AMB_16) == PE_AMB_16_YEAR)
    *instant = year;
}

static int compile(pe_arena *arena, const pe_condition *c, bool variables, pe_cond_value *value) {
  (void)arena, (void)c, (void)variables;
  value->valid = parse(value->text, &value->as.instant);
  return 0;
}

static void read_instant(pe_leaf *leaf, pe_slice text, pe_operand *out) {
  out->text = text;
  out->valid = parse(text, &out->as.instant);
  if (out->valid && text.len == 4) as_year(leaf, text, &out->as.instant);
}

static bool holds(pe_op op, int order) {
  switch (op) {
  case PE_OP_DATE_LESS_THAN: return order < 0;
  case PE_OP_DATE_LESS_THAN_EQUALS: return order <= 0;
  case PE_OP_DATE_GREATER_THAN: return order > 0;
  case PE_OP_DATE_GREATER_THAN_EQUALS: return order >= 0;
  default: return order == 0;
  }
}

static pe_base match(pe_leaf *leaf, const pe_condition *c, const pe_cond_value *value,
                     const pe_operand *operand) {
  if (!value->valid) return PE_BASE_MALFORMED;
  pe_instant instant = value->as.instant;
  if (value->text.len == 4) as_year(leaf, value->text, &instant);
  return holds((pe_op)c->op.op, pe_instant_cmp(operand->as.instant, instant)) ? PE_BASE_YES : PE_BASE_NO;
}

const pe_family_ops pe_family_date = {compile, read_instant, match};
