/* SPDX-License-Identifier: MIT */
/* Facts between keys that no policy states: boxes of requests that do not exist. A missing one makes a witness
 * unrealistic, never a NO wrong; docs/analysis.md lists them. */
#include "base/error.h"
#include "sym/compile.h"

static uint32_t key_in_use(const pe_compiler *c, const char *name) {
  pe_slice wanted = pe_slice_str(name);
  for (size_t i = 0; i < c->space->keys.len; i++) {
    if (pe_slice_eq_ascii_nocase(c->space->keys.data[i].name, wanted)) return (uint32_t)i;
  }
  return UINT32_MAX;
}

static int add_frames(pe_compiler *c, uint32_t key, const char *const *list, bool negate) {
  pe_atom atom;
  uint32_t test;
  pe_literal l;
  pe_atom_init(&atom, c->space, &c->variables);
  int rc = 0;
  for (; *list && !rc; list++) rc = pe_atom_frame(&atom, *list);
  if (!rc) rc = pe_atom_finish(&atom, key, &test);
  if (!rc) rc = pe_compile_literal(c, key, test, negate, &l);
  if (!rc) rc = pe_compile_add(c, l);
  pe_atom_done(&atom);
  return rc;
}

static int add_present(pe_compiler *c, uint32_t key, bool absent) {
  uint32_t test;
  bool fresh;
  pe_literal l;
  int rc = pe_space_test(c->space, key, PE_SORT_PRESENCE, PE_SLICE("there"), &test, &fresh);
  if (!rc) rc = pe_compile_literal(c, key, test, absent, &l);
  return rc ? rc : pe_compile_add(c, l);
}

static int finish(pe_compiler *c, const char *about, pe_boxes *out) {
  return pe_compile_finish(c, (pe_origin){.about = about}, out);
}

/* Secrets and keys have an account. */
static int owners(pe_compiler *c, pe_boxes *out) {
  static const char *const ours[] = {"arn:%:secretsmanager:%:%:*", "arn:%:kms:%:%:*", NULL};
  static const char *const good[] = {"arn:%:secretsmanager:%:#:*", "arn:%:kms:%:#:*", NULL};
  pe_compile_start(c);
  int rc = add_frames(c, c->resource, ours, false);
  if (!rc) rc = add_frames(c, c->resource, good, true);
  return rc ? rc : finish(c, "the ARNs of secrets and keys have an account", out);
}

/* "service:name" in any letter case. */
static int add_action(pe_compiler *c, pe_atom *atom, const pe_action_info *info) {
  pe_buf name;
  pe_buf_init(&name, c->alloc);
  pe_buf_slice(&name, info->service);
  pe_buf_char(&name, ':');
  pe_buf_slice(&name, info->name);
  pe_elem e = {.kind = PE_ELEM_LITERAL, .literal = pe_slice_of(name.ptr, name.len)};
  pe_pattern p = {.elems = &e, .nelems = 1, .flags = PE_PATTERN_NOCASE};
  int rc = name.failed ? POLICYEVAL_ENOMEM : pe_atom_pattern(atom, "", &p, "", false);
  pe_buf_done(&name);
  return rc;
}

/* The actions of a service that have all of the flags. */
static int add_actions(pe_compiler *c, pe_atom *atom, pe_slice service, uint32_t flags) {
  const pe_action_info *first;
  size_t n = pe_catalog_actions(c->catalog, service, &first);
  int rc = 0;
  for (size_t i = 0; i < n && !rc; i++) {
    if ((first[i].flags & flags) == flags) rc = add_action(c, atom, &first[i]);
  }
  return rc;
}

int pe_compile_catalog(pe_compiler *c) {
  pe_atom atom;
  int rc = 0;
  pe_atom_init(&atom, c->space, &c->variables);
  for (size_t i = 0, n = pe_catalog_services(c->catalog); i < n && !rc; i++) {
    rc = add_actions(c, &atom, pe_catalog_service(c->catalog, i), 0);
  }
  if (!rc) rc = pe_atom_lang(&atom, &c->space->keys.data[c->action].limit);
  pe_atom_done(&atom);
  return rc;
}

static const char *const bare_services[] = {"secretsmanager", "kms", "sts"};
enum { BARE_SERVICES = sizeof bare_services / sizeof bare_services[0] };

