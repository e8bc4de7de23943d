/* SPDX-License-Identifier: MIT */
#include "sym/legs.h"

#include "base/error.h"
#include "eval/decide.h"
#include "sym/grants.h"

#define KEY_LEG "key!"

enum { DEPTH_MOST = 48 };

typedef struct item { /* one statement of one leg, or one grant */
  pe_box box;
  uint8_t leg, layer, deny;
  const pe_policy *policy;
  const pe_statement *statement;
  uint32_t grant; /* layer GRANT: its index */
} item;

typedef struct legs {
  const pe_legs_input *in;
  pe_budget *budget;
  pe_readings readings;
  pe_space space;
  pe_compiler c;
  pe_oracle o;
  uint32_t actions[PE_LEGS], resources[PE_LEGS];
  PE_VEC(item) items;
  pe_boxes axioms, excluded;
  pe_ids base, literals;
  PE_VEC(pe_assumed) assumed;
  pe_ids inside;                  /* items that the branch asserts */
  pe_ids outside;                 /* … and excludes */
  pe_trace trace[PE_LEGS];
  pe_request_builder *builder[PE_LEGS];
  pe_ids judged[PE_LEGS];         /* the values that the builder and the trace are of; empty: none */
  pe_solution solution;
  bool doubtful;
  pe_arena *conditions; /* the result's: of grants */
} legs;

void pe_legs_done(pe_legs_result *r) {
  for (int i = 0; i < PE_LEGS; i++) {
    pe_request_builder_free(r->witness[i]);
    pe_request_builder_free(r->counter[i]);
  }
  pe_vec_done(&r->region, r->alloc);
  pe_arena_free(r->conditions);
  pe_vec_done(&r->blocking, r->alloc);
  *r = (pe_legs_result){0};
}

static void release(legs *g) {
  const pe_alloc *a = g->in->alloc;
  pe_oracle_done(&g->o);
  pe_compiler_done(&g->c);
  pe_vec_done(&g->items, a);
  pe_vec_done(&g->axioms, a);
  pe_vec_done(&g->excluded, a);
  pe_vec_done(&g->base, a);
  pe_vec_done(&g->literals, a);
  pe_vec_done(&g->assumed, a);
  pe_vec_done(&g->inside, a);
  pe_vec_done(&g->outside, a);
  for (int i = 0; i < PE_LEGS; i++) {
    pe_trace_done(&g->trace[i]);
    pe_vec_done(&g->judged[i], a);
    pe_request_builder_free(g->builder[i]);
  }
  pe_space_done(&g->space);
}

static int push(pe_ids *to, uint32_t id, const pe_alloc *a) {
  uint32_t *slot = pe_vec_push(to, a);
  if (!slot) return POLICYEVAL_ENOMEM;
  *slot = id;
  return 0;
}

/* Compiling -------------------------------------------------------------------------------------------------- */

static void choose_leg(legs *g, int leg) {
  g->c.action = g->actions[leg];
  g->c.resource = g->resources[leg];
  g->c.prefix = leg == PE_LEG_KEY ? KEY_LEG : NULL;
  g->c.boundary = g->in->set[leg]->has_boundary;
}

static int add_items(legs *g, int leg, int layer, const pe_policy *p, const pe_boxes *boxes, bool deny) {
  for (size_t i = 0; i < boxes->len; i++) {
    item *slot = pe_vec_push(&g->items, g->in->alloc);
    if (!slot) return POLICYEVAL_ENOMEM;
    *slot = (item){boxes->data[i], (uint8_t)leg, (uint8_t)layer, deny, p, g->c.origins.data[boxes->data[i].tag].statement, 0};
  }
  return 0;
}

static int compile_list(legs *g, int leg, int layer, const pe_policy_list *list, bool scan) {
  int rc = 0;
  for (uint32_t i = 0; i < list->count && !rc; i++) {
    pe_side side = {0};
    if (scan) {
      rc = pe_compile_scan(&g->c, list->items[i]);
      continue;
    }
    rc = pe_compile_policy(&g->c, list->items[i], i, &side);
    if (!rc) rc = add_items(g, leg, layer, list->items[i], &side.allow, false);
    if (!rc) rc = add_items(g, leg, layer, list->items[i], &side.deny, true);
    pe_side_done(&side, g->in->alloc);
  }
  return rc;
}

/* The version that is read has an id, also when it is not known: constraints of grants count it. */
static int name_version(legs *g) {
  static const pe_slice likely = {"EXAMPLE1-90ab-cdef-fedc-ba987EXAMPLE", 36};
  const pe_request *r = g->in->request[PE_LEG_KEY];
  const pe_slice name = PE_SLICE(KEY_LEG "kms:EncryptionContext:SecretVersionId"), own = pe_slice_sub(name, sizeof KEY_LEG - 1, name.len);
  uint32_t key;
  for (uint32_t i = 0; i < r->facts.count; i++) {
    if (!r->facts.items[i].unknown || !pe_slice_eq_ascii_nocase(r->facts.items[i].key, own)) continue;
    int rc = pe_space_find_key(&g->space, name, &key);
    if (rc) return rc;
    g->space.keys.data[key].shapes = PE_SHAPE_SCALAR;
    g->space.keys.data[key].likely = &likely;
    g->space.keys.data[key].nlikely = 1;
  }
  return 0;
}

