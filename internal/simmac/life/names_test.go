package life

import (
	"strings"
	"testing"
	"time"

	"installordefer/internal/simmac"
	"installordefer/internal/simmac/story"
)

// The entries are those of real Macs' lists; the names are what a person says.
func TestNamesReachPeopleAsTheyAre(t *testing.T) {
	for _, c := range []struct{ label, title, version, name string }{
		{"Safari27.0TahoeAuto-27.0", "Safari", "27.0", "Safari 27.0"},
		{"macOS Tahoe 26.7-25G229", "macOS Tahoe 26.7", "26.7", "macOS Tahoe 26.7"},
		{"macOS Background Security Improvement (a)-25D771280a", "macOS Background Security Improvement (a)", "26.3.1 (a)", "macOS Background Security Improvement (a)"},
		{"SecUpd2014-002MtLion-1.0", "Security Update 2014-002", "1.0", "Security Update 2014-002"},
		{"Command Line Tools for Xcode 26.4-26.4.1", "Command Line Tools for Xcode 26.4", "26.4.1", "Command Line Tools for Xcode 26.4"},
		{"iTunesX-12.0", "iTunes", "12.0", "iTunes 12.0"},
		{"Command Line Tools for Xcode-15.3", "Command Line Tools for Xcode", "15.3", "Command Line Tools for Xcode 15.3"},
	} {
		t.Run(c.name+" is called so in the dialog, the log and the story", func(t *testing.T) {
			f := tahoe()
			f.Updates = []simmac.Update{{Label: c.label, Title: c.title, Version: c.version, SizeKiB: 1000, Appears: time.Minute}}
			l := live(t, f, 1, nil)
			dialogs := l.Mac.Journal.Of(simmac.DialogShown)
			if len(dialogs) == 0 {
				t.Fatal("no dialog was shown")
			}
			d := dialogs[0].Dialog
			if len(d.Updates) != 1 || d.Updates[0].Name != c.name {
				t.Errorf("the list has %+v", d.Updates)
			}
			var told strings.Builder
			teller := story.Teller{Out: &told}
			for _, e := range l.Mac.Journal.Events {
				teller.Tell(e, time.UTC)
			}
			teller.Say("%s", strings.Join(story.Summarise(l.Mac, l.Removed, l.Wakes), "\n"))
			if doubled := c.name + " " + c.version; strings.Contains(told.String(), doubled) {
				t.Errorf("it is called %q:\n%s", doubled, &told)
			}
			for _, want := range []string{"Apple offers " + c.name + ".", "Downloaded " + c.name + ".", "· " + c.name + "\n"} {
				if !strings.Contains(told.String(), want) {
					t.Errorf("the story does not say %q:\n%s", want, &told)
				}
			}
		})
	}
}
