// Package examples holds a dialog in each of its states, with made-up updates.
// The preview shows them, the pictures are made of them, and the tests of the
// words read them in every language. What must hold here: every text that a
// person can meet stands in one of them.
package examples

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"time"

	"installordefer/prompt"
)

// A State is a dialog in one of its states.
type State struct {
	// Name is what the preview calls it, Title says what it shows.
	Name, Title string
	Kind        prompt.Kind
	set         func(d *prompt.Dialog)
}

// Dialog returns the dialog of a state as it opens at now, on a Mac with macOS
// 26. Base holds what does not depend on the state: the administrator's texts,
// language and logo, the deferrals on offer and the countdown.
func (s State) Dialog(now time.Time, base prompt.Dialog) prompt.Dialog {
	d := base
	d.ID, d.Kind, d.Opened = "example", s.Kind, now
	d.OSVersion = "26.6"
	d.Updates = []prompt.Item{macOS, safari}
	deadline(&d, 54*time.Hour)
	s.set(&d)
	if d.Kind != prompt.RunOrDefer {
		d.Choices = nil
	}
	if d.Kind != prompt.RunNow && d.Kind != prompt.Updating && d.Agreed.IsZero() {
		d.Countdown = 0
	}
	return d
}

// Named returns the state of that name.
func Named(name string) (State, bool) {
	i := slices.IndexFunc(States, func(s State) bool { return s.Name == name })
	if i < 0 {
		return State{}, false
	}
	return States[i], true
}

var (
	macOS  = prompt.Item{Name: "macOS Tahoe 26.7", SizeKiB: 3_700_000, Restart: true}
	safari = prompt.Item{Name: "Safari 27.0", SizeKiB: 190_000}
)

// storage is where a person sees what fills the disk.
const storage = "x-apple.systempreferences:com.apple.settings.Storage"

// deadline sets how long is left, and drops the deferrals that are too long.
func deadline(d *prompt.Dialog, left time.Duration) {
	d.Deadline, d.TimeLeft = d.Opened.Add(left), max(left, 0)
	var fit []prompt.Choice
	for _, c := range d.Choices {
		if !c.Fixed {
			c.Until = d.Opened.Add(c.For)
		}
		if c.For < left {
			fit = append(fit, c)
		}
	}
	if fit == nil && left > 0 {
		fit = []prompt.Choice{{For: left, Until: d.Deadline}}
	}
	d.Choices = fit
}

// none is the state of a dialog of which nothing special is to be said.
func none(*prompt.Dialog) {}

