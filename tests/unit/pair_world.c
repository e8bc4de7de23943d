/* SPDX-License-Identifier: MIT */
#include "pair_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t seed = 0x9E3779B97F4A7C15u;
uint32_t random_below(uint32_t n) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return (uint32_t)(seed >> 33) % n;
}
#define PICK(list) list[random_below(sizeof list / sizeof list[0])]

/* Vocabulary ------------------------------------------------------------------------------------------------- */

static void add_pattern(entry *e, const char *text) {
  pattern *p = &e->patterns[e->count++];
  snprintf(p->text, sizeof p->text, "%s", text);
}

static void random_word(char *to, bool wild, bool upper) {
  uint32_t n = 1 + random_below(3);
  for (uint32_t i = 0; i < n; i++) to[i] = (wild ? upper ? "abAB**?" : "abab**?" : "ababab")[random_below(7 - !wild)];
  if (!wild && upper && random_below(2)) to[0] = 'A';
  to[n] = '\0';
}

static entry *new_entry(axis *a, uint32_t index, form f) {
  MUST(a->nentries < ENTRIES_MOST);
  entry *e = &a->entries[a->nentries++];
  memset(e, 0, sizeof *e);
  e->form = f;
  e->axis = index;
  return e;
}

static void draw_actions(axis *a) {
  for (uint32_t i = 0; i < 5; i++) {
    entry *e = new_entry(a, ACTION, i == 0 || random_below(4) ? IS_ACTION : NOT_ACTION);
    for (uint32_t n = 1 + random_below(2); n > 0; n--) {
      char text[16] = "svc:";
      uint32_t what = random_below(12);
      random_word(text + 4, true, true);
      add_pattern(e, what == 0 ? "*" : what == 1 ? "svc:*" : what == 2 ? "oth:a" : text);
      pattern *p = &e->patterns[e->count - 1];
      p->exact = glob_of(p->text, true, false, true);
    }
  }
}

static void draw_resource(const world *w, entry *e) {
  static const char *const starts[] = {"arn:aws:svc:::", "arn:aws:svc:::", "arn:aws:svc:::", "arn:aws:svc:::",
                                       "arn:aws:svc:*::", "arn:*:svc:::",  "arn:aws:SVC:::", "arn:aws:sv?:::"};
  static const char *const shorts[] = {"arn:aws:svc", "arn:aws:svc:*", "arn:aws:s*"};
  char text[64], full[64];
  uint32_t what = random_below(14);
  snprintf(text, sizeof text, "%s", PICK(starts));
  random_word(text + strlen(text), true, false);
  if (what == 0) snprintf(text, sizeof text, "*");
  if (what == 1) snprintf(text, sizeof text, "%s", PICK(shorts));
  add_pattern(e, text);
  pattern *p = &e->patterns[e->count - 1];
  p->any = what == 0;
  p->short_arn = what == 1 && w->kind != POLICYEVAL_KIND_IDENTITY; /* identity policies always pad */
  if (p->any) return;
  int colons = 0;
  for (const char *c = text; *c; c++) {
    colons += *c == ':';
    p->crossable |= *c == '*' && colons < 5 && what != 1;
  }
  static const char *const padding[] = {":*:*:*:*:*", ":*:*:*:*", ":*:*:*", ":*:*", ":*", ""};
  snprintf(full, sizeof full, "%s%s", text, padding[colons < 5 ? colons : 5]);
  p->exact = glob_of(full, true, true, false);
  p->nocase = glob_of(full, true, true, true);
  p->crossing = glob_of(p->crossable ? text : full, true, !p->crossable, false);
}

static void draw_resources(const world *w, axis *a) {
  for (uint32_t i = 0; i < 5; i++) {
    entry *e = new_entry(a, RESOURCE, i == 0 || random_below(4) ? IS_RESOURCE : NOT_RESOURCE);
    for (uint32_t n = 1 + random_below(2); n > 0; n--) draw_resource(w, e);
  }
}

