/* SPDX-License-Identifier: MIT */
/* JSON text as jansson's values, read by lib/json: jansson's own reader leaves out a byte, without a word, where memory runs
 * out while it copies a string. */
#ifndef PE_SERVICE_TREE_H
#define PE_SERVICE_TREE_H

#include <jansson.h>

#include "base/buf.h"
#include "json/reader.h"

/* The text has a NUL behind it. A new reference; a member that is there twice is refused (EJSON with fault NONE and the place
 * of the member in *error). Numbers that are no plain integers become null: nobody asks for one. 0, EJSON, ELIMIT, ENOMEM. */
int pe_tree_read(const pe_alloc *alloc, pe_slice text, json_t **out, pe_json_error *error);

#endif
