/* SPDX-License-Identifier: MIT */
#include "eval/principal.h"

enum { A5_NOBODY, A5_OTHERS };
enum { A7_KNOWN, A7_NAME, A7_EXACT };
enum { A25_CHECKED, A25_IGNORED };
enum { AMB_23_EVERY, AMB_23_ANY };
enum { AMB_28_EXACT, AMB_28_NOCASE };

static bool is_iam(const pe_caller *c) {
  return c->kind == PE_CALLER_ROOT || c->kind == PE_CALLER_USER || c->kind == PE_CALLER_ROLE ||
         c->kind == PE_CALLER_FEDERATED_USER;
}

/* D2.1: partitions share nothing. An account written as twelve digits names no partition. */
static bool same_owner(const pe_principal *p, const pe_caller *c) {
  return pe_slice_eq(p->account, c->account) &&
         (!p->partition.len || pe_slice_eq(p->partition, c->partition));
}

/* AMB-28. Asked last, when the answer alone decides. */
static bool role_name(const pe_principal *p, const pe_caller *c, pe_env *env) {
  if (pe_slice_eq(p->name, c->name)) return true;
  if (!pe_slice_eq_ascii_nocase(p->name, c->name)) return false;
  return pe_env_reading(env, PE_ROW_AMB_28) == AMB_28_NOCASE;
}

static bool covers_role(const pe_principal *p, const pe_caller *c, pe_env *env) {
  if (c->kind != PE_CALLER_ROLE || !same_owner(p, c) || !pe_slice_eq_ascii_nocase(p->name, c->name))
    return false;
  /* A7: a session's ARN does not tell the path of its role. */
  bool same = pe_slice_eq(p->path, c->path_known ? c->path : PE_SLICE("/"));
  bool by[] = {[A7_KNOWN] = c->path_known ? same : true, [A7_NAME] = true, [A7_EXACT] = same};
  if (!by[A7_KNOWN] || !by[A7_EXACT]) {
    if (!by[pe_env_reading(env, PE_ROW_A7)]) return false;
  }
  return role_name(p, c, env);
}

/* A session whose name is not known is like an unknown fact: it may be this one. */
static bool covers_session(const pe_principal *p, const pe_caller *c, pe_env *env) {
  if (c->kind != PE_CALLER_ROLE || !same_owner(p, c)) return false;
  if (c->session_known) return pe_slice_eq(p->session, c->session) && role_name(p, c, env);
  if (!role_name(p, c, env)) return false;
  if (env->missing)
    env->missing(env->missing_user, PE_SLICE("aws:userid"), pe_key_find(PE_SLICE("aws:userid")), true);
  env->unknown_hit = true;
  return env->want_unknown;
}

static unsigned covers_user(const pe_principal *p, const pe_caller *c) {
  if (c->kind == PE_CALLER_USER && pe_slice_eq(p->text, c->arn)) return PE_VIA_USER;
  if (c->kind == PE_CALLER_FEDERATED_USER && c->parent.count && pe_slice_eq(p->text, c->parent.text))
    return PE_VIA_PARENT_USER;
  return 0;
}

unsigned pe_principal_covers(const pe_principal *p, const pe_request *r, pe_env *env, unsigned star) {
  const pe_caller *c = &r->caller;
  switch ((pe_principal_kind)p->kind) {
  case PE_PRINCIPAL_ANY: return star;
  case PE_PRINCIPAL_ACCOUNT:
    if (!is_iam(c) || !same_owner(p, c)) return 0;
    return c->kind == PE_CALLER_ROOT ? PE_VIA_ROOT : PE_VIA_ACCOUNT;
  case PE_PRINCIPAL_USER: return covers_user(p, c);
  case PE_PRINCIPAL_ROLE: return covers_role(p, c, env) ? PE_VIA_ROLE : 0;
  case PE_PRINCIPAL_SESSION: return covers_session(p, c, env) ? PE_VIA_SESSION : 0;
  case PE_PRINCIPAL_FEDERATED_USER:
    return c->kind == PE_CALLER_FEDERATED_USER && pe_slice_eq(p->text, c->arn) ? PE_VIA_FEDERATED : 0;
  case PE_PRINCIPAL_ID: /* A32: compared only when the caller's own id is known */
    return is_iam(c) && c->unique_id.len && pe_slice_eq(p->text, c->unique_id) ? PE_VIA_ID : 0;
  case PE_PRINCIPAL_SERVICE:
    return c->kind == PE_CALLER_SERVICE && pe_slice_eq(p->text, c->service) ? PE_VIA_SERVICE : 0;
  case PE_PRINCIPAL_PROVIDER:
    return c->kind == PE_CALLER_PROVIDER && pe_slice_eq(p->text, c->service) ? PE_VIA_PROVIDER : 0;
  case PE_PRINCIPAL_CANONICAL:
  case PE_PRINCIPAL_OTHER: break;
  }
  return 0;
}