#define A1 "aws", "111122223333"
#define A2 "aws", "444455556666"
static const struct named { /* elements, and whom they name */
  const char *written;
  uint32_t count;
  who who[VALUES_MOST];
} positives[] = {
    {"\"*\"", 1, {{WHO_ANONYMOUS, "", "", "", "", ""}}},
    {"{\"AWS\":\"111122223333\"}", 1, {{WHO_ROOT, "", "111122223333", "", "", ""}}},
    {"{\"AWS\":\"arn:aws:iam::444455556666:root\"}", 1, {{WHO_ROOT, A2, "", "", ""}}},
    {"{\"AWS\":\"arn:aws:iam::111122223333:role/A\"}", 1, {{WHO_ROLE, A1, "/", "A", ""}}},
    {"{\"AWS\":\"arn:aws:iam::111122223333:role/team/A\"}", 1, {{WHO_ROLE, A1, "/team/", "A", ""}}},
    {"{\"AWS\":\"arn:aws:sts::111122223333:assumed-role/A/s1\"}", 1, {{WHO_ROLE, A1, "", "A", "s1"}}},
    {"{\"AWS\":[\"arn:aws:iam::111122223333:user/B\",\"444455556666\"]}", 2,
     {{WHO_USER, A1, "/", "B", ""}, {WHO_ROOT, "", "444455556666", "", "", ""}}},
    {"{\"AWS\":\"arn:aws:iam::444455556666:user/team/B\"}", 1, {{WHO_USER, A2, "/team/", "B", ""}}},
    {"{\"AWS\":\"arn:aws:sts::111122223333:federated-user/A\"}", 1, {{WHO_FEDERATED, A1, "", "A", ""}}},
    {"{\"Service\":\"s3.amazonaws.com\"}", 1, {{WHO_SERVICE, "", "", "", "s3.amazonaws.com", ""}}}};
static const struct named negatives[] = {
    {"{\"AWS\":\"arn:aws:iam::111122223333:root\"}", 1, {{WHO_ROOT, A1, "", "", ""}}},
    {"{\"AWS\":[\"arn:aws:iam::111122223333:user/B\",\"111122223333\"]}", 2,
     {{WHO_USER, A1, "/", "B", ""}, {WHO_ROOT, "", "111122223333", "", "", ""}}},
    {"{\"AWS\":[\"arn:aws:iam::111122223333:role/A\",\"arn:aws:sts::111122223333:assumed-role/A/s1\",\"111122223333\"]}", 3,
     {{WHO_ROLE, A1, "/", "A", ""}, {WHO_ROLE, A1, "", "A", "s1"}, {WHO_ROOT, "", "111122223333", "", "", ""}}},
    {"{\"AWS\":[\"arn:aws:iam::111122223333:role/A\",\"111122223333\"],\"Service\":\"s3.amazonaws.com\"}", 3,
     {{WHO_ROLE, A1, "/", "A", ""}, {WHO_ROOT, "", "111122223333", "", "", ""}, {WHO_SERVICE, "", "", "", "s3.amazonaws.com", ""}}}};

static void draw_principals(axis *a) {
  for (uint32_t i = 0; i < 5; i++) {
    form f = i < 3 ? IS_PRINCIPAL : i == 3 ? NOT_PRINCIPAL_DENY : NOT_PRINCIPAL_ALLOW;
    const struct named *n = i == 0 ? &positives[0] : i < 3 ? &PICK(positives) : &PICK(negatives);
    entry *e = new_entry(a, PRINCIPAL, f);
    e->written = n->written;
    e->count = n->count;
    memcpy(e->principals, n->who, sizeof n->who);
  }
}

/* An operator's name, with its parts. */
static void name_entry(entry *e, const char *key, const char *op) {
  static const char *const before[QUANTIFIERS] = {"", "ForAllValues:", "ForAnyValue:"};
  e->key = key;
  snprintf(e->op, sizeof e->op, "%s%s%s", before[e->quantifier], op, e->if_exists ? "IfExists" : "");
}

static entry *draw_presence(axis *a, uint32_t index) {
  entry *e = new_entry(a, index, CONDITION);
  e->family = PRESENCE;
  add_pattern(e, random_below(2) ? "true" : "false");
  e->quantifier = a->lists && random_below(2) ? 1 + random_below(2) : PLAIN;
  name_entry(e, a->key, "Null");
  return e;
}

