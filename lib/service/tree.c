/* SPDX-License-Identifier: MIT */
#include "service/tree.h"

static const pe_json_limits limits = {.bytes = UINT32_MAX - 1, .depth = 64, .nodes = UINT32_MAX - 1};

static json_t *number(pe_slice text) {
  const bool minus = text.len && text.ptr[0] == '-';
  json_int_t n = 0;
  if (text.len > 18) return json_null();
  for (size_t i = minus; i < text.len; i++) {
    if (text.ptr[i] < '0' || text.ptr[i] > '9') return json_null();
    n = n * 10 + (text.ptr[i] - '0');
  }
  return json_integer(minus ? -n : n);
}

static json_t *value_of(pe_arena *arena, const pe_json *j, uint32_t i);

/* All children of node i into the container; false: no memory. */
static bool fill(pe_arena *arena, const pe_json *j, uint32_t i, json_t *container) {
  const bool object = pe_json_is(j, i, PE_JSON_OBJECT);
  uint32_t child = pe_json_first(i);
  for (uint32_t n = j->nodes[i].children; n > 0; n--, child = j->nodes[child].next) {
    const pe_slice key = j->nodes[child].key;
    const char *name = object ? pe_arena_copy(arena, key.ptr, key.len) : "";
    json_t *value = name ? value_of(arena, j, child) : NULL; /* handed over, also on failure; NULL is a failure */
    if (object ? json_object_set_new(container, name, value) : json_array_append_new(container, value)) return false;
  }
  return true;
}

/* The depth is that of the reader's limit. */
static json_t *value_of(pe_arena *arena, const pe_json *j, uint32_t i) {
  const pe_json_node *n = &j->nodes[i];
  switch ((pe_json_type)n->type) {
    case PE_JSON_STRING: return json_stringn(n->text.ptr ? n->text.ptr : "", n->text.len);
    case PE_JSON_NUMBER: return number(n->text);
    case PE_JSON_TRUE: return json_true();
    case PE_JSON_FALSE: return json_false();
    case PE_JSON_NULL: return json_null();
    default: break;
  }
  json_t *container = pe_json_is(j, i, PE_JSON_OBJECT) ? json_object() : json_array();
  if (container && !fill(arena, j, i, container)) {
    json_decref(container);
    return NULL;
  }
  return container;
}

int pe_tree_read(const pe_alloc *alloc, pe_slice text, json_t **out, pe_json_error *error) {
  pe_arena *arena = pe_arena_new(alloc, 0);
  if (!arena) return POLICYEVAL_ENOMEM;
  const pe_source source = {.text = text, .layer = PE_SOURCE_FILE};
  pe_json json;
  int rc = pe_json_read(arena, &source, &limits, &json, error);
  for (uint32_t i = 0; !rc && i < json.count; i++) {
    if (!json.nodes[i].duplicate) continue;
    *error = (pe_json_error){PE_JSON_FAULT_NONE, json.nodes[i].key_span.start, json.nodes[i].key_span.end};
    rc = POLICYEVAL_EJSON;
  }
  json_t *root = rc ? NULL : value_of(arena, &json, 0);
  pe_arena_free(arena);
  if (!rc && !root) rc = POLICYEVAL_ENOMEM;
  if (!rc) *out = root;
  return rc;
}
