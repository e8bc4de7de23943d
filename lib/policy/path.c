/* SPDX-License-Identifier: MIT */
#include "policy/path.h"

/* Place of each node among the children of its parent. */
static uint32_t *make_places(const pe_alloc *a, const pe_json *json) {
  uint32_t *place = pe_alloc_array(a, json->count, sizeof *place);
  for (uint32_t i = 0; place && i < json->count; i++) {
    uint32_t k = 0;
    if (json->nodes[i].type != PE_JSON_ARRAY) continue;
    for (uint32_t child = i + 1; child < json->nodes[i].next; child = json->nodes[child].next) place[child] = k++;
  }
  return place;
}

static bool copy_name(pe_findings *f, pe_slice name, pe_path_step *step) {
  char *copy = pe_arena_copy(f->arena, name.ptr, name.len);
  step->name = pe_slice_of(copy, name.len);
  return copy != NULL;
}

static bool locate(pe_findings *f, pe_finding *finding, const pe_json *json, const uint32_t *place) {
  uint32_t depth = 0;
  for (uint32_t i = finding->node; i != 0; i = json->nodes[i].parent) depth++;
  if (depth == 0) return true;
  pe_path_step *path = pe_arena_zero(f->arena, depth, sizeof *path);
  if (!path) return false;
  for (uint32_t i = finding->node, at = depth; i != 0; i = json->nodes[i].parent) {
    bool element = json->nodes[json->nodes[i].parent].type == PE_JSON_ARRAY;
    path[--at].index = element ? place[i] : 0;
    if (!element && !copy_name(f, json->nodes[i].key, &path[at])) return false;
  }
  finding->path = path;
  finding->npath = depth;
  return true;
}

int pe_findings_locate(pe_findings *f, size_t first, const pe_json *json) {
  if (first >= f->list.len) return 0;
  uint32_t *place = make_places(f->alloc, json);
  bool fine = place != NULL;
  for (size_t i = first; i < f->list.len && fine; i++) {
    pe_finding *finding = &f->list.data[i];
    if (finding->document == f->documents && !finding->path && finding->node < json->count)
      fine = locate(f, finding, json, place);
  }
  pe_alloc_free(f->alloc, place);
  if (!fine) f->failed = true;
  return fine ? 0 : POLICYEVAL_ENOMEM;
}
