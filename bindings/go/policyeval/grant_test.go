// SPDX-License-Identifier: MIT

package policyeval

import (
	"strings"
	"testing"
)

// toolGrant runs the command on the policies of the article.
func toolGrant(t *testing.T, command, format, secret, key, role string) string {
	t.Helper()
	return run(t, "", command, "--principal", roleARN, "--secret", secretARN, "--key", keyARN, "--format", format,
		"--secret-policy", secret, "--key-policy", key, "--identity-policy", role)
}

func compareChange(t *testing.T, command string, change *Change, secret, key, role string) {
	t.Helper()
	for format, got := range map[string]string{"json": change.JSON, "text": change.Text, "diff": change.Diff, "aws-cli": change.Commands} {
		sameLines(t, strings.TrimSuffix(got, "\n"), strings.TrimSuffix(toolGrant(t, command, format, secret, key, role), "\n"))
	}
}

func TestGrantAndRevoke(t *testing.T) {
	c := newContext(t)
	subject := []AccessOption{Principal(roleARN), Secret(secretARN), Key(keyARN)}
	a, err := c.NewAccess(subject...)
	must(t, err)
	defer a.Close()
	granted, err := a.Grant()
	must(t, err)
	compareChange(t, "grant", granted, "none", "none", "none")
	if !granted.Changed || !granted.Proved || granted.Blocked != 0 || len(granted.Policies) != 3 {
		t.Fatalf("%+v", granted)
	}
	// What is granted is allowed.
	kinds := map[Layer]Kind{LayerResource: KindSecret, LayerKey: KindKMSKey, LayerIdentity: KindIdentity}
	options := append([]AccessOption{}, subject...)
	for _, p := range granted.Policies {
		if p.Text == nil || p.File == "" {
			t.Fatalf("%+v", p)
		}
		options = append(options, Document(kinds[p.Layer], []byte(*p.Text), p.File))
	}
	answer, err := CanRead(options...)
	must(t, err)
	if !answer.CanRead() {
		t.Error(answer.Text)
	}
	for _, options := range [][]GrantOption{{AnyVersion()}, {StrictStage()}, {CommandFolder("policies")}} {
		other, err := a.Grant(options...)
		must(t, err)
		if other.JSON == granted.JSON && other.Commands == granted.Commands {
			t.Error("the option changes nothing")
		}
	}
	_, err = a.Grant(nil)
	refused(t, "nil option", err, EINVAL)
	_, err = a.Grant(CommandFolder("a\x00b"))
	refused(t, "NUL in a folder", err, EINVAL)
	empty, err := c.NewAccess()
	must(t, err)
	_, err = empty.Grant()
	refused(t, "incomplete question", err, EINVAL)
	must(t, empty.Close())
	_, err = empty.Revoke()
	refused(t, "closed question", err, ESTATE)

	paths := []string{article("secret.json"), article("key.json"), article("role.json")}
	b, err := c.NewAccess(append(subject, File(KindSecret, paths[0]), File(KindKMSKey, paths[1]), File(KindIdentity, paths[2]))...)
	must(t, err)
	defer b.Close()
	revoked, err := b.Revoke()
	must(t, err)
	compareChange(t, "revoke", revoked, paths[0], paths[1], paths[2])
	if !revoked.Changed {
		t.Errorf("%+v", revoked)
	}
}

