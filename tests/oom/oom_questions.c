/* SPDX-License-Identifier: MIT */
/* The shared vectors of access, grant and analysis with allocations failing one at a time, and all from the n-th on, and with
 * less memory than they need (memory_bytes): a clean error or the right answer, in every form; nothing leaks; and the context
 * answers rightly once there is memory again.
 * OOM_MOST allocations of each question are made to fail, spread over all of it (0: every one), and every OOM_STEP-th vector
 * is asked. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../vectors/vectors.h"
#include "questions.h"

enum { LESS = 3 };
static size_t vectors, failures, limited;

static size_t setting(const char *name, size_t usual) {
  const char *given = getenv(name);
  return given ? (size_t)strtoul(given, NULL, 10) : usual;
}

static void compare(const char *id, const answer *got, const answer *right) {
  /* A witness that could not be written is left out, at the end. */
  ck_assert_msg(got->len <= right->len && memcmp(got->text ? got->text : "", right->text, got->len) == 0, "%s: %s", id,
                got->text);
}

/* One run in which the n-th allocation fails, and with `on` all later ones; then the same in peace. */
static void fail_at(question_fn ask, json_t *input, const char *id, size_t n, bool on, const answer *right) {
  pe_test_alloc mem;
  policyeval_context *context = NULL;
  pe_test_alloc_init(&mem);
  mem.alloc.apart = true;
  ck_assert_int_eq(pe_test_context(&mem.alloc, &context), 0);
  const size_t before = mem.live;
  answer got = {NULL, 0, &mem};
  pe_test_alloc_fail(&mem, n, on);
  int rc = ask(context, input, &got);
  ck_assert_msg(rc == 0 || (rc == POLICYEVAL_ENOMEM && mem.failed), "%s: allocation %zu: %d", id, n, rc);
  if (rc == 0) compare(id, &got, right);
  ck_assert_msg(mem.live == before, "%s: allocation %zu%s: %zu blocks leaked", id, n, on ? " and later" : "", mem.live - before);
  free(got.text);
  failures += mem.failed > 0;
  if (!on) {
    got = (answer){NULL, 0, &mem};
    pe_test_alloc_fail(&mem, 0, false);
    rc = ask(context, input, &got);
    ck_assert_msg(rc == 0 && got.len == right->len, "%s: allocation %zu: afterwards %d", id, n, rc);
    compare(id, &got, right);
    free(got.text);
  }
  policyeval_context_unref(context);
  pe_test_alloc_done(&mem);
}

static policyeval_memory memory_of(const policyeval_context *context) {
  policyeval_memory m = {.size = sizeof m};
  ck_assert_int_eq(policyeval_context_memory(context, &m), 0);
  return m;
}

/* One run with no more memory than that at a time, which is too little; then the same with enough. */
static void with_limit(question_fn ask, json_t *input, const char *id, size_t bytes, const answer *right) {
  pe_test_alloc mem;
  policyeval_context *context = NULL;
  policyeval_limits limits = {.size = sizeof limits, .memory_bytes = bytes};
  pe_test_alloc_init(&mem);
  ck_assert_int_eq(pe_test_context(&mem.alloc, &context), 0);
  ck_assert_int_eq(policyeval_context_set_limits(context, &limits), 0);
  answer got = {NULL, 0, &mem};
  int rc = ask(context, input, &got);
  const policyeval_memory m = memory_of(context);
  ck_assert_msg(rc == 0 || rc == POLICYEVAL_EMEMLIMIT, "%s: %zu bytes: %d", id, bytes, rc);
  if (rc == 0) compare(id, &got, right);
  ck_assert_msg(m.refused > 0 && m.most <= bytes && m.held == 0, "%s: %zu bytes: %zu refused, %zu held, most %zu", id, bytes,
                m.refused, m.held, m.most);
  limited++;
  free(got.text);
  got = (answer){NULL, 0, &mem};
  limits.memory_bytes = SIZE_MAX;
  ck_assert_int_eq(policyeval_context_set_limits(context, &limits), 0);
  rc = ask(context, input, &got);
  ck_assert_msg(rc == 0 && got.len == right->len, "%s: after %zu bytes: %d", id, bytes, rc);
  compare(id, &got, right);
  free(got.text);
  policyeval_context_unref(context);
  pe_test_alloc_done(&mem);
}

