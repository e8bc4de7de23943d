/* SPDX-License-Identifier: MIT */
#include "sym/query.h"

#include "base/error.h"

enum { ASSUMED_MOST = 64, PER_VARIABLE = 6 };

void pe_question_init(pe_question *q, const pe_alloc *a, const pe_catalog *catalog) {
  *q = (pe_question){.alloc = a, .catalog = catalog, .statement = UINT32_MAX};
  pe_budget_init(&q->budget);
}

void pe_result_done(pe_result *r) {
  pe_request_builder_free(r->witness);
  pe_vec_done(&r->region, r->alloc);
  pe_vec_done(&r->blocking, r->alloc);
  pe_vec_done(&r->granting, r->alloc);
  pe_vec_done(&r->open, r->alloc);
  *r = (pe_result){0};
}

/* A primitive that was empty, and the boxes that were needed to show it: where these are the same, it still is. */
typedef struct proof {
  uint32_t tags[3];    /* the Allow, the narrowing box, the Deny + 1 or 0 */
  uint32_t first, count; /* of t->cores: tags */
} proof;

enum { UNDECIDED, GRANTS, DOUBTED };

/* One compilation of the question, under one reading after the other, and what came of it. */
typedef struct attempt {
  const pe_question *q;
  pe_result *out;
  pe_budget *budget;
  pe_readings readings;
  pe_space space;
  pe_compiler c;
  pe_oracle o;
  pe_side subject, against;
  pe_boxes narrow, trust, axioms;
  pe_rowset rows_of_rest; /* that narrow, trust and axioms ask about */
  size_t tests;           /* there were when the axioms were made */
  uint32_t epoch;         /* of the space, when the oracle was made */
  pe_boxes excluded, base; /* base: one box, of the assumed variables */
  pe_ids literals;
  PE_VEC(pe_assumed) hints; /* what variables were in answers that the evaluator refused */
  PE_VEC(uint32_t) twins;   /* per box id: an excluded Allow of the same literals, + 1 */
  pe_ids foreign;           /* Denies of the other side that the subject does not have */
  pe_ids shared;            /* tags of the subject's Denies that the other side has, too; for reasons (name_shared) */
  PE_VEC(proof) proofs;
  pe_ids cores;
  uint32_t first_tags;      /* so many there were under the first readings */
  PE_VEC(uint8_t) present;  /* per tag: there under these readings */
  PE_VEC(uint8_t) told;     /* per tag: it is in out->blocking */
  uint32_t only;            /* the one Allow that counts when a witness is confirmed */
  uint8_t *fates;           /* `each`: per statement of the first policy */
  bool keep_reasons;
  uint8_t answer, why;
} attempt;

static void attempt_done(attempt *t) {
  const pe_alloc *a = t->q->alloc;
  pe_oracle_done(&t->o);
  pe_compiler_done(&t->c);
  pe_side_done(&t->subject, a);
  pe_side_done(&t->against, a);
  pe_vec_done(&t->narrow, a);
  pe_vec_done(&t->trust, a);
  pe_vec_done(&t->axioms, a);
  pe_vec_done(&t->twins, a);
  pe_vec_done(&t->foreign, a);
  pe_vec_done(&t->shared, a);
  pe_vec_done(&t->proofs, a);
  pe_vec_done(&t->cores, a);
  pe_vec_done(&t->present, a);
  pe_vec_done(&t->told, a);
  pe_alloc_free(a, t->fates);
  pe_vec_done(&t->excluded, a);
  pe_vec_done(&t->base, a);
  pe_vec_done(&t->literals, a);
  pe_vec_done(&t->hints, a);
  pe_space_done(&t->space);
}

/* Compiling -------------------------------------------------------------------------------------------------- */

static int compile_group(attempt *t, const pe_group *g, pe_side *out) {
  int rc = 0;
  for (uint32_t i = 0; i < g->count && !rc; i++) rc = pe_compile_policy(&t->c, g->policies[i], i, out);
  return rc;
}

static int compile_likely(void *user) {
  attempt *t = user;
  const pe_group *s = &t->q->subject, *o = &t->q->against;
  uint32_t n = s->count + o->count;
  const pe_policy **all = pe_alloc_array(t->q->alloc, n + 1, sizeof(const pe_policy *));
  if (!all) return POLICYEVAL_ENOMEM;
  if (s->count) memcpy((void *)all, (const void *)s->policies, s->count * sizeof *all);
  if (o->count) memcpy((void *)(all + s->count), (const void *)o->policies, o->count * sizeof *all);
  int rc = pe_compile_likely(&t->c, all, n);
  pe_alloc_free(t->q->alloc, (void *)all);
  return rc;
}

