package simmac

import (
	"fmt"
	"time"
)

// An Account is a person who can log in.
type Account struct {
	// Name is the short name, FullName the one people read.
	Name, FullName string
	UID            int
	// Password is what the person types; tests look for it where it must not
	// be.
	Password string
	// Owner is true for an owner of the volume, who may authorise macOS
	// updates on Apple silicon.
	Owner bool
	// Standard is true for an account that is no administrator's.
	Standard bool
	// LogsInAfter is the time from the login window to the login after each
	// start of the Mac; 0 means the person stays away.
	LogsInAfter time.Duration
	// Apps are the apps that are open after each login.
	Apps []App
	// Person is what the person does with dialogs.
	Person Person
}

// An App is an open app.
type App struct {
	Name string
	ID   string // bundle identifier
	// Unsaved is true while it holds unsaved work: it refuses to quit when
	// asked.
	Unsaved bool
}

// A session is one login.
type session struct {
	account   *Account
	apps      []App
	locked    bool
	onConsole bool
	loggingIn bool // in the gap of a fast user switch
	stale     bool // macOS goes on showing another session after it
	audit     int
	window    *Showing
}

// Console returns the person whose session is on the screen, or nil.
func (m *Mac) Console() *Account {
	if s := m.console(); s != nil {
		return s.account
	}
	return nil
}

// Switching tells whether a fast user switch is under way.
func (m *Mac) Switching() bool {
	s := m.console()
	return s != nil && s.loggingIn
}

func (m *Mac) console() *session {
	for _, s := range m.sessions {
		if s.onConsole {
			return s
		}
	}
	return nil
}

func (m *Mac) sessionOf(uid int) *session {
	for _, s := range m.sessions {
		if s.account.UID == uid {
			return s
		}
	}
	return nil
}

// loginSession returns the session that a program runs in, or nil. What the root
// job starts is in none, also where root is logged in.
func (p *Program) loginSession() *session {
	if p.Session == 0 {
		return nil
	}
	return p.m.sessionOf(p.Session)
}

// LoggedIn returns everybody who is logged in, at the screen or not.
func (m *Mac) LoggedIn() []*Account {
	var out []*Account
	for _, s := range m.sessions {
		out = append(out, s.account)
	}
	return out
}

// Unsaved tells whether a person who is logged in has work that is not saved.
func (m *Mac) Unsaved(name string) bool {
	for _, s := range m.sessions {
		if _, has := m.vetoing([]*session{s}); has && s.account.Name == name {
			return true
		}
	}
	return false
}

func (m *Mac) account(name string) *Account {
	for _, a := range m.accounts {
		if a.Name == name {
			return a
		}
	}
	return nil
}

func (m *Mac) accountOf(uid int) *Account {
	for _, a := range m.accounts {
		if a.UID == uid {
			return a
		}
	}
	return nil
}

// loginAfterBoot lets the people who do so log in once the Mac has started.
func (m *Mac) loginAfterBoot(after time.Duration) {
	for _, a := range m.accounts {
		if a.LogsInAfter <= 0 {
			continue
		}
		boot := m.boots
		m.After(after+a.LogsInAfter, func() {
			if m.up && m.boots == boot && m.console() == nil {
				m.Login(a.Name)
			}
		})
	}
}

// Login brings a person's session to the screen, a new one where there is
// none. A session that was on the screen goes on in the background.
func (m *Mac) Login(name string) {
	a := m.account(name)
	if a == nil || !m.up {
		return
	}
	if s := m.console(); s != nil && s.account != a {
		s.onConsole = false
	}
	s := m.sessionOf(a.UID)
	if s == nil {
		s = m.newSession(a)
		m.noteName(SessionChanged, name, a.FullName+" logs in.")
	} else if !s.onConsole {
		m.noteName(SessionChanged, name, a.FullName+" is back at the screen.")
	} else {
		m.Unlock()
	}
	s.onConsole, s.locked, s.loggingIn, s.stale = true, false, false, false
	m.looks()
}

