/* SPDX-License-Identifier: MIT */
/* Samples of numbers, instants and addresses: does every cell have one? */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "sym/range.h"
#include "unit.h"

static uint64_t seed = 2463534242u;
static uint32_t random_below(uint32_t n) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return (uint32_t)(seed >> 33) % n;
}

enum { BOUNDS = 4 };

/* The signature of a text: which bounds it meets, one relation after the other. */
static uint32_t sign(pe_sort sort, const pe_bound *bounds, uint32_t n, const char *text) {
  uint32_t bits = 0;
  for (uint32_t i = 0; i < n; i++) {
    pe_bound b = bounds[i];
    for (uint8_t r = 0; r < 5; r++) {
      b.relation = r;
      bits |= (uint32_t)pe_range_holds(sort, &b, 1, pe_slice_str(text)) << (i * 5 + r);
    }
  }
  return bits;
}

static void check_cell(pe_sort sort, const pe_bound *bounds, uint32_t n, const pe_texts *samples, const char *text) {
  uint32_t wanted = sign(sort, bounds, n, text);
  for (size_t i = 0; i < samples->len; i++) {
    if (sign(sort, bounds, n, samples->data[i].ptr) == wanted) return;
  }
  ck_abort_msg("no sample is like %s", text);
}

static void samples_of(pe_arena *arena, pe_sort sort, const pe_bound *bounds, uint32_t n, bool integers, pe_texts *out) {
  const pe_bound *list[BOUNDS];
  for (uint32_t i = 0; i < n; i++) list[i] = &bounds[i];
  ck_assert_int_eq(pe_range_samples(arena, sort, list, n, integers, out), 0);
}

START_TEST(numbers) {
  for (int round = 0; round < UNIT_CASES(3000); round++) {
    char text[BOUNDS][32];
    pe_bound bounds[BOUNDS];
    uint32_t n = 1 + random_below(BOUNDS);
    for (uint32_t i = 0; i < n; i++) {
      static const char *const tails[] = {"", ".5", ".25", "e1", "e-1", "99"};
      snprintf(text[i], sizeof text[i], "%d%s", (int)random_below(7) - 3, tails[random_below(6)]);
      ck_assert(pe_decimal_parse(pe_slice_str(text[i]), &bounds[i].as.number));
    }
    pe_arena *arena = pe_arena_new(&pe_alloc_libc, 0);
    pe_texts samples = {0};
    samples_of(arena, PE_SORT_NUMBER, bounds, n, false, &samples);
    for (uint32_t k = 0; k < 200; k++) {
      char value[32];
      snprintf(value, sizeof value, "%g", ((int)random_below(1600) - 800) / 16.0);
      check_cell(PE_SORT_NUMBER, bounds, n, &samples, value);
    }
    check_cell(PE_SORT_NUMBER, bounds, n, &samples, "100000");
    check_cell(PE_SORT_NUMBER, bounds, n, &samples, "-100000");
    pe_vec_done(&samples, &pe_alloc_libc);
    pe_arena_free(arena);
  }
}
END_TEST

START_TEST(whole_numbers_have_no_gaps) {
  pe_bound bounds[2];
  ck_assert(pe_decimal_parse(PE_SLICE("3"), &bounds[0].as.number));
  ck_assert(pe_decimal_parse(PE_SLICE("4"), &bounds[1].as.number));
  pe_arena *arena = pe_arena_new(&pe_alloc_libc, 0);
  pe_texts samples = {0};
  samples_of(arena, PE_SORT_NUMBER, bounds, 2, true, &samples);
  ck_assert_uint_eq(samples.len, 4);
  pe_vec_done(&samples, &pe_alloc_libc);
  pe_arena_free(arena);
}
END_TEST

START_TEST(instants) {
  static const char *const texts[] = {"2026-11-23T18:00:00Z", "2026-11-23T18:00:01Z", "1969-12-31T23:59:59Z",
                                      "2000-02-29T00:00:00.000000001Z"};
  static const char *const values[] = {"2026-11-23T18:00:00.5Z", "2026-11-23T18:00:00Z", "2030-01-01T00:00:00Z",
                                       "1900-03-01T00:00:00Z", "1969-12-31T23:59:59Z", "2000-02-29T00:00:00Z",
                                       "2000-02-29T00:00:00.000000001Z", "2000-03-01T00:00:00Z"};
  pe_bound bounds[4];
  pe_instant_form form;
  for (uint32_t i = 0; i < 4; i++) ck_assert(pe_instant_parse(pe_slice_str(texts[i]), &bounds[i].as.instant, &form));
  pe_arena *arena = pe_arena_new(&pe_alloc_libc, 0);
  pe_texts samples = {0};
  samples_of(arena, PE_SORT_INSTANT, bounds, 4, false, &samples);
  for (size_t i = 0; i < samples.len; i++) { /* every sample is an instant that can be read back */
    pe_instant t;
    ck_assert_msg(pe_instant_parse(samples.data[i], &t, &form), "%s", samples.data[i].ptr);
  }
  for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
    check_cell(PE_SORT_INSTANT, bounds, 4, &samples, values[i]);
  }
  pe_vec_done(&samples, &pe_alloc_libc);
  pe_arena_free(arena);
}
END_TEST

