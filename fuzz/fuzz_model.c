/* SPDX-License-Identifier: MIT */
/* Policies and a request of a small language (model.h), judged there plainly and slowly. The library decides alike; what an
 * analysis says about all requests holds for each of those few hundred; a fixed text allows none that the text did not. */
#include "model.h"

typedef struct session {
  policyeval_context *context;
  policyeval_request *request;
} session;

/* Identity policy, a second one, a boundary, SCPs of two levels; n: how many of them there are. */
enum { IDENTITY, SECOND, BOUNDARY, SCP, SCP_BELOW, POLICIES };
static const struct {
  int layer, kind;
  unsigned level;
} places[POLICIES] = {{POLICYEVAL_LAYER_IDENTITY, POLICYEVAL_KIND_IDENTITY, 0},
                      {POLICYEVAL_LAYER_IDENTITY, POLICYEVAL_KIND_IDENTITY, 0},
                      {POLICYEVAL_LAYER_BOUNDARY, POLICYEVAL_KIND_BOUNDARY, 0},
                      {POLICYEVAL_LAYER_SCP, POLICYEVAL_KIND_SCP, 1},
                      {POLICYEVAL_LAYER_SCP, POLICYEVAL_KIND_SCP, 2}};

static policyeval_policy *load(const session *s, int kind, const model_policy *p) {
  policyeval_policy *policy = NULL;
  pe_buf text;
  pe_buf_init(&text, &pe_alloc_libc);
  model_policy_write(p, &text);
  MUST(policyeval_policy_load(s->context, kind, text.ptr, text.len, "model", &policy, NULL) == 0);
  pe_buf_done(&text);
  return policy;
}

/* ---- one request ---- */

static int plain_verdict(const model_policy *p, unsigned there, unsigned request) {
  int says[POLICIES];
  for (unsigned i = 0; i < POLICIES; i++) says[i] = there >> i & 1 ? model_says(&p[i], request) : i == SECOND ? 0 : 1;
  for (unsigned i = 0; i < POLICIES; i++)
    if (says[i] < 0) return POLICYEVAL_EXPLICIT_DENY;
  const bool allowed = (says[IDENTITY] || says[SECOND]) && says[BOUNDARY] && says[SCP] && says[SCP_BELOW];
  return allowed ? POLICYEVAL_ALLOW : POLICYEVAL_IMPLICIT_DENY;
}

/* A verdict that rests on a reading is not held against the plain one: readings are no matter of this language. */
static int decide(const session *s, policyeval_policyset *set, unsigned request, bool *certain) {
  policyeval_decision *decision = NULL;
  int effect = -1;
  model_request_fill(request, s->request);
  MUST(policyeval_decide(set, s->request, &decision) == 0);
  MUST(policyeval_decide_effect(set, s->request, &effect) == 0 && effect == policyeval_decision_effect(decision));
  *certain = !policyeval_decision_assumption(decision, 0).ptr;
  policyeval_decision_free(decision);
  return effect;
}

static void report(const session *s, const model_policy *p, unsigned there, int effect) {
  char *request = NULL;
  pe_buf text;
  pe_buf_init(&text, &pe_alloc_libc);
  if (policyeval_request_json(s->request, &request, NULL) == 0) fprintf(stderr, "%d: %s\n", effect, request);
  for (unsigned i = 0; i < POLICIES; i++) {
    model_policy_write(&p[i], &text);
    if (there >> i & 1) fprintf(stderr, "%s: %s\n", policyeval_layer_name(places[i].layer), text.ptr);
  }
  policyeval_free(s->context, request);
  pe_buf_done(&text);
}

static void check_decide(const session *s, const model_policy *p, unsigned there, unsigned request) {
  policyeval_policyset *set = NULL;
  bool certain = false;
  MUST(policyeval_policyset_new(s->context, &set) == 0);
  for (unsigned i = 0; i < POLICIES; i++) {
    if (!(there >> i & 1)) continue;
    policyeval_policy *policy = load(s, places[i].kind, &p[i]);
    MUST(policyeval_policyset_add(set, places[i].layer, places[i].level, policy) == 0);
    policyeval_policy_unref(policy);
  }
  for (unsigned i = 0; i < 16; i++, request = (request + 97) % MODEL_REQUESTS) {
    const int effect = decide(s, set, request, &certain);
    if (certain && effect != plain_verdict(p, there, request)) report(s, p, there, effect);
    MUST(!certain || effect == plain_verdict(p, there, request));
  }
  policyeval_policyset_unref(set);
}

/* ---- all requests ---- */

static int ask(const session *s, int kind, policyeval_policy *subject, policyeval_policy *other, const char *action,
               int *relation) {
  policyeval_analysis *question = NULL;
  MUST(policyeval_analysis_new(s->context, kind, &question) == 0 && policyeval_analysis_set_policy(question, subject) == 0);
  if (other) MUST(policyeval_analysis_set_existing(question, other) == 0);
  if (action) MUST(policyeval_analysis_add_action(question, action, POLICYEVAL_NTS) == 0);
  MUST(policyeval_analysis_run(question) == 0);
  const int answer = policyeval_analysis_answer(question);
  if (relation) *relation = policyeval_analysis_relation(question);
  MUST(policyeval_analysis_json(question, NULL) && policyeval_analysis_text(question, NULL));
  policyeval_analysis_free(question);
  return answer;
}

