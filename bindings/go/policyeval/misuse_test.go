// SPDX-License-Identifier: MIT

package policyeval

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// Whatever is done wrong is an error with a code, never a crash.

const allowAll = `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}`

func refused(t *testing.T, what string, err error, code Code) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || !errors.Is(err, code) || e.Code != code || e.Message == "" || e.Op == "" {
		t.Errorf("%s: %v, expected %v", what, err, code)
	}
}

func loadString(t testing.TB, c *Context, kind Kind, document string) *Policy {
	t.Helper()
	p, err := c.LoadPolicyString(kind, document, "test")
	must(t, err)
	return p
}

// allowing gives a set that allows everything, and a complete request.
func allowing(t testing.TB, c *Context) (*PolicySet, *Request) {
	t.Helper()
	s, err := c.NewPolicySet(Attach(LayerIdentity, loadString(t, c, KindIdentity, allowAll)))
	must(t, err)
	return s, complete(t, c)
}

func complete(t testing.TB, c *Context) *Request {
	t.Helper()
	r, err := c.NewRequest(Principal(roleARN), Action("s3:GetObject"), Resource("arn:aws:s3:::b/k"), ResourceAccount("111122223333"))
	must(t, err)
	return r
}

func TestClosed(t *testing.T) {
	c := newContext(t)
	s, r := allowing(t, c)
	p := loadString(t, c, KindIdentity, allowAll)
	a, err := c.NewAccess()
	must(t, err)
	v, err := c.NewValidator()
	must(t, err)
	m, err := c.NewSimulator()
	must(t, err)
	open := complete(t, c)
	other, _ := allowing(t, c)
	for _, object := range []interface{ Close() error }{c, s, r, p, a, v, m, (*Context)(nil), (*PolicySet)(nil), (*Request)(nil),
		(*Policy)(nil), (*Access)(nil), (*Validator)(nil), (*Simulator)(nil)} {
		must(t, object.Close())
		must(t, object.Close())
	}
	for what, call := range map[string]func() error{
		"LoadPolicy":     func() error { _, err := c.LoadPolicy(KindIdentity, nil, ""); return err },
		"LoadPolicyFile": func() error { _, err := c.LoadPolicyFile(KindIdentity, "x"); return err },
		"NewPolicySet":   func() error { _, err := c.NewPolicySet(); return err },
		"NewRequest":     func() error { _, err := c.NewRequest(); return err },
		"NewAccess":      func() error { _, err := c.NewAccess(); return err },
		"NewValidator":   func() error { _, err := c.NewValidator(); return err },
		"NewSimulator":   func() error { _, err := c.NewSimulator(); return err },
		"Limits":         func() error { _, err := c.Limits(); return err },
		"Memory":         func() error { _, err := c.Memory(); return err },
		"Ask":            func() error { _, err := c.Ask(background, AskPublic, p); return err },
		"Decide":         func() error { _, err := s.Decide(open); return err },
		"Decide request": func() error { _, err := other.Decide(r); return err },
		"Effect":         func() error { _, err := s.Effect(open); return err },
		"DecideMany":     func() error { _, err := other.DecideMany(background, []*Request{open, r}); return err },
		"DecideTable":    func() error { _, err := other.DecideTable(background, r, &Table{}); return err },
		"Set":            func() error { return r.Set() },
		"Clear":          func() error { return r.Clear() },
		"JSON":           func() error { _, err := r.JSON(); return err },
		"Canonical":      func() error { _, err := p.Canonical(); return err },
		"Equal":          func() error { _, err := p.Equal(p); return err },
		"Access.Decide":  func() error { _, err := a.Decide(); return err },
		"Access.Effect":  func() error { _, err := a.Effect(); return err },
		"AllRequests":    func() error { _, err := a.AllRequests(); return err },
		"WhoCan":         func() error { _, err := a.WhoCan(); return err },
		"Access.Set":     func() error { return a.Set() },
		"Validate":       func() error { _, err := v.Validate(Source{}); return err },
		"Fix":            func() error { _, _, err := v.Fix(Source{}); return err },
		"Run":            func() error { _, err := m.Run(nil, 1); return err },
		"RunLines":       func() error { _, err := m.RunLines(background, nil); return err },
	} {
		err := call()
		refused(t, what, err, ESTATE)
		if !errors.Is(err, ErrClosed) {
			t.Errorf("%s: %v is not ErrClosed", what, err)
		}
	}
	// What was made before goes on working, also with a policy and a context that are closed.
	effect, err := other.Effect(open)
	must(t, err)
	if effect != Allow {
		t.Error(effect)
	}
}

