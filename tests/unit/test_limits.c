/* SPDX-License-Identifier: MIT */
/* Each limit of a context is reached, and says so by its own name: an error with a finding, or an answer that is unknown
 * (docs/limits.md). A larger limit turns either into the answer. */
#include <policyeval/policyeval.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "unit.h"

#define DOCUMENT(statements) "{\"Version\":\"2012-10-17\",\"Statement\":[" statements "]}"
static const char two[] = DOCUMENT("{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"},"
                                   "{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}");

static policyeval_context *context_of(policyeval_limits limits) {
  policyeval_context *c = NULL;
  limits.size = sizeof limits;
  ck_assert_int_eq(policyeval_context_new(NULL, &c), 0);
  ck_assert_int_eq(policyeval_context_set_limits(c, &limits), 0);
  return c;
}

static const struct {
  policyeval_limits reached, enough;
  const char *words; /* of the finding */
} of_texts[] = {
    {{.text_bytes = sizeof two - 2}, {.text_bytes = sizeof two - 1}, "longer than the limit"},
    {{.depth = 2}, {.depth = 3}, "nested deeper than the limit"},
    {{.nodes = 9}, {.nodes = 64}, "more values than the limit"},
    {{.statements = 1}, {.statements = 2}, "statements"},
    {{.pattern_bytes = 11}, {.pattern_bytes = 12}, "bytes"},
};

START_TEST(limits_of_a_text)
{
  for (size_t i = 0; i < sizeof of_texts / sizeof of_texts[0]; i++) {
    policyeval_context *c = context_of(of_texts[i].reached);
    policyeval_policy *p = NULL;
    policyeval_report *report = NULL;
    ck_assert_int_eq(policyeval_policy_load(c, POLICYEVAL_KIND_IDENTITY, two, POLICYEVAL_NTS, "p", &p, &report), POLICYEVAL_ELIMIT);
    ck_assert_ptr_null(p);
    ck_assert_uint_eq(policyeval_report_count(report), 1);
    ck_assert_str_eq(policyeval_report_code(report, 0).ptr, "LIMIT_REACHED");
    ck_assert_msg(strstr(policyeval_report_message(report, 0).ptr, of_texts[i].words) != NULL, "%s",
                  policyeval_report_message(report, 0).ptr);
    policyeval_report_free(report);
    policyeval_context_unref(c);
    c = context_of(of_texts[i].enough);
    ck_assert_int_eq(policyeval_policy_load(c, POLICYEVAL_KIND_IDENTITY, two, POLICYEVAL_NTS, "p", &p, NULL), 0);
    policyeval_policy_unref(p);
    policyeval_context_unref(c);
  }
}
END_TEST

/* The other readers of texts hold the same limits: lines of cases, grants, validation. */
START_TEST(limits_of_every_reader)
{
  static const char grant[] = "{\"Grants\":[{\"GranteePrincipal\":\"x\",\"Operations\":[\"Decrypt\"]}]}";
  policyeval_context *c = context_of((policyeval_limits){.text_bytes = 20});
  policyeval_simulator *s = NULL;
  policyeval_policyset *set = NULL;
  policyeval_validation *v = NULL;
  policyeval_report *report = NULL;
  char *answer = NULL;
  int effect = 0;
  ck_assert_int_eq(policyeval_simulator_new(c, &s), 0);
  ck_assert_int_eq(policyeval_simulator_run(s, two, POLICYEVAL_NTS, 1, &effect, &answer, NULL), POLICYEVAL_ELIMIT);
  ck_assert_int_eq(effect, -1);
  ck_assert_ptr_nonnull(strstr(answer, "longer than 20 bytes, the limit of the context"));
  policyeval_free(c, answer);
  ck_assert_int_eq(policyeval_policyset_new(c, &set), 0);
  ck_assert_int_eq(policyeval_policyset_add_grants(set, grant, POLICYEVAL_NTS, "g", &report), POLICYEVAL_ELIMIT);
  ck_assert_ptr_nonnull(strstr(policyeval_report_message(report, 0).ptr, "longer than the limit"));
  policyeval_report_free(report);
  report = NULL;
  ck_assert_int_eq(policyeval_validation_new(c, &v), 0);
  ck_assert_int_eq(policyeval_validate(v, POLICYEVAL_KIND_IDENTITY, two, POLICYEVAL_NTS, "p", &report), POLICYEVAL_ELIMIT);
  ck_assert_str_eq(policyeval_report_code(report, 0).ptr, "LIMIT_REACHED");
  policyeval_report_free(report);
  policyeval_validation_free(v);
  policyeval_policyset_unref(set);
  policyeval_simulator_free(s);
  policyeval_context_unref(c);
}
END_TEST

