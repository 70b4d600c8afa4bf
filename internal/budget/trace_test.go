package budget

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A trace is what a process and its children asked of the kernel.
type trace struct {
	calls    int      // but those of Go's scheduler
	programs []string // started below the root folder, with its arguments
	children []string // calls that made a process
	network  []string
	changes  []string // calls that changed a file, or opened one to change it
	text     string
}

// Calls by what they do. A descriptor is shown with its path, so that a write
// to a file can be told from one to a pipe or to an event counter.
var (
	callForm   = regexp.MustCompile(`^(\d+) +(\w+)\((.*)`)
	unfinished = regexp.MustCompile(`^(\d+) +(.*) <unfinished \.\.\.>$`)
	resumed    = regexp.MustCompile(`^(\d+) +<\.\.\. \w+ resumed>(.*)$`)
	// scheduling are the calls with which Go keeps its threads and its
	// memory. How many there are depends on how long things take.
	scheduling = []string{"nanosleep", "futex", "tgkill", "getpid", "gettid", "sched_yield", "sched_getaffinity", "sigaltstack",
		"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "mmap", "munmap", "madvise", "prctl", "clone", "clone3", "restart_syscall"}
	forks   = []string{"fork", "vfork", "clone", "clone3"}
	network = []string{"socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "sendto", "sendmsg", "recvfrom", "recvmsg"}
	writes  = []string{"write", "pwrite64", "writev", "pwritev", "pwritev2", "ftruncate", "fallocate", "fchmod", "fchown", "copy_file_range", "sendfile"}
	renames = []string{"rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir", "link", "linkat", "symlink", "symlinkat",
		"truncate", "chmod", "fchmodat", "chown", "fchownat", "lchown", "mknod", "mknodat", "utimensat", "setxattr", "fsetxattr", "removexattr"}
	opens     = []string{"open", "openat", "openat2", "creat"}
	toChange  = regexp.MustCompile(`O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND`)
	toFile    = regexp.MustCompile(`^\d+</`)
	succeeded = regexp.MustCompile(`= \d+`)
)

// follow runs the root job on m under strace. It skips the test where strace
// is missing or not allowed to trace.
func follow(t *testing.T, m *mac, args ...string) trace {
	t.Helper()
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is not installed (Debian package strace), so system calls are not counted")
	}
	out := filepath.Join(t.TempDir(), "trace")
	argv := append([]string{"-f", "-qq", "-y", "-s", "256", "-o", out, rootJob(t), "--root", m.layout.Path()}, args...)
	cmd := exec.Command("strace", argv...)
	cmd.Env = m.environment(t)
	said, err := cmd.CombinedOutput()
	if strings.Contains(string(said), "Operation not permitted") {
		t.Skip("this machine does not let a process be traced, so system calls are not counted")
	}
	if err != nil {
		t.Fatalf("the wake failed: %v\n%s", err, said)
	}
	if len(said) > 0 {
		t.Errorf("the wake said: %s", said)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return read(string(text), m.layout.Path())
}

// read sorts the lines of a trace.
func read(text, root string) trace {
	tr := trace{text: text}
	half := map[string]string{} // calls that have not returned, by thread
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if m := unfinished.FindStringSubmatch(line); m != nil {
			half[m[1]] = m[0][:len(m[0])-len(" <unfinished ...>")]
			continue
		}
		if m := resumed.FindStringSubmatch(line); m != nil {
			line = half[m[1]] + m[2]
		}
		m := callForm.FindStringSubmatch(line)
		if m == nil {
			continue // a signal, or an exit
		}
		name, args := m[2], m[3]
		if !slices.Contains(scheduling, name) {
			tr.calls++
		}
		switch {
		case name == "execve" && strings.HasPrefix(args, `"`+root):
			tr.programs = append(tr.programs, args)
		case slices.Contains(forks, name) && !strings.Contains(args, "CLONE_THREAD"):
			tr.children = append(tr.children, line)
		case slices.Contains(network, name):
			tr.network = append(tr.network, line)
		case slices.Contains(writes, name) && toFile.MatchString(args),
			slices.Contains(renames, name) && succeeded.MatchString(args),
			slices.Contains(opens, name) && toChange.MatchString(args):
			if !strings.Contains(args, "</dev/null>") {
				tr.changes = append(tr.changes, line)
			}
		}
	}
	return tr
}
