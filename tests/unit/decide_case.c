/* SPDX-License-Identifier: MIT */
#include "decide_case.h"

#include <stdlib.h>

#include "eval/grants.h"
#include "unit.h"

static pe_slice slice_of(const json_t *s) {
  return s ? pe_slice_of(json_string_value(s), json_string_length(s)) : (pe_slice){NULL, 0};
}

static void must(int rc, const char *why, const char *what) {
  ck_assert_msg(rc == 0, "%s: %d (%s)", what, rc, why ? why : "");
}

/* ---- policies ---- */

static pe_policy *load(pe_test_case *c, const json_t *policy, int kind) {
  if (json_object_get(policy, "policy")) policy = json_object_get(policy, "policy");
  char *text = json_dumps(policy, JSON_ENCODE_ANY | JSON_COMPACT);
  pe_load_options options = {.kind = kind, .name = PE_SLICE("case"), .limits = pe_load_limits_default};
  pe_findings findings;
  pe_policy *p = NULL;
  must(pe_findings_init(&findings, c->alloc), "findings", "init");
  int rc = pe_policy_load(c->alloc, pe_slice_str(text), &options, &p, &findings);
  ck_assert_msg(rc == 0, "%s: %d %s", text, rc, findings.list.len ? findings.list.data[0].message.ptr : "");
  pe_findings_done(&findings);
  free(text);
  return p;
}

static pe_policy_list load_list(pe_test_case *c, const json_t *array, int kind) {
  pe_policy_list list = {NULL, 0};
  size_t n = json_array_size(array);
  list.items = pe_arena_zero(c->arena, n + 1, sizeof *list.items);
  ck_assert_ptr_nonnull(list.items);
  for (size_t i = 0; i < n; i++) list.items[list.count++] = load(c, json_array_get(array, i), kind);
  return list;
}

static pe_policy_list *load_levels(pe_test_case *c, const json_t *array, int kind, uint32_t *count) {
  size_t n = json_array_size(array);
  pe_policy_list *levels = pe_arena_zero(c->arena, n + 1, sizeof *levels);
  ck_assert_ptr_nonnull(levels);
  for (size_t i = 0; i < n; i++) levels[i] = load_list(c, json_array_get(array, i), kind);
  *count = (uint32_t)n;
  return levels;
}

static bool starts(const char *s, const char *prefix) { return s && strncmp(s, prefix, strlen(prefix)) == 0; }

static int resource_kind(const json_t *object) {
  const char *action = json_string_value(json_object_get(object, "action"));
  const char *resource = json_string_value(json_object_get(object, "resource"));
  if (starts(resource, "arn:aws:kms:")) return POLICYEVAL_KIND_KMS_KEY;
  if (starts(resource, "arn:aws:secretsmanager:")) return POLICYEVAL_KIND_SECRET;
  return starts(action, "sts:") ? POLICYEVAL_KIND_TRUST : POLICYEVAL_KIND_RESOURCE;
}

static void load_grants(pe_test_case *c, const json_t *array) {
  char *text = json_dumps(array, JSON_COMPACT);
  pe_load_options options = {.name = PE_SLICE("grants"), .limits = pe_load_limits_default};
  must(pe_grants_load(c->arena, pe_slice_str(text), &options, &c->set.grants, &c->set.ngrants, NULL), text,
       "grants");
  free(text);
}

