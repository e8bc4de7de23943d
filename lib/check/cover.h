/* SPDX-License-Identifier: MIT */
/* Patterns that cover other patterns: everything that the one matches, the other matches too. */
#ifndef PE_CHECK_COVER_H
#define PE_CHECK_COVER_H

#include "base/alloc.h"
#include "base/slice.h"

/* True when the glob `outer` matches whatever the glob `inner` matches. Sound, and complete but for unusual mixes of
 * '*' and '?'. Letter case counts unless nocase. */
bool pe_cover_glob(pe_slice outer, pe_slice inner, bool nocase);
/* True when some text matches both globs. */
bool pe_cover_meets(pe_slice a, pe_slice b);

/* A set of entries of one list, and which other entry covers each: */
typedef struct pe_cover_entry {
  pe_slice text;
  uint32_t by;      /* index of an entry that covers it, or UINT32_MAX; of equal ones the first one stays */
  uint8_t all;      /* covers every other entry ("*") */
  uint8_t skip;     /* takes no part */
  uint8_t literal;  /* covers equal entries only, whatever characters it has */
  uint64_t pairs;   /* filled in: which pairs of literal neighbours it has, hashed */
} pe_cover_entry;

typedef bool (*pe_cover_fn)(pe_slice outer, pe_slice inner, bool nocase);

/* Fills `by`. Entries that end in their only wildcard '*' and have at least `least` colons in front of it are looked up;
 * other patterns are compared in pairs with `covers`, as long as *work lasts (one a pair that can be told apart at a
 * glance, else one a byte). 0 or ENOMEM. */
int pe_cover_find(pe_arena *scratch, pe_cover_entry *entries, uint32_t count, bool nocase, unsigned least,
                  pe_cover_fn covers, uint64_t *work, bool *incomplete);

#endif
