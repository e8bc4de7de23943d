/* SPDX-License-Identifier: MIT */
/* A grant and a revocation with every allocation failing in turn, jansson's included: a clean error or the right answer;
 * nothing leaks. */
#include <jansson.h>
#include <policyeval/policyeval.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/unit.h"

static pe_test_alloc *jansson_memory;
static void *jansson_alloc(size_t size) { return jansson_memory->alloc.alloc(jansson_memory->alloc.user, size); }
static void jansson_free(void *ptr) { jansson_memory->alloc.release(jansson_memory->alloc.user, ptr); }

/* A placeholder to fill in, an object that becomes a list; in the revocation a principal among others. */
static const char secret_policy[] =
    "{\"Version\":\"2012-10-17\",\"Statement\":{\"Sid\":\"A\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":"
    "[\"arn:aws:iam::111122223333:role/R\",\"arn:aws:iam::OTHER:role/Q\"]},\"Action\":\"secretsmanager:GetSecretValue\","
    "\"Resource\":\"*\",\"Condition\":{\"StringEquals\":{\"secretsmanager:VersionStage\":\"AWSPREVIOUS\"}}}}";

static const char key_policy[] =
    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":"
    "\"arn:aws:iam::444455556666:root\"},\"Action\":\"kms:*\",\"Resource\":\"*\"},{\"Effect\":\"Allow\",\"Principal\":"
    "{\"AWS\":\"arn:aws:iam::111122223333:role/R\"},\"Action\":\"kms:Decrypt\",\"Resource\":\"*\"}]}";
static const char identity_policy[] =
    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}";

static int add(policyeval_context *c, policyeval_access *q, int kind, int layer, const char *text) {
  policyeval_policy *p = NULL;
  policyeval_report *report = NULL;
  int rc = policyeval_policy_load(c, kind, text, POLICYEVAL_NTS, "policy.json", &p, &report);
  policyeval_report_free(report);
  if (rc == 0) rc = policyeval_access_add_policy(q, layer, 0, p);
  policyeval_policy_unref(p);
  return rc;
}

static int run(bool revoke, const pe_test_alloc *mem, char **answer) {
  policyeval_context *c = NULL;
  policyeval_access *q = NULL;
  policyeval_grant *g = NULL;
  int rc = pe_test_context(&mem->alloc, &c);
  if (rc == 0) rc = policyeval_context_set_placeholder(c, "OTHER", POLICYEVAL_NTS, "444455556666", POLICYEVAL_NTS);
  if (rc == 0) rc = policyeval_access_new(c, &q);
  if (rc == 0) rc = policyeval_access_set_principal(q, "arn:aws:iam::111122223333:role/R", POLICYEVAL_NTS);
  if (rc == 0)
    rc = policyeval_access_set_secret(q, "arn:aws:secretsmanager:us-east-1:444455556666:secret:S-AbCdEf", POLICYEVAL_NTS);
  if (rc == 0)
    rc = policyeval_access_set_key(q, "arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab",
                                   POLICYEVAL_NTS);
  if (rc == 0) rc = add(c, q, POLICYEVAL_KIND_SECRET, POLICYEVAL_LAYER_RESOURCE, secret_policy);
  if (rc == 0 && revoke) rc = add(c, q, POLICYEVAL_KIND_KMS_KEY, POLICYEVAL_LAYER_KEY, key_policy);
  if (rc == 0 && revoke) rc = add(c, q, POLICYEVAL_KIND_IDENTITY, POLICYEVAL_LAYER_IDENTITY, identity_policy);
  if (rc == 0) rc = policyeval_grant_new(q, &g);
  if (rc == 0) rc = policyeval_grant_set_folder(g, "there");
  if (rc == 0) rc = revoke ? policyeval_grant_run_revoke(g) : policyeval_grant_run(g);
  if (rc == 0) {
    const char *text[] = {policyeval_grant_json(g, NULL), policyeval_grant_text(g, NULL), policyeval_grant_diff(g, NULL),
                          policyeval_grant_commands(g, NULL)};
    const size_t room = strlen(text[0]) + strlen(text[1]) + strlen(text[2]) + strlen(text[3]) + 1;
    *answer = malloc(room);
    snprintf(*answer, room, "%s%s%s%s", text[0], text[1], text[2], text[3]);
  } else if (g) {
    /* A change that ran out of memory is none. */
    ck_assert_int_eq(policyeval_grant_changed(g) | policyeval_grant_proved(g), 0);
    ck_assert_uint_eq(policyeval_grant_documents(g), 0);
    ck_assert_ptr_null(policyeval_grant_json(g, NULL));
  }
  policyeval_grant_free(g);
  policyeval_access_free(q);
  policyeval_context_unref(c);
  return rc;
}

static void each_allocation(bool revoke) {
  char *right = NULL;
  pe_test_alloc undisturbed;
  pe_test_alloc_init(&undisturbed);
  jansson_memory = &undisturbed;
  json_set_alloc_funcs(jansson_alloc, jansson_free);
  ck_assert_int_eq(run(revoke, &undisturbed, &right), 0);
  pe_test_alloc_done(&undisturbed);
  ck_assert_uint_gt(undisturbed.calls, 500);
  ck_assert_ptr_nonnull(strstr(right, "\"changed\": true"));

  UNIT_EACH_ALLOCATION(mem, rc) {
    char *answer = NULL;
    jansson_memory = &mem;
    rc = run(revoke, &mem, &answer);
    /* The right answer is as good as a clean error: a block that could not be trimmed does no harm. */
    if (rc == 0) ck_assert(strcmp(answer, right) == 0);
    if (rc == 0 && mem.failed) rc = POLICYEVAL_ENOMEM;
    free(answer);
  }
  free(right);
}

START_TEST(a_grant) { each_allocation(false); }
END_TEST
START_TEST(a_revocation) { each_allocation(true); }
END_TEST

UNIT_MAIN("oom_grant", a_grant, a_revocation)
