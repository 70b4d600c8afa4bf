package logging

import (
	"errors"
	"fmt"
	"io"
)

// Writer returns a sink that writes "15:04:05 category: text" lines to w, for
// terminals, rehearsals and tests. Errors are marked.
func Writer(w io.Writer) Sink { return writer{w} }

type writer struct{ w io.Writer }

func (s writer) Log(e Entry) error {
	_, err := fmt.Fprintf(s.w, "%s %s\n", e.Time.Format("15:04:05"), line(e))
	return err
}

func (writer) Close() error { return nil }

// line is an entry where neither level nor category has a place of its own.
func line(e Entry) string {
	if e.Level == levelError {
		return fmt.Sprintf("%s: error: %s", e.Category, e.Text)
	}
	return fmt.Sprintf("%s: %s", e.Category, e.Text)
}

// atLeast returns a sink that passes on what is of a level or above.
func atLeast(l Level, s Sink) Sink { return threshold{s, l} }

type threshold struct {
	Sink
	level Level
}

func (s threshold) Log(e Entry) error {
	if e.Level < s.level {
		return nil
	}
	return s.Sink.Log(e)
}

// Multi returns a sink that passes entries on to several others. When one of
// them fails the others are told, once until it works again.
func Multi(sinks ...Sink) Sink {
	return &multi{sinks: sinks, failed: make([]bool, len(sinks))}
}

type multi struct {
	sinks  []Sink
	failed []bool
}

func (m *multi) Log(e Entry) error {
	var all error
	for i, s := range m.sinks {
		err := s.Log(e)
		if err != nil && !m.failed[i] {
			m.tellOthers(i, e, err)
		}
		m.failed[i] = err != nil
		all = errors.Join(all, err)
	}
	return all
}

func (m *multi) tellOthers(failed int, e Entry, err error) {
	about := Entry{e.Time, levelError, Job, clean(fmt.Sprintf("A part of the log is missing: %v. The job goes on.", err))}
	for i, s := range m.sinks {
		if i != failed && !m.failed[i] {
			// Its own next entry shows whether it fails too.
			_ = s.Log(about)
		}
	}
}

func (m *multi) Close() error {
	var all error
	for _, s := range m.sinks {
		all = errors.Join(all, s.Close())
	}
	return all
}
