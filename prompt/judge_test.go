package prompt

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"installordefer/internal/clock"
)

// ask returns a dialog of kind k, called "K7Q2".
func ask(k Kind) Dialog {
	d := Dialog{ID: "K7Q2", Kind: k}
	switch k {
	case RunOrDefer:
		d.Timeout = time.Hour
		d.Choices = []Choice{{For: 4 * time.Hour}, {For: time.Hour}}
	case RunNow:
		d.Countdown = 10 * time.Minute
	}
	return d
}

// says returns the line with which a helper answers.
func says(result string) string {
	return `{"protocol":2,"id":"K7Q2","result":"` + result + `"}` + "\n"
}

func TestAnAnswerThatCounts(t *testing.T) {
	both := ask(RunNow)
	both.Timeout = time.Minute
	tests := []struct {
		name  string
		d     Dialog
		line  string
		code  int
		after time.Duration
		want  Answer
	}{
		{"run", ask(RunOrDefer), says("run"), 10, time.Second, Answer{Result: ResultRun}},
		{"run, without the end of the line", ask(RunOrDefer), strings.TrimSpace(says("run")), 10, time.Second, Answer{Result: ResultRun}},
		{"defer", ask(RunOrDefer), says("defer"), 11, time.Minute, Answer{Result: ResultDefer}},
		{"defer, the second", ask(RunOrDefer), `{"protocol":2,"id":"K7Q2","result":"defer","choice":1,"new":true}`, 11, time.Minute, Answer{Result: ResultDefer, Choice: 1}},
		{"a choice that means nothing", ask(RunOrDefer), `{"protocol":2,"id":"K7Q2","result":"run","choice":7}`, 10, time.Minute, Answer{Result: ResultRun}},
		{"time over", ask(RunOrDefer), says("timeout"), 12, time.Hour, Answer{Result: ResultTimeout}},
		{"countdown over", ask(RunNow), says("timeout"), 12, 10*time.Minute - time.Second, Answer{Result: ResultTimeout}},
		{"the shorter of both", both, says("timeout"), 12, time.Minute, Answer{Result: ResultTimeout}},
		{"run now", ask(RunNow), says("run"), 10, time.Minute, Answer{Result: ResultRun}},
		{"password", ask(Password), `{"protocol":2,"id":"K7Q2","result":"password","secret":"` + base64.StdEncoding.EncodeToString([]byte("pä ss")) + `"}`, 13, time.Minute, Answer{Result: ResultPassword, Secret: Secret("pä ss")}},
		{"cancel", ask(Password), says("cancel"), 14, time.Minute, Answer{Result: ResultCancel}},
		{"closed", ask(Updating), says("closed"), 15, time.Millisecond, Answer{Result: ResultClosed}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.want.After = test.after
			got := JudgeAnswer(test.d, []byte(test.line), test.code, test.after)
			if got.Result != test.want.Result || got.Choice != test.want.Choice || !bytes.Equal(got.Secret, test.want.Secret) || got.After != test.want.After || got.Why != "" {
				t.Errorf("JudgeAnswer = %+v (secret of %d bytes)\nwant %+v", got, len(got.Secret), test.want)
			}
		})
	}
}

