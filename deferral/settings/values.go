package settings

import (
	"fmt"
	"math"
	"path"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"installordefer/deferral/calendar"
)

// mostChoices is how many deferrals are offered at the most: as many as fit a
// menu that is taken in at a glance.
const mostChoices = 12

// parse turns the value of a property list into what the field of k holds. A
// value that an editor typed differently is taken where its meaning is clear.
// The reason says why a value cannot be used; left says which parts of a list
// were left out, and why.
func (k Key) parse(v any) (value any, left []string, reason string) {
	switch k.Kind {
	case Seconds:
		n, reason := readNumber(v)
		if reason == "" {
			reason = k.outside(n)
		}
		return time.Duration(n) * time.Second, nil, reason
	case Number:
		n, reason := readNumber(v)
		if reason == "" {
			reason = k.outside(n)
		}
		return int(n), nil, reason
	case Flag:
		b, reason := readFlag(v)
		return b, nil, reason
	case Patterns:
		return k.patterns(v)
	case Choices, Times:
		return k.choices(v)
	case Date:
		return k.date(v)
	case Windows:
		return each(v, readWindow, k.Max)
	case Days:
		return days(v, k.Max)
	case Texts:
		return k.translations(v)
	case Versions:
		return each(v, readRequired, k.Max)
	case Released:
		return each(v, readRelease, k.Max)
	}
	s, reason := readText(v)
	if k.Kind == Body {
		s = strings.ReplaceAll(s, "\r\n", "\n")
	} else {
		s = strings.TrimSpace(s)
	}
	if reason == "" {
		reason = k.wrong(s)
	}
	return s, nil, reason
}

// Wanted says in a sentence what k takes.
func (k Key) Wanted() string {
	switch k.Kind {
	case Seconds:
		return fmt.Sprintf("Give a whole number of seconds from %d to %d: an hour is 3600, a day 86400.", k.Min, k.Max)
	case Number:
		return fmt.Sprintf("Give a whole number from %d to %d.", k.Min, k.Max)
	case Flag:
		return "Give true or false."
	case Text:
		return fmt.Sprintf("Give one line of text of at most %d characters.", k.Max)
	case Body:
		return fmt.Sprintf("Give a text of at most %d characters.", k.Max)
	case Path:
		return "Give the whole path of a file on the Mac, from / on."
	case Date:
		return "Give a text such as 2026-12-04T18:00, by the clock of the Mac, and no <date>."
	case Windows:
		return "Give a list of texts such as \"Mon-Fri 18:00-22:00\", \"Sat,Sun\" or \"22:00-06:00\"."
	case Times:
		return "Give a list of times of the day such as \"12:00\" and \"19:00\"."
	case Days:
		return "Give a list of texts such as \"2026-12-21/2027-01-03\" or \"2026-12-24\"."
	case Versions:
		return "Give a list of dictionaries, each with Minimum, such as 26.6.2, and By, such as 2026-12-04T18:00."
	case Released:
		return "Give the list that \"install-or-defer-admin severity\" writes."
	case Texts:
		return "Give a dictionary of languages, such as de or pt-BR, each a dictionary of texts under the names of their keys."
	case Address:
		return "Give the whole address of a page, such as https://help.example.com/updates."
	case Tag:
		return "Give the tag of a language, such as de, pt-BR or zh-Hant."
	case Patterns:
		return "Give a list of patterns. A [ needs its ], and \\ takes the next character as it is."
	}
	return fmt.Sprintf("Give a list of up to %d whole numbers of seconds from %d to %d: an hour is 3600, a day 86400.", mostChoices, k.Min, k.Max)
}

// Canonical returns v as a property list should hold it: an int, bool, string
// or []any. The error says why it cannot be used.
func (k Key) Canonical(v any) (any, error) {
	value, left, reason := k.parse(v)
	if len(left) > 0 {
		reason = strings.Join(left, "; ")
	}
	if reason != "" {
		return nil, fmt.Errorf("%s is %s: %s", k.Name, describe(v), reason)
	}
	switch value := value.(type) {
	case time.Duration:
		return int(value / time.Second), nil
	case []time.Duration:
		out := make([]any, len(value))
		for i, d := range value {
			if out[i] = any(int(d / time.Second)); k.Kind == Times {
				out[i] = calendar.FormatTime(d)
			}
		}
		return out, nil
	case []string:
		out := make([]any, len(value))
		for i, s := range value {
			out[i] = s
		}
		return out, nil
	}
	return canonical(value), nil
}

