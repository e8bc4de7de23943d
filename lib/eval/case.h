/* SPDX-License-Identifier: MIT */
/* A case: one request as JSON, as `policyeval simulate --cases` reads it and pe_render_case writes it. */
#ifndef PE_EVAL_CASE_H
#define PE_EVAL_CASE_H

#include "base/buf.h"
#include "eval/request.h"
#include "json/reader.h"

/* Longest text of the member "context": more is refused, whatever the limits of the context are. */
enum { PE_CASE_CONTEXT_BYTES = 1 << 20 };

/* What is wrong with a case: one sentence, and the place in its text. */
typedef struct pe_case_fault {
  pe_buf message;
  uint32_t offset;
} pe_case_fault;

/* What a case has beside its request. Texts and nodes are those of the JSON text. */
typedef struct pe_case {
  const pe_json *json;
  pe_slice id;       /* ptr NULL: none */
  pe_slice define;   /* a line that names a set of policies; ptr NULL: a case */
  uint32_t policies; /* node of the member, or 0 */
} pe_case;

/* Reads the object at the root of `json` into the builder, which is cleared first (readings: as given). Only `id` is set of
 * *out when this fails. 0; EPOLICY with *fault; ENOMEM. The request is complete afterwards: pe_request_prepare has
 * succeeded, except for a `define` line. */
int pe_case_read(const pe_json *json, pe_request_builder *b, const pe_readings *readings, pe_case *out,
                 pe_case_fault *fault);

/* Fills the fault in: POLICYEVAL_EPOLICY, or ENOMEM. */
int pe_case_refuse(pe_case_fault *fault, uint32_t offset, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 4)))
#endif
    ;
/* For messages: at most 60 bytes of a text, whole characters, printable; an ellipsis when it was longer. buf: at least
 * 80 bytes. */
const char *pe_case_shown(pe_slice text, char *buf);

#endif
