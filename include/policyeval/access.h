/* SPDX-License-Identifier: MIT */
/* May this principal read this secret? secretsmanager:GetSecretValue on the secret and kms:Decrypt on its key, each in its
 * own context. */
#ifndef POLICYEVAL_ACCESS_H
#define POLICYEVAL_ACCESS_H

#include <policyeval/decision.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The question, its policies and, once decided, its answer. Single owner; used by one thread at a time. Setters copy, take
 *  POLICYEVAL_NTS as a length and forget an earlier answer; they return 0, EINVAL (see policyeval_access_detail)
 *  or ENOMEM. */
typedef struct policyeval_access policyeval_access;

/** The two legs of the question. */
enum { POLICYEVAL_LEG_SECRET = 0, POLICYEVAL_LEG_KEY = 1 };

/** Makes an empty question. Errors: EINVAL, ENOMEM. Since 0.1. */
POLICYEVAL_API int policyeval_access_new(policyeval_context *context, policyeval_access **access);
/** Releases it. Takes NULL. Since 0.1. */
POLICYEVAL_API void policyeval_access_free(policyeval_access *access);
/** Why the last call refused: one sentence, or "". Since 0.1. */
POLICYEVAL_API const char *policyeval_access_detail(const policyeval_access *access);
/** Who asks: as policyeval_request_set_principal. Since 0.1. */
POLICYEVAL_API int policyeval_access_set_principal(policyeval_access *access, const char *arn, size_t len);
/** A fact about the principal (POLICYEVAL_PRINCIPAL_x), for both legs: as policyeval_request_set_principal_fact. Since 0.1. */
POLICYEVAL_API int policyeval_access_set_principal_fact(policyeval_access *access, int fact, const char *value, size_t len);
/** Whether the principal's and the secret's account is the management account of its organization (0 or 1). Since 0.1. */
POLICYEVAL_API int policyeval_access_set_management(policyeval_access *access, int principal, int resource);
/** The secret by its full ARN (with the six random characters). Since 0.1.
 *  https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html */
POLICYEVAL_API int policyeval_access_set_secret(policyeval_access *access, const char *arn, size_t len);
/** The key by its key ARN. Without one the secret is taken to be encrypted with the AWS managed key aws/secretsmanager of its
 *  account and region, whose published policy is then used. Since 0.1.
 *  https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html */
POLICYEVAL_API int policyeval_access_set_key(policyeval_access *access, const char *arn, size_t len);
/** State of the key as DescribeKey prints it ("Enabled", "Disabled", "PendingDeletion", …). Since 0.1.
 *  https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html */
POLICYEVAL_API int policyeval_access_set_key_state(policyeval_access *access, const char *state, size_t len);
/** The parameter VersionStage of the call. Stage and id leave their condition keys absent when they are not set, although the
 *  service then reads AWSCURRENT. Since 0.1.
 *  https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html */
POLICYEVAL_API int policyeval_access_set_version_stage(policyeval_access *access, const char *stage, size_t len);
/** The parameter VersionId of the call, a version's id. Since 0.1. */
POLICYEVAL_API int policyeval_access_set_version_id(policyeval_access *access, const char *id, size_t len);
/** A fact, as in a request. Network facts of the caller count for the secret's leg only. Since 0.1. */
POLICYEVAL_API int policyeval_access_set_context(policyeval_access *access, const char *key, size_t key_len,
                                                 const char *value, size_t value_len);
/** A multivalued fact, also with one value or none; lens may be NULL when all values are NUL-terminated. Since 0.1. */
POLICYEVAL_API int policyeval_access_set_context_list(policyeval_access *access, const char *key, size_t key_len,
                                                      const char *const *values, const size_t *lens, size_t count);
/** Declares that the value of a key, or whether it is there, is not known. Since 0.1. */
POLICYEVAL_API int policyeval_access_set_unknown(policyeval_access *access, const char *key, size_t len);
/** Chooses a reading for this question alone (docs/semantics.md). More errors: ENOTFOUND. Since 0.1. */
POLICYEVAL_API int policyeval_access_set_reading(policyeval_access *access, const char *row, const char *reading);
/** Adds a policy: layer RESOURCE is the secret's policy, KEY the key policy, the others as in policyeval_policyset_add (an RCP
 *  and an endpoint policy apply to both legs). Takes its own reference. Since 0.1. */
POLICYEVAL_API int policyeval_access_add_policy(policyeval_access *access, int layer, unsigned level,
                                                policyeval_policy *policy);
/** Says that a layer is there although it has no policy: as policyeval_policyset_declare. Since 0.1. */
POLICYEVAL_API int policyeval_access_declare(policyeval_access *access, int layer, unsigned level);
/** Grants of the key: as policyeval_policyset_add_grants. Since 0.1. */
POLICYEVAL_API int policyeval_access_add_grants(policyeval_access *access, const char *text, size_t len, const char *name,
                                                policyeval_report **report);

/** Decides both legs, with hints. Errors: EINVAL (incomplete or contradictory, see policyeval_access_detail), ENOMEM. Since 0.1. */
POLICYEVAL_API int policyeval_access_decide(policyeval_access *access);
/** The verdict alone, without hints and explanations, as fast as two decisions. Errors: as policyeval_access_decide. Since 0.1. */
POLICYEVAL_API int policyeval_access_effect(policyeval_access *access, int *effect);
/** The worse of both legs: POLICYEVAL_EXPLICIT_DENY, IMPLICIT_DENY, UNKNOWN, ALLOW; IMPLICIT_DENY before the question
 *  was decided. Since 0.1. */
