/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "json/reader.h"

static const pe_json_limits wide = {.bytes = (size_t)1 << 31, .depth = 64, .nodes = 1u << 22};

/* A document, with what it needs to live. */
typedef struct doc {
  pe_test_alloc mem;
  pe_arena *arena;
  pe_source source;
  pe_json json;
  pe_json_error error;
  int rc;
} doc;

static void doc_read(doc *d, pe_slice text, const pe_json_limits *limits) {
  *d = (doc){.source = {.text = text}};
  pe_test_alloc_init(&d->mem);
  d->arena = pe_arena_new(&d->mem.alloc, 0);
  d->rc = pe_json_read(d->arena, &d->source, limits, &d->json, &d->error);
}

static void doc_done(doc *d) {
  pe_arena_free(d->arena);
  pe_test_alloc_done(&d->mem);
}

typedef struct fault_case {
  pe_slice text;
  pe_json_fault fault;
  uint32_t offset, end;
} fault_case;
#define FAULT(text, fault, offset, end)                                                                      \
  { {text, sizeof text - 1}, PE_JSON_FAULT_##fault, offset, end }

static const fault_case faults[] = {
    FAULT("", EMPTY, 0, 0),
    FAULT(" \t\r\n", EMPTY, 4, 4),
    FAULT("[", END, 1, 1),
    FAULT("{\"a\"", END, 4, 4),
    FAULT("{\"a\":", END, 5, 5),
    FAULT("{\"a\":1", END, 6, 6),
    FAULT("[1,", END, 3, 3),
    FAULT("\"abc", END, 4, 4),
    FAULT("\"abc\\", END, 5, 5),
    FAULT("\"\\u00", END, 5, 5),
    FAULT("\"\\ud83d", END, 7, 7),
    FAULT("\"\\ud83d\\", END, 8, 8),
    FAULT("\"\\ud83d\\ude0", END, 12, 12),
    FAULT("[-", END, 2, 2),
    FAULT("1.", END, 2, 2),
    FAULT("1e+", END, 3, 3),
    FAULT("tru", END, 3, 3),
    FAULT("]", VALUE, 0, 1),
    FAULT("[,]", VALUE, 1, 2),
    FAULT("[1,,2]", VALUE, 3, 4),
    FAULT("[1,}", VALUE, 3, 4),
    FAULT("{\"a\":}", VALUE, 5, 6),
    FAULT("[\x01]", VALUE, 1, 2),
    FAULT("[é]", VALUE, 1, 3),
    FAULT("<html>", VALUE, 0, 1),
    FAULT("{a:1}", NAME, 1, 2),
    FAULT("{Version: 1}", NAME, 1, 8),
    FAULT("{,}", NAME, 1, 2),
    FAULT("{1:2}", NAME, 1, 2),
    FAULT("{\"a\":1,b:2}", NAME, 7, 8),
    FAULT("{[", NAME, 1, 2),
    FAULT("{\"a\" 1}", COLON, 5, 6),
    FAULT("{\"a\"}", COLON, 4, 5),
    FAULT("{\"a\"=1}", COLON, 4, 5),
    FAULT("[1 2]", COMMA, 3, 4),
    FAULT("[1}", COMMA, 2, 3),
    FAULT("{\"a\":1]", COMMA, 6, 7),
    FAULT("{\"a\":1 \"b\":2}", COMMA, 7, 8),
    FAULT("[\"a\"\"b\"]", COMMA, 4, 5),
    FAULT("[[1]2]", COMMA, 4, 5),
    FAULT("[\"“said”\" \"x\"]", COMMA, 14, 15), /* typographic quotes inside a finished string are text */
    FAULT("[1,]", TRAILING_COMMA, 2, 3),
    FAULT("[1 , \n ]", TRAILING_COMMA, 3, 4),
    FAULT("{\"a\":1,}", TRAILING_COMMA, 6, 7),
    FAULT("{}x", TRAILING, 2, 3),
    FAULT("{} {}", TRAILING, 3, 5),
    FAULT("{\"a\":1}\nPlain text \nmore", TRAILING, 8, 18),
    FAULT("1 1", TRAILING, 2, 3),
    FAULT("[]]", TRAILING, 2, 3),
    FAULT("{},", TRAILING, 2, 3),
    FAULT("{“a”:1}", QUOTES, 1, 4),
    FAULT("{\"a\":”b\"}", QUOTES, 5, 8),
    FAULT("[‘b’]", QUOTES, 1, 4),
    FAULT("[«b»]", QUOTES, 1, 3),
    FAULT("[»b«]", QUOTES, 1, 3),
    FAULT("[＂b＂]", QUOTES, 1, 4),
    FAULT("[€]", VALUE, 1, 4),
    FAULT("{\"a\":\"€…‖b”}", QUOTES, 16, 19), /* others that start with the same bytes */
    FAULT("{\"a\":\"b”}", QUOTES, 7, 10),           /* the string would run to the end of the text */
    FAULT("{\"a\":\"b”,\n\"c\":1}", QUOTES, 7, 10), /* … over the end of the line */
    FAULT("{\"a\":\"b”,\"c\":1}", QUOTES, 7, 10),   /* … into the next name */
    FAULT("{\"a”:1,\"b\":2}", QUOTES, 3, 6),
    FAULT("{'a':1}", SINGLE_QUOTE, 1, 2),
    FAULT("['a']", SINGLE_QUOTE, 1, 2),
    FAULT("[`a`]", SINGLE_QUOTE, 1, 2),
    FAULT("// x\n{}", COMMENT, 0, 2),
    FAULT("[1, /* x */ 2]", COMMENT, 4, 6),
    FAULT("[1 # x\n]", COMMENT, 3, 4),
    FAULT("{} // x", COMMENT, 3, 5),
    FAULT("{/**/}", COMMENT, 1, 3),
    FAULT("{\"a\"/**/:1}", COMMENT, 4, 6),
    FAULT("[/]", VALUE, 1, 2),
    FAULT("[\xC2\xA0"
          "1]",
          BLANK, 1, 3),
    FAULT("{}\f", BLANK, 2, 3),
    FAULT("[1,\xE2\x80\x8B"
          "2]",
          BLANK, 3, 6),
    FAULT("[\xE3\x80\x80]", BLANK, 1, 4),
    FAULT("\xEF\xBB\xBF{}", BOM, 0, 3),
    FAULT("{}\xEF\xBB\xBF", BOM, 2, 5),
    FAULT("[\xFF]", UTF8, 1, 2),
    FAULT("\"a\xC3(\"", UTF8, 2, 3),
    FAULT("\"0123456789abcdefghi\xED\xA0\x80\"", UTF8, 20, 21),
    FAULT("{}\x80", UTF8, 2, 3),
    FAULT("\"\xE2\x82", UTF8, 1, 2),
    FAULT("{\0}\0", UTF16, 0, 2),
    FAULT("\0{\0}", UTF16, 0, 2),
    FAULT("\xFF\xFE{\0", UTF16, 0, 2),
    FAULT("\xFE\xFF\0{", UTF16, 0, 2),
    FAULT("{\0\0\0", NUL, 1, 2),
    FAULT("{\0}}", NUL, 1, 2),
    FAULT("\0{}}", NUL, 0, 1),
    FAULT("\0{\0\0", NUL, 0, 1),
    FAULT("\0\0\0\0", NUL, 0, 1),
    FAULT("{}\0}", NUL, 2, 3),
    FAULT("{}}\0", TRAILING, 2, 4),
    FAULT("\"a\nb\"", CONTROL, 2, 3),
    FAULT("\"\t\"", CONTROL, 1, 2),
    FAULT("\"0123456789abcdefghij\x1F\"", CONTROL, 21, 22),
    FAULT("[1\0]", NUL, 2, 3),
    FAULT("true\0", NUL, 4, 5),
    FAULT("\"a\0b\"", NUL, 2, 3),
    FAULT("\"\\u0000\"", NUL, 1, 7),
    FAULT("{\"\\u0000\":1}", NUL, 2, 8),
    FAULT("\"\\x\"", ESCAPE, 1, 3),
    FAULT("\"ab\\é\"", ESCAPE, 3, 6),
    FAULT("\"\\U0041\"", ESCAPE, 1, 3),
    FAULT("\"\\u12g4\"", ESCAPE, 1, 5),
    FAULT("\"\\'\"", ESCAPE, 1, 3),
    FAULT("\"\\ud800\"", SURROGATE, 1, 7),
    FAULT("\"\\udc00\\ud800\"", SURROGATE, 1, 7),
    FAULT("\"\\ud800\\u0041\"", SURROGATE, 1, 7),
    FAULT("\"\\ud800\\n\"", SURROGATE, 1, 7),
    FAULT("\"\\ud800\\ue000\"", SURROGATE, 1, 7),
    FAULT("\"\\ud800\\udcxx\"", SURROGATE, 1, 7),
    FAULT("[01]", NUMBER, 1, 3),
    FAULT("[-]", NUMBER, 1, 2),
    FAULT("[+1]", NUMBER, 1, 3),
    FAULT("[.5]", NUMBER, 1, 3),
    FAULT("[1.]", NUMBER, 1, 3),
    FAULT("[1.e5]", NUMBER, 1, 5),
    FAULT("[1e]", NUMBER, 1, 3),
    FAULT("[0x10]", NUMBER, 1, 5),
    FAULT("[-Infinity]", NUMBER, 1, 10),
    FAULT("[1-2]", NUMBER, 1, 4),
    FAULT("[True]", LITERAL, 1, 5),
    FAULT("[nul]", LITERAL, 1, 4),
    FAULT("[falsey]", LITERAL, 1, 7),
    FAULT("[NaN]", LITERAL, 1, 4),
    FAULT("Plain text", LITERAL, 0, 5),
    FAULT("true: 1", YAML, 0, 4),
    FAULT("Version:\n", YAML, 0, 7),
    FAULT(" --- \n", YAML, 1, 4),
    FAULT("a:b", LITERAL, 0, 1),
    FAULT("Version:", LITERAL, 0, 7),
    FAULT("```json\n{}\n```", FENCE, 0, 7),
    FAULT("\nAn error occurred (X) when \n", CLI, 1, 27),
};

START_TEST(every_fault_at_its_place)
{
  bool seen[PE_JSON_FAULT_LAST_] = {false};
  for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
    const fault_case *c = &faults[i];
    doc d;
    doc_read(&d, c->text, &wide);
    ck_assert_msg(d.rc == POLICYEVAL_EJSON && d.error.fault == c->fault && d.error.offset == c->offset &&
                      d.error.end == c->end,
                  "%.*s: %d, %s at %u-%u", (int)c->text.len, c->text.ptr, d.rc,
                  pe_json_fault_message(d.error.fault), d.error.offset, d.error.end);
    ck_assert_ptr_null(d.json.nodes); /* outputs only on success */
    seen[c->fault] = true;
    doc_done(&d);
  }
  for (int f = PE_JSON_FAULT_EMPTY; f < PE_JSON_FAULT_DEPTH; f++) {
    ck_assert_msg(seen[f], "no case for: %s", pe_json_fault_message((pe_json_fault)f));
    ck_assert_uint_gt(strlen(pe_json_fault_message((pe_json_fault)f)), 0);
  }
  ck_assert_str_eq(pe_json_fault_message(PE_JSON_FAULT_LAST_), "");
}
END_TEST

