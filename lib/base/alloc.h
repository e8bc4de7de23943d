/* SPDX-License-Identifier: MIT */
/* Memory: one allocator handed down from the context, and arenas over it.
 *
 * Nothing in the library calls malloc directly: every allocation goes through
 * a pe_alloc, can fail, and a test makes each one fail. */
#ifndef PE_BASE_ALLOC_H
#define PE_BASE_ALLOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct pe_alloc {
  void *(*alloc)(void *user, size_t size);             /* NULL when out of memory */
  void *(*resize)(void *user, void *ptr, size_t size); /* ptr may be NULL */
  void (*release)(void *user, void *ptr);              /* ptr may be NULL */
  void *user;
  bool apart; /* arenas ask for each block by itself: tests make each one fail, and see where each one ends */
} pe_alloc;

/* The allocator over malloc, realloc and free. */
extern const pe_alloc pe_alloc_libc;

void *pe_alloc_new(const pe_alloc *a, size_t size);                           /* zeroed */
void *pe_alloc_array(const pe_alloc *a, size_t count, size_t size);           /* zeroed; NULL on overflow */
void *pe_alloc_grow(const pe_alloc *a, void *ptr, size_t count, size_t size); /* realloc; NULL on overflow */
void pe_alloc_free(const pe_alloc *a, void *ptr);

/* An arena: many small blocks that live and die together. Not thread-safe while
 * it is being filled; what it holds may be read from any thread afterwards. */
typedef struct pe_arena pe_arena;

pe_arena *pe_arena_new(const pe_alloc *a, size_t first_chunk); /* 0: default chunk; NULL: no memory */
void pe_arena_free(pe_arena *arena);                           /* takes NULL */
void *pe_arena_alloc(pe_arena *arena, size_t size);            /* not zeroed, 8-aligned, NULL: no memory */
void *pe_arena_zero(pe_arena *arena, size_t count, size_t size);
char *pe_arena_copy(pe_arena *arena, const char *ptr, size_t len); /* adds a NUL */
/* A block with a chunk of its own, for arrays that grow: resizing it copies nothing that the
 * allocator need not copy. NULL: no memory, and the old block is as it was. */
void *pe_arena_large(pe_arena *arena, size_t size);
void *pe_arena_large_resize(pe_arena *arena, void *block, size_t size); /* block: NULL or a large one */
const pe_alloc *pe_arena_allocator(const pe_arena *arena);
size_t pe_arena_bytes(const pe_arena *arena); /* bytes obtained from the allocator */

#endif
