// Package terminal shows the dialogs of package prompt on a terminal. The
// helper uses it where it is built without AppKit.
//
// What must hold here: the terminal gets no byte of a dialog's text that could
// control it; a dialog stays true while it is on the screen, and only what has
// changed is drawn again; what is typed in the first second, or is no key of
// the dialog, does nothing; a password is never drawn.
package terminal

import (
	"context"
	"errors"
	"io"
	"time"

	"installordefer/prompt"
	"installordefer/prompt/words"
)

// A Terminal is a prompt.Toolkit. Typing is read key by key.
type Terminal struct {
	// Keys is where the person types. Each Read returns what was typed at
	// once, so that an escape sequence comes whole.
	Keys io.Reader
	// Screen is what the person sees.
	Screen io.Writer
	// Live says that Screen is a real terminal, on which lines can be drawn
	// again. Otherwise what has changed is written once more, and less often.
	Live bool
	// Size returns the width and height of Screen in characters. With nil,
	// and with 0 for either, it is 80 by 24.
	Size func() (width, height int)
	// Person is whom the dialogs speak to.
	Person words.Person
	// OpenPane opens the Software Update pane.
	OpenPane func(ctx context.Context, pane string) error
}

// Show shows d. See prompt.Toolkit.
func (t *Terminal) Show(ctx context.Context, d prompt.Dialog, changes <-chan prompt.Change, sees func(prompt.Sight)) (prompt.Answer, error) {
	v := newView(t.Person, d, !t.Live)
	s := &screen{out: t.Screen, live: t.Live, size: t.size}
	shown := time.Now()
	if err := s.draw(v.lines(s.width())); err != nil {
		return prompt.Answer{}, err
	}
	sees(prompt.Shown)
	keys := make(chan key)
	gone := make(chan struct{})
	go func() {
		t.read(ctx, keys)
		close(gone)
	}()
	for {
		select {
		case <-ctx.Done():
			v.secret.Wipe()
			return prompt.Answer{}, nil
		case <-gone:
			v.secret.Wipe()
			if ctx.Err() != nil {
				return prompt.Answer{}, nil
			}
			return prompt.Answer{}, errors.New("the terminal is gone")
		case c := <-changes:
			v.change(c)
		case k := <-keys:
			if time.Since(shown) < prompt.TooFast {
				continue
			}
			switch a, open := v.press(k); {
			case a.Result != "":
				return a, s.leave(v.chosen(a))
			case open:
				v.note = ""
				if t.OpenPane(ctx, d.Pane) != nil {
					v.note = v.says.Unopened()
				}
			}
		}
		if err := s.draw(v.lines(s.width())); err != nil {
			return prompt.Answer{}, err
		}
	}
}

func (t *Terminal) size() (width, height int) {
	if t.Size != nil {
		width, height = t.Size()
	}
	if width <= 0 {
		width = 80
	}
	if height <= 0 {
		height = 24
	}
	return width, height
}
