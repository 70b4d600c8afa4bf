package deferral

import (
	"slices"
	"time"

	"installordefer/deferral/settings"
	"installordefer/internal/clock"
	"installordefer/internal/text"
)

// noticeMost is for how long, from when somebody is first seen past the deadline,
// what is due waits for the notice that they have not had.
const noticeMost = 24 * time.Hour

// A Notice is what somebody has heard of the deadline as it is. Lock counts for how
// long they have been at the screen since, past the deadline: awake, unlocked,
// look after look.
type Notice struct {
	Lock
	// Asked is set once a prompt was on their screen, and From is what was spent of
	// the round when it came up.
	Asked bool
	From  time.Duration
	// Since is when they were first seen past the deadline, and Spent what was spent
	// of the round by then.
	Since time.Time
	Spent time.Duration
}

// noticeTime is how long a person is at the screen between a prompt and a countdown.
// Who gets less than that from the first sighting to the deadline need not have
// more after it.
func (r *Round) noticeTime(set *settings.Settings) time.Duration {
	return min(set.MinimumNotice, r.MaxDeferral)
}

// notice returns what the person with that user id has heard.
func (r *Round) notice(uid int) Notice {
	for _, n := range r.Notices {
		if n.UID == uid {
			return n
		}
	}
	return Notice{Lock: Lock{UID: uid}}
}

// hears keeps what one person has heard.
func (r *Round) hears(n Notice) {
	list := append([]Notice(nil), r.Notices...)
	for i := range list {
		if list[i].UID == n.UID {
			list[i], r.Notices = n, list
			return
		}
	}
	r.Notices = append(list, n)
}

// told records that a prompt was on somebody's screen for that long.
func (s *State) told(uid int, shown time.Duration, now clock.Moment) {
	n := s.Round.notice(uid)
	if n.Asked || s.ForcedAfter.IsZero() {
		return
	}
	n.Asked, n.From = true, max(s.Round.spent(now)-shown, 0)
	if !n.Since.IsZero() {
		n.For, n.At = shown, now
	}
	s.Round.hears(n)
}

// noticed counts, past the deadline, for how long whoever is at the screen has been
// there.
func (s *Situation) noticed() {
	r, f := &s.State.Round, &s.Wake.People
	least := r.noticeTime(&s.Settings)
	if !f.Known || least <= 0 || !s.due() {
		return
	}
	seen := f.Is.seeing()
	for _, n := range r.Notices {
		if n.At != (clock.Moment{}) && !(seen && n.UID == f.Is.Person.UID) {
			n.At = clock.Moment{}
			r.hears(n)
		}
	}
	if n := r.notice(f.Is.Person.UID); seen && n.For < least {
		n.seen(s)
		r.hears(n)
	}
}

// seeing tells whether somebody is at a screen that they can see.
func (p *People) seeing() bool { return p.Present && !p.Locked && !p.Dark }

// seen takes one more look, past the deadline, at whom n is about. Who is at the
// screen when the deadline passes was there for it: to them all the time counts since
// they were asked. Whoever comes later is asked again.
func (n *Notice) seen(s *Situation) {
	spent := s.State.Round.spent(s.Now)
	if n.Since.IsZero() {
		n.Since, n.Spent = s.Now.Wall.Truncate(time.Second), spent
		n.Asked = n.Asked && -s.State.TimeLeft(s.Now) <= lookGap
		if n.For = 0; n.Asked {
			n.For = max(spent-n.From, 0)
		}
	}
	switch _, same := s.Now.Since(n.At); {
	case !n.Asked:
		n.At = clock.Moment{}
	case n.At == (clock.Moment{}) || !same:
		n.At = s.Now
	default:
		n.Lock = n.on(n.UID, false, s.Now)
	}
}

// over tells whether nothing waits for n any more, whatever they have heard: by the
// wall clock, or by the time that the Mac was on.
func (n *Notice) over(s *Situation) bool {
	return !n.Since.IsZero() && (s.Now.Wall.Sub(n.Since) >= noticeMost || s.State.Round.spent(s.Now)-n.Spent >= noticeMost)
}

// NoticeLeft is how long, past the deadline, whoever is at the screen still has to be
// there before a countdown, and whether they have been asked. A lock that has lasted
// for MaxLockedTime needs none.
func (s *Situation) NoticeLeft() (left time.Duration, asked bool) {
	p := &s.Wake.People
	if !p.Known || !p.Is.Present || !s.due() || s.waitedEnough() {
		return 0, true
	}
	n := s.State.Round.notice(p.Is.Person.UID)
	if n.over(s) {
		return 0, true
	}
	had := n.For
	if n.At != (clock.Moment{}) {
		had = n.upTo(s.Now)
	}
	return max(s.State.Round.noticeTime(&s.Settings)-had, 0), n.Asked
}

// Idle is for how long the wakes after one that ends with a have nothing to do: not
// past the deadline, from which on they look who is there, because notice, and a lock,
// count look by look, as does who was asked to install, and not just before a prompt, which is prepared.
func (s *Situation) Idle(a Act) time.Duration {
	switch {
	case s.due() && s.Wake.People.Looked():
		return 0
	case a.Gate == "asked":
		return 0
	case a.Gate == "deferral":
		return max(a.For-ahead, 0)
	case s.State.Active() && !s.due():
		return min(a.For, s.State.TimeLeft(s.Now))
	}
	return a.For
}

// decideNotice asks somebody for whom the deadline, or something that brought it
// nearer, has come while they were away. What they can defer to is the end of their
// notice.
func (s *Situation) decideNotice(plan *Plan, left time.Duration) Act {
	by := s.Now.Wall.Add(left + time.Second - 1).Truncate(time.Second)
	if h := s.State.enforcing(s.Settings, s.Settings.UpdateDelay, s.Now.Add(left), s.Zone); h.closed {
		by = h.next
	}
	return Act{Do: Prompt, fresh: true, Notice: true, Last: true, By: by, Who: s.Wake.People.Is.Person,
		For: min(s.Settings.PromptTimeout, left), Patience: unseenMost, Setting: "MinimumNotice",
		Updates: append(slices.Clone(plan.Restarting), plan.Quiet...),
		Why:     "The deadline has passed, and whoever is at the screen has " + text.Length(left) + " of notice."}
}
