/* SPDX-License-Identifier: MIT */
#include "check/validate.h"

#include "check/check.h"
#include "policy/path.h"

enum { WORK = 20000000 }; /* comparisons of two entries; far above what real documents need */

/* Checks of the document as a whole, and of each statement. */
static void (*const of_document[])(pe_check *c) = {
    pe_check_document, pe_check_sids, pe_check_duplicates, pe_check_statements,
    pe_check_secret,   pe_check_key,  pe_check_lockout,
};
static void (*const of_statement[])(pe_check *c) = {
    pe_check_actions,   pe_check_resources, pe_check_principals, pe_check_services,     pe_check_trust,
    pe_check_condition_keys, pe_check_operators, pe_check_values, pe_check_addresses,   pe_check_constants,
    pe_check_variables, pe_check_empties,   pe_check_redundant,  pe_check_roles,        pe_check_tags,
    pe_check_pairs,     pe_check_organization,
};

static int run(pe_check *c) {
  for (size_t i = 0; i < sizeof of_document / sizeof of_document[0] && !c->result; i++) of_document[i](c);
  for (uint32_t k = 0; k < c->policy->nstatements && !c->result; k++) {
    c->s = &c->policy->statements[k];
    if (!pe_json_is(c->json, c->s->node, PE_JSON_OBJECT)) continue;
    for (size_t i = 0; i < sizeof of_statement / sizeof of_statement[0] && !c->result; i++) of_statement[i](c);
  }
  if (c->incomplete && !c->result) {
    pe_check_value(c, PE_RULE_CHECK_INCOMPLETE, 0,
                   "Redundant entries were looked for up to a limit of work, and there may be more of them.");
  }
  return c->result;
}

/* Nodes at which loading found something, so that no check says it again in other words. */
static int mark_faults(pe_check *c, size_t first) {
  if (c->findings->list.len == first) return 0;
  c->faulted = pe_arena_zero(c->scratch, c->json->count ? c->json->count : 1, 1);
  if (!c->faulted) return POLICYEVAL_ENOMEM;
  for (size_t i = first; i < c->findings->list.len; i++) {
    const pe_finding *f = &c->findings->list.data[i];
    if (f->source && f->node < c->json->count) c->faulted[f->node] = 1;
  }
  return 0;
}

/* Findings of the load under rules that report nothing. */
static void drop_skipped(pe_findings *f, size_t first, const pe_validate_options *options) {
  size_t kept = first;
  for (size_t i = first; i < f->list.len; i++) {
    if (!options->skip[f->list.data[i].rule]) f->list.data[kept++] = f->list.data[i];
  }
  f->list.len = kept;
}

static int check(const pe_policy *policy, const pe_validate_options *options, pe_findings *findings, size_t first) {
  pe_check c = {.policy = policy,
                .json = &policy->json,
                .catalog = options->catalog,
                .options = options,
                .findings = findings,
                .alloc = policy->alloc,
                .work = WORK,
                .kind = policy->kind};
  c.scratch = pe_arena_new(policy->alloc, 0);
  if (!c.scratch) return POLICYEVAL_ENOMEM;
  int rc = mark_faults(&c, first);
  if (rc == 0) rc = run(&c);
  pe_arena_free(c.scratch);
  return rc;
}

int pe_validate(const pe_alloc *alloc, pe_slice text, const pe_validate_options *options, pe_findings *findings) {
  pe_load_options load = options->load;
  load.lenient = true;
  pe_policy *policy = NULL;
  const size_t first = findings->list.len;
  const uint32_t documents = findings->documents;
  int rc = pe_policy_load(alloc, text, &load, &policy, findings);
  if (rc == 0 && findings->documents == documents) rc = pe_findings_keep(findings, policy->source);
  if (rc == 0) rc = check(policy, options, findings, first);
  if (rc == 0) rc = pe_findings_locate(findings, first, &policy->json);
  pe_policy_unref(policy);
  if (findings->failed) rc = POLICYEVAL_ENOMEM;
  if (rc == POLICYEVAL_ENOMEM) return rc;
  drop_skipped(findings, first, options);
  pe_findings_sort(findings);
  return rc;
}
