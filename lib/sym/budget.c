/* SPDX-License-Identifier: MIT */
#include "sym/budget.h"

enum { CANCEL_EVERY = 256 }; /* states or nodes between two questions to the caller */

const char *pe_give_up_text(pe_give_up why) {
#define PE_GIVE_UP_TEXT(name, text) text,
  static const char *const texts[] = {PE_GIVE_UPS(PE_GIVE_UP_TEXT)};
#undef PE_GIVE_UP_TEXT
  return (unsigned)why < PE_GIVE_UP_LAST_ ? texts[why] : "";
}

void pe_budget_init(pe_budget *b) {
  *b = (pe_budget){.max_states = PE_BUDGET_STATES, .max_nodes = PE_BUDGET_NODES, .max_bytes = PE_BUDGET_BYTES};
}

static bool spend(pe_budget *b, uint64_t *spent, uint64_t count, uint64_t limit, pe_give_up why) {
  if (b->hit) return false;
  uint64_t before = *spent;
  *spent += count;
  if (*spent > limit) {
    b->hit = (uint8_t)why;
  } else if (b->cancel && before / CANCEL_EVERY != *spent / CANCEL_EVERY && b->cancel(b->cancel_user)) {
    b->hit = PE_GIVE_UP_CANCELED;
  }
  return !b->hit;
}

bool pe_budget_state(pe_budget *b, uint64_t count) {
  return spend(b, &b->states, count, b->max_states, PE_GIVE_UP_STATES);
}

bool pe_budget_node(pe_budget *b) { return spend(b, &b->nodes, 1, b->max_nodes, PE_GIVE_UP_NODES); }

bool pe_budget_bytes(pe_budget *b, size_t temporary) {
  if (!b->hit && (b->bytes > b->max_bytes || temporary > b->max_bytes - b->bytes)) b->hit = PE_GIVE_UP_BYTES;
  return !b->hit;
}
