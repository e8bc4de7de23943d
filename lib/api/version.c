/* SPDX-License-Identifier: MIT */
#include "policyeval/version.h"

const char *policyeval_version(void) { return POLICYEVAL_VERSION; }
