/* SPDX-License-Identifier: MIT */
/* Loading: the vectors of tests/vectors/load, and what they cannot say. */
#include "loaded.h"

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int kind_of(const char *name) {
#define KIND(id, value, text)                                                                                \
  if (strcmp(name, text) == 0) return value;
  POLICYEVAL_KINDS(KIND)
#undef KIND
  ck_abort_msg("kind %s", name);
  return 0;
}

static int error_of(const char *name) {
#define ERROR(id, value, text)                                                                               \
  if (strcmp(name, #id) == 0) return value;
  POLICYEVAL_ERRORS(ERROR)
#undef ERROR
  ck_abort_msg("error %s", name);
  return 0;
}

static const char *first_code(const loaded *l) {
  return l->findings.list.len ? pe_rule_get(l->findings.list.data[0].rule)->id : "(none)";
}

/* What a vector expects of its first findings, in order. */
static void check_findings(const char *id, const loaded *l, json_t *expected) {
  size_t i;
  json_t *want;
  json_array_foreach(expected, i, want) {
    ck_assert_msg(i < l->findings.list.len, "%s: only %zu findings", id, l->findings.list.len);
    const pe_finding *f = &l->findings.list.data[i];
    const char *code = json_string_value(json_object_get(want, "code"));
    ck_assert_msg(strcmp(pe_rule_get(f->rule)->id, code) == 0, "%s: finding %zu is %s (%s), not %s", id, i,
                  pe_rule_get(f->rule)->id, f->message.ptr, code);
    policyeval_position at = pe_source_position(f->source, f->span.start);
    const json_t *line = json_object_get(want, "line"), *column = json_object_get(want, "column");
    if (line) {
      ck_assert_msg(at.line == (uint32_t)json_integer_value(line), "%s: %s in line %u", id, code, at.line);
    }
    if (column) {
      ck_assert_msg(at.column == (uint32_t)json_integer_value(column), "%s: %s in column %u", id, code,
                    at.column);
    }
  }
}

static void check_vector(const json_t *vector) {
  const char *id = json_string_value(json_object_get(vector, "id"));
  const json_t *document = json_object_get(vector, "document"), *expect = json_object_get(vector, "expect");
  const char *text = json_string_value(json_object_get(vector, "text"));
  char *dumped = document ? json_dumps(document, JSON_ENCODE_ANY) : NULL;
  loaded l =
      loaded_new(kind_of(json_string_value(json_object_get(vector, "kind"))), document ? dumped : text);
  const json_t *error = json_object_get(expect, "error");
  int want = error ? error_of(json_string_value(error)) : 0;
  ck_assert_msg(l.rc == want, "%s: returned %d, not %d; first finding %s", id, l.rc, want, first_code(&l));
  const json_t *statements = json_object_get(expect, "statements");
  if (statements) ck_assert_uint_eq(l.policy->nstatements, (uint32_t)json_integer_value(statements));
  if (want) ck_assert_msg(l.findings.list.len > 0, "%s: refused without a finding", id);
  check_findings(id, &l, json_object_get(expect, "findings"));
  loaded_done(&l);
  free(dumped);
}

START_TEST(vectors)
{
  const char *top = getenv("srcdir");
  char folder[4096], path[8192];
  snprintf(folder, sizeof folder, "%s/tests/vectors/load", top ? top : ".");
  DIR *dir = opendir(folder);
  ck_assert_msg(dir != NULL, "%s cannot be read", folder);
  size_t count = 0;
  for (struct dirent *entry; (entry = readdir(dir));) {
    if (!strstr(entry->d_name, ".json")) continue;
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    json_error_t error;
    json_t *file = json_load_file(path, 0, &error);
    ck_assert_msg(file != NULL, "%s: %s", path, error.text);
    size_t i;
    json_t *vector;
    json_array_foreach(json_object_get(file, "vectors"), i, vector) {
      check_vector(vector);
      count++;
    }
    json_decref(file);
  }
  closedir(dir);
  ck_assert_uint_gt(count, 60);
}
END_TEST

#define IDENTITY(statement) "{\"Version\":\"2012-10-17\",\"Statement\":" statement "}"

START_TEST(all_faults_at_once_in_order)
{
  loaded l =
      loaded_new(POLICYEVAL_KIND_IDENTITY, "{\"Version\":\"2012-10-18\",\n"
                                           "\"Statement\":[\n"
                                           "{\"Effect\":\"deny\",\"Resource\":\"*\",\"principal\":1},\n"
                                           "{\"Action\":[1],\"Action\":\"a:b\",\"Effect\":\"Allow\"}]}");
  ck_assert_int_eq(l.rc, POLICYEVAL_EPOLICY);
  ck_assert_uint_eq(l.findings.list.len, 7);
  loaded_expect(&l, 0, PE_RULE_INVALID_VERSION, 1, 11);
  loaded_expect(&l, 1, PE_RULE_MISSING_ACTION, 3, 0);
  loaded_expect(&l, 2, PE_RULE_INVALID_EFFECT, 3, 10);
  loaded_expect(&l, 3, PE_RULE_INVALID_POLICY_ELEMENT, 3, 32);
  loaded_expect(&l, 4, PE_RULE_MISSING_RESOURCE, 4, 0);
  loaded_expect(&l, 5, PE_RULE_DATA_TYPE_MISMATCH, 4, 11);
  loaded_expect(&l, 6, PE_RULE_DUPLICATE_MEMBER, 4, 14);
  for (size_t i = 0; i < l.findings.list.len; i++) ck_assert(l.findings.list.data[i].refuses);
  loaded_done(&l);
}
END_TEST

START_TEST(refuses_the_same_without_findings)
{
  pe_load_options options = {.kind = POLICYEVAL_KIND_IDENTITY, .limits = pe_load_limits_default};
  pe_policy *policy = NULL;
  const char *text = IDENTITY("{\"Effect\":\"Allow\",\"Action\":\"*\"}");
  ck_assert_int_eq(pe_policy_load(&pe_alloc_libc, pe_slice_str(text), &options, &policy, NULL),
                   POLICYEVAL_EPOLICY);
  ck_assert_int_eq(pe_policy_load(&pe_alloc_libc, PE_SLICE("{"), &options, &policy, NULL), POLICYEVAL_EJSON);
  ck_assert_int_eq(pe_policy_load(&pe_alloc_libc, PE_SLICE("null"), &options, &policy, NULL),
                   POLICYEVAL_ENOTFOUND);
  ck_assert_ptr_null(policy);
}
END_TEST

/* A fix makes a document of the broken one that loads. */
START_TEST(fixes_load)
{
  static const char *const texts[] = {
      "{\"Version\":\"2012-10-17\",\"statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}",
      IDENTITY("{\"EFFECT\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}"),
      IDENTITY("{\"Effect\":\"allow\",\"Action\":\"*\",\"Resource\":\"*\"}"),
      IDENTITY("{\"Effect\":\"Allow\",\"Actions\":\"*\",\"Resource\":\"*\"}"),
      IDENTITY("{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"forAnyValue:"
               "stringequalsifexists\":{\"a:b\":\"c\"}}}"),
      "{\"Version\":\"2012\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}",
      "{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}",
      "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":[\"*\",],\"Resource\":\"*\"}}",
      "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}\n\n    Plain text\n",
  };
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    loaded l = loaded_new(POLICYEVAL_KIND_IDENTITY, texts[i]);
    ck_assert_msg(l.rc != 0, "%s", texts[i]);
    size_t with_fix = 0;
    while (with_fix < l.findings.list.len && !l.findings.list.data[with_fix].fix_text.ptr) with_fix++;
    char *fixed = loaded_fixed(&l, with_fix, texts[i]);
    loaded again = loaded_ok(POLICYEVAL_KIND_IDENTITY, fixed);
    loaded_done(&again);
    loaded_done(&l);
    free(fixed);
  }
}
END_TEST

#define STEP_2                                                                                               \
  "{\"Sid\":\"AllowUseOfTheKey\",\"Effect\":\"Allow\",\n"                                                    \
  "\"Principal\":{\"AWS\":\"arn:aws:iam::PRODUCTION:role/PRODUCTION_ROLE\"},\n"                              \
  "\"Action\":[\"kms:Decrypt\",\"kms:DescribeKey\"],\n"                                                      \
  "\"Resource\":\"arn:aws:kms:us-east-1:CENTRAL_SECURITY:key/SECURITY_CMK\"}"

/* Step 2 of the article as printed: a bare statement with three placeholders. */
START_TEST(bare_statement_with_placeholders)
{
  loaded l = loaded_new(POLICYEVAL_KIND_KMS_KEY, STEP_2);
  ck_assert_int_eq(l.rc, POLICYEVAL_EPOLICY);
  ck_assert_uint_eq(l.findings.list.len, 4);
  loaded_expect(&l, 0, PE_RULE_BARE_STATEMENT, 1, 0);
  loaded_says(&l, 0, "wrap it as {\"Version\": \"2012-10-17\", \"Statement\": [...]}");
  loaded_expect(&l, 1, PE_RULE_PLACEHOLDER_ACCOUNT, 2, 33);
  loaded_says(&l, 1, "Policy contains a statement with one or more invalid principals.");
  loaded_says(&l, 1, "--set PRODUCTION=<12-digit account id>");
  loaded_expect(&l, 2, PE_RULE_PLACEHOLDER_ACCOUNT, 4, 34);
  loaded_says(&l, 2, "--set CENTRAL_SECURITY=<12-digit account id>");
  loaded_expect(&l, 3, PE_RULE_PLACEHOLDER_ACCOUNT, 4, 55);
  loaded_says(&l, 3, "--set SECURITY_CMK=<key id>");
  loaded_done(&l);
}
END_TEST

START_TEST(settings_fill_placeholders)
{
  static const char text[] = "{\"Version\":\"2012-10-17\",\"Statement\":[" STEP_2 "]}";
  const pe_json_setting settings[] = {
      {PE_SLICE("PRODUCTION"), PE_SLICE("111122223333")},
      {PE_SLICE("CENTRAL_SECURITY"), PE_SLICE("444455556666")},
      {PE_SLICE("SECURITY_CMK"), PE_SLICE("1234abcd-12ab-34cd-56ef-1234567890ab")}};
  pe_load_options options = {.kind = POLICYEVAL_KIND_KMS_KEY,
                             .limits = pe_load_limits_default,
                             .settings = settings,
                             .nsettings = sizeof settings / sizeof settings[0]};
  pe_policy *policy = NULL;
  ck_assert_int_eq(pe_policy_load(&pe_alloc_libc, pe_slice_str(text), &options, &policy, NULL), 0);
  const pe_statement *s = &policy->statements[0];
  ck_assert(s->principals[0].kind == PE_PRINCIPAL_ROLE);
  ck_assert(pe_slice_eq(s->principals[0].account, PE_SLICE("111122223333")));
  ck_assert(pe_slice_eq(s->principals[0].name, PE_SLICE("PRODUCTION_ROLE")));
  ck_assert(pe_slice_eq(s->resources[0].text, PE_SLICE("arn:aws:kms:us-east-1:444455556666:key/"
                                                       "1234abcd-12ab-34cd-56ef-1234567890ab")));
  ck_assert(s->resources[0].pattern.exact);
  pe_policy_unref(policy);
  /* What is in the place of a token is not in the file: no fix could be cut out of it. */
  static const char bare[] = "{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"arn:aws:iam::PRODUCTION:root\","
                             "\"Action\":\"kms:*\",\"Resource\":\"*\"}}";
  pe_findings findings;
  ck_assert_int_eq(pe_findings_init(&findings, &pe_alloc_libc), 0);
  ck_assert_int_eq(pe_policy_load(&pe_alloc_libc, pe_slice_str(bare), &options, &policy, &findings), POLICYEVAL_EPOLICY);
  ck_assert(findings.list.data[0].rule == PE_RULE_INVALID_PRINCIPAL_FORMAT && !findings.list.data[0].fix_title.ptr);
  pe_findings_done(&findings);
}
END_TEST

START_TEST(placeholders_and_what_is_none)
{
  static const struct {
    const char *resource;
    size_t placeholders;
  } rows[] = {
      {"arn:aws:iam::aws:policy/ReadOnlyAccess", 0},
      {"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1", 0},
      {"arn:aws:s3:::BUCKET/KEY", 0},
      {"arn:aws:s3:::bucket", 0},
      {"arn:aws:iam::*:role/X", 0},
      {"arn:aws:iam::${aws:PrincipalAccount}:role/X", 0},
      {"arn:aws:kms:eu-west-1:111122223333:key/1234ABCD-12AB-34CD-56EF-1234567890AB", 0},
      {"arn:aws:kms:eu-west-1:111122223333:key/*", 0},
      {"arn:aws:kms:eu-west-1:111122223333:alias/MY_KEY", 0},
      {"arn:aws:kms:eu-west-1:111122223333:key/SECURITY_CMK", 1},
      {"arn:aws:kms:eu-west-1:<ACCOUNT>:key/YOUR_KEY", 2},
      {" arn:aws:secretsmanager:us-east-1:CENTRAL_SECURITY:secret:SECURITY_SECRET", 1},
      {"arn:aws:iam::your-account-id:root", 1},
      {"arn:aws:iam::AccountId:root", 1},
      {"arn:aws:iam::12345:root", 0},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    char text[512];
    snprintf(text, sizeof text, IDENTITY("{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"%s\"}"),
             rows[i].resource);
    loaded l = loaded_new(POLICYEVAL_KIND_IDENTITY, text);
    ck_assert_msg(l.findings.list.len == rows[i].placeholders, "%s", rows[i].resource);
    ck_assert_int_eq(l.rc, rows[i].placeholders ? POLICYEVAL_EPOLICY : 0);
    loaded_done(&l);
  }
}
END_TEST

START_TEST(lenient_loads_mark_what_is_broken)
{
  static const char text[] =
      "{\"Version\":\"2012-10-17\",\"x\":1,\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"a:b\","
      "\"Resource\":\"*\"},7,{\"Effect\":\"Allow\",\"Resource\":\"*\"}]}";
  loaded l = loaded_lenient(POLICYEVAL_KIND_IDENTITY, text);
  ck_assert_int_eq(l.rc, 0);
  ck_assert_uint_eq(l.findings.list.len, 3);
  ck_assert_uint_eq(l.policy->nstatements, 3);
  ck_assert(!l.policy->statements[0].broken);
  ck_assert(l.policy->statements[1].broken);
  ck_assert(l.policy->statements[2].broken);
  loaded_done(&l);
  l = loaded_lenient(POLICYEVAL_KIND_IDENTITY, "[]");
  ck_assert_int_eq(l.rc, POLICYEVAL_EPOLICY);
  loaded_done(&l);
  l = loaded_lenient(POLICYEVAL_KIND_IDENTITY, "{\"Version\":\"2015\",\"Statement\":{\"Effect\":\"Allow\","
                                               "\"Action\":\"*\",\"Resource\":\"*\"}}");
  ck_assert_int_eq(l.rc, 0);
  ck_assert(l.policy->statements[0].broken); /* L1.2.6 */
  loaded_done(&l);
  l = loaded_lenient(POLICYEVAL_KIND_IDENTITY, "{\"Version\":\"2008-10-17\",\"\":1,\"Effect\":\"Allow\",\"Statement\":{"
                                               "\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}");
  ck_assert_int_eq(l.rc, 0);
  ck_assert_uint_eq(l.findings.list.len, 2);
  ck_assert(!l.policy->statements[0].broken); /* other members are at fault, the version is a known one */
  loaded_done(&l);
}
END_TEST

START_TEST(principals)
{
  static const struct {
    uint8_t key, kind;
    const char *text, *account, *path, *name, *session;
  } rows[] = {
      {0, PE_PRINCIPAL_ANY, "*", "", "", "", ""},
      {0, PE_PRINCIPAL_OTHER, "111122223333", "", "", "", ""},
      {'A', PE_PRINCIPAL_ANY, "*", "", "", "", ""},
      {'A', PE_PRINCIPAL_ACCOUNT, "111122223333", "111122223333", "", "", ""},
      {'A', PE_PRINCIPAL_ACCOUNT, "arn:aws:iam::111122223333:root", "111122223333", "", "", ""},
      {'A', PE_PRINCIPAL_USER, "arn:aws:iam::111122223333:user/bob", "111122223333", "/", "bob", ""},
      {'A', PE_PRINCIPAL_ROLE, "arn:aws:iam::111122223333:role/a/b/App", "111122223333", "/a/b/", "App", ""},
      {'A', PE_PRINCIPAL_SESSION, "arn:aws:sts::111122223333:assumed-role/App/s1", "111122223333", "", "App",
       "s1"},
      {'A', PE_PRINCIPAL_OTHER, "arn:aws:sts::111122223333:assumed-role/team/App/s1", "", "", "", ""},
      {'A', PE_PRINCIPAL_OTHER, "arn:aws:sts::111122223333:assumed-role/App/*", "", "", "", ""},
      {'A', PE_PRINCIPAL_OTHER, "arn:aws:sts::111122223333:assumed-role/App", "", "", "", ""},
      {'A', PE_PRINCIPAL_FEDERATED_USER, "arn:aws:sts::111122223333:federated-user/bob", "111122223333", "",
       "bob", ""},
      {'A', PE_PRINCIPAL_ID, "AROAEXAMPLEEXAMPLE123", "", "", "", ""},
      {'A', PE_PRINCIPAL_OTHER, "AROA", "", "", "", ""},
      {'A', PE_PRINCIPAL_OTHER, "arn:aws:iam::111122223333:role/*", "", "", "", ""},
      {'A', PE_PRINCIPAL_OTHER, "arn:aws:iam::111122223333:role/", "", "", "", ""},
      {'A', PE_PRINCIPAL_OTHER, "arn:aws:iam::111122223333:group/g", "", "", "", ""},
      {'A', PE_PRINCIPAL_OTHER, "arn:aws:iam:us-east-1:111122223333:root", "", "", "", ""},
      {'A', PE_PRINCIPAL_OTHER, "", "", "", "", ""},
      {'A', PE_PRINCIPAL_USER, "arn:aws:iam::cloudfront:user/CloudFront E1", "cloudfront", "/",
       "CloudFront E1", ""},
      {'S', PE_PRINCIPAL_SERVICE, "lambda.amazonaws.com", "", "", "", ""},
      {'S', PE_PRINCIPAL_OTHER, "*", "", "", "", ""},
      {'F', PE_PRINCIPAL_PROVIDER, "arn:aws:iam::111122223333:saml-provider/x", "", "", "", ""},
      {'C', PE_PRINCIPAL_CANONICAL, "79a5", "", "", "", ""},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    pe_principal p;
    pe_principal_parse(pe_slice_str(rows[i].text), rows[i].key, &p);
    ck_assert_msg(p.kind == rows[i].kind, "%s: %u", rows[i].text, p.kind);
    ck_assert_msg(pe_slice_eq(p.account, pe_slice_str(rows[i].account)), "%s", rows[i].text);
    ck_assert_msg(pe_slice_eq(p.path, pe_slice_str(rows[i].path)), "%s", rows[i].text);
    ck_assert_msg(pe_slice_eq(p.name, pe_slice_str(rows[i].name)), "%s", rows[i].text);
    ck_assert_msg(pe_slice_eq(p.session, pe_slice_str(rows[i].session)), "%s", rows[i].text);
  }
}
END_TEST

START_TEST(actions_that_are_all_or_nothing)
{
  static const struct {
    const char *text;
    bool any, never;
  } rows[] = {
      {"*", true, false},         {"**", true, false},           {"*:*", true, false},
      {"s3:*", false, false},     {"*:Get*", false, false},      {"s3", false, true},
      {"", false, true},          {"s3:", false, true},          {":Get", false, true},
      {"s*:Get", false, true},    {"s3:a:b", false, true},       {"s3:Get,Put", false, true},
      {"s3: Get", false, true},   {"kms:Decrypt ", false, true}, {"?:Get", false, true},
      {"s3:${a:b}", false, true}, {"x-y.z:Do", false, false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    char text[256];
    snprintf(text, sizeof text, IDENTITY("{\"Effect\":\"Allow\",\"Action\":\"%s\",\"Resource\":\"*\"}"),
             rows[i].text);
    loaded l = loaded_ok(POLICYEVAL_KIND_IDENTITY, text);
    const pe_action *a = &l.policy->statements[0].actions[0];
    ck_assert_msg(a->any == rows[i].any && a->never == rows[i].never, "\"%s\"", rows[i].text);
    loaded_done(&l);
  }
}
END_TEST

/* AMB-4, L1.7.1, L1.7.9 */
START_TEST(resources_by_kind)
{
  static const struct {
    int kind;
    const char *text;
    int rc;
    bool never, short_arn, any;
  } rows[] = {
      {POLICYEVAL_KIND_IDENTITY, "*", 0, false, false, true},
      {POLICYEVAL_KIND_IDENTITY, "**", 0, true, false, false},
      {POLICYEVAL_KIND_IDENTITY, " arn:aws:s3:::b", 0, true, false, false},
      {POLICYEVAL_KIND_IDENTITY, "arn:aws:s3:::b ", 0, false, false, false},
      {POLICYEVAL_KIND_IDENTITY, "arn:aws:s3", 0, false, false, false},
      {POLICYEVAL_KIND_BOUNDARY, "arn:aws:s3", 0, false, false, false},
      {POLICYEVAL_KIND_SESSION, "arn:aws:s3", POLICYEVAL_EPOLICY, false, false, false},
      {POLICYEVAL_KIND_SCP, "arn:aws:s3:*", POLICYEVAL_EPOLICY, false, false, false},
      {POLICYEVAL_KIND_SCP, "*", 0, false, false, true},
      {POLICYEVAL_KIND_SECRET, "arn:aws:s3:*", 0, false, true, false},
      {POLICYEVAL_KIND_ENDPOINT, "arn:aws:s3", 0, false, true, false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    char text[256];
    bool principal = rows[i].kind == POLICYEVAL_KIND_SECRET || rows[i].kind == POLICYEVAL_KIND_ENDPOINT;
    snprintf(text, sizeof text, IDENTITY("{\"Effect\":\"Allow\",%s\"Action\":\"*\",\"Resource\":\"%s\"}"),
             principal ? "\"Principal\":\"*\"," : "", rows[i].text);
    loaded l = loaded_new(rows[i].kind, text);
    ck_assert_msg(l.rc == rows[i].rc, "\"%s\": %d", rows[i].text, l.rc);
    if (l.rc == 0) {
      const pe_resource *r = &l.policy->statements[0].resources[0];
      ck_assert_msg(r->never == rows[i].never && r->short_arn == rows[i].short_arn, "\"%s\"", rows[i].text);
      ck_assert_msg(r->never || r->pattern.is_any == rows[i].any, "\"%s\"", rows[i].text);
    } else {
      loaded_expect(&l, 0, PE_RULE_MISSING_ARN_FIELD, 1, (unsigned)(strstr(text, "arn:") - text - 1));
    }
    loaded_done(&l);
  }
}
END_TEST

START_TEST(variables_follow_the_version)
{
  static const char statement[] = "{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":[\"arn:aws:s3:::b/"
                                  "${aws:username}\",\"arn:${aws:username}:s3:::b\"]}}";
  char text[256];
  snprintf(text, sizeof text, "{\"Version\":\"2012-10-17\",\"Statement\":%s", statement);
  loaded l = loaded_ok(POLICYEVAL_KIND_IDENTITY, text);
  ck_assert(l.policy->version_2012);
  ck_assert(l.policy->statements[0].resources[0].pattern.has_variable);
  ck_assert(!l.policy->statements[0].resources[1].pattern.has_variable); /* L3.2 */
  loaded_done(&l);
  snprintf(text, sizeof text, "{\"Statement\":%s", statement);
  l = loaded_ok(POLICYEVAL_KIND_IDENTITY, text);
  ck_assert(!l.policy->version_2012);
  ck_assert(!l.policy->statements[0].resources[0].pattern.has_variable);
  loaded_done(&l);
}
END_TEST

START_TEST(flags_of_statements)
{
  static const struct {
    const char *members;
    bool no_effect, names;
  } rows[] = {
      {"\"Principal\":\"*\",\"Action\":\"kms:*\",\"Resource\":\"*\"", false, false},
      {"\"Principal\":\"*\",\"Action\":\"kms:*\"", true, false},
      {"\"Principal\":{},\"Action\":\"kms:*\",\"Resource\":\"*\"", true, false},
      {"\"Principal\":{\"AWS\":[]},\"Action\":\"kms:*\",\"Resource\":\"*\"", true, false},
      {"\"Principal\":\"*\",\"NotAction\":[],\"Resource\":\"*\"", true, false},
      {"\"Principal\":\"*\",\"Action\":\"kms:*\",\"Resource\":[]", true, false},
      {"\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"ArnLike\":{\"AWS:"
       "principalARN\":"
       "\"arn:aws:iam::1:role/x\"}}",
       false, true},
      {"\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"ArnNotLike\":{\"aws:"
       "PrincipalArn\":"
       "\"arn:aws:iam::1:role/x\"}}",
       false, false},
      {"\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"ArnLikeIfExists\":{"
       "\"aws:PrincipalArn\":\"arn:aws:iam::1:role/x\"}}",
       false, false},
      {"\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"nonsense\":{}}", false,
       false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    char text[512];
    snprintf(text, sizeof text, IDENTITY("{\"Effect\":\"Allow\",%s}"), rows[i].members);
    loaded l = loaded_ok(POLICYEVAL_KIND_KMS_KEY, text);
    const pe_statement *s = &l.policy->statements[0];
    ck_assert_msg(s->no_effect == rows[i].no_effect && s->names_principal_arn == rows[i].names, "%s", text);
    loaded_done(&l);
  }
}
END_TEST

START_TEST(limits)
{
  static const char text[] =
      IDENTITY("[{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"},"
               "{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}]");
  for (int which = 0; which < 4; which++) {
    pe_load_options options = {.kind = POLICYEVAL_KIND_IDENTITY, .limits = pe_load_limits_default};
    if (which == 0) options.limits.statements = 1;
    if (which == 1) options.limits.pattern = 4;
    if (which == 2) options.limits.json.bytes = 20;
    if (which == 3) options.limits.json.depth = 2;
    pe_findings findings;
    ck_assert_int_eq(pe_findings_init(&findings, &pe_alloc_libc), 0);
    pe_policy *policy = NULL;
    ck_assert_int_eq(pe_policy_load(&pe_alloc_libc, pe_slice_str(text), &options, &policy, &findings),
                     POLICYEVAL_ELIMIT);
    ck_assert_uint_eq(findings.list.len, 1);
    ck_assert_int_eq((int)findings.list.data[0].rule, PE_RULE_LIMIT_REACHED);
    pe_findings_done(&findings);
  }
}
END_TEST

START_TEST(many_statements)
{
  enum { COUNT = 20000 };
  pe_buf text;
  pe_buf_init(&text, &pe_alloc_libc);
  pe_buf_str(&text, "{\"Version\":\"2012-10-17\",\"Statement\":[");
  for (unsigned i = 0; i < COUNT; i++) {
    pe_buf_fmt(&text, "%s{\"Sid\":\"s%u\",\"Effect\":\"Allow\",\"Action\":\"s3:Get%u\",\"Resource\":\"*\"}",
               i ? "," : "", i, i);
  }
  pe_buf_str(&text, "]}");
  loaded l = loaded_ok(POLICYEVAL_KIND_IDENTITY, text.ptr);
  ck_assert_uint_eq(l.policy->nstatements, COUNT);
  ck_assert_ptr_nonnull(l.policy->index);
  loaded_done(&l);
  pe_buf_done(&text);
}
END_TEST

START_TEST(references)
{
  loaded l = loaded_ok(POLICYEVAL_KIND_IDENTITY,
                       IDENTITY("{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}"));
  ck_assert_ptr_eq(pe_policy_ref(l.policy), l.policy);
  pe_policy_unref(l.policy);
  ck_assert_uint_eq(l.policy->nstatements, 1);
  loaded_done(&l);
}
END_TEST

/* Every kind of element, a fix, and replies in replies. */
START_TEST(no_memory)
{
  static const char *const texts[] = {
      "{\"Version\":\"2012-10-17\",\"Id\":\"i\",\"Statement\":[{\"Sid\":\"s\",\"Effect\":\"Allow\","
      "\"Principal\":"
      "{\"AWS\":[\"111122223333\",\"*\"]},\"Action\":[\"s3:Get*\",\"s3:*x\",\"a:b\",\"a:c\",\"a:d\",\"a:e\","
      "\"a:f\","
      "\"a:g\",\"a:h\",\"a:i\",\"a:j\",\"a:k\",\"a:l\"],\"Resource\":[\"arn:aws:s3:::${aws:username}/"
      "*\",\"*\"],"
      "\"Condition\":{\"StringLike\":{\"a:1\":\"x*\",\"a:2\":[\"y\",\"z\"],\"a:3\":\"1\",\"a:4\":\"1\",\"a:"
      "5\":\"1\","
      "\"a:6\":\"1\",\"a:7\":\"1\",\"a:8\":\"1\",\"a:9\":\"1\"},\"ArnLike\":{\"a:b\":\"arn:aws:s3:::b\"}}}]}",
      "{\"ARN\":\"a\",\"Name\":\"n\",\"ResourcePolicy\":\"%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%"
      "2C"
      "%22Principal%22%3A%22*%22%2C%22Action%22%3A%22*%22%2C%22Resource%22%3A%22*%22%7D%7D\"}",
  };
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    UNIT_EACH_ALLOCATION (mem, rc) {
      pe_load_options options = {.kind = POLICYEVAL_KIND_SECRET, .limits = pe_load_limits_default};
      pe_findings findings = {.alloc = &mem.alloc};
      pe_policy *policy = NULL;
      rc = pe_findings_init(&findings, &mem.alloc);
      if (rc == 0) rc = pe_policy_load(&mem.alloc, pe_slice_str(texts[i]), &options, &policy, &findings);
      ck_assert(!policy == (rc != 0));
      pe_policy_unref(policy);
      pe_findings_done(&findings);
    }
  }
}
END_TEST

/* The same for documents that are refused: ENOMEM or the right answer, and nothing leaks. */
START_TEST(no_memory_for_findings)
{
  static const char *const texts[] = {STEP_2, "{\"Statement\":[]} x", "{\"statement\":1}", "null",
                                      "{\"Policy\":\"{\\\"Statement\\\":x}\"}"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    for (size_t n = 1;; n++) {
      pe_test_alloc mem;
      pe_test_alloc_init(&mem);
      pe_test_alloc_fail(&mem, n, false);
      pe_load_options options = {.kind = POLICYEVAL_KIND_KMS_KEY, .limits = pe_load_limits_default};
      pe_findings findings = {.alloc = &mem.alloc};
      pe_policy *policy = NULL;
      int rc = pe_findings_init(&findings, &mem.alloc);
      if (rc == 0) rc = pe_policy_load(&mem.alloc, pe_slice_str(texts[i]), &options, &policy, &findings);
      ck_assert_ptr_null(policy);
      ck_assert_msg(rc < 0 && (rc == POLICYEVAL_ENOMEM) == (mem.failed > 0), "%s, allocation %zu: %d",
                    texts[i], n, rc);
      pe_findings_done(&findings);
      pe_test_alloc_done(&mem);
      if (!mem.failed) break;
    }
  }
}
END_TEST

UNIT_MAIN("load", vectors, all_faults_at_once_in_order, refuses_the_same_without_findings, fixes_load,
          bare_statement_with_placeholders, settings_fill_placeholders, placeholders_and_what_is_none,
          lenient_loads_mark_what_is_broken, principals, actions_that_are_all_or_nothing, resources_by_kind,
          variables_follow_the_version, flags_of_statements, limits, many_statements, references, no_memory,
          no_memory_for_findings)
