/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "facts.h"

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
    "  --identity-policy FILE   a policy attached to the principal; repeat for several\n"
    "  --boundary FILE          permissions boundary     --session-policy FILE   --endpoint-policy FILE\n"
    "  --scp FILE  --rcp FILE   one more organization level each, root first; N:FILE adds to level N\n"
    "  --grants FILE            reply of `aws kms list-grants`\n"
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
  OPT_PRINCIPAL = OPT_OWN, OPT_SECRET, OPT_KEY, OPT_SECRET_POLICY, OPT_KEY_POLICY, OPT_IDENTITY_POLICY, OPT_BOUNDARY,
  OPT_SESSION_POLICY, OPT_SCP, OPT_RCP, OPT_ENDPOINT, OPT_GRANTS, OPT_KEY_STATE, OPT_STAGE, OPT_VERSION_ID,
  OPT_ALL_REQUESTS
};

static const struct option options[] = {
    COMMON_OPTIONS,
    FACT_OPTIONS,
    {"principal", required_argument, NULL, OPT_PRINCIPAL},
    {"secret", required_argument, NULL, OPT_SECRET},
    {"key", required_argument, NULL, OPT_KEY},
    {"secret-policy", required_argument, NULL, OPT_SECRET_POLICY},
    {"key-policy", required_argument, NULL, OPT_KEY_POLICY},
    {"identity-policy", required_argument, NULL, OPT_IDENTITY_POLICY},
    {"boundary", required_argument, NULL, OPT_BOUNDARY},
    {"session-policy", required_argument, NULL, OPT_SESSION_POLICY},
    {"scp", required_argument, NULL, OPT_SCP},
    {"rcp", required_argument, NULL, OPT_RCP},
    {"endpoint-policy", required_argument, NULL, OPT_ENDPOINT},
    {"grants", required_argument, NULL, OPT_GRANTS},
    {"key-state", required_argument, NULL, OPT_KEY_STATE},
    {"version-stage", required_argument, NULL, OPT_STAGE},
    {"version-id", required_argument, NULL, OPT_VERSION_ID},
    {"all-requests", no_argument, NULL, OPT_ALL_REQUESTS},
    {NULL, 0, NULL, 0},
};

/* Which layer and kind of document an option of a policy stands for. */
typedef struct policy_option {
  int option, layer, kind;
  const char *name;
  bool once;
} policy_option;
static const policy_option policy_options[] = {
    {OPT_SECRET_POLICY, POLICYEVAL_LAYER_RESOURCE, POLICYEVAL_KIND_SECRET, "--secret-policy", false},
    {OPT_KEY_POLICY, POLICYEVAL_LAYER_KEY, POLICYEVAL_KIND_KMS_KEY, "--key-policy", true},
    {OPT_IDENTITY_POLICY, POLICYEVAL_LAYER_IDENTITY, POLICYEVAL_KIND_IDENTITY, "--identity-policy", false},
    {OPT_BOUNDARY, POLICYEVAL_LAYER_BOUNDARY, POLICYEVAL_KIND_BOUNDARY, "--boundary", true},
    {OPT_SESSION_POLICY, POLICYEVAL_LAYER_SESSION, POLICYEVAL_KIND_SESSION, "--session-policy", false},
    {OPT_SCP, POLICYEVAL_LAYER_SCP, POLICYEVAL_KIND_SCP, "--scp", false},
    {OPT_RCP, POLICYEVAL_LAYER_RCP, POLICYEVAL_KIND_RCP, "--rcp", false},
    {OPT_ENDPOINT, POLICYEVAL_LAYER_ENDPOINT, POLICYEVAL_KIND_ENDPOINT, "--endpoint-policy", true},
};
enum { POLICY_OPTIONS = sizeof policy_options / sizeof policy_options[0] };

static const policy_option *find_policy_option(int option) {
  for (size_t i = 0; i < POLICY_OPTIONS; i++)
    if (policy_options[i].option == option) return &policy_options[i];
  return NULL;
}

typedef struct policy_file {
  const policy_option *what;
  const char *path;
} policy_file;

typedef struct arguments {
  const char *principal, *secret, *key, *key_state, *stage, *version_id, *grants;
  policy_file *files;
  size_t nfiles;
  facts facts;
} arguments;

static int take_policy(const common *c, arguments *a, const policy_option *what, const char *path) {
  policy_file *grown = realloc(a->files, (a->nfiles + 1) * sizeof *grown);
  if (!grown) return fail_rc(c, POLICYEVAL_ENOMEM, "options");
  a->files = grown;
  grown[a->nfiles++] = (policy_file){what, path};
  return 0;
}

static int take(common *c, arguments *a, int code, char *const *argv) {
  const policy_option *policy = find_policy_option(code);
  if (policy) return take_policy(c, a, policy, optarg);
  switch (code) {
    case OPT_PRINCIPAL: a->principal = optarg; return 0;
    case OPT_SECRET: a->secret = optarg; return 0;
    case OPT_KEY: a->key = optarg; return 0;
    case OPT_GRANTS: a->grants = optarg; return 0;
    case OPT_KEY_STATE: a->key_state = optarg; return 0;
    case OPT_STAGE: a->stage = optarg; return 0;
    case OPT_VERSION_ID: a->version_id = optarg; return 0;
    case OPT_ALL_REQUESTS: return usage_error(c, "--all-requests is not there yet: it comes with the analysis");
    default: break;
  }
  int status = common_option(c, code, optarg);
  if (status < 0) status = facts_option(c, &a->facts, code, optarg);
  return status < 0 ? bad_option(c, code, argv) : status;
}

