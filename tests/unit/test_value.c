/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* timegm */
#endif
#include "unit.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "text/value.h"

/* A small generator, the same on every machine. */
static uint64_t seed = 0x2545F4914F6CDD1Du;
static uint32_t rnd(uint32_t below) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return (uint32_t)((seed >> 32) % below);
}

/* ---- decimals ---- */

static int cmp(const char *a, const char *b) {
  pe_decimal x, y;
  ck_assert_msg(pe_decimal_parse(pe_slice_str(a), &x), "%s", a);
  ck_assert_msg(pe_decimal_parse(pe_slice_str(b), &y), "%s", b);
  return pe_decimal_cmp(&x, &y);
}

START_TEST(decimals) {
  static const struct {
    const char *a, *b;
    int want;
  } table[] = {
      {"7", "7", 0},           {"7", "7.0", 0},      {"7.5", "7", 1},        {"5", "7", -1},
      {"007", "7.000", 0},     {"+7", "7", 0},       {"-7", "7", -1},        {"-7", "-8", 1},
      {"0", "-0.0", 0},        {"0e99", "-0", 0},    {"1e2", "100", 0},      {"100", "1E+2", 0},
      {"1.5e1", "15", 0},      {"15e-1", "1.5", 0},  {"0.001", "1e-3", 0},   {"0.0010", "0.00099", 1},
      {"1e9999", "1e9998", 1}, {"-1e9999", "0", -1}, {"1e-9999", "0", 1},    {"10", "9", 1},
      {"0.1", "0.09", 1},      {"0.30", "0.3", 0},   {"9007199254740993", "9007199254740992", 1},
      {"0.1000000000000000055511151231257827", "0.1", 1},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    ck_assert_msg(cmp(table[i].a, table[i].b) == table[i].want, "%s ? %s", table[i].a, table[i].b);
    ck_assert_msg(cmp(table[i].b, table[i].a) == -table[i].want, "%s ? %s", table[i].b, table[i].a);
  }
  static const char *const bad[] = {"",  "-",   "+",    ".5",   "5.",   "1e",  "1e+",     "1e12345", "abc", "10abc",
                                    " 7", "7 ", "1,5", "0x10", "--1", "1.2.3", "${k}", "inf",     "nan", "1e1.5"};
  pe_decimal d = {.exponent = 77};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    ck_assert_msg(!pe_decimal_parse(pe_slice_str(bad[i]), &d), "%s", bad[i]);
  }
  ck_assert_int_eq(d.exponent, 77); /* written on success only */
}
END_TEST

/* An independent compare: both numbers as integers in units of 1e-40, 128 digits. */
enum { UNITS = 40, WIDE = 128 };
typedef struct big {
  int sign;
  char digit[WIDE]; /* most significant first */
} big;

static big to_big(bool negative, const char *whole, const char *fraction, int exponent) {
  big b = {.sign = 0};
  int lowest = (int)strlen(fraction); /* the last digit counts 10^-lowest */
  char all[64];
  snprintf(all, sizeof all, "%s%s", whole, fraction);
  for (size_t i = 0; all[i]; i++) {
    int power = (int)(strlen(all) - 1 - i) - lowest + exponent + UNITS;
    b.digit[WIDE - 1 - power] = (char)(all[i] - '0');
    if (all[i] != '0') b.sign = negative ? -1 : 1;
  }
  return b;
}

