/* SPDX-License-Identifier: MIT */
/* Questions about all requests through the public API, on loaded policies: what people write, worst cases, and the
 * article's question. Run it from the top of the sources: it reads examples/article. Medians; "peak" is what a
 * question holds at most, beside the policies.
 *   bench_analysis [--only TEXT] [--size N] [--runs N] [--dump DIRECTORY] (analysis_cvc5.py takes the policies) */
#include <policyeval/policyeval.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "analysis_policies.h"

enum { RUNS_MOST = 401 };

static const char *only, *dump;
static unsigned runs = RUNS_MOST, size; /* size 0: all */

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
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

/* Memory that is counted: each block knows its size. */
typedef union head {
  size_t size;
  max_align_t align;
} head;
static size_t held, peak;

static void *take(void *user, size_t bytes) {
  head *h = malloc(sizeof *h + bytes);
  (void)user;
  if (!h) return NULL;
  h->size = bytes;
  held += bytes;
  if (held > peak) peak = held;
  return h + 1;
}
static void give(void *user, void *ptr) {
  (void)user;
  if (!ptr) return;
  head *h = (head *)ptr - 1;
  held -= h->size;
  free(h);
}
static void *resize(void *user, void *ptr, size_t bytes) {
  void *more = take(user, bytes);
  if (!more || !ptr) return more;
  const size_t old = ((head *)ptr - 1)->size;
  memcpy(more, ptr, old < bytes ? old : bytes);
  give(user, ptr);
  return more;
}

/* Runs until half a second is gone; the median, in processor time, so that a busy machine says the same. */
typedef void (*run_fn)(void *question);
static double median(run_fn run, void *question) {
  double times[RUNS_MOST];
  unsigned n = 0;
  const double start = now();
  while (n < runs && (n == 0 || now() - start < 5e5)) {
    const double at = now();
    run(question);
    times[n++] = now() - at;
  }
  qsort(times, n, sizeof times[0], by_value);
  return times[n / 2];
}

static policyeval_policy *load(policyeval_context *c, int kind, const char *text) {
  policyeval_policy *p = NULL;
  must(policyeval_policy_load(c, kind, text, strlen(text), "bench", &p, NULL), "load");
  return p;
}

static void write_out(const char *family, unsigned n, const char *which, const char *text) {
  char path[1024];
  snprintf(path, sizeof path, "%s/%s-%u-%s.json", dump, family, n, which);
  FILE *f = fopen(path, "w");
  if (!f || fputs(text, f) < 0 || fclose(f)) {
    perror(path);
    exit(1);
  }
}

static void run_analysis(void *question) { must(policyeval_analysis_run(question), "run"); }

static void measure(const bench_family *f, unsigned n) {
  const policyeval_allocator counted = {sizeof counted, take, resize, give, NULL};
  bench_pair pair = f->make(n);
  policyeval_context *plain = NULL, *counting = NULL;
  double time = 0;
  const char *answer = "";
  if (dump) write_out(f->name, n, "subject", pair.subject);
  if (dump && pair.against) write_out(f->name, n, "against", pair.against);
  must(policyeval_context_new(NULL, &plain), "context");
  must(policyeval_context_new(&counted, &counting), "context");
  size_t before = 0;
  for (int pass = 0; pass < 2; pass++) {
    policyeval_context *c = pass ? counting : plain;
    policyeval_analysis *q = NULL;
    policyeval_policy *subject = load(c, pair.kind, pair.subject), *against = NULL;
    must(policyeval_analysis_new(c, pair.against ? POLICYEVAL_ASK_NEW_ACCESS : POLICYEVAL_ASK_PUBLIC, &q), "new");
    must(policyeval_analysis_set_policy(q, subject), "policy");
    if (pair.against) {
      against = load(c, pair.kind, pair.against);
      must(policyeval_analysis_set_existing(q, against), "existing");
    }
    if (pass) {
      before = peak = held;
      run_analysis(q);
    } else {
      time = median(run_analysis, q);
    }
    answer = policyeval_answer_name(policyeval_analysis_answer(q));
    policyeval_analysis_free(q);
    policyeval_policy_unref(subject);
    policyeval_policy_unref(against);
  }
  const int wrong = f->answer && strcmp(answer, f->answer) != 0;
  printf("| %-34s | %5u | %6zu | %12.1f | %9.1f | %s%s |\n", f->name, n, (strlen(pair.subject) + 512) / 1024, time,
         (double)(peak - before) / 1024, answer, wrong ? " (WRONG)" : "");
  fflush(stdout);
  policyeval_context_unref(plain);
  policyeval_context_unref(counting);
  free(pair.subject);
  free(pair.against);
  if (wrong) exit(1);
}

static void table(const char *title, const bench_family *f) {
  printf("\n%s\n| question | n | KiB | median us | peak KiB | answer |\n|---|---|---|---|---|---|\n", title);
  for (; f->name; f++) {
    if (only && !strstr(f->name, only)) continue;
    for (unsigned i = 0; i < 4 && f->size[i]; i++) {
      if (!size || f->size[i] == size) measure(f, f->size[i]);
    }
  }
}

/* The article's question. */

static void run_access(void *question) { must(policyeval_access_all_requests(question), "all requests"); }

static void article(policyeval_context *c, const char *what, const char *secret, const char *key, const char *role) {
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
  const double time = median(run_access, q);
  printf("| %-34s | %5s | %6s | %12.1f | %9s | reach %d |\n", what, "", "", time, "", policyeval_access_reach(q));
  policyeval_access_free(q);
}

static void articles(void) {
  policyeval_context *c = NULL;
  must(policyeval_context_new(NULL, &c), "context");
  must(policyeval_context_set_placeholder(c, "PRODUCTION", POLICYEVAL_NTS, "111122223333", POLICYEVAL_NTS), "set");
  must(policyeval_context_set_placeholder(c, "CENTRAL_SECURITY", POLICYEVAL_NTS, "444455556666", POLICYEVAL_NTS), "set");
  must(policyeval_context_set_placeholder(c, "SECURITY_CMK", POLICYEVAL_NTS, "1234abcd-12ab-34cd-56ef-1234567890ab",
                                          POLICYEVAL_NTS), "set");
  printf("\nMay the role read the secret, over all requests\n| policies | | | median us | | answer |\n|---|---|---|---|---|---|\n");
  article(c, "the article's, corrected", "examples/article/corrected/secret.json", "examples/article/corrected/key.json",
          "examples/article/corrected/role.json");
  article(c, "the article's, as printed", "examples/article/printed/secret.json", "examples/article/wrapped/key.json",
          "examples/article/printed/role.json");
  policyeval_context_unref(c);
}

int main(int argc, char **argv) {
  for (int i = 1; i + 1 < argc; i += 2) {
    if (strcmp(argv[i], "--only") == 0) only = argv[i + 1];
    if (strcmp(argv[i], "--dump") == 0) dump = argv[i + 1];
    if (strcmp(argv[i], "--size") == 0) size = (unsigned)strtoul(argv[i + 1], NULL, 10);
    if (strcmp(argv[i], "--runs") == 0) runs = (unsigned)strtoul(argv[i + 1], NULL, 10);
  }
  if (runs == 0 || runs > RUNS_MOST) runs = RUNS_MOST;
  table("What people write", bench_common);
  if (!dump) table("Worst cases", bench_hostile);
  if (!dump && (!only || strstr("article", only))) articles();
  return 0;
}
