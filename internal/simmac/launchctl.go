package simmac

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// launchctl controls launchd.
func launchctl(p *Program, argv []string) int {
	if len(argv) < 2 {
		p.err("Usage: launchctl <subcommand> ... | help [subcommand]\n")
		return 1
	}
	args := argv[2:]
	switch argv[1] {
	case "asuser":
		return asuser(p, args)
	case "bootout", "bootstrap", "enable", "disable", "print", "kickstart":
		if p.UID != 0 && strings.HasPrefix(first(args), "system") && argv[1] != "print" {
			p.err("Not privileged to manage the system domain.\n")
			return 1
		}
		return p.m.service(p, argv[1], args)
	case "print-disabled":
		p.out(p.m.disabledText())
		return 0
	case "list":
		return listJobs(p, args)
	case "remove", "unload", "load":
		// The old commands answer with 0 whatever happens.
		if first(args) == p.m.facts.Job.Label || strings.HasSuffix(last(args), p.m.facts.Job.Label+".plist") {
			if argv[1] == "load" {
				p.m.bootstrap()
			} else {
				p.m.job.unload(p.m)
			}
		}
		return 0
	case "reboot":
		p.m.hardRestart(false, 0)
		return 0
	}
	p.err("Unrecognized subcommand: " + argv[1] + "\n")
	return 1
}

func first(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return args[0]
}

func last(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return args[len(args)-1]
}

// asuser runs a program in a person's login session. It changes neither who
// runs it nor the environment.
func asuser(p *Program, args []string) int {
	if len(args) < 2 {
		p.err("Usage: launchctl asuser <uid> <program> ...\n")
		return 64
	}
	if p.UID != 0 {
		p.err("Could not switch to audit session 0x186a9: 1: Operation not permitted\n")
		return 1
	}
	uid, err := strconv.Atoi(args[0])
	if err != nil {
		p.err("Invalid user id: " + args[0] + "\n")
		return 64
	}
	p.Session = uid
	return p.m.exec(p, args[1:])
}

// AsPerson reads the command line with which the root job's program becomes a
// person and then another program: "…/install-or-defer as-person UID PROGRAM …".
func AsPerson(argv []string) (uid int, program []string, ok bool) {
	if len(argv) < 4 || !strings.HasSuffix(argv[0], "/install-or-defer") || argv[1] != "as-person" {
		return 0, nil, false
	}
	uid, err := strconv.Atoi(argv[2])
	return uid, argv[3:], err == nil && uid >= 0
}

// becomePerson is that program.
func becomePerson(p *Program, argv []string) int {
	uid, program, _ := AsPerson(argv)
	switch {
	case p.UID != 0:
		p.err("install-or-defer: take the groups: operation not permitted\n")
	case uid != 0 && p.m.accountOf(uid) == nil:
		p.err(fmt.Sprintf("install-or-defer: find the account of user id %d: unknown userid %d\n", uid, uid))
	default:
		p.UID = uid
		return p.m.exec(p, program)
	}
	return 1
}

// service is launchctl on one service.
func (m *Mac) service(p *Program, command string, args []string) int {
	target := last(args)
	domain, label, _ := strings.Cut(target, "/")
	if domain == "gui" || domain == "user" {
		uid, rest, _ := strings.Cut(label, "/")
		return m.guiService(p, command, uid, rest)
	}
	if command == "bootstrap" {
		return m.bootstrapFrom(p, args)
	}
	if label == "com.apple.softwareupdated" && command == "kickstart" {
		return m.kickstart(p)
	}
	if strings.HasPrefix(label, m.facts.Job.Label+".") {
		return m.besideService(p, command, label)
	}
	if label == "" || label != m.facts.Job.Label {
		return unknownService(p, command, label, "system")
	}
	switch command {
	case "enable":
		m.job.disabled = false
	case "disable":
		m.job.disabled = true
	case "bootout":
		if !m.job.loaded {
			p.err("Boot-out failed: 3: No such process\n")
			return 3
		}
		m.job.unload(m)
		p.wait(time.Second) // long enough to die with the caller's group
	case "kickstart":
		if !m.job.loaded {
			return unknownService(p, command, label, "system")
		}
		m.job.due = true
	case "print":
		if !m.job.loaded {
			return unknownService(p, command, label, "system")
		}
		p.out(m.printJob())
	}
	return 0
}

