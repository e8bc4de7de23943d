/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "text/pattern.h"

enum { WILD = PE_PATTERN_WILD, VARS = PE_PATTERN_VARIABLES, NOCASE = PE_PATTERN_NOCASE };

static pe_arena *fresh(void) {
  pe_arena *arena = pe_arena_new(&pe_alloc_libc, 0);
  ck_assert_ptr_nonnull(arena);
  return arena;
}

static bool match(const char *pattern, const char *value, unsigned flags) {
  pe_arena *arena = fresh();
  pe_pattern p;
  ck_assert_int_eq(pe_pattern_compile(arena, pe_slice_str(pattern), flags, &p), 0);
  bool hit = pe_pattern_match(&p, pe_slice_str(value));
  pe_arena_free(arena);
  return hit;
}

#define AS "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* L1.6, L2.3, AMB-32 */
static const struct {
  const char *pattern, *value;
  unsigned flags;
  bool hit;
} plain[] = {
    {"SecretsManager:getsecretvalue", "secretsmanager:GetSecretValue", WILD | NOCASE, true},
    {"secretsmanager:Get*", "secretsmanager:GetSecretValue", WILD | NOCASE, true},
    {"secretsmanager:Get*", "secretsmanager:GetRandomPassword", WILD | NOCASE, true},
    {"secretsmanager:Get*", "secretsmanager:PutResourcePolicy", WILD | NOCASE, false},
    {"secretsmanager:?etSecretValue", "secretsmanager:GetSecretValue", WILD | NOCASE, true},
    {"secretsmanager:*Secret", "secretsmanager:CreateSecret", WILD | NOCASE, true},
    {"secretsmanager:*Secret", "secretsmanager:ListSecrets", WILD | NOCASE, false},
    {"kms:*", "kms:Decrypt", WILD | NOCASE, true},
    {"kms:*", "kmsx:Decrypt", WILD | NOCASE, false},
    {"kms:Decrypt ", "kms:Decrypt", WILD | NOCASE, false},
    {"Prod", "prod", 0, false},
    {"Prod", "pROD", NOCASE, true},
    {"pro*", "prod", 0, false},
    {"pro*", "pro*", 0, true},
    {"pro*", "prod", WILD, true},
    {"pro*", "pro", WILD, true},
    {"pro?", "prod", WILD, true},
    {"pro?", "pro", WILD, false},
    {"pro?", "pro\xF0\x9F\x99\x82", WILD, true},
    {"pro??", "pro\xF0\x9F\x99\x82", WILD, false},
    {"a${*}b", "a*b", WILD | VARS, true},
    {"a${*}b", "axb", WILD | VARS, false},
    {"a${*}b", "a*b", VARS, true},
    {"a${*}b", "a${xx}b", WILD, true},
    {"a${?}b${$}{c}", "a?b${c}", WILD | VARS, true},
    {"a${?}b", "axb", WILD | VARS, false},
    {"*", "", WILD, true},
    {"", "", WILD, true},
    {"", "x", WILD, false},
    {"?", "", WILD, false},
    {"arn:aws:x:*:1:finance/*", "arn:aws:x:r:1:extra:1:finance/y", WILD, true},
    {"\xC3\x89t\xC3\xA9", "\xC3\xA9T\xC3\x89", NOCASE, true},
    {"*\xC3\x89*", "xx\xC3\xA9yy", WILD | NOCASE, true},
    {"\xC3\x97", "\xC3\xB7", NOCASE, false},             /* the multiplication sign is no letter */
    {"\xC3\x9F", "\xC3\xBF", NOCASE, false},             /* nor is sharp s a capital */
    {"\xC4\x80", "\xC4\x81", NOCASE, false},             /* outside of Latin-1 */
    {"abcdefgh[", "abcdefgh{", NOCASE, false},           /* no letters: '[' and '{' differ by the same bit */
    {"@@@@@@@@", "````````", NOCASE, false},
    {"ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", NOCASE, true},
    {"ABCDEFGH", "\xC3\xA1\xC3\xA1\xC3\xA1\xC3\xA1", NOCASE, false},
    /* Places where it nearly fits, again and again; the second is longer than the bits of a word. */
    {"*a?c*", AS "bc", WILD, true},
    {"*a?" AS AS "c*", AS AS AS AS "c", WILD, true},
    {"*a?" AS AS "c*", AS AS AS AS "b", WILD, false},
    /* Bytes that are no UTF-8, folded: half a letter, and A in two bytes. */
    {"*a?b\xC3*", AS "ab\xC3", WILD | NOCASE, true},
    {"*a?b\xC1\x81*", AS "ab\xC1\x81", WILD | NOCASE, true},
};

