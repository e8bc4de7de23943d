/* SPDX-License-Identifier: MIT */
/* Findings about documents: why one was refused, and what could be better. */
#ifndef POLICYEVAL_REPORT_H
#define POLICYEVAL_REPORT_H

#include <policyeval/context.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Findings in order of position, over one or several documents. Single owner; read-only access from several threads
 *  is safe once the JSON or text forms were asked for. */
typedef struct policyeval_report policyeval_report;

/** X(name, value, text): severities, worst first. */
#define POLICYEVAL_SEVERITIES(X)                  \
  X(ERROR, 1, "ERROR")                            \
  X(SECURITY_WARNING, 2, "SECURITY_WARNING")      \
  X(WARNING, 3, "WARNING")                        \
  X(SUGGESTION, 4, "SUGGESTION")
#define POLICYEVAL_SEVERITY_ENUM(name, value, text) POLICYEVAL_SEVERITY_##name = value,
enum policyeval_severity { POLICYEVAL_SEVERITIES(POLICYEVAL_SEVERITY_ENUM) POLICYEVAL_SEVERITY_LAST_ };
#undef POLICYEVAL_SEVERITY_ENUM

/** Releases a report. Takes NULL. Since 0.1. */
POLICYEVAL_API void policyeval_report_free(policyeval_report *report);
/** Number of findings; 0 for NULL. Since 0.1. */
POLICYEVAL_API size_t policyeval_report_count(const policyeval_report *report);
/** Severity (POLICYEVAL_SEVERITY_x) of finding i, or 0. Since 0.1. */
POLICYEVAL_API int policyeval_report_severity(const policyeval_report *report, size_t i);
/** Rule id of finding i ("INVALID_PRINCIPAL_FORMAT"); ptr NULL past the last. Since 0.1. */
POLICYEVAL_API policyeval_slice policyeval_report_code(const policyeval_report *report, size_t i);
/** Message of finding i; lives as long as the report. Since 0.1. */
POLICYEVAL_API policyeval_slice policyeval_report_message(const policyeval_report *report, size_t i);
/** Name of the source of finding i, as it was given when the text was loaded; lives as long as the report. Since 0.1. */
POLICYEVAL_API policyeval_slice policyeval_report_source(const policyeval_report *report, size_t i);
/** What to write instead of finding i's place; ptr NULL: there is no fix. Lives as long as the report. Since 0.1. */
POLICYEVAL_API policyeval_slice policyeval_report_fix(const policyeval_report *report, size_t i);
/** Place of finding i in the file as written. Errors: EINVAL, ENOTFOUND. Since 0.1. */
POLICYEVAL_API int policyeval_report_span(const policyeval_report *report, size_t i, policyeval_span *span);
/** The findings as the JSON document that the command prints (docs/json.md). It lives as long as the report; NULL: out
 *  of memory. len may be NULL. Not for use by two threads at once. Since 0.1. */
POLICYEVAL_API const char *policyeval_report_json(policyeval_report *report, size_t *len);
/** The findings for people; otherwise as policyeval_report_json. Since 0.1. */
POLICYEVAL_API const char *policyeval_report_text(policyeval_report *report, size_t *len);

#ifdef __cplusplus
}
#endif
#endif
