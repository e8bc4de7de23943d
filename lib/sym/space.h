/* SPDX-License-Identifier: MIT */
/* The space of requests as the analysis sees it: keys, tests on their values, predicates, boxes.
 *
 * A predicate speaks about one key. It says what a test on one value means for a request: also when the key is
 * absent or holds a list. A box is a conjunction of literals, a literal a predicate or its opposite.
 * Tests and predicates are interned, so that a condition two policies share is one predicate.
 *
 * A test may be known only from both sides (a policy variable, an undocumented reading): `wide` holds all
 * values that may pass, `tight` those that certainly do. Then some values can make a predicate both true and
 * false; a NO that holds for both is a NO. */
#ifndef PE_SYM_SPACE_H
#define PE_SYM_SPACE_H

#include "sym/lang.h"
#include "sym/range.h"

enum { PE_CAN_FALSE = 1, PE_CAN_TRUE = 2, PE_CAN_BOTH = 3 }; /* what a predicate can be */

typedef enum pe_on_list { /* what a predicate is for a list of values */
  PE_LIST_SOME,  /* true of some element */
  PE_LIST_EACH,  /* true of each element */
  PE_LIST_FALSE, PE_LIST_TRUE, PE_LIST_BOTH /* whatever the elements are */
} pe_on_list;

typedef struct pe_test {
  uint32_t key;
  uint32_t local;   /* number among the tests of its key */
  uint8_t sort;     /* pe_sort; PRESENCE: every value passes */
  uint8_t two_sided;
  pe_slice signature;
  uint64_t hash;
  pe_lang wide, tight, lettered; /* STRING; lettered: with letters for variables, if two_sided for that */
  const pe_bound *bounds;        /* ranges */
  uint32_t nbounds;
} pe_test;

typedef struct pe_pred {
  uint32_t key, test;
  uint8_t negate;  /* true of a value that does not pass the test */
  uint8_t absent;  /* PE_CAN_x when the key is absent */
  uint8_t on_list; /* pe_on_list, of the possibly negated test */
} pe_pred;

enum { /* pe_space_key.shapes: what a request may hold */
  PE_SHAPE_ABSENT = 1, PE_SHAPE_SCALAR = 2, PE_SHAPE_LIST = 4
};

typedef PE_VEC(uint32_t) pe_ids;
static inline bool pe_ids_hold(const uint32_t *ids, size_t n, uint32_t id) {
  for (size_t i = 0; i < n; i++) {
    if (ids[i] == id) return true;
  }
  return false;
}

typedef struct pe_space_key {
  pe_slice name;    /* as the policy writes it; "@action" … for the parts of a request */
  uint64_t hash;    /* of the lower-case name */
  uint8_t shapes;
  uint8_t sort;     /* of its tests */
  uint8_t integers; /* numbers are whole */
  uint8_t pairs;    /* a list of one is the same as its element: lists have two at least */
  const pe_lang *limit;  /* STRING: values outside do not exist; may be NULL */
  const pe_lang *domain; /* STRING: how values look if they can; may be NULL */
  const pe_slice *likely; /* values to try first, best first */
  uint32_t nlikely;
  pe_ids tests, preds;
} pe_space_key;

typedef uint32_t pe_literal; /* predicate << 1 | opposite */
static inline pe_literal pe_literal_of(uint32_t pred, bool opposite) { return pred << 1 | opposite; }
static inline uint32_t pe_literal_pred(pe_literal l) { return l >> 1; }
static inline bool pe_literal_want(pe_literal l) { return !(l & 1); }

typedef struct pe_box {
  const pe_literal *literals;
  uint32_t count;
  uint32_t tag; /* the caller's: which statement … */
  uint32_t id;  /* the same for boxes of the same literals */
} pe_box;

typedef struct pe_space {
  pe_arena *arena;
  const pe_alloc *alloc;
  PE_VEC(pe_space_key) keys;
  PE_VEC(pe_test) tests;
  PE_VEC(pe_pred) preds;
  PE_VEC(pe_box) boxes; /* each once, by id */
  PE_VEC(uint32_t) test_slots, pred_slots, box_slots; /* hash tables, id + 1 */
  uint32_t epoch; /* grows when there is a key more, or one is tested in a new way */
} pe_space;

int pe_space_init(pe_space *s, const pe_alloc *a);
void pe_space_done(pe_space *s);

size_t pe_space_bytes(const pe_space *s); /* held, but for the few of each key */

/* Each returns 0 or ENOMEM. Names and signatures are copied. */
int pe_space_find_key(pe_space *s, pe_slice name, uint32_t *out); /* made when new: SCALAR or ABSENT */
/* The signature stands for the content: same key and same signature is the same test. When the test is new, *fresh
 * is set and the caller fills `wide`, `tight`, `bounds`. */
int pe_space_test(pe_space *s, uint32_t key, pe_sort sort, pe_slice signature, uint32_t *out, bool *fresh);
/* A STRING test that is told from others by the globs of `wide` alone, which stand in the order of pe_glob_cmp. */
int pe_space_lang_test(pe_space *s, uint32_t key, const pe_lang *wide, uint32_t *out, bool *fresh);
int pe_space_pred(pe_space *s, const pe_pred *wanted, uint32_t *out);
/* Takes the literals over, sorted and without repetition. */
int pe_space_box(pe_space *s, const pe_literal *literals, uint32_t count, uint32_t tag, pe_box *out);

#endif
