package prompt

import (
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// actor is a helper played by a function, inside the test's process.
type actor struct {
	stdin  *io.PipeWriter
	stdout *io.PipeReader
	code   chan int
	killed chan struct{}
	once   sync.Once
	deaf   bool // it cannot be killed
}

// play starts an actor. It reads the dialog, and then does what do says.
func play(do func(a *actor, d Dialog, in *Reader, out io.Writer) int) *actor {
	in, stdin := io.Pipe()
	stdout, out := io.Pipe()
	a := &actor{stdin: stdin, stdout: stdout, code: make(chan int, 1), killed: make(chan struct{})}
	go func() {
		r := newReader(in)
		d, err := r.Dialog()
		code := ExitNone
		if err == nil {
			code = do(a, d, r, out)
		}
		select {
		case <-a.killed:
			code = -1
		default:
		}
		a.code <- code
		in.Close()
		out.Close()
	}()
	return a
}

func (a *actor) Stdin() io.WriteCloser { return a.stdin }
func (a *actor) Stdout() io.ReadCloser { return a.stdout }
func (a *actor) Wait() int             { return <-a.code }
func (a *actor) Kill() {
	if !a.deaf {
		a.end()
	}
}

func (a *actor) end() { a.once.Do(func() { close(a.killed) }) }

// answers lets the helper answer after a time.
func answers(after time.Duration, a Answer) func(*actor, Dialog, *Reader, io.Writer) int {
	return func(_ *actor, d Dialog, _ *Reader, out io.Writer) int {
		time.Sleep(after)
		code, _ := writeAnswer(out, d, a)
		return code
	}
}

// stuck is a helper that does nothing until it is killed.
func stuck(a *actor, _ Dialog, _ *Reader, _ io.Writer) int {
	<-a.killed
	return -1
}

// obedient is a helper that waits for the end of its input.
func obedient(_ *actor, d Dialog, in *Reader, out io.Writer) int {
	in.Changes(func(Change) {})
	code, _ := writeAnswer(out, d, Answer{Result: ResultClosed})
	return code
}

// converse opens d with a helper that does do.
func converse(t *testing.T, d Dialog, do func(*actor, Dialog, *Reader, io.Writer) int) *Conversation {
	t.Helper()
	v, err := Open(play(do), newBubble(), d)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestTheAnswerReachesTheRootJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := converse(t, ask(RunOrDefer), answers(90*time.Second, Answer{Result: ResultDefer, Choice: 1}))
		if a, ok := v.Wait(t.Context(), time.Minute); ok {
			t.Fatalf("after a minute there is %+v", a)
		}
		a, ok := v.Wait(t.Context(), time.Minute)
		want := Answer{Result: ResultDefer, Choice: 1, After: 90 * time.Second}
		if diff := cmp.Diff(want, a); diff != "" || !ok {
			t.Errorf("%v (-want +got):\n%s", ok, diff)
		}
		v.Close()
		if again, ok := v.Wait(t.Context(), 0); !ok || again.Result != ResultDefer {
			t.Errorf("after Close there is %+v, %v", again, ok)
		}
		if err := v.Change(Change{TimeLeft: new(time.Second)}); err != ErrEnded {
			t.Errorf("Change gives %v", err)
		}
	})
}

func TestEveryDialogHasItsOwnName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seen := map[string]bool{}
		for range 100 {
			d := ask(RunNow)
			d.ID = ""
			v := converse(t, d, func(_ *actor, d Dialog, _ *Reader, _ io.Writer) int {
				seen[d.ID] = true
				return 1
			})
			v.Wait(t.Context(), time.Minute)
			v.Close()
		}
		if len(seen) != 100 || seen[""] {
			t.Errorf("100 dialogs had %d names", len(seen))
		}
	})
}

func TestChangesReachTheHelperInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []string
		v := converse(t, ask(Updating), func(a *actor, d Dialog, in *Reader, out io.Writer) int {
			in.Changes(func(c Change) { got = append(got, c.Progress.Updates...) })
			return obedient(a, d, in, out)
		})
		for _, s := range []string{"one", "two", "three"} {
			if err := v.Change(Change{Progress: &Progress{Updates: []string{s}}}); err != nil {
				t.Error(err)
			}
		}
		synctest.Wait()
		v.Close()
		if diff := cmp.Diff([]string{"one", "two", "three"}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if a, ok := v.Wait(t.Context(), 0); !ok || a.Result != ResultClosed || a.Why != taken {
			t.Errorf("got %+v, %v", a, ok)
		}
	})
}

