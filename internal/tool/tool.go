// Package tool runs the programs of macOS that the job needs.
//
// What holds for every run: the program is named by an absolute path from the
// one list below and never looked up; it gets a fixed environment and nothing
// of ours; no shell is involved; it leads its own session and process group,
// without a controlling terminal; both of its output streams are read to the
// end; a time limit ends it together with everything it started in that group;
// its output is kept for the log up to a bound.
package tool

import (
	"errors"
	"fmt"
	"time"

	"installordefer/internal/text"
)

// A Path is the absolute path of a program on the Mac.
type Path string

// The programs of macOS that the job may start. Nothing else is ever run.
const (
	SoftwareUpdate Path = "/usr/sbin/softwareupdate"
	Launchctl      Path = "/bin/launchctl"
	Scutil         Path = "/usr/sbin/scutil"
	Shutdown       Path = "/sbin/shutdown"
	Osascript      Path = "/usr/bin/osascript"
	Pmset          Path = "/usr/bin/pmset"
	Ioreg          Path = "/usr/sbin/ioreg"
	Fdesetup       Path = "/usr/bin/fdesetup"
	Open           Path = "/usr/bin/open"
	Pkgutil        Path = "/usr/sbin/pkgutil"
	Logger         Path = "/usr/bin/logger"
	Diskutil       Path = "/usr/sbin/diskutil"
	Dscl           Path = "/usr/bin/dscl"
	Defaults       Path = "/usr/bin/defaults"
	Codesign       Path = "/usr/bin/codesign"
	Caffeinate     Path = "/usr/bin/caffeinate"
	Profiles       Path = "/usr/bin/profiles"
	Log            Path = "/usr/bin/log"
	Df             Path = "/bin/df"
)

// Installer installs a package. The root job may not run it: only a System that
// says so in Installs does.
const Installer Path = "/usr/sbin/installer"

// allowed is the list above, for the test at each start.
var allowed = map[Path]bool{
	SoftwareUpdate: true, Launchctl: true, Scutil: true,
	Shutdown: true, Osascript: true, Pmset: true, Ioreg: true, Fdesetup: true,
	Open: true, Pkgutil: true, Logger: true, Diskutil: true, Dscl: true,
	Defaults: true, Codesign: true, Caffeinate: true, Profiles: true, Log: true, Df: true,
}

// A Command is one run of a program.
type Command struct {
	Path Path
	Args []string
	// Stdin is given to the program; nil means /dev/null. It may be a secret
	// and is never part of an error or a result. The caller wipes it.
	Stdin []byte
	// Limit bounds the whole run. 0 means no limit.
	Limit time.Duration
	// Silence bounds the time without progress. 0 means no limit. Of a run
	// that is followed, progress is what Progressed is told; of one that is
	// waited for, every byte. A tool that repeats "60.00%" for ever prints
	// without progressing.
	Silence time.Duration
	// FirstSilence bounds the time before the first progress. 0 means as long
	// as Silence.
	FirstSilence time.Duration
	// Terminal gives the program a pseudo-terminal for its standard output,
	// because Apple's tools hold back what they write to a pipe. It never
	// becomes the program's controlling terminal, so that nothing can ask
	// for a password there. Where none can be had the program gets a pipe,
	// and four times both silences; the result says so.
	Terminal bool
	// Discard sends both output streams to /dev/null. It is for shutdown(8),
	// which leaves a process behind that shuts the Mac down: what that one
	// writes into a pipe whose reader has gone would end it.
	Discard bool
}

// A Line is one line of output, without its end. A carriage return ends a
// line as a newline does, and the two together end one line. Text belongs to
// the receiver.
type Line struct {
	Stderr bool
	Text   []byte
}

// MaxLine bounds a Line, in bytes. The rest of a longer one is left out.
const MaxLine = 1 << 20

// A Result is what a run left behind.
type Result struct {
	// Stdout and Stderr hold the output. Of a stream longer than MaxOutput
	// the middle is cut out, with a line in its place that says how much was
	// left out, and Cut is true.
	Stdout, Stderr []byte
	// Cut is true when output is missing from Stdout, Stderr or a Line.
	Cut bool
	// ExitCode is the exit status, or -1 if the program did not exit by
	// itself.
	ExitCode int
	// NoTerminal says why the program got a pipe although a terminal was
	// asked for; nil where it got what was asked for.
	NoTerminal error
}

// MaxOutput bounds what is kept of each output stream, in bytes. The longest
// list seen on a real Mac has 3 KiB.
const MaxOutput = 1 << 20

// A TimeoutError says that a program was ended because it ran too long.
type TimeoutError struct {
	Path Path
	// After is the limit that was passed.
	After time.Duration
	// Silent is true when the limit was on time without progress.
	Silent bool
}

func (e *TimeoutError) Error() string {
	if e.Silent {
		return fmt.Sprintf("%s made no progress for %s and was ended", e.Path, text.Length(e.After))
	}
	return fmt.Sprintf("%s did not finish within %s and was ended", e.Path, text.Length(e.After))
}

// EndedEarly is the error of a run whose program was ended before its time.
func EndedEarly(path Path, why error) error {
	return fmt.Errorf("%s was ended early: %w", path, why)
}

// ErrNotStarted is wrapped by the error of a run whose program could not be
// started at all.
var ErrNotStarted = errors.New("could not be started")
