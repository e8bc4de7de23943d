/* SPDX-License-Identifier: MIT */
#include "base/meter.h"

/* Before each block. */
typedef union header {
  size_t counted; /* bytes; 0: there was no limit when it was made */
  max_align_t align;
} header;

static void give_back(pe_meter *m, size_t size) {
  if (size) atomic_fetch_sub_explicit(&m->held, size, memory_order_relaxed);
}

/* Counts `more` bytes, unless they are too many. */
static bool take(pe_meter *m, size_t more) {
  if (!more) return true;
  size_t held = atomic_load_explicit(&m->held, memory_order_relaxed);
  do {
    if (held > m->limit || more > m->limit - held) {
      atomic_fetch_add_explicit(&m->refused, 1, memory_order_relaxed);
      atomic_store_explicit(&m->at_limit, true, memory_order_relaxed);
      return false;
    }
  } while (!atomic_compare_exchange_weak_explicit(&m->held, &held, held + more, memory_order_relaxed, memory_order_relaxed));
  size_t most = atomic_load_explicit(&m->most, memory_order_relaxed);
  while (held + more > most &&
         !atomic_compare_exchange_weak_explicit(&m->most, &most, held + more, memory_order_relaxed, memory_order_relaxed)) {
  }
  return true;
}

/* The block behind its header, which counts for so many bytes. NULL: the allocator refused; `taken` bytes are given back. */
static void *block(pe_meter *m, header *h, size_t counted, size_t taken) {
  if (h) {
    h->counted = counted;
    return h + 1;
  }
  give_back(m, taken);
  if (atomic_load_explicit(&m->at_limit, memory_order_relaxed)) atomic_store_explicit(&m->at_limit, false, memory_order_relaxed);
  return NULL;
}

static void *meter_alloc(void *user, size_t size) {
  pe_meter *m = user;
  if (size > SIZE_MAX - sizeof(header)) return NULL;
  size += sizeof(header);
  const size_t counted = m->limit == SIZE_MAX ? 0 : size;
  return take(m, counted) ? block(m, m->under.alloc(m->under.user, size), counted, counted) : NULL;
}

static void *meter_resize(void *user, void *ptr, size_t size) {
  pe_meter *m = user;
  if (!ptr) return meter_alloc(user, size);
  if (size > SIZE_MAX - sizeof(header)) return NULL;
  size += sizeof(header);
  header *old = (header *)ptr - 1;
  const size_t before = old->counted, counted = m->limit == SIZE_MAX && !before ? 0 : size;
  const size_t more = counted > before ? counted - before : 0;
  if (!take(m, more)) return NULL;
  void *moved = block(m, m->under.resize(m->under.user, old, size), counted, more);
  if (moved && counted < before) give_back(m, before - counted);
  return moved;
}

static void meter_release(void *user, void *ptr) {
  pe_meter *m = user;
  if (!ptr) return;
  header *h = (header *)ptr - 1;
  give_back(m, h->counted);
  m->under.release(m->under.user, h);
}

void pe_meter_init(pe_meter *meter, const pe_alloc *under) {
  *meter = (pe_meter){.under = *under, .limit = SIZE_MAX};
  atomic_init(&meter->held, 0);
  atomic_init(&meter->most, 0);
  atomic_init(&meter->refused, 0);
  atomic_init(&meter->at_limit, false);
}

pe_alloc pe_meter_alloc(pe_meter *meter) {
  return (pe_alloc){.alloc = meter_alloc, .resize = meter_resize, .release = meter_release, .user = meter};
}