/* ---- analyses ---- */

static const struct {
  policyeval_limits limits;
  const char *name;
} of_analyses[] = {{{.states = 1}, "\"states\""},
                   {{.search_nodes = 1}, "\"search_nodes\""},
                   {{.analysis_bytes = 1000}, "\"analysis_bytes\""}};

/* That the existing policy covers all takes a search: either of two tests, or neither. */
#define TEST(op, key, value)       "\"" op "\":{\"aws:PrincipalTag/" key "\":\"" value "\"}"
#define STATEMENT(effect, tests) \
  "{\"Effect\":\"" effect "\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{" tests "}}"
#define EITHER(effect)                                                                                            \
  STATEMENT(effect, TEST("StringLike", "a", "*a*b"))                                                              \
  "," STATEMENT(effect, TEST("StringNotLike", "a", "*a*b") "," TEST("StringLike", "b", "*c*d")) "," STATEMENT(    \
      effect, TEST("StringNotLike", "b", "*c*d"))
static const char subject[] = DOCUMENT("{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}");
static const char existing[] = DOCUMENT(EITHER("Allow"));
static const char identity[] = DOCUMENT("{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}," EITHER("Deny"));

START_TEST(limits_of_an_analysis)
{
  for (size_t i = 0; i < sizeof of_analyses / sizeof of_analyses[0]; i++) {
    for (int enough = 0; enough < 2; enough++) {
      policyeval_context *c = context_of(enough ? (policyeval_limits){.states = 0} : of_analyses[i].limits);
      policyeval_policy *a = NULL, *b = NULL;
      policyeval_analysis *q = NULL;
      ck_assert_int_eq(policyeval_policy_load(c, POLICYEVAL_KIND_IDENTITY, subject, POLICYEVAL_NTS, "a", &a, NULL), 0);
      ck_assert_int_eq(policyeval_policy_load(c, POLICYEVAL_KIND_IDENTITY, existing, POLICYEVAL_NTS, "b", &b, NULL), 0);
      ck_assert_int_eq(policyeval_analysis_new(c, POLICYEVAL_ASK_NEW_ACCESS, &q), 0);
      ck_assert_int_eq(policyeval_analysis_set_policy(q, a), 0);
      ck_assert_int_eq(policyeval_analysis_set_existing(q, b), 0);
      ck_assert_int_eq(policyeval_analysis_run(q), 0);
      const char *json = policyeval_analysis_json(q, NULL);
      ck_assert_int_eq(policyeval_analysis_answer(q), enough ? POLICYEVAL_ANSWER_NO : POLICYEVAL_ANSWER_UNKNOWN);
      ck_assert_msg((strstr(json, of_analyses[i].name) != NULL) == !enough, "%s", json);
      policyeval_analysis_free(q);
      policyeval_policy_unref(a);
      policyeval_policy_unref(b);
      policyeval_context_unref(c);
    }
  }
}
END_TEST

