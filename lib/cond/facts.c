/* SPDX-License-Identifier: MIT */
#include "cond/facts.h"

#include <stdlib.h>

enum { NEAR = 16 };

static int compare(const void *a, const void *b) {
  const pe_fact *x = a, *y = b;
  return x->hash < y->hash ? -1 : x->hash > y->hash ? 1 : pe_slice_cmp(x->key, y->key);
}

void pe_facts_sort(pe_fact *items, size_t n) {
  if (n > 64) {
    qsort(items, n, sizeof *items, compare);
    return;
  }
  for (size_t i = 1; i < n; i++) {
    pe_fact x = items[i];
    size_t j = i;
    for (; j && compare(&items[j - 1], &x) > 0; j--) items[j] = items[j - 1];
    items[j] = x;
  }
}

static uint32_t binary_search(const pe_facts *facts, uint64_t hash) {
  uint32_t low = 0, high = facts->count;
  while (low < high) {
    uint32_t mid = low + (high - low) / 2;
    if (facts->items[mid].hash < hash) {
      low = mid + 1;
    } else {
      high = mid;
    }
  }
  return low;
}

/* The first item that has this hash or a greater one. Hashes are spread evenly, so it is near the place
 * that the hash itself tells; if it is not, somebody chose the keys so. */
static uint32_t lower_bound(const pe_facts *facts, uint64_t hash) {
  const pe_fact *items = facts->items;
  uint32_t count = facts->count, at = (uint32_t)((hash >> 32) * count >> 32), steps = 0;
  while (at > 0 && items[at - 1].hash >= hash && steps++ < NEAR) at--;
  while (at < count && items[at].hash < hash && steps++ < NEAR) at++;
  return steps < NEAR ? at : binary_search(facts, hash);
}

const pe_fact *pe_facts_find(const pe_facts *facts, uint64_t hash, pe_slice lower_key) {
  for (uint32_t i = lower_bound(facts, hash); i < facts->count && facts->items[i].hash == hash; i++) {
    if (pe_slice_eq(facts->items[i].key, lower_key)) return &facts->items[i];
  }
  return NULL;
}

const pe_fact *pe_facts_find_nocase(const pe_facts *facts, uint64_t hash, pe_slice key) {
  for (uint32_t i = lower_bound(facts, hash); i < facts->count && facts->items[i].hash == hash; i++) {
    if (pe_slice_eq_ascii_nocase(facts->items[i].key, key)) return &facts->items[i];
  }
  return NULL;
}
