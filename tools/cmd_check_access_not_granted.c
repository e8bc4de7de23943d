/* SPDX-License-Identifier: MIT */
#include "checks.h"

int cmd_check_access_not_granted(int argc, char **argv);

static const char usage[] =
    "usage: policyeval check-access-not-granted --type TYPE --action ACTION... [--resource ARN...] FILE\n"
    "\n"
    "Does the policy never allow one of these actions on one of these resources? Both may hold wildcards. TYPE: identity,\n"
    "resource, secret, kms-key, trust, scp, rcp, boundary, session, endpoint.\n"
    "\n"
    "  --action ACTION          secretsmanager:GetSecretValue, kms:*; repeat for several (none: every action)\n"
    "  --resource ARN           repeat for several (none: every resource)\n" CHECK_HELP
    "\n"
    "exit status: 0 PASS, 1 FAIL, 2 usage, 3 unreadable input, 4 unknown\n";

enum { OPT_ACTION = OPT_MANY + CHECK_OWN, OPT_RESOURCE };
static const struct option options[] = {
    CHECK_OPTIONS,
    {"action", required_argument, NULL, OPT_ACTION},
    {"resource", required_argument, NULL, OPT_RESOURCE},
    {NULL, 0, NULL, 0},
};

static int take(check *c, int option, const char *value, void *user) {
  int *given = user;
  if (option != OPT_ACTION && option != OPT_RESOURCE) return -1;
  ++*given;
  if (option == OPT_ACTION)
    return check_set(c, "--action", value, policyeval_analysis_add_action(c->analysis, value, POLICYEVAL_NTS));
  return check_set(c, "--resource", value, policyeval_analysis_add_resource(c->analysis, value, POLICYEVAL_NTS));
}

static int finish(check *c, void *user) {
  const int *given = user;
  return *given ? 0 : usage_error(&c->common, "--action is missing: what must not be granted");
}

int cmd_check_access_not_granted(int argc, char **argv) {
  const check_command command = {"check-access-not-granted", usage, POLICYEVAL_ASK_ACCESS_GRANTED, options, take, 1, finish};
  int given = 0;
  return check_main(&command, argc, argv, &given);
}
