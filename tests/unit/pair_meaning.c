/* SPDX-License-Identifier: MIT */
/* What entries mean, and how requests and policies are read and written. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pair_world.h"

const pe_row variant_rows[VARIANTS] = {
    PE_ROWS,         PE_ROW_AMB_1,  PE_ROW_AMB_3,  PE_ROW_AMB_4,  PE_ROW_AMB_10, PE_ROW_AMB_11, PE_ROW_AMB_11,
    PE_ROW_AMB_12,   PE_ROW_AMB_13, PE_ROW_AMB_14, PE_ROW_AMB_23, PE_ROW_A5,     PE_ROW_A20,    PE_ROW_PE_9};

static void copy_text(char *to, size_t room, pe_slice from) {
  MUST(from.len < room);
  if (from.len) memcpy(to, from.ptr, from.len);
  to[from.len] = '\0';
}

/* Patterns --------------------------------------------------------------------------------------------------- */

static void glob_push(glob *g, int kind, char letter) {
  MUST(g->len < sizeof g->kind);
  if (kind == G_STAR || kind == G_FSTAR) g->stars |= (uint64_t)1 << g->len;
  g->kind[g->len] = (uint8_t)kind;
  g->letter[g->len++] = letter;
}

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c; }

glob glob_of(const char *text, bool wild, bool fields, bool fold) {
  glob g = {.len = 0};
  int colons = 0;
  for (; *text; text++) {
    bool field = fields && colons < 5, folds = fold && (!fields || colons < 5);
    if (wild && *text == '*') glob_push(&g, field ? G_FSTAR : G_STAR, 0);
    else if (wild && *text == '?') glob_push(&g, field ? G_FONE : G_ONE, 0);
    else glob_push(&g, folds ? G_FOLD : G_CHAR, folds ? lower(*text) : *text);
    colons += *text == ':';
  }
  return g;
}

uint64_t glob_close(const glob *g, uint64_t at) {
  for (uint64_t more; (more = (at & g->stars) << 1 & ~at) != 0;) at |= more;
  return at;
}

glob_reading glob_read(const glob *g, char c) {
  glob_reading r = {0, 0};
  for (uint32_t i = 0; i < g->len; i++) {
    uint64_t here = (uint64_t)1 << i;
    switch (g->kind[i]) {
      case G_CHAR: r.go_on |= g->letter[i] == c ? here : 0; break;
      case G_FOLD: r.go_on |= g->letter[i] == lower(c) ? here : 0; break;
      case G_ONE: r.go_on |= here; break;
      case G_FONE: r.go_on |= c != ':' ? here : 0; break;
      case G_STAR: r.stay |= here; break;
      default: r.stay |= c != ':' ? here : 0; break;
    }
  }
  return r;
}

uint64_t glob_step(const glob *g, uint64_t at, const glob_reading *r) {
  return glob_close(g, (at & r->go_on) << 1 | (at & r->stay));
}

bool glob_accepts(const glob *g, uint64_t at) { return at >> g->len & 1; }

/* The pattern from position i on: the automata above, which choose the words, are not asked what a word means. */
static bool matches_from(const glob *g, uint32_t i, const char *text) {
  for (; i < g->len; i++) {
    bool colon = *text == ':', any = *text && !(colon && (g->kind[i] == G_FONE || g->kind[i] == G_FSTAR));
    if (g->kind[i] == G_STAR || g->kind[i] == G_FSTAR) return matches_from(g, i + 1, text) || (any && matches_from(g, i, text + 1));
    if (g->kind[i] == G_CHAR ? g->letter[i] != *text : g->kind[i] == G_FOLD ? g->letter[i] != lower(*text) : !any) return false;
    text++;
    while (((unsigned char)*text & 0xC0) == 0x80) text++; /* a character, whatever its bytes */
  }
  return !*text;
}

static bool glob_matches(const glob *g, const char *text) { return matches_from(g, 0, text); }

/* Meaning: actions, resources, principals -------------------------------------------------------------------- */

static bool names_resource(const pattern *p, const char *arn, unsigned variant) {
  if (p->any) return true;
  if (strcmp(arn, "*") == 0) return false; /* L1.7.15 */
  if (p->short_arn && variant == V_AMB_4) return false;
  return glob_matches(&p->exact, arn) || (variant == V_AMB_1 && p->crossable && glob_matches(&p->crossing, arn)) ||
         (variant == V_AMB_3 && glob_matches(&p->nocase, arn));
}

