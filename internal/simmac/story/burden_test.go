package story

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"installordefer/internal/clock"
	"installordefer/internal/simmac"
)

func TestBurden(t *testing.T) {
	zone := time.FixedZone("CET", 3600)
	began := time.Date(2026, 11, 27, 7, 0, 0, 0, zone) // a Friday
	var b Burden
	happens := func(after time.Duration, k simmac.Kind) {
		b.Take(simmac.Event{Kind: k, At: after, Moment: clock.Moment{Wall: began.Add(after).UTC()}}, zone)
	}
	happens(30*time.Minute, simmac.Checked)
	happens(31*time.Minute, simmac.DialogShown) // 07:31, before work
	happens(41*time.Minute, simmac.DialogClosed)
	happens(2*time.Hour, simmac.DialogShown) // 09:00
	happens(2*time.Hour+5*time.Minute, simmac.DialogShown)
	happens(2*time.Hour+7*time.Minute, simmac.DialogClosed)
	happens(26*time.Hour, simmac.DialogShown) // Saturday, 09:00
	happens(26*time.Hour+3*time.Minute, simmac.WentDown)
	happens(26*time.Hour+3*time.Minute, simmac.RestartForced)
	happens(26*time.Hour+3*time.Minute, simmac.WorkLost)
	open := append([]string{}, b.Lines()...)
	happens(26*time.Hour+30*time.Minute, simmac.JobGone)
	want := []string{
		"Working hours are Monday to Friday, 8 to 18 o'clock.",
		"  Fri 27 Nov 2026: 2 dialogs in working hours and 1 outside, 17 minutes on the screen.",
		"  Sat 28 Nov 2026: 0 dialogs in working hours and 1 outside, 3 minutes on the screen, 1 restart forced, unsaved work lost 1 time.",
		"In all: 2 dialogs in working hours and 2 outside, 20 minutes on the screen, 1 restart forced, unsaved work lost 1 time.",
		"From the first check to the end it took 26 hours.",
	}
	if diff := cmp.Diff(want, b.Lines()); diff != "" {
		t.Error(diff)
	}
	if last := open[len(open)-1]; last != "The job is still there at the end of this story." {
		t.Errorf("before the end it says %q", last)
	}
}
