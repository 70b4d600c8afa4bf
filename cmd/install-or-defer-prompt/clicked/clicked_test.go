package clicked

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"installordefer/internal/simmac"
	"installordefer/internal/simmac/rooted"
	"installordefer/internal/toolchain/display"
	"installordefer/internal/toolchain/driver"
	"installordefer/internal/toolchain/helper"
	"installordefer/prompt"
)

// A desk is a simulated Mac with a root job, and a screen in front of it.
type desk struct {
	*driver.Helper
	t    *testing.T
	root string
	mac  *rooted.Mac
	life chan error

	mu    sync.Mutex
	log   []string    // of the root job
	shown []time.Time // of prompts, by the Mac's clock
	gone  int         // dialogs that were on the screen
}

// sit lays out a Mac and lets the root job live on it. Time runs as on the wall
// while a dialog waits for an answer.
func sit(t *testing.T, facts simmac.Facts, settings map[string]any) *desk {
	t.Helper()
	program := build(t)
	screen, err := display.Start(context.Background(), display.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(screen.Close)
	folder := t.TempDir()
	d := &desk{t: t, root: filepath.Join(folder, "root"), life: make(chan error, 1)}
	if err := os.Mkdir(d.root, 0o755); err != nil {
		t.Fatal(err)
	}
	trace := filepath.Join(folder, "trace")
	if err := syscall.Mkfifo(trace, 0o600); err != nil {
		t.Fatal(err)
	}
	// Open for writing too, so that it does not end with the first helper.
	pipe, err := os.OpenFile(trace, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pipe.Close() })
	d.Helper = driver.Watch(screen, pipe)

	d.mac, err = rooted.Start(rooted.Config{
		Root: d.root, Facts: facts, Tell: d.tell, Rate: 40, RateAt: patient,
		Program: filepath.Join(program, "install-or-defer"), Simtool: filepath.Join(program, "simtool"),
		Helper: d.wrapper(folder, program, trace, screen.Env),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.mac.Close() })
	if err := d.mac.Profile(settings); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	go func() { d.life <- d.mac.Live(ctx, 3*24*time.Hour) }()
	return d
}

// patient lets time run as on the wall while somebody has to click, and a
// countdown somewhat faster.
func patient(kind prompt.Kind) float64 {
	switch kind {
	case prompt.Updating:
		return 60
	case prompt.InstallNow:
		return 20
	case prompt.RunNow:
		return 4
	}
	return 1
}

// wrapper starts the helper on our screen, with its trace going to us. The
// root job gives helpers an environment without either.
func (d *desk) wrapper(folder, program, trace string, env []string) string {
	d.t.Helper()
	var script strings.Builder
	script.WriteString("#!/bin/sh\n")
	for _, e := range append(env, "INSTALL_OR_DEFER_TRACE=stderr") {
		fmt.Fprintf(&script, "export '%s'\n", e)
	}
	fmt.Fprintf(&script, "echo '{\"event\": \"%s\"}' >'%s'\n", driver.Starts, trace)
	fmt.Fprintf(&script, "exec '%s' \"$@\" 2>'%s'\n", filepath.Join(program, "install-or-defer-prompt"), trace)
	name := filepath.Join(folder, "helper")
	if err := os.WriteFile(name, []byte(script.String()), 0o755); err != nil {
		d.t.Fatal(err)
	}
	return name
}

func (d *desk) tell(e simmac.Event, _ *time.Location) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case e.Kind == simmac.Logged:
		d.log = append(d.log, e.Text)
	case e.Kind == simmac.DialogShown && e.Name == string(prompt.RunOrDefer):
		d.shown = append(d.shown, e.Moment.Wall)
	case e.Kind == simmac.DialogClosed:
		d.gone++
	}
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.t.Fatalf("%v\nThe root job's log:\n%s", err, strings.Join(d.log, "\n"))
	}
}

// sees waits for the dialog whose heading or body holds text, and for the end
// of its first second.
func (d *desk) sees(name, text string) {
	d.t.Helper()
	d.must(d.Sees(name, func(s string) bool { return strings.Contains(s, text) }))
}

// clicks answers the dialog. What is traced from now on is the next one's.
func (d *desk) clicks(name string) {
	d.t.Helper()
	p, ok := d.Place(name)
	if !ok {
		d.t.Fatalf("there is no %q in this dialog", name)
	}
	d.answers(func() error { return d.ClickAt(p.X, p.Y) })
}

// keys answers by keyboard.
func (d *desk) keys(keys ...string) {
	d.t.Helper()
	d.answers(func() error { return d.Key(keys...) })
}

// answers does what answers the dialog until that goes away. On a busy machine GNUstep
// gets press and release at once, and takes that for no click; a person clicks again.
// The next dialog listens to nobody in its first second.
func (d *desk) answers(do func() error) {
	d.t.Helper()
	const tries, each = 12, 10 * time.Second
	d.Forget()
	was := d.left()
	for range tries {
		d.must(do())
		for end := time.Now().Add(each); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
			if d.left() > was {
				return
			}
		}
	}
	d.must(fmt.Errorf("the dialog stays, whatever answers it"))
}

// left is how many dialogs have gone from the screen.
func (d *desk) left() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.gone
}

// logged waits until the root job has said this.
func (d *desk) logged(text string) {
	d.t.Helper()
	for end := time.Now().Add(driver.Patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		d.mu.Lock()
		all := strings.Join(d.log, "\n")
		d.mu.Unlock()
		if strings.Contains(all, text) {
			return
		}
	}
	d.must(fmt.Errorf("the root job has not said %q", text))
}

// ends waits until the job is gone for good.
func (d *desk) ends() {
	d.t.Helper()
	select {
	case err := <-d.life:
		d.must(err)
	case <-time.After(2 * driver.Patience):
		d.must(fmt.Errorf("the job's life does not end"))
	}
}

