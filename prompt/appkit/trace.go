//go:build cgo && (darwin || gnustep)

package appkit

import (
	"bytes"
	"encoding/json"

	"github.com/progrium/darwinkit/macos/appkit"
	"github.com/progrium/darwinkit/objc"
)

// A traced control is one that tests can find.
type traced struct {
	name string
	view appkit.IView
}

// A place is where a control is, and what it says.
type place struct {
	Event string `json:"event,omitempty"`
	// Armed is true, beside an event, where the first second is over.
	Armed bool   `json:"armed,omitempty"`
	Name  string `json:"name,omitempty"`
	// X and Y are the control's middle, from the upper left corner of the
	// first screen. All are points.
	X     int     `json:"x"`
	Y     int     `json:"y"`
	W     int     `json:"w"`
	H     int     `json:"h"`
	Text  string  `json:"text,omitempty"`
	Value float64 `json:"value,omitempty"` // of a bar; -1 is indeterminate
	// Key presses it, Next is where Tab goes from it, and Label is what
	// VoiceOver calls it, where the toolkit knows that.
	Key   string `json:"key,omitempty"`
	Next  string `json:"next,omitempty"`
	Label string `json:"label,omitempty"`
}

func (s *session) watch(name string, v appkit.IView) {
	s.traced = append(s.traced, traced{name, v})
}

// trace tells where everything is, and then the event. It never tells what is
// in a password field.
func (s *session) trace(event string) {
	if s.toolkit.Trace == nil {
		return
	}
	var lines bytes.Buffer
	enc := json.NewEncoder(&lines)
	screen := appkit.Screen_MainScreen().Frame().Size.Height
	f := s.panel.Frame()
	enc.Encode(place{Name: "window", X: int(f.Origin.X + f.Size.Width/2), Y: int(screen - f.Origin.Y - f.Size.Height/2), W: int(f.Size.Width), H: int(f.Size.Height)})
	for _, t := range s.traced {
		v := appkit.ViewFrom(t.view.Ptr())
		r := s.panel.ConvertRectToScreen(v.ConvertRectToView(v.Bounds(), nil))
		p := place{Name: t.name, X: int(r.Origin.X + r.Size.Width/2), Y: int(screen - r.Origin.Y - r.Size.Height/2), W: int(r.Size.Width), H: int(r.Size.Height)}
		switch view := t.view.(type) {
		case appkit.TextField:
			p.Text = view.StringValue()
		case appkit.Button:
			p.Text, p.Key = view.Title(), view.KeyEquivalent()
		case appkit.PopUpButton:
			p.Text = view.TitleOfSelectedItem()
		case appkit.ProgressIndicator:
			p.Value = view.DoubleValue()
			if truth(view, "isIndeterminate") {
				p.Value = -1
			}
		}
		p.Next, p.Label = s.nameOf(v.NextKeyView()), labelOf(v)
		enc.Encode(p)
	}
	enc.Encode(place{Event: event, Armed: s.armed()})
	s.toolkit.Trace.Write(lines.Bytes())
}

// nameOf returns the name of a control; nothing where it is none of ours.
func (s *session) nameOf(v appkit.View) string {
	for _, t := range s.traced {
		if !v.IsNil() && t.view.Ptr() == v.Ptr() {
			return t.name
		}
	}
	return ""
}

// labelOf returns what VoiceOver calls a control. GNUstep does not know.
func labelOf(v appkit.View) string {
	if !knows(v, "accessibilityLabel") {
		return ""
	}
	label := get(v, "accessibilityLabel")
	if label.IsNil() {
		return ""
	}
	return objc.ToGoString(label.Ptr())
}
