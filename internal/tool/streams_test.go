package tool

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"
)

// layouts are the sets of streams that a Command can ask for.
var layouts = map[string]Command{
	"outputs":           {Path: SoftwareUpdate},
	"input":             {Path: SoftwareUpdate, Stdin: []byte("x")},
	"terminal":          {Path: SoftwareUpdate, Terminal: true},
	"input, terminal":   {Path: SoftwareUpdate, Stdin: []byte("x"), Terminal: true},
	"discarded":         {Path: SoftwareUpdate, Discard: true},
	"input, discarded":  {Path: SoftwareUpdate, Stdin: []byte("x"), Discard: true},
	"silence, terminal": {Path: SoftwareUpdate, Terminal: true, Silence: time.Hour},
}

// failing opens like the machine, but for the nth time, and counts.
func failing(nth int, calls *int) opener {
	fails := func(open func() (r, w *os.File, err error)) func() (r, w *os.File, err error) {
		return func() (r, w *os.File, err error) {
			if *calls++; *calls == nth {
				return nil, nil, os.NewSyscallError("pipe2", syscall.EMFILE)
			}
			return open()
		}
	}
	return opener{pipe: fails(os.Pipe), terminal: fails(openTerminal)}
}

func TestStreams(t *testing.T) {
	for name, c := range layouts {
		t.Run("each open fails in turn: "+name, func(t *testing.T) {
			for nth := 1; ; nth++ {
				calls := 0
				if eachFails(t, c, nth, failing(nth, &calls)); calls < nth {
					break
				}
			}
		})
	}
	t.Run("with no descriptor left there is an error", func(t *testing.T) {
		s := fakeMac(t, "")
		var old syscall.Rlimit
		if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &old); err != nil {
			t.Fatal(err)
		}
		defer syscall.Setrlimit(syscall.RLIMIT_NOFILE, &old)
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: 3, Max: old.Max}); err != nil {
			t.Fatal(err)
		}
		for name, c := range layouts {
			if _, err := s.Run(t.Context(), c); !errors.Is(err, ErrNotStarted) || !errors.Is(err, syscall.EMFILE) {
				t.Errorf("%s: got %v", name, err)
			}
		}
	})
}

// eachFails runs a program while the nth open fails.
func eachFails(t *testing.T, c Command, nth int, open opener) {
	t.Helper()
	s := fakeMac(t, `[ -t 1 ] && echo terminal || echo pipe; echo err >&2`)
	s.opener = open
	before := openFiles(t)
	r, err := s.Run(t.Context(), c)
	if left := openFiles(t) - before; left > 0 {
		t.Errorf("the %d. fails: %d descriptors stay open", nth, left)
	}
	switch {
	case err != nil:
		if !errors.Is(err, ErrNotStarted) || !errors.Is(err, syscall.EMFILE) {
			t.Errorf("the %d. fails: got %v", nth, err)
		}
		if r.NoTerminal != nil {
			t.Errorf("the %d. fails: %v", nth, r.NoTerminal)
		}
	case c.Discard:
	case r.NoTerminal != nil:
		if !c.Terminal || !errors.Is(r.NoTerminal, syscall.EMFILE) || string(r.Stdout) != "pipe\n" || string(r.Stderr) != "err\n" {
			t.Errorf("the %d. fails: %q %q, %v", nth, r.Stdout, r.Stderr, r.NoTerminal)
		}
	case string(r.Stdout) != map[bool]string{true: "terminal\n", false: "pipe\n"}[c.Terminal]:
		t.Errorf("the %d. fails: %q", nth, r.Stdout)
	}
}

// Which of the opens may fail is counted from the layout, not from the code.
func TestOnlyTheTerminalMayFail(t *testing.T) {
	for _, test := range []struct {
		command Command
		opens   int // all that the layout needs
		mayFail []int
	}{
		{Command{}, 4, nil},
		{Command{Stdin: []byte{}}, 5, nil},
		{Command{Terminal: true}, 4, []int{1, 2}},
		{Command{Stdin: []byte{}, Terminal: true}, 5, []int{2, 3}},
		{Command{Discard: true}, 0, nil},
		{Command{Stdin: []byte{}, Discard: true}, 1, nil},
	} {
		t.Run(fmt.Sprintf("input %v, terminal %v, discard %v", test.command.Stdin != nil, test.command.Terminal, test.command.Discard), func(t *testing.T) {
			var got []int
			for nth := 1; nth <= test.opens+1; nth++ {
				calls := 0
				before := openFiles(t)
				st, err := openStreams(test.command, failing(nth, &calls))
				if err == nil {
					if st.noTerminal != nil {
						got = append(got, nth)
					} else if nth <= test.opens {
						t.Errorf("the %d. of %d opens fails, and nobody hears of it", nth, test.opens)
					}
					st.closeChildFiles()
					st.close()
				}
				if nth > test.opens && (calls != test.opens || err != nil) {
					t.Errorf("%d opens, %v, want %d", calls, err, test.opens)
				}
				if left := openFiles(t) - before; left > 0 {
					t.Errorf("the %d. fails: %d descriptors stay open", nth, left)
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(test.mayFail) {
				t.Errorf("the opens %v may fail, want %v", got, test.mayFail)
			}
		})
	}
}

func TestWithoutATerminalSilenceIsLonger(t *testing.T) {
	for _, without := range []bool{false, true} {
		s := fakeMac(t, `echo $$ $$ >"$FAKE/pids"; sleep 60`)
		s.Clock = patient(s)
		if without {
			s.opener = opener{pipe: os.Pipe, terminal: func() (r, w *os.File, err error) { return nil, nil, syscall.ENXIO }}
		}
		r, err := s.Run(t.Context(), Command{Path: SoftwareUpdate, Terminal: true, Silence: 45 * time.Minute})
		want := 45 * time.Minute
		if without {
			want = 3 * time.Hour
		}
		var timeout *TimeoutError
		if !errors.As(err, &timeout) || !timeout.Silent || timeout.After != want {
			t.Errorf("without a terminal %v: got %v, want %v of silence", without, err, want)
		}
		if (r.NoTerminal != nil) != without {
			t.Errorf("without a terminal %v: %v", without, r.NoTerminal)
		}
	}
}
