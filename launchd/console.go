package launchd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"installordefer/internal/tool"
)

// A ConsoleUser is the person whose session is on the screen.
type ConsoleUser struct {
	Name string // the account's short name
	UID  int
}

// isPerson tells whether u is an account that people log in with: any but those
// of macOS itself, whose names begin with an underscore. The user id says
// nothing: Guest has 201, hidden administrators less than 500, root 0.
func (u ConsoleUser) isPerson() bool { return u.Name != "" && !isService(u.Name) }

// IsRoot tells whether the person has logged in as root. The session of root
// cannot be entered with its user id: the job itself is root already.
func (u ConsoleUser) IsRoot() bool { return u.Name == "root" }

// isService tells whether an account is one of macOS itself. The Setup Assistant
// works in such a one, with a person before it.
func isService(name string) bool { return strings.HasPrefix(name, "_") }

// A Console is what the Mac says of its screen.
type Console struct {
	User    ConsoleUser
	Present bool
	// Behind is how many other people are logged in: behind the session at the
	// screen, or behind the login window. Their apps are open.
	Behind int
	// Session is the user id of somebody who is logged in and in whose session
	// Apple's updater can work: the person at the screen, else one behind it,
	// as behind root; 0 where there is none, or only root.
	Session int
	// Why says, when nobody is present, how that is known.
	Why string
}

// Deserted tells whether nobody is logged in at all, at the screen or behind it.
func (c Console) Deserted() bool { return !c.Present && c.Behind == 0 }

// ErrUnsettled is wrapped by errors that say: a person is at the screen, or
// coming or going, but cannot be asked now. It is not "nobody": someone may be
// working there.
var ErrUnsettled = errors.New("the screen is between two people")

// errUnreadable is wrapped by errors about answers of macOS that make no sense.
var errUnreadable = errors.New("the answer of macOS could not be understood")

// A session is one login session in the list that macOS keeps. The keys are
// those of SystemConfiguration's private console session dictionary.
type session struct {
	name, uid, onConsole, loginDone string
}

// consoleText is what scutil printed, taken apart.
type consoleText struct {
	top      map[string]string
	sessions []session
}

// ParseConsoleUser reads what scutil prints for "show State:/Users/ConsoleUser".
// The error wraps ErrUnsettled or errUnreadable. With the former the console may
// hold whom macOS names although it shows another session: they are at the screen
// if that goes on.
func ParseConsoleUser(scutil []byte) (Console, error) {
	text := strings.TrimSpace(string(scutil))
	if text == "No such key" {
		return Console{Why: "nobody has logged in since the Mac started"}, nil
	}
	t, err := splitConsole(text)
	if err != nil {
		return Console{}, err
	}
	name, uid := t.top["Name"], t.top["UID"]
	n, err := parseUID(uid)
	switch {
	case name == "" && n > 0:
		return Console{}, fmt.Errorf("user id %s is at the screen without a name: %w", uid, ErrUnsettled)
	case name == "" || name == "loginwindow":
		return t.loginWindow()
	case name == "_mbsetupuser":
		return Console{}, fmt.Errorf("the Setup Assistant is on the screen: %w", ErrUnsettled)
	case isService(name):
		return Console{}, fmt.Errorf("the account at the screen, %s, is one of macOS itself: %w", name, ErrUnsettled)
	case err != nil || n < 0:
		return Console{}, fmt.Errorf("the user id %q of %q at the screen: %w", uid, name, errUnreadable)
	}
	if !plainName(name) {
		return Console{}, fmt.Errorf("the account name %q at the screen: %w", name, errUnreadable)
	}
	c := Console{User: ConsoleUser{Name: name, UID: n}, Present: true, Behind: t.others(uid), Session: t.inSessionOf(n)}
	if err := t.settled(uid); err != nil && !t.stale(uid) {
		return Console{}, err
	} else {
		return c, err
	}
}

// loginWindow is what is known while nobody is at the screen. Whose session is
// behind it may be that of the Setup Assistant: then nobody can tell.
func (t consoleText) loginWindow() (Console, error) {
	for _, s := range t.sessions {
		if isService(s.name) {
			return Console{}, fmt.Errorf("the login window is on the screen, and the session of %s behind it: %w", s.name, ErrUnsettled)
		}
	}
	return Console{Why: "the login window is on the screen", Behind: t.others(nobody), Session: t.inSessionOf(0)}, nil
}

// inSessionOf is the user id of somebody in whose session Apple's updater can work:
// uid, or where that is root's or nobody's, the first who is logged in behind.
func (t consoleText) inSessionOf(uid int) int {
	if uid > 0 {
		return uid
	}
	for _, s := range t.sessions {
		if n, err := parseUID(s.uid); err == nil && n > 0 && !isService(s.name) {
			return n
		}
	}
	return 0
}

