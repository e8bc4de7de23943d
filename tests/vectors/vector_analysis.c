/* SPDX-License-Identifier: MIT */
/* analysis: a question about all requests, and its answer. tests/cli gives the witnesses back to the evaluator, too. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vectors.h"

static int find_ask(const char *name) {
  static const struct { const char *name; int ask; } asks[] = {
      {"public", POLICYEVAL_ASK_PUBLIC},   {"no-new-access", POLICYEVAL_ASK_NEW_ACCESS},
      {"compare", POLICYEVAL_ASK_COMPARE}, {"not-granted", POLICYEVAL_ASK_ACCESS_GRANTED},
      {"findings", POLICYEVAL_ASK_FINDINGS}, {"statements", POLICYEVAL_ASK_STATEMENTS}};
  for (size_t i = 0; name && i < sizeof asks / sizeof asks[0]; i++)
    if (strcmp(asks[i].name, name) == 0) return asks[i].ask;
  return 0;
}

static int set_policy(const vector *v, policyeval_analysis *a, const char *member, int kind,
                      int (*set)(policyeval_analysis *a, policyeval_policy *policy)) {
  const json_t *document = json_object_get(v->input, member);
  policyeval_policy *policy = NULL;
  if (!document) return POLICYEVAL_OK;
  char *text = json_dumps(document, JSON_ENCODE_ANY);
  int rc = text ? policyeval_policy_load(v->context, kind, text, POLICYEVAL_NTS, member, &policy, NULL) : POLICYEVAL_ENOMEM;
  if (rc == POLICYEVAL_OK) rc = set(a, policy);
  policyeval_policy_unref(policy);
  free(text);
  return rc;
}

static int add_texts(policyeval_analysis *a, const json_t *list,
                     int (*add)(policyeval_analysis *a, const char *text, size_t len)) {
  const json_t *one;
  size_t i;
  int rc = POLICYEVAL_OK;
  json_array_foreach(list, i, one) {
    if (rc == POLICYEVAL_OK) rc = add(a, json_string_value(one), json_string_length(one));
  }
  return rc;
}

static int add_trust(policyeval_analysis *a, const json_t *list, int trust) {
  const json_t *one;
  size_t i;
  int rc = POLICYEVAL_OK;
  json_array_foreach(list, i, one) {
    if (rc == POLICYEVAL_OK) rc = policyeval_analysis_add_trust(a, trust, json_string_value(one), json_string_length(one));
  }
  return rc;
}

static int set_rule(policyeval_analysis *a, const char *name) {
#define RULE(which, number, text) {text, number},
  static const struct { const char *name; int rule; } rules[] = {POLICYEVAL_PUBLIC_RULES(RULE)};
#undef RULE
  for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
    if (strcmp(rules[i].name, name) == 0) return policyeval_analysis_set_rule(a, rules[i].rule);
  return POLICYEVAL_EINVAL;
}

static int set_option(policyeval_analysis *a, const char *name, const json_t *value) {
  if (strcmp(name, "rule") == 0) return set_rule(a, json_string_value(value));
  if (strcmp(name, "trust_accounts") == 0) return add_trust(a, value, POLICYEVAL_TRUST_ACCOUNT);
  if (strcmp(name, "trust_orgs") == 0) return add_trust(a, value, POLICYEVAL_TRUST_ORG);
  if (strcmp(name, "grant_only") == 0) return policyeval_analysis_set_grant_only(a, json_is_true(value));
  if (strcmp(name, "ip_limit") == 0) return policyeval_analysis_set_ip_limit(a, (uint64_t)json_integer_value(value));
  if (strcmp(name, "ipv6_limit") == 0) return policyeval_analysis_set_ipv6_limit(a, (uint64_t)json_integer_value(value));
  if (strcmp(name, "statement") == 0) return policyeval_analysis_set_statement(a, (size_t)json_integer_value(value));
  return POLICYEVAL_EINVAL;
}

static int run(const vector *v, policyeval_analysis *a) {
  const int kind = policyeval_kind_find(json_string_value(json_object_get(v->input, "type")));
  const char *name;
  json_t *value;
  int rc = set_policy(v, a, "policy", kind, policyeval_analysis_set_policy);
  if (rc == POLICYEVAL_OK) rc = set_policy(v, a, "existing", kind, policyeval_analysis_set_existing);
  if (rc == POLICYEVAL_OK) rc = add_texts(a, json_object_get(v->input, "actions"), policyeval_analysis_add_action);
  if (rc == POLICYEVAL_OK) rc = add_texts(a, json_object_get(v->input, "resources"), policyeval_analysis_add_resource);
  json_object_foreach(json_object_get(v->input, "options"), name, value) {
    if (rc == POLICYEVAL_OK) rc = set_option(a, name, value);
  }
  return rc == POLICYEVAL_OK ? policyeval_analysis_run(a) : rc;
}

static const char *result_word(int answer) {
  return answer == POLICYEVAL_ANSWER_NO ? "PASS" : answer == POLICYEVAL_ANSWER_YES ? "FAIL" : "UNKNOWN";
}

/* What was said of each statement: ["needed"], ["redundant", 0, 2] … */
static json_t *needs(policyeval_analysis *a, size_t count) {
  json_t *list = json_array();
  for (size_t i = 0; i < count; i++) {
    const int need = policyeval_analysis_need(a, i);
    json_t *item = json_array();
    json_array_append_new(item, json_string(policyeval_need_name(need)));
    for (size_t k = 0; policyeval_analysis_need_by(a, i, k) != SIZE_MAX; k++)
      json_array_append_new(item, json_integer((json_int_t)policyeval_analysis_need_by(a, i, k)));
    json_array_append_new(list, item);
  }
  return list;
}