/* Fewest search nodes with which the question whether `new_text` allows more than `existing` is answered. */
static unsigned nodes_needed(const char *new_text) {
  for (unsigned most = 1;; most++) {
    policyeval_context *c = context_of((policyeval_limits){.search_nodes = most});
    policyeval_policy *a = NULL, *b = NULL;
    policyeval_analysis *q = NULL;
    ck_assert_int_eq(policyeval_policy_load(c, POLICYEVAL_KIND_IDENTITY, new_text, POLICYEVAL_NTS, "a", &a, NULL), 0);
    ck_assert_int_eq(policyeval_policy_load(c, POLICYEVAL_KIND_IDENTITY, existing, POLICYEVAL_NTS, "b", &b, NULL), 0);
    ck_assert_int_eq(policyeval_analysis_new(c, POLICYEVAL_ASK_NEW_ACCESS, &q), 0);
    ck_assert_int_eq(policyeval_analysis_set_policy(q, a), 0);
    ck_assert_int_eq(policyeval_analysis_set_existing(q, b), 0);
    ck_assert_int_eq(policyeval_analysis_run(q), 0);
    const int answer = policyeval_analysis_answer(q);
    policyeval_analysis_free(q);
    policyeval_policy_unref(a);
    policyeval_policy_unref(b);
    policyeval_context_unref(c);
    ck_assert_int_ne(answer, POLICYEVAL_ANSWER_YES);
    if (answer == POLICYEVAL_ANSWER_NO) return most;
  }
}

/* A proof that no entry of a row takes part in is not looked for again under the other readings of the row. */
START_TEST(proofs_are_found_once)
{
#define ALLOW(more) "{\"Effect\":\"Allow\",\"Action\":\"s3:*\"," more "}"
  static const char plain[] = DOCUMENT(ALLOW("\"Resource\":\"*\"") "," ALLOW("\"Resource\":\"arn:aws:s3:::b\""));
  static const char asks[] = DOCUMENT(ALLOW("\"Resource\":\"*\"") "," ALLOW("\"Resource\":\"arn:aws:s*:::b\""));
#undef ALLOW
  const unsigned once = nodes_needed(plain), more = nodes_needed(asks);
  ck_assert_msg(more > once && more < 2 * once, "%u and %u", once, more);
}
END_TEST

/* The access question over all requests names them, too. */
START_TEST(limits_of_all_requests)
{
  for (size_t i = 0; i < sizeof of_analyses / sizeof of_analyses[0]; i++) {
    policyeval_context *c = context_of(of_analyses[i].limits);
    policyeval_access *q = NULL;
    policyeval_policy *p = NULL;
    ck_assert_int_eq(policyeval_policy_load(c, POLICYEVAL_KIND_IDENTITY, identity, POLICYEVAL_NTS, "p", &p, NULL), 0);
    ck_assert_int_eq(policyeval_access_new(c, &q), 0);
    ck_assert_int_eq(policyeval_access_set_principal(q, "arn:aws:iam::444455556666:role/R", POLICYEVAL_NTS), 0);
    ck_assert_int_eq(policyeval_access_set_secret(q, "arn:aws:secretsmanager:us-east-1:444455556666:secret:S-AbCdEf", POLICYEVAL_NTS), 0);
    ck_assert_int_eq(policyeval_access_add_policy(q, POLICYEVAL_LAYER_IDENTITY, 0, p), 0);
    ck_assert_int_eq(policyeval_access_all_requests(q), 0);
    ck_assert_int_eq(policyeval_access_reach(q), POLICYEVAL_REACH_UNKNOWN);
    const char *json = policyeval_access_reach_json(q, NULL);
    ck_assert_msg(strstr(json, of_analyses[i].name) != NULL, "%s", json);
    policyeval_access_free(q);
    policyeval_policy_unref(p);
    policyeval_context_unref(c);
  }
}
END_TEST

/* ---- memory ---- */

static const char statements[] = "{\"Version\":\"2012-10-17\",\"Statement\":[";

