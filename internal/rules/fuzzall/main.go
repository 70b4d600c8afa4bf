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
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"
)

const usage = `Run every fuzz target of the module.

Usage:
  go run ./internal/rules/fuzzall [--keep] [--unguided] [TIME [PATTERN]]

TIME is how long each target runs, as go test -fuzztime takes it: 10s, or
10000000x for a count of inputs. The default is 10s, and with 0 none is run.
PATTERN is a regular expression; only targets whose "package.Name" it matches
are run.

Each run begins with the inputs in corpora.tar.gz. With --keep those that are
worth keeping afterwards are written to it, of all targets.

With --unguided it is not measured which paths an input reaches. That makes
about ten times as many inputs in the same time, out of those that are kept,
and finds no new ones that are worth keeping.

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
	flags := flag.NewFlagSet("fuzzall", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	keeps := flags.Bool("keep", false, "")
	unguided := flags.Bool("unguided", false, "")
	if err := flags.Parse(args); err != nil || flags.NArg() > 2 {
		fmt.Fprint(stderr, usage)
		return 2
	}
	each, pattern := "10s", flags.Arg(1)
	if flags.NArg() > 0 {
		each = flags.Arg(0)
	}
	only, err := regexp.Compile(pattern)
	if err != nil {
		fmt.Fprintf(stderr, "fuzzall: %v\n", err)
		return 2
	}
	how := guided
	if *unguided {
		how = blind
	}
	code, err := fuzzAll(ctx, only, each, how, *keeps, stdout, stderr)
	if err != nil {
		fmt.Fprintf(stderr, "fuzzall: %v\n", err)
		return 1
	}
	return code
}

func fuzzAll(ctx context.Context, only *regexp.Regexp, each string, how method, keeps bool, stdout, stderr io.Writer) (code int, err error) {
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
			done = append(done, fuzz(ctx, t, each, cache, how, stderr))
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

// A method runs one target for a time, with the inputs in the cache, and
// returns what go test says.
type method func(ctx context.Context, t target, each, cache string) ([]byte, error)

// fuzz runs one target. What go test says is shown when it fails.
func fuzz(ctx context.Context, t target, each, cache string, how method, stderr io.Writer) result {
	began := time.Now()
	out, err := how(ctx, t, each, cache)
	if err != nil {
		fmt.Fprintf(stderr, "%s\n", out)
	}
	return result{t, counts{executions: executions(string(out)), kept: inputs(cache, t)}, time.Since(began), err}
}

// guided lets the go command do it all.
func guided(ctx context.Context, t target, each, _ string) ([]byte, error) {
	return output(ctx, "", "go", "test", "-run", "^$", "-fuzz", "^"+t.name+"$", "-fuzztime", each, t.pkg)
}

// blind builds the tests as for an ordinary run, which measures no coverage.
func blind(ctx context.Context, t target, each, cache string) ([]byte, error) {
	folder, err := os.MkdirTemp("", "fuzzall")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	program := filepath.Join(folder, "tests")
	if out, err := output(ctx, "", "go", "test", "-c", "-o", program, t.pkg); err != nil {
		return out, err
	}
	where, err := output(ctx, "", "go", "list", "-f", "{{.Dir}}", t.pkg)
	if err != nil {
		return where, err
	}
	return output(ctx, strings.TrimSpace(string(where)), program, "-test.run", "^$", "-test.fuzz", "^"+t.name+"$", "-test.fuzztime", each,
		"-test.fuzzcachedir", filepath.Join(cache, filepath.FromSlash(t.pkg)))
}

// output runs a program in a folder and returns all that it writes.
func output(ctx context.Context, folder, program string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = folder
	// An interrupt lets the processes end that it started.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 30 * time.Second
	return cmd.CombinedOutput()
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
