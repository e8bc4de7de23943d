/* SPDX-License-Identifier: MIT */
/* Borrowed bytes, and spans of a source text. */
#ifndef PE_BASE_SLICE_H
#define PE_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct pe_slice {
  const char *ptr; /* not necessarily NUL-terminated; never NULL when len > 0 */
  size_t len;
} pe_slice;

/* Byte offsets into the text that a node was read from; end is exclusive. */
typedef struct pe_span {
  uint32_t start, end;
} pe_span;

#define PE_SLICE(literal) ((pe_slice){"" literal, sizeof(literal) - 1})
static inline pe_slice pe_slice_of(const char *ptr, size_t len) { return (pe_slice){ptr, len}; }
static inline pe_slice pe_slice_str(const char *s) { return (pe_slice){s, s ? strlen(s) : 0}; }
static inline bool pe_slice_eq(pe_slice a, pe_slice b) {
  return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}
/* Part [from, to) of s; to beyond the end is cut. */
static inline pe_slice pe_slice_sub(pe_slice s, size_t from, size_t to) {
  if (to > s.len) to = s.len;
  if (from > to) from = to;
  return (pe_slice){s.ptr + from, to - from};
}
bool pe_slice_eq_ascii_nocase(pe_slice a, pe_slice b);
bool pe_slice_starts(pe_slice s, pe_slice prefix);
bool pe_slice_ends(pe_slice s, pe_slice suffix);
int pe_slice_cmp(pe_slice a, pe_slice b);  /* bytewise, shorter first */
uint64_t pe_slice_hash(pe_slice s);        /* a fixed hash of the bytes */
uint64_t pe_slice_hash_nocase(pe_slice s); /* the same over ASCII lower case */
/* Where a table of mask + 1 slots looks first; a size_t may be narrower than a hash. */
static inline size_t pe_slice_slot(uint64_t hash, size_t mask) { return (size_t)(hash & mask); }

#endif
