package rooted

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"installordefer/internal/simmac"
	"installordefer/internal/simmac/story"
	"installordefer/prompt"
)

const (
	id     = "com.github.install-or-defer"
	safari = "Safari27.0TahoeAuto-27.0"
)

// binaries holds the programs that the tests run.
var binaries string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "simmac")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		flag.Parse()
		if testing.Short() {
			return m.Run() // which lives no life
		}
		binaries = dir
		cmd := exec.Command("go", "build", "-o", dir+"/", "installordefer/cmd/install-or-defer", "installordefer/internal/simmac/simtool")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			panic(string(out))
		}
		return m.Run()
	}())
}

func tahoe() simmac.Facts {
	return simmac.Facts{
		Seed:  1,
		Start: time.Date(2026, 9, 21, 8, 0, 0, 0, time.UTC),
		OS:    simmac.OS{Version: "26.6", Build: "25G72"},
		Accounts: []simmac.Account{{Name: "ada", FullName: "Ada Byron", UID: 501, Password: "correct horse", Owner: true, LogsInAfter: 5 * time.Second,
			Apps: []simmac.App{{Name: "TextEdit", ID: "com.apple.TextEdit", Unsaved: true}}}},
		Updates: []simmac.Update{
			{Label: safari, Title: "Safari", Version: "27.0", SizeKiB: 249465, Download: 30 * time.Second},
			{Label: "macOS Tahoe 26.7-25G229", Title: "macOS Tahoe 26.7", Version: "26.7", Build: "25G229", SizeKiB: 3039632, Action: simmac.RestartAction, Download: 3 * time.Minute},
			{Label: "macOS 27-26A428", Title: "macOS 27", Version: "27", Build: "26A428", SizeKiB: 11727219, Action: simmac.RestartAction},
		},
		Job: simmac.Job{Label: id},
	}
}

// A life is one that a test looks at.
type life struct {
	*Mac
	t    *testing.T
	tell story.Teller
	told bytes.Buffer
	seen []simmac.Event
	each func(simmac.Event) // called with each event; the Mac is locked
}

// begin lays out a Mac with a deadline after four hours.
func begin(t *testing.T, f simmac.Facts) *life {
	t.Helper()
	if testing.Short() {
		t.Skip("left out by -short: it lives in real time")
	}
	t.Parallel()
	root := filepath.Join(t.TempDir(), "Mac")
	if err := os.Mkdir(root, 0o755); err != nil {
		t.Fatal(err)
	}
	l := &life{t: t}
	l.tell = story.Teller{Out: &l.told, Tools: true}
	var err error
	l.Mac, err = Start(Config{
		Root: root, Facts: f, Rate: 200, Tell: l.hear, Output: os.Stderr,
		Program: filepath.Join(binaries, "install-or-defer"), Simtool: filepath.Join(binaries, "simtool"),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Log(l.told.String())
		}
	})
	if err := l.Profile(map[string]any{"MaxDeferralTime": 4 * 3600, "DeferralPeriod": 2 * 3600, "PromptTimeout": 300}); err != nil {
		t.Fatal(err)
	}
	return l
}

func (l *life) hear(e simmac.Event, zone *time.Location) {
	l.seen = append(l.seen, e)
	l.tell.Tell(e, zone)
	if l.each != nil {
		l.each(e)
	}
}

// live lets the Mac live until the job is gone.
func (l *life) live() {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	if err := l.Live(ctx, 3*24*time.Hour); err != nil {
		l.t.Fatal(err)
	}
}

func (l *life) count(k simmac.Kind) int {
	n := 0
	for _, e := range l.seen {
		if e.Kind == k {
			n++
		}
	}
	return n
}

// checkEnd checks what every life must come to.
func (l *life) checkEnd() {
	l.t.Helper()
	l.Do(func(m *simmac.Mac) {
		if m.OS().Version != "26.7" || !m.Installed(safari) {
			l.t.Errorf("macOS %s runs", m.OS().Version)
		}
		if m.JobLoaded() || m.HasReceipt() {
			l.t.Error("launchd or the installer still knows the job")
		}
	})
	for _, path := range []string{l.Layout().JobFile(), l.Layout().SupportFolder(), l.Layout().StateFile()} {
		if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
			l.t.Errorf("%s is still there", strings.TrimPrefix(path, l.Layout().Path()))
		}
	}
}

func TestARealRootJobLivesItsLifeBelowARoot(t *testing.T) {
	l := begin(t, tahoe())
	l.live()
	l.checkEnd()
	for _, k := range []simmac.Kind{simmac.RestartAsked, simmac.RestartRefused, simmac.RestartForced, simmac.WorkLost} {
		if l.count(k) == 0 {
			t.Errorf("the story has no %v", k)
		}
	}
}

func TestOnAppleSiliconThePersonInstallsInSoftwareUpdate(t *testing.T) {
	f := tahoe()
	f.AppleSilicon = true
	f.Accounts[0].Person.InstallsAfter = 3 * time.Minute
	l := begin(t, f)
	l.live()
	l.checkEnd()
	if l.count(simmac.RestartForced) > 0 {
		t.Error("a restart was forced for an update that it does not install")
	}
	if l.count(simmac.PaneOpened) == 0 {
		t.Error("Software Update was never opened")
	}
}

