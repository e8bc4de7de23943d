// SPDX-License-Identifier: MIT

package policyeval

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strings"
	"testing"
)

// A vector as its file has it; input is the case that it asks about.
type vector struct {
	*object
	id     string
	input  *object
	expect *object
}

// expand replaces "$name" by its value and drops what has none.
func expand(node any, with *object) (any, bool) {
	switch n := node.(type) {
	case string:
		if strings.HasPrefix(n, "$") {
			return with.find(n[1:])
		}
	case []any:
		items := []any{}
		for _, item := range n {
			if value, ok := expand(item, with); ok {
				items = append(items, value)
			}
		}
		return items, true
	case *object:
		o := &object{}
		for _, m := range n.members {
			if value, ok := expand(m.value, with); ok {
				o.members = append(o.members, member{m.name, value})
			}
		}
		return o, true
	}
	return node, true
}

// vectorsOf runs a test for every vector of an area.
func vectorsOf(t *testing.T, area string, test func(t *testing.T, v *vector)) {
	t.Helper()
	paths, err := filepath.Glob(inTree("tests", "vectors", area, "*.json"))
	must(t, err)
	if len(paths) == 0 {
		t.Fatalf("no vectors in area %s", area)
	}
	for _, path := range paths {
		file, err := os.Open(path)
		must(t, err)
		data := parse(t, file)
		file.Close()
		t.Run(strings.TrimSuffix(filepath.Base(path), ".json"), func(t *testing.T) {
			for _, one := range list(data.get("vectors")) {
				v := &vector{object: obj(one)}
				v.id, v.expect, v.input = str(v.get("id")), obj(v.get("expect")), obj(v.get("case"))
				if template := data.get("template"); template != nil {
					expanded, _ := expand(template, obj(v.get("with")))
					v.input = obj(expanded)
				}
				t.Run(v.id, func(t *testing.T) { test(t, v) })
			}
		})
	}
}

// A new area needs a runner here.
func TestVectorAreas(t *testing.T) {
	entries, err := os.ReadDir(inTree("tests", "vectors"))
	must(t, err)
	known := map[string]bool{"decide": true, "access": true, "load": true, "validate": true, "analysis": true, "grant": true}
	for _, entry := range entries {
		if entry.IsDir() && !known[entry.Name()] {
			t.Errorf("no test runs the vectors of area %s", entry.Name())
		}
	}
}

// ---- policies of a case ----

// loadOne loads P: a document, or {"name", "policy"}.
func loadOne(t *testing.T, c *Context, kind Kind, p any) *Policy {
	t.Helper()
	name := ""
	if o := obj(p); o.has("policy") {
		name, p = str(o.get("name")), o.get("policy")
	}
	document, isText := p.(string)
	if !isText {
		document = text(t, p)
	}
	policy, err := c.LoadPolicyString(kind, document, name)
	if err != nil {
		t.Fatalf("%s: %v", document, err)
	}
	return policy
}

func resourceKind(o *object) Kind {
	switch resource := str(o.get("resource")); {
	case strings.HasPrefix(resource, "arn:aws:kms:"):
		return KindKMSKey
	case strings.HasPrefix(resource, "arn:aws:secretsmanager:"):
		return KindSecret
	case strings.HasPrefix(str(o.get("action")), "sts:"):
		return KindTrust
	}
	return KindResource
}

// attach makes options of the member "policies".
func attach(t *testing.T, c *Context, policies *object, resource Kind) []PolicyOption {
	t.Helper()
	var options []PolicyOption
	for _, m := range policies.all() {
		name, items := m.name, m.value
		var layer Layer
		var kind Kind
		switch name {
		case "grants":
			options = append(options, Grants([]byte(text(t, items)), "grants"))
			continue
		case "resource":
			layer, kind = LayerResource, resource
		case "key":
			layer, kind = LayerKey, KindKMSKey
		default:
			must(t, layer.UnmarshalText([]byte(name)))
			var err error
			kind, err = ParseKind(name)
			must(t, err)
		}
		levels := layer == LayerSCP || layer == LayerRCP
		cap := layer != LayerIdentity && layer != LayerResource && layer != LayerKey
		for i, item := range list(items) {
			if !levels {
				options = append(options, Attach(layer, loadOne(t, c, kind, item)))
				continue
			}
			options = append(options, Declare(layer, uint(i+1)))
			for _, p := range list(item) {
				options = append(options, AttachLevel(layer, uint(i+1), loadOne(t, c, kind, p)))
			}
		}
		if cap && !levels {
			options = append(options, Declare(layer, 0))
		} else if cap && len(list(items)) == 0 {
			options = append(options, Declare(layer, 1))
		}
	}
	return options
}

