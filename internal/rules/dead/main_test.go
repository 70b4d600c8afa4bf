package main

import (
	"strings"
	"testing"
)

func TestReport(t *testing.T) {
	const gone = ": no program reaches it. Delete it, or say in internal/rules/dead why it stays.\n"
	const spare = ": is reached, or gone, and need not be excused.\n"
	for _, c := range []struct {
		name, linux, darwin string
		excused             map[string]string
		want                string
	}{
		{"names what is dead everywhere", "installordefer/a F\n\ninstallordefer/a T.M\n", "installordefer/a T.M\ninstallordefer/a F\n", nil, "a F" + gone + "a T.M" + gone},
		{"leaves what one system reaches", "installordefer/a F\n", "\n", nil, ""},
		{"leaves a function that is excused", "installordefer/a F\n", "installordefer/a F\n", map[string]string{"a F": "why"}, ""},
		{"leaves a package that is excused", "installordefer/a F\n", "installordefer/a F\n", map[string]string{"a": "why"}, ""},
		{"names what is excused without need", "installordefer/a F\n", "\n", map[string]string{"a F": "why", "b": "why"}, "a F" + spare + "b" + spare},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out strings.Builder
			code := report([]map[string]bool{functions(c.linux), functions(c.darwin)}, c.excused, &out)
			if out.String() != c.want || (code == 0) != (c.want == "") {
				t.Errorf("exit code %d\n%s, want\n%s", code, out.String(), c.want)
			}
		})
	}
}

func TestRunNeedsAPinnedTool(t *testing.T) {
	for _, args := range [][]string{nil, {"deadcode"}, {"a@1", "b@1"}} {
		var out strings.Builder
		if code := run(args, &out, &out); code != 2 || !strings.Contains(out.String(), "Usage:") {
			t.Errorf("%q: exit code %d, %q", args, code, out.String())
		}
	}
}
