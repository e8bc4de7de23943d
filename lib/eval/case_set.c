/* SPDX-License-Identifier: MIT */
#include "eval/case_set.h"

#include <pthread.h>

#include "base/cache.h"
#include "eval/grants.h"

/* Bytes of compiled policies, and of sets of them, that are kept for texts that come again. */
enum { KEPT_BYTES = 64 << 20 };

/* A set by name: its text, and what was compiled from it for each kind of resource policy. */
typedef struct named {
  atomic_size_t refs;
  const pe_alloc *alloc;
  pe_arena *arena;
  pe_json json;
  pe_case_set *by_kind[POLICYEVAL_KIND_LAST_]; /* under pe_case_sets.lock */
} named;

struct pe_case_sets {
  const pe_alloc *alloc;
  pe_load_options options;
  pe_cache *policies, *sets, *names;
  pthread_mutex_t lock;
};

/* ---- counted objects ---- */

static void ref_policy(void *p) { pe_policy_ref(p); }
static void unref_policy(void *p) { pe_policy_unref(p); }
static const pe_cache_type policy_type = {ref_policy, unref_policy};

static void ref_set(void *s) {
  atomic_fetch_add_explicit(&((pe_case_set *)s)->refs, 1, memory_order_relaxed);
}
static void unref_set(void *s) { pe_case_set_unref(s); }
static const pe_cache_type set_type = {ref_set, unref_set};

static void release_list(const pe_policy_list *list) {
  for (uint32_t i = 0; i < list->count; i++) pe_policy_unref(list->items[i]);
}

void pe_case_set_unref(pe_case_set *s) {
  if (!s || atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) != 1) return;
  const pe_policy_list *const flat[] = {&s->set.identity, &s->set.resource, &s->set.boundary, &s->set.session,
                                        &s->set.endpoint};
  for (size_t i = 0; i < sizeof flat / sizeof *flat; i++) release_list(flat[i]);
  for (uint32_t i = 0; i < s->set.nscp; i++) release_list(&s->set.scp[i]);
  for (uint32_t i = 0; i < s->set.nrcp; i++) release_list(&s->set.rcp[i]);
  pe_arena_free(s->arena);
}

static void ref_named(void *n) { atomic_fetch_add_explicit(&((named *)n)->refs, 1, memory_order_relaxed); }
static void unref_named(void *object) {
  named *n = object;
  if (!n || atomic_fetch_sub_explicit(&n->refs, 1, memory_order_acq_rel) != 1) return;
  for (size_t i = 0; i < POLICYEVAL_KIND_LAST_; i++) pe_case_set_unref(n->by_kind[i]);
  pe_arena_free(n->arena);
}
static const pe_cache_type named_type = {ref_named, unref_named};

pe_case_sets *pe_case_sets_new(const pe_alloc *a, const pe_load_options *options) {
  pe_case_sets *s = pe_alloc_new(a, sizeof *s);
  if (!s || pthread_mutex_init(&s->lock, NULL) != 0) {
    pe_alloc_free(a, s);
    return NULL;
  }
  s->alloc = a;
  s->options = *options;
  s->policies = pe_cache_new(a, &policy_type, KEPT_BYTES);
  s->sets = pe_cache_new(a, &set_type, KEPT_BYTES);
  s->names = pe_cache_new(a, &named_type, SIZE_MAX);
  if (s->policies && s->sets && s->names) return s;
  pe_case_sets_free(s);
  return NULL;
}

void pe_case_sets_free(pe_case_sets *s) {
  if (!s) return;
  pe_cache_free(s->names);
  pe_cache_free(s->sets);
  pe_cache_free(s->policies);
  pthread_mutex_destroy(&s->lock);
  pe_alloc_free(s->alloc, s);
}

/* ---- one policy ---- */

typedef struct builder {
  pe_case_sets *sets;
  const pe_json *json;
  pe_case_set *out;
  int resource_kind;
  pe_case_fault *fault;
} builder;

static const pe_json_node *node_at(const builder *b, uint32_t i) { return &b->json->nodes[i]; }
static pe_slice text_of(const builder *b, uint32_t i) {
  return pe_slice_sub(b->json->source->text, node_at(b, i)->span.start, node_at(b, i)->span.end);
}

static int refuse(builder *b, uint32_t node, const char *sentence) {
  return pe_case_refuse(b->fault, node_at(b, node)->span.start, "%s", sentence);
}

/* The first fault of a part of the text, at its place in the whole. */
static int tell(builder *b, uint32_t node, const pe_findings *findings) {
  const uint32_t start = node_at(b, node)->span.start;
  const pe_finding *f = findings->list.data, *end = f + findings->list.len;
  while (f < end && !f->refuses) f++;
  const pe_slice why = f < end ? f->message : PE_SLICE("this is no policy");
  const uint32_t at = f < end && f->source ? pe_source_outermost(f->source, f->span.start) : 0;
  return pe_case_refuse(b->fault, start + at, "%.*s", (int)why.len, why.ptr);
}

