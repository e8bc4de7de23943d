/* SPDX-License-Identifier: MIT */
#include "grant/document.h"

#include "grant/propose.h"
#include "grant/splice.h"

void pe_document_done(pe_document *d, const pe_alloc *alloc) {
  pe_policy_unref(d->given);
  pe_policy_unref(d->before);
  pe_policy_unref(d->after);
  pe_vec_done(&d->added, alloc);
  pe_vec_done(&d->removed, alloc);
  pe_vec_done(&d->cut, alloc);
  *d = (pe_document){0};
}

void pe_document_reset(pe_document *d) {
  pe_document_replace(d, d->before ? pe_policy_ref(d->before) : NULL);
  d->changed = false;
  d->added.len = d->removed.len = d->cut.len = 0;
}

void pe_document_replace(pe_document *d, pe_policy *after) {
  pe_policy_unref(d->after);
  d->after = after;
  d->changed = true;
}

uint32_t pe_document_origin(const pe_document *d, uint32_t statement) {
  for (size_t i = 0; i < d->added.len; i++)
    if (d->added.data[i] == statement) return UINT32_MAX;
  /* Removed statements are in order: each one up to here moves the rest back by one. */
  for (size_t i = 0; i < d->removed.len; i++)
    if (d->removed.data[i] <= statement) statement++;
  return statement;
}

void pe_document_file(const pe_plan *p, size_t document, pe_buf *out) {
  const int layer = p->documents.data[document].layer;
  size_t number = 1;
  for (size_t i = 0; i < document; i++) number += p->documents.data[i].layer == layer;
  pe_buf_str(out, layer == POLICYEVAL_LAYER_IDENTITY ? "identity-policy"
                  : layer == POLICYEVAL_LAYER_KEY    ? "key-policy"
                                                     : "secret-policy");
  if (number > 1) pe_buf_fmt(out, "-%zu", number);
  pe_buf_str(out, ".json");
}

pe_slice pe_document_name(const pe_document *d) {
  const pe_policy *p = d->given;
  const pe_slice name = p ? pe_source_file(p->source)->name : (pe_slice){0};
  if (name.ptr && name.len) return name;
  if (d->layer == POLICYEVAL_LAYER_IDENTITY) return p ? PE_SLICE("identity policy") : PE_SLICE("new identity policy");
  if (d->layer == POLICYEVAL_LAYER_KEY) return p ? PE_SLICE("key policy") : PE_SLICE("default key policy");
  return p ? PE_SLICE("secret policy") : PE_SLICE("new secret policy");
}

pe_slice pe_document_given_text(const pe_document *d) {
  if (!d->given) return d->before ? d->before->json.source->text : PE_SLICE("");
  const pe_json *json = &d->given->json;
  return json->nodes[0].span.start ? d->before->json.source->text : json->source->text;
}
pe_slice pe_document_text(const pe_document *d) {
  return d->after ? d->after->json.source->text : (pe_slice){0};
}

int pe_plan_load(const pe_plan *p, const pe_document *d, pe_slice text, pe_policy **out) {
  pe_load_options options = p->load;
  options.kind = d->kind;
  options.name = pe_document_name(d);
  options.settings = NULL;
  options.nsettings = 0;
  const int rc = pe_policy_load(p->alloc, text, &options, out, NULL);
  return rc == POLICYEVAL_OK || rc == POLICYEVAL_ENOMEM || rc == POLICYEVAL_ELIMIT ? rc : POLICYEVAL_EINTERNAL;
}

/* ---- where they come from ---- */

/* A document of its own: one that is a member of a reply has the reply's layout, so that is not kept. */
static int take_text(const pe_plan *p, pe_document *d) {
  if (pe_splice_is_whole(d->given)) {
    d->before = pe_policy_ref(d->given);
    return POLICYEVAL_OK;
  }
  pe_buf text, pretty;
  pe_buf_init(&text, p->alloc);
  pe_buf_init(&pretty, p->alloc);
  int rc = pe_splice_fill(d->given, &text);
  const pe_span root = d->given->json.nodes[0].span;
  const bool alone = root.start == 0 || (d->given->json.source->outer && d->given->json.source->layer != PE_SOURCE_FILE);
  if (rc == POLICYEVAL_OK && !alone) rc = pe_splice_pretty(p->alloc, pe_slice_of(text.ptr, text.len), &pretty);
  const pe_buf *kept = alone ? &text : &pretty;
  if (rc == POLICYEVAL_OK) rc = pe_plan_load(p, d, pe_slice_of(kept->ptr, kept->len), &d->before);
  pe_buf_done(&text);
  pe_buf_done(&pretty);
  return rc;
}

