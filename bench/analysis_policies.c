/* SPDX-License-Identifier: MIT */
#include "analysis_policies.h"

#include <policyeval/policyeval.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Text --------------------------------------------------------------------------------------------------- */

typedef struct text {
  char *data;
  size_t len, cap;
  int open; /* a statement was written already */
} text;

static void put(text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(text *t, const char *format, ...) {
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  const int n = vsnprintf(NULL, 0, format, args);
  va_end(args);
  if (n < 0) exit(1);
  if (t->len + (size_t)n + 1 > t->cap) {
    t->cap = (t->len + (size_t)n + 1) * 2;
    t->data = realloc(t->data, t->cap);
    if (!t->data) exit(1);
  }
  vsnprintf(t->data + t->len, t->cap - t->len, format, again);
  va_end(again);
  t->len += (size_t)n;
}

static void repeat(text *t, const char *what, unsigned n) {
  while (n--) put(t, "%s", what);
}

static void begin(text *t) { put(t, "{\"Version\":\"2012-10-17\",\"Statement\":["); }
static void next(text *t) {
  put(t, t->open ? ",\n" : "\n");
  t->open = 1;
}
static char *finish(text *t) {
  put(t, "]}");
  return t->data;
}

static unsigned long long seed;
static unsigned below(unsigned n) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return (unsigned)(seed >> 33) % n;
}
static void start_random(unsigned n) { seed = 0x9E3779B97F4A7C15u + n; }

/* What people write -------------------------------------------------------------------------------------- */

enum { PLAIN, NARROW, WIDE };

static const char *const identity_actions[] = {
    "\"s3:GetObject\"", "[\"s3:GetObject\",\"s3:PutObject\"]", "[\"s3:Get*\",\"s3:List*\"]", "\"s3:PutObject\"",
    "[\"s3:GetObject\",\"s3:GetObjectTagging\",\"s3:DeleteObject\"]"};

static void identity_condition(text *t, unsigned i, int tls) {
  put(t, ",\"Condition\":{");
  switch (i % 5) {
    case 0: put(t, "\"IpAddress\":{\"aws:SourceIp\":[\"10.%u.0.0/16\",\"203.0.113.0/24\"]}", i % 250); break;
    case 1: put(t, "\"StringEquals\":{\"s3:prefix\":[\"team%u\",\"shared\"]}", i); break;
    case 2: put(t, "\"StringLike\":{\"aws:SourceVpce\":\"vpce-%u*\"}", i); break;
    default: put(t, "\"StringEqualsIfExists\":{\"s3:prefix\":\"team%u\"}", i); break;
  }
  if (tls) put(t, ",\"Bool\":{\"aws:SecureTransport\":\"true\"}");
  put(t, "}");
}

/* Every eighth statement is a Deny. */
static char *identity(unsigned n, int form) {
  text t = {0};
  begin(&t);
  for (unsigned i = 0; i < n; i++) {
    const int last = i + 1 == n, narrow = form != PLAIN && i % 2 == 0;
    next(&t);
    if (i % 8 == 7 && !last) {
      put(&t, "{\"Sid\":\"S%u\",\"Effect\":\"Deny\",\"Action\":\"s3:Delete*\",\"Resource\":\"arn:aws:s3:::team%u-*\","
              "\"Condition\":{\"Bool\":{\"aws:SecureTransport\":\"false\"}}}", i, i - 3);
      continue;
    }
    put(&t, "{\"Sid\":\"S%u\",\"Effect\":\"Allow\",\"Action\":%s,\"Resource\":", i,
        identity_actions[i % (sizeof identity_actions / sizeof identity_actions[0])]);
    if (last && form == WIDE) put(&t, "\"arn:aws:s3:::team%u-*\"", i);
    else put(&t, "[\"arn:aws:s3:::team%u-data%s/*\",\"arn:aws:s3:::team%u-logs/*\"]", i, narrow ? "/reports" : "", i);
    if (i % 3 != 2) identity_condition(&t, i, form != PLAIN && i % 2 == 1);
    put(&t, "}");
  }
  return finish(&t);
}

static const char *const secret_actions[] = {
    "\"secretsmanager:GetSecretValue\"", "[\"secretsmanager:GetSecretValue\",\"secretsmanager:DescribeSecret\"]",
    "\"secretsmanager:*\"", "[\"secretsmanager:Get*\",\"secretsmanager:List*\"]"};