// disabledText is what "launchctl print-disabled system" prints.
func (m *Mac) disabledText() string {
	word := "enabled"
	if m.job.disabled {
		word = "disabled"
	}
	return "\n\tdisabled services = {\n\t\t\"com.apple.ftpd\" => disabled\n\t\t\"" + m.facts.Job.Label + "\" => " + word + "\n\t}\n"
}

func unknownService(p *Program, command, label, domain string) int {
	switch command {
	case "enable", "disable":
		return 0 // any name is taken
	case "bootout":
		p.err("Boot-out failed: 3: No such process\n")
		return 3
	}
	p.err(fmt.Sprintf("Bad request.\nCould not find service %q in domain for %s\n", label, domain))
	return 113
}

// guiService is launchctl on a service of a person's session.
func (m *Mac) guiService(p *Program, command, uid, label string) int {
	n, err := strconv.Atoi(uid)
	if err != nil || m.sessionOf(n) == nil {
		p.err("Bootstrap failed: 125: Domain does not support specified action\n")
		return 125
	}
	if label == "com.apple.controlcenter" && command == "print" {
		p.out("gui/" + uid + "/" + label + " = {\n\tactive count = 5\n\tstate = running\n\n\tprogram = /System/Library/CoreServices/ControlCenter.app/Contents/MacOS/ControlCenter\n\tpid = 612\n}\n")
		return 0
	}
	return unknownService(p, command, label, "user gui: "+uid)
}

// bootstrapFrom loads a job file.
func (m *Mac) bootstrapFrom(p *Program, args []string) int {
	label := strings.TrimSuffix(last(args)[strings.LastIndexByte(last(args), '/')+1:], ".plist")
	switch {
	case strings.HasPrefix(label, m.facts.Job.Label+".") && !m.beside[label]:
		if m.beside == nil {
			m.beside = map[string]bool{}
		}
		m.beside[label] = true
		return 0
	case m.job.loaded, !strings.HasSuffix(last(args), "/"+m.facts.Job.Label+".plist"), m.job.disabled, !m.job.file:
		p.err("Bootstrap failed: 5: Input/output error\nTry re-running the command as root for richer errors.\n")
		return 5
	}
	m.bootstrap()
	return 0
}

func (m *Mac) bootstrap() {
	if !m.job.loaded && m.job.file {
		m.job.load(m, time.Second)
	}
}

// besideService is launchctl on a job of the same product beside the root job. It
// is only known to be there; who plays with it starts it.
func (m *Mac) besideService(p *Program, command, label string) int {
	if !m.beside[label] {
		return unknownService(p, command, label, "system")
	}
	switch command {
	case "bootout":
		delete(m.beside, label)
	case "print":
		p.out("system/" + label + " = {\n\tactive count = 0\n\tstate = not running\n}\n")
	}
	return 0
}

// kickstart restarts the update daemon, which the Mac refuses from 14.4 on.
func (m *Mac) kickstart(p *Program) int {
	if !m.osBefore(14, 4) {
		p.err("Could not kickstart service \"com.apple.softwareupdated\": 150: Operation not permitted while System Integrity Protection is engaged\n")
		return 150
	}
	p.wait(2 * time.Second)
	return 0
}

// printJob is what launchctl prints of the root job.
func (m *Mac) printJob() string {
	state, pid := "not running", ""
	if m.job.process != nil || m.job.running {
		state, pid = "running", "\tpid = 4242\n"
	}
	return "system/" + m.facts.Job.Label + " = {\n\tactive count = 0\n\tpath = /Library/LaunchDaemons/" + m.facts.Job.Label +
		".plist\n\ttype = LaunchDaemon\n\tstate = " + state + "\n\n\tprogram = /Library/Application Support/" + m.facts.Job.Label +
		"/install-or-defer\n\targuments = {\n\t\t/Library/Application Support/" + m.facts.Job.Label + "/install-or-defer\n\t}\n\n" +
		pid + "\tlast exit code = 0\n\n\tspawn type = daemon (3)\n\trun interval = " + strconv.Itoa(int(m.facts.Job.Interval.Seconds())) +
		" seconds\n}\n"
}

// listJobs is launchctl list.
func listJobs(p *Program, args []string) int {
	m := p.m
	if len(args) > 0 && (args[0] != m.facts.Job.Label || !m.job.loaded) {
		p.err("Could not find service \"" + args[0] + "\" in domain for port\n")
		return 113
	}
	p.out("PID\tStatus\tLabel\n-\t0\tcom.apple.softwareupdated\n")
	if m.job.loaded {
		p.out("-\t0\t" + m.facts.Job.Label + "\n")
	}
	return 0
}
