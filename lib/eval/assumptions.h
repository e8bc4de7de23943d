/* SPDX-License-Identifier: MIT */
/* Which of the questions that AWS leaves open decided (docs/semantics.md, readings). */
#ifndef PE_EVAL_ASSUMPTIONS_H
#define PE_EVAL_ASSUMPTIONS_H

#include "eval/decide.h"

/* Decides again under the other readings of the rows in `touched`. *out receives the rows that change `effect`: each one
 * that does so by itself; else those of the first pair; else of the first set of rows that do together. Rows set by the
 * caller are its choice and left alone. No allocation; the number of decisions is bounded by the number of rows. */
void pe_assumptions_find(const pe_policyset *set, const pe_request *r, int effect, const pe_rowset *touched,
                         pe_rowset *out);

#endif
