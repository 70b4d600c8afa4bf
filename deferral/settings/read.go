package settings

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Layer is one place that settings come from.
type Layer struct {
	// Name says in words what it is: "profile", "local preferences".
	Name string
	// Values are as a property list holds them.
	Values map[string]any
}

// Sources of settings that no layer gave.
const (
	FromDefault = "default"
	// fromFitting is for a default that would not fit another setting.
	fromFitting = "default, shortened to fit"
)

// Read reads the settings from layers, the highest first. The result
// is valid whatever the layers hold. For each key the highest layer that has
// it decides alone: what is wrong there gives way to the default and not to a
// lower layer, because whoever has set a key above has taken it out of the
// hands of those below. An empty text counts as not set. Sources says for each
// key the name of the layer, or one of the constants.
func Read(layers ...Layer) (Settings, map[string]string, []Problem) {
	r := settingsReader{layers: layers, set: Defaults(), sources: make(map[string]string, len(Keys))}
	for i := range Keys {
		r.read(&Keys[i])
	}
	r.relate()
	var ordered []Problem
	for i := range Keys {
		for _, p := range r.problems {
			if p.Key == Keys[i].Name {
				ordered = append(ordered, p)
			}
		}
	}
	r.problems = ordered
	for _, l := range layers {
		r.strangers(l)
	}
	return r.set, r.sources, r.problems
}

type settingsReader struct {
	layers   []Layer
	set      Settings
	sources  map[string]string
	problems []Problem
}

// read takes the value of k from the highest layer that has it.
func (r *settingsReader) read(k *Key) {
	r.sources[k.Name] = FromDefault
	for _, l := range r.layers {
		v, ok := l.Values[k.Name]
		if s, isText := v.(string); !ok || isText && strings.TrimSpace(s) == "" {
			continue
		}
		value, left, reason := k.parse(v)
		if reason != "" {
			r.refuse(*k, l.Name, describe(v), reason, k.Wanted())
			return
		}
		k.put(&r.set, value)
		if k.Format(value) != nothing {
			r.sources[k.Name] = l.Name
		}
		if len(left) > 0 {
			r.report(*k, l.Name, describe(v), strings.Join(left, "; "), k.Wanted())
		}
		return
	}
}

// refuse goes back to the default of k and says why.
func (r *settingsReader) refuse(k Key, source, value, reason, repair string) {
	k.put(&r.set, k.builtIn())
	r.sources[k.Name] = FromDefault
	r.report(k, source, value, reason, repair)
}

// report adds a problem, or to the one that the key already has.
func (r *settingsReader) report(k Key, source, value, reason, repair string) {
	for i, p := range r.problems {
		if p.Key == k.Name {
			r.problems[i].Reason += "; " + reason
			r.problems[i].Repair += " " + repair
			return
		}
	}
	r.problems = append(r.problems, Problem{Key: k.Name, Value: value, Reason: reason, Source: source,
		Used: k.Format(k.get(&r.set)), Repair: repair})
}

// given tells whether a layer has set the key to a value that is used.
func (r *settingsReader) given(key string) bool {
	return r.sources[key] != FromDefault && r.sources[key] != fromFitting
}

// relate makes hold what must hold between two settings.
func (r *settingsReader) relate() {
	r.shorter("DeferralPeriod", "MaxDeferralTime")
	r.shorter("PromptTimeout", "DeferralPeriod")
	r.choices()
	r.countdown()
	r.workday()
	left := r.problems[:0]
	for _, p := range r.problems {
		if k, ok := KeyNamed(p.Key); ok {
			p.Used = k.Format(k.get(&r.set)) // the value used may have changed since
		}
		if p.Used != p.Value { // what was refused and fits all the same is in use
			left = append(left, p)
		}
	}
	r.problems = left
}

// shorter makes the one duration less than the other. A default that would
// not fit becomes half of the other.
func (r *settingsReader) shorter(name, boundName string) {
	k, _ := KeyNamed(name)
	boundKey, _ := KeyNamed(boundName)
	value, bound := k.get(&r.set).(time.Duration), boundKey.get(&r.set).(time.Duration)
	if value < bound {
		return
	}
	given, source := r.given(name), r.sources[name]
	if byDefault := k.builtIn().(time.Duration); byDefault < bound {
		k.put(&r.set, byDefault)
		r.sources[name] = FromDefault
	} else {
		k.put(&r.set, half(bound))
		r.sources[name] = fromFitting
	}
	if given {
		r.report(k, source, k.Format(value), fmt.Sprintf("not less than %s, which is %s", boundName, boundKey.Format(bound)),
			fmt.Sprintf("Make it less than %s, or make %s longer.", boundKey.Format(bound), boundName))
	}
}

