/* SPDX-License-Identifier: MIT */
#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

static void *libc_alloc(void *user, size_t size) {
  (void)user;
  return malloc(size);
}

static void *libc_resize(void *user, void *ptr, size_t size) {
  (void)user;
  return realloc(ptr, size);
}

static void libc_release(void *user, void *ptr) {
  (void)user;
  free(ptr);
}

/* AddressSanitizer knows where blocks of malloc end, and no others: with it arenas ask for each block by itself. */
#ifdef __SANITIZE_ADDRESS__ /* gcc */
#define APART true
#elif defined __has_feature /* clang */
#define APART __has_feature(address_sanitizer)
#else
#define APART false
#endif

const pe_alloc pe_alloc_libc = {.alloc = libc_alloc, .resize = libc_resize, .release = libc_release,
                                .apart = APART};

/* False when the product does not fit. A size of 0 becomes 1: NULL always means "no memory". */
static bool product(size_t count, size_t size, size_t *out) {
  if (size != 0 && count > SIZE_MAX / size) return false;
  size_t n = count * size;
  *out = n ? n : 1;
  return true;
}

void *pe_alloc_new(const pe_alloc *a, size_t size) { return pe_alloc_array(a, 1, size); }

void *pe_alloc_array(const pe_alloc *a, size_t count, size_t size) {
  size_t n;
  if (!product(count, size, &n)) return NULL;
  void *p = a->alloc(a->user, n);
  if (p) memset(p, 0, n);
  return p;
}

void *pe_alloc_grow(const pe_alloc *a, void *ptr, size_t count, size_t size) {
  size_t n;
  if (!product(count, size, &n)) return NULL;
  return a->resize(a->user, ptr, n);
}

void pe_alloc_free(const pe_alloc *a, void *ptr) {
  if (ptr) a->release(a->user, ptr);
}

/* A chunk and its bytes. They form a double list, so that one that holds a single
 * large block can be resized where it stands. */
typedef struct chunk {
  struct chunk *prev, *next;
  size_t size; /* of the bytes after this header */
  size_t used;
} chunk;

struct pe_arena {
  const pe_alloc *alloc;
  chunk *chunks;  /* all of them */
  chunk *current; /* the one that small blocks are cut from, or NULL */
  size_t next_size;
  size_t bytes;
};

enum { FIRST_CHUNK = 2048, LARGEST_CHUNK = 256 * 1024, ALIGN = 8 };

static char *chunk_bytes(chunk *c) { return (char *)(c + 1); }

_Static_assert(sizeof(chunk) % ALIGN == 0, "blocks after the header are aligned");

static void link_chunk(pe_arena *arena, chunk *c) {
  c->prev = NULL;
  c->next = arena->chunks;
  if (c->next) c->next->prev = c;
  arena->chunks = c;
}

static chunk *add_chunk(pe_arena *arena, size_t size) {
  if (size > SIZE_MAX - sizeof(chunk)) return NULL;
  chunk *c = arena->alloc->alloc(arena->alloc->user, sizeof *c + size);
  if (!c) return NULL;
  c->size = size;
  c->used = 0;
  link_chunk(arena, c);
  arena->bytes += sizeof *c + size;
  return c;
}

pe_arena *pe_arena_new(const pe_alloc *a, size_t first_chunk) {
  pe_arena *arena = pe_alloc_new(a, sizeof *arena);
  if (!arena) return NULL;
  arena->alloc = a;
  arena->next_size = first_chunk ? first_chunk : FIRST_CHUNK;
  arena->bytes = sizeof *arena;
  return arena;
}

void pe_arena_free(pe_arena *arena) {
  if (!arena) return;
  const pe_alloc *a = arena->alloc;
  for (chunk *c = arena->chunks, *next; c; c = next) {
    next = c->next;
    a->release(a->user, c);
  }
  a->release(a->user, arena);
}

const pe_alloc *pe_arena_allocator(const pe_arena *arena) { return arena->alloc; }

static void *next_chunk(pe_arena *arena, size_t size) {
  /* A block that would fill most of a chunk gets its own, and the current one stays in use. */
  if (size > arena->next_size / 2 || arena->alloc->apart) return pe_arena_large(arena, size);
  chunk *c = add_chunk(arena, arena->next_size);
  if (!c) return NULL;
  arena->current = c;
  if (arena->next_size < LARGEST_CHUNK) arena->next_size *= 2;
  c->used = size;
  return chunk_bytes(c);
}

void *pe_arena_alloc(pe_arena *arena, size_t size) {
  if (size > SIZE_MAX - (ALIGN - 1)) return NULL;
  size = (size + (ALIGN - 1)) & ~(size_t)(ALIGN - 1);
  chunk *c = arena->current;
  if (!c || c->size - c->used < size) return next_chunk(arena, size);
  char *p = chunk_bytes(c) + c->used;
  c->used += size;
  return p;
}

void *pe_arena_zero(pe_arena *arena, size_t count, size_t size) {
  size_t n;
  if (!product(count, size, &n)) return NULL;
  void *p = pe_arena_alloc(arena, n);
  if (p) memset(p, 0, n);
  return p;
}

char *pe_arena_copy(pe_arena *arena, const char *ptr, size_t len) {
  if (len == SIZE_MAX) return NULL;
  char *p = pe_arena_alloc(arena, len + 1);
  if (!p) return NULL;
  if (len) memcpy(p, ptr, len);
  p[len] = '\0';
  return p;
}

void *pe_arena_large(pe_arena *arena, size_t size) {
  chunk *c = add_chunk(arena, size);
  if (!c) return NULL;
  c->used = size;
  return chunk_bytes(c);
}

void *pe_arena_large_resize(pe_arena *arena, void *block, size_t size) {
  if (!block) return pe_arena_large(arena, size);
  if (size > SIZE_MAX - sizeof(chunk)) return NULL;
  chunk *old = (chunk *)block - 1;
  size_t old_size = old->size;
  chunk *c = arena->alloc->resize(arena->alloc->user, old, sizeof *c + size);
  if (!c) return NULL;
  if (c->prev) {
    c->prev->next = c;
  } else {
    arena->chunks = c;
  }
  if (c->next) c->next->prev = c;
  c->size = c->used = size;
  arena->bytes = arena->bytes - old_size + size;
  return chunk_bytes(c);
}

size_t pe_arena_bytes(const pe_arena *arena) { return arena->bytes; }
