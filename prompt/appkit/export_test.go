package appkit

import (
	"installordefer/prompt"
	"installordefer/prompt/words"
)

// A Described is a part as the tests that click can compare it.
type Described struct{ Name, Text, Label, Key, Next string }

// Describe is describe for the tests that click.
func Describe(d prompt.Dialog, p words.Page, stacked bool) []Described {
	parts := describe(d, p)
	next, order := map[string]string{}, focusOrder(parts, stacked)
	for i, name := range order {
		next[name] = order[(i+1)%len(order)]
	}
	var all []Described
	for _, p := range parts {
		one := Described{Name: p.name, Text: p.text, Label: p.label, Next: next[p.name]}
		if len(p.keys) > 0 {
			one.Key = p.keys[0]
		}
		all = append(all, one)
	}
	return all
}
