/* SPDX-License-Identifier: MIT */
/* Condition entries: the tables of L2 and L3.11, with every reading. */
#include "cond/family.h"
#include "cond_env.h"

#include <stdio.h>
#include <string.h>

typedef struct row {
  const char *operator;
  const char *values[COND_VALUES];
  const char *request;  /* as cond_env_fact takes it */
  const char *expected; /* as cond_env_expect takes it */
} row;

static void check_rows(const char *key, const char *lower, const row *rows, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const row *r = &rows[i];
    cond_env t;
    cond_env_init(&t);
    cond_env_clear(&t);
    cond_env_world(&t);
    cond_env_compile(&t, r->operator, key, r->values);
    cond_env_fact(&t, lower, r->request);
    char what[256];
    snprintf(what, sizeof what, "%s [%s%s%s] of %s", r->operator, r->values[0] ? r->values[0] : "",
             r->values[0] && r->values[1] ? "," : "", r->values[0] && r->values[1] ? r->values[1] : "",
             r->request ? r->request : "(absent)");
    cond_env_expect(&t, r->expected, what);
    cond_env_done(&t);
  }
}

#define CHECK_ROWS(rows) check_rows("K", "k", rows, sizeof(rows) / sizeof(rows)[0])

/* L2.1: the table of operators against forms of the request, policy ["a","b"]. */
#define SEVERAL_12      "AMB-12 false:N any:"
#define EMPTY_9(absent) "AMB-9 present:N absent:" absent
START_TEST(evaluation_model)
{
  static const char *const forms[] = {NULL, "[]", "[a]", "[c]", "[a,c]", "[c,d]", "[a,b]", "a", "c"};
  static const struct {
    const char *operator, * expected[9];
  } table[] = {
      {"StringEquals", {"N", "N", "M", "N", SEVERAL_12 "M", "N", SEVERAL_12 "M", "M", "N"}},
      {"StringEqualsIfExists", {"M", EMPTY_9("M"), "M", "N", SEVERAL_12 "M", "N", SEVERAL_12 "M", "M", "N"}},
      {"StringNotEquals", {"M", EMPTY_9("M"), "N", "M", "N", SEVERAL_12 "M", "N", "N", "M"}},
      {"StringNotEqualsIfExists", {"M", EMPTY_9("M"), "N", "M", "N", SEVERAL_12 "M", "N", "N", "M"}},
      {"ForAllValues:StringEquals", {"M", "M", "M", "N", "N", "N", "M", "M", "N"}},
      {"ForAllValues:StringNotEquals", {"M", "M", "N", "M", "N", "M", "N", "N", "M"}},
      {"ForAnyValue:StringEquals", {"N", "N", "M", "N", "M", "N", "M", "M", "N"}},
      {"ForAnyValue:StringNotEquals", {"N", "N", "N", "M", "M", "M", "N", "N", "M"}},
      {"ForAllValues:StringEqualsIfExists", {"M", "M", "M", "N", "N", "N", "M", "M", "N"}},
      {"ForAnyValue:StringEqualsIfExists",
       {"AMB-10 false:N true:M", "AMB-10 false:N true:M", "M", "N", "M", "N", "M", "M", "N"}},
      {"ForAnyValue:StringNotEqualsIfExists",
       {"AMB-10 false:N true:M", "AMB-10 false:N true:M", "N", "M", "M", "M", "N", "N", "M"}},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    for (size_t k = 0; k < 9; k++) {
      const row r = {table[i].operator, {"a", "b"}, forms[k], table[i].expected[k]};
      check_rows("K", "k", &r, 1);
    }
  }
}
END_TEST

START_TEST(strings)
{
  static const row rows[] = {
      {"StringEquals", {"Prod"}, "prod", "N"},
      {"StringEquals", {"Prod"}, "Prod", "M"},
      {"StringEqualsIgnoreCase", {"Prod"}, "pROD", "M"},
      {"StringEqualsIgnoreCase", {"pr*"}, "PROD", "N"},
      {"StringEqualsIgnoreCase", {"\xC3\x84"}, "\xC3\xA4", "M"},
      {"StringNotEqualsIgnoreCase", {"Prod"}, "pROD", "N"},
      {"StringEquals", {"pro*"}, "prod", "N"},
      {"StringEquals", {"pro*"}, "pro*", "M"},
      {"StringLike", {"pro*"}, "prod", "M"},
      {"StringLike", {"pro*"}, "pro", "M"},
      {"StringLike", {"pro?"}, "prod", "M"},
      {"StringLike", {"pro?"}, "pro", "N"},
      {"StringLike", {"pro?"}, "pro\xF0\x9F\x99\x82", "M"},
      {"StringLike", {"Pro*"}, "prod", "N"},
      {"StringLike", {"a${*}b"}, "a*b", "M"},
      {"StringLike", {"a${*}b"}, "axb", "N"},
      {"StringLike", {"*"}, "", "M"},
      {"StringEquals", {""}, "", "M"},
      {"StringEquals", {"", "home/"}, "home/", "M"},
      {"StringNotLike", {"*"}, NULL, "M"},
      {"StringNotLike", {"*"}, "x", "N"},
      {"StringLike", {"arn:aws:x:*:1:finance/*"}, "arn:aws:x:r:1:extra:1:finance/y", "M"},
      {"ArnLike", {"arn:aws:x:*:1:finance/*"}, "arn:aws:x:r:1:extra:1:finance/y", "N"},
      {"StringEquals", {"111122223333"}, "111122223333", "M"}, /* AMB-19: a number is its text */
      {"StringEquals", {"1.0"}, "1", "N"},
  };
  CHECK_ROWS(rows);
}
END_TEST

