/* SPDX-License-Identifier: MIT */
/* The rows, and the tree of readings that a leaf is tested under. */
#include <string.h>

#include "cond/condition.h"
#include "unit.h"

START_TEST(rows_by_name)
{
  for (int r = 0; r < PE_ROWS; r++) {
    const pe_row_info *info = pe_row_get((pe_row)r);
    ck_assert_int_eq(pe_row_find(pe_slice_str(info->name)), r);
    ck_assert_uint_ge(pe_row_count((pe_row)r), 2);
    ck_assert_uint_le(pe_row_count((pe_row)r), PE_READINGS_MAX);
    ck_assert_uint_gt(strlen(info->text), 10);
    for (unsigned i = 0; i < pe_row_count((pe_row)r); i++) {
      ck_assert_int_eq(pe_row_reading((pe_row)r, pe_slice_str(info->reading[i])), (int)i);
      ck_assert_int_eq(strcmp(info->reading[i], "cautious") == 0, i == 0 && pe_row_cautious((pe_row)r));
    }
    ck_assert_uint_ge(pe_row_count((pe_row)r), pe_row_cautious((pe_row)r) ? 3 : 2);
    ck_assert_int_eq(pe_row_reading((pe_row)r, PE_SLICE("nonsense")), -1);
  }
  ck_assert_int_eq(pe_row_find(PE_SLICE("AMB-0")), -1);
  ck_assert_int_eq(pe_row_find(PE_SLICE("amb-12")), -1);
}
END_TEST

