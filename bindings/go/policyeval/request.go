// SPDX-License-Identifier: MIT

package policyeval

/*
#include <policyeval/policyeval.h>

#define TEXT(s) (_GoStringLen(s) ? _GoStringPtr(s) : ""), _GoStringLen(s)
#define SETTER(name)                                                          \
  static int request_set_##name(policyeval_request *r, _GoString_ value) {   \
    return policyeval_request_set_##name(r, TEXT(value));                     \
  }
SETTER(service)
SETTER(provider)
SETTER(action)
SETTER(resource)
SETTER(resource_account)
*/
import "C"

import (
	"runtime"
	"unsafe"
)

// A Request is one request: principal, action, resource, context. It serves one goroutine at a time and may be used
// again and again; another goroutine is refused with ErrBusy.
type Request struct {
	handle
	spoiled *Error // a fact was refused: nothing may be decided about the rest
}

// A RequestOption says something about a request: a Fact, Reading, Service, Provider, Anonymous, Action, Resource,
// ResourceAccount, Only.
type RequestOption interface {
	fill(*C.policyeval_request) *Error
}

const opRequest = "request"

func (f Fact) fill(r *C.policyeval_request) *Error {
	if f.request == nil {
		return invalid(opRequest, "an option is empty")
	}
	rc, err := f.request(opRequest, r)
	if err == nil && rc != 0 {
		err = failed(opRequest, rc, C.GoString(C.policyeval_request_detail(r)))
	}
	return err
}

func (o ReadingOption) fill(r *C.policyeval_request) *Error { return o.fact().fill(r) }

type requestOption func(*C.policyeval_request) C.int

func (o requestOption) fill(r *C.policyeval_request) *Error {
	if rc := o(r); rc != 0 {
		return failed(opRequest, rc, C.GoString(C.policyeval_request_detail(r)))
	}
	return nil
}

// Action is the action, "secretsmanager:GetSecretValue"; no wildcard.
func Action(name string) RequestOption {
	return requestOption(func(r *C.policyeval_request) C.int { return C.request_set_action(r, name) })
}

// Resource is the resource's ARN, or "*" for an action without resource.
func Resource(arn string) RequestOption {
	return requestOption(func(r *C.policyeval_request) C.int { return C.request_set_resource(r, arn) })
}

// ResourceAccount is the account that owns the resource, when its ARN does not say it.
func ResourceAccount(id string) RequestOption {
	return requestOption(func(r *C.policyeval_request) C.int { return C.request_set_resource_account(r, id) })
}

// Service says that the caller is an AWS service, "lambda.amazonaws.com".
func Service(name string) RequestOption {
	return requestOption(func(r *C.policyeval_request) C.int { return C.request_set_service(r, name) })
}

// Provider says that the caller is an identity provider.
func Provider(name string) RequestOption {
	return requestOption(func(r *C.policyeval_request) C.int { return C.request_set_provider(r, name) })
}

// Anonymous says that the request is not signed.
func Anonymous() RequestOption {
	return requestOption(func(r *C.policyeval_request) C.int { return C.policyeval_request_set_anonymous(r) })
}

// Only judges one layer by itself, any but LayerKey and LayerGrant; 0 is the whole decision.
func Only(layer Layer) RequestOption {
	return requestOption(func(r *C.policyeval_request) C.int { return C.policyeval_request_set_only(r, C.int(layer)) })
}

// NewRequest makes a request of what the options say.
func (c *Context) NewRequest(options ...RequestOption) (*Request, error) {
	var request *Request
	err := c.use(opRequest, func(ptr *C.policyeval_context) *Error {
		var r *C.policyeval_request
		if rc := C.policyeval_request_new(ptr, &r); rc != 0 {
			return failed(opRequest, rc, "")
		}
		if err := fillRequest(r, options); err != nil {
			C.policyeval_request_free(r)
			return err
		}
		request = &Request{}
		request.init(ptr, unsafe.Pointer(r), func(p unsafe.Pointer) { C.policyeval_request_free((*C.policyeval_request)(p)) })
		runtime.SetFinalizer(request, (*Request).Close)
		return nil
	})
	return request, err
}

func fillRequest(r *C.policyeval_request, options []RequestOption) *Error {
	for _, o := range options {
		if o == nil {
			return invalid(opRequest, "an option is nil")
		}
		if err := o.fill(r); err != nil {
			return err
		}
	}
	return nil
}

// Close releases the request. It returns nil.
func (r *Request) Close() error {
	if r != nil {
		r.close()
		runtime.SetFinalizer(r, nil)
	}
	return nil
}

// use holds the request alone; the caller releases it.
func (r *Request) use(op string) *Error {
	if r == nil {
		return invalid(op, "the request is nil")
	}
	if err := r.holdAlone(); err != nil {
		return refuse(op, err)
	}
	return nil
}

func (r *Request) c() *C.policyeval_request { return (*C.policyeval_request)(r.ptr) }

// Set adds facts; what was said before stays, and what is said again is replaced. After a refused fact the request
// cannot be decided before Clear: half of the facts would be another request.
func (r *Request) Set(options ...RequestOption) error {
	if err := r.use(opRequest); err != nil {
		return err
	}
	defer r.releaseAlone()
	if err := fillRequest(r.c(), options); err != nil {
		r.spoiled = err
		return err
	}
	return nil
}

// Clear forgets all facts.
func (r *Request) Clear() error {
	if err := r.use(opRequest); err != nil {
		return err
	}
	defer r.releaseAlone()
	if rc := C.policyeval_request_clear(r.c()); rc != 0 {
		return failed(opRequest, rc, "")
	}
	r.spoiled = nil
	return nil
}

// JSON is the request as a case of `policyeval simulate --cases`, without policies.
func (r *Request) JSON() (string, error) {
	if err := r.use(opRequest); err != nil {
		return "", err
	}
	defer r.releaseAlone()
	if r.spoiled != nil {
		return "", r.spoiled
	}
	var text *C.char
	var size C.size_t
	if rc := C.policyeval_request_json(r.c(), &text, &size); rc != 0 {
		return "", failed(opRequest, rc, C.GoString(C.policyeval_request_detail(r.c())))
	}
	return r.take(text, size), nil
}
