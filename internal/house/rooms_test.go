package house

import (
	"go/ast"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// theJob is what the root job is made of.
var theJob = []string{"deferral", "prompt", "softwareupdate", "launchd", "internal/agent", "internal/atomicfile", "internal/clock", "internal/logging", "internal/macos", "internal/plist", "internal/tool"}

// Which room may know which. A folder may import only what is, or lies in, one
// of the values, of this module. Where it has no row, the folder above counts.
// Files that the program for the fleet leaves out have a row of their own.
var mayImport = map[string][]string{
	"deferral":            {"deferral/settings", "internal/clock", "internal/macos"},
	"deferral/settings":   {"internal/plist"},
	"deferral/statefile":  {"deferral", "internal/clock", "internal/plist"},
	"internal/plist":      {},
	"prompt":              {"internal/clock"},
	"prompt/terminal":     {"internal/clock", "prompt"},
	"prompt/appkit":       {"internal/clock", "prompt", "internal/toolchain/gnustep"},
	"softwareupdate":      {"internal/clock", "internal/macos", "internal/tool"},
	"launchd":             {"internal/clock", "internal/tool", "internal/atomicfile"},
	"internal/clock":      {"internal/atomicfile"},
	"internal/tool":       {"internal/clock"},
	"internal/atomicfile": {},
	"internal/macos":      {},
	"internal/logging":    {"internal/clock", "internal/tool", "internal/atomicfile"},
	"internal/agent":      {"internal/clock", "internal/atomicfile", "internal/logging", "internal/macos", "internal/plist", "deferral", "prompt", "softwareupdate", "launchd"},

	// settings explains a key in the words of the documents.
	"cmd/install-or-defer":          append([]string{"pkg/profile"}, theJob...),
	"cmd/install-or-defer !rootjob": append([]string{"pkg/profile", "internal/simmac"}, theJob...),
	"cmd/install-or-defer-prompt":   {"internal/clock", "internal/tool", "prompt"},
	"pkg":                           {"deferral", "internal/plist", "launchd", "pkg"},
	"internal/simmac":               append([]string{"internal/simmac"}, theJob...),
	"internal/toolchain":            {"internal/toolchain"},
	"internal/budget":               {},
	"internal/deployed":             {},
	"internal/house":                {},
	"internal/killed":               {},
	"internal/lifetimes":            {},
	"internal/mutants":              {},
}

// layer returns the row of mayImport that a file belongs to.
func layer(s source) (row string, ok bool) {
	row = s.dir()
	if _, ok := mayImport[row+" !rootjob"]; ok && strings.HasPrefix(string(s.text), "//go:build !rootjob\n") {
		return row + " !rootjob", true
	}
	for ; row != "."; row = path.Dir(row) {
		if _, ok := mayImport[row]; ok {
			return row, true
		}
	}
	return "", false
}

func TestRoomsKnowOnlyWhatTheyMay(t *testing.T) {
	rows := map[string]bool{}
	for _, s := range sources(t) {
		row, ok := layer(s)
		rows[row] = true
		if !ok {
			t.Errorf("%s is in no room of mayImport, which says what each may know", s.path)
		}
		if s.test() || !ok {
			continue
		}
		for _, i := range s.file.Imports {
			file, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			rel, ours := strings.CutPrefix(file, module+"/")
			if ours && !slices.ContainsFunc(mayImport[row], func(a string) bool { return rel == a || strings.HasPrefix(rel, a+"/") }) {
				t.Errorf("%s: %s must not know %s", s.at(i), row, rel)
			}
		}
	}
	for row := range mayImport {
		if !rows[row] {
			t.Errorf("mayImport speaks of %s, where nothing is", row)
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
	{"exec.Command", "programs are run by internal/tool, with limits and a fixed environment", []string{"internal/tool", "internal/logging", "internal/simmac", "internal/toolchain", "internal/house/fuzzall", "internal/house/dead", "pkg/build", "cmd/install-or-defer-prompt", "cmd/install-or-defer/profile.go", "cmd/install-or-defer/preview.go"}},
	{"exec.CommandContext", "programs are run by internal/tool, with limits and a fixed environment", []string{"internal/tool", "internal/logging", "internal/simmac", "internal/toolchain", "internal/house/fuzzall", "internal/house/dead", "pkg/build", "cmd/install-or-defer-prompt", "cmd/install-or-defer/profile.go", "cmd/install-or-defer/preview.go"}},
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

// Only programs speak to their terminal and end their process. A room returns
// what it has to say.
func TestOnlyProgramsPrintAndExit(t *testing.T) {
	ends := []string{"fmt.Print", "fmt.Printf", "fmt.Println", "os.Exit", "os.Stdout", "os.Stderr", "os.Stdin", "log.Print", "log.Printf", "log.Fatal", "log.Fatalf"}
	for _, s := range sources(t) {
		if s.test() || s.file.Name.Name == "main" || strings.HasPrefix(s.path, "internal/toolchain") || strings.HasPrefix(s.path, "internal/simmac") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if id, ok := sel.X.(*ast.Ident); ok && slices.Contains(ends, id.Name+"."+sel.Sel.Name) {
					t.Errorf("%s: %s.%s in a package that is no program", s.at(n), id.Name, sel.Sel.Name)
				}
			}
			return true
		})
	}
}

// Where something happens before main, and why.
var beforeMain = map[string]string{
	"prompt/appkit/mainthread.go": "AppKit works on the first thread only, which has to be kept before anything else runs",
}

func TestNothingHappensBeforeMain(t *testing.T) {
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if ok && f.Recv == nil && f.Name.Name == "init" && beforeMain[s.path] == "" {
				t.Errorf("%s: an init function", s.at(f))
			}
		}
	}
}
