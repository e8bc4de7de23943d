/* SPDX-License-Identifier: MIT */
/* Who wants to know how a NO came about (docs/analysis.md, certificates). Nobody does in a program that uses the library:
 * then budget.observer is NULL, and that test is all it costs. An observer only looks on: it has no say, and is told
 * nothing that it could not find out from its arguments. */
#ifndef PE_SYM_OBSERVER_H
#define PE_SYM_OBSERVER_H

#include "sym/solve.h"

typedef struct pe_observer {
  /* A new oracle: what follows about it is about the keys, tests and predicates that its space has now. */
  void (*oracle)(void *user, const pe_oracle *o);
  /* One primitive begins, and ends. */
  void (*solve)(void *user, const pe_oracle *o, const pe_literal *base, uint32_t nbase, const pe_box *excluded);
  void (*solved)(void *user, pe_found found);
  /* A level below the last one: the excluded box, and those of its literals that are not decided, in the order of the
   * branches. The i-th branch makes the i-th literal false and those before it true. */
  void (*level)(void *user, uint32_t box, const pe_literal *choices, uint32_t count);
  /* The branch at hand (without a level: the base) fails: the key has no value for these literals. */
  void (*conflict)(void *user, uint32_t key, const pe_literal *literals, uint32_t count);
  /* All branches of the last level failed, and with them the branch at hand of level `back` (from 1); 0: the answer is NO. */
  void (*jump)(void *user, size_t back);
  /* The search for a text starts anew from the patterns of wanted union `self` (PE_NO_VALUE: from any text), … */
  void (*text)(void *user, uint32_t self);
  /* … of which this one is not decided by lemma 1 … */
  void (*open)(void *user, uint32_t glob);
  /* … and this is a state of the product for those, the start first. */
  void (*state)(void *user, const uint32_t *positions, uint32_t count);
  /* That search found no text for this element. */
  void (*element)(void *user, const pe_oracle *o, uint32_t key, const pe_wish *wish);
} pe_observer;

#endif
