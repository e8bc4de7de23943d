// SPDX-License-Identifier: MIT

package policyeval

// #include <policyeval/policyeval.h>
import "C"

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// A Code says what kind of error it is. Codes are errors themselves, for errors.Is.
type Code int32

// The codes of the library.
const (
	EINVAL    Code = C.POLICYEVAL_EINVAL    // an argument is missing, out of range or of the wrong kind
	ENOMEM    Code = C.POLICYEVAL_ENOMEM    // out of memory
	ELIMIT    Code = C.POLICYEVAL_ELIMIT    // a limit of the context was reached
	EIO       Code = C.POLICYEVAL_EIO       // a file could not be read
	EJSON     Code = C.POLICYEVAL_EJSON     // the text is not JSON
	EPOLICY   Code = C.POLICYEVAL_EPOLICY   // the document is not a policy of that kind
	ESTATE    Code = C.POLICYEVAL_ESTATE    // the object is closed, in use, or was not asked yet
	ECANCELED Code = C.POLICYEVAL_ECANCELED // the caller cancelled the call
	ENOTFOUND Code = C.POLICYEVAL_ENOTFOUND // there is no such item
	EINTERNAL Code = C.POLICYEVAL_EINTERNAL // the library disagrees with itself: please report it
	EMEMLIMIT Code = C.POLICYEVAL_EMEMLIMIT // the memory that the context may use, Limits.MemoryBytes, is used up
)

// String is the name of the code, "EPOLICY".
func (c Code) String() string {
	name := C.GoString(C.policyeval_error_name(C.int(c)))
	if name == "" {
		return fmt.Sprintf("Code(%d)", int32(c))
	}
	return strings.TrimPrefix(name, "POLICYEVAL_")
}

// Error is the sentence for the code.
func (c Code) Error() string {
	if text := C.GoString(C.policyeval_error_text(C.int(c))); text != "" {
		return text
	}
	return c.String()
}

// What an *Error wraps when the library was not even asked; both have the code ESTATE.
var (
	ErrClosed = errors.New("the object is closed")
	ErrBusy   = errors.New("another goroutine uses the object")
)

// An Error tells what went wrong, and where in which document.
type Error struct {
	Op      string // what was tried, "load"
	Code    Code
	Message string // one sentence
	Source  string // name of the document, if there is one
	Line    int    // from 1; 0: no place
	Column  int    // in characters, from 0
	Report         // all findings about the document
	cause   error
}

// Error is "policyeval: load: role.json:7:25: …"; columns in it count from 1, as editors do.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("policyeval: " + e.Op + ": ")
	if e.Source != "" {
		b.WriteString(e.Source)
		if e.Line > 0 {
			fmt.Fprintf(&b, ":%d:%d", e.Line, e.Column+1)
		}
		b.WriteString(": ")
	}
	b.WriteString(e.Message)
	return b.String()
}

// Is makes errors.Is(err, policyeval.EPOLICY) true for errors of that code.
func (e *Error) Is(target error) bool {
	code, ok := target.(Code)
	return ok && code == e.Code
}

// Unwrap is the cause, such as ErrClosed, context.Canceled or fs.ErrNotExist; nil if the library itself refused.
func (e *Error) Unwrap() error { return e.cause }

// refuse makes the error of a call that never reached the library, or whose reason lies outside of it.
func refuse(op string, cause error) *Error {
	code := EINVAL
	switch {
	case cause == ErrClosed || cause == ErrBusy:
		code = ESTATE
	case errors.Is(cause, context.Canceled) || errors.Is(cause, context.DeadlineExceeded):
		code = ECANCELED
	}
	return &Error{Op: op, Code: code, Message: cause.Error(), cause: cause}
}

func invalid(op, message string) *Error { return &Error{Op: op, Code: EINVAL, Message: message} }

// failed makes the error of a call that the library answered with rc; detail may be empty.
func failed(op string, rc C.int, detail string) *Error {
	e := &Error{Op: op, Code: Code(rc), Message: detail}
	if detail == "" {
		e.Message = e.Code.Error()
	}
	return e
}

// about adds the findings, the first error among which is the place of the Error.
func (e *Error) about(source string, report Report) *Error {
	e.Source, e.Report = source, report
	for i := range report.Findings {
		if f := &report.Findings[i]; f.Severity == SeverityError {
			e.Message, e.Source = f.Message, f.Source
			e.Line, e.Column = f.Span.Start.Line, f.Span.Start.Column
			break
		}
	}
	return e
}
