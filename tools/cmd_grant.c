/* SPDX-License-Identifier: MIT */
/* grant and revoke: two directions of one question. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <unistd.h>

#include "question.h"

int cmd_grant(int argc, char **argv);
int cmd_revoke(int argc, char **argv);

static const char usage[] =
    "usage: policyeval grant|revoke --principal ARN --secret ARN --key ARN|none\n"
    "           --secret-policy FILE|none --key-policy FILE|none --identity-policy FILE|none...\n"
    "\n"
    "grant: the smallest change of the three policies with which the principal can read the secret, proved: the decision,\n"
    "validation, that nobody else gains anything and the principal nothing else, that the policies stay manageable.\n"
    "revoke: the reverse; only statements that name the principal are changed.\n"
    "FILE is a policy document, the reply of the AWS CLI that carries one, or '-' (standard input). 'none' says that no such\n"
    "policy is attached: the printed commands replace what is. A key whose policy is 'none' has AWS's default one.\n"
    "--key none is the AWS managed key aws/secretsmanager; it takes no --key-policy.\n"
    "\n"
    "  --version-stage STAGE    the versions to grant (AWSCURRENT); --any-version grants all\n"
    "  --strict-stage           calls must name the stage\n"
    "  --write DIR              write the changed policies to new files there; an existing file is never changed\n"
    "  --key-state STATE        as describe-key prints it\n" CAP_HELP FACT_HELP
    "\n"
    "  --set NAME=VALUE         replace a placeholder in the policies, whole tokens only\n"
    "  --strict                 an undocumented reading must not decide\n"
    "  --expect WORD            exit 0 if the outcome is proved, unproved or blocked as said, else 1\n"
    "  --format text|json|diff|aws-cli        --output FILE\n"
    "\n"
    "exit status: 0 proved, 1 something stands in the way, 2 usage, 3 unreadable input, 4 something could not be proved\n";

enum { OPT_ANY_VERSION = OPT_OWN, OPT_STRICT_STAGE, OPT_WRITE };

static const struct option options[] = {
    COMMON_OPTIONS,
    QUESTION_OPTIONS,
    {"any-version", no_argument, NULL, OPT_ANY_VERSION},
    {"strict-stage", no_argument, NULL, OPT_STRICT_STAGE},
    {"write", required_argument, NULL, OPT_WRITE},
    {NULL, 0, NULL, 0},
};

typedef struct arguments {
  question question;
  bool any_version, strict_stage;
  const char *folder;
} arguments;

static int take(common *c, void *to, int code, char *const *argv) {
  arguments *a = to;
  switch (code) {
    case OPT_ANY_VERSION: a->any_version = true; return 0;
    case OPT_STRICT_STAGE: a->strict_stage = true; return 0;
    case OPT_WRITE: a->folder = optarg; return 0;
    default: return question_option(c, &a->question, code, argv);
  }
}

/* Whoever leaves a policy out would have it replaced by the printed command. */
static int check_arguments(const common *c, arguments *a) {
  question *q = &a->question;
  const int status = question_check(c, q);
  const bool policy = policies_count(&q->policies, OPT_KEY_POLICY) > 0;
  if (status) return status;
  if (!q->key) return usage_error(c, "--key is missing: the ARN of the secret's key, or 'none' for the AWS managed key");
  const bool managed = strcmp(q->key, "none") == 0;
  if (!managed && !policy) return usage_error(c, "--key-policy is missing: give a file, or 'none' for AWS's default key policy");
  if (managed && policy) return usage_error(c, "--key none is the AWS managed key, whose policy is known: leave --key-policy out");
  if (managed) q->key = NULL;
  if (a->any_version && (q->stage || a->strict_stage))
    return usage_error(c, "--any-version goes with neither --version-stage nor --strict-stage");
  for (size_t i = 0; i < q->facts.count; i++)
    if (strncmp(q->facts.items[i].key, "secretsmanager:Version", 22) == 0)
      return usage_error(c, "--context %s: the versions are given by --version-stage", q->facts.items[i].key);
  return 0;
}

static char *path_of(const char *folder, policyeval_slice name) {
  const size_t room = strlen(folder) + name.len + 2;
  char *path = malloc(room);
  if (path) snprintf(path, room, "%s/%s", folder, name.ptr);
  return path;
}

/* A file that is there already is good if it says the same. */
static int same_file(const common *c, const char *path, policyeval_slice text) {
  char *old = NULL;
  size_t len = 0;
  const int status = read_file(c, path, &old, &len);
  if (status) return status;
  const bool same = len == text.len && memcmp(old, text.ptr, len) == 0;
  free(old);
  return same ? 0 : fail(c, EXIT_INPUT, "%s is there and says something else: --write makes new files only", path);
}

