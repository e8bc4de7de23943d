/* SPDX-License-Identifier: MIT */
/* Reading patterns: variables, escapes, elements. pattern_match.c matches them. */
#include "text/pattern.h"

#include "base/error.h"
#include "base/utf8.h"

/* A text with where variables may start, and what a search behind the current place would not find again: without
 * that, "${a, '${a, '..." would be searched to its end from every "${". */
typedef struct scanner {
  pe_slice text;
  size_t at;
  size_t from;      /* variables from here on */
  size_t last_close; /* offset of the last "'}", NOT_SEARCHED, or text.len: none */
  bool wild, variables;
} scanner;

#define NOT_SEARCHED SIZE_MAX

typedef enum token_kind { TOKEN_END, TOKEN_TEXT, TOKEN_ESCAPE, TOKEN_ONE, TOKEN_STAR, TOKEN_VARIABLE } token_kind;

typedef struct token {
  token_kind kind;
  pe_slice text; /* TEXT: as is; ESCAPE: the one character; VARIABLE: the key */
  pe_slice fallback;
} token;

/* What stands at a "${": its token and end, or the fault and where it ends. */
typedef struct construct {
  bool good;
  token token;
  pe_variable_fault fault;
  size_t end;
} construct;

static bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static bool opens(pe_slice t, size_t at) { return at + 1 < t.len && t.ptr[at] == '$' && t.ptr[at + 1] == '{'; }

/* Offset of the first "'}" from `from` on, or text.len. */
static size_t find_close(scanner *s, size_t from) {
  pe_slice t = s->text;
  if (s->last_close == NOT_SEARCHED) {
    s->last_close = t.len;
    for (size_t i = t.len; i >= 2; i--) {
      if (t.ptr[i - 2] == '\'' && t.ptr[i - 1] == '}') {
        s->last_close = i - 2;
        break;
      }
    }
  }
  if (s->last_close == t.len || from > s->last_close) return t.len;
  while (t.ptr[from] != '\'' || t.ptr[from + 1] != '}') from++;
  return from;
}

/* A faulty construct ends after its '}', or is not closed when there is none before the next "${". */
static construct faulty(pe_slice t, size_t at, pe_variable_fault fault) {
  construct c = {.good = false, .fault = fault};
  while (at < t.len && t.ptr[at] != '}' && !opens(t, at)) at++;
  if (at < t.len && t.ptr[at] == '}') {
    c.end = at + 1;
  } else {
    c.fault = PE_VARIABLE_UNCLOSED;
    c.end = at;
  }
  return c;
}

static construct good(token_kind kind, pe_slice text, pe_slice fallback, size_t end) {
  return (construct){.good = true, .token = {kind, text, fallback}, .end = end};
}

/* The default: `, 'text'}` with exactly one blank; the first "'}" ends it (AMB-30). */
static construct read_default(scanner *s, pe_slice key, size_t comma) {
  pe_slice t = s->text;
  if (comma + 1 < t.len && t.ptr[comma + 1] == ' ' && comma + 2 < t.len && t.ptr[comma + 2] == '\'') {
    size_t start = comma + 3, close = find_close(s, start);
    if (close < t.len) return good(TOKEN_VARIABLE, key, pe_slice_sub(t, start, close), close + 2);
    return faulty(t, start, PE_VARIABLE_QUOTE);
  }
  bool blanks = comma + 2 < t.len && blank(t.ptr[comma + 1]) && blank(t.ptr[comma + 2]);
  return faulty(t, comma + 1, blanks ? PE_VARIABLE_SPACE : PE_VARIABLE_QUOTE);
}