static size_t count_of(const arguments *a, int option) {
  size_t n = 0;
  for (size_t i = 0; i < a->nfiles; i++) n += a->files[i].what->option == option;
  return n;
}

/* What must be said, and what cannot be said twice. */
static int check_arguments(const common *c, const arguments *a) {
  if (!a->principal) return usage_error(c, "--principal is missing: the ARN of who wants to read the secret");
  if (!a->secret) return usage_error(c, "--secret is missing: the ARN of the secret");
  if (!count_of(a, OPT_SECRET_POLICY)) return usage_error(c, "--secret-policy is missing: give a file, or 'none'");
  if (!count_of(a, OPT_IDENTITY_POLICY)) return usage_error(c, "--identity-policy is missing: give a file, or 'none'");
  if (a->key && !count_of(a, OPT_KEY_POLICY))
    return usage_error(c, "--key is given, but --key-policy is missing: give the key policy's file");
  if (!a->key && count_of(a, OPT_KEY_POLICY))
    return usage_error(c, "--key-policy is given, but --key is missing: a key policy does not name its own key");
  for (size_t i = 0; i < POLICY_OPTIONS; i++)
    if (policy_options[i].once && count_of(a, policy_options[i].option) > 1)
      return usage_error(c, "%s can be given once", policy_options[i].name);
  return 0;
}

typedef int (*text_setter)(policyeval_access *access, const char *text, size_t len);

static int set(const common *c, policyeval_access *q, const char *name, const char *value, text_setter setter) {
  if (!value) return 0;
  const int rc = setter(q, value, POLICYEVAL_NTS);
  return rc == POLICYEVAL_OK ? 0 : usage_error(c, "%s %s: %s", name, value, policyeval_access_detail(q));
}

/* "N:FILE" adds to level N; FILE alone is one more level. */
static const char *level_of(const char *text, unsigned *next, unsigned *level) {
  char *end = NULL;
  const unsigned long n = text[0] >= '1' && text[0] <= '9' ? strtoul(text, &end, 10) : 0;
  if (end && *end == ':' && n < 1000) {
    *level = (unsigned)n;
    if (n > *next) *next = (unsigned)n;
    return end + 1;
  }
  *level = ++*next;
  return text;
}

static int add_file(const common *c, policyeval_access *q, const policy_file *file, unsigned *scp, unsigned *rcp) {
  const int layer = file->what->layer;
  const bool organization = layer == POLICYEVAL_LAYER_SCP || layer == POLICYEVAL_LAYER_RCP;
  unsigned level = 0;
  const char *path = organization ? level_of(file->path, layer == POLICYEVAL_LAYER_SCP ? scp : rcp, &level) : file->path;
  const bool cap = layer != POLICYEVAL_LAYER_IDENTITY && layer != POLICYEVAL_LAYER_RESOURCE && layer != POLICYEVAL_LAYER_KEY;
  policyeval_policy *policy = NULL;
  if (strcmp(path, "none") != 0) {
    const int status = load_policy(c, file->what->kind, path, &policy);
    if (status) return status;
  } else if (cap && !organization) {
    return 0; /* no such policy applies */
  }
  int rc = POLICYEVAL_OK;
  if (policy) rc = policyeval_access_add_policy(q, layer, level, policy);
  else if (cap) rc = policyeval_access_declare(q, layer, level);
  policyeval_policy_unref(policy);
  return rc == POLICYEVAL_OK ? 0 : usage_error(c, "%s %s: %s", file->what->name, file->path, policyeval_access_detail(q));
}

static int add_grants(const common *c, policyeval_access *q, const char *path) {
  char *text = NULL;
  size_t len = 0;
  if (!path || strcmp(path, "none") == 0) return 0;
  int status = read_file(c, path, &text, &len);
  if (status) return status;
  policyeval_report *report = NULL;
  const int rc = policyeval_access_add_grants(q, text, len, path, &report);
  if (rc != POLICYEVAL_OK) {
    const char *told = policyeval_report_text(report, NULL);
    status = fail(c, EXIT_INPUT, "%s: %s", path, policyeval_error_text(rc));
    if (told) fputs(told, stderr);
  }
  policyeval_report_free(report);
  free(text);
  return status;
}

static int ask(const common *c, const arguments *a, policyeval_access *q) {
  int status = set(c, q, "--principal", a->principal, policyeval_access_set_principal);
  if (!status) status = facts_apply_access(c, &a->facts, q);
  if (!status) status = set(c, q, "--secret", a->secret, policyeval_access_set_secret);
  if (!status) status = set(c, q, "--key", a->key, policyeval_access_set_key);
  if (!status) status = set(c, q, "--key-state", a->key_state, policyeval_access_set_key_state);
  if (!status) status = set(c, q, "--version-stage", a->stage, policyeval_access_set_version_stage);
  if (!status) status = set(c, q, "--version-id", a->version_id, policyeval_access_set_version_id);
  /* Every file is tried, so that one run tells all that is wrong with the input. */
  unsigned scp = 0, rcp = 0;
  int worst = status;
  for (size_t i = 0; i < a->nfiles && (!worst || worst == EXIT_INPUT); i++) {
    status = add_file(c, q, &a->files[i], &scp, &rcp);
    if (status) worst = status;
  }
  if (!worst) worst = add_grants(c, q, a->grants);
  if (worst) return worst;
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
  arguments a = {0};
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
  free(a.files);
  common_done(&c);
  return status;
}
