/* SPDX-License-Identifier: MIT */
#include "cond_env.h"

#include <stdio.h>
#include <string.h>

void cond_env_init(cond_env *t) {
  memset(t, 0, sizeof *t);
  pe_test_alloc_init(&t->mem);
  t->arena = pe_arena_new(&t->mem.alloc, 0);
  ck_assert_ptr_nonnull(t->arena);
}

void cond_env_done(cond_env *t) {
  pe_arena_free(t->arena);
  pe_test_alloc_done(&t->mem);
}

void cond_env_compile(cond_env *t, const char *operator, const char * key, const char *const *values) {
  pe_operator op;
  ck_assert_msg(pe_operator_parse(pe_slice_str(operator), &op) == PE_OPERATOR_OK, "%s", operator);
  pe_cond_input in[COND_VALUES] = {0};
  uint32_t n = 0;
  for (; values[n]; n++) in[n].text = pe_slice_str(values[n]);
  ck_assert_int_eq(
      pe_condition_compile(t->arena, pe_slice_str(operator), &op, pe_slice_str(key), in, n, true, &t->c), 0);
}

void cond_env_clear(cond_env *t) { t->facts = (pe_facts){t->fact, 0}; }

void cond_env_fact(cond_env *t, const char *key, const char *request) {
  if (!request) return;
  uint32_t n = t->facts.count;
  ck_assert_uint_lt(n, COND_FACTS);
  pe_slice name = pe_slice_str(key), text = pe_slice_str(request);
  pe_fact f = {.key = name, .hash = pe_slice_hash(name)};
  uint32_t at = 0;
  while (at < n && t->fact[at].hash < f.hash) at++;
  memmove(&t->fact[at + 1], &t->fact[at], (n - at) * sizeof f);
  pe_slice *values = t->value[n]; /* stays where it is when facts move */
  f.values = values;
  f.unknown = strcmp(request, "?") == 0;
  f.multi = request[0] == '[';
  f.twice = request[0] == '<';
  if (f.multi || f.twice) {
    text = pe_slice_sub(text, 1, text.len - 1);
    for (size_t start = 0, i = 0; text.len && i <= text.len; i++) {
      if (i < text.len && text.ptr[i] != ',') continue;
      values[f.count++] = pe_slice_sub(text, start, i);
      start = i + 1;
    }
  } else if (!f.unknown) {
    values[f.count++] = text;
  }
  t->fact[at] = f;
  t->facts = (pe_facts){t->fact, n + 1};
}

void cond_env_world(cond_env *t) {
  cond_env_fact(t, "aws:username", "alice");
  cond_env_fact(t, "aws:principaltag/team", "red");
  cond_env_fact(t, "aws:principaltag/star", "a*c");
  cond_env_fact(t, "aws:principaltag/empty", "");
  cond_env_fact(t, "aws:principaltag/twice", "<red,blue>");
  cond_env_fact(t, "aws:principalorgpaths", "[o-1/r-1/]");
  cond_env_fact(t, "aws:sourceidentity", "?");
}

static void note_missing(void *user, pe_slice key, const pe_key_info *info, bool unknown) {
  cond_env *t = user;
  (void)info;
  size_t used = strlen(t->missing);
  char item[64];
  snprintf(item, sizeof item, "%.*s%s ", (int)key.len, key.ptr, unknown ? "?" : "");
  if (!strstr(t->missing, item)) snprintf(t->missing + used, sizeof t->missing - used, "%s", item);
}

static bool run(cond_env *t, pe_cond_detail *detail, pe_rowset *touched, bool *unknown_hit) {
  pe_env env = {.facts = &t->facts,
                .readings = &t->readings,
                .touched = touched,
                .want = t->want,
                .want_unknown = t->optimistic ? !t->want : t->want,
                .missing = note_missing,
                .missing_user = t};
  size_t calls = t->mem.calls;
  bool result = pe_condition_test(&t->c, &env, detail);
  ck_assert_uint_eq(t->mem.calls, calls); /* testing allocates nothing */
  *unknown_hit = env.unknown_hit;
  return result;
}

