package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The limits of size. They keep a function on one screen and a file in one
// sitting.
const (
	functionMost = 70
	fileMost     = 500
)

const module = "installordefer"

// A source is one Go file of the repository.
type source struct {
	path string // from the module's root, with slashes
	file *ast.File
	set  *token.FileSet
	text []byte
}

func (s source) dir() string          { return filepath.ToSlash(filepath.Dir(s.path)) }
func (s source) test() bool           { return strings.HasSuffix(s.path, "_test.go") }
func (s source) lines() int           { return strings.Count(string(s.text), "\n") }
func (s source) at(n ast.Node) string { return s.set.Position(n.Pos()).String() }

func sources(t *testing.T) []source {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	var all []source
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); d.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "build" || name == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || filepath.Ext(path) != ".go" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		set := token.NewFileSet()
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(set, filepath.ToSlash(rel), text, parser.ParseComments)
		if err != nil {
			return err
		}
		all = append(all, source{filepath.ToSlash(rel), file, set, text})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 50 {
		t.Fatalf("found only %d Go files: the walk looks in the wrong place", len(all))
	}
	return all
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	documented := map[string]bool{}
	for _, s := range sources(t) {
		if s.test() {
			continue
		}
		documented[s.dir()] = documented[s.dir()] || s.file.Doc != nil
	}
	for dir, ok := range documented {
		if !ok {
			t.Errorf("%s has no package comment", dir)
		}
	}
}

func TestEveryExportedNameIsDocumented(t *testing.T) {
	for _, s := range sources(t) {
		if s.test() || s.file.Name.Name == "main" {
			continue
		}
		for _, d := range s.file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) && !known(d.Name.Name) {
					t.Errorf("%s: %s is not documented", s.at(d), d.Name.Name)
				}
			case *ast.GenDecl:
				undocumented(t, s, d)
			}
		}
	}
}

// known are methods whose meaning every Go programmer knows.
func known(name string) bool {
	return slices.Contains([]string{"Error", "Unwrap", "Is", "String", "Len", "Less", "Swap", "Write", "Read", "Close"}, name)
}

func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	for _, f := range d.Recv.List {
		typ := f.Type
		if star, ok := typ.(*ast.StarExpr); ok {
			typ = star.X
		}
		if id, ok := typ.(*ast.Ident); ok {
			return id.IsExported()
		}
	}
	return false
}

// undocumented reports exported names of a declaration without a comment. In a
// group the group's comment or a line comment is enough.
func undocumented(t *testing.T, s source, d *ast.GenDecl) {
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if spec.Name.IsExported() && d.Doc == nil && spec.Doc == nil {
				t.Errorf("%s: type %s is not documented", s.at(spec), spec.Name.Name)
			}
		case *ast.ValueSpec:
			for _, n := range spec.Names {
				if n.IsExported() && d.Doc == nil && spec.Doc == nil && spec.Comment == nil {
					// A row of constants may be documented by its type.
					if !(d.Tok == token.CONST && d.Lparen.IsValid()) {
						t.Errorf("%s: %s is not documented", s.at(n), n.Name)
					}
				}
			}
		}
	}
}

func TestNoFunctionHasToBeScrolledThrough(t *testing.T) {
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			lines := s.set.Position(f.End()).Line - s.set.Position(f.Pos()).Line + 1
			if lines > functionMost && !table(f) {
				t.Errorf("%s: %s has %d lines, more than %d", s.at(f), f.Name.Name, lines, functionMost)
			}
		}
	}
}

// table tells whether a test is long only by the rows of its table.
func table(f *ast.FuncDecl) bool {
	rows := 0
	ast.Inspect(f, func(n ast.Node) bool {
		if c, ok := n.(*ast.CompositeLit); ok {
			rows = max(rows, len(c.Elts))
		}
		return true
	})
	return strings.HasPrefix(f.Name.Name, "Test") && rows >= 15
}

func TestNoFileIsTooLongToRead(t *testing.T) {
	for _, s := range sources(t) {
		if n := s.lines(); n > fileMost {
			t.Errorf("%s has %d lines, more than %d", s.path, n, fileMost)
		}
	}
}

// Which room may know which. A folder that begins with a key may import only
// what begins with one of the values, of this module.
var mayImport = map[string][]string{
	"deferral":            {"internal/clock"},
	"prompt":              {"internal/clock", "prompt"},
	"softwareupdate":      {"internal/clock", "internal/tool"},
	"launchd":             {"internal/clock", "internal/tool", "internal/atomicfile"},
	"internal/clock":      {"internal/atomicfile"},
	"internal/tool":       {"internal/clock"},
	"internal/atomicfile": {},
	"internal/logging":    {"internal/clock", "internal/tool", "internal/atomicfile"},
	"internal/agent":      {"internal/clock", "internal/atomicfile", "internal/logging", "deferral", "prompt", "softwareupdate", "launchd"},
}

