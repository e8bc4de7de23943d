/* SPDX-License-Identifier: MIT */
/* The one evaluator: one request against a policy set. */
#ifndef PE_EVAL_DECIDE_H
#define PE_EVAL_DECIDE_H

#include "eval/policyset.h"
#include "eval/request.h"
#include "eval/trace.h"

typedef enum pe_step { /* first element that failed, or MATCHED */
  PE_STEP_MATCHED, PE_STEP_NO_EFFECT, PE_STEP_PRINCIPAL, PE_STEP_ACTION, PE_STEP_RESOURCE, PE_STEP_CONDITION
} pe_step;

enum { /* how a Principal element covers the caller; a mask, D1.3 */
  PE_VIA_USER = 1, PE_VIA_PARENT_USER = 2, PE_VIA_FEDERATED = 4, PE_VIA_ROLE = 8, PE_VIA_SESSION = 16, PE_VIA_STAR = 32,
  PE_VIA_STAR_ARN = 64 /* "*" in a statement with an aws:PrincipalArn condition */, PE_VIA_ACCOUNT = 128,
  PE_VIA_SERVICE = 256, PE_VIA_PROVIDER = 512, PE_VIA_ID = 1024, PE_VIA_ROOT = 2048 /* account form, caller is the root user */
};

/* The statement-level test. env carries facts and readings; env->want is set here from the statement's effect, and
 * env->want_unknown so that the run stays pessimistic (it came equal to env->want) or optimistic. *via receives the mask
 * (0 for policies without Principal). trace may be NULL; with one, every element is tested. The caller has no
 * permissions boundary. */
pe_step pe_statement_match(const pe_statement *s, int kind, const pe_request *r, pe_env *env, unsigned *via,
                           pe_stmt_trace *trace);

/* Allowed, or denied and by whom, under fixed readings and one treatment of unknown facts. No allocation without trace. */
typedef struct pe_verdict {
  uint8_t effect;      /* POLICYEVAL_IMPLICIT_DENY, EXPLICIT_DENY or ALLOW */
  uint8_t primary;     /* the layer AWS would name first (A29), 0 when allowed */
  uint16_t blocked_by; /* mask of 1 << POLICYEVAL_LAYER_x: every layer that blocks */
} pe_verdict;
typedef enum pe_unknown_mode { PE_UNKNOWN_PESSIMISTIC, PE_UNKNOWN_OPTIMISTIC } pe_unknown_mode;
pe_verdict pe_decide_once(const pe_policyset *set, const pe_request *r, const pe_readings *readings, pe_unknown_mode mode,
                          pe_rowset *touched, bool *unknown_hit, pe_trace *trace);

/* Both treatments of unknown facts: effect is POLICYEVAL_UNKNOWN when they disagree (PE-10). No allocation. */
pe_verdict pe_decide_verdict(const pe_policyset *set, const pe_request *r, const pe_readings *readings, pe_rowset *touched);

/* The verdict alone: POLICYEVAL_x, unknown included. No allocation. strict: UNKNOWN when an undocumented
 * reading decides. */
int pe_decide_effect(const pe_policyset *set, const pe_request *r, bool strict);

/* Everything: verdict, layers, assumptions, missing facts. 0 or ENOMEM. */
int pe_decide(const pe_policyset *set, const pe_request *r, bool strict, pe_trace *out);

#endif
