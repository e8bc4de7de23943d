/* SPDX-License-Identifier: MIT */
#include "eval/assumptions.h"

enum { PAIRED_ROWS = 8 }; /* pairs are tried among that many rows */

typedef struct search {
  const pe_policyset *set;
  const pe_request *r;
  int effect;
  pe_rowset open; /* rows that were asked under some reading, the caller's choices aside */
  pe_readings now;
} search;

static bool changes(search *s) {
  pe_rowset touched = {{0}};
  int effect = pe_decide_verdict(s->set, s->r, &s->now, &touched).effect;
  for (unsigned i = 0; i < PE_ROW_WORDS; i++) s->open.word[i] |= touched.word[i];
  return effect != s->effect;
}

/* A row that the caller has set is no question any more. */
static bool is_open(const search *s, unsigned row) {
  return pe_rowset_has(&s->open, (pe_row)row) && s->r->readings.of[row] == 0;
}

static bool single(search *s, const pe_rowset *rows, pe_rowset *out) {
  bool found = false;
  for (unsigned row = 0; row < PE_ROWS; row++) {
    if (!pe_rowset_has(rows, (pe_row)row) || s->r->readings.of[row]) continue;
    bool here = false;
    for (unsigned k = 1; k < pe_row_count((pe_row)row) && !here; k++) {
      s->now.of[row] = (uint8_t)k;
      here = changes(s);
    }
    s->now.of[row] = 0;
    if (here) pe_rowset_add(out, (pe_row)row);
    found |= here;
  }
  return found;
}

static bool pair(search *s, unsigned a, unsigned b, pe_rowset *out) {
  bool here = false;
  for (unsigned i = 1; i < pe_row_count((pe_row)a) && !here; i++) {
    for (unsigned k = 1; k < pe_row_count((pe_row)b) && !here; k++) {
      s->now.of[a] = (uint8_t)i;
      s->now.of[b] = (uint8_t)k;
      here = changes(s);
    }
  }
  s->now.of[a] = s->now.of[b] = 0;
  if (!here) return false;
  pe_rowset_add(out, (pe_row)a);
  pe_rowset_add(out, (pe_row)b);
  return true;
}

static bool pairs(search *s, const unsigned *rows, unsigned count, pe_rowset *out) {
  for (unsigned i = 0; i < count; i++) {
    for (unsigned k = i + 1; k < count; k++) {
      if (pair(s, rows[i], rows[k], out)) return true;
    }
  }
  return false;
}

/* All rows at their k-th reading; rows that are not needed for the change are put back one by one. */
static bool together(search *s, const unsigned *rows, unsigned count, unsigned k, pe_rowset *out) {
  for (unsigned i = 0; i < count; i++) {
    unsigned last = pe_row_count((pe_row)rows[i]) - 1;
    s->now.of[rows[i]] = (uint8_t)(k < last ? k : last);
  }
  bool here = changes(s);
  for (unsigned i = 0; i < count && here; i++) {
    uint8_t was = s->now.of[rows[i]];
    s->now.of[rows[i]] = 0;
    if (!changes(s)) {
      s->now.of[rows[i]] = was;
      pe_rowset_add(out, (pe_row)rows[i]);
    }
  }
  s->now = s->r->readings;
  return here;
}

static unsigned open_rows(const search *s, unsigned rows[PE_ROWS]) {
  unsigned count = 0;
  for (unsigned row = 0; row < PE_ROWS; row++) {
    if (is_open(s, row)) rows[count++] = row;
  }
  return count;
}

void pe_assumptions_find(const pe_policyset *set, const pe_request *r, int effect, const pe_rowset *touched,
                         pe_rowset *out) {
  search s = {.set = set, .r = r, .effect = effect, .open = *touched, .now = r->readings};
  unsigned rows[PE_ROWS], count, before = 0;
  *out = (pe_rowset){{0}};
  if (single(&s, touched, out)) return;
  /* Another reading may lead to another question: what was uncovered is tried in the next round, and each round but the
   * last uncovers a row. */
  while ((count = open_rows(&s, rows)) > before && count > 1) {
    before = count;
    if (count <= PAIRED_ROWS && pairs(&s, rows, count, out)) return;
    for (unsigned k = 1; k < PE_READINGS_MAX; k++) {
      if (together(&s, rows, count, k, out)) return;
    }
  }
}