bool has_account(const who *w) { return w->kind >= WHO_ROOT; }

enum { ALL = 1, OF_ACCOUNT = 2, OF_ROLE = 4, ITSELF = 8 };

/* L1.5: what the element says of the caller. An account is a root without the caller's kind. */
static unsigned names_principal(const who *p, const who *c) {
  if (p->kind == WHO_ANONYMOUS) return ALL;
  if (p->kind == WHO_SERVICE) return c->kind == WHO_SERVICE && strcmp(p->name, c->name) == 0 ? ITSELF : 0;
  if (!has_account(c) || strcmp(p->account, c->account) != 0) return 0;
  if (*p->partition && strcmp(p->partition, c->partition) != 0) return 0;
  if (p->kind == WHO_ROOT) return c->kind == WHO_ROOT ? ITSELF : OF_ACCOUNT;
  if (p->kind != c->kind || strcmp(p->name, c->name) != 0) return 0;
  if (p->kind == WHO_ROLE && *p->session) return strcmp(p->session, c->session) == 0 ? ITSELF : 0;
  if (strcmp(p->path, c->path) != 0) return 0; /* A7: the paths of witnesses are known */
  return p->kind == WHO_ROLE ? OF_ROLE : ITSELF;
}

static bool principal_holds(const entry *e, const who *c, unsigned variant) {
  unsigned said = 0, levels = c->kind == WHO_ROLE                                  ? ITSELF | OF_ROLE | OF_ACCOUNT
                              : c->kind == WHO_USER || c->kind == WHO_FEDERATED ? ITSELF | OF_ACCOUNT
                                                                                   : ITSELF;
  for (uint32_t i = 0; i < e->count; i++) said |= names_principal(&e->principals[i], c);
  if (e->form == IS_PRINCIPAL) return said != 0;
  if (e->form == NOT_PRINCIPAL_ALLOW && variant != V_A5) return false;
  if (said & ALL) return false;
  return variant == V_AMB_23 ? said == 0 : (said & levels) != levels;
}

/* Meaning: conditions ---------------------------------------------------------------------------------------- */

static bool in_block(const char *block, const char *address) {
  char net[64];
  unsigned char a[16], b[16];
  snprintf(net, sizeof net, "%s", block);
  char *slash = strchr(net, '/');
  *slash = '\0';
  int version = strchr(net, ':') ? AF_INET6 : AF_INET, bits = atoi(slash + 1);
  if (version != (strchr(address, ':') ? AF_INET6 : AF_INET)) return false;
  MUST(inet_pton(version, net, a) == 1);
  MUST(inet_pton(version, address, b) == 1);
  for (int i = 0; i < bits; i++) {
    if ((a[i / 8] ^ b[i / 8]) >> (7 - i % 8) & 1) return false;
  }
  return true;
}

static bool is_number(const char *text) { return *text != 'x'; }

static bool compares(int relation, const char *wanted, const char *text) {
  double w = strtod(wanted, NULL), v = strtod(text, NULL);
  switch (relation) {
    case -2: return v < w;
    case -1: return v <= w;
    case 0: return v == w;
    case 1: return v >= w;
    default: return v > w;
  }
}

/* One value of the request against the values of the entry: the positive form of the operator. */
static bool passes(const entry *e, const char *text) {
  for (uint32_t i = 0; i < e->count; i++) {
    const pattern *p = &e->patterns[i];
    bool hit = e->family == NUMBER    ? is_number(p->text) && compares(e->relation, p->text, text)
               : e->family == ADDRESS ? in_block(p->text, text)
                                      : glob_matches(&p->exact, text);
    if (hit) return true;
  }
  return false;
}

static bool null_holds(const entry *e, const value *v, unsigned variant) {
  bool plain = (v->shape == ABSENT) == (strcmp(e->patterns[0].text, "true") == 0);
  if (e->quantifier == PLAIN || variant == V_AMB_11_PLAIN) return plain;
  return e->quantifier == FOR_ALL && variant != V_AMB_11_NEVER;
}

static bool absent_holds(const entry *e, unsigned variant) {
  if (e->quantifier == FOR_ALL) return true;
  if (e->quantifier == FOR_ANY) return e->if_exists && variant == V_AMB_10;
  return e->negated || e->if_exists;
}

