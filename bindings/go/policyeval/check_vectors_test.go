// SPDX-License-Identifier: MIT

package policyeval

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

// Vectors about documents and about all requests at once; the command must say the same, byte for byte.

// documentOf is the text of a vector's document.
func documentOf(t *testing.T, v *vector) []byte {
	t.Helper()
	if document, ok := v.get("text").(string); ok {
		return []byte(document)
	}
	return []byte(text(t, v.get("document")))
}

// writeFile gives the path of a new file.
func writeFile(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	must(t, os.WriteFile(path, content, 0o600))
	return path
}

func once(items []string) []string {
	seen := map[string]bool{}
	for _, item := range items {
		seen[item] = true
	}
	list := []string{}
	for item := range seen {
		list = append(list, item)
	}
	return list
}

func validatorOf(t *testing.T, options *object) *Validator {
	t.Helper()
	var of []ContextOption
	if folder, ok := options.get("catalog").(string); ok {
		of = append(of, Catalog(inTree(folder)))
	}
	c := newContext(t, of...)
	var list []ValidatorOption
	for _, m := range options.all() {
		switch m.name {
		case "catalog":
		case "caller":
			list = append(list, Caller(str(m.value)))
		case "identity":
			for _, p := range m.value.([]any) {
				list = append(list, CallerPolicies(loadOne(t, c, KindIdentity, p)))
			}
		case "known_principals":
			list = append(list, KnownPrincipals([]byte(text(t, m.value))))
		case "only":
			for _, code := range words(m.value) {
				list = append(list, OnlyRule(code))
			}
		case "ignore":
			for _, code := range words(m.value) {
				list = append(list, IgnoreRule(code))
			}
		default:
			t.Fatalf("option %s", m.name)
		}
	}
	v, err := c.NewValidator(list...)
	must(t, err)
	t.Cleanup(func() { v.Close() })
	return v
}

func TestVectorsValidate(t *testing.T) {
	vectorsOf(t, "validate", func(t *testing.T, v *vector) {
		kind, err := ParseKind(str(v.get("kind")))
		must(t, err)
		document := documentOf(t, v)
		validator := validatorOf(t, obj(v.get("options")))
		source := Source{kind, document, writeFile(t, "policy.json", document)}
		report, failure := validator.Validate(source)
		codes := []string{}
		for _, finding := range report.Findings {
			codes = append(codes, finding.Code)
		}
		same(t, "codes", once(codes), v.expect.get("codes"))
		for i, want := range list(v.expect.get("findings")) {
			checkFirst(t, report.Findings[i:], obj(want))
		}
		fixed, diff, err := validator.Fix(source)
		if (err == nil) != (failure == nil) {
			t.Errorf("Validate: %v, Fix: %v", failure, err)
		}
		if (diff == "") != (fixed == string(document)) {
			t.Errorf("the difference is %q", diff)
		}
		if want, ok := v.expect.find("fixed"); ok {
			var a, b any
			must(t, json.Unmarshal([]byte(fixed), &a))
			must(t, json.Unmarshal([]byte(text(t, want)), &b))
			if !reflect.DeepEqual(a, b) {
				t.Errorf("fixed to %s, expected %s", fixed, text(t, want))
			}
		}
		if !v.has("options") {
			sameLines(t, report.JSON, strings.TrimSuffix(run(t, "", "validate", "--type", kind.String(), "--format", "json", source.Name), "\n"))
		}
	})
}

