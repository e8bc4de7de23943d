/* SPDX-License-Identifier: MIT */
/* The string oracle: is there a text that is in each of some unions of patterns and in none of others?
 *
 * First by lemma 1 of docs/analysis.md (fill the wildcards with a character nobody names), which decides nearly
 * every question of real policies in linear time; then by the product of the patterns' position automata,
 * determinised as it is explored. Code points are the alphabet: the characters that some pattern
 * names, and one for all others. */
#ifndef PE_SYM_LANG_H
#define PE_SYM_LANG_H

#include "sym/budget.h"
#include "sym/glob.h"

/* A union of patterns; none: the empty language. */
typedef struct pe_lang {
  const pe_glob *globs;
  uint32_t count;
  uint32_t items;     /* of all globs */
  uint32_t max_cp;    /* the greatest code point named */
  uint64_t ascii[2];  /* ASCII characters named (both cases of folded ones) */
  uint8_t everything; /* some glob is a bare star */
  uint8_t exact;      /* every glob is a plain word */
  uint8_t cased;      /* some letter that has cases is compared exactly */
  uint8_t fold;       /* some letter is compared in either case */
  uint8_t letters;    /* some glob has a letter for a variable */
  uint8_t sorted;     /* the globs stand in the order of pe_glob_cmp */
} pe_lang;

/* Keeps the array. Borrow: the globs alone, for comparing. */
static inline void pe_lang_borrow(const pe_glob *globs, uint32_t count, pe_lang *out) {
  *out = (pe_lang){.globs = globs, .count = count};
}
void pe_lang_make(const pe_glob *globs, uint32_t count, pe_lang *out);
bool pe_lang_has(const pe_lang *lang, const pe_item *word, uint32_t count);

/* True only if every pattern of `inner` is covered by one pattern of one of the unions, read item by item. Letters for
 * variables may occur: what holds for letters holds for all that variables can stand for. */
bool pe_lang_covers(const pe_lang *const *langs, uint32_t count, const pe_lang *inner);

/* A text as a list of CHAR items. 0 or ENOMEM. */
int pe_word_of(const pe_alloc *a, pe_slice text, pe_items *out);
/* And back. 0 or ENOMEM. */
int pe_word_text(pe_arena *arena, const pe_item *word, uint32_t count, pe_slice *out);

/* No letters for variables in the unions of a query. */
typedef struct pe_lang_query {
  const pe_lang *const *wanted;
  const pe_lang *const *unwanted;
  uint32_t nwanted, nunwanted;
  uint32_t nlimits;      /* so many of the first wanted unions only say what texts there are */
  const pe_lang *domain; /* how texts should look if they can; may be NULL */
  bool nonempty;         /* the empty text is no answer */
} pe_lang_query;

typedef enum pe_found { PE_FOUND_NO, PE_FOUND_YES, PE_FOUND_GAVE_UP } pe_found;

/* A text of the answer YES. */
typedef struct pe_lang_answer {
  pe_found found;
  pe_slice text;   /* in the arena */
  bool unusual;    /* the domain holds no answer */
} pe_lang_answer;

/* 0 or ENOMEM. GAVE_UP: the budget is exhausted and says why. */
int pe_lang_find(const pe_lang_query *query, pe_budget *budget, pe_arena *arena, pe_lang_answer *out);

/* The second step of pe_lang_find alone, for tests and for those who know that the first fails. `word` is filled
 * with CHAR items. */
int pe_product_find(const pe_lang_query *query, pe_budget *budget, const pe_alloc *a, pe_found *found, pe_items *word);

#endif
