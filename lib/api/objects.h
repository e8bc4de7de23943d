/* SPDX-License-Identifier: MIT */
/* What the public handles hold. Only lib/api looks inside. */
#ifndef PE_API_OBJECTS_H
#define PE_API_OBJECTS_H

#include <stdatomic.h>

#include "access/access.h"
#include "access/hint.h"
#include "api/arg.h"
#include "base/meter.h"
#include "eval/decide.h"
#include "report/who.h"
#include "sym/legs.h"
#include "policyeval/access.h"
#include "policyeval/policyeval.h"

struct policyeval_context {
  atomic_size_t refs;
  pe_meter meter;          /* over the caller's hooks */
  pe_alloc alloc;          /* what everything of this context is made with: counts with the meter */
  policyeval_limits limits; /* filled in: no zeros */
  uint8_t strict, explain;
  pe_readings readings;
  PE_VEC(pe_json_setting) settings;
  pe_catalog *catalog;     /* NULL: built-in tables alone */
  char *detail;            /* of the last policyeval_context_load_catalog */
};

enum { PE_REPORT_JSON, PE_REPORT_TEXT, PE_REPORT_SARIF, PE_REPORT_AWS, PE_REPORT_FORMS };
struct policyeval_report {
  policyeval_context *context;
  pe_findings findings;
  struct {
    char *text; /* rendered on demand */
    size_t len;
  } form[PE_REPORT_FORMS];
};

struct policyeval_policyset {
  atomic_size_t refs;
  atomic_bool frozen;
  policyeval_context *context;
  pe_policyset set;        /* always consistent: what the evaluator reads */
  pe_arena *arena;         /* of the grants */

};

struct policyeval_request {
  policyeval_context *context;
  pe_request_builder *builder;
  const char *detail;
};

struct policyeval_decision {
  policyeval_context *context;
  policyeval_policyset *set; /* keeps the policies that the trace points into */
  pe_trace trace;

  char *reason;
  char *json, *text, *aws;
  size_t json_len, text_len, aws_len;
};

struct pe_candidate;
struct pe_who_entry;
struct policyeval_access {
  policyeval_context *context;
  pe_access access;
  policyeval_policyset *set[PE_LEGS];
  policyeval_policy *managed; /* the AWS managed key's policy, made when it is needed */
  const char *detail;
  bool prepared;              /* request[] is ready: no setter was called since */
  const pe_request *request[PE_LEGS];
  /* The answer; meaningless while !decided. */
  bool decided;
  pe_trace trace[PE_LEGS];
  pe_hints hints;
  pe_operability operability;
  int effect;
  char *json, *text;
  size_t json_len, text_len;
  /* The answer over all requests; meaningless while !reached. */
  bool reached;
  pe_legs_result reach;
  char *reach_json, *reach_text;
  size_t reach_json_len, reach_text_len;
  /* Who can: principals with policies of their own, and the entries found, each a question of its own. */
  PE_VEC(struct pe_candidate) candidates;
  PE_VEC(struct pe_who_entry) who;
  bool who_complete;
  char *who_json, *who_text;
  size_t who_json_len, who_text_len;
};

typedef struct pe_candidate {
  pe_slice arn;
  policyeval_policy *identity; /* NULL: it has none */
} pe_candidate;

typedef struct pe_who_entry {
  pe_slice name;               /* an ARN, or words for a group */
  policyeval_access *question; /* answered */
  uint8_t group, own;          /* own: pe_who_own */
} pe_who_entry;

/* Forgets who can; with `candidates` those as well. */
void pe_access_forget_who(policyeval_access *a, bool candidates);

/* Forgets the answer over all requests. */
void pe_access_forget_reach(policyeval_access *a);
/* Makes both requests of a question complete, and adds the AWS managed key's policy where it is the one. */
int pe_access_question_ready(policyeval_access *a);

static inline policyeval_slice pe_give(pe_slice s) { return (policyeval_slice){s.ptr, s.len}; }

/* What an exported call returns in place of rc: out of memory for the context's own limit is an error by itself. */
int pe_context_told(const policyeval_context *c, int rc);
/* A copy with a NUL, from the context's allocator; NULL: no memory. */
char *pe_context_copy(policyeval_context *c, pe_slice s);
/* Load options of a context. */
void pe_context_load_options(const policyeval_context *c, int kind, const char *name, pe_load_options *out);
/* Takes over findings (cleared in *findings) into a report: NULL in *out when there are none or nobody asked. */
int pe_report_make(policyeval_context *c, pe_findings *findings, policyeval_report **out);
/* Reads a file whole. 0, EIO, ELIMIT, ENOMEM; *why is a constant sentence. Release with policyeval_free. */
int pe_file_read(policyeval_context *c, const char *path, char **text, size_t *len, const char **why);

#endif
