/* SPDX-License-Identifier: MIT */
/* Immutable counted objects by the text they were made from: what repeats is made once. For any number of
 * threads. What was not asked for in a while is forgotten when there is too much of it. */
#ifndef PE_BASE_CACHE_H
#define PE_BASE_CACHE_H

#include "base/alloc.h"
#include "base/slice.h"

typedef struct pe_cache_key {
  uint32_t kind;
  pe_slice name, text;
} pe_cache_key;

typedef struct pe_cache_type {
  void (*ref)(void *object);
  void (*unref)(void *object);
} pe_cache_type;

typedef struct pe_cache pe_cache;

/* `most`: bytes to keep, as told by pe_cache_add; SIZE_MAX: forget nothing. NULL: no memory. */
pe_cache *pe_cache_new(const pe_alloc *a, const pe_cache_type *type, size_t most);
void pe_cache_free(pe_cache *c); /* takes NULL */
/* The object, with a reference for the caller; NULL: not there. */
void *pe_cache_find(pe_cache *c, const pe_cache_key *key);
/* Keeps the object (a reference of its own) and a copy of the key, unless another thread was first. `bytes` is what
 * the object takes. 0 or ENOMEM (then it is not kept). */
int pe_cache_add(pe_cache *c, const pe_cache_key *key, void *object, size_t bytes);

#endif
