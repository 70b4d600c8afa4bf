package mac

import (
	"errors"
	"fmt"

	"installordefer/internal/plist"
)

// A Session is one login session, as the kernel's registry lists it.
type Session struct {
	Name string // the account's short name
	UID  int
	// AtScreen is set for the session that is on the screen.
	AtScreen bool
	// Locked is set while the lock screen hides it.
	Locked bool
	// LoginDone is unset while its person is still logging in.
	LoginDone bool
}

// mostSessions is what is read of the registry, in bytes. A session takes about
// two kilobytes of it.
const mostSessions = 1 << 20

// errNoSessions is a registry without the key that lists sessions.
var errNoSessions = errors.New("it does not list sessions")

// ParseSessions reads what "ioreg -n Root -d1 -a" prints: a property list whose
// IOConsoleUsers are the sessions. None means that nobody has logged in; an
// answer without the list is an error and never "nobody".
//
// CGSSessionScreenIsLocked is absent while a session is not locked, and
// kCGSessionLoginDoneKey is written with one S less than its neighbours.
func ParseSessions(ioreg []byte) ([]Session, error) {
	root, err := plist.Decode(ioreg, mostSessions)
	if err != nil {
		return nil, fmt.Errorf("reading the sessions in the registry: %w", err)
	}
	listed, ok := root["IOConsoleUsers"].([]any)
	if !ok {
		if _, locked := root["IOConsoleLocked"].(bool); locked && root["IOConsoleUsers"] == nil {
			return nil, nil // the key goes with the last session
		}
		return nil, fmt.Errorf("reading the sessions in the registry: %w", errNoSessions)
	}
	var all []Session
	for _, each := range listed {
		dict, ok := each.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("reading the sessions in the registry: one is %.40v", each)
		}
		s := Session{UID: -1, LoginDone: true}
		s.Name, _ = dict["kCGSSessionUserNameKey"].(string)
		if n, ok := number(dict["kCGSSessionUserIDKey"]); ok {
			s.UID = n
		}
		s.AtScreen = truth(dict["kCGSSessionOnConsoleKey"])
		s.Locked = truth(dict["CGSSessionScreenIsLocked"])
		if done, there := dict["kCGSessionLoginDoneKey"]; there {
			s.LoginDone = truth(done)
		}
		all = append(all, s)
	}
	return all, nil
}

// truth reads a boolean, which some systems write as a number.
func truth(v any) bool {
	n, ok := number(v)
	return ok && n != 0
}