func TestNilAndZero(t *testing.T) {
	c := newContext(t)
	s, r := allowing(t, c)
	var (
		noContext *Context
		noSet     *PolicySet
		noRequest *Request
		noPolicy  *Policy
	)
	table, err := NewTable(ActionColumn("s3:GetObject"))
	must(t, err)
	for what, call := range map[string]func() error{
		"nil context":       func() error { _, err := noContext.NewRequest(); return err },
		"nil set":           func() error { _, err := noSet.Decide(r); return err },
		"nil request":       func() error { _, err := s.Decide(noRequest); return err },
		"nil in batch":      func() error { _, err := s.DecideMany(background, []*Request{r, nil}); return err },
		"nil policy":        func() error { _, err := noPolicy.Canonical(); return err },
		"nil attached":      func() error { _, err := c.NewPolicySet(Attach(LayerIdentity, nil)); return err },
		"nil other":         func() error { _, err := loadString(t, c, KindIdentity, allowAll).Equal(nil); return err },
		"nil option":        func() error { _, err := c.NewPolicySet(nil); return err },
		"nil fact":          func() error { return r.Set(nil) },
		"zero fact":         func() error { return complete(t, c).Set(Fact{}) },
		"zero attachment":   func() error { _, err := c.NewPolicySet(PolicyOption{}); return err },
		"nil access":        func() error { _, err := c.NewAccess(nil); return err },
		"zero access":       func() error { _, err := c.NewAccess(Fact{}); return err },
		"nil context opt":   func() error { _, err := NewContext(nil); return err },
		"nil validator opt": func() error { _, err := c.NewValidator(nil); return err },
		"nil simulator opt": func() error { _, err := c.NewSimulator(nil); return err },
		"nil ask option":    func() error { _, err := c.Ask(background, AskPublic, nil); return err },
		"nil ctx":           func() error { _, err := s.DecideMany(nil, []*Request{r}); return err },
		"nil table":         func() error { _, err := s.DecideTable(background, r, nil); return err },
		"zero column":       func() error { _, err := NewTable(Column{values: []string{"a"}}); return err },
		"uneven columns":    func() error { _, err := NewTable(ActionColumn("a"), ResourceColumn()); return err },
		"uneven presence":   func() error { _, err := NewTable(ContextColumn("k", []string{"a"}, []bool{true, true})); return err },
		"no room":           func() error { _, err := s.DecideInto(background, []*Request{r}, nil); return err },
		"line 0":            func() error { m, _ := c.NewSimulator(); _, err := m.Run(nil, 0); return err },
		"no layer of kind":  func() error { _, err := c.NewPolicySet(Document(KindSCP, []byte(allowAll), "")); return err },
		"wrong layer": func() error {
			_, err := c.NewPolicySet(Attach(LayerSCP, loadString(t, c, KindIdentity, allowAll)))
			return err
		},
		"wrong level":   func() error { _, err := c.NewPolicySet(Declare(LayerSCP, 1000)); return err },
		"no such layer": func() error { _, err := c.NewPolicySet(Declare(Layer(99), 0)); return err },
		"no such kind":  func() error { _, err := c.LoadPolicyString(Kind(-1), allowAll, ""); return err },
		"no such ask": func() error {
			_, err := c.Ask(background, Ask(99), loadString(t, c, KindIdentity, allowAll))
			return err
		},
		"negative limit":    func() error { _, err := NewContext(Limits{Depth: -1}); return err },
		"negative memory":   func() error { _, err := NewContext(Limits{MemoryBytes: -1}); return err },
		"empty placeholder": func() error { _, err := NewContext(Placeholder("", "x")); return err },
		"bad placeholder":   func() error { _, err := NewContext(Placeholder("a-b", "x")); return err },
		"incomplete":        func() error { e, _ := c.NewRequest(); _, err := s.Decide(e); return err },
	} {
		refused(t, what, call(), EINVAL)
	}
	for what, object := range map[string]func() error{
		"context": func() error { _, err := (&Context{}).NewRequest(); return err },
		"set":     func() error { _, err := (&PolicySet{}).Effect(r); return err },
		"request": func() error { _, err := s.Effect(&Request{}); return err },
		"policy":  func() error { _, err := (&Policy{}).Canonical(); return err },
	} {
		refused(t, "zero "+what, object(), ESTATE)
	}
	if n := table.Rows(); n != 1 {
		t.Error(n)
	}
}

