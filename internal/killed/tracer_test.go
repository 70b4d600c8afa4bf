//go:build linux && amd64

package killed

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// The tracer's orders, by environment.
const (
	programVariable = "KILLED_PROGRAM" // the root job
	ordersVariable  = "KILLED_ORDERS"  // a file with an orders
	filterVariable  = "KILLED_FILTER"  // set for the stage between tracer and root job
)

// orders tell the tracer at which call to kill, counted over all processes of
// one life, and keep what it has seen. The file is written by the tracer alone.
type orders struct {
	At     int    // 0 never
	Seen   int    // calls so far
	Struck string // the call that was not made
}

func readOrders(path string) (orders, error) {
	var o orders
	data, err := os.ReadFile(path)
	if err != nil {
		return o, err
	}
	first, struck, _ := strings.Cut(string(data), "\n")
	if _, err := fmt.Sscan(first, &o.At, &o.Seen); err != nil {
		return o, fmt.Errorf("%s: %w", path, err)
	}
	o.Struck = strings.TrimSuffix(struck, "\n")
	return o, nil
}

// write replaces the file as a whole: the tracer may be killed in the middle.
func (o orders) write(path string) error {
	return errors.Join(os.WriteFile(path+".new", fmt.Appendf(nil, "%d %d\n%s\n", o.At, o.Seen, o.Struck), 0o644),
		os.Rename(path+".new", path))
}

// A tracer holds one process of the root job, and its children.
type tracer struct {
	orders orders
	path   string // of the orders
	pid    int
	begun  bool // the root job runs, not the stage before it
	last   map[int]syscall.PtraceRegs
}

// trace runs the root job and returns its exit code, or -1 when it was killed.
func trace() (code int, err error) {
	t := &tracer{path: os.Getenv(ordersVariable), last: map[int]syscall.PtraceRegs{}}
	if t.orders, err = readOrders(t.path); err != nil {
		return 0, err
	}
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGTERM)
	runtime.LockOSThread() // the tracer is a thread, not a process
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	cmd := exec.Command(self, os.Args[1:]...)
	cmd.Env = append(os.Environ(), filterVariable+"=1")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	t.pid = cmd.Process.Pid
	go func() {
		for range asked {
			syscall.Kill(t.pid, syscall.SIGTERM)
		}
	}()
	return t.follow()
}

// follow lets the process run from one counted call to the next, to its end.
func (t *tracer) follow() (code int, err error) {
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(t.pid, &status, syscall.WALL, nil); err != nil {
		return 0, fmt.Errorf("wait for the start: %w", err)
	}
	// The filter is inherited, so that children have to be held, too.
	const everything = syscall.PTRACE_O_TRACECLONE | syscall.PTRACE_O_TRACEFORK | syscall.PTRACE_O_TRACEVFORK | syscall.PTRACE_O_TRACEEXEC |
		unix.PTRACE_O_TRACESECCOMP | unix.PTRACE_O_EXITKILL
	if err := syscall.PtraceSetOptions(t.pid, everything); err != nil {
		return 0, fmt.Errorf("set the options of ptrace: %w", err)
	}
	if err := syscall.PtraceCont(t.pid, 0); err != nil {
		return 0, err
	}
	for {
		thread, err := syscall.Wait4(-1, &status, syscall.WALL, nil)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil {
			return 0, fmt.Errorf("wait for a call: %w", err)
		}
		switch {
		case thread == t.pid && (status.Exited() || status.Signaled()):
			return status.ExitStatus(), nil // -1 for a signal
		case status.Stopped():
			// An error means that the thread has just ended.
			_ = syscall.PtraceCont(thread, t.stopped(thread, status))
		}
	}
}

// stopped looks at a thread that has stopped, and returns the signal that it
// gets when it goes on.
func (t *tracer) stopped(thread int, status syscall.WaitStatus) int {
	switch s := status.StopSignal(); s {
	case syscall.SIGTRAP:
		switch status.TrapCause() {
		case unix.PTRACE_EVENT_EXEC:
			t.begun = t.begun || thread == t.pid
		case unix.PTRACE_EVENT_SECCOMP:
			if t.begun && t.own(thread) {
				t.entered(thread)
			}
		}
		return 0
	case syscall.SIGSTOP: // of a thread or child that begins
		return 0
	default:
		return int(s)
	}
}

// own tells whether a thread is one of the root job.
func (t *tracer) own(thread int) bool {
	_, err := os.Stat("/proc/" + strconv.Itoa(t.pid) + "/task/" + strconv.Itoa(thread))
	return err == nil
}

// entered counts a call that is about to be made, and kills at the one that was
// ordered.
func (t *tracer) entered(thread int) {
	var regs syscall.PtraceRegs
	if syscall.PtraceGetRegs(thread, &regs) != nil {
		return
	}
	again := t.last[thread] == regs // a signal came between: the kernel makes the call once more
	t.last[thread] = regs
	what := t.changes(thread, &regs)
	if what == "" || again || t.orders.Struck != "" {
		return
	}
	t.orders.Seen++
	if t.orders.At == 0 {
		t.note(what)
	}
	strikes := t.orders.Seen == t.orders.At
	if strikes {
		t.orders.Struck = what
	}
	// Written now: the end of the Mac ends the tracer, too.
	if err := t.orders.write(t.path); err != nil || strikes {
		syscall.Kill(t.pid, syscall.SIGKILL)
	}
}

