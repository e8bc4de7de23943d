/* SPDX-License-Identifier: MIT */
/* Long lists under StringEquals and StringLike, sorted once by the text before the first wildcard: a request's value meets only
 * the patterns that begin as it does, so that a set operator over thousands of values on both sides is no square. */
#include "cond/family.h"

enum { WORTH_SORTING = 16 };
#define NONE UINT32_MAX

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

static void sort(pe_listed *list, uint32_t count) {
  for (uint32_t i = count / 2; i > 0; i--) sink(list, i - 1, count);
  for (uint32_t i = count - 1; i > 0; i--) {
    pe_listed last = list[i];
    list[i] = list[0];
    list[0] = last;
    sink(list, 0, i);
  }
}

int pe_cond_listed_make(pe_arena *arena, pe_condition *c) {
  pe_op op = (pe_op)c->op.op;
  bool sortable = op == PE_OP_STRING_EQUALS || op == PE_OP_STRING_NOT_EQUALS || op == PE_OP_STRING_LIKE || op == PE_OP_STRING_NOT_LIKE;
  if (!sortable || c->has_variable || c->count < WORTH_SORTING) return 0;
  pe_listed *list = pe_arena_zero(arena, c->count, sizeof *list);
  if (!list) return POLICYEVAL_ENOMEM;
  for (uint32_t i = 0; i < c->count; i++) list[i] = (pe_listed){.text = c->values[i].as.pattern.literal, .index = i};
  sort(list, c->count);
  /* What begins another text stands before it, and all between the two begins so too: the chain of `shorter` from the entry
   * before is all that may. */
  list[0].shorter = NONE;
  for (uint32_t i = 1; i < c->count; i++) {
    uint32_t at = i - 1;
    while (at != NONE && !pe_slice_starts(list[i].text, list[at].text)) at = list[at].shorter;
    list[i].shorter = at;
  }
  c->listed = list;
  return 0;
}

uint32_t pe_cond_listed_find(const pe_condition *c, pe_slice text) {
  uint32_t low = 0, high = c->count;
  while (low < high) { /* the first that is behind */
    uint32_t middle = low + (high - low) / 2;
    if (pe_slice_cmp(c->listed[middle].text, text) <= 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  uint32_t found = c->count;
  for (uint32_t at = low > 0 ? low - 1 : NONE; at != NONE; at = c->listed[at].shorter) {
    const pe_listed *entry = &c->listed[at];
    if (entry->index < found && pe_pattern_match(&c->values[entry->index].as.pattern, text)) found = entry->index;
  }
  return found;
}
