/* SPDX-License-Identifier: MIT */
/* Bytes become the three policies of an access question. What `grant` and `revoke` say they proved holds when it is decided:
 * granted is allowed, granted again is unchanged, revoked is not allowed, and nobody else of a list of callers
 * gains by the one or loses by the other. A change that is blocked changes nothing. */
#include "fuzz.h"

#define SECRET "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-AbCdEf"
#define KEY    "arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"

enum { DOCUMENTS = 3, CALLERS = 7 };
static const int layers[DOCUMENTS] = {POLICYEVAL_LAYER_RESOURCE, POLICYEVAL_LAYER_KEY, POLICYEVAL_LAYER_IDENTITY};
static const int kinds[DOCUMENTS] = {POLICYEVAL_KIND_SECRET, POLICYEVAL_KIND_KMS_KEY, POLICYEVAL_KIND_IDENTITY};
/* The last two are asked about, never granted to. */
static const char *const callers[CALLERS] = {
    "arn:aws:iam::444455556666:role/team/App",          "arn:aws:iam::111122223333:user/alice",
    "arn:aws:sts::111122223333:assumed-role/App/s1",    "arn:aws:iam::111122223333:role/App",
    "arn:aws:iam::444455556666:user/carol",             "arn:aws:iam::444455556666:root",
    "arn:aws:sts::111122223333:assumed-role/Other/s2"};

typedef struct triple {
  pe_buf text[DOCUMENTS]; /* empty: there is none */
} triple;

static policyeval_access *question(policyeval_context *context, const triple *t, const char *caller, const char *stage,
                                   bool identity) {
  policyeval_access *q = NULL;
  MUST(policyeval_access_new(context, &q) == 0 && policyeval_access_set_principal(q, caller, POLICYEVAL_NTS) == 0);
  MUST(policyeval_access_set_secret(q, SECRET, POLICYEVAL_NTS) == 0 && policyeval_access_set_key(q, KEY, POLICYEVAL_NTS) == 0);
  if (stage) MUST(policyeval_access_set_version_stage(q, stage, POLICYEVAL_NTS) == 0);
  for (int i = 0; i < DOCUMENTS; i++) {
    policyeval_policy *policy = NULL;
    if (t->text[i].len == 0 || (i == 2 && !identity)) continue;
    MUST(policyeval_policy_load(context, kinds[i], t->text[i].ptr, t->text[i].len, "fuzz", &policy, NULL) == 0);
    MUST(policyeval_access_add_policy(q, layers[i], 0, policy) == 0);
    policyeval_policy_unref(policy);
  }
  return q;
}

static int decide(policyeval_context *context, const triple *t, const char *caller, const char *stage, bool identity) {
  policyeval_access *q = question(context, t, caller, stage, identity);
  int effect = -1;
  MUST(policyeval_access_effect(q, &effect) == 0);
  policyeval_access_free(q);
  return effect;
}

typedef struct outcome {
  bool changed, proved, blocked;
  triple after;
} outcome;

static outcome change(policyeval_context *context, const triple *t, const char *caller, bool strict, bool revoke) {
  policyeval_access *q = question(context, t, caller, NULL, true);
  policyeval_grant *g = NULL;
  outcome o = {false, false, false, {{{0}}}};
  MUST(policyeval_grant_new(q, &g) == 0 && policyeval_grant_set_strict_stage(g, strict) == 0);
  const int rc = revoke ? policyeval_grant_run_revoke(g) : policyeval_grant_run(g);
  if (rc) fprintf(stderr, "%d: %s\n", rc, policyeval_access_detail(q));
  MUST(rc == 0);
  o.changed = policyeval_grant_changed(g);
  o.proved = policyeval_grant_proved(g);
  o.blocked = policyeval_grant_blocked(g) > 0;
  MUST(!o.blocked || (!o.changed && !o.proved));
  MUST(policyeval_grant_documents(g) == DOCUMENTS);
  for (size_t i = 0; i < DOCUMENTS; i++) {
    const policyeval_slice text = policyeval_grant_document(g, i);
    pe_buf_init(&o.after.text[i], &pe_alloc_libc);
    if (text.ptr) pe_buf_add(&o.after.text[i], text.ptr, text.len);
  }
  MUST(policyeval_grant_json(g, NULL) && policyeval_grant_text(g, NULL));
  MUST(policyeval_grant_diff(g, NULL) && policyeval_grant_commands(g, NULL));
  policyeval_grant_free(g);
  policyeval_access_free(q);
  return o;
}

