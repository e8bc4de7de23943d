/* SPDX-License-Identifier: MIT */
/* From "this principal shall read that secret" to the three policies that say just that, and back: the smallest change of the
 * secret's policy, the key policy and the identity policies, and what is proved about it. */
#ifndef POLICYEVAL_GRANT_H
#define POLICYEVAL_GRANT_H

#include <policyeval/access.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A change of policies for a question (policyeval_access): its principal, secret, key, facts and policies are those that the
 *  change is about; its version stage is the one to grant (AWSCURRENT when it has none); without a key policy the key is
 *  taken to have AWS's default one. Single owner; used by one thread at a time, together with its question. */
typedef struct policyeval_grant policyeval_grant;

/** Makes a change that is not worked out yet. The question must outlive its runs. Errors: EINVAL, ENOMEM. Since 0.1. */
POLICYEVAL_API int policyeval_grant_new(policyeval_access *question, policyeval_grant **grant);
/** Releases it. Takes NULL. Since 0.1. */
POLICYEVAL_API void policyeval_grant_free(policyeval_grant *grant);
/** Grants every version, not only those of a stage. 0 or 1. Errors: EINVAL. Since 0.1. */
POLICYEVAL_API int policyeval_grant_set_any_version(policyeval_grant *grant, int any);
/** Grants calls only that name the version stage: by itself a call that names none is granted too, as it reads
 *  AWSCURRENT. A stage other than AWSCURRENT is always granted so. 0 or 1. Errors: EINVAL. Since 0.1.
 *  https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html */
POLICYEVAL_API int policyeval_grant_set_strict_stage(policyeval_grant *grant, int strict);
/** The folder that the printed commands read the policies from; NULL: the commands carry them. Errors: EINVAL, ENOMEM.
 *  Since 0.1. */
POLICYEVAL_API int policyeval_grant_set_folder(policyeval_grant *grant, const char *folder);

/** Works out and proves the change with which the principal can read the secret. 0 also when something stands in the way
 *  (policyeval_grant_blocked); then nothing is changed. Errors: EINVAL (policyeval_access_detail of the question), ENOMEM,
 *  EINTERNAL. Since 0.1. */
POLICYEVAL_API int policyeval_grant_run(policyeval_grant *grant);
/** The reverse: removes what lets the principal read the secret, of statements that name it. Errors as above. Since 0.1. */
POLICYEVAL_API int policyeval_grant_run_revoke(policyeval_grant *grant);

/** 1 when some policy changes, else 0. Since 0.1. */
POLICYEVAL_API int policyeval_grant_changed(const policyeval_grant *grant);
/** 1 when nothing stands in the way and every claim is proved, else 0. Since 0.1. */
POLICYEVAL_API int policyeval_grant_proved(const policyeval_grant *grant);
/** How many things stand in the way. Since 0.1. */
POLICYEVAL_API size_t policyeval_grant_blocked(const policyeval_grant *grant);

/** The policies: the secret's, the key policy, the identity policies; 0 before a run. Since 0.1. */
POLICYEVAL_API size_t policyeval_grant_documents(const policyeval_grant *grant);
/** POLICYEVAL_LAYER_RESOURCE, _KEY or _IDENTITY; 0 past the last. Since 0.1. */
POLICYEVAL_API int policyeval_grant_document_layer(const policyeval_grant *grant, size_t i);
/** 1 when this one changes, else 0. Since 0.1. */
POLICYEVAL_API int policyeval_grant_document_changed(const policyeval_grant *grant, size_t i);
/** What it says afterwards; ptr NULL: there is none (left). Lives until the next run. Since 0.1. */
POLICYEVAL_API policyeval_slice policyeval_grant_document(const policyeval_grant *grant, size_t i);
/** The name for its file, such as "secret-policy.json"; lives until the next run. Since 0.1. */
POLICYEVAL_API policyeval_slice policyeval_grant_document_file(const policyeval_grant *grant, size_t i);

/** What `policyeval grant` prints as JSON, len its bytes (may be NULL). It lives until the next run; NULL: not run. Since 0.1. */
POLICYEVAL_API const char *policyeval_grant_json(const policyeval_grant *grant, size_t *len);
/** What it prints for people; otherwise as policyeval_grant_json. Since 0.1. */
POLICYEVAL_API const char *policyeval_grant_text(const policyeval_grant *grant, size_t *len);
/** A unified diff of the policies, "" when nothing changes; otherwise as policyeval_grant_json. Since 0.1. */
POLICYEVAL_API const char *policyeval_grant_diff(const policyeval_grant *grant, size_t *len);
/** The commands of the AWS CLI that apply the change; otherwise as policyeval_grant_json. Since 0.1.
 *  https://docs.aws.amazon.com/cli/latest/reference/secretsmanager/put-resource-policy.html */
POLICYEVAL_API const char *policyeval_grant_commands(const policyeval_grant *grant, size_t *len);

#ifdef __cplusplus
}
#endif
#endif
