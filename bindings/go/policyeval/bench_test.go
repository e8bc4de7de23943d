// SPDX-License-Identifier: MIT

package policyeval

import (
	"fmt"
	"testing"
	"time"

	"policyeval/internal/cloop"
)

// Cost of a call and of batches: loops of C against this package, on the same objects of the library.

var batchSizes = []int{1, 8, 64, 1024}

// benchSet is the secret's leg of the article's question.
func benchSet(b testing.TB, c *Context) *PolicySet {
	b.Helper()
	s, err := c.NewPolicySet(File(KindSecret, article("secret.json")), File(KindIdentity, article("role.json")))
	must(b, err)
	return s
}

func sessionARN(i int) string {
	return fmt.Sprintf("arn:aws:sts::111122223333:assumed-role/PRODUCTION_ROLE/s%d", i)
}

func benchRequest(b testing.TB, c *Context, i int) *Request {
	b.Helper()
	r, err := c.NewRequest(Principal(sessionARN(i)), RoleARN(roleARN), Action("secretsmanager:GetSecretValue"), Resource(secretARN),
		ContextValue("secretsmanager:VersionStage", "AWSCURRENT"))
	must(b, err)
	return r
}

func benchRequests(b testing.TB, c *Context, n int) (requests []*Request, pointers []uintptr) {
	b.Helper()
	for i := 0; i < n; i++ {
		r := benchRequest(b, c, i)
		requests, pointers = append(requests, r), append(pointers, uintptr(r.ptr))
	}
	return requests, pointers
}

// allowed is no test helper: marking one costs as much as what is measured.
func allowed(b testing.TB, effect Effect, err error) {
	if err != nil || effect != Allow {
		b.Fatal(effect, err)
	}
}

func BenchmarkCall(b *testing.B) {
	c := newContext(b)
	s, r := benchSet(b, c), benchRequest(b, c, 0)
	b.Run("C", func(b *testing.B) { allowed(b, Effect(cloop.One(s.ptr, r.ptr, b.N)), nil) })
	b.Run("Effect", func(b *testing.B) {
		for i := 0; i < b.N; i++ {
			effect, err := s.Effect(r)
			allowed(b, effect, err)
		}
	})
	b.Run("Decide", func(b *testing.B) {
		for i := 0; i < b.N; i++ {
			d, err := s.Decide(r)
			allowed(b, d.Effect, err)
		}
	})
	b.Run("NewRequest", func(b *testing.B) {
		for i := 0; i < b.N; i++ {
			r, err := c.NewRequest(Principal(sessionARN(0)), RoleARN(roleARN), Action("secretsmanager:GetSecretValue"), Resource(secretARN),
				ContextValue("secretsmanager:VersionStage", "AWSCURRENT"))
			allowed(b, Allow, err)
			r.Close()
		}
	})
}

// perRequest adds the figure that compares batches of different size.
func perRequest(b *testing.B, n int, start time.Time) {
	b.Helper()
	b.ReportMetric(float64(time.Since(start).Nanoseconds())/float64(b.N)/float64(n), "ns/request")
}

func BenchmarkBatch(b *testing.B) {
	c := newContext(b)
	s := benchSet(b, c)
	for _, n := range batchSizes {
		requests, pointers := benchRequests(b, c, n)
		b.Run(fmt.Sprintf("C/%d", n), func(b *testing.B) {
			start := time.Now()
			allowed(b, Effect(cloop.Many(s.ptr, pointers, b.N)), nil)
			perRequest(b, n, start)
		})
		b.Run(fmt.Sprintf("DecideMany/%d", n), func(b *testing.B) {
			start := time.Now()
			for i := 0; i < b.N; i++ {
				effects, err := s.DecideMany(background, requests)
				allowed(b, effects[n-1], err)
			}
			perRequest(b, n, start)
		})
	}
}

func benchTable(b testing.TB, n int) *Table {
	b.Helper()
	var principals, stages []string
	for i := 0; i < n; i++ {
		principals, stages = append(principals, sessionARN(i)), append(stages, "AWSCURRENT")
	}
	table, err := NewTable(PrincipalColumn(principals...), ContextColumn("secretsmanager:VersionStage", stages, nil))
	must(b, err)
	return table
}

func BenchmarkTable(b *testing.B) {
	c := newContext(b)
	s, r := benchSet(b, c), benchRequest(b, c, 0)
	for _, n := range batchSizes {
		table := benchTable(b, n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			start := time.Now()
			for i := 0; i < b.N; i++ {
				effects, err := s.DecideTable(background, r, table)
				allowed(b, effects[n-1], err)
			}
			perRequest(b, n, start)
		})
	}
}

// The promise is 1.2 times C for a batch of 1,024; the test leaves room for a machine that is busy with other things.
func TestBatchCost(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("no timing here")
	}
	const n, rounds, most = 1024, 4, 2.0
	c := newContext(t)
	s := benchSet(t, c)
	requests, pointers := benchRequests(t, c, n)
	var inC, inGo time.Duration // the shortest of several: the rest is what else the machine does
	shortest := func(best *time.Duration, start time.Time) {
		if took := time.Since(start); *best == 0 || took < *best {
			*best = took
		}
	}
	for try := 0; try < 20; try++ {
		start := time.Now()
		allowed(t, Effect(cloop.Many(s.ptr, pointers, rounds)), nil)
		shortest(&inC, start)
		start = time.Now()
		for i := 0; i < rounds; i++ {
			effects, err := s.DecideMany(background, requests)
			allowed(t, effects[n-1], err)
		}
		shortest(&inGo, start)
	}
	ratio := float64(inGo) / float64(inC)
	t.Logf("a batch of %d takes %.2f times as long as in C", n, ratio)
	if ratio > most {
		t.Errorf("a batch of %d takes %.2f times as long as in C, more than %.1f", n, ratio, most)
	}
}
