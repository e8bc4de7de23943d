/* SPDX-License-Identifier: MIT */
/* The principal as one text with three parts, and everything that is derived from it as patterns of that text:
 *
 *   arn:aws:iam::111122223333:role/team/NAME | session | unique id     a session of a role
 *   arn:aws:iam::111122223333:user/NAME | | unique id                  a user
 *   arn:aws:iam::111122223333:root | |                                 the root user
 *   arn:aws:sts::111122223333:federated-user/NAME | |
 *   | service | secretsmanager.amazonaws.com
 *   | provider | accounts.google.com
 *   | anonymous |
 *
 * so that "Principal: 111122223333" and "aws:PrincipalAccount is not 111122223333" are about one thing. */
#include "base/error.h"
#include "sym/compile.h"

#define ROLE "arn:%:iam::%:role/*"
#define USER "arn:%:iam::%:user/*"

pe_projection pe_project_find(pe_slice key, pe_family family) {
  static const struct {
    const char *name;
    pe_projection kind;
  } derived[] = {
      {"aws:PrincipalArn", PE_PROJECT_PRINCIPAL_ARN},         {"aws:PrincipalAccount", PE_PROJECT_PRINCIPAL_ACCOUNT},
      {"kms:CallerAccount", PE_PROJECT_CALLER_ACCOUNT},       {"aws:PrincipalType", PE_PROJECT_PRINCIPAL_TYPE},
      {"aws:username", PE_PROJECT_USERNAME},                  {"aws:PrincipalIsAWSService", PE_PROJECT_IS_SERVICE},
      {"aws:PrincipalServiceName", PE_PROJECT_SERVICE_NAME},
  };
  if (family != PE_FAMILY_STRING && family != PE_FAMILY_ARN && family != PE_FAMILY_BOOL && family != PE_FAMILY_NULL) {
    return PE_PROJECT_NONE;
  }
  for (size_t i = 0; i < sizeof derived / sizeof derived[0]; i++) {
    if (pe_slice_eq_ascii_nocase(key, pe_slice_str(derived[i].name))) return derived[i].kind;
  }
  return PE_PROJECT_NONE;
}

static int frames(pe_atom *atom, const char *const *list) {
  int rc = 0;
  for (; *list && !rc; list++) rc = pe_atom_frame(atom, *list);
  return rc;
}

int pe_project_absent(pe_projection kind, pe_atom *atom) {
  static const char *const no_arn[] = {"|*|*", NULL};
  static const char *const no_account[] = {"|service|*", "|provider|*", NULL};
  static const char *const no_service_flag[] = {"|anonymous|", "|provider|*", NULL};
  static const char *const no_service[] = {"?*|*|*", "|anonymous|", "|provider|*", NULL};
  static const char *const no_user[] = {(ROLE "|*|*"), "arn:%:iam::%:root|*|*", "arn:%:sts::%:*|*|*", "|*|*", NULL};
  switch (kind) {
    case PE_PROJECT_PRINCIPAL_ARN:
    case PE_PROJECT_CALLER_ACCOUNT: return frames(atom, no_arn);
    case PE_PROJECT_PRINCIPAL_ACCOUNT:
    case PE_PROJECT_PRINCIPAL_TYPE: return frames(atom, no_account);
    case PE_PROJECT_IS_SERVICE: return frames(atom, no_service_flag);
    case PE_PROJECT_SERVICE_NAME: return frames(atom, no_service);
    case PE_PROJECT_USERNAME: return frames(atom, no_user);
    case PE_PROJECT_NONE: break;
  }
  return 0;
}

static const pe_pattern *text_of(const pe_condition *cond, const pe_cond_value *v) {
  pe_family family = (pe_family)pe_op_get((pe_op)cond->op.op)->family;
  if (family == PE_FAMILY_STRING) return &v->as.pattern;
  return family == PE_FAMILY_ARN ? &v->as.arn->whole : NULL;
}

static bool only_stars(const pe_pattern *p) {
  return p->nelems == 1 && p->elems[0].kind == PE_ELEM_STAR;
}

/* A list of words that the value may be, and the principals they stand for. */
typedef struct word {
  const char *text, *frame;
} word;

static int words(pe_atom *atom, const pe_pattern *p, const word *list, size_t count) {
  int rc = 0;
  for (size_t i = 0; i < count && !rc; i++) {
    if (p->has_variable) { /* could be any of them */
      static const pe_pattern nothing = {.nelems = 0};
      rc = pe_atom_doubtful(atom, list[i].frame, &nothing, "");
    } else if (pe_pattern_match(p, pe_slice_str(list[i].text))) {
      rc = pe_atom_frame(atom, list[i].frame);
    }
  }
  return rc;
}

