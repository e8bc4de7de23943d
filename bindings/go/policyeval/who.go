// SPDX-License-Identifier: MIT

package policyeval

/*
#include <policyeval/policyeval.h>

static int access_add_candidate(policyeval_access *a, _GoString_ arn, policyeval_policy *policy) {
  return policyeval_access_add_candidate(a, _GoStringLen(arn) ? _GoStringPtr(arn) : "", _GoStringLen(arn), policy);
}
*/
import "C"

// Candidate is a principal for WhoCan whose own identity policies are known; without any it has none.
func Candidate(arn string, policies ...*Policy) AccessOption { return candidate{arn, policies} }

type candidate struct {
	arn      string
	policies []*Policy
}

func (o candidate) ask(a *C.policyeval_access, _ *C.policyeval_context) *Error {
	if err := o.add(a, nil); err != nil {
		return err
	}
	for _, p := range o.policies {
		if err := p.use(opAsk); err != nil {
			return err
		}
		err := o.add(a, (*C.policyeval_policy)(p.ptr))
		p.release()
		if err != nil {
			return err
		}
	}
	return nil
}

func (o candidate) add(a *C.policyeval_access, policy *C.policyeval_policy) *Error {
	if rc := C.access_add_candidate(a, o.arn, policy); rc != 0 {
		return failed(opAsk, rc, C.GoString(C.policyeval_access_detail(a)))
	}
	return nil
}

// A WhoAnswer says who can read a secret.
type WhoAnswer struct {
	Count    int    // entries of JSON's "principals"
	Complete bool   // every answer is certain, so that nobody is missing
	JSON     string // what `policyeval who-can --format json` prints
	Text     string // the same for people
}

// WhoCan asks who can read the secret, over all requests: the candidates, the principals that the secret's and the key's policy
// name, and the groups of principals that they cannot tell apart. The question needs no principal. Errors: as Decide.
func (a *Access) WhoCan() (*WhoAnswer, error) {
	if err := a.use(); err != nil {
		return nil, err
	}
	defer a.releaseAlone()
	if a.spoiled != nil {
		return nil, a.spoiled
	}
	if rc := C.policyeval_access_who_can(a.c()); rc != 0 {
		return nil, failed(opAsk, rc, C.GoString(C.policyeval_access_detail(a.c())))
	}
	answer := &WhoAnswer{Count: int(C.policyeval_access_who_count(a.c())), Complete: C.policyeval_access_who_complete(a.c()) != 0}
	var size C.size_t
	document := C.policyeval_access_who_json(a.c(), &size)
	answer.JSON = C.GoStringN(document, C.int(size))
	text := C.policyeval_access_who_text(a.c(), &size)
	answer.Text = C.GoStringN(text, C.int(size))
	if document == nil || text == nil {
		return nil, failed(opAsk, C.POLICYEVAL_ENOMEM, "")
	}
	return answer, nil
}
