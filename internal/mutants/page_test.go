package mutants

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// page is docs/mistakes.md.
func page() string {
	var b strings.Builder
	fmt.Fprintf(&b, `# Mistakes of the field

Each of these mistakes was made by a program of this kind, or by this one while it was written. `+"`go test -v ./internal/mutants`"+` puts them back
into the source one at a time, on a copy, and runs the test beside them. The test has to fail: all %d of %d are noticed. Numbers are those of
issues in the projects named; "the original script" is the shell script that this program succeeds.

| the mistake | made by | noticed by |
|---|---|---|
`, len(mutants), len(mutants))
	for _, m := range mutants {
		test := strings.NewReplacer("^", "", "$", "").Replace(m.test)
		fmt.Fprintf(&b, "| %s | %s | `%s` in %s |\n", m.name, m.from, test, m.pkg)
	}
	return b.String()
}

func TestThePageShowsTheWholeTable(t *testing.T) {
	path := filepath.Join(root(t), "docs", "mistakes.md")
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(path, []byte(page()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != page() {
		t.Errorf("%s is not what the table says; UPDATE_GOLDEN=1 go test -run Page ./internal/mutants writes it anew", path)
	}
}
