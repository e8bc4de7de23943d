/* SPDX-License-Identifier: MIT */
#include "sym/oracle.h"

#include "base/error.h"
#include "base/wrap.h"
#include "sym/observer.h"
#include "sym/set.h"

typedef struct pe_memo { /* a question that was answered */
  uint64_t hash;
  const pe_literal *literals;
  uint32_t key, count, value;
} pe_memo;

int pe_oracle_init(pe_oracle *o, pe_space *space, pe_budget *budget) {
  *o = (pe_oracle){.space = space, .budget = budget, .alloc = space->alloc, .nkeys = (uint32_t)space->keys.len};
  o->arena = pe_arena_new(o->alloc, 0);
  o->keys = pe_alloc_array(o->alloc, o->nkeys + 1, sizeof *o->keys);
  if (budget->observer) budget->observer->oracle(budget->observer_user, o);
  return o->arena && o->keys ? 0 : POLICYEVAL_ENOMEM;
}

void pe_oracle_done(pe_oracle *o) {
  for (uint32_t i = 0; o->keys && i < o->nkeys; i++) {
    pe_vec_done(&o->keys[i].elements, o->alloc);
    pe_vec_done(&o->keys[i].values, o->alloc);
    pe_vec_done(&o->keys[i].tried, o->alloc);
  }
  pe_alloc_free(o->alloc, o->keys);
  pe_vec_done(&o->word, o->alloc);
  pe_vec_done(&o->memos, o->alloc);
  pe_vec_done(&o->slots, o->alloc);
  pe_arena_free(o->arena);
}

/* Elements ----------------------------------------------------------------------------------------------- */

static bool bit(const uint64_t *bits, uint32_t i) { return bits[i >> 6] >> (i & 63) & 1; }
static void set_bit(uint64_t *bits, uint32_t i) { bits[i >> 6] |= (uint64_t)1 << (i & 63); }

static unsigned try_test(const pe_element *e, const pe_test *t) {
  bool wide = true, tight = true;
  if (t->sort == PE_SORT_STRING) {
    wide = pe_lang_has(&t->wide, e->word, e->length);
    tight = t->two_sided ? pe_lang_has(&t->tight, e->word, e->length) : wide;
  } else if (t->sort != PE_SORT_PRESENCE) {
    wide = pe_range_holds((pe_sort)t->sort, t->bounds, t->nbounds, e->text);
    tight = wide && !t->two_sided;
  }
  return (wide ? PE_PASSES_WIDE : 0u) | (tight ? PE_PASSES_TIGHT : 0u);
}

unsigned pe_oracle_passes(const pe_oracle *o, const pe_element *e, uint32_t test) {
  const pe_test *t = &o->space->tests.data[test];
  if (t->local >= e->room) return try_test(e, t);
  if (bit(e->known, t->local)) {
    return (bit(e->wide, t->local) ? PE_PASSES_WIDE : 0u) | (bit(e->tight, t->local) ? PE_PASSES_TIGHT : 0u);
  }
  unsigned passes = try_test(e, t);
  set_bit(e->known, t->local);
  if (passes & PE_PASSES_WIDE) set_bit(e->wide, t->local);
  if (passes & PE_PASSES_TIGHT) set_bit(e->tight, t->local);
  return passes;
}

static int add_element(pe_oracle *o, uint32_t key, pe_slice text, uint32_t *out) {
  const pe_space_key *k = &o->space->keys.data[key];
  pe_key_state *state = &o->keys[key];
  size_t words = k->tests.len / 64 + 1;
  o->word.len = 0;
  int rc = pe_word_of(o->alloc, text, &o->word);
  if (rc) return rc;
  pe_element e = {.text = text, .length = (uint32_t)o->word.len, .room = (uint32_t)words * 64};
  pe_item *word = pe_arena_alloc(o->arena, (o->word.len + 1) * sizeof *word);
  e.known = word ? pe_arena_zero(o->arena, 3 * words, sizeof(uint64_t)) : NULL;
  pe_element *slot = e.known ? pe_vec_push(&state->elements, o->alloc) : NULL;
  if (!slot) return POLICYEVAL_ENOMEM;
  if (e.length) memcpy(word, o->word.data, e.length * sizeof *word);
  e.word = word;
  e.wide = e.known + words;
  e.tight = e.wide + words;
  *slot = e;
  *out = (uint32_t)state->elements.len - 1;
  return 0;
}

