/* SPDX-License-Identifier: MIT */
/* Forms of principals and placeholders, what makes two models differ, and loading with each allocation failing. */
#include "loaded.h"

#include "policy/spelling.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

START_TEST(principals)
{
  static const struct {
    const char *text;
    uint8_t key;
    int kind;
  } rows[] = {
      {"*", 'A', PE_PRINCIPAL_ANY},
      {"*", 0, PE_PRINCIPAL_ANY},
      {"111122223333", 'A', PE_PRINCIPAL_ACCOUNT},
      {"11112222333", 'A', PE_PRINCIPAL_OTHER},
      {"11112222333/", 'A', PE_PRINCIPAL_OTHER},
      {"11112222333:", 'A', PE_PRINCIPAL_OTHER},
      {"arn:aws:iam::111122223333:root", 'A', PE_PRINCIPAL_ACCOUNT},
      {"arn:aws:iam::111122223333:user/a", 'A', PE_PRINCIPAL_USER},
      {"arn:aws:iam::111122223333:user/p/a", 'A', PE_PRINCIPAL_USER},
      {"arn:aws:iam::111122223333:user/", 'A', PE_PRINCIPAL_OTHER},
      {"arn:aws:iam::111122223333:user/a*", 'A', PE_PRINCIPAL_OTHER},
      {"arn:aws:iam::111122223333:user/a?", 'A', PE_PRINCIPAL_OTHER},
      {"arn:aws:iam::111122223333:role/r", 'A', PE_PRINCIPAL_ROLE},
      {"arn:aws:iam::111122223333:group/g", 'A', PE_PRINCIPAL_OTHER},
      {"arn:aws:iam:us-east-1:111122223333:user/a", 'A', PE_PRINCIPAL_OTHER},
      {"arn::iam::111122223333:user/a", 'A', PE_PRINCIPAL_OTHER},
      {"arn:aws:iam:::user/a", 'A', PE_PRINCIPAL_OTHER},
      {"urn:aws:iam::111122223333:user/a", 'A', PE_PRINCIPAL_OTHER},
      {"arn:aws:iam::111122223333", 'A', PE_PRINCIPAL_OTHER},
      {"arn:aws:s3::111122223333:user/a", 'A', PE_PRINCIPAL_OTHER},
      {"arn:aws:sts::111122223333:assumed-role/r/s", 'A', PE_PRINCIPAL_SESSION},
      {"arn:aws:sts::111122223333:assumed-role/r", 'A', PE_PRINCIPAL_OTHER},
      {"arn:aws:sts::111122223333:assumed-role/", 'A', PE_PRINCIPAL_OTHER},
      {"arn:aws:sts::111122223333:assumed-role//s", 'A', PE_PRINCIPAL_OTHER},
      {"arn:aws:sts::111122223333:assumed-role/r/", 'A', PE_PRINCIPAL_OTHER},
      {"arn:aws:sts::111122223333:assumed-role/r/s/t", 'A', PE_PRINCIPAL_OTHER},
      {"arn:aws:sts::111122223333:federated-user/f", 'A', PE_PRINCIPAL_FEDERATED_USER},
      {"arn:aws:sts::111122223333:federated-user/", 'A', PE_PRINCIPAL_OTHER},
      {"arn:aws:sts::111122223333:role/r", 'A', PE_PRINCIPAL_OTHER},
      {"AIDAEXAMPLEEXAMPLE12", 'A', PE_PRINCIPAL_ID},
      {"AIDAEXAMPLE", 'A', PE_PRINCIPAL_OTHER},
      {"AIDAEXAMPLEEXAMPLE1a", 'A', PE_PRINCIPAL_OTHER},
      {"AIDAEXAMPLEEXAMPLE1[", 'A', PE_PRINCIPAL_OTHER},
      {"AIDAEXAMPLEEXAMPLE1/", 'A', PE_PRINCIPAL_OTHER},
      {"AIDAEXAMPLEEXAMPLE1:", 'A', PE_PRINCIPAL_OTHER},
      {"", 'A', PE_PRINCIPAL_OTHER},
      {"s3.amazonaws.com", 'S', PE_PRINCIPAL_SERVICE},
      {"", 'S', PE_PRINCIPAL_OTHER},
      {"s3*", 'S', PE_PRINCIPAL_OTHER},
      {"accounts.google.com", 'F', PE_PRINCIPAL_PROVIDER},
      {"", 'F', PE_PRINCIPAL_OTHER},
      {"a?", 'F', PE_PRINCIPAL_OTHER},
      {"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be", 'C', PE_PRINCIPAL_CANONICAL},
      {"", 'C', PE_PRINCIPAL_OTHER},
      {"79*", 'C', PE_PRINCIPAL_OTHER},
      {"x", 0, PE_PRINCIPAL_OTHER},
  };
  char id[140];
  pe_principal p;
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    pe_principal_parse(pe_slice_str(rows[i].text), rows[i].key, &p);
    ck_assert_msg((int)p.kind == rows[i].kind, "%s under %c: %d", rows[i].text, rows[i].key ? rows[i].key : '0', (int)p.kind);
  }
  memset(id, 'A', sizeof id);
  memcpy(id, "AIDA", 4);
  pe_principal_parse(pe_slice_of(id, 128), 'A', &p);
  ck_assert_int_eq(p.kind, PE_PRINCIPAL_ID);
  pe_principal_parse(pe_slice_of(id, 129), 'A', &p);
  ck_assert_int_eq(p.kind, PE_PRINCIPAL_OTHER);
  ck_assert_str_eq(pe_principal_map_key('C'), "CanonicalUser");
  ck_assert_ptr_null(pe_principal_map_key(0));
}
END_TEST

