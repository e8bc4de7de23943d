/* SPDX-License-Identifier: MIT */
#include "eval/derive.h"

#include "base/error.h"

static const char *const names_as_written[PE_DERIVED_COUNT] = {
#define PE_DERIVED(symbol, key) key,
#include "eval/derived.def"
#undef PE_DERIVED
};

void pe_derived_names_init(pe_derived_names *names) {
  size_t used = 0;
  for (unsigned i = 0; i < PE_DERIVED_COUNT; i++) {
    names->name[i] = pe_slice_str(names_as_written[i]);
    char *to = names->text + used;
    for (size_t n = 0; n < names->name[i].len; n++) {
      char c = names->name[i].ptr[n];
      to[n] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    to[names->name[i].len] = '\0';
    names->lower[i] = pe_slice_of(to, names->name[i].len);
    names->hash[i] = pe_slice_hash(names->lower[i]);
    used += names->name[i].len + 1;
  }
}

static void set(pe_derived_value *out, pe_derived key, pe_slice value) {
  if (value.len) out[key] = (pe_derived_value){.set = 1, .value = value};
}

/* L3, values of the identity keys. */
static pe_slice principal_type(const pe_caller *c) {
  switch (c->kind) {
  case PE_CALLER_ROOT: return PE_SLICE("Account");
  case PE_CALLER_USER: return PE_SLICE("User");
  case PE_CALLER_ROLE: return PE_SLICE("AssumedRole");
  case PE_CALLER_FEDERATED_USER: return PE_SLICE("FederatedUser");
  case PE_CALLER_ANONYMOUS: return PE_SLICE("Anonymous");
  default: return PE_SLICE("");
  }
}

/* aws:userid is there for everybody who signs: it is not known without the unique id, nor, of a role's session, without the
 * session's name (PE-4). */
static int derive_userid(const pe_caller *c, pe_buf *made, pe_derived_value *out) {
  const bool signs = c->kind == PE_CALLER_USER || c->kind == PE_CALLER_ROLE;
  if (signs && (!c->unique_id.len || (c->kind == PE_CALLER_ROLE && !c->session_known))) {
    out[PE_DERIVED_USERID] = (pe_derived_value){.set = 1, .unknown = 1};
    return 0;
  }
  switch (c->kind) {
  case PE_CALLER_ROOT: set(out, PE_DERIVED_USERID, c->account); return 0;
  case PE_CALLER_ANONYMOUS: set(out, PE_DERIVED_USERID, PE_SLICE("anonymous")); return 0;
  case PE_CALLER_USER: set(out, PE_DERIVED_USERID, c->unique_id); return 0;
  case PE_CALLER_ROLE:
    pe_buf_slice(made, c->unique_id);
    pe_buf_char(made, ':');
    pe_buf_slice(made, c->session);
    break;
  case PE_CALLER_FEDERATED_USER:
    pe_buf_slice(made, c->account);
    pe_buf_char(made, ':');
    pe_buf_slice(made, c->name);
    break;
  default: return 0;
  }
  if (made->failed) return POLICYEVAL_ENOMEM;
  set(out, PE_DERIVED_USERID, pe_slice_of(made->ptr, made->len));
  return 0;
}

static void derive_principal(const pe_caller *c, pe_derived_value *out) {
  bool iam = c->account.len != 0;
  if (c->kind == PE_CALLER_ROLE) {
    set(out, PE_DERIVED_PRINCIPAL_ARN, c->role_arn); /* D1.7: the role's, never the session's */
  } else if (iam) {
    set(out, PE_DERIVED_PRINCIPAL_ARN, c->arn);
  }
  set(out, PE_DERIVED_PRINCIPAL_ACCOUNT, c->kind == PE_CALLER_ANONYMOUS ? PE_SLICE("anonymous") : c->account);
  set(out, PE_DERIVED_PRINCIPAL_TYPE, principal_type(c));
  if (c->kind == PE_CALLER_USER) set(out, PE_DERIVED_USERNAME, c->name);
  if (c->kind == PE_CALLER_SERVICE) {
    set(out, PE_DERIVED_SERVICE_NAME, c->service);
    set(out, PE_DERIVED_IS_SERVICE, PE_SLICE("true"));
  } else if (iam) {
    set(out, PE_DERIVED_IS_SERVICE, PE_SLICE("false"));
  }
}

static bool service_is(pe_slice lower_action, pe_slice service) {
  return lower_action.len > service.len && lower_action.ptr[service.len] == ':' &&
         pe_slice_starts(lower_action, service);
}

int pe_derive_facts(const pe_request *r, pe_buf *made, pe_derived_value out[PE_DERIVED_COUNT]) {
  memset(out, 0, PE_DERIVED_COUNT * sizeof *out);
  pe_buf_clear(made);
  derive_principal(&r->caller, out);
  int rc = derive_userid(&r->caller, made, out);
  if (rc) return rc;
  set(out, PE_DERIVED_VIA_SERVICE,
      PE_SLICE("false")); /* D1.7: always there; calls are direct unless said otherwise */
  set(out, PE_DERIVED_RESOURCE_ACCOUNT, r->resource_account);
  if (r->resource.count > PE_ARN_REGION)
    set(out, PE_DERIVED_REQUESTED_REGION, r->resource.field[PE_ARN_REGION]);
  bool creates = pe_slice_eq(r->lower_action, PE_SLICE("secretsmanager:createsecret"));
  if (service_is(r->lower_action, PE_SLICE("secretsmanager")) && !creates &&
      r->resource.count == PE_ARN_FIELDS &&
      pe_slice_eq(r->resource.field[PE_ARN_SERVICE], PE_SLICE("secretsmanager")))
    set(out, PE_DERIVED_SECRET_ID, r->resource.text); /* A10: an ARN, so the key is certain */
  if (service_is(r->lower_action, PE_SLICE("kms"))) set(out, PE_DERIVED_CALLER_ACCOUNT, r->caller.account);
  return 0;
}

/* AMB-2, PE-1: does the resource part start with a resource-type word? The bucket of arn:aws:s3:::bucket/key is a name,
 * not a type; these services' resource types all start with one. */
static bool has_type_word(const pe_arn *resource) {
  static const char *const services[] = {"secretsmanager", "kms", "iam", "sts"};
  if (resource->count < PE_ARN_FIELDS) return false;
  for (size_t i = 0; i < sizeof services / sizeof services[0]; i++) {
    if (pe_slice_eq(resource->field[PE_ARN_SERVICE], pe_slice_str(services[i]))) return true;
  }
  return false;
}

/* An alias has no policy of its own: what is done to it (kms:CreateAlias, say) is asked of identity policies. */
static bool is_alias_of_action(const pe_request *r) {
  const pe_arn *a = &r->resource;
  if (!r->action_info || !pe_slice_eq(a->field[PE_ARN_SERVICE], PE_SLICE("kms")) ||
      !pe_slice_starts(a->field[PE_ARN_RESOURCE], PE_SLICE("alias/")))
    return false;
  for (const char *const *type = r->action_info->resource_types; *type; type++) {
    if (strcmp(*type, "alias") == 0) return true;
  }
  return false;
}

/* PE-13: an action on keys or on roles needs their own policy, whatever the request names in their place. */
static uint8_t target_of(const pe_request *r) {
  const pe_arn *a = &r->resource;
  const unsigned flags = r->action_info ? r->action_info->flags : 0;
  if (service_is(r->lower_action, PE_SLICE("kms")) && !(flags & PE_ACTION_NO_RESOURCE))
    return is_alias_of_action(r) ? PE_TARGET_PLAIN : PE_TARGET_KEY;
  const bool role = pe_slice_eq(a->field[PE_ARN_SERVICE], PE_SLICE("iam")) &&
                    pe_slice_starts(a->field[PE_ARN_RESOURCE], PE_SLICE("role/"));
  const bool self = pe_slice_eq(a->field[PE_ARN_SERVICE], PE_SLICE("sts")); /* a session that is to be changed */
  if (service_is(r->lower_action, PE_SLICE("sts")) && (role || (flags & PE_ACTION_TRUST && !self))) return PE_TARGET_ROLE;
  return PE_TARGET_PLAIN;
}

static bool same_account(const pe_request *r) {
  if (r->star_only || !r->resource_account.len || !r->caller.account.len) return true;
  return pe_slice_eq(r->resource_account, r->caller.account) &&
         pe_slice_eq(r->resource.field[PE_ARN_PARTITION],
                     r->caller.partition); /* D2.1: partitions share nothing */
}

void pe_derive_rules(pe_request *r) {
  unsigned flags = r->action_info ? r->action_info->flags : 0;
  bool secret = service_is(r->lower_action, PE_SLICE("secretsmanager")),
       key = service_is(r->lower_action, PE_SLICE("kms"));
  r->star_only = r->resource.count < PE_ARN_FIELDS || (flags & PE_ACTION_NO_RESOURCE) != 0;
  r->target = target_of(r);
  r->same_account = same_account(r);
  r->cross_account_void = (secret || key) && !(flags & PE_ACTION_CROSS_ACCOUNT);
  r->signed_only = secret || key;
  r->type_word = has_type_word(&r->resource);
  if (r->target == PE_TARGET_KEY && r->resource.count == PE_ARN_FIELDS &&
      pe_slice_starts(r->resource.field[PE_ARN_RESOURCE], PE_SLICE("key/aws/")))
    r->aws_managed_key = 1; /* named by its alias, as the access question names the one of Secrets Manager */
}
