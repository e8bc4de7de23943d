/* SPDX-License-Identifier: MIT */
/* What the fuzz targets share: a failed property stops the program, and bytes become policies and cases that are
 * well-formed, so that most inputs reach the evaluator. */
#ifndef PE_FUZZ_H
#define PE_FUZZ_H

#include <policyeval/policyeval.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#define MUST(property)                                                              \
  do {                                                                              \
    if (!(property)) {                                                              \
      fprintf(stderr, "%s:%d: property failed: %s\n", __FILE__, __LINE__, #property); \
      abort();                                                                      \
    }                                                                               \
  } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Bytes that choices are made from; choices are 0 when none are left. */
typedef struct fuzz_bytes {
  const uint8_t *at;
  size_t left;
} fuzz_bytes;

unsigned fuzz_below(fuzz_bytes *b, unsigned n);

/* A statement, a policy (with principals if `resource`), a case; as JSON text. */
void fuzz_statement(fuzz_bytes *b, pe_buf *out, bool resource, const char *effect);
void fuzz_policy(fuzz_bytes *b, pe_buf *out, bool resource);
/* Of a case everything but its policies, without the closing brace. */
void fuzz_question(fuzz_bytes *b, pe_buf *out);

#endif
