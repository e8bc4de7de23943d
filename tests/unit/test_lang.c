/* SPDX-License-Identifier: MIT */
/* The string oracle against all words over a small alphabet up to a length. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "sym/lang.h"
#include "unit.h"

enum { MAX_GLOBS = 4, MAX_ITEMS = 6, MAX_UNIONS = 5, LENGTH = 5 };

static uint64_t seed = 88172645463325252u;
static uint32_t random_below(uint32_t n) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return (uint32_t)(seed >> 33) % n;
}

typedef struct universe {
  pe_item items[MAX_UNIONS * MAX_GLOBS][MAX_ITEMS];
  pe_glob globs[MAX_UNIONS * MAX_GLOBS];
  pe_lang langs[MAX_UNIONS];
  const pe_lang *wanted[MAX_UNIONS], *unwanted[MAX_UNIONS];
  pe_lang_query query;
} universe;

typedef struct shape { /* what may occur in a case */
  uint32_t ones, stars, folds, fields;
} shape;

static pe_item random_item(const shape *how, bool field) {
  uint32_t r = random_below(100);
  if (r < how->stars) return pe_item_of(field ? PE_ITEM_FSTAR : PE_ITEM_STAR, 0);
  if (r < how->stars + how->ones) return pe_item_of(field ? PE_ITEM_FONE : PE_ITEM_ONE, 0);
  if (random_below(100) < how->folds) return pe_item_of(PE_ITEM_FOLD, random_below(2) ? 'a' : 'b');
  return pe_item_of(PE_ITEM_CHAR, (uint32_t) "abAaab"[random_below(how->folds ? 6 : 2)]);
}

static void random_glob(pe_arena *arena, const shape *how, pe_glob *out) {
  pe_items items = {0};
  uint32_t n = random_below(MAX_ITEMS), colon = how->fields && random_below(3) ? random_below(4) : 0;
  for (uint32_t i = 0; i < n; i++) {
    pe_item item = colon && i == colon ? pe_item_of(PE_ITEM_CHAR, ':') : random_item(how, i < colon);
    ck_assert_int_eq(pe_items_push(&items, &pe_alloc_libc, item), 0);
  }
  ck_assert_int_eq(pe_glob_make(arena, &items, out), 0);
  pe_vec_done(&items, &pe_alloc_libc);
}

static void random_universe(pe_arena *arena, const shape *how, universe *u) {
  uint32_t wanted = random_below(4), unwanted = random_below(3), g = 0;
  memset(u, 0, sizeof *u);
  for (uint32_t i = 0; i < wanted + unwanted; i++) {
    uint32_t n = 1 + random_below(MAX_GLOBS - 1), first = g;
    for (uint32_t k = 0; k < n; k++) random_glob(arena, how, &u->globs[g++]);
    pe_lang_make(&u->globs[first], n, &u->langs[i]);
    if (i < wanted) u->wanted[i] = &u->langs[i];
    if (i >= wanted) u->unwanted[i - wanted] = &u->langs[i];
  }
  u->query = (pe_lang_query){u->wanted, u->unwanted, wanted, unwanted, random_below(2), NULL, random_below(2)};
}

static bool fits(const universe *u, const pe_item *word, uint32_t n) {
  if (u->query.nonempty && n == 0) return false;
  for (uint32_t i = 0; i < u->query.nwanted; i++) {
    if (!pe_lang_has(u->query.wanted[i], word, n)) return false;
  }
  for (uint32_t i = 0; i < u->query.nunwanted; i++) {
    if (pe_lang_has(u->query.unwanted[i], word, n)) return false;
  }
  return true;
}

/* An independent matcher: recursion over items and letters, as the language defines it. */
static bool naive(const pe_item *items, uint32_t n, const pe_item *word, uint32_t len) {
  if (n == 0) return len == 0;
  pe_item_kind kind = pe_item_kind_of(items[0]);
  uint32_t cp = pe_item_cp(items[0]), at = len ? pe_item_cp(word[0]) : 0;
  if (pe_item_is_star(items[0])) {
    if (naive(items + 1, n - 1, word, len)) return true;
    return len && !(kind == PE_ITEM_FSTAR && at == ':') && naive(items, n, word + 1, len - 1);
  }
  if (!len) return false;
  bool ok = kind == PE_ITEM_ONE || (kind == PE_ITEM_FONE && at != ':') || (kind == PE_ITEM_CHAR && at == cp) ||
            (kind == PE_ITEM_FOLD && (at == cp || at + 32 == cp));
  return ok && naive(items + 1, n - 1, word + 1, len - 1);
}

