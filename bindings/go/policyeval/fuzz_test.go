// SPDX-License-Identifier: MIT

package policyeval

import (
	"encoding/json"
	"errors"
	"os"
	"testing"
	"unicode/utf8"
)

// Whatever the bytes are: an answer or an *Error, and what was taken prints to the same again.

func fuzzed(t *testing.T, err error) bool {
	t.Helper()
	var e *Error
	if err != nil && !errors.As(err, &e) {
		t.Fatalf("no *Error: %v", err)
	}
	return err == nil
}

func FuzzPolicy(f *testing.F) {
	for _, name := range []string{"secret.json", "key.json", "role.json"} {
		data, err := os.ReadFile(article(name))
		must(f, err)
		f.Add(data, int32(KindSecret), "arn:aws:iam::111122223333:user/alice")
	}
	f.Add([]byte("{}"), int32(-1), "\x00")
	f.Add([]byte("0!\xeb"), int32(KindSecret), "0")
	c := newContext(f)
	v, err := c.NewValidator()
	must(f, err)
	f.Fuzz(func(t *testing.T, data []byte, kind int32, principal string) {
		p, err := c.LoadPolicy(Kind(kind), data, "fuzz")
		report, _ := v.Validate(Source{Kind(kind), data, "fuzz"})
		documents := json.Valid([]byte(report.JSON)) && json.Valid([]byte(report.SARIF)) && utf8.ValidString(report.Text)
		if Kind(kind) >= KindIdentity && Kind(kind) <= KindEndpoint && !documents {
			t.Fatalf("%q\n%q", report.JSON, report.Text)
		}
		if !fuzzed(t, err) {
			return
		}
		defer p.Close()
		canonical, err := p.Canonical()
		must(t, err)
		again, err := c.LoadPolicyString(Kind(kind), canonical, "again")
		must(t, err)
		defer again.Close()
		if equal, err := p.Equal(again); err != nil || !equal {
			t.Fatalf("%v, %v: %s", equal, err, canonical)
		}
		layer, ok := layerOf(Kind(kind))
		if !ok {
			return
		}
		s, err := c.NewPolicySet(Attach(layer, p))
		must(t, err)
		defer s.Close()
		r, err := c.NewRequest(Principal(principal), Action("secretsmanager:GetSecretValue"), Resource(secretARN))
		if !fuzzed(t, err) {
			return
		}
		defer r.Close()
		d, err := s.Decide(r)
		if fuzzed(t, err) && !json.Valid([]byte(d.JSON)) {
			t.Fatal(d.JSON)
		}
	})
}

func FuzzCases(f *testing.F) {
	f.Add([]byte(`{"id": 1, "principal": {"anonymous": true}, "action": "s3:GetObject", "resource": "*"}`))
	f.Add([]byte("{\"define\": \"p\", \"policies\": {\"identity\": [" + allowAll + "]}}\n{\"policies\": \"p\"}\n\n\xff"))
	c := newContext(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := c.NewSimulator()
		must(t, err)
		defer s.Close()
		results, err := s.RunLines(background, data)
		must(t, err)
		for _, result := range results {
			if result.JSON != "" && !json.Valid([]byte(result.JSON)) || result.Answered && result.Code != 0 {
				t.Fatalf("%+v", result)
			}
		}
	})
}