// wrong says why a value of the field of k is out of its range.
func (k Key) wrong(value any) string {
	switch v := value.(type) {
	case time.Duration:
		if v == 0 && k.Default == nil {
			return ""
		}
		if v <= 0 {
			return "not more than 0"
		}
		return k.outside(int64(v.Truncate(time.Second)/time.Second) + ceil(v))
	case int:
		if v == unset && k.Default == nil {
			return ""
		}
		return k.outside(int64(v))
	case string:
		if v == "" && k.Default == nil {
			return ""
		}
		return k.wrongText(v)
	case []string:
		for _, p := range v {
			if reason := k.wrongPattern(p); reason != "" {
				return reason
			}
		}
	case []time.Duration:
		if len(v) > mostChoices || !slices.IsSorted(v) {
			return fmt.Sprintf("not up to %d lengths in ascending order", mostChoices)
		}
		for _, d := range v {
			if k.Kind == Times && (d < 0 || d >= oneDay*time.Second) {
				return "not all times of the day"
			}
			if reason := k.outside(int64(d / time.Second)); k.Kind == Choices && reason != "" {
				return reason
			}
		}
	}
	return ""
}

// ceil is 1 for a duration with a broken second.
func ceil(d time.Duration) int64 {
	if d%time.Second != 0 {
		return 1
	}
	return 0
}

// outside says why n is out of the range of k.
func (k Key) outside(n int64) string {
	switch {
	case n <= 0 && k.Min > 0:
		return "not more than 0"
	case n < int64(k.Min) && k.isTime():
		return fmt.Sprintf("less than %d seconds, so another unit was probably meant", k.Min)
	case n < int64(k.Min):
		return fmt.Sprintf("less than %d", k.Min)
	case n > int64(k.Max):
		return fmt.Sprintf("more than %d", k.Max)
	}
	return ""
}

func (k Key) wrongText(s string) string {
	if !utf8.ValidString(s) {
		return "not text in UTF-8"
	}
	if n := utf8.RuneCountInString(s); n > k.Max {
		return fmt.Sprintf("%d characters long, more than %d", n, k.Max)
	}
	if strings.TrimSpace(s) == "" {
		return "empty"
	}
	for _, r := range s {
		switch {
		case k.Kind == Body && (r == '\n' || r == '\t'):
		case r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029':
			return "more than one line"
		case unicode.IsControl(r):
			return fmt.Sprintf("text with the control character %U", r)
		}
	}
	if k.Kind == Path && !path.IsAbs(s) {
		return "not the path of a file from / on"
	}
	if k.Kind == Tag && !isTag(s) {
		return "not the tag of a language"
	}
	if k.Kind == Address && !isAddress(s) {
		return "not an address that begins with https://"
	}
	return ""
}

func (k Key) wrongPattern(p string) string {
	if reason := k.wrongText(p); reason != "" {
		return reason
	}
	// The shell writes [!a] for what path.Match writes [^a].
	if _, err := path.Match(strings.ReplaceAll(p, "[!", "[^"), ""); err != nil {
		return "a pattern with an open [ or a \\ at its end"
	}
	if k.NotAll && strings.Contains(p, "*") && strings.Trim(p, "*?") == "" {
		return "a pattern that matches every update"
	}
	return ""
}

// readNumber reads a whole number.
func readNumber(v any) (int64, string) {
	n, whole := int64(0), false
	switch v := v.(type) {
	case int:
		n, whole = int64(v), true
	case int64:
		n, whole = v, true
	case uint64:
		n, whole = int64(min(v, math.MaxInt64)), true
	case float32:
		n, whole = wholeFloat(float64(v))
	case float64:
		n, whole = wholeFloat(v)
	case string:
		s := strings.TrimSpace(v)
		var err error
		if n, err = strconv.ParseInt(s, 10, 64); err == nil {
			whole = true
		} else if f, err := strconv.ParseFloat(s, 64); err == nil && !strings.ContainsAny(s, "eExXpPnN_") {
			n, whole = wholeFloat(f)
		}
	case bool:
		return 0, "true or false, where a number belongs"
	}
	if !whole {
		return 0, "not a whole number"
	}
	return n, ""
}

func wholeFloat(f float64) (int64, bool) {
	if f != math.Trunc(f) || math.IsInf(f, 0) {
		return 0, false
	}
	return int64(min(max(f, -1<<53), 1<<53)), true
}

// readFlag reads true or false.
func readFlag(v any) (bool, string) {
	const reason = "neither true nor false"
	if b, ok := v.(bool); ok {
		return b, ""
	}
	if s, ok := v.(string); ok {
		switch strings.ToLower(strings.TrimSpace(s)) {
		case "true", "yes", "on", "1":
			return true, ""
		case "false", "no", "off", "0":
			return false, ""
		}
		return false, reason
	}
	switch n, wrong := readNumber(v); {
	case wrong == "" && n == 1:
		return true, ""
	case wrong == "" && n == 0:
		return false, ""
	}
	return false, reason
}

