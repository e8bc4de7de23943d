/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "question.h"

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
    "  --all-requests           always, sometimes or never: over every request with the facts that are given\n"
    "  --expect VERDICT         exit 0 if the verdict is this one, else 1\n"
    "  --format text|json       --output FILE\n"
    "\n"
    "exit status: 0 allowed (and operable) or always, 1 denied, sometimes or never, 2 usage, 3 unreadable input, 4 unknown\n";

enum { OPT_VERSION_ID = OPT_OWN, OPT_ALL_REQUESTS };

static const struct option options[] = {
    COMMON_OPTIONS,
    QUESTION_OPTIONS,
    {"version-id", required_argument, NULL, OPT_VERSION_ID},
    {"all-requests", no_argument, NULL, OPT_ALL_REQUESTS},
    {NULL, 0, NULL, 0},
};

typedef struct arguments {
  question question;
  const char *version_id;
  bool all_requests;
} arguments;

static int take(common *c, void *to, int code, char *const *argv) {
  arguments *a = to;
  switch (code) {
    case OPT_VERSION_ID: a->version_id = optarg; return 0;
    case OPT_ALL_REQUESTS: a->all_requests = true; return 0;
    default: return question_option(c, &a->question, code, argv);
  }
}

/* What must be said, and what cannot be said twice. */
static int check_arguments(const common *c, const arguments *a) {
  const int status = question_check(c, &a->question);
  const bool key = a->question.key, policy = policies_count(&a->question.policies, OPT_KEY_POLICY) > 0;
  if (status) return status;
  if (key && !policy) return usage_error(c, "--key is given, but --key-policy is missing: give the key policy's file");
  if (!key && policy)
    return usage_error(c, "--key-policy is given, but --key is missing: a key policy does not name its own key");
  return 0;
}

static int ask(const common *c, const arguments *a, policyeval_access *q) {
  int status = question_fill(c, &a->question, q);
  if (!status) status = question_set(c, q, "--version-id", a->version_id, policyeval_access_set_version_id);
  if (status) return status;
  const int rc = a->all_requests ? policyeval_access_all_requests(q) : policyeval_access_decide(q);
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

static int check_reach(const common *c) {
  const char *words[POLICYEVAL_REACH_LAST_ + 1] = {NULL};
  for (int i = 0; i < POLICYEVAL_REACH_LAST_; i++) words[i] = policyeval_reach_name(POLICYEVAL_REACH_LAST_ - 1 - i);
  return expect_words(c, words);
}

static int answer_all(const common *c, policyeval_access *q) {
  size_t len = 0;
  const int reach = policyeval_access_reach(q);
  int status;
  if (strcmp(c->format, "json") == 0) {
    const char *json = policyeval_access_reach_json(q, &len);
    status = put_result(c, json, len);
  } else {
    const char *text = policyeval_access_reach_text(q, &len);
    status = put_verdict(c, text, len,
                         reach == POLICYEVAL_REACH_ALWAYS    ? POLICYEVAL_ALLOW
                         : reach == POLICYEVAL_REACH_UNKNOWN ? POLICYEVAL_UNKNOWN
                                                             : POLICYEVAL_IMPLICIT_DENY);
  }
  if (status) return status;
  const bool works = reach == POLICYEVAL_REACH_NEVER || reach == POLICYEVAL_REACH_UNKNOWN || policyeval_access_operable(q);
  if (c->expect) return works && strcmp(policyeval_reach_name(reach), c->expect) == 0 ? EXIT_YES : EXIT_NO;
  if (reach == POLICYEVAL_REACH_ALWAYS) return policyeval_access_operable(q) ? EXIT_YES : EXIT_NO;
  return reach == POLICYEVAL_REACH_UNKNOWN ? EXIT_UNKNOWN : EXIT_NO;
}

int cmd_access(int argc, char **argv) {
  static const char *const formats[] = {"text", "json", NULL};
  common c;
  arguments a = {.version_id = NULL};
  policyeval_access *q = NULL;
  int status = common_init(&c, "access");
  question_init(&a.question);
  if (!status) status = common_options(&c, argc, argv, options, usage, take, &a);
  if (!status && optind < argc) status = usage_error(&c, "unexpected argument %s", argv[optind]);
  if (!status) status = common_formats(&c, formats);
  if (!status) status = a.all_requests ? check_reach(&c) : check_expect(&c);
  if (!status) status = check_arguments(&c, &a);
  if (!status && policyeval_access_new(c.context, &q) != POLICYEVAL_OK) status = fail_rc(&c, POLICYEVAL_ENOMEM, "start");
  if (!status) status = ask(&c, &a, q);
  if (!status) status = a.all_requests ? answer_all(&c, q) : answer(&c, q);
  policyeval_access_free(q);
  question_done(&a.question);
  common_done(&c);
  return status;
}
