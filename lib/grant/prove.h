/* SPDX-License-Identifier: MIT */
/* What is known about a plan before anything of it is shown. */
#ifndef PE_GRANT_PROVE_H
#define PE_GRANT_PROVE_H

#include "grant/plan.h"

/* Adds a proof for each claim of the plan's direction; a claim that is refuted becomes an obstacle. 0, ENOMEM,
 * EINTERNAL … */
int pe_prove_plan(pe_plan *p, const char **why);

/* For the files behind it. A new proof, not given so far; NULL: no memory. */
pe_proof *pe_prove_add(pe_plan *p, pe_claim claim);
/* Sets answer and reason (takes over the text; may be NULL). 0 or ENOMEM. */
int pe_prove_answer(pe_plan *p, pe_proof *proof, pe_proof_answer answer, pe_buf *why);
/* A statement that it rests on, once. 0 or ENOMEM. */
int pe_prove_rests(pe_plan *p, pe_proof *proof, const pe_policy *policy, uint32_t statement);

/* region.c: questions about all requests (lib/sym). */
int pe_prove_region(pe_plan *p, pe_proof *proof); /* nobody gains anything but the region */
int pe_prove_kept(pe_plan *p, pe_proof *proof);   /* nobody else loses anything */
int pe_prove_never(pe_plan *p, pe_proof *proof, const char **why);  /* the principal can read on no request */
/* manage.c: who could change the policies still can. */
int pe_prove_managed(pe_plan *p, pe_proof *proof);

#endif
