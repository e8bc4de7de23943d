/* SPDX-License-Identifier: MIT */
/* A case of `simulate --cases` (docs: the cases of tests/vectors/decide) as a policy set and a request, for tests. */
#ifndef PE_TESTS_DECIDE_CASE_H
#define PE_TESTS_DECIDE_CASE_H

#include <jansson.h>

#include "eval/decide.h"

typedef struct pe_test_case {
  const pe_alloc *alloc;
  pe_policyset set;
  pe_request_builder *builder;
  const pe_request *request;
  pe_arena *arena;
} pe_test_case;

/* Fails the running test if the case is no good. */
void pe_test_case_new(pe_test_case *c, const pe_alloc *alloc, const json_t *object);
void pe_test_case_text(pe_test_case *c, const pe_alloc *alloc, const char *text); /* ' stands for ", ` for ' */
void pe_test_case_done(pe_test_case *c);

/* A vector's case: the file's template with the vector's values, or its own. A new reference. */
json_t *pe_test_vector_case(const json_t *file, const json_t *vector);

#endif
