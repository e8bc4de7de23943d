/* SPDX-License-Identifier: MIT */
#include "base/vec.h"

#include <string.h>

bool pe_vec_room(void **data, size_t len, size_t *cap, size_t more, size_t elem, const pe_alloc *a) {
  if (more <= *cap - len) return true;
  char *base;
  memcpy(&base, (const void *)data, sizeof base);
  if (more > SIZE_MAX / 2 - len) return false;
  size_t want = len + more > 2 * *cap ? len + more : 2 * *cap;
  base = pe_alloc_grow(a, base, want, elem);
  if (!base) return false;
  memcpy((void *)data, &base, sizeof base);
  *cap = want;
  return true;
}

void *pe_vec_grow(void **data, size_t *len, size_t *cap, size_t elem, const pe_alloc *a) {
  /* The array pointer is a T *, not a void *: it is read and written as bytes. */
  char *base;
  memcpy(&base, (const void *)data, sizeof base);
  if (*len == *cap) {
    if (*cap > SIZE_MAX / 2) return NULL;
    size_t more = *cap ? *cap * 2 : 8;
    base = pe_alloc_grow(a, base, more, elem);
    if (!base) return NULL;
    memcpy((void *)data, &base, sizeof base);
    *cap = more;
  }
  char *item = base + *len * elem;
  memset(item, 0, elem);
  *len += 1;
  return item;
}
