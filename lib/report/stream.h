/* SPDX-License-Identifier: MIT */
/* JSON as it is written, for results that come by the hundred thousand a second: no tree is built (bench/bench_simulate
 * tells what one costs). The caller opens and closes; commas, line ends and quotes are done here. */
#ifndef PE_REPORT_STREAM_H
#define PE_REPORT_STREAM_H

#include "base/buf.h"
#include "text/source.h"

typedef struct pe_stream {
  pe_buf *out; /* its failure is the failure of the document */
  bool indented;
  bool follows; /* something stands before the next item of this container */
  bool named;   /* a name stands before the next value */
  unsigned depth;
} pe_stream;

pe_stream pe_stream_to(pe_buf *out, bool indented);
void pe_stream_open(pe_stream *s, char bracket); /* '{' or '[' */
void pe_stream_close(pe_stream *s, char bracket);
void pe_stream_name(pe_stream *s, const char *name); /* of a member: plain ASCII, nothing to escape */
void pe_stream_key(pe_stream *s, pe_slice name);     /* the same for any text */
void pe_stream_text(pe_stream *s, pe_slice text);    /* ptr NULL: null */
void pe_stream_str(pe_stream *s, const char *text);
void pe_stream_uint(pe_stream *s, uint64_t n);
void pe_stream_bool(pe_stream *s, bool b);
void pe_stream_null(pe_stream *s);
/* {"start": {"line", "column", "offset"}, "end": {…}}: lines from 1, columns and offsets from 0. */
void pe_stream_span(pe_stream *s, const pe_source *source, pe_span span);

#endif
