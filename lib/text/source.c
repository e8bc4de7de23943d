/* SPDX-License-Identifier: MIT */
#include "text/source.h"

#include "base/utf8.h"

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/* The value of the four digits after \u at s[i], or 0 when they are not there. */
static uint32_t unicode_escape(pe_slice s, size_t i) {
  if (s.len - i < 6 || s.ptr[i] != '\\' || s.ptr[i + 1] != 'u') return 0;
  uint32_t cp = 0;
  for (size_t k = i + 2; k < i + 6; k++) {
    int d = hex_digit(s.ptr[k]);
    if (d < 0) return 0;
    cp = cp << 4 | (uint32_t)d;
  }
  return cp;
}

/* One escape of a JSON string: how long it is as written, and how many bytes it stands for. */
static void escape_lengths(pe_slice raw, size_t i, size_t *written, size_t *decoded) {
  *written = raw.len - i < 2 ? raw.len - i : 2;
  *decoded = 1;
  if (*written < 2 || raw.ptr[i + 1] != 'u') return;
  *written = raw.len - i < 6 ? raw.len - i : 6;
  uint32_t cp = unicode_escape(raw, i);
  if (cp < 0x80) return;
  *decoded = cp < 0x800 ? 2 : 3;
  if (cp >= 0xD800 && cp < 0xDC00 && raw.len - i >= 12) {
    uint32_t low = unicode_escape(raw, i + 6);
    if (low >= 0xDC00 && low < 0xE000) {
      *written = 12;
      *decoded = 4;
    }
  }
}

size_t pe_source_raw_offset(pe_slice raw, size_t n) {
  size_t i = 1, done = 0;
  while (i < raw.len && raw.ptr[i] != '"') {
    unsigned char c = (unsigned char)raw.ptr[i];
    size_t written = c < 0x80 ? 1 : pe_utf8_step(c), decoded = written;
    if (c == '\\') escape_lengths(raw, i, &written, &decoded);
    if (n < done + decoded) return i;
    done += decoded;
    i += written;
  }
  return i < raw.len ? i : raw.len;
}

/* Offset in `text` of the byte or %XX that produced byte n of the percent-decoded form of text. */
static size_t percent_offset(pe_slice text, size_t n) {
  size_t i = 0;
  for (; n > 0 && i < text.len; n--) {
    bool encoded = text.ptr[i] == '%' && text.len - i >= 3 && hex_digit(text.ptr[i + 1]) >= 0 &&
                   hex_digit(text.ptr[i + 2]) >= 0;
    i += encoded ? 3 : 1;
  }
  return i;
}

/* Offset in s->outer->text of what produced byte `offset` of s. */
static size_t one_layer_out(const pe_source *s, size_t offset) {
  pe_slice outer = s->outer->text;
  size_t start = s->outer_start < outer.len ? s->outer_start : outer.len;
  if (s->layer == PE_SOURCE_PERCENT) {
    return start + percent_offset(pe_slice_sub(outer, start, outer.len), offset);
  }
  start = start ? start - 1 : 0; /* the quote of the JSON string */
  return start + pe_source_raw_offset(pe_slice_sub(outer, start, outer.len), offset);
}

uint32_t pe_source_outermost(const pe_source *s, uint32_t offset) {
  size_t at = offset < s->text.len ? offset : s->text.len;
  for (; s->outer; s = s->outer) at = one_layer_out(s, at);
  return (uint32_t)at;
}

const pe_source *pe_source_file(const pe_source *s) {
  while (s->outer) s = s->outer;
  return s;
}

/* Offset of the first byte of the line that holds text[at]. */
static size_t line_start(pe_slice text, size_t at) {
  while (at > 0 && text.ptr[at - 1] != '\n') at--;
  return at;
}

/* The place `to` of the outermost text, seen from a place before it. */
static policyeval_position walk(pe_slice text, policyeval_position from, uint32_t to) {
  policyeval_position out = from;
  size_t start = from.offset;
  out.offset = to;
  while (start < to) {
    const char *end = memchr(text.ptr + start, '\n', to - start);
    if (!end) break;
    start = (size_t)(end - text.ptr) + 1;
    out.line++;
    out.column = 0;
  }
  out.column += (uint32_t)pe_utf8_count(pe_slice_sub(text, start, to));
  return out;
}

policyeval_position pe_source_position(const pe_source *s, uint32_t offset) {
  uint32_t at = pe_source_outermost(s, offset);
  return walk(pe_source_file(s)->text, (policyeval_position){.line = 1}, at);
}

policyeval_span pe_source_span(const pe_source *s, pe_span span) {
  const policyeval_position start = pe_source_position(s, span.start);
  const uint32_t end = pe_source_outermost(s, span.end);
  if (end < start.offset) return (policyeval_span){start, pe_source_position(s, span.end)};
  return (policyeval_span){start, walk(pe_source_file(s)->text, start, end)};
}

pe_slice pe_source_line(const pe_source *s, policyeval_position at) {
  pe_slice text = pe_source_file(s)->text;
  size_t offset = at.offset < text.len ? at.offset : text.len;
  size_t start = line_start(text, offset);
  const char *newline = offset < text.len ? memchr(text.ptr + offset, '\n', text.len - offset) : NULL;
  size_t end = newline ? (size_t)(newline - text.ptr) : text.len;
  if (end > start && text.ptr[end - 1] == '\r') end--;
  return pe_slice_sub(text, start, end);
}
