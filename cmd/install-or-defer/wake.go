package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"installordefer/deferral/settings"
	"installordefer/deferral/statefile"
	"installordefer/internal/agent"
	"installordefer/internal/atomicfile"
	"installordefer/internal/cli"
	"installordefer/internal/clock"
	"installordefer/internal/logging"
	"installordefer/internal/macos"
	"installordefer/internal/plist"
	"installordefer/internal/product"
	"installordefer/internal/tool"
	"installordefer/launchd"
	"installordefer/softwareupdate"
)

// wakeCommand is one wake of the job.
func wakeCommand(root string, verbose bool, stderr io.Writer) int {
	if err := mustBeRoot(root); err != nil {
		fmt.Fprintf(stderr, "install-or-defer: %v\n", err)
		return cli.ExitFailed
	}
	l := layout(root)
	c, err := theClock(root)
	if err != nil {
		fmt.Fprintf(stderr, "install-or-defer: %v\n", err)
		return cli.ExitFailed
	}
	runner := newRunner(l, c)
	host := newHost(l, runner)
	broken, unread := host.TakeErrors()
	files := readFiles(l)
	log := openLog(l, c, runner, diagnosticLog(l, files), verbose, stderr)
	defer log.Close()

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if unread != nil {
		log.Error(logging.Job, "%v", unread)
	}
	release, err := host.Lock()
	if errors.Is(err, launchd.ErrBusy) {
		log.Debug(logging.Job, "Another wake is at work. This one ends.")
		return cli.ExitOK
	}
	if err != nil {
		log.Error(logging.Job, "%v", err)
		return cli.ExitFailed
	}
	defer release()
	if _, err := host.SweepHelpers(ctx); err != nil {
		log.Error(logging.Job, "%v", err)
	}
	job := newJob(l, c, host, runner, log, files)
	job.Broken = launchd.LastWords(broken)
	outcome, err := job.Run(ctx)
	switch {
	case errors.Is(err, agent.ErrBroken):
		return exitBroken
	case ctx.Err() != nil:
		log.Notice(logging.Job, "Asked to end. The next wake goes on from what is saved.")
	case err != nil:
		log.Error(logging.Job, "%v", err)
		return cli.ExitFailed
	case outcome.Removed:
		log.Notice(logging.Job, "Removed.")
	}
	return cli.ExitOK
}

// newJob joins the real rooms.
func newJob(l launchd.Layout, c clock.Clock, host *launchd.Host, runner *tool.System, log agent.Log, files settings.Files) *agent.Job {
	machine, _ := host.Machine() // the wake itself reports what is wrong with it
	os, _ := macos.ParseVersion(machine.OSVersion)
	return &agent.Job{
		Clock: c,
		Store: newStore(l),
		Updater: &softwareupdate.Tool{Runner: runner, Clock: c, OS: os, Log: func(format string, args ...any) {
			log.Notice(logging.Check, format, args...)
		}},
		Host:     host,
		Screen:   &screen{host: host, runner: runner, clock: c, log: log},
		Log:      log,
		Settings: func() settings.Files { return files },
		Zone:     time.Local,
	}
}

// theClock is the Mac's clock, or that of the simulated Mac under root.
func theClock(root string) (clock.Clock, error) {
	if root == "" {
		return clock.System(), nil
	}
	c, err := clock.Simulated(filepath.Join(root, "private/var/simmac/clock.json"))
	if err != nil {
		return nil, fmt.Errorf("--root names no simulated Mac: %w", err)
	}
	return c, nil
}

func newRunner(l launchd.Layout, c clock.Clock) *tool.System {
	r := &tool.System{Root: l.Root, Clock: c}
	if l.Root != "" {
		r.Env = []string{"SIMMAC_ROOT=" + l.Root}
	}
	return r
}

// newHost returns the Mac. A simulated one belongs to whoever runs it.
func newHost(l launchd.Layout, r launchd.Runner) *launchd.Host {
	h := &launchd.Host{Layout: l, Runner: r, TeamID: product.TeamID}
	if l.Root != "" {
		h.Owner, h.TeamID = os.Getuid(), ""
	}
	return h
}

// olderIDs are the domains of the original before 3.0. They held no settings
// by today's names, but may hold a deadline that is running.
func olderIDs() []string {
	return []string{"com.elliotjordan.install_or_defer", "com.github.mpanighetti.install_or_defer"}
}

func newStore(l launchd.Layout) *statefile.Store {
	store := &statefile.Store{Disk: agent.FileDisk{}, Path: l.StateFile(), Copy: l.DeadlineCopy()}
	for _, id := range append(olderIDs(), settings.UpstreamIDs...) {
		if id != string(l.ID) {
			store.Formerly = append(store.Formerly, launchd.Layout{Root: l.Root, ID: launchd.Identifier(id)}.StateFile())
		}
	}
	return store
}

// readFiles reads the files with settings: the profile over the local preferences.
func readFiles(l launchd.Layout) settings.Files {
	return settings.ReadFiles(func(path string) ([]byte, error) {
		return atomicfile.Read(filepath.Join(l.Root, path), plist.MaxFile)
	}, string(l.ID))
}

// inForce puts what the running round has kept into the place of a profile that
// is away. It changes nothing. A state that cannot be read leaves the files as
// they are: whoever reads it next says so.
func inForce(l launchd.Layout, files settings.Files) settings.Files {
	c, err := theClock(l.Root)
	if err != nil || !files.Away() {
		return files
	}
	store := newStore(l)
	store.Disk = readOnly{}
	st, _, err := store.Load()
	if err != nil {
		return files
	}
	_, files, _ = st.InForce(files, c.Now())
	return files
}

// diagnosticLog tells whether a log file is wanted. Whether the round has kept
// that of a profile that is away is looked up only where there is such a file.
func diagnosticLog(l launchd.Layout, files settings.Files) bool {
	if set, _, _ := files.Settings(); set.DiagnosticLog {
		return true
	}
	if _, err := os.Stat(l.DiagnosticLog()); err != nil {
		return false
	}
	set, _, _ := inForce(l, files).Settings()
	return set.DiagnosticLog
}

// mustBeRoot refuses to work on a real Mac for anybody but root.
func mustBeRoot(root string) error {
	if root == "" && os.Geteuid() != 0 {
		return errors.New("this must run as root, because it reads and writes root's files: use sudo")
	}
	return nil
}
