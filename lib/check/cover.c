/* SPDX-License-Identifier: MIT */
#include "check/cover.h"

#include "base/error.h"
#include "base/wrap.h"

static unsigned char fold(char ch, bool nocase) {
  return (unsigned char)(nocase && ch >= 'A' && ch <= 'Z' ? ch | 0x20 : ch);
}

/* The inner pattern is read as a text in which its wildcards are letters: '?' of the outer one takes a letter or '?',
 * '*' takes anything. Characters beyond ASCII are several bytes; '?' takes them as one. */
static size_t unit(pe_slice s, size_t i) {
  unsigned char ch = (unsigned char)s.ptr[i];
  size_t n = ch < 0xC0 ? 1 : ch < 0xE0 ? 2 : ch < 0xF0 ? 3 : 4;
  return n > s.len - i ? s.len - i : n;
}

bool pe_cover_glob(pe_slice outer, pe_slice inner, bool nocase) {
  size_t o = 0, i = 0, star = SIZE_MAX, mark = 0;
  while (i < inner.len) {
    if (o < outer.len && outer.ptr[o] == '*') {
      star = o++;
      mark = i;
    } else if (o < outer.len && outer.ptr[o] == '?' && inner.ptr[i] != '*') {
      o++;
      i += unit(inner, i);
    } else if (o < outer.len && inner.ptr[i] != '*' && inner.ptr[i] != '?' &&
               fold(outer.ptr[o], nocase) == fold(inner.ptr[i], nocase)) {
      o++;
      i++;
    } else if (star != SIZE_MAX) {
      o = star + 1;
      i = ++mark;
    } else {
      return false;
    }
  }
  while (o < outer.len && outer.ptr[o] == '*') o++;
  return o == outer.len;
}

/* One row of the table "a[i..] and b[j..] meet" at a time: what is left of b decides the columns. */
static bool meets_table(pe_slice a, pe_slice b) {
  enum { MOST = 2048 };
  bool row[MOST + 1];
  if (a.len > MOST || b.len > MOST) return true; /* longer than any ARN: not judged */
  row[b.len] = true;
  for (size_t j = b.len; j > 0; j--) row[j - 1] = row[j] && b.ptr[j - 1] == '*';
  for (size_t i = a.len; i > 0;) {
    i--;
    bool diagonal = row[b.len];
    row[b.len] = row[b.len] && a.ptr[i] == '*';
    for (size_t j = b.len; j > 0;) {
      j--;
      bool below = row[j], same = a.ptr[i] == b.ptr[j] || a.ptr[i] == '?' || b.ptr[j] == '?';
      /* A '*' stands for nothing more, or takes the next character of the other pattern. */
      row[j] = a.ptr[i] == '*' || b.ptr[j] == '*' ? below || row[j + 1] : same && diagonal;
      diagonal = below;
    }
  }
  return row[0];
}

/* Two characters that may stand in one place, none of them '*'. */
static bool agree(char x, char y) { return x == y || x == '?' || y == '?'; }

bool pe_cover_meets(pe_slice a, pe_slice b) {
  /* Up to the first '*' from either end the characters stand opposite each other: that tells most pairs apart. */
  for (; a.len && b.len && a.ptr[0] != '*' && b.ptr[0] != '*'; a.ptr++, a.len--, b.ptr++, b.len--) {
    if (!agree(a.ptr[0], b.ptr[0])) return false;
  }
  for (; a.len && b.len && a.ptr[a.len - 1] != '*' && b.ptr[b.len - 1] != '*'; a.len--, b.len--) {
    if (!agree(a.ptr[a.len - 1], b.ptr[b.len - 1])) return false;
  }
  if ((a.len == 1 && a.ptr[0] == '*') || (b.len == 1 && b.ptr[0] == '*')) return true;
  return meets_table(a, b);
}

/* ---- lists of entries ---- */

typedef struct table { /* of entry indices, by the hash of a text */
  uint32_t *slot;
  size_t mask;
} table;

