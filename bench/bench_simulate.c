/* SPDX-License-Identifier: MIT */
/* Cases a second: bench_simulate [SECONDS a row]. Through the C call of the simulator with one thread and two, for cases
 * that name a defined set, repeat the text of their policies, or bring policies of their own; deciding many prepared
 * requests at once; and what the same result costs when jansson builds and writes it. */
#include <jansson.h>
#include <policyeval/policyeval.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LINES = 4096, LINE = 2048 };

#define POLICY                                                                                               \
  "{\"Version\": \"2012-10-17\", \"Id\": \"%d\", \"Statement\": [{\"Sid\": \"Read\", \"Effect\": "           \
  "\"Allow\", \"Action\": "                                                                                  \
  "[\"secretsmanager:GetSecretValue\", \"secretsmanager:DescribeSecret\"], \"Resource\": "                   \
  "\"arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/*\", \"Condition\": {\"StringEquals\": "      \
  "{\"aws:PrincipalTag/team\": [\"red\", \"blue\"]}}}, {\"Effect\": \"Deny\", \"Action\": \"*\", "           \
  "\"Resource\": \"*\", "                                                                                    \
  "\"Condition\": {\"Bool\": {\"aws:SecureTransport\": \"false\"}}}]}"
#define RESOURCE_POLICY                                                                                      \
  "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Principal\": {\"AWS\": "          \
  "\"arn:aws:iam::111122223333:role/App\"}, \"Action\": \"secretsmanager:GetSecretValue\", \"Resource\": "   \
  "\"*\"}]}"

static const char *const teams[] = {"red", "blue", "green"};
static double seconds = 1;

