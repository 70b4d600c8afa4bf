package appkit

import (
	"fmt"
	"slices"

	"installordefer/prompt"
	"installordefer/prompt/words"
)

// A part is one control of a dialog as everybody meets it: who looks, who
// listens to VoiceOver, who has a keyboard alone. The window is made of the
// parts that describe returns, so that what holds of them holds of it.
type part struct {
	// name is what a trace calls it.
	name string
	role role
	// text is what it shows.
	text string
	// label is what VoiceOver calls it, where it does not show that itself.
	label string
	// does is what it does when it is pressed, and keys are those that press
	// it. A button shows that it answers to the first.
	does deed
	keys []string
}

// A role is the kind of a control.
type role string

const (
	asText   role = "text"
	asList   role = "list"
	asBar    role = "bar"
	asMenu   role = "menu"
	asField  role = "password field"
	asButton role = "button"
	asHelp   role = "help button"
)

// A deed is what a button does.
type deed string

const (
	doRun      deed = "run"
	doDefer    deed = "defer"
	doCancel   deed = "cancel"
	doPassword deed = "give the password"
	doOpen     deed = "open where the person acts"
	doHelp     deed = "open the help page"
)

// Keys that buttons answer to, as AppKit writes them.
const (
	enter    = "\r"
	escape   = "\x1b"
	pageUp   = "\uf72c"
	pageDown = "\uf72d"
)

// describe returns the parts of a dialog that says p, in the order in which they
// are read.
func describe(d prompt.Dialog, p words.Page) []part {
	parts := []part{{name: "heading", role: asText, text: p.Heading}}
	add := func(more ...part) { parts = append(parts, more...) }
	if p.Clock != "" {
		add(part{name: "clock", role: asText, text: p.Clock, label: p.ClockLabel}, part{name: "bar", role: asBar, label: p.ClockLabel})
	}
	if p.Body != "" {
		add(part{name: "body", role: asText, text: p.Body})
	}
	if len(p.Items) > 0 {
		add(part{name: "updates", role: asList, label: p.ItemsLabel})
	}
	if d.Kind == prompt.Updating && p.Clock == "" {
		add(part{name: "bar", role: asBar, label: p.ProgressLabel}, part{name: "status", role: asText, text: p.Progress})
	}
	for i, n := range p.Notes {
		add(part{name: fmt.Sprint("note ", i+1), role: asText, text: n})
	}
	if len(p.Menu) > 0 {
		add(part{name: "choice", role: asMenu, label: p.MenuTitle})
	}
	if d.Kind == prompt.Password {
		add(part{name: "password label", role: asText, text: p.PasswordLabel}, part{name: "password", role: asField, label: p.PasswordLabel})
		if p.Wrong != "" {
			add(part{name: "problem", role: asText, text: p.Wrong})
		}
	}
	if p.Help != "" {
		add(part{name: "help", role: asHelp, label: p.Help, does: doHelp})
	}
	add(answers(d.Kind, p)...)
	return parts
}

// answers are the buttons of a dialog, from inside out. One without a title is
// none.
func answers(kind prompt.Kind, p words.Page) (titled []part) {
	run := part{name: "run", role: asButton, text: p.Run, does: doRun}
	var all []part
	switch kind {
	case prompt.RunOrDefer:
		all = []part{run, {name: "defer", role: asButton, text: p.Defer, does: doDefer, keys: []string{enter, escape}}}
	case prompt.RunNow:
		run.keys = []string{enter}
		all = []part{run}
	case prompt.Updating:
		all = []part{run} // without a key: it would lose what is not saved
	case prompt.InstallNow, prompt.InTheWay:
		aside := part{name: "ok", role: asButton, text: p.Defer, does: doCancel, keys: []string{enter, escape}}
		if p.Run != "" {
			aside.keys = []string{escape}
		}
		all = []part{aside, {name: "open", role: asButton, text: p.Run, does: doOpen, keys: []string{enter}}}
	case prompt.Password:
		all = []part{
			{name: "cancel", role: asButton, text: p.Defer, does: doCancel, keys: []string{escape}},
			{name: "continue", role: asButton, text: p.Run, does: doPassword, keys: []string{enter}},
		}
	}
	for _, b := range all {
		if b.text != "" {
			titled = append(titled, b)
		}
	}
	return titled
}

// focuses tells whether the keyboard can go to a control of that role.
func (r role) focuses() bool { return r == asMenu || r == asField || r.presses() }

// presses tells whether it is a button.
func (r role) presses() bool { return r == asButton || r == asHelp }

// focusOrder returns the names of the controls that Tab goes through, in the
// order in which they stand. Buttons that are stacked stand from the outermost
// down.
func focusOrder(parts []part, stacked bool) []string {
	var order, buttons []string
	for _, p := range parts {
		switch {
		case p.role.presses():
			buttons = append(buttons, p.name)
		case p.role.focuses():
			order = append(order, p.name)
		}
	}
	if stacked {
		slices.Reverse(buttons)
	}
	return append(order, buttons...)
}
