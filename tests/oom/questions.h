/* SPDX-License-Identifier: MIT */
/* Vectors of questions, put through the public API and rendered in every form, under an allocator that fails on demand. */
#ifndef PE_TESTS_OOM_QUESTIONS_H
#define PE_TESTS_OOM_QUESTIONS_H

#include <jansson.h>
#include <policyeval/policyeval.h>
#include <stdbool.h>

#include "../unit/unit.h"

/* What a run answered, all forms in a row. */
typedef struct answer {
  char *text;
  size_t len;
  pe_test_alloc *mem; /* whom jansson asks while the library runs */
} answer;

/* 0 or the error of the first call that failed. */
typedef int (*question_fn)(policyeval_context *context, json_t *input, answer *out);

int question_access(policyeval_context *context, json_t *input, answer *out);
int question_reach(policyeval_context *context, json_t *input, answer *out);
int question_who(policyeval_context *context, json_t *input, answer *out);
int question_grant(policyeval_context *context, json_t *input, answer *out);
int question_revoke(policyeval_context *context, json_t *input, answer *out);
int question_analysis(policyeval_context *context, json_t *input, answer *out);

#endif
