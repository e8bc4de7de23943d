// SPDX-License-Identifier: MIT

package policyeval

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The command prints byte for byte what this package gives as JSON and text.

func TestToolSimulate(t *testing.T) {
	c := newContext(t)
	var cases bytes.Buffer
	vectorsOf(t, "decide", func(t *testing.T, v *vector) {
		v.input.members = append([]member{{"id", v.id}}, v.input.members...)
		cases.WriteString(text(t, v.input) + "\n")
	})
	cases.WriteString("\n{\"define\": \"p\", \"policies\": {}}\n{\"id\": \"malformed\"\n{\"id\": 7}\n" +
		"{\"id\": \"named\", \"principal\": {\"anonymous\": true}, \"action\": \"s3:GetObject\", \"resource\": \"arn:aws:s3:::b/k\", " +
		"\"policies\": \"p\"}\n\xff\n")
	for format, options := range map[string][]SimulatorOption{"json": nil, "aws": {AWSFormat()}} {
		s, err := c.NewSimulator(options...)
		must(t, err)
		defer s.Close()
		results, err := s.RunLines(background, cases.Bytes())
		must(t, err)
		var all strings.Builder
		for _, result := range results {
			if result.JSON != "" {
				all.WriteString(result.JSON + "\n")
			}
		}
		want := run(t, cases.String(), "simulate", "--cases", "-", "--jobs", "1", "--format", format)
		sameLines(t, all.String(), want)
		// One by one, the answers are the same.
		other, err := c.NewSimulator(options...)
		must(t, err)
		defer other.Close()
		for i, line := range bytes.Split(bytes.TrimSuffix(cases.Bytes(), []byte("\n")), []byte("\n")) {
			result, err := other.Run(line, i+1)
			must(t, err)
			if result != results[i] {
				t.Errorf("Run says %+v, RunLines %+v", result, results[i])
			}
		}
	}
}

func sameLines(t *testing.T, got, want string) {
	t.Helper()
	if got == want {
		return
	}
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range a {
		if i >= len(b) || a[i] != b[i] {
			t.Fatalf("line %d of %d and %d:\n%s\nexpected:\n%s", i+1, len(a), len(b), a[i], append(b, "nothing")[i])
		}
	}
	t.Fatalf("%d lines, expected %d", len(a), len(b))
}

// Vectors of the simulator give the verdicts of the vectors.
func TestVectorsSimulate(t *testing.T) {
	c := newContext(t)
	s, err := c.NewSimulator()
	must(t, err)
	defer s.Close()
	vectorsOf(t, "decide", func(t *testing.T, v *vector) {
		result, err := s.Run([]byte(text(t, v.input)), 1)
		must(t, err)
		if !result.Answered || result.Effect.String() != v.expect.get("decision") {
			t.Errorf("%+v, expected %v", result, v.expect.get("decision"))
		}
		// What the setters were told is what the simulator read.
		d, err := setOf(t, c, v.input).Decide(requestOf(t, c, v.input))
		must(t, err)
		if named := strings.Contains(text(t, v.input), `"policy":`); d.JSON != withoutID(result.JSON) && !named {
			t.Errorf("Decide says\n%s\nthe simulator\n%s", d.JSON, result.JSON)
		}
	})
}

func withoutID(result string) string { return strings.Replace(result, `{"id":null,`, "{", 1) }

