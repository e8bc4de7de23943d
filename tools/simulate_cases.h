/* SPDX-License-Identifier: MIT */
/* A file of cases, one a line: answered by some threads, in the order of the file, in bounded memory. */
#ifndef TOOLS_SIMULATE_CASES_H
#define TOOLS_SIMULATE_CASES_H

#include "common.h"

/* path "-" is stdin. Returns the exit status of the command. */
int simulate_cases(const common *c, const char *path, unsigned jobs);

#endif
