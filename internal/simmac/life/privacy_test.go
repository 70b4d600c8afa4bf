package life

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"installordefer/internal/plist"
	"installordefer/internal/simmac"
)

// watched is what nobody who reads what the job has written may learn: which app
// somebody used, what it told macOS, that a camera ran, how long somebody was idle.
var watched = regexp.MustCompile(`(?i)zoom|facetime|teams|chrome|keynote|textedit|a/v conference|webrtc|camera|microphone|\bidle\b|HIDIdleTime|assertion`)

// lockLength is a length of time that somebody was away, as the log would say it.
// The job keeps one such length, in its own state, and says it to nobody.
var lockLength = regexp.MustCompile(`(?i)(locked|away|absent|inactive) (for|since) (?:\d|a |an )`)

// TestTwoWeeksOfThreePeopleLeaveNothingOfWhatTheyDid is what a works council looks
// for: two weeks with calls, locks, three users and the removal of the job, and then
// everything that was written at any time.
func TestTwoWeeksOfThreePeopleLeaveNothingOfWhatTheyDid(t *testing.T) {
	f := tahoe()
	f.Accounts[0].Person.Temper = simmac.Defers
	for i, name := range []string{"benedikt", "cydney"} {
		f.Accounts = append(f.Accounts, simmac.Account{Name: name, FullName: "B C", UID: 502 + i, Owner: true, Person: simmac.Person{Temper: simmac.Defers}})
	}
	r := reading{t: t, written: map[string]int{}, last: map[string]string{}}
	busy, locked := 0, 0
	l := live(t, f, 14, func(l *Life) {
		m := l.Mac
		if err := l.Settings(map[string]any{"MaxDeferralTime": 9 * 24 * 3600, "DeferralPeriod": 4 * 3600, "KeepHistory": true}); err != nil {
			t.Fatal(err)
		}
		fortnight(m)
		l.Each = func(Wake) {
			r.files(l)
			if m.Locked() {
				locked++
			}
			if len(m.Calls()) > 0 {
				busy++
			}
		}
	})
	for _, e := range l.Mac.Journal.Of(simmac.Logged) {
		r.look("the log", e.Text)
	}
	for _, e := range l.Mac.Journal.Of(simmac.DialogShown) {
		r.look("a dialog", e.Text)
	}
	if !l.Removed || busy < 20 || locked < 20 {
		t.Fatalf("removed %v, %d wakes during a call, %d behind a lock", l.Removed, busy, locked)
	}
	for _, where := range []string{"the log", l.layout.StatusFile(), l.layout.HistoryFile(), l.layout.StateFile(), l.layout.LocalFile()} {
		if r.written[where] == 0 {
			t.Errorf("nothing was read of %s: %v", where, r.written)
		}
	}
	for _, path := range []string{l.layout.StatusFile(), l.layout.HistoryFile()} {
		data, _ := l.Mac.Disk().Get(path)
		for _, name := range []string{"ada", "benedikt", "cydney"} {
			if regexp.MustCompile(`\b` + name + `\b`).Match(data) {
				t.Errorf("%s names %s: %s", path, name, data)
			}
		}
	}
}

// fortnight is what happens in two weeks: each day a call, two locks, and somebody
// else at the Mac.
func fortnight(m *simmac.Mac) {
	calls := []string{"zoom.us", "FaceTime", "MSTeams", "Google Chrome"}
	for day := range 14 {
		at := func(hours float64) time.Duration {
			return time.Duration((float64(day)*24 + hours) * float64(time.Hour))
		}
		app := calls[day%len(calls)]
		m.At(at(0.6), func() { m.Call(app, true) })
		m.At(at(2.2), func() { m.Call(app, false) })
		m.At(at(3.1), m.Lock)
		m.At(at(3.72), m.Unlock)
		m.At(at(4.5), func() { m.SwitchTo([]string{"benedikt", "cydney", "ada"}[day%3]) })
		m.At(at(6), m.Lock)
		m.At(at(7.37), m.Unlock)
		m.At(at(9), func() { m.SwitchTo("ada") })
	}
}

// A reading is everything that was written, by where.
type reading struct {
	t       *testing.T
	written map[string]int    // how often, so that a test that sees nothing fails
	last    map[string]string // what each file held
}

// files reads the files of the job that have changed.
func (r *reading) files(l *Life) {
	disk := l.Mac.Disk()
	for _, path := range disk.Paths() {
		data, there := disk.Get(path)
		if there && strings.Contains(path, id) && path != l.layout.JobFile() && string(data) != r.last[path] {
			r.last[path] = string(data)
			r.look(path, readable(r.t, path, data))
		}
	}
}

func (r *reading) look(where, text string) {
	r.written[where]++
	if bad := watched.FindString(text); bad != "" {
		r.t.Errorf("%s has %q: %.300s", where, bad, text)
	}
	if bad := lockLength.FindString(text); bad != "" {
		r.t.Errorf("%s says how long somebody was away, %q: %.300s", where, bad, text)
	}
}

// readable is a file as text: a property list with all its keys and values.
func readable(t *testing.T, path string, data []byte) string {
	t.Helper()
	if !strings.HasSuffix(path, ".plist") {
		return string(data)
	}
	dict, err := plist.Decode(data, plist.MaxFile)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	text, err := json.Marshal(dict)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return string(text)
}
