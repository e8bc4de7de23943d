/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common.h"
#include "facts.h"
#include "policies.h"
#include "simulate_cases.h"

int cmd_simulate(int argc, char **argv);

static const char usage[] =
    "usage: policyeval simulate --principal ARN --action ACTION --resource ARN [policies] [facts]\n"
    "       policyeval simulate --cases FILE [--jobs N] [--format json|aws]\n"
    "\n"
    "Is one request allowed, by all policies that apply to it? Or each of many: FILE has one case a line as "
    "JSON\n"
    "(docs/simulate.md), '-' is standard input; one result a line comes out, in the same order.\n"
    "\n"
    "who:  --principal ARN  a role (some session of it), a session, a user, a federated user, the root user\n"
    "      --anonymous      --service NAME          --federated PROVIDER\n"
    "what: --action SERVICE:NAME    --resource ARN or '*'    --resource-account ID (when the ARN does not "
    "say)\n"
    "policies (FILE is a document, the reply of the AWS CLI that carries one, '-' or 'none'):\n"
    "  --resource-policy FILE   the policy attached to the resource (of a KMS key: the key policy); repeat "
    "for several\n" CAP_HELP FACT_HELP "\n"
    "  --set NAME=VALUE         replace a placeholder in the policies, whole tokens only\n"
    "  --strict                 unknown when an undocumented reading decides\n"
    "  --reading ROW=NAME       choose a reading (docs/semantics.md)\n"
    "  --explain                tell for every other statement why it does not match\n"
    "  --catalog DIR            AWS Service Reference files\n"
    "  --expect VERDICT         exit 0 if every verdict is this one, else 1\n"
    "  --jobs N                 threads for --cases (default: one for each processor)\n"
    "  --format text|json|aws   aws: the shape of `aws iam simulate-custom-policy`     --output FILE\n"
    "\n"
    "exit status: 0 allowed, 1 denied, 2 usage, 3 unreadable input, 4 unknown\n"
    "with --cases: 0 every case was answered, 3 one was malformed, 4 one was unknown\n";

enum {
  OPT_PRINCIPAL = OPT_OWN,
  OPT_ANONYMOUS,
  OPT_SERVICE,
  OPT_FEDERATED,
  OPT_ACTION,
  OPT_RESOURCE,
  OPT_RESOURCE_ACCOUNT,
  OPT_CASES,
  OPT_JOBS,
  OPT_RESOURCE_POLICY = OPT_POLICIES + OPT_OWN
};

static const struct option options[] = {
    COMMON_OPTIONS,
    FACT_OPTIONS,
    CAP_OPTIONS,
    {"principal", required_argument, NULL, OPT_PRINCIPAL},
    {"anonymous", no_argument, NULL, OPT_ANONYMOUS},
    {"service", required_argument, NULL, OPT_SERVICE},
    {"federated", required_argument, NULL, OPT_FEDERATED},
    {"action", required_argument, NULL, OPT_ACTION},
    {"resource", required_argument, NULL, OPT_RESOURCE},
    {"resource-account", required_argument, NULL, OPT_RESOURCE_ACCOUNT},
    {"resource-policy", required_argument, NULL, OPT_RESOURCE_POLICY},
    {"cases", required_argument, NULL, OPT_CASES},
    {"jobs", required_argument, NULL, OPT_JOBS},
    {NULL, 0, NULL, 0},
};

static const policy_option own_policies[] = {
    {OPT_RESOURCE_POLICY, POLICYEVAL_LAYER_RESOURCE, 0, "--resource-policy"}};

typedef struct arguments {
  const char *principal, *service, *federated, *action, *resource, *resource_account, *cases;
  bool anonymous;
  unsigned jobs; /* 0: not given */
  policies policies;
  facts facts;
} arguments;

enum { MOST_JOBS = 256 };

static int take_jobs(const common *c, arguments *a, const char *text) {
  char *end = NULL;
  const long n = strtol(text, &end, 10);
  if (end == text || *end || n < 1 || n > MOST_JOBS)
    return usage_error(c, "--jobs takes a number from 1 to %d", MOST_JOBS);
  a->jobs = (unsigned)n;
  return 0;
}

