/* SPDX-License-Identifier: MIT */
/* What the policies of one layer say together. */
#ifndef PE_EVAL_LAYERS_H
#define PE_EVAL_LAYERS_H

#include "eval/decide.h"

typedef struct pe_layer_sum {
  uint8_t applies; /* 0: plays no part in this decision */
  uint8_t allow, deny;
  uint16_t via;    /* PE_VIA_x of all Allows that match */
} pe_layer_sum;

/* One evaluation under fixed readings and one treatment of unknown facts. */
typedef struct pe_run {
  const pe_policyset *set;
  const pe_request *request;
  bool optimistic;
  pe_env env;
  pe_trace *trace; /* may be NULL */
} pe_run;

/* All policies of a layer (of one organisation level) are one set of statements (A37). */
pe_layer_sum pe_layer_policies(pe_run *run, int layer, uint32_t level, const pe_policy_list *list);
/* D1.4, D1.5: every level must allow. `implied`: a level with a policy allows what it does not deny (PE-12). */
pe_layer_sum pe_layer_levels(pe_run *run, int layer, const pe_policy_list *levels, uint32_t count, bool implied);
/* D3.4. */
pe_layer_sum pe_layer_grants(pe_run *run);
/* Adds an entry to the trace; NULL: no memory (sticky). */
pe_layer_trace *pe_layer_note(pe_run *run, int layer, uint32_t level, const pe_policy *p, uint32_t index);
int pe_layer_effect(const pe_layer_sum *sum);
/* Writes down that a layer plays no part. */
void pe_layer_skip(pe_run *run, int layer, const pe_policy_list *lists, uint32_t count);

#endif