static int compile_base(attempt *t, const pe_assumed *assumed, size_t n) {
  int rc = 0;
  pe_compile_start(&t->c);
  for (size_t i = 0; i < n && !rc; i++) rc = pe_compile_fact(&t->c, assumed[i].key, assumed[i].value);
  return rc ? rc : pe_compile_finish(&t->c, (pe_origin){.about = "variables"}, &t->base);
}

static int add_all(pe_boxes *to, const pe_boxes *from, const pe_alloc *a) {
  for (size_t i = 0; i < from->len; i++) {
    pe_box *slot = pe_vec_push(to, a);
    if (!slot) return POLICYEVAL_ENOMEM;
    *slot = from->data[i];
  }
  return 0;
}

/* What is not from the policies. */
static int compile_rest(attempt *t) {
  const pe_question *q = t->q;
  pe_rowset before = t->c.rows;
  int rc = 0;
  t->c.rows = (pe_rowset){{0}};
  t->narrow.len = t->trust.len = t->axioms.len = 0;
  if (q->narrow) rc = q->narrow(&t->c, q->user, &t->narrow);
  if (!rc && !q->narrow) {
    pe_compile_start(&t->c);
    rc = pe_compile_finish(&t->c, (pe_origin){.about = "all requests"}, &t->narrow);
  }
  if (!rc && q->trust) rc = q->trust(&t->c, q->user, &t->trust);
  if (!rc) rc = pe_compile_axioms(&t->c, &t->axioms);
  t->tests = pe_compile_axiom_tests(&t->c);
  t->rows_of_rest = t->c.rows;
  for (unsigned i = 0; i < PE_ROW_WORDS; i++) t->c.rows.word[i] |= before.word[i];
  return rc;
}

/* Which Allows the other side has too, and which Denies it has alone. */
static int compile_twins(attempt *t) {
  const pe_alloc *a = t->q->alloc;
  size_t n = t->space.boxes.len, first = t->excluded.len - t->against.allow.len;
  const uint32_t of_subject = (uint32_t)1 << 31; /* and the index of the Deny */
  pe_vec_done(&t->twins, a);
  t->foreign.len = t->shared.len = 0;
  t->twins.data = pe_alloc_array(a, n + 1, sizeof *t->twins.data);
  if (!t->twins.data) return POLICYEVAL_ENOMEM;
  t->twins.len = t->twins.cap = n + 1;
  for (size_t i = t->subject.deny.len; i > 0 && !t->q->grant_only; i--) {
    t->twins.data[t->subject.deny.data[i - 1].id] = of_subject | (uint32_t)(i - 1);
  }
  for (size_t i = 0; i < t->against.deny.len; i++) {
    const uint32_t twin = t->twins.data[t->against.deny.data[i].id];
    uint32_t *slot = pe_vec_push(twin & of_subject ? &t->shared : &t->foreign, a);
    if (!slot) return POLICYEVAL_ENOMEM;
    *slot = twin & of_subject ? t->subject.deny.data[twin & ~of_subject].tag : (uint32_t)i;
  }
  for (size_t i = 0; i < t->subject.deny.len; i++) t->twins.data[t->subject.deny.data[i].id] = 0;
  for (size_t i = t->excluded.len; i > first; i--) t->twins.data[t->excluded.data[i - 1].id] = (uint32_t)i;
  return 0;
}

/* Tags of all boxes that are there under the present readings. */
static int mark_present(attempt *t) {
  const pe_boxes *lists[] = {&t->subject.allow, &t->against.deny, &t->narrow, &t->excluded};
  pe_vec_done(&t->present, t->q->alloc);
  t->present.data = pe_alloc_array(t->q->alloc, t->c.origins.len + 1, 1);
  if (!t->present.data) return POLICYEVAL_ENOMEM;
  t->present.len = t->present.cap = t->c.origins.len;
  for (size_t l = 0; l < sizeof lists / sizeof lists[0]; l++) {
    for (size_t i = 0; i < lists[l]->len; i++) t->present.data[lists[l]->data[i].tag] = 1;
  }
  return 0;
}

static int compile_sides(attempt *t) {
  t->subject.allow.len = t->subject.deny.len = t->against.allow.len = t->against.deny.len = 0;
  int rc = compile_group(t, &t->q->subject, &t->subject);
  return rc ? rc : compile_group(t, &t->q->against, &t->against);
}

static int gather(attempt *t) {
  const pe_alloc *a = t->q->alloc;
  t->excluded.len = 0;
  int rc = t->q->grant_only ? 0 : add_all(&t->excluded, &t->subject.deny, a);
  if (!rc) rc = add_all(&t->excluded, &t->trust, a);
  if (!rc) rc = add_all(&t->excluded, &t->axioms, a);
  if (!rc) rc = add_all(&t->excluded, &t->against.allow, a);
  if (!rc) rc = compile_twins(t);
  return rc ? rc : mark_present(t);
}

