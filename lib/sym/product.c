/* SPDX-License-Identifier: MIT */
/* The product of the position automata of all patterns, determinised while it is explored: a state is the set of
 * positions that some run of each pattern can be in. Best first: shortest words, and among equals the
 * one that has come furthest. */
#include "base/error.h"
#include "base/utf8.h"
#include "base/wrap.h"
#include "sym/lang.h"
#include "sym/observer.h"

enum { UNWANTED = UINT32_MAX, SET_PER_STATE = 24 };

typedef struct place { /* one position of one pattern */
  pe_item item;
  uint32_t first;  /* a star here makes positions [first, here) of the same pattern pointless (lemma 2) */
  uint32_t least;  /* fewest characters still to come */
  uint32_t group;  /* wanted union, or UNWANTED */
  uint8_t end, swallows; /* end of the pattern; only a bare star is left */
} place;

typedef struct state {
  size_t set; /* where its positions start in `sets` */
  uint32_t count, parent, cp, depth, rest;
  uint8_t accepts;
} state;

typedef PE_VEC(uint32_t) ids;

typedef struct product {
  const pe_lang_query *query;
  pe_budget *budget;
  const pe_alloc *alloc;
  PE_VEC(place) places;
  PE_VEC(state) states;
  ids sets;
  ids heap;
  uint32_t *table; /* hash table of state + 1 */
  uint32_t table_size;
  ids next;        /* the successor that is being built */
  ids chars;
  uint32_t *least; /* per wanted union */
  uint64_t ascii[2];
  bool mixed;      /* folded letters must be tried in both cases */
} product;

static int add_glob(product *p, const pe_glob *g, uint32_t group) {
  uint32_t base = (uint32_t)p->places.len, field = base, part = base;
  for (uint32_t i = 0; i <= g->count; i++) {
    place *pl = pe_vec_push(&p->places, p->alloc);
    if (!pl) return POLICYEVAL_ENOMEM;
    *pl = (place){.group = group, .first = base + i, .end = i == g->count};
    if (pl->end) break;
    pl->item = g->items[i];
    pe_item_kind kind = pe_item_kind_of(pl->item);
    if (kind == PE_ITEM_STAR) pl->first = part;
    if (kind == PE_ITEM_FSTAR) pl->first = field;
    pl->swallows = kind == PE_ITEM_STAR && i + 1 == g->count;
    /* What a field's star swallows has no colon, so it reaches back to the last one. */
    bool colon = kind == PE_ITEM_CHAR && (pe_item_cp(pl->item) == ':' || pe_item_cp(pl->item) >= PE_LETTER);
    bool separator = pl->item == pe_item_of(PE_ITEM_CHAR, PE_SEPARATOR);
    if (separator) part = base + i + 1;
    if (separator || colon || kind == PE_ITEM_ONE || kind == PE_ITEM_STAR) field = base + i + 1;
  }
  uint32_t least = 0;
  for (uint32_t i = g->count; i > 0;) {
    i--;
    if (!pe_item_is_star(g->items[i])) least++;
    p->places.data[base + i].least = least;
  }
  return 0;
}

/* Adds a position and what is reached from it without a character; keeps the set sorted. */
static int add_position(product *p, uint32_t at) {
  for (;;) {
    size_t i = p->next.len;
    while (i > 0 && p->next.data[i - 1] > at) i--;
    if (i == 0 || p->next.data[i - 1] != at) {
      if (!pe_vec_push(&p->next, p->alloc)) return POLICYEVAL_ENOMEM;
      memmove(p->next.data + i + 1, p->next.data + i, (p->next.len - 1 - i) * sizeof *p->next.data);
      p->next.data[i] = at;
    }
    const place *pl = &p->places.data[at];
    if (pl->end || !pe_item_is_star(pl->item)) return 0;
    at++;
  }
}

/* Lemma 2: drops what a later star of the same pattern makes pointless. */
static void prune(product *p) {
  if (!p->next.len) return;
  size_t kept = p->next.len;
  uint32_t first = UINT32_MAX;
  for (size_t i = p->next.len; i > 0; i--) {
    uint32_t at = p->next.data[i - 1];
    if (at >= first) continue;
    p->next.data[--kept] = at;
    const place *pl = &p->places.data[at];
    first = pl->first < at ? pl->first : UINT32_MAX;
  }
  p->next.len -= kept;
  memmove(p->next.data, p->next.data + kept, p->next.len * sizeof *p->next.data);
}

