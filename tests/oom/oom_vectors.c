/* SPDX-License-Identifier: MIT */
/* The shared vectors with each allocation failing in turn, and with all from the n-th on: a clean error or the right
 * answer, and nothing leaks. Every STEP-th vector of an area; OOM_STEP=1 in the environment takes all of them. */
#include <dirent.h>
#include <policyeval/policyeval.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/decide_case.h"
#include "../unit/unit.h"

static size_t vectors, failures;

/* One vector: its answer as text, or why not. */
typedef int (*run_fn)(const pe_alloc *mem, const char *text, int kind, char **answer);

static int step(int usual) {
  const char *given = getenv("OOM_STEP");
  int n = given ? atoi(given) : 0;
  return n > 0 ? n : usual;
}

static int decide(const pe_alloc *mem, const char *text, int kind, char **answer) {
  policyeval_context *context = NULL;
  policyeval_simulator *simulator = NULL;
  char *result = NULL;
  int effect = -1, rc = pe_test_context(mem, &context);
  (void)kind;
  if (rc == 0) rc = policyeval_simulator_new(context, &simulator);
  if (rc == 0) rc = policyeval_simulator_run(simulator, text, strlen(text), 1, &effect, &result, NULL);
  if (rc == 0) *answer = strdup(result);
  policyeval_free(context, result);
  policyeval_simulator_free(simulator);
  policyeval_context_unref(context);
  return rc;
}

/* jansson's memory fails, too, while a report is written. */
static const pe_alloc *memory;
static void *jansson_alloc(size_t size) { return memory->alloc(memory->user, size); }
static void jansson_free(void *ptr) { memory->release(memory->user, ptr); }

/* A report in every form, in one text (release with free); NULL: out of memory. A report that is NULL has none. */
static char *forms(const pe_alloc *mem, policyeval_report *report) {
  if (!report) return strdup("");
  memory = mem;
  json_set_alloc_funcs(jansson_alloc, jansson_free);
  const char *text[] = {policyeval_report_json(report, NULL), policyeval_report_text(report, NULL),
                        policyeval_report_sarif(report, NULL), policyeval_report_aws(report, NULL)};
  size_t size = 1;
  json_set_alloc_funcs(malloc, free);
  for (int i = 0; i < 4; i++) {
    if (!text[i]) return NULL;
    size += strlen(text[i]);
  }
  char *all = malloc(size);
  ck_assert_ptr_nonnull(all);
  snprintf(all, size, "%s%s%s%s", text[0], text[1], text[2], text[3]);
  return all;
}

/* Loads, prints and reports. What a refused document answers is its report; the error of its kind is no failure. */
static int load(const pe_alloc *mem, const char *text, int kind, char **answer) {
  policyeval_context *context = NULL;
  policyeval_policy *policy = NULL;
  policyeval_report *report = NULL;
  char *print = NULL, *json = NULL;
  int rc = pe_test_context(mem, &context);
  int loaded = rc ? rc : policyeval_policy_load(context, kind, text, strlen(text), "v", &policy, &report);
  if (loaded == POLICYEVAL_ENOMEM) rc = loaded;
  if (rc == 0 && policy) rc = policyeval_policy_print(policy, &print, NULL);
  if (rc == 0 && !(json = forms(mem, report))) rc = POLICYEVAL_ENOMEM;
  if (rc == 0) {
    size_t size = 64 + strlen(print ? print : "") + strlen(json);
    *answer = malloc(size);
    ck_assert_ptr_nonnull(*answer);
    snprintf(*answer, size, "%d\n%s\n%s", loaded, print ? print : "", json);
  }
  free(json);
  policyeval_free(context, print);
  policyeval_report_free(report);
  policyeval_policy_unref(policy);
  policyeval_context_unref(context);
  return rc;
}

