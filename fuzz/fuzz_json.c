/* SPDX-License-Identifier: MIT */
/* The reader accepts what jansson accepts, and finds as many values in it. Differences that are meant: raw NULs, numbers
 * that jansson cannot hold, and \u0000, which jansson takes only when told to. */
#include <jansson.h>

#include "fuzz.h"
#include "json/reader.h"

static size_t count_values(const json_t *v) {
  size_t n = 1, i;
  const char *key;
  json_t *child;
  if (json_is_array(v)) {
    json_array_foreach(v, i, child) n += count_values(child);
  } else if (json_is_object(v)) {
    json_object_foreach((json_t *)v, key, child) n += count_values(child);
  }
  return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *copy = malloc(size + 1); /* a source ends in NUL */
  MUST(copy);
  if (size) memcpy(copy, data, size);
  copy[size] = '\0';
  pe_source source = {.text = pe_slice_of(copy, size)};
  pe_json_limits limits = {.bytes = 1u << 20, .depth = 500, .nodes = 1u << 20};
  pe_arena *arena = pe_arena_new(&pe_alloc_libc, 0);
  pe_json json = {0};
  pe_json_error fault = {PE_JSON_FAULT_NONE, 0, 0};
  MUST(arena);
  int rc = pe_json_read(arena, &source, &limits, &json, &fault);
  MUST(rc == 0 || rc == POLICYEVAL_EJSON || rc == POLICYEVAL_ELIMIT);
  json_error_t error;
  json_t *want = json_loadb((const char *)data, size, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
  if (rc == 0) {
    bool duplicates = false;
    for (uint32_t i = 0; i < json.count; i++) {
      duplicates |= json.nodes[i].duplicate;
      MUST(json.nodes[i].span.end <= size && json.nodes[i].next > i && json.nodes[i].next <= json.count);
    }
    MUST(want || json_error_code(&error) == json_error_numeric_overflow);
    if (want && !duplicates) MUST(count_values(want) == json.count);
  } else {
    MUST(fault.offset <= fault.end && fault.end <= size && fault.fault != PE_JSON_FAULT_NONE);
    bool meant = fault.fault == PE_JSON_FAULT_NUL || (size && memchr(data, '\0', size)) || rc == POLICYEVAL_ELIMIT;
    MUST(!want || meant);
  }
  json_decref(want);
  pe_arena_free(arena);
  free(copy);
  return 0;
}
