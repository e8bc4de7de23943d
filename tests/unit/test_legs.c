/* SPDX-License-Identifier: MIT */
/* The access question over all requests against many single requests: always is always, never is never, and the requests
 * that come with an answer are what it says. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "eval/grants.h"
#include "policy/load.h"
#include "sym/legs.h"
#include "unit.h"

#define SECRET "arn:aws:secretsmanager:us-east-1:444455556666:secret:S-AbCdEf"
#define KEY "arn:aws:kms:us-east-1:444455556666:key/k"

static uint64_t seed = 0xD1B54A32D192ED03u;
static uint32_t random_below(uint32_t n) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return (uint32_t)(seed >> 33) % n;
}

static const char *const conditions[] = {
    "", "", "", ",\"Condition\":{\"StringEquals\":{\"secretsmanager:VersionStage\":\"AWSCURRENT\"}}",
    ",\"Condition\":{\"StringEqualsIfExists\":{\"secretsmanager:VersionStage\":\"AWSCURRENT\"}}",
    ",\"Condition\":{\"StringEquals\":{\"aws:PrincipalOrgID\":\"o-1\"}}",
    ",\"Condition\":{\"StringNotEquals\":{\"aws:PrincipalOrgID\":\"o-1\"}}",
    ",\"Condition\":{\"StringEquals\":{\"kms:ViaService\":\"secretsmanager.us-east-1.amazonaws.com\"}}",
    ",\"Condition\":{\"StringLike\":{\"kms:EncryptionContext:SecretARN\":\"*:secret:S-??????\"}}",
    ",\"Condition\":{\"IpAddress\":{\"aws:SourceIp\":\"10.0.0.0/8\"}}",
    ",\"Condition\":{\"StringEquals\":{\"aws:PrincipalTag/team\":\"a\"}}",
    ",\"Condition\":{\"StringEquals\":{\"aws:ResourceTag/team\":\"${aws:PrincipalTag/team}\"}}",
    ",\"Condition\":{\"ArnLike\":{\"aws:PrincipalArn\":\"arn:aws:iam::*:role/R\"}}",
    ",\"Condition\":{\"Bool\":{\"aws:SecureTransport\":\"false\"}}",
    ",\"Condition\":{\"Null\":{\"aws:SourceVpce\":\"true\"}}"};
static const char *const principals[] = {"\"*\"", "{\"AWS\":\"111122223333\"}", "{\"AWS\":\"444455556666\"}",
                                         "{\"AWS\":\"arn:aws:iam::111122223333:role/R\"}",
                                         "{\"AWS\":\"arn:aws:sts::111122223333:assumed-role/R/s1\"}"};
static const char *const actions[] = {"\"*\"", "\"secretsmanager:GetSecretValue\"", "\"kms:Decrypt\"", "\"secretsmanager:*\"",
                                      "[\"kms:*\",\"secretsmanager:Get*\"]"};

static pe_policy *random_policy(int kind, uint32_t statements, bool principal) {
  char text[4096];
  size_t n = (size_t)snprintf(text, sizeof text, "{\"Version\":\"2012-10-17\",\"Statement\":[");
  for (uint32_t i = 0; i < statements; i++) {
    n += (size_t)snprintf(text + n, sizeof text - n, "%s{\"Effect\":\"%s\",%s%s%s\"Action\":%s,\"Resource\":\"*\"%s}", i ? "," : "",
                          random_below(4) ? "Allow" : "Deny", principal ? "\"Principal\":" : "",
                          principal ? principals[random_below(5)] : "", principal ? "," : "",
                          actions[kind == POLICYEVAL_KIND_KMS_KEY ? 2 * random_below(2) : random_below(5)],
                          conditions[random_below(sizeof conditions / sizeof conditions[0])]);
  }
  n += (size_t)snprintf(text + n, sizeof text - n, "]}");
  pe_load_options o = {.kind = kind, .name = PE_SLICE("test"), .limits = pe_load_limits_default};
  pe_policy *p = NULL;
  ck_assert_msg(pe_policy_load(&pe_alloc_libc, pe_slice_of(text, n), &o, &p, NULL) == 0, "%s", text);
  return p;
}

#define PAIR_ARN "\"SecretARN\":\"" SECRET "\""
#define PAIR_VERSION "\"SecretVersionId\":\"v1\""
static const char *const constraints[] = {
    "", "", "{}", "{\"EncryptionContextSubset\":{" PAIR_ARN "}}", "{\"EncryptionContextSubset\":{\"SecretARN\":\"other\"}}",
    "{\"EncryptionContextSubset\":{\"secretarn\":\"" SECRET "\"}}", "{\"EncryptionContextSubset\":{" PAIR_VERSION "}}",
    "{\"EncryptionContextEquals\":{" PAIR_ARN "}}", "{\"EncryptionContextEquals\":{" PAIR_ARN "," PAIR_VERSION "}}",
    "{\"EncryptionContextEquals\":{" PAIR_ARN ",\"secretversionid\":\"v1\"}}"};
static const char *const grantees[] = {"arn:aws:iam::111122223333:role/R", "arn:aws:iam::111122223333:root",
                                       "arn:aws:iam::444455556666:role/R", "arn:aws:iam::111122223333:user/U",
                                       "arn:aws:sts::111122223333:assumed-role/R/s1"};

static void random_grants(pe_arena *arena, const pe_grant **grants, uint32_t *count) {
  char text[4096];
  size_t n = (size_t)snprintf(text, sizeof text, "[");
  for (uint32_t i = 0, many = random_below(3); i < many; i++) {
    const char *constraint = constraints[random_below(sizeof constraints / sizeof constraints[0])];
    n += (size_t)snprintf(text + n, sizeof text - n,
                          "%s{\"KeyId\":\"%s\",\"GrantId\":\"g%u\",\"GranteePrincipal\":\"%s\",\"Operations\":[\"%s\"]%s%s}", i ? "," : "",
                          random_below(5) ? KEY : "arn:aws:kms:us-east-1:444455556666:key/other", i, grantees[random_below(5)],
                          random_below(5) ? "Decrypt" : "Encrypt", *constraint ? ",\"Constraints\":" : "", constraint);
  }
  n += (size_t)snprintf(text + n, sizeof text - n, "]");
  pe_load_options o = {.kind = POLICYEVAL_KIND_KMS_KEY, .name = PE_SLICE("grants"), .limits = pe_load_limits_default};
  *count = 0;
  ck_assert_msg(pe_grants_load(arena, pe_slice_of(text, n), &o, grants, count, NULL) == 0, "%s", text);
}

typedef struct world {
  pe_arena *arena;
  pe_policy *identity, *secret, *key, *boundary, *scp;
  pe_policy_list scp_list;
  pe_policyset set[PE_LEGS];
  pe_access access;
} world;

static void make_world(world *w) {
  static const char *const who[] = {"arn:aws:iam::111122223333:role/R", "arn:aws:iam::111122223333:user/U",
                                    "arn:aws:sts::444455556666:assumed-role/R/s1", "arn:aws:iam::444455556666:role/R"};
  const char *why = "";
  memset(w, 0, sizeof *w);
  w->identity = random_policy(POLICYEVAL_KIND_IDENTITY, 1 + random_below(2), false);
  w->secret = random_policy(POLICYEVAL_KIND_SECRET, 1 + random_below(3), true);
  w->key = random_policy(POLICYEVAL_KIND_KMS_KEY, 1 + random_below(3), true);
  if (random_below(3) == 0) w->boundary = random_policy(POLICYEVAL_KIND_BOUNDARY, 1 + random_below(2), false);
  if (random_below(3) == 0) w->scp = random_policy(POLICYEVAL_KIND_SCP, 1 + random_below(2), false);
  w->scp_list = (pe_policy_list){&w->scp, 1};
  for (int leg = 0; leg < PE_LEGS; leg++) {
    w->set[leg].identity = (pe_policy_list){&w->identity, 1};
    w->set[leg].resource = (pe_policy_list){leg ? &w->key : &w->secret, 1};
    if (w->boundary) w->set[leg].boundary = (pe_policy_list){&w->boundary, 1};
    w->set[leg].has_boundary = w->boundary != NULL;
    if (w->scp) w->set[leg].scp = &w->scp_list;
    w->set[leg].nscp = w->set[leg].has_scp = w->scp != NULL;
  }
  w->arena = pe_arena_new(&pe_alloc_libc, 0);
  random_grants(w->arena, &w->set[PE_LEG_KEY].grants, &w->set[PE_LEG_KEY].ngrants);
  pe_slice arn = pe_slice_str(who[random_below(4)]);
  ck_assert_int_eq(pe_access_init(&w->access, &pe_alloc_libc, NULL), 0);
  for (int leg = 0; leg < PE_LEGS; leg++) ck_assert_int_eq(pe_request_set_principal_arn(w->access.leg[leg], arn, &why), 0);
  ck_assert_int_eq(pe_access_set_secret(&w->access, PE_SLICE(SECRET), &why), 0);
  ck_assert_int_eq(pe_access_set_key(&w->access, PE_SLICE(KEY), &why), 0);
}

static void drop_world(world *w) {
  pe_access_done(&w->access);
  pe_policy_unref(w->identity);
  pe_policy_unref(w->secret);
  pe_policy_unref(w->key);
  pe_policy_unref(w->boundary);
  pe_policy_unref(w->scp);
  pe_arena_free(w->arena);
}

static bool is_allowed(const world *w, const pe_request *const r[PE_LEGS]) {
  return pe_decide_effect(&w->set[0], r[0], false) == POLICYEVAL_ALLOW &&
         pe_decide_effect(&w->set[1], r[1], false) == POLICYEVAL_ALLOW;
}

/* One request more, with random facts; a session gets a name. */
static bool random_request_allowed(world *w, bool role) {
  static const char *const facts[][3] = {{"aws:PrincipalOrgID", "o-1", "o-2"},      {"secretsmanager:VersionStage", "AWSCURRENT", "X"},
                                         {"aws:SourceIp", "10.1.1.1", "8.8.8.8"},    {"aws:PrincipalTag/team", "a", "b"},
                                         {"aws:ResourceTag/team", "a", "b"},         {"aws:SecureTransport", "true", "false"},
                                         {"aws:SourceVpce", "vpce-1", "vpce-2"}};
  const pe_request *r[PE_LEGS];
  const char *why = "";
  for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
    uint32_t pick = random_below(3);
    if (!pick) continue;
    pe_slice value = pe_slice_str(facts[i][pick]);
    ck_assert_int_eq(pe_access_set_fact(&w->access, pe_slice_str(facts[i][0]), &value, 1, false), 0);
  }
  ck_assert_int_eq(pe_access_set_version_id(&w->access, random_below(2) ? PE_SLICE("v1") : PE_SLICE("v2")), 0);
  const pe_slice session = random_below(2) ? PE_SLICE("s1") : PE_SLICE("s2"); /* one caller, whatever the leg */
  for (int leg = 0; leg < PE_LEGS && role; leg++)
    ck_assert_int_eq(pe_request_set_session_name(w->access.leg[leg], session), 0);
  ck_assert_msg(pe_access_prepare(&w->access, r, &why) == 0, "%s", why);
  return is_allowed(w, r);
}

