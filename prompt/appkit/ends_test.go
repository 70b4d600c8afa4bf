package appkit_test

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"installordefer/internal/toolchain/driver"
	"installordefer/prompt"
)

func TestTheDialogGoesWhenStandardInputEnds(t *testing.T) {
	s := appear(t, runOrDefer())
	s.Stdin.Close()
	s.answers(prompt.ResultClosed)
}

func TestASignalEndsTheDialogWithoutAnAnswer(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
		s := appear(t, runOrDefer())
		s.must(s.Command.Process.Signal(signal))
		if code := s.noAnswer(); code != prompt.ExitNone {
			t.Errorf("%v: exit code %d, not %d", signal, code, prompt.ExitNone)
		}
	}
}

func TestAKilledHelperIsNoAnswer(t *testing.T) {
	s := show(t, runOrDefer())
	s.must(s.Command.Process.Kill())
	s.noAnswer()
}

func TestTheDialogGoesWhenTheParentIsGone(t *testing.T) {
	s := appear(t, runOrDefer()) // for the program
	s.Kill()
	// The shell is the helper's parent. Standard input stays open.
	parent := filepath.Join(t.TempDir(), "parent")
	script := "#!/bin/sh\nexec 3<&0\n'" + s.Command.Path + "' <&3 &\nwait\n"
	s.must(os.WriteFile(parent, []byte(script), 0o755))
	line, err := prompt.EncodeDialog(s.dialog)
	s.must(err)
	h, err := driver.Start(s.display, parent, line)
	s.must(err)
	s.must(h.Event("armed"))
	s.must(h.Command.Process.Kill())
	_, output, err := h.Wait() // for whoever holds standard output
	s.must(err)
	if a := prompt.JudgeAnswer(s.dialog, output, prompt.ExitNone, time.Hour); a.Result != prompt.ResultNone || !bytes.Contains(output, []byte(`"none"`)) {
		t.Errorf("the answer is %q: %q", a.Result, output)
	}
}

func TestAKilledDisplayIsNoAnswer(t *testing.T) {
	s := show(t, runOrDefer())
	s.display.Close()
	s.noAnswer()
}

func TestWithoutADisplayNothingIsShownAndThatIsSaid(t *testing.T) {
	s := appear(t, runOrDefer()) // for the program
	s.Kill()
	gone := *s.display
	gone.Env = []string{"DISPLAY="}
	line, err := prompt.EncodeDialog(s.dialog)
	s.must(err)
	h, err := driver.Start(&gone, s.Command.Path, line)
	s.must(err)
	code, output, err := h.Wait()
	s.must(err)
	if code != prompt.ExitNone || prompt.JudgeAnswer(s.dialog, output, code, time.Hour).Result != prompt.ResultNone {
		t.Errorf("exit code %d, output %q", code, output)
	}
	if !strings.Contains(h.Log(), "no display") {
		t.Errorf("it says %q and not that there is no display", h.Log())
	}
}

func TestTheTimeLimitEndsTheDialogAlsoWhileAMenuIsOpen(t *testing.T) {
	d := withChoices(runOrDefer())
	d.Timeout = 5 * time.Second
	s := show(t, d)
	p, _ := s.Place("choice")
	s.must(s.ClickAt(p.X, p.Y))
	s.answers(prompt.ResultTimeout)
}

func TestASecondHelperDoesNotDisturbTheFirst(t *testing.T) {
	first := show(t, runOrDefer())
	d := first.dialog
	d.ID = "second"
	line, err := prompt.EncodeDialog(d)
	first.must(err)
	second, err := driver.Start(first.display, first.Command.Path, line)
	first.must(err)
	t.Cleanup(second.Kill)
	first.must(second.Event("armed"))
	first.must(second.Click("run"))
	code, output, err := second.Wait()
	first.must(err)
	if a := prompt.JudgeAnswer(d, output, code, time.Minute); a.Result != prompt.ResultRun {
		t.Errorf("the second helper answers %q: %s", a.Result, a.Why)
	}
	if a := prompt.JudgeAnswer(first.dialog, output, code, time.Minute); a.Result != prompt.ResultNone {
		t.Errorf("the answer to the second dialog counts for the first: %q", a.Result)
	}
	first.must(first.Click("defer"))
	first.answers(prompt.ResultDefer)
}

func TestRubbishOnStandardInputShowsNothing(t *testing.T) {
	s := appear(t, runOrDefer()) // for the program
	s.Kill()
	for _, line := range []string{"", "\n", "{}\n", "not JSON\n", `{"protocol":99,"id":"x","kind":"run-now"}` + "\n"} {
		h, err := driver.Start(s.display, s.Command.Path, []byte(line))
		s.must(err)
		h.Stdin.Close()
		code, output, err := h.Wait()
		s.must(err)
		if code != prompt.ExitNone || len(bytes.TrimSpace(output)) > 0 || len(h.Names()) > 0 {
			t.Errorf("%q: exit code %d, output %q, controls %v", line, code, output, h.Names())
		}
	}
}

func TestTheWindowIsThereWithinASecond(t *testing.T) {
	var ages []time.Duration
	for range 5 {
		s := appear(t, runOrDefer())
		ages = append(ages, s.Age())
		s.Kill()
	}
	// The quickest of five: what else runs on this machine is not its fault.
	if quickest := slices.Min(ages); quickest > time.Second {
		t.Errorf("the window took at least %v to appear: %v", quickest, ages)
	}
}

func TestTheWindowDrawsItselfIntoAFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "window.png")
	s := appear(t, runOrDefer(), "INSTALL_OR_DEFER_PICTURE="+name)
	f, err := os.Open(name)
	s.must(err)
	defer f.Close()
	img, err := png.Decode(f)
	s.must(err)
	if w, _ := s.Place("window"); img.Bounds().Dx() != w.W || img.Bounds().Dy() != w.H {
		t.Errorf("the picture is %v, the window %d by %d", img.Bounds(), w.W, w.H)
	}
}
