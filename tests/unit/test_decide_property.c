/* SPDX-License-Identifier: MIT */
/* What must hold for every decision, over random small policies and requests. */
#include <stdio.h>
#include <stdlib.h>

#include "decide_case.h"
#include "unit.h"

enum { ROUNDS = UNIT_CASES(1500) };

static uint64_t state;

static unsigned pick(unsigned n) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (unsigned)((state >> 20) % n);
}

#define COUNT(list) (unsigned)(sizeof list / sizeof *list)
#define ONE(list)   list[pick(COUNT(list))]

/* ---- random cases ---- */

static const char *const actions[] = {"*",
                                      "secretsmanager:*",
                                      "secretsmanager:Get*",
                                      "secretsmanager:GetSecretValue",
                                      "secretsmanager:DeleteSecret",
                                      "s3:GetObject"};
static const char *const resources[] = {
    "*",
    "arn:aws:secretsmanager:us-east-1:444455556666:secret:red/db-AbCdEf",
    "arn:aws:secretsmanager:*:*:secret:*",
    "arn:aws:secretsmanager:us-east-1:444455556666:secret:${aws:PrincipalTag/team}/*",
    "arn:aws:secretsmanager:us-east-1:444455556666:s*:red/*",
    "arn:aws:secretsmanager:us-east-1:*:red/db-??????",
    "arn:aws:s3:::bucket",
    "arn:aws:secretsmanager:US-EAST-1:444455556666:secret:*"};
static const char *const principals[] = {"*",
                                         "111122223333",
                                         "arn:aws:iam::444455556666:root",
                                         "arn:aws:iam::111122223333:role/App",
                                         "arn:aws:iam::444455556666:role/App",
                                         "arn:aws:iam::444455556666:role/team/App",
                                         "arn:aws:iam::444455556666:user/alice",
                                         "arn:aws:sts::444455556666:assumed-role/App/s1",
                                         "arn:aws:sts::444455556666:assumed-role/App/s2"};
static const char *const callers[] = {
    "arn:aws:sts::111122223333:assumed-role/App/s1", "arn:aws:sts::444455556666:assumed-role/App/s1",
    "arn:aws:iam::444455556666:role/App", "arn:aws:iam::444455556666:user/alice",
    "arn:aws:iam::444455556666:root"};
static const char *const operators[] = {"StringEquals",
                                        "StringNotEquals",
                                        "StringLike",
                                        "StringEqualsIfExists",
                                        "ForAnyValue:StringEquals",
                                        "ForAllValues:StringEquals",
                                        "ForAnyValue:StringNotEquals",
                                        "ForAnyValue:StringEqualsIfExists",
                                        "NumericLessThan",
                                        "NumericNotEquals"};
static const char *const keys[] = {"aws:PrincipalTag/team", "aws:PrincipalOrgID", "example:k",
                                   "aws:PrincipalOrgPaths", "aws:userid"};
static const char *const values[] = {"red", "blue", "r*", "5", "${aws:PrincipalTag/team}", ""};

static json_t *list_of(const char *const *from, unsigned n) {
  json_t *list = json_array();
  for (unsigned i = 1 + pick(2); i--;) json_array_append_new(list, json_string(from[pick(n)]));
  return list;
}

static json_t *condition(void) {
  json_t *block = json_object();
  const char *operator= ONE(operators);
  json_t *entries = json_object();
  json_object_set_new(entries, ONE(keys), list_of(values, COUNT(values)));
  json_object_set_new(block, operator, entries);
  if (pick(3) == 0)
    json_object_set_new(block, "Null", json_pack("{s:s}", ONE(keys), pick(2) ? "true" : "false"));
  return block;
}

static json_t *statement(const char *effect, bool resource_policy) {
  json_t *s = json_pack("{s:s}", "Effect", effect);
  bool deny = effect[0] == 'D';
  json_object_set_new(s, pick(6) ? "Action" : "NotAction", list_of(actions, COUNT(actions)));
  json_object_set_new(s, pick(6) ? "Resource" : "NotResource", list_of(resources, COUNT(resources)));
  if (resource_policy) {
    json_t *who = json_pack("{s:o}", "AWS", list_of(principals, COUNT(principals)));
    json_object_set_new(s, deny && pick(4) == 0 ? "NotPrincipal" : "Principal", who);
  }
  if (pick(2)) json_object_set_new(s, "Condition", condition());
  return s;
}

static json_t *policy(bool resource_policy) {
  json_t *list = json_array();
  for (unsigned i = 1 + pick(3); i--;)
    json_array_append_new(list, statement(pick(3) ? "Allow" : "Deny", resource_policy));
  return json_pack("{s:s,s:o}", "Version", "2012-10-17", "Statement", list);
}

