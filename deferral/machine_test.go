package deferral

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"installordefer/deferral/settings"
	"installordefer/internal/macos"
)

// A machine plays wakes in which anything can come of each act.
type machine struct {
	*rapid.T
	s      Situation
	people People
	asked  map[int]bool // who had time to save for the restart under way
	acts   []Do
}

func (m *machine) draw(label string) bool { return rapid.Bool().Draw(m.T, label) }

// moves lets people come and go, each at a time that no look can be sure of.
func (m *machine) moves() {
	if rapid.IntRange(0, 3).Draw(m.T, "moves") > 0 {
		return
	}
	who := rapid.SampledFrom([]Person{ada, grace, {Name: "root", Root: true}}).Draw(m.T, "who")
	m.people = People{Present: m.draw("present"), Behind: rapid.IntRange(0, 1).Draw(m.T, "behind")}
	if m.people.Present {
		m.people.Person = who
	}
}

// looks has somebody look who is there; what is found is what is so.
func (m *machine) looks() {
	f := Look(m.people, nil, m.s.Now)
	f.Known = rapid.IntRange(0, 9).Draw(m.T, "known") > 0
	m.take(Looked{f})
}

func (m *machine) take(e Event) { m.s, _ = Apply(m.s, e) }

// passes lets time pass, in which everything else can happen.
func (m *machine) passes(most time.Duration) {
	m.s.Now = m.s.Now.Add(time.Duration(rapid.Int64Range(0, int64(most)).Draw(m.T, "time")))
	m.moves()
}

// condition is what a look at the Mac finds.
func (m *machine) condition() Fact[Condition] {
	bad := func(label string) bool { return rapid.IntRange(0, 9).Draw(m.T, label) == 0 }
	return Look(Condition{Converting: bad("converting"), Offline: bad("offline"), FreeKiB: rapid.Int64Range(-1, 30e6).Draw(m.T, "free")}, nil, m.s.Now)
}

// does does an act, and returns false at the end of the wake.
func (m *machine) does(a Act) bool {
	m.allowed(a)
	m.take(Began{a})
	failure := rapid.SampledFrom([]string{"", "", "It failed."}).Draw(m.T, "failure")
	switch a.Do {
	case LookAtPeople:
		m.looks()
		return true
	case LookAtMac:
		m.passes(20 * time.Second)
		m.take(LookedAtMac{m.condition()})
		return true
	case TellObstacle:
		m.passes(a.For)
		m.take(LookedAtMac{m.condition()})
		m.take(Told{Aside: m.draw("aside"), Failure: failure})
	case LookAtBusy:
		m.passes(3 * time.Second)
		m.take(LookedAtBusy{Look(rapid.IntRange(0, 4).Draw(m.T, "busy") == 0, nil, m.s.Now)})
		return true
	case LookAtDeclared:
		m.take(LookedAtDeclared{Look(Declared{}, nil, m.s.Now)})
		return true
	case DoCheck:
		m.passes(3 * time.Minute)
		outcome := rapid.SampledFrom([]Outcome{Found, Found, None, Unknown}).Draw(m.T, "outcome")
		m.take(Checked{Outcome: outcome, Updates: []Update{safari, tahoe}})
	case Download:
		m.passes(time.Hour)
		m.take(Downloaded{Label: a.Updates[0].Label, Failure: failure})
	case Prompt, FinalPrompt, AskPassword, Announce:
		m.passes(a.For)
		reply := rapid.SampledFrom([]Reply{NoReply, Run, Defer, TimedOut, Password}).Draw(m.T, "reply")
		m.take(Answered{Answer: Answer{To: a.Do, Who: a.Who, Reply: reply, For: time.Hour, After: rapid.SampledFrom([]time.Duration{time.Second, a.For}).Draw(m.T, "after")}, Failure: failure})
	case Install, InstallAndRestart, InstallWithPassword:
		m.passes(time.Hour)
		m.take(Installed{OK: failure == "", Failure: failure, Restart: m.draw("restart"), Stopped: m.draw("stopped"), Rejected: m.draw("rejected"),
			NeedsKiB: rapid.SampledFrom([]int64{0, 0, SpaceUnsaid, 20e6}).Draw(m.T, "needs")})
	case SoftRestart:
		m.take(RestartAsked{failure})
	case TimeToSave:
		m.passes(a.For)
		m.looks()
		had := MayContinue(m.s, a) == ""
		m.asked[a.Who.UID] = had
		m.take(Saved{Who: a.Who, Had: had})
	case ToolRestart:
		m.passes(time.Minute)
		m.take(ToolRestarted{Failure: failure})
	case HardRestart:
		m.take(HardRestarted{failure})
	case AwaitRestart, AwaitPrompt:
		m.s.Now = m.s.Now.Add(a.For)
		m.moves()
	case LookForOwner:
		m.take(OwnerFound{Ownership{UID: a.Who.UID, Owner: m.draw("owner"), Looked: true, Known: true}})
	case OpenPane:
		m.take(PaneOpened{failure})
	case Stay:
		m.passes(a.For)
		m.take(Stayed{Answered: m.draw("answered"), Closed: m.draw("closed")})
	case GiveUp:
		m.take(GaveUp{a})
	default:
		return false
	}
	return true
}

