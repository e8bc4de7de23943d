/* SPDX-License-Identifier: MIT */
/* The request builder: what it derives, what it refuses, what it keeps. */
#include <stdio.h>

#include "eval/request.h"
#include "unit.h"

#define ROLE    "arn:aws:iam::111122223333:role/team/App"
#define SESSION "arn:aws:sts::111122223333:assumed-role/App/s1"
#define USER    "arn:aws:iam::111122223333:user/team/alice"
#define SECRET  "arn:aws:secretsmanager:us-east-1:444455556666:secret:s-AbCdEf"
#define KEY     "arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"
#define GET     "secretsmanager:GetSecretValue"
#define S(text) PE_SLICE(text)

static pe_request_builder *start(const char *arn, const char *action, const char *resource) {
  const char *why = "";
  pe_request_builder *b = pe_request_builder_new(&pe_alloc_libc, NULL);
  ck_assert_ptr_nonnull(b);
  if (arn) ck_assert_msg(pe_request_set_principal_arn(b, pe_slice_str(arn), &why) == 0, "%s", why);
  ck_assert_msg(pe_request_set_action(b, pe_slice_str(action), &why) == 0, "%s", why);
  ck_assert_msg(pe_request_set_resource(b, pe_slice_str(resource), &why) == 0, "%s", why);
  return b;
}

static const pe_request *prepared(pe_request_builder *b) {
  const pe_request *r = NULL;
  const char *why = "";
  ck_assert_msg(pe_request_prepare(b, &r, &why) == 0, "%s", why);
  for (uint32_t i = 1; i < r->facts.count; i++) {
    const pe_fact *x = &r->facts.items[i - 1], *y = &r->facts.items[i];
    ck_assert(x->hash < y->hash || (x->hash == y->hash && pe_slice_cmp(x->key, y->key) < 0));
  }
  return r;
}

static const pe_fact *fact(const pe_request *r, const char *key) {
  return pe_facts_find_nocase(&r->facts, pe_slice_hash_nocase(pe_slice_str(key)), pe_slice_str(key));
}

static void expect(const pe_request *r, const char *key, const char *value) {
  const pe_fact *f = fact(r, key);
  if (!value) {
    ck_assert_msg(f == NULL, "%s is there", key);
    return;
  }
  ck_assert_msg(f && f->count == 1 && pe_slice_eq(f->values[0], pe_slice_str(value)), "%s is %.*s, not %s",
                key, f && f->count ? (int)f->values[0].len : 0, f && f->count ? f->values[0].ptr : "", value);
}

START_TEST(facts_follow_from_the_caller)
{
  pe_request_builder *b = start(SESSION, GET, SECRET);
  pe_request_set_role_arn(b, S(ROLE), NULL);
  pe_request_set_principal_id(b, S("AROAX"));
  const pe_request *r = prepared(b);
  expect(r, "aws:PrincipalArn", ROLE);
  expect(r, "aws:PrincipalAccount", "111122223333");
  expect(r, "aws:PrincipalType", "AssumedRole");
  expect(r, "aws:userid", "AROAX:s1");
  expect(r, "aws:username", NULL);
  expect(r, "aws:PrincipalIsAWSService", "false");
  expect(r, "aws:ViaAWSService", "false");
  expect(r, "aws:ResourceAccount", "444455556666");
  expect(r, "aws:RequestedRegion", "us-east-1");
  expect(r, "secretsmanager:SecretId", SECRET);
  expect(r, "kms:CallerAccount", NULL);
  expect(r, "aws:CurrentTime", NULL);
  ck_assert(!r->same_account && !r->has_unknown && r->caller.path_known);
  pe_request_set_principal_arn(b, S(USER), NULL);
  const char *why = NULL;
  ck_assert_int_eq(pe_request_prepare(b, &r, &why), POLICYEVAL_EINVAL); /* a user has no role */
  ck_assert_ptr_nonnull(why);
  pe_request_builder_clear(b);
  ck_assert_int_eq(pe_request_prepare(b, &r, &why), POLICYEVAL_EINVAL);
  pe_request_builder_free(b);
  b = start(USER, "kms:Decrypt", KEY);
  r = prepared(b);
  expect(r, "aws:username", "alice");
  expect(r, "aws:PrincipalArn", USER);
  ck_assert(r->has_unknown && fact(r, "aws:userid")->unknown); /* PE-4: it has an id */
  expect(r, "kms:CallerAccount", "111122223333");
  expect(r, "aws:RequestedRegion", "eu-west-1");
  ck_assert_int_eq(r->target, PE_TARGET_KEY);
  pe_request_builder_free(b);
}
END_TEST

