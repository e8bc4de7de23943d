/* SPDX-License-Identifier: MIT */
#include "questions.h"

#include <stdlib.h>
#include <string.h>

#include "../vectors/vectors.h"

/* jansson's allocator is global: the failing one while the library renders, the usual one while the vector is read. No object of
 * it lives from the one to the other. */
static pe_test_alloc *memory;
static void *failing_alloc(size_t size) { return memory->alloc.alloc(memory->alloc.user, size); }
static void failing_free(void *ptr) { memory->alloc.release(memory->alloc.user, ptr); }

static void library(const answer *out) {
  memory = out->mem;
  json_set_alloc_funcs(failing_alloc, failing_free);
}

static void tests(void) { json_set_alloc_funcs(malloc, free); }

/* Adds a document of the answer; `refused`: it may be NULL, as there is no such form. */
static int add(answer *out, const char *text, bool refused) {
  if (!text) return refused ? 0 : POLICYEVAL_ENOMEM;
  const size_t len = strlen(text);
  out->text = realloc(out->text, out->len + len + 1);
  ck_assert_ptr_nonnull(out->text);
  memcpy(out->text + out->len, text, len + 1);
  out->len += len;
  return 0;
}

/* A question that ran out of memory says nothing, and never yes. */
static void says_nothing(policyeval_access *q) {
  ck_assert_int_eq(policyeval_access_decision(q), POLICYEVAL_IMPLICIT_DENY);
  ck_assert_ptr_null(policyeval_access_json(q, NULL));
}

int question_access(policyeval_context *context, json_t *input, answer *out) {
  policyeval_access *q = NULL;
  int effect = -1, rc = policyeval_access_new(context, &q);
  if (!rc) rc = vector_access_fill(context, q, input);
  library(out);
  if (!rc) rc = policyeval_access_effect(q, &effect);
  if (!rc && (rc = policyeval_access_decide(q)) != 0) says_nothing(q);
  if (!rc) ck_assert_int_eq(policyeval_access_decision(q), effect);
  if (!rc) rc = add(out, policyeval_access_json(q, NULL), false);
  if (!rc) rc = add(out, policyeval_access_text(q, NULL), false);
  policyeval_access_free(q);
  tests();
  return rc;
}

int question_reach(policyeval_context *context, json_t *input, answer *out) {
  policyeval_access *q = NULL;
  int rc = policyeval_access_new(context, &q);
  if (!rc) rc = vector_access_fill(context, q, input);
  library(out);
  if (!rc && (rc = policyeval_access_all_requests(q)) != 0)
    ck_assert_int_eq(policyeval_access_reach(q), POLICYEVAL_REACH_UNKNOWN);
  if (!rc) rc = add(out, policyeval_access_reach_json(q, NULL), false);
  if (!rc) rc = add(out, policyeval_access_reach_text(q, NULL), false);
  policyeval_access_free(q);
  tests();
  return rc;
}

int question_who(policyeval_context *context, json_t *input, answer *out) {
  policyeval_access *q = NULL;
  int rc = policyeval_access_new(context, &q);
  if (!rc) rc = vector_access_fill(context, q, input);
  library(out);
  if (!rc && (rc = policyeval_access_who_can(q)) != 0) {
    ck_assert_uint_eq(policyeval_access_who_count(q), 0);
    ck_assert_int_eq(policyeval_access_who_complete(q), 0);
  }
  if (!rc) rc = add(out, policyeval_access_who_json(q, NULL), false);
  if (!rc) rc = add(out, policyeval_access_who_text(q, NULL), false);
  policyeval_access_free(q);
  tests();
  return rc;
}

static int options(policyeval_grant *g, policyeval_access *q, const json_t *list) {
  int rc = 0;
  for (size_t i = 0; i < json_array_size(list) && !rc; i++) {
    const char *option = json_string_value(json_array_get(list, i));
    if (strcmp(option, "--any-version") == 0) rc = policyeval_grant_set_any_version(g, 1);
    if (strcmp(option, "--strict-stage") == 0) rc = policyeval_grant_set_strict_stage(g, 1);
    if (strcmp(option, "--version-stage") == 0)
      rc = policyeval_access_set_version_stage(q, json_string_value(json_array_get(list, ++i)), POLICYEVAL_NTS);
  }
  return rc;
}

static int change(policyeval_context *context, json_t *input, bool revoke, answer *out) {
  policyeval_access *q = NULL;
  policyeval_grant *g = NULL;
  int rc = policyeval_access_new(context, &q);
  if (!rc) rc = vector_access_fill(context, q, input);
  if (!rc) rc = policyeval_grant_new(q, &g);
  if (!rc) rc = options(g, q, json_object_get(input, "options"));
  library(out);
  if (!rc && (rc = revoke ? policyeval_grant_run_revoke(g) : policyeval_grant_run(g)) != 0) {
    /* A change that ran out of memory is none. */
    ck_assert_int_eq(policyeval_grant_changed(g) | policyeval_grant_proved(g), 0);
    ck_assert_uint_eq(policyeval_grant_documents(g), 0);
  }
  if (!rc) rc = add(out, policyeval_grant_json(g, NULL), false);
  if (!rc) rc = add(out, policyeval_grant_text(g, NULL), false);
  if (!rc) rc = add(out, policyeval_grant_diff(g, NULL), false);
  if (!rc) rc = add(out, policyeval_grant_commands(g, NULL), false);
  policyeval_grant_free(g);
  policyeval_access_free(q);
  tests();
  return rc;
}

