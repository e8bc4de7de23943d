/* SPDX-License-Identifier: MIT */
/* Values of a condition key that may make a difference: what the policies compare it with, values next to those, and
 * values that no policy names. */
#ifndef PE_EVAL_CANDIDATES_H
#define PE_EVAL_CANDIDATES_H

#include "base/buf.h"
#include "eval/decide.h"

/* Told each candidate (valid during the call); false stops. */
typedef bool (*pe_candidate_fn)(void *user, pe_slice value);

/* `lower` is the key in lower case; `text` is scratch memory. Returns false when stopped, also when there was no memory
 * for a candidate: text->failed. */
bool pe_candidates_each(const pe_policyset *set, const pe_request *r, pe_slice lower, pe_buf *text, pe_candidate_fn fn,
                        void *user);
/* Names of sessions of the caller's role that policies name, and one they do not. */
bool pe_candidates_sessions(const pe_policyset *set, const pe_request *r, pe_candidate_fn fn, void *user);

#endif