START_TEST(other_callers_have_other_facts)
{
  pe_request_builder *b = start("arn:aws:iam::444455556666:root", GET, SECRET);
  const pe_request *r = prepared(b);
  expect(r, "aws:userid", "444455556666");
  expect(r, "aws:PrincipalType", "Account");
  ck_assert(r->same_account);
  pe_request_set_service(b, S("backup.amazonaws.com"));
  r = prepared(b);
  expect(r, "aws:PrincipalServiceName", "backup.amazonaws.com");
  expect(r, "aws:PrincipalIsAWSService", "true");
  expect(r, "aws:PrincipalArn", NULL);
  pe_request_set_anonymous(b);
  r = prepared(b);
  expect(r, "aws:PrincipalAccount", "anonymous");
  expect(r, "aws:PrincipalType", "Anonymous");
  expect(r, "aws:userid", "anonymous");
  expect(r, "aws:PrincipalIsAWSService", NULL);
  pe_request_set_principal_arn(b, S("arn:aws:sts::111122223333:federated-user/bob"), NULL);
  r = prepared(b);
  expect(r, "aws:userid", "111122223333:bob");
  expect(r, "aws:PrincipalType", "FederatedUser");
  pe_request_builder_free(b);
}
END_TEST

START_TEST(a_session_without_name_is_unknown)
{
  pe_request_builder *b = start(ROLE, GET, SECRET);
  const pe_request *r = prepared(b);
  ck_assert(r->has_unknown && fact(r, "aws:userid")->unknown);
  expect(r, "aws:PrincipalArn", ROLE);
  pe_request_set_session_name(b, S("s9"));
  pe_request_set_principal_id(b, S("AROAX"));
  r = prepared(b);
  expect(r, "aws:userid", "AROAX:s9");
  ck_assert(pe_slice_eq(r->caller.arn, S("arn:aws:sts::111122223333:assumed-role/App/s9")));
  ck_assert(!r->has_unknown);
  pe_request_builder_free(b);
  b = start(SESSION, GET, SECRET);
  pe_request_set_principal_path(b, S("/aws-service-role/x/"));
  r = prepared(b);
  expect(r, "aws:PrincipalArn", "arn:aws:iam::111122223333:role/aws-service-role/x/App");
  ck_assert(r->caller.service_linked);
  pe_request_builder_free(b);
}
END_TEST

