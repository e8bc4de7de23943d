/* SPDX-License-Identifier: MIT */
#include "report/excerpt.h"

#include "base/utf8.h"

enum { WINDOW = 120, BEFORE = 50 }; /* code points shown of a long line, and of them in front of the first mark */

void pe_text_place(pe_buf *out, const pe_source *source, uint32_t offset) {
  const policyeval_position at = pe_source_position(source, offset);
  const pe_slice name = pe_source_file(source)->name;
  pe_buf_slice(out, name.ptr && name.len ? name : PE_SLICE("<input>"));
  pe_buf_fmt(out, ":%u:%u", at.line, at.column + 1);
}

static void blanks(pe_buf *out, size_t n) {
  for (; n > 0; n--) pe_buf_char(out, ' ');
}

/* Characters [from, to) of a line, counted as positions count them. Control characters become blanks, so that columns
 * hold, and bytes that are no UTF-8 become U+FFFD, so that every terminal and pipe can take the text. */
static void write_columns(pe_buf *out, pe_slice line, size_t from, size_t to) {
  size_t column = 0;
  for (size_t i = 0; i < line.len && column < to; column++) {
    const unsigned char c = (unsigned char)line.ptr[i];
    const unsigned good = pe_utf8_check((const unsigned char *)line.ptr + i, line.len - i);
    size_t step = pe_utf8_step(c);
    if (step > line.len - i) step = line.len - i;
    if (column >= from) {
      if (c < 0x20 || c == 0x7F) pe_buf_char(out, ' ');
      else if (good) pe_buf_add(out, line.ptr + i, good);
      else pe_buf_str(out, "\xEF\xBF\xBD");
    }
    i += good ? good : step;
  }
}

typedef struct window {
  size_t from, to;   /* columns of the line that are shown */
  bool cut_left, cut_right;
} window;

static window choose(size_t columns, size_t mark) {
  window w = {0, columns, false, false};
  if (columns <= WINDOW) return w;
  w.from = mark > BEFORE ? mark - BEFORE : 0;
  w.to = w.from + WINDOW < columns ? w.from + WINDOW : columns;
  w.cut_left = w.from > 0;
  w.cut_right = w.to < columns;
  return w;
}

static void gutter(pe_buf *out, unsigned indent, unsigned width) {
  blanks(out, indent + width);
  pe_buf_str(out, " | ");
}

static unsigned digits(uint32_t n) {
  unsigned d = 1;
  while (n >= 10) n /= 10, d++;
  return d;
}

/* One row per mark, unless the next one fits behind the label of the last. */
static void write_marks(pe_buf *out, const pe_source *source, const pe_mark *marks, size_t count, uint32_t line,
                        window w, unsigned indent, unsigned width) {
  size_t at = SIZE_MAX; /* column that was written up to, in the row; SIZE_MAX: no row yet */
  for (size_t i = 0; i < count; i++) {
    const policyeval_span place = pe_source_span(source, marks[i].span);
    if (place.start.line != line || place.start.column < w.from || place.start.column > w.to) continue;
    const size_t column = place.start.column - w.from + (w.cut_left ? 1 : 0);
    size_t length = place.end.line == line && place.end.column > place.start.column
                        ? place.end.column - place.start.column
                        : 1;
    if (place.start.column + length > w.to && w.to > place.start.column) length = w.to - place.start.column;
    if (at == SIZE_MAX || column < at + 2) {
      if (at != SIZE_MAX) pe_buf_char(out, '\n');
      gutter(out, indent, width);
      at = 0;
    }
    blanks(out, column - at);
    for (size_t k = 0; k < length; k++) pe_buf_char(out, '^');
    at = column + length;
    if (marks[i].label[0]) {
      pe_buf_char(out, ' ');
      pe_buf_str(out, marks[i].label);
      at += 1 + pe_utf8_count(pe_slice_str(marks[i].label));
    }
  }
  if (at != SIZE_MAX) pe_buf_char(out, '\n');
}

void pe_text_excerpt(pe_buf *out, const pe_source *source, const pe_mark *marks, size_t count, unsigned indent) {
  if (count == 0) return;
  const policyeval_position at = pe_source_position(source, marks[0].span.start);
  const pe_slice line = pe_source_line(source, at);
  const window w = choose(pe_utf8_count(line), at.column);
  const unsigned width = digits(at.line);
  blanks(out, indent);
  pe_buf_fmt(out, "%u | ", at.line);
  if (w.cut_left) pe_buf_str(out, "…");
  write_columns(out, line, w.from, w.to);
  if (w.cut_right) pe_buf_str(out, "…");
  pe_buf_char(out, '\n');
  write_marks(out, source, marks, count, at.line, w, indent, width);
}