// readText reads a text. A number is one too: a telephone number, for instance.
func readText(v any) (string, string) {
	switch v := v.(type) {
	case string:
		return v, ""
	case int, int64, uint64:
		return fmt.Sprint(v), ""
	}
	return "", "not a text"
}

// readList reads an array; a single value stands for an array of one.
func readList(v any) ([]any, string) {
	switch v := v.(type) {
	case []any:
		return v, ""
	case map[string]any, []byte, bool, time.Time:
		return nil, "not a list"
	}
	return []any{v}, ""
}

func (k Key) patterns(v any) (any, []string, string) {
	items, reason := readList(v)
	var out []string
	var left []string
	for _, item := range items {
		s, why := readText(item)
		s = strings.TrimSpace(s)
		if why == "" {
			why = k.wrongPattern(s)
		}
		if why != "" {
			left = append(left, describe(item)+" is "+why)
			continue
		}
		out = append(out, s)
	}
	return out, left, reason
}

func (k Key) choices(v any) (any, []string, string) {
	items, reason := readList(v)
	var out []time.Duration
	var left []string
	for _, item := range items {
		d, why := k.choice(item)
		if why != "" {
			left = append(left, describe(item)+" is "+why)
			continue
		}
		out = append(out, d)
	}
	sort.Slice(out, func(i, j int) bool { return out[i] < out[j] })
	out = slices.Compact(out)
	if len(out) > mostChoices {
		which := "shortest"
		if k.Kind == Times {
			which = "earliest"
		}
		left = append(left, fmt.Sprintf("only the %d %s are offered", mostChoices, which))
		out = out[:mostChoices]
	}
	return out, left, reason
}

// choice reads the length of a deferral, or the time of the day that ends it.
func (k Key) choice(item any) (time.Duration, string) {
	if k.Kind == Times {
		s, why := readText(item)
		d, err := calendar.ParseTime(strings.TrimSpace(s))
		if why == "" && err != nil {
			why = "not a time of the day such as 09:30"
		}
		return d, why
	}
	n, why := readNumber(item)
	if why == "" {
		why = k.outside(n)
	}
	return time.Duration(n) * time.Second, why
}

// nothing is how a setting without a value is written.
const nothing = "nothing"

// Format writes a value of the field of k as an administrator would.
func (k Key) Format(value any) string {
	switch v := value.(type) {
	case time.Duration:
		if v == 0 && k.Default == nil {
			return nothing
		}
		return formatSeconds(v)
	case calendar.Date:
		if !v.Known() {
			return nothing
		}
		return v.String()
	case []calendar.Window:
		return listed(texts(v))
	case []calendar.Days:
		return listed(texts(v))
	case Translations:
		return v.String()
	case []Required:
		return listed(texts(v))
	case []Release:
		return listed(texts(v))
	case []time.Duration:
		if len(v) == 0 {
			return nothing
		}
		parts := make([]string, len(v))
		for i, d := range v {
			if parts[i] = formatSeconds(d); k.Kind == Times {
				parts[i] = calendar.FormatTime(d)
			}
		}
		return strings.Join(parts, ", ")
	case int:
		if v == unset && k.Default == nil {
			return nothing
		}
		return strconv.Itoa(v)
	case string:
		if v == "" {
			return nothing
		}
		return describe(v)
	case []string:
		if len(v) == 0 {
			return nothing
		}
		parts := make([]string, len(v))
		for i, s := range v {
			parts[i] = describe(s)
		}
		return strings.Join(parts, ", ")
	}
	return fmt.Sprint(value)
}

func formatSeconds(d time.Duration) string {
	return strconv.FormatFloat(d.Seconds(), 'f', -1, 64)
}

// describe writes a value of a property list in one line of bounded length.
func describe(v any) string {
	const most = 80
	switch v := v.(type) {
	case string:
		if runes := []rune(v); len(runes) > most {
			v = string(runes[:most]) + "…"
		}
		return strconv.Quote(v)
	case []byte:
		return fmt.Sprintf("%d bytes of data", len(v))
	case []any:
		return fmt.Sprintf("a list of %d", len(v))
	case map[string]any:
		return "a dictionary"
	case float64:
		return strconv.FormatFloat(v, 'g', 16, 64)
	case time.Time:
		return "the date " + v.Format(time.RFC3339)
	case nil:
		return nothing
	}
	return fmt.Sprint(v)
}