START_TEST(the_caller_goes_before_what_is_derived)
{
  pe_request_builder *b = start(SESSION, GET, SECRET);
  pe_slice one = S("eu-west-1"), two = S("us-west-2"), list[] = {S("a"), S("b")};
  ck_assert_int_eq(pe_request_set_default(b, S("kms:ViaService"), &one, 1, false), 0);
  ck_assert_int_eq(pe_request_set_default(b, S("kms:ViaService"), &two, 1, false), 0);
  ck_assert_int_eq(pe_request_set_fact(b, S("AWS:requestedregion"), &one, 1, false), 0);
  ck_assert_int_eq(pe_request_set_default(b, S("aws:RequestedRegion"), &two, 1, false), 0);
  ck_assert_int_eq(pe_request_set_unknown(b, S("aws:ResourceAccount")), 0);
  ck_assert_int_eq(pe_request_set_fact(b, S("aws:TagKeys"), list, 2, true), 0);
  ck_assert_int_eq(pe_request_set_fact(b, S("aws:CalledVia"), list, 1, true), 0);
  const pe_request *r = prepared(b);
  expect(r, "aws:RequestedRegion", "eu-west-1");
  expect(r, "kms:ViaService", "us-west-2");
  ck_assert(fact(r, "kms:ViaService")->derived && !fact(r, "aws:RequestedRegion")->derived);
  ck_assert(fact(r, "aws:ResourceAccount")->unknown && r->has_unknown);
  ck_assert_uint_eq(fact(r, "aws:TagKeys")->count, 2);
  ck_assert(fact(r, "aws:CalledVia")->multi && fact(r, "aws:CalledVia")->count == 1);
  ck_assert(pe_slice_eq(fact(r, "aws:tagkeys")->name, S("aws:TagKeys")));
  /* Set again: the last one counts; a default gives way to a later value of the caller. */
  ck_assert_int_eq(pe_request_set_fact(b, S("aws:TagKeys"), list, 1, true), 0);
  ck_assert_int_eq(pe_request_set_fact(b, S("kms:viaservice"), &one, 1, false), 0);
  ck_assert_int_eq(pe_request_set_default(b, S("kms:ViaService"), &two, 1, false), 0);
  ck_assert_int_eq(pe_request_set_default(b, S("aws:SourceVpc"), NULL, 0, false), 0);
  r = prepared(b);
  ck_assert_uint_eq(fact(r, "aws:TagKeys")->count, 1);
  expect(r, "kms:ViaService", "eu-west-1");
  ck_assert(fact(r, "aws:SourceVpc")->unknown);
  /* PE-5: one spelling. */
  ck_assert_int_eq(pe_request_set_fact(b, S("AWS:TagKeys"), list, 1, true), POLICYEVAL_EINVAL);
  ck_assert_int_eq(pe_request_set_fact(b, S("aws:SourceIp"), list, 2, false), POLICYEVAL_EINVAL);
  pe_request_builder_free(b);
}
END_TEST

START_TEST(tag_keys_may_be_there_twice)
{
  pe_request_builder *b = start(SESSION, GET, SECRET);
  pe_slice red = S("red"), blue = S("blue"), green = S("green");
  pe_request_set_fact(b, S("aws:ResourceTag/Team"), &red, 1, false);
  pe_request_set_fact(b, S("aws:SourceIp"), &red, 1, false);
  pe_request_set_fact(b, S("aws:ResourceTag/team"), &blue, 1, false);
  pe_request_set_fact(b, S("aws:ResourceTag/TEAM"), &red, 1, false);
  pe_request_set_fact(b, S("aws:PrincipalTag/a"), &red, 1, false);
  pe_request_set_fact(b, S("aws:PrincipalTag/A"), &green, 1, false);
  pe_request_set_fact(b, S("aws:ResourceTag/team"), &green, 1, false);
  const pe_request *r = prepared(b);
  const pe_fact *f = fact(r, "aws:ResourceTag/team"), *g = fact(r, "aws:PrincipalTag/a");
  ck_assert(f->twice && f->count == 3 && !f->multi);
  ck_assert(pe_slice_eq(f->values[0], red) && pe_slice_eq(f->values[1], green) &&
            pe_slice_eq(f->values[2], red));
  ck_assert(g->twice && g->count == 2 && pe_slice_eq(g->values[1], green));
  pe_request_set_unknown(b, S("aws:ResourceTag/team"));
  f = fact(prepared(b), "aws:ResourceTag/team");
  ck_assert(f->unknown && !f->twice && f->count == 0);
  pe_request_builder_free(b);
}
END_TEST

START_TEST(encryption_context_names_its_keys)
{
  pe_request_builder *b = start(SESSION, "kms:Decrypt", KEY);
  pe_slice v = S("x");
  pe_request_set_fact(b, S("kms:EncryptionContext:SecretARN"), &v, 1, false);
  const pe_fact *f = fact(prepared(b), "kms:EncryptionContextKeys");
  ck_assert(f && f->multi && f->count == 1 && pe_slice_eq(f->values[0], S("SecretARN")));
  pe_request_set_fact(b, S("kms:EncryptionContextKeys"), NULL, 0, true);
  ck_assert_uint_eq(fact(prepared(b), "kms:EncryptionContextKeys")->count, 0);
  pe_request_builder_free(b);
}
END_TEST

