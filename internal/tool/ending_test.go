package tool

import (
	"context"
	"errors"
	"strings"
	"syscall"
	"testing"
	"time"
)

const limit = 150 * time.Millisecond

// family notes its own number and that of a child in the background.
const family = `sleep 60 & echo $$ $! >"$FAKE/pids"; `

func TestAHungProgramIsEndedWithAllItStarted(t *testing.T) {
	for _, test := range []struct{ name, script string }{
		{"at once", family + `wait`},
		{"at a terminal", family + `wait`},
		{"in the middle of its output", `echo begin; printf half; ` + family + `wait`},
		{"after its output is closed", family + `exec >&- 2>&-; wait`},
		{"though it ignores SIGTERM", `trap '' TERM; ` + family + `while :; do sleep 1; done`},
		{"though what it started ignores SIGTERM", `(trap '' TERM; sleep 60) & echo $$ $! >"$FAKE/pids"; wait`},
		{"though it is stopped", family + `kill -STOP $$`},
		{"though it prints for ever", family + `yes`},
		{"though it prints to a terminal for ever", family + `yes`},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := fakeMac(t, test.script)
			s.Clock = patient(s)
			c := Command{Path: SoftwareUpdate, Limit: time.Hour, Terminal: strings.Contains(test.name, "terminal")}
			r, err := s.Run(t.Context(), c)
			var timeout *TimeoutError
			if !errors.As(err, &timeout) || timeout.Silent || timeout.After != time.Hour || timeout.Path != SoftwareUpdate {
				t.Errorf("got %v", err)
			}
			if r.ExitCode != -1 {
				t.Errorf("exit status %d", r.ExitCode)
			}
			if strings.Contains(test.name, "middle") && string(r.Stdout) != "begin\nhalf" {
				t.Errorf("kept %q", r.Stdout)
			}
			mustBeGone(t, noted(t, s, 2))
		})
	}
}

func TestAProgramMayEndInPeace(t *testing.T) {
	s := fakeMac(t, `trap 'echo goodbye; exit 7' TERM; `+family+`wait`)
	s.Clock = patient(s)
	s.Grace = 10 * time.Second
	r, err := s.Run(t.Context(), Command{Path: SoftwareUpdate, Limit: time.Hour})
	var timeout *TimeoutError
	if !errors.As(err, &timeout) || r.ExitCode != 7 || string(r.Stdout) != "goodbye\n" {
		t.Errorf("got %d, %q, %v", r.ExitCode, r.Stdout, err)
	}
}

func TestCancellingEndsAProgramWithAllItStarted(t *testing.T) {
	s := fakeMac(t, family+`echo ready; wait`)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, err := follow(ctx, s, update(), func(Line) { cancel() })
	var timeout *TimeoutError
	if !errors.Is(err, context.Canceled) || errors.As(err, &timeout) || string(r.Stdout) != "ready\n" {
		t.Errorf("got %q, %v", r.Stdout, err)
	}
	mustBeGone(t, noted(t, s, 2))
}

func TestADeadlineOfTheContextIsNoTimeoutError(t *testing.T) {
	s := fakeMac(t, `sleep 60`)
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	_, err := s.Run(ctx, update())
	var timeout *TimeoutError
	if !errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) {
		t.Errorf("got %v", err)
	}
}

func TestALimitHoldsWhileALineIsBeingHandled(t *testing.T) {
	s := fakeMac(t, family+`echo ready; wait`)
	s.Clock = patient(s)
	_, err := follow(t.Context(), s, Command{Path: SoftwareUpdate, Limit: time.Hour}, func(Line) {
		mustBeGone(t, noted(t, s, 2))
	})
	var timeout *TimeoutError
	if !errors.As(err, &timeout) {
		t.Errorf("got %v", err)
	}
}

func TestAGrandchildThatHoldsTheOutputIsNotWaitedFor(t *testing.T) {
	for _, terminal := range []bool{false, true} {
		s := fakeMac(t, family+`echo done; exit 3`)
		start := time.Now()
		r, err := s.Run(t.Context(), Command{Path: SoftwareUpdate, Limit: time.Minute, Terminal: terminal})
		if err != nil || r.ExitCode != 3 || string(r.Stdout) != "done\n" {
			t.Errorf("got %+v, %v", r, err)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("took %v", took)
		}
		grandchild := noted(t, s, 2)[1]
		if !terminal && !alive(grandchild) {
			t.Error("what a program left running was ended: shutdown(8) would not shut down")
		}
		syscall.Kill(grandchild, syscall.SIGKILL)
		mustBeGone(t, []int{grandchild})
	}
}

func TestAGrandchildThatPrintsForEverIsNotWaitedFor(t *testing.T) {
	s := fakeMac(t, `yes & echo $! >"$FAKE/pids"; exit 0`)
	start := time.Now()
	_, err := s.Run(t.Context(), update())
	if took := time.Since(start); err != nil || took > 10*time.Second {
		t.Errorf("took %v, %v", took, err)
	}
	// The end of the pipe ends it.
	mustBeGone(t, noted(t, s, 1))
}

func TestALineThatTakesLongLosesNothing(t *testing.T) {
	s := fakeMac(t, family+`i=0; while [ $i -lt 3000 ]; do echo "line $i"; i=$((i+1)); done; echo last`)
	var last string
	_, err := follow(t.Context(), s, update(), func(l Line) {
		if last == "" {
			time.Sleep(outputGrace + 300*time.Millisecond)
		}
		last = string(l.Text)
	})
	if err != nil || last != "last" {
		t.Errorf("got %q, %v", last, err)
	}
	for _, pid := range noted(t, s, 2)[1:] {
		syscall.Kill(pid, syscall.SIGKILL)
	}
}

func TestSilenceEndsAProgramAndEveryByteIsProgress(t *testing.T) {
	s := fakeMac(t, `for i in 1 2 3 4 5; do printf .; sleep 0.3; done; sleep 60`)
	start := time.Now()
	r, err := s.Run(t.Context(), Command{Path: SoftwareUpdate, Silence: time.Second})
	var timeout *TimeoutError
	if !errors.As(err, &timeout) || !timeout.Silent || timeout.After != time.Second {
		t.Errorf("got %v", err)
	}
	if took := time.Since(start); took < 2200*time.Millisecond || string(r.Stdout) != "....." {
		t.Errorf("ended after %v and %q", took, r.Stdout)
	}
}

func TestTheFirstOfTwoLimitsCounts(t *testing.T) {
	s := fakeMac(t, `while :; do echo .; sleep 0.02; done`)
	_, err := s.Run(t.Context(), Command{Path: SoftwareUpdate, Silence: 5 * time.Second, Limit: limit})
	var timeout *TimeoutError
	if !errors.As(err, &timeout) || timeout.Silent {
		t.Errorf("got %v", err)
	}
}

func TestAProgramThatEndsInTimeLeavesNoTimer(t *testing.T) {
	s := fakeMac(t, `exit 0`)
	for range 20 {
		if _, err := s.Run(t.Context(), Command{Path: SoftwareUpdate, Limit: time.Hour, Silence: time.Hour}); err != nil {
			t.Fatal(err)
		}
	}
}
