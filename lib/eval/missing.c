/* SPDX-License-Identifier: MIT */
#include "eval/missing.h"

#include <stdlib.h>

#include "eval/candidates.h"

/* Work for one list of missing facts, in statements looked at, about: beyond it, trace->missing_cut. */
enum { WORK_MAX = 1000000 };

static char lower_char(char c) { return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c; }

static int compare_keys(pe_slice a, pe_slice b) {
  for (size_t i = 0; i < a.len && i < b.len; i++) {
    int d = (unsigned char)lower_char(a.ptr[i]) - (unsigned char)lower_char(b.ptr[i]);
    if (d) return d;
  }
  return (a.len > b.len) - (a.len < b.len);
}

static int compare_missing(const void *a, const void *b) {
  return compare_keys(((const pe_missing *)a)->key, ((const pe_missing *)b)->key);
}

/* ---- what cannot be there ---- */

static const pe_fact *find_fact(const pe_request *r, const char *key) {
  pe_slice name = pe_slice_str(key);
  return pe_facts_find_nocase(&r->facts, pe_slice_hash_nocase(name), name);
}

static bool fact_is(const pe_request *r, const char *key, pe_slice value) {
  const pe_fact *f = find_fact(r, key);
  return f && f->count == 1 && pe_slice_eq(f->values[0], value);
}

static bool starts_nocase(pe_slice s, const char *prefix) {
  pe_slice p = pe_slice_str(prefix);
  return s.len >= p.len && pe_slice_eq_ascii_nocase(pe_slice_sub(s, 0, p.len), p);
}

/* D1.7: the network a call came from is told once, and not on a forwarded call. */
static bool network_absent(const pe_request *r, bool endpoint) {
  if (fact_is(r, "aws:ViaAWSService", PE_SLICE("true"))) return true;
  if (endpoint) return find_fact(r, "aws:SourceIp") != NULL;
  return find_fact(r, "aws:SourceVpce") || find_fact(r, "aws:SourceVpc") || find_fact(r, "aws:VpcSourceIp");
}

static bool certainly_absent(const pe_request *r, pe_slice key) {
  const pe_key_info *info = pe_key_find(key);
  uint8_t kind = r->caller.kind;
  bool person = kind != PE_CALLER_ANONYMOUS && kind != PE_CALLER_SERVICE && kind != PE_CALLER_PROVIDER;
  if (starts_nocase(key, "aws:Principal") && !person) return true;
  if (starts_nocase(key, "aws:PrincipalTag/") && kind == PE_CALLER_ROOT) return true;
  if (starts_nocase(key, "aws:SourceIp") && network_absent(r, false)) return true;
  if (!info) return false;
  switch ((pe_key_presence)info->presence) {
  case PE_PRESENCE_DERIVED:
  case PE_PRESENCE_PARAMETER: return true;
  case PE_PRESENCE_SERVICE: return kind != PE_CALLER_SERVICE;
  case PE_PRESENCE_ENDPOINT: return network_absent(r, true);
  case PE_PRESENCE_ALWAYS:
  case PE_PRESENCE_MAYBE: break;
  }
  return false;
}

/* ---- trying values ---- */

typedef struct trial {
  const pe_policyset *set;
  pe_request r; /* with facts of its own */
  const pe_request *base;
  pe_fact *facts; /* room for one more than the request has */
  uint32_t at;    /* where the key is, or would be */
  bool was;       /* it is there, as unknown */
  pe_slice name, lower;
  int effect;
  bool multi, changed;
  uint32_t left;
} trial;

/* Allowed, denied, unknown: whether a deny is explicit is no change that a fact is listed for. */
static int kind_of(int effect) {
  return effect == POLICYEVAL_EXPLICIT_DENY ? POLICYEVAL_IMPLICIT_DENY : effect;
}

static bool decide(trial *t) {
  pe_rowset ignored = {{0}};
  if (!t->left) return false;
  t->left--;
  t->changed =
      kind_of(pe_decide_verdict(t->set, &t->r, &t->r.readings, &ignored).effect) != kind_of(t->effect);
  return !t->changed;
}

static bool try_value(void *user, pe_slice value) {
  trial *t = user;
  t->facts[t->at] = (pe_fact){.key = t->lower,
                              .name = t->name,
                              .hash = pe_slice_hash(t->lower),
                              .values = &value,
                              .count = 1,
                              .multi = t->multi};
  return decide(t);
}

static bool try_session(void *user, pe_slice session) {
  trial *t = user;
  t->r.caller.session = session;
  t->r.caller.session_known = 1;
  bool go_on = decide(t);
  t->r.caller.session_known = 0;
  return go_on;
}

