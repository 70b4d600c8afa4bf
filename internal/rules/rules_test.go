package rules

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
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

// sources returns every Go file of the repository, read once for all tests.
func sources(t *testing.T) []source {
	t.Helper()
	all, err := readAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 50 {
		t.Fatalf("found only %d Go files: the walk looks in the wrong place", len(all))
	}
	return all
}

var readAll = sync.OnceValues(func() ([]source, error) {
	root, err := filepath.Abs("../..")
	if err != nil {
		return nil, err
	}
	var all []source
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); d.IsDir() && path != root && (strings.HasPrefix(name, ".") || path == filepath.Join(root, "build") || name == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || filepath.Ext(path) != ".go" {
			return nil
		}
		s, err := readSource(root, path)
		if err == nil {
			all = append(all, s)
		}
		return err
	})
	return all, err
})

func readSource(root, path string) (source, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return source{}, err
	}
	rel, err := filepath.Rel(root, path)
	if err != nil {
		return source{}, err
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, filepath.ToSlash(rel), text, parser.ParseComments)
	return source{filepath.ToSlash(rel), file, set, text}, err
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
	return slices.Contains([]string{"Error", "Unwrap", "Is", "String", "Len", "Less", "Swap", "Write", "Read", "Close", "MarshalJSON", "UnmarshalJSON"}, name)
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