static int write_new(const common *c, const char *path, policyeval_slice text) {
  const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd < 0 && errno == EEXIST) return same_file(c, path, text);
  if (fd < 0) return fail(c, EXIT_INPUT, "cannot write %s: %s", path, strerror(errno));
  FILE *file = fdopen(fd, "wb");
  bool bad = !file || fwrite(text.ptr, 1, text.len, file) != text.len;
  if (file) bad |= fclose(file) != 0;
  else close(fd);
  if (!bad) return 0;
  unlink(path);
  return fail(c, EXIT_INPUT, "cannot write %s: %s", path, strerror(errno));
}

static int write_documents(const common *c, const arguments *a, const policyeval_grant *g) {
  int status = 0;
  for (size_t i = 0; a->folder && i < policyeval_grant_documents(g) && !status; i++) {
    const policyeval_slice text = policyeval_grant_document(g, i);
    if (!policyeval_grant_document_changed(g, i) || !text.ptr) continue;
    char *path = path_of(a->folder, policyeval_grant_document_file(g, i));
    status = path ? write_new(c, path, text) : fail_rc(c, POLICYEVAL_ENOMEM, "--write");
    free(path);
  }
  return status;
}

static int make(const common *c, const arguments *a, policyeval_access *q, policyeval_grant *g, bool revoke) {
  int rc = policyeval_grant_set_any_version(g, a->any_version);
  if (rc == POLICYEVAL_OK) rc = policyeval_grant_set_strict_stage(g, a->strict_stage);
  if (rc == POLICYEVAL_OK) rc = policyeval_grant_set_folder(g, a->folder);
  if (rc == POLICYEVAL_OK) rc = revoke ? policyeval_grant_run_revoke(g) : policyeval_grant_run(g);
  if (rc == POLICYEVAL_EINVAL) return usage_error(c, "%s", policyeval_access_detail(q));
  return rc == POLICYEVAL_OK ? 0 : fail_rc(c, rc, c->command);
}

static int answer(const common *c, const policyeval_grant *g) {
  size_t len = 0;
  const char *text = strcmp(c->format, "json") == 0      ? policyeval_grant_json(g, &len)
                     : strcmp(c->format, "diff") == 0    ? policyeval_grant_diff(g, &len)
                     : strcmp(c->format, "aws-cli") == 0 ? policyeval_grant_commands(g, &len)
                                                         : policyeval_grant_text(g, &len);
  const int status = put_result(c, text, len);
  if (status) return status;
  if (policyeval_grant_blocked(g)) {
    /* These two say nothing of what stands in the way, and an empty diff alone would look like success. */
    if (strcmp(c->format, "diff") == 0) fputs(policyeval_grant_text(g, NULL), stderr);
    return expect_status(c, "blocked", EXIT_NO);
  }
  return policyeval_grant_proved(g) ? expect_status(c, "proved", EXIT_YES) : expect_status(c, "unproved", EXIT_UNKNOWN);
}

static int run(int argc, char **argv, bool revoke) {
  static const char *const formats[] = {"text", "json", "diff", "aws-cli", NULL};
  static const char *const words[] = {"proved", "unproved", "blocked", NULL};
  common c;
  arguments a = {.folder = NULL};
  policyeval_access *q = NULL;
  policyeval_grant *g = NULL;
  int status = common_init(&c, revoke ? "revoke" : "grant");
  question_init(&a.question);
  if (!status) status = common_options(&c, argc, argv, options, usage, take, &a);
  if (!status && optind < argc) status = usage_error(&c, "unexpected argument %s", argv[optind]);
  if (!status) status = common_formats(&c, formats);
  if (!status) status = expect_words(&c, words);
  if (!status) status = check_arguments(&c, &a);
  if (!status && (policyeval_access_new(c.context, &q) != POLICYEVAL_OK || policyeval_grant_new(q, &g) != POLICYEVAL_OK))
    status = fail_rc(&c, POLICYEVAL_ENOMEM, "start");
  if (!status) status = question_fill(&c, &a.question, q);
  if (!status) status = make(&c, &a, q, g, revoke);
  if (!status) status = write_documents(&c, &a, g);
  if (!status) status = answer(&c, g);
  policyeval_grant_free(g);
  policyeval_access_free(q);
  question_done(&a.question);
  common_done(&c);
  return status;
}

int cmd_grant(int argc, char **argv) { return run(argc, argv, false); }
int cmd_revoke(int argc, char **argv) { return run(argc, argv, true); }
