/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#define COUNT(list) (unsigned)(sizeof(list) / sizeof *(list))
#define SECRET "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-AbCdEf"
#define KEY "arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"

static const char *const principals[] = {
    "\"arn:aws:sts::111122223333:assumed-role/App/s1\"", "\"arn:aws:iam::111122223333:user/alice\"",
    "\"arn:aws:iam::444455556666:role/team/App\"", "\"arn:aws:iam::111122223333:root\"",
    "{\"arn\":\"arn:aws:sts::111122223333:federated-user/bob\",\"parent\":\"arn:aws:iam::111122223333:user/alice\"}",
    "{\"service\":\"ec2.amazonaws.com\"}", "{\"anonymous\":true}",
    "{\"arn\":\"arn:aws:sts::444455556666:assumed-role/App/s1\",\"tags\":{\"team\":\"a\"},\"org_id\":\"o-1\"}"};
static const char *const who[] = {
    "*", "111122223333", "444455556666", "arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:role/App",
    "arn:aws:iam::444455556666:role/team/App", "arn:aws:iam::111122223333:user/alice",
    "arn:aws:sts::111122223333:assumed-role/App/s1", "arn:aws:sts::111122223333:federated-user/bob",
    "AROAEXAMPLE1234567890"};
static const char *const actions[] = {"secretsmanager:GetSecretValue", "kms:Decrypt", "s3:GetObject",
                                      "secretsmanager:ListSecrets", "sqs:SendMessage"};
static const char *const resources[] = {SECRET, KEY, "arn:aws:s3:::bucket/a/b", "*",
                                        "arn:aws:sqs:us-east-1:111122223333:queue"};
static const char *const action_patterns[] = {"*", "secretsmanager:*", "kms:*", "s3:Get*", "kms:Decrypt",
                                              "SECRETSMANAGER:GETSECRETVALUE", "*:*", "sqs:?endMessage", "iam:PassRole"};
static const char *const resource_patterns[] = {
    "*", SECRET, KEY, "arn:aws:secretsmanager:*:*:*", "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/*",
    "arn:aws:kms:us-east-1:444455556666:k*", "arn:aws:s3:::bucket/${aws:username}/*", "arn:aws:s3:::bucket/${example:k, 'a'}/?",
    "arn:aws:sqs:US-EAST-1:111122223333:queue", "arn:aws:*:us-east-1:*:prod/db-AbCdEf", " *"};
static const char *const operators[] = {
    "StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase", "NumericLessThan",
    "NumericNotEquals", "DateGreaterThan", "DateNotEquals", "Bool", "BinaryEquals", "IpAddress", "NotIpAddress",
    "ArnLike", "ArnNotEquals", "NumericGreaterThanEquals"};
static const char *const qualifiers[] = {"", "", "", "", "ForAllValues:", "ForAnyValue:"};
static const char *const keys[] = {"example:k", "example:l", "aws:SourceIp", "aws:TagKeys", "example:arn",
                                   "aws:PrincipalTag/team", "aws:CurrentTime", "aws:SecureTransport"};
static const char *const values[] = {
    "a", "b", "a*", "", "*", "${aws:username}", "${example:k}", "1", "-2.5", "2026", "2026-01-01T00:00:00Z", "true",
    "203.0.113.7", "203.0.113.0/24", "::ffff:203.0.113.7", "YQ==", "arn:aws:iam::111122223333:role/App", "${*}"};

unsigned fuzz_below(fuzz_bytes *b, unsigned n) {
  if (!b->left) return 0;
  b->left--;
  return *b->at++ % n;
}

static void quoted(pe_buf *out, const char *text) {
  pe_buf_char(out, '"');
  pe_buf_str(out, text);
  pe_buf_char(out, '"');
}

