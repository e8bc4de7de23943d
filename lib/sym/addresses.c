/* SPDX-License-Identifier: MIT */
#include "sym/addresses.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/wrap.h"

/* Whole numbers of 128 bits --------------------------------------------------------------------------------- */

typedef struct wide {
  uint64_t hi, lo;
} wide;

static int wide_cmp(wide a, wide b) {
  if (a.hi != b.hi) return a.hi < b.hi ? -1 : 1;
  return a.lo < b.lo ? -1 : a.lo > b.lo;
}

PE_WRAPS static wide wide_add(wide a, wide b) {
  wide sum = {a.hi + b.hi, a.lo + b.lo};
  bool carry = sum.lo < a.lo, over = sum.hi < a.hi;
  sum.hi += carry;
  over |= carry && sum.hi == 0;
  return over ? (wide){UINT64_MAX, UINT64_MAX} : sum;
}

PE_WRAPS static wide wide_sub(wide a, wide b) { return (wide){a.hi - b.hi - (a.lo < b.lo), a.lo - b.lo}; }

static wide first_of(const pe_cidr *c) {
  wide n = {0, 0};
  for (unsigned i = 0; i < 8; i++) n.hi = n.hi << 8 | c->bytes[i];
  for (unsigned i = 8; i < 16; i++) n.lo = n.lo << 8 | c->bytes[i];
  return n;
}

static wide last_of(const pe_cidr *c) {
  wide n = first_of(c);
  unsigned bits = (c->version == 4 ? 32u : 128u) - c->prefix;
  if (bits >= 64) n.lo = UINT64_MAX;
  else n.lo |= ((uint64_t)1 << bits) - 1;
  if (bits == 128) n.hi = UINT64_MAX;
  else if (bits > 64) n.hi |= ((uint64_t)1 << (bits - 64)) - 1;
  return n;
}

static pe_cidr address_of(unsigned version, wide n) {
  pe_cidr c = {.version = (uint8_t)version, .prefix = version == 4 ? 32 : 128};
  for (unsigned i = 0; i < 8; i++) {
    c.bytes[7 - i] = (unsigned char)(n.hi >> 8 * i);
    c.bytes[15 - i] = (unsigned char)(n.lo >> 8 * i);
  }
  return c;
}

/* Intervals and classes --------------------------------------------------------------------------------------- */

/* A block begins, or has just ended. `track` says whose block: two for each condition entry, since an IPv4-mapped block is one of
 * IPv4 under one reading only (AMB-15); NAMED: a block that names somebody; OUTSIDE: addresses that do not count. */
typedef struct edge {
  wide at;
  uint32_t track;
  int32_t step;
} edge;
enum { NAMED, OUTSIDE, ENTRIES };

typedef struct class { /* addresses that pass the same entries */
  const uint32_t *tracks; /* those entered, as a set of words */
  wide count, example;
} class;

typedef struct counter {
  const pe_public *p;
  const pe_alloc *alloc;
  pe_arena *arena;
  unsigned version;
  PE_VEC(edge) edges;
  PE_VEC(class) classes;
  wide total, sure, possible, limit; /* counted; let in for certain; not ruled out */
} counter;

static int add_edge(counter *n, wide at, uint32_t track, int32_t step) {
  edge *slot = pe_vec_push(&n->edges, n->alloc);
  if (!slot) return POLICYEVAL_ENOMEM;
  *slot = (edge){at, track, step};
  return 0;
}

static int add_block(counter *n, const pe_cidr *c, uint32_t track) {
  static const wide one = {0, 1};
  wide last = last_of(c), after = wide_add(last, one);
  int rc = add_edge(n, first_of(c), track, 1);
  return rc || wide_cmp(after, last) <= 0 ? rc : add_edge(n, after, track, -1); /* nothing follows the last address of all */
}

/* A value of the policy, as far as it speaks about this version. */
static int add_value(counter *n, const pe_cidr *c, uint32_t entry) {
  pe_cidr v4;
  uint32_t track = ENTRIES + 2 * entry;
  if (c->mapped) { /* as a block of IPv6 it holds no address that a request has */
    if (n->version != 4 || !pe_cidr_unmap(c, &v4)) return 0;
    c = &v4;
    track++;
  }
  if (c->version != n->version) return 0;
  int rc = add_block(n, c, track);
  return !rc && pe_public_names_block(c) ? add_block(n, c, NAMED) : rc;
}

