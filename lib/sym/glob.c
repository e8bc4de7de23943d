/* SPDX-License-Identifier: MIT */
#include "sym/glob.h"

#include "base/error.h"
#include "base/utf8.h"
#include "base/wrap.h"

unsigned pe_class_of(uint32_t cp) {
  unsigned mask = 0;
  if (cp >= '0' && cp <= '9') mask |= PE_CLASS_DIGIT | PE_CLASS_HEX | PE_CLASS_WORD;
  if (cp >= 'a' && cp <= 'z') mask |= PE_CLASS_LOWER | PE_CLASS_WORD;
  if (cp >= 'a' && cp <= 'f') mask |= PE_CLASS_HEX;
  if (cp >= 'A' && cp <= 'Z') mask |= PE_CLASS_WORD;
  if (cp == '-' || cp == '_') mask |= PE_CLASS_WORD;
  if (cp && cp < 128 && ((mask & PE_CLASS_WORD) || memchr("+=,.@", (int)cp, 5))) mask |= PE_CLASS_NAME;
  return mask;
}

int pe_items_push(pe_items *items, const pe_alloc *a, pe_item item) {
  pe_item *slot = pe_vec_push(items, a);
  if (!slot) return POLICYEVAL_ENOMEM;
  *slot = item;
  return 0;
}

/* A character that has no other case is the same with and without folding. */
static bool has_case(uint32_t folded) {
  if (folded >= 'a' && folded <= 'z') return true;
  return folded >= 0xE0 && folded <= 0xFE && folded != 0xF7;
}

int pe_items_text(pe_items *items, const pe_alloc *a, pe_slice text, unsigned flags) {
  if (!text.len) return 0;
  if (!pe_vec_reserve(items, text.len, a)) return POLICYEVAL_ENOMEM;
  pe_item *out = items->data + items->len;
  for (size_t i = 0; i < text.len;) {
    unsigned step = 1;
    uint32_t cp = (unsigned char)text.ptr[i];
    if (cp >= 0x80) cp = pe_utf8_decode(text.ptr + i, &step);
    if (cp < 0x80 && !(flags & PE_ITEMS_FOLD)) {
      *out++ = pe_item_of(PE_ITEM_CHAR, cp);
      i++;
      continue;
    }
    uint32_t folded = flags & PE_ITEMS_FOLD ? pe_utf8_fold(cp) : 0;
    *out++ = folded && has_case(folded) ? pe_item_of(PE_ITEM_FOLD, folded) : pe_item_of(PE_ITEM_CHAR, cp);
    i += step;
  }
  items->len = (size_t)(out - items->data);
  return 0;
}

int pe_items_elems(pe_items *items, const pe_alloc *a, const pe_elem *elems, uint32_t count, const pe_items_way *way) {
  bool field = way->flags & PE_ITEMS_FIELD;
  pe_item star = pe_item_of(field ? PE_ITEM_FSTAR : PE_ITEM_STAR, 0);
  pe_item one = pe_item_of(field ? PE_ITEM_FONE : PE_ITEM_ONE, 0);
  int rc = 0;
  for (uint32_t i = 0; i < count && !rc; i++) {
    switch (elems[i].kind) {
      case PE_ELEM_LITERAL: rc = pe_items_text(items, a, elems[i].literal, way->flags); break;
      case PE_ELEM_ONE: rc = pe_items_push(items, a, one); break;
      case PE_ELEM_STAR: rc = pe_items_push(items, a, star); break;
      case PE_ELEM_VARIABLE:
        rc = way->variable ? way->variable(way->user, elems[i].variable, way->flags, items)
                           : pe_items_push(items, a, star);
        break;
    }
  }
  return rc;
}

