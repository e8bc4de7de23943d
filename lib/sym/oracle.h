/* SPDX-License-Identifier: MIT */
/* One key at a time: is there a value under which some literals on the key hold together? Results are kept for the
 * time of a question, each with the truth of every predicate of the key. */
#ifndef PE_SYM_ORACLE_H
#define PE_SYM_ORACLE_H

#include "sym/space.h"

/* One element: a text and the tests it passes, found out when they are asked about. */
typedef struct pe_element {
  pe_slice text;
  const pe_item *word; /* the text as CHAR items */
  uint32_t length, room; /* tests whose numbers are below the room are remembered */
  uint64_t *known, *wide, *tight; /* one bit a test of the key */
} pe_element;

/* What a request holds for a key. */
typedef struct pe_value {
  uint8_t shape;            /* one of PE_SHAPE_x */
  uint8_t unusual;          /* not from the domain */
  const uint32_t *elements; /* ids in the oracle's table for the key; none when absent */
  uint32_t count;
} pe_value;

typedef struct pe_key_state {
  PE_VEC(pe_element) elements;
  PE_VEC(pe_value) values;
  pe_ids tried;     /* elements that are tried before the string oracle is asked; exhaustive for ranges */
  uint32_t likely;  /* so many of the key's likely values were looked at */
  uint8_t ready;
} pe_key_state;

typedef struct pe_oracle {
  pe_space *space;
  pe_budget *budget;
  pe_arena *arena;
  const pe_alloc *alloc;
  pe_key_state *keys;
  uint32_t nkeys;
  PE_VEC(struct pe_memo) memos;
  PE_VEC(uint32_t) slots; /* hash table of memo + 1 */
  pe_items word;          /* scratch */
  bool mixed;             /* a NO was doubtful: a key of several sorts */
  int (*likely)(void *user); /* fills in the likely values of all keys, once and only if values are asked for; NULL: done */
  void *likely_user;
} pe_oracle;

int pe_oracle_init(pe_oracle *o, pe_space *space, pe_budget *budget);
void pe_oracle_done(pe_oracle *o);

enum { PE_NO_VALUE = UINT32_MAX };
/* *value: the id of a value of the key under which all literals (sorted, all on the key) can hold, or
 * PE_NO_VALUE. 0, ENOMEM, or ELIMIT: the budget is exhausted. */
int pe_oracle_ask(pe_oracle *o, uint32_t key, const pe_literal *literals, uint32_t count, uint32_t *value);

static inline const pe_value *pe_oracle_value(const pe_oracle *o, uint32_t key, uint32_t id) {
  return &o->keys[key].values.data[id];
}
static inline pe_slice pe_oracle_text(const pe_oracle *o, uint32_t key, const pe_value *v, uint32_t i) {
  return o->keys[key].elements.data[v->elements[i]].text;
}

/* Is the element in the test's wide, in its tight language? */
enum { PE_PASSES_WIDE = 1, PE_PASSES_TIGHT = 2 };
unsigned pe_oracle_passes(const pe_oracle *o, const pe_element *e, uint32_t test);

/* One element under constraints: `inside` tests it must be able to pass, `outside` tests it must be able to fail.
 * *element: its id or PE_NO_VALUE (set.h builds values of it). 0, ENOMEM or ELIMIT. */
typedef struct pe_wish {
  const uint32_t *inside, *outside; /* test ids */
  uint32_t ninside, noutside;
} pe_wish;
int pe_oracle_element(pe_oracle *o, uint32_t key, const pe_wish *wish, uint32_t *element, bool *unusual);

#endif
