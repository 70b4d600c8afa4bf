//go:build linux && amd64

package killed

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"installordefer/internal/simmac"
	"installordefer/internal/simmac/rooted"
)

const (
	id     = "com.github.install-or-defer"
	safari = "Safari27.0TahoeAuto-27.0"
	tahoe  = "macOS Tahoe 26.7-25G229"
)

var all = flag.Bool("all", false, "kill at every call")

// binaries holds the programs that the tests run.
var binaries string

func TestMain(m *testing.M) {
	switch {
	case os.Getenv(filterVariable) != "":
		os.Exit(refused("filter", filter()))
	case os.Getenv(programVariable) != "":
		code, err := trace()
		if err != nil {
			code = refused("tracer", err)
		}
		os.Exit(code)
	}
	// A life is mostly waiting, so that several go on at a time on one core.
	flag.Parse()
	if testing.Short() {
		os.Exit(m.Run()) // which lives no life
	}
	_ = flag.Set("test.parallel", strconv.Itoa(max(4, 2*runtime.NumCPU())))
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "killed")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		binaries = dir
		cmd := exec.Command("go", "build", "-o", dir+"/", "installordefer/cmd/install-or-defer", "installordefer/internal/simmac/simtool")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			panic(string(out))
		}
		return m.Run()
	}())
}

// notAllowed is the exit code of a tracer that the machine does not let trace.
const notAllowed = 97

func refused(who string, err error) int {
	fmt.Fprintf(os.Stderr, "%s: %v\n", who, err)
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
		return notAllowed
	}
	return notAllowed + 1
}

// canTrace leaves the test out where processes may not be traced.
func canTrace(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("left out by -short: it lives in real time, some hundred times")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "orders")
	if err := (orders{}).write(path); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), programVariable+"=/bin/true", ordersVariable+"="+path)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() == notAllowed {
		t.Skipf("this machine does not let a process be traced, so nothing is killed: %s", out)
	}
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// A scenario is a life to be killed in.
type scenario struct {
	facts    simmac.Facts
	settings map[string]any
}

func scenarios() map[string]scenario {
	mac := func(answers ...simmac.Reaction) simmac.Facts {
		return simmac.Facts{
			Seed: 1, Start: time.Date(2026, 9, 21, 8, 0, 0, 0, time.UTC), OS: simmac.OS{Version: "26.6", Build: "25G72"},
			Accounts: []simmac.Account{{Name: "ada", FullName: "Ada Byron", UID: 501, Password: "correct horse", Owner: true,
				Person: simmac.Person{Temper: simmac.Listed, Answers: answers}}},
			Updates: []simmac.Update{{Label: safari, Title: "Safari", Version: "27.0", SizeKiB: 249465, Download: 10 * time.Second, Install: 10 * time.Second}},
			Job:     simmac.Job{Label: id},
		}
	}
	deferred := mac(simmac.Reaction{After: 3 * time.Second, Do: simmac.ActDefer}, simmac.Reaction{After: 3 * time.Second, Do: simmac.ActRun})
	restarted := mac()
	restarted.Updates = append(restarted.Updates, simmac.Update{Label: tahoe, Title: "macOS Tahoe 26.7", Version: "26.7", Build: "25G229",
		SizeKiB: 3039632, Action: simmac.RestartAction, Download: 10 * time.Second, Install: 10 * time.Second})
	return map[string]scenario{
		"deferred, then run":           {deferred, map[string]any{"MaxDeferralTime": 7200, "DeferralPeriod": 600, "PromptTimeout": 60}},
		"counted down, then restarted": {restarted, map[string]any{"SkipDeferral": true, "UpdateDelay": 60, "HardRestartDelay": 60}},
	}
}

