package main

import (
	"bytes"
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

const module = "installordefer"

// A target is one fuzz function.
type target struct {
	pkg  string // import path
	name string
}

func (t target) String() string {
	inside := strings.TrimPrefix(t.pkg, module+"/")
	return inside + "." + t.name
}

// short is the name that a pattern is matched with.
func (t target) short() string { return path.Base(t.pkg) + "." + t.name }

// find returns all targets of the module, by reading the test files that the go
// command would build here.
func find(ctx context.Context) ([]target, error) {
	const form = `{{$p := .}}{{range .TestGoFiles}}{{$p.ImportPath}}	{{$p.Dir}}/{{.}}
{{end}}{{range .XTestGoFiles}}{{$p.ImportPath}}	{{$p.Dir}}/{{.}}
{{end}}`
	cmd := exec.CommandContext(ctx, "go", "list", "-f", form, module+"/...")
	var problem bytes.Buffer
	cmd.Stderr = &problem
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("list the packages: %w\n%s", err, problem.Bytes())
	}
	var all []target
	for line := range strings.Lines(string(out)) {
		pkg, file, found := strings.Cut(strings.TrimSpace(line), "\t")
		if !found {
			continue
		}
		names, err := targetsIn(file)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			all = append(all, target{pkg, name})
		}
	}
	return all, nil
}

// targetsIn returns the names of the fuzz functions in a file.
func targetsIn(file string) ([]string, error) {
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, d := range f.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Fuzz") {
			names = append(names, f.Name.Name)
		}
	}
	return names, nil
}

// counts are what a run came to.
type counts struct {
	// executions is how often the target was called with an input that the
	// fuzzer made.
	executions int
	// kept is the size of the corpus: inputs that reach something of their
	// own.
	kept int
}

var progress = regexp.MustCompile(`execs: (\d+) \(\d+/sec\)`)

// executions reads the last line of progress.
func executions(out string) int {
	all := progress.FindAllStringSubmatch(out, -1)
	if len(all) == 0 {
		return 0
	}
	n, err := strconv.Atoi(all[len(all)-1][1])
	if err != nil {
		return 0
	}
	return n
}

// inputs counts what the cache holds for a target.
func inputs(cache string, t target) int {
	all, err := os.ReadDir(filepath.Join(cache, filepath.FromSlash(t.pkg), t.name))
	if err != nil {
		return 0 // none has been found yet
	}
	return len(all)
}