static int compile_grants(legs *g) {
  const pe_policyset *s = g->in->set[PE_LEG_KEY];
  bool constrained = false;
  int rc = 0;
  choose_leg(g, PE_LEG_KEY);
  for (uint32_t i = 0; i < s->ngrants && !rc; i++) {
    pe_boxes boxes = {0};
    rc = pe_compile_grant(&g->c, g->conditions, &s->grants[i], g->in->request[PE_LEG_KEY], &boxes);
    item *slot = boxes.len && !rc ? pe_vec_push(&g->items, g->in->alloc) : NULL;
    if (boxes.len && !rc && !slot) rc = POLICYEVAL_ENOMEM;
    if (slot) *slot = (item){boxes.data[0], PE_LEG_KEY, POLICYEVAL_LAYER_GRANT, false, NULL, NULL, i};
    constrained |= s->grants[i].constraint != 0;
    pe_vec_done(&boxes, g->in->alloc);
  }
  return !rc && constrained ? name_version(g) : rc;
}

static int compile_leg(legs *g, int leg, bool scan) {
  const pe_policyset *s = g->in->set[leg];
  choose_leg(g, leg);
  bool key = g->in->request[leg]->target == PE_TARGET_KEY;
  int rc = compile_list(g, leg, POLICYEVAL_LAYER_IDENTITY, &s->identity, scan);
  if (!rc) rc = compile_list(g, leg, key ? POLICYEVAL_LAYER_KEY : POLICYEVAL_LAYER_RESOURCE, &s->resource, scan);
  if (!rc) rc = compile_list(g, leg, POLICYEVAL_LAYER_BOUNDARY, &s->boundary, scan);
  if (!rc) rc = compile_list(g, leg, POLICYEVAL_LAYER_SESSION, &s->session, scan);
  if (!rc) rc = compile_list(g, leg, POLICYEVAL_LAYER_ENDPOINT, &s->endpoint, scan);
  for (uint32_t i = 0; i < s->nscp && !rc; i++) rc = compile_list(g, leg, POLICYEVAL_LAYER_SCP, &s->scp[i], scan);
  for (uint32_t i = 0; i < s->nrcp && !rc; i++) rc = compile_list(g, leg, POLICYEVAL_LAYER_RCP, &s->rcp[i], scan);
  return rc;
}

static int add_pattern_literal(legs *g, uint32_t key, const char *before, const pe_pattern *p, const char *after) {
  pe_atom atom;
  uint32_t test;
  pe_literal l = 0;
  pe_atom_init(&atom, &g->space, &g->c.variables);
  int rc = pe_atom_pattern(&atom, before, p, after, false);
  if (!rc) rc = pe_atom_finish(&atom, key, &test);
  if (!rc) rc = pe_compile_literal(&g->c, key, test, false, &l);
  if (!rc) rc = push(&g->base, l, g->in->alloc);
  pe_atom_done(&atom);
  return rc;
}

static int add_text_literal(legs *g, uint32_t key, const char *before, pe_slice text, const char *after, bool nocase) {
  pe_elem e = {.kind = PE_ELEM_LITERAL, .literal = text};
  const pe_pattern p = {.elems = &e, .nelems = 1, .flags = nocase ? PE_PATTERN_NOCASE : 0};
  return add_pattern_literal(g, key, before, &p, after);
}

/* A text that lives as long as the space, as the value to try first. */
static int prefer(legs *g, uint32_t key, const pe_buf *text) {
  const char *copy = text->failed ? NULL : pe_arena_copy(g->space.arena, text->ptr, text->len);
  pe_slice *likely = copy ? pe_arena_alloc(g->space.arena, sizeof *likely) : NULL;
  if (!likely) return POLICYEVAL_ENOMEM;
  *likely = pe_slice_of(copy, text->len);
  g->space.keys.data[key].likely = likely;
  g->space.keys.data[key].nlikely = 1;
  return 0;
}

/* The role's id is known, the session's name is not: what both together make, aws:userid, starts with the id. */
static uint32_t userid_of_open_session(const legs *g) {
  const pe_request *r = g->in->request[PE_LEG_SECRET];
  const pe_slice name = PE_SLICE("aws:userid");
  if (r->caller.kind != PE_CALLER_ROLE || r->caller.session_known || !r->caller.unique_id.len) return UINT32_MAX;
  for (uint32_t i = 0; i < r->facts.count; i++) {
    if (pe_slice_eq(r->facts.items[i].key, name) && !r->facts.items[i].implied) return UINT32_MAX;
  }
  for (size_t k = 0; k < g->space.keys.len; k++) {
    if (pe_slice_eq_ascii_nocase(g->space.keys.data[k].name, name)) return (uint32_t)k;
  }
  return UINT32_MAX;
}

static int fix_userid(legs *g, pe_slice id) {
  const uint32_t key = userid_of_open_session(g);
  if (key == UINT32_MAX) return 0;
  pe_buf text;
  pe_buf_init(&text, g->in->alloc);
  pe_buf_slice(&text, id);
  pe_buf_char(&text, ':');
  int rc = text.failed ? POLICYEVAL_ENOMEM : add_text_literal(g, key, "", pe_slice_of(text.ptr, text.len), "+*", false);
  pe_buf_str(&text, "example-session");
  if (!rc) rc = prefer(g, key, &text);
  pe_buf_done(&text);
  return rc;
}

