/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "common.h"

int cmd_who_can(int argc, char **argv);

static const char usage[] =
    "usage: policyeval who-can --secret ARN --secret-policy FILE... [--key ARN --key-policy FILE]\n"
    "           [--identity-policy ARN:FILE...]\n"
    "\n"
    "Who can read this secret, over all requests: the principals that the policies name, and groups that the policies cannot\n"
    "tell apart. FILE is a policy document, the reply of the AWS CLI that carries one, or 'none'.\n"
    "\n"
    "  --secret ARN                 with its six-character suffix\n"
    "  --secret-policy FILE         the secret's resource policy; repeat for several\n"
    "  --key ARN                    without one the secret is taken to use the AWS managed key aws/secretsmanager\n"
    "  --key-policy FILE            the key policy of the KMS key\n"
    "  --identity-policy ARN:FILE   a policy attached to that principal; repeat for several. Principals without one are\n"
    "                               taken to be allowed by their own policies where that is needed\n"
    "\n"
    "  --set NAME=VALUE   --reading ROW=NAME   --catalog DIR   --format text|json   --output FILE\n"
    "  --expect WORD      exit 0 if the answer is somebody, nobody or unknown (the list may not be complete) as said, else 1\n"
    "\n"
    "exit status: 0 answered, 2 usage, 3 unreadable input, 4 the list may not be complete\n";

enum {
  OPT_SECRET = OPT_OWN, OPT_KEY, OPT_KEY_POLICY,
  OPT_SECRET_POLICY = OPT_POLICIES + OPT_OWN, OPT_IDENTITY
};
static const struct option options[] = {
    COMMON_OPTIONS,
    {"secret", required_argument, NULL, OPT_SECRET},
    {"secret-policy", required_argument, NULL, OPT_SECRET_POLICY},
    {"key", required_argument, NULL, OPT_KEY},
    {"key-policy", required_argument, NULL, OPT_KEY_POLICY},
    {"identity-policy", required_argument, NULL, OPT_IDENTITY},
    {NULL, 0, NULL, 0},
};

typedef struct given {
  policyeval_access *question;
  bool secret, key, secret_policy, key_policy;
} given;

static int told(const common *c, policyeval_access *q, const char *option, const char *value, int rc) {
  if (rc == POLICYEVAL_OK) return 0;
  if (rc != POLICYEVAL_EINVAL) return fail_rc(c, rc, option);
  return usage_error(c, "%s %s: %s", option, value, policyeval_access_detail(q));
}

static int add_policy(const common *c, policyeval_access *q, int layer, int kind, const char *option, const char *path) {
  policyeval_policy *policy = NULL;
  if (strcmp(path, "none") == 0) return 0;
  const int status = load_policy(c, kind, path, &policy);
  if (status || !policy) return status;
  const int rc = policyeval_access_add_policy(q, layer, 0, policy);
  policyeval_policy_unref(policy);
  return told(c, q, option, path, rc);
}

/* "ARN:FILE": the ARN has five colons. */
static int add_candidate(const common *c, policyeval_access *q, const char *value) {
  const char *file = value;
  for (int colons = 0; colons < 6 && file; colons++) {
    file = strchr(file, ':');
    if (file) file++;
  }
  if (!file || !*file) return usage_error(c, "--identity-policy %s is not ARN:FILE", value);
  policyeval_policy *policy = NULL;
  const int status = strcmp(file, "none") == 0 ? 0 : load_policy(c, POLICYEVAL_KIND_IDENTITY, file, &policy);
  if (status) return status;
  const int rc = policyeval_access_add_candidate(q, value, (size_t)(file - value) - 1, policy);
  policyeval_policy_unref(policy);
  return told(c, q, "--identity-policy", value, rc);
}

static int take(common *c, void *to, int code, char *const *argv) {
  given *g = to;
  policyeval_access *q = g->question;
  switch (code) {
    case OPT_SECRET:
      g->secret = true;
      return told(c, q, "--secret", optarg, policyeval_access_set_secret(q, optarg, POLICYEVAL_NTS));
    case OPT_KEY: g->key = true; return told(c, q, "--key", optarg, policyeval_access_set_key(q, optarg, POLICYEVAL_NTS));
    case OPT_SECRET_POLICY:
      g->secret_policy = true;
      return add_policy(c, q, POLICYEVAL_LAYER_RESOURCE, POLICYEVAL_KIND_SECRET, "--secret-policy", optarg);
    case OPT_KEY_POLICY:
      g->key_policy = true;
      return add_policy(c, q, POLICYEVAL_LAYER_KEY, POLICYEVAL_KIND_KMS_KEY, "--key-policy", optarg);
    case OPT_IDENTITY: return add_candidate(c, q, optarg);
    default: break;
  }
  const int status = common_option(c, code, optarg);
  return status < 0 ? bad_option(c, code, argv) : status;
}

static int check(const common *c, const given *g) {
  if (!g->secret) return usage_error(c, "--secret is missing: the ARN of the secret");
  if (!g->secret_policy) return usage_error(c, "--secret-policy is missing: give a file, or 'none'");
  if (g->key != g->key_policy)
    return usage_error(c, g->key ? "--key is given, but --key-policy is missing: give the key policy's file"
                                 : "--key-policy is given, but --key is missing: a key policy does not name its own key");
  return 0;
}

static int answer(const common *c, policyeval_access *q) {
  const int rc = policyeval_access_who_can(q);
  if (rc == POLICYEVAL_EINVAL) return usage_error(c, "%s", policyeval_access_detail(q));
  if (rc != POLICYEVAL_OK) return fail_rc(c, rc, "analyse");
  size_t len = 0;
  const bool json = strcmp(c->format, "json") == 0;
  const char *text = json ? policyeval_access_who_json(q, &len) : policyeval_access_who_text(q, &len);
  const int status = put_result(c, text, len);
  if (status) return status;
  if (!policyeval_access_who_complete(q)) return expect_status(c, "unknown", EXIT_UNKNOWN);
  return expect_status(c, policyeval_access_who_count(q) ? "somebody" : "nobody", EXIT_YES);
}

int cmd_who_can(int argc, char **argv) {
  static const char *const formats[] = {"text", "json", NULL}, *const words[] = {"somebody", "nobody", "unknown", NULL};
  common c;
  given g = {.question = NULL};
  int status = common_init(&c, "who-can");
  if (!status && policyeval_access_new(c.context, &g.question) != POLICYEVAL_OK) status = fail_rc(&c, POLICYEVAL_ENOMEM, "start");
  if (!status) status = common_options(&c, argc, argv, options, usage, take, &g);
  if (!status && optind < argc) status = usage_error(&c, "unexpected argument %s", argv[optind]);
  if (!status) status = common_formats(&c, formats);
  if (!status) status = expect_words(&c, words);
  if (!status) status = check(&c, &g);
  if (!status) status = answer(&c, g.question);
  policyeval_access_free(g.question);
  common_done(&c);
  return status;
}
