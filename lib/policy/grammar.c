/* SPDX-License-Identifier: MIT */
/* From a JSON document to the model, with everything that is wrong on the way: L1.1 to L1.5. */
#include "policy/build.h"

/* Members of a document (L1.1.1) and of a statement (L1.4.3): name and what it is called in the code. */
#define DOCUMENT_MEMBERS(X) X(VERSION, "Version") X(ID, "Id") X(STATEMENT, "Statement")
#define STATEMENT_MEMBERS(X)                                                                                 \
  X(SID, "Sid")                                                                                              \
  X(EFFECT, "Effect") X(PRINCIPAL, "Principal") X(NOT_PRINCIPAL, "NotPrincipal") X(ACTION, "Action")         \
      X(NOT_ACTION, "NotAction") X(RESOURCE, "Resource") X(NOT_RESOURCE, "NotResource")                      \
          X(CONDITION, "Condition")

#define MEMBER_ENUM(id, name) MEMBER_##id,
#define MEMBER_NAME(id, name) name,
enum { DOCUMENT_MEMBERS(MEMBER_ENUM) DOCUMENT_MEMBER_COUNT };
enum { STATEMENT_MEMBERS(MEMBER_ENUM) STATEMENT_MEMBER_COUNT };
static const char *const document_members[] = {DOCUMENT_MEMBERS(MEMBER_NAME) NULL};
static const char *const statement_members[] = {STATEMENT_MEMBERS(MEMBER_NAME) NULL};
#undef MEMBER_ENUM
#undef MEMBER_NAME

/* Sorts the members of an object into `at` by their place in `known`; 0: not there. Reports unknown ones
 * and those that are there twice. */
static void sort_members(pe_build *b, uint32_t object, const char *where, const char *const *known,
                         uint32_t *at) {
  uint32_t end = pe_build_node(b, object)->next;
  for (uint32_t i = pe_json_first(object); i < end; i = pe_build_node(b, i)->next) {
    const pe_json_node *member = pe_build_node(b, i);
    if (member->duplicate) pe_build_duplicate(b, i);
    size_t k = 0;
    while (known[k] && (member->key.len == 0 || known[k][0] != member->key.ptr[0] ||
                        !pe_slice_eq(member->key, pe_slice_str(known[k])))) {
      k++;
    }
    if (!known[k]) {
      pe_finding *f = pe_build_unknown_name(b, PE_RULE_INVALID_POLICY_ELEMENT, i, "element", where, known);
      (void)f;
    } else if (!at[k]) {
      at[k] = i;
    }
  }
}

static pe_slice string_member(pe_build *b, uint32_t node, const char *element) {
  if (!node) return (pe_slice){NULL, 0};
  if (pe_json_is(b->json, node, PE_JSON_STRING)) return pe_build_node(b, node)->text;
  pe_build_mismatch(b, node, element, "a string");
  return (pe_slice){NULL, 0};
}

static void build_effect(pe_build *b, uint32_t object, uint32_t node) {
  if (!node) {
    pe_build_fault(b, PE_RULE_MISSING_EFFECT, object, pe_build_open_span(b, object),
                   "The statement has no Effect: add \"Effect\": \"Allow\" or \"Effect\": \"Deny\".");
    return;
  }
  pe_slice text = string_member(b, node, "Effect");
  if (!text.ptr) return;
  pe_slice allow = PE_SLICE("Allow"), deny = PE_SLICE("Deny");
  if (pe_slice_eq(text, allow) || pe_slice_eq(text, deny)) {
    b->statement->effect = pe_slice_eq(text, allow) ? PE_ALLOW : PE_DENY;
    return;
  }
  pe_span span = pe_build_value_span(b, node);
  bool is_allow = pe_slice_eq_ascii_nocase(text, allow), is_deny = pe_slice_eq_ascii_nocase(text, deny);
  pe_finding *finding = pe_build_fault(b, PE_RULE_INVALID_EFFECT, node, span,
                                       "Effect is \"Allow\" or \"Deny\", not \"%.*s\".", PE_EXCERPT(text));
  if (is_allow || is_deny) {
    pe_build_fix(b, finding, span, is_allow ? PE_SLICE("\"Allow\"") : PE_SLICE("\"Deny\""), false,
                 "Write the word in its letter case");
  }
}

/* One of an element and its Not form: PE_MODE_NONE when neither is there. *node: the one to take. */
static uint8_t choose(pe_build *b, uint32_t is, uint32_t not, const char *name, uint32_t *node) {
  *node = is ? is : not ;
  if (is && not ) {
    uint32_t second = is > not ? is : not ;
    pe_finding *finding =
        pe_build_fault(b, PE_RULE_UNSUPPORTED_ELEMENT_COMBINATION, second, pe_build_key_span(b, second),
                       "%s and Not%s cannot stand in one statement: keep one of them.", name, name);
    if (finding) finding->on_key = 1;
  }
  return is ? PE_MODE_IS : not ? PE_MODE_NOT : PE_MODE_NONE;
}

