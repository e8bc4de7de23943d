/* SPDX-License-Identifier: MIT */
#include "sym/range.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/error.h"

static bool related(int cmp, uint8_t relation) {
  switch (relation) {
    case PE_REL_EQ: return cmp == 0;
    case PE_REL_LT: return cmp < 0;
    case PE_REL_LE: return cmp <= 0;
    case PE_REL_GT: return cmp > 0;
    default: return cmp >= 0;
  }
}

bool pe_range_holds(pe_sort sort, const pe_bound *bounds, uint32_t count, pe_slice text) {
  pe_decimal number;
  pe_instant instant = {0};
  pe_instant_form form;
  pe_cidr address = {0};
  if (sort == PE_SORT_NUMBER && !pe_decimal_parse(text, &number)) return false;
  if (sort == PE_SORT_INSTANT && !pe_instant_parse(text, &instant, &form)) return false;
  if (sort == PE_SORT_ADDRESS && !pe_address_parse(text, &address)) return false;
  for (uint32_t i = 0; i < count; i++) {
    const pe_bound *b = &bounds[i];
    bool holds = false;
    if (sort == PE_SORT_NUMBER) holds = related(pe_decimal_cmp(&number, &b->as.number), b->relation);
    if (sort == PE_SORT_INSTANT) holds = related(pe_instant_cmp(instant, b->as.instant), b->relation);
    if (sort == PE_SORT_ADDRESS) holds = pe_cidr_contains(&b->as.block, &address);
    if (holds) return true;
  }
  return false;
}

/* As pe_buf_clear, but a failure stays. */
static void restart(pe_buf *b) { b->len = 0; }

static int keep(pe_arena *arena, pe_buf *text, pe_texts *out) {
  const pe_alloc *a = pe_arena_allocator(arena);
  char *copy = text->failed ? NULL : pe_arena_copy(arena, text->ptr ? text->ptr : "", text->len);
  pe_slice *slot = copy ? pe_vec_push(out, a) : NULL;
  if (!slot) return POLICYEVAL_ENOMEM;
  *slot = pe_slice_of(copy, text->len);
  restart(text);
  return 0;
}

/* Numbers ------------------------------------------------------------------------------------------------ */

/* A decimal as plain digits: sign, whole digits, fraction digits, both without the exponent. */
typedef struct plain {
  bool negative;
  const char *whole, *fraction;
  size_t nwhole, nfraction;
} plain;

static int to_plain(pe_arena *arena, const pe_decimal *d, plain *out) {
  size_t nw = d->whole.len, nf = d->fraction.len;
  int64_t point = (int64_t)nw + d->exponent; /* digits before the point */
  size_t lead = point < 0 ? (size_t)-point : 0;
  size_t tail = point > (int64_t)(nw + nf) ? (size_t)(point - (int64_t)(nw + nf)) : 0;
  size_t total = lead + nw + nf + tail, before = point < 0 ? 0 : (size_t)point;
  char *digits = pe_arena_alloc(arena, total + 1);
  if (!digits) return POLICYEVAL_ENOMEM;
  memset(digits, '0', total);
  if (nw) memcpy(digits + lead, d->whole.ptr, nw);
  if (nf) memcpy(digits + lead + nw, d->fraction.ptr, nf);
  digits[total] = '\0';
  size_t skip = 0;
  while (skip < before && digits[skip] == '0') skip++;
  size_t end = total;
  while (end > before && digits[end - 1] == '0') end--;
  *out = (plain){d->negative, digits + skip, digits + before, before - skip, end - before};
  return 0;
}

static void put_plain(pe_buf *b, const plain *p) {
  if (p->negative) pe_buf_char(b, '-');
  if (!p->nwhole) pe_buf_char(b, '0');
  pe_buf_add(b, p->whole, p->nwhole);
  if (p->nfraction) pe_buf_char(b, '.');
  pe_buf_add(b, p->fraction, p->nfraction);
}

static bool is_zero(const plain *p) { return p->nwhole == 0 && p->nfraction == 0; }

/* The whole number next to |p| without its fraction, away from zero. */
static void put_whole(pe_buf *b, const plain *p) {
  if (p->negative) pe_buf_char(b, '-');
  size_t nines = 0;
  while (nines < p->nwhole && p->whole[p->nwhole - 1 - nines] == '9') nines++;
  if (nines == p->nwhole) {
    pe_buf_char(b, '1');
  } else {
    pe_buf_add(b, p->whole, p->nwhole - nines - 1);
    pe_buf_char(b, (char)(p->whole[p->nwhole - nines - 1] + 1));
  }
  for (size_t i = 0; i < nines; i++) pe_buf_char(b, '0');
}

static bool between(pe_slice text, const pe_decimal *low, const pe_decimal *high) {
  pe_decimal d;
  if (!pe_decimal_parse(text, &d)) return false;
  return (!low || pe_decimal_cmp(low, &d) < 0) && (!high || pe_decimal_cmp(&d, high) < 0);
}

