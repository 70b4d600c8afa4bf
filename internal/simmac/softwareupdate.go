package simmac

import (
	"fmt"
	"strings"
	"time"
)

// An order is a command line of softwareupdate, taken apart.
type order struct {
	list, download, install           bool
	all, recommended, restart, force  bool
	noScan, stdinPass, agree, verbose bool
	user, passwordArg                 string
	labels                            []string
	bad                               string // the option that does not exist
}

// parseOrder reads the arguments as softwareupdate does. Options and labels
// may be mixed; what follows -- is labels only.
func parseOrder(args []string, oldPassword bool) order {
	var o order
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case a == "--":
			o.labels = append(o.labels, args[i+1:]...)
			return o
		case a == "-l" || a == "--list":
			o.list = true
		case a == "-d" || a == "--download":
			o.download = true
		case a == "-i" || a == "--install":
			o.install = true
		case a == "-a" || a == "--all":
			o.all = true
		case a == "-r" || a == "--recommended":
			o.recommended = true
		case a == "-R" || a == "--restart":
			o.restart = true
		case a == "--force":
			o.force = true
		case a == "--no-scan":
			o.noScan = true
		case a == "--agree-to-license":
			o.agree = true
		case a == "--verbose":
			o.verbose = true
		case a == "--user" && i+1 < len(args):
			i++
			o.user = args[i]
		case a == "--stdinpass":
			o.stdinPass = true
			if oldPassword && i+1 < len(args) {
				i++
				o.passwordArg = args[i]
			}
		case strings.HasPrefix(a, "-") && len(a) > 1:
			o.bad = a
			return o
		default:
			o.labels = append(o.labels, a)
		}
	}
	return o
}

const usage = `usage: softwareupdate <cmd> [<args> ...]

** Manage Updates:
	-l | --list		List all appropriate update labels (options:  --no-scan, --product-types)
	-d | --download		Download Only
	-i | --install		Install
	<label> ...	specific updates
	-a | --all		All appropriate updates
	-R | --restart		Automatically restart (or shut down) if required to complete installation.
	-r | --recommended	Only recommended updates
`

// softwareupdate is Apple's update tool.
func softwareupdate(p *Program, argv []string) int {
	o := parseOrder(argv[1:], majorOf(p.m.os.Version) < 13)
	if o.bad != "" {
		return badOption(p, o.bad)
	}
	if p.UID != 0 && (o.install || o.download) && !o.list {
		p.wait(time.Second)
		p.out("Software Update Tool\n\n")
		p.err("This command requires administrator privileges.\n")
		return 1
	}
	if p.m.facts.Quirks.Noise {
		p.noise()
	}
	if p.m.facts.Quirks.LeadingBlank && o.list {
		p.out("\n")
	}
	p.out("Software Update Tool\n")
	if p.m.osBefore(10, 13) {
		p.out("Copyright 2002-2016 Apple Inc.\n")
	}
	p.out("\n")
	switch {
	case o.list:
		return list(p, o)
	case o.download || o.install:
		return fetch(p, o)
	}
	p.err(usage)
	return 0
}

// badOption complains of an option that does not exist. The exit status is 0.
func badOption(p *Program, option string) int {
	if strings.HasPrefix(option, "--") {
		p.err("softwareupdate: unrecognized option `" + option + "'\n")
	} else {
		p.err("softwareupdate: invalid option -- " + option[1:2] + "\n")
	}
	p.err(usage)
	return 0
}

// noise is a line that the tool logs beside what it says.
func (p *Program) noise() {
	line := fmt.Sprintf("%s softwareupdate[%d:%x] XType: Using static font registry.\n",
		p.m.wallClock().In(p.m.zone).Format("2006-01-02 15:04:05.000"), p.pid, 0x100000+p.pid*17)
	if p.m.facts.Quirks.NoiseOnStdout {
		p.out(line)
	} else {
		p.err(line)
	}
}

