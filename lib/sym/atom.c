/* SPDX-License-Identifier: MIT */
#include "sym/atom.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/error.h"

static void release(pe_atom_lists *l, const pe_alloc *a) {
  pe_vec_done(&l->wide, a);
  pe_vec_done(&l->tight, a);
  pe_vec_done(&l->lettered, a);
  pe_vec_done(&l->items, a);
}

void pe_variables_done(pe_variables *v) {
  pe_vec_done(&v->seen, v->alloc);
  release(&v->spare, v->alloc);
}

void pe_atom_init(pe_atom *a, pe_space *space, pe_variables *variables) {
  *a = (pe_atom){.space = space, .variables = variables, .l = variables->spare, .common = UINT64_MAX};
  a->l.wide.len = a->l.tight.len = a->l.lettered.len = a->l.items.len = 0;
  variables->spare = (pe_atom_lists){.items = {0}};
}

void pe_atom_done(pe_atom *a) {
  release(&a->variables->spare, a->space->alloc); /* of an atom inside of this one */
  a->variables->spare = a->l;
  a->l = (pe_atom_lists){.items = {0}};
}

static int letter_of(pe_variables *v, pe_slice key, uint32_t *letter) {
  for (size_t i = 0; i < v->seen.len; i++) {
    if (pe_slice_eq_ascii_nocase(v->seen.data[i], key)) {
      *letter = (uint32_t)i;
      return 0;
    }
  }
  pe_slice *slot = pe_vec_push(&v->seen, v->alloc);
  if (!slot) return POLICYEVAL_ENOMEM;
  *slot = key;
  *letter = (uint32_t)v->seen.len - 1;
  return 0;
}

typedef enum mode { WIDE, LETTERED } mode;

typedef struct pass { /* one way through a pattern */
  pe_atom *a;
  mode mode;
  bool open, absent;
  uint64_t needs; /* open variables without default */
} pass;

static int put_variable(void *user, const pe_variable *variable, unsigned flags, pe_items *items) {
  pass *p = user;
  pe_variables *v = p->a->variables;
  const pe_alloc *alloc = p->a->space->alloc;
  uint32_t letter;
  int rc = letter_of(v, variable->key, &letter);
  if (rc) return rc;
  for (size_t i = 0; i < v->nassumed; i++) {
    if (!pe_slice_eq_ascii_nocase(v->assumed[i].key, variable->key)) continue;
    pe_slice value = v->assumed[i].value.ptr ? v->assumed[i].value : variable->fallback;
    if (!value.ptr) p->absent = true;
    return value.ptr ? pe_items_text(items, alloc, value, flags) : 0;
  }
  p->open = true;
  if (!variable->fallback.ptr && letter < 64) p->needs |= (uint64_t)1 << letter;
  /* A default makes a variable two things at once: a letter of its own stands for both. */
  if (p->mode == LETTERED) {
    uint32_t cp = PE_LETTER + letter * 2 + (variable->fallback.ptr != NULL);
    return pe_items_push(items, alloc, pe_item_of(PE_ITEM_CHAR, cp));
  }
  return pe_items_push(items, alloc, pe_item_of(flags & PE_ITEMS_FIELD ? PE_ITEM_FSTAR : PE_ITEM_STAR, 0));
}

static int keep(pe_atom *a, pe_globs *to, const pe_glob *g) {
  pe_glob *slot = pe_vec_push(to, a->space->alloc);
  if (!slot) return POLICYEVAL_ENOMEM;
  *slot = *g;
  return 0;
}

/* One pattern, or the fields of an ARN, between frames. */
typedef struct piece {
  const char *before, *after;
  const pe_pattern *pattern;
  const pe_arn_pattern *arn;
  bool field, nocase;
} piece;

