/* SPDX-License-Identifier: MIT */
/* A hash table over the literal beginnings of action patterns.  A pattern without wildcard is found by the
 * hash of the whole action. One with a wildcard is filed under the literal text in front of it (at most
 * KEY_MAX bytes); a look-up asks once for each length of such a beginning that occurs, with a hash that
 * grows along the action. What is filed under a key is compared before it counts, so hashes that collide
 * cost time and nothing else: at worst that of a scan. */
#include "policy/index.h"

#include "base/wrap.h"

enum { FEW = 12, KEY_MAX = 255, LENGTH_WORDS = (KEY_MAX + 64) / 64, NO_ENTRY = 0xFFFFFFFF };

typedef struct entry {
  uint32_t next; /* in the same bucket, or NO_ENTRY */
  uint32_t tag;  /* upper half of the hash */
  uint32_t statement;
  uint32_t action;
} entry;

struct pe_action_index {
  uint32_t *buckets;
  entry *entries;
  uint32_t *always; /* statements to test one by one: NotAction, and any action */
  uint32_t nalways, mask;
  uint32_t nentries;
  uint64_t lengths[LENGTH_WORDS]; /* bit n: a beginning of n bytes occurs */
};

/* The growing hash of a beginning. */
PE_WRAPS static uint64_t grow(uint64_t h, char c) { return (h ^ (unsigned char)c) * 0x100000001B3u; }
static const uint64_t SEED = 0xCBF29CE484222325u;
PE_WRAPS static uint64_t finish(uint64_t h) {
  h = (h ^ h >> 32) * 0x9E3779B97F4A7C15u;
  return h ^ h >> 29;
}

static uint64_t hash_beginning(pe_slice s) {
  uint64_t h = SEED;
  for (size_t i = 0; i < s.len; i++) h = grow(h, s.ptr[i]);
  return finish(h);
}

static bool always_tested(const pe_statement *s) {
  if (s->action_mode == PE_MODE_NOT) return true;
  for (uint32_t i = 0; i < s->nactions; i++) {
    if (s->actions[i].any) return true;
  }
  return false;
}

static void file_action(pe_action_index *index, const pe_action *a, uint32_t statement, uint32_t action) {
  uint64_t hash;
  if (a->pattern.shape == PE_SHAPE_EXACT) {
    hash = pe_slice_hash(a->pattern.literal);
  } else {
    pe_slice begin = pe_slice_sub(a->pattern.literal, 0, KEY_MAX);
    index->lengths[begin.len >> 6] |= (uint64_t)1 << (begin.len & 63);
    hash = hash_beginning(begin);
  }
  uint32_t *bucket = &index->buckets[hash & index->mask];
  index->entries[index->nentries] = (entry){*bucket, (uint32_t)(hash >> 32), statement, action};
  *bucket = index->nentries++;
}

static pe_action_index *allocate(pe_arena *arena, uint32_t entries, uint32_t always) {
  pe_action_index *index = pe_arena_zero(arena, 1, sizeof *index);
  if (!index) return NULL;
  uint32_t buckets = 16;
  while (buckets < entries && buckets < 0x40000000u) buckets *= 2;
  index->mask = buckets - 1;
  index->buckets = pe_arena_alloc(arena, buckets * sizeof *index->buckets);
  index->entries = pe_arena_alloc(arena, (size_t)entries * sizeof *index->entries);
  index->always = pe_arena_alloc(arena, (size_t)always * sizeof *index->always);
  if (!index->buckets || !index->entries || !index->always) return NULL;
  memset(index->buckets, 0xFF, buckets * sizeof *index->buckets); /* NO_ENTRY */
  return index;
}

int pe_action_index_build(pe_arena *arena, const pe_statement *statements, uint32_t count,
                          const pe_action_index **out) {
  uint32_t entries = 0, always = 0; /* fewer than bytes of the text: NO_ENTRY is none */
  for (uint32_t s = 0; s < count; s++) {
    if (always_tested(&statements[s])) {
      always++;
    } else {
      entries += statements[s].nactions;
    }
  }
  *out = NULL;
  if (entries + always <= FEW) return 0; /* a scan answers, too */
  pe_action_index *index = allocate(arena, entries, always);
  if (!index) return POLICYEVAL_ENOMEM;
  for (uint32_t s = 0; s < count; s++) {
    if (always_tested(&statements[s])) {
      index->always[index->nalways++] = s;
      continue;
    }
    for (uint32_t a = 0; a < statements[s].nactions; a++) {
      if (!statements[s].actions[a].never) file_action(index, &statements[s].actions[a], s, a);
    }
  }
  *out = index;
  return 0;
}

static bool action_matches(const pe_action *a, pe_slice action) {
  if (a->any) return true;
  if (a->never) return false;
  switch (a->pattern.shape) {
  case PE_SHAPE_EXACT: return pe_slice_eq(a->pattern.literal, action);
  case PE_SHAPE_PREFIX: return pe_slice_starts(action, a->pattern.literal);
  default: return pe_pattern_match(&a->pattern, action);
  }
}

bool pe_statement_has_action(const pe_statement *s, pe_slice lower_action) {
  for (uint32_t i = 0; i < s->nactions; i++) {
    if (action_matches(&s->actions[i], lower_action)) return s->action_mode == PE_MODE_IS;
  }
  /* L1.6.7: an empty list has no effect, in NotAction either. */
  return s->action_mode == PE_MODE_NOT && s->nactions > 0;
}

/* Everything filed under a hash that matches. False: the caller has seen enough. */
static bool look_up(const pe_action_index *index, const pe_statement *statements, uint64_t hash, bool exact,
                    pe_slice action, pe_index_hit hit, void *user) {
  uint32_t tag = (uint32_t)(hash >> 32);
  for (uint32_t e = index->buckets[hash & index->mask]; e != NO_ENTRY; e = index->entries[e].next) {
    const entry *it = &index->entries[e];
    if (it->tag != tag) continue;
    const pe_statement *s = &statements[it->statement];
    const pe_action *a = &s->actions[it->action];
    if ((a->pattern.shape == PE_SHAPE_EXACT) != exact || !action_matches(a, action)) continue;
    if (!hit(user, s)) return false;
  }
  return true;
}

void pe_action_index_find(const pe_action_index *index, const pe_statement *statements, pe_slice lower_action,
                          pe_index_hit hit, void *user) {
  for (uint32_t i = 0; i < index->nalways; i++) {
    const pe_statement *s = &statements[index->always[i]];
    if (pe_statement_has_action(s, lower_action) && !hit(user, s)) return;
  }
  if (!look_up(index, statements, pe_slice_hash(lower_action), true, lower_action, hit, user)) return;
  size_t done = 0;
  uint64_t growing = SEED;
  for (unsigned w = 0; w < LENGTH_WORDS; w++) {
    uint64_t word = index->lengths[w];
    while (word) {
      size_t length = (size_t)w * 64 + (size_t)__builtin_ctzll(word);
      word &= word - 1;
      if (length > lower_action.len) return;
      while (done < length) growing = grow(growing, lower_action.ptr[done++]);
      if (!look_up(index, statements, finish(growing), false, lower_action, hit, user)) return;
    }
  }
}
