package budget

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"installordefer/deferral"
	"installordefer/deferral/settings"
	"installordefer/deferral/statefile"
	"installordefer/internal/wake"
	"installordefer/prompt"
	"installordefer/softwareupdate"
)

func BenchmarkDecide(b *testing.B) {
	s := waiting(4)
	b.ReportAllocs()
	for b.Loop() {
		if deferral.Decide(s).Do != deferral.Wait {
			b.Fatal("it does not wait")
		}
	}
}

// BenchmarkStateWrite makes a state durable: two files and their folders are
// synced at the first, one at every further.
func BenchmarkStateWrite(b *testing.B) {
	dir := b.TempDir()
	store := statefile.Store{Disk: wake.FileDisk{}, Path: filepath.Join(dir, "state"), Copy: filepath.Join(dir, "copy")}
	s := waiting(4).State
	b.ReportAllocs()
	for b.Loop() {
		if err := store.Save(s); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStateRead(b *testing.B) {
	data, err := statefile.Encode(waiting(4).State)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := statefile.Decode(data); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkList reads a list of 100,000 lines.
func BenchmarkList(b *testing.B) {
	text := updates(50_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if l := softwareupdate.ParseList(text, nil); len(l.Updates) != 50_000 {
			b.Fatal(len(l.Updates))
		}
	}
}

// BenchmarkExpand fills in the longest text that a setting can hold.
func BenchmarkExpand(b *testing.B) {
	line := "Updates are due <<with a restart>> in %DEFER_HOURS%{{, or later}}: %UPDATE_LIST%.\n"
	text := strings.Repeat(line, longestText(b)/len(line))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		prompt.Expand(text, true, false, func(before, _ string) string { return before + "9 hours" })
	}
}

func longestText(b *testing.B) int {
	k, ok := settings.KeyNamed("MessageInstallOrDefer")
	if !ok || k.Max < 100 {
		b.Fatal("there is no such text, or it has no bounds")
	}
	return k.Max
}

// BenchmarkDeferredProcess is a whole deferred wake of the real program, from
// its start to its end.
func BenchmarkDeferredProcess(b *testing.B) {
	m := newMac(b)
	m.inRound(b, 30*time.Minute)
	job, env := rootJob(b), m.environment(b)
	for b.Loop() {
		cmd := exec.Command(job, "--root", m.layout.Path())
		cmd.Env = env
		if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
			b.Fatalf("%v: %s", err, out)
		}
	}
}

// BenchmarkEmptyProcess is what starting any program costs, to compare.
func BenchmarkEmptyProcess(b *testing.B) {
	program := "/bin/true"
	if _, err := os.Stat(program); err != nil {
		program = "/usr/bin/true"
	}
	for b.Loop() {
		if err := exec.Command(program).Run(); err != nil {
			b.Fatal(err)
		}
	}
}
