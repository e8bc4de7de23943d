/* SPDX-License-Identifier: MIT */
#include "check/diff.h"

#include "base/vec.h"

enum { CONTEXT = 3, MOST = 500 }; /* lines around a change; changed lines looked for, beyond that one block is replaced */

typedef PE_VEC(pe_slice) lines;

/* Lines with their ends; false: no memory. */
static bool split(const pe_alloc *a, pe_slice text, lines *out) {
  for (size_t at = 0; at < text.len;) {
    const char *end = memchr(text.ptr + at, '\n', text.len - at);
    size_t stop = end ? (size_t)(end - text.ptr) + 1 : text.len;
    pe_slice *line = pe_vec_push(out, a);
    if (!line) return false;
    *line = pe_slice_sub(text, at, stop);
    at = stop;
  }
  return true;
}

/* Marks of lines that are only in one text. */
typedef struct diff {
  const pe_slice *a, *b;
  size_t na, nb;
  unsigned char *gone, *come;
} diff;

/* Myers' greedy search from the front; row d of `trace` is what was known after d changes. */
static size_t search(const diff *d, long *v, long *trace, long most) {
  long n = (long)d->na, m = (long)d->nb, width = 2 * most + 1;
  v[most + 1] = 0;
  for (long changes = 0; changes <= most; changes++) {
    for (long k = -changes; k <= changes; k += 2) {
      bool down = k == -changes || (k != changes && v[most + k - 1] < v[most + k + 1]);
      long x = down ? v[most + k + 1] : v[most + k - 1] + 1;
      while (x < n && x - k < m && x - k >= 0 && pe_slice_eq(d->a[x], d->b[x - k])) x++;
      v[most + k] = x;
      if (x >= n && x - k >= m) {
        memcpy(trace + changes * width, v, (size_t)width * sizeof *v);
        return (size_t)changes;
      }
    }
    memcpy(trace + changes * width, v, (size_t)width * sizeof *v);
  }
  return SIZE_MAX;
}

static void walk_back(diff *d, const long *trace, long most, long changes) {
  long x = (long)d->na, y = (long)d->nb, width = 2 * most + 1;
  for (; changes > 0; changes--) {
    const long *v = trace + (changes - 1) * width;
    long k = x - y;
    bool down = k == -changes || (k != changes && v[most + k - 1] < v[most + k + 1]);
    long before = down ? k + 1 : k - 1, px = v[most + before], py = px - before;
    if (down) {
      d->come[py] = 1;
    } else {
      d->gone[px] = 1;
    }
    x = px;
    y = py;
  }
}

static int compare(const pe_alloc *a, diff *d) {
  long most = d->na + d->nb < MOST ? (long)(d->na + d->nb) : MOST, width = 2 * most + 3;
  long *v = pe_alloc_array(a, (size_t)width, sizeof *v);
  long *trace = pe_alloc_array(a, (size_t)(most + 1), (size_t)width * sizeof *trace);
  size_t changes = v && trace ? search(d, v, trace, most) : 0;
  int rc = v && trace ? 0 : POLICYEVAL_ENOMEM;
  if (rc == 0 && changes == SIZE_MAX) { /* too different to be worth it */
    memset(d->gone, 1, d->na);
    memset(d->come, 1, d->nb);
  } else if (rc == 0) {
    walk_back(d, trace, most, (long)changes);
  }
  pe_alloc_free(a, v);
  pe_alloc_free(a, trace);
  return rc;
}

static void write_line(pe_buf *out, char mark, pe_slice line) {
  pe_buf_char(out, mark);
  pe_buf_slice(out, line);
  if (line.len == 0 || line.ptr[line.len - 1] != '\n') pe_buf_str(out, "\n\\ No newline at end of file\n");
}

static void write_range(pe_buf *out, char mark, size_t from, size_t count) {
  pe_buf_fmt(out, "%c%zu", mark, count ? from + 1 : from);
  if (count != 1) pe_buf_fmt(out, ",%zu", count);
}

