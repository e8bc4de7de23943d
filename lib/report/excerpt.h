/* SPDX-License-Identifier: MIT */
/* A line of a file with marks under it, for people. */
#ifndef PE_REPORT_EXCERPT_H
#define PE_REPORT_EXCERPT_H

#include "base/buf.h"
#include "text/source.h"

typedef struct pe_mark {
  pe_span span;      /* in the source; the part on the first line of it is underlined */
  const char *label; /* beside the underline; may be "" */
} pe_mark;

/* "  7 | text", and under it carets with labels. All marks lie on the line of the first one; those that do not are left
 * out. Long lines are cut to a window around the first mark. indent: blanks in front. */
void pe_text_excerpt(pe_buf *out, const pe_source *source, const pe_mark *marks, size_t count, unsigned indent);

/* "file:line:column", columns from 1. */
void pe_text_place(pe_buf *out, const pe_source *source, uint32_t offset);

#endif
