/* SPDX-License-Identifier: MIT */
#include "api/objects.h"
#include "eval/grants.h"
#include "policyeval/policy.h"

int policyeval_policyset_new(policyeval_context *context, policyeval_policyset **set) {
  if (!context || !set) return POLICYEVAL_EINVAL;
  policyeval_policyset *s = pe_alloc_new(&context->alloc, sizeof *s);
  if (!s) return pe_context_told(context, POLICYEVAL_ENOMEM);
  s->context = policyeval_context_ref(context);
  atomic_init(&s->refs, 1);
  atomic_init(&s->frozen, false);
  *set = s;
  return POLICYEVAL_OK;
}

policyeval_policyset *policyeval_policyset_ref(policyeval_policyset *set) {
  if (set) atomic_fetch_add_explicit(&set->refs, 1, memory_order_relaxed);
  return set;
}

static void release_levels(const pe_alloc *a, pe_policy_list *levels, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    for (uint32_t k = 0; k < levels[i].count; k++) pe_policy_unref(levels[i].items[k]);
    pe_alloc_free(a, levels[i].items);
  }
  pe_alloc_free(a, levels);
}

void policyeval_policyset_unref(policyeval_policyset *set) {
  if (!set || atomic_fetch_sub_explicit(&set->refs, 1, memory_order_acq_rel) != 1) return;
  policyeval_context *context = set->context;
  const pe_alloc *a = &context->alloc;
  pe_policy_list *const flat[] = {&set->set.identity, &set->set.resource, &set->set.boundary, &set->set.session,
                                  &set->set.endpoint};
  for (size_t i = 0; i < sizeof flat / sizeof flat[0]; i++) {
    for (uint32_t k = 0; k < flat[i]->count; k++) pe_policy_unref(flat[i]->items[k]);
    pe_alloc_free(a, flat[i]->items);
  }
  release_levels(a, set->set.scp, set->set.nscp);
  release_levels(a, set->set.rcp, set->set.nrcp);
  pe_arena_free(set->arena);
  pe_alloc_free(a, set);
  policyeval_context_unref(context);
}

/* The list of a layer, and the flag that says it is there (NULL: always). Levels are made on the way. */
static int find_list(policyeval_policyset *s, int layer, unsigned level, pe_policy_list **list, uint8_t **present) {
  pe_policyset *set = &s->set;
  *present = NULL;
  switch (layer) {
    case POLICYEVAL_LAYER_IDENTITY: *list = &set->identity; break;
    case POLICYEVAL_LAYER_RESOURCE:
    case POLICYEVAL_LAYER_KEY: *list = &set->resource; break;
    case POLICYEVAL_LAYER_BOUNDARY: *list = &set->boundary, *present = &set->has_boundary; break;
    case POLICYEVAL_LAYER_SESSION: *list = &set->session, *present = &set->has_session; break;
    case POLICYEVAL_LAYER_ENDPOINT: *list = &set->endpoint, *present = &set->has_endpoint; break;
    case POLICYEVAL_LAYER_SCP:
    case POLICYEVAL_LAYER_RCP: {
      const bool scp = layer == POLICYEVAL_LAYER_SCP;
      pe_policy_list **levels = scp ? &set->scp : &set->rcp;
      uint32_t *count = scp ? &set->nscp : &set->nrcp;
      if (level < 1 || level > 64) return POLICYEVAL_EINVAL;
      if (level > *count) {
        pe_policy_list *grown = pe_alloc_grow(&s->context->alloc, *levels, level, sizeof *grown);
        if (!grown) return POLICYEVAL_ENOMEM;
        memset(grown + *count, 0, (level - *count) * sizeof *grown);
        *levels = grown;
        *count = level;
      }
      *list = &(*levels)[level - 1];
      *present = scp ? &set->has_scp : &set->has_rcp;
      return POLICYEVAL_OK;
    }
    default: return POLICYEVAL_EINVAL;
  }
  return level == 0 ? POLICYEVAL_OK : POLICYEVAL_EINVAL;
}

