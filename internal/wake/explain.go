package wake

import (
	"context"
	"time"

	"installordefer/deferral"
)

// An Explanation says what comes next on a Mac, and why. Its JSON form is read by
// scripts: names are added, never changed.
type Explanation struct {
	// Wanted is what would come next, were nothing in the way, and Next what does.
	Wanted  string     `json:"wanted"`
	Next    string     `json:"next"`
	Why     string     `json:"why"`
	Setting string     `json:"setting"`
	Until   *time.Time `json:"until"`

	Gates    []GateView   `json:"gates"`
	Deadline []SourceView `json:"deadline"`
	DueAt    *time.Time   `json:"dueAt"`
	// ComesAt is when windows and blackouts first let what is due happen by itself;
	// nil where that is the deadline.
	ComesAt   *time.Time     `json:"comesAt"`
	Updates   []StatusUpdate `json:"updates"`
	Behind    int            `json:"othersLoggedIn"`
	Person    bool           `json:"personAtTheScreen"`
	OnBattery bool           `json:"onBattery"`
}

// A GateView is what one gate says: open, closed, not known, or of no concern.
type GateView struct {
	Gate    string     `json:"gate"`
	Verdict string     `json:"verdict"`
	Why     string     `json:"why,omitempty"`
	Setting string     `json:"setting,omitempty"`
	Until   *time.Time `json:"until,omitempty"`
}

// A SourceView is one of what the deadline could come from.
type SourceView struct {
	Setting string    `json:"setting"`
	Value   string    `json:"value,omitempty"`
	At      time.Time `json:"at"`
	Counts  bool      `json:"counts"`
}

// The verdicts of a gate. NoConcern is that of one that cannot hold what comes next.
const (
	open      = "open"
	closed    = "closed"
	unknown   = "not known"
	NoConcern = "no concern"
)

// Explain lives a wake as far as its looks, takes all that there are, and says what
// would follow. It does nothing else, and saves nothing.
func (j *Job) Explain(ctx context.Context) (Explanation, error) {
	w := j.newWake()
	if err := w.begin(); err != nil {
		return Explanation{}, err
	}
	w.readHold()
	w.apply(deferral.Woke{First: true})
	for _, event := range []deferral.Event{w.lookAtDeclared(), w.lookAtMac(ctx), w.lookAtBusy(ctx), w.look(ctx)} {
		w.apply(event)
	}
	if err := ctx.Err(); err != nil {
		return Explanation{}, err
	}
	return w.explanation(deferral.Decide(w.s)), nil
}

func (w *wake) explanation(act deferral.Act) Explanation {
	wanted, verdicts := deferral.Explain(w.s)
	s := &w.s
	x := Explanation{
		Wanted: string(wanted.Do), Next: string(act.Do), Why: act.Why, Setting: act.Setting, Until: w.in(act.For),
		DueAt: shown(s.State.ForcedAfter, s.Zone), Updates: []StatusUpdate{}, Gates: []GateView{}, Deadline: []SourceView{},
		Behind: s.Wake.People.Is.Behind, Person: s.Wake.People.Is.Present, OnBattery: s.Wake.Mac.Is.OnBattery,
	}
	if at, _ := s.Comes(time.Time{}); s.State.Active() && at.After(s.Deadline()) {
		x.ComesAt = &at
	}
	for _, v := range verdicts {
		x.Gates = append(x.Gates, w.view(v))
	}
	for _, d := range s.State.Sources() {
		x.Deadline = append(x.Deadline, SourceView{d.Setting, d.Value, d.At.In(s.Zone), d.Counts})
	}
	for _, u := range s.State.Round.Updates {
		x.Updates = append(x.Updates, StatusUpdate{Label: u.Label, Name: u.Name, Restart: u.Restart})
	}
	return x
}

func (w *wake) view(v deferral.Verdict) GateView {
	g := GateView{Gate: v.Gate, Verdict: open, Why: v.Why, Setting: v.Setting, Until: w.in(v.Left)}
	switch {
	case !v.Concerns:
		g.Verdict = NoConcern
	case !v.Known:
		g.Verdict = unknown
	case v.Why != "":
		g.Verdict = closed
	}
	return g
}

// in is the instant after a time; nil without one.
func (w *wake) in(d time.Duration) *time.Time {
	if d <= 0 {
		return nil
	}
	return shown(w.s.Now.Wall.Add(d).Truncate(time.Second), w.s.Zone)
}