static int take(common *c, void *to, int code, char *const *argv) {
  arguments *a = to;
  switch (code) {
  case OPT_PRINCIPAL: a->principal = optarg; return 0;
  case OPT_ANONYMOUS: a->anonymous = true; return 0;
  case OPT_SERVICE: a->service = optarg; return 0;
  case OPT_FEDERATED: a->federated = optarg; return 0;
  case OPT_ACTION: a->action = optarg; return 0;
  case OPT_RESOURCE: a->resource = optarg; return 0;
  case OPT_RESOURCE_ACCOUNT: a->resource_account = optarg; return 0;
  case OPT_CASES: a->cases = optarg; return 0;
  case OPT_JOBS: return take_jobs(c, a, optarg);
  default: break;
  }
  int status = common_option(c, code, optarg);
  if (status < 0) status = policies_option(c, &a->policies, code, optarg);
  if (status < 0) status = facts_option(c, &a->facts, code, optarg);
  return status < 0 ? bad_option(c, code, argv) : status;
}

static bool has_facts(const facts *f) {
  bool any = f->count || f->management || f->resource_management;
  for (int i = 1; i < POLICYEVAL_PRINCIPAL_LAST_; i++) any = any || f->principal[i];
  return any;
}

static int check_arguments(const common *c, const arguments *a) {
  const int callers = (a->principal != NULL) + a->anonymous + (a->service != NULL) + (a->federated != NULL);
  if (a->cases) {
    if (callers || a->action || a->resource || a->resource_account || a->policies.nfiles ||
        a->policies.grants || has_facts(&a->facts))
      return usage_error(
          c, "--cases brings requests, policies and facts along: give them there, not as options");
    return 0;
  }
  if (a->jobs) return usage_error(c, "--jobs goes with --cases");
  if (callers == 0)
    return usage_error(c, "who asks? Give --principal, --service, --federated or --anonymous");
  if (callers > 1) return usage_error(c, "give one of --principal, --service, --federated and --anonymous");
  if (!a->action)
    return usage_error(c, "--action is missing, such as --action secretsmanager:GetSecretValue");
  if (!a->resource)
    return usage_error(c, "--resource is missing: an ARN, or '*' for an action without a resource");
  return policies_check(c, &a->policies);
}

/* ---- one request ---- */

typedef int (*text_setter)(policyeval_request *r, const char *text, size_t len);

static int set(const common *c, policyeval_request *r, const char *name, const char *value,
               text_setter setter) {
  if (!value) return 0;
  const int rc = setter(r, value, POLICYEVAL_NTS);
  return rc == POLICYEVAL_OK ? 0 : usage_error(c, "%s %s: %s", name, value, policyeval_request_detail(r));
}

static int fill_request(const common *c, const arguments *a, policyeval_request *r) {
  int status = a->anonymous && policyeval_request_set_anonymous(r) != POLICYEVAL_OK
                   ? fail_rc(c, POLICYEVAL_ENOMEM, "start")
                   : 0;
  if (!status) status = set(c, r, "--principal", a->principal, policyeval_request_set_principal);
  if (!status) status = set(c, r, "--service", a->service, policyeval_request_set_service);
  if (!status) status = set(c, r, "--federated", a->federated, policyeval_request_set_provider);
  if (!status) status = set(c, r, "--action", a->action, policyeval_request_set_action);
  if (!status) status = set(c, r, "--resource", a->resource, policyeval_request_set_resource);
  if (!status)
    status = set(c, r, "--resource-account", a->resource_account, policyeval_request_set_resource_account);
  return status ? status : facts_apply_request(c, &a->facts, r);
}

/* Behind the n-th colon from here, or NULL. */
static const char *behind_colons(const char *text, int n) {
  for (; text && n > 0; n--) {
    text = strchr(text, ':');
    if (text) text++;
  }
  return text;
}

