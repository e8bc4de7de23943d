/* SPDX-License-Identifier: MIT */
/* What every unit test needs. A test file is:
 *
 *   #include "unit.h"
 *   #include "base/buf.h"
 *
 *   START_TEST(empty_buffer_is_empty) {
 *     pe_test_alloc mem;
 *     pe_test_alloc_init(&mem);
 *     ...  use &mem.alloc as the allocator ...
 *     pe_test_alloc_done(&mem);                  fails the test if something leaked
 *   }
 *   END_TEST
 *
 *   UNIT_MAIN("buf", empty_buffer_is_empty, other_test)
 *
 * To fail every allocation in turn (rule 8 of the house):
 *
 *   UNIT_EACH_ALLOCATION(mem, rc) {
 *     rc = pe_thing_new(&mem.alloc, &thing);
 *     pe_thing_free(thing);
 *   }
 *
 * runs the block with the first allocation failing, the second, ... until a run in which none had to fail, and
 * the same again with all allocations from the n-th on failing. Arenas ask for each block by itself, so that each of
 * them fails, too. rc must be POLICYEVAL_ENOMEM when one
 * failed, 0 in the last run; nothing may leak in any. */
#ifndef PE_TESTS_UNIT_H
#define PE_TESTS_UNIT_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/alloc.h"
#include "policyeval/base.h"
#include "policyeval/context.h"

/* An allocator that counts what is out, fails on demand, and fails the test if somebody wrote behind the end of a block. */
typedef struct pe_test_alloc {
  pe_alloc alloc;   /* hand out its address */
  size_t calls;     /* allocations and growths asked for so far */
  size_t fail_at;   /* the call (from 1) that fails; 0: none */
  bool fail_on;     /* and all calls after it */
  size_t failed;    /* calls that were made to fail */
  size_t live;      /* blocks not released yet */
  size_t live_size; /* their bytes */
  size_t peak_size; /* most bytes at any time */
} pe_test_alloc;

void pe_test_alloc_init(pe_test_alloc *mem);
/* The n-th allocation from now (n from 1) fails, with `on` all later ones too; 0: none. */
void pe_test_alloc_fail(pe_test_alloc *mem, size_t n, bool on);
/* policyeval_context_new with the hooks of an allocator, and its arenas ask for each block by itself if that one's do. */
int pe_test_context(const pe_alloc *a, policyeval_context **context);
/* Fails the running test if a block is still out. */
void pe_test_alloc_done(const pe_test_alloc *mem);

/* Nobody wrote behind the end of the block, which is one of a pe_test_alloc. */
bool pe_test_alloc_intact(const void *block);

/* The loop behind UNIT_EACH_ALLOCATION. */
typedef struct pe_test_sweep {
  size_t n;
  bool on, started;
} pe_test_sweep;
bool pe_test_sweep_next(pe_test_sweep *sweep, pe_test_alloc *mem, const int *rc);

#define UNIT_EACH_ALLOCATION(mem, rc)                                   \
  int rc = 0;                                                           \
  pe_test_alloc mem;                                                    \
  for (pe_test_sweep mem##_sweep = {0}; pe_test_sweep_next(&mem##_sweep, &(mem), &(rc));)

/* The whole text of a file under the sources ("tests/..."), with a NUL after it; fails the test if it cannot be
 * read. Release with free. */
char *pe_test_read(const char *path, size_t *len);

/* How many random cases of `n` to try: script/mutants, which runs the tests many times, and builds with instruments compile
 * with a share of 10 or so. Of allocations that fail these take each of the first 60, then every 10th or so. */
#ifndef UNIT_SHARE
#define UNIT_SHARE 1
#endif
#define UNIT_CASES(n) ((n) / UNIT_SHARE)

/* The text with 3000 letters for each "#": more than is left of what was allocated for short texts, so that each copy of
 * one allocates, and can fail. Release with free. */
char *pe_test_widened(const char *text);

/* main() that runs the tests; returns 0 only if all passed. */
int pe_test_run(const char *name, const TTest *const *tests, size_t count);
#define UNIT_MAIN(name, ...)                                            \
  int main(void) {                                                      \
    const TTest *const tests[] = {__VA_ARGS__};                         \
    return pe_test_run(name, tests, sizeof tests / sizeof tests[0]);    \
  }

#endif