/* The indices that lib/cond goes by are those of readings.def. */
START_TEST(indices_have_their_names)
{
  static const struct {
    pe_row row;
    int index;
    const char *name;
  } rows[] = {
      {PE_ROW_AMB_6, PE_AMB_6_MATCH, "match"},
      {PE_ROW_AMB_6, PE_AMB_6_NO_MATCH, "no-match"},
      {PE_ROW_AMB_8, PE_AMB_8_LITERAL, "literal"},
      {PE_ROW_AMB_8, PE_AMB_8_LIVE, "live"},
      {PE_ROW_AMB_9, PE_AMB_9_PRESENT, "present"},
      {PE_ROW_AMB_9, PE_AMB_9_ABSENT, "absent"},
      {PE_ROW_AMB_10, PE_AMB_10_FALSE, "false"},
      {PE_ROW_AMB_10, PE_AMB_10_TRUE, "true"},
      {PE_ROW_AMB_11, PE_AMB_11_CONSTANT, "constant"},
      {PE_ROW_AMB_11, PE_AMB_11_PLAIN, "plain"},
      {PE_ROW_AMB_11, PE_AMB_11_NEVER, "never"},
      {PE_ROW_AMB_12, PE_AMB_12_FALSE, "false"},
      {PE_ROW_AMB_12, PE_AMB_12_ANY, "any"},
      {PE_ROW_AMB_13, PE_AMB_13_FALSE, "false"},
      {PE_ROW_AMB_13, PE_AMB_13_TRUE, "true"},
      {PE_ROW_AMB_13B, PE_AMB_13B_NONE, "none"},
      {PE_ROW_AMB_13B, PE_AMB_13B_ANY, "any"},
      {PE_ROW_AMB_14, PE_AMB_14_FALSE, "false"},
      {PE_ROW_AMB_14, PE_AMB_14_TRUE, "true"},
      {PE_ROW_AMB_15, PE_AMB_15_V4, "v4"},
      {PE_ROW_AMB_15, PE_AMB_15_V6, "v6"},
      {PE_ROW_AMB_16, PE_AMB_16_EPOCH, "epoch"},
      {PE_ROW_AMB_16, PE_AMB_16_YEAR, "year"},
      {PE_ROW_AMB_17, PE_AMB_17_NOCASE, "nocase"},
      {PE_ROW_AMB_17, PE_AMB_17_EXACT, "exact"},
      {PE_ROW_AMB_31, PE_AMB_31_DEFAULT, "default"},
      {PE_ROW_AMB_31, PE_AMB_31_NONE, "none"},
      {PE_ROW_AMB_36, PE_AMB_36_FIRST, "first"},
      {PE_ROW_AMB_36, PE_AMB_36_LAST, "last"},
      {PE_ROW_A20, PE_A20_FALSE, "false"},
      {PE_ROW_A20, PE_A20_ANY, "any"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    ck_assert_int_eq(pe_row_reading(rows[i].row, pe_slice_str(rows[i].name)), rows[i].index);
  }
}
END_TEST

START_TEST(sets_of_rows)
{
  pe_rowset s = {0};
  ck_assert(pe_rowset_empty(&s));
  for (int r = 0; r < PE_ROWS; r += 2) pe_rowset_add(&s, (pe_row)r);
  for (int r = 0; r < PE_ROWS; r++) ck_assert_int_eq(pe_rowset_has(&s, (pe_row)r), r % 2 == 0);
  ck_assert(!pe_rowset_empty(&s));
}
END_TEST

/* A leaf that is a truth table over AMB-12 (cautious), AMB-13 (cautious) and AMB-17 (nocase, exact). */
typedef struct table {
  unsigned bits; /* bit (a + 2b + 4c) */
  int runs;
} table;

static pe_tri look_up(pe_leaf *leaf, void *user) {
  table *t = user;
  t->runs++;
  unsigned a = pe_leaf_reading(leaf, PE_ROW_AMB_12) - 1, b = pe_leaf_reading(leaf, PE_ROW_AMB_13) - 1;
  unsigned c = pe_leaf_reading(leaf, PE_ROW_AMB_17);
  return t->bits >> (a + 2 * b + 4 * c) & 1 ? PE_TRI_YES : PE_TRI_NO;
}

/* What a decision under fixed readings sees: cautious rows range over both. */
static bool by_hand(unsigned bits, const pe_readings *r, bool want) {
  bool seen[2] = {false, false};
  for (unsigned a = 0; a < 2; a++) {
    for (unsigned b = 0; b < 2; b++) {
      if (r->of[PE_ROW_AMB_12] && r->of[PE_ROW_AMB_12] - 1u != a) continue;
      if (r->of[PE_ROW_AMB_13] && r->of[PE_ROW_AMB_13] - 1u != b) continue;
      seen[bits >> (a + 2 * b + 4 * r->of[PE_ROW_AMB_17]) & 1] = true;
    }
  }
  return seen[0] && seen[1] ? want : seen[1];
}

static bool run(unsigned bits, const pe_readings *r, bool want, pe_rowset *touched) {
  const pe_facts facts = {0};
  table t = {.bits = bits};
  *touched = (pe_rowset){0};
  pe_env env = {.facts = &facts, .readings = r, .touched = touched, .want = want, .want_unknown = want};
  pe_leaf_how how;
  bool result = pe_leaf_test(&env, look_up, &t, &how);
  ck_assert_int_le(t.runs, 16);
  ck_assert(!env.unknown_hit && how != PE_LEAF_UNKNOWN);
  return result;
}

/* Every truth table, every choice of readings: the value is right, and a row whose other reading would change it is
 * touched. */
START_TEST(every_table)
{
  static const pe_row rows[] = {PE_ROW_AMB_12, PE_ROW_AMB_13, PE_ROW_AMB_17};
  for (unsigned bits = 0; bits < 256; bits++) {
    for (unsigned choice = 0; choice < 36; choice++) {
      bool want = choice >= 18;
      pe_readings r = {0};
      r.of[PE_ROW_AMB_12] = (uint8_t)(choice % 3);
      r.of[PE_ROW_AMB_13] = (uint8_t)(choice / 3 % 3);
      r.of[PE_ROW_AMB_17] = (uint8_t)(choice / 9 % 2);
      pe_rowset touched;
      bool value = run(bits, &r, want, &touched);
      ck_assert_int_eq(value, by_hand(bits, &r, want));
      for (int k = 0; k < 3; k++) {
        bool changes = false;
        pe_readings other = r;
        for (unsigned i = 0; i < pe_row_count(rows[k]); i++) {
          other.of[rows[k]] = (uint8_t)i;
          changes |= by_hand(bits, &other, want) != value;
        }
        if (changes)
          ck_assert_msg(pe_rowset_has(&touched, rows[k]), "table %u, choice %u, row %d", bits, choice, k);
      }
      if (bits == 0 || bits == 255) ck_assert(pe_rowset_empty(&touched));
    }
  }
}
END_TEST

static pe_tri hangs_on_unknown(pe_leaf *leaf, void *user) {
  (void)user;
  return pe_leaf_reading(leaf, PE_ROW_AMB_12) == PE_AMB_12_ANY ? PE_TRI_UNKNOWN : PE_TRI_NO;
}

START_TEST(unknown_facts_and_readings)
{
  const pe_facts facts = {0};
  for (int i = 0; i < 4; i++) {
    pe_readings r = {0};
    pe_rowset touched = {0};
    bool want = i & 1, optimistic = i & 2;
    pe_env env = {.facts = &facts,
                  .readings = &r,
                  .touched = &touched,
                  .want = want,
                  .want_unknown = optimistic ? !want : want};
    pe_leaf_how how;
    ck_assert_int_eq(pe_leaf_test(&env, hangs_on_unknown, NULL, &how), want && env.want_unknown);
    ck_assert(env.unknown_hit);
    ck_assert(pe_rowset_has(&touched, PE_ROW_AMB_12)); /* open under one reading, not under the other */
    r.of[PE_ROW_AMB_12] = PE_AMB_12_FALSE;
    env.unknown_hit = false;
    ck_assert(!pe_leaf_test(&env, hangs_on_unknown, NULL, &how));
    ck_assert(!env.unknown_hit);
    r.of[PE_ROW_AMB_12] = PE_AMB_12_ANY;
    ck_assert_int_eq(pe_leaf_test(&env, hangs_on_unknown, NULL, &how), env.want_unknown);
    ck_assert_int_eq(how, PE_LEAF_UNKNOWN);
  }
}
END_TEST

UNIT_MAIN("readings", rows_by_name, indices_have_their_names, sets_of_rows, every_table,
          unknown_facts_and_readings)
