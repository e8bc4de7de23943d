/* SPDX-License-Identifier: MIT */
/* From a point of the space to a request, and the evaluator's word on it. */
#ifndef PE_SYM_WITNESS_H
#define PE_SYM_WITNESS_H

#include "eval/request.h"
#include "eval/trace.h"
#include "sym/compile.h"
#include "sym/solve.h"

/* Fills the builder with the request. 0, ENOMEM, or EINVAL: the values are not a request. */
int pe_witness_build(const pe_compiler *c, const pe_oracle *o, const pe_solution *s, pe_request_builder *b);

/* The layer that a policy of a kind is judged in by itself. */
int pe_witness_layer(int kind);

typedef struct pe_group { /* policies that are judged together, all of one kind */
  const pe_policy *const *policies;
  uint32_t count;
} pe_group;
/* Does the group by itself allow the request? POLICYEVAL_x, or a negative error. */
int pe_witness_effect(const pe_group *group, pe_request_builder *b);
/* Another reading of a row would give another effect: the evaluator could not be asked for sure. */
bool pe_witness_undocumented(const pe_group *group, pe_request_builder *b);
/* The same with its explanation. 0 or a negative error. */
int pe_witness_trace(const pe_group *group, pe_request_builder *b, pe_trace *out);

#endif