var programs = sync.OnceValues(func() (string, error) {
	if err := helper.Build("gnustep", filepath.Join(temporary, "install-or-defer-prompt")); err != nil {
		return "", err
	}
	out, err := exec.Command("go", "build", "-o", temporary+"/", "installordefer/cmd/install-or-defer", "installordefer/internal/simmac/simtool").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, out)
	}
	return temporary, err
})

var temporary string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var err error
		if temporary, err = os.MkdirTemp("", "clicked-"); err != nil {
			panic(err)
		}
		defer os.RemoveAll(temporary)
		return m.Run()
	}())
}

// build makes the programs, or leaves the test out.
func build(t *testing.T) string {
	t.Helper()
	helper.NeedGNUstep(t)
	dir, err := programs()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// tahoe is a Mac on macOS Tahoe with what was offered to it.
func tahoe(appleSilicon bool) simmac.Facts {
	return simmac.Facts{
		Seed: 1, Start: time.Date(2026, 9, 21, 9, 0, 0, 0, time.UTC), AppleSilicon: appleSilicon,
		OS: simmac.OS{Version: "26.6", Build: "25G72"},
		Accounts: []simmac.Account{{Name: "ada", FullName: "Ada Byron", UID: 501, Password: secret, Owner: true,
			LogsInAfter: 5 * time.Second, Person: simmac.Person{Temper: simmac.Defers, InstallsAfter: 3 * time.Minute}}},
		Updates: []simmac.Update{
			{Label: "Safari27.0TahoeAuto-27.0", Title: "Safari", Version: "27.0", SizeKiB: 249465, Download: 20 * time.Second},
			{Label: "macOS Tahoe 26.7-25G229", Title: "macOS Tahoe 26.7", Version: "26.7", Build: "25G229", SizeKiB: 3039632,
				Action: simmac.RestartAction, Download: time.Minute},
		},
		Job: simmac.Job{Label: "com.github.install-or-defer"},
	}
}

const secret = "correct horse battery"

func TestEveryAnswerInAWindowReachesTheRootJob(t *testing.T) {
	d := sit(t, tahoe(false), map[string]any{"MaxDeferralTime": 8 * 3600, "DeferralChoices": []any{3600, 7200}, "UpdateDelay": 600})

	d.sees("heading", "Updates are due")
	d.must(d.Pick("choice", 1, func(shown string) bool { return shown == "in 2 hours" })) // the second in the menu
	d.clicks("defer")
	d.logged("clicked Defer")

	d.sees("choice", "in 1 hour")
	d.keys("Return")

	d.sees("heading", "Updates are due")
	d.keys("Escape")

	d.sees("run", "")
	d.clicks("run")
	d.logged("clicked Run Updates")
	d.must(d.Event("shown")) // of the dialog that shows the progress
	d.must(d.Text("status", func(s string) bool { return strings.Contains(s, "%") }))
	d.ends()

	d.mu.Lock()
	defer d.mu.Unlock()
	if n := strings.Count(strings.Join(d.log, "\n"), "clicked Defer"); n != 3 {
		t.Errorf("the root job counts %d deferrals and not 3:\n%s", n, strings.Join(d.log, "\n"))
	}
}

func TestACountdownThatRunsOutInAWindowInstalls(t *testing.T) {
	d := sit(t, tahoe(false), map[string]any{"SkipDeferral": true, "UpdateDelay": 60})
	d.must(d.Event("armed"))
	d.must(d.Event("last minute"))
	d.must(d.Text("clock", func(s string) bool { return strings.HasPrefix(s, "0:4") })) // 49 to 40 seconds
	d.must(d.Key("Escape"))                                                             // does nothing
	d.logged("The countdown of 1 minute has ended")
	d.ends()
}

func TestTheDialogAboutInstallingStaysUntilThatIsDone(t *testing.T) {
	d := sit(t, tahoe(true), map[string]any{"SkipDeferral": true, "UpdateDelay": 60})
	d.sees("run", "")
	d.clicks("run")
	d.sees("open", "Open Software Update")
	d.must(d.Click("open"))
	d.must(d.Event("opens x-apple.systempreferences:com.apple.Software-Update-Settings.extension"))
	d.ends() // once the person of the model has installed in System Settings
}

func TestAPasswordGoesIntoOnePipeAndNowhereElse(t *testing.T) {
	d := sit(t, tahoe(true), map[string]any{"SkipDeferral": true, "UpdateDelay": 60, "AppleSiliconPassword": true})
	d.sees("run", "")
	d.clicks("run")

	d.sees("password label", "ada")
	d.must(d.Click("password")) // a busy machine may not have given it the keys yet
	d.must(d.Type("wrong horse"))
	d.keys("Return")

	d.sees("problem", "That is not the right password. You have 2 more tries.")
	d.must(d.Click("password"))
	d.must(d.Type(secret))
	d.clicks("continue")
	d.ends()

	for _, word := range []string{secret, "wrong horse"} {
		if file := holds(t, d.root, word); file != "" {
			t.Errorf("the password %q is in %s", word, file)
		}
		if strings.Contains(strings.Join(d.log, "\n"), word) || strings.Contains(d.Log(), word) {
			t.Errorf("the password %q is in a log", word)
		}
	}
	d.mac.Do(func(m *simmac.Mac) {
		for _, e := range m.Journal.Events {
			if strings.Contains(strings.Join(e.Argv, " "), secret) {
				t.Errorf("the password is an argument of %q", e.Argv)
			}
		}
	})
}

// holds names the first file below dir that holds word.
func holds(t *testing.T, dir, word string) (found string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(name)
		if bytes.Contains(data, []byte(word)) {
			found = name
			return filepath.SkipAll
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
