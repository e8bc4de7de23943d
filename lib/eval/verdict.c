/* SPDX-License-Identifier: MIT */
/* The decision table: what each layer says, and what follows (D1.9). */
#include "eval/decide.h"

#include "eval/layers.h"

enum { UNCAPPED, CAPPED }; /* A1, A2, A3 */
enum { A8_ALONE, A8_WITH_IDENTITY };
enum { A31_APPLIED, A31_EXEMPT };

#define BIT(layer) ((uint16_t)(1u << POLICYEVAL_LAYER_##layer))

/* A29: the order in which AWS looks, and so names the reason. */
static const uint8_t order[] = {
    POLICYEVAL_LAYER_RCP,      POLICYEVAL_LAYER_SCP,     POLICYEVAL_LAYER_RESOURCE,
    POLICYEVAL_LAYER_KEY,      POLICYEVAL_LAYER_GRANT,   POLICYEVAL_LAYER_IDENTITY,
    POLICYEVAL_LAYER_BOUNDARY, POLICYEVAL_LAYER_SESSION, POLICYEVAL_LAYER_ENDPOINT};

typedef struct state {
  pe_run run;
  pe_layer_sum sum[POLICYEVAL_LAYER_LAST_];
  uint8_t resource_layer; /* RESOURCE, or KEY for a KMS key */
} state;

static bool is_iam(const pe_caller *c) {
  return c->kind == PE_CALLER_ROOT || c->kind == PE_CALLER_USER || c->kind == PE_CALLER_ROLE ||
         c->kind == PE_CALLER_FEDERATED_USER;
}

/* ---- which layers play a part ---- */

/* D1.4 */
static bool scp_applies(const pe_policyset *set, const pe_caller *c) {
  return set->has_scp && is_iam(c) && !c->management_account && !c->service_linked;
}

/* D1.5, A24, A31 */
static bool rcp_applies(state *st) {
  const pe_request *r = st->run.request;
  unsigned flags = r->action_info ? r->action_info->flags : 0;
  if (!st->run.set->has_rcp || r->resource_in_management_account || r->caller.service_linked ||
      r->aws_managed_key || (flags & (PE_ACTION_RCP_EXEMPT | PE_ACTION_NO_RESOURCE)))
    return false;
  return r->caller.kind != PE_CALLER_SERVICE || pe_env_reading(&st->run.env, PE_ROW_A31) == A31_APPLIED;
}

/* The root user has no identity policies and no boundary; a service-linked role has no boundary (D1.6). */
static bool applies(state *st, int layer) {
  const pe_policyset *set = st->run.set;
  const pe_caller *c = &st->run.request->caller;
  bool has_identity = is_iam(c) && c->kind != PE_CALLER_ROOT;
  switch (layer) {
  case POLICYEVAL_LAYER_IDENTITY: return has_identity;
  case POLICYEVAL_LAYER_BOUNDARY: return set->has_boundary && has_identity && !c->service_linked;
  case POLICYEVAL_LAYER_SESSION: return set->has_session && is_iam(c);
  case POLICYEVAL_LAYER_SCP: return scp_applies(set, c);
  case POLICYEVAL_LAYER_RCP: return rcp_applies(st);
  case POLICYEVAL_LAYER_ENDPOINT: return set->has_endpoint != 0;
  case POLICYEVAL_LAYER_GRANT: return st->resource_layer == POLICYEVAL_LAYER_KEY && set->ngrants > 0;
  default: return layer == st->resource_layer;
  }
}

static const pe_policy_list *lists_of(const pe_policyset *set, int layer, uint32_t *count) {
  *count = 1;
  switch (layer) {
  case POLICYEVAL_LAYER_IDENTITY: return &set->identity;
  case POLICYEVAL_LAYER_BOUNDARY: return &set->boundary;
  case POLICYEVAL_LAYER_SESSION: return &set->session;
  case POLICYEVAL_LAYER_ENDPOINT: return &set->endpoint;
  case POLICYEVAL_LAYER_SCP: *count = set->nscp; return set->scp;
  case POLICYEVAL_LAYER_RCP: *count = set->nrcp; return set->rcp;
  default: return &set->resource;
  }
}

static pe_layer_sum look(state *st, int layer) {
  uint32_t count;
  if (layer == POLICYEVAL_LAYER_GRANT) return pe_layer_grants(&st->run);
  const pe_policy_list *lists = lists_of(st->run.set, layer, &count);
  if (layer == POLICYEVAL_LAYER_SCP || layer == POLICYEVAL_LAYER_RCP)
    return pe_layer_levels(&st->run, layer, lists, count, layer == POLICYEVAL_LAYER_RCP);
  return pe_layer_policies(&st->run, layer, 0, lists);
}