START_TEST(numbers)
{
  static const row rows[] = {
      {"NumericLessThanEquals", {"7"}, "7", "M"},
      {"NumericLessThanEquals", {"7"}, "7.0", "M"},
      {"NumericLessThanEquals", {"7"}, "7.5", "N"},
      {"NumericLessThanEquals", {"7"}, NULL, "N"},
      {"NumericNotEquals", {"7"}, NULL, "M"},
      {"NumericNotEquals", {"7"}, "7", "N"},
      {"NumericNotEquals", {"7"}, "8", "M"},
      {"NumericLessThan", {"5", "10"}, "7", "M"},
      {"NumericLessThan", {"7"}, "7", "N"},
      {"NumericGreaterThan", {"7"}, "7", "N"},
      {"NumericGreaterThan", {"7"}, "7.0000000000000000000001", "M"},
      {"NumericGreaterThanEquals", {"7"}, "7", "M"},
      {"NumericGreaterThanEquals", {"7"}, "-8", "N"},
      {"NumericEquals", {"9007199254740993"}, "9007199254740992", "N"},
      {"NumericEquals", {"1e2"}, "100", "M"},
      {"NumericEquals", {"5"}, "abc", "N"},
      {"NumericEquals", {"abc"}, "5", "N"},
      {"NumericEquals", {"abc", "5"}, "5", "M"},
      {"NumericNotEquals", {"5"}, "abc", "AMB-13 false:N true:M"},
      {"NumericNotEquals", {"abc"}, "5", "AMB-13 false:N true:M"},
      {"NumericNotEquals", {"abc", "5"}, "5", "N"},
      {"NumericNotEqualsIfExists", {"5"}, "abc", "AMB-13 false:N true:M"},
      {"NumericLessThan", {"10"}, "${aws:username}", "N"},
  };
  CHECK_ROWS(rows);
}
END_TEST

START_TEST(dates)
{
  static const row rows[] = {
      {"DateGreaterThan", {"2026-01-01T00:00:00Z"}, "2026-01-01T00:00:00Z", "N"},
      {"DateGreaterThan", {"2026-01-01T00:00:00Z"}, "2026-01-01T00:00:01Z", "M"},
      {"DateGreaterThanEquals", {"2026-01-01T00:00:00Z"}, "2026-01-01T00:00:00Z", "M"},
      {"DateEquals", {"2026-01-01T01:00:00+01:00"}, "2026-01-01T00:00:00Z", "M"},
      {"DateNotEquals", {"2026-01-01T01:00:00+01:00"}, "2026-01-01T00:00:00Z", "N"},
      {"DateNotEquals", {"2026-01-01"}, NULL, "M"},
      {"DateLessThan", {"1767225600"}, "2025-12-31T23:59:59Z", "M"},
      {"DateLessThan", {"1767225600"}, "2026-01-01T00:00:00Z", "N"},
      {"DateLessThanEquals", {"1767225600"}, "1767225600", "M"},
      {"DateLessThan", {"2026-01-01"}, "abc", "N"},
      {"DateNotEquals", {"2026-01-01"}, "abc", "AMB-13 false:N true:M"},
      {"DateNotEquals", {"soon"}, "2026-01-01", "AMB-13 false:N true:M"},
      {"DateGreaterThan", {"2020"}, "2015-06-01", "AMB-16 epoch:M year:N"},
      {"DateGreaterThan", {"2020"}, "2021-06-01", "M"},
      {"DateLessThan", {"2019-01-01"}, "2020", "AMB-16 epoch:M year:N"},
      {"DateEquals", {"2020"}, "2020", "M"},
      {"DateEquals", {"-123"}, "-123", "M"}, /* no year */
  };
  CHECK_ROWS(rows);
}
END_TEST

START_TEST(booleans)
{
  static const row rows[] = {
      {"Bool", {"false"}, NULL, "N"},
      {"Bool", {"false"}, "false", "M"},
      {"Bool", {"false"}, "true", "N"},
      {"BoolIfExists", {"false"}, NULL, "M"},
      {"BoolIfExists", {"false"}, "true", "N"},
      {"Bool", {"true"}, "true", "M"},
      {"Bool", {"true", "false"}, "true", "M"},
      {"Bool", {"true"}, "abc", "N"},
      {"Bool", {"yes"}, "true", "N"},
      {"Bool", {"True"}, "true", "AMB-17 nocase:M exact:N"},
      {"Bool", {"true"}, "TRUE", "AMB-17 nocase:M exact:N"},
      {"Bool", {"True"}, "false", "N"},
      {"ForAllValues:Bool", {"true"}, "[true,false]", "N"},
      {"ForAnyValue:Bool", {"true"}, "[true,false]", "M"},
  };
  CHECK_ROWS(rows);
}
END_TEST