static void draw_text(axis *a, uint32_t index) {
  static const char *const ops[] = {"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase",
                                    "StringLike",   "StringNotLike"};
  entry *e = new_entry(a, index, CONDITION);
  uint32_t op = random_below(6), n = random_below(12) ? 1 + random_below(2) : 0;
  e->family = TEXT;
  e->quantifier = a->lists && random_below(4) ? 1 + random_below(2) : PLAIN;
  e->negated = op % 2;
  e->if_exists = random_below(4) == 0;
  if (e->quantifier != PLAIN && n == 0) n = 1;
  for (; n > 0; n--) {
    char text[8];
    random_word(text, op >= 4, op == 2 || op == 3);
    add_pattern(e, text);
    e->patterns[e->count - 1].exact = glob_of(text, op >= 4, false, op == 2 || op == 3);
  }
  name_entry(e, a->key, ops[op]);
}

static void draw_arn(axis *a, uint32_t index) {
  static const char *const ops[] = {"ArnLike", "ArnNotLike", "ArnEquals", "ArnNotEquals", "StringLike", "StringNotLike"};
  static const char *const values[] = {"arn:aws:s3:::b*", "arn:aws:s3:::b", "arn:aws:*:::b", "arn:*:s3:::?", "arn:aws:*:b"};
  entry *e = new_entry(a, index, CONDITION);
  uint32_t op = random_below(6);
  e->family = ARN;
  e->negated = op % 2;
  e->if_exists = random_below(4) == 0;
  /* Four fields are an ARN for the String operators only. */
  add_pattern(e, values[random_below(op >= 4 ? 5 : 4)]);
  e->patterns[0].exact = glob_of(e->patterns[0].text, true, op < 4, false);
  name_entry(e, a->key, ops[op]);
}

static void draw_number(axis *a, uint32_t index) {
  static const char *const ops[] = {"NumericLessThan", "NumericLessThanEquals", "NumericEquals", "NumericGreaterThanEquals",
                                    "NumericGreaterThan", "NumericNotEquals"};
  entry *e = new_entry(a, index, CONDITION);
  uint32_t op = random_below(6);
  e->family = NUMBER;
  e->negated = op == 5;
  e->relation = op == 5 ? 0 : (int)op - 2;
  e->if_exists = random_below(4) == 0;
  for (uint32_t n = 1 + random_below(2); n > 0; n--) {
    char text[16];
    snprintf(text, sizeof text, "%g", ((int)random_below(7) - 3) / 2.0);
    add_pattern(e, op == 5 && random_below(4) == 0 ? "x" : text);
  }
  name_entry(e, a->key, ops[op]);
}

static void draw_boolean(axis *a, uint32_t index) {
  entry *e = new_entry(a, index, CONDITION);
  bool text = random_below(4) == 0;
  e->family = BOOLEAN;
  e->negated = text && random_below(2);
  e->if_exists = random_below(3) == 0;
  add_pattern(e, random_below(2) ? "true" : "false");
  e->patterns[0].exact = glob_of(e->patterns[0].text, false, false, false);
  name_entry(e, a->key, !text ? "Bool" : e->negated ? "StringNotEquals" : "StringEquals");
}

static const char *const blocks[] = {"10.0.0.0/8", "10.1.0.0/16", "203.0.113.0/24", "0.0.0.0/1", "0.0.0.0/0", "2001:db8::/32",
                                     "2001:db8:1::/48"};

static void draw_address(axis *a, uint32_t index) {
  entry *e = new_entry(a, index, CONDITION);
  e->family = ADDRESS;
  e->negated = random_below(2);
  e->if_exists = random_below(4) == 0;
  for (uint32_t n = 1 + random_below(2); n > 0; n--) add_pattern(e, PICK(blocks));
  name_entry(e, a->key, e->negated ? "NotIpAddress" : "IpAddress");
}

