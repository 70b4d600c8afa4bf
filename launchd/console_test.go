package launchd

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"installordefer/internal/tool"
)

// sessionText is one session as scutil prints it. The order of the keys is
// that of a real Mac.
func sessionText(i, uid int, name, onConsole, done string) string {
	return fmt.Sprintf(`    %d : <dictionary> {
      kCGSSessionAuditIDKey : 1000%d
      kCGSSessionGroupIDKey : 20
      kCGSSessionIDKey : 257
      kCGSSessionLoginwindowSafeLogin : FALSE
      kCGSSessionOnConsoleKey : %s
      kCGSSessionSystemSafeBoot : FALSE
      kCGSSessionUserIDKey : %d
      kCGSSessionUserNameKey : %s
      kCGSessionLoginDoneKey : %s
      kCGSessionLongUserNameKey : %s Example
      kSCSecuritySessionID : 1000%d
    }
`, i, uid, onConsole, uid, name, done, name, uid)
}

func consoleOutput(name string, uid int, sessions ...string) string {
	return fmt.Sprintf("<dictionary> {\n  GID : 20\n  Name : %s\n  SessionInfo : <array> {\n%s  }\n  UID : %d\n}\n",
		name, strings.Join(sessions, ""), uid)
}

func TestThePersonAtTheScreen(t *testing.T) {
	ana := ConsoleUser{Name: "ana", UID: 501}
	tests := []struct {
		name, text string
		want       Console
		err        error
	}{
		{"one person", consoleOutput("ana", 501, sessionText(0, 501, "ana", "TRUE", "TRUE")), Console{User: ana, Present: true}, nil},
		{"with carriage returns", strings.ReplaceAll(consoleOutput("ana", 501, sessionText(0, 501, "ana", "TRUE", "TRUE")), "\n", "\r\n"), Console{User: ana, Present: true}, nil},
		{"the Setup Assistant is behind, before which a person may be", consoleOutput("ana", 501, sessionText(0, 248, "_mbsetupuser", "FALSE", "TRUE"), sessionText(1, 501, "ana", "TRUE", "TRUE")), Console{User: ana, Present: true, Behind: 1}, nil},
		{"another is logged in behind", consoleOutput("ana", 501, sessionText(0, 502, "ben", "FALSE", "TRUE"), sessionText(1, 501, "ana", "TRUE", "TRUE")), Console{User: ana, Present: true, Behind: 1}, nil},
		{"no list of sessions", "<dictionary> {\n  GID : 20\n  Name : ana\n  UID : 501\n}\n", Console{User: ana, Present: true}, nil},
		{"a directory account", consoleOutput("ana", 1893302011, sessionText(0, 1893302011, "ana", "TRUE", "TRUE")), Console{User: ConsoleUser{"ana", 1893302011}, Present: true}, nil},
		{"a short name with an accent", consoleOutput("anaïs.b", 501, sessionText(0, 501, "anaïs.b", "TRUE", "TRUE")), Console{User: ConsoleUser{"anaïs.b", 501}, Present: true}, nil},

		{"nobody since the start", "  No such key\n", Console{Why: "nobody has logged in since the Mac started"}, nil},
		{"the login window", consoleOutput("loginwindow", 0), Console{Why: "the login window is on the screen"}, nil},
		{"the login window without a user id", "<dictionary> {\n  Name : loginwindow\n}\n", Console{Why: "the login window is on the screen"}, nil},
		{"no name at all", "<dictionary> {\n  GID : 20\n}\n", Console{Why: "the login window is on the screen"}, nil},
		{"the login window over a session", consoleOutput("loginwindow", 0, sessionText(0, 501, "ana", "FALSE", "TRUE")), Console{Behind: 1, Session: 501, Why: "the login window is on the screen"}, nil},
		{"the login window over two sessions", consoleOutput("loginwindow", 0, sessionText(0, 501, "ana", "FALSE", "TRUE"), sessionText(1, 502, "ben", "FALSE", "TRUE")), Console{Behind: 2, Session: 501, Why: "the login window is on the screen"}, nil},
		{"the login window's own session", consoleOutput("loginwindow", 0, sessionText(0, 0, "root", "TRUE", "FALSE")), Console{Why: "the login window is on the screen"}, nil},
		{"the login window over a session without a user id", strings.Replace(consoleOutput("loginwindow", 0, sessionText(0, 501, "ana", "FALSE", "TRUE")), "kCGSSessionUserIDKey : 501", "kCGSSessionUserIDKey :", 1), Console{Behind: 1, Why: "the login window is on the screen"}, nil},
		{"the login window over somebody with root's user id who is logging in", consoleOutput("loginwindow", 0, sessionText(0, 0, "toor", "FALSE", "FALSE")), Console{Behind: 1, Why: "the login window is on the screen"}, nil},
		{"the login window over root", consoleOutput("loginwindow", 0, sessionText(0, 0, "root", "FALSE", "TRUE")), Console{Behind: 1, Why: "the login window is on the screen"}, nil},
		{"the login window over a guest", consoleOutput("loginwindow", 0, sessionText(0, 201, "Guest", "FALSE", "TRUE")), Console{Behind: 1, Session: 201, Why: "the login window is on the screen"}, nil},

		{"root", consoleOutput("root", 0, sessionText(0, 0, "root", "TRUE", "TRUE")), Console{User: ConsoleUser{"root", 0}, Present: true}, nil},
		{"root, without a list of sessions", consoleOutput("root", 0), Console{User: ConsoleUser{"root", 0}, Present: true}, nil},
		{"root, and somebody behind", consoleOutput("root", 0, sessionText(0, 501, "ana", "FALSE", "TRUE"), sessionText(1, 0, "root", "TRUE", "TRUE")), Console{User: ConsoleUser{"root", 0}, Present: true, Behind: 1, Session: 501}, nil},
		{"root, and the Setup Assistant behind", consoleOutput("root", 0, sessionText(0, 248, "_mbsetupuser", "FALSE", "TRUE"), sessionText(1, 0, "root", "TRUE", "TRUE")), Console{User: ConsoleUser{"root", 0}, Present: true, Behind: 1}, nil},
		{"the guest account", consoleOutput("Guest", 201, sessionText(0, 201, "Guest", "TRUE", "TRUE")), Console{User: ConsoleUser{"Guest", 201}, Present: true}, nil},
		{"a hidden administrator", consoleOutput("ladmin", 80, sessionText(0, 80, "ladmin", "TRUE", "TRUE")), Console{User: ConsoleUser{"ladmin", 80}, Present: true}, nil},
		{"a hidden administrator over a person", consoleOutput("ladmin", 499, sessionText(0, 499, "ladmin", "TRUE", "TRUE"), sessionText(1, 501, "ana", "FALSE", "TRUE")), Console{User: ConsoleUser{"ladmin", 499}, Present: true, Behind: 1}, nil},

		{"an account of macOS itself", consoleOutput("_windowserver", 88), Console{}, ErrUnsettled},
		{"a hidden administrator who is still logging in", consoleOutput("ladmin", 80, sessionText(0, 80, "ladmin", "TRUE", "FALSE")), Console{}, ErrUnsettled},
		{"the login window over the Setup Assistant", consoleOutput("loginwindow", 0, sessionText(0, 248, "_mbsetupuser", "FALSE", "TRUE")), Console{}, ErrUnsettled},
		{"a guest without a name", "<dictionary> {\n  UID : 201\n}\n", Console{}, ErrUnsettled},
		{"a user id below zero", consoleOutput("nobody", -2, sessionText(0, -2, "nobody", "TRUE", "TRUE")), Console{}, errUnreadable},
		{"Setup Assistant", consoleOutput("_mbsetupuser", 248, sessionText(0, 248, "_mbsetupuser", "TRUE", "TRUE")), Console{}, ErrUnsettled},
		{"a first login by fast user switching", consoleOutput("new", 503, sessionText(0, 501, "ana", "TRUE", "TRUE"), sessionText(1, 503, "new", "FALSE", "FALSE")), Console{}, ErrUnsettled},
		{"a first login by fast user switching that is done", consoleOutput("new", 503, sessionText(0, 501, "ana", "TRUE", "TRUE"), sessionText(1, 503, "new", "FALSE", "TRUE")), Console{User: ConsoleUser{"new", 503}, Present: true, Behind: 1}, ErrUnsettled},
		{"a login that is not done", consoleOutput("ana", 501, sessionText(0, 501, "ana", "TRUE", "FALSE")), Console{}, ErrUnsettled},
		{"no session on the screen", consoleOutput("ana", 501, sessionText(0, 501, "ana", "FALSE", "TRUE")), Console{}, ErrUnsettled},
		{"a person without a name", "<dictionary> {\n  UID : 501\n}\n", Console{}, ErrUnsettled},

		{"nothing", "", Console{}, errUnreadable},
		{"cut off", consoleOutput("ana", 501, sessionText(0, 501, "ana", "TRUE", "TRUE"))[:200], Console{}, errUnreadable},
		{"another tool's words", "scutil: command failed\n", Console{}, errUnreadable},
		{"no user id", "<dictionary> {\n  Name : ana\n}\n", Console{}, errUnreadable},
		{"a user id of words", "<dictionary> {\n  Name : ana\n  UID : five\n}\n", Console{}, errUnreadable},
		{"a user id beyond the kernel's", "<dictionary> {\n  Name : ana\n  UID : 4294967294\n}\n", Console{}, errUnreadable},
		{"a name that is a path", consoleOutput("../../ana", 501, sessionText(0, 501, "ana", "TRUE", "TRUE")), Console{}, errUnreadable},
		{"a name that is a flag", consoleOutput("-ana", 501, sessionText(0, 501, "ana", "TRUE", "TRUE")), Console{}, errUnreadable},
		{"a user id twice", "<dictionary> {\n  Name : ana\n  UID : 501\n  UID : 502\n}\n", Console{}, errUnreadable},
		{"a session with two user ids", consoleOutput("ana", 501, strings.Replace(sessionText(0, 501, "ana", "TRUE", "TRUE"), "Example", "Example\n      kCGSSessionUserIDKey : 502", 1)), Console{}, errUnreadable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseConsoleUser([]byte(tt.text))
			if !errors.Is(err, tt.err) || (err == nil) != (tt.err == nil) {
				t.Fatalf("error %v, want %v", err, tt.err)
			}
			if tt.want.Present && tt.want.User.UID != 0 {
				tt.want.Session = tt.want.User.UID
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestALongNameCannotHideOrMoveASession(t *testing.T) {
	for _, long := range []string{"<dictionary> {", "<array> {", "x : <array> {", "UID : 0", "Name : loginwindow", "kCGSSessionOnConsoleKey : FALSE"} {
		text := strings.Replace(consoleOutput("ana", 501, sessionText(0, 501, "ana", "TRUE", "TRUE")), "ana Example", long, 1)
		got, err := ParseConsoleUser([]byte(text))
		if err != nil || !got.Present || got.User.UID != 501 {
			t.Errorf("with the long name %q: %+v, %v", long, got, err)
		}
	}
}

func TestKeysThatAreNotKnownYetDoNoHarm(t *testing.T) {
	text := strings.Replace(consoleOutput("ana", 501, sessionText(0, 501, "ana", "TRUE", "TRUE")),
		"      kCGSSessionIDKey : 257\n", "      kFuture : <array> {\n        0 : kCGSSessionUserIDKey : 9\n      }\n", 1)
	got, err := ParseConsoleUser([]byte(text))
	if err != nil || !got.Present {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAskingWhoIsAtTheScreen(t *testing.T) {
	const scutil = "/usr/sbin/scutil"
	h := answering(t, map[string]tool.Result{scutil: {Stdout: []byte(consoleOutput("ana", 501, sessionText(0, 501, "ana", "TRUE", "TRUE")))}})
	c, err := h.Console(context.Background())
	if err != nil || !c.Present || c.User != (ConsoleUser{"ana", 501}) {
		t.Errorf("got %+v %v", c, err)
	}
	if in := string(h.Runner.(*fakeRunner).calls[0].Stdin); in != "show State:/Users/ConsoleUser\n" {
		t.Errorf("scutil was asked %q", in)
	}

	h = answering(t, map[string]tool.Result{scutil: {Stdout: []byte(" \n")}})
	if c, err := h.Console(context.Background()); c.Present || !errors.Is(err, errUnreadable) {
		t.Errorf("an empty answer gave %+v %v", c, err)
	}
	h = answering(t, map[string]tool.Result{scutil: {ExitCode: 1, Stderr: []byte("scutil: no\x1b session\n")}})
	c, err = h.Console(context.Background())
	if c.Present || err == nil || !strings.Contains(err.Error(), "ended with status 1 and said: scutil: no session") {
		t.Errorf("a failure gave %+v %v", c, err)
	}
	h.Runner.(*fakeRunner).errs = map[string]error{scutil: tool.ErrNotStarted}
	if c, err = h.Console(context.Background()); c.Present || !errors.Is(err, tool.ErrNotStarted) {
		t.Errorf("a tool that did not start gave %+v %v", c, err)
	}
}

func FuzzParseConsoleUser(f *testing.F) {
	f.Add([]byte(consoleOutput("ana", 501, sessionText(0, 502, "ben", "FALSE", "TRUE"), sessionText(1, 501, "ana", "TRUE", "TRUE"))))
	f.Add([]byte(consoleOutput("_mbsetupuser", 248)))
	f.Add([]byte("No such key\n"))
	f.Add([]byte("<dictionary> {\n}\n}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := ParseConsoleUser(text)
		switch {
		case err != nil:
			if c != (Console{}) || !errors.Is(err, ErrUnsettled) && !errors.Is(err, errUnreadable) {
				t.Errorf("%+v with %v", c, err)
			}
		case c.Present:
			if c.User.UID < 0 || !plainName(c.User.Name) || c.Why != "" {
				t.Errorf("%+v is no person", c)
			}
			if c.User.Name == "loginwindow" || strings.HasPrefix(c.User.Name, "_") {
				t.Errorf("%+v is no person", c)
			}
		case c.Why == "" || c.User != (ConsoleUser{}):
			t.Errorf("%+v says nobody without a reason", c)
		}
	})
}
