/* SPDX-License-Identifier: MIT */
/* The vectors of tests/vectors/decide against pe_decide, pe_decide_effect and its own trace. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "decide_case.h"
#include "unit.h"

#define NAME(name, value, text) [value] = text,
static const char *const effects[] = {POLICYEVAL_EFFECTS(NAME)};
static const char *const layers[] = {POLICYEVAL_LAYERS(NAME)};
#undef NAME

static unsigned failed, ran;

static void fault(const char *file, const json_t *vector, const char *what, const char *got,
                  const char *want) {
  failed++;
  printf("%s %s: %s is %s, not %s\n", file, json_string_value(json_object_get(vector, "id")), what, got,
         want);
}

static void check_set(const char *file, const json_t *vector, const char *what, const json_t *want,
                      const char *got) {
  char text[1024] = "";
  size_t i;
  const json_t *v;
  bool same = true;
  size_t words = 0;
  for (const char *p = got; *p; p++) words += *p == ' ';
  json_array_foreach((json_t *)want, i, v) {
    char word[128];
    snprintf(word, sizeof word, "%s ", json_string_value(v));
    snprintf(text + strlen(text), sizeof text - strlen(text), "%s", word);
    same = same && strstr(got, word) != NULL;
  }
  if (!same || words != json_array_size(want)) fault(file, vector, what, got, text);
}

static void check_sets(const char *file, const json_t *vector, const pe_trace *t) {
  const json_t *expect = json_object_get(vector, "expect");
  char text[1024] = "";
  for (unsigned row = 0; row < PE_ROWS; row++) {
    if (pe_rowset_has(&t->assumptions, (pe_row)row))
      snprintf(text + strlen(text), sizeof text - strlen(text), "%s ", pe_row_get((pe_row)row)->name);
  }
  check_set(file, vector, "assumptions", json_object_get(expect, "assumptions"), text);
  text[0] = '\0';
  for (unsigned l = 1; l < POLICYEVAL_LAYER_LAST_; l++) {
    if (t->blocked_by >> l & 1) snprintf(text + strlen(text), sizeof text - strlen(text), "%s ", layers[l]);
  }
  if (json_object_get(expect, "blocked_by"))
    check_set(file, vector, "blocked_by", json_object_get(expect, "blocked_by"), text);
  text[0] = '\0';
  for (size_t i = 0; i < t->missing.len; i++)
    snprintf(text + strlen(text), sizeof text - strlen(text), "%.*s ", (int)t->missing.data[i].key.len,
             t->missing.data[i].key.ptr);
  if (json_object_get(expect, "missing_context"))
    check_set(file, vector, "missing_context", json_object_get(expect, "missing_context"), text);
}

static void check_matched(const char *file, const json_t *vector, const pe_trace *t) {
  const json_t *want = json_object_get(json_object_get(vector, "expect"), "matched");
  size_t i, n = 0;
  json_t *pair;
  if (!want) return;
  for (size_t k = 0; k < t->statements.len; k++) n += t->statements.data[k].step == PE_STEP_MATCHED;
  if (n != json_array_size(want)) fault(file, vector, "number of matches", "other", "as listed");
  json_array_foreach(want, i, pair) {
    bool found = false;
    for (size_t k = 0; k < t->statements.len; k++) {
      const pe_stmt_trace *s = &t->statements.data[k];
      found |= s->step == PE_STEP_MATCHED &&
               s->statement->index == json_integer_value(json_array_get(pair, 1)) &&
               strcmp(layers[s->layer], json_string_value(json_array_get(pair, 0))) == 0;
    }
    if (!found) fault(file, vector, "match", "missing", json_string_value(json_array_get(pair, 0)));
  }
}

static void run_vector(const char *name, const json_t *file, const json_t *vector) {
  const char *want = json_string_value(json_object_get(json_object_get(vector, "expect"), "decision"));
  json_t *object = pe_test_vector_case(file, vector);
  pe_test_case c;
  pe_trace t;
  pe_test_case_new(&c, &pe_alloc_libc, object);
  pe_trace_init(&t, &pe_alloc_libc);
  ck_assert_int_eq(pe_decide(&c.set, c.request, false, &t), 0);
  if (strcmp(effects[t.effect], want) != 0) fault(name, vector, "decision", effects[t.effect], want);
  if (pe_decide_effect(&c.set, c.request, false) != t.effect)
    fault(name, vector, "effect", "other", effects[t.effect]);
  int strict = pe_rowset_empty(&t.assumptions) ? t.effect : POLICYEVAL_UNKNOWN;
  if (pe_decide_effect(&c.set, c.request, true) != strict)
    fault(name, vector, "strict effect", "other", effects[strict]);
  check_sets(name, vector, &t);
  check_matched(name, vector, &t);
  pe_trace_done(&t);
  pe_test_case_done(&c);
  json_decref(object);
  ran++;
}

static void run_file(const char *name) {
  char path[300];
  json_error_t error;
  snprintf(path, sizeof path, "tests/vectors/decide/%s", name);
  char *text = pe_test_read(path, NULL);
  json_t *file = json_loads(text, JSON_REJECT_DUPLICATES, &error), *vector;
  size_t i;
  ck_assert_msg(file != NULL, "%s: %s", path, error.text);
  json_array_foreach(json_object_get(file, "vectors"), i, vector) run_vector(name, file, vector);
  json_decref(file);
  free(text);
}

START_TEST(vectors_decide_as_they_say)
{
  const char *top = getenv("srcdir");
  char folder[4096];
  snprintf(folder, sizeof folder, "%s/tests/vectors/decide", top ? top : ".");
  DIR *dir = opendir(folder);
  ck_assert_msg(dir != NULL, "%s", folder);
  for (struct dirent *entry; (entry = readdir(dir));) {
    size_t len = strlen(entry->d_name);
    if (len > 5 && strcmp(entry->d_name + len - 5, ".json") == 0) run_file(entry->d_name);
  }
  closedir(dir);
  ck_assert_msg(ran > 100, "only %u vectors", ran);
  ck_assert_msg(failed == 0, "%u faults in %u vectors", failed, ran);
}
END_TEST

UNIT_MAIN("decide_vectors", vectors_decide_as_they_say)
