/* SPDX-License-Identifier: MIT */
#include "base/cache.h"

#include <pthread.h>

#include "base/error.h"
#include "base/wrap.h"

typedef struct entry {
  uint64_t hash;
  pe_cache_key key; /* its texts follow the entry */
  void *object;
  size_t bytes;
} entry;

/* Open addressing, at most half full; a moved entry leaves a hole that is no end. */
typedef struct table {
  entry **slots;
  size_t cap, used;
  size_t bytes;
} table;

/* Two generations: what is asked for moves to the young one; when that is full, the old one is dropped. */
struct pe_cache {
  const pe_alloc *alloc;
  const pe_cache_type *type;
  size_t most;
  pthread_mutex_t lock;
  table young, old;
};

static const entry hole_entry;
#define HOLE ((entry *)(uintptr_t)&hole_entry)

pe_cache *pe_cache_new(const pe_alloc *a, const pe_cache_type *type, size_t most) {
  pe_cache *c = pe_alloc_new(a, sizeof *c);
  if (!c) return NULL;
  if (pthread_mutex_init(&c->lock, NULL) != 0) {
    pe_alloc_free(a, c);
    return NULL;
  }
  c->alloc = a;
  c->type = type;
  c->most = most;
  return c;
}

static void drop(pe_cache *c, table *t) {
  for (size_t i = 0; i < t->cap; i++) {
    entry *e = t->slots[i];
    if (!e || e == HOLE) continue;
    c->type->unref(e->object);
    pe_alloc_free(c->alloc, e);
  }
  pe_alloc_free(c->alloc, t->slots);
  *t = (table){0};
}

void pe_cache_free(pe_cache *c) {
  if (!c) return;
  drop(c, &c->young);
  drop(c, &c->old);
  pthread_mutex_destroy(&c->lock);
  pe_alloc_free(c->alloc, c);
}

PE_WRAPS static uint64_t hash_of(const pe_cache_key *key) {
  return pe_slice_hash(key->text) ^ (pe_slice_hash(key->name) * 31 + key->kind);
}

static bool same(const entry *e, uint64_t hash, const pe_cache_key *key) {
  return e != HOLE && e->hash == hash && e->key.kind == key->kind && pe_slice_eq(e->key.name, key->name) &&
         pe_slice_eq(e->key.text, key->text);
}

static entry **find(const table *t, uint64_t hash, const pe_cache_key *key) {
  if (!t->cap) return NULL;
  for (size_t at = pe_slice_slot(hash, t->cap - 1); t->slots[at]; at = (at + 1) & (t->cap - 1))
    if (same(t->slots[at], hash, key)) return &t->slots[at];
  return NULL;
}

static void put(entry **slots, size_t cap, entry *e) {
  size_t at = pe_slice_slot(e->hash, cap - 1);
  while (slots[at]) at = (at + 1) & (cap - 1);
  slots[at] = e;
}

static bool grow(const pe_alloc *a, table *t) {
  const size_t cap = t->cap ? t->cap * 2 : 64;
  entry **slots = pe_alloc_array(a, cap, sizeof *slots);
  if (!slots) return false;
  size_t used = 0;
  for (size_t i = 0; i < t->cap; i++)
    if (t->slots[i] && t->slots[i] != HOLE) {
      put(slots, cap, t->slots[i]);
      used++;
    }
  pe_alloc_free(a, t->slots);
  t->slots = slots;
  t->cap = cap;
  t->used = used;
  return true;
}

/* Takes the entry over, or refuses (no memory). *dead: a generation to be dropped when the lock is given back, so
 * that nobody waits for it. */
static bool insert(pe_cache *c, entry *e, table *dead) {
  if (c->most != SIZE_MAX && c->young.bytes > c->most / 2) {
    *dead = c->old;
    c->old = c->young;
    c->young = (table){0};
  }
  if (c->young.cap < 2 * (c->young.used + 1) && !grow(c->alloc, &c->young)) return false;
  put(c->young.slots, c->young.cap, e);
  c->young.used++;
  c->young.bytes += e->bytes;
  return true;
}

/* An old entry that is asked for is young again; without memory it stays old. */
static void move(pe_cache *c, entry **slot, table *dead) {
  entry *e = *slot;
  *slot = HOLE;
  c->old.bytes -= e->bytes;
  if (c->young.bytes > c->most / 2) { /* the old table goes: this entry is no part of it any more */
    if (insert(c, e, dead)) return;
    c->type->unref(e->object);
    pe_alloc_free(c->alloc, e);
    return;
  }
  if (insert(c, e, dead)) return;
  *slot = e;
  c->old.bytes += e->bytes;
}

void *pe_cache_find(pe_cache *c, const pe_cache_key *key) {
  const uint64_t hash = hash_of(key);
  void *object = NULL;
  table dead = {0};
  pthread_mutex_lock(&c->lock);
  entry **slot = find(&c->young, hash, key), **before = slot ? NULL : find(&c->old, hash, key);
  if (!slot) slot = before;
  if (slot) {
    object = (*slot)->object;
    c->type->ref(object);
    if (before) move(c, before, &dead);
  }
  pthread_mutex_unlock(&c->lock);
  drop(c, &dead);
  return object;
}

static entry *new_entry(pe_cache *c, uint64_t hash, const pe_cache_key *key, void *object, size_t bytes) {
  const size_t texts = key->name.len + key->text.len;
  if (texts < key->text.len || texts > SIZE_MAX / 2) return NULL;
  entry *e = c->alloc->alloc(c->alloc->user, sizeof *e + texts + 1);
  if (!e) return NULL;
  char *p = (char *)(e + 1);
  if (key->name.len) memcpy(p, key->name.ptr, key->name.len);
  if (key->text.len) memcpy(p + key->name.len, key->text.ptr, key->text.len);
  *e = (entry){
      .hash = hash,
      .key = {key->kind, pe_slice_of(p, key->name.len), pe_slice_of(p + key->name.len, key->text.len)},
      .object = object,
      .bytes = bytes + texts + sizeof *e};
  return e;
}

int pe_cache_add(pe_cache *c, const pe_cache_key *key, void *object, size_t bytes) {
  const uint64_t hash = hash_of(key);
  entry *e = new_entry(c, hash, key, object, bytes);
  if (!e) return POLICYEVAL_ENOMEM;
  table dead = {0};
  pthread_mutex_lock(&c->lock);
  const bool there = find(&c->young, hash, key) || find(&c->old, hash, key);
  const bool kept = !there && insert(c, e, &dead);
  if (kept) c->type->ref(object);
  pthread_mutex_unlock(&c->lock);
  drop(c, &dead);
  if (!kept) pe_alloc_free(c->alloc, e);
  return kept || there ? POLICYEVAL_OK : POLICYEVAL_ENOMEM;
}
