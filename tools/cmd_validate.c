/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"

int cmd_validate(int argc, char **argv);

static const char usage[] =
    "usage: policyeval validate --type TYPE [options] FILE...\n"
    "\n"
    "What is wrong with policy documents, or could be better: where it is, why, and what to write instead.\n"
    "FILE is a policy document, the reply of the AWS CLI that carries one, '-' (standard input) or 'none'.\n"
    "\n"
    "  --type TYPE              identity, resource, secret, kms-key, trust, scp, rcp, boundary, session, endpoint\n"
    "  --fail-on LEVEL          exit 1 from this level on: error, security-warning (default), warning, suggestion\n"
    "  --ignore CODE            leave out a rule; repeat for several (docs/rules.md lists them)\n"
    "  --only CODE              leave out all rules but these; repeat for several\n"
    "  --fix                    print the corrected document instead of the findings: one FILE\n"
    "  --diff                   print what --fix would change\n"
    "  --caller ARN             who would put the policy: may that caller still change it? (secret, kms-key)\n"
    "  --identity-policy FILE   a policy attached to that caller; repeat for several\n"
    "  --known-principals FILE  the principals that exist, one a line or a JSON list: others are findings\n"
    "\n"
    "  --catalog DIR            AWS Service Reference files: actions, resources and condition keys of all services\n"
    "  --set NAME=VALUE         replace a placeholder in the policies, whole tokens only\n"
    "  --expect WORD            exit 0 if the answer is PASS (no finding at the failing level) or FAIL as said, else 1\n"
    "  --format text|json|sarif|aws   aws: the reply of ValidateResourcePolicy     --output FILE\n"
    "\n"
    "exit status: 0 no finding at the failing level, 1 such a finding, 2 usage, 3 unreadable input or no policy\n";

enum {
  OPT_TYPE = OPT_OWN, OPT_FAIL_ON, OPT_FIX, OPT_DIFF, OPT_CALLER,
  OPT_IGNORE = OPT_MANY + OPT_OWN, OPT_ONLY, OPT_KNOWN,
  OPT_IDENTITY = OPT_POLICIES + OPT_OWN
};

static const struct option options[] = {
    COMMON_OPTIONS,
    {"type", required_argument, NULL, OPT_TYPE},
    {"fail-on", required_argument, NULL, OPT_FAIL_ON},
    {"ignore", required_argument, NULL, OPT_IGNORE},
    {"only", required_argument, NULL, OPT_ONLY},
    {"fix", no_argument, NULL, OPT_FIX},
    {"diff", no_argument, NULL, OPT_DIFF},
    {"caller", required_argument, NULL, OPT_CALLER},
    {"identity-policy", required_argument, NULL, OPT_IDENTITY},
    {"known-principals", required_argument, NULL, OPT_KNOWN},
    {NULL, 0, NULL, 0},
};

typedef struct arguments {
  int kind, fail_on; /* fail_on: POLICYEVAL_SEVERITY_x */
  bool fix, diff, caller;
  policyeval_validation *validation;
} arguments;

static int take_level(const common *c, arguments *a, const char *name) {
  static const char *const levels[] = {"error", "security-warning", "warning", "suggestion"};
  for (int i = 0; i < 4; i++) {
    if (strcmp(levels[i], name) == 0) {
      a->fail_on = POLICYEVAL_SEVERITY_ERROR + i;
      return 0;
    }
  }
  return usage_error(c, "--fail-on %s is none of error, security-warning, warning, suggestion", name);
}

static int take_rule(const common *c, int rc, const char *option, const char *code) {
  if (rc == POLICYEVAL_ENOTFOUND) return usage_error(c, "%s %s: there is no such rule (docs/rules.md lists them)", option, code);
  return rc == POLICYEVAL_OK ? 0 : fail_rc(c, rc, option);
}

static int take_caller(const common *c, arguments *a, const char *arn) {
  const int rc = policyeval_validation_set_caller(a->validation, arn, POLICYEVAL_NTS);
  a->caller = true;
  if (rc == POLICYEVAL_EINVAL) return usage_error(c, "--caller %s is no ARN of a user, role, session or root user", arn);
  return rc == POLICYEVAL_OK ? 0 : fail_rc(c, rc, "--caller");
}

static int take_identity(const common *c, arguments *a, const char *path) {
  policyeval_policy *policy = NULL;
  if (strcmp(path, "none") == 0) return 0;
  const int status = load_policy(c, POLICYEVAL_KIND_IDENTITY, path, &policy);
  if (status || !policy) return status;
  const int rc = policyeval_validation_add_identity_policy(a->validation, policy);
  policyeval_policy_unref(policy);
  return rc == POLICYEVAL_OK ? 0 : fail_rc(c, rc, path);
}

static int take_known(const common *c, arguments *a, const char *path) {
  char *text = NULL;
  size_t len = 0;
  const int status = read_file(c, path, &text, &len);
  if (status) return status;
  const int rc = policyeval_validation_add_known_principals(a->validation, text, len);
  free(text);
  if (rc == POLICYEVAL_EINVAL) return fail(c, EXIT_INPUT, "%s is no list of principals", path);
  return rc == POLICYEVAL_OK ? 0 : fail_rc(c, rc, path);
}

