/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vectors.h"

void vector_fault_text(vector *v, const char *what, const char *expected, const char *got) {
  v->faults++;
  printf("%s %s (%s): %s: expected %s, got %s\n", v->file, v->id ? v->id : "?", v->rule ? v->rule : "?", what,
         expected ? expected : "nothing", got ? got : "nothing");
}

void vector_fault(vector *v, const char *what, const json_t *expected, const json_t *got) {
  char *want = expected ? json_dumps(expected, JSON_ENCODE_ANY) : NULL;
  char *have = got ? json_dumps(got, JSON_ENCODE_ANY) : NULL;
  vector_fault_text(v, what, want, have);
  free(want);
  free(have);
}

static bool holds(const json_t *list, json_t *item) {
  size_t i;
  json_t *one;
  json_array_foreach((json_t *)(uintptr_t)list, i, one) if (json_equal(one, item)) return true;
  return false;
}

void vector_compare_set(vector *v, const char *what, const json_t *expected, const json_t *got, bool always) {
  size_t i;
  json_t *one;
  if (!expected && !always) return;
  bool same = json_is_array(got) && json_array_size(expected) == json_array_size(got);
  json_array_foreach((json_t *)(uintptr_t)expected, i, one) same = same && holds(got, one);
  if (!same) vector_fault(v, what, expected, got);
}

json_t *vector_expand(json_t *node, json_t *with) {
  const char *key;
  json_t *child, *one;
  size_t i;
  if (json_is_string(node) && json_string_value(node)[0] == '$') {
    one = json_object_get(with, json_string_value(node) + 1);
    return one ? json_incref(one) : NULL;
  }
  if (json_is_array(node)) {
    json_t *out = json_array();
    json_array_foreach(node, i, child) if ((one = vector_expand(child, with)))
        json_array_append_new(out, one);
    return out;
  }
  if (!json_is_object(node)) return json_incref(node);
  json_t *out = json_object();
  json_object_foreach(node, key, child) if ((one = vector_expand(child, with)))
      json_object_set_new(out, key, one);
  return out;
}
