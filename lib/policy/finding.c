/* SPDX-License-Identifier: MIT */
#include "policy/finding.h"

#include <stdio.h>
#include <stdlib.h>

static const pe_rule_info rules[] = {
#define PE_RULE(id, severity, kinds, title, explanation, fix, url)                                           \
  {#id, title, explanation, fix, url, kinds, severity},
#include "policy/rules.def"
#undef PE_RULE
};

const pe_rule_info *pe_rule_get(pe_rule rule) { return &rules[rule]; }

int pe_rule_find(pe_slice id) {
  for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
    if (pe_slice_eq(pe_slice_str(rules[i].id), id)) return (int)i;
  }
  return -1;
}

int pe_findings_init(pe_findings *f, const pe_alloc *a) {
  *f = (pe_findings){.alloc = a, .arena = pe_arena_new(a, 0)};
  return f->arena ? 0 : POLICYEVAL_ENOMEM;
}

void pe_findings_done(pe_findings *f) {
  pe_vec_done(&f->list, f->alloc);
  pe_arena_free(f->arena);
  *f = (pe_findings){.alloc = f->alloc};
}

static bool copy_slice(pe_arena *arena, pe_slice *s) {
  if (!s->ptr) return true;
  s->ptr = pe_arena_copy(arena, s->ptr, s->len);
  return s->ptr != NULL;
}

int pe_findings_keep(pe_findings *f, const pe_source *source) {
  pe_source *inner = NULL, *first = NULL;
  for (; source; source = source->outer) {
    pe_source *copy = pe_arena_alloc(f->arena, sizeof *copy);
    if (copy) *copy = *source;
    if (!copy || !copy_slice(f->arena, &copy->name) || !copy_slice(f->arena, &copy->text)) {
      f->failed = true;
      return POLICYEVAL_ENOMEM;
    }
    copy->outer = NULL;
    if (inner) inner->outer = copy;
    inner = copy;
    if (!first) first = copy;
  }
  f->source = first;
  f->documents++;
  return 0;
}

pe_finding *pe_findings_addv(pe_findings *f, pe_rule rule, uint32_t node, pe_span span, const char *format,
                             va_list args) {
  if (f->failed) return NULL;
  va_list again;
  va_copy(again, args);
  int len = vsnprintf(NULL, 0, format, args);
  char *message = len < 0 ? NULL : pe_arena_alloc(f->arena, (size_t)len + 1);
  if (message) vsnprintf(message, (size_t)len + 1, format, again);
  va_end(again);
  pe_finding *finding = message ? pe_vec_push(&f->list, f->alloc) : NULL;
  if (!finding) {
    f->failed = true;
    return NULL;
  }
  finding->rule = rule;
  finding->document = f->documents;
  finding->node = node;
  finding->span = span;
  finding->source = f->source;
  finding->message = pe_slice_of(message, (size_t)len);
  return finding;
}

pe_finding *pe_findings_add(pe_findings *f, pe_rule rule, uint32_t node, pe_span span, const char *format,
                            ...) {
  va_list args;
  va_start(args, format);
  pe_finding *finding = pe_findings_addv(f, rule, node, span, format, args);
  va_end(args);
  return finding;
}

void pe_finding_fix(pe_findings *f, pe_finding *finding, pe_span span, pe_slice text, bool safe,
                    const char *title) {
  if (!finding) return;
  const char *copy = pe_arena_copy(f->arena, text.ptr, text.len);
  const char *words = pe_arena_copy(f->arena, title, strlen(title));
  if (!copy || !words) {
    f->failed = true;
    return;
  }
  finding->fix_safe = safe;
  finding->fix_span = span;
  finding->fix_text = pe_slice_of(copy, text.len);
  finding->fix_title = pe_slice_of(words, strlen(words));
}

static int compare(const void *left, const void *right) {
  const pe_finding *a = left, *b = right;
  if (a->document != b->document) return a->document < b->document ? -1 : 1;
  if (a->span.start != b->span.start) return a->span.start < b->span.start ? -1 : 1;
  if (a->rule != b->rule) return a->rule < b->rule ? -1 : 1;
  if (a->span.end != b->span.end) return a->span.end < b->span.end ? -1 : 1;
  return pe_slice_cmp(a->message, b->message);
}

void pe_findings_sort(pe_findings *f) {
  if (f->list.len > 1) qsort(f->list.data, f->list.len, sizeof *f->list.data, compare);
}

pe_slice pe_finding_excerpt(pe_slice text) {
  size_t end = text.len < 64 ? text.len : 64;
  while (end > 0 && end < text.len && ((unsigned char)text.ptr[end] & 0xC0) == 0x80) end--;
  return pe_slice_sub(text, 0, end);
}
