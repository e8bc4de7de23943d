/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "common.h"
#include "facts.h"
#include "policies.h"

int cmd_access(int argc, char **argv);

static const char usage[] =
    "usage: policyeval access --principal ARN --secret ARN [--key ARN]\n"
    "           --secret-policy FILE... --key-policy FILE --identity-policy FILE...\n"
    "\n"
    "May this principal read this secret: secretsmanager:GetSecretValue on the secret and kms:Decrypt on its key.\n"
    "FILE is a policy document, the reply of the AWS CLI that carries one, '-' (standard input) or 'none'.\n"
    "Without --key and --key-policy the secret is taken to use the AWS managed key aws/secretsmanager.\n"
    "\n"
    "  --principal ARN          a role (some session of it), a session, a user, a federated user, the root user\n"
    "  --secret ARN             with its six-character suffix\n"
    "  --key ARN                key ARN, not an alias\n"
    "  --secret-policy FILE     the secret's resource policy; repeat for several\n"
    "  --key-policy FILE        the key policy of the KMS key\n"
    CAP_HELP
    "  --key-state STATE        as describe-key prints it\n"
    "  --version-stage STAGE    --version-id ID          what the call passes\n" FACT_HELP
    "\n"
    "  --set NAME=VALUE         replace a placeholder in the policies, whole tokens only\n"
    "  --strict                 unknown when an undocumented reading decides\n"
    "  --explain                tell for every other statement why it does not match\n"
    "  --reading ROW=NAME       choose a reading (docs/semantics.md)\n"
    "  --catalog DIR            AWS Service Reference files\n"
    "  --expect VERDICT         exit 0 if the verdict is this one, else 1\n"
    "  --format text|json       --output FILE\n"
    "\n"
    "exit status: 0 allowed (and operable), 1 denied, 2 usage, 3 unreadable input, 4 unknown\n";

enum {
  OPT_PRINCIPAL = OPT_OWN, OPT_SECRET, OPT_KEY, OPT_SECRET_POLICY, OPT_KEY_POLICY, OPT_KEY_STATE, OPT_STAGE,
  OPT_VERSION_ID, OPT_ALL_REQUESTS
};

static const struct option options[] = {
    COMMON_OPTIONS,
    FACT_OPTIONS,
    CAP_OPTIONS,
    {"principal", required_argument, NULL, OPT_PRINCIPAL},
    {"secret", required_argument, NULL, OPT_SECRET},
    {"key", required_argument, NULL, OPT_KEY},
    {"secret-policy", required_argument, NULL, OPT_SECRET_POLICY},
    {"key-policy", required_argument, NULL, OPT_KEY_POLICY},
    {"key-state", required_argument, NULL, OPT_KEY_STATE},
    {"version-stage", required_argument, NULL, OPT_STAGE},
    {"version-id", required_argument, NULL, OPT_VERSION_ID},
    {"all-requests", no_argument, NULL, OPT_ALL_REQUESTS},
    {NULL, 0, NULL, 0},
};

static const policy_option policy_options[] = {
    {OPT_SECRET_POLICY, POLICYEVAL_LAYER_RESOURCE, POLICYEVAL_KIND_SECRET, "--secret-policy", false},
    {OPT_KEY_POLICY, POLICYEVAL_LAYER_KEY, POLICYEVAL_KIND_KMS_KEY, "--key-policy", true},
};

typedef struct arguments {
  const char *principal, *secret, *key, *key_state, *stage, *version_id;
  policies policies;
  facts facts;
} arguments;

static int take(common *c, arguments *a, int code, char *const *argv) {
  switch (code) {
    case OPT_PRINCIPAL: a->principal = optarg; return 0;
    case OPT_SECRET: a->secret = optarg; return 0;
    case OPT_KEY: a->key = optarg; return 0;
    case OPT_KEY_STATE: a->key_state = optarg; return 0;
    case OPT_STAGE: a->stage = optarg; return 0;
    case OPT_VERSION_ID: a->version_id = optarg; return 0;
    case OPT_ALL_REQUESTS: return usage_error(c, "--all-requests is not there yet: it comes with the analysis");
    default: break;
  }
  int status = common_option(c, code, optarg);
  if (status < 0) status = policies_option(c, &a->policies, code, optarg);
  if (status < 0) status = facts_option(c, &a->facts, code, optarg);
  return status < 0 ? bad_option(c, code, argv) : status;
}

