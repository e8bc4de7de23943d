/* SPDX-License-Identifier: MIT */
/* The action index against a scan of all statements. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/index.h"
#include "policy/load.h"

static uint64_t state = 88172645463325252u;
static unsigned next_random(unsigned below) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (unsigned)(state >> 33) % below;
}

static const char *const services[] = {"s3", "kms", "a", "secretsmanager"};
static const char *const verbs[] = {"get", "put", "list", "g", ""};
static const char *const nouns[] = {"object", "secret", "x", "objectacl", ""};

static void add_action(pe_buf *out) {
  char text[400];
  snprintf(text, sizeof text, "%s:%s%s", services[next_random(4)], verbs[next_random(5)],
           nouns[next_random(5)]);
  size_t len = strlen(text);
  if (next_random(40) == 0) { /* longer than the keys of the index */
    memset(text + len, 'z', 300);
    len += 300;
    text[len] = '\0';
  }
  unsigned wild = next_random(6);
  size_t colon = (size_t)(strchr(text, ':') - text);
  size_t at = colon + 1 + next_random((unsigned)(len - colon));
  if (wild == 0) snprintf(text + len, sizeof text - len, "*");
  if (wild == 1 && at < len) text[at] = '*';
  if (wild == 2 && at < len) text[at] = '?';
  if (next_random(60) == 0) snprintf(text, sizeof text, "*:%s", verbs[next_random(5)]);
  if (next_random(200) == 0) snprintf(text, sizeof text, "*");
  pe_buf_fmt(out, "\"%s\"", text);
}

static pe_policy *random_policy(unsigned statements) {
  pe_buf text;
  pe_buf_init(&text, &pe_alloc_libc);
  pe_buf_str(&text, "{\"Version\":\"2012-10-17\",\"Statement\":[");
  for (unsigned s = 0; s < statements; s++) {
    pe_buf_fmt(&text, "%s{\"Effect\":\"Allow\",\"Resource\":\"*\",\"%s\":[", s ? "," : "",
               next_random(8) ? "Action" : "NotAction");
    for (unsigned a = 0, n = next_random(6); a < n; a++) {
      if (a) pe_buf_char(&text, ',');
      add_action(&text);
    }
    pe_buf_str(&text, "]}");
  }
  pe_buf_str(&text, "]}");
  pe_load_options options = {.kind = POLICYEVAL_KIND_IDENTITY, .limits = pe_load_limits_default};
  pe_policy *policy = NULL;
  ck_assert_int_eq(pe_policy_load(&pe_alloc_libc, pe_slice_of(text.ptr, text.len), &options, &policy, NULL),
                   0);
  pe_buf_done(&text);
  return policy;
}

enum { MOST = 64 };
typedef struct seen {
  bool hit[MOST];
  unsigned left; /* stop after so many */
} seen;

static bool mark(void *user, const pe_statement *s) {
  seen *found = user;
  found->hit[s->index] = true;
  return found->left == 0 || --found->left > 0;
}

static void compare(const pe_policy *p, pe_slice action) {
  seen found = {0};
  pe_action_index_find(p->index, p->statements, action, mark, &found);
  for (uint32_t s = 0; s < p->nstatements; s++) {
    ck_assert_msg(found.hit[s] == pe_statement_has_action(&p->statements[s], action), "statement %u of %.*s",
                  s, (int)action.len, action.ptr);
  }
}

START_TEST(agrees_with_a_scan)
{
  unsigned indexed = 0;
  for (int round = 0; round < UNIT_CASES(300); round++) {
    pe_policy *p = random_policy(1 + next_random(MOST - 1));
    for (int k = 0; p->index && k < 60; k++) {
      pe_buf action;
      pe_buf_init(&action, &pe_alloc_libc);
      add_action(&action); /* quotes around it, and perhaps wildcards: plain characters here */
      compare(p, pe_slice_of(action.ptr + 1, action.len - 2));
      pe_buf_done(&action);
      indexed++;
    }
    if (p->index) compare(p, PE_SLICE(""));
    pe_policy_unref(p);
  }
  ck_assert_uint_gt(indexed, UNIT_CASES(5000));
}
END_TEST

