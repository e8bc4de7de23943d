/* SPDX-License-Identifier: MIT */
/* The patterns of the policy language as the analysis sees them: sequences of items over code points. */
#ifndef PE_SYM_GLOB_H
#define PE_SYM_GLOB_H

#include "base/vec.h"
#include "text/arn.h"
#include "text/pattern.h"

typedef enum pe_item_kind {
  PE_ITEM_CHAR,  /* exactly this code point; values from PE_LETTER on stand for policy variables */
  PE_ITEM_FOLD,  /* this code point (in lower case) in either letter case */
  PE_ITEM_CLASS, /* one of a set of ASCII characters; only in domains */
  PE_ITEM_ONE,   /* one code point, not the separator */
  PE_ITEM_FONE,  /* one code point, not ':' either */
  PE_ITEM_STAR,  /* any run without separator */
  PE_ITEM_FSTAR  /* any run without ':' or separator */
} pe_item_kind;

/* Separates the parts of a text that the analysis makes itself (the principal); in no text of a request. */
#define PE_SEPARATOR 0x1Fu

/* Classes are masks, so that one may contain another. */
enum { PE_CLASS_DIGIT = 1, PE_CLASS_HEX = 2, PE_CLASS_LOWER = 4, PE_CLASS_WORD = 8, PE_CLASS_NAME = 16 };

typedef uint32_t pe_item;
#define PE_LETTER 0x110000u /* first value beyond Unicode */
static inline pe_item pe_item_of(pe_item_kind kind, uint32_t cp) { return (uint32_t)kind << 24 | cp; }
static inline pe_item_kind pe_item_kind_of(pe_item i) { return (pe_item_kind)(i >> 24); }
static inline uint32_t pe_item_cp(pe_item i) { return i & 0xFFFFFFu; }
static inline bool pe_item_is_star(pe_item i) { return pe_item_kind_of(i) >= PE_ITEM_STAR; }
unsigned pe_class_of(uint32_t cp); /* the mask of all classes that hold cp */

/* Items that exclude ':' (FONE, FSTAR) stand before all ONE and STAR, at least between two separators: the matcher relies
 * on it. */
typedef struct pe_glob {
  const pe_item *items;
  uint32_t count;
  uint32_t least;      /* fewest characters of a match */
  uint32_t lead;       /* CHAR items that it starts with */
  uint64_t hash;
  uint8_t exact;       /* CHAR and FOLD only */
  uint8_t fold;        /* some FOLD */
  uint8_t letters;     /* some variable read as a letter */
} pe_glob;

/* A growing list of items. */
typedef PE_VEC(pe_item) pe_items;
enum { PE_ITEMS_FOLD = 1, PE_ITEMS_FIELD = 2 };
/* Appends what a variable is taken for; without one it is a star. 0 or an error. */
typedef int (*pe_items_variable_fn)(void *user, const pe_variable *variable, unsigned flags, pe_items *items);
typedef struct pe_items_way {
  unsigned flags;
  pe_items_variable_fn variable; /* or NULL */
  void *user;
} pe_items_way;
/* 0 or ENOMEM. */
int pe_items_text(pe_items *items, const pe_alloc *a, pe_slice text, unsigned flags);
int pe_items_elems(pe_items *items, const pe_alloc *a, const pe_elem *elems, uint32_t count, const pe_items_way *way);
int pe_items_push(pe_items *items, const pe_alloc *a, pe_item item);
/* The library's own patterns: '*' any run, '%' any run without ':', '?' one, '^' one but ':', '#' twelve digits, '+' a character of a name,
 * '|' the separator, '\\' takes the next literally. */
int pe_items_frame(pe_items *items, const pe_alloc *a, const char *frame);
/* Copies into the arena; adjacent stars become one. */
int pe_glob_make(pe_arena *arena, const pe_items *items, pe_glob *out);
uint64_t pe_glob_hash(const pe_item *items, uint32_t count); /* of a glob of these items */

/* Does the glob match the word? A word is a list of items of another glob, each read as one letter: a list of CHAR
 * is a plain word, and for any other list true means that the glob matches all that the list matches
 * (docs/analysis.md, lemma 1). */
bool pe_glob_match(const pe_glob *glob, const pe_item *word, uint32_t count);
/* False when their literal beginnings or ends exclude a common word. */
bool pe_glob_meets(const pe_glob *a, const pe_glob *b);
bool pe_glob_equal(const pe_glob *a, const pe_glob *b);
int pe_glob_cmp(const pe_glob *a, const pe_glob *b); /* some order; 0: equal */

#endif