// TestAKilledRootJobAndItsHelperLeaveNothingBehind kills the job's process by
// SIGKILL while its first dialog is on the screen.
func TestAKilledRootJobAndItsHelperLeaveNothingBehind(t *testing.T) {
	f := tahoe()
	f.Accounts[0].Apps = nil
	l := begin(t, f)
	killed := false
	l.each = func(e simmac.Event) {
		if e.Kind == simmac.DialogShown && !killed {
			killed = true
			syscall.Kill(l.job.Process.Pid, syscall.SIGKILL)
		}
	}
	l.live()
	l.checkEnd()
	var ends []string
	for _, e := range l.seen {
		switch e.Kind {
		case simmac.DialogShown, simmac.DialogClosed, simmac.JobKilled:
			ends = append(ends, e.Kind.String())
		}
	}
	if got := strings.Join(ends[:4], " "); got != "dialog dialog-close job-killed dialog" && got != "dialog job-killed dialog-close dialog" {
		t.Errorf("the story went %s", got)
	}
}

// TestAHelperThatIsKilledStoppedOrLiesConsentsToNothing lets a person do their
// worst with the real helper process.
func TestAHelperThatIsKilledStoppedOrLiesConsentsToNothing(t *testing.T) {
	f := tahoe()
	f.Accounts[0].Apps = nil
	f.Accounts[0].Person = simmac.Person{Temper: simmac.Listed, Answers: []simmac.Reaction{
		{After: 5 * time.Second, Do: simmac.ActKill}, {After: 5 * time.Second, Do: simmac.ActDisagree},
		{After: 5 * time.Second, Do: simmac.ActRubbish}, {Do: simmac.ActNothing},
	}}
	l := begin(t, f)
	l.live()
	l.checkEnd()
	var whys []string
	for _, e := range l.seen {
		if e.Kind == simmac.Installed {
			break
		}
		if e.Kind == simmac.Logged && strings.HasPrefix(e.Text, "There was no answer") {
			whys = append(whys, e.Text)
		}
	}
	for i, want := range []string{"killed or crashed", "do not agree", "not an answer"} {
		if i >= len(whys) || !strings.Contains(whys[i], want) {
			t.Errorf("no answer %d is %q, want %q", i, whys, want)
		}
	}
}

func TestTimePassesWhileTheMacSleepsAndNothingElseDoes(t *testing.T) {
	f := tahoe()
	f.Accounts[0].Person.Temper = simmac.Ignores
	f.Accounts[0].Apps = nil
	l := begin(t, f)
	slept := false
	l.each = func(e simmac.Event) {
		if e.Kind == simmac.DialogShown && e.Name == string(prompt.RunNow) && !slept {
			slept = true
			l.model.After(time.Minute, func() { l.model.Sleep(20 * time.Hour) })
		}
	}
	l.live()
	l.checkEnd()
	var shown time.Duration
	var from time.Duration
	for _, e := range l.seen {
		switch {
		case e.Name == string(prompt.RunNow) && e.Kind == simmac.DialogShown, e.Kind == simmac.WokeUp:
			from = e.At
		case e.Name == string(prompt.RunNow) && e.Kind == simmac.DialogClosed, e.Kind == simmac.FellAsleep:
			shown += e.At - from
			from = e.At
		}
	}
	if shown < 598*time.Second {
		t.Errorf("the countdown was on the screen of an awake Mac for %v", shown)
	}
}

func TestToolsBelowTheRootAnswerAsTheModelDoes(t *testing.T) {
	l := begin(t, tahoe())
	l.Do(func(m *simmac.Mac) { l.clock.run(l.Mac) })
	for _, c := range []struct {
		argv  []string
		stdin string
		out   string
		code  int
	}{
		{[]string{"/usr/bin/fdesetup", "status"}, "", "FileVault is ", 0},
		{[]string{"/usr/sbin/scutil"}, "show State:/Users/ConsoleUser\n", "Name : ", 0},
		{[]string{"/bin/launchctl", "print", "system/com.example.other"}, "", "Bad request.", 113},
		{[]string{"/bin/launchctl", "asuser", "501", "/x/install-or-defer", "as-person", "501", "/usr/bin/fdesetup", "status"}, "", "FileVault is ", 0},
	} {
		cmd := exec.Command(filepath.Join(l.cfg.Root, c.argv[0]), c.argv[1:]...)
		cmd.Stdin = strings.NewReader(c.stdin)
		out, _ := cmd.CombinedOutput()
		if !strings.Contains(string(out), c.out) || cmd.ProcessState.ExitCode() != c.code {
			t.Errorf("%v: printed %q, status %d; want %q, %d", c.argv, out, cmd.ProcessState.ExitCode(), c.out, c.code)
		}
	}
}

func TestNoProcessOutlivesAMacThatIsSwitchedOff(t *testing.T) {
	l := begin(t, tahoe())
	l.Do(func(m *simmac.Mac) {
		m.Faults = []*simmac.Fault{{Tool: "softwareupdate", Kind: simmac.HangsAtStart}}
		l.clock.run(l.Mac)
	})
	cmd := exec.Command(filepath.Join(l.cfg.Root, "usr/sbin/softwareupdate"), "--list")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for range 500 {
		l.Do(func(m *simmac.Mac) {
			if m.Waiting() {
				m.LosePower()
			}
		})
		time.Sleep(10 * time.Millisecond)
		if l.count(simmac.WentDown) > 0 {
			break
		}
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case <-ended:
		if s := fmt.Sprint(cmd.ProcessState); !strings.Contains(s, "killed") {
			t.Errorf("the tool ended with %s", s)
		}
	case <-time.After(10 * time.Second):
		cmd.Process.Kill()
		t.Error("the tool lives on")
	}
}