PE_WRAPS static uint64_t step(uint64_t hash, char ch, bool nocase) { return (hash ^ fold(ch, nocase)) * 0x100000001B3u; }
static const uint64_t basis = 0xCBF29CE484222325u;

static uint64_t hash_of(pe_slice s, bool nocase) {
  uint64_t h = basis;
  for (size_t i = 0; i < s.len; i++) h = step(h, s.ptr[i], nocase);
  return h;
}

static bool same(pe_slice a, pe_slice b, bool nocase) {
  return nocase ? pe_slice_eq_ascii_nocase(a, b) : pe_slice_eq(a, b);
}

static size_t slot_of(uint64_t hash, size_t mask) { return (size_t)(hash ^ hash >> 32) & mask; }

typedef struct finder {
  pe_cover_entry *entries;
  uint32_t count;
  bool nocase;
  unsigned least;
  table texts, prefixes;
  uint64_t *lengths; /* bit n: some prefix is n bytes long */
  size_t longest;
  uint32_t *general; /* entries that are compared in pairs */
  uint32_t ngeneral;
  uint32_t all;      /* an entry that covers all, or UINT32_MAX */
} finder;

static bool has_variable(pe_slice s) {
  for (size_t i = 0; i + 1 < s.len; i++) {
    if (s.ptr[i] == '$' && s.ptr[i + 1] == '{') return true;
  }
  return false;
}

/* The literal in front of a '*' that ends the text and is its only wildcard. */
static bool is_prefix(const finder *f, pe_slice s) {
  unsigned colons = 0;
  if (s.len == 0 || s.ptr[s.len - 1] != '*') return false;
  for (size_t i = 0; i + 1 < s.len; i++) {
    if (s.ptr[i] == '*' || s.ptr[i] == '?') return false;
    colons += s.ptr[i] == ':';
  }
  return colons >= f->least;
}

static bool has_wildcard(pe_slice s) {
  return s.len > 0 && (memchr(s.ptr, '*', s.len) || memchr(s.ptr, '?', s.len));
}

/* A literal run of the outer pattern stands in the inner one, too, or it is not covered: so do its neighbours. */
static uint64_t pairs_of(pe_slice s, bool nocase) {
  uint64_t set = 0;
  for (size_t i = 0; i + 1 < s.len; i++) {
    if (s.ptr[i] == '*' || s.ptr[i] == '?' || s.ptr[i + 1] == '*' || s.ptr[i + 1] == '?') continue;
    set |= (uint64_t)1 << ((fold(s.ptr[i], nocase) * 31u + fold(s.ptr[i + 1], nocase) * 17u) % 61u);
  }
  return set;
}

/* Puts entry i under its text; an equal one that is there already covers it. */
static void add_text(finder *f, uint32_t i) {
  pe_cover_entry *e = &f->entries[i];
  size_t at = slot_of(hash_of(e->text, f->nocase), f->texts.mask);
  for (; f->texts.slot[at]; at = (at + 1) & f->texts.mask) {
    uint32_t other = f->texts.slot[at] - 1;
    if (!same(f->entries[other].text, e->text, f->nocase)) continue;
    e->by = other;
    return;
  }
  f->texts.slot[at] = i + 1;
}

static void add_prefix(finder *f, uint32_t i) {
  pe_slice s = f->entries[i].text;
  s.len--;
  size_t at = slot_of(hash_of(s, f->nocase), f->prefixes.mask);
  while (f->prefixes.slot[at]) at = (at + 1) & f->prefixes.mask;
  f->prefixes.slot[at] = i + 1;
  f->lengths[s.len / 64] |= (uint64_t)1 << (s.len % 64);
}

