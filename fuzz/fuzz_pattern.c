/* SPDX-License-Identifier: MIT */
/* A pattern, a line end, a text: the compiled pattern agrees with a matcher that goes cell by cell through a table. */
#include "base/utf8.h"
#include "fuzz.h"
#include "text/pattern.h"

enum { MOST = 200 };

/* Code points; false if the bytes are not UTF-8 or too many. */
static bool decode(const uint8_t *p, size_t len, uint32_t *out, size_t *count) {
  *count = 0;
  for (size_t i = 0; i < len;) {
    unsigned n = p[i] < 0x80 ? 1 : p[i] < 0xE0 ? 2 : p[i] < 0xF0 ? 3 : 4;
    uint32_t c = n == 1 ? p[i] : p[i] & (0xFFu >> (n + 1));
    if (*count == MOST || i + n > len) return false;
    for (unsigned k = 1; k < n; k++) c = c << 6 | (p[i + k] & 0x3Fu);
    out[(*count)++] = c;
    i += n;
  }
  return true;
}

static uint32_t fold(uint32_t c) { /* AMB-32 */
  return (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7) ? c + 32 : c;
}

static bool naive(const uint32_t *p, size_t np, const uint32_t *t, size_t nt, bool nocase) {
  static bool cell[MOST + 1][MOST + 1];
  for (size_t i = 0; i <= np; i++) {
    for (size_t k = 0; k <= nt; k++) {
      if (i == 0) cell[i][k] = k == 0;
      else if (p[i - 1] == '*') cell[i][k] = cell[i - 1][k] || (k && cell[i][k - 1]);
      else if (!k) cell[i][k] = false;
      else {
        bool same = nocase ? fold(p[i - 1]) == fold(t[k - 1]) : p[i - 1] == t[k - 1];
        cell[i][k] = cell[i - 1][k - 1] && (p[i - 1] == '?' || same);
      }
    }
  }
  return cell[np][nt];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const uint8_t *cut = size ? memchr(data, '\n', size) : NULL;
  uint32_t p[MOST], t[MOST];
  size_t np, nt;
  if (!cut) return 0;
  pe_slice pattern = pe_slice_of((const char *)data, (size_t)(cut - data));
  pe_slice text = pe_slice_of((const char *)cut + 1, size - pattern.len - 1);
  if (pe_utf8_valid(pattern) != pattern.len || pe_utf8_valid(text) != text.len) return 0;
  if (!decode(data, pattern.len, p, &np) || !decode(cut + 1, text.len, t, &nt)) return 0;
  for (unsigned flags = 0; flags < 2; flags++) {
    pe_arena *arena = pe_arena_new(&pe_alloc_libc, 0);
    pe_pattern compiled;
    unsigned how = PE_PATTERN_WILD | (flags ? (unsigned)PE_PATTERN_NOCASE : 0u);
    MUST(arena && pe_pattern_compile(arena, pattern, how, &compiled) == 0);
    MUST(pe_pattern_match(&compiled, text) == naive(p, np, t, nt, flags != 0));
    pe_arena_free(arena);
  }
  return 0;
}
