/* SPDX-License-Identifier: MIT */
#include "sym/compile.h"

#include "base/error.h"
#include "eval/resource.h"

/* Compiler ----------------------------------------------------------------------------------------------- */

static int limit_key(pe_compiler *c, uint32_t key, const char *const *forms) {
  pe_atom atom;
  pe_atom_init(&atom, c->space, &c->variables);
  int rc = 0;
  for (; *forms && !rc; forms++) rc = pe_atom_frame(&atom, *forms);
  if (!rc) rc = pe_atom_lang(&atom, &c->space->keys.data[key].limit);
  pe_atom_done(&atom);
  return rc;
}

static int part(pe_compiler *c, const char *name, const char *const *forms, uint32_t *key) {
  int rc = pe_space_find_key(c->space, pe_slice_str(name), key);
  if (!rc) c->space->keys.data[*key].shapes = PE_SHAPE_SCALAR;
  return rc ? rc : limit_key(c, *key, forms);
}

int pe_compiler_init(pe_compiler *c, pe_space *space, const pe_catalog *catalog, const pe_readings *readings,
                     const pe_assumed *assumed, size_t nassumed) {
  static const char *const actions[] = {"+%:+%", NULL};
  static const char *const resources[] = {"arn:^%:^%:%:%:?*", "\\*", NULL};
  static const char *const principals[] = {"arn:^%:iam::#:root||",  "arn:^%:iam::#:role/*+|+*|*", "arn:^%:iam::#:user/*+||*",
                                           "arn:^%:sts::#:federated-user/*+||", "|service|?*", "|provider|?*",
                                           "|anonymous|", NULL};
  *c = (pe_compiler){.space = space, .alloc = space->alloc, .catalog = catalog, .readings = pe_readings_definite(readings)};
  c->varied = PE_ROWS;
  c->variables = (pe_variables){.alloc = space->alloc, .assumed = assumed, .nassumed = nassumed};
  int rc = part(c, "@action", actions, &c->action);
  if (!rc) rc = part(c, "@resource", resources, &c->resource);
  if (!rc) rc = part(c, "@principal", principals, &c->principal);
  return rc;
}

void pe_compiler_done(pe_compiler *c) {
  pe_variables_done(&c->variables);
  pe_vec_done(&c->origins, c->alloc);
  pe_vec_done(&c->notes, c->alloc);
  pe_vec_done(&c->compiled, c->alloc);
  pe_vec_done(&c->literals, c->alloc);
}

void pe_side_done(pe_side *side, const pe_alloc *a) {
  pe_vec_done(&side->allow, a);
  pe_vec_done(&side->deny, a);
}

unsigned pe_compile_reading(pe_compiler *c, pe_row row) {
  pe_rowset_add(&c->rows, row);
  return c->readings.of[row];
}

/* Where another reading can make no difference by itself: nobody has to try the others. */
static unsigned silent_reading(pe_compiler *c, pe_row row) {
  pe_rowset_add(&c->silent, row);
  return c->readings.of[row];
}

void pe_compile_start(pe_compiler *c) {
  c->literals.len = 0;
  c->never = false;
}

int pe_compile_add(pe_compiler *c, pe_literal l) {
  pe_literal *slot = pe_vec_push(&c->literals, c->alloc);
  if (!slot) return POLICYEVAL_ENOMEM;
  *slot = l;
  return 0;
}

int pe_compile_finish(pe_compiler *c, pe_origin origin, pe_boxes *out) {
  if (c->never) return 0;
  pe_origin *from = pe_vec_push(&c->origins, c->alloc);
  pe_box *box = from ? pe_vec_push(out, c->alloc) : NULL;
  if (!box) return POLICYEVAL_ENOMEM;
  *from = origin;
  return pe_space_box(c->space, c->literals.data, (uint32_t)c->literals.len, (uint32_t)c->origins.len - 1, box);
}

static int add_pred(pe_compiler *c, const pe_pred *pred, bool opposite) {
  uint32_t id;
  int rc = pe_space_pred(c->space, pred, &id);
  return rc ? rc : pe_compile_add(c, pe_literal_of(id, opposite));
}