START_TEST(plain_patterns) {
  for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
    ck_assert_msg(match(plain[i].pattern, plain[i].value, plain[i].flags) == plain[i].hit, "%s ~ %s",
                  plain[i].pattern, plain[i].value);
  }
}
END_TEST

START_TEST(shapes_and_elements) {
  pe_arena *arena = fresh();
  pe_pattern p;
  pe_pattern_compile(arena, PE_SLICE("abc"), WILD, &p);
  ck_assert(p.shape == PE_SHAPE_EXACT && p.nelems == 1 && p.min_len == 3 && !p.has_wild);
  ck_assert_ptr_eq(p.elems[0].literal.ptr, p.text.ptr); /* borrowed */
  pe_pattern_compile(arena, PE_SLICE(""), WILD, &p);
  ck_assert(p.shape == PE_SHAPE_EXACT && p.nelems == 0 && p.literal.len == 0);
  pe_pattern_compile(arena, PE_SLICE("***"), WILD, &p);
  ck_assert(p.shape == PE_SHAPE_ANY && p.nelems == 1 && p.has_wild);
  pe_pattern_compile(arena, PE_SLICE("AB*"), WILD | NOCASE, &p);
  ck_assert(p.shape == PE_SHAPE_PREFIX && pe_slice_eq(p.literal, PE_SLICE("ab")));
  pe_pattern_compile(arena, PE_SLICE("a*?*?b"), WILD, &p);
  ck_assert(p.shape == PE_SHAPE_GENERAL && p.nelems == 5 && p.min_len == 4);
  ck_assert(p.elems[1].kind == PE_ELEM_ONE && p.elems[2].kind == PE_ELEM_ONE && p.elems[3].kind == PE_ELEM_STAR);
  pe_pattern_compile(arena, PE_SLICE("a${*}b${aws:UserName}/${k, 'd}e'}"), WILD | VARS, &p);
  ck_assert(p.shape == PE_SHAPE_GENERAL && p.nelems == 4 && p.nvariables == 2 && !p.has_wild);
  ck_assert(pe_slice_eq(p.elems[0].literal, PE_SLICE("a*b")));
  ck_assert(pe_slice_eq(p.variables[0].key, PE_SLICE("aws:UserName")));
  ck_assert_uint_eq(p.variables[0].hash, pe_slice_hash_nocase(PE_SLICE("AWS:username")));
  ck_assert_ptr_null(p.variables[0].fallback.ptr);
  ck_assert(pe_slice_eq(p.variables[1].fallback, PE_SLICE("d}e")));
  pe_arena_free(arena);
}
END_TEST

/* AMB-30: one form; the rest is text, and reported. */
static const struct {
  const char *text;
  const char *faults; /* "kind start end" each */
} faulty[] = {
    {"${aws:username}", ""},
    {"${k, 'x'}", ""},
    {"${k, ''}", ""},
    {"${k, 'it's}'}", ""},
    {"${*}${?}${$}", ""},
    {"$ {a} {b} $", ""},
    {"ab${", "UNCLOSED 2 4;"},
    {"ab${aws:username", "UNCLOSED 2 16;"},
    {"${}", "EMPTY 0 3;"},
    {"x${, 'a'}", "EMPTY 1 9;"},
    {"${ aws:username}", "SPACE 0 16;"},
    {"${aws:username }", "SPACE 0 16;"},
    {"${\taws:x}", "SPACE 0 9;"},
    {"${\naws:x}", "SPACE 0 9;"},
    {"${\raws:x}", "SPACE 0 9;"},
    {"${aws:user name}", "SPACE 0 16;"},
    {"${k,  'x'}", "SPACE 0 10;"},
    {"${k , 'x'}", "SPACE 0 10;"},
    {"${k,'x'}", "QUOTE 0 8;"},
    {"${k, x}", "QUOTE 0 7;"},
    {"${k, 'x}", "QUOTE 0 8;"},
    {"${k, x'}", "QUOTE 0 8;"},
    {"${k, 'x", "UNCLOSED 0 7;"},
    {"${k,", "UNCLOSED 0 4;"},
    {"${k'x'}", "QUOTE 0 7;"},
    {"${a${b}c}", "UNCLOSED 0 3;"},
    {"${a ${b}", "UNCLOSED 0 4;"},
    {"${a, '${b}", "UNCLOSED 0 6;"},
    {"${}${", "EMPTY 0 3;UNCLOSED 3 5;"},
};

