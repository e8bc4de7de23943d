/* SPDX-License-Identifier: MIT */
/* Every AWS managed policy of the corpus (aws-managed-policies.jsonl, {"name", "document"} a line) loads, decides 1,000
 * requests each without error, the fast way and the one with reasons alike, and its canonical text decides as it does. */
#include <jansson.h>
#include <policyeval/policyeval.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REQUESTS = 1000, EXPLAINED = 20, TEXT = 2048 };

typedef struct run {
  policyeval_context *context;
  policyeval_request *request;
  uint64_t random;
  size_t policies, decisions, wrong, by_effect[POLICYEVAL_EFFECT_LAST_];
} run;

static size_t pick(run *r, size_t n) {
  r->random = r->random * 6364136223846793005u + 1442695040888963407u;
  return n ? (size_t)(r->random >> 33) % n : 0;
}

static void wrong(run *r, const char *name, const char *what, int rc) {
  r->wrong++;
  printf("%s: %s: %s (%s)\n", name, what, policyeval_error_name(rc), policyeval_request_detail(r->request));
}

/* A text that the pattern matches: wildcards and variables as plain words. */
static void concrete(const char *pattern, char *out, size_t size, const char *word) {
  size_t n = 0;
  for (const char *p = pattern; *p && n + strlen(word) + 1 < size; p++) {
    if (*p == '*')
      n += (size_t)snprintf(out + n, size - n, "%s", word);
    else if (*p == '$' && p[1] == '{' && strchr(p, '}'))
      n += (size_t)snprintf(out + n, size - n, "x"), p = strchr(p, '}');
    else
      out[n++] = *p == '?' ? 'q' : *p;
  }
  out[n] = '\0';
}

static json_t *one_of(run *r, json_t *value) {
  return json_is_array(value) ? json_array_get(value, pick(r, json_array_size(value))) : value;
}

static json_t *some_statement(run *r, json_t *document) {
  return one_of(r, json_object_get(document, "Statement"));
}

/* Action and resource of the policy's own statements, or of another policy's: matches and misses. */
static int fill(run *r, json_t *document, json_t *other) {
  char action[TEXT] = "s3:GetObject", resource[TEXT] = "*";
  const char *pattern = json_string_value(
      one_of(r, json_object_get(some_statement(r, pick(r, 4) ? document : other), "Action")));
  const char *arn = json_string_value(one_of(r, json_object_get(some_statement(r, document), "Resource")));
  if (pattern && strchr(pattern, ':')) concrete(pattern, action, sizeof action, "Word");
  if (arn && strncmp(arn, "arn:", 4) == 0 && pick(r, 8))
    concrete(arn, resource, sizeof resource, "111122223333");
  int rc = policyeval_request_clear(r->request);
  if (!rc)
    rc = policyeval_request_set_principal(r->request,
                                          pick(r, 2) ? "arn:aws:iam::111122223333:role/team/App"
                                                     : "arn:aws:iam::111122223333:user/alice",
                                          POLICYEVAL_NTS);
  if (!rc) rc = policyeval_request_set_action(r->request, action, POLICYEVAL_NTS);
  if (!rc && policyeval_request_set_resource(r->request, resource, POLICYEVAL_NTS) != POLICYEVAL_OK)
    rc = policyeval_request_set_resource(r->request, "*", POLICYEVAL_NTS);
  if (!rc && pick(r, 2))
    rc = policyeval_request_set_context(r->request, "aws:SourceIp", POLICYEVAL_NTS, "203.0.113.7",
                                        POLICYEVAL_NTS);
  if (!rc && pick(r, 4) == 0)
    rc = policyeval_request_set_unknown(r->request, "aws:PrincipalOrgID", POLICYEVAL_NTS);
  if (!rc && pick(r, 4) == 0)
    rc = policyeval_request_set_context(r->request, "iam:PassedToService", POLICYEVAL_NTS,
                                        "lambda.amazonaws.com", POLICYEVAL_NTS);
  return rc;
}

