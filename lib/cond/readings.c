/* SPDX-License-Identifier: MIT */
#include "cond/readings.h"

#define PE_ROW(id, name, text, ...) {name, text, {__VA_ARGS__}},
static const pe_row_info rows[PE_ROWS] = {
#include "cond/readings.def"
};
#undef PE_ROW

const pe_row_info *pe_row_get(pe_row row) { return &rows[row]; }

unsigned pe_row_count(pe_row row) {
  unsigned n = 0;
  while (rows[row].reading[n]) n++;
  return n;
}

bool pe_row_cautious(pe_row row) { return strcmp(rows[row].reading[0], "cautious") == 0; }

pe_readings pe_readings_definite(const pe_readings *r) {
  pe_readings definite = *r;
  for (unsigned row = 0; row < PE_ROWS; row++) {
    if (!r->of[row] && pe_row_cautious((pe_row)row)) definite.of[row] = 1;
  }
  return definite;
}

int pe_row_find(pe_slice name) {
  for (int i = 0; i < PE_ROWS; i++) {
    if (pe_slice_eq(name, pe_slice_str(rows[i].name))) return i;
  }
  return -1;
}

int pe_row_reading(pe_row row, pe_slice reading) {
  for (unsigned i = 0; i < pe_row_count(row); i++) {
    if (pe_slice_eq(reading, pe_slice_str(rows[row].reading[i]))) return (int)i;
  }
  return -1;
}
