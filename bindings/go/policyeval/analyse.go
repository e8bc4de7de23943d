// SPDX-License-Identifier: MIT

package policyeval

/*
#include <policyeval/policyeval.h>
#include <stdint.h>

#define TEXT(s) (_GoStringLen(s) ? _GoStringPtr(s) : ""), _GoStringLen(s)

extern int libpolicyevalGoCancelled(uintptr_t number);
static int analysis_cancelled(void *user) { return libpolicyevalGoCancelled(*(uintptr_t *)user); }

static int analysis_add_action(policyeval_analysis *a, _GoString_ s) { return policyeval_analysis_add_action(a, TEXT(s)); }
static int analysis_add_resource(policyeval_analysis *a, _GoString_ s) {
  return policyeval_analysis_add_resource(a, TEXT(s));
}
static int analysis_add_trust(policyeval_analysis *a, int trust, _GoString_ s) {
  return policyeval_analysis_add_trust(a, trust, TEXT(s));
}
// The question is run once: the number need not outlive the call.
static int analysis_run(policyeval_analysis *a, uintptr_t number) {
  const int rc = number ? policyeval_analysis_set_cancel(a, analysis_cancelled, &number) : POLICYEVAL_OK;
  return rc == POLICYEVAL_OK ? policyeval_analysis_run(a) : rc;
}
*/
import "C"

import (
	"context"
)

// An Ask is a question about all requests at once, put so that Yes comes with a request that shows it.
type Ask int32

// What can be asked about a policy.
const (
	AskNewAccess     Ask = C.POLICYEVAL_ASK_NEW_ACCESS     // does it allow a request that the Existing policy does not
	AskAccessGranted Ask = C.POLICYEVAL_ASK_ACCESS_GRANTED // does it allow one of these actions on one of these resources
	AskPublic        Ask = C.POLICYEVAL_ASK_PUBLIC         // does it allow requests of the public, or of outsiders
	AskCompare       Ask = C.POLICYEVAL_ASK_COMPARE        // which of it and the Existing policy allows what the other does not
	AskFindings      Ask = C.POLICYEVAL_ASK_FINDINGS       // who outside of the zone of trust gets what (see JSON)
	AskStatements    Ask = C.POLICYEVAL_ASK_STATEMENTS     // does each statement change what it allows or denies
)

// An AnswerKind answers an Ask. Zero is unknown.
type AnswerKind int32

// The answers. No is proved for every request and every reading of undocumented rules; Yes has a witness.
const (
	AnswerUnknown AnswerKind = C.POLICYEVAL_ANSWER_UNKNOWN
	AnswerNo      AnswerKind = C.POLICYEVAL_ANSWER_NO
	AnswerYes     AnswerKind = C.POLICYEVAL_ANSWER_YES
)

// String is "unknown", "no" or "yes".
func (a AnswerKind) String() string {
	return nameOr(C.policyeval_answer_name(C.int(a)), "AnswerKind", int32(a))
}

// A Relation says what a policy is, compared with another one.
type Relation int32

// The relations.
const (
	RelationUnknown      Relation = C.POLICYEVAL_RELATION_UNKNOWN
	RelationEquivalent   Relation = C.POLICYEVAL_RELATION_EQUIVALENT
	RelationNarrower     Relation = C.POLICYEVAL_RELATION_NARROWER
	RelationBroader      Relation = C.POLICYEVAL_RELATION_BROADER
	RelationIncomparable Relation = C.POLICYEVAL_RELATION_INCOMPARABLE
)

// String is "equivalent", "narrower", "broader", "incomparable" or "unknown".
func (r Relation) String() string {
	return nameOr(C.policyeval_relation_name(C.int(r)), "Relation", int32(r))
}

// A Need says what a statement is for. Zero is unknown.
type Need int32

// The needs.
const (
	NeedUnknown   Need = C.POLICYEVAL_NEED_UNKNOWN
	NeedNeeded    Need = C.POLICYEVAL_NEED_NEEDED    // some request is allowed, or denied, because of it alone
	NeedRedundant Need = C.POLICYEVAL_NEED_REDUNDANT // what it says of requests, other statements say already
	NeedShadowed  Need = C.POLICYEVAL_NEED_SHADOWED  // an Allow all of whose requests are denied
	NeedNever     Need = C.POLICYEVAL_NEED_NEVER     // there is no request that it matches
)

// String is "unknown", "needed", "redundant", "shadowed" or "never-matches".
func (n Need) String() string {
	return nameOr(C.policyeval_need_name(C.int(n)), "Need", int32(n))
}

