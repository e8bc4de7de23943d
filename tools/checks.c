/* SPDX-License-Identifier: MIT */
#include "checks.h"

#include <stdio.h>
#include <string.h>

int check_set(const check *c, const char *option, const char *value, int rc) {
  if (rc == POLICYEVAL_OK) return 0;
  if (rc != POLICYEVAL_EINVAL) return fail_rc(&c->common, rc, option);
  return usage_error(&c->common, "%s %s: %s", option, value, policyeval_analysis_detail(c->analysis));
}

int check_ask(check *c, int ask) {
  policyeval_analysis_free(c->analysis);
  c->analysis = NULL;
  c->ask = ask;
  if (policyeval_analysis_new(c->common.context, ask, &c->analysis) == POLICYEVAL_OK) return 0;
  return fail_rc(&c->common, POLICYEVAL_ENOMEM, "start");
}

int check_trust(check *c, int option, const char *value, const char **named) {
  static const struct { int option, kind; const char *name; } trusted[] = {
      {OPT_TRUST_ACCOUNT, POLICYEVAL_TRUST_ACCOUNT, "--trust-account"},
      {OPT_TRUST_ORG, POLICYEVAL_TRUST_ORG, "--trust-org"},
      {OPT_TRUST_VPC, POLICYEVAL_TRUST_VPC, "--trust-vpc"},
      {OPT_TRUST_VPCE, POLICYEVAL_TRUST_VPCE, "--trust-vpce"},
  };
  for (size_t i = 0; i < sizeof trusted / sizeof trusted[0]; i++) {
    if (trusted[i].option != option) continue;
    *named = trusted[i].name;
    return check_set(c, *named, value, policyeval_analysis_add_trust(c->analysis, trusted[i].kind, value, POLICYEVAL_NTS));
  }
  return -1;
}

/* "none" as a policy of the kind that lets nothing happen; of RCPs one of AWS's own is always there, which stops nothing. */
static int load_none(check *c, policyeval_policy **policy) {
  const bool named = c->kind == POLICYEVAL_KIND_IDENTITY || c->kind == POLICYEVAL_KIND_BOUNDARY ||
                     c->kind == POLICYEVAL_KIND_SESSION || c->kind == POLICYEVAL_KIND_SCP;
  const bool trust = c->kind == POLICYEVAL_KIND_TRUST, rcp = c->kind == POLICYEVAL_KIND_RCP;
  const char *who = named ? "" : trust ? ", \"Principal\": {\"AWS\": \"*\"}" : ", \"Principal\": \"*\"";
  char text[256];
  snprintf(text, sizeof text,
           "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"%s\"%s, \"Action\": \"%s\"%s}}",
           rcp ? "Allow" : "Deny", who, trust ? "sts:*" : "*", trust ? "" : ", \"Resource\": \"*\"");
  const int rc = policyeval_policy_load(c->common.context, c->kind, text, POLICYEVAL_NTS, "none", policy, NULL);
  return rc == POLICYEVAL_OK ? 0 : fail_rc(&c->common, rc, "none");
}

int check_load(check *c, const char *path, int slot) {
  int status = strcmp(path, "none") == 0 ? load_none(c, &c->loaded[slot])
                                         : load_policy(&c->common, c->kind, path, &c->loaded[slot]);
  if (status) return status;
  if (!c->loaded[slot]) return fail(&c->common, EXIT_INPUT, "%s: the reply says that there is no policy", path);
  const int rc = slot ? policyeval_analysis_set_existing(c->analysis, c->loaded[slot])
                      : policyeval_analysis_set_policy(c->analysis, c->loaded[slot]);
  return check_set(c, "policy", path, rc);
}

static int take_type(check *c, const char *name) {
  c->kind = policyeval_kind_find(name);
  if (c->kind) return 0;
  return usage_error(&c->common,
                     "--type %s is none of identity, resource, secret, kms-key, trust, scp, rcp, boundary, session, endpoint",
                     name);
}

typedef struct given {
  const check_command *command;
  check *check;
  void *user;
} given;

static int take(common *c, void *to, int code, char *const *argv) {
  const given *g = to;
  if (code == OPT_TYPE) return take_type(g->check, optarg);
  int status = g->command->take ? g->command->take(g->check, code, optarg, g->user) : -1;
  if (status < 0) status = common_option(c, code, optarg);
  return status < 0 ? bad_option(c, code, argv) : status;
}