static void secret_condition(text *t, unsigned i) {
  switch (i % 6) {
    case 0: put(t, ",\"Condition\":{\"StringEquals\":{\"aws:PrincipalOrgID\":\"o-%010u\"}}", i % 3); break;
    case 1: put(t, ",\"Condition\":{\"ForAnyValue:StringEquals\":{\"secretsmanager:VersionStage\":\"AWSCURRENT\"}}"); break;
    case 2: put(t, ",\"Condition\":{\"StringEquals\":{\"aws:SourceVpce\":[\"vpce-%08x\",\"vpce-%08x\"]}}", i, i + 1); break;
    case 3: put(t, ",\"Condition\":{\"ArnLike\":{\"aws:PrincipalArn\":\"arn:aws:iam::%012u:role/team-*\"}}", 333300000u + i); break;
    default: break;
  }
}

static char *secret(unsigned n, int open) {
  text t = {0};
  begin(&t);
  for (unsigned i = 0; i < n; i++) {
    const unsigned account = 222200000u + i * 7919u;
    next(&t);
    if (i % 8 == 7 && i + 1 < n) {
      put(&t, "{\"Sid\":\"S%u\",\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"secretsmanager:Delete*\",\"Resource\":\"*\","
              "\"Condition\":{\"StringNotEquals\":{\"aws:PrincipalTag/team\":\"team%u\"}}}", i, i);
      continue;
    }
    put(&t, "{\"Sid\":\"S%u\",\"Effect\":\"Allow\",\"Principal\":", i);
    if (open && i + 1 == n) put(&t, "\"*\"");
    else if (i % 6 == 0 || i % 6 == 2 || i % 6 == 3) put(&t, "\"*\"");
    else if (i % 6 == 1) put(&t, "{\"AWS\":\"%012u\"}", account);
    else put(&t, "{\"AWS\":[\"arn:aws:iam::%012u:role/app%u\",\"arn:aws:iam::%012u:role/ops%u\"]}", account, i, account + 1, i);
    put(&t, ",\"Action\":%s,\"Resource\":\"*\"", secret_actions[i % 4]);
    if (!open || i + 1 < n) secret_condition(&t, i);
    put(&t, "}");
  }
  return finish(&t);
}

static bench_pair identity_holds(unsigned n) {
  return (bench_pair){identity(n, NARROW), identity(n, PLAIN), POLICYEVAL_KIND_IDENTITY};
}
static bench_pair identity_fails(unsigned n) {
  return (bench_pair){identity(n, WIDE), identity(n, PLAIN), POLICYEVAL_KIND_IDENTITY};
}
static bench_pair identity_same(unsigned n) {
  return (bench_pair){identity(n, PLAIN), identity(n, PLAIN), POLICYEVAL_KIND_IDENTITY};
}
static bench_pair secret_closed(unsigned n) { return (bench_pair){secret(n, 0), NULL, POLICYEVAL_KIND_SECRET}; }
static bench_pair secret_open(unsigned n) { return (bench_pair){secret(n, 1), NULL, POLICYEVAL_KIND_SECRET}; }
static bench_pair secret_holds(unsigned n) {
  return (bench_pair){secret(n, 0), secret(n, 1), POLICYEVAL_KIND_SECRET};
}
static bench_pair secret_fails(unsigned n) {
  return (bench_pair){secret(n, 1), secret(n, 0), POLICYEVAL_KIND_SECRET};
}
static bench_pair secret_same(unsigned n) {
  return (bench_pair){secret(n, 0), secret(n, 0), POLICYEVAL_KIND_SECRET};
}

const bench_family bench_common[] = {
    {"public check, not public", secret_closed, {3, 20, 100, 0}, "no"},
    {"public check, public", secret_open, {3, 20, 100, 0}, "yes"},
    {"identity inclusion, holds", identity_holds, {3, 20, 100, 0}, "no"},
    {"identity inclusion, fails", identity_fails, {3, 20, 100, 0}, "yes"},
    {"resource inclusion, holds", secret_holds, {3, 20, 100, 0}, "no"},
    {"resource inclusion, fails", secret_fails, {3, 20, 100, 0}, "yes"},
    {"identical identity policies", identity_same, {100, 1000, 5000, 0}, "no"},
    {"identical resource policies", secret_same, {100, 1000, 5000, 0}, "no"},
    {NULL, NULL, {0}, NULL}};

/* Worst cases --------------------------------------------------------------------------------------------- */

/* An Allow of everything, with a condition that the caller writes, and ends with "}}". */
static void allow_under(text *t) {
  begin(t);
  next(t);
  put(t, "{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{");
}
static void deny_under(text *t) {
  next(t);
  put(t, "{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{");
}