START_TEST(limits_are_exact)
{
  const struct {
    const char *text;
    pe_json_limits limits;
    pe_json_fault fault;
    uint32_t offset;
  } cases[] = {
      {"[[1]]", {5, 2, 3}, PE_JSON_FAULT_NONE, 0},
      {"[[1]]", {4, 2, 3}, PE_JSON_FAULT_BYTES, 4},
      {"[[1]]", {5, 1, 3}, PE_JSON_FAULT_DEPTH, 1},
      {"[[1]]", {5, 2, 2}, PE_JSON_FAULT_NODES, 2},
      {"[{}]", {9, 1, 9}, PE_JSON_FAULT_DEPTH, 1},
      {"[[],[]]", {9, 2, 2}, PE_JSON_FAULT_NODES, 4},
      {"{\"a\":[],\"b\":{},\"c\":[[]]}", {99, 2, 99}, PE_JSON_FAULT_DEPTH, 20},
      {"1", {9, 0, 1}, PE_JSON_FAULT_NONE, 0},
      {"1", {9, 9, 0}, PE_JSON_FAULT_NODES, 0},
      {"", {0, 9, 9}, PE_JSON_FAULT_EMPTY, 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    doc d;
    doc_read(&d, pe_slice_str(cases[i].text), &cases[i].limits);
    int rc = cases[i].fault == PE_JSON_FAULT_NONE    ? 0
             : cases[i].fault == PE_JSON_FAULT_EMPTY ? POLICYEVAL_EJSON
                                                     : POLICYEVAL_ELIMIT;
    ck_assert_msg(d.rc == rc && d.error.fault == cases[i].fault && d.error.offset == cases[i].offset,
                  "case %zu: %d, %s at %u", i, d.rc, pe_json_fault_message(d.error.fault), d.error.offset);
    doc_done(&d);
  }
  doc none;
  doc_read(&none, (pe_slice){NULL, 0}, &wide);
  ck_assert_int_eq(none.error.fault, PE_JSON_FAULT_EMPTY);
  doc_done(&none);
#if SIZE_MAX > UINT32_MAX
  const pe_json_limits wider = {SIZE_MAX, 64, 64}; /* places have 32 bits */
  doc_read(&none, pe_slice_of("", UINT32_MAX), &wider);
  ck_assert_int_eq(none.error.fault, PE_JSON_FAULT_BYTES);
  ck_assert_uint_eq(none.error.offset, UINT32_MAX - 1);
  doc_done(&none);
#endif
}
END_TEST

START_TEST(a_hundred_megabytes_of_brackets)
{
  size_t len = 100u << 20;
  char *text = malloc(len + 1);
  memset(text, '[', len);
  text[len] = '\0';
  doc d;
  doc_read(&d, pe_slice_of(text, len), &wide);
  ck_assert_int_eq(d.rc, POLICYEVAL_ELIMIT);
  ck_assert_int_eq(d.error.fault, PE_JSON_FAULT_DEPTH);
  ck_assert_uint_eq(d.error.offset, wide.depth);
  ck_assert_uint_lt(d.mem.peak_size, 5u << 20);
  doc_done(&d);
  pe_json_limits small = wide;
  small.bytes = 1000;
  doc_read(&d, pe_slice_of(text, len), &small);
  ck_assert_int_eq(d.error.fault, PE_JSON_FAULT_BYTES);
  ck_assert_uint_eq(d.error.offset, 1000);
  ck_assert_uint_lt(d.mem.peak_size, 1000);
  doc_done(&d);
  free(text);
}
END_TEST

START_TEST(deep_nesting_takes_no_stack)
{
  enum { DEPTH = 1000000 };
  char *text = malloc(2 * DEPTH + 1);
  memset(text, '[', DEPTH);
  memset(text + DEPTH, ']', DEPTH);
  text[2 * DEPTH] = '\0';
  pe_json_limits deep = {.bytes = 2 * DEPTH, .depth = DEPTH, .nodes = DEPTH};
  doc d;
  doc_read(&d, pe_slice_of(text, 2 * DEPTH), &deep);
  ck_assert_int_eq(d.rc, 0);
  ck_assert_uint_eq(d.json.count, DEPTH);
  for (uint32_t i = 0; i < DEPTH; i++) {
    const pe_json_node *n = &d.json.nodes[i];
    if (n->next != DEPTH || n->span.start != i || n->span.end != 2 * DEPTH - i) ck_abort_msg("node %u", i);
  }
  doc_done(&d);
  free(text);
}
END_TEST

/* One line a node: index, parent, next, children, spans, name, text. */
static void describe(const pe_json *j, pe_buf *out) {
  static const char *const types[] = {"null", "false", "true", "number", "string", "array", "object"};
  for (uint32_t i = 0; i < j->count; i++) {
    const pe_json_node *n = &j->nodes[i];
    pe_buf_fmt(out, "%u %s parent=%u next=%u children=%u [%u,%u)", i, types[n->type], n->parent, n->next,
               n->children, n->span.start, n->span.end);
    if (n->key_span.end) {
      pe_buf_fmt(out, " key [%u,%u) %.*s", n->key_span.start, n->key_span.end, (int)n->key.len, n->key.ptr);
    }
    if (n->text.ptr) pe_buf_fmt(out, " text %.*s", (int)n->text.len, n->text.ptr);
    pe_buf_fmt(out, "%s%s%s\n", n->escaped ? " escaped" : "", n->duplicate ? " duplicate" : "",
               n->substituted ? " substituted" : "");
  }
}

static void expect_tree(const pe_json *j, const char *want) {
  pe_buf b;
  pe_buf_init(&b, &pe_alloc_libc);
  describe(j, &b);
  ck_assert_str_eq(b.ptr, want);
  pe_buf_done(&b);
}

START_TEST(a_tree_with_spans)
{
  doc d;
  doc_read(&d,
           PE_SLICE(" {\"a\" : [ 1 , -2.50e+3, \"x\\ty\\u00e9\"],\n\"\\u0062\":{}, "
                    "\"é\":[true,false,null],\"\":\"\"} "),
           &wide);
  ck_assert_int_eq(d.rc, 0);
  expect_tree(&d.json, "0 object parent=0 next=11 children=4 [1,81)\n"
                       "1 array parent=0 next=5 children=3 [8,37) key [2,5) a\n"
                       "2 number parent=1 next=3 children=0 [10,11) text 1\n"
                       "3 number parent=1 next=4 children=0 [14,22) text -2.50e+3\n"
                       "4 string parent=1 next=5 children=0 [24,36) text x\ty\xC3\xA9 escaped\n"
                       "5 object parent=0 next=6 children=0 [48,50) key [39,47) b\n"
                       "6 array parent=0 next=10 children=3 [57,74) key [52,56) é\n"
                       "7 true parent=6 next=8 children=0 [58,62)\n"
                       "8 false parent=6 next=9 children=0 [63,68)\n"
                       "9 null parent=6 next=10 children=0 [69,73)\n"
                       "10 string parent=0 next=11 children=0 [78,80) key [75,77)  text \n");
  ck_assert_uint_eq(pe_json_get(&d.json, 0, "b"), 5);
  ck_assert_uint_eq(pe_json_get(&d.json, 0, ""), 10);
  ck_assert_uint_eq(pe_json_get(&d.json, 0, "A"), 0);
  ck_assert_uint_eq(pe_json_get(&d.json, 1, "a"), 0);
  /* Plain strings are not copied, decoded ones end with a NUL. */
  ck_assert_ptr_eq(d.json.nodes[1].key.ptr, d.source.text.ptr + 3);
  ck_assert_int_eq(d.json.nodes[4].text.ptr[d.json.nodes[4].text.len], 0);
  doc_done(&d);
}
END_TEST

START_TEST(every_escape)
{
  doc d;
  doc_read(&d, PE_SLICE("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00E9\\u20ac\\uD83D\\ude00\\uFFFF\\u0001\""),
           &wide);
  ck_assert_int_eq(d.rc, 0);
  ck_assert(pe_slice_eq(d.json.nodes[0].text, PE_SLICE("\"\\/\b\f\n\r\tAé€😀\xEF\xBF\xBF\x01")));
  doc_done(&d);
}
END_TEST

/* A plain string of every length around the block sizes, ended by each kind of byte. */
START_TEST(strings_of_every_length)
{
  static const char *const middles[] = {"", "\\n", "é", "😀", "\x7F", "\\u0041"};
  static const char *const decoded[] = {"", "\n", "é", "😀", "\x7F", "A"};
  for (size_t len = 0; len < 70; len++) {
    for (size_t m = 0; m < sizeof middles / sizeof middles[0]; m++) {
      char text[200], want[200];
      memset(text + 1, 'p', len);
      memset(want, 'p', len);
      text[0] = '"';
      int n = snprintf(text + 1 + len, 100, "%sqq\"", middles[m]);
      snprintf(want + len, 100, "%sqq", decoded[m]);
      doc d;
      doc_read(&d, pe_slice_of(text, 1 + len + (size_t)n), &wide);
      ck_assert_int_eq(d.rc, 0);
      ck_assert(pe_slice_eq(d.json.nodes[0].text, pe_slice_str(want)));
      ck_assert_uint_eq(d.json.nodes[0].span.end, 1 + len + (size_t)n);
      doc_done(&d);
    }
  }
}
END_TEST

/* Blanks in any number, around every token. */
START_TEST(blanks_of_every_length)
{
  for (size_t n = 0; n < 40; n++) {
    char gap[41];
    for (size_t i = 0; i < n; i++) gap[i] = " \n\r\t   "[i % 7];
    gap[n] = '\0';
    pe_buf b;
    pe_buf_init(&b, &pe_alloc_libc);
    for (const char *p = "{|\"a\"|:|[|1|,|\"b\"|]|}|"; *p; p++) {
      if (*p == '|') {
        pe_buf_str(&b, gap);
      } else {
        pe_buf_char(&b, *p);
      }
    }
    doc d;
    doc_read(&d, pe_slice_of(b.ptr, b.len), &wide);
    ck_assert_int_eq(d.rc, 0);
    ck_assert_uint_eq(d.json.count, 4);
    ck_assert_uint_eq(d.json.nodes[0].span.end, b.len - n);
    doc_done(&d);
    pe_buf_done(&b);
  }
}
END_TEST

/* Cut anywhere, a document that is a container ends inside a value, at its end, and nowhere else. */
START_TEST(every_prefix_ends_too_early)
{
  const char *text = "{\"a\\n\":[1.5e-3,-0,true,false,null,\"\\ud83d\\ude00é\"],\"b\":{\"c\":{}}}";
  size_t len = strlen(text);
  for (size_t cut = 1; cut < len; cut++) {
    char *part = calloc(cut + 1, 1); /* exactly as long, for the sanitizers */
    memcpy(part, text, cut);
    doc d;
    doc_read(&d, pe_slice_of(part, cut), &wide);
    /* half of the é is not UTF-8: that is seen first */
    bool split = (unsigned char)text[cut] >= 0x80 && (unsigned char)text[cut] < 0xC0;
    ck_assert_int_eq(d.rc, POLICYEVAL_EJSON);
    ck_assert_int_eq(d.error.fault, split ? PE_JSON_FAULT_UTF8 : PE_JSON_FAULT_END);
    if (!split) ck_assert_uint_eq(d.error.offset, cut);
    doc_done(&d);
    free(part);
  }
}
END_TEST

START_TEST(duplicates_are_marked)
{
  doc d;
  doc_read(&d, PE_SLICE("{\"a\":1,\"b\":{\"a\":2,\"a\":3},\"\\u0061\":4,\"A\":5,\"b\":6,\"a\":7}"), &wide);
  ck_assert_int_eq(d.rc, 0);
  static const int want[] = {0, 0, 0, 0, 1, 1, 0, 1, 1};
  for (uint32_t i = 0; i < d.json.count; i++) ck_assert_int_eq(d.json.nodes[i].duplicate, want[i]);
  ck_assert_uint_eq(pe_json_get(&d.json, 0, "a"), 1); /* the first one */
  doc_done(&d);
}
END_TEST

/* n members named k<i % distinct>: all from `distinct` on are duplicates, in any size class. */
START_TEST(duplicates_in_objects_of_every_size)
{
  for (unsigned n = 1; n < 60; n++) {
    unsigned distinct = n * 2 / 3 + 1;
    pe_buf b;
    pe_buf_init(&b, &pe_alloc_libc);
    pe_buf_char(&b, '{');
    for (unsigned i = 0; i < n; i++) pe_buf_fmt(&b, "%s\"k%u\":[{}]", i ? "," : "", i % distinct);
    pe_buf_char(&b, '}');
    doc d;
    doc_read(&d, pe_slice_of(b.ptr, b.len), &wide);
    ck_assert_int_eq(d.rc, 0);
    uint32_t child = pe_json_first(0);
    for (unsigned i = 0; i < n; i++, child = d.json.nodes[child].next) {
      ck_assert_int_eq(d.json.nodes[child].duplicate, i >= distinct);
    }
    ck_assert_uint_eq(child, d.json.count);
    doc_done(&d);
    pe_buf_done(&b);
  }
}
END_TEST

/* The step of pe_slice_hash, to make names that collide on purpose. */
static uint64_t mix(uint64_t h, uint64_t w) {
  h = (h ^ w) * 0x9E3779B97F4A7C15u;
  return h ^ h >> 32;
}

/* The i-th name of 16 or 24 bytes. Of colliding ones the last eight bytes undo those before; false: they are no letters. */
static bool hostile_name(uint64_t i, unsigned len, bool collide, char *name) {
  for (unsigned k = 0; k < len; k++) name[k] = (char)('0' + (i >> (4 * (k % 8)) & 15));
  uint64_t h = mix(0x51ED270B7A14C5D3u, len);
  for (unsigned at = 0; at + 8 < len; at += 8) {
    uint64_t w = 0;
    for (int k = 7; k >= 0; k--) w = w << 8 | (unsigned char)name[at + (unsigned)k];
    h = mix(h, w);
  }
  h ^= 0x5152535455565758u;
  bool plain = true;
  for (unsigned k = len - 8; collide && k < len; k++, h >>= 8) {
    name[k] = (char)(h & 0xFF);
    plain = plain && (h & 0xFF) >= 0x20 && (h & 0xFF) < 0x7F && (h & 0xFF) != '"' && (h & 0xFF) != '\\';
  }
  return plain;
}

/* n members, with `between` after each but the last: in one object (",") or each in its own ("},{"). */
static void hostile_members(pe_buf *b, unsigned n, bool collide, const char *between) {
  pe_buf_str(b, "[{");
  for (uint64_t i = 0, made = 0; made < n; i++) {
    char name[25] = {0};
    if (!hostile_name(i, 16, collide, name)) continue;
    pe_buf_fmt(b, "%s\"%s\":1", made++ ? between : "", name);
  }
  pe_buf_str(b, "}]");
}

static double seconds_to_read(unsigned n, bool collide, const char *between) {
  pe_buf b;
  pe_buf_init(&b, &pe_alloc_libc);
  hostile_members(&b, n, collide, between);
  clock_t start = clock();
  doc d;
  doc_read(&d, pe_slice_of(b.ptr, b.len), &wide);
  double spent = (double)(clock() - start) / CLOCKS_PER_SEC;
  ck_assert_int_eq(d.rc, 0);
  bool distinct = true, collided = true;
  uint64_t first = pe_slice_hash(d.json.nodes[2].key);
  for (uint32_t i = 0; i < d.json.count; i++) {
    if (d.json.nodes[i].type != PE_JSON_NUMBER) continue;
    distinct = distinct && !d.json.nodes[i].duplicate;
    collided = collided && pe_slice_hash(d.json.nodes[i].key) == first;
  }
  ck_assert(distinct);
  ck_assert_int_eq(collided, collide); /* or the test tests nothing */
  doc_done(&d);
  pe_buf_done(&b);
  return spent;
}

START_TEST(names_of_two_lengths_that_collide)
{
  enum { PAIRS = 20 };
  pe_buf b;
  doc d;
  pe_buf_init(&b, &pe_alloc_libc);
  pe_buf_str(&b, "{\"twice\":1,\"twice\":1");
  for (unsigned len = 16; len <= 24; len += 8) {
    for (uint64_t i = 0, made = 0; made < PAIRS; i++) {
      char name[25] = {0};
      if (!hostile_name(i, len, true, name)) continue;
      ck_assert(made++ || pe_slice_hash(pe_slice_str(name)) == mix(mix(0, 0x5152535455565758u), mix(0, 0x5152535455565758u) >> 29));
      pe_buf_fmt(&b, ",\"%s\":1", name);
    }
  }
  pe_buf_str(&b, "}");
  doc_read(&d, pe_slice_of(b.ptr, b.len), &wide);
  ck_assert_int_eq(d.rc, 0);
  for (uint32_t i = 1; i < d.json.count; i++) ck_assert_int_eq(d.json.nodes[i].duplicate, i == 2);
  doc_done(&d);
  pe_buf_done(&b);
}
END_TEST

/* Comparing all pairs would be 50 million comparisons: hundreds of times the base. */
START_TEST(large_objects_cost_little_more)
{
  enum { N = 10000 };
  double base = seconds_to_read(N, false, "},{");
  double large = seconds_to_read(N, false, ","), hostile = seconds_to_read(N, true, ",");
  ck_assert_msg(large < base * 20 + 0.02, "%f s against %f s", large, base);
  ck_assert_msg(hostile < base * 20 + 0.02, "colliding: %f s against %f s", hostile, base);
}
END_TEST

static int read_and_set(const pe_alloc *a, pe_slice text) {
  pe_arena *arena = pe_arena_new(a, 64);
  if (!arena) return POLICYEVAL_ENOMEM;
  pe_source source = {.text = text};
  pe_json json;
  int rc = pe_json_read(arena, &source, &wide, &json, NULL);
  pe_json_setting settings[] = {{PE_SLICE("x"), PE_SLICE("a longer value than before, in its own chunk")}};
  if (!rc) rc = pe_json_substitute(arena, &json, settings, 1);
  pe_arena_free(arena);
  return rc;
}

START_TEST(every_allocation_fails_in_turn)
{
  pe_buf b;
  pe_buf_init(&b, &pe_alloc_libc);
  pe_buf_str(&b, "{\"s\\n\":\"\\u00e9 x\",\"dense\":[");
  for (int i = 0; i < 3000; i++) pe_buf_str(&b, "1,");
  pe_buf_str(&b, "2],\"many\":{");
  for (int i = 0; i < 40; i++) pe_buf_fmt(&b, "%s\"\\t%d\":\"x\"", i ? "," : "", i % 30);
  pe_buf_str(&b, "}}");
  UNIT_EACH_ALLOCATION (mem, rc) {
    rc = read_and_set(&mem.alloc, pe_slice_of(b.ptr, b.len));
  }
  pe_buf_done(&b);
}
END_TEST

START_TEST(settings_replace_whole_tokens_in_values)
{
  doc d;
  doc_read(&d,
           PE_SLICE("{\"PROD\":\"arn:aws:iam::PROD:role/PRODX-PROD_1/PROD\","
                    "\"n\":[\"PR\\u004fD\",\"none\",\"\"]}"),
           &wide);
  ck_assert_int_eq(d.rc, 0);
  /* The last one of a name counts, and what was put in is not looked at again. */
  pe_json_setting settings[] = {{PE_SLICE("PROD"), PE_SLICE("not this")},
                                {PE_SLICE("none"), PE_SLICE("")},
                                {PE_SLICE("role/x"), PE_SLICE("no token")},
                                {PE_SLICE(""), PE_SLICE("no token")},
                                {PE_SLICE("PROD"), PE_SLICE("PRODX")}};
  ck_assert_int_eq(pe_json_substitute(d.arena, &d.json, settings, 5), 0);
  const pe_json_node *n = d.json.nodes;
  ck_assert(pe_slice_eq(n[1].key, PE_SLICE("PROD")));
  ck_assert(pe_slice_eq(n[1].text, PE_SLICE("arn:aws:iam::PRODX:role/PRODX-PROD_1/PRODX")));
  ck_assert(pe_slice_eq(n[3].text, PE_SLICE("PRODX")));
  ck_assert_uint_eq(n[4].text.len, 0);
  ck_assert(n[1].substituted && n[3].substituted && n[4].substituted && !n[5].substituted);
  const pe_span head = pe_json_substring(&d.json, 1, 3, 5), tail = pe_json_substring(&d.json, 1, n[1].text.len, SIZE_MAX);
  ck_assert_uint_eq(head.start, n[1].span.start + 1 + 3);
  ck_assert_uint_eq(head.end, n[1].span.start + 1 + 5);
  ck_assert_uint_eq(tail.start, n[1].span.end - 1);
  ck_assert_uint_eq(tail.end, n[1].span.end - 1);
  const pe_span whole = pe_json_substring(&d.json, 1, 13, 19); /* the token is not in the text any more */
  ck_assert_uint_eq(whole.start, n[1].span.start);
  ck_assert_uint_eq(whole.end, n[1].span.end);
  doc_done(&d);
}
END_TEST

/* Settings that add to a name, or change nothing; and values whose lengths no memory holds. */
START_TEST(places_in_what_was_set)
{
  static const struct {
    const char *text, *value;
    uint32_t from, to, start, end;
  } table[] = {
      {"\"A\"", "A", 0, 1, 1, 2},       /* nothing changed */
      {"\"A-b\"", "A-A", 4, 5, 3, 4},   /* all of the old text stands at the start of the new one, but for its end */
      {"\"b-A\"", "A.A", 0, 1, 1, 2},
      {"\"b-A\"", "A.A", 4, 5, 0, 5},   /* the second A is new */
      {"\"A\\n\"", "x", 1, 2, 0, 5},   /* no place in what was written with an escape */
  };
  doc d;
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    doc_read(&d, pe_slice_str(table[i].text), &wide);
    const pe_json_setting set = {PE_SLICE("A"), pe_slice_str(table[i].value)};
    ck_assert_int_eq(pe_json_substitute(d.arena, &d.json, &set, 1), 0);
    const pe_span span = pe_json_substring(&d.json, 0, table[i].from, table[i].to);
    ck_assert_msg(span.start == table[i].start && span.end == table[i].end, "%zu: %u to %u", i, span.start, span.end);
    doc_done(&d);
  }
  doc_read(&d, PE_SLICE("\"A A\""), &wide);
  const pe_json_setting huge = {PE_SLICE("A"), pe_slice_of("", SIZE_MAX / 2)};
  ck_assert_int_eq(pe_json_substitute(d.arena, &d.json, &huge, 1), POLICYEVAL_ENOMEM);
  doc_done(&d);
}
END_TEST