static pe_buf long_policy(void) {
  pe_buf text;
  pe_buf_init(&text, &pe_alloc_libc);
  pe_buf_str(&text, statements);
  for (int i = 0; i < 5000; i++)
    pe_buf_fmt(&text, "%s{\"Effect\":\"Allow\",\"Action\":\"s3:Get%d\",\"Resource\":\"arn:aws:s3:::b/%d\"}", i ? "," : "", i, i);
  pe_buf_str(&text, "]}");
  return text;
}

static policyeval_memory memory_of(const policyeval_context *c) {
  policyeval_memory m = {.size = sizeof m};
  ck_assert_int_eq(policyeval_context_memory(c, &m), 0);
  return m;
}

START_TEST(memory_of_a_context)
{
  pe_test_alloc mem;
  pe_test_alloc_init(&mem);
  policyeval_limits limits = {.size = sizeof limits, .memory_bytes = 256 * 1024};
  policyeval_context *c = NULL;
  policyeval_policy *policy = NULL;
  policyeval_report *report = NULL;
  pe_buf text = long_policy();
  ck_assert_int_eq(pe_test_context(&mem.alloc, &c), 0);
  ck_assert_int_eq(policyeval_context_set_limits(c, &limits), 0);
  ck_assert_int_eq(policyeval_policy_load(c, POLICYEVAL_KIND_IDENTITY, text.ptr, text.len, "p", &policy, &report), POLICYEVAL_EMEMLIMIT);
  ck_assert_ptr_null(policy);
  ck_assert_ptr_null(report);
  ck_assert_ptr_nonnull(strstr(policyeval_error_text(POLICYEVAL_EMEMLIMIT), "memory_bytes"));
  ck_assert_uint_le(mem.peak_size, limits.memory_bytes + sizeof(void *) * 200); /* and the context itself */
  ck_assert_uint_le(memory_of(c).most, limits.memory_bytes);
  ck_assert_uint_eq(memory_of(c).held, 0);
  ck_assert_uint_eq(memory_of(c).refused, 1);
  /* What fits is loaded as ever. */
  ck_assert_int_eq(policyeval_policy_load(c, POLICYEVAL_KIND_IDENTITY, two, POLICYEVAL_NTS, "p", &policy, NULL), 0);
  ck_assert_uint_gt(memory_of(c).held, sizeof two);
  policyeval_policy_unref(policy);
  ck_assert_uint_eq(memory_of(c).held, 0);
  limits.memory_bytes = 64u << 20;
  ck_assert_int_eq(policyeval_context_set_limits(c, &limits), 0);
  ck_assert_int_eq(policyeval_policy_load(c, POLICYEVAL_KIND_IDENTITY, text.ptr, text.len, "p", &policy, NULL), 0);
  ck_assert_uint_eq(policyeval_policy_statements(policy), 5000);
  policyeval_policy_unref(policy);
  /* What the hooks refuse is not the limit's doing, even after the limit was in the way. */
  pe_test_alloc_fail(&mem, 1, true);
  ck_assert_int_eq(policyeval_policy_load(c, POLICYEVAL_KIND_IDENTITY, two, POLICYEVAL_NTS, "p", &policy, NULL), POLICYEVAL_ENOMEM);
  pe_test_alloc_fail(&mem, 0, false);
  policyeval_context_unref(c);
  pe_test_alloc_done(&mem);
  pe_buf_done(&text);
}
END_TEST

START_TEST(memory_is_told_rightly)
{
  policyeval_context *c = NULL;
  policyeval_memory m = {0};
  ck_assert_int_eq(policyeval_context_new(NULL, &c), 0);
  ck_assert_int_eq(policyeval_context_memory(c, &m), POLICYEVAL_EINVAL); /* no size */
  ck_assert_int_eq(policyeval_context_memory(c, NULL), POLICYEVAL_EINVAL);
  m.size = sizeof m;
  ck_assert_int_eq(policyeval_context_memory(NULL, &m), POLICYEVAL_EINVAL);
  policyeval_limits limits = {.size = sizeof limits};
  ck_assert_int_eq(policyeval_context_get_limits(c, &limits), 0);
  ck_assert_uint_eq(limits.memory_bytes, SIZE_MAX);
  ck_assert_int_eq(policyeval_context_memory(c, &m), POLICYEVAL_ESTATE);
  limits.memory_bytes = SIZE_MAX - 1;
  ck_assert_int_eq(policyeval_context_set_limits(c, &limits), 0);
  ck_assert_int_eq(policyeval_context_memory(c, &m), 0);
  ck_assert_uint_eq(m.held | m.most | m.refused, 0);
  policyeval_context_unref(c);
}
END_TEST

