/* SPDX-License-Identifier: MIT */
/* Long lists of texts under StringEquals, sorted once: a request's value is looked up instead of compared with each, so that
 * a set operator over thousands of values on both sides is no square. */
#include "cond/family.h"

enum { WORTH_SORTING = 16 };

static int order(const pe_listed *a, const pe_listed *b) {
  int c = pe_slice_cmp(a->text, b->text);
  return c ? c : (a->index > b->index) - (a->index < b->index);
}

static void sink(pe_listed *list, uint32_t root, uint32_t count) {
  pe_listed moved = list[root];
  for (uint32_t child; (child = 2 * root + 1) < count; root = child) {
    if (child + 1 < count && order(&list[child], &list[child + 1]) < 0) child++;
    if (order(&moved, &list[child]) >= 0) break;
    list[root] = list[child];
  }
  list[root] = moved;
}

int pe_cond_listed_make(pe_arena *arena, pe_condition *c) {
  bool exact = c->op.op == PE_OP_STRING_EQUALS || c->op.op == PE_OP_STRING_NOT_EQUALS;
  if (!exact || c->has_variable || c->count < WORTH_SORTING) return 0;
  pe_listed *list = pe_arena_zero(arena, c->count, sizeof *list);
  if (!list) return POLICYEVAL_ENOMEM;
  for (uint32_t i = 0; i < c->count; i++) {
    const pe_pattern *p = &c->values[i].as.pattern;
    if (p->shape != PE_SHAPE_EXACT) return 0;
    list[i] = (pe_listed){p->literal, i};
  }
  for (uint32_t i = c->count / 2; i > 0; i--) sink(list, i - 1, c->count);
  for (uint32_t i = c->count - 1; i > 0; i--) {
    pe_listed last = list[i];
    list[i] = list[0];
    list[0] = last;
    sink(list, 0, i);
  }
  c->listed = list;
  return 0;
}

uint32_t pe_cond_listed_find(const pe_condition *c, pe_slice text) {
  uint32_t low = 0, high = c->count;
  while (low < high) { /* the first that is not before */
    uint32_t middle = low + (high - low) / 2;
    if (pe_slice_cmp(c->listed[middle].text, text) < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  bool found = low < c->count && pe_slice_eq(c->listed[low].text, text);
  return found ? c->listed[low].index : c->count;
}
