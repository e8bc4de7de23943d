/* SPDX-License-Identifier: MIT */
/* The three-policy question: may this principal read this secret? Two requests that share the facts about the
 * principal, each in its own context (D3.5, D4): GetSecretValue on the secret, Decrypt on its key. */
#ifndef PE_ACCESS_ACCESS_H
#define PE_ACCESS_ACCESS_H

#include "eval/decide.h"

typedef enum pe_leg { PE_LEG_SECRET, PE_LEG_KEY, PE_LEGS } pe_leg;

/* Why the secret could not be read although authorization allows it (D3.6). */
typedef struct pe_operability {
  bool ok;
  const char *error;   /* "DisabledException" …, or NULL */
  const char *problem; /* a sentence, or NULL */
} pe_operability;

typedef struct pe_access {
  const pe_alloc *alloc;
  pe_request_builder *leg[PE_LEGS];
  pe_arena *arena;     /* of the texts below */
  pe_arn secret, key;  /* count 0: not given */
  pe_slice stage, version_id, key_state; /* ptr NULL: not passed */
  bool managed_key;    /* no key was given: aws/secretsmanager */
} pe_access;

int pe_access_init(pe_access *a, const pe_alloc *alloc, const pe_catalog *catalog);
void pe_access_done(pe_access *a);

/* Setters copy. 0, EINVAL (*why is a constant sentence), ENOMEM. The principal is set on both legs by the caller. */
int pe_access_set_secret(pe_access *a, pe_slice arn, const char **why);
int pe_access_set_key(pe_access *a, pe_slice arn, const char **why);
int pe_access_set_stage(pe_access *a, pe_slice stage);
int pe_access_set_version_id(pe_access *a, pe_slice id);
int pe_access_set_key_state(pe_access *a, pe_slice state, const char **why);
/* A fact of the call: it reaches the legs it is about. values NULL: declared unknown. */
int pe_access_set_fact(pe_access *a, pe_slice key, const pe_slice *values, uint32_t count, bool list);

/* Makes both requests complete. Each stays valid until the next setter. EINVAL: incomplete. */
int pe_access_prepare(pe_access *a, const pe_request *out[PE_LEGS], const char **why);
pe_operability pe_access_operability(const pe_access *a);
/* The worse of two verdicts: explicitDeny, implicitDeny, unknown, allowed. */
int pe_access_worse(int a, int b);

/* The published policy of the AWS managed key aws/secretsmanager for an owner account and Region (D3.3). */
void pe_managed_key_policy(pe_slice account, pe_slice region, pe_slice partition, pe_buf *out);

#endif
