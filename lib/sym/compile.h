/* SPDX-License-Identifier: MIT */
/* From the evaluator's compiled statements to boxes, under one choice of readings. */
#ifndef PE_SYM_COMPILE_H
#define PE_SYM_COMPILE_H

#include "cond/readings.h"
#include "eval/decide.h"
#include "policy/model.h"
#include "service/catalog.h"
#include "sym/atom.h"

/* One statement as a box; tags of boxes are indices of these. */
typedef struct pe_origin {
  const pe_policy *policy; /* NULL: not from a policy (an axiom, a restriction …) */
  const pe_statement *statement;
  uint32_t policy_index;   /* among those compiled together */
  const char *about;       /* of boxes without a policy: what it says */
} pe_origin;

/* Where a literal was first seen, so that it can be said in words. */
typedef struct pe_note {
  pe_literal literal;
  uint8_t step;              /* pe_step: ACTION, RESOURCE, PRINCIPAL or CONDITION */
  const pe_statement *statement;
  const pe_condition *condition;
} pe_note;

typedef PE_VEC(pe_box) pe_boxes;
typedef struct pe_side { /* what a list of policies allows and denies */
  pe_boxes allow, deny;
} pe_side;

/* What became of a statement, and the rows whose readings it depends on. */
typedef struct pe_compiled {
  pe_rowset rows;
  pe_box box;
  bool never;
} pe_compiled;

typedef struct pe_compiler {
  pe_space *space;
  const pe_alloc *alloc;
  const pe_catalog *catalog;
  pe_readings readings;        /* definite */
  pe_rowset rows;              /* rows that the compiled statements ask about */
  pe_rowset silent;            /* scratch: others whose reading went into the statement at hand */
  pe_variables variables;
  uint32_t action, resource, principal; /* keys */
  PE_VEC(pe_origin) origins;
  PE_VEC(pe_note) notes;
  PE_VEC(pe_compiled) compiled; /* all statements under the first readings */
  size_t cursor;               /* under other readings: the next of them */
  unsigned varied;             /* … and the one row that is read otherwise; PE_ROWS: the first readings */
  bool caller_account;         /* kms:CallerAccount is asked about */
  uint8_t bare_services;       /* of pe_compile_bare_services, of all Allows */
  bool boundary;               /* the caller has a permissions boundary (D2.2) */
  const pe_caller *caller;     /* the only one there is; NULL: any */
  const char *prefix;          /* before the names of keys that requests do not share; NULL: none */
  PE_VEC(pe_literal) literals; /* scratch: the box that is being built */
  bool never;                  /* … it is empty */
} pe_compiler;

/* The space must outlive the compiler. Each 0 or ENOMEM. */
int pe_compiler_init(pe_compiler *c, pe_space *space, const pe_catalog *catalog, const pe_readings *readings,
                     const pe_assumed *assumed, size_t nassumed);
void pe_compiler_done(pe_compiler *c);
void pe_side_done(pe_side *side, const pe_alloc *a);

/* Does every request of one session have the same value for the key? */
bool pe_compile_shared_key(pe_slice key);
/* Limits the actions to those that the catalogue lists. */
int pe_compile_catalog(pe_compiler *c);
/* Learns what the keys of a policy can hold. To be done with all policies before any is compiled: a set operator anywhere
 * makes lists of an unknown key possible everywhere. */
int pe_compile_scan(pe_compiler *c, const pe_policy *p);
/* From now on pe_compile_policy is for the same policies in the same order, under readings that differ from the first
 * in one row: statements that do not ask about it keep their boxes. */
void pe_compile_again(pe_compiler *c, const pe_readings *readings, unsigned row);
/* Adds the boxes of one policy. Statements that can match nothing have none. */
int pe_compile_policy(pe_compiler *c, const pe_policy *p, uint32_t index, pe_side *out);
/* What no request can be: facts between keys (docs/analysis.md, axioms). Only what the keys in use need. */
int pe_compile_axioms(pe_compiler *c, pe_boxes *out);
/* Which of the services with actions that know no resources the statement may be about. */
uint8_t pe_compile_bare_services(const pe_statement *s);
/* How many tests have axioms of their own: with more of them these are to be made again. */
size_t pe_compile_axiom_tests(const pe_compiler *c);
/* Values to try first, so that witnesses can be read. After all policies. */
int pe_compile_likely(pe_compiler *c, const pe_policy *const *policies, uint32_t count);

/* For boxes that are not statements: start, add literals, finish. */
void pe_compile_start(pe_compiler *c);
int pe_compile_add(pe_compiler *c, pe_literal l);
int pe_compile_finish(pe_compiler *c, pe_origin origin, pe_boxes *out);
/* The literal "the key's value passes the test": false when absent. `negate`: "… does not pass", true when absent. */
int pe_compile_literal(pe_compiler *c, uint32_t key, uint32_t test, bool negate, pe_literal *out);
/* A key's value is exactly this text, or the key is absent (ptr NULL); derived keys included. Added to the box. */
int pe_compile_fact(pe_compiler *c, pe_slice key, pe_slice value);
/* These variables (bits of letters) have values. Added to the box. */
int pe_compile_resolved(pe_compiler *c, uint64_t letters);
/* One condition entry, added to the box. */
int pe_compile_condition(pe_compiler *c, const pe_condition *cond);
/* The principal elements as a test on the principal. */
int pe_compile_principals(pe_compiler *c, const pe_statement *s, uint32_t *test);
/* That the principal is one of these. */
int pe_compile_one_of(pe_compiler *c, const pe_principal *list, uint32_t n, pe_literal *out);

/* AMB-2, PE-1: may the pattern be of a service whose resource types start with a word? */
bool pe_compile_type_word(const pe_arn_pattern *p);

/* The reading in force, as an index that is never "cautious", noted in c->rows. */
unsigned pe_compile_reading(pe_compiler *c, pe_row row);

/* Derived keys: what the library computes from the principal is a test on that. */
typedef enum pe_projection {
  PE_PROJECT_NONE, PE_PROJECT_PRINCIPAL_ARN, PE_PROJECT_PRINCIPAL_ACCOUNT, PE_PROJECT_CALLER_ACCOUNT,
  PE_PROJECT_PRINCIPAL_TYPE, PE_PROJECT_USERNAME, PE_PROJECT_IS_SERVICE, PE_PROJECT_SERVICE_NAME
} pe_projection;
pe_projection pe_project_find(pe_slice key, pe_family family);
/* Adds what a value of the entry matches. */
int pe_project_value(pe_compiler *c, pe_projection kind, const pe_condition *cond, uint32_t value, pe_atom *atom);
/* Adds the principals for which the key is absent. */
int pe_project_absent(pe_projection kind, pe_atom *atom);

#endif
