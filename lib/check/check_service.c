/* SPDX-License-Identifier: MIT */
/* Statements for AWS services, and keys that only their calls have. */
#include "check/check.h"

static bool is_source_key(pe_slice key) {
  return pe_check_equals(key, "aws:SourceArn") || pe_check_equals(key, "aws:SourceAccount") ||
         pe_check_equals(key, "aws:SourceOrgID") || pe_check_equals(key, "aws:SourceOrgPaths");
}

/* Keys that tell something about a service call, but not for whom it is made. */
static bool is_weak_key(pe_slice key) {
  return pe_check_equals(key, "aws:referer") || pe_check_equals(key, "aws:PrincipalIsAWSService") ||
         pe_check_equals(key, "aws:ViaAWSService") || pe_check_equals(key, "aws:PrincipalServiceName");
}

/* A service principal has none of these. */
static bool is_principal_key(pe_slice key) {
  static const char *const names[] = {"aws:PrincipalArn",   "aws:PrincipalOrgID", "aws:PrincipalOrgPaths",
                                      "aws:PrincipalAccount", "aws:userid",       "aws:username", "aws:PrincipalType"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (pe_check_equals(key, names[i])) return true;
  }
  return pe_check_starts(key, "aws:PrincipalTag/");
}

/* True when an entry of another principal kind (AWS, Federated …) stands in the statement. */
static const pe_principal *service_of(const pe_statement *s, bool *only) {
  const pe_principal *service = NULL;
  *only = s->nprincipals > 0;
  for (uint32_t i = 0; i < s->nprincipals; i++) {
    if (s->principals[i].kind == PE_PRINCIPAL_SERVICE) {
      service = service ? service : &s->principals[i];
    } else {
      *only = false;
    }
  }
  return service;
}

static void check_allow(pe_check *c, const pe_principal *service) {
  const pe_condition *weak = NULL;
  for (uint32_t i = 0; i < c->s->nconditions; i++) {
    if (is_source_key(c->s->conditions[i].key)) return;
    if (is_weak_key(c->s->conditions[i].key) && !weak) weak = &c->s->conditions[i];
  }
  if (weak) {
    pe_check_name(c, PE_RULE_RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL, weak->key_node,
                  "%.*s does not say for whom the service acts: use aws:SourceArn or aws:SourceAccount.",
                  PE_CHECK_TEXT(weak->key));
    return;
  }
  /* kms:CallerAccount and kms:ViaService, s3:... and the like may narrow a statement, none of them names a source. */
  pe_check_value(c, PE_RULE_RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL, service->node,
                 "%.*s may be made to act for others: add a condition on aws:SourceArn or aws:SourceAccount.",
                 PE_CHECK_TEXT(service->text));
}

static void check_principal_keys(pe_check *c) {
  for (uint32_t i = 0; i < c->s->nconditions; i++) {
    const pe_condition *e = &c->s->conditions[i];
    if (!is_principal_key(e->key) || e->op.op == PE_OP_NULL || e->op.if_exists) continue;
    pe_check_name(c, PE_RULE_UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL, e->key_node,
                  "A service that calls for itself has no %.*s.", PE_CHECK_TEXT(e->key));
  }
}

/* L5.2: the key is absent when a user or a role calls, so a positive condition on it is false. */
static void check_people(pe_check *c) {
  for (uint32_t i = 0; i < c->s->nprincipals; i++) {
    uint8_t kind = c->s->principals[i].kind;
    if (kind != PE_PRINCIPAL_USER && kind != PE_PRINCIPAL_ROLE && kind != PE_PRINCIPAL_SESSION) return;
  }
  for (uint32_t i = 0; i < c->s->nconditions && c->s->nprincipals; i++) {
    const pe_condition *e = &c->s->conditions[i];
    if (!is_source_key(e->key) || e->op.if_exists || e->op.op == PE_OP_NULL) continue;
    bool negated = pe_op_get((pe_op)e->op.op)->negated;
    pe_check_name(c, PE_RULE_SOURCE_KEY_FOR_PERSON, e->key_node,
                  "Users and roles have no %.*s, so this is %s of them: use aws:PrincipalArn or aws:PrincipalAccount.",
                  PE_CHECK_TEXT(e->key), negated ? "always true" : "never true");
  }
}

void pe_check_services(pe_check *c) {
  if (c->s->principal_mode != PE_MODE_IS) return;
  bool only;
  const pe_principal *service = service_of(c->s, &only);
  if (service && c->s->effect == PE_ALLOW) check_allow(c, service);
  if (service && only) check_principal_keys(c);
  if (!service) check_people(c);
}
