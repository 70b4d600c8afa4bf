package simmac

import (
	"strings"
	"time"
)

// The times of going down.
const (
	// downTime is the time from the signal that ends programs to the end.
	downTime = 5 * time.Second
	// darkTime is the time until somebody gives the Mac power again.
	darkTime = 2 * time.Minute
	// offTime is the time until somebody switches on a Mac that was shut
	// down.
	offTime = 20 * time.Minute
	// confirmTime is how long macOS asks before a soft restart goes on by
	// itself.
	confirmTime = 60 * time.Second
	// quitTime is how long apps take to quit.
	quitTime = 8 * time.Second
)

// Sleep lets the Mac sleep for d; 0 means until Wake is called.
func (m *Mac) Sleep(d time.Duration) {
	if !m.up || m.goingDown || m.asleep || m.dark {
		return
	}
	m.asleep = true
	m.naps++
	m.note(FellAsleep, "The Mac falls asleep.")
	if d > 0 {
		m.wakeAt = m.schedule(m.now+d, m.Wake)
	}
	m.darkWakes()
}

const (
	// idleTime is how long nobody touches a Mac before it falls asleep.
	idleTime = 15 * time.Minute
	// idleSleep is how long it then sleeps, until somebody comes.
	idleSleep = 8 * time.Hour
)

// caffeinate runs a program and keeps the Mac awake for it.
func caffeinate(p *Program, argv []string) int {
	args := argv[1:]
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		p.awake = p.awake || args[0] == "-i"
		args = args[1:]
	}
	if len(args) == 0 {
		p.hang()
	}
	return p.m.exec(p, args)
}

// fallAsleepOver lets the Mac fall asleep in the middle of what the program does,
// unless something keeps it awake.
func (p *Program) fallAsleepOver() {
	if p.awake {
		return
	}
	p.m.After(idleTime, func() {
		if !p.ended {
			p.m.Sleep(idleSleep)
		}
	})
}

// Wake wakes the Mac.
func (m *Mac) Wake() {
	if !m.asleep && !m.dark {
		return
	}
	m.cancel(m.wakeAt)
	m.asleep, m.dark, m.wakeAt = false, false, nil
	m.looks()
	m.note(WokeUp, "The Mac wakes.")
	m.goOn()
}

// Restart restarts the Mac the way a person does who has saved everything.
func (m *Mac) Restart() {
	if m.up && !m.goingDown {
		m.Wake()
		m.closeAll()
		m.goDown("The Mac is restarted.", false, 0)
	}
}

// ShutDown switches the Mac off for a time, at least a minute.
func (m *Mac) ShutDown(off time.Duration) {
	if m.up && !m.goingDown {
		m.Wake()
		m.closeAll()
		m.goDown("The Mac is shut down.", true, max(off, time.Minute))
	}
}

// closeAll lets people save and quit.
func (m *Mac) closeAll() {
	for _, s := range m.sessions {
		s.apps = nil
	}
}

// LosePower takes the power away: nothing is asked, nothing is saved.
func (m *Mac) LosePower() {
	if !m.up {
		return
	}
	m.note(WentDown, "The Mac loses power.")
	m.fall(darkTime)
}

// softRestart asks everyone, as loginwindow does: first the person, then each
// app. By is the session that asked, nil for none.
func (m *Mac) softRestart(by *session, shutdown, confirm bool) {
	what := "A restart is asked for."
	if shutdown {
		what = "A shutdown is asked for."
	}
	m.record(Event{Kind: RestartAsked, Text: what, Shutdown: shutdown})
	if by == nil || !confirm {
		m.After(quitTime, func() { m.quitApps(shutdown) })
		return
	}
	boot := m.boots
	if by.account.Person.CancelsRestarts {
		m.After(10*time.Second, func() {
			if m.boots == boot && !m.goingDown {
				m.note(RestartRefused, by.account.FullName+" cancels the restart.")
			}
		})
		return
	}
	m.After(confirmTime+quitTime, func() {
		if m.boots == boot && !m.goingDown {
			m.quitApps(shutdown)
		}
	})
}

