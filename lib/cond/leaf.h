/* SPDX-License-Identifier: MIT */
/* A leaf of a decision: a test whose result may hang on readings and on unknown facts.
 *
 * A leaf is written as a plain function that asks pe_leaf_reading() where AWS leaves a question open, and
 * goes on with the answer. pe_leaf_test() runs it; when a row was asked it runs it again under the other
 * readings, marks the rows that really make a difference for this input, and resolves what stays open by
 * the polarity of the place (env->want). So the readings of one row always go together through the whole
 * leaf, and negation inside of a leaf needs no care. */
#ifndef PE_COND_LEAF_H
#define PE_COND_LEAF_H

#include "cond/facts.h"
#include "cond/readings.h"
#include "service/keys.h"
#include "text/arn.h"
#include "text/pattern.h"

/* What one evaluation run carries down to every leaf. */
typedef struct pe_env {
  const pe_facts *facts;
  const pe_readings *readings;
  pe_rowset *touched; /* rows that were asked for while their readings differ; never NULL */
  bool want;          /* value of an undetermined leaf: makes a Deny match and an Allow not match; callers
                         invert it inside Not elements */
  bool want_unknown;  /* the same for facts declared unknown: pessimistic run == want, optimistic run == !want */
  bool unknown_hit;   /* set when an unknown fact was resolved by want_unknown */
  /* Called for each key that a test found absent or unknown, when somebody collects them; may be NULL. The
   * same key may come several times. */
  void (*missing)(void *user, pe_slice key_as_written, const pe_key_info *info, bool unknown);
  void *missing_user;
} pe_env;

/* The reading in force, marking the row as touched. For rows without "cautious", where the readings differ. */
static inline unsigned pe_env_reading(pe_env *env, pe_row row) {
  pe_rowset_add(env->touched, row);
  return env->readings->of[row];
}

typedef enum pe_tri { PE_TRI_NO, PE_TRI_YES, PE_TRI_UNKNOWN } pe_tri; /* UNKNOWN: hangs on an unknown fact */
static inline pe_tri pe_tri_not(pe_tri t) {
  return t == PE_TRI_UNKNOWN ? t : t == PE_TRI_YES ? PE_TRI_NO : PE_TRI_YES;
}
static inline pe_tri pe_tri_and(pe_tri a, pe_tri b) {
  return a == PE_TRI_YES || b == PE_TRI_NO ? b : a;
}
static inline pe_tri pe_tri_or(pe_tri a, pe_tri b) {
  return a == PE_TRI_NO || b == PE_TRI_YES ? b : a;
}

typedef struct pe_leaf {
  pe_env *env;
  uint8_t fixed[PE_ROWS]; /* reading + 1 of the rows fixed for this run; 0: not fixed */
  pe_row need;            /* the first row that was asked and is not fixed, or PE_ROWS */
} pe_leaf;

/* Must answer the same when it asks the same and is told the same. */
typedef pe_tri (*pe_leaf_fn)(pe_leaf *leaf, void *user);

typedef enum pe_leaf_how { PE_LEAF_DEFINITE, PE_LEAF_UNDETERMINED, PE_LEAF_UNKNOWN } pe_leaf_how;
/* No allocation. *how may be NULL. */
bool pe_leaf_test(pe_env *env, pe_leaf_fn fn, void *user, pe_leaf_how *how);
/* Runs fn once: rows are as in force, "cautious" as the reading after it. */
pe_tri pe_leaf_once(pe_env *env, pe_leaf_fn fn, void *user);

/* The reading to go by, as an index into pe_row_get(row)->reading, never the one of "cautious". */
unsigned pe_leaf_reading(pe_leaf *leaf, pe_row row);

/* Resolver of policy variables from the facts (pe_resolve_fn; user is the pe_leaf): L3.7, AMB-9, AMB-31,
 * AMB-36. */
pe_resolved pe_leaf_resolve(void *leaf, const pe_variable *variable, pe_slice *out);
/* May a variable of the pattern have no value? Only if its key is declared unknown, and there is no default. */
bool pe_leaf_may_lack(const pe_leaf *leaf, const pe_pattern *p);
bool pe_leaf_may_lack_of(const pe_leaf *leaf, const pe_arn_pattern *p);
/* L3.13: matches a pattern with variables; AMB-8 where it matters. ABSENT: L3.9, L3.11. */
pe_match pe_leaf_match(pe_leaf *leaf, const pe_pattern *p, pe_slice value);

/* Indices of the readings that lib/cond asks for, as readings.def lists them. */
enum {
  PE_AMB_6_MATCH = 0,
  PE_AMB_6_NO_MATCH = 1,
  PE_AMB_8_LITERAL = 0,
  PE_AMB_8_LIVE = 1,
  PE_AMB_9_PRESENT = 1,
  PE_AMB_9_ABSENT = 2,
  PE_AMB_10_FALSE = 1,
  PE_AMB_10_TRUE = 2,
  PE_AMB_11_CONSTANT = 0,
  PE_AMB_11_PLAIN = 1,
  PE_AMB_11_NEVER = 2,
  PE_AMB_12_FALSE = 1,
  PE_AMB_12_ANY = 2,
  PE_AMB_13_FALSE = 1,
  PE_AMB_13_TRUE = 2,
  PE_AMB_13B_NONE = 1,
  PE_AMB_13B_ANY = 2,
  PE_AMB_14_FALSE = 1,
  PE_AMB_14_TRUE = 2,
  PE_AMB_15_V4 = 1,
  PE_AMB_15_V6 = 2,
  PE_AMB_16_EPOCH = 0,
  PE_AMB_16_YEAR = 1,
  PE_AMB_17_NOCASE = 0,
  PE_AMB_17_EXACT = 1,
  PE_AMB_31_DEFAULT = 1,
  PE_AMB_31_NONE = 2,
  PE_AMB_36_FIRST = 1,
  PE_AMB_36_LAST = 2,
  PE_A20_FALSE = 1,
  PE_A20_ANY = 2
};

#endif
