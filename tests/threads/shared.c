/* SPDX-License-Identifier: MIT */
/* Eight threads over what may be shared: analyses and access questions over the same policies, batches over one policy set,
 * validations with the same options. Every answer is what one thread alone gets. All the while owners come and go, and the
 * thread that made the objects gives its own references away first: the last owner releases, whoever that is. */
#include <policyeval/policyeval.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { THREADS = 8, ROUNDS = 12, OWNERS = 200, ROWS = 40 };

#define SECRET "arn:aws:secretsmanager:us-east-1:444455556666:secret:S-AbCdEf"
#define KEY    "arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"
#define ROLE   "arn:aws:iam::111122223333:role/R"
#define DOCUMENT(statement) "{\"Version\":\"2012-10-17\",\"Statement\":[" statement "]}"

static const char secret_text[] =
    DOCUMENT("{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"" ROLE "\"},\"Action\":\"secretsmanager:GetSecretValue\",\"Resource\":"
             "\"*\",\"Condition\":{\"StringEquals\":{\"secretsmanager:VersionStage\":\"AWSCURRENT\"}}}");
static const char key_text[] =
    DOCUMENT("{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"" ROLE "\"},\"Action\":\"kms:*\",\"Resource\":\"*\"}");
static const char identity_text[] =
    DOCUMENT("{\"Effect\":\"Allow\",\"Action\":[\"secretsmanager:Get*\",\"kms:Decrypt\",\"s3:GetObject\"],\"Resource\":\"*\"}");
static const char wider_text[] = DOCUMENT("{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}");
static const char faulty_text[] = DOCUMENT("{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject \",\"Resource\":\" arn:aws:s3:::b/*\"}");

typedef struct shared {
  policyeval_context *context;
  policyeval_policy *secret, *key, *identity, *wider;
  policyeval_policyset *set;
  policyeval_validation *validation;
} shared;

typedef struct worker {
  pthread_t thread;
  shared own; /* references of this thread */
  int number, wrong;
} worker;

static int expect(worker *w, const char *what, int got, int wanted) {
  if (got == wanted) return 0;
  printf("thread %d: %s: %d, not %d\n", w->number, what, got, wanted);
  w->wrong++;
  return 1;
}

/* ---- owners ---- */

static shared another(const shared *s) {
  shared copy = *s;
  policyeval_context_ref(copy.context);
  policyeval_policy_ref(copy.secret);
  policyeval_policy_ref(copy.key);
  policyeval_policy_ref(copy.identity);
  policyeval_policy_ref(copy.wider);
  policyeval_policyset_ref(copy.set);
  return copy;
}

static void let_go(shared *s) {
  policyeval_policyset_unref(s->set);
  policyeval_policy_unref(s->wider);
  policyeval_policy_unref(s->identity);
  policyeval_policy_unref(s->key);
  policyeval_policy_unref(s->secret);
  policyeval_context_unref(s->context);
}

/* ---- what is asked ---- */

static int ask(const shared *s, int kind, policyeval_policy *subject, policyeval_policy *other) {
  policyeval_analysis *a = NULL;
  int rc = policyeval_analysis_new(s->context, kind, &a);
  if (!rc) rc = policyeval_analysis_set_policy(a, subject);
  if (!rc && other) rc = policyeval_analysis_set_existing(a, other);
  if (!rc && kind == POLICYEVAL_ASK_ACCESS_GRANTED) rc = policyeval_analysis_add_action(a, "s3:PutObject", POLICYEVAL_NTS);
  if (!rc) rc = policyeval_analysis_run(a);
  if (!rc && !policyeval_analysis_json(a, NULL)) rc = POLICYEVAL_ENOMEM;
  const int answer = rc ? rc : policyeval_analysis_answer(a);
  policyeval_analysis_free(a);
  return answer;
}

static void analyses(worker *w) {
  const shared *s = &w->own;
  expect(w, "new access", ask(s, POLICYEVAL_ASK_NEW_ACCESS, s->wider, s->identity), POLICYEVAL_ANSWER_YES);
  expect(w, "no new access", ask(s, POLICYEVAL_ASK_NEW_ACCESS, s->identity, s->wider), POLICYEVAL_ANSWER_NO);
  expect(w, "not granted", ask(s, POLICYEVAL_ASK_ACCESS_GRANTED, s->identity, NULL), POLICYEVAL_ANSWER_NO);
  expect(w, "public", ask(s, POLICYEVAL_ASK_PUBLIC, s->secret, NULL), POLICYEVAL_ANSWER_NO);
  expect(w, "compare", ask(s, POLICYEVAL_ASK_COMPARE, s->identity, s->wider), POLICYEVAL_ANSWER_YES);
  expect(w, "findings", ask(s, POLICYEVAL_ASK_FINDINGS, s->secret, NULL), POLICYEVAL_ANSWER_YES);
}

static void access_question(worker *w) {
  const shared *s = &w->own;
  policyeval_access *q = NULL;
  int rc = policyeval_access_new(s->context, &q);
  if (!rc) rc = policyeval_access_set_principal(q, ROLE, POLICYEVAL_NTS);
  if (!rc) rc = policyeval_access_set_secret(q, SECRET, POLICYEVAL_NTS);
  if (!rc) rc = policyeval_access_set_key(q, KEY, POLICYEVAL_NTS);
  if (!rc) rc = policyeval_access_add_policy(q, POLICYEVAL_LAYER_RESOURCE, 0, s->secret);
  if (!rc) rc = policyeval_access_add_policy(q, POLICYEVAL_LAYER_KEY, 0, s->key);
  if (!rc) rc = policyeval_access_add_policy(q, POLICYEVAL_LAYER_IDENTITY, 0, s->identity);
  if (!rc) rc = policyeval_access_decide(q);
  if (!rc) rc = policyeval_access_all_requests(q);
  if (!expect(w, "access", rc, 0)) {
    expect(w, "access without a stage", policyeval_access_decision(q), POLICYEVAL_IMPLICIT_DENY);
    expect(w, "access over all requests", policyeval_access_reach(q), POLICYEVAL_REACH_SOMETIMES);
  }
  policyeval_access_free(q);
}