/* The first word that fits, shortest first; false: none up to LENGTH. */
static bool enumerate(const universe *u, const char *alphabet, bool check_matcher) {
  uint32_t letters = (uint32_t)strlen(alphabet);
  for (uint32_t n = 0; n <= LENGTH; n++) {
    uint32_t total = 1;
    for (uint32_t i = 0; i < n; i++) total *= letters;
    for (uint32_t code = 0; code < total; code++) {
      pe_item word[LENGTH];
      for (uint32_t i = 0, c = code; i < n; i++, c /= letters) {
        word[i] = pe_item_of(PE_ITEM_CHAR, (unsigned char)alphabet[c % letters]);
      }
      for (uint32_t g = 0; check_matcher && g < MAX_UNIONS * MAX_GLOBS && u->globs[g].items; g++) {
        ck_assert_int_eq(pe_glob_match(&u->globs[g], word, n), naive(u->globs[g].items, u->globs[g].count, word, n));
      }
      if (fits(u, word, n)) return true;
    }
  }
  return false;
}

static bool text_fits(const universe *u, pe_slice text) {
  pe_items word = {0};
  ck_assert_int_eq(pe_word_of(&pe_alloc_libc, text, &word), 0);
  bool ok = fits(u, word.data, (uint32_t)word.len);
  pe_vec_done(&word, &pe_alloc_libc);
  return ok;
}

static void against_all_words(const shape *how, const char *alphabet, uint32_t cases) {
  uint32_t yes = 0, no = 0;
  for (uint32_t i = 0; i < cases; i++) {
    pe_arena *arena = pe_arena_new(&pe_alloc_libc, 0);
    universe u;
    random_universe(arena, how, &u);
    pe_budget budget, again;
    pe_budget_init(&budget);
    pe_budget_init(&again);
    pe_lang_answer answer;
    ck_assert_int_eq(pe_lang_find(&u.query, &budget, arena, &answer), 0);
    ck_assert_int_ne(answer.found, PE_FOUND_GAVE_UP);
    pe_items word = {0};
    pe_found found;
    ck_assert_int_eq(pe_product_find(&u.query, &again, &pe_alloc_libc, &found, &word), 0);
    ck_assert_msg(found == answer.found, "case %u: lemma and product differ", i);
    if (found == PE_FOUND_YES) ck_assert(fits(&u, word.data, (uint32_t)word.len));
    pe_vec_done(&word, &pe_alloc_libc);
    if (answer.found == PE_FOUND_YES) {
      ck_assert_msg(text_fits(&u, answer.text), "case %u: %s does not fit", i, answer.text.ptr);
      yes++;
    } else {
      ck_assert_msg(!enumerate(&u, alphabet, false), "case %u: a word was missed", i);
      no++;
    }
    if (i % 16 == 0) enumerate(&u, alphabet, true);
    pe_arena_free(arena);
  }
  ck_assert_uint_gt(yes, cases / 20);
  ck_assert_uint_gt(no, cases / 20);
}

START_TEST(stars_and_letters) { against_all_words(&(shape){.stars = 30}, "abx", UNIT_CASES(2500)); }
END_TEST
START_TEST(question_marks) { against_all_words(&(shape){.stars = 25, .ones = 30}, "abx", UNIT_CASES(2500)); }
END_TEST
START_TEST(letter_case) { against_all_words(&(shape){.stars = 25, .ones = 15, .folds = 50}, "abABx", UNIT_CASES(1200)); }
END_TEST
START_TEST(fields) { against_all_words(&(shape){.stars = 35, .ones = 20, .fields = 1}, "ab:x", UNIT_CASES(2000)); }
END_TEST

/* Patterns from text: '*' and '?' wild, inside <> colon-free; '|' ends a part, a letter after '~' has two cases. */
static void glob_of(pe_arena *arena, const char *text, pe_glob *out) {
  pe_items items = {0};
  bool field = false;
  for (const char *c = text; *c; c++) {
    if (*c == '<' || *c == '>') {
      field = *c == '<';
      continue;
    }
    pe_item item = pe_item_of(PE_ITEM_CHAR, (unsigned char)*c);
    if (*c == '*') item = pe_item_of(field ? PE_ITEM_FSTAR : PE_ITEM_STAR, 0);
    if (*c == '?') item = pe_item_of(field ? PE_ITEM_FONE : PE_ITEM_ONE, 0);
    if (*c == '#') item = pe_item_of(PE_ITEM_CLASS, PE_CLASS_DIGIT);
    if (*c == '|') item = pe_item_of(PE_ITEM_CHAR, PE_SEPARATOR);
    if (*c == '~') item = pe_item_of(PE_ITEM_FOLD, (unsigned char)*++c);
    ck_assert_int_eq(pe_items_push(&items, &pe_alloc_libc, item), 0);
  }
  ck_assert_int_eq(pe_glob_make(arena, &items, out), 0);
  pe_vec_done(&items, &pe_alloc_libc);
}