// askOf makes the question of a vector, and the arguments of the command that asks the same.
func askOf(t *testing.T, c *Context, input *object) (ask Ask, policy *Policy, options []AskOption, arguments []string) {
	t.Helper()
	kind, err := ParseKind(str(input.get("type")))
	must(t, err)
	path := writeFile(t, "policy.json", []byte(text(t, input.get("policy"))))
	policy, err = c.LoadPolicyFile(kind, path)
	must(t, err)
	otherPath := ""
	if input.has("existing") {
		otherPath = writeFile(t, "existing.json", []byte(text(t, input.get("existing"))))
		other, err := c.LoadPolicyFile(kind, otherPath)
		must(t, err)
		options = append(options, Existing(other))
	}
	arguments = []string{"", "--type", kind.String(), "--format", "json"}
	switch str(input.get("ask")) {
	case "public", "findings", "statements":
		ask, arguments[0] = AskPublic, "check-no-public-access"
		if str(input.get("ask")) == "findings" {
			ask, arguments[0] = AskFindings, "findings"
		}
		if str(input.get("ask")) == "statements" {
			ask, arguments[0] = AskStatements, "findings"
			arguments = append(arguments, "--statements")
		}
		for _, m := range obj(input.get("options")).all() {
			more, words := publicOption(t, m)
			options, arguments = append(options, more...), append(arguments, words...)
		}
		arguments = append(arguments, path)
	case "no-new-access":
		ask, arguments[0] = AskNewAccess, "check-no-new-access"
		arguments = append(arguments, "--new", path, "--existing", otherPath)
	case "compare":
		ask, arguments[0] = AskCompare, "compare"
		arguments = append(arguments, path, otherPath)
	case "not-granted":
		ask, arguments[0] = AskAccessGranted, "check-access-not-granted"
		for _, action := range words(input.get("actions")) {
			options, arguments = append(options, OfAction(action)), append(arguments, "--action", action)
		}
		for _, resource := range words(input.get("resources")) {
			options, arguments = append(options, OnResource(resource)), append(arguments, "--resource", resource)
		}
		arguments = append(arguments, path)
	default:
		t.Fatalf("no question %v here", input.get("ask"))
	}
	return ask, policy, options, arguments
}

func publicOption(t *testing.T, m member) (options []AskOption, arguments []string) {
	t.Helper()
	switch m.name {
	case "rule":
		rules := map[string]PublicRule{"fixed-values": PublicFixedValues, "article": PublicArticle, "zone": PublicZone}
		return []AskOption{ByRule(rules[str(m.value)])}, []string{"--rule", str(m.value)}
	case "trust_accounts":
		for _, id := range words(m.value) {
			options, arguments = append(options, Trusting(TrustAccount, id)), append(arguments, "--trust-account", id)
		}
		return options, arguments
	case "trust_orgs":
		for _, id := range words(m.value) {
			options, arguments = append(options, Trusting(TrustOrg, id)), append(arguments, "--trust-org", id)
		}
		return options, arguments
	case "ip_limit", "ipv6_limit":
		limit, err := strconv.ParseUint(text(t, m.value), 10, 64)
		must(t, err)
		if m.name == "ip_limit" {
			return []AskOption{IPLimit(limit)}, []string{"--ip-limit", text(t, m.value)}
		}
		return []AskOption{IPv6Limit(limit)}, []string{"--ipv6-limit", text(t, m.value)}
	case "statement":
		index, err := strconv.Atoi(text(t, m.value))
		must(t, err)
		return []AskOption{OfStatement(index)}, []string{"--statement", text(t, m.value)}
	case "grant_only":
		if !yes(m.value) {
			return nil, nil
		}
		return []AskOption{GrantOnly()}, []string{"--grant-only"}
	}
	t.Fatalf("option %s", m.name)
	return nil, nil
}

// replay gives a witness back with a policy in its layer.
func replay(t *testing.T, c *Context, witness string, policy any) Effect {
	t.Helper()
	o := parse(t, strings.NewReader(witness))
	o.members = append(o.members, member{"policies", &object{[]member{{str(o.get("only")), []any{policy}}}}})
	s, err := c.NewSimulator()
	must(t, err)
	defer s.Close()
	result, err := s.Run([]byte(text(t, o)), 1)
	must(t, err)
	if !result.Answered {
		t.Fatal(result.JSON)
	}
	return result.Effect
}