int question_grant(policyeval_context *context, json_t *input, answer *out) { return change(context, input, false, out); }
int question_revoke(policyeval_context *context, json_t *input, answer *out) { return change(context, input, true, out); }

/* ---- analyses ---- */

static int load(policyeval_context *context, json_t *input, const char *member, policyeval_policy **out) {
  json_t *document = json_object_get(input, member);
  if (!document) return 0;
  char *text = json_dumps(document, JSON_ENCODE_ANY);
  const int kind = policyeval_kind_find(json_string_value(json_object_get(input, "type")));
  const int rc = policyeval_policy_load(context, kind, text, POLICYEVAL_NTS, member, out, NULL);
  free(text);
  return rc;
}

static int ask_of(const char *name) {
  if (strcmp(name, "public") == 0) return POLICYEVAL_ASK_PUBLIC;
  if (strcmp(name, "findings") == 0) return POLICYEVAL_ASK_FINDINGS;
  if (strcmp(name, "compare") == 0) return POLICYEVAL_ASK_COMPARE;
  return strcmp(name, "not-granted") == 0 ? POLICYEVAL_ASK_ACCESS_GRANTED : POLICYEVAL_ASK_NEW_ACCESS;
}

static int trust(policyeval_analysis *a, const json_t *list, int what) {
  int rc = 0;
  for (size_t i = 0; i < json_array_size(list) && !rc; i++)
    rc = policyeval_analysis_add_trust(a, what, json_string_value(json_array_get(list, i)), POLICYEVAL_NTS);
  return rc;
}

static int fill(policyeval_analysis *a, const json_t *input) {
  const json_t *given = json_object_get(input, "options"), *list;
  const char *rule = json_string_value(json_object_get(given, "rule"));
  int rc = 0;
  if (rule)
    rc = policyeval_analysis_set_rule(a, strcmp(rule, "zone") == 0      ? POLICYEVAL_PUBLIC_ZONE
                                         : strcmp(rule, "article") == 0 ? POLICYEVAL_PUBLIC_ARTICLE
                                                                        : POLICYEVAL_PUBLIC_FIXED_VALUES);
  if (!rc) rc = trust(a, json_object_get(given, "trust_accounts"), POLICYEVAL_TRUST_ACCOUNT);
  if (!rc) rc = trust(a, json_object_get(given, "trust_orgs"), POLICYEVAL_TRUST_ORG);
  if (!rc) rc = policyeval_analysis_set_grant_only(a, json_is_true(json_object_get(given, "grant_only")));
  list = json_object_get(input, "actions");
  for (size_t i = 0; i < json_array_size(list) && !rc; i++)
    rc = policyeval_analysis_add_action(a, json_string_value(json_array_get(list, i)), POLICYEVAL_NTS);
  list = json_object_get(input, "resources");
  for (size_t i = 0; i < json_array_size(list) && !rc; i++)
    rc = policyeval_analysis_add_resource(a, json_string_value(json_array_get(list, i)), POLICYEVAL_NTS);
  return rc;
}

static int render(policyeval_analysis *a, int ask, answer *out) {
  int rc = add(out, policyeval_analysis_json(a, NULL), false);
  if (!rc) rc = add(out, policyeval_analysis_text(a, NULL), false);
  /* Of two kinds of question Access Analyzer's API has no form. */
  if (!rc) rc = add(out, policyeval_analysis_aws(a, NULL), ask == POLICYEVAL_ASK_COMPARE || ask == POLICYEVAL_ASK_FINDINGS);
  /* Without memory a witness is none: it is only compared where memory did not fail. */
  const char *witness = policyeval_analysis_witness(a, 0, NULL);
  if (!rc && witness) rc = add(out, witness, false);
  return rc;
}

int question_analysis(policyeval_context *context, json_t *input, answer *out) {
  policyeval_analysis *a = NULL;
  policyeval_policy *policy = NULL, *existing = NULL;
  const int ask = ask_of(json_string_value(json_object_get(input, "ask")));
  int rc = load(context, input, "policy", &policy);
  if (!rc) rc = load(context, input, "existing", &existing);
  if (!rc) rc = policyeval_analysis_new(context, ask, &a);
  if (!rc) rc = policyeval_analysis_set_policy(a, policy);
  if (!rc && existing) rc = policyeval_analysis_set_existing(a, existing);
  if (!rc) rc = fill(a, input);
  library(out);
  if (!rc && (rc = policyeval_analysis_run(a)) != 0)
    ck_assert_int_eq(policyeval_analysis_answer(a), POLICYEVAL_ANSWER_UNKNOWN);
  if (!rc) rc = render(a, ask, out);
  /* Texts are made when they are asked for: why there is none is told by the context. */
  policyeval_memory m = {.size = sizeof m};
  if (rc == POLICYEVAL_ENOMEM && !out->mem->failed && policyeval_context_memory(context, &m) == 0 && m.refused) rc = POLICYEVAL_EMEMLIMIT;
  policyeval_analysis_free(a);
  tests();
  policyeval_policy_unref(policy);
  policyeval_policy_unref(existing);
  return rc;
}
