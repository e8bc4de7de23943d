/* SPDX-License-Identifier: MIT */
#include "policyeval/context.h"

#include "api/objects.h"

static const policyeval_limits default_limits = {
    .size = sizeof(policyeval_limits),
    .text_bytes = (size_t)16 << 20,
    .depth = 64,
    .nodes = 2000000,
    .statements = 100000,
    .pattern_bytes = 65536,
    .states = 200000,
    .search_nodes = 100000,
    .analysis_bytes = (size_t)64 << 20,
    .memory_bytes = SIZE_MAX,
};

int policyeval_context_new(const policyeval_allocator *allocator, policyeval_context **context) {
  if (!context) return POLICYEVAL_EINVAL;
  pe_alloc hooks = pe_alloc_libc;
  if (allocator) {
    if (allocator->size != sizeof *allocator || !allocator->alloc || !allocator->resize || !allocator->release)
      return POLICYEVAL_EINVAL;
    hooks = (pe_alloc){.alloc = allocator->alloc, .resize = allocator->resize, .release = allocator->release, .user = allocator->user};
  }
  policyeval_context *c = pe_alloc_new(&hooks, sizeof *c);
  if (!c) return POLICYEVAL_ENOMEM;
  atomic_init(&c->refs, 1);
  pe_meter_init(&c->meter, &hooks);
  c->alloc = pe_meter_alloc(&c->meter);
  c->limits = default_limits;
  *context = c;
  return POLICYEVAL_OK;
}

policyeval_context *policyeval_context_ref(policyeval_context *context) {
  if (context) atomic_fetch_add_explicit(&context->refs, 1, memory_order_relaxed);
  return context;
}

static void drop_setting(policyeval_context *c, size_t i) {
  pe_alloc_free(&c->alloc, (void *)(uintptr_t)c->settings.data[i].name.ptr);
  pe_alloc_free(&c->alloc, (void *)(uintptr_t)c->settings.data[i].value.ptr);
  c->settings.data[i] = c->settings.data[--c->settings.len];
}

void policyeval_context_unref(policyeval_context *context) {
  if (!context || atomic_fetch_sub_explicit(&context->refs, 1, memory_order_acq_rel) != 1) return;
  while (context->settings.len) drop_setting(context, context->settings.len - 1);
  pe_vec_done(&context->settings, &context->alloc);
  pe_catalog_free(context->catalog);
  pe_alloc_free(&context->alloc, context->detail);
  const pe_alloc hooks = context->meter.under;
  pe_alloc_free(&hooks, context);
}

/* One line a limit: zero keeps what is in force. */
static void take_limits(policyeval_limits *to, const policyeval_limits *from) {
  if (from->text_bytes) to->text_bytes = from->text_bytes;
  if (from->depth) to->depth = from->depth;
  if (from->nodes) to->nodes = from->nodes;
  if (from->statements) to->statements = from->statements;
  if (from->pattern_bytes) to->pattern_bytes = from->pattern_bytes;
  if (from->states) to->states = from->states;
  if (from->search_nodes) to->search_nodes = from->search_nodes;
  if (from->analysis_bytes) to->analysis_bytes = from->analysis_bytes;
  if (from->memory_bytes) to->memory_bytes = from->memory_bytes;
}

int policyeval_context_set_limits(policyeval_context *context, const policyeval_limits *limits) {
  if (!context || !limits || limits->size != sizeof *limits) return POLICYEVAL_EINVAL;
  /* Spans are 32-bit offsets. */
  if (limits->text_bytes >= UINT32_MAX) return POLICYEVAL_EINVAL;
  take_limits(&context->limits, limits);
  context->meter.limit = context->limits.memory_bytes;
  return POLICYEVAL_OK;
}

int policyeval_context_get_limits(const policyeval_context *context, policyeval_limits *limits) {
  if (!context || !limits || limits->size != sizeof *limits) return POLICYEVAL_EINVAL;
  *limits = context->limits;
  return POLICYEVAL_OK;
}

int policyeval_context_memory(const policyeval_context *context, policyeval_memory *memory) {
  if (!context || !memory || memory->size != sizeof *memory) return POLICYEVAL_EINVAL;
  if (context->limits.memory_bytes == SIZE_MAX) return POLICYEVAL_ESTATE;
  memory->held = atomic_load_explicit(&context->meter.held, memory_order_relaxed);
  memory->most = atomic_load_explicit(&context->meter.most, memory_order_relaxed);
  memory->refused = atomic_load_explicit(&context->meter.refused, memory_order_relaxed);
  return POLICYEVAL_OK;
}

