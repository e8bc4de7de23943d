/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

#include "base/wrap.h"

static bool tail(unsigned char c) { return (c & 0xC0) == 0x80; }

unsigned pe_utf8_check(const unsigned char *p, size_t left) {
  if (left == 0) return 0;
  if (p[0] < 0x80) return 1;
  if (p[0] < 0xC2) return 0; /* a stray tail, or an overlong form of ASCII */
  if (p[0] < 0xE0) return left >= 2 && tail(p[1]) ? 2 : 0;
  if (p[0] < 0xF0) {
    if (left < 3 || !tail(p[1]) || !tail(p[2])) return 0;
    if (p[0] == 0xE0 && p[1] < 0xA0) return 0;  /* overlong */
    if (p[0] == 0xED && p[1] >= 0xA0) return 0; /* surrogate */
    return 3;
  }
  if (p[0] > 0xF4 || left < 4 || !tail(p[1]) || !tail(p[2]) || !tail(p[3])) return 0;
  if (p[0] == 0xF0 && p[1] < 0x90) return 0;  /* overlong */
  if (p[0] == 0xF4 && p[1] >= 0x90) return 0; /* above U+10FFFF */
  return 4;
}

size_t pe_utf8_valid(pe_slice s) {
  size_t i = 0;
  while (i < s.len) {
    uint64_t w;
    if (s.len - i >= sizeof w) {
      memcpy(&w, s.ptr + i, sizeof w);
      if (!(w & 0x8080808080808080u)) {
        i += sizeof w;
        continue;
      }
    }
    unsigned n = pe_utf8_check((const unsigned char *)s.ptr + i, s.len - i);
    if (n == 0) return i;
    i += n;
  }
  return s.len;
}

uint32_t pe_utf8_decode(const char *text, unsigned *step) {
  const unsigned char *p = (const unsigned char *)text;
  unsigned n = pe_utf8_step(p[0]);
  *step = n;
  if (n == 1) return p[0];
  uint32_t cp = p[0] & (0xFFu >> (n + 1));
  for (unsigned i = 1; i < n; i++) cp = cp << 6 | (p[i] & 0x3Fu);
  return cp;
}

unsigned pe_utf8_encode(uint32_t cp, char out[4]) {
  if (cp < 0x80) {
    out[0] = (char)cp;
    return 1;
  }
  if (cp < 0x800) {
    out[0] = (char)(0xC0 | cp >> 6);
    out[1] = (char)(0x80 | (cp & 0x3F));
    return 2;
  }
  if (cp < 0x10000) {
    out[0] = (char)(0xE0 | cp >> 12);
    out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
    out[2] = (char)(0x80 | (cp & 0x3F));
    return 3;
  }
  out[0] = (char)(0xF0 | cp >> 18);
  out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
  out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
  out[3] = (char)(0x80 | (cp & 0x3F));
  return 4;
}

/* Eight bytes at a time, as places in long lines are asked for often: of a byte that goes on a sequence (10xxxxxx) the
 * top bit is set and the next one is not. */
PE_WRAPS size_t pe_utf8_count(pe_slice s) {
  const uint64_t ones = 0x0101010101010101u;
  size_t tails = 0, i = 0;
  while (s.len - i >= 8) {
    uint64_t sums = 0; /* of each byte of the word: at most 255 of them */
    for (unsigned k = 0; k < 255 && s.len - i >= 8; k++, i += 8) {
      uint64_t w;
      memcpy(&w, s.ptr + i, sizeof w);
      sums += w >> 7 & ~(w >> 6) & ones;
    }
    const uint64_t pairs = (sums & 0x00FF00FF00FF00FFu) + (sums >> 8 & 0x00FF00FF00FF00FFu);
    tails += (size_t)(pairs * 0x0001000100010001u >> 48);
  }
  for (; i < s.len; i++) tails += tail((unsigned char)s.ptr[i]);
  return s.len - tails;
}

uint32_t pe_utf8_fold(uint32_t cp) {
  bool upper = (cp >= 'A' && cp <= 'Z') || (cp >= 0xC0 && cp <= 0xDE && cp != 0xD7);
  return upper ? cp + 0x20 : cp;
}

bool pe_utf8_eq_nocase(pe_slice a, pe_slice b) {
  /* Folding keeps the length of the encoding. */
  if (a.len != b.len) return false;
  for (size_t i = 0; i < a.len;) {
    unsigned m, n;
    uint32_t x = pe_utf8_decode(a.ptr + i, &m), y = pe_utf8_decode(b.ptr + i, &n);
    if (m != n || pe_utf8_fold(x) != pe_utf8_fold(y)) return false;
    i += n;
  }
  return true;
}