static bool reports(const loaded *l, pe_rule rule) {
  for (size_t i = 0; i < l->findings.list.len; i++) {
    if (l->findings.list.data[i].rule == rule) return true;
  }
  return false;
}

START_TEST(placeholders)
{
  static const struct {
    int kind;
    const char *principal;
    bool found;
  } rows[] = {
      {POLICYEVAL_KIND_SECRET, "PRODUCTION", true},
      {POLICYEVAL_KIND_KMS_KEY, "PRODUCTION_2", true},
      {POLICYEVAL_KIND_TRUST, "<PROD>", true},
      {POLICYEVAL_KIND_TRUST, "{prod}", true},
      {POLICYEVAL_KIND_TRUST, "[prod]", true},
      {POLICYEVAL_KIND_TRUST, "my-Account", true},
      {POLICYEVAL_KIND_TRUST, "your-own", true},
      {POLICYEVAL_KIND_TRUST, "production", false},
      {POLICYEVAL_KIND_TRUST, "1234", false},
      {POLICYEVAL_KIND_TRUST, "PROD*", false},
      {POLICYEVAL_KIND_TRUST, "PROD?", false},
      {POLICYEVAL_KIND_TRUST, "PROD $", false},
      {POLICYEVAL_KIND_TRUST, "PRODÜ", false},
      {POLICYEVAL_KIND_SECRET, "arn:aws:iam::PRODUCTION:root", true},
      {POLICYEVAL_KIND_SECRET, "  arn:aws:iam::PRODUCTION:root", true},
      {POLICYEVAL_KIND_SECRET, "arn:aws:iam::production:root", false},
      {POLICYEVAL_KIND_SECRET, "urn:aws:iam::PRODUCTION:root", false},
  };
  char text[400];
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    snprintf(text, sizeof text,
             "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"%s\"},\"Action\":\"a:b\"%s}}",
             rows[i].principal, rows[i].kind == POLICYEVAL_KIND_TRUST ? "" : ",\"Resource\":\"*\"");
    loaded l = loaded_lenient(rows[i].kind, text);
    ck_assert_msg(reports(&l, PE_RULE_PLACEHOLDER_ACCOUNT) == rows[i].found, "%s", rows[i].principal);
    loaded_done(&l);
  }
}
END_TEST

