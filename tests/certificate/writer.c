/* SPDX-License-Identifier: MIT */
/* Writes a certificate of every NO of the analysis (docs/analysis.md, certificates) to the end of the file that
 * CERTIFICATES names, until there are CERTIFICATES_MOST (default: all), then ends the program. Programs that are
 * linked with -Wl,--wrap=pe_budget_init get it into all budgets that are made by that function. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "sym/observer.h"

enum { MOST_DEPTH = 1 << 20 };

typedef struct scope { /* one oracle */
  const pe_oracle *oracle;
  uint64_t number;
  pe_buf elements;    /* not written yet */
  size_t keys, preds; /* of the space as it was written; 0: not yet */
} scope;

static struct writer {
  FILE *file;
  bool ready;
  uint64_t oracles, certificates, most;
  PE_VEC(scope) scopes;
  scope *now;
  const pe_box *excluded;
  pe_buf base, boxes, root;
  PE_VEC(pe_buf) levels; /* the tree below the open branches, preorder */
  size_t depth;
  int64_t self;
  pe_buf open, states;
} w;

static void check(bool fine) {
  if (fine) return;
  fputs("certificate writer: no memory, or the file cannot be written\n", stderr);
  exit(EXIT_FAILURE);
}

static void comma(pe_buf *b) {
  if (b->len && !strchr("[{", b->ptr[b->len - 1])) pe_buf_char(b, ',');
}

static void put_number(pe_buf *b, int64_t n) {
  comma(b);
  pe_buf_int(b, n);
}

static void put_literals(pe_buf *b, const pe_literal *l, uint32_t n) {
  pe_buf_char(b, '[');
  for (uint32_t i = 0; i < n; i++) {
    int64_t pred = (int64_t)pe_literal_pred(l[i]) + 1;
    put_number(b, pe_literal_want(l[i]) ? pred : -pred);
  }
  pe_buf_char(b, ']');
}

static void put_numbers(pe_buf *b, const uint32_t *numbers, uint32_t n) {
  pe_buf_char(b, '[');
  for (uint32_t i = 0; i < n; i++) put_number(b, numbers[i]);
  pe_buf_char(b, ']');
}

/* The space ------------------------------------------------------------------------------------------------ */

static void put_cp(pe_buf *b, uint32_t cp) {
  char bytes[4];
  if (cp < 0x20 || cp == '"' || cp == '\\' || cp == 0x7F) {
    pe_buf_fmt(b, "\\u%04x", (unsigned)cp);
  } else {
    pe_buf_add(b, bytes, pe_utf8_encode(cp, bytes));
  }
}

static void put_name(pe_buf *b, pe_slice name) {
  pe_buf_char(b, '"');
  for (size_t i = 0; i < name.len;) {
    unsigned step;
    put_cp(b, pe_utf8_decode(name.ptr + i, &step));
    i += step;
  }
  pe_buf_char(b, '"');
}

/* A pattern as a list of texts: "=abc" and "~abc" (in either case), "#7" (one of a class), "$3" (a variable), and
 * the wildcards "?", "." (no colon), "*" and "%" (no colon). */
static void put_glob(pe_buf *b, const pe_glob *g) {
  comma(b);
  pe_buf_char(b, '[');
  for (uint32_t i = 0; i < g->count; i++) {
    pe_item_kind kind = pe_item_kind_of(g->items[i]);
    uint32_t cp = pe_item_cp(g->items[i]);
    bool letter = kind == PE_ITEM_CHAR && cp >= PE_LETTER;
    comma(b);
    pe_buf_char(b, '"');
    if (letter) pe_buf_fmt(b, "$%u", (unsigned)(cp - PE_LETTER));
    if (kind == PE_ITEM_CLASS) pe_buf_fmt(b, "#%u", (unsigned)cp);
    if (kind > PE_ITEM_CLASS) pe_buf_char(b, "?.*%"[kind - PE_ITEM_ONE]);
    if (kind <= PE_ITEM_FOLD && !letter) {
      pe_buf_char(b, kind == PE_ITEM_FOLD ? '~' : '=');
      put_cp(b, cp);
      while (i + 1 < g->count && pe_item_kind_of(g->items[i + 1]) == kind && pe_item_cp(g->items[i + 1]) < PE_LETTER) {
        put_cp(b, pe_item_cp(g->items[++i]));
      }
    }
    pe_buf_char(b, '"');
  }
  pe_buf_char(b, ']');
}

static void put_lang(pe_buf *b, const char *name, const pe_lang *l) {
  pe_buf_fmt(b, ",\"%s\":[", name);
  for (uint32_t i = 0; i < l->count; i++) put_glob(b, &l->globs[i]);
  pe_buf_char(b, ']');
}