static int new_oracle(attempt *t) {
  pe_oracle_done(&t->o);
  t->epoch = t->space.epoch;
  int rc = pe_oracle_init(&t->o, &t->space, t->budget);
  t->o.likely = compile_likely;
  t->o.likely_user = t;
  return rc;
}

static int compile(attempt *t, const pe_assumed *assumed, size_t n) {
  const pe_question *q = t->q;
  int rc = pe_space_init(&t->space, q->alloc);
  if (!rc) rc = pe_compiler_init(&t->c, &t->space, q->catalog, &t->readings, assumed, n);
  if (!rc && q->closed_catalog) rc = pe_compile_catalog(&t->c);
  for (uint32_t i = 0; i < q->subject.count && !rc; i++) rc = pe_compile_scan(&t->c, q->subject.policies[i]);
  for (uint32_t i = 0; i < q->against.count && !rc; i++) rc = pe_compile_scan(&t->c, q->against.policies[i]);
  if (!rc) rc = compile_base(t, assumed, n);
  if (!rc) rc = compile_sides(t);
  if (!rc) rc = compile_rest(t);
  if (!rc) rc = gather(t);
  t->first_tags = (uint32_t)t->c.origins.len;
  return rc ? rc : new_oracle(t);
}

/* The same question under readings that differ from the first in one row. */
static int compile_again(attempt *t, const pe_readings *readings, unsigned row) {
  t->readings = *readings;
  pe_compile_again(&t->c, &t->readings, row);
  int rc = compile_sides(t);
  /* Some axioms are about the tests that there are. */
  bool stale = t->tests != pe_compile_axiom_tests(&t->c) || pe_rowset_has(&t->rows_of_rest, (pe_row)row);
  if (!rc && stale) rc = compile_rest(t);
  if (!rc) rc = gather(t);
  return rc || t->epoch == t->space.epoch ? rc : new_oracle(t);
}

/* Confirming ------------------------------------------------------------------------------------------------- */

/* The subject without the statements that the question leaves out, as the evaluator sees it; `only`: the one Allow of the
 * first policy that counts, or UINT32_MAX. */
static int subject_effect(const pe_question *q, uint32_t only, pe_request_builder *b) {
  if (!q->grant_only && only == UINT32_MAX) return pe_witness_effect(&q->subject, b);
  pe_policy **copies = pe_alloc_array(q->alloc, q->subject.count + 1, sizeof(pe_policy *));
  int effect = copies ? 0 : POLICYEVAL_ENOMEM;
  for (uint32_t i = 0; i < q->subject.count && effect >= 0; i++) {
    const pe_policy *p = q->subject.policies[i];
    copies[i] = pe_alloc_new(q->alloc, sizeof *copies[i]);
    pe_statement *kept = pe_alloc_array(q->alloc, p->nstatements + 1, sizeof *kept);
    if (!copies[i] || !kept) {
      effect = POLICYEVAL_ENOMEM;
      pe_alloc_free(q->alloc, kept);
      break;
    }
    copies[i]->kind = p->kind;
    copies[i]->version_2012 = p->version_2012;
    copies[i]->statements = kept;
    for (uint32_t s = 0; s < p->nstatements; s++) {
      bool deny = p->statements[s].effect == PE_DENY, other = i == 0 && only != UINT32_MAX && s != only;
      if ((deny && q->grant_only) || (!deny && other)) continue;
      kept[copies[i]->nstatements++] = p->statements[s];
    }
  }
  pe_group g = {(const pe_policy *const *)copies, q->subject.count};
  if (effect >= 0) effect = pe_witness_effect(&g, b);
  for (uint32_t i = 0; copies && i < q->subject.count; i++) {
    if (copies[i]) pe_alloc_free(q->alloc, copies[i]->statements);
    pe_alloc_free(q->alloc, copies[i]);
  }
  pe_alloc_free(q->alloc, copies);
  return effect;
}

static int confirm_once(attempt *t, pe_request_builder *b, bool *confirmed) {
  int effect = subject_effect(t->q, t->only, b);
  if (effect < 0) return effect;
  *confirmed = effect == POLICYEVAL_ALLOW;
  if (!*confirmed || !t->q->against.count) return 0;
  effect = pe_witness_effect(&t->q->against, b);
  if (effect < 0) return effect;
  *confirmed = effect != POLICYEVAL_ALLOW;
  /* `only` and the layer are the subject's again. */
  return pe_request_set_only(b, pe_witness_layer(t->q->subject.policies[0]->kind));
}