/* Lays out the facts with a place for the key. */
static void place_key(trial *t) {
  const pe_facts *given = &t->base->facts;
  uint64_t hash = pe_slice_hash(t->lower);
  uint32_t n = given->count, at = 0;
  while (at < n && (given->items[at].hash < hash ||
                    (given->items[at].hash == hash && pe_slice_cmp(given->items[at].key, t->lower) < 0)))
    at++;
  t->at = at;
  t->was = at < n && given->items[at].hash == hash && pe_slice_eq(given->items[at].key, t->lower);
  if (at) memcpy(t->facts, given->items, at * sizeof *t->facts);
  uint32_t rest = at + t->was;
  if (n > rest) memcpy(t->facts + at + 1, given->items + rest, (n - rest) * sizeof *t->facts);
  t->r.facts = (pe_facts){t->facts, at + 1 + (n - rest)};
}

static bool try_absent(trial *t) {
  const pe_facts all = t->r.facts;
  pe_fact *items = t->facts;
  uint32_t behind = all.count - t->at - 1;
  memmove(items + t->at, items + t->at + 1, behind * sizeof *items);
  t->r.facts.count--;
  bool go_on = decide(t);
  place_key(t);
  return go_on;
}

static bool unknown_session(const trial *t) {
  return t->base->caller.kind == PE_CALLER_ROLE && !t->base->caller.session_known &&
         pe_slice_eq(t->lower, PE_SLICE("aws:userid"));
}

static bool matters(trial *t, const pe_missing *m, pe_buf *text) {
  const pe_key_info *info = pe_key_find(m->key);
  t->multi = info && info->multi;
  t->changed = false;
  t->name = m->key;
  t->r = *t->base;
  if (unknown_session(t) && !pe_candidates_sessions(t->set, t->base, try_session, t)) return t->changed;
  place_key(t);
  if (t->was && !try_absent(t)) return t->changed;
  pe_candidates_each(t->set, t->base, t->lower, text, try_value, t);
  return t->changed;
}

static void unique(pe_trace *trace) {
  size_t n = 0;
  qsort(trace->missing.data, trace->missing.len, sizeof *trace->missing.data, compare_missing);
  for (size_t i = 0; i < trace->missing.len; i++) {
    if (n && compare_keys(trace->missing.data[n - 1].key, trace->missing.data[i].key) == 0) {
      trace->missing.data[n - 1].unknown |= trace->missing.data[i].unknown;
      continue;
    }
    trace->missing.data[n++] = trace->missing.data[i];
  }
  trace->missing.len = n;
}

static bool is_candidate(const pe_request *r, const pe_missing *m, int effect) {
  return m->unknown ? effect == POLICYEVAL_UNKNOWN : !certainly_absent(r, m->key);
}

static void set_lower(trial *t, pe_slice key, pe_buf *lower) {
  pe_buf_clear(lower);
  for (size_t i = 0; i < key.len; i++) pe_buf_char(lower, lower_char(key.ptr[i]));
  t->lower = pe_slice_of(lower->ptr, lower->len);
}

/* False: no memory. */
static bool keep(trial *t, pe_trace *trace, pe_buf *lower, pe_buf *text) {
  size_t n = 0;
  for (size_t i = 0; i < trace->missing.len && t->left; i++) {
    pe_missing m = trace->missing.data[i];
    if (!is_candidate(t->base, &m, t->effect)) continue;
    set_lower(t, m.key, lower);
    if (lower->failed) return false;
    bool kept = matters(t, &m, text);
    if (text->failed) return false;
    if (kept) trace->missing.data[n++] = m;
  }
  trace->missing.len = n;
  return true;
}

void pe_missing_keep(const pe_policyset *set, const pe_request *r, int effect, pe_trace *trace) {
  if (!trace->missing.len) return;
  unique(trace);
  trial t = {
      .set = set, .base = r, .effect = effect, .left = WORK_MAX / (uint32_t)(trace->looked_at + 100)};
  pe_buf lower, text;
  pe_buf_init(&lower, trace->alloc);
  pe_buf_init(&text, trace->alloc);
  t.facts = pe_alloc_array(trace->alloc, (size_t)r->facts.count + 1, sizeof *t.facts);
  if (!t.facts || !keep(&t, trace, &lower, &text)) trace->failed = true;
  trace->missing_cut = t.left == 0;
  pe_alloc_free(trace->alloc, t.facts);
  pe_buf_done(&lower);
  pe_buf_done(&text);
}