START_TEST(bad_parts_are_refused_with_a_reason)
{
  static const char *const principals[] = {"",
                                           "alice",
                                           "arn:aws:iam::111122223333:user",
                                           "arn:aws:iam::PRODUCTION:role/R",
                                           "arn:aws:iam::111122223333:group/g",
                                           "arn:aws:iam::111122223333:role/",
                                           "arn:aws:sts::111122223333:assumed-role/R",
                                           "arn:aws:s3:::bucket",
                                           "arn:aws:sts::111122223333:assumed-role//s",
                                           "arn:aws:iam:us-east-1:111122223333:role/R",
                                           "arn::iam::111122223333:root",
                                           "arn:aws:iam::111122223333:role/*",
                                           "arn:aws:iam::111122223333:user/a/",
                                           "arn:aws:sts::111122223333:federated-user/"};
  static const char *const actions[] = {"",    "GetSecretValue", "s3:*",  "s3:Get?",
                                        "s3:", ":Get",           "a:b:c", "s3:Get Object",
                                        "a:`", "a:{",            "a:@",   "a:[", "a:/"};
  static const char *const resources[] = {
      "",  "s", " arn:aws:s3:::b", "arn:aws:s3:::", "arn:aws:s3::b", "arn:aws:kms:us-east-1:CENTRAL:key/k",
      "**"};
  pe_request_builder *b = pe_request_builder_new(&pe_alloc_libc, NULL);
  for (size_t i = 0; i < sizeof principals / sizeof *principals; i++) {
    const char *why = NULL;
    ck_assert_msg(pe_request_set_principal_arn(b, pe_slice_str(principals[i]), &why) == POLICYEVAL_EINVAL &&
                      why,
                  "%s", principals[i]);
  }
  for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
    const char *why = NULL;
    ck_assert_msg(pe_request_set_action(b, pe_slice_str(actions[i]), &why) == POLICYEVAL_EINVAL && why, "%s",
                  actions[i]);
  }
  for (size_t i = 0; i < sizeof resources / sizeof *resources; i++) {
    const char *why = NULL;
    int want = i == 3 ? 0 : POLICYEVAL_EINVAL; /* an empty resource part is odd, and an ARN */
    ck_assert_msg(pe_request_set_resource(b, pe_slice_str(resources[i]), &why) == want, "%s", resources[i]);
  }
  ck_assert_int_eq(pe_request_set_resource_account(b, S("12345"), NULL), POLICYEVAL_EINVAL);
  ck_assert_int_eq(pe_request_set_role_arn(b, S(USER), NULL), POLICYEVAL_EINVAL);
  ck_assert_int_eq(pe_request_set_parent(b, S(ROLE), NULL), POLICYEVAL_EINVAL);
  ck_assert_int_eq(pe_request_set_principal_path(b, S("team")), POLICYEVAL_EINVAL);
  ck_assert_int_eq(pe_request_set_reading(b, PE_ROWS, 0), POLICYEVAL_EINVAL);
  ck_assert_int_eq(pe_request_set_reading(b, PE_ROW_A7, 3), POLICYEVAL_EINVAL);
  ck_assert_int_eq(pe_request_set_only(b, POLICYEVAL_LAYER_LAST_), POLICYEVAL_EINVAL);
  ck_assert_int_eq(pe_request_set_only(b, -1), POLICYEVAL_EINVAL);
  ck_assert_int_eq(pe_request_set_session_name(b, S("")), POLICYEVAL_EINVAL);
  ck_assert_int_eq(pe_request_set_action(b, S("a-b.c:d_E"), NULL), 0);
  pe_request_builder_free(b);
}
END_TEST

