package statefile

import (
	"fmt"
	"time"

	"installordefer/deferral"
)

// mostLimits is more than there are sources of a deadline.
const mostLimits = 16

// firstLimit is the first limit, and the first end of a hold, that is believed. What
// was reckoned by a wrong clock counts as long as that clock does, and a hold that is
// over does no harm.
const firstLimit = 1

// encodeLimits writes the limits of a round as a property list has them. What a
// clock has put where it could not be read again is left out.
func encodeLimits(list []deferral.Limit) []any {
	var out []any
	for _, l := range list {
		if at := l.At.Unix(); at < firstLimit || at > latest {
			continue
		}
		out = append(out, map[string]any{"Setting": l.Setting, "Value": plain(l.Value), "At": l.At.Unix()})
	}
	return out
}

// limits reads the limits. One that cannot be right is left out: the settings give it
// again.
func (r *reader) limits(key string) []deferral.Limit {
	v, ok := r.dict[key]
	if !ok {
		return nil
	}
	items, _ := v.([]any)
	var list []deferral.Limit
	for _, item := range items {
		d, _ := item.(map[string]any)
		setting, _ := d["Setting"].(string)
		value, _ := d["Value"].(string)
		at, whole := wholeNumber(d["At"])
		if setting != "" && value != "" && whole && at >= firstLimit && at <= latest && len(list) < mostLimits {
			list = append(list, deferral.Limit{Setting: setting, Value: value, At: time.Unix(at, 0).UTC()})
		}
	}
	if len(list) != len(items) || len(items) == 0 {
		r.report(key, fmt.Sprintf("%T", v), "not a list of limits", "what can be read of it")
	}
	return list
}
