// SPDX-License-Identifier: MIT

package policyeval

/*
#include <policyeval/policyeval.h>

#define TEXT(s) (_GoStringLen(s) ? _GoStringPtr(s) : ""), _GoStringLen(s)
static int validation_ignore(policyeval_validation *v, _GoString_ code) {
  return policyeval_validation_ignore(v, _GoStringPtr(code));
}
static int validation_only(policyeval_validation *v, _GoString_ code) {
  return policyeval_validation_only(v, _GoStringPtr(code));
}
static int validation_set_caller(policyeval_validation *v, _GoString_ arn) {
  return policyeval_validation_set_caller(v, TEXT(arn));
}
static int validation_add_known_principals(policyeval_validation *v, const char *text, size_t len) {
  return policyeval_validation_add_known_principals(v, text ? text : "", len);
}
static const char *name_or_null(_GoString_ terminated) {
  return _GoStringLen(terminated) > 1 ? _GoStringPtr(terminated) : NULL;
}
static int validate(const policyeval_validation *v, int kind, const char *text, size_t len, _GoString_ name,
                    policyeval_report **report) {
  return policyeval_validate(v, kind, text ? text : "", len, name_or_null(name), report);
}
static int fix(const policyeval_validation *v, int kind, const char *text, size_t len, _GoString_ name, char **fixed,
               size_t *fixed_len, char **diff, size_t *diff_len) {
  return policyeval_fix(v, kind, text ? text : "", len, name_or_null(name), fixed, fixed_len, diff, diff_len);
}
*/
import "C"

import (
	"runtime"
	"unsafe"
)

// A Validator finds everything that is wrong with documents, or could be better. It is immutable, for any number of
// goroutines.
type Validator struct{ handle }

const opValidate = "validate"

// A ValidatorOption says which rules count, and for whom.
type ValidatorOption func(*C.policyeval_validation) *Error

func ruleOption(code string, set func(*C.policyeval_validation, string) C.int) ValidatorOption {
	return func(v *C.policyeval_validation) *Error {
		terminated, ok := zeroTerminated(code)
		if !ok {
			return invalid(opValidate, "the code of a rule has a NUL")
		}
		if rc := set(v, terminated); rc != 0 {
			return failed(opValidate, rc, "there is no rule "+code)
		}
		return nil
	}
}

// IgnoreRule leaves out a rule by its code, such as "REDUNDANT_ACTION".
func IgnoreRule(code string) ValidatorOption {
	return ruleOption(code, func(v *C.policyeval_validation, code string) C.int { return C.validation_ignore(v, code) })
}

// OnlyRule leaves out all rules but those that are named by options like this.
func OnlyRule(code string) ValidatorOption {
	return ruleOption(code, func(v *C.policyeval_validation, code string) C.int { return C.validation_only(v, code) })
}

// Caller is who would put the policy: would that caller be locked out? For KindSecret and KindKMSKey.
func Caller(arn string) ValidatorOption {
	return func(v *C.policyeval_validation) *Error {
		if rc := C.validation_set_caller(v, arn); rc != 0 {
			return failed(opValidate, rc, "the caller is no ARN of a user, role, session or root user")
		}
		return nil
	}
}

// CallerPolicies are identity policies of that caller.
func CallerPolicies(policies ...*Policy) ValidatorOption {
	return func(v *C.policyeval_validation) *Error {
		for _, p := range policies {
			if err := p.use(opValidate); err != nil {
				return err
			}
			rc := C.policyeval_validation_add_identity_policy(v, (*C.policyeval_policy)(p.ptr))
			p.release()
			if rc != 0 {
				return failed(opValidate, rc, "the caller's policy is no identity policy")
			}
		}
		return nil
	}
}

// KnownPrincipals are the principals that exist, one a line or as a JSON list: others are findings.
func KnownPrincipals(text []byte) ValidatorOption {
	return func(v *C.policyeval_validation) *Error {
		first, size := bytesOf(text)
		if rc := C.validation_add_known_principals(v, first, size); rc != 0 {
			return failed(opValidate, rc, "this is no list of principals")
		}
		return nil
	}
}

// NewValidator makes a validator under which every rule counts, unless the options say otherwise.
func (c *Context) NewValidator(options ...ValidatorOption) (*Validator, error) {
	var validator *Validator
	err := c.use(opValidate, func(ptr *C.policyeval_context) *Error {
		var v *C.policyeval_validation
		if rc := C.policyeval_validation_new(ptr, &v); rc != 0 {
			return failed(opValidate, rc, "")
		}
		for _, o := range options {
			err := invalid(opValidate, "an option is nil")
			if o != nil {
				err = o(v)
			}
			if err != nil {
				C.policyeval_validation_free(v)
				return err
			}
		}
		validator = &Validator{}
		validator.init(ptr, unsafe.Pointer(v), func(p unsafe.Pointer) { C.policyeval_validation_free((*C.policyeval_validation)(p)) })
		runtime.SetFinalizer(validator, (*Validator).Close)
		return nil
	})
	return validator, err
}

// Close releases the validator. It returns nil.
func (v *Validator) Close() error {
	if v != nil {
		v.close()
		runtime.SetFinalizer(v, nil)
	}
	return nil
}

func (v *Validator) use() *Error {
	if v == nil {
		return invalid(opValidate, "the validator is nil")
	}
	if err := v.hold(); err != nil {
		return refuse(opValidate, err)
	}
	return nil
}

// A Source is a document, or the reply of the AWS CLI that carries one.
type Source struct {
	Kind Kind
	Text []byte
	Name string // for findings; it may be empty
}

// Validate gives the findings about documents as one report. Faults of a policy are findings, no error; a text that is
// not JSON or no object is an error as well (EJSON, EPOLICY), that of the first such document.
func (v *Validator) Validate(sources ...Source) (Report, error) {
	if err := v.use(); err != nil {
		return Report{}, err
	}
	defer v.release()
	var r *C.policyeval_report
	var first *Error
	for i := range sources {
		s := &sources[i]
		name, ok := zeroTerminated(s.Name)
		if !ok {
			first = invalid(opValidate, "the name has a NUL")
			break
		}
		text, size := bytesOf(s.Text)
		rc := C.validate((*C.policyeval_validation)(v.ptr), C.int(s.Kind), text, size, name, &r)
		if rc != 0 && first == nil {
			first = failed(opValidate, rc, "")
			first.Source = s.Name
		}
	}
	report := takeReport(r)
	if first != nil {
		return report, first.about(first.Source, report)
	}
	return report, nil
}

// Fix applies every fix that cannot change what is granted in a way that its author did not write. It gives the text, and
// the difference as `diff -u` prints it.
func (v *Validator) Fix(source Source) (fixed, diff string, err error) {
	if err := v.use(); err != nil {
		return "", "", err
	}
	defer v.release()
	name, ok := zeroTerminated(source.Name)
	if !ok {
		return "", "", invalid(opValidate, "the name has a NUL")
	}
	text, size := bytesOf(source.Text)
	var fixedText, diffText *C.char
	var fixedSize, diffSize C.size_t
	rc := C.fix((*C.policyeval_validation)(v.ptr), C.int(source.Kind), text, size, name, &fixedText, &fixedSize, &diffText, &diffSize)
	if fixedText != nil {
		fixed = v.take(fixedText, fixedSize)
	}
	if diffText != nil {
		diff = v.take(diffText, diffSize)
	}
	if rc != 0 {
		e := failed("fix", rc, "")
		e.Source = source.Name
		return fixed, diff, e
	}
	return fixed, diff, nil
}
