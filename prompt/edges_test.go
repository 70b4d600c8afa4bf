package prompt

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestAPasswordIsHiddenFromJSON(t *testing.T) {
	text, err := json.Marshal(Answer{Result: ResultPassword, Secret: Secret("hunter2")})
	if err != nil || bytes.Contains(text, []byte("hunter2")) || bytes.Contains(text, []byte("aHVudGVyMg")) || !bytes.Contains(text, []byte("(hidden)")) {
		t.Errorf("%s, %v", text, err)
	}
}

func TestAChangeThatCannotBeSentIsAnErrorAndTheDialogStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := converse(t, ask(Updating), obedient)
		for name, c := range map[string]Change{
			"a text of pages":      {Progress: &Progress{Updates: []string{strings.Repeat("a", maxLine)}}},
			"progress of no value": {Progress: &Progress{Fraction: math.NaN()}},
		} {
			if err := v.Change(c); err == nil {
				t.Errorf("%s: no error", name)
			}
		}
		if err := v.Change(Change{TimeLeft: new(time.Second)}); err != nil {
			t.Errorf("afterwards: %v", err)
		}
		v.Close()
	})
}

func TestAnUnknownResultIsPossibleForNoDialog(t *testing.T) {
	for _, kind := range []Kind{RunOrDefer, RunNow, Updating, InstallNow, Password} {
		if possible(ask(kind), "dance") {
			t.Errorf("a %s can end with a dance", kind)
		}
	}
}

func TestWaitingBeyondTheLimitEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := ask(RunOrDefer)
		d.Timeout = time.Minute
		v := converse(t, d, stuck)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute+overtime/2)
		defer cancel()
		began := time.Now()
		if a, ok := v.Wait(ctx, time.Hour); ok || time.Since(began) != time.Minute+overtime/2 {
			t.Errorf("got %+v, %v after %v", a, ok, time.Since(began))
		}
		v.Close()
	})
}

// broken is a pipe whose reader has gone.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestAnAnswerThatNobodyTakesIsNone(t *testing.T) {
	d := ask(RunOrDefer)
	code, err := writeAnswer(broken{}, d, Answer{Result: ResultRun})
	if code != ExitNone || !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("exit code %d, %v", code, err)
	}
	var log bytes.Buffer
	secret := Secret("hunter2")
	h := Helper{Out: broken{}, Log: &log}
	if code := h.answer(&voice{out: broken{}, dialog: ask(Password)}, Answer{Result: ResultPassword, Secret: secret}); code != ExitNone || !strings.Contains(log.String(), "could not be given") {
		t.Errorf("exit code %d: %s", code, log.String())
	}
	if string(secret) != strings.Repeat("\x00", 7) {
		t.Error("the password was left in memory")
	}
}