static int compile(builder *b, uint32_t node, int kind, pe_slice name, pe_policy **out) {
  pe_load_options options = b->sets->options;
  options.kind = kind;
  options.name = name;
  pe_findings findings;
  int rc = pe_findings_init(&findings, b->sets->alloc);
  if (rc) return rc;
  rc = pe_policy_load(b->sets->alloc, text_of(b, node), &options, out, &findings);
  if (rc && rc != POLICYEVAL_ENOMEM) rc = tell(b, node, &findings);
  pe_findings_done(&findings);
  return rc;
}

static int get_policy(builder *b, uint32_t node, int kind, pe_slice name, pe_policy **out) {
  const pe_cache_key key = {(uint32_t)kind, name, text_of(b, node)};
  *out = pe_cache_find(b->sets->policies, &key);
  if (*out) return 0;
  const int rc = compile(b, node, kind, name, out);
  /* Without memory to keep it, it is compiled again next time. */
  if (rc == 0) (void)pe_cache_add(b->sets->policies, &key, *out, pe_arena_bytes((*out)->arena));
  return rc;
}

/* {"name", "policy"}: a policy with a name for messages. */
static int read_named_policy(builder *b, uint32_t node, pe_slice *name, uint32_t *document) {
  uint32_t child = pe_json_first(node);
  for (uint32_t n = node_at(b, node)->children; n > 0; n--, child = node_at(b, child)->next) {
    const pe_json_node *c = node_at(b, child);
    const bool is_policy = pe_slice_eq(c->key, PE_SLICE("policy"));
    if (c->duplicate) return refuse(b, child, "a member is given twice");
    if (!is_policy && !pe_slice_eq(c->key, PE_SLICE("name")))
      return refuse(b, child, "a policy with a name has the members \"name\" and \"policy\" alone");
    if (is_policy && c->type != PE_JSON_OBJECT && c->type != PE_JSON_STRING)
      return refuse(b, child, "\"policy\" is a policy document, or a string that holds one");
    if (!is_policy && c->type != PE_JSON_STRING) return refuse(b, child, "\"name\" is a string");
    if (is_policy)
      *document = child;
    else
      *name = c->text;
  }
  return 0;
}

static int read_policy(builder *b, uint32_t node, int kind, pe_policy **out) {
  pe_slice name = PE_SLICE("");
  uint32_t document = node;
  if (!pe_json_is(b->json, node, PE_JSON_OBJECT)) return refuse(b, node, "expected a policy document here");
  if (pe_json_get(b->json, node, "policy")) {
    const int rc = read_named_policy(b, node, &name, &document);
    if (rc) return rc;
  }
  return get_policy(b, document, kind, name, out);
}

/* ---- sets ---- */

static int read_list(builder *b, uint32_t node, int kind, pe_policy_list *list) {
  const pe_json_node *n = node_at(b, node);
  if (n->type != PE_JSON_ARRAY) return refuse(b, node, "expected a list of policies here");
  if (n->children == 0) return 0;
  list->items = pe_arena_alloc(b->out->arena, n->children * sizeof *list->items);
  if (!list->items) return POLICYEVAL_ENOMEM;
  uint32_t child = pe_json_first(node);
  for (uint32_t i = 0; i < n->children; i++, child = node_at(b, child)->next) {
    const int rc = read_policy(b, child, kind, &list->items[i]);
    if (rc) return rc;
    list->count++;
    b->out->bytes += pe_arena_bytes(list->items[i]->arena);
  }
  return 0;
}

enum { LEVELS = 64 }; /* an organisation has seven at the most; the API takes as many */

static int read_levels(builder *b, uint32_t node, int kind, pe_policy_list **levels, uint32_t *count) {
  const pe_json_node *n = node_at(b, node);
  if (n->type != PE_JSON_ARRAY)
    return refuse(b, node, "expected a list of levels, root first, each a list of policies");
  if (n->children > LEVELS) return refuse(b, node, "an organisation has at most 64 levels");
  if (n->children == 0) return 0;
  *levels = pe_arena_zero(b->out->arena, n->children, sizeof **levels);
  if (!*levels) return POLICYEVAL_ENOMEM;
  *count = n->children;
  uint32_t child = pe_json_first(node);
  for (uint32_t i = 0; i < n->children; i++, child = node_at(b, child)->next) {
    const int rc = read_list(b, child, kind, &(*levels)[i]);
    if (rc) return rc;
  }
  return 0;
}