static void check_statements(vector *v, policyeval_analysis *a) {
  const json_t *expected = json_object_get(v->expect, "needs"), *json_list, *one;
  json_error_t error;
  size_t i;
  json_t *got = needs(a, json_array_size(expected)), *document = json_loads(policyeval_analysis_json(a, NULL), 0, &error);
  if (!json_equal(expected, got)) vector_fault(v, "needs", expected, got);
  json_list = json_object_get(document, "statements");
  json_array_foreach(json_list, i, one) {
    const size_t index = (size_t)json_integer_value(json_object_get(one, "statementIndex"));
    const bool needed = policyeval_analysis_need(a, index) == POLICYEVAL_NEED_NEEDED;
    if (needed != (policyeval_analysis_witness(a, (int)index, NULL) != NULL)) vector_fault_text(v, "witness", "one if needed", "else");
    if (needed == json_is_null(json_object_get(one, "witness"))) vector_fault_text(v, "witness in JSON", "one if needed", "else");
  }
  json_decref(document);
  json_decref(got);
}

/* What the witness has to meet, in words. */
static void check_conditions(vector *v, policyeval_analysis *a, const json_t *expected) {
  json_error_t error;
  json_t *document = json_loads(policyeval_analysis_json(a, NULL), 0, &error), *got = json_object_get(document, "conditions");
  if (!json_equal(expected, got)) vector_fault(v, "conditions", expected, got);
  json_decref(document);
}

static void check(vector *v, policyeval_analysis *a) {
  const json_t *relation = json_object_get(v->expect, "relation"), *result = json_object_get(v->expect, "result");
  const json_t *statements = json_object_get(v->expect, "statements");
  const char *got = relation ? policyeval_relation_name(policyeval_analysis_relation(a)) : result_word(policyeval_analysis_answer(a));
  const char *wanted = json_string_value(relation ? relation : result);
  if (wanted && strcmp(wanted, got) != 0) vector_fault_text(v, "answer", wanted, got);
  if (json_object_get(v->expect, "needs")) check_statements(v, a);
  if (json_object_get(v->expect, "conditions")) check_conditions(v, a, json_object_get(v->expect, "conditions"));
  if (!statements) return;
  json_t *reasons = json_array();
  for (size_t i = 0; i < policyeval_analysis_reasons(a); i++)
    json_array_append_new(reasons, json_integer((json_int_t)policyeval_analysis_reason(a, i)));
  if (!json_equal(statements, reasons)) vector_fault(v, "statements", statements, reasons);
  json_decref(reasons);
}

void vector_analysis(vector *v) {
  policyeval_analysis *a = NULL;
  int rc = policyeval_analysis_new(v->context, find_ask(json_string_value(json_object_get(v->input, "ask"))), &a);
  if (rc == POLICYEVAL_OK) rc = run(v, a);
  if (rc == POLICYEVAL_OK) check(v, a);
  else vector_fault_text(v, "run", "an answer", policyeval_error_name(rc));
  policyeval_analysis_free(a);
}
