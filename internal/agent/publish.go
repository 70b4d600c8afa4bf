package agent

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"installordefer/deferral"
	"installordefer/internal/logging"
	"installordefer/internal/plist"
	"installordefer/internal/statusfile"
)

// overdueAfter is how long a deadline has passed before a Mac that is due is
// called overdue: a day in which a laptop is opened once.
const overdueAfter = 24 * time.Hour

// Bounds of what comes from Apple's catalogue and from tools, so that the file
// stays small.
const (
	publishedUpdates = 50
	publishedText    = 300
)

// publish tells machines how the Mac stands now that d is decided. That it
// cannot be told stops nothing.
func (w *wake) publish(d deferral.Decision) {
	switch {
	case w.Board == nil, d.Do == deferral.LookAround:
		return
	case w.st.Active() && (d.Do == deferral.DoCheck || d.Do == deferral.Download):
		return // on the way to what comes next
	}
	s := published(w.situation(), d)
	s.Identifier, s.Version = w.Identifier, w.Version
	s.MacOS, s.Hardware = w.machine.OSVersion, "intel"
	if w.machine.AppleSilicon {
		s.Hardware = "apple-silicon"
	}
	if w.set.ReportUserNames && s.Word != statusfile.Current {
		s.ConsoleUser = w.lastSeen()
	}
	if err := statusfile.Publish(w.Board, s, w.now().Wall); err != nil && !w.unpublished {
		w.unpublished = true
		w.Log.Error(logging.State, "Machines that read the status file see how this Mac stood before: %v. The next wake tries again.", err)
	}
}

// lastSeen is who is at the screen, or, where this wake has not looked, who was
// there when one did.
func (w *wake) lastSeen() string {
	if w.facts != nil {
		return w.person.Name
	}
	data, err := w.Board.Read()
	if err != nil {
		return ""
	}
	dict, err := plist.Decode(data, statusfile.MaxFile)
	if err != nil {
		return ""
	}
	before, _ := statusfile.FromDict(dict)
	return before.ConsoleUser
}

// unnamed takes an account's name out of a text that everybody can read.
func unnamed(text, name string) string {
	if name == "" {
		return text
	}
	partOfWord := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '-' }
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, name)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		last, _ := utf8.DecodeLastRuneInString(b.String())
		next, _ := utf8.DecodeRuneInString(after)
		if partOfWord(last) || partOfWord(next) {
			b.WriteString(name)
		} else {
			b.WriteString("the person at the screen")
		}
		text = after
	}
}

// published is the status that follows from a decision, without what does not
// change while the job is on the Mac.
func published(s deferral.Situation, d deferral.Decision) statusfile.Status {
	st := d.State
	out := statusfile.Status{
		Build: s.Machine.Build, Setting: d.Setting,
		LastCheck: whole(st.LastCheck.At.Wall), LastCheckOutcome: string(st.LastCheck.Outcome),
		LastError: shortened(st.LastError.Text), LastErrorAt: whole(st.LastError.At),
	}
	out.Word, out.WaitingFor = standing(s, d)
	if out.Word == statusfile.Current {
		return statusfile.Status{Build: out.Build, Word: out.Word}
	}
	out.Deadline, out.DeferredUntil = whole(st.ForcedAfter), whole(st.DeferredUntil)
	r := st.Round
	out.Deferrals, out.Prompts, out.Restarts, out.Failures = r.Deferrals, r.Prompts, r.Restarts, r.Failures
	for _, u := range r.Updates[:min(len(r.Updates), publishedUpdates)] {
		out.Updates = append(out.Updates, statusfile.Update{Label: shortened(u.Label), Name: shortened(u.Name), Restart: u.Restart})
	}
	return out
}

// standing says how the Mac stands, and what comes before anything else.
func standing(s deferral.Situation, d deferral.Decision) (statusfile.Word, string) {
	st := d.State
	wait, blocked := waitingFor(s, d)
	switch {
	case d.Do == deferral.Remove:
		return statusfile.Current, ""
	case !st.Active():
		return statusfile.Unknown, wait
	case blocked:
		return statusfile.Blocked, wait
	case st.Due(s.Now) && s.Now.Wall.Sub(st.ForcedAfter) >= overdueAfter:
		return statusfile.Overdue, wait
	case st.Due(s.Now):
		return statusfile.Due, wait
	case wait == waitDeferral:
		return statusfile.Deferred, wait
	}
	return statusfile.Pending, wait
}

// What a Mac can wait for.
const (
	waitCheck    = "check"
	waitSecond   = "second check"
	waitDeferral = "end of the deferral"
	waitPerson   = "person at the screen"
	waitAnswer   = "answer"
	waitByHand   = "person in Software Update"
	waitInstall  = "installation"
	waitRestart  = "restart"
	waitTry      = "next try"
	waitUptime   = "end of the time after a start"
	waitVault    = "FileVault"
	waitPower    = "power adapter"
	waitAdmin    = "administrator"
	waitWho      = "knowing who is at the screen"
)

// waitingFor names what comes before anything else, and whether it is something
// that has to change at the Mac before anything can follow.
func waitingFor(s deferral.Situation, d deferral.Decision) (what string, blocked bool) {
	st := d.State
	switch {
	case st.Stopped() && st.Round.Step.Kind != deferral.StepHard:
		return waitAdmin, true
	case st.Round.Step.Kind == deferral.StepInstall || d.Do == deferral.Install:
		return waitInstall, false
	case st.Round.Step.Kind != deferral.NoStep:
		return waitRestart, false
	case len(st.Round.Updates) == 0:
		return waitCheck, false
	case st.LastCheck.Outcome == deferral.None:
		return waitSecond, false
	case s.Facts != nil && d.Do == deferral.Wait && s.Facts.Converting:
		return waitVault, true
	case s.Facts != nil && d.Do == deferral.Wait && s.Facts.Unclear:
		return waitWho, true
	}
	return waitingWhile(s, d)
}

// waitingWhile is waitingFor in a round on which nothing has a hold.
func waitingWhile(s deferral.Situation, d deferral.Decision) (what string, blocked bool) {
	st := d.State
	if s.Facts != nil && s.Consent != deferral.NoConsent {
		if why, setting := s.Facts.Unready(s.Settings); why != "" && setting != "" {
			return waitPower, true
		}
	}
	switch {
	case st.PauseLeft(s.Now) > 0:
		return waitTry, false
	case !st.Due(s.Now) && st.DeferralLeft(s.Now) > 0:
		return waitDeferral, false
	case d.Do == deferral.Prompt || d.Do == deferral.FinalPrompt:
		return waitAnswer, false
	case d.Do == deferral.Assist:
		return waitByHand, false
	case s.Facts != nil && !s.Facts.Person && d.Setting == "UpdateDelay":
		return waitUptime, false
	case s.Facts != nil && !s.Facts.Person:
		return waitPerson, false
	}
	return waitCheck, false
}

// whole is a time in whole seconds of UTC.
func whole(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC().Truncate(time.Second)
}

func shortened(text string) string {
	if len(text) <= publishedText {
		return text
	}
	return strings.ToValidUTF8(text[:publishedText], "") + "…"
}
