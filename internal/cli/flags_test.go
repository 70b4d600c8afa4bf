package cli

import (
	"errors"
	"flag"
	"slices"
	"strings"
	"testing"
)

// read is what the flags of a made-up command read.
type read struct {
	output string
	days   float64
	json   bool
	sets   []string
}

func (r *read) define() *Flags {
	f := newFlags("test")
	f.StringVar(&r.output, "output", "-", "the `FILE` to write,\n\"-\" for the standard output")
	f.Float64Var(&r.days, "days", 0, "how many days")
	f.BoolVar(&r.json, "json", false, "print JSON")
	f.Strings(&r.sets, "set", "a setting as `KEY=VALUE`; may be given again")
	f.Short("o", "output")
	f.Short("s", "set")
	return f
}

func TestFlags(t *testing.T) {
	for _, c := range []struct {
		name, line string
		want       read
		words      []string
	}{
		{"have their defaults", "", read{output: "-"}, nil},
		{"are read before the words", "--json --days 2.5 a b", read{output: "-", days: 2.5, json: true}, []string{"a", "b"}},
		{"are read behind the words", "a --json b --days=3", read{output: "-", days: 3, json: true}, []string{"a", "b"}},
		{"have short forms", "-o x a", read{output: "x"}, []string{"a"}},
		{"gather a list", "--set a=1 x -s b=2", read{output: "-", sets: []string{"a=1", "b=2"}}, []string{"x"}},
		{"end at --", "a -- --json -o", read{output: "-"}, []string{"a", "--json", "-o"}},
		{"leave the standard input a word", "- --json", read{output: "-", json: true}, []string{"-"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got read
			f := got.define()
			words, err := f.read(strings.Fields(c.line))
			if err != nil || !slices.Equal(words, c.words) || got.output != c.want.output || got.days != c.want.days || got.json != c.want.json || !slices.Equal(got.sets, c.want.sets) {
				t.Errorf("read %+v and %q, %v", got, words, err)
			}
			if f.Given("json") != c.want.json {
				t.Error("--json is given or not")
			}
		})
	}
	for line, want := range map[string]string{
		"a --jsno":    "not defined: -jsno",
		"--days many": `invalid value "many" for flag -days`,
		"a --output":  "needs an argument: -output",
	} {
		t.Run("refuse "+line, func(t *testing.T) {
			if _, err := new(read).define().read(strings.Fields(line)); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want %s", err, want)
			}
		})
	}
	t.Run("know when help is asked for", func(t *testing.T) {
		for _, line := range []string{"--help", "a -h"} {
			if _, err := new(read).define().read(strings.Fields(line)); !errors.Is(err, flag.ErrHelp) {
				t.Errorf("%s: %v", line, err)
			}
		}
	})
	t.Run("are listed with their values and defaults", func(t *testing.T) {
		const want = `      --days float     how many days
      --json           print JSON
  -o, --output FILE    the FILE to write,
                       "-" for the standard output (default "-")
  -s, --set KEY=VALUE  a setting as KEY=VALUE; may be given again
`
		if got := new(read).define().help(); got != want {
			t.Errorf("got\n%swant\n%s", got, want)
		}
	})
}
