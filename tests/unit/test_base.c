/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "base/buf.h"
#include "base/meter.h"
#include "base/slice.h"
#include "base/utf8.h"
#include "base/vec.h"

START_TEST(products_that_overflow_are_no_memory)
{
  pe_test_alloc mem;
  pe_test_alloc_init(&mem);
  ck_assert_ptr_null(pe_alloc_array(&mem.alloc, SIZE_MAX / 2, 3));
  ck_assert_ptr_null(pe_alloc_grow(&mem.alloc, NULL, SIZE_MAX, 2));
  ck_assert_uint_eq(mem.calls, 0); /* refused without asking */
  char *none = pe_alloc_array(&mem.alloc, 0, 8);
  ck_assert_ptr_nonnull(none); /* NULL always means no memory */
  pe_alloc_free(&mem.alloc, none);
  pe_alloc_free(&mem.alloc, NULL);
  pe_test_alloc_done(&mem);
}
END_TEST

START_TEST(new_memory_is_zero)
{
  pe_test_alloc mem;
  pe_test_alloc_init(&mem);
  unsigned char *p = pe_alloc_new(&mem.alloc, 100);
  for (int i = 0; i < 100; i++) ck_assert_uint_eq(p[i], 0);
  pe_alloc_free(&mem.alloc, p);
  pe_test_alloc_done(&mem);
}
END_TEST

START_TEST(a_meter_counts_what_is_out)
{
  pe_test_alloc mem;
  pe_meter meter;
  pe_test_alloc_init(&mem);
  pe_meter_init(&meter, &mem.alloc);
  const pe_alloc a = pe_meter_alloc(&meter);
  char *free_of_charge = a.alloc(a.user, 30), *grows = a.alloc(a.user, 30);
  ck_assert_uint_eq(meter.held, 0); /* nothing is counted without a limit */
  ck_assert_uint_eq(meter.most, 0);
  const size_t outside = mem.live_size / 2;
  meter.limit = 1u << 20;
  grows = a.resize(a.user, grows, 60);
  ck_assert_uint_eq(meter.held, mem.live_size - outside);
  a.release(a.user, free_of_charge);
  ck_assert_uint_eq(meter.held, mem.live_size);
  a.release(a.user, grows);
  ck_assert_uint_eq(meter.held, 0);
  mem.peak_size = 0;
  meter.most = 0;
  char *p = a.alloc(a.user, 100), *q = a.resize(a.user, NULL, 50);
  ck_assert_uint_eq(meter.held, mem.live_size);
  ck_assert_uint_eq((uintptr_t)p % _Alignof(max_align_t), 0);
  memset(p, 7, 100);
  p = a.resize(a.user, p, 1000);
  ck_assert_uint_eq(meter.held, mem.live_size);
  p = a.resize(a.user, p, 20);
  for (int i = 0; i < 20; i++) ck_assert_int_eq(p[i], 7);
  ck_assert_uint_eq(meter.held, mem.live_size);
  ck_assert_uint_eq(meter.most, mem.peak_size);
  /* What is refused changes nothing: by the limit, by the hooks, by arithmetic. */
  const size_t held = meter.held;
  meter.limit = held + 100;
  ck_assert_ptr_null(a.resize(a.user, p, 121));
  ck_assert_ptr_null(a.alloc(a.user, 101));
  ck_assert(meter.at_limit);
  ck_assert_uint_eq(meter.refused, 2);
  ck_assert_uint_eq(mem.live_size, held);
  p = a.resize(a.user, p, 120); /* the last byte there is */
  ck_assert_ptr_nonnull(p);
  ck_assert_uint_eq(meter.held, meter.limit);
  meter.limit--; /* less than is held already */
  ck_assert_ptr_null(a.alloc(a.user, 1));
  ck_assert_uint_eq(meter.refused, 3);
  p = a.resize(a.user, p, 20);
  meter.limit = SIZE_MAX; /* what is counted stays so */
  pe_test_alloc_fail(&mem, 1, true);
  ck_assert_ptr_null(a.resize(a.user, p, 500));
  ck_assert_ptr_null(a.resize(a.user, p, 10));
  ck_assert_ptr_null(a.alloc(a.user, 1));
  ck_assert(!meter.at_limit);
  ck_assert_ptr_null(a.alloc(a.user, SIZE_MAX));
  ck_assert_ptr_null(a.resize(a.user, p, SIZE_MAX));
  ck_assert_uint_eq(meter.held, held);
  ck_assert_uint_eq(mem.live_size, held);
  a.release(a.user, p);
  a.release(a.user, q);
  a.release(a.user, NULL);
  ck_assert_uint_eq(meter.held, 0);
  pe_test_alloc_done(&mem);
}
END_TEST

