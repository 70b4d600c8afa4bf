package fit

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"installordefer/internal/toolchain/display"
	"installordefer/internal/toolchain/driver"
	"installordefer/internal/toolchain/helper"
	"installordefer/prompt"
	"installordefer/prompt/examples"
	"installordefer/prompt/words"
)

// TestNoTextIsWiderInAWindowThanByTheTable lets GNUstep lay dialogs out.
func TestNoTextIsWiderInAWindowThanByTheTable(t *testing.T) {
	helper.NeedGNUstep(t)
	program := filepath.Join(t.TempDir(), "install-or-defer-prompt")
	if err := helper.Build("gnustep", program); err != nil {
		t.Fatal(err)
	}
	screen, err := display.Start(context.Background(), display.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer screen.Close()
	for _, language := range []string{"en", "de", "fr", "pl", "uk", "fi"} { // GNUstep has no East Asia, and no order from right to left
		for _, name := range []string{"choices", "person", "space", "password-wrong"} {
			state, _ := examples.Named(name)
			d := state.Dialog(time.Date(2026, 9, 29, 12, 40, 0, 0, time.FixedZone("", 7200)), prompt.Dialog{Language: language, Choices: []prompt.Choice{{For: 4 * time.Hour}}, Countdown: 10 * time.Minute})
			line, err := prompt.EncodeDialog(d)
			if err != nil {
				t.Fatal(err)
			}
			window, err := driver.Start(screen, program, line)
			if err != nil {
				t.Fatal(err)
			}
			if err := window.Event("shown"); err != nil {
				t.Fatal(err)
			}
			compare(t, language+" "+name, window, words.For(words.Person{}, d).Page(words.Opening(d)))
			window.Kill()
		}
	}
}

// compare holds the table to what a window takes: never less, and not so much
// more that what fits is refused.
func compare(t *testing.T, name string, window *driver.Helper, p words.Page) {
	t.Helper()
	for _, control := range []string{"run", "defer", "open", "cancel", "continue"} {
		got, ok := window.Place(control)
		if !ok {
			continue
		}
		const itself = 47 // what GNUstep adds to a title
		w := width(got.Text, textFont)
		if is := float64(got.W) - itself; got.W > least && (w < is || w > is*1.1+3) {
			t.Errorf("%s: %q is %.0f points wide, by the table %.0f", name, got.Text, is, w)
		}
	}
	for control, what := range map[string]struct {
		text string
		font font
		high int
	}{"heading": {p.Heading, headingFont, 19}, "body": {p.Body, textFont, 17}} {
		got, _ := window.Place(control)
		if n := lines(what.text, Column, what.font); got.H > n*what.high+what.high/2 {
			t.Errorf("%s: the %s is %d points high, by the table %d lines", name, control, got.H, n)
		}
	}
}
