package prompt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"installordefer/internal/clock"
)

// bubble is a clock inside a synctest bubble. It sleeps where the test says.
type bubble struct {
	start time.Time
	slept *atomic.Int64 // time asleep, on top of the bubble's
}

func newBubble() bubble { return bubble{time.Now(), new(atomic.Int64)} }

func (b bubble) Now() clock.Moment {
	return clock.Moment{Wall: time.Now().UTC(), Continuous: time.Hour + time.Since(b.start) + time.Duration(b.slept.Load()), Boot: "bubble"}
}

func (b bubble) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return ctx.Err()
	}
}

// show is a toolkit made of a function.
type show func(ctx context.Context, d Dialog, changes <-chan Change) (Answer, error)

func (s show) Show(ctx context.Context, d Dialog, changes <-chan Change, sees func(Sight)) (Answer, error) {
	sees(Shown)
	return s(ctx, d, changes)
}

// patient shows a dialog that nobody answers.
func patient(ctx context.Context, d Dialog, changes <-chan Change) (Answer, error) {
	for {
		select {
		case <-ctx.Done():
			return Answer{}, nil
		case <-changes:
		}
	}
}

// A stage is a helper whose toolkit is a function, and the root job's ends of
// its pipes.
type stage struct {
	in       *io.PipeWriter
	out, log bytes.Buffer
	clock    bubble
	end      context.CancelFunc
	exit     chan int
	killed   bool // by Helper.Exit
	took     time.Duration
}

func start(t *testing.T, s show) *stage {
	in, w := io.Pipe()
	ctx, end := context.WithCancel(t.Context())
	st := &stage{in: w, end: end, exit: make(chan int, 1), clock: newBubble()}
	began := time.Now()
	go func() {
		code := Helper{In: in, Out: &st.out, Log: &st.log, Clock: st.clock, Toolkit: s, Exit: func(code int) {
			st.killed, st.took = true, time.Since(began)
			st.exit <- code
			runtime.Goexit()
		}}.Serve(ctx)
		st.took = time.Since(began)
		st.exit <- code
	}()
	t.Cleanup(func() { end(); w.Close() })
	return st
}

// tell writes the dialog or a change.
func (s *stage) tell(t *testing.T, v any) {
	t.Helper()
	var line []byte
	var err error
	switch v := v.(type) {
	case Dialog:
		line, err = EncodeDialog(v)
	case Change:
		line, err = EncodeChange(v)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.in.Write(line); err != nil {
		t.Fatal(err)
	}
}

// judged waits for the end and returns the answer as the root job sees it.
func (s *stage) judged(d Dialog) Answer {
	code := <-s.exit
	return JudgeAnswer(d, s.out.Bytes(), code, s.took+time.Duration(s.clock.slept.Load()))
}

func TestTheHelperGivesThePersonsAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := ask(RunOrDefer)
		s := start(t, func(context.Context, Dialog, <-chan Change) (Answer, error) {
			time.Sleep(5 * time.Second)
			return Answer{Result: ResultDefer, Choice: 1}, nil
		})
		s.tell(t, d)
		if got := s.judged(d); got.Result != ResultDefer || got.Choice != 1 {
			t.Errorf("got %+v", got)
		}
	})
}

func TestTheHelperWipesThePassword(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := ask(Password)
		secret := Secret("hunter2")
		s := start(t, func(context.Context, Dialog, <-chan Change) (Answer, error) {
			time.Sleep(5 * time.Second)
			return Answer{Result: ResultPassword, Secret: secret}, nil
		})
		s.tell(t, d)
		if got := s.judged(d); string(got.Secret) != "hunter2" {
			t.Errorf("got %+v with %d bytes", got, len(got.Secret))
		}
		if !bytes.Equal(secret, make([]byte, 7)) {
			t.Error("the password is still in the helper's memory")
		}
		if s.log.Len() > 0 {
			t.Errorf("the log says %q", &s.log)
		}
	})
}

func TestTheHelperEndsByItself(t *testing.T) {
	limited, counting := ask(RunOrDefer), ask(RunNow)
	limited.Timeout = 5 * time.Minute
	both := counting
	both.Timeout = time.Minute
	tests := map[string]struct {
		d    Dialog
		do   func(t *testing.T, s *stage)
		want Result
		why  string
		took time.Duration
	}{
		"at its limit":                {limited, nil, ResultTimeout, "", 5 * time.Minute},
		"at the end of the count":     {counting, nil, ResultTimeout, "", 10 * time.Minute},
		"at what comes first":         {both, nil, ResultTimeout, "", time.Minute},
		"when its input ends":         {limited, func(t *testing.T, s *stage) { s.in.Close() }, ResultClosed, "", time.Minute},
		"when it is told to":          {limited, func(t *testing.T, s *stage) { s.end() }, ResultNone, "the helper was told to end before there was an answer", time.Minute},
		"at once when told to":        {counting, func(t *testing.T, s *stage) { s.tell(t, Change{Countdown: new(time.Duration(0))}) }, ResultNone, "the helper said after 1 minute that its time of 10 minutes was over", time.Minute},
		"at a count that was cut":     {counting, func(t *testing.T, s *stage) { s.tell(t, Change{Countdown: new(570 * time.Second)}) }, ResultTimeout, "", 630 * time.Second},
		"after sleep, at its limit":   {limited, func(t *testing.T, s *stage) { s.clock.slept.Add(int64(time.Hour)) }, ResultTimeout, "", time.Minute + time.Second},
		"after sleep, having counted": {counting, func(t *testing.T, s *stage) { s.clock.slept.Add(int64(time.Hour)) }, ResultTimeout, "", 10*time.Minute - watched + time.Second},
		"when a line has no end": {limited, func(t *testing.T, s *stage) {
			go io.Copy(s.in, &endless{})
		}, ResultClosed, "", time.Minute},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := start(t, patient)
				s.tell(t, test.d)
				if test.do != nil {
					time.Sleep(time.Minute)
					synctest.Wait()
					test.do(t, s)
				}
				got := s.judged(test.d)
				if got.Result != test.want || got.Why != test.why {
					t.Errorf("got %+v, want %s %q; log %q", got, test.want, test.why, &s.log)
				}
				if diff := s.took - test.took; diff < -time.Second || diff > time.Second {
					t.Errorf("it took %v, want %v", s.took, test.took)
				}
				if s.killed {
					t.Error("it had to be ended by force")
				}
			})
		})
	}
}