static double clock_of(clockid_t id) {
  struct timespec t;
  clock_gettime(id, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}
static double now(void) { return clock_of(CLOCK_MONOTONIC); }
static double cpu(void) { return clock_of(CLOCK_THREAD_CPUTIME_ID); }

typedef enum sharing { BY_NAME, BY_TEXT, OWN } sharing;

/* `number` makes the policies of OWN cases differ. */
static size_t write_case(char *line, sharing how, int i, int number) {
  char policies[LINE];
  char one[LINE];
  snprintf(one, sizeof one, POLICY, how == OWN ? number : 0);
  const int n = how == BY_NAME ? snprintf(policies, sizeof policies, "\"set\"")
                               : snprintf(policies, sizeof policies,
                                          "{\"identity\": [%s], \"resource\": [%s]}", one, RESOURCE_POLICY);
  const int len =
      snprintf(line, LINE * 2,
               "{\"id\": \"c%d\", \"principal\": {\"arn\": "
               "\"arn:aws:sts::111122223333:assumed-role/App/s%d\", \"tags\": "
               "{\"team\": \"%s\"}}, \"action\": \"secretsmanager:%sSecretValue\", \"resource\": "
               "\"arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db%d-AbCdEf\", \"context\": "
               "{\"aws:SecureTransport\": \"true\", \"aws:SourceIp\": \"203.0.113.%d\"}, \"policies\": %s}",
               i, i % 100, teams[i % 3], i % 2 ? "Get" : "Put", i % 1000, i % 250, policies);
  if (n < 0 || len < 0) exit(1);
  return (size_t)len;
}

typedef struct job {
  pthread_t thread;
  policyeval_context *context;
  policyeval_simulator *simulator;
  sharing how;
  int number;
  char *lines; /* LINES of LINE * 2 bytes */
  size_t *lens;
  size_t done, bytes;
  double cpu; /* seconds of processor that it took: what counts when others are at work, too */
} job;

static void *work(void *user) {
  job *j = user;
  const double end = now() + seconds, start = cpu();
  for (int round = 0; now() < end; round++) {
    for (int i = 0; i < LINES; i++) {
      char *text = NULL;
      /* New texts are only cheap to make when the clock runs anyway: rewriting the Id is a few nanoseconds. */
      char *line = j->lines + (size_t)i * LINE * 2, *id = j->how == OWN ? strstr(line, "\"Id\": \"") : NULL;
      if (id) {
        snprintf(id + 7, 10, "%09d", (round * LINES + i) * 8 + j->number);
        id[16] = '"';
      }
      if (policyeval_simulator_run(j->simulator, line, j->lens[i], 1, NULL, &text, NULL) != 0) {
        fprintf(stderr, "%s\n", text ? text : "no memory");
        exit(1);
      }
      policyeval_free(j->context, text);
      j->bytes += j->lens[i];
    }
    j->done += LINES;
  }
  j->cpu = cpu() - start;
  return NULL;
}

static void fill_job(job *j) {
  j->lines = malloc((size_t)LINES * LINE * 2);
  j->lens = malloc(LINES * sizeof *j->lens);
  if (!j->lines || !j->lens) exit(1);
  for (int i = 0; i < LINES; i++)
    j->lens[i] = write_case(j->lines + (size_t)i * LINE * 2, j->how, i, 100000000 + i);
}

static double cases(const char *name, sharing how, int threads) {
  char define[LINE * 2], one[LINE];
  job jobs[8];
  policyeval_context *context = NULL;
  policyeval_simulator *simulator = NULL;
  size_t done = 0, bytes = 0;
  double busy = 0;
  snprintf(one, sizeof one, POLICY, 0);
  snprintf(define, sizeof define,
           "{\"define\": \"set\", \"policies\": {\"identity\": [%s], \"resource\": [%s]}}", one,
           RESOURCE_POLICY);
  if (policyeval_context_new(NULL, &context) || policyeval_simulator_new(context, &simulator)) exit(1);
  char *text = NULL;
  if (policyeval_simulator_run(simulator, define, POLICYEVAL_NTS, 1, NULL, &text, NULL)) exit(1);
  for (int i = 0; i < threads; i++) {
    jobs[i] = (job){.context = context, .simulator = simulator, .how = how, .number = i};
    fill_job(&jobs[i]);
  }
  const double start = now();
  for (int i = 0; i < threads; i++) pthread_create(&jobs[i].thread, NULL, work, &jobs[i]);
  for (int i = 0; i < threads; i++) pthread_join(jobs[i].thread, NULL);
  const double took = now() - start;
  for (int i = 0; i < threads; i++) {
    done += jobs[i].done;
    bytes += jobs[i].bytes;
    busy += jobs[i].cpu;
    free(jobs[i].lines);
    free(jobs[i].lens);
  }
  printf("%-34s %d thread%s %9.0f cases/s, %9.0f a second of processor, %5.0f MB/s\n", name, threads,
         threads > 1 ? "s" : " ", (double)done / took, (double)done / busy, (double)bytes / took / 1e6);
  policyeval_simulator_free(simulator);
  policyeval_context_unref(context);
  return (double)done / took;
}

/* ---- what writing costs ---- */

static void writing(void) {
  char line[LINE * 2];
  policyeval_context *context = NULL;
  policyeval_simulator *simulator = NULL;
  char *text = NULL;
  size_t len = 0, rounds = 0;
  if (policyeval_context_new(NULL, &context) || policyeval_simulator_new(context, &simulator)) exit(1);
  const size_t n = write_case(line, BY_TEXT, 1, 0);
  if (policyeval_simulator_run(simulator, line, n, 1, NULL, &text, &len)) exit(1);
  json_t *tree = json_loadb(text, len, 0, NULL);
  double start = cpu();
  while (cpu() < start + seconds) {
    for (int i = 0; i < 100; i++) json_decref(json_deep_copy(tree));
    rounds += 100;
  }
  printf("%-34s %9.0f ns a result of %zu bytes\n", "jansson, building the tree",
         (cpu() - start) / (double)rounds * 1e9, len);
  start = cpu();
  for (rounds = 0; cpu() < start + seconds; rounds += 100)
    for (int i = 0; i < 100; i++) free(json_dumps(tree, 0));
  printf("%-34s %9.0f ns\n", "jansson, writing it", (cpu() - start) / (double)rounds * 1e9);
  json_decref(tree);
  policyeval_free(context, text);
  policyeval_simulator_free(simulator);
  policyeval_context_unref(context);
}

/* ---- many requests ---- */

static void many(void) {
  enum { REQUESTS = 1024 };
  static policyeval_request *requests[REQUESTS];
  static int effects[REQUESTS];
  char one[LINE];
  policyeval_context *context = NULL;
  policyeval_policyset *set = NULL;
  policyeval_policy *policy = NULL;
  int rc = policyeval_context_new(NULL, &context);
  snprintf(one, sizeof one, POLICY, 0);
  if (!rc) rc = policyeval_policyset_new(context, &set);
  if (!rc)
    rc = policyeval_policy_load(context, POLICYEVAL_KIND_IDENTITY, one, POLICYEVAL_NTS, "p", &policy, NULL);
  if (!rc) rc = policyeval_policyset_add(set, POLICYEVAL_LAYER_IDENTITY, 0, policy);
  for (int i = 0; i < REQUESTS && !rc; i++) {
    char resource[128];
    snprintf(resource, sizeof resource,
             "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db%d-AbCdEf", i);
    rc = policyeval_request_new(context, &requests[i]);
    if (!rc)
      rc =
          policyeval_request_set_principal(requests[i], "arn:aws:iam::111122223333:role/App", POLICYEVAL_NTS);
    if (!rc) rc = policyeval_request_set_action(requests[i], "secretsmanager:GetSecretValue", POLICYEVAL_NTS);
    if (!rc) rc = policyeval_request_set_resource(requests[i], resource, POLICYEVAL_NTS);
    if (!rc)
      rc = policyeval_request_set_context(requests[i], "aws:PrincipalTag/team", POLICYEVAL_NTS, teams[i % 3],
                                          POLICYEVAL_NTS);
  }
  if (!rc) rc = policyeval_decide_many(set, requests, REQUESTS, effects, NULL, NULL, NULL);
  if (rc) exit(1);
  size_t rounds = 0;
  const double start = cpu();
  for (; cpu() < start + seconds; rounds++)
    if (policyeval_decide_many(set, requests, REQUESTS, effects, NULL, NULL, NULL)) exit(1);
  printf("%-34s %9.0f ns a decision\n", "policyeval_decide_many, prepared",
         (cpu() - start) / (double)rounds / REQUESTS * 1e9);
  for (int i = 0; i < REQUESTS; i++) policyeval_request_free(requests[i]);
  policyeval_policy_unref(policy);
  policyeval_policyset_unref(set);
  policyeval_context_unref(context);
}

int main(int argc, char **argv) {
  static const struct {
    const char *name;
    sharing how;
  } rows[] = {{"cases that name a set", BY_NAME},
              {"cases that repeat their policies", BY_TEXT},
              {"cases with policies of their own", OWN}};
  if (argc > 1) seconds = atof(argv[1]);
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const double one = cases(rows[i].name, rows[i].how, 1), two = cases(rows[i].name, rows[i].how, 2);
    printf("%-34s %.2f times as many\n", "  two threads", two / one);
  }
  writing();
  many();
  return 0;
}
