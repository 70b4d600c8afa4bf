package deferral

import (
	"slices"
	"time"

	"installordefer/internal/clock"
	"installordefer/internal/text"
)

// An Event is what has happened: what a look has found, what an act has come
// to, what somebody else has changed.
type Event interface {
	// apply changes the situation, and returns what was found about the state,
	// one log line each.
	apply(*Situation) (notes []string)
}

// Apply returns the situation after an event. It is the only way in which a
// situation changes but for the time.
func Apply(s Situation, e Event) (next Situation, notes []string) {
	notes = e.apply(&s)
	return s, notes
}

// Changed tells whether the states differ, so that the later is to be saved.
func (s State) Changed(from State) bool { return !same(&s, &from) }

type (
	// Woke is the head of each turn: the clocks may have been set. First is
	// set once in a wake.
	Woke struct{ First bool }
	// Heeded is the state with what an administrator has written into it.
	Heeded struct{ State State }
	// Began is an act that is about to be done.
	Began struct{ Act Act }
	// Rested is the end of a wake. Gate is what keeps the next act from happening,
	// if a gate does.
	Rested struct{ Gate string }
	// Looked is who is there.
	Looked struct{ People Fact[People] }
	// LookedAtMac is the Mac's condition.
	LookedAtMac struct{ Mac Fact[Condition] }
	// LookedAtDeclared is what Apple itself enforces.
	LookedAtDeclared struct{ Declared Fact[Declared] }
	// Held is the hold that somebody has asked for on this Mac, or none.
	Held struct{ Hold Hold }
	// Checked is the outcome of a check, with the updates in scope.
	Checked struct {
		Outcome Outcome
		Updates []Update
		// Withheld names, in words, what MDM defers, where the outcome is that.
		Withheld string
		Failure  string
	}
	// Downloaded is a download that has ended. Failure says, in words, why it
	// did not bring the update, and Hung is set where no prompt waits for it any
	// more.
	Downloaded struct {
		Label, Failure string
		Hung           bool
		// NeedsKiB is what Apple's tool needs of the disk, where it has
		// complained of too little: SpaceUnsaid where it has not said how much.
		NeedsKiB int64
	}
	// Failed is trouble that changes nothing else.
	Failed struct{ Why string }
)

// apply brings the state in line with the clocks, the settings and what an
// administrator has written. It says what each step means that a wake before
// has begun and not concluded: an installation, or a restart that was not asked
// for, was interrupted, and a check will say what is left; a restart that was
// asked for, and a removal, go on; what was begun in an earlier start of the Mac
// is for a check.
func (e Woke) apply(s *Situation) []string {
	over := s.endRound()
	settled, notes := Settle(s.State, s.Settings, s.Now, s.Zone)
	if step := &settled.Round.Step; step.At.Boot == s.Now.Boot && step.At.Follows(s.Now) {
		step.At = s.Now // no step was begun later than now
	}
	s.State = settled
	notes = append(over, notes...)
	s.State.settleAgreed(s.Settings.DeferralPeriod, s.Now)
	notes = append(notes, s.heldOrNot()...)
	step := settled.Round.Step
	if !e.First || step.At.Boot != s.Now.Boot {
		return notes
	}
	if step.Kind == StepInstall || step.Kind == StepSoft && !step.Asked {
		// A soft restart counts: Apple's tool, which was to ask for it, may
		// have outlived the job.
		s.State = s.State.installFailed(s.Now)
		notes = append(notes, "An installation was interrupted. A check will say what is left to install.")
	}
	return notes
}

// heldOrNot takes note of a hold, and of its end.
func (s *Situation) heldOrNot() []string {
	if s.State.Stopped() {
		return nil // nothing counts down any more
	}
	until, _ := s.held()
	held := s.State.Active() && !until.IsZero()
	ended := s.State.Round.Held && !held
	if s.State.Round.Held = held; !ended {
		return nil
	}
	s.State.Round.Notices = nil // that nobody was asked for long
	least := s.State.Round.noticeTime(&s.Settings)
	if least <= 0 {
		return nil
	}
	return []string{"The hold has ended. Whoever is at the screen has " + text.Length(least) + " of notice before anything counts down (MinimumNotice)."}
}

