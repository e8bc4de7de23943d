/* SPDX-License-Identifier: MIT */
/* Matching patterns. The parts before the first and after the last star are compared in place; each part between two
 * stars is searched leftmost first. All of a part's elements have a fixed number of code points, so its leftmost
 * place also ends first, and a later place can never help the parts behind it: nothing is tried twice. */
#include "base/utf8.h"
#include "text/pattern.h"

enum { CACHED = 16 };

/* The variables of one match. Those beyond the cache are resolved again when they are met. */
typedef struct binding {
  pe_resolve_fn resolve;
  void *user;
  struct {
    pe_slice value;
    bool unknown;
  } slot[CACHED];
} binding;

typedef struct subject {
  const pe_pattern *p;
  const binding *vars; /* NULL: the pattern has no variables */
  bool fold;
} subject;

typedef struct item {
  pe_elem_kind kind; /* LITERAL, ONE or STAR */
  pe_slice literal;
} item;

static pe_resolved resolve_variable(const binding *b, const pe_variable *v, pe_slice *value) {
  *value = (pe_slice){NULL, 0};
  return b->resolve ? b->resolve(b->user, v, value) : PE_RESOLVED_UNKNOWN;
}

/* Element i with its variable put in; an unknown one may be any text, as a '*' is. */
static inline item view(const subject *s, uint32_t i) {
  const pe_elem *e = &s->p->elems[i];
  if (e->kind != PE_ELEM_VARIABLE) return (item){e->kind, e->literal};
  size_t n = (size_t)(e->variable - s->p->variables);
  if (n < CACHED) {
    if (s->vars->slot[n].unknown) return (item){.kind = PE_ELEM_STAR};
    return (item){PE_ELEM_LITERAL, s->vars->slot[n].value};
  }
  pe_slice value;
  bool known = resolve_variable(s->vars, e->variable, &value) == PE_RESOLVED_VALUE;
  return known ? (item){PE_ELEM_LITERAL, value} : (item){.kind = PE_ELEM_STAR};
}

/* ASCII lower case of eight bytes without a high bit: sets bit 5 of each byte in A-Z. */
static inline uint64_t lower_word(uint64_t w) {
  const uint64_t ones = 0x0101010101010101u;
  uint64_t upper = (w + ones * (0x80 - 'A')) & ~(w + ones * (0x7F - 'Z')) & ones * 0x80;
  return w | upper >> 2;
}

/* Equal under folding, n bytes each (folding keeps lengths). */
static bool equal_folded(const char *a, const char *b, size_t n) {
  size_t i = 0;
  while (i < n) {
    if (n - i >= 8) {
      uint64_t x, y;
      memcpy(&x, a + i, 8);
      memcpy(&y, b + i, 8);
      if (((x | y) & 0x8080808080808080u) == 0) {
        if (lower_word(x) != lower_word(y)) return false;
        i += 8;
        continue;
      }
    }
    unsigned step = pe_utf8_step((unsigned char)a[i]), other = pe_utf8_step((unsigned char)b[i]);
    if (step != other || step > n - i) return false;
    if (pe_utf8_fold(pe_utf8_decode(a + i, &step)) != pe_utf8_fold(pe_utf8_decode(b + i, &other))) return false;
    i += step;
  }
  return true;
}

static inline bool equal(bool fold, const char *a, const char *b, size_t n) {
  if (n == 0) return true;
  return fold ? equal_folded(a, b, n) : memcmp(a, b, n) == 0;
}

/* The place behind the code point at `at` (at < end). */
static inline size_t step_over(pe_slice v, size_t at, size_t end) {
  size_t step = pe_utf8_step((unsigned char)v.ptr[at]);
  return step < end - at ? at + step : end;
}

/* Takes item `it` from the front of v[*pos, end). */
static inline bool take_front(const subject *s, const item *it, pe_slice v, size_t *pos, size_t end) {
  if (it->kind == PE_ELEM_ONE) {
    if (*pos == end) return false;
    *pos = step_over(v, *pos, end);
    return true;
  }
  if (it->literal.len > end - *pos || !equal(s->fold, it->literal.ptr, v.ptr + *pos, it->literal.len)) return false;
  *pos += it->literal.len;
  return true;
}

