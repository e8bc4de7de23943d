/* SPDX-License-Identifier: MIT */
#include "report/stream.h"

#include "json/quote.h"

pe_stream pe_stream_to(pe_buf *out, bool indented) { return (pe_stream){.out = out, .indented = indented}; }

static void new_line(pe_stream *s) {
  pe_buf_char(s->out, '\n');
  for (unsigned i = 0; i < s->depth; i++) pe_buf_add(s->out, "  ", 2);
}

/* What stands between the last item and the next one. */
static void next_item(pe_stream *s) {
  if (s->named) {
    s->named = false;
    return;
  }
  if (s->follows) pe_buf_add(s->out, ", ", s->indented ? 1 : 2);
  if (s->indented && s->depth) new_line(s);
  s->follows = true;
}

void pe_stream_open(pe_stream *s, char bracket) {
  next_item(s);
  pe_buf_char(s->out, bracket);
  s->depth++;
  s->follows = false;
}

void pe_stream_close(pe_stream *s, char bracket) {
  s->depth--;
  if (s->indented && s->follows) new_line(s);
  pe_buf_char(s->out, bracket);
  s->follows = true;
}

void pe_stream_name(pe_stream *s, const char *name) {
  next_item(s);
  s->named = true;
  const size_t n = strlen(name);
  char *p = pe_buf_room(s->out, n + 4);
  if (!p) return;
  p[0] = '"';
  memcpy(p + 1, name, n);
  memcpy(p + 1 + n, "\": ", 3);
  pe_buf_wrote(s->out, n + 4);
}

void pe_stream_key(pe_stream *s, pe_slice name) {
  pe_stream_text(s, name.ptr ? name : PE_SLICE(""));
  pe_buf_add(s->out, ": ", 2);
  s->named = true;
}

void pe_stream_text(pe_stream *s, pe_slice text) {
  next_item(s);
  if (text.ptr)
    pe_json_quote(s->out, text);
  else
    pe_buf_str(s->out, "null");
}

void pe_stream_str(pe_stream *s, const char *text) { pe_stream_text(s, pe_slice_str(text)); }

void pe_stream_uint(pe_stream *s, uint64_t n) {
  next_item(s);
  pe_buf_uint(s->out, n);
}

void pe_stream_bool(pe_stream *s, bool b) {
  next_item(s);
  pe_buf_str(s->out, b ? "true" : "false");
}

void pe_stream_null(pe_stream *s) { pe_stream_text(s, (pe_slice){NULL, 0}); }

static void position(pe_stream *s, const char *name, policyeval_position at) {
  pe_stream_name(s, name);
  pe_stream_open(s, '{');
  pe_stream_name(s, "line");
  pe_stream_uint(s, at.line);
  pe_stream_name(s, "column");
  pe_stream_uint(s, at.column);
  pe_stream_name(s, "offset");
  pe_stream_uint(s, at.offset);
  pe_stream_close(s, '}');
}

void pe_stream_span(pe_stream *s, const pe_source *source, pe_span span) {
  const policyeval_span place = pe_source_span(source, span);
  pe_stream_open(s, '{');
  position(s, "start", place.start);
  position(s, "end", place.end);
  pe_stream_close(s, '}');
}
