/* SPDX-License-Identifier: MIT */
/* access: the three-policy question. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vectors.h"

typedef int (*text_setter)(policyeval_access *q, const char *text, size_t len);

static int set(policyeval_access *q, const json_t *value, text_setter setter) {
  if (!value || json_is_null(value)) return POLICYEVAL_OK;
  return setter(q, json_string_value(value), json_string_length(value));
}

static int set_fact(policyeval_access *q, const json_t *value, int fact) {
  if (!value) return POLICYEVAL_OK;
  return policyeval_access_set_principal_fact(q, fact, json_string_value(value), json_string_length(value));
}

static int set_principal(policyeval_access *q, json_t *p, bool resource_management) {
  const char *key;
  json_t *value;
  char name[300];
  if (json_is_string(p)) return set(q, p, policyeval_access_set_principal);
  int rc = set(q, json_object_get(p, "arn"), policyeval_access_set_principal);
  if (!rc) rc = set_fact(q, json_object_get(p, "role_arn"), POLICYEVAL_PRINCIPAL_ROLE_ARN);
  if (!rc) rc = set_fact(q, json_object_get(p, "id"), POLICYEVAL_PRINCIPAL_ID);
  if (!rc) rc = set_fact(q, json_object_get(p, "path"), POLICYEVAL_PRINCIPAL_PATH);
  if (!rc) rc = set_fact(q, json_object_get(p, "parent"), POLICYEVAL_PRINCIPAL_PARENT);
  if (!rc)
    rc = policyeval_access_set_management(q, json_is_true(json_object_get(p, "management_account")),
                                          resource_management);
  value = json_object_get(p, "org_id");
  if (!rc && value)
    rc = policyeval_access_set_context(q, "aws:PrincipalOrgID", POLICYEVAL_NTS, json_string_value(value),
                                       POLICYEVAL_NTS);
  json_object_foreach(json_object_get(p, "tags"), key, value) {
    snprintf(name, sizeof name, "aws:PrincipalTag/%s", key);
    if (!rc)
      rc = policyeval_access_set_context(q, name, POLICYEVAL_NTS, json_string_value(value), POLICYEVAL_NTS);
  }
  return rc;
}

enum { VALUES = 64 };

static int set_context(policyeval_access *q, json_t *context) {
  const char *key, *values[VALUES];
  json_t *value, *one;
  size_t i;
  int rc = POLICYEVAL_OK;
  json_object_foreach(context, key, value) {
    if (rc || json_array_size(value) > VALUES) return POLICYEVAL_EINVAL;
    if (json_is_array(value)) {
      json_array_foreach(value, i, one) values[i] = json_string_value(one);
      rc = policyeval_access_set_context_list(q, key, POLICYEVAL_NTS, values, NULL, json_array_size(value));
    } else {
      rc = policyeval_access_set_context(q, key, POLICYEVAL_NTS, json_string_value(value),
                                         json_string_length(value));
    }
  }
  return rc;
}

static const struct {
  const char *member;
  int layer, kind;
} layers[] = {
    {"identity", POLICYEVAL_LAYER_IDENTITY, POLICYEVAL_KIND_IDENTITY},
    {"resource", POLICYEVAL_LAYER_RESOURCE, POLICYEVAL_KIND_SECRET},
    {"key", POLICYEVAL_LAYER_KEY, POLICYEVAL_KIND_KMS_KEY},
    {"boundary", POLICYEVAL_LAYER_BOUNDARY, POLICYEVAL_KIND_BOUNDARY},
    {"session", POLICYEVAL_LAYER_SESSION, POLICYEVAL_KIND_SESSION},
    {"endpoint", POLICYEVAL_LAYER_ENDPOINT, POLICYEVAL_KIND_ENDPOINT},
    {"scp", POLICYEVAL_LAYER_SCP, POLICYEVAL_KIND_SCP},
    {"rcp", POLICYEVAL_LAYER_RCP, POLICYEVAL_KIND_RCP},
};

static int add_policy(policyeval_context *c, policyeval_access *q, size_t l, unsigned level, json_t *document) {
  policyeval_policy *policy = NULL;
  char *text = json_dumps(document, JSON_ENCODE_ANY);
  int rc = policyeval_policy_load(c, layers[l].kind, text, POLICYEVAL_NTS, "vector", &policy, NULL);
  if (!rc) rc = policyeval_access_add_policy(q, layers[l].layer, level, policy);
  policyeval_policy_unref(policy);
  free(text);
  return rc;
}

static int add_layer(policyeval_context *c, policyeval_access *q, size_t l, json_t *list) {
  const bool organization =
      layers[l].layer == POLICYEVAL_LAYER_SCP || layers[l].layer == POLICYEVAL_LAYER_RCP;
  const bool cap = layers[l].layer != POLICYEVAL_LAYER_IDENTITY &&
                   layers[l].layer != POLICYEVAL_LAYER_RESOURCE && layers[l].layer != POLICYEVAL_LAYER_KEY;
  size_t i, k;
  json_t *one, *inner;
  int rc = cap && !organization ? policyeval_access_declare(q, layers[l].layer, 0) : POLICYEVAL_OK;
  json_array_foreach(list, i, one) {
    if (!organization) {
      if (!rc) rc = add_policy(c, q, l, 0, one);
      continue;
    }
    if (!rc) rc = policyeval_access_declare(q, layers[l].layer, (unsigned)i + 1);
    json_array_foreach(one, k, inner) if (!rc) rc = add_policy(c, q, l, (unsigned)i + 1, inner);
  }
  return rc;
}

static int add_policies(policyeval_context *c, policyeval_access *q, json_t *policies) {
  int rc = POLICYEVAL_OK;
  for (size_t l = 0; l < sizeof layers / sizeof layers[0] && !rc; l++) {
    json_t *list = json_object_get(policies, layers[l].member);
    if (list) rc = add_layer(c, q, l, list);
  }
  json_t *grants = json_object_get(policies, "grants");
  if (rc || !grants) return rc;
  char *text = json_dumps(grants, JSON_ENCODE_ANY);
  rc = policyeval_access_add_grants(q, text, POLICYEVAL_NTS, "vector", NULL);
  free(text);
  return rc;
}

int vector_access_fill(policyeval_context *c, policyeval_access *q, json_t *in) {
  json_t *one;
  const char *row;
  size_t i;
  int rc = set_principal(q, json_object_get(in, "principal"),
                         json_is_true(json_object_get(in, "resource_management_account")));
  if (!rc) rc = set(q, json_object_get(in, "secret"), policyeval_access_set_secret);
  if (!rc) rc = set(q, json_object_get(in, "key"), policyeval_access_set_key);
  if (!rc) rc = set(q, json_object_get(in, "version_stage"), policyeval_access_set_version_stage);
  if (!rc) rc = set(q, json_object_get(in, "version_id"), policyeval_access_set_version_id);
  if (!rc) rc = set(q, json_object_get(in, "key_state"), policyeval_access_set_key_state);
  if (!rc) rc = set_context(q, json_object_get(in, "context"));
  json_array_foreach(json_object_get(in, "unknown"), i, one) if (!rc) rc =
      set(q, one, policyeval_access_set_unknown);
  json_object_foreach(json_object_get(in, "readings"), row, one) {
    if (!rc) rc = policyeval_access_set_reading(q, row, json_string_value(one));
  }
  if (!rc) rc = add_policies(c, q, json_object_get(in, "policies"));
  return rc;
}

/* The rules of the hints, each once: two ways out may go by one rule. */
static json_t *hint_rules(const json_t *leg) {
  json_t *rules = json_array(), *hint, *known;
  size_t i, k;
  json_array_foreach(json_object_get(leg, "hints"), i, hint) {
    json_t *rule = json_object_get(hint, "rule");
    bool there = false;
    json_array_foreach(rules, k, known) there = there || json_equal(known, rule);
    if (!there) json_array_append(rules, rule);
  }
  return rules;
}