func TestVectorsAnalysis(t *testing.T) {
	c := newContext(t)
	vectorsOf(t, "analysis", func(t *testing.T, v *vector) {
		ask, policy, options, arguments := askOf(t, c, v.input)
		got, err := c.Ask(background, ask, policy, options...)
		must(t, err)
		sameLines(t, strings.TrimSuffix(got.JSON, "\n"), strings.TrimSuffix(run(t, "", arguments...), "\n"))
		if want, ok := v.expect.find("relation"); ok && got.Relation.String() != want {
			t.Errorf("%v, expected %v", got.Relation, want)
		}
		if want, ok := v.expect.find("result"); ok {
			answers := map[any]AnswerKind{"PASS": AnswerNo, "FAIL": AnswerYes, "UNKNOWN": AnswerUnknown}
			if answer, known := answers[want]; !known || got.Answer != answer {
				t.Errorf("%v, expected %v", got.Answer, want)
			}
		}
		if want, ok := v.expect.find("statements"); ok && text(t, got.Reasons) != text(t, want) {
			t.Errorf("statements %v, expected %v", got.Reasons, want)
		}
		if want, ok := v.expect.find("needs"); ok {
			checkNeeds(t, got, list(want))
			return
		}
		if want, ok := v.expect.find("findings"); ok {
			checkFindings(t, c, got, list(want), v.input.get("policy"))
			return
		}
		if (got.Answer == AnswerYes) != (got.Witness != "" || got.ExistingWitness != "") {
			t.Errorf("%v with the witnesses %q and %q", got.Answer, got.Witness, got.ExistingWitness)
		}
		grantOnly := yes(obj(v.input.get("options")).get("grant_only"))
		if got.Witness != "" && !grantOnly && replay(t, c, got.Witness, v.input.get("policy")) != Allow {
			t.Errorf("the policy does not allow %s", got.Witness)
		}
		if got.Witness != "" && v.input.has("existing") && replay(t, c, got.Witness, v.input.get("existing")) == Allow {
			t.Errorf("the existing policy allows %s", got.Witness)
		}
		if got.ExistingWitness != "" && replay(t, c, got.ExistingWitness, v.input.get("existing")) != Allow {
			t.Errorf("the existing policy does not allow %s", got.ExistingWitness)
		}
	})
}

// checkNeeds compares the word for each statement and the statements that are why; those needed have a witness.
func checkNeeds(t *testing.T, got *Analysis, want []any) {
	t.Helper()
	var found []any
	for _, n := range got.Needs {
		words := []any{n.Need.String()}
		for _, by := range n.By {
			words = append(words, by)
		}
		found = append(found, words)
		if (n.Need == NeedNeeded) != (n.Witness != "") {
			t.Errorf("%v with the witness %q", n.Need, n.Witness)
		}
	}
	if text(t, found) != text(t, want) {
		t.Errorf("needs %v, expected %v", text(t, found), text(t, want))
	}
}

// checkFindings compares what a vector names of each finding, in any order, and gives every witness back.
func checkFindings(t *testing.T, c *Context, got *Analysis, want []any, policy any) {
	t.Helper()
	if (got.Answer == AnswerYes) != (len(want) > 0) {
		t.Errorf("%v, expected %d findings", got.Answer, len(want))
	}
	var found, expected []string
	pick := func(finding *object) string {
		parts := []any{}
		for _, name := range []string{"principal", "condition", "isPublic", "statements"} {
			parts = append(parts, finding.get(name))
		}
		var plain any
		must(t, json.Unmarshal([]byte(text(t, parts)), &plain)) // members in one order
		return text(t, plain)
	}
	for _, finding := range list(parse(t, strings.NewReader(got.JSON)).get("findings")) {
		found = append(found, pick(obj(finding)))
		if effect := replay(t, c, text(t, obj(finding).get("witness")), policy); effect != Allow {
			t.Errorf("the witness of %s is %v", text(t, finding), effect)
		}
	}
	for _, finding := range want {
		expected = append(expected, pick(obj(finding)))
	}
	if !reflect.DeepEqual(sorted(found), sorted(expected)) {
		t.Errorf("%q, expected %q", found, expected)
	}
}