/* A member that this kind of policy does not have. */
static void forbidden(pe_build *b, pe_rule rule, uint32_t node, const char *where) {
  pe_finding *finding =
      pe_build_fault(b, rule, node, pe_build_key_span(b, node), "%s has no %.*s: remove it.", where,
                     PE_EXCERPT(pe_build_node(b, node)->key));
  if (finding) finding->on_key = 1;
}

static void build_principal(pe_build *b, uint32_t object, const uint32_t *at) {
  uint32_t node;
  uint8_t mode = choose(b, at[MEMBER_PRINCIPAL], at[MEMBER_NOT_PRINCIPAL], "Principal", &node);
  switch (b->kind) {
  case POLICYEVAL_KIND_IDENTITY:
    if (mode) forbidden(b, PE_RULE_UNSUPPORTED_PRINCIPAL, node, "An identity policy");
    return;
  case POLICYEVAL_KIND_BOUNDARY:
    if (mode) forbidden(b, PE_RULE_UNSUPPORTED_PRINCIPAL, node, "A permissions boundary");
    return;
  case POLICYEVAL_KIND_SESSION:
    if (mode) forbidden(b, PE_RULE_UNSUPPORTED_PRINCIPAL, node, "A session policy");
    return;
  case POLICYEVAL_KIND_SCP:
    if (mode) forbidden(b, PE_RULE_SCP_SYNTAX_ERROR_PRINCIPAL, node, "A service control policy");
    return;
  case POLICYEVAL_KIND_TRUST:
    if (mode != PE_MODE_NOT) break;
    forbidden(b, PE_RULE_ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL, node, "A role trust policy");
    return;
  case POLICYEVAL_KIND_RCP:
    if (mode != PE_MODE_NOT) break;
    forbidden(b, PE_RULE_RCP_SYNTAX_ERROR_PRINCIPAL, node, "A resource control policy");
    return;
  default: break;
  }
  b->statement->principal_mode = mode;
  if (mode == PE_MODE_NONE) {
    pe_build_fault(b, PE_RULE_MISSING_PRINCIPAL, object, pe_build_open_span(b, object),
                   "The statement has no Principal: add whom it is about.");
    return;
  }
  pe_build_principals(b, node, mode == PE_MODE_IS ? "Principal" : "NotPrincipal");
}

static void build_action(pe_build *b, uint32_t object, const uint32_t *at) {
  uint32_t node;
  uint8_t mode = choose(b, at[MEMBER_ACTION], at[MEMBER_NOT_ACTION], "Action", &node);
  b->statement->action_mode = mode;
  if (mode == PE_MODE_NONE) {
    pe_build_fault(b, PE_RULE_MISSING_ACTION, object, pe_build_open_span(b, object),
                   "The statement has no Action: add the actions it is about.");
    return;
  }
  if (mode == PE_MODE_NOT && b->kind == POLICYEVAL_KIND_RCP) {
    forbidden(b, PE_RULE_RCP_SYNTAX_ERROR_NOTACTION, node, "A resource control policy");
  }
  pe_build_actions(b, node, mode == PE_MODE_IS ? "Action" : "NotAction");
}

static void build_resource(pe_build *b, uint32_t object, const uint32_t *at) {
  uint32_t node;
  uint8_t mode = choose(b, at[MEMBER_RESOURCE], at[MEMBER_NOT_RESOURCE], "Resource", &node);
  b->statement->resource_mode = mode;
  if (mode == PE_MODE_NONE) {
    if (b->kind == POLICYEVAL_KIND_TRUST) return;
    if (b->kind == POLICYEVAL_KIND_KMS_KEY) { /* AMB-38 */
      b->statement->no_effect = 1;
      pe_build_warn(
          b, PE_RULE_KEY_STATEMENT_WITHOUT_RESOURCE, object, pe_build_open_span(b, object),
          "The statement has no Resource and so no effect: add \"Resource\": \"*\", which means this key.");
      return;
    }
    pe_build_fault(b, PE_RULE_MISSING_RESOURCE, object, pe_build_open_span(b, object),
                   "The statement has no Resource: add the resources it is about.");
    return;
  }
  if (b->kind == POLICYEVAL_KIND_TRUST) {
    forbidden(b, PE_RULE_ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE, node, "A role trust policy");
  }
  pe_build_resources(b, node, mode == PE_MODE_IS ? "Resource" : "NotResource");
}

static void build_statement(pe_build *b, uint32_t object, uint32_t index) {
  pe_statement *s = &b->policy->statements[index];
  s->index = index;
  s->node = object;
  s->span = pe_build_value_span(b, object);
  b->statement = s;
  if (!pe_json_is(b->json, object, PE_JSON_OBJECT)) {
    pe_build_mismatch(b, object, "Statement", "an object or a list of objects");
  } else {
    uint32_t at[STATEMENT_MEMBER_COUNT] = {0};
    sort_members(b, object, "A statement", statement_members, at);
    s->sid = string_member(b, at[MEMBER_SID], "Sid");
    build_effect(b, object, at[MEMBER_EFFECT]);
    build_principal(b, object, at);
    if (!b->result) build_action(b, object, at);
    if (!b->result) build_resource(b, object, at);
    if (!b->result && at[MEMBER_CONDITION]) pe_build_conditions(b, at[MEMBER_CONDITION]);
  }
  b->statement = NULL;
}

