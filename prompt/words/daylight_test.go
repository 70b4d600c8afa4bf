package words_test

import (
	"testing"
	"time"

	"installordefer/prompt"
	"installordefer/prompt/words"
)

// Daylight saving begins between the prompt and the deadline, and the dialog comes
// as the helper gets it: each time with the offset of its own day.
func TestDaylightSavingBeginsBeforeTheDeadline(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skipf("this machine has no time zones: %v", err)
	}
	opened := time.Date(2026, 3, 27, 23, 30, 0, 0, berlin)
	deadline := time.Date(2026, 3, 30, 0, 10, 0, 0, berlin)
	choices := []prompt.Choice{
		{For: 15 * time.Minute, Until: opened.Add(15 * time.Minute)},
		{For: 26 * time.Hour, Until: opened.Add(26 * time.Hour)},
		{For: 28 * time.Hour, Until: opened.Add(28 * time.Hour)},
	}
	sent := prompt.Dialog{ID: "1", Kind: prompt.RunOrDefer, Updates: []prompt.Item{{Name: "Safari 27.0"}}, Choices: choices,
		Opened: opened, Deadline: deadline, TimeLeft: deadline.Sub(opened), Timeout: time.Hour}
	line, err := prompt.EncodeDialog(sent)
	if err != nil {
		t.Fatal(err)
	}
	d, err := prompt.DecodeDialog(line)
	if err != nil {
		t.Fatal(err)
	}
	s := words.For(words.Person{Languages: []string{"en"}}, d)
	m := words.Opening(d)
	for i, want := range []string{"Remind Me at 23:45", "Remind Me Sunday at 01:30", "Remind Me Sunday at 04:30"} {
		m.Choice = i
		if p := s.Page(m); p.Defer != want {
			t.Errorf("deferral %d is %q, want %q", i, p.Defer, want)
		}
	}
	if p := s.Page(m); p.Heading != "Updates are due Monday at 00:10" {
		t.Errorf("the heading is %q", p.Heading)
	}
}