// scan looks for updates at Apple. It reports whether Apple was reached.
func scan(p *Program, o order) bool {
	m := p.m
	if o.noScan {
		p.wait(time.Second)
		return true
	}
	slow := max(m.facts.Quirks.SlowScan, 1)
	switch m.network {
	case NetworkDown:
		p.wait(2 * time.Second)
		p.say("Can't connect to the Apple Software Update server, because you are not connected to the Internet.\n")
		return false
	case NetworkCaptive:
		p.wait(time.Duration(slow) * 35 * time.Second)
		if m.rand.IntN(2) == 0 {
			p.say("Can’t connect to the Apple Software Update server.\n")
		} else {
			p.say(`Scan finished with error: Error Domain=NSURLErrorDomain Code=-1005 "The network connection was lost." UserInfo={NSErrorFailingURLKey=https://swscan.apple.com/, NSLocalizedDescription=The network connection was lost., _kCFStreamErrorCodeKey=-4}` + "\n")
		}
		return false
	}
	p.out("Finding available software\n")
	p.wait(time.Duration(slow) * m.spread(9*time.Second))
	if m.network != NetworkUp {
		p.say(`Scan finished with error: Error Domain=NSURLErrorDomain Code=-1009 "The Internet connection appears to be offline." UserInfo={_kCFStreamErrorCodeKey=50}` + "\n")
		return false
	}
	return true
}

// list is softwareupdate --list.
func list(p *Program, o order) int {
	m := p.m
	if !scan(p, o) {
		return 0
	}
	offers := m.listed()
	defer m.noteCheck(len(offers))
	if len(offers) == 0 {
		p.err("No new software available.\n")
		return 0
	}
	if m.facts.Quirks.Noise {
		p.noise()
	}
	p.out("Software Update found the following new or updated software:\n")
	for _, offer := range offers {
		if m.osBefore(10, 15) {
			p.out(m.oldEntry(offer))
		} else {
			p.out(m.newEntry(offer))
		}
	}
	return 0
}

func (m *Mac) noteCheck(n int) {
	if !m.Journal.Keeps(Checked) {
		return
	}
	text := fmt.Sprintf("The check lists %d updates.", n)
	switch n {
	case 0:
		text = "The check says that no new software is available."
	case 1:
		text = "The check lists 1 update."
	}
	m.note(Checked, text)
}

// oldEntry is an entry as printed up to macOS 10.14.
func (m *Mac) oldEntry(o *offer) string {
	tags := ""
	if !o.NotRecommended {
		tags += " [recommended]"
	}
	if o.Action != NoAction {
		tags += " [" + string(o.Action) + "]"
	}
	version := o.Version
	if version == "" {
		version = " "
	}
	bullet := "*"
	if o.NotRecommended {
		bullet = "-"
	}
	return fmt.Sprintf("   %s %s\n\t%s (%s), %dK%s\n", bullet, m.printed(o.Label, o), m.printed(o.Title, o), version, o.SizeKiB, tags)
}

// newEntry is an entry as printed from macOS 10.15 on.
func (m *Mac) newEntry(o *offer) string {
	fields := []string{
		"Title: " + m.printed(o.Title, o),
		"Version: " + o.Version,
		fmt.Sprintf("Size: %d%s", o.SizeKiB, m.sizeUnit(o)),
	}
	bullet := "*"
	switch {
	case !o.NotRecommended:
		fields = append(fields, "Recommended: YES")
	case m.facts.Quirks.Hyphens:
		bullet = "-"
	default:
		fields = append(fields, "Recommended: NO")
	}
	if o.Action != NoAction {
		fields = append(fields, "Action: "+string(o.Action))
	}
	tail := [...]string{", ", ",", ""}[m.facts.Quirks.Tail%3]
	if o.Held && !o.HeldUnmarked {
		fields, tail = append(fields, "Deferred: YES"), ""
	}
	return bullet + " Label: " + m.printed(o.Label, o) + "\n\t" + strings.Join(fields, ", ") + tail + "\n"
}

// sizeUnit is how this version of macOS marks the size of an update.
func (m *Mac) sizeUnit(o *offer) string {
	switch {
	case m.osBefore(12, 0):
		return "K"
	case m.osBefore(13, 3) && o.System():
		return "K"
	}
	return "KiB"
}

// osBefore tells whether the running macOS is older than major.minor.
func (m *Mac) osBefore(major, minor int) bool {
	return compareVersions(m.os.Version, fmt.Sprintf("%d.%d", major, minor)) < 0
}
