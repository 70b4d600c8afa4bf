package simmac

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Macs that sleep wake by themselves about once an hour, with the display off
// and the lid closed, for as long as the network needs.
const (
	darkEvery = time.Hour
	darkFor   = 90 * time.Second
)

// DarkWake wakes a Mac that sleeps, without its display, for d: programs run, and
// nobody sees anything.
func (m *Mac) DarkWake(d time.Duration) {
	if !m.up || m.goingDown || !m.asleep {
		return
	}
	m.asleep, m.dark = false, true
	m.looks()
	m.note(DarkWoke, "The Mac wakes without its display.")
	m.goOn()
	boot := m.boots
	m.After(d, func() {
		if m.dark && m.boots == boot {
			m.asleep, m.dark = true, false
			m.note(FellAsleep, "The Mac sleeps on.")
		}
	})
}

// darkWakes lets the sleep that begins now be broken again and again.
func (m *Mac) darkWakes() {
	if m.facts.Quirks.SleepsThrough {
		return
	}
	nap, boot := m.naps, m.boots
	var next func()
	next = func() {
		if m.naps != nap || m.boots != boot || !m.asleep {
			return
		}
		m.DarkWake(darkFor)
		m.After(darkEvery, next)
	}
	m.After(darkEvery, next)
}

// Dark tells whether the Mac is awake without its display.
func (m *Mac) Dark() bool { return m.dark }

// SetDisplay switches the display on or off, as energy settings do after a
// while without anybody.
func (m *Mac) SetDisplay(on bool) {
	if m.displayOff == on {
		m.displayOff = !on
		m.looks()
		m.note(FactChanged, map[bool]string{true: "The display is on.", false: "The display is off."}[on])
	}
}

// seen tells whether what is on the screen of s can be seen.
func (m *Mac) seen(s *session) bool {
	return !m.asleep && !m.dark && !m.displayOff && !s.locked && s.onConsole
}

// Seen tells whether the person at the screen can see it, and who that is.
func (m *Mac) Seen() (name string, seen bool) {
	s := m.console()
	if s == nil {
		return "", false
	}
	return s.account.Name, m.seen(s)
}

// Locked tells whether the session at the screen is behind its lock.
func (m *Mac) Locked() bool { s := m.console(); return s != nil && s.locked }

// Call lets an app of the person at the screen hold the display awake as calls
// do, or end that. What it tells macOS depends on the app.
func (m *Mac) Call(app string, on bool) {
	if m.calls == nil {
		m.calls = map[string]time.Duration{}
	}
	if !on {
		delete(m.calls, app)
		m.noteName(FactChanged, app, "The call in "+app+" ends.")
		return
	}
	m.calls[app] = m.now
	m.noteName(FactChanged, app, "A call in "+app+" begins.")
}

// Calls are the apps that hold the display awake now.
func (m *Mac) Calls() []string { return slices.Sorted(maps.Keys(m.calls)) }

// callText is how the app of a call keeps the display on.
func (m *Mac) callText(app string, pid int) string {
	held := m.now - m.calls[app]
	kind, name := "PreventUserIdleDisplaySleep", app
	switch app {
	case "FaceTime":
		name = "Ongoing A/V conference"
	case "MSTeams":
		kind, name = "NoDisplaySleepAssertion", "Microsoft Teams Call in progress"
	case "Google Chrome":
		kind, name = "NoDisplaySleepAssertion", "WebRTC has active PeerConnections"
	}
	return fmt.Sprintf("   pid %d(%s): [0x0000a707000%05x] %02d:%02d:%02d %s named: \"%s\"  \n",
		pid, app, pid, int(held.Hours()), int(held.Minutes())%60, int(held.Seconds())%60, kind, name)
}

