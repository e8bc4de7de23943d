/* SPDX-License-Identifier: MIT */
/* Eight threads over one policy set, and over one simulator: every verdict is what one thread alone gets. Run under
 * ThreadSanitizer it also says that nothing is written where another thread reads. */
#include <policyeval/policyeval.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { THREADS = 8, ROUNDS = 400, REQUESTS = 6 };

static const char identity[] =
    "{\"Version\": \"2012-10-17\", \"Statement\": ["
    "{\"Effect\": \"Allow\", \"Action\": \"secretsmanager:Get*\", \"Resource\": \"*\","
    " \"Condition\": {\"StringEquals\": {\"aws:PrincipalTag/team\": \"red\"}}},"
    "{\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"arn:aws:s3:::${aws:username}/*\"},"
    "{\"Effect\": \"Deny\", \"Action\": \"*\", \"Resource\": \"*\", \"Condition\": {\"StringEquals\": "
    "{\"aws:TagKeys\": \"x\"}}}]}";
static const char scp[] = "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\", \"Action\": "
                          "\"*\", \"Resource\": \"*\"}}";

typedef struct question {
  const char *action, *resource, *key, *value;
  int list;
} question;
static const question questions[REQUESTS] = {
    {"secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:111122223333:secret:a-AbCdEf",
     "aws:PrincipalTag/team", "red", 0},
    {"secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:111122223333:secret:a-AbCdEf",
     "aws:PrincipalTag/team", "blue", 0},
    {"secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:111122223333:secret:a-AbCdEf",
     "aws:PrincipalTag/team", NULL, 0},
    {"s3:GetObject", "arn:aws:s3:::alice/x", "aws:TagKeys", "x", 1},
    {"s3:GetObject", "arn:aws:s3:::alice/x", "aws:SourceIp", "203.0.113.7", 0},
    {"s3:GetObject", "arn:aws:s3:::bob/x", "aws:SourceIp", "203.0.113.7", 0},
};

typedef struct shared {
  policyeval_context *context;
  policyeval_policyset *set;
  policyeval_simulator *simulator;
  int right[REQUESTS];
} shared;

static int fill(policyeval_request *r, const question *q) {
  int rc = policyeval_request_clear(r);
  if (!rc) rc = policyeval_request_set_principal(r, "arn:aws:iam::111122223333:user/alice", POLICYEVAL_NTS);
  if (!rc) rc = policyeval_request_set_action(r, q->action, POLICYEVAL_NTS);
  if (!rc) rc = policyeval_request_set_resource(r, q->resource, POLICYEVAL_NTS);
  if (rc) return rc;
  if (!q->value) return policyeval_request_set_unknown(r, q->key, POLICYEVAL_NTS);
  if (q->list) return policyeval_request_set_context_list(r, q->key, POLICYEVAL_NTS, &q->value, NULL, 1);
  return policyeval_request_set_context(r, q->key, POLICYEVAL_NTS, q->value, POLICYEVAL_NTS);
}

static int decide_one(const shared *s, policyeval_request *r, int i) {
  policyeval_decision *decision = NULL;
  int effect = -1, rc = fill(r, &questions[i]);
  if (!rc) rc = policyeval_decide_effect(s->set, r, &effect);
  if (!rc) rc = policyeval_decide(s->set, r, &decision);
  if (!rc && policyeval_decision_effect(decision) != effect) rc = POLICYEVAL_EINTERNAL;
  policyeval_decision_free(decision);
  return rc ? rc : effect;
}

/* Some cases share their policies, some bring their own. */
static int simulate_one(const shared *s, int i, int round, int thread) {
  char line[2048];
  char *text = NULL;
  int effect = -1;
  snprintf(line, sizeof line,
           "{\"id\": \"%d.%d\", \"principal\": \"arn:aws:iam::111122223333:user/alice\", \"action\": \"%s\", "
           "\"resource\": "
           "\"%s\", \"%s\": %s%s%s%s%s%s, \"policies\": {\"identity\": [{\"name\": \"p%d\", \"policy\": "
           "%s}], \"scp\": [[%s]]}}",
           thread, round, questions[i].action, questions[i].resource,
           questions[i].value ? "context" : "unknown", questions[i].value ? "{\"" : "[\"", questions[i].key,
           questions[i].value ? "\": " : "\"]",
           questions[i].list    ? "[\""
           : questions[i].value ? "\""
                                : "",
           questions[i].value ? questions[i].value : "",
           questions[i].list    ? "\"]}"
           : questions[i].value ? "\"}"
                                : "",
           round % 3 ? 0 : round * THREADS + thread, identity, scp);
  const int rc = policyeval_simulator_run(s->simulator, line, POLICYEVAL_NTS, 1, &effect, &text, NULL);
  if (rc) printf("%s\n%s\n", line, text ? text : "");
  policyeval_free(s->context, text);
  return rc ? rc : effect;
}

