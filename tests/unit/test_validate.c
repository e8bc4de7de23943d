/* SPDX-License-Identifier: MIT */
/* Validation: every vector of tests/vectors/validate, every rule fired and silent, fixes that stay fixed, every
 * allocation failing. */
#include "unit.h"

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/cover.h"
#include "check/diff.h"
#include "policy/finding.h"
#include "policyeval/policyeval.h"

/* Rules without vectors, and the test that fires each. */
static const char *const elsewhere[] = {
    "CHECK_INCOMPLETE", /* work_is_limited */
    "FILE_UNREADABLE",  /* of files: tests/cli */
};

typedef struct run {
  policyeval_context *context;
  policyeval_validation *validation;
  policyeval_report *report;
  int kind, rc;
} run;

static const char *source_path(const char *path, char *out, size_t size) {
  const char *top = getenv("srcdir");
  snprintf(out, size, "%s/%s", top ? top : ".", path);
  return out;
}

static char *document_of(const json_t *vector) {
  const json_t *text = json_object_get(vector, "text");
  if (text) return strdup(json_string_value(text));
  return json_dumps(json_object_get(vector, "document"), JSON_INDENT(2));
}

static int each_text(policyeval_validation *v, const json_t *list, int (*take)(policyeval_validation *v, const char *text)) {
  size_t i;
  json_t *item;
  int rc = 0;
  json_array_foreach(list, i, item) {
    if (rc == 0) rc = take(v, json_string_value(item));
  }
  return rc;
}

static int add_identity(run *r, const json_t *list) {
  size_t i;
  json_t *item;
  int rc = 0;
  json_array_foreach(list, i, item) {
    char *text = json_dumps(item, 0);
    policyeval_policy *policy = NULL;
    if (rc == 0) rc = policyeval_policy_load(r->context, POLICYEVAL_KIND_IDENTITY, text, POLICYEVAL_NTS, "identity", &policy, NULL);
    if (rc == 0) rc = policyeval_validation_add_identity_policy(r->validation, policy);
    policyeval_policy_unref(policy);
    free(text);
  }
  return rc;
}

static int start(run *r, const pe_alloc *alloc, const json_t *vector) {
  const json_t *o = json_object_get(vector, "options"), *known = json_object_get(o, "known_principals");
  const char *caller = json_string_value(json_object_get(o, "caller"));
  const char *catalog = json_string_value(json_object_get(o, "catalog"));
  char path[1024];
  *r = (run){.kind = policyeval_kind_find(json_string_value(json_object_get(vector, "kind")))};
  int rc = alloc ? pe_test_context(alloc, &r->context) : policyeval_context_new(NULL, &r->context);
  if (rc == 0 && catalog)
    rc = policyeval_context_load_catalog(r->context, source_path(catalog, path, sizeof path), NULL);
  if (rc == 0) rc = policyeval_validation_new(r->context, &r->validation);
  if (rc == 0 && caller) rc = policyeval_validation_set_caller(r->validation, caller, POLICYEVAL_NTS);
  if (rc == 0) rc = add_identity(r, json_object_get(o, "identity"));
  if (rc == 0) rc = each_text(r->validation, json_object_get(o, "only"), policyeval_validation_only);
  if (rc == 0) rc = each_text(r->validation, json_object_get(o, "ignore"), policyeval_validation_ignore);
  if (rc == 0 && known) {
    char *text = json_dumps(known, 0);
    rc = policyeval_validation_add_known_principals(r->validation, text, POLICYEVAL_NTS);
    free(text);
  }
  return rc;
}

static void stop(run *r) {
  policyeval_report_free(r->report);
  policyeval_validation_free(r->validation);
  policyeval_context_unref(r->context);
}

static bool has_code(const policyeval_report *report, const char *code) {
  for (size_t i = 0; i < policyeval_report_count(report); i++)
    if (strcmp(policyeval_report_code(report, i).ptr, code) == 0) return true;
  return false;
}

static bool lists(const json_t *codes, const char *code) {
  size_t i;
  json_t *item;
  json_array_foreach(codes, i, item) {
    if (strcmp(json_string_value(item), code) == 0) return true;
  }
  return false;
}

