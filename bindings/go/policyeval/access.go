// SPDX-License-Identifier: MIT

package policyeval

/*
#include <policyeval/policyeval.h>

#define TEXT(s) (_GoStringLen(s) ? _GoStringPtr(s) : ""), _GoStringLen(s)
#define SETTER(name)                                                        \
  static int access_set_##name(policyeval_access *a, _GoString_ value) {   \
    return policyeval_access_set_##name(a, TEXT(value));                    \
  }
SETTER(secret)
SETTER(key)
SETTER(key_state)
SETTER(version_stage)
SETTER(version_id)
*/
import "C"

import (
	"encoding/json"
	"runtime"
	"unsafe"
)

// An Access is the question whether a principal may read a secret: GetSecretValue on the secret and Decrypt on its key.
// It serves one goroutine at a time; another one is refused with ErrBusy.
type Access struct {
	handle
	spoiled *Error // an option was refused: the question is not the one that was meant
}

// An AccessOption says something about the question: a Fact, Reading, a PolicyOption (File, Attach, …; LayerResource is the
// secret's policy, LayerKey the key policy), Secret, Key, KeyState, VersionStage, VersionID.
type AccessOption interface {
	ask(*C.policyeval_access, *C.policyeval_context) *Error
}

const opAsk = "access"

func (f Fact) ask(a *C.policyeval_access, _ *C.policyeval_context) *Error {
	if f.access == nil {
		return invalid(opAsk, "an option is empty")
	}
	rc, err := f.access(opAsk, a)
	if err == nil && rc != 0 {
		err = failed(opAsk, rc, C.GoString(C.policyeval_access_detail(a)))
	}
	return err
}

func (o ReadingOption) ask(a *C.policyeval_access, c *C.policyeval_context) *Error {
	return o.fact().ask(a, c)
}

type accessOption func(*C.policyeval_access) C.int

func (o accessOption) ask(a *C.policyeval_access, _ *C.policyeval_context) *Error {
	if rc := o(a); rc != 0 {
		return failed(opAsk, rc, C.GoString(C.policyeval_access_detail(a)))
	}
	return nil
}

// Secret is the secret by its full ARN, with the six random characters.
func Secret(arn string) AccessOption {
	return accessOption(func(a *C.policyeval_access) C.int { return C.access_set_secret(a, arn) })
}

// Key is the key by its key ARN. Without one the secret is taken to be encrypted with the AWS managed key
// aws/secretsmanager.
func Key(arn string) AccessOption {
	return accessOption(func(a *C.policyeval_access) C.int { return C.access_set_key(a, arn) })
}

// KeyState is the state of the key as DescribeKey prints it: "Enabled", "Disabled", "PendingDeletion", ….
func KeyState(state string) AccessOption {
	return accessOption(func(a *C.policyeval_access) C.int { return C.access_set_key_state(a, state) })
}

// VersionStage is the parameter VersionStage of the call.
func VersionStage(stage string) AccessOption {
	return accessOption(func(a *C.policyeval_access) C.int { return C.access_set_version_stage(a, stage) })
}

// VersionID is the parameter VersionId of the call.
func VersionID(id string) AccessOption {
	return accessOption(func(a *C.policyeval_access) C.int { return C.access_set_version_id(a, id) })
}

// NewAccess makes a question of what the options say.
func (c *Context) NewAccess(options ...AccessOption) (*Access, error) {
	var access *Access
	err := c.use(opAsk, func(ptr *C.policyeval_context) *Error {
		var a *C.policyeval_access
		if rc := C.policyeval_access_new(ptr, &a); rc != 0 {
			return failed(opAsk, rc, "")
		}
		if err := fillAccess(a, ptr, options); err != nil {
			C.policyeval_access_free(a)
			return err
		}
		access = &Access{}
		access.init(ptr, unsafe.Pointer(a), func(p unsafe.Pointer) { C.policyeval_access_free((*C.policyeval_access)(p)) })
		runtime.SetFinalizer(access, (*Access).Close)
		return nil
	})
	return access, err
}

func fillAccess(a *C.policyeval_access, c *C.policyeval_context, options []AccessOption) *Error {
	for _, o := range options {
		if o == nil {
			return invalid(opAsk, "an option is nil")
		}
		if err := o.ask(a, c); err != nil {
			return err
		}
	}
	return nil
}

// Close releases the question. It returns nil.
func (a *Access) Close() error {
	if a != nil {
		a.close()
		runtime.SetFinalizer(a, nil)
	}
	return nil
}

// use holds the question alone; the caller releases it.
func (a *Access) use() *Error {
	if a == nil {
		return invalid(opAsk, "the question is nil")
	}
	if err := a.holdAlone(); err != nil {
		return refuse(opAsk, err)
	}
	return nil
}

func (a *Access) c() *C.policyeval_access { return (*C.policyeval_access)(a.ptr) }

// Set adds to the question. After a refused option the question cannot be decided any more.
func (a *Access) Set(options ...AccessOption) error {
	if err := a.use(); err != nil {
		return err
	}
	defer a.releaseAlone()
	if err := fillAccess(a.c(), a.context, options); err != nil {
		a.spoiled = err
		return err
	}
	return nil
}

