/* SPDX-License-Identifier: MIT */
#include "text/arn.h"

#include "base/error.h"

static size_t cut_plain(pe_slice text, pe_slice *parts) {
  size_t n = 0, start = 0;
  while (n < PE_ARN_FIELDS - 1) {
    const char *colon = memchr(text.ptr + start, ':', text.len - start);
    if (!colon) break;
    size_t at = (size_t)(colon - text.ptr);
    parts[n++] = pe_slice_sub(text, start, at);
    start = at + 1;
  }
  parts[n++] = pe_slice_sub(text, start, text.len);
  return n;
}

static void split(pe_slice text, bool variables, pe_arn *out) {
  if (!text.ptr) text = PE_SLICE("");
  *out = (pe_arn){.text = text};
  for (int i = 0; i < PE_ARN_FIELDS; i++) out->field[i] = pe_slice_of(text.ptr + text.len, 0);
  size_t n = variables ? pe_pattern_cut(text, ':', PE_ARN_FIELDS, out->field) : cut_plain(text, out->field);
  out->count = (uint8_t)n;
}

void pe_arn_split(pe_slice text, pe_arn *out) { split(text, false, out); }
void pe_arn_split_pattern(pe_slice text, pe_arn *out) { split(text, true, out); }

bool pe_arn_is_account(pe_slice s) {
  if (s.len != 12) return false;
  for (size_t i = 0; i < 12; i++) {
    if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
  }
  return true;
}

static bool has_star(const pe_pattern *p) {
  for (uint32_t i = 0; i < p->nelems; i++) {
    if (p->elems[i].kind == PE_ELEM_STAR) return true;
  }
  return false;
}

/* A wildcard before the first ':' or '/', or anywhere when there is none; "*" alone is no word (PE-1). */
static bool has_wild_type(const pe_pattern *p) {
  bool wild = false;
  for (uint32_t i = 0; i < p->nelems && p->shape != PE_SHAPE_ANY; i++) {
    const pe_elem *e = &p->elems[i];
    wild |= e->kind == PE_ELEM_ONE || e->kind == PE_ELEM_STAR;
    if (e->kind != PE_ELEM_LITERAL) continue;
    if (memchr(e->literal.ptr, ':', e->literal.len) || memchr(e->literal.ptr, '/', e->literal.len)) break;
  }
  return wild;
}

static bool is_exact(const pe_arn_pattern *p) {
  if (p->count != PE_ARN_FIELDS || p->whole.shape != PE_SHAPE_EXACT) return false;
  if ((p->whole.flags & PE_PATTERN_NOCASE) || !pe_slice_eq(p->whole.literal, p->text)) return false;
  for (int i = 0; i < PE_ARN_RESOURCE; i++) { /* cut behind "${a:b}" that is text: no value is cut so */
    if (memchr(p->field[i].text.ptr, ':', p->field[i].text.len)) return false;
  }
  return true;
}

int pe_arn_pattern_compile(pe_arena *arena, pe_slice text, unsigned flags, pe_arn_pattern *out) {
  const unsigned simple = PE_PATTERN_WILD | PE_PATTERN_VARIABLES | PE_PATTERN_NOCASE;
  pe_arn cut;
  split(text, (flags & PE_PATTERN_VARIABLES) != 0, &cut);
  pe_arn_pattern p = {.text = text, .count = cut.count, .fields = cut.count};
  p.is_any = pe_slice_eq(text, PE_SLICE("*"));
  size_t from = 0; /* L3.2: variables in the sixth field only */
  if (flags & PE_ARN_VARS_RESOURCE) {
    from = cut.count == PE_ARN_FIELDS ? text.len - cut.field[PE_ARN_RESOURCE].len : text.len;
  }
  int rc = pe_pattern_compile_from(arena, text, flags & simple, from, &p.whole);
  if (rc) return rc;
  if ((flags & PE_ARN_PAD) && cut.count < PE_ARN_FIELDS) {
    p.padded = !p.is_any;
    p.fields = PE_ARN_FIELDS;
  }
  for (int i = 0; i < p.fields; i++) {
    bool pad = i >= cut.count;
    unsigned f = pad ? PE_PATTERN_WILD : flags & simple;
    if (i < PE_ARN_RESOURCE && (flags & PE_ARN_VARS_RESOURCE)) f &= ~(unsigned)PE_PATTERN_VARIABLES;
    rc = pe_pattern_compile(arena, pad ? PE_SLICE("*") : cut.field[i], f, &p.field[i]);
    if (rc) return rc;
    p.has_variable |= p.field[i].has_variable;
    if (i < PE_ARN_RESOURCE && !pad && !p.is_any) p.crossable |= has_star(&p.field[i]);
  }
  p.exact = is_exact(&p);
  p.wild_type = p.fields == PE_ARN_FIELDS && has_wild_type(&p.field[PE_ARN_RESOURCE]);
  *out = p;
  return POLICYEVAL_OK;
}

