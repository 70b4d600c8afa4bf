// Package story tells what happens on a simulated Mac: to people in plain
// lines, to programs in JSON. Rehearsals and the demonstration share it.
package story

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"installordefer/internal/simmac"
	"installordefer/internal/text"
	"installordefer/prompt"
	"installordefer/prompt/words"
)

// A Teller writes a story line by line as it happens.
type Teller struct {
	Out io.Writer
	// Tools tells every program that is run, too.
	Tools bool

	day      string
	last     string // the last line without its time
	repeated int
	until    string
	err      error
}

// The tellers of a line: who does it.
const (
	theJob    = "job"
	theMac    = "Mac"
	apple     = "Apple"
	theScreen = "screen"
	somebody  = "person"
	theTool   = "tool"
)

// Tell writes an event, if it belongs into the story. Times are told in zone.
func (t *Teller) Tell(e simmac.Event, zone *time.Location) {
	who, text := t.line(e, zone)
	if text == "" {
		return
	}
	when := e.Moment.Wall.In(zone)
	clock := when.Format("15:04:05")
	if said := who + text; said == t.last {
		t.repeated, t.until = t.repeated+1, clock
		return
	} else {
		t.Flush()
		t.last = said
	}
	if day := when.Format("Monday, 2 January 2006"); day != t.day {
		t.day = day
		t.printf("\n%s\n", day)
	}
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			clock, who = "", ""
		}
		t.printf("%8s  %-6s  %s\n", clock, who, line)
	}
}

// Flush tells how often the last line was repeated.
func (t *Teller) Flush() {
	if t.repeated > 0 {
		t.printf("%8s  %-6s  (%s more until %s)\n", "", "", text.Count(t.repeated, "time"), t.until)
	}
	t.last, t.repeated = "", 0
}

// Say writes a line that is not part of the story.
func (t *Teller) Say(format string, args ...any) {
	t.Flush()
	t.printf(format+"\n", args...)
}

// Err returns the first error of writing.
func (t *Teller) Err() error { return t.err }

func (t *Teller) printf(format string, args ...any) {
	if t.err == nil {
		_, t.err = fmt.Fprintf(t.Out, format, args...)
	}
}

// line says who does what; an empty text is left out.
func (t *Teller) line(e simmac.Event, zone *time.Location) (who, text string) {
	switch e.Kind {
	case simmac.Logged:
		if e.Failed {
			return theJob, "(error) " + e.Text
		}
		return theJob, e.Text
	case simmac.JobKilled:
		return theMac, "The root job ends: " + e.Text + "."
	case simmac.JobEnded:
		if e.Failed {
			return theJob, "(error) " + e.Text
		}
	case simmac.ToolRan:
		if t.Tools {
			return theTool, e.Text
		}
	case simmac.DialogShown:
		return theScreen, dialog(e.Dialog)
	case simmac.Answered:
		return somebody, e.Text
	case simmac.SessionChanged:
		return somebody, e.Text
	case simmac.CatalogueSet:
		return apple, e.Text
	case simmac.StateFailed, simmac.FaultHit:
		return theMac, e.Text
	case simmac.RemovalStep:
		return theJob, "Removal: " + e.Name + "."
	case simmac.Booted, simmac.WentDown, simmac.FellAsleep, simmac.WokeUp, simmac.DarkWoke, simmac.Downloaded, simmac.Staged,
		simmac.Installed, simmac.RestartAsked, simmac.RestartRefused, simmac.RestartForced, simmac.WorkLost,
		simmac.ClockSet, simmac.ZoneSet, simmac.PowerChanged, simmac.NetworkChanged, simmac.PaneOpened,
		simmac.JobGone, simmac.FactChanged:
		return theMac, e.Text
	}
	return "", ""
}

// dialog tells a dialog as it comes on the screen, in English.
func dialog(d *prompt.Dialog) string {
	says, m := words.For(words.Person{Languages: []string{"en"}}, *d), words.Opening(*d)
	p := says.Page(m)
	text := "“" + p.Heading + "”"
	if p.Clock != "" {
		text += ", " + p.Clock + " left"
	}
	buttons := []string{p.Run}
	for i := range d.Choices {
		m.Choice = i
		buttons = append(buttons, says.Page(m).Defer)
	}
	if len(d.Choices) == 0 {
		buttons = append(buttons, p.Defer)
	}
	for _, b := range buttons {
		if b != "" {
			text += "  [" + b + "]"
		}
	}
	for _, u := range d.Updates {
		restart := ""
		if u.Restart {
			restart = ", restarts the Mac"
		}
		text += "\n  · " + u.ShownName() + restart
	}
	return text
}