static void done(triple *t) {
  for (int i = 0; i < DOCUMENTS; i++) pe_buf_done(&t->text[i]);
}

static bool same(const triple *a, const triple *b) {
  for (int i = 0; i < DOCUMENTS; i++) {
    if (a->text[i].len != b->text[i].len) return false;
    if (a->text[i].len && memcmp(a->text[i].ptr, b->text[i].ptr, a->text[i].len) != 0) return false;
  }
  return true;
}

/* The principal itself, for a role each of its sessions. */
static bool is_granted_to(const char *granted, const char *caller) {
  if (strcmp(granted, "arn:aws:iam::111122223333:role/App") == 0 &&
      strcmp(caller, "arn:aws:sts::111122223333:assumed-role/App/s1") == 0)
    return true;
  return strcmp(granted, caller) == 0;
}

/* Without a key policy the key is taken to have AWS's default one. */
static triple as_taken(const triple *t) {
  static char key_policy[] = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":"
                             "\"arn:aws:iam::444455556666:root\"},\"Action\":\"kms:*\",\"Resource\":\"*\"}]}";
  triple taken = *t;
  if (taken.text[1].len == 0) taken.text[1] = (pe_buf){.ptr = key_policy, .len = sizeof key_policy - 1};
  return taken;
}

/* Of two states of the policies the `wide` one allows whatever the `narrow` one does to everybody but one. The identity
 * policies are that one's: others come without any. */
static void others_keep(policyeval_context *context, const triple *narrow, const triple *wide, const char *but) {
  static const char *const stages[] = {NULL, "AWSCURRENT", "AWSPREVIOUS"};
  const triple less = as_taken(narrow), more = as_taken(wide);
  for (int i = 0; i < CALLERS; i++) {
    if (is_granted_to(but, callers[i])) continue;
    for (int k = 0; k < 3; k++) {
      if (decide(context, &less, callers[i], stages[k], false) == POLICYEVAL_ALLOW)
        MUST(decide(context, &more, callers[i], stages[k], false) == POLICYEVAL_ALLOW);
    }
  }
}

static void check_revoke(policyeval_context *context, const triple *t, const char *caller, bool strict) {
  outcome o = change(context, t, caller, strict, true);
  if (o.proved) {
    MUST(decide(context, &o.after, caller, NULL, true) != POLICYEVAL_ALLOW);
    MUST(decide(context, &o.after, caller, "AWSCURRENT", true) != POLICYEVAL_ALLOW);
    MUST(decide(context, &o.after, caller, "AWSPREVIOUS", true) != POLICYEVAL_ALLOW);
    others_keep(context, t, &o.after, caller);
  }
  done(&o.after);
}

static void check_grant(policyeval_context *context, const triple *t, const char *caller, bool strict) {
  outcome o = change(context, t, caller, strict, false);
  if (o.proved) {
    MUST(decide(context, &o.after, caller, "AWSCURRENT", true) == POLICYEVAL_ALLOW);
    if (!strict) MUST(decide(context, &o.after, caller, NULL, true) == POLICYEVAL_ALLOW);
    others_keep(context, &o.after, t, caller);
    outcome twice = change(context, &o.after, caller, strict, false);
    MUST(!twice.changed && !twice.blocked && same(&twice.after, &o.after));
    done(&twice.after);
    if (o.changed) check_revoke(context, &o.after, caller, strict);
  }
  done(&o.after);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const policyeval_limits limits = {.size = sizeof limits, .states = 2000, .search_nodes = 2000};
  fuzz_bytes b = {data, size};
  policyeval_context *context = NULL;
  triple start;
  if (size < 8) return 0;
  const char *caller = callers[fuzz_below(&b, CALLERS - 2)];
  const unsigned there = fuzz_below(&b, 8);
  const bool strict = fuzz_below(&b, 4) == 3;
  MUST(policyeval_context_new(NULL, &context) == 0 && policyeval_context_set_limits(context, &limits) == 0);
  for (int i = 0; i < DOCUMENTS; i++) {
    pe_buf_init(&start.text[i], &pe_alloc_libc);
    if (there >> i & 1) fuzz_policy(&b, &start.text[i], kinds[i] != POLICYEVAL_KIND_IDENTITY);
  }
  check_grant(context, &start, caller, strict);
  check_revoke(context, &start, caller, strict);
  done(&start);
  policyeval_context_unref(context);
  return 0;
}