static int take(common *c, void *to, int code, char *const *argv) {
  arguments *a = to;
  switch (code) {
  case OPT_TYPE:
    a->kind = policyeval_kind_find(optarg);
    return a->kind ? 0 : usage_error(c, "--type %s is no kind of policy", optarg);
  case OPT_FAIL_ON:
    return take_level(c, a, optarg);
  case OPT_IGNORE:
    return take_rule(c, policyeval_validation_ignore(a->validation, optarg), "--ignore", optarg);
  case OPT_ONLY:
    return take_rule(c, policyeval_validation_only(a->validation, optarg), "--only", optarg);
  case OPT_FIX:
    a->fix = true;
    return 0;
  case OPT_DIFF:
    a->diff = true;
    return 0;
  case OPT_CALLER:
    return take_caller(c, a, optarg);
  case OPT_IDENTITY:
    return take_identity(c, a, optarg);
  case OPT_KNOWN:
    return take_known(c, a, optarg);
  default: {
    const int status = common_option(c, code, optarg);
    return status < 0 ? bad_option(c, code, argv) : status;
  }
  }
}

static int check_arguments(common *c, const arguments *a, int files) {
  static const char *const formats[] = {"text", "json", "sarif", "aws", NULL};
  static const char *const words[] = {"PASS", "FAIL", NULL};
  int status = common_formats(c, formats);
  if (!status) status = expect_words(c, words);
  if (status) return status;
  if (!a->kind) return usage_error(c, "say what the policy hangs on: --type identity, secret, kms-key, ...");
  if (files == 0) return usage_error(c, "give a file, or - for standard input");
  if (c->expect && (a->fix || a->diff)) return usage_error(c, "--expect is for findings, not for --fix or --diff");
  if (a->fix && a->diff) return usage_error(c, "give --fix or --diff");
  if (a->fix && files > 1) return usage_error(c, "--fix prints one document: give one file");
  if (a->caller && a->kind != POLICYEVAL_KIND_SECRET && a->kind != POLICYEVAL_KIND_KMS_KEY)
    return usage_error(c, "--caller goes with --type secret or kms-key");
  if (strcmp(c->format, "aws") == 0 && a->kind != POLICYEVAL_KIND_SECRET)
    return usage_error(c, "--format aws goes with --type secret");
  return 0;
}

/* EJSON and EPOLICY are findings, too; what else goes wrong is an error. */
static int status_of(const common *c, int rc, const char *path, bool *no_policy) {
  switch (rc) {
  case POLICYEVAL_OK:
    return 0;
  case POLICYEVAL_EJSON:
  case POLICYEVAL_EPOLICY:
  case POLICYEVAL_ELIMIT:
  case POLICYEVAL_ENOTFOUND:
    *no_policy = true;
    return 0;
  default:
    return fail_rc(c, rc, path);
  }
}

/* A file as it was read. */
typedef struct input {
  const char *path;
  char *text; /* NULL: there is no policy, or it could not be read */
  size_t len;
} input;

static bool is_none(const common *c, const char *path) {
  if (strcmp(path, "none") != 0) return false;
  fail(c, 0, "none: there is no policy, so nothing is found");
  return true;
}

/* The library words what is wrong with a file, and its report is the one that all findings go to. It starts one report only:
 * of further files like that the finding is printed as a message. */
static void find_unreadable(const common *c, const arguments *a, const char *path, policyeval_report **report) {
  policyeval_report *one = NULL;
  policyeval_policy *policy = NULL;
  const int rc = policyeval_policy_load_file(c->context, a->kind, path, &policy, &one);
  policyeval_policy_unref(policy);
  if (rc == POLICYEVAL_EIO && one && !*report) {
    *report = one;
    return;
  }
  const char *told = rc == POLICYEVAL_EIO ? policyeval_report_text(one, NULL) : NULL;
  fail(c, 0, "%s: a file could not be read", path);
  if (told) fputs(told, stderr);
  policyeval_report_free(one);
}

/* Reads one file; whatever is wrong with it, the others are read, too. */
static int read_input(const common *c, const arguments *a, input *in, policyeval_report **report, bool *no_policy) {
  const bool standard = strcmp(in->path, "-") == 0;
  if (is_none(c, in->path)) return 0;
  if (standard) {
    const int status = read_file(c, in->path, &in->text, &in->len);
    *no_policy = *no_policy || status == EXIT_INPUT;
    return status == EXIT_INPUT ? 0 : status;
  }
  in->text = read_quietly(in->path, &in->len);
  if (in->text) return 0;
  *no_policy = true;
  find_unreadable(c, a, in->path, report);
  return 0;
}

static int check_input(const common *c, const arguments *a, const input *in, policyeval_report **report, bool *no_policy) {
  if (!in->text) return 0;
  const char *name = strcmp(in->path, "-") == 0 ? "<stdin>" : in->path;
  const int rc = policyeval_validate(a->validation, a->kind, in->text, in->len, name, report);
  return status_of(c, rc, in->path, no_policy);
}

