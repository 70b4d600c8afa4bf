package deferral

import (
	"reflect"
	"slices"
	"time"

	"installordefer/deferral/settings"
	"installordefer/internal/clock"
	"installordefer/internal/macos"
	"installordefer/internal/text"
)

// TakesPassword tells whether a volume owner can have macOS installed with a
// password.
func TakesPassword(m macos.Machine, set settings.Settings) bool {
	return set.AppleSiliconPassword && m.AppleSilicon && m.Major() >= 13
}

// Consent is what allows an installation.
type Consent string

// The two consents.
const (
	NoConsent Consent = ""
	// Clicked means that the person clicked Run Updates.
	Clicked Consent = "clicked"
	// CountedDown means that the final countdown was on the screen to its
	// end. It counts only after the deadline, which a clock that is set right
	// meanwhile can bring back.
	CountedDown Consent = "counted down"
)

// Allowed is a consent, and whose it is.
type Allowed struct {
	Consent Consent
	Who     Person
}

// A Situation is all that a decision depends on.
type Situation struct {
	Settings settings.Settings
	State    State
	Now      clock.Moment
	Machine  macos.Machine
	// Zone is the Mac's time zone: for the workday and for words.
	Zone *time.Location
	// Hold is the hold that somebody has asked for on this Mac.
	Hold Hold
	Wake Wake
}

// A Wake is what only the wake that runs knows. It ends with the process.
type Wake struct {
	People Fact[People]
	Mac    Fact[Condition]
	// Busy tells whether the person at the screen is in the middle of something.
	Busy Fact[bool]
	// Owner tells whether somebody owns the volume.
	Owner Ownership
	// Declared is what Apple itself enforces.
	Declared Fact[Declared]
	// Downloads are the labels whose download was tried.
	Downloads []string
	// Checked is set once a check has ended, whatever it said. It and the next
	// ones stand together: apart, each takes eight bytes of every copy.
	Checked bool
	// Asked, Counted and Assisted tell which dialogs have been shown. Each
	// comes once: the next one belongs to the next wake, which reads the
	// settings again.
	Asked, Counted, Assisted, Told, Announced bool
	// Again is set while the final prompt is to come back, and Closed says when.
	Again bool
	// Up is set once a final prompt was seen.
	Up bool
	// Shown counts for how long the prompt that is up has been on the screen.
	Shown  Lock
	Closed Closed
	// Unseen says why, by the word of the helper, nobody can see the dialog of
	// the act under way.
	Unseen string
	// Answer was given and waits for a look at who is there.
	Answer *Answer
	// Judged is the last answer as it counted.
	Judged  Answer
	Allowed Allowed
	Work    *Work
	Restart Restart
	Assist  *Assist
	// Recheck is set when an installation has ended: a check says what is left.
	Recheck bool
	// ByHand is set when an administrator has changed the end of the deferral
	// since the prompt came up.
	ByHand bool
	// Password is set while a password is known.
	Password bool
}

// A Restart is a restart that this wake sees to.
type Restart struct {
	Allowed Allowed
	// Ask is set while loginwindow is still to be asked.
	Ask bool
	// Ready is set once whoever could lose work has had time to save, or, as
	// Unattended says, nobody was there.
	Ready, Unattended bool
	// Hard is set once it no longer asks.
	Hard bool
	// ToolEnded is when Apple's tool came back from a restart without asking
	// that it was to make, and Failure what it said.
	ToolEnded clock.Moment
	Failure   string
	// Unshown names whom the dialog about saving could not be shown to.
	Unshown string
	// Work is the installation that it belongs to.
	Work *Work
}

// An Assist is a person who is helped to install what only a person can.
type Assist struct {
	Updates []Update
	// Why says the reason in a plain sentence.
	Why string
	// Mandatory is set when it can no longer be put off.
	Mandatory bool
	Who       Person
	// OwnerKnown is set when it has been found out whether the person may
	// authorise updates. Owner is false, too, once the password was not given.
	OwnerKnown, Owner bool
	// Tries counts passwords, and Given is set while one is to be used.
	Tries int
	Given bool
	// Opened is set once Software Update was opened for the person, and
	// Begun when the dialog came up that stays for Stay.
	Opened bool
	Begun  clock.Moment
	Stay   time.Duration
	// Over is set when the dialog has been on the screen for its time, and
	// Check and Watch while a check, and then a look who is there, is due.
	Over, Check, Watch bool
}

// unchanged tells whether nothing but the time has changed since o.
func (s Situation) unchanged(o Situation) bool {
	if s.State.Changed(o.State) {
		return false
	}
	for _, each := range []*Situation{&s, &o} {
		each.Now = clock.Moment{}
		each.Wake.People.At, each.Wake.Mac.At, each.Wake.Busy.At = clock.Moment{}, clock.Moment{}, clock.Moment{}
		each.Zone = nil
	}
	return reflect.DeepEqual(s, o)
}

// A Trail is what a wake has done. It tells when a wake has lost its way.
type Trail struct{ steps []*step }

// trailMost bounds how far back a circle is looked for.
const trailMost = 8

type step struct {
	act Act
	in  Situation
}

// Circles tells whether the same is to be done a second time in a situation that
// has not changed, and remembers the act. Where it is a look it is so the third time:
// on a busy Mac a look may be too old when its turn comes.
func (t *Trail) Circles(s Situation, a Act) bool {
	again := a.Do.Looks()
	for _, b := range t.steps {
		if a.Do != b.act.Do || !reflect.DeepEqual(a, b.act) || !s.unchanged(b.in) {
			continue
		}
		if !again {
			return true
		}
		again = false
	}
	if len(t.steps) == trailMost {
		t.steps = t.steps[1:]
	}
	t.steps = append(t.steps, &step{a, s})
	return false
}

// due tells whether the deadline has passed.
func (s *Situation) due() bool { return s.State.Due(s.Now) }

// standing is the consent that holds now.
func (s *Situation) standing() bool {
	c := s.Wake.Allowed.Consent
	return c == Clicked || c == CountedDown && s.due()
}

// clockTime says when d will have passed, as a person at the Mac would.
func (s *Situation) clockTime(d time.Duration) string {
	return text.Time(s.Now.Wall.Add(d), s.Zone)
}

// byLabel returns the updates of the round that have one of the labels.
func (s *Situation) byLabel(wanted []string) []Update {
	var out []Update
	for _, u := range s.State.Round.Updates {
		if slices.Contains(wanted, u.Label) {
			out = append(out, u)
		}
	}
	return out
}
