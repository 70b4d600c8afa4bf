package deferral

import (
	"slices"
	"strings"
	"testing"
	"time"

	"installordefer/deferral/settings"
	"installordefer/internal/macos"
)

// tahoe26 is a Mac that is told what to enforce by declarations.
var tahoe26 = macos.Machine{Version: "26.6", Build: "25G72"}

func TestWhatKeepsPromptsAndCountdownsAway(t *testing.T) {
	// Updates are found on Monday at 10:00 UTC.
	declared := func(after time.Duration, silent bool) func(*Situation) {
		return func(s *Situation) {
			e := enforced(t, "26.7", after)
			s.Wake.Declared = Look(Declared{Enforced: []Enforced{e}, Silent: silent}, nil, s.Now)
		}
	}
	held := func(s *Situation) {
		s.Hold = Hold{Since: s.Now.Wall.Add(-time.Hour), Until: s.Now.Wall.Add(7 * time.Hour)}
	}
	emptied := func(s *Situation) { s.Wake.People = Look(People{}, nil, s.Now) }
	both := []Update{safari, to267}
	for _, c := range []struct {
		name    string
		values  map[string]any
		updates []Update
		after   time.Duration
		change  func(*Situation)
		do      Do
		gate    string
		why     string
		setting string
		left    time.Duration
	}{
		{name: "nothing in the way of a prompt", after: time.Hour, do: Prompt},
		{name: "a hold, before the deadline", after: time.Hour, change: held, do: Wait, gate: "hold", why: "This Mac is held until 2026-11-23 18:00:00 UTC", left: 7 * time.Hour},
		{name: "a hold, after it", after: 73 * time.Hour, change: held, do: Wait, gate: "hold", left: 7 * time.Hour},
		{name: "a hold, on an empty screen after it", after: 73 * time.Hour, change: func(s *Situation) { held(s); emptied(s) }, do: Wait, gate: "hold", left: 7 * time.Hour},
		{name: "a hold in a profile", values: map[string]any{"HoldUntil": "2026-11-27T10:00"}, after: time.Hour, do: Wait, gate: "hold", setting: "HoldUntil", left: 95 * time.Hour},
		{name: "a hold keeps the job", after: time.Hour, change: func(s *Situation) { held(s); s.State.Proven = true }, do: Wait, gate: "hold", left: 7 * time.Hour},
		{name: "quiet hours", values: map[string]any{"QuietHours": []any{"Mon 11:00-13:00"}}, after: time.Hour, do: Wait, gate: "quiet hours", setting: "QuietHours", why: "Nobody is asked before 2026-11-23 13:00:00 UTC", left: 2 * time.Hour},
		{name: "quiet hours say nothing of what is due", values: map[string]any{"QuietHours": []any{"Mon-Sun"}}, after: 73 * time.Hour, do: FinalPrompt},
		{name: "quiet hours that go on past the deadline end with it", values: map[string]any{"QuietHours": []any{"Mon-Sun"}}, after: 71 * time.Hour, do: Wait, gate: "quiet hours", setting: "QuietHours", left: time.Hour},
		{name: "a blackout, before the deadline", values: map[string]any{"Blackouts": []any{"2026-11-23"}}, after: time.Hour, do: Wait, gate: "quiet hours", setting: "Blackouts", left: 13 * time.Hour},
		{name: "a blackout, after it", values: map[string]any{"Blackouts": []any{"2026-11-26"}}, after: 73 * time.Hour, do: Wait, gate: "window", setting: "Blackouts", why: "The deadline has passed. Nothing happens by itself before 2026-11-27 00:00:00 UTC", left: 13 * time.Hour},
		{name: "outside a window", values: map[string]any{"MaintenanceWindows": []any{"18:00-22:00"}}, after: 73 * time.Hour, do: Wait, gate: "window", setting: "MaintenanceWindows", left: 7 * time.Hour},
		{name: "outside a window, on an empty screen", values: map[string]any{"MaintenanceWindows": []any{"18:00-22:00"}}, after: 73 * time.Hour, change: emptied, do: Wait, gate: "window", setting: "MaintenanceWindows", left: 7 * time.Hour},
		{name: "a window says nothing of prompts before the deadline", values: map[string]any{"MaintenanceWindows": []any{"18:00-22:00"}}, after: time.Hour, do: Prompt},
		{name: "a click is obeyed outside of every window", values: map[string]any{"MaintenanceWindows": []any{"18:00-22:00"}}, after: 73 * time.Hour, change: func(s *Situation) {
			s.Wake.Allowed = Allowed{Clicked, s.Wake.People.Is.Person}
			s.Wake.Mac = Look(Condition{}, nil, s.Now)
		}, do: Install},
		{name: "what is declared is looked at first", after: time.Hour, change: func(s *Situation) { s.Wake.Declared = Fact[Declared]{} }, do: LookAtDeclared},
		{name: "a running deferral looks at nothing", after: time.Hour, change: func(s *Situation) {
			s.State = s.State.Deferred(4*time.Hour, s.Now)
			s.Wake.Declared = Fact[Declared]{}
		}, do: Wait, gate: "deferral", setting: "DeferralPeriod", left: 4 * time.Hour},
		{name: "what Apple enforces is asked for", updates: []Update{to267}, after: time.Hour, change: declared(5*days, false), do: Prompt, why: "Apple itself enforces macOS 26.7 by 2026-11-28 10:00:00 UTC"},
		{name: "what Apple enforces is asked for once a day", updates: []Update{to267}, after: 5 * time.Hour, change: func(s *Situation) {
			declared(5*days, false)(s)
			s.State.Round.DeclaredAsked = at(time.Hour)
		}, do: Wait, gate: "declared", left: 20 * time.Hour},
		{name: "what Apple enforces is not counted down to past our deadline", updates: []Update{to267}, after: 73 * time.Hour, change: declared(5*days, false), do: Prompt},
		{name: "nor asked for in quiet hours", values: map[string]any{"QuietHours": []any{"Thu 10:00-13:00"}}, updates: []Update{to267}, after: 73 * time.Hour, change: declared(5*days, false),
			do: Wait, gate: "quiet hours", setting: "QuietHours", why: "before 2026-11-26 13:00:00 UTC", left: 2 * time.Hour},
		{name: "nor installed on an empty screen", updates: []Update{to267}, after: 73 * time.Hour, change: func(s *Situation) { declared(5*days, false)(s); emptied(s) }, do: Wait, gate: "nobody"},
		{name: "nor mentioned in its last day", updates: []Update{to267}, after: 97 * time.Hour, change: declared(5*days, false), do: Wait, gate: "declared", left: 47 * time.Hour},
		{name: "nor ever, where that is set", values: map[string]any{"LeaveDeclaredUpdates": true}, updates: []Update{to267}, after: time.Hour, change: declared(5*days, false), do: Wait, gate: "declared", setting: "LeaveDeclaredUpdates", left: 143 * time.Hour},
		{name: "what is ours is counted down to beside it", updates: both, after: 73 * time.Hour, change: declared(5*days, false), do: FinalPrompt},
		{name: "but not around Apple's date", updates: both, after: 74*time.Hour + time.Minute, change: declared(75*time.Hour, false), do: Wait, gate: "declared", why: "Apple itself is about to update this Mac", left: 2*time.Hour - time.Minute},
		{name: "what Apple has not installed in a day is ours again", updates: []Update{to267}, after: 73 * time.Hour, change: declared(48*time.Hour, false), do: FinalPrompt, why: "Apple was to enforce macOS 26.7 by 2026-11-25 10:00:00 UTC, but has not installed it within a day. The deadline has passed."},
	} {
		t.Run(c.name, func(t *testing.T) {
			updates := c.updates
			if updates == nil {
				updates = []Update{safari}
			}
			set := read(t, c.values)
			st := State{}.Checked(Found, updates, set, tahoe26, at(0), time.UTC)
			s := situation(st, c.after)
			s.Settings, s.Machine = set, tahoe26
			s.Wake.Declared = Look(Declared{}, nil, s.Now)
			if c.change != nil {
				c.change(&s)
			}
			a := Decide(s)
			if a.Do != c.do || a.Gate != c.gate || a.Setting != c.setting && c.do == Wait || a.For != c.left && c.left > 0 {
				t.Errorf("%s (gate %q, %s) for %v: %s", a.Do, a.Gate, a.Setting, a.For, a.Why)
			}
			if !strings.Contains(a.Why, c.why) {
				t.Errorf("it says %q", a.Why)
			}
		})
	}
}

