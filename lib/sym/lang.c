/* SPDX-License-Identifier: MIT */
#include "sym/lang.h"

#include "base/error.h"
#include "base/utf8.h"
#include "sym/observer.h"

enum { WORK_PER_STATE = 128 }; /* items compared that cost as much as one state of the product */

static bool letter_has_cases(uint32_t cp) {
  uint32_t folded = pe_utf8_fold(cp);
  return folded != cp || (cp >= 'a' && cp <= 'z') || (cp >= 0xE0 && cp <= 0xFE && cp != 0xF7);
}

static void note_item(pe_lang *lang, pe_item item) {
  uint32_t cp = pe_item_cp(item);
  pe_item_kind kind = pe_item_kind_of(item);
  if (kind > PE_ITEM_FOLD) return;
  if (cp >= PE_LETTER) {
    lang->letters = 1;
    return;
  }
  if (kind == PE_ITEM_FOLD) lang->fold = 1;
  if (kind == PE_ITEM_CHAR && letter_has_cases(cp)) lang->cased = 1;
  if (cp > lang->max_cp) lang->max_cp = cp;
  if (cp < 128) lang->ascii[cp >> 6] |= (uint64_t)1 << (cp & 63);
  if (kind == PE_ITEM_FOLD && cp < 128) lang->ascii[(cp - 32) >> 6] |= (uint64_t)1 << ((cp - 32) & 63);
}

void pe_lang_make(const pe_glob *globs, uint32_t count, pe_lang *out) {
  *out = (pe_lang){.globs = globs, .count = count, .exact = 1};
  for (uint32_t i = 0; i < count; i++) {
    const pe_glob *g = &globs[i];
    for (uint32_t k = 0; k < g->count; k++) note_item(out, g->items[k]);
    out->items += g->count;
    if (!g->exact || g->letters) out->exact = 0;
    if (g->count == 1 && pe_item_kind_of(g->items[0]) == PE_ITEM_STAR) out->everything = 1;
  }
}

/* Is the very same pattern in the union? */
static bool holds_pattern(const pe_lang *lang, const pe_glob *g) {
  uint32_t low = 0, high = lang->sorted ? lang->count : 0;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    int order = pe_glob_cmp(&lang->globs[middle], g);
    if (order == 0) return true;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return false;
}

enum { WORTH_LOOKING_UP = 8 };

/* A plain word in a sorted list of plain words. */
static bool has_word(const pe_lang *lang, const pe_item *word, uint32_t count) {
  pe_glob g = {.items = word, .count = count, .hash = pe_glob_hash(word, count)};
  return holds_pattern(lang, &g);
}

bool pe_lang_has(const pe_lang *lang, const pe_item *word, uint32_t count) {
  if (lang->everything) return true;
  if (lang->count >= WORTH_LOOKING_UP && lang->exact && !lang->fold && lang->sorted) return has_word(lang, word, count);
  for (uint32_t i = 0; i < lang->count; i++) {
    if (lang->globs[i].least <= count && pe_glob_match(&lang->globs[i], word, count)) return true;
  }
  return false;
}

int pe_word_of(const pe_alloc *a, pe_slice text, pe_items *out) { return pe_items_text(out, a, text, 0); }

/* The state of one question. */
typedef struct finder {
  const pe_lang_query *query;
  const pe_lang *domain; /* NULL: without */
  pe_budget *budget;
  const pe_alloc *alloc;
  uint32_t filler;       /* a character that no pattern names, if there is a readable one */
  bool mixed;            /* some pattern folds and some other compares a letter exactly */
  pe_items word;
  PE_VEC(pe_glob) open;  /* patterns of the smallest union that are not decided yet */
} finder;

static bool charge(finder *f, uint64_t items) { return pe_budget_state(f->budget, items / WORK_PER_STATE); }

static bool good_word(finder *f) {
  const pe_lang_query *q = f->query;
  if (q->nonempty && f->word.len == 0) return false;
  uint32_t n = (uint32_t)f->word.len;
  for (uint32_t i = 0; i < q->nwanted; i++) {
    if (!pe_lang_has(q->wanted[i], f->word.data, n)) return false;
  }
  if (f->domain && !pe_lang_has(f->domain, f->word.data, n)) return false;
  for (uint32_t i = 0; i < q->nunwanted; i++) {
    if (pe_lang_has(q->unwanted[i], f->word.data, n)) return false;
  }
  return true;
}

