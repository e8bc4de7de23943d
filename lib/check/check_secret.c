/* SPDX-License-Identifier: MIT */
/* Broad access to a secret, by the rule that Secrets Manager published (D5.1). */
#include "check/check.h"

/* The five keys that the published rule names. */
static bool trusted(const pe_condition *e) {
  static const char *const keys[] = {"aws:SourceArn", "aws:SourceVpc", "aws:SourceVpce", "aws:SourceAccount",
                                     "aws:SourceIp"};
  for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
    if (pe_check_equals(e->key, keys[i])) return true;
  }
  return false;
}

/* A test that fails when the key is absent, and whose values are fixed. */
static bool holds(const pe_condition *e) {
  const pe_op_info *op = pe_op_get((pe_op)e->op.op);
  if (!trusted(e) || op->negated || op->family == PE_FAMILY_NULL || e->op.if_exists || e->count == 0 ||
      e->op.quantifier == PE_SET_FOR_ALL)
    return false;
  for (uint32_t i = 0; i < e->count; i++) {
    if (pe_check_is_open(e->values[i].text)) return false;
    if (op->family == PE_FAMILY_IP && (!e->values[i].valid || e->values[i].as.cidr.prefix == 0)) return false;
  }
  return true;
}

static const pe_principal *everybody(const pe_statement *s) {
  for (uint32_t i = 0; i < s->nprincipals; i++) {
    if (s->principals[i].kind == PE_PRINCIPAL_ANY) return &s->principals[i];
  }
  return NULL;
}

static void check_statement(pe_check *c, const pe_statement *s) {
  const pe_principal *p = s->principal_mode == PE_MODE_IS ? everybody(s) : NULL;
  uint32_t node = p ? p->node : s->principal_node;
  if (s->effect != PE_ALLOW || s->broken || s->no_effect || (!p && s->principal_mode != PE_MODE_NOT)) return;
  for (uint32_t i = 0; i < s->nconditions; i++) {
    if (holds(&s->conditions[i])) return;
  }
  pe_check_value(c, PE_RULE_BROAD_ACCESS, node,
                 "This resource policy grants broad access to your secret. Secrets Manager does not allow creating and "
                 "applying such policies in the console.");
}

void pe_check_secret(pe_check *c) {
  if (c->kind != POLICYEVAL_KIND_SECRET) return;
  for (uint32_t i = 0; i < c->policy->nstatements && !c->result; i++) check_statement(c, &c->policy->statements[i]);
}
