/* SPDX-License-Identifier: MIT */
/* Validation: everything that is wrong with a document, or could be better, where it is, and what to write instead. */
#ifndef POLICYEVAL_VALIDATE_H
#define POLICYEVAL_VALIDATE_H

#include <policyeval/policy.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How to validate: which rules, and for whom. Made and changed by one thread; any number of threads may validate with
 *  it afterwards. docs/rules.md lists the rules. */
typedef struct policyeval_validation policyeval_validation;

/** Makes options under which every rule counts. Errors: EINVAL, ENOMEM. Since 0.1. */
POLICYEVAL_API int policyeval_validation_new(policyeval_context *context, policyeval_validation **validation);
/** Releases options. Takes NULL. Since 0.1. */
POLICYEVAL_API void policyeval_validation_free(policyeval_validation *validation);
/** Leaves out a rule by its code, such as "REDUNDANT_ACTION". Errors: ENOTFOUND (no such rule), EINVAL. Since 0.1. */
POLICYEVAL_API int policyeval_validation_ignore(policyeval_validation *validation, const char *code);
/** Leaves out all rules but those that are named by calls of this function. Errors as above. Since 0.1. */
POLICYEVAL_API int policyeval_validation_only(policyeval_validation *validation, const char *code);
/** The caller who would put the policy: a secret's policy is then checked as ValidateResourcePolicy does, and a key policy
 *  as PutKeyPolicy does, for locking that caller out. len may be POLICYEVAL_NTS. Errors: EINVAL (no ARN of a user, role,
 *  session or root user), ENOMEM. Since 0.1.
 *  https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ValidateResourcePolicy.html */
POLICYEVAL_API int policyeval_validation_set_caller(policyeval_validation *validation, const char *arn, size_t len);
/** An identity policy of that caller; repeat for several. A reference is taken. Errors: EINVAL, ENOMEM. Since 0.1. */
POLICYEVAL_API int policyeval_validation_add_identity_policy(policyeval_validation *validation, policyeval_policy *policy);
/** The principals that exist, one a line (ARNs, account ids, service principals; lines that begin with # are left out),
 *  or a JSON list of them: others are then reported. Called again, the lists add up. Errors: EINVAL, ENOMEM. Since 0.1. */
POLICYEVAL_API int policyeval_validation_add_known_principals(policyeval_validation *validation, const char *text,
                                                              size_t len);

/** Validates one document, or the reply of the AWS CLI that carries it, as a kind (POLICYEVAL_KIND_x). Its findings are
 *  added to *report, which is made when it is NULL, so that several documents may share one report; it may be without
 *  findings. name (may be NULL) is what findings call the document. 0 however many faults there are; EJSON (no JSON),
 *  EPOLICY (no object), ELIMIT, ENOTFOUND (a reply that says that no policy is attached): the report says why.
 *  Errors: EINVAL, ENOMEM (the report is as it was). Since 0.1.
 *  https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html */
POLICYEVAL_API int policyeval_validate(const policyeval_validation *validation, int kind, const char *text, size_t len,
                                       const char *name, policyeval_report **report);
/** The text with every fix applied that cannot change what is granted in a way that its author did not write; the rest
 *  of it is as it was, and so is a text without such a fix. *fixed is the caller's: release it with policyeval_free.
 *  diff (may be NULL) receives the difference as `diff -u` prints it, empty when there is none; release it likewise.
 *  Errors as above; EJSON and EPOLICY come with the text as far as it could be mended. Since 0.1. */
POLICYEVAL_API int policyeval_fix(const policyeval_validation *validation, int kind, const char *text, size_t len,
                                  const char *name, char **fixed, size_t *fixed_len, char **diff, size_t *diff_len);

/** The report as SARIF 2.1.0, within the limits of GitHub code scanning. As policyeval_report_json. Since 0.1.
 *  https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning */
POLICYEVAL_API const char *policyeval_report_sarif(policyeval_report *report, size_t *len);
/** The report as the reply of `aws secretsmanager validate-resource-policy`. As policyeval_report_json. Since 0.1. */
POLICYEVAL_API const char *policyeval_report_aws(policyeval_report *report, size_t *len);

#ifdef __cplusplus
}
#endif
#endif
