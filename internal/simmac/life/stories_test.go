package life

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"installordefer/internal/simmac"
	"installordefer/internal/simmac/scenario"
	"installordefer/internal/simmac/story"
	"installordefer/pkg/profile"
)

// tell plays a scenario of docs/scenarios and returns its story, one line for
// each thing that happens: "2026-12-21 09:00:10 job The deadline has passed."
func tell(t *testing.T, name string) []string {
	t.Helper()
	return told(t, decoded(t, name), nil)
}

// decoded reads a scenario of docs/scenarios.
func decoded(t *testing.T, name string) *scenario.Scenario {
	t.Helper()
	data, err := os.ReadFile("../../../docs/scenarios/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenario.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// told plays a scenario, with other settings where they are not nil.
func told(t *testing.T, s *scenario.Scenario, settings map[string]any) []string {
	t.Helper()
	var out bytes.Buffer
	teller := &story.Teller{Out: &out}
	if _, err := Rehearse(s, "com.github.install-or-defer", settings, 0, func(e simmac.Event, zone *time.Location) {
		teller.Tell(e, zone)
	}); err != nil {
		t.Fatal(err)
	}
	teller.Flush()
	return dated(t, out.String())
}

// dated puts its day before each line of a story.
func dated(t *testing.T, text string) []string {
	t.Helper()
	var lines []string
	day := ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if d, err := time.Parse("Monday, 2 January 2006", line); err == nil {
			day = d.Format(time.DateOnly)
			continue
		}
		if len(line) > 8 && line[2] == ':' && line[5] == ':' {
			lines = append(lines, day+" "+line[:8]+" "+strings.Join(strings.Fields(line[8:]), " "))
		}
	}
	return lines
}

// A quiet is a time in which nothing of this program happens.
type quiet struct{ from, to, what string }

func TestStoriesOfDeadlines(t *testing.T) {
	for _, c := range []struct {
		name string
		// want stand in the story in this order, to the second.
		want []string
		// quiet holds the times in which no line has these words.
		quiet []quiet
	}{
		{"freeze", []string{
			"2026-12-18 09:00:19 job Updates were found. Deadline: 2026-12-21 09:00:19 GMT",
			"2026-12-20 21:11:41 job tom clicked Defer",
			"2027-01-10 03:00:19 job The deadline has passed. Updates install in 10 minutes",
			"2027-01-10 03:12:43 Mac Safari 27.0 is installed.",
		}, []quiet{{"2026-12-21", "2027-01-10 03:00:00", " "}}},
		{"apple-fails", []string{
			"2026-11-23 09:05:10 job Apple itself enforces macOS 26.7 by 2026-11-25 18:00:00 CET. Asking ben",
			"2026-11-24 09:05:19 job Apple itself enforces macOS 26.7",
			"2026-11-25 18:00:00 Mac Apple puts the enforcement of macOS 26.7 off by an hour.",
			"2026-11-26 18:00:21 job Apple was to enforce macOS 26.7 by 2026-11-25 18:00:00 CET, but has put it off again and again. The deadline has passed. The updates need a person",
		}, []quiet{{"2026-11-24 18:00:00", "2026-11-26 18:00:00", " screen "}, {"2026-11-23", "2026-11-28", "by force"}}},
		{"two-dates", []string{
			"2026-11-23 09:00:19 job Updates were found. Deadline: 2026-11-28 09:00:19 CET",
			"2026-11-23 09:29:14 job The deadline is in 4 days and 23 hours. Apple itself enforces what it was told to by 2026-11-26 18:00:00 CET.",
			"2026-11-25 09:31:16 job The deadline is in 2 days and 23 hours. Apple itself enforces what it was told to by 2026-11-26 18:00:00 CET.",
			"2026-11-25 01:00:00 Mac The time zone is now America/Los_Angeles.",
			"2026-11-26 18:00:00 Mac Apple enforces macOS Tahoe 26.6.2 and restarts the Mac.",
			"2026-11-27 00:33:17 job The deadline is in 23 hours and 27 minutes. Asking chen",
		}, []quiet{{"2026-11-26 17:00:00", "2026-11-26 18:19:00", " screen "}}},
		{"bad-update", []string{
			"2026-11-24 09:00:20 screen “Updates start at 09:10”, 10:00 left",
			"2026-11-24 09:08:00 Mac An administrator holds the Mac for 8 hours.",
			"2026-11-24 09:08:01 job This Mac is held until 2026-11-24 17:08:00 CET.",
			"2026-11-27 10:00:10 job The hold has ended. Whoever is at the screen has 1 hour of notice before anything counts down (MinimumNotice).",
			"2026-11-27 10:00:19 screen “This is the last reminder before your Mac updates” [Run Updates] [Wait Until 11:00]",
			"2026-11-27 11:00:19 job The deadline has passed. Updates install in 10 minutes",
		}, []quiet{{"2026-11-24 09:08:05", "2026-11-27 10:00:00", " screen "}, {"2026-11-24 09:08:05", "2026-11-27 10:00:00", " job "}}},
		{"ward", []string{
			"2026-11-23 14:34:08 job grace clicked Run Updates after 15 seconds.",
			"2026-11-23 14:34:23 job Prepared macOS Tahoe 26.7; the restart installs it.",
			"2026-11-23 14:34:23 job 1 other person is logged in, and the deadline has not passed. The Mac is not restarted.",
			"2026-11-25 05:00:00 person The screen is locked.",
			"2026-11-25 09:00:20 screen “This is the last reminder before your Mac updates” [Run Updates] [Wait Until 10:00]",
			"2026-11-25 09:05:00 person The screen is locked.",
			"2026-11-25 17:05:20 job The deadline has passed. Updates install in 10 minutes",
			"2026-11-25 17:20:33 job 1 other person is logged in, too, and cannot see this.",
			"2026-11-25 17:25:54 Mac The Mac is restarted by force.",
			"2026-11-25 17:45:14 Mac macOS Tahoe 26.7 is installed.",
		}, []quiet{{"2026-11-23", "2026-11-25 17:25:00", "by force"}, {"2026-11-23", "2026-11-25 17:15:00", "asks apps to quit"}, {"2026-11-25 09:10:03", "2026-11-25 17:05:00", " screen "}}},
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

// A profile that goes and comes back, on the fifth day of fourteen.
func TestAProfileThatVanishesIsNothingThatIsDueAtOnce(t *testing.T) {
	two := map[string]any{"MaxDeferralTime": 1209600, "DeferralPeriod": 28800}
	one := map[string]any{"MaxDeferralTime": 86400, "DeferralPeriod": 28800}
	const gone, countdown = "The profile /Library/Managed Preferences/com.github.install-or-defer.plist is gone.", "The deadline has passed."
	for _, c := range []struct {
		name  string
		back  time.Duration
		as    map[string]any
		want  []string
		quiet []quiet
		lines int // of the log, about the profile
	}{
		{"for twelve minutes", 12 * time.Minute, two, []string{
			"2026-09-25 10:00:10 job " + gone + " Its settings go on as they were until it has been away for 1 day.",
			"2026-09-25 10:15:10 job The profile /Library/Managed Preferences/com.github.install-or-defer.plist is back after 15 minutes.",
			"2026-10-05 09:00:20 job " + countdown,
		}, []quiet{{"2026-09-25", "2026-10-05 09:00:20", countdown}}, 2},
		{"for longer than a day", 30 * time.Hour, two, []string{
			"2026-09-25 10:00:10 job " + gone,
			"2026-09-26 10:00:10 job The profile /Library/Managed Preferences/com.github.install-or-defer.plist has been away for 1 day. Its settings no longer count.",
			"2026-09-26 10:00:10 job MaxDeferralTime is now 3 days instead of 14 days, so the deadline would be 2026-09-24 09:00:20 CEST. That is less than 1 hour of notice, so it is 2026-09-26 11:00:10 CEST.",
			"2026-09-26 10:00:10 screen “This is the last reminder before your Mac updates” [Run Updates] [Wait Until 11:00]",
			"2026-09-26 11:00:11 job " + countdown,
		}, []quiet{{"2026-09-25", "2026-09-26 11:00:10", countdown}}, 2},
		{"and comes back with one day", 12 * time.Minute, one, []string{
			"2026-09-25 10:15:10 job MaxDeferralTime is now 1 day instead of 14 days, so the deadline would be 2026-09-22 09:00:20 CEST. That is less than 1 hour of notice, so it is 2026-09-25 11:15:10 CEST.",
			"2026-09-25 10:15:19 screen “This is the last reminder before your Mac updates” [Run Updates] [Wait Until 11:15]",
			"2026-09-25 11:15:19 job " + countdown,
		}, []quiet{{"2026-09-25", "2026-09-25 11:15:10", countdown}}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := decoded(t, "profile-vanishes")
			s.Events = []scenario.Event{{At: scenario.Duration(97 * time.Hour), Do: "remove settings"},
				{At: scenario.Duration(97*time.Hour + c.back), Do: "settings", Settings: c.as}}
			lines := told(t, s, nil)
			inOrder(t, lines, c.want)
			for _, q := range c.quiet {
				q.check(t, lines)
			}
			about := slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return !strings.Contains(l, " job The profile ") })
			if len(about) != c.lines {
				t.Errorf("the log has %d lines about the profile: %q", len(about), about)
			}
		})
	}
}

