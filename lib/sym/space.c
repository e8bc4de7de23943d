/* SPDX-License-Identifier: MIT */
#include "sym/space.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/wrap.h"

int pe_space_init(pe_space *s, const pe_alloc *a) {
  *s = (pe_space){.alloc = a, .arena = pe_arena_new(a, 0)};
  return s->arena ? 0 : POLICYEVAL_ENOMEM;
}

void pe_space_done(pe_space *s) {
  for (size_t i = 0; i < s->keys.len; i++) {
    pe_vec_done(&s->keys.data[i].tests, s->alloc);
    pe_vec_done(&s->keys.data[i].preds, s->alloc);
  }
  pe_vec_done(&s->keys, s->alloc);
  pe_vec_done(&s->tests, s->alloc);
  pe_vec_done(&s->preds, s->alloc);
  pe_vec_done(&s->test_slots, s->alloc);
  pe_vec_done(&s->pred_slots, s->alloc);
  pe_vec_done(&s->boxes, s->alloc);
  pe_vec_done(&s->box_slots, s->alloc);
  pe_arena_free(s->arena);
}

size_t pe_space_bytes(const pe_space *s) {
  return pe_arena_bytes(s->arena) + s->keys.cap * sizeof *s->keys.data + s->tests.cap * sizeof *s->tests.data +
         s->preds.cap * sizeof *s->preds.data + s->boxes.cap * sizeof *s->boxes.data +
         (s->test_slots.cap + s->pred_slots.cap + s->box_slots.cap + s->tests.len + s->preds.len) * sizeof(uint32_t);
}

int pe_space_find_key(pe_space *s, pe_slice name, uint32_t *out) {
  uint64_t hash = pe_slice_hash_nocase(name);
  for (size_t i = 0; i < s->keys.len; i++) {
    if (s->keys.data[i].hash == hash && pe_slice_eq_ascii_nocase(s->keys.data[i].name, name)) {
      *out = (uint32_t)i;
      return 0;
    }
  }
  char *copy = pe_arena_copy(s->arena, name.ptr, name.len);
  pe_space_key *key = copy ? pe_vec_push(&s->keys, s->alloc) : NULL;
  if (!key) return POLICYEVAL_ENOMEM;
  key->name = pe_slice_of(copy, name.len);
  key->hash = hash;
  key->shapes = PE_SHAPE_ABSENT | PE_SHAPE_SCALAR;
  key->sort = PE_SORT_PRESENCE;
  s->epoch++;
  *out = (uint32_t)s->keys.len - 1;
  return 0;
}

PE_WRAPS static uint64_t mix(uint64_t h, uint64_t with) {
  h = (h ^ with) * 1099511628211u;
  return h ^ h >> 29;
}

static uint64_t pred_hash(const pe_pred *p) {
  return mix(mix(p->test, p->key), (uint64_t)p->negate << 16 | (uint64_t)p->absent << 8 | p->on_list);
}

/* Makes room for one more entry in an open-addressing table of `used` ids. */
typedef uint64_t (*hash_fn)(const pe_space *s, uint32_t id);
static int reserve(pe_space *s, uint32_t **slots, size_t *cap, size_t used, hash_fn hash) {
  if ((used + 1) * 2 <= *cap) return 0;
  size_t size = *cap ? *cap * 2 : 64;
  uint32_t *more = pe_alloc_array(s->alloc, size, sizeof *more);
  if (!more) return POLICYEVAL_ENOMEM;
  for (uint32_t i = 0; i < used; i++) {
    uint64_t h = hash(s, i);
    while (more[h & (size - 1)]) h++;
    more[h & (size - 1)] = i + 1;
  }
  pe_alloc_free(s->alloc, *slots);
  *slots = more;
  *cap = size;
  return 0;
}

static uint64_t hash_of_test(const pe_space *s, uint32_t id) { return s->tests.data[id].hash; }
static uint64_t hash_of_pred(const pe_space *s, uint32_t id) { return pred_hash(&s->preds.data[id]); }

static uint8_t join_sorts(uint8_t a, uint8_t b) {
  if (a == PE_SORT_PRESENCE) return b;
  return b == PE_SORT_PRESENCE || a == b ? a : PE_SORT_MIXED;
}

typedef struct sought { /* the test that is looked for: by signature, or (NULL) by globs */
  uint32_t key;
  pe_sort sort;
  uint64_t hash;
  pe_slice signature;
  const pe_lang *wide;
} sought;

static bool same_test(const pe_test *t, const sought *w) {
  if (t->hash != w->hash || t->key != w->key || t->sort != w->sort) return false;
  if (!w->wide) return t->signature.ptr && pe_slice_eq(t->signature, w->signature);
  if (t->signature.ptr || t->wide.count != w->wide->count) return false;
  for (uint32_t i = 0; i < t->wide.count; i++) {
    if (!pe_glob_equal(&t->wide.globs[i], &w->wide->globs[i])) return false;
  }
  return true;
}