func TestTexts(t *testing.T) {
	c := newContext(t)
	for name, bad := range map[string]string{
		"NUL": "a\x00b", "not UTF-8": "a\xff", "surrogate": "a\xed\xa0\x80", "overlong": "\xc0\x80", "cut": "a\xe2\x82",
	} {
		for what, option := range map[string]RequestOption{
			"principal": Principal(roleARN + bad), "action": Action("s3:" + bad), "resource": Resource("arn:aws:s3:::" + bad),
			"key": ContextValue(bad, "x"), "value": ContextValue("aws:username", bad), "list": ContextList("aws:TagKeys", "x", bad, "y"),
			"list key": ContextList(bad), "unknown": UnknownKey(bad), "tag": PrincipalTag(bad, bad), "service": Service(bad),
			"provider": Provider(bad), "account": ResourceAccount(bad), "role": RoleARN(bad), "session": SessionName(bad),
			"path": PrincipalPath(bad), "id": PrincipalID(bad), "parent": FederatedParent(bad), "org": PrincipalOrgID(bad),
		} {
			_, err := c.NewRequest(option)
			refused(t, name+" in "+what, err, EINVAL)
			r := complete(t, c)
			refused(t, name+" in "+what, r.Set(option), EINVAL)
			// Half of the facts would be another request.
			s, _ := allowing(t, c)
			_, err = s.Decide(r)
			refused(t, name+" in "+what+", decided", err, EINVAL)
			_, err = s.DecideMany(background, []*Request{complete(t, c), r})
			refused(t, name+" in "+what+", in a batch", err, EINVAL)
			must(t, r.Clear())
		}
		for what, option := range map[string]AccessOption{
			"secret": Secret(secretARN + bad), "key": Key(bad), "state": KeyState(bad), "stage": VersionStage(bad), "version": VersionID(bad),
			"principal": Principal(bad), "fact": ContextValue("aws:SourceIp", bad), "list": ContextList("aws:TagKeys", bad),
		} {
			_, err := c.NewAccess(option)
			refused(t, name+" in "+what, err, EINVAL)
			a, err := c.NewAccess()
			must(t, err)
			refused(t, name+" in "+what, a.Set(option), EINVAL)
			_, err = a.Decide()
			refused(t, name+" in "+what+", decided", err, EINVAL)
			_, err = a.Effect()
			refused(t, name+" in "+what+", effect", err, EINVAL)
			_, err = a.AllRequests()
			refused(t, name+" in "+what+", over all requests", err, EINVAL)
			_, err = a.WhoCan()
			refused(t, name+" in "+what+", who can", err, EINVAL)
		}
		if _, err := c.LoadPolicyString(KindIdentity, `{"Version": "`+bad+`"}`, "test"); err == nil {
			t.Errorf("%s in a policy is taken", name)
		}
		p := loadString(t, c, KindIdentity, allowAll)
		_, err := c.Ask(background, AskAccessGranted, p, OfAction("s3:"+bad))
		refused(t, name+" in an action asked about", err, EINVAL)
		_, err = c.Ask(background, AskAccessGranted, p, OnResource("arn:aws:s3:::"+bad))
		refused(t, name+" in a resource asked about", err, EINVAL)
		_, err = c.Ask(background, AskPublic, p, Trusting(TrustOrg, bad))
		refused(t, name+" in trust", err, EINVAL)
		_, err = c.NewValidator(Caller(bad))
		refused(t, name+" in a caller", err, EINVAL)
		r := complete(t, c)
		s, _ := allowing(t, c)
		table, err := NewTable(ActionColumn("s3:GetObject", "s3:"+bad))
		must(t, err)
		effects, err := s.DecideTable(background, r, table)
		refused(t, name+" in a column", err, EINVAL)
		if len(effects) != 1 || effects[0] != Allow {
			t.Errorf("%s in row 1: %v", name, effects)
		}
	}
	nul := "a\x00b"
	for what, call := range map[string]func() error{
		"name":       func() error { _, err := c.LoadPolicyString(KindIdentity, allowAll, nul); return err },
		"path":       func() error { _, err := c.LoadPolicyFile(KindIdentity, nul); return err },
		"folder":     func() error { _, err := NewContext(Catalog(nul)); return err },
		"reading":    func() error { _, err := NewContext(Reading("AMB-8", nul)); return err },
		"row":        func() error { _, err := c.NewRequest(Reading(nul, "live")); return err },
		"access row": func() error { _, err := c.NewAccess(Reading(nul, "live")); return err },
		"grants":     func() error { _, err := c.NewPolicySet(Grants([]byte("[]"), nul)); return err },
		"rule":       func() error { _, err := c.NewValidator(IgnoreRule(nul)); return err },
		"validate name": func() error {
			v, _ := c.NewValidator()
			_, err := v.Validate(Source{KindIdentity, nil, nul})
			return err
		},
		"fix name": func() error { v, _ := c.NewValidator(); _, _, err := v.Fix(Source{KindIdentity, nil, nul}); return err },
	} {
		refused(t, "NUL in "+what, call(), EINVAL)
	}
	refused(t, "no such reading", complete(t, c).Set(Reading("AMB-8", "no such")), ENOTFOUND)
	_, err := NewContext(Reading("AMB-0", "no such"))
	refused(t, "no such row", err, ENOTFOUND)
	_, err = c.NewValidator(OnlyRule("NO_SUCH_RULE"))
	refused(t, "no such rule", err, ENOTFOUND)
	// A name that is not UTF-8 is a file's own business, and the JSON stays JSON.
	_, err = c.LoadPolicyString(KindIdentity, "{}", "a\xff.json")
	refused(t, "empty policy", err, EPOLICY)
	var e *Error
	if !errors.As(err, &e) || !json.Valid([]byte(e.JSON)) || !json.Valid([]byte(e.SARIF)) || !strings.Contains(e.JSON, "a\uFFFD.json") {
		t.Errorf("%q", e.JSON)
	}
	_, err = c.LoadPolicy(KindIdentity, nil, "")
	refused(t, "empty text", err, EJSON)
}