static void load_policies(pe_test_case *c, const json_t *object) {
  const json_t *p = json_object_get(object, "policies");
  pe_policyset *s = &c->set;
  s->identity = load_list(c, json_object_get(p, "identity"), POLICYEVAL_KIND_IDENTITY);
  s->resource = load_list(c, json_object_get(p, "resource"), resource_kind(object));
  s->boundary = load_list(c, json_object_get(p, "boundary"), POLICYEVAL_KIND_BOUNDARY);
  s->session = load_list(c, json_object_get(p, "session"), POLICYEVAL_KIND_SESSION);
  s->endpoint = load_list(c, json_object_get(p, "endpoint"), POLICYEVAL_KIND_ENDPOINT);
  s->scp = load_levels(c, json_object_get(p, "scp"), POLICYEVAL_KIND_SCP, &s->nscp);
  s->rcp = load_levels(c, json_object_get(p, "rcp"), POLICYEVAL_KIND_RCP, &s->nrcp);
  s->has_boundary = json_object_get(p, "boundary") != NULL;
  s->has_session = json_object_get(p, "session") != NULL;
  s->has_endpoint = json_object_get(p, "endpoint") != NULL;
  s->has_scp = json_object_get(p, "scp") != NULL;
  s->has_rcp = json_object_get(p, "rcp") != NULL;
  if (json_object_get(p, "grants")) load_grants(c, json_object_get(p, "grants"));
}

/* ---- request ---- */

static void set_caller(pe_test_case *c, const json_t *p) {
  const char *why = "";
  pe_request_builder *b = c->builder;
  if (json_is_string(p)) {
    must(pe_request_set_principal_arn(b, slice_of(p), &why), why, "principal");
    return;
  }
  const json_t *v, *tags = json_object_get(p, "tags");
  const char *key;
  if ((v = json_object_get(p, "arn"))) must(pe_request_set_principal_arn(b, slice_of(v), &why), why, "arn");
  if ((v = json_object_get(p, "role_arn")))
    must(pe_request_set_role_arn(b, slice_of(v), &why), why, "role_arn");
  if ((v = json_object_get(p, "id"))) must(pe_request_set_principal_id(b, slice_of(v)), "", "id");
  if ((v = json_object_get(p, "path"))) must(pe_request_set_principal_path(b, slice_of(v)), "", "path");
  if ((v = json_object_get(p, "parent"))) must(pe_request_set_parent(b, slice_of(v), &why), why, "parent");
  if ((v = json_object_get(p, "service"))) must(pe_request_set_service(b, slice_of(v)), "", "service");
  if ((v = json_object_get(p, "federated"))) must(pe_request_set_provider(b, slice_of(v)), "", "federated");
  if (json_object_get(p, "anonymous")) must(pe_request_set_anonymous(b), "", "anonymous");
  if ((v = json_object_get(p, "org_id"))) {
    pe_slice org = slice_of(v);
    must(pe_request_set_fact(b, PE_SLICE("aws:PrincipalOrgID"), &org, 1, false), "", "org_id");
  }
  json_object_foreach((json_t *)tags, key, v) {
    char name[256];
    snprintf(name, sizeof name, "aws:PrincipalTag/%s", key);
    pe_slice value = slice_of(v);
    must(pe_request_set_fact(b, pe_slice_str(name), &value, 1, false), "", name);
  }
}

static void set_context(pe_test_case *c, const json_t *context) {
  const char *key;
  const json_t *v;
  json_object_foreach((json_t *)context, key, v) {
    pe_slice values[32];
    size_t n = json_is_array(v) ? json_array_size(v) : 1;
    char number[40];
    ck_assert(n <= 32);
    for (size_t i = 0; i < n; i++) {
      const json_t *one = json_is_array(v) ? json_array_get(v, i) : v;
      values[i] = slice_of(one);
      if (json_is_boolean(one)) values[i] = pe_slice_str(json_is_true(one) ? "true" : "false");
      if (!json_is_integer(one)) continue;
      snprintf(number, sizeof number, "%lld", (long long)json_integer_value(one));
      values[i] = pe_slice_str(number);
    }
    must(pe_request_set_fact(c->builder, pe_slice_str(key), values, (uint32_t)n, json_is_array(v)), "", key);
  }
}

