/* SPDX-License-Identifier: MIT */
/* Everything: includes the other headers and nothing else. */
#ifndef POLICYEVAL_POLICYEVAL_H
#define POLICYEVAL_POLICYEVAL_H

#include <policyeval/access.h>
#include <policyeval/analysis.h>
#include <policyeval/base.h>
#include <policyeval/context.h>
#include <policyeval/decision.h>
#include <policyeval/grant.h>
#include <policyeval/policy.h>
#include <policyeval/report.h>
#include <policyeval/request.h>
#include <policyeval/validate.h>
#include <policyeval/version.h>

#endif
