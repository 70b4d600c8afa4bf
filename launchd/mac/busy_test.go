package mac

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// held is an answer of pmset with these assertions.
func held(lines ...string) string {
	return "2026-10-04 14:05:12 +0200 \nAssertion status system-wide:\n   UserIsActive                   1\n   PreventUserIdleSystemSleep     1\nListed by owning process:\n" +
		strings.Join(lines, "\n") + "\nNo kernel assertions.\n"
}

func TestParseAssertions(t *testing.T) {
	for _, tt := range []struct {
		name, line string
		want       Assertion
	}{
		{"a call", `   pid 821(FaceTime): [0x0000a70900019879] 00:12:44 PreventUserIdleDisplaySleep named: "Ongoing A/V conference"  `,
			Assertion{PID: 821, Process: "FaceTime", Type: "PreventUserIdleDisplaySleep", Name: "Ongoing A/V conference", For: 12*time.Minute + 44*time.Second}},
		{"parentheses in the process, quotes in the name", `   pid 714(Google Chrome Helper (Renderer)): [0x0009000000019001] 01:02:03 NoDisplaySleepAssertion named: "Playing "video""  `,
			Assertion{PID: 714, Process: "Google Chrome Helper (Renderer)", Type: "NoDisplaySleepAssertion", Name: `Playing "video"`, For: time.Hour + 2*time.Minute + 3*time.Second}},
		{"a name that looks like another assertion", `   pid 9(a): [0x1] 00:00:01 NoDisplaySleepAssertion named: "pid 1(b): [0x2] 00:00:01 Other named: "c""`,
			Assertion{PID: 9, Process: "a", Type: "NoDisplaySleepAssertion", Name: `pid 1(b): [0x2] 00:00:01 Other named: "c"`, For: time.Second}},
		{"days", `   pid 5(x): [0x1] 102:00:00 UserIsActive named: "y"`, Assertion{PID: 5, Process: "x", Type: "UserIsActive", Name: "y", For: 102 * time.Hour}},
		{"details", "   pid 300(coreaudiod): [0x0000a70900019880] 00:12:40 PreventUserIdleSystemSleep named: \"com.apple.audio.context\"  \n\tCreated for PID: 821. \n\tResources: audio-in audio-out BuiltInMicrophoneDevice ",
			Assertion{PID: 300, Process: "coreaudiod", Type: "PreventUserIdleSystemSleep", Name: "com.apple.audio.context", For: 12*time.Minute + 40*time.Second, CreatedFor: 821, Resources: []string{"audio-in", "audio-out", "BuiltInMicrophoneDevice"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff([]Assertion{tt.want}, ParseAssertions([]byte(held(tt.line)))); d != "" {
				t.Error(d)
			}
		})
	}
	for _, line := range []string{"", "   pid (x): [0x1] 00:00:01 T named: \"n\"", "   pid 1 x: [0x1] 00:00:01 T", "   pid 1(x): [0x1", "   pid 1(x): [0x1] 00:00:01", "\tResources: audio-in"} {
		t.Run(fmt.Sprintf("%.20q is none", line), func(t *testing.T) {
			if got := ParseAssertions([]byte(line)); len(got) > 0 {
				t.Errorf("taken for %+v", got)
			}
		})
	}
}

func TestBusy(t *testing.T) {
	for _, tt := range []struct {
		name, line string
		want       bool
	}{
		{"FaceTime", `pid 1(avconferenced): [0x1] 00:01:00 PreventUserIdleDisplaySleep named: "Ongoing A/V conference"`, true},
		{"Zoom", `pid 1(zoom.us): [0x1] 00:01:00 PreventUserIdleDisplaySleep named: "zoom"`, true},
		{"Teams", `pid 1(MSTeams): [0x1] 00:01:00 NoDisplaySleepAssertion named: "Microsoft Teams Call in progress"`, true},
		{"the old Teams, idle", `pid 1(Microsoft Teams): [0x1] 00:01:00 UserIsActive named: "x"`, false},
		{"Meet", `pid 1(Google Chrome): [0x1] 00:01:00 NoDisplaySleepAssertion named: "WebRTC has active PeerConnections"`, true},
		{"a presentation", `pid 1(Keynote): [0x1] 00:01:00 NoDisplaySleepAssertion named: "Slideshow"`, true},
		{"a screen that is shared", `pid 1(Google Chrome): [0x1] 00:01:00 NoIdleSleepAssertion named: "Capturing"`, true},
		{"a film", `pid 1(Google Chrome): [0x1] 00:01:00 NoDisplaySleepAssertion named: "Video Wake Lock"`, false},
		{"a backup", `pid 1(backupd): [0x1] 00:01:00 PreventUserIdleSystemSleep named: "Backup Job"`, false},
		{"kept awake by a tool", `pid 1(caffeinate): [0x1] 00:01:00 PreventUserIdleDisplaySleep named: "caffeinate command-line tool"`, false},
		{"a dictation", "pid 1(coreaudiod): [0x1] 00:01:00 PreventUserIdleSystemSleep named: \"c\"\n\tCreated for PID: 9.\n\tResources: audio-in Mic", true},
		{"an audio driver that never ends", "pid 1(coreaudiod): [0x1] 30:01:00 PreventUserIdleSystemSleep named: \"c\"\n\tCreated for PID: 9.\n\tResources: audio-in Mic", false},
		{"music", "pid 1(coreaudiod): [0x1] 00:01:00 PreventUserIdleSystemSleep named: \"c\"\n\tCreated for PID: 9.\n\tResources: audio-out Speaker", false},
		{"somebody who helps from elsewhere", `pid 1(screensharingd): [0x1] 00:01:00 PreventSystemSleep named: "Remote user is connected"`, true},
		{"an app of the organisation's own", `pid 1(Dialler): [0x1] 00:01:00 PreventUserIdleDisplaySleep named: "on air"`, true},
		{"the same app, idle", `pid 1(Dialler): [0x1] 00:01:00 PreventUserIdleSystemSleep named: "ready"`, false},
		{"a camera", `pid 1(cameracaptured): [0x1] 00:01:00 PreventUserIdleSystemSleep named: "cameracaptured-idleSleepPreventionForBWFigCaptureDevice"`, true},
		{"an app that never counts", `pid 1(Gather): [0x1] 00:01:00 NoDisplaySleepAssertion named: "WebRTC has active PeerConnections"`, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Busy(ParseAssertions([]byte(held(tt.line))), []string{"Dial*", "!Gather", "["}); got != tt.want {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}

func FuzzParseAssertions(f *testing.F) {
	f.Add(held(`   pid 714(Google Chrome Helper (Renderer)): [0x0009000000019001] 01:02:03 NoDisplaySleepAssertion named: "Playing "video""  `))
	f.Fuzz(func(t *testing.T, text string) {
		for _, a := range ParseAssertions([]byte(text)) {
			if a.Type == "" || strings.ContainsAny(a.Process+a.Name, "\n") {
				t.Errorf("%+v", a)
			}
		}
	})
}
