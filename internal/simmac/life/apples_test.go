package life

import (
	"testing"
	"time"

	"installordefer/docs/scenarios"
	"installordefer/internal/plist"
	"installordefer/internal/simmac/scenario"
	"installordefer/internal/statusfile"
	"installordefer/launchd"
)

// TestAStatusSaysApplesDateWhileItIsApples lives through a deadline of one day on a
// Mac that Apple is to update on the second, and fails to.
func TestAStatusSaysApplesDateWhileItIsApples(t *testing.T) {
	const id = "com.github.install-or-defer"
	data, _ := scenarios.Named("apple-fails")
	s, err := scenario.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	l, err := Of(s, id, s.Settings)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Mac.Close()
	apples := time.Date(2026, 11, 25, 17, 0, 0, 0, time.UTC)
	deadline := time.Date(2026, 11, 24, 8, 0, 19, 0, time.UTC)
	words := map[statusfile.Word]int{}
	l.Each = func(Wake) {
		data, there := l.Mac.Disk().Get(launchd.Layout{ID: id}.StatusFile())
		if !there || l.Removed {
			return
		}
		dict, err := plist.Decode(data, statusfile.MaxFile)
		if err != nil {
			t.Fatal(err)
		}
		st, err := statusfile.FromDict(dict)
		if err != nil {
			t.Fatal(err)
		}
		now := l.Mac.Now().Wall
		if !now.After(deadline.Add(10*time.Minute)) || now.After(apples.Add(24*time.Hour)) {
			return
		}
		words[st.Word]++
		if late := st.Word == statusfile.Due; late != now.After(apples) || !st.Deadline.Equal(apples) {
			t.Errorf("%s: it is %s, waits for %s, and the deadline is %s", now, st.Word, st.WaitingFor, st.Deadline)
		}
	}
	l.Run(s.LengthOrDefault())
	if words[statusfile.Pending] == 0 || words[statusfile.Due] == 0 {
		t.Errorf("in the time that is Apple's it was %v", words)
	}
}
