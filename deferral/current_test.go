package deferral

import (
	"strings"
	"testing"
	"time"

	"installordefer/deferral/settings"
	"installordefer/internal/clock"
	"installordefer/internal/macos"
)

// staying are settings with which the job stays.
func staying() settings.Settings {
	set := settings.Defaults()
	set.RemoveWhenDone = false
	return set
}

// wakesAt is the head of a wake in which nothing has been done yet.
func wakesAt(st State, set settings.Settings, now clock.Moment) (Situation, []string) {
	s := situationAt(st, now)
	s.Settings, s.Wake.Checked = set, false
	return Apply(s, Woke{First: true})
}

// stays is the state of a Mac whose first round is over after that time.
func stays(t *testing.T, after time.Duration) State {
	t.Helper()
	st := found(staying(), safari).Deferred(4*time.Hour, at(0))
	for _, now := range []time.Duration{after - 5*time.Minute, after} {
		st = st.Checked(None, nil, staying(), intel, at(now), time.UTC)
	}
	s, notes := wakesAt(st, staying(), at(after))
	if len(notes) != 1 || !strings.Contains(notes[0], "RemoveWhenDone") || !s.State.Stays() {
		t.Fatalf("after the proof it says %q: %+v", notes, s.State)
	}
	return s.State
}

func TestTheJobStaysAfterTheProof(t *testing.T) {
	const over = 10 * time.Hour
	st := stays(t, over)
	t.Run("the round is over, and nothing of it is left", func(t *testing.T) {
		if st.Active() || st.Proven || !st.DeferredUntil.IsZero() || len(st.Round.Updates) > 0 || st.Round.Deferrals > 0 {
			t.Errorf("%+v", st)
		}
	})
	t.Run("it asks Apple once a day, for weeks", func(t *testing.T) {
		st, checks := st, 0
		for after := over; after < over+15*days; after += 5 * time.Minute {
			s, _ := wakesAt(st, staying(), at(after))
			st = s.State
			switch d := Decide(s); {
			case d.Do == DoCheck:
				checks++
				st = st.Checked(None, nil, staying(), intel, at(after), time.UTC)
			case d.Do != Wait || d.Setting != "RemoveWhenDone" || !strings.Contains(d.Why, "The job stays"):
				t.Fatalf("after %v: %q (%s, %s)", after, d.Do, d.Why, d.Setting)
			case !s.UpToDate():
				t.Fatalf("after %v the Mac no longer counts as up to date", after)
			}
		}
		if checks != 14 {
			t.Errorf("it asks %d times in 15 days", checks)
		}
	})
	t.Run("what it finds begins another round with a whole deferral time", func(t *testing.T) {
		then := at(over + 20*days)
		next := st.Checked(Found, []Update{tahoe}, staying(), intel, then, time.UTC)
		if want := then.Wall.Add(staying().MaxDeferralTime); next.Stays() || !next.ForcedAfter.Equal(want) || next.TimeLeft(then) != staying().MaxDeferralTime {
			t.Errorf("the deadline is %v, not %v: %+v", next.ForcedAfter, want, next)
		}
		settled, notes := Settle(next, staying(), then, time.UTC)
		if len(notes) > 0 || settled.Changed(next) {
			t.Errorf("the next wake says %q", notes)
		}
	})
	t.Run("a deadline that somebody writes begins a round, too", func(t *testing.T) {
		byHand := st
		byHand.ForcedAfter = at(over + 2*days).Wall
		s, notes := wakesAt(byHand, staying(), at(over+days))
		if len(notes) != 1 || !strings.HasPrefix(notes[0], "Took over the deadline") || s.State.Stays() || s.State.TimeLeft(s.Now) != days {
			t.Errorf("it says %q: %+v", notes, s.State)
		}
	})
	t.Run("a removal that has begun goes on", func(t *testing.T) {
		begun := State{Migrated: true, Proven: true}.Begin(StepRemove, nil, false, intel, at(0))
		if s, _ := wakesAt(begun, staying(), at(time.Minute)); Decide(s).Do != Remove {
			t.Errorf("%+v", Decide(s))
		}
	})
}

