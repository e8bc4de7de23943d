/* SPDX-License-Identifier: MIT */
/* Cases: read, written, read again. Every vector of a decision, and the simulator against the public objects. */
#include <dirent.h>
#include <policyeval/policyeval.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decide_case.h"
#include "eval/case_set.h"
#include "report/render.h"
#include "unit.h"

typedef struct asked {
  const pe_alloc *alloc;
  pe_arena *arena;
  pe_source source;
  pe_json json;
  pe_request_builder *builder;
  pe_case c;
  pe_case_fault fault;
  const pe_request *request;
} asked;

static void read_case(asked *a, const pe_alloc *alloc, const char *text) {
  static const pe_readings defaults;
  const char *why = "";
  *a = (asked){
      .alloc = alloc, .arena = pe_arena_new(alloc, 0), .builder = pe_request_builder_new(alloc, NULL)};
  a->source.text = pe_slice_str(text);
  pe_buf_init(&a->fault.message, alloc);
  ck_assert_int_eq(pe_json_read(a->arena, &a->source, &pe_load_limits_default.json, &a->json, NULL), 0);
  const int rc = pe_case_read(&a->json, a->builder, &defaults, &a->c, &a->fault);
  ck_assert_msg(rc == 0, "%s: %s", text, rc == POLICYEVAL_EPOLICY ? a->fault.message.ptr : "no memory");
  ck_assert_int_eq(pe_request_prepare(a->builder, &a->request, &why), 0);
}

static void done(asked *a) {
  pe_request_builder_free(a->builder);
  pe_buf_done(&a->fault.message);
  pe_arena_free(a->arena);
}

static int decide(asked *a, pe_case_sets *sets, const pe_case *with, pe_rowset *assumptions) {
  pe_case_set *set = NULL;
  pe_trace trace;
  pe_trace_init(&trace, a->alloc);
  ck_assert_int_eq(pe_case_sets_get(sets, with, pe_case_resource_kind(a->request), &set, &a->fault), 0);
  ck_assert_int_eq(pe_decide(&set->set, a->request, false, &trace), 0);
  const int effect = trace.effect;
  *assumptions = trace.assumptions;
  pe_trace_done(&trace);
  pe_case_set_unref(set);
  return effect;
}

/* What was written is asked again with the policies of the first, and written again. */
static void round_trip(const pe_alloc *alloc, pe_case_sets *sets, const char *text) {
  asked first, second;
  pe_buf once, twice;
  pe_rowset rows, again;
  pe_buf_init(&once, alloc);
  pe_buf_init(&twice, alloc);
  read_case(&first, alloc, text);
  ck_assert_int_eq(pe_render_case(first.request, &once), 0);
  read_case(&second, alloc, once.ptr);
  ck_assert_int_eq(pe_render_case(second.request, &twice), 0);
  ck_assert_msg(strcmp(once.ptr, twice.ptr) == 0, "%s\n%s\n%s", text, once.ptr, twice.ptr);
  const int effect = decide(&first, sets, &first.c, &rows), same = decide(&second, sets, &first.c, &again);
  ck_assert_msg(effect == same && memcmp(&rows, &again, sizeof rows) == 0, "%d, then %d: %s\n%s", effect,
                same, text, once.ptr);
  pe_buf_done(&once);
  pe_buf_done(&twice);
  done(&first);
  done(&second);
}

static unsigned run_file(const pe_alloc *alloc, pe_case_sets *sets, const char *name) {
  char path[300];
  json_error_t error;
  unsigned n = 0;
  snprintf(path, sizeof path, "tests/vectors/decide/%s", name);
  char *text = pe_test_read(path, NULL);
  json_t *file = json_loads(text, JSON_REJECT_DUPLICATES, &error), *vector;
  size_t i;
  ck_assert_msg(file != NULL, "%s: %s", path, error.text);
  json_array_foreach(json_object_get(file, "vectors"), i, vector) {
    json_t *object = pe_test_vector_case(file, vector);
    char *line = json_dumps(object, JSON_COMPACT);
    round_trip(alloc, sets, line);
    free(line);
    json_decref(object);
    n++;
  }
  json_decref(file);
  free(text);
  return n;
}