/* Which kinds of document may stand in which layer. */
static bool kind_fits(int layer, int kind) {
  switch (layer) {
    case POLICYEVAL_LAYER_IDENTITY: return kind == POLICYEVAL_KIND_IDENTITY;
    case POLICYEVAL_LAYER_RESOURCE:
      return kind == POLICYEVAL_KIND_RESOURCE || kind == POLICYEVAL_KIND_SECRET || kind == POLICYEVAL_KIND_KMS_KEY ||
             kind == POLICYEVAL_KIND_TRUST;
    case POLICYEVAL_LAYER_KEY: return kind == POLICYEVAL_KIND_KMS_KEY;
    case POLICYEVAL_LAYER_BOUNDARY: return kind == POLICYEVAL_KIND_BOUNDARY || kind == POLICYEVAL_KIND_IDENTITY;
    case POLICYEVAL_LAYER_SESSION: return kind == POLICYEVAL_KIND_SESSION || kind == POLICYEVAL_KIND_IDENTITY;
    case POLICYEVAL_LAYER_ENDPOINT: return kind == POLICYEVAL_KIND_ENDPOINT;
    case POLICYEVAL_LAYER_SCP: return kind == POLICYEVAL_KIND_SCP;
    case POLICYEVAL_LAYER_RCP: return kind == POLICYEVAL_KIND_RCP;
    default: return false;
  }
}

static bool is_frozen(policyeval_policyset *set) {
  return atomic_load_explicit(&set->frozen, memory_order_acquire);
}

int policyeval_policyset_add(policyeval_policyset *set, int layer, unsigned level, policyeval_policy *policy) {
  if (!set || !policy || !kind_fits(layer, policy->kind)) return POLICYEVAL_EINVAL;
  if (is_frozen(set)) return POLICYEVAL_ESTATE;
  pe_policy_list *list = NULL;
  uint8_t *present = NULL;
  const int rc = find_list(set, layer, level, &list, &present);
  if (rc != POLICYEVAL_OK) return pe_context_told(set->context, rc);
  pe_policy **grown = pe_alloc_grow(&set->context->alloc, list->items, (size_t)list->count + 1, sizeof *grown);
  if (!grown) return pe_context_told(set->context, POLICYEVAL_ENOMEM);
  list->items = grown;
  list->items[list->count++] = pe_policy_ref(policy);
  if (present) *present = 1;
  return POLICYEVAL_OK;
}

int policyeval_policyset_declare(policyeval_policyset *set, int layer, unsigned level) {
  if (!set || layer == POLICYEVAL_LAYER_IDENTITY || layer == POLICYEVAL_LAYER_RESOURCE ||
      layer == POLICYEVAL_LAYER_KEY)
    return POLICYEVAL_EINVAL;
  if (is_frozen(set)) return POLICYEVAL_ESTATE;
  pe_policy_list *list = NULL;
  uint8_t *present = NULL;
  const int rc = find_list(set, layer, level, &list, &present);
  if (rc == POLICYEVAL_OK && present) *present = 1;
  return pe_context_told(set->context, rc);
}

int policyeval_policyset_freeze(policyeval_policyset *set) {
  if (!set) return POLICYEVAL_EINVAL;
  atomic_store_explicit(&set->frozen, true, memory_order_release);
  return POLICYEVAL_OK;
}

int policyeval_policyset_add_grants(policyeval_policyset *set, const char *text, size_t len, const char *name,
                                    policyeval_report **report) {
  if (report) *report = NULL;
  if (!set || !text) return POLICYEVAL_EINVAL;
  if (is_frozen(set)) return POLICYEVAL_ESTATE;
  policyeval_context *c = set->context;
  if (!set->arena && !(set->arena = pe_arena_new(&c->alloc, 0))) return pe_context_told(c, POLICYEVAL_ENOMEM);
  pe_load_options options;
  pe_context_load_options(c, POLICYEVAL_KIND_KMS_KEY, name, &options);
  pe_findings findings;
  int rc = pe_findings_init(&findings, &c->alloc);
  if (rc != POLICYEVAL_OK) return pe_context_told(c, rc);
  rc = pe_grants_load(set->arena, pe_arg(text, len), &options, &set->set.grants, &set->set.ngrants, &findings);
  const int told = pe_report_make(c, &findings, report);
  return pe_context_told(c, rc != POLICYEVAL_OK ? rc : told);
}