START_TEST(parts_of_strings)
{
  doc d;
  doc_read(&d, PE_SLICE("[\"plain\",\"a\\u00e9\\n😀b\",12]"), &wide);
  ck_assert_int_eq(d.rc, 0);
  const struct {
    uint32_t node;
    size_t from, to;
    uint32_t start, end;
  } cases[] = {{1, 1, 3, 3, 5},   {1, 0, 5, 2, 7},   {1, 4, 99, 6, 7},  {1, 9, 3, 5, 5},
               {2, 0, 1, 10, 11}, {2, 1, 3, 11, 17}, {2, 3, 4, 17, 19}, {2, 4, 8, 19, 23},
               {2, 8, 9, 23, 24}, {2, 9, 9, 24, 24}, {3, 0, 1, 26, 28}, {0, 0, 1, 0, 29}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    pe_span s = pe_json_substring(&d.json, cases[i].node, cases[i].from, cases[i].to);
    ck_assert_msg(s.start == cases[i].start && s.end == cases[i].end, "case %zu: %u-%u", i, s.start, s.end);
  }
  doc_done(&d);
}
END_TEST

START_TEST(positions_of_faults_count_code_points)
{
  doc d;
  doc_read(&d, PE_SLICE("{\n  \"é😀\": x\n}"), &wide);
  policyeval_position at = pe_source_position(&d.source, d.error.offset);
  ck_assert_uint_eq(at.line, 2);
  ck_assert_uint_eq(at.column, 8);
  ck_assert_uint_eq(at.offset, 14);
  doc_done(&d);
}
END_TEST

UNIT_MAIN("json", every_fault_at_its_place, limits_are_exact, a_hundred_megabytes_of_brackets,
          deep_nesting_takes_no_stack, a_tree_with_spans, every_escape, strings_of_every_length,
          blanks_of_every_length, every_prefix_ends_too_early, duplicates_are_marked,
          duplicates_in_objects_of_every_size, names_of_two_lengths_that_collide, large_objects_cost_little_more,
          every_allocation_fails_in_turn,
          settings_replace_whole_tokens_in_values, places_in_what_was_set, parts_of_strings, positions_of_faults_count_code_points)
