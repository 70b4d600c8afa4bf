// Package logging writes the log that administrators read: one line for each
// step of the job, in plain words.
//
// What must hold: an entry is one line whatever its text came from, because
// titles and error texts come from the network and from other programs; it is
// bounded, and says so where it was cut; a log that cannot be written never
// stops the job.
package logging

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// A Level says how much an entry matters.
type Level int8

// The levels. In the unified log of macOS a debug entry is dropped unless
// someone looks, an info entry is kept in memory only, and the others are
// stored; "log stream" shows notices and errors.
const (
	// Debug is for what only a developer asks.
	levelDebug Level = iota
	// Info is for details that explain a step.
	levelInfo
	// Notice is for every step of the job.
	levelNotice
	// Error is for what went wrong.
	levelError
)

func (l Level) String() string {
	switch l {
	case levelDebug:
		return "debug"
	case levelInfo:
		return "info"
	case levelNotice:
		return "notice"
	case levelError:
		return "error"
	}
	return fmt.Sprintf("level %d", int8(l))
}

// A Category is the part of the job that an entry is about.
type Category string

// The categories.
const (
	Job      Category = "job"
	Settings Category = "settings"
	State    Category = "state"
	Check    Category = "check"
	Download Category = "download"
	Prompt   Category = "prompt"
	Install  Category = "install"
	Restart  Category = "restart"
	// SelfUpdate is for newer versions of this product itself.
	SelfUpdate Category = "self-update"
)

// An Entry is one line of the log. Its text has no control characters and is
// at most maxText bytes long.
type Entry struct {
	Time     time.Time
	Level    Level
	Category Category
	Text     string
}

// maxText bounds the text of an entry, in bytes. The unified log of macOS takes
// 1024, its own overhead included.
const maxText = 1000

// A Sink is a place that entries go to. A sink is used by one goroutine at a
// time.
type Sink interface {
	Log(Entry) error
	// Close lets go of what the sink holds. Log may open it again.
	Close() error
}

// A Logger writes entries to a sink. A nil Logger writes nothing. It may be
// used by several goroutines.
type Logger struct {
	lock chan struct{}
	sink Sink
	now  func() time.Time
}

// New returns a Logger that writes to sink, with the time that now tells; nil
// means the wall clock.
func New(sink Sink, now func() time.Time) *Logger {
	if now == nil {
		now = time.Now
	}
	return &Logger{lock: make(chan struct{}, 1), sink: sink, now: now}
}

// Debug logs what only a developer asks.
func (l *Logger) Debug(c Category, format string, args ...any) { l.log(levelDebug, c, format, args...) }

// Info logs a detail that explains a step.
func (l *Logger) Info(c Category, format string, args ...any) { l.log(levelInfo, c, format, args...) }

// Notice logs a step.
func (l *Logger) Notice(c Category, format string, args ...any) {
	l.log(levelNotice, c, format, args...)
}

// Error logs what went wrong.
func (l *Logger) Error(c Category, format string, args ...any) { l.log(levelError, c, format, args...) }

func (l *Logger) log(level Level, c Category, format string, args ...any) {
	if l == nil {
		return
	}
	l.lock <- struct{}{}
	defer func() { <-l.lock }()
	// The job goes on without a log that cannot be written; Multi tells the
	// other places about it.
	_ = l.sink.Log(Entry{l.now(), level, c, clean(fmt.Sprintf(format, args...))})
}

// Close closes the sink. The Logger may be used again afterwards.
func (l *Logger) Close() error {
	if l == nil {
		return nil
	}
	l.lock <- struct{}{}
	defer func() { <-l.lock }()
	return l.sink.Close()
}

// clean makes one line of at most maxText bytes of s. Line ends and other
// characters that do not show, or that change how others are shown, are
// written as Go writes them in a string; what is cut off is counted.
func clean(s string) string {
	s = strings.TrimRight(s, "\r\n")
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		shown := s[i : i+size]
		switch {
		case r == utf8.RuneError && size == 1:
			shown = fmt.Sprintf(`\x%02x`, s[i])
		case !unicode.IsGraphic(r):
			shown = strings.Trim(fmt.Sprintf("%+q", r), "'")
		}
		if b.Len()+len(shown) > maxText {
			return cut(b.String(), s)
		}
		b.WriteString(shown)
		i += size
	}
	return b.String()
}

// cut shortens text, the cleaned beginning of all, so that the mark of the
// cut has room.
func cut(text, all string) string {
	mark := fmt.Sprintf(" [… cut; %d bytes in all]", len(all))
	keep := maxText - len(mark)
	for keep > 0 && !utf8.RuneStart(text[keep]) {
		keep--
	}
	return text[:keep] + mark
}
