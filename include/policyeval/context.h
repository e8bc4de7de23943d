/* SPDX-License-Identifier: MIT */
/* The context: allocator, limits, service catalogue, strictness, placeholders. No global state exists beside it. */
#ifndef POLICYEVAL_CONTEXT_H
#define POLICYEVAL_CONTEXT_H

#include <policyeval/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Everything else is made from a context and keeps it alive. */
typedef struct policyeval_context policyeval_context;

/** Allocation hooks. Set size to sizeof(policyeval_allocator); unknown bytes must be zero. All three functions are
 *  needed; they may be called from any thread that uses the context. */
typedef struct policyeval_allocator {
  size_t size;
  void *(*alloc)(void *user, size_t bytes);
  void *(*resize)(void *user, void *ptr, size_t bytes);
  void (*release)(void *user, void *ptr);
  void *user;
} policyeval_allocator;

/** Limits of a context. Zero leaves a limit at its default (docs/limits.md). */
typedef struct policyeval_limits {
  size_t size;           /**< sizeof(policyeval_limits) */
  size_t text_bytes;     /**< bytes of one text (default 16 MiB) */
  uint32_t depth;        /**< containers inside each other (default 64) */
  uint32_t nodes;        /**< JSON values of one text (default 2,000,000) */
  uint32_t statements;   /**< statements of one policy (default 100,000) */
  uint32_t pattern_bytes; /**< bytes of one pattern (default 65,536) */
  uint32_t states;       /**< product states of one analysis (default 200,000) */
  uint32_t search_nodes; /**< search nodes of one analysis (default 100,000) */
  size_t analysis_bytes; /**< memory of one analysis (default 64 MiB) */
  size_t memory_bytes;   /**< memory of the context and all that is made with it, at a time (default SIZE_MAX: no limit) */
} policyeval_limits;

/** What a context and all that is made with it took from its allocation hooks since memory_bytes was set. Set size to
 *  sizeof(policyeval_memory). */
typedef struct policyeval_memory {
  size_t size;
  size_t held;    /**< bytes now; what the hooks add to a block is not known */
  size_t most;    /**< bytes, the most at a time so far */
  size_t refused; /**< how often the limit memory_bytes was in the way so far */
} policyeval_memory;

/** Makes a context. allocator may be NULL (malloc). Errors: EINVAL, ENOMEM. Release with policyeval_context_unref.
 *  A context is configured by one thread first; afterwards any number of threads may use it. Since 0.1. */
POLICYEVAL_API int policyeval_context_new(const policyeval_allocator *allocator, policyeval_context **context);
/** One more owner; returns its argument; NULL stays NULL. Any thread. Since 0.1. */
POLICYEVAL_API policyeval_context *policyeval_context_ref(policyeval_context *context);
/** One owner less; the last one releases it. Takes NULL. Any thread. Since 0.1. */
POLICYEVAL_API void policyeval_context_unref(policyeval_context *context);
/** Sets limits. Errors: EINVAL (NULL, wrong size, text_bytes of 4 GiB and more). Before first use. Since 0.1.
 *  Calls that meet memory_bytes end with EMEMLIMIT where they would end with ENOMEM; what they left is as after ENOMEM, and so is
 *  the NULL of functions that give text. */
POLICYEVAL_API int policyeval_context_set_limits(policyeval_context *context, const policyeval_limits *limits);
/** Reads the limits in force into *limits, whose size member says how much fits. Errors: EINVAL. Since 0.1. */
POLICYEVAL_API int policyeval_context_get_limits(const policyeval_context *context, policyeval_limits *limits);
/** Tells in *memory what the context takes, to choose memory_bytes by (one that is never met counts, too), or to see why a function
 *  that gives text gave NULL. Any thread; while others work the figures are of about the same moment. Errors: EINVAL (NULL, wrong
 *  size), ESTATE (memory_bytes is not set: threads then share no counter). Since 0.1. */
POLICYEVAL_API int policyeval_context_memory(const policyeval_context *context, policyeval_memory *memory);
/** Strict: a verdict that an undocumented reading decides is `unknown` (docs/semantics.md). 0 or 1. Errors: EINVAL.
 *  Before first use. Since 0.1. */
POLICYEVAL_API int policyeval_context_set_strict(policyeval_context *context, int strict);
/** Explain: answers as JSON and text also tell, for each statement that did not match, which element or condition failed and
 *  on which value. 0 or 1. Errors: EINVAL. Before first use. Since 0.1. */
POLICYEVAL_API int policyeval_context_set_explain(policyeval_context *context, int explain);
/** Replaces whole tokens NAME (a maximal run of A-Z a-z 0-9 _) inside string values of every policy loaded from
 *  now on; a NULL value removes the setting. Errors: EINVAL (NAME is no token), ENOMEM. Before first use. Since 0.1. */
POLICYEVAL_API int policyeval_context_set_placeholder(policyeval_context *context, const char *name, size_t name_len,
                                                      const char *value, size_t value_len);
/** Chooses a reading of an undocumented row for every request of this context: row "AMB-8", reading "live".
 *  Errors: ENOTFOUND (no such row or reading), EINVAL. Before first use. Since 0.1. */
POLICYEVAL_API int policyeval_context_set_reading(policyeval_context *context, const char *row, const char *reading);
/** Reads AWS's Service Reference files (<service>.json) of a folder, for services other than the built-in
 *  secretsmanager, kms and sts. detail (may be NULL) receives a message on failure, valid until the next call
 *  on this context. Errors: EIO, EJSON, ENOMEM, EINVAL. Before first use. Since 0.1.
 *  https://docs.aws.amazon.com/service-authorization/latest/reference/service-reference.html */
POLICYEVAL_API int policyeval_context_load_catalog(policyeval_context *context, const char *folder, const char **detail);
/** Releases text that the library handed over (functions that say so). Takes NULL. Since 0.1. */
POLICYEVAL_API void policyeval_free(policyeval_context *context, void *text);

/** The name of an error code, "POLICYEVAL_EPOLICY"; "" for codes there are not. Static. Since 0.1. */
POLICYEVAL_API const char *policyeval_error_name(int error);
/** The sentence for an error code; "" for codes there are not. Static. Since 0.1. */
POLICYEVAL_API const char *policyeval_error_text(int error);
/** "allowed", "implicitDeny", "explicitDeny", "unknown"; NULL otherwise. Static. Since 0.1. */
POLICYEVAL_API const char *policyeval_effect_name(int effect);
/** "secret", "kms-key", …; NULL otherwise. Static. Since 0.1. */
POLICYEVAL_API const char *policyeval_kind_name(int kind);
/** The kind of that name, or 0. Since 0.1. */
POLICYEVAL_API int policyeval_kind_find(const char *name);
/** "identity", "resource", …; NULL otherwise. Static. Since 0.1. */
POLICYEVAL_API const char *policyeval_layer_name(int layer);

#ifdef __cplusplus
}
#endif
#endif
