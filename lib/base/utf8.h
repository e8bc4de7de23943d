/* SPDX-License-Identifier: MIT */
/* UTF-8: checking, stepping, counting, folding. */
#ifndef PE_BASE_UTF8_H
#define PE_BASE_UTF8_H

#include "base/slice.h"

/* Length of the well-formed sequence that starts at p (1 to 4), or 0: none
 * (overlong forms, surrogates and values above U+10FFFF are not well-formed). */
unsigned pe_utf8_check(const unsigned char *p, size_t left);
/* Offset of the first byte that is not well-formed, or s.len. */
size_t pe_utf8_valid(pe_slice s);
/* The code point at p of a text already checked; *step receives its length. */
uint32_t pe_utf8_decode(const char *p, unsigned *step);
unsigned pe_utf8_encode(uint32_t cp, char out[4]);
size_t pe_utf8_count(pe_slice s); /* code points */
static inline unsigned pe_utf8_step(unsigned char lead) {
  return lead < 0x80 ? 1u : lead < 0xE0 ? 2u : lead < 0xF0 ? 3u : 4u;
}
/* Simple lower case of ASCII and Latin-1 letters (docs/semantics.md, AMB-32). */
uint32_t pe_utf8_fold(uint32_t cp);
/* Equal under pe_utf8_fold, code point by code point. */
bool pe_utf8_eq_nocase(pe_slice a, pe_slice b);

#endif