POLICYEVAL_API int policyeval_access_decision(const policyeval_access *access);
/** Verdict of one leg (POLICYEVAL_LEG_x). Since 0.1. */
POLICYEVAL_API int policyeval_access_leg(const policyeval_access *access, int leg);
/** 1 when nothing but authorization stands in the way (key state and the like), else 0; after policyeval_access_decide or
 *  policyeval_access_all_requests. Since 0.1. */
POLICYEVAL_API int policyeval_access_operable(const policyeval_access *access);
/** Number of hints; 0 before the question was decided. Since 0.1. */
POLICYEVAL_API size_t policyeval_access_hints(const policyeval_access *access);
/** Rule id of hint i ("RESOURCE_LEADING_SPACE"), static; ptr NULL past the last. Since 0.1. */
POLICYEVAL_API policyeval_slice policyeval_access_hint_rule(const policyeval_access *access, size_t i);
/** Message of hint i, one sentence, static; ptr NULL past the last. Since 0.1. */
POLICYEVAL_API policyeval_slice policyeval_access_hint_message(const policyeval_access *access, size_t i);
/** The JSON document that `policyeval access` prints, len its bytes (may be NULL); it lives until the next change of
 *  the question. NULL: not decided, or out of memory. Since 0.1. */
POLICYEVAL_API const char *policyeval_access_json(policyeval_access *access, size_t *len);
/** What `policyeval access` prints for people; otherwise as policyeval_access_json. Since 0.1. */
POLICYEVAL_API const char *policyeval_access_text(policyeval_access *access, size_t *len);

/* X(name, value, text): answers over all requests. Zero is unknown. */
#define POLICYEVAL_REACHES(X)   \
  X(UNKNOWN, 0, "unknown")      \
  X(NEVER, 1, "never")          \
  X(SOMETIMES, 2, "sometimes")  \
  X(ALWAYS, 3, "always")
#define POLICYEVAL_REACH_ENUM(name, value, text) POLICYEVAL_REACH_##name = value,
enum policyeval_reach { POLICYEVAL_REACHES(POLICYEVAL_REACH_ENUM) POLICYEVAL_REACH_LAST_ };
#undef POLICYEVAL_REACH_ENUM

/** The question over all requests: what is set holds, every other fact may have any value or be absent; both legs have the
 *  facts about the principal in common. Always and never are proved for every reading of undocumented rules; a request
 *  that is allowed, and one that is not, come with the answer. Errors: as policyeval_access_decide, and EINTERNAL.
 *  Since 0.1. */
POLICYEVAL_API int policyeval_access_all_requests(policyeval_access *access);
/** POLICYEVAL_REACH_x; UNKNOWN before policyeval_access_all_requests. Since 0.1. */
POLICYEVAL_API int policyeval_access_reach(const policyeval_access *access);
/** "always", "sometimes", "never", "unknown"; NULL otherwise. Static. Since 0.1. */
POLICYEVAL_API const char *policyeval_reach_name(int reach);
/** The JSON document that `policyeval access --all-requests` prints. NULL: not run, or out of memory. They live until the
 *  next change of the question. Since 0.1. */
POLICYEVAL_API const char *policyeval_access_reach_json(policyeval_access *access, size_t *len);
/** What `policyeval access --all-requests` prints for people; otherwise as policyeval_access_reach_json. Since 0.1. */
POLICYEVAL_API const char *policyeval_access_reach_text(policyeval_access *access, size_t *len);

/** For policyeval_access_who_can: a principal whose own policies are known, one of them (NULL: it has none). Call it once a
 *  policy; policies add up. Takes its own reference. Errors: EINVAL, ENOMEM. Since 0.1. */
POLICYEVAL_API int policyeval_access_add_candidate(policyeval_access *access, const char *arn, size_t len,
                                                   policyeval_policy *identity);
/** Who can read the secret, over all requests: the candidates, the principals that the policies name (as principals, grantees,
 *  values of aws:PrincipalArn), and the groups that they tell apart by account or by a pattern of aws:PrincipalArn ("any other
 *  principal of 111122223333"). The question needs a secret and its policies, no principal. Principals whose own policies are
 *  not known are taken to be allowed by them where that is needed, and the answer says so. AWS services and identity providers
 *  are not asked about. Errors: as policyeval_access_all_requests, and ELIMIT (4,096 entries). Since 0.1. */
POLICYEVAL_API int policyeval_access_who_can(policyeval_access *access);
/** How many entries policyeval_access_who_can found; 0 before. Since 0.1. */
POLICYEVAL_API size_t policyeval_access_who_count(const policyeval_access *access);
/** 1 when every answer is certain and every group was told apart, so that nobody is missing; else 0 (a policy asks for
 *  aws:PrincipalType or aws:username, names a principal by its id, or compares aws:PrincipalArn with patterns that may meet).
 *  Since 0.1. */
POLICYEVAL_API int policyeval_access_who_complete(const policyeval_access *access);
/** The JSON document that `policyeval who-can` prints. NULL: not run, or out of memory. They live until the next change of the
 *  question. Since 0.1. */
POLICYEVAL_API const char *policyeval_access_who_json(policyeval_access *access, size_t *len);
/** What `policyeval who-can` prints for people; otherwise as policyeval_access_who_json. Since 0.1. */
POLICYEVAL_API const char *policyeval_access_who_text(policyeval_access *access, size_t *len);

#ifdef __cplusplus
}
#endif
#endif
