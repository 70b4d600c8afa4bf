package prompt

import (
	"cmp"
	"fmt"
	"strconv"
	"time"
)

// The words that every dialog brings along, whatever toolkit shows it; the
// rest is the administrator's. The rules: say what happens, to what, and when,
// in whole sentences; say "your Mac", "updates", "restart"; no exclamation, no
// blame, no threat, no name of a program nobody has heard of; a button says
// what it does.
const (
	// KeepPower stands below the progress of an installation.
	KeepPower = "Keep the power adapter connected until the updates are installed."
	// OpenButton is the button of InstallNow.
	OpenButton = "Open Software Update"
	// PasswordButton and CancelButton are the buttons of Password.
	PasswordButton = "Continue"
	CancelButton   = "Cancel"
	// working stands for a progress that nothing is known about.
	working = "Installing the updates"
)

// RunButton returns the text of the button that runs the updates.
func (d Dialog) RunButton() string {
	return cmp.Or(d.RunLabel, "Run Updates")
}

// DeferButton returns the text of the button that defers.
func (d Dialog) DeferButton() string {
	return cmp.Or(d.DeferLabel, "Defer")
}

// AskAgain says when the prompt comes again if the person chooses deferral i
// while left is left until the deadline: "Ask again at 16:40". A deferral
// begins with the click, so that the time moves on while the dialog is open.
func (d Dialog) AskAgain(i int, left time.Duration) string {
	c := d.Choices[i]
	until := c.Until.Add(max(0, d.TimeLeft-left))
	now := until.Add(-c.For)
	if !d.Deadline.IsZero() && until.After(d.Deadline) {
		until = d.Deadline
	}
	return "Ask again " + atInWords(until, now)
}

// TimeLeftLine says how long the updates can still be put off; empty when the
// dialog has no deadline to show.
func (d Dialog) TimeLeftLine(left time.Duration) string {
	if d.Deadline.IsZero() {
		return ""
	}
	now := d.Deadline.Add(-left)
	if left <= 0 {
		return "The updates were due on " + dateInWords(d.Deadline, now) + "."
	}
	return "The updates are due in " + InWords(left) + ", on " + dateInWords(d.Deadline, now) + "."
}

// CountdownLine says what happens at the end of the countdown, and when.
func (d Dialog) CountdownLine(left time.Duration) string {
	switch {
	case d.Kind == Updating:
		return "Time left to save your work: " + countdownInWords(left) + "."
	case left <= 0:
		return "The updates start now."
	case left <= time.Minute:
		return "The updates start in " + countdownInWords(left) + ". Please save your work now."
	}
	return "The updates start in " + countdownInWords(left) + "."
}

// Details returns what is known about an update besides its name: "3.8 GB,
// needs a restart". It may be empty.
func (i Item) Details() string {
	size := sizeWords(i.SizeKiB)
	switch {
	case !i.Restart:
		return size
	case size == "":
		return "needs a restart"
	}
	return size + ", needs a restart"
}

// Line says how far an installation is: "Downloading macOS, 42 %".
func (p Progress) Line() string {
	// Rounded down: what is not finished is never called 100 %.
	percent := strconv.Itoa(int(min(p.Fraction, 1)*100)) + " %"
	switch {
	case p.Fraction < 0:
		return cmp.Or(p.Text, working)
	case p.Text == "":
		return percent
	}
	return p.Text + ", " + percent
}

// PasswordLine says whose password is asked for.
func (d Dialog) PasswordLine() string {
	if d.Account == "" {
		return "Your password:"
	}
	return fmt.Sprintf("Password of %s:", d.Account)
}

// Line says that the last password was wrong.
func (r Rejected) Line() string {
	if r.TriesLeft == 1 {
		return "The password was not right. This is the last try."
	}
	return fmt.Sprintf("The password was not right. %d tries are left.", r.TriesLeft)
}
