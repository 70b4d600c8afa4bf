package fit

import (
	"strings"
	"testing"
	"time"

	"installordefer/prompt"
	"installordefer/prompt/examples"
	"installordefer/prompt/words"
)

// TestEveryTextInEveryLanguageFits measures all that the dialogs say by
// themselves, with the longest deadline and names of updates.
func TestEveryTextInEveryLanguageFits(t *testing.T) {
	// A Wednesday in September, and a year to be said with it: the longest dates.
	opened := time.Date(2026, 9, 30, 22, 48, 0, 0, time.FixedZone("CEST", 7200))
	for _, language := range words.Languages() {
		for _, s := range examples.States {
			d := s.Dialog(opened, prompt.Dialog{
				Language: language, Help: "https://help.example.com",
				Choices: []prompt.Choice{{For: 30 * time.Minute}, {For: 4 * time.Hour}, {For: 21 * 24 * time.Hour}},
			})
			for choice := range max(1, len(d.Choices)) {
				m := words.Opening(d)
				m.Choice = choice
				p := words.For(words.Person{}, d).Page(m)
				for _, misfit := range Misfits(p) {
					t.Errorf("%s, %s: %q: %s", language, s.Name, misfit.Text, misfit.Why)
				}
				if n := lines(p.Body, Column, textFont); n > 5 {
					t.Errorf("%s, %s: its own text takes %d lines", language, s.Name, n)
				}
			}
		}
	}
}

func TestWhatDoesNotFitIsTold(t *testing.T) {
	long := strings.Repeat("Aktualisierung ", 20)
	for _, test := range []struct {
		name string
		page words.Page
		want string
	}{
		{"nothing", words.Page{}, ""},
		{"a heading of two lines", words.Page{Heading: strings.Repeat("Updates ", 10)}, ""},
		{"a heading of three", words.Page{Heading: strings.Repeat("Updates ", 15)}, "a heading of about 3 lines"},
		{"a long text", words.Page{Body: strings.Repeat("x\n", 20) + "x"}, "a text of about 21 lines"},
		{"a text of a small screen", words.Page{Body: strings.Repeat("x\n", 19) + "x"}, ""},
		{"a button", words.Page{Run: "Später daran erinnern, wenn es besser passt"}, ""},
		{"a button wider than the window", words.Page{Defer: "Später noch einmal daran erinnern, wenn es mir und allen anderen hier besser passt"}, "will not fit a button"},
		{"a note", words.Page{Notes: []string{long}}, "takes about 5 lines"},
		{"a menu", words.Page{MenuTitle: "Erinnern:", Menu: []string{long}}, "will not fit its line"},
		{"a row of the list", words.Page{Items: []words.Item{{Details: long}}}, "will not fit the list"},
	} {
		got := Misfits(test.page)
		if (len(got) == 0) != (test.want == "") || len(got) > 0 && !strings.Contains(got[0].Why, test.want) {
			t.Errorf("%s: %v, want %q", test.name, got, test.want)
		}
	}
}

func TestButtonsStackWhereTheyDoNotFitBesideEachOther(t *testing.T) {
	for _, test := range []struct {
		run, later string
		help       string
		want       bool
	}{
		{"Run Updates", "Remind Me at 16:40", "", false},
		{"Die Aktualisierungen jetzt installieren", "Später daran erinnern, wenn es besser passt", "", true},
		{"", "Später daran erinnern, wenn es besser passt", "", false},
		{"Mettre à jour maintenant", "Me le rappeler plus tard dans", "", false},
		{"Mettre à jour maintenant ou", "Me le rappeler plus tard dans la", "Aide", true},
	} {
		if got := Stacks(words.Page{Run: test.run, Defer: test.later, Help: test.help}); got != test.want {
			t.Errorf("%q and %q stack: %v", test.run, test.later, got)
		}
	}
}

func TestLinesBreakWhereTheyDoOnAMac(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, " ": 0, "x": 1, "x\nx": 2, "x\n\nx": 3,
		strings.Repeat("x", 100): 2,
		"Run them when it suits you. Otherwise they start at that time, and your Mac restarts.": 2,
		strings.Repeat("更新", 16): 1, strings.Repeat("更新", 17): 2,
		"e" + strings.Repeat("\u0301", 300): 1,
	} {
		if got := lines(text, Column, textFont); got != want {
			t.Errorf("%.40q takes %d lines, want %d", text, got, want)
		}
	}
}
