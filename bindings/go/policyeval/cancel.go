// SPDX-License-Identifier: MIT

package policyeval

// #include <stdint.h>
import "C"

import (
	"context"
	"runtime/cgo"
)

// The library asks this now and then during long calls. It knows the context by a number, not by a pointer.
//
//export libpolicyevalGoCancelled
func libpolicyevalGoCancelled(number C.uintptr_t) C.int {
	ctx := cgo.Handle(number).Value().(context.Context)
	if ctx.Err() != nil {
		return 1
	}
	return 0
}

// cancellation numbers a context for the time of a call; 0: it cannot be cancelled. The caller calls done.
func cancellation(op string, ctx context.Context) (number C.uintptr_t, done func(), err *Error) {
	if ctx == nil {
		return 0, nil, invalid(op, "the context.Context is nil")
	}
	if ctx.Err() != nil {
		return 0, nil, refuse(op, ctx.Err())
	}
	if ctx.Done() == nil {
		return 0, func() {}, nil
	}
	h := cgo.NewHandle(ctx)
	return C.uintptr_t(h), h.Delete, nil
}