static int type_words(pe_atom *atom, const pe_pattern *p) {
  static const word list[] = {{"Account", "arn:%:iam::%:root|*|*"},
                              {"User", USER "|*|*"},
                              {"AssumedRole", ROLE "|*|*"},
                              {"FederatedUser", "arn:%:sts::%:*|*|*"},
                              {"Anonymous", "|anonymous|"}};
  return words(atom, p, list, sizeof list / sizeof list[0]);
}

static int service_words(pe_compiler *c, pe_atom *atom, const pe_condition *cond, const pe_cond_value *v) {
  static const word list[] = {{"true", "|service|*"}, {"false", "arn:*|*|*"}};
  const pe_pattern *p = text_of(cond, v);
  if (p) return words(atom, p, list, 2);
  bool exact;
  if (pe_compile_reading(c, PE_ROW_AMB_17) == PE_AMB_17_EXACT && !pe_bool_parse_exact(v->text, &exact)) return 0;
  return v->valid ? pe_atom_frame(atom, list[v->as.boolean ? 0 : 1].frame) : 0;
}

static int username(pe_atom *atom, const pe_pattern *p) {
  if (only_stars(p)) return pe_atom_frame(atom, USER "|*|*");
  if (p->has_wild || p->has_variable) { /* a star would reach into the path */
    int rc = pe_atom_doubtful(atom, "arn:%:iam::%:user/", p, "|*|*");
    return rc ? rc : pe_atom_doubtful(atom, "arn:%:iam::%:user/*/", p, "|*|*");
  }
  int rc = pe_atom_pattern(atom, "arn:%:iam::%:user/", p, "|*|*", false);
  return rc ? rc : pe_atom_pattern(atom, "arn:%:iam::%:user/*/", p, "|*|*", false);
}

static int principal_arn(pe_atom *atom, const pe_condition *cond, const pe_cond_value *v) {
  const pe_pattern *p = text_of(cond, v);
  if (only_stars(p)) return pe_atom_frame(atom, "?*|*|*");
  if (p == &v->as.pattern) return p->nelems ? pe_atom_pattern(atom, "", p, "|*|*", false) : 0;
  return pe_atom_arn(atom, v->as.arn, "|*|*", false);
}

static int account(pe_atom *atom, const pe_pattern *p, bool anonymous) {
  int rc = pe_atom_pattern(atom, "arn:%:%::", p, ":*|*|*", true);
  if (!rc && anonymous && p->has_variable) rc = pe_atom_doubtful(atom, "|anonymous|", &(pe_pattern){.nelems = 0}, "");
  if (!rc && anonymous && !p->has_variable && pe_pattern_match(p, PE_SLICE("anonymous"))) {
    rc = pe_atom_frame(atom, "|anonymous|");
  }
  return rc;
}

int pe_project_value(pe_compiler *c, pe_projection kind, const pe_condition *cond, uint32_t value, pe_atom *atom) {
  const pe_cond_value *v = &cond->values[value];
  if (kind == PE_PROJECT_IS_SERVICE) return service_words(c, atom, cond, v);
  const pe_pattern *p = text_of(cond, v);
  if (!p) return 0; /* Bool on such a key: no value of it is a boolean */
  bool arn = p != &v->as.pattern;
  if (kind == PE_PROJECT_PRINCIPAL_ARN) return principal_arn(atom, cond, v);
  if (arn) return 0; /* the other keys hold no ARN */
  switch (kind) {
    case PE_PROJECT_PRINCIPAL_ACCOUNT: return account(atom, p, true);
    case PE_PROJECT_CALLER_ACCOUNT: return account(atom, p, false);
    case PE_PROJECT_PRINCIPAL_TYPE: return type_words(atom, p);
    case PE_PROJECT_USERNAME: return username(atom, p);
    default: return pe_atom_pattern(atom, "|service|", p, "", false);
  }
}

/* Principal elements ------------------------------------------------------------------------------------- */

static int text_frame(pe_atom *atom, pe_buf *b, const char *after) {
  if (b->failed) return POLICYEVAL_ENOMEM;
  return pe_atom_text(atom, "", pe_slice_of(b->ptr, b->len), after);
}