/* Takes item `it` from the back of v[pos, *end). */
static inline bool take_back(const subject *s, const item *it, pe_slice v, size_t pos, size_t *end) {
  if (it->kind == PE_ELEM_ONE) {
    if (pos == *end) return false;
    size_t at = *end - 1;
    for (unsigned i = 0; i < 3 && at > pos && ((unsigned char)v.ptr[at] & 0xC0) == 0x80; i++) at--;
    *end = at;
    return true;
  }
  size_t n = it->literal.len;
  if (n > *end - pos || !equal(s->fold, it->literal.ptr, v.ptr + *end - n, n)) return false;
  *end -= n;
  return true;
}

#define NOWHERE SIZE_MAX

/* Leftmost place of lit (not empty) in v[pos, end). */
static size_t find_bytes(pe_slice lit, pe_slice v, size_t pos, size_t end) {
  if (lit.len > end - pos) return NOWHERE;
  size_t last = end - lit.len; /* the last place where it fits */
  char tail = lit.ptr[lit.len - 1];
  for (size_t at = pos; at <= last; at++) {
    if (v.ptr[at] != lit.ptr[0]) {
      const char *hit = memchr(v.ptr + at, lit.ptr[0], last - at + 1);
      if (!hit) return NOWHERE;
      at = (size_t)(hit - v.ptr);
    }
    if (v.ptr[at + lit.len - 1] == tail && memcmp(v.ptr + at, lit.ptr, lit.len) == 0) return at;
  }
  return NOWHERE;
}

static inline unsigned char lower(char c) {
  return c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : (unsigned char)c;
}

static size_t find_folded(pe_slice lit, pe_slice v, size_t pos, size_t end) {
  if (lit.len > end - pos) return NOWHERE;
  unsigned char first = lower(lit.ptr[0]); /* folding keeps lead bytes of longer code points */
  unsigned char tail = lower(lit.ptr[lit.len - 1]);
  bool look = tail < 0x80;
  for (size_t at = pos; at <= end - lit.len; at++) {
    if (lower(v.ptr[at]) != first || (look && lower(v.ptr[at + lit.len - 1]) != tail)) continue;
    if (equal_folded(lit.ptr, v.ptr + at, lit.len)) return at;
  }
  return NOWHERE;
}

/* A part as bits of one word, for texts in which it nearly occurs again and again: bit n of state says that the bytes
 * up to here end with the first n + 1 bytes of the part. */
enum { PARALLEL_BITS = 64, PARALLEL_AFTER = 32 };

typedef struct parallel {
  uint64_t accepts[256]; /* positions that byte may stand at */
  uint64_t ones;         /* positions that are a '?': it stays there while a code point goes on */
  unsigned n;
} parallel;

static void parallel_point(parallel *m, const char *bytes, unsigned n) {
  for (unsigned k = 0; k < n; k++) m->accepts[(unsigned char)bytes[k]] |= (uint64_t)1 << (m->n + k);
}

static void parallel_literal(parallel *m, pe_slice lit, bool fold) {
  for (size_t at = 0; at < lit.len;) {
    size_t left = lit.len - at;
    unsigned step = pe_utf8_step((unsigned char)lit.ptr[at]);
    if (step > left) step = (unsigned)left;
    parallel_point(m, lit.ptr + at, step);
    if (fold && step <= 2 && step == pe_utf8_step((unsigned char)lit.ptr[at])) {
      /* The other letter case is 32 away, and as long. */
      uint32_t low = pe_utf8_fold(pe_utf8_decode(lit.ptr + at, &step));
      char other[4];
      if (pe_utf8_encode(low, other) == step) parallel_point(m, other, step);
      if (low >= 0x20 && pe_utf8_fold(low - 0x20) == low && pe_utf8_encode(low - 0x20, other) == step) {
        parallel_point(m, other, step);
      }
    }
    m->n += step;
    at += step;
  }
}

