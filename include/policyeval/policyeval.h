/* SPDX-License-Identifier: MIT */
/* Everything: includes the other headers and nothing else. */
#ifndef POLICYEVAL_POLICYEVAL_H
#define POLICYEVAL_POLICYEVAL_H

#include <policyeval/base.h>
#include <policyeval/version.h>

#endif
