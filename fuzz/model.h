/* SPDX-License-Identifier: MIT */
/* Policies and requests of a small language, made from bytes as structures: every input is a valid one. They are written as
 * JSON for the library, and judged here, plainly and slowly, by code that shares nothing with it.
 *
 * The language is one in which AWS is not silent: a user asks s3 for an object of its own account, under identity policies,
 * a boundary and SCPs; strings, Null, IfExists and both set qualifiers. */
#ifndef PE_FUZZ_MODEL_H
#define PE_FUZZ_MODEL_H

#include "fuzz.h"

enum {
  MODEL_ACTIONS = 3,   /* that a request may have */
  MODEL_RESOURCES = 4,
  MODEL_SINGLE = 7,    /* states of the key with one value: absent, or a value */
  MODEL_SET = 8,       /* states of the key with several: absent, or a set */
  MODEL_REQUESTS = MODEL_ACTIONS * MODEL_RESOURCES * MODEL_SINGLE * MODEL_SET
};

typedef struct model_list {
  uint8_t not, n, of[3]; /* indices of patterns */
} model_list;

typedef struct model_test {
  uint8_t op, qualifier, if_exists, set, spelling, n, of[3]; /* set: on the key with several values */
} model_test;

typedef struct model_statement {
  uint8_t deny, ntests;
  model_list actions, resources;
  model_test tests[2];
} model_statement;

typedef struct model_policy {
  uint8_t n;
  model_statement of[4];
} model_policy;

void model_policy_make(fuzz_bytes *b, model_policy *p);
void model_policy_write(const model_policy *p, pe_buf *out);

/* A request is a number below MODEL_REQUESTS. */
const char *model_action(unsigned request);
void model_request_fill(unsigned request, policyeval_request *r);

/* What the policy says: 1 allow, -1 deny, 0 nothing. */
int model_says(const model_policy *p, unsigned request);

#endif