/* False: the part is too long. */
static bool parallel_build(parallel *m, const subject *s, uint32_t i, uint32_t stop) {
  size_t bits = 0;
  for (uint32_t k = i; k < stop; k++) {
    item it = view(s, k);
    bits += it.kind == PE_ELEM_ONE ? 1 : it.literal.len;
    if (bits > PARALLEL_BITS) return false;
  }
  memset(m, 0, sizeof *m);
  for (uint32_t k = i; k < stop; k++) {
    item it = view(s, k);
    if (it.kind == PE_ELEM_ONE) {
      m->ones |= (uint64_t)1 << m->n++;
    } else {
      parallel_literal(m, it.literal, s->fold);
    }
  }
  for (unsigned c = 0; c < 256; c++) {
    if ((c & 0xC0) != 0x80) m->accepts[c] |= m->ones;
  }
  return m->n > 0;
}

static bool parallel_find(const parallel *m, pe_slice v, size_t *pos, size_t end) {
  uint64_t state = 0, last = (uint64_t)1 << (m->n - 1);
  for (size_t at = *pos; at < end; at++) {
    unsigned char c = (unsigned char)v.ptr[at];
    uint64_t stays = (c & 0xC0) == 0x80 ? state & m->ones : 0;
    state = ((state << 1 | 1) & m->accepts[c]) | stays;
    if (!(state & last)) continue;
    at++;
    while ((m->ones & last) && at < end && ((unsigned char)v.ptr[at] & 0xC0) == 0x80) at++;
    *pos = at;
    return true;
  }
  return false;
}

/* Finds the leftmost place in v[*pos, end) of elements [i, stop), which hold no star; *pos moves behind it. */
static bool find_part(const subject *s, uint32_t i, uint32_t stop, pe_slice v, size_t *pos, size_t end) {
  item first = view(s, i);
  bool searchable = first.kind == PE_ELEM_LITERAL && first.literal.len > 0;
  unsigned tries = 0;
  for (size_t at = *pos;;) {
    if (tries++ == PARALLEL_AFTER) { /* more than one element: where one alone is found it fits */
      parallel m;
      if (parallel_build(&m, s, i, stop)) {
        *pos = at;
        return parallel_find(&m, v, pos, end);
      }
    }
    if (searchable) {
      at = s->fold ? find_folded(first.literal, v, at, end) : find_bytes(first.literal, v, at, end);
      if (at == NOWHERE) return false;
    }
    size_t behind = at;
    uint32_t k = i;
    for (; k < stop; k++) {
      item it = k == i ? first : view(s, k);
      if (!take_front(s, &it, v, &behind, end)) {
        /* No later place leaves more of the value for it. */
        if (behind == end || it.literal.len > end - behind) return false;
        break;
      }
    }
    if (k == stop) {
      *pos = behind;
      return true;
    }
    at = step_over(v, at, end); /* at <= behind < end */
  }
}

static bool match_elements(const subject *s, pe_slice v) {
  if (!v.ptr) v = PE_SLICE("");
  size_t pos = 0, end = v.len;
  uint32_t i = 0, n = s->p->nelems;
  for (; i < n; i++) {
    item it = view(s, i);
    if (it.kind == PE_ELEM_STAR) break;
    if (!take_front(s, &it, v, &pos, end)) return false;
  }
  if (i == n) return pos == end;
  for (;; n--) { /* ends at the last star at the latest */
    item it = view(s, n - 1);
    if (it.kind == PE_ELEM_STAR) break;
    if (!take_back(s, &it, v, pos, &end)) return false;
  }
  for (;;) {
    while (i < n && view(s, i).kind == PE_ELEM_STAR) i++;
    if (i >= n) return true;
    uint32_t stop = i + 1;
    while (view(s, stop).kind != PE_ELEM_STAR) stop++; /* n - 1 is one */
    if (!find_part(s, i, stop, v, &pos, end)) return false;
    i = stop;
  }
}

static bool match_plain(const pe_pattern *p, pe_slice v, bool fold) {
  switch ((pe_pattern_shape)p->shape) {
    case PE_SHAPE_EXACT: return v.len == p->literal.len && equal(fold, p->literal.ptr, v.ptr, v.len);
    case PE_SHAPE_ANY: return true;
    case PE_SHAPE_PREFIX:
      return v.len >= p->literal.len && equal(fold, p->literal.ptr, v.ptr, p->literal.len);
    case PE_SHAPE_GENERAL: break;
  }
  if (v.len < p->min_len) return false;
  const subject s = {p, NULL, fold};
  return match_elements(&s, v);
}