static void set_rest(pe_test_case *c, const json_t *object) {
  const char *key, *why = "";
  json_t *v;
  size_t i;
  json_object_foreach(json_object_get(object, "readings"), key, v) {
    int row = pe_row_find(pe_slice_str(key));
    ck_assert_msg(row >= 0, "%s", key);
    int reading = pe_row_reading((pe_row)row, slice_of(v));
    ck_assert_msg(reading >= 0, "%s", key);
    must(pe_request_set_reading(c->builder, (pe_row)row, (unsigned)reading), "", key);
  }
  json_array_foreach(json_object_get(object, "unknown"), i, v) {
    must(pe_request_set_unknown(c->builder, slice_of(v)), "", "unknown");
  }
  const json_t *only = json_object_get(object, "only"), *owner = json_object_get(object, "resource_account");
  if (owner)
    must(pe_request_set_resource_account(c->builder, slice_of(owner), &why), why, "resource_account");
  if (!only) return;
  bool identity = strcmp(json_string_value(only), "identity") == 0;
  must(pe_request_set_only(c->builder, identity ? POLICYEVAL_LAYER_IDENTITY : POLICYEVAL_LAYER_RESOURCE), "",
       "only");
}

void pe_test_case_new(pe_test_case *c, const pe_alloc *alloc, const json_t *object) {
  const char *why = "";
  *c = (pe_test_case){
      .alloc = alloc, .arena = pe_arena_new(alloc, 0), .builder = pe_request_builder_new(alloc, NULL)};
  ck_assert(c->arena && c->builder);
  load_policies(c, object);
  const json_t *p = json_object_get(object, "principal");
  set_caller(c, p);
  must(pe_request_set_action(c->builder, slice_of(json_object_get(object, "action")), &why), why, "action");
  must(pe_request_set_resource(c->builder, slice_of(json_object_get(object, "resource")), &why), why,
       "resource");
  pe_request_set_management(c->builder, json_is_true(json_object_get(p, "management_account")),
                            json_is_true(json_object_get(object, "resource_management_account")));
  set_context(c, json_object_get(object, "context"));
  set_rest(c, object);
  must(pe_request_prepare(c->builder, &c->request, &why), why, "prepare");
}

void pe_test_case_text(pe_test_case *c, const pe_alloc *alloc, const char *text) {
  char *copy = strdup(text);
  json_error_t error;
  for (char *p = copy; *p; p++) {
    *p = *p == '\'' ? '"' : *p == '`' ? '\'' : *p;
  }
  json_t *object = json_loads(copy, 0, &error);
  ck_assert_msg(object != NULL, "%s: %s", error.text, text);
  pe_test_case_new(c, alloc, object);
  json_decref(object);
  free(copy);
}

static void drop_list(const pe_policy_list *list) {
  for (uint32_t i = 0; i < list->count; i++) pe_policy_unref(list->items[i]);
}

void pe_test_case_done(pe_test_case *c) {
  const pe_policyset *s = &c->set;
  const pe_policy_list *const lists[] = {&s->identity, &s->resource, &s->boundary, &s->session, &s->endpoint};
  for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) drop_list(lists[i]);
  for (uint32_t i = 0; i < s->nscp; i++) drop_list(&s->scp[i]);
  for (uint32_t i = 0; i < s->nrcp; i++) drop_list(&s->rcp[i]);
  pe_request_builder_free(c->builder);
  pe_arena_free(c->arena);
}

/* ---- vectors ---- */

static json_t *expand(const json_t *node, const json_t *with) {
  const char *key;
  json_t *v;
  size_t i;
  if (json_is_string(node) && json_string_value(node)[0] == '$') {
    v = json_object_get(with, json_string_value(node) + 1);
    return v ? json_incref(v) : NULL;
  }
  if (json_is_array(node)) {
    json_t *out = json_array();
    json_array_foreach(node, i, v) {
      json_t *one = expand(v, with);
      if (one) json_array_append_new(out, one);
    }
    return out;
  }
  if (!json_is_object(node)) return json_incref((json_t *)node);
  json_t *out = json_object();
  json_object_foreach((json_t *)node, key, v) {
    json_t *one = expand(v, with);
    if (one) json_object_set_new(out, key, one);
  }
  return out;
}

json_t *pe_test_vector_case(const json_t *file, const json_t *vector) {
  const json_t *template = json_object_get(file, "template");
  if (!template) return json_incref(json_object_get(vector, "case"));
  return expand(template, json_object_get(vector, "with"));
}