int pe_compile_literal(pe_compiler *c, uint32_t key, uint32_t test, bool negate, pe_literal *out) {
  /* One predicate and its opposite, so that both forms of an operator are seen to exclude each other. */
  pe_pred pred = {.key = key, .test = test, .absent = PE_CAN_FALSE, .on_list = PE_LIST_SOME};
  uint32_t id;
  int rc = pe_space_pred(c->space, &pred, &id);
  if (!rc) *out = pe_literal_of(id, negate);
  return rc;
}

static int add_test(pe_compiler *c, uint32_t key, uint32_t test, bool negate) {
  pe_literal l;
  int rc = pe_compile_literal(c, key, test, negate, &l);
  return rc ? rc : pe_compile_add(c, l);
}

/* Conditions --------------------------------------------------------------------------------------------- */

/* The evaluator's own answer for an entry: key absent, or there with some text. */
static bool truth(pe_compiler *c, const pe_condition *cond, const char *text) {
  pe_slice value = pe_slice_str(text ? text : "");
  pe_fact fact = {.key = cond->lower, .hash = cond->hash, .values = &value, .count = 1};
  pe_facts facts = {&fact, text ? 1 : 0};
  pe_env env = {.facts = &facts, .readings = &c->readings, .touched = &c->rows, .want = false, .want_unknown = false};
  return pe_condition_test(cond, &env, NULL);
}

static bool is(pe_slice key, const char *name) { return pe_slice_eq_ascii_nocase(key, pe_slice_str(name)); }

/* What requests can hold for a key, from what AWS documents about it. */
static int describe_key(pe_compiler *c, const pe_condition *cond, uint32_t key) {
  static const char *const booleans[] = {"true", "false", NULL}, *const arns[] = {"%:%:%:%:%:*", NULL};
  pe_space_key *k = &c->space->keys.data[key];
  const pe_key_info *info = cond->info;
  if (!info && cond->op.quantifier != PE_SET_NONE) {
    k->shapes |= PE_SHAPE_LIST;
    k->pairs = 1;
  }
  if (!info || k->limit) return 0;
  if (info->multi) k->shapes = PE_SHAPE_ABSENT | PE_SHAPE_LIST;
  /* The library fills these in when a request has none. */
  if (is(cond->key, "aws:ViaAWSService") || is(cond->key, "aws:RequestedRegion") || is(cond->key, "aws:userid")) {
    k->shapes &= (uint8_t)~PE_SHAPE_ABSENT;
  }
  if (info->type == PE_KEY_BOOL) return limit_key(c, key, booleans);
  return info->type == PE_KEY_ARN ? limit_key(c, key, arns) : 0;
}

bool pe_compile_shared_key(pe_slice key) {
  static const char *const starts[] = {"aws:Principal", "aws:userid", "aws:username", "aws:SourceIdentity", "aws:MultiFactorAuth",
                                       "aws:TokenIssueTime", "aws:FederatedProvider", "aws:CurrentTime", "saml:"};
  for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
    size_t n = strlen(starts[i]);
    if (key.len >= n && pe_slice_eq_ascii_nocase(pe_slice_sub(key, 0, n), pe_slice_of(starts[i], n))) return true;
  }
  return false;
}

static int named_key(pe_compiler *c, pe_slice name, uint32_t *key) {
  if (!c->prefix || pe_compile_shared_key(name)) return pe_space_find_key(c->space, name, key);
  pe_buf full;
  pe_buf_init(&full, c->alloc);
  pe_buf_str(&full, c->prefix);
  pe_buf_slice(&full, name);
  int rc = full.failed ? POLICYEVAL_ENOMEM : pe_space_find_key(c->space, pe_slice_of(full.ptr, full.len), key);
  pe_buf_done(&full);
  return rc;
}

static int condition_key(pe_compiler *c, const pe_condition *cond, uint32_t *key) {
  int rc = named_key(c, cond->key, key);
  return rc ? rc : describe_key(c, cond, *key);
}

static int presence_test(pe_compiler *c, uint32_t key, uint32_t *test) {
  bool fresh;
  return pe_space_test(c->space, key, PE_SORT_PRESENCE, PE_SLICE("there"), test, &fresh);
}

