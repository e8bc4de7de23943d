/* SPDX-License-Identifier: MIT */
#include "grant/plan.h"

#include "grant/document.h"
#include "grant/propose.h"
#include "grant/prove.h"
#include "grant/splice.h"

#define PE_CLAIM(id, name, granted, revoked) {name, granted, revoked},
static const struct {
  const char *name, *granted, *revoked;
} claims[] = {
#include "grant/claims.def"
};
#undef PE_CLAIM

const char *pe_claim_name(pe_claim claim) { return claims[claim].name; }
const char *pe_claim_text(pe_claim claim, bool revoke) { return revoke ? claims[claim].revoked : claims[claim].granted; }
const char *pe_proof_name(int answer) {
  return answer == PE_PROOF_YES ? "yes" : answer == PE_PROOF_NO ? "no" : "not given";
}

int pe_plan_init(pe_plan *p, const pe_alloc *alloc) {
  *p = (pe_plan){.alloc = alloc, .arena = pe_arena_new(alloc, 0), .load = {.limits = pe_load_limits_default}};
  pe_budget_init(&p->budget);
  return p->arena ? POLICYEVAL_OK : POLICYEVAL_ENOMEM;
}

void pe_plan_done(pe_plan *p) {
  if (!p->alloc) return;
  for (size_t i = 0; i < p->documents.len; i++) pe_document_done(&p->documents.data[i], p->alloc);
  for (size_t i = 0; i < p->proofs.len; i++) pe_vec_done(&p->proofs.data[i].basis, p->alloc);
  pe_vec_done(&p->documents, p->alloc);
  pe_vec_done(&p->obstacles, p->alloc);
  pe_vec_done(&p->proofs, p->alloc);
  pe_arena_free(p->arena);
  *p = (pe_plan){0};
}

bool pe_plan_changed(const pe_plan *p) {
  for (size_t i = 0; i < p->documents.len; i++)
    if (p->documents.data[i].changed) return true;
  return false;
}

bool pe_plan_proved(const pe_plan *p) {
  if (p->obstacles.len) return false;
  for (size_t i = 0; i < p->proofs.len; i++)
    if (p->proofs.data[i].answer != PE_PROOF_YES) return false;
  return true;
}

int pe_plan_obstacle(pe_plan *p, int layer, const pe_policy *policy, uint32_t statement, pe_buf *message) {
  const char *kept = message->failed ? NULL : pe_arena_copy(p->arena, message->ptr ? message->ptr : "", message->len);
  const size_t len = message->len;
  pe_buf_done(message);
  for (size_t i = 0; policy && i < p->documents.len; i++) {
    const pe_document *d = &p->documents.data[i];
    if (d->after != policy) continue;
    if (statement != UINT32_MAX) statement = pe_document_origin(d, statement);
    policy = d->given ? d->given : d->before;
    break;
  }
  pe_obstacle *o = kept ? pe_vec_push(&p->obstacles, p->alloc) : NULL;
  if (!o) return POLICYEVAL_ENOMEM;
  *o = (pe_obstacle){(uint8_t)layer, policy, statement, pe_slice_of(kept, len)};
  return POLICYEVAL_OK;
}

/* ---- the calls ---- */

static const char stage_key[] = "secretsmanager:VersionStage", id_key[] = "secretsmanager:VersionId";

/* D4.4: a call that names no stage has no such key. Without --strict-stage calls of both sorts must work; with
 * --any-version whatever they name. */
int pe_plan_variant(pe_plan *p, unsigned variant, const char **why) {
  pe_request_builder *b = p->access->leg[PE_LEG_SECRET];
  const bool named = variant == 1 || p->strict_stage;
  int rc = POLICYEVAL_OK;
  pe_request_drop_fact(b, pe_slice_str(stage_key));
  pe_request_drop_fact(b, pe_slice_str(id_key));
  p->access->stage = named && !p->any_version ? p->stage : (pe_slice){0};
  p->access->version_id = (pe_slice){0};
  if (named && p->any_version) {
    rc = pe_request_set_unknown(b, pe_slice_str(stage_key));
    if (rc == POLICYEVAL_OK) rc = pe_request_set_unknown(b, pe_slice_str(id_key));
  }
  return rc == POLICYEVAL_OK ? pe_access_prepare(p->access, p->request, why) : rc;
}

int pe_plan_variant_open(pe_plan *p, const char **why) {
  const bool any = p->any_version, strict = p->strict_stage;
  p->any_version = true;
  p->strict_stage = false;
  const int rc = pe_plan_variant(p, 0, why);
  p->any_version = any;
  p->strict_stage = strict;
  return rc;
}