static json_t *random_case(void) {
  json_t *policies = json_pack("{s:[o],s:[o]}", "identity", policy(false), "resource", policy(true));
  json_t *context = json_object();
  if (pick(4) == 0) json_object_set_new(policies, "boundary", json_pack("[o]", policy(false)));
  if (pick(4) == 0) json_object_set_new(policies, "session", json_pack("[o]", policy(false)));
  if (pick(4) == 0) json_object_set_new(policies, "scp", json_pack("[[o]]", policy(false)));
  for (unsigned i = 0; i < COUNT(keys) - 1; i++) {
    if (pick(2)) continue;
    bool list = keys[i][4] == 'P' && strcmp(keys[i], "aws:PrincipalOrgPaths") == 0;
    json_object_set_new(context, keys[i], list ? list_of(values, 4) : json_string(values[pick(4)]));
  }
  return json_pack("{s:s,s:s,s:s,s:o,s:o}", "principal", ONE(callers), "action",
                   "secretsmanager:GetSecretValue", "resource",
                   "arn:aws:secretsmanager:us-east-1:444455556666:secret:red/db-AbCdEf", "policies", policies,
                   "context", context);
}

/* ---- deciding them ---- */

typedef struct outcome {
  int effect;
  uint16_t blocked_by;
  pe_rowset assumptions;
  char missing[512];
} outcome;

static outcome decide(const json_t *object) {
  pe_test_case c;
  pe_trace t;
  outcome o = {0};
  pe_test_case_new(&c, &pe_alloc_libc, object);
  pe_trace_init(&t, &pe_alloc_libc);
  ck_assert_int_eq(pe_decide(&c.set, c.request, false, &t), 0);
  ck_assert_int_eq(pe_decide_effect(&c.set, c.request, false), t.effect);
  o.effect = t.effect;
  o.blocked_by = t.blocked_by;
  o.assumptions = t.assumptions;
  for (size_t i = 0; i < t.missing.len; i++)
    snprintf(o.missing + strlen(o.missing), sizeof o.missing - strlen(o.missing), "%.*s ",
             (int)t.missing.data[i].key.len, t.missing.data[i].key.ptr);
  pe_trace_done(&t);
  pe_test_case_done(&c);
  return o;
}

static int rank(int effect) {
  switch (effect) {
  case POLICYEVAL_ALLOW: return 3;
  case POLICYEVAL_UNKNOWN: return 2;
  case POLICYEVAL_IMPLICIT_DENY: return 1;
  default: return 0;
  }
}

static void must(bool ok, const char *what, const json_t *before, const json_t *after) {
  if (ok) return;
  char *a = json_dumps(before, JSON_COMPACT), *b = json_dumps(after, JSON_COMPACT);
  ck_abort_msg("%s\n%s\n%s", what, a, b);
}

static json_t *layer(json_t *object, const char *name) {
  return json_object_get(json_array_get(json_object_get(json_object_get(object, "policies"), name), 0),
                         "Statement");
}

static json_t *start_round(unsigned round) {
  state = 0x9E3779B97F4A7C15u * (round + 1);
  pick(2);
  return random_case();
}

/* ---- properties ---- */

START_TEST(an_added_deny_never_allows_more)
{
  for (unsigned i = 0; i < ROUNDS; i++) {
    json_t *before = start_round(i), *after = json_deep_copy(before);
    bool resource = pick(2);
    json_array_insert_new(layer(after, resource ? "resource" : "identity"), pick(2),
                          statement("Deny", resource));
    must(rank(decide(after).effect) <= rank(decide(before).effect), "a Deny allowed more", before, after);
    json_decref(before);
    json_decref(after);
  }
}
END_TEST

START_TEST(an_added_allow_never_denies_more)
{
  for (unsigned i = 0; i < ROUNDS; i++) {
    json_t *before = start_round(i), *after = json_deep_copy(before);
    bool resource = pick(2);
    json_array_insert_new(layer(after, resource ? "resource" : "identity"), pick(2),
                          statement("Allow", resource));
    must(rank(decide(after).effect) >= rank(decide(before).effect), "an Allow denied more", before, after);
    json_decref(before);
    json_decref(after);
  }
}
END_TEST

static void reverse(json_t *list) {
  size_t n = json_array_size(list);
  for (size_t i = 0; i < n; i++) {
    json_t *last = json_incref(json_array_get(list, n - 1));
    json_array_remove(list, n - 1);
    json_array_insert_new(list, i, last);
  }
}

/* Reverses every list of the policy, statements too. */
static void permute(json_t *node) {
  const char *key;
  json_t *v;
  size_t i;
  if (json_is_array(node)) {
    reverse(node);
    json_array_foreach(node, i, v) permute(v);
  } else {
    json_object_foreach(node, key, v) permute(v);
  }
}

