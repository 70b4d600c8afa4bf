// Command mutation makes small mistakes in the rooms, one at a time, and says
// which of them no test notices.
//
// It draws a sample of the places where a condition can be turned round, a bound
// moved, a statement or a check left out; internal/mutants has the mistakes that
// people have really made. The sources stay as they are: the go command builds
// each mistake from an overlay. A mistake that changes nothing stands in
// equivalents.txt with the reason.
package main

import (
	_ "embed"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"text/tabwriter"
	"time"
)

const usage = `Make small mistakes in the rooms, and say which no test notices.

Usage:
  go run ./internal/rules/mutation [flags] [ROOM...]

The command runs at the top of the module. A room is a folder; without any they
are %s.

Flags:
%s
Exit codes:
  0  of each room enough were noticed
  1  of some room not, or the sources cannot be read
  2  the command line is wrong
`

//go:embed equivalents.txt
var equivalentsText string

// rooms are those whose mistakes cost the most.
var rooms = []string{"deferral", "softwareupdate", "launchd", "prompt"}

type options struct {
	seed   uint64
	sample int
	limit  time.Duration
	each   time.Duration
	least  int
}

func main() {
	os.Exit(command(os.Args[1:], os.Stdout, os.Stderr))
}

func command(args []string, stdout, stderr io.Writer) int {
	var o options
	flags := flag.NewFlagSet("mutation", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Uint64Var(&o.seed, "seed", uint64(time.Now().UnixNano()), "draws the sample; the same seed draws the same")
	flags.IntVar(&o.sample, "sample", 25, "how many mistakes of each room")
	flags.DurationVar(&o.limit, "limit", 15*time.Minute, "how long all of it may take; rooms share it evenly")
	flags.DurationVar(&o.each, "each", time.Minute, "how long the tests of one may take; later counts as noticed")
	flags.IntVar(&o.least, "least", 90, "how many of a hundred must be noticed")
	if err := flags.Parse(args); err != nil {
		var help strings.Builder
		flags.SetOutput(&help)
		flags.PrintDefaults()
		fmt.Fprintf(stderr, usage, strings.Join(rooms, ", "), &help)
		return 2
	}
	chosen := rooms
	if flags.NArg() > 0 {
		chosen = flags.Args()
	}
	ok, err := o.run(chosen, stdout)
	switch {
	case err != nil:
		fmt.Fprintf(stderr, "mutation: %v\n", err)
		return 1
	case !ok:
		return 1
	}
	return 0
}

// run tries a sample of each room and writes the table.
func (o options) run(rooms []string, out io.Writer) (ok bool, err error) {
	known, err := readEquivalents(equivalentsText)
	if err != nil {
		return false, err
	}
	fmt.Fprintf(out, "seed %d, %d mistakes of each room\n", o.seed, o.sample)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	ok = true
	for _, room := range rooms {
		sites, err := sitesOf(room)
		if err != nil {
			return false, err
		}
		sites = without(sites, known)
		random := rand.New(rand.NewPCG(o.seed, uint64(len(room))))
		random.Shuffle(len(sites), func(i, j int) { sites[i], sites[j] = sites[j], sites[i] })
		r, err := o.try(room, sites, o.limit/time.Duration(len(rooms)))
		if err != nil {
			return false, err
		}
		for _, s := range r.survivors {
			fmt.Fprintf(out, "%s:%d: %s: nobody notices %s\n", s.file, s.line, s.function, s)
		}
		fmt.Fprintf(table, "%s\t%d of %d noticed\t%d places\t%d do not build\t%s\n", room, r.noticed, r.tried(), len(sites), r.broken, r.ended)
		ok = ok && r.noticed*100 >= o.least*r.tried()
	}
	return ok, table.Flush()
}