START_TEST(parts_that_do_not_belong_together_are_refused)
{
  const pe_request *r;
  const char *why = NULL;
  pe_request_builder *b = pe_request_builder_new(&pe_alloc_libc, NULL);
  ck_assert_int_eq(pe_request_set_principal_arn(b, S(SESSION), NULL), 0);
  ck_assert(pe_request_prepare(b, &r, &why) == POLICYEVAL_EINVAL && strstr(why, "action"));
  pe_request_builder_free(b);
  b = start(SESSION, GET, SECRET);
  pe_request_set_role_arn(b, S("arn:aws:iam::111122223333:role/Other"), NULL);
  ck_assert(pe_request_prepare(b, &r, &why) == POLICYEVAL_EINVAL && why && !pe_request_prepared(b));
  pe_request_set_role_arn(b, S(ROLE), NULL);
  pe_request_set_session_name(b, S("s2"));
  ck_assert_int_eq(pe_request_prepare(b, &r, NULL), POLICYEVAL_EINVAL);
  pe_request_set_session_name(b, S("s1"));
  pe_request_set_resource_account(b, S("999999999999"), NULL);
  ck_assert_int_eq(pe_request_prepare(b, &r, NULL), POLICYEVAL_EINVAL);
  pe_request_set_resource_account(b, S("444455556666"), NULL);
  r = prepared(b);
  ck_assert_ptr_eq(pe_request_prepared(b), r);
  pe_request_builder_free(b);
}
END_TEST

static void expect_refused(pe_request_builder *b) {
  const pe_request *r = NULL;
  const char *why = NULL;
  ck_assert_int_eq(pe_request_prepare(b, &r, &why), POLICYEVAL_EINVAL);
  ck_assert(why && !r);
  pe_request_builder_free(b);
}

START_TEST(callers_have_the_parts_of_their_kind)
{
  pe_request_builder *b = start(ROLE, GET, SECRET);
  pe_request_set_principal_path(b, S("/other/"));
  expect_refused(b);
  b = start(USER, GET, SECRET);
  pe_request_set_principal_path(b, S("/other/"));
  expect_refused(b);
  b = start(USER, GET, SECRET);
  pe_request_set_principal_path(b, S("/team/"));
  prepared(b);
  pe_request_set_parent(b, S(USER), NULL);
  expect_refused(b);
  b = start(NULL, GET, SECRET);
  pe_request_set_service(b, S("backup.amazonaws.com"));
  pe_request_set_session_name(b, S("s"));
  expect_refused(b);
  b = start("arn:aws:iam::111122223333:root", GET, SECRET);
  pe_request_set_session_name(b, S("s"));
  expect_refused(b);
  b = start(NULL, GET, SECRET);
  ck_assert_int_eq(pe_request_set_service(b, S("")), POLICYEVAL_EINVAL);
  expect_refused(b);
  const char *why = NULL;
  b = start(NULL, GET, SECRET);
  ck_assert_int_eq(pe_request_set_principal_arn(b, S("arn:aws:sts::111122223333:other/x"), &why),
                   POLICYEVAL_EINVAL);
  ck_assert_int_eq(pe_request_set_principal_arn(b, S("arn:aws:sso::111122223333:role/x"), &why),
                   POLICYEVAL_EINVAL);
  expect_refused(b);
}
END_TEST

/* Everything a request can hold, again and again. */
static int fill(pe_request_builder *b, const pe_request **r) {
  pe_slice v = S("203.0.113.7"), list[] = {S("a"), S("b"), S("c")};
  int rc = pe_request_set_principal_arn(b, S(SESSION), NULL);
  if (!rc) rc = pe_request_set_role_arn(b, S(ROLE), NULL);
  if (!rc) rc = pe_request_set_principal_id(b, S("AROAX"));
  if (!rc) rc = pe_request_set_action(b, S("kms:Decrypt"), NULL);
  if (!rc) rc = pe_request_set_resource(b, S(KEY), NULL);
  for (unsigned i = 0; !rc && i < 40; i++) {
    char name[40];
    snprintf(name, sizeof name, "aws:PrincipalTag/t%u", i);
    rc = pe_request_set_fact(b, pe_slice_str(name), &v, 1, false);
  }
  if (!rc) rc = pe_request_set_fact(b, S("aws:PrincipalTag/T1"), &v, 1, false);
  if (!rc) rc = pe_request_set_fact(b, S("aws:TagKeys"), list, 3, true);
  if (!rc) rc = pe_request_set_fact(b, S("kms:EncryptionContext:A"), &v, 1, false);
  if (!rc) rc = pe_request_set_unknown(b, S("aws:SourceVpc"));
  if (!rc) rc = pe_request_set_fact(b, S("aws:TagKeys"), list, 2, true);
  return rc ? rc : pe_request_prepare(b, r, NULL);
}

