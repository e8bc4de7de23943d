/* SPDX-License-Identifier: MIT */
#include "sym/findings.h"

#include "base/error.h"

enum { CELLS_MOST = 4096, DIMENSIONS_MOST = 16 };

typedef struct node { /* one value of a dimension; the first of each dimension is "any" */
  pe_cell_value value;
  pe_literal literal;
  uint32_t test;
  PE_VEC(uint32_t) below; /* the widest nodes inside of it */
} node;

typedef struct dimension {
  pe_slice key;
  PE_VEC(node) nodes;
} dimension;

typedef struct cell {
  uint32_t at[DIMENSIONS_MOST]; /* node of each dimension */
} cell;

typedef struct finder {
  const pe_public *p;
  const pe_policy *policy;
  pe_budget *budget;
  pe_readings readings;
  unsigned varied; /* the row that is not read as by default; PE_ROWS: none */
  bool silent;     /* the evaluator could not be asked about some witness for sure */
  size_t first;    /* of the cells listed, those of other readings come first */
  pe_space space;
  pe_compiler c;
  pe_oracle o;
  pe_side side;
  pe_boxes extra, fixed; /* axioms and trust; what the policy spells out */
  pe_boxes listed;       /* cells of other readings */
  pe_boxes excluded;
  pe_ids literals;
  dimension dims[DIMENSIONS_MOST];
  uint32_t ndims;
  PE_VEC(cell) queue;
  PE_VEC(cell) reported;
  pe_solution solution;
} finder;

static void cell_done(pe_cell *c, const pe_alloc *a) {
  pe_vec_done(&c->values, a);
  pe_vec_done(&c->statements, a);
  pe_request_builder_free(c->witness);
}

void pe_cells_done(pe_cells *c) {
  for (size_t i = 0; i < c->list.len; i++) cell_done(&c->list.data[i], c->alloc);
  pe_vec_done(&c->list, c->alloc);
  *c = (pe_cells){0};
}

static void release(finder *f) {
  const pe_alloc *a = f->p->question.alloc;
  for (uint32_t d = 0; d < f->ndims; d++) {
    for (size_t i = 0; i < f->dims[d].nodes.len; i++) pe_vec_done(&f->dims[d].nodes.data[i].below, a);
    pe_vec_done(&f->dims[d].nodes, a);
  }
  pe_oracle_done(&f->o);
  pe_compiler_done(&f->c);
  pe_side_done(&f->side, a);
  pe_vec_done(&f->extra, a);
  pe_vec_done(&f->fixed, a);
  pe_vec_done(&f->listed, a);
  pe_vec_done(&f->excluded, a);
  pe_vec_done(&f->literals, a);
  pe_vec_done(&f->queue, a);
  pe_vec_done(&f->reported, a);
  pe_space_done(&f->space);
}

/* Dimensions ------------------------------------------------------------------------------------------------- */

static node *add_node(finder *f, dimension *d, pe_slice text, uint8_t how, pe_literal literal) {
  uint32_t test = f->space.preds.data[pe_literal_pred(literal)].test;
  for (size_t i = 1; i < d->nodes.len; i++) {
    if (d->nodes.data[i].test == test) return &d->nodes.data[i];
  }
  node *n = pe_vec_push(&d->nodes, f->p->question.alloc);
  if (n) *n = (node){.value = {d->key, text, how}, .literal = literal, .test = test};
  return n;
}

static dimension *find_dimension(finder *f, pe_slice key) {
  for (uint32_t i = 0; i < f->ndims; i++) {
    if (pe_slice_eq_ascii_nocase(f->dims[i].key, key)) return &f->dims[i];
  }
  if (f->ndims == DIMENSIONS_MOST) return NULL;
  dimension *d = &f->dims[f->ndims];
  d->key = key;
  node *any = pe_vec_push(&d->nodes, f->p->question.alloc);
  if (!any) return NULL;
  f->ndims++;
  return d;
}

