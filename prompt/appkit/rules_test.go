package appkit

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The rules of the package comment, as a test of this package's own source and
// of the helper's main package. darwinkit's own source says which methods
// return what they must not.

// mainThread is the only file that may touch the main thread, and bridge the
// only one that may get an object out of C.
const mainThread, bridge = "mainthread.go", "bridge.go"

// forbidden are the calls that no file makes, and why.
var forbidden = map[string]string{
	"objc.Retain":            "its finalizer releases on another thread: use the object's own Retain",
	"objc.NewClass":          "a class made of Go functions is called through closures",
	"objc.NewClassForType":   "a class made of Go functions is called through closures",
	"objc.AllocateClass":     "a class made of Go functions is called through closures",
	"objc.AddMethod":         "a Go function as a method is called through a closure",
	"objc.ReplaceMethod":     "a Go function as a method is called through a closure",
	"objc.AddClassMethod":    "a Go function as a method is called through a closure",
	"objc.CreateMallocBlock": "a Go function as a block is called through a closure",
	"objc.NewBlock":          "a Go function as a block is called through a closure",
	"objc.WrapAsProtocol":    "a delegate is called through closures",
	"objc.ToGoSlice":         "its length is not initialised for an empty array",
	"macos.RunApp":           "it sets a delegate, which is called through closures",
	"dispatch.GlobalQueue":   "a goroutine does the same, and GNUstep has none",
}

// onlyInMainThread are the names that belong to the main thread's file.
var onlyInMainThread = []string{"dispatch.MainQueue", "runtime.LockOSThread", "objc.WithAutoreleasePool", "appkit.Application_SharedApplication"}

// forbiddenMethods are methods that no object is sent by darwinkit's wrapper,
// beside those that the results forbid.
var forbiddenMethods = []string{"DispatchSync", "SetDelegate", "SetDelegateObject", "AddMethod", "PerformSelector", "Autorelease"}

// callResults are the types that objc.Call may be told to return.
var callResults = []string{"uint64", "int64", "float64", "objc.Void", "objc.Object", "foundation.Rect", "foundation.Size"}

// A problem is a broken rule at a place.
type problem struct {
	at  token.Position
	why string
}

// A checker reads one file.
type checker struct {
	fset   *token.FileSet
	name   string
	unsafe map[string]string // darwinkit's methods with unsafe results
	found  []problem
}

func (c *checker) problem(n ast.Node, format string, args ...any) {
	c.found = append(c.found, problem{c.fset.Position(n.Pos()), fmt.Sprintf(format, args...)})
}

func (c *checker) node(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CallExpr:
		c.call(n)
	case *ast.SelectorExpr:
		if name := qualified(n); slices.Contains(onlyInMainThread, name) && c.name != mainThread {
			c.problem(n, "%s belongs into %s", name, mainThread)
		}
	case *ast.CompositeLit:
		if t := typeName(n.Type); strings.HasSuffix(t, "Delegate") {
			c.problem(n, "%s is a delegate, which is called through closures", t)
		}
	}
	return true
}

// call checks one call.
func (c *checker) call(n *ast.CallExpr) {
	fun := n.Fun
	if index, ok := fun.(*ast.IndexExpr); ok {
		if qualified(index.X) == "objc.Call" {
			result := typeName(index.Index)
			if !slices.Contains(callResults, result) && !strings.HasPrefix(result, "appkit.") {
				c.problem(n, "objc.Call[%s]: libffi writes eight bytes or a struct, and this is neither", result)
			}
			if len(n.Args) > 1 {
				c.variadic(n.Args[1])
			}
		}
		return
	}
	sel, ok := fun.(*ast.SelectorExpr)
	if !ok {
		for _, a := range n.Args { // tell, get, truth, knows
			c.variadic(a)
		}
		return
	}
	name := qualified(sel)
	if why, bad := forbidden[name]; bad {
		c.problem(n, "%s: %s", name, why)
	}
	if slices.Contains(forbiddenMethods, sel.Sel.Name) {
		c.problem(n, "%s is not sent: it takes a closure, waits, or frees too early", sel.Sel.Name)
	}
	if result, bad := c.unsafe[sel.Sel.Name]; bad && !elsewhere(sel.X) {
		c.problem(n, "%s returns %s: ask through truth, get or objc.Call[int64]", sel.Sel.Name, result)
	}
	c.texts(sel, n)
	for _, a := range n.Args {
		if _, function := a.(*ast.FuncLit); function && !elsewhere(sel.X) && !ourFunction(name, sel.Sel.Name) {
			c.problem(a, "a Go function goes to %s: a block is called through a closure", sel.Sel.Name)
		}
	}
}

