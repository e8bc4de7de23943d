/* SPDX-License-Identifier: MIT */
#include "sym/witness.h"

#include "base/error.h"
#include "eval/decide.h"

/* "a|b|c" into its parts. */
static void split_parts(pe_slice text, pe_slice part[3]) {
  size_t start = 0;
  for (int i = 0; i < 3; i++) {
    size_t end = start;
    while (end < text.len && (unsigned char)text.ptr[end] != PE_SEPARATOR) end++;
    part[i] = pe_slice_sub(text, start, end);
    start = end < text.len ? end + 1 : text.len;
  }
}

/* The session's own ARN; the role's goes beside it, for its path. */
static int set_session(pe_request_builder *b, pe_slice role, pe_slice session, const pe_alloc *a, const char **why) {
  pe_arn arn;
  pe_buf text;
  pe_arn_split(role, &arn);
  pe_slice name = arn.field[PE_ARN_RESOURCE];
  for (size_t i = name.len; i > 0; i--) {
    if (name.ptr[i - 1] != '/') continue;
    name = pe_slice_sub(name, i, name.len);
    break;
  }
  pe_buf_init(&text, a);
  pe_buf_str(&text, "arn:");
  pe_buf_slice(&text, arn.field[PE_ARN_PARTITION]);
  pe_buf_str(&text, ":sts::");
  pe_buf_slice(&text, arn.field[PE_ARN_ACCOUNT]);
  pe_buf_str(&text, ":assumed-role/");
  pe_buf_slice(&text, name);
  pe_buf_char(&text, '/');
  pe_buf_slice(&text, session);
  int rc = text.failed ? POLICYEVAL_ENOMEM : pe_request_set_principal_arn(b, pe_slice_of(text.ptr, text.len), why);
  pe_buf_done(&text);
  return rc ? rc : pe_request_set_role_arn(b, role, why);
}

static int set_principal(pe_request_builder *b, pe_slice text, const pe_alloc *a, const char **why) {
  pe_slice part[3];
  split_parts(text, part);
  if (!part[0].len) {
    if (pe_slice_eq(part[1], PE_SLICE("service"))) return pe_request_set_service(b, part[2]);
    if (pe_slice_eq(part[1], PE_SLICE("provider"))) return pe_request_set_provider(b, part[2]);
    return pe_request_set_anonymous(b);
  }
  pe_arn arn;
  pe_arn_split(part[0], &arn);
  int rc = pe_slice_starts(arn.field[PE_ARN_RESOURCE], PE_SLICE("role/")) ? set_session(b, part[0], part[1], a, why)
                                                                          : pe_request_set_principal_arn(b, part[0], why);
  return !rc && part[2].len ? pe_request_set_principal_id(b, part[2]) : rc;
}

/* The action as AWS writes it. */
static int set_action(const pe_compiler *c, pe_request_builder *b, pe_slice text, const char **why) {
  const pe_action_info *info = pe_catalog_action(c->catalog, text);
  if (!info) return pe_request_set_action(b, text, why);
  pe_buf name;
  pe_buf_init(&name, c->alloc);
  pe_buf_slice(&name, info->service);
  pe_buf_char(&name, ':');
  pe_buf_slice(&name, info->name);
  int rc = name.failed ? POLICYEVAL_ENOMEM : pe_request_set_action(b, pe_slice_of(name.ptr, name.len), why);
  pe_buf_done(&name);
  return rc;
}

static int set_fact(const pe_oracle *o, uint32_t key, const pe_value *v, pe_request_builder *b) {
  const pe_space_key *k = &o->space->keys.data[key];
  pe_slice few[8], *texts = few;
  if (v->count > 8) texts = pe_alloc_array(o->alloc, v->count, sizeof *texts);
  if (!texts) return POLICYEVAL_ENOMEM;
  for (uint32_t i = 0; i < v->count; i++) texts[i] = pe_oracle_text(o, key, v, i);
  int rc = pe_request_set_fact(b, k->name, texts, v->count, v->shape == PE_SHAPE_LIST);
  if (texts != few) pe_alloc_free(o->alloc, texts);
  return rc;
}

static bool is_named(const pe_space_key *k, const char *name) {
  return pe_slice_eq_ascii_nocase(k->name, pe_slice_str(name));
}

/* What the request has anyway need not be said. The axioms see to it that keys which the resource tells pass the same
 * tests as what it tells. */
static bool is_default(const pe_compiler *c, const pe_oracle *o, const pe_solution *s, uint32_t key) {
  const pe_space_key *k = &o->space->keys.data[key];
  const pe_value *v = pe_oracle_value(o, key, s->values[key]);
  pe_slice first = v->count ? pe_oracle_text(o, key, v, 0) : PE_SLICE("");
  if (is_named(k, "aws:ViaAWSService")) return v->count == 1 && pe_slice_eq(first, PE_SLICE("false"));
  pe_arn arn;
  pe_arn_split(pe_oracle_text(o, c->resource, pe_oracle_value(o, c->resource, s->values[c->resource]), 0), &arn);
  if (arn.count < PE_ARN_FIELDS) return false;
  if (is_named(k, "aws:ResourceAccount")) return pe_arn_is_account(arn.field[PE_ARN_ACCOUNT]);
  if (is_named(k, "aws:RequestedRegion")) return v->count == 1 && pe_slice_eq(first, arn.field[PE_ARN_REGION]);
  if (!is_named(k, "secretsmanager:SecretId")) return false;
  pe_slice action = pe_oracle_text(o, c->action, pe_oracle_value(o, c->action, s->values[c->action]), 0);
  return pe_slice_eq(arn.field[PE_ARN_SERVICE], PE_SLICE("secretsmanager")) &&
         pe_slice_eq_ascii_nocase(pe_slice_sub(action, 0, 15), PE_SLICE("secretsmanager:"));
}