static void choose_filler(finder *f) {
  static const char nice[] = "xyzqwvujkbgfhpdcnmlrstieaoXYZQWVUJKBGFHPDCNMLRSTIEAO0918273645_-";
  const pe_lang_query *q = f->query;
  uint64_t named[2] = {0, 0};
  uint32_t max_cp = 0;
  bool fold = false, cased = false;
  for (uint32_t i = 0; i < q->nwanted + q->nunwanted; i++) {
    const pe_lang *l = i < q->nwanted ? q->wanted[i] : q->unwanted[i - q->nwanted];
    named[0] |= l->ascii[0];
    named[1] |= l->ascii[1];
    if (l->max_cp > max_cp) max_cp = l->max_cp;
    fold |= l->fold;
    cased |= l->cased;
  }
  f->mixed = fold && cased;
  f->filler = max_cp < 0xE000 ? 0xE000 : max_cp < 0x10FFFF ? max_cp + 1 : 'x';
  for (const char *c = nice; *c; c++) {
    unsigned char b = (unsigned char)*c;
    if (!(named[b >> 6] >> (b & 63) & 1)) {
      f->filler = b;
      return;
    }
  }
}

/* The glob as one word: wildcards become the filler, stars too or nothing. */
static int fill(finder *f, const pe_glob *g, bool stars) {
  f->word.len = 0;
  for (uint32_t i = 0; i < g->count; i++) {
    pe_item item = g->items[i];
    if (pe_item_is_star(item) && !stars) continue;
    switch (pe_item_kind_of(item)) {
      case PE_ITEM_CHAR: break;
      case PE_ITEM_FOLD: item = pe_item_of(PE_ITEM_CHAR, pe_item_cp(item)); break;
      case PE_ITEM_CLASS:
        item = pe_item_of(PE_ITEM_CHAR, pe_item_cp(item) & (PE_CLASS_DIGIT | PE_CLASS_HEX) ? '1' : 'x');
        break;
      default: item = pe_item_of(PE_ITEM_CHAR, f->filler); break;
    }
    int rc = pe_items_push(&f->word, f->alloc, item);
    if (rc) return rc;
  }
  return 0;
}

static bool covered(finder *f, const pe_lang *lang, const pe_glob *g) {
  return lang->everything || pe_lang_has(lang, g->items, g->count) ||
         (f->query->nonempty && g->count == 0);
}

bool pe_lang_covers(const pe_lang *const *langs, uint32_t count, const pe_lang *inner) {
  for (uint32_t i = 0; i < inner->count; i++) {
    bool found = false;
    for (uint32_t k = 0; k < count && !found; k++) {
      found = pe_lang_has(langs[k], inner->globs[i].items, inner->globs[i].count);
    }
    if (!found) return false;
  }
  return true;
}

/* Does some pattern of the union possibly share a word with g? */
static bool meets(const pe_lang *lang, const pe_glob *g) {
  for (uint32_t i = 0; i < lang->count; i++) {
    if (pe_glob_meets(&lang->globs[i], g)) return true;
  }
  return false;
}

typedef enum step { STEP_NO, STEP_YES, STEP_OPEN, STEP_FAILED } step;

/* Lemma 1 for one pattern of the union that is looked at, `self` among the wanted ones. */
static step try_glob(finder *f, const pe_glob *g, const pe_lang *self) {
  const pe_lang_query *q = f->query;
  uint64_t work = g->count;
  for (uint32_t i = 0; i < q->nwanted + q->nunwanted; i++) {
    work += (i < q->nwanted ? q->wanted[i] : q->unwanted[i - q->nwanted])->count;
  }
  for (uint32_t i = 0; i < q->nunwanted; i++) {
    if (holds_pattern(q->unwanted[i], g)) return STEP_NO;
  }
  if (!charge(f, work)) return STEP_FAILED;
  if (fill(f, g, true)) return STEP_FAILED;
  if (good_word(f)) return STEP_YES;
  /* A plain word is decided, unless another spelling of it could make the difference. */
  if (g->exact && !(g->fold && f->mixed)) return STEP_NO;
  for (uint32_t i = 0; i < q->nunwanted; i++) {
    if (covered(f, q->unwanted[i], g)) return STEP_NO;
  }
  for (uint32_t i = 0; i < q->nwanted; i++) {
    if (q->wanted[i] != self && !q->wanted[i]->everything && !meets(q->wanted[i], g)) return STEP_NO;
  }
  if (f->domain && f->domain != self && !meets(f->domain, g)) return STEP_NO;
  if (fill(f, g, false)) return STEP_FAILED;
  return good_word(f) ? STEP_YES : STEP_OPEN;
}

