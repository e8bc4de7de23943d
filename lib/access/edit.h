/* SPDX-License-Identifier: MIT */
/* One statement of a policy with other texts in it, as a policy of its own. Hints prove themselves by deciding again with
 * it beside the policies there are: an Allow that matches does the same wherever it stands. */
#ifndef PE_ACCESS_EDIT_H
#define PE_ACCESS_EDIT_H

#include "policy/load.h"

typedef struct pe_edit {
  uint32_t node;  /* a string of policy->json, or (on_key) a member whose name changes */
  uint8_t on_key;
  pe_slice value; /* decoded */
} pe_edit;

/* 0, ENOMEM, or EINTERNAL when the result does not load. */
int pe_edit_statement(const pe_alloc *alloc, const pe_policy *policy, const pe_statement *statement,
                      const pe_edit *edits, uint32_t count, pe_policy **out);
/* A policy of one statement, given as JSON. */
int pe_edit_new(const pe_alloc *alloc, int kind, pe_slice statement, pe_policy **out);

/* The text as a JSON string with its quotes. */
void pe_edit_quote(pe_buf *out, pe_slice text);

#endif