// States are all states, in the order in which a person may meet them.
var States = []State{
	{"first", "the first prompt", prompt.RunOrDefer, none},
	{"choices", "several deferrals to choose from", prompt.RunOrDefer, func(d *prompt.Dialog) {
		if len(d.Choices) < 2 {
			for _, h := range []time.Duration{1, 4, 24} {
				d.Choices = append(d.Choices, prompt.Choice{For: h * time.Hour})
			}
			d.Choices = d.Choices[len(d.Choices)-3:]
			deadline(d, d.TimeLeft)
		}
	}},
	{"times", "a time of the day is chosen", prompt.RunOrDefer, func(d *prompt.Dialog) {
		if !slices.ContainsFunc(d.Choices, func(c prompt.Choice) bool { return c.Fixed }) {
			for _, h := range []int{12, 19} {
				d.Choices = append(d.Choices, nextAt(d.Opened, h))
			}
			sort.SliceStable(d.Choices, func(i, j int) bool { return d.Choices[i].For < d.Choices[j].For })
		}
		d.Usual = slices.IndexFunc(d.Choices, func(c prompt.Choice) bool { return c.Fixed })
	}},
	{"tomorrow", "the deadline is tomorrow", prompt.RunOrDefer, func(d *prompt.Dialog) { deadline(d, 20*time.Hour) }},
	{"far", "the deadline is weeks away", prompt.RunOrDefer, func(d *prompt.Dialog) { deadline(d, 40*24*time.Hour) }},
	{"quiet", "no restart is needed", prompt.RunOrDefer, func(d *prompt.Dialog) { d.Updates = []prompt.Item{safari} }},
	{"rapid", "a rapid security update", prompt.RunOrDefer, func(d *prompt.Dialog) {
		d.Rapid = true
		d.Updates = []prompt.Item{{Name: "Background Security Improvement 26.6 (a)", SizeKiB: 210_000, Restart: true}}
	}},
	{"many", "forty updates", prompt.RunOrDefer, many},
	{"help", "a help page", prompt.RunOrDefer, func(d *prompt.Dialog) { d.Help = cmp.Or(d.Help, "https://help.example.com/updates") }},
	{"others", "somebody else is logged in", prompt.RunOrDefer, func(d *prompt.Dialog) { d.Others = 2 }},
	{"failed", "the last try failed", prompt.RunOrDefer, func(d *prompt.Dialog) { d.Failed = prompt.Failed }},
	{"failed-network", "the last try did not reach Apple", prompt.RunOrDefer, func(d *prompt.Dialog) { d.Failed = prompt.FailedAtApple }},
	{"failed-space", "the last try lacked space", prompt.RunOrDefer, func(d *prompt.Dialog) { d.Failed = prompt.FailedForSpace }},
	{"last", "the last prompt", prompt.RunOrDefer, last},
	{"last-quiet", "the last prompt, without a restart", prompt.RunOrDefer, func(d *prompt.Dialog) {
		last(d)
		d.Updates = []prompt.Item{safari}
	}},
	{"person", "Apple silicon: the person installs", prompt.RunOrDefer, byPerson},
	{"person-last", "Apple silicon: the last prompt", prompt.RunOrDefer, func(d *prompt.Dialog) {
		byPerson(d)
		last(d)
	}},
	{"with-password", "Apple silicon: with a password", prompt.RunOrDefer, func(d *prompt.Dialog) {
		d.Way, d.Updates = prompt.WithPassword, []prompt.Item{macOS}
	}},
	{"declared", "Apple enforces the update at a declared date", prompt.RunOrDefer, func(d *prompt.Dialog) {
		d.Declared, d.Updates = true, []prompt.Item{macOS}
	}},
	{"announced", "what was agreed to a while ago begins", prompt.RunOrDefer, func(d *prompt.Dialog) {
		d.Agreed, d.Countdown = d.Opened.Add(-3*time.Hour), 5*time.Minute
	}},
	{"announced-quiet", "what was agreed to yesterday begins, without a restart", prompt.RunOrDefer, func(d *prompt.Dialog) {
		d.Agreed, d.Countdown = d.Opened.Add(-20*time.Hour), 50*time.Second
		d.Updates = []prompt.Item{safari}
	}},
	{"final", "the final prompt", prompt.RunNow, passed},
	{"final-quiet", "the final prompt, without a restart", prompt.RunNow, func(d *prompt.Dialog) {
		passed(d)
		d.Updates = []prompt.Item{safari}
	}},
	{"final-minute", "the last minute of the final prompt", prompt.RunNow, func(d *prompt.Dialog) {
		passed(d)
		d.Countdown = 50 * time.Second
	}},
	{"final-others", "the final prompt, and somebody else is logged in", prompt.RunNow, func(d *prompt.Dialog) {
		passed(d)
		d.Others = 1
	}},
	{"updating", "an installation", prompt.Updating, installing},
	{"updating-quiet", "an installation without a restart, of unknown progress", prompt.Updating, func(d *prompt.Dialog) {
		installing(d)
		d.Updates, d.Progress = []prompt.Item{safari}, nil
	}},
	{"restarting", "Apple's tool restarts the Mac", prompt.Updating, func(d *prompt.Dialog) {
		installing(d)
		d.Progress = &prompt.Progress{Fraction: 1, Updates: []string{macOS.Name}, Restarting: true}
	}},
	{"save", "time to save before a restart", prompt.Updating, saving},
	{"save-minute", "the last minute before a restart", prompt.Updating, func(d *prompt.Dialog) {
		saving(d)
		d.Countdown = 50 * time.Second
	}},
	{"save-shutdown", "time to save before the Mac is shut down", prompt.Updating, func(d *prompt.Dialog) {
		saving(d)
		d.Shutdown, d.Others = true, 1
	}},
	{"install", "the person installs", prompt.InstallNow, byPerson},
	{"install-overdue", "the person should have installed", prompt.InstallNow, func(d *prompt.Dialog) {
		byPerson(d)
		deadline(d, -26*time.Hour)
	}},
	{"not-allowed", "the person may not install", prompt.InstallNow, func(d *prompt.Dialog) {
		byPerson(d)
		d.NotAllowed = true
	}},
	{"not-allowed-overdue", "the person may not install, and the deadline has passed", prompt.InstallNow, func(d *prompt.Dialog) {
		byPerson(d)
		d.NotAllowed = true
		deadline(d, -26*time.Hour)
	}},
	{"power", "the battery is too low", prompt.InTheWay, func(d *prompt.Dialog) {
		d.Obstacle = &prompt.Obstacle{Is: prompt.LowBattery, Percent: 12, NeedsPercent: 20}
	}},
	{"power-overdue", "the battery is too low, and the deadline has passed", prompt.InTheWay, func(d *prompt.Dialog) {
		d.Obstacle = &prompt.Obstacle{Is: prompt.LowBattery, Percent: 12, NeedsPercent: 20}
		deadline(d, -2*time.Hour)
	}},
	{"space", "the disk has too little space", prompt.InTheWay, func(d *prompt.Dialog) {
		d.Obstacle = &prompt.Obstacle{Is: prompt.LowSpace, FreeKiB: 12_700_000, NeedsKiB: 18_400_000}
		d.Pane = storage
	}},
	{"space-unknown", "the disk has too little space, and nobody knows how much is needed", prompt.InTheWay, func(d *prompt.Dialog) {
		d.Obstacle = &prompt.Obstacle{Is: prompt.LowSpace, FreeKiB: 2_700_000}
		d.Pane = storage
	}},
	{"network", "the Mac has no network", prompt.InTheWay, func(d *prompt.Dialog) {
		d.Obstacle = &prompt.Obstacle{Is: prompt.NoNetwork}
	}},
	{"disk", "FileVault is at work", prompt.InTheWay, func(d *prompt.Dialog) {
		d.Obstacle = &prompt.Obstacle{Is: prompt.DiskAtWork}
	}},
	{"password", "a password is asked for", prompt.Password, password},
	{"password-wrong", "the password was wrong", prompt.Password, func(d *prompt.Dialog) {
		password(d)
		d.Rejected = &prompt.Rejected{TriesLeft: 2}
	}},
	{"password-last", "the password was wrong twice", prompt.Password, func(d *prompt.Dialog) {
		password(d)
		d.Rejected = &prompt.Rejected{TriesLeft: 1}
	}},
}

