package simmac

import "time"

// exitTimeout is how long launchd waits from SIGTERM to SIGKILL.
const exitTimeout = 30 * time.Second

// startDelay is the time from the start of the Mac to that of its jobs.
const startDelay = 10 * time.Second

// A job is the root job as launchd knows it.
type job struct {
	file     bool // its job file is there
	receipt  bool // the installer's receipt is there
	disabled bool
	loaded   bool
	due      bool // launchd wants to start it now
	timer    *occurrence

	process *Process // the process, where it is one in this program
	control Control  // the process, where it is a real one
	running bool     // a real one runs
}

// Control is how launchd reaches a real process of the root job.
type Control interface {
	// Terminate sends SIGTERM, Kill SIGKILL to it and its process group.
	Terminate()
	Kill()
}

// start is launchd at the start of the Mac, or at the loading of the job.
func (j *job) start(m *Mac) {
	if m.facts.Job.Label == "" {
		return
	}
	if m.boots == 1 && m.now == 0 {
		j.file, j.receipt = true, true
	}
	if !j.file || j.disabled {
		return
	}
	j.load(m, startDelay)
}

// load lets launchd start the job after delay, and from then on at its
// interval: while the Mac sleeps or the job runs, a start is missed.
func (j *job) load(m *Mac, delay time.Duration) {
	j.loaded = true
	m.cancel(j.timer)
	var tick func()
	tick = func() {
		m.happened--
		j.timer = m.schedule(m.now+m.facts.Job.Interval, tick)
		if m.up && !m.asleep && !m.goingDown && j.process == nil && !j.running {
			j.due = true
		}
	}
	j.timer = m.schedule(m.now+delay, tick)
}

// unload is what bootout does: the job is forgotten and its process ended.
func (j *job) unload(m *Mac) {
	if !j.loaded {
		return
	}
	j.loaded, j.due = false, false
	m.cancel(j.timer)
	m.note(JobGone, "The job is no longer loaded.")
	j.terminate(m, "launchd unloaded the job", exitTimeout)
}

// terminate sends SIGTERM to the job's process, and SIGKILL after patience.
func (j *job) terminate(m *Mac, why string, patience time.Duration) {
	if p := j.process; p != nil {
		p.cancel()
		m.After(patience, func() { p.doom(why) })
	}
	if j.control != nil && j.running {
		c := j.control
		c.Terminate()
		m.After(patience, c.Kill)
	}
}

// fall ends the job's process at once, as the end of the Mac does.
func (j *job) fall(m *Mac, why string) {
	j.loaded, j.due = false, false
	m.cancel(j.timer)
	if j.process != nil {
		j.process.doom(why)
	}
	if j.control != nil && j.running {
		j.control.Kill()
	}
}

// Due tells, once, whether launchd wants to start the job now.
func (m *Mac) Due() bool {
	due := m.job.due
	m.job.due = false
	return due
}

// SetControl gives launchd the way to a real process of the job.
func (m *Mac) SetControl(c Control) { m.job.control = c }

// SetRunning tells launchd whether that process runs.
func (m *Mac) SetRunning(running bool) { m.job.running = running }

// JobLoaded tells whether launchd knows the job.
func (m *Mac) JobLoaded() bool { return m.job.loaded }

// JobInstalled tells whether the job's file is there, so that the next start
// of the Mac would load it.
func (m *Mac) JobInstalled() bool { return m.job.file }

// DeleteJobFile deletes the job's file. The job stays loaded.
func (m *Mac) DeleteJobFile() { m.job.file = false }

// PutJobFile puts it back, as an installation does.
func (m *Mac) PutJobFile() { m.job.file = true }

// WaitForStart lets time pass until launchd starts the job, until the story is
// d old, or until it ends. It reports whether launchd starts the job; the
// caller calls Begin next.
func (m *Mac) WaitForStart(d time.Duration) bool {
	for !m.job.due {
		if m.over || m.now >= d {
			return false
		}
		m.advanceOne(d)
	}
	m.job.due = false
	return true
}
