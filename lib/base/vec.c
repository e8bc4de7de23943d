/* SPDX-License-Identifier: MIT */
#include "base/vec.h"

#include <string.h>

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