int pe_items_frame(pe_items *items, const pe_alloc *a, const char *frame) {
  size_t most = 0;
  for (const char *c = frame; *c; c++) most += *c == '#' ? 12 : 1;
  if (!most) return 0;
  if (!pe_vec_reserve(items, most, a)) return POLICYEVAL_ENOMEM;
  pe_item *out = items->data + items->len;
  for (const char *c = frame; *c; c++) {
    switch (*c) {
      case '*': *out++ = pe_item_of(PE_ITEM_STAR, 0); break;
      case '%': *out++ = pe_item_of(PE_ITEM_FSTAR, 0); break;
      case '?': *out++ = pe_item_of(PE_ITEM_ONE, 0); break;
      case '^': *out++ = pe_item_of(PE_ITEM_FONE, 0); break;
      case '+': *out++ = pe_item_of(PE_ITEM_CLASS, PE_CLASS_NAME); break;
      case '|': *out++ = pe_item_of(PE_ITEM_CHAR, PE_SEPARATOR); break;
      case '#':
        for (int i = 0; i < 12; i++) *out++ = pe_item_of(PE_ITEM_CLASS, PE_CLASS_DIGIT);
        break;
      default:
        if (*c == '\\' && c[1]) c++;
        *out++ = pe_item_of(PE_ITEM_CHAR, (unsigned char)*c);
        break;
    }
  }
  items->len = (size_t)(out - items->data);
  return 0;
}

PE_WRAPS uint64_t pe_glob_hash(const pe_item *items, uint32_t count) {
  uint64_t h = 1469598103934665603u;
  for (uint32_t i = 0; i < count; i++) {
    h = (h ^ items[i]) * 1099511628211u;
    h ^= h >> 29;
  }
  return h;
}

int pe_glob_make(pe_arena *arena, const pe_items *items, pe_glob *out) {
  pe_item *copy = pe_arena_alloc(arena, (items->len ? items->len : 1) * sizeof *copy);
  if (!copy) return POLICYEVAL_ENOMEM;
  pe_glob g = {.items = copy, .exact = 1};
  bool leading = true;
  for (size_t i = 0; i < items->len; i++) {
    pe_item item = items->data[i];
    if (pe_item_is_star(item) && g.count && copy[g.count - 1] == item) continue;
    copy[g.count++] = item;
    if (pe_item_kind_of(item) == PE_ITEM_CHAR) {
      g.letters |= pe_item_cp(item) >= PE_LETTER;
      g.least++;
      if (leading) g.lead++;
      continue;
    }
    leading = false;
    if (!pe_item_is_star(item)) g.least++;
    if (pe_item_kind_of(item) > PE_ITEM_FOLD) g.exact = 0;
    else g.fold = 1;
  }
  g.hash = pe_glob_hash(copy, g.count);
  *out = g;
  return 0;
}

/* Does one item of a glob cover one letter of a word, whatever the letter stands for? */
static bool covers(pe_item x, pe_item y) {
  if (x == y && !pe_item_is_star(y)) return true;
  uint32_t cp = pe_item_cp(y);
  switch (pe_item_kind_of(y)) {
    case PE_ITEM_CHAR:
      if (cp >= PE_LETTER) return false;
      switch (pe_item_kind_of(x)) {
        case PE_ITEM_FOLD: return pe_utf8_fold(cp) == pe_item_cp(x);
        case PE_ITEM_CLASS: return pe_class_of(cp) & pe_item_cp(x);
        case PE_ITEM_ONE: return cp != PE_SEPARATOR;
        case PE_ITEM_FONE: return cp != ':' && cp != PE_SEPARATOR;
        default: return false;
      }
    case PE_ITEM_FOLD:
    case PE_ITEM_FONE: return pe_item_kind_of(x) == PE_ITEM_ONE || pe_item_kind_of(x) == PE_ITEM_FONE;
    case PE_ITEM_CLASS:
      if (pe_item_kind_of(x) == PE_ITEM_CLASS) return (cp & ~pe_item_cp(x)) == 0;
      return pe_item_kind_of(x) == PE_ITEM_ONE || pe_item_kind_of(x) == PE_ITEM_FONE;
    default: return false;
  }
}