static int take_files(const check_command *command, check *c, int argc, char *const *argv) {
  if (argc - optind > command->files) return usage_error(&c->common, "unexpected argument %s", argv[optind + command->files]);
  if (argc - optind < command->files) {
    return usage_error(&c->common, command->files == 2 ? "two policy files are needed" : "the policy file is missing");
  }
  int worst = 0; /* every file is tried, so that one run tells all that is wrong with the input */
  for (int i = 0; i < command->files; i++) {
    const int status = check_load(c, argv[optind + i], i);
    if (status) worst = status;
  }
  return worst;
}

/* NO is what a check asks for; but that each statement is needed is a YES. */
static int passed(const check *c) {
  const int answer = policyeval_analysis_answer(c->analysis);
  if (c->ask != POLICYEVAL_ASK_STATEMENTS || answer == POLICYEVAL_ANSWER_UNKNOWN) return answer;
  return answer == POLICYEVAL_ANSWER_YES ? POLICYEVAL_ANSWER_NO : POLICYEVAL_ANSWER_YES;
}

/* The word that --expect compares with. */
static const char *answer_word(const check *c) {
  if (c->ask == POLICYEVAL_ASK_COMPARE) return policyeval_relation_name(policyeval_analysis_relation(c->analysis));
  switch (passed(c)) {
    case POLICYEVAL_ANSWER_NO: return "PASS";
    case POLICYEVAL_ANSWER_YES: return "FAIL";
    default: return "UNKNOWN";
  }
}

static int check_word(const check *c) {
  static const char *const checks[] = {"PASS", "FAIL", "UNKNOWN", NULL};
  const char *relations[POLICYEVAL_RELATION_LAST_ + 1] = {NULL};
  for (int i = 0; i < POLICYEVAL_RELATION_LAST_; i++) relations[i] = policyeval_relation_name(i);
  return expect_words(&c->common, c->ask == POLICYEVAL_ASK_COMPARE ? relations : checks);
}

static int print(check *c) {
  const char *(*render)(policyeval_analysis *, size_t *) = policyeval_analysis_text;
  if (strcmp(c->common.format, "json") == 0) render = policyeval_analysis_json;
  if (strcmp(c->common.format, "aws") == 0) render = policyeval_analysis_aws;
  size_t len = 0;
  const char *text = render(c->analysis, &len);
  if (!text) return fail_rc(&c->common, POLICYEVAL_ENOMEM, "write");
  const int answer = passed(c);
  int status;
  if (render == policyeval_analysis_text) {
    const int effect = answer == POLICYEVAL_ANSWER_NO    ? POLICYEVAL_ALLOW
                       : answer == POLICYEVAL_ANSWER_YES ? POLICYEVAL_EXPLICIT_DENY
                                                         : POLICYEVAL_UNKNOWN;
    status = put_verdict(&c->common, text, len, effect);
  } else {
    status = put_result(&c->common, text, len);
  }
  if (status) return status;
  return expect_status(&c->common, answer_word(c),
                       answer == POLICYEVAL_ANSWER_NO    ? EXIT_YES
                       : answer == POLICYEVAL_ANSWER_YES ? EXIT_NO
                                                         : EXIT_UNKNOWN);
}

static int run(const check_command *command, check *c, void *user, int argc, char *const *argv) {
  if (!c->kind) return usage_error(&c->common, "--type is missing: identity, resource, secret, kms-key …");
  int status = command->finish ? command->finish(c, user) : 0;
  if (!status) status = take_files(command, c, argc, argv);
  if (status) return status;
  const int rc = policyeval_analysis_run(c->analysis);
  if (rc == POLICYEVAL_EINVAL) return usage_error(&c->common, "%s", policyeval_analysis_detail(c->analysis));
  return rc == POLICYEVAL_OK ? print(c) : fail_rc(&c->common, rc, "analyse");
}

int check_main(const check_command *command, int argc, char **argv, void *user) {
  static const char *const formats[] = {"text", "json", "aws", NULL}, *const plain[] = {"text", "json", NULL};
  check c = {0};
  int status = common_init(&c.common, command->name);
  if (!status) status = check_ask(&c, command->ask);
  if (!status)
    status = common_options(&c.common, argc, argv, command->options, command->usage, take, &(given){command, &c, user});
  const bool api = c.ask != POLICYEVAL_ASK_COMPARE && c.ask != POLICYEVAL_ASK_FINDINGS && c.ask != POLICYEVAL_ASK_STATEMENTS;
  if (!status) status = common_formats(&c.common, api ? formats : plain);
  if (!status) status = check_word(&c);
  if (!status) status = run(command, &c, user, argc, argv);
  policyeval_analysis_free(c.analysis);
  policyeval_policy_unref(c.loaded[0]);
  policyeval_policy_unref(c.loaded[1]);
  common_done(&c.common);
  return status;
}
