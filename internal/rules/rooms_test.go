package rules

import (
	"go/ast"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Which room may know which: for each package of this module the others that
// it may import. Each has a row of its own, so that a new one says what it is
// for. Tests may import what they like.
var mayImport = map[string][]string{
	// The rooms. They know nothing of each other.
	"deferral":           {"deferral/calendar", "deferral/settings", "internal/clock", "internal/macos", "internal/text"},
	"deferral/calendar":  {"internal/clock"},
	"deferral/settings":  {"deferral/calendar", "internal/clock", "internal/macos", "internal/nearest", "internal/plist", "internal/text"},
	"deferral/statefile": {"deferral", "deferral/settings", "internal/clock", "internal/plist", "internal/volume", "internal/text"},
	"prompt":             {"internal/clock", "internal/text"},
	"softwareupdate":     {"internal/clock", "internal/macos", "internal/tool", "internal/text"},
	"launchd":            {"launchd/mac", "internal/macos", "internal/plist", "internal/tool", "internal/volume"},
	"launchd/mac":        {"internal/clock", "internal/macos", "internal/plist"},

	// What they stand on.
	"internal/atomicfile": {},
	"internal/clock":      {"internal/atomicfile"},
	"internal/macos":      {},
	"internal/nearest":    {},
	"internal/plist":      {},
	"internal/history":    {"deferral", "internal/atomicfile", "internal/text"},
	"internal/statusfile": {"internal/atomicfile"},
	"internal/text":       {},
	"internal/volume":     {},
	"internal/tool":       {"internal/clock", "internal/volume", "internal/text"},
	"internal/logging":    {"internal/clock", "internal/tool", "internal/atomicfile"},

	// What shows the dialogs.
	"prompt/words":    {"prompt", "internal/text"},
	"prompt/examples": {"prompt"},
	"prompt/terminal": {"internal/clock", "prompt", "prompt/words"},
	"prompt/fit":      {"prompt/words"},
	"prompt/appkit":   {"internal/clock", "prompt", "prompt/fit", "prompt/words", "internal/toolchain/gnustep"},

	// The wake, and the programs. The root job knows nothing of pkg, which is
	// for Macs elsewhere, and nothing of the simulation.
	"internal/wake":    {"internal/clock", "internal/dialogs", "internal/atomicfile", "internal/logging", "internal/macos", "internal/plist", "internal/history", "internal/statusfile", "deferral", "deferral/settings", "deferral/statefile", "prompt", "softwareupdate", "launchd", "launchd/mac", "internal/text"},
	"internal/cli":     {"internal/nearest"},
	"internal/dialogs": {"deferral/settings", "prompt"},
	"internal/product": {},
	"cmd/install-or-defer": {"deferral", "deferral/settings", "deferral/statefile", "prompt", "softwareupdate", "launchd", "internal/wake", "internal/atomicfile", "internal/cli", "internal/clock", "internal/explained",
		"internal/logging", "internal/macos", "internal/plist", "internal/history", "internal/product", "internal/statusfile", "internal/tool", "internal/volume", "internal/text"},
	"internal/explained": {"internal/cli", "internal/statusfile", "internal/text", "internal/wake"},
	"internal/fleet":     {"internal/plist", "internal/statusfile"},
	"internal/forecast":  {"internal/fleet", "internal/history", "internal/plist", "internal/simmac", "internal/simmac/life", "internal/simmac/scenario", "internal/simmac/story", "internal/statusfile", "internal/text", "launchd"},
	"docs/scenarios":     {},
	"cmd/install-or-defer-admin": {"internal/text", "docs/scenarios", "deferral/settings", "prompt", "prompt/examples", "prompt/fit", "prompt/words", "launchd", "pkg/profile", "pkg/vendors", "pkg/release", "pkg/sofa", "internal/atomicfile", "internal/cli", "internal/clock", "internal/dialogs", "internal/explained", "internal/plist", "internal/statusfile", "internal/wake", "internal/fleet", "internal/forecast", "internal/history", "internal/product",
		"internal/simmac", "internal/simmac/life", "internal/simmac/scenario", "internal/simmac/story"},
	"pkg/selfupdate":                      {"internal/atomicfile", "internal/logging", "internal/tool", "launchd", "pkg/release"},
	"cmd/install-or-defer-self-update":    {"deferral", "deferral/settings", "deferral/statefile", "internal/atomicfile", "internal/cli", "internal/clock", "internal/logging", "internal/plist", "internal/product", "pkg/selfupdate", "internal/tool", "internal/volume", "launchd", "pkg/release"},
	"cmd/install-or-defer-prompt":         {"internal/clock", "internal/tool", "prompt", "prompt/words", "prompt/terminal", "prompt/appkit"},
	"cmd/install-or-defer-prompt/clicked": {},

	// What is made for Macs elsewhere.
	"pkg/formats/bom":       {"pkg/formats/payload", "pkg/formats/universal"},
	"pkg/build":             {"launchd", "pkg/installer", "pkg/project", "pkg/release", "pkg/scripts", "pkg/vendors"},
	"pkg/formats/cpio":      {"pkg/formats/payload"},
	"pkg/installer":         {"launchd", "pkg/formats/bom", "pkg/formats/cpio", "pkg/formats/payload", "pkg/formats/universal", "pkg/formats/xar"},
	"pkg/internal/sample":   {"launchd", "pkg/installer", "pkg/formats/payload", "pkg/project", "pkg/scripts", "pkg/formats/universal"},
	"pkg/vendors":           {},
	"pkg/formats/payload":   {},
	"pkg/foreign":           {"deferral/settings"},
	"pkg/profile":           {"deferral/calendar", "deferral/settings", "internal/plist", "pkg/foreign"},
	"pkg/profile/generate":  {"pkg/profile"},
	"pkg/project":           {"launchd", "pkg/installer", "pkg/formats/payload", "pkg/scripts"},
	"pkg/scripts":           {"deferral/settings"},
	"pkg/sofa":              {"deferral/calendar", "deferral/settings", "internal/macos"},
	"pkg/formats/universal": {},
	"pkg/formats/xar":       {},
	"pkg/release":           {"internal/atomicfile", "internal/macos", "internal/plist", "pkg/formats/universal", "pkg/installer"},

	// The simulated Mac knows the product, and never the other way round.
	"internal/simmac":          {"internal/clock", "internal/tool", "prompt", "prompt/words", "softwareupdate", "internal/text"},
	"internal/simmac/conform":  {"deferral", "deferral/settings", "internal/wake", "internal/clock", "internal/macos", "internal/simmac", "internal/tool", "launchd", "prompt", "softwareupdate"},
	"internal/simmac/life":     {"deferral", "deferral/settings", "deferral/statefile", "internal/wake", "internal/clock", "internal/logging", "internal/macos", "internal/simmac", "internal/simmac/scenario", "internal/tool", "launchd", "launchd/mac", "prompt", "softwareupdate"},
	"internal/simmac/play":     {"internal/cli", "internal/simmac", "internal/simmac/rooted", "internal/simmac/story", "launchd", "prompt"},
	"internal/simmac/rooted":   {"internal/clock", "internal/simmac", "internal/simmac/wire", "launchd", "prompt", "internal/volume"},
	"internal/simmac/scenario": {"internal/nearest", "internal/simmac"},
	"internal/simmac/simtool":  {"internal/simmac", "internal/simmac/wire", "prompt"},
	"internal/simmac/story":    {"internal/simmac", "prompt", "prompt/words", "internal/text"},
	"internal/simmac/wire":     {},

	// What builds and what holds the rules. Neither knows the product.
	"internal/budget":               {},
	"internal/budget/measure":       {},
	"internal/deployed":             {},
	"internal/golden":               {},
	"internal/rules":                {},
	"internal/rules/dead":           {},
	"internal/rules/fuzzall":        {},
	"internal/rules/mutation":       {},
	"internal/rules/uncovered":      {},
	"internal/killed":               {},
	"internal/lifetimes":            {},
	"internal/mutants":              {},
	"internal/pages":                {},
	"internal/toolchain/adhoc":      {"pkg/formats/universal"},
	"internal/toolchain/adhoc/sign": {"internal/toolchain/adhoc"},
	"internal/toolchain/checkmacho": {},
	"internal/toolchain/display":    {},
	"internal/toolchain/driver":     {"internal/toolchain/display"},
	"internal/toolchain/gnustep":    {},
	"internal/toolchain/helper":     {},
	"internal/toolchain/icon":       {},
	"internal/toolchain/mkapp":      {"prompt/words", "internal/toolchain/adhoc", "internal/toolchain/checkmacho", "internal/toolchain/icon"},
	"internal/toolchain/xgo":        {"internal/toolchain/checkmacho", "internal/toolchain/display"},
}

func TestRoomsKnowOnlyWhatTheyMay(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range sources(t) {
		known, ok := mayImport[s.dir()]
		if !ok && !seen[s.dir()] {
			t.Errorf("%s has no row in mayImport, which says what each room may know", s.dir())
		}
		seen[s.dir()] = true
		if s.test() || !ok {
			continue
		}
		for _, i := range s.file.Imports {
			file, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if rel, ours := strings.CutPrefix(file, module+"/"); ours && !slices.Contains(known, rel) {
				t.Errorf("%s: %s must not know %s", s.at(i), s.dir(), rel)
			}
		}
	}
	for row, known := range mayImport {
		for _, dir := range append(known, row) {
			if !seen[dir] {
				t.Errorf("mayImport speaks of %s, where nothing is", dir)
			}
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
	{"exec.Command", "programs are run by internal/tool, with limits and a fixed environment", []string{"internal/tool", "internal/logging", "internal/simmac", "internal/toolchain", "internal/rules/fuzzall", "internal/rules/dead", "internal/rules/mutation", "pkg/build", "cmd/install-or-defer-prompt", "cmd/install-or-defer-admin/profile.go", "cmd/install-or-defer-admin/verify.go", "cmd/install-or-defer-admin/preview.go"}},
	{"exec.CommandContext", "programs are run by internal/tool, with limits and a fixed environment", []string{"internal/tool", "internal/logging", "internal/simmac", "internal/toolchain", "internal/rules/fuzzall", "internal/rules/dead", "internal/rules/mutation", "pkg/build", "cmd/install-or-defer-prompt", "cmd/install-or-defer-admin/profile.go", "cmd/install-or-defer-admin/verify.go", "cmd/install-or-defer-admin/preview.go"}},
	{"time.Now", "the time comes from internal/clock", []string{"internal/clock", "internal/logging", "internal/simmac", "internal/toolchain", "internal/tool", "internal/wake/disk.go", "internal/rules/fuzzall", "internal/rules/mutation", "launchd/children.go", "prompt/terminal", "prompt/appkit", "cmd"}},
	{"time.Sleep", "waiting is done on internal/clock, which counts time asleep", []string{"internal/clock", "internal/simmac", "internal/toolchain", "internal/tool", "launchd/children.go", "prompt/terminal", "prompt/appkit", "cmd"}},
	// The helper is steered by it for tests and pictures; it runs as the
	// person, and the root job gives it an environment of its own.
	{"os.Getenv", "nothing is steered by the environment", []string{"internal/golden", "internal/simmac", "internal/toolchain", "pkg/build", "cmd/install-or-defer-admin/preview.go", "cmd/install-or-defer-prompt", "prompt/terminal", "prompt/appkit"}},
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
