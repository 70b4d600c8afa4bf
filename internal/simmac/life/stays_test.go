package life

import (
	"strings"
	"testing"
	"time"

	"installordefer/deferral/settings"
	"installordefer/internal/plist"
	"installordefer/internal/simmac"
	"installordefer/internal/statusfile"
)

func TestAJobThatStaysHasASecondRound(t *testing.T) {
	s := examples(t)["stays.json"]
	l := rehearse(t, s)
	disk := l.Mac.Disk()
	if n := len(l.Mac.Journal.Of(simmac.Installed)); n != 2 || l.Removed {
		t.Fatalf("%d updates are installed; the job is removed: %v", n, l.Removed)
	}
	for _, text := range []string{
		"Updates were found. Deadline: 2026-09-22 09:", "Updates were found. Deadline: 2026-10-06 ",
		"The round is over. The job stays, and asks Apple once a day (RemoveWhenDone).",
	} {
		if !l.logged(text) {
			t.Errorf("the log does not say %q", text)
		}
	}
	checks := 0
	for _, e := range l.Mac.Journal.Of(simmac.Checked) {
		if e.At > 2*24*time.Hour && e.At < 13*24*time.Hour {
			checks++
		}
	}
	if checks < 10 || checks > 11 {
		t.Errorf("Apple is asked %d times in eleven days between the rounds", checks)
	}
	if _, there := disk.Get(l.layout.DeadlineCopy()); there {
		t.Error("the copy of the deadline is left")
	}
	local, _ := settings.ReadLocal(disk.Read, settings.LocalPath(string(id)))
	for key := range local.Values {
		if strings.HasPrefix(key, "AppleSoftwareUpdates") {
			t.Errorf("the preferences still hold %s", key)
		}
	}
	data, _ := disk.Get(l.layout.StatusFile())
	dict, err := plist.Decode(data, statusfile.MaxFile)
	if err != nil {
		t.Fatal(err)
	}
	status, err := statusfile.FromDict(dict)
	if err != nil || status.Word != statusfile.Current || status.Gone() || !status.Deadline.IsZero() || status.LastCheck.IsZero() {
		t.Errorf("the status is %+v, %v", status, err)
	}
}