/* Does the ARN name something of this service, whose part behind the account begins like that? */
static bool is_of(const char *arn, const char *service, const char *part) {
  const char *at = behind_colons(arn, 2);
  const size_t n = strlen(service);
  if (!at || strncmp(at, service, n) != 0 || at[n] != ':') return false;
  at = behind_colons(at, 3);
  return at && strncmp(at, part, strlen(part)) == 0;
}

static int resource_kind(const char *arn) {
  if (is_of(arn, "kms", "")) return POLICYEVAL_KIND_KMS_KEY;
  if (is_of(arn, "secretsmanager", "")) return POLICYEVAL_KIND_SECRET;
  return is_of(arn, "iam", "role/") ? POLICYEVAL_KIND_TRUST : POLICYEVAL_KIND_RESOURCE;
}

static int add(void *set, int layer, unsigned level, policyeval_policy *policy) {
  return policyeval_policyset_add(set, layer, level, policy);
}
static int declare(void *set, int layer, unsigned level) {
  return policyeval_policyset_declare(set, layer, level);
}
static int add_grants(void *set, const char *text, size_t len, const char *name, policyeval_report **report) {
  return policyeval_policyset_add_grants(set, text, len, name, report);
}

static int print(const common *c, policyeval_decision *d) {
  size_t len = 0;
  const int effect = policyeval_decision_effect(d);
  if (strcmp(c->format, "text") == 0) {
    const char *text = policyeval_decision_text(d, &len);
    return put_verdict(c, text, len, effect);
  }
  const char *json =
      strcmp(c->format, "aws") == 0 ? policyeval_decision_aws(d, &len) : policyeval_decision_json(d, &len);
  return put_result(c, json, len);
}

static int ask(const common *c, const arguments *a, policyeval_request *r, policyeval_policyset *set) {
  int status = fill_request(c, a, r);
  if (!status)
    status = policies_load(c, &a->policies, resource_kind(a->resource),
                           &(policy_target){set, add, declare, add_grants, NULL});
  if (status) return status;
  policyeval_decision *d = NULL;
  const int rc = policyeval_decide(set, r, &d);
  if (rc == POLICYEVAL_EINVAL) return usage_error(c, "%s", policyeval_request_detail(r));
  if (rc != POLICYEVAL_OK) return fail_rc(c, rc, "decide");
  status = print(c, d);
  if (!status) status = verdict_status(c, policyeval_decision_effect(d), true);
  policyeval_decision_free(d);
  return status;
}

static int one_request(const common *c, const arguments *a) {
  policyeval_request *request = NULL;
  policyeval_policyset *set = NULL;
  int rc = policyeval_request_new(c->context, &request);
  if (rc == POLICYEVAL_OK) rc = policyeval_policyset_new(c->context, &set);
  const int status = rc == POLICYEVAL_OK ? ask(c, a, request, set) : fail_rc(c, rc, "start");
  policyeval_policyset_unref(set);
  policyeval_request_free(request);
  return status;
}

/* ---- */

static unsigned processors(void) {
  const long n = sysconf(_SC_NPROCESSORS_ONLN);
  return n < 1 ? 1 : n > MOST_JOBS ? MOST_JOBS : (unsigned)n;
}

int cmd_simulate(int argc, char **argv) {
  static const char *const formats[] = {"text", "json", "aws", NULL}, *const case_formats[] = {"json", "aws",
                                                                                               NULL};
  common c;
  arguments a = {.policies = {.own = own_policies, .nown = 1}};
  int status = common_init(&c, "simulate");
  if (!status) status = common_options(&c, argc, argv, options, usage, take, &a);
  if (!status && optind < argc) status = usage_error(&c, "unexpected argument %s", argv[optind]);
  if (!status) status = common_formats(&c, a.cases ? case_formats : formats);
  if (!status) status = check_expect(&c);
  if (!status) status = check_arguments(&c, &a);
  if (!status)
    status = a.cases ? simulate_cases(&c, a.cases, a.jobs ? a.jobs : processors()) : one_request(&c, &a);
  facts_done(&a.facts);
  policies_done(&a.policies);
  common_done(&c);
  return status;
}
