/* SPDX-License-Identifier: MIT */
/* The files users really have: a bare document, the AWS CLI's replies, encoded strings. */
#ifndef PE_POLICY_UNWRAP_H
#define PE_POLICY_UNWRAP_H

#include "json/reader.h"
#include "policy/finding.h"

/* Finds the policy in a parsed text: the object itself, or a member such as ResourcePolicy (get-resource-
 * policy), Policy (get-key-policy), PolicyDocument, PolicyVersion.Document, Policy.Content,
 * AssumeRolePolicyDocument; as object, JSON string or percent-encoded JSON string (%XX only, decoded once).
 * On success *out has its own root 0 = the policy object, and its source chain leads back to the file.
 * ENOTFOUND: a reply that says that there is no policy. */
int pe_unwrap_policy(pe_arena *arena, const pe_json *text, int kind, const pe_json_limits *limits, pe_json *out,
                     pe_findings *findings);

/* Does the text start with %XX, so that it is percent-encoded as a whole? */
bool pe_unwrap_is_percent(pe_slice text);
/* Decodes %XX of a whole text, once, into a source of its own in the arena. 0 or ENOMEM. */
int pe_unwrap_percent(pe_arena *arena, const pe_source *outer, const pe_source **out);

#endif