func (m *Mac) newSession(a *Account) *session {
	s := &session{account: a, audit: 100000 + len(m.sessions) + m.rand.IntN(900)}
	s.apps = append(s.apps, a.Apps...)
	m.sessions = append(m.sessions, s)
	return s
}

// SwitchTo begins a fast user switch to a person who is not logged in yet:
// for a while the console belongs to nobody in particular. After it macOS goes on
// showing the session of before until the new one is logged out.
func (m *Mac) SwitchTo(name string) {
	a := m.account(name)
	if a == nil || !m.up {
		return
	}
	if s := m.console(); s != nil {
		s.onConsole = false
	}
	s := m.sessionOf(a.UID)
	first := s == nil
	if first {
		s = m.newSession(a)
	}
	s.onConsole, s.loggingIn = true, true
	m.looks()
	m.noteName(SessionChanged, name, "A fast user switch to "+a.FullName+" begins.")
	m.After(12*time.Second, func() {
		if s.loggingIn {
			s.loggingIn, s.stale = false, first && !m.facts.Quirks.SwitchSettles
			m.noteName(SessionChanged, name, a.FullName+" is at the screen.")
		}
	})
}

// LoginWindow puts the login window on the screen and leaves the sessions
// running, as "Switch User" does.
func (m *Mac) LoginWindow() {
	if s := m.console(); s != nil {
		s.onConsole = false // its windows live on, unseen
		m.looks()
		m.note(SessionChanged, "The login window is on the screen; "+s.account.FullName+" is still logged in.")
	}
}

// Logout ends a person's session. Their apps and dialogs go with it.
func (m *Mac) Logout(name string) {
	for i, s := range m.sessions {
		if s.account.Name != name {
			continue
		}
		m.sessions = append(m.sessions[:i:i], m.sessions[i+1:]...)
		if s.onConsole {
			m.calls = nil
		}
		m.noteName(SessionChanged, name, s.account.FullName+" logs out.")
		s.endWindow()
		return
	}
}

// Lock locks the screen of the session that is on it.
func (m *Mac) Lock() {
	if s := m.console(); s != nil && !s.locked {
		s.locked = true
		m.looks()
		m.note(SessionChanged, "The screen is locked.")
	}
}

// Unlock unlocks the screen.
func (m *Mac) Unlock() {
	if s := m.console(); s != nil && s.locked {
		s.locked = false
		m.looks()
		m.note(SessionChanged, "The screen is unlocked.")
	}
}

// OpenApp opens an app in a person's session, or changes one that is open.
func (m *Mac) OpenApp(name string, app App) {
	a := m.account(name)
	if a == nil {
		return
	}
	s := m.sessionOf(a.UID)
	if s == nil {
		return
	}
	text := app.Name + " is open"
	if app.Unsaved {
		text += " with unsaved work"
	}
	m.noteName(FactChanged, app.Name, text+".")
	for i := range s.apps {
		if s.apps[i].Name == app.Name {
			s.apps[i] = app
			return
		}
	}
	s.apps = append(s.apps, app)
}

// vetoing returns the first app on the Mac that refuses to quit.
func (m *Mac) vetoing(ss []*session) (App, bool) {
	for _, s := range ss {
		for _, a := range s.apps {
			if a.Unsaved {
				return a, true
			}
		}
	}
	return App{}, false
}

// endSessions ends every session, as a restart does, and tells what was lost.
func (m *Mac) endSessions() {
	for _, s := range m.sessions {
		for _, a := range s.apps {
			if a.Unsaved {
				m.record(Event{Kind: WorkLost, Name: a.Name, Who: s.account.Name, Text: fmt.Sprintf("Unsaved work in %s is lost.", a.Name)})
			}
		}
		s.endWindow()
	}
	m.sessions, m.calls = nil, nil
}
