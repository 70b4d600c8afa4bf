package wake

import (
	"time"

	"installordefer/deferral"
	"installordefer/internal/statusfile"
)

// A Status says what the job knows and what it does next. Its JSON form is
// read by scripts: names are added, never changed.
type Status struct {
	Identifier string `json:"identifier"`
	Version    string `json:"version"`
	// Status and WaitingFor are those of the status for machines.
	Status     statusfile.Word `json:"status"`
	WaitingFor string          `json:"waitingFor"`
	// Cause says in a sentence what explains how the Mac stands, and WayOut what
	// helps; empty where nothing has to.
	Cause  string `json:"cause"`
	WayOut string `json:"wayOut"`
	// State is one word for scripts: idle, waiting, deferred, prompting, due,
	// installing, restarting, stopped or removing.
	State string `json:"state"`
	// Next says what happens next, in words, and NextAt when; nil means at
	// the next wake.
	Next    string     `json:"next"`
	NextAt  *time.Time `json:"nextAt"`
	Setting string     `json:"setting,omitempty"`

	Deadline      *time.Time `json:"deadline"`
	DeferredUntil *time.Time `json:"deferredUntil"`
	// SecondsLeft is the time to the deadline; negative when it has passed.
	SecondsLeft   *int64         `json:"secondsLeft"`
	DeferralsUsed int            `json:"deferralsUsed"`
	Prompts       int            `json:"prompts"`
	Restarts      int            `json:"restarts"`
	Failures      int            `json:"failures"`
	Updates       []StatusUpdate `json:"updates"`

	MacOS    string `json:"macOS"`
	Build    string `json:"build"`
	Hardware string `json:"hardware"`
	// Sessions are the people who are logged in, at the screen or behind it.
	// VolumeOwner tells whether the person at the screen may install macOS on
	// Apple silicon, and BootstrapToken whether the MDM can help. Nil is what
	// could not be told, or does not matter on this Mac.
	Sessions       *int  `json:"sessions"`
	VolumeOwner    *bool `json:"volumeOwner"`
	BootstrapToken *bool `json:"bootstrapToken"`

	LastCheck        *time.Time `json:"lastCheck"`
	LastCheckOutcome string     `json:"lastCheckOutcome"`
	LastError        string     `json:"lastError"`
	LastErrorAt      *time.Time `json:"lastErrorAt"`

	Health []Health `json:"health"`
}

// A StatusUpdate is one update in scope at the last check.
type StatusUpdate struct {
	Label   string `json:"label"`
	Name    string `json:"name"`
	Restart bool   `json:"restart"`
}

// Health is the state of one thing that the job depends on.
type Health struct {
	What string `json:"what"`
	OK   bool   `json:"ok"`
	Text string `json:"text"`
}

// StatusOf derives the status from a situation. The next step is the one that
// follows when somebody is at the screen and Apple answers as before.
func StatusOf(s deferral.Situation) Status {
	s, _ = deferral.Apply(s, deferral.Woke{First: true})
	s, _ = deferral.Apply(s, deferral.LookedAtMac{Mac: deferral.Look(deferral.Condition{}, nil, s.Now)})
	if !s.Wake.Declared.Looked() {
		s, _ = deferral.Apply(s, deferral.LookedAtDeclared{Declared: deferral.Look(deferral.Declared{}, nil, s.Now)})
	}
	s, _ = deferral.Apply(s, deferral.Looked{People: deferral.Look(deferral.People{Present: true}, nil, s.Now)})
	s.Wake.Downloads = deferral.Labels(s.State.Round.Updates)
	s.Wake.Checked = s.State.Active()
	d, st := deferral.Decide(s), s.State
	by, due := s.Date()
	out := Status{
		State:         stateWord(s, d, due),
		Next:          d.Why,
		Setting:       d.Setting,
		DeferralsUsed: st.Round.Deferrals,
		Prompts:       st.Round.Prompts,
		Restarts:      st.Round.Restarts,
		Failures:      st.Round.Failures,
		Updates:       []StatusUpdate{},
		LastError:     st.LastError.Text,
		LastErrorAt:   shown(st.LastError.At, s.Zone),
		Deadline:      shown(by, s.Zone),
		DeferredUntil: shown(st.DeferredUntil, s.Zone),

		LastCheck:        shown(st.LastCheck.At.Wall.Truncate(time.Second), s.Zone),
		LastCheckOutcome: string(st.LastCheck.Outcome),
	}
	out.Status, out.WaitingFor = standing(&s, d)
	if d.Do == deferral.Wait && d.For > 0 {
		out.NextAt = shown(s.Now.Wall.Add(d.For).Truncate(time.Second), s.Zone)
	}
	if st.Active() {
		left := int64(st.TimeLeft(s.Now) / time.Second)
		if by != st.ForcedAfter {
			left = int64(by.Sub(s.Now.Wall) / time.Second)
		}
		out.SecondsLeft = &left
	}
	for _, u := range st.Round.Updates {
		out.Updates = append(out.Updates, StatusUpdate{Label: u.Label, Name: u.Name, Restart: u.Restart})
	}
	return out
}

// Hardware is the word for the processor of a Mac.
func Hardware(appleSilicon bool) string {
	if appleSilicon {
		return "apple-silicon"
	}
	return "intel"
}

func shown(t time.Time, zone *time.Location) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.In(zone)
	return &t
}

// stateWord is the one word for scripts.
func stateWord(s deferral.Situation, d deferral.Act, due bool) string {
	st := s.State
	switch {
	case d.Do == deferral.Remove:
		return "removing"
	case st.Round.Step.Kind == deferral.StepInstall:
		return "installing"
	case st.Round.Step.Kind != deferral.NoStep:
		return "restarting"
	case !st.Active():
		return "idle"
	case st.Stopped():
		return "stopped"
	case due:
		return "due"
	case d.Do == deferral.Wait && st.DeferralLeft(s.Now) > 0:
		return "deferred"
	case d.Do == deferral.Prompt:
		return "prompting"
	}
	return "waiting"
}