/* What stands at the "${" at text[at]. */
static construct read_construct(scanner *s, size_t at) {
  pe_slice t = s->text;
  const pe_slice none = {NULL, 0};
  size_t i = at + 2, key = i;
  if (i + 1 < t.len && t.ptr[i + 1] == '}' && (t.ptr[i] == '*' || t.ptr[i] == '?' || t.ptr[i] == '$')) {
    return good(TOKEN_ESCAPE, pe_slice_sub(t, i, i + 1), none, i + 2);
  }
  while (i < t.len && t.ptr[i] != '}' && t.ptr[i] != ',' && t.ptr[i] != '\'' && !blank(t.ptr[i]) && !opens(t, i)) i++;
  if (i == t.len || opens(t, i)) return faulty(t, i, PE_VARIABLE_UNCLOSED);
  if (blank(t.ptr[i])) return faulty(t, i, PE_VARIABLE_SPACE);
  if (i == key) return faulty(t, i, PE_VARIABLE_EMPTY);
  if (t.ptr[i] == '\'') return faulty(t, i, PE_VARIABLE_QUOTE);
  pe_slice name = pe_slice_sub(t, key, i);
  if (t.ptr[i] == ',') return read_default(s, name, i);
  return good(TOKEN_VARIABLE, name, none, i + 1);
}

static bool special(const scanner *s, size_t i) {
  char c = s->text.ptr[i];
  if (s->wild && (c == '*' || c == '?')) return true;
  return s->variables && i >= s->from && opens(s->text, i);
}

static token next_token(scanner *s) {
  pe_slice t = s->text;
  size_t start = s->at, i = start;
  if (i == t.len) return (token){.kind = TOKEN_END};
  if (s->wild && (t.ptr[i] == '*' || t.ptr[i] == '?')) {
    s->at++;
    return (token){.kind = t.ptr[i] == '*' ? TOKEN_STAR : TOKEN_ONE};
  }
  if (special(s, i)) {
    construct c = read_construct(s, i);
    if (c.good) {
      s->at = c.end;
      return c.token;
    }
    i += 2; /* a faulty one is text; another may start inside of it */
  }
  while (i < t.len && !special(s, i)) i++;
  s->at = i;
  return (token){.kind = TOKEN_TEXT, .text = pe_slice_sub(t, start, i)};
}

static scanner scan(pe_slice text, unsigned flags, size_t from) {
  return (scanner){.text = text,
                   .from = from,
                   .last_close = NOT_SEARCHED,
                   .wild = (flags & PE_PATTERN_WILD) != 0,
                   .variables = (flags & PE_PATTERN_VARIABLES) != 0};
}

size_t pe_pattern_cut(pe_slice text, char separator, size_t most, pe_slice *parts) {
  scanner s = scan(text, PE_PATTERN_VARIABLES, 0);
  size_t n = 0, start = 0;
  for (size_t i = 0; i < text.len && n + 1 < most;) {
    if (text.ptr[i] == separator) {
      parts[n++] = pe_slice_sub(text, start, i);
      start = i + 1;
    } else if (opens(text, i)) {
      construct c = read_construct(&s, i);
      i = c.good ? c.end : i + 2;
      continue;
    }
    i++;
  }
  parts[n++] = pe_slice_sub(text, start, text.len);
  return n;
}

void pe_pattern_faults(pe_slice text, pe_variable_fault_fn report, void *user) {
  scanner s = scan(text, PE_PATTERN_VARIABLES, 0);
  for (size_t i = 0; i + 1 < text.len;) {
    if (!opens(text, i)) {
      i++;
      continue;
    }
    construct c = read_construct(&s, i);
    if (!c.good) report(user, c.fault, i, c.end);
    i = c.good ? c.end : i + 2;
  }
}

/* What a pattern needs, counted before anything is allocated. */
typedef struct need {
  size_t elems, variables;
  bool copy; /* literals differ from the text as written */
} need;

static need count_need(scanner s) {
  need n = {0};
  token_kind last = TOKEN_END;
  for (token t; (t = next_token(&s)).kind != TOKEN_END; last = t.kind) {
    if (t.kind == TOKEN_STAR && last == TOKEN_STAR) continue;
    n.elems++;
    n.variables += t.kind == TOKEN_VARIABLE;
    n.copy |= t.kind == TOKEN_ESCAPE;
  }
  return n;
}

