/* SPDX-License-Identifier: MIT */
/* The helper of the other tests: does it see what it should see? */
#include "unit.h"

START_TEST(counts_what_is_out) {
  pe_test_alloc mem;
  pe_test_alloc_init(&mem);
  void *a = mem.alloc.alloc(mem.alloc.user, 10);
  void *b = mem.alloc.resize(mem.alloc.user, NULL, 20);
  ck_assert_uint_eq(mem.live, 2);
  ck_assert_uint_eq(mem.live_size, 30);
  b = mem.alloc.resize(mem.alloc.user, b, 5);
  ck_assert_uint_eq(mem.live_size, 15);
  mem.alloc.release(mem.alloc.user, a);
  mem.alloc.release(mem.alloc.user, b);
  mem.alloc.release(mem.alloc.user, NULL);
  pe_test_alloc_done(&mem);
  ck_assert_uint_eq(mem.peak_size, 30);
}
END_TEST

START_TEST(fails_the_one_or_all_after) {
  pe_test_alloc mem;
  pe_test_alloc_init(&mem);
  pe_test_alloc_fail(&mem, 2, false);
  void *a = mem.alloc.alloc(mem.alloc.user, 1);
  ck_assert_ptr_nonnull(a);
  ck_assert_ptr_null(mem.alloc.alloc(mem.alloc.user, 1));
  ck_assert_ptr_null((pe_test_alloc_fail(&mem, 1, true), mem.alloc.resize(mem.alloc.user, a, 9)));
  ck_assert_ptr_null(mem.alloc.alloc(mem.alloc.user, 1));
  ck_assert_uint_eq(mem.failed, 3);
  mem.alloc.release(mem.alloc.user, a);
  pe_test_alloc_done(&mem);
}
END_TEST

START_TEST(sees_what_is_written_behind_the_end) {
  pe_test_alloc mem;
  pe_test_alloc_init(&mem);
  char *block = mem.alloc.alloc(mem.alloc.user, 13);
  ck_assert(pe_test_alloc_intact(block));
  char *volatile end = block + 13; /* that the compiler does not see it, either */
  const char was = *end;
  *end = (char)(was + 1);
  ck_assert(!pe_test_alloc_intact(block));
  *end = was;
  mem.alloc.release(mem.alloc.user, block);
}
END_TEST

static int two_blocks(const pe_alloc *with) {
  void *a = with->alloc(with->user, 1);
  void *b = with->alloc(with->user, 1);
  int rc = a && b ? 0 : POLICYEVAL_ENOMEM;
  with->release(with->user, a);
  with->release(with->user, b);
  return rc;
}

START_TEST(sweep_fails_each_in_turn) {
  int runs = 0;
  UNIT_EACH_ALLOCATION(mem, rc) {
    rc = two_blocks(&mem.alloc);
    runs++;
  }
  ck_assert_int_eq(runs, 6); /* first, second, none; then the same from there on */
}
END_TEST

UNIT_MAIN("unit", counts_what_is_out, fails_the_one_or_all_after, sees_what_is_written_behind_the_end,
          sweep_fails_each_in_turn)
