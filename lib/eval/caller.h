/* SPDX-License-Identifier: MIT */
/* Who calls: from the texts a caller of the library gives to the parts that principals are matched by (D2.1). */
#ifndef PE_EVAL_CALLER_H
#define PE_EVAL_CALLER_H

#include "base/buf.h"
#include "eval/request.h"

/* The texts as given; ptr NULL: not given. */
typedef struct pe_caller_input {
  uint8_t kind;       /* ANONYMOUS, SERVICE, PROVIDER; for all others the ARN says it */
  pe_slice arn, role_arn, session, path, id, parent;
  pe_slice service;   /* SERVICE, PROVIDER */
} pe_caller_input;

/* Takes an ARN of a user, role, session, root user or federated user apart. false: *why says what is wrong. */
bool pe_caller_parse(pe_slice arn, pe_caller *out, const char **why);
bool pe_caller_path_ok(pe_slice path); /* "/" or "/…/" */
/* Puts the parts together; texts that had to be made are in `made` (cleared here). 0, EINVAL, ENOMEM. */
int pe_caller_complete(const pe_caller_input *in, pe_buf *made, pe_caller *out, const char **why);

#endif
