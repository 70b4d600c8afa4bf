package simmac

import (
	"bytes"
	"fmt"
	"iter"
	"path"
	"strings"
	"time"

	"installordefer/internal/tool"
)

// A Started says how a program of the Mac is started.
type Started struct {
	// Argv is the command line, absolute path first.
	Argv []string
	// Stdin is all that the program can read.
	Stdin []byte
	// UID is who runs it, Session the person whose login session it is in;
	// 0 and 0 for what the root job starts.
	UID, Session int
	// Terminal is true where its standard output is a terminal: output then
	// comes at once, and a line end is CR LF.
	Terminal bool
	// Output gets what it prints, as it comes out of its buffers.
	Output func(stderr bool, b []byte)
	// Exit is called once when it has ended, with -1 when it was killed.
	Exit func(code int)
}

// A Program is a program of the Mac that runs. It is a coroutine: it goes on
// when the story reaches the end of each of its waits, whatever the process
// that started it does meanwhile.
type Program struct {
	Started
	m     *Mac
	pid   int
	next  func() (time.Duration, bool)
	stop  func()
	yield func(time.Duration) bool
	timer *occurrence
	until time.Duration // of awake time, the end of the present wait

	held  []byte  // standard output in the buffer of a pipe
	ready []chunk // output to be handed on
	lines int     // lines printed so far
	fault *Fault
	ended bool
	awake bool // the Mac is kept awake for it
	code  int
}

type chunk struct {
	stderr bool
	text   []byte
}

// pipeBuffer is the size of the buffer that holds standard output back when
// it goes to a pipe.
const pipeBuffer = 4096

// forever is a wait that only the end of the program ends.
const forever time.Duration = -1

// killed unwinds a program that is killed.
type killed struct{}

// Start starts a program of the Mac. The error is for one that the Mac does
// not have.
func (m *Mac) Start(s Started) (*Program, error) {
	p := &Program{Started: s, m: m, pid: m.pidOf(s.Argv), code: -1}
	if m.Journal.Keeps(ToolRan) {
		m.record(Event{Kind: ToolRan, Argv: s.Argv, Name: path.Base(s.Argv[0]), Text: ShownArgv(s.Argv)})
	}
	p.fault = m.fault(s.Argv)
	if toolMain(tool.Path(s.Argv[0])) == nil || p.fault != nil && p.fault.Kind == Missing {
		return nil, fmt.Errorf("%s %w", s.Argv[0], tool.ErrNotStarted)
	}
	p.next, p.stop = iter.Pull(func(yield func(time.Duration) bool) {
		defer func() {
			if r := recover(); r != nil {
				if _, ok := r.(killed); !ok {
					panic(r)
				}
			}
		}()
		p.yield = yield
		code := p.main()
		p.flush()
		p.code = code
	})
	m.programs = append(m.programs, p)
	p.resume()
	return p, nil
}

func (p *Program) main() int {
	if p.fault != nil {
		if code, done := p.fault.before(p); done {
			return code
		}
	}
	code := p.m.exec(p, p.Argv)
	if p.fault != nil {
		code = p.fault.after(p, code)
	}
	return code
}

// Waiting tells whether a program of the Mac is in the middle of its work.
func (m *Mac) Waiting() bool { return len(m.programs) > 0 }

// resume lets the program go on to its next wait or its end.
func (p *Program) resume() {
	if p.ended {
		return
	}
	d, more := p.next()
	if !more {
		p.finish(p.code)
		return
	}
	if d != forever {
		p.until = p.m.awake + d
		p.timer = p.m.schedule(p.m.now+d, p.wake)
	}
	p.handOn()
}

// wake ends a wait, unless the Mac slept through a part of it.
func (p *Program) wake() {
	left := p.until - p.m.awake
	if left <= 0 {
		p.resume()
		return
	}
	at := p.m.now + left
	if p.m.asleep && p.m.wakeAt != nil {
		at = p.m.wakeAt.at + left
	}
	p.timer = p.m.schedule(at, p.wake)
}

// goOn lets whatever waited for the Mac to wake go on.
func (m *Mac) goOn() {
	for _, p := range m.programs {
		if left := p.until - m.awake; p.timer != nil && left > 0 {
			m.cancel(p.timer)
			p.timer = m.schedule(m.now+left, p.wake)
		}
	}
}

// Kill ends the program at once. What its buffers held is lost.
func (p *Program) Kill() {
	if p.ended {
		return
	}
	p.m.cancel(p.timer)
	p.code = -1
	p.stop()
	p.finish(-1)
}