static void classify(finder *f, uint32_t i) {
  pe_cover_entry *e = &f->entries[i];
  e->by = UINT32_MAX;
  if (e->skip) return;
  e->pairs = pairs_of(e->text, f->nocase);
  add_text(f, i);
  if (e->by != UINT32_MAX || e->literal) return;
  if (e->all) {
    if (f->all == UINT32_MAX) f->all = i;
  } else if (is_prefix(f, e->text) && !has_variable(e->text)) {
    add_prefix(f, i);
  } else if (has_wildcard(e->text) && !has_variable(e->text)) {
    f->general[f->ngeneral++] = i;
  }
}

/* A prefix of the text, other than its own, that covers it. */
static uint32_t by_prefix(const finder *f, uint32_t i) {
  pe_slice s = f->entries[i].text;
  uint64_t h = basis;
  for (size_t n = 0; n <= s.len && n <= f->longest; n++) {
    if (f->lengths[n / 64] >> (n % 64) & 1) {
      for (size_t at = slot_of(h, f->prefixes.mask); f->prefixes.slot[at]; at = (at + 1) & f->prefixes.mask) {
        uint32_t other = f->prefixes.slot[at] - 1;
        pe_slice p = f->entries[other].text;
        if (other != i && p.len == n + 1 && same(pe_slice_sub(p, 0, n), pe_slice_sub(s, 0, n), f->nocase)) return other;
      }
    }
    if (n == s.len || s.ptr[n] == '*' || s.ptr[n] == '?') break; /* a prefix has no wildcard */
    h = step(h, s.ptr[n], f->nocase);
  }
  return UINT32_MAX;
}

static uint32_t by_pair(const finder *f, uint32_t i, pe_cover_fn covers, uint64_t *work, bool *incomplete) {
  for (uint32_t k = 0; k < f->ngeneral; k++) {
    uint32_t other = f->general[k];
    if (other == i) continue;
    if (*work == 0) {
      *incomplete = true;
      return UINT32_MAX;
    }
    --*work;
    if (f->entries[other].pairs & ~f->entries[i].pairs) continue;
    pe_slice outer = f->entries[other].text, inner = f->entries[i].text;
    *work -= inner.len < *work ? inner.len : *work;
    if (!covers(outer, inner, f->nocase)) continue;
    /* Two that cover each other are one pattern written twice: the first one stays. */
    if (other > i && covers(inner, outer, f->nocase)) continue;
    return other;
  }
  return UINT32_MAX;
}

static int prepare(pe_arena *scratch, finder *f) {
  size_t slots = 16;
  for (uint32_t i = 0; i < f->count; i++) {
    if (f->entries[i].text.len > f->longest) f->longest = f->entries[i].text.len;
  }
  while (slots < (size_t)f->count * 2) slots *= 2;
  f->texts.mask = f->prefixes.mask = slots - 1;
  f->texts.slot = pe_arena_zero(scratch, slots * 2, sizeof *f->texts.slot);
  f->lengths = pe_arena_zero(scratch, f->longest / 64 + 1, sizeof *f->lengths);
  f->general = pe_arena_zero(scratch, f->count, sizeof *f->general);
  if (!f->texts.slot || !f->lengths || !f->general) return POLICYEVAL_ENOMEM;
  f->prefixes.slot = f->texts.slot + slots;
  return 0;
}

int pe_cover_find(pe_arena *scratch, pe_cover_entry *entries, uint32_t count, bool nocase, unsigned least,
                  pe_cover_fn covers, uint64_t *work, bool *incomplete) {
  finder f = {.entries = entries, .count = count, .nocase = nocase, .least = least, .all = UINT32_MAX};
  if (prepare(scratch, &f)) return POLICYEVAL_ENOMEM;
  for (uint32_t i = 0; i < count; i++) classify(&f, i);
  for (uint32_t i = 0; i < count; i++) {
    pe_cover_entry *e = &entries[i];
    if (e->skip || e->by != UINT32_MAX || e->all) continue;
    if (f.all != UINT32_MAX) {
      e->by = f.all;
      continue;
    }
    e->by = by_prefix(&f, i);
    if (e->by == UINT32_MAX) e->by = by_pair(&f, i, covers, work, incomplete);
  }
  return 0;
}
