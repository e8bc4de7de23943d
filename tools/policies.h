/* SPDX-License-Identifier: MIT */
/* The options that name policy files, for every command that asks about a request. */
#ifndef TOOLS_POLICIES_H
#define TOOLS_POLICIES_H

#include "common.h"

enum {
  OPT_BOUNDARY = 640, OPT_ENDPOINT, OPT_GRANTS,
  OPT_IDENTITY_POLICY = OPT_POLICIES + 640, OPT_SESSION_POLICY, OPT_SCP, OPT_RCP
};
#define CAP_OPTIONS                                                                                             \
  {"identity-policy", required_argument, NULL, OPT_IDENTITY_POLICY},                                            \
      {"boundary", required_argument, NULL, OPT_BOUNDARY},                                                      \
      {"session-policy", required_argument, NULL, OPT_SESSION_POLICY}, {"scp", required_argument, NULL, OPT_SCP}, \
      {"rcp", required_argument, NULL, OPT_RCP}, {"endpoint-policy", required_argument, NULL, OPT_ENDPOINT},    \
      {"grants", required_argument, NULL, OPT_GRANTS}
#define CAP_HELP                                                                                                \
  "  --identity-policy FILE   a policy attached to the principal; repeat for several\n"                         \
  "  --boundary FILE          permissions boundary     --session-policy FILE   --endpoint-policy FILE\n"        \
  "  --scp FILE  --rcp FILE   one more organization level each, root first; N:FILE adds to level N\n"           \
  "                           (none: there are no such policies; N:none: there are none at level N)\n"           \
  "  --grants FILE            reply of `aws kms list-grants`\n"

/* Which layer and kind of document an option stands for. kind 0: the command knows (policies_load). */
typedef struct policy_option {
  int option, layer, kind;
  const char *name;
} policy_option;

typedef struct policy_file {
  const policy_option *what;
  const char *path;
} policy_file;

typedef struct policies {
  const policy_option *own; /* options that the command has beside the common ones */
  size_t nown;
  policy_file *files;
  size_t nfiles;
  const char *grants;
} policies;

/* Where policies go: a question or a policy set. Functions as those of policyeval_policyset. */
typedef struct policy_target {
  void *object;
  int (*add)(void *object, int layer, unsigned level, policyeval_policy *policy);
  int (*declare)(void *object, int layer, unsigned level);
  int (*add_grants)(void *object, const char *text, size_t len, const char *name, policyeval_report **report);
  const char *(*detail)(void *object); /* why the last call refused; may be NULL */
} policy_target;

void policies_done(policies *p);
/* -1: not one of these options; 0; or an exit status after a message. */
int policies_option(const common *c, policies *p, int option, const char *value);
size_t policies_count(const policies *p, int option);
/* 0, or a usage error when a level of the organization has a policy and none at once. */
int policies_check(const common *c, const policies *p);
/* Loads every file, so that one run tells all that is wrong; `kind` is that of options without one. */
int policies_load(const common *c, const policies *p, int kind, const policy_target *to);

#endif