/* Some session of the role, by a name that can be read if any will do. */
static int fix_open_session(legs *g, const pe_caller *c) {
  pe_elem e[] = {{.kind = PE_ELEM_LITERAL}, {.kind = PE_ELEM_ONE}, {.kind = PE_ELEM_STAR}, {.kind = PE_ELEM_LITERAL}};
  const pe_pattern p = {.elems = e, .nelems = 4, .has_wild = 1};
  pe_buf before, after;
  pe_buf_init(&before, g->in->alloc);
  pe_buf_init(&after, g->in->alloc);
  pe_buf_slice(&before, c->role_arn);
  pe_buf_char(&before, PE_SEPARATOR);
  pe_buf_char(&after, PE_SEPARATOR);
  pe_buf_slice(&after, c->unique_id);
  e[0].literal = pe_slice_of(before.ptr, before.len);
  e[3].literal = pe_slice_of(after.ptr, after.len);
  int rc = before.failed || after.failed ? POLICYEVAL_ENOMEM
                                         : add_pattern_literal(g, g->c.principal, "", &p, c->unique_id.len ? "" : "*");
  pe_buf_str(&before, "example-session");
  pe_buf_slice(&before, pe_slice_of(after.ptr, after.len));
  if (!rc) rc = prefer(g, g->c.principal, &before);
  pe_buf_done(&before);
  pe_buf_done(&after);
  return rc ? rc : fix_userid(g, c->unique_id);
}

/* The principal is given; only the name of a session may be open. */
static int fix_principal(legs *g) {
  const pe_caller *c = &g->in->request[PE_LEG_SECRET]->caller;
  pe_buf text;
  if (c->kind == PE_CALLER_SERVICE) return add_text_literal(g, g->c.principal, "|service|", c->service, "", false);
  if (c->kind == PE_CALLER_PROVIDER) return add_text_literal(g, g->c.principal, "|provider|", c->service, "", false);
  if (c->kind == PE_CALLER_ANONYMOUS) return add_text_literal(g, g->c.principal, "|anonymous|", PE_SLICE(""), "", false);
  if (c->kind == PE_CALLER_ROLE && !c->session_known) return fix_open_session(g, c);
  pe_buf_init(&text, g->in->alloc);
  pe_buf_slice(&text, c->kind == PE_CALLER_ROLE ? c->role_arn : c->arn);
  pe_buf_char(&text, PE_SEPARATOR);
  pe_buf_slice(&text, c->session);
  pe_buf_char(&text, PE_SEPARATOR);
  pe_buf_slice(&text, c->unique_id);
  int rc = text.failed ? POLICYEVAL_ENOMEM
                       : add_text_literal(g, g->c.principal, "", pe_slice_of(text.ptr, text.len), "", false);
  pe_buf_done(&text);
  return rc;
}

/* A fact as literals: one value, or exactly these elements. */
static int fix_fact(legs *g, const pe_fact *f) {
  if (f->unknown || pe_project_find(f->key, PE_FAMILY_STRING) != PE_PROJECT_NONE) return 0;
  int rc = 0;
  pe_compile_start(&g->c);
  pe_cond_input *in = pe_arena_zero(g->space.arena, f->count, sizeof *in);
  if (!in) return POLICYEVAL_ENOMEM;
  for (uint32_t i = 0; i < f->count; i++) in[i] = (pe_cond_input){.text = f->values[i], .json_type = PE_JSON_STRING};
  bool list = f->multi || f->count > 1;
  for (uint32_t i = 0; i <= (list ? f->count : 0) && !rc; i++) { /* all of them, and each is there */
    pe_operator op = {.op = PE_OP_STRING_EQUALS, .quantifier = !list ? PE_SET_NONE : i ? PE_SET_FOR_ANY : PE_SET_FOR_ALL};
    pe_condition *cond = pe_arena_zero(g->space.arena, 1, sizeof *cond);
    if (!cond) return POLICYEVAL_ENOMEM;
    rc = pe_condition_compile(g->space.arena, PE_SLICE("StringEquals"), &op, f->key, i ? &in[i - 1] : in,
                              i ? 1 : f->count, false, cond);
    if (!rc) rc = pe_compile_condition(&g->c, cond);
  }
  for (size_t i = 0; i < g->c.literals.len && !rc; i++) rc = push(&g->base, g->c.literals.data[i], g->in->alloc);
  if (rc || f->count != 1) return rc;
  pe_assumed *known = pe_vec_push(&g->assumed, g->in->alloc);
  if (!known) return POLICYEVAL_ENOMEM;
  *known = (pe_assumed){.key = f->key, .value = f->values[0]};
  return 0;
}

static int fix_leg(legs *g, int leg) {
  const pe_request *r = g->in->request[leg];
  choose_leg(g, leg);
  int rc = add_text_literal(g, g->actions[leg], "", r->action, "", true);
  if (!rc) rc = add_text_literal(g, g->resources[leg], "", r->resource.text, "", false);
  for (uint32_t i = 0; i < r->facts.count && !rc; i++) rc = fix_fact(g, &r->facts.items[i]);
  return rc;
}