static int put_piece(pass *p, const piece *it) {
  pe_items *items = &p->a->l.items;
  const pe_alloc *alloc = p->a->space->alloc;
  pe_items_way way = {0, put_variable, p};
  items->len = 0;
  int rc = pe_items_frame(items, alloc, it->before);
  if (it->pattern && !rc) {
    way.flags = (it->field ? PE_ITEMS_FIELD : 0u) | (it->pattern->flags & PE_PATTERN_NOCASE ? PE_ITEMS_FOLD : 0u);
    rc = pe_items_elems(items, alloc, it->pattern->elems, it->pattern->nelems, &way);
  }
  for (unsigned f = 0; it->arn && f < PE_ARN_FIELDS && !rc; f++) {
    way.flags = f < PE_ARN_RESOURCE ? PE_ITEMS_FIELD | (it->nocase ? PE_ITEMS_FOLD : 0u) : 0u;
    if (f) rc = pe_items_push(items, alloc, pe_item_of(PE_ITEM_CHAR, ':'));
    if (!rc) rc = pe_items_elems(items, alloc, it->arn->field[f].elems, it->arn->field[f].nelems, &way);
  }
  return rc ? rc : pe_items_frame(items, alloc, it->after);
}

/* From now on the lists differ. */
static int split(pe_atom *a) {
  int rc = 0;
  for (size_t i = 0; i < a->l.wide.len && !a->split && !rc; i++) {
    rc = keep(a, &a->l.tight, &a->l.wide.data[i]);
    if (!rc) rc = keep(a, &a->l.lettered, &a->l.wide.data[i]);
  }
  a->split = true;
  return rc;
}

static int add_piece(pe_atom *a, const piece *it) {
  pass wide = {.a = a, .mode = WIDE}, lettered = {.a = a, .mode = LETTERED};
  int rc = put_piece(&wide, it);
  if (rc) return rc;
  if (wide.absent) {
    a->unresolved = true;
    return 0;
  }
  pe_glob g;
  if (wide.open) rc = split(a);
  if (!rc) rc = pe_glob_make(a->space->arena, &a->l.items, &g);
  if (!rc) rc = keep(a, &a->l.wide, &g);
  if (!rc && a->split && !wide.open) rc = keep(a, &a->l.tight, &g);
  if (!rc && wide.open) {
    rc = put_piece(&lettered, it);
    if (!rc) rc = pe_glob_make(a->space->arena, &a->l.items, &g);
  }
  if (!rc && a->split) rc = keep(a, &a->l.lettered, &g);
  a->two_sided |= wide.open;
  a->common &= wide.needs;
  a->any |= wide.needs;
  return rc;
}

int pe_atom_frame(pe_atom *a, const char *frame) {
  piece it = {.before = frame, .after = ""};
  return add_piece(a, &it);
}

int pe_atom_text(pe_atom *a, const char *before, pe_slice text, const char *after) {
  pe_elem literal = {.kind = PE_ELEM_LITERAL, .literal = text};
  pe_pattern p = {.elems = &literal, .nelems = 1};
  return pe_atom_pattern(a, before, &p, after, false);
}

/* L2.7: the bytes count, so every text for them is meant: with padding or without, whatever the bits behind the last
 * byte are. */
int pe_atom_bytes(pe_atom *a, pe_slice text) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  size_t n = text.len;
  while (n > 0 && text.ptr[n - 1] == '=') n--;
  const char *last = n % 4 ? strchr(digits, text.ptr[n - 1]) : NULL;
  if (!last) return pe_atom_text(a, "", text, "");
  const size_t spare = n % 4 == 2 ? 16 : 4, first = (size_t)(last - digits) / spare * spare;
  pe_buf form;
  pe_buf_init(&form, a->space->alloc);
  int rc = 0;
  for (size_t i = 0; i < spare && !rc; i++) {
    pe_buf_clear(&form);
    pe_buf_slice(&form, pe_slice_sub(text, 0, n - 1));
    pe_buf_char(&form, digits[first + i]);
    rc = form.failed ? POLICYEVAL_ENOMEM : pe_atom_text(a, "", pe_slice_of(form.ptr, form.len), "");
    pe_buf_str(&form, n % 4 == 2 ? "==" : "=");
    if (!rc) rc = form.failed ? POLICYEVAL_ENOMEM : pe_atom_text(a, "", pe_slice_of(form.ptr, form.len), "");
  }
  pe_buf_done(&form);
  return rc;
}

int pe_atom_pattern(pe_atom *a, const char *before, const pe_pattern *p, const char *after, bool field) {
  piece it = {.before = before, .after = after, .pattern = p, .field = field};
  return add_piece(a, &it);
}

int pe_atom_arn(pe_atom *a, const pe_arn_pattern *p, const char *after, bool nocase) {
  piece it = {.before = "", .after = after, .arn = p, .nocase = nocase};
  return add_piece(a, &it);
}

