/* SPDX-License-Identifier: MIT */
/* What must hold of every grant and revocation, over random policies to start from: granted is allowed, granted twice is granted
 * once, and revoked is what it was where it was not allowed before. */
#include <policyeval/policyeval.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

enum { ROUNDS = UNIT_CASES(1200), TEXT = 8192 };

static uint64_t state = 0x2545F4914F6CDD1Du;
static unsigned pick(unsigned n) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (unsigned)((state >> 20) % n);
}
#define COUNT(list) (unsigned)(sizeof list / sizeof *list)
#define ONE(list) list[pick(COUNT(list))]

static const char secret_arn[] = "arn:aws:secretsmanager:us-east-1:444455556666:secret:red/db-AbCdEf";
static const char key_arn[] = "arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab";
static const char *const callers[] = {
    "arn:aws:iam::111122223333:role/R", "arn:aws:iam::444455556666:role/R", "arn:aws:iam::111122223333:role/team/R",
    "arn:aws:iam::111122223333:user/U", "arn:aws:iam::444455556666:user/U", "arn:aws:sts::111122223333:assumed-role/R/s1",
    "arn:aws:sts::444455556666:assumed-role/R/s1"};

/* ---- random policies ---- */

static const char *const principals[] = {
    "{\"AWS\":\"111122223333\"}", "{\"AWS\":\"arn:aws:iam::444455556666:root\"}", "{\"AWS\":\"arn:aws:iam::111122223333:role/R\"}",
    "{\"AWS\":[\"arn:aws:iam::111122223333:role/R\",\"arn:aws:iam::111122223333:user/V\"]}",
    "{\"AWS\":\"arn:aws:iam::444455556666:role/R\"}", "{\"AWS\":\"arn:aws:iam::444455556666:user/U\"}",
    "{\"AWS\":\"arn:aws:sts::111122223333:assumed-role/R/s1\"}", "{\"AWS\":\"arn:aws:iam::111122223333:role/team/R\"}",
    "{\"AWS\":\"arn:aws:iam::111122223333:role/Other\",\"Service\":\"s3.amazonaws.com\"}", "\"*\""};
static const char *const secret_actions[] = {"\"secretsmanager:GetSecretValue\"", "\"secretsmanager:*\"",
                                             "[\"secretsmanager:DescribeSecret\",\"secretsmanager:GetSecretValue\"]",
                                             "\"secretsmanager:DescribeSecret\"", "\"secretsmanager:PutResourcePolicy\""};
static const char *const key_actions[] = {"\"kms:Decrypt\"", "\"kms:*\"", "[\"kms:DescribeKey\",\"kms:Decrypt\"]",
                                          "\"kms:DescribeKey\"", "\"kms:PutKeyPolicy\""};
static const char *const secret_resources[] = {
    "\"*\"", "\"arn:aws:secretsmanager:us-east-1:444455556666:secret:red/db-AbCdEf\"",
    "\"arn:aws:secretsmanager:us-east-1:444455556666:secret:red/db-??????\"",
    "\"arn:aws:secretsmanager:us-east-1:444455556666:secret:blue-??????\"", "\"arn:aws:secretsmanager:*:*:secret:red/*\""};
static const char *const key_resources[] = {"\"*\"", "\"arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab\"",
                                            "\"arn:aws:kms:us-east-1:444455556666:key/*\""};
static const char *const conditions[] = {
    "", "", "", ",\"Condition\":{\"StringEquals\":{\"secretsmanager:VersionStage\":\"AWSCURRENT\"}}",
    ",\"Condition\":{\"StringEquals\":{\"secretsmanager:VersionStage\":\"AWSPREVIOUS\"}}",
    ",\"Condition\":{\"StringEquals\":{\"kms:ViaService\":\"secretsmanager.us-east-1.amazonaws.com\"}}",
    ",\"Condition\":{\"StringEquals\":{\"kms:ViaService\":\"s3.us-east-1.amazonaws.com\"}}",
    ",\"Condition\":{\"IpAddress\":{\"aws:SourceIp\":\"203.0.113.0/24\"}}",
    ",\"Condition\":{\"StringEquals\":{\"aws:PrincipalOrgID\":\"o-a1b2c3d4e5\"}}"};
static const char *const sids[] = {"", "", "\"Sid\":\"One\",", "\"Sid\":\"GrantGetSecretValue\","};

/* Layouts that people and programs write: the separators between statements, and what stands around them. */
typedef struct layout {
  const char *head, *between, *tail;
} layout;
static const layout layouts[] = {
    {"{\"Version\":\"2012-10-17\",\"Statement\":[", ",", "]}"},
    {"{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    ", ",\n    ", "\n  ]\n}\n"},
    {"{\r\n\t\"Statement\": [ ", " , ", " ],\r\n\t\"Version\": \"2012-10-17\"\r\n}"},
};