// A StatementNeed is what AskStatements says of a statement.
type StatementNeed struct {
	Need    Need
	By      []int  // the statements that are why it is not needed
	Witness string // a case that only this statement allows or, a Deny, denies; "": there is none
}

// A PublicRule says what makes a policy public.
type PublicRule int32

// The rules of AskPublic.
const (
	PublicFixedValues PublicRule = C.POLICYEVAL_PUBLIC_FIXED_VALUES // nothing in the request is a value that the policy names
	PublicArticle     PublicRule = C.POLICYEVAL_PUBLIC_ARTICLE      // the five keys of AWS's article, and no "*" as principal
	PublicZone        PublicRule = C.POLICYEVAL_PUBLIC_ZONE         // somebody outside of the zone of trust
)

// A TrustKind is something that can be trusted.
type TrustKind int32

// What can belong to the zone of trust.
const (
	TrustAccount TrustKind = C.POLICYEVAL_TRUST_ACCOUNT
	TrustOrg     TrustKind = C.POLICYEVAL_TRUST_ORG
	TrustVPC     TrustKind = C.POLICYEVAL_TRUST_VPC
	TrustVPCE    TrustKind = C.POLICYEVAL_TRUST_VPCE
)

// An AskOption is an operand of a question, or changes how it is meant.
type AskOption func(*C.policyeval_analysis) (C.int, *Error)

const opAnalyse = "analyse"

func policyOption(p *Policy, set func(*C.policyeval_analysis, *C.policyeval_policy) C.int) AskOption {
	return func(a *C.policyeval_analysis) (C.int, *Error) {
		if err := p.use(opAnalyse); err != nil {
			return 0, err
		}
		defer p.release()
		return set(a, (*C.policyeval_policy)(p.ptr)), nil
	}
}

func askOption(set func(*C.policyeval_analysis) C.int) AskOption {
	return func(a *C.policyeval_analysis) (C.int, *Error) { return set(a), nil }
}

// Existing is the policy that the one asked about is held against, for AskNewAccess and AskCompare; of the same kind.
func Existing(p *Policy) AskOption {
	return policyOption(p, func(a *C.policyeval_analysis, p *C.policyeval_policy) C.int {
		return C.policyeval_analysis_set_existing(a, p)
	})
}

// OfAction is one more action, with wildcards or without, for AskAccessGranted. Without any: all.
func OfAction(pattern string) AskOption {
	return askOption(func(a *C.policyeval_analysis) C.int { return C.analysis_add_action(a, pattern) })
}

// OnResource is one more resource, with wildcards or without, for AskAccessGranted. Without any: all.
func OnResource(pattern string) AskOption {
	return askOption(func(a *C.policyeval_analysis) C.int { return C.analysis_add_resource(a, pattern) })
}

// ByRule says what is public, for AskPublic.
func ByRule(rule PublicRule) AskOption {
	return askOption(func(a *C.policyeval_analysis) C.int { return C.policyeval_analysis_set_rule(a, C.int(rule)) })
}

// Trusting adds to the zone of trust, for AskPublic, and chooses the rule PublicZone.
func Trusting(kind TrustKind, id string) AskOption {
	return askOption(func(a *C.policyeval_analysis) C.int { return C.analysis_add_trust(a, C.int(kind), id) })
}

// IPLimit says that more than so many public IPv4 addresses are the public; 0: 2^24.
func IPLimit(addresses uint64) AskOption {
	return askOption(func(a *C.policyeval_analysis) C.int {
		return C.policyeval_analysis_set_ip_limit(a, C.uint64_t(addresses))
	})
}

// IPv6Limit says that more public IPv6 addresses than so many networks of 2^64 of them are the public; 0: 2^32 networks.
func IPv6Limit(networks uint64) AskOption {
	return askOption(func(a *C.policyeval_analysis) C.int {
		return C.policyeval_analysis_set_ipv6_limit(a, C.uint64_t(networks))
	})
}

// OfStatement asks about this statement alone, against all others, for AskStatements. Without it: about all of them, each
// against those that are needed, the last one first, so that all that are not needed can go together.
func OfStatement(index int) AskOption {
	return func(a *C.policyeval_analysis) (C.int, *Error) {
		if index < 0 {
			return 0, invalid(opAnalyse, "there is no such statement")
		}
		return C.policyeval_analysis_set_statement(a, C.size_t(index)), nil
	}
}

// GrantOnly says that Deny statements do not count, as in S3's definition of public.
func GrantOnly() AskOption {
	return askOption(func(a *C.policyeval_analysis) C.int { return C.policyeval_analysis_set_grant_only(a, 1) })
}

