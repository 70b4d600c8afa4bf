package main

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"

	"installordefer/internal/cli"
	"installordefer/internal/forecast"
	"installordefer/internal/history"
	"installordefer/internal/product"
	"installordefer/internal/simmac/scenario"
	"installordefer/launchd"
	"installordefer/pkg/profile"
)

const forecastUsage = `Say what settings would do to a fleet: when which share complies, what it costs
people, and which Macs never comply and why.

Usage:
  install-or-defer-admin forecast [FOLDER|FILE...] [flags]

The root job itself lives on thousands of simulated Macs, in this process and in
simulated time. It draws people, hours and troubles from a mix. It draws hardware,
macOS and missing updates, too, or takes them from the statuses that you name, as
the command fleet does. Temperaments are assumptions: compare policies by a forecast,
and trust no single number. docs/forecast.md describes the mix.

The same mix, settings and seed give the same forecast. With --settings twice, two
policies meet the same Macs and the same people.

Flags:
%s
Exit codes:
  0  the forecast was made
  1  it could not be made to its end
  2  an input or the command line is wrong

Examples:
  install-or-defer-admin forecast --settings updates.mobileconfig
  install-or-defer-admin forecast collected/ --settings now.plist --settings strict.plist --html forecast.html
  install-or-defer-admin forecast --mac 17 > mac.json && install-or-defer-admin rehearse mac.json
`

// A foretelling is the command line of forecast.
type foretelling struct {
	settings   []string
	fleet      string
	learn      []string
	macs, days int
	seed       uint64
	mac        int
	mix, json  bool
	html       string
}

func forecastCommand() cli.Command {
	return cli.Command{
		Name: "forecast", What: "say what settings would do to a fleet",
		Usage: forecastUsage, Words: "[FOLDER|FILE...]", Define: func(flags *cli.Flags) cli.Action {
			var f foretelling
			flags.StringArrayVar(&f.settings, "settings", nil, "a property list or a configuration profile; twice to compare two\n(default: no settings)")
			flags.StringVar(&f.fleet, "fleet", "", "the mix that the fleet is drawn from (default: an office)")
			flags.StringArrayVar(&f.learn, "learn", nil, "let people answer as in these histories: a `folder` or file, as\n\"install-or-defer history --json\" prints them")
			flags.IntVar(&f.macs, "macs", 2000, "how many Macs live")
			flags.IntVar(&f.days, "days", 14, "for how many days")
			flags.Uint64Var(&f.seed, "seed", 1, "the seed of everything that is drawn")
			flags.IntVar(&f.mac, "mac", 0, "print Mac `number` as a scenario for rehearse, and stop")
			flags.BoolVar(&f.mix, "mix", false, "print the mix of an office, to begin with, and stop")
			flags.BoolVar(&f.json, "json", false, "print the forecast as one JSON object")
			flags.StringVar(&f.html, "html", "", "write the forecast as a page into this `file`")
			return f.run
		},
	}
}

func (f *foretelling) run(c cli.Call) (int, error) {
	switch {
	case f.json && f.html != "":
		return cli.ExitUsage, cli.Misusef("--json and --html cannot be used together")
	case len(f.settings) > 2:
		return cli.ExitUsage, cli.Misusef("--settings is there %d times, but only two policies can be compared", len(f.settings))
	case f.macs < 1 || f.macs > forecast.MostMacs:
		return cli.ExitUsage, cli.Misusef("--macs is %d, but must be between 1 and %d", f.macs, forecast.MostMacs)
	case f.days < 1 || f.days > forecast.MostDays:
		return cli.ExitUsage, cli.Misusef("--days is %d, but must be between 1 and %d", f.days, forecast.MostDays)
	case f.mac < 0 || f.mac > f.macs:
		return cli.ExitUsage, cli.Misusef("--mac is %d, but must be between 1 and %d", f.mac, f.macs)
	case f.mix:
		_, err := c.Stdout.Write(forecast.OfficeText())
		return cli.ExitOK, err
	}
	order, err := f.order(c)
	if err != nil {
		return cli.ExitUsage, err
	}
	if f.mac > 0 {
		err = f.writeMac(c, order)
	} else {
		err = f.tell(c, order)
	}
	if err != nil {
		return cli.ExitFailed, err
	}
	return cli.ExitOK, nil
}

