/* SPDX-License-Identifier: MIT */
/* Edits of a document's text: what changes, and that nothing else does. */
#include <string.h>

#include "base/error.h"
#include "grant/splice.h"
#include "policy/load.h"
#include "unit.h"

static pe_policy *load(const char *text, int kind, const char *name, const char *value) {
  const pe_json_setting setting = {pe_slice_str(name), pe_slice_str(value)};
  const pe_load_options o = {.kind = kind, .limits = pe_load_limits_default, .settings = &setting, .nsettings = name ? 1 : 0};
  pe_policy *p = NULL;
  ck_assert_msg(pe_policy_load(&pe_alloc_libc, pe_slice_str(text), &o, &p, NULL) == 0, "%s", text);
  return p;
}


static void adds(const char *text, const char *expected) {
  static const char fresh[] = "{ \"Effect\": \"Deny\", \"Action\":[\"s3:a\"],\"Resource\":\"*\"}";
  pe_policy *p = load(text, POLICYEVAL_KIND_IDENTITY, NULL, NULL), *again;
  pe_buf out;
  pe_buf_init(&out, &pe_alloc_libc);
  ck_assert_int_eq(pe_splice_add(&pe_alloc_libc, p, pe_slice_str(fresh), &out), 0);
  ck_assert_str_eq(out.ptr, expected);
  again = load(out.ptr, POLICYEVAL_KIND_IDENTITY, NULL, NULL);
  ck_assert_uint_eq(again->nstatements, p->nstatements + 1);
  ck_assert_int_eq(again->statements[p->nstatements].effect, PE_DENY);
  pe_policy_unref(p);
  pe_policy_unref(again);
  pe_buf_done(&out);
}

#define A "\"Effect\":\"Allow\",\"Action\":\"s3:b\",\"Resource\":\"*\""

START_TEST(adding) {
  /* One line, with and without blanks; lists and objects. */
  adds("{\"Statement\":[{" A "}],\"Version\":\"2012-10-17\"}",
       "{\"Statement\":[{" A "},{\"Effect\":\"Deny\",\"Action\":[\"s3:a\"],\"Resource\":\"*\"}],\"Version\":\"2012-10-17\"}");
  adds("{\"Statement\":{" A "}}", "{\"Statement\":[{" A "},{\"Effect\":\"Deny\",\"Action\":[\"s3:a\"],\"Resource\":\"*\"}]}");
  adds("{\"Statement\": [ { \"Effect\": \"Allow\", \"Action\": \"s3:b\", \"Resource\": \"*\" } ]}",
       "{\"Statement\": [ { \"Effect\": \"Allow\", \"Action\": \"s3:b\", \"Resource\": \"*\" }, "
       "{ \"Effect\": \"Deny\", \"Action\": [ \"s3:a\" ], \"Resource\": \"*\" } ]}");
  /* Lines: the step of the last statement, also with tabs and CR LF, brackets that hug. */
  adds("{\n \"Statement\": [\n  {\n   \"Effect\": \"Allow\",\n   \"Action\": \"s3:b\", \"Resource\": \"*\"\n  }\n ]\n}\n",
       "{\n \"Statement\": [\n  {\n   \"Effect\": \"Allow\",\n   \"Action\": \"s3:b\", \"Resource\": \"*\"\n  },\n  {\n   \"Effect\": "
       "\"Deny\",\n   \"Action\": [\n    \"s3:a\"\n   ],\n   \"Resource\": \"*\"\n  }\n ]\n}\n");
  adds("{\r\n\t\"Statement\":\t[{\r\n\t\t\"Effect\":\t\"Allow\",\r\n\t\t\"Action\":\"s3:b\",\"Resource\":\"*\"\r\n\t}]\r\n}",
       "{\r\n\t\"Statement\":\t[{\r\n\t\t\"Effect\":\t\"Allow\",\r\n\t\t\"Action\":\"s3:b\",\"Resource\":\"*\"\r\n\t}, {\r\n\t\t\"Effect\":"
       "\t\"Deny\",\r\n\t\t\"Action\":\t[\r\n\t\t\t\"s3:a\"\r\n\t\t],\r\n\t\t\"Resource\":\t\"*\"\r\n\t}]\r\n}");
}
END_TEST

/* Takes out the nodes of that path of numbers: the children of each container on the way. */
static uint32_t child(const pe_policy *p, uint32_t node, unsigned index) {
  uint32_t at = pe_json_first(node);
  while (index--) at = p->json.nodes[at].next;
  return at;
}