START_TEST(used_again_it_allocates_nothing)
{
  pe_test_alloc mem;
  const pe_request *r;
  pe_test_alloc_init(&mem);
  pe_request_builder *b = pe_request_builder_new(&mem.alloc, NULL);
  ck_assert_int_eq(fill(b, &r), 0);
  size_t calls = mem.calls;
  for (int i = 0; i < 3; i++) {
    pe_request_builder_clear(b);
    ck_assert_int_eq(fill(b, &r), 0);
  }
  ck_assert_uint_eq(mem.calls, calls);
  pe_request_builder_free(b);
  pe_test_alloc_done(&mem);
}
END_TEST

START_TEST(every_allocation_may_fail)
{
  UNIT_EACH_ALLOCATION (mem, rc) {
    const pe_request *r = NULL;
    pe_request_builder *b = pe_request_builder_new(&mem.alloc, NULL);
    rc = b ? fill(b, &r) : POLICYEVAL_ENOMEM;
    if (rc) ck_assert_ptr_null(r);
    pe_request_builder_free(b);
  }
}
END_TEST

START_TEST(a_value_that_did_not_fit_is_unknown)
{
  pe_test_alloc mem;
  pe_slice small = S("a"), big[64];
  static char text[4096];
  memset(text, 'x', sizeof text);
  for (size_t i = 0; i < 64; i++) big[i] = pe_slice_of(text, sizeof text);
  pe_test_alloc_init(&mem);
  pe_request_builder *b = pe_request_builder_new(&mem.alloc, NULL);
  ck_assert_int_eq(pe_request_set_principal_arn(b, S(SESSION), NULL), 0);
  ck_assert_int_eq(pe_request_set_action(b, S(GET), NULL), 0);
  ck_assert_int_eq(pe_request_set_resource(b, S(SECRET), NULL), 0);
  ck_assert_int_eq(pe_request_set_fact(b, S("aws:TagKeys"), &small, 1, true), 0);
  pe_test_alloc_fail(&mem, 1, true);
  ck_assert_int_eq(pe_request_set_fact(b, S("aws:TagKeys"), big, 64, true), POLICYEVAL_ENOMEM);
  pe_test_alloc_fail(&mem, 0, false);
  ck_assert(fact(prepared(b), "aws:TagKeys")->unknown);
  pe_request_builder_free(b);
  pe_test_alloc_done(&mem);
}
END_TEST

/* AMB-36: nor is the old value of any spelling to be believed then. */
START_TEST(a_tag_that_did_not_fit_is_unknown)
{
  static char text[4096];
  memset(text, 'x', sizeof text);
  const pe_slice big = pe_slice_of(text, sizeof text), red = S("red"), blue = S("blue");
  static const char *const keys[] = {"aws:ResourceTag/Team", "aws:ResourceTag/team"};
  for (int i = 0; i < 2; i++) {
    pe_test_alloc mem;
    pe_test_alloc_init(&mem);
    pe_request_builder *b = pe_request_builder_new(&mem.alloc, NULL);
    ck_assert_int_eq(pe_request_set_principal_arn(b, S(SESSION), NULL), 0);
    ck_assert_int_eq(pe_request_set_action(b, S(GET), NULL), 0);
    ck_assert_int_eq(pe_request_set_resource(b, S(SECRET), NULL), 0);
    ck_assert_int_eq(pe_request_set_fact(b, pe_slice_str(keys[0]), &red, 1, false), 0);
    ck_assert_int_eq(pe_request_set_fact(b, pe_slice_str(keys[1]), &blue, 1, false), 0);
    pe_test_alloc_fail(&mem, 1, true);
    ck_assert_int_eq(pe_request_set_fact(b, pe_slice_str(keys[i]), &big, 1, false), POLICYEVAL_ENOMEM);
    pe_test_alloc_fail(&mem, 0, false);
    const pe_request *r = prepared(b);
    ck_assert(fact(r, keys[0])->unknown && r->has_unknown);
    pe_request_builder_free(b);
    pe_test_alloc_done(&mem);
  }
}
END_TEST