static void check_codes(const char *id, const policyeval_report *report, const json_t *codes) {
  size_t i;
  json_t *item;
  json_array_foreach(codes, i, item) {
    ck_assert_msg(has_code(report, json_string_value(item)), "%s: %s is missing", id, json_string_value(item));
  }
  for (i = 0; i < policyeval_report_count(report); i++)
    ck_assert_msg(lists(codes, policyeval_report_code(report, i).ptr), "%s: unexpected %s: %s", id,
                  policyeval_report_code(report, i).ptr, policyeval_report_message(report, i).ptr);
}

static void check_places(const char *id, const policyeval_report *report, const json_t *findings) {
  size_t i;
  json_t *item;
  json_array_foreach(findings, i, item) {
    policyeval_span span;
    ck_assert_msg(i < policyeval_report_count(report), "%s: %zu findings", id, i);
    ck_assert_str_eq(policyeval_report_code(report, i).ptr, json_string_value(json_object_get(item, "code")));
    ck_assert_int_eq(policyeval_report_span(report, i, &span), 0);
    ck_assert_msg(span.start.line == (uint32_t)json_integer_value(json_object_get(item, "line")) &&
                      span.start.column == (uint32_t)json_integer_value(json_object_get(item, "column")),
                  "%s: %s at %u:%u", id, policyeval_report_code(report, i).ptr, span.start.line, span.start.column);
  }
}

/* Fixing once is enough, brings no fault that was not there, and only changes what it says. */
static void check_fixed(const char *id, const run *r, const char *text, const json_t *wanted) {
  char *once = NULL, *twice = NULL, *diff = NULL;
  size_t len, again, diff_len;
  policyeval_report *after = NULL;
  const int rc = policyeval_fix(r->validation, r->kind, text, POLICYEVAL_NTS, "vector", &once, &len, &diff, &diff_len);
  ck_assert_msg(rc == r->rc || r->rc != 0, "%s: fix %d", id, rc);
  ck_assert_int_eq(policyeval_fix(r->validation, r->kind, once, len, "vector", &twice, &again, NULL, NULL), rc);
  ck_assert_msg(len == again && memcmp(once, twice, len) == 0, "%s: fixing again changes\n%s\nto\n%s", id, once, twice);
  ck_assert_msg((diff_len == 0) == (strcmp(text, once) == 0), "%s: the difference is\n%s", id, diff);
  policyeval_validate(r->validation, r->kind, once, len, "vector", &after);
  for (size_t i = 0; i < policyeval_report_count(after); i++) {
    const char *code = policyeval_report_code(after, i).ptr;
    ck_assert_msg(has_code(r->report, code), "%s: after the fix there is %s in\n%s", id, code, once);
  }
  if (wanted) {
    json_t *got = json_loads(once, 0, NULL);
    ck_assert_msg(got && json_equal(got, wanted), "%s: fixed is\n%s", id, once);
    json_decref(got);
  }
  policyeval_report_free(after);
  policyeval_free(r->context, once);
  policyeval_free(r->context, twice);
  policyeval_free(r->context, diff);
}

static void run_vector(const json_t *vector) {
  const char *id = json_string_value(json_object_get(vector, "id"));
  const json_t *expect = json_object_get(vector, "expect");
  char *text = document_of(vector);
  run r;
  ck_assert_msg(start(&r, NULL, vector) == 0, "%s: options", id);
  r.rc = policyeval_validate(r.validation, r.kind, text, POLICYEVAL_NTS, "vector", &r.report);
  ck_assert_msg(r.rc == 0 || policyeval_report_count(r.report) > 0, "%s: %d", id, r.rc);
  check_codes(id, r.report, json_object_get(expect, "codes"));
  check_places(id, r.report, json_object_get(expect, "findings"));
  check_fixed(id, &r, text, json_object_get(expect, "fixed"));
  ck_assert_ptr_nonnull(policyeval_report_text(r.report, NULL));
  ck_assert_ptr_nonnull(policyeval_report_sarif(r.report, NULL));
  stop(&r);
  free(text);
}

typedef void (*vector_fn)(const json_t *vector, void *user);