static int principal_nodes(finder *f, const pe_statement *s) {
  int rc = 0;
  for (uint32_t i = 0; i < s->nprincipals && !rc; i++) {
    if (s->principals[i].kind == PE_PRINCIPAL_ANY) continue;
    pe_literal l = 0;
    rc = pe_compile_one_of(&f->c, &s->principals[i], 1, &l);
    if (!rc && !add_node(f, &f->dims[0], s->principals[i].text, s->principals[i].kind, l)) rc = POLICYEVAL_ENOMEM;
  }
  return rc;
}

/* Keys that a caller cannot choose freely, as Access Analyzer filters by them. */
static bool is_filter_key(pe_slice key) {
  static const char *const keys[] = {
      "aws:PrincipalArn",  "aws:PrincipalAccount", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:SourceArn",
      "aws:SourceIp",      "aws:SourceVpc",        "aws:SourceVpce",     "aws:SourceAccount",     "aws:SourceOrgID",
      "aws:SourceOrgPaths", "aws:userid",          "kms:CallerAccount",  "aws:PrincipalServiceName"};
  for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
    if (pe_slice_eq_ascii_nocase(key, pe_slice_str(keys[i]))) return true;
  }
  return false;
}

/* The positive form of an entry's operator, on one of its values. */
static pe_op positive(pe_op op) {
  switch (pe_op_get(op)->family) {
    case PE_FAMILY_ARN: return PE_OP_ARN_LIKE;
    case PE_FAMILY_IP: return PE_OP_IP_ADDRESS;
    default: break;
  }
  if (op == PE_OP_STRING_LIKE || op == PE_OP_STRING_NOT_LIKE) return PE_OP_STRING_LIKE;
  return op == PE_OP_STRING_EQUALS_IGNORE_CASE || op == PE_OP_STRING_NOT_EQUALS_IGNORE_CASE ? PE_OP_STRING_EQUALS_IGNORE_CASE
                                                                                          : PE_OP_STRING_EQUALS;
}

/* Adds to the box that the key has the value. */
static int add_value(const finder *f, pe_compiler *c, pe_slice key, pe_slice value, pe_op how) {
  const pe_key_info *info = pe_key_find(key);
  pe_operator op = {.op = (uint8_t)how, .quantifier = info && info->multi ? PE_SET_FOR_ANY : PE_SET_NONE};
  pe_cond_input in = {.text = value, .json_type = PE_JSON_STRING};
  pe_condition *one = pe_arena_zero(c->space->arena, 1, sizeof *one);
  if (!one) return POLICYEVAL_ENOMEM;
  int rc = pe_condition_compile(c->space->arena, PE_SLICE("StringLike"), &op, key, &in, 1, f->policy->version_2012, one);
  return rc ? rc : pe_compile_condition(c, one);
}

static int value_node(finder *f, dimension *d, const pe_condition *cond, uint32_t i) {
  const pe_op how = positive((pe_op)cond->op.op);
  pe_compile_start(&f->c);
  int rc = add_value(f, &f->c, cond->key, cond->values[i].text, how);
  if (rc || f->c.never || f->c.literals.len != 1) return rc;
  return add_node(f, d, cond->values[i].text, (uint8_t)how, f->c.literals.data[0]) ? 0 : POLICYEVAL_ENOMEM;
}

static int condition_nodes(finder *f, const pe_condition *cond) {
  pe_family family = (pe_family)pe_op_get((pe_op)cond->op.op)->family;
  if (!is_filter_key(cond->key) || (family != PE_FAMILY_STRING && family != PE_FAMILY_ARN && family != PE_FAMILY_IP)) return 0;
  dimension *d = find_dimension(f, cond->key);
  int rc = d || f->ndims == DIMENSIONS_MOST ? 0 : POLICYEVAL_ENOMEM;
  for (uint32_t i = 0; d && i < cond->count && !rc; i++) {
    if (cond->values[i].valid) rc = value_node(f, d, cond, i);
  }
  return rc;
}

