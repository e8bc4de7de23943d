/* SPDX-License-Identifier: MIT */
#include "json/duplicate.h"

enum { FEW = 16 }; /* up to here every pair is compared */

typedef struct entry {
  uint64_t hash;
  pe_slice key;
  uint32_t node;
} entry;

static void mark_few(pe_json_node *nodes, uint32_t object) {
  uint32_t n = nodes[object].children, at[FEW];
  for (uint32_t i = 0, child = object + 1; i < n; child = nodes[child].next, i++) {
    at[i] = child;
    for (uint32_t k = 0; k < i; k++) {
      if (!pe_slice_eq(nodes[child].key, nodes[at[k]].key)) continue;
      nodes[child].duplicate = 1;
      break;
    }
  }
}

/* By hash, then name, then place. Names of different length are never compared byte by byte, so
 * that names which collide on purpose cost their own length and no more. */
static int compare(const entry *a, const entry *b) {
  if (a->hash != b->hash) return a->hash < b->hash ? -1 : 1;
  if (a->key.len != b->key.len) return a->key.len < b->key.len ? -1 : 1;
  int c = a->key.len ? memcmp(a->key.ptr, b->key.ptr, a->key.len) : 0;
  if (c) return c;
  return a->node < b->node ? -1 : a->node > b->node;
}

static void sift(entry *e, size_t root, size_t n) {
  for (;;) {
    size_t child = 2 * root + 1;
    if (child >= n) return;
    if (child + 1 < n && compare(&e[child], &e[child + 1]) < 0) child++;
    if (compare(&e[root], &e[child]) >= 0) return;
    entry t = e[root];
    e[root] = e[child];
    e[child] = t;
    root = child;
  }
}

/* A heap sort: qsort may allocate behind our back, and may be quadratic. */
static void sort(entry *e, size_t n) {
  for (size_t i = n / 2; i > 0; i--) sift(e, i - 1, n);
  for (size_t i = n; i > 1; i--) {
    entry t = e[0];
    e[0] = e[i - 1];
    e[i - 1] = t;
    sift(e, 0, i - 1);
  }
}

int pe_json_duplicate_mark(const pe_alloc *a, pe_json_node *nodes, uint32_t object) {
  uint32_t n = nodes[object].children;
  if (n <= FEW) {
    mark_few(nodes, object);
    return 0;
  }
  entry *e = pe_alloc_array(a, n, sizeof *e);
  if (!e) return POLICYEVAL_ENOMEM;
  for (uint32_t i = 0, child = object + 1; i < n; child = nodes[child].next, i++) {
    e[i] = (entry){pe_slice_hash(nodes[child].key), nodes[child].key, child};
  }
  sort(e, n);
  for (uint32_t i = 1; i < n; i++) {
    if (e[i].hash == e[i - 1].hash && pe_slice_eq(e[i].key, e[i - 1].key)) nodes[e[i].node].duplicate = 1;
  }
  pe_alloc_free(a, e);
  return 0;
}
