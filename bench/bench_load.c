/* SPDX-License-Identifier: MIT */
/* How fast text becomes a policy, how much memory it takes, and how fast the index finds an action. */
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "policy/index.h"
#include "policy/load.h"

enum { ACTIONS = 10 };

static const char *const verbs[] = {"Get", "Put", "List", "Describe", "Create", "Delete", "Update"};

static void add_statement(pe_buf *b, unsigned i) {
  pe_buf_fmt(b, "{\"Sid\":\"Statement%u\",\"Effect\":\"%s\",\"Action\":[", i, i % 5 ? "Allow" : "Deny");
  for (unsigned k = 0; k < ACTIONS; k++) {
    unsigned n = i * ACTIONS + k;
    pe_buf_fmt(b, "%s\"service%u:%sThing%u%s\"", k ? "," : "", n % 37, verbs[n % 7], n, n % 5 ? "" : "*");
  }
  pe_buf_fmt(b, "],\"Resource\":\"arn:aws:secretsmanager:eu-west-1:111122223333:secret:team%u/app-??????\"",
             i);
  if (i % 2) pe_buf_fmt(b, ",\"Condition\":{\"StringEquals\":{\"aws:ResourceTag/team\":\"team%u\"}}", i);
  pe_buf_char(b, '}');
}

static char *make_policy(unsigned n, size_t *len) {
  pe_buf b;
  pe_buf_init(&b, &pe_alloc_libc);
  pe_buf_str(&b, "{\"Version\":\"2012-10-17\",\"Statement\":[");
  for (unsigned i = 0; i < n; i++) {
    if (i) pe_buf_char(&b, ',');
    add_statement(&b, i);
  }
  pe_buf_str(&b, "]}");
  return pe_buf_take(&b, len);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static pe_policy *load(pe_slice text) {
  pe_load_options options = {.kind = POLICYEVAL_KIND_IDENTITY, .limits = pe_load_limits_default};
  pe_policy *policy = NULL;
  if (pe_policy_load(&pe_alloc_libc, text, &options, &policy, NULL)) {
    fputs("the policy does not load\n", stderr);
    exit(1);
  }
  return policy;
}

static bool count_hit(void *user, const pe_statement *s) {
  *(size_t *)user += s->index + 1u;
  return true;
}

/* Nanoseconds for one look-up, over actions that are there and actions that are not. */
static double time_find(const pe_policy *p, unsigned statements) {
  char texts[64][64];
  pe_slice actions[64];
  for (unsigned i = 0; i < 64; i++) {
    unsigned n = i * statements * ACTIONS / 64;
    int len = snprintf(texts[i], sizeof texts[i], "service%u:%cetthing%u%s", n % 37, i % 2 ? 'g' : 'x', n,
                       i % 3 ? "" : "more");
    actions[i] = pe_slice_of(texts[i], (size_t)len);
  }
  size_t sum = 0, rounds = 2000;
  double start = now();
  for (size_t r = 0; r < rounds; r++) {
    for (unsigned i = 0; i < 64; i++)
      pe_action_index_find(p->index, p->statements, actions[i], count_hit, &sum);
  }
  double each = (now() - start) * 1e9 / (double)(rounds * 64);
  return sum ? each : -each;
}

static void measure(unsigned statements) {
  size_t len;
  char *text = make_policy(statements, &len);
  if (!text) exit(1);
  unsigned runs = (unsigned)(40000000 / len) + 1;
  double best = 1e9;
  for (int round = 0; round < 5; round++) {
    double start = now();
    for (unsigned i = 0; i < runs / 5 + 1; i++) pe_policy_unref(load(pe_slice_of(text, len)));
    double each = (now() - start) / (runs / 5 + 1);
    if (each < best) best = each;
  }
  pe_policy *p = load(pe_slice_of(text, len));
  printf("%10u %8zu %12.0f %8.1f %10zu", statements, len, 1 / best, (double)len / best * 1e-6,
         pe_arena_bytes(p->arena));
  if (p->index) printf(" %10.1f", time_find(p, statements));
  putchar('\n');
  pe_policy_unref(p);
  free(text);
}

int main(void) {
  static const unsigned sizes[] = {3, 20, 200, 1000};
  printf("statements    bytes   policies/s     MB/s     memory    ns/find\n");
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) measure(sizes[i]);
  return 0;
}