// assertionsText is what "pmset -g assertions" prints.
func (m *Mac) assertionsText() string {
	var b strings.Builder
	on := m.console() != nil && m.seen(m.console())
	fmt.Fprintf(&b, "%s \nAssertion status system-wide:\n   BackgroundTask                 0\n   UserIsActive                   %d\n   PreventUserIdleDisplaySleep    %d\n   PreventUserIdleSystemSleep     1\nListed by owning process:\n",
		m.Now().Wall.In(m.zone).Format("2006-01-02 15:04:05 -0700"), number(on), number(len(m.calls) > 0))
	if !m.displayOff && !m.dark {
		b.WriteString("   pid 341(powerd): [0x0000000100088001] 00:12:09 PreventUserIdleSystemSleep named: \"Powerd - Prevent sleep while display is on\"  \n")
	}
	for i, app := range m.Calls() {
		b.WriteString(m.callText(app, 821+i))
	}
	b.WriteString("No kernel assertions.\n")
	return b.String()
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// systemStateText is what "pmset -g systemstate" prints.
func (m *Mac) systemStateText() string {
	if m.dark {
		return "Current System Capabilities are: CPU Network \nCurrent Power State: 4\n"
	}
	return "Current System Capabilities are: CPU Graphics Audio Network \nCurrent Power State: 4\n"
}

// ioreg prints the root of the registry as a property list, or what the Mac is as
// text.
func ioreg(p *Program, argv []string) int {
	p.wait(quick)
	switch strings.Join(argv[1:], " ") {
	case "-n Root -d1 -a":
		p.out(p.m.registryText())
	case "-rd1 -c IOPlatformExpertDevice":
		p.out(p.m.expertText())
	default:
		p.err("usage: ioreg [-abfilrtxy] [-c class] [-d depth] [-k key] [-n name] [-p plane] [-w width]\n")
		return 1
	}
	return 0
}

// HardwareUUID names the Mac for good.
func (m *Mac) HardwareUUID() string {
	return fmt.Sprintf("%08X-0000-5000-8000-%012X", uint32(m.facts.Seed>>32), m.facts.Seed&(1<<48-1))
}

// expertText is what ioreg prints of the Mac itself.
func (m *Mac) expertText() string {
	return "+-o J314sAP  <class IOPlatformExpertDevice, id 0x100000258, registered, matched, active, busy 0 (41893 ms), retain 41>\n    {\n" +
		"      \"IOPolledInterface\" = \"AppleARMWatchdogTimerHibernateHandler is not serializable\"\n      \"compatible\" = <\"J314sAP\",\"MacBookPro18,3\",\"AppleARM\">\n" +
		"      \"IOPlatformUUID\" = \"" + m.HardwareUUID() + "\"\n      \"manufacturer\" = <\"Apple Inc.\">\n    }\n    \n"
}

// registryText lists the sessions. While a fast user switch is under way it
// still has the session on the screen that was there before, as scutil's list.
func (m *Mac) registryText() string {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\">\n<dict>\n")
	s := m.console()
	fmt.Fprintf(&b, "\t<key>IOConsoleLocked</key>\n\t<%s/>\n", strings.ToLower(truth(s == nil || s.locked)))
	shown := m.shown(s)
	if len(m.sessions) > 0 {
		b.WriteString("\t<key>IOConsoleUsers</key>\n\t<array>\n")
		for i, each := range m.sessions {
			b.WriteString(registrySession(i, each, each == shown))
		}
		b.WriteString("\t</array>\n")
	}
	b.WriteString("\t<key>IOKitBuildVersion</key>\n\t<string>Darwin Kernel Version 25.6.0</string>\n</dict>\n</plist>\n")
	return b.String()
}

func registrySession(i int, s *session, onConsole bool) string {
	locked := ""
	if s.locked {
		locked = "\t\t\t<key>CGSSessionScreenIsLocked</key>\n\t\t\t<true/>\n"
	}
	return fmt.Sprintf("\t\t<dict>\n%s\t\t\t<key>kCGSSessionIDKey</key>\n\t\t\t<integer>%d</integer>\n\t\t\t<key>kCGSSessionOnConsoleKey</key>\n\t\t\t<%s/>\n"+
		"\t\t\t<key>kCGSSessionUserIDKey</key>\n\t\t\t<integer>%d</integer>\n\t\t\t<key>kCGSSessionUserNameKey</key>\n\t\t\t<string>%s</string>\n"+
		"\t\t\t<key>kCGSessionLoginDoneKey</key>\n\t\t\t<%s/>\n\t\t</dict>\n",
		locked, 257+i, strings.ToLower(truth(onConsole)), s.account.UID, s.account.Name, strings.ToLower(truth(!s.loggingIn)))
}
