/* SPDX-License-Identifier: MIT */
/* Loading policies in tests. */
#ifndef PE_TESTS_LOADED_H
#define PE_TESTS_LOADED_H

#include "unit.h"

#include "policy/load.h"

typedef struct loaded {
  pe_policy *policy; /* NULL when refused */
  pe_findings findings;
  int rc;
} loaded;

/* Strict, with the default limits and the C library's allocator; the text is NUL-terminated. */
loaded loaded_new(int kind, const char *text);
loaded loaded_lenient(int kind, const char *text);
/* The same, and the load must succeed. */
loaded loaded_ok(int kind, const char *text);
void loaded_done(loaded *l);

/* The n-th finding has that rule and that place (line from 1, column from 0). */
void loaded_expect(const loaded *l, size_t n, pe_rule rule, unsigned line, unsigned column);
/* The n-th finding's message holds that text. */
void loaded_says(const loaded *l, size_t n, const char *part);
/* The text with the n-th finding's fix applied; the text must be the one that was loaded. Release with free. */
char *loaded_fixed(const loaded *l, size_t n, const char *text);

#endif