func TestEverythingElseIsNoAnswer(t *testing.T) {
	long := `{"protocol":2,"id":"K7Q2","result":"run","x":"` + strings.Repeat("x", maxLine) + `"}`
	secret := func(s string) string {
		return `{"protocol":2,"id":"K7Q2","result":"password","secret":"` + base64.StdEncoding.EncodeToString([]byte(s)) + `"}`
	}
	tests := []struct {
		name  string
		d     Dialog
		line  string
		code  int
		after time.Duration
		why   string
	}{
		{"cancelled where there is nothing to cancel", ask(Updating), says("cancel"), 14, time.Minute, `the dialog "updating" cannot be answered with "cancel"`},
		{"killed or logged out", ask(RunOrDefer), "", -1, time.Minute, "the helper was killed or crashed"},
		{"crash of Go", ask(RunOrDefer), "", 2, time.Minute, "the helper crashed (exit code 2)"},
		{"quit by AppKit", ask(RunOrDefer), "", 0, time.Minute, "the helper ended without an answer (exit code 0)"},
		{"no screen", ask(RunOrDefer), "", 1, time.Minute, "the helper could not show the dialog, or was told to end"},
		{"exit code alone", ask(RunOrDefer), "", 10, time.Minute, "the helper ended without an answer (exit code 10)"},
		{"told to end", ask(RunOrDefer), says("none"), 1, time.Minute, "the helper was told to end before there was an answer"},
		{"a word", ask(RunOrDefer), "oops", 10, time.Minute, "the helper wrote something that is not an answer"},
		{"a number", ask(RunOrDefer), "0", 10, time.Minute, "the helper wrote something that is not an answer"},
		{"null", ask(RunOrDefer), "null", 10, time.Minute, "the answer has protocol version 0, want 2"},
		{"two words", ask(RunOrDefer), "run run", 10, time.Minute, "the helper wrote something that is not an answer"},
		{"two answers", ask(RunOrDefer), says("run") + says("run"), 10, time.Minute, "the helper wrote more than one line"},
		{"half an answer", ask(RunOrDefer), says("run")[:20], 10, time.Minute, "the helper wrote something that is not an answer"},
		{"too long", ask(RunOrDefer), long, 10, time.Minute, "the helper wrote more than 65536 bytes"},
		{"another dialog's", ask(RunOrDefer), strings.Replace(says("run"), "K7Q2", "XXXX", 1), 10, time.Minute, "the answer belongs to another dialog"},
		{"nobody's", Dialog{Kind: RunNow}, strings.Replace(says("run"), "K7Q2", "", 1), 10, time.Minute, "the answer belongs to another dialog"},
		{"another version", ask(RunOrDefer), strings.Replace(says("run"), "2", "3", 1), 10, time.Minute, "the answer has protocol version 3, want 2"},
		{"an unknown answer", ask(RunOrDefer), says("yes"), 10, time.Minute, "the answer is of an unknown kind"},
		{"run, exit code defer", ask(RunOrDefer), says("run"), 11, time.Minute, `the answer "run" and the exit code 11 do not agree`},
		{"defer, exit code run", ask(RunOrDefer), says("defer"), 10, time.Minute, `the answer "defer" and the exit code 10 do not agree`},
		{"run, exit code 0", ask(RunOrDefer), says("run"), 0, time.Minute, `the answer "run" and the exit code 0 do not agree`},
		{"run, then crash", ask(RunOrDefer), says("run"), 2, time.Minute, `the answer "run" and the exit code 2 do not agree`},
		{"run, then killed", ask(RunOrDefer), says("run"), -1, time.Minute, `the answer "run" and the exit code -1 do not agree`},
		{"at once", ask(RunOrDefer), says("run"), 10, 999 * time.Millisecond, "the answer came after 999 milliseconds, faster than a person can read"},
		{"defer at once", ask(RunOrDefer), says("defer"), 11, 0, "the answer came after 0 seconds, faster than a person can read"},
		{"before it was asked", ask(RunOrDefer), says("run"), 10, -time.Hour, "the answer came after 0 seconds, faster than a person can read"},
		{"time over too soon", ask(RunOrDefer), says("timeout"), 12, time.Minute, "the helper said after 1 minute that its time of 1 hour was over"},
		{"countdown over too soon", ask(RunNow), says("timeout"), 12, time.Minute, "the helper said after 1 minute that its time of 10 minutes was over"},
		{"time over, without a limit", ask(InstallNow), says("timeout"), 12, time.Hour, `the dialog "install-now" cannot be answered with "timeout"`},
		{"deferral not offered", ask(RunOrDefer), `{"protocol":2,"id":"K7Q2","result":"defer","choice":2}`, 11, time.Minute, "the answer chose deferral number 2, which was not offered"},
		{"deferral below 0", ask(RunOrDefer), `{"protocol":2,"id":"K7Q2","result":"defer","choice":-1}`, 11, time.Minute, "the answer chose deferral number -1, which was not offered"},
		{"deferral of an hour and a half", ask(RunOrDefer), `{"protocol":2,"id":"K7Q2","result":"defer","choice":1.5}`, 11, time.Minute, "the helper wrote something that is not an answer"},
		{"run now put off", ask(RunNow), says("defer"), 11, time.Minute, `the dialog "run-now" cannot be answered with "defer"`},
		{"run while updating", ask(Updating), says("run"), 10, time.Minute, `the dialog "updating" cannot be answered with "run"`},
		{"run while installing by hand", ask(InstallNow), says("run"), 10, time.Minute, `the dialog "install-now" cannot be answered with "run"`},
		{"a password nobody asked for", ask(RunOrDefer), secret("x"), 13, time.Minute, `the dialog "run-or-defer" cannot be answered with "password"`},
		{"run with a password", ask(RunOrDefer), strings.Replace(secret("x"), `"password"`, `"run"`, 1), 10, time.Minute, "the answer holds a password that nobody asked for"},
		{"cancelled run", ask(RunOrDefer), says("cancel"), 14, time.Minute, `the dialog "run-or-defer" cannot be answered with "cancel"`},
		{"no password", ask(Password), says("password"), 13, time.Minute, "the answer holds no usable password"},
		{"a password of two lines", ask(Password), secret("a\nb"), 13, time.Minute, "the answer holds no usable password"},
		{"a password with NUL", ask(Password), secret("a\x00b"), 13, time.Minute, "the answer holds no usable password"},
		{"an endless password", ask(Password), secret(strings.Repeat("a", MaxSecret+1)), 13, time.Minute, "the answer holds no usable password"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := JudgeAnswer(test.d, []byte(test.line), test.code, test.after)
			if got.Result != ResultNone || got.Why != test.why || got.Secret != nil || got.Choice != 0 || got.After != test.after {
				t.Errorf("JudgeAnswer = %+v\nwant no answer, because %s", got, test.why)
			}
		})
	}
}

