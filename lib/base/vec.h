/* SPDX-License-Identifier: MIT */
/* A growing array of one element type.
 *   PE_VEC(struct item) items = {0};
 *   struct item *it = pe_vec_push(&items, alloc);   (zeroed, NULL: no memory)
 *   items.data[i], items.len;   pe_vec_done(&items, alloc); */
#ifndef PE_BASE_VEC_H
#define PE_BASE_VEC_H

#include "base/alloc.h"

#define PE_VEC(type)                                                                                         \
  struct {                                                                                                   \
    type *data;                                                                                              \
    size_t len, cap;                                                                                         \
  }

/* Room for `more` elements beyond the present ones. False: no memory. */
bool pe_vec_room(void **data, size_t len, size_t *cap, size_t more, size_t elem, const pe_alloc *a);
void *pe_vec_grow(void **data, size_t *len, size_t *cap, size_t elem, const pe_alloc *a);

#define pe_vec_reserve(v, more, a)                                                                           \
  pe_vec_room((void **)&(v)->data, (v)->len, &(v)->cap, (more), sizeof *(v)->data, (a))
#define pe_vec_push(v, a)                                                                                    \
  ((__typeof__((v)->data))pe_vec_grow((void **)&(v)->data, &(v)->len, &(v)->cap, sizeof *(v)->data, (a)))
#define pe_vec_done(v, a) (pe_alloc_free((a), (v)->data), (v)->data = NULL, (v)->len = (v)->cap = 0)

#endif
