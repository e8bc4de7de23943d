/* SPDX-License-Identifier: MIT */
/* Who outside of the trusted zone gets what, as Access Analyzer lists it: the fewest and widest cells of principals and
 * conditions that cover all access, each of them with access that no narrower cell has (docs/analysis.md, Q11). */
#ifndef PE_SYM_FINDINGS_H
#define PE_SYM_FINDINGS_H

#include "sym/public.h"

/* One value of one dimension: a principal, or a value of a condition key, as the policy writes it. */
typedef struct pe_cell_value {
  pe_slice key;   /* empty: the principal */
  pe_slice text;
  uint8_t how;    /* the operator (pe_op), or the kind of principal, that the text is read by */
} pe_cell_value;

typedef struct pe_cell {
  PE_VEC(pe_cell_value) values;  /* dimensions that are not "any" */
  PE_VEC(uint32_t) statements;   /* Allows that grant in the cell */
  bool is_public;
  pe_request_builder *witness;   /* with the readings it needs; NULL where there is none to show */
  pe_rowset assumptions;         /* rows whose reading the cell needs */
  uint8_t reading;               /* without a witness: the reading of the one row among them */
} pe_cell;

typedef struct pe_cells {
  const pe_alloc *alloc;
  PE_VEC(pe_cell) list;
  uint64_t states, nodes; /* spent */
  uint8_t why; /* pe_give_up: the list may not be complete */
} pe_cells;
void pe_cells_done(pe_cells *c);

/* Of the first policy of the subject, under the default readings and then, as far as these have more, under each other
 * reading of each row that the policy asks about; trust as pe_public_trust gives it for the rule ZONE. 0, ENOMEM, EINTERNAL, ECANCELED. */
int pe_cells_find(const pe_public *p, pe_cells *out);

#endif
