/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "text/source.h"

static pe_source file(const char *text) {
  return (pe_source){.name = PE_SLICE("f"), .text = pe_slice_str(text)};
}

static void at(const pe_source *s, uint32_t offset, uint32_t line, uint32_t column, uint32_t outermost) {
  policyeval_position p = pe_source_position(s, offset);
  ck_assert_msg(p.line == line && p.column == column && p.offset == outermost,
                "offset %u: got %u:%u @%u, want %u:%u @%u", offset, p.line, p.column, p.offset, line, column,
                outermost);
  ck_assert_uint_eq(pe_source_outermost(s, offset), outermost);
}

START_TEST(files_count_lines_and_code_points)
{
  pe_source s = file("aé€😀z\r\nb\n\n\tc");
  at(&s, 0, 1, 0, 0);
  at(&s, 1, 1, 1, 1);
  at(&s, 3, 1, 2, 3);
  at(&s, 6, 1, 3, 6);
  at(&s, 10, 1, 4, 10);
  at(&s, 12, 1, 6, 12); /* the line feed belongs to its line */
  at(&s, 13, 2, 0, 13);
  at(&s, 15, 3, 0, 15);
  at(&s, 16, 4, 0, 16);
  at(&s, 17, 4, 1, 17);
  at(&s, 18, 4, 2, 18);
  at(&s, 999, 4, 2, 18); /* beyond the end: the end */
}
END_TEST

START_TEST(whole_lines)
{
  pe_source s = file("first\r\nsecond\n\nlast");
  const struct {
    uint32_t offset;
    const char *line;
  } cases[] = {{0, "first"}, {6, "first"}, {7, "second"}, {13, "second"},
               {14, ""},     {15, "last"}, {19, "last"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    pe_slice line = pe_source_line(&s, pe_source_position(&s, cases[i].offset));
    ck_assert_msg(pe_slice_eq(line, pe_slice_str(cases[i].line)), "case %zu: %.*s", i, (int)line.len,
                  line.ptr);
  }
  pe_source empty = file("");
  ck_assert_uint_eq(pe_source_line(&empty, pe_source_position(&empty, 0)).len, 0);
}
END_TEST

START_TEST(raw_offsets_of_a_string)
{
  /* decoded: a LF é(2) é(2) emoji(4) emoji(4) "  -- raw offsets of their first bytes below */
  pe_slice raw = PE_SLICE("\"a\\n\\u00e9é\\ud83d\\uDE00😀\\\"\" tail");
  static const size_t want[] = {1, 2, 4, 4, 10, 10, 12, 12, 12, 12, 24, 24, 24, 24, 28, 30};
  for (size_t n = 0; n < sizeof want / sizeof want[0]; n++) {
    ck_assert_msg(pe_source_raw_offset(raw, n) == want[n], "byte %zu: %zu", n, pe_source_raw_offset(raw, n));
  }
  ck_assert_uint_eq(pe_source_raw_offset(raw, 99), 30); /* never past the closing quote */
}
END_TEST

START_TEST(raw_offsets_of_broken_strings_stay_inside)
{
  static const char *const broken[] = {"\"abc",          "\"abc\\",   "\"\\u12",
                                       "\"\\ud83d\\u12", "\"\\ud83d", "\"\xF0\x9F",
                                       "\"\\ud83dabcdef", "\"\\ud83d\\nabcd", "\"\\u12g4ab",
                                       "\"\\ud83d\\u0041", "\"\\ud83d\\ue000"};
  for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
    pe_slice raw = pe_slice_str(broken[i]);
    for (size_t n = 0; n < 12; n++) ck_assert_uint_le(pe_source_raw_offset(raw, n), raw.len);
  }
}
END_TEST