/* Conditions on keys that the principal tells. */
static void draw_told(axis *a) {
  static const struct told {
    const char *key, *op;
    bool negated, if_exists, arn, wild;
    const char *value;
  } list[] = {{"aws:PrincipalAccount", "StringEquals", false, false, false, false, "111122223333"},
              {"aws:PrincipalAccount", "StringNotEquals", true, false, false, false, "444455556666"},
              {"aws:PrincipalAccount", "StringLike", false, true, false, true, "1111*"},
              {"aws:PrincipalArn", "ArnLike", false, false, true, true, "arn:aws:iam::*:role/A*"},
              {"aws:PrincipalArn", "ArnNotLike", true, false, true, true, "arn:aws:iam::111122223333:role/A"},
              {"aws:PrincipalArn", "StringLike", false, false, false, true, "arn:aws:iam::111122223333:*"},
              {"aws:PrincipalArn", "StringNotEquals", true, false, false, false, "arn:aws:iam::111122223333:user/B"},
              {"aws:PrincipalType", "StringEquals", false, false, false, false, "User"},
              {"aws:PrincipalType", "StringNotEquals", true, false, false, false, "AssumedRole"},
              {"aws:username", "StringEquals", false, false, false, false, "B"},
              {"aws:username", "StringNotEquals", true, false, false, false, "B"}};
  for (uint32_t i = 0; i < 2; i++) {
    const struct told *t = &PICK(list);
    entry *e = new_entry(a, PRINCIPAL, CONDITION);
    e->family = t->arn ? ARN : TEXT;
    e->negated = t->negated;
    e->if_exists = t->if_exists;
    add_pattern(e, t->value);
    e->patterns[0].exact = glob_of(t->value, t->wild, t->arn, false);
    name_entry(e, t->key, t->op);
  }
}

static const struct key {
  const char *name;
  void (*draw)(axis *a, uint32_t index);
  bool lists, scalars, multi, arns;
} keys[] = {{"my:s", draw_text, false, true, false, false},          {"aws:PrincipalOrgID", draw_text, false, true, false, false},
            {"my:l", draw_text, true, true, false, false},           {"aws:TagKeys", draw_text, true, false, true, false},
            {"aws:SourceArn", draw_arn, false, true, false, true},   {"my:n", draw_number, false, true, false, false},
            {"aws:SecureTransport", draw_boolean, false, true, false, false},
            {"aws:SourceIp", draw_address, false, true, false, false}};

static void draw_key(axis *a, uint32_t index, const struct key *k) {
  a->key = k->name;
  a->lists = k->lists;
  a->scalars = k->scalars;
  a->multi = k->multi;
  a->arns = k->arns;
  for (uint32_t i = 0; i < (k->lists ? 3 : 4); i++) k->draw(a, index);
  draw_presence(a, index);
}

/* Words that stand for all words ----------------------------------------------------------------------------- */

enum { GLOBS_MOST = 40, STATES_MOST = 4096, SLOTS = 16384 };

typedef struct walk { /* all patterns side by side, breadth first */
  const glob *globs[GLOBS_MOST];
  uint32_t nglobs, limits;    /* the first `limits` say which words exist: one of them must match */
  uint64_t at[STATES_MOST][GLOBS_MOST];
  uint32_t parent[STATES_MOST];
  char letter[STATES_MOST];
  uint32_t nstates, slots[SLOTS];
} walk;

static walk walker;

static void walk_add(walk *k, const glob *g) {
  MUST(k->nglobs < GLOBS_MOST);
  k->globs[k->nglobs++] = g;
}

/* False: too many. */
static bool walk_state(walk *k, const uint64_t *at, uint32_t parent, char letter) {
  uint64_t hash = 0, alive = 0;
  for (uint32_t i = 0; i < k->nglobs; i++) hash = (hash ^ at[i]) * 0x9E3779B97F4A7C15u;
  for (uint32_t i = 0; i < k->limits; i++) alive |= at[i];
  if (!alive) return true; /* no word from here on exists */
  for (uint32_t slot = (uint32_t)(hash >> 40) % SLOTS;; slot = (slot + 1) % SLOTS) {
    if (k->slots[slot]) {
      if (memcmp(k->at[k->slots[slot] - 1], at, k->nglobs * sizeof *at) == 0) return true;
      continue;
    }
    if (k->nstates == STATES_MOST) return false;
    memcpy(k->at[k->nstates], at, k->nglobs * sizeof *at);
    k->parent[k->nstates] = parent;
    k->letter[k->nstates] = letter;
    k->slots[slot] = ++k->nstates;
    return true;
  }
}

