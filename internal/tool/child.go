package tool

import (
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

const (
	// orphanGrace is how long the rest of a group is given to end after its
	// leader has.
	orphanGrace = 250 * time.Millisecond
	// killGrace is how long SIGKILL is given to do its work.
	killGrace = 5 * time.Second
	// groupTick is how often a group that is being ended is looked at.
	groupTick = 10 * time.Millisecond
)

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

// end ends the whole group, politely first, and returns when the program is
// gone. A program that not even SIGKILL ends, because the kernel holds it, is
// given up. One that has already ended by itself is left as it is: its number
// may belong to another by now.
func (c *child) end() {
	c.endOnce.Do(func() {
		if c.exited() {
			return
		}
		c.signal(syscall.SIGTERM)
		if c.overWithin(c.grace) && c.groupGoneWithin(orphanGrace) {
			return
		}
		c.signal(syscall.SIGKILL)
		if !c.overWithin(killGrace) {
			c.overOnce.Do(func() { close(c.over) })
		}
	})
}

func (c *child) overWithin(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-c.over:
		return true
	case <-timer.C:
		return false
	}
}

func (c *child) groupGoneWithin(d time.Duration) bool {
	for deadline := time.Now().Add(d); ; time.Sleep(groupTick) {
		if c.signal(0) != nil {
			return true
		}
		if time.Now().After(deadline) {
			return false
		}
	}
}

// signal sends s to the group. As long as one process of a group lives its
// number is given to no other, so that nothing else can be hit; after the
// group was seen to be gone no signal is sent.
func (c *child) signal(s syscall.Signal) error {
	return syscall.Kill(-c.pid(), s)
}
