package words_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"installordefer/internal/golden"
	"installordefer/prompt"
	"installordefer/prompt/examples"
	"installordefer/prompt/words"
)

// opened is a Tuesday in November, at noon.
var opened = time.Date(2026, 11, 24, 12, 40, 0, 0, time.FixedZone("", 3600))

func base() prompt.Dialog {
	return prompt.Dialog{
		Choices: []prompt.Choice{{For: 4 * time.Hour}},
		Own:     map[string]prompt.Texts{"": {Contact: "1234"}},
	}
}

func page(d prompt.Dialog, languages ...string) words.Page {
	return words.For(words.Person{Languages: languages}, d).Page(words.Opening(d))
}

// TestPage holds every state of every dialog in every language to a file that
// people can read.
func TestPage(t *testing.T) {
	for _, language := range append(words.Languages(), "en-US") {
		t.Run(language, func(t *testing.T) {
			var b strings.Builder
			for _, s := range examples.States {
				write(&b, s, page(s.Dialog(opened, base()), language))
			}
			golden.Check(t, filepath.Join("testdata", language+".txt"), b.String())
		})
	}
}

func write(b *strings.Builder, s examples.State, p words.Page) {
	fmt.Fprintf(b, "== %s: %s\n", s.Name, s.Title)
	line := func(mark, text string) {
		if text != "" {
			fmt.Fprintf(b, "%s%s\n", mark, text)
		}
	}
	line("# ", p.Heading)
	line("  ", p.Clock)
	line("", p.Body)
	for i, item := range p.Items {
		if i == 3 {
			break // many are many of the same
		}
		line("• ", item.Line())
	}
	line("", p.Progress)
	line("! ", p.Wrong)
	if p.PasswordLabel != "" {
		line("", p.PasswordLabel+" ("+p.Hidden+")")
	}
	for _, n := range p.Notes {
		line("- ", n)
	}
	line("? ", p.Help)
	line("", strings.TrimSpace(p.MenuTitle+" "+strings.Join(p.Menu, " | ")))
	for _, button := range []string{p.Defer, p.Run} {
		if button != "" {
			line("", "["+button+"]")
		}
	}
	b.WriteByte('\n')
}

func TestPageSaysTheDeadlineOnce(t *testing.T) {
	for _, s := range examples.States {
		d := s.Dialog(opened, base())
		p := page(d, "en")
		said := 0
		for _, text := range append([]string{p.Heading, p.Body, p.Defer, p.Run}, p.Notes...) {
			said += strings.Count(text, d.Deadline.Format("15:04"))
		}
		want := 1
		switch {
		case d.Kind == prompt.Password, d.Kind == prompt.Updating, d.NotAllowed && d.TimeLeft == 0:
			want = 0
		case d.Kind == prompt.RunNow:
			want = strings.Count(p.Heading, d.Deadline.Format("15:04")) // the countdown's end, and nothing else
		}
		if said != want {
			t.Errorf("%s says the deadline %d times, want %d: %+v", s.Name, said, want, p)
		}
	}
}
