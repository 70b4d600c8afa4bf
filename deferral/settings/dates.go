package settings

import (
	"fmt"
	"strings"

	"installordefer/deferral/calendar"
	"installordefer/internal/macos"
)

// A Required is a version of macOS that the Macs of its major version must have
// by a date.
type Required struct {
	Minimum macos.Version
	By      calendar.Date
}

func (r Required) String() string { return r.Minimum.String() + " by " + r.By.String() }

// A Release is a version of macOS, the day on which Apple released it, and
// whether it closes a hole that is being exploited.
type Release struct {
	Version   macos.Version
	Released  calendar.Date
	Exploited bool
}

func (r Release) String() string {
	s := r.Version.String() + " of " + r.Released.String()
	if r.Exploited {
		s += " (exploited)"
	}
	return s
}

// A Field is one key of the dictionaries in a list.
type Field struct {
	Name, Title string
	// Flag is true for a boolean that may be absent; others are texts.
	Flag bool
}

// The fields of the lists of dictionaries.
var (
	requiredFields = []Field{{Name: "Minimum", Title: "Lowest version"}, {Name: "By", Title: "Date"}}
	releaseFields  = []Field{{Name: "Version", Title: "Version"}, {Name: "Released", Title: "Day of release"}, {Name: "Exploited", Title: "Closes a hole that is being exploited", Flag: true}}
)

// date reads a date. A <date> of a property list is in UTC and not by the clock
// of the Mac, so it is refused.
func (k Key) date(v any) (any, []string, string) {
	s, reason := readText(v)
	if reason != "" {
		return calendar.Date{}, nil, "not a text; a date is written as a text, because it is by the clock of the Mac"
	}
	d, err := calendar.ParseDate(s)
	if err != nil {
		return calendar.Date{}, nil, "not a date such as 2026-12-04T18:00"
	}
	return d, nil, ""
}

// each reads a list entry by entry and leaves out what cannot be used.
func each[T any](v any, read func(any) (T, string), most int) (out []T, left []string, reason string) {
	left, reason = entries(v, func(item any) string {
		one, why := read(item)
		if why == "" {
			out = append(out, one)
		}
		return why
	}, most)
	return out[:min(len(out), most)], left, reason
}

// entries has each entry of a list read, and says which cannot be used. It knows no
// type, so that the program holds it once.
func entries(v any, read func(any) (why string), most int) (left []string, reason string) {
	items, reason := readList(v)
	used := len(items)
	for _, item := range items {
		if why := read(item); why != "" {
			left = append(left, describe(item)+" is "+why)
			used--
		}
	}
	if used > most {
		left = append(left, fmt.Sprintf("only the first %d are used", most))
	}
	return left, reason
}

// record reads the fields of a dictionary in a list. What is not among them is
// passed over: a newer list may have more.
func record(item any, fields []Field) (texts map[string]string, flags map[string]bool, why string) {
	d, ok := item.(map[string]any)
	if !ok {
		return nil, nil, "not a dictionary"
	}
	texts, flags = map[string]string{}, map[string]bool{}
	for _, f := range fields {
		v, there := d[f.Name]
		switch {
		case f.Flag && there:
			if flags[f.Name], why = readFlag(v); why != "" {
				return nil, nil, "one whose " + f.Name + " is " + why
			}
		case !f.Flag:
			if texts[f.Name], why = readText(v); why != "" {
				return nil, nil, "one without a text for " + f.Name
			}
		}
	}
	return texts, flags, ""
}

func readWindow(item any) (calendar.Window, string) {
	s, why := readText(item)
	if why != "" {
		return calendar.Window{}, why
	}
	w, err := calendar.ParseWindow(s)
	if err != nil {
		return calendar.Window{}, "not a window: " + err.Error()
	}
	return w, ""
}

// days reads days. Too many in a row are cut and not left out: who wants a month
// kept free does not want its first day taken.
func days(v any, most int) (any, []string, string) {
	out, left, reason := each(v, readDays, most)
	for i, d := range out {
		if d.Count() > calendar.MostDays {
			out[i] = d.Cut()
			left = append(left, fmt.Sprintf("%s are %d days, and only the first %d are kept free", d, d.Count(), calendar.MostDays))
		}
	}
	return out, left, reason
}

func readDays(item any) (calendar.Days, string) {
	s, why := readText(item)
	if why != "" {
		return calendar.Days{}, why
	}
	d, err := calendar.ParseDays(s)
	if err != nil {
		return calendar.Days{}, "no days: " + err.Error()
	}
	return d, ""
}

func readRequired(item any) (Required, string) {
	texts, _, why := record(item, requiredFields)
	if why != "" {
		return Required{}, why
	}
	var r Required
	var err error
	if r.Minimum, err = macos.ParseVersion(texts["Minimum"]); err != nil {
		return Required{}, "one whose Minimum is " + describe(texts["Minimum"]) + ", which is not a version of macOS"
	}
	if r.By, err = calendar.ParseDate(texts["By"]); err != nil {
		return Required{}, "one whose By is " + describe(texts["By"]) + ", which is not a date such as 2026-12-04T18:00"
	}
	return r, ""
}

func readRelease(item any) (Release, string) {
	texts, flags, why := record(item, releaseFields)
	if why != "" {
		return Release{}, why
	}
	r := Release{Exploited: flags["Exploited"]}
	var err error
	if r.Version, err = macos.ParseVersion(texts["Version"]); err != nil {
		return Release{}, "one whose Version is " + describe(texts["Version"]) + ", which is not a version of macOS"
	}
	if r.Released, err = calendar.ParseDate(texts["Released"]); err != nil || r.Released.Timed() {
		return Release{}, "one whose Released is " + describe(texts["Released"]) + ", which is not a day such as 2026-12-04"
	}
	return r, ""
}

// canonical writes a value of one of the kinds of this file as a property list
// should hold it.
func canonical(value any) any {
	switch value := value.(type) {
	case calendar.Date:
		return value.String()
	case []calendar.Window:
		return texts(value)
	case []calendar.Days:
		return texts(value)
	case []Required:
		out := make([]any, len(value))
		for i, r := range value {
			out[i] = map[string]any{"Minimum": r.Minimum.String(), "By": r.By.String()}
		}
		return out
	case []Release:
		return ReleaseList(value)
	case Translations:
		return value.dictionary()
	}
	return value
}

// texts writes each entry of a list.
func texts[T fmt.Stringer](entries []T) []any {
	out := make([]any, len(entries))
	for i, e := range entries {
		out[i] = e.String()
	}
	return out
}

// ReleaseList writes releases as a property list holds them under Releases.
func ReleaseList(releases []Release) []any {
	out := make([]any, len(releases))
	for i, r := range releases {
		d := map[string]any{"Version": r.Version.String(), "Released": r.Released.String()}
		if r.Exploited {
			d["Exploited"] = true
		}
		out[i] = d
	}
	return out
}

// listed writes the entries of a list in one line.
func listed(texts []any) string {
	const most = 8
	parts := make([]string, 0, most+1)
	for _, text := range texts[:min(len(texts), most)] {
		parts = append(parts, text.(string))
	}
	if n := len(texts) - most; n > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", n))
	}
	if len(parts) == 0 {
		return nothing
	}
	return strings.Join(parts, ", ")
}
