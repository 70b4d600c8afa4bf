package deferral

import (
	"time"

	"installordefer/internal/text"
)

// A Verdict is what one gate says to what comes next.
type Verdict struct {
	Gate string
	// Concerns tells whether the gate can hold that act at all, and Known whether
	// what it depends on is known.
	Concerns, Known bool
	// Why says why it is closed; empty where it is open. Setting is what closes
	// it, and Left for how long, where that is known.
	Why, Setting string
	Left         time.Duration
}

// Explain returns what comes next, were nothing in the way, and what each gate
// says to that, in the order in which they are asked. It decides nothing.
func Explain(s Situation) (wanted Act, verdicts []Verdict) {
	wanted = next(&s)
	wanted.needsOwner = s.wantsOwner(&wanted)
	at := map[string]int{}
	for i := range gates {
		g := &gates[i]
		v := Verdict{Gate: g.name, Concerns: g.starts(&wanted), Known: s.known(g, &wanted)}
		if v.Concerns && v.Known {
			if v.Why, v.Left = g.closed(&s, &wanted); v.Why != "" {
				v.Setting = s.gateSetting(g)
			}
		}
		// A gate of two rows has one for each kind of act.
		if there, known := at[g.name]; !known {
			at[g.name] = len(verdicts)
			verdicts = append(verdicts, v)
		} else if !verdicts[there].Concerns {
			verdicts[there] = v
		}
	}
	return wanted, verdicts
}

// known tells whether what a gate depends on is known. That it is not is what the
// gate of that name is about.
func (s *Situation) known(g *gate, a *Act) bool {
	if g.wants == LookAtPeople && g.name != "unknown" && !s.Wake.People.Known || g.wants == LookAtMac && !s.Wake.Mac.Known || g.wants == LookAtBusy && !s.Wake.Busy.Known || g.wants == LookForOwner && !s.Wake.Owner.Known {
		return false
	}
	return s.toLookAt(g.wants, a, false) == ""
}

// A Source is one of what the deadline could come from.
type Source struct {
	Setting, Value string
	At             time.Time
	// Counts is set for the one that the deadline is.
	Counts bool
}

// Sources returns what the deadline of the round could come from; none without a
// round.
func (s State) Sources() []Source {
	if !s.Active() {
		return nil
	}
	r := s.Round
	sources := []Source{{Setting: r.deadlineKey(), Value: text.Length(r.MaxDeferral) + " after the first sighting", At: r.Began.Wall.Add(r.MaxDeferral)}}
	for _, l := range r.Limits {
		sources = append(sources, Source{Setting: l.Setting, Value: l.Value, At: l.At})
	}
	setting, found := s.DeadlineSetting(), false
	for i := range sources {
		sources[i].Counts = sources[i].Setting == setting
		found = found || sources[i].Counts
	}
	if !found {
		if setting == "" {
			setting = "set by hand, or taken over"
		}
		sources = append(sources, Source{Setting: setting, At: s.ForcedAfter, Counts: true})
	}
	return sources
}
