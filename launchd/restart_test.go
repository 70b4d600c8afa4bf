package launchd

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"

	"installordefer/internal/tool"
)

const (
	askRestart  = "/bin/launchctl asuser 501 " + testProgram + " as-person 501 /usr/bin/osascript -e tell application \"loginwindow\" to «event aevtrrst»"
	askShutdown = "/bin/launchctl asuser 501 " + testProgram + " as-person 501 /usr/bin/osascript -e tell application \"loginwindow\" to «event aevtrsdn»"
)

func TestASoftRestartIsAskedInThePersonsSession(t *testing.T) {
	ana := ConsoleUser{"ana", 501}
	for _, shutdown := range []bool{false, true} {
		want := askRestart
		if shutdown {
			want = askShutdown
		}
		h := answering(t, map[string]tool.Result{want: {}})
		if err := h.SoftRestart(context.Background(), ana, shutdown); err != nil {
			t.Error(err)
		}
	}
}

func TestASoftRestartNeedsSomebody(t *testing.T) {
	h := answering(t, nil)
	for _, u := range []ConsoleUser{{}, {"_mbsetupuser", 248}} {
		if err := h.SoftRestart(context.Background(), u, false); !errors.Is(err, errNobody) {
			t.Errorf("%v: %v", u, err)
		}
	}
	if n := len(h.Runner.(*fakeRunner).calls); n != 0 {
		t.Errorf("%d programs were started for nobody", n)
	}
}

func TestARefusedSoftRestartIsTold(t *testing.T) {
	tests := []struct {
		name, stderr string
		is           error
		number       int
	}{
		{"not permitted", "32:55: execution error: Not authorised to send Apple events to loginwindow. (-1743)\n", errNotPermitted, -1743},
		{"in Chinese", "32:55: execution error: 未获得授权将Apple事件发送给loginwindow。 (-1743)\n", errNotPermitted, -1743},
		{"a privilege", "execution error: A privilege violation occurred. (-10004)", errNotPermitted, -10004},
		{"consent would be asked", "execution error: x (-1744)\n", errNotPermitted, -1744},
		{"cancelled", "execution error: loginwindow got an error: User canceled. (-128)\n", errVetoed, -128},
		{"no answer", "29:90: execution error: loginwindow got an error: AppleEvent timed out. (-1712)\n", nil, -1712},
		{"words of others around it", "(1) launchctl: a warning (7)\nexecution error: x (-1743)\r\nlaunchctl: bye\n", errNotPermitted, -1743},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := answering(t, map[string]tool.Result{askRestart: {ExitCode: 1, Stderr: []byte(tt.stderr)}})
			err := h.SoftRestart(context.Background(), ConsoleUser{"ana", 501}, false)
			var s *ScriptError
			if !errors.As(err, &s) || s.Number != tt.number {
				t.Fatalf("%v", err)
			}
			if !strings.Contains(err.Error(), strconv.Itoa(tt.number)) {
				t.Error(err)
			}
			for _, e := range []error{errNotPermitted, errVetoed, errNobody} {
				if errors.Is(err, e) != (e == tt.is) {
					t.Errorf("%v is %v: %v", err, e, errors.Is(err, e))
				}
			}
		})
	}
	h := answering(t, map[string]tool.Result{askRestart: {ExitCode: 1, Stderr: []byte("install-or-defer: find the account of user id 501: unknown userid 501\n")}})
	err := h.SoftRestart(context.Background(), ConsoleUser{"ana", 501}, false)
	var exit *exitError
	if !errors.As(err, &exit) || !strings.Contains(err.Error(), "unknown userid 501") {
		t.Error(err)
	}
}

func TestTheScriptsAreConstantsOfOurs(t *testing.T) {
	for _, s := range []string{restartScript, shutdownScript} {
		if strings.ContainsAny(s, "%$`&;|\n") || strings.Contains(s, "System Events") {
			t.Errorf("%q", s)
		}
	}
}

func TestAHardRestartAsksNobody(t *testing.T) {
	h := answering(t, map[string]tool.Result{
		"/sbin/shutdown -r now": {Stdout: []byte("Shutdown NOW!\n")},
		"/sbin/shutdown -h now": {ExitCode: 1, Stderr: []byte("shutdown: NOT super-user\n")},
	})
	if err := h.HardRestart(context.Background(), false); err != nil {
		t.Error(err)
	}
	if err := h.HardRestart(context.Background(), true); err == nil || !strings.Contains(err.Error(), "NOT super-user") {
		t.Error(err)
	}
}

func TestLastWordsFitALogLine(t *testing.T) {
	long := lastWords(tool.Result{Stderr: []byte(strings.Repeat("word\n", 10000) + "the end\x07\xff")})
	if n := len([]rune(long)); n > 301 || !strings.HasSuffix(long, "the end ?") || strings.ContainsAny(long, "\n\x07") {
		t.Errorf("%d characters: %q", n, long)
	}
	if got := lastWords(tool.Result{Stderr: []byte(" \n"), Stdout: []byte("a\r\nb")}); got != "a b" {
		t.Errorf("%q", got)
	}
}

func FuzzParseScriptError(f *testing.F) {
	f.Add([]byte("29:90: execution error: Finder got an error: AppleEvent timed out. (-1712)"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if s, ok := ParseScriptError(text); ok != (s != nil) || ok && len([]rune(s.Text)) > 301 {
			t.Errorf("%v %v", s, ok)
		}
	})
}