func TestBetweenTwoRoundsSettingsThatAskForAnotherProofGetOneAtOnce(t *testing.T) {
	st := stays(t, 10*time.Hour)
	removes, scoped, required := staying(), staying(), staying()
	removes.RemoveWhenDone = true
	scoped.IgnoreUpdates = []string{"Safari*"}
	runs := macos.Machine{Version: "26.6", Build: "25G72"}
	minimum, err := macos.ParseVersion("26.9")
	if err != nil {
		t.Fatal(err)
	}
	required.RequiredVersions = []settings.Required{{Minimum: minimum}}
	for name, c := range map[string]struct {
		set    settings.Settings
		proven bool
	}{"RemoveWhenDone": {removes, true}, "IgnoreUpdates": {scoped, false}, "RequiredVersions": {required, false}} {
		t.Run(name, func(t *testing.T) {
			st := st
			for i, after := range []time.Duration{11 * time.Hour, 11*time.Hour + 5*time.Minute} {
				s, _ := wakesAt(st, c.set, at(after))
				s.Machine = runs
				if d := Decide(s); (i == 0) != (d.Do == DoCheck && s.State.FirstNone == (clock.Moment{})) {
					t.Errorf("check %d: %q (%s)", i, d.Do, d.Why)
				}
				if i == 0 && s.UpToDate() {
					t.Error("by the new settings nothing is proven yet")
				}
				st = s.State.Checked(None, nil, c.set, runs, at(after), time.UTC)
			}
			if st.Proven != c.proven {
				t.Errorf("proven is %v", st.Proven)
			}
		})
	}
	t.Run("a failed check changes nothing for three days", func(t *testing.T) {
		failed := st.Checked(Unknown, nil, staying(), intel, at(34*time.Hour), time.UTC)
		for after, want := range map[time.Duration]bool{34 * time.Hour: true, 81 * time.Hour: true, 83 * time.Hour: false} {
			s, _ := wakesAt(failed, staying(), at(after))
			if s.UpToDate() != want {
				t.Errorf("after %v it is up to date: %v", after, !want)
			}
		}
	})
	t.Run("what MDM defers is not up to date", func(t *testing.T) {
		s, _ := wakesAt(st, staying(), at(34*time.Hour))
		s, _ = Apply(s, Checked{Outcome: Withheld, Withheld: "macOS Tahoe 26.7"})
		if d := Decide(s); s.UpToDate() || d.Do != Wait || !strings.Contains(d.Why, "MDM defers") {
			t.Errorf("%q (%s)", d.Do, d.Why)
		}
	})
}

func TestAProfileThatVanishesBetweenTwoRoundsCountsAsUnchangedForADay(t *testing.T) {
	disk := files{settings.ProfilePath(testID): map[string]any{"RemoveWhenDone": false, "MaxDeferralTime": 1209600}}
	there := settings.ReadFiles(disk.read, testID)
	gone := settings.ReadFiles(files{}.read, testID)
	st := stays(t, 10*time.Hour).Keeping(there)
	inForce := func(st State, after time.Duration) (State, settings.Settings) {
		st, in, _ := st.InForce(gone, at(after))
		set, _, _ := in.Settings()
		return st, set
	}
	st, set := inForce(st, 20*time.Hour)
	if set.RemoveWhenDone {
		t.Fatal("the job is about to remove itself while the profile is renewed")
	}
	found := st.Checked(Found, []Update{safari}, set, intel, at(30*time.Hour), time.UTC)
	if found.TimeLeft(at(30*time.Hour)) != 14*days {
		t.Errorf("the new round has %v", found.TimeLeft(at(30*time.Hour)))
	}
	if _, set = inForce(found, 43*time.Hour); set.MaxDeferralTime != 14*days {
		t.Error("the new round has lost the settings before the day was over")
	}
	for _, st := range []State{st, found} {
		if _, set = inForce(st, 45*time.Hour); !set.RemoveWhenDone || set.MaxDeferralTime == 14*days {
			t.Error("the settings go on for more than a day")
		}
	}
}

