package terminal

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"installordefer/internal/golden"
	"installordefer/prompt"
	"installordefer/prompt/examples"
	"installordefer/prompt/words"
)

// english is whom the tests' dialogs speak to.
var english = words.Person{Languages: []string{"en"}}

// state is a dialog in one of its states, opened on a Saturday.
func state(name string) prompt.Dialog {
	s, ok := examples.Named(name)
	if !ok {
		panic("there is no state " + name)
	}
	return s.Dialog(time.Date(2026, 11, 21, 16, 40, 0, 0, time.FixedZone("", 3600)), prompt.Dialog{
		Timeout: time.Hour, Choices: []prompt.Choice{{For: 4 * time.Hour}},
	})
}

func runOrDefer() prompt.Dialog     { return state("first") }
func severalChoices() prompt.Dialog { return state("choices") }
func runNow() prompt.Dialog         { return state("final") }
func updating() prompt.Dialog       { return state("updating-quiet") }
func installNow() prompt.Dialog     { return state("install") }
func password() prompt.Dialog       { return state("password") }

func hostile() prompt.Dialog {
	d := runNow()
	d.Own = map[string]prompt.Texts{"": {
		Heading: "\x1b]0;owned\x07Up\x1b[2Jdates\x00 \u202egnol\u202c \u009b31m",
		Body:    "عنوان طويل 更新が利用可能です🎉 " + strings.Repeat("界", 60) + "\r\n\r\n\r\nx\ty\u2028z\xff",
		Run:     "\x1b[31mRun\x1b[0m",
	}}
	d.Updates = []prompt.Item{{Name: "A\nB\x1b[H \x1b1", SizeKiB: -1}}
	return d
}

func TestDialogsOnATerminal(t *testing.T) {
	dialogs := map[string]prompt.Dialog{
		"run-or-defer": runOrDefer(), "several-choices": severalChoices(), "run-now": runNow(),
		"updating": updating(), "updating-half": state("updating"), "restarting": state("save"),
		"install-now": installNow(), "not-allowed": state("not-allowed"), "password": password(), "password-again": state("password-wrong"),
		"many": state("many"), "hostile": hostile(), "empty": {Kind: prompt.Updating},
	}
	for name, d := range dialogs {
		t.Run(name, func(t *testing.T) {
			golden.Check(t, "testdata/"+name+".txt", strings.Join(newView(english, d, false).lines(80), "\n")+"\n")
		})
	}
	t.Run("narrow", func(t *testing.T) {
		golden.Check(t, "testdata/narrow.txt", strings.Join(newView(english, runOrDefer(), false).lines(36), "\n")+"\n")
	})
	t.Run("japanese", func(t *testing.T) {
		golden.Check(t, "testdata/japanese.txt", strings.Join(newView(words.Person{Languages: []string{"ja-JP"}}, runOrDefer(), false).lines(80), "\n")+"\n")
	})
}

func TestTheTextFollowsTheChanges(t *testing.T) {
	v := newView(english, runNow(), false)
	v.change(prompt.Change{Countdown: new(61 * time.Second)})
	golden.Check(t, "testdata/run-now-later.txt", strings.Join(v.lines(80), "\n")+"\n")
	v.change(prompt.Change{Countdown: new(59 * time.Second)})
	if got := strings.Join(v.lines(80), "\n"); !strings.Contains(got, "Updates are about to start") || !strings.Contains(got, "0:59") {
		t.Errorf("the last minute is not announced:\n%s", got)
	}
	v = newView(english, updating(), false)
	v.change(prompt.Change{Progress: &prompt.Progress{Fraction: 0.5, Updates: []string{"Half"}}})
	if got := strings.Join(v.lines(80), "\n"); !strings.Contains(got, "Half: 50%") {
		t.Errorf("no progress:\n%s", got)
	}
	v = newView(english, runOrDefer(), false)
	v.change(prompt.Change{Passed: new(time.Hour), TimeLeft: new(53 * time.Hour)})
	if got := strings.Join(v.lines(80), "\n"); !strings.Contains(got, "Remind Me at 21:40") {
		t.Errorf("the deferral has not moved on:\n%s", got)
	}
}

func TestNothingInATextCanControlTheTerminal(t *testing.T) {
	text := rapid.OneOf(
		rapid.StringOf(rapid.SampledFrom([]rune("ab \n\t\r\x00\x07\x1b\x7f\u0085\u009b\u202e\u2066\u200d\ufeffé更🎉[]0123;Hm"))),
		rapid.String(), rapid.Custom(func(t *rapid.T) string { return string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) }))
	rapid.Check(t, func(t *rapid.T) {
		d := severalChoices()
		d.Kind = rapid.SampledFrom([]prompt.Kind{prompt.RunOrDefer, prompt.RunNow, prompt.Updating, prompt.InstallNow, prompt.Password}).Draw(t, "kind")
		d.Own = map[string]prompt.Texts{"": {Heading: text.Draw(t, "heading"), Body: text.Draw(t, "body"), Run: text.Draw(t, "run"),
			Defer: text.Draw(t, "defer"), Contact: text.Draw(t, "contact")}}
		d.Account, d.Progress = text.Draw(t, "account"), &prompt.Progress{Updates: []string{text.Draw(t, "progress")}}
		d.Updates = []prompt.Item{{Name: text.Draw(t, "name")}}
		columns := rapid.IntRange(1, 200).Draw(t, "columns")
		v := newView(words.Person{Languages: []string{rapid.SampledFrom(words.Languages()).Draw(t, "language")}}, d, false)
		v.note = text.Draw(t, "note")
		for _, line := range v.lines(columns) {
			for _, r := range line {
				if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
					t.Fatalf("the line %q holds %U", line, r)
				}
			}
			if w := width(line); w > max(min(columns, widest), 24) {
				t.Fatalf("the line %q has %d columns of %d", line, w, columns)
			}
		}
	})
}

func TestWrapLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := clean(rapid.StringOf(rapid.SampledFrom([]rune("abcdef  é更🎉"))).Draw(t, "text"))
		limit := rapid.IntRange(2, 30).Draw(t, "limit")
		lines := wrap(text, limit)
		if got, want := strings.Join(strings.Fields(strings.Join(lines, "")), ""), strings.Join(strings.Fields(text), ""); got != want {
			t.Fatalf("wrap(%q, %d) = %q", text, limit, lines)
		}
		for _, l := range lines {
			if width(l) > limit {
				t.Fatalf("wrap(%q, %d) = %q", text, limit, lines)
			}
		}
	})
}
