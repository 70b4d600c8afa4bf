package prompt

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// tells lets the helper say what is seen of its dialog, each after a second, and
// then does what do says.
func tells(do func(*actor, Dialog, *Reader, io.Writer) int, seen ...Sight) func(*actor, Dialog, *Reader, io.Writer) int {
	return func(a *actor, d Dialog, in *Reader, out io.Writer) int {
		v := &voice{out: out, dialog: d}
		for _, s := range seen {
			time.Sleep(time.Second)
			v.sees(s)
		}
		return do(a, d, in, out)
	}
}

func TestWhatIsSeenOfADialogReachesTheRootJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := converse(t, ask(RunOrDefer), tells(answers(time.Minute, Answer{Result: ResultRun}), Opening, Shown, Covered, Shown))
		if s := v.Sight(); s != Unsaid {
			t.Errorf("before the helper has said anything it says %q", s)
		}
		for i, want := range []Sight{Opening, Shown, Covered, Shown} {
			begun := time.Now()
			if a, ok := v.Wait(t.Context(), time.Hour); ok {
				t.Fatalf("there is an answer: %+v", a)
			}
			if s, took := v.Sight(), time.Since(begun); s != want || took != time.Second {
				t.Errorf("%d: after %v it is %q, want %q after a second", i, took, s, want)
			}
		}
		if a, ok := v.Wait(t.Context(), time.Hour); !ok || a.Result != ResultRun || a.After != 62*time.Second {
			t.Errorf("the answer is %+v, %v", a, ok)
		}
		if s := v.Sight(); s != Shown {
			t.Errorf("at its end it says %q", s)
		}
	})
}

func TestAHelperThatSaysNothingOfWhatIsSeenAnswersStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := converse(t, ask(RunOrDefer), answers(20*time.Second, Answer{Result: ResultDefer}))
		a, ok := v.Wait(t.Context(), time.Minute)
		if !ok || a.Result != ResultDefer || v.Sight() != Unsaid {
			t.Errorf("%+v, %v; %q is seen", a, ok, v.Sight())
		}
	})
}

func TestWhatIsNoWordOfWhatIsSeenIsNone(t *testing.T) {
	for name, line := range map[string]string{
		"that of another dialog": `{"id":"another","sight":"shown"}`,
		"an unknown one":         `{"id":"ID","sight":"admired"}`,
		"none":                   `{"id":"ID"}`,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v := converse(t, ask(RunOrDefer), func(_ *actor, d Dialog, in *Reader, out io.Writer) int {
					io.WriteString(out, strings.ReplaceAll(line, "ID", d.ID)+"\n")
					time.Sleep(2 * time.Second)
					code, _ := writeAnswer(out, d, Answer{Result: ResultRun})
					return code
				})
				a, ok := v.Wait(t.Context(), time.Minute)
				if !ok || a.Result != ResultNone || v.Sight() != Unsaid {
					t.Errorf("%+v, %v; %q is seen", a, ok, v.Sight())
				}
			})
		})
	}
}

func TestAHelperThatSaysTooMuchIsEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := converse(t, ask(RunOrDefer), func(a *actor, d Dialog, _ *Reader, out io.Writer) int {
			for range mostSights + 2 {
				out.Write(EncodeSight(d, Shown))
			}
			<-a.killed
			return -1
		})
		for {
			if a, ok := v.Wait(t.Context(), time.Minute); ok {
				if a.Result != ResultNone || a.Why != "the helper wrote more than one line" {
					t.Errorf("the answer is %+v", a)
				}
				return
			}
		}
	})
}

func TestTheHelperTellsWhatIsSeenOnlyWhereItIsAsked(t *testing.T) {
	for _, c := range []struct {
		name  string
		tells bool
		want  []Sight
	}{{"a root job that asks hears all of it, once each", true, []Sight{Opening, Shown, Locked, Shown}}, {"one of before hears the answer alone", false, nil}} {
		t.Run(c.name, func(t *testing.T) {
			d := ask(RunOrDefer)
			d.Tells = c.tells
			opening, err := EncodeDialog(d)
			if err != nil {
				t.Fatal(err)
			}
			var out, log bytes.Buffer
			in, w := io.Pipe()
			defer w.Close()
			go w.Write(opening)
			code := Helper{In: in, Out: &out, Log: &log, Clock: newBubble(), Toolkit: sightly{}}.Serve(t.Context())
			lines := bytes.SplitAfter(out.Bytes(), []byte("\n"))
			answer := lines[len(c.want)]
			for i, want := range c.want {
				if s, ok := decodeSight(d.ID, lines[i]); !ok || s != want {
					t.Errorf("line %d is %q, want %q", i, lines[i], want)
				}
			}
			if a := JudgeAnswer(d, answer, code, time.Minute); a.Result != ResultRun || len(lines) != len(c.want)+2 {
				t.Errorf("%q and exit code %d mean %+v", out.String(), code, a)
			}
		})
	}
}

// sightly is a toolkit whose dialog comes and goes, also when it has been
// answered.
type sightly struct{}

func (sightly) Show(_ context.Context, _ Dialog, _ <-chan Change, sees func(Sight)) (Answer, error) {
	for _, s := range []Sight{Shown, Shown, Locked, Shown} {
		sees(s)
	}
	return Answer{Result: ResultRun}, nil
}

func FuzzDecodeSight(f *testing.F) {
	f.Add(EncodeSight(Dialog{ID: "1"}, Shown))
	f.Add([]byte(`{"protocol":2,"id":"1","result":"run"}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		s, ok := decodeSight("1", line)
		if ok == (s == Unsaid) {
			t.Errorf("%q is %q, %v", line, s, ok)
		}
	})
}
