package terminal

import (
	"context"
	"strings"

	"installordefer/prompt"
)

// A key is what was typed at once: a character, several that were pasted, or
// the escape sequence of a special key.
type key []byte

const (
	escape    = "\x1b"
	backspace = "\x7f"
	controlH  = "\x08"
	controlU  = "\x15"
)

// read passes on what is typed until the keyboard or ctx ends.
func (t *Terminal) read(ctx context.Context, keys chan<- key) {
	for {
		buf := make([]byte, prompt.MaxSecret)
		n, err := t.Keys.Read(buf)
		if n > 0 {
			select {
			case keys <- buf[:n]:
			case <-ctx.Done():
				clear(buf)
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// press returns what the key k answers; the zero Answer if it does not. Open
// says that it opens Software Update.
func (v *view) press(k key) (a prompt.Answer, open bool) {
	name := strings.ToLower(string(k))
	enter := name == "\r" || name == "\n"
	switch v.d.Kind {
	case prompt.RunOrDefer:
		return v.pressRunOrDefer(name, enter), false
	case prompt.RunNow:
		if name == "r" || enter {
			a.Result = prompt.ResultRun
		}
	case prompt.Updating:
		if v.from > 0 && (name == "r" || enter) {
			a.Result = prompt.ResultRun
		}
	case prompt.InstallNow, prompt.InTheWay:
		if name == escape || enter && v.page().Run == "" {
			return prompt.Answer{Result: prompt.ResultCancel}, false
		}
		open = v.d.Pane != "" && (name == "o" || enter)
	case prompt.Password:
		return v.typePassword(k), false
	}
	return a, open
}

func (v *view) pressRunOrDefer(name string, enter bool) prompt.Answer {
	run := prompt.Answer{Result: prompt.ResultRun}
	usual := prompt.Answer{Result: prompt.ResultDefer, Choice: v.d.Usual}
	switch {
	case name == "r":
		return run
	case name == "d" || name == escape || enter:
		return usual
	case len(name) == 1 && name[0] >= '1' && int(name[0]-'1') < v.offered() && v.offered() > 1:
		return prompt.Answer{Result: prompt.ResultDefer, Choice: int(name[0] - '1')}
	}
	return prompt.Answer{}
}

// typePassword adds to the password, or takes away, or ends it.
func (v *view) typePassword(k key) prompt.Answer {
	defer clear(k)
	if string(k) == escape {
		v.secret.Wipe()
		return prompt.Answer{Result: prompt.ResultCancel}
	}
	if k[0] == escape[0] {
		return prompt.Answer{} // a special key
	}
	for _, c := range k {
		switch {
		case c == '\r' || c == '\n':
			if len(v.secret) > 0 {
				return prompt.Answer{Result: prompt.ResultPassword, Secret: v.secret}
			}
		case string(c) == controlU:
			v.secret.Wipe()
			v.secret = v.secret[:0]
		case string(c) == backspace || string(c) == controlH:
			v.secret = withoutLast(v.secret)
		case c < ' ':
		case len(v.secret) < prompt.MaxSecret:
			v.secret = append(v.secret, c)
		}
	}
	return prompt.Answer{}
}

// withoutLast takes the last character off s.
func withoutLast(s prompt.Secret) prompt.Secret {
	for len(s) > 0 {
		last := s[len(s)-1]
		s[len(s)-1] = 0
		s = s[:len(s)-1]
		if last&0xC0 != 0x80 { // the first byte of a character
			break
		}
	}
	return s
}
