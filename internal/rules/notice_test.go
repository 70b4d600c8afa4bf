package rules

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestNotice shows that whoever gets the package also gets the licences of what
// is in it.
func TestNotice(t *testing.T) {
	notice, err := os.ReadFile("../../NOTICE")
	if err != nil {
		t.Fatal(err)
	}
	list := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Dir}}{{end}}{{end}}",
		"./cmd/install-or-defer", "./cmd/install-or-defer-prompt")
	list.Dir = "../.."
	list.Env = append(os.Environ(), "GOOS=darwin", "GOARCH=arm64", "CGO_ENABLED=1")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	linked := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if path, dir, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			linked[path] = dir
		}
	}
	if len(linked) < 3 {
		t.Fatalf("only %v is linked", linked)
	}
	for path, dir := range linked {
		t.Run("holds the licence of "+path, func(t *testing.T) {
			licence, err := os.ReadFile(filepath.Join(dir, "LICENSE"))
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(notice), "\n"+path+"\n") || !strings.Contains(string(notice), strings.TrimSpace(string(licence))) {
				t.Errorf("NOTICE lacks %s with the text of its LICENSE", path)
			}
		})
	}
	t.Run("stands beside the licence that it points to", func(t *testing.T) {
		licence, err := os.ReadFile("../../LICENSE")
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"Apache License\n", "Version 2.0, January 2004", "END OF TERMS AND CONDITIONS"} {
			if !strings.Contains(string(licence), want) {
				t.Errorf("LICENSE lacks %q", want)
			}
		}
	})
	t.Run("names nothing that is not linked", func(t *testing.T) {
		for line := range strings.Lines(string(notice)) {
			name := strings.TrimSpace(line)
			first, _, _ := strings.Cut(name, "/")
			if strings.Contains(name, "/") && !strings.Contains(name, " ") && strings.Contains(first, ".") && linked[name] == "" {
				t.Errorf("NOTICE names %s", name)
			}
		}
		if !slices.Contains(strings.Split(string(notice), "\n"), "Go standard library") {
			t.Error("NOTICE does not name Go itself")
		}
	})
}