/* The union with fewest patterns, plain words first. NULL: nothing restricts the text. */
static const pe_lang *smallest(const finder *f) {
  const pe_lang *best = f->domain;
  for (uint32_t i = f->query->nwanted; i > 0;) {
    i--;
    const pe_lang *l = f->query->wanted[i];
    if (l->everything || (best && i < f->query->nlimits)) continue;
    if (!best || (l->exact > best->exact) || (l->exact == best->exact && l->count < best->count)) best = l;
  }
  return best;
}

/* The open patterns of the smallest union against all others. */
static int explore(finder *f, const pe_lang *self, pe_found *found) {
  const pe_lang_query *q = f->query;
  pe_lang rest;
  pe_lang_make(f->open.data, (uint32_t)f->open.len, &rest);
  const pe_lang **wanted = pe_alloc_array(f->alloc, q->nwanted + 2, sizeof(const pe_lang *));
  if (!wanted) return POLICYEVAL_ENOMEM;
  uint32_t n = 0;
  wanted[n++] = &rest;
  for (uint32_t i = 0; i < q->nwanted; i++) {
    if (q->wanted[i] != self && !q->wanted[i]->everything) wanted[n++] = q->wanted[i];
  }
  if (f->domain && f->domain != self) wanted[n++] = f->domain;
  pe_lang_query narrowed = *q;
  narrowed.wanted = wanted;
  narrowed.nwanted = n;
  int rc = pe_product_find(&narrowed, f->budget, f->alloc, found, &f->word);
  pe_alloc_free(f->alloc, (void *)wanted);
  return rc;
}

static uint32_t number_of(const pe_lang_query *q, const pe_lang *wanted) {
  for (uint32_t i = 0; i < q->nwanted; i++) {
    if (q->wanted[i] == wanted) return i;
  }
  return UINT32_MAX;
}

static int run(finder *f, pe_found *found) {
  static const pe_item star = (uint32_t)PE_ITEM_STAR << 24;
  static const pe_glob any = {.items = &star, .count = 1};
  const pe_lang *self = smallest(f);
  const pe_observer *observer = f->budget->observer;
  uint32_t count = self ? self->count : 1;
  *found = PE_FOUND_NO;
  f->open.len = 0;
  if (observer) observer->text(f->budget->observer_user, number_of(f->query, self));
  for (uint32_t i = 0; i < count; i++) {
    const pe_glob *g = self ? &self->globs[i] : &any;
    step s = try_glob(f, g, self);
    if (s == STEP_FAILED && !f->budget->hit) return POLICYEVAL_ENOMEM;
    if (s == STEP_FAILED || s == STEP_YES) {
      *found = s == STEP_YES ? PE_FOUND_YES : PE_FOUND_GAVE_UP;
      return 0;
    }
    if (s == STEP_OPEN) {
      pe_glob *slot = pe_vec_push(&f->open, f->alloc);
      if (!slot) return POLICYEVAL_ENOMEM;
      *slot = *g;
      if (observer) observer->open(f->budget->observer_user, i);
    }
  }
  return f->open.len ? explore(f, self, found) : 0;
}

int pe_word_text(pe_arena *arena, const pe_item *word, uint32_t count, pe_slice *out) {
  char *text = pe_arena_alloc(arena, (size_t)count * 4 + 1);
  if (!text) return POLICYEVAL_ENOMEM;
  size_t len = 0;
  for (uint32_t i = 0; i < count; i++) len += pe_utf8_encode(pe_item_cp(word[i]), text + len);
  text[len] = '\0';
  *out = pe_slice_of(text, len);
  return 0;
}

int pe_lang_find(const pe_lang_query *query, pe_budget *budget, pe_arena *arena, pe_lang_answer *out) {
  finder f = {.query = query, .domain = query->domain, .budget = budget, .alloc = pe_arena_allocator(arena)};
  pe_lang_answer answer = {.found = PE_FOUND_NO};
  choose_filler(&f);
  int rc = run(&f, &answer.found);
  if (!rc && answer.found == PE_FOUND_NO && f.domain) {
    f.domain = NULL;
    rc = run(&f, &answer.found);
    answer.unusual = answer.found == PE_FOUND_YES;
  }
  if (!rc && answer.found == PE_FOUND_YES) rc = pe_word_text(arena, f.word.data, (uint32_t)f.word.len, &answer.text);
  pe_vec_done(&f.word, f.alloc);
  pe_vec_done(&f.open, f.alloc);
  if (!rc) *out = answer;
  return rc;
}