/* The same without failures, as arenas take their blocks: bytes, the most at a time. */
static size_t most_at_a_time(question_fn ask, json_t *input) {
  pe_test_alloc mem;
  policyeval_context *context = NULL;
  pe_test_alloc_init(&mem);
  ck_assert_int_eq(pe_test_context(&mem.alloc, &context), 0);
  const policyeval_limits counted = {.size = sizeof counted, .memory_bytes = SIZE_MAX - 1};
  ck_assert_int_eq(policyeval_context_set_limits(context, &counted), 0);
  answer got = {NULL, 0, &mem};
  ck_assert_int_eq(ask(context, input, &got), 0);
  const size_t most = memory_of(context).most;
  free(got.text);
  policyeval_context_unref(context);
  return most;
}

static void each(question_fn ask, json_t *input, const char *id, size_t most) {
  pe_test_alloc mem;
  policyeval_context *context = NULL;
  pe_test_alloc_init(&mem);
  mem.alloc.apart = true;
  ck_assert_int_eq(pe_test_context(&mem.alloc, &context), 0);
  answer right = {NULL, 0, &mem};
  const size_t before = mem.calls;
  const int rc = ask(context, input, &right);
  const size_t calls = mem.calls - before;
  policyeval_context_unref(context);
  pe_test_alloc_done(&mem);
  vectors++;
  if (rc == POLICYEVAL_EINVAL) return; /* no question of this sort */
  ck_assert_msg(rc == 0, "%s: %d", id, rc);
  const size_t step = most && calls > most ? calls / most : 1;
  /* Different vectors of the same shape fail at different places. */
  for (size_t n = 1 + vectors % step; n <= calls; n += step) {
    fail_at(ask, input, id, n, false, &right);
    fail_at(ask, input, id, n, true, &right);
  }
  /* One byte too few is noticed by what grew last; less by something else with each vector. */
  const size_t bytes = most_at_a_time(ask, input);
  with_limit(ask, input, id, bytes - 1, &right);
  for (size_t i = 0; i < LESS; i++) with_limit(ask, input, id, bytes * (1 + (vectors + i * 17) % 61) / 64, &right);
  free(right.text);
}

static void of_file(const char *path, question_fn ask, size_t step, size_t most) {
  json_error_t error;
  char *text = pe_test_read(path, NULL);
  json_t *file = json_loads(text, 0, &error), *one;
  size_t i;
  free(text);
  ck_assert_msg(file != NULL, "%s: %s", path, error.text);
  json_array_foreach(json_object_get(file, "vectors"), i, one) {
    json_t *template = json_object_get(file, "template");
    json_t *input = template ? vector_expand(template, json_object_get(one, "with"))
                             : json_incref(json_object_get(one, "case"));
    if (i % step == 0) each(ask, input, json_string_value(json_object_get(one, "id")), most);
    json_decref(input);
  }
  json_decref(file);
}

static void run_area(const char *area, const char *what, question_fn ask, size_t step, size_t most) {
  const char *top = getenv("srcdir");
  char path[4200];
  snprintf(path, sizeof path, "%s/tests/vectors/%s", top ? top : ".", area);
  DIR *folder = opendir(path);
  ck_assert_ptr_nonnull(folder);
  vectors = failures = limited = 0;
  for (struct dirent *entry; (entry = readdir(folder));) {
    if (!strstr(entry->d_name, ".json")) continue;
    snprintf(path, sizeof path, "tests/vectors/%s/%.200s", area, entry->d_name);
    of_file(path, ask, setting("OOM_STEP", step), setting("OOM_MOST", most));
  }
  closedir(folder);
  ck_assert_uint_gt(vectors, 0);
  printf("%s: %zu vectors, %zu runs with failed allocations, %zu with too little memory\n", what, vectors, failures, limited);
}

START_TEST(access_vectors) { run_area("access", "access", question_access, 4, 40); }
END_TEST
START_TEST(access_over_all_requests) { run_area("access", "all requests", question_reach, 8, 10); }
END_TEST
START_TEST(who_can_read_the_secret) { run_area("access", "who can", question_who, 8, 6); }
END_TEST
START_TEST(grant_vectors) { run_area("grant", "grant", question_grant, 8, 6); }
END_TEST
START_TEST(grant_vectors_revoked) { run_area("grant", "revoke", question_revoke, 8, 6); }
END_TEST
START_TEST(analysis_vectors) { run_area("analysis", "analysis", question_analysis, 4, 12); }
END_TEST

UNIT_MAIN("oom_questions", access_vectors, access_over_all_requests, who_can_read_the_secret, grant_vectors,
          grant_vectors_revoked, analysis_vectors)
