/* SPDX-License-Identifier: MIT */
#include "eval/candidates.h"

#include "policy/index.h"

typedef struct walk {
  const pe_request *r;
  pe_slice lower;
  uint64_t hash;
  pe_buf *text;
  pe_candidate_fn fn;
  void *user;
  unsigned families; /* mask of 1 << pe_family under which the key is tested */
} walk;

static bool give(walk *w, pe_slice value) { return w->fn(w->user, value); }
static bool give_text(walk *w) {
  return !w->text->failed && give(w, pe_slice_of(w->text->ptr, w->text->len));
}

/* ---- a value that a pattern matches ---- */

static void add_variable(walk *w, const pe_variable *v) {
  const pe_fact *f = pe_facts_find_nocase(&w->r->facts, v->hash, v->key);
  if (f && f->count)
    pe_buf_slice(w->text, f->values[0]);
  else if (v->fallback.ptr)
    pe_buf_slice(w->text, v->fallback);
  else
    pe_buf_char(w->text, 'x');
}

static bool give_filled(walk *w, const pe_pattern *p, pe_slice star) {
  pe_buf_clear(w->text);
  for (uint32_t i = 0; i < p->nelems; i++) {
    const pe_elem *e = &p->elems[i];
    switch (e->kind) {
    case PE_ELEM_LITERAL: pe_buf_slice(w->text, e->literal); break;
    case PE_ELEM_ONE: pe_buf_char(w->text, 'x'); break;
    case PE_ELEM_STAR: pe_buf_slice(w->text, star); break;
    case PE_ELEM_VARIABLE: add_variable(w, e->variable); break;
    }
  }
  pe_buf_add(w->text, "", 0);
  return give_text(w);
}

static bool give_pattern(walk *w, const pe_pattern *p) {
  return give_filled(w, p, PE_SLICE("")) && (!p->has_wild || give_filled(w, p, PE_SLICE("x")));
}

/* ---- values of the other types ---- */

static bool give_int(walk *w, int64_t n) {
  pe_buf_clear(w->text);
  pe_buf_int(w->text, n);
  return give_text(w);
}

static bool to_int(pe_slice text, int64_t *out) {
  int64_t n = 0;
  size_t i = text.ptr[0] == '-'; /* the text of a number has a digit */
  if (text.len > 17) return false;
  for (; i < text.len; i++) {
    if (text.ptr[i] < '0' || text.ptr[i] > '9') return false;
    n = n * 10 + (text.ptr[i] - '0');
  }
  *out = text.ptr[0] == '-' ? -n : n;
  return true;
}