/* *tracks: how many there are. */
static int list_edges(counter *n, uint32_t *tracks) {
  static const char *const outside[] = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10",  "169.254.0.0/16",
                                        "127.0.0.0/8", "fc00::/7",      "fe80::/10",      "::1/128", "::ffff:0:0/96"};
  const pe_group *g = &n->p->question.subject;
  uint32_t entry = 0;
  int rc = 0;
  for (size_t i = 0; i < sizeof outside / sizeof outside[0] && !rc; i++) {
    pe_cidr c;
    if (pe_cidr_parse(pe_slice_str(outside[i]), &c) && c.version == n->version) rc = add_block(n, &c, OUTSIDE);
  }
  for (uint32_t p = 0; p < g->count; p++) {
    for (uint32_t s = 0; s < g->policies[p]->nstatements; s++) {
      const pe_statement *st = &g->policies[p]->statements[s];
      for (uint32_t k = 0; k < st->nconditions; k++) {
        const pe_condition *cond = &st->conditions[k];
        if (cond->family != PE_FAMILY_IP || !pe_slice_eq(cond->lower, PE_SLICE("aws:sourceip"))) continue;
        for (uint32_t v = 0; v < cond->count && !rc; v++) {
          if (cond->values[v].valid) rc = add_value(n, &cond->values[v].as.cidr, entry);
        }
        entry++;
      }
    }
  }
  *tracks = ENTRIES + 2 * entry;
  return rc;
}

static int cmp_edges(const void *a, const void *b) {
  const edge *x = a, *y = b;
  int c = wide_cmp(x->at, y->at);
  if (c) return c;
  return x->track != y->track ? (x->track < y->track ? -1 : 1) : x->step - y->step;
}

static int add_to_class(counter *n, const uint32_t *set, size_t words, wide from, wide size) {
  class *c = NULL;
  for (size_t i = 0; i < n->classes.len && !c; i++) {
    if (memcmp(n->classes.data[i].tracks, set, words * sizeof *set) == 0) c = &n->classes.data[i];
  }
  if (!c) {
    const void *copy = pe_arena_copy(n->arena, (const char *)set, words * sizeof *set);
    c = copy ? pe_vec_push(&n->classes, n->alloc) : NULL;
    if (!c) return POLICYEVAL_ENOMEM;
    *c = (class){copy, {0, 0}, from};
  }
  c->count = wide_add(c->count, size);
  n->total = wide_add(n->total, size);
  return 0;
}

/* Walks through the edges; what is named and not outside joins the class of the entries that are open. */
static int list_classes(counter *n, uint32_t tracks) {
  static const wide most = {UINT64_MAX, UINT64_MAX}, one = {0, 1};
  size_t words = (tracks + 31) / 32;
  int32_t *depth = pe_arena_zero(n->arena, tracks, sizeof *depth);
  uint32_t *set = pe_arena_zero(n->arena, words, sizeof *set);
  if (!depth || !set) return POLICYEVAL_ENOMEM;
  if (n->edges.len) qsort(n->edges.data, n->edges.len, sizeof *n->edges.data, cmp_edges);
  int rc = 0;
  for (size_t i = 0; i < n->edges.len && !rc; i++) {
    const edge *e = &n->edges.data[i];
    uint32_t bit = (uint32_t)1 << e->track % 32;
    depth[e->track] += e->step;
    if (depth[e->track]) set[e->track / 32] |= bit;
    else set[e->track / 32] &= ~bit;
    if (!depth[NAMED] || depth[OUTSIDE]) continue;
    wide size = i + 1 < n->edges.len ? wide_sub(n->edges.data[i + 1].at, e->at) : wide_add(wide_sub(most, e->at), one);
    if (size.hi || size.lo) rc = add_to_class(n, set, words, e->at, size);
  }
  return rc;
}

/* Asking ------------------------------------------------------------------------------------------------------ */

typedef struct single { /* pe_boxes_fn data: trust without addresses, and one address to ask about */
  const pe_public *p;
  pe_slice address;
} single;

static int one_address(pe_compiler *c, void *user, pe_boxes *out) {
  const single *n = user;
  return pe_public_trust_address(c, n->address, out);
}

static int other_trust(pe_compiler *c, void *user, pe_boxes *out) {
  const single *n = user;
  pe_public without = *n->p;
  pe_boxes all = {0};
  uint32_t key;
  int rc = pe_space_find_key(c->space, PE_SLICE("aws:SourceIp"), &key);
  if (!rc) rc = pe_public_trust(c, &without, &all);
  for (size_t i = 0; i < all.len && !rc; i++) {
    bool address = false;
    for (uint32_t k = 0; k < all.data[i].count; k++) {
      address |= c->space->preds.data[pe_literal_pred(all.data[i].literals[k])].key == key;
    }
    pe_box *slot = address ? NULL : pe_vec_push(out, c->alloc);
    if (!address && !slot) rc = POLICYEVAL_ENOMEM;
    if (slot) *slot = all.data[i];
  }
  pe_vec_done(&all, c->alloc);
  return rc;
}