static void note_fault(void *user, pe_variable_fault fault, size_t start, size_t end) {
  static const char *const names[] = {"UNCLOSED", "EMPTY", "SPACE", "QUOTE"};
  char *to = user;
  snprintf(to + strlen(to), 100, "%s %zu %zu;", names[fault], start, end);
}

START_TEST(faults_are_text) {
  for (size_t i = 0; i < sizeof faulty / sizeof faulty[0]; i++) {
    char got[256] = "";
    pe_pattern_faults(pe_slice_str(faulty[i].text), note_fault, got);
    ck_assert_msg(strcmp(got, faulty[i].faults) == 0, "%s: %s, not %s", faulty[i].text, got, faulty[i].faults);
    bool inner = strstr(faulty[i].text, "${b}") != NULL;
    if (faulty[i].faults[0] && !inner) ck_assert(match(faulty[i].text, faulty[i].text, WILD | VARS));
  }
}
END_TEST

/* Every prefix, in memory of exactly its size for the sanitizers: compiled, cut, asked for faults. */
START_TEST(nothing_outside_is_read) {
  static const char text[] = "a:${k, 'x:y'}:${*}:${ b }${}*?${c, 'd${e'}${f,'g'}$";
  for (size_t n = 0; n < sizeof text; n++) {
    char *copy = malloc(n ? n : 1);
    memcpy(copy, text, n);
    pe_slice t = pe_slice_of(copy, n), parts[4];
    char got[2048] = "";
    pe_pattern_faults(t, note_fault, got);
    ck_assert_uint_le(pe_pattern_cut(t, ':', 4, parts), 4);
    pe_arena *arena = fresh();
    pe_pattern p;
    ck_assert_int_eq(pe_pattern_compile(arena, t, WILD | VARS | NOCASE, &p), 0);
    pe_arena_free(arena);
    free(copy);
  }
  pe_slice parts[4];
  ck_assert_uint_eq(pe_pattern_cut(pe_slice_str(text), ':', 4, parts), 4);
  ck_assert(pe_slice_eq(parts[0], PE_SLICE("a")) && pe_slice_eq(parts[1], PE_SLICE("${k, 'x:y'}")));
  ck_assert(pe_slice_eq(parts[2], PE_SLICE("${*}")) && pe_slice_eq(pe_slice_sub(parts[3], 0, 4), PE_SLICE("${ b")));
}
END_TEST

START_TEST(faults_take_linear_time) {
  enum { N = 200000 };
  static char text[6 * N + 1];
  for (size_t i = 0; i < N; i++) memcpy(text + 6 * i, "${a, '", 6);
  pe_arena *arena = fresh();
  pe_pattern p;
  ck_assert_int_eq(pe_pattern_compile(arena, pe_slice_of(text, 6 * N), WILD | VARS, &p), 0);
  ck_assert(p.shape == PE_SHAPE_EXACT && p.literal.len == 6 * N);
  pe_slice parts[3];
  ck_assert_uint_eq(pe_pattern_cut(p.text, ':', 3, parts), 1);
  pe_arena_free(arena);
}
END_TEST

/* ---- an independent matcher over code points ---- */

typedef struct points {
  int n;
  int cp[64]; /* STAR and ONE are negative */
} points;
enum { ONE = -1, STAR = -2 };

