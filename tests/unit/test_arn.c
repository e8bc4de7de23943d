/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "text/arn.h"

enum {
  WILD = PE_PATTERN_WILD,
  VARS = PE_PATTERN_VARIABLES,
  PAD = PE_ARN_PAD,
  SIXTH = PE_ARN_VARS_RESOURCE,
  IDENTITY = PE_PATTERN_WILD | PE_PATTERN_VARIABLES | PE_ARN_PAD | PE_ARN_VARS_RESOURCE
};

#define SECRET "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-AbCdEf"
#define ROLE "arn:aws:iam::111122223333:role/App"

/* "dept" is absent, "later" unknown, "odd" has a colon and a star. */
static pe_resolved resolve(void *user, const pe_variable *v, pe_slice *out) {
  (void)user;
  if (pe_slice_eq_ascii_nocase(v->key, PE_SLICE("aws:username"))) {
    *out = PE_SLICE("alice");
  } else if (pe_slice_eq(v->key, PE_SLICE("odd"))) {
    *out = PE_SLICE("x:*");
  } else if (pe_slice_eq(v->key, PE_SLICE("later"))) {
    return PE_RESOLVED_UNKNOWN;
  } else if (v->fallback.ptr) {
    *out = v->fallback;
  } else {
    return PE_RESOLVED_ABSENT;
  }
  return PE_RESOLVED_VALUE;
}

static pe_arn_pattern compiled(pe_arena *arena, const char *pattern, unsigned flags) {
  pe_arn_pattern p;
  ck_assert_int_eq(pe_arn_pattern_compile(arena, pe_slice_str(pattern), flags, &p), 0);
  return p;
}

static pe_match match(const char *pattern, const char *value, unsigned flags, unsigned readings) {
  pe_arena *arena = pe_arena_new(&pe_alloc_libc, 0);
  pe_arn_pattern p = compiled(arena, pattern, flags);
  pe_arn v;
  pe_arn_split(pe_slice_str(value), &v);
  pe_match m = pe_arn_pattern_match_reading(&p, &v, readings, resolve, NULL);
  if (readings == 0) ck_assert_int_eq(pe_arn_pattern_match(&p, &v, resolve, NULL, false), m);
  if (readings == PE_ARN_READ_LIVE) ck_assert_int_eq(pe_arn_pattern_match(&p, &v, resolve, NULL, true), m);
  if (pe_arn_pattern_same(&p, v.text)) ck_assert_int_eq(m, PE_MATCH_YES);
  if (p.exact && !(readings & PE_ARN_READ_NOCASE)) ck_assert_int_eq(pe_arn_pattern_same(&p, v.text), m == PE_MATCH_YES);
  pe_arena_free(arena);
  return m;
}