// quitApps asks every app to quit and takes the Mac down when none refuses.
// It reports whether it did.
func (m *Mac) quitApps(shutdown bool) bool {
	if !m.up || m.goingDown {
		return false
	}
	app, refused := m.vetoing(m.sessions)
	if !refused {
		m.goDown("Every app has quit.", shutdown, offTime)
		return true
	}
	m.noteName(RestartRefused, app.Name, app.Name+" has unsaved work and interrupts the restart.")
	for _, s := range m.sessions {
		if after := s.account.Person.SavesAfter; after > 0 {
			m.After(after, func() { m.saveAll(s) })
		}
	}
	return false
}

// saveAll lets a person save what refused.
func (m *Mac) saveAll(s *session) {
	for i := range s.apps {
		if s.apps[i].Unsaved {
			s.apps[i].Unsaved = false
			m.noteName(FactChanged, s.apps[i].Name, s.account.FullName+" saves the work in "+s.apps[i].Name+".")
		}
	}
}

// hardRestart takes the Mac down without asking.
func (m *Mac) hardRestart(shutdown bool, off time.Duration) {
	if !m.up || m.goingDown {
		return
	}
	what := "The Mac is restarted by force."
	if shutdown {
		what = "The Mac is shut down by force."
	}
	m.record(Event{Kind: RestartForced, Text: what, Shutdown: shutdown})
	m.goDown("", shutdown, off)
}

// goDown ends everything in order: SIGTERM first, the end after it.
func (m *Mac) goDown(text string, shutdown bool, off time.Duration) {
	m.goingDown, m.shutDown = true, shutdown
	m.record(Event{Kind: WentDown, Text: text, Shutdown: shutdown})
	m.job.terminate(m, "the Mac goes down", downTime)
	m.After(downTime, m.flushAll)
	if !shutdown || m.pending != nil {
		off = 0 // a Mac that installs starts again by itself
	}
	m.After(downTime, func() { m.fall(off) })
}

// fall is the instant at which nothing runs any more.
func (m *Mac) fall(off time.Duration) {
	if !m.up {
		return
	}
	m.Wake()
	m.up, m.goingDown = false, false
	m.job.fall(m, "the Mac went down")
	m.endSessions()
	m.forgetPreferences()
	for len(m.programs) > 0 {
		m.programs[len(m.programs)-1].Kill()
	}
	d := off + m.facts.BootTime
	if m.pending != nil {
		d += m.facts.InstallAtBoot
	}
	m.After(d, m.rise)
}

// rise is the instant at which the Mac has started.
func (m *Mac) rise() {
	m.up = true
	m.newBoot()
	m.note(Booted, "The Mac has started.")
	if o := m.pending; o != nil {
		m.pending = nil
		if !m.install(o) {
			m.noteName(FactChanged, o.Label, o.Title+" was not installed by the restart.")
		}
	}
	for _, o := range m.updates {
		if o.staged && !o.System() && (o.Action == RestartAction || m.shutDown) {
			m.install(o)
		}
	}
	m.shutDown = false
	m.job.start(m)
	m.loginAfterBoot(0)
}

// EndAt ends the story: whatever then runs is over.
func (m *Mac) EndAt(d time.Duration) { m.At(d, m.endStory) }

// Over tells whether the story has ended.
func (m *Mac) Over() bool { return m.over }

func (m *Mac) endStory() {
	m.over = true
	if p := m.job.process; p != nil {
		p.over = true
		p.doom("the story is over")
	}
}

// Close ends every program that still runs. A Mac that is not closed leaks
// those that hang.
func (m *Mac) Close() {
	for len(m.programs) > 0 {
		m.programs[len(m.programs)-1].Kill()
	}
}
