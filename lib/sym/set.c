/* SPDX-License-Identifier: MIT */
#include "sym/set.h"

#include "base/error.h"

/* What a predicate can be for one element. */
static unsigned of_element(const pe_oracle *o, const pe_pred *p, const pe_element *e) {
  unsigned passes = pe_oracle_passes(o, e, p->test);
  bool can_pass = passes & PE_PASSES_WIDE, can_fail = !(passes & PE_PASSES_TIGHT);
  bool yes = p->negate ? can_fail : can_pass, no = p->negate ? can_pass : can_fail;
  return (yes ? PE_CAN_TRUE : 0u) | (no ? PE_CAN_FALSE : 0u);
}

static unsigned of_list(const pe_oracle *o, const pe_pred *p, const uint32_t *elements, uint32_t count) {
  if (p->on_list == PE_LIST_FALSE) return PE_CAN_FALSE;
  if (p->on_list == PE_LIST_TRUE) return PE_CAN_TRUE;
  if (p->on_list == PE_LIST_BOTH) return PE_CAN_BOTH;
  unsigned any = 0, all = PE_CAN_BOTH;
  for (uint32_t i = 0; i < count; i++) {
    unsigned can = of_element(o, p, &o->keys[p->key].elements.data[elements[i]]);
    any |= can;
    all &= can;
  }
  return p->on_list == PE_LIST_SOME ? (any & PE_CAN_TRUE) | (all & PE_CAN_FALSE)
                                    : (all & PE_CAN_TRUE) | (any & PE_CAN_FALSE);
}

unsigned pe_set_can(const pe_oracle *o, const pe_pred *p, const pe_value *v) {
  if (v->shape == PE_SHAPE_ABSENT) return p->absent;
  if (v->shape == PE_SHAPE_LIST) return of_list(o, p, v->elements, v->count);
  return of_element(o, p, &o->keys[p->key].elements.data[v->elements[0]]);
}

static int add_value(pe_oracle *o, uint32_t key, uint8_t shape, const uint32_t *elements, uint32_t count, bool unusual,
                     uint32_t *out) {
  uint32_t *copy = pe_arena_alloc(o->arena, (count + 1) * sizeof *copy);
  pe_value *slot = copy ? pe_vec_push(&o->keys[key].values, o->alloc) : NULL;
  if (!slot) return POLICYEVAL_ENOMEM;
  if (count) memcpy(copy, elements, count * sizeof *copy);
  *slot = (pe_value){.shape = shape, .unusual = unusual, .elements = copy, .count = count};
  *out = (uint32_t)o->keys[key].values.len - 1;
  return 0;
}

/* Working memory of one question: tests inside and outside, and the existentials left to the end. */
typedef struct wishes {
  uint32_t *inside, *outside, *elements;
  uint32_t ninside, noutside;
  const pe_literal **some;
  uint32_t nsome;
} wishes;

/* The literal asks an element to pass the predicate's test, or not to. */
static void ask_element(wishes *w, const pe_pred *p, bool want) {
  if (want != (p->negate != 0)) {
    w->inside[w->ninside++] = p->test;
  } else {
    w->outside[w->noutside++] = p->test;
  }
}

static int try_absent(pe_oracle *o, uint32_t key, const pe_literal *l, uint32_t n, uint32_t *value) {
  for (uint32_t i = 0; i < n; i++) {
    const pe_pred *p = &o->space->preds.data[pe_literal_pred(l[i])];
    if (!(p->absent & (pe_literal_want(l[i]) ? PE_CAN_TRUE : PE_CAN_FALSE))) return 0;
  }
  return add_value(o, key, PE_SHAPE_ABSENT, NULL, 0, false, value);
}