START_TEST(bytes)
{
  static const row rows[] = {
      {"BinaryEquals", {"QmluYXJ5"}, "QmluYXJ5", "M"},
      {"BinaryEquals", {"QQ=="}, "QQ", "M"},
      {"BinaryEquals", {"QQ"}, "QQ==", "M"},
      {"BinaryEquals", {"QUI="}, "QUI", "M"},
      {"BinaryEquals", {"QUI="}, "QUJD", "N"},
      {"BinaryEquals", {"QUJD"}, "QUJE", "N"},
      {"BinaryEquals", {"not base64!"}, "QUJD", "N"},
      {"BinaryEquals", {"QUJD"}, "not base64!", "N"},
      {"BinaryEquals", {"QUJD"}, NULL, "N"},
      {"BinaryEqualsIfExists", {"QUJD"}, NULL, "M"},
      {"BinaryEquals", {"QUJDREVGRw=="}, "QUJDREVGRw", "M"},
      {"BinaryEquals", {"QUJDREVGRw=="}, "QUJDREVGSA", "N"},
  };
  CHECK_ROWS(rows);
}
END_TEST

START_TEST(addresses)
{
  static const row rows[] = {
      {"IpAddress", {"203.0.113.0/24"}, "203.0.113.7", "M"},
      {"IpAddress", {"203.0.113.0/24"}, "203.0.114.1", "N"},
      {"IpAddress", {"203.0.113.0/24"}, "2001:db8::1", "N"},
      {"IpAddress", {"203.0.113.77/24"}, "203.0.113.1", "M"},
      {"IpAddress", {"2001:DB8:1234:5678::/64"}, "2001:db8:1234:5678::9", "M"},
      {"IpAddress", {"2001:DB8::1"}, "2001:db8:0:0::1", "M"},
      {"IpAddress", {"203.0.113.7"}, "203.0.113.7", "M"},
      {"IpAddress", {"203.0.113.7"}, "203.0.113.8", "N"},
      {"IpAddress", {"203.0.113.0/24", "2001:db8::/32"}, "2001:db8::1", "M"},
      {"IpAddress", {"203.0.113.0/24"}, "abc", "N"},
      {"IpAddress", {"0.0.0.0/0"}, NULL, "N"},
      {"NotIpAddress", {"203.0.113.0/24"}, "2001:db8::1", "M"},
      {"NotIpAddress", {"203.0.113.0/24", "198.51.100.0/24"}, "198.51.100.1", "N"},
      {"NotIpAddress", {"203.0.113.0/24"}, NULL, "M"},
      {"NotIpAddress", {"203.0.113.0/24"}, "abc", "AMB-13 false:N true:M"},
      {"NotIpAddress", {"203.0.113.0/33"}, "203.0.113.1", "AMB-13 false:N true:M"},
      {"NotIpAddress", {"abc", "203.0.113.0/24"}, "203.0.113.1", "N"},
      {"IpAddress", {"203.0.113.0/24"}, "::ffff:203.0.113.7", "AMB-15 v4:M v6:N"},
      {"NotIpAddress", {"203.0.113.0/24"}, "::ffff:203.0.113.7", "AMB-15 v4:N v6:M"},
      {"IpAddress", {"203.0.113.0/24", "::/0"}, "::ffff:203.0.113.7", "M"}, /* in one of them either way */
      {"IpAddress", {"198.51.100.0/24"}, "::ffff:203.0.113.7", "N"},
      {"IpAddress", {"::ffff:203.0.113.0/120"}, "203.0.113.7", "AMB-15 v4:M v6:N"},
      {"IpAddress", {"::ffff:203.0.113.0/120"}, "::ffff:203.0.113.7", "M"},
      {"IpAddress", {"203.0.113.7"}, "203.0.113.07", "N"}, /* leading zeros: no address */
      {"NotIpAddress", {"fe80::/10"}, "fe80::1%eth0", "AMB-13 false:N true:M"},
  };
  CHECK_ROWS(rows);
}
END_TEST