static size_t each_vector(vector_fn fn, void *user) {
  char folder[1024], path[2048];
  size_t count = 0;
  DIR *dir = opendir(source_path("tests/vectors/validate", folder, sizeof folder));
  ck_assert_ptr_nonnull(dir);
  for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
    if (!strstr(entry->d_name, ".json")) continue;
    json_error_t error;
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    json_t *file = json_load_file(path, 0, &error);
    ck_assert_msg(file != NULL, "%s: %s", path, error.text);
    size_t i;
    json_t *vector;
    json_array_foreach(json_object_get(file, "vectors"), i, vector) {
      fn(vector, user);
      count++;
    }
    json_decref(file);
  }
  closedir(dir);
  return count;
}

static void run_one(const json_t *vector, void *user) {
  (void)user;
  run_vector(vector);
}

START_TEST(all_vectors_hold) {
  ck_assert_uint_gt(each_vector(run_one, NULL), 300);
}
END_TEST

static void note(const json_t *vector, void *user) {
  unsigned char *seen = user;
  const char *code = json_string_value(json_object_get(vector, "rule"));
  const int rule = pe_rule_find(pe_slice_str(code));
  ck_assert_msg(rule >= 0, "%s is no rule", code);
  const json_t *codes = json_object_get(json_object_get(vector, "expect"), "codes");
  seen[rule] |= lists(codes, code) ? 1 : 2;
}

START_TEST(every_rule_fires_and_stays_silent) {
  unsigned char seen[PE_RULES] = {0};
  each_vector(note, seen);
  for (int i = 0; i < PE_RULES; i++) {
    const char *id = pe_rule_get((pe_rule)i)->id;
    bool other = false;
    for (size_t k = 0; k < sizeof elsewhere / sizeof elsewhere[0]; k++) other = other || strcmp(elsewhere[k], id) == 0;
    ck_assert_msg(other || seen[i] == 3, "%s: %s vector is missing", id, seen[i] & 1 ? "a silent" : "a firing");
    ck_assert_msg(!other || seen[i] == 0, "%s has vectors and an exception", id);
  }
}
END_TEST

/* L5.2: what is accepted and never has an effect is at least a warning. */
START_TEST(silence_is_at_least_a_warning) {
  static const pe_rule rules[] = {
      PE_RULE_INVALID_ACTION, PE_RULE_ACTION_MATCHES_NOTHING, PE_RULE_ACTION_NEEDS_STAR_RESOURCE,
      PE_RULE_ACTION_RESOURCE_MISMATCH, PE_RULE_INVALID_ARN_PREFIX, PE_RULE_RESOURCE_TRAILING_SPACE,
      PE_RULE_INVALID_SERVICE, PE_RULE_INVALID_ARN_SERVICE_CASE, PE_RULE_SECRET_ARN_WITHOUT_SUFFIX,
      PE_RULE_KMS_ALIAS_RESOURCE, PE_RULE_INVALID_GLOBAL_CONDITION_KEY, PE_RULE_INVALID_SERVICE_CONDITION_KEY,
      PE_RULE_WILDCARD_WITHOUT_LIKE_OPERATOR, PE_RULE_PRIVATE_IP_ADDRESS, PE_RULE_INVALID_USER_REFERENCE,
      PE_RULE_INVALID_ROLE_REFERENCE, PE_RULE_EMPTY_ARRAY_ACTION, PE_RULE_EMPTY_ARRAY_RESOURCE,
      PE_RULE_EMPTY_ARRAY_PRINCIPAL, PE_RULE_EMPTY_OBJECT_PRINCIPAL, PE_RULE_KEY_STATEMENT_WITHOUT_RESOURCE,
      PE_RULE_VARIABLE_KEY_UNKNOWN, PE_RULE_PRINCIPAL_ARN_IS_SESSION, PE_RULE_SOURCE_KEY_FOR_PERSON,
      PE_RULE_ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE, PE_RULE_STATEMENT_SHADOWED,
      PE_RULE_EMPTY_ARRAY_CONDITION_FORANYVALUE, PE_RULE_REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION,
      PE_RULE_NON_ASCII_BLANK, PE_RULE_VERSION_STAGE_NOT_PASSED,
  };
  for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
    ck_assert_msg(pe_rule_get(rules[i])->severity <= PE_WARNING, "%s", pe_rule_get(rules[i])->id);
}
END_TEST