/* Is everything in node b in node a? */
static bool within(const finder *f, const node *a, const node *b) {
  const pe_test *x = &f->space.tests.data[a->test], *y = &f->space.tests.data[b->test];
  if (x->sort != y->sort || x == y) return false;
  if (x->sort == PE_SORT_STRING) {
    const pe_lang *outer = &x->wide;
    return pe_lang_covers(&outer, 1, &y->wide);
  }
  if (x->sort != PE_SORT_ADDRESS || x->nbounds != 1 || y->nbounds != 1) return false;
  return x->bounds[0].as.block.prefix <= y->bounds[0].as.block.prefix &&
         pe_cidr_contains(&x->bounds[0].as.block, &y->bounds[0].as.block);
}

static bool proper(const finder *f, const node *a, const node *b) { return within(f, a, b) && !within(f, b, a); }

static int order_dimension(finder *f, dimension *d) {
  for (size_t a = 0; a < d->nodes.len; a++) {
    for (size_t b = 1; b < d->nodes.len; b++) {
      const node *x = &d->nodes.data[a], *y = &d->nodes.data[b];
      if (a == b || (a && !proper(f, x, y))) continue;
      bool widest = true; /* nothing stands between */
      for (size_t m = 1; m < d->nodes.len && widest; m++) {
        const node *between = &d->nodes.data[m];
        widest = m == a || m == b || !proper(f, between, y) || (a && !proper(f, x, between));
      }
      if (!widest) continue;
      uint32_t *slot = pe_vec_push(&d->nodes.data[a].below, f->p->question.alloc);
      if (!slot) return POLICYEVAL_ENOMEM;
      *slot = (uint32_t)b;
    }
  }
  return 0;
}

static pe_readings definite(const pe_readings *from) {
  pe_readings r = *from;
  for (unsigned row = 0; row < PE_ROWS; row++) {
    if (!r.of[row] && pe_row_cautious((pe_row)row)) r.of[row] = 1;
  }
  return r;
}

static int compile(finder *f) {
  pe_public fixed = *f->p;
  fixed.rule = PE_PUBLIC_FIXED_VALUES;
  int rc = pe_space_init(&f->space, f->p->question.alloc);
  if (!rc) rc = pe_compiler_init(&f->c, &f->space, f->p->question.catalog, &f->readings, NULL, 0);
  if (!rc) rc = pe_compile_scan(&f->c, f->policy);
  if (!rc) rc = pe_compile_policy(&f->c, f->policy, 0, &f->side);
  if (!rc) rc = pe_public_trust(&f->c, (void *)(uintptr_t)f->p, &f->extra);
  if (!rc) rc = pe_public_trust(&f->c, &fixed, &f->fixed);
  if (!rc && !find_dimension(f, PE_SLICE(""))) rc = POLICYEVAL_ENOMEM;
  for (uint32_t i = 0; i < f->policy->nstatements && !rc; i++) {
    const pe_statement *s = &f->policy->statements[i];
    rc = principal_nodes(f, s);
    for (uint32_t k = 0; k < s->nconditions && !rc; k++) rc = condition_nodes(f, &s->conditions[k]);
  }
  for (uint32_t d = 0; d < f->ndims && !rc; d++) rc = order_dimension(f, &f->dims[d]);
  if (!rc) rc = pe_compile_axioms(&f->c, &f->extra);
  if (!rc) rc = pe_compile_likely(&f->c, &f->policy, 1);
  return rc ? rc : pe_oracle_init(&f->o, &f->space, f->budget);
}

/* Cells ------------------------------------------------------------------------------------------------------ */

static int add_boxes(finder *f, const pe_boxes *from) {
  for (size_t i = 0; i < from->len; i++) {
    pe_box *slot = pe_vec_push(&f->excluded, f->p->question.alloc);
    if (!slot) return POLICYEVAL_ENOMEM;
    *slot = from->data[i];
  }
  return 0;
}

