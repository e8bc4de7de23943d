/* SPDX-License-Identifier: MIT */
/* Policies for bench_analysis.c: made by rule, the same on every machine. */
#ifndef BENCH_ANALYSIS_POLICIES_H
#define BENCH_ANALYSIS_POLICIES_H

/* A question: one policy, or a new and an existing one. Texts are malloc'd. */
typedef struct bench_pair {
  char *subject, *against; /* against NULL: the public check */
  int kind;                /* POLICYEVAL_KIND_x */
} bench_pair;

typedef struct bench_family {
  const char *name;
  bench_pair (*make)(unsigned n);
  unsigned size[4];        /* 0: no more */
  const char *answer;      /* as policyeval_answer_name, of every size; NULL: any, unknown too */
} bench_family;

extern const bench_family bench_common[]; /* what people write; the last has no name */
extern const bench_family bench_hostile[];

#endif
