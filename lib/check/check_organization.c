/* SPDX-License-Identifier: MIT */
/* Service control and resource control policies (L1.10, AMB-24). */
#include "check/check.h"

/* Services whose actions an RCP may name, as documented when this was written. */
static bool rcp_service(pe_slice prefix) {
  static const char *const names[] = {"s3",  "sts",  "kms",         "sqs",  "secretsmanager", "ecr",
                                      "aoss", "logs", "cognito-idp", "cognito-identity", "dynamodb"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (pe_check_equals(prefix, names[i])) return true;
  }
  return false;
}

static size_t first_wildcard(pe_slice s) {
  size_t i = 0;
  while (i < s.len && s.ptr[i] != '*' && s.ptr[i] != '?') i++;
  return i;
}

static void check_rcp_action(pe_check *c, const pe_action *a) {
  const char *colon = a->text.len ? memchr(a->text.ptr, ':', a->text.len) : NULL;
  size_t wild = first_wildcard(a->text);
  bool end = wild >= a->text.len || (wild + 1 == a->text.len && a->text.ptr[wild] == '*');
  if (a->never || (c->s->effect == PE_ALLOW && a->any)) return;
  if (a->any || !colon || !rcp_service(pe_slice_sub(a->text, 0, (size_t)(colon - a->text.ptr)))) {
    pe_check_value(c, PE_RULE_RCP_SYNTAX_ERROR_ACTION, a->node,
                   "\"%.*s\" is of no service that supports resource control policies.", PE_CHECK_TEXT(a->text));
  } else if (!end) {
    pe_check_value(c, PE_RULE_RCP_SYNTAX_ERROR_ACTION, a->node,
                   "In \"%.*s\" a wildcard stands elsewhere than at the end.", PE_CHECK_TEXT(a->text));
  }
}

static void check_rcp_allow(pe_check *c) {
  const pe_statement *s = c->s;
  bool all = s->nactions == 1 && s->actions[0].any && s->nresources == 1 && pe_check_any_resource(s) &&
             s->resource_mode == PE_MODE_IS && !s->condition_node;
  if (s->effect == PE_ALLOW && !s->broken && !all)
    pe_check_statement(c, PE_RULE_RCP_SYNTAX_ERROR_ALLOW,
                       "A resource control policy allows everything or denies: write Deny.");
}

static bool asks(const pe_statement *s, const char *const *keys, const pe_condition **first) {
  *first = NULL;
  for (uint32_t i = 0; i < s->nconditions; i++) {
    for (size_t k = 0; keys[k]; k++) {
      bool hit = keys[k][strlen(keys[k]) - 1] == '/' ? pe_check_starts(s->conditions[i].key, keys[k])
                                                     : pe_check_equals(s->conditions[i].key, keys[k]);
      if (hit && s->conditions[i].op.op != PE_OP_NULL) *first = *first ? *first : &s->conditions[i];
    }
  }
  return *first != NULL;
}

/* Bool or BoolIfExists aws:PrincipalIsAWSService with that value. */
static bool service_flag(const pe_statement *s, const char *value) {
  const pe_condition *e = pe_check_condition(s, "aws:PrincipalIsAWSService");
  return e && e->op.op == PE_OP_BOOL && e->count == 1 && pe_check_equals(e->values[0].text, value);
}

static bool source_checked(const pe_statement *s) {
  for (uint32_t i = 0; i < s->nconditions; i++) {
    const pe_condition *e = &s->conditions[i];
    if (e->op.op == PE_OP_NULL && (pe_check_equals(e->key, "aws:SourceAccount") || pe_check_equals(e->key, "aws:SourceArn")))
      return true;
  }
  return false;
}

static void check_rcp_keys(pe_check *c) {
  static const char *const of_principal[] = {"aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:PrincipalArn",
                                             "aws:PrincipalAccount", "aws:PrincipalTag/", NULL};
  static const char *const of_source[] = {"aws:SourceOrgID", "aws:SourceOrgPaths", "aws:SourceAccount", "aws:SourceArn",
                                          NULL};
  const pe_condition *e;
  if (c->s->effect != PE_DENY) return;
  if (asks(c->s, of_principal, &e) && !service_flag(c->s, "false"))
    pe_check_name(c, PE_RULE_RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY, e->key_node,
                  "AWS services have no %.*s: add BoolIfExists aws:PrincipalIsAWSService false.", PE_CHECK_TEXT(e->key));
  if (!asks(c->s, of_source, &e)) return;
  if (!service_flag(c->s, "true"))
    pe_check_name(c, PE_RULE_RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY, e->key_node,
                  "Users and roles have no %.*s: add BoolIfExists aws:PrincipalIsAWSService true.", PE_CHECK_TEXT(e->key));
  if (!source_checked(c->s))
    pe_check_name(c, PE_RULE_RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK, e->key_node,
                  "Some services pass no source: add Null aws:SourceAccount false.");
}

static void check_scp_action(pe_check *c, const pe_action *a) {
  size_t wild = first_wildcard(a->text);
  if (a->any || a->never || wild >= a->text.len || wild + 1 == a->text.len) return;
  pe_check_value(c, PE_RULE_SCP_SYNTAX_ERROR_ACTION_WILDCARD, a->node,
                 "Before September 2025 \"%.*s\" was refused: a wildcard stood at the end only.", PE_CHECK_TEXT(a->text));
}

void pe_check_organization(pe_check *c) {
  for (uint32_t i = 0; i < c->s->nactions && !c->result; i++) {
    if (c->kind == POLICYEVAL_KIND_RCP) check_rcp_action(c, &c->s->actions[i]);
    if (c->kind == POLICYEVAL_KIND_SCP) check_scp_action(c, &c->s->actions[i]);
  }
  if (c->kind == POLICYEVAL_KIND_RCP) {
    check_rcp_allow(c);
    check_rcp_keys(c);
  }
}
