/* SPDX-License-Identifier: MIT */
/* Questions about all requests: does the subject allow something that is not allowed by something else?
 *
 * Every question is asked once for the readings in force and, while the answer is NO, again for each other reading
 * of each row that the policies ask about: NO holds for all of them, YES carries the readings it needs. A YES is
 * only given after the evaluator has confirmed it. */
#ifndef PE_SYM_QUERY_H
#define PE_SYM_QUERY_H

#include "sym/witness.h"

typedef enum pe_answer { PE_ANSWER_UNKNOWN, PE_ANSWER_NO, PE_ANSWER_YES } pe_answer;

/* Adds boxes to *out; what they may say is up to the question. 0 or an error. */
typedef int (*pe_boxes_fn)(pe_compiler *c, void *user, pe_boxes *out);

typedef struct pe_question {
  const pe_alloc *alloc;
  const pe_catalog *catalog;
  pe_budget budget;      /* limits and cancel callback */
  pe_readings readings;  /* rows that are not at their default are the caller's choice */
  pe_group subject;      /* may it allow … */
  pe_group against;      /* … what this does not? Empty: anything */
  bool grant_only;       /* the subject's Denies do not count */
  bool closed_catalog;   /* no actions but those of the catalogue exist */
  bool name_shared;      /* Denies that both sides have are reasons of a NO, too */
  uint32_t statement;    /* only this Allow of the subject's first policy, or UINT32_MAX: all */
  bool each;             /* tell of each Allow of the subject's first policy whether it grants by itself */
  pe_boxes_fn narrow;    /* only requests in one of these boxes; NULL: all */
  pe_boxes_fn trust;     /* requests in these boxes do not count; NULL: none */
  void *user;
} pe_question;
void pe_question_init(pe_question *q, const pe_alloc *a, const pe_catalog *catalog);

/* One element of a statement that holds, or does not, in the region that the witness stands for. */
typedef struct pe_clause {
  pe_note note;
  bool holds;
} pe_clause;

typedef struct pe_result {
  const pe_alloc *alloc;
  uint8_t answer;              /* pe_answer */
  uint8_t why;                 /* UNKNOWN: pe_give_up */
  pe_slice detail;             /* UNKNOWN: the variable or key at fault; borrowed from the policies; may be empty */
  pe_request_builder *witness; /* YES: prepared, with `only` and the readings it needs; else NULL */
  pe_rowset assumptions;       /* YES: rows whose reading the witness needs */
  const pe_policy *policy;     /* YES: the statement that grants; NULL where no statement does (RCPFullAWSAccess) */
  const pe_statement *statement;
  uint32_t policy_index;
  PE_VEC(pe_clause) region;    /* YES */
  PE_VEC(uint32_t) granting;   /* YES of a question with `each`: these statements do */
  PE_VEC(uint32_t) open;       /* … and of these a question of their own must tell */
  PE_VEC(pe_origin) blocking;  /* NO: boxes that the proof used, without repetition */
  uint64_t states, nodes;      /* spent */
} pe_result;
void pe_result_done(pe_result *r);

/* What was spent counts for the queries that follow: limits are totals of a question. */
static inline void pe_question_charge(pe_question *q, const pe_result *r) {
  q->budget.states = r->states;
  q->budget.nodes = r->nodes;
}

/* 0; ENOMEM; EINTERNAL: the evaluator does not confirm the witness; ECANCELED. */
int pe_query_run(const pe_question *q, pe_result *out);

#endif
