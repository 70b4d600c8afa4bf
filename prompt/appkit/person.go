//go:build cgo && (darwin || gnustep)

package appkit

import (
	"strings"
	"time"

	"github.com/progrium/darwinkit/macos/foundation"
	"github.com/progrium/darwinkit/objc"

	"installordefer/prompt/words"
)

// ThisPerson returns whom the process runs as: on a Mac with their preferred
// languages and their way to write times, elsewhere other.
func ThisPerson(other words.Person) words.Person {
	if !onMac {
		return other
	}
	locale := objc.GetClass("NSLocale")
	list := get(locale, "preferredLanguages")
	p := words.Person{Calendar: foundationCalendar}
	for i := range number(list, "count") {
		p.Languages = append(p.Languages, goString(get(list, "objectAtIndex:", uint64(i))))
	}
	return p
}

func goString(s objc.Object) string {
	if s.IsNil() {
		return ""
	}
	return objc.ToGoString(s.Ptr())
}

// A formatters is a calendar of Foundation's, in the language of the dialog and
// with the region of the person. The program's own language would not do: it is
// that of its bundle.
type formatters struct{ time, date, year objc.Object }

func foundationCalendar(language string) words.Calendar {
	current := get(objc.GetClass("NSLocale"), "currentLocale")
	name := strings.ReplaceAll(language, "-", "_")
	if region := goString(get(current, "countryCode")); region != "" && !strings.Contains(language, "-") {
		name += "_" + region
	}
	// The figures of the catalogue's own numbers.
	locale := get(objc.GetClass("NSLocale"), "localeWithLocaleIdentifier:", foundation.String_StringWithString(text(name+"@numbers=latn")))
	// Whether the day has twice twelve hours is the person's setting, and the
	// locale of another language would not know of it.
	hour := "H"
	j := foundation.String_StringWithString("j")
	if strings.Contains(goString(get(objc.GetClass("NSDateFormatter"), "dateFormatFromTemplate:options:locale:", j, uint64(0), current)), "a") {
		hour = "h"
	}
	return formatters{newFormatter(locale, hour+"mm"), newFormatter(locale, "dMMMM"), newFormatter(locale, "dMMMMy")}
}

func newFormatter(locale objc.Object, template string) objc.Object {
	f := objc.Call[objc.Object](get(objc.GetClass("NSDateFormatter"), "alloc"), objc.Sel("init"))
	f.Retain()
	tell(f, "setLocale:", locale)
	tell(f, "setLocalizedDateFormatFromTemplate:", foundation.String_StringWithString(text(template)))
	return f
}

// write writes t in its own zone.
func write(f objc.Object, t time.Time) string {
	_, offset := t.Zone()
	tell(f, "setTimeZone:", get(objc.GetClass("NSTimeZone"), "timeZoneForSecondsFromGMT:", int64(offset)))
	return goString(get(f, "stringFromDate:", get(objc.GetClass("NSDate"), "dateWithTimeIntervalSince1970:", float64(t.Unix()))))
}

// Time implements words.Calendar.
func (f formatters) Time(t time.Time) string { return write(f.time, t) }

// Date implements words.Calendar.
func (f formatters) Date(t time.Time, year bool) string {
	if year {
		return write(f.year, t)
	}
	return write(f.date, t)
}
