/* SPDX-License-Identifier: MIT */
#include "check/fix.h"

#include <stdlib.h>

enum { ROUNDS = 64 }; /* each one leaves fewer faults: overlapping fixes wait for the next */

typedef struct edit { /* in the outermost text */
  uint32_t start, end;
  size_t order;
  const pe_finding *finding;
} edit;

static int by_place(const void *left, const void *right) {
  const edit *a = left, *b = right;
  if (a->start != b->start) return a->start < b->start ? -1 : 1;
  return a->order < b->order ? -1 : a->order > b->order;
}

static void escape_json(pe_buf *out, pe_slice s) {
  for (size_t i = 0; i < s.len; i++) {
    unsigned char ch = (unsigned char)s.ptr[i];
    if (ch == '"' || ch == '\\') {
      pe_buf_char(out, '\\');
      pe_buf_char(out, (char)ch);
    } else if (ch == '\n') {
      pe_buf_str(out, "\\n");
    } else if (ch < 0x20) {
      pe_buf_fmt(out, "\\u%04x", ch);
    } else {
      pe_buf_char(out, (char)ch);
    }
  }
}

static void escape_percent(pe_buf *out, pe_slice s) {
  for (size_t i = 0; i < s.len; i++) {
    unsigned char ch = (unsigned char)s.ptr[i];
    bool plain = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || ch == '-' ||
                 ch == '_' || ch == '.' || ch == '~';
    if (plain) {
      pe_buf_char(out, (char)ch);
    } else {
      pe_buf_fmt(out, "%%%02X", ch);
    }
  }
}

/* The text as it stands in the file: escaped once for each layer that the document was taken out of. */
static void write_encoded(pe_buf *out, const pe_alloc *alloc, const pe_source *source, pe_slice text) {
  pe_buf inner;
  if (source->layer == PE_SOURCE_FILE || !source->outer) {
    pe_buf_slice(out, text);
    return;
  }
  pe_buf_init(&inner, alloc);
  pe_buf_str(&inner, "");
  if (source->layer == PE_SOURCE_JSON_STRING) {
    escape_json(&inner, text);
  } else {
    escape_percent(&inner, text);
  }
  if (inner.failed) {
    out->failed = true;
  } else if (inner.len) {
    write_encoded(out, alloc, source->outer, pe_slice_of(inner.ptr, inner.len)); /* at most three layers */
  }
  pe_buf_done(&inner);
}

static size_t collect(const pe_findings *f, edit *edits) {
  size_t count = 0;
  for (size_t i = 0; i < f->list.len; i++) {
    const pe_finding *finding = &f->list.data[i];
    if (!finding->fix_safe || !finding->fix_text.ptr || !finding->source) continue;
    edits[count] = (edit){pe_source_outermost(finding->source, finding->fix_span.start),
                          pe_source_outermost(finding->source, finding->fix_span.end), count, finding};
    if (edits[count].end >= edits[count].start) count++;
  }
  qsort(edits, count, sizeof *edits, by_place);
  return count;
}

/* One round: all fixes that do not touch each other. */
static int apply(const pe_alloc *alloc, pe_slice text, const pe_findings *f, pe_buf *out, size_t *applied) {
  *applied = 0;
  edit *edits = pe_alloc_array(alloc, f->list.len + 1, sizeof *edits);
  if (!edits) return POLICYEVAL_ENOMEM;
  size_t count = collect(f, edits), at = 0;
  for (size_t i = 0; i < count; i++) {
    const edit *e = &edits[i];
    if (e->start < at || e->end > text.len || (i > 0 && *applied && e->start == at && e->end == at)) continue;
    pe_buf_slice(out, pe_slice_sub(text, at, e->start));
    write_encoded(out, alloc, e->finding->source, e->finding->fix_text);
    at = e->end;
    ++*applied;
  }
  pe_buf_slice(out, pe_slice_sub(text, at, text.len));
  pe_alloc_free(alloc, edits);
  return out->failed ? POLICYEVAL_ENOMEM : 0;
}

static int round_of(const pe_alloc *alloc, pe_slice text, const pe_validate_options *options, pe_buf *out,
                    size_t *applied, int *verdict) {
  pe_findings findings;
  int rc = pe_findings_init(&findings, alloc);
  if (rc == 0) *verdict = pe_validate(alloc, text, options, &findings);
  if (rc == 0 && *verdict == POLICYEVAL_ENOMEM) rc = POLICYEVAL_ENOMEM;
  if (rc == 0) rc = apply(alloc, text, &findings, out, applied);
  pe_findings_done(&findings);
  return rc;
}

int pe_fix_text(const pe_alloc *alloc, pe_slice text, const pe_validate_options *options, pe_buf *out, size_t *applied) {
  pe_buf now, next;
  int verdict = 0, rc = 0;
  pe_buf_init(&now, alloc);
  pe_buf_slice(&now, text);
  pe_buf_str(&now, "");
  if (now.failed) rc = POLICYEVAL_ENOMEM;
  *applied = 0;
  for (int i = 0; i < ROUNDS && rc == 0; i++) {
    size_t count = 0;
    pe_buf_init(&next, alloc);
    pe_buf_str(&next, "");
    rc = round_of(alloc, pe_slice_of(now.ptr ? now.ptr : "", now.len), options, &next, &count, &verdict);
    *applied += count;
    if (rc || count == 0) {
      pe_buf_done(&next);
      break;
    }
    pe_buf_done(&now);
    now = next;
  }
  if (rc == 0) {
    pe_buf_add(out, now.ptr ? now.ptr : "", now.len);
    if (out->failed) rc = POLICYEVAL_ENOMEM;
  }
  pe_buf_done(&now);
  return rc ? rc : verdict;
}