/* The same rows as columns and one by one, over the one set. */
static void batch(worker *w) {
  static const char *const actions[2] = {"s3:GetObject", "s3:PutObject"};
  policyeval_slice values[ROWS];
  policyeval_request *rows[ROWS] = {NULL}, *request = NULL;
  int columns[ROWS], many[ROWS], rc = policyeval_request_new(w->own.context, &request);
  for (int i = 0; i < ROWS && !rc; i++) {
    const char *action = actions[(i + w->number) % 2];
    values[i] = (policyeval_slice){action, strlen(action)};
    rc = policyeval_request_new(w->own.context, &rows[i]);
    if (!rc) rc = policyeval_request_set_principal(rows[i], ROLE, POLICYEVAL_NTS);
    if (!rc) rc = policyeval_request_set_action(rows[i], action, POLICYEVAL_NTS);
    if (!rc) rc = policyeval_request_set_resource(rows[i], "arn:aws:s3:::b/k", POLICYEVAL_NTS);
    if (!rc) rc = policyeval_request_set_resource_account(rows[i], "111122223333", POLICYEVAL_NTS);
  }
  const policyeval_column column = {POLICYEVAL_COLUMN_ACTION, {NULL, 0}, values};
  if (!rc) rc = policyeval_request_set_principal(request, ROLE, POLICYEVAL_NTS);
  if (!rc) rc = policyeval_request_set_resource(request, "arn:aws:s3:::b/k", POLICYEVAL_NTS);
  if (!rc) rc = policyeval_request_set_resource_account(request, "111122223333", POLICYEVAL_NTS);
  if (!rc) rc = policyeval_decide_many(w->own.set, rows, ROWS, many, NULL, NULL, NULL);
  if (!rc) rc = policyeval_decide_columns(w->own.set, request, &column, 1, ROWS, columns, NULL, NULL, NULL);
  if (!expect(w, "batch", rc, 0)) {
    for (int i = 0; i < ROWS; i++) {
      const int right = (i + w->number) % 2 ? POLICYEVAL_IMPLICIT_DENY : POLICYEVAL_ALLOW;
      expect(w, "row of many", many[i], right);
      expect(w, "row of columns", columns[i], right);
    }
  }
  for (int i = 0; i < ROWS; i++) policyeval_request_free(rows[i]);
  policyeval_request_free(request);
}

static void validate(worker *w) {
  policyeval_report *report = NULL;
  char *print = NULL;
  expect(w, "validate", policyeval_validate(w->own.validation, POLICYEVAL_KIND_IDENTITY, faulty_text, POLICYEVAL_NTS, "p", &report), 0);
  expect(w, "findings of a document", policyeval_report_count(report) >= 2, 1);
  expect(w, "print", policyeval_policy_print(w->own.identity, &print, NULL), 0);
  expect(w, "equal", policyeval_policy_equal(w->own.identity, w->own.wider), 0);
  policyeval_free(w->own.context, print);
  policyeval_report_free(report);
}

static void *work(void *user) {
  worker *w = user;
  for (int round = 0; round < ROUNDS && !w->wrong; round++) {
    for (int i = 0; i < OWNERS; i++) {
      shared more = another(&w->own);
      let_go(&more);
    }
    analyses(w);
    access_question(w);
    batch(w);
    validate(w);
  }
  let_go(&w->own);
  return NULL;
}

static int prepare(shared *s) {
  int rc = policyeval_context_new(NULL, &s->context);
  if (!rc) rc = policyeval_policy_load(s->context, POLICYEVAL_KIND_SECRET, secret_text, POLICYEVAL_NTS, "s", &s->secret, NULL);
  if (!rc) rc = policyeval_policy_load(s->context, POLICYEVAL_KIND_KMS_KEY, key_text, POLICYEVAL_NTS, "k", &s->key, NULL);
  if (!rc) rc = policyeval_policy_load(s->context, POLICYEVAL_KIND_IDENTITY, identity_text, POLICYEVAL_NTS, "i", &s->identity, NULL);
  if (!rc) rc = policyeval_policy_load(s->context, POLICYEVAL_KIND_IDENTITY, wider_text, POLICYEVAL_NTS, "w", &s->wider, NULL);
  if (!rc) rc = policyeval_policyset_new(s->context, &s->set);
  if (!rc) rc = policyeval_policyset_add(s->set, POLICYEVAL_LAYER_IDENTITY, 0, s->identity);
  if (!rc) rc = policyeval_validation_new(s->context, &s->validation);
  return rc;
}

int main(void) {
  static worker workers[THREADS];
  shared s = {.context = NULL};
  int wrong = prepare(&s);
  if (wrong) printf("not prepared: %d\n", wrong);
  for (int i = 0; i < THREADS && !wrong; i++) {
    workers[i] = (worker){.own = another(&s), .number = i};
    if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0) return 1;
  }
  policyeval_validation *validation = s.validation; /* it has one owner, and outlives the threads */
  let_go(&s);
  for (int i = 0; i < THREADS && !wrong; i++) pthread_join(workers[i].thread, NULL);
  for (int i = 0; i < THREADS && !wrong; i++) wrong |= workers[i].wrong;
  policyeval_validation_free(validation);
  printf("%d passed, %d failed\n", wrong ? 0 : 1, wrong ? 1 : 0);
  return wrong ? 1 : 0;
}
