package prompt

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync/atomic"
	"syscall"
)

// A Child is a helper that was started as a child process.
type Child struct {
	command *exec.Cmd
	stdin   *os.File
	stdout  *os.File
	ended   atomic.Bool
}

// Start starts a helper. The command must not have been started, and have
// neither standard input nor output; Start gives it pipes, and a process group
// of its own, so that it can be ended with all it started.
func Start(c *exec.Cmd) (*Child, error) {
	fail := func(err error) error { return fmt.Errorf("start the helper: %w", err) }
	in, stdin, err := os.Pipe()
	if err != nil {
		return nil, fail(err)
	}
	stdout, out, err := os.Pipe()
	if err != nil {
		in.Close()
		stdin.Close()
		return nil, fail(err)
	}
	c.Stdin, c.Stdout = in, out
	if c.SysProcAttr == nil {
		c.SysProcAttr = &syscall.SysProcAttr{}
	}
	// A session of its own brings a group of its own along.
	c.SysProcAttr.Setpgid = !c.SysProcAttr.Setsid
	err = c.Start()
	in.Close()
	out.Close()
	if err != nil {
		stdin.Close()
		stdout.Close()
		return nil, fail(err)
	}
	return &Child{command: c, stdin: stdin, stdout: stdout}, nil
}

// PID returns the process id, which is the id of the process group too.
func (c *Child) PID() int { return c.command.Process.Pid }

// Stdin is the pipe to the helper's standard input.
func (c *Child) Stdin() io.WriteCloser { return c.stdin }

// Stdout is the pipe from the helper's standard output.
func (c *Child) Stdout() io.ReadCloser { return c.stdout }

// Wait waits until the helper has ended and returns its exit code, or -1 when a
// signal ended it.
func (c *Child) Wait() (exitCode int) {
	c.command.Wait() // The error says no more than the state does.
	c.ended.Store(true)
	return c.command.ProcessState.ExitCode()
}

// Kill ends the helper's process group. After Wait it does nothing, because the
// number of the group may be another's by then.
func (c *Child) Kill() {
	if !c.ended.Load() {
		syscall.Kill(-c.PID(), syscall.SIGKILL)
	}
}
