/* SPDX-License-Identifier: MIT */
/* What a question about a secret must name, and the statement as it is written anew for a hint. */
#include <string.h>

#include "access/access.h"
#include "access/edit.h"
#include "loaded.h"

#define SECRET "arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbC1z9"
#define KEY "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

typedef struct row {
  const char *arn, *words; /* words NULL: taken */
} row;

static void check_arns(const row *rows, size_t count, int (*set)(pe_access *a, pe_slice arn, const char **why)) {
  for (size_t i = 0; i < count; i++) {
    pe_access a;
    const char *why = "";
    ck_assert_int_eq(pe_access_init(&a, &pe_alloc_libc, NULL), 0);
    const int rc = set(&a, pe_slice_str(rows[i].arn), &why);
    ck_assert_msg(rc == (rows[i].words ? POLICYEVAL_EINVAL : 0), "%s: %d", rows[i].arn, rc);
    if (rows[i].words) ck_assert_msg(strstr(why, rows[i].words) != NULL, "%s: %s", rows[i].arn, why);
    pe_access_done(&a);
  }
}

START_TEST(secrets)
{
  static const row rows[] = {
      {SECRET, NULL},
      {"arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:a/b-ZZZZZZ", NULL},
      {"arn:aws:secretsmanager:us-east-1:111122223333:secret:db-aAzZ09", NULL},
      {"arn:aws:secretsmanager:us-east-1:111122223333:secret:d-aAzZ09", NULL},
      {"db", "a name is looked up in the caller's own account"},
      {"arn:aws:secretsmanager:us-east-1:111122223333", "not the ARN of a secret"},
      {"urn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbC1z9", "not the ARN of a secret"},
      {"arn:aws:ssm:us-east-1:111122223333:secret:db-AbC1z9", "not the ARN of a secret"},
      {"arn:aws:secretsmanager::111122223333:secret:db-AbC1z9", "not the ARN of a secret"},
      {"arn:aws:secretsmanager:us-east-1:111122223333:parameter:db-AbC1z9", "not the ARN of a secret"},
      {"arn:aws:secretsmanager:us-east-1:111122223333:secret:db-*", "no wildcard"},
      {"arn:aws:secretsmanager:us-east-1:111122223333:secret:db-??????", "no wildcard"},
      {"arn:aws:secretsmanager:us-east-1:11112222333:secret:db-AbC1z9", "not twelve digits"},
      {"arn:aws:secretsmanager:us-east-1:11112222333/:secret:db-AbC1z9", "not twelve digits"},
      {"arn:aws:secretsmanager:us-east-1:111122223333:secret:db", "a hyphen and six characters"},
      {"arn:aws:secretsmanager:us-east-1:111122223333:secret:dbxAbC1z9", "a hyphen and six characters"},
      {"arn:aws:secretsmanager:us-east-1:111122223333:secret:", "a hyphen and six characters"},
      {"arn:aws:secretsmanager:us-east-1:111122223333:secret:-AbC1z9", "a hyphen and six characters"},
      {"arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbC1z@", "a hyphen and six characters"},
      {"arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbC1z[", "a hyphen and six characters"},
      {"arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbC1z`", "a hyphen and six characters"},
      {"arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbC1z{", "a hyphen and six characters"},
      {"arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbC1z/", "a hyphen and six characters"},
      {"arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbC1z:", "a hyphen and six characters"},
  };
  check_arns(rows, sizeof rows / sizeof rows[0], pe_access_set_secret);
}
END_TEST

START_TEST(keys)
{
  static const row rows[] = {
      {KEY, NULL},
      {"1234abcd-12ab-34cd-56ef-1234567890ab", "not the ARN of a KMS key"},
      {"arn:aws:kms:us-east-1:111122223333:alias/db", "an alias is not a key"},
      {"alias/db", "not the ARN of a KMS key"},
      {"urn:aws:kms:us-east-1:111122223333:key/x", "not the ARN of a KMS key"},
      {"arn:aws:kms::111122223333:key/x", "not the ARN of a KMS key"},
      {"arn:aws:s3:us-east-1:111122223333:key/x", "not the ARN of a KMS key"},
      {"arn:aws:kms:us-east-1:111122223333:key/*", "no wildcard"},
      {"arn:aws:kms:us-east-1:111122223333:key/?", "no wildcard"},
      {"arn:aws:kms:us-east-1:1111:key/x", "not twelve digits"},
  };
  check_arns(rows, sizeof rows / sizeof rows[0], pe_access_set_key);
}
END_TEST

