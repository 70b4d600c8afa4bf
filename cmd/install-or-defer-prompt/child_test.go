package main

import (
	"io"
	"os"
	"os/exec"
	"sync/atomic"
	"syscall"
)

// A child is a helper as its parent holds it, a prompt.Process, whose session
// and terminal the test has chosen.
type child struct {
	command       *exec.Cmd
	stdin, stdout *os.File
	ended         atomic.Bool
}

// start starts c, which leads a session of its own, with pipes.
func start(c *exec.Cmd) (*child, error) {
	in, stdin, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	stdout, out, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer out.Close()
	c.Stdin, c.Stdout = in, out
	return &child{command: c, stdin: stdin, stdout: stdout}, c.Start()
}

func (c *child) Stdin() io.WriteCloser { return c.stdin }
func (c *child) Stdout() io.ReadCloser { return c.stdout }

func (c *child) Wait() int {
	_ = c.command.Wait()
	c.ended.Store(true)
	return c.command.ProcessState.ExitCode()
}

func (c *child) Kill() {
	if !c.ended.Load() {
		_ = syscall.Kill(-c.command.Process.Pid, syscall.SIGKILL)
	}
}