static const struct {
  const char *pattern, *value;
  unsigned flags, readings;
  pe_match want;
} table[] = {
    /* L1.7 */
    {SECRET, SECRET, IDENTITY, 0, PE_MATCH_YES},
    {"arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-??????", SECRET, IDENTITY, 0, PE_MATCH_YES},
    {"arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-*", SECRET, IDENTITY, 0, PE_MATCH_YES},
    {"arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/*", SECRET, IDENTITY, 0, PE_MATCH_YES},
    {"arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db", SECRET, IDENTITY, 0, PE_MATCH_NO},
    {"arn:aws:secretsmanager:us-east-1:111122223333:secret:Prod/*", SECRET, IDENTITY, 0, PE_MATCH_NO},
    {"arn:aws:secretsmanager:*:*:secret:*", SECRET, IDENTITY, 0, PE_MATCH_YES},
    {"arn:aws:secretsmanager:*:111122223333:*", SECRET, IDENTITY, 0, PE_MATCH_YES},
    {"arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-?????", SECRET, IDENTITY, 0, PE_MATCH_NO},
    {"arn:aws:secretsmanager:*", SECRET, IDENTITY, 0, PE_MATCH_YES},
    {"arn:aws:secretsmanager", SECRET, IDENTITY, 0, PE_MATCH_YES},
    {"arn:aws:secretsmanager:us-*", SECRET, IDENTITY, 0, PE_MATCH_YES},
    {"arn:aws:secretsmanager:eu-*", SECRET, IDENTITY, 0, PE_MATCH_NO},
    {"arn:aws:secretsmanager:*", SECRET, WILD, 0, PE_MATCH_NO},
    {" arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/*", SECRET, IDENTITY, 0, PE_MATCH_NO},
    {"*", SECRET, IDENTITY, 0, PE_MATCH_YES},
    {"*", "*", IDENTITY, 0, PE_MATCH_NO}, /* callers handle it */
    {SECRET, "*", IDENTITY, 0, PE_MATCH_NO},
    /* AMB-1 */
    {"arn:aws:secretsmanager:us-east-1:*:prod/db-AbCdEf", SECRET, IDENTITY, 0, PE_MATCH_NO},
    {"arn:aws:secretsmanager:us-east-1:*:prod/db-AbCdEf", SECRET, IDENTITY, PE_ARN_READ_CROSSING, PE_MATCH_YES},
    {"arn:aws:secretsmanager:us-east-1:*:prod/db-XXXXXX", SECRET, IDENTITY, PE_ARN_READ_CROSSING, PE_MATCH_NO},
    {"arn:aws:secretsmanager:*", SECRET, WILD, PE_ARN_READ_CROSSING, PE_MATCH_YES},
    {"arn:aws:secrets*", SECRET, IDENTITY, PE_ARN_READ_CROSSING, PE_MATCH_YES},
    {"arn:aws:iam::111122223333:role/Other*", ROLE, IDENTITY, PE_ARN_READ_CROSSING, PE_MATCH_NO},
    {"arn:aws:secretsmanager:us-east-1:*:${aws:username}", "arn:aws:secretsmanager:us-east-1:1:secret:alice", IDENTITY,
     PE_ARN_READ_CROSSING, PE_MATCH_YES},
    {"arn:aws:secretsmanager:us-east-1:*:${later}", SECRET, IDENTITY, PE_ARN_READ_CROSSING, PE_MATCH_UNKNOWN},
    {"arn:aws:secretsmanager:us-west-1:*:${dept}", SECRET, IDENTITY, PE_ARN_READ_CROSSING, PE_MATCH_ABSENT},
    /* AMB-2 */
    {"arn:aws:secretsmanager:us-east-1:111122223333:s*:prod/*", SECRET, IDENTITY, 0, PE_MATCH_YES},
    {"arn:aws:secretsmanager:us-east-1:111122223333:s*:prod/*", SECRET, IDENTITY, PE_ARN_READ_LITERAL_TYPE, PE_MATCH_NO},
    {"arn:aws:iam::111122223333:*/App", ROLE, IDENTITY, PE_ARN_READ_LITERAL_TYPE, PE_MATCH_NO},
    {"arn:aws:iam::111122223333:*", ROLE, IDENTITY, PE_ARN_READ_LITERAL_TYPE, PE_MATCH_YES},
    {"arn:aws:iam::111122223333:rol*", ROLE, IDENTITY, PE_ARN_READ_LITERAL_TYPE, PE_MATCH_NO},
    {"arn:aws:iam::111122223333:${dept}*", ROLE, IDENTITY, PE_ARN_READ_LITERAL_TYPE, PE_MATCH_ABSENT},
    {"arn:aws:iam::111122223333", ROLE, IDENTITY, PE_ARN_READ_LITERAL_TYPE, PE_MATCH_YES},
    {"arn:aws:iam::111122223333:role/*", ROLE, IDENTITY, PE_ARN_READ_LITERAL_TYPE, PE_MATCH_YES},
    /* AMB-3 */
    {"arn:AWS:IAM::111122223333:role/App", ROLE, IDENTITY, 0, PE_MATCH_NO},
    {"arn:AWS:IAM::111122223333:role/App", ROLE, IDENTITY, PE_ARN_READ_NOCASE, PE_MATCH_YES},
    {"ARN:aws:iam::111122223333:role/App", ROLE, IDENTITY, PE_ARN_READ_NOCASE, PE_MATCH_NO},
    {"arn:AWS:I*::111122223333:role/app", ROLE, IDENTITY, PE_ARN_READ_NOCASE, PE_MATCH_NO},
    /* L2.10 */
    {"arn:aws:iam::111122223333:role/*", "arn:aws:iam::111122223333:role/team/App", WILD | VARS, 0, PE_MATCH_YES},
    {"arn:aws:iam::*:role/App", ROLE, WILD | VARS, 0, PE_MATCH_YES},
    {"arn:*:iam::111122223333:role/App", ROLE, WILD | VARS, 0, PE_MATCH_YES},
    {"arn:aws:iam:*:role/App", ROLE, WILD | VARS, 0, PE_MATCH_NO},
    {"arn:aws:*:role/App", ROLE, WILD | VARS, 0, PE_MATCH_NO},
    {"arn:aws:sns:us-east-1:1:*", "arn:aws:sns:us-east-1:1:topic:sub-id", WILD | VARS, 0, PE_MATCH_YES},
    {"ARN:AWS:iam::111122223333:role/App", ROLE, WILD | VARS, 0, PE_MATCH_NO},
    {"*", ROLE, WILD | VARS, 0, PE_MATCH_NO},
    {"arn:aws:iam:${aws:username}", "arn:aws:iam:alice", WILD | VARS, 0, PE_MATCH_NO},
    {"arn:aws:iam:${aws:username}", ROLE, WILD | VARS, 0, PE_MATCH_NO},
    {"arn:aws:iam::1:${aws:username}", "arn:aws:iam::1", WILD | VARS, 0, PE_MATCH_NO},
    {"arn:aws:*", "arn:aws:iam", IDENTITY, PE_ARN_READ_CROSSING, PE_MATCH_NO},
    {"arn:aws:*:${dept, 'x'}", "arn:aws:x", WILD | VARS, PE_ARN_READ_CROSSING, PE_MATCH_NO},
    {"arn:aws:x:*:1:finance/*", "arn:aws:x:r:1:extra:1:finance/y", WILD | VARS, 0, PE_MATCH_NO},
    /* section 3 */
    {"arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/alice/x", IDENTITY, 0, PE_MATCH_YES},
    {"arn:aws:s3:::b/${AWS:UserName}/*", "arn:aws:s3:::b/alice/x", IDENTITY, 0, PE_MATCH_YES},
    {"arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/${aws:username}", WILD | PAD, 0, PE_MATCH_YES},
    {"arn:aws:s3:::b/${aws:PrincipalTag/dept}/*", "arn:aws:s3:::b/x/y", IDENTITY, 0, PE_MATCH_ABSENT},
    {"arn:aws:s3:::b/${aws:PrincipalTag/dept}/*", SECRET, IDENTITY, 0, PE_MATCH_ABSENT}, /* L3.10 needs it */
    {"arn:aws:s3:::b/${aws:PrincipalTag/dept, 'none'}/*", "arn:aws:s3:::b/none/x", IDENTITY, 0, PE_MATCH_YES},
    {"arn:${aws:PrincipalTag/p}:s3:::b", "arn:aws:s3:::b", IDENTITY, 0, PE_MATCH_NO},
    {"arn:${aws:username}:s3:::b", "arn:alice:s3:::b", IDENTITY, 0, PE_MATCH_NO},
    {"arn:${aws:username}:s3:::b", "arn:${aws:username}:s3:::b", IDENTITY, 0, PE_MATCH_NO},
    {"arn:${aws:username}:s3:::b", "arn:alice:s3:::b", WILD | VARS, 0, PE_MATCH_YES},
    {"arn:aws:s3:::${later}", "arn:aws:s3:::b", IDENTITY, 0, PE_MATCH_UNKNOWN},
    {"arn:aws:sns:::${later}", "arn:aws:s3:::b", IDENTITY, 0, PE_MATCH_NO},
    /* A colon in a value cannot shift fields; its star is a wildcard under AMB-8's other reading only. */
    {"arn:aws:sns:r:${odd}:b", "arn:aws:sns:r:x:*:b", WILD | VARS, 0, PE_MATCH_NO},
    {"arn:aws:sns:r:1:${odd}", "arn:aws:sns:r:1:x:yyy", WILD | VARS, 0, PE_MATCH_NO},
    {"arn:aws:sns:r:1:${odd}", "arn:aws:sns:r:1:x:*", WILD | VARS, 0, PE_MATCH_YES},
    {"arn:aws:sns:r:1:${odd}", "arn:aws:sns:r:1:x:yyy", WILD | VARS, PE_ARN_READ_LIVE, PE_MATCH_YES},
    {"arn:aws:s3:::b/${*}", "arn:aws:s3:::b/*", IDENTITY, 0, PE_MATCH_YES},
    {"arn:aws:s3:::b/${*}", "arn:aws:s3:::b/x", IDENTITY, 0, PE_MATCH_NO},
    {"arn:aws:s3:::b/${*}", "arn:aws:s3:::b/${*}", IDENTITY, 0, PE_MATCH_NO},
};

