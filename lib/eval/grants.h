/* SPDX-License-Identifier: MIT */
/* KMS grants: reading `aws kms list-grants`, and what they grant (D3.4). */
#ifndef PE_EVAL_GRANTS_H
#define PE_EVAL_GRANTS_H

#include "cond/facts.h"
#include "eval/policyset.h"

/* Reads the reply of list-grants ({"Grants": […]}) or the array alone, and appends to the `*count` grants of *grants (both in
 * the arena, texts copied). 0; EJSON, EPOLICY, ELIMIT with the reasons in findings; ENOMEM. */
int pe_grants_load(pe_arena *arena, pe_slice text, const pe_load_options *options, const pe_grant **grants,
                   uint32_t *count, pe_findings *findings);
/* The same from a node of a text that was read already. */
int pe_grants_read(pe_arena *arena, const pe_json *json, uint32_t node, const pe_grant **grants, uint32_t *count,
                   pe_findings *findings);

/* Does the grant list the operation ("Decrypt") and belong to the key? */
bool pe_grant_is_about(const pe_grant *g, pe_slice operation, const pe_arn *key);
/* Is the fact a pair of the encryption context? *name (may be NULL): the pair's own name, as written. */
bool pe_grant_is_context(const pe_fact *f, pe_slice *name);

#endif
