/* SPDX-License-Identifier: MIT */
/* What a case or a caller must not be, one reason each; and what the texts of refusals look like. tests/cli/simulate.py
 * has those that people write by mistake. */
#include <policyeval/policyeval.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval/case_set.h"
#include "unit.h"

#define USER "\"arn:aws:iam::111122223333:user/a\""
#define ROLE "arn:aws:iam::111122223333:role/r"
#define SESSION "arn:aws:sts::111122223333:assumed-role/r/s"
#define REST "\"action\":\"s3:GetObject\",\"resource\":\"arn:aws:s3:::b/k\""
#define OF(principal) "{\"principal\":" principal "," REST "}"
#define MORE(members) "{\"principal\":" USER "," REST "," members "}"

/* The line is refused, and the message holds the words; words NULL: it is no line that is refused. */
static void check_line(const char *line, const char *words) {
  policyeval_context *c = NULL;
  policyeval_simulator *s = NULL;
  char *text = NULL;
  ck_assert_int_eq(policyeval_context_new(NULL, &c), 0);
  ck_assert_int_eq(policyeval_simulator_new(c, &s), 0);
  (void)policyeval_simulator_run(s, line, POLICYEVAL_NTS, 1, NULL, &text, NULL);
  ck_assert_ptr_nonnull(text);
  const bool refused = strstr(text, "\"message\"") != NULL;
  ck_assert_msg(refused == (words != NULL) && (!words || strstr(text, words)), "%.300s\n%s\nwithout: %s", line, text,
                words ? words : "");
  policyeval_free(c, text);
  policyeval_simulator_free(s);
  policyeval_context_unref(c);
}

typedef struct row {
  const char *line, *words;
} row;