static int try_scalar(pe_oracle *o, uint32_t key, const pe_literal *l, uint32_t n, wishes *w, uint32_t *value) {
  w->ninside = w->noutside = 0;
  for (uint32_t i = 0; i < n; i++) {
    ask_element(w, &o->space->preds.data[pe_literal_pred(l[i])], pe_literal_want(l[i]));
  }
  pe_wish wish = {w->inside, w->outside, w->ninside, w->noutside};
  uint32_t element;
  bool unusual;
  int rc = pe_oracle_element(o, key, &wish, &element, &unusual);
  if (rc || element == PE_NO_VALUE) return rc;
  return add_value(o, key, PE_SHAPE_SCALAR, &element, 1, unusual, value);
}

/* Sorts the literals; false: one can never hold for a list. */
static bool split(pe_oracle *o, const pe_literal *l, uint32_t n, wishes *w) {
  w->ninside = w->noutside = w->nsome = 0;
  for (uint32_t i = 0; i < n; i++) {
    const pe_pred *p = &o->space->preds.data[pe_literal_pred(l[i])];
    bool want = pe_literal_want(l[i]);
    switch (p->on_list) {
      case PE_LIST_FALSE:
        if (want) return false;
        break;
      case PE_LIST_TRUE:
        if (!want) return false;
        break;
      case PE_LIST_BOTH: break;
      default:
        if (want == (p->on_list == PE_LIST_EACH)) {
          ask_element(w, p, want);
        } else {
          w->some[w->nsome++] = &l[i];
        }
    }
  }
  return true;
}

static int try_list(pe_oracle *o, uint32_t key, const pe_literal *l, uint32_t n, wishes *w, uint32_t *value) {
  if (!split(o, l, n, w)) return 0;
  uint32_t ninside = w->ninside, noutside = w->noutside, count = 0;
  bool any_unusual = false;
  for (uint32_t i = 0; i < w->nsome || count == 0; i++) {
    w->ninside = ninside;
    w->noutside = noutside;
    if (i < w->nsome) ask_element(w, &o->space->preds.data[pe_literal_pred(*w->some[i])], pe_literal_want(*w->some[i]));
    pe_wish wish = {w->inside, w->outside, w->ninside, w->noutside};
    bool unusual;
    uint32_t element;
    int rc = pe_oracle_element(o, key, &wish, &element, &unusual);
    if (rc || element == PE_NO_VALUE) return rc;
    any_unusual |= unusual;
    uint32_t k = 0;
    while (k < count && w->elements[k] != element) k++;
    if (k == count) w->elements[count++] = element;
  }
  if (count == 1 && o->space->keys.data[key].pairs) w->elements[count++] = w->elements[0];
  return add_value(o, key, PE_SHAPE_LIST, w->elements, count, any_unusual, value);
}

int pe_set_find(pe_oracle *o, uint32_t key, const pe_literal *literals, uint32_t count, uint32_t *value) {
  uint8_t shapes = o->space->keys.data[key].shapes;
  *value = PE_NO_VALUE;
  if (shapes & PE_SHAPE_ABSENT) {
    int rc = try_absent(o, key, literals, count, value);
    if (rc || *value != PE_NO_VALUE) return rc;
  }
  size_t room = count + 2;
  wishes w = {.inside = pe_alloc_array(o->alloc, 3 * room, sizeof(uint32_t)),
              .some = pe_alloc_array(o->alloc, room, sizeof(const pe_literal *))};
  int rc = w.inside && w.some ? 0 : POLICYEVAL_ENOMEM;
  if (!rc) {
    w.outside = w.inside + room;
    w.elements = w.outside + room;
  }
  if (!rc && (shapes & PE_SHAPE_SCALAR)) rc = try_scalar(o, key, literals, count, &w, value);
  if (!rc && *value == PE_NO_VALUE && (shapes & PE_SHAPE_LIST)) rc = try_list(o, key, literals, count, &w, value);
  pe_alloc_free(o->alloc, w.inside);
  pe_alloc_free(o->alloc, (void *)w.some);
  return rc;
}