static void compare_leg(vector *v, const json_t *expected, const json_t *got, int effect, size_t i) {
  char what[64];
  const json_t *decision = json_object_get(got, "decision");
  snprintf(what, sizeof what, "leg %zu decision", i);
  if (!decision || !json_equal(json_object_get(expected, "decision"), decision) ||
      strcmp(json_string_value(decision), policyeval_effect_name(effect)) != 0)
    vector_fault(v, what, json_object_get(expected, "decision"), decision);
  snprintf(what, sizeof what, "leg %zu assumptions", i);
  vector_compare_set(v, what, json_object_get(expected, "assumptions"), json_object_get(got, "assumptions"),
                     true);
  snprintf(what, sizeof what, "leg %zu blocked_by", i);
  vector_compare_set(v, what, json_object_get(expected, "blocked_by"), json_object_get(got, "blocked_by"),
                     false);
  snprintf(what, sizeof what, "leg %zu hints", i);
  json_t *rules = hint_rules(got);
  vector_compare_set(v, what, json_object_get(expected, "hints"), rules, false);
  json_decref(rules);
}

static void compare(vector *v, policyeval_access *q) {
  json_error_t error;
  json_t *result = json_loads(policyeval_access_json(q, NULL), JSON_REJECT_DUPLICATES, &error), *leg;
  size_t i;
  if (!result) {
    vector_fault_text(v, "result", "JSON", error.text);
    return;
  }
  const json_t *decision = json_object_get(result, "decision"),
               *ok = json_object_get(v->expect, "operability_ok");
  if (!json_equal(json_object_get(v->expect, "decision"), (json_t *)(uintptr_t)decision))
    vector_fault(v, "decision", json_object_get(v->expect, "decision"), decision);
  json_array_foreach(json_object_get(v->expect, "legs"), i, leg) compare_leg(
      v, leg, json_array_get(json_object_get(result, "legs"), i), policyeval_access_leg(q, (int)i), i);
  if (ok && json_is_true(ok) != (policyeval_access_operable(q) == 1))
    vector_fault(v, "operability_ok", ok, json_object_get(json_object_get(result, "operability"), "ok"));
  json_decref(result);
}

void vector_access(vector *v) {
  policyeval_access *q = NULL;
  int rc = policyeval_access_new(v->context, &q);
  if (!rc) rc = vector_access_fill(v->context, q, v->input);
  if (!rc) rc = vector_replay(v, q);
  if (!rc) rc = policyeval_access_decide(q);
  const char *why = policyeval_access_detail(q);
  if (rc)
    vector_fault_text(v, "question", "an answer", *why ? why : policyeval_error_name(rc));
  else
    compare(v, q);
  policyeval_access_free(q);
}
