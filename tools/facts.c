/* SPDX-License-Identifier: MIT */
#include "facts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

void facts_done(facts *f) {
  for (size_t i = 0; i < f->count; i++) {
    free(f->items[i].made);
    free((void *)(uintptr_t)f->items[i].values);
  }
  free(f->items);
  *f = (facts){0};
}

static int out_of_memory(const common *c) { return fail_rc(c, POLICYEVAL_ENOMEM, "options"); }

/* The fact of that key, made when it is new; takes over `made`. Letter case does not matter, but with `spelled` a tag key in
 * another spelling is another tag (AMB-36). */
static fact *find_or_add(facts *f, char *made, bool spelled) {
  for (size_t i = 0; i < f->count; i++)
    if ((spelled && strchr(made, '/') ? strcmp : strcasecmp)(f->items[i].key, made) == 0) {
      free(made);
      return &f->items[i];
    }
  fact *grown = realloc(f->items, (f->count + 1) * sizeof *grown);
  if (!grown) {
    free(made);
    return NULL;
  }
  f->items = grown;
  grown[f->count] = (fact){.key = made, .made = made};
  return &grown[f->count++];
}

/* `single`: the option whose key has one value, or NULL. */
static int add_value(const common *c, facts *f, char *key, const char *value, bool list, const char *single) {
  fact *one = key ? find_or_add(f, key, true) : NULL;
  if (!one) return out_of_memory(c);
  if (one->unknown) return usage_error(c, "%s is given a value and --unknown at once", one->key);
  if (single) one->single = single;
  if (one->single && one->count) return usage_error(c, "%s is given twice, and %s says its one value", one->key, one->single);
  const char **values = realloc((void *)(uintptr_t)one->values, (one->count + 1) * sizeof *values);
  if (!values) return out_of_memory(c);
  values[one->count++] = value;
  one->values = values;
  one->list |= list || one->count > 1;
  return 0;
}

/* PREFIX + text[0, n) as a string of its own. */
static char *join(const char *prefix, const char *text, size_t n) {
  const size_t p = strlen(prefix);
  char *made = malloc(p + n + 1);
  if (!made) return NULL;
  memcpy(made, prefix, p);
  memcpy(made + p, text, n);
  made[p + n] = '\0';
  return made;
}

static int add_pair(const common *c, facts *f, const char *option, const char *prefix, const char *text) {
  const char *eq = strchr(text, '=');
  if (!eq || eq == text) return usage_error(c, "%s %s: KEY=VALUE is wanted", option, text);
  size_t n = (size_t)(eq - text);
  const bool list = n > 2 && eq[-2] == '[' && eq[-1] == ']';
  if (list) n -= 2;
  return add_value(c, f, join(prefix, text, n), eq + 1, list, *prefix ? option : NULL);
}

int facts_option(const common *c, facts *f, int option, const char *value) {
  fact *unknown;
  switch (option) {
    case OPT_CONTEXT: return add_pair(c, f, "--context", "", value);
    case OPT_PRINCIPAL_TAG: return add_pair(c, f, "--principal-tag", "aws:PrincipalTag/", value);
    case OPT_PRINCIPAL_ORG: return add_value(c, f, join("", "aws:PrincipalOrgID", 18), value, false, "--principal-org");
    case OPT_UNKNOWN: {
      char *made = join("", value, strlen(value));
      unknown = made ? find_or_add(f, made, false) : NULL;
      if (!unknown) return out_of_memory(c);
      unknown->unknown = true;
      return unknown->count ? usage_error(c, "%s is given a value and --unknown at once", value) : 0;
    }
    case OPT_PRINCIPAL_ID: f->principal[POLICYEVAL_PRINCIPAL_ID] = value; return 0;
    case OPT_PRINCIPAL_PATH: f->principal[POLICYEVAL_PRINCIPAL_PATH] = value; return 0;
    case OPT_SESSION_NAME: f->principal[POLICYEVAL_PRINCIPAL_SESSION_NAME] = value; return 0;
    case OPT_FEDERATED_PARENT: f->principal[POLICYEVAL_PRINCIPAL_PARENT] = value; return 0;
    case OPT_MANAGEMENT: f->management = true; return 0;
    case OPT_RESOURCE_MANAGEMENT: f->resource_management = true; return 0;
    default: return -1;
  }
}

static const char *const principal_options[] = {
    [POLICYEVAL_PRINCIPAL_ROLE_ARN] = "--role-arn",       [POLICYEVAL_PRINCIPAL_SESSION_NAME] = "--session-name",
    [POLICYEVAL_PRINCIPAL_PATH] = "--principal-path",     [POLICYEVAL_PRINCIPAL_ID] = "--principal-id",
    [POLICYEVAL_PRINCIPAL_PARENT] = "--federated-parent",
};

/* The two kinds of object take the same facts under different names. */
#define APPLY(kind, object)                                                                                         \
  int rc = policyeval_##kind##_set_management(object, f->management, f->resource_management);                       \
  if (rc != POLICYEVAL_OK) return fail_rc(c, rc, "--management-account");                                           \
  for (int i = 1; i < POLICYEVAL_PRINCIPAL_LAST_; i++) {                                                            \
    if (!f->principal[i]) continue;                                                                                 \
    rc = policyeval_##kind##_set_principal_fact(object, i, f->principal[i], POLICYEVAL_NTS);                        \
    if (rc != POLICYEVAL_OK)                                                                                        \
      return usage_error(c, "%s %s: %s", principal_options[i], f->principal[i], policyeval_##kind##_detail(object)); \
  }                                                                                                                 \
  for (size_t i = 0; i < f->count; i++) {                                                                           \
    const fact *one = &f->items[i];                                                                                 \
    rc = one->count == 0 ? policyeval_##kind##_set_unknown(object, one->key, POLICYEVAL_NTS)                        \
         : one->list     ? policyeval_##kind##_set_context_list(object, one->key, POLICYEVAL_NTS, one->values, NULL, \
                                                                one->count)                                         \
                         : policyeval_##kind##_set_context(object, one->key, POLICYEVAL_NTS, one->values[0],        \
                                                           POLICYEVAL_NTS);                                         \
    if (rc != POLICYEVAL_OK) return usage_error(c, "--context %s: %s", one->key, policyeval_##kind##_detail(object)); \
  }                                                                                                                 \
  return 0;

int facts_apply_access(const common *c, const facts *f, policyeval_access *access) { APPLY(access, access) }
int facts_apply_request(const common *c, const facts *f, policyeval_request *request) { APPLY(request, request) }
