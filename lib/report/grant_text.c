/* SPDX-License-Identifier: MIT */
/* A grant for people: what changes where, what is proved about it and by which statements, or what stands in the way. */
#include "check/diff.h"
#include "report/excerpt.h"
#include "report/layers.h"
#include "report/plain.h"
#include "report/render.h"
#include "report/words.h"

static const char *role_of(const pe_document *d) {
  return d->layer == POLICYEVAL_LAYER_IDENTITY ? "identity policy"
         : d->layer == POLICYEVAL_LAYER_KEY    ? "key policy"
                                               : "secret policy";
}

static void write_head(const pe_plan *plan, pe_buf *out) {
  const pe_caller *c = &plan->request[PE_LEG_SECRET]->caller;
  const pe_slice part = plan->access->secret.field[PE_ARN_RESOURCE];
  const char *word = plan->obstacles.len ? "blocked" : !pe_plan_changed(plan) ? "unchanged" : plan->revoke ? "revoked" : "granted";
  pe_buf_fmt(out, "%s: ", word);
  pe_words_caller(out, c);
  const bool can = plan->revoke == (plan->obstacles.len > 0);
  pe_buf_str(out, plan->obstacles.len ? plan->revoke ? " would still be able to read " : " would not be able to read "
                  : can               ? " can read "
                                      : " cannot read ");
  pe_buf_slice(out, pe_slice_sub(part, strlen("secret:"), part.len - 7));
  if (!plan->obstacles.len) pe_buf_str(out, pe_plan_changed(plan) ? " with these policies" : " with the policies as they are");
  pe_buf_char(out, '\n');
}

static void write_obstacle(const pe_obstacle *b, pe_buf *out) {
  pe_buf_str(out, "\n  ");
  if (b->policy && b->statement < b->policy->nstatements) {
    pe_text_place(out, b->policy->source, b->policy->statements[b->statement].span.start);
    pe_buf_fmt(out, "  statement %u: ", b->statement);
  } else if (b->policy) {
    const pe_slice name = pe_policy_source_name(b->policy);
    pe_buf_slice(out, name.ptr ? name : PE_SLICE("<input>"));
    pe_buf_str(out, ": ");
  }
  pe_buf_slice(out, b->message);
  pe_buf_char(out, '\n');
}

static void write_numbers(const char *what, const pe_indices *list, pe_buf *out) {
  for (size_t i = 0; i < list->len; i++) pe_buf_fmt(out, "%s statement %u", i ? "," : what, list->data[i]);
}

/* The text of a statement without the indentation of its closing brace. */
static void write_statement(const pe_policy *p, uint32_t index, pe_buf *out) {
  const pe_span span = p->statements[index].span;
  const pe_slice text = pe_slice_sub(p->json.source->text, span.start, span.end);
  size_t indent = 0;
  for (size_t i = text.len; i > 1 && (text.ptr[i - 2] == ' ' || text.ptr[i - 2] == '\t'); i--) indent++;
  pe_buf_str(out, "    + ");
  for (size_t i = 0; i < text.len; i++) {
    if (text.ptr[i] != '\r') pe_buf_char(out, text.ptr[i]);
    if (text.ptr[i] != '\n') continue;
    pe_buf_str(out, "    + ");
    for (size_t k = 0; k < indent && i + 1 < text.len && (text.ptr[i + 1] == ' ' || text.ptr[i + 1] == '\t'); k++) i++;
  }
  pe_buf_char(out, '\n');
}

static void write_document(const pe_plan *plan, size_t i, pe_buf *out) {
  const pe_document *d = &plan->documents.data[i];
  const pe_slice name = pe_document_name(d);
  pe_buf_char(out, '\n');
  pe_buf_str(out, d->given ? role_of(d) : "");
  pe_buf_str(out, d->given ? "  " : "");
  pe_buf_slice(out, name);
  pe_buf_char(out, ':');
  if (!d->changed) pe_buf_str(out, " nothing to change");
  write_numbers(" added", &d->added, out);
  write_numbers(" removed", &d->removed, out);
  write_numbers(d->removed.len ? "; the principal is taken out of" : " the principal is taken out of", &d->cut, out);
  if (d->changed && !d->after) pe_buf_str(out, "; nothing is left, so that the policy is deleted");
  pe_buf_char(out, '\n');
  for (size_t k = 0; k < d->added.len; k++) write_statement(d->after, d->added.data[k], out);
}

static void write_proof(const pe_plan *plan, const pe_proof *proof, pe_buf *out) {
  pe_buf_fmt(out, "  %-9s  %s", pe_proof_name(proof->answer), pe_claim_text((pe_claim)proof->claim, plan->revoke));
  if (proof->why.len) {
    pe_buf_str(out, " (");
    pe_buf_slice(out, proof->why);
    pe_buf_char(out, ')');
  }
  pe_buf_char(out, '\n');
  for (size_t i = 0; i < proof->basis.len; i++) {
    const pe_basis *b = &proof->basis.data[i];
    const pe_slice name = b->document ? pe_document_name(b->document) : pe_policy_source_name(b->policy);
    pe_buf_str(out, i ? ", " : "             by ");
    pe_buf_slice(out, name);
    pe_buf_fmt(out, " statement %u", b->statement);
  }
  if (proof->basis.len) pe_buf_char(out, '\n');
}

int pe_render_grant_text(const pe_plan *plan, pe_buf *out) {
  write_head(plan, out);
  for (size_t i = 0; i < plan->obstacles.len; i++) write_obstacle(&plan->obstacles.data[i], out);
  if (plan->obstacles.len) return pe_text_plain(out);
  for (size_t i = 0; i < plan->documents.len; i++) write_document(plan, i, out);
  pe_buf_str(out, "\nproved\n");
  for (size_t i = 0; i < plan->proofs.len; i++) write_proof(plan, &plan->proofs.data[i], out);
  pe_buf_str(out, plan->revoke ? "\nthis was about\n  " : "\nwhat may be gained at the most\n  ");
  pe_buf_slice(out, plan->region);
  pe_buf_char(out, '\n');
  return pe_text_plain(out);
}

int pe_render_grant_diff(const pe_plan *plan, pe_buf *out) {
  int rc = POLICYEVAL_OK;
  for (size_t i = 0; i < plan->documents.len && rc == POLICYEVAL_OK; i++) {
    const pe_document *d = &plan->documents.data[i];
    if (!d->changed) continue;
    pe_buf file;
    pe_buf_init(&file, plan->alloc);
    pe_document_file(plan, i, &file);
    const pe_slice after = pe_document_text(d), text = after.ptr ? after : PE_SLICE("");
    const pe_slice name = d->given ? pe_document_name(d) : pe_slice_of(file.ptr, file.len);
    rc = file.failed ? POLICYEVAL_ENOMEM : pe_diff_unified(plan->alloc, pe_document_given_text(d), text, name, out);
    pe_buf_done(&file);
  }
  pe_buf_add(out, "", 0);
  return rc == POLICYEVAL_OK && out->failed ? POLICYEVAL_ENOMEM : rc;
}
