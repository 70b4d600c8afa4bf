// Package statusfile is the one object in which the job tells machines how the
// Mac stands: a property list in XML that any account, osquery and every shell
// can read. docs/siem.md explains its fields.
//
// What must hold here: no field changes by itself. What counts down, as the days
// to the deadline, is the reader's to reckon, so that a file that is unchanged
// means that nothing has happened. An instant is a text in UTC, because <date>
// is read in local time by some. Names are added, never changed.
package statusfile

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// schema is the version of the object that this code writes. A reader takes a
// later one as far as it understands it.
const schema = 1

// MaxFile bounds a status file, in bytes.
const MaxFile = 64 << 10

// A Word says in one word how a Mac stands.
type Word string

// The words, from the best to the worst.
const (
	Current  Word = "current"  // nothing is left to install, and that is proven: see Gone
	Pending  Word = "pending"  // updates wait for somebody to be asked
	Deferred Word = "deferred" // the person has deferred
	Held     Word = "held"     // an administrator holds them back
	Due      Word = "due"      // the deadline has passed, and the job is at it
	Overdue  Word = "overdue"  // it, or the date by which Apple was to enforce an update, passed more than a day ago
	Blocked  Word = "blocked"  // something at the Mac has to change first: see WaitingFor
	Unknown  Word = "unknown"  // no check has succeeded yet
)

// Words returns all words, from the best to the worst.
func Words() []Word {
	return []Word{Current, Pending, Deferred, Held, Due, Overdue, Blocked, Unknown}
}

// A Status is how one Mac stands. A zero time is one that there is not.
type Status struct {
	Identifier, Version string
	Word                Word
	// WaitingFor says in a few words what comes before anything else; empty
	// where nothing does.
	WaitingFor string
	// Setting is the key that decided, if one did.
	Setting                string
	MacOS, Build, Hardware string

	Deadline, DeferredUntil time.Time
	Updates                 []Update
	// Counts of the round.
	Deferrals, Prompts, Restarts, Failures int

	LastCheck        time.Time
	LastCheckOutcome string
	LastError        string
	LastErrorAt      time.Time

	// HistoryLength is how many events the history has ever held, and HistorySum
	// the sum that the last of them carries over all before it.
	HistoryLength int
	HistorySum    string

	// ConsoleUser is who was last seen at the screen; only where an
	// administrator wants names.
	ConsoleUser string
	// Written is when the file was written. It moves when something has
	// changed, and once a day while the job is alive.
	Written time.Time
}

// Gone tells whether the job has removed itself. One that stays (RemoveWhenDone)
// waits for new updates.
func (s Status) Gone() bool { return s.Word == Current && s.WaitingFor == "" }

// An Update is one update that the Mac lacks.
type Update struct {
	Label, Name string
	Restart     bool
}

// A Field is one named value of a status: a string, an int, a time or a list of
// updates.
type Field struct {
	Name  string
	Value any
}

// Fields returns the fields in the order of the file; those that are not set
// are among them.
func (s Status) Fields() []Field {
	return []Field{
		{"schema", schema},
		{"identifier", s.Identifier},
		{"version", s.Version},
		{"status", string(s.Word)},
		{"waitingFor", s.WaitingFor},
		{"setting", s.Setting},
		{"macOS", s.MacOS},
		{"build", s.Build},
		{"hardware", s.Hardware},
		{"deadline", s.Deadline},
		{"deferredUntil", s.DeferredUntil},
		{"updateCount", len(s.Updates)},
		{"updates", s.Updates},
		{"deferrals", s.Deferrals},
		{"prompts", s.Prompts},
		{"restarts", s.Restarts},
		{"failures", s.Failures},
		{"lastCheck", s.LastCheck},
		{"lastCheckOutcome", s.LastCheckOutcome},
		{"lastError", s.LastError},
		{"lastErrorAt", s.LastErrorAt},
		{"historyLength", s.HistoryLength},
		{keyHistorySum, s.HistorySum},
		{"consoleUser", s.ConsoleUser},
		{keyWritten, s.Written},
	}
}

const (
	keyWritten    = "written"
	keyHistorySum = "historySum"
)