int pe_atom_doubtful(pe_atom *a, const char *before, const pe_pattern *p, const char *after) {
  int rc = split(a);
  size_t tight = a->l.tight.len;
  if (!rc) rc = pe_atom_pattern(a, before, p, after, false);
  if (a->l.tight.len > tight) a->l.tight.len = tight;
  a->two_sided = a->doubtful = true;
  return rc;
}

int pe_atom_doubtful_arn(pe_atom *a, const pe_arn_pattern *p) {
  int rc = split(a);
  size_t tight = a->l.tight.len;
  if (!rc) rc = pe_atom_arn(a, p, "", false);
  if (a->l.tight.len > tight) a->l.tight.len = tight;
  a->two_sided = a->doubtful = true;
  return rc;
}

static int cmp_globs(const void *x, const void *y) { return pe_glob_cmp(x, y); }

static void tidy(pe_globs *g) {
  if (g->len > 1) qsort(g->data, g->len, sizeof *g->data, cmp_globs);
  size_t n = 0;
  for (size_t i = 0; i < g->len; i++) {
    if (n == 0 || !pe_glob_equal(&g->data[n - 1], &g->data[i])) g->data[n++] = g->data[i];
  }
  g->len = n;
}

static int make_lang(pe_space *s, const pe_globs *globs, pe_lang *out) {
  pe_glob *copy = pe_arena_alloc(s->arena, (globs->len + 1) * sizeof *copy);
  if (!copy) return POLICYEVAL_ENOMEM;
  if (globs->len) memcpy(copy, globs->data, globs->len * sizeof *copy);
  pe_lang_make(copy, (uint32_t)globs->len, out);
  out->sorted = 1;
  for (uint32_t i = 1; i < out->count && out->sorted; i++) out->sorted = pe_glob_cmp(&copy[i - 1], &copy[i]) <= 0;
  return 0;
}

static void sign(pe_buf *b, const pe_globs *globs) {
  for (size_t i = 0; i < globs->len; i++) {
    const pe_glob *g = &globs->data[i];
    pe_buf_add(b, (const char *)&g->count, sizeof g->count);
    pe_buf_add(b, (const char *)g->items, g->count * sizeof *g->items);
  }
}

/* The common case: no variable, and what the test holds is what tells it from others. */
static int finish_plain(pe_atom *a, uint32_t key, uint32_t *test) {
  pe_lang probe;
  bool fresh = false;
  pe_lang_borrow(a->l.wide.data, (uint32_t)a->l.wide.len, &probe);
  int rc = pe_space_lang_test(a->space, key, &probe, test, &fresh);
  return rc || !fresh ? rc : make_lang(a->space, &a->l.wide, &a->space->tests.data[*test].wide);
}

int pe_atom_finish(pe_atom *a, uint32_t key, uint32_t *test) {
  pe_buf signature;
  bool fresh = false;
  tidy(&a->l.wide);
  if (!a->two_sided) return finish_plain(a, key, test);
  tidy(&a->l.tight);
  tidy(&a->l.lettered);
  pe_buf_init(&signature, a->space->alloc);
  sign(&signature, &a->l.lettered); /* doubtful patterns are in all but the tight list */
  pe_buf_char(&signature, '/');
  sign(&signature, &a->l.tight);
  int rc = signature.failed ? POLICYEVAL_ENOMEM : 0;
  if (!rc) {
    rc = pe_space_test(a->space, key, PE_SORT_STRING, pe_slice_of(signature.ptr, signature.len), test, &fresh);
  }
  pe_buf_done(&signature);
  if (rc || !fresh) return rc;
  pe_test *t = &a->space->tests.data[*test];
  t->two_sided = 1;
  rc = make_lang(a->space, &a->l.wide, &t->wide);
  if (!rc) rc = make_lang(a->space, &a->l.tight, &t->tight);
  /* Letters are exact about what a variable stands for; nothing is exact about what is doubtful. */
  if (!rc && !a->doubtful) rc = make_lang(a->space, &a->l.lettered, &t->lettered);
  return rc;
}

int pe_atom_lang(pe_atom *a, const pe_lang **out) {
  pe_lang *lang = pe_arena_zero(a->space->arena, 1, sizeof *lang);
  if (!lang) return POLICYEVAL_ENOMEM;
  int rc = make_lang(a->space, &a->l.wide, lang);
  if (!rc) *out = lang;
  return rc;
}