static int find_test(pe_space *s, const sought *w, uint32_t *out, bool *fresh) {
  int rc = reserve(s, &s->test_slots.data, &s->test_slots.cap, s->tests.len, hash_of_test);
  if (rc) return rc;
  uint64_t h = w->hash;
  *fresh = false;
  for (; s->test_slots.data[h & (s->test_slots.cap - 1)]; h++) {
    *out = s->test_slots.data[h & (s->test_slots.cap - 1)] - 1;
    if (same_test(&s->tests.data[*out], w)) return 0;
  }
  char *copy = w->wide ? NULL : pe_arena_copy(s->arena, w->signature.ptr, w->signature.len);
  uint32_t *mine = copy || w->wide ? pe_vec_push(&s->keys.data[w->key].tests, s->alloc) : NULL;
  pe_test *t = mine ? pe_vec_push(&s->tests, s->alloc) : NULL;
  if (!t) {
    if (mine) s->keys.data[w->key].tests.len--;
    return POLICYEVAL_ENOMEM;
  }
  uint32_t id = (uint32_t)s->tests.len - 1;
  *mine = id;
  *t = (pe_test){.key = w->key, .local = (uint32_t)s->keys.data[w->key].tests.len - 1, .sort = (uint8_t)w->sort,
                 .hash = w->hash, .signature = pe_slice_of(copy, copy ? w->signature.len : 0)};
  uint8_t *of_key = &s->keys.data[w->key].sort, joined = join_sorts(*of_key, (uint8_t)w->sort);
  if (joined != *of_key || (w->sort != PE_SORT_STRING && w->sort != PE_SORT_PRESENCE)) s->epoch++;
  *of_key = joined;
  s->test_slots.data[h & (s->test_slots.cap - 1)] = id + 1;
  *out = id;
  *fresh = true;
  return 0;
}

int pe_space_test(pe_space *s, uint32_t key, pe_sort sort, pe_slice signature, uint32_t *out, bool *fresh) {
  sought w = {key, sort, mix(mix(pe_slice_hash(signature), key), sort), signature, NULL};
  return find_test(s, &w, out, fresh);
}

int pe_space_lang_test(pe_space *s, uint32_t key, const pe_lang *wide, uint32_t *out, bool *fresh) {
  sought w = {key, PE_SORT_STRING, mix(key, PE_SORT_STRING), {NULL, 0}, wide};
  for (uint32_t i = 0; i < wide->count; i++) w.hash = mix(w.hash, wide->globs[i].hash);
  return find_test(s, &w, out, fresh);
}

int pe_space_pred(pe_space *s, const pe_pred *wanted, uint32_t *out) {
  int rc = reserve(s, &s->pred_slots.data, &s->pred_slots.cap, s->preds.len, hash_of_pred);
  if (rc) return rc;
  uint64_t h = pred_hash(wanted);
  for (; s->pred_slots.data[h & (s->pred_slots.cap - 1)]; h++) {
    uint32_t id = s->pred_slots.data[h & (s->pred_slots.cap - 1)] - 1;
    const pe_pred *p = &s->preds.data[id];
    if (p->test == wanted->test && p->key == wanted->key && p->negate == wanted->negate &&
        p->absent == wanted->absent && p->on_list == wanted->on_list) {
      *out = id;
      return 0;
    }
  }
  pe_ids *of_key = &s->keys.data[wanted->key].preds;
  uint32_t *mine = pe_vec_push(of_key, s->alloc);
  pe_pred *p = mine ? pe_vec_push(&s->preds, s->alloc) : NULL;
  if (!p) {
    if (mine) of_key->len--;
    return POLICYEVAL_ENOMEM;
  }
  *p = *wanted;
  *mine = *out = (uint32_t)s->preds.len - 1;
  s->pred_slots.data[h & (s->pred_slots.cap - 1)] = *out + 1;
  return 0;
}

static int cmp_literals(const void *a, const void *b) {
  pe_literal x = *(const pe_literal *)a, y = *(const pe_literal *)b;
  return x < y ? -1 : x > y;
}

static uint64_t literals_hash(const pe_box *b) {
  uint64_t h = b->count;
  for (uint32_t i = 0; i < b->count; i++) h = mix(h, b->literals[i]);
  return h;
}
static uint64_t hash_of_box(const pe_space *s, uint32_t id) { return literals_hash(&s->boxes.data[id]); }

int pe_space_box(pe_space *s, const pe_literal *literals, uint32_t count, uint32_t tag, pe_box *out) {
  pe_literal *copy = pe_arena_alloc(s->arena, (count + 1) * sizeof *copy);
  int rc = copy ? reserve(s, &s->box_slots.data, &s->box_slots.cap, s->boxes.len, hash_of_box) : POLICYEVAL_ENOMEM;
  if (rc) return rc;
  if (count) memcpy(copy, literals, count * sizeof *copy);
  if (count > 1) qsort(copy, count, sizeof *copy, cmp_literals);
  uint32_t n = 0;
  for (uint32_t i = 0; i < count; i++) {
    if (n == 0 || copy[n - 1] != copy[i]) copy[n++] = copy[i];
  }
  pe_box box = {copy, n, tag, (uint32_t)s->boxes.len};
  uint64_t h = literals_hash(&box);
  for (; s->box_slots.data[h & (s->box_slots.cap - 1)]; h++) {
    const pe_box *b = &s->boxes.data[s->box_slots.data[h & (s->box_slots.cap - 1)] - 1];
    if (b->count != n || (n && memcmp(b->literals, copy, n * sizeof *copy) != 0)) continue;
    *out = (pe_box){b->literals, n, tag, b->id};
    return 0;
  }
  pe_box *slot = pe_vec_push(&s->boxes, s->alloc);
  if (!slot) return POLICYEVAL_ENOMEM;
  *slot = *out = box;
  s->box_slots.data[h & (s->box_slots.cap - 1)] = box.id + 1;
  return 0;
}