// ClosedCatalog says that no actions but those of the catalogue exist.
func ClosedCatalog() AskOption {
	return askOption(func(a *C.policyeval_analysis) C.int { return C.policyeval_analysis_set_closed_catalog(a, 1) })
}

// An Analysis is the answer to a question about all requests.
type Analysis struct {
	Answer   AnswerKind
	Relation Relation // of AskCompare
	// Statements of the policy that are the reason for Yes, from 0; of AskStatements those that are not needed.
	Reasons []int
	Needs   []StatementNeed // of AskStatements, one for each statement
	// A request that shows Yes, as a case of `policyeval simulate --cases`; "": there is none.
	Witness string
	// Of AskCompare: a request that only the Existing policy allows.
	ExistingWitness string
	JSON            string // what the command prints
	Text            string // the same for people
	AWS             string // in the form of Access Analyzer's API; "" when that has no such question
}

// Ask asks about a policy. It stops with ECANCELED when ctx is done.
func (c *Context) Ask(ctx context.Context, ask Ask, policy *Policy, options ...AskOption) (*Analysis, error) {
	number, done, err := cancellation(opAnalyse, ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	subject := policyOption(policy, func(a *C.policyeval_analysis, p *C.policyeval_policy) C.int {
		return C.policyeval_analysis_set_policy(a, p)
	})
	var analysis *Analysis
	failure := c.use(opAnalyse, func(ptr *C.policyeval_context) *Error {
		var a *C.policyeval_analysis
		if rc := C.policyeval_analysis_new(ptr, C.int(ask), &a); rc != 0 {
			return failed(opAnalyse, rc, "")
		}
		defer C.policyeval_analysis_free(a)
		for _, o := range append([]AskOption{subject}, options...) {
			if o == nil {
				return invalid(opAnalyse, "an option is nil")
			}
			rc, err := o(a)
			if err == nil && rc != 0 {
				err = failed(opAnalyse, rc, C.GoString(C.policyeval_analysis_detail(a)))
			}
			if err != nil {
				return err
			}
		}
		rc := C.analysis_run(a, number)
		if rc == C.POLICYEVAL_ECANCELED && ctx.Err() != nil {
			return refuse(opAnalyse, ctx.Err())
		}
		if rc != 0 {
			return failed(opAnalyse, rc, C.GoString(C.policyeval_analysis_detail(a)))
		}
		analysis = newAnalysis(a, ask, C.policyeval_policy_statements((*C.policyeval_policy)(policy.ptr)))
		return nil
	})
	return analysis, failure
}

func newNeed(a *C.policyeval_analysis, statement C.size_t) StatementNeed {
	need := StatementNeed{Need: Need(C.policyeval_analysis_need(a, statement))}
	for i := C.size_t(0); ; i++ {
		by := C.policyeval_analysis_need_by(a, statement, i)
		if by == C.SIZE_MAX {
			break
		}
		need.By = append(need.By, int(by))
	}
	var size C.size_t
	if witness := C.policyeval_analysis_witness(a, C.int(statement), &size); witness != nil {
		need.Witness = C.GoStringN(witness, C.int(size))
	}
	return need
}

func newAnalysis(a *C.policyeval_analysis, ask Ask, statements C.size_t) *Analysis {
	analysis := &Analysis{
		Answer:   AnswerKind(C.policyeval_analysis_answer(a)),
		Relation: Relation(C.policyeval_analysis_relation(a)),
	}
	for i := C.size_t(0); i < C.policyeval_analysis_reasons(a); i++ {
		analysis.Reasons = append(analysis.Reasons, int(C.policyeval_analysis_reason(a, i)))
	}
	for i := C.size_t(0); ask == AskStatements && i < statements; i++ {
		analysis.Needs = append(analysis.Needs, newNeed(a, i))
	}
	for which, text := range []*string{&analysis.Witness, &analysis.ExistingWitness} {
		var size C.size_t
		if ask == AskStatements {
			break
		}
		if witness := C.policyeval_analysis_witness(a, C.int(which), &size); witness != nil {
			*text = C.GoStringN(witness, C.int(size))
		}
	}
	var size C.size_t
	if text := C.policyeval_analysis_json(a, &size); text != nil {
		analysis.JSON = C.GoStringN(text, C.int(size))
	}
	if text := C.policyeval_analysis_text(a, &size); text != nil {
		analysis.Text = C.GoStringN(text, C.int(size))
	}
	if text := C.policyeval_analysis_aws(a, &size); text != nil {
		analysis.AWS = C.GoStringN(text, C.int(size))
	}
	return analysis
}