/* Under the default readings if these will do, else under those of the attempt. */
static int confirm(attempt *t, pe_request_builder *b, bool *confirmed) {
  pe_readings now = t->q->readings;
  pe_request_apply_readings(b, &now);
  int rc = confirm_once(t, b, confirmed);
  if (rc || *confirmed) return rc;
  for (unsigned row = 0; row < PE_ROWS; row++) {
    if (!pe_rowset_has(&t->c.rows, (pe_row)row)) continue;
    now.of[row] = (uint8_t)pe_compile_reading(&t->c, (pe_row)row);
  }
  pe_request_apply_readings(b, &now);
  rc = confirm_once(t, b, confirmed);
  for (unsigned row = 0; row < PE_ROWS && !rc && *confirmed; row++) { /* only the readings that are needed */
    uint8_t kept = now.of[row];
    bool still = false;
    if (kept == t->q->readings.of[row]) continue;
    now.of[row] = t->q->readings.of[row];
    pe_request_apply_readings(b, &now);
    rc = confirm_once(t, b, &still);
    if (!still) now.of[row] = kept;
    if (!still && !t->out->witness) pe_rowset_add(&t->out->assumptions, (pe_row)row);
  }
  pe_request_apply_readings(b, &now);
  return rc;
}

/* Searching -------------------------------------------------------------------------------------------------- */

static int keep_region(attempt *t, const pe_solution *s) {
  for (uint32_t i = 0; i < s->nregion; i++) {
    for (size_t k = 0; k < t->c.notes.len; k++) {
      const pe_note *n = &t->c.notes.data[k];
      if (n->literal >> 1 != s->region[i] >> 1) continue;
      pe_clause *slot = pe_vec_push(&t->out->region, t->q->alloc);
      if (!slot) return POLICYEVAL_ENOMEM;
      *slot = (pe_clause){*n, n->literal == s->region[i]};
      break;
    }
  }
  return 0;
}

/* One box that the proof used. */
static int keep_blocking(attempt *t, uint32_t tag) {
  const pe_origin *from = &t->c.origins.data[tag];
  while (t->told.len <= tag) {
    if (!pe_vec_push(&t->told, t->q->alloc)) return POLICYEVAL_ENOMEM;
  }
  if (t->told.data[tag]) return 0;
  t->told.data[tag] = 1;
  for (size_t k = 0; !from->statement && k < t->out->blocking.len; k++) {
    const pe_origin *o = &t->out->blocking.data[k];
    if (!o->statement && o->about == from->about) return 0;
  }
  pe_origin *slot = pe_vec_push(&t->out->blocking, t->q->alloc);
  if (!slot) return POLICYEVAL_ENOMEM;
  *slot = *from;
  return 0;
}

/* Files the proof under the three boxes; `core` holds indices of excluded ones. */
static int keep_proof(attempt *t, const uint32_t tags[3], const uint32_t *core, uint32_t count) {
  int rc = 0;
  for (uint32_t i = 0; i < count && !rc && t->keep_reasons; i++) rc = keep_blocking(t, t->excluded.data[core[i]].tag);
  if (rc || t->c.varied != PE_ROWS) return rc;
  proof *p = pe_vec_push(&t->proofs, t->q->alloc);
  if (!p) return POLICYEVAL_ENOMEM;
  *p = (proof){{tags[0], tags[1], tags[2]}, (uint32_t)t->cores.len, count};
  for (uint32_t i = 0; i < count; i++) {
    uint32_t *slot = pe_vec_push(&t->cores, t->q->alloc);
    if (!slot) return POLICYEVAL_ENOMEM;
    *slot = t->excluded.data[core[i]].tag;
  }
  return 0;
}

/* Proofs are looked for in the order in which they were found. */
static bool proved(const attempt *t, const uint32_t tags[3], size_t *at) {
  if (t->c.varied == PE_ROWS || tags[0] >= t->first_tags) return false;
  for (size_t n = 0; n < t->proofs.len; n++, *at = (*at + 1) % t->proofs.len) {
    const proof *p = &t->proofs.data[*at % t->proofs.len];
    if (memcmp(p->tags, tags, sizeof p->tags) != 0) continue;
    for (uint32_t i = 0; i < p->count; i++) {
      if (!t->present.data[t->cores.data[p->first + i]]) return false;
    }
    return true;
  }
  return false;
}

enum { HINTS_MOST = 32 };

