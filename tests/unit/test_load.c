/* SPDX-License-Identifier: MIT */
/* Loading: the vectors of tests/vectors/load, and what they cannot say. */
#include "unit.h"

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/load.h"

static int kind_of(const char *name) {
#define KIND(id, value, text)                                                                                \
  if (strcmp(name, text) == 0) return value;
  POLICYEVAL_KINDS(KIND)
#undef KIND
  ck_abort_msg("kind %s", name);
  return 0;
}

static int error_of(const char *name) {
#define ERROR(id, value, text)                                                                               \
  if (strcmp(name, #id) == 0) return value;
  POLICYEVAL_ERRORS(ERROR)
#undef ERROR
  ck_abort_msg("error %s", name);
  return 0;
}

typedef struct loaded {
  pe_policy *policy;
  pe_findings findings;
  int rc;
} loaded;

static loaded load_with(const pe_alloc *alloc, int kind, pe_slice text, const pe_json_setting *settings,
                        size_t nsettings, bool lenient) {
  loaded l = {NULL, {0}, 0};
  ck_assert_int_eq(pe_findings_init(&l.findings, alloc), 0);
  pe_load_options options = {.kind = kind,
                             .name = PE_SLICE("test.json"),
                             .settings = settings,
                             .nsettings = nsettings,
                             .limits = pe_load_limits_default,
                             .lenient = lenient};
  l.rc = pe_policy_load(alloc, text, &options, &l.policy, &l.findings);
  return l;
}

static loaded load(int kind, const char *text) {
  return load_with(&pe_alloc_libc, kind, pe_slice_str(text), NULL, 0, false);
}

static void unload(loaded *l) {
  pe_policy_unref(l->policy);
  pe_findings_done(&l->findings);
}

static const char *first_code(const loaded *l) {
  return l->findings.list.len ? pe_rule_get(l->findings.list.data[0].rule)->id : "(none)";
}

static policyeval_position place(const pe_finding *f) { return pe_source_position(f->source, f->span.start); }

/* What a vector expects of its first findings, in order. */
static void check_findings(const char *id, const loaded *l, const json_t *expected) {
  size_t i;
  const json_t *want;
  json_array_foreach((json_t *)(uintptr_t)expected, i, want) {
    ck_assert_msg(i < l->findings.list.len, "%s: only %zu findings", id, l->findings.list.len);
    const pe_finding *f = &l->findings.list.data[i];
    const char *code = json_string_value(json_object_get(want, "code"));
    ck_assert_msg(strcmp(pe_rule_get(f->rule)->id, code) == 0, "%s: finding %zu is %s (%s), not %s", id, i,
                  pe_rule_get(f->rule)->id, f->message.ptr, code);
    policyeval_position at = place(f);
    const json_t *line = json_object_get(want, "line"), *column = json_object_get(want, "column");
    if (line) {
      ck_assert_msg(at.line == (uint32_t)json_integer_value(line), "%s: %s in line %u", id, code, at.line);
    }
    if (column) {
      ck_assert_msg(at.column == (uint32_t)json_integer_value(column), "%s: %s in column %u", id, code,
                    at.column);
    }
  }
}

static void check_vector(const json_t *vector) {
  const char *id = json_string_value(json_object_get(vector, "id"));
  const json_t *document = json_object_get(vector, "document"), *expect = json_object_get(vector, "expect");
  const char *text = json_string_value(json_object_get(vector, "text"));
  char *dumped = document ? json_dumps(document, JSON_ENCODE_ANY) : NULL;
  loaded l = load(kind_of(json_string_value(json_object_get(vector, "kind"))), document ? dumped : text);
  const json_t *error = json_object_get(expect, "error");
  int want = error ? error_of(json_string_value(error)) : 0;
  ck_assert_msg(l.rc == want, "%s: returned %d, not %d; first finding %s", id, l.rc, want, first_code(&l));
  const json_t *statements = json_object_get(expect, "statements");
  if (statements) ck_assert_uint_eq(l.policy->nstatements, (uint32_t)json_integer_value(statements));
  if (want) ck_assert_msg(l.findings.list.len > 0, "%s: refused without a finding", id);
  check_findings(id, &l, json_object_get(expect, "findings"));
  unload(&l);
  free(dumped);
}

START_TEST(vectors)
{
  const char *top = getenv("srcdir");
  char folder[4096], path[8192];
  snprintf(folder, sizeof folder, "%s/tests/vectors/load", top ? top : ".");
  DIR *dir = opendir(folder);
  ck_assert_msg(dir != NULL, "%s cannot be read", folder);
  size_t count = 0;
  for (struct dirent *entry; (entry = readdir(dir));) {
    if (!strstr(entry->d_name, ".json")) continue;
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    json_error_t error;
    json_t *file = json_load_file(path, 0, &error);
    ck_assert_msg(file != NULL, "%s: %s", path, error.text);
    size_t i;
    json_t *vector;
    json_array_foreach(json_object_get(file, "vectors"), i, vector) {
      check_vector(vector);
      count++;
    }
    json_decref(file);
  }
  closedir(dir);
  ck_assert_uint_gt(count, 60);
}
END_TEST

UNIT_MAIN("load", vectors)
