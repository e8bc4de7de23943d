/* SPDX-License-Identifier: MIT */
/* One request: principal, action, resource, context. */
#ifndef POLICYEVAL_REQUEST_H
#define POLICYEVAL_REQUEST_H

#include <policyeval/context.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A builder, reusable between calls; used by one thread at a time. Setters copy, take POLICYEVAL_NTS as a length, and
 *  return 0, EINVAL (policyeval_request_detail says why) or ENOMEM. */
typedef struct policyeval_request policyeval_request;

/** Makes an empty request. Errors: EINVAL, ENOMEM. Since 0.1. */
POLICYEVAL_API int policyeval_request_new(policyeval_context *context, policyeval_request **request);
/** Releases a request. Takes NULL. Since 0.1. */
POLICYEVAL_API void policyeval_request_free(policyeval_request *request);
/** Forgets all facts and keeps the memory. Errors: EINVAL. Since 0.1. */
POLICYEVAL_API int policyeval_request_clear(policyeval_request *request);
/** Why the last setter or decision refused: one sentence, "" when nothing was refused. Since 0.1. */
POLICYEVAL_API const char *policyeval_request_detail(const policyeval_request *request);
/** The caller: ARN of a user, role (some session of it), assumed-role session, federated user or account root.
 *  Since 0.1. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
POLICYEVAL_API int policyeval_request_set_principal(policyeval_request *request, const char *arn, size_t len);
/** The caller is an AWS service, by its service principal ("lambda.amazonaws.com"). Since 0.1. */
POLICYEVAL_API int policyeval_request_set_service(policyeval_request *request, const char *name, size_t len);
/** The caller signed in through an identity provider and has no session yet ("cognito-identity.amazonaws.com", or the ARN of a
 *  SAML provider): for AssumeRoleWithWebIdentity and AssumeRoleWithSAML. Since 0.1.
 *  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
POLICYEVAL_API int policyeval_request_set_provider(policyeval_request *request, const char *name, size_t len);
/** Nobody signed the request. Errors: EINVAL (NULL), ENOMEM. Since 0.1. */
POLICYEVAL_API int policyeval_request_set_anonymous(policyeval_request *request);

/** Facts about the caller that its ARN does not tell. X(name, value, text). */
#define POLICYEVAL_PRINCIPAL_FACTS(X)                                                                   \
  X(ROLE_ARN, 1, "ARN of the role behind a session, with its path")                                     \
  X(SESSION_NAME, 2, "name of the role session")                                                        \
  X(PATH, 3, "path of the role or user, such as /team/")                                                \
  X(ID, 4, "unique id, AIDA… or AROA…")                                                                 \
  X(PARENT, 5, "ARN of the user that made the federated session")
#define POLICYEVAL_PRINCIPAL_FACT_ENUM(name, value, text) POLICYEVAL_PRINCIPAL_##name = value,
enum policyeval_principal_fact { POLICYEVAL_PRINCIPAL_FACTS(POLICYEVAL_PRINCIPAL_FACT_ENUM) POLICYEVAL_PRINCIPAL_LAST_ };
#undef POLICYEVAL_PRINCIPAL_FACT_ENUM
/** Sets one of them (POLICYEVAL_PRINCIPAL_x). Since 0.1. */
POLICYEVAL_API int policyeval_request_set_principal_fact(policyeval_request *request, int fact, const char *value,
                                                         size_t len);
/** Whether the principal's and the resource's account is the management account of its organization (0 or 1). Since 0.1.
 *  https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html */
POLICYEVAL_API int policyeval_request_set_management(policyeval_request *request, int principal, int resource);
/** The action, "secretsmanager:GetSecretValue"; no wildcard. Since 0.1. */
POLICYEVAL_API int policyeval_request_set_action(policyeval_request *request, const char *action, size_t len);
/** The resource's ARN, or "*" for an action without resource. Since 0.1. */
POLICYEVAL_API int policyeval_request_set_resource(policyeval_request *request, const char *arn, size_t len);
/** The account that owns the resource, when the ARN does not say it (twelve digits). Since 0.1. */
POLICYEVAL_API int policyeval_request_set_resource_account(policyeval_request *request, const char *account, size_t len);
/** A context key with one value; a second call for the same key replaces it. Letter case of the key does not matter. Since 0.1.
 *  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
POLICYEVAL_API int policyeval_request_set_context(policyeval_request *request, const char *key, size_t key_len,
                                                  const char *value, size_t value_len);
/** A context key with a list of values (a multivalued key, also with one value or none). lens may be NULL when all
 *  values are NUL-terminated. Since 0.1. */
POLICYEVAL_API int policyeval_request_set_context_list(policyeval_request *request, const char *key, size_t key_len,
                                                       const char *const *values, const size_t *lens, size_t count);
/** Declares that the value of a key, or whether it is there, is not known. Since 0.1. */
POLICYEVAL_API int policyeval_request_set_unknown(policyeval_request *request, const char *key, size_t len);
/** Chooses a reading for this request alone. More errors: ENOTFOUND. Since 0.1. */
POLICYEVAL_API int policyeval_request_set_reading(policyeval_request *request, const char *row, const char *reading);
/** Judges one layer by itself (POLICYEVAL_LAYER_x, but not _KEY and _GRANT: RESOURCE is for the key's policy, too); 0: the
 *  whole decision. Since 0.1. */
POLICYEVAL_API int policyeval_request_set_only(policyeval_request *request, int layer);
/** The request as a case of `policyeval simulate --cases`, without policies. *text is the caller's (policyeval_free).
 *  Errors: EINVAL (also when the request is not complete), ENOMEM. Since 0.1. */
POLICYEVAL_API int policyeval_request_json(policyeval_request *request, char **text, size_t *len);

#ifdef __cplusplus
}
#endif
#endif