START_TEST(null)
{
  static const row rows[] = {
      {"Null", {"true"}, NULL, "M"},
      {"Null", {"true"}, "x", "N"},
      {"Null", {"false"}, NULL, "N"},
      {"Null", {"false"}, "x", "M"},
      {"Null", {"true", "false"}, NULL, "M"},
      {"Null", {"true", "false"}, "x", "M"},
      {"Null", {"maybe"}, NULL, "N"},
      {"Null", {"maybe"}, "x", "N"},
      {"Null", {"maybe", "true"}, NULL, "M"},
      {"Null", {"true"}, "[a,b]", "N"},
      {"Null", {"false"}, "[a,b]", "M"},
      {"Null", {"true"}, "", "AMB-9 present:N absent:M"},
      {"Null", {"false"}, "", "AMB-9 present:M absent:N"},
      {"Null", {"true", "false"}, "", "M"},
      {"Null", {"true"}, "[]", "AMB-9 present:N absent:M"},
      {"Null", {0}, "x", "AMB-14 false:N true:M"},
      {"Null", {"true"}, "?", "U"},
      {"Null", {"true", "false"}, "?", "M"},
      {"ForAllValues:Null", {"true"}, "x", "AMB-11 constant:M plain:N never:N"},
      {"ForAllValues:Null", {"false"}, "x", "AMB-11 constant:M plain:M never:N"},
      {"ForAnyValue:Null", {"false"}, "x", "AMB-11 constant:N plain:M never:N"},
      {"ForAnyValue:Null", {"true"}, "x", "N"},
  };
  CHECK_ROWS(rows);
  check_rows("aws:PrincipalOrgPaths", "aws:principalorgpaths2", &rows[1], 0);
  static const row typed[] = {{"Null", {"false"}, "[a]", "M"}, {"Null", {"true"}, NULL, "M"}};
  check_rows("aws:CalledVia", "aws:calledvia", typed, 2);
}
END_TEST

START_TEST(arns)
{
  static const row rows[] = {
      {"ArnLike", {"arn:aws:iam::111122223333:role/*"}, "arn:aws:iam::111122223333:role/team/App", "M"},
      {"ArnEquals", {"arn:aws:iam::111122223333:role/*"}, "arn:aws:iam::111122223333:role/team/App", "M"},
      {"ArnLike", {"arn:aws:iam::*:role/App"}, "arn:aws:iam::111122223333:role/App", "M"},
      {"ArnLike", {"arn:*:iam::111122223333:role/App"}, "arn:aws:iam::111122223333:role/App", "M"},
      {"ArnLike", {"arn:aws:iam:*:role/App"}, "arn:aws:iam::111122223333:role/App", "N"},
      {"ArnLike", {"arn:aws:*:role/App"}, "arn:aws:iam::111122223333:role/App", "N"},
      {"ArnLike", {"arn:aws:sns:us-east-1:1:*"}, "arn:aws:sns:us-east-1:1:topic:sub-id", "M"},
      {"ArnLike", {"ARN:AWS:iam::1:role/App"}, "arn:aws:iam::1:role/App", "N"},
      {"ArnLike", {"arn:aws:iam::1:role/App"}, "arn:aws:iam::1:role/App", "M"},
      {"ArnLike", {"arn:aws:iam::1:role/App"}, "arn:aws:iam::1:role/app", "N"},
      {"ArnLike", {"arn:aws:iam::1:role/App"}, "not-an-arn", "N"},
      {"ArnNotEquals", {"arn:aws:iam::1:role/App"}, "arn:aws:iam::1:role/App", "N"},
      {"ArnNotLike", {"arn:aws:iam::1:role/*"}, "arn:aws:iam::1:user/u", "M"},
      {"ArnNotLike", {"arn:aws:iam::1:role/*"}, NULL, "M"},
      {"ArnNotLike", {"arn:aws:iam::1:role/*"}, "not-an-arn", "AMB-13 false:N true:M"},
      {"ArnNotLike", {"role/*"}, "arn:aws:iam::1:role/App", "AMB-13 false:N true:M"},
      {"ArnNotLike", {"role/*", "arn:aws:iam::1:role/*"}, "arn:aws:iam::1:role/App", "N"},
      {"ArnLike", {"*"}, "arn:aws:iam::1:role/App", "AMB-13b none:N any:M"},
      {"ArnLike", {"*"}, "x", "N"},
      {"ArnLike", {"*", "arn:aws:iam::1:role/*"}, "arn:aws:iam::1:role/App", "M"},
      {"ArnNotLike", {"*"}, "arn:aws:iam::1:role/App", "AMB-13b none:U any:N AMB-13 false:N true:U"},
      {"ArnLike", {"arn:aws:iam::1:user/${aws:username}"}, "arn:aws:iam::1:user/alice", "M"},
      {"ArnLike", {"arn:aws:iam::1:user/${aws:principaltag/none}"}, "arn:aws:iam::1:user/alice", "N"},
      {"ArnNotLike",
       {"arn:aws:iam::1:user/${aws:principaltag/none}"},
       "arn:aws:iam::1:user/alice",
       "AMB-6 match:M no-match:N"},
      {"ArnLike",
       {"arn:aws:iam::1:${aws:PrincipalTag/star}"},
       "arn:aws:iam::1:abc",
       "AMB-8 literal:N live:M"},
      {"ArnLike", {"arn:aws:iam::1:${aws:SourceIdentity}"}, "arn:aws:iam::1:abc", "U"},
      {"ArnLike", {"arn:aws:iam::1:x${aws:SourceIdentity}"}, "arn:aws:iam::1:abc", "N"},
  };
  CHECK_ROWS(rows);
}
END_TEST