// Effect is the verdict alone, without hints and explanations: the worse of both legs.
func (a *Access) Effect() (Effect, error) {
	if err := a.use(); err != nil {
		return ImplicitDeny, err
	}
	defer a.releaseAlone()
	if a.spoiled != nil {
		return ImplicitDeny, a.spoiled
	}
	effect := C.int(ImplicitDeny)
	if rc := C.policyeval_access_effect(a.c(), &effect); rc != 0 {
		return ImplicitDeny, failed(opAsk, rc, C.GoString(C.policyeval_access_detail(a.c())))
	}
	return Effect(effect), nil
}

// An Answer is the verdict about reading a secret, with reasons and hints.
type Answer struct {
	Effect      Effect      `json:"decision"`    // the worse of both legs
	Legs        []Leg       `json:"legs"`        // GetSecretValue on the secret, Decrypt on the key
	Operability Operability `json:"operability"` // what stands in the way apart from authorization
	JSON        string      `json:"-"`           // what `policyeval access --format json` prints
	Text        string      `json:"-"`           // the same for people
}

// CanRead answers one question with a context of its own. Who asks more keeps a Context, and an Access.
func CanRead(options ...AccessOption) (*Answer, error) {
	c, err := NewContext()
	if err != nil {
		return nil, err
	}
	defer c.Close()
	a, err := c.NewAccess(options...)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	return a.Decide()
}

// CanRead tells whether the principal may read the secret and nothing else stands in the way.
func (a *Answer) CanRead() bool { return a != nil && a.Effect == Allow && a.Operability.OK }

// A Leg is one of the two decisions of an Answer.
type Leg struct {
	Action         string        `json:"action"`
	Resource       string        `json:"resource"`
	Effect         Effect        `json:"decision"`
	Layers         []LayerResult `json:"layers"`
	BlockedBy      []Layer       `json:"blocked_by"`
	MissingContext []string      `json:"missing_context"`
	Hints          []Hint        `json:"hints"`
	Assumptions    []string      `json:"assumptions"`
}

// A LayerResult is what the policies of one layer, or one level of the organization, came to.
type LayerResult struct {
	Layer   Layer   `json:"type"`
	Source  string  `json:"source"` // name of the policy
	Level   int     `json:"level"`  // from 1, of LayerSCP and LayerRCP; else 0
	Effect  Effect  `json:"decision"`
	Matched []Match `json:"matched"`
}

// A Match is a statement that matches the request.
type Match struct {
	Statement int    `json:"statement"` // from 0
	Sid       string `json:"sid"`
	Effect    string `json:"effect"` // "Allow" or "Deny"
	Span      Span   `json:"span"`
}

// A Hint is a change that helps. Those with the same Set belong together: only all of them are enough.
type Hint struct {
	Rule        string  `json:"rule"` // "RESOURCE_LEADING_SPACE"
	Set         int     `json:"set"`
	Layer       Layer   `json:"layer"`
	Message     string  `json:"message"`
	Change      string  `json:"change"`
	Source      string  `json:"source"`
	Statement   *int    `json:"statement"`
	Span        *Span   `json:"span"`
	ValueSpan   *Span   `json:"value_span"`
	Replacement *string `json:"replacement"`
}

// Operability tells what stands in the way apart from authorization, such as a disabled key.
type Operability struct {
	OK       bool      `json:"ok"`
	Problems []Problem `json:"problems"`
}

// A Problem is one such thing.
type Problem struct {
	Error   string `json:"error"` // what AWS would answer, "DisabledException"
	Message string `json:"message"`
}

// Layers tells what every layer of the decision came to.
func (d *Decision) Layers() ([]LayerResult, error) {
	if d == nil {
		return nil, invalid(opDecide, "the decision is nil")
	}
	var document struct {
		Layers []LayerResult `json:"layers"`
	}
	if err := json.Unmarshal([]byte(d.JSON), &document); err != nil {
		return nil, &Error{Op: opDecide, Code: EINTERNAL, Message: err.Error(), cause: err}
	}
	return document.Layers, nil
}

// Decide decides both legs, with hints. Errors: EINVAL (the question is incomplete or contradicts itself).
func (a *Access) Decide() (*Answer, error) {
	if err := a.use(); err != nil {
		return nil, err
	}
	defer a.releaseAlone()
	if a.spoiled != nil {
		return nil, a.spoiled
	}
	if rc := C.policyeval_access_decide(a.c()); rc != 0 {
		return nil, failed(opAsk, rc, C.GoString(C.policyeval_access_detail(a.c())))
	}
	answer := &Answer{}
	var size C.size_t
	document := C.policyeval_access_json(a.c(), &size)
	answer.JSON = C.GoStringN(document, C.int(size))
	text := C.policyeval_access_text(a.c(), &size)
	answer.Text = C.GoStringN(text, C.int(size))
	if err := json.Unmarshal([]byte(answer.JSON), answer); err != nil {
		return nil, &Error{Op: opAsk, Code: EINTERNAL, Message: err.Error(), cause: err}
	}
	return answer, nil
}