/* An entry that asks only whether the key is there. */
static int presence(pe_compiler *c, const pe_condition *cond, pe_projection projection) {
  bool absent = truth(c, cond, NULL), present = truth(c, cond, "x");
  uint32_t key, test;
  if (absent == present) {
    c->never |= !absent;
    return 0;
  }
  c->caller_account |= projection == PE_PROJECT_CALLER_ACCOUNT;
  if (projection == PE_PROJECT_NONE) {
    int rc = condition_key(c, cond, &key);
    if (!rc) rc = presence_test(c, key, &test);
    return rc ? rc : add_test(c, key, test, absent);
  }
  pe_atom atom;
  pe_atom_init(&atom, c->space, &c->variables);
  key = c->principal;
  int rc = pe_project_absent(projection, &atom);
  if (!rc) rc = pe_atom_finish(&atom, key, &test);
  if (!rc) rc = add_test(c, key, test, present);
  pe_atom_done(&atom);
  return rc;
}

/* What the values of an entry leave open for its negated form. */
typedef struct flaws {
  bool malformed, no_arn;
} flaws;

static int string_values(pe_compiler *c, const pe_condition *cond, pe_projection projection, pe_atom *atom, flaws *f) {
  pe_family family = (pe_family)pe_op_get((pe_op)cond->op.op)->family;
  int rc = 0;
  for (uint32_t i = 0; i < cond->count && !rc; i++) {
    const pe_cond_value *v = &cond->values[i];
    bool any_arn = family == PE_FAMILY_ARN && v->valid && v->as.arn->is_any;
    if (!v->valid || (any_arn && pe_compile_reading(c, PE_ROW_AMB_13B) == PE_AMB_13B_NONE)) {
      f->malformed = true;
    } else if (any_arn) {
      rc = pe_atom_frame(atom, projection == PE_PROJECT_PRINCIPAL_ARN ? "?*|*|*" : "%:%:%:%:%:*");
    } else if (projection != PE_PROJECT_NONE) {
      rc = pe_project_value(c, projection, cond, i, atom);
    } else if (family == PE_FAMILY_ARN) {
      rc = pe_atom_arn(atom, v->as.arn, "", false);
    } else if (family == PE_FAMILY_STRING) {
      rc = pe_atom_pattern(atom, "", &v->as.pattern, "", false);
    } else if (family == PE_FAMILY_BOOL) {
      bool exact, word = pe_bool_parse_exact(v->text, &exact);
      bool folds = pe_compile_reading(c, PE_ROW_AMB_17) == PE_AMB_17_NOCASE;
      pe_elem e = {.kind = PE_ELEM_LITERAL, .literal = v->as.boolean ? PE_SLICE("true") : PE_SLICE("false")};
      pe_pattern p = {.elems = &e, .nelems = 1, .flags = folds ? PE_PATTERN_NOCASE : 0};
      if (folds || word) rc = pe_atom_pattern(atom, "", &p, "", false);
    } else {
      rc = pe_atom_bytes(atom, v->text);
    }
  }
  f->no_arn = family == PE_FAMILY_ARN;
  return rc;
}

static uint8_t relation_of(pe_op op) {
  switch (op) {
    case PE_OP_NUMERIC_LESS_THAN:
    case PE_OP_DATE_LESS_THAN: return PE_REL_LT;
    case PE_OP_NUMERIC_LESS_THAN_EQUALS:
    case PE_OP_DATE_LESS_THAN_EQUALS: return PE_REL_LE;
    case PE_OP_NUMERIC_GREATER_THAN:
    case PE_OP_DATE_GREATER_THAN: return PE_REL_GT;
    case PE_OP_NUMERIC_GREATER_THAN_EQUALS:
    case PE_OP_DATE_GREATER_THAN_EQUALS: return PE_REL_GE;
    default: return PE_REL_EQ;
  }
}

