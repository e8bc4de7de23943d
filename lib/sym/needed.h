/* SPDX-License-Identifier: MIT */
/* Statements that change nothing: an Allow whose requests other statements allow already or deny, a Deny whose requests
 * other Denies deny (docs/analysis.md, Q12). What a Deny takes from other policies is not known here, so it counts. */
#ifndef PE_SYM_NEEDED_H
#define PE_SYM_NEEDED_H

#include "sym/query.h"

/* As POLICYEVAL_STATEMENT_x. */
typedef enum pe_need { PE_NEED_UNKNOWN, PE_NEED_NEEDED, PE_NEED_REDUNDANT, PE_NEED_SHADOWED, PE_NEED_NEVER } pe_need;

/* About one statement. NEEDED: result.answer is YES, and its witness is a request that only this statement allows (an Allow),
 * or that only this statement denies (a Deny). Else result.blocking is what allows or denies its requests. */
typedef struct pe_needed {
  uint8_t need; /* pe_need */
  pe_result result;
} pe_needed;

typedef struct pe_needed_list {
  const pe_alloc *alloc;
  PE_VEC(pe_needed) list; /* one for each statement of the policy */
} pe_needed_list;
void pe_needed_done(pe_needed_list *l);

/* Of the first policy of the subject; `statement` of the question: only this one, against all others (the entries of the
 * rest stay UNKNOWN). Else each is held against those that are needed, the last one first, so that all that are not
 * needed can go together. The budget is one for all. 0, ENOMEM, EINTERNAL, ECANCELED. */
int pe_needed_find(const pe_question *q, pe_needed_list *out);

#endif