// chatty adds to its answer, and stays.
func chatty(a *actor, _ Dialog, _ *Reader, out io.Writer) int {
	io.WriteString(out, "{}\n")
	time.Sleep(3 * time.Second)
	io.WriteString(out, "x")
	<-a.killed
	return -1
}

// hesitant begins its answer too fast.
func hesitant(_ *actor, d Dialog, _ *Reader, out io.Writer) int {
	time.Sleep(time.Second / 2)
	line, code := EncodeAnswer(d, Answer{Result: ResultRun})
	out.Write(line[:1])
	time.Sleep(time.Minute)
	out.Write(line[1:])
	return code
}

// flood never ends its line.
func flood(a *actor, _ Dialog, _ *Reader, out io.Writer) int {
	go io.Copy(out, &endless{})
	<-a.killed
	return -1
}

// floodOfLines never stops to answer.
func floodOfLines(a *actor, _ Dialog, _ *Reader, out io.Writer) int {
	go func() {
		for {
			if _, err := io.WriteString(out, "{}\n"); err != nil {
				return
			}
		}
	}()
	<-a.killed
	return -1
}

// lingering answers, and stays.
func lingering(a *actor, d Dialog, _ *Reader, out io.Writer) int {
	time.Sleep(time.Minute)
	writeAnswer(out, d, Answer{Result: ResultRun})
	<-a.killed
	return -1
}

func TestAHelperThatMisbehavesGivesNoAnswer(t *testing.T) {
	writes := func(s string, code int) func(*actor, Dialog, *Reader, io.Writer) int {
		return func(a *actor, d Dialog, _ *Reader, out io.Writer) int {
			time.Sleep(10 * time.Second)
			io.WriteString(out, strings.ReplaceAll(s, "ID", d.ID))
			return code
		}
	}
	run := `{"protocol":2,"id":"ID","result":"run"}` + "\n"
	tests := map[string]struct {
		do   func(*actor, Dialog, *Reader, io.Writer) int
		why  string
		took time.Duration
	}{
		"crash":                       {writes("", 2), "the helper crashed (exit code 2)", 10 * time.Second},
		"rubbish":                     {writes("yes\n", 10), "the helper wrote something that is not an answer", 10 * time.Second},
		"two answers":                 {writes(run+run, 10), "the helper wrote more than one line", 10 * time.Second},
		"a second line, and it stays": {chatty, "the helper wrote more than one line", 3 * time.Second},
		"an answer begun too fast":    {hesitant, "the answer came after 500 milliseconds, faster than a person can read", time.Minute + time.Second/2},
		"an empty line":               {writes("\n"+run, 10), "the helper wrote more than one line", 10 * time.Second},
		"disagreement":                {writes(run, 11), `the answer "run" and the exit code 11 do not agree`, 10 * time.Second},
		"another dialog":              {writes(strings.Replace(run, "ID", "other", 1), 10), "the answer belongs to another dialog", 10 * time.Second},
		"too fast":                    {answers(time.Second/2, Answer{Result: ResultRun}), "the answer came after 500 milliseconds, faster than a person can read", time.Second / 2},
		"closed unasked":              {answers(time.Minute, Answer{Result: ResultClosed}), "the helper took its dialog away unasked", time.Minute},
		"stuck for ever":              {stuck, "the helper did not end by itself after 1 hour", time.Hour + overtime + closing},
		"slow at the end":             {obedient, "the helper did not end by itself after 1 hour", time.Hour + overtime},
		"a flood":                     {flood, "the helper wrote more than 65536 bytes", 0},
		"a flood of lines":            {floodOfLines, "the helper wrote more than one line", 0},
		"an answer while it stays":    {lingering, "the helper did not end after its answer", time.Minute + overtime},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				v := converse(t, ask(RunOrDefer), test.do)
				var a Answer
				for ok := false; !ok; {
					a, ok = v.Wait(t.Context(), 25*time.Second)
				}
				if a.Result != ResultNone || a.Why != test.why {
					t.Errorf("got %+v, want no answer, because %s", a, test.why)
				}
				if took := time.Since(began); took != test.took {
					t.Errorf("it took %v, want %v", took, test.took)
				}
				v.Close()
			})
		})
	}
}

