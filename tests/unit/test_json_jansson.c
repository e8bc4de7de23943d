/* SPDX-License-Identifier: MIT */
/* The reader against jansson, on documents made and spoilt by a small generator with fixed seeds: the
 * same texts are accepted, and they mean the same. */
#include "unit.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "json/reader.h"

static uint64_t state;

static uint32_t below(uint32_t n) { /* xorshift64* */
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return (uint32_t)((state * 0x2545F4914F6CDD1Du) >> 33) % n;
}

static const char *pick(const char *const *list, size_t n) { return list[below((uint32_t)n)]; }
#define PICK(...)                                                                                            \
  pick((const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void make_blank(pe_buf *b) {
  while (below(4) == 0) pe_buf_str(b, PICK(" ", "\n", "\r\n", "\t", "        ", "\n                  "));
}

static void make_string(pe_buf *b) {
  pe_buf_char(b, '"');
  for (uint32_t n = below(below(4) ? 6 : 40); n > 0; n--) {
    const char *part;
    switch (below(6)) {
    case 0: part = PICK("\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t"); break;
    case 1: part = PICK("\\u0041", "\\u00e9", "\\u20AC", "\\ud83d\\uDE00", "\\uFFFF", "\\u0001"); break;
    case 2: part = PICK("é", "€", "😀", "\x7F", "ÿ", "\xEF\xBB\xBF", "“", "\xF4\x8F\xBF\xBF"); break;
    default: part = PICK("a", "secretsmanager:Get*", "arn:aws:kms:", "${aws:username}", " ", "/"); break;
    }
    pe_buf_str(b, part);
  }
  pe_buf_char(b, '"');
}

static void make_number(pe_buf *b) {
  pe_buf_str(b, PICK("", "-"));
  pe_buf_str(b, PICK("0", "1", "12", "2012", "111122223333", "9007199254740993"));
  if (below(3) == 0) pe_buf_str(b, PICK(".0", ".5", ".25000", ".1234567890123"));
  if (below(3) == 0) pe_buf_str(b, PICK("e0", "E5", "e+10", "e-7", "E-0"));
}

static void make_value(pe_buf *b, int depth);

static void make_container(pe_buf *b, int depth, bool object) {
  pe_buf_char(b, object ? '{' : '[');
  make_blank(b);
  uint32_t n = below(below(8) ? 5 : 30);
  for (uint32_t i = 0; i < n; i++) {
    if (i) pe_buf_char(b, ',');
    make_blank(b);
    if (object) {
      if (below(3) == 0) {
        make_string(b);
      } else { /* often a name that is there already */
        pe_buf_str(b, PICK("\"Effect\"", "\"\\u0045ffect\"", "\"Action\"", "\"\"", "\"a\"", "\"b\""));
      }
      make_blank(b);
      pe_buf_char(b, ':');
      make_blank(b);
    }
    make_value(b, depth - 1);
    make_blank(b);
  }
  pe_buf_char(b, object ? '}' : ']');
}

static void make_value(pe_buf *b, int depth) {
  uint32_t kind = below(depth > 0 ? 10 : 6);
  if (kind >= 6) {
    make_container(b, depth, kind % 2);
  } else if (kind < 3) {
    make_string(b);
  } else if (kind == 3) {
    make_number(b);
  } else {
    pe_buf_str(b, PICK("true", "false", "null"));
  }
}

/* One change that a careless hand or a broken tool makes. */
static void spoil(pe_buf *b) {
  size_t at = below((uint32_t)b->len + 1), left = b->len - at, n = 1 + below(4);
  pe_buf old = *b;
  pe_buf_init(b, &pe_alloc_libc);
  pe_buf_add(b, old.ptr, at);
  if (n > left) n = left;
  switch (below(6)) {
  case 0: at += n; break;                        /* leave out */
  case 1: pe_buf_add(b, old.ptr + at, n); break; /* write twice */
  case 2:                                        /* put in */
    pe_buf_str(b, PICK("{", "}", "[", "]", ",", ":", "\"", "\\", "'", " ", "\n", "1", "-", ".", "e", "0", "t",
                       "/", "\\u", "\\ud800", "\x01", "\xC3", "\xED\xA0\x80", "\xEF\xBB\xBF", "“", "\xFF",
                       "\xC0\x80", "\xC2\xA0", "null", "\\u0000", "\f"));
    break;
  case 3: at = old.len; break; /* cut off */
  case 4:                      /* another byte */
    if (left) {
      pe_buf_char(b, (char)below(256));
      at++;
    }
    break;
  default: /* a bit flipped */
    if (left) {
      pe_buf_char(b, (char)(old.ptr[at] ^ (1 << below(8))));
      at++;
    }
    break;
  }
  pe_buf_add(b, old.ptr + at, old.len - at);
  pe_buf_done(&old);
}

static void compare(const pe_json *j, uint32_t i, const json_t *want);

static void compare_object(const pe_json *j, uint32_t i, const json_t *want) {
  uint32_t child = pe_json_first(i);
  size_t distinct = 0;
  for (uint32_t n = j->nodes[i].children; n > 0; n--, child = j->nodes[child].next) {
    const pe_json_node *member = &j->nodes[child];
    bool again = false, first = true;
    uint32_t other = pe_json_first(i);
    for (uint32_t k = j->nodes[i].children; k > 0; k--, other = j->nodes[other].next) {
      if (!pe_slice_eq(j->nodes[other].key, member->key)) continue;
      if (other < child) first = false;
      if (other > child) again = true;
    }
    ck_assert_int_eq(member->duplicate, !first);
    distinct += first;
    if (again) continue; /* jansson keeps the last one of a name */
    const json_t *value = json_object_getn(want, member->key.ptr ? member->key.ptr : "", member->key.len);
    ck_assert_ptr_nonnull(value);
    compare(j, child, value);
  }
  ck_assert_uint_eq(distinct, json_object_size(want));
}

/* Numbers as jansson has them: an integer of 64 bits, or a double. */
static void compare_number(pe_slice text, const json_t *want) {
  char copy[400];
  ck_assert_uint_lt(text.len, sizeof copy);
  memcpy(copy, text.ptr, text.len);
  copy[text.len] = '\0';
  if (json_is_integer(want)) {
    ck_assert(strtoll(copy, NULL, 10) == json_integer_value(want));
  } else {
    ck_assert(strtod(copy, NULL) == json_real_value(want));
  }
}

static void compare(const pe_json *j, uint32_t i, const json_t *want) {
  const pe_json_node *n = &j->nodes[i];
  switch ((pe_json_type)n->type) {
  case PE_JSON_NULL: ck_assert(json_is_null(want)); break;
  case PE_JSON_FALSE: ck_assert(json_is_false(want)); break;
  case PE_JSON_TRUE: ck_assert(json_is_true(want)); break;
  case PE_JSON_NUMBER:
    ck_assert(json_is_number(want));
    compare_number(n->text, want);
    break;
  case PE_JSON_STRING:
    ck_assert(json_is_string(want));
    ck_assert(pe_slice_eq(n->text, pe_slice_of(json_string_value(want), json_string_length(want))));
    break;
  case PE_JSON_ARRAY: {
    ck_assert(json_is_array(want));
    ck_assert_uint_eq(n->children, json_array_size(want));
    uint32_t child = pe_json_first(i);
    for (uint32_t k = 0; k < n->children; k++, child = j->nodes[child].next) {
      compare(j, child, json_array_get(want, k));
    }
    break;
  }
  case PE_JSON_OBJECT:
    ck_assert(json_is_object(want));
    compare_object(j, i, want);
    break;
  }
}

/* The array hangs together: parents, children, next, and spans that lie inside each other in order. */
static void check_structure(const pe_json *j) {
  const char *text = j->source->text.ptr;
  for (uint32_t i = 0; i < j->count; i++) {
    const pe_json_node *n = &j->nodes[i];
    ck_assert(n->next > i && n->next <= j->count && n->span.start < n->span.end);
    ck_assert(!n->substituted && (!n->escaped || n->type == PE_JSON_STRING));
    uint32_t child = i + 1, from = n->span.start + 1;
    for (uint32_t k = 0; k < n->children; k++, child = j->nodes[child].next) {
      const pe_json_node *c = &j->nodes[child];
      ck_assert(c->parent == i && c->span.start >= from && c->span.end < n->span.end);
      bool named = c->key_span.end > 0;
      ck_assert_int_eq(named, n->type == PE_JSON_OBJECT);
      if (named) {
        ck_assert(c->key_span.start >= from && c->key_span.end < c->span.start);
        ck_assert(text[c->key_span.start] == '"' && text[c->key_span.end - 1] == '"');
      }
      from = c->span.end;
    }
    ck_assert_uint_eq(child, n->next);
    const char *ends = n->type == PE_JSON_STRING ? "\"\"" : n->type == PE_JSON_ARRAY ? "[]" : "{}";
    bool enclosed = text[n->span.start] == ends[0] && text[n->span.end - 1] == ends[1];
    ck_assert(enclosed || n->type < PE_JSON_STRING);
    if (n->type == PE_JSON_NUMBER) {
      ck_assert(pe_slice_eq(n->text, pe_slice_sub(j->source->text, n->span.start, n->span.end)));
    }
    /* Each part of a string is where pe_json_substring says. */
    if (n->type == PE_JSON_STRING && n->text.len) {
      pe_span last = pe_json_substring(j, i, 0, n->text.len);
      ck_assert(last.start == n->span.start + 1 && last.end == n->span.end - 1);
    }
  }
}

typedef struct tally {
  unsigned accepted, refused, excluded;
} tally;

static void check_text(const pe_buf *b, tally *t) {
  /* A block of exactly that size and its NUL, so that the sanitizers see any byte read beyond. */
  char *copy = malloc(b->len + 1);
  memcpy(copy, b->ptr ? b->ptr : "", b->len + 1);
  pe_source source = {.text = pe_slice_of(copy, b->len)};
  pe_json_limits limits = {.bytes = 1u << 20, .depth = 1000, .nodes = 1u << 20};
  pe_arena *arena = pe_arena_new(&pe_alloc_libc, 0);
  pe_json json = {0};
  pe_json_error fault = {PE_JSON_FAULT_NONE, 0, 0};
  int rc = pe_json_read(arena, &source, &limits, &json, &fault);
  json_error_t error;
  json_t *want = json_loadb(copy, b->len, JSON_DECODE_ANY, &error);
  bool nul = memchr(copy, '\0', b->len) != NULL;
  if (nul) {
    /* Difference 1: jansson accepts a raw NUL after a literal. Here it is always refused. */
    ck_assert_int_eq(rc, POLICYEVAL_EJSON);
    t->excluded++;
  } else if (!want && json_error_code(&error) == json_error_numeric_overflow) {
    /* Difference 2: jansson refuses numbers that do not fit in its types. Here they are text. (The rest of
     * such a document was not read by jansson.) */
    t->excluded++;
  } else if (!want) {
    ck_assert_msg(rc == POLICYEVAL_EJSON, "only jansson refuses (%s at %d): %s", error.text, error.position,
                  copy);
    ck_assert(fault.fault != PE_JSON_FAULT_NONE && fault.offset <= fault.end && fault.end <= b->len);
    t->refused++;
  } else {
    ck_assert_msg(rc == 0, "only we refuse (%s at %u): %s", pe_json_fault_message(fault.fault), fault.offset,
                  copy);
    compare(&json, 0, want);
    t->accepted++;
  }
  if (rc == 0) check_structure(&json);
  /* Faults are where the text stops being a beginning of JSON: all before is UTF-8. */
  if (fault.fault == PE_JSON_FAULT_UTF8) ck_assert_uint_eq(pe_utf8_valid(source.text), fault.offset);
  json_decref(want);
  pe_arena_free(arena);
  free(copy);
}

static tally run(uint64_t seed, int documents, int spoilings) {
  tally t = {0, 0, 0};
  state = seed;
  for (int i = 0; i < documents; i++) {
    pe_buf b;
    pe_buf_init(&b, &pe_alloc_libc);
    make_blank(&b);
    make_value(&b, 5);
    make_blank(&b);
    for (int k = spoilings ? 1 + (int)below((uint32_t)spoilings) : 0; k > 0; k--) spoil(&b);
    check_text(&b, &t);
    pe_buf_done(&b);
  }
  return t;
}

START_TEST(sound_documents)
{
  tally t = run(20121017, UNIT_CASES(2000), 0);
  ck_assert_uint_eq(t.accepted, UNIT_CASES(2000));
}
END_TEST

START_TEST(documents_spoilt_once)
{
  tally t = run(20081017, UNIT_CASES(3000), 1);
  ck_assert_uint_gt(t.accepted, UNIT_CASES(250)); /* the mix tests both answers */
  ck_assert_uint_gt(t.refused, UNIT_CASES(1000));
  ck_assert_uint_lt(t.excluded, UNIT_CASES(150) + 5);
}
END_TEST

START_TEST(documents_spoilt_often)
{
  tally t = run(111122223333, UNIT_CASES(3000), 4);
  ck_assert_uint_gt(t.accepted, UNIT_CASES(100));
  ck_assert_uint_gt(t.refused, UNIT_CASES(1000));
  ck_assert_uint_lt(t.excluded, UNIT_CASES(300) + 5);
}
END_TEST

UNIT_MAIN("json against jansson", sound_documents, documents_spoilt_once, documents_spoilt_often)
