// SPDX-License-Identifier: MIT

package policyeval

// #include <policyeval/policyeval.h>
import "C"

import (
	"runtime"
	"unsafe"
)

// A PolicySet says which policies apply in which layer. It is immutable, for any number of goroutines.
type PolicySet struct{ handle }

const opSet = "new policy set"

// A PolicySetOption adds to a PolicySet: Attach, AttachLevel, Declare, Grants, File, Document.
type PolicySetOption interface {
	addTo(target) *Error
}

// NewPolicySet makes a set of what the options say. Nothing else is attached, and no cap applies that is not mentioned.
func (c *Context) NewPolicySet(options ...PolicySetOption) (*PolicySet, error) {
	var set *PolicySet
	err := c.use(opSet, func(ptr *C.policyeval_context) *Error {
		var s *C.policyeval_policyset
		if rc := C.policyeval_policyset_new(ptr, &s); rc != 0 {
			return failed(opSet, rc, "")
		}
		for _, o := range options {
			err := invalid(opSet, "an option is nil")
			if o != nil {
				err = o.addTo(target{context: ptr, set: s})
			}
			if err != nil {
				C.policyeval_policyset_unref(s)
				return err
			}
		}
		if rc := C.policyeval_policyset_freeze(s); rc != 0 {
			C.policyeval_policyset_unref(s)
			return failed(opSet, rc, "")
		}
		set = &PolicySet{}
		set.init(ptr, unsafe.Pointer(s), func(p unsafe.Pointer) { C.policyeval_policyset_unref((*C.policyeval_policyset)(p)) })
		runtime.SetFinalizer(set, (*PolicySet).Close)
		return nil
	})
	return set, err
}

// Close releases the set. It returns nil.
func (s *PolicySet) Close() error {
	if s != nil {
		s.close()
		runtime.SetFinalizer(s, nil)
	}
	return nil
}
