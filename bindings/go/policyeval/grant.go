// SPDX-License-Identifier: MIT

package policyeval

/*
#include <policyeval/policyeval.h>

static int grant_set_folder(policyeval_grant *g, _GoString_ folder) {
  return policyeval_grant_set_folder(g, _GoStringPtr(folder));
}
*/
import "C"

// A Change is what makes the policies of a question say that the principal can read the secret, or cannot.
type Change struct {
	Changed  bool            // some policy changes
	Proved   bool            // nothing stands in the way, and every claim is proved
	Blocked  int             // how many things stand in the way; then nothing changes
	Policies []ChangedPolicy // the secret's, the key policy, the identity policies
	JSON     string          // what `policyeval grant` prints: with the proofs, and with what stands in the way
	Text     string          // the same for people
	Diff     string          // a unified diff
	Commands string          // of the AWS CLI
}

// A ChangedPolicy is one policy after the change.
type ChangedPolicy struct {
	Layer   Layer   // LayerResource, LayerKey or LayerIdentity
	Changed bool    // this one changes
	Text    *string // what it says afterwards; nil: there is none (left)
	File    string  // a name for its file, "secret-policy.json"
}

// A GrantOption says how much to grant, or how to put it.
type GrantOption func(*C.policyeval_grant) *Error

const opGrant = "grant"

// AnyVersion grants every version, not only those of a stage.
func AnyVersion() GrantOption {
	return func(g *C.policyeval_grant) *Error {
		if rc := C.policyeval_grant_set_any_version(g, 1); rc != 0 {
			return failed(opGrant, rc, "")
		}
		return nil
	}
}

// StrictStage grants only calls that name the version stage.
func StrictStage() GrantOption {
	return func(g *C.policyeval_grant) *Error {
		if rc := C.policyeval_grant_set_strict_stage(g, 1); rc != 0 {
			return failed(opGrant, rc, "")
		}
		return nil
	}
}

// CommandFolder is the folder that the printed commands read the policies from; without it they carry them.
func CommandFolder(path string) GrantOption {
	return func(g *C.policyeval_grant) *Error {
		folder, ok := zeroTerminated(path)
		if !ok {
			return invalid(opGrant, "the folder's name has a NUL")
		}
		if rc := C.grant_set_folder(g, folder); rc != 0 {
			return failed(opGrant, rc, "")
		}
		return nil
	}
}

// Grant works out and proves the smallest change with which the principal can read the secret. That something stands in
// the way is no error: see Blocked. The question stays as it is.
func (a *Access) Grant(options ...GrantOption) (*Change, error) {
	return a.change(func(g *C.policyeval_grant) C.int { return C.policyeval_grant_run(g) }, options)
}

// Revoke is the reverse: it removes what lets the principal read the secret, of statements that name it.
func (a *Access) Revoke(options ...GrantOption) (*Change, error) {
	return a.change(func(g *C.policyeval_grant) C.int { return C.policyeval_grant_run_revoke(g) }, options)
}

func (a *Access) change(run func(*C.policyeval_grant) C.int, options []GrantOption) (*Change, error) {
	if err := a.use(); err != nil {
		return nil, err
	}
	defer a.releaseAlone()
	if a.spoiled != nil {
		return nil, a.spoiled
	}
	var g *C.policyeval_grant
	if rc := C.policyeval_grant_new(a.c(), &g); rc != 0 {
		return nil, failed(opGrant, rc, "")
	}
	defer C.policyeval_grant_free(g)
	for _, o := range options {
		err := invalid(opGrant, "an option is nil")
		if o != nil {
			err = o(g)
		}
		if err != nil {
			return nil, err
		}
	}
	if rc := run(g); rc != 0 {
		return nil, failed(opGrant, rc, C.GoString(C.policyeval_access_detail(a.c())))
	}
	return newChange(g), nil
}

func newChange(g *C.policyeval_grant) *Change {
	change := &Change{
		Changed:  C.policyeval_grant_changed(g) != 0,
		Proved:   C.policyeval_grant_proved(g) != 0,
		Blocked:  int(C.policyeval_grant_blocked(g)),
		Policies: make([]ChangedPolicy, int(C.policyeval_grant_documents(g))),
	}
	for i := range change.Policies {
		p, n := &change.Policies[i], C.size_t(i)
		p.Layer = Layer(C.policyeval_grant_document_layer(g, n))
		p.Changed = C.policyeval_grant_document_changed(g, n) != 0
		p.File = goText(C.policyeval_grant_document_file(g, n))
		if document := C.policyeval_grant_document(g, n); document.ptr != nil {
			text := goText(document)
			p.Text = &text
		}
	}
	var size C.size_t
	if text := C.policyeval_grant_json(g, &size); text != nil {
		change.JSON = C.GoStringN(text, C.int(size))
	}
	if text := C.policyeval_grant_text(g, &size); text != nil {
		change.Text = C.GoStringN(text, C.int(size))
	}
	if text := C.policyeval_grant_diff(g, &size); text != nil {
		change.Diff = C.GoStringN(text, C.int(size))
	}
	if text := C.policyeval_grant_commands(g, &size); text != nil {
		change.Commands = C.GoStringN(text, C.int(size))
	}
	return change
}
