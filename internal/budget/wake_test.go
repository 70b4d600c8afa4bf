package budget

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestADeferredWakeStartsNothingOpensNothingAndWritesNothing(t *testing.T) {
	m := newMac(t)
	m.inRound(t, 30*time.Minute)
	before := m.tree(t)
	tr := follow(t, m)
	if len(tr.children) > 0 || len(tr.programs) > 0 {
		t.Errorf("it started processes: %q %q", tr.children, tr.programs)
	}
	if len(tr.network) > 0 {
		t.Errorf("it went to the network: %q", tr.network)
	}
	if len(tr.changes) > 0 {
		t.Errorf("it changed files: %q", tr.changes)
	}
	if after := m.tree(t); after != before {
		t.Errorf("the disk was\n%s\nand is\n%s", before, after)
	}
	if tr.calls > deferredCalls || tr.calls < 50 {
		t.Errorf("it made %d system calls; the budget is %d", tr.calls, deferredCalls)
	}
	t.Logf("%d system calls", tr.calls)
}

func TestOnceAnHourADeferredWakeWritesTheTimeSpent(t *testing.T) {
	m := newMac(t)
	m.inRound(t, 61*time.Minute)
	tr := follow(t, m)
	if len(tr.children) > 0 || len(tr.programs) > 0 || len(tr.network) > 0 {
		t.Errorf("it started or opened something: %q %q %q", tr.children, tr.programs, tr.network)
	}
	// One file: made, written, given its mode and its name. Syncing changes
	// nothing and is not among these.
	if n := len(tr.changes); n == 0 || n > 5 {
		t.Errorf("it made %d changes, not those of one file: %q", n, tr.changes)
	}
	for _, c := range tr.changes {
		if !strings.Contains(c, m.layout.StateFile()) && !strings.Contains(c, filepath.Base(m.layout.StateFile())) {
			t.Errorf("it changed something else than the state: %s", c)
		}
	}
	if n := strings.Count(tr.text, "fsync("); n != 2 {
		t.Errorf("it synced %d times; the file and its folder make 2", n)
	}
	if tr := follow(t, m); len(tr.changes) > 0 {
		t.Errorf("the next wake wrote again: %q", tr.changes)
	}
}

// A cost is what the program measure prints.
type cost struct {
	Exit, MemoryKiB, Faults, CPUMicroseconds int
}

