/* SPDX-License-Identifier: MIT */
/* The access question over all requests. */
#include "api/objects.h"
#include "report/legs.h"

void pe_access_forget_reach(policyeval_access *a) {
  if (a->reached) pe_legs_done(&a->reach);
  a->reached = false;
  pe_alloc_free(&a->context->alloc, a->reach_json);
  pe_alloc_free(&a->context->alloc, a->reach_text);
  a->reach_json = a->reach_text = NULL;
}

static int render(policyeval_access *a) {
  pe_buf json, text;
  pe_buf_init(&json, &a->context->alloc);
  pe_buf_init(&text, &a->context->alloc);
  int rc = pe_render_legs_json(&a->reach, &a->access, &json);
  if (rc == POLICYEVAL_OK) rc = pe_render_legs_text(&a->reach, &a->access, a->request[PE_LEG_SECRET], &text);
  if (rc == POLICYEVAL_OK) {
    a->reach_json = pe_buf_take(&json, &a->reach_json_len);
    a->reach_text = pe_buf_take(&text, &a->reach_text_len);
    if (!a->reach_json || !a->reach_text) rc = POLICYEVAL_ENOMEM;
  }
  pe_buf_done(&json);
  pe_buf_done(&text);
  return rc;
}

int policyeval_access_all_requests(policyeval_access *access) {
  if (!access) return POLICYEVAL_EINVAL;
  pe_access_forget_reach(access);
  int rc = pe_access_question_ready(access);
  if (rc != POLICYEVAL_OK) return pe_context_told(access->context, rc);
  pe_legs_input in = {.alloc = &access->context->alloc, .catalog = access->context->catalog};
  pe_budget_init(&in.budget);
  in.budget.max_states = access->context->limits.states;
  in.budget.max_nodes = access->context->limits.search_nodes;
  in.budget.max_bytes = access->context->limits.analysis_bytes;
  for (int i = 0; i < PE_LEGS; i++) {
    in.set[i] = &access->set[i]->set;
    in.request[i] = access->request[i];
  }
  rc = pe_legs_run(&in, &access->reach);
  access->reached = rc == POLICYEVAL_OK;
  access->operability = pe_access_operability(&access->access);
  if (rc == POLICYEVAL_OK) rc = render(access);
  if (rc != POLICYEVAL_OK) pe_access_forget_reach(access);
  return pe_context_told(access->context, rc);
}

int policyeval_access_reach(const policyeval_access *access) {
  return access && access->reached ? access->reach.answer : POLICYEVAL_REACH_UNKNOWN;
}

#define CASE_TEXT(name, value, text) \
  case value: return text;

const char *policyeval_reach_name(int reach) {
  switch (reach) {
    POLICYEVAL_REACHES(CASE_TEXT)
    default: return NULL;
  }
}

const char *policyeval_access_reach_json(policyeval_access *access, size_t *len) {
  if (!access || !access->reached) return NULL;
  if (len) *len = access->reach_json_len;
  return access->reach_json;
}

const char *policyeval_access_reach_text(policyeval_access *access, size_t *len) {
  if (!access || !access->reached) return NULL;
  if (len) *len = access->reach_text_len;
  return access->reach_text;
}
