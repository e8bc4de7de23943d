/* SPDX-License-Identifier: MIT */
/* The options of the three-policy question, for the commands that ask it or change its answer. */
#ifndef TOOLS_QUESTION_H
#define TOOLS_QUESTION_H

#include "facts.h"
#include "policies.h"

enum {
  OPT_PRINCIPAL = 720, OPT_SECRET, OPT_KEY, OPT_KEY_POLICY, OPT_KEY_STATE, OPT_STAGE,
  OPT_SECRET_POLICY = OPT_POLICIES + 720
};
#define QUESTION_OPTIONS                                                          \
  FACT_OPTIONS, CAP_OPTIONS, {"principal", required_argument, NULL, OPT_PRINCIPAL}, \
      {"secret", required_argument, NULL, OPT_SECRET}, {"key", required_argument, NULL, OPT_KEY}, \
      {"secret-policy", required_argument, NULL, OPT_SECRET_POLICY},              \
      {"key-policy", required_argument, NULL, OPT_KEY_POLICY},                    \
      {"key-state", required_argument, NULL, OPT_KEY_STATE}, {"version-stage", required_argument, NULL, OPT_STAGE}

typedef struct question {
  const char *principal, *secret, *key, *key_state, *stage;
  policies policies;
  facts facts;
} question;

void question_init(question *q);
void question_done(question *q);
/* Takes an option of the question, or one of every command; an exit status after a message when it is neither. */
int question_option(common *c, question *q, int code, char *const *argv);
/* 0, or a usage error when principal, secret or one of the policies was not named. */
int question_check(const common *c, const question *q);
/* Sets everything on the library's question and loads the files. 0, or an exit status after a message. */
int question_fill(const common *c, const question *q, policyeval_access *access);
/* One text; NULL is not set. */
int question_set(const common *c, policyeval_access *access, const char *name, const char *value,
                 int (*setter)(policyeval_access *access, const char *text, size_t len));

#endif