// The ends of the file.
const (
	head = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
`
	foot = "</dict>\n</plist>\n"
)

// usual is how large most status files are at the most, in bytes.
const usual = 2 << 10

// Encode writes s as a property list in XML. Fields that are not set are left
// out, but for counts. It is written by hand: each wake compares it with the
// file, and a library would be most of the work of a wake that only waits.
func (s Status) Encode() []byte {
	var b bytes.Buffer
	b.Grow(usual)
	b.WriteString(head)
	for _, f := range s.Fields() {
		if value := element(f.Value); value != "" {
			for _, part := range []string{"\t<key>", f.Name, "</key>\n\t", value, "\n"} {
				b.WriteString(part)
			}
		}
	}
	b.WriteString(foot)
	return b.Bytes()
}

// element is a value as XML; empty for one that is not set.
func element(v any) string {
	switch v := v.(type) {
	case string:
		if v != "" {
			return "<string>" + Escape(v) + "</string>"
		}
	case int:
		return "<integer>" + strconv.Itoa(v) + "</integer>"
	case time.Time:
		return element(Instant(v))
	case []Update:
		return updates(v)
	}
	return ""
}

func updates(list []Update) string {
	if len(list) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("<array>\n")
	for _, u := range list {
		restart := "<false/>"
		if u.Restart {
			restart = "<true/>"
		}
		b.WriteString("\t\t<dict>\n\t\t\t<key>label</key>\n\t\t\t<string>" + Escape(u.Label) + "</string>\n" +
			"\t\t\t<key>name</key>\n\t\t\t<string>" + Escape(u.Name) + "</string>\n" +
			"\t\t\t<key>restart</key>\n\t\t\t" + restart + "\n\t\t</dict>\n")
	}
	b.WriteString("\t</array>")
	return b.String()
}

// Escape is a text as XML holds it, and blanks for what XML cannot hold: titles
// come from Apple's catalogue, and errors from any tool.
func Escape(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for _, r := range strings.ToValidUTF8(text, "\uFFFD") {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r < ' ' || r == 0xFFFE || r == 0xFFFF:
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Instant is a time as the file holds it: 2026-11-30T18:00:00Z; empty for the
// zero time.
func Instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// errNoStatus is wrapped by the error about what holds no status.
var errNoStatus = errors.New("it holds no status of this job")

// FromDict reads a status from the dictionary of a property list or of a JSON
// object. Fields that it does not know are left alone; one of another type than
// it should have is an error.
func FromDict(dict map[string]any) (Status, error) {
	d := dictionary{values: dict}
	schema := d.number("schema")
	if d.err == nil && schema < 1 {
		return Status{}, errNoStatus
	}
	s := Status{
		Identifier: d.text("identifier"), Version: d.text("version"),
		Word: Word(d.text("status")), WaitingFor: d.text("waitingFor"), Setting: d.text("setting"),
		MacOS: d.text("macOS"), Build: d.text("build"), Hardware: d.text("hardware"),
		Deadline: d.instant("deadline"), DeferredUntil: d.instant("deferredUntil"),
		Updates:   d.updates("updates"),
		Deferrals: d.number("deferrals"), Prompts: d.number("prompts"), Restarts: d.number("restarts"), Failures: d.number("failures"),
		LastCheck: d.instant("lastCheck"), LastCheckOutcome: d.text("lastCheckOutcome"),
		LastError: d.text("lastError"), LastErrorAt: d.instant("lastErrorAt"),
		HistoryLength: d.number("historyLength"), HistorySum: d.text(keyHistorySum),
		ConsoleUser: d.text("consoleUser"), Written: d.instant(keyWritten),
	}
	if d.err == nil && s.Word == "" {
		return Status{}, errNoStatus
	}
	return s, d.err
}

// A dictionary reads values of known types, and keeps the first error.
type dictionary struct {
	values map[string]any
	err    error
}

func (d *dictionary) wrong(name string, v any) {
	if d.err == nil {
		d.err = fmt.Errorf("%s is %.60v, which is no value for it", name, v)
	}
}

func (d *dictionary) text(name string) string {
	switch v := d.values[name].(type) {
	case nil:
	case string:
		return v
	default:
		d.wrong(name, v)
	}
	return ""
}

func (d *dictionary) number(name string) int {
	switch v := d.values[name].(type) {
	case nil:
	case uint64:
		if v <= most {
			return int(v)
		}
		d.wrong(name, v)
	case int64:
		return int(v)
	case float64: // of JSON
		if n := int(v); v >= 0 && v <= most && float64(n) == v {
			return n
		}
		d.wrong(name, v)
	default:
		d.wrong(name, v)
	}
	return 0
}

// most bounds the counts that are believed.
const most = 1 << 31

func (d *dictionary) instant(name string) time.Time {
	text := d.text(name)
	if text == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		d.wrong(name, text)
		return time.Time{}
	}
	return t.UTC()
}

func (d *dictionary) updates(name string) []Update {
	list, ok := d.values[name].([]any)
	if !ok && d.values[name] != nil {
		d.wrong(name, d.values[name])
	}
	var all []Update
	for _, e := range list {
		one, _ := e.(map[string]any)
		in := dictionary{values: one}
		restart, _ := one["restart"].(bool)
		all = append(all, Update{Label: in.text("label"), Name: in.text("name"), Restart: restart})
		if in.err != nil || one == nil {
			d.wrong(name, e)
		}
	}
	return all
}
