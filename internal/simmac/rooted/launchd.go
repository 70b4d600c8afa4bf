package rooted

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"syscall"
	"time"

	"installordefer/internal/simmac"
)

// Live is launchd: it starts the root job when the Mac starts and at each
// interval, until the story is d old or ctx ends. Between two starts time
// jumps. It returns nil when the job is gone for good.
func (r *Mac) Live(ctx context.Context, d time.Duration) error {
	for {
		due, over := r.jump(d)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case r.gone():
			return nil
		case over:
			return fmt.Errorf("after %v the job is still there", d)
		case !due:
			continue
		}
		if err := r.wake(ctx); err != nil {
			return err
		}
	}
}

// gone tells whether neither launchd nor the disk has the job any more.
func (r *Mac) gone() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, err := os.Lstat(r.layout.JobFile()); !errors.Is(err, fs.ErrNotExist) {
		return false
	}
	r.model.DeleteJobFile()
	return !r.model.JobLoaded()
}

// jump lets time jump to the next start of the job.
func (r *Mac) jump(d time.Duration) (due, over bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failure != nil {
		return false, true
	}
	due = r.model.WaitForStart(d)
	r.settle()
	return due, !due
}

// wake starts a process of the root job and lets time pass until it has ended.
func (r *Mac) wake(ctx context.Context) error {
	r.mu.Lock()
	cmd := exec.Command(r.layout.Program(), "--root", r.cfg.Root)
	cmd.Env = append([]string{"PATH=/usr/bin:/bin:/usr/sbin:/sbin", "TZ=" + r.model.Zone().String()}, r.cfg.Env...)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if r.cfg.Output != nil {
		cmd.Stdout, cmd.Stderr = r.cfg.Output, r.cfg.Output
	}
	r.clock.run(r)
	if err := cmd.Start(); err != nil {
		r.clock.freeze(r)
		r.mu.Unlock()
		return fmt.Errorf("launchd cannot start the root job: %w", err)
	}
	r.job, r.jobEnd = cmd, make(chan struct{})
	ended := r.jobEnd
	r.model.SetRunning(true)
	r.model.Record(simmac.Event{Kind: simmac.JobStarted})
	r.mu.Unlock()

	go func() {
		// What the exit status says, ProcessState has.
		_ = cmd.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
		r.mu.Lock()
		r.killJob()
		r.mu.Unlock()
		<-ended
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.clock.follow(r)
	r.killGroup()
	r.model.SetRunning(false)
	r.recordEnd(cmd.ProcessState)
	r.job = nil
	r.settle()
	r.clock.freeze(r)
	return ctx.Err()
}

func (r *Mac) recordEnd(s *os.ProcessState) {
	if s.ExitCode() < 0 {
		r.model.Record(simmac.Event{Kind: simmac.JobKilled, Text: s.String()})
		return
	}
	r.model.Record(simmac.Event{Kind: simmac.JobEnded, Code: s.ExitCode(), Text: s.String(), Failed: s.ExitCode() != 0})
}

// killGroup ends what is left of the job's process group, as launchd does.
func (r *Mac) killGroup() { syscall.Kill(-r.job.Process.Pid, syscall.SIGKILL) }

// killJob ends the job's process.
func (r *Mac) killJob() {
	if r.job != nil {
		r.killGroup()
	}
}

// control is how the model's launchd reaches the job's process. The lock is
// held when it does.
type control struct{ r *Mac }

func (c control) Terminate() {
	if c.r.job != nil {
		syscall.Kill(c.r.job.Process.Pid, syscall.SIGTERM)
	}
}

func (c control) Kill() { c.r.killJob() }

// sleepThrough stops every process while the Mac sleeps and lets time jump to
// its end. The lock is held.
func (r *Mac) sleepThrough() {
	r.signal(syscall.SIGSTOP)
	for r.model.Asleep() {
		at, ok := r.model.Next()
		if !ok {
			break
		}
		r.model.AdvanceTo(at)
	}
	rate := r.clock.rate
	r.clock.set(r, rate)
	r.signal(syscall.SIGCONT)
}
