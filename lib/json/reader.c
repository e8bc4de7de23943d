/* SPDX-License-Identifier: MIT */
/* Text to nodes. There is no recursion and no stack: the open containers are the chain of parents
 * in the node array itself. */
#include "json/reader.h"

#include "json/duplicate.h"
#include "json/fault.h"
#include "json/string.h"

typedef struct reader {
  pe_slice text;
  const char *end;
  pe_arena *arena;
  const pe_json_limits *limits;
  pe_json_node *nodes;
  uint32_t count, cap;
  uint32_t depth, parent; /* open containers, and the innermost (0 when there is none) */
  char closer;            /* of the innermost container */
  pe_slice key;           /* name of the member being read */
  pe_span key_span;
  int code;
  pe_json_error error;
} reader;

static uint32_t offset_of(const reader *r, const char *p) { return (uint32_t)(p - r->text.ptr); }

static const char *fail(reader *r, int code, pe_json_error error) {
  r->code = code;
  r->error = error;
  return NULL;
}

static const char *unexpected(reader *r, pe_json_fault expected, const char *p) {
  return fail(r, POLICYEVAL_EJSON, pe_json_fault_at(expected, r->text, p));
}

static const char *faulty(reader *r, pe_json_fault fault, const char *p, const char *end) {
  return fail(r, POLICYEVAL_EJSON, pe_json_fault_make(fault, r->text, p, (size_t)(end - p)));
}

static const char *limited(reader *r, pe_json_fault fault, const char *p) {
  return fail(r, POLICYEVAL_ELIMIT, pe_json_fault_make(fault, r->text, p, 1));
}

static bool blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

/* Past indentation. The byte at end is a NUL, which is not blank. */
static const char *skip_many(const char *p, const char *end) {
#ifdef PE_JSON_SSE2
  while (end - p >= 16) {
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i is_blank = _mm_or_si128(
        _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(' ')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\n'))),
        _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\r')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\t'))));
    unsigned mask = (unsigned)_mm_movemask_epi8(is_blank) ^ 0xFFFFu;
    if (mask) return p + __builtin_ctz(mask);
    p += 16;
  }
#else
  const uint64_t spaces = 0x2020202020202020u;
  while (end - p >= 8) {
    uint64_t w;
    memcpy(&w, p, sizeof w);
    if (w != spaces) {
      if (!blank(*p)) return p;
      p++;
    } else {
      p += 8;
    }
  }
#endif
  while (blank(*p)) p++;
  return p;
}

static inline const char *skip(const char *p, const char *end) {
  if ((unsigned char)*p > ' ') return p;
  if (*p == ' ' && (unsigned char)p[1] > ' ') return p + 1; /* p < end here: the text ends with a NUL */
  return skip_many(p, end);
}

static bool grow(reader *r) {
  uint32_t most = r->limits->nodes;
  size_t cap = r->cap > most / 2 ? most : r->cap * 2;
  if (cap > SIZE_MAX / sizeof *r->nodes) return false;
  pe_json_node *nodes = pe_arena_large_resize(r->arena, r->nodes, cap * sizeof *nodes);
  if (!nodes) return false;
  r->nodes = nodes;
  r->cap = (uint32_t)cap;
  return true;
}

/* A new node for the value at p, with the pending name; its span starts at p. */
static inline pe_json_node *add(reader *r, pe_json_type type, const char *p) {
  if (r->count == r->cap) {
    if (r->count >= r->limits->nodes) {
      limited(r, PE_JSON_FAULT_NODES, p);
      return NULL;
    }
    if (!grow(r)) {
      r->code = POLICYEVAL_ENOMEM;
      return NULL;
    }
  }
  pe_json_node *n = &r->nodes[r->count++];
  uint32_t at = offset_of(r, p);
  *n = (pe_json_node){.type = (uint8_t)type,
                      .next = r->count,
                      .parent = r->parent,
                      .span = {at, at + 1},
                      .key_span = r->key_span,
                      .key = r->key};
  if (r->depth) r->nodes[r->parent].children++;
  return n;
}

/* The string at p (its opening quote). Plain ASCII takes no call. */
static inline bool read_string(reader *r, const char *p, pe_json_string *out) {
  const char *stop = pe_json_skip_plain(p + 1, r->end);
  if (*stop == '"') { /* no end of the text: that has a NUL */
    *out = (pe_json_string){pe_slice_of(p + 1, (size_t)(stop - p) - 1), stop + 1, false};
    return true;
  }
  int rc = pe_json_string_read(r->arena, r->text, p, out, &r->error);
  r->code = rc;
  return rc == 0;
}

static const char *read_string_value(reader *r, const char *p) {
  pe_json_string s;
  pe_json_node *n = add(r, PE_JSON_STRING, p);
  if (!n || !read_string(r, p, &s)) return NULL;
  n->text = s.text;
  n->escaped = s.escaped;
  n->span.end = offset_of(r, s.after);
  return s.after;
}

