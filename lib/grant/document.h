/* SPDX-License-Identifier: MIT */
/* The documents of a plan: where they come from, how large they may be. */
#ifndef PE_GRANT_DOCUMENT_H
#define PE_GRANT_DOCUMENT_H

#include "grant/plan.h"

/* Fills p->documents from the question's policies: what was not given is empty, or AWS's default for a key. */
int pe_documents_take(pe_plan *p);
void pe_document_done(pe_document *d, const pe_alloc *alloc);
/* Nothing is changed after all. */
void pe_document_reset(pe_document *d);
/* Does AWS take a policy of that size? Else *told says how large it is and what to shorten. */
bool pe_document_fits(const pe_document *d, const pe_policy *after, pe_buf *told);

#endif
