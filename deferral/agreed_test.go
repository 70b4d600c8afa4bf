package deferral

import (
	"testing"
	"time"

	"installordefer/deferral/settings"
	"installordefer/internal/clock"
)

// clickedOn is a wake in which ada has clicked Run Updates and the battery is too
// low for it, and what it has saved.
func clickedOn(t *testing.T) Situation {
	s := situation(found(read(t, nil), safari, tahoe), time.Hour)
	s.Wake.Mac = Look(Condition{OnBattery: true, BatteryPercent: 5}, nil, s.Now)
	allow(&s, Clicked)
	a := Decide(s)
	if a.Do != TellObstacle || a.Gate != "power" {
		t.Fatalf("on a low battery: %q (%s)", a.Do, a.Why)
	}
	s, _ = Apply(s, Began{a})
	s, _ = Apply(s, Told{})
	see(&s, People{Person: ada, Present: true})
	if a = Decide(s); a.Do != Wait || a.Gate != "power" {
		t.Fatalf("once she was told: %q (%s)", a.Do, a.Why)
	}
	s, _ = Apply(s, Rested{Gate: a.Gate})
	return s
}

// nextWake is the next wake, after a time, with ada at the screen and the power adapter
// connected, as far as a test does not change it.
func nextWake(s Situation, after time.Duration, edit func(*Situation)) Situation {
	s.Now = s.Now.Add(after)
	s.State.LastCheck.At = s.Now
	s.Wake = Wake{Checked: true, Downloads: Labels(s.State.Round.Updates), Mac: Look(Condition{}, nil, s.Now), Busy: Look(false, nil, s.Now), Owner: Ownership{UID: ada.UID, Owner: true, Looked: true, Known: true}}
	if edit != nil {
		edit(&s)
	}
	s, _ = Apply(s, Woke{First: true})
	people := People{Person: ada, Present: true}
	if p := s.Wake.People; p.Looked() {
		people = p.Is
	}
	s, _ = Apply(s, Looked{Look(people, nil, s.Now)})
	return s
}

func TestAClickIsRemembered(t *testing.T) {
	low := func(s *Situation) { s.Wake.Mac.Is = Condition{OnBattery: true, BatteryPercent: 5} }
	for _, c := range []struct {
		name  string
		after time.Duration
		edit  func(*Situation)
		do    Do
		gate  string
	}{
		{"and obeyed once the adapter is connected", 5 * time.Minute, nil, Install, ""},
		{"and waits while it is not", 5 * time.Minute, low, Wait, "power"},
		{"for as long as a deferral", 3 * time.Hour, low, Wait, "power"},
		{"and announced after a quarter of an hour", 16 * time.Minute, nil, Announce, ""},
		{"and forgotten after a deferral", 5 * time.Hour, low, Prompt, ""},
		{"and waits in a call", 5 * time.Minute, func(s *Situation) { s.Wake.Busy.Is = true }, Wait, "busy"},
		{"and ends with another person", 5 * time.Minute, func(s *Situation) { see(s, People{Person: grace, Present: true}) }, Prompt, ""},
		{"and ends with a log-out", 5 * time.Minute, func(s *Situation) { see(s, People{}) }, Wait, "nobody"},
		{"and ends with a start of the Mac", 5 * time.Minute, func(s *Situation) { s.Now.Boot, s.State.LastCheck.At.Boot = clock.Boot("next"), clock.Boot("next") }, Prompt, ""},
		{"and ends with an update that was not in the dialog", 5 * time.Minute, func(s *Situation) {
			*s, _ = Apply(*s, Checked{Outcome: Found, Updates: []Update{safari, tahoe, {Label: "Printer-1", Name: "Printer"}}})
			s.Wake.Downloads = Labels(s.State.Round.Updates)
		}, Prompt, ""},
		{"and ends with the deadline", 72 * time.Hour, nil, FinalPrompt, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := nextWake(clickedOn(t), c.after, c.edit)
			if a := Decide(s); a.Do != c.do || a.Gate != c.gate {
				t.Errorf("decided %q by %q (%s), want %q by %q", a.Do, a.Gate, a.Why, c.do, c.gate)
			}
		})
	}
}