func (e Heeded) apply(s *Situation) []string {
	s.Wake.ByHand = s.Wake.ByHand || !e.State.DeferredUntil.Equal(s.State.DeferredUntil)
	s.State = e.State
	return nil
}

func (e Failed) apply(s *Situation) []string {
	s.State = s.State.Failed(e.Why, s.Now)
	return nil
}

// apply keeps an installation that was allowed, and has to wait, from being asked
// about again at once. What the person at the Mac can change is waited for.
func (e Rested) apply(s *Situation) []string {
	switch {
	case s.Wake.Allowed.Consent == Clicked && obstructs(e.Gate) && !s.due():
		s.keepAgreed()
	case s.Wake.Allowed.Consent != NoConsent:
		s.State = s.State.postponed(s.Settings, s.Wake.Mac, s.Now)
	}
	return nil
}

func (e LookedAtMac) apply(s *Situation) []string {
	s.Wake.Mac = e.Mac
	s.measured()
	return nil
}

func (e LookedAtDeclared) apply(s *Situation) []string {
	s.Wake.Declared = e.Declared
	return nil
}

func (e Held) apply(s *Situation) []string {
	s.Hold = e.Hold
	return nil
}

func (e Looked) apply(s *Situation) []string {
	w := &s.Wake
	w.People = e.People
	s.State = s.State.settles(w.People, s.Now)
	if p := &w.People; !p.Known && p.Is.Present && s.State.Settled(p.Is.Person.UID) {
		p.Known = true
	}
	s.State = s.State.lookedAt(w.People, w.Unseen != "", s.Now)
	if w.People.Known && s.State.agreed() && !sees(w.People, Person{UID: s.State.Round.Agreed.UID}) {
		s.State.disagree()
	}
	s.noticed()
	s.helped()
	if w.Shown.At != (clock.Moment{}) && w.People.Known && w.People.Is.seeing() {
		w.Shown = w.Shown.on(w.People.Is.Person.UID, false, s.Now)
	}
	if w.Answer != nil {
		s.judge()
	}
	if w.Allowed.Consent != NoConsent && !maybe(w.People, w.Allowed.Who) {
		w.Allowed = Allowed{}
	}
	if w.Assist != nil && w.Assist.Watch {
		w.Assist = w.Assist.watched(s)
	}
	return nil
}

// sees tells whether a person is at the screen beyond doubt.
func sees(f Fact[People], p Person) bool {
	return f.Known && f.Is.Present && f.Is.Person.UID == p.UID
}

// maybe tells whether nobody but p is at the screen beyond doubt.
func maybe(f Fact[People], p Person) bool {
	return f.Known && (!f.Is.Present || f.Is.Person.UID == p.UID)
}

func (e Checked) apply(s *Situation) []string {
	w := &s.Wake
	w.Checked, w.Recheck = true, false
	before := s.State.Withheld
	if s.otherScope() {
		before = "" // it was about other updates
	}
	s.State = s.State.Checked(e.Outcome, e.Updates, s.Settings, s.Machine, s.Now, s.Zone)
	if e.Outcome == Withheld {
		s.State.Withheld = e.Withheld
	}
	if e.Failure != "" {
		s.State = s.State.Failed(e.Failure, s.Now)
	}
	if s.State.Round.Agreed.others(s.wanted()) {
		s.State.disagree()
	}
	if w.Assist != nil {
		w.Assist = w.Assist.rechecked(s)
	}
	if e.Outcome != Withheld {
		return nil
	}
	return s.endWithheld(before)
}

func (e Downloaded) apply(s *Situation) []string {
	s.short(e.NeedsKiB)
	if e.Failure == "" || e.Hung {
		s.State = s.State.DownloadEnded([]string{e.Label})
	}
	if e.Failure != "" {
		s.State = s.State.Failed(e.Failure, s.Now)
	}
	return nil
}

