package profile

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"installordefer/deferral/settings"
)

// exampleDay is the day from which the dates of the examples in settings.Keys were
// chosen: what is to come lies after it, and what was released shortly before.
func exampleDay() time.Time { return time.Date(2026, time.September, 1, 0, 0, 0, 0, time.UTC) }

// Sample returns every key with its example and its description in comments, for
// administrators who write settings by hand. Dates are as far from today as those
// of the examples are from exampleDay, so that none is over.
func (id Identity) Sample(today time.Time) []byte {
	var d dict
	category := ""
	for _, k := range settings.Keys {
		var lines []string
		if k.Category != category {
			category = k.Category
			lines = append(lines, "== "+category+" ==")
		}
		lines = append(lines, k.Title+". "+byDefault(k))
		lines = append(lines, settings.Wrap(describe(k), 100)...)
		d = append(d, pair{key: k.Name, value: dated(k.Example, today), comment: strings.Join(lines, "\n")})
	}
	return encode(d, fmt.Sprintf("Every setting of %s with an example, for\n%s or a profile of the domain %s.\nKeep what you need: what is not set has its default. Dates are examples from %s on.",
		productName, settings.LocalPath(id.ID), id.ID, today.Format("2 January 2006")))
}

var calendarDay = regexp.MustCompile(`\b\d{4}-\d{2}-\d{2}`)

// dated returns an example with its dates as they are seen from today.
func dated(example any, today time.Time) any {
	switch v := example.(type) {
	case string:
		year, month, day := today.Date()
		shift := time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Sub(exampleDay())
		return calendarDay.ReplaceAllStringFunc(v, func(text string) string {
			t, err := time.Parse(time.DateOnly, text)
			if err != nil {
				return text
			}
			return t.Add(shift).Format(time.DateOnly)
		})
	case []any:
		out := make([]any, len(v))
		for i, each := range v {
			out[i] = dated(each, today)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for name, each := range v {
			out[name] = dated(each, today)
		}
		return out
	}
	return example
}
