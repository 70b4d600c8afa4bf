package profile

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"installordefer/deferral/settings"
)

// schema checks a custom schema of Jamf Pro: its keys, their types and ranges,
// and its defaults as if they were settings, because Jamf Pro makes them so.
func (c *checker) schema() {
	if domain, ok := c.root["__preferencedomain"]; ok && !c.ours(text(domain)) {
		c.add("__preferencedomain", "__preferencedomain", show(domain), "not the domain that the root job reads", "Set it to "+c.ID+".")
	}
	properties := c.root["properties"].(map[string]any)
	defaults := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		at := join("properties", name)
		property, ok := properties[name].(map[string]any)
		if !ok {
			c.add(at, name, "", "not the description of a key", "Give an object with a title and a type.")
			continue
		}
		k, known := settings.KeyNamed(name)
		if !known {
			defaults[name] = true // only its name is looked at
			continue
		}
		for _, form := range forms(property) {
			c.allows(at, k, form)
			if value, ok := form["default"]; ok && value != nil {
				defaults[name] = value
			}
		}
	}
	c.settings("properties", defaults)
}

// forms returns the descriptions of a value that a property allows, "nothing"
// left out.
func forms(property map[string]any) []map[string]any {
	for _, word := range []string{"anyOf", "oneOf"} {
		choices, ok := property[word].([]any)
		if !ok {
			continue
		}
		var out []map[string]any
		for _, item := range choices {
			if form, ok := item.(map[string]any); ok && text(form["type"]) != "null" {
				out = append(out, form)
			}
		}
		return out
	}
	return []map[string]any{property}
}

// allows checks one description of the value of k.
func (c *checker) allows(at string, k settings.Key, form map[string]any) {
	if t := text(form["type"]); t != jsonType(k) && !(t == "number" && k.IsNumber()) {
		c.add(at, k.Name, show(form["type"]), "not the type of this setting, which is "+jsonType(k), fmt.Sprintf("Set type to %q.", jsonType(k)))
	}
	if k.IsNumber() {
		least, most := bound(form["minimum"]), bound(form["maximum"])
		if least != nil && *least < int64(k.Min) || most != nil && *most > int64(k.Max) {
			c.add(at, k.Name, "", "it allows numbers that the root job refuses", fmt.Sprintf("Set minimum to %d and maximum to %d.", k.Min, k.Max))
		}
	}
	options, _ := form["enum"].([]any)
	var refused []string
	for _, v := range options {
		if _, err := k.Canonical(v); err != nil {
			refused = append(refused, show(v))
		}
	}
	if len(refused) > 0 {
		c.add(at, k.Name, strings.Join(refused, ", "), "a choice that the root job refuses", k.Wanted())
	}
}

func bound(v any) *int64 {
	if n, ok := v.(int64); ok {
		return &n
	}
	return nil
}
