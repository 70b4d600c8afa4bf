package appkit_test

import (
	"context"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"installordefer/internal/toolchain/display"
	"installordefer/internal/toolchain/driver"
	"installordefer/internal/toolchain/helper"
	"installordefer/prompt"
	"installordefer/prompt/examples"
)

// The tests of this file start the real helper on a display of its own and
// use it by mouse and keyboard. They need GNUstep and Xvfb, which
// "go run ./internal/toolchain/xgo setup gnustep" installs.

// pictures, when set, is the folder that keeps a picture of every dialog
// tested.
const pictures = "INSTALL_OR_DEFER_PICTURES"

// helperProgram builds the helper once for all tests.
var helperProgram = sync.OnceValues(func() (string, error) {
	program := filepath.Join(temporary, "install-or-defer-prompt")
	return program, helper.Build("gnustep", program)
})

var temporary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "appkit-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	temporary = dir
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// A screen is a display with a dialog on it.
type screen struct {
	*driver.Helper
	t       *testing.T
	dialog  prompt.Dialog
	display *display.Display
}

// show starts the helper with d and waits until its first second is over.
func show(t *testing.T, d prompt.Dialog, env ...string) *screen {
	t.Helper()
	s := appear(t, d, env...)
	s.must(s.Event("armed"))
	return s
}

// appear starts the helper with d and waits until the window is there.
func appear(t *testing.T, d prompt.Dialog, env ...string) *screen {
	t.Helper()
	return appearOn(t, display.Options{}, d, env...)
}