/* What the set means: dead (false), or how many characters are still needed and whether it accepts. */
static bool judge(product *p, state *s) {
  uint32_t groups = p->query->nwanted;
  for (uint32_t g = 0; g < groups; g++) p->least[g] = UINT32_MAX;
  bool rejected = false;
  for (size_t i = 0; i < p->next.len; i++) {
    const place *pl = &p->places.data[p->next.data[i]];
    if (pl->group == UNWANTED) {
      if (pl->swallows) return false;
      if (pl->end) rejected = true;
    } else if (pl->least < p->least[pl->group]) {
      p->least[pl->group] = pl->least;
    }
  }
  s->rest = 0;
  for (uint32_t g = 0; g < groups; g++) {
    if (p->least[g] == UINT32_MAX) return false;
    if (p->least[g] > s->rest) s->rest = p->least[g];
  }
  /* Zero characters needed in a union means that one of its patterns may end here. */
  s->accepts = s->rest == 0 && !rejected && !(p->query->nonempty && s->depth == 0);
  return true;
}

PE_WRAPS static uint64_t hash_set(const uint32_t *set, size_t n) {
  uint64_t h = 1469598103934665603u ^ n;
  for (size_t i = 0; i < n; i++) {
    h = (h ^ set[i]) * 1099511628211u;
    h ^= h >> 31;
  }
  return h;
}

static int grow_table(product *p) {
  uint32_t size = p->table_size ? p->table_size * 2 : 256;
  uint32_t *table = pe_alloc_array(p->alloc, size, sizeof *table);
  if (!table) return POLICYEVAL_ENOMEM;
  for (uint32_t i = 1; i < p->states.len; i++) {
    const state *s = &p->states.data[i];
    uint64_t h = hash_set(p->sets.data + s->set, s->count);
    while (table[h & (size - 1)]) h++;
    table[h & (size - 1)] = i + 1;
  }
  pe_alloc_free(p->alloc, p->table);
  p->table = table;
  p->table_size = size;
  return 0;
}

/* The slot of p->next in the table: holds its state, or is free. */
static uint32_t *find_slot(product *p) {
  uint64_t h = hash_set(p->next.data, p->next.len);
  for (;; h++) {
    uint32_t *slot = &p->table[h & (p->table_size - 1)];
    if (!*slot) return slot;
    const state *s = &p->states.data[*slot - 1];
    if (s->count == p->next.len &&
        (s->count == 0 || memcmp(p->sets.data + s->set, p->next.data, s->count * sizeof(uint32_t)) == 0)) {
      return slot;
    }
  }
}

static bool before(const product *p, uint32_t a, uint32_t b) {
  const state *x = &p->states.data[a], *y = &p->states.data[b];
  uint32_t fx = x->depth + x->rest, fy = y->depth + y->rest;
  if (fx != fy) return fx < fy;
  if (x->depth != y->depth) return x->depth > y->depth;
  return a < b;
}

static int heap_push(product *p, uint32_t id) {
  if (!pe_vec_push(&p->heap, p->alloc)) return POLICYEVAL_ENOMEM;
  size_t i = p->heap.len - 1;
  for (; i > 0 && before(p, id, p->heap.data[(i - 1) / 2]); i = (i - 1) / 2) {
    p->heap.data[i] = p->heap.data[(i - 1) / 2];
  }
  p->heap.data[i] = id;
  return 0;
}

static uint32_t heap_pop(product *p) {
  uint32_t top = p->heap.data[0], last = p->heap.data[--p->heap.len];
  size_t i = 0, n = p->heap.len;
  for (;;) {
    size_t child = 2 * i + 1;
    if (child >= n) break;
    if (child + 1 < n && before(p, p->heap.data[child + 1], p->heap.data[child])) child++;
    if (!before(p, p->heap.data[child], last)) break;
    p->heap.data[i] = p->heap.data[child];
    i = child;
  }
  if (n) p->heap.data[i] = last;
  return top;
}

/* Files p->next as a state unless it is dead or known. A state keeps the first word that led to it. The start is not
 * entered in the table: the same set reached again stands for longer words, which nonempty tells apart. */
