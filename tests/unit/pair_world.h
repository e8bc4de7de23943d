/* SPDX-License-Identifier: MIT */
/* Small worlds of requests, for whole policies against full enumeration.
 *
 * A world is drawn at random: a vocabulary of entries (actions, resources, principals, conditions) and, for each axis
 * of a request, values that realise every combination of truth values that any value can give the entries. For texts
 * these are one word for every reachable state of all patterns' automata run side by side, so that a word which is
 * not in the list behaves as one that is; lists are all sets of such words. The product of the axes then decides every
 * question about policies of the vocabulary, exactly. What an entry means is written here once more, from
 * docs/semantics.md, and shares no code with the library. */
#ifndef PE_TESTS_PAIR_WORLD_H
#define PE_TESTS_PAIR_WORLD_H

#include "unit.h"

#include "cond/condition.h"
#include "eval/request.h"

/* Check writes down each assertion that holds: too slow for what is done a million times. */
#define MUST(condition) do { if (!(condition)) ck_abort_msg("%s", #condition); } while (0)

enum { /* readings: the defaults (of cautious rows the first one), and one other */
  BASE, V_AMB_1, V_AMB_3, V_AMB_4, V_AMB_10, V_AMB_11_PLAIN, V_AMB_11_NEVER, V_AMB_12, V_AMB_13, V_AMB_14, V_AMB_23,
  V_A5, V_A20, V_PE_9, VARIANTS
};
extern const pe_row variant_rows[VARIANTS];

typedef struct glob { /* a pattern as positions; a set of positions is a word of bits */
  uint8_t kind[60];
  char letter[60];
  uint32_t len;
  uint64_t stars;
} glob;
enum { G_CHAR, G_FOLD, G_ONE, G_STAR, G_FONE, G_FSTAR };

/* `fields`: wildcards before the fifth colon take no colon; `fold`: letters in front of it (or all) in either case. */
glob glob_of(const char *text, bool wild, bool fields, bool fold);
uint64_t glob_close(const glob *g, uint64_t at); /* stars may be skipped */
typedef struct glob_reading { /* the positions that a character takes one further, and those that keep it */
  uint64_t go_on, stay;
} glob_reading;
glob_reading glob_read(const glob *g, char c);
uint64_t glob_step(const glob *g, uint64_t at, const glob_reading *r);
bool glob_accepts(const glob *g, uint64_t at);

typedef enum who_kind { WHO_ANONYMOUS, WHO_SERVICE, WHO_PROVIDER, WHO_ROOT, WHO_USER, WHO_FEDERATED, WHO_ROLE } who_kind;
typedef struct who { /* a caller, or whom a principal element names (kind and what it leaves empty) */
  who_kind kind;
  char partition[16], account[16], path[32], name[64], session[32];
} who;

enum { TEXT_MOST = 160 };
typedef enum shape { ABSENT, SCALAR, LIST } shape;
typedef struct value { /* of one axis */
  shape shape;
  uint32_t count;
  char text[6][TEXT_MOST];
  who who; /* of the principal's axis */
} value;

enum { ACTION, RESOURCE, PRINCIPAL, FIRST_KEY, KEYS = 3, AXES = FIRST_KEY + KEYS };

typedef enum form {
  IS_ACTION, NOT_ACTION, IS_RESOURCE, NOT_RESOURCE, IS_PRINCIPAL, NOT_PRINCIPAL_ALLOW, NOT_PRINCIPAL_DENY, CONDITION, FORMS
} form;
typedef enum family { TEXT, ARN, NUMBER, BOOLEAN, ADDRESS, PRESENCE, FAMILIES } family;
typedef enum quantifier { PLAIN, FOR_ALL, FOR_ANY, QUANTIFIERS } quantifier;

enum { VALUES_MOST = 3, ENTRIES_MOST = 10, REPS_MOST = 64, POINTS_MOST = 1 << 15 };
typedef struct pattern {
  char text[64];
  bool any, crossable, short_arn;
  glob exact, crossing, nocase;
} pattern;

typedef struct entry {
  form form;
  uint32_t axis, count;
  char op[64];            /* of a condition */
  const char *key;
  family family;
  quantifier quantifier;
  bool negated, if_exists;
  int relation;           /* NUMBER: as in "<", "<=", "=", ">=", ">": -2 … 2 */
  pattern patterns[VALUES_MOST];
  who principals[VALUES_MOST];
  const char *written;    /* principals as JSON */
  bool truth[VARIANTS][REPS_MOST];
  uint64_t *bits[VARIANTS]; /* per point; the base's where a reading changes nothing */
} entry;

typedef struct axis {
  const char *key;        /* of conditions */
  bool lists, scalars, arns, multi;
  entry entries[ENTRIES_MOST];
  uint32_t nentries;
  value reps[REPS_MOST];
  uint32_t nreps, most, stride;
} axis;

typedef struct world {
  int kind;               /* POLICYEVAL_KIND_x */
  axis axes[AXES];
  uint32_t points, words; /* and words of 64 of them */
  uint64_t *exists;       /* points that axioms leave */
  uint64_t *lists[AXES];  /* points with a list on the key */
  uint64_t *pool;
} world;

uint32_t random_below(uint32_t n);
bool has_account(const who *w);
void world_draw(world *w, int kind);
void world_done(world *w);
/* What the entry is for the value of its axis, under a reading. */
bool entry_holds(const world *w, const entry *e, const value *v, unsigned variant);
/* Is the point inside of a cell with this value (sym/findings.h)? `how` is the operator, where there is a key. */
bool world_in_cell(const world *w, pe_slice key, pe_slice text, pe_op how, const value point[AXES]);
/* Writes the entry's value as JSON; returns the end. */
char *entry_json(const entry *e, char *to);
/* The values that a request has on the axes. */
void world_point(const world *w, const pe_request *r, value point[AXES]);

#endif