START_TEST(placeholders_of_keys)
{
  static const struct {
    const char *id;
    bool found;
  } rows[] = {
      {"SECURITY_CMK", true},
      {"CMK", true},
      {"<cmk>", true},
      {"your-key", true},
      {"1234ABCD-12AB-34CD-56EF-1234567890AB", false},
      {"1234ABCD_12AB-34CD-56EF-1234567890AB", true},
      {"1234ABCD-12AB_34CD-56EF-1234567890AB", true},
      {"1234ABCD-12AB-34CD_56EF-1234567890AB", true},
      {"1234ABCD-12AB-34CD-56EF_1234567890AB", true},
      {"1234ABCD-12AB-34CD-56EF-1234567890ABC", true},
      {"MRK-1234567890ABCDEF1234567890ABCDEF", false},
      {"mrk-1234567890abcdef1234567890abcdef", false},
      {"*", false},
  };
  char text[400];
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    snprintf(text, sizeof text,
             "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"kms:Decrypt\",\"Resource\":"
             "\"arn:aws:kms:us-east-1:111122223333:key/%s\"}}",
             rows[i].id);
    loaded l = loaded_lenient(POLICYEVAL_KIND_IDENTITY, text);
    ck_assert_msg(reports(&l, PE_RULE_PLACEHOLDER_ACCOUNT) == rows[i].found, "%s", rows[i].id);
    loaded_done(&l);
  }
}
END_TEST

static bool never(const char *action) {
  char text[200];
  snprintf(text, sizeof text, "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"%s\",\"Resource\":\"*\"}}", action);
  loaded l = loaded_ok(POLICYEVAL_KIND_IDENTITY, text);
  const bool is = l.policy->statements[0].actions[0].never;
  loaded_done(&l);
  return is;
}

/* L1.6.3, L1.6.4, L1.6.6: a service is named with letters, digits, dots and hyphens; the rest has no blank, comma or colon. */
START_TEST(characters_of_actions)
{
  static const char service[] = "azAZ09.-", other[] = "@[`{/:,_ *?";
  static const char *const good[] = {"*", "**", "*:*", "*:Get", "s3:*", "s3:?et", "s3:Get_x/y"};
  static const char *const bad[] = {"s3", "s3:", ":Get", ":", "s3:G,t", "s3:G t", "s3:G:t", "s3:G\x7ft", "s*:Get"};
  char text[16];
  for (const char *c = service; *c; c++) {
    snprintf(text, sizeof text, "s%c3:Get", *c);
    ck_assert_msg(!never(text), "%s", text);
  }
  for (const char *c = other; *c; c++) {
    snprintf(text, sizeof text, "s%c3:Get", *c);
    ck_assert_msg(never(text), "%s", text);
  }
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) ck_assert_msg(!never(good[i]), "%s", good[i]);
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) ck_assert_msg(never(bad[i]), "%s", bad[i]);
}
END_TEST

#define BASE(version, sid, effect, principal, action, resource, condition)                                           \
  "{" version "\"Statement\":[{" sid "\"Effect\":\"" effect "\"," principal "," action "," resource condition "}]}"
#define VERSION "\"Version\":\"2012-10-17\","
#define SID "\"Sid\":\"s\","
#define WHO "\"Principal\":{\"AWS\":\"111122223333\"}"
#define WHAT "\"Action\":\"s3:Get*\""
#define WHERE "\"Resource\":\"arn:aws:s3:::b\""
#define WHEN ",\"Condition\":{\"StringLike\":{\"a:b\":[\"1\"]}}"

#define MEMBERS WHO "," WHAT "," WHERE
#define STATEMENT "{\"Effect\":\"Allow\"," MEMBERS "}"
#define BROKEN "{\"Effect\":\"Allow\",\"Other\":1," MEMBERS "}"

