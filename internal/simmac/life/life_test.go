package life

import (
	"fmt"
	"testing"
	"time"

	"installordefer/internal/simmac"
)

const id = "com.github.install-or-defer"

func tahoe() simmac.Facts {
	return simmac.Facts{
		Seed:  1,
		Start: time.Date(2026, 9, 21, 8, 0, 0, 0, time.UTC),
		OS:    simmac.OS{Version: "26.6", Build: "25G72"},
		Accounts: []simmac.Account{{Name: "ada", FullName: "Ada Byron", UID: 501, Password: "correct horse", Owner: true, LogsInAfter: time.Minute,
			Apps: []simmac.App{{Name: "TextEdit", ID: "com.apple.TextEdit", Unsaved: true}}}},
		Updates: []simmac.Update{
			{Label: "Safari27.0TahoeAuto-27.0", Title: "Safari", Version: "27.0", SizeKiB: 249465},
			{Label: "macOS Tahoe 26.7-25G229", Title: "macOS Tahoe 26.7", Version: "26.7", Build: "25G229", SizeKiB: 3039632, Action: simmac.RestartAction},
			{Label: "macOS 27-26A428", Title: "macOS 27", Version: "27", Build: "26A428", SizeKiB: 11727219, Action: simmac.RestartAction},
		},
		Job: simmac.Job{Label: id},
	}
}

func TestTell(t *testing.T) {
	m := simmac.New(tahoe())
	m.Journal.Skip(simmac.JobStarted, simmac.DialogChanged)
	m.Journal.Tell = func(e simmac.Event) {
		if e.Kind == simmac.JobEnded && e.At%time.Hour != 0 {
			return
		}
		fmt.Println(e.Moment.Wall.Format("Mon 15:04:05"), e.Kind, e.Name, "|", e.Text, e.Code)
	}
	l := New(m, id)
	l.Run(5 * 24 * time.Hour)
	fmt.Println(l.Wakes, l.Killed, l.Removed, m.Disk().Paths())
}