/* May a star swallow the letter, whatever it stands for? */
static bool swallows(pe_item star, pe_item y) {
  if (y == pe_item_of(PE_ITEM_CHAR, PE_SEPARATOR)) return false;
  if (pe_item_kind_of(star) == PE_ITEM_STAR) return true;
  switch (pe_item_kind_of(y)) {
    case PE_ITEM_CHAR: return pe_item_cp(y) != ':' && pe_item_cp(y) < PE_LETTER;
    case PE_ITEM_ONE:
    case PE_ITEM_STAR: return false;
    default: return true;
  }
}

bool pe_glob_match(const pe_glob *glob, const pe_item *word, uint32_t count) {
  /* A plain beginning is nearly always what fails: a letter that is the same covers, any other plain one does not. */
  if (glob->lead && (count < glob->lead || memcmp(glob->items, word, glob->lead * sizeof *word) != 0)) return false;
  /* One place to return to is enough: a later star swallows what an earlier one of its kind could, a colon or a
   * separator ends what a star can do for good, and field stars come before others. */
  const pe_item *items = glob->items;
  uint32_t n = glob->count, g = glob->lead, star = UINT32_MAX, from = 0;
  uint32_t w = g; /* the word begins like the pattern */
  while (w < count) {
    if (g < n && pe_item_is_star(items[g])) {
      star = g++;
      from = w;
    } else if (g < n && covers(items[g], word[w])) {
      g++;
      w++;
    } else if (star != UINT32_MAX && swallows(items[star], word[from])) {
      g = star + 1;
      w = ++from;
    } else {
      return false;
    }
  }
  while (g < n && pe_item_is_star(items[g])) g++;
  return g == n;
}

/* Could one character be both? Only certain clashes say no. */
static bool compatible(pe_item x, pe_item y) {
  pe_item_kind a = pe_item_kind_of(x), b = pe_item_kind_of(y);
  if (a > PE_ITEM_FOLD || b > PE_ITEM_FOLD || x == y) return true;
  if (a == PE_ITEM_CHAR && b == PE_ITEM_CHAR) return pe_item_cp(x) >= PE_LETTER || pe_item_cp(y) >= PE_LETTER;
  uint32_t p = pe_item_cp(x), q = pe_item_cp(y);
  if (p >= PE_LETTER || q >= PE_LETTER) return true;
  return pe_utf8_fold(p) == pe_utf8_fold(q);
}

static bool stops(pe_item i) {
  return pe_item_is_star(i) || (pe_item_kind_of(i) == PE_ITEM_CHAR && pe_item_cp(i) >= PE_LETTER);
}

bool pe_glob_meets(const pe_glob *a, const pe_glob *b) {
  uint32_t i = 0;
  for (; i < a->count && i < b->count && !stops(a->items[i]) && !stops(b->items[i]); i++) {
    if (!compatible(a->items[i], b->items[i])) return false;
  }
  bool a_ends = i == a->count, b_ends = i == b->count;
  if (a_ends && !b_ends && !stops(b->items[i])) return false;
  if (b_ends && !a_ends && !stops(a->items[i])) return false;
  for (uint32_t k = 1; k <= a->count && k <= b->count; k++) {
    pe_item x = a->items[a->count - k], y = b->items[b->count - k];
    if (stops(x) || stops(y)) break;
    if (!compatible(x, y)) return false;
  }
  return true;
}

int pe_glob_cmp(const pe_glob *a, const pe_glob *b) {
  if (a->hash != b->hash) return a->hash < b->hash ? -1 : 1;
  if (a->count != b->count) return a->count < b->count ? -1 : 1;
  return a->count ? memcmp(a->items, b->items, a->count * sizeof *a->items) : 0;
}

bool pe_glob_equal(const pe_glob *a, const pe_glob *b) { return pe_glob_cmp(a, b) == 0; }