static int read_grants(builder *b, uint32_t node) {
  pe_load_options options = b->sets->options;
  options.kind = POLICYEVAL_KIND_KMS_KEY;
  options.name = PE_SLICE("");
  pe_findings findings;
  int rc = pe_findings_init(&findings, b->sets->alloc);
  if (rc) return rc;
  rc = pe_grants_load(b->out->arena, text_of(b, node), &options, &b->out->set.grants, &b->out->set.ngrants,
                      &findings);
  if (rc && rc != POLICYEVAL_ENOMEM) rc = tell(b, node, &findings);
  pe_findings_done(&findings);
  return rc;
}

/* A cap is there as soon as its member is: an empty list allows nothing. */
static int read_layer(builder *b, uint32_t node) {
  pe_policyset *set = &b->out->set;
  const pe_slice name = node_at(b, node)->key;
  char shown[80];
  if (node_at(b, node)->duplicate) return refuse(b, node, "this layer is given twice");
  if (pe_slice_eq(name, PE_SLICE("identity")))
    return read_list(b, node, POLICYEVAL_KIND_IDENTITY, &set->identity);
  if (pe_slice_eq(name, PE_SLICE("resource"))) return read_list(b, node, b->resource_kind, &set->resource);
  if (pe_slice_eq(name, PE_SLICE("boundary"))) {
    set->has_boundary = 1;
    return read_list(b, node, POLICYEVAL_KIND_BOUNDARY, &set->boundary);
  }
  if (pe_slice_eq(name, PE_SLICE("session"))) {
    set->has_session = 1;
    return read_list(b, node, POLICYEVAL_KIND_SESSION, &set->session);
  }
  if (pe_slice_eq(name, PE_SLICE("endpoint"))) {
    set->has_endpoint = 1;
    return read_list(b, node, POLICYEVAL_KIND_ENDPOINT, &set->endpoint);
  }
  if (pe_slice_eq(name, PE_SLICE("scp"))) {
    set->has_scp = 1;
    return read_levels(b, node, POLICYEVAL_KIND_SCP, &set->scp, &set->nscp);
  }
  if (pe_slice_eq(name, PE_SLICE("rcp"))) {
    set->has_rcp = 1;
    return read_levels(b, node, POLICYEVAL_KIND_RCP, &set->rcp, &set->nrcp);
  }
  if (pe_slice_eq(name, PE_SLICE("grants"))) return read_grants(b, node);
  return pe_case_refuse(b->fault, node_at(b, node)->key_span.start, "there is no layer \"%s\" of policies",
                        pe_case_shown(name, shown));
}

#define NO_NODE UINT32_MAX

/* The set of an object of layers; NO_NODE: an empty one. */
static int build(pe_case_sets *s, const pe_json *json, uint32_t node, int kind, pe_case_set **out,
                 pe_case_fault *fault) {
  pe_arena *arena = pe_arena_new(s->alloc, 512);
  pe_case_set *set = arena ? pe_arena_zero(arena, 1, sizeof *set) : NULL;
  if (!set) {
    pe_arena_free(arena);
    return POLICYEVAL_ENOMEM;
  }
  atomic_init(&set->refs, 1);
  set->arena = arena;
  builder b = {.sets = s, .json = json, .out = set, .resource_kind = kind, .fault = fault};
  int rc = 0;
  uint32_t child = node == NO_NODE ? 0 : pe_json_first(node);
  for (uint32_t n = node == NO_NODE ? 0 : node_at(&b, node)->children; n > 0 && rc == 0;
       n--, child = node_at(&b, child)->next)
    rc = read_layer(&b, child);
  if (rc) {
    pe_case_set_unref(set);
    return rc;
  }
  set->bytes += pe_arena_bytes(arena);
  *out = set;
  return 0;
}

/* ---- by text and by name ---- */

static int get_inline(pe_case_sets *s, const pe_json *json, uint32_t node, int kind, pe_case_set **out,
                      pe_case_fault *fault) {
  const pe_span span = node == NO_NODE ? (pe_span){0, 0} : json->nodes[node].span;
  const pe_cache_key key = {(uint32_t)kind, PE_SLICE(""),
                            pe_slice_sub(json->source->text, span.start, span.end)};
  *out = pe_cache_find(s->sets, &key);
  if (*out) return 0;
  const int rc = build(s, json, node, kind, out, fault);
  if (rc == 0) (void)pe_cache_add(s->sets, &key, *out, (*out)->bytes);
  return rc;
}