/* Excludes what the cell's children hold. */
static int add_children(finder *f, const cell *c) {
  for (uint32_t d = 0; d < f->ndims; d++) {
    const node *n = &f->dims[d].nodes.data[c->at[d]];
    for (size_t i = 0; i < n->below.len; i++) {
      pe_box *slot = pe_vec_push(&f->excluded, f->p->question.alloc);
      if (!slot) return POLICYEVAL_ENOMEM;
      int rc = pe_space_box(&f->space, &f->dims[d].nodes.data[n->below.data[i]].literal, 1, 0, slot);
      if (rc) return rc;
    }
  }
  return 0;
}

/* Does the Allow grant something in the cell, outside of what f->excluded holds? */
static int grants(finder *f, const pe_box *allow, const cell *c, pe_found *found) {
  const pe_alloc *a = f->p->question.alloc;
  f->literals.len = 0;
  for (uint32_t i = 0; i < allow->count + f->ndims; i++) {
    bool of_cell = i >= allow->count;
    uint32_t d = of_cell ? i - allow->count : 0;
    if (of_cell && !c->at[d]) continue;
    uint32_t *slot = pe_vec_push(&f->literals, a);
    if (!slot) return POLICYEVAL_ENOMEM;
    *slot = of_cell ? f->dims[d].nodes.data[c->at[d]].literal : allow->literals[i];
  }
  int rc = pe_solve(&f->o, f->literals.data, (uint32_t)f->literals.len, f->excluded.data, (uint32_t)f->excluded.len,
                    &f->solution);
  if (!rc) *found = f->solution.found;
  return rc;
}

/* Some Allow grants something. */
static int any_grants(finder *f, const cell *c, pe_found *found) {
  int rc = 0;
  *found = PE_FOUND_NO;
  for (size_t i = 0; i < f->side.allow.len && !rc && *found == PE_FOUND_NO; i++) {
    rc = grants(f, &f->side.allow.data[i], c, found);
  }
  return rc;
}

static int exclude(finder *f, const pe_boxes *more, const cell *children) {
  f->excluded.len = 0;
  int rc = f->p->question.grant_only ? 0 : add_boxes(f, &f->side.deny);
  if (!rc) rc = add_boxes(f, &f->extra);
  if (!rc) rc = add_boxes(f, &f->listed);
  if (!rc && more) rc = add_boxes(f, more);
  return !rc && children ? add_children(f, children) : rc;
}

/* Is cell b inside of cell a? */
static bool inside(const finder *f, const cell *a, const cell *b) {
  for (uint32_t d = 0; d < f->ndims; d++) {
    if (a->at[d] == b->at[d] || a->at[d] == 0) continue;
    if (b->at[d] == 0 || !within(f, &f->dims[d].nodes.data[a->at[d]], &f->dims[d].nodes.data[b->at[d]])) return false;
  }
  return true;
}

static bool known(const cell *list, size_t n, const cell *c, uint32_t ndims) {
  for (size_t i = 0; i < n; i++) {
    if (memcmp(list[i].at, c->at, ndims * sizeof c->at[0]) == 0) return true;
  }
  return false;
}

static int refine(finder *f, const cell *c) {
  for (uint32_t d = 0; d < f->ndims; d++) {
    const node *n = &f->dims[d].nodes.data[c->at[d]];
    for (size_t i = 0; i < n->below.len; i++) {
      cell next = *c;
      next.at[d] = n->below.data[i];
      if (known(f->queue.data, f->queue.len, &next, f->ndims)) continue;
      cell *slot = pe_vec_push(&f->queue, f->p->question.alloc);
      if (!slot) return POLICYEVAL_ENOMEM;
      *slot = next;
    }
  }
  return 0;
}

/* Reports --------------------------------------------------------------------------------------------------- */

/* Does the policy allow the witness? Under the default readings if these will do, else under those of the search, and
 * only the rows that are needed are assumptions. */
