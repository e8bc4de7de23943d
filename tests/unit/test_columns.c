/* SPDX-License-Identifier: MIT */
/* policyeval_decide_columns against the same requests one by one. */
#include <stdio.h>
#include <string.h>

#include "policyeval/policyeval.h"
#include "unit.h"

#define USER "arn:aws:iam::111122223333:user/"
#define SECRET "arn:aws:secretsmanager:us-east-1:111122223333:secret:"

static const char document[] =
    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"secretsmanager:Get*\","
    "\"Resource\":\"" SECRET "${aws:username}-??????\"},{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\","
    "\"Condition\":{\"NotIpAddressIfExists\":{\"aws:SourceIp\":\"203.0.113.0/24\"}}},{\"Effect\":\"Allow\",\"Action\":\"s3:*\","
    "\"Resource\":\"*\",\"Condition\":{\"StringEquals\":{\"aws:PrincipalAccount\":\"111122223333\"}}}]}";

enum { ROWS = 600 };

typedef struct rows {
  policyeval_slice principal[ROWS], action[ROWS], resource[ROWS], ip[ROWS], account[ROWS];
} rows;

static policyeval_slice slice(const char *text) { return (policyeval_slice){text, text ? strlen(text) : 0}; }

/* Every combination, in an order in which each text is repeated now and then. */
static void fill(rows *r) {
  static const char *const who[] = {USER "alice", USER "bob", "arn:aws:iam::999988887777:user/alice"};
  static const char *const what[] = {"secretsmanager:GetSecretValue", "s3:GetObject", "kms:Decrypt"};
  static const char *const where[] = {SECRET "alice-AbCdEf", SECRET "bob-AbCdEf", "*"};
  static const char *const from[] = {"203.0.113.7", NULL, "198.51.100.1", NULL};
  static const char *const account[] = {NULL, "111122223333", "999988887777"};
  for (size_t i = 0; i < ROWS; i++) {
    r->principal[i] = slice(who[i / 2 % 3]);
    r->action[i] = slice(what[i / 5 % 3]);
    r->resource[i] = slice(where[i / 7 % 3]);
    r->ip[i] = slice(from[i / 11 % 4]);
    r->account[i] = slice(account[i / 13 % 3]);
  }
}

static policyeval_policyset *load(policyeval_context *c) {
  policyeval_policy *p = NULL;
  policyeval_policyset *set = NULL;
  ck_assert_int_eq(policyeval_policy_load(c, POLICYEVAL_KIND_IDENTITY, document, POLICYEVAL_NTS, "p", &p, NULL), 0);
  ck_assert_int_eq(policyeval_policyset_new(c, &set), 0);
  ck_assert_int_eq(policyeval_policyset_add(set, POLICYEVAL_LAYER_IDENTITY, 0, p), 0);
  policyeval_policy_unref(p);
  return set;
}

static int one(policyeval_context *c, policyeval_policyset *set, const rows *r, size_t i) {
  policyeval_request *q = NULL;
  int effect = -1;
  ck_assert_int_eq(policyeval_request_new(c, &q), 0);
  ck_assert_int_eq(policyeval_request_set_principal(q, r->principal[i].ptr, r->principal[i].len), 0);
  ck_assert_int_eq(policyeval_request_set_action(q, r->action[i].ptr, r->action[i].len), 0);
  ck_assert_int_eq(policyeval_request_set_resource(q, r->resource[i].ptr, r->resource[i].len), 0);
  if (r->ip[i].ptr)
    ck_assert_int_eq(policyeval_request_set_context(q, "aws:SourceIp", POLICYEVAL_NTS, r->ip[i].ptr, r->ip[i].len), 0);
  if (r->account[i].ptr)
    ck_assert_int_eq(policyeval_request_set_context(q, "aws:PrincipalAccount", POLICYEVAL_NTS, r->account[i].ptr,
                                                    r->account[i].len), 0);
  ck_assert_int_eq(policyeval_decide_effect(set, q, &effect), 0);
  policyeval_request_free(q);
  return effect;
}

enum { COLUMNS = 5 };
static void columns_of(const rows *r, policyeval_column columns[COLUMNS]) {
  const policyeval_column all[COLUMNS] = {
      {POLICYEVAL_COLUMN_PRINCIPAL, {NULL, 0}, r->principal},
      {POLICYEVAL_COLUMN_ACTION, {NULL, 0}, r->action},
      {POLICYEVAL_COLUMN_RESOURCE, {NULL, 0}, r->resource},
      {POLICYEVAL_COLUMN_CONTEXT, slice("aws:SourceIp"), r->ip},
      {POLICYEVAL_COLUMN_CONTEXT, slice("aws:PrincipalAccount"), r->account},
  };
  memcpy(columns, all, sizeof all);
}

