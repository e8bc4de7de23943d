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
/** The JSON document that `policyeval simulate` prints, len its bytes (may be NULL). It lives as long as the decision; NULL: out of
 *  memory. Since 0.1. */
POLICYEVAL_API const char *policyeval_decision_json(policyeval_decision *decision, size_t *len);
/** What it prints for people; otherwise as policyeval_decision_json. Since 0.1. */
POLICYEVAL_API const char *policyeval_decision_text(policyeval_decision *decision, size_t *len);
/** The same in the shape of `aws iam simulate-custom-policy`. Since 0.1.
 *  https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html */
POLICYEVAL_API const char *policyeval_decision_aws(policyeval_decision *decision, size_t *len);

/** Answers cases as `policyeval simulate --cases` reads them (docs/simulate.md), one JSON text each; keeps the policies of
 *  `define` lines and compiles each distinct text once. Any number of threads may call policyeval_simulator_run at once. */
typedef struct policyeval_simulator policyeval_simulator;

/** Makes a simulator. Errors: EINVAL, ENOMEM. Since 0.1. */
POLICYEVAL_API int policyeval_simulator_new(policyeval_context *context, policyeval_simulator **simulator);
/** Releases it. Takes NULL. Since 0.1. */
POLICYEVAL_API void policyeval_simulator_free(policyeval_simulator *simulator);
/** X(name, value, text): the forms of results. */
#define POLICYEVAL_FORMATS(X) \
  X(JSON, 1, "json")          \
  X(AWS, 2, "aws")
#define POLICYEVAL_FORMAT_ENUM(name, value, text) POLICYEVAL_FORMAT_##name = value,
enum policyeval_format { POLICYEVAL_FORMATS(POLICYEVAL_FORMAT_ENUM) POLICYEVAL_FORMAT_LAST_ };
#undef POLICYEVAL_FORMAT_ENUM
/** Chooses the form of results (POLICYEVAL_FORMAT_x); JSON otherwise. Errors: EINVAL. Before first use. Since 0.1. */
POLICYEVAL_API int policyeval_simulator_set_format(policyeval_simulator *simulator, int format);
/** Answers one line: *text (the caller's, policyeval_free; NULL for a `define` line and for a blank one) is the result
 *  as JSON without a line end, also when the line is malformed (then it has an `error` member). number: of the line in its
 *  file, from 1, for the places of errors. *effect (may be NULL) receives the verdict, or -1 when there is none. text_len may be
 *  NULL. Errors: EINVAL (NULL), ENOMEM; a malformed line is EJSON, EPOLICY or ELIMIT with *text set. A `define` line must have
 *  returned before lines that use its name are run. Since 0.1. */
POLICYEVAL_API int policyeval_simulator_run(policyeval_simulator *simulator, const char *line, size_t len, size_t number,
                                            int *effect, char **text, size_t *text_len);

#ifdef __cplusplus
}
#endif
#endif