static void list(fuzz_bytes *b, pe_buf *out, const char *const *pool, unsigned count) {
  unsigned n = fuzz_below(b, 8);
  if (n < 4) {
    quoted(out, pool[fuzz_below(b, count)]);
    return;
  }
  pe_buf_char(out, '[');
  for (unsigned i = 4; i < n; i++) {
    if (i > 4) pe_buf_char(out, ',');
    quoted(out, pool[fuzz_below(b, count)]);
  }
  pe_buf_char(out, ']');
}

static void condition(fuzz_bytes *b, pe_buf *out) {
  pe_buf_str(out, ",\"Condition\":{\"");
  bool null = fuzz_below(b, 8) == 7;
  pe_buf_str(out, qualifiers[fuzz_below(b, COUNT(qualifiers))]);
  pe_buf_str(out, null ? "Null" : operators[fuzz_below(b, COUNT(operators))]);
  if (!null && fuzz_below(b, 4) == 3) pe_buf_str(out, "IfExists");
  pe_buf_str(out, "\":{");
  unsigned first = fuzz_below(b, COUNT(keys)), n = 1 + fuzz_below(b, 2);
  for (unsigned i = 0; i < n; i++) {
    if (i) pe_buf_char(out, ',');
    quoted(out, keys[(first + i) % COUNT(keys)]);
    pe_buf_char(out, ':');
    list(b, out, values, COUNT(values));
  }
  pe_buf_str(out, "}}");
}

void fuzz_statement(fuzz_bytes *b, pe_buf *out, bool resource, const char *effect) {
  pe_buf_str(out, "{\"Effect\":");
  quoted(out, effect ? effect : fuzz_below(b, 3) ? "Allow" : "Deny");
  if (resource) {
    pe_buf_str(out, fuzz_below(b, 8) == 7 ? ",\"NotPrincipal\":" : ",\"Principal\":");
    pe_buf_str(out, "{\"AWS\":");
    list(b, out, who, COUNT(who));
    pe_buf_char(out, '}');
  }
  pe_buf_str(out, fuzz_below(b, 8) == 7 ? ",\"NotAction\":" : ",\"Action\":");
  list(b, out, action_patterns, COUNT(action_patterns));
  pe_buf_str(out, fuzz_below(b, 8) == 7 ? ",\"NotResource\":" : ",\"Resource\":");
  list(b, out, resource_patterns, COUNT(resource_patterns));
  if (fuzz_below(b, 2)) condition(b, out);
  pe_buf_char(out, '}');
}

void fuzz_policy(fuzz_bytes *b, pe_buf *out, bool resource) {
  pe_buf_str(out, fuzz_below(b, 8) == 7 ? "{\"Version\":\"2008-10-17\"" : "{\"Version\":\"2012-10-17\"");
  pe_buf_str(out, ",\"Statement\":[");
  unsigned n = 1 + fuzz_below(b, 3);
  for (unsigned i = 0; i < n; i++) {
    if (i) pe_buf_char(out, ',');
    fuzz_statement(b, out, resource, NULL);
  }
  pe_buf_str(out, "]}");
}

void fuzz_question(fuzz_bytes *b, pe_buf *out) {
  unsigned what = fuzz_below(b, COUNT(actions));
  pe_buf_str(out, "{\"id\":\"1\",\"principal\":");
  pe_buf_str(out, principals[fuzz_below(b, COUNT(principals))]);
  pe_buf_str(out, ",\"action\":");
  quoted(out, actions[what]);
  pe_buf_str(out, ",\"resource\":");
  quoted(out, resources[what]);
  pe_buf_str(out, ",\"context\":{");
  bool comma = false;
  for (unsigned i = 0; i < COUNT(keys); i++) {
    if (i == 5 || !fuzz_below(b, 2)) continue; /* follows from the caller */
    if (comma) pe_buf_char(out, ',');
    comma = true;
    quoted(out, keys[i]);
    pe_buf_char(out, ':');
    list(b, out, values, COUNT(values));
  }
  pe_buf_char(out, '}');
}