func TestARoundEndsForWhatMDMDefers(t *testing.T) {
	set := settings.Defaults()
	st := found(set, safari)
	withheld := func(st State, after time.Duration) (State, []string) {
		s := situationAt(st, at(after))
		s.Settings = set
		s, notes := Apply(s, Checked{Outcome: Withheld, Withheld: "macOS 26.7"})
		return s.State, notes
	}
	once, _ := withheld(st, 10*time.Hour)
	twice, notes := withheld(once, 34*time.Hour)
	t.Run("once a second check says so", func(t *testing.T) {
		if !once.Active() || twice.Active() || !twice.Stays() || twice.Withheld != "macOS 26.7" {
			t.Errorf("after one: %+v\nafter two: %+v", once, twice)
		}
		if len(notes) != 1 || !strings.Contains(notes[0], "The job stays for what MDM defers") {
			t.Errorf("it says %q", notes)
		}
	})
	t.Run("but not once a check says nothing", func(t *testing.T) {
		s := situationAt(once, at(34*time.Hour))
		if s, _ = Apply(s, Checked{Outcome: Unknown}); !s.State.Active() {
			t.Error("it ends")
		}
	})
	t.Run("but settings that choose other updates are asked about at once, and once", func(t *testing.T) {
		scoped := set
		scoped.OnlyUpdates = []string{"macOS*"}
		for after, st := range map[time.Duration]State{11 * time.Hour: once, 35 * time.Hour: twice} {
			s, _ := wakesAt(st, scoped, at(after))
			if d := Decide(s); d.Do != DoCheck {
				t.Fatalf("after %v: %q (%s)", after, d.Do, d.Why)
			}
			s, _ = Apply(s, Checked{Outcome: Withheld, Withheld: "macOS 26.7"})
			s, _ = wakesAt(s.State, scoped, s.Now.Add(5*time.Minute))
			if d := Decide(s); d.Do != Wait || s.State.Active() != st.Active() {
				t.Errorf("after %v, asked once: %q (%s), and the round goes on: %v", after, d.Do, d.Why, s.State.Active())
			}
		}
	})
	t.Run("and what comes then has a deadline of its own", func(t *testing.T) {
		const weeks = 30 * days
		s, _ := wakesAt(twice, set, at(weeks))
		s, _ = Apply(s, Checked{Outcome: Found, Updates: []Update{tahoe}})
		if want := at(weeks).Wall.Add(set.MaxDeferralTime); !s.State.ForcedAfter.Equal(want) {
			t.Errorf("the deadline is %v, not %v", s.State.ForcedAfter, want)
		}
	})
	t.Run("and what ends it for good is a proof as ever", func(t *testing.T) {
		st := twice.Checked(None, nil, set, intel, at(58*time.Hour), time.UTC)
		if st.Proven {
			t.Error("one check proves it")
		}
		if st = st.Checked(None, nil, set, intel, at(59*time.Hour), time.UTC); !st.Proven {
			t.Errorf("two checks do not: %+v", st)
		}
	})
	t.Run("but not while a version is required that does not run", func(t *testing.T) {
		s := situationAt(once, at(34*time.Hour))
		s.Settings = read(t, map[string]any{"RequiredVersions": []any{map[string]any{"Minimum": "26.7", "By": "2027-01-01"}}})
		s.Machine = tahoe26
		if s, _ = Apply(s, Checked{Outcome: Withheld, Withheld: "macOS 26.7"}); !s.State.Active() {
			t.Error("it ends")
		}
	})
}
