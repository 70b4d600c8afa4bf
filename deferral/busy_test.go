package deferral

import (
	"errors"
	"testing"
	"time"
)

// A busyDay is a Mac with ada at the screen, and the times at which she is busy.
type busyDay struct {
	*testing.T
	s     Situation
	busy  func(since time.Duration) bool
	began time.Duration
	looks int
}

// dayOf begins a day so long after updates were found.
func dayOf(t *testing.T, values map[string]any, after time.Duration, busy func(since time.Duration) bool) *busyDay {
	set := read(t, values)
	d := &busyDay{T: t, s: situation(found(set, safari), after), busy: busy}
	d.s.Settings, d.began = set, d.s.Now.Continuous
	return d
}

// asked lives one wake after the other, each five minutes after the one before,
// until there is a dialog, and returns after how long that is.
func (d *busyDay) asked() time.Duration {
	for range 200 {
		woke := d.s.Now
		d.s.Wake = Wake{Checked: true, Downloads: Labels(d.s.State.Round.Updates), Mac: Look(Condition{}, nil, d.s.Now)}
		see(&d.s, People{Person: ada, Present: true})
		d.s, _ = woken(d.s)
		for n, act := 0, Decide(d.s); act.Do != Wait; n, act = n+1, Decide(d.s) {
			if n > 20 {
				d.Fatalf("the wake goes on for ever: %q (%s)", act.Do, act.Why)
			}
			d.s, _ = Apply(d.s, Began{act})
			switch act.Do {
			case Prompt, FinalPrompt:
				return d.s.Now.Continuous - d.began
			case LookAtBusy:
				d.looks++
				d.s, _ = Apply(d.s, LookedAtBusy{Look(d.busy(d.s.Now.Continuous-d.began), nil, d.s.Now)})
			case AwaitPrompt:
				d.s.Now = d.s.Now.Add(act.For)
			case LookAtPeople:
				see(&d.s, People{Person: ada, Present: true})
			default:
				d.Fatalf("decided %q (%s)", act.Do, act.Why)
			}
		}
		d.s.Now = woke.Add(betweenWakes)
	}
	d.Fatal("nobody is ever asked")
	return 0
}

func always(time.Duration) bool { return true }

func TestADialogWaitsForSomebodyWhoIsBusy(t *testing.T) {
	until := func(end time.Duration) func(time.Duration) bool {
		return func(since time.Duration) bool { return since < end }
	}
	for _, c := range []struct {
		name   string
		values map[string]any
		after  time.Duration
		busy   func(time.Duration) bool
		want   time.Duration
	}{
		{"nobody is busy", nil, time.Hour, until(0), 0},
		{"until a call has ended", nil, time.Hour, until(22 * time.Minute), 25 * time.Minute},
		{"for MaxBusyDelay in a row", nil, time.Hour, always, 75 * time.Minute},
		{"to the minute", map[string]any{"MaxBusyDelay": 1920}, time.Hour, always, 32 * time.Minute},
		{"past the deadline for 15 minutes", nil, 73 * time.Hour, always, 15 * time.Minute},
		{"15 minutes past a deadline that passes meanwhile", nil, 72*time.Hour - 33*time.Minute, always, 48 * time.Minute},
		{"no longer than MaxBusyDelay past the deadline", map[string]any{"MaxBusyDelay": 420}, 73 * time.Hour, always, 7 * time.Minute},
		{"not at all where nobody counts as busy", map[string]any{"BusyApplications": []any{"Zoom", "!*"}}, time.Hour, always, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := dayOf(t, c.values, c.after, c.busy)
			if got := d.asked(); got != c.want {
				t.Errorf("she is asked after %v, want %v", got, c.want)
			}
			if off := c.values["BusyApplications"] != nil; off && d.looks > 0 {
				t.Errorf("%d looks at what she does", d.looks)
			}
		})
	}
}

func TestBusyHoursOfARound(t *testing.T) {
	d := dayOf(t, map[string]any{"MaxDeferralTime": 14 * 86400}, time.Hour, always)
	var waited time.Duration
	for range 4 {
		waited += d.asked()
		d.s.Now = d.s.Now.Add(5 * time.Hour) // she defers
		d.began = d.s.Now.Continuous
	}
	if waited != 4*time.Hour {
		t.Errorf("in a round dialogs wait for %v", waited)
	}
	if d.asked() != 0 {
		t.Error("after four hours a dialog waits still")
	}
	looks := d.looks
	if d.asked(); d.looks != looks {
		t.Error("somebody looks, and no dialog waits")
	}
}

func TestWhetherSomebodyIsBusy(t *testing.T) {
	waits := func(edit func(*Situation)) Act {
		s := situation(found(read(t, nil), safari), time.Hour)
		edit(&s)
		return Decide(s)
	}
	busy := func(s *Situation) {
		s.Wake.Busy = Look(true, nil, s.Now)
		s.State.busied(true, s.late(), s.Now)
	}
	if a := waits(busy); a.Do != Wait || a.Gate != "busy" || a.Setting != "MaxBusyDelay" || a.For != 0 {
		t.Errorf("in a call: %+v", a)
	}
	if a := waits(func(s *Situation) { s.Wake.Busy = Look(true, errors.New("no answer"), s.Now) }); a.Do != Prompt {
		t.Errorf("where it is not known: %q (%s)", a.Do, a.Why)
	}
	if a := waits(func(s *Situation) { busy(s); s.Wake.Allowed = Allowed{Clicked, ada} }); a.Do != Install {
		t.Errorf("after a click: %q (%s)", a.Do, a.Why)
	}
	if a := waits(func(s *Situation) {
		s.Wake.Busy.Last = false
		s.Now = s.Now.Add(2 * time.Minute)
		see(s, People{Person: ada, Present: true})
	}); a.Do != LookAtBusy {
		t.Errorf("after a long check: %q (%s)", a.Do, a.Why)
	}
	if a := waits(func(s *Situation) { s.Wake.Busy = Fact[bool]{}; see(s, People{}) }); a.Do != Wait {
		t.Errorf("with nobody at the screen: %q (%s)", a.Do, a.Why)
	}
	slept := situation(found(read(t, nil), safari), time.Hour)
	busy(&slept)
	slept.Now = slept.Now.Add(70 * time.Minute)
	if left := slept.busyLeft(); left != 75*time.Minute {
		t.Errorf("a call before the Mac slept counts: %v", left)
	}
}
