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
  static const char grants[] = "{\"Grants\":[{\"GranteePrincipal\":\"x\",\"Operations\":[\"Decrypt\"]}]}";
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
  ck_assert_int_eq(policyeval_policyset_add_grants(set, grants, POLICYEVAL_NTS, "g", &report), POLICYEVAL_ELIMIT);
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

/* ---- memory: whoever gives the hooks says how much there is ---- */

typedef struct purse {
  size_t held, most, limit;
} purse;

typedef union header {
  size_t size;
  max_align_t align;
} header;

static void *resize(void *user, void *ptr, size_t size) {
  purse *p = user;
  header *old = ptr ? (header *)ptr - 1 : NULL;
  const size_t before = old ? old->size : 0;
  if (size > before && size - before > p->limit - p->held) return NULL;
  header *block = realloc(old, sizeof *block + size);
  if (!block) return NULL;
  block->size = size;
  p->held += size - before;
  if (p->held > p->most) p->most = p->held;
  return block + 1;
}
static void *alloc(void *user, size_t size) { return resize(user, NULL, size); }
static void release(void *user, void *ptr) {
  if (!ptr) return;
  ((purse *)user)->held -= ((header *)ptr - 1)->size;
  free((header *)ptr - 1);
}

START_TEST(memory_of_a_context)
{
  purse p = {0, 0, 256 * 1024};
  const policyeval_allocator hooks = {sizeof hooks, alloc, resize, release, &p};
  policyeval_context *c = NULL;
  policyeval_policy *policy = NULL;
  pe_buf text;
  pe_buf_init(&text, &pe_alloc_libc);
  pe_buf_str(&text, "{\"Version\":\"2012-10-17\",\"Statement\":[");
  for (int i = 0; i < 5000; i++)
    pe_buf_fmt(&text, "%s{\"Effect\":\"Allow\",\"Action\":\"s3:Get%d\",\"Resource\":\"arn:aws:s3:::b/%d\"}", i ? "," : "", i, i);
  pe_buf_str(&text, "]}");
  ck_assert_int_eq(policyeval_context_new(&hooks, &c), 0);
  ck_assert_int_eq(policyeval_policy_load(c, POLICYEVAL_KIND_IDENTITY, text.ptr, text.len, "p", &policy, NULL), POLICYEVAL_ENOMEM);
  ck_assert_ptr_null(policy);
  ck_assert_uint_le(p.most, p.limit);
  /* What fits is loaded as ever. */
  ck_assert_int_eq(policyeval_policy_load(c, POLICYEVAL_KIND_IDENTITY, two, POLICYEVAL_NTS, "p", &policy, NULL), 0);
  policyeval_policy_unref(policy);
  p.limit = 64u << 20;
  ck_assert_int_eq(policyeval_policy_load(c, POLICYEVAL_KIND_IDENTITY, text.ptr, text.len, "p", &policy, NULL), 0);
  ck_assert_uint_eq(policyeval_policy_statements(policy), 5000);
  policyeval_policy_unref(policy);
  policyeval_context_unref(c);
  ck_assert_uint_eq(p.held, 0);
  pe_buf_done(&text);
}
END_TEST

UNIT_MAIN("limits", limits_of_a_text, limits_of_every_reader, limits_of_an_analysis, limits_of_all_requests, memory_of_a_context)