static int naive_fold(int cp) {
  if (cp >= 'A' && cp <= 'Z') return cp - 'A' + 'a';
  if (cp >= 0xC0 && cp <= 0xDE && cp != 0xD7) return cp + 32;
  return cp;
}

static bool naive(const int *p, int np, const int *v, int nv, bool fold) {
  if (np == 0) return nv == 0;
  if (p[0] == STAR) return naive(p + 1, np - 1, v, nv, fold) || (nv > 0 && naive(p, np, v + 1, nv - 1, fold));
  if (nv == 0) return false;
  if (p[0] != ONE && (fold ? naive_fold(p[0]) != naive_fold(v[0]) : p[0] != v[0])) return false;
  return naive(p + 1, np - 1, v + 1, nv - 1, fold);
}

static size_t to_utf8(const points *p, char *out) {
  size_t n = 0;
  for (int i = 0; i < p->n; i++) {
    if (p->cp[i] < 0) {
      out[n++] = p->cp[i] == ONE ? '?' : '*';
    } else {
      n += pe_utf8_encode((uint32_t)p->cp[i], out + n);
    }
  }
  return n;
}

/* Word number `code` of length n over the alphabet. */
static points word(const int *alphabet, int size, int n, unsigned code) {
  points w = {.n = n};
  for (int i = 0; i < n; i++, code /= (unsigned)size) w.cp[i] = alphabet[code % (unsigned)size];
  return w;
}

static unsigned power(unsigned b, int e) { return e ? b * power(b, e - 1) : 1; }

typedef struct wordlist {
  points *w;
  size_t n;
} wordlist;

static wordlist words(const int *alphabet, int size, int longest) {
  wordlist l = {0};
  for (int n = 0; n <= longest; n++) l.n += power((unsigned)size, n);
  l.w = calloc(l.n, sizeof *l.w);
  size_t at = 0;
  for (int n = 0; n <= longest; n++) {
    for (unsigned c = 0; c < power((unsigned)size, n); c++) l.w[at++] = word(alphabet, size, n, c);
  }
  return l;
}

static void compare_all(const int *pattern_alphabet, int np, int longest, const int *word_alphabet, int nw,
                        int longest_word, unsigned flags) {
  wordlist patterns = words(pattern_alphabet, np, longest), values = words(word_alphabet, nw, longest_word);
  for (size_t i = 0; i < patterns.n; i++) {
    char text[256], value[256];
    pe_arena *arena = fresh();
    pe_pattern p;
    pe_slice t = pe_slice_of(text, to_utf8(&patterns.w[i], text));
    ck_assert_int_eq(pe_pattern_compile(arena, t, flags, &p), 0);
    for (size_t k = 0; k < values.n; k++) {
      const points *w = &values.w[k];
      pe_slice v = pe_slice_of(value, to_utf8(w, value));
      bool fold = (flags & NOCASE) != 0;
      bool want = naive(patterns.w[i].cp, patterns.w[i].n, w->cp, w->n, fold);
      bool got = pe_pattern_match(&p, v);
      if (got != want) ck_abort_msg("%.*s ~ %.*s: %d", (int)t.len, t.ptr, (int)v.len, v.ptr, got);
      bool nocase = naive(patterns.w[i].cp, patterns.w[i].n, w->cp, w->n, true);
      if (pe_pattern_match_nocase(&p, v) != nocase) ck_abort_msg("nocase %.*s", (int)t.len, t.ptr);
    }
    pe_arena_free(arena);
  }
  free(patterns.w);
  free(values.w);
}

START_TEST(agrees_with_the_naive_matcher) {
  const int pattern[] = {'a', 'b', STAR, ONE}, value[] = {'a', 'b'};
  compare_all(pattern, 4, 5, value, 2, 6, WILD);
}
END_TEST

START_TEST(agrees_on_multibyte_text) {
  const int pattern[] = {0xE9, 0x1F642, STAR, ONE}, value[] = {0xE9, 0x1F642, 'b'};
  compare_all(pattern, 4, 4, value, 3, 5, WILD);
  const int close[] = {0xE9, 0xE8, 0x20AC, STAR, ONE}; /* the same lead byte */
  compare_all(close, 5, 4, close, 3, 4, WILD);
}
END_TEST