func TestErrorOfLoading(t *testing.T) {
	c := newContext(t)
	_, err := c.LoadPolicyString(KindIdentity, "{\"Version\": \"2012-10-17\",\n  \"statement\": []}", "broken.json")
	var e *Error
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	if e.Code != EPOLICY || e.Source != "broken.json" || e.Line != 1 || e.Column != 0 || len(e.Findings) != 2 {
		t.Errorf("%+v", e)
	}
	if f := e.Findings[1]; f.Severity != SeverityError || f.Code != "INVALID_POLICY_ELEMENT" || f.Span.Start.Line != 2 || f.Span.Start.Column != 2 || f.Fix == nil {
		t.Errorf("%+v", f)
	}
	if !strings.HasPrefix(err.Error(), "policyeval: load: broken.json:1:1: ") || !strings.Contains(e.Text, "broken.json:2:3: error") {
		t.Errorf("%s\n%s", err, e.Text)
	}
	_, err = c.LoadPolicyFile(KindIdentity, "no such file")
	refused(t, "no such file", err, EIO)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	_, err = c.LoadPolicyFile(KindIdentity, ".")
	refused(t, "a folder", err, EIO)
	small := newContext(t, Limits{TextBytes: 10})
	_, err = small.LoadPolicyString(KindIdentity, allowAll, "")
	refused(t, "too long", err, ELIMIT)
	limits, err := small.Limits()
	must(t, err)
	if limits.TextBytes != 10 || limits.Depth != 64 {
		t.Errorf("%+v", limits)
	}
	if limits.MemoryBytes != 0 {
		t.Errorf("no limit of memory is %d", limits.MemoryBytes)
	}
	_, err = small.Memory()
	refused(t, "memory without a limit", err, ESTATE)
	full := newContext(t, Limits{MemoryBytes: 1000})
	_, err = full.LoadPolicyString(KindIdentity, allowAll, "")
	refused(t, "no memory left", err, EMEMLIMIT)
	memory, err := full.Memory()
	must(t, err)
	if memory.Refused == 0 || memory.Held != 0 || memory.Most > 1000 {
		t.Errorf("%+v", memory)
	}
	if limits, err = full.Limits(); err != nil || limits.MemoryBytes != 1000 {
		t.Errorf("%+v, %v", limits, err)
	}
	_, err = NewContext(Catalog("no such folder"))
	refused(t, "no such folder", err, EIO)
}

// ---- threads ----

func TestBusy(t *testing.T) {
	c := newContext(t)
	s, r := allowing(t, c)
	must(t, r.holdAlone())
	_, err := s.Effect(r)
	refused(t, "a request in use", err, ESTATE)
	if !errors.Is(err, ErrBusy) {
		t.Error(err)
	}
	free := complete(t, c)
	_, err = s.DecideMany(background, []*Request{free, r})
	refused(t, "a request in use, in a batch", err, ESTATE)
	must(t, r.Close()) // while it is in use
	r.releaseAlone()
	_, err = s.Effect(r)
	refused(t, "a request that was closed in use", err, ESTATE)
	effects, err := s.DecideMany(background, []*Request{free, free, complete(t, c), free})
	must(t, err)
	if len(effects) != 4 || effects[3] != Allow {
		t.Error(effects)
	}
	_, err = s.Effect(free) // nothing is held any more
	must(t, err)
}

