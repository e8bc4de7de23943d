/* SPDX-License-Identifier: MIT */
#include "eval/resource.h"

#include "cond/leaf.h"

/* Readings are asked for through a leaf; without one, an entry whose answer hangs on a reading is OPEN. */
typedef enum found { NO, YES, ABSENT, LACKING, UNKNOWN, OPEN } found; /* LACKING: no, but a variable may have no value */

/* ---- AMB-3: the first five fields without regard to letter case ---- */

static bool literal_at(pe_slice literal, pe_slice value, size_t at) {
  return value.len - at >= literal.len &&
         pe_slice_eq_ascii_nocase(literal, pe_slice_of(value.ptr + at, literal.len));
}

static bool glob_nocase(const pe_pattern *p, pe_slice value) {
  size_t at = 0, star_at = 0;
  uint32_t i = 0, star = UINT32_MAX;
  for (;;) {
    if (i == p->nelems && at == value.len) return true;
    const pe_elem *e = i < p->nelems ? &p->elems[i] : NULL;
    if (e && e->kind == PE_ELEM_STAR) {
      star = i++;
      star_at = at;
    } else if (e && e->kind == PE_ELEM_LITERAL && literal_at(e->literal, value, at)) {
      at += e->literal.len;
      i++;
    } else if (e && e->kind == PE_ELEM_ONE && at < value.len) {
      at++;
      i++;
    } else {
      if (star == UINT32_MAX || star_at >= value.len) return false;
      at = ++star_at;
      i = star + 1;
    }
  }
}

static bool fixed_fields_nocase(const pe_arn_pattern *p, const pe_arn *value) {
  for (unsigned f = 0; f < PE_ARN_RESOURCE; f++) {
    const pe_pattern *field = &p->field[f];
    bool same = field->shape == PE_SHAPE_ANY     ? true
                : field->shape == PE_SHAPE_EXACT ? pe_slice_eq_ascii_nocase(field->literal, value->field[f])
                                                 : glob_nocase(field, value->field[f]);
    if (!same) return false;
  }
  return true;
}

static pe_match match_last_field(const pe_arn_pattern *p, const pe_arn *value, pe_leaf *leaf) {
  const pe_pattern *last = &p->field[PE_ARN_RESOURCE];
  if (leaf && last->has_variable) return pe_leaf_match(leaf, last, value->field[PE_ARN_RESOURCE]);
  return pe_pattern_match(last, value->field[PE_ARN_RESOURCE]) ? PE_MATCH_YES : PE_MATCH_NO;
}

/* ---- one entry ---- */

static found confirm(const pe_resource *e, const pe_request *r, pe_leaf *leaf) {
  bool word = r->type_word && e->pattern.wild_type; /* AMB-2 */
  if (!word && !e->short_arn) return YES;
  if (!leaf) return OPEN;
  if (word && pe_leaf_reading(leaf, PE_ROW_AMB_2) == AMB_2_LITERAL) return NO;
  if (e->short_arn && pe_leaf_reading(leaf, PE_ROW_AMB_4) == AMB_4_NEVER) return NO;
  return YES;
}

static bool may_match(pe_match m) { return m == PE_MATCH_YES || m == PE_MATCH_UNKNOWN; }

/* Of a match that hangs on an unknown variable, or not. */
static found confirm_match(const pe_resource *e, const pe_request *r, pe_leaf *leaf, pe_match m) {
  found f = confirm(e, r, leaf);
  return f == YES && m == PE_MATCH_UNKNOWN ? UNKNOWN : f;
}

/* The entry does not match field by field: it may under AMB-1 or AMB-3. */
static found reconsider(const pe_resource *e, const pe_request *r, pe_leaf *leaf) {
  const pe_arn_pattern *p = &e->pattern;
  if (p->count < PE_ARN_FIELDS && !p->padded) return NO;
  if (p->crossable && p->count == PE_ARN_FIELDS) { /* of fewer fields AMB-1 does not ask */
    pe_match m = leaf && p->has_variable ? pe_leaf_match(leaf, &p->whole, r->resource.text)
                 : pe_pattern_match(&p->whole, r->resource.text) ? PE_MATCH_YES
                                                                 : PE_MATCH_NO;
    if (may_match(m) && !leaf) return OPEN;
    if (may_match(m) && pe_leaf_reading(leaf, PE_ROW_AMB_1) == AMB_1_CROSSING) return confirm_match(e, r, leaf, m);
  }
  if (!fixed_fields_nocase(p, &r->resource)) return NO;
  pe_match last = match_last_field(p, &r->resource, leaf);
  if (!may_match(last)) return NO;
  if (!leaf) return OPEN;
  return pe_leaf_reading(leaf, PE_ROW_AMB_3) == AMB_3_NOCASE ? confirm_match(e, r, leaf, last) : NO;
}