/* What the variable's key is for this principal. */
static pe_slice projected_value(pe_projection kind, pe_slice principal) {
  size_t end = 0, slash;
  while (end < principal.len && (unsigned char)principal.ptr[end] != PE_SEPARATOR) end++;
  pe_slice text = pe_slice_sub(principal, 0, end);
  pe_arn arn;
  pe_arn_split(text, &arn);
  switch (kind) {
    case PE_PROJECT_PRINCIPAL_ARN: return text;
    case PE_PROJECT_PRINCIPAL_ACCOUNT:
    case PE_PROJECT_CALLER_ACCOUNT: return arn.count == PE_ARN_FIELDS ? arn.field[PE_ARN_ACCOUNT] : (pe_slice){NULL, 0};
    case PE_PROJECT_USERNAME:
      for (slash = text.len; slash > 0 && text.ptr[slash - 1] != '/'; slash--) {
      }
      return pe_slice_sub(text, slash, text.len);
    default: return (pe_slice){NULL, 0};
  }
}

static int keep_hints(attempt *t, const pe_solution *s) {
  for (size_t i = 0; i < t->c.variables.seen.len && t->hints.len < HINTS_MOST; i++) {
    pe_assumed hint = {.key = t->c.variables.seen.data[i]};
    pe_projection kind = pe_project_find(hint.key, PE_FAMILY_STRING);
    for (uint32_t k = 0; k < t->o.nkeys; k++) {
      const pe_value *v = pe_oracle_value(&t->o, k, s->values[k]);
      if (v->count && kind != PE_PROJECT_NONE && k == t->c.principal) {
        hint.value = projected_value(kind, pe_oracle_text(&t->o, k, v, 0));
      } else if (v->count && pe_slice_eq_ascii_nocase(t->space.keys.data[k].name, hint.key)) {
        hint.value = pe_oracle_text(&t->o, k, v, 0);
      }
    }
    pe_assumed *slot = hint.value.len ? pe_vec_push(&t->hints, t->q->alloc) : NULL;
    if (hint.value.len && !slot) return POLICYEVAL_ENOMEM;
    if (slot) *slot = hint;
  }
  return 0;
}

/* The entry of the answer that is known only from both sides: its key, or a principal. */
static pe_slice doubtful_entry(const attempt *t, const pe_solution *s) {
  for (uint32_t i = 0; i < s->nregion; i++) {
    const pe_pred *p = &t->space.preds.data[pe_literal_pred(s->region[i])];
    if (!t->space.tests.data[p->test].two_sided) continue;
    for (size_t k = 0; k < t->c.notes.len; k++) {
      const pe_note *n = &t->c.notes.data[k];
      if (n->literal >> 1 != s->region[i] >> 1) continue;
      if (n->condition) return n->condition->key;
      if (n->step == PE_STEP_PRINCIPAL && n->statement->nprincipals) return n->statement->principals[0].text;
    }
  }
  return (pe_slice){NULL, 0};
}

/* The evaluator did not confirm. */
static int take_doubt(attempt *t, const pe_solution *s, bool silent) {
  /* With a variable the evaluator may know more than the box: a NotResource of a request without resource, say. */
  bool doubtful = s->two_sided || t->c.variables.seen.len > 0;
  if (!doubtful && !silent) return POLICYEVAL_EINTERNAL;
  t->answer = PE_ANSWER_UNKNOWN;
  t->why = t->c.variables.seen.len ? PE_GIVE_UP_VARIABLE : silent ? PE_GIVE_UP_SILENT : PE_GIVE_UP_OPAQUE;
  if (t->why == PE_GIVE_UP_OPAQUE) t->out->detail = doubtful_entry(t, s);
  return keep_hints(t, s);
}

/* The fate of the box's statement, if the question asks for it. */
static uint8_t *fate_of(const attempt *t, const pe_box *allow) {
  const pe_origin *from = &t->c.origins.data[allow->tag];
  return t->fates && from->policy_index == 0 && from->statement ? &t->fates[from->statement->index] : NULL;
}

static int take_yes(attempt *t, const pe_solution *s, const pe_box *allow) {
  const pe_origin *from = &t->c.origins.data[allow->tag];
  uint8_t *fate = fate_of(t, allow);
  bool first = !t->out->witness, confirmed = false;
  pe_request_builder *b = pe_request_builder_new(t->q->alloc, t->q->catalog);
  int rc = b ? pe_witness_build(&t->c, &t->o, s, b) : POLICYEVAL_ENOMEM;
  t->only = first || !fate ? t->q->statement : from->statement->index;
  if (!rc) rc = confirm(t, b, &confirmed);
  const pe_request *ready;
  const char *why;
  if (!rc && confirmed && first) rc = pe_request_prepare(b, &ready, &why);
  if (!rc && confirmed && first) rc = keep_region(t, s);
  if (rc || !confirmed) {
    /* A row that only the evaluator knows (PE-9: a request without resource) is no disagreement. */
    const bool silent = b && !rc && (pe_witness_undocumented(&t->q->subject, b) || pe_witness_undocumented(&t->q->against, b));
    pe_request_builder_free(b);
    if (rc && rc != POLICYEVAL_EINVAL) return rc;
    if (fate && *fate == UNDECIDED) *fate = DOUBTED;
    return first ? take_doubt(t, s, silent) : 0;
  }
  if (fate) *fate = GRANTS;
  t->answer = PE_ANSWER_YES;
  if (!first) pe_request_builder_free(b);
  if (!first) return 0;
  t->out->witness = b;
  t->out->policy = from->policy;
  t->out->statement = from->statement;
  t->out->policy_index = from->policy_index;
  return 0;
}