func (p *Program) finish(code int) {
	p.ended, p.code = true, code
	for i, other := range p.m.programs {
		if other == p {
			p.m.programs = append(p.m.programs[:i], p.m.programs[i+1:]...)
			break
		}
	}
	if p.m.Journal.Keeps(ToolEnded) {
		p.m.record(Event{Kind: ToolEnded, Argv: p.Argv, Name: path.Base(p.Argv[0]), Code: code})
	}
	p.handOn()
	if p.Exit != nil {
		p.Exit(code)
	}
}

func (p *Program) handOn() {
	ready := p.ready
	p.ready = nil
	for _, c := range ready {
		if p.Output != nil {
			p.Output(c.stderr, c.text)
		}
	}
}

// wait lets d pass while the Mac is awake.
func (p *Program) wait(d time.Duration) {
	if p.fault != nil && p.fault.Kind == Slow && d > 0 {
		d *= time.Duration(max(p.fault.Factor, 2))
	}
	if !p.yield(d) {
		panic(killed{})
	}
}

// hang waits until the program is killed.
func (p *Program) hang() {
	for {
		p.wait(forever)
	}
}

// out prints to standard output.
func (p *Program) out(text string) {
	p.counted(text)
	if p.Terminal {
		p.emit(false, []byte(strings.ReplaceAll(text, "\n", "\r\n")))
		return
	}
	p.held = append(p.held, text...)
	for len(p.held) >= pipeBuffer {
		p.emit(false, bytes.Clone(p.held[:pipeBuffer]))
		p.held = p.held[pipeBuffer:]
	}
}

// err prints to standard error, which is never held back.
func (p *Program) err(text string) {
	p.counted(text)
	p.emit(true, []byte(text))
}

// say prints an error whose stream nobody has recorded.
func (p *Program) say(text string) {
	if p.m.facts.Quirks.ErrorsOnStderr {
		p.err(text)
	} else {
		p.out(text)
	}
}

// counted counts lines and takes a fault that strikes in the middle.
func (p *Program) counted(text string) {
	p.lines += strings.Count(text, "\n")
	if p.fault != nil {
		p.fault.during(p)
	}
}

func (p *Program) flush() {
	if len(p.held) > 0 {
		p.emit(false, p.held)
		p.held = nil
	}
}

func (p *Program) emit(stderr bool, b []byte) {
	if len(b) > 0 {
		p.ready = append(p.ready, chunk{stderr, b})
	}
}

// ShownArgv returns a command line for people to read.
func ShownArgv(argv []string) string {
	var b strings.Builder
	for i, a := range argv {
		switch {
		case i == 0:
			a = path.Base(a)
		case a == "" || strings.ContainsAny(a, " \"'\u00a0"):
			a = "'" + a + "'"
		}
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(a)
	}
	return b.String()
}

// exec runs a command line within p: the tool itself, and what launchctl
// starts in its place.
func (m *Mac) exec(p *Program, argv []string) int {
	main := toolMain(tool.Path(argv[0]))
	if _, _, ok := AsPerson(argv); ok {
		main = becomePerson
	}
	if main == nil {
		p.err(argv[0] + ": No such file or directory\n")
		return 127
	}
	return main(p, argv)
}

// toolMain returns the program at a path of macOS, or nil.
func toolMain(path tool.Path) func(p *Program, argv []string) int {
	switch path {
	case tool.SoftwareUpdate:
		return softwareupdate
	case tool.Launchctl:
		return launchctl
	case tool.Scutil:
		return scutil
	case tool.Shutdown:
		return shutdown
	case tool.Osascript:
		return osascript
	case tool.Pmset:
		return pmset
	case tool.Ioreg:
		return ioreg
	case tool.Fdesetup:
		return fdesetup
	case tool.Open:
		return openURL
	case tool.Pkgutil:
		return pkgutil
	case tool.Logger:
		return logger
	case tool.Diskutil:
		return diskutil
	case tool.Dscl:
		return dscl
	case tool.Defaults:
		return defaults
	case tool.Codesign:
		return codesign
	case tool.Caffeinate:
		return caffeinate
	case tool.Profiles:
		return profiles
	case tool.Log:
		return logShow
	case tool.Df:
		return df
	}
	return nil
}

// Tools are the programs that the Mac has.
var Tools = [...]tool.Path{
	tool.SoftwareUpdate, tool.Launchctl, tool.Caffeinate, tool.Scutil, tool.Shutdown, tool.Osascript,
	tool.Pmset, tool.Ioreg, tool.Fdesetup, tool.Open, tool.Pkgutil, tool.Logger,
	tool.Diskutil, tool.Dscl, tool.Defaults, tool.Codesign, tool.Profiles, tool.Log, tool.Df,
}
