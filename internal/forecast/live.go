package forecast

import (
	"cmp"
	"time"

	"installordefer/internal/plist"
	"installordefer/internal/simmac"
	"installordefer/internal/simmac/life"
	"installordefer/internal/simmac/scenario"
	"installordefer/internal/simmac/story"
	"installordefer/internal/statusfile"
	"installordefer/launchd"
)

// An outcome is what came of one Mac under one policy.
type outcome struct {
	Traits
	story.Cost
	// Complied tells whether the job has found nothing left and removed itself,
	// and After when the last update was installed; 0 where none was missing.
	Complied bool
	After    time.Duration
	// Why is what the status of a Mac says that has not complied.
	Why string
}

// told are the events that a life is counted by.
var told = []simmac.Kind{simmac.DialogShown, simmac.DialogClosed, simmac.WentDown, simmac.RestartAsked, simmac.RestartForced, simmac.WorkLost, simmac.Installed}

// live lets the job of this identifier live through a scenario under settings.
func live(s *scenario.Scenario, id launchd.Identifier, settings map[string]any, traits Traits) (outcome, error) {
	l, err := life.Of(s, id, settings)
	if err != nil {
		return outcome{}, err
	}
	m := l.Mac
	defer m.Close()
	l.Jumps = true
	m.Journal.SkipAllBut(told...)
	var burden story.Burden
	lived := outcome{Traits: traits}
	m.Journal.Tell = func(e simmac.Event) {
		burden.Take(e, m.Zone())
		if e.Kind == simmac.Installed {
			lived.After = e.At
		}
	}
	length := s.LengthOrDefault()
	l.Each = func(life.Wake) {
		if l.Removed {
			m.EndAt(m.Elapsed())
		}
	}
	l.Run(length)
	lived.Cost = burden.Total()
	if lived.Complied = l.Removed; l.Removed {
		return lived, nil
	}
	lived.Complied, lived.Why = stands(l, id)
	return lived, nil
}

// stands tells whether a Mac on which the job still is lacks nothing, because it
// stays, and what it waits for otherwise, in the words of the status that its MDM
// collects.
func stands(l *life.Life, id launchd.Identifier) (current bool, why string) {
	data, there := l.Mac.Disk().Get(launchd.Layout{ID: id}.StatusFile())
	if !there {
		return false, "the job has never run"
	}
	dict, err := plist.Decode(data, statusfile.MaxFile)
	if err != nil {
		return false, "its status cannot be read"
	}
	s, err := statusfile.FromDict(dict)
	switch {
	case err != nil:
		return false, "its status cannot be read"
	case s.Word == statusfile.Current:
		return true, ""
	}
	return false, string(s.Word) + ": " + cmp.Or(s.WaitingFor, "nothing")
}
