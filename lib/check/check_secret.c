/* SPDX-License-Identifier: MIT */
/* Broad access to a secret (D5.1): the analysis over all requests decides. The rule that Secrets Manager published is
 * asked where the analysis cannot answer: of a document with faults, and within its limits. */
#include "check/check.h"
#include "sym/public.h"

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

/* The Principal that is everybody, of an Allow; 0: not such a statement. */
static uint32_t open_principal(const pe_statement *s) {
  if (s->effect != PE_ALLOW || s->broken || s->no_effect) return 0;
  if (s->principal_mode == PE_MODE_NOT) return s->principal_node;
  const pe_principal *p = s->principal_mode == PE_MODE_IS ? everybody(s) : NULL;
  return p ? p->node : 0;
}

static bool held(const pe_statement *s) {
  for (uint32_t i = 0; i < s->nconditions; i++) {
    if (holds(&s->conditions[i])) return true;
  }
  return false;
}

static void report(pe_check *c, uint32_t node) {
  pe_check_value(c, PE_RULE_BROAD_ACCESS, node,
                 "This resource policy grants broad access to your secret. Secrets Manager does not allow creating and "
                 "applying such policies in the console.");
}

/* PE_ANSWER_x, and the statement that lets everybody in. Denies of the policy count. */
static pe_answer ask(pe_check *c, const pe_statement **statement) {
  pe_public p = {.rule = PE_PUBLIC_FIXED_VALUES};
  pe_public_result out = {0};
  pe_question_init(&p.question, c->alloc, c->catalog);
  p.question.subject = (pe_group){&c->policy, 1};
  int rc = pe_public_run(&p, &out);
  pe_answer answer = rc ? PE_ANSWER_UNKNOWN : (pe_answer)out.result.answer;
  *statement = rc ? NULL : out.result.statement;
  if (rc == 0) pe_result_done(&out.result);
  if (rc == POLICYEVAL_ENOMEM) c->result = rc;
  return answer;
}

void pe_check_secret(pe_check *c) {
  bool candidate = false;
  if (c->kind != POLICYEVAL_KIND_SECRET || !pe_check_wants(c, PE_RULE_BROAD_ACCESS)) return;
  for (uint32_t i = 0; i < c->policy->nstatements; i++)
    candidate = candidate || open_principal(&c->policy->statements[i]);
  if (!candidate) return; /* principals that are named are never broad */
  const pe_statement *witness = NULL;
  pe_answer answer = c->faulted ? PE_ANSWER_UNKNOWN : ask(c, &witness);
  if (answer == PE_ANSWER_NO || c->result) return;
  if (witness) report(c, open_principal(witness) ? open_principal(witness) : witness->principal_node);
  for (uint32_t i = 0; i < c->policy->nstatements && !c->result; i++) {
    const pe_statement *s = &c->policy->statements[i];
    if (s != witness && open_principal(s) && !held(s)) report(c, open_principal(s));
  }
}
