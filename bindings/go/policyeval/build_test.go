// SPDX-License-Identifier: MIT

package policyeval

import (
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The program of docs/go.md, as a project of its own outside of the tree, against the installed library.

// docsBlocks gives the blocks of docs/go.md in a language.
func docsBlocks(t *testing.T, language string) []string {
	t.Helper()
	data, err := os.ReadFile(inTree("docs", "go.md"))
	must(t, err)
	var blocks []string
	for _, match := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(string(data), -1) {
		blocks = append(blocks, match[1])
	}
	return blocks
}

// consumer makes the project, with the article's policies beside it, and builds it with plain `go build` and arguments.
func consumer(t *testing.T, arguments ...string) (program string) {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go command")
	}
	folder := t.TempDir()
	here, err := filepath.Abs(".")
	must(t, err)
	for name, content := range map[string]string{
		"main.go": docsBlocks(t, "go")[0],
		"go.mod":  "module example/ask\n\ngo 1.19\n\nrequire policyeval v0.0.0\n\nreplace policyeval => " + here + "\n",
	} {
		must(t, os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600))
	}
	for _, name := range []string{"secret.json", "key.json", "role.json"} {
		data, err := os.ReadFile(article(name))
		must(t, err)
		must(t, os.WriteFile(filepath.Join(folder, name), data, 0o600))
	}
	build := exec.Command("go", append(append([]string{"build"}, arguments...), "-o", "ask", ".")...)
	build.Dir = folder
	build.Env = append(os.Environ(), "GOFLAGS=", "GOPROXY=off", "GOTOOLCHAIN=local", "GOWORK=off", "CGO_ENABLED=1")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", build.Args, err, output)
	}
	return filepath.Join(folder, "ask")
}

// ask runs the program where its policies are.
func ask(t *testing.T, program string, environment []string) string {
	t.Helper()
	command := exec.Command(program)
	command.Dir, command.Env = filepath.Dir(program), environment
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return string(output)
}

func TestConsumer(t *testing.T) {
	sameLines(t, ask(t, consumer(t), os.Environ()), docsBlocks(t, "text")[0])
}

// Ten lines are promised, from the call to the print.
func TestTenLines(t *testing.T) {
	body := regexp.MustCompile(`(?s)func main\(\) \{\n(.*)\n\}`).FindStringSubmatch(docsBlocks(t, "go")[0])
	if body == nil || len(strings.Split(body[1], "\n")) > 10 {
		t.Errorf("%q", body)
	}
}

func TestStatic(t *testing.T) {
	for _, archive := range []string{"libpolicyeval", "jansson"} {
		folder, err := exec.Command("pkg-config", "--variable=libdir", archive).Output()
		must(t, err)
		name := "lib" + strings.TrimPrefix(archive, "lib") + ".a"
		if _, err := os.Stat(filepath.Join(strings.TrimSpace(string(folder)), name)); err != nil {
			t.Skip("no archive: ", err)
		}
	}
	program := consumer(t, "-tags", "static")
	file, err := elf.Open(program)
	must(t, err)
	defer file.Close()
	if libraries, err := file.ImportedLibraries(); err == nil && len(libraries) > 0 {
		t.Errorf("needs %q", libraries)
	}
	for _, header := range file.Progs {
		if header.Type == elf.PT_INTERP {
			t.Error("needs a dynamic linker")
		}
	}
	sameLines(t, ask(t, program, []string{"PATH=/nonexistent"}), docsBlocks(t, "text")[0])
}