static unsigned listed(const pe_statement *s, const pe_request *r, pe_env *env) {
  unsigned star = s->names_principal_arn ? PE_VIA_STAR_ARN : PE_VIA_STAR, via = 0;
  for (uint32_t i = 0; i < s->nprincipals; i++) via |= pe_principal_covers(&s->principals[i], r, env, star);
  return via;
}

/* D2.2: what must be listed to exempt the caller: itself, its role, its account. */
static unsigned levels(const pe_caller *c) {
  switch (c->kind) {
  case PE_CALLER_ROOT: return PE_VIA_ROOT;
  case PE_CALLER_USER: return PE_VIA_USER | PE_VIA_ACCOUNT;
  case PE_CALLER_ROLE: return PE_VIA_SESSION | PE_VIA_ROLE | PE_VIA_ACCOUNT;
  case PE_CALLER_FEDERATED_USER: return PE_VIA_FEDERATED | PE_VIA_ACCOUNT;
  case PE_CALLER_SERVICE: return PE_VIA_SERVICE;
  case PE_CALLER_PROVIDER: return PE_VIA_PROVIDER;
  default: return 0;
  }
}

/* AMB-23. Inside a Not element what is undetermined points the other way. */
static bool exempt(const pe_statement *s, const pe_request *r, pe_env *env) {
  env->want = !env->want;
  env->want_unknown = !env->want_unknown;
  unsigned via = listed(s, r, env), need = levels(&r->caller);
  env->want = !env->want;
  env->want_unknown = !env->want_unknown;
  if (via & (PE_VIA_STAR | PE_VIA_STAR_ARN)) return true;
  if (via & PE_VIA_ID) via |= r->caller.kind == PE_CALLER_ROLE ? PE_VIA_ROLE : PE_VIA_USER;
  via &= need;
  bool every = need && via == need, any = via != 0;
  if (every == any) return every;
  return pe_env_reading(env, PE_ROW_AMB_23) == AMB_23_EVERY ? every : any;
}

static bool others(const pe_statement *s, const pe_request *r, bool boundary, pe_env *env, unsigned *via) {
  *via = s->names_principal_arn ? PE_VIA_STAR_ARN : PE_VIA_STAR;
  if (s->effect == PE_DENY && boundary && is_iam(&r->caller)) return true; /* whatever is listed */
  if (exempt(s, r, env)) return false;
  return s->effect == PE_DENY || pe_env_reading(env, PE_ROW_A5) == A5_OTHERS;
}

static bool has_principal(int kind) {
  return kind != POLICYEVAL_KIND_IDENTITY && kind != POLICYEVAL_KIND_BOUNDARY &&
         kind != POLICYEVAL_KIND_SESSION && kind != POLICYEVAL_KIND_SCP;
}

bool pe_principal_match(const pe_statement *s, int kind, const pe_request *r, bool boundary, pe_env *env,
                        unsigned *via) {
  *via = 0;
  /* A27: a statement of a resource policy that names nobody applies to nobody. */
  if (s->principal_mode == PE_MODE_NONE || !has_principal(kind))
    return s->principal_mode == PE_MODE_NONE && !has_principal(kind);
  bool applies;
  if (s->principal_mode == PE_MODE_NOT) {
    applies = others(s, r, boundary, env, via);
  } else {
    *via = listed(s, r, env);
    applies = *via != 0;
  }
  if (applies || kind != POLICYEVAL_KIND_ENDPOINT) return applies;
  *via = PE_VIA_STAR;
  return pe_env_reading(env, PE_ROW_A25) == A25_IGNORED;
}
