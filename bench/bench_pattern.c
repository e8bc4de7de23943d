/* SPDX-License-Identifier: MIT */
/* Nanoseconds per match: the everyday shapes, and patterns made to be slow. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "text/arn.h"

#define ARN "arn:aws:secretsmanager:us-east-1:111122223333:secret:production/database-AbCdEf"

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static volatile unsigned sink; /* keeps the calls */

static pe_resolved resolve(void *user, const pe_variable *v, pe_slice *out) {
  (void)v;
  *out = *(pe_slice *)user;
  return PE_RESOLVED_VALUE;
}

static void report(const char *name, double ns, size_t rounds, bool hit) {
  printf("%-44s %10.1f ns  %s\n", name, ns / (double)rounds, hit ? "match" : "no match");
}

/* Rounds that take about a twentieth of a second. */
static size_t rounds_for(double ns_once) {
  double n = 5e7 / (ns_once > 1 ? ns_once : 1);
  return n < 3 ? 3 : n > 5e6 ? (size_t)5e6 : (size_t)n;
}

static void bench(const char *name, pe_arena *arena, pe_slice pattern, unsigned flags, pe_slice value) {
  pe_pattern p;
  if (pe_pattern_compile(arena, pattern, flags, &p)) exit(1);
  pe_slice user = PE_SLICE("production");
  size_t rounds = 1;
  bool hit = false;
  for (int pass = 0; pass < 2; pass++) {
    double start = now();
    for (size_t i = 0; i < rounds; i++) {
      hit = p.has_variable ? pe_pattern_match_vars(&p, value, resolve, &user, false) == PE_MATCH_YES
                           : pe_pattern_match(&p, value);
      sink += hit;
    }
    double ns = now() - start;
    if (pass) report(name, ns, rounds, hit);
    rounds = rounds_for(ns);
  }
}

static void bench_arn(const char *name, pe_arena *arena, pe_slice pattern, pe_slice value) {
  pe_arn_pattern p;
  if (pe_arn_pattern_compile(arena, pattern, PE_PATTERN_WILD, &p)) exit(1);
  pe_arn v;
  pe_arn_split(value, &v);
  size_t rounds = 1000000;
  bool hit = false;
  double start = now();
  for (size_t i = 0; i < rounds; i++) {
    hit = pe_arn_pattern_match(&p, &v, NULL, NULL, false) == PE_MATCH_YES;
    sink += hit;
  }
  report(name, now() - start, rounds, hit);
}

enum { LONG = 2048 };

/* LONG bytes of `unit`, then `end`. */
static pe_slice fill(pe_arena *arena, const char *unit, const char *end) {
  size_t n = strlen(unit), ne = strlen(end);
  char *p = pe_arena_alloc(arena, LONG + ne);
  if (!p) exit(1);
  for (size_t i = 0; i < LONG; i++) p[i] = unit[i % n];
  memcpy(p + LONG, end, ne);
  return pe_slice_of(p, LONG + ne);
}

int main(void) {
  const unsigned W = PE_PATTERN_WILD, N = PE_PATTERN_NOCASE, V = PE_PATTERN_VARIABLES;
  pe_arena *arena = pe_arena_new(&pe_alloc_libc, 0);
  if (!arena) return 1;
  const pe_slice arn = PE_SLICE(ARN), action = PE_SLICE("secretsmanager:GetSecretValue");
  bench("exact, 79 bytes", arena, arn, W, arn);
  bench("any", arena, PE_SLICE("*"), W, arn);
  bench("prefix", arena, PE_SLICE("arn:aws:secretsmanager:us-east-1:111122223333:secret:*"), W, arn);
  bench("suffix", arena, PE_SLICE("*-AbCdEf"), W, arn);
  bench("general", arena, PE_SLICE("arn:aws:secretsmanager:*:*:secret:*-??????"), W, arn);
  bench("variable", arena, PE_SLICE("arn:aws:secretsmanager:us-east-1:111122223333:secret:${k}/*"), W | V, arn);
  bench("action, exact, other case", arena, PE_SLICE("SecretsManager:getsecretvalue"), W | N, action);
  bench("action, prefix", arena, PE_SLICE("secretsmanager:Get*"), W | N, action);
  bench_arn("ARN, exact", arena, arn, arn);
  bench_arn("ARN, exact, other resource", arena, arn, PE_SLICE("arn:aws:kms:us-east-1:111122223333:key/1"));
  bench_arn("ARN, six fields with wildcards", arena, PE_SLICE("arn:aws:secretsmanager:*:*:secret:production/*"), arn);
  bench_arn("ARN, other service", arena, PE_SLICE("arn:aws:s3:::bucket/*"), arn);
  pe_slice as = fill(arena, "a", "");
  bench("2 KB stars then x, 2 KB of a", arena, fill(arena, "*", "x"), W, as);
  bench("*a*a*a*b", arena, PE_SLICE("*a*a*a*b"), W, as);
  bench("*a*a*a*b*", arena, PE_SLICE("*a*a*a*b*"), W, as);
  bench("2 KB of a*", arena, fill(arena, "a*", "a*"), W, fill(arena, "a", "b"));
  bench("2 KB of *a, then *b", arena, fill(arena, "*a", "*b*"), W, as);
  bench("*a?a?a?*b", arena, PE_SLICE("*a?a?a?*b"), W, as);
  bench("*a?a?a?b*", arena, PE_SLICE("*a?a?a?b*"), W, as);
  bench("*aaaaaaaaaaaaaaab*", arena, PE_SLICE("*aaaaaaaaaaaaaaab*"), W, as);
  bench("*aaaaaaaaaaaaaaaAb*, folded", arena, PE_SLICE("*aaaaaaaaaaaaaaaAb*"), W | N, as);
  char worst[1027];
  for (size_t i = 0; i < sizeof worst; i++) worst[i] = i % 2 ? 'a' : '?';
  worst[0] = '*';
  memcpy(worst + sizeof worst - 2, "b*", 2);
  bench("worst: *, 512 times a?, b*", arena, pe_slice_of(worst, sizeof worst), W, as);
  pe_arena_free(arena);
  return 0;
}
