//go:build cgo && (darwin || gnustep)

package appkit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/progrium/darwinkit/macos/appkit"
	"github.com/progrium/darwinkit/objc"

	"installordefer/prompt"
	"installordefer/prompt/words"
)

// A Toolkit shows one dialog in a window of its own. Show must be called by
// the main goroutine, and once in a process.
type Toolkit struct {
	// Person is whom the dialogs speak to.
	Person words.Person
	// Log is where it says what it has to do without, such as a logo.
	Log io.Writer
	// Quit ends the process when the Mac logs out or restarts. AppKit ends it
	// anyhow, with exit code 0, once Quit returns; the dialog never objects.
	Quit func()
	// Appearance is "light", "dark", or empty for the person's own choice.
	Appearance string
	// Trace, when set, gets a line of JSON for each control: where it is on
	// the screen and what it says. Tests click by it.
	Trace io.Writer
	// Picture, when set, is the file that the window is drawn into, as PNG,
	// once it is on the screen.
	Picture string
}

// A session is one dialog on the screen. Its fields belong to the main thread.
type session struct {
	toolkit Toolkit
	dialog  prompt.Dialog
	app     appkit.Application
	panel   appkit.Panel

	elements []element
	buttons  []button
	icon     appkit.ImageView
	controls controls
	traced   []traced
	lists    []appkit.ScrollView
	rtl      bool
	dark     bool
	placed   bool

	says *words.Speaker
	now  words.Moment
	page words.Page // what stands there
	// longest is what the countdown's bar is the whole of.
	longest time.Duration

	sight  sighting
	shown  time.Time // the person counts from one second after this
	over   chan struct{}
	answer prompt.Answer
	done   bool
}

// Show shows d until the person answers or ctx ends.
func (t Toolkit) Show(ctx context.Context, d prompt.Dialog, changes <-chan prompt.Change, sees func(prompt.Sight)) (prompt.Answer, error) {
	if !onMac && os.Getenv("DISPLAY") == "" {
		return prompt.Answer{}, errors.New("there is no display: DISPLAY is not set")
	}
	s := &session{
		toolkit: t, dialog: d, over: make(chan struct{}),
		says: words.For(t.Person, d), now: words.Opening(d), longest: max(d.Countdown, d.Whole), sight: sighting{tell: sees},
	}
	runLoop(func(app appkit.Application) {
		s.app = app
		s.build()
		go s.follow(ctx, changes)
	})
	return s.answer, nil
}

// follow passes on to the main thread what happens elsewhere.
func (s *session) follow(ctx context.Context, changes <-chan prompt.Change) {
	post(s.appear)
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for {
		select {
		case c := <-changes:
			post(func() { s.change(c) })
		case <-second.C:
			post(s.keepInFront)
			post(s.lookAtIt)
			post(s.followLooks)
		case <-ctx.Done():
			post(func() { s.end(prompt.Answer{}) })
			return
		case <-s.over:
			return
		}
	}
}

// appear is the first that the loop does: from now on the window is seen.
func (s *session) appear() {
	if s.toolkit.Picture != "" {
		s.keepPicture(s.toolkit.Picture)
	}
	s.disarm()
	s.arrange() // now that the window is there
	s.lookAtIt()
	if s.page.Wrong != "" {
		announce(s.panel, s.page.Wrong)
	}
	s.trace("shown")
}

// disarm begins a second in which the person is not listened to. What is
// typed does not go to a field either.
func (s *session) disarm() {
	s.shown = time.Now()
	if !s.controls.secret.IsNil() {
		truth(s.panel, "makeFirstResponder:", objc.Object{})
	}
	time.AfterFunc(prompt.TooFast, func() { post(s.arm) })
}

func (s *session) keepPicture(name string) {
	if png := picture(s.panel); png == nil {
		s.log("The window cannot be drawn into a file here.")
	} else if err := os.WriteFile(name, png, 0o644); err != nil {
		s.log("The window's picture was not written: %v.", err)
	}
}

// arm is called when the first second is over: what the person was typing
// when the window came has gone by, and the keyboard may go to a field.
func (s *session) arm() {
	if s.done || !s.armed() {
		return // another second has begun since
	}
	if !s.controls.secret.IsNil() {
		truth(s.panel, "makeFirstResponder:", s.controls.secret)
	}
	s.trace("armed")
}

// armed tells whether the first second is over.
func (s *session) armed() bool { return !s.shown.IsZero() && time.Since(s.shown) >= prompt.TooFast }

// meant tells whether the person can have meant what they did: not in the
// first second, and not by a key that has been held down since.
func (s *session) meant() bool {
	if !s.armed() {
		return false
	}
	event := s.app.CurrentEvent()
	if event.IsNil() {
		return true
	}
	key := number(event, "type") == int64(appkit.EventTypeKeyDown)
	return !key || !truth(event, "isARepeat")
}

// press ends the dialog with what the person answered.
func (s *session) press(a prompt.Answer) {
	if s.done || !s.meant() {
		a.Secret.Wipe()
		s.trace("ignored")
		return
	}
	s.end(a)
}

// end takes the dialog away. The zero answer is no answer.
func (s *session) end(a prompt.Answer) {
	if s.done {
		return
	}
	s.done, s.answer = true, a
	close(s.over)
	// An open menu has a loop of its own that stopLoop does not end. Should
	// it not close either, the helper's own limit ends the process.
	if !s.controls.choice.IsNil() {
		tell(s.controls.choice.Menu(), "cancelTracking")
	}
	if !s.controls.secret.IsNil() {
		s.controls.secret.SetStringValue("")
	}
	s.panel.OrderOut(nil)
	stopLoop(s.app)
}

func (s *session) log(format string, args ...any) {
	if s.toolkit.Log != nil {
		fmt.Fprintf(s.toolkit.Log, format+"\n", args...)
	}
}