// appearOn is appear on a screen of another kind.
func appearOn(t *testing.T, o display.Options, d prompt.Dialog, env ...string) *screen {
	t.Helper()
	helper.NeedGNUstep(t)
	program, err := helperProgram()
	if err != nil {
		t.Fatal(err)
	}
	screen0, err := display.Start(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(screen0.Close)
	if d.ID == "" {
		d.ID = "test"
	}
	line, err := prompt.EncodeDialog(d)
	if err != nil {
		t.Fatal(err)
	}
	h, err := driver.Start(screen0, program, line, env...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Kill)
	s := &screen{Helper: h, t: t, dialog: d, display: screen0}
	s.must(h.Event("shown"))
	t.Logf("on the screen after %v", h.Age().Round(time.Millisecond))
	t.Cleanup(func() {
		if t.Failed() {
			s.keepPicture("failed-")
		}
	})
	return s
}

func (s *screen) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// keepPicture writes what the screen shows into the folder for pictures.
func (s *screen) keepPicture(prefix string) {
	dir := os.Getenv(pictures)
	if dir == "" || s.Ended() {
		return
	}
	img, err := s.Picture()
	if err != nil {
		s.t.Log(err)
		return
	}
	f, err := os.Create(filepath.Join(dir, prefix+strings.ReplaceAll(s.t.Name(), "/", "-")+".png"))
	if err != nil {
		s.t.Log(err)
		return
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		s.t.Log(err)
	}
}

// answers waits for the end, and reads the answer as the root job does.
func (s *screen) answers(want prompt.Result) prompt.Answer {
	s.t.Helper()
	after := s.Age()
	code, output, err := s.Wait()
	s.must(err)
	a := prompt.JudgeAnswer(s.dialog, output, code, max(after, s.dialog.Timeout, s.dialog.Countdown))
	if a.Result != want {
		s.t.Fatalf("the answer is %q (%s), not %q; exit code %d, output %q\n%s", a.Result, a.Why, want, code, output, s.Log())
	}
	return a
}

// noAnswer waits for the end, which must not be an answer.
func (s *screen) noAnswer() (code int) {
	s.t.Helper()
	code, output, err := s.Wait()
	s.must(err)
	if a := prompt.JudgeAnswer(s.dialog, output, code, time.Hour); a.Result != prompt.ResultNone {
		s.t.Fatalf("the answer is %q, and there should be none", a.Result)
	}
	if code == 0 || code == 2 {
		s.t.Errorf("exit code %d, which says nothing\n%s", code, s.Log())
	}
	return code
}

func (s *screen) says(name, pattern string) {
	s.t.Helper()
	s.must(s.Text(name, regexp.MustCompile(pattern).MatchString))
}

// tell sends a change to the helper.
func (s *screen) tell(c prompt.Change) {
	s.t.Helper()
	line, err := prompt.EncodeChange(c)
	s.must(err)
	_, err = s.Stdin.Write(line)
	s.must(err)
}

var berlin = time.FixedZone("CET", 3600)

// state is a dialog in one of its states, opened on a Tuesday at noon.
func state(name string) prompt.Dialog {
	s, ok := examples.Named(name)
	if !ok {
		panic("there is no state " + name)
	}
	return s.Dialog(time.Date(2026, 11, 24, 12, 40, 0, 0, berlin), prompt.Dialog{
		Language: "en", Choices: []prompt.Choice{{For: 4 * time.Hour}}, Countdown: 10 * time.Minute,
	})
}

// runOrDefer is an ordinary prompt.
func runOrDefer() prompt.Dialog { return state("first") }

func withChoices(d prompt.Dialog) prompt.Dialog {
	d.Choices = nil
	for _, h := range []time.Duration{4, 1, 24} {
		d.Choices = append(d.Choices, prompt.Choice{For: h * time.Hour, Until: d.Opened.Add(h * time.Hour)})
	}
	return d
}

// saying is a prompt with the administrator's texts.
func saying(d prompt.Dialog, own prompt.Texts) prompt.Dialog {
	d.Own = map[string]prompt.Texts{"": own}
	return d
}

func password() prompt.Dialog { return state("password") }

func TestAClickOnRunRuns(t *testing.T) {
	s := show(t, runOrDefer())
	s.keepPicture("")
	s.must(s.Click("run"))
	s.answers(prompt.ResultRun)
}

func TestAClickOnDeferDefers(t *testing.T) {
	s := show(t, runOrDefer())
	s.must(s.Click("defer"))
	s.answers(prompt.ResultDefer)
}

func TestReturnDefers(t *testing.T) {
	s := show(t, runOrDefer())
	s.must(s.Key("Return"))
	s.answers(prompt.ResultDefer)
}

func TestEscapeDefers(t *testing.T) {
	s := show(t, runOrDefer())
	s.must(s.Key("Escape"))
	s.answers(prompt.ResultDefer)
}

func TestADeferralIsPickedFromTheMenu(t *testing.T) {
	s := show(t, withChoices(runOrDefer()))
	s.keepPicture("")
	s.says("defer", "^Remind Me at 16:40$")
	// The menu opens with its first item under the pointer; rows are as high
	// as the button.
	s.must(s.Pick("choice", 1, func(shown string) bool { return shown == "in 1 hour" }))
	s.says("defer", "^Remind Me at 13:40$")
	s.must(s.Click("defer"))
	if a := s.answers(prompt.ResultDefer); a.Choice != 1 {
		t.Errorf("deferral number %d was chosen, not 1", a.Choice)
	}
}

func TestAKeyInTheFirstSecondIsIgnored(t *testing.T) {
	for range 5 {
		s := appear(t, runOrDefer())
		began := time.Now()
		s.must(s.Key("Return"))
		if time.Since(began) > 700*time.Millisecond {
			s.Kill()
			continue // too late to be within the first second: this machine is busy
		}
		s.must(s.Event("ignored"))
		s.must(s.Event("armed"))
		s.must(s.Key("Return"))
		s.answers(prompt.ResultDefer)
		return
	}
	t.Skip("no key could be pressed within the first second: this machine is too busy")
}

func TestRunNowCountsDownToTheEnd(t *testing.T) {
	d := state("final")
	d.Countdown = 6 * time.Second
	s := show(t, d)
	s.keepPicture("")
	for _, key := range []string{"Escape", "space", "alt+F4", "super+q", "super+w"} {
		s.must(s.Key(key)) // none of them dismisses it
	}
	s.must(s.Event("last minute"))
	s.says("clock", `^0:02$`)
	if bar, _ := s.Place("bar"); bar.Value <= 0 || bar.Value > 0.6 {
		t.Errorf("the bar is at %v with two of six seconds left", bar.Value)
	}
	s.answers(prompt.ResultTimeout)
}

func TestRunNowRunsWhenItIsClicked(t *testing.T) {
	s := show(t, state("final"))
	s.says("heading", "^Updates start at 12:50$")
	clock, _ := s.Place("clock")
	heading, _ := s.Place("heading")
	if clock.H < 2*heading.H {
		t.Errorf("the countdown is %d high and the heading %d", clock.H, heading.H)
	}
	s.must(s.Click("run"))
	s.answers(prompt.ResultRun)
}

func TestUpdatingShowsProgressAndClosesItself(t *testing.T) {
	s := appear(t, state("updating-quiet"))
	s.says("status", "^Installing…$")
	if bar, _ := s.Place("bar"); bar.Value != -1 {
		t.Errorf("the bar claims to know the progress: %v", bar.Value)
	}
	for percent := 5; percent <= 100; percent += 5 {
		s.tell(prompt.Change{Progress: &prompt.Progress{Fraction: float64(percent) / 100, Updates: []string{"Safari 27.0"}}})
	}
	s.says("status", "^Safari 27.0: 100%$")
	if bar, _ := s.Place("bar"); bar.Value != 1 {
		t.Errorf("the bar is at %v at the end", bar.Value)
	}
	s.keepPicture("")
	s.Stdin.Close()
	if a := s.answers(prompt.ResultClosed); a.Why != "" {
		t.Errorf("it was closed, but: %s", a.Why)
	}
}

func TestInstallNowOpensSoftwareUpdateAndStays(t *testing.T) {
	d := state("install")
	s := show(t, d)
	s.keepPicture("")
	s.must(s.Click("open"))
	s.must(s.Event("opens " + d.Pane))
	s.Stdin.Close()
	s.answers(prompt.ResultClosed)
}

func TestInstallNowIsPutAside(t *testing.T) {
	s := show(t, state("install"))
	s.must(s.Click("ok"))
	s.answers(prompt.ResultCancel)
}

func TestTheRestartNeedNotBeWaitedFor(t *testing.T) {
	s := show(t, state("save"))
	s.keepPicture("")
	s.must(s.Key("Return")) // which restarts nothing
	s.must(s.Click("run"))
	s.answers(prompt.ResultRun)
}

func TestWhoMayNotInstallReadsThatAndIsDone(t *testing.T) {
	s := show(t, state("not-allowed"))
	s.keepPicture("")
	s.must(s.Click("ok"))
	s.answers(prompt.ResultCancel)
}

func TestAPasswordIsHandedOverOnce(t *testing.T) {
	d := password()
	d.Rejected = &prompt.Rejected{TriesLeft: 2}
	s := show(t, d)
	s.says("problem", "^That is not the right password. You have 2 more tries.$")
	s.must(s.Type("pa$$ w0rd"))
	s.keepPicture("")
	s.must(s.Key("Return"))
	a := s.answers(prompt.ResultPassword)
	if string(a.Secret) != "pa$$ w0rd" {
		t.Errorf("the password arrived as %q", []byte(a.Secret))
	}
	if strings.Contains(s.Log(), "w0rd") || strings.Contains(fmt.Sprint(s.Names()), "w0rd") {
		t.Error("the password is in the trace")
	}
}

func TestAnEmptyPasswordIsNoAnswerAndCancelIsOne(t *testing.T) {
	s := show(t, password())
	s.must(s.Click("continue"))
	s.must(s.Type("x"))
	s.must(s.Key("BackSpace"))
	s.must(s.Key("Return"))
	s.must(s.Click("cancel"))
	s.answers(prompt.ResultCancel)

	s = show(t, password())
	s.must(s.Type("half"))
	s.must(s.Key("Escape"))
	s.answers(prompt.ResultCancel)
}

func TestWhatIsTypedInTheFirstSecondIsNoPassword(t *testing.T) {
	for range 5 {
		s := appear(t, password())
		began := time.Now()
		s.must(s.Type("early"))
		if time.Since(began) > 700*time.Millisecond {
			s.Kill()
			continue
		}
		s.must(s.Event("armed"))
		s.must(s.Type("late"))
		s.must(s.Key("Return"))
		if a := s.answers(prompt.ResultPassword); string(a.Secret) != "late" {
			t.Errorf("the password arrived as %q", []byte(a.Secret))
		}
		return
	}
	t.Skip("nothing could be typed within the first second: this machine is too busy")
}
