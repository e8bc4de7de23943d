/* SPDX-License-Identifier: MIT */
/* The one primitive of all questions: is a box minus a union of boxes empty, and if not, which point is left? */
#ifndef PE_SYM_SOLVE_H
#define PE_SYM_SOLVE_H

#include "sym/oracle.h"

typedef struct pe_solution {
  pe_found found;       /* GAVE_UP: the budget says why */
  uint32_t *values;     /* YES: value id per key of the space, PE_NO_VALUE where nothing was asked; in the oracle's arena */
  /* YES: the literals under which it was found, base and decisions: a region of such requests. */
  const pe_literal *region;
  uint32_t nregion;
  bool two_sided;       /* YES: some literal of the region could also fail under these values */
  const uint32_t *core; /* NO: indices of the excluded boxes that the proof used (perhaps more than needed) */
  uint32_t ncore;
} pe_solution;

/* Results live in the oracle's arena. 0 or ENOMEM. */
int pe_solve(pe_oracle *o, const pe_literal *base, uint32_t nbase, const pe_box *excluded, uint32_t nexcluded,
             pe_solution *out);

#endif
