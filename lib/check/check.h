/* SPDX-License-Identifier: MIT */
/* What the checks share. Private to this layer. */
#ifndef PE_CHECK_CHECK_H
#define PE_CHECK_CHECK_H

#include "check/validate.h"
#include "policy/model.h"

typedef struct pe_check {
  const pe_policy *policy;
  const pe_json *json;
  const pe_catalog *catalog;
  const pe_validate_options *options;
  pe_findings *findings;
  const pe_alloc *alloc;
  pe_arena *scratch;      /* lives as long as the validation */
  const pe_statement *s;  /* the statement under check, or NULL: the document as a whole */
  uint8_t *faulted;       /* per JSON node: loading found a fault there; NULL: none anywhere */
  uint64_t work;          /* comparisons of pairs that are left (CHECK_INCOMPLETE) */
  int kind;
  int result;             /* 0, or ENOMEM */
  bool incomplete;        /* `work` ran out */
} pe_check;

#if defined(__GNUC__)
#define PE_CHECK_FORMAT(from) __attribute__((format(printf, (from), (from) + 1)))
#else
#define PE_CHECK_FORMAT(from)
#endif

/* Report at the value of a node, at its name, at part [from, to) of its decoded string, at the opening brace of the
 * statement under check. All return NULL when the rule is skipped or not for this kind, and after a failure. */
pe_finding *pe_check_value(pe_check *c, pe_rule rule, uint32_t node, const char *format, ...) PE_CHECK_FORMAT(4);
pe_finding *pe_check_name(pe_check *c, pe_rule rule, uint32_t node, const char *format, ...) PE_CHECK_FORMAT(4);
pe_finding *pe_check_part(pe_check *c, pe_rule rule, uint32_t node, size_t from, size_t to, const char *format, ...)
    PE_CHECK_FORMAT(6);
pe_finding *pe_check_statement(pe_check *c, pe_rule rule, const char *format, ...) PE_CHECK_FORMAT(3);

/* Fixes. The text of _fix is raw JSON in place of the node's value (or name: the span of the finding); _fix_part puts
 * text in place of part [from, to) of the decoded string, escaped as needed; _fix_remove takes the element or
 * member away with its comma, unless it is the only one. */
void pe_check_fix(pe_check *c, pe_finding *f, pe_slice json, bool safe, const char *title);
void pe_check_fix_part(pe_check *c, pe_finding *f, uint32_t node, size_t from, size_t to, pe_slice text, bool safe,
                       const char *title);
void pe_check_fix_remove(pe_check *c, pe_finding *f, uint32_t node, bool safe, const char *title);

static inline bool pe_check_is_faulted(const pe_check *c, uint32_t node) { return c->faulted && c->faulted[node]; }
static inline const pe_json_node *pe_check_node(const pe_check *c, uint32_t node) { return &c->json->nodes[node]; }
static inline bool pe_check_kind_in(const pe_check *c, uint32_t kinds) { return (kinds >> c->kind) & 1; }
static inline bool pe_check_wants(const pe_check *c, pe_rule rule) {
  return !c->options->skip[rule] && (pe_rule_get(rule)->kinds >> c->kind) & 1;
}
/* Text of the policy as an argument of "%.*s", cut so that messages stay short. */
#define PE_CHECK_TEXT(s) PE_EXCERPT(s)

/* Do two nodes hold the same value, written in the same order? */
bool pe_check_same_tree(const pe_check *c, uint32_t a, uint32_t b);

/* Small questions about texts. */
bool pe_check_has_wildcard(pe_slice s);
bool pe_check_has_variable(pe_slice s); /* "${" */
bool pe_check_is_open(pe_slice s);      /* a wildcard or a variable */
bool pe_check_contains(pe_slice s, const char *word);
bool pe_check_equals(pe_slice s, const char *word);        /* ASCII letter case aside */
bool pe_check_starts(pe_slice s, const char *word);        /* ASCII letter case aside */

/* Small questions about statements. */
bool pe_check_action_is(const pe_action *a, const char *name);    /* exactly that action, no wildcard */
bool pe_check_action_covers(const pe_action *a, const char *lower); /* the action is one of those */
bool pe_check_statement_covers(const pe_statement *s, const char *lower); /* Action or NotAction */
bool pe_check_any_resource(const pe_statement *s);                /* Resource holds "*" */
const pe_condition *pe_check_condition(const pe_statement *s, const char *key); /* first entry on the key, or NULL */
bool pe_check_conditions_start(const pe_statement *s, const char *prefix); /* an entry on a key that begins so */

/* The checks: one file a noun. */
void pe_check_document(pe_check *c);
void pe_check_sids(pe_check *c);
void pe_check_actions(pe_check *c);
void pe_check_resources(pe_check *c);
void pe_check_principals(pe_check *c);
void pe_check_services(pe_check *c);
void pe_check_trust(pe_check *c);
void pe_check_condition_keys(pe_check *c);
void pe_check_operators(pe_check *c);
void pe_check_values(pe_check *c);
void pe_check_addresses(pe_check *c);
void pe_check_constants(pe_check *c);
void pe_check_variables(pe_check *c);
void pe_check_empties(pe_check *c);
void pe_check_redundant(pe_check *c);
void pe_check_duplicates(pe_check *c);
void pe_check_statements(pe_check *c);
void pe_check_roles(pe_check *c);
void pe_check_tags(pe_check *c);
void pe_check_pairs(pe_check *c);
void pe_check_organization(pe_check *c);
void pe_check_secret(pe_check *c);
void pe_check_key(pe_check *c);
void pe_check_lockout(pe_check *c);

#endif
