package main

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
)

// A site is a place in a file and the mistake that can be made there.
type site struct {
	file     string
	line     int
	function string
	from, to int // bytes of the file
	old, new string
}

// String says the mistake in one line.
func (s site) String() string {
	if s.new == "" {
		return fmt.Sprintf("that %q is left out", oneLine(s.old))
	}
	return fmt.Sprintf("%q in place of %q", oneLine(s.new), oneLine(s.old))
}

func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 100 {
		return s[:100] + " …"
	}
	return s
}

// sitesOf finds the places of the files of a room that are built here.
func sitesOf(room string) ([]site, error) {
	pkg, err := build.Default.ImportDir(room, 0)
	if err != nil {
		return nil, err
	}
	var all []site
	for _, name := range pkg.GoFiles {
		file := filepath.ToSlash(filepath.Join(room, name))
		source, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		found, err := sitesIn(file, source)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// sitesIn finds the places of one file.
func sitesIn(file string, source []byte) ([]site, error) {
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, file, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	f := &finder{set: set, file: file, source: source}
	for _, d := range tree.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil && fn.Name.Name != "String" {
			f.function = nameOf(fn)
			ast.Inspect(fn.Body, f.visit)
		}
	}
	return f.sites, nil
}

// nameOf is the name of a function, with its type where it has one.
func nameOf(fn *ast.FuncDecl) string {
	if fn.Recv == nil || len(fn.Recv.List) == 0 {
		return fn.Name.Name
	}
	kind := fn.Recv.List[0].Type
	if star, ok := kind.(*ast.StarExpr); ok {
		kind = star.X
	}
	if name, ok := kind.(*ast.Ident); ok {
		return name.Name + "." + fn.Name.Name
	}
	return fn.Name.Name
}

// A finder goes through functions.
type finder struct {
	set      *token.FileSet
	file     string
	source   []byte
	function string
	sites    []site
}

func (f *finder) add(from, to token.Pos, new string) {
	a, b := f.set.Position(from), f.set.Position(to)
	f.sites = append(f.sites, site{f.file, a.Line, f.function, a.Offset, b.Offset, string(f.source[a.Offset:b.Offset]), new})
}

func (f *finder) text(n ast.Node) string {
	return string(f.source[f.set.Position(n.Pos()).Offset:f.set.Position(n.End()).Offset])
}

// moved are the operators that a slip makes of others: a bound by one, or the
// opposite.
var moved = map[token.Token]string{
	token.LSS: "<=", token.LEQ: "<", token.GTR: ">=", token.GEQ: ">",
	token.EQL: "!=", token.NEQ: "==", token.LAND: "||", token.LOR: "&&",
	token.ADD: "-", token.SUB: "+",
}

func (f *finder) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		if to, ok := moved[n.Op]; ok && !isText(n) {
			f.add(n.OpPos, n.OpPos+token.Pos(len(n.Op.String())), to)
		}
	case *ast.UnaryExpr:
		if n.Op == token.NOT {
			f.add(n.Pos(), n.X.Pos(), "")
		}
	case *ast.IfStmt:
		if _, compares := n.Cond.(*ast.BinaryExpr); !compares {
			f.add(n.Cond.Pos(), n.Cond.End(), "!("+f.text(n.Cond)+")")
		}
		if n.Init == nil && n.Else == nil {
			f.add(n.Pos(), n.End(), "") // a check that is left out
		}
	case *ast.ExprStmt:
		f.add(n.Pos(), n.End(), "")
	case *ast.IncDecStmt:
		f.add(n.Pos(), n.End(), "")
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE {
			f.add(n.Pos(), n.End(), "")
		}
	case *ast.FuncLit:
		return true
	}
	return true
}

// isText tells whether an addition is one of texts, for which there is no
// subtraction.
func isText(n *ast.BinaryExpr) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
			found = true
		}
		return !found
	})
	return found && n.Op == token.ADD
}

// An equivalent is a mistake that changes nothing, or nothing that counts.
type equivalent struct{ file, function, old, new string }

// readEquivalents reads equivalents.txt.
func readEquivalents(text string) (map[equivalent]bool, error) {
	known := map[equivalent]bool{}
	for i, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		parts := strings.Split(line, " | ")
		if len(parts) != 5 {
			return nil, fmt.Errorf("equivalents.txt, line %d: five columns with | between them are needed, not %d", i+1, len(parts))
		}
		new := parts[3]
		if new == "nothing" {
			new = ""
		}
		known[equivalent{parts[0], parts[1], parts[2], new}] = true
	}
	return known, nil
}

func (s site) key() equivalent {
	return equivalent{s.file, s.function, oneLine(s.old), oneLine(s.new)}
}

// without leaves the places out that are known to change nothing.
func without(sites []site, known map[equivalent]bool) []site {
	var out []site
	for _, s := range sites {
		if !known[s.key()] {
			out = append(out, s)
		}
	}
	return out
}