START_TEST(decimals_agree_with_big_integers) {
  char text[2][80];
  big value[2];
  for (int round = 0; round < UNIT_CASES(40000); round++) {
    for (int k = 0; k < 2; k++) {
      char whole[16] = "", fraction[16] = "";
      uint32_t nw = 1 + rnd(6), nf = rnd(7), digits = rnd(2) ? 10 : 2;
      for (uint32_t i = 0; i < nw; i++) whole[i] = (char)('0' + rnd(digits));
      for (uint32_t i = 0; i < nf; i++) fraction[i] = (char)('0' + rnd(digits));
      bool negative = rnd(3) == 0, with_exponent = rnd(2) != 0;
      int exponent = with_exponent ? (int)rnd(25) - 12 : 0;
      int n = snprintf(text[k], sizeof text[k], "%s%s%s%s", negative ? "-" : rnd(5) ? "" : "+", whole, nf ? "." : "",
                       fraction);
      if (with_exponent) snprintf(text[k] + n, sizeof text[k] - (size_t)n, "%c%d", rnd(2) ? 'e' : 'E', exponent);
      value[k] = to_big(negative, whole, fraction, exponent);
    }
    int want = (value[0].sign > value[1].sign) - (value[0].sign < value[1].sign);
    if (!want) want = value[0].sign * memcmp(value[0].digit, value[1].digit, WIDE);
    want = (want > 0) - (want < 0);
    if (cmp(text[0], text[1]) != want) ck_abort_msg("%s ? %s is not %d", text[0], text[1], want);
  }
}
END_TEST

/* ---- instants ---- */

static const struct {
  const char *text;
  int64_t seconds;
  uint32_t nanos;
  pe_instant_form form;
} instants[] = {
    {"1970-01-01T00:00:00Z", 0, 0, PE_INSTANT_ISO},
    {"2026-01-01T00:00:00Z", 1767225600, 0, PE_INSTANT_ISO},
    {"2026-01-01T01:00:00+01:00", 1767225600, 0, PE_INSTANT_ISO},
    {"2025-12-31T19:00-05:00", 1767225600, 0, PE_INSTANT_ISO},
    {"2026-01-01", 1767225600, 0, PE_INSTANT_ISO},
    {"2026-01", 1767225600, 0, PE_INSTANT_ISO},
    {"2026-01-01T00:00:00.5Z", 1767225600, 500000000, PE_INSTANT_ISO},
    {"2026-01-01T00:00:00.123456789Z", 1767225600, 123456789, PE_INSTANT_ISO},
    {"1969-12-31T23:59:59.25Z", -1, 250000000, PE_INSTANT_ISO},
    {"2000-02-29T12:00:00Z", 951825600, 0, PE_INSTANT_ISO},
    {"1767225600", 1767225600, 0, PE_INSTANT_EPOCH},
    {"2020", 2020, 0, PE_INSTANT_EPOCH}, /* AMB-16 */
    {"0", 0, 0, PE_INSTANT_EPOCH},
    {"9223372036854775807", INT64_MAX, 0, PE_INSTANT_EPOCH},
    {"2026-01-01T00:00:00", 1767225600, 0, PE_INSTANT_LENIENT}, /* no zone: UTC */
    {"2026-01-01t00:00:00z", 1767225600, 0, PE_INSTANT_LENIENT},
    {"2026-1-1", 1767225600, 0, PE_INSTANT_LENIENT},
    {"2026-01-01T", 1767225600, 0, PE_INSTANT_LENIENT},
    {"2025-12-31T24", 0, 0, (pe_instant_form)-1},
    {"01T", -62135596800, 0, PE_INSTANT_LENIENT},
    {"-292275054", -9223372017043200, 0, PE_INSTANT_LENIENT},
    {"2016-12-13t2:00:00.593194+23", 1481511600, 593194000, PE_INSTANT_LENIENT},
    {"2025-02-31T00:00:00Z", 1740960000, 0, PE_INSTANT_LENIENT}, /* is March 3 */
    {"2026-04-31", 1777593600, 0, PE_INSTANT_LENIENT},
    {"2026-06-31", 1782864000, 0, PE_INSTANT_LENIENT},
    {"2026-09-31", 1790812800, 0, PE_INSTANT_LENIENT},
    {"2026-11-31", 1796083200, 0, PE_INSTANT_LENIENT},
    {"2026-12-31", 1798675200, 0, PE_INSTANT_ISO},
    {"2024-02-29", 1709164800, 0, PE_INSTANT_ISO},
    {"1900-02-29", -2203891200, 0, PE_INSTANT_LENIENT},
};