static int ask(const pe_alloc *alloc, const char *secret, const char *key, const char **why) {
  pe_access a;
  const pe_request *out[PE_LEGS];
  const pe_slice value = PE_SLICE("1");
  int rc = pe_access_init(&a, alloc, NULL);
  if (rc) return rc;
  if (secret) rc = pe_access_set_secret(&a, pe_slice_str(secret), why);
  if (!rc && key) rc = pe_access_set_key(&a, pe_slice_str(key), why);
  if (!rc) rc = pe_access_set_stage(&a, PE_SLICE("AWSCURRENT"));
  if (!rc && key) rc = pe_access_set_version_id(&a, PE_SLICE("a-version"));
  if (!rc) rc = pe_access_set_fact(&a, PE_SLICE("aws:PrincipalOrgID"), &value, 1, false);
  if (!rc) rc = pe_access_set_fact(&a, PE_SLICE("kms:GrantIsForAWSResource"), NULL, 0, false);
  if (!rc) rc = pe_access_set_fact(&a, PE_SLICE("aws:TagKeys"), NULL, 0, true);
  for (int i = 0; i < PE_LEGS && !rc; i++)
    rc = pe_request_set_principal_arn(a.leg[i], PE_SLICE("arn:aws:iam::111122223333:user/u"), why);
  if (!rc) rc = pe_access_prepare(&a, out, why);
  /* D4.4, D1.7: each leg has the facts of its own service, both have those of the caller. */
  if (!rc) ck_assert(pe_request_has_fact(a.leg[PE_LEG_SECRET], PE_SLICE("aws:PrincipalOrgID")) == PE_FACT_GIVEN);
  if (!rc) ck_assert(pe_request_has_fact(a.leg[PE_LEG_KEY], PE_SLICE("aws:PrincipalOrgID")) == PE_FACT_GIVEN);
  if (!rc) ck_assert(pe_request_has_fact(a.leg[PE_LEG_SECRET], PE_SLICE("kms:GrantIsForAWSResource")) == PE_FACT_NOT_GIVEN);
  if (!rc) ck_assert(pe_request_has_fact(a.leg[PE_LEG_KEY], PE_SLICE("kms:GrantIsForAWSResource")) == PE_FACT_GIVEN);
  if (!rc) ck_assert(pe_request_has_fact(a.leg[PE_LEG_KEY], PE_SLICE("aws:TagKeys")) == PE_FACT_NOT_GIVEN);
  pe_access_done(&a);
  return rc;
}

START_TEST(questions)
{
  const char *why = "";
  ck_assert_int_eq(ask(&pe_alloc_libc, NULL, KEY, &why), POLICYEVAL_EINVAL);
  ck_assert_str_eq(why, "the secret is not set");
  ck_assert_int_eq(ask(&pe_alloc_libc, SECRET, "arn:aws:kms:us-west-2:111122223333:key/x", &why), POLICYEVAL_EINVAL);
  ck_assert_ptr_nonnull(strstr(why, "this key is in another"));
  UNIT_EACH_ALLOCATION(mem, rc) rc = ask(&mem.alloc, SECRET, KEY, &why);
  UNIT_EACH_ALLOCATION(more, again) again = ask(&more.alloc, SECRET, NULL, &why);
}
END_TEST

START_TEST(worse_of_two)
{
  static const int order[] = {POLICYEVAL_EXPLICIT_DENY, POLICYEVAL_IMPLICIT_DENY, POLICYEVAL_UNKNOWN, POLICYEVAL_ALLOW};
  for (int i = 0; i < 4; i++)
    for (int k = 0; k < 4; k++) ck_assert_int_eq(pe_access_worse(order[i], order[k]), order[i < k ? i : k]);
}
END_TEST

/* A statement with a value of each sort in places where a model keeps what it read. */
START_TEST(statements_are_written_anew)
{
  static const char *const texts[] = {
      "{\"Version\":\"2012-10-17\",\"Statement\":{\"Sid\":\"a \\\"b\\\" \\\\ \\u0001\",\"Effect\":\"Allow\",\"Action\":[\"a:b\"],"
      "\"Resource\":\"*\",\"Condition\":{\"NumericEquals\":{\"a:n\":[1,2.5e1]},\"Bool\":{\"a:b\":true},\"StringLike\":{}}}}",
      "{\"Statement\":[{\"Effect\":\"Deny\",\"NotAction\":[\"a:b\",\"c:d\"],\"NotResource\":[\"*\"],\"Condition\":{}},"
      "{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"Null\":{\"a:b\":false}}}]}",
  };
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    loaded l = loaded_ok(POLICYEVAL_KIND_IDENTITY, texts[i]);
    for (uint32_t s = 0; s < l.policy->nstatements; s++) {
      UNIT_EACH_ALLOCATION(mem, rc) {
        pe_policy *p = NULL;
        rc = pe_edit_statement(&mem.alloc, l.policy, &l.policy->statements[s], NULL, 0, &p);
        if (!rc) {
          ck_assert_uint_eq(p->nstatements, 1);
          ck_assert_int_eq(p->version_2012, l.policy->version_2012);
          ck_assert_uint_eq(p->statements[0].nactions, l.policy->statements[s].nactions);
          ck_assert_uint_eq(p->statements[0].nconditions, l.policy->statements[s].nconditions);
          ck_assert(pe_slice_eq(p->statements[0].sid, l.policy->statements[s].sid));
        }
        pe_policy_unref(p);
      }
    }
    loaded_done(&l);
  }
  pe_policy *p = NULL;
  ck_assert_int_eq(pe_edit_new(&pe_alloc_libc, POLICYEVAL_KIND_IDENTITY, PE_SLICE("{\"Effect\":7}"), &p), POLICYEVAL_EINTERNAL);
}
END_TEST

UNIT_MAIN("access", secrets, keys, questions, worse_of_two, statements_are_written_anew)