int policyeval_context_set_strict(policyeval_context *context, int strict) {
  if (!context || (strict != 0 && strict != 1)) return POLICYEVAL_EINVAL;
  context->strict = (uint8_t)strict;
  return POLICYEVAL_OK;
}

int policyeval_context_set_explain(policyeval_context *context, int explain) {
  if (!context || (explain != 0 && explain != 1)) return POLICYEVAL_EINVAL;
  context->explain = (uint8_t)explain;
  return POLICYEVAL_OK;
}

static bool is_token(pe_slice s) {
  for (size_t i = 0; i < s.len; i++) {
    const char c = s.ptr[i];
    if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
  }
  return s.len > 0;
}

int policyeval_context_set_placeholder(policyeval_context *context, const char *name, size_t name_len,
                                       const char *value, size_t value_len) {
  if (!context || !name) return POLICYEVAL_EINVAL;
  const pe_slice token = pe_arg(name, name_len), text = pe_arg(value, value ? value_len : 0);
  if (!is_token(token)) return POLICYEVAL_EINVAL;
  pe_json_setting fresh = {0};
  if (value) {
    char *n = pe_context_copy(context, token), *v = pe_context_copy(context, text);
    if (!n || !v) {
      pe_alloc_free(&context->alloc, n);
      pe_alloc_free(&context->alloc, v);
      return pe_context_told(context, POLICYEVAL_ENOMEM);
    }
    fresh = (pe_json_setting){{n, token.len}, {v, text.len}};
  }
  pe_json_setting *slot = value ? pe_vec_push(&context->settings, &context->alloc) : NULL;
  if (value && !slot) {
    pe_alloc_free(&context->alloc, (void *)(uintptr_t)fresh.name.ptr);
    pe_alloc_free(&context->alloc, (void *)(uintptr_t)fresh.value.ptr);
    return pe_context_told(context, POLICYEVAL_ENOMEM);
  }
  const size_t others = context->settings.len - (slot ? 1 : 0);
  if (slot) *slot = fresh;
  for (size_t i = 0; i < others; i++)
    if (pe_slice_eq(context->settings.data[i].name, token)) {
      drop_setting(context, i);
      break;
    }
  return POLICYEVAL_OK;
}

int policyeval_context_set_reading(policyeval_context *context, const char *row, const char *reading) {
  if (!context || !row || !reading) return POLICYEVAL_EINVAL;
  const int r = pe_row_find(pe_slice_str(row));
  if (r < 0) return POLICYEVAL_ENOTFOUND;
  const int n = pe_row_reading((pe_row)r, pe_slice_str(reading));
  if (n < 0) return POLICYEVAL_ENOTFOUND;
  context->readings.of[r] = (uint8_t)n;
  return POLICYEVAL_OK;
}

int policyeval_context_load_catalog(policyeval_context *context, const char *folder, const char **detail) {
  if (!context || !folder) return POLICYEVAL_EINVAL;
  pe_alloc_free(&context->alloc, context->detail);
  context->detail = NULL;
  pe_catalog *fresh = NULL;
  const int rc = pe_context_told(context, pe_catalog_load(&context->alloc, folder, &fresh, &context->detail));
  if (rc != POLICYEVAL_OK) {
    if (detail) *detail = context->detail ? context->detail : policyeval_error_text(rc);
    return rc;
  }
  pe_catalog_free(context->catalog);
  context->catalog = fresh;
  return POLICYEVAL_OK;
}

void policyeval_free(policyeval_context *context, void *text) {
  if (context) pe_alloc_free(&context->alloc, text);
}

int pe_context_told(const policyeval_context *c, int rc) {
  const bool at_limit = rc == POLICYEVAL_ENOMEM && atomic_load_explicit(&c->meter.at_limit, memory_order_relaxed);
  return at_limit ? POLICYEVAL_EMEMLIMIT : rc;
}

char *pe_context_copy(policyeval_context *c, pe_slice s) {
  char *copy = pe_alloc_array(&c->alloc, s.len + 1, 1);
  if (copy && s.len) memcpy(copy, s.ptr, s.len);
  return copy;
}

void pe_context_load_options(const policyeval_context *c, int kind, const char *name, pe_load_options *out) {
  *out = (pe_load_options){
      .kind = kind,
      .name = pe_slice_str(name),
      .settings = c->settings.data,
      .nsettings = c->settings.len,
      .limits = {.json = {.bytes = c->limits.text_bytes, .depth = c->limits.depth, .nodes = c->limits.nodes},
                 .statements = c->limits.statements,
                 .pattern = c->limits.pattern_bytes},
  };
}