// Objects are closed while other goroutines decide with them: answers are right, or ErrClosed or ErrBusy.
func TestCloseWhileDeciding(t *testing.T) {
	for round := 0; round < 20; round++ {
		c, err := NewContext()
		must(t, err)
		s, shared := allowing(t, c)
		p := loadString(t, c, KindIdentity, allowAll)
		m, err := c.NewSimulator()
		must(t, err)
		var goroutines sync.WaitGroup
		check := func(effect Effect, err error) {
			if err == nil && effect != Allow || err != nil && (effect != ImplicitDeny || !errors.Is(err, ErrClosed) && !errors.Is(err, ErrBusy)) {
				t.Errorf("%v, %v", effect, err)
			}
		}
		for i := 0; i < 8; i++ {
			own := complete(t, c)
			goroutines.Add(1)
			go func() {
				defer goroutines.Done()
				for k := 0; k < 50; k++ {
					check(s.Effect(own))
					check(s.Effect(shared))
					if many, err := s.DecideMany(background, []*Request{own, shared, own}); err == nil {
						check(many[1], nil)
					}
					if d, err := s.Decide(shared); err == nil {
						check(d.Effect, nil)
					}
					if _, err := p.Canonical(); err != nil && !errors.Is(err, ErrClosed) {
						t.Error(err)
					}
					if _, err := m.Run([]byte(`{"id": 1}`), 1); err != nil && !errors.Is(err, ErrClosed) {
						t.Error(err)
					}
					_, _ = c.LoadPolicyString(KindIdentity, allowAll, "")
				}
			}()
		}
		time.Sleep(time.Duration(round) * 100 * time.Microsecond)
		for _, object := range []interface{ Close() error }{p, shared, m, s, c} {
			must(t, object.Close())
			runtime.Gosched()
		}
		goroutines.Wait()
	}
}

func TestCancel(t *testing.T) {
	c := newContext(t)
	s, r := allowing(t, c)
	requests := make([]*Request, 2000)
	for i := range requests {
		requests[i] = r
	}
	ctx, cancel := context.WithCancel(background)
	effects, err := s.DecideMany(ctx, requests)
	must(t, err)
	if len(effects) != len(requests) {
		t.Error(len(effects))
	}
	cancel()
	p := loadString(t, c, KindIdentity, allowAll)
	m, err := c.NewSimulator()
	must(t, err)
	table, err := NewTable(ActionColumn("s3:GetObject"))
	must(t, err)
	for what, call := range map[string]func(context.Context) error{
		"DecideMany":  func(ctx context.Context) error { _, err := s.DecideMany(ctx, requests); return err },
		"DecideTable": func(ctx context.Context) error { _, err := s.DecideTable(ctx, r, table); return err },
		"RunLines":    func(ctx context.Context) error { _, err := m.RunLines(ctx, []byte("{}\n")); return err },
		"Ask":         func(ctx context.Context) error { _, err := c.Ask(ctx, AskPublic, p); return err },
	} {
		err := call(ctx)
		refused(t, what, err, ECANCELED)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", what, err)
		}
		// The library asks during the call, too.
		late := &lateContext{Context: background, done: make(chan struct{})}
		if what != "Ask" { // which may be done before it asks
			refused(t, what+" later", call(late), ECANCELED)
		}
	}
}

// A lateContext is cancelled when it is asked for the second time.
type lateContext struct {
	context.Context
	done  chan struct{}
	asked int
}

func (l *lateContext) Done() <-chan struct{} { return l.done }

func (l *lateContext) Err() error {
	l.asked++
	if l.asked > 1 {
		return context.Canceled
	}
	return nil
}

// Objects that nobody closes go with the garbage collector.
func TestFinalizers(t *testing.T) {
	c := newContext(t)
	ended := make(chan bool, 1)
	func() {
		r := complete(t, c)
		free := r.free
		r.free = func(p unsafePointer) { free(p); ended <- true }
	}()
	for i := 0; i < 100; i++ {
		runtime.GC()
		select {
		case <-ended:
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
	t.Error("the request was not released")
}
