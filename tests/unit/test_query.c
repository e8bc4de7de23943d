/* SPDX-License-Identifier: MIT */
/* Whole policies: what the analysis says against what the evaluator says of many requests, and what must hold of any
 * policy. The evaluator confirms each YES inside of the library already; a YES that it refused would be EINTERNAL. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "policy/load.h"
#include "sym/analysis.h"
#include "sym/findings.h"
#include "sym/needed.h"
#include "sym/public.h"
#include "sym/query.h"
#include "unit.h"

static uint64_t seed = 0x9E3779B97F4A7C15u;
static uint32_t random_below(uint32_t n) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return (uint32_t)(seed >> 33) % n;
}
#define PICK(list) list[random_below(sizeof list / sizeof list[0])]

static pe_policy *load(const char *text, int kind) {
  pe_load_options o = {.kind = kind, .name = PE_SLICE("test"), .limits = pe_load_limits_default};
  pe_findings f;
  pe_policy *p = NULL;
  ck_assert_int_eq(pe_findings_init(&f, &pe_alloc_libc), 0);
  int rc = pe_policy_load(&pe_alloc_libc, pe_slice_str(text), &o, &p, &f);
  ck_assert_msg(rc == 0, "%s\n%s", text, f.list.len ? f.list.data[0].message.ptr : "");
  pe_findings_done(&f);
  return p;
}

static const char *const principals[] = {
    "\"*\"", "{\"AWS\":\"111122223333\"}", "{\"AWS\":\"arn:aws:iam::111122223333:role/A\"}",
    "{\"AWS\":[\"arn:aws:iam::111122223333:user/B\",\"444455556666\"]}",
    "{\"AWS\":\"arn:aws:sts::111122223333:assumed-role/A/s1\"}", "{\"Service\":\"s3.amazonaws.com\"}",
    "{\"AWS\":\"arn:aws:iam::111122223333:role/team/A\"}"};
static const char *const not_principals[] = {
    "{\"AWS\":\"arn:aws:iam::111122223333:root\"}",
    "{\"AWS\":[\"arn:aws:iam::111122223333:user/B\",\"111122223333\"]}",
    "{\"AWS\":[\"arn:aws:iam::111122223333:role/A\",\"arn:aws:sts::111122223333:assumed-role/A/s1\",\"111122223333\"]}"};
static const char *const actions[] = {"\"secretsmanager:GetSecretValue\"", "\"secretsmanager:*\"", "\"*\"",
                                      "[\"secretsmanager:Get*\",\"kms:Decrypt\"]", "\"kms:*\"",
                                      "\"secretsmanager:?etSecretValue\"", "\"secretsmanager:ListSecrets\""};
static const char *const resources[] = {
    "\"*\"", "\"arn:aws:secretsmanager:us-east-1:111122223333:secret:a-*\"",
    "\"arn:aws:secretsmanager:*:111122223333:secret:*\"", "\"arn:aws:kms:us-east-1:111122223333:key/k\"",
    "[\"arn:aws:secretsmanager:us-east-1:111122223333:secret:a-??????\",\"arn:aws:s3:::b/*\"]",
    "\"arn:aws:s3:::b/${aws:username}/*\"", "\"arn:aws:s3:::b/${aws:PrincipalTag/t}\""};
static const char *const conditions[] = {
    "\"StringEquals\":{\"aws:PrincipalOrgID\":\"o-1\"}",
    "\"StringNotEquals\":{\"aws:PrincipalOrgID\":[\"o-1\",\"o-2\"]}",
    "\"StringEqualsIfExists\":{\"aws:PrincipalOrgID\":\"o-1\"}",
    "\"StringLike\":{\"aws:PrincipalTag/t\":[\"x*\",\"?b\"]}",
    "\"StringNotLike\":{\"aws:PrincipalTag/t\":\"x*\"}",
    "\"StringEqualsIgnoreCase\":{\"aws:PrincipalTag/t\":\"XB\"}",
    "\"StringEquals\":{\"aws:ResourceTag/t\":\"${aws:PrincipalTag/t}\"}",
    "\"StringNotEquals\":{\"aws:ResourceTag/t\":\"${aws:PrincipalTag/t}\"}",
    "\"StringEquals\":{\"aws:ResourceTag/t\":\"xb\"}",
    "\"StringEquals\":{\"aws:PrincipalAccount\":\"111122223333\"}",
    "\"StringNotEquals\":{\"aws:PrincipalAccount\":[\"111122223333\",\"444455556666\"]}",
    "\"ArnLike\":{\"aws:PrincipalArn\":\"arn:aws:iam::*:role/A*\"}",
    "\"ArnNotEquals\":{\"aws:PrincipalArn\":\"arn:aws:iam::111122223333:role/A\"}",
    "\"StringLike\":{\"aws:PrincipalArn\":\"*\"}",
    "\"StringEquals\":{\"aws:PrincipalType\":\"User\"}",
    "\"StringLike\":{\"aws:username\":\"B*\"}",
    "\"Bool\":{\"aws:PrincipalIsAWSService\":\"false\"}",
    "\"BoolIfExists\":{\"aws:PrincipalIsAWSService\":\"true\"}",
    "\"Bool\":{\"aws:SecureTransport\":\"true\"}",
    "\"BoolIfExists\":{\"aws:MultiFactorAuthPresent\":\"false\"}",
    "\"IpAddress\":{\"aws:SourceIp\":[\"10.0.0.0/8\",\"203.0.113.0/24\"]}",
    "\"NotIpAddress\":{\"aws:SourceIp\":\"203.0.113.0/25\"}",
    "\"NumericLessThan\":{\"aws:MultiFactorAuthAge\":\"300\"}",
    "\"NumericGreaterThanEqualsIfExists\":{\"aws:MultiFactorAuthAge\":\"200\"}",
    "\"DateLessThan\":{\"aws:CurrentTime\":\"2026-01-01T00:00:00Z\"}",
    "\"DateGreaterThan\":{\"aws:CurrentTime\":\"2025-01-01T00:00:00Z\"}",
    "\"Null\":{\"aws:SourceVpc\":\"true\"}",
    "\"Null\":{\"aws:PrincipalOrgID\":\"false\"}",
    "\"ForAllValues:StringEquals\":{\"aws:TagKeys\":[\"a\",\"b\"]}",
    "\"ForAnyValue:StringEquals\":{\"aws:TagKeys\":\"a\"}",
    "\"ForAnyValue:StringNotEquals\":{\"aws:TagKeys\":\"a\"}",
    "\"ForAllValues:StringNotLike\":{\"aws:TagKeys\":[\"b*\"]}",
    "\"StringEquals\":{\"aws:TagKeys\":\"a\"}",
    "\"ForAnyValue:StringLike\":{\"my:list\":\"a*\"}",
    "\"StringEquals\":{\"my:list\":\"ab\"}",
    "\"StringEquals\":{\"aws:ResourceAccount\":\"111122223333\"}",
    "\"ArnLike\":{\"aws:SourceArn\":\"arn:aws:s3:::b*\"}",
    "\"ArnNotLike\":{\"my:arn\":\"arn:aws:s3:::b*\"}",
    "\"StringEquals\":{\"kms:CallerAccount\":\"111122223333\"}",
    "\"StringLike\":{\"secretsmanager:SecretId\":\"arn:aws:secretsmanager:*:secret:a-*\"}",
    "\"StringEquals\":{\"aws:SourceVpc\":\"vpc-1\"}",
    "\"StringLike\":{\"aws:SourceVpc\":\"vpc-*\"}"};

typedef struct writer {
  char text[8192];
  size_t len;
} writer;

static void put(writer *w, const char *s) {
  size_t n = strlen(s);
  ck_assert_uint_lt(w->len + n, sizeof w->text);
  memcpy(w->text + w->len, s, n + 1);
  w->len += n;
}

static void put_statement(writer *w, bool deny, bool identity) {
  put(w, deny ? "{\"Effect\":\"Deny\"" : "{\"Effect\":\"Allow\"");
  if (!identity) {
    bool not = deny && random_below(5) == 0;
    put(w, not ? ",\"NotPrincipal\":" : ",\"Principal\":");
    put(w, not ? PICK(not_principals) : PICK(principals));
  }
  put(w, random_below(8) ? ",\"Action\":" : ",\"NotAction\":");
  put(w, PICK(actions));
  put(w, random_below(8) ? ",\"Resource\":" : ",\"NotResource\":");
  put(w, PICK(resources));
  uint32_t n = random_below(4), used[3];
  if (n) put(w, ",\"Condition\":{");
  for (uint32_t i = 0, kept = 0; i < n; i++) {
    uint32_t k = random_below(sizeof conditions / sizeof conditions[0]);
    const char *end = strchr(conditions[k] + 1, '"');
    bool twice = false;
    for (uint32_t j = 0; j < kept; j++) { /* one block an operator */
      twice |= strncmp(conditions[used[j]], conditions[k], (size_t)(end - conditions[k]) + 1) == 0;
    }
    if (twice) continue;
    if (kept) put(w, ",");
    put(w, conditions[k]);
    used[kept++] = k;
  }
  put(w, n ? "}}" : "}");
}