START_TEST(arena_blocks_are_aligned_and_apart)
{
  pe_test_alloc mem;
  pe_test_alloc_init(&mem);
  pe_arena *arena = pe_arena_new(&mem.alloc, 64);
  unsigned char *blocks[300];
  for (size_t i = 0; i < 300; i++) {
    blocks[i] = pe_arena_alloc(arena, i);
    ck_assert_ptr_nonnull(blocks[i]);
    ck_assert_uint_eq((uintptr_t)blocks[i] % 8, 0);
    memset(blocks[i], (int)i & 0xFF, i);
  }
  for (size_t i = 0; i < 300; i++) {
    for (size_t k = 0; k < i; k++) ck_assert_uint_eq(blocks[i][k], i & 0xFF);
  }
  ck_assert_uint_eq(pe_arena_bytes(arena), mem.live_size);
  ck_assert_ptr_null(pe_arena_alloc(arena, SIZE_MAX));
  ck_assert_ptr_null(pe_arena_large(arena, SIZE_MAX));
  ck_assert_ptr_null(pe_arena_zero(arena, SIZE_MAX / 2, 4));
  ck_assert_ptr_null(pe_arena_copy(arena, "", SIZE_MAX));
  pe_arena_free(arena);
  pe_arena_free(NULL);
  pe_test_alloc_done(&mem);
}
END_TEST

START_TEST(arena_large_blocks_grow_in_the_list)
{
  pe_test_alloc mem;
  pe_test_alloc_init(&mem);
  pe_arena *arena = pe_arena_new(&mem.alloc, 0);
  char *first = pe_arena_large(arena, 10), *second = pe_arena_large_resize(arena, NULL, 20);
  char *small = pe_arena_copy(arena, "small", 5);
  memcpy(first, "012345678", 10);
  memcpy(second, "abc", 4);
  first = pe_arena_large_resize(arena, first, 5000); /* the oldest, the newest and one between */
  second = pe_arena_large_resize(arena, second, 3000);
  char *third = pe_arena_large(arena, 1);
  third = pe_arena_large_resize(arena, third, 70000);
  second = pe_arena_large_resize(arena, second, 4);
  memset(third, 1, 70000);
  ck_assert_str_eq(first, "012345678");
  ck_assert_str_eq(second, "abc");
  ck_assert_str_eq(small, "small");
  ck_assert_uint_eq(pe_arena_bytes(arena), mem.live_size);
  pe_test_alloc_fail(&mem, 1, false);
  ck_assert_ptr_null(pe_arena_large_resize(arena, first, 9999));
  ck_assert_str_eq(first, "012345678");
  pe_arena_free(arena);
  pe_test_alloc_done(&mem);
}
END_TEST

static int fill_arena(const pe_alloc *a) {
  pe_arena *arena = pe_arena_new(a, 32);
  if (!arena) return POLICYEVAL_ENOMEM;
  int rc = 0;
  for (size_t i = 0; i < 40 && !rc; i++) {
    if (!pe_arena_zero(arena, i, 4)) rc = POLICYEVAL_ENOMEM;
  }
  if (!rc && !pe_arena_copy(arena, "x", 1)) rc = POLICYEVAL_ENOMEM;
  pe_arena_free(arena);
  return rc;
}

START_TEST(arena_without_memory)
{
  UNIT_EACH_ALLOCATION (mem, rc) {
    rc = fill_arena(&mem.alloc);
  }
}
END_TEST

START_TEST(vectors_grow_and_zero)
{
  pe_test_alloc mem;
  pe_test_alloc_init(&mem);
  PE_VEC(uint64_t) v = {0};
  for (uint64_t i = 0; i < 1000; i++) {
    uint64_t *item = pe_vec_push(&v, &mem.alloc);
    ck_assert_uint_eq(*item, 0);
    *item = i;
  }
  ck_assert(!pe_vec_reserve(&v, SIZE_MAX / 2, &mem.alloc));
  pe_test_alloc_fail(&mem, 1, true);
  while (v.len < v.cap) ck_assert_ptr_nonnull(pe_vec_push(&v, &mem.alloc));
  ck_assert_ptr_null(pe_vec_push(&v, &mem.alloc));
  for (uint64_t i = 0; i < 1000; i++) ck_assert_uint_eq(v.data[i], i);
  pe_vec_done(&v, &mem.alloc);
  ck_assert_uint_eq(v.len, 0);
  pe_test_alloc_done(&mem);
}
END_TEST