START_TEST(agrees_on_folded_text) {
  const int pattern[] = {'A', 0xC9, STAR, ONE}, value[] = {'a', 'A', 0xE9, 0xC9};
  compare_all(pattern, 4, 4, value, 4, 5, WILD | NOCASE);
  const int odd[] = {0xD7, 0xF7, 'z', '[', STAR}, values[] = {0xD7, 0xF7, 'Z', '{'};
  compare_all(odd, 5, 4, values, 4, 4, WILD | NOCASE);
}
END_TEST

/* Long values in which parts nearly occur, so that the search changes its way. */
START_TEST(agrees_on_long_values) {
  static const int alphabets[][4] = {{'a', 'b', 'a', 'a'}, {0xE9, 'a', 0xE9, 0xC9}, {0x1F642, 'A', 'a', 0xD7}};
  uint32_t seed = 1;
  int hits = 0;
  for (int round = 0; round < UNIT_CASES(20000); round++) {
    const int *alphabet = alphabets[round % 3];
    unsigned flags = WILD | (round % 2 ? NOCASE : 0);
    points p = {0};
    int value[300], nv = 100 + round % 200;
    for (int i = 0; i < nv; i++) {
      seed = seed * 1664525u + 1013904223u;
      value[i] = (seed >> 24) < 8 ? alphabet[1] : alphabet[seed >> 16 & 3 ? 0 : 2];
    }
    p.cp[p.n++] = STAR;
    for (int i = 0; i < 3 + round % 7; i++) {
      seed = seed * 1664525u + 1013904223u;
      p.cp[p.n++] = (seed >> 16) % 5 == 0 ? ONE : (seed >> 16) % 5 == 1 ? alphabet[1] : alphabet[seed >> 28 & 3];
    }
    p.cp[p.n++] = STAR;
    char text[256], bytes[1300];
    pe_slice v = pe_slice_of(bytes, 0);
    for (int i = 0; i < nv; i++) v.len += pe_utf8_encode((uint32_t)value[i], bytes + v.len);
    pe_arena *arena = fresh();
    pe_pattern c;
    ck_assert_int_eq(pe_pattern_compile(arena, pe_slice_of(text, to_utf8(&p, text)), flags, &c), 0);
    bool want = naive(p.cp, p.n, value, nv, (flags & NOCASE) != 0);
    hits += want;
    if (pe_pattern_match(&c, v) != want) ck_abort_msg("round %d: %.*s", round, (int)c.text.len, text);
    pe_arena_free(arena);
  }
  ck_assert(hits > UNIT_CASES(2000) && hits < UNIT_CASES(18000)); /* both answers occur */
}
END_TEST

/* ---- variables ---- */

typedef struct bindings {
  const char *x, *y; /* NULL: absent; "(unknown)" */
  unsigned calls;
} bindings;

static pe_resolved resolve(void *user, const pe_variable *v, pe_slice *out) {
  bindings *b = user;
  b->calls++;
  const char *s = pe_slice_eq_ascii_nocase(v->key, PE_SLICE("x")) ? b->x : b->y;
  if (!s) {
    *out = v->fallback;
    return v->fallback.ptr ? PE_RESOLVED_VALUE : PE_RESOLVED_ABSENT;
  }
  if (strcmp(s, "(unknown)") == 0) return PE_RESOLVED_UNKNOWN;
  *out = pe_slice_str(s);
  return PE_RESOLVED_VALUE;
}

static pe_match match_vars(const char *pattern, const char *value, unsigned flags, const char *x, const char *y,
                           bool live) {
  pe_arena *arena = fresh();
  pe_pattern p;
  ck_assert_int_eq(pe_pattern_compile(arena, pe_slice_str(pattern), flags, &p), 0);
  bindings b = {x, y, 0};
  pe_match m = pe_pattern_match_vars(&p, pe_slice_str(value), resolve, &b, live);
  pe_arena_free(arena);
  return m;
}

