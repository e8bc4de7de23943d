/* SPDX-License-Identifier: MIT */
/* Deciding requests. */
#ifndef POLICYEVAL_DECISION_H
#define POLICYEVAL_DECISION_H

#include <policyeval/policy.h>
#include <policyeval/request.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Verdict with layers, deciding statements, assumptions and missing facts. Single owner. */
typedef struct policyeval_decision policyeval_decision;

/** Asked now and then by long calls; a non-zero answer stops them with ECANCELED. */
typedef int (*policyeval_cancel_fn)(void *user);

/** Decides one request and says why. Errors: EINVAL (incomplete request, see policyeval_request_detail), ENOMEM. The set may
 *  be shared between threads, the request may not. Since 0.1.
 *  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html */
POLICYEVAL_API int policyeval_decide(policyeval_policyset *set, policyeval_request *request,
                                     policyeval_decision **decision);
/** The verdict alone (POLICYEVAL_ALLOW, …) into *effect; no allocation once request and set were used before.
 *  Errors: EINVAL, ENOMEM. Since 0.1. */
POLICYEVAL_API int policyeval_decide_effect(policyeval_policyset *set, policyeval_request *request, int *effect);
/** Many requests against one set: effects[i] for requests[i]. Stops at the first error; effects behind it are untouched, and
 *  *done (may be NULL) tells how many were decided. cancel may be NULL. Errors: EINVAL, ENOMEM, ECANCELED. Since 0.1. */
POLICYEVAL_API int policyeval_decide_many(policyeval_policyset *set, policyeval_request *const *requests, size_t count,
                                          int *effects, policyeval_cancel_fn cancel, void *user, size_t *done);

/* X(name, value, text): what a column of policyeval_decide_columns sets. */
#define POLICYEVAL_COLUMNS(X)              \
  X(PRINCIPAL, 1, "principal")             \
  X(ACTION, 2, "action")                   \
  X(RESOURCE, 3, "resource")               \
  X(CONTEXT, 4, "context")
#define POLICYEVAL_COLUMN_ENUM(name, value, text) POLICYEVAL_COLUMN_##name = value,
enum policyeval_column_field { POLICYEVAL_COLUMNS(POLICYEVAL_COLUMN_ENUM) POLICYEVAL_COLUMN_LAST_ };
#undef POLICYEVAL_COLUMN_ENUM

/** One fact of many requests. The texts stay the caller's and must not change during the call. */
typedef struct policyeval_column {
  int field;                      /**< POLICYEVAL_COLUMN_x; PRINCIPAL, ACTION and RESOURCE at most once */
  policyeval_slice key;           /**< CONTEXT: the context key, in no other column; else {NULL, 0} */
  const policyeval_slice *values; /**< one a row; CONTEXT: ptr NULL when this row does not have the key */
} policyeval_column;

/** Many requests against one set, given as columns: row i is `request` with row i of each column put in its place. What no
 *  column sets counts for all rows; a context key that has a column counts in its rows alone. Rows that repeat the text
 *  of the row before (same ptr and len) are cheaper. Ends as policyeval_decide_many does; policyeval_request_detail says what
 *  was wrong with row *done. The request is left with the facts of the last row. Errors: EINVAL, ENOMEM, ECANCELED. Since 0.1. */
POLICYEVAL_API int policyeval_decide_columns(policyeval_policyset *set, policyeval_request *request,
                                             const policyeval_column *columns, size_t ncolumns, size_t count,
                                             int *effects, policyeval_cancel_fn cancel, void *user, size_t *done);

/** Releases a decision. Takes NULL. Since 0.1. */
POLICYEVAL_API void policyeval_decision_free(policyeval_decision *decision);
/** POLICYEVAL_ALLOW, …; POLICYEVAL_IMPLICIT_DENY for NULL. Since 0.1. */
POLICYEVAL_API int policyeval_decision_effect(const policyeval_decision *decision);
/** 1 when that layer (POLICYEVAL_LAYER_x) blocks the request. Since 0.1. */
POLICYEVAL_API int policyeval_decision_blocked_by(const policyeval_decision *decision, int layer);
/** The reason in AWS's own words ("because no identity-based policy allows the … action"); "" when allowed. Lives as long as
 *  the decision. Since 0.1. https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
POLICYEVAL_API policyeval_slice policyeval_decision_reason(const policyeval_decision *decision);
/** Rows whose other reading would give another verdict ("AMB-12"); ptr NULL past the last. Since 0.1. */
POLICYEVAL_API policyeval_slice policyeval_decision_assumption(const policyeval_decision *decision, size_t i);
/** Context keys whose value could change the verdict; ptr NULL past the last. Since 0.1. */
POLICYEVAL_API policyeval_slice policyeval_decision_missing(const policyeval_decision *decision, size_t i);
/** The documents that `policyeval simulate` prints. They live as long as the decision; NULL: out of memory. Since 0.1. */
POLICYEVAL_API const char *policyeval_decision_json(policyeval_decision *decision, size_t *len);
POLICYEVAL_API const char *policyeval_decision_text(policyeval_decision *decision, size_t *len);

#ifdef __cplusplus
}
#endif
#endif
