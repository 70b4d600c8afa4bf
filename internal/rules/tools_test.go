package rules

import (
	"go/ast"
	"strings"
	"testing"
)

// Programs that the job may run though nothing runs them yet, and why.
var runLater = map[string]string{}

// TestWhatRootMayRunIsRun holds the list of programs that the root job may run
// to those that it does run.
func TestWhatRootMayRunIsRun(t *testing.T) {
	listed, run := map[string]bool{}, map[string]bool{}
	for _, s := range sources(t) {
		if s.test() || strings.HasPrefix(s.path, "internal/simmac/") || strings.HasPrefix(s.path, "internal/toolchain/") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				if typ, ok := n.Type.(*ast.Ident); ok && typ.Name == "Path" && s.dir() == "internal/tool" {
					for _, name := range n.Names {
						listed[name.Name] = true
					}
				}
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "tool" {
					run[n.Sel.Name] = true
				}
			}
			return true
		})
	}
	if len(listed) < 10 {
		t.Fatalf("found only the programs %v", listed)
	}
	for name := range listed {
		switch why := runLater[name]; {
		case !run[name] && why == "":
			t.Errorf("nothing runs tool.%s: take it off the list, or say in runLater what will", name)
		case run[name] && why != "":
			t.Errorf("tool.%s is run and need not be excused", name)
		}
	}
}