static bool condition_holds(const axis *a, const entry *e, const value *v, unsigned variant) {
  if (e->family == PRESENCE) return null_holds(e, v, variant);
  if (e->count == 0) return e->if_exists ? v->shape == ABSENT : variant == V_AMB_14;
  if (v->shape == ABSENT) return absent_holds(e, variant);
  for (uint32_t i = 0; i < e->count && e->family == NUMBER && e->negated; i++) {
    if (!is_number(e->patterns[i].text) && variant != V_AMB_13) return false;
  }
  if (e->quantifier == PLAIN && v->shape == LIST && variant != (a->multi ? V_A20 : V_AMB_12)) return false;
  bool any = false, all = true, positive = false;
  for (uint32_t i = 0; i < v->count; i++) {
    bool hit = passes(e, v->text[i]);
    positive |= hit;
    any |= hit != e->negated;
    all &= hit != e->negated;
  }
  if (e->quantifier == FOR_ALL) return all;
  if (e->quantifier == FOR_ANY) return any;
  return positive != e->negated;
}

/* The keys that the principal tells. */
static value told_by(const who *c, const char *key) {
  value v = {.shape = SCALAR, .count = 1};
  char *to = v.text[0];
  static const char *const types[] = {"Anonymous", "", "", "Account", "User", "FederatedUser", "AssumedRole"};
  if (strcmp(key, "aws:PrincipalType") == 0) {
    snprintf(to, sizeof v.text[0], "%s", types[c->kind]);
  } else if (strcmp(key, "aws:PrincipalAccount") == 0) {
    snprintf(to, sizeof v.text[0], "%s", c->kind == WHO_ANONYMOUS ? "anonymous" : c->account);
  } else if (strcmp(key, "aws:username") == 0) {
    snprintf(to, sizeof v.text[0], "%s", c->kind == WHO_USER ? c->name : "");
  } else if (c->kind == WHO_ROOT) {
    snprintf(to, sizeof v.text[0], "arn:%s:iam::%s:root", c->partition, c->account);
  } else if (c->kind == WHO_FEDERATED) {
    snprintf(to, sizeof v.text[0], "arn:%s:sts::%s:federated-user/%.40s", c->partition, c->account, c->name);
  } else if (has_account(c)) {
    snprintf(to, sizeof v.text[0], "arn:%s:iam::%s:%s%.31s%.40s", c->partition, c->account,
             c->kind == WHO_USER ? "user" : "role", c->path, c->name);
  }
  if (!*to) v.shape = ABSENT;
  return v;
}

bool entry_holds(const world *w, const entry *e, const value *v, unsigned variant) {
  bool any = false;
  switch (e->form) {
    case IS_ACTION:
    case NOT_ACTION:
      for (uint32_t i = 0; i < e->count; i++) any |= glob_matches(&e->patterns[i].exact, v->text[0]);
      return any != (e->form == NOT_ACTION);
    case IS_RESOURCE:
    case NOT_RESOURCE:
      for (uint32_t i = 0; i < e->count; i++) any |= names_resource(&e->patterns[i], v->text[0], variant);
      if (e->form == NOT_RESOURCE && variant == V_PE_9 && strcmp(v->text[0], "*") == 0) return false;
      return any != (e->form == NOT_RESOURCE);
    case CONDITION:
      if (e->axis == PRINCIPAL) {
        value told = told_by(&v->who, e->key);
        return condition_holds(&w->axes[PRINCIPAL], e, &told, variant);
      }
      return condition_holds(&w->axes[e->axis], e, v, variant);
    default: return principal_holds(e, &v->who, variant);
  }
}

/* Cells ------------------------------------------------------------------------------------------------------ */

static who named_by(const char *text) {
  who p = {.kind = WHO_ROOT};
  char service[16] = "", rest[64] = "";
  if (sscanf(text, "arn:%15[^:]:%15[^:]::%15[^:]:%63s", p.partition, service, p.account, rest) != 4) {
    p.kind = strlen(text) == 12 ? WHO_ROOT : WHO_SERVICE;
    snprintf(p.kind == WHO_ROOT ? p.account : p.name, p.kind == WHO_ROOT ? sizeof p.account : sizeof p.name, "%.60s", text);
    return p;
  }
  if (strcmp(rest, "root") == 0) return p;
  char *first = strchr(rest, '/'), *last = strrchr(rest, '/');
  if (strncmp(rest, "assumed-role/", 13) == 0) {
    p.kind = WHO_ROLE;
    snprintf(p.session, sizeof p.session, "%.20s", last + 1);
    snprintf(p.name, sizeof p.name, "%.*s", (int)(last - first - 1), first + 1);
    return p;
  }
  p.kind = *rest == 'u' ? WHO_USER : *rest == 'r' ? WHO_ROLE : WHO_FEDERATED;
  snprintf(p.name, sizeof p.name, "%.60s", last + 1);
  if (p.kind != WHO_FEDERATED) snprintf(p.path, sizeof p.path, "%.*s", (int)(last - first + 1), first);
  return p;
}