static void put_policy(writer *w, bool identity, uint32_t statements) {
  w->len = 0;
  put(w, "{\"Version\":\"2012-10-17\",\"Statement\":[");
  for (uint32_t i = 0; i < statements; i++) {
    if (i) put(w, ",");
    put_statement(w, i > 0 && random_below(2), identity);
  }
  put(w, "]}");
}

/* Requests made of the same words. */
static void random_request(pe_request_builder *b) {
  static const char *const arns[] = {"arn:aws:sts::111122223333:assumed-role/A/s1", "arn:aws:iam::111122223333:user/B",
                                     "arn:aws:iam::444455556666:user/C", "arn:aws:iam::111122223333:root",
                                     "arn:aws:sts::444455556666:assumed-role/A/s2"};
  static const char *const what[] = {"secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue", "kms:Decrypt",
                                     "secretsmanager:ListSecrets", "s3:GetObject"};
  static const char *const where[] = {"arn:aws:secretsmanager:us-east-1:111122223333:secret:a-AbCdEf", "*",
                                      "arn:aws:secretsmanager:eu-west-1:111122223333:secret:b-AbCdEf",
                                      "arn:aws:kms:us-east-1:111122223333:key/k", "arn:aws:s3:::b/x", "arn:aws:s3:::b/B/x"};
  static const struct {
    const char *key, *values[4];
    bool list;
  } facts[] = {{"aws:PrincipalOrgID", {"o-1", "o-2", "o-3"}, false}, {"aws:PrincipalTag/t", {"xb", "ab", "XB", "x"}, false},
               {"aws:ResourceTag/t", {"xb", "ab", "x"}, false},      {"aws:SecureTransport", {"true", "false"}, false},
               {"aws:MultiFactorAuthPresent", {"true", "false"}, false},
               {"aws:SourceIp", {"10.1.2.3", "203.0.113.7", "203.0.113.200", "8.8.8.8"}, false},
               {"aws:MultiFactorAuthAge", {"100", "250", "300", "400"}, false},
               {"aws:CurrentTime", {"2024-05-05T00:00:00Z", "2025-06-01T00:00:00Z", "2026-02-02T00:00:00Z"}, false},
               {"aws:SourceVpc", {"vpc-1", "vpc-2"}, false},         {"aws:TagKeys", {"a", "b", "c", "bb"}, true},
               {"my:list", {"a", "ab", "c"}, true},                  {"aws:SourceArn", {"arn:aws:s3:::b", "arn:aws:s3:::c"}, false},
               {"my:arn", {"arn:aws:s3:::b", "arn:aws:s3:::c"}, false}};
  const char *why;
  pe_request_builder_clear(b);
  uint32_t who = random_below(8);
  int rc = who < 5    ? pe_request_set_principal_arn(b, pe_slice_str(arns[who]), &why)
           : who == 5 ? pe_request_set_anonymous(b)
                      : pe_request_set_service(b, PE_SLICE("s3.amazonaws.com"));
  ck_assert_int_eq(rc, 0);
  if (who == 0 || who == 4) {
    ck_assert_int_eq(pe_request_set_principal_path(b, random_below(3) ? PE_SLICE("/") : PE_SLICE("/team/")), 0);
  }
  uint32_t action = random_below(5);
  ck_assert_int_eq(pe_request_set_action(b, pe_slice_str(what[action]), &why), 0);
  ck_assert_int_eq(pe_request_set_resource(b, action == 3 ? PE_SLICE("*") : pe_slice_str(PICK(where)), &why), 0);
  for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
    if (random_below(2)) continue;
    if (who >= 5 && strncmp(facts[i].key, "aws:Principal", 13) == 0) continue; /* no such request */
    pe_slice values[2];
    uint32_t n = 0, choices = 0;
    while (choices < 4 && facts[i].values[choices]) choices++;
    n = facts[i].list ? 1 + random_below(2) : 1;
    for (uint32_t k = 0; k < n; k++) values[k] = pe_slice_str(facts[i].values[random_below(choices)]);
    ck_assert_int_eq(pe_request_set_fact(b, pe_slice_str(facts[i].key), values, n, facts[i].list), 0);
  }
}