/* The characters that the patterns tell apart, and one that stands for all others. */
static uint32_t walk_letters(const walk *k, char *to) {
  bool used[128] = {[':'] = true, ['z'] = true};
  uint32_t n = 0;
  for (uint32_t g = 0; g < k->nglobs; g++) {
    for (uint32_t i = 0; i < k->globs[g]->len; i++) {
      char c = k->globs[g]->letter[i];
      if (c) used[(unsigned char)c] = true;
      if (k->globs[g]->kind[i] == G_FOLD && c >= 'a' && c <= 'z') used[c - 'a' + 'A'] = true;
    }
  }
  for (int c = 1; c < 128; c++) {
    if (used[c]) to[n++] = (char)c;
  }
  return n;
}

static bool walk_run(walk *k) {
  char letters[128];
  uint64_t at[GLOBS_MOST];
  static glob_reading readings[128][GLOBS_MOST];
  uint32_t n = walk_letters(k, letters);
  for (uint32_t c = 0; c < n; c++) {
    for (uint32_t g = 0; g < k->nglobs; g++) readings[c][g] = glob_read(k->globs[g], letters[c]);
  }
  memset(k->slots, 0, sizeof k->slots);
  k->nstates = 0;
  for (uint32_t g = 0; g < k->nglobs; g++) at[g] = glob_close(k->globs[g], 1);
  bool ok = walk_state(k, at, 0, 0);
  for (uint32_t s = 0; s < k->nstates && ok; s++) {
    for (uint32_t c = 0; c < n && ok; c++) {
      for (uint32_t g = 0; g < k->nglobs; g++) at[g] = glob_step(k->globs[g], k->at[s][g], &readings[c][g]);
      ok = walk_state(k, at, s, letters[c]);
    }
  }
  return ok;
}

static void walk_word(const walk *k, uint32_t state, char *to) {
  char back[64];
  uint32_t n = 0, i = 0;
  for (; state; state = k->parent[state]) {
    MUST(n < sizeof back - 1);
    back[n++] = k->letter[state];
  }
  while (n) to[i++] = back[--n];
  to[i] = '\0';
}

/* One word for each set of patterns that a word can match; false: too many. */
static bool walk_words(const walk *k, char words[REPS_MOST][TEXT_MOST], uint32_t *count) {
  uint64_t seen[REPS_MOST];
  *count = 0;
  for (uint32_t s = 0; s < k->nstates; s++) {
    uint64_t signature = 0, exists = 0;
    for (uint32_t g = 0; g < k->nglobs; g++) signature |= (uint64_t)glob_accepts(k->globs[g], k->at[s][g]) << g;
    exists = signature & (((uint64_t)1 << k->limits) - 1);
    bool known = !exists;
    for (uint32_t i = 0; i < *count && !known; i++) known = seen[i] == signature;
    if (known) continue;
    if (*count == REPS_MOST) return false;
    walk_word(k, s, words[*count]);
    seen[(*count)++] = signature;
  }
  return true;
}

static bool walk_axis(const axis *a, const glob *limits, uint32_t nlimits, char words[REPS_MOST][TEXT_MOST], uint32_t *count) {
  walk *k = &walker;
  k->nglobs = 0;
  k->limits = nlimits;
  for (uint32_t i = 0; i < nlimits; i++) walk_add(k, &limits[i]);
  for (uint32_t i = 0; i < a->nentries; i++) {
    const entry *e = &a->entries[i];
    for (uint32_t p = 0; p < e->count && e->family != PRESENCE; p++) {
      const pattern *pat = &e->patterns[p];
      if (pat->any) continue;
      walk_add(k, &pat->exact);
      if (e->form == IS_RESOURCE || e->form == NOT_RESOURCE) {
        if (pat->crossable) walk_add(k, &pat->crossing);
        walk_add(k, &pat->nocase);
      }
    }
  }
  return walk_run(k) && walk_words(k, words, count);
}

