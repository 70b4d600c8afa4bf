package appkit

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"installordefer/internal/golden"
	"installordefer/prompt"
	"installordefer/prompt/examples"
	"installordefer/prompt/words"
)

// inEveryState calls f with each dialog that there is, in each language.
func inEveryState(f func(name string, d prompt.Dialog, parts []part)) {
	noon := time.Date(2026, 11, 24, 12, 40, 0, 0, time.FixedZone("CET", 3600))
	for _, language := range words.Languages() {
		for _, s := range examples.States {
			d := s.Dialog(noon, prompt.Dialog{Language: language, Choices: []prompt.Choice{{For: 4 * time.Hour}}, Help: "https://help.example.com"})
			f(language+" "+s.Name, d, describe(d, words.For(words.Person{}, d).Page(words.Opening(d))))
		}
	}
}

// named returns the parts that f holds of.
func named(parts []part, f func(part) bool) (names []string) {
	for _, p := range parts {
		if f(p) {
			names = append(names, p.name)
		}
	}
	return names
}

// answersTo are the names of the parts that a key presses.
func answersTo(parts []part, key string) []string {
	return named(parts, func(p part) bool { return slices.Contains(p.keys, key) })
}

func TestEveryPartSaysWhatItIsToWhoCannotSeeIt(t *testing.T) {
	inEveryState(func(name string, _ prompt.Dialog, parts []part) {
		if parts[0].name != "heading" {
			t.Errorf("%s begins with %s", name, parts[0].name)
		}
		seen := map[string]bool{}
		for _, p := range parts {
			if strings.TrimSpace(p.text+p.label) == "" {
				t.Errorf("%s: %s says nothing", name, p.name)
			}
			if p.text == "" && p.role != asText && p.role != asButton && p.label == "" {
				t.Errorf("%s: the %s has no name", name, p.role)
			}
			if p.role.presses() != (p.does != "") {
				t.Errorf("%s: %s is a %s that does %q", name, p.name, p.role, p.does)
			}
			if seen[p.name] {
				t.Errorf("%s has %s twice", name, p.name)
			}
			seen[p.name] = true
		}
	})
}

// TestEveryDialogCanBeAnsweredByKeyboard holds the default key and the cancel key
// of each kind.
func TestEveryDialogCanBeAnsweredByKeyboard(t *testing.T) {
	inEveryState(func(name string, d prompt.Dialog, parts []part) {
		var onEnter, onEscape []string
		switch d.Kind {
		case prompt.RunOrDefer:
			onEnter, onEscape = []string{"defer"}, []string{"defer"}
		case prompt.RunNow:
			onEnter = []string{"run"}
		case prompt.InstallNow, prompt.InTheWay:
			later := named(parts, func(p part) bool { return p.name == "ok" })
			if onEnter, onEscape = []string{"open"}, later; d.Pane == "" || d.NotAllowed {
				onEnter = later
			}
		case prompt.Password:
			onEnter, onEscape = []string{"continue"}, []string{"cancel"}
		case prompt.Updating: // neither: who types would lose what is not saved
		}
		if got := answersTo(parts, enter); !slices.Equal(got, onEnter) {
			t.Errorf("%s: Return presses %q, want %q", name, got, onEnter)
		}
		if got := answersTo(parts, escape); !slices.Equal(got, onEscape) {
			t.Errorf("%s: Escape presses %q, want %q", name, got, onEscape)
		}
	})
}

func TestTabGoesThroughEverythingInTheOrderInWhichItStands(t *testing.T) {
	inEveryState(func(name string, _ prompt.Dialog, parts []part) {
		want := named(parts, func(p part) bool { return p.role.focuses() })
		if got := focusOrder(parts, false); !slices.Equal(got, want) {
			t.Errorf("%s: %q, and %q stand there", name, got, want)
		}
		var buttons []buttonSize
		for _, p := range parts {
			if p.role.presses() {
				buttons = append(buttons, buttonSize{p.name, 300, 24, p.role == asHelp})
			}
		}
		l := arrange(540, 800, nil, buttons, false)
		order := focusOrder(parts, stacks(540, buttons))
		order = slices.DeleteFunc(order, func(name string) bool { return l.rects[name].w == 0 }) // no button
		if !slices.IsSortedFunc(order, func(a, b string) int {
			if d := l.rects[a].y - l.rects[b].y; d != 0 {
				return int(d)
			}
			return int(l.rects[a].x - l.rects[b].x)
		}) {
			t.Errorf("%s: stacked buttons are gone through in the order %q", name, order)
		}
	})
}

// TestParts holds the tree of every dialog to a file that people can read.
func TestParts(t *testing.T) {
	var b strings.Builder
	inEveryState(func(name string, d prompt.Dialog, parts []part) {
		state, english := strings.CutPrefix(name, "en ")
		if !english {
			return
		}
		fmt.Fprintf(&b, "== %s (%s)\n", state, d.Kind)
		for _, p := range parts {
			b.WriteString(p.line())
		}
		fmt.Fprintf(&b, "Tab: %s\n\n", strings.Join(focusOrder(parts, false), ", "))
	})
	golden.Check(t, filepath.Join("testdata", "parts.txt"), b.String())
}

// line says all about a part on one line.
func (p part) line() string {
	line := fmt.Sprintf("%s %s", p.role, p.name)
	if p.label != "" {
		line += fmt.Sprintf(" called %q", p.label)
	}
	if p.text != "" {
		line += fmt.Sprintf(" says %q", p.text)
	}
	if p.does != "" {
		line += ": " + string(p.does)
	}
	for _, key := range p.keys {
		line += map[string]string{enter: " [Return]", escape: " [Escape]"}[key]
	}
	return line + "\n"
}
