/* SPDX-License-Identifier: MIT */
/* The three-policy question with every allocation failing in turn, jansson's included: a clean error or the right
 * answer, never a wrong one; nothing leaks; what was made before stays usable. */
#include <jansson.h>
#include <policyeval/policyeval.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/unit.h"

static pe_test_alloc *jansson_memory;
static void *jansson_alloc(size_t size) { return jansson_memory->alloc.alloc(jansson_memory->alloc.user, size); }
static void jansson_free(void *ptr) { jansson_memory->alloc.release(jansson_memory->alloc.user, ptr); }

typedef struct triple {
  const char *secret, *key, *role; /* files under examples/article; no key policy: the AWS managed key */
  int effect;
} triple;
static const triple cases[] = {
    {"corrected/secret.json", "corrected/key.json", "corrected/role.json", POLICYEVAL_ALLOW},
    /* Hints of every sort are looked for on the way. */
    {"printed/secret.json", "wrapped/key.json", "printed/role.json", POLICYEVAL_IMPLICIT_DENY},
    {"corrected/secret.json", NULL, "corrected/role.json", POLICYEVAL_IMPLICIT_DENY},
};

static int load(policyeval_context *c, int kind, const char *file, policyeval_policy **out) {
  char path[128];
  size_t len = 0;
  snprintf(path, sizeof path, "examples/article/%s", file);
  char *text = pe_test_read(path, &len);
  policyeval_report *report = NULL;
  const int rc = policyeval_policy_load(c, kind, text, len, file, out, &report);
  policyeval_report_free(report);
  free(text);
  return rc;
}

static int fill(policyeval_access *q, policyeval_policy *const policies[3]) {
  static const int layers[] = {POLICYEVAL_LAYER_RESOURCE, POLICYEVAL_LAYER_KEY, POLICYEVAL_LAYER_IDENTITY};
  int rc = policyeval_access_set_principal(q, "arn:aws:iam::111122223333:role/PRODUCTION_ROLE", POLICYEVAL_NTS);
  if (rc == 0)
    rc = policyeval_access_set_secret(q, "arn:aws:secretsmanager:us-east-1:444455556666:secret:SECURITY_SECRET-AbCdEf",
                                      POLICYEVAL_NTS);
  if (rc == 0 && policies[1])
    rc = policyeval_access_set_key(q, "arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab",
                                   POLICYEVAL_NTS);
  if (rc == 0) rc = policyeval_access_set_unknown(q, "aws:PrincipalOrgID", POLICYEVAL_NTS);
  for (int i = 0; i < 3 && rc == 0; i++)
    if (policies[i]) rc = policyeval_access_add_policy(q, layers[i], 0, policies[i]);
  return rc;
}

/* One run: the JSON and text of the answer, to be compared with those of an undisturbed run. */
static int run(const triple *t, const pe_test_alloc *mem, char **answer) {
  static const char *const settings[][2] = {
      {"PRODUCTION", "111122223333"}, {"CENTRAL_SECURITY", "444455556666"},
      {"SECURITY_CMK", "1234abcd-12ab-34cd-56ef-1234567890ab"}};
  policyeval_context *c = NULL;
  policyeval_policy *policies[3] = {NULL, NULL, NULL};
  policyeval_access *q = NULL;
  int effect = -1;
  int rc = pe_test_context(&mem->alloc, &c);
  for (size_t i = 0; i < 3 && rc == 0; i++)
    rc = policyeval_context_set_placeholder(c, settings[i][0], POLICYEVAL_NTS, settings[i][1], POLICYEVAL_NTS);
  if (rc == 0) rc = load(c, POLICYEVAL_KIND_SECRET, t->secret, &policies[0]);
  if (rc == 0 && t->key) rc = load(c, POLICYEVAL_KIND_KMS_KEY, t->key, &policies[1]);
  if (rc == 0) rc = load(c, POLICYEVAL_KIND_IDENTITY, t->role, &policies[2]);
  if (rc == 0) rc = policyeval_access_new(c, &q);
  if (rc == 0) rc = fill(q, policies);
  if (rc == 0) rc = policyeval_access_effect(q, &effect);
  if (rc == 0) ck_assert_int_eq(effect, t->effect);
  if (rc == 0) rc = policyeval_access_decide(q);
  if (rc == 0) {
    size_t json = 0, text = 0;
    ck_assert_int_eq(policyeval_access_decision(q), t->effect);
    const char *a = policyeval_access_json(q, &json), *b = policyeval_access_text(q, &text);
    ck_assert_ptr_nonnull(a);
    ck_assert_ptr_nonnull(b);
    *answer = malloc(json + text + 1);
    memcpy(*answer, a, json);
    memcpy(*answer + json, b, text + 1);
  } else if (q) {
    /* A question that ran out of memory says nothing, and never yes. */
    ck_assert_int_eq(policyeval_access_decision(q), POLICYEVAL_IMPLICIT_DENY);
    ck_assert_ptr_null(policyeval_access_json(q, NULL));
  }
  policyeval_access_free(q);
  for (int i = 0; i < 3; i++) policyeval_policy_unref(policies[i]);
  policyeval_context_unref(c);
  return rc;
}

static void each_allocation(const triple *t) {
  char *right = NULL;
  pe_test_alloc undisturbed;
  pe_test_alloc_init(&undisturbed);
  jansson_memory = &undisturbed;
  json_set_alloc_funcs(jansson_alloc, jansson_free);
  ck_assert_int_eq(run(t, &undisturbed, &right), 0);
  pe_test_alloc_done(&undisturbed);
  ck_assert_uint_gt(undisturbed.calls, 50);

  UNIT_EACH_ALLOCATION(mem, rc) {
    char *answer = NULL;
    jansson_memory = &mem;
    rc = run(t, &mem, &answer);
    /* The right answer is as good as a clean error: a block that could not be trimmed does no harm. */
    if (rc == 0) ck_assert(strcmp(answer, right) == 0);
    if (rc == 0 && mem.failed) rc = POLICYEVAL_ENOMEM;
    free(answer);
  }
  free(right);
}

START_TEST(the_golden_triple) { each_allocation(&cases[0]); }
END_TEST
START_TEST(the_article_with_hints) { each_allocation(&cases[1]); }
END_TEST
START_TEST(the_managed_key_of_another_account) { each_allocation(&cases[2]); }
END_TEST

UNIT_MAIN("oom_access", the_golden_triple, the_article_with_hints, the_managed_key_of_another_account)