/* The element alone, without index: L1.6. */
START_TEST(elements)
{
  static const struct {
    const char *element, *action;
    bool matches;
  } rows[] = {
      {"\"Action\":\"SecretsManager:getsecretvalue\"", "secretsmanager:getsecretvalue", true},
      {"\"Action\":\"secretsmanager:?etSecretValue\"", "secretsmanager:getsecretvalue", true},
      {"\"Action\":\"secretsmanager:*Secret\"", "secretsmanager:listsecrets", false},
      {"\"Action\":\"kms:*\"", "kmsx:decrypt", false},
      {"\"Action\":\"kms:Decrypt \"", "kms:decrypt", false},
      {"\"Action\":\"*:*\"", "kms:decrypt", true},
      {"\"Action\":[]", "kms:decrypt", false},
      {"\"NotAction\":[]", "kms:decrypt", false},
      {"\"NotAction\":\"kms:decrypt\"", "kms:decrypt", false},
      {"\"NotAction\":\"kms:decrypt\"", "kms:encrypt", true},
      {"\"NotAction\":\"kms:decrypt \"", "kms:decrypt", true},
      {"\"NotAction\":\"*\"", "kms:decrypt", false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    char text[256];
    snprintf(text, sizeof text, "{\"Statement\":{\"Effect\":\"Allow\",\"Resource\":\"*\",%s}}",
             rows[i].element);
    pe_load_options options = {.kind = POLICYEVAL_KIND_IDENTITY, .limits = pe_load_limits_default};
    pe_policy *p = NULL;
    ck_assert_int_eq(pe_policy_load(&pe_alloc_libc, pe_slice_str(text), &options, &p, NULL), 0);
    ck_assert_msg(pe_statement_has_action(&p->statements[0], pe_slice_str(rows[i].action)) == rows[i].matches,
                  "%s of %s", rows[i].element, rows[i].action);
    pe_policy_unref(p);
  }
}
END_TEST

START_TEST(stops_when_told)
{
  pe_policy *p = NULL;
  do {
    pe_policy_unref(p);
    p = random_policy(MOST - 1);
  } while (!p->index);
  seen all = {0}, one = {.left = 1};
  pe_slice action = PE_SLICE("s3:getobject");
  pe_action_index_find(p->index, p->statements, action, mark, &all);
  pe_action_index_find(p->index, p->statements, action, mark, &one);
  unsigned hits = 0, first = 0;
  for (size_t i = 0; i < MOST; i++) {
    hits += all.hit[i];
    first += one.hit[i];
  }
  ck_assert_uint_gt(hits, 1);
  ck_assert_uint_eq(first, 1);
  pe_policy_unref(p);
}
END_TEST

/* "s3:get8d89a" and the beginning "s3:put8b842" are filed in the same bucket of sixteen with the same tag. */
START_TEST(an_action_and_a_beginning_of_one_hash)
{
  pe_buf text;
  pe_buf_init(&text, &pe_alloc_libc);
  pe_buf_str(&text, "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:put8b842*\",\"Resource\":\"*\"}");
  for (int i = 0; i < 13; i++) pe_buf_fmt(&text, ",{\"Effect\":\"Allow\",\"Action\":\"sqs:a%d\",\"Resource\":\"*\"}", i);
  pe_buf_str(&text, "]}");
  pe_load_options options = {.kind = POLICYEVAL_KIND_IDENTITY, .limits = pe_load_limits_default};
  pe_policy *p = NULL;
  ck_assert_int_eq(pe_policy_load(&pe_alloc_libc, pe_slice_of(text.ptr, text.len), &options, &p, NULL), 0);
  ck_assert_ptr_nonnull(p->index);
  compare(p, PE_SLICE("s3:get8d89a"));
  compare(p, PE_SLICE("s3:put8b842"));
  compare(p, PE_SLICE("s3:put8b842x"));
  pe_policy_unref(p);
  pe_buf_done(&text);
}
END_TEST

/* The same at what is filed under the whole action, and under its beginning. */
START_TEST(stops_at_each_kind_of_entry)
{
  static const char *const actions[] = {"s3:getobject", "s3:get*"};
  for (int kind = 0; kind < 2; kind++) {
    pe_buf text;
    pe_buf_init(&text, &pe_alloc_libc);
    pe_buf_str(&text, "{\"Statement\":[");
    for (int i = 0; i < 20; i++) {
      pe_buf_fmt(&text, "%s{\"Effect\":\"Allow\",\"Action\":\"%s\",\"Resource\":\"*\"}", i ? "," : "", actions[kind]);
    }
    pe_buf_str(&text, "]}");
    pe_load_options options = {.kind = POLICYEVAL_KIND_IDENTITY, .limits = pe_load_limits_default};
    pe_policy *p = NULL;
    ck_assert_int_eq(pe_policy_load(&pe_alloc_libc, pe_slice_of(text.ptr, text.len), &options, &p, NULL), 0);
    seen three = {.left = 3};
    unsigned hits = 0;
    pe_action_index_find(p->index, p->statements, PE_SLICE("s3:getobject"), mark, &three);
    for (size_t i = 0; i < MOST; i++) hits += three.hit[i];
    ck_assert_uint_eq(hits, 3);
    pe_policy_unref(p);
    pe_buf_done(&text);
  }
}
END_TEST

UNIT_MAIN("index", agrees_with_a_scan, elements, stops_when_told, an_action_and_a_beginning_of_one_hash, stops_at_each_kind_of_entry)
