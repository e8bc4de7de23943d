/* SPDX-License-Identifier: MIT */
/* Error codes, enums and small value types shared by all headers. */
#ifndef POLICYEVAL_BASE_H
#define POLICYEVAL_BASE_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define POLICYEVAL_API
#elif defined(__GNUC__)
#define POLICYEVAL_API __attribute__((visibility("default")))
#else
#define POLICYEVAL_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** Length argument for a NUL-terminated string. */
#define POLICYEVAL_NTS ((size_t)-1)

/* X(name, value, text): every error code there is. Values are never reused. */
#define POLICYEVAL_ERRORS(X)                                                        \
  X(EINVAL, -1, "an argument is missing, out of range or of the wrong kind")        \
  X(ENOMEM, -2, "out of memory")                                                    \
  X(ELIMIT, -3, "a limit of the context was reached")                               \
  X(EIO, -4, "a file could not be read")                                            \
  X(EJSON, -5, "the text is not JSON")                                              \
  X(EPOLICY, -6, "the document is not a policy of that kind")                       \
  X(ESTATE, -7, "the object is frozen or the question was not run yet")             \
  X(ECANCELED, -8, "the caller cancelled the call")                                 \
  X(ENOTFOUND, -9, "there is no such item")                                         \
  X(EINTERNAL, -10, "the library disagrees with itself: please report it")          \
  X(EMEMLIMIT, -11, "the memory that the context may use (memory_bytes) is used up")

#define POLICYEVAL_ERROR_ENUM(name, value, text) POLICYEVAL_##name = value,
enum policyeval_error { POLICYEVAL_OK = 0, POLICYEVAL_ERRORS(POLICYEVAL_ERROR_ENUM) };
#undef POLICYEVAL_ERROR_ENUM

/* X(name, value, text): what a policy document is attached to. */
#define POLICYEVAL_KINDS(X)       \
  X(IDENTITY, 1, "identity")      \
  X(RESOURCE, 2, "resource")      \
  X(SECRET, 3, "secret")          \
  X(KMS_KEY, 4, "kms-key")        \
  X(TRUST, 5, "trust")            \
  X(SCP, 6, "scp")                \
  X(RCP, 7, "rcp")                \
  X(BOUNDARY, 8, "boundary")      \
  X(SESSION, 9, "session")        \
  X(ENDPOINT, 10, "endpoint")

#define POLICYEVAL_KIND_ENUM(name, value, text) POLICYEVAL_KIND_##name = value,
enum policyeval_kind { POLICYEVAL_KINDS(POLICYEVAL_KIND_ENUM) POLICYEVAL_KIND_LAST_ };
#undef POLICYEVAL_KIND_ENUM

/* X(name, value, text): the layers of a decision, as results name them. */
#define POLICYEVAL_LAYERS(X)      \
  X(IDENTITY, 1, "identity")      \
  X(RESOURCE, 2, "resource")      \
  X(KEY, 3, "key")                \
  X(GRANT, 4, "grant")            \
  X(BOUNDARY, 5, "boundary")      \
  X(SESSION, 6, "session")        \
  X(SCP, 7, "scp")                \
  X(RCP, 8, "rcp")                \
  X(ENDPOINT, 9, "endpoint")

#define POLICYEVAL_LAYER_ENUM(name, value, text) POLICYEVAL_LAYER_##name = value,
enum policyeval_layer { POLICYEVAL_LAYERS(POLICYEVAL_LAYER_ENUM) POLICYEVAL_LAYER_LAST_ };
#undef POLICYEVAL_LAYER_ENUM

/* X(name, value, text): verdicts. Zero is deny. The texts are the AWS CLI's. */
#define POLICYEVAL_EFFECTS(X)               \
  X(IMPLICIT_DENY, 0, "implicitDeny")       \
  X(EXPLICIT_DENY, 1, "explicitDeny")       \
  X(ALLOW, 2, "allowed")                    \
  X(UNKNOWN, 3, "unknown")

#define POLICYEVAL_EFFECT_ENUM(name, value, text) POLICYEVAL_##name = value,
enum policyeval_effect { POLICYEVAL_EFFECTS(POLICYEVAL_EFFECT_ENUM) POLICYEVAL_EFFECT_LAST_ };
#undef POLICYEVAL_EFFECT_ENUM

/** Bytes that live as long as the object they were asked from. */
typedef struct policyeval_slice {
  const char *ptr; /**< NUL-terminated; NULL when there is no such text */
  size_t len;      /**< bytes before the NUL */
} policyeval_slice;

/** A place in a file as Access Analyzer counts: line from 1, column (code points) and
 *  offset (bytes) from 0. */
typedef struct policyeval_position {
  uint32_t line, column, offset;
} policyeval_position;

/** From start up to, not including, end. */
typedef struct policyeval_span {
  policyeval_position start, end;
} policyeval_span;

#ifdef __cplusplus
}
#endif
#endif