static int validate(const pe_alloc *mem, const char *text, int kind, char **answer) {
  policyeval_context *context = NULL;
  policyeval_validation *options = NULL;
  policyeval_report *report = NULL;
  char *fixed = NULL, *json = NULL;
  int rc = pe_test_context(mem, &context);
  if (rc == 0) rc = policyeval_validation_new(context, &options);
  int said = rc ? rc : policyeval_validate(options, kind, text, strlen(text), "v", &report);
  if (said == POLICYEVAL_ENOMEM) rc = said;
  int mended = rc ? rc : policyeval_fix(options, kind, text, strlen(text), "v", &fixed, NULL, NULL, NULL);
  if (mended == POLICYEVAL_ENOMEM) rc = mended;
  if (rc == 0 && !(json = forms(mem, report))) rc = POLICYEVAL_ENOMEM;
  if (rc == 0) {
    size_t size = 64 + strlen(fixed ? fixed : "") + strlen(json);
    *answer = malloc(size);
    ck_assert_ptr_nonnull(*answer);
    snprintf(*answer, size, "%d %d\n%s\n%s", said, mended, fixed ? fixed : "", json);
  }
  free(json);
  policyeval_free(context, fixed);
  policyeval_report_free(report);
  policyeval_validation_free(options);
  policyeval_context_unref(context);
  return rc;
}

static void each_allocation(run_fn run, const char *text, int kind, const char *id) {
  char *right = NULL;
  pe_test_alloc whole;
  pe_test_alloc_init(&whole);
  ck_assert_msg(run(&whole.alloc, text, kind, &right) == 0, "%s", id);
  pe_test_alloc_done(&whole);
  UNIT_EACH_ALLOCATION (mem, rc) {
    char *answer = NULL;
    rc = run(&mem.alloc, text, kind, &answer);
    ck_assert_msg(rc == 0 || rc == POLICYEVAL_ENOMEM, "%s: %d", id, rc);
    if (rc == 0) ck_assert_msg(strcmp(answer, right) == 0, "%s: %s", id, answer);
    if (rc == 0 && mem.failed) rc = POLICYEVAL_ENOMEM; /* what was not needed could not be had */
    failures += mem.failed;
    free(answer);
  }
  free(right);
  vectors++;
}

static void run_vector(run_fn run, const json_t *file, const json_t *vector, bool cases) {
  const char *id = json_string_value(json_object_get(vector, "id"));
  if (cases) {
    json_t *input = pe_test_vector_case(file, vector);
    char *text = json_dumps(input, JSON_COMPACT);
    each_allocation(run, text, 0, id);
    free(text);
    json_decref(input);
    return;
  }
  const char *given = json_string_value(json_object_get(vector, "text"));
  const char *kind = json_string_value(json_object_get(vector, "kind"));
  if (!kind) return;
  char *text = given ? strdup(given) : json_dumps(json_object_get(vector, "document"), JSON_ENCODE_ANY);
  if (text) each_allocation(run, text, policyeval_kind_find(kind), id);
  free(text);
}

static void run_area(const char *area, run_fn run, bool cases, int every) {
  const char *top = getenv("srcdir");
  char path[4200];
  snprintf(path, sizeof path, "%s/tests/vectors/%s", top ? top : ".", area);
  DIR *folder = opendir(path);
  ck_assert_ptr_nonnull(folder);
  size_t before = vectors;
  int at = 0;
  for (struct dirent *entry; (entry = readdir(folder));) {
    json_error_t error;
    json_t *vector;
    size_t i;
    if (!strstr(entry->d_name, ".json")) continue;
    snprintf(path, sizeof path, "tests/vectors/%s/%.200s", area, entry->d_name);
    char *text = pe_test_read(path, NULL);
    json_t *file = json_loads(text, 0, &error);
    ck_assert_msg(file != NULL, "%s: %s", path, error.text);
    json_array_foreach(json_object_get(file, "vectors"), i, vector) {
      if (at++ % every == 0) run_vector(run, file, vector, cases);
    }
    json_decref(file);
    free(text);
  }
  closedir(folder);
  ck_assert_uint_gt(vectors, before);
  printf("%s: %zu vectors, %zu failed allocations so far\n", area, vectors - before, failures);
}

START_TEST(decide_vectors)
{ run_area("decide", decide, true, step(4)); }
END_TEST
START_TEST(load_vectors)
{ run_area("load", load, false, step(4)); }
END_TEST
START_TEST(validate_vectors)
{ run_area("validate", validate, false, step(12)); }
END_TEST

UNIT_MAIN("oom_vectors", decide_vectors, load_vectors, validate_vectors)