static void range_bound(pe_compiler *c, const pe_condition *cond, const pe_cond_value *v, pe_bound *out) {
  pe_cidr v4;
  pe_instant year;
  out->relation = relation_of((pe_op)cond->op.op);
  switch (pe_op_get((pe_op)cond->op.op)->family) {
    case PE_FAMILY_NUMERIC: out->as.number = v->as.number; break;
    case PE_FAMILY_DATE:
      out->as.instant = v->as.instant;
      if (v->text.len == 4 && pe_instant_parse_year(v->text, &year) &&
          pe_compile_reading(c, PE_ROW_AMB_16) == PE_AMB_16_YEAR) {
        out->as.instant = year;
      }
      break;
    default:
      out->as.block = v->as.cidr;
      if (v->as.cidr.mapped && pe_cidr_unmap(&v->as.cidr, &v4) &&
          pe_compile_reading(c, PE_ROW_AMB_15) == PE_AMB_15_V4) {
        out->as.block = v4;
      }
      break;
  }
}

static int range_test(pe_compiler *c, const pe_condition *cond, uint32_t key, uint32_t *test, flaws *f) {
  pe_family family = (pe_family)pe_op_get((pe_op)cond->op.op)->family;
  pe_sort sort = family == PE_FAMILY_NUMERIC ? PE_SORT_NUMBER : family == PE_FAMILY_DATE ? PE_SORT_INSTANT : PE_SORT_ADDRESS;
  pe_bound *bounds = pe_arena_zero(c->space->arena, cond->count + 1, sizeof *bounds);
  if (!bounds) return POLICYEVAL_ENOMEM;
  uint32_t n = 0;
  pe_buf signature;
  pe_buf_init(&signature, c->alloc);
  for (uint32_t i = 0; i < cond->count; i++) {
    const pe_cond_value *v = &cond->values[i];
    if (!v->valid) {
      f->malformed = true;
      continue;
    }
    range_bound(c, cond, v, &bounds[n]);
    pe_buf_uint(&signature, bounds[n].relation);
    pe_buf_slice(&signature, v->text);
    pe_buf_char(&signature, ' ');
    n++;
  }
  bool fresh = false;
  int rc = signature.failed ? POLICYEVAL_ENOMEM : 0;
  if (!rc) rc = pe_space_test(c->space, key, sort, pe_slice_of(signature.ptr, signature.len), test, &fresh);
  pe_buf_done(&signature);
  if (!rc && fresh) {
    c->space->tests.data[*test].bounds = bounds;
    c->space->tests.data[*test].nbounds = n;
  }
  return rc;
}

static uint8_t list_truth(pe_compiler *c, const pe_condition *cond, bool negated) {
  if (cond->op.quantifier == PE_SET_FOR_ALL) return PE_LIST_EACH;
  if (cond->op.quantifier == PE_SET_FOR_ANY) return PE_LIST_SOME;
  bool multi = cond->info && cond->info->multi;
  if (pe_compile_reading(c, multi ? PE_ROW_A20 : PE_ROW_AMB_12) == (multi ? PE_A20_FALSE : PE_AMB_12_FALSE)) {
    return PE_LIST_FALSE;
  }
  return negated ? PE_LIST_EACH : PE_LIST_SOME;
}

/* A projected entry: the key is absent for some principals, and the test has to say what it is for those. */
static int projected(pe_compiler *c, const pe_condition *cond, pe_projection projection, pe_atom *atom, bool negated) {
  bool absent = truth(c, cond, NULL);
  uint32_t key = c->principal, test;
  int rc = absent != negated ? pe_project_absent(projection, atom) : 0;
  if (!rc) rc = pe_atom_finish(atom, key, &test);
  return rc ? rc : add_test(c, key, test, negated);
}

/* The texts that are no ARN have fewer than five colons. */
static int not_arns(pe_atom *atom) {
  static const char *const frames[] = {"%", "%:%", "%:%:%", "%:%:%:%", "%:%:%:%:%"};
  int rc = 0;
  for (size_t i = 0; i < sizeof frames / sizeof frames[0] && !rc; i++) rc = pe_atom_frame(atom, frames[i]);
  return rc;
}

/* True: the negated form is true of no value at all. */
static bool negation_fails(pe_compiler *c, const flaws *f, const pe_atom *atom) {
  if (f->malformed && pe_compile_reading(c, PE_ROW_AMB_13) == PE_AMB_13_FALSE) return true;
  return atom->unresolved && pe_compile_reading(c, PE_ROW_AMB_6) == PE_AMB_6_NO_MATCH;
}

