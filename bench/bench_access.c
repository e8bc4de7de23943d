/* SPDX-License-Identifier: MIT */
/* The three-policy question through the public API, on loaded policies: the verdict alone, and the whole answer with
 * explanations. Run it from the top of the sources: it reads examples/article. Medians of many batches. */
#include <policyeval/policyeval.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BATCHES = 41 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void must(int rc, const char *what) {
  if (rc == 0) return;
  fprintf(stderr, "%s: %s\n", what, policyeval_error_text(rc));
  exit(1);
}

static policyeval_access *question(policyeval_context *c, const char *secret, const char *key, const char *role) {
  const char *const files[] = {secret, key, role};
  static const int kinds[] = {POLICYEVAL_KIND_SECRET, POLICYEVAL_KIND_KMS_KEY, POLICYEVAL_KIND_IDENTITY};
  static const int layers[] = {POLICYEVAL_LAYER_RESOURCE, POLICYEVAL_LAYER_KEY, POLICYEVAL_LAYER_IDENTITY};
  policyeval_access *q = NULL;
  must(policyeval_access_new(c, &q), "new");
  must(policyeval_access_set_principal(q, "arn:aws:iam::111122223333:role/PRODUCTION_ROLE", POLICYEVAL_NTS), "principal");
  must(policyeval_access_set_secret(q, "arn:aws:secretsmanager:us-east-1:444455556666:secret:SECURITY_SECRET-AbCdEf",
                                    POLICYEVAL_NTS), "secret");
  must(policyeval_access_set_key(q, "arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab",
                                 POLICYEVAL_NTS), "key");
  for (int i = 0; i < 3; i++) {
    policyeval_policy *p = NULL;
    must(policyeval_policy_load_file(c, kinds[i], files[i], &p, NULL), files[i]);
    must(policyeval_access_add_policy(q, layers[i], 0, p), files[i]);
    policyeval_policy_unref(p);
  }
  return q;
}

typedef int (*step)(policyeval_access *q);
static int verdict(policyeval_access *q) {
  int effect = -1;
  must(policyeval_access_effect(q, &effect), "effect");
  return effect;
}
static int answer(policyeval_access *q) {
  must(policyeval_access_decide(q), "decide");
  return policyeval_access_decision(q);
}

static void measure(const char *what, policyeval_access *q, step run, unsigned per_batch) {
  double batch[BATCHES];
  int effect = run(q);
  for (int b = 0; b < BATCHES; b++) {
    const double start = now();
    for (unsigned i = 0; i < per_batch; i++) effect = run(q);
    batch[b] = (now() - start) / per_batch;
  }
  qsort(batch, BATCHES, sizeof batch[0], by_value);
  printf("%-44s %12.1f ns  (%s)\n", what, batch[BATCHES / 2], policyeval_effect_name(effect));
}

int main(void) {
  policyeval_context *c = NULL;
  must(policyeval_context_new(NULL, &c), "context");
  must(policyeval_context_set_placeholder(c, "PRODUCTION", POLICYEVAL_NTS, "111122223333", POLICYEVAL_NTS), "set");
  must(policyeval_context_set_placeholder(c, "CENTRAL_SECURITY", POLICYEVAL_NTS, "444455556666", POLICYEVAL_NTS), "set");
  must(policyeval_context_set_placeholder(c, "SECURITY_CMK", POLICYEVAL_NTS, "1234abcd-12ab-34cd-56ef-1234567890ab",
                                          POLICYEVAL_NTS), "set");
  policyeval_access *good = question(c, "examples/article/corrected/secret.json", "examples/article/corrected/key.json",
                                     "examples/article/corrected/role.json");
  policyeval_access *bad = question(c, "examples/article/printed/secret.json", "examples/article/wrapped/key.json",
                                    "examples/article/printed/role.json");
  measure("verdict, corrected policies", good, verdict, 20000);
  measure("verdict, the article's policies", bad, verdict, 20000);
  measure("answer with explanation, corrected", good, answer, 200);
  measure("answer with explanation and hints, article", bad, answer, 50);
  policyeval_access_free(good);
  policyeval_access_free(bad);
  policyeval_context_unref(c);
  return 0;
}