static bool give_address(walk *w, const pe_cidr *c) {
  pe_buf_clear(w->text);
  if (c->version == 4) {
    const unsigned char *b = c->bytes + 12;
    pe_buf_fmt(w->text, "%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
  } else {
    for (unsigned i = 0; i < 16; i += 2)
      pe_buf_fmt(w->text, i ? ":%x" : "%x", (unsigned)(c->bytes[i] << 8 | c->bytes[i + 1]));
  }
  return give_text(w);
}

static bool give_value(walk *w, const pe_condition *c, const pe_cond_value *v) {
  int64_t n;
  if (!v->valid) return true;
  switch ((pe_family)pe_op_get((pe_op)c->op.op)->family) {
  case PE_FAMILY_STRING: return give_pattern(w, &v->as.pattern);
  case PE_FAMILY_ARN: return give_pattern(w, &v->as.arn->whole);
  case PE_FAMILY_NUMERIC:
    if (!give(w, v->text)) return false;
    return !to_int(v->text, &n) || (give_int(w, n - 1) && give_int(w, n + 1));
  case PE_FAMILY_DATE:
    n = v->as.instant.seconds;
    return give(w, v->text) && (n < 1 || (give_int(w, n - 1) && give_int(w, n + 1)));
  case PE_FAMILY_IP: return give_address(w, &v->as.cidr);
  case PE_FAMILY_BINARY: return give(w, v->text);
  case PE_FAMILY_BOOL:
  case PE_FAMILY_NULL: break;
  }
  return true;
}

/* ---- values that no policy names ---- */

typedef struct other {
  unsigned family;
  const char *value;
} other;

static const other others[] = {
    {PE_FAMILY_STRING, "policyeval-other-value"},
    {PE_FAMILY_ARN, "arn:aws:other:other-region-1:000000000000:other/other"},
    {PE_FAMILY_NUMERIC, "-99999999999999999999"},
    {PE_FAMILY_NUMERIC, "0"},
    {PE_FAMILY_NUMERIC, "99999999999999999999"},
    {PE_FAMILY_DATE, "1970-01-02T00:00:00Z"},
    {PE_FAMILY_DATE, "9999-12-31T23:59:59Z"},
    {PE_FAMILY_BOOL, "true"},
    {PE_FAMILY_BOOL, "false"},
    {PE_FAMILY_IP, "198.51.100.77"},
    {PE_FAMILY_IP, "2001:db8:ffff::77"},
    {PE_FAMILY_BINARY, "b3RoZXI="},
};

static unsigned families_of(const pe_key_info *info, unsigned seen) {
  if (!info)
    return seen & (1u << PE_FAMILY_NULL) && !(seen & ~(1u << PE_FAMILY_NULL)) ? 1u << PE_FAMILY_STRING : seen;
  static const unsigned families[] = {
      [PE_KEY_STRING] = 1u << PE_FAMILY_STRING, [PE_KEY_ARN] = 1u << PE_FAMILY_ARN,
      [PE_KEY_NUMERIC] = 1u << PE_FAMILY_NUMERIC, [PE_KEY_DATE] = 1u << PE_FAMILY_DATE,
      [PE_KEY_BOOL] = 1u << PE_FAMILY_BOOL, [PE_KEY_IP] = 1u << PE_FAMILY_IP,
      [PE_KEY_BINARY] = 1u << PE_FAMILY_BINARY,
      [PE_KEY_DATE_OR_NUMERIC] = 1u << PE_FAMILY_DATE | 1u << PE_FAMILY_NUMERIC,
      [PE_KEY_OTHER] = 1u << PE_FAMILY_STRING,
  };
  return families[info->type];
}

static bool give_others(walk *w) {
  unsigned families = families_of(pe_key_find(w->lower), w->families ? w->families : 1u << PE_FAMILY_STRING);
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
    if ((families >> others[i].family & 1) && !give(w, pe_slice_str(others[i].value))) return false;
  }
  return true;
}

/* ---- the key as a variable ---- */

static bool names_key(const walk *w, const pe_pattern *p) {
  for (uint32_t i = 0; p->has_variable && i < p->nelems; i++) {
    if (p->elems[i].kind == PE_ELEM_VARIABLE && p->elems[i].variable->hash == w->hash &&
        pe_slice_eq_ascii_nocase(p->elems[i].variable->key, w->lower))
      return true;
  }
  return false;
}

/* All parts of the target between ':', '/' and the ends, and what stands in the place of the variable when
 * only literals are around it. */
static bool give_parts(walk *w, const pe_pattern *p, pe_slice target) {
  size_t start = 0;
  for (size_t i = 0; i <= target.len; i++) {
    if (i < target.len && target.ptr[i] != ':' && target.ptr[i] != '/') continue;
    if (i > start && !give(w, pe_slice_sub(target, start, i))) return false;
    start = i + 1;
  }
  size_t head = 0, tail = 0;
  uint32_t first = 0, last = p->nelems;
  while (p->elems[first].kind == PE_ELEM_LITERAL) head += p->elems[first++].literal.len; /* the variable is none */
  while (p->elems[last - 1].kind == PE_ELEM_LITERAL) tail += p->elems[--last].literal.len;
  return head + tail >= target.len || give(w, pe_slice_sub(target, head, target.len - tail));
}