static void removes(const char *text, unsigned mask, const char *expected) {
  pe_policy *p = load(text, POLICYEVAL_KIND_IDENTITY, NULL, NULL);
  const uint32_t list = pe_json_get(&p->json, 0, "Statement");
  uint32_t nodes[8];
  size_t n = 0;
  for (unsigned i = 0; i < 8; i++)
    if (mask >> i & 1) nodes[n++] = child(p, list, i);
  pe_buf out;
  pe_buf_init(&out, &pe_alloc_libc);
  ck_assert_int_eq(pe_splice_remove(&pe_alloc_libc, p, nodes, n, &out), 0);
  ck_assert_str_eq(out.ptr, expected);
  pe_policy_unref(load(out.ptr, POLICYEVAL_KIND_IDENTITY, NULL, NULL));
  pe_policy_unref(p);
  pe_buf_done(&out);
}

#define S(x) "{\"Sid\":\"" x "\"," A "}"

START_TEST(removing_statements) {
  static const char text[] = "{\"Statement\": [\n " S("a") ",\n\n " S("b") ",  " S("c") ",\n " S("d") "\n]}";
  removes(text, 1, "{\"Statement\": [\n " S("b") ",  " S("c") ",\n " S("d") "\n]}");
  removes(text, 2, "{\"Statement\": [\n " S("a") ",  " S("c") ",\n " S("d") "\n]}");
  removes(text, 8, "{\"Statement\": [\n " S("a") ",\n\n " S("b") ",  " S("c") "\n]}");
  removes(text, 3, "{\"Statement\": [\n " S("c") ",\n " S("d") "\n]}");
  removes(text, 6, "{\"Statement\": [\n " S("a") ",\n " S("d") "\n]}");
  removes(text, 14, "{\"Statement\": [\n " S("a") "\n]}");
  removes(text, 7, "{\"Statement\": [\n " S("d") "\n]}");
  removes(text, 5, "{\"Statement\": [\n " S("b") ",\n " S("d") "\n]}");
}
END_TEST

START_TEST(removing_on_two_levels) {
  pe_policy *p = load("{\"Statement\":[" S("a") ",{\"Effect\":\"Allow\",\"Action\":[\"s3:a\", \"s3:b\"],\"Resource\":\"*\"}," S("c")
                      "," S("d") "]}", POLICYEVAL_KIND_IDENTITY, NULL, NULL);
  const uint32_t list = pe_json_get(&p->json, 0, "Statement"), second = child(p, list, 1), actions = child(p, second, 1);
  /* In any order; an element of a statement that goes as a whole goes with it. */
  const uint32_t inner[] = {child(p, list, 2), child(p, actions, 0)}, whole[] = {child(p, actions, 1), second};
  pe_buf out;
  pe_buf_init(&out, &pe_alloc_libc);
  ck_assert_int_eq(pe_splice_remove(&pe_alloc_libc, p, inner, 2, &out), 0);
  ck_assert_str_eq(out.ptr, "{\"Statement\":[" S("a") ",{\"Effect\":\"Allow\",\"Action\":[\"s3:b\"],\"Resource\":\"*\"}," S("d") "]}");
  pe_buf_clear(&out);
  ck_assert_int_eq(pe_splice_remove(&pe_alloc_libc, p, whole, 2, &out), 0);
  ck_assert_str_eq(out.ptr, "{\"Statement\":[" S("a") "," S("c") "," S("d") "]}");
  pe_policy_unref(p);
  pe_buf_done(&out);
}
END_TEST

START_TEST(filling_in) {
  pe_policy *p = load(" {\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"arn:aws:s3:::a/NAME\\u002fNAME\"}} ",
                      POLICYEVAL_KIND_IDENTITY, "NAME", "b\"c");
  pe_buf out;
  pe_buf_init(&out, &pe_alloc_libc);
  ck_assert(!pe_splice_is_whole(p));
  ck_assert_int_eq(pe_splice_fill(p, &out), 0);
  ck_assert_str_eq(out.ptr, "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"arn:aws:s3:::a/b\\\"c/b\\\"c\"}}");
  pe_policy_unref(p);
  pe_buf_done(&out);
}
END_TEST

START_TEST(writing_anew) {
  pe_buf out;
  pe_buf_init(&out, &pe_alloc_libc);
  ck_assert_int_eq(pe_splice_pretty(&pe_alloc_libc, PE_SLICE("{\"a\":[1,{\"b\":[]}],\"c\":{},\"d\":\"\\u00e9\"}"), &out), 0);
  ck_assert_str_eq(out.ptr, "{\n    \"a\": [\n        1,\n        {\n            \"b\": []\n        }\n    ],\n    \"c\": {},\n    \"d\": "
                            "\"\\u00e9\"\n}\n");
  pe_buf_clear(&out);
  ck_assert_int_eq(pe_splice_pretty(&pe_alloc_libc, PE_SLICE("{\"a\":"), &out), POLICYEVAL_EINTERNAL);
  pe_buf_done(&out);
}
END_TEST

UNIT_MAIN("splice", adding, removing_statements, removing_on_two_levels, filling_in, writing_anew)
