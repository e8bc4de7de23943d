/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>

#include "checks.h"

int cmd_findings(int argc, char **argv);

static const char usage[] =
    "usage: policyeval findings --type resource|secret|kms-key|trust [--trust-account ID...] FILE\n"
    "\n"
    "Who outside of the zone of trust gets what, under which conditions: the widest principals and condition values that\n"
    "have access which no narrower ones account for, as IAM Access Analyzer lists them. AWS services are not listed.\n"
    "\n"
    "  --trust-account ID   --trust-org ID   --trust-vpc ID   --trust-vpce ID\n"
    "\n"
    "   or: policyeval findings --statements --type TYPE [--statement N] FILE\n"
    "\n"
    "Which statements of a policy of any type change nothing: an Allow whose requests others allow or deny, a Deny whose\n"
    "requests other Denies deny, a statement that matches no request. All that are named can go together.\n"
    "\n"
    "  --statements             ask about the statements\n"
    "  --statement N            ask about this one alone, against all others (from 0)\n" CHECK_HELP
    "\n"
    "exit status: 0 no finding, 1 findings (statements that change nothing), 2 usage, 3 unreadable input, 4 unknown\n";

enum { OPT_STATEMENTS = CHECK_OWN, OPT_STATEMENT };
static const struct option options[] = {
    CHECK_OPTIONS,
    TRUST_OPTIONS,
    {"statements", no_argument, NULL, OPT_STATEMENTS},
    {"statement", required_argument, NULL, OPT_STATEMENT},
    {NULL, 0, NULL, 0},
};

typedef struct chosen {
  const char *trust;     /* an option of trust that was given, or NULL */
  const char *statement; /* NULL: all */
} chosen;

static int take_statement(check *c, const chosen *own) {
  char *end = NULL;
  errno = 0;
  const unsigned long long n = own->statement[0] >= '0' && own->statement[0] <= '9' ? strtoull(own->statement, &end, 10) : 0;
  if (!end || *end || errno) return usage_error(&c->common, "--statement %s is no number", own->statement);
  return check_set(c, "--statement", own->statement, policyeval_analysis_set_statement(c->analysis, (size_t)n));
}

/* The question is known when all options are. */
static int finish(check *c, void *user) {
  const chosen *own = user;
  if (c->ask != POLICYEVAL_ASK_STATEMENTS) return 0;
  if (own->trust) return usage_error(&c->common, "%s does not go with --statements: who is trusted plays no part there", own->trust);
  return own->statement ? take_statement(c, own) : 0;
}

static int take(check *c, int option, const char *value, void *user) {
  chosen *own = user;
  if (option == OPT_STATEMENT) own->statement = value;
  if (option == OPT_STATEMENTS || option == OPT_STATEMENT) return check_ask(c, POLICYEVAL_ASK_STATEMENTS);
  return check_trust(c, option, value, &own->trust);
}

int cmd_findings(int argc, char **argv) {
  const check_command command = {"findings", usage, POLICYEVAL_ASK_FINDINGS, options, take, 1, finish};
  chosen own = {0};
  return check_main(&command, argc, argv, &own);
}
