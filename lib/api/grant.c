/* SPDX-License-Identifier: MIT */
#include "policyeval/grant.h"

#include "api/objects.h"
#include "grant/plan.h"
#include "report/render.h"

enum { JSON, TEXT, DIFF, COMMANDS, FORMATS };

struct policyeval_grant {
  policyeval_context *context;
  policyeval_access *question;
  char *folder;
  bool any_version, strict_stage;
  /* The answer; meaningless while !made. */
  bool made, proved;
  pe_plan plan;
  char *text[FORMATS];
  size_t len[FORMATS];
  char **files; /* a name for each document */
};

int policyeval_grant_new(policyeval_access *question, policyeval_grant **grant) {
  if (!question || !grant) return POLICYEVAL_EINVAL;
  policyeval_grant *g = pe_alloc_new(&question->context->alloc, sizeof *g);
  if (!g) return pe_context_told(question->context, POLICYEVAL_ENOMEM);
  g->context = policyeval_context_ref(question->context);
  g->question = question;
  *grant = g;
  return POLICYEVAL_OK;
}

static void forget(policyeval_grant *g) {
  const pe_alloc *alloc = &g->context->alloc;
  for (int i = 0; i < FORMATS; i++) {
    pe_alloc_free(alloc, g->text[i]);
    g->text[i] = NULL;
  }
  for (size_t i = 0; g->files && i < g->plan.documents.len; i++) pe_alloc_free(alloc, g->files[i]);
  pe_alloc_free(alloc, g->files);
  g->files = NULL;
  pe_plan_done(&g->plan);
  g->made = g->proved = false;
}

void policyeval_grant_free(policyeval_grant *grant) {
  if (!grant) return;
  policyeval_context *context = grant->context;
  forget(grant);
  pe_alloc_free(&context->alloc, grant->folder);
  pe_alloc_free(&context->alloc, grant);
  policyeval_context_unref(context);
}

int policyeval_grant_set_any_version(policyeval_grant *grant, int any) {
  if (!grant) return POLICYEVAL_EINVAL;
  grant->any_version = any != 0;
  return POLICYEVAL_OK;
}
int policyeval_grant_set_strict_stage(policyeval_grant *grant, int strict) {
  if (!grant) return POLICYEVAL_EINVAL;
  grant->strict_stage = strict != 0;
  return POLICYEVAL_OK;
}

int policyeval_grant_set_folder(policyeval_grant *grant, const char *folder) {
  if (!grant) return POLICYEVAL_EINVAL;
  char *copy = folder ? pe_context_copy(grant->context, pe_slice_str(folder)) : NULL;
  if (folder && !copy) return pe_context_told(grant->context, POLICYEVAL_ENOMEM);
  pe_alloc_free(&grant->context->alloc, grant->folder);
  grant->folder = copy;
  return POLICYEVAL_OK;
}

static int render_one(const policyeval_grant *g, int format, pe_buf *out) {
  switch (format) {
    case JSON: return pe_render_grant_json(&g->plan, out);
    case TEXT: return pe_render_grant_text(&g->plan, out);
    case DIFF: return pe_render_grant_diff(&g->plan, out);
    default: return pe_render_grant_commands(&g->plan, g->folder, out);
  }
}

/* Everything is put into words at once: the plan borrows from the question, which a setter may change. */
static int render(policyeval_grant *g) {
  int rc = POLICYEVAL_OK;
  for (int i = 0; i < FORMATS && rc == POLICYEVAL_OK; i++) {
    pe_buf out;
    pe_buf_init(&out, &g->context->alloc);
    rc = render_one(g, i, &out);
    if (rc == POLICYEVAL_OK && !(g->text[i] = pe_buf_take(&out, &g->len[i]))) rc = POLICYEVAL_ENOMEM;
    pe_buf_done(&out);
  }
  g->files = pe_alloc_array(&g->context->alloc, g->plan.documents.len, sizeof *g->files);
  if (!g->files) return POLICYEVAL_ENOMEM;
  for (size_t i = 0; i < g->plan.documents.len && rc == POLICYEVAL_OK; i++) {
    pe_buf name;
    pe_buf_init(&name, &g->context->alloc);
    pe_document_file(&g->plan, i, &name);
    if (!(g->files[i] = pe_buf_take(&name, NULL))) rc = POLICYEVAL_ENOMEM;
    pe_buf_done(&name);
  }
  return rc;
}

