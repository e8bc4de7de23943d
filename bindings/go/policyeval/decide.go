// SPDX-License-Identifier: MIT

package policyeval

/*
#include <policyeval/policyeval.h>
#include <stdint.h>

extern int libpolicyevalGoCancelled(uintptr_t number);
static int cancelled(void *user) { return libpolicyevalGoCancelled(*(uintptr_t *)user); }

static int decide_many(policyeval_policyset *set, const uintptr_t *requests, size_t count, int *effects,
                       uintptr_t number, size_t *done) {
  return policyeval_decide_many(set, (policyeval_request *const *)requests, count, effects,
                                number ? cancelled : NULL, &number, done);
}

// What a decision says, in one call.
typedef struct decision_view {
  int effect, blocked_by;
  size_t assumptions, missing;
  policyeval_slice reason, json, text, aws;
} decision_view;
static void decision_look(policyeval_decision *d, decision_view *view) {
  *view = (decision_view){.effect = policyeval_decision_effect(d), .reason = policyeval_decision_reason(d)};
  for (int layer = 1; policyeval_layer_name(layer); layer++)
    view->blocked_by |= policyeval_decision_blocked_by(d, layer) << layer;
  while (policyeval_decision_assumption(d, view->assumptions).ptr) view->assumptions++;
  while (policyeval_decision_missing(d, view->missing).ptr) view->missing++;
  view->json.ptr = policyeval_decision_json(d, &view->json.len);
  view->text.ptr = policyeval_decision_text(d, &view->text.len);
  view->aws.ptr = policyeval_decision_aws(d, &view->aws.len);
}
*/
import "C"

import (
	"context"
	"fmt"
	"unsafe"
)

// A Decision is a verdict with its reasons.
type Decision struct {
	Effect         Effect
	BlockedBy      []Layer  // the layers that block the request
	Reason         string   // in AWS's own words, "because no identity-based policy allows the … action"; "" when allowed
	MissingContext []string // context keys whose value could change the verdict
	Assumptions    []string // rows whose other reading would give another verdict, "AMB-12"
	JSON           string   // what `policyeval simulate` prints
	Text           string   // the same for people
	AWS            string   // the same in the shape of `aws iam simulate-custom-policy`
}

const opDecide = "decide"

// hold is handle.hold for a set that may be nil.
func (s *PolicySet) use(op string) *Error {
	if s == nil {
		return invalid(op, "the policy set is nil")
	}
	if err := s.hold(); err != nil {
		return refuse(op, err)
	}
	return nil
}

func (s *PolicySet) c() *C.policyeval_policyset { return (*C.policyeval_policyset)(s.ptr) }

// both holds the set and one request; the caller releases both.
func (s *PolicySet) both(r *Request) *Error {
	if err := s.use(opDecide); err != nil {
		return err
	}
	err := r.use(opDecide)
	if err == nil && r.spoiled != nil {
		err = r.spoiled
		r.releaseAlone()
	}
	if err != nil {
		s.release()
	}
	return err
}

// Decide decides one request and says why. Errors: EINVAL (the request is not complete).
func (s *PolicySet) Decide(r *Request) (*Decision, error) {
	if err := s.both(r); err != nil {
		return nil, err
	}
	defer s.release()
	defer r.releaseAlone()
	var d *C.policyeval_decision
	if rc := C.policyeval_decide(s.c(), r.c(), &d); rc != 0 {
		return nil, failed(opDecide, rc, C.GoString(C.policyeval_request_detail(r.c())))
	}
	defer C.policyeval_decision_free(d)
	return newDecision(d)
}

func newDecision(d *C.policyeval_decision) (*Decision, error) {
	var view C.decision_view
	C.decision_look(d, &view)
	if view.json.ptr == nil || view.text.ptr == nil || view.aws.ptr == nil {
		return nil, failed(opDecide, C.POLICYEVAL_ENOMEM, "")
	}
	decision := &Decision{
		Effect: Effect(view.effect),
		Reason: goText(view.reason),
		JSON:   goText(view.json),
		Text:   goText(view.text),
		AWS:    goText(view.aws),
	}
	for layer := Layer(1); view.blocked_by>>uint(layer) != 0; layer++ {
		if view.blocked_by>>uint(layer)&1 != 0 {
			decision.BlockedBy = append(decision.BlockedBy, layer)
		}
	}
	for i := C.size_t(0); i < view.assumptions; i++ {
		decision.Assumptions = append(decision.Assumptions, goText(C.policyeval_decision_assumption(d, i)))
	}
	for i := C.size_t(0); i < view.missing; i++ {
		decision.MissingContext = append(decision.MissingContext, goText(C.policyeval_decision_missing(d, i)))
	}
	return decision, nil
}

