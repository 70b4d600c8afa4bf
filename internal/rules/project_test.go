package rules

import (
	"go/ast"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Packages without tests of their own, and what tests them.
var testedElsewhere = map[string]string{
	"internal/budget/measure":    "internal/budget, which measures with it",
	"internal/product":           "internal/deployed, which builds with a name of its own",
	"internal/simmac/simtool":    "internal/simmac/rooted, whose programs it is",
	"internal/simmac/wire":       "internal/simmac/rooted, whose programs speak over it",
	"internal/toolchain/driver":  "internal/toolchain/display and prompt/appkit, which click with it",
	"internal/toolchain/gnustep": "prompt/appkit, which is built with it",
	"internal/toolchain/helper":  "prompt/appkit and the other tests that it builds for",
	"pkg/internal/sample":        "the tests of pkg, whose sample it is",
	"pkg/profile/generate":       "pkg/profile, which compares what it wrote with what it would write",
}

func TestEveryPackageHasTests(t *testing.T) {
	tested, code := map[string]bool{}, map[string]bool{}
	for _, s := range sources(t) {
		if s.test() {
			tested[s.dir()] = true
		} else {
			code[s.dir()] = true
		}
	}
	for dir := range code {
		if why := testedElsewhere[dir]; !tested[dir] && why == "" {
			t.Errorf("%s has no tests", dir)
		} else if tested[dir] && why != "" {
			t.Errorf("%s has tests and need not be excused", dir)
		}
	}
}

var moduleLine = regexp.MustCompile(`(?m)^\t([a-z0-9.]+\.[a-z]+/\S+|[a-z.]+\.net/\S+) v`)

func TestEveryDependencyIsExplained(t *testing.T) {
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../../docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	explained := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) < 4 {
			continue
		}
		for name := range strings.SplitSeq(cells[1], ",") {
			if name = strings.TrimSpace(name); strings.Contains(name, "/") {
				explained[name] = true
			}
		}
	}
	imported := map[string]bool{}
	for _, m := range moduleLine.FindAllStringSubmatch(string(mod), -1) {
		for _, s := range sources(t) {
			for _, i := range s.file.Imports {
				name, _ := strconv.Unquote(i.Path.Value)
				imported[m[1]] = imported[m[1]] || name == m[1] || strings.HasPrefix(name, m[1]+"/")
			}
		}
	}
	for name, used := range imported {
		if used && !explained[name] {
			t.Errorf("docs/dependencies.md does not say why %s is needed", name)
		}
	}
	for name := range explained {
		if !imported[name] {
			t.Errorf("docs/dependencies.md explains %s, which nothing imports", name)
		}
	}
	if len(explained) < 5 {
		t.Errorf("found only %v", slices.Sorted(maps.Keys(explained)))
	}
}

// Parsers that need no fuzz target, and why.
var unfuzzed = map[string]string{
	"deferral/settings.DecodeLayer": "FuzzReadSettings reads through it",
}

// TestEveryParserIsFuzzed looks for the exported functions of the product that
// read bytes or text and are called Parse…, Decode…, Read… or Judge….
func TestEveryParserIsFuzzed(t *testing.T) {
	fuzzed := map[string]bool{} // what fuzz targets call, as "dir.Name"
	var parsers []string
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			switch {
			case !ok || f.Body == nil:
			case s.test():
				for _, name := range called(f) {
					fuzzed[s.dir()+"."+name] = fuzzed[s.dir()+"."+name] || fuzzes(s)
				}
			case isParser(f) && !strings.HasPrefix(s.dir(), "internal/toolchain"):
				parsers = append(parsers, s.dir()+"."+f.Name.Name)
			}
		}
	}
	if len(parsers) < 12 {
		t.Fatalf("found only the parsers %v", parsers)
	}
	for _, p := range parsers {
		if !fuzzed[p] && unfuzzed[p] == "" {
			t.Errorf("no fuzz target of its package calls %s", path.Base(p))
		}
	}
}

// fuzzes tells whether a test file has a fuzz target.
func fuzzes(s source) bool {
	for _, d := range s.file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Fuzz") {
			return true
		}
	}
	return false
}

var parserName = regexp.MustCompile(`^(Parse|Decode|Read|Judge|Signed|Open)[A-Z]?`)

func isParser(f *ast.FuncDecl) bool {
	if f.Recv != nil || !f.Name.IsExported() || !parserName.MatchString(f.Name.Name) {
		return false
	}
	for _, p := range f.Type.Params.List {
		if a, ok := p.Type.(*ast.ArrayType); ok {
			if id, ok := a.Elt.(*ast.Ident); ok && id.Name == "byte" {
				return true
			}
		}
	}
	return false
}

// called returns the names of the functions that f calls.
func called(f *ast.FuncDecl) []string {
	var names []string
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok {
			switch fun := c.Fun.(type) {
			case *ast.Ident:
				names = append(names, fun.Name)
			case *ast.SelectorExpr:
				names = append(names, fun.Sel.Name)
			}
		}
		return true
	})
	return names
}

var unfinished = regexp.MustCompile(`\b(TODO|FIXME|XXX|HACK)\b`)

func TestNothingIsLeftForLater(t *testing.T) {
	for _, s := range sources(t) {
		if s.dir() == "internal/rules" {
			continue
		}
		for _, c := range s.file.Comments {
			if m := unfinished.FindString(c.Text()); m != "" {
				t.Errorf("%s: a %s", s.at(c), m)
			}
		}
	}
}