/* The boxes together, minus the first `n` excluded ones. */
static int solve(attempt *t, const pe_box *const parts[4], size_t n, pe_solution *out) {
  t->literals.len = 0;
  for (size_t p = 0; p < 4; p++) {
    for (uint32_t i = 0; parts[p] && i < parts[p]->count; i++) {
      pe_literal *slot = pe_vec_push(&t->literals, t->q->alloc);
      if (!slot) return POLICYEVAL_ENOMEM;
      *slot = parts[p]->literals[i];
    }
  }
  return pe_solve(&t->o, t->literals.data, (uint32_t)t->literals.len, t->excluded.data, (uint32_t)n, out);
}

/* One primitive. *go: go on with the next of the same Allow. */
static int primitive(attempt *t, const pe_box *a, const pe_box *narrow, const pe_box *more, size_t n, size_t *at, bool *go) {
  const pe_box *parts[] = {a, narrow, more, t->base.len ? &t->base.data[0] : NULL};
  const uint32_t tags[3] = {a->tag, narrow->tag, more ? more->tag + 1 : 0}, twin = more ? 0 : t->twins.data[a->id];
  pe_solution s;
  *go = true;
  if (proved(t, tags, at)) return 0;
  if (twin) {
    const uint32_t core = twin - 1;
    return keep_proof(t, tags, &core, 1);
  }
  int rc = solve(t, parts, n, &s);
  if (!rc && s.found == PE_FOUND_NO) return keep_proof(t, tags, s.core, s.ncore);
  *go = false;
  if (rc) return rc;
  if (s.found == PE_FOUND_GAVE_UP) {
    if (!t->out->witness) t->answer = PE_ANSWER_UNKNOWN;
    t->why = t->budget->hit;
    return 0;
  }
  rc = take_yes(t, &s, a);
  const uint8_t *fate = fate_of(t, a);
  *go = !rc && (fate ? *fate != GRANTS : t->answer != PE_ANSWER_YES);
  return rc;
}

static bool asked(const attempt *t, const pe_box *allow) {
  const pe_origin *from = &t->c.origins.data[allow->tag];
  const uint8_t *fate = fate_of(t, allow);
  if (fate && (*fate == GRANTS || (*fate == DOUBTED && t->out->witness))) return false;
  if (t->out->witness && !fate) return false;
  return t->q->statement == UINT32_MAX || from->policy_index != 0 ||
         (from->statement && from->statement->index == t->q->statement);
}

static int search(attempt *t) {
  size_t all = t->excluded.len, own = all - t->against.allow.len, at = 0;
  int rc = 0;
  t->answer = PE_ANSWER_NO;
  t->hints.len = 0;
  if (t->q->subject.count && !t->base.len && t->c.variables.nassumed) return 0; /* the assumptions contradict each other */
  for (size_t i = 0; i < t->subject.allow.len && !rc && !t->budget->hit; i++) {
    const pe_box *a = &t->subject.allow.data[i];
    bool go = asked(t, a);
    for (size_t d = 0; d < t->shared.len && go && !rc && t->keep_reasons && t->q->name_shared; d++)
      rc = keep_blocking(t, t->shared.data[d]);
    for (size_t n = 0; n < t->narrow.len && go && !rc; n++) rc = primitive(t, a, &t->narrow.data[n], NULL, all, &at, &go);
    for (size_t d = 0; d < t->foreign.len && go && !rc; d++) {
      const pe_box *deny = &t->against.deny.data[t->foreign.data[d]];
      for (size_t n = 0; n < t->narrow.len && go && !rc; n++) rc = primitive(t, a, &t->narrow.data[n], deny, own, &at, &go);
    }
    if (t->answer == PE_ANSWER_YES && !t->fates) break;
  }
  if (!rc && t->answer == PE_ANSWER_NO && t->o.mixed) {
    t->answer = PE_ANSWER_UNKNOWN;
    t->why = PE_GIVE_UP_MIXED;
  }
  return rc;
}

