/* SPDX-License-Identifier: MIT */
/* Internal results are the public codes: 0 or a negative POLICYEVAL_E... */
#ifndef PE_BASE_ERROR_H
#define PE_BASE_ERROR_H

#include "policyeval/base.h"

#endif