static int file_state(product *p, uint32_t parent, uint32_t cp, uint32_t depth) {
  state s = {.parent = parent, .cp = cp, .depth = depth};
  prune(p);
  if (!judge(p, &s)) return 0;
  if ((p->states.len + 1) * 2 > p->table_size) {
    int rc = grow_table(p);
    if (rc) return rc;
  }
  uint32_t *slot = find_slot(p);
  if (*slot) return 0;
  s.set = p->sets.len;
  s.count = (uint32_t)p->next.len;
  for (size_t i = 0; i < p->next.len; i++) {
    uint32_t *at = pe_vec_push(&p->sets, p->alloc);
    if (!at) return POLICYEVAL_ENOMEM;
    *at = p->next.data[i];
  }
  state *filed = pe_vec_push(&p->states, p->alloc);
  if (!filed) return POLICYEVAL_ENOMEM;
  *filed = s;
  if (depth > 0) *slot = (uint32_t)p->states.len;
  return heap_push(p, (uint32_t)p->states.len - 1);
}

static bool moves(pe_item item, uint32_t cp) {
  switch (pe_item_kind_of(item)) {
    case PE_ITEM_CHAR: return pe_item_cp(item) == cp;
    case PE_ITEM_FOLD: return pe_item_cp(item) == pe_utf8_fold(cp);
    case PE_ITEM_CLASS: return pe_item_cp(item) & pe_class_of(cp);
    case PE_ITEM_ONE:
    case PE_ITEM_STAR: return cp != PE_SEPARATOR;
    default: return cp != ':' && cp != PE_SEPARATOR;
  }
}

static int follow(product *p, uint32_t from, uint32_t cp) {
  p->next.len = 0;
  for (uint32_t i = 0; i < p->states.data[from].count; i++) {
    uint32_t at = p->sets.data[p->states.data[from].set + i];
    const place *pl = &p->places.data[at];
    if (pl->end || !moves(pl->item, cp)) continue;
    int rc = add_position(p, pe_item_is_star(pl->item) ? at : at + 1);
    if (rc) return rc;
  }
  return file_state(p, from, cp, p->states.data[from].depth + 1);
}

static int add_char(product *p, uint32_t cp) {
  if (cp < 128) {
    uint64_t bit = (uint64_t)1 << (cp & 63);
    if (p->ascii[cp >> 6] & bit) return 0;
    p->ascii[cp >> 6] |= bit;
  } else {
    for (size_t i = 0; i < p->chars.len; i++) {
      if (p->chars.data[i] == cp) return 0;
    }
  }
  uint32_t *slot = pe_vec_push(&p->chars, p->alloc);
  if (!slot) return POLICYEVAL_ENOMEM;
  *slot = cp;
  return 0;
}

/* One character for each way of being none of the named ones: by the classes that live positions ask for. */
static int add_others(product *p, unsigned classes) {
  static const char nice[] = "xyzqwvujkbgfhpdcnmlrstieao1920384756XYZQWVUJKBGFHPDCNMLRSTIEAO_-.,/+=@()!$&'";
  uint32_t seen = 0;
  for (const char *c = nice; *c; c++) {
    uint32_t cp = (unsigned char)*c;
    if (p->ascii[cp >> 6] >> (cp & 63) & 1) continue;
    unsigned kind = pe_class_of(cp) & classes;
    if (seen >> kind & 1) continue;
    seen |= 1u << kind;
    int rc = add_char(p, cp);
    if (rc) return rc;
  }
  if (seen & 1) return 0;
  uint32_t cp = 0xE000; /* no live position names so many */
  for (size_t i = 0; i < p->chars.len; i++) {
    if (p->chars.data[i] == cp) {
      cp++;
      i = (size_t)-1;
    }
  }
  return add_char(p, cp);
}