// policyFiles writes the policies of an access case to files and gives the tool's options, and those of this package.
func policyFiles(t *testing.T, c *Context, policies *object) (arguments []string, options []PolicyOption, ok bool) {
	t.Helper()
	flags := map[string]string{
		"identity": "--identity-policy", "resource": "--secret-policy", "key": "--key-policy", "boundary": "--boundary",
		"session": "--session-policy", "endpoint": "--endpoint-policy", "scp": "--scp", "rcp": "--rcp",
	}
	folder := t.TempDir()
	write := func(name string, document any) string {
		path := filepath.Join(folder, name)
		must(t, os.WriteFile(path, []byte(text(t, document)), 0o600))
		return path
	}
	count := 0
	for _, m := range policies.all() {
		if m.name == "grants" {
			path := write("grants.json", m.value)
			arguments = append(arguments, "--grants", path)
			options = append(options, Grants([]byte(text(t, m.value)), path))
			continue
		}
		var layer Layer
		must(t, layer.UnmarshalText([]byte(m.name)))
		kind := KindSecret
		switch m.name {
		case "resource":
		case "key":
			kind = KindKMSKey
		default:
			var err error
			kind, err = ParseKind(m.name)
			must(t, err)
		}
		levels := m.name == "scp" || m.name == "rcp"
		for i, item := range list(m.value) {
			documents, level, prefix := []any{item}, uint(0), ""
			if levels {
				documents, level, prefix = list(item), uint(i+1), text(t, i+1)+":"
			}
			if len(documents) == 0 {
				return nil, nil, false // the tool has no word for an empty level
			}
			for _, document := range documents {
				count++
				path := write(text(t, count)+".json", document)
				arguments = append(arguments, flags[m.name], prefix+path)
				p, err := c.LoadPolicyFile(kind, path)
				must(t, err)
				options = append(options, AttachLevel(layer, level, p))
			}
		}
		cap := layer != LayerIdentity && layer != LayerResource && layer != LayerKey
		if cap && len(list(m.value)) == 0 {
			return nil, nil, false // nor for a cap without policy
		}
	}
	for _, name := range []string{"identity", "resource"} {
		if len(list(policies.get(name))) == 0 {
			arguments = append(arguments, flags[name], "none")
		}
	}
	return arguments, options, true
}

// factArguments gives the tool's options for the facts of a case; ok is false when it has none for them.
func factArguments(o *object) (arguments []string, ok bool) {
	p := obj(o.get("principal"))
	arn := str(o.get("principal"))
	for _, m := range p.all() {
		switch m.name {
		case "arn":
			arn = str(m.value)
		case "id":
			arguments = append(arguments, "--principal-id", str(m.value))
		case "org_id":
			arguments = append(arguments, "--principal-org", str(m.value))
		case "path":
			arguments = append(arguments, "--principal-path", str(m.value))
		case "parent":
			arguments = append(arguments, "--federated-parent", str(m.value))
		case "tags":
			for _, tag := range obj(m.value).all() {
				arguments = append(arguments, "--principal-tag", tag.name+"="+str(tag.value))
			}
		case "management_account":
			if yes(m.value) {
				arguments = append(arguments, "--management-account")
			}
		default:
			return nil, false
		}
	}
	for _, fact := range obj(o.get("context")).all() {
		if items, isList := fact.value.([]any); isList && len(items) != 1 {
			return nil, false
		} else if isList {
			arguments = append(arguments, "--context", fact.name+"[]="+scalar(items[0]))
		} else {
			arguments = append(arguments, "--context", fact.name+"="+scalar(fact.value))
		}
	}
	for _, key := range words(o.get("unknown")) {
		arguments = append(arguments, "--unknown", key)
	}
	for _, m := range obj(o.get("readings")).all() {
		arguments = append(arguments, "--reading", m.name+"="+str(m.value))
	}
	for member, flag := range map[string]string{
		"secret": "--secret", "key": "--key", "key_state": "--key-state", "version_stage": "--version-stage", "version_id": "--version-id",
	} {
		if value, ok := o.get(member).(string); ok {
			arguments = append(arguments, flag, value)
		}
	}
	if yes(o.get("resource_management_account")) {
		arguments = append(arguments, "--resource-management-account")
	}
	return append(arguments, "--principal", arn), arn != ""
}

// withoutRole leaves out the role of a session: the command has no option for it.
func withoutRole(o *object) *object {
	input := &object{append([]member{}, o.members...)}
	for i, m := range input.members {
		p := &object{}
		for _, fact := range obj(m.value).all() {
			if fact.name != "role_arn" {
				p.members = append(p.members, fact)
			}
		}
		if m.name == "principal" && len(p.members) > 0 {
			input.members[i].value = p
		}
	}
	return input
}

