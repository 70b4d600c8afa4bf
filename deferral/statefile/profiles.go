package statefile

import (
	"fmt"
	"slices"
	"time"

	"installordefer/deferral"
	"installordefer/deferral/settings"
)

// mostProfiles bounds how many are kept: the profile and the local preferences of
// this program, and those of the original, under either of its names.
const mostProfiles = 6

// smallerProfiles leaves out of each kept profile what KeptLess does in that
// step.
func smallerProfiles(s deferral.State, step int) deferral.State {
	var list []deferral.Profile
	for _, p := range s.Round.Profiles {
		if p.Values = settings.KeptLess(p.Values, step); len(p.Values) > 0 {
			list = append(list, p)
		}
	}
	s.Round.Profiles = list
	return s
}

// encodeProfiles writes the kept profiles as a property list has them.
func encodeProfiles(list []deferral.Profile) []any {
	var out []any
	for _, p := range list {
		d := map[string]any{"Path": plain(p.Path), "Sum": p.Sum, "Values": p.Values}
		if p.Gone {
			d["Gone"], d["GoneAt"] = true, int64(p.GoneAt)
		}
		out = append(out, d)
	}
	return out
}

// profiles reads the kept profiles. One that cannot be right is left out.
func (r *reader) profiles(key string) []deferral.Profile {
	v, ok := r.dict[key]
	if !ok {
		return nil
	}
	items, _ := v.([]any)
	var list []deferral.Profile
	for _, item := range items {
		p, ok := decodeProfile(item)
		known := slices.ContainsFunc(list, func(q deferral.Profile) bool { return q.Path == p.Path })
		if ok && !known && len(list) < mostProfiles {
			list = append(list, p)
		}
	}
	if len(list) != len(items) || len(items) == 0 {
		r.report(key, fmt.Sprintf("%T", v), "not a list of profiles", "what can be read of it")
	}
	return list
}

func decodeProfile(item any) (p deferral.Profile, ok bool) {
	d, _ := item.(map[string]any)
	p.Path, _ = d["Path"].(string)
	p.Sum, _ = d["Sum"].(string)
	p.Values, _ = d["Values"].([]byte)
	p.Gone, _ = d["Gone"].(bool)
	at, whole := wholeNumber(d["GoneAt"])
	if p.Gone {
		p.GoneAt = time.Duration(at)
	}
	right := p.Path != "" && len(p.Values) > 0 && len(p.Values) <= settings.LargestKept
	return p, right && (!p.Gone || whole && p.GoneAt.Abs() <= longestKept)
}
