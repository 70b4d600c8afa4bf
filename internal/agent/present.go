package agent

import (
	"context"
	"strconv"
	"time"

	"installordefer/deferral"
	"installordefer/internal/logging"
	"installordefer/launchd"
	"installordefer/softwareupdate"
)

// What keeps the Mac from going on as it was allowed. Each is a sentence of the
// log.
const (
	// clockSetBack is why nothing further happens to a Mac whose clock told a
	// later time when the deadline seemed to have passed.
	clockSetBack = "The clock was set, and the deadline has not passed any more."
	cannotTell   = "Who is at the screen cannot be told now."
	somebodyCame = "Somebody has come to the screen and is told first."
	anotherCame  = "Another person has come to the screen and is told first."
)

// lookEvery is how often the screen is looked at while Apple's tool works on an
// empty one, or while somebody has time to save.
const lookEvery = 10 * time.Second

// overtaken tells whether what the passed deadline has allowed is allowed no
// longer, because the clock was set and it has not passed.
func (w *wake) overtaken() bool {
	return w.consent != deferral.Clicked && !w.st.Due(w.now())
}

// unasked says why the Mac may not be restarted without asking: everybody who
// could lose work then must have been asked. That is the person with this user
// id and, once the deadline has passed, who is logged in behind them. It is
// empty where they have been.
func (w *wake) unasked(c launchd.Console, err error, uid int) string {
	switch {
	case err != nil:
		return cannotTell
	case !c.Present && c.Behind > 0:
		return deferral.Facts{Behind: c.Behind}.Empty() + "."
	case c.Present && c.User.UID != uid:
		return anotherCame
	case c.Present && c.Behind > 0 && !w.st.Due(w.now()):
		return others(c.Behind) + " logged in, and the deadline has not passed."
	}
	return ""
}

// others says how many others there are, with the verb.
func others(n int) string {
	if n == 1 {
		return "1 other person is"
	}
	return strconv.Itoa(n) + " other people are"
}

// occupied says why a Mac that nobody was logged in to may not be restarted
// without asking: somebody may have come. It is empty while nobody has.
func (w *wake) occupied(ctx context.Context) string {
	c, err := w.Host.Console(ctx)
	if err == nil && c.Present {
		return somebodyCame
	}
	return w.unasked(c, err, 0)
}

// barred says why the Mac may not be restarted as it was allowed: it was
// allowed for the one person at the screen then, or for an empty screen, and
// after a countdown only because the deadline has passed. It is empty where
// nothing has changed.
func (w *wake) barred(ctx context.Context) string {
	c, err := w.Host.Console(ctx)
	return w.barredBy(c, err)
}

// barredBy is barred for a screen that has been looked at.
func (w *wake) barredBy(c launchd.Console, err error) string {
	switch {
	case w.overtaken():
		return clockSetBack
	case err == nil && c.Present && w.consent == deferral.NoConsent:
		return somebodyCame
	}
	return w.unasked(c, err, w.person.UID)
}

// another says that the screen may have passed from the person who allowed a
// restart to somebody else, or that others would lose their work with it.
func (w *wake) another(ctx context.Context) string {
	c, err := w.Host.Console(ctx)
	return w.unasked(c, err, w.person.UID)
}

// unconsented says why updates that need no restart may not be installed: the
// screen may have passed to somebody who has not been told. It is empty where
// it has not, also where whoever was told has left.
func (w *wake) unconsented(ctx context.Context) string {
	c, err := w.Host.Console(ctx)
	switch {
	case err != nil:
		return cannotTell
	case c.Present && w.consent == deferral.NoConsent:
		return "Somebody has come to the screen."
	case c.Present && c.User.UID != w.person.UID:
		return "Another person has come to the screen."
	}
	return ""
}

// watch returns what is to be asked with each progress of a call of Apple's tool
// that ends with a restart. It works for minutes, in which anybody may have come
// to the screen: when it has finished an update, and on an empty screen all the
// time, it is called off where something bars the restart.
func (w *wake) watch(ctx context.Context, barred func(context.Context) string, empty bool) func(softwareupdate.Progress) bool {
	looked := w.now().Continuous
	return func(p softwareupdate.Progress) bool {
		now := w.now().Continuous
		if !finished(p) && !(empty && now-looked >= lookEvery) {
			return true
		}
		looked = now
		why := barred(ctx)
		if why == "" || ctx.Err() != nil {
			return ctx.Err() == nil
		}
		w.Log.Notice(logging.Restart, "%s Apple's tool is ended before it restarts the Mac.", why)
		return false
	}
}

// finished tells whether Apple's tool has come to its end with an update, so
// that the restart may be the next that it does.
func finished(p softwareupdate.Progress) bool {
	return p.Phase == softwareupdate.PhaseStaged || p.Phase == softwareupdate.PhaseDone || p.Fraction >= 1
}