func TestToolAccess(t *testing.T) {
	c := newContext(t)
	compared := 0
	vectorsOf(t, "access", func(t *testing.T, v *vector) {
		input := withoutRole(v.input)
		facts, ok := factArguments(input)
		if !ok {
			return
		}
		policies := obj(v.input.get("policies"))
		files, options, ok := policyFiles(t, c, policies)
		if !ok || v.input.has("key") != (len(list(policies.get("key"))) > 0) {
			return
		}
		question := accessOf(t, c, input, options)
		answer, err := question.Decide()
		must(t, err)
		arguments := append(append([]string{"access"}, facts...), files...)
		sameLines(t, answer.JSON, strings.TrimSuffix(run(t, "", append(arguments, "--format", "json")...), "\n"))
		sameLines(t, answer.Text, run(t, "", arguments...))
		all, err := question.AllRequests()
		must(t, err)
		arguments = append(arguments, "--all-requests")
		sameLines(t, strings.TrimSuffix(all.JSON, "\n"), strings.TrimSuffix(run(t, "", append(arguments, "--format", "json")...), "\n"))
		sameLines(t, all.Text, run(t, "", arguments...))
		// A decision that hangs on a fact nobody knows may be unknown where no value of it changes anything.
		if all.Reach == ReachAlways && answer.Effect != Allow && answer.Effect != Unknown || all.Reach == ReachNever && answer.Effect == Allow {
			t.Errorf("%v, and now %v", all.Reach, answer.Effect)
		}
		compared++
	})
	if compared < 20 {
		t.Errorf("only %d questions could be compared", compared)
	}
	t.Logf("%d questions compared", compared)
}

func TestToolWhoCan(t *testing.T) {
	c := newContext(t)
	article := inTree("examples", "article", "corrected")
	secret, key := filepath.Join(article, "secret.json"), filepath.Join(article, "key.json")
	role := filepath.Join(article, "role.json")
	policy, err := c.LoadPolicyFile(KindIdentity, role)
	must(t, err)
	const arn, who = "arn:aws:secretsmanager:us-east-1:444455556666:secret:SECURITY_SECRET-AbCdEf", "arn:aws:iam::111122223333:role/PRODUCTION_ROLE"
	const keyARN = "arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	question, err := c.NewAccess(Secret(arn), Key(keyARN), File(KindSecret, secret), File(KindKMSKey, key), Candidate(who, policy))
	must(t, err)
	answer, err := question.WhoCan()
	must(t, err)
	arguments := []string{"who-can", "--secret", arn, "--key", keyARN, "--secret-policy", secret, "--key-policy", key,
		"--identity-policy", who + ":" + role}
	sameLines(t, strings.TrimSuffix(answer.JSON, "\n"), strings.TrimSuffix(run(t, "", append(arguments, "--format", "json")...), "\n"))
	sameLines(t, answer.Text, run(t, "", arguments...))
	if answer.Count == 0 || !strings.Contains(answer.Text, "PRODUCTION_ROLE") {
		t.Errorf("%d: %s", answer.Count, answer.Text)
	}
	_, err = c.NewAccess(Candidate("nobody"))
	refused(t, "a candidate that is no principal", err, EINVAL)
}

func TestToolValidate(t *testing.T) {
	c := newContext(t)
	validator, err := c.NewValidator()
	must(t, err)
	defer validator.Close()
	vectorsOf(t, "load", func(t *testing.T, v *vector) {
		kind, err := ParseKind(str(v.get("kind")))
		must(t, err)
		document, isText := v.get("text").(string)
		if !isText {
			document = text(t, v.get("document"))
		}
		path := filepath.Join(t.TempDir(), "policy.json")
		must(t, os.WriteFile(path, []byte(document), 0o600))
		report, _ := validator.Validate(Source{kind, []byte(document), path})
		for format, got := range map[string]string{"json": report.JSON, "sarif": report.SARIF, "text": report.Text} {
			want := run(t, "", "validate", "--type", kind.String(), "--format", format, path)
			sameLines(t, strings.TrimSuffix(got, "\n"), strings.TrimSuffix(want, "\n"))
		}
	})
}

func TestToolVersion(t *testing.T) {
	sameLines(t, VersionJSON()+"\n", run(t, "", "version", "--format", "json"))
}
