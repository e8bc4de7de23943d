/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "checks.h"

int cmd_check_no_public_access(int argc, char **argv);

static const char usage[] =
    "usage: policyeval check-no-public-access --type resource|secret|kms-key|trust FILE\n"
    "\n"
    "Does the resource policy let the public in: is there a request that it allows and in which no principal, account,\n"
    "organization, network or source is one that the policy spells out?\n"
    "\n"
    "  --rule fixed-values      what the policy spells out is not public (the default)\n"
    "  --rule article           only aws:SourceArn, SourceVpc, SourceVpce, SourceAccount, SourceIp, and no \"*\" as principal\n"
    "  --rule zone              public is who is outside of the zone of trust (the default with one of these):\n"
    "  --trust-account ID   --trust-org ID   --trust-vpc ID   --trust-vpce ID\n"
    "  --ip-limit N             more public IPv4 addresses than N are the public (default 16777216)\n"
    "  --ipv6-limit N           more public IPv6 addresses than N networks of 64 bits have (default 4294967296)\n"
    "  --grant-only             Deny statements do not count\n"
    "  --closed-catalog         no actions but those of the catalogue exist\n" CHECK_HELP
    "\n"
    "exit status: 0 PASS, 1 FAIL, 2 usage, 3 unreadable input, 4 unknown\n";

enum { OPT_RULE = CHECK_OWN, OPT_IP_LIMIT, OPT_IPV6_LIMIT, OPT_GRANT_ONLY, OPT_CLOSED };
static const struct option options[] = {
    CHECK_OPTIONS,
    {"rule", required_argument, NULL, OPT_RULE},
    TRUST_OPTIONS,
    {"ip-limit", required_argument, NULL, OPT_IP_LIMIT},
    {"ipv6-limit", required_argument, NULL, OPT_IPV6_LIMIT},
    {"grant-only", no_argument, NULL, OPT_GRANT_ONLY},
    {"closed-catalog", no_argument, NULL, OPT_CLOSED},
    {NULL, 0, NULL, 0},
};

typedef struct chosen {
  const char *rule, *trust; /* as given, and the option of trust that was given; or NULL */
} chosen;

static int take_rule(check *c, const char *value) {
#define RULE(name, number, text) {text, number},
  static const struct { const char *name; int rule; } rules[] = {POLICYEVAL_PUBLIC_RULES(RULE)};
#undef RULE
  for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
    if (strcmp(rules[i].name, value) == 0)
      return check_set(c, "--rule", value, policyeval_analysis_set_rule(c->analysis, rules[i].rule));
  return usage_error(&c->common, "--rule %s is none of fixed-values, article, zone", value);
}

static int take_limit(check *c, const char *option, const char *value, int (*set)(policyeval_analysis *a, uint64_t n)) {
  char *end = NULL;
  errno = 0;
  const unsigned long long n = value[0] >= '0' && value[0] <= '9' ? strtoull(value, &end, 10) : 0;
  if (!end || *end || errno || n == 0) return usage_error(&c->common, "%s %s is no number from 1 on", option, value);
  return check_set(c, option, value, set(c->analysis, n));
}

static int take(check *c, int option, const char *value, void *user) {
  chosen *own = user;
  policyeval_analysis *a = c->analysis;
  switch (option) {
    case OPT_RULE: own->rule = value; return take_rule(c, value);
    case OPT_IP_LIMIT: return take_limit(c, "--ip-limit", value, policyeval_analysis_set_ip_limit);
    case OPT_IPV6_LIMIT: return take_limit(c, "--ipv6-limit", value, policyeval_analysis_set_ipv6_limit);
    case OPT_GRANT_ONLY: return check_set(c, "--grant-only", "", policyeval_analysis_set_grant_only(a, 1));
    case OPT_CLOSED: return check_set(c, "--closed-catalog", "", policyeval_analysis_set_closed_catalog(a, 1));
    default: return check_trust(c, option, value, &own->trust);
  }
}

/* The library takes the zone once somebody is trusted; whoever asked for another rule is not given this one's answer. */
static int finish(check *c, void *user) {
  const chosen *own = user;
  if (!own->rule || !own->trust || strcmp(own->rule, "zone") == 0) return 0;
  return usage_error(&c->common, "%s is of --rule zone: it does not go with --rule %s", own->trust, own->rule);
}

int cmd_check_no_public_access(int argc, char **argv) {
  const check_command command = {"check-no-public-access", usage, POLICYEVAL_ASK_PUBLIC, options, take, 1, finish};
  chosen own = {NULL, NULL};
  return check_main(&command, argc, argv, &own);
}