static pe_lang_answer ask(pe_arena *arena, const char *wanted, const char *unwanted, const char *domain,
                          pe_budget *budget) {
  pe_glob g[3];
  pe_lang l[3];
  glob_of(arena, wanted, &g[0]);
  pe_lang_make(&g[0], 1, &l[0]);
  if (unwanted) glob_of(arena, unwanted, &g[1]);
  if (unwanted) pe_lang_make(&g[1], 1, &l[1]);
  if (domain) glob_of(arena, domain, &g[2]);
  if (domain) pe_lang_make(&g[2], 1, &l[2]);
  const pe_lang *w = &l[0], *n = &l[1];
  pe_lang_query q = {&w, &n, 1, unwanted ? 1 : 0, 0, domain ? &l[2] : NULL, true};
  pe_lang_answer a;
  ck_assert_int_eq(pe_lang_find(&q, budget, arena, &a), 0);
  return a;
}

START_TEST(known_hard_pairs) {
  pe_arena *arena = pe_arena_new(&pe_alloc_libc, 0);
  pe_budget b;
  pe_budget_init(&b);
  /* The pair that a sequence solver once failed on, and its converse. */
  ck_assert_int_eq(ask(arena, "ab*b*b*b", "a*b*b*b", NULL, &b).found, PE_FOUND_NO);
  ck_assert_int_eq(ask(arena, "a*b*b*b", "ab*b*b*b", NULL, &b).found, PE_FOUND_YES);
  ck_assert_int_eq(ask(arena, "arn:<*>:x*", "<*>:*:*", NULL, &b).found, PE_FOUND_NO);
  ck_assert_int_eq(ask(arena, "*", "?*", NULL, &b).found, PE_FOUND_NO);
  pe_arena_free(arena);
}
END_TEST

START_TEST(lemma_1_keeps_within_its_bounds) {
  static const struct {
    const char *wanted, *unwanted;
    bool covered;
  } rows[] = {
      {"~a~b", "ab", false},   {"~a~b", "~a~b", true}, {"ab", "~a~b", true},  {"~a~b", "?b", false},
      {"a|b", "a?b", false},   {"a|b", "a*b", false},  {"a|b", "a|?", true},  {"a?|b", "a*|b", true},
      {"a*b", "a?b", false},   {"a*?", "a?*", true},   {"a?", "<a?>", false}, {"<a?>", "a?", true},
      {"a*b", "<a*b>", false}, {"<a*b>", "a*b", true}, {"<*:*>", "<*>", false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    pe_arena *arena = pe_arena_new(&pe_alloc_libc, 0);
    pe_budget b;
    pe_budget_init(&b);
    const int found = (int)ask(arena, rows[i].wanted, rows[i].unwanted, NULL, &b).found;
    ck_assert_msg(found == (rows[i].covered ? PE_FOUND_NO : PE_FOUND_YES), "%s without %s", rows[i].wanted, rows[i].unwanted);
    pe_arena_free(arena);
  }
}
END_TEST

/* What it sees at once: only the work shows it, as the search would find the same. */
START_TEST(lemma_1_sees_letters_whatever_they_stand_for) {
  static const char *const rows[][2] = {{"~a", "?"}, {"~a", "<?>"}, {"<?>", "?"}, {"?", "?"}, {"#", "?"},
                                        {"#", "<?>"}, {"a", "~a"}, {"x~a<?>", "*"}, {"x~a<?*>#", "<*>"}};
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    pe_arena *arena = pe_arena_new(&pe_alloc_libc, 0);
    pe_glob word, glob;
    glob_of(arena, rows[i][0], &word);
    glob_of(arena, rows[i][1], &glob);
    ck_assert_msg(pe_glob_match(&glob, word.items, word.count), "%s in %s", rows[i][0], rows[i][1]);
    pe_arena_free(arena);
  }
}
END_TEST

START_TEST(domain_first_then_without) {
  pe_arena *arena = pe_arena_new(&pe_alloc_libc, 0);
  pe_budget b;
  pe_budget_init(&b);
  pe_lang_answer a = ask(arena, "1*", "*11*", "####", &b);
  ck_assert_int_eq(a.found, PE_FOUND_YES);
  ck_assert_uint_eq(a.text.len, 4);
  ck_assert(!a.unusual);
  a = ask(arena, "1*x", NULL, "####", &b);
  ck_assert_int_eq(a.found, PE_FOUND_YES);
  ck_assert(a.unusual);
  a = ask(arena, "12", NULL, "####", &b); /* the only word there is */
  ck_assert_int_eq(a.found, PE_FOUND_YES);
  ck_assert(a.unusual);
  pe_arena_free(arena);
}
END_TEST

