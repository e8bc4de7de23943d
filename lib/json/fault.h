/* SPDX-License-Identifier: MIT */
/* Why a text is not JSON: the most helpful fault for the byte that does not fit. */
#ifndef PE_JSON_FAULT_H
#define PE_JSON_FAULT_H

#include "json/reader.h"

/* A fault over `len` bytes at p (cut at the end of the text). */
pe_json_error pe_json_fault_make(pe_json_fault fault, pe_slice base, const char *p, size_t len);

/* The fault for a byte at p where the grammar wants something else: `expected` (VALUE, NAME, COLON,
 * COMMA or TRAILING), unless what stands there tells more. */
pe_json_error pe_json_fault_at(pe_json_fault expected, pe_slice base, const char *p);

/* A fault of the whole text that is better said before reading: EMPTY, BOM, UTF16; else NONE. */
pe_json_error pe_json_fault_text(pe_slice base);

/* The first typographic double quote in [p, end), or NULL. They are 3 bytes long. */
const char *pe_json_fault_find_quote(const char *p, const char *end);

/* The first byte after p that cannot be part of the same word or number. */
const char *pe_json_fault_word_end(const char *p, const char *end);

#endif