// nextAt is a deferral until the next time that the clock strikes an hour.
func nextAt(now time.Time, hour int) prompt.Choice {
	until := time.Date(now.Year(), now.Month(), now.Day(), hour, 0, 0, 0, now.Location())
	if until.Before(now.Add(5 * time.Minute)) {
		until = until.AddDate(0, 0, 1)
	}
	return prompt.Choice{For: until.Sub(now), Until: until, Fixed: true}
}

func many(d *prompt.Dialog) {
	for i := range 38 {
		d.Updates = append(d.Updates, prompt.Item{Name: fmt.Sprintf("Pro Video Formats %d.0", i+1), SizeKiB: 12_000})
	}
}

func last(d *prompt.Dialog) {
	d.Last = true
	deadline(d, 2*time.Hour)
}

func byPerson(d *prompt.Dialog) {
	d.Way, d.Updates = prompt.ByPerson, []prompt.Item{macOS}
	d.Pane = "x-apple.systempreferences:com.apple.Software-Update-Settings.extension"
}

// passed is the final prompt: its deadline is now.
func passed(d *prompt.Dialog) {
	deadline(d, 0)
	if d.Countdown <= 0 {
		d.Countdown = 10 * time.Minute
	}
}

func installing(d *prompt.Dialog) {
	deadline(d, 0)
	d.Countdown, d.Portable = 0, true
	d.Progress = &prompt.Progress{Fraction: 0.42, Updates: []string{macOS.Name}}
}

func saving(d *prompt.Dialog) {
	deadline(d, 0)
	d.Updates = []prompt.Item{macOS}
	if d.Countdown <= 0 {
		d.Countdown = 5 * time.Minute
	}
}

func password(d *prompt.Dialog) {
	deadline(d, 20*time.Hour)
	d.Way, d.Updates, d.Account = prompt.WithPassword, []prompt.Item{macOS}, "Anna Example"
}
