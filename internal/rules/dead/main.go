// Command dead says which functions no program of this module reaches.
//
// It counts a function as reached where a program for Linux or for macOS
// reaches it, without C. What only tests reach is dead, unless it stands below
// with the reason.
package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

const usage = `Say which functions no program of this module reaches.

Usage:
  go run ./internal/rules/dead TOOL@VERSION

TOOL is the deadcode command of golang.org/x/tools, which is fetched. The
command runs at the top of the module.

Exit codes:
  0  every function is reached, or excused in internal/rules/dead
  1  some are not, or it could not be found out
  2  the command line is wrong
`

// reasons says of packages, and of functions behind their package, why nothing
// reaches them.
var reasons = map[string]string{
	"internal/toolchain/display Display.Picture": "tests take pictures of dialogs with it",
	"internal/toolchain/display decodeXWD":       "tests take pictures of dialogs with it",
	"internal/cli Program.ExitCodes":             "a test compares the page of exit codes with it",
	"deferral/statefile Encode":                  "tests write states with it",
	"internal/wake Waits":                        "tests compare the texts about waiting with it",
	"internal/golden":                            "it is for tests",
	"internal/toolchain/helper":                  "tests build the helper with it",
	"internal/toolchain/driver":                  "tests click with it",
	"pkg/installer Contents.Product":             "tests read back with it what was packed",
	"internal/simmac/conform":                    "it is the suites of tests",
	"pkg/internal/sample":                        "it is the sample of tests",
	"prompt/appkit":                              "it needs C and a toolkit, without which the programs are looked at",
}

const module = "installordefer/"

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

func run(args []string, stdout, stderr io.Writer) int {
	if len(args) != 1 || !strings.Contains(args[0], "@") {
		fmt.Fprint(stderr, usage)
		return 2
	}
	dead, err := look(args[0])
	if err != nil {
		fmt.Fprintf(stderr, "dead: %v\n", err)
		return 1
	}
	return report(dead, reasons, stdout)
}

// look returns what is dead for each system.
func look(tool string) ([]map[string]bool, error) {
	dir, err := os.MkdirTemp("", "dead")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	install := exec.Command("go", "install", tool)
	install.Env = append(os.Environ(), "GOBIN="+dir)
	if out, err := install.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("install %s: %w\n%s", tool, err, out)
	}
	name, _, _ := strings.Cut(filepath.Base(tool), "@")
	var dead []map[string]bool
	for _, system := range []string{"linux", "darwin"} {
		c := exec.Command(filepath.Join(dir, name), "-f", "{{range .Funcs}}{{println $.Path .Name}}{{end}}", "./...")
		c.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+system)
		out, err := c.Output()
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("%w\n%s", err, exit.Stderr)
		}
		if err != nil {
			return nil, fmt.Errorf("look at the programs for %s: %w", system, err)
		}
		dead = append(dead, functions(string(out)))
	}
	return dead, nil
}

// functions reads lines with a package and the name of a function.
func functions(text string) map[string]bool {
	out := map[string]bool{}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out[strings.TrimPrefix(line, module)] = true
		}
	}
	return out
}

// report writes what is dead for every system and is not excused, and what is
// excused without need. It returns the exit code.
func report(dead []map[string]bool, excused map[string]string, w io.Writer) int {
	code, needed := 0, map[string]bool{}
	for _, f := range slices.Sorted(maps.Keys(dead[0])) {
		if slices.ContainsFunc(dead, func(d map[string]bool) bool { return !d[f] }) {
			continue
		}
		pkg, _, _ := strings.Cut(f, " ")
		needed[f], needed[pkg] = true, true
		if excused[f] == "" && excused[pkg] == "" {
			fmt.Fprintf(w, "%s: no program reaches it. Delete it, or say in internal/rules/dead why it stays.\n", f)
			code = 1
		}
	}
	for _, f := range slices.Sorted(maps.Keys(excused)) {
		if !needed[f] {
			fmt.Fprintf(w, "%s: is reached, or gone, and need not be excused.\n", f)
			code = 1
		}
	}
	return code
}
