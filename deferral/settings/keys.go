package settings

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"installordefer/internal/nearest"
)

// A Kind says what sort of value a setting takes.
type Kind string

// The kinds of settings, each with its type in a property list and in
// Settings.
const (
	Seconds  Kind = "seconds"  // integer; time.Duration
	Number   Kind = "number"   // integer; int, -1 when it is not set
	Flag     Kind = "flag"     // boolean; bool
	Text     Kind = "text"     // string of one line; string
	Body     Kind = "body"     // string of any number of lines; string
	Path     Kind = "path"     // string, an absolute path; string
	Texts    Kind = "texts"    // dictionary of dictionaries of strings; Translations
	Tag      Kind = "tag"      // string, the tag of a language; string
	Address  Kind = "address"  // string, where a page is, with https; string
	Patterns Kind = "patterns" // array of strings; []string
	Choices  Kind = "choices"  // array of integers, seconds; []time.Duration
	Times    Kind = "times"    // array of strings; []time.Duration since midnight
	Date     Kind = "date"     // string; calendar.Date
	Windows  Kind = "windows"  // array of strings; []calendar.Window
	Days     Kind = "days"     // array of strings; []calendar.Days
	Versions Kind = "versions" // array of dictionaries; []Required
	Released Kind = "released" // array of dictionaries; []Release
)

// A Key describes one setting. Whatever is said about settings anywhere, in
// documents, manifests and help, is generated from Keys.
type Key struct {
	Name     string
	Kind     Kind
	Category string
	Title    string
	// Description is for administrators: whole sentences.
	Description string
	// Default is the value without any setting, as it stands in a property
	// list: int, bool, string; nil when the setting is then simply absent.
	Default any
	// Without says what happens when the setting is absent and has no
	// default.
	Without string
	// Unit is the unit of a number.
	Unit string
	// Min and Max bound a number, the numbers of Choices, and the length of a
	// text in characters. A time below Min was probably meant in minutes,
	// hours or days, and is refused like any other bad value. Bounds says why
	// Max is what it is.
	Min, Max int
	Bounds   string
	// LessThan names the key whose value is a strict upper bound.
	LessThan string
	// NotAll is set where a pattern that matches everything cannot be used.
	NotAll bool
	// Needs names the key without which this one means nothing.
	Needs string
	// Rule says in a sentence what holds besides the range.
	Rule string
	// Template is true for texts with placeholders and sections.
	Template bool
	// translates is true for a text without placeholders that Translations can
	// hold, too.
	translates bool
	// Since is the version of this program that first had the key, Upstream
	// the version of the original; empty where the original never had it.
	Since, Upstream string
	// OldNames are variables of the original's script that this key replaces.
	OldNames []string
	// Fields are those of the dictionaries in a list.
	Fields []Field
	// Example is a value that a sample can show.
	Example any

	field func(*Settings) any
}

// A Placeholder is what stands for a fact in the texts of the dialogs, or
// marks a section of them.
type Placeholder struct {
	Name, Meaning string
}

// Placeholders are those that messages can have.
var Placeholders = []Placeholder{
	{"%UPDATE_LIST%", "The names of the updates, as in a sentence: “Safari, macOS Tahoe 26.7, and Command Line Tools”."},
	{"%DEADLINE_DATE%", "The deadline, in the time zone of the Mac."},
	{"%DEFER_HOURS%", "The time left until the deadline with its unit: “3 days”, “2 hours”, “12 minutes”. A following “ hours”, which old texts have, is dropped."},
	{"%UPDATE_MECHANISM%", "Where updates are installed by hand on this version of macOS."},
	{"%SUPPORT_CONTACT%", "The setting SupportContact."},
	{"<<…>>", "Stays only if an update needs a restart."},
	{"{{…}}", "Is dropped in the last prompt before the deadline."},
}

// An OldName is a variable of the original's script that no key replaces.
type OldName struct {
	Name string
	// Went says where what it held is now.
	Went string
}

// Gone are the variables of the original's script without a key of their own.
var Gone = []OldName{
	{"BUNDLE_ID", "The identifier is set when the package is built: make pkg BUNDLE_ID=…"},
	{"PLIST", "The file is always /Library/Preferences/BUNDLE_ID.plist."},
	{"SCRIPT_PATH", "The program is always installed under /Library/Application Support/BUNDLE_ID."},
}

// Limits that keep every sum of durations far from overflowing, and a typing
// error from turning a deadline into never.
const (
	LongestDeferral  = 400 * 24 * 60 * 60 // seconds: 400 days
	longestCountdown = 24 * 60 * 60       // seconds: a day
)

// The least times. Nobody means a deadline or a deferral shorter than the five
// minutes between two wakes, or a dialog that is gone within a minute; a
// smaller number is one of days, hours or minutes.
const (
	leastDeferral = 5 * 60 // seconds
	leastDialog   = 60     // seconds
)

// KeyNamed returns the key of that name.
func KeyNamed(name string) (Key, bool) {
	if k := keyNamed(name); k != nil {
		return *k, true
	}
	return Key{}, false
}

// keyNamed returns the key of that name; nil where there is none.
func keyNamed(name string) *Key {
	for i := range Keys {
		if Keys[i].Name == name {
			return &Keys[i]
		}
	}
	return nil
}

// Categories returns the categories of Keys in their order.
func Categories() []string {
	var out []string
	for _, k := range Keys {
		if !slices.Contains(out, k.Category) {
			out = append(out, k.Category)
		}
	}
	return out
}

// get returns the value of k in s.
func (k Key) get(s *Settings) any { return reflect.ValueOf(k.field(s)).Elem().Interface() }

// Show writes the value of k in s as an administrator would.
func (k Key) Show(s Settings) string { return k.Format(k.get(&s)) }

// put sets the value of k in s.
func (k Key) put(s *Settings, value any) {
	reflect.ValueOf(k.field(s)).Elem().Set(reflect.ValueOf(value))
}

// builtIn returns the value of k when nothing is set.
func (k Key) builtIn() any {
	switch {
	case k.Default == nil && k.Kind == Number:
		return unset
	case k.Default == nil:
		return k.get(&Settings{})
	case k.Kind == Seconds:
		return time.Duration(k.Default.(int)) * time.Second
	}
	return k.Default
}

// isTime tells whether the numbers of k are seconds.
func (k Key) isTime() bool { return k.Kind == Seconds || k.Kind == Choices }

// Range says in words which numbers k takes.
func (k Key) Range() string {
	words := fmt.Sprintf("%d to %d.", k.Min, k.Max)
	if k.isTime() {
		words += " Less was probably meant in another unit and is not used."
	}
	return strings.TrimSpace(words + " " + k.Bounds)
}

// unset is the value of a Number that is not set.
const unset = -1

// nearestKey returns the name of the key that is most like name; "" if none
// is alike.
func nearestKey(name string) string {
	names := make([]string, len(Keys))
	for i, k := range Keys {
		names[i] = k.Name
	}
	return nearest.Word(name, names)
}

// replacedBy returns the name of the key that replaces a variable of the
// original's script; "" if none does.
func replacedBy(name string) string {
	for _, k := range Keys {
		if slices.Contains(k.OldNames, name) {
			return k.Name
		}
	}
	return ""
}

// gone says what became of a variable that no key replaces; "" if name is none.
func gone(name string) string {
	for _, g := range Gone {
		if g.Name == name {
			return g.Went
		}
	}
	return ""
}