// facts makes options of what requests and questions have in common.
func facts(o *object) []Fact {
	var facts []Fact
	p := obj(o.get("principal"))
	for name, make := range map[string]func(string) Fact{
		"arn": Principal, "role_arn": RoleARN, "id": PrincipalID, "path": PrincipalPath, "parent": FederatedParent,
		"org_id": PrincipalOrgID,
	} {
		if value, ok := p.get(name).(string); ok && name == "arn" {
			facts = append([]Fact{make(value)}, facts...)
		} else if ok {
			facts = append(facts, make(value))
		}
	}
	if arn, ok := o.get("principal").(string); ok {
		facts = append(facts, Principal(arn))
	}
	for _, tag := range obj(p.get("tags")).all() {
		facts = append(facts, PrincipalTag(tag.name, str(tag.value)))
	}
	for _, fact := range obj(o.get("context")).all() {
		key, value := fact.name, fact.value
		if items, ok := value.([]any); ok {
			values := make([]string, len(items))
			for i := range items {
				values[i] = scalar(items[i])
			}
			facts = append(facts, ContextList(key, values...))
		} else {
			facts = append(facts, ContextValue(key, scalar(value)))
		}
	}
	for _, key := range list(o.get("unknown")) {
		facts = append(facts, UnknownKey(str(key)))
	}
	return append(facts, ManagementAccounts(yes(p.get("management_account")), yes(o.get("resource_management_account"))))
}

func readings(o *object) []ReadingOption {
	var options []ReadingOption
	for _, m := range obj(o.get("readings")).all() {
		options = append(options, Reading(m.name, str(m.value)))
	}
	return options
}

// ---- decide ----

func requestOf(t *testing.T, c *Context, o *object) *Request {
	t.Helper()
	options := []RequestOption{Action(str(o.get("action"))), Resource(str(o.get("resource")))}
	for _, f := range facts(o) {
		options = append(options, f)
	}
	for _, r := range readings(o) {
		options = append(options, r)
	}
	p := obj(o.get("principal"))
	if name, ok := p.get("service").(string); ok {
		options = append(options, Service(name))
	}
	if name, ok := p.get("federated").(string); ok {
		options = append(options, Provider(name))
	}
	if yes(p.get("anonymous")) {
		options = append(options, Anonymous())
	}
	if account, ok := o.get("resource_account").(string); ok {
		options = append(options, ResourceAccount(account))
	}
	if name, ok := o.get("only").(string); ok {
		var layer Layer
		must(t, layer.UnmarshalText([]byte(name)))
		options = append(options, Only(layer))
	}
	r, err := c.NewRequest(options...)
	must(t, err)
	return r
}

func setOf(t *testing.T, c *Context, o *object) *PolicySet {
	t.Helper()
	policies := obj(o.get("policies"))
	var options []PolicySetOption
	for _, option := range attach(t, c, policies, resourceKind(o)) {
		options = append(options, option)
	}
	set, err := c.NewPolicySet(options...)
	must(t, err)
	return set
}

func sorted(items []string) []string {
	items = append([]string{}, items...)
	sort.Strings(items)
	return items
}

// same compares lists as sets.
func same(t *testing.T, what string, got []string, want any) {
	t.Helper()
	if got, want := sorted(got), sorted(words(want)); !reflect.DeepEqual(got, want) {
		t.Errorf("%s %q, expected %q", what, got, want)
	}
}

func blockers(layers []Layer) []string {
	names := []string{}
	for _, layer := range layers {
		names = append(names, layer.String())
	}
	return names
}

// checkOutcome compares what decisions and legs have in common.
func checkOutcome(t *testing.T, expect *object, effect Effect, assumptions, missing []string, blockedBy []Layer) {
	t.Helper()
	if effect.String() != expect.get("decision") {
		t.Errorf("decision %v, expected %v", effect, expect.get("decision"))
	}
	same(t, "assumptions", assumptions, expect.get("assumptions"))
	if want, ok := expect.find("missing_context"); ok {
		same(t, "missing context", missing, want)
	}
	if want, ok := expect.find("blocked_by"); ok {
		same(t, "blocked by", blockers(blockedBy), want)
	}
}

func matches(t *testing.T, layers []LayerResult) []string {
	t.Helper()
	found := []string{}
	for _, layer := range layers {
		for _, match := range layer.Matched {
			found = append(found, text(t, []any{layer.Layer, match.Statement}))
		}
	}
	return found
}

func TestVectorsDecide(t *testing.T) {
	c := newContext(t)
	vectorsOf(t, "decide", func(t *testing.T, v *vector) {
		set, request := setOf(t, c, v.input), requestOf(t, c, v.input)
		d, err := set.Decide(request)
		must(t, err)
		checkOutcome(t, v.expect, d.Effect, d.Assumptions, d.MissingContext, d.BlockedBy)
		layers, err := d.Layers()
		must(t, err)
		if want, ok := v.expect.find("matched"); ok {
			pairs := []any{}
			for _, pair := range list(want) {
				pairs = append(pairs, text(t, pair))
			}
			same(t, "matched", matches(t, layers), pairs)
		}
		// The same verdict without reasons, alone and in a batch.
		effect, err := set.Effect(request)
		must(t, err)
		many, err := set.DecideMany(background, []*Request{request, request})
		must(t, err)
		if effect != d.Effect || len(many) != 2 || many[0] != d.Effect || many[1] != d.Effect {
			t.Errorf("Decide says %v, Effect %v, DecideMany %v", d.Effect, effect, many)
		}
	})
}

