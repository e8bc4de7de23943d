/* SPDX-License-Identifier: MIT */
/* Action and NotAction, one entry at a time: L1.6. */
#include "check/check.h"
#include "policy/spelling.h"

static bool service_char(char ch) {
  return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || ch == '.' || ch == '-';
}

static unsigned char lower(char ch) { return (unsigned char)(ch >= 'A' && ch <= 'Z' ? ch | 0x20 : ch); }

/* Why an entry can match no action, in words: L1.6.3, L1.6.4, L1.6.6. */
static void check_form(pe_check *c, const pe_action *a) {
  pe_slice text = a->text;
  const char *colon = text.len ? memchr(text.ptr, ':', text.len) : NULL;
  if (!colon) {
    pe_check_value(c, PE_RULE_INVALID_ACTION, a->node,
                   "\"%.*s\" is no action: put the prefix of the service and a colon in front.", PE_CHECK_TEXT(text));
    return;
  }
  size_t cut = (size_t)(colon - text.ptr);
  bool bad = cut == 0;
  for (size_t i = 0; i < cut && !bad; i++) bad = !service_char(text.ptr[i]);
  if (bad) {
    pe_check_part(c, PE_RULE_INVALID_SERVICE_IN_ACTION, a->node, 0, cut,
                  "\"%.*s\" is no service prefix: letters, digits, dots and hyphens stand in front of the colon.",
                  PE_CHECK_TEXT(pe_slice_sub(text, 0, cut)));
    return;
  }
  pe_slice name = pe_slice_sub(text, cut + 1, text.len);
  if (name.len == 0) {
    pe_check_value(c, PE_RULE_INVALID_ACTION, a->node, "\"%.*s\" has no action behind the colon.", PE_CHECK_TEXT(text));
    return;
  }
  size_t at = cut + 1;
  while (at < text.len && (unsigned char)text.ptr[at] > ' ' && text.ptr[at] != ',' && text.ptr[at] != ':') at++;
  if (at == text.len) return;
  const char *what = text.ptr[at] == ':' ? "a second colon" : text.ptr[at] == ',' ? "a comma" : "a blank";
  pe_finding *f = pe_check_part(c, PE_RULE_INVALID_ACTION, a->node, at, at + 1,
                                "The action holds %s and can match nothing: AWS does not trim or split it.", what);
  size_t end = text.len;
  while (end > at && text.ptr[end - 1] == ' ') end--;
  if (end == at && f) pe_check_fix_part(c, f, a->node, at, text.len, PE_SLICE(""), true, "Remove the blank");
}

/* The nearest action of the service, for the message. */
static const char *nearest(pe_check *c, pe_slice service, pe_slice name) {
  const pe_action_info *info;
  size_t count = pe_catalog_actions(c->catalog, service, &info);
  const char *known[2] = {NULL, NULL}, *best = NULL;
  for (size_t i = 0; i < count && !best; i++) { /* of names that begin alike, the first near one */
    if (info[i].name.len == 0 || lower(info[i].name.ptr[0]) != lower(name.ptr[0])) continue;
    known[0] = info[i].name.ptr;
    best = pe_spelling_nearest(name, known);
  }
  return best;
}

static void check_known(pe_check *c, const pe_action *a, pe_slice service, pe_slice name) {
  if (pe_catalog_action(c->catalog, a->text)) return;
  const char *near = nearest(c, service, name);
  pe_finding *f = near ? pe_check_value(c, PE_RULE_INVALID_ACTION, a->node,
                                        "There is no action \"%.*s\"; did you mean %s?", PE_CHECK_TEXT(a->text), near)
                       : pe_check_value(c, PE_RULE_INVALID_ACTION, a->node, "There is no action \"%.*s\".",
                                        PE_CHECK_TEXT(a->text));
  if (f && near)
    pe_check_fix_part(c, f, a->node, service.len + 1, a->text.len, pe_slice_str(near), false, "Write the near action");
}