static pe_slice plain_name(pe_slice name, int *leg) {
  *leg = pe_slice_starts(name, PE_SLICE(KEY_LEG)) ? PE_LEG_KEY : PE_LEG_SECRET;
  return *leg == PE_LEG_KEY ? pe_slice_sub(name, sizeof KEY_LEG - 1, name.len) : name;
}

/* What was not given, and cannot be there: what only services have, and on the key's leg, which Secrets Manager makes,
 * parameters and networks of the caller (D3.5). */
static void rule_out(legs *g) {
  bool service = g->in->request[PE_LEG_SECRET]->caller.kind == PE_CALLER_SERVICE;
  for (size_t k = 0; k < g->space.keys.len; k++) {
    int leg;
    pe_slice name = plain_name(g->space.keys.data[k].name, &leg);
    const pe_key_info *info = pe_key_find(name);
    if (!info || pe_slice_starts(name, PE_SLICE("@"))) continue;
    bool given = false;
    for (uint32_t i = 0; i < g->in->request[leg]->facts.count; i++) {
      given |= pe_slice_eq_ascii_nocase(g->in->request[leg]->facts.items[i].key, name);
    }
    bool foreign = leg == PE_LEG_KEY && (info->presence == PE_PRESENCE_PARAMETER || info->presence == PE_PRESENCE_ENDPOINT);
    if (!given && (foreign || (info->presence == PE_PRESENCE_SERVICE && !service))) {
      g->space.keys.data[k].shapes = PE_SHAPE_ABSENT;
    }
  }
}

static int compile(legs *g) {
  static const char *const names[PE_LEGS][2] = {{"@action", "@resource"}, {KEY_LEG "@action", KEY_LEG "@resource"}};
  int rc = pe_space_init(&g->space, g->in->alloc);
  if (!rc) rc = pe_compiler_init(&g->c, &g->space, g->in->catalog, &g->readings, NULL, 0);
  g->c.caller = &g->in->request[PE_LEG_SECRET]->caller;
  for (int leg = 0; leg < PE_LEGS && !rc; leg++) {
    rc = pe_space_find_key(&g->space, pe_slice_str(names[leg][0]), &g->actions[leg]);
    if (!rc) rc = pe_space_find_key(&g->space, pe_slice_str(names[leg][1]), &g->resources[leg]);
    if (rc) break;
    g->space.keys.data[g->actions[leg]].shapes = g->space.keys.data[g->resources[leg]].shapes = PE_SHAPE_SCALAR;
  }
  for (int leg = 0; leg < PE_LEGS && !rc; leg++) rc = compile_leg(g, leg, true);
  if (!rc) rc = fix_principal(g);
  for (int leg = 0; leg < PE_LEGS && !rc; leg++) rc = fix_leg(g, leg);
  g->c.variables.assumed = g->assumed.data; /* variables whose keys are given are what is given */
  g->c.variables.nassumed = g->assumed.len;
  for (int leg = 0; leg < PE_LEGS && !rc; leg++) rc = compile_leg(g, leg, false);
  if (!rc) rc = compile_grants(g);
  choose_leg(g, PE_LEG_SECRET);
  g->c.bare_services = 0; /* the actions and their resources are given */
  if (!rc) rc = pe_compile_axioms(&g->c, &g->axioms);
  if (rc) return rc;
  rule_out(g);
  return pe_oracle_init(&g->o, &g->space, g->budget);
}

/* Points ----------------------------------------------------------------------------------------------------- */

static int copy_caller(const pe_caller *c, pe_slice session, pe_request_builder *b, const char **why) {
  switch (c->kind) {
    case PE_CALLER_ANONYMOUS: return pe_request_set_anonymous(b);
    case PE_CALLER_SERVICE: return pe_request_set_service(b, c->service);
    case PE_CALLER_PROVIDER: return pe_request_set_provider(b, c->service);
    default: break;
  }
  int rc = pe_request_set_principal_arn(b, c->arn, why);
  if (!rc && c->kind == PE_CALLER_ROLE && c->path_known) rc = pe_request_set_role_arn(b, c->role_arn, why);
  if (!rc && c->kind == PE_CALLER_ROLE && !c->session_known) rc = pe_request_set_session_name(b, session);
  if (!rc && c->unique_id.len) rc = pe_request_set_principal_id(b, c->unique_id);
  return !rc && c->parent.count ? pe_request_set_parent(b, c->parent.text, why) : rc;
}

/* The session's name as aws:userid has it, which is asked about: what comes after the role's id. */
static pe_slice named_by_userid(const legs *g, uint32_t key, pe_slice id, pe_slice otherwise) {
  const pe_value *v = pe_oracle_value(&g->o, key, g->solution.values[key]);
  const pe_slice text = v->count ? pe_oracle_text(&g->o, key, v, 0) : PE_SLICE("");
  return text.len > id.len + 1 ? pe_slice_sub(text, id.len + 1, text.len) : otherwise;
}

