/* SPDX-License-Identifier: MIT */
/* The questions as users ask them, each made of one or several queries. */
#ifndef PE_SYM_ANALYSIS_H
#define PE_SYM_ANALYSIS_H

#include "policyeval/analysis.h"
#include "sym/findings.h"
#include "sym/narrow.h"
#include "sym/needed.h"
#include "sym/public.h"

/* What was asked and what came of it. Texts and policies are borrowed. */
typedef struct pe_analysis {
  int ask;                  /* POLICYEVAL_ASK_x */
  pe_public options;        /* options.question: allocator, catalogue, budget, readings, grant_only */
  const pe_policy *subject, *against;
  pe_narrow narrow;         /* ACCESS_GRANTED */
  uint32_t statement;       /* STATEMENTS: this one, or UINT32_MAX */
  /* The answer */
  pe_result first;          /* the question; COMPARE: subject allows more */
  pe_result second;         /* COMPARE: against allows more */
  PE_VEC(uint32_t) reasons; /* statements of the subject that grant by themselves what was asked about */
  pe_cells findings;        /* FINDINGS */
  pe_needed_list needed;    /* STATEMENTS */
  bool too_many, only_services;
  int relation;             /* COMPARE: POLICYEVAL_RELATION_x */
} pe_analysis;

/* 0, ENOMEM, EINTERNAL, ECANCELED, EINVAL (an operand is missing). */
int pe_analysis_run(pe_analysis *a);
void pe_analysis_clear(pe_analysis *a); /* the answer */

#endif