func TestAToolkitThatDoesNotLetGoIsLeftBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := ask(RunNow)
		forever := make(chan struct{})
		s := start(t, func(context.Context, Dialog, <-chan Change) (Answer, error) {
			<-forever // an open menu
			return Answer{Result: ResultRun}, nil
		})
		s.tell(t, d)
		if got := s.judged(d); got.Result != ResultTimeout || !s.killed || s.took != 10*time.Minute+stubborn {
			t.Errorf("got %+v, by force %v, after %v", got, s.killed, s.took)
		}
		close(forever)
		synctest.Wait()
		if got := strings.Count(s.out.String(), "\n"); got != 1 {
			t.Errorf("%d answers were written: %s", got, &s.out)
		}
	})
}

func TestADialogThatCannotBeReadOrShownIsNoAnswer(t *testing.T) {
	tests := map[string]struct {
		in, out, log string
	}{
		"rubbish":         {"boo\n", "", "The dialog is not shown: read the dialog: invalid character 'b' looking for beginning of value\n"},
		"nothing":         {"", "", "The dialog is not shown: read the dialog: EOF\n"},
		"another version": {`{"protocol":9}` + "\n", "", "The dialog is not shown: read the dialog: protocol version 9, want 2\n"},
		"no screen":       {`{"protocol":2,"id":"a","kind":"updating"}` + "\n", `{"protocol":2,"id":"a","result":"none","choice":0}` + "\n", "The dialog is not shown: there is no screen\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := start(t, func(context.Context, Dialog, <-chan Change) (Answer, error) {
					return Answer{Result: ResultRun}, errors.New("there is no screen")
				})
				if test.in == "" {
					s.in.Close()
				} else {
					fmt.Fprint(s.in, test.in)
				}
				if code := <-s.exit; code != ExitNone || s.out.String() != test.out || s.log.String() != test.log {
					t.Errorf("exit code %d, wrote %q, log %q\nwant %d, %q, %q", code, &s.out, &s.log, ExitNone, test.out, test.log)
				}
			})
		})
	}
}

func TestTheHelperIsToldToEndBeforeThereIsADialog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, patient)
		time.Sleep(time.Minute)
		s.end()
		if code := <-s.exit; code != ExitNone {
			t.Errorf("exit code %d", code)
		}
	})
}

func TestTimePassesOnTheScreen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := ask(RunNow)
		d.TimeLeft = time.Hour
		type seen struct{ TimeLeft, Countdown time.Duration }
		var got []seen
		s := start(t, func(ctx context.Context, d Dialog, changes <-chan Change) (Answer, error) {
			for len(got) < 5 {
				c := <-changes
				got = append(got, seen{*c.TimeLeft, *c.Countdown})
			}
			return Answer{Result: ResultRun}, nil
		})
		s.tell(t, d)
		time.Sleep(2500 * time.Millisecond)
		s.tell(t, Change{TimeLeft: new(30 * time.Minute), Countdown: new(time.Minute)})
		<-s.exit
		want := []seen{
			{time.Hour - time.Second, 599 * time.Second},
			{time.Hour - 2*time.Second, 598 * time.Second},
			{30 * time.Minute, time.Minute},
			{30*time.Minute - 500*time.Millisecond, time.Minute - 500*time.Millisecond},
			{30*time.Minute - time.Second, time.Minute - time.Second},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestASlowToolkitSeesTheLastOfEveryChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := ask(Updating)
		var got Change
		s := start(t, func(ctx context.Context, d Dialog, changes <-chan Change) (Answer, error) {
			time.Sleep(time.Minute + time.Second/2)
			got = <-changes
			<-ctx.Done()
			return Answer{}, nil
		})
		s.tell(t, d)
		for i := range 100 {
			s.tell(t, Change{Progress: &Progress{Fraction: float64(i) / 100}})
		}
		s.tell(t, Change{TimeLeft: new(time.Hour)})
		time.Sleep(2 * time.Minute)
		s.in.Close()
		<-s.exit
		want := Change{TimeLeft: new(59 * time.Minute), Progress: &Progress{Fraction: 0.99}, Passed: new(time.Minute)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
