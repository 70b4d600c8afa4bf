package lifetimes

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A fault is one of the program that is known and not mended yet. Lifetimes that
// come to it are counted and end there; the search goes on.
type fault struct {
	// name is its short name, sentence says what goes wrong, and reported
	// where it was found and what is to become of it.
	name, sentence, reported string
	// rule is the sentence of the guard that it breaks, as its format, and is
	// tells whether the find is this fault and no other.
	rule string
	is   func(*guard, find) bool
}

// knownFaults are all that random lifetimes may come to without failing. Each is
// to be mended and then to be taken out, and its lifetime in testdata/known to be
// moved to testdata/quiet.
var knownFaults []fault

// knownAs is the fault that a find is, or nil.
func knownAs(g *guard, f find) *fault {
	i := slices.IndexFunc(knownFaults, func(k fault) bool { return k.rule == f.rule && k.is(g, f) })
	if i < 0 {
		return nil
	}
	return &knownFaults[i]
}

// tableOfKnown says how often each known fault was met. One that never is may
// have been mended.
func tableOfKnown(met map[string]int, where map[string]string) string {
	var b strings.Builder
	b.WriteString("Known faults (internal/lifetimes/known_test.go):\n")
	for _, k := range knownFaults {
		fmt.Fprintf(&b, "%6d  %s\n        %s\n        Reported: %s.\n", met[k.name], k.name, k.sentence, k.reported)
		if where[k.name] != "" {
			fmt.Fprintf(&b, "        %s\n", where[k.name])
		}
	}
	if len(knownFaults) == 0 {
		b.WriteString("  none\n")
	}
	return b.String()
}

// rules are the formats of all sentences that the guard says, with the numbers
// of the promises that they are about.
func rules(t *testing.T) map[string]int {
	t.Helper()
	out := map[string]int{}
	eachCall(t, "fail", func(call *ast.CallExpr) {
		n, isNumber := call.Args[0].(*ast.BasicLit)
		text, isText := call.Args[1].(*ast.BasicLit)
		if !isNumber || !isText {
			t.Fatalf("a rule without a number or a sentence of its own: %v", call.Args)
		}
		promise, _ := strconv.Atoi(n.Value)
		sentence, _ := strconv.Unquote(text.Value)
		out[sentence] = promise
	})
	return out
}

// eachCall calls do with each call of the guard's method of this name.
func eachCall(t *testing.T, method string, do func(*ast.CallExpr)) {
	t.Helper()
	for _, f := range guardFiles(t) {
		ast.Inspect(f, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if sel, ok := call.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == method {
					if x, ok := sel.X.(*ast.Ident); ok && x.Name == "g" {
						do(call)
					}
				}
			}
			return true
		})
	}
}

// guardFiles are the files that the guard's rules are in.
func guardFiles(t *testing.T) []*ast.File {
	t.Helper()
	paths, err := filepath.Glob("guard*_test.go")
	if err != nil || len(paths) < 3 {
		t.Fatalf("where is the guard? %q, %v", paths, err)
	}
	var out []*ast.File
	set := token.NewFileSet()
	for _, path := range append(paths, "live_test.go") {
		f, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, f)
	}
	return out
}

// promises are the numbers of docs/guarantees.md.
func promises(t *testing.T) map[int]bool {
	t.Helper()
	page, err := os.ReadFile("../../docs/guarantees.md")
	if err != nil {
		t.Fatal(err)
	}
	out := map[int]bool{}
	for _, m := range regexp.MustCompile(`(?m)^(\d+)\. `).FindAllSubmatch(page, -1) {
		n, _ := strconv.Atoi(string(m[1]))
		out[n] = true
	}
	return out
}

func TestEveryRuleOfTheGuardIsAboutAPromise(t *testing.T) {
	promised := promises(t)
	for rule, n := range rules(t) {
		if !promised[n] {
			t.Errorf("docs/guarantees.md has no number %d, which %q is about", n, rule)
		}
	}
}

func TestKnownFaults(t *testing.T) {
	t.Run("each has a name of its own, a sentence, a report and a rule of the guard", func(t *testing.T) {
		said := rules(t)
		names := map[string]bool{}
		for _, k := range knownFaults {
			if k.name == "" || names[k.name] || k.sentence == "" || k.reported == "" || k.is == nil {
				t.Errorf("a known fault that says too little, or twice the same: %+v", k)
			}
			names[k.name] = true
			if _, ok := said[k.rule]; !ok {
				t.Errorf("%s: the guard never says %q", k.name, k.rule)
			}
		}
	})
	t.Run("each has a lifetime that comes to it", func(t *testing.T) {
		for _, k := range knownFaults {
			w := readWorld(t, "testdata/known/"+strings.ReplaceAll(k.name, " ", "-")+".json")
			g, f := w.lifetime()
			if f == nil {
				t.Errorf("%s: nothing is found any more; if it is mended, take it out of the list and move its lifetime to testdata/quiet", k.name)
			} else if met := knownAs(g, *f); met == nil || met.name != k.name {
				t.Errorf("%s: found instead: %s", k.name, w.report(*f))
			}
		}
	})
	t.Run("one rule broken in another way is not known", func(t *testing.T) {
		for _, k := range knownFaults {
			if f := knownAs(&guard{}, find{rule: k.rule}); f != nil {
				t.Errorf("%s is recognised by its rule alone", f.name)
			}
		}
	})
	t.Run("a sentence that no fault is about is not known", func(t *testing.T) {
		if f := knownAs(&guard{}, find{rule: "the Mac flies"}); f != nil {
			t.Errorf("taken for %s", f.name)
		}
	})
}
