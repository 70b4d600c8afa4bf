// Command fuzzall runs every fuzz target of the module, one after the other, and
// says how many inputs each was given.
//
// The go command fuzzes one target of one package at a time; this asks it for
// all of them. Inputs that break something are left where the go command puts
// them, in testdata/fuzz beside the target, and are part of the tests from then
// on.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"
)

const usage = `Run every fuzz target of the module.

Usage:
  go run ./internal/house/fuzzall [--keep] [TIME [PATTERN]]

TIME is how long each target runs, as go test -fuzztime takes it: 10s, or
10000000x for a count of inputs. The default is 10s, and with 0 none is run.
PATTERN is a regular expression; only targets whose "package.Name" it matches
are run.

Each run begins with the inputs in corpora.tar.gz. With --keep those that are
worth keeping afterwards are written to it, of all targets.

Exit codes:
  0  no target failed
  1  a target failed, or could not be run
  2  the command line is wrong
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	each, pattern, keeps := "10s", "", false
	if len(args) > 0 && args[0] == "--keep" {
		args, keeps = args[1:], true
	}
	switch {
	case len(args) > 2 || len(args) > 0 && strings.HasPrefix(args[0], "-"):
		fmt.Fprint(stderr, usage)
		return 2
	case len(args) == 2:
		pattern = args[1]
		fallthrough
	case len(args) == 1:
		each = args[0]
	}
	only, err := regexp.Compile(pattern)
	if err != nil {
		fmt.Fprintf(stderr, "fuzzall: %v\n", err)
		return 2
	}
	code, err := fuzzAll(ctx, only, each, keeps, stdout, stderr)
	if err != nil {
		fmt.Fprintf(stderr, "fuzzall: %v\n", err)
		return 1
	}
	return code
}

func fuzzAll(ctx context.Context, only *regexp.Regexp, each string, keeps bool, stdout, stderr io.Writer) (code int, err error) {
	all, err := find(ctx)
	if err != nil {
		return 1, err
	}
	targets := slices.DeleteFunc(slices.Clone(all), func(t target) bool { return !only.MatchString(t.short()) })
	if len(targets) == 0 {
		return 1, errors.New("no target has that name")
	}
	cache, kept, err := places(ctx)
	if err == nil {
		err = begin(cache, kept)
	}
	if err != nil {
		return 1, err
	}
	if each != "0" {
		var done []result
		for i, t := range targets {
			fmt.Fprintf(stderr, "%d of %d: %s\n", i+1, len(targets), t)
			done = append(done, fuzz(ctx, t, each, stderr))
			if ctx.Err() != nil {
				break
			}
		}
		code = report(done, len(targets), stdout)
	}
	if keeps {
		err = keep(cache, kept, all)
	}
	return code, err
}

// A result is how the run of one target ended.
type result struct {
	target target
	count  counts
	took   time.Duration
	err    error
}

// fuzz runs one target. What go test says is shown when it fails.
func fuzz(ctx context.Context, t target, each string, stderr io.Writer) result {
	began := time.Now()
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-fuzz", "^"+t.name+"$", "-fuzztime", each, t.pkg)
	// An interrupt lets the go command end the processes that it started.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 30 * time.Second
	out, err := cmd.CombinedOutput()
	if err != nil {
		fmt.Fprintf(stderr, "%s\n", out)
	}
	return result{t, parse(string(out)), time.Since(began), err}
}

func report(done []result, targets int, stdout io.Writer) int {
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "target\texecutions\tkept inputs\ttime\tresult")
	code, sum := 0, 0
	for _, r := range done {
		verdict := "ok"
		if r.err != nil {
			verdict, code = "FAILED", 1
		}
		sum += r.count.executions
		fmt.Fprintf(w, "%s\t%d\t%d\t%v\t%s\n", r.target, r.count.executions, r.count.kept, r.took.Round(time.Second), verdict)
	}
	w.Flush()
	fmt.Fprintf(stdout, "%d of %d targets, %d executions\n", len(done), targets, sum)
	if len(done) < targets {
		code = 1
	}
	return code
}
