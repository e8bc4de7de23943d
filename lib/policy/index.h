/* SPDX-License-Identifier: MIT */
/* Which statements can match an action: by the literal prefix of their action patterns, not by a scan. */
#ifndef PE_POLICY_INDEX_H
#define PE_POLICY_INDEX_H

#include "policy/model.h"

/* 0 (then *out may be NULL: few statements, scan them) or ENOMEM. */
int pe_action_index_build(pe_arena *arena, const pe_statement *statements, uint32_t count, const pe_action_index **out);

/* Calls `hit` for every statement whose Action/NotAction element matches `action` ("service:name", lower
 * case), perhaps more than once each, in no given order; stops when it returns false. */
typedef bool (*pe_index_hit)(void *user, const pe_statement *statement);
void pe_action_index_find(const pe_action_index *index, const pe_statement *statements, pe_slice lower_action,
                          pe_index_hit hit, void *user);

/* The Action/NotAction element of one statement against an action in lower case. */
bool pe_statement_has_action(const pe_statement *s, pe_slice lower_action);

#endif
