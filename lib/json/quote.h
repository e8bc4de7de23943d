/* SPDX-License-Identifier: MIT */
/* Text as a JSON string: the one place that knows what has to be escaped. */
#ifndef PE_JSON_QUOTE_H
#define PE_JSON_QUOTE_H

#include "base/buf.h"

/* Writes the string with its quotes. The text is UTF-8: only what JSON demands is escaped. */
void pe_json_quote(pe_buf *out, pe_slice text);

#endif