func measured(t testing.TB, env []string, argv ...string) cost {
	t.Helper()
	cmd := exec.Command(program(t, "internal/budget/measure"), argv...)
	cmd.Env = env
	out, err := cmd.Output()
	var c cost
	if err == nil {
		err = json.Unmarshal(out, &c)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestADeferredWakeStaysSmall(t *testing.T) {
	m := newMac(t)
	m.inRound(t, 30*time.Minute)
	env := m.environment(t)
	var memory, faults, empty []int
	for range 15 {
		empty = append(empty, measured(t, env, program(t, "internal/budget/measure")).Faults)
		c := measured(t, env, rootJob(t), "--root", m.layout.Path())
		if c.Exit != 0 {
			t.Fatalf("the wake ended with exit code %d", c.Exit)
		}
		memory, faults = append(memory, c.MemoryKiB), append(faults, c.Faults)
	}
	slices.Sort(memory)
	slices.Sort(faults)
	slices.Sort(empty)
	t.Logf("memory %v KiB, page faults %v, of an empty program %v", memory, faults, empty)
	if memory[len(memory)-1] > deferredMemory {
		t.Errorf("it had up to %d KiB in use; the budget is %d", memory[len(memory)-1], deferredMemory)
	}
	// The fewest, because Go's threads touch a few more when they are many.
	// Other systems count other things as faults.
	if most := deferredFaults + max(empty[0]-emptyFaults, 0); runtime.GOOS == "linux" && faults[0] > most {
		t.Errorf("it touched %d pages; the budget is %d", faults[0], most)
	}
}

// Apple's tool when there is nothing to install, and when there is.
const (
	listsNothing = `#!/bin/sh
[ "$*" = --list ] || { echo "unexpected: $*" >&2; exit 1; }
echo 'Software Update Tool'
echo
echo 'Finding available software'
echo 'No new software available.' >&2
`
	listsUpdates = `#!/bin/sh
[ "$*" = --list ] || { echo "unexpected: $*" >&2; exit 1; }
echo 'Software Update Tool'
echo
echo 'Finding available software'
echo 'Software Update found the following new or updated software:'
echo '* Label: macOS Tahoe 26.7-25G229'
printf '\tTitle: macOS Tahoe 26.7, Version: 26.7, Size: 3039632KiB, Recommended: YES, Action: restart, \n'
`
)

func TestACheckStartsApplesToolAndTheLogAlone(t *testing.T) {
	m := newMac(t)
	m.file(t, m.layout.Path()+"/usr/sbin/softwareupdate", listsNothing)
	m.file(t, m.layout.Path()+"/usr/bin/logger", "#!/bin/sh\nwhile read -r line; do :; done\n")
	tr := follow(t, m)
	// On a Mac the log goes to the system without a program.
	if got, want := tr.names(m), []string{"/usr/bin/logger", "/usr/sbin/softwareupdate"}; !slices.Equal(got, want) {
		t.Errorf("it started %v, not %v", got, want)
	}
	if len(tr.network) > 0 {
		t.Errorf("it went to the network: %q", tr.network)
	}
}

func TestACheckThatFindsUpdatesAsksWhoIsThereAndNoMore(t *testing.T) {
	m := newMac(t)
	m.file(t, m.layout.Path()+"/usr/sbin/softwareupdate", listsUpdates)
	m.file(t, m.layout.Path()+"/usr/bin/logger", "#!/bin/sh\nwhile read -r line; do :; done\n")
	m.file(t, m.layout.Path()+"/usr/bin/defaults", "#!/bin/sh\n")
	m.file(t, m.layout.Path()+"/usr/sbin/scutil", "#!/bin/sh\necho '  No such key'\n")
	m.file(t, m.layout.Path()+"/usr/sbin/ioreg", "#!/bin/sh\necho '<plist version=\"1.0\"><dict><key>IOConsoleLocked</key><true/></dict></plist>'\n")
	m.file(t, m.layout.Path()+"/usr/bin/pmset", "#!/bin/sh\necho 'Current System Capabilities are: CPU Graphics Audio Network '\n")
	tr := follow(t, m)
	if got, want := tr.names(m), []string{"/usr/bin/defaults", "/usr/bin/defaults", "/usr/bin/defaults", "/usr/bin/logger", "/usr/bin/pmset", "/usr/sbin/ioreg", "/usr/sbin/scutil", "/usr/sbin/softwareupdate"}; !slices.Equal(got, want) {
		t.Errorf("it started %v, not %v", got, want)
	}
	var written []string
	for _, c := range tr.changes {
		if renamed := renameForm.FindStringSubmatch(c); renamed != nil {
			written = append(written, renamed[1])
		}
	}
	// The deadline is safe in its second place before it is seen in the first.
	// Machines are told before the check, which takes its time, and after it.
	status, past := filepath.Base(m.layout.StatusFile()), filepath.Base(m.layout.HistoryFile())
	if want := []string{status, "deadline.plist", filepath.Base(m.layout.StateFile()), past, status}; !slices.Equal(written, want) {
		t.Errorf("it wrote %v, not %v", written, want)
	}
}

var renameForm = regexp.MustCompile(`renameat2?\(.*, "([^"]*)"`)

// names are the programs that were started, in the order of their names.
func (tr trace) names(m *mac) []string {
	var names []string
	for _, p := range tr.programs {
		name, _, _ := strings.Cut(strings.TrimPrefix(p, `"`+m.layout.Path()), `"`)
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
