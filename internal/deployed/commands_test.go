package deployed

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A typed line is one that a document tells its reader to type.
type typed struct {
	file, text string
	words      []string
}

// documents are what administrators read.
func documents(t *testing.T) []string {
	t.Helper()
	files := []string{"../../README.md"}
	for _, pattern := range []string{"../../docs/*.md", "../../docs/*/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	if len(files) < 8 {
		t.Fatalf("only %v were found", files)
	}
	return files
}

var code = regexp.MustCompile("(?s)```[a-z]*\n(.*?)```|`([^`\n]+)`")

// read returns every line of code of the documents.
func read(t *testing.T) []typed {
	t.Helper()
	var all []typed
	for _, file := range documents(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range code.FindAllStringSubmatch(string(text), -1) {
			for line := range strings.Lines(m[1] + m[2]) {
				for _, part := range regexp.MustCompile(`&&|\|`).Split(line, -1) {
					if words := split(part); len(words) > 0 {
						all = append(all, typed{filepath.ToSlash(file[len("../../"):]), strings.TrimSpace(part), words})
					}
				}
			}
		}
	}
	return all
}

// split cuts a line into words as a shell does, as far as the documents need.
func split(line string) []string {
	var words []string
	for _, m := range regexp.MustCompile(`(?:[^\s"']|"[^"]*"|'[^']*')+`).FindAllString(line, -1) {
		if m == "#" || strings.HasPrefix(m, ">") {
			break
		}
		words = append(words, strings.NewReplacer(`"`, "", "'", "").Replace(m))
	}
	return words
}

// help is what a program says of a command.
func help(t *testing.T, program, command string) (string, bool) {
	t.Helper()
	args := []string{"--help"}
	if command != "" {
		args = []string{command, "--help"}
	}
	out, err := exec.Command(program, args...).CombinedOutput()
	return string(out), err == nil
}

// Whatever the documents tell people to type exists: the command and each of
// its flags, in the program that they type it for.
func TestEveryCommandInTheDocumentsExists(t *testing.T) {
	t.Parallel()
	build(t)
	seen := 0
	for _, line := range read(t) {
		words := line.words
		if len(words) > 1 && words[0] == "sudo" {
			words = words[1:]
		}
		name := filepath.Base(words[0])
		if len(words) < 2 || name != "install-or-defer" && name != "install-or-defer-admin" {
			continue
		}
		seen++
		checkCommand(t, line, program(name), words[1:])
	}
	if seen < 20 {
		t.Errorf("only %d commands were found", seen)
	}
}

func checkCommand(t *testing.T, line typed, program string, args []string) {
	t.Helper()
	name := ""
	if !strings.HasPrefix(args[0], "-") {
		name, args = args[0], args[1:]
	}
	text, ok := help(t, program, name)
	if !ok {
		t.Errorf("%s: %q: there is no command %s", line.file, line.text, name)
		return
	}
	for _, a := range args {
		flag, _, _ := strings.Cut(a, "=")
		switch {
		case strings.HasPrefix(flag, "--") && !regexp.MustCompile(regexp.QuoteMeta(flag)+`\b`).MatchString(text):
			t.Errorf("%s: %q: %s has no flag %s", line.file, line.text, name, flag)
		case strings.HasPrefix(flag, "-") && len(flag) == 2 && !strings.Contains(text, flag+", --"):
			t.Errorf("%s: %q: %s has no flag %s", line.file, line.text, name, flag)
		case strings.HasPrefix(a, "docs/"):
			if _, err := os.Stat("../../" + a); err != nil {
				t.Errorf("%s: %q: %v", line.file, line.text, err)
			}
		}
	}
}

// The same for make and its targets and variables.
func TestEveryTargetInTheDocumentsExists(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for _, file := range []string{"../../Makefile", "../../pkg/package.mk", "../../internal/toolchain/toolchain.mk"} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(data)
	}
	var targets []string
	for _, m := range regexp.MustCompile(`(?m)^([a-z-]+(?: [a-z-]+)*):(?: |$)`).FindAllStringSubmatch(text.String(), -1) {
		targets = append(targets, strings.Fields(m[1])...)
	}
	seen := 0
	for _, line := range read(t) {
		if line.words[0] != "make" {
			continue
		}
		for _, w := range line.words[1:] {
			variable, _, set := strings.Cut(w, "=")
			if set && !strings.Contains(text.String(), "$("+variable+")") {
				t.Errorf("%s: %q: no target looks at %s", line.file, line.text, variable)
			}
			if !set && !slices.Contains(targets, w) {
				if len(line.words) > 2 && slices.Contains(targets, line.words[1]) {
					break // what follows says what it does
				}
				t.Errorf("%s: %q: there is no target %s", line.file, line.text, w)
			}
			seen++
		}
	}
	if seen < 10 {
		t.Errorf("only %d targets were found", seen)
	}
}

// The packages of this repository that the documents tell people to run.
func TestEveryProgramInTheDocumentsExists(t *testing.T) {
	t.Parallel()
	for _, line := range read(t) {
		if len(line.words) < 3 || line.words[0] != "go" || line.words[1] != "run" {
			continue
		}
		if _, err := os.Stat("../../" + line.words[2]); err != nil {
			t.Errorf("%s: %q: %v", line.file, line.text, err)
		}
	}
}