static void look_at_all(state *st) {
  for (size_t i = 0; i < sizeof order; i++) {
    int layer = order[i];
    uint32_t count;
    if (applies(st, layer)) {
      st->sum[layer] = look(st, layer);
    } else if (layer == POLICYEVAL_LAYER_SCP || layer == POLICYEVAL_LAYER_RCP ||
               layer == POLICYEVAL_LAYER_IDENTITY || layer == POLICYEVAL_LAYER_BOUNDARY ||
               layer == POLICYEVAL_LAYER_SESSION) {
      const pe_policy_list *lists = lists_of(st->run.set, layer, &count);
      pe_layer_skip(&st->run, layer, lists, count);
    }
  }
}

/* ---- what follows ---- */

static bool allows(const state *st, int layer) { return !st->sum[layer].applies || st->sum[layer].allow; }

/* PE-11: without a session policy a federated user has nothing but what names the session. */
static bool bare_federated(const state *st) {
  return st->run.request->caller.kind == PE_CALLER_FEDERATED_USER && !st->run.set->has_session;
}

static bool session_allows(const state *st) {
  return !bare_federated(st) && allows(st, POLICYEVAL_LAYER_SESSION);
}

static uint16_t personal_caps(const state *st) {
  uint16_t blocked = allows(st, POLICYEVAL_LAYER_BOUNDARY) ? 0 : BIT(BOUNDARY);
  return session_allows(st) ? blocked : blocked | BIT(SESSION);
}

static bool uncapped(state *st, pe_row row) { return pe_env_reading(&st->run.env, row) == UNCAPPED; }

/* D1.3: Allows that boundary and session policy do not limit. Rows are asked only where they decide. */
static bool escapes(state *st, unsigned via) {
  bool boundary = allows(st, POLICYEVAL_LAYER_BOUNDARY), session = session_allows(st);
  if (boundary && session) return false; /* nothing to escape from */
  if (via & PE_VIA_USER) return true;
  if ((via & PE_VIA_ID) && st->run.request->caller.kind == PE_CALLER_USER) return true;
  if (bare_federated(st)) return (via & PE_VIA_FEDERATED) != 0;
  if ((via & (PE_VIA_SESSION | PE_VIA_FEDERATED)) && (session || uncapped(st, PE_ROW_A1))) return true;
  if ((via & PE_VIA_STAR_ARN) && (session || uncapped(st, PE_ROW_A2))) return true;
  return (via & PE_VIA_STAR) && (boundary || uncapped(st, PE_ROW_A3)) && (session || uncapped(st, PE_ROW_A1));
}

/* Layers whose Allow is needed and missing, caps of the whole request aside. 0: allowed. */
static uint16_t same_account(state *st, unsigned via) {
  const pe_request *r = st->run.request;
  uint16_t resource = (uint16_t)(1u << st->resource_layer), caps = personal_caps(st);
  if (r->target != PE_TARGET_PLAIN && !via)
    return resource | caps;                          /* D3.1: identity policies alone do not count */
  if (r->caller.kind == PE_CALLER_ROOT) return caps; /* D1.6 */
  if (escapes(st, via)) return 0;
  bool delegated = !(via & ~(unsigned)PE_VIA_ACCOUNT);
  if (delegated && !st->sum[POLICYEVAL_LAYER_IDENTITY].allow) return BIT(IDENTITY) | caps;
  return caps;
}

static uint16_t cross_account(state *st, unsigned via) {
  const pe_request *r = st->run.request;
  uint16_t blocked = personal_caps(st);
  if (!via || r->cross_account_void) blocked |= (uint16_t)(1u << st->resource_layer);
  if (allows(st, POLICYEVAL_LAYER_IDENTITY)) return blocked;
  /* A grant to an account leaves it to the account who may use it (D3.4). */
  bool granted = st->sum[POLICYEVAL_LAYER_GRANT].via & ~(unsigned)PE_VIA_ACCOUNT;
  if (!granted || pe_env_reading(&st->run.env, PE_ROW_A8) == A8_WITH_IDENTITY) blocked |= BIT(IDENTITY);
  return blocked;
}