static int confirm(finder *f, pe_cell *out, bool *confirmed) {
  const pe_readings *defaults = &f->p->question.readings;
  pe_group g = {&f->policy, 1};
  pe_readings now = *defaults;
  pe_request_apply_readings(out->witness, &now);
  int effect = pe_witness_effect(&g, out->witness);
  *confirmed = effect == POLICYEVAL_ALLOW;
  if (effect < 0 || *confirmed) return effect < 0 ? effect : 0;
  for (unsigned row = 0; row < PE_ROWS; row++) {
    if (pe_rowset_has(&f->c.rows, (pe_row)row)) now.of[row] = f->readings.of[row];
  }
  pe_request_apply_readings(out->witness, &now);
  effect = pe_witness_effect(&g, out->witness);
  *confirmed = effect == POLICYEVAL_ALLOW;
  for (unsigned row = 0; row < PE_ROWS && effect >= 0 && *confirmed; row++) {
    const uint8_t needed = now.of[row];
    if (needed == defaults->of[row]) continue;
    now.of[row] = defaults->of[row];
    pe_request_apply_readings(out->witness, &now);
    effect = pe_witness_effect(&g, out->witness);
    if (effect == POLICYEVAL_ALLOW) continue;
    now.of[row] = needed;
    pe_rowset_add(&out->assumptions, (pe_row)row);
  }
  const pe_request *ready;
  const char *why;
  pe_request_apply_readings(out->witness, &now);
  return effect < 0 ? effect : pe_request_prepare(out->witness, &ready, &why);
}

/* Adds to the box that the request is in the node; of another space than the finder's. */
static int add_named(const finder *f, pe_compiler *c, const pe_cell_value *v) {
  if (v->key.len) return add_value(f, c, v->key, v->text, (pe_op)v->how);
  for (uint32_t i = 0; i < f->policy->nstatements; i++) {
    const pe_statement *s = &f->policy->statements[i];
    for (uint32_t k = 0; k < s->nprincipals; k++) {
      if (s->principals[k].kind != v->how || !pe_slice_eq(s->principals[k].text, v->text)) continue;
      pe_literal l = 0;
      int rc = pe_compile_one_of(c, &s->principals[k], 1, &l);
      return rc ? rc : pe_compile_add(c, l);
    }
  }
  return 0;
}

typedef struct sought { /* a cell whose witness is sought by a question of its own */
  const finder *f;
  const cell *at;
} sought;

static int in_cell(pe_compiler *c, void *user, pe_boxes *out) {
  const sought *s = user;
  int rc = 0;
  pe_compile_start(c);
  for (uint32_t d = 0; d < s->f->ndims && !rc; d++) {
    if (s->at->at[d]) rc = add_named(s->f, c, &s->f->dims[d].nodes.data[s->at->at[d]].value);
  }
  return rc ? rc : pe_compile_finish(c, (pe_origin){.about = "findings"}, out);
}

static int in_zone_or_child(pe_compiler *c, void *user, pe_boxes *out) {
  const sought *s = user;
  int rc = pe_public_trust(c, (void *)(uintptr_t)s->f->p, out);
  for (uint32_t d = 0; d < s->f->ndims && !rc; d++) {
    const dimension *of = &s->f->dims[d];
    const node *n = &of->nodes.data[s->at->at[d]];
    for (size_t i = 0; i < n->below.len && !rc; i++) {
      pe_compile_start(c);
      rc = add_named(s->f, c, &of->nodes.data[n->below.data[i]].value);
      if (!rc) rc = pe_compile_finish(c, (pe_origin){.about = "findings"}, out);
    }
  }
  return rc;
}

/* Q6: the point rests on variables. Some request with values for them will show the cell. */
static int seek_witness(finder *f, const cell *at, pe_cell *out) {
  sought s = {f, at};
  pe_question q = f->p->question;
  pe_result r = {0};
  q.budget = *f->budget;
  q.narrow = in_cell;
  q.trust = in_zone_or_child;
  q.user = &s;
  int rc = pe_query_run(&q, &r);
  if (rc) return rc;
  f->budget->states = r.states;
  f->budget->nodes = r.nodes;
  out->witness = r.witness;
  out->assumptions = r.assumptions;
  r.witness = NULL;
  pe_result_done(&r);
  return 0;
}

