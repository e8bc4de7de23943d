/* SPDX-License-Identifier: MIT */
/* A growing byte buffer with a sticky error: write freely, check once. */
#ifndef PE_BASE_BUF_H
#define PE_BASE_BUF_H

#include "base/alloc.h"
#include "base/slice.h"

typedef struct pe_buf {
  const pe_alloc *alloc;
  char *ptr; /* NUL-terminated once something was written */
  size_t len, cap;
  bool failed; /* no memory: later writes do nothing */
} pe_buf;

void pe_buf_init(pe_buf *b, const pe_alloc *a);
void pe_buf_done(pe_buf *b);
void pe_buf_clear(pe_buf *b); /* keeps the memory and clears the failure */
void pe_buf_add(pe_buf *b, const char *ptr, size_t len);
void pe_buf_slice(pe_buf *b, pe_slice s);
void pe_buf_str(pe_buf *b, const char *s);
/* Room for n bytes and a NUL at the end of what was written, or NULL (sticky). Whoever fills it says so by
 * pe_buf_wrote. */
char *pe_buf_grow(pe_buf *b, size_t n);
static inline char *pe_buf_room(pe_buf *b, size_t n) {
  return !b->failed && b->cap - b->len > n ? b->ptr + b->len : pe_buf_grow(b, n);
}
static inline void pe_buf_wrote(pe_buf *b, size_t n) {
  b->len += n;
  b->ptr[b->len] = '\0';
}
static inline void pe_buf_char(pe_buf *b, char c) {
  char *p = pe_buf_room(b, 1);
  if (!p) return;
  *p = c;
  pe_buf_wrote(b, 1);
}
void pe_buf_uint(pe_buf *b, uint64_t n);
void pe_buf_int(pe_buf *b, int64_t n);
/* printf-like, for short texts: %s %d %u %zu %.*s and the like. */
void pe_buf_fmt(pe_buf *b, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;
/* Hands over the bytes (release with the same allocator), or NULL after a failure. */
char *pe_buf_take(pe_buf *b, size_t *len);

#endif