/* Without a document: one of which nothing but the one rule is asked that is about files. */
static int empty_report(const common *c, const arguments *a, policyeval_report **report) {
  static const char text[] = "{\"Version\":\"2012-10-17\",\"Statement\":[]}";
  policyeval_validation *nothing = NULL;
  int rc = policyeval_validation_new(c->context, &nothing);
  if (rc == POLICYEVAL_OK) rc = policyeval_validation_only(nothing, "FILE_UNREADABLE");
  if (rc == POLICYEVAL_OK) rc = policyeval_validate(nothing, a->kind, text, sizeof text - 1, "none", report);
  policyeval_validation_free(nothing);
  return *report ? 0 : fail_rc(c, rc, "none");
}

static int print_report(const common *c, policyeval_report *report) {
  size_t len = 0;
  const char *text = strcmp(c->format, "json") == 0    ? policyeval_report_json(report, &len)
                     : strcmp(c->format, "sarif") == 0 ? policyeval_report_sarif(report, &len)
                     : strcmp(c->format, "aws") == 0   ? policyeval_report_aws(report, &len)
                                                       : policyeval_report_text(report, &len);
  if (text && len == 0) return c->output ? put_result(c, "", 0) : 0;
  return put_result(c, text, len);
}

static int check_inputs(const common *c, const arguments *a, input *in, int count) {
  policyeval_report *report = NULL;
  bool no_policy = false, failing = false;
  int status = 0;
  for (int i = 0; i < count && !status; i++) status = read_input(c, a, &in[i], &report, &no_policy);
  for (int i = 0; i < count && !status; i++) status = check_input(c, a, &in[i], &report, &no_policy);
  if (!status && !report) status = empty_report(c, a, &report);
  for (size_t i = 0; i < policyeval_report_count(report); i++)
    failing = failing || policyeval_report_severity(report, i) <= a->fail_on;
  if (!status) status = print_report(c, report);
  policyeval_report_free(report);
  if (status) return status;
  return no_policy ? EXIT_INPUT : expect_status(c, failing ? "FAIL" : "PASS", failing ? EXIT_NO : EXIT_YES);
}

static int check_files(const common *c, const arguments *a, char *const *files, int count) {
  input *in = calloc((size_t)count, sizeof *in);
  if (!in) return fail_rc(c, POLICYEVAL_ENOMEM, "start");
  for (int i = 0; i < count; i++) in[i].path = files[i];
  const int status = check_inputs(c, a, in, count);
  for (int i = 0; i < count; i++) free(in[i].text);
  free(in);
  return status;
}

/* All differences one behind the other, as one patch. */
static int append(char **all, size_t *len, const char *more, size_t n) {
  char *grown = realloc(*all, *len + n + 1);
  if (!grown) return -1;
  memcpy(grown + *len, more, n);
  grown[*len + n] = '\0';
  *all = grown;
  *len += n;
  return 0;
}

static int fix_file(const common *c, const arguments *a, const char *path, char **out, size_t *out_len, bool *no_policy) {
  char *text = NULL, *fixed = NULL, *diff = NULL;
  size_t len = 0, fixed_len = 0, diff_len = 0;
  if (is_none(c, path)) return 0;
  int status = read_file(c, path, &text, &len);
  if (status) return status;
  const char *name = strcmp(path, "-") == 0 ? "<stdin>" : path;
  const int rc = policyeval_fix(a->validation, a->kind, text, len, name, &fixed, &fixed_len, a->diff ? &diff : NULL, &diff_len);
  status = status_of(c, rc, path, no_policy);
  if (!status && append(out, out_len, a->diff ? diff : fixed, a->diff ? diff_len : fixed_len))
    status = fail_rc(c, POLICYEVAL_ENOMEM, path);
  free(text);
  policyeval_free(c->context, fixed);
  policyeval_free(c->context, diff);
  return status;
}

static int fix_files(const common *c, const arguments *a, char *const *files, int count) {
  char *out = NULL;
  size_t len = 0;
  bool no_policy = false;
  int status = 0;
  for (int i = 0; i < count && !status; i++) status = fix_file(c, a, files[i], &out, &len, &no_policy);
  if (!status && (len || c->output)) status = put_result(c, out ? out : "", len);
  free(out);
  return status ? status : no_policy ? EXIT_INPUT : EXIT_YES;
}

int cmd_validate(int argc, char **argv) {
  common c;
  arguments a = {.fail_on = POLICYEVAL_SEVERITY_SECURITY_WARNING};
  int status = common_init(&c, "validate");
  if (!status && policyeval_validation_new(c.context, &a.validation) != POLICYEVAL_OK)
    status = fail_rc(&c, POLICYEVAL_ENOMEM, "start");
  if (!status) status = common_options(&c, argc, argv, options, usage, take, &a);
  if (!status) status = check_arguments(&c, &a, argc - optind);
  if (!status)
    status = a.fix || a.diff ? fix_files(&c, &a, argv + optind, argc - optind)
                             : check_files(&c, &a, argv + optind, argc - optind);
  policyeval_validation_free(a.validation);
  common_done(&c);
  return status;
}
