/* SPDX-License-Identifier: MIT */
/* JSON strings: the fast scan over plain text, and the careful way over everything else. */
#ifndef PE_JSON_STRING_H
#define PE_JSON_STRING_H

#include "json/reader.h"

#if defined(__SSE2__) && defined(__GNUC__)
#include <emmintrin.h>
#define PE_JSON_SSE2 1
#endif

/* Bytes that a string takes as they are: ASCII but quote, backslash and control characters. */
static inline bool pe_json_plain(unsigned char c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; }

/* The first byte at or after p that is not plain, or end. */
static inline const char *pe_json_skip_plain(const char *p, const char *end) {
#ifdef PE_JSON_SSE2
  while (end - p >= 16) {
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    /* As signed bytes, those that are not ASCII are below 0x20, too. */
    __m128i stop = _mm_or_si128(
        _mm_cmplt_epi8(v, _mm_set1_epi8(0x20)),
        _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))));
    unsigned mask = (unsigned)_mm_movemask_epi8(stop);
    if (mask) return p + __builtin_ctz(mask);
    p += 16;
  }
#else
  const uint64_t ones = 0x0101010101010101u, tops = ones * 0x80;
  while (end - p >= 8) {
    uint64_t w;
    memcpy(&w, p, sizeof w);
    uint64_t quote = w ^ ones * '"', slash = w ^ ones * '\\';
    /* Exact as long as no byte before the found one has its top bit set; those stop anyway. */
    uint64_t stop = (w - ones * 0x20) | (quote - ones) | (slash - ones) | w;
    if (stop & tops) break;
    p += 8;
  }
#endif
  while (p < end && pe_json_plain((unsigned char)*p)) p++;
  return p;
}

typedef struct pe_json_string {
  pe_slice text;     /* decoded */
  const char *after; /* the byte after the closing quote */
  bool escaped;
} pe_json_string;

/* Reads the string whose opening quote stands at `quote`, in the whole text `base`. Decoded text is
 * taken from the arena, and only if there are escapes. 0, EJSON (with *error), ENOMEM. */
int pe_json_string_read(pe_arena *arena, pe_slice base, const char *quote, pe_json_string *out,
                        pe_json_error *error);

#endif