START_TEST(variables)
{
  static const row rows[] = {
      {"StringEquals", {"${aws:PrincipalTag/team}"}, "red", "M"},
      {"StringEquals", {"${AWS:PRINCIPALTAG/TEAM}"}, "red", "M"},
      {"StringEquals", {"${aws:PrincipalTag/team}"}, "blue", "N"},
      {"StringEquals", {"${aws:PrincipalTag/team}"}, NULL, "N"},
      {"StringEquals", {"${aws:PrincipalTag/dept}"}, NULL, "N"},
      {"StringEquals", {"${aws:PrincipalTag/dept}"}, "red", "N"},
      {"StringEquals", {"${aws:PrincipalTag/dept, 'none'}"}, "none", "M"},
      {"StringNotEquals", {"${aws:PrincipalTag/team}"}, "red", "N"},
      {"StringNotEquals", {"${aws:PrincipalTag/dept}"}, "red", "AMB-6 match:M no-match:N"},
      {"StringNotEquals", {"${aws:PrincipalTag/dept}", "red"}, "red", "N"},
      {"StringNotEquals", {"${aws:PrincipalTag/dept}"}, NULL, "M"},
      {"ForAllValues:StringNotEquals", {"${aws:PrincipalTag/dept}"}, "[a,b]", "AMB-6 match:M no-match:N"},
      {"ForAnyValue:StringNotLike", {"${aws:PrincipalTag/dept}*"}, "[a,b]", "AMB-6 match:M no-match:N"},
      {"StringLike", {"${*}"}, "*", "M"},
      {"StringLike", {"${*}"}, "a", "N"},
      {"StringLike", {"${aws:PrincipalTag/star}"}, "a*c", "M"},
      {"StringLike", {"${aws:PrincipalTag/star}"}, "abc", "AMB-8 literal:N live:M"},
      {"StringEquals", {"${aws:PrincipalTag/star}"}, "abc", "N"},
      {"StringNotLike", {"${aws:PrincipalTag/star}"}, "abc", "AMB-8 literal:M live:N"},
      {"StringLike", {"${aws:PrincipalTag/star}", "a*"}, "abc", "M"},
      {"StringEquals", {"x${aws:PrincipalTag/empty}"}, "x", "AMB-9 present:M absent:N"},
      {"StringEquals", {"${aws:PrincipalTag/empty, 'x'}"}, "x", "AMB-9 present:N absent:M"},
      {"StringEquals", {"x${aws:PrincipalTag/empty}"}, "y", "N"},
      {"StringEquals", {"${aws:PrincipalOrgPaths}"}, "o-1/r-1/", "N"},
      {"StringEquals", {"${aws:PrincipalOrgPaths, 'x'}"}, "x", "AMB-31 default:M none:N"},
      {"StringEquals", {"${aws:PrincipalOrgPaths, 'x'}"}, "y", "N"},
      {"StringEquals", {"${aws:PrincipalTag/twice}"}, "red", "AMB-36 first:M last:N"},
      {"StringEquals", {"${aws:PrincipalTag/twice}"}, "blue", "AMB-36 first:N last:M"},
      {"StringEquals", {"${aws:PrincipalTag/twice}"}, "green", "N"},
      {"StringEquals", {"${aws:SourceIdentity}"}, "red", "U"},
      {"StringEquals", {"${aws:SourceIdentity}", "red"}, "red", "M"},
      {"StringNotEquals", {"${aws:SourceIdentity}"}, "red", "U"},
      {"StringNotEquals", {"${aws:SourceIdentity}", "red"}, "red", "N"},
      {"StringEquals", {"x${aws:SourceIdentity}"}, "red", "N"},
      {"StringEquals", {"${aws:username"}, "${aws:username", "M"}, /* AMB-30: text */
      {"NumericEquals", {"${aws:username}"}, "1", "N"},            /* L3.3 */
  };
  CHECK_ROWS(rows);
}
END_TEST

START_TEST(no_values)
{
  static const row rows[] = {
      {"StringEquals", {0}, "x", "AMB-14 false:N true:M"},
      {"StringEquals", {0}, NULL, "AMB-14 false:N true:M"},
      {"StringNotEquals", {0}, "x", "AMB-14 false:N true:M"},
      {"StringEquals", {0}, "?", "AMB-14 false:N true:M"},
      {"StringEqualsIfExists", {0}, "x", "N"},
      {"StringEqualsIfExists", {0}, NULL, "M"},
      {"StringEqualsIfExists", {0}, "[]", "AMB-9 present:N absent:M"},
      {"ForAllValues:StringEquals", {0}, "x", "N"},
      {"ForAllValues:StringEquals", {0}, NULL, "M"},
      {"ForAllValues:StringEquals", {0}, "[]", "M"},
      {"ForAllValues:StringEquals", {0}, "", "M"},
      {"ForAllValues:StringEquals", {0}, "?", "U"},
      {"ForAnyValue:StringEquals", {0}, "x", "N"},
      {"ForAnyValue:StringEquals", {0}, NULL, "N"},
      {"ForAnyValue:StringEqualsIfExists", {0}, NULL, "N"},
  };
  CHECK_ROWS(rows);
}
END_TEST

