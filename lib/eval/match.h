/* SPDX-License-Identifier: MIT */
/* One statement against one request: the parts behind pe_statement_match. */
#ifndef PE_EVAL_MATCH_H
#define PE_EVAL_MATCH_H

#include "eval/decide.h"

typedef struct pe_match_input {
  const pe_request *request;
  int kind;             /* of the policy */
  bool boundary;        /* the caller has a permissions boundary (D2.2) */
  bool optimistic;      /* unknown facts are taken in favour of the caller */
} pe_match_input;

/* Resolves what is undetermined against the caller, and unknown facts as the run wants it. */
void pe_match_polarity(const pe_statement *s, bool optimistic, pe_env *env);

/* All elements but Action, which the caller has tested; stops at the first that fails. */
bool pe_match_rest(const pe_statement *s, const pe_match_input *in, pe_env *env, unsigned *via);

/* Tests every element and fills step, failed, via, condition and detail of *t. Keys found missing are reported (env->missing)
 * only where they could matter: not when Action, Principal or a Resource without variables fails. */
void pe_match_explain(const pe_statement *s, const pe_match_input *in, pe_env *env, pe_stmt_trace *t);

#endif