static int add_entry(pe_compiler *c, const pe_condition *cond, uint32_t key, uint32_t test, bool negated) {
  pe_pred pred = {.key = key, .test = test, .negate = negated, .on_list = negated ? PE_LIST_EACH : PE_LIST_SOME};
  bool absent = truth(c, cond, NULL), list = c->space->keys.data[key].shapes & PE_SHAPE_LIST;
  pred.absent = absent ? PE_CAN_TRUE : PE_CAN_FALSE;
  if (list) pred.on_list = list_truth(c, cond, negated);
  /* "Some element is not x" is the opposite of "each is x": one predicate for both. */
  if (negated && (pred.on_list == PE_LIST_EACH || pred.on_list == PE_LIST_SOME)) {
    pred.negate = 0;
    pred.on_list = pred.on_list == PE_LIST_EACH ? PE_LIST_SOME : PE_LIST_EACH;
    pred.absent = absent ? PE_CAN_FALSE : PE_CAN_TRUE;
    return add_pred(c, &pred, true);
  }
  return add_pred(c, &pred, false);
}

static int string_entry(pe_compiler *c, const pe_condition *cond, pe_projection projection, bool negated, pe_atom *atom) {
  flaws f = {0};
  uint32_t key = 0, test;
  int rc = projection == PE_PROJECT_NONE ? condition_key(c, cond, &key) : 0;
  if (!rc) rc = string_values(c, cond, projection, atom, &f);
  if (rc) return rc;
  bool fails = negated && negation_fails(c, &f, atom);
  c->caller_account |= projection == PE_PROJECT_CALLER_ACCOUNT;
  if (projection != PE_PROJECT_NONE) {
    if (fails) rc = pe_atom_frame(atom, "*|*|*");
    return rc ? rc : projected(c, cond, projection, atom, negated);
  }
  if (fails) { /* every present value counts as matched */
    rc = presence_test(c, key, &test);
    return rc ? rc : add_entry(c, cond, key, test, true);
  }
  bool known_arn = cond->info && cond->info->type == PE_KEY_ARN;
  /* L3.9: a positive entry all of whose values hold a variable needs the variable. */
  if (!negated && atom->two_sided && cond->op.quantifier != PE_SET_FOR_ALL && !truth(c, cond, NULL)) {
    rc = pe_compile_resolved(c, atom->common);
  }
  if (!rc && negated && f.no_arn && !known_arn && pe_compile_reading(c, PE_ROW_AMB_13) == PE_AMB_13_FALSE) rc = not_arns(atom);
  if (!rc) rc = pe_atom_finish(atom, key, &test);
  return rc ? rc : add_entry(c, cond, key, test, negated);
}

static int range_entry(pe_compiler *c, const pe_condition *cond, bool negated) {
  flaws f = {0};
  uint32_t key, test;
  int rc = condition_key(c, cond, &key);
  if (!rc) rc = range_test(c, cond, key, &test, &f);
  if (!rc && negated && f.malformed && pe_compile_reading(c, PE_ROW_AMB_13) == PE_AMB_13_FALSE) {
    rc = presence_test(c, key, &test);
  }
  return rc ? rc : add_entry(c, cond, key, test, negated);
}

int pe_compile_condition(pe_compiler *c, const pe_condition *cond) {
  const pe_op_info *op = pe_op_get((pe_op)cond->op.op);
  pe_projection projection = pe_project_find(cond->key, (pe_family)op->family);
  if (op->family == PE_FAMILY_NULL || cond->count == 0) return presence(c, cond, projection);
  if (op->family == PE_FAMILY_NUMERIC || op->family == PE_FAMILY_DATE || op->family == PE_FAMILY_IP) {
    return range_entry(c, cond, op->negated);
  }
  pe_atom atom;
  pe_atom_init(&atom, c->space, &c->variables);
  int rc = string_entry(c, cond, projection, op->negated, &atom);
  pe_atom_done(&atom);
  return rc;
}