/* "arn:aws:iam::111122223333:" of the principal; accounts may be written without partition. */
static int account_principal(pe_atom *atom, const pe_principal *p, pe_buf *b) {
  static const char *const kinds[] = {":iam::", ":sts::"};
  static const char *const rests[] = {":*|*|*", ":federated-user/*|*|*"};
  for (int i = 0; i < 2; i++) {
    const char *before = p->partition.len ? "" : "arn:%";
    pe_buf_clear(b);
    if (p->partition.len) {
      pe_buf_str(b, "arn:");
      pe_buf_slice(b, p->partition);
    }
    pe_buf_str(b, kinds[i]);
    pe_buf_slice(b, p->account);
    if (b->failed) return POLICYEVAL_ENOMEM;
    int rc = pe_atom_text(atom, before, pe_slice_of(b->ptr, b->len), rests[i]);
    if (rc) return rc;
  }
  return 0;
}

static void put_arn(pe_buf *b, const pe_principal *p, const char *service, const char *type) {
  pe_buf_clear(b);
  pe_buf_str(b, "arn:");
  pe_buf_slice(b, p->partition);
  pe_buf_str(b, service);
  pe_buf_slice(b, p->account);
  pe_buf_str(b, type);
}

/* A7: the paths of roles in witnesses are known, so a role's ARN is compared with its path. */
static int role_principal(pe_atom *atom, const pe_principal *p, pe_buf *b) {
  put_arn(b, p, ":iam::", ":role");
  pe_buf_slice(b, p->path);
  pe_buf_slice(b, p->name);
  return text_frame(atom, b, "|*|*");
}

/* The session: its role may have any path. */
static int session_principal(pe_atom *atom, const pe_principal *p, pe_buf *b) {
  for (int with_path = 0; with_path < 2; with_path++) {
    put_arn(b, p, ":iam::", with_path ? ":role/*/" : ":role/");
    if (b->failed) return POLICYEVAL_ENOMEM;
    pe_buf tail;
    pe_buf_init(&tail, b->alloc);
    pe_buf_slice(&tail, p->name);
    pe_buf_char(&tail, PE_SEPARATOR);
    pe_buf_slice(&tail, p->session);
    int rc = tail.failed ? POLICYEVAL_ENOMEM : pe_atom_text(atom, b->ptr, pe_slice_of(tail.ptr, tail.len), "|*");
    pe_buf_done(&tail);
    if (rc) return rc;
  }
  return 0;
}

enum { A7_KNOWN, A7_NAME, A7_EXACT };

/* A caller that is given may not tell all about itself: the path of a session's role (A7), or a federated user's own ARN where
 * its user is listed. */
static int given_principal(pe_compiler *c, pe_atom *atom, const pe_principal *p, pe_buf *b) {
  const pe_caller *who = c->caller;
  if (!who) return 0;
  if (who->kind == PE_CALLER_FEDERATED_USER && who->parent.count && p->kind == PE_PRINCIPAL_USER &&
      pe_slice_eq(p->text, who->parent.text))
    return pe_atom_text(atom, "", who->arn, "|*|*");
  if (who->kind != PE_CALLER_ROLE || who->path_known || p->kind != PE_PRINCIPAL_ROLE || pe_slice_eq(p->path, PE_SLICE("/")) ||
      pe_compile_reading(c, PE_ROW_A7) == A7_EXACT)
    return 0;
  put_arn(b, p, ":iam::", ":role/");
  pe_buf_slice(b, p->name);
  return text_frame(atom, b, "|*|*");
}

static int one_principal(pe_atom *atom, const pe_principal *p, pe_buf *b) {
  int rc;
  switch ((pe_principal_kind)p->kind) {
    case PE_PRINCIPAL_ANY: return pe_atom_frame(atom, "*|*|*");
    case PE_PRINCIPAL_ACCOUNT: return account_principal(atom, p, b);
    case PE_PRINCIPAL_USER: return pe_atom_text(atom, "", p->text, "|*|*");
    case PE_PRINCIPAL_ROLE: return role_principal(atom, p, b);
    case PE_PRINCIPAL_SESSION: return session_principal(atom, p, b);
    case PE_PRINCIPAL_FEDERATED_USER: return pe_atom_text(atom, "", p->text, "|*|*");
    case PE_PRINCIPAL_ID:
      rc = pe_atom_text(atom, ROLE "|*|", p->text, "");
      return rc ? rc : pe_atom_text(atom, USER "|*|", p->text, "");
    case PE_PRINCIPAL_SERVICE: return pe_atom_text(atom, "|service|", p->text, "");
    case PE_PRINCIPAL_PROVIDER: return pe_atom_text(atom, "|provider|", p->text, "");
    case PE_PRINCIPAL_CANONICAL:
    case PE_PRINCIPAL_OTHER: break;
  }
  return 0;
}

