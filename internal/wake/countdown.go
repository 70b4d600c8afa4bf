package wake

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"installordefer/deferral"
	"installordefer/internal/dialogs"
	"installordefer/internal/logging"
	"installordefer/prompt"
)

// counted is the dialog of a countdown, with the deferrals that it offers, and what
// the log calls it.
func (w *wake) counted(a deferral.Act) (d prompt.Dialog, offers []deferral.Offer, name string) {
	kind, name := prompt.RunNow, "final prompt"
	if a.Do == deferral.Announce {
		kind, name = prompt.RunOrDefer, "announcement"
	}
	d = w.dialog(kind, a.Updates)
	d.Countdown, d.Whole, d.Others = a.For, w.s.Settings.UpdateDelay, w.s.Wake.People.Is.Behind
	if a.Do == deferral.Announce {
		d.Whole = a.For
		offers = w.offer(&d, a)
		d.Agreed = w.s.State.Round.Agreed.At.Wall.In(w.Zone)
	}
	return d, offers, name
}

// offer puts the deferrals of an act into a dialog, and returns them.
func (w *wake) offer(d *prompt.Dialog, a deferral.Act) []deferral.Offer {
	offers := w.s.Offers(a)
	for _, o := range offers {
		d.Choices = append(d.Choices, prompt.Choice(o))
	}
	d.Usual = dialogs.Usual(d.Choices, w.s.Settings)
	return offers
}

// chose takes the deferral that was chosen for an answer.
func (w *wake) chose(out *deferral.Answer, o deferral.Offer) {
	out.Reply, out.For = deferral.Defer, o.For
	if o.Fixed {
		out.Until = o.Until
	}
}

// countDown has the final prompt, or an announcement, on the screen until its
// countdown has been seen to the end, the person has answered or somebody has
// closed it. Time asleep,
// behind a lock or in a dark wake does not count.
func (w *wake) countDown(ctx context.Context, a deferral.Act) (deferral.Event, error) {
	out := deferral.Answer{To: a.Do, Who: a.Who}
	dialog, offers, name := w.counted(a)
	window, err := w.Screen.Open(ctx, consoleUser(a.Who), dialog)
	if err != nil {
		out.Why, out.Unshown = "it could not be shown", true
		return deferral.Answered{Answer: out, Failure: w.failed(logging.Prompt,
			fmt.Errorf("the %s could not be shown, and nothing is installed while %s cannot see it: %w", name, a.Who.Name, err))}, nil
	}
	defer window.Close()
	c := w.watch(a)
	if err := c.opened(window); err != nil {
		return nil, err
	}
	for ctx.Err() == nil {
		answer, answered := window.Wait(ctx, min(a.Do.Tick(), max(a.For-c.seen.seen, time.Second)))
		w.passed()
		if err := w.lookForObstacles(ctx, a); err != nil {
			return nil, err
		}
		if err := c.look(ctx, window); err != nil {
			return nil, err
		}
		if out.After = c.seen.seen; answered && answer.After > 0 {
			out.After = c.until(answer.After)
		}
		switch {
		case answered && answer.Result == prompt.ResultRun:
			out.Reply = deferral.Run
			return deferral.Answered{Answer: out}, nil
		case answered && answer.Result == prompt.ResultDefer:
			w.chose(&out, offers[answer.Choice])
			return deferral.Answered{Answer: out}, nil
		case (answered || c.idle.seen >= a.Patience) && c.neverUp(window.Sight()):
			out.Unshown, out.Why = true, cmp.Or(answer.Why, notShown)
			return deferral.Answered{Answer: out, Failure: w.neverUp(name, out.Why)}, nil
		case answered && answer.Result == prompt.ResultTimeout:
			out.Why = "its countdown ended before its time"
			return deferral.Answered{Answer: out}, nil
		case answered:
			out.Why = answer.Why
			return deferral.Answered{Answer: out}, nil
		case c.seen.seen >= a.For:
			return deferral.Answered{Answer: out}, nil
		case deferral.MayContinue(w.s, a) != "":
			out.Why = strings.TrimSuffix(deferral.MayContinue(w.s, a), ".")
			return deferral.Answered{Answer: out}, nil
		case c.why != "" && c.idle.seen >= a.Patience:
			out.Why, out.Aside = strings.TrimSuffix(c.why, "."), true
			return deferral.Answered{Answer: out}, nil
		case c.held():
			left := a.For - c.seen.seen
			_ = window.Change(prompt.Change{Countdown: &left})
		}
	}
	return nil, nil
}
