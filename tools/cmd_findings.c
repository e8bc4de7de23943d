/* SPDX-License-Identifier: MIT */
#include "checks.h"

int cmd_findings(int argc, char **argv);

static const char usage[] =
    "usage: policyeval findings --type resource|secret|kms-key|trust [--trust-account ID...] FILE\n"
    "\n"
    "Who outside of the zone of trust gets what, under which conditions: the widest principals and condition values that\n"
    "have access which no narrower ones account for, as IAM Access Analyzer lists them. AWS services are not listed.\n"
    "\n"
    "  --trust-account ID   --trust-org ID   --trust-vpc ID   --trust-vpce ID\n" CHECK_HELP
    "\n"
    "exit status: 0 no finding, 1 findings, 2 usage, 3 unreadable input, 4 unknown\n";

enum { OPT_ACCOUNT = CHECK_OWN, OPT_ORG, OPT_VPC, OPT_VPCE };
static const struct option options[] = {
    CHECK_OPTIONS,
    {"trust-account", required_argument, NULL, OPT_ACCOUNT},
    {"trust-org", required_argument, NULL, OPT_ORG},
    {"trust-vpc", required_argument, NULL, OPT_VPC},
    {"trust-vpce", required_argument, NULL, OPT_VPCE},
    {NULL, 0, NULL, 0},
};

static int take(check *c, int option, const char *value, void *user) {
  (void)user;
  if (option < OPT_ACCOUNT || option > OPT_VPCE) return -1;
  const int trust = POLICYEVAL_TRUST_ACCOUNT + option - OPT_ACCOUNT;
  return check_set(c, "--trust-…", value, policyeval_analysis_add_trust(c->analysis, trust, value, POLICYEVAL_NTS));
}

int cmd_findings(int argc, char **argv) {
  const check_command command = {"findings", usage, POLICYEVAL_ASK_FINDINGS, options, take, 1, NULL};
  return check_main(&command, argc, argv, NULL);
}