START_TEST(instants_of_the_tables) {
  for (size_t i = 0; i < sizeof instants / sizeof instants[0]; i++) {
    pe_instant at;
    pe_instant_form form;
    bool ok = pe_instant_parse(pe_slice_str(instants[i].text), &at, &form);
    ck_assert_msg(ok == (instants[i].form != (pe_instant_form)-1), "%s", instants[i].text);
    if (!ok) continue;
    ck_assert_msg(at.seconds == instants[i].seconds && at.nanos == instants[i].nanos, "%s: %lld", instants[i].text,
                  (long long)at.seconds);
    ck_assert_msg(form == instants[i].form, "%s: form %d", instants[i].text, (int)form);
  }
  static const char *const bad[] = {
      "", "sdfdsf", "234-13", "2026-00-01", "2026-01-00", "2026-01-32", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
      "2026-01-01T00:00:60Z", "2016-12-13t2:00:00.593194+1", "2016-12-13t2:00:00.1234567890+10:59",
      "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+01:60", "2026-01-01T00:00:00+1:00",
      "2026-01-01T00:00:00Zx", "2026-01-01T00:00:00 Z", " 2026-01-01", "2026-01-01 ", "2026-01-01 00:00:00", "-",
      "2026-", "2026-01-", "T", "2026-01-01Z", "-292275055", "292278994-01", "9223372036854775808", "1.5", "-1-1-1-1",
      "2026-01-01T00:", "2026-01-01TZ", "2026-001-01", "1e9", "+5", "99999999999999999999", "2026-01-01T00:00:00+"};
  pe_instant at = {77, 77};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    ck_assert_msg(!pe_instant_parse(pe_slice_str(bad[i]), &at, NULL), "%s", bad[i]);
  }
  ck_assert(at.seconds == 77 && at.nanos == 77);
  ck_assert(pe_instant_parse_year(PE_SLICE("2020"), &at) && at.seconds == 1577836800);
  ck_assert(!pe_instant_parse_year(PE_SLICE("20200"), &at) && !pe_instant_parse_year(PE_SLICE("202"), &at));
  ck_assert(!pe_instant_parse_year(PE_SLICE("202x"), &at) && !pe_instant_parse_year(PE_SLICE(""), &at));
  ck_assert_int_eq(pe_instant_cmp((pe_instant){1, 5}, (pe_instant){1, 6}), -1);
  ck_assert_int_eq(pe_instant_cmp((pe_instant){2, 0}, (pe_instant){1, 6}), 1);
  ck_assert_int_eq(pe_instant_cmp((pe_instant){-1, 6}, (pe_instant){-1, 6}), 0);
}
END_TEST

static void check_day(int year, int month, int day) {
  struct tm tm = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day, .tm_hour = 13, .tm_min = 7, .tm_sec = 59};
  char text[64];
  snprintf(text, sizeof text, "%s%04d-%02d-%02dT13:07:59Z", year < 0 ? "-" : "", abs(year), month, day);
  pe_instant at;
  if (!pe_instant_parse(pe_slice_str(text), &at, NULL)) ck_abort_msg("%s", text);
  if (sizeof(time_t) < sizeof at.seconds && (year < 1902 || year > 2037)) return; /* more than that time_t can say */
  if (at.seconds != (int64_t)timegm(&tm)) ck_abort_msg("%s: %lld", text, (long long)at.seconds);
}

START_TEST(instants_agree_with_timegm) {
  for (int year = 1890; year <= 2110; year++) {
    for (int month = 1; month <= 12; month++) {
      for (int day = 1; day <= 31; day++) check_day(year, month, day); /* timegm counts on past the month, too */
    }
  }
  for (int year = -12000; year <= 12000; year += 7) check_day(year, 1 + (int)rnd(12), 1 + (int)rnd(31));
  for (int i = 0; i < 10000; i++) check_day((int)rnd(292278994), 1 + (int)rnd(12), 1 + (int)rnd(28));
}
END_TEST

/* ---- addresses ---- */

static bool inside(const char *block, const char *address) {
  pe_cidr b, a;
  ck_assert_msg(pe_cidr_parse(pe_slice_str(block), &b), "%s", block);
  ck_assert_msg(pe_address_parse(pe_slice_str(address), &a), "%s", address);
  return pe_cidr_contains(&b, &a);
}

