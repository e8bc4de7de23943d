/* SPDX-License-Identifier: MIT */
/* The files that users really have: replies of the AWS CLI, encoded strings. */
#include "loaded.h"

#define DOCUMENT "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"a:b\",\"Resource\":\"*\"}}"
#define IN_STRING                                                                                            \
  "\"{\\\"Statement\\\":{\\\"Effect\\\":\\\"Allow\\\",\\\"Action\\\":\\\"a:b\\\",\\\"Resource\\\":\\\"*"     \
  "\\\"}}\""
#define ENCODED                                                                                              \
  "%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22a%3Ab%22%2C%22Resource%22%3A%22*%" \
  "22%7D%7D"

START_TEST(replies)
{
  static const char *const texts[] = {
      DOCUMENT,
      IN_STRING,
      ENCODED,
      " " ENCODED "\n",
      "\"" ENCODED "\"",
      "{\"Policy\":" IN_STRING ",\"PolicyName\":\"default\"}",
      "{\"ARN\":\"x\",\"Name\":\"y\",\"ResourcePolicy\":" IN_STRING "}",
      "{\"RoleName\":\"r\",\"PolicyName\":\"p\",\"PolicyDocument\":" DOCUMENT "}",
      "{\"RoleName\":\"r\",\"PolicyName\":\"p\",\"PolicyDocument\":\"" ENCODED "\"}",
      "{\"PolicyVersion\":{\"Document\":" DOCUMENT ",\"VersionId\":\"v1\",\"IsDefaultVersion\":true}}",
      "{\"PolicyVersion\":{\"Document\":\"" ENCODED "\"}}",
      "{\"Policy\":{\"PolicySummary\":{\"Id\":\"p-1\"},\"Content\":" IN_STRING "}}",
  };
  loaded plain = loaded_ok(POLICYEVAL_KIND_IDENTITY, DOCUMENT);
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    loaded l = loaded_ok(POLICYEVAL_KIND_IDENTITY, texts[i]);
    ck_assert_msg(pe_policy_equal(plain.policy, l.policy), "%s", texts[i]);
    ck_assert_ptr_eq(l.policy->source, l.policy->json.source);
    loaded_done(&l);
  }
  loaded_done(&plain);
}
END_TEST

START_TEST(trust_policy_of_a_role)
{
  static const char text[] =
      "{\"Role\":{\"Path\":\"/\",\"RoleName\":\"r\",\"AssumeRolePolicyDocument\":{\"Version\":\"2012-10-17\","
      "\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"ec2.amazonaws.com\"},"
      "\"Action\":\"sts:AssumeRole\"}]}}}";
  loaded l = loaded_ok(POLICYEVAL_KIND_TRUST, text);
  ck_assert_uint_eq(l.policy->nstatements, 1);
  loaded_done(&l);
  l = loaded_new(POLICYEVAL_KIND_IDENTITY, text);
  ck_assert_int_eq(l.rc, POLICYEVAL_EPOLICY);
  loaded_expect(&l, 0, PE_RULE_REPLY_WITHOUT_DOCUMENT, 1, 0);
  loaded_done(&l);
}
END_TEST

START_TEST(organization_policy_of_another_type)
{
  static const char text[] =
      "{\"Policy\":{\"PolicySummary\":{\"Type\":\"RESOURCE_CONTROL_POLICY\"},\"Content\":\"{\\\"Version\\\":"
      "\\\"2012-10-17\\\",\\\"Statement\\\":{\\\"Effect\\\":\\\"Deny\\\",\\\"Principal\\\":\\\"*\\\","
      "\\\"Action\\\":\\\"kms:*\\\",\\\"Resource\\\":\\\"*\\\"}}\"}}";
  loaded l = loaded_ok(POLICYEVAL_KIND_RCP, text);
  loaded_done(&l);
  static const int others[] = {POLICYEVAL_KIND_SCP, POLICYEVAL_KIND_IDENTITY, POLICYEVAL_KIND_BOUNDARY, POLICYEVAL_KIND_SECRET};
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
    l = loaded_new(others[i], text);
    ck_assert_int_eq(l.rc, POLICYEVAL_EPOLICY);
    loaded_expect(&l, 0, PE_RULE_REPLY_WITHOUT_DOCUMENT, 1, 10);
    loaded_done(&l);
  }
  static const char scp[] = "{\"Policy\":{\"PolicySummary\":{\"Type\":\"SERVICE_CONTROL_POLICY\"},\"Content\":" IN_STRING "}}";
  l = loaded_ok(POLICYEVAL_KIND_SCP, scp);
  loaded_done(&l);
  l = loaded_new(POLICYEVAL_KIND_RCP, scp);
  ck_assert_int_eq(l.rc, POLICYEVAL_EPOLICY);
  loaded_expect(&l, 0, PE_RULE_REPLY_WITHOUT_DOCUMENT, 1, 10);
  loaded_done(&l);
}
END_TEST