static bool belongs(const pe_document *d, pe_leg leg) {
  return d->layer == (leg == PE_LEG_SECRET ? POLICYEVAL_LAYER_RESOURCE : POLICYEVAL_LAYER_KEY);
}

int pe_plan_set(const pe_plan *p, pe_leg leg, bool before, pe_policyset *set, pe_policy ***items) {
  const size_t n = p->documents.len;
  pe_policy **list = pe_alloc_array(p->alloc, 2 * n + 1, sizeof *list);
  if (!list) return POLICYEVAL_ENOMEM;
  *set = *p->given[leg];
  set->identity = (pe_policy_list){list, 0};
  set->resource = (pe_policy_list){list + n, 0};
  for (size_t i = 0; i < n; i++) {
    const pe_document *d = &p->documents.data[i];
    pe_policy *policy = before ? d->before : d->after;
    if (policy && d->layer == POLICYEVAL_LAYER_IDENTITY) set->identity.items[set->identity.count++] = policy;
    else if (policy && belongs(d, leg)) set->resource.items[set->resource.count++] = policy;
  }
  *items = list;
  return POLICYEVAL_OK;
}

/* ---- what stands in the way ---- */

static const char *cap_name(int layer) {
  switch (layer) {
    case POLICYEVAL_LAYER_BOUNDARY: return "permissions boundary";
    case POLICYEVAL_LAYER_SESSION: return "session policy";
    case POLICYEVAL_LAYER_SCP: return "service control policy";
    case POLICYEVAL_LAYER_RCP: return "resource control policy";
    case POLICYEVAL_LAYER_ENDPOINT: return "VPC endpoint policy";
    case POLICYEVAL_LAYER_IDENTITY: return "identity policy";
    case POLICYEVAL_LAYER_KEY: return "key policy";
    default: return "secret's policy";
  }
}

static int tell(pe_plan *p, int layer, const pe_policy *policy, uint32_t statement, const char *before, pe_slice action,
                const char *after) {
  pe_buf text;
  pe_buf_init(&text, p->alloc);
  pe_buf_fmt(&text, "%s %s ", before, cap_name(layer));
  pe_buf_fmt(&text, "%s %.*s", after, (int)action.len, action.ptr);
  return pe_plan_obstacle(p, layer, policy, statement, &text);
}

static int say(pe_plan *p, int layer, const pe_policy *policy, const char *sentence) {
  pe_buf text;
  pe_buf_init(&text, p->alloc);
  pe_buf_str(&text, sentence);
  return pe_plan_obstacle(p, layer, policy, UINT32_MAX, &text);
}

static int tell_denies(pe_plan *p, const pe_trace *trace, pe_slice action) {
  int rc = POLICYEVAL_OK;
  for (size_t i = 0; i < trace->statements.len && rc == POLICYEVAL_OK; i++) {
    const pe_stmt_trace *t = &trace->statements.data[i];
    if (t->statement->effect == PE_DENY && t->step == PE_STEP_MATCHED)
      rc = tell(p, t->layer, t->policy, t->statement->index, "a statement of the", action, "denies");
  }
  return rc;
}

static int tell_caps(pe_plan *p, const pe_trace *trace, unsigned layers, pe_slice action) {
  int rc = POLICYEVAL_OK;
  for (int layer = 1; layer < POLICYEVAL_LAYER_LAST_ && rc == POLICYEVAL_OK; layer++) {
    bool told = false;
    for (size_t i = 0; i < trace->layers.len && rc == POLICYEVAL_OK; i++) {
      const pe_layer_trace *l = &trace->layers.data[i];
      if (!(layers >> layer & 1) || l->layer != layer || l->effect == POLICYEVAL_ALLOW) continue;
      rc = tell(p, layer, l->policy, UINT32_MAX, "the", action, "does not allow");
      told = true;
    }
    if ((layers >> layer & 1) && !told && rc == POLICYEVAL_OK)
      rc = tell(p, layer, NULL, UINT32_MAX, "no", action, "allows");
  }
  return rc;
}

/* ---- adding what is missing ---- */

static int write_added(pe_plan *p, pe_leg leg, const pe_document *d, pe_buf *out) {
  pe_buf statement;
  pe_buf_init(&statement, p->alloc);
  const bool whole = !d->after;
  if (whole) pe_buf_str(&statement, "{\"Version\":\"2012-10-17\",\"Statement\":[");
  pe_propose_statement(p, leg, d, true, &statement);
  if (whole) pe_buf_str(&statement, "]}");
  const pe_slice text = pe_slice_of(statement.ptr, statement.len);
  int rc = statement.failed ? POLICYEVAL_ENOMEM : POLICYEVAL_OK;
  if (rc == POLICYEVAL_OK) rc = whole ? pe_splice_pretty(p->alloc, text, out) : pe_splice_add(p->alloc, d->after, text, out);
  pe_buf_done(&statement);
  return rc;
}