/* The request of a leg as it was given, and beside it what the point says about the other keys. */
static int build(legs *g, int leg) {
  const pe_request *r = g->in->request[leg];
  pe_request_builder *b = g->builder[leg];
  const char *why = "";
  const pe_value *who = pe_oracle_value(&g->o, g->c.principal, g->solution.values[g->c.principal]);
  pe_slice principal = pe_oracle_text(&g->o, g->c.principal, who, 0), session = {"example-session", 15};
  size_t start = 0, end;
  while (start < principal.len && (unsigned char)principal.ptr[start] != PE_SEPARATOR) start++;
  for (end = ++start; end < principal.len && (unsigned char)principal.ptr[end] != PE_SEPARATOR;) end++;
  if (end > start) session = pe_slice_sub(principal, start, end);
  const uint32_t userid = userid_of_open_session(g);
  if (userid != UINT32_MAX) session = named_by_userid(g, userid, r->caller.unique_id, session);
  pe_request_builder_clear(b);
  pe_request_apply_readings(b, &g->readings);
  int rc = copy_caller(&r->caller, session, b, &why);
  if (!rc) rc = pe_request_set_management(b, r->caller.management_account, r->resource_in_management_account);
  if (!rc) rc = pe_request_set_action(b, r->action, &why);
  if (!rc) rc = pe_request_set_resource(b, r->resource.text, &why);
  if (!rc && r->resource_account.len) rc = pe_request_set_resource_account(b, r->resource_account, &why);
  if (!rc) rc = pe_request_set_managed_key(b, r->aws_managed_key);
  for (uint32_t i = 0; i < r->facts.count && !rc; i++) {
    const pe_fact *f = &r->facts.items[i];
    if (f->unknown || f->implied) continue;
    /* By its name as it was spelled: grants compare the pairs of the encryption context so. */
    rc = f->derived ? pe_request_set_default(b, f->name, f->values, f->count, f->multi)
                    : pe_request_set_fact(b, f->name, f->values, f->count, f->multi);
  }
  for (uint32_t k = 0; k < g->o.nkeys && !rc; k++) {
    int of;
    pe_slice name = plain_name(g->space.keys.data[k].name, &of);
    const pe_value *v = pe_oracle_value(&g->o, k, g->solution.values[k]);
    if (v->shape == PE_SHAPE_ABSENT || pe_slice_starts(name, PE_SLICE("@"))) continue;
    if (k == userid || (of != leg && !pe_compile_shared_key(name))) continue;
    pe_slice texts[16];
    uint32_t n = v->count < 16 ? v->count : 16;
    bool known = false;
    for (uint32_t i = 0; i < r->facts.count; i++) {
      if (!pe_slice_eq_ascii_nocase(r->facts.items[i].key, name)) continue;
      known |= !r->facts.items[i].unknown;
      name = r->facts.items[i].name;
    }
    for (uint32_t i = 0; i < n; i++) texts[i] = pe_oracle_text(&g->o, k, v, i);
    if (!known) rc = pe_request_set_fact(b, name, texts, n, v->shape == PE_SHAPE_LIST);
  }
  return rc;
}

/* Was the leg judged last at a point that is the same for it? */
static bool judged_already(const legs *g, int leg) {
  const pe_ids *last = &g->judged[leg];
  for (uint32_t k = 0; k < last->len; k++) {
    int of;
    if (last->data[k] == g->solution.values[k]) continue;
    pe_slice name = plain_name(g->space.keys.data[k].name, &of);
    if (of == leg || k == g->c.principal || pe_compile_shared_key(name)) return false;
  }
  return last->len > 0;
}

static int judge_leg(legs *g, int leg) {
  const pe_request *r;
  const char *why = "";
  pe_ids *last = &g->judged[leg];
  last->len = 0;
  int rc = build(g, leg);
  if (!rc) rc = pe_request_prepare(g->builder[leg], &r, &why);
  if (!rc) rc = pe_decide(g->in->set[leg], r, false, &g->trace[leg]);
  if (rc) return rc;
  if (!pe_vec_reserve(last, g->o.nkeys, g->in->alloc)) return POLICYEVAL_ENOMEM;
  memcpy(last->data, g->solution.values, g->o.nkeys * sizeof *last->data);
  last->len = g->o.nkeys;
  return 0;
}

/* The evaluator's word on the point: effects of both legs, and which statements match. */
static int judge(legs *g, int effect[PE_LEGS]) {
  for (int leg = 0; leg < PE_LEGS; leg++) {
    int rc = judged_already(g, leg) ? 0 : judge_leg(g, leg);
    if (rc) return rc;
    effect[leg] = g->trace[leg].effect;
  }
  return 0;
}

static bool matched(const legs *g, const item *it) {
  const pe_trace *t = &g->trace[it->leg];
  if (it->layer == POLICYEVAL_LAYER_GRANT) {
    for (size_t i = 0; i < t->grants.len; i++) {
      if (t->grants.data[i] == it->grant) return true;
    }
    return false;
  }
  for (size_t i = 0; i < t->statements.len; i++) {
    const pe_stmt_trace *s = &t->statements.data[i];
    if (s->statement == it->statement && s->layer == it->layer) return s->step == PE_STEP_MATCHED;
  }
  return false;
}

/* Does the item's layer play a part at all? Without a statement (RCPFullAWSAccess) it always does its part. */
static bool counts(const legs *g, const item *it) {
  const pe_trace *t = &g->trace[it->leg];
  if (!it->statement && it->layer != POLICYEVAL_LAYER_GRANT) return false;
  for (size_t i = 0; i < t->layers.len; i++) {
    if (t->layers.data[i].layer == it->layer && t->layers.data[i].policy == it->policy) return t->layers.data[i].applies;
  }
  return false;
}