static int take_witness(finder *f, const cell *at, pe_cell *out) {
  pe_group g = {&f->policy, 1};
  bool confirmed = false;
  out->witness = pe_request_builder_new(f->p->question.alloc, f->p->question.catalog);
  int rc = out->witness ? pe_witness_build(&f->c, &f->o, &f->solution, out->witness) : POLICYEVAL_ENOMEM;
  if (!rc) rc = confirm(f, out, &confirmed);
  if (rc || confirmed) return rc;
  /* With Denies left out, or with variables, the point need not be one that the whole policy allows. */
  const bool doubtful = f->p->question.grant_only || f->solution.two_sided, silent = pe_witness_undocumented(&g, out->witness);
  pe_request_builder_free(out->witness);
  out->witness = NULL;
  if (f->solution.two_sided && f->varied == PE_ROWS) return seek_witness(f, at, out);
  f->silent |= silent && !doubtful;
  if (f->varied != PE_ROWS) {
    pe_rowset_add(&out->assumptions, (pe_row)f->varied);
    out->reading = f->readings.of[f->varied];
  }
  return doubtful || silent ? 0 : POLICYEVAL_EINTERNAL;
}

static int report(finder *f, const cell *c, pe_cells *out) {
  pe_cell *cell_out = pe_vec_push(&out->list, out->alloc);
  cell *mine = cell_out ? pe_vec_push(&f->reported, f->p->question.alloc) : NULL;
  if (!mine) return POLICYEVAL_ENOMEM;
  *mine = *c;
  int rc = take_witness(f, c, cell_out);
  for (uint32_t d = 0; d < f->ndims && !rc; d++) {
    if (!c->at[d]) continue;
    pe_cell_value *slot = pe_vec_push(&cell_out->values, out->alloc);
    if (!slot) return POLICYEVAL_ENOMEM;
    *slot = f->dims[d].nodes.data[c->at[d]].value;
  }
  if (!rc) rc = exclude(f, NULL, c);
  for (size_t i = 0; i < f->side.allow.len && !rc; i++) {
    pe_found found;
    rc = grants(f, &f->side.allow.data[i], c, &found);
    if (rc || found != PE_FOUND_YES) continue;
    uint32_t *slot = pe_vec_push(&cell_out->statements, out->alloc);
    if (!slot) return POLICYEVAL_ENOMEM;
    *slot = f->c.origins.data[f->side.allow.data[i].tag].statement->index;
  }
  pe_found found = PE_FOUND_NO;
  if (!rc) rc = exclude(f, &f->fixed, NULL);
  if (!rc) rc = any_grants(f, c, &found);
  cell_out->is_public = found == PE_FOUND_YES;
  return rc;
}

static int visit(finder *f, const cell *c, pe_cells *out) {
  pe_found found;
  for (size_t i = 0; i < f->reported.len; i++) {
    if (inside(f, &f->reported.data[i], c)) return 0;
  }
  int rc = exclude(f, NULL, NULL);
  if (!rc) rc = any_grants(f, c, &found);
  if (rc || found == PE_FOUND_NO) return rc;
  if (found == PE_FOUND_YES) rc = exclude(f, NULL, c);
  if (!rc && found == PE_FOUND_YES) rc = any_grants(f, c, &found);
  if (rc || found == PE_FOUND_GAVE_UP) return rc;
  return found == PE_FOUND_YES ? report(f, c, out) : refine(f, c);
}

/* Keeps the cells that are in no other. */
static void keep_widest(finder *f, pe_cells *out) {
  size_t kept = 0;
  if (!f->reported.len) return;
  pe_cell *list = out->list.data + f->first;
  for (size_t i = 0; i < f->reported.len; i++) {
    bool narrower = false;
    for (size_t k = 0; k < f->reported.len && !narrower; k++) {
      narrower = k != i && inside(f, &f->reported.data[k], &f->reported.data[i]);
    }
    if (narrower) {
      cell_done(&list[i], out->alloc);
    } else {
      list[kept++] = list[i];
    }
  }
  out->list.len = f->first + kept;
}

/* Readings --------------------------------------------------------------------------------------------------- */

