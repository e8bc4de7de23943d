/* SPDX-License-Identifier: MIT */
/* The record of one decision: which statements matched, why the others did not. Explanations, hints and reports
 * read it; nothing else explains. */
#ifndef PE_EVAL_TRACE_H
#define PE_EVAL_TRACE_H

#include "base/vec.h"
#include "cond/condition.h"
#include "policy/model.h"

typedef struct pe_stmt_trace {
  const pe_policy *policy;
  const pe_statement *statement;
  uint8_t layer;        /* POLICYEVAL_LAYER_x */
  uint8_t step;         /* pe_step: the first element that failed, or MATCHED */
  uint8_t failed;       /* mask of 1 << pe_step: all elements that fail (hints look for near misses) */
  uint16_t via;         /* PE_VIA_x of the principal */
  uint32_t level;       /* organisation level, from 0; 0 elsewhere */
  uint32_t policy_index; /* within the layer (and level) */
  uint32_t condition;   /* the first condition entry that failed, or UINT32_MAX */
  pe_cond_detail detail; /* of that entry */
} pe_stmt_trace;

typedef struct pe_layer_trace {
  uint8_t layer;
  uint8_t effect;  /* POLICYEVAL_IMPLICIT_DENY, EXPLICIT_DENY, ALLOW */
  uint8_t applies; /* 0: the layer plays no part in this decision (exempt, other account …) */
  uint32_t level, policy_index;
  const pe_policy *policy; /* NULL when the layer is present without any policy, and for grants */
  uint32_t first, count;   /* statements: trace->statements[first … first + count) */
} pe_layer_trace;

typedef struct pe_missing {
  pe_slice key;    /* as the policy writes it */
  uint8_t unknown; /* declared unknown by the caller */
} pe_missing;

typedef struct pe_trace {
  const pe_alloc *alloc;
  int effect;            /* POLICYEVAL_x */
  uint16_t blocked_by;   /* mask of 1 << POLICYEVAL_LAYER_x */
  uint8_t primary;
  pe_rowset assumptions; /* rows whose other reading changes the verdict */
  PE_VEC(pe_layer_trace) layers; /* in the order of evaluation, one a policy */
  PE_VEC(pe_stmt_trace) statements;
  PE_VEC(pe_missing) missing;    /* sorted by key */
  PE_VEC(uint32_t) grants;       /* indices of the grants that matched */
  uint8_t brief;         /* for pe_decide: leave statements out whose action does not fit; the rest is as without it */
  uint64_t looked_at;    /* statements of the policies that play a part */
  uint8_t missing_cut;   /* the search for missing facts was given up: there may be more */
  uint8_t explain;       /* for the writers: tell also why each other statement did not match */
  bool failed;           /* no memory */
} pe_trace;
void pe_trace_init(pe_trace *t, const pe_alloc *a);
void pe_trace_clear(pe_trace *t); /* keeps memory */
void pe_trace_done(pe_trace *t);
/* Makes the run of env write the keys it misses into t->missing. */
void pe_trace_missing(pe_trace *t, pe_env *env);

#endif