START_TEST(empty_strings)
{
  static const row rows[] = {
      {"StringEquals", {"a"}, "", "N"},
      {"StringNotEquals", {"a"}, "", "M"},
      {"ForAllValues:StringEquals", {"a"}, "", "M"},
      {"ForAllValues:StringEquals", {"a"}, "[,b]", "N"},
      {"ForAnyValue:StringLike", {"*"}, "", "AMB-9 present:M absent:N"},
      {"ForAnyValue:StringEquals", {"a"}, "", "N"},
      {"ForAnyValue:StringNotEquals", {"a"}, "", "AMB-9 present:M absent:N"},
      /* Absent and IfExists meet: both rows are asked. */
      {"ForAnyValue:StringEqualsIfExists", {"a"}, "", "AMB-9 present:N absent:U AMB-10 false:N true:U"},
      {"ForAnyValue:StringLikeIfExists", {"*"}, "", "AMB-9 present:M absent:U AMB-10 false:U true:M"},
  };
  CHECK_ROWS(rows);
}
END_TEST

START_TEST(multivalued_keys)
{
  static const row rows[] = {
      {"StringEquals", {"a", "b"}, "a", "A20 false:N any:M"},
      {"StringEquals", {"a", "b"}, "[a]", "A20 false:N any:M"},
      {"StringEquals", {"a", "b"}, "c", "N"},
      {"StringEquals", {"a", "b"}, "[a,c]", "A20 false:N any:M"},
      {"StringNotEquals", {"a", "b"}, "[c,d]", "A20 false:N any:M"},
      {"StringNotEquals", {"a", "b"}, "[a,d]", "N"},
      {"StringEquals", {"a"}, NULL, "N"},
      {"StringNotEquals", {"a"}, NULL, "M"},
      {"StringNotEquals", {"a"}, "[]", "AMB-9 present:N absent:M"},
      {"ForAnyValue:StringEquals", {"a"}, "a", "M"},
      {"ForAllValues:StringEquals", {"a"}, "[a,a]", "M"},
  };
  check_rows("aws:CalledVia", "aws:calledvia", rows, sizeof rows / sizeof rows[0]);
}
END_TEST

START_TEST(tags_in_two_spellings)
{
  static const row rows[] = {
      {"StringEquals", {"red"}, "<red,blue>", "AMB-36 first:M last:N"},
      {"StringEquals", {"blue"}, "<red,blue>", "AMB-36 first:N last:M"},
      {"StringEquals", {"red", "blue"}, "<red,blue>", "M"},
      {"StringNotEquals", {"green"}, "<red,blue>", "M"},
      {"ForAnyValue:StringEquals", {"red"}, "<red,blue>", "AMB-36 first:M last:N"},
      {"Null", {"false"}, "<red,blue>", "M"},
  };
  check_rows("aws:PrincipalTag/Team2", "aws:principaltag/team2", rows, sizeof rows / sizeof rows[0]);
}
END_TEST

START_TEST(unknown_facts)
{
  static const row rows[] = {
      {"StringEquals", {"a"}, "?", "U"},       {"StringNotEquals", {"a"}, "?", "U"},
      {"StringLikeIfExists", {"*"}, "?", "M"}, {"ForAllValues:StringLike", {"*"}, "?", "M"},
      {"StringLike", {"*"}, "?", "U"},         {"ForAnyValue:StringEquals", {"a"}, "?", "U"},
      {"NumericEquals", {"abc"}, "?", "N"},    {"NumericEqualsIfExists", {"abc"}, "?", "U"},
      {"BoolIfExists", {"true"}, "?", "U"},
      {"ForAnyValue:StringEquals", {"${aws:SourceIdentity}", "2"}, "[1,2]", "M"},
      {"ForAnyValue:StringEquals", {"${aws:SourceIdentity}", "3"}, "[1,2]", "U"},
  };
  CHECK_ROWS(rows);
  static const row always[] = {{"Null", {"true"}, "?", "N"},
                               {"Null", {"false"}, "?", "M"},
                               {"DateGreaterThan", {"2026-01-01"}, "?", "U"},
                               {"DateGreaterThanIfExists", {"later"}, "?", "N"},
                               {"DateEqualsIfExists", {0}, "?", "N"}};
  check_rows("aws:CurrentTime", "aws:currenttime", always, sizeof always / sizeof always[0]);
  static const row some[] = {{"StringEqualsIfExists", {0}, "?", "U"}};
  check_rows("aws:SourceVpc", "aws:sourcevpc", some, 1);
}
END_TEST

/* Several rows in one entry: each is touched only if it matters by itself. */
START_TEST(rows_together)
{
  static const row rows[] = {
      {"NotIpAddress",
       {"x", "203.0.113.0/24"},
       "::ffff:203.0.113.7",
       "AMB-15 v4:N v6:U AMB-13 false:N true:U"},
      {"StringNotLike",
       {"${aws:PrincipalTag/star}", "${aws:PrincipalTag/none}"},
       "abc",
       "AMB-8 literal:M live:N AMB-6 match:M no-match:N"},
      {"StringEquals", {"${aws:PrincipalTag/empty}", "a"}, "[a,b]", "AMB-12 false:N any:M"},
  };
  CHECK_ROWS(rows);
}
END_TEST