int pe_compile_scan(pe_compiler *c, const pe_policy *p) {
  int rc = 0;
  for (uint32_t i = 0; i < p->nstatements && !rc; i++) {
    const pe_statement *s = &p->statements[i];
    for (uint32_t k = 0; k < s->nconditions && !rc; k++) {
      const pe_condition *cond = &s->conditions[k];
      uint32_t key;
      if (pe_project_find(cond->key, (pe_family)pe_op_get((pe_op)cond->op.op)->family) == PE_PROJECT_NONE) {
        rc = condition_key(c, cond, &key);
      }
    }
  }
  return rc;
}

/* An entry that no policy holds, with one value. */
static int own_entry(pe_compiler *c, uint8_t op, pe_slice key, pe_slice value) {
  pe_cond_input in = {.text = value, .json_type = PE_JSON_STRING};
  pe_operator as = {.op = op};
  pe_condition *cond = pe_arena_zero(c->space->arena, 1, sizeof *cond);
  char *name = cond ? pe_arena_copy(c->space->arena, key.ptr, key.len) : NULL;
  if (!name) return POLICYEVAL_ENOMEM;
  int rc = pe_condition_compile(c->space->arena, pe_slice_str(pe_op_get((pe_op)op)->name), &as, pe_slice_of(name, key.len),
                                &in, 1, false, cond);
  return rc ? rc : pe_compile_condition(c, cond);
}

int pe_compile_fact(pe_compiler *c, pe_slice key, pe_slice value) {
  if (!value.ptr) return own_entry(c, PE_OP_NULL, key, PE_SLICE("true"));
  return own_entry(c, PE_OP_STRING_EQUALS, key, value);
}

int pe_compile_resolved(pe_compiler *c, uint64_t letters) {
  int rc = 0;
  for (size_t i = 0; i < c->variables.seen.len && i < 64 && !rc; i++) {
    if (letters >> i & 1) rc = own_entry(c, PE_OP_NULL, c->variables.seen.data[i], PE_SLICE("false"));
  }
  return rc;
}

/* Statements --------------------------------------------------------------------------------------------- */

static int actions(pe_compiler *c, const pe_statement *s) {
  bool not = s->action_mode == PE_MODE_NOT, any = false;
  pe_atom atom;
  pe_atom_init(&atom, c->space, &c->variables);
  int rc = 0;
  for (uint32_t i = 0; i < s->nactions && !rc; i++) {
    any |= s->actions[i].any;
    if (!s->actions[i].any && !s->actions[i].never) rc = pe_atom_pattern(&atom, "", &s->actions[i].pattern, "", false);
  }
  if (any || !atom.l.wide.len) { /* everything, or nothing */
    c->never |= any == not;
  } else if (!rc) {
    uint32_t test;
    rc = pe_atom_finish(&atom, c->action, &test);
    if (!rc) rc = add_test(c, c->action, test, not);
  }
  c->never |= s->action_mode == PE_MODE_NONE;
  pe_atom_done(&atom);
  return rc;
}

bool pe_compile_type_word(const pe_arn_pattern *p) {
  static const char *const services[] = {"secretsmanager", "kms", "iam", "sts"};
  for (size_t i = 0; i < sizeof services / sizeof services[0]; i++) {
    if (pe_pattern_match(&p->field[PE_ARN_SERVICE], pe_slice_str(services[i]))) return true;
  }
  return false;
}

static bool has_upper(const pe_arn_pattern *p) {
  for (unsigned f = 0; f < PE_ARN_RESOURCE; f++) {
    for (size_t i = 0; i < p->field[f].text.len; i++) {
      char ch = p->field[f].text.ptr[i];
      if (ch >= 'A' && ch <= 'Z') return true;
    }
  }
  return false;
}

