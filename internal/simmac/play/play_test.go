package main

import (
	"bytes"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
)

// binaries holds the programs that are played with.
var binaries string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "play")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		flag.Parse()
		if testing.Short() {
			return m.Run() // which plays no life
		}
		binaries = dir
		cmd := exec.Command("go", "build", "-o", dir+"/", "installordefer/cmd/install-or-defer", "installordefer/cmd/install-or-defer-prompt",
			"installordefer/internal/simmac/simtool", "installordefer/internal/simmac/play")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			panic(string(out))
		}
		return m.Run()
	}())
}

func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	if testing.Short() {
		t.Skip("left out by -short: it lives in real time")
	}
	return exec.Command(filepath.Join(binaries, "play"), append([]string{
		"--job", filepath.Join(binaries, "install-or-defer"), "--helper", filepath.Join(binaries, "install-or-defer-prompt"),
		"--tools", filepath.Join(binaries, "simtool"), "--rate", "150",
	}, args...)...)
}

var folder = regexp.MustCompile(`The folder of the simulated Mac is deleted: (\S+)`)

// checkStory checks what was told, and that the folder is gone.
func checkStory(t *testing.T, story string, want ...string) {
	t.Helper()
	at := 0
	for _, w := range want {
		i := strings.Index(story[at:], w)
		if i < 0 {
			t.Errorf("after byte %d the story does not tell %q:\n%s", at, w, story)
			return
		}
		at += i
	}
	if strings.Contains(story, "  NO   ") {
		t.Errorf("a promise was not kept:\n%s", story)
	}
	m := folder.FindStringSubmatch(story)
	if m == nil {
		t.Fatalf("the story does not tell of its folder:\n%s", story)
	}
	if _, err := os.Lstat(m[1]); !os.IsNotExist(err) {
		t.Errorf("the folder %s is still there", m[1])
	}
}

func TestAWholeLifeIsPlayed(t *testing.T) {
	for _, c := range []struct {
		hardware string
		want     []string
	}{
		{"intel", []string{"Out of scope: macOS 27-26A428", "is downloaded.", "[Remind Me at", "clicks Remind Me at", "clicks Wait Until",
			"The deadline has passed", "10:00 left", "Safari 27.0 is installed.", "interrupts the restart",
			"The Mac is restarted by force.", "macOS Tahoe 26.7 is installed.", "The Mac has restarted. A check",
			"The job is no longer loaded.", "Removed.", "What was promised:", "Left in the folder of what the package put there: nothing"}},
		{"apple-silicon", []string{"clicks Remind Me at", "The deadline has passed", "System Settings opens", "Software Update restarts the Mac.",
			"macOS Tahoe 26.7 is installed.", "The job is no longer loaded.", "Removed.", "What was promised:"}},
	} {
		t.Run(c.hardware, func(t *testing.T) {
			t.Parallel()
			out, err := command(t, "--hardware", c.hardware).CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			checkStory(t, string(out), c.want...)
		})
	}
}

// A screen is what a person at a terminal sees.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *screen) seen() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func TestThePersonAtTheTerminalAnswers(t *testing.T) {
	t.Parallel()
	cmd := command(t)
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 50, Cols: 110})
	if err != nil {
		t.Fatal(err)
	}
	defer tty.Close()
	var s screen
	shown := make(chan struct{})
	go func() {
		io.Copy(&s, tty) // ends with the terminal
		close(shown)
	}()
	// Each dialog that asks is answered after its first second, in which
	// keys do not count.
	for n, key := range []string{"d", "r"} {
		if !waitFor(func() bool { return strings.Count(s.seen(), "[d] ") > n }) {
			t.Fatalf("prompt %d did not come:\n%s", n+1, s.seen())
		}
		time.Sleep(1500 * time.Millisecond)
		if _, err := tty.WriteString(key); err != nil {
			t.Fatal(err)
		}
		// The page is drawn anew as time passes: count from what is there.
		if !waitFor(func() bool { return strings.Count(s.seen(), "job     ada clicked") > n }) {
			t.Fatalf("prompt %d was not answered:\n%s", n+1, s.seen())
		}
		if n == 0 {
			s.mu.Lock()
			s.text.Reset()
			s.text.WriteString("[d] job     ada clicked")
			s.mu.Unlock()
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, s.seen())
	}
	select {
	case <-shown:
	case <-time.After(5 * time.Second):
	}
	checkStory(t, strings.ReplaceAll(s.seen(), "\r", ""), "clicked Run Updates", "Safari 27.0 is installed.", "What was promised:")
}

func waitFor(ready func() bool) bool {
	for end := time.Now().Add(40 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if ready() {
			return true
		}
	}
	return false
}

func TestWrongFlagsAreRefused(t *testing.T) {
	for _, args := range [][]string{{}, {"--job", "x", "--tools", "y", "--hardware", "ppc"}, {"--job", "x", "--tools", "y", "--rate", "0"}, {"--speed"}} {
		var out, err bytes.Buffer
		if code := program().Run(args, nil, &out, &err); code != 2 || err.Len() == 0 {
			t.Errorf("play %v: exit code %d, says %q", args, code, err.String())
		}
	}
}