/* Values of the axes ----------------------------------------------------------------------------------------- */

/* Can the reading change what the entry is? */
static bool concerns(const entry *e, unsigned v) {
  bool of_resource = v == V_AMB_1 || v == V_AMB_3 || v == V_AMB_4 || v == V_PE_9, of_principal = v == V_AMB_23 || v == V_A5;
  switch (e->form) {
    case IS_RESOURCE:
    case NOT_RESOURCE: return of_resource;
    case NOT_PRINCIPAL_ALLOW:
    case NOT_PRINCIPAL_DENY: return of_principal;
    case CONDITION: return !of_resource && !of_principal && e->axis != PRINCIPAL;
    default: return false;
  }
}

typedef struct signature { /* all that policies and axioms can tell about a value */
  char bits[ENTRIES_MOST * VARIANTS + 3];
} signature;

static signature sign(const world *w, const axis *a, const value *x) {
  signature s = {{(char)(x->shape == LIST), (char)(x->shape == ABSENT), (char)has_account(&x->who)}};
  char *to = s.bits + 3;
  for (uint32_t i = 0; i < a->nentries; i++) {
    const entry *e = &a->entries[i];
    bool base = entry_holds(w, e, x, BASE);
    *to++ = base;
    for (unsigned v = BASE + 1; v < VARIANTS; v++) *to++ = concerns(e, v) ? entry_holds(w, e, x, v) : base;
  }
  return s;
}

/* False: too many. */
static bool add_rep(const world *w, axis *a, const value *v) {
  static signature known[REPS_MOST];
  signature s = sign(w, a, v);
  for (uint32_t i = 0; i < a->nreps; i++) {
    if (memcmp(&known[i], &s, sizeof s) == 0) return true;
  }
  if (a->nreps == a->most) return false;
  known[a->nreps] = s;
  a->reps[a->nreps++] = *v;
  return true;
}

static bool add_scalar(const world *w, axis *a, const char *text) {
  value v = {.shape = SCALAR, .count = 1};
  size_t n = strlen(text);
  MUST(n < TEXT_MOST);
  memcpy(v.text[0], text, n + 1);
  return add_rep(w, a, &v);
}

static bool fill_texts(const world *w, axis *a, const glob *limits, uint32_t nlimits) {
  char words[REPS_MOST][TEXT_MOST];
  uint32_t n;
  if (!walk_axis(a, limits, nlimits, words, &n) || (a->lists && n > 5)) return false;
  bool ok = true;
  for (uint32_t i = 0; i < n && ok && (a->scalars || !a->lists); i++) ok = add_scalar(w, a, words[i]);
  for (uint32_t set = 1; a->lists && set < 1u << n && ok; set++) {
    value v = {.shape = LIST};
    for (uint32_t i = 0; i < n; i++) {
      if (set >> i & 1) memcpy(v.text[v.count++], words[i], sizeof words[i]);
    }
    if (v.count == 1 && !a->multi) memcpy(v.text[v.count++], v.text[0], sizeof v.text[0]); /* else it is no list */
    ok = add_rep(w, a, &v);
  }
  return ok;
}

static bool add_caller(const world *w, axis *a, who_kind kind, const char *owner[2], const char *path, const char *name,
                       const char *session) {
  value v = {.shape = SCALAR, .count = 0};
  v.who.kind = kind;
  snprintf(v.who.partition, sizeof v.who.partition, "%s", owner[0]);
  snprintf(v.who.account, sizeof v.who.account, "%s", owner[1]);
  snprintf(v.who.path, sizeof v.who.path, "%s", path);
  snprintf(v.who.name, sizeof v.who.name, "%s", name);
  snprintf(v.who.session, sizeof v.who.session, "%s", session);
  return add_rep(w, a, &v);
}