uint8_t pe_compile_bare_services(const pe_statement *s) {
  uint8_t mask = 0;
  for (unsigned i = 0; i < BARE_SERVICES; i++) {
    size_t len = strlen(bare_services[i]);
    bool may = s->action_mode == PE_MODE_NOT;
    for (uint32_t k = 0; k < s->nactions && !may; k++) {
      const pe_pattern *p = &s->actions[k].pattern;
      pe_slice start = p->nelems && p->elems[0].kind == PE_ELEM_LITERAL ? p->elems[0].literal : (pe_slice){NULL, 0};
      size_t n = start.len < len ? start.len : len;
      may = s->actions[k].any || n == 0 || pe_slice_eq_ascii_nocase(pe_slice_sub(start, 0, n), pe_slice_of(bare_services[i], n));
    }
    if (may) mask |= (uint8_t)(1u << i);
  }
  return mask;
}

/* L1.7.15: actions without resource-level permissions are asked of "*". Those of services that no Allow is about need no
 * box: every question is about some Allow. */
static int bare_actions(pe_compiler *c, pe_boxes *out) {
  static const char *const star[] = {"\\*", NULL};
  pe_atom atom;
  uint32_t test;
  pe_literal l;
  int rc = 0;
  pe_atom_init(&atom, c->space, &c->variables);
  for (unsigned s = 0; s < BARE_SERVICES && !rc; s++) {
    if (c->bare_services >> s & 1) rc = add_actions(c, &atom, pe_slice_str(bare_services[s]), PE_ACTION_NO_RESOURCE);
  }
  bool none = !atom.l.wide.len;
  if (!rc && !none) rc = pe_atom_finish(&atom, c->action, &test);
  pe_atom_done(&atom);
  if (rc || none) return rc;
  pe_compile_start(c);
  rc = pe_compile_literal(c, c->action, test, false, &l);
  if (!rc) rc = pe_compile_add(c, l);
  if (!rc) rc = add_frames(c, c->resource, star, true);
  return rc ? rc : finish(c, "the action knows no resources", out);
}

/* Only principals of accounts have an organisation and tags. */
static int strangers(pe_compiler *c, pe_boxes *out) {
  static const char *const names[] = {"aws:PrincipalOrgID", "aws:PrincipalOrgPaths"}, *const who[] = {"|*|*", NULL};
  int rc = 0;
  for (uint32_t k = 0; k < c->space->keys.len && !rc; k++) {
    pe_slice name = c->space->keys.data[k].name;
    bool tag = name.len > 17 && pe_slice_eq_ascii_nocase(pe_slice_sub(name, 0, 17), PE_SLICE("aws:PrincipalTag/"));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) tag |= pe_slice_eq_ascii_nocase(name, pe_slice_str(names[i]));
    if (!tag) continue;
    pe_compile_start(c);
    rc = add_frames(c, c->principal, who, false);
    if (!rc) rc = add_present(c, k, false);
    if (!rc) rc = finish(c, "only principals of accounts have an organization and tags", out);
  }
  return rc;
}

/* aws:SourceIp is absent when a request comes through an endpoint, which has aws:VpcSourceIp. */
static int networks(pe_compiler *c, pe_boxes *out) {
  uint32_t a = key_in_use(c, "aws:SourceIp"), b = key_in_use(c, "aws:VpcSourceIp");
  if (a == UINT32_MAX || b == UINT32_MAX) return 0;
  pe_compile_start(c);
  int rc = add_present(c, a, false);
  if (!rc) rc = add_present(c, b, false);
  return rc ? rc : finish(c, "a request has a public or a private source address", out);
}

/* The test on a key as a test on the resource: on the account of its ARN, or on all of it. */
static int mirrored(pe_compiler *c, const pe_test *t, bool account, pe_literal *out) {
  pe_atom atom;
  uint32_t test;
  pe_atom_init(&atom, c->space, &c->variables);
  int rc = 0;
  for (uint32_t i = 0; i < t->wide.count && !rc; i++) {
    pe_items items = {0};
    rc = pe_items_frame(&items, c->alloc, account ? "arn:%:%:%:" : "");
    for (uint32_t k = 0; k < t->wide.globs[i].count && !rc; k++) {
      pe_item item = t->wide.globs[i].items[k];
      if (account && item == pe_item_of(PE_ITEM_STAR, 0)) item = pe_item_of(PE_ITEM_FSTAR, 0);
      if (account && item == pe_item_of(PE_ITEM_ONE, 0)) item = pe_item_of(PE_ITEM_FONE, 0);
      rc = pe_items_push(&items, c->alloc, item);
    }
    if (!rc) rc = pe_items_frame(&items, c->alloc, account ? ":*" : "");
    pe_glob *slot = rc ? NULL : pe_vec_push(&atom.l.wide, c->alloc);
    if (!rc) rc = slot ? pe_glob_make(c->space->arena, &items, slot) : POLICYEVAL_ENOMEM;
    pe_vec_done(&items, c->alloc);
  }
  if (!rc) rc = pe_atom_finish(&atom, c->resource, &test);
  if (!rc) rc = pe_compile_literal(c, c->resource, test, false, out);
  pe_atom_done(&atom);
  return rc;
}