static int range_samples(pe_oracle *o, const pe_space_key *k, pe_sort sort, pe_texts *texts) {
  PE_VEC(const pe_bound *) bounds = {0};
  int rc = 0;
  for (size_t i = 0; i < k->tests.len && !rc; i++) {
    const pe_test *t = &o->space->tests.data[k->tests.data[i]];
    for (uint32_t b = 0; t->sort == sort && b < t->nbounds && !rc; b++) {
      const pe_bound **slot = pe_vec_push(&bounds, o->alloc);
      if (slot) *slot = &t->bounds[b];
      if (!slot) rc = POLICYEVAL_ENOMEM;
    }
  }
  if (!rc) {
    rc = pe_range_samples(o->arena, sort, bounds.data, (uint32_t)bounds.len, k->integers, texts);
  }
  pe_alloc_free(o->alloc, (void *)bounds.data);
  return rc;
}

static bool limited(const pe_space_key *k, pe_oracle *o, pe_slice text, int *rc) {
  if (!k->limit) return true;
  o->word.len = 0;
  *rc = pe_word_of(o->alloc, text, &o->word);
  return !*rc && pe_lang_has(k->limit, o->word.data, (uint32_t)o->word.len);
}

static int add_tried(pe_oracle *o, uint32_t key, pe_slice text) {
  uint32_t id;
  int rc = add_element(o, key, text, &id);
  uint32_t *slot = rc ? NULL : pe_vec_push(&o->keys[key].tried, o->alloc);
  if (!slot) return POLICYEVAL_ENOMEM;
  *slot = id;
  return 0;
}

/* The next of the likely values as an element to try; they are made only when those before do not do. */
static int next_likely(pe_oracle *o, uint32_t key, bool *more) {
  const pe_space_key *k = &o->space->keys.data[key];
  pe_key_state *state = &o->keys[key];
  int rc = 0;
  *more = false;
  while (state->likely < k->nlikely && !rc && !*more) {
    pe_slice text = k->likely[state->likely++];
    if (!limited(k, o, text, &rc) || rc) continue;
    rc = add_tried(o, key, text);
    *more = !rc;
  }
  return rc;
}

/* Samples of every cell of ranges. */
static int make_ready(pe_oracle *o, uint32_t key) {
  const pe_space_key *k = &o->space->keys.data[key];
  pe_texts texts = {0};
  int rc = o->likely ? o->likely(o->likely_user) : 0;
  o->likely = NULL;
  for (int sort = PE_SORT_NUMBER; sort <= PE_SORT_ADDRESS && !rc; sort++) {
    if (k->sort == sort || k->sort == PE_SORT_MIXED) rc = range_samples(o, k, (pe_sort)sort, &texts);
  }
  static const pe_slice example = {"example", 7};
  if (!rc && k->sort == PE_SORT_PRESENCE && !k->nlikely) rc = add_tried(o, key, example);
  for (size_t i = 0; i < texts.len && !rc; i++) rc = add_tried(o, key, texts.data[i]);
  pe_vec_done(&texts, o->alloc);
  o->keys[key].ready = !rc;
  return rc;
}

static bool meets(const pe_oracle *o, const pe_element *e, const pe_wish *wish) {
  for (uint32_t i = 0; i < wish->ninside; i++) {
    if (!(pe_oracle_passes(o, e, wish->inside[i]) & PE_PASSES_WIDE)) return false;
  }
  for (uint32_t i = 0; i < wish->noutside; i++) {
    if (pe_oracle_passes(o, e, wish->outside[i]) & PE_PASSES_TIGHT) return false;
  }
  return true;
}