/* "service:name" of an entry of the tables against the pattern; the literal start is compared first. */
static bool fits(const pe_action *a, const pe_action_info *info) {
  char whole[256];
  size_t len = info->service.len + 1 + info->name.len;
  if (len >= sizeof whole) return true;
  memcpy(whole, info->service.ptr, info->service.len);
  whole[info->service.len] = ':';
  memcpy(whole + info->service.len + 1, info->name.ptr, info->name.len);
  return pe_pattern_match(&a->pattern, pe_slice_of(whole, len));
}

static bool covers_one(pe_check *c, const pe_action *a, pe_slice service, pe_slice name) {
  const pe_action_info *info;
  size_t count = pe_catalog_actions(c->catalog, service, &info);
  bool open = name.ptr[0] == '*' || name.ptr[0] == '?';
  for (size_t i = 0; i < count; i++) {
    if (!open && lower(info[i].name.ptr[0]) != lower(name.ptr[0])) continue;
    if (fits(a, &info[i])) return true;
  }
  return count == 0;
}

static void check_name(pe_check *c, const pe_action *a) {
  const char *colon = memchr(a->text.ptr, ':', a->text.len);
  size_t cut = (size_t)(colon - a->text.ptr);
  pe_slice service = pe_slice_sub(a->text, 0, cut), name = pe_slice_sub(a->text, cut + 1, a->text.len);
  if (pe_slice_eq(service, PE_SLICE("*"))) return; /* L1.6.2 */
  if (!pe_catalog_knows_service(c->catalog, service)) {
    if (c->options->full_catalog) {
      pe_check_part(c, PE_RULE_INVALID_SERVICE_IN_ACTION, a->node, 0, cut, "There is no service with the prefix \"%.*s\".",
                    PE_CHECK_TEXT(service));
    }
    return;
  }
  if (!pe_catalog_complete(c->catalog, service)) return;
  if (!a->pattern.has_wild) {
    check_known(c, a, service, name);
  } else if (!pe_slice_eq(name, PE_SLICE("*")) && !covers_one(c, a, service, name)) {
    pe_check_value(c, PE_RULE_ACTION_MATCHES_NOTHING, a->node, "No action of the service fits \"%.*s\".",
                   PE_CHECK_TEXT(a->text));
  }
}

/* L1.6.10: a policy that hangs on a resource is about actions on it. */
static void check_place(pe_check *c, const pe_action *a) {
  const char *service = c->kind == POLICYEVAL_KIND_SECRET    ? "secretsmanager:"
                        : c->kind == POLICYEVAL_KIND_KMS_KEY ? "kms:"
                        : c->kind == POLICYEVAL_KIND_TRUST   ? "sts:"
                                                             : NULL;
  if (!service || a->any || pe_slice_starts(a->text, PE_SLICE("*:"))) return;
  if (!pe_check_starts(a->text, service)) {
    pe_check_value(c, PE_RULE_UNSUPPORTED_ACTION_IN_POLICY, a->node,
                   "Only actions of %.*s can stand in this policy, not \"%.*s\".", (int)strlen(service) - 1, service,
                   PE_CHECK_TEXT(a->text));
    return;
  }
  const pe_action_info *info = a->pattern.has_wild ? NULL : pe_catalog_action(c->catalog, a->text);
  if (!info) return;
  if (c->kind == POLICYEVAL_KIND_TRUST ? !(info->flags & PE_ACTION_TRUST) : info->flags & PE_ACTION_NO_RESOURCE) {
    pe_check_value(c, PE_RULE_UNSUPPORTED_ACTION_IN_POLICY, a->node,
                   c->kind == POLICYEVAL_KIND_TRUST ? "\"%.*s\" does not assume a role."
                                                    : "\"%.*s\" is no action on a resource.",
                   PE_CHECK_TEXT(a->text));
  }
}

void pe_check_actions(pe_check *c) {
  for (uint32_t i = 0; i < c->s->nactions && !c->result; i++) {
    const pe_action *a = &c->s->actions[i];
    if (pe_check_has_variable(a->text)) continue; /* check_variable.c says that none works here */
    if (a->never) {
      check_form(c, a);
    } else if (!a->any) {
      check_name(c, a);
    }
    if (!a->never) check_place(c, a);
  }
}
