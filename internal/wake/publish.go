package wake

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"installordefer/deferral"
	"installordefer/internal/logging"
	"installordefer/internal/plist"
	"installordefer/internal/statusfile"
	"installordefer/internal/text"
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

// publish tells machines how the Mac stands now that an act is decided. A
// board that cannot be written stops nothing.
func (w *wake) publish(a deferral.Act) {
	switch {
	case w.Board == nil, a.Do.Looks():
		return
	case w.s.State.Active() && a.Do == deferral.DoCheck:
		return // on the way to what comes next
	}
	s := published(&w.s, a)
	s.Identifier, s.Version = w.Identifier, w.Version
	s.MacOS, s.Hardware = w.machine.Version, Hardware(w.machine.AppleSilicon)
	if !s.Gone() {
		s.HistoryLength, s.HistorySum = w.historyMark()
	}
	if w.s.Settings.ReportUserNames && s.Word != statusfile.Current {
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
	if people := w.s.Wake.People; people.Looked() {
		return people.Is.Person.Name
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
func published(s *deferral.Situation, a deferral.Act) statusfile.Status {
	st := &s.State
	out := statusfile.Status{
		Build: s.Machine.Build, Setting: a.Setting,
		LastCheck: whole(st.LastCheck.At.Wall), LastCheckOutcome: string(st.LastCheck.Outcome),
		LastError: text.Cut(st.LastError.Text, publishedText), LastErrorAt: whole(st.LastError.At),
	}
	out.Word, out.WaitingFor = standing(s, a)
	if out.Gone() {
		return statusfile.Status{Build: out.Build, Word: out.Word}
	}
	by, _ := s.Date()
	out.Deadline, out.DeferredUntil = whole(by), whole(st.DeferredUntil)
	r := st.Round
	out.Deferrals, out.Prompts, out.Restarts, out.Failures = r.Deferrals, r.Prompts, r.Restarts, r.Failures
	for _, u := range r.Updates[:min(len(r.Updates), publishedUpdates)] {
		out.Updates = append(out.Updates, statusfile.Update{Label: text.Cut(u.Label, publishedText), Name: text.Cut(u.Name, publishedText), Restart: u.Restart})
	}
	return out
}

// standing says how the Mac stands, and what comes before anything else.
func standing(s *deferral.Situation, a deferral.Act) (statusfile.Word, string) {
	st := &s.State
	wait, blocked := waitingFor(s, a)
	by, due := s.Date()
	switch {
	case a.Do == deferral.Remove:
		return statusfile.Current, ""
	case wait == waitHold, wait == waitMDM:
		return statusfile.Held, wait
	case wait == waitNew:
		return statusfile.Current, wait
	case !st.Active():
		return statusfile.Unknown, wait
	case blocked:
		return statusfile.Blocked, wait
	case due && (wait == waitByHand || s.Now.Wall.Sub(by) >= overdueAfter), s.Wake.Declared.Is.Missed(st.Round.Updates, s.Now.Wall):
		return statusfile.Overdue, wait
	case due:
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
	waitNew      = "new updates"
	waitMDM      = "what MDM defers"
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
	waitSpace    = "free space"
	waitNetwork  = "network"
	waitOwner    = "volume owner"
	waitAdmin    = "administrator"
	waitAccount  = "administrator at the screen"
	waitWho      = "knowing who is at the screen"
	waitBusy     = "person who is busy"
	waitHold     = "end of the hold"
	waitNotice   = "end of the notice"
	waitQuiet    = "end of the quiet hours"
	waitWindow   = "maintenance window"
	waitApple    = "Apple's own date"
	waitLock     = "unlocked screen"
	waitDownload = "download"
)

// Waits returns everything that a Mac can wait for.
func Waits() []string {
	return []string{
		waitCheck, waitSecond, waitNew, waitMDM, waitDeferral, waitPerson, waitAnswer, waitByHand,
		waitInstall, waitRestart, waitTry, waitUptime, waitVault, waitPower, waitSpace, waitNetwork, waitOwner,
		waitAdmin, waitAccount, waitWho, waitHold, waitNotice, waitQuiet, waitWindow, waitApple, waitBusy, waitLock, waitDownload,
	}
}

// waitingFor names what comes before anything else, and whether it is something
// that has to change at the Mac before anything can follow.
func waitingFor(s *deferral.Situation, a deferral.Act) (what string, blocked bool) {
	st := &s.State
	switch {
	case a.Gate == "hold":
		return waitHold, false
	case st.Stopped() && st.Round.Step.Kind != deferral.StepHard:
		return waitAdmin, true
	case st.Round.Step.Kind == deferral.StepInstall || a.Work != nil:
		return waitInstall, false
	case st.Round.Step.Kind != deferral.NoStep:
		return waitRestart, false
	case s.UpToDate():
		return waitNew, false
	case st.LastCheck.Outcome == deferral.None && !st.Proven:
		return waitSecond, false
	case st.Withheld != "":
		return waitMDM, false
	case len(st.Round.Updates) == 0:
		return waitCheck, false
	}
	return waitingWhile(s, a)
}

// waitingWhile is waitingFor in a round on which nothing has a hold.
func waitingWhile(s *deferral.Situation, a deferral.Act) (what string, blocked bool) {
	st := &s.State
	switch a.Gate {
	case "conversion":
		return waitVault, true
	case "unknown":
		return waitWho, true
	case "power":
		return waitPower, true
	case "space":
		return waitSpace, true
	case "network":
		return waitNetwork, true
	case deferral.NoOwner:
		if o := &s.Wake.Owner; o.Owner || !o.Known {
			return waitAccount, true
		}
		return waitOwner, true
	case "pause":
		return waitingPaused(st.Round.Pause)
	case "asked":
		return waitByHand, false
	case "locked", "unseen":
		return waitLock, false
	case "deferral":
		return waitDeferral, false
	case "notice":
		return waitNotice, false
	case "quiet hours":
		return waitQuiet, false
	case "window":
		return waitWindow, false
	case "declared":
		return waitApple, false
	case "start of the Mac":
		return waitUptime, false
	case "busy":
		return waitBusy, false
	case "nobody", "behind", "dark", "somebody", "another", "login window", "others":
		return waitPerson, false
	}
	switch {
	case a.Assist != nil || s.Wake.Assist != nil:
		return waitByHand, false
	case a.Do == deferral.Download:
		return waitDownload, false
	case a.Do == deferral.Prompt || a.Do == deferral.FinalPrompt || a.Do == deferral.Announce:
		return waitAnswer, false
	}
	return waitCheck, false
}

// waitingPaused is waitingFor in a pause.
func waitingPaused(p deferral.Pause) (what string, blocked bool) {
	switch p.WaitsFor() {
	case deferral.PauseForPower:
		return waitPower, true
	case deferral.PauseForVault:
		return waitVault, true
	}
	return waitTry, false
}

// whole is a time in whole seconds of UTC.
func whole(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC().Truncate(time.Second)
}