/* Nothing is allowed: the question is whether the subject allows anything at all. */
static bench_pair anything(text *t) {
  text none = {0};
  begin(&none);
  next(&none);
  put(&none, "{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}");
  return (bench_pair){finish(t), finish(&none), POLICYEVAL_KIND_IDENTITY};
}

static bench_pair three_sat(unsigned n) {
  text t = {0};
  start_random(n);
  allow_under(&t);
  put(&t, "\"StringEquals\":{");
  for (unsigned i = 0; i < n; i++) put(&t, "%s\"k:%u\":[\"0\",\"1\"]", i ? "," : "", i);
  put(&t, "}}}");
  for (unsigned c = 0; c < n * 426 / 100; c++) {
    const unsigned a = below(n), b = (a + 1 + below(n - 1)) % n;
    unsigned d = below(n);
    while (d == a || d == b) d = below(n);
    deny_under(&t);
    put(&t, "\"StringEquals\":{\"k:%u\":\"%u\",\"k:%u\":\"%u\",\"k:%u\":\"%u\"}}}", a, below(2), b, below(2), d, below(2));
  }
  return anything(&t);
}

static bench_pair pigeonhole(unsigned n) { /* n pigeons, n - 1 holes */
  text t = {0};
  allow_under(&t);
  put(&t, "\"StringEquals\":{");
  for (unsigned i = 0; i < n; i++) {
    put(&t, "%s\"k:%u\":[", i ? "," : "", i);
    for (unsigned h = 0; h + 1 < n; h++) put(&t, "%s\"%u\"", h ? "," : "", h);
    put(&t, "]");
  }
  put(&t, "}}}");
  for (unsigned i = 0; i < n; i++) {
    for (unsigned k = 0; k < i; k++) {
      for (unsigned h = 0; h + 1 < n; h++) {
        deny_under(&t);
        put(&t, "\"StringEquals\":{\"k:%u\":\"%u\",\"k:%u\":\"%u\"}}}", i, h, k, h);
      }
    }
  }
  return anything(&t);
}

static void word(text *t, unsigned len) {
  while (len--) put(t, "%c", 'a' + (int)below(3));
}

static bench_pair random_denies(unsigned n) {
  text t = {0};
  start_random(n);
  allow_under(&t);
  put(&t, "}}");
  for (unsigned i = 0; i < n; i++) {
    next(&t);
    put(&t, "{\"Effect\":\"Deny\",\"Action\":\"s3:");
    word(&t, below(3));
    put(&t, "*\",\"Resource\":\"arn:aws:s3:::*");
    word(&t, 1 + below(2));
    put(&t, "*\"}");
  }
  return anything(&t);
}

static char *wildcard_keys(unsigned n) {
  text t = {0};
  begin(&t);
  for (unsigned i = 0; i < n; i++) {
    next(&t);
    put(&t, "{\"Effect\":\"%s\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"StringLike\":{", i % 2 ? "Deny" : "Allow");
    for (unsigned k = 0; k < 5; k++) {
      put(&t, "%s\"k:%u\":\"*", k ? "," : "", k);
      word(&t, 1 + below(2));
      put(&t, "*\"");
    }
    put(&t, "}}}");
  }
  return finish(&t);
}

static bench_pair five_keys(unsigned n) {
  start_random(n);
  char *subject = wildcard_keys(n), *against = wildcard_keys(n);
  return (bench_pair){subject, against, POLICYEVAL_KIND_IDENTITY};
}

static void five_stars(text *t) {
  for (unsigned i = 0; i < 5; i++) {
    put(t, "*");
    word(t, 2);
  }
  put(t, "*");
}

static bench_pair five_star_patterns(unsigned n) {
  text t = {0};
  start_random(n);
  allow_under(&t);
  put(&t, "\"StringLike\":{\"k:a\":\"");
  five_stars(&t);
  put(&t, "\"},\"StringLikeIfExists\":{\"k:a\":\"");
  five_stars(&t);
  put(&t, "\"}}}");
  for (unsigned i = 0; i < n; i++) {
    deny_under(&t);
    put(&t, "\"StringLike\":{\"k:a\":\"");
    five_stars(&t);
    put(&t, "\"}}}");
  }
  return anything(&t);
}

/* The n-th character from the end is an a, and … */
static void memory(text *t, unsigned n, const char *second) {
  allow_under(t);
  put(t, "\"StringLike\":{\"k:a\":\"*a");
  repeat(t, "?", n);
  put(t, "\"},\"StringLikeIfExists\":{\"k:a\":\"%s", second);
}

