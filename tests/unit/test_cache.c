/* SPDX-License-Identifier: MIT */
#include "base/cache.h"

#include <stdio.h>

#include "unit.h"

typedef struct thing {
  int refs, number;
} thing;
static void ref(void *t) { ((thing *)t)->refs++; }
static void unref(void *t) { ((thing *)t)->refs--; }
static const pe_cache_type type = {ref, unref};

static pe_cache_key key_of(char *buf, size_t size, int n) {
  const int len = snprintf(buf, size, "text %d", n);
  return (pe_cache_key){(uint32_t)(n % 3), PE_SLICE("name"), pe_slice_of(buf, (size_t)len)};
}

START_TEST(finds_what_was_added_and_nothing_else)
{
  pe_test_alloc mem;
  pe_test_alloc_init(&mem);
  pe_cache *c = pe_cache_new(&mem.alloc, &type, SIZE_MAX);
  static thing things[1000];
  char buf[32];
  for (int i = 0; i < 1000; i++) {
    things[i] = (thing){1, i};
    const pe_cache_key key = key_of(buf, sizeof buf, i);
    ck_assert_ptr_null(pe_cache_find(c, &key));
    ck_assert_int_eq(pe_cache_add(c, &key, &things[i], 10), 0);
  }
  for (int i = 0; i < 1000; i++) {
    pe_cache_key key = key_of(buf, sizeof buf, i);
    ck_assert_ptr_eq(pe_cache_find(c, &key), &things[i]);
    ck_assert_int_eq(things[i].refs, 3);
    things[i].refs--;
    key.kind += 3;
    ck_assert_ptr_null(pe_cache_find(c, &key));
    key = key_of(buf, sizeof buf, i);
    key.name = PE_SLICE("nam");
    ck_assert_ptr_null(pe_cache_find(c, &key));
  }
  pe_cache_free(c);
  for (int i = 0; i < 1000; i++) ck_assert_int_eq(things[i].refs, 1);
  pe_test_alloc_done(&mem);
}
END_TEST

START_TEST(the_first_of_a_key_stays)
{
  pe_test_alloc mem;
  pe_test_alloc_init(&mem);
  pe_cache *c = pe_cache_new(&mem.alloc, &type, SIZE_MAX);
  thing first = {1, 1}, second = {1, 2};
  const pe_cache_key key = {7, PE_SLICE(""), PE_SLICE("same")};
  ck_assert_int_eq(pe_cache_add(c, &key, &first, 1), 0);
  ck_assert_int_eq(pe_cache_add(c, &key, &second, 1), 0);
  ck_assert_ptr_eq(pe_cache_find(c, &key), &first);
  first.refs--;
  ck_assert_int_eq(second.refs, 1);
  pe_cache_free(c);
  pe_cache_free(NULL);
  ck_assert_int_eq(first.refs, 1);
  pe_test_alloc_done(&mem);
}
END_TEST

/* A million bytes of objects in a cache of ten thousand: memory stays bounded, what is asked for again and again stays. */
START_TEST(forgets_what_nobody_asks_for)
{
  pe_test_alloc mem;
  pe_test_alloc_init(&mem);
  enum { MANY = 10000 };
  pe_cache *c = pe_cache_new(&mem.alloc, &type, 40000);
  static thing things[MANY];
  char buf[32];
  size_t peak = 0;
  const pe_cache_key hot = {9, PE_SLICE("hot"), PE_SLICE("text")};
  thing asked = {1, 0};
  ck_assert_int_eq(pe_cache_add(c, &hot, &asked, 100), 0);
  for (int i = 0; i < MANY; i++) {
    things[i] = (thing){1, i};
    const pe_cache_key key = key_of(buf, sizeof buf, i);
    ck_assert_int_eq(pe_cache_add(c, &key, &things[i], 100), 0);
    ck_assert_ptr_eq(pe_cache_find(c, &hot), &asked);
    asked.refs--;
    if (mem.live_size > peak) peak = mem.live_size;
  }
  int kept = 0;
  for (int i = 0; i < MANY; i++) kept += things[i].refs > 1;
  ck_assert_int_gt(kept, 50);
  ck_assert_int_lt(kept, 400);
  ck_assert_uint_lt(peak, 100000);
  pe_cache_free(c);
  for (int i = 0; i < MANY; i++) ck_assert_int_eq(things[i].refs, 1);
  ck_assert_int_eq(asked.refs, 1);
  pe_test_alloc_done(&mem);
}
END_TEST

START_TEST(without_memory_nothing_is_kept)
{
  UNIT_EACH_ALLOCATION (mem, rc) {
    thing things[100], *found;
    char buf[32];
    pe_cache *c = pe_cache_new(&mem.alloc, &type, 2000);
    rc = c ? 0 : POLICYEVAL_ENOMEM;
    for (int i = 0; i < 100; i++) {
      things[i] = (thing){1, i};
      if (!c) continue;
      const pe_cache_key key = key_of(buf, sizeof buf, i), before = key_of(buf + 16, 16, i / 2);
      if (pe_cache_add(c, &key, &things[i], 30)) rc = POLICYEVAL_ENOMEM;
      found = pe_cache_find(c, &before);
      if (found) ck_assert_int_eq(found->number, i / 2);
      if (found) found->refs--;
    }
    /* An old entry that could not be moved is no failure that anybody is told of. */
    if (mem.failed) rc = POLICYEVAL_ENOMEM;
    pe_cache_free(c);
    for (int i = 0; i < 100; i++) ck_assert_int_eq(things[i].refs, 1);
  }
}
END_TEST

UNIT_MAIN("cache", finds_what_was_added_and_nothing_else, the_first_of_a_key_stays,
          forgets_what_nobody_asks_for, without_memory_nothing_is_kept)
