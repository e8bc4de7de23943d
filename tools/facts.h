/* SPDX-License-Identifier: MIT */
/* The facts about a call that several commands take: --context, --unknown, --principal-tag and their kin. */
#ifndef TOOLS_FACTS_H
#define TOOLS_FACTS_H

#include "common.h"

enum {
  OPT_PRINCIPAL_ID = 512, OPT_PRINCIPAL_ORG, OPT_PRINCIPAL_PATH, OPT_SESSION_NAME, OPT_FEDERATED_PARENT, OPT_MANAGEMENT,
  OPT_RESOURCE_MANAGEMENT,
  OPT_CONTEXT = OPT_MANY + 512, OPT_UNKNOWN,
  OPT_PRINCIPAL_TAG = OPT_NAMED + 512
};
#define FACT_OPTIONS                                                                                                \
  {"context", required_argument, NULL, OPT_CONTEXT}, {"unknown", required_argument, NULL, OPT_UNKNOWN},             \
      {"principal-tag", required_argument, NULL, OPT_PRINCIPAL_TAG},                                                \
      {"principal-id", required_argument, NULL, OPT_PRINCIPAL_ID},                                                  \
      {"principal-org", required_argument, NULL, OPT_PRINCIPAL_ORG},                                                \
      {"principal-path", required_argument, NULL, OPT_PRINCIPAL_PATH},                                              \
      {"session-name", required_argument, NULL, OPT_SESSION_NAME},                                                  \
      {"federated-parent", required_argument, NULL, OPT_FEDERATED_PARENT},                                          \
      {"management-account", no_argument, NULL, OPT_MANAGEMENT},                                                    \
      {"resource-management-account", no_argument, NULL, OPT_RESOURCE_MANAGEMENT}
#define FACT_HELP                                                                                                   \
  "facts:\n"                                                                                                        \
  "  --context KEY=VALUE      a condition key; repeat a key for a list, KEY[]=VALUE for a list of one\n"            \
  "  --unknown KEY            this key is not known: the verdict may be unknown\n"                                  \
  "  --principal-tag K=V      --principal-id ID        --principal-org ID\n"                                        \
  "  --principal-path PATH    --session-name NAME      --federated-parent ARN\n"                                    \
  "  --management-account     --resource-management-account\n"

typedef struct fact {
  const char *key; /* owned when it was made here */
  char *made;
  const char *const *values; /* NULL: unknown */
  size_t count;
  bool list, unknown;
  const char *single; /* the option that says that the key has one value; or NULL */
} fact;

typedef struct facts {
  fact *items;
  size_t count;
  const char *principal[6]; /* by POLICYEVAL_PRINCIPAL_x */
  bool management, resource_management;
} facts;

void facts_done(facts *f);
/* -1: not one of these options; 0; or an exit status after a message. */
int facts_option(const common *c, facts *f, int option, const char *value);
/* Set them on a question or on a request: 0, or a usage error with the library's reason. */
int facts_apply_access(const common *c, const facts *f, policyeval_access *access);
int facts_apply_request(const common *c, const facts *f, policyeval_request *request);

#endif