/* `count` statements from node `first` on, each the next of the one before. */
static void build_statements(pe_build *b, uint32_t parent, uint32_t first, uint32_t count) {
  if (count > b->limits->statements) {
    pe_build_limit(b, parent, "statements", b->limits->statements);
    return;
  }
  b->policy->statements = pe_build_array(b, count, sizeof *b->policy->statements);
  if (!b->policy->statements) return;
  for (uint32_t i = 0, node = first; i < count && !b->result; i++, node = pe_build_node(b, node)->next) {
    b->policy->nstatements = i + 1;
    build_statement(b, node, i);
  }
}

static void build_version(pe_build *b, uint32_t node) {
  b->policy->version = string_member(b, node, "Version");
  pe_slice version = b->policy->version;
  if (!version.ptr) return; /* L1.2.2 */
  b->variables = pe_slice_eq(version, PE_SLICE("2012-10-17"));
  b->policy->version_2012 = b->variables;
  if (b->variables || pe_slice_eq(version, PE_SLICE("2008-10-17"))) return;
  pe_span span = pe_build_value_span(b, node);
  pe_finding *finding = pe_build_fault(
      b, PE_RULE_INVALID_VERSION, node, span,
      "There is no version \"%.*s\" of the policy language: write \"2012-10-17\".", PE_EXCERPT(version));
  pe_build_fix(b, finding, span, PE_SLICE("\"2012-10-17\""), false, "Write the current version");
}

/* One statement in place of a document (a common slip with examples). */
static void build_bare_statement(pe_build *b) {
  static const char before[] = "{\"Version\": \"2012-10-17\", \"Statement\": [", after[] = "]}";
  pe_finding *finding = pe_build_fault(
      b, PE_RULE_BARE_STATEMENT, 0, pe_build_open_span(b, 0),
      "This is one statement, not a policy: wrap it as %s...%s%s", before, after,
      b->kind == POLICYEVAL_KIND_KMS_KEY ? ", or add it to the statements that the key policy has now."
                                         : ".");
  pe_span span = pe_build_value_span(b, 0);
  pe_slice text = pe_slice_sub(b->json->source->text, span.start, span.end);
  if (finding) {
    pe_buf wrapped;
    pe_buf_init(&wrapped, b->policy->alloc);
    pe_buf_str(&wrapped, before);
    pe_buf_slice(&wrapped, text);
    pe_buf_str(&wrapped, after);
    if (wrapped.failed) b->result = POLICYEVAL_ENOMEM;
    if (!b->result) {
      pe_build_fix(b, finding, span, pe_slice_of(wrapped.ptr, wrapped.len), false,
                   "Wrap the statement into a policy");
    }
    pe_buf_done(&wrapped);
  }
  if (!b->result) build_statements(b, 0, 0, 1);
}

static bool has_member(pe_build *b, const char *name) { return pe_json_get(b->json, 0, name) != 0; }

void pe_build_document(pe_build *b) {
  if (!pe_json_is(b->json, 0, PE_JSON_OBJECT)) {
    pe_build_mismatch(b, 0, "A policy document", "an object");
    return;
  }
  if (has_member(b, "Effect") && !has_member(b, "Statement")) {
    build_bare_statement(b);
    return;
  }
  uint32_t at[DOCUMENT_MEMBER_COUNT] = {0};
  sort_members(b, 0, "A policy", document_members, at);
  build_version(b, at[MEMBER_VERSION]);
  bool version_refused = b->refused && at[MEMBER_VERSION] && !b->variables &&
                         !pe_slice_eq(b->policy->version, PE_SLICE("2008-10-17"));
  b->policy->id = string_member(b, at[MEMBER_ID], "Id");
  uint32_t statement = at[MEMBER_STATEMENT];
  if (!statement) {
    pe_build_fault(b, PE_RULE_MISSING_STATEMENT, 0, pe_build_open_span(b, 0), "The policy has no Statement.");
  } else if (!pe_json_is(b->json, statement, PE_JSON_ARRAY)) {
    build_statements(b, statement, statement, 1);
  } else if (pe_build_node(b, statement)->children == 0) {
    pe_build_fault(b, PE_RULE_MISSING_STATEMENT, statement, pe_build_value_span(b, statement),
                   "The list of statements is empty.");
  } else {
    build_statements(b, statement, pe_json_first(statement), pe_build_node(b, statement)->children);
  }
  for (uint32_t i = 0; version_refused && i < b->policy->nstatements; i++)
    b->policy->statements[i].broken = 1; /* L1.2.6 */
}
