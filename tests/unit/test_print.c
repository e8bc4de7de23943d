/* SPDX-License-Identifier: MIT */
/* The canonical text: what is printed loads as an equal policy. */
#include "loaded.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *print(const pe_policy *p) {
  pe_buf out;
  pe_buf_init(&out, &pe_alloc_libc);
  pe_policy_print(p, &out);
  char *text = pe_buf_take(&out, NULL);
  ck_assert_ptr_nonnull(text);
  return text;
}

static void round_trip(int kind, const char *text, const char *what) {
  loaded first = loaded_new(kind, text);
  ck_assert_msg(first.rc == 0, "%s: %d %s", what, first.rc,
                first.findings.list.len ? first.findings.list.data[0].message.ptr : "");
  char *printed = print(first.policy);
  loaded second = loaded_ok(kind, printed);
  ck_assert_msg(pe_policy_equal(first.policy, second.policy), "%s\n%s", what, printed);
  char *again = print(second.policy);
  ck_assert_str_eq(printed, again);
  free(again);
  free(printed);
  loaded_done(&second);
  loaded_done(&first);
}

START_TEST(canonical_form)
{
  loaded l = loaded_ok(
      POLICYEVAL_KIND_SECRET,
      "{\"Statement\": {\"Resource\": [\"*\"], \"Effect\": \"Deny\", \"NotAction\": [\"a:b\", \"c:\\u0064\"],"
      "\"Principal\": {\"Service\": [\"x.amazonaws.com\"], \"AWS\": [\"*\", \"111122223333\"]},"
      "\"Condition\": {\"NumericEquals\": {\"a:n\": [1, 2.0]}, \"Bool\": {\"a:b\": true, \"a:c\": []}},"
      "\"Sid\": \"q\\\"\\\\\\n\\u00e9\"}, \"Id\": \"\", \"Version\": \"2008-10-17\"}");
  char *text = print(l.policy);
  ck_assert_str_eq(
      text, "{\"Version\":\"2008-10-17\",\"Id\":\"\",\"Statement\":[{\"Sid\":\"q\\\"\\\\\\u000a\xC3\xA9\","
            "\"Effect\":\"Deny\",\"Principal\":{\"Service\":\"x.amazonaws.com\",\"AWS\":[\"*\","
            "\"111122223333\"]},\"NotAction\":[\"a:b\",\"c:d\"],\"Resource\":\"*\",\"Condition\":{"
            "\"NumericEquals\":{\"a:n\":[1,2.0]},\"Bool\":{\"a:b\":true,\"a:c\":[]}}}]}");
  free(text);
  loaded_done(&l);
}
END_TEST

START_TEST(round_trips)
{
  static const char *const texts[] = {
      "{\"Statement\":[{\"Effect\":\"Allow\",\"NotPrincipal\":{\"AWS\":[]},\"Action\":[],\"Resource\":[]}]}",
      "{\"Statement\":[{\"Effect\":\"Deny\",\"NotPrincipal\":\"*\",\"Action\":\"*\",\"NotResource\":[null,\" "
      "x\"]}]}",
      "{\"Statement\":[{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"s3\",\"Resource\":\"arn:aws\","
      "\"Condition\":"
      "{\"x\":{},\"StringEquals\":{\"k\":\"\"},\"ForAllValues:StringLike\":{\"k\":[\"a\",\"b\"]}}}]}",
  };
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    round_trip(POLICYEVAL_KIND_RESOURCE, texts[i], texts[i]);
  }
  static const char trust[] = "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"111122223333\"},"
                              "\"Action\":\"sts:AssumeRole\"}]}";
  round_trip(POLICYEVAL_KIND_TRUST, trust, trust);
  loaded l = loaded_lenient(POLICYEVAL_KIND_IDENTITY, "{\"Statement\":{\"Effect\":\"Allow\"}}");
  char *printed = print(l.policy);
  ck_assert_str_eq(printed, "{\"Statement\":[{\"Effect\":\"Allow\"}]}");
  free(printed);
  loaded_done(&l);
}
END_TEST

