/* SPDX-License-Identifier: MIT */
/* The context of one request: condition keys and their values. */
#ifndef PE_COND_FACTS_H
#define PE_COND_FACTS_H

#include "base/alloc.h"
#include "base/slice.h"

typedef struct pe_fact {
  pe_slice key;   /* ASCII lower case */
  pe_slice name;  /* as the caller wrote it; as AWS writes it when derived */
  uint64_t hash;  /* pe_slice_hash(key) */
  const pe_slice *values;
  uint32_t count; /* 0 only for an empty list of a multivalued key */
  uint8_t multi;  /* a list (multivalued key), also with one element */
  uint8_t unknown; /* declared unknown: count is 0 */
  uint8_t twice;   /* AMB-36: a tag key in several spellings, one value each: values are in the order given */
  uint8_t derived; /* set by the library, not by the caller */
  uint8_t implied; /* … and follows from who calls what, so that whoever reads the request knows it */
} pe_fact;

/* Sorted by (hash, key); keys that are absent are not in the list. */
typedef struct pe_facts {
  const pe_fact *items;
  uint32_t count;
} pe_facts;

void pe_facts_sort(pe_fact *items, size_t n);
/* NULL: absent. Linear for a few keys, binary search beyond. */
const pe_fact *pe_facts_find(const pe_facts *facts, uint64_t hash, pe_slice lower_key);
/* The same for a key in any letter case; hash is pe_slice_hash_nocase(key). */
const pe_fact *pe_facts_find_nocase(const pe_facts *facts, uint64_t hash, pe_slice key);

#endif
