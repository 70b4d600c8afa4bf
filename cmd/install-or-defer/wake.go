package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"syscall"
	"time"

	"installordefer/deferral/settings"
	"installordefer/deferral/statefile"
	"installordefer/internal/atomicfile"
	"installordefer/internal/cli"
	"installordefer/internal/history"
	"installordefer/internal/logging"
	"installordefer/internal/macos"
	"installordefer/internal/plist"
	"installordefer/internal/product"
	"installordefer/internal/statusfile"
	"installordefer/internal/wake"
	"installordefer/launchd"
	"installordefer/softwareupdate"
)

// wakeCommand is one wake of the job.
func wakeCommand(root string, verbose bool, stderr io.Writer) (int, error) {
	m, err := macToChange(root)
	if err != nil {
		return cli.ExitFailed, err
	}
	broken, unread := m.TakeErrors()
	files := m.files()
	log := openLog(m, m.diagnosticLog(files), verbose, stderr)
	defer log.Close()

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if unread != nil {
		log.Error(logging.Job, "%v", unread)
	}
	release, err := m.Lock()
	if errors.Is(err, launchd.ErrBusy) {
		log.Debug(logging.Job, "Another wake is running, so this one ends.")
		return cli.ExitOK, nil
	}
	if err != nil {
		log.Error(logging.Job, "%v", err)
		return cli.ExitFailed, nil
	}
	defer release()
	for _, note := range m.ClearWay(atomicfile.Aside(m.clock.Now().Wall)) {
		log.Error(logging.State, "%s", note)
	}
	if _, err := m.SweepHelpers(ctx); err != nil {
		log.Error(logging.Job, "%v", err)
	}
	job := newJob(m, log, files)
	job.Broken = launchd.LastWords(broken)
	outcome, err := job.Run(ctx)
	switch {
	case errors.Is(err, wake.ErrBroken):
		return exitBroken, nil
	case outcome.Removed, ctx.Err() != nil && gone(m.JobFile()):
		// The last step of a removal unloads the job, and launchd ends it with that.
		log.Notice(logging.Job, "Removed.")
	case ctx.Err() != nil:
		log.Notice(logging.Job, "Asked to end. The next wake goes on from what is saved.")
	case err != nil:
		log.Error(logging.Job, "%v", err)
		return cli.ExitFailed, nil
	}
	return cli.ExitOK, nil
}

// gone tells whether there is no file at a path.
func gone(path string) bool {
	_, err := os.Lstat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// newJob joins the real rooms.
func newJob(m *mac, log wake.Log, files settings.Files) *wake.Job {
	machine, _ := m.Machine() // the wake itself reports what is wrong with it
	os, _ := macos.ParseVersion(machine.Version)
	return &wake.Job{
		Clock: m.clock,
		Store: m.store(files.Own),
		Updater: &softwareupdate.Tool{Runner: m.runner, Clock: m.clock, OS: os, Log: func(format string, args ...any) {
			log.Notice(logging.Check, format, args...)
		}},
		Host:     m,
		Holds:    m.holds(),
		Screen:   &screen{host: m.Host, runner: m.runner, clock: m.clock, log: log},
		Log:      log,
		Settings: func() settings.Files { return files },
		Zone:     time.Local,
		History:  history.File(m.HistoryFile()),
		Board:    statusfile.File(m.StatusFile()), Identifier: product.BundleID, Version: product.Version,
	}
}

// olderIDs are the domains of the original before 3.0. They held no settings
// by today's names, but may hold a deadline that is running.
func olderIDs() []string {
	return []string{"com.elliotjordan.install_or_defer", "com.github.mpanighetti.install_or_defer"}
}

// store returns the state of the job, with the local preferences as the settings
// were read from them.
func (m *mac) store(local settings.Local) *statefile.Store {
	store := &statefile.Store{
		Disk: wake.FileDisk{}, Defaults: m.Host, Path: m.StateFile(), Copy: m.DeadlineCopy(),
		Volume: m.Volume, Domain: settings.DomainOf(settings.LocalPath(string(m.ID))), Local: local,
	}
	for _, id := range append(olderIDs(), settings.UpstreamIDs...) {
		if id != string(m.ID) {
			store.Formerly = append(store.Formerly, settings.DomainOf(settings.LocalPath(id)))
		}
	}
	return store
}

// holds is where a hold on this Mac is kept.
func (m *mac) holds() statefile.HoldFile {
	return statefile.HoldFile{Disk: wake.FileDisk{}, Path: m.HoldFile()}
}

// files reads the files with settings: the profile over the local preferences. A
// profile is believed only where nobody but root can have written it.
func (m *mac) files() settings.Files {
	return settings.ReadFiles(func(path string) ([]byte, error) {
		data, err := atomicfile.Read(m.Path(path), plist.MaxFile)
		if err == nil && settings.IsManaged(path) {
			err = m.CheckOwned(m.Path(path))
		}
		return data, err
	}, string(m.ID))
}

// inForce puts what the running round has kept into the place of a profile that
// is away. It changes nothing. A state that cannot be read leaves the files as
// they are: whoever reads it next says so.
func (m *mac) inForce(files settings.Files) settings.Files {
	if !files.Away() {
		return files
	}
	store := m.store(files.Own)
	store.Disk = readOnly{}
	st, _, err := store.Load()
	if err != nil {
		return files
	}
	_, files, _ = st.InForce(files, m.clock.Now())
	return files
}

// diagnosticLog tells whether a log file is wanted. Whether the round has kept
// that of a profile that is away is looked up only where there is such a file.
func (m *mac) diagnosticLog(files settings.Files) bool {
	if set, _, _ := files.Settings(); set.DiagnosticLog {
		return true
	}
	if _, err := os.Stat(m.DiagnosticLog()); err != nil {
		return false
	}
	set, _, _ := m.inForce(files).Settings()
	return set.DiagnosticLog
}