/* What else a tag key may be given as, before or after its second spelling; and as many as make the table grow. */
START_TEST(tag_keys_of_every_kind)
{
  enum { PLAIN, LIST, UNKNOWN, DEFAULT, KINDS };
  const pe_slice red = S("red"), blue = S("blue");
  for (int first = 0; first < KINDS; first++) {
    for (int second = 0; second < KINDS; second++) {
      pe_request_builder *b = start(SESSION, GET, SECRET);
      for (int i = 0; i < 2; i++) {
        const pe_slice key = i ? S("aws:ResourceTag/team") : S("aws:ResourceTag/Team"), *value = i ? &blue : &red;
        const int kind = i ? second : first;
        const int rc = kind == UNKNOWN   ? pe_request_set_unknown(b, key)
                       : kind == DEFAULT ? pe_request_set_default(b, key, value, 1, false)
                                         : pe_request_set_fact(b, key, value, 1, kind == LIST);
        ck_assert_int_eq(rc, 0);
      }
      const pe_fact *f = fact(prepared(b), "aws:resourcetag/team");
      const int kept = second == DEFAULT && first != DEFAULT ? first : second; /* a default goes behind all others */
      ck_assert_int_eq(f->twice, first == PLAIN && second == PLAIN);
      ck_assert_int_eq(f->unknown, kept == UNKNOWN);
      ck_assert_int_eq(f->multi, kept == LIST);
      if (!f->twice && !f->unknown) ck_assert(pe_slice_eq(f->values[0], second == kept ? blue : red) || first == DEFAULT);
      const pe_fact_given given = pe_request_has_fact(b, S("aws:ResourceTag/TEAM"));
      ck_assert_int_eq(given, kept == DEFAULT ? PE_FACT_NOT_GIVEN : kept == PLAIN ? PE_FACT_OTHER_TAG : PE_FACT_GIVEN);
      pe_request_builder_free(b);
    }
  }
  pe_request_builder *b = start(SESSION, GET, SECRET);
  for (int i = 0; i < 100; i++) {
    char key[40];
    snprintf(key, sizeof key, "aws:ResourceTag/%s%d", i % 2 ? "k" : "K", i / 2);
    ck_assert_int_eq(pe_request_set_fact(b, pe_slice_str(key), i % 2 ? &blue : &red, 1, false), 0);
  }
  const pe_request *r = prepared(b);
  for (int i = 0; i < 50; i++) {
    char key[40];
    snprintf(key, sizeof key, "aws:resourcetag/k%d", i);
    const pe_fact *f = fact(r, key);
    ck_assert(f->twice && f->count == 2 && pe_slice_eq(f->values[0], red) && pe_slice_eq(f->values[1], blue));
  }
  pe_request_builder_free(b);
}
END_TEST

START_TEST(defaults_of_every_kind)
{
  const pe_slice red = S("red");
  pe_request_builder *b = start(SESSION, GET, SECRET);
  ck_assert_int_eq(pe_request_set_default(b, S("aws:TagKeys"), NULL, 0, true), 0);
  ck_assert_int_eq(pe_request_set_default(b, S("aws:SourceVpc"), &red, 2, false), POLICYEVAL_EINVAL);
  ck_assert_int_eq(pe_request_set_fact(b, S(""), &red, 1, false), POLICYEVAL_EINVAL);
  const pe_fact *f = fact(prepared(b), "aws:TagKeys");
  ck_assert(f->multi && !f->unknown && f->count == 0);
  expect(prepared(b), "aws:SourceVpc", NULL);
  pe_request_builder_free(b);
}
END_TEST

