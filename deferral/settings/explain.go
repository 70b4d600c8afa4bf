package settings

import (
	"fmt"
	"strings"
)

// Explain describes a key for a terminal, in lines.
func (k Key) Explain() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", k.Name, k.Title)
	line := func(name, text string) {
		if text != "" {
			fmt.Fprintf(&b, "  %-9s %s\n", name, strings.Join(Wrap(text, 68), "\n            "))
		}
	}
	line("What", k.Description)
	line("Type", k.TypeInWords())
	if k.Default != nil {
		line("Default", fmt.Sprint(k.Default)+k.DefaultInWords())
	} else {
		line("Default", "Not set. "+k.Without)
	}
	if k.IsNumber() {
		line("Range", k.Range())
	}
	if k.LessThan != "" {
		line("Rule", "Must be less than "+k.LessThan+".")
	}
	line("Rule", k.Rule)
	if k.Needs != "" {
		line("Needs", k.Needs)
	}
	if k.Template {
		line("Can have", PlaceholderNames())
	}
	line("Formerly", strings.Join(k.OldNames, ", "))
	return b.String()
}

// PlistType returns the type of a key in a property list.
func (k Key) PlistType() string {
	switch k.Kind {
	case Seconds, Number:
		return "integer"
	case Flag:
		return "boolean"
	case Patterns, Choices, Times, Windows, Days, Versions, Released:
		return "array"
	case Texts:
		return "dictionary"
	}
	return "string"
}

// TypeInWords returns the type of a key with its unit, such as "integer, in
// seconds".
func (k Key) TypeInWords() string {
	switch {
	case k.Kind == Choices:
		return k.PlistType() + " of integers, in seconds"
	case k.Kind == Patterns, k.Kind == Times, k.Kind == Windows, k.Kind == Days:
		return k.PlistType() + " of strings"
	case k.Kind == Texts:
		return k.PlistType() + " of languages, each a dictionary of strings"
	case k.Fields != nil:
		return k.PlistType() + " of dictionaries"
	case k.Unit != "":
		return k.PlistType() + ", " + k.Unit
	}
	return k.PlistType()
}

// IsNumber tells whether Min and Max bound a number.
func (k Key) IsNumber() bool { return k.PlistType() == "integer" }

// DefaultInWords says a default in seconds in a unit that people think in, as
// in " (3 days)". For any other default it is "".
func (k Key) DefaultInWords() string {
	n, ok := k.Default.(int)
	if !ok || k.Kind != Seconds {
		return ""
	}
	for _, u := range []struct {
		seconds int
		name    string
	}{{86400, "days"}, {3600, "hours"}, {60, "minutes"}} {
		if n%u.seconds == 0 {
			words := fmt.Sprintf(" (%d %s)", n/u.seconds, u.name)
			if n == u.seconds {
				words = strings.TrimSuffix(words, "s)") + ")"
			}
			return words
		}
	}
	return ""
}

// PlaceholderNames returns the names of the Placeholders, as in a list.
func PlaceholderNames() string {
	var names []string
	for _, p := range Placeholders {
		names = append(names, p.Name)
	}
	return strings.Join(names, ", ")
}

// UnknownKey says what is wrong with a name that no key has, and what to use
// instead, as the root job does.
func UnknownKey(name string) error {
	_, _, problems := Read(Layer{Values: map[string]any{name: true}})
	for _, p := range problems {
		return fmt.Errorf("%s is %s. %s", p.Key, p.Reason, p.Repair)
	}
	return fmt.Errorf("%s is not a setting", name)
}

// Wrap breaks a text about a key into lines of at most width bytes, words whole.
func Wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = word
		case len(line)+1+len(word) > width:
			lines = append(lines, line)
			line = word
		default:
			line += " " + word
		}
	}
	return append(lines, line)
}