static const node *find_node(const finder *f, const pe_cell_value *v) {
  for (uint32_t d = 0; d < f->ndims; d++) {
    if (!pe_slice_eq_ascii_nocase(f->dims[d].key, v->key)) continue;
    for (size_t i = 1; i < f->dims[d].nodes.len; i++) {
      const node *n = &f->dims[d].nodes.data[i];
      if (n->value.how == v->how && pe_slice_eq(n->value.text, v->text)) return n;
    }
  }
  return NULL;
}

/* The cells of other readings, as these readings understand their values. One with a value that is none here holds nothing. */
static int exclude_listed(finder *f, const pe_cells *cells) {
  int rc = 0;
  for (size_t i = 0; i < cells->list.len && !rc; i++) {
    const pe_cell *c = &cells->list.data[i];
    bool here = true;
    pe_compile_start(&f->c);
    for (size_t k = 0; k < c->values.len && !rc && here; k++) {
      const node *n = find_node(f, &c->values.data[k]);
      here = n != NULL;
      if (n) rc = pe_compile_add(&f->c, n->literal);
    }
    if (!rc && here) rc = pe_compile_finish(&f->c, (pe_origin){.about = "findings"}, &f->listed);
  }
  return rc;
}

/* Adds the cells that these readings have and those before did not; *asked: the rows that the policy asks about. */
static int find_under(const pe_public *p, pe_budget *budget, const pe_readings *readings, unsigned varied, pe_cells *out,
                      pe_rowset *asked) {
  finder f = {.p = p, .policy = p->question.subject.policies[0], .budget = budget, .readings = definite(readings),
              .varied = varied, .first = out->list.len};
  int rc = compile(&f);
  if (!rc) rc = exclude_listed(&f, out);
  cell *first = rc ? NULL : pe_vec_push(&f.queue, p->question.alloc);
  if (!rc && !first) rc = POLICYEVAL_ENOMEM;
  for (size_t i = 0; i < f.queue.len && !rc && !budget->hit; i++) {
    if (i == CELLS_MOST) budget->hit = PE_GIVE_UP_NODES;
    cell now = f.queue.data[i];
    if (!budget->hit) rc = visit(&f, &now, out);
  }
  if (!rc) keep_widest(&f, out);
  if (!out->why) out->why = f.o.mixed ? PE_GIVE_UP_MIXED : f.silent ? PE_GIVE_UP_SILENT : 0;
  if (asked) *asked = f.c.rows;
  release(&f);
  return rc;
}

/* Q7: every other reading of the rows that the policy asks about, one row at a time. */
static int other_readings(const pe_public *p, pe_budget *budget, const pe_rowset *asked, pe_cells *out) {
  const pe_readings *defaults = &p->question.readings;
  int rc = 0;
  for (unsigned row = 0; row < PE_ROWS && !rc; row++) {
    if (!pe_rowset_has(asked, (pe_row)row) || defaults->of[row]) continue;
    for (unsigned k = pe_row_cautious((pe_row)row) ? 2 : 1; k < pe_row_count((pe_row)row) && !rc && !budget->hit; k++) {
      pe_readings other = *defaults;
      other.of[row] = (uint8_t)k;
      rc = find_under(p, budget, &other, row, out, NULL);
    }
  }
  return rc;
}

int pe_cells_find(const pe_public *p, pe_cells *out) {
  pe_budget budget = p->question.budget;
  pe_cells cells = {.alloc = p->question.alloc};
  pe_rowset asked = {{0}};
  int rc = find_under(p, &budget, &p->question.readings, PE_ROWS, &cells, &asked);
  if (!rc) rc = other_readings(p, &budget, &asked, &cells);
  cells.states = budget.states;
  cells.nodes = budget.nodes;
  if (budget.hit) cells.why = budget.hit;
  if (budget.hit == PE_GIVE_UP_CANCELED) rc = POLICYEVAL_ECANCELED;
  if (rc) {
    pe_cells_done(&cells);
    return rc;
  }
  *out = cells;
  return 0;
}