func TestSomethingLeftBehindDoesNotHoldTheAnswerBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := play(stuck)
		a.code <- 10 // The helper has ended, but its output stays open.
		v, err := Open(a, newBubble(), ask(RunOrDefer))
		if err != nil {
			t.Fatal(err)
		}
		got, ok := v.Wait(t.Context(), time.Minute)
		if !ok || got.Result != ResultNone || got.Why != "something that the helper started still holds its output" {
			t.Errorf("got %+v, %v", got, ok)
		}
		a.Kill()
	})
}

func TestClosingTakesForceWhenItMust(t *testing.T) {
	tests := map[string]struct {
		deaf bool
		why  string
		took time.Duration
	}{
		"a stuck helper":            {false, "the helper did not end when its dialog was taken away", closing},
		"one that cannot be killed": {true, "the helper did not end when its dialog was taken away, nor when it was killed", closing + killing},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := play(stuck)
				a.deaf = test.deaf
				v, err := Open(a, newBubble(), ask(Updating))
				if err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				began := time.Now()
				v.Close()
				if took := time.Since(began); took != test.took {
					t.Errorf("it took %v, want %v", took, test.took)
				}
				if got, ok := v.Wait(t.Context(), time.Minute); !ok || got.Why != test.why {
					t.Errorf("got %+v, %v, want %s", got, ok, test.why)
				}
				v.Close()
				if took := time.Since(began); took != test.took {
					t.Errorf("closing again took until %v", took)
				}
				a.end()
			})
		})
	}
}

func TestAHelperThatDoesNotReadDoesNotBlockTheRootJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := converse(t, ask(Updating), stuck)
		began := time.Now()
		var err error
		for i := 0; err == nil && i < 1000; i++ {
			err = v.Change(Change{TimeLeft: new(time.Second)})
		}
		if err == nil || time.Since(began) > 0 {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		v.Close()
	})
}

func TestTheLimitFollowsTheCountdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := converse(t, ask(RunNow), func(a *actor, d Dialog, in *Reader, out io.Writer) int {
			var left time.Duration
			in.Changes(func(c Change) {
				left = *c.Countdown
				time.Sleep(left)
				writeAnswer(out, d, Answer{Result: ResultTimeout})
				go func() { a.code <- ExitTimeout; out.(io.Closer).Close() }()
				<-a.killed
			})
			return -1
		})
		if _, ok := v.Wait(t.Context(), 9*time.Minute); ok {
			t.Fatal("it ended early")
		}
		// The Mac has slept: there is more to count than the helper knew.
		if err := v.Change(Change{Countdown: new(8 * time.Minute)}); err != nil {
			t.Fatal(err)
		}
		a, ok := v.Wait(t.Context(), time.Hour)
		if want := 17 * time.Minute; !ok || a.Result != ResultTimeout || a.After != want {
			t.Errorf("got %+v, %v; want a time-out after %v", a, ok, want)
		}
		v.helper.Kill()
	})
}

func TestWaitingEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := converse(t, ask(RunOrDefer), obedient)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		began := time.Now()
		a, ok := v.Wait(ctx, time.Hour)
		if ok || time.Since(began) != 10*time.Second {
			t.Errorf("got %+v, %v after %v", a, ok, time.Since(began))
		}
		v.Close()
	})
}

func TestADialogThatCannotBeSentEndsTheHelper(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := play(stuck)
		if _, err := Open(a, newBubble(), Dialog{}); err == nil {
			t.Error("Open gave no error")
		}
		select {
		case <-a.killed:
		default:
			t.Error("the helper was left alone")
		}
		a.stdin.Close()
	})
}

func TestASecretIsWipedFromTheRootJobsBuffers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := converse(t, ask(Password), answers(5*time.Second, Answer{Result: ResultPassword, Secret: Secret("hunter2")}))
		a, ok := v.Wait(t.Context(), time.Minute)
		if !ok || string(a.Secret) != "hunter2" {
			t.Fatalf("got %+v, %v", a, ok)
		}
		a.Secret.Wipe()
		if again, _ := v.Wait(t.Context(), 0); strings.Contains(string(again.Secret), "hunter") {
			t.Error("the conversation keeps a copy")
		}
	})
}