/* What must be said, and what cannot be said twice. */
static int check_arguments(const common *c, const arguments *a) {
  if (!a->principal) return usage_error(c, "--principal is missing: the ARN of who wants to read the secret");
  if (!a->secret) return usage_error(c, "--secret is missing: the ARN of the secret");
  if (!policies_count(&a->policies, OPT_SECRET_POLICY)) return usage_error(c, "--secret-policy is missing: give a file, or 'none'");
  if (!policies_count(&a->policies, OPT_IDENTITY_POLICY)) return usage_error(c, "--identity-policy is missing: give a file, or 'none'");
  if (a->key && !policies_count(&a->policies, OPT_KEY_POLICY))
    return usage_error(c, "--key is given, but --key-policy is missing: give the key policy's file");
  if (!a->key && policies_count(&a->policies, OPT_KEY_POLICY))
    return usage_error(c, "--key-policy is given, but --key is missing: a key policy does not name its own key");
  return policies_check(c, &a->policies);
}

typedef int (*text_setter)(policyeval_access *access, const char *text, size_t len);

static int set(const common *c, policyeval_access *q, const char *name, const char *value, text_setter setter) {
  if (!value) return 0;
  const int rc = setter(q, value, POLICYEVAL_NTS);
  return rc == POLICYEVAL_OK ? 0 : usage_error(c, "%s %s: %s", name, value, policyeval_access_detail(q));
}

static int add(void *q, int layer, unsigned level, policyeval_policy *policy) {
  return policyeval_access_add_policy(q, layer, level, policy);
}
static int declare(void *q, int layer, unsigned level) { return policyeval_access_declare(q, layer, level); }
static int add_grants(void *q, const char *text, size_t len, const char *name, policyeval_report **report) {
  return policyeval_access_add_grants(q, text, len, name, report);
}
static const char *detail(void *q) { return policyeval_access_detail(q); }

static int ask(const common *c, const arguments *a, policyeval_access *q) {
  int status = set(c, q, "--principal", a->principal, policyeval_access_set_principal);
  if (!status) status = facts_apply_access(c, &a->facts, q);
  if (!status) status = set(c, q, "--secret", a->secret, policyeval_access_set_secret);
  if (!status) status = set(c, q, "--key", a->key, policyeval_access_set_key);
  if (!status) status = set(c, q, "--key-state", a->key_state, policyeval_access_set_key_state);
  if (!status) status = set(c, q, "--version-stage", a->stage, policyeval_access_set_version_stage);
  if (!status) status = set(c, q, "--version-id", a->version_id, policyeval_access_set_version_id);
  if (!status) status = policies_load(c, &a->policies, 0, &(policy_target){q, add, declare, add_grants, detail});
  if (status) return status;
  const int rc = policyeval_access_decide(q);
  if (rc == POLICYEVAL_EINVAL) return usage_error(c, "%s", policyeval_access_detail(q));
  return rc == POLICYEVAL_OK ? 0 : fail_rc(c, rc, "decide");
}

static int answer(const common *c, policyeval_access *q) {
  size_t len = 0;
  const int effect = policyeval_access_decision(q);
  int status;
  if (strcmp(c->format, "json") == 0) {
    const char *json = policyeval_access_json(q, &len);
    status = put_result(c, json, len);
  } else {
    const char *text = policyeval_access_text(q, &len);
    status = put_verdict(c, text, len, effect);
  }
  return status ? status : verdict_status(c, effect, policyeval_access_operable(q));
}

int cmd_access(int argc, char **argv) {
  static const char *const formats[] = {"text", "json", NULL};
  common c;
  arguments a = {.policies = {.own = policy_options, .nown = sizeof policy_options / sizeof policy_options[0]}};
  policyeval_access *q = NULL;
  int status = common_init(&c, "access");
  opterr = 0;
  for (int code; !status && (code = getopt_long(argc, argv, "+:", options, NULL)) != -1;) {
    if (code == OPT_HELP) {
      fputs(usage, stdout);
      goto done;
    }
    status = take(&c, &a, code, argv);
  }
  if (!status && optind < argc) status = usage_error(&c, "unexpected argument %s", argv[optind]);
  if (!status) status = common_formats(&c, formats);
  if (!status) status = check_expect(&c);
  if (!status) status = check_arguments(&c, &a);
  if (!status && policyeval_access_new(c.context, &q) != POLICYEVAL_OK) status = fail_rc(&c, POLICYEVAL_ENOMEM, "start");
  if (!status) status = ask(&c, &a, q);
  if (!status) status = answer(&c, q);
done:
  policyeval_access_free(q);
  facts_done(&a.facts);
  policies_done(&a.policies);
  common_done(&c);
  return status;
}
