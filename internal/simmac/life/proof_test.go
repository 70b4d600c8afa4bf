package life

import (
	"testing"
	"time"

	"installordefer/internal/simmac"
)

func TestWhatMDMDefersKeepsTheJobAndIsInstalledWhenMDMLetsGo(t *testing.T) {
	f := tahoe()
	f.Updates = f.Updates[1:] // macOS 26.7, and macOS 27, which is out of scope
	f.Updates[0].Held = true
	l := live(t, f, 0, func(l *Life) {
		l.Mac.At(7*24*time.Hour, func() {
			free := tahoe().Updates[1]
			l.Mac.Withdraw(free.Label)
			l.Mac.Offer(free)
		})
		l.Run(9 * 24 * time.Hour)
	})
	before := 0
	for _, e := range l.Mac.Journal.Of(simmac.Checked) {
		if e.At < 7*24*time.Hour {
			before++
		}
	}
	if before < 7 || before > 9 {
		t.Errorf("it has checked %d times in the seven days in which MDM deferred the update", before)
	}
	for _, text := range []string{"Out of scope: macOS Tahoe 26.7-25G229 (MDM defers it (Deferred: YES in Apple's list)).", "Out of scope: macOS 27-26A428 (it upgrades macOS 26 to macOS 27, and AllowMajorUpgrades is off).",
		"No updates in scope are left but what MDM defers."} {
		if !l.logged(text) {
			t.Errorf("the log does not say %q", text)
		}
	}
	if !l.Mac.Installed("macOS Tahoe 26.7-25G229") {
		t.Error("macOS 26.7 was not installed when MDM let it go")
	}
	if len(l.Mac.Journal.Of(simmac.JobGone)) != 1 {
		t.Error("the job has not removed itself in the end")
	}
}