START_TEST(models_differ_in_each_part)
{
  static const char *const texts[] = {
      BASE(VERSION, SID, "Allow", WHO, WHAT, WHERE, WHEN),
      BASE("", SID, "Allow", WHO, WHAT, WHERE, WHEN),
      BASE("\"Version\":\"2008-10-17\",", SID, "Allow", WHO, WHAT, WHERE, WHEN),
      BASE(VERSION "\"Id\":\"i\",", SID, "Allow", WHO, WHAT, WHERE, WHEN),
      BASE(VERSION "\"Id\":\"j\",", SID, "Allow", WHO, WHAT, WHERE, WHEN),
      BASE(VERSION, "", "Allow", WHO, WHAT, WHERE, WHEN),
      BASE(VERSION, "\"Sid\":\"t\",", "Allow", WHO, WHAT, WHERE, WHEN),
      BASE(VERSION, SID, "Deny", WHO, WHAT, WHERE, WHEN),
      BASE(VERSION, SID, "Deny", "\"NotPrincipal\":{\"AWS\":\"111122223333\"}", WHAT, WHERE, WHEN),
      BASE(VERSION, SID, "Allow", "\"Principal\":{\"AWS\":\"111122223334\"}", WHAT, WHERE, WHEN),
      BASE(VERSION, SID, "Allow", "\"Principal\":{\"AWS\":[\"111122223333\",\"111122223334\"]}", WHAT, WHERE, WHEN),
      BASE(VERSION, SID, "Allow", "\"Principal\":{\"Service\":\"s3.amazonaws.com\"}", WHAT, WHERE, WHEN),
      BASE(VERSION, SID, "Allow", "\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:role/R\"}", WHAT, WHERE, WHEN),
      BASE(VERSION, SID, "Allow", WHO, WHAT, "\"Resource\":\" arn:aws:s3:::b\"", WHEN),
      BASE(VERSION, SID, "Allow", WHO, WHAT, "\"Resource\":\"arn:aws:s3\"", WHEN),
      BASE(VERSION, SID, "Allow", WHO, WHAT, WHERE, ",\"Condition\":{\"DateEquals\":{\"a:b\":[\"2026-01-01\"]}}"),
      BASE(VERSION, SID, "Allow", WHO, WHAT, WHERE, ",\"Condition\":{\"DateEquals\":{\"a:b\":[\"never\"]}}"),
      BASE(VERSION, SID, "Allow", WHO, "\"Action\":[]", WHERE, WHEN),
      BASE(VERSION, SID, "Allow", WHO, WHAT, WHERE, ",\"Condition\":{\"StringLike\":{\"aws:PrincipalArn\":[\"1\"]}}"),
      BASE(VERSION, SID, "Allow", WHO, "\"NotAction\":\"s3:Get*\"", WHERE, WHEN),
      BASE(VERSION, SID, "Allow", WHO, "\"Action\":\"s3:Put*\"", WHERE, WHEN),
      BASE(VERSION, SID, "Allow", WHO, "\"Action\":[\"s3:Get*\",\"s3:Put*\"]", WHERE, WHEN),
      BASE(VERSION, SID, "Allow", WHO, WHAT, "\"NotResource\":\"arn:aws:s3:::b\"", WHEN),
      BASE(VERSION, SID, "Allow", WHO, WHAT, "\"Resource\":\"arn:aws:s3:::c\"", WHEN),
      BASE(VERSION, SID, "Allow", WHO, WHAT, "\"Resource\":[\"arn:aws:s3:::b\",\"*\"]", WHEN),
      BASE(VERSION, SID, "Allow", WHO, WHAT, WHERE, ""),
      BASE(VERSION, SID, "Allow", WHO, WHAT, WHERE, ",\"Condition\":{\"StringEquals\":{\"a:b\":[\"1\"]}}"),
      BASE(VERSION, SID, "Allow", WHO, WHAT, WHERE, ",\"Condition\":{\"StringLike\":{\"a:c\":[\"1\"]}}"),
      BASE(VERSION, SID, "Allow", WHO, WHAT, WHERE, ",\"Condition\":{\"StringLike\":{\"a:b\":[\"2\"]}}"),
      BASE(VERSION, SID, "Allow", WHO, WHAT, WHERE, ",\"Condition\":{\"StringLike\":{\"a:b\":[1]}}"),
      BASE(VERSION, SID, "Allow", WHO, WHAT, WHERE, ",\"Condition\":{\"StringLike\":{\"a:b\":[\"1\",\"2\"]}}"),
  };
  enum { COUNT = sizeof texts / sizeof texts[0] };
  loaded l[COUNT], again;
  for (size_t i = 0; i < COUNT; i++) l[i] = loaded_ok(POLICYEVAL_KIND_RESOURCE, texts[i]);
  for (size_t i = 0; i < COUNT; i++) {
    for (size_t k = 0; k < COUNT; k++)
      ck_assert_msg(pe_policy_equal(l[i].policy, l[k].policy) == (i == k), "%s\n%s", texts[i], texts[k]);
    again = loaded_ok(POLICYEVAL_KIND_RESOURCE, texts[i]);
    ck_assert(pe_policy_equal(l[i].policy, again.policy));
    loaded_done(&again);
  }
  again = loaded_ok(POLICYEVAL_KIND_SECRET, texts[0]);
  ck_assert(!pe_policy_equal(l[0].policy, again.policy));
  loaded_done(&again);
  again = loaded_ok(POLICYEVAL_KIND_RESOURCE, "{" VERSION "\"Statement\":[" STATEMENT "," STATEMENT "]}");
  loaded other = loaded_ok(POLICYEVAL_KIND_RESOURCE, "{" VERSION "\"Statement\":[" STATEMENT "]}");
  ck_assert(!pe_policy_equal(other.policy, again.policy));
  loaded_done(&again);
  again = loaded_lenient(POLICYEVAL_KIND_RESOURCE, "{" VERSION "\"Statement\":[" BROKEN "]}");
  ck_assert(again.policy->statements[0].broken && !pe_policy_equal(other.policy, again.policy));
  loaded_done(&again);
  loaded_done(&other);
  for (size_t i = 0; i < COUNT; i++) loaded_done(&l[i]);
}
END_TEST

