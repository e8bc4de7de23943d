/* SPDX-License-Identifier: MIT */
/* Condition operators against the type and the number of values of their keys: L2.11, L4. */
#include "check/check.h"

static const pe_key_info *info_of(const pe_check *c, const pe_condition *e) {
  return e->info ? e->info : pe_catalog_key(c->catalog, e->key);
}

static bool family_fits(uint8_t type, uint8_t family) {
  switch (type) {
  case PE_KEY_STRING:
    return family == PE_FAMILY_STRING;
  case PE_KEY_ARN:
    return family == PE_FAMILY_ARN || family == PE_FAMILY_STRING;
  case PE_KEY_NUMERIC:
    return family == PE_FAMILY_NUMERIC;
  case PE_KEY_DATE:
    return family == PE_FAMILY_DATE;
  case PE_KEY_BOOL:
    return family == PE_FAMILY_BOOL;
  case PE_KEY_IP:
    return family == PE_FAMILY_IP;
  case PE_KEY_BINARY:
    return family == PE_FAMILY_BINARY;
  case PE_KEY_OTHER:
    return true;
  default:
    return family == PE_FAMILY_DATE || family == PE_FAMILY_NUMERIC;
  }
}

static const char *type_name(uint8_t type) {
  static const char *const names[] = {"strings", "ARNs", "numbers", "dates", "booleans", "addresses", "bytes",
                                      "dates or numbers"};
  return type < sizeof names / sizeof names[0] ? names[type] : "other values";
}

/* Keys that AWS types as strings and that hold ARNs. */
static bool holds_arns(const pe_condition *e) {
  return pe_slice_ends(e->lower, PE_SLICE("arn")) || pe_slice_ends(e->lower, PE_SLICE("principal"));
}

static void check_type(pe_check *c, const pe_condition *e, const pe_key_info *info) {
  const pe_op_info *op = pe_op_get((pe_op)e->op.op);
  if (op->family == PE_FAMILY_ARN && info->type == PE_KEY_STRING && holds_arns(e)) return;
  if (!family_fits(info->type, op->family)) {
    pe_check_name(c, PE_RULE_TYPE_MISMATCH, e->operator_node, "%s compares no %s, which %.*s holds.", op->name,
                  type_name(info->type), PE_CHECK_TEXT(e->key));
  } else if (info->type == PE_KEY_ARN && (e->op.op == PE_OP_STRING_LIKE || e->op.op == PE_OP_STRING_NOT_LIKE)) {
    const char *right = e->op.op == PE_OP_STRING_LIKE ? "ArnLike" : "ArnNotLike";
    pe_check_name(c, PE_RULE_STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS, e->operator_node,
                  "%.*s holds ARNs: write %s, which compares field by field.", PE_CHECK_TEXT(e->key), right);
  }
}

/* The operator with another qualifier, as the fix for an operator with a single key. */
static void fix_quantifier(pe_check *c, pe_finding *f, const pe_condition *e, uint8_t quantifier, bool safe,
                           const char *title) {
  if (!f || pe_check_node(c, e->operator_node)->children != 1) return;
  /* Two operators of one name are one member given twice. */
  pe_operator right = e->op;
  char name[PE_OPERATOR_MAX], quoted[PE_OPERATOR_MAX + 2];
  right.quantifier = quantifier;
  size_t len = pe_operator_print(&right, name);
  if (pe_json_get(c->json, c->s->condition_node, name)) return;
  quoted[0] = '"';
  memcpy(quoted + 1, name, len);
  quoted[len + 1] = '"';
  pe_finding_fix(c->findings, f, e->operator_span, pe_slice_of(quoted, len + 2), safe, title);
}

static void check_quantifier(pe_check *c, const pe_condition *e, const pe_key_info *info) {
  if (pe_slice_ends(e->lower, PE_SLICE(":aud"))) return; /* check_trust.c */
  if (info->multi && e->op.quantifier == PE_SET_NONE) {
    pe_finding *f = pe_check_name(c, PE_RULE_MISSING_QUALIFIER, e->operator_node,
                                  "%.*s has many values: put ForAnyValue: or ForAllValues: in front.",
                                  PE_CHECK_TEXT(e->key));
    fix_quantifier(c, f, e, PE_SET_FOR_ANY, false, "Put ForAnyValue: in front");
  } else if (!info->multi && e->op.quantifier == PE_SET_FOR_ALL) {
    pe_finding *f = pe_check_name(c, PE_RULE_FORALLVALUES_WITH_SINGLE_VALUED_KEY, e->operator_node,
                                  "%.*s has one value, and without it the condition is true: remove ForAllValues:.",
                                  PE_CHECK_TEXT(e->key));
    fix_quantifier(c, f, e, PE_SET_NONE, false, "Remove ForAllValues:");
  } else if (!info->multi && e->op.quantifier == PE_SET_FOR_ANY) {
    pe_finding *f = pe_check_name(c, PE_RULE_SET_OPERATOR_ON_SINGLE_VALUED_KEY, e->operator_node,
                                  "%.*s has one value: ForAnyValue: is not needed.", PE_CHECK_TEXT(e->key));
    /* A negated operator is true of an absent key and ForAnyValue is not: only a positive one means the same. */
    bool same = !pe_op_get((pe_op)e->op.op)->negated && !e->op.if_exists && e->count > 0; /* AMB-14 */
    fix_quantifier(c, f, e, PE_SET_NONE, same, "Remove ForAnyValue:");
  }
}

void pe_check_operators(pe_check *c) {
  for (uint32_t i = 0; i < c->s->nconditions && !c->result; i++) {
    const pe_condition *e = &c->s->conditions[i];
    if (e->op.op == PE_OP_NULL) {
      if (e->op.quantifier != PE_SET_NONE)
        pe_check_name(c, PE_RULE_NULL_WITH_QUALIFIER, e->operator_node, "This is always %s: write Null.",
                      e->op.quantifier == PE_SET_FOR_ALL ? "true" : "false");
      continue;
    }
    const pe_key_info *info = info_of(c, e);
    if (!info) continue;
    check_type(c, e, info);
    check_quantifier(c, e, info);
  }
}
