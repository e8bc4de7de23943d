/* SPDX-License-Identifier: MIT */
/* From "this principal shall (not) read that secret" to the smallest change of the three policies that makes it so: what each
 * document says afterwards, what was proved about it, or what stands in the way. */
#ifndef PE_GRANT_PLAN_H
#define PE_GRANT_PLAN_H

#include "access/access.h"
#include "base/buf.h"
#include "base/vec.h"
#include "policy/load.h"
#include "sym/budget.h"

typedef PE_VEC(uint32_t) pe_indices;

/* One policy that may change. */
typedef struct pe_document {
  uint8_t layer;      /* POLICYEVAL_LAYER_RESOURCE, KEY or IDENTITY */
  uint8_t kind;       /* POLICYEVAL_KIND_x */
  bool changed;
  bool fixed;         /* cannot be edited: the policy of an AWS managed key */
  pe_policy *given;   /* as the caller gave it; NULL: none */
  pe_policy *before;  /* the same with placeholders filled in, or the default key policy; NULL: none */
  pe_policy *after;   /* as planned; NULL: none (left) */
  pe_indices added;   /* statements of `after` */
  pe_indices removed; /* statements of `before` */
  pe_indices cut;     /* statements of `before` that name one principal less */
} pe_document;

#define PE_CLAIM(id, name, granted, revoked) PE_CLAIM_##id,
typedef enum pe_claim {
#include "grant/claims.def"
  PE_CLAIMS
} pe_claim;
#undef PE_CLAIM
const char *pe_claim_name(pe_claim claim);
const char *pe_claim_text(pe_claim claim, bool revoke);

/* NOT_GIVEN is no yes: the reason is in `why`. */
typedef enum pe_proof_answer { PE_PROOF_NOT_GIVEN, PE_PROOF_NO, PE_PROOF_YES } pe_proof_answer;
const char *pe_proof_name(int answer);

typedef struct pe_basis { /* a statement that a proof rests on */
  const pe_document *document; /* NULL: of a policy that is not changed here */
  const pe_policy *policy;
  uint32_t statement;
} pe_basis;

typedef struct pe_proof {
  uint8_t claim;  /* pe_claim */
  uint8_t answer; /* pe_proof_answer */
  pe_slice why;   /* what is missing; of a YES what it assumes; may be empty */
  PE_VEC(pe_basis) basis;
} pe_proof;

/* What stands in the way and cannot be mended by a statement. */
typedef struct pe_obstacle {
  uint8_t layer;           /* POLICYEVAL_LAYER_x, or 0: not a policy */
  const pe_policy *policy; /* where; NULL: nowhere in particular */
  uint32_t statement;      /* of policy, or UINT32_MAX */
  pe_slice message;        /* in the plan's arena */
} pe_obstacle;

typedef struct pe_plan {
  const pe_alloc *alloc;
  const pe_catalog *catalog;
  pe_load_options load;             /* limits; kind and name are filled in as needed */
  pe_budget budget;                 /* of each question about all requests */
  bool strict;                      /* undocumented readings count as not allowed */
  bool revoke;
  bool any_version, strict_stage;   /* no version condition; one that asks the call to name the stage */
  pe_access *access;                /* the question; its stage is the one to grant (default AWSCURRENT) */
  const pe_policyset *given[PE_LEGS];
  pe_slice stage;
  pe_arena *arena;                  /* of the texts below */
  PE_VEC(pe_document) documents;    /* secret, key, then identity, at least one each */
  PE_VEC(pe_obstacle) obstacles;    /* not empty: nothing is changed */
  PE_VEC(pe_proof) proofs;
  pe_slice region;                  /* in words: what may be gained, or is taken away */
  const pe_request *request[PE_LEGS];
} pe_plan;

/* given, access and catalog must outlive the plan, strict, any_version … are set before it is made. 0 or ENOMEM. */
int pe_plan_init(pe_plan *p, const pe_alloc *alloc);
void pe_plan_done(pe_plan *p);

/* Finds the change and proves it. 0, also with obstacles; EINVAL (*why: the question is incomplete), ENOMEM, … */
int pe_plan_make(pe_plan *p, const char **why);
bool pe_plan_changed(const pe_plan *p);
/* Every claim is proved and nothing stands in the way. */
bool pe_plan_proved(const pe_plan *p);

/* Is it an Allow that matched, of a policy that a plan may change? */
static inline bool pe_plan_allows(const pe_stmt_trace *t) {
  return (t->layer == POLICYEVAL_LAYER_IDENTITY || t->layer == POLICYEVAL_LAYER_RESOURCE || t->layer == POLICYEVAL_LAYER_KEY) &&
         t->step == PE_STEP_MATCHED && t->statement->effect == PE_ALLOW;
}
/* For the parts of the layer. The policies of one leg, as planned or (before) as they are; release with pe_alloc_free of
 * *items. 0 or ENOMEM. */
int pe_plan_set(const pe_plan *p, pe_leg leg, bool before, pe_policyset *set, pe_policy ***items);
/* The calls that a plan is about differ in how they name the version: prepares p->request for one of them. */
enum { PE_VARIANTS = 2 };
int pe_plan_variant(pe_plan *p, unsigned variant, const char **why);
int pe_plan_variant_open(pe_plan *p, const char **why); /* … that leaves open whether and how a version is named */
/* Adds what stands in the way; takes the message over. The place becomes that of the document as given. 0 or ENOMEM. */
int pe_plan_obstacle(pe_plan *p, int layer, const pe_policy *policy, uint32_t statement, pe_buf *message);
/* A policy from the text that a document is to have. 0, ENOMEM, or EINTERNAL: it does not load. */
int pe_plan_load(const pe_plan *p, const pe_document *d, pe_slice text, pe_policy **out);
/* The document says that from now on (takes the policy over; NULL: nothing is left). */
void pe_document_replace(pe_document *d, pe_policy *after);
/* A name for the file that it goes to: "secret-policy.json", the second of its layer "…-2.json". */
void pe_document_file(const pe_plan *p, size_t document, pe_buf *out);
/* The name of the file that it came from, or what it is. */
pe_slice pe_document_name(const pe_document *d);
/* Which statement of `before` a statement of `after` is, or UINT32_MAX: a new one. */
uint32_t pe_document_origin(const pe_document *d, uint32_t statement);
/* The text as it is attached: of `given` (before placeholders were filled in); empty: none. */
pe_slice pe_document_given_text(const pe_document *d);
pe_slice pe_document_text(const pe_document *d); /* of `after`; ptr NULL: none */

/* revoke.c: the reverse. */
int pe_plan_revoke(pe_plan *p, const char **why);

#endif
