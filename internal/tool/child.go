package tool

import (
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// A child is a program that was started, and the process group that it leads.
type child struct {
	cmd   *exec.Cmd
	grace time.Duration
	// over is closed when the program has ended, or cannot be ended.
	over     chan struct{}
	overOnce sync.Once
	// code is the exit status, or -1. It is set before over is closed.
	code    int
	endOnce sync.Once
}

// startChild starts cmd as the leader of its own session and process group.
// The session has no controlling terminal, so that no program finds a place
// to ask for a password, not even when an administrator runs the job by hand.
func startChild(cmd *exec.Cmd, grace time.Duration) (*child, error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	c := &child{cmd: cmd, grace: grace, over: make(chan struct{}), code: -1}
	go func() {
		// The error repeats what ProcessState says.
		_ = cmd.Wait()
		c.overOnce.Do(func() {
			if cmd.ProcessState != nil {
				c.code = cmd.ProcessState.ExitCode()
			}
			close(c.over)
		})
	}()
	return c, nil
}

func (c *child) pid() int { return c.cmd.Process.Pid }

// exited reports whether the program has ended.
func (c *child) exited() bool {
	select {
	case <-c.over:
		return true
	default:
		return false
	}
}

// end ends the whole group, politely first, and returns when it is gone. A
// process that not even SIGKILL ends, because the kernel holds it, is given up.
// A program that has already ended by itself is left as it is: its number may
// belong to another by now.
func (c *child) end() {
	c.endOnce.Do(func() {
		if c.exited() {
			return
		}
		c.signal(syscall.SIGTERM)
		if c.goneWithin(c.grace) {
			return
		}
		c.signal(syscall.SIGKILL)
		if !c.goneWithin(killGrace) {
			c.overOnce.Do(func() { close(c.over) })
		}
	})
}

// killGrace is how long SIGKILL is given to do its work.
const killGrace = 5 * time.Second

// groupTick is how often a group that is being ended is looked at.
const groupTick = 10 * time.Millisecond

// goneWithin waits for the end of the program and of its group.
func (c *child) goneWithin(d time.Duration) bool {
	for deadline := time.Now().Add(d); ; time.Sleep(groupTick) {
		if c.exited() && c.signal(0) != nil {
			return true
		}
		if time.Now().After(deadline) {
			return false
		}
	}
}

// signal sends s to the group. As long as one process of it lives the group's
// number is given to no other, so that nothing else can be hit; once it was
// seen to be gone no signal is sent.
func (c *child) signal(s syscall.Signal) error {
	return syscall.Kill(-c.pid(), s)
}

func closeAll(files ...*os.File) {
	for _, f := range files {
		if f != nil {
			f.Close()
		}
	}
}
