package foreign

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// number reads a whole number; several tools write theirs as texts.
func number(v any) (int64, error) {
	switch v := v.(type) {
	case uint64:
		if v <= math.MaxInt32 {
			return int64(v), nil
		}
	case int64:
		return v, nil
	case int:
		return int64(v), nil
	case float64:
		if v == math.Trunc(v) && math.Abs(v) <= math.MaxInt32 {
			return int64(v), nil
		}
	case string:
		if n, err := strconv.ParseInt(strings.TrimSpace(v), 10, 32); err == nil {
			return n, nil
		}
	}
	return 0, fmt.Errorf("%.40v is no whole number", v)
}

// in returns a converter of numbers of a unit to seconds.
func in(unit time.Duration) func(any) (any, error) {
	return func(v any) (any, error) {
		n, err := number(v)
		return n * int64(unit/time.Second), err
	}
}

// list returns a converter of numbers with commas between them.
func list(unit time.Duration) func(any) (any, error) {
	return func(v any) (any, error) {
		text, ok := v.(string)
		if !ok {
			return nil, fmt.Errorf("%.40v is no list with commas", v)
		}
		var all []any
		for part := range strings.SplitSeq(text, ",") {
			n, err := number(part)
			if err != nil {
				return nil, err
			}
			all = append(all, n*int64(unit/time.Second))
		}
		return all, nil
	}
}

// dated takes super's 2026-12-04:18:00, by the clock of the Mac as ours.
func dated(v any) (any, error) {
	text, _ := v.(string)
	t, err := time.Parse("2006-01-02:15:04", text)
	if err != nil {
		return nil, fmt.Errorf("%.40v is not a date and time", v)
	}
	return t.Format("2006-01-02T15:04"), nil
}

// windows takes super's MON:18:00-23:00, several with commas between them.
func windows(v any) (any, error) {
	text, _ := v.(string)
	var all []any
	for part := range strings.SplitSeq(text, ",") {
		day, hours, ok := strings.Cut(strings.TrimSpace(part), ":")
		if !ok || len(day) != 3 {
			return nil, fmt.Errorf("%.40q is not a day with hours", part)
		}
		all = append(all, strings.ToUpper(day[:1])+strings.ToLower(day[1:])+" "+hours)
	}
	return all, nil
}

func same(v any) (any, error) { return v, nil }

func whole(v any) (any, error) { return number(v) }

// localFile takes a path on the Mac, and nothing that has to be fetched.
func localFile(v any) (any, error) {
	text, _ := v.(string)
	if !strings.HasPrefix(text, "/") {
		return nil, fmt.Errorf("%.60q is not a file on the Mac, and this job fetches nothing", text)
	}
	return text, nil
}

// plain takes a text that has nothing to be filled in and no marks of Markdown.
func plain(v any) (any, error) {
	text, ok := v.(string)
	if !ok || strings.TrimSpace(text) == "" {
		return nil, fmt.Errorf("%.40v is no text", v)
	}
	if strings.ContainsAny(text, "{}%") || strings.Contains(text, "<<") {
		return nil, fmt.Errorf("it has places to be filled in, whose names differ here; write it anew")
	}
	return strings.NewReplacer("**", "", "__", "").Replace(text), nil
}