static void check_case(world *w, pe_request_builder *const b[PE_LEGS], bool allowed) {
  if (!b[0]) return;
  const pe_request *r[PE_LEGS] = {pe_request_prepared(b[0]), pe_request_prepared(b[1])};
  ck_assert(r[0] && r[1]);
  ck_assert_int_eq(is_allowed(w, r), allowed);
}

static void one_world(uint32_t count[4]) {
  world w;
  make_world(&w);
  pe_legs_input in = {.alloc = &pe_alloc_libc, .set = {&w.set[0], &w.set[1]}};
  const char *why = "";
  pe_budget_init(&in.budget);
  ck_assert_msg(pe_access_prepare(&w.access, in.request, &why) == 0, "%s", why);
  pe_legs_result r;
  ck_assert_int_eq(pe_legs_run(&in, &r), 0);
  count[r.answer]++;
  check_case(&w, r.witness, true);
  check_case(&w, r.counter, false);
  ck_assert((r.answer == PE_LEGS_SOMETIMES) == (r.witness[0] && r.counter[0]) || r.answer == PE_LEGS_UNKNOWN);
  bool fixed_session = in.request[0]->caller.kind == PE_CALLER_ROLE && in.request[0]->caller.session_known;
  const bool role = in.request[0]->caller.kind == PE_CALLER_ROLE;
  for (int i = 0; i < 30 && !fixed_session; i++) {
    bool allowed = random_request_allowed(&w, role);
    ck_assert_msg(!(allowed && r.answer == PE_LEGS_NEVER), "never, and yet");
    ck_assert_msg(allowed || r.answer != PE_LEGS_ALWAYS, "always, and yet not");
  }
  pe_legs_done(&r);
  drop_world(&w);
}

