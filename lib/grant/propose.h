/* SPDX-License-Identifier: MIT */
/* Least-privilege statements: the exact principal, one action, one secret or key, these versions, through Secrets Manager. */
#ifndef PE_GRANT_PROPOSE_H
#define PE_GRANT_PROPOSE_H

#include "base/buf.h"
#include "grant/plan.h"

/* The Sid that a statement of this plan has when none collides; at most 40 bytes. */
void pe_propose_sid(const pe_plan *p, pe_leg leg, pe_buf *out);
/* A statement that such a Sid, perhaps with a number behind it, belongs to. */
bool pe_propose_is_sid(const pe_plan *p, pe_leg leg, pe_slice sid);
/* The statement, as JSON, for a document: with a Sid that the document does not have. sid false: without one. */
void pe_propose_statement(const pe_plan *p, pe_leg leg, const pe_document *d, bool sid, pe_buf *out);
/* The least that names the caller in a Principal element. */
pe_slice pe_propose_principal(const pe_plan *p);
/* What the statements allow, in words. */
void pe_propose_region(const pe_plan *p, pe_buf *out);
/* The default policy of a KMS key of that account. */
void pe_propose_key_policy(const pe_arn *key, pe_buf *out);

#endif
