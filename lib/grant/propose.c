/* SPDX-License-Identifier: MIT */
/* The statements of a grant. Each carries all the limits itself (D3.5, D4.4), so that what it allows does not hang on what
 * another policy says, now or later. */
#include "grant/propose.h"

#include "access/edit.h"
#include "base/wrap.h"

static const pe_caller *caller_of(const pe_plan *p) { return &p->request[PE_LEG_SECRET]->caller; }

/* A role, path included; a session, user or federated user by itself (D2.1). */
pe_slice pe_propose_principal(const pe_plan *p) {
  const pe_caller *c = caller_of(p);
  return c->kind == PE_CALLER_ROLE && !c->session_known ? c->role_arn : c->arn;
}

/* The statement that the next revocation looks for: the same for the same question, whatever its versions are. */
PE_WRAPS void pe_propose_sid(const pe_plan *p, pe_leg leg, pe_buf *out) {
  const pe_slice who = pe_propose_principal(p), secret = p->access->secret.text, key = p->access->key.text;
  uint64_t hash = pe_slice_hash(who) * 3 + pe_slice_hash(secret);
  if (leg == PE_LEG_KEY) hash = hash * 3 + pe_slice_hash(key);
  pe_buf_fmt(out, "%s%08x", leg == PE_LEG_SECRET ? "GrantGetSecretValue" : "GrantDecrypt",
             (unsigned)(hash ^ hash >> 32) & 0xffffffffu);
}

/* L1.4.5: letters and digits, so a number goes behind it without a mark. */
bool pe_propose_is_sid(const pe_plan *p, pe_leg leg, pe_slice sid) {
  pe_buf own;
  pe_buf_init(&own, p->alloc);
  pe_propose_sid(p, leg, &own);
  bool is = !own.failed && pe_slice_starts(sid, pe_slice_of(own.ptr, own.len));
  for (size_t i = own.len; is && i < sid.len; i++) is = i == own.len ? sid.ptr[i] == 'n' : sid.ptr[i] >= '0' && sid.ptr[i] <= '9';
  pe_buf_done(&own);
  return is;
}

static bool has_sid(const pe_policy *policy, pe_slice sid) {
  for (uint32_t i = 0; policy && i < policy->nstatements; i++)
    if (pe_slice_eq(policy->statements[i].sid, sid)) return true;
  return false;
}

/* As many tries as there are statements: one of them is free. */
static void free_sid(const pe_plan *p, pe_leg leg, const pe_policy *policy, pe_buf *sid) {
  const uint32_t tries = policy ? policy->nstatements + 1 : 0;
  pe_propose_sid(p, leg, sid);
  for (uint32_t n = 2; n < tries + 2 && !sid->failed && has_sid(policy, pe_slice_of(sid->ptr, sid->len)); n++) {
    pe_buf_clear(sid);
    pe_propose_sid(p, leg, sid);
    pe_buf_fmt(sid, "n%u", n);
  }
}

static void write_member(pe_buf *out, const char *name, pe_slice value) {
  pe_edit_quote(out, pe_slice_str(name));
  pe_buf_char(out, ':');
  pe_edit_quote(out, value);
}

/* "Principal": {"AWS": ARN}. An account's root user has no ARN of its own there: the ARN is the whole account (L1.5.3), and
 * a condition on aws:PrincipalArn narrows it. */
static void write_principal(const pe_plan *p, pe_buf *out) {
  pe_buf_str(out, "\"Principal\":{");
  write_member(out, "AWS", pe_propose_principal(p));
  pe_buf_str(out, "},");
}

static void write_via(const pe_plan *p, pe_buf *out) {
  const pe_slice region = p->access->secret.field[PE_ARN_REGION];
  pe_buf_fmt(out, "\"kms:ViaService\":\"secretsmanager.%.*s.amazonaws.com\",", (int)region.len, region.ptr);
  write_member(out, "kms:EncryptionContext:SecretARN", p->access->secret.text);
}