/* One statement with two actions, or resources, or principals, is two statements with one each. */
static void split(json_t *list) {
  for (size_t i = json_array_size(list); i--;) {
    json_t *s = json_array_get(list, i), *items = json_object_get(s, "Action");
    const char *name = "Action";
    if (json_array_size(items) < 2) items = json_object_get(s, name = "Resource");
    if (json_array_size(items) < 2) continue;
    json_t *other = json_deep_copy(s);
    json_array_remove(items, 1);
    json_array_remove(json_object_get(other, name), 0);
    json_array_insert_new(list, i, other);
  }
}

static bool same(const outcome *a, const outcome *b) {
  return a->effect == b->effect && a->blocked_by == b->blocked_by && strcmp(a->missing, b->missing) == 0;
}

START_TEST(order_and_splitting_change_nothing)
{
  for (unsigned i = 0; i < ROUNDS; i++) {
    json_t *before = start_round(i), *after = json_deep_copy(before);
    permute(json_object_get(after, "policies"));
    outcome a = decide(before), b = decide(after);
    must(same(&a, &b), "order counted", before, after);
    must(memcmp(&a.assumptions, &b.assumptions, sizeof a.assumptions) == 0, "order counted for assumptions",
         before, after);
    split(layer(after, "identity"));
    split(layer(after, "resource"));
    b = decide(after);
    must(same(&a, &b), "splitting counted", before, after);
    json_decref(before);
    json_decref(after);
  }
}
END_TEST

static bool agrees(int three_valued, int filled) {
  switch (three_valued) {
  case POLICYEVAL_UNKNOWN: return true;
  case POLICYEVAL_IMPLICIT_DENY:
    return filled == POLICYEVAL_IMPLICIT_DENY || filled == POLICYEVAL_EXPLICIT_DENY;
  default: return filled == three_valued;
  }
}

START_TEST(a_filled_in_fact_never_contradicts)
{
  unsigned unknowns = 0;
  for (unsigned i = 0; i < ROUNDS; i++) {
    json_t *before = start_round(i), *context = json_object_get(before, "context");
    const char *key = keys[pick(3)];
    json_object_del(context, key);
    json_t *after = json_deep_copy(before);
    json_object_set_new(before, "unknown", json_pack("[s]", key));
    int effect = decide(before).effect;
    unknowns += effect == POLICYEVAL_UNKNOWN;
    must(agrees(effect, decide(after).effect), "an absent fact contradicts", before, after);
    for (unsigned v = 0; v < COUNT(values); v++) {
      json_object_set_new(json_object_get(after, "context"), key, json_string(values[v]));
      must(agrees(effect, decide(after).effect), "a filled in fact contradicts", before, after);
    }
    json_decref(before);
    json_decref(after);
  }
  ck_assert_uint_gt(unknowns, UNIT_CASES(20));
}
END_TEST

START_TEST(a_named_session_never_contradicts)
{
  unsigned unknowns = 0;
  for (unsigned i = 0; i < ROUNDS; i++) {
    json_t *before = start_round(i), *after = json_deep_copy(before);
    json_object_set_new(before, "principal", json_string("arn:aws:iam::444455556666:role/App"));
    int effect = decide(before).effect;
    unknowns += effect == POLICYEVAL_UNKNOWN;
    static const char *const sessions[] = {"s1", "s2", "s3"};
    for (unsigned s = 0; s < COUNT(sessions); s++) {
      char arn[80];
      snprintf(arn, sizeof arn, "arn:aws:sts::444455556666:assumed-role/App/%s", sessions[s]);
      json_object_set_new(after, "principal",
                          json_pack("{s:s,s:s,s:s}", "arn", arn, "role_arn",
                                    "arn:aws:iam::444455556666:role/App", "id", "AROAX"));
      must(agrees(effect, decide(after).effect), "a named session contradicts", before, after);
    }
    json_decref(before);
    json_decref(after);
  }
  ck_assert_uint_gt(unknowns, UNIT_CASES(20));
}
END_TEST

/* Under any choice of readings of the rows that were not assumed, the verdict stands (one row at a time). */
START_TEST(other_readings_change_nothing_but_assumptions)
{
  for (unsigned i = 0; i < ROUNDS / 4; i++) {
    json_t *object = start_round(i);
    outcome o = decide(object);
    for (unsigned row = 0; row < PE_ROWS; row++) {
      bool changed = false;
      for (unsigned k = 1; k < pe_row_count((pe_row)row); k++) {
        const pe_row_info *info = pe_row_get((pe_row)row);
        json_object_set_new(object, "readings", json_pack("{s:s}", info->name, info->reading[k]));
        changed |= decide(object).effect != o.effect;
      }
      must(!changed || pe_rowset_has(&o.assumptions, (pe_row)row), pe_row_get((pe_row)row)->name, object,
           object);
    }
    json_decref(object);
  }
}
END_TEST

UNIT_MAIN("decide_property", an_added_deny_never_allows_more, an_added_allow_never_denies_more,
          order_and_splitting_change_nothing, a_filled_in_fact_never_contradicts,
          a_named_session_never_contradicts, other_readings_change_nothing_but_assumptions)
