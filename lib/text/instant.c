/* SPDX-License-Identifier: MIT */
/* Dates of policies (L2.5, L1.8.10), without the C library's clock and locale. */
#include "text/value.h"

enum { YEAR_MIN = -292275054, YEAR_MAX = 292278993 };

/* What is read so far; `strict` falls where only the slack of L1.8.10 allows what is written. */
typedef struct reader {
  pe_slice t;
  size_t at;
  bool strict;
} reader;

typedef struct parts {
  int64_t year;
  int64_t month, day, hour, minute, second;
  int64_t offset; /* of the zone, in seconds */
  uint32_t nanos;
} parts;

static bool at_end(const reader *r) { return r->at == r->t.len; }
static bool next_is(const reader *r, char c) { return !at_end(r) && r->t.ptr[r->at] == c; }

static bool take(reader *r, char c) {
  if (!next_is(r, c)) return false;
  r->at++;
  return true;
}

/* A number of 1 to `most` digits, within [low, high]; fewer digits than `usual` (or more) are slack. */
static bool number(reader *r, size_t usual, size_t most, int64_t low, int64_t high, int64_t *out) {
  size_t start = r->at;
  int64_t n = 0;
  while (!at_end(r) && r->t.ptr[r->at] >= '0' && r->t.ptr[r->at] <= '9') {
    if (r->at - start == most) return false;
    n = n * 10 + (r->t.ptr[r->at++] - '0');
  }
  if (r->at - start != usual) r->strict = false;
  if (r->at == start || n < low || n > high) return false;
  *out = n;
  return true;
}

static bool read_year(reader *r, int64_t *out) {
  bool negative = take(r, '-');
  if (negative) r->strict = false;
  if (!number(r, 4, 9, 0, negative ? -(int64_t)YEAR_MIN : YEAR_MAX, out)) return false;
  if (negative) *out = -*out;
  return true;
}

/* The digits behind the point, at most nine. */
static bool read_fraction(reader *r, uint32_t *nanos) {
  size_t start = r->at;
  int64_t n = 0;
  if (!number(r, 1, 9, 0, 999999999, &n)) return false;
  for (size_t i = r->at - start; i < 9; i++) n *= 10;
  *nanos = (uint32_t)n;
  return true;
}

/* Z, +hh, +hh:mm, and with a minus; none is UTC (AMB-16). */
static bool read_zone(reader *r, int64_t *offset) {
  if (take(r, 'Z')) return true;
  if (take(r, 'z') || at_end(r)) {
    r->strict = false;
    return true;
  }
  bool negative = next_is(r, '-');
  if (!negative && !next_is(r, '+')) return false;
  r->at++;
  size_t start = r->at;
  int64_t hours = 0, minutes = 0;
  if (!number(r, 2, 2, 0, 23, &hours) || r->at - start != 2) return false;
  if (take(r, ':')) {
    start = r->at;
    if (!number(r, 2, 2, 0, 59, &minutes) || r->at - start != 2) return false;
  } else {
    r->strict = false;
  }
  *offset = (hours * 60 + minutes) * 60 * (negative ? -1 : 1);
  return true;
}

/* What stands behind the T. */
static bool read_time(reader *r, parts *p) {
  if (at_end(r)) {
    r->strict = false;
    return true;
  }
  if (!number(r, 2, 2, 0, 23, &p->hour)) return false;
  if (take(r, ':')) {
    if (!number(r, 2, 2, 0, 59, &p->minute)) return false;
    if (take(r, ':')) {
      if (!number(r, 2, 2, 0, 59, &p->second)) return false;
      if (take(r, '.')) {
        bool strict = r->strict; /* any number of digits is usual */
        if (!read_fraction(r, &p->nanos)) return false;
        r->strict = strict;
      }
    }
  } else {
    r->strict = false;
  }
  return read_zone(r, &p->offset);
}

static bool read_parts(reader *r, parts *p) {
  bool day = false;
  if (!read_year(r, &p->year)) return false;
  if (take(r, '-')) {
    if (!number(r, 2, 2, 1, 12, &p->month)) return false;
    if (take(r, '-')) {
      if (!number(r, 2, 2, 1, 31, &p->day)) return false;
      day = true;
    }
  }
  if (at_end(r)) return true;
  if (!day) r->strict = false;
  if (take(r, 't')) {
    r->strict = false;
  } else if (!take(r, 'T')) {
    return false;
  }
  return read_time(r, p) && at_end(r);
}

static bool leap(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

static int64_t days_of_month(int64_t year, int64_t month) {
  if (month == 2) return leap(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/* Days from 1970-01-01 in the proleptic Gregorian calendar; years are counted from March, so that the leap day is
 * the last of a year. */
static int64_t days_since_epoch(int64_t year, int64_t month, int64_t day) {
  if (month <= 2) year--;
  int64_t era = (year >= 0 ? year : year - 399) / 400;
  int64_t of_era = year - era * 400;
  int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool parse_iso(pe_slice text, pe_instant *out, pe_instant_form *form) {
  reader r = {text, 0, true};
  parts p = {.month = 1, .day = 1};
  if (!read_parts(&r, &p)) return false;
  if (p.day > days_of_month(p.year, p.month)) r.strict = false;
  int64_t seconds = p.hour * 3600 + p.minute * 60 + p.second - p.offset;
  out->seconds = days_since_epoch(p.year, p.month, p.day) * 86400 + seconds;
  out->nanos = p.nanos;
  *form = r.strict ? PE_INSTANT_ISO : PE_INSTANT_LENIENT;
  return true;
}

static bool parse_epoch(pe_slice text, pe_instant *out) {
  int64_t n = 0;
  for (size_t i = 0; i < text.len; i++) {
    char c = text.ptr[i];
    if (c < '0' || c > '9' || n > (INT64_MAX - (c - '0')) / 10) return false;
    n = n * 10 + (c - '0');
  }
  *out = (pe_instant){n, 0};
  return text.len > 0;
}

bool pe_instant_parse(pe_slice text, pe_instant *out, pe_instant_form *form) {
  bool iso = false;
  for (size_t i = 0; i < text.len && !iso; i++) {
    iso = text.ptr[i] == '-' || text.ptr[i] == 't' || text.ptr[i] == 'T';
  }
  pe_instant at = {0, 0};
  pe_instant_form how = PE_INSTANT_EPOCH;
  if (!(iso ? parse_iso(text, &at, &how) : parse_epoch(text, &at))) return false;
  *out = at;
  if (form) *form = how;
  return true;
}

bool pe_instant_parse_year(pe_slice text, pe_instant *out) {
  reader r = {text, 0, true};
  int64_t year = 0;
  if (!number(&r, 4, 4, 0, 9999, &year) || !r.strict || !at_end(&r)) return false;
  *out = (pe_instant){days_since_epoch(year, 1, 1) * 86400, 0};
  return true;
}

int pe_instant_cmp(pe_instant a, pe_instant b) {
  if (a.seconds != b.seconds) return a.seconds < b.seconds ? -1 : 1;
  return (a.nanos > b.nanos) - (a.nanos < b.nanos);
}
