// SPDX-License-Identifier: MIT

package policyeval

/*
#include <policyeval/policyeval.h>

static int context_set_placeholder(policyeval_context *c, _GoString_ name, _GoString_ value) {
  return policyeval_context_set_placeholder(c, _GoStringPtr(name), _GoStringLen(name),
                                            _GoStringLen(value) ? _GoStringPtr(value) : "", _GoStringLen(value));
}
static int context_set_reading(policyeval_context *c, _GoString_ row, _GoString_ reading) {
  return policyeval_context_set_reading(c, _GoStringPtr(row), _GoStringPtr(reading));
}
static int context_load_catalog(policyeval_context *c, _GoString_ folder, const char **detail) {
  return policyeval_context_load_catalog(c, _GoStringPtr(folder), detail);
}
*/
import "C"

import (
	"math"
	"runtime"
	"unsafe"
)

// A Context holds what policies and questions have in common: limits, catalogue, strictness, placeholders. It is
// configured by the options of NewContext and serves any number of goroutines.
type Context struct{ handle }

// A ContextOption configures a Context.
type ContextOption interface {
	configure(*C.policyeval_context) *Error
}

type contextOption func(*C.policyeval_context) *Error

func (o contextOption) configure(c *C.policyeval_context) *Error { return o(c) }

const opContext = "new context"

// NewContext makes a context.
func NewContext(options ...ContextOption) (*Context, error) {
	var ptr *C.policyeval_context
	if rc := C.policyeval_context_new(nil, &ptr); rc != 0 {
		return nil, failed(opContext, rc, "")
	}
	c := &Context{}
	c.init(nil, unsafe.Pointer(ptr), func(p unsafe.Pointer) { C.policyeval_context_unref((*C.policyeval_context)(p)) })
	runtime.SetFinalizer(c, (*Context).Close)
	for _, o := range options {
		err := invalid(opContext, "an option is nil")
		if o != nil {
			err = o.configure(ptr)
		}
		if err != nil {
			c.Close()
			return nil, err
		}
	}
	return c, nil
}

// Close releases the context. What was made from it goes on working. It returns nil.
func (c *Context) Close() error {
	if c != nil {
		c.close()
		runtime.SetFinalizer(c, nil)
	}
	return nil
}

// use runs call with the context held.
func (c *Context) use(op string, call func(*C.policyeval_context) *Error) error {
	if c == nil {
		return invalid(op, "the context is nil")
	}
	if err := c.hold(); err != nil {
		return refuse(op, err)
	}
	defer c.release()
	if err := call((*C.policyeval_context)(c.ptr)); err != nil {
		return err
	}
	return nil
}

// Strict makes a verdict Unknown when a reading that AWS does not document decides it.
func Strict() ContextOption {
	return contextOption(func(c *C.policyeval_context) *Error {
		if rc := C.policyeval_context_set_strict(c, 1); rc != 0 {
			return failed(opContext, rc, "")
		}
		return nil
	})
}

// Explain makes answers as JSON and text tell for each statement that did not match what failed, on which value.
func Explain() ContextOption {
	return contextOption(func(c *C.policyeval_context) *Error {
		if rc := C.policyeval_context_set_explain(c, 1); rc != 0 {
			return failed(opContext, rc, "")
		}
		return nil
	})
}

// Placeholder replaces whole tokens name (letters, digits, _) inside the string values of policies by value.
func Placeholder(name, value string) ContextOption {
	return contextOption(func(c *C.policyeval_context) *Error {
		if name == "" {
			return invalid(opContext, "the name of a placeholder is empty")
		}
		if rc := C.context_set_placeholder(c, name, value); rc != 0 {
			return failed(opContext, rc, "")
		}
		return nil
	})
}

// Catalog reads AWS's Service Reference files (<service>.json) of a folder.
func Catalog(folder string) ContextOption {
	return contextOption(func(c *C.policyeval_context) *Error {
		path, ok := zeroTerminated(folder)
		if !ok {
			return invalid(opContext, "the folder's name has a NUL")
		}
		var detail *C.char
		if rc := C.context_load_catalog(c, path, &detail); rc != 0 {
			e := failed(opContext, rc, C.GoString(detail))
			e.Source = folder
			return e
		}
		return nil
	})
}

// ReadingOption chooses a reading of a row that AWS does not document, for a Context, a Request or an Access.
type ReadingOption struct{ row, reading string }

// Reading chooses a reading: row "AMB-8", reading "live".
func Reading(row, reading string) ReadingOption { return ReadingOption{row, reading} }