START_TEST(cases)
{
  static const row rows[] = {
      {OF("7"), "\\\"principal\\\" is an ARN, or an object"},
      {OF("{\"arn\":7}"), "\\\"arn\\\" is a string"},
      {OF("{\"arn\":" USER ",\"id\":7}"), "\\\"id\\\" is a string"},
      {OF("{\"arn\":" USER ",\"id\":\"\"}"), "a unique id is not empty"},
      {OF("{\"arn\":" USER ",\"path\":7}"), "\\\"path\\\" is a string"},
      {OF("{\"arn\":" USER ",\"path\":\"\"}"), "a path begins and ends with /"},
      {OF("{\"arn\":" USER ",\"path\":\"x/\"}"), "a path begins and ends with /"},
      {OF("{\"arn\":" USER ",\"path\":\"/x\"}"), "a path begins and ends with /"},
      {OF("{\"arn\":" USER ",\"path\":\"/x/\"}"), "the path differs from that of the ARN"},
      {OF("{\"arn\":" USER ",\"path\":\"/\"}"), NULL},
      {OF("{\"arn\":" USER ",\"parent\":7}"), "\\\"parent\\\" is a string"},
      {OF("{\"arn\":" USER ",\"parent\":" USER "}"), "only a federated user has a parent"},
      {OF("{\"arn\":" USER ",\"role_arn\":7}"), "\\\"role_arn\\\" is a string"},
      {OF("{\"arn\":" USER ",\"role_arn\":\"" ROLE "\"}"), "only a role has a role ARN"},
      {OF("{\"arn\":" USER ",\"org_id\":7}"), "\\\"org_id\\\" is a string"},
      {OF("{\"arn\":" USER ",\"tags\":7}"), "\\\"tags\\\" is an object: tag keys"},
      {OF("{\"arn\":" USER ",\"tags\":{\"a\":7}}"), "\\\"a\\\" is a string"},
      {OF("{\"arn\":" USER ",\"tags\":{\"a\":\"1\",\"a\":\"2\"}}"), "aws:PrincipalTag/a is given twice"},
      {OF("{\"arn\":" USER ",\"tags\":{\"a\":\"1\",\"A\":\"2\"}}"), NULL},
      {OF("{\"service\":7}"), "\\\"service\\\" is a string"},
      {OF("{\"service\":\"\"}"), "a service principal is not empty"},
      {OF("{\"federated\":7}"), "\\\"federated\\\" is a string"},
      {OF("{\"federated\":\"\"}"), "a federated provider is not empty"},
      {OF("{\"anonymous\":7}"), "\\\"anonymous\\\" is true or false, without quotes"},
      {"{\"principal\":" USER ",\"action\":\"s3:GetObject\",\"resource\":7}", "\\\"resource\\\" is a string"},
      {MORE("\"resource_account\":7"), "\\\"resource_account\\\" is a string"},
      {MORE("\"context\":{\"a:b\":\"1\",\"a:b\":\"2\"}"), "a:b is given twice"},
      {MORE("\"context\":{\"aws:PrincipalTag/a\":\"1\",\"aws:PrincipalTag/A\":[\"2\"]}"), "is given twice"},
      {MORE("\"context\":{\"aws:PrincipalTag/a\":\"1\"},\"unknown\":[\"aws:PrincipalTag/A\"]"), "is given twice"},
      {MORE("\"context\":{\"aws:PrincipalTag/a\":[\"1\"],\"aws:PrincipalTag/A\":\"2\"}"), "is given twice"},
      {MORE("\"unknown\":[\"aws:PrincipalTag/a\"],\"context\":{\"aws:PrincipalTag/A\":\"1\"}"), "is given twice"},
      {MORE("\"context\":{\"a:list\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\",\"11\",\"12\",\"13\","
            "\"14\",\"15\",\"16\",\"17\"]}"), NULL},
      {MORE("\"context\":{\"a:list\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\",\"11\",\"12\",\"13\","
            "\"14\",\"15\",\"16\",17]}"), "a value of a context key is a string"},
      {MORE("\"unknown\":[7]"), "expected a string here"},
      {MORE("\"unknown\":[7,\"a:b\"]"), "expected a string here"},
      {MORE("\"context\":{\"a:list\":[7,\"x\"]}"), "a value of a context key is a string"},
      {MORE("\"readings\":{\"AMB-0\":\"x\",\"AMB-9\":\"absent\"}"), "there is no row"},
      {MORE("\"policies\":{\"identity\":[{\"policy\":\"null\"}]}"), "no policy is attached"},
      /* The first finding is not what refuses the policy. */
      {"{\"principal\":" USER ",\"action\":\"kms:Decrypt\",\"resource\":\"arn:aws:kms:us-east-1:111122223333:key/k\",\"policies\":{"
       "\"resource\":[{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"kms:*\"},{\"Effect\":\"Alow\","
       "\"Principal\":\"*\",\"Action\":\"kms:*\",\"Resource\":\"*\"}]}]}}",
       "Alow"},
      {MORE("\"readings\":[]"), "\\\"readings\\\" is an object: rows and their readings"},
      {MORE("\"readings\":{\"AMB-9\":7}"), "\\\"AMB-9\\\" is a string"},
      {MORE("\"readings\":{\"AMB-9\":\"absent\",\"AMB-9\":\"absent\"}"), "\\\"AMB-9\\\" is given twice"},
      {MORE("\"only\":7"), "\\\"only\\\" is a string"},
      {MORE("\"only\":\"resource\""), NULL},
      {MORE("\"policies\":7"), "\\\"policies\\\" is an object, or the name of a defined set"},
      {MORE("\"policies\":{\"scp\":7}"), "expected a list of levels, root first"},
      {MORE("\"policies\":{\"rcp\":[7]}"), "expected a list of policies here"},
      {MORE("\"policies\":{\"scp\":[]}"), NULL},
      {MORE("\"policies\":{\"identity\":[],\"identity\":[]}"), "this layer is given twice"},
      {MORE("\"policies\":{\"identity\":[{\"policy\":\"{}\",\"policy\":\"{}\"}]}"), "a member is given twice"},
      {MORE("\"policies\":{\"identity\":[{\"policy\":\"{}\",\"name\":7}]}"), "\\\"name\\\" is a string"},
      {MORE("\"policies\":{\"identity\":[{\"name\":\"n\",\"policy\":\"{\"}]}"), "the text ends inside a value"},
      {MORE("\"policies\":{\"identity\":[{\"Statement\":{\"Effect\":\"Alow\"}}]}"), "has no Action"},
      {MORE("\"policies\":{\"grants\":[{\"GranteePrincipal\":7}]}"), "This member of a grant is a string"},
      {"{\"define\":7,\"policies\":{}}", "\\\"define\\\" is a string"},
      {"{\"define\":\"d\",\"policies\":7}", "\\\"policies\\\" is an object"},
      {"{\"define\":\"d\",\"policies\":{\"identity\":[7]}}", "expected a policy document here"},
      {"7", "a case is an object"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) check_line(rows[i].line, rows[i].words);
}
END_TEST

START_TEST(callers)
{
  static const row rows[] = {
      {OF("\"urn:aws:iam::111122223333:user/a\""), "a principal is an ARN"},
      {OF("\"arn:aws:iam::111122223333\""), "a principal is an ARN"},
      {OF("\"arn::iam::111122223333:user/a\""), "has no partition"},
      {OF("\"arn:aws:iam::11112222333:user/a\""), "not twelve digits"},
      {OF("\"arn:aws:iam::11112222333x:user/a\""), "not twelve digits"},
      {OF("\"arn:aws:iam:us-east-1:111122223333:user/a\""), "has no region"},
      {OF("\"arn:aws:iam::111122223333:user/a*\""), "has no wildcard"},
      {OF("\"arn:aws:iam::111122223333:user/?\""), "has no wildcard"},
      {OF("\"arn:aws:s3::111122223333:user/a\""), "belongs to iam or sts"},
      {OF("\"arn:aws:iam::111122223333:group/a\""), "ends in root, user/NAME or role/NAME"},
      {OF("\"arn:aws:iam::111122223333:user/\""), "has no name"},
      {OF("\"arn:aws:iam::111122223333:user/p/\""), "has no name"},
      {OF("\"arn:aws:iam::111122223333:role/p/q/\""), "has no name"},
      {OF("\"arn:aws:iam::111122223333:user\""), "ends in root, user/NAME or role/NAME"},
      {OF("\"arn:aws:iam::111122223333:role/p/q/r\""), NULL},
      {OF("\"arn:aws:iam::111122223333:root\""), NULL},
      {OF("\"arn:aws:sts::111122223333:federated-user/\""), "the federated user's ARN has no name"},
      {OF("\"arn:aws:sts::111122223333:federated-user/f\""), NULL},
      {OF("\"arn:aws:sts::111122223333:role/f\""), "assumed-role/ROLE/SESSION or federated-user/NAME"},
      {OF("\"arn:aws:sts::111122223333:assumed-role/\""), "a part is missing"},
      {OF("\"arn:aws:sts::111122223333:assumed-role//s\""), "a part is missing"},
      {OF("\"arn:aws:sts::111122223333:assumed-role/r\""), "a part is missing"},
      {OF("\"arn:aws:sts::111122223333:assumed-role/r/\""), "a part is missing"},
      {OF("{\"arn\":\"" SESSION "\",\"role_arn\":\"nonsense\"}"), "a principal is an ARN"},
      {OF("{\"arn\":\"" SESSION "\",\"role_arn\":" USER "}"), "not the ARN of a role"},
      {OF("{\"arn\":\"" SESSION "\",\"role_arn\":\"" SESSION "\"}"), "not the ARN of a role"},
      {OF("{\"arn\":\"" SESSION "\",\"role_arn\":\"arn:aws:iam::444455556666:role/r\"}"), "does not belong"},
      {OF("{\"arn\":\"" SESSION "\",\"role_arn\":\"arn:aws-cn:iam::111122223333:role/r\"}"), "does not belong"},
      {OF("{\"arn\":\"" SESSION "\",\"role_arn\":\"arn:aws:iam::111122223333:role/q\"}"), "does not belong"},
      {OF("{\"arn\":\"" SESSION "\",\"role_arn\":\"arn:aws:iam::111122223333:role/p/r\"}"), NULL},
      {OF("{\"arn\":\"" SESSION "\",\"role_arn\":\"arn:aws:iam::111122223333:role/p/r\",\"path\":\"/q/\"}"), "the path differs"},
      {OF("{\"arn\":\"" SESSION "\",\"role_arn\":\"arn:aws:iam::111122223333:role/p/r\",\"path\":\"/p/\"}"), NULL},
      {OF("{\"arn\":\"" SESSION "\",\"path\":\"/p/\"}"), NULL},
      {OF("{\"arn\":\"arn:aws:sts::111122223333:federated-user/f\",\"parent\":\"nonsense\"}"), "a principal is an ARN"},
      {OF("{\"arn\":\"arn:aws:sts::111122223333:federated-user/f\",\"parent\":" USER "}"), NULL},
      {OF("{\"arn\":\"arn:aws:sts::111122223333:federated-user/f\",\"path\":\"/p/\"}"), "the path differs"},
      {OF("{\"arn\":\"arn:aws:iam::111122223333:root\",\"path\":\"/p/\"}"), "the path differs"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) check_line(rows[i].line, rows[i].words);
}
END_TEST

/* A text of `count` times `piece` between the two. */
static char *repeated(const char *before, const char *piece, size_t count, const char *after) {
  const size_t n = strlen(piece), head = strlen(before), tail = strlen(after) + 1;
  char *text = malloc(head + n * count + tail);
  ck_assert_ptr_nonnull(text);
  memcpy(text, before, head);
  for (size_t i = 0; i < count; i++) memcpy(text + head + i * n, piece, n);
  memcpy(text + head + n * count, after, tail);
  return text;
}

START_TEST(long_parts)
{
  static const struct {
    const char *before, *piece, *after, *words;
    size_t count;
  } rows[] = {
      {"{\"principal\":" USER "," REST ",\"unknown\":[\"a:b\"", "  ", "]}", "the list is longer than 1 MiB", 1 << 19},
      {"{\"principal\":{\"arn\":" USER ",\"tags\":{\"a\":\"b\"", "  ", "}}," REST "}", "the tags are longer than 1 MiB", 1 << 19},
      {"{\"principal\":" USER "," REST ",\"policies\":{\"scp\":[[]", ",[]", "]}}", "at most 64 levels", 64},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    char *line = repeated(rows[i].before, rows[i].piece, rows[i].count, rows[i].after);
    check_line(line, rows[i].words);
    free(line);
  }
}
END_TEST

/* At most 60 bytes of what was given, whole characters, nothing that a terminal would obey. */
START_TEST(texts_in_messages)
{
  static const struct {
    const char *text, *shown;
  } rows[] = {
      {"", ""},
      {"plain", "plain"},
      {"a\x1b[2J\x7f", "a?[2J?"},
      {"123456789.123456789.123456789.123456789.123456789.123456789.", "123456789.123456789.123456789.123456789.123456789.123456789."},
      {"123456789.123456789.123456789.123456789.123456789.123456789.x", "123456789.123456789.123456789.123456789.123456789.123456789.…"},
      {"123456789.123456789.123456789.123456789.123456789.12345678ää", "123456789.123456789.123456789.123456789.123456789.12345678ä…"},
      {"123456789.123456789.123456789.123456789.123456789.123456789ä", "123456789.123456789.123456789.123456789.123456789.123456789…"},
  };
  char buf[80];
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    ck_assert_str_eq(pe_case_shown(pe_slice_str(rows[i].text), buf), rows[i].shown);
  ck_assert_str_eq(pe_case_shown(pe_slice_of("ab\xc3", 3), buf), "ab…"); /* the text ends inside of a character */
}
END_TEST

/* A case with a bit of everything, and each allocation failing while it is read and its set is made. */
START_TEST(every_allocation_may_fail)
{
  static const char *const lines[] = {
      "{\"id\":\"x\",\"principal\":{\"arn\":\"" SESSION "\",\"role_arn\":\"" ROLE "\",\"id\":\"AROA1\",\"org_id\":\"o-1\","
      "\"path\":\"/\",\"tags\":{\"a\":\"1\",\"A\":\"2\"}}," REST ",\"resource_account\":\"111122223333\",\"unknown\":[\"c:d\"],"
      "\"context\":{\"a:list\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\",\"11\",\"12\",\"13\",\"14\",\"15\","
      "\"16\",\"17\"]},\"readings\":{\"AMB-9\":\"absent\"},\"policies\":{\"identity\":[{\"Statement\":{\"Effect\":\"Allow\","
      "\"Action\":\"*\",\"Resource\":\"*\"}}],\"scp\":[[]],\"grants\":[{\"GrantId\":\"g\",\"GranteePrincipal\":\"" ROLE
      "\",\"KeyId\":\"k\",\"Operations\":[\"Decrypt\"],\"Constraints\":{\"EncryptionContextSubset\":{\"a\":\"b\"}}}]}}",
      "{\"id\":\"#\",\"principal\":{\"arn\":\"" SESSION "#\",\"role_arn\":\"arn:aws:iam::111122223333:role/#/r\",\"id\":\"#\","
      "\"org_id\":\"#\",\"tags\":{\"#\":\"#\"}}," REST ",\"unknown\":[\"c:#\"],\"context\":{\"a:#\":\"#\",\"a:l\":[\"#\",\"#\"]},"
      "\"policies\":{\"identity\":[{\"name\":\"#\",\"policy\":{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:#*\","
      "\"Resource\":\"*\"}}}],\"scp\":[[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[]],"
      "\"grants\":[{\"GrantId\":\"#\",\"GranteePrincipal\":\"" ROLE "#\",\"KeyId\":\"#\",\"Operations\":[\"#\",\"#\"],"
      "\"Constraints\":{\"EncryptionContextEquals\":{\"#\":\"#\"},\"SourceArn\":\"#\"}},{\"GrantId\":null,\"GranteePrincipal\":\"" ROLE
      "\",\"Operations\":[],\"Constraints\":null}]}}",
      "{\"principal\":{\"service\":\"s3.amazonaws.com\"}," REST "}",
      "{\"principal\":{\"federated\":\"cognito-identity.amazonaws.com\"}," REST "}",
      "{\"principal\":{\"anonymous\":true}," REST "}",
      "{\"principal\":{\"arn\":\"arn:aws:sts::111122223333:federated-user/f\",\"parent\":" USER "}," REST "}",
  };
  for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
    char *line = pe_test_widened(lines[i]);
    UNIT_EACH_ALLOCATION(mem, rc) {
      static const pe_readings defaults;
      const pe_load_options options = {.limits = pe_load_limits_default};
      pe_source source = {.text = pe_slice_str(line)};
      pe_json json;
      pe_case c;
      pe_case_fault fault = {.offset = 0};
      pe_case_set *set = NULL;
      const pe_request *request;
      const char *why;
      pe_arena *arena = pe_arena_new(&mem.alloc, 0);
      pe_request_builder *b = pe_request_builder_new(&mem.alloc, NULL);
      pe_case_sets *sets = pe_case_sets_new(&mem.alloc, &options);
      pe_buf_init(&fault.message, &mem.alloc);
      rc = arena && b && sets ? pe_json_read(arena, &source, &pe_load_limits_default.json, &json, NULL) : POLICYEVAL_ENOMEM;
      if (!rc) rc = pe_case_read(&json, b, &defaults, &c, &fault);
      if (!rc) rc = pe_request_prepare(b, &request, &why);
      if (!rc) rc = pe_case_sets_get(sets, &c, POLICYEVAL_KIND_RESOURCE, &set, &fault);
      ck_assert_msg(rc != POLICYEVAL_EPOLICY, "%.300s", fault.message.ptr);
      if (!rc && mem.failed) rc = POLICYEVAL_ENOMEM; /* what only could not be kept is no failure */
      pe_case_set_unref(set);
      pe_buf_done(&fault.message);
      pe_case_sets_free(sets);
      pe_request_builder_free(b);
      pe_arena_free(arena);
    }
    free(line);
  }
}
END_TEST

UNIT_MAIN("refusal", cases, callers, long_parts, texts_in_messages, every_allocation_may_fail)