static found match_variables(const pe_resource *e, const pe_request *r, pe_leaf *leaf) {
  pe_match m = pe_arn_pattern_match(&e->pattern, &r->resource, pe_leaf_resolve, leaf, false);
  pe_match live = pe_arn_pattern_match(&e->pattern, &r->resource, pe_leaf_resolve, leaf, true);
  if (m != live && pe_leaf_reading(leaf, PE_ROW_AMB_8) == PE_AMB_8_LIVE) m = live;
  if (m == PE_MATCH_ABSENT) return ABSENT;
  found f = m == PE_MATCH_NO ? reconsider(e, r, leaf) : confirm_match(e, r, leaf, m);
  return f == NO && pe_leaf_may_lack_of(leaf, &e->pattern) ? LACKING : f;
}

static found match_entry(const pe_resource *e, const pe_request *r, pe_leaf *leaf) {
  if (e->never) return NO;
  if (e->pattern.is_any) return YES; /* in a resource policy: the resource it is attached to (L1.7.16) */
  if (r->star_only) return NO;       /* L1.7.15 */
  if (e->pattern.has_variable) return leaf ? match_variables(e, r, leaf) : OPEN;
  if (e->pattern.exact ? pe_slice_eq(e->pattern.text, r->resource.text)
                       : pe_arn_pattern_match(&e->pattern, &r->resource, NULL, NULL, false) == PE_MATCH_YES)
    return confirm(e, r, leaf);
  return reconsider(e, r, leaf);
}

/* ---- the element ---- */

typedef struct element {
  const pe_statement *s;
  const pe_request *r;
} element;

static pe_tri negate(const element *e, pe_leaf *leaf, bool unknown, bool absent, bool lacking) {
  /* L3.10: an entry that cannot be resolved neither matches nor excludes. */
  if (absent && pe_leaf_reading(leaf, PE_ROW_AMB_7) == AMB_7_NOTHING) return PE_TRI_NO;
  if (e->r->star_only && pe_leaf_reading(leaf, PE_ROW_PE_9) == PE_9_NO) return PE_TRI_NO;
  if (!unknown && lacking && pe_leaf_reading(leaf, PE_ROW_AMB_7) == AMB_7_NOTHING) unknown = true;
  return unknown ? PE_TRI_UNKNOWN : PE_TRI_YES;
}

static pe_tri test_element(pe_leaf *leaf, void *user) {
  const element *e = user;
  bool unknown = false, absent = false, lacking = false, not = e->s->resource_mode == PE_MODE_NOT;
  for (uint32_t i = 0; i < e->s->nresources; i++) {
    found f = match_entry(&e->s->resources[i], e->r, leaf);
    if (f == YES) return not ? PE_TRI_NO : PE_TRI_YES;
    unknown |= f == UNKNOWN;
    absent |= f == ABSENT;
    lacking |= f == LACKING;
  }
  if (not ) return negate(e, leaf, unknown, absent, lacking);
  return unknown ? PE_TRI_UNKNOWN : PE_TRI_NO;
}

bool pe_resource_match(const pe_statement *s, int kind, const pe_request *r, pe_env *env) {
  bool not = s->resource_mode == PE_MODE_NOT;
  /* A trust policy has no Resource; elsewhere a statement without one applies to nothing (AMB-38). */
  if (s->resource_mode == PE_MODE_NONE) return kind == POLICYEVAL_KIND_TRUST;
  bool open = not &&r->star_only;
  for (uint32_t i = 0; i < s->nresources; i++) {
    found f = match_entry(&s->resources[i], r, NULL);
    if (f == YES) return !not ;
    open |= f == OPEN;
  }
  if (!open) return not &&s->nresources > 0;
  element e = {s, r};
  return pe_leaf_test(env, test_element, &e, NULL);
}