static int make(policyeval_grant *g, bool revoke) {
  policyeval_access *q = g->question;
  pe_plan *p = &g->plan;
  int rc = pe_access_question_ready(q);
  if (rc == POLICYEVAL_OK) rc = pe_plan_init(p, &g->context->alloc);
  if (rc != POLICYEVAL_OK) return rc;
  pe_context_load_options(g->context, POLICYEVAL_KIND_IDENTITY, NULL, &p->load);
  p->catalog = g->context->catalog;
  p->budget.max_states = g->context->limits.states;
  p->budget.max_nodes = g->context->limits.search_nodes;
  p->budget.max_bytes = g->context->limits.analysis_bytes;
  p->strict = g->context->strict;
  p->revoke = revoke;
  p->any_version = g->any_version;
  p->strict_stage = g->strict_stage;
  p->access = &q->access;
  for (int i = 0; i < PE_LEGS; i++) p->given[i] = &q->set[i]->set;
  const char *why = "";
  const pe_slice stage = q->access.stage, id = q->access.version_id;
  rc = pe_plan_make(p, &why);
  if (rc == POLICYEVAL_OK) rc = render(g);
  /* The question asks about its own call again. */
  q->access.stage = stage;
  q->access.version_id = id;
  q->prepared = false;
  q->detail = why;
  return rc;
}

static int run(policyeval_grant *g, bool revoke) {
  if (!g) return POLICYEVAL_EINVAL;
  forget(g);
  const int rc = pe_context_told(g->context, make(g, revoke));
  if (rc != POLICYEVAL_OK) forget(g);
  g->made = rc == POLICYEVAL_OK;
  g->proved = g->made && pe_plan_proved(&g->plan);
  return rc;
}

int policyeval_grant_run(policyeval_grant *grant) { return run(grant, false); }
int policyeval_grant_run_revoke(policyeval_grant *grant) { return run(grant, true); }

int policyeval_grant_changed(const policyeval_grant *grant) { return grant && grant->made && pe_plan_changed(&grant->plan); }
int policyeval_grant_proved(const policyeval_grant *grant) { return grant && grant->proved; }
size_t policyeval_grant_blocked(const policyeval_grant *grant) {
  return grant && grant->made ? grant->plan.obstacles.len : 0;
}
size_t policyeval_grant_documents(const policyeval_grant *grant) {
  return grant && grant->made ? grant->plan.documents.len : 0;
}

static const pe_document *document_at(const policyeval_grant *g, size_t i) {
  return i < policyeval_grant_documents(g) ? &g->plan.documents.data[i] : NULL;
}

int policyeval_grant_document_layer(const policyeval_grant *grant, size_t i) {
  const pe_document *d = document_at(grant, i);
  return d ? d->layer : 0;
}
int policyeval_grant_document_changed(const policyeval_grant *grant, size_t i) {
  const pe_document *d = document_at(grant, i);
  return d && d->changed;
}
policyeval_slice policyeval_grant_document(const policyeval_grant *grant, size_t i) {
  const pe_document *d = document_at(grant, i);
  return d ? pe_give(pe_document_text(d)) : (policyeval_slice){0};
}
policyeval_slice policyeval_grant_document_file(const policyeval_grant *grant, size_t i) {
  return document_at(grant, i) ? pe_give(pe_slice_str(grant->files[i])) : (policyeval_slice){0};
}

static const char *text_of(const policyeval_grant *g, int format, size_t *len) {
  if (!g || !g->made) return NULL;
  if (len) *len = g->len[format];
  return g->text[format];
}
const char *policyeval_grant_json(const policyeval_grant *grant, size_t *len) { return text_of(grant, JSON, len); }
const char *policyeval_grant_text(const policyeval_grant *grant, size_t *len) { return text_of(grant, TEXT, len); }
const char *policyeval_grant_diff(const policyeval_grant *grant, size_t *len) { return text_of(grant, DIFF, len); }
const char *policyeval_grant_commands(const policyeval_grant *grant, size_t *len) { return text_of(grant, COMMANDS, len); }
