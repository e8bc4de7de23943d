/* SPDX-License-Identifier: MIT */
/* What the commands that ask about all requests share: options, loading, printing, exit status. */
#ifndef TOOLS_CHECKS_H
#define TOOLS_CHECKS_H

#include "common.h"

enum { OPT_TYPE = OPT_OWN, CHECK_OWN /* first code for a command's own options */ };
#define CHECK_OPTIONS COMMON_OPTIONS, {"type", required_argument, NULL, OPT_TYPE}
#define CHECK_HELP                                                               \
  "\n"                                                                           \
  "  --set NAME=VALUE         replace a placeholder in the policies, whole tokens only\n" \
  "  --reading ROW=NAME       choose a reading (docs/semantics.md)\n"             \
  "  --catalog DIR            AWS Service Reference files\n"                      \
  "  --expect WORD            exit 0 if the answer is this one, else 1\n"         \
  "  --format text|json|aws   aws: as Access Analyzer's API answers\n"            \
  "  --output FILE\n"

typedef struct check {
  common common;
  int kind; /* of the policies; 0: not given */
  int ask;  /* POLICYEVAL_ASK_x: the command's, or what an option made of it */
  policyeval_analysis *analysis;
  policyeval_policy *loaded[2];
} check;

/* Takes one of the command's own options: 0 or an exit status after a message; -1: not one of its own. */
typedef int (*check_option)(check *c, int option, const char *value, void *user);

typedef struct check_command {
  const char *name, *usage;
  int ask;                      /* POLICYEVAL_ASK_x */
  const struct option *options;
  check_option take;
  int files;                    /* arguments that are files: 1 or 2 (new one first) */
  int (*finish)(check *c, void *user); /* before the files are loaded: 0 or an exit status; may be NULL */
} check_command;

/* Runs a command from its arguments to its exit status. */
int check_main(const check_command *command, int argc, char **argv, void *user);

/* The zone of trust, for the commands that ask who is outside of it. */
enum { OPT_TRUST_ACCOUNT = OPT_MANY + CHECK_OWN + 100, OPT_TRUST_ORG, OPT_TRUST_VPC, OPT_TRUST_VPCE };
#define TRUST_OPTIONS                                              \
  {"trust-account", required_argument, NULL, OPT_TRUST_ACCOUNT},   \
      {"trust-org", required_argument, NULL, OPT_TRUST_ORG},       \
      {"trust-vpc", required_argument, NULL, OPT_TRUST_VPC},       \
      {"trust-vpce", required_argument, NULL, OPT_TRUST_VPCE}
/* Takes one of them: -1 when it is none; 0 and its name in *named; or an exit status after a message. */
int check_trust(check *c, int option, const char *value, const char **named);

/* Asks something else from here on; what was set before is gone. 0 or an exit status. */
int check_ask(check *c, int ask);
/* 0, or a usage error with the library's own words. */
int check_set(const check *c, const char *option, const char *value, int rc);
/* Loads a policy of --type into a slot. 0 or an exit status. */
int check_load(check *c, const char *path, int slot);

#endif