static rows table;

START_TEST(rows_are_requests) {
  policyeval_context *c = NULL;
  policyeval_request *q = NULL;
  policyeval_column columns[COLUMNS];
  int effects[ROWS];
  size_t done = 0, seen[4] = {0};
  ck_assert_int_eq(policyeval_context_new(NULL, &c), 0);
  policyeval_policyset *set = load(c);
  ck_assert_int_eq(policyeval_request_new(c, &q), 0);
  fill(&table);
  columns_of(&table, columns);
  /* A key of the request, in another spelling, gives way to the column everywhere. */
  ck_assert_int_eq(policyeval_request_set_context(q, "AWS:sourceip", POLICYEVAL_NTS, "198.51.100.9", POLICYEVAL_NTS), 0);
  for (int round = 0; round < 2; round++) {
    memset(effects, -1, sizeof effects);
    ck_assert_int_eq(policyeval_decide_columns(set, q, columns, COLUMNS, ROWS, effects, NULL, NULL, &done), 0);
    ck_assert_uint_eq(done, ROWS);
    for (size_t i = 0; i < ROWS; i++) {
      ck_assert_msg(effects[i] == one(c, set, &table, i), "row %zu: %d", i, effects[i]);
      seen[effects[i]]++;
    }
  }
  ck_assert(seen[POLICYEVAL_ALLOW] && seen[POLICYEVAL_EXPLICIT_DENY] && seen[POLICYEVAL_IMPLICIT_DENY]);
  policyeval_request_free(q);
  policyeval_policyset_unref(set);
  policyeval_context_unref(c);
}
END_TEST

START_TEST(what_no_column_sets_counts_for_all_rows) {
  policyeval_context *c = NULL;
  policyeval_request *q = NULL;
  int effects[2] = {-1, -1};
  const policyeval_slice resources[] = {slice(SECRET "alice-AbCdEf"), slice(SECRET "bob-AbCdEf")};
  const policyeval_column column = {POLICYEVAL_COLUMN_RESOURCE, {NULL, 0}, resources};
  ck_assert_int_eq(policyeval_context_new(NULL, &c), 0);
  policyeval_policyset *set = load(c);
  ck_assert_int_eq(policyeval_request_new(c, &q), 0);
  policyeval_request_set_principal(q, USER "alice", POLICYEVAL_NTS);
  policyeval_request_set_action(q, "secretsmanager:GetSecretValue", POLICYEVAL_NTS);
  policyeval_request_set_context(q, "aws:SourceIp", POLICYEVAL_NTS, "203.0.113.7", POLICYEVAL_NTS);
  ck_assert_int_eq(policyeval_decide_columns(set, q, &column, 1, 2, effects, NULL, NULL, NULL), 0);
  ck_assert_int_eq(effects[0], POLICYEVAL_ALLOW);
  ck_assert_int_eq(effects[1], POLICYEVAL_IMPLICIT_DENY);
  policyeval_request_set_unknown(q, "aws:SourceIp", POLICYEVAL_NTS);
  ck_assert_int_eq(policyeval_decide_columns(set, q, &column, 1, 1, effects, NULL, NULL, NULL), 0);
  ck_assert_int_eq(effects[0], POLICYEVAL_UNKNOWN);
  policyeval_request_free(q);
  policyeval_policyset_unref(set);
  policyeval_context_unref(c);
}
END_TEST

static int stop(void *user) { return --*(int *)user < 0; }

