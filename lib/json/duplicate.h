/* SPDX-License-Identifier: MIT */
/* Members of one object that share a name. */
#ifndef PE_JSON_DUPLICATE_H
#define PE_JSON_DUPLICATE_H

#include "json/reader.h"

/* Marks the children of a finished object whose name an earlier one has. O(n log n) whatever the
 * names are. 0 or ENOMEM. */
int pe_json_duplicate_mark(const pe_alloc *a, pe_json_node *nodes, uint32_t object);

#endif