static const struct {
  const char *pattern, *value, *x, *y;
  unsigned flags;
  bool live;
  pe_match want;
} with_variables[] = {
    {"b/${x}/*", "b/alice/x", "alice", NULL, WILD, false, PE_MATCH_YES},
    {"b/${X}/*", "b/alice/x", "alice", NULL, WILD, false, PE_MATCH_YES},
    {"b/${x}/*", "b/alice/x", NULL, NULL, WILD, false, PE_MATCH_ABSENT},
    {"c/${x}/*", "b/alice/x", NULL, NULL, WILD, false, PE_MATCH_ABSENT},
    {"b/${x, 'none'}/*", "b/none/x", NULL, NULL, WILD, false, PE_MATCH_YES},
    {"b/${x, 'none'}/*", "b/none/x", "red", NULL, WILD, false, PE_MATCH_NO},
    {"b/${x, ''}/c", "b//c", NULL, NULL, WILD, false, PE_MATCH_YES},
    {"${x}", "red", "red", NULL, 0, false, PE_MATCH_YES},
    {"${x}", "blue", "red", NULL, 0, false, PE_MATCH_NO},
    {"${x}", "RED", "red", NULL, NOCASE, false, PE_MATCH_YES},
    {"${x}", "red", "\xC3\x89", NULL, NOCASE, false, PE_MATCH_NO},
    {"${x}", "\xC3\xA9", "\xC3\x89", NULL, NOCASE, false, PE_MATCH_YES},
    /* AMB-8 */
    {"b/${x}/c", "b/zz/c", "*", NULL, WILD, false, PE_MATCH_NO},
    {"b/${x}/c", "b/zz/c", "*", NULL, WILD, true, PE_MATCH_YES},
    {"b/${x}/c", "b/*/c", "*", NULL, WILD, false, PE_MATCH_YES},
    {"b/${x}/c", "b/z/c", "?", NULL, WILD, true, PE_MATCH_YES},
    {"b/${x}/c", "b/z/c", "?", NULL, 0, true, PE_MATCH_NO}, /* no wildcards in this pattern at all */
    /* L3.14: one pass */
    {"${x}", "${y}", "${y}", "v", WILD, false, PE_MATCH_YES},
    {"${x}", "v", "${y}", "v", WILD, true, PE_MATCH_NO},
    /* unknown */
    {"b/${x}/c", "b/anything/c", "(unknown)", NULL, WILD, false, PE_MATCH_UNKNOWN},
    {"b/${x}/c", "d/anything/c", "(unknown)", NULL, WILD, false, PE_MATCH_NO},
    {"b/${x}/c", "b/anything/d", "(unknown)", NULL, WILD, false, PE_MATCH_NO},
    {"b/${x}/c", "b/anything/d", "(unknown)", NULL, WILD, true, PE_MATCH_NO},
    {"${x}${y}", "anything", "(unknown)", NULL, WILD, false, PE_MATCH_ABSENT},
    {"${x}?*", "", "(unknown)", NULL, WILD, false, PE_MATCH_NO},
    {"${x}?a", "ba", "(unknown)", NULL, WILD, false, PE_MATCH_UNKNOWN},
};

START_TEST(variables) {
  for (size_t i = 0; i < sizeof with_variables / sizeof with_variables[0]; i++) {
    pe_match got = match_vars(with_variables[i].pattern, with_variables[i].value, with_variables[i].flags | VARS,
                              with_variables[i].x, with_variables[i].y, with_variables[i].live);
    ck_assert_msg(got == with_variables[i].want, "%zu: %s ~ %s gives %d", i, with_variables[i].pattern,
                  with_variables[i].value, (int)got);
  }
  pe_arena *arena = fresh();
  pe_pattern p;
  pe_pattern_compile(arena, PE_SLICE("${x}"), WILD | VARS, &p);
  ck_assert(!pe_pattern_match(&p, PE_SLICE("${x}")));
  ck_assert(!pe_pattern_match_nocase(&p, PE_SLICE("${x}")));
  ck_assert_int_eq(pe_pattern_match_vars(&p, PE_SLICE("a"), NULL, NULL, false), PE_MATCH_UNKNOWN);
  pe_pattern_compile(arena, PE_SLICE("${x}*"), WILD | VARS, &p);
  const bindings empty = {"", NULL, 0};
  ck_assert_int_eq(pe_pattern_match_vars(&p, pe_slice_of(NULL, 0), resolve, (void *)(uintptr_t)&empty, false), PE_MATCH_YES);
#if SIZE_MAX > UINT32_MAX
  ck_assert_int_eq(pe_pattern_compile(arena, pe_slice_of("", (size_t)UINT32_MAX + 1), 0, &p), POLICYEVAL_ENOMEM);
#endif
  /* Under an old Version it is text: L1.2.3. */
  pe_pattern_compile(arena, PE_SLICE("b/${aws:username}"), WILD, &p);
  ck_assert(pe_pattern_match(&p, PE_SLICE("b/${aws:username}")));
  ck_assert(!pe_pattern_match(&p, PE_SLICE("b/alice")));
  pe_arena_free(arena);
}
END_TEST

