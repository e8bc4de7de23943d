/* SPDX-License-Identifier: MIT */
/* Usage: run_vectors [FOLDER]: every *.json of FOLDER/decide, FOLDER/access, FOLDER/load and FOLDER/analysis. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vectors.h"

typedef struct area {
  const char *name;
  void (*run)(vector *v);
  bool cases;
} area;

static const area areas[] = {
    {"decide", vector_decide, true}, {"access", vector_access, true}, {"load", vector_load, false},
    {"analysis", vector_analysis, true}};

static unsigned passed, failed;

static void run_one(policyeval_context *context, const area *a, const char *name, json_t *file, json_t *one) {
  vector v = {.context = context,
              .file = name,
              .id = json_string_value(json_object_get(one, "id")),
              .rule = json_string_value(json_object_get(one, "rule")),
              .whole = one,
              .expect = json_object_get(one, "expect")};
  json_t *template = json_object_get(file, "template");
  if (a->cases)
    v.input = template ? vector_expand(template, json_object_get(one, "with"))
                       : json_incref(json_object_get(one, "case"));
  if (!v.id || !v.expect || (a->cases && !v.input))
    vector_fault_text(&v, "the vector", "id, case and expect", "less");
  else
    a->run(&v);
  json_decref(v.input);
  if (v.faults)
    failed++;
  else
    passed++;
}

static bool run_file(policyeval_context *context, const area *a, const char *folder, const char *name) {
  char path[4096];
  json_error_t error;
  const int n = snprintf(path, sizeof path, "%s/%s/%s", folder, a->name, name);
  if (n < 0 || (size_t)n >= sizeof path) return false;
  json_t *file = json_load_file(path, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error), *one;
  if (!file) {
    printf("%s: %s\n", path, error.text);
    return false;
  }
  size_t i;
  json_array_foreach(json_object_get(file, "vectors"), i, one) run_one(context, a, name, file, one);
  json_decref(file);
  return true;
}

static int is_vector_file(const struct dirent *entry) {
  const size_t len = strlen(entry->d_name);
  return len > 5 && strcmp(entry->d_name + len - 5, ".json") == 0;
}

static bool run_area(policyeval_context *context, const area *a, const char *folder) {
  char path[4096];
  struct dirent **names = NULL;
  int n = snprintf(path, sizeof path, "%s/%s", folder, a->name);
  if (n < 0 || (size_t)n >= sizeof path) return false;
  n = scandir(path, &names, is_vector_file, alphasort);
  bool good = n > 0;
  if (!good) printf("%s: no vectors\n", path);
  for (int i = 0; i < n; i++) {
    good &= run_file(context, a, folder, names[i]->d_name);
    free(names[i]);
  }
  free(names);
  return good;
}

int main(int argc, char **argv) {
  char folder[3000];
  const char *top = getenv("srcdir");
  policyeval_context *context = NULL;
  bool good = true;
  const int n = snprintf(folder, sizeof folder, "%s%s",
                         argc > 1 ? argv[1]
                         : top    ? top
                                  : ".",
                         argc > 1 ? "" : "/tests/vectors");
  if (n < 0 || (size_t)n >= sizeof folder) return 1;
  if (policyeval_context_new(NULL, &context) != POLICYEVAL_OK) return 1;
  for (size_t i = 0; i < sizeof areas / sizeof areas[0]; i++) {
    const unsigned before = passed, bad = failed;
    good &= run_area(context, &areas[i], folder);
    printf("%s: %u passed, %u failed\n", areas[i].name, passed - before, failed - bad);
  }
  policyeval_context_unref(context);
  printf("%u passed, %u failed\n", passed, failed);
  return good && !failed ? 0 : 1;
}