func TestAClickIsObeyedOnce(t *testing.T) {
	s := nextWake(clickedOn(t), 5*time.Minute, nil)
	a := Decide(s)
	if s, _ = Apply(s, Began{a}); s.State.agreed() {
		t.Error("it is remembered while it is obeyed")
	}
	s = nextWake(clickedOn(t), 16*time.Minute, nil)
	if s, _ = Apply(s, Began{Decide(s)}); !s.State.agreed() {
		t.Error("a kill in the announcement would forget it")
	}
	s = nextWake(clickedOn(t), 10*time.Minute, func(s *Situation) { s.Wake.Mac.Is = Condition{OnBattery: true, BatteryPercent: 5} })
	s, _ = Apply(s, Rested{Gate: "power"})
	if s = nextWake(s, 10*time.Minute, nil); Decide(s).Do != Announce {
		t.Errorf("a wake that waits makes it younger: %q", Decide(s).Do)
	}
}

func TestAnAnnouncement(t *testing.T) {
	whole := settings.Defaults().HardRestartDelay
	for _, c := range []struct {
		name   string
		answer Answer
		edit   func(*Situation) // before the look
		do     Do
		gate   string
		agreed bool
	}{
		{"that is seen to its end is followed by the updates", Answer{After: whole}, nil, Install, "", true},
		{"that is clicked is followed by the updates", Answer{Reply: Run, After: time.Minute}, nil, Install, "", true},
		{"that is put off is a deferral", Answer{Reply: Defer, For: 4 * time.Hour, After: time.Minute}, nil, Wait, "deferral", false},
		{"that somebody closes is no consent", Answer{After: time.Minute, Why: "the helper was killed"}, nil, Wait, "deferral", false},
		{"that did not come up comes again", Answer{Unshown: true}, nil, Wait, "pause", true},
		{"behind a lock comes again", Answer{Aside: true, Why: "The screen is locked"}, func(s *Situation) { s.Wake.People.Is.Locked = true }, Wait, "locked", true},
		{"ends with the power adapter, and waits", Answer{After: time.Minute}, func(s *Situation) { s.Wake.Mac.Is = Condition{OnBattery: true, BatteryPercent: 5} }, Wait, "power", true},
		{"is nobody's who has gone", Answer{After: whole}, func(s *Situation) { see(s, People{Person: grace, Present: true}) }, Prompt, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := nextWake(clickedOn(t), 16*time.Minute, nil)
			a := Decide(s)
			if a.For != whole || a.Who != ada || a.Setting != "HardRestartDelay" {
				t.Fatalf("%+v", a)
			}
			s, _ = Apply(s, Began{a})
			c.answer.To, c.answer.Who = Announce, a.Who
			s, _ = Apply(s, Answered{Answer: c.answer})
			if c.edit != nil {
				c.edit(&s)
			}
			people := s.Wake.People.Is
			s, _ = Apply(s, Looked{Look(people, nil, s.Now)})
			s.Wake.Mac.Last, s.Wake.Busy.Last = true, true
			if a := Decide(s); a.Do != c.do || a.Gate != c.gate || s.State.agreed() != c.agreed {
				t.Errorf("decided %q by %q (%s), and the click is remembered: %v", a.Do, a.Gate, a.Why, s.State.agreed())
			}
		})
	}
}

func TestAClickThatWaits(t *testing.T) {
	for _, c := range []struct {
		name  string
		after time.Duration
		edit  func(*Situation)
		gate  string
	}{
		{"looks at nobody on a held Mac", 5 * time.Minute, func(s *Situation) { s.Hold = Hold{Since: s.Now.Wall, Until: s.Now.Wall.Add(time.Hour)} }, "hold"},
		{"looks at nobody in quiet hours once it is announced", 16 * time.Minute, func(s *Situation) { s.Settings = read(t, map[string]any{"QuietHours": []any{"Mon-Sun"}}) }, "quiet hours"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := nextWake(clickedOn(t), c.after, c.edit)
			s.Wake.People = Fact[People]{}
			if a := Decide(s); a.Do != Wait || a.Gate != c.gate {
				t.Errorf("decided %q by %q (%s), want to wait by %q", a.Do, a.Gate, a.Why, c.gate)
			}
		})
	}
}