static void check_analysis(const session *s, const model_policy *p, unsigned request) {
  policyeval_policy *a = load(s, POLICYEVAL_KIND_IDENTITY, &p[IDENTITY]), *b = load(s, POLICYEVAL_KIND_IDENTITY, &p[SECOND]);
  unsigned only_a = 0, only_b = 0, granted = 0;
  for (unsigned i = 0; i < MODEL_REQUESTS; i++) {
    const bool first = model_says(&p[IDENTITY], i) > 0, second = model_says(&p[SECOND], i) > 0;
    only_a += first && !second;
    only_b += second && !first;
    granted += first && model_action(i) == model_action(request);
  }
  int relation = -1;
  const int more = ask(s, POLICYEVAL_ASK_NEW_ACCESS, a, b, NULL, NULL);
  const int any = ask(s, POLICYEVAL_ASK_ACCESS_GRANTED, a, NULL, model_action(request), NULL);
  ask(s, POLICYEVAL_ASK_COMPARE, a, b, NULL, &relation);
  MUST(more != POLICYEVAL_ANSWER_NO || only_a == 0);
  MUST(any != POLICYEVAL_ANSWER_NO || granted == 0);
  MUST((relation != POLICYEVAL_RELATION_EQUIVALENT && relation != POLICYEVAL_RELATION_NARROWER) || only_a == 0);
  MUST((relation != POLICYEVAL_RELATION_EQUIVALENT && relation != POLICYEVAL_RELATION_BROADER) || only_b == 0);
  MUST(more == POLICYEVAL_ANSWER_UNKNOWN || relation == POLICYEVAL_RELATION_UNKNOWN ||
       (more == POLICYEVAL_ANSWER_YES) ==
           (relation == POLICYEVAL_RELATION_BROADER || relation == POLICYEVAL_RELATION_INCOMPARABLE));
  policyeval_policy_unref(a);
  policyeval_policy_unref(b);
}

/* ---- fixes ---- */

static void check_fix(const session *s, const model_policy *p) {
  policyeval_validation *options = NULL;
  policyeval_policy *fixed_policy = NULL;
  policyeval_policyset *set = NULL;
  char *fixed = NULL;
  size_t len = 0;
  pe_buf text;
  pe_buf_init(&text, &pe_alloc_libc);
  model_policy_write(p, &text);
  MUST(policyeval_validation_new(s->context, &options) == 0);
  MUST(policyeval_fix(options, POLICYEVAL_KIND_IDENTITY, text.ptr, text.len, "model", &fixed, &len, NULL, NULL) == 0);
  if (len != text.len || memcmp(fixed, text.ptr, len) != 0) {
    MUST(policyeval_policy_load(s->context, POLICYEVAL_KIND_IDENTITY, fixed, len, "fixed", &fixed_policy, NULL) == 0);
    MUST(policyeval_policyset_new(s->context, &set) == 0);
    MUST(policyeval_policyset_add(set, POLICYEVAL_LAYER_IDENTITY, 0, fixed_policy) == 0);
    for (unsigned i = 0; i < MODEL_REQUESTS; i++) {
      int effect = -1;
      model_request_fill(i, s->request);
      MUST(policyeval_decide_effect(set, s->request, &effect) == 0);
      MUST(effect != POLICYEVAL_ALLOW || model_says(p, i) > 0);
    }
  }
  policyeval_policyset_unref(set);
  policyeval_policy_unref(fixed_policy);
  policyeval_validation_free(options);
  policyeval_free(s->context, fixed);
  pe_buf_done(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const policyeval_limits limits = {.size = sizeof limits, .states = 5000, .search_nodes = 5000};
  fuzz_bytes b = {data, size};
  model_policy policies[POLICIES];
  session s = {NULL, NULL};
  if (size < 8) return 0;
  unsigned there = 1u << IDENTITY | fuzz_below(&b, 1u << POLICIES);
  if (!(there >> SCP & 1)) there &= ~(1u << SCP_BELOW); /* a level without an SCP allows nothing */
  const unsigned request = (fuzz_below(&b, 256) << 8 | fuzz_below(&b, 256)) % MODEL_REQUESTS;
  for (int i = 0; i < POLICIES; i++) model_policy_make(&b, &policies[i]);
  MUST(policyeval_context_new(NULL, &s.context) == 0 && policyeval_context_set_limits(s.context, &limits) == 0);
  MUST(policyeval_request_new(s.context, &s.request) == 0);
  check_decide(&s, policies, there, request);
  check_analysis(&s, policies, request);
  check_fix(&s, &policies[IDENTITY]);
  policyeval_request_free(s.request);
  policyeval_context_unref(s.context);
  return 0;
}