/* Lines i of a and j of b, where the next change may begin: writes one hunk, or moves to the end. */
static void write_hunk(pe_buf *out, const diff *d, size_t *i, size_t *j) {
  size_t x = *i, y = *j;
  while (x < d->na && y < d->nb && !d->gone[x] && !d->come[y]) x++, y++;
  if (x >= d->na && y >= d->nb) {
    *i = x;
    *j = y;
    return;
  }
  size_t back = x - *i < CONTEXT ? x - *i : CONTEXT, from = x - back, other = y - back, quiet = 0;
  while (x < d->na || y < d->nb) { /* to where twice the context is unchanged */
    bool gone = x < d->na && d->gone[x], come = y < d->nb && d->come[y];
    if (gone || come) {
      quiet = 0;
      x += gone;
      y += come && !gone;
    } else if (quiet == (size_t)2 * CONTEXT) {
      break;
    } else {
      quiet++;
      x++;
      y++;
    }
  }
  if (quiet > CONTEXT) x -= quiet - CONTEXT, y -= quiet - CONTEXT;
  pe_buf_str(out, "@@ ");
  write_range(out, '-', from, x - from);
  pe_buf_char(out, ' ');
  write_range(out, '+', other, y - other);
  pe_buf_str(out, " @@\n");
  for (size_t p = from, q = other; p < x || q < y;) {
    if (p < x && d->gone[p]) {
      write_line(out, '-', d->a[p++]);
    } else if (q < y && d->come[q]) {
      write_line(out, '+', d->b[q++]);
    } else {
      write_line(out, ' ', d->a[p++]);
      q++;
    }
  }
  *i = x;
  *j = y;
}

static int diff_lines(const pe_alloc *alloc, const lines *a, const lines *b, pe_buf *out) {
  diff d = {.a = a->data, .b = b->data, .na = a->len, .nb = b->len};
  d.gone = pe_alloc_array(alloc, d.na + 1, 1);
  d.come = pe_alloc_array(alloc, d.nb + 1, 1);
  int rc = d.gone && d.come ? 0 : POLICYEVAL_ENOMEM;
  size_t front = 0, back = 0; /* equal lines at both ends need no search */
  while (front < d.na && front < d.nb && pe_slice_eq(d.a[front], d.b[front])) front++;
  while (back < d.na - front && back < d.nb - front && pe_slice_eq(d.a[d.na - 1 - back], d.b[d.nb - 1 - back])) back++;
  if (rc == 0) {
    diff middle = {d.na ? d.a + front : NULL, d.nb ? d.b + front : NULL, d.na - front - back, d.nb - front - back,
                   d.gone + front, d.come + front}; /* an empty text has no lines to point at */
    rc = compare(alloc, &middle);
  }
  for (size_t i = 0, j = 0; rc == 0 && (i < d.na || j < d.nb);) write_hunk(out, &d, &i, &j);
  pe_alloc_free(alloc, d.gone);
  pe_alloc_free(alloc, d.come);
  return rc;
}

int pe_diff_unified(const pe_alloc *alloc, pe_slice before, pe_slice after, pe_slice name, pe_buf *out) {
  lines a = {0}, b = {0};
  int rc = 0;
  pe_buf_str(out, "");
  if (pe_slice_eq(before, after)) return out->failed ? POLICYEVAL_ENOMEM : 0;
  if (!split(alloc, before, &a) || !split(alloc, after, &b)) rc = POLICYEVAL_ENOMEM;
  if (rc == 0) {
    pe_buf_fmt(out, "--- %.*s\n+++ %.*s\n", (int)name.len, name.ptr ? name.ptr : "", (int)name.len, name.ptr ? name.ptr : "");
    rc = diff_lines(alloc, &a, &b, out);
  }
  pe_vec_done(&a, alloc);
  pe_vec_done(&b, alloc);
  return rc ? rc : out->failed ? POLICYEVAL_ENOMEM : 0;
}