START_TEST(addresses) {
  static const char *const blocks[] = {"10.0.0.0/8", "0.0.0.0/0", "255.255.255.255/32", "0.0.0.0/1", "203.0.113.0/24",
                                       "198.51.100.128/25", "2001:db8::/32", "::/0", "ffff::/16", "10.1.0.0/16"};
  for (int round = 0; round < UNIT_CASES(500); round++) {
    pe_bound bounds[BOUNDS];
    for (uint32_t i = 0; i < BOUNDS; i++) {
      ck_assert(pe_cidr_parse(pe_slice_str(blocks[random_below(10)]), &bounds[i].as.block));
    }
    pe_arena *arena = pe_arena_new(&pe_alloc_libc, 0);
    pe_texts samples = {0};
    samples_of(arena, PE_SORT_ADDRESS, bounds, BOUNDS, false, &samples);
    for (uint32_t k = 0; k < 100; k++) {
      char value[64];
      static const uint32_t firsts[] = {0, 9, 10, 11, 127, 128, 198, 203, 255};
      snprintf(value, sizeof value, "%u.%u.%u.%u", firsts[random_below(9)], random_below(3), random_below(256),
               random_below(2) * 255);
      check_cell(PE_SORT_ADDRESS, bounds, BOUNDS, &samples, value);
    }
    check_cell(PE_SORT_ADDRESS, bounds, BOUNDS, &samples, "2001:db8:1::1");
    check_cell(PE_SORT_ADDRESS, bounds, BOUNDS, &samples, "fffe::1");
    check_cell(PE_SORT_ADDRESS, bounds, BOUNDS, &samples, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
    pe_vec_done(&samples, &pe_alloc_libc);
    pe_arena_free(arena);
  }
}
END_TEST

/* An IPv4-mapped address belongs to either family (AMB-15): a witness with one would prove nothing. */
START_TEST(no_sample_is_a_mapped_address) {
  static const char *const blocks[] = {"::fffe:0:0/96", "::ffff:10.0.0.0/104"};
  pe_bound bounds[2];
  for (uint32_t i = 0; i < 2; i++) ck_assert(pe_cidr_parse(pe_slice_str(blocks[i]), &bounds[i].as.block));
  pe_arena *arena = pe_arena_new(&pe_alloc_libc, 0);
  pe_texts samples = {0};
  samples_of(arena, PE_SORT_ADDRESS, bounds, 2, false, &samples);
  ck_assert_uint_gt(samples.len, 5);
  for (size_t i = 0; i < samples.len; i++) {
    pe_cidr c;
    ck_assert(pe_address_parse(samples.data[i], &c));
    ck_assert_msg(!pe_cidr_unmap(&c, &c), "%s", samples.data[i].ptr);
  }
  pe_vec_done(&samples, &pe_alloc_libc);
  pe_arena_free(arena);
}
END_TEST

static int all_samples(const pe_alloc *a) {
  pe_bound number = {0}, instant = {0}, block = {0};
  pe_instant_form form;
  ck_assert(pe_decimal_parse(PE_SLICE("-1.50"), &number.as.number));
  ck_assert(pe_instant_parse(PE_SLICE("2026-11-23T18:00:00Z"), &instant.as.instant, &form));
  ck_assert(pe_cidr_parse(PE_SLICE("10.0.0.0/8"), &block.as.block));
  const pe_bound *list[1] = {&number};
  pe_arena *arena = pe_arena_new(a, 64);
  pe_texts out = {0};
  int rc = arena ? pe_range_samples(arena, PE_SORT_NUMBER, list, 1, false, &out) : POLICYEVAL_ENOMEM;
  list[0] = &instant;
  if (!rc) rc = pe_range_samples(arena, PE_SORT_INSTANT, list, 1, false, &out);
  list[0] = &block;
  if (!rc) rc = pe_range_samples(arena, PE_SORT_ADDRESS, list, 1, false, &out);
  pe_vec_done(&out, a);
  pe_arena_free(arena);
  return rc;
}

START_TEST(every_allocation_may_fail) {
  UNIT_EACH_ALLOCATION(mem, rc) { rc = all_samples(&mem.alloc); }
}
END_TEST

UNIT_MAIN("range", numbers, whole_numbers_have_no_gaps, instants, addresses, no_sample_is_a_mapped_address, every_allocation_may_fail)
