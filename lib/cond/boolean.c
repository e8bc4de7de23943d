/* SPDX-License-Identifier: MIT */
/* L2.6 */
#include "cond/family.h"

static int compile(pe_arena *arena, const pe_condition *c, bool variables, pe_cond_value *value) {
  (void)arena, (void)c, (void)variables;
  value->small = pe_bool_parse_exact(value->text, &value->as.boolean);
  value->valid = value->small || pe_bool_parse(value->text, &value->as.boolean);
  return 0;
}

static bool any_case(pe_leaf *leaf) { return pe_leaf_reading(leaf, PE_ROW_AMB_17) == PE_AMB_17_NOCASE; }

static void read_bool(pe_leaf *leaf, pe_slice text, pe_operand *out) {
  out->text = text;
  out->valid = pe_bool_parse_exact(text, &out->as.boolean) ||
               (pe_bool_parse(text, &out->as.boolean) && any_case(leaf));
}

static pe_base match(pe_leaf *leaf, const pe_condition *c, const pe_cond_value *value,
                     const pe_operand *operand) {
  (void)c;
  if (!value->valid || (!value->small && !any_case(leaf))) return PE_BASE_MALFORMED;
  return value->as.boolean == operand->as.boolean ? PE_BASE_YES : PE_BASE_NO;
}

const pe_family_ops pe_family_bool = {compile, read_bool, match};
