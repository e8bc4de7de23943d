// SPDX-License-Identifier: MIT

// Package cloop asks the library as a C program does, in loops of C: what the benchmarks of the binding are held against.
package cloop

/*
#cgo !static pkg-config: libpolicyeval
#cgo static pkg-config: --static libpolicyeval
#include <policyeval/policyeval.h>
#include <stdint.h>

static int one(void *set, void *request, size_t rounds) {
  int effect = 0, rc = 0;
  for (size_t i = 0; i < rounds && rc == 0; i++) rc = policyeval_decide_effect(set, request, &effect);
  return rc ? rc : effect;
}
static int many(void *set, const uintptr_t *requests, size_t count, int *effects, size_t rounds) {
  int rc = 0;
  for (size_t i = 0; i < rounds && rc == 0; i++)
    rc = policyeval_decide_many(set, (policyeval_request *const *)requests, count, effects, NULL, NULL, NULL);
  return rc ? rc : effects[0];
}
*/
import "C"

import "unsafe"

// One decides one request again and again; it gives the effect, or an error code.
func One(set, request unsafe.Pointer, rounds int) int {
	return int(C.one(set, request, C.size_t(rounds)))
}

// Many decides a batch again and again.
func Many(set unsafe.Pointer, requests []uintptr, rounds int) int {
	effects := make([]C.int, len(requests))
	numbers := (*C.uintptr_t)(unsafe.Pointer(&requests[0]))
	return int(C.many(set, numbers, C.size_t(len(requests)), &effects[0], C.size_t(rounds)))
}