static bench_pair memory_yes(unsigned n) {
  text t = {0};
  memory(&t, n, "*b");
  repeat(&t, "?", n - 1);
  put(&t, "\"}}}");
  return anything(&t);
}

static bench_pair memory_no(unsigned n) {
  text t = {0};
  memory(&t, n, "*b");
  repeat(&t, "?", n);
  put(&t, "\"}}}");
  return anything(&t);
}

static bench_pair order(unsigned n) {
  text t = {0};
  memory(&t, n, "*b*\"}}}");
  deny_under(&t);
  put(&t, "\"StringLike\":{\"k:a\":[\"*b*a*\",\"*a*b*\"]}}}");
  return anything(&t);
}

/* n words of five letters in a text of twice as many. */
static bench_pair packed(unsigned n) {
  text t = {0};
  start_random(n);
  allow_under(&t);
  put(&t, "\"StringLike\":{\"k:a\":\"");
  repeat(&t, "?", 2 * n);
  put(&t, "\"}}}");
  for (unsigned i = 0; i < n; i++) {
    deny_under(&t);
    put(&t, "\"StringNotLike\":{\"k:a\":\"*");
    word(&t, 5);
    put(&t, "*\"}}}");
  }
  return anything(&t);
}

static char *accounts(unsigned n, unsigned without) {
  text t = {0};
  begin(&t);
  next(&t);
  put(&t, "{\"Effect\":\"Allow\",\"Action\":\"secretsmanager:GetSecretValue\",\"Resource\":\"*\",\"Principal\":{\"AWS\":[");
  for (unsigned i = 0; i < n; i++) {
    if (i != without) put(&t, "%s\"%012u\"", i ? "," : "", 100000000u + i * 104729u);
  }
  put(&t, "]}}");
  return finish(&t);
}

static bench_pair one_dropped(unsigned n) {
  return (bench_pair){accounts(n, n), accounts(n, n / 2), POLICYEVAL_KIND_SECRET};
}

static char *patterns(unsigned n, unsigned without) {
  text t = {0};
  allow_under(&t);
  put(&t, "\"StringLike\":{\"k:a\":[");
  for (unsigned i = 0; i < n; i++) {
    if (i != without) put(&t, "%s\"*p%uq*r%u\"", i ? "," : "", i, i % 97);
  }
  put(&t, "]}}}");
  return finish(&t);
}

static bench_pair many_patterns(unsigned n) {
  return (bench_pair){patterns(n, n), patterns(n, n / 2), POLICYEVAL_KIND_IDENTITY};
}

static bench_pair mutual_patterns(unsigned n) {
  text t = {0};
  allow_under(&t);
  put(&t, "\"StringLike\":{\"k:a\":[");
  for (unsigned i = 0; i < n; i++) put(&t, "%s\"*a%u?*\"", i ? "," : "", i);
  put(&t, "]}}}");
  deny_under(&t);
  put(&t, "\"StringLike\":{\"k:a\":[");
  for (unsigned i = 0; i < n; i++) put(&t, "%s\"*?%u?*\"", i ? "," : "", i);
  put(&t, "]}}}");
  return anything(&t);
}

const bench_family bench_hostile[] = {{"3-SAT as Deny", three_sat, {20, 40, 60, 0}, NULL},
                                      {"pigeonhole", pigeonhole, {7, 8, 9, 0}, NULL},
                                      {"random Deny", random_denies, {150, 600, 0, 0}, "yes"},
                                      {"five wildcard keys", five_keys, {80, 160, 0, 0}, "yes"},
                                      {"five-star patterns", five_star_patterns, {24, 96, 0, 0}, "yes"},
                                      {"? memory, possible", memory_yes, {4, 12, 20, 0}, "yes"},
                                      {"? memory, impossible", memory_no, {10, 12, 16, 0}, NULL},
                                      {"order contradiction", order, {10, 14, 16, 0}, NULL},
                                      {"packed words", packed, {8, 12, 14, 0}, NULL},
                                      {"exact accounts, one dropped", one_dropped, {1000, 4000, 0, 0}, "yes"},
                                      {"patterns of a key, one dropped", many_patterns, {5000, 20000, 0, 0}, NULL},
                                      {"patterns of a key against others", mutual_patterns, {5000, 20000, 0, 0}, NULL},
                                      {NULL, NULL, {0}, NULL}};