START_TEST(errors_tell_the_row) {
  policyeval_context *c = NULL;
  policyeval_request *q = NULL;
  policyeval_column columns[COLUMNS], bad[COLUMNS];
  int effects[ROWS], left = 2;
  size_t done = 99;
  ck_assert_int_eq(policyeval_context_new(NULL, &c), 0);
  policyeval_policyset *set = load(c);
  ck_assert_int_eq(policyeval_request_new(c, &q), 0);
  fill(&table);
  columns_of(&table, columns);
#define DECIDE(columns, n) policyeval_decide_columns(set, q, columns, n, ROWS, effects, stop, &left, &done)
  memset(effects, -1, sizeof effects);
  ck_assert_int_eq(DECIDE(columns, COLUMNS), POLICYEVAL_ECANCELED);
  ck_assert_uint_eq(done, 512);
  ck_assert_int_eq(effects[512], -1);
  left = 1000;
  table.resource[300] = slice("no ARN");
  ck_assert_int_eq(DECIDE(columns, COLUMNS), POLICYEVAL_EINVAL);
  ck_assert_uint_eq(done, 300);
  ck_assert_ptr_nonnull(strstr(policyeval_request_detail(q), "ARN"));
  fill(&table);
  table.principal[0] = (policyeval_slice){NULL, 0};
  ck_assert_int_eq(DECIDE(columns, COLUMNS), POLICYEVAL_EINVAL);
  ck_assert_uint_eq(done, 0);
  fill(&table);
  ck_assert_int_eq(policyeval_request_clear(q), 0);
  ck_assert_int_eq(DECIDE(columns, 2), POLICYEVAL_EINVAL); /* no resource */
  memcpy(bad, columns, sizeof bad);
  bad[4].key = slice("AWS:SourceIP");
  ck_assert_int_eq(DECIDE(bad, COLUMNS), POLICYEVAL_EINVAL);
  ck_assert_ptr_nonnull(strstr(policyeval_request_detail(q), "two columns"));
  bad[4].key = slice(NULL);
  ck_assert_int_eq(DECIDE(bad, COLUMNS), POLICYEVAL_EINVAL);
  bad[4] = (policyeval_column){POLICYEVAL_COLUMN_LAST_, {NULL, 0}, table.ip};
  ck_assert_int_eq(DECIDE(bad, COLUMNS), POLICYEVAL_EINVAL);
  bad[4] = columns[0];
  ck_assert_int_eq(DECIDE(bad, COLUMNS), POLICYEVAL_EINVAL);
  bad[4] = columns[4];
  bad[4].values = NULL;
  ck_assert_int_eq(DECIDE(bad, COLUMNS), POLICYEVAL_EINVAL);
  ck_assert_int_eq(DECIDE(NULL, 1), POLICYEVAL_EINVAL);
  ck_assert_int_eq(DECIDE(columns, 257), POLICYEVAL_EINVAL);
#undef DECIDE
  ck_assert_int_eq(policyeval_decide_columns(NULL, q, columns, 1, 1, effects, NULL, NULL, NULL), POLICYEVAL_EINVAL);
  ck_assert_int_eq(policyeval_decide_columns(set, NULL, columns, 1, 1, effects, NULL, NULL, NULL), POLICYEVAL_EINVAL);
  ck_assert_int_eq(policyeval_decide_columns(set, q, columns, 1, 1, NULL, NULL, NULL, NULL), POLICYEVAL_EINVAL);
  ck_assert_int_eq(policyeval_decide_columns(set, q, NULL, 0, 0, NULL, NULL, NULL, &done), 0);
  ck_assert_uint_eq(done, 0);
  policyeval_request_free(q);
  policyeval_policyset_unref(set);
  policyeval_context_unref(c);
}
END_TEST

START_TEST(without_memory_nothing_leaks) {
  UNIT_EACH_ALLOCATION(mem, rc) {
    policyeval_context *c = NULL;
    policyeval_policy *p = NULL;
    policyeval_policyset *set = NULL;
    policyeval_request *q = NULL;
    policyeval_column columns[COLUMNS];
    int effects[40];
    fill(&table);
    columns_of(&table, columns);
    rc = pe_test_context(&mem.alloc, &c);
    if (!rc) rc = policyeval_policy_load(c, POLICYEVAL_KIND_IDENTITY, document, POLICYEVAL_NTS, "p", &p, NULL);
    if (!rc) rc = policyeval_policyset_new(c, &set);
    if (!rc) rc = policyeval_policyset_add(set, POLICYEVAL_LAYER_IDENTITY, 0, p);
    if (!rc) rc = policyeval_request_new(c, &q);
    if (!rc) rc = policyeval_decide_columns(set, q, columns, COLUMNS, 40, effects, NULL, NULL, NULL);
    policyeval_request_free(q);
    policyeval_policyset_unref(set);
    policyeval_policy_unref(p);
    policyeval_context_unref(c);
  }
}
END_TEST

UNIT_MAIN("columns", rows_are_requests, what_no_column_sets_counts_for_all_rows, errors_tell_the_row,
          without_memory_nothing_leaks)
