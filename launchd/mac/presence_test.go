package mac

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// registry is the form in which ioreg prints the sessions of a Mac.
func registry(sessions ...string) []byte {
	return []byte(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>IOConsoleLocked</key><false/>
<key>IOConsoleUsers</key><array>` + strings.Join(sessions, "\n") + `</array>
<key>IOKitBuildVersion</key><string>Darwin Kernel Version 25.6.0</string>
</dict></plist>`)
}

// inRegistry is one session of the registry.
func inRegistry(name string, uid int, more string) string {
	return fmt.Sprintf(`<dict><key>kCGSSessionUserNameKey</key><string>%s</string><key>kCGSSessionUserIDKey</key><integer>%d</integer>%s</dict>`, name, uid, more)
}

const (
	onScreen = `<key>kCGSSessionOnConsoleKey</key><true/><key>kCGSessionLoginDoneKey</key><true/>`
	behind   = `<key>kCGSSessionOnConsoleKey</key><false/><key>kCGSessionLoginDoneKey</key><true/>`
	locked   = `<key>CGSSessionScreenIsLocked</key><true/>`
)

func TestParseSessions(t *testing.T) {
	tests := []struct {
		name  string
		ioreg []byte
		want  []Session
	}{
		{"one person at the screen", registry(inRegistry("ada", 501, onScreen)), []Session{{Name: "ada", UID: 501, AtScreen: true, LoginDone: true}}},
		{"behind the own lock", registry(inRegistry("ada", 501, onScreen+locked)), []Session{{Name: "ada", UID: 501, AtScreen: true, Locked: true, LoginDone: true}}},
		{"locked as a number", registry(inRegistry("ada", 501, onScreen+`<key>CGSSessionScreenIsLocked</key><integer>1</integer>`)), []Session{{Name: "ada", UID: 501, AtScreen: true, Locked: true, LoginDone: true}}},
		{"somebody locked behind", registry(inRegistry("ada", 501, behind+locked), inRegistry("grace", 502, onScreen)),
			[]Session{{Name: "ada", UID: 501, Locked: true, LoginDone: true}, {Name: "grace", UID: 502, AtScreen: true, LoginDone: true}}},
		{"still logging in", registry(inRegistry("ada", 501, `<key>kCGSSessionOnConsoleKey</key><true/><key>kCGSessionLoginDoneKey</key><false/>`)), []Session{{Name: "ada", UID: 501, AtScreen: true}}},
		{"nobody", registry(), nil},
		{"nobody since the start", []byte(`<plist version="1.0"><dict><key>IOConsoleLocked</key><true/></dict></plist>`), nil},
		{"a session without a user", registry(`<dict><key>kCGSSessionOnConsoleKey</key><true/></dict>`), []Session{{UID: -1, AtScreen: true, LoginDone: true}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseSessions(tt.ioreg)
			if d := cmp.Diff(tt.want, got); d != "" || err != nil {
				t.Errorf("%v\n%s", err, d)
			}
		})
	}
	for name, data := range map[string]string{
		"nothing at all":     "",
		"not a list":         `<plist version="1.0"><dict><key>IOConsoleUsers</key><string>ada</string></dict></plist>`,
		"another registry":   `<plist version="1.0"><dict><key>IOBuild</key><string>1</string></dict></plist>`,
		"a session of text":  `<plist version="1.0"><dict><key>IOConsoleUsers</key><array><string>ada</string></array></dict></plist>`,
		"cut off":            string(registry(inRegistry("ada", 501, onScreen))[:200]),
		"far more than ever": `<plist version="1.0"><dict><key>IOConsoleUsers</key><array>` + strings.Repeat("<string>x</string>", 100000) + `</array></dict></plist>`,
	} {
		t.Run(name+" is an error, never nobody", func(t *testing.T) {
			if got, err := ParseSessions([]byte(data)); err == nil {
				t.Errorf("taken for %v", got)
			}
		})
	}
}

func TestParseSystemState(t *testing.T) {
	for _, tt := range []struct {
		name, pmset string
		want        Awake
	}{
		{"somebody can work", "Current System Capabilities are: CPU Graphics Audio Network \nCurrent Power State: 4\n", AwakeFully},
		{"in a bag", "Current System Capabilities are: CPU Network \nCurrent Power State: 4\n", AwakeDark},
		{"in a bag, without a network", "Current System Capabilities are: CPU \nCurrent Power State: 4\n", AwakeDark},
		{"asleep", "Current System Capabilities are: \nCurrent Power State: 0\n", AwakeUnknown},
		{"an older system", "pmset: unknown -g argument\n", AwakeUnknown},
		{"nothing", "", AwakeUnknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := ParseSystemState([]byte(tt.pmset)); got != tt.want {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}

func FuzzParseSessions(f *testing.F) {
	f.Add(registry(inRegistry("ada", 501, onScreen+locked)))
	f.Add([]byte(""))
	f.Fuzz(func(t *testing.T, data []byte) {
		all, err := ParseSessions(data)
		if err != nil && all != nil {
			t.Errorf("an error, and %v", all)
		}
	})
}

func FuzzParseSystemState(f *testing.F) {
	f.Add("Current System Capabilities are: CPU Graphics Audio Network \nCurrent Power State: 4\n")
	f.Fuzz(func(t *testing.T, text string) {
		if got := ParseSystemState([]byte(text)); got != AwakeUnknown && !strings.Contains(text, capabilities) {
			t.Errorf("%q is %v", text, got)
		}
	})
}