static pe_result ask(const pe_policy *subject, const pe_policy *against, const char *about) {
  pe_question q;
  pe_result r;
  pe_question_init(&q, &pe_alloc_libc, NULL);
  q.subject = (pe_group){&subject, 1};
  if (against) q.against = (pe_group){&against, 1};
  int rc = pe_query_run(&q, &r);
  ck_assert_msg(rc == 0, "error %d\n%s", rc, about);
  return r;
}

static void expect(const pe_policy *subject, const pe_policy *against, pe_answer answer, const char *about) {
  pe_result r = ask(subject, against, about);
  ck_assert_msg(r.answer == answer, "answer %d (%s)\n%s", r.answer, pe_give_up_text(r.why), about);
  pe_result_done(&r);
}

static void no_request_says_otherwise(const pe_policy *subject, const pe_policy *against, const char *about) {
  pe_request_builder *b = pe_request_builder_new(&pe_alloc_libc, NULL);
  for (int i = 0; i < 60; i++) {
    random_request(b);
    pe_group mine = {&subject, 1}, other = {&against, 1};
    if (pe_witness_effect(&mine, b) != POLICYEVAL_ALLOW) continue;
    ck_assert_msg(pe_witness_effect(&other, b) == POLICYEVAL_ALLOW, "wrong NO\n%s", about);
  }
  pe_request_builder_free(b);
}