/* A point with the items of the branch inside and outside, `also` inside. *found NO: there is none. */
static int solve(legs *g, const item *also, bool with_denies, pe_found *found) {
  const pe_alloc *a = g->in->alloc;
  int rc = 0;
  g->literals.len = 0;
  g->excluded.len = 0;
  for (size_t i = 0; i < g->base.len && !rc; i++) rc = push(&g->literals, g->base.data[i], a);
  for (size_t i = 0; i <= g->inside.len && !rc; i++) {
    const item *it = i < g->inside.len ? &g->items.data[g->inside.data[i]] : also;
    for (uint32_t k = 0; it && k < it->box.count && !rc; k++) rc = push(&g->literals, it->box.literals[k], a);
  }
  for (size_t i = 0; i < g->axioms.len && !rc; i++) {
    pe_box *slot = pe_vec_push(&g->excluded, a);
    if (!slot) return POLICYEVAL_ENOMEM;
    *slot = g->axioms.data[i];
  }
  for (uint32_t i = 0; i < g->items.len && !rc; i++) {
    bool out = with_denies && g->items.data[i].deny && counts(g, &g->items.data[i]);
    for (size_t k = 0; k < g->outside.len && !out; k++) out = g->outside.data[k] == i;
    pe_box *slot = out ? pe_vec_push(&g->excluded, a) : NULL;
    if (out && !slot) return POLICYEVAL_ENOMEM;
    if (slot) *slot = g->items.data[i].box;
  }
  if (!rc) {
    rc = pe_solve(&g->o, g->literals.data, (uint32_t)g->literals.len, g->excluded.data, (uint32_t)g->excluded.len,
                  &g->solution);
  }
  if (!rc) *found = g->solution.found;
  return rc;
}

/* Searching -------------------------------------------------------------------------------------------------- */

/* A point where both legs are allowed. The branch is in g->inside and g->outside, which come back as they were. */
static int find_allowed(legs *g, unsigned depth, pe_found *found) {
  int effect[PE_LEGS], rc = solve(g, NULL, true, found);
  if (rc || *found != PE_FOUND_YES) return rc;
  rc = judge(g, effect);
  if (rc) return rc;
  int leg = effect[PE_LEG_SECRET] != POLICYEVAL_ALLOW ? PE_LEG_SECRET : PE_LEG_KEY;
  if (effect[leg] == POLICYEVAL_ALLOW) return 0;
  *found = PE_FOUND_NO;
  if (effect[leg] == POLICYEVAL_EXPLICIT_DENY || depth == DEPTH_MOST) { /* a Deny was to be excluded */
    g->doubtful = true;
    return 0;
  }
  uint8_t *next = pe_alloc_array(g->in->alloc, g->items.len + 1, 1); /* the trace is overwritten on the way */
  if (!next) return POLICYEVAL_ENOMEM;
  for (uint32_t i = 0; i < g->items.len; i++) {
    const item *it = &g->items.data[i];
    bool asserted = pe_ids_hold(g->inside.data, g->inside.len, i);
    next[i] = it->leg == leg && !it->deny && counts(g, it) && !matched(g, it) && !asserted;
    if (asserted && !matched(g, it)) g->doubtful = true;
  }
  size_t outside = g->outside.len;
  for (uint32_t i = 0; i < g->items.len && !rc && *found == PE_FOUND_NO; i++) {
    if (!next[i] || pe_ids_hold(g->outside.data, outside, i)) continue;
    rc = push(&g->inside, (uint32_t)i, g->in->alloc);
    if (rc) break;
    rc = find_allowed(g, depth + 1, found);
    g->inside.len--;
    if (!rc && *found == PE_FOUND_NO) rc = push(&g->outside, (uint32_t)i, g->in->alloc); /* requests that it matches are done with */
  }
  g->outside.len = outside;
  pe_alloc_free(g->in->alloc, next);
  return rc;
}

/* A point where some leg is not allowed, no Deny being met. */
static int find_unallowed(legs *g, unsigned depth, pe_found *found) {
  int effect[PE_LEGS], rc = solve(g, NULL, true, found);
  if (rc || *found != PE_FOUND_YES) return rc;
  rc = judge(g, effect);
  if (rc || effect[PE_LEG_SECRET] != POLICYEVAL_ALLOW || effect[PE_LEG_KEY] != POLICYEVAL_ALLOW) return rc;
  *found = PE_FOUND_NO;
  if (depth == DEPTH_MOST) {
    g->doubtful = true;
    return 0;
  }
  uint8_t *lose = pe_alloc_array(g->in->alloc, g->items.len + 1, 1);
  if (!lose) return POLICYEVAL_ENOMEM;
  for (uint32_t i = 0; i < g->items.len; i++) {
    lose[i] = !g->items.data[i].deny && counts(g, &g->items.data[i]) && matched(g, &g->items.data[i]);
    if (lose[i] && pe_ids_hold(g->outside.data, g->outside.len, i)) {
      g->doubtful = true;
      lose[i] = 0;
    }
  }
  size_t inside = g->inside.len;
  for (uint32_t i = 0; i < g->items.len && !rc && *found == PE_FOUND_NO; i++) {
    if (!lose[i]) continue;
    rc = push(&g->outside, (uint32_t)i, g->in->alloc);
    if (rc) break;
    rc = find_unallowed(g, depth + 1, found);
    g->outside.len--;
    if (!rc && *found == PE_FOUND_NO) rc = push(&g->inside, (uint32_t)i, g->in->alloc);
  }
  g->inside.len = inside;
  pe_alloc_free(g->in->alloc, lose);
  return rc;
}