// ourFunction names the methods of this package, and darwinkit's compiled way
// for actions, that take a function.
func ourFunction(qualified, name string) bool {
	return slices.Contains([]string{"addButton", "addKey"}, name) || slices.Contains([]string{"action.Set", "action.Wrap", "objc.WithAutoreleasePool"}, qualified)
}

// variadic refuses selectors with arguments after the last colon's.
func (c *checker) variadic(a ast.Expr) {
	s := literal(a)
	if call, ok := a.(*ast.CallExpr); ok && len(call.Args) == 1 {
		s = literal(call.Args[0])
	}
	for _, bad := range []string{"WithObjects:", "WithObjectsAndKeys:", "WithFormat:", "raise:format:"} {
		if strings.HasSuffix(s, bad) {
			c.problem(a, "%s takes any number of arguments, which arm64 passes otherwise", s)
		}
	}
}

// takeText are the methods whose text argument becomes an NSString.
var takeText = []string{"SetStringValue", "SetTitle", "SetToolTip", "String_StringWithString", "NewImageWithContentsOfFile", "NewMenuItemWithTitleActionKeyEquivalent"}

// texts wants every text that is not written in the source to pass through
// text.
func (c *checker) texts(sel *ast.SelectorExpr, n *ast.CallExpr) {
	if !slices.Contains(takeText, sel.Sel.Name) || len(n.Args) == 0 {
		return
	}
	a := n.Args[0]
	if literal(a) != "" {
		return
	}
	switch a := a.(type) {
	case *ast.BasicLit:
		return
	case *ast.CallExpr:
		if id, ok := a.Fun.(*ast.Ident); ok && id.Name == "text" {
			return
		}
	case *ast.Ident:
		if slices.Contains(cleaned, a.Name) {
			return
		}
	case *ast.IndexExpr:
		return // a table of names in the source
	}
	c.problem(a, "%s gets a text that did not pass through text()", sel.Sel.Name)
}

// cleaned are variables that hold what text has cleaned, or a name that is
// written in the source.
var cleaned = []string{"content", "key", "name"}

func literal(e ast.Expr) string {
	if l, ok := e.(*ast.BasicLit); ok && l.Kind == token.STRING {
		return strings.Trim(l.Value, "\"`")
	}
	return ""
}

// elsewhere tells whether a call goes to a package that is not darwinkit's.
func elsewhere(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && slices.Contains([]string{"time", "fmt", "strings", "utf8", "math", "os", "io", "errors", "json", "prompt", "C"}, id.Name)
}

func qualified(e ast.Expr) string {
	if sel, ok := e.(*ast.SelectorExpr); ok {
		if id, ok := sel.X.(*ast.Ident); ok {
			return id.Name + "." + sel.Sel.Name
		}
	}
	return ""
}

func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return qualified(e)
	case *ast.ArrayType:
		return "[]" + typeName(e.Elt)
	}
	return ""
}

// darwinkitFolder finds darwinkit's source.
func darwinkitFolder(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/progrium/darwinkit").Output()
	dir := strings.TrimSpace(string(out))
	if err != nil || dir == "" {
		t.Skipf("darwinkit's source is not here (go mod download github.com/progrium/darwinkit): %v", err)
	}
	return dir
}