static void random_pairs(int kind, int pairs) {
  bool identity = kind == POLICYEVAL_KIND_IDENTITY;
  uint32_t count[3] = {0};
  for (int i = 0; i < pairs; i++) {
    static writer a, b;
    static char about[2 * sizeof a.text + 64];
    put_policy(&a, identity, 1 + random_below(3));
    put_policy(&b, identity, 1 + random_below(4));
    if (random_below(2)) { /* the second holds all statements of the first, and more */
      b.len -= 2;
      b.text[b.len] = '\0';
      put(&b, ",");
      put(&b, strchr(a.text, '[') + 1);
    }
    snprintf(about, sizeof about, "new %s\nold %s", a.text, b.text);
    pe_policy *p = load(a.text, kind), *q = load(b.text, kind);
    pe_result r = ask(p, q, about);
    count[r.answer]++;
    if (r.answer == PE_ANSWER_NO) no_request_says_otherwise(p, q, about);
    pe_result_done(&r);
    expect(p, p, PE_ANSWER_NO, about);
    pe_policy_unref(p);
    pe_policy_unref(q);
  }
  ck_assert_uint_gt(count[PE_ANSWER_NO], (unsigned)pairs / 10);
  ck_assert_uint_gt(count[PE_ANSWER_YES], (unsigned)pairs / 10);
  ck_assert_msg(count[PE_ANSWER_UNKNOWN] * 50 <= (unsigned)pairs, "%u unknown of %d", count[PE_ANSWER_UNKNOWN], pairs);
}

START_TEST(resource_policies) { random_pairs(POLICYEVAL_KIND_RESOURCE, UNIT_CASES(1500)); }
END_TEST
START_TEST(identity_policies) { random_pairs(POLICYEVAL_KIND_IDENTITY, UNIT_CASES(1500)); }
END_TEST