/* The document with the statement, when its size allows that; else *fits is false and *told says why. */
static int try_document(pe_plan *p, pe_leg leg, pe_document *d, bool *fits, pe_buf *told) {
  pe_buf text;
  pe_buf_init(&text, p->alloc);
  int rc = write_added(p, leg, d, &text);
  pe_policy *after = NULL;
  if (rc == POLICYEVAL_OK) rc = pe_plan_load(p, d, pe_slice_of(text.ptr, text.len), &after);
  pe_buf_done(&text);
  if (rc != POLICYEVAL_OK) return rc;
  *fits = pe_document_fits(d, after, told);
  if (*fits) {
    uint32_t *added = pe_vec_push(&d->added, p->alloc);
    if (!added) rc = POLICYEVAL_ENOMEM;
    else *added = after->nstatements - 1;
  }
  if (*fits && rc == POLICYEVAL_OK) pe_document_replace(d, after);
  else pe_policy_unref(after);
  return rc;
}

/* Of several documents the last one with room. */
static int add_statement(pe_plan *p, pe_leg leg, int layer) {
  pe_buf told;
  const pe_policy *full = NULL;
  pe_buf_init(&told, p->alloc);
  for (size_t i = p->documents.len; i > 0; i--) {
    pe_document *d = &p->documents.data[i - 1];
    bool fits = false;
    if (d->layer != layer || d->fixed) continue;
    pe_buf_clear(&told);
    const int rc = try_document(p, leg, d, &fits, &told);
    if (rc != POLICYEVAL_OK || fits) {
      pe_buf_done(&told);
      return rc;
    }
    full = d->after;
  }
  return pe_plan_obstacle(p, layer, full, UINT32_MAX, &told);
}

/* In which policy the missing Allow goes. Same account: one is enough, and the identity policy covers every session of a
 * role, so that a single session is named by the resource's policy instead (D1.3). */
static int layer_to_add(const pe_plan *p, pe_leg leg, unsigned blocked) {
  const pe_request *r = p->request[leg];
  const int resource = leg == PE_LEG_SECRET ? POLICYEVAL_LAYER_RESOURCE : POLICYEVAL_LAYER_KEY;
  const bool personal = r->caller.session_known || r->caller.kind == PE_CALLER_FEDERATED_USER ||
                        r->caller.kind == PE_CALLER_ROOT;
  if (blocked >> resource & 1) return resource;
  return r->same_account && personal ? resource : POLICYEVAL_LAYER_IDENTITY;
}

/* Layers that no statement of the three policies can mend. */
static unsigned caps_of(const pe_plan *p, pe_leg leg, unsigned blocked) {
  const pe_request *r = p->request[leg];
  unsigned mine = 1u << POLICYEVAL_LAYER_IDENTITY | 1u << POLICYEVAL_LAYER_RESOURCE | 1u << POLICYEVAL_LAYER_KEY;
  /* PE-11: a policy that names a federated session is enough for it. */
  if (r->same_account && r->caller.kind == PE_CALLER_FEDERATED_USER && !p->given[leg]->has_session)
    mine |= 1u << POLICYEVAL_LAYER_SESSION;
  return blocked & ~mine;
}

static int cannot_edit(pe_plan *p, pe_leg leg, int layer) {
  if (layer == POLICYEVAL_LAYER_KEY && p->access->managed_key)
    return say(p, layer, NULL, "the secret is encrypted with the AWS managed key aws/secretsmanager, which never serves "
                               "another account and whose policy cannot be edited: encrypt it with a customer managed key");
  if (layer == POLICYEVAL_LAYER_IDENTITY && p->request[leg]->caller.service_linked)
    return say(p, layer, NULL, "the permissions of a service-linked role are AWS's and cannot be edited");
  return POLICYEVAL_OK;
}

/* One step towards the answer for a leg that is denied. `done`: mask of leg and layer pairs that got their statement. */
static int mend(pe_plan *p, pe_leg leg, const pe_verdict *v, const pe_trace *trace, unsigned done[PE_LEGS]) {
  const pe_slice action = p->request[leg]->action;
  if (v->effect == POLICYEVAL_EXPLICIT_DENY) return tell_denies(p, trace, action);
  const unsigned caps = caps_of(p, leg, v->blocked_by);
  if (caps) return tell_caps(p, trace, caps, action);
  const int layer = layer_to_add(p, leg, v->blocked_by);
  const size_t before = p->obstacles.len;
  const int rc = cannot_edit(p, leg, layer);
  if (rc != POLICYEVAL_OK || p->obstacles.len > before) return rc;
  if (done[leg] >> layer & 1) return tell(p, layer, NULL, UINT32_MAX, "a statement of the", action, "alone does not allow");
  done[leg] |= 1u << layer;
  return add_statement(p, leg, layer);
}