static void put_bound(pe_buf *b, uint8_t sort, const pe_bound *bound) {
  static const char *const relations[] = {"=", "<", "<=", ">", ">="};
  comma(b);
  if (sort == PE_SORT_NUMBER) {
    const pe_decimal *d = &bound->as.number;
    pe_buf_fmt(b, "[\"%s\",\"%s0", relations[bound->relation], d->negative ? "-" : "");
    pe_buf_slice(b, d->whole);
    pe_buf_str(b, ".0");
    if (d->fraction.len) b->len--;
    pe_buf_slice(b, d->fraction);
    pe_buf_fmt(b, "E%d\"]", (int)d->exponent);
  } else if (sort == PE_SORT_INSTANT) {
    pe_buf_fmt(b, "[\"%s\",[", relations[bound->relation]);
    pe_buf_int(b, bound->as.instant.seconds);
    pe_buf_fmt(b, ",%u]]", (unsigned)bound->as.instant.nanos);
  } else {
    const pe_cidr *c = &bound->as.block;
    pe_buf_fmt(b, "[\"in\",[%u,%u,\"", (unsigned)c->version, (unsigned)c->prefix);
    for (unsigned i = c->version == 4 ? 12 : 0; i < 16; i++) pe_buf_fmt(b, "%02x", (unsigned)c->bytes[i]);
    pe_buf_str(b, "\"]]");
  }
}

static const char *const sorts[] = {"presence", "string", "number", "instant", "address", "mixed"};

static void put_test(pe_buf *b, const pe_test *t) {
  pe_buf_fmt(b, "{\"key\":%u,\"sort\":\"%s\",\"two_sided\":%s", (unsigned)t->key, sorts[t->sort],
             t->two_sided ? "true" : "false");
  if (t->sort == PE_SORT_STRING) {
    put_lang(b, "wide", &t->wide);
    if (t->two_sided) put_lang(b, "tight", &t->tight);
    if (t->lettered.count) put_lang(b, "lettered", &t->lettered);
  } else if (t->sort != PE_SORT_PRESENCE) {
    pe_buf_str(b, ",\"bounds\":[");
    for (uint32_t i = 0; i < t->nbounds; i++) put_bound(b, t->sort, &t->bounds[i]);
    pe_buf_char(b, ']');
  }
  pe_buf_char(b, '}');
}

static void put_space(pe_buf *b, const pe_space *s, uint64_t number, bool grown) {
  static const char *const lists[] = {"some", "each", "false", "true", "both"};
  pe_buf_fmt(b, "{\"oracle\":%u,\"grown\":%s,\"keys\":[", (unsigned)number, grown ? "true" : "false");
  for (size_t i = 0; i < s->keys.len; i++) {
    const pe_space_key *k = &s->keys.data[i];
    comma(b);
    pe_buf_str(b, "{\"name\":");
    put_name(b, k->name);
    pe_buf_fmt(b, ",\"shapes\":%u,\"integers\":%s", (unsigned)k->shapes, k->integers ? "true" : "false");
    if (k->limit) put_lang(b, "limit", k->limit);
    pe_buf_char(b, '}');
  }
  pe_buf_str(b, "],\"tests\":[");
  for (size_t i = 0; i < s->tests.len; i++) {
    comma(b);
    put_test(b, &s->tests.data[i]);
  }
  pe_buf_str(b, "],\"predicates\":[");
  for (size_t i = 0; i < s->preds.len; i++) {
    const pe_pred *p = &s->preds.data[i];
    comma(b);
    pe_buf_fmt(b, "{\"key\":%u,\"test\":%u,\"negate\":%s,\"absent\":%u,\"list\":\"%s\"}", (unsigned)p->key,
               (unsigned)p->test, p->negate ? "true" : "false", (unsigned)p->absent, lists[p->on_list]);
  }
  pe_buf_str(b, "]}\n");
}

/* What is observed ----------------------------------------------------------------------------------------- */

static scope *find_scope(const pe_oracle *o) {
  for (size_t i = 0; i < w.scopes.len; i++) {
    if (w.scopes.data[i].oracle == o) return &w.scopes.data[i];
  }
  return NULL;
}

static void on_oracle(void *user, const pe_oracle *o) {
  (void)user;
  scope *s = find_scope(o); /* an oracle of earlier, whose memory is used again */
  if (s) {
    pe_buf_clear(&s->elements);
    s->keys = s->preds = 0;
  } else {
    s = pe_vec_push(&w.scopes, &pe_alloc_libc);
    check(s);
    *s = (scope){.oracle = o};
    pe_buf_init(&s->elements, &pe_alloc_libc);
  }
  s->number = ++w.oracles;
}

static void on_solve(void *user, const pe_oracle *o, const pe_literal *base, uint32_t nbase, const pe_box *excluded) {
  (void)user;
  w.now = find_scope(o);
  check(w.now);
  w.excluded = excluded;
  w.depth = 0;
  pe_buf_clear(&w.base);
  put_literals(&w.base, base, nbase);
  pe_buf_clear(&w.root);
  pe_buf_clear(&w.boxes);
}