START_TEST(more_variables_than_are_kept) {
  char text[40 * 4 + 1], value[41];
  for (int i = 0; i < 40; i++) memcpy(text + 4 * i, i % 2 ? "${y}" : "${x}", 4);
  text[160] = '\0';
  for (int i = 0; i < 40; i++) value[i] = i % 2 ? 'b' : 'a';
  value[40] = '\0';
  ck_assert_int_eq(match_vars(text, value, WILD | VARS, "a", "b", false), PE_MATCH_YES);
  ck_assert_int_eq(match_vars(text, value, WILD | VARS, "a", "b", true), PE_MATCH_YES);
  ck_assert_int_eq(match_vars(text, value, WILD | VARS, "a", "(unknown)", false), PE_MATCH_UNKNOWN);
  value[39] = 'c';
  ck_assert_int_eq(match_vars(text, value, WILD | VARS, "a", "b", false), PE_MATCH_NO);
  ck_assert_int_eq(match_vars(text, value, WILD | VARS, "a", NULL, false), PE_MATCH_ABSENT);
}
END_TEST

enum { VAR_X = 1, VAR_Y = 2 }; /* code points that stand for variables here */

/* The pattern with its variables put in: live or literal, an unknown one as STAR. */
static points put_in(const points *p, const char *x, const char *y, bool live) {
  points out = {0};
  for (int i = 0; i < p->n; i++) {
    const char *s = p->cp[i] == VAR_X ? x : p->cp[i] == VAR_Y ? y : NULL;
    if (!s) {
      out.cp[out.n++] = p->cp[i];
    } else if (strcmp(s, "(unknown)") == 0) {
      out.cp[out.n++] = STAR;
    } else {
      for (; *s; s++) out.cp[out.n++] = live && *s == '*' ? STAR : live && *s == '?' ? ONE : *s;
    }
  }
  return out;
}

static size_t spell(const points *p, char *out) {
  size_t n = 0;
  for (int i = 0; i < p->n; i++) {
    points one = {1, {p->cp[i]}};
    if (p->cp[i] == VAR_X || p->cp[i] == VAR_Y) {
      memcpy(out + n, p->cp[i] == VAR_X ? "${x}" : "${y}", 4);
      n += 4;
    } else {
      n += to_utf8(&one, out + n);
    }
  }
  return n;
}