static void expect_detail(const char *operator, const char * const * values, const char *request,
                          pe_cond_why why, const char *value, uint32_t policy) {
  cond_env t;
  cond_env_init(&t);
  cond_env_clear(&t);
  cond_env_world(&t);
  cond_env_compile(&t, operator, "k", values);
  cond_env_fact(&t, "k", request);
  cond_env_test(&t);
  ck_assert_msg(t.detail.why == why, "%s of %s: why is %d", operator, request ? request : "(absent)",
                (int)t.detail.why);
  ck_assert_msg(pe_slice_eq(t.detail.request_value, pe_slice_str(value)),
                "%s: value %.*s", operator,(int) t.detail.request_value.len, t.detail.request_value.ptr);
  ck_assert_uint_eq(t.detail.policy_value, policy);
  cond_env_done(&t);
}

START_TEST(details)
{
  static const char *const ab[] = {"a", "b", NULL}, *const a[] = {"a", NULL}, *const none[] = {NULL};
  static const char *const num[] = {"x", NULL}, *const five[] = {"5", NULL}, *const yes[] = {"true", NULL};
  static const char *const var[] = {"${aws:PrincipalTag/none}", NULL}, *const unk[] = {
                                                                           "${aws:sourceidentity}", NULL};
  expect_detail("StringEquals", ab, "b", PE_WHY_MATCHED, "b", 1);
  expect_detail("StringEquals", ab, "c", PE_WHY_NOT_EQUAL, "c", UINT32_MAX);
  expect_detail("StringEquals", a, "c", PE_WHY_NOT_EQUAL, "c", 0);
  expect_detail("StringEquals", a, NULL, PE_WHY_ABSENT, NULL, UINT32_MAX);
  expect_detail("StringNotEquals", a, NULL, PE_WHY_ABSENT_TRUE, NULL, UINT32_MAX);
  expect_detail("StringNotEquals", ab, "b", PE_WHY_NEGATED_MATCH, "b", 1);
  expect_detail("StringNotEquals", ab, "c", PE_WHY_MATCHED, "c", UINT32_MAX);
  expect_detail("StringEqualsIfExists", none, "c", PE_WHY_EMPTY, NULL, UINT32_MAX);
  expect_detail("NumericEquals", num, "5", PE_WHY_WRONG_TYPE_POLICY, "5", 0);
  expect_detail("NumericEquals", five, "x", PE_WHY_WRONG_TYPE_REQUEST, "x", 0);
  expect_detail("StringEquals", var, "x", PE_WHY_VARIABLE_ABSENT, "x", 0);
  expect_detail("StringEquals", unk, "x", PE_WHY_UNKNOWN, "x", 0);
  expect_detail("StringEquals", a, "?", PE_WHY_UNKNOWN, NULL, 0);
  expect_detail("StringEquals", a, "[a,b]", PE_WHY_UNDETERMINED, "a", 0);
  expect_detail("ForAllValues:StringEquals", a, "[a,b]", PE_WHY_NOT_EQUAL, "b", 0);
  expect_detail("ForAnyValue:StringEquals", a, "[b,a]", PE_WHY_MATCHED, "a", 0);
  expect_detail("Null", yes, "x", PE_WHY_PRESENT, "x", UINT32_MAX);
  expect_detail("Null", yes, NULL, PE_WHY_ABSENT_TRUE, NULL, UINT32_MAX);
}
END_TEST

static void expect_missing(const char *operator, const char * const * values, const char *request,
                           const char *missing) {
  cond_env t;
  cond_env_init(&t);
  cond_env_clear(&t);
  cond_env_world(&t);
  cond_env_compile(&t, operator, "My:Key", values);
  cond_env_fact(&t, "my:key", request);
  cond_env_test(&t);
  ck_assert_str_eq(t.missing, missing);
  cond_env_done(&t);
}

START_TEST(missing_keys)
{
  static const char *const a[] = {"a", NULL}, *const var[] = {"${aws:PrincipalTag/None}${aws:SourceIdentity}",
                                                              NULL};
  static const char *const both[] = {"true", "false", NULL}, *const none[] = {NULL};
  expect_missing("StringEquals", a, NULL, "My:Key ");
  expect_missing("StringEquals", a, "?", "My:Key? ");
  expect_missing("StringEquals", a, "x", "");
  expect_missing("StringNotEqualsIfExists", a, NULL, "My:Key ");
  expect_missing("StringLike", (const char *const[]){"${aws:PrincipalTag/None}", NULL}, "x",
                 "aws:PrincipalTag/None ");
  expect_missing("StringLike", (const char *const[]){"${aws:SourceIdentity}", NULL}, "x",
                 "aws:SourceIdentity? ");
  expect_missing("StringLike", var, "x", "aws:PrincipalTag/None ");
  expect_missing("Null", both, NULL, "");
  expect_missing("ForAnyValue:StringEquals", none, NULL, "");
}
END_TEST

START_TEST(old_version_has_no_variables)
{
  cond_env t;
  cond_env_init(&t);
  cond_env_clear(&t);
  cond_env_world(&t);
  cond_env_fact(&t, "k", "${aws:username}");
  pe_operator op;
  pe_operator_parse(PE_SLICE("StringEquals"), &op);
  const pe_cond_input in = {.text = PE_SLICE("${aws:username}")};
  ck_assert_int_eq(
      pe_condition_compile(t.arena, PE_SLICE("StringEquals"), &op, PE_SLICE("k"), &in, 1, false, &t.c), 0);
  cond_env_expect(&t, "M", "L3.1");
  cond_env_done(&t);
}
END_TEST