// settled tells whether the session on the screen is that of uid. While a
// person logs in for the first time by fast user switching, macOS already
// names them but still shows the other session: a dialog would appear to the
// wrong person.
func (t consoleText) settled(uid string) error {
	if len(t.sessions) == 0 {
		return nil // older systems do not list sessions
	}
	shown := false
	for _, s := range t.sessions {
		if s.onConsole != "TRUE" {
			continue
		}
		if s.uid != uid {
			return fmt.Errorf("macOS names user id %s but shows the session of %s: %w", uid, s.uid, ErrUnsettled)
		}
		if s.loginDone == "FALSE" {
			return fmt.Errorf("user id %s is still logging in: %w", uid, ErrUnsettled)
		}
		shown = true
	}
	if !shown {
		return fmt.Errorf("macOS names user id %s but shows no session: %w", uid, ErrUnsettled)
	}
	return nil
}

// stale tells whether macOS shows another session than that of uid although both
// have logged in: after a first login by fast user switching it goes on doing so
// until they log out.
func (t consoleText) stale(uid string) bool {
	named, another := false, false
	for _, s := range t.sessions {
		if s.loginDone != "TRUE" {
			continue
		}
		named = named || s.uid == uid
		another = another || s.uid != uid && s.onConsole == "TRUE"
	}
	return named && another
}

// nobody is a user id that no session has, not even one whose own is missing.
const nobody = "-"

// others counts the people with a session but for the one with that user id. A
// session that cannot be read is somebody's, and before that of an account of
// macOS itself, as the Setup Assistant's, may be a person. One of root whose
// login is not done is that of the login window itself.
func (t consoleText) others(uid string) int {
	n := 0
	for _, s := range t.sessions {
		ofLoginWindow := s.uid == "0" && s.loginDone != "TRUE" && (s.name == "" || s.name == "root" || s.name == "loginwindow")
		if s.uid != uid && !ofLoginWindow {
			n++
		}
	}
	return n
}

func parseUID(s string) (int, error) {
	n, err := strconv.ParseInt(s, 10, 32)
	return int(n), err
}

// plainName tells whether an account name can stand in a path and in an
// argument and mean only itself.
func plainName(s string) bool {
	if s == "" || len(s) > 255 || s[0] == '-' || s[0] == '.' || !utf8.ValidString(s) {
		return false
	}
	return !strings.ContainsFunc(s, func(c rune) bool { return c == '/' || c == ':' || !unicode.IsPrint(c) })
}

// splitConsole takes scutil's tree apart. People choose their own long names,
// and those stand in it: a name never opens a level, and a key that comes
// twice is refused.
func splitConsole(text string) (consoleText, error) {
	t := consoleText{top: map[string]string{}}
	if len(text) > 1<<20 {
		return t, fmt.Errorf("more than 1 MiB about who is at the screen: %w", errUnreadable)
	}
	first, rest, _ := strings.Cut(text, "\n")
	if strings.TrimSpace(first) != "<dictionary> {" {
		return t, fmt.Errorf("the answer about who is at the screen is not a dictionary but %.80q: %w", first, errUnreadable)
	}
	open := []string{""} // the keys of the levels that are open
	for line := range strings.SplitSeq(rest, "\n") {
		line = strings.TrimSpace(line)
		if line == "}" {
			open = open[:len(open)-1]
			if len(open) == 0 {
				return t, nil
			}
			continue
		}
		key, value, _ := strings.Cut(line, " : ")
		key, value = strings.TrimSuffix(key, " :"), strings.TrimSpace(value)
		if (value == "<array> {" || value == "<dictionary> {") && !strings.HasSuffix(key, "NameKey") {
			open = append(open, key)
			if len(open) == 3 && open[1] == "SessionInfo" {
				t.sessions = append(t.sessions, session{})
			}
			continue
		}
		if !t.set(open, key, value) {
			return t, fmt.Errorf("the answer about who is at the screen has %.40q twice: %w", key, errUnreadable)
		}
	}
	return t, fmt.Errorf("the answer about who is at the screen is cut off: %w", errUnreadable)
}

// set keeps a value if it is of use; it is false for a second value.
func (t *consoleText) set(open []string, key, value string) bool {
	switch {
	case len(open) == 1:
		_, twice := t.top[key]
		t.top[key] = value
		return !twice
	case len(open) == 3 && open[1] == "SessionInfo":
		return t.sessions[len(t.sessions)-1].set(key, value)
	}
	return true
}

func (s *session) set(key, value string) bool {
	var field *string
	switch key {
	case "kCGSSessionUserNameKey":
		field = &s.name
	case "kCGSSessionUserIDKey":
		field = &s.uid
	case "kCGSSessionOnConsoleKey":
		field = &s.onConsole
	case "kCGSessionLoginDoneKey":
		field = &s.loginDone
	default:
		return true
	}
	if *field != "" {
		return false
	}
	*field = value
	return true
}

// Console asks who is at the screen, and how many are logged in behind it. An
// error that wraps ErrUnsettled says that a person is there who cannot be asked
// now.
func (h *Host) Console(ctx context.Context) (Console, error) {
	r, err := h.run(ctx, "asking who is at the screen", tool.Command{
		Path:  tool.Scutil,
		Stdin: []byte("show State:/Users/ConsoleUser\n"),
	})
	if err != nil {
		return Console{}, err
	}
	if len(bytes.TrimSpace(r.Stdout)) == 0 {
		return Console{}, fmt.Errorf("%s said nothing about who is at the screen: %w", tool.Scutil, errUnreadable)
	}
	return ParseConsoleUser(r.Stdout)
}
