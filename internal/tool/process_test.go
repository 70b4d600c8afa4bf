package tool

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

func start(t *testing.T, s *System, c Command) *Process {
	t.Helper()
	p, err := s.Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	// Before the search for leftovers, which was set up earlier.
	t.Cleanup(func() {
		p.Kill()
		p.Stdout.Close()
	})
	return p
}

func TestAProcessIsTalkedWithLineByLine(t *testing.T) {
	s := fakeMac(t, `while read -r line; do echo "got $line"; done; echo bye >&2; exit 4`)
	p := start(t, s, update())
	answers := bufio.NewScanner(p.Stdout)
	for _, line := range []string{"one", "two"} {
		if _, err := io.WriteString(p.Stdin, line+"\n"); err != nil {
			t.Fatal(err)
		}
		if !answers.Scan() || answers.Text() != "got "+line {
			t.Fatalf("got %q, %v", answers.Text(), answers.Err())
		}
	}
	p.Stdin.Close()
	if answers.Scan() || answers.Err() != nil {
		t.Errorf("got %q, %v after the end", answers.Text(), answers.Err())
	}
	code, err := p.Wait()
	if code != 4 || err != nil || string(p.Stderr()) != "bye\n" {
		t.Errorf("got %d, %v, %q", code, err, p.Stderr())
	}
}

func TestAnAnswerCanBeReadAfterTheEnd(t *testing.T) {
	s := fakeMac(t, `echo answer; exit 3`)
	p := start(t, s, update())
	p.Wait()
	time.Sleep(outputGrace + 100*time.Millisecond)
	if all, err := io.ReadAll(p.Stdout); err != nil || string(all) != "answer\n" {
		t.Errorf("got %q, %v", all, err)
	}
}

func TestKillEndsAProcessWithAllItStarted(t *testing.T) {
	s := fakeMac(t, `trap '' TERM; `+family+`echo ready; while :; do sleep 1; done`)
	p := start(t, s, update())
	bufio.NewReader(p.Stdout).ReadString('\n')
	pids := noted(t, s, 2)
	if p.Pid() != pids[0] {
		t.Errorf("Pid is %d, not %d", p.Pid(), pids[0])
	}
	p.Kill()
	p.Kill()
	if code, err := p.Wait(); code != -1 || err != nil {
		t.Errorf("got %d, %v", code, err)
	}
	mustBeGone(t, pids)
}

func TestAProcessEndsWithItsContextAndAtItsLimit(t *testing.T) {
	s := fakeMac(t, family+`wait`)
	ctx, cancel := context.WithCancel(t.Context())
	p, err := s.Start(ctx, update())
	if err != nil {
		t.Fatal(err)
	}
	pids := noted(t, s, 2)
	cancel()
	if code, err := p.Wait(); code != -1 || !errors.Is(err, context.Canceled) {
		t.Errorf("got %d, %v", code, err)
	}
	mustBeGone(t, pids)
	p.Kill()
	p.Stdout.Close()

	p = start(t, s, Command{Path: SoftwareUpdate, Limit: limit})
	var timeout *TimeoutError
	if code, err := p.Wait(); code != -1 || !errors.As(err, &timeout) || timeout.After != limit {
		t.Errorf("got %d, %v", code, err)
	}
}

func TestAGrandchildDoesNotKeepTheOutputOfAProcessOpen(t *testing.T) {
	s := fakeMac(t, family+`echo answer; exit 0`)
	p := start(t, s, update())
	if all, err := io.ReadAll(p.Stdout); err != nil || string(all) != "answer\n" {
		t.Errorf("got %q, %v", all, err)
	}
	if code, err := p.Wait(); code != 0 || err != nil {
		t.Errorf("got %d, %v", code, err)
	}
	for _, pid := range noted(t, s, 2)[1:] {
		syscall.Kill(pid, syscall.SIGKILL)
	}
}

func TestKillAfterTheEndSignalsNobody(t *testing.T) {
	// By then the number of the group may belong to others.
	s := fakeMac(t, `sleep 60 >/dev/null 2>&1 & echo $$ $! >"$FAKE/pids"`)
	p := start(t, s, update())
	p.Wait()
	p.Kill()
	left := noted(t, s, 2)[1]
	if !alive(left) {
		t.Error("what the process left running was ended")
	}
	syscall.Kill(left, syscall.SIGKILL)
}

func TestClosingTheOutputEndsARead(t *testing.T) {
	s := fakeMac(t, `sleep 60`)
	p := start(t, s, update())
	done := make(chan error)
	go func() {
		_, err := p.Stdout.Read(make([]byte, 1))
		done <- err
	}()
	time.Sleep(20 * time.Millisecond)
	p.Stdout.Close()
	if err := <-done; err != io.EOF {
		t.Errorf("got %v", err)
	}
	if _, err := p.Stdout.Read(make([]byte, 1)); !errors.Is(err, os.ErrClosed) {
		t.Errorf("a later read: %v", err)
	}
}

func TestWritingToAStoppedProcessEndsAtTheDeadline(t *testing.T) {
	s := fakeMac(t, `kill -STOP $$; sleep 60`)
	p := start(t, s, update())
	p.Stdin.SetWriteDeadline(time.Now().Add(50 * time.Millisecond))
	_, err := p.Stdin.Write(make([]byte, 4<<20))
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestAProcessThatFloodsItsErrorsIsBounded(t *testing.T) {
	s := fakeMac(t, `yes | head -c 20000000 >&2; exit 1`)
	p := start(t, s, update())
	if code, err := p.Wait(); code != 1 || err != nil {
		t.Errorf("got %d, %v", code, err)
	}
	if n := len(p.Stderr()); n < MaxOutput || n > MaxOutput+100 {
		t.Errorf("kept %d bytes", n)
	}
}

func TestAProcessTakesNoWishesThatItCannotFulfil(t *testing.T) {
	s := fakeMac(t, ``)
	for _, c := range []Command{
		{Path: SoftwareUpdate, Stdin: []byte("x")},
		{Path: SoftwareUpdate, Silence: time.Second},
		{Path: SoftwareUpdate, Terminal: true},
		{Path: SoftwareUpdate, Discard: true},
		{Path: "/bin/sh"},
		{Path: Shutdown},
	} {
		if _, err := s.Start(t.Context(), c); !errors.Is(err, ErrNotStarted) || !strings.Contains(err.Error(), string(c.Path)) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