static bool same_account(const pe_principal *a, const pe_principal *b) {
  return pe_slice_eq(a->account, b->account) &&
         (!a->partition.len || !b->partition.len || pe_slice_eq(a->partition, b->partition));
}

static bool lists_account(const pe_statement *s, const pe_principal *like) {
  for (uint32_t i = 0; i < s->nprincipals; i++) {
    if (s->principals[i].kind == PE_PRINCIPAL_ACCOUNT && same_account(&s->principals[i], like)) return true;
  }
  return false;
}

/* A session is exempt if it, its role and its account are listed. */
static int exempt_session(const pe_statement *s, pe_atom *atom, const pe_principal *p, pe_buf *b) {
  int rc = 0;
  if (!lists_account(s, p)) return 0;
  for (uint32_t i = 0; i < s->nprincipals && !rc; i++) {
    const pe_principal *role = &s->principals[i];
    if (role->kind != PE_PRINCIPAL_ROLE || !same_account(role, p) || !pe_slice_eq(role->name, p->name)) continue;
    put_arn(b, role, ":iam::", ":role");
    pe_buf_slice(b, role->path);
    pe_buf_slice(b, role->name);
    pe_buf_char(b, PE_SEPARATOR);
    pe_buf_slice(b, p->session);
    rc = text_frame(atom, b, "|*");
  }
  return rc;
}

/* The account of a NotPrincipal exempts by itself only its root user. */
static int root_of(pe_atom *atom, const pe_principal *p, pe_buf *b) {
  pe_buf_clear(b);
  pe_buf_str(b, ":iam::");
  pe_buf_slice(b, p->account);
  pe_buf_str(b, ":root");
  if (!p->partition.len) return b->failed ? POLICYEVAL_ENOMEM : pe_atom_text(atom, "arn:%", pe_slice_of(b->ptr, b->len), "|*|*");
  put_arn(b, p, ":iam::", ":root");
  return text_frame(atom, b, "|*|*");
}

/* AMB-23, every-level: who is exempt because of one entry of NotPrincipal. */
static int exempt(const pe_statement *s, pe_atom *atom, const pe_principal *p, pe_buf *b) {
  static const pe_pattern nothing = {.nelems = 0};
  switch ((pe_principal_kind)p->kind) {
    case PE_PRINCIPAL_ACCOUNT: return root_of(atom, p, b);
    case PE_PRINCIPAL_USER:
    case PE_PRINCIPAL_FEDERATED_USER: return lists_account(s, p) ? one_principal(atom, p, b) : 0;
    case PE_PRINCIPAL_SESSION: return exempt_session(s, atom, p, b);
    case PE_PRINCIPAL_ROLE: return 0; /* alone it exempts nobody */
    case PE_PRINCIPAL_ID: return pe_atom_doubtful(atom, "arn:*|*|?*", &nothing, "");
    default: return one_principal(atom, p, b);
  }
}

enum { AMB_23_EVERY, AMB_23_ANY };

static int listed(pe_compiler *c, const pe_statement *s, pe_atom *atom, pe_buf *b) {
  bool every = s->principal_mode == PE_MODE_NOT;
  for (uint32_t i = 0; every && i < s->nprincipals; i++) {
    if (s->principals[i].kind == PE_PRINCIPAL_ANY) every = false;
  }
  if (every) every = pe_compile_reading(c, PE_ROW_AMB_23) == AMB_23_EVERY;
  int rc = 0;
  for (uint32_t i = 0; i < s->nprincipals && !rc; i++) {
    const pe_principal *p = &s->principals[i];
    rc = every ? exempt(s, atom, p, b) : one_principal(atom, p, b);
    if (!rc && !every) rc = given_principal(c, atom, p, b);
  }
  return rc;
}

int pe_compile_principals(pe_compiler *c, const pe_statement *s, uint32_t *test) {
  pe_atom atom;
  pe_buf b;
  pe_atom_init(&atom, c->space, &c->variables);
  pe_buf_init(&b, c->alloc);
  int rc = listed(c, s, &atom, &b);
  if (!rc) rc = pe_atom_finish(&atom, c->principal, test);
  pe_buf_done(&b);
  pe_atom_done(&atom);
  return rc;
}

int pe_compile_one_of(pe_compiler *c, const pe_principal *list, uint32_t n, pe_literal *out) {
  const pe_statement these = {
      .principal_mode = PE_MODE_IS, .principals = (pe_principal *)(uintptr_t)list, .nprincipals = n};
  uint32_t test;
  const int rc = pe_compile_principals(c, &these, &test);
  return rc ? rc : pe_compile_literal(c, c->principal, test, false, out);
}
