/* SPDX-License-Identifier: MIT */
/* Nanoseconds per request through the public API, one by one and in batches: what bench/python and the benchmarks of
 * bindings/go are held against. They ask the same requests of the same policies: row i is made from i alone. */
#define _POSIX_C_SOURCE 200809L

#include <policyeval/policyeval.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROWS = 1024, ROUNDS = 21 };

static const char document[] =
    "{\"Version\": \"2012-10-17\", \"Statement\": ["
    "{\"Effect\": \"Allow\", \"Action\": \"s3:Get*\", \"Resource\": \"arn:aws:s3:::data-*/*\"},"
    "{\"Effect\": \"Allow\", \"Action\": [\"secretsmanager:GetSecretValue\", \"secretsmanager:DescribeSecret\"],"
    " \"Resource\": \"arn:aws:secretsmanager:us-east-1:111122223333:secret:team1/*\"},"
    "{\"Effect\": \"Allow\", \"Action\": \"kms:Decrypt\", \"Resource\": \"*\","
    " \"Condition\": {\"StringEquals\": {\"kms:ViaService\": \"secretsmanager.us-east-1.amazonaws.com\"}}},"
    "{\"Effect\": \"Deny\", \"Action\": \"*\", \"Resource\": \"*\","
    " \"Condition\": {\"NotIpAddress\": {\"aws:SourceIp\": \"203.0.113.0/24\"}}}]}";

static char principal[16][80], resource[64][120], ip[32][20];
static const char *const action[] = {"secretsmanager:GetSecretValue", "s3:GetObject", "kms:Decrypt",
                                     "secretsmanager:DescribeSecret"};

static void must(int rc, const char *what) {
  if (rc == POLICYEVAL_OK) return;
  fprintf(stderr, "%s: %s\n", what, policyeval_error_name(rc));
  exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void make_texts(void) {
  for (int i = 0; i < 16; i++) snprintf(principal[i], sizeof principal[i], "arn:aws:iam::111122223333:user/team/u%d", i);
  for (int i = 0; i < 64; i++)
    snprintf(resource[i], sizeof resource[i], "arn:aws:secretsmanager:us-east-1:111122223333:secret:team%d/s%d-AbCdEf",
             i % 3, i);
  for (int i = 0; i < 32; i++) snprintf(ip[i], sizeof ip[i], "%d.0.113.%d", i % 8 ? 203 : 198, i);
}

static void set_row(policyeval_request *r, size_t i) {
  must(policyeval_request_set_principal(r, principal[i % 16], POLICYEVAL_NTS), "principal");
  must(policyeval_request_set_action(r, action[i % 4], POLICYEVAL_NTS), "action");
  must(policyeval_request_set_resource(r, resource[i % 64], POLICYEVAL_NTS), "resource");
  must(policyeval_request_set_context(r, "aws:SourceIp", POLICYEVAL_NTS, ip[i % 32], POLICYEVAL_NTS), "context");
}

static policyeval_slice slices[4][ROWS];
static policyeval_column columns[4];

static void make_columns(void) {
  for (size_t i = 0; i < ROWS; i++) {
    const char *const texts[] = {principal[i % 16], action[i % 4], resource[i % 64], ip[i % 32]};
    for (int k = 0; k < 4; k++) slices[k][i] = (policyeval_slice){texts[k], strlen(texts[k])};
  }
  for (int k = 0; k < 4; k++) columns[k] = (policyeval_column){k + 1, {NULL, 0}, slices[k]};
  columns[3].key = (policyeval_slice){"aws:SourceIp", 12};
}

typedef struct bench {
  policyeval_policyset *set;
  policyeval_request *one, *many[ROWS];
  int effects[ROWS];
} bench;
typedef void (*run_fn)(bench *b, size_t n);

static void run_single(bench *b, size_t n) {
  for (size_t i = 0; i < n; i++) must(policyeval_decide_effect(b->set, b->many[i], &b->effects[i]), "single");
}
static void run_many(bench *b, size_t n) {
  must(policyeval_decide_many(b->set, b->many, n, b->effects, NULL, NULL, NULL), "many");
}
static void run_columns(bench *b, size_t n) {
  must(policyeval_decide_columns(b->set, b->one, columns, 4, n, b->effects, NULL, NULL, NULL), "columns");
}
static void run_set(bench *b, size_t n) {
  for (size_t i = 0; i < n; i++) {
    set_row(b->one, i);
    must(policyeval_decide_effect(b->set, b->one, &b->effects[i]), "set");
  }
}

static int by_value(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* The median round; a round is long enough for the clock. */
static double measure(bench *b, run_fn run, size_t n) {
  double rounds[ROUNDS];
  const size_t repeat = 4096 / n;
  for (int round = 0; round < ROUNDS; round++) {
    const double start = now();
    for (size_t i = 0; i < repeat; i++) run(b, n);
    rounds[round] = (now() - start) / (double)(repeat * n);
  }
  qsort(rounds, ROUNDS, sizeof rounds[0], by_value);
  return rounds[ROUNDS / 2];
}

int main(void) {
  static bench b;
  policyeval_context *c = NULL;
  policyeval_policy *p = NULL;
  static const struct {
    const char *name;
    run_fn run;
  } ways[] = {{"effect of prepared requests, one call each", run_single},
              {"prepared requests, one call", run_many},
              {"columns, one call", run_columns},
              {"facts set and decided, five calls each", run_set}};
  make_texts();
  make_columns();
  must(policyeval_context_new(NULL, &c), "context");
  must(policyeval_policy_load(c, POLICYEVAL_KIND_IDENTITY, document, POLICYEVAL_NTS, "bench", &p, NULL), "policy");
  must(policyeval_policyset_new(c, &b.set), "set");
  must(policyeval_policyset_add(b.set, POLICYEVAL_LAYER_IDENTITY, 0, p), "add");
  must(policyeval_request_new(c, &b.one), "request");
  for (size_t i = 0; i < ROWS; i++) {
    must(policyeval_request_new(c, &b.many[i]), "request");
    set_row(b.many[i], i);
  }
  printf("%-48s %8s %8s %8s %8s\n", "C: ns a request, in batches of", "1", "8", "64", "1024");
  for (size_t w = 0; w < sizeof ways / sizeof ways[0]; w++) {
    printf("%-48s", ways[w].name);
    for (size_t n = 1; n <= ROWS; n = n == 64 ? 1024 : n * 8) printf(" %8.0f", measure(&b, ways[w].run, n));
    puts("");
  }
  unsigned allowed = 0;
  for (int i = 0; i < ROWS; i++) allowed += b.effects[i] == POLICYEVAL_ALLOW;
  printf("%u of %d allowed\n", allowed, ROWS);
  for (size_t i = 0; i < ROWS; i++) policyeval_request_free(b.many[i]);
  policyeval_request_free(b.one);
  policyeval_policyset_unref(b.set);
  policyeval_policy_unref(p);
  policyeval_context_unref(c);
  return 0;
}
