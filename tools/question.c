/* SPDX-License-Identifier: MIT */
#include "question.h"

static const policy_option policy_options[] = {
    {OPT_SECRET_POLICY, POLICYEVAL_LAYER_RESOURCE, POLICYEVAL_KIND_SECRET, "--secret-policy"},
    {OPT_KEY_POLICY, POLICYEVAL_LAYER_KEY, POLICYEVAL_KIND_KMS_KEY, "--key-policy"},
};

void question_init(question *q) {
  *q = (question){.policies = {.own = policy_options, .nown = sizeof policy_options / sizeof policy_options[0]}};
}

void question_done(question *q) {
  facts_done(&q->facts);
  policies_done(&q->policies);
}

int question_option(common *c, question *q, int code, char *const *argv) {
  switch (code) {
    case OPT_PRINCIPAL: q->principal = optarg; return 0;
    case OPT_SECRET: q->secret = optarg; return 0;
    case OPT_KEY: q->key = optarg; return 0;
    case OPT_KEY_STATE: q->key_state = optarg; return 0;
    case OPT_STAGE: q->stage = optarg; return 0;
    default: break;
  }
  int status = common_option(c, code, optarg);
  if (status < 0) status = policies_option(c, &q->policies, code, optarg);
  if (status < 0) status = facts_option(c, &q->facts, code, optarg);
  return status < 0 ? bad_option(c, code, argv) : status;
}

int question_check(const common *c, const question *q) {
  if (!q->principal) return usage_error(c, "--principal is missing: the ARN of who wants to read the secret");
  if (!q->secret) return usage_error(c, "--secret is missing: the ARN of the secret");
  if (!policies_count(&q->policies, OPT_SECRET_POLICY)) return usage_error(c, "--secret-policy is missing: give a file, or 'none'");
  if (!policies_count(&q->policies, OPT_IDENTITY_POLICY))
    return usage_error(c, "--identity-policy is missing: give a file, or 'none'");
  return policies_check(c, &q->policies);
}

int question_set(const common *c, policyeval_access *access, const char *name, const char *value,
                 int (*setter)(policyeval_access *access, const char *text, size_t len)) {
  if (!value) return 0;
  const int rc = setter(access, value, POLICYEVAL_NTS);
  return rc == POLICYEVAL_OK ? 0 : usage_error(c, "%s %s: %s", name, value, policyeval_access_detail(access));
}

static int add(void *q, int layer, unsigned level, policyeval_policy *policy) {
  return policyeval_access_add_policy(q, layer, level, policy);
}
static int declare(void *q, int layer, unsigned level) { return policyeval_access_declare(q, layer, level); }
static int add_grants(void *q, const char *text, size_t len, const char *name, policyeval_report **report) {
  return policyeval_access_add_grants(q, text, len, name, report);
}
static const char *detail(void *q) { return policyeval_access_detail(q); }

int question_fill(const common *c, const question *q, policyeval_access *access) {
  int status = question_set(c, access, "--principal", q->principal, policyeval_access_set_principal);
  if (!status) status = facts_apply_access(c, &q->facts, access);
  if (!status) status = question_set(c, access, "--secret", q->secret, policyeval_access_set_secret);
  if (!status) status = question_set(c, access, "--key", q->key, policyeval_access_set_key);
  if (!status) status = question_set(c, access, "--key-state", q->key_state, policyeval_access_set_key_state);
  if (!status) status = question_set(c, access, "--version-stage", q->stage, policyeval_access_set_version_stage);
  if (!status) status = policies_load(c, &q->policies, 0, &(policy_target){access, add, declare, add_grants, detail});
  return status;
}
