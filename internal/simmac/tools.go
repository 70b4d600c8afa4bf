package simmac

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// quick is how long a tool takes that only answers a question.
const quick = 40 * time.Millisecond

// scutil answers who is at the screen.
func scutil(p *Program, argv []string) int {
	p.wait(quick)
	if len(argv) == 2 && argv[1] == "--nwi" {
		p.out(p.m.networkText())
		return 0
	}
	for line := range strings.Lines(string(p.Stdin)) {
		switch strings.TrimSpace(line) {
		case "show State:/Users/ConsoleUser":
			p.out(p.m.consoleText())
		case "quit", "exit", "q", "":
			return 0
		default:
			p.out("  No such key\n")
		}
	}
	return 0
}

// consoleText is what scutil shows of the screen.
func (m *Mac) consoleText() string {
	s := m.console()
	if s == nil {
		return m.loginWindowText()
	}
	uid, shown := s.account.UID, m.shown(s)
	var b strings.Builder
	b.WriteString("<dictionary> {\n  GID : 20\n  Name : " + s.account.Name + "\n  SessionInfo : <array> {\n")
	for i, other := range m.sessions {
		b.WriteString(sessionText(i, other, other == shown))
	}
	fmt.Fprintf(&b, "  }\n  UID : %d\n}\n", uid)
	return b.String()
}

// shown is the session on the screen while s is said to be there. In the gap of a
// fast user switch the new person is named, and the session of somebody else is
// still the one that is shown.
func (m *Mac) shown(s *session) *session {
	if s != nil && (s.loggingIn || s.stale) {
		for _, other := range m.sessions {
			if other != s {
				return other
			}
		}
	}
	return s
}

func sessionText(i int, s *session, onConsole bool) string {
	return fmt.Sprintf(`    %d : <dictionary> {
      kCGSSessionAuditIDKey : %d
      kCGSSessionGroupIDKey : 20
      kCGSSessionIDKey : %d
      kCGSSessionLoginwindowSafeLogin : FALSE
      kCGSSessionOnConsoleKey : %s
      kCGSSessionSystemSafeBoot : FALSE
      kCGSSessionUserIDKey : %d
      kCGSSessionUserNameKey : %s
      kCGSessionLoginDoneKey : %s
      kCGSessionLongUserNameKey : %s
      kSCSecuritySessionID : %d
    }
`, i, s.audit, 257+i, truth(onConsole), s.account.UID, s.account.Name, truth(!s.loggingIn), s.account.FullName, s.audit)
}

// loginWindowText is what scutil shows of the login window.
func (m *Mac) loginWindowText() string {
	if m.facts.Quirks.LoginWindow == 2 && len(m.sessions) == 0 {
		return "  No such key\n"
	}
	var b strings.Builder
	b.WriteString("<dictionary> {\n")
	if m.facts.Quirks.LoginWindow == 0 {
		b.WriteString("  GID : 0\n  Name : loginwindow\n")
	}
	if len(m.sessions) > 0 {
		b.WriteString("  SessionInfo : <array> {\n")
		for i, s := range m.sessions {
			b.WriteString(sessionText(i, s, false))
		}
		b.WriteString("  }\n")
	}
	if m.facts.Quirks.LoginWindow == 0 {
		b.WriteString("  UID : 0\n")
	}
	b.WriteString("}\n")
	return b.String()
}

func truth(b bool) string {
	if b {
		return "TRUE"
	}
	return "FALSE"
}

// shutdown takes the Mac down without asking.
func shutdown(p *Program, argv []string) int {
	args := argv[1:]
	halt, restart := false, false
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		switch args[0] {
		case "-r":
			restart = true
		case "-h":
			halt = true
		case "-o", "-n":
		default:
			p.err("usage: shutdown [-] [-h [-u] [-n] | -r [-n] | -s | -k] time [warning-message ...]\n")
			return 1
		}
		args = args[1:]
	}
	if p.UID != 0 {
		p.err("shutdown: NOT super-user\n")
		return 1
	}
	if len(args) == 0 || halt == restart {
		p.err("usage: shutdown [-] [-h [-u] [-n] | -r [-n] | -s | -k] time [warning-message ...]\n")
		return 1
	}
	minutes, ok := strings.CutPrefix(args[0], "+")
	n, err := strconv.Atoi(minutes)
	switch {
	case args[0] == "now":
		p.out("Shutdown NOW!\nshutdown: [pid " + strconv.Itoa(p.pid) + "]\n")
		n = 0
	case !ok || err != nil || n < 0:
		p.err("shutdown: illegal time format\n")
		return 1
	default:
		p.out("Shutdown in " + minutes + " minutes.\n")
	}
	p.m.After(time.Duration(n)*time.Minute+time.Second, func() { p.m.hardRestart(halt, offTime) })
	return 0
}

// osascript sends Apple events. Only those that ask for a restart are known.
func osascript(p *Program, argv []string) int {
	script := ""
	for i := 1; i+1 < len(argv); i++ {
		if argv[i] == "-e" {
			script = argv[i+1]
		}
	}
	p.wait(300 * time.Millisecond)
	s := p.loginSession()
	target, verb := event(script)
	switch {
	case verb == "":
		p.err("0:0: syntax error: A unknown token can’t go here. (-2740)\n")
		return 1
	case s == nil || !s.onConsole:
		p.err("0:0: execution error: An error of type -10810 has occurred. (-10810)\n")
		return 1
	case p.m.facts.Quirks.EventsDenied || target == "System Events":
		p.err(fmt.Sprintf("0:0: execution error: Not authorized to send Apple events to %s. (-1743)\n", target))
		return 1
	case p.UID != 0 && p.UID != s.account.UID:
		p.err("0:0: execution error: A privilege violation occurred. (-10004)\n")
		return 1
	}
	p.m.softRestart(s, strings.HasSuffix(verb, "sdn") || verb == "shut down", target == "loginwindow" && verb != "aevtrest")
	return 0
}