/* One pattern that is longer than the limit, in each place where a pattern stands. */
START_TEST(long_patterns)
{
  static const char *const texts[] = {
      BASE(VERSION, SID, "Allow", WHO, "\"Action\":\"s3:GetObjectVersionAcl*\"", "\"Resource\":\"*\"", ""),
      BASE(VERSION, SID, "Allow", WHO, "\"Action\":\"s3:Get*\"", "\"Resource\":\"arn:aws:s3:::bucket/key\"", ""),
      BASE(VERSION, SID, "Allow", WHO, "\"Action\":\"s3:Get*\"", "\"Resource\":\"*\"",
           ",\"Condition\":{\"StringLike\":{\"a:b\":\"12345678901234567\"}}"),
  };
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    for (uint32_t limit = 16; limit <= 32; limit += 16) {
      loaded l = {NULL, {0}, 0};
      pe_load_options options = {.kind = POLICYEVAL_KIND_RESOURCE, .limits = pe_load_limits_default};
      options.limits.pattern = limit;
      ck_assert_int_eq(pe_findings_init(&l.findings, &pe_alloc_libc), 0);
      l.rc = pe_policy_load(&pe_alloc_libc, pe_slice_str(texts[i]), &options, &l.policy, &l.findings);
      ck_assert_int_eq(l.rc, limit == 16 ? POLICYEVAL_ELIMIT : 0);
      ck_assert(reports(&l, PE_RULE_LIMIT_REACHED) == (limit == 16));
      loaded_done(&l);
    }
  }
}
END_TEST

/* Each limit of the reader, in a file and in a string inside of a reply. */
START_TEST(limits_of_the_reader)
{
  static const char *const texts[] = {
      BASE(VERSION, SID, "Allow", WHO, WHAT, WHERE, WHEN),
      "{\"Policy\":\"{\\\"Statement\\\":{\\\"Effect\\\":\\\"Allow\\\",\\\"Action\\\":\\\"a:b\\\",\\\"Resource\\\":\\\"*\\\"}}\"}",
  };
  for (size_t i = 0; i < 2; i++) {
    for (int which = 0; which < 3; which++) {
      UNIT_EACH_ALLOCATION(mem, rc) {
        pe_load_options options = {.kind = POLICYEVAL_KIND_RESOURCE, .limits = pe_load_limits_default};
        pe_findings findings;
        pe_policy *policy = NULL;
        if (which == 0) options.limits.json.bytes = 40;
        if (which == 1) options.limits.json.depth = i ? 1 : 2;
        if (which == 2) options.limits.json.nodes = 3;
        rc = pe_findings_init(&findings, &mem.alloc);
        if (!rc) {
          rc = pe_policy_load(&mem.alloc, pe_slice_str(texts[i]), &options, &policy, &findings);
          ck_assert(rc == POLICYEVAL_ELIMIT || rc == POLICYEVAL_ENOMEM);
          if (rc == POLICYEVAL_ELIMIT) {
            ck_assert(findings.list.len == 1 && findings.list.data[0].rule == PE_RULE_LIMIT_REACHED);
            rc = 0;
          }
          pe_findings_done(&findings);
        }
      }
    }
  }
}
END_TEST

/* A policy of many statements has an index of its actions. */
/* A limit is reported as such, or as what kept it from being reported. */
START_TEST(limits_without_memory)
{
  static const char text[] = "{\"Statement\":[{},{},{}]}";
  UNIT_EACH_ALLOCATION(mem, rc) {
    pe_load_options options = {.kind = POLICYEVAL_KIND_IDENTITY, .limits = pe_load_limits_default};
    pe_findings findings;
    pe_policy *policy = NULL;
    options.limits.statements = 2;
    rc = pe_findings_init(&findings, &mem.alloc);
    if (!rc) {
      rc = pe_policy_load(&mem.alloc, pe_slice_str(text), &options, &policy, &findings);
      ck_assert(rc != POLICYEVAL_ELIMIT || findings.list.len == 1);
      if (rc == POLICYEVAL_ELIMIT) rc = 0;
      pe_findings_done(&findings);
    }
  }
}
END_TEST

