package tool

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"installordefer/internal/clock"
)

// started follows a script until its first line, or its end, has come.
func started(t *testing.T, s *System, c Command) (Run, []string) {
	t.Helper()
	run, err := s.Follow(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(run.Stop)
	lines, _ := run.Wait(t.Context(), time.Minute)
	return run, texts(lines)
}

func texts(lines []Line) (all []string) {
	for _, l := range lines {
		all = append(all, string(l.Text))
	}
	return all
}

func TestARunIsFollowedInTicks(t *testing.T) {
	t.Run("a quiet tick brings nothing and ends nothing", func(t *testing.T) {
		run, first := started(t, fakeMac(t, `echo first; until [ -e "$FAKE/seen" ]; do sleep 0.01; done; echo second`), update())
		root := run.(*followed).child.cmd.Path
		begun := time.Now()
		if lines, over := run.Wait(t.Context(), 50*time.Millisecond); len(lines) > 0 || over || time.Since(begun) < 50*time.Millisecond {
			t.Errorf("a tick of a quiet program brought %q, over %v, after %v", texts(lines), over, time.Since(begun))
		}
		os.WriteFile(filepath.Join(filepath.Dir(root), "../../seen"), nil, 0o644)
		second, _ := run.Wait(t.Context(), time.Minute)
		rest, over := run.Wait(t.Context(), time.Minute)
		r, err := run.Result()
		if got := slices.Concat(first, texts(second), texts(rest)); !slices.Equal(got, []string{"first", "second"}) || !over || err != nil || string(r.Stdout) != "first\nsecond\n" {
			t.Errorf("lines %q, over %v, result %q, %v", got, over, r.Stdout, err)
		}
	})
	t.Run("a wait that is cut short ends nothing", func(t *testing.T) {
		run, _ := started(t, fakeMac(t, family+`echo ready; wait`), update())
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if lines, over := run.Wait(ctx, time.Hour); len(lines) > 0 || over {
			t.Errorf("it brought %q, over %v", texts(lines), over)
		}
		if !alive(run.(*followed).child.pid()) {
			t.Error("the program has ended")
		}
	})
	t.Run("a program that has closed its output is over when it has ended", func(t *testing.T) {
		run, _ := started(t, fakeMac(t, `echo ready; exec >&- 2>&-; sleep 0.3; exit 4`), update())
		if lines, over := run.Wait(t.Context(), 20*time.Millisecond); len(lines) > 0 || over {
			t.Errorf("before its end a tick brought %q, over %v", texts(lines), over)
		}
		_, over := run.Wait(t.Context(), time.Minute)
		if r, err := run.Result(); !over || err != nil || r.ExitCode != 4 {
			t.Errorf("over %v, status %d, %v", over, r.ExitCode, err)
		}
	})
	t.Run("what was over stays over", func(t *testing.T) {
		run, _ := started(t, fakeMac(t, `exit 3`), update())
		for range 3 {
			lines, over := run.Wait(t.Context(), time.Minute)
			if r, err := run.Result(); len(lines) > 0 || !over || err != nil || r.ExitCode != 3 {
				t.Errorf("lines %q, over %v, status %d, %v", texts(lines), over, r.ExitCode, err)
			}
		}
	})
}

func TestARunIsStopped(t *testing.T) {
	t.Run("with all that it has started, and its last words are kept", func(t *testing.T) {
		s := fakeMac(t, `trap 'echo goodbye; exit 7' TERM; `+family+`echo ready; wait`)
		s.Grace = 10 * time.Second
		run, first := started(t, s, update())
		run.Stop()
		mustBeGone(t, noted(t, s, 2))
		lines, over := run.Wait(t.Context(), time.Minute)
		r, err := run.Result()
		if got := slices.Concat(first, texts(lines)); !slices.Equal(got, []string{"ready", "goodbye"}) || !over || r.ExitCode != 7 {
			t.Errorf("lines %q, over %v, status %d", got, over, r.ExitCode)
		}
		var timeout *TimeoutError
		if !errors.Is(err, ErrStopped) || errors.As(err, &timeout) || errors.Is(err, context.Canceled) {
			t.Errorf("the error is %v", err)
		}
	})
	t.Run("after its end nothing happens", func(t *testing.T) {
		run, _ := started(t, fakeMac(t, `exit 3`), update())
		run.Wait(t.Context(), time.Minute)
		run.Stop()
		run.Stop()
		if r, err := run.Result(); err != nil || r.ExitCode != 3 {
			t.Errorf("status %d, %v", r.ExitCode, err)
		}
	})
}

func TestALimitHoldsWhileNobodyWaits(t *testing.T) {
	s := fakeMac(t, family+`echo ready; wait`)
	s.Clock = patient(s)
	run, err := s.Follow(t.Context(), Command{Path: SoftwareUpdate, Limit: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	mustBeGone(t, noted(t, s, 2))
	run.Stop()
	_, err = run.Result()
	var timeout *TimeoutError
	if !errors.As(err, &timeout) {
		t.Errorf("got %v", err)
	}
}

func TestPrintingWithoutProgressIsSilence(t *testing.T) {
	s := fakeMac(t, `printf '59.00%%\r'; while :; do printf '60.00%%\r'; sleep 0.05; done`)
	c := Command{Path: SoftwareUpdate, Silence: 400 * time.Millisecond, Limit: 30 * time.Second}
	run, err := s.Follow(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer run.Stop()
	best := ""
	for over := false; !over; {
		var lines []Line
		lines, over = run.Wait(t.Context(), time.Minute)
		for _, l := range lines {
			if text := string(l.Text); text > best {
				best = text
				run.Progressed()
			}
		}
	}
	_, err = run.Result()
	var timeout *TimeoutError
	if !errors.As(err, &timeout) || !timeout.Silent {
		t.Errorf("got %v", err)
	}
}

func TestASecretIsWipedWhenTheProgramHasReadIt(t *testing.T) {
	s := fakeMac(t, `cat`)
	secret := []byte("hunter2\n")
	f, err := s.follow(t.Context(), Command{Path: SoftwareUpdate, Stdin: secret})
	if err != nil {
		t.Fatal(err)
	}
	clear(secret) // the caller's: the program gets what it was
	f.toTheEnd()
	if r, _ := f.Result(); string(r.Stdout) != "hunter2\n" {
		t.Errorf("the program read %q", r.Stdout)
	}
	if string(f.stdin) != "\x00\x00\x00\x00\x00\x00\x00\x00" {
		t.Errorf("%q is left in memory", f.stdin)
	}
}

func TestAKeeperMakesLinesOfBothStreams(t *testing.T) {
	var k Keeper
	k.Take(false, []byte("a\nha"))
	k.Take(true, []byte("oops"))
	if got := texts(k.Lines()); !slices.Equal(got, []string{"a"}) {
		t.Errorf("at first %q", got)
	}
	k.Take(false, []byte("lf\r"))
	k.End()
	if got := texts(k.Lines()); !slices.Equal(got, []string{"half", "oops"}) || k.Lines() != nil {
		t.Errorf("then %q", got)
	}
	if r := k.Result(3); string(r.Stdout) != "a\nhalf\r" || string(r.Stderr) != "oops" || r.Cut || r.ExitCode != 3 {
		t.Errorf("the result is %+v", r)
	}
}

func TestAKeeperWhoseLinesNobodyTakesKeepsTheWhole(t *testing.T) {
	k := Keeper{Whole: true}
	k.Take(false, []byte("one\ntwo"))
	k.End()
	if r := k.Result(0); string(r.Stdout) != "one\ntwo" || r.Cut || k.Lines() != nil {
		t.Errorf("the result is %+v", r)
	}
}

func TestLimitsCountOnTheContinuousClock(t *testing.T) {
	at := func(d time.Duration) clock.Moment { return clock.Moment{Continuous: d, Boot: "b"} }
	l := NewLimits(Command{Limit: time.Hour, Silence: 10 * time.Minute}, at(0))
	if left, err := l.Left(at(4 * time.Minute)); left != 6*time.Minute || err != nil {
		t.Errorf("in silence: %v, %v", left, err)
	}
	l.Progressed(at(55 * time.Minute))
	if left, err := l.Left(at(55 * time.Minute)); left != 5*time.Minute || err != nil {
		t.Errorf("near the end of the whole: %v, %v", left, err)
	}
	var timeout *TimeoutError
	if _, err := l.Left(at(time.Hour)); !errors.As(err, &timeout) || timeout.Silent || timeout.After != time.Hour {
		t.Errorf("at the end: %v", err)
	}
	first := NewLimits(Command{Silence: time.Hour, FirstSilence: 10 * time.Minute}, at(0))
	if left, err := first.Left(at(4 * time.Minute)); left != 6*time.Minute || err != nil {
		t.Errorf("before the first progress: %v, %v", left, err)
	}
	if _, err := first.Left(at(10 * time.Minute)); !errors.As(err, &timeout) || !timeout.Silent || timeout.After != 10*time.Minute {
		t.Errorf("without any progress: %v", err)
	}
	first.Progressed(at(5 * time.Minute))
	if left, err := first.Left(at(10 * time.Minute)); left != 55*time.Minute || err != nil {
		t.Errorf("after the first progress: %v, %v", left, err)
	}
	var none Limits
	if left, err := none.Left(at(1000 * time.Hour)); left != 0 || err != nil {
		t.Errorf("without limits: %v, %v", left, err)
	}
}