START_TEST(a_request_survives_being_written)
{
  const char *top = getenv("srcdir");
  char folder[4096];
  unsigned ran = 0;
  pe_load_options options = {.limits = pe_load_limits_default};
  pe_case_sets *sets = pe_case_sets_new(&pe_alloc_libc, &options);
  snprintf(folder, sizeof folder, "%s/tests/vectors/decide", top ? top : ".");
  DIR *dir = opendir(folder);
  ck_assert_msg(dir != NULL, "%s", folder);
  for (struct dirent *entry; (entry = readdir(dir));) {
    const size_t len = strlen(entry->d_name);
    if (len > 5 && strcmp(entry->d_name + len - 5, ".json") == 0)
      ran += run_file(&pe_alloc_libc, sets, entry->d_name);
  }
  closedir(dir);
  pe_case_sets_free(sets);
  ck_assert_uint_gt(ran, 1000);
}
END_TEST

START_TEST(callers_and_keys_of_every_sort)
{
  static const char *const texts[] = {
      "{\"principal\":{\"anonymous\":true},\"action\":\"s3:GetObject\",\"resource\":\"arn:aws:s3:::b/"
      "k\",\"resource_account\":"
      "\"111122223333\",\"resource_management_account\":true}",
      "{\"principal\":{\"service\":\"lambda.amazonaws.com\"},\"action\":\"s3:GetObject\",\"resource\":\"*\"}",
      "{\"principal\":{\"federated\":\"accounts.google.com\"},\"action\":\"sts:AssumeRoleWithWebIdentity\","
      "\"resource\":"
      "\"arn:aws:iam::111122223333:role/R\"}",
      "{\"principal\":{\"arn\":\"arn:aws:sts::111122223333:assumed-role/R/s\",\"path\":\"/team/"
      "\",\"id\":\"AROAEXAMPLE\"},\"action\":"
      "\"s3:GetObject\",\"resource\":\"arn:aws:s3:::b/k\"}",
      "{\"principal\":{\"arn\":\"arn:aws:sts::111122223333:assumed-role/R/"
      "s\",\"role_arn\":\"arn:aws:iam::111122223333:role/t/R\","
      "\"management_account\":true,\"tags\":{\"Team\":\"a\",\"team\":\"b\",\"TEAM\":\"c\"}},\"action\":\"s3:"
      "GetObject\",\"resource\":"
      "\"arn:aws:s3:::b/"
      "k\",\"context\":{\"aws:TagKeys\":[\"a\"],\"aws:SourceIp\":\"\\u0001\\\"\\\\\",\"x:Y\":[]}}",
      "{\"principal\":{\"arn\":\"arn:aws:sts::111122223333:federated-user/"
      "f\",\"parent\":\"arn:aws:iam::111122223333:user/p\"},"
      "\"action\":\"s3:GetObject\",\"resource\":\"arn:aws:s3:::b/"
      "k\",\"unknown\":[\"aws:SourceVpc\"],\"readings\":{\"AMB-8\":\"live\"},"
      "\"only\":\"identity\"}",
  };
  pe_load_options options = {.limits = pe_load_limits_default};
  pe_case_sets *sets = pe_case_sets_new(&pe_alloc_libc, &options);
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) round_trip(&pe_alloc_libc, sets, texts[i]);
  pe_case_sets_free(sets);
}
END_TEST

