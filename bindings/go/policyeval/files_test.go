// SPDX-License-Identifier: MIT

package policyeval

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unsafe"
)

// What tests of several files use: the tree, the tool, the article's policies.

const (
	roleARN   = "arn:aws:iam::111122223333:role/PRODUCTION_ROLE"
	secretARN = "arn:aws:secretsmanager:us-east-1:444455556666:secret:SECURITY_SECRET-AbCdEf"
	keyARN    = "arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"
)

// inTree is a path from the top of the project.
func inTree(path ...string) string {
	return filepath.Join(append([]string{"..", "..", ".."}, path...)...)
}

func article(name string) string { return inTree("examples", "article", "corrected", name) }

// toolPath is the command policyeval: POLICYEVAL names it, or it is in PATH.
func toolPath(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("POLICYEVAL"); path != "" {
		return path
	}
	path, err := exec.LookPath("policyeval")
	if err != nil {
		t.Skip("no tool to compare with: set POLICYEVAL or PATH")
	}
	return path
}

// run gives the standard output of the tool; denied and unknown are answers, too.
func run(t *testing.T, input string, arguments ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	command := exec.Command(toolPath(t), arguments...)
	command.Stdin, command.Stdout, command.Stderr = strings.NewReader(input), &stdout, &stderr
	err := command.Run()
	if exit, ok := err.(*exec.ExitError); err != nil && (!ok || exit.ExitCode() < 1 || exit.ExitCode() == 2) {
		t.Fatalf("%v: %v\n%s", arguments, err, stderr.String())
	}
	return stdout.String()
}

type unsafePointer = unsafe.Pointer

func newContext(t testing.TB, options ...ContextOption) *Context {
	t.Helper()
	c, err := NewContext(options...)
	must(t, err)
	t.Cleanup(func() { c.Close() })
	return c
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var background = context.Background()
