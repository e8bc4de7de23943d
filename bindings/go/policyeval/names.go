// SPDX-License-Identifier: MIT

package policyeval

/*
#include <policyeval/policyeval.h>

static int kind_find(_GoString_ name) { return policyeval_kind_find(_GoStringPtr(name)); }

#define NAME(name, value, text) \
  case value:                   \
    return text;
static const char *severity_name(int severity) {
  switch (severity) {
    POLICYEVAL_SEVERITIES(NAME)
    default: return NULL;
  }
}
*/
import "C"

import "fmt"

// An Effect is a verdict. Zero is deny.
type Effect int32

// The verdicts.
const (
	ImplicitDeny Effect = C.POLICYEVAL_IMPLICIT_DENY
	ExplicitDeny Effect = C.POLICYEVAL_EXPLICIT_DENY
	Allow        Effect = C.POLICYEVAL_ALLOW
	Unknown      Effect = C.POLICYEVAL_UNKNOWN
)

// A Kind says what a policy document is attached to.
type Kind int32

// The kinds of documents.
const (
	KindIdentity Kind = C.POLICYEVAL_KIND_IDENTITY
	KindResource Kind = C.POLICYEVAL_KIND_RESOURCE
	KindSecret   Kind = C.POLICYEVAL_KIND_SECRET
	KindKMSKey   Kind = C.POLICYEVAL_KIND_KMS_KEY
	KindTrust    Kind = C.POLICYEVAL_KIND_TRUST
	KindSCP      Kind = C.POLICYEVAL_KIND_SCP
	KindRCP      Kind = C.POLICYEVAL_KIND_RCP
	KindBoundary Kind = C.POLICYEVAL_KIND_BOUNDARY
	KindSession  Kind = C.POLICYEVAL_KIND_SESSION
	KindEndpoint Kind = C.POLICYEVAL_KIND_ENDPOINT
)

// A Layer is where policies apply in a decision.
type Layer int32

// The layers of a decision.
const (
	LayerIdentity Layer = C.POLICYEVAL_LAYER_IDENTITY
	LayerResource Layer = C.POLICYEVAL_LAYER_RESOURCE
	LayerKey      Layer = C.POLICYEVAL_LAYER_KEY
	LayerGrant    Layer = C.POLICYEVAL_LAYER_GRANT
	LayerBoundary Layer = C.POLICYEVAL_LAYER_BOUNDARY
	LayerSession  Layer = C.POLICYEVAL_LAYER_SESSION
	LayerSCP      Layer = C.POLICYEVAL_LAYER_SCP
	LayerRCP      Layer = C.POLICYEVAL_LAYER_RCP
	LayerEndpoint Layer = C.POLICYEVAL_LAYER_ENDPOINT
)

// A Severity says how bad a finding is; the lowest number is the worst.
type Severity int32

// The severities of findings.
const (
	SeverityError           Severity = C.POLICYEVAL_SEVERITY_ERROR
	SeveritySecurityWarning Severity = C.POLICYEVAL_SEVERITY_SECURITY_WARNING
	SeverityWarning         Severity = C.POLICYEVAL_SEVERITY_WARNING
	SeveritySuggestion      Severity = C.POLICYEVAL_SEVERITY_SUGGESTION
)

func nameOr(name *C.char, what string, value int32) string {
	if name == nil {
		return fmt.Sprintf("%s(%d)", what, value)
	}
	return C.GoString(name)
}

// String is the AWS CLI's word: "allowed", "implicitDeny", "explicitDeny", or "unknown".
func (e Effect) String() string {
	return nameOr(C.policyeval_effect_name(C.int(e)), "Effect", int32(e))
}

// Allowed tells whether the verdict is Allow; Unknown is not.
func (e Effect) Allowed() bool { return e == Allow }

// String is the name of the kind, "kms-key".
func (k Kind) String() string { return nameOr(C.policyeval_kind_name(C.int(k)), "Kind", int32(k)) }

// String is the name of the layer, "identity".
func (l Layer) String() string { return nameOr(C.policyeval_layer_name(C.int(l)), "Layer", int32(l)) }

// String is the severity as reports write it, "SECURITY_WARNING".
func (s Severity) String() string { return nameOr(C.severity_name(C.int(s)), "Severity", int32(s)) }

// ParseKind finds a kind by its name.
func ParseKind(name string) (Kind, error) {
	text, ok := zeroTerminated(name)
	if ok {
		if kind := C.kind_find(text); kind != 0 {
			return Kind(kind), nil
		}
	}
	return 0, &Error{Op: "parse kind", Code: ENOTFOUND, Message: fmt.Sprintf("there is no kind %q", name)}
}

// MarshalText writes the word of String.
func (e Effect) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// UnmarshalText reads the word of String.
func (e *Effect) UnmarshalText(text []byte) error {
	for v := Effect(0); C.policyeval_effect_name(C.int(v)) != nil; v++ {
		if v.String() == string(text) {
			*e = v
			return nil
		}
	}
	return &Error{Op: "parse effect", Code: ENOTFOUND, Message: fmt.Sprintf("there is no effect %q", text)}
}

// MarshalText writes the word of String.
func (l Layer) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads the word of String.
func (l *Layer) UnmarshalText(text []byte) error {
	for v := Layer(1); C.policyeval_layer_name(C.int(v)) != nil; v++ {
		if v.String() == string(text) {
			*l = v
			return nil
		}
	}
	return &Error{Op: "parse layer", Code: ENOTFOUND, Message: fmt.Sprintf("there is no layer %q", text)}
}