/* |p| with its fraction filled up to `digits` places, and a 5 behind. */
static void put_finer(pe_buf *b, const plain *p, size_t digits, bool negative) {
  if (negative) pe_buf_char(b, '-');
  if (!p->nwhole) pe_buf_char(b, '0');
  pe_buf_add(b, p->whole, p->nwhole);
  pe_buf_char(b, '.');
  pe_buf_add(b, p->fraction, p->nfraction);
  for (size_t i = p->nfraction; i < digits; i++) pe_buf_char(b, '0');
  pe_buf_char(b, '5');
}

static bool fits_gap(const pe_buf *b, const pe_decimal *low, const pe_decimal *high) {
  return !b->failed && between(pe_slice_of(b->ptr, b->len), low, high);
}

/* Some value between two constants (NULL: no end), whole if possible. False: none wanted. */
static bool gap_number(pe_buf *b, const pe_decimal *low, const plain *lo, const pe_decimal *high, const plain *hi,
                       bool integers) {
  static const char *const small[] = {"0", "1", "-1"};
  for (size_t i = 0; i < sizeof small / sizeof small[0]; i++) {
    restart(b);
    pe_buf_str(b, small[i]);
    if (fits_gap(b, low, high)) return true;
  }
  const plain *near = lo && !lo->negative ? lo : hi && hi->negative ? hi : NULL; /* the end next to zero */
  if (near) {
    restart(b);
    put_whole(b, near);
    if (fits_gap(b, low, high)) return true;
  }
  /* Whole numbers are used up: the ends have the same sign, or one is zero. */
  if (!low || !high || (integers && lo->nfraction == 0 && hi->nfraction == 0)) return false;
  size_t digits = lo->nfraction > hi->nfraction ? lo->nfraction : hi->nfraction;
  bool below_zero = lo->negative;
  restart(b);
  put_finer(b, below_zero ? hi : lo, digits, below_zero);
  return fits_gap(b, low, high);
}

static int cmp_numbers(const void *a, const void *b) {
  const pe_bound *const *x = a, *const *y = b;
  return pe_decimal_cmp(&(*x)->as.number, &(*y)->as.number);
}

static int number_samples(pe_arena *arena, const pe_bound **sorted, uint32_t n, bool integers, pe_buf *text,
                          pe_texts *out) {
  plain last = {0};
  const pe_decimal *low = NULL;
  int rc = 0;
  qsort(sorted, n, sizeof *sorted, cmp_numbers);
  for (uint32_t i = 0; i <= n && !rc; i++) {
    const pe_decimal *high = i < n ? &sorted[i]->as.number : NULL;
    plain next = {0};
    if (high && low && pe_decimal_cmp(low, high) == 0) continue;
    if (high) rc = to_plain(arena, high, &next);
    if (rc) break;
    restart(text);
    if (gap_number(text, low, low ? &last : NULL, high, high ? &next : NULL, integers)) rc = keep(arena, text, out);
    restart(text);
    if (!rc && high) {
      if (is_zero(&next)) next.negative = false;
      put_plain(text, &next);
      rc = keep(arena, text, out);
    }
    low = high;
    last = next;
  }
  return rc;
}

/* Instants ----------------------------------------------------------------------------------------------- */

/* Days since 1970-01-01 to a date of the proleptic Gregorian calendar. */
static void civil(int64_t days, int64_t *year, unsigned *month, unsigned *day) {
  days += 719468;
  int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  int64_t of_era = days - era * 146097;
  int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
  int64_t mp = (5 * of_year + 2) / 153;
  *day = (unsigned)(of_year - (153 * mp + 2) / 5 + 1);
  *month = (unsigned)(mp < 10 ? mp + 3 : mp - 9);
  *year = y + era * 400 + (*month <= 2);
}

static void put_instant(pe_buf *b, pe_instant t) {
  int64_t days = t.seconds / 86400, rest = t.seconds % 86400, year;
  unsigned month, day;
  if (rest < 0) {
    rest += 86400;
    days--;
  }
  civil(days, &year, &month, &day);
  pe_buf_fmt(b, "%04d-%02u-%02uT%02u:%02u:%02u", (int)year, month, day, (unsigned)(rest / 3600),
             (unsigned)(rest / 60 % 60), (unsigned)(rest % 60));
  if (t.nanos) pe_buf_fmt(b, ".%09u", (unsigned)t.nanos);
  pe_buf_char(b, 'Z');
}

static int cmp_instants(const void *a, const void *b) {
  const pe_bound *const *x = a, *const *y = b;
  return pe_instant_cmp((*x)->as.instant, (*y)->as.instant);
}

static int keep_instant(pe_arena *arena, pe_instant t, pe_buf *text, pe_texts *out) {
  restart(text);
  put_instant(text, t);
  return keep(arena, text, out);
}

