/* SPDX-License-Identifier: MIT */
/* Which principals the policies of an access question tell apart: by name, by account, by a pattern of their ARN. */
#ifndef PE_API_WHO_CELLS_H
#define PE_API_WHO_CELLS_H

#include "api/objects.h"

typedef struct pe_who_account {
  pe_slice partition, account;
} pe_who_account;

/* Texts belong to the policies. Nothing is there twice. */
typedef struct pe_who_cells {
  PE_VEC(pe_slice) arns;            /* users, roles, sessions */
  PE_VEC(pe_who_account) accounts; /* whose principals are let in or kept out as such; the secret's is one */
  PE_VEC(pe_slice) patterns;        /* of aws:PrincipalArn */
  char stranger[13];                /* an account that nobody named */
  bool vague; /* there may be others: told by a property that an ARN does not show, or by patterns that may meet */
} pe_who_cells;

/* 0 or ENOMEM; *cells is to be released either way. */
int pe_who_cells_of(const policyeval_access *a, pe_who_cells *cells);
void pe_who_cells_done(pe_who_cells *cells, const pe_alloc *alloc);

/* The account of a pattern: twelve digits; empty: any. False: something in between, or no ARN. */
bool pe_who_cells_account(pe_slice pattern, pe_slice *account);
/* Is a principal of that account named by itself or by a pattern? account empty: of any. */
bool pe_who_cells_singles_out(const pe_who_cells *cells, pe_slice account);
/* Writes an ARN that the pattern matches, and that nobody is likely to have named, of that account. */
void pe_who_cells_example(pe_slice pattern, pe_slice account, pe_buf *out);

#endif
