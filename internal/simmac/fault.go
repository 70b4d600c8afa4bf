package simmac

import (
	"strings"
	"time"
)

// A FaultKind is how a tool goes wrong.
type FaultKind string

// The faults of tools.
const (
	// HangsAtStart never prints and never ends.
	HangsAtStart FaultKind = "hangs at start"
	// HangsInside stops after some lines and never ends.
	HangsInside FaultKind = "hangs inside"
	// HangsAtEnd prints everything and never ends.
	HangsAtEnd FaultKind = "hangs at end"
	// Repeats prints its last progress for ever.
	Repeats FaultKind = "repeats"
	// Garbage prints bytes that mean nothing and exits with 0.
	Garbage FaultKind = "garbage"
	// Silent prints nothing and exits with 0.
	Silent FaultKind = "silent"
	// Says prints Text instead of what it should and exits with Code.
	Says FaultKind = "says"
	// ClaimsNone prints "No new software available." whatever there is, as
	// softwareupdate did before macOS 13.3.
	ClaimsNone FaultKind = "claims none"
	// Exits works, and exits with Code.
	Exits FaultKind = "exits"
	// CutShort dies after some lines, as if killed from outside.
	CutShort FaultKind = "cut short"
	// Floods prints 16 MiB of lines and then what it should.
	Floods FaultKind = "floods"
	// Slow takes Factor times as long.
	Slow FaultKind = "slow"
	// Missing cannot be started.
	Missing FaultKind = "missing"
)

// FaultKinds are all the faults there are.
var FaultKinds = []FaultKind{HangsAtStart, HangsInside, HangsAtEnd, Repeats, Garbage, Silent, Says,
	ClaimsNone, Exits, CutShort, Floods, Slow, Missing}

// A Fault is a planned fault of a tool.
type Fault struct {
	// Tool is a part of the command line as people read it, such as
	// "softwareupdate --list" or "scutil". Every word of it must occur.
	Tool string
	Kind FaultKind
	// From and Until bound when it strikes; Until 0 means for ever.
	From, Until time.Duration
	// Times is how often it strikes; 0 means each time.
	Times int
	// Lines is after how many lines HangsInside and CutShort strike.
	Lines int
	// Text and Code are what Says prints, on which stream, and the status of
	// Says and Exits.
	Text   string
	Stderr bool
	Code   int
	// Factor is by how much Slow is slower.
	Factor int

	struck int
}

// fault returns the fault that strikes a program that is started now.
func (m *Mac) fault(argv []string) *Fault {
	if len(m.Faults) == 0 {
		return nil
	}
	line := " " + ShownArgv(argv) + " "
	for _, f := range m.Faults {
		if f.strikes(m.now, line) {
			f.struck++
			m.noteName(FaultHit, string(f.Kind), "Planned fault: "+f.Tool+" "+string(f.Kind)+".")
			return f
		}
	}
	return nil
}

func (f *Fault) strikes(now time.Duration, line string) bool {
	if now < f.From || f.Until > 0 && now >= f.Until || f.Times > 0 && f.struck >= f.Times {
		return false
	}
	for _, word := range strings.Fields(f.Tool) {
		if !strings.Contains(line, word) {
			return false
		}
	}
	return true
}

// before strikes before the tool does anything. done says that nothing else
// follows.
func (f *Fault) before(p *Program) (code int, done bool) {
	switch f.Kind {
	case HangsAtStart:
		p.hang()
	case Garbage:
		p.wait(2 * time.Second)
		b := make([]byte, 600)
		for i := range b {
			b[i] = byte(p.m.rand.Uint32())
		}
		p.out(string(b))
		return 0, true
	case Silent:
		p.wait(2 * time.Second)
		return 0, true
	case Says:
		p.wait(2 * time.Second)
		if f.Stderr {
			p.err(f.Text)
		} else {
			p.out(f.Text)
		}
		return f.Code, true
	case ClaimsNone:
		p.wait(8 * time.Second)
		p.out("Software Update Tool\n\nFinding available software\n")
		p.err("No new software available.\n")
		return 0, true
	case Floods:
		line := strings.Repeat("All work and no play makes a dull tool. ", 25) + "\n"
		for range 16 {
			for range 1 << 10 {
				p.out(line)
			}
			p.wait(time.Second)
		}
	}
	return 0, false
}

// during strikes in the middle.
func (f *Fault) during(p *Program) {
	if p.lines < f.Lines {
		return
	}
	switch f.Kind {
	case HangsInside:
		p.hang()
	case CutShort:
		panic(killed{})
	case Repeats:
		if p.lines == 0 {
			return
		}
		for {
			p.emit(false, []byte("Downloading: 60.00%\n"))
			p.wait(time.Second)
		}
	}
}

// after strikes when the tool is done.
func (f *Fault) after(p *Program, code int) int {
	switch f.Kind {
	case HangsAtEnd:
		p.flush()
		p.hang()
	case Exits:
		return f.Code
	}
	return code
}
