// SPDX-License-Identifier: MIT

package policyeval

/*
#include <policyeval/policyeval.h>

static int policyset_add_grants(policyeval_policyset *s, const char *text, size_t len, _GoString_ name,
                                policyeval_report **report) {
  return policyeval_policyset_add_grants(s, text ? text : "", len, _GoStringPtr(name), report);
}
static int access_add_grants(policyeval_access *a, const char *text, size_t len, _GoString_ name,
                             policyeval_report **report) {
  return policyeval_access_add_grants(a, text ? text : "", len, _GoStringPtr(name), report);
}
*/
import "C"

import (
	"fmt"
	"unsafe"
)

// A target is what policies are attached to: a set, or the question of three policies. One of both is not nil.
type target struct {
	context *C.policyeval_context
	set     *C.policyeval_policyset
	access  *C.policyeval_access
}

// A PolicyOption says which policies apply, for a PolicySet or an Access.
type PolicyOption struct {
	attach func(op string, to target) *Error
}

func (o PolicyOption) apply(op string, to target) *Error {
	if o.attach == nil {
		return invalid(op, "an option is empty")
	}
	return o.attach(op, to)
}

func (o PolicyOption) addTo(to target) *Error { return o.apply(opSet, to) }

func (o PolicyOption) ask(a *C.policyeval_access, context *C.policyeval_context) *Error {
	return o.apply(opAsk, target{context: context, access: a})
}

func (t target) add(op string, layer Layer, level uint, policy *C.policyeval_policy) *Error {
	var rc C.int
	detail := ""
	if t.set != nil {
		rc = C.policyeval_policyset_add(t.set, C.int(layer), C.uint(level), policy)
		if rc == C.POLICYEVAL_EINVAL {
			detail = "a policy of this kind cannot stand in this layer, or not at this level"
		}
	} else {
		rc = C.policyeval_access_add_policy(t.access, C.int(layer), C.uint(level), policy)
		detail = C.GoString(C.policyeval_access_detail(t.access))
	}
	if rc != 0 {
		return failed(op, rc, fmt.Sprintf("layer %v, level %d: %s", layer, level, detail))
	}
	return nil
}

// Attach adds policies to a layer without levels. The key policy of a KMS key stands in LayerKey; in a set, LayerResource
// is the same.
func Attach(layer Layer, policies ...*Policy) PolicyOption { return AttachLevel(layer, 0, policies...) }

// AttachLevel adds policies to a level of the organization, from 1 (the root), of LayerSCP or LayerRCP.
func AttachLevel(layer Layer, level uint, policies ...*Policy) PolicyOption {
	return PolicyOption{func(op string, to target) *Error {
		for _, p := range policies {
			if err := p.use(op); err != nil {
				return err
			}
			err := to.add(op, layer, level, (*C.policyeval_policy)(p.ptr))
			p.release()
			if err != nil {
				return err
			}
		}
		return nil
	}}
}

// Declare says that a cap (LayerBoundary, LayerSession, LayerEndpoint; level from 1 for LayerSCP and LayerRCP, else 0)
// applies even if it has no policy: then it allows nothing.
func Declare(layer Layer, level uint) PolicyOption {
	return PolicyOption{func(op string, to target) *Error {
		var rc C.int
		if to.set != nil {
			rc = C.policyeval_policyset_declare(to.set, C.int(layer), C.uint(level))
		} else {
			rc = C.policyeval_access_declare(to.access, C.int(layer), C.uint(level))
		}
		if rc != 0 {
			return failed(op, rc, fmt.Sprintf("layer %v at level %d cannot be declared", layer, level))
		}
		return nil
	}}
}

// Grants adds KMS grants as `aws kms list-grants` prints them. name is used in messages.
func Grants(text []byte, name string) PolicyOption {
	return PolicyOption{func(op string, to target) *Error {
		terminated, ok := zeroTerminated(name)
		if !ok {
			return invalid(op, "the name has a NUL")
		}
		first, size := bytesOf(text)
		var rc C.int
		var report *C.policyeval_report
		if to.set != nil {
			rc = C.policyset_add_grants(to.set, first, size, terminated, &report)
		} else {
			rc = C.access_add_grants(to.access, first, size, terminated, &report)
		}
		findings := takeReport(report)
		if rc != 0 {
			return failed(op, rc, "").about(name, findings)
		}
		return nil
	}}
}

// layerOf is where a document of a kind stands, if there is but one place for it.
func layerOf(kind Kind) (Layer, bool) {
	switch kind {
	case KindIdentity:
		return LayerIdentity, true
	case KindResource, KindSecret, KindTrust:
		return LayerResource, true
	case KindKMSKey:
		return LayerKey, true
	case KindBoundary:
		return LayerBoundary, true
	case KindSession:
		return LayerSession, true
	case KindEndpoint:
		return LayerEndpoint, true
	}
	return 0, false
}

// File loads a file with Context.LoadPolicyFile and attaches it to the layer of its kind. For KindSCP and KindRCP, which
// have levels, use AttachLevel.
func File(kind Kind, path string) PolicyOption {
	return loaded(kind, func(c *Context) (*Policy, error) { return c.LoadPolicyFile(kind, path) })
}

// Document is File for a text.
func Document(kind Kind, text []byte, name string) PolicyOption {
	return loaded(kind, func(c *Context) (*Policy, error) { return c.LoadPolicy(kind, text, name) })
}

func loaded(kind Kind, load func(*Context) (*Policy, error)) PolicyOption {
	return PolicyOption{func(op string, to target) *Error {
		layer, ok := layerOf(kind)
		if !ok {
			return invalid(op, fmt.Sprintf("kind %v has no layer of its own: use AttachLevel", kind))
		}
		c := &Context{} // borrows the object for the time of this call
		c.ptr = unsafe.Pointer(to.context)
		policy, err := load(c)
		if err != nil {
			return err.(*Error)
		}
		defer policy.Close()
		return to.add(op, layer, 0, (*C.policyeval_policy)(policy.ptr))
	}}
}