func TestWhatAHelperWritesIsJudgedAsItWasMeant(t *testing.T) {
	answers := map[Kind][]Answer{
		RunOrDefer: {{Result: ResultRun}, {Result: ResultDefer, Choice: 1}, {Result: ResultClosed}, {Result: ResultTimeout}},
		RunNow:     {{Result: ResultRun}, {Result: ResultTimeout}, {Result: ResultClosed}},
		Password:   {{Result: ResultPassword, Secret: Secret(`"\ä" {}`)}, {Result: ResultCancel}},
		Updating:   {{Result: ResultClosed}},
		InstallNow: {{Result: ResultClosed}},
	}
	for kind, list := range answers {
		for _, a := range list {
			line, code := EncodeAnswer(ask(kind), a)
			got := JudgeAnswer(ask(kind), line, code, time.Hour)
			if got.Result != a.Result || got.Choice != a.Choice || !bytes.Equal(got.Secret, a.Secret) {
				t.Errorf("%s: %v became %v (%s)", kind, a, got, got.Why)
			}
		}
	}
}

func TestNoExitCodeIsOneThatProgramsUseByThemselves(t *testing.T) {
	seen := map[int]Result{}
	for r, code := range exitCodes {
		if code == 0 || code == 2 || code > 125 || seen[code] != "" {
			t.Errorf("%s has the exit code %d", r, code)
		}
		seen[code] = r
	}
	line, code := EncodeAnswer(ask(RunNow), Answer{Result: "maybe"})
	if got := JudgeAnswer(ask(RunNow), line, code, time.Hour); got.Result != ResultNone || code != ExitNone {
		t.Errorf("an unknown result became %+v with exit code %d", got, code)
	}
}

