/* SPDX-License-Identifier: MIT */
/* Hints: what nearly matched and what to write instead, in minimal sets, each checked by deciding again. */
#ifndef PE_ACCESS_HINT_H
#define PE_ACCESS_HINT_H

#include "access/access.h"

#define PE_HINT(id, message) PE_HINT_##id,
typedef enum pe_hint_rule {
#include "access/hints.def"
  PE_HINTS
} pe_hint_rule;
#undef PE_HINT
const char *pe_hint_id(pe_hint_rule rule);
const char *pe_hint_message(pe_hint_rule rule);
/* What is to be changed: "value" or "statement" of a policy, "call", or "key" (no text to write: the secret needs another). */
struct pe_hint;
const char *pe_hint_change(const struct pe_hint *hint);

typedef struct pe_hint {
  pe_hint_rule rule;
  uint8_t leg, layer;      /* pe_leg; POLICYEVAL_LAYER_x of the blocker that the set removes */
  uint32_t set;            /* hints of one number belong together */
  uint8_t in_call;         /* the change is one of the call, not of a policy */
  const pe_policy *policy; /* where to write; NULL: a call, another key, or a policy that is not there yet */
  uint32_t statement;      /* index, or UINT32_MAX */
  pe_span span;            /* of what is wrong, in policy->source */
  pe_span value_span;      /* of the whole value that `replacement` replaces */
  pe_slice replacement;    /* the text after all changes of the set; for a call: the option; for an added statement: its JSON */
} pe_hint;

typedef struct pe_hints {
  const pe_alloc *alloc;
  pe_arena *arena;
  PE_VEC(pe_hint) list;
} pe_hints;
int pe_hints_init(pe_hints *h, const pe_alloc *alloc);
void pe_hints_done(pe_hints *h);

/* Finds the hints of one denied leg and appends them. trace is that of pe_decide for the leg. 0 or ENOMEM. */
int pe_hints_find(pe_hints *h, const pe_access *a, pe_leg leg, const pe_policyset *set, const pe_request *request,
                  const pe_trace *trace);

#endif
