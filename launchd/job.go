package launchd

import (
	"fmt"
	"time"

	"howett.net/plist"
)

// Interval is the time between two wakes. launchd counts it only while the
// Mac is awake and the job is not running. A wake with nothing due costs
// milliseconds, so it can be short: a person is asked at most this long after
// a deferral ended or the Mac woke.
const Interval = 5 * time.Minute

// exitTimeOut is how long launchd waits from SIGTERM to SIGKILL. The job is
// out within five seconds; the rest is room for a slow disk.
const exitTimeOut = 30 * time.Second

// A JobConfig is what differs between one build's job file and another's.
type JobConfig struct {
	ID Identifier
	// Args are the arguments that launchd gives the program.
	Args []string
	// HelperID is the bundle identifier of the helper's application; empty
	// means none. System Settings then lists the job under its name.
	HelperID string
}

// jobFile is a job file. The keys are those of launchd.plist(5). What is not
// there has a reason: no KeepAlive, because the job ends when nothing is due;
// no AbandonProcessGroup, so that launchd ends what is left of the job's group
// when the job dies; no ProcessType, because background jobs are held back
// while a person waits for the dialog; no StandardOutPath, because a wake
// writes nothing there.
type jobFile struct {
	Label                       string            `plist:"Label"`
	ProgramArguments            []string          `plist:"ProgramArguments"`
	RunAtLoad                   bool              `plist:"RunAtLoad"`
	StartInterval               int               `plist:"StartInterval"`
	ExitTimeOut                 int               `plist:"ExitTimeOut"`
	Umask                       int               `plist:"Umask"`
	StandardErrorPath           string            `plist:"StandardErrorPath"`
	EnvironmentVariables        map[string]string `plist:"EnvironmentVariables"`
	AssociatedBundleIdentifiers []string          `plist:"AssociatedBundleIdentifiers,omitempty"`
}

// Plist returns the job file's bytes, the same each time.
func (c JobConfig) Plist() ([]byte, error) {
	if err := c.ID.Check(); err != nil {
		return nil, fmt.Errorf("writing the job file: %w", err)
	}
	f := jobFile{
		Label:            string(c.ID),
		ProgramArguments: append([]string{Layout{ID: c.ID}.Program()}, c.Args...),
		RunAtLoad:        true,
		StartInterval:    int(Interval.Seconds()),
		ExitTimeOut:      int(exitTimeOut.Seconds()),
		Umask:            0o022,
		// TakeErrors keeps it small. It lies where launchd cannot make it
		// again once the job has been removed.
		StandardErrorPath: Layout{ID: c.ID}.ErrorFile(),
		EnvironmentVariables: map[string]string{
			"PATH": "/usr/bin:/bin:/usr/sbin:/sbin",
			// Go's runtime lays out what it keeps for each processor it may
			// use, and the job never has more than one thing to do.
			"GOMAXPROCS": "1",
		},
	}
	if c.HelperID != "" {
		f.AssociatedBundleIdentifiers = []string{c.HelperID}
	}
	data, err := plist.MarshalIndent(f, plist.XMLFormat, "\t")
	if err != nil {
		return nil, fmt.Errorf("writing the job file: %w", err)
	}
	return append(data, '\n'), nil
}

// selfUpdateInterval is the time between two looks for a newer version.
const selfUpdateInterval = 15 * time.Minute

// selfUpdateJobFile is the job file of the self-update. The paths that are watched
// go when the job is taken off the Mac, and the program then goes, too. There is no
// AbandonProcessGroup, so that what an ended program has begun ends with it.
type selfUpdateJobFile struct {
	Label                       string            `plist:"Label"`
	ProgramArguments            []string          `plist:"ProgramArguments"`
	RunAtLoad                   bool              `plist:"RunAtLoad"`
	StartInterval               int               `plist:"StartInterval"`
	WatchPaths                  []string          `plist:"WatchPaths"`
	Umask                       int               `plist:"Umask"`
	EnvironmentVariables        map[string]string `plist:"EnvironmentVariables"`
	AssociatedBundleIdentifiers []string          `plist:"AssociatedBundleIdentifiers,omitempty"`
}

// SelfUpdatePlist returns the bytes of the job file of the self-update, the same
// each time.
func (c JobConfig) SelfUpdatePlist() ([]byte, error) {
	if err := c.ID.Check(); err != nil {
		return nil, fmt.Errorf("writing the job file of the self-update: %w", err)
	}
	l := Layout{ID: c.ID}
	f := selfUpdateJobFile{
		Label: l.SelfUpdateLabel(), ProgramArguments: []string{l.SelfUpdateProgram()}, RunAtLoad: true,
		StartInterval: int(selfUpdateInterval.Seconds()), WatchPaths: []string{l.JobFile(), l.Program(), l.SelfUpdateJobFile()},
		Umask:                0o077,
		EnvironmentVariables: map[string]string{"PATH": "/usr/bin:/bin:/usr/sbin:/sbin"},
	}
	if c.HelperID != "" {
		f.AssociatedBundleIdentifiers = []string{c.HelperID}
	}
	data, err := plist.MarshalIndent(f, plist.XMLFormat, "\t")
	if err != nil {
		return nil, fmt.Errorf("writing the job file of the self-update: %w", err)
	}
	return append(data, '\n'), nil
}