static int one_resource(pe_compiler *c, const pe_resource *r, pe_atom *atom) {
  const pe_arn_pattern *p = &r->pattern;
  if (r->never || p->fields < PE_ARN_FIELDS) return 0;
  if (r->short_arn && pe_compile_reading(c, PE_ROW_AMB_4) == AMB_4_NEVER) return 0;
  if (p->wild_type && pe_compile_type_word(p) && pe_compile_reading(c, PE_ROW_AMB_2) == AMB_2_LITERAL) {
    /* With a wildcard for the service there are ARNs that have no type word, and those match. */
    return p->field[PE_ARN_SERVICE].has_wild ? pe_atom_doubtful_arn(atom, p) : 0;
  }
  /* The row is asked where a pattern has capitals: without any, a request and itself in small letters are one. */
  unsigned letter_case = has_upper(p) ? pe_compile_reading(c, PE_ROW_AMB_3) : silent_reading(c, PE_ROW_AMB_3);
  bool nocase = letter_case == AMB_3_NOCASE;
  int rc = pe_atom_arn(atom, p, "", nocase);
  if (!rc && p->crossable && pe_compile_reading(c, PE_ROW_AMB_1) == AMB_1_CROSSING) {
    rc = pe_atom_pattern(atom, "", &p->whole, "", false);
  }
  return rc;
}

static int no_resource_named(pe_compiler *c, bool negate) {
  pe_atom atom;
  uint32_t test;
  pe_atom_init(&atom, c->space, &c->variables);
  int rc = pe_atom_frame(&atom, "\\*");
  if (!rc) rc = pe_atom_finish(&atom, c->resource, &test);
  if (!rc) rc = add_test(c, c->resource, test, negate);
  pe_atom_done(&atom);
  return rc;
}

static int resources(pe_compiler *c, const pe_statement *s, int kind) {
  bool not = s->resource_mode == PE_MODE_NOT, any = false;
  if (s->resource_mode == PE_MODE_NONE) {
    c->never |= kind != POLICYEVAL_KIND_TRUST;
    return 0;
  }
  pe_atom atom;
  uint32_t test;
  pe_atom_init(&atom, c->space, &c->variables);
  int rc = 0;
  for (uint32_t i = 0; i < s->nresources && !rc; i++) {
    if (!s->resources[i].never && s->resources[i].pattern.is_any) any = true;
    if (!any) rc = one_resource(c, &s->resources[i], &atom);
  }
  if (any) {
    c->never |= not;
  } else if (not && atom.unresolved && pe_compile_reading(c, PE_ROW_AMB_7) == AMB_7_NOTHING) {
    c->never = true;
  } else if (!rc) {
    c->never |= !not && !atom.l.wide.len;
    rc = pe_atom_finish(&atom, c->resource, &test);
    if (!rc) rc = add_test(c, c->resource, test, not);
    if (!rc && !not && atom.two_sided) rc = pe_compile_resolved(c, atom.common);
    if (!rc && not && atom.any && pe_compile_reading(c, PE_ROW_AMB_7) == AMB_7_NOTHING) rc = pe_compile_resolved(c, atom.any);
    if (!rc && not && pe_compile_reading(c, PE_ROW_PE_9) == PE_9_NO) rc = no_resource_named(c, true);
  }
  pe_atom_done(&atom);
  return rc;
}

static bool has_principal(int kind) {
  return kind != POLICYEVAL_KIND_IDENTITY && kind != POLICYEVAL_KIND_BOUNDARY && kind != POLICYEVAL_KIND_SESSION &&
         kind != POLICYEVAL_KIND_SCP;
}

enum { A5_NOBODY, A5_OTHERS };

static int principals(pe_compiler *c, const pe_statement *s, int kind) {
  if (s->principal_mode == PE_MODE_NONE || !has_principal(kind)) {
    c->never |= s->principal_mode != PE_MODE_NONE || has_principal(kind);
    return 0;
  }
  bool not = s->principal_mode == PE_MODE_NOT;
  if (not && s->effect == PE_DENY && c->boundary) return 0; /* D2.2: whatever is listed */
  if (not && s->effect == PE_ALLOW && pe_compile_reading(c, PE_ROW_A5) == A5_NOBODY) {
    c->never = true;
    return 0;
  }
  for (uint32_t i = 0; i < s->nprincipals; i++) {
    if (s->principals[i].kind != PE_PRINCIPAL_ANY) continue;
    c->never |= not;
    return 0;
  }
  uint32_t test;
  int rc = pe_compile_principals(c, s, &test);
  return rc ? rc : add_test(c, c->principal, test, not);
}

