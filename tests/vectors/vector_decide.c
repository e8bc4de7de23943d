/* SPDX-License-Identifier: MIT */
/* decide: a case of `simulate --cases`, answered by the simulator. */
#include <stdlib.h>
#include <string.h>

#include "vectors.h"

/* [[layer, statement], …] of all statements that matched. */
static json_t *matched_of(const json_t *result) {
  json_t *all = json_array(), *layer, *statement;
  size_t i, k;
  json_array_foreach(json_object_get(result, "layers"), i, layer) {
    json_array_foreach(json_object_get(layer, "matched"), k, statement) {
      json_t *pair = json_array();
      json_array_append(pair, json_object_get(layer, "type"));
      json_array_append(pair, json_object_get(statement, "statement"));
      json_array_append_new(all, pair);
    }
  }
  return all;
}

static void compare(vector *v, const json_t *result, int effect) {
  const json_t *decision = json_object_get(v->expect, "decision"), *got = json_object_get(result, "decision");
  if (!got || !json_equal(decision, got)) vector_fault(v, "decision", decision, got ? got : result);
  const char *name = policyeval_effect_name(effect);
  if (got && (!name || strcmp(name, json_string_value(got)) != 0))
    vector_fault_text(v, "effect", "that of the text", name);
  vector_compare_set(v, "assumptions", json_object_get(v->expect, "assumptions"),
                     json_object_get(result, "assumptions"), true);
  vector_compare_set(v, "blocked_by", json_object_get(v->expect, "blocked_by"),
                     json_object_get(result, "blocked_by"), false);
  vector_compare_set(v, "missing_context", json_object_get(v->expect, "missing_context"),
                     json_object_get(result, "missing_context"), false);
  json_t *matched = matched_of(result);
  vector_compare_set(v, "matched", json_object_get(v->expect, "matched"), matched, false);
  json_decref(matched);
}

void vector_decide(vector *v) {
  policyeval_simulator *simulator = NULL;
  char *line = json_dumps(v->input, JSON_COMPACT), *text = NULL;
  int effect = -1, rc = policyeval_simulator_new(v->context, &simulator);
  if (rc == POLICYEVAL_OK)
    rc = policyeval_simulator_run(simulator, line, POLICYEVAL_NTS, 1, &effect, &text, NULL);
  json_error_t error;
  json_t *result = text ? json_loads(text, JSON_REJECT_DUPLICATES, &error) : NULL;
  if (result)
    compare(v, result, effect);
  else
    vector_fault_text(v, "result", "JSON", text ? error.text : policyeval_error_name(rc));
  json_decref(result);
  policyeval_free(v->context, text);
  policyeval_simulator_free(simulator);
  free(line);
}
