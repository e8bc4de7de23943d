/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>

void pe_buf_init(pe_buf *b, const pe_alloc *a) { *b = (pe_buf){.alloc = a}; }

void pe_buf_done(pe_buf *b) {
  pe_alloc_free(b->alloc, b->ptr);
  pe_buf_init(b, b->alloc);
}

void pe_buf_clear(pe_buf *b) {
  b->len = 0;
  b->failed = false;
  if (b->ptr) b->ptr[0] = '\0';
}

/* Room for `more` bytes and the NUL after them. */
static bool reserve(pe_buf *b, size_t more) {
  if (b->failed) return false;
  if (b->cap > b->len && b->cap - b->len > more) return true;
  if (more > SIZE_MAX / 2 || b->len > SIZE_MAX / 4) {
    b->failed = true;
    return false;
  }
  size_t need = b->len + more + 1;
  size_t cap = b->cap ? b->cap * 2 : 64;
  if (cap < need) cap = need;
  char *p = pe_alloc_grow(b->alloc, b->ptr, cap, 1);
  if (!p) {
    b->failed = true;
    return false;
  }
  b->ptr = p;
  b->cap = cap;
  return true;
}

char *pe_buf_grow(pe_buf *b, size_t n) { return reserve(b, n) ? b->ptr + b->len : NULL; }

void pe_buf_add(pe_buf *b, const char *ptr, size_t len) {
  char *p = pe_buf_room(b, len);
  if (!p) return;
  if (len) memcpy(p, ptr, len);
  pe_buf_wrote(b, len);
}

void pe_buf_slice(pe_buf *b, pe_slice s) { pe_buf_add(b, s.ptr, s.len); }
void pe_buf_str(pe_buf *b, const char *s) { pe_buf_add(b, s, strlen(s)); }

void pe_buf_uint(pe_buf *b, uint64_t n) {
  char digits[20];
  size_t i = sizeof digits;
  do {
    digits[--i] = (char)('0' + (int)(n % 10));
    n /= 10;
  } while (n);
  pe_buf_add(b, digits + i, sizeof digits - i);
}

void pe_buf_int(pe_buf *b, int64_t n) {
  if (n < 0) pe_buf_char(b, '-');
  pe_buf_uint(b, n < 0 ? ~(uint64_t)n + 1 : (uint64_t)n);
}

void pe_buf_fmt(pe_buf *b, const char *format, ...) {
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  char small[128];
  int n = vsnprintf(small, sizeof small, format, args);
  if (n < 0) {
    b->failed = true;
  } else if ((size_t)n < sizeof small) {
    pe_buf_add(b, small, (size_t)n);
  } else if (reserve(b, (size_t)n)) {
    vsnprintf(b->ptr + b->len, (size_t)n + 1, format, again);
    b->len += (size_t)n;
  }
  va_end(again);
  va_end(args);
}

char *pe_buf_take(pe_buf *b, size_t *len) {
  pe_buf_add(b, "", 0); /* an empty result is a text, too */
  if (b->failed) return NULL;
  char *p = b->ptr;
  if (len) *len = b->len;
  pe_buf_init(b, b->alloc);
  return p;
}