// inOrder makes sure that a story has lines that begin like that, in this order.
func inOrder(t *testing.T, story, want []string) {
	t.Helper()
	rest := story
	for _, w := range want {
		i := 0
		for i < len(rest) && !strings.HasPrefix(rest[i], w) {
			i++
		}
		if i == len(rest) {
			t.Fatalf("the story does not have %q in its place:\n%s", w, strings.Join(story, "\n"))
		}
		rest = rest[i+1:]
	}
}

// TestProfilesForOrganizationsDoWhatTheyNeed plays each in the scenario of its name.
func TestProfilesForOrganizationsDoWhatTheyNeed(t *testing.T) {
	for _, c := range []struct {
		name  string
		want  []string
		quiet []quiet
	}{
		{"law-firm", []string{
			"2026-12-14 14:00:19 job Updates were found. Deadline: 2026-12-19 14:00:19 CET",
			"2027-01-04 08:10:00 Mac The Mac wakes.",
			"2027-01-04 13:00:19 screen “This is the last reminder before your Mac updates” [Run Updates] [Wait Until 18:00]",
			"2027-01-04 18:00:20 job The deadline has passed. Updates install in 10 minutes",
			"2027-01-04 18:30:08 Mac macOS Tahoe 26.7 is installed.",
		}, []quiet{{"2027-01-04 08:00:00", "2027-01-04 13:00:00", " screen "}, {"2027-01-04 13:00:21", "2027-01-04 18:00:00", " screen "}}},
		{"school", []string{
			"2026-12-03 09:00:19 job Updates were found. Deadline: 2026-12-04 09:00:19 EST",
			"2026-12-03 16:27:44 job The deadline is in 16 hours and 32 minutes. Asking pupil",
			"2026-12-04 16:30:19 job The deadline has passed. Updates install in 10 minutes",
		}, []quiet{{"2026-12-03 07:00:00", "2026-12-03 16:00:00", " screen "}, {"2026-12-04 07:00:00", "2026-12-04 16:30:00", " screen "}}},
		{"hospital", []string{
			"2026-11-23 09:00:19 job Updates were found. Deadline: 2026-11-24 09:00:19 AEDT",
			"2026-11-29 03:00:19 job The deadline has passed. Updates install in 10 minutes",
			"2026-11-29 03:10:19 job The deadline has passed and the countdown has ended. Installing updates.",
		}, []quiet{{"2026-11-23", "2026-11-29 03:00:00", " screen "}, {"2026-11-29 04:00:00", "2027", " screen "}}},
		{"on-call", []string{
			"2026-11-23 13:20:00 Mac An administrator holds the Mac for 12 hours.",
			"2026-11-24 01:20:20 job The deadline is in 6 days and 7 hours. Asking kim",
			"2026-11-24 13:21:41 job MaxDeferrals is 5, so the deadline is 2026-11-24 17:21:42 PST.",
			"2026-11-24 17:21:42 screen “This is the last reminder before your Mac updates” [Run Updates] [Wait Until 18:21]",
			"2026-11-24 18:21:52 job The deadline has passed. Updates install in 10 minutes",
		}, []quiet{{"2026-11-23 13:20:00", "2026-11-24 01:20:00", " screen "}}},
		{"twelve-zones", []string{
			"2026-11-23 09:00:19 job Updates were found. Deadline: 2026-12-04 18:00:00 JST, in 11 days and 9 hours (DeadlineDate).",
			"2026-12-01 14:00:00 Mac The time zone is now Pacific/Honolulu.",
			"2026-12-03 19:01:22 job This is the last prompt before the deadline in 3 hours and 58 minutes.",
			"2026-12-04 18:00:20 job The deadline has passed. Updates install in 10 minutes",
		}, []quiet{{"2026-12-03 23:00:00", "2026-12-04 18:00:00", " screen "}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			data, err := os.ReadFile("../../../docs/profiles/" + c.name + ".mobileconfig")
			if err != nil {
				t.Fatal(err)
			}
			settings, err := profile.Settings(string(profile.DefaultIdentity.ID), data)
			if err != nil {
				t.Fatal(err)
			}
			lines := told(t, decoded(t, c.name), settings)
			inOrder(t, lines, c.want)
			for _, q := range c.quiet {
				q.check(t, lines)
			}
		})
	}
}

func (q quiet) check(t *testing.T, lines []string) {
	t.Helper()
	for _, line := range lines {
		if line >= q.from && line < q.to && strings.Contains(line, q.what) {
			t.Errorf("between %s and %s: %s", q.from, q.to, line)
		}
	}
}
