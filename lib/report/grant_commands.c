/* SPDX-License-Identifier: MIT */
/* The commands of the AWS CLI that apply a change, for a POSIX shell: those of the secret's account, the key's, the
 * principal's. https://docs.aws.amazon.com/cli/latest/reference/secretsmanager/put-resource-policy.html */
#include "policy/unwrap.h"
#include "report/layers.h"
#include "report/render.h"

/* In single quotes; a quote inside ends them, stands escaped, and opens them again. */
static void write_quoted(pe_slice text, pe_buf *out) {
  pe_buf_char(out, '\'');
  for (size_t i = 0; i < text.len; i++) {
    if (text.ptr[i] == '\'') pe_buf_str(out, "'\\''");
    else pe_buf_char(out, text.ptr[i]);
  }
  pe_buf_char(out, '\'');
}

/* The member of the AWS CLI's reply that the document came in. Texts are in the arena. */
static pe_slice reply_member(pe_arena *arena, const pe_document *d, const char *name, bool *there) {
  static const pe_json_limits limits = {(size_t)1 << 31, 64, 2000000};
  pe_json json;
  const pe_source *file = d->given ? pe_source_file(d->given->source) : NULL;
  *there = false;
  if (!file || pe_json_read(arena, file, &limits, &json, NULL) != POLICYEVAL_OK || json.nodes[0].type != PE_JSON_OBJECT)
    return (pe_slice){0};
  const uint32_t member = pe_json_get(&json, 0, name);
  *there = member != 0;
  return member && json.nodes[member].type == PE_JSON_STRING ? json.nodes[member].text : (pe_slice){0};
}

static bool name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("_+=,.@-", c));
}

/* A name that IAM takes: of the file, or of the secret. */
static void write_policy_name(const pe_plan *plan, const pe_document *d, pe_slice known, pe_buf *out) {
  pe_buf name;
  pe_buf_init(&name, plan->alloc);
  const pe_slice secret = plan->access->secret.field[PE_ARN_RESOURCE];
  pe_slice text = pe_slice_sub(secret, strlen("secret:"), secret.len - 7);
  if (known.len) text = known;
  else if (d->given) text = pe_document_name(d);
  else pe_buf_str(&name, "read-");
  if (!known.len && d->given) {
    for (size_t i = text.len; i > 0; i--)
      if (text.ptr[i - 1] == '/') {
        text = pe_slice_sub(text, i, text.len);
        break;
      }
    if (pe_slice_ends(text, PE_SLICE(".json"))) text.len -= 5;
  }
  for (size_t i = 0; i < text.len && name.len < 128; i++) pe_buf_char(&name, name_character(text.ptr[i]) ? text.ptr[i] : '-');
  out->failed |= name.failed;
  if (!name.failed) write_quoted(pe_slice_of(name.ptr, name.len), out);
  pe_buf_done(&name);
}

static void write_document(const pe_plan *plan, size_t i, const char *folder, pe_buf *out) {
  if (!folder) {
    write_quoted(pe_document_text(&plan->documents.data[i]), out);
    return;
  }
  pe_buf path;
  pe_buf_init(&path, plan->alloc);
  pe_buf_fmt(&path, "file://%s/", folder);
  pe_document_file(plan, i, &path);
  out->failed |= path.failed;
  if (!path.failed) write_quoted(pe_slice_of(path.ptr, path.len), out);
  pe_buf_done(&path);
}

static void write_region(const pe_arn *arn, pe_buf *out) {
  pe_buf_str(out, " --region ");
  pe_buf_slice(out, arn->field[PE_ARN_REGION]);
}

static void secret_command(const pe_plan *plan, size_t i, const char *folder, pe_buf *out) {
  const pe_arn *secret = &plan->access->secret;
  const bool gone = !plan->documents.data[i].after;
  pe_buf_fmt(out, "aws secretsmanager %s", gone ? "delete-resource-policy" : "put-resource-policy");
  write_region(secret, out);
  pe_buf_str(out, " --secret-id ");
  write_quoted(secret->text, out);
  if (gone) return;
  pe_buf_str(out, " --block-public-policy --resource-policy ");
  write_document(plan, i, folder, out);
}

static void key_command(const pe_plan *plan, size_t i, const char *folder, pe_buf *out) {
  pe_buf_str(out, "aws kms put-key-policy");
  write_region(&plan->access->key, out);
  pe_buf_str(out, " --key-id ");
  write_quoted(plan->access->key.text, out);
  pe_buf_str(out, " --policy-name default --policy ");
  write_document(plan, i, folder, out);
}