bool pe_pattern_match(const pe_pattern *p, pe_slice value) {
  return !p->has_variable && match_plain(p, value, (p->flags & PE_PATTERN_NOCASE) != 0);
}

bool pe_pattern_match_nocase(const pe_pattern *p, pe_slice value) {
  return !p->has_variable && match_plain(p, value, true);
}

/* A place in the pattern with its variables put in. */
typedef struct cursor {
  uint32_t elem;
  size_t off; /* in the literal or value of elem */
} cursor;

typedef enum live_kind { LIVE_END, LIVE_POINT, LIVE_ONE, LIVE_STAR } live_kind;

/* The code point at p, not reading past `left` bytes. */
static uint32_t point(const char *p, size_t left, size_t *step) {
  unsigned n = pe_utf8_step((unsigned char)*p);
  *step = n < left ? n : left;
  return n <= left ? pe_utf8_decode(p, &n) : (unsigned char)*p;
}

/* Reads one character of the pattern; in values, '*' and '?' are wildcards as well (AMB-8). */
static live_kind live_next(const subject *s, cursor *c, uint32_t *cp) {
  for (; c->elem < s->p->nelems; c->elem++, c->off = 0) {
    item it = view(s, c->elem);
    if (it.kind != PE_ELEM_LITERAL) {
      *c = (cursor){c->elem + 1, 0};
      return it.kind == PE_ELEM_STAR ? LIVE_STAR : LIVE_ONE;
    }
    if (c->off == it.literal.len) continue;
    size_t step;
    *cp = point(it.literal.ptr + c->off, it.literal.len - c->off, &step);
    c->off += step;
    if (s->p->elems[c->elem].kind != PE_ELEM_VARIABLE) return LIVE_POINT;
    return *cp == '*' ? LIVE_STAR : *cp == '?' ? LIVE_ONE : LIVE_POINT;
  }
  return LIVE_END;
}

static bool same_point(const subject *s, uint32_t a, uint32_t b) {
  return s->fold ? pe_utf8_fold(a) == pe_utf8_fold(b) : a == b;
}

/* Character by character, back to the last star only. */
static bool match_live(const subject *s, pe_slice v) {
  cursor c = {0, 0}, star = {0, 0};
  bool starred = false;
  size_t at = 0, star_at = 0;
  for (;;) {
    cursor next = c;
    uint32_t want = 0;
    live_kind kind = live_next(s, &next, &want);
    if (kind == LIVE_STAR) {
      c = star = next;
      star_at = at;
      starred = true;
      continue;
    }
    if (at == v.len) return kind == LIVE_END;
    size_t step;
    uint32_t have = point(v.ptr + at, v.len - at, &step);
    if (kind == LIVE_ONE || (kind == LIVE_POINT && same_point(s, want, have))) {
      c = next;
      at += step;
      continue;
    }
    if (!starred) return false;
    star_at = step_over(v, star_at, v.len); /* star_at <= at < v.len */
    at = star_at;
    c = star;
  }
}

pe_match pe_pattern_match_vars(const pe_pattern *p, pe_slice value, pe_resolve_fn resolve, void *user,
                               bool live) {
  if (!p->has_variable) return pe_pattern_match(p, value) ? PE_MATCH_YES : PE_MATCH_NO;
  binding b;
  b.resolve = resolve;
  b.user = user;
  bool unknown = false;
  for (uint32_t i = 0; i < p->nvariables; i++) {
    pe_slice text;
    pe_resolved r = resolve_variable(&b, &p->variables[i], &text);
    if (r == PE_RESOLVED_ABSENT) return PE_MATCH_ABSENT;
    unknown |= r == PE_RESOLVED_UNKNOWN;
    if (i >= CACHED) continue;
    b.slot[i].value = text;
    b.slot[i].unknown = r == PE_RESOLVED_UNKNOWN;
  }
  if (value.len < p->min_len) return PE_MATCH_NO;
  const subject s = {p, &b, (p->flags & PE_PATTERN_NOCASE) != 0};
  bool hit = live && (p->flags & PE_PATTERN_WILD) ? match_live(&s, value) : match_elements(&s, value);
  return !hit ? PE_MATCH_NO : unknown ? PE_MATCH_UNKNOWN : PE_MATCH_YES;
}