START_TEST(tables) {
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    pe_match got = match(table[i].pattern, table[i].value, table[i].flags, table[i].readings);
    ck_assert_msg(got == table[i].want, "%s ~ %s (%u) gives %d", table[i].pattern, table[i].value, table[i].readings,
                  (int)got);
  }
}
END_TEST

static void cut(const char *text, bool pattern, int count, const char *last) {
  pe_arn a;
  (pattern ? pe_arn_split_pattern : pe_arn_split)(pe_slice_str(text), &a);
  ck_assert_int_eq(a.count, count);
  ck_assert_msg(pe_slice_eq(a.field[count - 1], pe_slice_str(last)), "%s", text);
  for (int i = count; i < PE_ARN_FIELDS; i++) ck_assert(a.field[i].len == 0 && a.field[i].ptr);
}

START_TEST(splitting) {
  cut("", false, 1, "");
  cut("*", false, 1, "*");
  cut("arn:aws", false, 2, "aws");
  cut("arn:aws:s3:::", false, 6, "");
  cut("a:b:c:d:e:f:g", false, 6, "f:g");
  cut("arn:aws:s3:::${aws:username}", true, 6, "${aws:username}");
  cut("arn:${a:b}:s3:::x:y", true, 6, "x:y");
  cut("arn:${a:b}:s3", false, 4, "s3");
  cut("arn:${a:b:s3:::x", true, 6, ":x"); /* not closed: text */
  cut("arn:${k, 'a:b'}:s3", true, 3, "s3");
  pe_arn a;
  pe_arn_split(pe_slice_of(NULL, 0), &a);
  ck_assert_int_eq(a.count, 1);
  ck_assert(pe_arn_is_account(PE_SLICE("012345678901")));
  ck_assert(!pe_arn_is_account(PE_SLICE("01234567890")));
  ck_assert(!pe_arn_is_account(PE_SLICE("01234567890x")));
  ck_assert(!pe_arn_is_account(PE_SLICE("")));
}
END_TEST