// terminated gives both texts with a NUL at their end.
func (o ReadingOption) terminated(op string) (row, reading string, err *Error) {
	row, ok1 := zeroTerminated(o.row)
	reading, ok2 := zeroTerminated(o.reading)
	if !ok1 || !ok2 {
		err = invalid(op, "the name of a row or reading has a NUL")
	}
	return row, reading, err
}

func (o ReadingOption) configure(c *C.policyeval_context) *Error {
	row, reading, err := o.terminated(opContext)
	if err != nil {
		return err
	}
	if rc := C.context_set_reading(c, row, reading); rc != 0 {
		return failed(opContext, rc, "there is no reading "+o.reading+" of a row "+o.row)
	}
	return nil
}

// Limits of a context; given to NewContext, zero leaves a limit at its default. They are a ContextOption.
type Limits struct {
	TextBytes     int // bytes of one text
	Depth         int // containers inside each other
	Nodes         int // JSON values of one text
	Statements    int // statements of one policy
	PatternBytes  int // bytes of one pattern
	States        int // product states of one analysis
	SearchNodes   int // search nodes of one analysis
	AnalysisBytes int // memory of one analysis
	MemoryBytes   int // memory of the context and all that is made with it, at a time; 0: no limit
}

func (l Limits) configure(c *C.policyeval_context) *Error {
	for _, n := range []int{l.Depth, l.Nodes, l.Statements, l.PatternBytes, l.States, l.SearchNodes} {
		if int64(n) > math.MaxUint32 || n < 0 {
			return invalid(opContext, "a limit is negative or too large")
		}
	}
	if l.TextBytes < 0 || l.AnalysisBytes < 0 || l.MemoryBytes < 0 {
		return invalid(opContext, "a limit is negative")
	}
	limits := C.policyeval_limits{
		size:           C.sizeof_policyeval_limits,
		text_bytes:     C.size_t(l.TextBytes),
		depth:          C.uint32_t(l.Depth),
		nodes:          C.uint32_t(l.Nodes),
		statements:     C.uint32_t(l.Statements),
		pattern_bytes:  C.uint32_t(l.PatternBytes),
		states:         C.uint32_t(l.States),
		search_nodes:   C.uint32_t(l.SearchNodes),
		analysis_bytes: C.size_t(l.AnalysisBytes),
		memory_bytes:   C.size_t(l.MemoryBytes),
	}
	if rc := C.policyeval_context_set_limits(c, &limits); rc != 0 {
		return failed(opContext, rc, "")
	}
	return nil
}

// Limits tells the limits in force.
func (c *Context) Limits() (Limits, error) {
	var l Limits
	err := c.use("limits", func(ptr *C.policyeval_context) *Error {
		limits := C.policyeval_limits{size: C.sizeof_policyeval_limits}
		if rc := C.policyeval_context_get_limits(ptr, &limits); rc != 0 {
			return failed("limits", rc, "")
		}
		l = Limits{
			TextBytes:     int(limits.text_bytes),
			Depth:         int(limits.depth),
			Nodes:         int(limits.nodes),
			Statements:    int(limits.statements),
			PatternBytes:  int(limits.pattern_bytes),
			States:        int(limits.states),
			SearchNodes:   int(limits.search_nodes),
			AnalysisBytes: int(limits.analysis_bytes),
		}
		if uint64(limits.memory_bytes) <= math.MaxInt {
			l.MemoryBytes = int(limits.memory_bytes)
		}
		return nil
	})
	return l, err
}

// Memory is what a context and all that was made with it take from the C library's heap.
type Memory struct {
	Held    uint // bytes now
	Most    uint // bytes, the most at a time so far
	Refused uint // how often the limit MemoryBytes was in the way
}

// Memory tells what the context takes, to choose Limits.MemoryBytes by. It is counted only with that limit, which may be one that
// is never met; without it Memory is refused with ESTATE.
func (c *Context) Memory() (Memory, error) {
	var m Memory
	err := c.use("memory", func(ptr *C.policyeval_context) *Error {
		memory := C.policyeval_memory{size: C.sizeof_policyeval_memory}
		if rc := C.policyeval_context_memory(ptr, &memory); rc != 0 {
			return failed("memory", rc, "memory is counted only with Limits.MemoryBytes")
		}
		m = Memory{Held: uint(memory.held), Most: uint(memory.most), Refused: uint(memory.refused)}
		return nil
	})
	return m, err
}