typedef struct worker {
  pthread_t thread;
  const shared *shared;
  int number, wrong;
} worker;

static void *work(void *user) {
  worker *w = user;
  policyeval_request *r = NULL;
  if (policyeval_request_new(w->shared->context, &r) != POLICYEVAL_OK) w->wrong++;
  for (int round = 0; round < ROUNDS && !w->wrong; round++) {
    for (int i = 0; i < REQUESTS; i++) {
      const int k = (i + w->number) % REQUESTS;
      w->wrong += decide_one(w->shared, r, k) != w->shared->right[k];
      w->wrong += simulate_one(w->shared, k, round, w->number) != w->shared->right[k];
    }
  }
  policyeval_request_free(r);
  return NULL;
}

static int add(shared *s, int layer, unsigned level, int kind, const char *text) {
  policyeval_policy *policy = NULL;
  int rc = policyeval_policy_load(s->context, kind, text, POLICYEVAL_NTS, "policy", &policy, NULL);
  if (!rc) rc = policyeval_policyset_add(s->set, layer, level, policy);
  policyeval_policy_unref(policy);
  return rc;
}

static int prepare(shared *s) {
  int rc = policyeval_context_new(NULL, &s->context);
  if (!rc) rc = policyeval_policyset_new(s->context, &s->set);
  if (!rc) rc = policyeval_simulator_new(s->context, &s->simulator);
  if (!rc) rc = add(s, POLICYEVAL_LAYER_IDENTITY, 0, POLICYEVAL_KIND_IDENTITY, identity);
  if (!rc) rc = add(s, POLICYEVAL_LAYER_SCP, 1, POLICYEVAL_KIND_SCP, scp);
  return rc;
}

int main(void) {
  static const int effects[REQUESTS] = {POLICYEVAL_ALLOW,   POLICYEVAL_IMPLICIT_DENY,
                                        POLICYEVAL_UNKNOWN, POLICYEVAL_EXPLICIT_DENY,
                                        POLICYEVAL_ALLOW,   POLICYEVAL_IMPLICIT_DENY};
  shared s = {.context = NULL};
  worker workers[THREADS];
  int wrong = prepare(&s);
  memcpy(s.right, effects, sizeof effects);
  for (int i = 0; i < THREADS && !wrong; i++) {
    workers[i] = (worker){.shared = &s, .number = i};
    if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0) return 1;
  }
  for (int i = 0; i < THREADS && !wrong; i++) {
    pthread_join(workers[i].thread, NULL);
    if (workers[i].wrong) printf("thread %d: wrong verdicts\n", i);
  }
  for (int i = 0; i < THREADS && !wrong; i++) wrong |= workers[i].wrong;
  policyeval_simulator_free(s.simulator);
  policyeval_policyset_unref(s.set);
  policyeval_context_unref(s.context);
  printf("%d passed, %d failed\n", wrong ? 0 : 1, wrong ? 1 : 0);
  return wrong ? 1 : 0;
}
