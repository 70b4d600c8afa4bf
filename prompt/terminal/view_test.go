package terminal

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"installordefer/prompt"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

var berlin = time.FixedZone("", 3600)

func runOrDefer() prompt.Dialog {
	return prompt.Dialog{
		Kind:    prompt.RunOrDefer,
		Heading: "Updates are available",
		Body: "Your Mac needs updates for macOS Tahoe 26.7 and Safari 27.0 by Tuesday, 24 November at 16:40.\n\n" +
			"Save your work and run them. If now is not a good time, you can put them off. After 3 days they install by themselves, and your Mac restarts.\n\n" +
			"Questions? Ask the IT help desk.",
		Updates: []prompt.Item{
			{Name: "macOS Tahoe 26.7", SizeKiB: 3713000, Restart: true},
			{Name: "Safari 27.0", SizeKiB: 302734},
		},
		Choices:  []prompt.Choice{{For: 4 * time.Hour, Until: time.Date(2026, 11, 21, 20, 40, 0, 0, berlin)}},
		Deadline: time.Date(2026, 11, 24, 16, 40, 0, 0, berlin), TimeLeft: 72 * time.Hour,
		Timeout: time.Hour,
	}
}

func severalChoices() prompt.Dialog {
	d := runOrDefer()
	d.Body, d.RunLabel, d.DeferLabel = "Choose.", "Install", "Later"
	d.Choices = append(d.Choices, prompt.Choice{For: 20 * time.Hour, Until: time.Date(2026, 11, 22, 12, 40, 0, 0, berlin)},
		prompt.Choice{For: 72 * time.Hour, Until: d.Deadline})
	return d
}

func runNow() prompt.Dialog {
	return prompt.Dialog{
		Kind: prompt.RunNow, Heading: "Please save your work",
		Body:      "The updates can no longer be put off. Your Mac restarts when they are installed.",
		Updates:   []prompt.Item{{Name: "macOS Tahoe 26.7", SizeKiB: -1, Restart: true}},
		Countdown: 10 * time.Minute,
	}
}

func updating() prompt.Dialog {
	return prompt.Dialog{Kind: prompt.Updating, Heading: "Installing updates", Body: "Your Mac restarts by itself when this is finished."}
}

func restarting() prompt.Dialog {
	return prompt.Dialog{Kind: prompt.Updating, Heading: "Your Mac is about to restart", Body: "The updates are installed. Programs may ask you to save.", Countdown: 5 * time.Minute}
}

func installNow() prompt.Dialog {
	return prompt.Dialog{Kind: prompt.InstallNow, Heading: "Updates are available", Body: "Click Update Now in Software Update.", Pane: "x-apple.systempreferences:a"}
}

func password() prompt.Dialog {
	return prompt.Dialog{Kind: prompt.Password, Heading: "Your password is needed", Body: "The updates are installed when you are away.", Account: "anna"}
}

func many() prompt.Dialog {
	d := installNow()
	d.Pane = ""
	for i := range 40 {
		d.Updates = append(d.Updates, prompt.Item{Name: fmt.Sprintf("Update number %d with a name that is long enough to need a second line on the screen", i+1), SizeKiB: 1024})
	}
	return d
}

func hostile() prompt.Dialog {
	d := runNow()
	d.Heading = "\x1b]0;owned\x07Up\x1b[2Jdates\x00 \u202egnol\u202c \u009b31m"
	d.Body = "عنوان طويل 更新が利用可能です🎉 " + strings.Repeat("界", 60) + "\r\n\r\n\r\nx\ty\u2028z\xff"
	d.Updates = []prompt.Item{{Name: "A\nB\x1b[H \x1b1", SizeKiB: -1}}
	d.RunLabel = "\x1b[31mRun\x1b[0m"
	return d
}

func TestDialogsOnATerminal(t *testing.T) {
	half := updating()
	half.Progress = &prompt.Progress{Fraction: 0.42, Text: "Installing macOS Tahoe 26.7"}
	again := password()
	again.Rejected = &prompt.Rejected{TriesLeft: 2}
	dialogs := map[string]prompt.Dialog{
		"run-or-defer": runOrDefer(), "several-choices": severalChoices(), "run-now": runNow(),
		"updating": updating(), "updating-half": half, "restarting": restarting(),
		"install-now": installNow(), "password": password(), "password-again": again,
		"many": many(), "hostile": hostile(), "empty": {Kind: prompt.Updating},
	}
	for name, d := range dialogs {
		t.Run(name, func(t *testing.T) {
			golden(t, name, strings.Join(newView(d, false).lines(80), "\n")+"\n")
		})
	}
	t.Run("narrow", func(t *testing.T) {
		golden(t, "narrow", strings.Join(newView(runOrDefer(), false).lines(36), "\n")+"\n")
	})
}

func TestTheTextFollowsTheChanges(t *testing.T) {
	v := newView(runNow(), false)
	v.change(prompt.Change{Countdown: new(61 * time.Second), Heading: "H", Body: "B"})
	golden(t, "run-now-later", strings.Join(v.lines(80), "\n")+"\n")
	v.change(prompt.Change{Countdown: new(59 * time.Second)})
	if got := strings.Join(v.lines(80), "\n"); !strings.Contains(got, "The updates start in 59 seconds. Please save your work now.") {
		t.Errorf("the last minute is not announced:\n%s", got)
	}
	v = newView(updating(), false)
	v.change(prompt.Change{Progress: &prompt.Progress{Fraction: 0.5, Text: "Half"}})
	if got := strings.Join(v.lines(80), "\n"); !strings.Contains(got, "Half, 50 %") {
		t.Errorf("no progress:\n%s", got)
	}
	v = newView(runOrDefer(), false)
	v.change(prompt.Change{TimeLeft: new(71 * time.Hour)})
	got := strings.Join(v.lines(80), "\n")
	for _, want := range []string{"due in 2 days 23 hours", "ask again at 21:40"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing:\n%s", want, got)
		}
	}
}

func TestNothingInATextCanControlTheTerminal(t *testing.T) {
	text := rapid.OneOf(
		rapid.StringOf(rapid.SampledFrom([]rune("ab \n\t\r\x00\x07\x1b\x7f\u0085\u009b\u202e\u2066\u200d\ufeffé更🎉[]0123;Hm"))),
		rapid.String(), rapid.Custom(func(t *rapid.T) string { return string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) }))
	rapid.Check(t, func(t *rapid.T) {
		d := severalChoices()
		d.Kind = rapid.SampledFrom([]prompt.Kind{prompt.RunOrDefer, prompt.RunNow, prompt.Updating, prompt.InstallNow, prompt.Password}).Draw(t, "kind")
		d.Heading, d.Body, d.RunLabel, d.DeferLabel = text.Draw(t, "heading"), text.Draw(t, "body"), text.Draw(t, "run"), text.Draw(t, "defer")
		d.Account, d.Progress = text.Draw(t, "account"), &prompt.Progress{Text: text.Draw(t, "progress")}
		d.Updates = []prompt.Item{{Name: text.Draw(t, "name")}}
		columns := rapid.IntRange(1, 200).Draw(t, "columns")
		v := newView(d, false)
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
