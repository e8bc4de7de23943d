/* SPDX-License-Identifier: MIT */
/* "Did you mean": the nearest of a few known names. */
#include "policy/spelling.h"

enum { LONGEST = 48 };

static unsigned char lower(char c) { return (unsigned char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c); }

/* Letters to change, add or drop to make b of a, letter case aside; 3 when it is three or more. */
static unsigned distance(pe_slice a, pe_slice b) {
  size_t difference = a.len > b.len ? a.len - b.len : b.len - a.len;
  if (difference > 2 || a.len > LONGEST || b.len > LONGEST) return 3;
  unsigned row[LONGEST + 1];
  for (unsigned j = 0; j <= b.len; j++) row[j] = j;
  for (size_t i = 1; i <= a.len; i++) {
    unsigned diagonal = row[0], best = row[0] = (unsigned)i;
    for (size_t j = 1; j <= b.len; j++) {
      unsigned cost = diagonal + (lower(a.ptr[i - 1]) != lower(b.ptr[j - 1]));
      diagonal = row[j];
      if (row[j] + 1 < cost) cost = row[j] + 1;
      if (row[j - 1] + 1 < cost) cost = row[j - 1] + 1;
      row[j] = cost;
      if (cost < best) best = cost;
    }
    if (best > 2) return 3;
  }
  return row[b.len] < 3 ? row[b.len] : 3;
}

const char *pe_spelling_nearest(pe_slice name, const char *const *known) {
  const char *nearest = NULL;
  unsigned least = 3;
  for (; *known; known++) {
    unsigned d = distance(name, pe_slice_str(*known));
    if (d >= least || d * 3 > strlen(*known)) continue;
    least = d;
    nearest = *known;
  }
  return nearest;
}
