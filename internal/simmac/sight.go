package simmac

import (
	"installordefer/internal/clock"
	"installordefer/prompt"
)

// HelperProgram is the helper as a fault names it. One that HangsAtStart says
// nothing, one that HangsInside has read its dialog, and neither shows it.
const HelperProgram = "install-or-defer-prompt"

// Sight is what the helper has said last of what is seen of its dialog.
func (w *Showing) Sight() prompt.Sight { return w.sight }

// ShownAt is when it first said that its dialog is seen; zero where it never did.
func (w *Showing) ShownAt() clock.Moment { return w.shownAt }

// look lets the helper say what is seen of its dialog, and tells whether that is
// new.
func (w *Showing) look() bool {
	if w.ended || w.frozen || w.observed {
		return false
	}
	is, m := prompt.Shown, w.m
	switch {
	case w.fault == HangsAtStart:
		is = prompt.Unsaid
	case w.fault == HangsInside || w.opening && w.fault == "" && w.m.facts.Quirks.SlowDialogs:
		is = prompt.Opening
	case w.session.locked:
		is = prompt.Locked
	case m.dark || m.displayOff:
		is = prompt.DisplayOff
	case !w.session.onConsole:
		is = prompt.Covered
	}
	was := w.sight
	w.sight = is
	if is == prompt.Shown && w.shownAt == (clock.Moment{}) {
		w.shownAt = m.Now()
	}
	return is != was
}

// looks lets the helpers on the Mac say what is seen of their dialogs.
func (m *Mac) looks() {
	for _, s := range m.sessions {
		if w := s.window; w != nil && w.look() && w.turn != nil {
			w.turn()
		}
	}
}