typedef struct builder {
  pe_pattern *p;
  pe_variable *variables;
  char *copy; /* where the next literal bytes go, or NULL: literals stay in the text */
} builder;

static pe_elem *last_elem(builder *b, pe_elem_kind kind) {
  pe_elem *e = b->p->nelems ? &b->p->elems[b->p->nelems - 1] : NULL;
  return e && e->kind == kind ? e : NULL;
}

static pe_elem *push(builder *b, pe_elem_kind kind) {
  pe_elem *e = &b->p->elems[b->p->nelems++];
  *e = (pe_elem){.kind = kind};
  return e;
}

/* Copies folded; folding keeps the number of bytes. */
static void copy_literal(char *to, pe_slice from, bool nocase) {
  if (!nocase) {
    memcpy(to, from.ptr, from.len);
    return;
  }
  for (size_t i = 0; i < from.len;) {
    unsigned step = pe_utf8_step((unsigned char)from.ptr[i]), n = 0;
    char folded[4];
    if (step > from.len - i) {
      step = (unsigned)(from.len - i); /* not UTF-8: kept as it is */
    } else {
      n = pe_utf8_encode(pe_utf8_fold(pe_utf8_decode(from.ptr + i, &step)), folded);
    }
    memcpy(to + i, n == step ? folded : from.ptr + i, step);
    i += step;
  }
}

static void push_literal(builder *b, pe_slice text) {
  if (b->copy) {
    copy_literal(b->copy, text, (b->p->flags & PE_PATTERN_NOCASE) != 0);
    text.ptr = b->copy;
    b->copy += text.len;
  }
  /* Two runs of text follow each other where the first ended at a faulty variable, so they touch. */
  pe_elem *e = last_elem(b, PE_ELEM_LITERAL);
  if (e) {
    e->literal.len += text.len;
  } else {
    push(b, PE_ELEM_LITERAL)->literal = text;
  }
  b->p->min_len += (uint32_t)text.len;
}

/* Runs of wildcards are put in order, '?' first: "*?*?" means what "??*" means, and what follows a '*' then
 * starts with a literal or a variable that can be searched for. */
static void push_one(builder *b) {
  pe_elem *star = last_elem(b, PE_ELEM_STAR);
  if (star) star->kind = PE_ELEM_ONE;
  push(b, star ? PE_ELEM_STAR : PE_ELEM_ONE);
  b->p->min_len++;
  b->p->has_wild = 1;
}

static void push_star(builder *b) {
  if (!last_elem(b, PE_ELEM_STAR)) push(b, PE_ELEM_STAR);
  b->p->has_wild = 1;
}

static void push_variable(builder *b, const token *t) {
  pe_variable *v = &b->variables[b->p->nvariables++];
  *v = (pe_variable){t->text, pe_slice_hash_nocase(t->text), t->fallback};
  push(b, PE_ELEM_VARIABLE)->variable = v;
  b->p->has_variable = 1;
}

static void build(builder *b, scanner s) {
  for (token t; (t = next_token(&s)).kind != TOKEN_END;) {
    switch (t.kind) {
      case TOKEN_ONE: push_one(b); break;
      case TOKEN_STAR: push_star(b); break;
      case TOKEN_VARIABLE: push_variable(b, &t); break;
      case TOKEN_TEXT:
      case TOKEN_ESCAPE:
      case TOKEN_END: push_literal(b, t.text); break;
    }
  }
}

static void find_shape(pe_pattern *p) {
  const pe_elem *e = p->elems;
  p->literal = PE_SLICE("");
  if (p->nelems && e[0].kind == PE_ELEM_LITERAL) p->literal = e[0].literal;
  if (p->nelems == 0 || (p->nelems == 1 && e[0].kind == PE_ELEM_LITERAL)) {
    p->shape = PE_SHAPE_EXACT;
  } else if (p->nelems == 1 && e[0].kind == PE_ELEM_STAR) {
    p->shape = PE_SHAPE_ANY;
  } else if (p->nelems == 2 && e[0].kind == PE_ELEM_LITERAL && e[1].kind == PE_ELEM_STAR) {
    p->shape = PE_SHAPE_PREFIX;
  } else {
    p->shape = PE_SHAPE_GENERAL;
  }
}