/* Variables -------------------------------------------------------------------------------------------------- */

typedef struct candidates {
  pe_slice values[PER_VARIABLE];
  uint32_t count;
} candidates;

static void add_candidate(candidates *c, pe_slice value) {
  for (uint32_t i = 0; i < c->count; i++) {
    if (c->values[i].ptr && value.ptr && pe_slice_eq(c->values[i], value)) return;
  }
  if (c->count < PER_VARIABLE) c->values[c->count++] = value;
}

static bool uses(const pe_condition *cond, pe_slice variable) {
  if (pe_op_get((pe_op)cond->op.op)->family != PE_FAMILY_STRING) return false;
  for (uint32_t i = 0; i < cond->count; i++) {
    const pe_pattern *p = &cond->values[i].as.pattern;
    for (uint32_t e = 0; e < p->nelems; e++) {
      if (p->elems[e].kind == PE_ELEM_VARIABLE && pe_slice_eq_ascii_nocase(p->elems[e].variable->key, variable)) return true;
    }
  }
  return false;
}

/* Plain values that the policies compare the key with, or a key that is compared with the variable. */
static void constants(candidates *c, const pe_group *g, pe_slice variable) {
  for (uint32_t p = 0; p < g->count; p++) {
    const pe_policy *policy = g->policies[p];
    for (uint32_t s = 0; s < policy->nstatements; s++) {
      for (uint32_t k = 0; k < policy->statements[s].nconditions; k++) {
        const pe_condition *cond = &policy->statements[s].conditions[k];
        if (pe_op_get((pe_op)cond->op.op)->family != PE_FAMILY_STRING) continue;
        if (!pe_slice_eq_ascii_nocase(cond->key, variable) && !uses(cond, variable)) continue;
        for (uint32_t v = 0; v < cond->count; v++) {
          const pe_pattern *pat = &cond->values[v].as.pattern;
          if (pat->shape == PE_SHAPE_EXACT && pat->text.len && !pat->has_variable) add_candidate(c, pat->text);
        }
      }
    }
  }
}

static pe_slice fresh_value(pe_slice key) {
  if (pe_slice_ends(key, PE_SLICE("Account"))) return PE_SLICE("999988887777");
  if (pe_slice_ends(key, PE_SLICE("OrgID"))) return PE_SLICE("o-a1b2c3d4e5");
  if (pe_slice_ends(key, PE_SLICE("userid"))) return PE_SLICE("AROAEXAMPLEID:example-session");
  if (pe_slice_eq_ascii_nocase(key, PE_SLICE("aws:PrincipalArn"))) return PE_SLICE("arn:aws:iam::999988887777:role/Example");
  return PE_SLICE("Example");
}

static void start_attempt(attempt *t, const pe_question *q, pe_result *out, pe_budget *budget, const pe_readings *readings) {
  *t = (attempt){.q = q, .out = out, .budget = budget, .readings = *readings, .only = q->statement};
}

/* The variables of the failed attempt, each with what it may be assumed to be; tried together, in a fixed order. */
static int try_assumptions(const attempt *failed, pe_result *out, pe_budget *budget, uint8_t *answer, uint8_t *why) {
  const pe_question *q = failed->q;
  size_t n = failed->c.variables.seen.len;
  candidates *c = pe_alloc_array(q->alloc, n + 1, sizeof *c);
  pe_assumed *assumed = pe_alloc_array(q->alloc, n + 1, sizeof *assumed);
  int rc = c && assumed ? 0 : POLICYEVAL_ENOMEM;
  for (size_t i = 0; i < n && !rc; i++) {
    pe_slice key = failed->c.variables.seen.data[i];
    assumed[i].key = key;
    for (size_t h = 0; h < failed->hints.len && c[i].count < 2; h++) {
      if (pe_slice_eq_ascii_nocase(failed->hints.data[h].key, key)) add_candidate(&c[i], failed->hints.data[h].value);
    }
    add_candidate(&c[i], fresh_value(key));
    constants(&c[i], &q->subject, key);
    constants(&c[i], &q->against, key);
    if (c[i].count < PER_VARIABLE) c[i].values[c[i].count++] = (pe_slice){NULL, 0};
  }
  for (uint32_t round = 0; round < ASSUMED_MOST && !rc && *answer == PE_ANSWER_UNKNOWN; round++) {
    uint32_t code = round;
    for (size_t i = 0; i < n; i++) {
      assumed[i].value = c[i].values[code % c[i].count];
      code /= c[i].count;
    }
    if (code) break; /* all combinations were tried */
    attempt t;
    start_attempt(&t, q, out, budget, &failed->readings);
    rc = compile(&t, assumed, n);
    if (!rc) rc = search(&t);
    if (!rc && t.answer == PE_ANSWER_YES) *answer = PE_ANSWER_YES;
    if (!rc && budget->hit) *why = budget->hit;
    attempt_done(&t);
    if (budget->hit) break;
  }
  pe_alloc_free(q->alloc, c);
  pe_alloc_free(q->alloc, assumed);
  return rc;
}

