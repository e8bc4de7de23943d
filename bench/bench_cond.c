/* SPDX-License-Identifier: MIT */
/* What one test of a condition entry costs, and how long a service reference takes to load:
 *   bench/bench_cond [FOLDER]      FOLDER: files of the service reference */
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cond/condition.h"
#include "service/catalog.h"

enum { FACTS = 24, RUNS = 2000000 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

typedef struct given {
  const char *key, *values[2];
} given;

/* About as many keys as a request really has. */
static const given request[FACTS] = {
    {"aws:principalarn", {"arn:aws:iam::111122223333:role/team/App"}},
    {"aws:principalaccount", {"111122223333"}},
    {"aws:principalorgid", {"o-a1b2c3d4e5"}},
    {"aws:principalorgpaths", {"o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/", "o-a1b2c3d4e5/r-ab12/"}},
    {"aws:principaltype", {"AssumedRole"}},
    {"aws:principaltag/team", {"payments"}},
    {"aws:principalisawsservice", {"false"}},
    {"aws:userid", {"AROAEXAMPLE:session"}},
    {"aws:sourceip", {"203.0.113.7"}},
    {"aws:currenttime", {"2026-01-01T12:00:00Z"}},
    {"aws:epochtime", {"1767268800"}},
    {"aws:securetransport", {"true"}},
    {"aws:requestedregion", {"eu-west-1"}},
    {"aws:resourceaccount", {"111122223333"}},
    {"aws:resourcetag/team", {"payments"}},
    {"aws:viaawsservice", {"false"}},
    {"aws:useragent", {"aws-cli/2"}},
    {"secretsmanager:versionstage", {"AWSCURRENT"}},
    {"secretsmanager:secretid", {"arn:aws:secretsmanager:eu-west-1:111122223333:secret:app/db-a1b2c3"}},
    {"secretsmanager:resource/type", {"x"}},
    {"kms:viaservice", {"secretsmanager.eu-west-1.amazonaws.com"}},
    {"kms:calleraccount", {"111122223333"}},
    {"kms:encryptioncontext:secretarn",
     {"arn:aws:secretsmanager:eu-west-1:111122223333:secret:app/db-a1b2c3"}},
    {"aws:multifactorauthpresent", {"true"}},
};

static const struct {
  const char *operator, * key, *values[4];
} entries[] = {
    {"StringEquals", "aws:PrincipalOrgID", {"o-a1b2c3d4e5"}},
    {"StringEquals", "aws:ResourceTag/team", {"red", "blue", "payments"}},
    {"StringNotEquals", "aws:PrincipalAccount", {"444455556666"}},
    {"StringEqualsIgnoreCase", "aws:PrincipalTag/team", {"Payments"}},
    {"StringLike", "kms:EncryptionContext:SecretARN", {"arn:aws:secretsmanager:*:111122223333:secret:app/*"}},
    {"StringEquals", "aws:ResourceTag/team", {"${aws:PrincipalTag/team}"}},
    {"ArnLike", "aws:PrincipalArn", {"arn:aws:iam::111122223333:role/team/*"}},
    {"ArnEquals", "aws:PrincipalArn", {"arn:aws:iam::111122223333:role/team/App"}},
    {"IpAddress", "aws:SourceIp", {"198.51.100.0/24", "203.0.113.0/24"}},
    {"DateLessThan", "aws:CurrentTime", {"2027-01-01T00:00:00Z"}},
    {"NumericLessThan", "aws:EpochTime", {"2000000000"}},
    {"Bool", "aws:SecureTransport", {"true"}},
    {"Null", "aws:MultiFactorAuthPresent", {"false"}},
    {"ForAnyValue:StringLike", "aws:PrincipalOrgPaths", {"o-a1b2c3d4e5/r-ab12/ou-*"}},
    {"StringEquals", "aws:SourceVpce", {"vpce-1"}},
    {"StringEquals", "aws:PrincipalOrgPaths", {"o-a1b2c3d4e5/r-ab12/"}},
};

static int by_hash(const void *a, const void *b) {
  uint64_t x = ((const pe_fact *)a)->hash, y = ((const pe_fact *)b)->hash;
  return (x > y) - (x < y);
}

static void make_facts(pe_fact *facts, pe_slice (*values)[2]) {
  for (size_t i = 0; i < FACTS; i++) {
    pe_slice key = pe_slice_str(request[i].key);
    facts[i] = (pe_fact){.key = key, .hash = pe_slice_hash(key), .values = values[i]};
    for (size_t k = 0; k < 2 && request[i].values[k]; k++) {
      values[i][k] = pe_slice_str(request[i].values[k]);
      facts[i].count++;
    }
    facts[i].multi = facts[i].count > 1;
  }
  qsort(facts, FACTS, sizeof *facts, by_hash);
}

static void measure(pe_arena *arena, const pe_facts *facts) {
  static const pe_readings readings;
  for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
    pe_operator op;
    pe_condition c;
    pe_cond_input in[4] = {{.text = {NULL, 0}}};
    uint32_t n = 0;
    for (; n < 4 && entries[i].values[n]; n++) in[n].text = pe_slice_str(entries[i].values[n]);
    pe_slice name = pe_slice_str(entries[i].operator);
    if (pe_operator_parse(name, &op) != PE_OPERATOR_OK ||
        pe_condition_compile(arena, name, &op, pe_slice_str(entries[i].key), in, n, true, &c)) {
      return;
    }
    pe_rowset touched = {{0}};
    pe_env env = {.facts = facts, .readings = &readings, .touched = &touched};
    unsigned hits = 0;
    double start = now();
    for (int k = 0; k < RUNS; k++) hits += pe_condition_test(&c, &env, NULL);
    printf("%-24s %-32s %2u value%s %7.1f ns  %s\n", entries[i].operator, entries[i].key, n,
           n == 1 ? " " : "s", (now() - start) / RUNS, hits ? "true" : "false");
  }
}

int main(int argc, char **argv) {
  pe_fact facts[FACTS];
  pe_slice values[FACTS][2];
  make_facts(facts, values);
  const pe_facts all = {facts, FACTS};
  pe_arena *arena = pe_arena_new(&pe_alloc_libc, 0);
  if (!arena) return 1;
  measure(arena, &all);
  pe_arena_free(arena);
  double start = now();
  unsigned found = 0;
  for (int i = 0; i < RUNS; i++) found += pe_key_find(pe_slice_str(request[i % FACTS].key)) != NULL;
  printf("pe_key_find %46.1f ns\n", (now() - start) / RUNS);
  start = now();
  for (int i = 0; i < RUNS; i++)
    found += pe_catalog_action(NULL, PE_SLICE("secretsmanager:GetSecretValue")) != NULL;
  printf("pe_catalog_action, built in %30.1f ns\n", (now() - start) / RUNS);
  if (argc < 2) return found ? 0 : 1;
  pe_catalog *c;
  char *message = NULL;
  start = now();
  if (pe_catalog_load(&pe_alloc_libc, argv[1], &c, &message)) {
    fprintf(stderr, "%s\n", message ? message : "out of memory");
    pe_alloc_free(&pe_alloc_libc, message);
    return 1;
  }
  printf("pe_catalog_load, %zu services %29.1f ms\n", pe_catalog_services(c), (now() - start) / 1e6);
  start = now();
  for (int i = 0; i < RUNS; i++)
    found += pe_catalog_action(c, PE_SLICE("secretsmanager:GetSecretValue")) != NULL;
  printf("pe_catalog_action, loaded %32.1f ns\n", (now() - start) / RUNS);
  pe_catalog_free(c);
  return found ? 0 : 1;
}
