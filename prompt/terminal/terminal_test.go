package terminal

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"installordefer/internal/golden"
	"installordefer/prompt"
)

// A desk is a terminal with a person who types.
type desk struct {
	keys    *io.PipeWriter
	screen  lockedBuffer
	changes chan prompt.Change
	end     context.CancelFunc
	answer  chan prompt.Answer
	err     error
	opened  []string
	openErr error
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func sit(t *testing.T, d prompt.Dialog, live bool) *desk {
	keys, w := io.Pipe()
	ctx, end := context.WithCancel(t.Context())
	k := &desk{keys: w, changes: make(chan prompt.Change), end: end, answer: make(chan prompt.Answer, 1)}
	terminal := Terminal{Keys: keys, Screen: &k.screen, Live: live, OpenPane: func(_ context.Context, pane string) error {
		k.opened = append(k.opened, pane)
		return k.openErr
	}}
	go func() {
		a, err := terminal.Show(ctx, d, k.changes, func(prompt.Sight) {})
		k.err = err
		k.answer <- a
	}()
	t.Cleanup(func() { end(); w.Close(); keys.Close() })
	return k
}

func (k *desk) types(s string) {
	synctest.Wait()
	k.keys.Write([]byte(s))
	synctest.Wait()
}

func TestEveryKeyOfEveryDialog(t *testing.T) {
	several, plain := severalChoices(), runOrDefer()
	none := installNow()
	none.Pane = ""
	tests := []struct {
		name   string
		d      prompt.Dialog
		keys   string
		want   prompt.Answer
		opened int
	}{
		{"run", plain, "r", prompt.Answer{Result: prompt.ResultRun}, 0},
		{"run in capitals", plain, "R", prompt.Answer{Result: prompt.ResultRun}, 0},
		{"defer", plain, "d", prompt.Answer{Result: prompt.ResultDefer}, 0},
		{"Return defers", plain, "\r", prompt.Answer{Result: prompt.ResultDefer}, 0},
		{"Return as a line's end", plain, "\n", prompt.Answer{Result: prompt.ResultDefer}, 0},
		{"Escape defers", plain, "\x1b", prompt.Answer{Result: prompt.ResultDefer}, 0},
		{"Return takes the first of several deferrals", several, "\r", prompt.Answer{Result: prompt.ResultDefer}, 0},
		{"Escape takes it, too", several, "\x1b", prompt.Answer{Result: prompt.ResultDefer}, 0},
		{"first deferral", several, "1", prompt.Answer{Result: prompt.ResultDefer}, 0},
		{"third deferral", several, "3", prompt.Answer{Result: prompt.ResultDefer, Choice: 2}, 0},
		{"a deferral that is not there", several, "4", prompt.Answer{}, 0},
		{"no digit where there is one deferral", plain, "1", prompt.Answer{}, 0},
		{"an arrow", plain, "\x1b[A", prompt.Answer{}, 0},
		{"another letter", plain, "x", prompt.Answer{}, 0},
		{"a pasted text", plain, "dear r", prompt.Answer{}, 0},
		{"run now", runNow(), "r", prompt.Answer{Result: prompt.ResultRun}, 0},
		{"run now by Return", runNow(), "\r", prompt.Answer{Result: prompt.ResultRun}, 0},
		{"run now cannot be put off", runNow(), "d", prompt.Answer{}, 0},
		{"run now cannot be left", runNow(), "\x1b", prompt.Answer{}, 0},
		{"updating has no keys", updating(), "\r", prompt.Answer{}, 0},
		{"open", installNow(), "o", prompt.Answer{}, 1},
		{"open by Return", installNow(), "\r", prompt.Answer{}, 1},
		{"nothing to open", none, "o", prompt.Answer{}, 0},
		{"install now is put aside", installNow(), "\x1b", prompt.Answer{Result: prompt.ResultCancel}, 0},
		{"cancel", password(), "\x1b", prompt.Answer{Result: prompt.ResultCancel}, 0},
		{"no password", password(), "\r", prompt.Answer{}, 0},
		{"password", password(), "pä$ 1\r", prompt.Answer{Result: prompt.ResultPassword, Secret: prompt.Secret("pä$ 1")}, 0},
		{"password, corrected", password(), "abé\x7f\x7f\x08xyz\x15p\r", prompt.Answer{Result: prompt.ResultPassword, Secret: prompt.Secret("p")}, 0},
		{"password, taken back", password(), "é\x7f\x7f\r", prompt.Answer{}, 0},
		{"password, an arrow", password(), "\x1b[A", prompt.Answer{}, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				k := sit(t, test.d, true)
				time.Sleep(prompt.TooFast)
				k.types(test.keys)
				select {
				case a := <-k.answer:
					if a.Result != test.want.Result || a.Choice != test.want.Choice || string(a.Secret) != string(test.want.Secret) {
						t.Errorf("got %+v (%d bytes), want %+v", a, len(a.Secret), test.want)
					}
				default:
					if test.want.Result != "" {
						t.Errorf("no answer, want %+v", test.want)
					}
				}
				if len(k.opened) != test.opened {
					t.Errorf("opened %q", k.opened)
				}
				if s := k.screen.String(); strings.Contains(s, "pä$") {
					t.Errorf("the password is on the screen:\n%s", s)
				}
			})
		})
	}
}

