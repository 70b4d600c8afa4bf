package prompt

import (
	"encoding/json"
	"io"
	"sync"
)

// A Sight is what a helper says of its dialog: whether a person could see it.
type Sight string

// The sights. A helper that was started before there were any says nothing.
const (
	// Unsaid: the helper has said nothing yet.
	Unsaid Sight = ""
	// Opening: the helper has read its dialog, and nothing is on the screen.
	Opening Sight = "opening"
	// Shown: the dialog is on the screen, and a person there can see it.
	Shown Sight = "shown"
	// Covered: other windows cover all of it.
	Covered Sight = "covered"
	// Locked: it is behind the lock.
	Locked Sight = "locked"
	// DisplayOff: the display is asleep.
	DisplayOff Sight = "display off"
)

// mostSights is how often a helper may say what is seen of one dialog. One that
// says more is up to something else.
const mostSights = 4096

// wireSight is a line from the helper before its answer. Only a dialog that
// asks for it gets any, because a root job that knows of none takes the first
// line for the answer.
type wireSight struct {
	ID    string `json:"id"`
	Sight Sight  `json:"sight"`
}

// EncodeSight returns the line that tells what is seen of d, with its end.
func EncodeSight(d Dialog, s Sight) []byte {
	line, _ := json.Marshal(wireSight{ID: d.ID, Sight: s}) // two strings cannot fail
	return append(line, '\n')
}

// decodeSight reads what a line tells of what is seen of the dialog with that
// id; ok is false where it is no such line. It is total, and copies nothing of
// an answer.
func decodeSight(id string, line []byte) (s Sight, ok bool) {
	var w wireSight
	if json.Unmarshal(line, &w) != nil || w.ID != id {
		return Unsaid, false
	}
	switch w.Sight {
	case Opening, Shown, Covered, Locked, DisplayOff:
		return w.Sight, true
	}
	return Unsaid, false
}

// A voice is all that a helper writes: what is seen of its dialog, and then its
// answer, with nothing after it.
type voice struct {
	out    io.Writer
	dialog Dialog

	mu   sync.Mutex
	last Sight
	done bool
}

// sees tells the root job what is seen of the dialog, where it has asked and
// where that is new.
func (v *voice) sees(s Sight) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.dialog.Tells || v.done || s == v.last {
		return
	}
	v.last = s
	_, _ = v.out.Write(EncodeSight(v.dialog, s)) // a root job that is gone hears no answer either
}

// answer gives the answer and returns the exit code that goes with it.
func (v *voice) answer(a Answer) (exitCode int, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.done = true
	return writeAnswer(v.out, v.dialog, a)
}
