/* SPDX-License-Identifier: MIT */
#include "checks.h"

int cmd_compare(int argc, char **argv);

static const char usage[] =
    "usage: policyeval compare --type TYPE FILE FILE\n"
    "\n"
    "Which requests does one policy allow and the other not? The first file is the one compared from: narrower means that\n"
    "it allows less. TYPE: identity, resource, secret, kms-key, trust, scp, rcp, boundary, session, endpoint.\n" CHECK_HELP
    "\n"
    "exit status: 0 equivalent, 1 different, 2 usage, 3 unreadable input, 4 unknown\n";

static const struct option options[] = {CHECK_OPTIONS, {NULL, 0, NULL, 0}};

int cmd_compare(int argc, char **argv) {
  const check_command command = {"compare", usage, POLICYEVAL_ASK_COMPARE, options, NULL, 2, NULL};
  return check_main(&command, argc, argv, NULL);
}
