package rooted

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"howett.net/plist"

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
		case !due: // something else is at work
			time.Sleep(tickTime)
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
	if r.others > 0 {
		return r.model.Due(), false
	}
	due = r.model.WaitForStart(d)
	r.settle()
	return due, !due
}

// wake starts a process of the root job and lets time pass until it has ended.
func (r *Mac) wake(ctx context.Context) error {
	r.mu.Lock()
	cmd, err := r.command()
	if err != nil {
		r.mu.Unlock()
		return fmt.Errorf("launchd cannot start the root job: %w", err)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	errorFile, err := r.openErrors(cmd)
	if _, gone := os.Lstat(cmd.Path); err != nil && gone != nil {
		r.mu.Unlock()
		return fmt.Errorf("launchd cannot start the root job: %w", gone)
	}
	if err != nil {
		r.model.Record(simmac.Event{Kind: simmac.JobStarted})
		r.model.Record(simmac.Event{Kind: simmac.JobEnded, Code: exConfig, Text: err.Error(), Failed: true})
		r.mu.Unlock()
		return nil
	}
	defer errorFile.close(r.cfg.Output)
	r.clock.run(r)
	if err := cmd.Start(); err != nil {
		r.rest()
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
	r.rest()
	return ctx.Err()
}

// command is the root job as its job file says. A job that is loaded stays as
// it was when its file has been deleted.
func (r *Mac) command() (*exec.Cmd, error) {
	data, err := os.ReadFile(r.layout.JobFile())
	if err == nil {
		r.program = jobFile{}
		_, err = plist.Unmarshal(data, &r.program)
	} else if errors.Is(err, fs.ErrNotExist) && r.program.Arguments != nil {
		err = nil
	}
	if err != nil {
		return nil, err
	}
	if len(r.program.Arguments) == 0 {
		return nil, fmt.Errorf("%s names no program", r.layout.JobFile())
	}
	args := append(slices.Clone(r.program.Arguments[1:]), "--root", r.cfg.Root)
	cmd := exec.Command(filepath.Join(r.cfg.Root, r.program.Arguments[0]), args...)
	for name, value := range r.program.Environment {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.Env = append(append(cmd.Env, "TZ="+r.model.Zone().String()), r.cfg.Env...)
	cmd.Dir = "/"
	return cmd, nil
}

// A jobFile is what launchd takes from the job's file when it starts it.
type jobFile struct {
	Arguments   []string          `plist:"ProgramArguments"`
	Environment map[string]string `plist:"EnvironmentVariables"`
	Errors      string            `plist:"StandardErrorPath"`
}

// While lets f do something else on the Mac, such as install a package. Time
// passes meanwhile, and does not jump.
func (r *Mac) While(f func()) {
	r.mu.Lock()
	r.clock.follow(r)
	r.others++
	r.clock.run(r)
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.clock.follow(r)
		r.others--
		r.settle()
		r.rest()
	}()
	f()
}

// rest lets time stand still when nothing needs it. The lock is held.
func (r *Mac) rest() {
	if r.job == nil && r.others == 0 {
		r.clock.freeze(r)
	}
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
