package budget

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"installordefer/deferral"
	"installordefer/deferral/settings"
	"installordefer/deferral/statefile"
	"installordefer/internal/clock"
	"installordefer/internal/macos"
	"installordefer/launchd"
	"installordefer/prompt"
	"installordefer/prompt/words"
	"installordefer/softwareupdate"
)

// updates makes n updates as Apple's tool lists them.
func updates(n int) []byte {
	var b strings.Builder
	b.WriteString("Software Update found the following new or updated software:\n")
	for i := range n {
		fmt.Fprintf(&b, "* Label: Tool%d-%d\n\tTitle: Tool %d, Version: %d, Size: 1024KiB, Recommended: YES, \n", i, i, i, i)
	}
	return []byte(b.String())
}

// grown are the things whose cost may grow with what they are given, and no
// faster.
var grown = []struct {
	name string
	do   func(n int) func()
}{
	{"reading a list of updates", func(n int) func() {
		text := updates(n)
		return func() { softwareupdate.ParseList(text, nil) }
	}},
	{"reading a title", func(n int) func() {
		text := []byte("* Label: a-1\n\tTitle: " + strings.Repeat("a, ", n) + "Version: 1, Recommended: YES, \n")
		return func() { softwareupdate.ParseList(text, nil) }
	}},
	{"judging a list", func(n int) func() {
		list := softwareupdate.ParseList(updates(n), nil)
		return func() { softwareupdate.Scope{}.JudgeList(list) }
	}},
	{"deciding about updates", func(n int) func() {
		s := waiting(n)
		return func() { deferral.Decide(s) }
	}},
	{"filling in a text", func(n int) func() {
		text := strings.Repeat("Updates are due <<with a restart>> in %DEFER_HOURS%{{, or later}}.\n", n)
		return func() { prompt.Expand(text, true, false, func(string, string) string { return "Safari" }) }
	}},
	{"naming updates", func(n int) func() {
		d := prompt.Dialog{Kind: prompt.RunOrDefer, Own: map[string]prompt.Texts{"": {Body: "%UPDATE_LIST%"}}}
		for i := range n {
			d.Updates = append(d.Updates, prompt.Item{Name: fmt.Sprintf("Tool %d", i)})
		}
		return func() { words.For(words.Person{}, d).Page(words.Opening(d)) }
	}},
	{"reading who is at the screen", func(n int) func() {
		text := []byte("<dictionary> {\n  Name : ada\n  UID : 501\n  SessionInfo : <array> {\n" +
			strings.Repeat("    0 : <dictionary> {\n      kCGSSessionUserIDKey : 501\n    }\n", n) + "  }\n}\n")
		return func() { launchd.ParseConsoleUser(text) }
	}},
}

// waiting is a Mac in a round with n updates, deferred.
func waiting(n int) deferral.Situation {
	now := clock.Moment{Wall: time.Date(2026, 9, 21, 12, 0, 0, 0, time.UTC), Continuous: time.Hour, Boot: "1"}
	var found []deferral.Update
	for i := range n {
		found = append(found, deferral.Update{Label: fmt.Sprint("Tool-", i), Name: "Tool 1"})
	}
	machine := macos.Machine{Build: "25G72"}
	st := deferral.State{Migrated: true}.Checked(deferral.Found, found, settings.Defaults(), machine, now, time.UTC)
	return deferral.Situation{Settings: settings.Defaults(), State: st.Prompted().Deferred(4*time.Hour, now), Now: now, Machine: machine, Zone: time.UTC}
}

func TestWorkGrowsNoFasterThanWhatItIsGiven(t *testing.T) {
	const few, many = 1000, 10_000
	for _, g := range grown {
		of := func(n int) float64 {
			do := g.do(n)
			do() // what is made once is made here
			return float64(allocated(do))
		}
		small, large := of(few), of(many)
		t.Logf("%s: %.0f bytes for %d, %.0f for %d: %.1f times", g.name, small, few, large, many, large/max(small, 1))
		// Twice as much, because slices grow in steps, and a page for what does
		// not depend on the number.
		if most := 2*many/few*small + 4096; large > most {
			t.Errorf("%s: ten times as much takes %.1f times the memory", g.name, large/small)
		}
	}
}

func TestTheStateDoesNotGrowWithHistory(t *testing.T) {
	after := func(n int) int {
		s := waiting(2)
		st := s.State
		for i := range n {
			now := s.Now
			now.Wall, now.Continuous = now.Wall.Add(time.Duration(i)*time.Hour), now.Continuous+time.Duration(i)*time.Hour
			st = st.Prompted().Deferred(4*time.Hour, now)
			st = st.Checked(deferral.Unknown, nil, s.Settings, s.Machine, now, time.UTC)
			st = st.DownloadEnded([]string{"Tool-0"}).Unanswered(s.Settings, now).Failed("the disk is full", now)
		}
		data, err := statefile.Encode(st)
		if err != nil {
			t.Fatal(err)
		}
		return len(data)
	}
	// The counters take a few digits more.
	if ten, thousands := after(10), after(5000); thousands > ten+50 {
		t.Errorf("the state has %d bytes after 10 prompts and %d after 5000", ten, thousands)
	}
}