static void one_statement(char *to, size_t room, bool resource, bool key) {
  const bool deny = pick(12) == 0;
  snprintf(to, room, "{%s\"Effect\":\"%s\",%s%s%s\"Action\":%s,\"Resource\":%s%s}", "", deny ? "Deny" : "Allow",
           resource ? "\"Principal\":" : "", resource ? ONE(principals) : "", resource ? "," : "",
           key ? ONE(key_actions) : ONE(secret_actions), key ? resource ? "\"*\"" : ONE(key_resources) : ONE(secret_resources),
           ONE(conditions));
}

/* kind of document: the secret's, the key's, an identity policy. Empty text: none. */
static void one_document(char *to, int kind) {
  const layout *l = &ONE(layouts);
  const bool single = pick(5) == 0;
  const unsigned n = single ? 1 : 1 + pick(3);
  char statement[1024];
  to[0] = '\0';
  if (pick(3) == 0) return;
  size_t len = (size_t)snprintf(to, TEXT, "%s", single ? "{\"Version\":\"2012-10-17\",\"Statement\":" : l->head);
  if (kind == POLICYEVAL_KIND_KMS_KEY && !single && pick(3))
    len += (size_t)snprintf(to + len, TEXT - len,
                            "{\"Sid\":\"Root\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::444455556666:root\"},"
                            "\"Action\":\"kms:*\",\"Resource\":\"*\"}%s", l->between);
  for (unsigned i = 0; i < n; i++) {
    const bool key = kind == POLICYEVAL_KIND_KMS_KEY || (kind == POLICYEVAL_KIND_IDENTITY && pick(2));
    one_statement(statement, sizeof statement, kind != POLICYEVAL_KIND_IDENTITY, key);
    const char *sid = i == 0 ? ONE(sids) : "";
    len += (size_t)snprintf(to + len, TEXT - len, "%s{%s%s", i ? l->between : "", sid, statement + 1);
  }
  snprintf(to + len, TEXT - len, "%s", single ? "}" : l->tail);
}

/* ---- asking ---- */

static const int layers[3] = {POLICYEVAL_LAYER_RESOURCE, POLICYEVAL_LAYER_KEY, POLICYEVAL_LAYER_IDENTITY};
static const int kinds[3] = {POLICYEVAL_KIND_SECRET, POLICYEVAL_KIND_KMS_KEY, POLICYEVAL_KIND_IDENTITY};

typedef struct triple {
  char text[3][TEXT];
} triple;

static policyeval_context *context;

static policyeval_policy *load(int kind, const char *text) {
  policyeval_policy *p = NULL;
  ck_assert_msg(policyeval_policy_load(context, kind, text, POLICYEVAL_NTS, "start", &p, NULL) == 0, "%s", text);
  return p;
}

static policyeval_access *question(const triple *t, const char *caller, const char *stage) {
  policyeval_access *q = NULL;
  ck_assert_int_eq(policyeval_access_new(context, &q), 0);
  ck_assert_int_eq(policyeval_access_set_principal(q, caller, POLICYEVAL_NTS), 0);
  ck_assert_int_eq(policyeval_access_set_secret(q, secret_arn, POLICYEVAL_NTS), 0);
  ck_assert_int_eq(policyeval_access_set_key(q, key_arn, POLICYEVAL_NTS), 0);
  if (stage) ck_assert_int_eq(policyeval_access_set_version_stage(q, stage, POLICYEVAL_NTS), 0);
  for (int i = 0; i < 3; i++) {
    policyeval_policy *p = t->text[i][0] ? load(kinds[i], t->text[i]) : NULL;
    if (p) ck_assert_int_eq(policyeval_access_add_policy(q, layers[i], 0, p), 0);
    policyeval_policy_unref(p);
  }
  return q;
}

static int decide(const triple *t, const char *caller, const char *stage) {
  policyeval_access *q = question(t, caller, stage);
  int effect = -1;
  ck_assert_int_eq(policyeval_access_effect(q, &effect), 0);
  policyeval_access_free(q);
  return effect;
}

typedef struct outcome {
  bool changed, proved, blocked;
  triple after;
} outcome;

static char last[1 << 16]; /* what the last run printed, for messages */