/* Of the role, or of the user (a federated user has those of its user). */
static void identity_owner(const pe_plan *plan, bool *role, pe_slice *name) {
  const pe_caller *c = &plan->request[PE_LEG_SECRET]->caller;
  *role = c->kind == PE_CALLER_ROLE;
  *name = c->name;
  if (c->kind != PE_CALLER_FEDERATED_USER || !c->parent.count) return;
  *name = c->parent.field[PE_ARN_RESOURCE];
  for (size_t i = name->len; i > 0; i--)
    if (name->ptr[i - 1] == '/') {
      *name = pe_slice_sub(*name, i, name->len);
      return;
    }
}

static int identity_command(const pe_plan *plan, size_t i, const char *folder, pe_buf *out) {
  const pe_document *d = &plan->documents.data[i];
  pe_arena *arena = pe_arena_new(plan->alloc, 0);
  if (!arena) return POLICYEVAL_ENOMEM;
  bool role, managed, named;
  pe_slice owner;
  identity_owner(plan, &role, &owner);
  reply_member(arena, d, "PolicyVersion", &managed);
  const pe_slice known = reply_member(arena, d, "PolicyName", &named);
  if (managed && d->after) {
    pe_buf_str(out, "aws iam create-policy-version --set-as-default --policy-arn \"${POLICY_ARN:?the ARN of the policy that "
                    "the reply is of}\" --policy-document ");
    write_document(plan, i, folder, out);
  } else if (managed) {
    pe_buf_fmt(out, "aws iam detach-%s-policy --%s-name ", role ? "role" : "user", role ? "role" : "user");
    write_quoted(owner, out);
    pe_buf_str(out, " --policy-arn \"${POLICY_ARN:?the ARN of the policy that the reply is of}\"");
  } else {
    pe_buf_fmt(out, "aws iam %s-%s-policy --%s-name ", d->after ? "put" : "delete", role ? "role" : "user", role ? "role" : "user");
    write_quoted(owner, out);
    pe_buf_str(out, " --policy-name ");
    write_policy_name(plan, d, known, out);
    if (d->after) pe_buf_str(out, " --policy-document "), write_document(plan, i, folder, out);
  }
  pe_arena_free(arena);
  return POLICYEVAL_OK;
}

static void write_comment(const pe_plan *plan, size_t i, pe_buf *out) {
  const pe_document *d = &plan->documents.data[i];
  const pe_slice name = pe_document_name(d);
  pe_slice account = plan->request[PE_LEG_SECRET]->caller.account;
  const char *what = "the principal's account";
  if (d->layer == POLICYEVAL_LAYER_RESOURCE) account = plan->access->secret.field[PE_ARN_ACCOUNT], what = "the secret's account";
  if (d->layer == POLICYEVAL_LAYER_KEY) account = plan->access->key.field[PE_ARN_ACCOUNT], what = "the key's account";
  pe_buf_fmt(out, "# %zu. in account %.*s, %s: ", i + 1, (int)account.len, account.ptr, what);
  for (size_t k = 0; k < name.len; k++) pe_buf_char(out, (unsigned char)name.ptr[k] < ' ' ? '?' : name.ptr[k]);
  if (!d->changed) pe_buf_str(out, ": nothing to change");
  pe_buf_char(out, '\n');
}

int pe_render_grant_commands(const pe_plan *plan, const char *folder, pe_buf *out) {
  int rc = POLICYEVAL_OK;
  pe_buf_add(out, "", 0);
  for (size_t i = 0; i < plan->obstacles.len; i++) {
    pe_buf_str(out, "# blocked: ");
    pe_buf_slice(out, plan->obstacles.data[i].message);
    pe_buf_char(out, '\n');
  }
  for (size_t i = 0; i < plan->proofs.len; i++)
    if (plan->proofs.data[i].answer != PE_PROOF_YES)
      pe_buf_fmt(out, "# not proved: %s\n", pe_claim_text((pe_claim)plan->proofs.data[i].claim, plan->revoke));
  for (size_t i = 0; i < plan->documents.len && rc == POLICYEVAL_OK && !plan->obstacles.len; i++) {
    const pe_document *d = &plan->documents.data[i];
    write_comment(plan, i, out);
    if (!d->changed) continue;
    if (d->layer == POLICYEVAL_LAYER_RESOURCE) secret_command(plan, i, folder, out);
    else if (d->layer == POLICYEVAL_LAYER_KEY) key_command(plan, i, folder, out);
    else rc = identity_command(plan, i, folder, out);
    pe_buf_char(out, '\n');
  }
  return rc == POLICYEVAL_OK && out->failed ? POLICYEVAL_ENOMEM : rc;
}
