/* SPDX-License-Identifier: MIT */
/* What one question may cost. Counted, never timed, so that the same question has the same answer on every
 * machine; totals of the question, so that a larger budget only ever turns UNKNOWN into YES or NO. */
#ifndef PE_SYM_BUDGET_H
#define PE_SYM_BUDGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* X(name, text): why a question has no answer. */
#define PE_GIVE_UPS(X)                                                                             \
  X(NONE, "")                                                                                      \
  X(STATES, "the limit of automaton states was reached")                                           \
  X(NODES, "the limit of search nodes was reached")                                                \
  X(BYTES, "the memory limit of the question was reached")                                         \
  X(CANCELED, "the caller cancelled the question")                                                 \
  X(VARIABLE, "a policy variable is used in a way that the analysis cannot decide")                \
  X(OPAQUE, "the answer depends on an entry that the analysis knows only from both sides")          \
  X(MIXED, "one condition key is compared as values of different types")                           \
  X(SEVERAL, "the answer depends on several undocumented readings of one row at once")               \
  X(SILENT, "AWS does not say what happens to the request that would show it")

#define PE_GIVE_UP_ENUM(name, text) PE_GIVE_UP_##name,
typedef enum pe_give_up { PE_GIVE_UPS(PE_GIVE_UP_ENUM) PE_GIVE_UP_LAST_ } pe_give_up;
#undef PE_GIVE_UP_ENUM
const char *pe_give_up_text(pe_give_up why);

enum { PE_BUDGET_STATES = 200000, PE_BUDGET_NODES = 100000, PE_BUDGET_BYTES = 64 * 1024 * 1024 };

typedef struct pe_budget {
  uint64_t max_states, max_nodes;
  size_t max_bytes;
  uint64_t states, nodes; /* spent */
  size_t bytes;           /* held by the question now; temporary memory is added where it is used */
  bool (*cancel)(void *user); /* true: stop; may be NULL */
  void *cancel_user;
  const struct pe_observer *observer; /* who is told how a NO came about (observer.h); NULL: nobody */
  void *observer_user;
  uint8_t hit; /* pe_give_up: sticky */
} pe_budget;

void pe_budget_init(pe_budget *b); /* the defaults */
/* Spends; false when the budget is exhausted (then and ever after). */
bool pe_budget_state(pe_budget *b, uint64_t count);
bool pe_budget_node(pe_budget *b);
/* False when the question would hold `temporary` bytes more than it may. */
bool pe_budget_bytes(pe_budget *b, size_t temporary);

#endif