// apply writes down, before it is begun, what cannot be undone.
func (e Began) apply(s *Situation) []string {
	a, w := &e.Act, &s.Wake
	w.Unseen = ""
	if a.Do != LookAtPeople && a.Do != LookAtDeclared {
		w.People.Last = false
		w.Mac.Last = w.Mac.Last && a.Do == LookAtMac
		w.Busy.Last = false
	}
	if waitsForBusy(a) && s.State.Round.Busy.At != (clock.Moment{}) {
		s.State.busied(true, s.late(), s.Now) // it has waited until now
	}
	switch a.Do {
	case Download:
		w.Downloads = append(slices.Clone(w.Downloads), a.Updates[0].Label)
	case Prompt:
		w.Asked, w.ByHand = true, false
		w.Shown = Lock{UID: a.Who.UID, At: s.Now}
		s.State = s.State.Prompted()
		s.State.disagree()
		if len(a.Updates) > len(s.ours()) {
			s.State.Round.DeclaredAsked = s.Now
		}
	case FinalPrompt:
		if !w.Counted {
			s.State = s.State.Prompted()
		}
		if !w.Again || w.Closed.UID != a.Who.UID {
			w.Closed = Closed{}
		}
		w.Counted, w.Again = true, false
	case TellObstacle:
		s.beginTelling()
	case Announce:
		w.Announced = true
	case Remove:
		if s.State.Round.Step.Kind != StepRemove {
			s.State = s.State.Begin(StepRemove, nil, false, s.Machine, s.Now)
		}
	default:
		s.beginInstalling(a)
	}
	return nil
}

// An Answer is what a dialog has come to.
type Answer struct {
	To    Do
	Who   Person
	Reply Reply
	// For is the deferral that was chosen, and Until its end where that is a time
	// of the day, which stays when it is whenever the answer is judged.
	For   time.Duration
	Until time.Time
	// After is how long the dialog was on the screen.
	After time.Duration
	// Why says why there is no reply, and Unshown is set where the dialog could
	// not come up.
	Why     string
	Unshown bool
	// Aside is set where the dialog was taken away because nobody could see it.
	Aside bool
}

// A Reply is one of the things that an answer can say.
type Reply string

// The replies. NoReply is consent to nothing.
const (
	NoReply  Reply = ""
	Run      Reply = "run"
	Defer    Reply = "defer"
	TimedOut Reply = "timed out" // of the prompt: nobody answered; of the final one: its countdown has ended
	Password Reply = "password"
)

// Answered is an answer. It counts once a look has shown that who gave it is
// still at the screen.
type Answered struct {
	Answer
	// Failure says, in words, why the dialog could not be shown.
	Failure string
}

func (e Answered) apply(s *Situation) []string {
	w := &s.Wake
	w.Mac.Last = false // it may have been looked at while the dialog was up
	if e.Failure != "" {
		s.State = s.State.Failed(e.Failure, s.Now)
	}
	if e.Unshown {
		s.unprompted(e.To)
	}
	if e.To == Prompt {
		s.heard(&e.Answer)
	}
	if e.To == FinalPrompt && !e.Unshown {
		w.Up = true
		left := s.State.CountdownLeft(e.Who.UID, s.Settings.UpdateDelay)
		least := leastSeen
		if !e.Aside {
			least = max(least, w.Closed.Away/2)
		}
		s.State = s.State.saw(e.Who.UID, max(e.After, least))
		if e.Reply == NoReply && (e.After >= left || s.State.Round.seenBy(e.Who.UID) >= s.Settings.UpdateDelay) {
			e.Reply = TimedOut
		}
	}
	if e.To == Announce && e.Reply == NoReply && e.After >= s.Settings.HardRestartDelay {
		e.Reply = TimedOut
	}
	if e.To == FinalPrompt && e.Reply == NoReply && MayContinue(*s, Act{Do: FinalPrompt, Who: e.Who}) != "" {
		s.State = s.State.sawNothing() // what has ended it was no lock, and may last for days
	}
	if e.Aside {
		w.Judged = e.Answer // nobody has answered, and nobody was slow to
		return nil
	}
	if e.To == FinalPrompt && e.Reply != Run && !s.due() {
		w.Judged = e.Answer // the clock was set: it asks for nothing any more
		return nil
	}
	w.Answer = &e.Answer
	return nil
}