// Effect is the verdict alone, without the reasons.
func (s *PolicySet) Effect(r *Request) (Effect, error) {
	if err := s.both(r); err != nil {
		return ImplicitDeny, err
	}
	effect := C.int(ImplicitDeny)
	rc := C.policyeval_decide_effect(s.c(), r.c(), &effect)
	var err error
	if rc != 0 {
		effect = C.int(ImplicitDeny)
		err = failed(opDecide, rc, C.GoString(C.policyeval_request_detail(r.c())))
	}
	r.releaseAlone()
	s.release()
	return Effect(effect), err
}

// DecideMany decides many requests with one call into the library. It stops at the first error, and when ctx is done;
// then the effects are those of the requests before.
func (s *PolicySet) DecideMany(ctx context.Context, requests []*Request) ([]Effect, error) {
	effects := make([]Effect, len(requests))
	n, err := s.DecideInto(ctx, requests, effects)
	return effects[:n], err
}

// DecideInto is DecideMany into effects, which has room for all. It tells how many were decided.
func (s *PolicySet) DecideInto(ctx context.Context, requests []*Request, effects []Effect) (int, error) {
	if len(effects) < len(requests) {
		return 0, invalid(opDecide, "there is not enough room for the effects")
	}
	number, done, err := cancellation(opDecide, ctx)
	if err != nil {
		return 0, err
	}
	defer done()
	if err := s.use(opDecide); err != nil {
		return 0, err
	}
	defer s.release()
	if len(requests) == 0 {
		return 0, nil
	}
	requests = append([]*Request(nil), requests...) // the caller's list may change meanwhile, these may not
	var held batch
	defer held.release()
	if err := held.hold(requests); err != nil {
		return 0, err
	}
	var decided C.size_t
	rc := C.decide_many(s.c(), &held.pointers[0], C.size_t(len(requests)), (*C.int)(unsafe.Pointer(&effects[0])), number, &decided)
	n := int(decided)
	switch {
	case rc == 0:
		return n, nil
	case rc == C.POLICYEVAL_ECANCELED && ctx.Err() != nil:
		return n, refuse(opDecide, ctx.Err())
	case n < len(requests):
		detail := C.GoString(C.policyeval_request_detail(requests[n].c()))
		return n, failed(opDecide, rc, fmt.Sprintf("request %d: %s", n, detail))
	}
	return n, failed(opDecide, rc, "")
}

// A batch holds requests alone, each once even if it is in the list several times.
type batch struct {
	pointers []C.uintptr_t // of all requests: numbers, so that nothing looks at them one by one
	held     []*Request    // with repeated ones only once
	seen     map[*Request]bool
}

func (b *batch) hold(requests []*Request) *Error {
	b.pointers = make([]C.uintptr_t, len(requests))
	for i, r := range requests {
		err := r.use(opDecide)
		switch {
		case err == nil:
			b.add(requests, i)
		case err.cause == ErrBusy && b.repeated(requests[:i], r):
			err = nil
		}
		if err == nil {
			err = r.spoiled
		}
		if err != nil {
			return &Error{Op: opDecide, Code: err.Code, Message: fmt.Sprintf("request %d: %s", i, err.Message), cause: err.cause}
		}
		b.pointers[i] = C.uintptr_t(uintptr(r.ptr))
	}
	return nil
}

// add notes that request i is held. As long as none was repeated, those held are the beginning of the list.
func (b *batch) add(requests []*Request, i int) {
	if b.seen == nil {
		b.held = requests[: i+1 : i+1]
		return
	}
	b.held = append(b.held, requests[i])
	b.seen[requests[i]] = true
}

func (b *batch) repeated(before []*Request, r *Request) bool {
	if b.seen == nil {
		b.seen = make(map[*Request]bool, len(before))
		for _, r := range before {
			b.seen[r] = true
		}
	}
	return b.seen[r]
}

func (b *batch) release() {
	for _, r := range b.held {
		r.releaseAlone()
	}
}
