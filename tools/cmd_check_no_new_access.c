/* SPDX-License-Identifier: MIT */
#include "checks.h"

int cmd_check_no_new_access(int argc, char **argv);

static const char usage[] =
    "usage: policyeval check-no-new-access --type TYPE --existing FILE --new FILE\n"
    "\n"
    "Does the new policy allow any request that the existing one does not? TYPE: identity, resource, secret, kms-key,\n"
    "trust, scp, rcp, boundary, session, endpoint.\n" CHECK_HELP
    "\n"
    "exit status: 0 PASS, 1 FAIL, 2 usage, 3 unreadable input, 4 unknown\n";

enum { OPT_EXISTING = CHECK_OWN, OPT_NEW };
static const struct option options[] = {
    CHECK_OPTIONS,
    {"existing", required_argument, NULL, OPT_EXISTING},
    {"new", required_argument, NULL, OPT_NEW},
    {NULL, 0, NULL, 0},
};

typedef struct files {
  const char *changed, *existing;
} files;

static int take(check *c, int option, const char *value, void *user) {
  (void)c;
  files *f = user;
  const char **slot = option == OPT_NEW ? &f->changed : option == OPT_EXISTING ? &f->existing : NULL;
  if (!slot) return -1;
  *slot = value;
  return 0;
}

static int finish(check *c, void *user) {
  const files *f = user;
  if (!f->changed) return usage_error(&c->common, "--new is missing: the file of the new policy");
  if (!f->existing) return usage_error(&c->common, "--existing is missing: the file of the existing policy");
  const int status = check_load(c, f->changed, 0), other = check_load(c, f->existing, 1);
  return status ? status : other;
}

int cmd_check_no_new_access(int argc, char **argv) {
  const check_command command = {"check-no-new-access", usage, POLICYEVAL_ASK_NEW_ACCESS, options, take, 0, finish};
  files f = {0};
  return check_main(&command, argc, argv, &f);
}