// order reads all that a forecast is made of.
func (f *foretelling) order(c cli.Call) (forecast.Order, error) {
	o := forecast.Order{Identifier: launchd.Identifier(product.BundleID), Macs: f.macs, Days: f.days, Seed: f.seed}
	var err error
	if o.Mix, err = f.readMix(c); err != nil {
		return o, err
	}
	if err := f.readStatuses(c, o.Mix); err != nil {
		return o, err
	}
	if err := f.readHistories(c, o.Mix); err != nil {
		return o, err
	}
	for _, file := range f.settings {
		data, err := cli.ReadInput(file, c.Stdin, profile.MaxFile)
		if err != nil {
			return o, err
		}
		settings, err := profile.Settings(product.BundleID, data)
		if err != nil {
			return o, fmt.Errorf("%s: %w", file, err)
		}
		o.Policies = append(o.Policies, forecast.Policy{Name: file, Settings: settings})
	}
	if len(o.Policies) == 0 {
		o.Policies = []forecast.Policy{{Name: "no settings, all defaults"}}
	}
	return o, nil
}

func (f *foretelling) readMix(c cli.Call) (*forecast.Mix, error) {
	if f.fleet == "" {
		return forecast.Office()
	}
	data, err := cli.ReadInput(f.fleet, c.Stdin, scenario.MaxSize)
	if err != nil {
		return nil, err
	}
	mix, err := forecast.Decode(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.fleet, err)
	}
	return mix, nil
}

// readStatuses lets the mix draw the Macs of which a status is there.
func (f *foretelling) readStatuses(c cli.Call, mix *forecast.Mix) error {
	if len(c.Words) == 0 {
		return nil
	}
	var statuses forecast.Statuses
	if err := readFleet(c, &statuses); err != nil {
		return err
	}
	if !statuses.Apply(mix) {
		return errors.New("none of the statuses says which Mac it is from")
	}
	said := "The Macs are drawn after " + number(statuses.Macs, "status", "statuses")
	if statuses.Skipped > 0 {
		said += "; " + notStatuses(statuses.Skipped)
	}
	fmt.Fprintln(c.Stderr, said+".")
	return nil
}

// readHistories lets people answer as those of the histories.
func (f *foretelling) readHistories(c cli.Call, mix *forecast.Mix) error {
	if len(f.learn) == 0 {
		return nil
	}
	var learner forecast.Learner
	for _, path := range f.learn {
		err := filepath.WalkDir(path, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			data, err := cli.ReadInput(path, c.Stdin, history.MaxFile)
			if err == nil {
				learner.Take(data)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	if learner.Histories == 0 {
		return errors.New("no history was read in which somebody was asked")
	}
	learner.Teach(mix)
	said := "People answer as in " + number(learner.Histories, "history", "histories")
	if learner.Others > 0 {
		said += "; " + number(learner.Others, "other holds", "others hold") + " no answer"
	}
	fmt.Fprintln(c.Stderr, said+".")
	return nil
}

// number says how many there are.
func number(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprint(n) + " " + many
}

// writeMac prints one Mac as a scenario, with the settings of the first policy.
func (f *foretelling) writeMac(c cli.Call, o forecast.Order) error {
	s, traits := o.Scenario(f.mac)
	s.About += fmt.Sprintf(" Temperament: %s. Hours: %s. Trouble: %s. Right to install macOS: %s.", traits.Temperament, traits.Hours, traits.Trouble, traits.Owner)
	s.Settings = o.Policies[0].Settings
	data, err := s.Encode()
	if err != nil {
		return err
	}
	_, err = c.Stdout.Write(data)
	return err
}

// garbage is how much of the heap may be garbage, in percent of what is not; that is
// a few megabytes.
const garbage = 1000

// mostMemory is from where on garbage is collected whatever its share: a forecast
// of any number of Macs takes no more.
const mostMemory = 200 << 20

func (f *foretelling) tell(c cli.Call, o forecast.Order) error {
	// A life leaves much behind and keeps little.
	defer debug.SetGCPercent(debug.SetGCPercent(garbage))
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(mostMemory))
	o.Progress = progressOn(c, f.macs)
	result, err := forecast.Run(o)
	if err != nil {
		return err
	}
	switch {
	case f.html != "":
		return writePage(f.html, result.WritePage)
	case f.json:
		return cli.WriteJSON(c.Stdout, result)
	}
	out := bufio.NewWriter(c.Stdout)
	if err := result.WriteText(out); err != nil {
		return err
	}
	return out.Flush()
}

// progressOn returns what says how far a forecast has come, where standard error
// is a terminal; else nil.
func progressOn(c cli.Call, macs int) func(int) {
	f, ok := c.Stderr.(*os.File)
	if !ok {
		return nil
	}
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	every := max(macs/200, 1)
	return func(lived int) {
		if lived%every == 0 || lived == macs {
			fmt.Fprintf(f, "\r%d of %d Macs have lived.", lived, macs)
		}
		if lived == macs {
			fmt.Fprint(f, "\r\x1b[K")
		}
	}
}
