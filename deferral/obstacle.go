package deferral

import (
	"strconv"
	"time"

	"installordefer/internal/clock"
)

// An obstacle is a gate about the Mac's condition, most of which the person at the
// Mac can open: the battery, the disk, the network. No countdown runs while one is
// closed, for nothing could follow it. A dialog says what is in the way instead.

const (
	// tellAgain is how long after such a dialog the next one comes where updates
	// are overdue. Who has clicked Run Updates is told once.
	tellAgain = time.Hour
	// shortFor is how long Apple's word counts that the disk has too little
	// space. After it Apple's tool is asked again: it also uses space that macOS
	// makes by itself, which no look can see.
	shortFor = 24 * time.Hour
	// someMore is the space that has to become free, in KiB, where Apple has not
	// said how much it takes.
	someMore = 1e6
	// SpaceUnsaid is the space that is needed, in KiB, where Apple has not said
	// how much that is.
	SpaceUnsaid = -1
)

// A Shortage is Apple's word that the disk has too little space for the updates.
type Shortage struct {
	At clock.Moment
	// NeedsKiB is what has to be free in all, and Said is set where that is
	// Apple's number.
	NeedsKiB int64
	Said     bool
}

// AsksForSpace tells whether a look at the Mac asks how much space is free, and
// AsksForNetwork whether it asks for a network. Both would be there in vain until
// Apple's tool has complained: of the disk, or of not reaching Apple.
func (s Situation) AsksForSpace() bool { return s.State.Round.Short.At != (clock.Moment{}) }

// AsksForNetwork is told of with AsksForSpace.
func (s Situation) AsksForNetwork() bool { return s.State.LastCheck.Failed > 0 }

// short notes that Apple's tool needs so much space in all; 0 means that it has
// not complained.
func (s *Situation) short(kib int64) {
	switch {
	case kib > 0:
		s.State.Round.Short = Shortage{s.Now, kib, true}
	case kib == SpaceUnsaid:
		s.State.Round.Short = Shortage{s.Now, 0, false}
	}
}

// measured takes the first look at the disk after a complaint without a number for
// what was too little.
func (s *Situation) measured() {
	if short, free := &s.State.Round.Short, s.Wake.Mac.Is.FreeKiB; s.AsksForSpace() && short.NeedsKiB == 0 && free >= 0 {
		short.NeedsKiB = free + someMore
	}
}

// full tells whether the disk has too little space, as far as that is known.
func (s *Situation) full() bool {
	short := s.State.Round.Short
	since, ok := s.Now.Since(short.At)
	return ok && since < shortFor && s.Wake.Mac.Is.FreeKiB >= 0 && s.Wake.Mac.Is.FreeKiB < short.NeedsKiB
}

// fullAtFirst tells whether an installation has just failed for want of space, as
// the first of the round that failed.
func (s *Situation) fullAtFirst() bool {
	r := &s.State.Round
	_, ok := r.Short.At.Since(r.Step.At)
	return r.Failures == 0 && ok
}

// obstructs tells whether a gate is an obstacle.
func obstructs(name string) bool {
	for i := range gates {
		if gates[i].name == name {
			return gates[i].wants == LookAtMac
		}
	}
	return false
}

// InTheWay names the first obstacle that is there now; empty where nothing is in
// the way.
func InTheWay(s Situation) (gate string) {
	for i := range gates {
		if g := &gates[i]; g.wants == LookAtMac {
			if why, _ := g.closed(&s, &Act{}); why != "" {
				return g.name
			}
		}
	}
	return ""
}

// tell is the dialog that says what is in the way of an act, where somebody is to
// be told and can see it, or the look that comes before.
func (s *Situation) tell(wanted *Act, held Act) Act {
	if held.Do != Wait || !obstructs(held.Gate) && held.Gate != NoOwner || !s.tells(wanted, held.Gate) {
		return held
	}
	a := Act{Do: TellObstacle, Who: s.Wake.People.Is.Person, Updates: s.wanted(), Why: held.Why, Setting: held.Setting, Gate: held.Gate,
		For: assistMost, Patience: unseenMost}
	if !s.due() {
		a.For = min(s.Settings.PromptTimeout, s.State.TimeLeft(s.Now))
	}
	switch not, is := s.hold(&a, true); {
	case !is:
		return a
	case not.Gate == "" && not.Do != Wait && not.Do != GiveUp:
		return not
	}
	return held
}

// tells tells whether it is time to say what is in the way of an act: to who has
// clicked, and to everybody once the deadline has passed; and once a day to who may
// not install.
func (s *Situation) tells(wanted *Act, gate string) bool {
	told := s.State.Round.Told
	since, ok := s.Now.Since(told)
	switch {
	case gate == NoOwner:
		return s.Now.Wall.Sub(told.Wall) >= daily || told.Wall.After(s.Now.Wall)
	case s.due():
		return !ok || since >= tellAgain
	case s.State.agreed():
		after, known := told.Since(s.State.Round.Agreed.At)
		return !known || after < 0
	}
	return wanted.Consent == Clicked
}

// Told is the end of a dialog about what is in the way. Aside is set where it was
// taken away because nobody could see it, or something else is in the way now, and
// Failure says, in words, why it could not be shown.
type Told struct {
	Aside   bool
	Failure string
}

func (e Told) apply(s *Situation) []string {
	s.Wake.Mac.Last = false // it was looked at while the dialog was up
	s.State.Round.Told = s.Now
	if e.Aside {
		s.State.Round.Told = clock.Moment{}
	}
	if e.Failure != "" {
		s.State = s.State.Failed(e.Failure, s.Now)
	}
	return nil
}

// beginTelling is Began for that dialog. Whatever was allowed waits: a click is
// remembered, and a countdown begins again, whole.
func (s *Situation) beginTelling() {
	w := &s.Wake
	w.Told = true
	if w.Allowed.Consent == Clicked && !s.due() {
		s.keepAgreed()
	}
	w.Allowed = Allowed{}
	s.State = s.State.sawNothing()
	s.State.Round.Told = s.Now
}

// spaceWords says what is missing.
func (s *Situation) spaceWords() string {
	const wait = ". Updates wait until there is room."
	free := "The disk has " + gigabytes(s.Wake.Mac.Is.FreeKiB) + " free"
	if short := s.State.Round.Short; short.Said {
		return free + ", and Apple's tool needs " + gigabytes(short.NeedsKiB) + wait
	}
	return free + ", and Apple's tool has said that it is too little" + wait
}

func gigabytes(kib int64) string {
	return strconv.FormatFloat(float64(kib)*1024/1e9, 'f', 1, 64) + " GB"
}
