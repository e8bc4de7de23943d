/* SPDX-License-Identifier: MIT */
/* Decimals are compared digit by digit where they stand: no width, no rounding (L2.4). */
#include "text/value.h"

static bool digit(char c) { return c >= '0' && c <= '9'; }

static size_t skip_digits(pe_slice t, size_t i) {
  while (i < t.len && digit(t.ptr[i])) i++;
  return i;
}

/* The exponent at t[*at] ("e+12"), when there is one. False: badly written, or more than four digits. */
static bool read_exponent(pe_slice t, size_t *at, int32_t *out) {
  size_t i = *at;
  if (i == t.len || (t.ptr[i] != 'e' && t.ptr[i] != 'E')) return true;
  i++;
  bool negative = i < t.len && t.ptr[i] == '-';
  if (i < t.len && (t.ptr[i] == '-' || t.ptr[i] == '+')) i++;
  size_t end = skip_digits(t, i);
  if (end == i || end - i > 4) return false;
  int32_t n = 0;
  for (; i < end; i++) n = n * 10 + (t.ptr[i] - '0');
  *out = negative ? -n : n;
  *at = end;
  return true;
}

bool pe_decimal_parse(pe_slice t, pe_decimal *out) {
  pe_decimal d = {.whole = PE_SLICE(""), .fraction = PE_SLICE("")};
  size_t i = 0;
  bool negative = t.len && t.ptr[0] == '-';
  if (t.len && (t.ptr[0] == '-' || t.ptr[0] == '+')) i++;
  size_t start = i, end = skip_digits(t, i);
  if (end == start) return false;
  while (start < end && t.ptr[start] == '0') start++;
  d.whole = pe_slice_sub(t, start, end);
  i = end;
  if (i < t.len && t.ptr[i] == '.') {
    start = i + 1;
    i = end = skip_digits(t, start);
    if (end == start) return false;
    while (end > start && t.ptr[end - 1] == '0') end--;
    d.fraction = pe_slice_sub(t, start, end);
  }
  if (!read_exponent(t, &i, &d.exponent) || i != t.len) return false;
  if (d.whole.len == 0 && d.fraction.len == 0) {
    d.exponent = 0;
  } else {
    d.negative = negative;
  }
  *out = d;
  return true;
}

/* The digits of a number that is not zero, from its first one that is not 0, and the power of ten of that one. */
typedef struct digits {
  pe_slice whole, fraction;
  int64_t power;
} digits;

static digits significant(const pe_decimal *d) {
  digits s = {d->whole, d->fraction, (int64_t)d->exponent + (int64_t)d->whole.len - 1};
  if (d->whole.len == 0) {
    size_t zeros = 0;
    while (s.fraction.ptr[zeros] == '0') zeros++;
    s.fraction = pe_slice_sub(s.fraction, zeros, s.fraction.len);
    s.power -= (int64_t)zeros;
  }
  return s;
}

static char digit_at(const digits *d, size_t i) {
  if (i < d->whole.len) return d->whole.ptr[i];
  i -= d->whole.len;
  return i < d->fraction.len ? d->fraction.ptr[i] : '0';
}

static int cmp_magnitude(const pe_decimal *a, const pe_decimal *b) {
  digits x = significant(a), y = significant(b);
  if (x.power != y.power) return x.power < y.power ? -1 : 1;
  size_t nx = x.whole.len + x.fraction.len, ny = y.whole.len + y.fraction.len, n = nx > ny ? nx : ny;
  for (size_t i = 0; i < n; i++) {
    char p = digit_at(&x, i), q = digit_at(&y, i);
    if (p != q) return p < q ? -1 : 1;
  }
  return 0;
}

static int sign(const pe_decimal *d) {
  if (d->whole.len == 0 && d->fraction.len == 0) return 0;
  return d->negative ? -1 : 1;
}

int pe_decimal_cmp(const pe_decimal *a, const pe_decimal *b) {
  int x = sign(a), y = sign(b);
  if (x != y) return x < y ? -1 : 1;
  return x * (x ? cmp_magnitude(a, b) : 0);
}
