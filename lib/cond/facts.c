/* SPDX-License-Identifier: MIT */
#include "cond/facts.h"

enum { LINEAR = 8 };

/* The first item that may have this hash. */
static uint32_t lower_bound(const pe_facts *facts, uint64_t hash) {
  uint32_t low = 0, high = facts->count;
  while (high - low > LINEAR) {
    uint32_t mid = low + (high - low) / 2;
    if (facts->items[mid].hash < hash) {
      low = mid + 1;
    } else {
      high = mid;
    }
  }
  while (low < facts->count && facts->items[low].hash < hash) low++;
  return low;
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