static void write_conditions(const pe_plan *p, pe_leg leg, bool identity, pe_buf *out) {
  const bool root = !identity && caller_of(p)->kind == PE_CALLER_ROOT;
  const bool stage = leg == PE_LEG_SECRET && !p->any_version;
  if (!root && !stage && leg == PE_LEG_SECRET) return;
  pe_buf_str(out, ",\"Condition\":{");
  if (leg == PE_LEG_KEY) {
    pe_buf_str(out, "\"StringEquals\":{");
    write_via(p, out);
    pe_buf_char(out, '}');
  } else if (stage) {
    pe_buf_str(out, p->strict_stage ? "\"StringEquals\":{" : "\"StringEqualsIfExists\":{");
    write_member(out, "secretsmanager:VersionStage", p->stage);
    pe_buf_char(out, '}');
  }
  if (root) {
    if (stage || leg == PE_LEG_KEY) pe_buf_char(out, ',');
    pe_buf_str(out, "\"ArnEquals\":{");
    write_member(out, "aws:PrincipalArn", caller_of(p)->arn);
    pe_buf_char(out, '}');
  }
  pe_buf_char(out, '}');
}

void pe_propose_statement(const pe_plan *p, pe_leg leg, const pe_document *d, bool with_sid, pe_buf *out) {
  const bool identity = d->layer == POLICYEVAL_LAYER_IDENTITY;
  pe_buf_char(out, '{');
  if (with_sid) {
    pe_buf sid;
    pe_buf_init(&sid, p->alloc);
    free_sid(p, leg, d->after, &sid);
    out->failed |= sid.failed;
    if (!sid.failed) write_member(out, "Sid", pe_slice_of(sid.ptr, sid.len));
    pe_buf_char(out, ',');
    pe_buf_done(&sid);
  }
  pe_buf_str(out, "\"Effect\":\"Allow\",");
  if (!identity) write_principal(p, out);
  write_member(out, "Action", leg == PE_LEG_SECRET ? PE_SLICE("secretsmanager:GetSecretValue") : PE_SLICE("kms:Decrypt"));
  pe_buf_char(out, ',');
  /* D3.2: in a key policy the key is always "*". */
  write_member(out, "Resource", leg == PE_LEG_SECRET ? p->access->secret.text : identity ? p->access->key.text : PE_SLICE("*"));
  write_conditions(p, leg, identity, out);
  pe_buf_char(out, '}');
}

void pe_propose_region(const pe_plan *p, pe_buf *out) {
  const pe_caller *c = caller_of(p);
  const pe_slice who = pe_propose_principal(p);
  const pe_slice region = p->access->secret.field[PE_ARN_REGION];
  pe_buf_slice(out, who);
  if (c->kind == PE_CALLER_ROLE) pe_buf_str(out, c->session_known ? " (this session alone)" : " (every session of it)");
  pe_buf_str(out, ": secretsmanager:GetSecretValue on ");
  pe_buf_slice(out, p->access->secret.text);
  if (p->any_version) {
    pe_buf_str(out, ", every version");
  } else {
    pe_buf_fmt(out, ", calls that name the version stage %.*s", (int)p->stage.len, p->stage.ptr);
    if (!p->strict_stage) pe_buf_str(out, " or no stage (then AWSCURRENT, or the version whose id the call names)");
  }
  pe_buf_str(out, "; kms:Decrypt with ");
  pe_buf_slice(out, p->access->key.text);
  pe_buf_fmt(out, " through Secrets Manager in %.*s for this secret only", (int)region.len, region.ptr);
}

/* D3.1. https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html */
void pe_propose_key_policy(const pe_arn *key, pe_buf *out) {
  const pe_slice partition = key->field[PE_ARN_PARTITION], account = key->field[PE_ARN_ACCOUNT];
  pe_buf_str(out, "{\"Version\":\"2012-10-17\",\"Id\":\"key-default-1\",\"Statement\":[{\"Sid\":\"Enable IAM User Permissions\","
                  "\"Effect\":\"Allow\",");
  pe_buf_fmt(out, "\"Principal\":{\"AWS\":\"arn:%.*s:iam::%.*s:root\"},\"Action\":\"kms:*\",\"Resource\":\"*\"}]}",
             (int)partition.len, partition.ptr, (int)account.len, account.ptr);
}
