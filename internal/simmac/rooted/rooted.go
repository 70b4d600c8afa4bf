// Package rooted is a simulated Mac made of real executables below a root
// folder: the programs of macOS, launchd, the sockets that join them with the
// model, and a clock that real processes follow. The real root job runs on it
// with --root.
//
// What must hold here: nothing outside the root folder and the folder of the
// socket is written, and no process is left running. The model belongs to
// whoever holds the lock. While no process of the root job runs, time stands
// still or jumps; while one runs, simulated time passes at a given rate.
package rooted

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"installordefer/internal/clock"
	"installordefer/internal/simmac"
	"installordefer/internal/simmac/wire"
	"installordefer/internal/volume"
	"installordefer/launchd"
	"installordefer/prompt"
)

// A Config says what Mac is made.
type Config struct {
	// Root is the folder that stands for "/": an absolute path, empty.
	Root string
	// Facts are the Mac's; the job's label is the identifier of the program.
	Facts simmac.Facts
	// Program is the root job, Simtool the program that stands for macOS's.
	Program, Simtool string
	// Helper is a real helper. Without one the people of the model answer.
	// Terminal is the device of the terminal that it uses; empty means that
	// it needs none.
	Helper, Terminal string
	// HelperEnv is added to its environment, which the root job keeps bare:
	// where its display is, for instance.
	HelperEnv []string
	// Env is added to the environment of the root job.
	Env []string
	// Rate is how many simulated seconds pass in a real one while the root
	// job runs; 0 means 60. RateAt, if set, chooses another while a dialog of
	// that kind is on the screen.
	Rate   float64
	RateAt func(prompt.Kind) float64
	// Tell gets each event of the journal as it happens.
	Tell func(simmac.Event, *time.Location)
	// Output gets what the root job itself prints; nil drops it.
	Output *os.File
}

// A Mac is a running simulated Mac.
type Mac struct {
	cfg    Config
	layout launchd.Layout

	mu      sync.Mutex
	model   *simmac.Mac
	os      simmac.OS // as SystemVersion.plist says it
	clock   anchor
	clients map[*client]bool
	dialogs map[prompt.Kind]int // on the screen
	active  time.Duration       // when a process last did something, of real time
	lag     time.Duration       // how late the machine lately was with what was due at once
	job     *exec.Cmd
	jobEnd  chan struct{} // closed when the job's process has ended
	program jobFile       // as it was when launchd last read it
	others  int           // that are at work and need time to pass
	failure error

	listener net.Listener
	socket   string // a folder of its own for the socket, or empty
	done     chan struct{}
	all      sync.WaitGroup
}

// Start lays the Mac out and switches it on. No process of the root job runs
// before Live.
func Start(cfg Config) (*Mac, error) {
	if cfg.Rate == 0 {
		cfg.Rate = 60
	}
	r := &Mac{
		cfg: cfg, layout: launchd.Layout{Volume: volume.In(cfg.Root), ID: launchd.Identifier(cfg.Facts.Job.Label)},
		model: simmac.New(cfg.Facts), clients: map[*client]bool{}, dialogs: map[prompt.Kind]int{}, done: make(chan struct{}),
	}
	r.model.Journal.Tell = r.tell
	r.model.SetControl(control{r})
	r.model.KeepPreferencesIn(preferences{cfg.Root})
	if err := r.layOut(); err != nil {
		return nil, fmt.Errorf("lay out the simulated Mac: %w", err)
	}
	if err := r.listen(); err != nil {
		return nil, fmt.Errorf("start the simulated Mac: %w", err)
	}
	r.clock.freeze(r)
	r.all.Add(2)
	go r.accept()
	go r.tick()
	return r, r.failure
}

// tell keeps count of dialogs and passes events on. The lock is held.
func (r *Mac) tell(e simmac.Event) {
	r.active = clock.Real()
	switch e.Kind {
	case simmac.DialogShown:
		r.dialogs[prompt.Kind(e.Name)]++
	case simmac.DialogClosed:
		r.dialogs[prompt.Kind(e.Name)]--
	}
	if r.cfg.Tell != nil {
		r.cfg.Tell(e, r.model.Zone())
	}
}

// Do lets f look at the model, or change it.
func (r *Mac) Do(f func(m *simmac.Mac)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.clock.follow(r)
	f(r.model)
	r.settle()
}

// HasHelper tells whether a real helper shows the dialogs.
func (r *Mac) HasHelper() bool { return r.cfg.Helper != "" }

// Layout returns where the job's files are.
func (r *Mac) Layout() launchd.Layout { return r.layout }

// listen opens the socket that the executables call.
func (r *Mac) listen() error {
	path := filepath.Join(r.cfg.Root, wire.Socket)
	if len(path) > 100 {
		dir, err := os.MkdirTemp("", "simmac")
		if err != nil {
			return err
		}
		r.socket = dir
		short := filepath.Join(dir, "sock")
		if err := os.Symlink(short, path); err != nil {
			return err
		}
		path = short
	}
	var err error
	r.listener, err = net.Listen("unix", path)
	return err
}