static int instant_samples(pe_arena *arena, const pe_bound **sorted, uint32_t n, pe_buf *text, pe_texts *out) {
  int rc = 0;
  qsort(sorted, n, sizeof *sorted, cmp_instants);
  for (uint32_t i = 0; i < n && !rc; i++) {
    pe_instant t = sorted[i]->as.instant;
    if (i == 0) {
      pe_instant before = {t.seconds - 1, t.nanos};
      rc = keep_instant(arena, before, text, out);
    }
    if (!rc) rc = keep_instant(arena, t, text, out);
    if (rc || (i + 1 < n && pe_instant_cmp(t, sorted[i + 1]->as.instant) == 0)) continue;
    /* Instants are counted in nanoseconds: the gap to the next constant may be empty. */
    pe_instant after = {t.seconds + 1, t.nanos};
    if (i + 1 < n && pe_instant_cmp(after, sorted[i + 1]->as.instant) >= 0) {
      after = (pe_instant){t.seconds + (t.nanos == 999999999), (t.nanos + 1) % 1000000000};
    }
    if (i + 1 == n || pe_instant_cmp(after, sorted[i + 1]->as.instant) < 0) {
      rc = keep_instant(arena, after, text, out);
    }
  }
  return rc;
}

/* Addresses ---------------------------------------------------------------------------------------------- */

void pe_range_put_address(pe_buf *b, unsigned version, const unsigned char bytes[16]) {
  if (version == 4) {
    pe_buf_fmt(b, "%u.%u.%u.%u", bytes[12], bytes[13], bytes[14], bytes[15]);
    return;
  }
  for (unsigned i = 0; i < 16; i += 2) pe_buf_fmt(b, i ? ":%x" : "%x", (unsigned)bytes[i] << 8 | bytes[i + 1]);
}

/* The first address behind a block; false: there is none. */
static bool next_address(const pe_cidr *c, unsigned char out[16]) {
  unsigned first = c->version == 4 ? 12 : 0, prefix = c->prefix;
  memcpy(out, c->bytes, 16);
  if (prefix == 0) return false;
  unsigned at = first + (prefix - 1) / 8;
  unsigned add = 0x80u >> ((prefix - 1) % 8);
  for (;;) {
    unsigned sum = out[at] + add;
    out[at] = (unsigned char)sum;
    if (sum < 256) return true;
    if (at == first) return false;
    at--;
    add = 1;
  }
}

/* Mapped addresses belong to either family (AMB-15): no witness uses one. */
static bool is_mapped(unsigned version, const unsigned char b[16]) {
  static const unsigned char head[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  return version == 6 && memcmp(b, head, sizeof head) == 0;
}

static int keep_address(pe_arena *arena, unsigned version, const unsigned char b[16], pe_buf *text, pe_texts *out) {
  if (is_mapped(version, b)) return 0;
  restart(text);
  pe_range_put_address(text, version, b);
  return keep(arena, text, out);
}

static int address_samples(pe_arena *arena, const pe_bound **sorted, uint32_t n, pe_buf *text, pe_texts *out) {
  /* The blocks that RFC 5737 and RFC 3849 keep for examples, then where any block starts or is just over. */
  static const char *const nice[] = {"203.0.113.7", "198.51.100.7", "192.0.2.7", "2001:db8::7", "10.0.0.7"};
  static const unsigned char zero[16] = {0};
  int rc = 0;
  for (size_t i = 0; i < sizeof nice / sizeof nice[0] && !rc; i++) {
    restart(text);
    pe_buf_str(text, nice[i]);
    rc = keep(arena, text, out);
  }
  for (uint32_t i = 0; i < n && !rc; i++) {
    const pe_cidr *c = &sorted[i]->as.block;
    unsigned char after[16];
    rc = keep_address(arena, c->version, c->bytes, text, out);
    if (!rc && next_address(c, after)) rc = keep_address(arena, c->version, after, text, out);
  }
  if (!rc) rc = keep_address(arena, 4, zero, text, out);
  if (!rc) rc = keep_address(arena, 6, zero, text, out);
  return rc;
}

int pe_range_samples(pe_arena *arena, pe_sort sort, const pe_bound *const *bounds, uint32_t count, bool integers,
                     pe_texts *out) {
  const pe_alloc *a = pe_arena_allocator(arena);
  const pe_bound **sorted = pe_alloc_array(a, count + 1, sizeof(const pe_bound *));
  if (!sorted) return POLICYEVAL_ENOMEM;
  for (uint32_t i = 0; i < count; i++) sorted[i] = bounds[i];
  pe_buf text;
  pe_buf_init(&text, a);
  int rc = 0;
  switch (sort) {
    case PE_SORT_NUMBER: rc = number_samples(arena, sorted, count, integers, &text, out); break;
    case PE_SORT_INSTANT: rc = instant_samples(arena, sorted, count, &text, out); break;
    case PE_SORT_ADDRESS: rc = address_samples(arena, sorted, count, &text, out); break;
    default: break;
  }
  if (text.failed) rc = POLICYEVAL_ENOMEM;
  pe_buf_done(&text);
  pe_alloc_free(a, (void *)sorted);
  return rc;
}