// allowed fails where an act must not be done: to install or to restart is for
// whom it was allowed by, or for an empty screen, and nobody is restarted by force
// who was not asked.
func (m *machine) allowed(a Act) {
	switch a.Do {
	case Install, InstallAndRestart, SoftRestart, ToolRestart, HardRestart:
	default:
		return
	}
	p := m.people
	switch {
	case !m.s.Wake.People.Known:
		m.Fatalf("%s, and nobody can tell who is there", a.Do)
	case p.Present && a.Unattended:
		m.Fatalf("%s, and %s is there, who knows nothing of it", a.Do, p.Person.Name)
	case p.Present && p.Person.UID != a.Who.UID:
		m.Fatalf("%s for %s, and %s is there", a.Do, a.Who.Name, p.Person.Name)
	case a.Do != Install && p.Present && p.Behind > 0 && !m.s.due():
		m.Fatalf("%s before the deadline, with somebody behind", a.Do)
	case a.Do != Install && !p.Present && p.Behind > 0:
		m.Fatalf("%s over the login window, with somebody behind", a.Do)
	case (a.Do == ToolRestart || a.Do == HardRestart) && p.Present && !m.asked[p.Person.UID]:
		m.Fatalf("%s, and %s had no time to save", a.Do, p.Person.Name)
	}
}

func TestWhateverComesAWakeEndsAndDoesNothingUnasked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set := settings.Defaults()
		set.InstallTogether, set.AppleSiliconPassword = rapid.Bool().Draw(t, "together"), true
		m := &machine{T: t, people: People{Person: ada, Present: true}}
		after := rapid.SampledFrom([]time.Duration{time.Minute, 71*time.Hour + 50*time.Minute, 80 * time.Hour}).Draw(t, "begins")
		m.s = Situation{Settings: set, State: found(set, safari, tahoe), Now: at(after), Zone: time.UTC,
			Machine: macos.Machine{Version: "26.6", Build: "25G72", AppleSilicon: rapid.Bool().Draw(t, "Apple silicon")}}
		for range 10 {
			m.live()
			m.s.Now = m.s.Now.Add(time.Duration(rapid.Int64Range(int64(time.Minute), int64(5*time.Hour)).Draw(t, "until the next wake")))
			m.moves()
		}
	})
}

// live lives one wake.
func (m *machine) live() {
	var trail Trail
	m.s.Wake, m.acts, m.asked = Wake{}, nil, map[int]bool{}
	for first := true; ; first = false {
		m.take(Woke{First: first})
		a := Decide(m.s)
		m.acts = append(m.acts, a.Do)
		if a.Do == Wait || a.Do == Remove {
			return
		}
		if trail.Circles(m.s, a) {
			m.Fatalf("it goes round in circles: %v", m.acts)
		}
		if len(m.acts) > 300 || !m.does(a) {
			m.Fatalf("it does not come to rest: %v", m.acts)
		}
	}
}

// untilItActs plays a wake in which somebody is there once the Mac has been looked
// at more than n times, each of which takes minutes, as where a tool hangs. It
// returns what the wake does beside looks, checks and downloads.
func untilItActs(s Situation, n int, who Person) (a Act, done []Do) {
	var people People
	for looks := 0; len(done) < 40; {
		s, _ = Apply(s, Woke{First: len(done) == 0})
		a = Decide(s)
		done = append(done, a.Do)
		var came Event
		switch a.Do {
		case LookAtPeople:
			came = Looked{Look(people, nil, s.Now)}
		case LookAtMac:
			if looks++; looks > n {
				s.Now, people = s.Now.Add(4*time.Minute), People{Person: who, Present: true}
			}
			came = LookedAtMac{Look(Condition{}, nil, s.Now)}
		case LookAtBusy:
			came = LookedAtBusy{Look(false, nil, s.Now)}
		case LookAtDeclared:
			came = LookedAtDeclared{Look(Declared{}, nil, s.Now)}
		case DoCheck:
			s.Now = s.Now.Add(3 * time.Minute)
			came = Checked{Outcome: Found, Updates: s.State.Round.Updates}
		case Download:
			came = Downloaded{Label: a.Updates[0].Label}
		default:
			return a, done
		}
		s, _ = Apply(s, Began{a})
		s, _ = Apply(s, came)
	}
	return a, done
}

func TestWhoIsThereIsLookedAtLast(t *testing.T) {
	for n, when := range []string{"first", "second"} {
		t.Run("also where somebody logs in during the "+when+" look at the Mac", func(t *testing.T) {
			s := Situation{Settings: settings.Defaults(), State: heard(found(settings.Defaults(), tahoe), 501), Now: at(80 * time.Hour), Zone: time.UTC, Machine: intel}
			a, done := untilItActs(s, n, ada)
			if looks := len(slices.DeleteFunc(slices.Clone(done), func(d Do) bool { return d != LookAtMac })); looks <= n {
				t.Fatalf("the Mac is looked at %d times: %v", looks, done)
			}
			if a.Do != FinalPrompt || a.Who != ada {
				t.Errorf("%s for %q, and ada has logged in: %v", a.Do, a.Who.Name, done)
			}
		})
	}
}