/* A point that a Deny meets, or else one where an Allow is missing. */
static int find_denied(legs *g, pe_found *found) {
  *found = PE_FOUND_NO;
  for (uint32_t i = 0; i < g->items.len && *found == PE_FOUND_NO; i++) {
    if (!g->items.data[i].deny || !counts(g, &g->items.data[i])) continue;
    int effect[PE_LEGS], rc = solve(g, &g->items.data[i], false, found);
    if (!rc && *found == PE_FOUND_YES) rc = judge(g, effect);
    if (rc) return rc;
    if (*found == PE_FOUND_YES && effect[0] == POLICYEVAL_ALLOW && effect[1] == POLICYEVAL_ALLOW) {
      g->doubtful = true;
      *found = PE_FOUND_NO;
    }
  }
  return *found == PE_FOUND_NO ? find_unallowed(g, 0, found) : 0;
}

/* Answers ---------------------------------------------------------------------------------------------------- */

static int effects_under(legs *g, const pe_readings *readings, bool *allowed) {
  *allowed = true;
  for (int leg = 0; leg < PE_LEGS; leg++) {
    const pe_request *r;
    const char *why = "";
    pe_request_apply_readings(g->builder[leg], readings);
    int rc = pe_request_prepare(g->builder[leg], &r, &why);
    if (rc) return rc;
    if (pe_decide_effect(g->in->set[leg], r, false) != POLICYEVAL_ALLOW) *allowed = false;
  }
  return 0;
}

/* Takes the point's requests over, with only those readings that the verdict needs. */
static int take(legs *g, pe_request_builder *to[PE_LEGS], bool allowed) {
  pe_readings now = g->in->request[PE_LEG_SECRET]->readings, given = now;
  bool same;
  int rc = effects_under(g, &now, &same);
  if (!rc && same != allowed) now = g->readings;
  for (unsigned row = 0; row < PE_ROWS && !rc && same != allowed; row++) {
    uint8_t kept = now.of[row];
    bool still = false;
    if (kept == given.of[row]) continue;
    now.of[row] = given.of[row];
    rc = effects_under(g, &now, &still);
    if (still != allowed) now.of[row] = kept;
  }
  bool last;
  if (!rc) rc = effects_under(g, &now, &last);
  if (rc) return rc;
  for (int leg = 0; leg < PE_LEGS; leg++) {
    to[leg] = g->builder[leg];
    g->judged[leg].len = 0;
    g->builder[leg] = pe_request_builder_new(g->in->alloc, g->in->catalog);
    if (!g->builder[leg]) return POLICYEVAL_ENOMEM;
  }
  return 0;
}

static bool is_fixed(const legs *g, pe_literal l) {
  uint32_t key = g->space.preds.data[pe_literal_pred(l)].key;
  for (size_t i = 0; i < g->base.len; i++) {
    if (g->space.preds.data[pe_literal_pred(g->base.data[i])].key == key) return true;
  }
  return false;
}

static int add_clause(pe_legs_result *out, const pe_note *n, bool holds) {
  for (size_t i = 0; i < out->region.len; i++) {
    const pe_clause *c = &out->region.data[i];
    if (pe_condition_same(c->note.condition, n->condition) && c->holds == holds) return 0;
  }
  pe_clause *slot = pe_vec_push(&out->region, out->alloc);
  if (!slot) return POLICYEVAL_ENOMEM;
  *slot = (pe_clause){*n, holds};
  return 0;
}

/* What it takes: the open conditions of the Allows that match, and what keeps Denies away. */
static int keep_region(const legs *g, pe_legs_result *out) {
  int rc = 0;
  for (size_t k = 0; k < g->c.notes.len && !rc; k++) {
    const pe_note *n = &g->c.notes.data[k];
    if (n->step != PE_STEP_CONDITION || is_fixed(g, n->literal)) continue;
    for (uint32_t i = 0; i < g->items.len && !rc; i++) {
      const item *it = &g->items.data[i];
      if (it->statement != n->statement || !counts(g, it)) continue;
      if (!pe_ids_hold(it->box.literals, it->box.count, n->literal)) continue; /* what it says on the other leg */
      if (!it->deny && matched(g, it)) rc = add_clause(out, n, true);
      if (it->deny && pe_ids_hold(g->solution.region, g->solution.nregion, n->literal ^ 1)) rc = add_clause(out, n, false);
    }
  }
  return rc;
}

/* What stands in the way of the request that was judged last. */
static int keep_blocking(const legs *g, pe_legs_result *out) {
  for (int leg = 0; leg < PE_LEGS; leg++) {
    const pe_trace *t = &g->trace[leg];
    if (t->effect == POLICYEVAL_ALLOW) continue;
    for (int layer = 1; layer < POLICYEVAL_LAYER_LAST_; layer++) {
      if (!(t->blocked_by >> layer & 1)) continue;
      bool named = false;
      for (size_t i = 0; i < t->statements.len; i++) {
        const pe_stmt_trace *s = &t->statements.data[i];
        if (s->layer != layer || s->step != PE_STEP_MATCHED || s->statement->effect != PE_DENY) continue;
        pe_legs_block *slot = pe_vec_push(&out->blocking, out->alloc);
        if (!slot) return POLICYEVAL_ENOMEM;
        *slot = (pe_legs_block){(uint8_t)leg, (uint8_t)layer, s->policy, s->statement};
        named = true;
      }
      pe_legs_block *slot = named ? NULL : pe_vec_push(&out->blocking, out->alloc);
      if (!named && !slot) return POLICYEVAL_ENOMEM;
      if (slot) *slot = (pe_legs_block){(uint8_t)leg, (uint8_t)layer, NULL, NULL};
    }
  }
  return 0;
}

