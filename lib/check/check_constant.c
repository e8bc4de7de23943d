/* SPDX-License-Identifier: MIT */
/* Conditions whose value is a lone asterisk: they ask about presence, or nothing. */
#include "check/check.h"

static bool has_star(const pe_condition *e) {
  for (uint32_t i = 0; i < e->count; i++) {
    if (pe_slice_eq(e->values[i].text, PE_SLICE("*"))) return true;
  }
  return false;
}

void pe_check_constants(pe_check *c) {
  for (uint32_t i = 0; i < c->s->nconditions && !c->result; i++) {
    const pe_condition *e = &c->s->conditions[i];
    bool like = e->op.op == PE_OP_STRING_LIKE, unlike = e->op.op == PE_OP_STRING_NOT_LIKE;
    if ((!like && !unlike) || e->op.quantifier != PE_SET_NONE || (e->info && e->info->multi) || !has_star(e)) continue;
    bool always = e->info && e->info->presence == PE_PRESENCE_ALWAYS;
    if (like && (always || e->op.if_exists)) {
      pe_check_name(c, PE_RULE_REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION, e->key_node,
                    "This is true of every request: any %.*s matches *.", PE_CHECK_TEXT(e->key));
    } else if (like) {
      pe_check_name(c, PE_RULE_EQUIVALENT_TO_NULL_FALSE, e->key_node,
                    "This only asks whether %.*s is there: write Null with the value false.", PE_CHECK_TEXT(e->key));
    } else if (always) {
      pe_check_name(c, PE_RULE_REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION, e->key_node,
                    "This is true of no request: every %.*s matches *.", PE_CHECK_TEXT(e->key));
    } else {
      pe_check_name(c, PE_RULE_EQUIVALENT_TO_NULL_TRUE, e->key_node,
                    "This only asks whether %.*s is absent: write Null with the value true.", PE_CHECK_TEXT(e->key));
    }
  }
}
