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