/* The library derives kms:CallerAccount for calls of KMS only; a policy may ask about it for others. */
static int set_caller_account(const pe_compiler *c, pe_request_builder *b) {
  const char *why = "";
  const pe_request *r;
  int rc = c->caller_account ? pe_request_prepare(b, &r, &why) : 0;
  if (rc || !c->caller_account || !r->caller.account.len || pe_slice_starts(r->lower_action, PE_SLICE("kms:"))) return rc;
  pe_slice account = r->caller.account;
  return pe_request_set_fact(b, PE_SLICE("kms:CallerAccount"), &account, 1, false);
}

int pe_witness_build(const pe_compiler *c, const pe_oracle *o, const pe_solution *s, pe_request_builder *b) {
  const char *why = "";
  int rc = 0;
  pe_request_builder_clear(b);
  for (uint32_t k = 0; k < o->nkeys && !rc; k++) {
    const pe_value *v = pe_oracle_value(o, k, s->values[k]);
    if (v->shape == PE_SHAPE_ABSENT || is_default(c, o, s, k)) continue;
    if (k == c->action) {
      rc = set_action(c, b, pe_oracle_text(o, k, v, 0), &why);
    } else if (k == c->resource) {
      rc = pe_request_set_resource(b, pe_oracle_text(o, k, v, 0), &why);
    } else if (k == c->principal) {
      rc = set_principal(b, pe_oracle_text(o, k, v, 0), o->alloc, &why);
    } else {
      rc = set_fact(o, k, v, b);
    }
  }
  return rc ? rc : set_caller_account(c, b);
}

int pe_witness_layer(int kind) {
  switch (kind) {
    case POLICYEVAL_KIND_IDENTITY: return POLICYEVAL_LAYER_IDENTITY;
    case POLICYEVAL_KIND_BOUNDARY: return POLICYEVAL_LAYER_BOUNDARY;
    case POLICYEVAL_KIND_SESSION: return POLICYEVAL_LAYER_SESSION;
    case POLICYEVAL_KIND_SCP: return POLICYEVAL_LAYER_SCP;
    case POLICYEVAL_KIND_RCP: return POLICYEVAL_LAYER_RCP;
    case POLICYEVAL_KIND_ENDPOINT: return POLICYEVAL_LAYER_ENDPOINT;
    default: return POLICYEVAL_LAYER_RESOURCE;
  }
}

static int effect_of(const pe_group *group, pe_request_builder *b, bool strict, pe_trace *trace) {
  if (!group->count) return POLICYEVAL_IMPLICIT_DENY;
  const pe_request *r;
  const char *why = "";
  int layer = pe_witness_layer(group->policies[0]->kind), rc = pe_request_set_only(b, layer);
  if (!rc) rc = pe_request_prepare(b, &r, &why);
  if (rc) return rc;
  /* The evaluator reads the policies; its lists are not const because a set owns references. */
  pe_policy_list list = {(pe_policy **)(uintptr_t)group->policies, group->count};
  pe_policyset set = {0};
  switch (layer) {
    case POLICYEVAL_LAYER_IDENTITY: set.identity = list; break;
    case POLICYEVAL_LAYER_BOUNDARY: set.boundary = list; break;
    case POLICYEVAL_LAYER_SESSION: set.session = list; break;
    case POLICYEVAL_LAYER_ENDPOINT: set.endpoint = list; break;
    case POLICYEVAL_LAYER_SCP: set.scp = &list; break;
    case POLICYEVAL_LAYER_RCP: set.rcp = &list; break;
    default: set.resource = list; break;
  }
  set.has_boundary = layer == POLICYEVAL_LAYER_BOUNDARY;
  set.has_session = layer == POLICYEVAL_LAYER_SESSION;
  set.has_endpoint = layer == POLICYEVAL_LAYER_ENDPOINT;
  set.has_scp = layer == POLICYEVAL_LAYER_SCP;
  set.has_rcp = layer == POLICYEVAL_LAYER_RCP;
  set.nscp = set.has_scp;
  set.nrcp = set.has_rcp;
  if (!trace) return pe_decide_effect(&set, r, strict);
  rc = pe_decide(&set, r, strict, trace);
  return rc ? rc : trace->effect;
}

int pe_witness_effect(const pe_group *group, pe_request_builder *b) { return effect_of(group, b, false, NULL); }

bool pe_witness_undocumented(const pe_group *group, pe_request_builder *b) {
  return effect_of(group, b, true, NULL) == POLICYEVAL_UNKNOWN;
}

int pe_witness_trace(const pe_group *group, pe_request_builder *b, pe_trace *out) {
  const int effect = effect_of(group, b, false, out);
  return effect < 0 ? effect : 0;
}