START_TEST(properties) {
  pe_arena *arena = pe_arena_new(&pe_alloc_libc, 0);
  pe_arn_pattern p = compiled(arena, SECRET, IDENTITY);
  ck_assert(p.exact && p.count == 6 && !p.padded && !p.crossable && !p.has_variable && !p.wild_type);
  p = compiled(arena, "*", IDENTITY);
  ck_assert(p.is_any && !p.padded && !p.crossable && p.count == 1 && p.whole.shape == PE_SHAPE_ANY);
  p = compiled(arena, "arn:aws:s3", IDENTITY);
  ck_assert(p.padded && p.count == 3 && p.fields == 6 && p.field[5].shape == PE_SHAPE_ANY && !p.crossable && !p.exact);
  p = compiled(arena, "arn:aws:s3:*", IDENTITY);
  ck_assert(p.padded && p.crossable);
  p = compiled(arena, "arn:aws:s3", WILD);
  ck_assert(!p.padded && p.fields == 3);
  p = compiled(arena, "arn:aws:s3:::b/*", IDENTITY);
  ck_assert(!p.crossable && !p.exact && !p.wild_type);
  p = compiled(arena, "arn:aws:s3:${*}::b", WILD | VARS);
  ck_assert(!p.crossable && !p.exact); /* no wildcard, but the text is not what it matches */
  p = compiled(arena, "arn:${aws:x}:s3:::b/${aws:username}", IDENTITY);
  ck_assert(p.has_variable && !p.field[1].has_variable && p.field[5].has_variable && p.whole.nvariables == 1);
  p = compiled(arena, "arn:${aws:x}:s3:::b", IDENTITY);
  ck_assert(!p.has_variable && !p.exact && p.whole.nvariables == 0);
  p = compiled(arena, "arn:aws:s3:::B", WILD | PE_PATTERN_NOCASE);
  ck_assert(!p.exact);
  pe_arena_free(arena);
}
END_TEST

START_TEST(out_of_memory) {
  UNIT_EACH_ALLOCATION(mem, rc) {
    pe_arn_pattern p = {.count = 77};
    pe_arena *arena = pe_arena_new(&mem.alloc, 16);
    rc = arena ? pe_arn_pattern_compile(arena, PE_SLICE("arn:aws:s3:*:${*}:b/${aws:username}/*"), IDENTITY, &p)
               : POLICYEVAL_ENOMEM;
    ck_assert(rc == 0 || p.count == 77);
    pe_arena_free(arena);
  }
}
END_TEST

UNIT_MAIN("arn", tables, splitting, properties, out_of_memory)