static bool digit(char c) { return c >= '0' && c <= '9'; }

static const char *digits(const char *p) {
  while (digit(*p)) p++;
  return p;
}

/* The end of the number at p, or NULL; *stop is then the byte that does not fit. */
static const char *number_end(const char *p, const char **stop) {
  if (*p == '-') p++;
  *stop = p;
  if (!digit(*p)) return NULL;
  p = *p == '0' ? p + 1 : digits(p);
  if (*p == '.') {
    *stop = ++p;
    if (!digit(*p)) return NULL;
    p = digits(p);
  }
  if (*p == 'e' || *p == 'E') {
    p++;
    if (*p == '+' || *p == '-') p++;
    *stop = p;
    if (!digit(*p)) return NULL;
    p = digits(p);
  }
  return p;
}

static const char *read_number(reader *r, const char *p) {
  const char *stop;
  const char *after = number_end(p, &stop);
  if (!after && stop == r->end) return faulty(r, PE_JSON_FAULT_END, stop, stop);
  const char *word = pe_json_fault_word_end(p, r->end);
  if (after != word) return faulty(r, PE_JSON_FAULT_NUMBER, p, word);
  pe_json_node *n = add(r, PE_JSON_NUMBER, p);
  if (!n) return NULL;
  n->text = pe_slice_of(p, (size_t)(after - p));
  n->span.end = offset_of(r, after);
  return after;
}

static const char *read_word(reader *r, const char *p, pe_json_type type, pe_slice expected) {
  const char *after = pe_json_fault_word_end(p, r->end);
  pe_slice word = pe_slice_of(p, (size_t)(after - p));
  if (!pe_slice_eq(word, expected)) {
    if (after == r->end && pe_slice_starts(expected, word)) return faulty(r, PE_JSON_FAULT_END, after, after);
    return faulty(r, PE_JSON_FAULT_LITERAL, p, after);
  }
  pe_json_node *n = add(r, type, p);
  if (!n) return NULL;
  n->span.end = offset_of(r, after);
  return after;
}

static const char *read_scalar(reader *r, const char *p) {
  switch (*p) {
  case '"': return read_string_value(r, p);
  case 't': return read_word(r, p, PE_JSON_TRUE, PE_SLICE("true"));
  case 'f': return read_word(r, p, PE_JSON_FALSE, PE_SLICE("false"));
  case 'n': return read_word(r, p, PE_JSON_NULL, PE_SLICE("null"));
  default: break;
  }
  if (*p == '-' || digit(*p)) return read_number(r, p);
  return unexpected(r, PE_JSON_FAULT_VALUE, p);
}

/* While an object is open, its node keeps a small set of name signatures in text.len, and says in
 * `substituted` whether one came twice: only then are the names compared at the end. */
static inline void note_name(reader *r, pe_slice name) {
  pe_json_node *object = &r->nodes[r->parent];
  size_t signature = name.len;
  if (name.len) signature += (unsigned char)name.ptr[0] * 5u + (unsigned char)name.ptr[name.len - 1] * 3u;
  size_t bit = (size_t)1 << (signature % (8 * sizeof(size_t)));
  if (object->text.len & bit) object->substituted = 1;
  object->text.len |= bit;
}

/* A string that ran into the opening quote of the next one because a typographic quote "closed" it:
 * what follows the closing quote is then the middle of a word. */
static const char *after_string(reader *r, pe_json_fault expected, const char *p) {
  pe_span span = expected == PE_JSON_FAULT_COLON ? r->key_span : r->nodes[r->count - 1].span;
  bool touches = span.end == offset_of(r, p) && r->text.ptr[span.end - 1] == '"';
  if (touches && pe_json_fault_word_end(p, r->end) > p) {
    const char *quote = pe_json_fault_find_quote(r->text.ptr + span.start, p);
    if (quote) return faulty(r, PE_JSON_FAULT_QUOTES, quote, quote + 3);
  }
  return unexpected(r, expected, p);
}

/* The name at p and its colon; returns the start of the value. */
static const char *read_name(reader *r, const char *p) {
  if (*p != '"') return unexpected(r, PE_JSON_FAULT_NAME, p);
  pe_json_string s;
  if (!read_string(r, p, &s)) return NULL;
  note_name(r, s.text);
  r->key = s.text;
  r->key_span = (pe_span){offset_of(r, p), offset_of(r, s.after)};
  p = skip(s.after, r->end);
  if (*p != ':') return after_string(r, PE_JSON_FAULT_COLON, p);
  return skip(p + 1, r->end);
}

static void no_name(reader *r) {
  r->key = (pe_slice){NULL, 0};
  r->key_span = (pe_span){0, 0};
}

static const char *open_container(reader *r, const char *p) {
  if (r->depth >= r->limits->depth) return limited(r, PE_JSON_FAULT_DEPTH, p);
  uint32_t index = r->count;
  if (!add(r, *p == '{' ? PE_JSON_OBJECT : PE_JSON_ARRAY, p)) return NULL;
  r->parent = index;
  r->depth++;
  r->closer = *p == '{' ? '}' : ']';
  no_name(r);
  return p + 1;
}