static bool give_resources(walk *w, const pe_statement *s) {
  for (uint32_t i = 0; i < s->nresources; i++) {
    const pe_resource *e = &s->resources[i];
    if (e->never || !e->pattern.has_variable || !names_key(w, &e->pattern.whole)) continue;
    if (!give_parts(w, &e->pattern.whole, w->r->resource.text)) return false;
  }
  return true;
}

/* "aws:ResourceTag/team": "${aws:PrincipalTag/team}": the request's values of the one are candidates for the other. */
static bool give_partners(walk *w, const pe_condition *c) {
  const pe_fact *f = pe_facts_find(&w->r->facts, c->hash, c->lower);
  if (!f || !c->has_variable) return true;
  for (uint32_t i = 0; i < c->count; i++) {
    if (!c->values[i].valid) continue;
    bool string = pe_op_get((pe_op)c->op.op)->family == PE_FAMILY_STRING;
    const pe_pattern *p = string ? &c->values[i].as.pattern : &c->values[i].as.arn->whole;
    for (uint32_t k = 0; names_key(w, p) && k < f->count; k++) {
      if (!give_parts(w, p, f->values[k]) || !give(w, f->values[k])) return false;
    }
  }
  return true;
}

/* ---- over all policies ---- */

typedef bool (*statement_fn)(void *user, const pe_statement *s);

static bool each_in_list(const pe_policy_list *list, const pe_request *r, statement_fn fn, void *user) {
  for (uint32_t i = 0; i < list->count; i++) {
    for (uint32_t k = 0; k < list->items[i]->nstatements; k++) {
      const pe_statement *s = &list->items[i]->statements[k];
      if (pe_statement_has_action(s, r->lower_action) && !fn(user, s)) return false;
    }
  }
  return true;
}

static bool each_statement(const pe_policyset *set, const pe_request *r, statement_fn fn, void *user) {
  const pe_policy_list *const lists[] = {&set->identity, &set->resource, &set->boundary, &set->session,
                                         &set->endpoint};
  for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
    if (!each_in_list(lists[i], r, fn, user)) return false;
  }
  for (uint32_t i = 0; i < set->nscp; i++) {
    if (!each_in_list(&set->scp[i], r, fn, user)) return false;
  }
  for (uint32_t i = 0; i < set->nrcp; i++) {
    if (!each_in_list(&set->rcp[i], r, fn, user)) return false;
  }
  return true;
}

static bool give_statement(void *user, const pe_statement *s) {
  walk *w = user;
  if (!give_resources(w, s)) return false;
  for (uint32_t i = 0; i < s->nconditions; i++) {
    const pe_condition *c = &s->conditions[i];
    if (!give_partners(w, c)) return false;
    if (c->hash != w->hash || !pe_slice_eq(c->lower, w->lower)) continue;
    w->families |= 1u << pe_op_get((pe_op)c->op.op)->family;
    for (uint32_t k = 0; k < c->count; k++) {
      if (!give_value(w, c, &c->values[k])) return false;
    }
  }
  return true;
}

bool pe_candidates_each(const pe_policyset *set, const pe_request *r, pe_slice lower, pe_buf *text,
                        pe_candidate_fn fn, void *user) {
  walk w = {.r = r, .lower = lower, .hash = pe_slice_hash(lower), .text = text, .fn = fn, .user = user};
  return each_statement(set, r, give_statement, &w) && give_others(&w);
}

static bool give_sessions(void *user, const pe_statement *s) {
  walk *w = user;
  for (uint32_t i = 0; i < s->nprincipals; i++) {
    const pe_principal *p = &s->principals[i];
    if (p->kind == PE_PRINCIPAL_SESSION && pe_slice_eq_ascii_nocase(p->name, w->r->caller.name) &&
        pe_slice_eq(p->account, w->r->caller.account) && !give(w, p->session))
      return false;
  }
  return true;
}

bool pe_candidates_sessions(const pe_policyset *set, const pe_request *r, pe_candidate_fn fn, void *user) {
  walk w = {.r = r, .fn = fn, .user = user};
  return each_statement(set, r, give_sessions, &w) && give(&w, PE_SLICE("policyeval-other-session"));
}