static int list_chars(product *p, const state *s) {
  unsigned classes = 0;
  bool colon = false;
  int rc = 0;
  p->chars.len = 0;
  p->ascii[0] = p->ascii[1] = 0;
  for (uint32_t i = 0; i < s->count && !rc; i++) {
    const place *pl = &p->places.data[p->sets.data[s->set + i]];
    if (pl->end) continue;
    uint32_t cp = pe_item_cp(pl->item);
    switch (pe_item_kind_of(pl->item)) {
      case PE_ITEM_CHAR:
        if (cp < PE_LETTER) rc = add_char(p, cp);
        break;
      case PE_ITEM_FOLD:
        rc = add_char(p, cp);
        if (!rc && p->mixed) rc = add_char(p, cp - 32);
        break;
      case PE_ITEM_CLASS: classes |= cp; break;
      case PE_ITEM_FONE:
      case PE_ITEM_FSTAR: colon = true; break;
      default: break;
    }
  }
  if (!rc && colon) rc = add_char(p, ':');
  /* Without a folded letter's other case in the list it must not be taken for "none of the named". */
  if (!rc && !p->mixed) {
    for (size_t i = 0; i < p->chars.len; i++) {
      uint32_t cp = p->chars.data[i];
      if (cp >= 'a' && cp <= 'z') p->ascii[(cp - 32) >> 6] |= (uint64_t)1 << ((cp - 32) & 63);
    }
  }
  return rc ? rc : add_others(p, classes);
}

static size_t held(const product *p) {
  return p->places.cap * sizeof(place) + p->states.cap * sizeof(state) + p->table_size * sizeof(uint32_t) +
         (p->sets.cap + p->heap.cap + p->next.cap + p->chars.cap) * sizeof(uint32_t);
}

static int trace_word(const product *p, uint32_t id, pe_items *word) {
  uint32_t n = p->states.data[id].depth;
  word->len = 0;
  for (uint32_t i = 0; i < n; i++) {
    int rc = pe_items_push(word, p->alloc, 0);
    if (rc) return rc;
  }
  for (; n > 0; id = p->states.data[id].parent) {
    word->data[--n] = pe_item_of(PE_ITEM_CHAR, p->states.data[id].cp);
  }
  return 0;
}

static int search(product *p, pe_found *found, pe_items *word) {
  p->next.len = 0;
  for (uint32_t at = 0; at < p->places.len; at++) {
    int rc = at == 0 || p->places.data[at - 1].end ? add_position(p, at) : 0;
    if (rc) return rc;
  }
  int rc = file_state(p, 0, 0, 0);
  while (!rc && p->heap.len) {
    uint32_t id = heap_pop(p);
    if (p->states.data[id].accepts) {
      *found = PE_FOUND_YES;
      return trace_word(p, id, word);
    }
    if (!pe_budget_state(p->budget, 1 + p->states.data[id].count / SET_PER_STATE) ||
        !pe_budget_bytes(p->budget, held(p))) {
      *found = PE_FOUND_GAVE_UP;
      return 0;
    }
    rc = list_chars(p, &p->states.data[id]);
    for (size_t i = 0; i < p->chars.len && !rc; i++) rc = follow(p, id, p->chars.data[i]);
  }
  return rc;
}

static void tell_states(const product *p) {
  for (size_t i = 0; i < p->states.len; i++) {
    p->budget->observer->state(p->budget->observer_user, p->sets.data + p->states.data[i].set, p->states.data[i].count);
  }
}

int pe_product_find(const pe_lang_query *query, pe_budget *budget, const pe_alloc *a, pe_found *found, pe_items *word) {
  product p = {.query = query, .budget = budget, .alloc = a};
  bool fold = false, cased = false;
  int rc = 0;
  *found = PE_FOUND_NO;
  for (uint32_t i = 0; i < query->nwanted + query->nunwanted && !rc; i++) {
    bool is_wanted = i < query->nwanted;
    const pe_lang *l = is_wanted ? query->wanted[i] : query->unwanted[i - query->nwanted];
    fold |= l->fold;
    cased |= l->cased;
    for (uint32_t g = 0; g < l->count && !rc; g++) rc = add_glob(&p, &l->globs[g], is_wanted ? i : UNWANTED);
  }
  p.mixed = fold && cased;
  p.least = pe_alloc_array(a, query->nwanted + 1, sizeof *p.least);
  if (!p.least) rc = POLICYEVAL_ENOMEM;
  if (!rc) rc = search(&p, found, word);
  if (budget->observer && !rc && *found == PE_FOUND_NO) tell_states(&p);
  pe_vec_done(&p.places, a);
  pe_vec_done(&p.states, a);
  pe_vec_done(&p.sets, a);
  pe_vec_done(&p.heap, a);
  pe_vec_done(&p.next, a);
  pe_vec_done(&p.chars, a);
  pe_alloc_free(a, p.least);
  pe_alloc_free(a, p.table);
  return rc;
}
