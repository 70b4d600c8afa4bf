package life

import (
	"fmt"
	"math"
	"time"

	"howett.net/plist"

	"installordefer/internal/simmac"
	"installordefer/internal/simmac/scenario"
	"installordefer/internal/wake"
	"installordefer/launchd"
)

// Settings gives the Mac a configuration profile with these settings, by key,
// or takes it away where they are nil.
func (l *Life) Settings(values map[string]any) error {
	if values == nil {
		l.Profile(nil)
		return nil
	}
	data, err := plist.Marshal(whole(values), plist.XMLFormat)
	if err != nil {
		return fmt.Errorf("the settings cannot be written as a property list: %w", err)
	}
	l.Profile(data)
	return nil
}

// whole makes integers of the whole numbers that JSON has made floats of.
func whole(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, x := range v {
			out[k] = whole(x)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = whole(x)
		}
		return out
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int64(v)
		}
	case nil:
		return ""
	}
	return v
}

// Of returns the life of the job of the package with this identifier in a
// scenario, before its first moment. Settings, where not nil, take the place of
// those that the scenario begins with. The caller closes the Mac.
func Of(s *scenario.Scenario, id launchd.Identifier, settings map[string]any) (*Life, error) {
	l := New(simmac.New(s.Facts(simmac.Job{Label: string(id)})), id)
	if settings == nil {
		settings = s.Settings
	}
	if len(settings) > 0 {
		if err := l.Settings(settings); err != nil {
			l.Mac.Close()
			return nil, err
		}
	}
	s.Play(l.Mac, func(values map[string]any) {
		if err := l.Settings(values); err != nil {
			l.wrong = err
		}
	})
	return l, nil
}

// Rehearse lets the job of the package with this identifier live through a
// scenario. Settings, where not nil, take the place of those that the scenario
// begins with. Length, where not 0, is how long the story lasts. Tell gets
// each event as it happens, with the Mac's time zone.
func Rehearse(s *scenario.Scenario, id launchd.Identifier, settings map[string]any, length time.Duration, tell func(simmac.Event, *time.Location)) (*Life, error) {
	l, err := Of(s, id, settings)
	if err != nil {
		return nil, err
	}
	m := l.Mac
	defer m.Close()
	m.Journal.Tell = func(e simmac.Event) { tell(e, m.Zone()) }
	if length == 0 {
		length = s.LengthOrDefault()
	}
	m.EndAt(length)
	l.Each = func(Wake) {
		if l.Removed {
			m.EndAt(m.Elapsed() + 2*time.Minute)
		}
	}
	l.Live(length)
	return l, l.wrong
}

// Explain says what would come next on the Mac as it stands, as "install-or-defer
// explain" does there. Nothing else happens but the seconds in which it looks. A
// wake that is at work is ended first: see EndAt.
func (l *Life) Explain() (x wake.Explanation, err error) {
	p := l.Mac.Begin()
	defer p.End()
	defer func() {
		if d, died := recover().(simmac.Death); died {
			err = fmt.Errorf("the Mac went down while it was looked at: %s", d.Why)
		}
	}()
	return l.job(p).Explain(p.Context)
}