START_TEST(blocks) {
  ck_assert(inside("203.0.113.0/24", "203.0.113.7"));
  ck_assert(!inside("203.0.113.0/24", "203.0.114.1"));
  ck_assert(!inside("203.0.113.0/24", "2001:db8::1"));
  ck_assert(inside("203.0.113.77/24", "203.0.113.1"));
  ck_assert(inside("2001:DB8:1234:5678::/64", "2001:db8:1234:5678::9"));
  ck_assert(inside("203.0.113.7", "203.0.113.7"));
  ck_assert(!inside("203.0.113.7", "203.0.113.8"));
  ck_assert(inside("0.0.0.0/0", "255.255.255.255"));
  ck_assert(!inside("0.0.0.0/0", "::1"));
  ck_assert(!inside("::/0", "1.2.3.4"));
  ck_assert(inside("::/0", "ffff::"));
  ck_assert(inside("10.0.0.0/9", "10.127.0.1") && !inside("10.0.0.0/9", "10.128.0.1"));
  ck_assert(inside("2001:db8::/33", "2001:db8:7fff::1") && !inside("2001:db8::/33", "2001:db8:8000::1"));
  ck_assert(inside("2001:db8::1", "2001:DB8:0:0::0.0.0.1"));
  pe_cidr c, d;
  ck_assert(pe_cidr_parse(PE_SLICE("203.0.113.77/24"), &c) && c.host_bits && c.had_prefix && c.prefix == 24);
  ck_assert(c.bytes[15] == 0 && c.bytes[14] == 113);
  ck_assert(pe_cidr_parse(PE_SLICE("203.0.113.0/24"), &c) && !c.host_bits);
  ck_assert(pe_cidr_parse(PE_SLICE("203.0.113.77"), &c) && !c.had_prefix && c.prefix == 32 && c.version == 4);
  ck_assert(pe_cidr_parse(PE_SLICE("::1"), &c) && c.prefix == 128 && c.version == 6 && !c.mapped); /* AMB-15 */
  ck_assert(!pe_cidr_unmap(&c, &d));
  ck_assert(pe_cidr_parse(PE_SLICE("::FFFF:10.1.2.3"), &c) && c.mapped && c.version == 6);
  ck_assert(pe_cidr_unmap(&c, &d) && d.version == 4 && d.prefix == 32 && !d.mapped);
  pe_cidr v4;
  ck_assert(pe_cidr_parse(PE_SLICE("10.1.2.3"), &v4) && memcmp(v4.bytes, d.bytes, 16) == 0);
  ck_assert(pe_cidr_parse(PE_SLICE("::ffff:a00:0/104"), &c) && c.mapped && pe_cidr_unmap(&c, &d) && d.prefix == 8);
  ck_assert(pe_cidr_parse(PE_SLICE("::ffff:0:0/95"), &c) && !c.mapped && c.host_bits);
  /* A smaller block lies in a larger one, not the other way round. */
  ck_assert(pe_cidr_parse(PE_SLICE("10.0.0.0/8"), &c) && pe_cidr_parse(PE_SLICE("10.1.0.0/16"), &d));
  ck_assert(pe_cidr_contains(&c, &d) && !pe_cidr_contains(&d, &c));
}
END_TEST

START_TEST(not_addresses) {
  static const char *const bad[] = {
      "", "abc", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.04", "1.2.3.4 ", " 1.2.3.4", "1..3.4", "1.2.3.",
      "1.2.3.4/33", "1.2.3.4/", "1.2.3.4/08", "1.2.3.4/00", "1.2.3.4/-1", "1.2.3.4/+8", "1.2.3.4/8 ", "1.2.3.4/8/8",
      "/8", "1.2.3.0004", "::/129", "::/0128", ":", ":::", "1:", ":1", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
      "12345::", "g::", "::1.2.3", "::1.2.3.4.5", "1.2.3.4::", "::1.2.3.4:5", "::01.2.3.4", "1:2:3:4:5:6:7:1.2.3.4",
      "fe80::1%eth0", "[::1]", "::1%", "1:2:3:4::5:6:7:8", "2001:db8::/64/1", "*", "${k}", "10.*"};
  pe_cidr c = {.prefix = 77};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    ck_assert_msg(!pe_cidr_parse(pe_slice_str(bad[i]), &c), "%s", bad[i]);
  }
  ck_assert(!pe_address_parse(PE_SLICE("1.2.3.4/8"), &c));
  ck_assert(!pe_address_parse(pe_slice_of(NULL, 0), &c));
  ck_assert_int_eq(c.prefix, 77);
}
END_TEST