static const char *close_container(reader *r, const char *p) {
  pe_json_node *n = &r->nodes[r->parent];
  n->next = r->count;
  n->span.end = offset_of(r, p + 1);
  bool maybe_duplicates = n->substituted;
  n->substituted = 0;
  n->text = (pe_slice){NULL, 0};
  if (maybe_duplicates) {
    r->code = pe_json_duplicate_mark(pe_arena_allocator(r->arena), r->nodes, r->parent);
    if (r->code) return NULL;
  }
  r->parent = n->parent;
  r->depth--;
  r->closer = r->nodes[r->parent].type == PE_JSON_OBJECT ? '}' : ']';
  no_name(r);
  return p + 1;
}

/* After the comma at p: the start of the next value. */
static const char *next_value(reader *r, const char *p) {
  const char *value = skip(p + 1, r->end);
  if (*value == r->closer) return faulty(r, PE_JSON_FAULT_TRAILING_COMMA, p, p + 1);
  return r->closer == '}' ? read_name(r, value) : value;
}

/* The document from its first value; NULL after a failure, else the byte after it. */
static const char *read_document(reader *r, const char *p) {
  for (;;) {
    if (*p == '{' || *p == '[') {
      p = open_container(r, p);
      if (!p) return NULL;
      p = skip(p, r->end);
      if (*p != r->closer) {
        if (r->closer == '}') p = read_name(r, p);
        if (!p) return NULL;
        continue;
      }
      p = close_container(r, p);
    } else {
      p = read_scalar(r, p);
    }
    for (;;) {
      if (!p || r->depth == 0) return p;
      p = skip(p, r->end);
      if (*p != r->closer) break;
      p = close_container(r, p);
    }
    if (*p != ',') return after_string(r, PE_JSON_FAULT_COMMA, p);
    p = next_value(r, p);
    if (!p) return NULL;
  }
}

/* Policies have 20 to 50 bytes of text a node. Hostile texts grow the array step by step. */
static bool first_nodes(reader *r) {
  size_t guess = r->text.len / 24 + 8;
  if (guess > 65536) guess = 65536;
  r->cap = guess < r->limits->nodes ? (uint32_t)guess : r->limits->nodes;
  r->nodes = pe_arena_large(r->arena, r->cap * sizeof *r->nodes);
  return r->nodes != NULL;
}

/* Gives back what was guessed too much. Of a large array only if that is the most of it: its untouched
 * pages cost nothing, while trimming makes the allocator give them back and fault them in again for the
 * next document (three quarters of the time for a 100 KB policy). */
static bool trim_nodes(reader *r) {
  if (r->cap > 1024 && r->count >= r->cap / 2) return true;
  pe_json_node *nodes = pe_arena_large_resize(r->arena, r->nodes, r->count * sizeof *nodes);
  if (nodes) r->nodes = nodes;
  return nodes != NULL;
}

static int read_text(reader *r) {
  if (r->text.len > r->limits->bytes || r->text.len >= UINT32_MAX) {
    size_t most = r->limits->bytes < UINT32_MAX ? r->limits->bytes : UINT32_MAX - 1;
    limited(r, PE_JSON_FAULT_BYTES, r->text.ptr + most);
    return r->code;
  }
  pe_json_error whole = pe_json_fault_text(r->text);
  if (whole.fault) {
    fail(r, POLICYEVAL_EJSON, whole);
    return r->code;
  }
  if (!first_nodes(r)) return POLICYEVAL_ENOMEM;
  const char *p = read_document(r, skip(r->text.ptr, r->end));
  if (!p) return r->code;
  p = skip(p, r->end);
  if (p != r->end) unexpected(r, PE_JSON_FAULT_TRAILING, p);
  return r->code;
}

int pe_json_read(pe_arena *arena, const pe_source *source, const pe_json_limits *limits, pe_json *out,
                 pe_json_error *error) {
  reader r = {.text = source->text, .arena = arena, .limits = limits};
  if (!r.text.ptr) r.text = PE_SLICE("");
  r.end = r.text.ptr + r.text.len;
  int rc = read_text(&r);
  if (rc) {
    if (error && rc != POLICYEVAL_ENOMEM) *error = r.error;
    return rc;
  }
  if (!trim_nodes(&r)) return POLICYEVAL_ENOMEM;
  *out = (pe_json){source, r.nodes, r.count};
  return 0;
}

uint32_t pe_json_get(const pe_json *j, uint32_t i, const char *name) {
  if (!pe_json_is(j, i, PE_JSON_OBJECT)) return 0;
  pe_slice wanted = pe_slice_str(name);
  uint32_t child = pe_json_first(i);
  for (uint32_t n = j->nodes[i].children; n > 0; n--, child = j->nodes[child].next) {
    if (pe_slice_eq(j->nodes[child].key, wanted)) return child;
  }
  return 0;
}
