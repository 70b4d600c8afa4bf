// Command uncovered reads a coverage profile and says how much of each room the
// tests reach, and which blocks they do not reach.
//
// A block that no test can reach, or need not, stands in reasons.txt with the
// reason. Any other is listed, and makes the command fail.
package main

import (
	_ "embed"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"text/tabwriter"
)

const usage = `Say what the tests do not reach.

Usage:
  go run ./internal/rules/uncovered PROFILE

PROFILE is what go test -coverprofile writes. The command runs at the top of
the module.

Exit codes:
  0  every block is reached, or stands in internal/rules/uncovered/reasons.txt
  1  some are not, or the profile cannot be read
  2  the command line is wrong
`

//go:embed reasons.txt
var reasonsText string

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

func run(args []string, stdout, stderr io.Writer) int {
	if len(args) != 1 || args[0] == "--help" {
		fmt.Fprint(stderr, usage)
		return 2
	}
	code, err := report(args[0], stdout)
	if err != nil {
		fmt.Fprintf(stderr, "uncovered: %v\n", err)
		return 1
	}
	return code
}

func report(profile string, stdout io.Writer) (code int, err error) {
	f, err := os.Open(profile)
	if err != nil {
		return 1, err
	}
	defer f.Close()
	blocks, err := readProfile(f)
	if err != nil {
		return 1, err
	}
	reasons, err := readReasons(reasonsText)
	if err != nil {
		return 1, err
	}
	rooms, open, err := judge(blocks, reasons, ".")
	if err != nil {
		return 1, err
	}
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "room\tstatements\treached\tleft with a reason")
	for _, name := range slices.Sorted(maps.Keys(rooms)) {
		r := rooms[name]
		fmt.Fprintf(w, "%s\t%d\t%.1f %%\t%d\n", name, r.all, 100*float64(r.reached)/float64(r.all), r.excused)
	}
	w.Flush()
	if len(open) == 0 {
		return 0, nil
	}
	fmt.Fprintf(stdout, "\n%d blocks are not reached and have no reason:\n", len(open))
	for _, o := range open {
		fmt.Fprintln(stdout, o)
	}
	return 1, nil
}