static bool fill_callers(const world *w, axis *a) {
  static const char *const paths[] = {"/", "/team/", "/A/", "/x/"}, *const names[] = {"A", "B", "AA", "C"};
  static const char *const partitions[] = {"aws", "aws-cn"}, *const sessions[] = {"s1", "s2"};
  static const char *const accounts[] = {"111122223333", "444455556666", "111199998888", "999988887777"};
  const char *none[2] = {"", ""};
  bool ok = add_caller(w, a, WHO_ANONYMOUS, none, "", "", "") && add_caller(w, a, WHO_PROVIDER, none, "", "p", "") &&
            add_caller(w, a, WHO_SERVICE, none, "", "s3.amazonaws.com", "") &&
            add_caller(w, a, WHO_SERVICE, none, "", "other.amazonaws.com", "");
  for (uint32_t i = 0; i < 8 && ok; i++) {
    const char *owner[2] = {partitions[i % 2], accounts[i / 2]};
    ok = add_caller(w, a, WHO_ROOT, owner, "", "", "");
    for (uint32_t n = 0; n < 4 && ok; n++) {
      ok = add_caller(w, a, WHO_FEDERATED, owner, "", names[n], "");
      for (uint32_t k = 0; k < 8 && ok; k++) {
        ok = add_caller(w, a, WHO_ROLE, owner, paths[k % 4], names[n], sessions[k / 4]) &&
             (k >= 4 || add_caller(w, a, WHO_USER, owner, paths[k], names[n], ""));
      }
    }
  }
  return ok;
}

static bool fill_key(const world *w, axis *a) {
  value absent = {.shape = ABSENT};
  bool ok = add_rep(w, a, &absent);
  switch (a->entries[0].family) {
    case NUMBER:
      for (int i = -8; i <= 8 && ok; i++) {
        char text[16];
        snprintf(text, sizeof text, "%g", i / 4.0);
        ok = add_scalar(w, a, text);
      }
      return ok;
    case BOOLEAN: return ok && add_scalar(w, a, "true") && add_scalar(w, a, "false");
    case ADDRESS: {
      static const char *const addresses[] = {"10.1.2.3", "10.2.0.1", "203.0.113.7", "8.8.8.8", "198.51.100.1", "2001:db8::1",
                                              "2001:db8:1::1", "2001:db9::1"};
      for (size_t i = 0; i < sizeof addresses / sizeof addresses[0] && ok; i++) ok = add_scalar(w, a, addresses[i]);
      return ok;
    }
    default: {
      glob limit = a->arns ? glob_of("*:*:*:*:*:*", true, true, false) : glob_of("?*", true, false, false);
      return ok && fill_texts(w, a, &limit, 1);
    }
  }
}

/* Points ----------------------------------------------------------------------------------------------------- */

static void set_range(uint64_t *bits, uint32_t from, uint32_t count) {
  for (uint32_t i = from; i < from + count;) {
    if (i % 64 == 0 && from + count - i >= 64) {
      bits[i / 64] = UINT64_MAX;
      i += 64;
    } else {
      bits[i / 64] |= (uint64_t)1 << i % 64;
      i++;
    }
  }
}

static void spread(const world *w, const axis *a, const bool *truth, uint64_t *bits) {
  memset(bits, 0, w->words * sizeof *bits);
  for (uint32_t at = 0; at < w->points; at += a->stride * a->nreps) {
    for (uint32_t r = 0; r < a->nreps; r++) {
      if (truth[r]) set_range(bits, at + r * a->stride, a->stride);
    }
  }
}

static uint64_t *take_bits(world *w, uint32_t *used) {
  uint64_t *bits = w->pool + (size_t)*used * w->words;
  (*used)++;
  return bits;
}

/* Only principals of accounts have an organization (docs/analysis.md, Q8). */
static void exclude_strangers(world *w, uint64_t *organized, uint64_t *strangers) {
  bool truth[REPS_MOST];
  const axis *p = &w->axes[PRINCIPAL];
  spread(w, p, memset(truth, 1, sizeof truth), w->exists);
  for (uint32_t k = FIRST_KEY; k < AXES; k++) {
    const axis *a = &w->axes[k];
    if (strcmp(a->key, "aws:PrincipalOrgID") != 0) continue;
    for (uint32_t r = 0; r < a->nreps; r++) truth[r] = a->reps[r].shape != ABSENT;
    spread(w, a, truth, organized);
    for (uint32_t r = 0; r < p->nreps; r++) truth[r] = !has_account(&p->reps[r].who);
    spread(w, p, truth, strangers);
    for (uint32_t i = 0; i < w->words; i++) w->exists[i] &= ~(organized[i] & strangers[i]);
  }
}