func FuzzJudgeAnswer(f *testing.F) {
	kinds := []Kind{RunOrDefer, RunNow, Updating, InstallNow, Password}
	for i, result := range []string{"run", "defer", "timeout", "password", "cancel", "closed", "none", "x"} {
		f.Add([]byte(says(result)), 10+i, int64(time.Hour), uint8(i))
	}
	f.Add([]byte(`{"protocol":2,"id":"K7Q2","result":"password","secret":"aHVudGVyMg=="}`), 13, int64(time.Hour), uint8(4))
	f.Add([]byte(`{"protocol":2,"id":"K7Q2","result":"defer","choice":-1e400}`), 11, int64(-1), uint8(0))
	f.Fuzz(func(t *testing.T, line []byte, code int, after int64, kind uint8) {
		d := ask(kinds[int(kind)%len(kinds)])
		a := JudgeAnswer(d, line, code, time.Duration(after))
		switch {
		case a.Result == ResultNone && a.Why == "":
			t.Error("there is no answer and no reason")
		case a.Result == ResultNone:
			return
		case exitCodes[a.Result] != code:
			t.Errorf("%q with exit code %d counts as %s", line, code, a.Result)
		case !bytes.Contains(line, []byte(d.ID)) && !bytes.ContainsRune(line, '\\'):
			t.Errorf("%q does not name the dialog and counts as %s", line, a.Result)
		case a.Result != ResultClosed && a.After < TooFast:
			t.Errorf("%s counts after %v", a.Result, a.After)
		case a.Result == ResultDefer && (d.Kind != RunOrDefer || a.Choice < 0 || a.Choice > 1):
			t.Errorf("%q defers: %+v", line, a)
		case a.Result == ResultRun && d.Kind != RunOrDefer && d.Kind != RunNow:
			t.Errorf("%s runs: %+v", d.Kind, a)
		case (a.Result == ResultPassword) != (len(a.Secret) > 0):
			t.Errorf("%s with a password of %d bytes", a.Result, len(a.Secret))
		}
		if strings.Contains(fmt.Sprint(a), "\x00") {
			t.Error("a reason with NUL")
		}
	})
}

func TestTheEndOfAHelper(t *testing.T) {
	const why, forced = "it wrote two lines", "it stayed"
	tests := []struct {
		name  string
		end   Ended
		asked string
		want  Answer
	}{
		{"an answer counts though the helper was asked to end", Ended{Line: []byte(says("run")), ExitCode: ExitRun}, taken, Answer{Result: ResultRun}},
		{"an answer counts though the helper was to be killed", Ended{Line: []byte(says("run")), ExitCode: ExitRun, Forced: forced}, "", Answer{Result: ResultRun}},
		{"what cannot be an answer is none", Ended{Line: []byte(says("run")), ExitCode: ExitRun, Why: why}, "", Answer{Result: ResultNone, Why: why}},
		{"why it was killed says more than what it wrote", Ended{ExitCode: -1, Why: why, Forced: forced}, "", Answer{Result: ResultNone, Why: forced}},
		{"why it was killed says more than that it was", Ended{ExitCode: -1, Forced: forced}, "", Answer{Result: ResultNone, Why: forced}},
		{"it was killed by somebody else", Ended{ExitCode: -1}, "", Answer{Result: ResultNone, Why: "the helper was killed or crashed"}},
		{"its dialog was taken away", Ended{Line: []byte(says("closed")), ExitCode: ExitClosed}, taken, Answer{Result: ResultClosed, Why: taken}},
		{"it was asked to end because its time was over", Ended{Line: []byte(says("closed")), ExitCode: ExitClosed}, "too late", Answer{Result: ResultNone, Why: "too late"}},
		{"it ended unasked", Ended{Line: []byte(says("closed")), ExitCode: ExitClosed}, "", Answer{Result: ResultNone, Why: "the helper took its dialog away unasked"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := judgeEnd(ask(RunOrDefer), test.end, time.Minute, test.asked)
			if a.Result != test.want.Result || a.Why != test.want.Why || a.After != time.Minute {
				t.Errorf("got %+v, want %+v", a, test.want)
			}
		})
	}
}

func TestAnAnswerIsTimedFromWhenItsDialogWasSeen(t *testing.T) {
	shown := clock.Moment{Wall: time.Unix(1, 0), Continuous: time.Hour, Boot: "boot"}
	for _, test := range []struct {
		after time.Duration
		want  Answer
	}{
		{300 * time.Millisecond, Answer{Result: ResultNone, After: 300 * time.Millisecond, Why: "the answer came after 300 milliseconds, faster than a person can read"}},
		{time.Second, Answer{Result: ResultRun, After: time.Second}},
	} {
		t.Run(test.after.String(), func(t *testing.T) {
			e := Ended{Line: []byte(says("run")), ExitCode: ExitRun, At: shown.Add(test.after), Shown: shown}
			if a := judgeEnd(ask(RunOrDefer), e, time.Minute, ""); a.Result != test.want.Result || a.After != test.want.After || a.Why != test.want.Why {
				t.Errorf("got %+v, want %+v", a, test.want)
			}
		})
	}
}