/* Services, identity providers and callers without credentials have no policies of their own (D1.6). */
static uint16_t outsider(state *st, unsigned via) {
  const pe_request *r = st->run.request;
  if (r->caller.kind == PE_CALLER_ANONYMOUS && r->signed_only) return BIT(IDENTITY);
  return (uint16_t)(via ? 0 : 1u << st->resource_layer);
}

static uint16_t denied_by(const state *st) {
  uint16_t mask = 0;
  for (size_t i = 0; i < sizeof order; i++) mask |= (uint16_t)((unsigned)st->sum[order[i]].deny << order[i]);
  return mask;
}

static uint16_t missing_allows(state *st) {
  unsigned via = st->sum[st->resource_layer].via | st->sum[POLICYEVAL_LAYER_GRANT].via;
  uint16_t blocked = 0;
  if (!allows(st, POLICYEVAL_LAYER_RCP)) blocked |= BIT(RCP);
  if (!allows(st, POLICYEVAL_LAYER_SCP)) blocked |= BIT(SCP);
  if (!allows(st, POLICYEVAL_LAYER_ENDPOINT)) blocked |= BIT(ENDPOINT);
  if (!is_iam(&st->run.request->caller)) return (uint16_t)(blocked | outsider(st, via));
  return (uint16_t)(blocked |
                    (st->run.request->same_account ? same_account(st, via) : cross_account(st, via)));
}

static pe_verdict verdict(int effect, uint16_t blocked) {
  pe_verdict v = {.effect = (uint8_t)effect, .blocked_by = blocked};
  for (size_t i = sizeof order; i > 0; i--) {
    if (blocked >> order[i - 1] & 1) v.primary = order[i - 1];
  }
  return v;
}

static pe_verdict conclude(state *st) {
  uint16_t denied = denied_by(st);
  if (denied) return verdict(POLICYEVAL_EXPLICIT_DENY, denied);
  uint16_t blocked = missing_allows(st);
  return verdict(blocked ? POLICYEVAL_IMPLICIT_DENY : POLICYEVAL_ALLOW, blocked);
}

/* One layer by itself: an Allow of its text and no Deny. */
static pe_verdict conclude_only(state *st, int layer) {
  if (layer == POLICYEVAL_LAYER_RESOURCE || layer == POLICYEVAL_LAYER_KEY) layer = st->resource_layer;
  pe_layer_sum sum = look(st, layer);
  if (!sum.deny && sum.allow) return verdict(POLICYEVAL_ALLOW, 0);
  return verdict(sum.deny ? POLICYEVAL_EXPLICIT_DENY : POLICYEVAL_IMPLICIT_DENY, (uint16_t)(1u << layer));
}

static pe_verdict run_once(state *st) {
  const pe_request *r = st->run.request;
  st->resource_layer = r->target == PE_TARGET_KEY ? POLICYEVAL_LAYER_KEY : POLICYEVAL_LAYER_RESOURCE;
  if (r->only) return conclude_only(st, r->only);
  look_at_all(st);
  return conclude(st);
}

pe_verdict pe_decide_once(const pe_policyset *set, const pe_request *r, const pe_readings *readings,
                          pe_unknown_mode mode, pe_rowset *touched, bool *unknown_hit, pe_trace *trace) {
  state st = {.run = {.set = set, .request = r, .optimistic = mode == PE_UNKNOWN_OPTIMISTIC, .trace = trace}};
  pe_rowset ignored = {{0}};
  st.run.env = (pe_env){.facts = &r->facts, .readings = readings, .touched = touched ? touched : &ignored};
  if (trace) {
    trace->layers.len = trace->statements.len = trace->grants.len = 0;
    trace->looked_at = 0;
    pe_trace_missing(trace, &st.run.env);
  }
  pe_verdict v = run_once(&st);
  if (unknown_hit) *unknown_hit |= st.run.env.unknown_hit;
  return v;
}

/* ---- three values ---- */

pe_verdict pe_decide_verdict(const pe_policyset *set, const pe_request *r, const pe_readings *readings,
                             pe_rowset *touched) {
  bool hit = false;
  pe_verdict worst = pe_decide_once(set, r, readings, PE_UNKNOWN_PESSIMISTIC, touched, &hit, NULL);
  if (!hit || worst.effect == POLICYEVAL_ALLOW) return worst;
  pe_verdict best = pe_decide_once(set, r, readings, PE_UNKNOWN_OPTIMISTIC, touched, NULL, NULL);
  if (best.effect != POLICYEVAL_ALLOW) return best; /* PE-10 */
  worst.effect = POLICYEVAL_UNKNOWN;
  return worst;
}
