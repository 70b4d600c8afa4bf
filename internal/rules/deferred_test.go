package rules

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"
)

// TestNoDeferredCleanUpUsesAResult keeps a kind of mistake out: a "return nil,
// err" sets the named result before the deferred function runs, so that what
// it was to clean up is gone and the process with it. Keep the value in a
// variable of its own.
func TestNoDeferredCleanUpUsesAResult(t *testing.T) {
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				for _, name := range cleanedResults(f) {
					t.Errorf("%s: %s is a named result, and a deferred function of %s uses what it holds", s.path, name, f.Name.Name)
				}
			}
		}
	}
	t.Run("the mistake is found", func(t *testing.T) {
		const mistake = `package p
func open() (st *streams, err error) {
	defer func() {
		if err != nil {
			st.close()
		}
	}()
	return nil, err
}
func count() (n int, err error) {
	defer func() { n++ }()
	return 0, nil
}`
		file, err := parser.ParseFile(token.NewFileSet(), "p.go", mistake, 0)
		if err != nil {
			t.Fatal(err)
		}
		var found []string
		for _, d := range file.Decls {
			found = append(found, cleanedResults(d.(*ast.FuncDecl))...)
		}
		if len(found) != 1 || found[0] != "st" {
			t.Errorf("found %q", found)
		}
	})
}

// cleanedResults are the named results that a deferred function selects from:
// calls a method of, or reads a field of.
func cleanedResults(f *ast.FuncDecl) (names []string) {
	results := map[string]bool{}
	if f.Type.Results == nil || f.Body == nil {
		return nil
	}
	for _, field := range f.Type.Results.List {
		if _, pointer := field.Type.(*ast.StarExpr); !pointer {
			continue
		}
		for _, n := range field.Names {
			results[n.Name] = true
		}
	}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		d, ok := n.(*ast.DeferStmt)
		if !ok {
			return true
		}
		ast.Inspect(d, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if id, ok := s.X.(*ast.Ident); ok && results[id.Name] {
					names = append(names, id.Name)
				}
			}
			return true
		})
		return true
	})
	return names
}
