/* SPDX-License-Identifier: MIT */
/* A text with a name, and the way from an offset in it to a place a person can open.
 *
 * A policy may be embedded: the document is then a decoded JSON string (and perhaps
 * percent-decoded once more) of an outer text. Offsets of the model are offsets in the
 * innermost text; places are always those of the outermost file as written. */
#ifndef PE_TEXT_SOURCE_H
#define PE_TEXT_SOURCE_H

#include "base/alloc.h"
#include "base/slice.h"
#include "policyeval/base.h"

typedef enum pe_source_layer { PE_SOURCE_FILE, PE_SOURCE_JSON_STRING, PE_SOURCE_PERCENT } pe_source_layer;

typedef struct pe_source {
  pe_slice name; /* for messages; may be empty */
  pe_slice text; /* NUL-terminated after len */
  pe_source_layer layer;
  const struct pe_source *outer; /* the text this one was decoded from, or NULL for a file */
  uint32_t outer_start;          /* where the encoded form starts in outer->text (after the quote) */
} pe_source;

/* Offset in the outermost text of the character that produced byte `offset` of s. */
uint32_t pe_source_outermost(const pe_source *s, uint32_t offset);
policyeval_position pe_source_position(const pe_source *s, uint32_t offset);
policyeval_span pe_source_span(const pe_source *s, pe_span span);
const pe_source *pe_source_file(const pe_source *s); /* the outermost text */
/* The whole line (of the outermost text, without its end) that holds the position. */
pe_slice pe_source_line(const pe_source *s, policyeval_position at);
/* Raw offset, from the opening quote of a JSON string literal at raw[0], of the escape or
 * character that produced decoded byte n (n may be the decoded length). */
size_t pe_source_raw_offset(pe_slice raw, size_t n);

#endif