/* More Allow is more, more Deny is less. */
START_TEST(more_and_less) {
  for (int i = 0; i < UNIT_CASES(400); i++) {
    writer a, b;
    put_policy(&a, false, 1 + random_below(3));
    b = a;
    b.len -= 2;
    b.text[b.len] = '\0';
    put(&b, ",");
    bool deny = random_below(2);
    put_statement(&b, deny, false);
    put(&b, "]}");
    static char about[2 * sizeof a.text + 64];
    snprintf(about, sizeof about, "%s\nmore %s", a.text, b.text);
    pe_policy *p = load(a.text, POLICYEVAL_KIND_RESOURCE), *q = load(b.text, POLICYEVAL_KIND_RESOURCE);
    expect(deny ? q : p, deny ? p : q, PE_ANSWER_NO, about);
    pe_policy_unref(p);
    pe_policy_unref(q);
  }
}
END_TEST

static pe_result ask_each(const pe_policy *p, const pe_policy *q, uint32_t statement, const char *about) {
  pe_question question;
  pe_result r;
  pe_question_init(&question, &pe_alloc_libc, NULL);
  question.subject = (pe_group){&p, 1};
  question.against = (pe_group){&q, 1};
  question.statement = statement;
  question.each = statement == UINT32_MAX;
  ck_assert_msg(pe_query_run(&question, &r) == 0, "%s", about);
  return r;
}

static bool has(const uint32_t *ids, size_t n, uint32_t id) {
  for (size_t i = 0; i < n; i++) {
    if (ids[i] == id) return true;
  }
  return false;
}

/* What one pass tells of each Allow is what a question about it alone says. */
START_TEST(each_is_each_alone) {
  uint32_t yes = 0;
  for (int i = 0; i < UNIT_CASES(300); i++) {
    static writer a, b;
    static char about[2 * sizeof a.text + 64];
    bool identity = random_below(2);
    put_policy(&a, identity, 2 + random_below(4));
    put_policy(&b, identity, 1 + random_below(4));
    snprintf(about, sizeof about, "new %s\nold %s", a.text, b.text);
    int kind = identity ? POLICYEVAL_KIND_IDENTITY : POLICYEVAL_KIND_RESOURCE;
    pe_policy *p = load(a.text, kind), *q = load(b.text, kind);
    pe_result all = ask_each(p, q, UINT32_MAX, about);
    for (uint32_t s = 0; s < p->nstatements && all.answer != PE_ANSWER_UNKNOWN; s++) {
      if (p->statements[s].effect != PE_ALLOW || has(all.open.data, all.open.len, s)) continue;
      pe_result alone = ask_each(p, q, s, about);
      bool told = all.statement == &p->statements[s] || has(all.granting.data, all.granting.len, s);
      yes += told;
      ck_assert_msg(told == (alone.answer == PE_ANSWER_YES), "statement %u: %d\n%s", s, alone.answer, about);
      pe_result_done(&alone);
    }
    pe_result_done(&all);
    pe_policy_unref(p);
    pe_policy_unref(q);
  }
  ck_assert_uint_gt(yes, UNIT_CASES(100));
}
END_TEST

static int one_question(const pe_alloc *a, const pe_policy *p, const pe_policy *q) {
  pe_question question;
  pe_result r;
  pe_question_init(&question, a, NULL);
  question.subject = (pe_group){&p, 1};
  question.against = (pe_group){&q, 1};
  int rc = pe_query_run(&question, &r);
  if (!rc) pe_result_done(&r);
  return rc;
}