/* By document, place, rule, end and words. */
START_TEST(findings_in_order)
{
  static const struct {
    uint32_t document, start, end;
    pe_rule rule;
    const char *words;
  } rows[] = {
      {2, 0, 1, PE_RULE_LIMIT_REACHED, "h"}, {1, 5, 9, PE_RULE_LIMIT_REACHED, "g"}, {1, 5, 7, PE_RULE_LIMIT_REACHED, "f"},
      {1, 5, 7, PE_RULE_LIMIT_REACHED, "e"}, {1, 2, 3, PE_RULE_LIMIT_REACHED, "b"}, {1, 2, 9, PE_RULE_LIMIT_REACHED, "c"},
      {1, 4, 3, PE_RULE_LIMIT_REACHED, "d"}, {0, 9, 9, PE_RULE_LIMIT_REACHED, "a"}, {3, 0, 1, PE_RULE_LIMIT_REACHED, "i"},
  };
  pe_findings f;
  ck_assert_int_eq(pe_findings_init(&f, &pe_alloc_libc), 0);
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    f.documents = rows[i].document;
    pe_findings_add(&f, rows[i].rule, 0, (pe_span){rows[i].start, rows[i].end}, "%s", rows[i].words);
  }
  pe_finding_fix(&f, NULL, (pe_span){0, 0}, PE_SLICE(""), true, ""); /* of one for which there was no memory */
  pe_findings_sort(&f);
  for (size_t i = 0; i < f.list.len; i++) ck_assert_int_eq(f.list.data[i].message.ptr[0], 'a' + (int)i);
  pe_findings_done(&f);
}
END_TEST

START_TEST(excerpts_end_between_characters)
{
  char text[72];
  for (size_t i = 0; i < sizeof text; i += 3) memcpy(text + i, "€", 3);
  ck_assert_uint_eq(pe_finding_excerpt(pe_slice_of(text, 64)).len, 64); /* no more than that is there */
  ck_assert_uint_eq(pe_finding_excerpt(pe_slice_of(text, sizeof text)).len, 63);
  memset(text, '\x80', sizeof text);
  ck_assert_uint_eq(pe_finding_excerpt(pe_slice_of(text, sizeof text)).len, 0);
}
END_TEST