static pe_match match_field(const pe_arn_pattern *p, int i, const pe_arn *value, unsigned readings,
                            pe_resolve_fn resolve, void *user) {
  const pe_pattern *f = &p->field[i];
  if (!f->has_variable) {
    bool nocase = i >= PE_ARN_PARTITION && i < PE_ARN_RESOURCE && (readings & PE_ARN_READ_NOCASE);
    bool hit = nocase ? pe_pattern_match_nocase(f, value->field[i]) : pe_pattern_match(f, value->field[i]);
    return hit ? PE_MATCH_YES : PE_MATCH_NO;
  }
  return pe_pattern_match_vars(f, value->field[i], resolve, user, (readings & PE_ARN_READ_LIVE) != 0);
}

/* The fields that tell most ARNs apart first. */
static const uint8_t plain_order[PE_ARN_FIELDS] = {PE_ARN_SERVICE, PE_ARN_RESOURCE,  PE_ARN_ACCOUNT,
                                                   PE_ARN_REGION,  PE_ARN_PARTITION, PE_ARN_PREFIX};

static pe_match match_plain(const pe_arn_pattern *p, const pe_arn *value, unsigned readings) {
  if (p->fields < PE_ARN_FIELDS || value->count < PE_ARN_FIELDS) return PE_MATCH_NO;
  if (p->exact && !(readings & PE_ARN_READ_NOCASE)) {
    return pe_slice_eq(p->text, value->text) ? PE_MATCH_YES : PE_MATCH_NO;
  }
  for (int k = 0; k < PE_ARN_FIELDS; k++) {
    if (match_field(p, plain_order[k], value, readings, NULL, NULL) == PE_MATCH_NO) return PE_MATCH_NO;
  }
  return PE_MATCH_YES;
}

/* An absent variable makes the pattern match nothing whatever stands in the other fields or in the value: a
 * NotResource must see that (L3.10), so every field is asked. */
static pe_match match_with_variables(const pe_arn_pattern *p, const pe_arn *value, unsigned readings,
                                     pe_resolve_fn resolve, void *user) {
  pe_match all = PE_MATCH_YES;
  for (int i = 0; i < p->fields; i++) {
    pe_match m = match_field(p, i, value, readings, resolve, user);
    if (m == PE_MATCH_ABSENT) return m;
    if (m == PE_MATCH_NO || (m == PE_MATCH_UNKNOWN && all == PE_MATCH_YES)) all = m;
  }
  return p->fields < PE_ARN_FIELDS || value->count < PE_ARN_FIELDS ? PE_MATCH_NO : all;
}

pe_match pe_arn_pattern_match_reading(const pe_arn_pattern *p, const pe_arn *value, unsigned readings,
                                      pe_resolve_fn resolve, void *user) {
  pe_match m = p->has_variable ? match_with_variables(p, value, readings, resolve, user)
                               : match_plain(p, value, readings);
  if (m == PE_MATCH_ABSENT) return m;
  /* No ARN has a wildcard character in its type word. */
  if ((readings & PE_ARN_READ_LITERAL_TYPE) && p->wild_type) return PE_MATCH_NO;
  if (m == PE_MATCH_YES || !(readings & PE_ARN_READ_CROSSING) || !p->crossable) return m;
  if (value->count < PE_ARN_FIELDS) return m;
  pe_match crossing = pe_pattern_match_vars(&p->whole, value->text, resolve, user, (readings & PE_ARN_READ_LIVE) != 0);
  return crossing == PE_MATCH_NO ? m : crossing;
}

pe_match pe_arn_pattern_match(const pe_arn_pattern *p, const pe_arn *value, pe_resolve_fn resolve, void *user,
                              bool live) {
  return pe_arn_pattern_match_reading(p, value, live ? PE_ARN_READ_LIVE : 0, resolve, user);
}