/* A document with a fault of every layer, and all that can be asked of it. */
static const char rich[] =
    "{\"Statement\":[{\"Sid\":\"\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":[\"*\",\"arn:aws:iam::ACCOUNT:role/R\"],"
    "\"Service\":\"x.amazonaws.com\"},\"Action\":[\"secretsmanager:Get*\",\"secretsmanager:GetSecretValue\"],"
    "\"Resource\":[\" arn:aws:secretsmanager:us-east-1:111122223333:secret:a\",\"*\"],\"Condition\":{\"IpAddress\":"
    "{\"aws:SourceIP\":[\"10.0.0.1/8\",\"203.0.113.7/24\",\"203.0.113.0/25\"]},\"DateLessThan\":{\"aws:CurrentTime\":\"1893456000\"},"
    "\"StringLike\":{\"aws:username\":\"${aws:nobody}*\"}}},{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\"},"
    "{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\"}]}";

START_TEST(every_allocation_may_fail) {
  json_t *vector = json_pack("{s:s,s:{s:s,s:[s],s:[s]}}", "kind", "secret", "options", "caller",
                             "arn:aws:iam::111122223333:role/R", "known_principals", "arn:aws:iam::111122223333:role/S",
                             "ignore", "OLD_VERSION");
  UNIT_EACH_ALLOCATION(mem, rc) {
    run r;
    char *fixed = NULL, *diff = NULL;
    rc = start(&r, &mem.alloc, vector);
    if (rc == 0) rc = policyeval_validate(r.validation, r.kind, rich, POLICYEVAL_NTS, "rich", &r.report);
    if (rc == 0) rc = policyeval_validate(r.validation, r.kind, "{\"Statement\":[", POLICYEVAL_NTS, "bad", &r.report) ==
                                POLICYEVAL_ENOMEM ? POLICYEVAL_ENOMEM : 0;
    if (rc == 0 && !policyeval_report_json(r.report, NULL)) rc = POLICYEVAL_ENOMEM;
    if (rc == 0 && !policyeval_report_text(r.report, NULL)) rc = POLICYEVAL_ENOMEM;
    if (rc == 0 && !policyeval_report_sarif(r.report, NULL)) rc = POLICYEVAL_ENOMEM;
    if (rc == 0 && !policyeval_report_aws(r.report, NULL)) rc = POLICYEVAL_ENOMEM;
    if (rc == 0) rc = policyeval_fix(r.validation, r.kind, rich, POLICYEVAL_NTS, "rich", &fixed, NULL, &diff, NULL);
    policyeval_free(r.context, fixed);
    policyeval_free(r.context, diff);
    stop(&r);
  }
  json_decref(vector);
}
END_TEST

START_TEST(a_reply_is_fixed_inside) {
  static const char reply[] = "{\n  \"Name\": \"s\",\n  \"ResourcePolicy\": \"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[{"
                              "\\\"Sid\\\":\\\"\\\",\\\"Effect\\\":\\\"Allow\\\",\\\"Principal\\\":{\\\"AWS\\\":\\\"111122223333\\\"},"
                              "\\\"Action\\\":[\\\"secretsmanager:GetSecretValue\\\",\\\"secretsmanager:Get*\\\"],"
                              "\\\"Resource\\\":\\\"*\\\"}]}\"\n}\n";
  static const char good[] = "{\n  \"Name\": \"s\",\n  \"ResourcePolicy\": \"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[{"
                             "\\\"Effect\\\":\\\"Allow\\\",\\\"Principal\\\":{\\\"AWS\\\":\\\"111122223333\\\"},"
                             "\\\"Action\\\":[\\\"secretsmanager:Get*\\\"],\\\"Resource\\\":\\\"*\\\"}]}\"\n}\n";
  json_t *vector = json_pack("{s:s}", "kind", "secret");
  char *fixed = NULL, *diff = NULL;
  run r;
  ck_assert_int_eq(start(&r, NULL, vector), 0);
  ck_assert_int_eq(policyeval_fix(r.validation, r.kind, reply, POLICYEVAL_NTS, "reply.json", &fixed, NULL, &diff, NULL), 0);
  ck_assert_str_eq(fixed, good);
  ck_assert(strncmp(diff, "--- reply.json\n+++ reply.json\n@@ -1,4 +1,4 @@\n {\n", 49) == 0);
  policyeval_free(r.context, fixed);
  policyeval_free(r.context, diff);
  stop(&r);
  json_decref(vector);
}
END_TEST

START_TEST(several_documents_share_a_report) {
  json_t *vector = json_pack("{s:s}", "kind", "identity");
  run r;
  ck_assert_int_eq(start(&r, NULL, vector), 0);
  ck_assert_int_eq(policyeval_validate(r.validation, r.kind, "[]", POLICYEVAL_NTS, "b", &r.report), POLICYEVAL_EPOLICY);
  ck_assert_uint_eq(policyeval_report_count(r.report), 1);
  ck_assert_ptr_nonnull(policyeval_report_json(r.report, NULL));
  ck_assert_int_eq(policyeval_validate(r.validation, r.kind, "{\"Version\":\"2012-10-17\",\"Statement\":[]}", POLICYEVAL_NTS,
                                       "a", &r.report), 0);
  ck_assert_uint_eq(policyeval_report_count(r.report), 2);
  ck_assert_str_eq(policyeval_report_source(r.report, 0).ptr, "b");
  ck_assert_str_eq(policyeval_report_source(r.report, 1).ptr, "a");
  ck_assert_ptr_nonnull(strstr(policyeval_report_json(r.report, NULL), "MISSING_STATEMENT"));
  ck_assert_int_eq(policyeval_validation_ignore(r.validation, "NO_SUCH_RULE"), POLICYEVAL_ENOTFOUND);
  ck_assert_int_eq(policyeval_validation_set_caller(r.validation, "somebody", POLICYEVAL_NTS), POLICYEVAL_EINVAL);
  ck_assert_int_eq(policyeval_validate(NULL, 1, "", 0, NULL, &r.report), POLICYEVAL_EINVAL);
  stop(&r);
  json_decref(vector);
}
END_TEST

START_TEST(fingerprints_do_not_move) {
  static const char one[] = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"x\",\"Resource\":\"y\"}]}";
  static const char two[] = "{\n\n \"Version\":\"2012-10-17\",\n\"Statement\":[\n"
                            "{\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Resource\":\"*\"},\n"
                            "{\"Effect\":\"Allow\",\"Action\":\"x\",\"Resource\":\"y\"}]}";
  const char *texts[] = {one, two};
  json_t *vector = json_pack("{s:s}", "kind", "identity"), *prints[2];
  for (int i = 0; i < 2; i++) {
    run r;
    ck_assert_int_eq(start(&r, NULL, vector), 0);
    ck_assert_int_eq(policyeval_validate(r.validation, r.kind, texts[i], POLICYEVAL_NTS, "p", &r.report), 0);
    json_t *sarif = json_loads(policyeval_report_sarif(r.report, NULL), 0, NULL), *result, *rule;
    json_t *run0 = json_array_get(json_object_get(sarif, "runs"), 0);
    json_t *rules = json_object_get(json_object_get(json_object_get(run0, "tool"), "driver"), "rules");
    size_t k;
    prints[i] = json_array();
    json_array_foreach(json_object_get(run0, "results"), k, result) {
      rule = json_array_get(rules, (size_t)json_integer_value(json_object_get(result, "ruleIndex")));
      ck_assert(json_equal(json_object_get(rule, "id"), json_object_get(result, "ruleId")));
      json_array_append(prints[i], json_object_get(result, "partialFingerprints"));
    }
    ck_assert_uint_eq(json_array_size(prints[i]), 2);
    json_decref(sarif);
    stop(&r);
  }
  ck_assert(json_equal(prints[0], prints[1]));
  json_decref(prints[0]);
  json_decref(prints[1]);
  json_decref(vector);
}
END_TEST

/* Patterns that can only be compared in pairs: more pairs than the limit of work. */
START_TEST(work_is_limited) {
  pe_test_alloc mem;
  pe_test_alloc_init(&mem);
  enum { COUNT = 64 };
  static char text[COUNT][16];
  pe_cover_entry entries[COUNT];
  pe_arena *arena = pe_arena_new(&mem.alloc, 0);
  for (int i = 0; i < COUNT; i++) {
    int n = snprintf(text[i], sizeof text[i], "s3:*%d*", i + 100);
    entries[i] = (pe_cover_entry){.text = pe_slice_of(text[i], (size_t)n)};
  }
  uint64_t work = 1000;
  bool incomplete = false;
  ck_assert_int_eq(pe_cover_find(arena, entries, COUNT, true, 1, pe_cover_glob, &work, &incomplete), 0);
  ck_assert(incomplete && work == 0);
  work = 100000;
  incomplete = false;
  ck_assert_int_eq(pe_cover_find(arena, entries, COUNT, true, 1, pe_cover_glob, &work, &incomplete), 0);
  ck_assert(!incomplete && work <= 100000 - COUNT * (COUNT - 1));
  for (int i = 0; i < COUNT; i++) ck_assert_uint_eq(entries[i].by, UINT32_MAX);
  pe_arena_free(arena);
  pe_test_alloc_done(&mem);
}
END_TEST

/* cover against what it means: every short text that the inner one matches, the outer one matches. */
static bool glob(const char *p, const char *s) {
  if (!*p) return !*s;
  if (*p == '*') return glob(p + 1, s) || (*s && glob(p, s + 1));
  return *s && (*p == '?' || *p == *s) && glob(p + 1, s + 1);
}

static void next(char *s, const char *letters, size_t most) { /* the next text over the letters */
  const size_t n = strlen(letters);
  for (size_t i = 0; i < most; i++) {
    if (!s[i]) {
      s[i] = letters[0];
      s[i + 1] = '\0';
      return;
    }
    const size_t at = (size_t)(strchr(letters, s[i]) - letters);
    if (at + 1 < n) {
      s[i] = letters[at + 1];
      return;
    }
    s[i] = letters[0];
  }
  s[0] = '\0';
}

START_TEST(cover_means_what_it_says) {
  enum { LONG = 3, TEXT = 5 };
  char a[LONG + 2] = "", b[LONG + 2] = "", s[TEXT + 2] = "";
  size_t covered = 0;
  for (next(a, "x*?", LONG); a[0]; next(a, "x*?", LONG)) {
    b[0] = '\0';
    for (next(b, "x*?", LONG); b[0]; next(b, "x*?", LONG)) {
      bool all = true, some = false;
      memset(s, 0, sizeof s);
      do {
        all = all && (!glob(b, s) || glob(a, s));
        some = some || (glob(a, s) && glob(b, s));
        next(s, "xy", TEXT);
      } while (s[0]);
      bool says = pe_cover_glob(pe_slice_str(a), pe_slice_str(b), false);
      covered += says;
      ck_assert_msg(!says || all, "%s does not cover %s", a, b);
      ck_assert_msg(pe_cover_meets(pe_slice_str(a), pe_slice_str(b)) == some, "%s and %s", a, b);
    }
  }
  ck_assert_uint_gt(covered, 200);
}
END_TEST

START_TEST(differences_are_patches) {
  static const struct {
    const char *before, *after, *diff;
  } rows[] = {
      {"a\nb\n", "a\nb\n", ""},
      {"a\nb\nc\n", "a\nc\n", "--- n\n+++ n\n@@ -1,3 +1,2 @@\n a\n-b\n c\n"},
      {"a", "b", "--- n\n+++ n\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n"},
      {"", "a\n", "--- n\n+++ n\n@@ -0,0 +1 @@\n+a\n"},
      {"1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\nx\n5\n6\n7\n8\n9\n",
       "--- n\n+++ n\n@@ -1,7 +1,7 @@\n 1\n 2\n 3\n-4\n+x\n 5\n 6\n 7\n"},
      {"1\n2\n3\n4\n5\n6\n7\n8\n9\n", "2\n3\n4\n5\n6\n7\n8\n9\n0\n",
       "--- n\n+++ n\n@@ -1,4 +1,3 @@\n-1\n 2\n 3\n 4\n@@ -7,3 +6,4 @@\n 7\n 8\n 9\n+0\n"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    pe_buf out;
    pe_buf_init(&out, &pe_alloc_libc);
    ck_assert_int_eq(pe_diff_unified(&pe_alloc_libc, pe_slice_str(rows[i].before), pe_slice_str(rows[i].after),
                                     PE_SLICE("n"), &out), 0);
    ck_assert_str_eq(out.ptr, rows[i].diff);
    pe_buf_done(&out);
  }
}
END_TEST

UNIT_MAIN("validate", all_vectors_hold, every_rule_fires_and_stays_silent, silence_is_at_least_a_warning,
          every_allocation_may_fail,
          a_reply_is_fixed_inside, several_documents_share_a_report, fingerprints_do_not_move, work_is_limited,
          cover_means_what_it_says, differences_are_patches)