static int ask(const pe_public *p, unsigned version, wide address, pe_result *out) {
  pe_buf text;
  pe_cidr c = address_of(version, address);
  pe_buf_init(&text, p->question.alloc);
  pe_range_put_address(&text, version, c.bytes);
  pe_buf_fmt(&text, "/%u", (unsigned)c.prefix);
  single data = {p, pe_slice_of(text.ptr, text.len)};
  pe_question q = p->question;
  q.narrow = one_address;
  q.trust = other_trust;
  q.user = &data;
  int rc = text.failed ? POLICYEVAL_ENOMEM : pe_query_run(&q, out);
  pe_buf_done(&text);
  return rc;
}

static bool plain(const pe_result *r) {
  for (unsigned i = 0; i < PE_ROW_WORDS; i++) {
    if (r->assumptions.word[i]) return false;
  }
  return true;
}

/* Classes that a YES of other readings lets in add up to nothing that is true under one reading: alone they may do. */
static bool decides(counter *n, const class *c, const pe_result *r) {
  bool yes = r->answer == PE_ANSWER_YES;
  if (r->answer != PE_ANSWER_NO) n->possible = wide_add(n->possible, c->count);
  if (yes && plain(r)) n->sure = wide_add(n->sure, c->count);
  return yes && (plain(r) ? wide_cmp(n->sure, n->limit) > 0 : wide_cmp(c->count, n->limit) > 0);
}

static int cmp_classes(const void *a, const void *b) { /* the largest first; then by place, so that the order is one */
  const class *x = a, *y = b;
  int c = wide_cmp(y->count, x->count);
  return c ? c : wide_cmp(x->example, y->example);
}

static void replace(pe_public_result *out, const pe_result *r) {
  pe_result_done(&out->result);
  out->result = *r;
}

static int count_classes(counter *n, pe_public *p, pe_public_result *out) {
  wide left = n->total;
  uint8_t why = PE_GIVE_UP_SEVERAL;
  if (n->classes.len) qsort(n->classes.data, n->classes.len, sizeof *n->classes.data, cmp_classes);
  for (size_t i = 0; i < n->classes.len && wide_cmp(wide_add(n->possible, left), n->limit) > 0; i++) {
    pe_result r;
    int rc = ask(p, n->version, n->classes.data[i].example, &r);
    if (rc) return rc;
    pe_question_charge(&p->question, &r);
    left = wide_sub(left, n->classes.data[i].count);
    if (decides(n, &n->classes.data[i], &r)) {
      replace(out, &r);
      out->too_many = true;
      return 0;
    }
    if (r.answer == PE_ANSWER_UNKNOWN) why = r.why;
    pe_result_done(&r);
  }
  if (wide_cmp(n->possible, n->limit) > 0) {
    replace(out, &(pe_result){.alloc = p->question.alloc, .answer = PE_ANSWER_UNKNOWN, .why = why});
  }
  out->result.states = p->question.budget.states;
  out->result.nodes = p->question.budget.nodes;
  return 0;
}

static int count_version(pe_public *p, unsigned version, wide limit, pe_public_result *out) {
  const pe_alloc *a = p->question.alloc;
  counter n = {.p = p, .alloc = a, .arena = pe_arena_new(a, 0), .version = version, .limit = limit};
  uint32_t tracks = 0;
  int rc = n.arena ? list_edges(&n, &tracks) : POLICYEVAL_ENOMEM;
  if (!rc) rc = list_classes(&n, tracks);
  if (!rc) rc = count_classes(&n, p, out);
  pe_vec_done(&n.edges, a);
  pe_vec_done(&n.classes, a);
  pe_arena_free(n.arena);
  return rc;
}

int pe_addresses_count(const pe_public *p, pe_public_result *out) {
  enum { V4_BITS = 24, V6_NETWORKS = 32 }; /* 2^24 addresses; 2^32 networks of 2^64 addresses */
  pe_public own = *p;
  wide v4 = {0, p->ip_limit ? p->ip_limit : (uint64_t)1 << V4_BITS};
  wide v6 = {p->ipv6_limit ? p->ipv6_limit : (uint64_t)1 << V6_NETWORKS, 0};
  pe_question_charge(&own.question, &out->result);
  int rc = count_version(&own, 4, v4, out);
  return rc || out->result.answer != PE_ANSWER_NO ? rc : count_version(&own, 6, v6, out);
}