bool cond_env_test(cond_env *t) {
  pe_rowset again = {0};
  bool hit;
  t->touched = (pe_rowset){0};
  t->missing[0] = '\0';
  bool result = run(t, NULL, &t->touched, &t->unknown_hit);
  bool with_detail = run(t, &t->detail, &again, &hit);
  ck_assert_int_eq(result, with_detail);
  ck_assert_int_eq(hit, t->unknown_hit);
  ck_assert_int_eq(memcmp(&again, &t->touched, sizeof again), 0);
  return result;
}

void cond_env_read(cond_env *t, const char *row, const char *reading) {
  int r = pe_row_find(pe_slice_str(row));
  ck_assert_msg(r >= 0, "no row %s", row);
  int i = pe_row_reading((pe_row)r, pe_slice_str(reading));
  ck_assert_msg(i >= 0, "no reading %s of %s", reading, row);
  t->readings.of[r] = (uint8_t)i;
}

/* M, N, or U: follows the polarity. Leaves what either polarity touched. */
static char letter(cond_env *t) {
  t->want = false;
  bool low = cond_env_test(t);
  pe_rowset touched = t->touched;
  t->want = true;
  bool high = cond_env_test(t);
  for (unsigned i = 0; i < PE_ROW_WORDS; i++) t->touched.word[i] |= touched.word[i];
  ck_assert_msg(low <= high, "the polarity works backwards");
  return low ? 'M' : high ? 'U' : 'N';
}

static void expect_rows(cond_env *t, const pe_rowset *expected, const char *what) {
  for (int r = 0; r < PE_ROWS; r++) {
    ck_assert_msg(pe_rowset_has(expected, (pe_row)r) == pe_rowset_has(&t->touched, (pe_row)r),
                  "%s: %s is %stouched", what, pe_row_get((pe_row)r)->name,
                  pe_rowset_has(expected, (pe_row)r) ? "not " : "");
  }
}

void cond_env_expect(cond_env *t, const char *expected, const char *what) {
  t->readings = (pe_readings){0};
  char text[128], *save = NULL, *row = NULL;
  snprintf(text, sizeof text, "%s", expected);
  pe_rowset rows = {0};
  char by_default = expected[1] ? '\0' : expected[0];
  bool unknown = by_default == 'U';
  for (char *word = by_default ? NULL : strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
    char *colon = strchr(word, ':');
    if (!colon) {
      row = word;
      pe_rowset_add(&rows, (pe_row)pe_row_find(pe_slice_str(row)));
      continue;
    }
    *colon = '\0';
    t->readings = (pe_readings){0};
    cond_env_read(t, row, word);
    char got = letter(t);
    ck_assert_msg(got == colon[1], "%s: %s=%s gives %c, not %c", what, row, word, got, colon[1]);
    pe_row r = (pe_row)pe_row_find(pe_slice_str(row));
    if (t->readings.of[r] == 0)
      by_default = colon[1];
    else
      ck_assert_msg(pe_rowset_has(&t->touched, r), "%s: %s=%s is not touched", what, row, word);
    t->readings = (pe_readings){0};
  }
  char got = letter(t);
  if (!by_default) by_default = 'U';
  ck_assert_msg(got == by_default, "%s: gives %c, not %c", what, got, by_default);
  ck_assert_msg(t->unknown_hit == unknown, "%s: unknown facts %s", what,
                unknown ? "did not count" : "counted");
  expect_rows(t, &rows, what);
  if (unknown) {
    t->optimistic = true;
    t->want = false;
    ck_assert_msg(cond_env_test(t), "%s: optimistic run", what);
    t->want = true;
    ck_assert_msg(!cond_env_test(t), "%s: optimistic run", what);
    t->optimistic = false;
  }
}
