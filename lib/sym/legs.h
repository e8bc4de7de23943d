/* SPDX-License-Identifier: MIT */
/* May a principal read a secret, over all requests: both legs of the access question at once, with what the session has in
 * common shared between them and everything else apart.
 *
 * The decision is monotone: more Allows that match never take access away, and no Deny ever gives any. So a point where
 * the evaluator says no leaves only requests that one more Allow matches, and a point where it says yes only those
 * that lose one of the matching Allows, or meet a Deny. The search goes from point to point and asks the one
 * evaluator at each; nothing of the decision table is repeated here. */
#ifndef PE_SYM_LEGS_H
#define PE_SYM_LEGS_H

#include "access/access.h"
#include "sym/query.h"

typedef enum pe_legs_answer { PE_LEGS_UNKNOWN, PE_LEGS_NEVER, PE_LEGS_SOMETIMES, PE_LEGS_ALWAYS } pe_legs_answer;

typedef struct pe_legs_input {
  const pe_alloc *alloc;
  const pe_catalog *catalog;
  pe_budget budget;
  const pe_policyset *set[PE_LEGS];
  const pe_request *request[PE_LEGS]; /* prepared: principal, action, resource, the facts that are given */
} pe_legs_input;

typedef struct pe_legs_block { /* a statement, or a layer without Allow, that stands in the way */
  uint8_t leg, layer;
  const pe_policy *policy;
  const pe_statement *statement; /* NULL: nothing in the layer allows */
} pe_legs_block;

typedef struct pe_legs_result {
  const pe_alloc *alloc;
  uint8_t answer, why;                   /* pe_legs_answer; UNKNOWN: pe_give_up */
  pe_request_builder *witness[PE_LEGS];  /* allowed: SOMETIMES, ALWAYS */
  pe_request_builder *counter[PE_LEGS];  /* not allowed: SOMETIMES, NEVER (any request) */
  PE_VEC(pe_clause) region;              /* what the witness needs */
  pe_arena *conditions;                  /* those of the region that no policy has; NULL: none */
  PE_VEC(pe_legs_block) blocking;        /* NEVER, SOMETIMES: what stands in the way of the counterexample */
  pe_rowset assumptions;                 /* rows whose readings the answer rests on */
} pe_legs_result;
void pe_legs_done(pe_legs_result *r);

/* 0, ENOMEM, EINTERNAL, ECANCELED. */
int pe_legs_run(const pe_legs_input *in, pe_legs_result *out);

#endif