static void spread_entry(world *w, const axis *a, entry *e, uint32_t *used) {
  for (unsigned v = 0; v < VARIANTS; v++) {
    e->bits[v] = e->bits[BASE];
    if (v != BASE && !concerns(e, v)) continue;
    for (uint32_t r = 0; r < a->nreps; r++) e->truth[v][r] = entry_holds(w, e, &a->reps[r], v);
    if (v != BASE && memcmp(e->truth[v], e->truth[BASE], a->nreps * sizeof(bool)) == 0) continue;
    e->bits[v] = take_bits(w, used);
    spread(w, a, e->truth[v], e->bits[v]);
  }
}

/* False: too many points. */
static bool lay_out(world *w) {
  uint64_t points = 1;
  for (uint32_t k = 0; k < AXES; k++) {
    w->axes[k].stride = (uint32_t)points;
    points *= w->axes[k].nreps;
    if (points > POINTS_MOST) return false;
  }
  w->points = (uint32_t)points;
  w->words = (w->points + 63) / 64;
  uint32_t used = 0, most = AXES * ENTRIES_MOST * 3 + AXES + 4;
  w->pool = malloc((size_t)most * w->words * sizeof *w->pool);
  MUST(w->pool);
  w->exists = take_bits(w, &used);
  uint64_t *one = take_bits(w, &used), *other = take_bits(w, &used);
  exclude_strangers(w, one, other);
  for (uint32_t k = 0; k < AXES; k++) {
    axis *a = &w->axes[k];
    bool lists[REPS_MOST];
    for (uint32_t r = 0; r < a->nreps; r++) lists[r] = a->reps[r].shape == LIST;
    w->lists[k] = take_bits(w, &used);
    spread(w, a, lists, w->lists[k]);
    for (uint32_t i = 0; i < a->nentries; i++) spread_entry(w, a, &a->entries[i], &used);
  }
  MUST(used <= most);
  return true;
}

static void draw_axis(const world *w, axis *a, uint32_t index, const struct key *k) {
  memset(a, 0, sizeof *a);
  a->most = index == RESOURCE ? 12 : index == PRINCIPAL ? 10 : k && k->lists ? 10 : 6;
  if (index == ACTION) {
    draw_actions(a);
  } else if (index == RESOURCE) {
    draw_resources(w, a);
  } else if (index == PRINCIPAL) {
    if (w->kind != POLICYEVAL_KIND_IDENTITY) draw_principals(a);
    draw_told(a);
  } else {
    draw_key(a, index, k);
  }
}

static bool fill_axis(const world *w, axis *a, uint32_t index) {
  glob action = glob_of("?*:?*", true, true, false);
  glob resources[2] = {glob_of("arn:?*:?*:*:*:?*", true, true, false), glob_of("*", false, false, false)};
  if (index == ACTION) return fill_texts(w, a, &action, 1);
  if (index == RESOURCE) return fill_texts(w, a, resources, 2);
  return index == PRINCIPAL ? fill_callers(w, a) : fill_key(w, a);
}

static bool try_draw(world *w, int kind) {
  memset(w, 0, sizeof *w);
  w->kind = kind;
  uint32_t first = random_below(8), step = 1 + 2 * random_below(4);
  for (uint32_t i = 0; i < AXES; i++) {
    const struct key *k = i < FIRST_KEY ? NULL : &keys[(first + (i - FIRST_KEY) * step) % 8];
    do draw_axis(w, &w->axes[i], i, k);
    while (!fill_axis(w, &w->axes[i], i));
  }
  return lay_out(w);
}

void world_draw(world *w, int kind) {
  while (!try_draw(w, kind)) {
  }
}

void world_done(world *w) { free(w->pool); }