// heard notes whether a prompt was on somebody's screen. A helper that shows none puts
// off what is due, as a lock does, for MaxLockedTime.
func (s *Situation) heard(a *Answer) {
	w := &s.Wake
	switch lock := &s.State.Round.Lock; {
	case a.Unshown:
		s.State = s.State.lookedAt(w.People, true, s.Now)
	case a.Aside:
	case lock.Unshown:
		*lock = Lock{}
		fallthrough
	default:
		s.State.told(a.Who.UID, w.Shown.upTo(s.Now), s.Now)
	}
	w.Shown = Lock{}
}

// unprompted takes back that somebody was asked: the dialog never came to the
// screen.
func (s *Situation) unprompted(to Do) {
	r := &s.State.Round
	if to == Prompt || to == FinalPrompt && !s.Wake.Up {
		r.Prompts = max(r.Prompts-1, 0)
	}
	if to == Prompt {
		r.DeclaredAsked = clock.Moment{}
	}
}

// judge makes an answer count. Whatever is not a clear answer of the person who
// was asked is none: it is no consent, and it defers for less than an answer
// would.
func (s *Situation) judge() {
	w := &s.Wake
	a := *w.Answer
	if !sees(w.People, a.Who) && a.Reply != NoReply {
		a.Reply, a.Why = NoReply, notThere(w.People)
	}
	w.Answer, w.Judged = nil, a
	switch a.To {
	case Prompt:
		s.judgePrompt(a)
	case FinalPrompt:
		s.judgeFinal(a)
	case Announce:
		s.judgeAnnounced(a)
	case AskPassword:
		as := *w.Assist
		as.Given, as.Owner = a.Reply == Password, as.Owner && a.Reply == Password
		w.Assist, w.Password = &as, as.Given
	}
}

func (s *Situation) judgePrompt(a Answer) {
	st := s.State
	switch {
	case a.Reply == Run:
		s.Wake.Allowed = Allowed{Clicked, a.Who}
		return
	case len(s.ours()) == 0:
		return // nothing of this round is put off by it; people are asked again the next day
	case s.due():
		return // what follows is the rest of the notice
	}
	switch a.Reply {
	case Defer:
		by := byPeriod
		switch {
		case !a.Until.IsZero():
			by, a.For = byTime, s.until(a.Until)
		case len(s.Settings.DeferralChoices) > 0:
			by = byChoice
		}
		st = st.deferred(a.For, by, s.Now)
	case TimedOut:
		st = st.TimedOut(s.Settings, s.Now)
	default:
		st = st.Unanswered(s.Settings, s.Now)
	}
	if s.Wake.ByHand && s.State.DeferralLeft(s.Now) > 0 {
		// What an administrator has written meanwhile, and is still to come,
		// holds whatever was answered.
		st = st.withDeferralOf(s.State)
	}
	s.State = st
}

func (s *Situation) judgeFinal(a Answer) {
	w := &s.Wake
	switch {
	case a.Reply == Run:
		w.Allowed = Allowed{Clicked, a.Who}
	case a.Reply == TimedOut:
		w.Allowed = Allowed{CountedDown, a.Who}
		s.State = s.State.sawNothing() // the next countdown is a whole one
	case a.Unshown || !sees(w.People, a.Who):
		s.State = s.State.unseen(s.Now) // nobody sees it: the next wake looks who is there
	default:
		w.Again, w.Closed = true, w.Closed.again(a.Who.UID, a.After, s.Now)
	}
}

// notThere says why the person who was asked may not be at the screen any more.
func notThere(f Fact[People]) string {
	switch {
	case !f.Known:
		return "could not tell who is logged in now"
	case !f.Is.Present:
		return "nobody is at the screen any more"
	}
	return "another person is at the screen now"
}