START_TEST(every_allocation_may_fail) {
  static const char first[] =
      "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"111122223333\"},\"Action\":"
      "\"s3:Get*\",\"Resource\":\"arn:aws:s3:::b/${aws:username}/*\",\"Condition\":{\"NumericLessThan\":{\"my:n\":\"3\"},"
      "\"ForAnyValue:StringLike\":{\"aws:TagKeys\":\"a*\"},\"IpAddress\":{\"aws:SourceIp\":\"10.0.0.0/8\"}}}]}";
  static const char second[] =
      "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:*\",\"Resource\":"
      "\"arn:aws:s3:::b/${aws:username}/*\",\"Condition\":{\"NumericLessThan\":{\"my:n\":\"2\"}}}]}";
  pe_policy *p = load(first, POLICYEVAL_KIND_RESOURCE), *q = load(second, POLICYEVAL_KIND_RESOURCE);
  UNIT_EACH_ALLOCATION(mem, rc) { rc = one_question(&mem.alloc, p, q); }
  pe_policy_unref(p);
  pe_policy_unref(q);
}
END_TEST

static int list_findings(const pe_alloc *a, const pe_policy *p) {
  pe_public ask = {.rule = PE_PUBLIC_ZONE};
  pe_cells cells;
  pe_question_init(&ask.question, a, NULL);
  ask.question.subject = (pe_group){&p, 1};
  int rc = pe_cells_find(&ask, &cells);
  if (!rc) pe_cells_done(&cells);
  return rc;
}

START_TEST(findings_without_memory) {
  static const char text[] =
      "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":[\"111122223333\","
      "\"arn:aws:iam::444455556666:role/A\"]},\"Action\":\"s3:*\",\"Resource\":\"*\",\"Condition\":{\"IpAddress\":{\"aws:SourceIp\":"
      "[\"10.0.0.0/8\",\"10.1.0.0/16\"]},\"StringLike\":{\"aws:SourceVpc\":\"vpc-*\"}}},{\"Effect\":\"Allow\",\"NotPrincipal\":"
      "{\"AWS\":\"111122223333\"},\"Action\":\"s3:*\",\"Resource\":\"*\"}]}"; /* and what another reading has (A5) */
  pe_policy *p = load(text, POLICYEVAL_KIND_RESOURCE);
  UNIT_EACH_ALLOCATION(mem, rc) { rc = list_findings(&mem.alloc, p); }
  pe_policy_unref(p);
}
END_TEST

static int find_needed(const pe_alloc *a, const pe_policy *p, pe_needed_list *out) {
  pe_question q;
  pe_question_init(&q, a, NULL);
  q.subject = (pe_group){&p, 1};
  return pe_needed_find(&q, out);
}

/* Without all statements that are not needed a policy decides every request as before. */
static void one_needed(bool identity, uint32_t count[5]) {
  writer w;
  put_policy(&w, identity, 2 + random_below(4));
  pe_policy *p = load(w.text, identity ? POLICYEVAL_KIND_IDENTITY : POLICYEVAL_KIND_RESOURCE);
  pe_needed_list l;
  int rc = find_needed(&pe_alloc_libc, p, &l);
  ck_assert_msg(rc == 0, "%d %s", rc, w.text);
  pe_statement kept[8];
  pe_policy rest = {.kind = p->kind, .version_2012 = p->version_2012, .statements = kept};
  for (uint32_t i = 0; i < p->nstatements; i++) {
    const pe_needed *n = &l.list.data[i];
    count[n->need]++;
    ck_assert((n->need == PE_NEED_NEEDED) == (n->result.witness != NULL));
    if (n->need <= PE_NEED_NEEDED) kept[rest.nstatements++] = p->statements[i];
  }
  pe_request_builder *b = pe_request_builder_new(&pe_alloc_libc, NULL);
  const pe_policy *all = p, *some = &rest;
  for (int i = 0; i < 40; i++) {
    random_request(b);
    int before = pe_witness_effect(&(pe_group){&all, 1}, b), after = pe_witness_effect(&(pe_group){&some, 1}, b);
    ck_assert_msg((before == POLICYEVAL_ALLOW) == (after == POLICYEVAL_ALLOW), "%s", w.text);
  }
  pe_request_builder_free(b);
  pe_needed_done(&l);
  pe_policy_unref(p);
}

START_TEST(needless_statements) {
  uint32_t count[5] = {0};
  for (int i = 0; i < UNIT_CASES(300); i++) one_needed(i % 2, count);
  bool all = count[PE_NEED_NEEDED] > UNIT_CASES(100) && count[PE_NEED_REDUNDANT] + 1 > UNIT_CASES(20) &&
             count[PE_NEED_SHADOWED] + 1 > UNIT_CASES(5);
  ck_assert_msg(all, "%u %u %u %u %u", count[0],
                count[1], count[2], count[3], count[4]);
}
END_TEST

START_TEST(statements_without_memory) {
  static const char text[] =
      "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:Get*\",\"Resource\":\"*\"},"
      "{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"},"
      "{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"s3:GetAcl\",\"Resource\":\"*\"}]}";
  pe_policy *p = load(text, POLICYEVAL_KIND_RESOURCE);
  UNIT_EACH_ALLOCATION(mem, rc) {
    pe_needed_list l;
    rc = find_needed(&mem.alloc, p, &l);
    if (!rc) pe_needed_done(&l);
  }
  pe_policy_unref(p);
}
END_TEST

