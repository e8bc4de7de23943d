/* SPDX-License-Identifier: MIT */
/* Would the caller who puts the policy still be able to change it? Decided by the evaluator (D3.8, D5.1, A34, A35). */
#include "check/check.h"
#include "eval/decide.h"

/* A resource for the question: one that the policy names in full, else one in the account of the caller. What the
 * policy says of "*" holds for any. */
static pe_slice resource_of(const pe_check *c, const char *type, pe_buf *buf) {
  for (uint32_t i = 0; i < c->policy->nstatements; i++) {
    const pe_statement *s = &c->policy->statements[i];
    for (uint32_t k = 0; k < s->nresources && s->resource_mode == PE_MODE_IS; k++) {
      if (!s->resources[k].never && s->resources[k].pattern.exact) return s->resources[k].text;
    }
  }
  pe_arn caller;
  pe_arn_split(c->options->caller, &caller);
  pe_buf_str(buf, "arn:");
  pe_buf_slice(buf, caller.field[PE_ARN_PARTITION]);
  pe_buf_str(buf, type[0] == 's' ? ":secretsmanager:us-east-1:" : ":kms:us-east-1:");
  pe_buf_slice(buf, caller.field[PE_ARN_ACCOUNT]);
  pe_buf_str(buf, type[0] == 's' ? ":secret:example-AbCdEf" : ":key/1234abcd-12ab-34cd-56ef-1234567890ab");
  return pe_slice_of(buf->ptr, buf->len);
}

static int ask(const pe_check *c, pe_slice action, pe_slice resource, int *effect) {
  const char *why;
  const pe_request *request;
  pe_request_builder *b = pe_request_builder_new(c->alloc, c->catalog);
  if (!b) return POLICYEVAL_ENOMEM;
  int rc = pe_request_set_principal_arn(b, c->options->caller, &why);
  if (rc == 0) rc = pe_request_set_action(b, action, &why);
  if (rc == 0) rc = pe_request_set_resource(b, resource, &why);
  if (rc == 0) rc = pe_request_prepare(b, &request, &why);
  if (rc == 0) {
    pe_policy *own = (pe_policy *)(uintptr_t)c->policy;
    pe_policyset set = {.identity = {(pe_policy **)(uintptr_t)c->options->identity, c->options->nidentity},
                        .resource = {&own, 1}};
    *effect = pe_decide_effect(&set, request, false);
  }
  pe_request_builder_free(b);
  return rc;
}

static void report(pe_check *c, pe_rule rule, const char *message) {
  pe_finding *f = pe_check_value(c, rule, 0, "%s", message);
  if (f) f->span.end = f->span.start + 1;
}

void pe_check_lockout(pe_check *c) {
  bool secret = c->kind == POLICYEVAL_KIND_SECRET, key = c->kind == POLICYEVAL_KIND_KMS_KEY;
  if (c->options->caller.len == 0 || (!secret && !key)) return;
  int effect = POLICYEVAL_IMPLICIT_DENY;
  pe_buf buf;
  pe_buf_init(&buf, c->alloc);
  pe_slice resource = resource_of(c, secret ? "secret" : "key", &buf);
  int rc = buf.failed ? POLICYEVAL_ENOMEM
                      : ask(c, secret ? PE_SLICE("secretsmanager:PutResourcePolicy") : PE_SLICE("kms:PutKeyPolicy"),
                            resource, &effect);
  pe_buf_done(&buf);
  if (rc == POLICYEVAL_ENOMEM) c->result = rc;
  if (rc) return;
  if (secret && effect == POLICYEVAL_EXPLICIT_DENY) /* A35: only a Deny locks out */
    report(c, PE_RULE_SECRET_POLICY_LOCKS_OUT_CALLER,
           "Your requested changes will not allow you to manage this secret in the future.");
  if (key && effect != POLICYEVAL_ALLOW) /* A34: with what the identity policies allow */
    report(c, PE_RULE_KEY_POLICY_LOCKS_OUT_CALLER,
           "The new key policy will not allow you to update the key policy in the future.");
}
