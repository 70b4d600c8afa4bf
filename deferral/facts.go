package deferral

import (
	"strconv"
	"time"

	"installordefer/deferral/settings"
	"installordefer/internal/clock"
)

// A Fact is something about the Mac that is found out by looking, because
// finding out starts programs. Nobody has looked in this wake while At is zero.
type Fact[T any] struct {
	Is T
	// Known is false where looking has not told. That is an answer too, and
	// never a convenient one.
	Known bool
	// At is when the last look ended.
	At clock.Moment
	// Last is true while nothing has been done since that could have taken
	// time.
	Last bool
}

// Look returns what a look has found out that ended at now. Is is not known
// where err is not nil.
func Look[T any](is T, err error, now clock.Moment) Fact[T] {
	return Fact[T]{Is: is, Known: err == nil, At: now, Last: true}
}

// Looked tells whether anybody has looked in this wake.
func (f Fact[T]) Looked() bool { return f.At != (clock.Moment{}) }

// olderThan tells whether something has been done since the last look and more
// than d has passed.
func (f Fact[T]) olderThan(d time.Duration, now clock.Moment) bool {
	return !f.Last && now.Continuous-f.At.Continuous > d
}

// A Person is somebody with a session on the Mac.
type Person struct {
	Name string
	UID  int
	// Root is true for the account root, whose session the job cannot enter.
	Root bool
}

// People are who is logged in.
type People struct {
	// Person is at the screen where Present is true.
	Person  Person
	Present bool
	// Locked is set while their session is behind its lock, and Dark while the
	// Mac is awake without its display, whoever is logged in.
	Locked, Dark bool
	// Session is the user id of somebody in whose session Apple's tool can
	// work; zero where there is none.
	Session int
	// Behind is how many others are logged in: behind the person at the
	// screen, or behind the login window. Nobody at the screen is not nobody.
	Behind int
}

// Deserted tells whether nobody is logged in at all.
func (p People) Deserted() bool { return !p.Present && p.Behind == 0 }

// away tells whether somebody is logged in, and the login window is up.
func (p People) away() bool { return !p.Present && p.Behind > 0 }

// empty says, without its full stop, that nobody is at the screen, and who is
// logged in behind the login window.
func (p People) empty() string {
	switch p.Behind {
	case 0:
		return "Nobody is logged in"
	case 1:
		return "The login window is up, but 1 person is logged in behind it"
	}
	return "The login window is up, but " + strconv.Itoa(p.Behind) + " people" + " are logged in behind it"
}

// Others says, with the verb, how many are logged in behind whoever is at the
// screen.
func (p People) Others() string {
	if p.Behind == 1 {
		return "1 other person is"
	}
	return strconv.Itoa(p.Behind) + " other people are"
}

// A Condition is what an installation needs of the Mac. What could not be found
// out of it does not stand in the way.
type Condition struct {
	// Converting is true while FileVault encrypts or decrypts the disk.
	Converting bool
	// OnBattery is true when the Mac draws from its battery, which then
	// holds BatteryPercent.
	OnBattery      bool
	BatteryPercent int
	// FreeKiB is the free space of the disk, or -1 where nobody has told, and
	// Offline is true while the Mac has no network at all. Each is asked for
	// once Apple's tool has complained.
	FreeKiB int64
	Offline bool
}

// lowBattery tells whether the battery is too low to install anything.
func (c Condition) lowBattery(set settings.Settings) bool {
	return c.OnBattery && c.BatteryPercent < set.MinimumBatteryPercent
}