START_TEST(policy_inside_a_json_string)
{
  pe_source outer = file("{\n  \"Policy\": \"{\\n \\\"é\\\": \\u00e9 }\"\n}");
  pe_source inner = {
      .text = PE_SLICE("{\n \"é\": é }"), .layer = PE_SOURCE_JSON_STRING, .outer = &outer, .outer_start = 15};
  at(&inner, 0, 2, 13, 15);
  at(&inner, 1, 2, 14, 16); /* \n is one place of the outer file */
  at(&inner, 2, 2, 16, 18);
  at(&inner, 3, 2, 17, 19); /* \" */
  at(&inner, 4, 2, 19, 21); /* é as it is: two bytes, one column */
  at(&inner, 6, 2, 20, 23);
  at(&inner, 9, 2, 24, 27); /* \u00e9 */
  at(&inner, 11, 2, 30, 33);
  at(&inner, 13, 2, 32, 35); /* the end: the closing quote */
  ck_assert_ptr_eq(pe_source_file(&inner), &outer);
  policyeval_span span = pe_source_span(&inner, (pe_span){3, 7});
  ck_assert_uint_eq(span.start.offset, 19);
  ck_assert_uint_eq(span.end.offset, 25);
}
END_TEST

START_TEST(percent_inside_a_json_string_inside_a_file)
{
  pe_source outer = file("\"%7B%22\\u0061%22%3a1}\"");
  pe_source string = {
      .text = PE_SLICE("%7B%22a%22%3a1}"), .layer = PE_SOURCE_JSON_STRING, .outer = &outer, .outer_start = 1};
  pe_source inner = {.text = PE_SLICE("{\"a\":1}"), .layer = PE_SOURCE_PERCENT, .outer = &string};
  static const uint32_t want[] = {1, 4, 7, 13, 16, 19, 20, 21};
  for (uint32_t i = 0; i < 8; i++) at(&inner, i, 1, want[i], want[i]);
  ck_assert_ptr_eq(pe_source_file(&inner), &outer);
}
END_TEST

START_TEST(percent_signs_that_encode_nothing)
{
  static const char *const texts[] = {"a%zz%4", "a%4z%z4", "a% 1%4", "a%@A%A@%gA"};
  for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) {
    pe_source outer = file(texts[k]);
    pe_source inner = {.text = outer.text, .layer = PE_SOURCE_PERCENT, .outer = &outer};
    for (uint32_t i = 0; i <= outer.text.len; i++) at(&inner, i, 1, i, i);
  }
}
END_TEST

/* Nobody makes such ones; no place is outside of the text. */
START_TEST(sources_that_do_not_fit_stay_inside)
{
  pe_source outer = file("%41b\"");
  pe_source longer = {.text = PE_SLICE("Abcdefgh"), .layer = PE_SOURCE_PERCENT, .outer = &outer};
  at(&longer, 8, 1, 5, 5);
  pe_source beyond = {.text = PE_SLICE("A"), .layer = PE_SOURCE_JSON_STRING, .outer = &outer, .outer_start = 9};
  at(&beyond, 1, 1, 5, 5);
  pe_source no_quote = {.text = PE_SLICE("41b"), .layer = PE_SOURCE_JSON_STRING, .outer = &outer};
  at(&no_quote, 1, 1, 2, 2);
  policyeval_span span = pe_source_span(&outer, (pe_span){4, 2});
  ck_assert_uint_eq(span.start.column, 4);
  ck_assert_uint_eq(span.end.column, 2);
}
END_TEST

START_TEST(percent_after_a_prefix)
{
  pe_source outer = file("x=%41b");
  pe_source inner = {.text = PE_SLICE("Ab"), .layer = PE_SOURCE_PERCENT, .outer = &outer, .outer_start = 2};
  at(&inner, 0, 1, 2, 2);
  at(&inner, 1, 1, 5, 5);
  at(&inner, 2, 1, 6, 6);
}
END_TEST

UNIT_MAIN("source", files_count_lines_and_code_points, whole_lines, raw_offsets_of_a_string,
          raw_offsets_of_broken_strings_stay_inside, policy_inside_a_json_string,
          percent_inside_a_json_string_inside_a_file, percent_signs_that_encode_nothing,
          sources_that_do_not_fit_stay_inside, percent_after_a_prefix)