/* Letters for variables: what is covered whatever the variables stand for cannot be inside and outside. */
static int letters_clash(const pe_oracle *o, const pe_wish *wish, bool *clash) {
  const pe_space *s = o->space;
  bool any = false;
  *clash = false;
  for (uint32_t i = 0; i < wish->noutside && !any; i++) any = s->tests.data[wish->outside[i]].lettered.count != 0;
  if (!any) return 0;
  const pe_lang **langs = pe_alloc_array(o->alloc, wish->noutside, sizeof(const pe_lang *));
  if (!langs) return POLICYEVAL_ENOMEM;
  uint32_t n = 0;
  for (uint32_t i = 0; i < wish->noutside; i++) {
    const pe_test *t = &s->tests.data[wish->outside[i]];
    if (t->sort != PE_SORT_STRING || (t->two_sided && !t->lettered.count)) continue;
    langs[n++] = t->lettered.count ? &t->lettered : &t->wide;
  }
  for (uint32_t i = 0; i < wish->ninside && !*clash; i++) {
    const pe_test *t = &s->tests.data[wish->inside[i]];
    if (t->sort == PE_SORT_STRING) *clash = pe_lang_covers(langs, n, t->lettered.count ? &t->lettered : &t->wide);
  }
  pe_alloc_free(o->alloc, (void *)langs);
  return 0;
}

static int find_text(pe_oracle *o, const pe_space_key *k, const pe_wish *wish, pe_lang_answer *answer) {
  const pe_lang **langs = pe_alloc_array(o->alloc, wish->ninside + wish->noutside + 2, sizeof(const pe_lang *));
  if (!langs) return POLICYEVAL_ENOMEM;
  *answer = (pe_lang_answer){.found = PE_FOUND_NO};
  bool impossible = false;
  uint32_t n = 0;
  if (k->limit) langs[n++] = k->limit;
  for (uint32_t i = 0; i < wish->ninside; i++) {
    const pe_test *t = &o->space->tests.data[wish->inside[i]];
    if (t->sort == PE_SORT_STRING) langs[n++] = &t->wide;
  }
  uint32_t m = n;
  for (uint32_t i = 0; i < wish->noutside; i++) {
    const pe_test *t = &o->space->tests.data[wish->outside[i]];
    if (t->sort == PE_SORT_PRESENCE) impossible = true;
    if (t->sort == PE_SORT_STRING) langs[m++] = t->two_sided ? &t->tight : &t->wide;
  }
  pe_lang_query query = {.wanted = langs, .unwanted = langs + n, .nwanted = n, .nunwanted = m - n,
                         .nlimits = k->limit ? 1 : 0, .domain = k->domain, .nonempty = true};
  int rc = impossible ? 0 : pe_lang_find(&query, o->budget, o->arena, answer);
  pe_alloc_free(o->alloc, (void *)langs);
  return rc;
}

/* A test inside that nothing but some words pass. */
static const pe_lang *words_inside(const pe_oracle *o, const pe_wish *wish) {
  for (uint32_t i = 0; i < wish->ninside; i++) {
    const pe_test *t = &o->space->tests.data[wish->inside[i]];
    if (t->sort == PE_SORT_STRING && t->wide.exact && !t->wide.fold) return &t->wide;
  }
  return NULL;
}

/* With tests of several sorts the text that was found answers only for the string tests. Words can all be tried; of
 * other texts there may be one that would do. */
static int try_words(pe_oracle *o, uint32_t key, const pe_wish *wish, uint32_t *element) {
  const pe_lang *words = words_inside(o, wish);
  if (!words) o->mixed = true;
  for (uint32_t i = 0; words && i < words->count; i++) {
    const pe_glob *g = &words->globs[i];
    pe_slice text;
    uint32_t id;
    if (!pe_budget_state(o->budget, 1)) return POLICYEVAL_ELIMIT;
    int rc = pe_word_text(o->arena, g->items, g->count, &text);
    bool possible = !rc && text.len && limited(&o->space->keys.data[key], o, text, &rc);
    if (!rc && possible) rc = add_element(o, key, text, &id);
    if (rc) return rc;
    if (!possible || !meets(o, &o->keys[key].elements.data[id], wish)) continue;
    *element = id;
    return 0;
  }
  return 0;
}