func TestWhatIsTypedInTheFirstSecondDoesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := sit(t, runOrDefer(), true)
		k.types("r")
		time.Sleep(999 * time.Millisecond)
		k.types("\r")
		time.Sleep(time.Hour)
		k.types("d")
		if a := <-k.answer; a.Result != prompt.ResultDefer {
			t.Errorf("got %+v", a)
		}
		if got := k.screen.String(); !strings.HasSuffix(got, "  > Remind Me at 20:40\n") {
			t.Errorf("the screen ends with %q", got)
		}
	})
}

func TestAPasswordTypedInPiecesIsOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := sit(t, password(), true)
		time.Sleep(time.Minute)
		before := k.screen.String()
		for _, s := range []string{"h", "unt", "é"[:1], "é"[1:], "r"} {
			k.types(s)
		}
		if k.screen.String() != before {
			t.Error("typing a password changes the screen")
		}
		k.types("\n")
		if a := <-k.answer; string(a.Secret) != "huntér" {
			t.Errorf("got %d bytes", len(a.Secret))
		}
	})
}

func TestAnEndlessPasswordIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := sit(t, password(), true)
		time.Sleep(time.Minute)
		for range 100 {
			k.types(strings.Repeat("x", 100))
		}
		k.types("\r")
		if a := <-k.answer; len(a.Secret) != prompt.MaxSecret || cap(a.Secret) != prompt.MaxSecret {
			t.Errorf("got %d bytes of %d", len(a.Secret), cap(a.Secret))
		}
	})
}

func TestADialogThatIsTakenAwayGivesNoAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := sit(t, runNow(), true)
		time.Sleep(time.Minute)
		k.end()
		if a := <-k.answer; a.Result != "" || k.err != nil {
			t.Errorf("got %+v, %v", a, k.err)
		}
	})
}

func TestTheEndOfTheKeyboardIsNoAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := sit(t, runNow(), true)
		time.Sleep(time.Minute)
		k.keys.Close()
		if a := <-k.answer; a.Result != "" || k.err == nil {
			t.Errorf("got %+v, %v", a, k.err)
		}
	})
}

func TestAPaneThatDoesNotOpenIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := sit(t, installNow(), true)
		k.openErr = errors.New("no")
		time.Sleep(time.Minute)
		k.types("o")
		if got := k.screen.String(); !strings.Contains(got, "Software Update could not be opened. Please open it yourself.") {
			t.Errorf("the screen says:\n%s", got)
		}
	})
}

func TestOnlyWhatHasChangedIsDrawnAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := sit(t, runNow(), true)
		synctest.Wait()
		before := k.screen.String()
		k.changes <- prompt.Change{Passed: new(time.Second), Countdown: new(599 * time.Second)}
		synctest.Wait()
		got := strings.TrimPrefix(k.screen.String(), before)
		want := "\x1b[5A\r\x1b[J" +
			"  9:59\n" +
			"  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░\n\n" +
			"  [r] Start Now (Return)\n" + strings.Repeat("─", 79) + "\n"
		if got != want {
			t.Errorf("drew %q\nwant %q", got, want)
		}
		k.changes <- prompt.Change{Passed: new(time.Second), Countdown: new(599 * time.Second)}
		k.changes <- prompt.Change{TimeLeft: new(time.Hour)}
		synctest.Wait()
		if again := strings.TrimPrefix(k.screen.String(), before+got); again != "" {
			t.Errorf("drew %q for no change", again)
		}
	})
}

func TestWhereNothingCanBeDrawnAnewNewsAreWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := sit(t, runNow(), false)
		for left := 599 * time.Second; left >= 0; left -= time.Second {
			k.changes <- prompt.Change{Passed: new(10*time.Minute - left), Countdown: new(left)}
		}
		synctest.Wait()
		if got := k.screen.String(); strings.Contains(got, "\x1b") {
			t.Errorf("the screen got an escape sequence: %q", got)
		} else {
			golden.Check(t, "testdata/plain.txt", got)
		}
	})
}

func TestADialogTallerThanTheTerminalIsDrawnWhole(t *testing.T) {
	var out bytes.Buffer
	s := screen{out: &out, live: true, size: func() (int, int) { return 80, 3 }}
	if err := s.draw([]string{"a", "b", "c", "d"}); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	if err := s.draw([]string{"A", "b", "c", "d"}); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); got != "\nA\nb\nc\nd\n" {
		t.Errorf("drew %q", got)
	}
	out.Reset()
	if err := s.draw([]string{"A", "b", "c", "d", "e"}); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); got != "\r\x1b[Je\n" {
		t.Errorf("drew %q", got)
	}
}
