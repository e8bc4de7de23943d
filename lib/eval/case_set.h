/* SPDX-License-Identifier: MIT */
/* The policies of cases: read from the member "policies", compiled once a distinct text, shared between threads. */
#ifndef PE_EVAL_CASE_SET_H
#define PE_EVAL_CASE_SET_H

#include <stdatomic.h>

#include "eval/case.h"
#include "eval/policyset.h"

/* Immutable and counted. */
typedef struct pe_case_set {
  atomic_size_t refs;
  pe_arena *arena; /* holds the set itself, too */
  pe_policyset set;
  size_t bytes;    /* the policies included */
} pe_case_set;
void pe_case_set_unref(pe_case_set *s); /* takes NULL */

/* Compiled policies and sets by their texts, and sets by name. Any number of threads. */
typedef struct pe_case_sets pe_case_sets;
/* The options (kind and name aside) and what they point to must outlive the result. NULL: no memory. */
pe_case_sets *pe_case_sets_new(const pe_alloc *a, const pe_load_options *options);
void pe_case_sets_free(pe_case_sets *s); /* takes NULL */

/* The set that a case brings along or names, for a resource whose policies are of `kind` (POLICYEVAL_KIND_x). A case
 * without policies has an empty one. 0 (release *out); EPOLICY with *fault; ENOMEM. */
int pe_case_sets_get(pe_case_sets *s, const pe_case *c, int kind, pe_case_set **out, pe_case_fault *fault);
/* Keeps the policies of a `define` line. A name stands for one text for good. Errors as above. */
int pe_case_sets_define(pe_case_sets *s, const pe_case *c, pe_case_fault *fault);

/* The kind of the policies attached to the resource of a request. */
int pe_case_resource_kind(const pe_request *r);

#endif