int pe_oracle_element(pe_oracle *o, uint32_t key, const pe_wish *wish, uint32_t *element, bool *unusual) {
  const pe_space_key *k = &o->space->keys.data[key];
  pe_key_state *state = &o->keys[key];
  int rc = state->ready ? 0 : make_ready(o, key);
  if (rc) return rc;
  if (!pe_budget_state(o->budget, 1 + state->tried.len / 256)) return POLICYEVAL_ELIMIT;
  *element = PE_NO_VALUE;
  *unusual = false;
  bool clash;
  rc = letters_clash(o, wish, &clash);
  if (rc || clash) return rc;
  for (size_t i = 0;; i++) {
    bool more = i < state->tried.len;
    if (!more) rc = next_likely(o, key, &more);
    if (rc) return rc;
    if (!more) break;
    if (!meets(o, &state->elements.data[state->tried.data[i]], wish)) continue;
    *element = state->tried.data[i];
    return 0;
  }
  if (k->sort != PE_SORT_STRING && k->sort != PE_SORT_MIXED) return 0;
  pe_lang_answer answer;
  rc = find_text(o, k, wish, &answer);
  if (rc) return rc;
  if (answer.found == PE_FOUND_GAVE_UP) return POLICYEVAL_ELIMIT;
  if (answer.found == PE_FOUND_NO) {
    if (o->budget->observer) o->budget->observer->element(o->budget->observer_user, o, key, wish);
    return 0;
  }
  uint32_t id;
  rc = add_element(o, key, answer.text, &id);
  if (rc) return rc;
  if (k->sort == PE_SORT_MIXED && !meets(o, &state->elements.data[id], wish)) return try_words(o, key, wish, element);
  *element = id;
  *unusual = answer.unusual;
  return 0;
}

/* Questions ---------------------------------------------------------------------------------------------- */

PE_WRAPS static uint64_t hash_question(uint32_t key, const pe_literal *literals, uint32_t count) {
  uint64_t h = 1469598103934665603u ^ key;
  for (uint32_t i = 0; i < count; i++) {
    h = (h ^ literals[i]) * 1099511628211u;
    h ^= h >> 31;
  }
  return h;
}

static int grow_slots(pe_oracle *o) {
  size_t size = o->slots.cap ? o->slots.cap * 2 : 128;
  uint32_t *more = pe_alloc_array(o->alloc, size, sizeof *more);
  if (!more) return POLICYEVAL_ENOMEM;
  for (uint32_t i = 0; i < o->memos.len; i++) {
    uint64_t h = o->memos.data[i].hash;
    while (more[h & (size - 1)]) h++;
    more[h & (size - 1)] = i + 1;
  }
  pe_alloc_free(o->alloc, o->slots.data);
  o->slots.data = more;
  o->slots.cap = size;
  return 0;
}

/* All that grows with the question; what the search holds beside it is added there. */
static size_t held(const pe_oracle *o) {
  size_t n = pe_arena_bytes(o->arena) + pe_space_bytes(o->space) + o->memos.cap * sizeof(pe_memo) +
             o->slots.cap * sizeof(uint32_t) + o->nkeys * sizeof *o->keys + o->word.cap * sizeof *o->word.data;
  for (uint32_t i = 0; i < o->nkeys; i++) {
    const pe_key_state *k = &o->keys[i];
    n += k->elements.cap * sizeof *k->elements.data + k->values.cap * sizeof *k->values.data + k->tried.cap * sizeof(uint32_t);
  }
  return n;
}

int pe_oracle_ask(pe_oracle *o, uint32_t key, const pe_literal *literals, uint32_t count, uint32_t *value) {
  if ((o->memos.len + 1) * 2 > o->slots.cap) {
    int rc = grow_slots(o);
    if (rc) return rc;
  }
  uint64_t hash = hash_question(key, literals, count), h = hash;
  for (; o->slots.data[h & (o->slots.cap - 1)]; h++) {
    const pe_memo *m = &o->memos.data[o->slots.data[h & (o->slots.cap - 1)] - 1];
    if (m->hash == hash && m->key == key && m->count == count &&
        (count == 0 || memcmp(m->literals, literals, count * sizeof *literals) == 0)) {
      *value = m->value;
      return 0;
    }
  }
  uint32_t found;
  int rc = pe_set_find(o, key, literals, count, &found);
  if (rc) return rc;
  pe_literal *copy = pe_arena_alloc(o->arena, (count + 1) * sizeof *copy);
  pe_memo *m = copy ? pe_vec_push(&o->memos, o->alloc) : NULL;
  if (!m) return POLICYEVAL_ENOMEM;
  if (count) memcpy(copy, literals, count * sizeof *copy);
  *m = (pe_memo){hash, copy, key, count, found};
  o->slots.data[h & (o->slots.cap - 1)] = (uint32_t)o->memos.len;
  o->budget->bytes = held(o);
  if (!pe_budget_bytes(o->budget, 0)) return POLICYEVAL_ELIMIT;
  *value = found;
  return 0;
}
