// SPDX-License-Identifier: MIT

package policyeval

// #include <policyeval/policyeval.h>
import "C"

// A Position is a place in a document as Access Analyzer counts it.
type Position struct {
	Line   int `json:"line"`   // from 1
	Column int `json:"column"` // characters, from 0
	Offset int `json:"offset"` // bytes, from 0
}

// A Span is a part of a document, up to and without End.
type Span struct {
	Start Position `json:"start"`
	End   Position `json:"end"`
}

// A Finding says what is wrong with a document, or could be better.
type Finding struct {
	Severity Severity
	Code     string // rule id, "INVALID_PRINCIPAL_FORMAT"
	Message  string
	Source   string // name of the document
	Span     Span
	Fix      *string // what to write instead, if it is known
}

// A Report holds the findings about documents, in order of position.
type Report struct {
	Findings []Finding
	JSON     string // as the command prints it; empty, as the others are, when there is no report
	SARIF    string // SARIF 2.1.0
	AWS      string // the reply of `aws secretsmanager validate-resource-policy`
	Text     string // for people, with excerpts
}

func goPosition(p C.policyeval_position) Position {
	return Position{int(p.line), int(p.column), int(p.offset)}
}

func goSpan(s C.policyeval_span) Span { return Span{goPosition(s.start), goPosition(s.end)} }

// takeReport copies a report of the library and releases it.
func takeReport(r *C.policyeval_report) Report {
	if r == nil {
		return Report{}
	}
	defer C.policyeval_report_free(r)
	count := C.policyeval_report_count(r)
	report := Report{Findings: make([]Finding, count)}
	for i := range report.Findings {
		n := C.size_t(i)
		f := &report.Findings[i]
		f.Severity = Severity(C.policyeval_report_severity(r, n))
		f.Code = goText(C.policyeval_report_code(r, n))
		f.Message = goText(C.policyeval_report_message(r, n))
		f.Source = goText(C.policyeval_report_source(r, n))
		var span C.policyeval_span
		if C.policyeval_report_span(r, n, &span) == 0 {
			f.Span = goSpan(span)
		}
		if fix := C.policyeval_report_fix(r, n); fix.ptr != nil {
			text := goText(fix)
			f.Fix = &text
		}
	}
	var size C.size_t
	if text := C.policyeval_report_json(r, &size); text != nil {
		report.JSON = C.GoStringN(text, C.int(size))
	}
	if text := C.policyeval_report_sarif(r, &size); text != nil {
		report.SARIF = C.GoStringN(text, C.int(size))
	}
	if text := C.policyeval_report_aws(r, &size); text != nil {
		report.AWS = C.GoStringN(text, C.int(size))
	}
	if text := C.policyeval_report_text(r, &size); text != nil {
		report.Text = C.GoStringN(text, C.int(size))
	}
	return report
}
