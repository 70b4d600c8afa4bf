package cli

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// some are flags of each kind.
type some struct {
	verbose  *bool
	json     bool
	count    int
	output   string
	set, key []string
}

func (s *some) define() *Flags {
	f := newFlags("test")
	f.BoolVar(&s.json, "json", false, "print one JSON object")
	f.IntVar(&s.count, "count", 3, "how many")
	f.StringVarP(&s.output, "output", "o", "-", "the `FILE` to write")
	f.StringArrayVarP(&s.set, "set", "s", nil, "a `KEY=VALUE`;\nagain for more")
	f.StringArrayVar(&s.key, "key", []string{"a", "b"}, "a key")
	s.verbose = f.BoolP("verbose", "v", false, "say more")
	return f
}

func TestFlags(t *testing.T) {
	for _, c := range []struct{ what, args, want string }{
		{"nothing given", "", "count 3, output -, set [], key [a b], words []"},
		{"a value behind the name", "--count 5 --output f", "count 5, output f, set [], key [a b], words []"},
		{"a value in one with the name", "--count=5 --output=a=b", "count 5, output a=b, set [], key [a b], words []"},
		{"a switch", "--json", "json, count 3, output -, set [], key [a b], words []"},
		{"a switch switched off", "--json --json=false", "count 3, output -, set [], key [a b], words []"},
		{"an empty value", "--output=", "count 3, output , set [], key [a b], words []"},
		{"a value that looks like a flag", "--output --json", "count 3, output --json, set [], key [a b], words []"},
		{"flags among the words", "one --json two -o f three", "json, count 3, output f, set [], key [a b], words [one two three]"},
		{"words after two dashes", "--json -- --count -o", "json, count 3, output -, set [], key [a b], words [--count -o]"},
		{"the standard input is a word", "- --json", "json, count 3, output -, set [], key [a b], words [-]"},
		{"letters", "-v -o f -sa=b -s=c=d", "verbose, count 3, output f, set [a=b c=d], key [a b], words []"},
		{"letters together", "-vo f", "verbose, count 3, output f, set [], key [a b], words []"},
		{"what is given again is added", "--set a --set b", "count 3, output -, set [a b], key [a b], words []"},
		{"what is given replaces what stands without", "--key c --key d", "count 3, output -, set [], key [c d], words []"},
		{"an unknown name", "--jsno", "unknown flag: --jsno"},
		{"an unknown name with a value", "--jsno=3", "unknown flag: --jsno"},
		{"no name", "--=3", "unknown flag: --"},
		{"an unknown letter", "-x", "unknown flag: -x"},
		{"an unknown letter behind another", "-vx", "unknown flag: -x"},
		{"a name with one dash", "-json", "unknown flag: -json"},
		{"a letter that is none", "-ü", "unknown flag: -ü"},
		{"no value", "--json --count", "--count needs a value"},
		{"no value for a letter", "-o", "--output needs a value"},
		{"a value of another kind", "--count many", `--count cannot be "many": parse error`},
		{"a value that is too large", "--count 99999999999999999999", `--count cannot be "99999999999999999999": value out of range`},
		{"a value for a switch", "--json=maybe", `--json cannot be "maybe": parse error`},
		{"help", "--count 5 --help --jsno", flag.ErrHelp.Error()},
		{"help by its letter", "-vh", flag.ErrHelp.Error()},
	} {
		t.Run(c.what, func(t *testing.T) {
			var s some
			f := s.define()
			got := ""
			if err := f.parse(strings.Fields(c.args)); err != nil {
				got = err.Error()
			} else {
				got = s.text(f.words)
			}
			if got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func (s *some) text(words []string) string {
	on := ""
	if *s.verbose {
		on += "verbose, "
	}
	if s.json {
		on += "json, "
	}
	return fmt.Sprintf("%scount %d, output %s, set %v, key %v, words %v", on, s.count, s.output, s.set, s.key, words)
}

func TestFlagsKnowWhatWasGiven(t *testing.T) {
	var s some
	f := s.define()
	if err := f.parse([]string{"--count", "3", "-v"}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"count": true, "verbose": true, "json": false, "none": false} {
		if f.Changed(name) != want {
			t.Errorf("%s: %v, want %v", name, !want, want)
		}
	}
}

func TestHelpOfFlags(t *testing.T) {
	const want = `      --count int       how many (default 3)
      --json            print one JSON object
      --key value       a key (default a,b)
  -o, --output FILE     the FILE to write (default "-")
  -s, --set KEY=VALUE   a KEY=VALUE;
                        again for more
  -v, --verbose         say more
`
	if got := new(some).define().help(); got != want {
		t.Errorf("it says\n%s\nwant\n%s", got, want)
	}
}

func FuzzFlags(f *testing.F) {
	f.Add("one --json two -vo f --count=5 -- --set")
	f.Add("-v=x\x00--=\x00-\x00--set=")
	f.Fuzz(func(t *testing.T, line string) {
		args := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == 0 })
		var s some
		flags := s.define()
		err := flags.parse(slices.Clone(args))
		if unknown := unknownFlag(""); errors.As(err, &unknown) && !strings.HasPrefix(string(unknown), "-") {
			t.Errorf("an unknown flag without a dash: %q", unknown)
		}
		if err != nil {
			return
		}
		// What was read comes to the same when it is written out in one form.
		again := []string{"--json=" + fmt.Sprint(s.json), "--count=" + fmt.Sprint(s.count), "--output=" + s.output, "--verbose=" + fmt.Sprint(*s.verbose)}
		for _, v := range s.set {
			again = append(again, "--set="+v)
		}
		for _, v := range s.key {
			again = append(again, "--key="+v)
		}
		var other some
		reread := other.define()
		if err := reread.parse(append(append(again, "--"), flags.words...)); err != nil {
			t.Fatal(err)
		}
		if s.text(flags.words) != other.text(reread.words) {
			t.Errorf("%s, and again %s", s.text(flags.words), other.text(reread.words))
		}
	})
}