func TestRoomsKnowOnlyWhatTheyMay(t *testing.T) {
	for _, s := range sources(t) {
		if s.test() {
			continue
		}
		allowed, ok := mayImport[s.dir()]
		if !ok {
			continue
		}
		for _, i := range s.file.Imports {
			path, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			rel, ours := strings.CutPrefix(path, module+"/")
			if ours && !slices.ContainsFunc(allowed, func(a string) bool { return rel == a || strings.HasPrefix(rel, a+"/") }) {
				t.Errorf("%s: %s must not know %s", s.at(i), s.dir(), rel)
			}
		}
	}
}

// What the root job must never link, and why.
var neverInTheRootJob = map[string]string{
	"net/http":                      "a root job has no business on the network",
	"crypto/tls":                    "a root job has no business on the network",
	"github.com/progrium/darwinkit": "a root job must not link AppKit",
	"text/template":                 "messages have a grammar of their own, in which text is inert",
	"html/template":                 "messages have a grammar of their own, in which text is inert",
}

// Calls that only some folders may make, and why.
var onlyIn = []struct {
	call, why string
	in        []string
}{
	{"exec.Command", "programs are run by internal/tool, with limits and a fixed environment", []string{"internal/tool", "internal/logging", "internal/simmac", "internal/toolchain", "internal/house/fuzzall", "pkg/build", "cmd/install-or-defer-prompt", "cmd/install-or-defer/profile.go", "cmd/install-or-defer/preview.go"}},
	{"exec.CommandContext", "programs are run by internal/tool, with limits and a fixed environment", []string{"internal/tool", "internal/logging", "internal/simmac", "internal/toolchain", "internal/house/fuzzall", "pkg/build", "cmd/install-or-defer-prompt", "cmd/install-or-defer/profile.go", "cmd/install-or-defer/preview.go"}},
	{"time.Now", "the time comes from internal/clock", []string{"internal/clock", "internal/logging", "internal/simmac", "internal/toolchain", "internal/tool", "internal/agent/disk.go", "internal/house/fuzzall", "launchd/children.go", "prompt/terminal", "prompt/appkit", "cmd"}},
	{"time.Sleep", "waiting is done on internal/clock, which counts time asleep", []string{"internal/clock", "internal/simmac", "internal/toolchain", "internal/tool", "launchd/children.go", "prompt/terminal", "prompt/appkit", "cmd"}},
	// The helper is steered by it for tests and pictures; it runs as the
	// person, and the root job gives it an environment of its own.
	{"os.Getenv", "nothing is steered by the environment", []string{"internal/simmac", "internal/toolchain", "pkg/build", "cmd/install-or-defer/preview.go", "cmd/install-or-defer-prompt", "prompt/terminal", "prompt/appkit"}},
}

func TestSideEffectsStayWhereTheyBelong(t *testing.T) {
	for _, s := range sources(t) {
		if s.test() {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			id, ok := sel.X.(*ast.Ident)
			if !ok {
				return true
			}
			for _, rule := range onlyIn {
				if id.Name+"."+sel.Sel.Name == rule.call && !slices.ContainsFunc(rule.in, func(p string) bool { return strings.HasPrefix(s.path, p) }) {
					t.Errorf("%s: %s: %s", s.at(n), rule.call, rule.why)
				}
			}
			return true
		})
		for _, i := range s.file.Imports {
			path, _ := strconv.Unquote(i.Path.Value)
			why, banned := neverInTheRootJob[path]
			if banned && !strings.HasPrefix(s.path, "internal/") && !strings.HasPrefix(s.path, "pkg/") && !strings.HasPrefix(s.path, "prompt/appkit") && !strings.HasPrefix(s.path, "cmd/install-or-defer-prompt") {
				t.Errorf("%s imports %s: %s", s.path, path, why)
			}
		}
	}
}

// One word for one thing: these words have another one here.
var synonyms = map[string]string{
	`nag(s|ging|ged)?`:   "prompt",
	`nudges?`:            "prompt",
	`pop-?ups?`:          "dialog, or menu",
	`snooz(e|es|ed|ing)`: "defer",
	`reboot(s|ed|ing)?`:  "restart",
}

func TestOneWordStandsForOneThing(t *testing.T) {
	for word, instead := range synonyms {
		pattern := regexp.MustCompile(`(?i)\b` + word + `\b`)
		for _, s := range sources(t) {
			if s.dir() == "internal/house" || s.dir() == "internal/simmac" || strings.HasPrefix(s.dir(), "internal/toolchain") || strings.HasPrefix(s.dir(), "prompt/appkit") {
				continue
			}
			for _, c := range s.file.Comments {
				if m := pattern.FindString(c.Text()); m != "" {
					t.Errorf("%s: %q is called %q here", s.at(c), m, instead)
				}
			}
		}
	}
}
