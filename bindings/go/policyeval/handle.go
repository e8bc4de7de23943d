// SPDX-License-Identifier: MIT

package policyeval

// #include <policyeval/policyeval.h>
import "C"

import (
	"runtime"
	"sync/atomic"
	"unsafe"
)

// A handle owns one object of the library. Calls hold it while they run, shared or alone; the object goes when it
// is closed and nobody holds it. No lock is waited for: what cannot be had now is an error.
type handle struct {
	state   atomic.Int64 // closedBit, aloneBit, and heldOnce for every shared holder
	ptr     unsafe.Pointer
	free    func(unsafe.Pointer)
	context *C.policyeval_context // kept for policyeval_free; nil in a Context
}

const (
	closedBit = 1
	aloneBit  = 2
	heldOnce  = 4
)

func (h *handle) init(context *C.policyeval_context, ptr unsafe.Pointer, free func(unsafe.Pointer)) {
	h.context, h.ptr, h.free = C.policyeval_context_ref(context), ptr, free
}

func (h *handle) end() {
	h.free(h.ptr)
	C.policyeval_context_unref(h.context)
}

// take copies a text that the library handed over, and gives it back.
func (h *handle) take(text *C.char, size C.size_t) string {
	defer C.policyeval_free(h.context, unsafe.Pointer(text))
	return C.GoStringN(text, C.int(size))
}

// hold keeps the object from going until release. An object that was not made by the library counts as closed.
func (h *handle) hold() error {
	for {
		n := h.state.Load()
		switch {
		case n&closedBit != 0 || h.ptr == nil:
			return ErrClosed
		case n&aloneBit != 0:
			return ErrBusy
		case h.state.CompareAndSwap(n, n+heldOnce):
			return nil
		}
	}
}

func (h *handle) release() { h.leave(heldOnce) }

// holdAlone is hold for objects that serve one goroutine at a time.
func (h *handle) holdAlone() error {
	for {
		n := h.state.Load()
		switch {
		case n&closedBit != 0 || h.ptr == nil:
			return ErrClosed
		case n != 0:
			return ErrBusy
		case h.state.CompareAndSwap(0, aloneBit):
			return nil
		}
	}
}

func (h *handle) releaseAlone() { h.leave(aloneBit) }

func (h *handle) leave(part int64) {
	if h.state.Add(-part) == closedBit { // nobody can come in any more: this is the last one
		h.end()
	}
	runtime.KeepAlive(h)
}

// close may be called any number of times, from anywhere.
func (h *handle) close() {
	for {
		n := h.state.Load()
		if n&closedBit != 0 || h.ptr == nil {
			return
		}
		if h.state.CompareAndSwap(n, n|closedBit) {
			if n == 0 {
				h.end()
			}
			return
		}
	}
}