START_TEST(many_keys_are_found)
{
  pe_request_builder *b = start(SESSION, GET, SECRET);
  enum { KEYS = 5000 };
  for (unsigned round = 0; round < 2; round++) {
    for (unsigned i = 0; i < KEYS; i++) {
      char name[40], value[40];
      snprintf(name, sizeof name, "example:key%u", i);
      snprintf(value, sizeof value, "%u", i + round);
      pe_slice v = pe_slice_str(value);
      ck_assert_int_eq(pe_request_set_fact(b, pe_slice_str(name), &v, 1, false), 0);
    }
  }
  const pe_request *r = prepared(b);
  expect(r, "Example:Key4321", "4322");
  ck_assert_uint_ge(r->facts.count, KEYS);
  ck_assert_uint_le(r->facts.count, KEYS + 20);
  pe_request_builder_free(b);
}
END_TEST

/* The step of pe_slice_hash, to make keys that collide on purpose: the second eight bytes undo the first. */
static uint64_t mix(uint64_t h, uint64_t w) {
  h = (h ^ w) * 0x9E3779B97F4A7C15u;
  return h ^ h >> 32;
}

static bool colliding_key(uint64_t i, char key[17]) {
  uint64_t w = 0;
  memset(key, 0, 17);
  for (unsigned k = 0; k < 8; k++) key[k] = (char)('0' + (i >> (4 * k) & 15));
  for (int k = 7; k >= 0; k--) w = w << 8 | (unsigned char)key[k];
  w = mix(mix(0x51ED270B7A14C5D3u, 16), w) ^ 0x7172737475767778u;
  for (int k = 0; k < 8; k++, w >>= 8) {
    const unsigned char c = w & 0xFF;
    if (c <= ' ' || c >= 0x7F || (c >= 'A' && c <= 'Z')) return false;
    key[8 + k] = (char)c;
  }
  return true;
}

START_TEST(keys_of_one_hash_are_told_apart)
{
  enum { SAME = 100 };
  pe_request_builder *b = start(USER, GET, SECRET);
  char keys[SAME + 1][17];
  unsigned n = 0;
  for (uint64_t i = 0; n < SAME + 1; i++) n += colliding_key(i, keys[n]);
  for (unsigned i = 0; i < SAME; i++) {
    const pe_slice key = pe_slice_str(keys[i * 37 % SAME]);
    ck_assert_uint_eq(pe_slice_hash(key), pe_slice_hash(pe_slice_str(keys[0]))); /* or the test tests nothing */
    ck_assert_int_eq(pe_request_set_fact(b, key, &key, 1, false), 0);
  }
  const pe_request *r = prepared(b);
  for (unsigned i = 0; i < SAME; i++) expect(r, keys[i], keys[i]);
  expect(r, keys[SAME], NULL);
  expect(r, "aws:PrincipalArn", USER);
  expect(r, "aws:PrincipalAccount", "111122223333");
  pe_request_builder_free(b);
}
END_TEST

UNIT_MAIN("request", facts_follow_from_the_caller, other_callers_have_other_facts,
          a_session_without_name_is_unknown, the_caller_goes_before_what_is_derived,
          tag_keys_may_be_there_twice, encryption_context_names_its_keys, bad_parts_are_refused_with_a_reason,
          parts_that_do_not_belong_together_are_refused, callers_have_the_parts_of_their_kind,
          used_again_it_allocates_nothing, every_allocation_may_fail, a_value_that_did_not_fit_is_unknown,
          a_tag_that_did_not_fit_is_unknown, tag_keys_of_every_kind, defaults_of_every_kind,
          many_keys_are_found, keys_of_one_hash_are_told_apart)