// event takes an AppleScript apart that tells one app one thing.
func event(script string) (target, verb string) {
	rest, ok := strings.CutPrefix(script, `tell application "`)
	if !ok {
		return "", ""
	}
	target, verb, ok = strings.Cut(rest, `" to `)
	if !ok {
		return "", ""
	}
	switch verb {
	case "«event aevtrrst»", "«event aevtrsdn»", "«event aevtrest»":
		if target == "loginwindow" {
			return target, strings.Trim(verb[len("«event "):], "»")
		}
	case "restart", "shut down":
		if target == "System Events" {
			return target, verb
		}
	}
	return "", ""
}

// pmset tells about power.
func pmset(p *Program, argv []string) int {
	p.wait(quick)
	if len(argv) != 3 || argv[1] != "-g" {
		p.err("Usage: pmset <options>\nSee pmset(1) for details: 'man pmset'\n")
		return 1
	}
	b := p.m.battery
	switch argv[2] {
	case "batt", "ps":
		p.out(powerText(b))
	case "assertions":
		p.out(p.m.assertionsText())
	case "systemstate":
		p.out(p.m.systemStateText())
	default:
		p.err("pmset: unknown -g argument\n")
		return 1
	}
	return 0
}

func powerText(b *Battery) string {
	if b == nil {
		return "Now drawing from 'AC Power'\n"
	}
	source, state := "Battery Power", fmt.Sprintf("discharging; %d:%02d remaining", b.Percent/15, b.Percent%15*4)
	switch {
	case b.Adapter && b.Percent >= 100:
		source, state = "AC Power", "charged; 0:00 remaining"
	case b.Adapter && b.Percent >= 80:
		source, state = "AC Power", "AC attached; not charging"
	case b.Adapter:
		source, state = "AC Power", "charging; (no estimate)"
	}
	return fmt.Sprintf("Now drawing from '%s'\n -InternalBattery-0 (id=21758051)\t%d%%; %s present: true\n", source, b.Percent, state)
}

// networkText is what "scutil --nwi" prints. A network that leads nowhere looks
// like any other.
func (m *Mac) networkText() string {
	const (
		none = "   No IPv%d states found\n\n\n   REACH : flags 0x00000000 (Not Reachable)\n\n"
		some = "     en0 : flags      : 0x5 (IPv4,DNS)\n           address    : 192.168.1.23\n           reach      : 0x00000002 (Reachable)\n\n" +
			"   REACH : flags 0x00000002 (Reachable)\n\n"
	)
	four, interfaces := some, "Network interfaces: en0\n"
	if m.network == NetworkDown {
		four, interfaces = fmt.Sprintf(none, 4), "Network interfaces: \n"
	}
	return "Network information\n\nIPv4 network interface information\n" + four +
		"IPv6 network interface information\n" + fmt.Sprintf(none, 6) + interfaces
}

// df tells how much space is free.
func df(p *Program, argv []string) int {
	p.wait(quick)
	if strings.Join(argv[1:], " ") != "-k -P /System/Volumes/Data" {
		p.err("df: " + last(argv) + ": No such file or directory\n")
		return 1
	}
	const blocks = 482797652
	free := int64(p.m.freeBytes / 1024)
	used := max(blocks-free, 0)
	p.out("Filesystem 1024-blocks      Used Available Capacity  Mounted on\n" +
		fmt.Sprintf("/dev/disk3s5   %d %d %d    %d%%    /System/Volumes/Data\n", blocks, used, free, used*100/blocks))
	return 0
}

// fdesetup tells about disk encryption.
func fdesetup(p *Program, argv []string) int {
	p.wait(quick)
	if len(argv) != 2 || argv[1] != "status" {
		p.err("fdesetup: unknown verb.\n")
		return 1
	}
	switch p.m.vault {
	case FileVaultOff:
		p.out("FileVault is Off.\n")
	case FileVaultEncrypting:
		p.out("FileVault is On.\nEncryption in progress: Percent completed = 41.20\n")
	case FileVaultDecrypting:
		p.out("FileVault is Off.\nDecryption in progress: Percent completed = 17.85\n")
	default:
		p.out("FileVault is On.\n")
	}
	return 0
}

// openURL opens a pane of System Settings, or anything else.
func openURL(p *Program, argv []string) int {
	p.wait(200 * time.Millisecond)
	what := last(argv[1:])
	s := p.loginSession()
	switch {
	case what == "":
		p.err("Usage: open [-e] [-t] [-f] [-W] [-R] [-n] [-g] [-h] [-s <partial SDK name>][-b <bundle identifier>] [-a <application>] [filenames] [--args arguments]\n")
		return 1
	case s == nil || !s.onConsole:
		p.err("The application cannot be opened for an unexpected reason, error=Error Domain=NSOSStatusErrorDomain Code=-10810 \"kLSUnknownErr: Unexpected internal error\"\n")
		return 1
	}
	p.m.noteName(PaneOpened, what, "System Settings opens "+what+".")
	return 0
}