// Summarise says how a story ended.
func Summarise(m *simmac.Mac, removed bool, wakes int) []string {
	var lines []string
	j := &m.Journal
	end := "The job is still there."
	if removed {
		end = "The job has removed itself."
	}
	lines = append(lines, end)
	lines = append(lines, fmt.Sprintf("%s in the story, %s of the job, %s, %s asked for, %s forced.",
		text.Length(m.Elapsed()), text.Count(wakes, "wake"), text.Count(j.Count(simmac.DialogShown), "dialog"),
		text.Count(j.Count(simmac.RestartAsked), "restart"), text.Count(j.Count(simmac.RestartForced), "restart")))
	if lost := j.Of(simmac.WorkLost); len(lost) > 0 {
		lines = append(lines, "Unsaved work was lost in "+names(lost)+".")
	}
	if left := m.Pending(); len(left) > 0 {
		names := make([]string, len(left))
		for i, u := range left {
			names[i] = u.Name()
		}
		lines = append(lines, "Still offered: "+strings.Join(names, ", ")+".")
	} else {
		lines = append(lines, "Nothing is left to install.")
	}
	return lines
}

// names lists what events are about, each once.
func names(es []simmac.Event) string {
	var list []string
	for _, e := range es {
		if !slices.Contains(list, e.Name) {
			list = append(list, e.Name)
		}
	}
	return strings.Join(list, ", ")
}

// An End is the last line of a story in JSON.
type End struct {
	Kind     string   `json:"kind"` // "end"
	Elapsed  float64  `json:"elapsed"`
	Removed  bool     `json:"removed"`
	Wakes    int      `json:"wakes"`
	Dialogs  int      `json:"dialogs"`
	Asked    int      `json:"restartsAsked"`
	Forced   int      `json:"restartsForced"`
	WorkLost int      `json:"workLost"`
	Left     []string `json:"left"` // labels that are still offered
}

// EndOf returns how a story ended.
func EndOf(m *simmac.Mac, removed bool, wakes int) End {
	j := &m.Journal
	e := End{
		Kind: "end", Elapsed: m.Elapsed().Seconds(), Removed: removed, Wakes: wakes,
		Dialogs: j.Count(simmac.DialogShown), Asked: j.Count(simmac.RestartAsked),
		Forced: j.Count(simmac.RestartForced), WorkLost: j.Count(simmac.WorkLost), Left: []string{},
	}
	for _, u := range m.Pending() {
		e.Left = append(e.Left, u.Label)
	}
	return e
}

// A Line is an event as one line of JSON.
type Line struct {
	Time     time.Time `json:"time"`
	Elapsed  float64   `json:"elapsed"`
	Kind     string    `json:"kind"`
	Name     string    `json:"name,omitempty"`
	Text     string    `json:"text,omitempty"`
	Argv     []string  `json:"argv,omitempty"`
	Code     int       `json:"code,omitempty"`
	Shutdown bool      `json:"shutdown,omitempty"`
	Failed   bool      `json:"failed,omitempty"`
	// Dialog and Change are as the root job and the helper say them.
	Dialog json.RawMessage `json:"dialog,omitempty"`
	Change json.RawMessage `json:"change,omitempty"`
}

// JSON returns an event as JSON stories have it. Time is the Mac's wall
// clock, Elapsed the time since the story began, in seconds.
func JSON(e simmac.Event, zone *time.Location) ([]byte, error) {
	line := Line{
		Time: e.Moment.Wall.In(zone), Elapsed: e.At.Seconds(), Kind: e.Kind.String(), Name: e.Name, Text: e.Text,
		Argv: e.Argv, Code: e.Code, Shutdown: e.Shutdown, Failed: e.Failed,
	}
	var err error
	if e.Dialog != nil {
		if line.Dialog, err = prompt.EncodeDialog(*e.Dialog); err != nil {
			return nil, err
		}
	}
	if e.Change != nil {
		if line.Change, err = prompt.EncodeChange(*e.Change); err != nil {
			return nil, err
		}
	}
	return json.Marshal(line)
}