/* The compiled form for one kind of resource policy; made by whoever asks first. */
static int get_of_named(pe_case_sets *s, named *n, int kind, pe_case_set **out, pe_case_fault *fault) {
  pthread_mutex_lock(&s->lock);
  pe_case_set *set = n->by_kind[kind];
  if (set) ref_set(set);
  pthread_mutex_unlock(&s->lock);
  if (!set) {
    const int rc = build(s, &n->json, 0, kind, &set, fault);
    if (rc) return rc;
    pthread_mutex_lock(&s->lock);
    if (!n->by_kind[kind]) {
      n->by_kind[kind] = set;
      ref_set(set);
    }
    pthread_mutex_unlock(&s->lock);
  }
  *out = set;
  return 0;
}

static int get_named(pe_case_sets *s, const pe_case *c, int kind, pe_case_set **out, pe_case_fault *fault) {
  const pe_json_node *node = &c->json->nodes[c->policies];
  const pe_cache_key key = {0, node->text, PE_SLICE("")};
  char shown[80];
  named *n = pe_cache_find(s->names, &key);
  if (!n)
    return pe_case_refuse(fault, node->span.start,
                          "no set of policies was defined as \"%s\" before this line",
                          pe_case_shown(node->text, shown));
  const int rc = get_of_named(s, n, kind, out, fault);
  unref_named(n);
  if (rc == POLICYEVAL_EPOLICY) fault->offset = node->span.start;
  return rc;
}

int pe_case_sets_get(pe_case_sets *s, const pe_case *c, int kind, pe_case_set **out, pe_case_fault *fault) {
  if (c->policies && pe_json_is(c->json, c->policies, PE_JSON_STRING))
    return get_named(s, c, kind, out, fault);
  return get_inline(s, c->json, c->policies ? c->policies : NO_NODE, kind, out, fault);
}

static int new_named(pe_case_sets *s, pe_slice text, named **out) {
  pe_arena *arena = pe_arena_new(s->alloc, 0);
  named *n = arena ? pe_arena_zero(arena, 1, sizeof *n) : NULL;
  pe_source *source = n ? pe_arena_zero(arena, 1, sizeof *source) : NULL;
  char *copy = source ? pe_arena_copy(arena, text.ptr, text.len) : NULL;
  int rc = POLICYEVAL_ENOMEM;
  if (copy) {
    source->text = pe_slice_of(copy, text.len);
    rc = pe_json_read(arena, source, &s->options.limits.json, &n->json, NULL);
  }
  if (rc) {
    pe_arena_free(arena);
    return rc;
  }
  atomic_init(&n->refs, 1);
  n->arena = arena;
  *out = n;
  return 0;
}

/* What a resource policy may be is known when there is a resource; here it must be one of them. */
static int check_definition(pe_case_sets *s, const pe_case *c, pe_case_fault *fault) {
  static const int kinds[] = {POLICYEVAL_KIND_KMS_KEY, POLICYEVAL_KIND_TRUST};
  pe_case_set *set = NULL;
  int rc = build(s, c->json, c->policies, POLICYEVAL_KIND_RESOURCE, &set, fault);
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds && rc == POLICYEVAL_EPOLICY; i++) {
    pe_case_fault other = {.offset = 0};
    pe_buf_init(&other.message, s->alloc);
    const int again = build(s, c->json, c->policies, kinds[i], &set, &other);
    pe_buf_done(&other.message);
    if (again != POLICYEVAL_EPOLICY) rc = again;
  }
  pe_case_set_unref(set);
  return rc;
}

int pe_case_sets_define(pe_case_sets *s, const pe_case *c, pe_case_fault *fault) {
  const pe_span span = c->json->nodes[c->policies].span;
  const pe_slice text = pe_slice_sub(c->json->source->text, span.start, span.end);
  const pe_cache_key key = {0, c->define, PE_SLICE("")};
  char shown[80];
  int rc = check_definition(s, c, fault);
  named *mine = NULL;
  if (rc == 0) rc = new_named(s, text, &mine);
  if (rc) return rc;
  rc = pe_cache_add(s->names, &key, mine, 0);
  named *kept = rc == 0 ? pe_cache_find(s->names, &key) : NULL;
  if (rc == 0 && !pe_slice_eq(kept->json.source->text, text))
    rc = pe_case_refuse(fault, span.start, "\"%s\" was defined before, with other policies",
                        pe_case_shown(c->define, shown));
  unref_named(kept);
  unref_named(mine);
  return rc;
}

int pe_case_resource_kind(const pe_request *r) {
  if (r->target == PE_TARGET_KEY) return POLICYEVAL_KIND_KMS_KEY;
  if (r->target == PE_TARGET_ROLE) return POLICYEVAL_KIND_TRUST;
  const bool secret = pe_slice_eq(r->resource.field[PE_ARN_SERVICE], PE_SLICE("secretsmanager"));
  return secret ? POLICYEVAL_KIND_SECRET : POLICYEVAL_KIND_RESOURCE;
}
