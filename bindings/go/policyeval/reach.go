// SPDX-License-Identifier: MIT

package policyeval

// #include <policyeval/policyeval.h>
import "C"

// A Reach says how a question of three policies is answered over all requests. Zero is unknown.
type Reach int32

// The reaches. Never and Always are proved for every reading of undocumented rules.
const (
	ReachUnknown   Reach = C.POLICYEVAL_REACH_UNKNOWN
	ReachNever     Reach = C.POLICYEVAL_REACH_NEVER
	ReachSometimes Reach = C.POLICYEVAL_REACH_SOMETIMES
	ReachAlways    Reach = C.POLICYEVAL_REACH_ALWAYS
)

// String is "always", "sometimes", "never" or "unknown".
func (r Reach) String() string { return nameOr(C.policyeval_reach_name(C.int(r)), "Reach", int32(r)) }

// An AllRequestsAnswer is the answer over all requests.
type AllRequestsAnswer struct {
	Reach    Reach
	Operable bool   // nothing else, such as the state of the key, stands in the way
	JSON     string // what `policyeval access --all-requests --format json` prints: with a witness and a counterexample
	Text     string // the same for people
}

// AllRequests asks over all requests: what is set holds, every other fact may have any value or be absent. Errors: as
// Decide.
func (a *Access) AllRequests() (*AllRequestsAnswer, error) {
	if err := a.use(); err != nil {
		return nil, err
	}
	defer a.releaseAlone()
	if a.spoiled != nil {
		return nil, a.spoiled
	}
	if rc := C.policyeval_access_all_requests(a.c()); rc != 0 {
		return nil, failed(opAsk, rc, C.GoString(C.policyeval_access_detail(a.c())))
	}
	answer := &AllRequestsAnswer{
		Reach:    Reach(C.policyeval_access_reach(a.c())),
		Operable: C.policyeval_access_operable(a.c()) != 0,
	}
	var size C.size_t
	document := C.policyeval_access_reach_json(a.c(), &size)
	answer.JSON = C.GoStringN(document, C.int(size))
	text := C.policyeval_access_reach_text(a.c(), &size)
	answer.Text = C.GoStringN(text, C.int(size))
	if document == nil || text == nil {
		return nil, failed(opAsk, C.POLICYEVAL_ENOMEM, "")
	}
	return answer, nil
}