static void on_level(void *user, uint32_t box, const pe_literal *choices, uint32_t count) {
  (void)user;
  check(w.depth < MOST_DEPTH);
  if (w.depth == w.levels.len) {
    pe_buf *b = pe_vec_push(&w.levels, &pe_alloc_libc);
    check(b);
    pe_buf_init(b, &pe_alloc_libc);
  }
  pe_buf *b = &w.levels.data[w.depth++];
  pe_buf_clear(b);
  pe_buf_fmt(b, "[\"box\",%u,", (unsigned)box);
  put_literals(b, choices, count);
  pe_buf_char(b, ']');
  char name[32];
  snprintf(name, sizeof name, "\"%u\":", (unsigned)box);
  if (w.boxes.len && strstr(w.boxes.ptr, name)) return;
  if (w.boxes.len) pe_buf_char(&w.boxes, ',');
  pe_buf_str(&w.boxes, name);
  put_literals(&w.boxes, w.excluded[box].literals, w.excluded[box].count);
}

static void on_conflict(void *user, uint32_t key, const pe_literal *literals, uint32_t count) {
  (void)user;
  pe_buf *b = w.depth ? &w.levels.data[w.depth - 1] : &w.root;
  comma(b);
  pe_buf_fmt(b, "[\"key\",%u,", (unsigned)key);
  put_literals(b, literals, count);
  pe_buf_char(b, ']');
}

static void on_jump(void *user, size_t back) {
  (void)user;
  pe_buf *from = &w.levels.data[w.depth - 1], *to = back ? &w.levels.data[back - 1] : &w.root;
  comma(to);
  pe_buf_add(to, from->ptr, from->len);
  w.depth = back;
}

static void put(const pe_buf *b) {
  check(!b->failed);
  if (b->len) check(fwrite(b->ptr, 1, b->len, w.file) == b->len);
}

static void on_solved(void *user, pe_found found) {
  (void)user;
  scope *s = w.now;
  if (found != PE_FOUND_NO) return;
  const pe_space *space = s->oracle->space;
  if (s->preds != space->preds.len || s->keys != space->keys.len) { /* another reading may add tests */
    pe_buf b;
    pe_buf_init(&b, &pe_alloc_libc);
    put_space(&b, space, s->number, s->keys > 0);
    put(&b);
    pe_buf_done(&b);
    s->keys = space->keys.len;
    s->preds = space->preds.len;
  }
  put(&s->elements);
  pe_buf_clear(&s->elements);
  fprintf(w.file, "{\"no\":%u,\"mixed\":%s,\"base\":", (unsigned)s->number, s->oracle->mixed ? "true" : "false");
  put(&w.base);
  fputs(",\"boxes\":{", w.file);
  put(&w.boxes);
  fputs("},\"tree\":[", w.file);
  put(&w.root);
  fputs("]}\n", w.file);
  check(fflush(w.file) == 0);
  if (++w.certificates == w.most) exit(EXIT_SUCCESS);
}

static void on_text(void *user, uint32_t self) {
  (void)user;
  w.self = self == PE_NO_VALUE ? -1 : (int64_t)self;
  pe_buf_clear(&w.open);
  pe_buf_clear(&w.states);
}

static void on_open(void *user, uint32_t glob) {
  (void)user;
  put_number(&w.open, glob);
}

static void on_state(void *user, const uint32_t *positions, uint32_t count) {
  (void)user;
  comma(&w.states);
  put_numbers(&w.states, positions, count);
}

static void on_element(void *user, const pe_oracle *o, uint32_t key, const pe_wish *wish) {
  (void)user;
  scope *s = find_scope(o);
  check(s);
  pe_buf *b = &s->elements;
  pe_buf_fmt(b, "{\"element\":%u,\"key\":%u,\"inside\":", (unsigned)s->number, (unsigned)key);
  put_numbers(b, wish->inside, wish->ninside);
  pe_buf_str(b, ",\"outside\":");
  put_numbers(b, wish->outside, wish->noutside);
  pe_buf_str(b, ",\"self\":");
  pe_buf_int(b, w.self);
  pe_buf_str(b, ",\"open\":[");
  pe_buf_add(b, w.open.ptr ? w.open.ptr : "", w.open.len);
  pe_buf_str(b, "],\"states\":[");
  pe_buf_add(b, w.states.ptr ? w.states.ptr : "", w.states.len);
  pe_buf_str(b, "]}\n");
}

static const pe_observer observer = {.oracle = on_oracle, .solve = on_solve, .solved = on_solved, .level = on_level,
                               .conflict = on_conflict, .jump = on_jump, .text = on_text, .open = on_open,
                               .state = on_state, .element = on_element};

/* Wrapping ------------------------------------------------------------------------------------------------- */

static void start(void) {
  const char *path = getenv("CERTIFICATES"), *most = getenv("CERTIFICATES_MOST");
  pe_buf *const all[] = {&w.base, &w.boxes, &w.root, &w.open, &w.states};
  w.ready = true;
  w.most = most ? strtoull(most, NULL, 10) : 0;
  w.file = path ? fopen(path, "a") : NULL;
  check(!path || w.file);
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) pe_buf_init(all[i], &pe_alloc_libc);
}

/* The names are the linker's. */
void __real_pe_budget_init(pe_budget *b);
void __wrap_pe_budget_init(pe_budget *b);
void __wrap_pe_budget_init(pe_budget *b) {
  __real_pe_budget_init(b);
  if (!w.ready) start();
  if (w.file) b->observer = &observer;
}