/* Makes a call with ever more memory until it has enough. With less it says that it met the limit, and leaves nothing behind but
 * what an object keeps for its next call. */
static size_t calls_limited;
#define WITH_TOO_LITTLE(c, call)                                                                 \
  do {                                                                                           \
    size_t more_ = 0;                                                                            \
    for (int rc_ = -1; rc_ != 0; more_ += 16 + more_ / 8) {                                      \
      policyeval_limits limits_ = {.size = sizeof limits_, .memory_bytes = memory_of(c).held + more_ + 1}; \
      ck_assert_int_eq(policyeval_context_set_limits(c, &limits_), 0);                           \
      rc_ = (call);                                                                              \
      calls_limited += rc_ != 0;                                                                 \
      ck_assert_msg(rc_ == 0 || rc_ == POLICYEVAL_EMEMLIMIT, #call ": %d with %zu bytes", rc_, more_); \
    }                                                                                            \
    policyeval_limits none_ = {.size = sizeof none_, .memory_bytes = SIZE_MAX - 1};              \
    ck_assert_int_eq(policyeval_context_set_limits(c, &none_), 0);                               \
  } while (0)

#define NTS POLICYEVAL_NTS
#define ROLE   "arn:aws:iam::444455556666:role/R"
#define SECRET "arn:aws:secretsmanager:us-east-1:444455556666:secret:S-AbCdEf"
#define KEY    "arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"
static const char grants[] = "{\"Grants\":[{\"GranteePrincipal\":\"" ROLE "\",\"Operations\":[\"Decrypt\"]}]}";

START_TEST(calls_on_policies_and_requests)
{
  policyeval_context *c = NULL;
  policyeval_policy *p = NULL, *scp = NULL;
  policyeval_policyset *set = NULL;
  policyeval_request *r = NULL;
  policyeval_decision *d = NULL;
  char *text = NULL;
  int effect = -1;
  calls_limited = 0;
  c = context_of((policyeval_limits){.memory_bytes = SIZE_MAX - 1});
  WITH_TOO_LITTLE(c, policyeval_context_set_placeholder(c, "NAME", NTS, "value", NTS));
  WITH_TOO_LITTLE(c, policyeval_policy_load(c, POLICYEVAL_KIND_IDENTITY, identity, NTS, "p", &p, NULL));
  WITH_TOO_LITTLE(c, policyeval_policy_load(c, POLICYEVAL_KIND_SCP, identity, NTS, "p", &scp, NULL));
  WITH_TOO_LITTLE(c, policyeval_policy_print(p, &text, NULL));
  policyeval_free(c, text);
  WITH_TOO_LITTLE(c, policyeval_policyset_new(c, &set));
  WITH_TOO_LITTLE(c, policyeval_policyset_add(set, POLICYEVAL_LAYER_IDENTITY, 0, p));
  WITH_TOO_LITTLE(c, policyeval_policyset_add(set, POLICYEVAL_LAYER_SCP, 3, scp));
  WITH_TOO_LITTLE(c, policyeval_policyset_declare(set, POLICYEVAL_LAYER_RCP, 2));
  WITH_TOO_LITTLE(c, policyeval_policyset_add_grants(set, grants, NTS, "g", NULL));
  WITH_TOO_LITTLE(c, policyeval_request_new(c, &r));
  WITH_TOO_LITTLE(c, policyeval_request_set_principal(r, ROLE, NTS));
  WITH_TOO_LITTLE(c, policyeval_request_set_principal_fact(r, POLICYEVAL_PRINCIPAL_ID, "AROAEXAMPLEEXAMPLE:session-name", NTS));
  WITH_TOO_LITTLE(c, policyeval_request_set_action(r, "s3:GetObject", NTS));
  WITH_TOO_LITTLE(c, policyeval_request_set_resource(r, "arn:aws:s3:::bucket/key", NTS));
  WITH_TOO_LITTLE(c, policyeval_request_set_resource_account(r, "444455556666", NTS));
  for (int i = 0; i < 40; i++) {
    char key[64];
    snprintf(key, sizeof key, "aws:PrincipalTag/%d", i);
    const char *values[] = {"one value that takes some room", "another"};
    WITH_TOO_LITTLE(c, policyeval_request_set_context(r, key, NTS, values[0], NTS));
    snprintf(key, sizeof key, "aws:RequestTag/%d", i);
    WITH_TOO_LITTLE(c, policyeval_request_set_context_list(r, key, NTS, values, NULL, 2));
    snprintf(key, sizeof key, "aws:ResourceTag/%d", i);
    WITH_TOO_LITTLE(c, policyeval_request_set_unknown(r, key, NTS));
  }
  WITH_TOO_LITTLE(c, policyeval_request_json(r, &text, NULL));
  policyeval_free(c, text);
  WITH_TOO_LITTLE(c, policyeval_decide_effect(set, r, &effect));
  WITH_TOO_LITTLE(c, policyeval_decide(set, r, &d));
  ck_assert_int_eq(policyeval_decision_effect(d), effect);
  ck_assert_uint_gt(calls_limited, 100);
  policyeval_decision_free(d);
  policyeval_request_free(r);
  policyeval_policyset_unref(set);
  policyeval_policy_unref(p);
  policyeval_policy_unref(scp);
  policyeval_context_unref(c);
}
END_TEST

START_TEST(calls_that_ask)
{
  policyeval_context *c = NULL;
  policyeval_policy *p = NULL, *other = NULL;
  policyeval_access *q = NULL;
  policyeval_grant *g = NULL;
  policyeval_analysis *a = NULL;
  calls_limited = 0;
  c = context_of((policyeval_limits){.memory_bytes = SIZE_MAX - 1});
  ck_assert_int_eq(policyeval_policy_load(c, POLICYEVAL_KIND_IDENTITY, identity, NTS, "p", &p, NULL), 0);
  ck_assert_int_eq(policyeval_policy_load(c, POLICYEVAL_KIND_IDENTITY, existing, NTS, "e", &other, NULL), 0);
  WITH_TOO_LITTLE(c, policyeval_access_new(c, &q));
  WITH_TOO_LITTLE(c, policyeval_access_set_principal(q, ROLE, NTS));
  WITH_TOO_LITTLE(c, policyeval_access_set_secret(q, SECRET, NTS));
  WITH_TOO_LITTLE(c, policyeval_access_set_key(q, KEY, NTS));
  WITH_TOO_LITTLE(c, policyeval_access_set_context(q, "aws:SourceVpce", NTS, "vpce-1", NTS));
  WITH_TOO_LITTLE(c, policyeval_access_add_policy(q, POLICYEVAL_LAYER_IDENTITY, 0, p));
  WITH_TOO_LITTLE(c, policyeval_access_add_grants(q, grants, NTS, "g", NULL));
  WITH_TOO_LITTLE(c, policyeval_access_add_candidate(q, ROLE, NTS, p));
  WITH_TOO_LITTLE(c, policyeval_access_decide(q));
  WITH_TOO_LITTLE(c, policyeval_access_all_requests(q));
  WITH_TOO_LITTLE(c, policyeval_access_who_can(q));
  WITH_TOO_LITTLE(c, policyeval_grant_new(q, &g));
  WITH_TOO_LITTLE(c, policyeval_grant_set_folder(g, "policies"));
  WITH_TOO_LITTLE(c, policyeval_grant_run(g));
  WITH_TOO_LITTLE(c, policyeval_grant_run_revoke(g));
  WITH_TOO_LITTLE(c, policyeval_analysis_new(c, POLICYEVAL_ASK_NEW_ACCESS, &a));
  WITH_TOO_LITTLE(c, policyeval_analysis_set_policy(a, p));
  WITH_TOO_LITTLE(c, policyeval_analysis_set_existing(a, other));
  WITH_TOO_LITTLE(c, policyeval_analysis_add_action(a, "s3:GetObject", NTS));
  WITH_TOO_LITTLE(c, policyeval_analysis_add_trust(a, POLICYEVAL_TRUST_ACCOUNT, "444455556666", NTS));
  WITH_TOO_LITTLE(c, policyeval_analysis_run(a));
  ck_assert_uint_gt(calls_limited, 100);
  policyeval_analysis_free(a);
  policyeval_grant_free(g);
  policyeval_access_free(q);
  policyeval_policy_unref(p);
  policyeval_policy_unref(other);
  policyeval_context_unref(c);
}
END_TEST

/* A line that runs out of memory has no answer. */
static int run_line(policyeval_context *c, policyeval_simulator *s, const char *line) {
  char *answer = NULL;
  const int rc = policyeval_simulator_run(s, line, NTS, 1, NULL, &answer, NULL);
  ck_assert_msg((rc == 0) == (answer != NULL), "%d: %s", rc, answer);
  policyeval_free(c, answer);
  return rc;
}

START_TEST(calls_that_simulate_and_validate)
{
  static const char line[] =
      "{\"principal\":{\"arn\":\"" ROLE "\"},\"action\":\"s3:GetObject\",\"resource\":\"arn:aws:s3:::b/k\",\"policies\":{"
      "\"identity\":[{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}]}}";
  policyeval_context *c = NULL;
  policyeval_simulator *s = NULL;
  policyeval_validation *v = NULL;
  policyeval_report *report = NULL;
  policyeval_policy *p = NULL;
  char *fixed = NULL, *diff = NULL;
  calls_limited = 0;
  c = context_of((policyeval_limits){.memory_bytes = SIZE_MAX - 1});
  ck_assert_int_eq(policyeval_policy_load(c, POLICYEVAL_KIND_IDENTITY, identity, NTS, "p", &p, NULL), 0);
  WITH_TOO_LITTLE(c, policyeval_simulator_new(c, &s));
  WITH_TOO_LITTLE(c, run_line(c, s, line));
  WITH_TOO_LITTLE(c, policyeval_validation_new(c, &v));
  WITH_TOO_LITTLE(c, policyeval_validation_set_caller(v, ROLE, NTS));
  WITH_TOO_LITTLE(c, policyeval_validation_add_identity_policy(v, p));
  WITH_TOO_LITTLE(c, policyeval_validation_add_known_principals(v, ROLE "\n" ROLE "2\n", NTS));
  WITH_TOO_LITTLE(c, policyeval_validate(v, POLICYEVAL_KIND_IDENTITY, identity, NTS, "p", &report));
  WITH_TOO_LITTLE(c, policyeval_fix(v, POLICYEVAL_KIND_IDENTITY, identity, NTS, "p", &fixed, NULL, &diff, NULL));
  ck_assert_uint_gt(calls_limited, 100);
  policyeval_free(c, fixed);
  policyeval_free(c, diff);
  policyeval_report_free(report);
  policyeval_validation_free(v);
  policyeval_simulator_free(s);
  policyeval_policy_unref(p);
  policyeval_context_unref(c);
}
END_TEST

UNIT_MAIN("limits", limits_of_a_text, limits_of_every_reader, limits_of_an_analysis, proofs_are_found_once, limits_of_all_requests,
          memory_of_a_context, memory_is_told_rightly, calls_on_policies_and_requests, calls_that_ask,
          calls_that_simulate_and_validate)