static int default_key_policy(const pe_plan *p, pe_document *d) {
  pe_buf json, text;
  pe_buf_init(&json, p->alloc);
  pe_buf_init(&text, p->alloc);
  pe_propose_key_policy(&p->access->key, &json);
  int rc = json.failed ? POLICYEVAL_ENOMEM : pe_splice_pretty(p->alloc, pe_slice_of(json.ptr, json.len), &text);
  if (rc == POLICYEVAL_OK) rc = pe_plan_load(p, d, pe_slice_of(text.ptr, text.len), &d->before);
  pe_buf_done(&json);
  pe_buf_done(&text);
  return rc;
}

static int take_document(pe_plan *p, int layer, int kind, pe_policy *given) {
  pe_document *d = pe_vec_push(&p->documents, p->alloc);
  if (!d) return POLICYEVAL_ENOMEM;
  *d = (pe_document){.layer = (uint8_t)layer, .kind = (uint8_t)kind};
  d->fixed = layer == POLICYEVAL_LAYER_KEY && p->access->managed_key;
  if (given) d->given = pe_policy_ref(given);
  int rc = POLICYEVAL_OK;
  if (given) rc = take_text(p, d);
  else if (layer == POLICYEVAL_LAYER_KEY) rc = default_key_policy(p, d);
  if (rc == POLICYEVAL_OK && d->before) d->after = pe_policy_ref(d->before);
  return rc;
}

static int take_list(pe_plan *p, int layer, int kind, const pe_policy_list *list) {
  int rc = list->count ? POLICYEVAL_OK : take_document(p, layer, kind, NULL);
  for (uint32_t i = 0; i < list->count && rc == POLICYEVAL_OK; i++) rc = take_document(p, layer, kind, list->items[i]);
  return rc;
}

int pe_documents_take(pe_plan *p) {
  int rc = take_list(p, POLICYEVAL_LAYER_RESOURCE, POLICYEVAL_KIND_SECRET, &p->given[PE_LEG_SECRET]->resource);
  if (rc == POLICYEVAL_OK) rc = take_list(p, POLICYEVAL_LAYER_KEY, POLICYEVAL_KIND_KMS_KEY, &p->given[PE_LEG_KEY]->resource);
  if (rc == POLICYEVAL_OK)
    rc = take_list(p, POLICYEVAL_LAYER_IDENTITY, POLICYEVAL_KIND_IDENTITY, &p->given[PE_LEG_SECRET]->identity);
  return rc;
}

/* ---- how large they may be ---- */

/* https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutResourcePolicy.html,
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html and
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html (a managed policy) */
enum { SECRET_BYTES = 20480, KEY_BYTES = 32768, IDENTITY_CHARACTERS = 6144 };

/* Bytes between values, which IAM does not count (L1.1.4). */
static size_t blanks_of(pe_slice text) {
  size_t blanks = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.len; i++) {
    const char c = text.ptr[i];
    if (quoted && c == '\\') i++;
    else if (c == '"') quoted = !quoted;
    else if (!quoted && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) blanks++;
  }
  return blanks;
}

static const pe_statement *longest(const pe_policy *p) {
  const pe_statement *found = &p->statements[0];
  for (uint32_t i = 1; i < p->nstatements; i++)
    if (p->statements[i].span.end - p->statements[i].span.start > found->span.end - found->span.start) found = &p->statements[i];
  return found;
}

bool pe_document_fits(const pe_document *d, const pe_policy *after, pe_buf *told) {
  const bool identity = d->layer == POLICYEVAL_LAYER_IDENTITY;
  const pe_slice text = after->json.source->text;
  const size_t blanks = blanks_of(text), limit = identity                            ? IDENTITY_CHARACTERS
                                                 : d->layer == POLICYEVAL_LAYER_KEY ? KEY_BYTES
                                                                                    : SECRET_BYTES;
  const size_t size = identity ? text.len - blanks : text.len;
  if (size <= limit) return true;
  const pe_statement *s = longest(after);
  pe_buf_fmt(told, "with the new statement the policy has %zu %s, and AWS takes %zu: ", size,
             identity ? "characters that count" : "bytes", limit);
  if (!identity && size - blanks <= limit)
    pe_buf_fmt(told, "%zu of them are blanks between values, so print it without them (%zu bytes), or ", blanks, size - blanks);
  pe_buf_fmt(told, "shorten it by %zu; statement %u is the longest with %u", size - limit, s->index,
             s->span.end - s->span.start);
  return false;
}
