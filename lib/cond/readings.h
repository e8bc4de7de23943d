/* SPDX-License-Identifier: MIT */
/* The rows on which AWS is silent or disagrees with itself, and the reading in force for each.
 * lib/cond/readings.def lists them; docs/semantics.md explains them. */
#ifndef PE_COND_READINGS_H
#define PE_COND_READINGS_H

#include "base/slice.h"

#define PE_ROW(id, name, text, ...) PE_ROW_##id,
typedef enum pe_row {
#include "cond/readings.def"
  PE_ROWS
} pe_row;
#undef PE_ROW

enum { PE_READINGS_MAX = 4, PE_ROW_WORDS = (PE_ROWS + 63) / 64 };

typedef struct pe_row_info {
  const char *name;                     /* "AMB-12" */
  const char *text;                     /* the question */
  const char *reading[PE_READINGS_MAX + 1]; /* the first is the default; NULL after the last */
} pe_row_info;
const pe_row_info *pe_row_get(pe_row row);
unsigned pe_row_count(pe_row row);                /* readings of a row */
bool pe_row_cautious(pe_row row);                 /* the default is "cautious": no reading of its own */
int pe_row_find(pe_slice name);                   /* row, or -1 */
int pe_row_reading(pe_row row, pe_slice reading); /* index, or -1 */

/* One reading index a row; all zero: the defaults. */
typedef struct pe_readings {
  uint8_t of[PE_ROWS];
} pe_readings;
/* Rows that are left to "cautious" read as the reading after it: one choice of readings instead of all. */
pe_readings pe_readings_definite(const pe_readings *r);

/* Rows whose readings differ for the input at hand. */
typedef struct pe_rowset {
  uint64_t word[PE_ROW_WORDS];
} pe_rowset;
static inline void pe_rowset_add(pe_rowset *s, pe_row r) { s->word[r >> 6] |= (uint64_t)1 << (r & 63); }
static inline bool pe_rowset_has(const pe_rowset *s, pe_row r) { return s->word[r >> 6] >> (r & 63) & 1; }
static inline bool pe_rowset_empty(const pe_rowset *s) {
  for (unsigned i = 0; i < PE_ROW_WORDS; i++)
    if (s->word[i]) return false;
  return true;
}

#endif
