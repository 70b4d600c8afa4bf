package profile

import (
	"fmt"
	"strings"

	"installordefer/deferral/settings"
)

// Explain describes a key for a terminal.
func Explain(k settings.Key) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", k.Name, k.Title)
	line := func(name, text string) {
		if text != "" {
			fmt.Fprintf(&b, "  %-9s %s\n", name, strings.Join(wrap(text, 68), "\n            "))
		}
	}
	line("What", k.Description)
	line("Type", plistType(k)+strings.TrimSuffix(kindWords(k), ", can have [placeholders](#placeholders)"))
	if k.Kind == settings.Body {
		line("Default", k.Default.(string))
	} else if k.Default != nil {
		line("Default", fmt.Sprint(k.Default)+inWords(k))
	} else {
		line("Default", "Not set. "+k.Without)
	}
	if isNumber(k) {
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
		line("Can have", placeholderNames())
	}
	line("Formerly", strings.Join(k.OldNames, ", "))
	return b.String()
}
