/* SPDX-License-Identifier: MIT */
/* Policies and sets of policies. */
#ifndef POLICYEVAL_POLICY_H
#define POLICYEVAL_POLICY_H

#include <policyeval/report.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One loaded document: immutable, counted, usable from any number of threads without a lock. */
typedef struct policyeval_policy policyeval_policy;

/** Loads a policy document, or the reply of the AWS CLI that carries one (docs/inputs.md), of a kind
 *  (POLICYEVAL_KIND_x). len may be POLICYEVAL_NTS. name (may be NULL) is used in messages. The text is copied.
 *  report (may be NULL) receives the findings, also on failure, or NULL when there are none; release it with
 *  policyeval_report_free. Errors: EJSON, EPOLICY (see the report), ELIMIT, ENOTFOUND (a reply that says that no policy is
 *  attached), EINVAL, ENOMEM. Any thread. Since 0.1.
 *  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
POLICYEVAL_API int policyeval_policy_load(policyeval_context *context, int kind, const char *text, size_t len,
                                          const char *name, policyeval_policy **policy, policyeval_report **report);
/** The same from a file, whose path is the name in messages. More errors: EIO (unreadable, a folder). Since 0.1. */
POLICYEVAL_API int policyeval_policy_load_file(policyeval_context *context, int kind, const char *path,
                                               policyeval_policy **policy, policyeval_report **report);
/** One more owner; returns its argument. Any thread. Since 0.1. */
POLICYEVAL_API policyeval_policy *policyeval_policy_ref(policyeval_policy *policy);
/** One owner less. Takes NULL. Any thread. Since 0.1. */
POLICYEVAL_API void policyeval_policy_unref(policyeval_policy *policy);
/** POLICYEVAL_KIND_x as loaded; 0 for NULL. Since 0.1. */
POLICYEVAL_API int policyeval_policy_kind(const policyeval_policy *policy);
/** Number of statements; 0 for NULL. Since 0.1. */
POLICYEVAL_API size_t policyeval_policy_statements(const policyeval_policy *policy);
/** The document in one canonical form; loading it gives an equal policy. *text is the caller's: release it with
 *  policyeval_free. Errors: EINVAL, ENOMEM. Since 0.1. */
POLICYEVAL_API int policyeval_policy_print(const policyeval_policy *policy, char **text, size_t *len);
/** 1 when both say the same, places and names aside; else 0. Since 0.1. */
POLICYEVAL_API int policyeval_policy_equal(const policyeval_policy *a, const policyeval_policy *b);

/** Which policies apply in which layer. Built by one thread; frozen by its first decision (or policyeval_policyset_freeze),
 *  then immutable and usable from any number of threads. */
typedef struct policyeval_policyset policyeval_policyset;

/** Makes an empty set: nothing attached anywhere, no cap applies. Errors: EINVAL, ENOMEM. Since 0.1. */
POLICYEVAL_API int policyeval_policyset_new(policyeval_context *context, policyeval_policyset **set);
/** One more owner; returns its argument. Any thread. Since 0.1. */
POLICYEVAL_API policyeval_policyset *policyeval_policyset_ref(policyeval_policyset *set);
/** One owner less. Takes NULL. Any thread. Since 0.1. */
POLICYEVAL_API void policyeval_policyset_unref(policyeval_policyset *set);
/** Adds a policy to a layer (POLICYEVAL_LAYER_x; the key policy of a KMS key goes to RESOURCE or KEY, which are one).
 *  level: organisation level from 1 (root) for SCP and RCP, 0 elsewhere. The set takes its own reference.
 *  Errors: EINVAL (a kind that cannot stand in that layer), ESTATE (frozen), ENOMEM. Since 0.1.
 *  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html */
POLICYEVAL_API int policyeval_policyset_add(policyeval_policyset *set, int layer, unsigned level,
                                            policyeval_policy *policy);
/** Says that a cap (BOUNDARY, SESSION, ENDPOINT, SCP, RCP) applies even if it has no policy: then it allows nothing.
 *  level as above. Errors: EINVAL, ESTATE, ENOMEM. Since 0.1. */
POLICYEVAL_API int policyeval_policyset_declare(policyeval_policyset *set, int layer, unsigned level);
/** Adds KMS grants as `aws kms list-grants` prints them. report as in policyeval_policy_load. Errors: EJSON, EPOLICY,
 *  ESTATE, EINVAL, ENOMEM. Since 0.1. https://docs.aws.amazon.com/kms/latest/developerguide/grants.html */
POLICYEVAL_API int policyeval_policyset_add_grants(policyeval_policyset *set, const char *text, size_t len,
                                                   const char *name, policyeval_report **report);
/** Freezes the set. Errors: EINVAL, ENOMEM. Since 0.1. */
POLICYEVAL_API int policyeval_policyset_freeze(policyeval_policyset *set);

#ifdef __cplusplus
}
#endif
#endif