START_TEST(replies_without_a_policy)
{
  static const struct {
    const char *text;
    int rc;
    pe_rule rule;
  } rows[] = {
      {"{\"ARN\":\"x\",\"Name\":\"y\"}", POLICYEVAL_ENOTFOUND, PE_RULE_NO_POLICY_IN_REPLY},
      {"{\"ARN\":\"x\",\"Name\":\"y\",\"ResourcePolicy\":null}", POLICYEVAL_ENOTFOUND,
       PE_RULE_NO_POLICY_IN_REPLY},
      {"null", POLICYEVAL_ENOTFOUND, PE_RULE_NO_POLICY_IN_REPLY},
      {"\"\"", POLICYEVAL_ENOTFOUND, PE_RULE_NO_POLICY_IN_REPLY},
      {"None\n", POLICYEVAL_ENOTFOUND, PE_RULE_NO_POLICY_IN_REPLY},
      {"\tNone ", POLICYEVAL_ENOTFOUND, PE_RULE_NO_POLICY_IN_REPLY},
      {"{\"ARN\":\"x\",\"Name\":\"y\",\"VersionIdsToStages\":{}}", POLICYEVAL_EPOLICY,
       PE_RULE_REPLY_WITHOUT_DOCUMENT},
      {"{\"Policy\":{\"PolicyName\":\"n\",\"Arn\":\"a\",\"DefaultVersionId\":\"v1\"}}", POLICYEVAL_EPOLICY,
       PE_RULE_REPLY_WITHOUT_DOCUMENT},
      {"{\"KeyMetadata\":{}}", POLICYEVAL_EPOLICY, PE_RULE_REPLY_WITHOUT_DOCUMENT},
      {"{\"AttachedPolicies\":[]}", POLICYEVAL_EPOLICY, PE_RULE_REPLY_WITHOUT_DOCUMENT},
      {"{\"PolicyNames\":[]}", POLICYEVAL_EPOLICY, PE_RULE_REPLY_WITHOUT_DOCUMENT},
      {"{\"UserDetailList\":[]}", POLICYEVAL_EPOLICY, PE_RULE_REPLY_WITHOUT_DOCUMENT},
      {"{\"format_version\":\"1.0\",\"planned_values\":{}}", POLICYEVAL_EPOLICY, PE_RULE_REPLY_WITHOUT_DOCUMENT},
      {"{\"UserDetailList\":[],\"RoleDetailList\":[]}", POLICYEVAL_EPOLICY, PE_RULE_REPLY_WITHOUT_DOCUMENT},
      {"{\"Resources\":{}}", POLICYEVAL_EPOLICY, PE_RULE_REPLY_WITHOUT_DOCUMENT},
      {"{\"format_version\":\"1.0\",\"values\":{}}", POLICYEVAL_EPOLICY, PE_RULE_REPLY_WITHOUT_DOCUMENT},
      {"{}", POLICYEVAL_EPOLICY, PE_RULE_MISSING_STATEMENT},
      {"[]", POLICYEVAL_EPOLICY, PE_RULE_DATA_TYPE_MISMATCH},
      {"7", POLICYEVAL_EPOLICY, PE_RULE_DATA_TYPE_MISMATCH},
      {"\"seven\"", POLICYEVAL_EJSON, PE_RULE_JSON_SYNTAX_ERROR},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    loaded l = loaded_new(POLICYEVAL_KIND_IDENTITY, rows[i].text);
    ck_assert_msg(l.rc == rows[i].rc, "%s: %d", rows[i].text, l.rc);
    ck_assert_uint_ge(l.findings.list.len, 1);
    ck_assert_str_eq(pe_rule_get(l.findings.list.data[0].rule)->id, pe_rule_get(rows[i].rule)->id);
    loaded_done(&l);
  }
}
END_TEST

/* Places are those of the file as written, whatever is wrapped in what. */
START_TEST(places_in_the_file)
{
  loaded l = loaded_new(POLICYEVAL_KIND_IDENTITY,
                        "{\n \"Policy\": \"{\\n\\\"Statement\\\": {\\\"Effect\\\": 7}}\"}");
  ck_assert_int_eq(l.rc, POLICYEVAL_EPOLICY);
  loaded_expect(&l, 0, PE_RULE_MISSING_ACTION, 2, 30);
  loaded_expect(&l, 2, PE_RULE_DATA_TYPE_MISMATCH, 2, 43);
  loaded_done(&l);
  l = loaded_new(POLICYEVAL_KIND_IDENTITY, "{\"PolicyDocument\": \"%7B%22Statement%22:7%7D\"}");
  loaded_expect(&l, 0, PE_RULE_DATA_TYPE_MISMATCH, 1, 39);
  loaded_done(&l);
  l = loaded_new(POLICYEVAL_KIND_IDENTITY, "{\"Policy\": \"{\\\"Statement\\\": x}\"}");
  ck_assert_int_eq(l.rc, POLICYEVAL_EJSON);
  loaded_expect(&l, 0, PE_RULE_JSON_SYNTAX_ERROR, 1, 28);
  loaded_done(&l);
  l = loaded_new(POLICYEVAL_KIND_IDENTITY, "{\"PolicyDocument\":\n {\"Statement\": 7}}");
  loaded_expect(&l, 0, PE_RULE_DATA_TYPE_MISMATCH, 2, 15);
  loaded_done(&l);
}
END_TEST

START_TEST(wrapped_too_often)
{
  pe_buf text;
  pe_buf_init(&text, &pe_alloc_libc);
  for (int i = 0; i < 20; i++) pe_buf_str(&text, "{\"Policy\":");
  pe_buf_str(&text, DOCUMENT);
  for (int i = 0; i < 20; i++) pe_buf_str(&text, "}");
  loaded l = loaded_new(POLICYEVAL_KIND_IDENTITY, text.ptr);
  ck_assert_int_eq(l.rc, POLICYEVAL_EPOLICY);
  loaded_done(&l);
  pe_buf_done(&text);
}
END_TEST

UNIT_MAIN("unwrap", replies, trust_policy_of_a_role, organization_policy_of_another_type,
          replies_without_a_policy, places_in_the_file,
          wrapped_too_often)
