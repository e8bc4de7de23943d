/* SPDX-License-Identifier: MIT */
/* One condition entry and the facts around it, for the tests of lib/cond. */
#ifndef PE_TESTS_COND_ENV_H
#define PE_TESTS_COND_ENV_H

#include "cond/condition.h"
#include "unit.h"

enum { COND_FACTS = 16, COND_VALUES = 24 };

typedef struct cond_env {
  pe_test_alloc mem;
  pe_arena *arena;
  pe_condition c;
  pe_fact fact[COND_FACTS];
  pe_slice value[COND_FACTS][COND_VALUES];
  pe_facts facts;
  pe_readings readings;
  pe_rowset touched;
  bool want, optimistic, unknown_hit;
  pe_cond_detail detail;
  char missing[128]; /* the keys that were reported, each as "key " or "key? " */
} cond_env;

void cond_env_init(cond_env *t);
void cond_env_done(cond_env *t);
/* values: texts up to NULL. Fails the test if the operator is none. */
void cond_env_compile(cond_env *t, const char *operator, const char * key, const char *const *values);
void cond_env_clear(cond_env *t); /* no facts */
/* request: NULL absent, "?" unknown, "[]", "[a,b]" a list, "<a,b>" a tag key in two spellings, else one value.
 * The key is in lower case. */
void cond_env_fact(cond_env *t, const char *key, const char *request);
/* Caller, tags and the like that variables refer to (see cond_env.c). */
void cond_env_world(cond_env *t);
bool cond_env_test(cond_env *t);
/* By name, as --reading takes them. */
void cond_env_read(cond_env *t, const char *row, const char *reading);

/* Tests the entry and compares with what is expected:
 *   "M" or "N"                    true or false, under either polarity, and no row touched
 *   "U"                           hangs on an unknown fact
 *   "AMB-12 false:N any:M"        each reading of the row decides so while other rows are at their defaults; by
 *                                 default a row that starts with "cautious" is undetermined. No other row is
 *                                 touched.
 *   "AMB-13b none:U any:N AMB-13 false:N true:U"  several rows; U: still undetermined. */
void cond_env_expect(cond_env *t, const char *expected, const char *what);

#endif