/* A key whose value the resource tells, for some requests. */
typedef struct mirror {
  const char *name, *about;
  const char *resources[2], *actions[2]; /* the requests; actions[0] NULL: all */
  bool account;
} mirror;

static int start_mirror(pe_compiler *c, const mirror *m) {
  pe_compile_start(c);
  int rc = add_frames(c, c->resource, m->resources, false);
  if (rc || !m->actions[0]) return rc;
  pe_atom atom;
  uint32_t test;
  pe_literal l;
  pe_elem e[2] = {{.kind = PE_ELEM_LITERAL, .literal = pe_slice_str(m->actions[0])}, {.kind = PE_ELEM_STAR}};
  pe_pattern p = {.elems = e, .nelems = 2, .flags = PE_PATTERN_NOCASE};
  pe_atom_init(&atom, c->space, &c->variables);
  rc = pe_atom_pattern(&atom, "", &p, "", false);
  if (!rc) rc = pe_atom_finish(&atom, c->action, &test);
  if (!rc) rc = pe_compile_literal(c, c->action, test, false, &l);
  if (!rc) rc = pe_compile_add(c, l);
  pe_atom_done(&atom);
  return rc;
}

static int add_mirror(pe_compiler *c, const mirror *m, pe_boxes *out) {
  uint32_t key = key_in_use(c, m->name);
  if (key == UINT32_MAX) return 0;
  int rc = start_mirror(c, m);
  if (!rc) rc = add_present(c, key, true);
  if (!rc) rc = finish(c, m->about, out);
  for (size_t i = 0, n = c->space->keys.data[key].tests.len; i < n && !rc; i++) {
    uint32_t id = c->space->keys.data[key].tests.data[i];
    pe_test t = c->space->tests.data[id];
    if (t.sort != PE_SORT_STRING || t.two_sided) continue;
    pe_literal here = 0, there = 0;
    rc = pe_compile_literal(c, key, id, false, &here);
    if (!rc) rc = mirrored(c, &t, m->account, &there);
    for (unsigned way = 0; way < 2 && !rc; way++) {
      rc = start_mirror(c, m);
      if (!rc) rc = pe_compile_add(c, here ^ way);
      if (!rc) rc = pe_compile_add(c, there ^ way ^ 1u);
      if (!rc) rc = finish(c, m->about, out);
    }
  }
  return rc;
}

static const mirror mirror_list[] = {
      {"aws:ResourceAccount", "the ARN names the account of the resource", {"arn:%:%:%:#:*", NULL}, {NULL, NULL}, true},
      {"secretsmanager:SecretId", "the secret of the call is the resource", {"arn:%:secretsmanager:%:#:*", NULL},
       {"secretsmanager:", NULL}, false}};
enum { MIRRORS = sizeof mirror_list / sizeof mirror_list[0] };

size_t pe_compile_axiom_tests(const pe_compiler *c) {
  size_t n = 0;
  for (size_t i = 0; i < MIRRORS; i++) {
    uint32_t key = key_in_use(c, mirror_list[i].name);
    if (key != UINT32_MAX) n += c->space->keys.data[key].tests.len;
  }
  return n;
}

static int mirrors(pe_compiler *c, pe_boxes *out) {
  int rc = 0;
  for (size_t i = 0; i < MIRRORS && !rc; i++) rc = add_mirror(c, &mirror_list[i], out);
  return rc;
}

int pe_compile_axioms(pe_compiler *c, pe_boxes *out) {
  int rc = owners(c, out);
  if (!rc) rc = bare_actions(c, out);
  if (!rc) rc = strangers(c, out);
  if (!rc) rc = networks(c, out);
  return rc ? rc : mirrors(c, out);
}
