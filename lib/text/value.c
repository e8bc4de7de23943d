/* SPDX-License-Identifier: MIT */
/* Booleans and bytes. */
#include "text/value.h"

#include "base/error.h"
#include "base/wrap.h"

bool pe_bool_parse(pe_slice text, bool *out) {
  bool yes = pe_slice_eq_ascii_nocase(text, PE_SLICE("true"));
  if (!yes && !pe_slice_eq_ascii_nocase(text, PE_SLICE("false"))) return false;
  *out = yes;
  return true;
}

bool pe_bool_parse_exact(pe_slice text, bool *out) {
  bool yes = pe_slice_eq(text, PE_SLICE("true"));
  if (!yes && !pe_slice_eq(text, PE_SLICE("false"))) return false;
  *out = yes;
  return true;
}

static int sextet(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Characters before the padding, or SIZE_MAX: not base64. Padding must fill up the last group of four. */
static size_t base64_length(pe_slice t) {
  size_t n = t.len;
  while (n > 0 && t.len - n < 2 && t.ptr[n - 1] == '=') n--;
  if (n != t.len && t.len % 4 != 0) return SIZE_MAX;
  if (n % 4 == 1) return SIZE_MAX;
  for (size_t i = 0; i < n; i++) {
    if (sextet(t.ptr[i]) < 0) return SIZE_MAX;
  }
  return n;
}

PE_WRAPS int pe_base64_decode(pe_arena *arena, pe_slice text, pe_slice *out) {
  size_t n = base64_length(text);
  if (n == SIZE_MAX) return 1;
  char *to = pe_arena_alloc(arena, n / 4 * 3 + 3);
  if (!to) return POLICYEVAL_ENOMEM;
  size_t len = 0;
  uint32_t bits = 0;
  for (size_t i = 0; i < n; i++) {
    bits = bits << 6 | (uint32_t)sextet(text.ptr[i]);
    /* After the second, third and fourth of a group, eight more bits are complete. */
    if (i % 4 != 0) to[len++] = (char)(bits >> (6 - 2 * (i % 4)) & 0xFF);
  }
  *out = pe_slice_of(to, len);
  return 0;
}

bool pe_base64_valid(pe_slice text) { return base64_length(text) != SIZE_MAX; }

PE_WRAPS bool pe_base64_equal(pe_slice text, pe_slice bytes) {
  size_t n = base64_length(text), len = 0;
  if (n == SIZE_MAX || n / 4 * 3 + (n % 4 ? n % 4 - 1 : 0) != bytes.len) return false;
  uint32_t bits = 0;
  for (size_t i = 0; i < n; i++) {
    bits = bits << 6 | (uint32_t)sextet(text.ptr[i]);
    if (i % 4 != 0 && (unsigned char)bytes.ptr[len++] != (bits >> (6 - 2 * (i % 4)) & 0xFF)) return false;
  }
  return true;
}
