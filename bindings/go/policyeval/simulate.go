// SPDX-License-Identifier: MIT

package policyeval

/*
#include <policyeval/policyeval.h>
#include <stdint.h>

extern int libpolicyevalGoCancelled(uintptr_t number);

enum { LINES_BETWEEN_QUESTIONS = 64 };

typedef struct go_line {
  size_t at, len, number;
} go_line;
typedef struct go_result {
  char *text;
  size_t len;
  int effect, rc;
} go_result;

// Stops only when the caller cancelled, or memory has run out: a malformed line is answered like any other.
static int run_lines(policyeval_simulator *s, const char *texts, const go_line *lines, size_t count, go_result *results,
                     uintptr_t number, size_t *done) {
  int rc = POLICYEVAL_OK;
  for (*done = 0; *done < count && rc == POLICYEVAL_OK; *done += rc == POLICYEVAL_OK) {
    const go_line *line = &lines[*done];
    go_result *r = &results[*done];
    if (number && *done % LINES_BETWEEN_QUESTIONS == 0 && libpolicyevalGoCancelled(number)) return POLICYEVAL_ECANCELED;
    r->rc = policyeval_simulator_run(s, texts + line->at, line->len, line->number, &r->effect, &r->text, &r->len);
    if (r->rc == POLICYEVAL_ENOMEM || r->rc == POLICYEVAL_EMEMLIMIT || r->rc == POLICYEVAL_EINVAL) rc = r->rc;
  }
  return rc;
}
static void free_results(policyeval_context *c, go_result *results, size_t count) {
  for (size_t i = 0; i < count; i++) policyeval_free(c, results[i].text);
}
*/
import "C"

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"unsafe"
)

// A Simulator answers cases as `policyeval simulate --cases` reads them. It remembers the policies of `define` lines, and
// compiles each distinct text once. It serves any number of goroutines.
type Simulator struct{ handle }

const opSimulate = "simulate"

// A SimulatorOption changes what results look like.
type SimulatorOption func(*C.policyeval_simulator) C.int

// AWSFormat gives results the shape of `aws iam simulate-custom-policy`.
func AWSFormat() SimulatorOption {
	return func(s *C.policyeval_simulator) C.int {
		return C.policyeval_simulator_set_format(s, C.POLICYEVAL_FORMAT_AWS)
	}
}

// NewSimulator makes a simulator.
func (c *Context) NewSimulator(options ...SimulatorOption) (*Simulator, error) {
	var simulator *Simulator
	err := c.use(opSimulate, func(ptr *C.policyeval_context) *Error {
		var s *C.policyeval_simulator
		if rc := C.policyeval_simulator_new(ptr, &s); rc != 0 {
			return failed(opSimulate, rc, "")
		}
		for _, o := range options {
			err := invalid(opSimulate, "an option is nil")
			if o != nil {
				err = nil
				if rc := o(s); rc != 0 {
					err = failed(opSimulate, rc, "")
				}
			}
			if err != nil {
				C.policyeval_simulator_free(s)
				return err
			}
		}
		simulator = &Simulator{}
		simulator.init(ptr, unsafe.Pointer(s), func(p unsafe.Pointer) { C.policyeval_simulator_free((*C.policyeval_simulator)(p)) })
		runtime.SetFinalizer(simulator, (*Simulator).Close)
		return nil
	})
	return simulator, err
}

// Close releases the simulator. It returns nil.
func (s *Simulator) Close() error {
	if s != nil {
		s.close()
		runtime.SetFinalizer(s, nil)
	}
	return nil
}

func (s *Simulator) use() *Error {
	if s == nil {
		return invalid(opSimulate, "the simulator is nil")
	}
	if err := s.hold(); err != nil {
		return refuse(opSimulate, err)
	}
	return nil
}

// A CaseResult is the answer to one line.
type CaseResult struct {
	Line     int    // number of the line, from 1
	JSON     string // the answer as JSON; "" for a `define` line and for a blank one
	Effect   Effect // meaningful when Answered
	Answered bool
	Code     Code // of a malformed line: EJSON, EPOLICY or ELIMIT; else 0. JSON tells more.
}

// Run answers one line. number is that of the line in its file, from 1, for the places of errors. A malformed line is no
// error: its result has a Code.
func (s *Simulator) Run(line []byte, number int) (CaseResult, error) {
	if number < 1 {
		return CaseResult{}, invalid(opSimulate, "lines are numbered from 1")
	}
	results, err := s.run(context.Background(), line, []C.go_line{{0, C.size_t(len(line)), C.size_t(number)}})
	if err != nil {
		return CaseResult{}, err
	}
	return results[0], nil
}

// RunLines answers cases, one a line, with one call into the library: one result a line, in the same order. It stops when
// ctx is done; then the results are those of the lines before.
func (s *Simulator) RunLines(ctx context.Context, cases []byte) ([]CaseResult, error) {
	lines := make([]C.go_line, 0, bytes.Count(cases, []byte("\n"))+1)
	for at := 0; at < len(cases); {
		end := bytes.IndexByte(cases[at:], '\n')
		if end < 0 {
			end = len(cases) - at
		}
		lines = append(lines, C.go_line{C.size_t(at), C.size_t(end), C.size_t(len(lines) + 1)})
		at += end + 1
	}
	return s.run(ctx, cases, lines)
}

func (s *Simulator) run(ctx context.Context, texts []byte, lines []C.go_line) ([]CaseResult, error) {
	number, done, err := cancellation(opSimulate, ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if err := s.use(); err != nil {
		return nil, err
	}
	defer s.release()
	if len(lines) == 0 {
		return nil, nil
	}
	if len(texts) == 0 {
		texts = []byte{0}
	}
	answers := make([]C.go_result, len(lines))
	defer C.free_results(s.context, &answers[0], C.size_t(len(answers)))
	var answered C.size_t
	rc := C.run_lines((*C.policyeval_simulator)(s.ptr), (*C.char)(unsafe.Pointer(&texts[0])), &lines[0], C.size_t(len(lines)),
		&answers[0], number, &answered)
	results := make([]CaseResult, int(answered))
	for i := range results {
		a := &answers[i]
		results[i] = CaseResult{Line: int(lines[i].number), JSON: C.GoStringN(a.text, C.int(a.len)), Code: Code(a.rc)}
		if a.rc == 0 && a.effect >= 0 && a.text != nil {
			results[i].Effect, results[i].Answered = Effect(a.effect), true
		}
	}
	if rc == C.POLICYEVAL_ECANCELED && ctx.Err() != nil {
		return results, refuse(opSimulate, ctx.Err())
	}
	if rc != 0 {
		return results, failed(opSimulate, rc, fmt.Sprintf("line %d: %s", len(results)+1, Code(rc).Error()))
	}
	return results, nil
}
