package mutants

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// An edit changes one place of the source.
type edit struct {
	// in names a function, method, constant or variable behind its package:
	// deferral.Decide, wake.wake.take, deferral.restartsMost. The package
	// is the end of its folder's path, as long as it takes to be the only one.
	in string
	// old is an expression, an element of a literal, or statements that follow
	// one another. new replaces it.
	old, new string
}

// A source is the code of a module that is built on this machine.
type source struct {
	// files are those that declare a name, by the name behind the folder.
	files map[string][]string
}

// readSource reads the code below root.
func readSource(root string) (source, error) {
	s := source{files: map[string][]string{}}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		switch name := filepath.Base(file); {
		case err != nil:
			return err
		case d.IsDir() && file != root && (name == "testdata" || file == filepath.Join(root, "build") || name[0] == '.'):
			return filepath.SkipDir
		case d.IsDir(), !strings.HasSuffix(name, ".go"), strings.HasSuffix(name, "_test.go"):
			return nil
		}
		return s.add(root, file)
	})
	return s, err
}

// add notes what a file declares, unless it is not built here.
func (s source) add(root, file string) error {
	if built, err := build.Default.MatchFile(filepath.Split(file)); err != nil || !built {
		return err
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	folder, err := filepath.Rel(root, filepath.Dir(file))
	if err != nil {
		return err
	}
	for name := range declared(parsed) {
		name = filepath.ToSlash(folder) + "." + name
		s.files[name] = append(s.files[name], file)
	}
	return nil
}

// find returns the one file that declares what an edit names.
func (s source) find(in string) (string, error) {
	var files []string
	for name, in2 := range s.files {
		if name == in || strings.HasSuffix(name, "/"+in) {
			files = append(files, in2...)
		}
	}
	switch len(files) {
	case 0:
		return "", fmt.Errorf("nothing is declared as %s", in)
	case 1:
		return files[0], nil
	}
	slices.Sort(files)
	return "", fmt.Errorf("%s is declared %d times, in %s", in, len(files), strings.Join(files, " and "))
}

// mutate makes the edits and returns the new text of each file that they
// change.
func (s source) mutate(edits []edit) (map[string]string, error) {
	texts := map[string]string{}
	for _, e := range edits {
		file, err := s.find(e.in)
		if err != nil {
			return nil, err
		}
		text, ok := texts[file]
		if !ok {
			data, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			text = string(data)
		}
		if texts[file], err = e.apply(text); err != nil {
			return nil, err
		}
	}
	for file, text := range maps.Clone(texts) {
		before, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if texts[file], err = dropImports(string(before), text); err != nil {
			return nil, fmt.Errorf("the mutant of %s is not Go: %w", file, err)
		}
	}
	return texts, nil
}

// declared returns what a file declares, by name: functions and methods whole,
// constants and variables by their values.
func declared(f *ast.File) map[string]ast.Node {
	out := map[string]ast.Node{}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			out[receiver(d)+d.Name.Name] = d
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if v, ok := spec.(*ast.ValueSpec); ok && len(v.Values) == len(v.Names) {
					for i, name := range v.Names {
						out[name.Name] = v.Values[i]
					}
				}
			}
		}
	}
	delete(out, "_")
	delete(out, "init")
	return out
}

// receiver returns the type of a method with a dot behind it, "" for a function.
func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return ""
	}
	t := d.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.Name + "."
		default:
			return ""
		}
	}
}

// symbol is what an edit names, without its package.
func (e edit) symbol() string {
	_, symbol, _ := strings.Cut(e.in[strings.LastIndex(e.in, "/")+1:], ".")
	return symbol
}

// apply makes the edit in the text of the file that declares its symbol.
func (e edit) apply(text string) (string, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", text, parser.SkipObjectResolution)
	if err != nil {
		return "", err
	}
	node, ok := declared(f)[e.symbol()]
	if !ok {
		return "", fmt.Errorf("an edit before has taken %s away", e.in)
	}
	places := find(fset, text, node, e.old)
	switch len(places) {
	case 1:
		at := places[0]
		return text[:at.from] + e.replacement() + text[at.to:], nil
	case 0:
		return "", fmt.Errorf("%s does not hold this expression, or these statements; bring the mutant up to date:\n%s", e.in, e.old)
	}
	lines := make([]string, len(places))
	for i, p := range places {
		lines[i] = strings.TrimSpace(text[strings.LastIndexByte(text[:p.from], '\n')+1 : p.to])
	}
	return "", fmt.Errorf("%s holds this %d times; quote more of it:\n%s\nas in:\n%s", e.in, len(places), e.old, strings.Join(lines, "\n"))
}

// replacement is new, as it can stand between other operators.
func (e edit) replacement() string {
	if x, err := parser.ParseExpr(e.new); err == nil {
		if _, ok := x.(*ast.BinaryExpr); ok {
			return "(" + e.new + ")"
		}
	}
	return e.new
}

// dropImports removes the imports from text that were used before.
func dropImports(before, text string) (string, error) {
	used, _, err := imports(before)
	if err != nil {
		return "", err
	}
	left, specs, err := imports(text)
	if err != nil {
		return "", err
	}
	for _, s := range slices.Backward(specs) {
		if used[s.name] && !left[s.name] {
			text = text[:s.from] + `_ ` + text[s.path:]
		}
	}
	return text, nil
}

// An imported is an import in a text, with the place of the spec and its path.
type imported struct {
	name       string
	from, path int
}

// imports returns the names that a file selects from, and its imports.
func imports(text string) (used map[string]bool, specs []imported, err error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", text, parser.SkipObjectResolution)
	if err != nil {
		return nil, nil, err
	}
	used = map[string]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok {
				used[x.Name] = true
			}
		}
		return true
	})
	for _, s := range f.Imports {
		path := strings.Trim(s.Path.Value, "\"`")
		name := path[strings.LastIndexByte(path, '/')+1:]
		if s.Name != nil {
			name = s.Name.Name
		}
		specs = append(specs, imported{name, fset.Position(s.Pos()).Offset, fset.Position(s.Path.Pos()).Offset})
	}
	return used, specs, nil
}
