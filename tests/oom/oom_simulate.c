/* SPDX-License-Identifier: MIT */
/* Cases with every allocation failing in turn: a clean error or the right answer; nothing leaks; the simulator stays
 * usable, and what it kept is right. */
#include <policyeval/policyeval.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/unit.h"

#define ALLOW                                                                                                \
  "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Sid\": \"S\", \"Effect\": \"Allow\", \"Action\": "       \
  "\"s3:*\", "                                                                                               \
  "\"Resource\": \"*\", \"Condition\": {\"StringEquals\": {\"aws:PrincipalOrgID\": \"o-1\"}}}]}"
#define WHO  "\"principal\": {\"arn\": \"arn:aws:iam::111122223333:user/a\", \"tags\": {\"t\": \"v\"}}, "
#define WHAT "\"action\": \"s3:GetObject\", \"resource\": \"arn:aws:s3:::b/k\""

static const char *const lines[] = {
    "{\"define\": \"d\", \"policies\": {\"identity\": [" ALLOW "], \"scp\": [[" ALLOW "], []]}}",
    "{\"id\": \"named\", " WHO WHAT ", \"policies\": \"d\"}",
    "{\"id\": \"own\", " WHO WHAT
    ", \"context\": {\"aws:PrincipalOrgID\": \"o-1\", \"aws:TagKeys\": [\"a\", \"b\"]}, "
    "\"policies\": {\"identity\": [{\"name\": \"n\", \"policy\": " ALLOW "}]}}",
    "{\"id\": \"unknown\", " WHO WHAT
    ", \"unknown\": [\"aws:PrincipalOrgID\"], \"policies\": {\"identity\": [" ALLOW "]}}",
    "{\"id\": \"bad\", " WHO WHAT ", \"policies\": {\"identity\": [{\"Statement\": 1}]}}",
    "{\"id\": \"worse\", ",
    "{\"id\": \"key\", " WHO
    "\"action\": \"kms:Decrypt\", \"resource\": \"arn:aws:kms:us-east-1:111122223333:key/k\", "
    "\"policies\": {\"grants\": [{\"GrantId\": \"g\", \"GranteePrincipal\": "
    "\"arn:aws:iam::111122223333:user/a\", "
    "\"Operations\": [\"Decrypt\"]}]}}",
};
enum { LINES = sizeof lines / sizeof lines[0] };

/* All lines in turn; their results, one a line. */
static int run(const pe_test_alloc *mem, int format, char **answer) {
  policyeval_context *c = NULL;
  policyeval_simulator *s = NULL;
  char all[8192] = "";
  int rc = pe_test_context(&mem->alloc, &c);
  if (rc == 0) rc = policyeval_simulator_new(c, &s);
  if (rc == 0) rc = policyeval_simulator_set_format(s, format);
  for (int i = 0; i < LINES && rc == 0; i++) {
    char *text = NULL;
    const int one = policyeval_simulator_run(s, lines[i], POLICYEVAL_NTS, 1, NULL, &text, NULL);
    ck_assert(text || one == 0 || one == POLICYEVAL_ENOMEM);
    if (one == POLICYEVAL_ENOMEM) rc = one;
    if (text) snprintf(all + strlen(all), sizeof all - strlen(all), "%s\n", text);
    policyeval_free(c, text);
  }
  policyeval_simulator_free(s);
  policyeval_context_unref(c);
  if (rc == 0) *answer = strdup(all);
  return rc;
}

static void each_allocation(int format) {
  char *right = NULL;
  pe_test_alloc undisturbed;
  pe_test_alloc_init(&undisturbed);
  ck_assert_int_eq(run(&undisturbed, format, &right), 0);
  pe_test_alloc_done(&undisturbed);
  ck_assert_uint_gt(undisturbed.calls, 100);

  UNIT_EACH_ALLOCATION (mem, rc) {
    char *answer = NULL;
    rc = run(&mem, format, &answer);
    /* What could not be kept for the next line does no harm. */
    if (rc == 0) ck_assert_str_eq(answer, right);
    if (rc == 0 && mem.failed) rc = POLICYEVAL_ENOMEM;
    free(answer);
  }
  free(right);
}

START_TEST(results_as_json)
{ each_allocation(POLICYEVAL_FORMAT_JSON); }
END_TEST
START_TEST(results_as_aws)
{ each_allocation(POLICYEVAL_FORMAT_AWS); }
END_TEST

UNIT_MAIN("oom_simulate", results_as_json, results_as_aws)