// ---- access ----

func accessOf(t *testing.T, c *Context, o *object, policies []PolicyOption) *Access {
	t.Helper()
	options := []AccessOption{Secret(str(o.get("secret")))}
	for member, make := range map[string]func(string) AccessOption{
		"key": Key, "key_state": KeyState, "version_stage": VersionStage, "version_id": VersionID,
	} {
		if value, ok := o.get(member).(string); ok {
			options = append(options, make(value))
		}
	}
	for _, f := range facts(o) {
		options = append(options, f)
	}
	for _, r := range readings(o) {
		options = append(options, r)
	}
	for _, p := range policies {
		options = append(options, p)
	}
	a, err := c.NewAccess(options...)
	must(t, err)
	return a
}

func TestVectorsAccess(t *testing.T) {
	c := newContext(t)
	vectorsOf(t, "access", func(t *testing.T, v *vector) {
		policies := obj(v.input.get("policies"))
		a := accessOf(t, c, v.input, attach(t, c, policies, KindSecret))
		answer, err := a.Decide()
		if p, ok := v.input.get("principal").(*object); ok && !p.has("arn") {
			// The question is about somebody with an ARN.
			if !errors.Is(err, EINVAL) {
				t.Errorf("no principal, and the error is %v", err)
			}
			return
		}
		must(t, err)
		if answer.Effect.String() != v.expect.get("decision") {
			t.Errorf("decision %v, expected %v", answer.Effect, v.expect.get("decision"))
		}
		legs := list(v.expect.get("legs"))
		if len(answer.Legs) != len(legs) {
			t.Fatalf("%d legs", len(answer.Legs))
		}
		for i, leg := range answer.Legs {
			expect := obj(legs[i])
			checkOutcome(t, expect, leg.Effect, leg.Assumptions, leg.MissingContext, leg.BlockedBy)
			if want, ok := expect.find("hints"); ok {
				rules := map[string]bool{}
				for _, hint := range leg.Hints {
					rules[hint.Rule] = true
				}
				names := []string{}
				for rule := range rules {
					names = append(names, rule)
				}
				same(t, "hints", names, want)
			}
		}
		if want, ok := v.expect.find("operability_ok"); ok && answer.Operability.OK != want {
			t.Errorf("operability %v, expected %v", answer.Operability.OK, want)
		}
		effect, err := a.Effect()
		must(t, err)
		if effect != answer.Effect {
			t.Errorf("Decide says %v, Effect %v", answer.Effect, effect)
		}
		if want, ok := v.expect.find("all_requests"); ok {
			all, err := a.AllRequests()
			must(t, err)
			if all.Reach.String() != want {
				t.Errorf("over all requests %v, expected %v", all.Reach, want)
			}
		}
	})
}

// ---- load ----

func TestVectorsLoad(t *testing.T) {
	c := newContext(t)
	vectorsOf(t, "load", func(t *testing.T, v *vector) {
		kind, err := ParseKind(str(v.get("kind")))
		must(t, err)
		document, isText := v.get("text").(string)
		if !isText {
			document = text(t, v.get("document"))
		}
		p, err := c.LoadPolicy(kind, []byte(document), "vector")
		if yes(v.expect.get("ok")) {
			must(t, err)
			if n, ok := v.expect.find("statements"); ok && text(t, p.Statements()) != scalar(n) {
				t.Errorf("%d statements, expected %v", p.Statements(), n)
			}
			return
		}
		var e *Error
		if !errors.As(err, &e) {
			t.Fatalf("no *Error: %v", err)
		}
		if e.Code.String() != v.expect.get("error") {
			t.Errorf("%v, expected %v", e.Code, v.expect.get("error"))
		}
		if want := list(v.expect.get("findings")); len(want) > 0 {
			checkFirst(t, e.Findings, obj(want[0]))
		}
	})
}

func checkFirst(t *testing.T, findings []Finding, want *object) {
	t.Helper()
	if len(findings) == 0 {
		t.Fatalf("no findings, expected %v", want)
	}
	got := map[string]any{"code": findings[0].Code, "line": findings[0].Span.Start.Line, "column": findings[0].Span.Start.Column}
	for _, m := range want.all() {
		name, value := m.name, m.value
		if text(t, got[name]) != text(t, value) {
			t.Errorf("%s %v, expected %v", name, got[name], value)
		}
	}
}