/* The public objects print the same as the simulator does, but for the id. */
START_TEST(one_case_is_one_decision)
{
  static const char policy[] = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":"
                               "\"s3:*\",\"Resource\":\"*\","
                               "\"Condition\":{\"StringEquals\":{\"aws:PrincipalOrgID\":\"o-1\"}}}]}";
  policyeval_context *c = NULL;
  policyeval_policy *p = NULL;
  policyeval_policyset *set = NULL;
  policyeval_request *r = NULL;
  policyeval_decision *d = NULL;
  policyeval_simulator *s = NULL;
  char *text = NULL, *request = NULL, line[2048];
  ck_assert_int_eq(policyeval_context_new(NULL, &c), 0);
  ck_assert_int_eq(policyeval_policy_load(c, POLICYEVAL_KIND_IDENTITY, policy, POLICYEVAL_NTS, "", &p, NULL),
                   0);
  ck_assert_int_eq(policyeval_policyset_new(c, &set), 0);
  ck_assert_int_eq(policyeval_policyset_add(set, POLICYEVAL_LAYER_IDENTITY, 0, p), 0);
  ck_assert_int_eq(policyeval_request_new(c, &r), 0);
  ck_assert_int_eq(policyeval_request_set_principal(r, "arn:aws:iam::111122223333:user/a", POLICYEVAL_NTS),
                   0);
  ck_assert_int_eq(policyeval_request_set_action(r, "s3:GetObject", POLICYEVAL_NTS), 0);
  ck_assert_int_eq(policyeval_request_set_resource(r, "arn:aws:s3:::b/k", POLICYEVAL_NTS), 0);
  ck_assert_int_eq(policyeval_request_set_unknown(r, "aws:PrincipalOrgID", POLICYEVAL_NTS), 0);
  ck_assert_int_eq(policyeval_decide(set, r, &d), 0);
  ck_assert_int_eq(policyeval_request_json(r, &request, NULL), 0);
  /* The case with the policies put in before its last brace. */
  snprintf(line, sizeof line, "%.*s, \"policies\": {\"identity\": [%s]}}", (int)strlen(request) - 1, request,
           policy);
  ck_assert_int_eq(policyeval_simulator_new(c, &s), 0);
  ck_assert_int_eq(policyeval_simulator_run(s, line, POLICYEVAL_NTS, 1, NULL, &text, NULL), 0);
  ck_assert_str_eq(text, policyeval_decision_json(d, NULL));
  policyeval_free(c, text);
  ck_assert_int_eq(policyeval_simulator_set_format(s, POLICYEVAL_FORMAT_AWS), 0);
  ck_assert_int_eq(policyeval_simulator_run(s, line, POLICYEVAL_NTS, 1, NULL, &text, NULL), 0);
  ck_assert_str_eq(text, policyeval_decision_aws(d, NULL));
  policyeval_free(c, text);
  policyeval_free(c, request);
  policyeval_simulator_free(s);
  policyeval_decision_free(d);
  policyeval_request_free(r);
  policyeval_policyset_unref(set);
  policyeval_policy_unref(p);
  policyeval_context_unref(c);
}
END_TEST

START_TEST(wrong_arguments)
{
  policyeval_context *c = NULL;
  policyeval_simulator *s = NULL;
  char *text = NULL;
  ck_assert_int_eq(policyeval_context_new(NULL, &c), 0);
  ck_assert_int_eq(policyeval_simulator_new(NULL, &s), POLICYEVAL_EINVAL);
  ck_assert_int_eq(policyeval_simulator_new(c, NULL), POLICYEVAL_EINVAL);
  ck_assert_int_eq(policyeval_simulator_new(c, &s), 0);
  ck_assert_int_eq(policyeval_simulator_set_format(s, 3), POLICYEVAL_EINVAL);
  ck_assert_int_eq(policyeval_simulator_set_format(NULL, POLICYEVAL_FORMAT_JSON), POLICYEVAL_EINVAL);
  ck_assert_int_eq(policyeval_simulator_run(NULL, "", 0, 1, NULL, &text, NULL), POLICYEVAL_EINVAL);
  ck_assert_int_eq(policyeval_simulator_run(s, NULL, 0, 1, NULL, &text, NULL), POLICYEVAL_EINVAL);
  ck_assert_int_eq(policyeval_simulator_run(s, "", 0, 1, NULL, NULL, NULL), POLICYEVAL_EINVAL);
  ck_assert_int_eq(policyeval_simulator_run(s, " \t\r", POLICYEVAL_NTS, 1, NULL, &text, NULL), 0);
  ck_assert_ptr_null(text);
  /* Bytes that are no text at all. */
  ck_assert_int_eq(policyeval_simulator_run(s, "{\"id\": \"\0\"}", 11, 1, NULL, &text, NULL),
                   POLICYEVAL_EJSON);
  policyeval_free(c, text);
  ck_assert_int_eq(policyeval_simulator_run(s, "\xff\xfe", 2, 7, NULL, &text, NULL), POLICYEVAL_EJSON);
  ck_assert_ptr_nonnull(strstr(text, "\"line\": 7"));
  policyeval_free(c, text);
  policyeval_simulator_free(NULL);
  policyeval_simulator_free(s);
  policyeval_context_unref(c);
}
END_TEST

UNIT_MAIN("case", a_request_survives_being_written, callers_and_keys_of_every_sort, one_case_is_one_decision,
          wrong_arguments)