static outcome run(const triple *t, const char *caller, bool strict, bool revoke) {
  policyeval_access *q = question(t, caller, NULL);
  policyeval_grant *g = NULL;
  outcome o = {false, false, false, {{{0}}}};
  ck_assert_int_eq(policyeval_grant_new(q, &g), 0);
  ck_assert_int_eq(policyeval_grant_set_strict_stage(g, strict), 0);
  const int rc = revoke ? policyeval_grant_run_revoke(g) : policyeval_grant_run(g);
  ck_assert_msg(rc == 0, "%d: %s\n%s\n%s\n%s", rc, caller, t->text[0], t->text[1], t->text[2]);
  o.changed = policyeval_grant_changed(g);
  o.proved = policyeval_grant_proved(g);
  o.blocked = policyeval_grant_blocked(g) > 0;
  snprintf(last, sizeof last, "%s", policyeval_grant_text(g, NULL));
  ck_assert_uint_eq(policyeval_grant_documents(g), 3);
  for (size_t i = 0; i < 3; i++) {
    const policyeval_slice text = policyeval_grant_document(g, i);
    snprintf(o.after.text[i], TEXT, "%s", text.ptr ? text.ptr : "");
  }
  policyeval_grant_free(g);
  policyeval_access_free(q);
  return o;
}

static bool equivalent(int kind, const char *a, const char *b) {
  if (!a[0] || !b[0]) return !a[0] && !b[0];
  policyeval_policy *one = load(kind, a), *two = load(kind, b);
  policyeval_analysis *compare = NULL;
  ck_assert_int_eq(policyeval_analysis_new(context, POLICYEVAL_ASK_COMPARE, &compare), 0);
  ck_assert_int_eq(policyeval_analysis_set_policy(compare, one), 0);
  ck_assert_int_eq(policyeval_analysis_set_existing(compare, two), 0);
  ck_assert_int_eq(policyeval_analysis_run(compare), 0);
  const int relation = policyeval_analysis_relation(compare);
  policyeval_analysis_free(compare);
  policyeval_policy_unref(one);
  policyeval_policy_unref(two);
  return relation == POLICYEVAL_RELATION_EQUIVALENT;
}

static bool same(const triple *a, const triple *b) {
  return !strcmp(a->text[0], b->text[0]) && !strcmp(a->text[1], b->text[1]) && !strcmp(a->text[2], b->text[2]);
}

#define HOLDS(what)                                                                                                       \
  ck_assert_msg(what, #what "\n%s%s\n%s\n%s\n%s\n%s", caller, strict ? " strict" : "", start.text[0], start.text[1], start.text[2], last)

START_TEST(grants_and_revocations) {
  unsigned granted = 0, blocked = 0, unchanged = 0, restored = 0, proved = 0;
  ck_assert_int_eq(policyeval_context_new(NULL, &context), 0);
  for (unsigned round = 0; round < ROUNDS; round++) {
    static triple start;
    const char *caller = ONE(callers);
    const bool strict = pick(4) == 0;
    for (int i = 0; i < 3; i++) one_document(start.text[i], kinds[i]);
    const outcome once = run(&start, caller, strict, false);
    if (once.blocked) {
      blocked++;
      HOLDS(!once.changed && !once.proved);
      continue;
    }
    granted += once.changed;
    unchanged += !once.changed;
    proved += once.proved;
    HOLDS(decide(&once.after, caller, "AWSCURRENT") == POLICYEVAL_ALLOW);
    HOLDS(strict || decide(&once.after, caller, NULL) == POLICYEVAL_ALLOW);
    const outcome twice = run(&once.after, caller, strict, false);
    HOLDS(!twice.changed && !twice.blocked && same(&twice.after, &once.after));
    const outcome never = run(&start, caller, strict, true), back = run(&once.after, caller, strict, true);
    if (!back.blocked) {
      HOLDS(decide(&back.after, caller, NULL) != POLICYEVAL_ALLOW);
      HOLDS(decide(&back.after, caller, "AWSCURRENT") != POLICYEVAL_ALLOW);
    }
    /* The start allowed it on no request: then nothing was to be revoked there, and that is where it ends. */
    if (never.changed || !never.proved) continue;
    restored++;
    HOLDS(!back.blocked && back.proved);
    HOLDS(equivalent(kinds[0], back.after.text[0], start.text[0]));
    HOLDS(equivalent(kinds[1], back.after.text[1], start.text[1][0] ? start.text[1] : never.after.text[1]));
    HOLDS(equivalent(kinds[2], back.after.text[2], start.text[2]));
  }
  policyeval_context_unref(context);
  printf("grants: %u changed, %u unchanged, %u blocked; %u proved; %u revoked to the start\n", granted, unchanged, blocked,
         proved, restored);
  ck_assert_uint_gt(granted, ROUNDS / 3);
  ck_assert_uint_ge(unchanged, UNIT_CASES(4));
  ck_assert_uint_gt(blocked, UNIT_CASES(50));
  ck_assert_uint_gt(restored, ROUNDS / 4);
}
END_TEST

UNIT_MAIN("grant_property", grants_and_revocations)
