// SPDX-License-Identifier: MIT

package policyeval

/*
#include <policyeval/policyeval.h>

static const char *or_null(_GoString_ terminated) {
  return _GoStringLen(terminated) > 1 ? _GoStringPtr(terminated) : NULL;
}
static int policy_load(policyeval_context *c, int kind, const char *text, size_t len, _GoString_ name,
                       policyeval_policy **policy, policyeval_report **report) {
  return policyeval_policy_load(c, kind, text ? text : "", len, or_null(name), policy, report);
}
static int policy_load_text(policyeval_context *c, int kind, _GoString_ text, _GoString_ name,
                            policyeval_policy **policy, policyeval_report **report) {
  return policy_load(c, kind, _GoStringPtr(text), _GoStringLen(text), name, policy, report);
}
static int policy_load_file(policyeval_context *c, int kind, _GoString_ path, policyeval_policy **policy,
                            policyeval_report **report) {
  return policyeval_policy_load_file(c, kind, _GoStringPtr(path), policy, report);
}
*/
import "C"

import (
	"os"
	"runtime"
	"unsafe"
)

// A Policy is one loaded document: immutable, for any number of goroutines.
type Policy struct {
	handle
	kind       Kind
	statements int
	report     Report
}

const opLoad = "load"

// LoadPolicy loads a policy document, or the reply of the AWS CLI that carries one. name is used in messages; it may be
// empty. Errors: EJSON and EPOLICY with Findings, ELIMIT, ENOTFOUND (a reply that says that no policy is attached).
func (c *Context) LoadPolicy(kind Kind, text []byte, name string) (*Policy, error) {
	return c.load(name, kind, func(ptr *C.policyeval_context, name string, p **C.policyeval_policy, r **C.policyeval_report) C.int {
		first, size := bytesOf(text)
		return C.policy_load(ptr, C.int(kind), first, size, name, p, r)
	})
}

// LoadPolicyString is LoadPolicy for a string.
func (c *Context) LoadPolicyString(kind Kind, text, name string) (*Policy, error) {
	return c.load(name, kind, func(ptr *C.policyeval_context, name string, p **C.policyeval_policy, r **C.policyeval_report) C.int {
		return C.policy_load_text(ptr, C.int(kind), text, name, p, r)
	})
}

// LoadPolicyFile is LoadPolicy for a file, whose path is the name in messages. More errors: EIO, which wraps what the
// operating system said.
func (c *Context) LoadPolicyFile(kind Kind, path string) (*Policy, error) {
	return c.load(path, kind, func(ptr *C.policyeval_context, path string, p **C.policyeval_policy, r **C.policyeval_report) C.int {
		return C.policy_load_file(ptr, C.int(kind), path, p, r)
	})
}

// load runs one of the three; loader receives the name with a NUL behind it.
func (c *Context) load(name string, kind Kind,
	loader func(*C.policyeval_context, string, **C.policyeval_policy, **C.policyeval_report) C.int) (*Policy, error) {
	terminated, ok := zeroTerminated(name)
	if !ok {
		return nil, invalid(opLoad, "the name has a NUL")
	}
	var policy *Policy
	err := c.use(opLoad, func(ptr *C.policyeval_context) *Error {
		var p *C.policyeval_policy
		var r *C.policyeval_report
		rc := loader(ptr, terminated, &p, &r)
		report := takeReport(r)
		if rc != 0 {
			return failed(opLoad, rc, "").about(name, report).explain(name)
		}
		policy = &Policy{kind: kind, report: report, statements: int(C.policyeval_policy_statements(p))}
		policy.init(ptr, unsafe.Pointer(p), func(p unsafe.Pointer) { C.policyeval_policy_unref((*C.policyeval_policy)(p)) })
		runtime.SetFinalizer(policy, (*Policy).Close)
		return nil
	})
	return policy, err
}

// explain asks the operating system why a file could not be read.
func (e *Error) explain(path string) *Error {
	if e.Code != EIO {
		return e
	}
	file, err := os.Open(path)
	if err != nil {
		e.cause = err
	} else {
		file.Close()
	}
	return e
}

// Close releases the policy. Sets and questions that hold it go on working. It returns nil.
func (p *Policy) Close() error {
	if p != nil {
		p.close()
		runtime.SetFinalizer(p, nil)
	}
	return nil
}

// Kind is the kind that the policy was loaded as; 0 for nil.
func (p *Policy) Kind() Kind {
	if p == nil {
		return 0
	}
	return p.kind
}

// Statements is the number of statements.
func (p *Policy) Statements() int {
	if p == nil {
		return 0
	}
	return p.statements
}

// Report holds the findings of loading that did not refuse the document.
func (p *Policy) Report() Report {
	if p == nil {
		return Report{}
	}
	return p.report
}

// hold is handle.hold for a policy that may be nil.
func (p *Policy) use(op string) *Error {
	if p == nil {
		return invalid(op, "the policy is nil")
	}
	if err := p.hold(); err != nil {
		return refuse(op, err)
	}
	return nil
}

// Canonical is the document in one canonical form; loading it gives an equal policy.
func (p *Policy) Canonical() (string, error) {
	const op = "print"
	if err := p.use(op); err != nil {
		return "", err
	}
	defer p.release()
	var text *C.char
	var size C.size_t
	if rc := C.policyeval_policy_print((*C.policyeval_policy)(p.ptr), &text, &size); rc != 0 {
		return "", failed(op, rc, "")
	}
	return p.take(text, size), nil
}

// Equal tells whether both policies say the same, places and names aside.
func (p *Policy) Equal(other *Policy) (bool, error) {
	const op = "equal"
	if err := p.use(op); err != nil {
		return false, err
	}
	defer p.release()
	if err := other.use(op); err != nil {
		return false, err
	}
	defer other.release()
	return C.policyeval_policy_equal((*C.policyeval_policy)(p.ptr), (*C.policyeval_policy)(other.ptr)) != 0, nil
}