var method = regexp.MustCompile(`(?m)^func (?:\(\w+ \w+\) )?(\w+)\([^\n]*\) (bool|u?int8|u?int16|u?int32|rune|float32|\[\][\w.]+) \{$`)

// unsafeMethods reads out of darwinkit which methods return what libffi
// overruns: the names that mean nothing else in the source we check.
func unsafeMethods(t *testing.T) map[string]string {
	all := map[string]string{}
	for _, pattern := range []string{"macos/appkit/*.gen.go", "macos/foundation/*.gen.go"} {
		files, err := filepath.Glob(filepath.Join(darwinkitFolder(t), pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("no source of darwinkit: %v", err)
		}
		for _, f := range files {
			source, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range method.FindAllSubmatch(source, -1) {
				all[string(m[1])] = string(m[2])
			}
		}
	}
	// Compiled Objective-C and not libffi; and NSApplication's stop:, which
	// shares its name with NSSound's.
	for _, sound := range []string{"RespondsToSelector", "IsKindOfClass", "IsNil", "Stop"} {
		delete(all, sound)
	}
	return all
}

func checkSource(t *testing.T, name string, source any, unsafe map[string]string) []problem {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name, source, 0)
	if err != nil {
		t.Fatal(err)
	}
	c := checker{fset: fset, name: filepath.Base(name), unsafe: unsafe}
	ast.Inspect(f, c.node)
	return c.found
}

func TestTheSourceKeepsDarwinkitsRules(t *testing.T) {
	unsafe := unsafeMethods(t)
	if len(unsafe) < 700 {
		t.Errorf("only %d methods with unsafe results were found in darwinkit", len(unsafe))
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, name := range append(files, filepath.Join("..", "..", "cmd", "install-or-defer-prompt", "toolkit_appkit.go")) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		checked++
		for _, p := range checkSource(t, name, nil, unsafe) {
			t.Errorf("%s: %s", p.at, p.why)
		}
	}
	if checked < 10 {
		t.Errorf("only %d files were checked", checked)
	}
}

// TestEachRuleIsFoundWhenItIsBroken shows that the test above can fail.
func TestEachRuleIsFoundWhenItIsBroken(t *testing.T) {
	unsafe := map[string]string{"MakeFirstResponder": "bool", "Subviews": "[]View", "Screen_Screens": "[]Screen"}
	for _, broken := range []string{
		`objc.Retain(&w)`,
		`objc.Call[bool](o, objc.Sel("isVisible"))`,
		`objc.Call[int32](o, objc.Sel("processIdentifier"))`,
		`objc.Call[[]objc.Object](o, objc.Sel("windows"))`,
		`w.MakeFirstResponder(f)`,
		`for range v.Subviews() {}`,
		`for range appkit.Screen_Screens() {}`,
		`dispatch.MainQueue().DispatchAsync(f)`,
		`q.DispatchSync(f)`,
		`runtime.LockOSThread()`,
		`appkit.Application_SharedApplication()`,
		`_ = appkit.WindowDelegate{}`,
		`w.SetDelegate(d)`,
		`f.SetStringValue(heading)`,
		`f.SetStringValue(d.Heading + "x")`,
		`b.SetTitle(d.RunLabel)`,
		`get(class, "arrayWithObjects:", a)`,
		`objc.Call[objc.Object](class, objc.Sel("stringWithFormat:"), a)`,
		`workspace.OpenThen(func() {})`,
		`macos.RunApp(f)`,
	} {
		source := "package appkit\nfunc broken() {\n" + broken + "\n}\n"
		if len(checkSource(t, "broken.go", source, unsafe)) == 0 {
			t.Errorf("not found: %s", broken)
		}
	}
	sound := "package appkit\nfunc sound() {\nf.SetStringValue(text(s))\nb.SetTitle(\"\")\ntruth(w, \"makeFirstResponder:\", f)\nobjc.Call[int64](o, objc.Sel(\"level\"))\n}\n"
	for _, p := range checkSource(t, "sound.go", sound, unsafe) {
		t.Errorf("found where nothing is wrong: %s", p.why)
	}
}
