package settings

import (
	"slices"

	"installordefer/internal/plist"
)

const (
	// LargestKept bounds what is kept of one profile, in bytes. Numbers, flags
	// and patterns fit; long texts are left out where they do not.
	LargestKept = 12 << 10
	// longestNumber is how long a number may be that was written as a text, in
	// bytes, where something is left out.
	longestNumber = 40
)

// What is left out of a kept profile where it would be too large: nothing, the
// texts for people, or all but numbers and flags.
var leftOut = [][]Kind{nil, {Text, Body, Path, Address, Texts}, {Text, Body, Path, Address, Texts, Tag, Patterns, Choices, Times, Released}}

// Keep writes the settings among values in a bounded form. They are kept as
// the profile had them and are checked like a profile when they are read again.
func Keep(values map[string]any) []byte {
	for step := range leftOut {
		if data := without(values, step); len(data) <= LargestKept {
			return data
		}
	}
	return nil
}

// Unusable names the settings among values that cannot be used at all, in order.
func Unusable(values map[string]any) []string {
	var bad []string
	for name, v := range values {
		if k, ok := KeyNamed(name); ok {
			if _, _, reason := k.parse(v); reason != "" {
				bad = append(bad, name)
			}
		}
	}
	slices.Sort(bad)
	return bad
}

// without writes the settings among values that are kept in a step of leftOut.
// It is empty where there are none.
func without(values map[string]any, step int) []byte {
	in := settingsIn(values)
	for name, v := range in {
		text, isText := v.(string)
		if k, _ := KeyNamed(name); slices.Contains(leftOut[step], k.Kind) || step > 0 && isText && len(text) > longestNumber {
			delete(in, name)
		}
	}
	if len(in) == 0 {
		return nil
	}
	data, err := plist.Encode(in)
	if err != nil {
		return nil
	}
	return data
}

// KeptLess leaves out of what Keep wrote what would be left out in that step: 1
// for the texts for people, 2 for all but numbers and flags. It is empty where
// nothing is left.
func KeptLess(kept []byte, step int) []byte {
	layer, err := DecodeLayer(profileLayer, kept)
	if err != nil {
		return nil
	}
	return without(layer.Values, step)
}
