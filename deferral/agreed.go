package deferral

import (
	"slices"
	"time"

	"installordefer/internal/clock"
	"installordefer/internal/text"
)

// An Agreed is a click on Run Updates that something about the Mac has kept from
// being obeyed: its battery, or FileVault at work.
type Agreed struct {
	UID int
	At  clock.Moment
	// Labels are the updates that were in the dialog.
	Labels []string
}

// agreedFor is how long after the click updates begin without another word. Who
// clicked longer ago may be in the middle of something else: a dialog counts down
// to it, and can be put off.
const agreedFor = 15 * time.Minute

// agreed tells whether a click waits to be obeyed.
func (s *State) agreed() bool { return s.Round.Agreed.At != (clock.Moment{}) }

// disagree forgets it.
func (s *State) disagree() { s.Round.Agreed = Agreed{} }

// keepAgreed remembers who has clicked, and what for. A click that is remembered
// already stays as old as it is.
func (s *Situation) keepAgreed() {
	if who := s.Wake.Allowed.Who.UID; !s.State.agreed() || s.State.Round.Agreed.UID != who {
		s.State.Round.Agreed = Agreed{UID: who, At: s.Now, Labels: Labels(s.wanted())}
	}
}

// settleAgreed forgets a click that is from another start of the Mac, older than a
// deferral, or of the time before the deadline.
func (s *State) settleAgreed(period time.Duration, now clock.Moment) {
	if since, ok := now.Since(s.Round.Agreed.At); s.agreed() && (!ok || since >= period || s.Due(now)) {
		s.disagree()
	}
}

// decideAgreed goes on with what somebody has clicked before. Who is there matters
// to no Mac that is held, and to no prompt that the click only comes before.
func (s *Situation) decideAgreed() Act {
	const clear = ", and nothing is in the way any more."
	since, _ := s.Now.Since(s.State.Round.Agreed.At)
	if s.otherScope() {
		a := decidePrompt(s)
		a.Kept, a.Why = true, "Run Updates was clicked before other updates were chosen. "+a.Why
		return a
	}
	if until, _ := s.held(); !until.IsZero() {
		return decidePrompt(s)
	}
	people := s.Wake.People
	if since >= agreedFor {
		return Act{Do: Announce, fresh: true, Kept: true, Consent: Clicked, Who: people.Is.Person, Updates: s.wanted(), For: s.Settings.HardRestartDelay,
			Patience: unseenMost, Setting: "HardRestartDelay", Why: "Run Updates was clicked " + text.Length(since) + " ago" + clear}
	}
	if !people.Looked() {
		return Act{Do: LookAtPeople, Why: "Who has clicked Run Updates must be at the screen still."}
	}
	s.Wake.Allowed = Allowed{Clicked, people.Is.Person}
	a := s.decideAllowed()
	a.Kept, a.Why = true, "The person clicked Run Updates earlier"+clear
	return a
}

// judgeAnnounced makes the end of an announcement count. Whatever is neither a
// click nor a whole countdown forgets the click, but for what came in the way.
func (s *Situation) judgeAnnounced(a Answer) {
	switch there := sees(s.Wake.People, a.Who); {
	case a.Reply == Run || a.Reply == TimedOut:
		s.Wake.Allowed = Allowed{Clicked, a.Who}
	case a.Unshown:
		s.State = s.State.unseen(s.Now)
	case a.Reply == NoReply && (!there || MayContinue(*s, Act{Do: Announce, Who: a.Who}) != ""):
		// who has gone is forgotten with the look, and what is in the way waits
	default:
		s.State.disagree()
		s.judgePrompt(a)
	}
}

// others tells whether something is to be installed that was not in the dialog.
func (a Agreed) others(updates []Update) bool {
	return slices.ContainsFunc(updates, func(u Update) bool { return !slices.Contains(a.Labels, u.Label) })
}
