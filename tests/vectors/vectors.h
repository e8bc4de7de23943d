/* SPDX-License-Identifier: MIT */
/* The shared vectors, run through the public API alone. */
#ifndef TESTS_VECTORS_H
#define TESTS_VECTORS_H

#include <jansson.h>
#include <policyeval/policyeval.h>
#include <stdbool.h>

/* One vector with its case (template filled in), and what became of it. */
typedef struct vector {
  policyeval_context *context;
  const char *file, *id, *rule;
  json_t *whole, *input, *expect; /* input: NULL in areas without cases */
  unsigned faults;
} vector;

/* "FILE ID (RULE): WHAT: expected …, got …"; both are borrowed and may be NULL. */
void vector_fault(vector *v, const char *what, const json_t *expected, const json_t *got);
void vector_fault_text(vector *v, const char *what, const char *expected, const char *got);
/* The same list in any order; a list that is left out of the vector must be empty when `always`. */
void vector_compare_set(vector *v, const char *what, const json_t *expected, const json_t *got, bool always);

/* One runner an area. */
void vector_decide(vector *v);
void vector_access(vector *v);
void vector_load(vector *v);
void vector_analysis(vector *v);

/* Puts the case of an access vector (or of a grant vector) into a question. 0, or the error of the call that refused. */
int vector_access_fill(policyeval_context *context, policyeval_access *question, json_t *input);

/* The question over all requests: its answer where the vector has one, and its witness and counterexample given to the
 * simulator. 0, or the error of the call that refused. */
int vector_replay(vector *v, policyeval_access *question);

/* A template with "$name" replaced; members and elements without a value are dropped. NULL: this one is. */
json_t *vector_expand(json_t *node, json_t *with);

#endif