bool world_in_cell(const world *w, pe_slice key, pe_slice text, pe_op how, const value point[AXES]) {
  static entry e;
  char copy[96];
  copy_text(copy, sizeof copy, text);
  if (!key.len) {
    who p = named_by(copy);
    return names_principal(&p, &point[PRINCIPAL].who) != 0;
  }
  pe_family of = (pe_family)pe_op_get(how)->family;
  bool wild = of == PE_FAMILY_ARN || how == PE_OP_STRING_LIKE;
  e = (entry){.form = CONDITION, .count = 1, .family = of == PE_FAMILY_IP ? ADDRESS : TEXT};
  memcpy(e.patterns[0].text, copy, sizeof e.patterns[0].text);
  e.patterns[0].exact = glob_of(copy, wild, of == PE_FAMILY_ARN, how == PE_OP_STRING_EQUALS_IGNORE_CASE);
  for (uint32_t k = FIRST_KEY; k < AXES; k++) {
    if (pe_slice_eq_ascii_nocase(key, pe_slice_str(w->axes[k].key))) return condition_holds(&w->axes[k], &e, &point[k], BASE);
  }
  char name[64];
  copy_text(name, sizeof name, key);
  value told = told_by(&point[PRINCIPAL].who, name);
  return condition_holds(&w->axes[PRINCIPAL], &e, &told, BASE);
}

/* Requests and texts ----------------------------------------------------------------------------------------- */

static void take_caller(const pe_caller *c, who *out) {
  static const who_kind kinds[] = {[PE_CALLER_ANONYMOUS] = WHO_ANONYMOUS, [PE_CALLER_ROOT] = WHO_ROOT,
                                   [PE_CALLER_USER] = WHO_USER,           [PE_CALLER_ROLE] = WHO_ROLE,
                                   [PE_CALLER_FEDERATED_USER] = WHO_FEDERATED, [PE_CALLER_SERVICE] = WHO_SERVICE,
                                   [PE_CALLER_PROVIDER] = WHO_PROVIDER};
  out->kind = kinds[c->kind];
  copy_text(out->partition, sizeof out->partition, c->partition);
  copy_text(out->account, sizeof out->account, c->account);
  copy_text(out->path, sizeof out->path, c->path);
  copy_text(out->name, sizeof out->name, out->kind == WHO_SERVICE || out->kind == WHO_PROVIDER ? c->service : c->name);
  copy_text(out->session, sizeof out->session, c->session);
}

void world_point(const world *w, const pe_request *r, value point[AXES]) {
  memset(point, 0, AXES * sizeof *point);
  for (uint32_t k = 0; k < FIRST_KEY; k++) point[k] = (value){.shape = SCALAR, .count = 1};
  copy_text(point[ACTION].text[0], sizeof point[ACTION].text[0], r->action);
  copy_text(point[RESOURCE].text[0], sizeof point[RESOURCE].text[0], r->resource.text);
  take_caller(&r->caller, &point[PRINCIPAL].who);
  for (uint32_t k = FIRST_KEY; k < AXES; k++) {
    for (uint32_t i = 0; i < r->facts.count; i++) {
      const pe_fact *f = &r->facts.items[i];
      if (!pe_slice_eq_ascii_nocase(f->key, pe_slice_str(w->axes[k].key))) continue;
      MUST(f->count <= sizeof point[k].text / sizeof point[k].text[0]);
      point[k].shape = f->multi ? LIST : SCALAR;
      point[k].count = f->count;
      for (uint32_t v = 0; v < f->count; v++) copy_text(point[k].text[v], sizeof point[k].text[v], f->values[v]);
    }
  }
}

char *entry_json(const entry *e, char *to) {
  if (e->written) return to + sprintf(to, "%s", e->written);
  to += sprintf(to, "[");
  for (uint32_t i = 0; i < e->count; i++) to += sprintf(to, "%s\"%s\"", i ? "," : "", e->patterns[i].text);
  return to + sprintf(to, "]");
}
