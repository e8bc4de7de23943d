/* SPDX-License-Identifier: MIT */
/* Nanoseconds per decision against loaded policies: the median of many batches. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "eval/decide.h"

#define SECRET "arn:aws:secretsmanager:us-east-1:444455556666:secret:SECURITY_SECRET-AbCdEf"
#define KEY    "arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"
#define ROLE   "arn:aws:iam::111122223333:role/PRODUCTION_ROLE"
#define HEAD   "{\"Version\":\"2012-10-17\",\"Statement\":["

enum { BATCHES = 41 };

static volatile unsigned sink; /* keeps the calls */

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static pe_policy *load(const char *text, size_t len, int kind) {
  pe_load_options options = {.kind = kind, .name = PE_SLICE("bench"), .limits = pe_load_limits_default};
  pe_policy *p = NULL;
  int rc = pe_policy_load(&pe_alloc_libc, pe_slice_of(text, len), &options, &p, NULL);
  if (rc) {
    fprintf(stderr, "load: %d\n%.400s\n", rc, text);
    exit(1);
  }
  return p;
}

/* Statements of ten actions each; the last one is the one that allows. */
static pe_policy *many(unsigned statements) {
  static const char *const services[] = {"s3",       "ec2",    "iam",  "sqs", "sns",
                                         "dynamodb", "lambda", "logs", "rds", "ecr"};
  pe_buf b;
  pe_buf_init(&b, &pe_alloc_libc);
  pe_buf_str(&b, HEAD);
  for (unsigned i = 0; i + 1 < statements; i++) {
    pe_buf_str(&b, "{\"Effect\":\"Allow\",\"Resource\":\"*\",\"Action\":[");
    for (unsigned a = 0; a < 10; a++)
      pe_buf_fmt(&b, "%s\"%s:Get%cThing%u\"", a ? "," : "", services[i % 10], (int)('A' + a), i);
    pe_buf_str(&b, "]},");
  }
  pe_buf_str(&b, "{\"Effect\":\"Allow\",\"Action\":[\"secretsmanager:GetSecretValue\",\"kms:Decrypt\"],"
                 "\"Resource\":[\"" SECRET "\",\"" KEY "\"]}]}");
  pe_policy *p = load(b.ptr, b.len, POLICYEVAL_KIND_IDENTITY);
  pe_buf_done(&b);
  return p;
}

static const pe_request *request(const char *action, const char *resource, bool via) {
  pe_request_builder *b = pe_request_builder_new(&pe_alloc_libc, NULL);
  const pe_request *r = NULL;
  const char *why = "";
  pe_slice service = PE_SLICE("secretsmanager.us-east-1.amazonaws.com"), arn = PE_SLICE(SECRET);
  if (pe_request_set_principal_arn(b, PE_SLICE("arn:aws:sts::111122223333:assumed-role/PRODUCTION_ROLE/s1"),
                                   &why) ||
      pe_request_set_role_arn(b, PE_SLICE(ROLE), &why) ||
      pe_request_set_action(b, pe_slice_str(action), &why) ||
      pe_request_set_resource(b, pe_slice_str(resource), &why) ||
      (via && pe_request_set_fact(b, PE_SLICE("kms:ViaService"), &service, 1, false)) ||
      (via && pe_request_set_fact(b, PE_SLICE("kms:EncryptionContext:SecretARN"), &arn, 1, false)) ||
      pe_request_prepare(b, &r, &why)) {
    fprintf(stderr, "request: %s\n", why);
    exit(1);
  }
  return r; /* lives as long as the program */
}

typedef struct question {
  const pe_policyset *set[2];
  const pe_request *request[2];
} question;

static double median(const question *q) {
  double ns[BATCHES];
  size_t rounds = 4000;
  for (int i = 0; i < BATCHES; i++) {
    double start = now();
    for (size_t k = 0; k < rounds; k++) {
      sink += (unsigned)pe_decide_effect(q->set[0], q->request[0], false);
      if (q->set[1]) sink += (unsigned)pe_decide_effect(q->set[1], q->request[1], false);
    }
    ns[i] = (now() - start) / (double)rounds;
  }
  qsort(ns, BATCHES, sizeof *ns, by_value);
  return ns[BATCHES / 2];
}

static void report(const char *name, const question *q) {
  printf("%-58s %8.1f ns  effect %d\n", name, median(q), pe_decide_effect(q->set[0], q->request[0], false));
}

static void identity_alone(unsigned statements) {
  pe_policy *p = many(statements);
  pe_policyset set = {.identity = {&p, 1}};
  question q = {{&set, NULL},
                {request("secretsmanager:GetSecretValue",
                         "arn:aws:secretsmanager:us-east-1:111122223333:secret:OWN-AbCdEf", false),
                 NULL}};
  pe_policyset two = {.identity = {&p, 1}};
  char name[64];
  snprintf(name, sizeof name, "%u statements, identity, same account, no match", statements);
  report(name, &q);
  pe_request own = *q.request[0];
  pe_arn_split(PE_SLICE(SECRET), &own.resource);
  q.request[0] = &own;
  q.set[0] = &two;
  snprintf(name, sizeof name, "%u statements, identity, same account, allowed", statements);
  report(name, &q);
  pe_policy_unref(p);
}

static void article(unsigned statements) {
  static const char secret[] =
      HEAD "{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"" ROLE "\"},\"Action\":\"secretsmanager:"
           "GetSecretValue\",\"Resource\":\"*\",\"Condition\":{\"StringEqualsIfExists\":{\"secretsmanager:"
           "VersionStage\":\"AWSCURRENT\"}}}]}";
  static const char key[] = HEAD
      "{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::444455556666:root\"},\"Action\":\"kms:*\","
      "\"Resource\":\"*\"},{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"" ROLE
      "\"},\"Action\":\"kms:Decrypt\",\"Resource\":\"*\","
      "\"Condition\":{\"StringEquals\":{\"kms:ViaService\":\"secretsmanager.us-east-1.amazonaws.com\"},"
      "\"StringLike\":{\"kms:"
      "EncryptionContext:SecretARN\":\"arn:aws:secretsmanager:us-east-1:444455556666:secret:SECURITY_SECRET-?"
      "?????\"}}}]}";
  pe_policy *identity = many(statements), *s = load(secret, sizeof secret - 1, POLICYEVAL_KIND_SECRET),
            *k = load(key, sizeof key - 1, POLICYEVAL_KIND_KMS_KEY);
  pe_policyset first = {.identity = {&identity, 1}, .resource = {&s, 1}};
  pe_policyset second = {.identity = {&identity, 1}, .resource = {&k, 1}};
  question q = {{&first, &second},
                {request("secretsmanager:GetSecretValue", SECRET, false), request("kms:Decrypt", KEY, true)}};
  char name[64];
  snprintf(name, sizeof name, "the article's question, both legs, identity of %u", statements);
  report(name, &q);
  pe_policy_unref(identity);
  pe_policy_unref(s);
  pe_policy_unref(k);
}

int main(void) {
  static const unsigned sizes[] = {1, 3, 20, 200, 1000};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) identity_alone(sizes[i]);
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) article(sizes[i]);
  return 0;
}
