package life

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"installordefer/internal/simmac"
	"installordefer/internal/simmac/scenario"
	"installordefer/internal/simmac/story"
)

// What people who do this job reported and captured, played on a Mac.
func TestFieldReports(t *testing.T) {
	for _, tt := range []struct {
		file, sentence string
		right          func(played) bool
	}{
		{"rapid-in-spanish", "a rapid update in any language is the person's to install, in its own pane", func(p played) bool {
			return p.has(simmac.PaneOpened, "SecurityImprovements") && p.count(simmac.ToolRan, "softwareupdate --install") == 0
		}},
		{"wants-an-owner", "what wants an owner's password is handed to the person after one try", func(p played) bool {
			return p.has(simmac.PaneOpened, "Software-Update") && p.count(simmac.ToolRan, "softwareupdate --install") == 1
		}},
		{"hyphen", "what Apple does not recommend keeps no job", func(p played) bool { return p.removed }},
		{"cause-before-summary", "the log names the cause, and has the last lines", func(p played) bool {
			return p.has(simmac.Logged, `could not install "Safari27.0TahoeAuto-27.0": Error downloading Safari: The operation couldn’t be completed. (PKDownloadError error 8.)`) &&
				p.has(simmac.Logged, "Apple's tool said: Error downloading updates.")
		}},
		{"one-of-two-together", "the cause stays with its own update, which is not said to be on the disk", func(p played) bool {
			return p.has(simmac.Logged, `could not install "ProVideoFormats-3.1": Apple's servers cannot be reached`) && !p.has(simmac.Logged, "It is on the disk")
		}},
		{"deadline-in-a-download", "a silent download ends at the deadline, no other begins, and notice comes first", func(p played) bool {
			final := p.first(simmac.DialogShown, "run-now")
			asked := p.first(simmac.DialogShown, "run-or-defer")
			return 5*time.Minute < asked && asked < 12*time.Minute && final >= asked+10*time.Minute && final < 25*time.Minute && p.count(simmac.ToolRan, "softwareupdate --download") == 1
		}},
		{"hung-download", "a download that hung delays no further prompt", func(p played) bool {
			return p.count(simmac.ToolRan, "softwareupdate --download") == 1 && p.count(simmac.DialogShown, "run-or-defer") > 5
		}},
	} {
		t.Run(tt.sentence, func(t *testing.T) {
			if p := play(t, "testdata/field/"+tt.file+".json"); !tt.right(p) {
				t.Errorf("it is not so:\n%s", p.story)
			}
		})
	}
}

func TestAMacDoesNotFallAsleepOverAnInstallation(t *testing.T) {
	f := tahoe()
	f.Updates[1].Download = 3 * time.Hour
	f.Accounts[0].Person.Temper = simmac.Runs
	l := live(t, f, 1, nil)
	if n := l.Mac.Journal.Count(simmac.FellAsleep); n > 0 || l.Mac.OS().Version != "26.7" {
		t.Errorf("it fell asleep %d times, and macOS %s runs", n, l.Mac.OS().Version)
	}
}

func TestAWakeThatDoesSomethingSaysWhatItRunsOn(t *testing.T) {
	p := play(t, "testdata/field/hyphen.json")
	lines := p.of(simmac.Logged, "")
	if len(lines) < 2 || lines[0].Text != "Install or Defer 1.0.0 on macOS 26.6 (25G72), Intel." {
		t.Errorf("the log begins %q", lines[0].Text)
	}
	wakes := 0
	for _, e := range p.events {
		if e.Kind == simmac.JobStarted {
			wakes++
		}
	}
	if said := p.count(simmac.Logged, "Install or Defer 1.0.0 on macOS"); said == 0 || said > wakes {
		t.Errorf("it is said %d times in %d wakes", said, wakes)
	}
}

// played is what came of a scenario.
type played struct {
	events  []simmac.Event
	removed bool
	story   string
}

func play(t *testing.T, file string) played {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenario.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	var p played
	var told strings.Builder
	teller := story.Teller{Out: &told}
	l, err := Rehearse(s, id, nil, 0, func(e simmac.Event, zone *time.Location) {
		e.Argv = slices.Clone(e.Argv)
		p.events = append(p.events, e)
		teller.Tell(e, zone)
	})
	if err != nil {
		t.Fatal(err)
	}
	p.removed, p.story = l.Removed, told.String()
	return p
}

// of are the events of a kind that have a text.
func (p played) of(k simmac.Kind, text string) []simmac.Event {
	var found []simmac.Event
	for _, e := range p.events {
		if e.Kind == k && strings.Contains(e.Name+" "+e.Text+" "+strings.Join(e.Argv, " "), text) {
			found = append(found, e)
		}
	}
	return found
}

func (p played) has(k simmac.Kind, text string) bool { return p.count(k, text) > 0 }

func (p played) count(k simmac.Kind, text string) int { return len(p.of(k, text)) }

// first is when the first such event came; -1 if none did.
func (p played) first(k simmac.Kind, text string) time.Duration {
	if found := p.of(k, text); len(found) > 0 {
		return found[0].At
	}
	return -1
}