// grantOf makes the question of a grant vector, its options, and the arguments of the command that asks the same.
func grantOf(t *testing.T, c *Context, input *object) (a *Access, options []GrantOption, arguments []string) {
	t.Helper()
	arguments = []string{"--principal", str(input.get("principal")), "--secret", str(input.get("secret"))}
	asked := []AccessOption{Principal(str(input.get("principal"))), Secret(str(input.get("secret")))}
	key, hasKey := input.get("key").(string)
	if hasKey {
		arguments, asked = append(arguments, "--key", key), append(asked, Key(key))
	} else {
		arguments = append(arguments, "--key", "none")
	}
	if state, ok := input.get("key_state").(string); ok {
		arguments, asked = append(arguments, "--key-state", state), append(asked, KeyState(state))
	}
	policies := obj(input.get("policies"))
	flags := map[string]string{"resource": "--secret-policy", "key": "--key-policy", "identity": "--identity-policy",
		"boundary": "--boundary", "scp": "--scp", "rcp": "--rcp"}
	kinds := map[string]Kind{"resource": KindSecret, "key": KindKMSKey, "identity": KindIdentity, "boundary": KindBoundary,
		"scp": KindSCP, "rcp": KindRCP}
	for _, name := range []string{"resource", "key", "identity", "boundary", "scp", "rcp"} {
		documents := list(policies.get(name))
		if one := obj(policies.get(name)); one != nil {
			documents = []any{one}
		}
		if len(documents) == 0 && (name == "resource" || name == "identity" || name == "key" && hasKey) {
			arguments = append(arguments, flags[name], "none")
		}
		var layer Layer
		must(t, layer.UnmarshalText([]byte(name)))
		for i, document := range documents {
			path := writeFile(t, text(t, i)+name+".json", []byte(text(t, document)))
			p, err := c.LoadPolicyFile(kinds[name], path)
			must(t, err)
			level := uint(0)
			if name == "scp" || name == "rcp" {
				level = uint(i + 1)
			}
			arguments, asked = append(arguments, flags[name], path), append(asked, AttachLevel(layer, level, p))
		}
	}
	for _, option := range words(input.get("options")) {
		arguments = append(arguments, option)
	}
	options, asked = grantOptions(t, words(input.get("options")), asked)
	a, err := c.NewAccess(asked...)
	must(t, err)
	t.Cleanup(func() { a.Close() })
	return a, options, arguments
}

// grantOptions reads options of the command.
func grantOptions(t *testing.T, words []string, asked []AccessOption) ([]GrantOption, []AccessOption) {
	t.Helper()
	var options []GrantOption
	for i := 0; i < len(words); i++ {
		switch words[i] {
		case "--any-version":
			options = append(options, AnyVersion())
		case "--strict-stage":
			options = append(options, StrictStage())
		case "--version-stage":
			i++
			asked = append(asked, VersionStage(words[i]))
		case "--context":
			i++
			pair := strings.SplitN(words[i], "=", 2)
			asked = append(asked, ContextValue(pair[0], pair[1]))
		default:
			t.Fatalf("option %s", words[i])
		}
	}
	return options, asked
}

func TestVectorsGrant(t *testing.T) {
	c := newContext(t)
	vectorsOf(t, "grant", func(t *testing.T, v *vector) {
		a, options, arguments := grantOf(t, c, v.input)
		change, err := a.Grant(options...)
		must(t, err)
		sameLines(t, strings.TrimSuffix(change.JSON, "\n"),
			strings.TrimSuffix(run(t, "", append([]string{"grant", "--format", "json"}, arguments...)...), "\n"))
		_, blocked := v.expect.find("blocked_by")
		if (change.Blocked > 0) != blocked || blocked && change.Changed {
			t.Errorf("%d things stand in the way, expected %v", change.Blocked, v.expect.get("blocked_by"))
		}
		answer := parse(t, strings.NewReader(change.JSON))
		if want, ok := v.expect.find("added"); ok {
			added := map[string][]string{}
			for _, p := range list(answer.get("policies")) {
				for _, index := range list(obj(p).get("added")) {
					name := str(obj(p).get("type"))
					added[name] = append(added[name], scalar(index))
				}
			}
			wanted := map[string][]string{}
			for _, m := range obj(want).all() {
				for _, index := range list(m.value) {
					wanted[m.name] = append(wanted[m.name], scalar(index))
				}
			}
			if text(t, added) != text(t, wanted) {
				t.Errorf("added %s, expected %s", text(t, added), text(t, wanted))
			}
		}
	})
}