START_TEST(against_single_requests) {
  uint32_t count[4] = {0};
  for (int i = 0; i < UNIT_CASES(2000); i++) one_world(count);
  ck_assert_uint_gt(count[PE_LEGS_NEVER], UNIT_CASES(100));
  ck_assert_uint_gt(count[PE_LEGS_SOMETIMES], UNIT_CASES(100));
  ck_assert_uint_gt(count[PE_LEGS_ALWAYS], UNIT_CASES(8));
  ck_assert_msg(count[PE_LEGS_UNKNOWN] < UNIT_CASES(200) + 10, "%u unknown", count[PE_LEGS_UNKNOWN]);
}
END_TEST

static int one_question(const pe_alloc *a, world *w, const pe_request *const request[PE_LEGS]) {
  pe_legs_input in = {.alloc = a, .set = {&w->set[0], &w->set[1]}, .request = {request[0], request[1]}};
  pe_legs_result r;
  pe_budget_init(&in.budget);
  int rc = pe_legs_run(&in, &r);
  if (!rc) pe_legs_done(&r);
  return rc;
}

START_TEST(every_allocation_may_fail) {
  for (int i = 0; i < 2; i++) {
    world w;
    const pe_request *request[PE_LEGS];
    const char *why = "";
    make_world(&w);
    ck_assert_int_eq(pe_access_prepare(&w.access, request, &why), 0);
    UNIT_EACH_ALLOCATION(mem, rc) { rc = one_question(&mem.alloc, &w, request); }
    drop_world(&w);
  }
}
END_TEST

UNIT_MAIN("legs", against_single_requests, every_allocation_may_fail)
