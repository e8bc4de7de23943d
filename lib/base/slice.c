/* SPDX-License-Identifier: MIT */
#include "base/slice.h"

#include "base/wrap.h"

static unsigned char lower(unsigned char c) { return c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : c; }

bool pe_slice_eq_ascii_nocase(pe_slice a, pe_slice b) {
  if (a.len != b.len) return false;
  for (size_t i = 0; i < a.len; i++) {
    if (lower((unsigned char)a.ptr[i]) != lower((unsigned char)b.ptr[i])) return false;
  }
  return true;
}

bool pe_slice_starts(pe_slice s, pe_slice prefix) {
  return s.len >= prefix.len && pe_slice_eq(pe_slice_of(s.ptr, prefix.len), prefix);
}

bool pe_slice_ends(pe_slice s, pe_slice suffix) {
  if (suffix.len == 0) return true;
  return s.len >= suffix.len && memcmp(s.ptr + (s.len - suffix.len), suffix.ptr, suffix.len) == 0;
}

int pe_slice_cmp(pe_slice a, pe_slice b) {
  size_t n = a.len < b.len ? a.len : b.len;
  int c = n ? memcmp(a.ptr, b.ptr, n) : 0;
  return c ? c : (a.len > b.len) - (a.len < b.len);
}

/* Eight bytes as a little-endian word on every machine, so that the hash is the same everywhere. */
static uint64_t load_word(const char *p, size_t n) {
  unsigned char b[8] = {0};
  memcpy(b, p, n);
  return (uint64_t)b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16 | (uint64_t)b[3] << 24 |
         (uint64_t)b[4] << 32 | (uint64_t)b[5] << 40 | (uint64_t)b[6] << 48 | (uint64_t)b[7] << 56;
}

/* ASCII lower case of eight bytes at once: sets bit 5 of each byte in A-Z. */
static uint64_t lower_word(uint64_t w) {
  const uint64_t ones = 0x0101010101010101u;
  uint64_t low = w & (ones * 0x7F);
  uint64_t at_least_a = low + ones * (0x80 - 'A');
  uint64_t above_z = low + ones * (0x7F - 'Z');
  uint64_t upper = at_least_a & ~above_z & ~w & (ones * 0x80);
  return w | upper >> 2;
}

PE_WRAPS static uint64_t mix(uint64_t h, uint64_t w) {
  h = (h ^ w) * 0x9E3779B97F4A7C15u;
  return h ^ h >> 32;
}

static uint64_t hash(pe_slice s, bool nocase) {
  uint64_t h = mix(0x51ED270B7A14C5D3u, s.len);
  for (size_t i = 0; i < s.len; i += 8) {
    uint64_t w = s.len - i >= 8 ? load_word(s.ptr + i, 8) : load_word(s.ptr + i, s.len - i);
    h = mix(h, nocase ? lower_word(w) : w);
  }
  return mix(h, h >> 29);
}

uint64_t pe_slice_hash(pe_slice s) { return hash(s, false); }
uint64_t pe_slice_hash_nocase(pe_slice s) { return hash(s, true); }