static int set_of(run *r, const char *text, size_t len, const char *name, policyeval_policy **policy,
                  policyeval_policyset **set) {
  int rc = policyeval_policy_load(r->context, POLICYEVAL_KIND_IDENTITY, text, len, name, policy, NULL);
  if (!rc) rc = policyeval_policyset_new(r->context, set);
  if (!rc) rc = policyeval_policyset_add(*set, POLICYEVAL_LAYER_IDENTITY, 0, *policy);
  return rc;
}

static void decide(run *r, const char *name, int i, policyeval_policyset *set, policyeval_policyset *again) {
  policyeval_decision *decision = NULL;
  int effect = -1, same = -1, rc = policyeval_decide_effect(set, r->request, &effect);
  if (rc) {
    wrong(r, name, "decide", rc);
    return;
  }
  r->decisions++;
  r->by_effect[effect]++;
  if (policyeval_decide_effect(again, r->request, &same) || same != effect)
    wrong(r, name, "canonical text decides otherwise", 0);
  if (i >= EXPLAINED) return;
  if ((rc = policyeval_decide(set, r->request, &decision)) || policyeval_decision_effect(decision) != effect)
    wrong(r, name, "with reasons", rc);
  policyeval_decision_free(decision);
}

static void one_policy(run *r, const char *name, json_t *document, json_t *other) {
  policyeval_policy *policy = NULL, *copy = NULL;
  policyeval_policyset *set = NULL, *again = NULL;
  char *text = json_dumps(document, JSON_COMPACT), *canonical = NULL;
  size_t len = 0;
  int rc = set_of(r, text, POLICYEVAL_NTS, name, &policy, &set);
  if (!rc) rc = policyeval_policy_print(policy, &canonical, &len);
  if (!rc) rc = set_of(r, canonical, len, name, &copy, &again);
  if (rc)
    wrong(r, name, "load", rc);
  else if (!policyeval_policy_equal(policy, copy))
    wrong(r, name, "canonical text is another policy", 0);
  for (int i = 0; i < REQUESTS && !rc; i++) {
    if ((rc = fill(r, document, other)))
      wrong(r, name, "request", rc);
    else
      decide(r, name, i, set, again);
  }
  r->policies++;
  policyeval_policyset_unref(set);
  policyeval_policyset_unref(again);
  policyeval_policy_unref(policy);
  policyeval_policy_unref(copy);
  policyeval_free(r->context, canonical);
  free(text);
}

static void all_policies(run *r, FILE *file) {
  json_t *before = json_object();
  json_error_t error;
  json_t *line;
  while ((line = json_loadf(file, JSON_DISABLE_EOF_CHECK, &error))) {
    json_t *document = json_object_get(line, "document");
    one_policy(r, json_string_value(json_object_get(line, "name")), document, before);
    json_incref(document);
    json_decref(before);
    before = document;
    json_decref(line);
  }
  json_decref(before);
}

int main(void) {
  char path[4096];
  const char *corpus = getenv("POLICYEVAL_CORPUS");
  const int n = snprintf(path, sizeof path, "%s/aws-managed-policies.jsonl", corpus ? corpus : "");
  FILE *file = corpus && n > 0 && (size_t)n < sizeof path ? fopen(path, "rb") : NULL;
  if (!file) {
    printf("skipped: no corpus (POLICYEVAL_CORPUS names its folder)\n");
    return 77;
  }
  run r = {.random = 7};
  if (policyeval_context_new(NULL, &r.context) || policyeval_request_new(r.context, &r.request)) return 1;
  all_policies(&r, file);
  fclose(file);
  policyeval_request_free(r.request);
  policyeval_context_unref(r.context);
  printf("%zu policies, %zu decisions: %zu allowed, %zu implicitDeny, %zu explicitDeny, %zu unknown\n",
         r.policies, r.decisions, r.by_effect[POLICYEVAL_ALLOW], r.by_effect[POLICYEVAL_IMPLICIT_DENY],
         r.by_effect[POLICYEVAL_EXPLICIT_DENY], r.by_effect[POLICYEVAL_UNKNOWN]);
  printf("%zu passed, %zu failed\n", r.policies - (r.wrong < r.policies ? r.wrong : r.policies), r.wrong);
  return r.wrong || !r.policies ? 1 : 0;
}
