package main

import (
	"bytes"
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path"
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

// counts are what go test tells of a run.
type counts struct {
	// executions is how often the target was called with an input that the
	// fuzzer made.
	executions int
	// kept is the size of the corpus: inputs that reach something of their
	// own.
	kept int
}

var progress = regexp.MustCompile(`execs: (\d+) \(\d+/sec\), new interesting: \d+ \(total: (\d+)\)`)

// parse reads the last line of progress.
func parse(out string) counts {
	var c counts
	if all := progress.FindAllStringSubmatch(out, -1); len(all) > 0 {
		last := all[len(all)-1]
		c.executions, _ = strconv.Atoi(last[1])
		c.kept, _ = strconv.Atoi(last[2])
	}
	return c
}