static void agree_with_inet_pton(const char *text) {
  pe_cidr c;
  unsigned char want[16] = {0};
  int family = strchr(text, ':') ? AF_INET6 : AF_INET;
  bool expect = inet_pton(family, text, family == AF_INET ? want + 12 : want) == 1;
  bool got = pe_address_parse(pe_slice_str(text), &c);
  if (got != expect) ck_abort_msg("%s: %d", text, got);
  if (got && memcmp(c.bytes, want, 16) != 0) ck_abort_msg("%s: other bytes", text);
}

START_TEST(addresses_agree_with_inet_pton) {
  char text[80];
  for (int i = 0; i < UNIT_CASES(20000); i++) { /* well formed, in the usual spelling and in a long one */
    unsigned char b[16];
    for (int k = 0; k < 16; k++) b[k] = rnd(3) ? 0 : (unsigned char)rnd(256);
    if (rnd(4) == 0) memset(b, 0, 10), b[10] = b[11] = (unsigned char)(rnd(2) * 255);
    ck_assert_ptr_nonnull(inet_ntop(AF_INET6, b, text, sizeof text));
    agree_with_inet_pton(text);
    snprintf(text, sizeof text, "%X:%x:%04x:%X:%x:%x:%u.%u.%u.%u", b[0], b[1], b[2], b[3], b[4], b[5], b[12], b[13],
             b[14], b[15]);
    agree_with_inet_pton(text);
    snprintf(text, sizeof text, "%u.%u.%u.%u", b[0], b[5], b[10], rnd(400));
    agree_with_inet_pton(text);
  }
  static const char pieces[] = "::::0f1A.:2:";
  for (int i = 0; i < UNIT_CASES(80000); i++) { /* mostly not */
    uint32_t n = 1 + rnd(20);
    for (uint32_t k = 0; k < n; k++) text[k] = pieces[rnd(sizeof pieces - 1)];
    text[n] = '\0';
    if (strchr(text, ':')) agree_with_inet_pton(text);
  }
}
END_TEST

START_TEST(private_blocks) {
  static const char *const yes[] = {"10.0.0.0/8",     "10.1.2.3",       "172.16.0.0/12", "172.31.255.255",
                                    "192.168.1.0/24", "100.64.0.0/10",  "169.254.1.1",   "127.0.0.1",
                                    "fe80::1",        "febf::/16",      "::1",           "fc00::/7", "fd12:3456::1"};
  static const char *const no[] = {"10.0.0.0/7",  "11.0.0.0", "172.32.0.0", "172.16.0.0/11", "192.169.0.0", "100.63.0.0",
                                   "100.128.0.0", "8.8.8.8",  "0.0.0.0/0",  "::/0",          "::2",         "fec0::",
                                   "fe00::/8",    "2001:db8::", "::"};
  pe_cidr c;
  for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
    ck_assert_msg(pe_cidr_parse(pe_slice_str(yes[i]), &c) && pe_cidr_private(&c), "%s", yes[i]);
  }
  for (size_t i = 0; i < sizeof no / sizeof no[0]; i++) {
    ck_assert_msg(pe_cidr_parse(pe_slice_str(no[i]), &c) && !pe_cidr_private(&c), "%s", no[i]);
  }
}
END_TEST

/* ---- booleans and bytes ---- */

START_TEST(booleans) {
  bool b = false;
  ck_assert(pe_bool_parse(PE_SLICE("true"), &b) && b);
  ck_assert(pe_bool_parse(PE_SLICE("False"), &b) && !b);
  ck_assert(pe_bool_parse(PE_SLICE("TRUE"), &b) && b);
  ck_assert(!pe_bool_parse(PE_SLICE("true "), &b) && !pe_bool_parse(PE_SLICE("1"), &b) && !pe_bool_parse(PE_SLICE(""), &b));
  ck_assert(pe_bool_parse_exact(PE_SLICE("false"), &b) && !b);
  ck_assert(pe_bool_parse_exact(PE_SLICE("true"), &b) && b);
  ck_assert(!pe_bool_parse_exact(PE_SLICE("True"), &b) && b);
}
END_TEST