/* Keys are found wherever their hashes lie, also when all lie together. */
static uint32_t random_state = 7;
static unsigned pick(unsigned n) {
  random_state = random_state * 1664525u + 1013904223u;
  return (random_state >> 16) % n;
}

static void random_text(char *out, const char *alphabet, unsigned longest) {
  unsigned n = pick(longest + 1);
  for (unsigned i = 0; i < n; i++) *out++ = alphabet[pick((unsigned)strlen(alphabet))];
  *out = '\0';
}

/* Long lists are sorted: what is found there is the first that matches, as if each was tried. */
START_TEST(long_lists)
{
  static const char *const operators[] = {"StringEquals", "StringNotEquals", "StringLike", "StringNotLike",
                                          "ForAnyValue:StringLike"};
  unsigned hits = 0;
  for (unsigned n = 0; n < UNIT_CASES(400); n++) {
    char text[COND_VALUES - 1][8], request[8];
    const char *values[COND_VALUES] = {0};
    unsigned count = 16 + pick(COND_VALUES - 17);
    for (unsigned i = 0; i < count; i++) {
      random_text(text[i], "aab*?", 6);
      values[i] = text[i];
    }
    cond_env t;
    cond_env_init(&t);
    cond_env_compile(&t, operators[n % 5], "K", values);
    ck_assert_ptr_nonnull(t.c.listed);
    for (unsigned k = 0; k < 40; k++) {
      random_text(request, k % 8 ? "ab" : "ab*?", 6);
      uint32_t first = 0;
      while (first < t.c.count && !pe_pattern_match(&t.c.values[first].as.pattern, pe_slice_str(request))) first++;
      ck_assert_msg(pe_cond_listed_find(&t.c, pe_slice_str(request)) == first, "list %u, %s", n, request);
      hits += first < t.c.count;
    }
    cond_env_done(&t);
  }
  ck_assert_uint_gt(hits, UNIT_CASES(500));
}
END_TEST

START_TEST(facts_by_hash)
{
  enum { COUNT = 300 };
  static char names[COUNT][8];
  static pe_fact items[COUNT];
  for (int spread = 0; spread < 3; spread++) {
    for (uint32_t i = 0; i < COUNT; i++) {
      snprintf(names[i], sizeof names[i], "k%u", i);
      uint64_t hash = spread == 0   ? i * (UINT64_MAX / COUNT)
                      : spread == 1 ? i
                                    : UINT64_MAX - COUNT / 2 + i / 2;
      items[i] = (pe_fact){.key = pe_slice_str(names[i]), .hash = hash};
    }
    for (uint32_t count = 0; count <= COUNT; count += count < 20 ? 1 : 70) {
      const pe_facts facts = {items, count};
      for (uint32_t i = 0; i < COUNT; i++) {
        const pe_fact *f = i < count ? &items[i] : NULL;
        ck_assert_ptr_eq(pe_facts_find(&facts, items[i].hash, items[i].key), f);
        char upper[8];
        snprintf(upper, sizeof upper, "K%u", i);
        ck_assert_ptr_eq(pe_facts_find_nocase(&facts, items[i].hash, pe_slice_str(upper)), f);
        ck_assert_ptr_null(pe_facts_find(&facts, items[i].hash, PE_SLICE("k")));
      }
      ck_assert_ptr_null(pe_facts_find(&facts, UINT64_MAX, PE_SLICE("k1")));
      ck_assert_ptr_null(pe_facts_find(&facts, 1u << 20, PE_SLICE("k1")));
    }
  }
}
END_TEST

START_TEST(compile_without_memory)
{
  static const char *const operators[] = {"StringLike", "ArnLike", "BinaryEquals", "NumericEquals"};
  for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
    pe_operator op;
    pe_operator_parse(pe_slice_str(operators[i]), &op);
    pe_cond_input in[40];
    for (size_t k = 0; k < 40; k++)
      in[k] = (pe_cond_input){.text = PE_SLICE("arn:aws:iam::1:role/${*}/${a:b, 'c'}*")};
    in[39].text = PE_SLICE("QUJD");
    UNIT_EACH_ALLOCATION (mem, rc) {
      pe_arena *arena = pe_arena_new(&mem.alloc, 64);
      pe_condition c;
      rc = arena ? pe_condition_compile(arena, pe_slice_str(operators[i]), &op, PE_SLICE("My:Key"), in, 40,
                                        true, &c)
                 : POLICYEVAL_ENOMEM;
      pe_arena_free(arena);
    }
  }
}
END_TEST

UNIT_MAIN("condition", evaluation_model, strings, numbers, dates, booleans, bytes, addresses, null, arns,
          variables, no_values, empty_strings, multivalued_keys, tags_in_two_spellings, unknown_facts,
          rows_together, details, missing_keys, old_version_has_no_variables,
          long_lists, facts_by_hash, compile_without_memory)