/* Looks at one call; mends the first leg that is denied whatever unknown facts are. */
static int step(pe_plan *p, bool *mended, unsigned done[PE_LEGS]) {
  int rc = POLICYEVAL_OK;
  for (int leg = 0; leg < PE_LEGS && rc == POLICYEVAL_OK && !*mended; leg++) {
    pe_policyset set;
    pe_policy **items;
    rc = pe_plan_set(p, (pe_leg)leg, false, &set, &items);
    if (rc != POLICYEVAL_OK) return rc;
    pe_trace trace;
    pe_trace_init(&trace, p->alloc);
    const pe_request *r = p->request[leg];
    const pe_verdict v = pe_decide_once(&set, r, &r->readings, PE_UNKNOWN_PESSIMISTIC, NULL, NULL, &trace);
    if (trace.failed) rc = POLICYEVAL_ENOMEM;
    if (rc == POLICYEVAL_OK && v.effect != POLICYEVAL_ALLOW) {
      *mended = true;
      rc = mend(p, (pe_leg)leg, &v, &trace, done);
    }
    pe_trace_done(&trace);
    pe_alloc_free(p->alloc, items);
  }
  return rc;
}

enum { STEPS_MAX = 2 * PE_LEGS * PE_VARIANTS }; /* each leg gets a statement in two policies at most */

static int grant(pe_plan *p, const char **why) {
  unsigned done[PE_LEGS] = {0};
  for (unsigned n = 0; n <= STEPS_MAX; n++) {
    bool mended = false;
    for (unsigned variant = 0; variant < PE_VARIANTS && !mended; variant++) {
      int rc = pe_plan_variant(p, variant, why);
      if (rc == POLICYEVAL_OK) rc = step(p, &mended, done);
      if (rc != POLICYEVAL_OK) return rc;
    }
    if (!mended || p->obstacles.len) return POLICYEVAL_OK;
  }
  return POLICYEVAL_EINTERNAL;
}

/* ---- all of it ---- */

/* What cannot be done or must not be done is not shown as policies, nor what was proved about those. */
static void give_up(pe_plan *p) {
  for (size_t i = 0; i < p->documents.len; i++) pe_document_reset(&p->documents.data[i]);
  for (size_t i = 0; i < p->proofs.len; i++) pe_vec_done(&p->proofs.data[i].basis, p->alloc);
  p->proofs.len = 0;
}

/* D3.6: a statement would not make a key usable. */
static int check_state(pe_plan *p) {
  const pe_operability state = pe_access_operability(p->access);
  if (state.ok || p->revoke) return POLICYEVAL_OK;
  pe_buf text;
  pe_buf_init(&text, p->alloc);
  pe_buf_fmt(&text, "%s: %s", state.error, state.problem);
  return pe_plan_obstacle(p, 0, NULL, UINT32_MAX, &text);
}

static int keep_region(pe_plan *p) {
  pe_buf text;
  pe_buf_init(&text, p->alloc);
  pe_propose_region(p, &text);
  const char *kept = text.failed ? NULL : pe_arena_copy(p->arena, text.ptr, text.len);
  p->region = pe_slice_of(kept, text.len);
  pe_buf_done(&text);
  return kept ? POLICYEVAL_OK : POLICYEVAL_ENOMEM;
}

/* A call that names no stage reads AWSCURRENT, so another stage can only be granted to calls that name it. */
static void choose_stage(pe_plan *p) {
  p->stage = p->access->stage.ptr ? p->access->stage : PE_SLICE("AWSCURRENT");
  if (!pe_slice_eq(p->stage, PE_SLICE("AWSCURRENT"))) p->strict_stage = true;
  if (p->any_version) p->strict_stage = false;
}

int pe_plan_make(pe_plan *p, const char **why) {
  choose_stage(p);
  int rc = pe_plan_variant(p, 0, why);
  if (rc == POLICYEVAL_OK) rc = pe_documents_take(p);
  if (rc == POLICYEVAL_OK) rc = keep_region(p);
  if (rc == POLICYEVAL_OK) rc = check_state(p);
  if (rc == POLICYEVAL_OK && !p->obstacles.len) rc = p->revoke ? pe_plan_revoke(p, why) : grant(p, why);
  if (rc == POLICYEVAL_OK && !p->obstacles.len) rc = pe_prove_plan(p, why);
  if (rc == POLICYEVAL_OK && p->obstacles.len) give_up(p);
  return rc;
}
