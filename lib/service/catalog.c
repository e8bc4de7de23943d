/* SPDX-License-Identifier: MIT */
/* Looking things up. A loaded catalog holds the built-in services too. */
#include "base/wrap.h"
#include "service/tables.h"

static inline unsigned char lower(char c) {
  return c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : (unsigned char)c;
}

int pe_service_compare(pe_slice a, pe_slice b) {
  size_t n = a.len < b.len ? a.len : b.len;
  for (size_t i = 0; i < n; i++) {
    int d = lower(a.ptr[i]) - lower(b.ptr[i]);
    if (d) return d;
  }
  return (a.len > b.len) - (a.len < b.len);
}

/* Items are structs of `size` bytes with the name as a pe_slice at `offset`, sorted by it. */
static const void *search(const void *items, size_t count, size_t size, size_t offset, pe_slice name) {
  const char *base = items;
  size_t low = 0, high = count;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    const pe_slice *have = (const pe_slice *)(const void *)(base + mid * size + offset);
    int c = pe_service_compare(name, *have);
    if (c == 0) return base + mid * size;
    if (c < 0) {
      high = mid;
    } else {
      low = mid + 1;
    }
  }
  return NULL;
}

const pe_service *pe_service_find(const pe_service *services, size_t count, pe_slice name) {
  return search(services, count, sizeof *services, offsetof(pe_service, name), name);
}

const pe_action_info *pe_service_action(const pe_service *s, pe_slice name) {
  return search(s->actions, s->nactions, sizeof *s->actions, offsetof(pe_action_info, name), name);
}

const pe_resource_type *pe_service_resource(const pe_service *s, pe_slice name) {
  return search(s->resources, s->nresources, sizeof *s->resources, offsetof(pe_resource_type, name), name);
}

PE_WRAPS uint64_t pe_service_action_hash(pe_slice service, pe_slice name) {
  return pe_slice_hash_nocase(service) * 3 ^ pe_slice_hash_nocase(name);
}

static const pe_service *service_of(const pe_catalog *c, pe_slice name) {
  if (c) return pe_service_find(c->services, c->nservices, name);
  return pe_service_find(pe_builtin_services, PE_BUILTIN_SERVICES, name);
}

bool pe_catalog_knows_service(const pe_catalog *c, pe_slice service) {
  return service_of(c, service) != NULL;
}

/* Every table there is lists all actions of its service, as of its day. */
bool pe_catalog_complete(const pe_catalog *c, pe_slice service) { return service_of(c, service) != NULL; }

static const pe_action_info *loaded_action(const pe_catalog *c, pe_slice service, pe_slice name) {
  if (!c->by_action.slot) return NULL;
  const size_t mask = c->by_action.mask;
  for (size_t at = pe_slice_slot(pe_service_action_hash(service, name), mask); c->by_action.slot[at];
       at = (at + 1) & mask) {
    const pe_action_info *a = c->actions[c->by_action.slot[at] - 1];
    if (pe_slice_eq_ascii_nocase(a->name, name) && pe_slice_eq_ascii_nocase(a->service, service)) return a;
  }
  return NULL;
}

const pe_action_info *pe_catalog_action(const pe_catalog *c, pe_slice action) {
  const char *colon = action.len ? memchr(action.ptr, ':', action.len) : NULL;
  if (!colon) return NULL;
  size_t cut = (size_t)(colon - action.ptr);
  pe_slice service = pe_slice_sub(action, 0, cut), name = pe_slice_sub(action, cut + 1, action.len);
  if (c) return loaded_action(c, service, name);
  const pe_service *s = pe_service_find(pe_builtin_services, PE_BUILTIN_SERVICES, service);
  return s ? pe_service_action(s, name) : NULL;
}

size_t pe_catalog_actions(const pe_catalog *c, pe_slice service, const pe_action_info **first) {
  const pe_service *s = service_of(c, service);
  *first = s ? s->actions : NULL;
  return s ? s->nactions : 0;
}

const pe_resource_type *pe_catalog_resource(const pe_catalog *c, pe_slice service, pe_slice name) {
  const pe_service *s = service_of(c, service);
  return s ? pe_service_resource(s, name) : NULL;
}

size_t pe_catalog_resources(const pe_catalog *c, pe_slice service, const pe_resource_type **first) {
  const pe_service *s = service_of(c, service);
  *first = s ? s->resources : NULL;
  return s ? s->nresources : 0;
}

const pe_key_info *pe_catalog_loaded_key(const pe_catalog *c, pe_slice name, bool prefix) {
  if (!c->by_key.slot) return NULL;
  for (size_t at = pe_slice_slot(pe_slice_hash_nocase(name), c->by_key.mask); c->by_key.slot[at];
       at = (at + 1) & c->by_key.mask) {
    const pe_key_info *k = &c->keys[c->by_key.slot[at] - 1];
    if (k->is_prefix == prefix && pe_slice_eq_ascii_nocase(pe_slice_str(k->name), name)) return k;
  }
  return NULL;
}

const pe_key_info *pe_catalog_key(const pe_catalog *c, pe_slice name) {
  const pe_key_info *k = pe_key_find(name);
  if (k || !c) return k;
  k = pe_catalog_loaded_key(c, name, false);
  size_t most = name.len == 0 ? 0 : name.len - 1 < c->longest_prefix ? name.len - 1 : c->longest_prefix;
  for (size_t n = most; !k && n > 0; n--) { /* the longest one that a name follows */
    if (name.ptr[n - 1] == '/' || name.ptr[n - 1] == ':')
      k = pe_catalog_loaded_key(c, pe_slice_sub(name, 0, n), true);
  }
  for (size_t i = 0; !k && i < c->npatterns; i++) {
    if (pe_pattern_match(&c->patterns[i].pattern, name)) k = c->patterns[i].key;
  }
  return k;
}

static bool lists(const pe_catalog *c, const char *const *keys, const pe_key_info *info, pe_slice key) {
  for (; *keys; keys++) {
    pe_slice name = pe_slice_str(*keys);
    if (pe_slice_eq_ascii_nocase(name, key) || (info && pe_catalog_key(c, name) == info)) return true;
  }
  return false;
}

bool pe_catalog_takes(const pe_catalog *c, const pe_action_info *action, pe_slice key) {
  const pe_key_info *info = pe_catalog_key(c, key);
  if (lists(c, action->condition_keys, info, key)) return true;
  for (const char *const *type = action->resource_types; *type; type++) {
    const pe_resource_type *r = pe_catalog_resource(c, action->service, pe_slice_str(*type));
    if (r && lists(c, r->condition_keys, info, key)) return true;
  }
  return false;
}

size_t pe_catalog_services(const pe_catalog *c) { return c ? c->nservices : PE_BUILTIN_SERVICES; }

pe_slice pe_catalog_service(const pe_catalog *c, size_t i) {
  return c ? c->services[i].name : pe_builtin_services[i].name;
}

void pe_catalog_free(pe_catalog *c) {
  if (!c) return;
  pe_arena_free(c->arena);
  pe_alloc_free(c->alloc, c);
}