START_TEST(buffers_write_numbers_and_formats)
{
  pe_test_alloc mem;
  pe_test_alloc_init(&mem);
  pe_buf b;
  pe_buf_init(&b, &mem.alloc);
  pe_buf_uint(&b, 0);
  pe_buf_char(&b, ' ');
  pe_buf_uint(&b, UINT64_MAX);
  pe_buf_char(&b, ' ');
  pe_buf_int(&b, INT64_MIN);
  pe_buf_slice(&b, PE_SLICE(" x\0y"));
  ck_assert_uint_eq(b.len, 47);
  ck_assert_mem_eq(b.ptr, "0 18446744073709551615 -9223372036854775808 x\0y", 48);
  pe_buf_clear(&b);
  ck_assert_str_eq(b.ptr, "");
  char big[500];
  memset(big, 'z', sizeof big);
  pe_buf_fmt(&b, "%d:%s|", 7, "abc");
  pe_buf_fmt(&b, "%.*s", (int)sizeof big, big);
  ck_assert_uint_eq(b.len, 506);
  ck_assert_int_eq(memcmp(b.ptr, "7:abc|zzz", 9), 0);
  ck_assert_int_eq(b.ptr[506], 0);
  size_t len = 0;
  char *taken = pe_buf_take(&b, &len);
  ck_assert_uint_eq(len, 506);
  ck_assert_ptr_null(b.ptr);
  pe_alloc_free(&mem.alloc, taken);
  taken = pe_buf_take(&b, &len); /* of an empty buffer: an empty text */
  ck_assert_str_eq(taken, "");
  ck_assert_uint_eq(len, 0);
  pe_alloc_free(&mem.alloc, taken);
  pe_buf_done(&b);
  pe_test_alloc_done(&mem);
}
END_TEST

START_TEST(buffers_remember_failures)
{
  pe_test_alloc mem;
  pe_test_alloc_init(&mem);
  pe_buf b;
  pe_buf_init(&b, &mem.alloc);
  pe_buf_str(&b, "kept");
  pe_test_alloc_fail(&mem, 1, false);
  for (int i = 0; i < 100; i++) pe_buf_str(&b, "0123456789");
  ck_assert(b.failed); /* although only one allocation failed: nothing after a gap */
  ck_assert_uint_lt(b.len, 100);
  size_t len;
  ck_assert_ptr_null(pe_buf_take(&b, &len));
  pe_buf_clear(&b);
  pe_buf_add(&b, "", SIZE_MAX);
  ck_assert(b.failed);
  pe_buf_clear(&b);
  pe_buf_str(&b, "again");
  ck_assert_str_eq(b.ptr, "again");
  pe_buf_done(&b);
  pe_test_alloc_done(&mem);
}
END_TEST

START_TEST(slices_compare)
{
  ck_assert_int_eq(pe_slice_cmp(PE_SLICE("a"), PE_SLICE("ab")), -1);
  ck_assert_int_gt(pe_slice_cmp(PE_SLICE("b"), PE_SLICE("ab")), 0);
  ck_assert_int_gt(pe_slice_cmp(PE_SLICE("\xFF"), PE_SLICE("a")), 0); /* as unsigned bytes */
  ck_assert_int_eq(pe_slice_cmp(PE_SLICE(""), (pe_slice){NULL, 0}), 0);
  ck_assert(pe_slice_starts(PE_SLICE("arn:aws"), PE_SLICE("arn:")));
  ck_assert(pe_slice_starts(PE_SLICE("arn"), PE_SLICE("")));
  ck_assert(!pe_slice_starts(PE_SLICE("ar"), PE_SLICE("arn")));
  ck_assert(pe_slice_ends(PE_SLICE("x/y"), PE_SLICE("/y")));
  ck_assert(!pe_slice_ends(PE_SLICE("y"), PE_SLICE("/y")));
  ck_assert(pe_slice_eq_ascii_nocase(PE_SLICE("KMS:Decrypt"), PE_SLICE("kms:dECRYPT")));
  ck_assert(!pe_slice_eq_ascii_nocase(PE_SLICE("[@`{"), PE_SLICE("{`@["))); /* no letters */
  ck_assert(!pe_slice_eq_ascii_nocase(PE_SLICE("a"), PE_SLICE("ab")));
  ck_assert_uint_eq(pe_slice_sub(PE_SLICE("abc"), 2, 9).len, 1);
  ck_assert_uint_eq(pe_slice_sub(PE_SLICE("abc"), 9, 9).len, 0);
}
END_TEST

