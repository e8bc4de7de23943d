/* SPDX-License-Identifier: MIT */
/* Questions about all requests at once: does a policy allow something new, is it public? The answer is
 * proved, or comes with a request that shows it. */
#ifndef POLICYEVAL_ANALYSIS_H
#define POLICYEVAL_ANALYSIS_H

#include <policyeval/policy.h>
#include <policyeval/request.h>

#ifdef __cplusplus
extern "C" {
#endif

/* X(name, value, text): what can be asked. Each is put so that YES comes with a request that shows it. */
#define POLICYEVAL_ASKS(X)                                                                              \
  X(NEW_ACCESS, 1, "does the subject allow a request that the other policy does not")                   \
  X(ACCESS_GRANTED, 2, "does the subject allow one of these actions on one of these resources")         \
  X(PUBLIC, 3, "does the subject allow a request in which nothing is a value that its author named")    \
  X(COMPARE, 4, "which of both policies allows what the other does not")                                \
  X(FINDINGS, 5, "who outside of the zone of trust gets what, under which conditions")                  \
  X(STATEMENTS, 6, "does each statement change what the subject allows or denies")
#define POLICYEVAL_ASK_ENUM(name, value, text) POLICYEVAL_ASK_##name = value,
enum policyeval_ask { POLICYEVAL_ASKS(POLICYEVAL_ASK_ENUM) POLICYEVAL_ASK_LAST_ };
#undef POLICYEVAL_ASK_ENUM

/* X(name, value, text): answers. Zero is unknown. */
#define POLICYEVAL_ANSWERS(X) \
  X(UNKNOWN, 0, "unknown")    \
  X(NO, 1, "no")              \
  X(YES, 2, "yes")
#define POLICYEVAL_ANSWER_ENUM(name, value, text) POLICYEVAL_ANSWER_##name = value,
enum policyeval_answer { POLICYEVAL_ANSWERS(POLICYEVAL_ANSWER_ENUM) POLICYEVAL_ANSWER_LAST_ };
#undef POLICYEVAL_ANSWER_ENUM

/* X(name, value, text): what the subject is, compared with the other policy. */
#define POLICYEVAL_RELATIONS(X)          \
  X(UNKNOWN, 0, "unknown")               \
  X(EQUIVALENT, 1, "equivalent")         \
  X(NARROWER, 2, "narrower")             \
  X(BROADER, 3, "broader")               \
  X(INCOMPARABLE, 4, "incomparable")
#define POLICYEVAL_RELATION_ENUM(name, value, text) POLICYEVAL_RELATION_##name = value,
enum policyeval_relation { POLICYEVAL_RELATIONS(POLICYEVAL_RELATION_ENUM) POLICYEVAL_RELATION_LAST_ };
#undef POLICYEVAL_RELATION_ENUM

/* X(name, value, text): what a statement is for. */
#define POLICYEVAL_NEEDS(X)                                                                                \
  X(UNKNOWN, 0, "unknown")                                                                                 \
  X(NEEDED, 1, "needed")         /* some request is allowed, or denied, because of it alone */             \
  X(REDUNDANT, 2, "redundant")   /* what it says of requests, other statements say already */              \
  X(SHADOWED, 3, "shadowed")     /* an Allow all of whose requests are denied */                           \
  X(NEVER, 4, "never-matches")   /* there is no request that it matches */
#define POLICYEVAL_NEED_ENUM(name, value, text) POLICYEVAL_NEED_##name = value,
enum policyeval_need { POLICYEVAL_NEEDS(POLICYEVAL_NEED_ENUM) POLICYEVAL_NEED_LAST_ };
#undef POLICYEVAL_NEED_ENUM

/* X(name, value, text): what makes a policy public. */
#define POLICYEVAL_PUBLIC_RULES(X)                                                                       \
  X(FIXED_VALUES, 0, "fixed-values") /* no principal and no identity key with a value that it spells out */ \
  X(ARTICLE, 1, "article")           /* the five keys of AWS's article of 2020, and no "*" as principal */  \
  X(ZONE, 2, "zone")                 /* somebody outside of the zone of trust */
#define POLICYEVAL_PUBLIC_RULE_ENUM(name, value, text) POLICYEVAL_PUBLIC_##name = value,
enum policyeval_public_rule { POLICYEVAL_PUBLIC_RULES(POLICYEVAL_PUBLIC_RULE_ENUM) POLICYEVAL_PUBLIC_LAST_ };
#undef POLICYEVAL_PUBLIC_RULE_ENUM

/* X(name, value, text): what can be trusted. */
#define POLICYEVAL_TRUSTS(X) \
  X(ACCOUNT, 1, "account")   \
  X(ORG, 2, "org")           \
  X(VPC, 3, "vpc")           \
  X(VPCE, 4, "vpce")
#define POLICYEVAL_TRUST_ENUM(name, value, text) POLICYEVAL_TRUST_##name = value,
enum policyeval_trust { POLICYEVAL_TRUSTS(POLICYEVAL_TRUST_ENUM) POLICYEVAL_TRUST_LAST_ };
#undef POLICYEVAL_TRUST_ENUM

/** A question, its operands and options and, once run, its answer. Single owner; used by one thread at a time. Setters copy,
 *  take POLICYEVAL_NTS as a length and forget an earlier answer; they return 0, EINVAL (see policyeval_analysis_detail) or
 *  ENOMEM. */
typedef struct policyeval_analysis policyeval_analysis;

/** Makes a question of a kind (POLICYEVAL_ASK_x). Errors: EINVAL, ENOMEM. Since 0.1. */
POLICYEVAL_API int policyeval_analysis_new(policyeval_context *context, int ask, policyeval_analysis **analysis);
/** Releases it. Takes NULL. Since 0.1. */
POLICYEVAL_API void policyeval_analysis_free(policyeval_analysis *analysis);
/** Why the last call refused: one sentence, or "". Since 0.1. */
POLICYEVAL_API const char *policyeval_analysis_detail(const policyeval_analysis *analysis);
/** The policy that is asked about (the new one). Takes a reference of its own. Since 0.1.
 *  https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CheckNoNewAccess.html */
POLICYEVAL_API int policyeval_analysis_set_policy(policyeval_analysis *analysis, policyeval_policy *policy);
/** The existing policy, which the other one is held against, of the same kind: for NEW_ACCESS and COMPARE. Takes a reference of its
 *  own. Since 0.1. https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CheckNoNewAccess.html */
POLICYEVAL_API int policyeval_analysis_set_existing(policyeval_analysis *analysis, policyeval_policy *policy);
/** For ACCESS_GRANTED: one more action, as a policy writes it (with wildcards). No action: all. Since 0.1.
 *  https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CheckAccessNotGranted.html */
POLICYEVAL_API int policyeval_analysis_add_action(policyeval_analysis *analysis, const char *action, size_t len);
/** For ACCESS_GRANTED: one more resource, as a policy writes it (with wildcards). No resource: all. Since 0.1. */
POLICYEVAL_API int policyeval_analysis_add_resource(policyeval_analysis *analysis, const char *resource, size_t len);
/** For PUBLIC and FINDINGS (whose rule is ZONE): the rule (POLICYEVAL_PUBLIC_x). Since 0.1.
 *  https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html */
POLICYEVAL_API int policyeval_analysis_set_rule(policyeval_analysis *analysis, int rule);
/** For PUBLIC and FINDINGS: one more account, organization or network (POLICYEVAL_TRUST_x) of the zone of trust; sets the rule
 *  to ZONE. Since 0.1. */
POLICYEVAL_API int policyeval_analysis_add_trust(policyeval_analysis *analysis, int trust, const char *value, size_t len);
/** For PUBLIC: more than so many public IPv4 addresses are the public. 0 (the default): 2^24. Since 0.1. */
POLICYEVAL_API int policyeval_analysis_set_ip_limit(policyeval_analysis *analysis, uint64_t addresses);
/** For PUBLIC: more public IPv6 addresses than so many networks of 64 bits have are the public; a network has 2^64 of
 *  them. 0 (the default): 2^32 networks, which are 2^96 addresses. Since 0.1. */
POLICYEVAL_API int policyeval_analysis_set_ipv6_limit(policyeval_analysis *analysis, uint64_t networks);
/** For STATEMENTS: ask about this statement alone, against all others. SIZE_MAX (the default): about all of them, each
 *  against those that are needed, the last one first, so that all that are not needed can go together. Since 0.1. */
POLICYEVAL_API int policyeval_analysis_set_statement(policyeval_analysis *analysis, size_t statement);
/** 1: Deny statements do not count, as in S3's definition of public. 0 is the default. Since 0.1. */
POLICYEVAL_API int policyeval_analysis_set_grant_only(policyeval_analysis *analysis, int grant_only);
/** 1: no actions but those of the catalogue exist. 0 (the default): there may be others. Since 0.1. */
POLICYEVAL_API int policyeval_analysis_set_closed_catalog(policyeval_analysis *analysis, int closed);
/** Called now and then while the question runs; a result other than 0 ends it with ECANCELED. NULL: none. Since 0.1. */
POLICYEVAL_API int policyeval_analysis_set_cancel(policyeval_analysis *analysis, int (*cancel)(void *user), void *user);

/** Answers within the limits of the context. Errors: EINVAL (an operand is missing), ENOMEM, ECANCELED, EINTERNAL
 *  (the evaluator did not confirm the witness: please report it). Since 0.1. */
POLICYEVAL_API int policyeval_analysis_run(policyeval_analysis *analysis);
/** POLICYEVAL_ANSWER_x; UNKNOWN before the question was run. NO is proved for every request and every reading of
 *  undocumented rules; YES has a witness. COMPARE: is there a difference; FINDINGS: is there a finding; STATEMENTS:
 *  is each statement that was asked about needed. Since 0.1. */
POLICYEVAL_API int policyeval_analysis_answer(const policyeval_analysis *analysis);
/** For COMPARE: POLICYEVAL_RELATION_x. Since 0.1. */
POLICYEVAL_API int policyeval_analysis_relation(const policyeval_analysis *analysis);
/** Statements of the subject that are the reason for YES (STATEMENTS: for NO, those that are not needed): how
 *  many. Since 0.1. */
POLICYEVAL_API size_t policyeval_analysis_reasons(const policyeval_analysis *analysis);
/** The index of such a statement; SIZE_MAX: there is no such. Since 0.1. */
POLICYEVAL_API size_t policyeval_analysis_reason(const policyeval_analysis *analysis, size_t i);
/** For STATEMENTS: POLICYEVAL_NEED_x of a statement. A Deny counts as needed when no other Deny of the policy
 *  does its work: what it takes from other policies is not known. UNKNOWN: not asked about, or no answer. Since 0.1. */
POLICYEVAL_API int policyeval_analysis_need(const policyeval_analysis *analysis, size_t statement);
/** The i-th other statement that is why the statement is not needed; SIZE_MAX: there are no more. Since 0.1. */
POLICYEVAL_API size_t policyeval_analysis_need_by(const policyeval_analysis *analysis, size_t statement, size_t i);
/** The request that shows YES, as a case of `simulate --cases` with `only` (and the readings it needs); given back with the
 *  policy it is allowed. which: 0; for COMPARE also 1, a request that only the other policy allows; for STATEMENTS the index of
 *  a statement, whose effect on the request no other statement has (a Deny: the policy denies it). NULL: there is
 *  none. Lives until the question changes. Since 0.1. */
POLICYEVAL_API const char *policyeval_analysis_witness(policyeval_analysis *analysis, int which, size_t *len);
/** The JSON document that the commands print, len its bytes (may be NULL). NULL: not run, or out of memory. It lives until the
 *  question changes. Since 0.1. */
POLICYEVAL_API const char *policyeval_analysis_json(policyeval_analysis *analysis, size_t *len);
/** The document for people; otherwise as policyeval_analysis_json. Since 0.1. */
POLICYEVAL_API const char *policyeval_analysis_text(policyeval_analysis *analysis, size_t *len);
/** The answer in the form of Access Analyzer's API; NULL also when the API has no such question. Otherwise as
 *  policyeval_analysis_json. Since 0.1.
 *  https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CheckNoNewAccess.html */
POLICYEVAL_API const char *policyeval_analysis_aws(policyeval_analysis *analysis, size_t *len);
/** "unknown", "no", "yes"; NULL otherwise. Static. Since 0.1. */
POLICYEVAL_API const char *policyeval_answer_name(int answer);
/** "equivalent", "narrower", "broader", …; NULL otherwise. Static. Since 0.1. */
POLICYEVAL_API const char *policyeval_relation_name(int relation);
/** The name of POLICYEVAL_NEED_x; NULL otherwise. Static. Since 0.1. */
POLICYEVAL_API const char *policyeval_need_name(int need);

#ifdef __cplusplus
}
#endif
#endif