func TestWhatEndsADialogThatIsOpen(t *testing.T) {
	for _, c := range []struct {
		name   string
		values map[string]any
		after  time.Duration
		act    Act
		change func(*Situation)
		ends   string
	}{
		{name: "a prompt goes on", after: time.Hour, act: Act{Do: Prompt}},
		{name: "a hold ends a prompt", after: time.Hour, act: Act{Do: Prompt}, change: func(s *Situation) { s.Hold = Hold{Since: s.Now.Wall, Until: s.Now.Wall.Add(time.Hour)} }, ends: "This Mac is held"},
		{name: "a hold ends a countdown", after: 73 * time.Hour, act: Act{Do: FinalPrompt}, change: func(s *Situation) { s.Hold = Hold{Since: s.Now.Wall, Until: s.Now.Wall.Add(time.Hour)} }, ends: "This Mac is held"},
		{name: "a hold finishes an installation", after: 73 * time.Hour, act: Act{Do: Install}, change: func(s *Situation) { s.Hold = Hold{Since: s.Now.Wall, Until: s.Now.Wall.Add(time.Hour)} }},
		{name: "quiet hours end a prompt", values: map[string]any{"QuietHours": []any{"11:00-12:00"}}, after: time.Hour, act: Act{Do: Prompt}, ends: "Nobody is asked"},
		{name: "the end of a window ends a countdown", values: map[string]any{"MaintenanceWindows": []any{"08:00-11:00"}}, after: 73 * time.Hour, act: Act{Do: FinalPrompt}, ends: "The window has closed"},
		{name: "a countdown in the last minutes of a window goes on", values: map[string]any{"MaintenanceWindows": []any{"08:00-11:01"}}, after: 73 * time.Hour, act: Act{Do: FinalPrompt}},
		{name: "the deadline ends a prompt", after: 73 * time.Hour, act: Act{Do: Prompt}, ends: "The deadline has passed"},
		{name: "and not one for what Apple enforces", after: 73 * time.Hour, act: Act{Do: Prompt, By: monday.Add(5 * days)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			set := read(t, c.values)
			s := situation(State{}.Checked(Found, []Update{safari}, set, tahoe26, at(0), time.UTC), c.after)
			s.Settings = set
			if c.change != nil {
				c.change(&s)
			}
			if why := MayContinue(s, c.act); (why == "") != (c.ends == "") || !strings.HasPrefix(why, c.ends) {
				t.Errorf("it ends with %q", why)
			}
		})
	}
}