START_TEST(variables_agree_with_the_naive_matcher) {
  static const char *const values_of[] = {"", "a", "ab", "b*", "?", "(unknown)"};
  enum { NV = sizeof values_of / sizeof values_of[0] };
  const int pattern[] = {'a', VAR_X, VAR_Y, STAR, ONE}, value[] = {'a', 'b', '*'};
  wordlist patterns = words(pattern, 5, 4), values = words(value, 3, 4);
  for (size_t i = 0; i < patterns.n; i++) {
    char text[256], word_text[64];
    pe_arena *arena = fresh();
    pe_pattern p;
    ck_assert_int_eq(pe_pattern_compile(arena, pe_slice_of(text, spell(&patterns.w[i], text)), WILD | VARS, &p), 0);
    for (size_t xy = 0; xy < NV * NV * 2; xy++) {
      bindings b = {values_of[xy % NV], values_of[xy / NV % NV], 0};
      bool live = xy >= NV * NV;
      points filled = put_in(&patterns.w[i], b.x, b.y, live);
      bool unknown = false;
      for (uint32_t k = 0; k < p.nvariables; k++) {
        unknown |= strcmp(p.variables[k].key.ptr[0] == 'x' ? b.x : b.y, "(unknown)") == 0;
      }
      for (size_t k = 0; k < values.n; k++) {
        const points *w = &values.w[k];
        bool hit = naive(filled.cp, filled.n, w->cp, w->n, false);
        pe_match want = !hit ? PE_MATCH_NO : unknown ? PE_MATCH_UNKNOWN : PE_MATCH_YES;
        pe_slice v = pe_slice_of(word_text, to_utf8(w, word_text));
        pe_match got = pe_pattern_match_vars(&p, v, resolve, &b, live);
        if (got != want) {
          ck_abort_msg("%.*s ~ %.*s, x=%s y=%s live=%d: %d", (int)p.text.len, p.text.ptr, (int)v.len, v.ptr, b.x, b.y,
                       live, (int)got);
        }
      }
    }
    pe_arena_free(arena);
  }
  free(patterns.w);
  free(values.w);
}
END_TEST

/* Values that are not UTF-8 are refused before they come here; still nothing outside of them is read. */
START_TEST(broken_utf8_stays_inside) {
  static const char *const patterns[] = {"*?", "?*\xC3", "\xC3*?\xA9", "*\xF0\x9F*?", "?", "*a?b*", "\xF0"};
  static const char *const values[] = {"\xC3", "\xF0", "a\xF0\x9F", "\xA9\xA9\xA9\xA9\xA9", "\xC3\xC3", "a\xE2\x82"};
  for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
    for (size_t k = 0; k < sizeof values / sizeof values[0]; k++) {
      size_t np = strlen(patterns[i]), nv = strlen(values[k]);
      char *p = malloc(np), *v = malloc(nv); /* exact, so that the sanitizers see a byte too many */
      memcpy(p, patterns[i], np);
      memcpy(v, values[k], nv);
      for (unsigned flags = 0; flags < 8; flags++) {
        pe_arena *arena = fresh();
        pe_pattern c;
        ck_assert_int_eq(pe_pattern_compile(arena, pe_slice_of(p, np), flags, &c), 0);
        (void)pe_pattern_match(&c, pe_slice_of(v, nv));
        ck_assert(!pe_pattern_match(&c, pe_slice_of(NULL, 0)));
        pe_arena_free(arena);
      }
      pe_arena *arena = fresh();
      pe_pattern c;
      ck_assert_int_eq(pe_pattern_compile(arena, PE_SLICE("?${x}*${y}?"), WILD | VARS | NOCASE, &c), 0);
      bindings b = {patterns[i], patterns[0], 0};
      (void)pe_pattern_match_vars(&c, pe_slice_of(v, nv), resolve, &b, true);
      (void)pe_pattern_match_vars(&c, pe_slice_of(v, nv), resolve, &b, false);
      pe_arena_free(arena);
      free(p);
      free(v);
    }
  }
}
END_TEST

START_TEST(out_of_memory) {
  UNIT_EACH_ALLOCATION(mem, rc) {
    pe_pattern p = {.min_len = 77};
    pe_arena *arena = pe_arena_new(&mem.alloc, 16);
    rc = arena ? pe_pattern_compile(arena, PE_SLICE("Ab${*}*c?${x, 'y'}${z}*de"), WILD | VARS | NOCASE, &p)
               : POLICYEVAL_ENOMEM;
    ck_assert(rc == 0 || p.min_len == 77); /* written on success only */
    pe_arena_free(arena);
  }
}
END_TEST

UNIT_MAIN("pattern", plain_patterns, shapes_and_elements, faults_are_text, nothing_outside_is_read, faults_take_linear_time,
          agrees_with_the_naive_matcher, agrees_on_multibyte_text, agrees_on_folded_text, agrees_on_long_values, variables,
          more_variables_than_are_kept, variables_agree_with_the_naive_matcher, broken_utf8_stays_inside,
          out_of_memory)
