// Package history keeps what has happened on one Mac, for those who are asked
// about it later: lines of JSON, root's alone.
//
// What must hold here: the file is bounded in time and size, and replaced as a
// whole. Each line carries a sum over itself and the sum before it, so that the
// last one, which the status shows and an MDM collects, tells of any change
// to those before. The sum finds changes; it is no proof against somebody who
// reckons a new one. No name of an account is written, and nothing of what
// anybody does at the Mac.
package history

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"time"

	"installordefer/internal/text"
)

// What bounds a history.
const (
	// kept is how long an event is kept.
	kept = 90 * 24 * time.Hour
	// fileMost is how large the file grows, in bytes; the oldest events go first.
	fileMost = 128 << 10
	// MaxFile is how much of a file is read: somebody may have made it larger.
	MaxFile = 2 * fileMost
	// textMost bounds the text of one event, in bytes.
	textMost = 400
)

// A Kind is a kind of event.
type Kind string

// The kinds.
const (
	Deadline Kind = "deadline" // a deadline was set or changed
	Prompt   Kind = "prompt"   // somebody was asked
	Answer   Kind = "answer"   // and has deferred, or not answered
	Check    Kind = "check"    // what is missing has changed
	Attempt  Kind = "attempt"  // an installation was begun
	Failure  Kind = "failure"  // something went wrong
	Restart  Kind = "restart"  // a restart was asked for, or made
	Obstacle Kind = "obstacle" // something has to change first
	Settings Kind = "settings" // the settings have changed
	End      Kind = "end"      // nothing is left to install
)

// An Event is one thing that has happened.
type Event struct {
	Number int       `json:"n"`
	At     time.Time `json:"at"`
	What   Kind      `json:"what"`
	Text   string    `json:"text"`
	// Setting is the key that decided, if one did, and Until when it ends.
	Setting string     `json:"setting,omitempty"`
	Until   *time.Time `json:"until,omitempty"`
}

// A Disk holds the file.
type Disk interface {
	// Read returns the file. One that is not there is fs.ErrNotExist.
	Read() ([]byte, error)
	// Write replaces it as a whole, for root alone to read.
	Write(data []byte) error
	// Remove removes it; where it is not there is no error.
	Remove() error
}

// Append adds events that have happened at now. It returns the number of the last
// one and its sum.
func Append(disk Disk, events []Event, now time.Time) (length int, seal string, err error) {
	if len(events) == 0 {
		return 0, "", nil
	}
	data, err := disk.Read()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		// What cannot be read is not in the way of what happens now.
		data = nil
	}
	lines, last := current(data, now)
	for _, e := range events {
		e.At, e.Number = now.UTC().Truncate(time.Second), last.number+1
		e.Text = text.Cut(e.Text, textMost)
		line, err := json.Marshal(e)
		if err != nil {
			return 0, "", fmt.Errorf("write the history: %w", err)
		}
		last = mark{e.Number, sum(last.sum, line)}
		lines = append(lines, sealed(line, last.sum))
	}
	size := 0
	for _, l := range lines {
		size += len(l)
	}
	for len(lines) > 1 && size > fileMost {
		size -= len(lines[0])
		lines = lines[1:]
	}
	if err := disk.Write(bytes.Join(lines, nil)); err != nil {
		return 0, "", fmt.Errorf("write the history: %w", err)
	}
	return last.number, last.sum, nil
}

// current returns the lines of a file without the oldest, where those are too old
// or no events, and what its last event carries. Lines in between are not read:
// they are in the order of time.
func current(data []byte, now time.Time) (lines [][]byte, last mark) {
	young := false
	for line := range bytes.Lines(data) {
		if !young {
			e, _, _, ok := open(line)
			young = ok && now.Sub(e.At) < kept
		}
		if young {
			lines = append(lines, append(bytes.TrimRight(line, "\r\n"), '\n'))
		}
	}
	return lines, lastMark(data)
}

// lastMark is that of the last line that is an event.
func lastMark(data []byte) (m mark) {
	for len(data) > 0 {
		data = bytes.TrimRight(data, "\r\n")
		start := bytes.LastIndexByte(data, '\n') + 1
		if _, m, _, ok := open(data[start:]); ok {
			return m
		}
		data = data[:start]
	}
	return mark{}
}

// A mark is what the last line of a history says of all of it.
type mark struct {
	number int
	sum    string
}

const (
	sumField  = `,"sum":"`
	sumLength = 32
)

// sealed is a line with its sum.
func sealed(line []byte, sum string) []byte {
	return fmt.Appendf(nil, "%s%s%s\"}\n", bytes.TrimSuffix(line, []byte("}")), sumField, sum)
}

// open reads a line; body is what its sum is over.
func open(line []byte) (e Event, m mark, body []byte, ok bool) {
	line = bytes.TrimSpace(line)
	at := bytes.LastIndex(line, []byte(sumField))
	if at < 0 || len(line) != at+len(sumField)+sumLength+2 || !bytes.HasSuffix(line, []byte("\"}")) {
		return e, m, nil, false
	}
	body = append(bytes.Clone(line[:at]), '}')
	seal := string(line[at+len(sumField) : len(line)-2])
	if json.Unmarshal(body, &e) != nil || e.At.IsZero() || e.What == "" || e.Number < 1 || e.Number > 1<<30 {
		return e, m, nil, false
	}
	return e, mark{e.Number, seal}, body, true
}

// sum is that of a line and all before it.
func sum(before string, line []byte) string {
	h := fnv.New128a()
	h.Write([]byte(before))
	h.Write(line)
	return hex.EncodeToString(h.Sum(nil))
}

// Last returns how many events were ever written, and the sum of the last one;
// zero and empty where there is no history.
func Last(data []byte) (length int, sum string) {
	m := lastMark(data)
	return m.number, m.sum
}

// Read returns the events of a file. Changed is the number of the first that is
// not as it was written, or follows on one that is gone; zero where all are.
func Read(data []byte) (events []Event, changed int) {
	before := ""
	for line := range bytes.Lines(data) {
		e, m, body, ok := open(line)
		if !ok {
			if changed == 0 {
				changed = len(events) + 1
			}
			continue
		}
		follows := sum(before, body) == m.sum
		switch len(events) {
		case 0:
			follows = follows || e.Number > 1 // what was before it has gone with time
		default:
			follows = follows && e.Number == events[len(events)-1].Number+1
		}
		if changed == 0 && !follows {
			changed = e.Number
		}
		events, before = append(events, e), m.sum
	}
	return events, changed
}