START_TEST(unequal)
{
  static const char *const texts[] = {
      "{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"a:b\",\"Resource\":\"*\"}}",
      "{\"Statement\":{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"a:b\",\"Resource\":\"*\"}}",
      "{\"Statement\":{\"Effect\":\"Allow\",\"NotPrincipal\":\"*\",\"Action\":\"a:b\",\"Resource\":\"*\"}}",
      "{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"*\"},\"Action\":\"a:b\",\"Resource\":\"*"
      "\"}}",
      "{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"a:c\",\"Resource\":\"*\"}}",
      "{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\",\"NotAction\":\"a:b\",\"Resource\":\"*\"}}",
      "{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"a:b\",\"Resource\":\"arn:aws:s3:"
      "::b\"}}",
      "{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"a:b\",\"Resource\":\"*\","
      "\"Sid\":\"\"}}",
      "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"a:"
      "b\","
      "\"Resource\":\"*\"}}",
      "{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"a:b\",\"Resource\":\"*\","
      "\"Condition\":"
      "{\"NumericEquals\":{\"k\":1}}}}",
      "{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"a:b\",\"Resource\":\"*\","
      "\"Condition\":"
      "{\"NumericEquals\":{\"k\":\"1\"}}}}",
  };
  enum { COUNT = sizeof texts / sizeof texts[0] };
  loaded l[COUNT];
  for (size_t i = 0; i < COUNT; i++) l[i] = loaded_ok(POLICYEVAL_KIND_RESOURCE, texts[i]);
  for (size_t i = 0; i < COUNT; i++) {
    for (size_t k = 0; k < COUNT; k++) {
      ck_assert_msg(pe_policy_equal(l[i].policy, l[k].policy) == (i == k), "%s\n%s", texts[i], texts[k]);
    }
  }
  for (size_t i = 0; i < COUNT; i++) loaded_done(&l[i]);
}
END_TEST

static FILE *open_corpus(void) {
  const char *folder = getenv("POLICYEVAL_CORPUS"), *top = getenv("srcdir");
  char path[4096];
  if (folder) {
    snprintf(path, sizeof path, "%s/aws-managed-policies.jsonl", folder);
  } else {
    snprintf(path, sizeof path, "%s/../shared/corpus/aws-managed-policies.jsonl", top ? top : ".");
  }
  return fopen(path, "r");
}

/* Every policy that AWS itself manages loads without a word, and comes back the same. */
START_TEST(corpus)
{
  FILE *file = open_corpus();
  if (!file) {
    puts("no corpus of real policies here (POLICYEVAL_CORPUS): not checked");
    return;
  }
  json_error_t error;
  size_t count = 0;
  for (json_t *line; (line = json_loadf(file, JSON_DISABLE_EOF_CHECK, &error)); count++) {
    char *text = json_dumps(json_object_get(line, "document"), 0);
    round_trip(POLICYEVAL_KIND_IDENTITY, text, json_string_value(json_object_get(line, "name")));
    free(text);
    json_decref(line);
  }
  fclose(file);
  ck_assert_uint_gt(count, 1000);
}
END_TEST

START_TEST(no_memory)
{
  loaded l = loaded_ok(POLICYEVAL_KIND_IDENTITY,
                       "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"a:b\",\"Resource\":\"*\"}}");
  UNIT_EACH_ALLOCATION (mem, rc) {
    pe_buf out;
    pe_buf_init(&out, &mem.alloc);
    pe_policy_print(l.policy, &out);
    rc = out.failed ? POLICYEVAL_ENOMEM : 0;
    pe_buf_done(&out);
  }
  loaded_done(&l);
}
END_TEST

UNIT_MAIN("print", canonical_form, round_trips, unequal, corpus, no_memory)
