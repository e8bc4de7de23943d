/* SPDX-License-Identifier: MIT */
/* load: a document of a kind is loaded, or refused with findings. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vectors.h"

static void check_refused(vector *v, int rc, const policyeval_report *report) {
  char name[64] = "";
  const char *expected = json_string_value(json_object_get(v->expect, "error"));
  if (expected) snprintf(name, sizeof name, "POLICYEVAL_%s", expected);
  if (strcmp(name, policyeval_error_name(rc)) != 0)
    vector_fault_text(v, "error", name, policyeval_error_name(rc));
  const json_t *first = json_array_get(json_object_get(v->expect, "findings"), 0), *line, *column;
  if (!first) return;
  const policyeval_slice code = policyeval_report_code(report, 0);
  const char *wanted = json_string_value(json_object_get(first, "code"));
  if (!wanted || !code.ptr || strcmp(wanted, code.ptr) != 0)
    vector_fault_text(v, "first finding", wanted, code.ptr);
  policyeval_span span = {{0, 0, 0}, {0, 0, 0}};
  if (!report || policyeval_report_span(report, 0, &span) != POLICYEVAL_OK) return;
  line = json_object_get(first, "line");
  column = json_object_get(first, "column");
  char place[64], want[64];
  snprintf(place, sizeof place, "%u:%u", span.start.line, span.start.column);
  snprintf(want, sizeof want, "%lld:%lld",
           line ? (long long)json_integer_value(line) : (long long)span.start.line,
           column ? (long long)json_integer_value(column) : (long long)span.start.column);
  if (strcmp(place, want) != 0) vector_fault_text(v, "place of the first finding", want, place);
}

void vector_load(vector *v) {
  json_t *text = json_object_get(v->whole, "text"), *document = json_object_get(v->whole, "document");
  const char *kind = json_string_value(json_object_get(v->whole, "kind"));
  char *made = document ? json_dumps(document, JSON_ENCODE_ANY) : NULL;
  policyeval_policy *policy = NULL;
  policyeval_report *report = NULL;
  const int rc =
      policyeval_policy_load(v->context, policyeval_kind_find(kind), made ? made : json_string_value(text),
                             made ? POLICYEVAL_NTS : json_string_length(text), "vector", &policy, &report);
  if (!json_is_true(json_object_get(v->expect, "ok"))) {
    if (rc == POLICYEVAL_OK)
      vector_fault_text(v, "load", "a refusal", "a policy");
    else
      check_refused(v, rc, report);
  } else if (rc != POLICYEVAL_OK) {
    vector_fault_text(v, "load", "a policy",
                      policyeval_report_count(report) ? policyeval_report_text(report, NULL)
                                                      : policyeval_error_name(rc));
  } else {
    const json_t *statements = json_object_get(v->expect, "statements");
    json_t *got = json_integer((json_int_t)policyeval_policy_statements(policy));
    if (statements && !json_equal(statements, got)) vector_fault(v, "statements", statements, got);
    json_decref(got);
  }
  policyeval_report_free(report);
  policyeval_policy_unref(policy);
  free(made);
}