START_TEST(names_that_are_nearly_right)
{
  static const char *const known[] = {"Effect", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                                      "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB", NULL};
  ck_assert_ptr_eq(pe_spelling_nearest(PE_SLICE("efect"), known), known[0]);
  ck_assert_ptr_eq(pe_spelling_nearest(PE_SLICE("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB"), known), known[1]);
  /* Beyond 48 bytes nothing is compared. */
  ck_assert_ptr_null(pe_spelling_nearest(PE_SLICE("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), known));
  ck_assert_ptr_null(pe_spelling_nearest(PE_SLICE("BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"), known));
}
END_TEST

START_TEST(every_allocation_of_an_index_may_fail)
{
  char text[8000] = "{\"Statement\":[";
  size_t n = strlen(text);
  for (int i = 0; i < 80; i++) {
    n += (size_t)snprintf(text + n, sizeof text - n,
                          "%s{\"Effect\":\"Allow\",\"Action\":\"s%d:Get%s\",\"Resource\":\"*\"}", i ? "," : "", i, i % 3 ? "" : "*");
  }
  snprintf(text + n, sizeof text - n, "]}");
  loaded plain = loaded_ok(POLICYEVAL_KIND_IDENTITY, text);
  ck_assert_ptr_nonnull(plain.policy->index);
  UNIT_EACH_ALLOCATION(mem, rc) {
    pe_load_options options = {.kind = POLICYEVAL_KIND_IDENTITY, .limits = pe_load_limits_default};
    pe_policy *policy = NULL;
    rc = pe_policy_load(&mem.alloc, pe_slice_str(text), &options, &policy, NULL);
    if (!rc) ck_assert(policy->index && pe_policy_equal(policy, plain.policy));
    pe_policy_unref(policy);
  }
  loaded_done(&plain);
}
END_TEST

/* The same answer, or ENOMEM; with findings and without, strict and lenient. */
START_TEST(every_allocation_may_fail)
{
  static const char *const texts[] = {
      BASE(VERSION "\"Id\":\"i\",", SID, "Allow", WHO, "\"Action\":[\"s3:Get*\",\"s3:Put*\",\"*\"]",
           "\"Resource\":[\"arn:aws:s3:::b/${aws:username}/*\",\"*\"]",
           ",\"Condition\":{\"StringLike\":{\"a:b\":[\"1\",\"${aws:username}\",2,true]},\"IpAddress\":{\"aws:SourceIp\":"
           "[\"10.0.0.0/8\",\"x\"]},\"ArnLike\":{\"aws:SourceArn\":[\"arn:aws:s3:::b\",\"*\"]},\"ForAnyValue:BinaryEquals\":"
           "{\"a:c\":\"eA==\"},\"DateLessThanIfExists\":{\"aws:CurrentTime\":\"2026-01-01T00:00:00Z\"},\"Null\":{\"a:d\":true}}"),
      BASE(VERSION, SID, "Alow", "\"Principal\":{\"AWS\":[\"PRODUCTION\",7],\"Aws\":\"x\"}", "\"action\":\"s3\"",
           "\"Resource\":\"arn:aws:s3:::b\u00a0\",\"Resource\":\"*\"",
           ",\"Condition\":{\"StringLke\":{\"a:b\":{}},\"Bool\":{\"a:b\":null,\"A:B\":[\"maybe\"]}}"),
      BASE(VERSION "\"Id\":\"#\",", "\"Sid\":\"#\",", "Allow", "\"Principal\":{\"AWS\":[\"111122223333\",\"#\"]}",
           "\"Action\":[\"s3:#*\",\"#\"]", "\"Resource\":[\"arn:aws:s3:::#*/${aws:username}#\"]",
           ",\"Condition\":{\"StringLike\":{\"A:#\":[\"#*${aws:username}?#\",\"#\"],\"a:b\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\","
           "\"8\",\"9\",\"10\",\"11\",\"12\",\"13\",\"14\",\"15\",\"16\",\"17\",\"18\",\"19\",\"20\"]},\"ArnLike\":{\"a:c\":"
           "\"arn:aws:s3:::#*\"},\"#\":{\"a:d\":\"#\"},\"BinaryEquals\":{\"a:e\":\"#==\"}}"),
      "{\"Policy\":\"{\\\"Id\\\":\\\"#\\\","
      "\\\"Statement\\\":{\\\"Effect\\\":\\\"Allow\\\",\\\"Action\\\":\\\"a:#\\\",\\\"Resource\\\":\\\"*\\\"}}\"}",
      "\"%7B%22Id%22%3A%22#%22%2C"
      "%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22a%3A#%22%2C%22Resource%22%3A%22*%22%7D%7D\"",
      "{\"Version\":\"2012-10-17\",\"Statement\":[]}",
      "{\"Policy\":\"{\\\"Statement\\\":{\\\"Effect\\\":\\\"Allow\\\",\\\"Action\\\":\\\"a:b\\\",\\\"Resource\\\":\\\"*\\\"}}\"}",
      "%7b%22Statement%22%3A%7B%22Effect%22%3a%22Allow%22%2C%22Action%22%3A%22a%3Ab%22%2C%22Resource%22%3A%22*%22%7D%7d",
      "\"%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22a%3Ab%22%2C%22Resource%22%3A%22*%22%7D%7D\"",
      "%7B%2", "%7G", "%/0", "%:0", "%@0", "%`0", "%f", "\"%\"",
      "None", " None\n", "null", "", "  ", "{\"ARN\":\"x\",\"Name\":\"y\"}",
      "{\"ARN\":\"x\",\"Name\":\"y\",\"ResponseMetadata\":{}}", "{\"ARN\":\"x\",\"Name\":\"y\",\"Other\":{}}", "{\"ARN\":\"x\"}",
      "{\"ARN\":\"x\",\"VersionIdsToStages\":{}}", "{\"ARN\":\"x\",\"SecretString\":\"s\"}", "{\"ARN\":\"x\",\"CreatedDate\":1}",
      "{\"DefaultVersionId\":\"v1\",\"PolicyName\":\"p\"}", "{\"DefaultVersionId\":\"v1\",\"Arn\":\"a\"}", "{\"DefaultVersionId\":\"v1\"}",
      "{\"KeyMetadata\":{}}", "{\"AssumeRolePolicyDocument\":\"%7B%7D\"}", "{\"Effect\":\"Allow\"}", "{", "{\"a\":\"\xff\"}", "[1,]",
      BASE(VERSION, "\"Sid\":\"a\",\"Sid\":\"b\",", "Allow", "\"Principal\":{\"AWS\":\"1\",\"AWS\":\"2\",\"Service\":[]}", WHAT, WHERE,
           ",\"Condition\":{\"Bool\":{\"a:b\":\"true\",\"a:b\":false},\"Bool\":{},\"Null\":{\"a:c\":[],\"a:d\":[[1],{},null]}}"),
      BASE(VERSION, SID, "Allow", "\"Principal\":{}", "\"Action\":[]", "\"Resource\":[]", ",\"Condition\":[]"),
      BASE(VERSION, SID, "Allow", "\"Principal\":7", "\"Action\":7", "\"Resource\":7", ",\"Condition\":{\"\":{\"\":\"\"}}"),
      "{\"Statement\":[{}]} \x01", "{\"Statement\":[{}]} \x7f", "{\"Statement\":[{}]} \xff", "{,}", "{\"a\":}", "{\"a\":01}",
      "{\"a\":tru}", "{\"a\" 1}", "{\"a\":\"\\ud800x\"}", "{\"a\":\"\\u12\"}", "{'a':1}", "{\"a\":1,,}", "\xef\xbb\xbf{}", "{//\n}",
      "{\"Statement\":\"x\"} trailing", "{\"Statement\":“x”}", "{} x\xff", " ",
      BASE(VERSION, SID, "Allow", "\"Principal\":\"arn:aws:iam::PRODUCTION:root\"", WHAT, WHERE, ""),
      BASE(VERSION, SID, "Allow", WHO, WHAT, WHERE, ",\"Condition\":{\"Bool\":{\"a:b\":1,\"A:B\":1,\"a:c\":1}}"),
      BASE(VERSION, SID, "Allow", "\"Principal\":{\"AWS\":[\"\",null]}", WHAT, WHERE, ""),
      BASE(VERSION, SID, "Allow", "\"Principal\":\"\"", WHAT, WHERE, ""),
      "{\"PolicyDocument\":{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"a:b\",\"Resource\":\"*\"}}}",
  };
  static const int kinds[] = {POLICYEVAL_KIND_RESOURCE, POLICYEVAL_KIND_TRUST, POLICYEVAL_KIND_IDENTITY};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0] * 3 * 4; i++) {
    char *text = pe_test_widened(texts[i / 12]);
    const int kind = kinds[i % 3];
    const bool with = i / 3 % 2, lenient = i / 6 % 2;
    loaded plain = lenient ? loaded_lenient(kind, text) : loaded_new(kind, text);
    UNIT_EACH_ALLOCATION(mem, rc) {
      pe_load_options options = {.kind = kind, .name = PE_SLICE("test.json"), .limits = pe_load_limits_default, .lenient = lenient};
      pe_findings findings;
      pe_policy *policy = NULL;
      rc = pe_findings_init(&findings, &mem.alloc);
      if (!rc) {
        rc = pe_policy_load(&mem.alloc, pe_slice_str(text), &options, &policy, with ? &findings : NULL);
        ck_assert(!policy == (rc != 0));
        if (!rc) ck_assert(pe_policy_equal(policy, plain.policy));
        if (rc == plain.rc) rc = with && findings.failed ? POLICYEVAL_ENOMEM : 0;
        if (!rc && with) ck_assert_uint_eq(findings.list.len, plain.findings.list.len);
        pe_findings_done(&findings);
      }
      pe_policy_unref(policy);
    }
    loaded_done(&plain);
    free(text);
  }
}
END_TEST

UNIT_MAIN("policy", principals, placeholders, placeholders_of_keys, characters_of_actions, models_differ_in_each_part,
          long_patterns, limits_of_the_reader, limits_without_memory, findings_in_order, excerpts_end_between_characters,
          names_that_are_nearly_right,
          every_allocation_of_an_index_may_fail, every_allocation_may_fail)
