/* SPDX-License-Identifier: MIT */
/* Edits of a document's text that leave the rest of it byte for byte as its author wrote it. */
#ifndef PE_GRANT_SPLICE_H
#define PE_GRANT_SPLICE_H

#include "base/buf.h"
#include "policy/model.h"

/* All: 0, ENOMEM, or EINTERNAL for a text that is not JSON. *out is appended to. */

/* Writes JSON anew, each member on a line of its own, four blanks a level. */
int pe_splice_pretty(const pe_alloc *alloc, pe_slice json, pe_buf *out);
/* The document with a statement (JSON of any form) added behind the last one, written as that one is written. A Statement that
 * is one object becomes a list. */
int pe_splice_add(const pe_alloc *alloc, const pe_policy *p, pe_slice statement, pe_buf *out);
/* The document with elements and members taken out; not all of one container. */
int pe_splice_remove(const pe_alloc *alloc, const pe_policy *p, const uint32_t *nodes, size_t count, pe_buf *out);
/* The document alone, with its placeholders filled in. */
int pe_splice_fill(const pe_policy *p, pe_buf *out);
/* False when it is part of a larger text, or has placeholders. */
bool pe_splice_is_whole(const pe_policy *p);

#endif