/* A first point, so that the traces say which layers play a part. Any request will do. */
static int first_point(legs *g, pe_found *found) {
  int effect[PE_LEGS], rc = solve(g, NULL, false, found);
  return rc || *found != PE_FOUND_YES ? rc : judge(g, effect);
}

static int search(legs *g, pe_legs_result *out, bool *can, bool *cannot) {
  pe_found found;
  *can = *cannot = false;
  int rc = first_point(g, &found);
  if (rc || found != PE_FOUND_YES) {
    g->doubtful = true; /* facts that contradict each other */
    return rc;
  }
  rc = find_denied(g, &found);
  if (!rc && found == PE_FOUND_YES && !out->counter[0]) {
    *cannot = true;
    rc = keep_blocking(g, out);
    if (!rc) rc = take(g, out->counter, false);
  }
  if (!rc && found != PE_FOUND_GAVE_UP) rc = first_point(g, &found);
  if (!rc && found != PE_FOUND_GAVE_UP) rc = find_allowed(g, 0, &found);
  if (!rc && found == PE_FOUND_YES && !out->witness[0]) {
    *can = true;
    rc = keep_region(g, out);
    if (!rc) rc = take(g, out->witness, true);
  }
  return rc;
}

static int attempt(const pe_legs_input *in, pe_budget *budget, const pe_readings *readings, pe_legs_result *out,
                   pe_rowset *rows, bool *can, bool *cannot, uint8_t *doubt) {
  legs g = {.in = in, .budget = budget, .readings = *readings, .conditions = out->conditions};
  int rc = 0;
  for (int leg = 0; leg < PE_LEGS && !rc; leg++) {
    pe_trace_init(&g.trace[leg], in->alloc);
    g.builder[leg] = pe_request_builder_new(in->alloc, in->catalog);
    if (!g.builder[leg]) rc = POLICYEVAL_ENOMEM;
  }
  if (!rc) rc = compile(&g);
  if (!rc) rc = search(&g, out, can, cannot);
  for (unsigned i = 0; i < PE_ROW_WORDS; i++) rows->word[i] |= g.c.rows.word[i];
  if (!*doubt && (g.doubtful || g.o.mixed)) {
    *doubt = g.o.mixed ? PE_GIVE_UP_MIXED : g.c.variables.seen.len ? PE_GIVE_UP_VARIABLE : PE_GIVE_UP_OPAQUE;
  }
  release(&g);
  return rc;
}

int pe_legs_run(const pe_legs_input *in, pe_legs_result *out) {
  pe_legs_result r = {.alloc = in->alloc};
  pe_budget budget = in->budget;
  pe_rowset rows = {{0}};
  const pe_readings *given = &in->request[PE_LEG_SECRET]->readings;
  pe_readings base = pe_readings_definite(given);
  uint8_t doubt = 0; /* pe_give_up: why not finding a request proves nothing */
  bool can = false, cannot = false;
  if (in->set[PE_LEG_KEY]->ngrants) {
    r.conditions = pe_arena_new(in->alloc, 0);
    if (!r.conditions) return POLICYEVAL_ENOMEM;
  }
  int rc = attempt(in, &budget, &base, &r, &rows, &can, &cannot, &doubt);
  for (unsigned row = 0; row < PE_ROWS && !rc && !budget.hit && !(can && cannot); row++) {
    if (!pe_rowset_has(&rows, (pe_row)row) || given->of[row]) continue;
    for (unsigned k = 0, n = pe_row_count((pe_row)row); k < n && !rc && !(can && cannot); k++) {
      if (k == base.of[row] || (k == 0 && pe_row_cautious((pe_row)row))) continue;
      pe_readings other = base;
      bool here = false, not_here = false;
      other.of[row] = (uint8_t)k;
      rc = attempt(in, &budget, &other, &r, &rows, &here, &not_here, &doubt);
      if ((here && !can) || (not_here && !cannot)) pe_rowset_add(&r.assumptions, (pe_row)row);
      can |= here;
      cannot |= not_here;
    }
  }
  if (budget.hit == PE_GIVE_UP_CANCELED) rc = POLICYEVAL_ECANCELED;
  if (rc) {
    pe_legs_done(&r);
    return rc;
  }
  if (budget.hit) doubt = budget.hit;
  bool sure = !doubt;
  r.answer = can && cannot ? PE_LEGS_SOMETIMES : can && sure ? PE_LEGS_ALWAYS : cannot && sure ? PE_LEGS_NEVER : PE_LEGS_UNKNOWN;
  if (r.answer == PE_LEGS_UNKNOWN) r.why = doubt ? doubt : PE_GIVE_UP_OPAQUE;
  *out = r;
  return 0;
}