// note adds a call to the list of a life without a kill.
func (t *tracer) note(what string) {
	list, err := os.OpenFile(t.path+".calls", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return // the list will be too short, which the test notices
	}
	defer list.Close()
	fmt.Fprintln(list, what)
}

// changing are the calls that change files, pipes or processes; some of them
// only with some arguments.
var changing = map[uint64]string{
	unix.SYS_OPENAT: "open to write", unix.SYS_WRITE: "write to", unix.SYS_PWRITE64: "write to", unix.SYS_WRITEV: "write to",
	unix.SYS_CLONE: "start a process", unix.SYS_VFORK: "start a process", unix.SYS_FORK: "start a process", unix.SYS_KILL: "kill",
	unix.SYS_RENAME: "rename", unix.SYS_RENAMEAT: "renameat", unix.SYS_RENAMEAT2: "renameat2",
	unix.SYS_UNLINK: "unlink", unix.SYS_UNLINKAT: "unlinkat", unix.SYS_RMDIR: "rmdir",
	unix.SYS_MKDIR: "mkdir", unix.SYS_MKDIRAT: "mkdirat", unix.SYS_LINKAT: "linkat", unix.SYS_SYMLINKAT: "symlinkat",
	unix.SYS_FTRUNCATE: "ftruncate", unix.SYS_TRUNCATE: "truncate",
	unix.SYS_FCHMOD: "fchmod", unix.SYS_FCHMODAT: "fchmodat", unix.SYS_CHMOD: "chmod",
	unix.SYS_FCHOWN: "fchown", unix.SYS_FCHOWNAT: "fchownat", unix.SYS_CHOWN: "chown", unix.SYS_LCHOWN: "lchown",
	unix.SYS_FSYNC: "fsync", unix.SYS_FDATASYNC: "fdatasync", unix.SYS_UTIMENSAT: "utimensat",
}

// changes says what a call would change, or nothing.
func (t *tracer) changes(thread int, regs *syscall.PtraceRegs) string {
	name := changing[regs.Orig_rax]
	switch regs.Orig_rax {
	case unix.SYS_OPENAT:
		path := t.text(thread, uintptr(regs.Rsi))
		if regs.Rdx&(unix.O_WRONLY|unix.O_RDWR|unix.O_CREAT|unix.O_TRUNC) == 0 || strings.HasPrefix(path, "/dev/") {
			return ""
		}
		return name + " " + path
	case unix.SYS_WRITE, unix.SYS_PWRITE64, unix.SYS_WRITEV:
		to := t.file(regs.Rdi)
		if to == "" || strings.HasPrefix(to, "anon_inode:") || to == "/dev/null" {
			return "" // Go's scheduler wakes itself
		}
		return name + " " + kind(to)
	case unix.SYS_CLONE:
		if regs.Rdi&unix.CLONE_THREAD != 0 {
			return ""
		}
		return name
	case unix.SYS_VFORK, unix.SYS_FORK, unix.SYS_KILL:
		return name
	case unix.SYS_FSYNC, unix.SYS_FDATASYNC, unix.SYS_FTRUNCATE, unix.SYS_FCHMOD, unix.SYS_FCHOWN:
		return name + " " + t.file(regs.Rdi)
	case unix.SYS_RENAMEAT, unix.SYS_RENAMEAT2, unix.SYS_UNLINKAT, unix.SYS_MKDIRAT, unix.SYS_FCHMODAT, unix.SYS_FCHOWNAT, unix.SYS_UTIMENSAT:
		return name + " " + t.text(thread, uintptr(regs.Rsi))
	}
	return name + " " + t.text(thread, uintptr(regs.Rdi))
}

// file is what the job has open under a number.
func (t *tracer) file(number uint64) string {
	to, _ := os.Readlink("/proc/" + strconv.Itoa(t.pid) + "/fd/" + strconv.FormatUint(number, 10))
	return to
}

// kind names what is written to; pipes and sockets have numbers of their own.
func kind(to string) string {
	for _, k := range []string{"pipe", "socket"} {
		if strings.HasPrefix(to, k+":") {
			return "a " + k
		}
	}
	return to
}

// text reads a path from the memory of the process.
func (t *tracer) text(thread int, at uintptr) string {
	var path []byte
	buf := make([]byte, 64)
	for len(path) < 4096 {
		n, err := syscall.PtracePeekData(thread, at+uintptr(len(path)), buf)
		if n == 0 || err != nil {
			break
		}
		if i := strings.IndexByte(string(buf[:n]), 0); i >= 0 {
			path = append(path, buf[:i]...)
			break
		}
		path = append(path, buf[:n]...)
	}
	return string(path)
}