START_TEST(hashes_agree_with_equality)
{
  char text[40], lower[40];
  for (size_t len = 0; len < sizeof text; len++) {
    for (size_t i = 0; i < len; i++) text[i] = (char)(i * 37 + len * 11 + 1);
    for (size_t i = 0; i < len; i++) {
      lower[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] + 32) : text[i];
    }
    pe_slice s = pe_slice_of(text, len), l = pe_slice_of(lower, len);
    ck_assert_uint_eq(pe_slice_hash_nocase(s), pe_slice_hash(l));
    for (size_t i = 0; i < len; i++) {
      uint64_t before = pe_slice_hash(s);
      text[i] ^= 1;
      ck_assert_uint_ne(pe_slice_hash(s), before);
      text[i] ^= 1;
    }
  }
  /* Every byte is folded as tolower does in the C locale. */
  for (int c = 0; c < 256; c++) {
    char one = (char)c, folded = c >= 'A' && c <= 'Z' ? (char)(c + 32) : (char)c;
    ck_assert_uint_eq(pe_slice_hash_nocase(pe_slice_of(&one, 1)), pe_slice_hash(pe_slice_of(&folded, 1)));
  }
  ck_assert_uint_ne(pe_slice_hash(PE_SLICE("")), pe_slice_hash(PE_SLICE("\0")));
}
END_TEST

/* Every code point there is goes through encode, check and decode; every surrogate is refused. */
START_TEST(utf8_round_trip)
{
  for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
    char bytes[4];
    unsigned n = pe_utf8_encode(cp, bytes), step;
    bool surrogate = cp >= 0xD800 && cp <= 0xDFFF;
    unsigned checked = pe_utf8_check((const unsigned char *)bytes, n);
    if (checked != (surrogate ? 0 : n)) ck_abort_msg("U+%04X", (unsigned)cp);
    if (surrogate) continue;
    if (pe_utf8_decode(bytes, &step) != cp || step != n) ck_abort_msg("U+%04X", (unsigned)cp);
    bool cut_is_fine = pe_utf8_check((const unsigned char *)bytes, n - 1) != 0;
    if (n > 1 && cut_is_fine) ck_abort_msg("cut U+%04X", (unsigned)cp);
  }
}
END_TEST

START_TEST(utf8_refuses_what_is_not_well_formed)
{
  static const char *const bad[] = {
      "\x80",         "\xBF",         "\xC0\xAF",         "\xC1\xBF",         "\xE0\x9F\xBF",
      "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
      "\xFF",         "\xC3(",        "\xE2\x82(",        "\xF0\x9F\x98("};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    ck_assert_uint_eq(pe_utf8_check((const unsigned char *)bad[i], strlen(bad[i])), 0);
    for (size_t before = 0; before < 20; before++) {
      char text[40];
      memset(text, 'a', sizeof text);
      memcpy(text + before, bad[i], strlen(bad[i]));
      ck_assert_uint_eq(pe_utf8_valid(pe_slice_of(text, sizeof text)), before);
    }
  }
  ck_assert_uint_eq(pe_utf8_check((const unsigned char *)"", 0), 0);
}
END_TEST

START_TEST(utf8_counts_and_folds)
{
  ck_assert_uint_eq(pe_utf8_count(PE_SLICE("aé€😀")), 4);
  ck_assert(pe_utf8_eq_nocase(PE_SLICE("ÀÖØÞz"), PE_SLICE("àöøþZ")));
  ck_assert(!pe_utf8_eq_nocase(PE_SLICE("×"), PE_SLICE("÷"))); /* signs, not letters */
  ck_assert(!pe_utf8_eq_nocase(PE_SLICE("Ā"), PE_SLICE("ā"))); /* AMB-32: Latin-1 only */
  ck_assert(!pe_utf8_eq_nocase(PE_SLICE("a"), PE_SLICE("ab")));
  ck_assert(!pe_utf8_eq_nocase(PE_SLICE("é"), PE_SLICE("ab"))); /* as many bytes */
  ck_assert_uint_eq(pe_utf8_fold('Z'), 'z');
  ck_assert_uint_eq(pe_utf8_fold('['), '[');
  ck_assert_uint_eq(pe_utf8_fold(0xDF), 0xDF);
}
END_TEST

UNIT_MAIN("base", products_that_overflow_are_no_memory, new_memory_is_zero, a_meter_counts_what_is_out,
          arena_blocks_are_aligned_and_apart, arena_large_blocks_grow_in_the_list, arena_without_memory,
          vectors_grow_and_zero, buffers_write_numbers_and_formats, buffers_remember_failures, slices_compare,
          hashes_agree_with_equality, utf8_round_trip, utf8_refuses_what_is_not_well_formed,
          utf8_counts_and_folds)