/* Bytes that need a closer look under a flag: wildcards, variables, and what folds in more than one byte. */
static unsigned special_under(unsigned char c) {
  if (c >= 0x80) return PE_PATTERN_NOCASE;
  if (c == '*' || c == '?') return PE_PATTERN_WILD;
  return c == '$' ? PE_PATTERN_VARIABLES : 0;
}

/* Most patterns are plain text, perhaps with one '*' behind it. Length of that text, or 0: it is another one. */
static size_t plain_length(pe_slice text, unsigned flags) {
  size_t i = 0;
  while (i < text.len && !(special_under((unsigned char)text.ptr[i]) & flags)) i++;
  return i == text.len || (i + 1 == text.len && text.ptr[i] == '*') ? i : 0;
}

/* What the long way makes of a plain pattern, without its tokens: loading a policy is mostly this. */
static int compile_plain(pe_arena *arena, pe_slice text, unsigned flags, size_t len, pe_pattern *out) {
  uint32_t n = len < text.len ? 2 : 1;
  bool nocase = (flags & PE_PATTERN_NOCASE) != 0;
  pe_elem *elems = pe_arena_alloc(arena, n * sizeof *elems + (nocase ? len : 0));
  if (!elems) return POLICYEVAL_ENOMEM;
  pe_slice literal = {text.ptr, len};
  if (nocase) {
    char *copy = (char *)(elems + n);
    for (size_t i = 0; i < len; i++) {
      unsigned char c = (unsigned char)text.ptr[i];
      copy[i] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    }
    literal.ptr = copy;
  }
  elems[0] = (pe_elem){.kind = PE_ELEM_LITERAL, .literal = literal};
  if (n == 2) elems[1] = (pe_elem){.kind = PE_ELEM_STAR};
  *out = (pe_pattern){.text = text,
                      .literal = literal,
                      .elems = elems,
                      .nelems = n,
                      .min_len = (uint32_t)len,
                      .shape = n == 2 ? PE_SHAPE_PREFIX : PE_SHAPE_EXACT,
                      .flags = (uint8_t)flags,
                      .has_wild = n == 2};
  return POLICYEVAL_OK;
}

int pe_pattern_compile_from(pe_arena *arena, pe_slice text, unsigned flags, size_t from, pe_pattern *out) {
  if (text.len > UINT32_MAX) return POLICYEVAL_ENOMEM; /* offsets of the model have 32 bits */
  size_t plain = plain_length(text, flags);
  if (plain) return compile_plain(arena, text, flags, plain, out);
  scanner s = scan(text, flags, from);
  need n = count_need(s);
  pe_pattern p = {.text = text, .flags = (uint8_t)flags};
  builder b = {.p = &p};
  if (n.elems) {
    p.elems = pe_arena_zero(arena, n.elems, sizeof *p.elems);
    if (!p.elems) return POLICYEVAL_ENOMEM;
  }
  if (n.variables) {
    p.variables = b.variables = pe_arena_zero(arena, n.variables, sizeof *b.variables);
    if (!b.variables) return POLICYEVAL_ENOMEM;
  }
  if (text.len && (n.copy || (flags & PE_PATTERN_NOCASE))) {
    b.copy = pe_arena_alloc(arena, text.len);
    if (!b.copy) return POLICYEVAL_ENOMEM;
  }
  build(&b, s);
  find_shape(&p);
  *out = p;
  return POLICYEVAL_OK;
}

int pe_pattern_compile(pe_arena *arena, pe_slice text, unsigned flags, pe_pattern *out) {
  return pe_pattern_compile_from(arena, text, flags, 0, out);
}
