package life

import (
	"strings"
	"testing"
	"time"

	"installordefer/internal/simmac"
)

// TestAMacThatNobodyThereCanUpdateIsQuiet lives the week of a lab whose students do not
// own the volume.
func TestAMacThatNobodyThereCanUpdateIsQuiet(t *testing.T) {
	s := decoded(t, "student-lab")
	l, err := Of(s, id, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Mac.Close()
	l.Mac.EndAt(5 * 24 * time.Hour) // then somebody comes who can
	blocked := 0
	l.Each = func(Wake) {
		data, _ := l.Mac.Disk().Get(l.layout.StatusFile())
		text := readable(t, l.layout.StatusFile(), data)
		if who := l.Mac.Console(); who != nil && strings.Contains(text, "blocked") && strings.Contains(text, "volume owner") {
			blocked++
		}
	}
	l.Live(5 * 24 * time.Hour)
	checks, entries, told := map[int]int{}, map[int]int{}, map[int]int{}
	for _, e := range l.Mac.Journal.Of(simmac.Logged, simmac.DialogShown) {
		day := int(e.At / (24 * time.Hour))
		switch {
		case e.Kind == simmac.DialogShown:
			told[day]++
		case strings.Contains(e.Text, "Checking for updates"):
			checks[day]++
		default:
			entries[day]++
		}
	}
	for day := 2; day < 5; day++ { // the first after the deadline has an installation
		if checks[day] > 4 || entries[day] > 30 || told[day] > 1 {
			t.Errorf("on day %d Apple is asked %d times, the log has %d entries beside, and there are %d dialogs", day, checks[day], entries[day], told[day])
		}
	}
	if blocked < 50 {
		t.Errorf("the status says after %d wakes that a volume owner is missing", blocked)
	}
}

// TestStoriesOfPeopleWhoCannotNow is about people who are away, busy or not allowed to.
func TestStoriesOfPeopleWhoCannotNow(t *testing.T) {
	for _, c := range []struct {
		name  string
		want  []string
		quiet []quiet
	}{
		{"court", []string{
			"2026-12-11 12:33:11 job Downloaded macOS Tahoe 26.7.",
			"2026-12-11 16:00:00 Mac The Mac falls asleep.",
			"2026-12-14 12:00:00 Mac The Mac wakes without its display.",
			"2027-01-04 08:10:00 Mac The Mac wakes.",
			"2027-01-04 08:10:20 job The deadline has passed, and whoever is at the screen has 1 hour of notice. Asking iris",
			"2027-01-04 08:10:40 job iris clicked Defer after 20 seconds. Nothing counts down for them before 2027-01-04 09:10:20 CET (MinimumNotice).",
			"2027-01-04 08:15:00 Mac A call in MSTeams begins.",
			"2027-01-04 09:25:29 job The deadline has passed. Updates install in 10 minutes unless iris starts them earlier (UpdateDelay).",
			"2027-01-04 09:55:18 Mac macOS Tahoe 26.7 is installed.",
		}, []quiet{{"2026-12-11 16:00:00", "2027-01-04 08:10:00", " job "}, {"2027-01-04", "2027-01-05", "ownload"}, {"2027-01-04 08:15:00", "2027-01-04 09:25:20", " screen "}}},
		{"consent", []string{
			"2026-11-23 09:00:18 job dana clicked Run Updates after 15 seconds.",
			"2026-11-23 09:00:18 screen “The battery is too low for the updates” [Not Now]",
			"2026-11-23 16:58:00 Mac The power adapter is connected; the battery holds 9 %.",
			"2026-11-23 17:02:30 Mac The call in Keynote ends.",
			"2026-11-23 17:04:49 job Run Updates was clicked 8 hours and 4 minutes ago, and nothing is in the way any more. Updates install in 5 minutes unless dana puts them off (HardRestartDelay).",
			"2026-11-23 17:08:00 Mac The Mac falls asleep.",
			"2026-11-24 08:39:50 job The deadline is in 23 hours and 50 minutes. Asking dana to run updates or to defer.",
		}, []quiet{{"2026-11-23 16:58:00", "2026-11-23 17:04:40", " screen "}, {"2026-11-23", "2026-11-25 08:39:00", "job Installing"}}},
		{"student-lab", []string{
			"2026-11-24 08:05:19 job The deadline has passed. Nobody is logged in. Installing updates.",
			"2026-11-24 08:06:13 Mac Safari 26.4 is installed.",
			"2026-11-24 14:10:21 job The deadline has passed, but the updates need a person. Nobody is logged in.",
			"2026-11-25 09:00:11 screen “Ask IT to update this Mac” [OK]",
			"2026-11-26 10:05:11 screen “Ask IT to update this Mac” [OK]",
			"2026-11-27 11:10:11 screen “Ask IT to update this Mac” [OK]",
			"2026-11-28 10:39:41 Mac Mejora de seguridad en segundo plano de macOS (a) is installed.",
		}, []quiet{{"2026-11-25 09:00:12", "2026-11-26 10:05:00", " screen “"}, {"2026-11-26 10:05:12", "2026-11-27 11:10:00", " screen “"}, {"2026-11-23", "2026-11-30", "force"}}},
		{"administrators", []string{
			"2026-11-23 09:05:11 job Whoever is at the screen is no administrator, and device management lets nobody else install updates on this Mac. Telling marie",
			"2026-11-23 09:05:11 screen “Ask IT to update this Mac by Wednesday at 09:00” [OK]",
			"2026-11-24 10:10:11 screen “Ask IT to update this Mac by tomorrow at 09:00” [OK]",
			"2026-11-26 10:00:21 job The deadline has passed. The updates need a person",
			"2026-11-26 10:39:41 Mac macOS Tahoe 26.7 is installed.",
		}, []quiet{{"2026-11-23 09:05:12", "2026-11-24 10:10:00", " screen “"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			lines := tell(t, c.name)
			inOrder(t, lines, c.want)
			for _, q := range c.quiet {
				q.check(t, lines)
			}
		})
	}
}
