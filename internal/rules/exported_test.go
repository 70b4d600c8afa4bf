package rules

import (
	"go/ast"
	"go/token"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Names that nothing outside of their package uses, and why they are exported.
var exportedFor = map[string]string{
	"prompt.ExitCancel": "the exit codes of the helper are one list, as docs/prompt.md shows it",
	"prompt.ExitClosed": "the exit codes of the helper are one list, as docs/prompt.md shows it",
}

// TestWhatIsExportedIsUsedElsewhere holds the product's packages to names that
// another package uses, be it in a test. It sees names and not types, so a
// method counts as used where another package selects anything of that name.
func TestWhatIsExportedIsUsedElsewhere(t *testing.T) {
	used := usedBy(t)
	unused := map[string]bool{}
	for _, s := range sources(t) {
		if s.test() || s.file.Name.Name == "main" || !product(s.dir()) {
			continue
		}
		row := kin(s)
		elsewhere := func(name string) bool {
			return slices.ContainsFunc(used[name], func(dir string) bool { return dir != s.dir() })
		}
		for _, name := range exportedNames(s) {
			bare := name[strings.LastIndexByte(name, '.')+1:]
			method := strings.Count(path.Base(name), ".") == 2
			if !elsewhere(name) && !slices.ContainsFunc(row[name], elsewhere) && !(method && (elsewhere("."+bare) || known(bare))) {
				unused[name] = true
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(unused)) {
		if exportedFor[name] == "" {
			t.Errorf("%s is exported, but only its package uses it", name)
		}
	}
	for name := range exportedFor {
		if !unused[name] {
			t.Errorf("%s is used elsewhere, or gone, and need not be excused", name)
		}
	}
}

// product tells whether a folder is of the product, not of what tests it.
func product(dir string) bool {
	for _, rest := range []string{"internal/budget", "internal/rules", "internal/simmac", "internal/toolchain", "pkg/internal"} {
		if dir == rest || strings.HasPrefix(dir, rest+"/") {
			return false
		}
	}
	return true
}

// exportedNames returns the exported functions, types, constants, variables
// and methods that a file declares, each behind its folder. A type that an
// exported name of the package speaks of is not among them: who uses the one
// holds the other.
func exportedNames(s source) []string {
	var names []string
	add := func(parts ...string) {
		if ast.IsExported(parts[len(parts)-1]) && ast.IsExported(parts[0]) {
			names = append(names, s.dir()+"."+strings.Join(parts, "."))
		}
	}
	for _, d := range s.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				add(d.Name.Name)
			} else if typ := baseType(d.Recv.List[0].Type); typ != "" {
				add(typ, d.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					add(spec.Name.Name)
				case *ast.ValueSpec:
					for _, n := range spec.Names {
						add(n.Name)
					}
				}
			}
		}
	}
	return names
}

// kin maps each constant of a typed row to the others: a row of values of one
// type is exported as a whole.
func kin(s source) map[string][]string {
	out := map[string][]string{}
	for _, d := range s.file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		rows, typ := map[string][]string{}, ""
		for _, spec := range g.Specs {
			spec := spec.(*ast.ValueSpec)
			if id, ok := spec.Type.(*ast.Ident); ok {
				typ = id.Name
			} else if spec.Values != nil {
				typ = ""
			}
			for _, n := range spec.Names {
				if typ != "" {
					rows[typ] = append(rows[typ], s.dir()+"."+n.Name)
				}
			}
		}
		for _, row := range rows {
			for _, name := range row {
				out[name] = row
			}
		}
	}
	return out
}

// baseType returns the name of a receiver's type.
func baseType(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.StarExpr:
		return baseType(x.X)
	case *ast.IndexExpr:
		return baseType(x.X)
	case *ast.Ident:
		return x.Name
	}
	return ""
}

// usedBy returns the folders that use a name. A name of a package stands
// behind its folder, and what is selected from anything else behind a dot. A
// type of which an exported name speaks is used wherever that may be.
func usedBy(t *testing.T) map[string][]string {
	used := map[string][]string{}
	for _, s := range sources(t) {
		add := func(name, by string) {
			if !slices.Contains(used[name], by) {
				used[name] = append(used[name], by)
			}
		}
		imported := importedBy(s)
		ast.Inspect(s.file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				folder := ""
				if x, ok := sel.X.(*ast.Ident); ok {
					folder = imported[x.Name]
				}
				add(folder+"."+sel.Sel.Name, s.dir())
			}
			return true
		})
		if s.test() {
			continue
		}
		for _, d := range s.file.Decls {
			speaksOf(d, func(typ string) { add(s.dir()+"."+typ, "") })
		}
	}
	return used
}

// importedBy returns the folders of this module that a file imports, by the
// names that they have there.
func importedBy(s source) map[string]string {
	imported := map[string]string{}
	for _, i := range s.file.Imports {
		file, _ := strconv.Unquote(i.Path.Value)
		folder, ours := strings.CutPrefix(file, module+"/")
		switch {
		case ours && i.Name == nil:
			imported[path.Base(file)] = folder
		case ours:
			imported[i.Name.Name] = folder
		}
	}
	return imported
}

// speaksOf calls f with each type of the own package that stands in the
// signature of an exported function or in an exported type or value.
func speaksOf(d ast.Decl, f func(string)) {
	see := func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && id.IsExported() {
				f(id.Name)
			}
			return true
		})
	}
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && exportedReceiver(d) {
			see(d.Type)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				if spec.Name.IsExported() && d.Tok == token.TYPE {
					see(spec.Type)
				}
			case *ast.ValueSpec:
				if spec.Type != nil {
					see(spec.Type)
				}
				for _, v := range spec.Values {
					if c, ok := v.(*ast.CompositeLit); ok && c.Type != nil && spec.Names[0].IsExported() {
						see(c.Type)
					}
				}
			}
		}
	}
}