// Close ends every process of the Mac and lets go of the socket. The folder
// stays.
func (r *Mac) Close() error {
	select {
	case <-r.done:
		return nil
	default:
	}
	close(r.done)
	r.mu.Lock()
	r.killJob()
	ended := r.jobEnd
	for c := range r.clients {
		c.close()
	}
	r.model.Close()
	r.mu.Unlock()
	err := r.listener.Close()
	if ended != nil {
		<-ended
	}
	r.all.Wait()
	if r.socket != "" {
		err = errors.Join(err, os.RemoveAll(r.socket))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return errors.Join(err, r.failure)
}

// tickTime is how often the model catches up with real time.
const tickTime = time.Millisecond

// tick keeps the model in step with real time.
func (r *Mac) tick() {
	defer r.all.Done()
	t := time.NewTicker(tickTime)
	defer t.Stop()
	for last := clock.Real(); ; {
		select {
		case <-r.done:
			return
		case <-t.C:
			r.mu.Lock()
			gap := clock.Real() - last
			last += gap
			r.lag = max(gap, r.lag-r.lag/64)
			r.clock.follow(r)
			r.settle()
			r.mu.Unlock()
		}
	}
}

// settle does what follows from a change of the model. The lock is held.
func (r *Mac) settle() {
	if r.model.OS() != r.os {
		r.note(r.writeVersion())
	}
	if r.model.Asleep() && r.model.Up() {
		r.sleepThrough()
	}
	r.clock.settle(r)
}

// note keeps the first failure of the simulation itself.
func (r *Mac) note(err error) {
	if err != nil && r.failure == nil {
		r.failure = err
	}
}

// An anchor ties the model's time to real time.
type anchor struct {
	real    time.Duration
	elapsed time.Duration
	rate    float64 // 0 while time stands still
	changes int     // of the model's clocks, when the file was written
}

// follow lets the model's time catch up with real time.
func (a *anchor) follow(r *Mac) { a.followTo(r, clock.Real()) }

func (a *anchor) followTo(r *Mac, real time.Duration) {
	if a.rate > 0 {
		to := a.elapsed + time.Duration(float64(real-a.real)*a.rate)
		r.model.AdvanceTo(max(to, r.model.Elapsed()))
	}
}

// settle writes the clock's file anew when the model's clocks have changed or
// another rate is wanted.
func (a *anchor) settle(r *Mac) {
	rate := a.rate
	if rate > 0 {
		rate = r.rate()
	}
	if rate != a.rate || a.changes != r.model.ClockChanges() {
		a.set(r, rate)
	}
}

// freeze stops time.
func (a *anchor) freeze(r *Mac) { a.set(r, 0) }

// run lets time pass.
func (a *anchor) run(r *Mac) { a.set(r, r.rate()) }

// overshoot is how much simulated time real processes may have gone on for at
// the old rate while the file was written.
const overshoot = 200 * time.Millisecond

// set lets time pass at a rate from now on, and tells the real processes. Until
// the file is written they go by the old rate: where that took long, on a busy
// machine, time goes on from what they were told, and not from what it was when
// the writing began. Otherwise their clocks would stand still for a while.
func (a *anchor) set(r *Mac, rate float64) {
	for tries := 5; ; tries-- {
		real, was := clock.Real(), a.rate
		a.followTo(r, real)
		now := r.model.Now()
		a.real, a.elapsed, a.rate, a.changes = real, r.model.Elapsed(), rate, r.model.ClockChanges()
		wall := rate * r.model.WallRate()
		r.note(clock.WriteSimulated(filepath.Join(r.cfg.Root, clockFile), clock.Anchor{
			Wall: now.Wall, Continuous: now.Continuous, Boot: now.Boot, Rate: rate, WallRate: &wall, Real: a.real,
		}))
		told := float64(clock.Real()-real) * (was - rate)
		if told < float64(overshoot) || tries == 0 {
			return
		}
		a.rate = was
	}
}

// Time hurries only while everybody waits for it. While processes start, end
// and compute it creeps, so that a slow machine does not make the Mac a slow
// one, whose tools seem to hang.
const (
	creeping = 3
	// quiet is how long at least nothing has to happen for the root job to be
	// taken to wait for time to pass, and quietLags how many times the lag of
	// the machine: a program takes many turns of the processor to start.
	quiet     = 400 * time.Millisecond
	quietLags = 50
)

// rate is how fast time is to pass now.
func (r *Mac) rate() float64 {
	wanted := r.cfg.Rate
	for kind, n := range r.dialogs {
		if n > 0 && r.cfg.RateAt != nil {
			if rate := r.cfg.RateAt(kind); rate > 0 {
				wanted = rate
			}
		}
	}
	if r.model.Waiting() || clock.Real()-r.active > max(quiet, quietLags*r.lag) {
		return wanted
	}
	return min(creeping, wanted)
}