START_TEST(addresses_without_memory) {
  static const char text[] =
      "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\","
      "\"Condition\":{\"IpAddress\":{\"aws:SourceIp\":[\"20.0.0.0/8\",\"30.0.0.0/8\",\"2001:db8::/32\"]}}}]}";
  pe_policy *p = load(text, POLICYEVAL_KIND_RESOURCE);
  UNIT_EACH_ALLOCATION(mem, rc) {
    const pe_policy *subject = p;
    pe_public ask = {.rule = PE_PUBLIC_FIXED_VALUES};
    pe_public_result r;
    pe_question_init(&ask.question, &mem.alloc, NULL);
    ask.question.subject = (pe_group){&subject, 1};
    rc = pe_public_run(&ask, &r);
    if (!rc) {
      ck_assert(r.result.answer == PE_ANSWER_YES && r.too_many);
      pe_result_done(&r.result);
    }
  }
  pe_policy_unref(p);
}
END_TEST

/* That no cell was found is no answer yet: the proof has to fit into the budget, too. */
START_TEST(no_findings_are_proved_within_the_budget) {
  static const char text[] =
      "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:Get*\",\"Resource\":\"*\"},"
      "{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"s3:*\",\"Resource\":\"*\","
      "\"Condition\":{\"StringLike\":{\"aws:PrincipalTag/t\":\"*a*\"}}},"
      "{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"s3:*\",\"Resource\":\"*\","
      "\"Condition\":{\"StringNotLike\":{\"aws:PrincipalTag/t\":\"*a*\"}}}]}";
  pe_policy *p = load(text, POLICYEVAL_KIND_RESOURCE);
  const pe_policy *subject = p;
  pe_analysis a = {.ask = POLICYEVAL_ASK_FINDINGS, .subject = p, .options.rule = PE_PUBLIC_ZONE};
  pe_cells cells;
  pe_question_init(&a.options.question, &pe_alloc_libc, NULL);
  ck_assert_int_eq(pe_analysis_run(&a), 0);
  ck_assert(a.first.answer == PE_ANSWER_NO && !a.first.why);
  a.options.question.subject = (pe_group){&subject, 1};
  ck_assert_int_eq(pe_cells_find(&a.options, &cells), 0);
  ck_assert(!cells.list.len && !cells.why);
  a.options.question.budget.max_nodes = cells.nodes;
  ck_assert_int_eq(pe_analysis_run(&a), 0);
  ck_assert(a.first.answer == PE_ANSWER_UNKNOWN && a.first.why == PE_GIVE_UP_NODES);
  a.options.question.budget.max_nodes = PE_BUDGET_NODES;
  a.options.question.budget.max_states = cells.states;
  ck_assert_int_eq(pe_analysis_run(&a), 0);
  ck_assert(a.first.answer == PE_ANSWER_UNKNOWN && a.first.why == PE_GIVE_UP_STATES);
  pe_cells_done(&cells);
  pe_analysis_clear(&a);
  pe_policy_unref(p);
}
END_TEST

UNIT_MAIN("query", needless_statements, statements_without_memory, no_findings_are_proved_within_the_budget,
          addresses_without_memory, findings_without_memory, resource_policies, identity_policies, more_and_less,
          each_is_each_alone, every_allocation_may_fail)