/* Unsatisfiable, with a memory of k characters behind a star. (Lemma 1's comparison of ends would see it at once.) */
static pe_found memory(pe_arena *arena, uint32_t k, pe_budget *b) {
  static const pe_item star = (uint32_t)PE_ITEM_STAR << 24;
  pe_item a[64], c[64];
  uint32_t n = 0;
  a[n] = c[n] = star;
  n++;
  a[n] = pe_item_of(PE_ITEM_CHAR, 'a');
  c[n++] = pe_item_of(PE_ITEM_CHAR, 'b');
  for (uint32_t i = 0; i < k; i++, n++) a[n] = c[n] = pe_item_of(PE_ITEM_ONE, 0);
  pe_items first = {a, n, n}, second = {c, n, n};
  pe_glob g[2];
  pe_lang l[2];
  pe_glob_make(arena, &first, &g[0]);
  pe_glob_make(arena, &second, &g[1]);
  pe_lang_make(&g[0], 1, &l[0]);
  pe_lang_make(&g[1], 1, &l[1]);
  const pe_lang *w[2] = {&l[0], &l[1]};
  pe_lang_query q = {w, NULL, 2, 0, 0, NULL, false};
  pe_found found;
  pe_items word = {0};
  ck_assert_int_eq(pe_product_find(&q, b, &pe_alloc_libc, &found, &word), 0);
  pe_vec_done(&word, &pe_alloc_libc);
  return found;
}

static bool stop(void *user) {
  (void)user;
  return true;
}

START_TEST(budgets_are_kept_and_monotone) {
  pe_arena *arena = pe_arena_new(&pe_alloc_libc, 0);
  int last = PE_FOUND_GAVE_UP;
  for (uint64_t limit = 1; limit <= 1u << 18; limit *= 2) {
    pe_budget b;
    pe_budget_init(&b);
    b.max_states = limit;
    int found = (int)memory(arena, 9, &b);
    ck_assert(found == PE_FOUND_NO || (found == PE_FOUND_GAVE_UP && last == PE_FOUND_GAVE_UP));
    ck_assert(found == PE_FOUND_NO || b.hit == PE_GIVE_UP_STATES);
    last = found;
  }
  ck_assert_int_eq(last, PE_FOUND_NO);
  pe_budget b;
  pe_budget_init(&b);
  b.max_bytes = 100000;
  ck_assert_int_eq(memory(arena, 16, &b), PE_FOUND_GAVE_UP);
  ck_assert_int_eq(b.hit, PE_GIVE_UP_BYTES);
  pe_budget_init(&b);
  b.cancel = stop;
  ck_assert_int_eq(memory(arena, 16, &b), PE_FOUND_GAVE_UP);
  ck_assert_int_eq(b.hit, PE_GIVE_UP_CANCELED);
  pe_arena_free(arena);
}
END_TEST

static int one_question(const pe_alloc *a) {
  pe_arena *fixed = pe_arena_new(&pe_alloc_libc, 0), *arena = pe_arena_new(a, 0);
  pe_glob g[2];
  pe_lang l[2];
  glob_of(fixed, "a*?b*a?b", &g[0]);
  glob_of(fixed, "a*b*a?b?*", &g[1]);
  pe_lang_make(&g[0], 1, &l[0]);
  pe_lang_make(&g[1], 1, &l[1]);
  const pe_lang *w = &l[0], *n = &l[1];
  pe_lang_query q = {&w, &n, 1, 1, 0, NULL, false};
  pe_budget b;
  pe_budget_init(&b);
  pe_lang_answer answer;
  pe_items word = {0};
  pe_found found;
  int rc = arena ? pe_lang_find(&q, &b, arena, &answer) : POLICYEVAL_ENOMEM;
  if (!rc) rc = pe_product_find(&q, &b, a, &found, &word);
  pe_vec_done(&word, a);
  pe_arena_free(arena);
  pe_arena_free(fixed);
  return rc;
}

START_TEST(every_allocation_may_fail) {
  UNIT_EACH_ALLOCATION(mem, rc) { rc = one_question(&mem.alloc); }
}
END_TEST

UNIT_MAIN("lang", stars_and_letters, question_marks, letter_case, fields, known_hard_pairs,
          lemma_1_keeps_within_its_bounds, lemma_1_sees_letters_whatever_they_stand_for, domain_first_then_without,
          budgets_are_kept_and_monotone, every_allocation_may_fail)