START_TEST(base64) {
  static const struct {
    const char *text, *bytes; /* bytes NULL: not base64 */
  } table[] = {
      {"", ""},         {"Zg==", "f"},   {"Zg", "f"},       {"Zm8=", "fo"},         {"Zm8", "fo"},
      {"Zm9v", "foo"},  {"Zm9vYmFy", "foobar"},             {"/+8=", "\xFF\xEF"},   {"Z", NULL},
      {"Zg=", NULL},    {"Zg===", NULL}, {"Zm9v=", NULL},   {"Zm9v====", NULL},     {"Zm 8=", NULL},
      {"Zm9v\n", NULL}, {"-_8=", NULL},  {"=", NULL},       {"====", NULL},         {"Z===", NULL},
      {"Zg=g", NULL},   {"Zm9vYg", "foob"},             {"Zm{v", NULL},
  };
  pe_arena *arena = pe_arena_new(&pe_alloc_libc, 0);
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    pe_slice out = PE_SLICE("untouched");
    int rc = pe_base64_decode(arena, pe_slice_str(table[i].text), &out);
    ck_assert_msg(rc == (table[i].bytes ? 0 : 1), "%s: %d", table[i].text, rc);
    ck_assert_msg(pe_slice_eq(out, pe_slice_str(rc ? "untouched" : table[i].bytes)), "%s", table[i].text);
    ck_assert_int_eq(pe_base64_equal(pe_slice_str(table[i].text), out), rc == 0);
  }
  pe_arena_free(arena);
  UNIT_EACH_ALLOCATION(mem, rc) {
    pe_slice out = {NULL, 0};
    pe_arena *a = pe_arena_new(&mem.alloc, 16);
    rc = a ? pe_base64_decode(a, PE_SLICE("Zm9vYmFyZm9vYmFyZm9vYmFy"), &out) : POLICYEVAL_ENOMEM;
    ck_assert(rc == 0 || !out.ptr);
    pe_arena_free(a);
  }
}
END_TEST

/* Texts need no NUL behind them: every prefix in memory of exactly its size, for the sanitizers. */
START_TEST(nothing_outside_is_read) {
  static const char *const texts[] = {"-12.50e+10",     "2026-01-01T00:00:00.123456789+01:30", "-292275054",
                                      "203.0.113.7/24", "2001:db8:0:0::1:255.1.2.3/128",       "::ffff:1.2.3.4/96",
                                      "truefalse",      "Zm9vYg==",                            "1::2:3:4:5:6:7"};
  pe_arena *arena = pe_arena_new(&pe_alloc_libc, 0);
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    for (size_t n = 0; n <= strlen(texts[i]); n++) {
      char *copy = malloc(n ? n : 1);
      memcpy(copy, texts[i], n);
      pe_slice t = pe_slice_of(copy, n), bytes;
      pe_decimal d;
      pe_instant at;
      pe_cidr c;
      bool b;
      if (pe_decimal_parse(t, &d)) ck_assert_int_eq(pe_decimal_cmp(&d, &d), 0);
      if (pe_instant_parse(t, &at, NULL)) ck_assert_int_eq(pe_instant_cmp(at, at), 0);
      (void)pe_instant_parse_year(t, &at);
      if (pe_cidr_parse(t, &c)) ck_assert(pe_cidr_contains(&c, &c));
      (void)pe_bool_parse(t, &b);
      (void)pe_bool_parse_exact(t, &b);
      (void)pe_base64_decode(arena, t, &bytes);
      free(copy);
    }
  }
  pe_arena_free(arena);
}
END_TEST

UNIT_MAIN("value", decimals, decimals_agree_with_big_integers, instants_of_the_tables, instants_agree_with_timegm,
          blocks, not_addresses, addresses_agree_with_inet_pton, private_blocks, booleans, base64,
          nothing_outside_is_read)