func TestWhateverIsAnsweredPutsNothingOffThatAppleEnforces(t *testing.T) {
	for _, reply := range []Reply{NoReply, TimedOut, Defer} {
		st := State{}.Checked(Found, []Update{to267}, settings.Defaults(), tahoe26, at(0), time.UTC)
		s := situation(st, time.Hour)
		s.Machine = tahoe26
		s.Wake.Declared = Look(Declared{Enforced: []Enforced{enforced(t, "26.7", 5*days)}}, nil, s.Now)
		s.Wake.People = Look(People{Present: true, Person: Person{Name: "ada", UID: 501}}, nil, s.Now)
		s.Wake.Answer = &Answer{To: Prompt, Who: Person{Name: "ada", UID: 501}, Reply: reply, For: 4 * time.Hour}
		s.judge()
		if left := s.State.DeferralLeft(s.Now); left != 0 || s.State.Round.Deferrals != 0 {
			t.Errorf("after %q a deferral of %v runs, and %d count", reply, left, s.State.Round.Deferrals)
		}
	}
}

func TestAroundApplesDate(t *testing.T) {
	for _, do := range []Do{OpenPane, AskPassword} {
		t.Run("nothing is opened for a person: "+string(do), func(t *testing.T) {
			s := situation(found(read(t, nil), safari), 74*time.Hour+time.Minute)
			s.Machine = tahoe26
			s.Wake.Declared = Look(Declared{Enforced: []Enforced{enforced(t, "26.7", 75*time.Hour)}}, nil, s.Now)
			if a, is := s.hold(&Act{Do: do}, true); !is || a.Do != GiveUp || a.Gate != "declared" {
				t.Errorf("decided %q by %q (%s)", a.Do, a.Gate, a.Why)
			}
		})
	}
}

func TestWhileAppleEnforcesEverything(t *testing.T) {
	s := situation(found(read(t, nil), to267), time.Hour)
	s.Machine = tahoe26
	s.Wake.Declared = Look(Declared{Enforced: []Enforced{enforced(t, "26.7", 6*days)}}, nil, s.Now)
	s.State.Round.DeclaredAsked = s.Now
	s.Wake.Checked = false
	s.State.LastCheck.At = s.Now
	for _, c := range []struct {
		after time.Duration
		do    Do
	}{{23 * time.Hour, Wait}, {24 * time.Hour, DoCheck}} {
		t.Run("something else is looked for once a day: "+c.after.String(), func(t *testing.T) {
			s := s
			s.Now = s.Now.Add(c.after)
			s.State.Round.DeclaredAsked = s.Now
			if a := Decide(s); a.Do != c.do || a.Do == Wait && a.For != time.Hour {
				t.Errorf("decided %q for %v (%s)", a.Do, a.For, a.Why)
			}
		})
	}
}

func TestWhatACountdownInstalls(t *testing.T) {
	for _, c := range []struct {
		name    string
		consent Consent
		want    []Update
	}{
		{"leaves to Apple what Apple enforces", CountedDown, []Update{safari}},
		{"is less than a click takes along", Clicked, []Update{safari, to267}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := situation(State{}.Checked(Found, []Update{safari, to267}, read(t, nil), tahoe26, at(0), time.UTC), 73*time.Hour)
			s.Machine = tahoe26
			s.Wake.Declared = Look(Declared{Enforced: []Enforced{enforced(t, "26.7", 6*days)}}, nil, s.Now)
			s.Wake.Mac = Look(Condition{}, nil, s.Now)
			allow(&s, c.consent)
			a := Decide(s)
			if a.Work == nil {
				t.Fatalf("decided %q (%s)", a.Do, a.Why)
			}
			p := a.Work.Plan
			if got := Labels(slices.Concat(p.Quiet, p.Restarting, p.Assisted)); !slices.Equal(got, Labels(c.want)) {
				t.Errorf("it installs %q, not %q", got, Labels(c.want))
			}
		})
	}
}