// half returns half of d in whole seconds.
func half(d time.Duration) time.Duration { return (d / 2).Truncate(time.Second) }

// fitting returns k with a Min that leaves room below the setting that k must
// be less than: the least deadline is as long as the least deferral.
func (k Key) fitting(s Settings) Key {
	if bound, ok := KeyNamed(k.LessThan); ok && k.Kind == Seconds {
		k.Min = min(k.Min, max(1, int(half(bound.get(&s).(time.Duration))/time.Second)))
	}
	return k
}

// choices leaves out deferrals that would reach past the deadline.
func (r *settingsReader) choices() {
	k, _ := KeyNamed("DeferralChoices")
	was := r.set.DeferralChoices
	var fits []time.Duration
	for _, d := range was {
		if d < r.set.MaxDeferralTime {
			fits = append(fits, d)
		}
	}
	if len(fits) == len(was) {
		return
	}
	source := r.sources[k.Name]
	r.set.DeferralChoices = fits
	if len(fits) == 0 {
		r.sources[k.Name] = FromDefault
	}
	bound := formatSeconds(r.set.MaxDeferralTime)
	r.report(k, source, k.Format(was), "not all less than MaxDeferralTime, which is "+bound,
		"Offer only deferrals of less than "+bound+" seconds, or make MaxDeferralTime longer.")
}

// countdown refuses a final countdown that is longer than a deferral. The
// default stands: no other setting shortens the countdown.
func (r *settingsReader) countdown() {
	k, _ := KeyNamed("UpdateDelay")
	if r.set.UpdateDelay > r.set.DeferralPeriod && r.set.UpdateDelay > k.builtIn().(time.Duration) {
		bound := formatSeconds(r.set.DeferralPeriod)
		r.refuse(k, r.sources[k.Name], k.Format(r.set.UpdateDelay), "longer than DeferralPeriod, which is "+bound,
			"Make it at most "+bound+", or make DeferralPeriod longer.")
	}
}

// workday takes both hours or neither.
func (r *settingsReader) workday() {
	start, _ := KeyNamed("WorkdayStartHour")
	end, _ := KeyNamed("WorkdayEndHour")
	from, to := r.set.WorkdayStartHour, r.set.WorkdayEndHour
	alone := func(k Key, hour int, other string) {
		r.refuse(k, r.sources[k.Name], strconv.Itoa(hour), "without a usable "+other,
			fmt.Sprintf("Set %s, too, or remove %s.", other, k.Name))
	}
	switch {
	case from == unset && to == unset:
	case to == unset:
		alone(start, from, end.Name)
	case from == unset:
		alone(end, to, start.Name)
	case from >= to:
		r.refuse(start, r.sources[start.Name], strconv.Itoa(from), fmt.Sprintf("not less than WorkdayEndHour, which is %d", to),
			"Give the first and the last hour of one day, such as 9 and 17. A workday cannot go on past midnight.")
		end.put(&r.set, end.builtIn())
		r.sources[end.Name] = FromDefault
	}
}

// mostStrangers bounds how many unknown keys of one layer are named.
const mostStrangers = 20

// strangers reports the keys of a layer that are no settings.
func (r *settingsReader) strangers(l Layer) {
	var names []string
	for name := range maps.Keys(l.Values) {
		if keyNamed(name) == nil && !strings.HasPrefix(name, "Payload") && !slices.Contains(StateKeys(), name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for i, name := range names {
		if i == mostStrangers {
			r.problems = append(r.problems, Problem{Key: "other keys", Value: strconv.Itoa(len(names) - i),
				Reason: "they are not settings either", Used: nothing, Source: l.Name})
			return
		}
		reason, repair := stranger(name)
		r.problems = append(r.problems, Problem{Key: plainName(name), Value: describe(l.Values[name]),
			Reason: reason, Used: nothing, Source: l.Name, Repair: repair})
	}
}

// stranger says what is the matter with a key that is not a setting, and what can
// be done about it.
func stranger(name string) (reason, repair string) {
	if to := replacedBy(name); to != "" {
		return "a variable of the original's script, now the setting " + to, "Rename it to " + to + "."
	}
	if went := gone(name); went != "" {
		return "a variable of the original's script and not a setting here", "Remove it. " + went
	}
	if near := nearestKey(name); near != "" {
		return "not a setting; the nearest name is " + near, "Rename it to " + near + ", or remove it."
	}
	return "not a setting", "Remove it."
}

// plainName writes the name of a key in one line of bounded length.
func plainName(name string) string {
	quoted := describe(name)
	if name != "" && quoted == `"`+name+`"` && !strings.Contains(name, " ") {
		return name
	}
	return quoted
}
