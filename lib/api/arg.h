/* SPDX-License-Identifier: MIT */
/* Arguments of exported functions that several objects take: texts, context keys, lists, readings, facts about a principal.
 * What is refused is told as a constant sentence in *detail, which is "" otherwise. */
#ifndef PE_API_ARG_H
#define PE_API_ARG_H

#include "eval/request.h"
#include "policyeval/base.h"

/* Length argument of the API to slice; NULL with length 0 is empty. */
static inline pe_slice pe_arg(const char *ptr, size_t len) {
  return len == POLICYEVAL_NTS ? pe_slice_str(ptr) : pe_slice_of(ptr, len);
}

/* A text is UTF-8 without NUL; NULL with length 0 is the empty one. 0 or EINVAL. */
int pe_arg_text(const char *ptr, size_t len, pe_slice *out, const char **detail);
/* The name of a context key: a text that is not empty. 0 or EINVAL. */
int pe_arg_key(const char *ptr, size_t len, pe_slice *out, const char **detail);
/* The values of a key, in an array that the caller frees (NULL when there are none); `lens` NULL: NUL-terminated. 0, EINVAL or
 * ENOMEM. */
int pe_arg_list(const pe_alloc *a, const char *const *values, const size_t *lens, size_t count, pe_slice **out,
                const char **detail);
/* Names of a row of docs/semantics.md and of one of its readings. 0, EINVAL (one is NULL) or ENOTFOUND. */
int pe_arg_reading(const char *row, const char *reading, pe_row *out_row, unsigned *out_reading, const char **detail);
/* POLICYEVAL_PRINCIPAL_x on a request. 0, EINVAL or ENOMEM. */
int pe_arg_principal_fact(pe_request_builder *b, int fact, pe_slice value, const char **detail);

#endif