/* Notes what the literals from `first` on say. */
static int note(pe_compiler *c, size_t first, pe_step step, const pe_statement *s, const pe_condition *cond) {
  for (size_t i = first; i < c->literals.len; i++) {
    pe_note *n = pe_vec_push(&c->notes, c->alloc);
    if (!n) return POLICYEVAL_ENOMEM;
    *n = (pe_note){c->literals.data[i], (uint8_t)step, s, cond};
  }
  return 0;
}

static int statement(pe_compiler *c, const pe_statement *s, int kind) {
  pe_compile_start(c);
  size_t at = 0;
  int rc = actions(c, s);
  if (!rc) rc = note(c, at, PE_STEP_ACTION, s, NULL);
  at = c->literals.len;
  if (!rc && !c->never) rc = resources(c, s, kind);
  if (!rc) rc = note(c, at, PE_STEP_RESOURCE, s, NULL);
  at = c->literals.len;
  if (!rc && !c->never) rc = principals(c, s, kind);
  if (!rc) rc = note(c, at, PE_STEP_PRINCIPAL, s, NULL);
  for (uint32_t k = 0; k < s->nconditions && !rc && !c->never; k++) {
    at = c->literals.len;
    rc = pe_compile_condition(c, &s->conditions[k]);
    if (!rc) rc = note(c, at, PE_STEP_CONDITION, s, &s->conditions[k]);
  }
  return rc;
}

void pe_compile_again(pe_compiler *c, const pe_readings *readings, unsigned row) {
  c->readings = pe_readings_definite(readings);
  c->cursor = 0;
  c->varied = row;
}

static int fresh_statement(pe_compiler *c, const pe_policy *p, const pe_statement *s, uint32_t index, pe_boxes *out,
                           pe_compiled *done) {
  pe_rowset before = c->rows;
  if (s->effect == PE_ALLOW) c->bare_services |= pe_compile_bare_services(s);
  c->rows = c->silent = (pe_rowset){{0}};
  int rc = statement(c, s, p->kind);
  done->never = c->never;
  for (unsigned i = 0; i < PE_ROW_WORDS; i++) {
    done->rows.word[i] = c->rows.word[i] | c->silent.word[i];
    c->rows.word[i] |= before.word[i];
  }
  pe_origin origin = {.policy = p, .statement = s, .policy_index = index};
  if (!rc) rc = pe_compile_finish(c, origin, out);
  if (!rc && !c->never) done->box = out->data[out->len - 1];
  return rc;
}

static int add_statement(pe_compiler *c, const pe_policy *p, const pe_statement *s, uint32_t index, pe_boxes *out) {
  if (c->varied == PE_ROWS) {
    pe_compiled *done = pe_vec_push(&c->compiled, c->alloc);
    return done ? fresh_statement(c, p, s, index, out, done) : POLICYEVAL_ENOMEM;
  }
  const pe_compiled *known = &c->compiled.data[c->cursor++];
  pe_compiled other;
  if (pe_rowset_has(&known->rows, (pe_row)c->varied)) return fresh_statement(c, p, s, index, out, &other);
  pe_box *slot = known->never ? NULL : pe_vec_push(out, c->alloc);
  if (slot) *slot = known->box;
  return slot || known->never ? 0 : POLICYEVAL_ENOMEM;
}

int pe_compile_policy(pe_compiler *c, const pe_policy *p, uint32_t index, pe_side *out) {
  int rc = 0;
  for (uint32_t i = 0; i < p->nstatements && !rc; i++) {
    const pe_statement *s = &p->statements[i];
    if (s->broken || s->no_effect) continue;
    rc = add_statement(c, p, s, index, s->effect == PE_ALLOW ? &out->allow : &out->deny);
  }
  if (rc || p->kind != POLICYEVAL_KIND_RCP) return rc;
  pe_compile_start(c); /* D1.5: AWS's own RCP allows everything */
  c->bare_services = UINT8_MAX;
  return pe_compile_finish(c, (pe_origin){.policy = p, .policy_index = index, .about = "RCPFullAWSAccess"}, &out->allow);
}
