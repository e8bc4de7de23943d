/* SPDX-License-Identifier: MIT */
#include "policy/load.h"

#include "policy/build.h"
#include "policy/index.h"
#include "policy/path.h"
#include "policy/syntax.h"
#include "policy/unwrap.h"

const pe_load_limits pe_load_limits_default = {
    .json = {.bytes = 16u << 20, .depth = 64, .nodes = 2000000},
    .statements = 100000,
    .pattern = 65536,
};

/* An arena about as large as the model of such a text, within bounds. */
static pe_arena *new_arena(const pe_alloc *alloc, size_t text) {
  size_t guess = text < (64u << 10) ? text * 4 : 256u << 10;
  return pe_arena_new(alloc, guess < 4096 ? 4096 : guess);
}

static pe_policy *new_policy(const pe_alloc *alloc, size_t text, int kind) {
  pe_arena *arena = new_arena(alloc, text);
  pe_policy *p = arena ? pe_arena_zero(arena, 1, sizeof *p) : NULL;
  if (!p) {
    pe_arena_free(arena);
    return NULL;
  }
  atomic_init(&p->refs, 1);
  p->alloc = alloc;
  p->arena = arena;
  p->kind = (uint8_t)kind;
  return p;
}

static pe_slice trimmed(pe_slice s) {
  while (s.len && (s.ptr[0] == ' ' || (s.ptr[0] >= '\t' && s.ptr[0] <= '\r'))) s = pe_slice_sub(s, 1, s.len);
  while (s.len && (s.ptr[s.len - 1] == ' ' || (s.ptr[s.len - 1] >= '\t' && s.ptr[s.len - 1] <= '\r')))
    s.len--;
  return s;
}

/* What the AWS CLI prints with --query and --output text when there is no policy. */
static bool is_none(pe_slice text) { return text.len <= 64 && pe_slice_eq(trimmed(text), PE_SLICE("None")); }

static int report_none(const pe_source *source, pe_findings *findings) {
  if (!findings) return POLICYEVAL_ENOTFOUND;
  if (pe_findings_keep(findings, source)) return POLICYEVAL_ENOMEM;
  pe_finding *finding =
      pe_findings_add(findings, PE_RULE_NO_POLICY_IN_REPLY, 0, (pe_span){0, (uint32_t)source->text.len},
                      "The AWS CLI says that no policy is attached.");
  if (!finding) return POLICYEVAL_ENOMEM;
  finding->refuses = 1;
  return POLICYEVAL_ENOTFOUND;
}

/* The policy's own copy of the text and of its name, as the outermost source. */
static int copy_text(pe_policy *p, pe_slice text, const pe_load_options *options, const pe_source **out) {
  pe_source *source = pe_arena_zero(p->arena, 1, sizeof *source);
  char *copy = pe_arena_copy(p->arena, text.ptr, text.len);
  char *name = pe_arena_copy(p->arena, options->name.ptr, options->name.len);
  if (!source || !copy || !name) return POLICYEVAL_ENOMEM;
  source->text = pe_slice_of(copy, text.len);
  source->name = pe_slice_of(name, options->name.len);
  source->layer = PE_SOURCE_FILE;
  *out = source;
  return 0;
}

/* A text beyond the limit is not even copied. */
static int too_large(pe_slice text, const pe_load_options *options, pe_findings *findings) {
  pe_source source = {.name = options->name, .text = text, .layer = PE_SOURCE_FILE};
  uint32_t at = (uint32_t)options->limits.json.bytes;
  pe_json_error error = {.fault = PE_JSON_FAULT_BYTES, .offset = at, .end = at};
  return pe_syntax_report(findings, &source, &error) ? POLICYEVAL_ENOMEM : POLICYEVAL_ELIMIT;
}

/* The document of the text, out of whatever it came in. */
static int read_document(pe_policy *p, const pe_source *file, const pe_load_options *options,
                         pe_findings *findings) {
  const pe_source *source = file;
  pe_json text;
  pe_json_error error;
  if (is_none(file->text)) return report_none(file, findings);
  int rc = pe_unwrap_is_percent(file->text) ? pe_unwrap_percent(p->arena, file, &source) : 0;
  if (rc) return rc;
  rc = pe_json_read(p->arena, source, &options->limits.json, &text, &error);
  if (rc == POLICYEVAL_EJSON || rc == POLICYEVAL_ELIMIT) {
    return pe_syntax_report(findings, source, &error) ? POLICYEVAL_ENOMEM : rc;
  }
  if (rc == 0)
    rc = pe_unwrap_policy(p->arena, &text, options->kind, &options->limits.json, &p->json, findings);
  if (rc) return rc;
  p->source = p->json.source;
  if (options->nsettings == 0) return 0;
  return pe_json_substitute(p->arena, &p->json, options->settings, options->nsettings);
}

static int build(pe_policy *p, const pe_load_options *options, pe_findings *findings) {
  pe_build b = {.policy = p,
                .arena = p->arena,
                .json = &p->json,
                .findings = findings,
                .limits = &options->limits,
                .kind = options->kind};
  pe_build_document(&b);
  pe_vec_done(&b.values, p->alloc);
  if (findings && b.kept) {
    pe_findings_sort(findings);
    if (pe_findings_locate(findings, 0, &p->json)) return POLICYEVAL_ENOMEM;
  }
  if (b.result) return b.result;
  bool object = pe_json_is(&p->json, 0, PE_JSON_OBJECT);
  if (b.refused && !(options->lenient && object)) return POLICYEVAL_EPOLICY;
  return pe_action_index_build(p->arena, p->statements, p->nstatements, &p->index);
}

int pe_policy_load(const pe_alloc *alloc, pe_slice text, const pe_load_options *options, pe_policy **out,
                   pe_findings *findings) {
  if (text.len > options->limits.json.bytes) return too_large(text, options, findings);
  pe_policy *p = new_policy(alloc, text.len, options->kind);
  if (!p) return POLICYEVAL_ENOMEM;
  const pe_source *file = NULL;
  int rc = copy_text(p, text, options, &file);
  if (rc == 0) rc = read_document(p, file, options, findings);
  if (rc == 0) rc = build(p, options, findings);
  if (rc == 0) {
    *out = p;
  } else {
    pe_policy_unref(p);
  }
  return rc;
}

pe_policy *pe_policy_ref(pe_policy *p) {
  atomic_fetch_add_explicit(&p->refs, 1, memory_order_relaxed);
  return p;
}

void pe_policy_unref(pe_policy *p) {
  if (!p || atomic_fetch_sub_explicit(&p->refs, 1, memory_order_acq_rel) != 1) return;
  void (*release)(void *owner) = p->release_owner;
  void *owner = p->owner;
  pe_arena_free(p->arena);
  if (release) release(owner);
}