/* Readings --------------------------------------------------------------------------------------------------- */

/* One reading of everything. Until somebody knows, variables are assumed to be this and that. */
static int one_reading(attempt *t, uint8_t *answer, uint8_t *why) {
  bool before = t->out->witness != NULL;
  int rc = search(t);
  *answer = t->answer;
  *why = t->why;
  if (!rc && !before && t->answer == PE_ANSWER_UNKNOWN && t->why == PE_GIVE_UP_VARIABLE) {
    t->out->detail = t->c.variables.seen.data[0];
    rc = try_assumptions(t, t->out, t->budget, answer, why);
  }
  return rc;
}

/* Is there nothing more to learn? */
static bool finished(const attempt *t) {
  if (t->budget->hit) return true;
  if (!t->out->witness || !t->fates) return t->out->witness != NULL;
  const pe_policy *p = t->q->subject.policies[0];
  for (uint32_t i = 0; i < p->nstatements; i++) {
    if (p->statements[i].effect == PE_ALLOW && t->fates[i] == UNDECIDED) return false;
  }
  return true;
}

/* Every other reading of the rows that the policies ask about, one row at a time. */
static int other_readings(attempt *t, uint8_t *doubt) {
  const pe_question *q = t->q;
  uint8_t answer, why = 0;
  int rc = 0;
  for (unsigned row = 0; row < PE_ROWS && !rc && !finished(t); row++) {
    if (!pe_rowset_has(&t->c.rows, (pe_row)row) || q->readings.of[row]) continue;
    unsigned last = pe_row_count((pe_row)row);
    for (unsigned k = pe_row_cautious((pe_row)row) ? 2 : 1; k < last && !rc && !finished(t); k++) {
      pe_readings other = q->readings;
      other.of[row] = (uint8_t)k;
      rc = compile_again(t, &other, row);
      if (!rc) rc = one_reading(t, &answer, &why);
      if (!rc && answer == PE_ANSWER_UNKNOWN && !*doubt) *doubt = why;
    }
  }
  return rc;
}

static int keep_fates(const attempt *t, pe_result *out) {
  const pe_policy *p = t->fates ? t->q->subject.policies[0] : NULL;
  for (uint32_t i = 0; p && i < p->nstatements; i++) {
    if (t->fates[i] != GRANTS && t->fates[i] != DOUBTED) continue;
    uint32_t *slot = t->fates[i] == GRANTS ? pe_vec_push(&out->granting, out->alloc) : pe_vec_push(&out->open, out->alloc);
    if (!slot) return POLICYEVAL_ENOMEM;
    *slot = i;
  }
  return 0;
}

int pe_query_run(const pe_question *q, pe_result *out) {
  pe_result r = {.alloc = q->alloc};
  pe_budget budget = q->budget;
  uint8_t answer = PE_ANSWER_UNKNOWN, why = 0, doubt = 0;
  attempt t;
  start_attempt(&t, q, &r, &budget, &q->readings);
  t.keep_reasons = true;
  if (q->each && q->subject.count) t.fates = pe_alloc_array(q->alloc, q->subject.policies[0]->nstatements + 1, 1);
  int rc = q->each && q->subject.count && !t.fates ? POLICYEVAL_ENOMEM : compile(&t, NULL, 0);
  if (!rc) rc = one_reading(&t, &answer, &why);
  if (answer == PE_ANSWER_UNKNOWN) doubt = why;
  t.keep_reasons = false;
  if (!rc) rc = other_readings(&t, &doubt);
  if (!rc) rc = keep_fates(&t, &r);
  attempt_done(&t);
  if (budget.hit == PE_GIVE_UP_CANCELED) rc = POLICYEVAL_ECANCELED;
  if (rc) {
    pe_result_done(&r);
    return rc;
  }
  r.answer = r.witness ? PE_ANSWER_YES : doubt ? PE_ANSWER_UNKNOWN : PE_ANSWER_NO;
  r.why = r.answer == PE_ANSWER_UNKNOWN ? doubt : 0;
  if (r.answer != PE_ANSWER_NO) r.blocking.len = 0;
  r.states = budget.states;
  r.nodes = budget.nodes;
  *out = r;
  return 0;
}