// live lives the scenario with a kill at call number at, and says what was not
// done for it; 0 kills nowhere. The tracer's files are in folder.
func (s scenario) live(t *testing.T, folder string, at int) orders {
	t.Helper()
	root, path := filepath.Join(folder, "Mac"), filepath.Join(folder, "orders")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(folder, "program")
	if err := errors.Join(os.Mkdir(root, 0o755), orders{At: at}.write(path),
		os.WriteFile(program, []byte("#!/bin/sh\nexec '"+self+"' \"$@\"\n"), 0o755)); err != nil {
		t.Fatal(err)
	}
	var story []string
	mac, err := rooted.Start(rooted.Config{
		Root: root, Facts: s.facts, Rate: 200, Program: program, Simtool: filepath.Join(binaries, "simtool"), Output: os.Stderr,
		Env: []string{programVariable + "=" + filepath.Join(binaries, "install-or-defer"), ordersVariable + "=" + path},
		Tell: func(e simmac.Event, _ *time.Location) {
			story = append(story, fmt.Sprint(e.At, " ", e.Kind, " ", e.Name, " ", e.Text))
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer mac.Close()
	if err := mac.Profile(s.settings); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	err = mac.Live(ctx, 2*24*time.Hour)
	if _, there := os.Lstat(mac.Layout().Program()); errors.Is(err, fs.ErrNotExist) && errors.Is(there, fs.ErrNotExist) {
		// Killed between the deletion of the program and the end of the job
		// in launchd, which forgets it with the next start of the Mac.
		err = nil
		mac.Do(func(m *simmac.Mac) { m.LosePower() })
	}
	if err == nil {
		err = s.ended(mac)
	}
	o, errOrders := readOrders(path)
	if err = errors.Join(err, errOrders, mac.Close()); err != nil {
		t.Errorf("killed at call %d, %q: %v\n%s", at, o.Struck, err, strings.Join(story, "\n"))
	}
	return o
}

// ended checks what every life must come to. After the deletion of the program
// nobody is left to delete the job's own folder, so that may stay, with a mark in
// it, and with the error file, which launchd makes again at each start of the job
// that it tries.
func (s scenario) ended(mac *rooted.Mac) error {
	var problems []error
	mac.Do(func(m *simmac.Mac) {
		for _, u := range s.facts.Updates {
			if !m.Installed(u.Label) {
				problems = append(problems, fmt.Errorf("%s is not installed", u.Label))
			}
		}
		if m.JobLoaded() || m.HasReceipt() {
			problems = append(problems, errors.New("launchd or the installer still knows the job"))
		}
	})
	l := mac.Layout()
	gone := []string{l.JobFile(), l.Program(), l.Helper(), l.StateFile(), l.DeadlineCopy()}
	left, _ := filepath.Glob(filepath.Join(l.SupportFolder(), "*"))
	left = slices.DeleteFunc(left, func(path string) bool {
		return slices.Contains([]string{"removing", "lock", "errors"}, filepath.Base(path))
	})
	for _, path := range append(gone, left...) {
		if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
			problems = append(problems, fmt.Errorf("%s is still there", strings.TrimPrefix(path, l.Path())))
		}
	}
	return errors.Join(problems...)
}

// A tally says how often which call was struck.
type tally struct {
	mu     sync.Mutex
	struck int
	where  map[string]int
}

// chance is what differs from one life to the next in a path.
var chance = regexp.MustCompile(`/tmp/.*/Mac|\.[0-9a-f]{8,}`)

func (y *tally) add(o orders) {
	if o.Struck == "" {
		return
	}
	y.mu.Lock()
	defer y.mu.Unlock()
	y.struck++
	y.where[chance.ReplaceAllString(o.Struck, "")]++
}

func (y *tally) String() string {
	var lines []string
	for what, n := range y.where {
		lines = append(lines, fmt.Sprintf("%4d  %s", n, what))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// instants are the calls of a life at which it is killed. In an ordinary run
// they are all that change a file or end a process, and every fifth of the
// others, which start a program or write to one: most of those are of the log.
// With -all they are all.
func (s scenario) instants(t *testing.T) (instants []int, calls int) {
	t.Helper()
	folder := t.TempDir()
	clean := s.live(t, folder, 0)
	list, err := os.ReadFile(filepath.Join(folder, "orders.calls"))
	if err != nil {
		t.Fatal(err)
	}
	names := strings.Split(strings.TrimSuffix(string(list), "\n"), "\n")
	if len(names) != clean.Seen || clean.Seen < 50 {
		t.Fatalf("the tracer has seen %d calls and noted %d", clean.Seen, len(names))
	}
	others := 0
	for i, name := range names {
		if name == "start a process" || name == "write to a pipe" {
			if others++; others%5 != 0 && !*all {
				continue
			}
		}
		instants = append(instants, i+1)
	}
	return instants, len(names)
}

func TestAKillAtAnySystemCallOnlyDelaysTheEnd(t *testing.T) {
	canTrace(t)
	for name, s := range scenarios() {
		t.Run(name, func(t *testing.T) {
			instants, calls := s.instants(t)
			kills := tally{where: map[string]int{}}
			t.Run("killed", func(t *testing.T) {
				for _, at := range instants {
					t.Run(strconv.Itoa(at), func(t *testing.T) {
						t.Parallel()
						kills.add(s.live(t, t.TempDir(), at))
					})
				}
			})
			t.Logf("%d calls that change something; %d lives, %d kills before\n%s", calls, len(instants), kills.struck, &kills)
			// A busy machine makes more of some calls in one life than in
			// another, so that a few of the last may not come.
			if kills.struck < len(instants)/3 {
				t.Errorf("of %d lives only %d were killed", len(instants), kills.struck)
			}
		})
	}
}
