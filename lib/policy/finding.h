/* SPDX-License-Identifier: MIT */
/* What is wrong, or could be better, in a document: findings with a rule, a place and a fix.
 * A bad policy is data, not an error. lib/policy/rules.def is the one list of rules. */
#ifndef PE_POLICY_FINDING_H
#define PE_POLICY_FINDING_H

#include <stdarg.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/vec.h"
#include "json/reader.h"
#include "text/source.h"

typedef enum pe_severity { PE_ERROR, PE_SECURITY_WARNING, PE_WARNING, PE_SUGGESTION } pe_severity;

/* rules.def: PE_RULE(id, severity, kinds, title, explanation, fix, url). kinds is a mask of 1 <<
 * POLICYEVAL_KIND_x, or PE_KINDS_ALL. Ids are Access Analyzer's codes where it has one; never reused. */
#define PE_KINDS_ALL 0xFFFFu
#define PE_KIND_BIT(kind) (1u << POLICYEVAL_KIND_##kind)
/* Policies that hang on a resource and name a Principal, and those that hang on an identity and do not. */
#define PE_KINDS_ATTACHED                                                                                     \
  (PE_KIND_BIT(RESOURCE) | PE_KIND_BIT(SECRET) | PE_KIND_BIT(KMS_KEY) | PE_KIND_BIT(TRUST) |                  \
   PE_KIND_BIT(RCP) | PE_KIND_BIT(ENDPOINT))
#define PE_KINDS_IDENTITY                                                                                     \
  (PE_KIND_BIT(IDENTITY) | PE_KIND_BIT(BOUNDARY) | PE_KIND_BIT(SESSION) | PE_KIND_BIT(SCP))
/* The text about a check on Access Analyzer's page of all checks. */
#define PE_AA_CHECK(anchor)                                                                               \
  "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html"         \
  "#access-analyzer-reference-policy-checks-" anchor
#define PE_RULE(id, severity, kinds, title, explanation, fix, url) PE_RULE_##id,
typedef enum pe_rule {
#include "policy/rules.def"
  PE_RULES
} pe_rule;
#undef PE_RULE

typedef struct pe_rule_info {
  const char *id, *title, *explanation, *fix, *url;
  uint32_t kinds;
  uint8_t severity; /* pe_severity */
} pe_rule_info;
const pe_rule_info *pe_rule_get(pe_rule rule);
int pe_rule_find(pe_slice id); /* rule, or -1 */

/* One step from the root of the document to a value: the name of a member, or the index of an element. */
typedef struct pe_path_step {
  pe_slice name; /* ptr NULL: an element */
  uint32_t index;
} pe_path_step;

typedef struct pe_finding {
  pe_rule rule;
  uint32_t document; /* which pe_findings_keep of the list its source came from, from 1 */
  uint32_t node;    /* JSON node the finding is about (its path is the location) */
  const pe_path_step *path; /* of the node, in the findings' arena (policy/path.h); NULL: the root, or no document */
  uint32_t npath;
  uint8_t on_key;   /* about the member's name, not its value */
  uint8_t refuses;  /* load refuses the document because of it */
  pe_span span;     /* in `source` */
  const pe_source *source; /* the text the span counts in; lives as long as the findings (see pe_findings_keep) */
  pe_slice message; /* one sentence for this very place; NUL-terminated, in the findings' arena */
  /* A fix that a program may apply: replace fix_span by fix_text. fix_text.ptr NULL: none. */
  uint8_t fix_safe; /* cannot change what is granted in a way the author did not write */
  pe_span fix_span;
  pe_slice fix_text;
  pe_slice fix_title; /* what to do, in words */
} pe_finding;

/* A growing list of findings with an arena for their texts; sticky out-of-memory. */
typedef struct pe_findings {
  const pe_alloc *alloc;
  pe_arena *arena;
  PE_VEC(pe_finding) list;
  const pe_source *source; /* given to each new finding */
  uint32_t documents;      /* sources kept so far */
  bool failed;
} pe_findings;
int pe_findings_init(pe_findings *f, const pe_alloc *a);
void pe_findings_done(pe_findings *f);
/* Copies a source chain into the findings' arena, so that places can be told after the document is gone,
 * and makes it the one of later findings. 0 or ENOMEM. */
int pe_findings_keep(pe_findings *f, const pe_source *source);
/* Adds one; the message is printf-like. Returns it for further setting, or NULL (no memory; sticky). */
pe_finding *pe_findings_add(pe_findings *f, pe_rule rule, uint32_t node, pe_span span, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 5, 6)))
#endif
    ;
/* The same with its arguments in a list. */
pe_finding *pe_findings_addv(pe_findings *f, pe_rule rule, uint32_t node, pe_span span, const char *format, va_list args)
#if defined(__GNUC__)
    __attribute__((format(printf, 5, 0)))
#endif
    ;
/* Text and title are copied. */
void pe_finding_fix(pe_findings *f, pe_finding *finding, pe_span span, pe_slice text, bool safe, const char *title);
void pe_findings_sort(pe_findings *f); /* by document, position, then rule */

/* Part of a document for a message: at most 64 bytes of it, cut between characters, as the two arguments of
 * "%.*s". */
pe_slice pe_finding_excerpt(pe_slice text);
#define PE_EXCERPT(text) (int)pe_finding_excerpt(text).len, pe_finding_excerpt(text).ptr

#endif
