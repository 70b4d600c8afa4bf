package selfupdate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"installordefer/internal/logging"
	"installordefer/internal/tool"
	"installordefer/launchd"
	"installordefer/pkg/release"
)

// A Log is what administrators read.
type Log interface {
	Debug(c logging.Category, format string, args ...any)
	Notice(c logging.Category, format string, args ...any)
	Error(c logging.Category, format string, args ...any)
}

// An Updater is the self-update of one Mac.
type Updater struct {
	Host   *launchd.Host
	Runner launchd.Runner
	Log    Log
	// Folder is where the MDM puts packages and notes, as the Mac knows it. Empty:
	// nothing is installed.
	Folder string
	// Keys are those of the organization.
	Keys note.Verifiers
	// Version is that of the program that runs. It counts where there is no
	// receipt.
	Version string
	// UnderWay returns what the round of updates has under way, or "". Its error
	// says that nobody can tell.
	UnderWay func() (string, error)
	// Now tells the time.
	Now func() time.Time
}

// Run looks for a newer version once, and installs it if it may. Its error says
// that it could not look; what it has refused is in the log, and the last of it in
// the outcome.
func (u *Updater) Run(ctx context.Context) error {
	if left, err := u.left(); left || err != nil {
		return errors.Join(err, u.leave(ctx, left))
	}
	var err error
	if u.Folder != "" {
		err = u.lookOnce(ctx)
	}
	if ctx.Err() == nil {
		u.tellProblem(err)
	}
	return err
}

func (u *Updater) lookOnce(ctx context.Context) error {
	rec, err := u.load()
	if err != nil {
		return err
	}
	offers, err := u.look(rec)
	if err != nil {
		return err
	}
	if len(offers) == 0 && rec.open() == nil {
		return nil
	}
	unlock, err := u.Host.Lock()
	if errors.Is(err, launchd.ErrBusy) {
		u.Log.Debug(logging.SelfUpdate, "The job is at work. A newer version has to wait.")
		return nil
	}
	if err != nil {
		return err
	}
	defer unlock()
	return u.locked(ctx, rec, offers)
}

// locked goes on once no wake of the job can begin.
func (u *Updater) locked(ctx context.Context, rec *record, offers []offer) error {
	what, err := u.UnderWay()
	if err != nil {
		return fmt.Errorf("nobody can tell whether the job has something under way, so a newer version has to wait: %w", err)
	}
	if what != "" {
		u.Log.Debug(logging.SelfUpdate, "A newer version has to wait: %s.", what)
		return nil
	}
	installed, err := u.installed(ctx)
	if err != nil {
		return err
	}
	if rec.open() != nil {
		return u.resume(ctx, rec, installed)
	}
	best := u.choose(rec, offers, installed)
	if best == nil {
		return u.save(rec)
	}
	err = u.copy(*best)
	if err == nil {
		var r release.Release
		if r, err = u.verify(ctx, installed); err == nil {
			return u.install(ctx, rec, *best, r, installed)
		}
	}
	return errors.Join(u.turnDown(rec, *best, err), u.dropCopy())
}

// turnDown notes an offer that is refused. Any other error is no verdict on it, so
// it is looked at again next time.
func (u *Updater) turnDown(rec *record, o offer, err error) error {
	var no refusal
	if !errors.As(err, &no) {
		return fmt.Errorf("%s: %w. The next attempt is in a quarter of an hour", o.name, err)
	}
	u.refuse(o.name, no)
	rec.Judged[o.name] = o.print
	return u.save(rec)
}

// A refusal is the reason why a package is not installed.
type refusal struct {
	error
	// Old is set where it is only not newer: one that was left in the folder.
	Old bool
}

func (r refusal) Unwrap() error { return r.error }

func (u *Updater) refuse(name string, why refusal) {
	said := fmt.Sprintf("Refused %s in %s: %v.", name, u.Folder, why)
	u.Log.Error(logging.SelfUpdate, "%s It is not looked at again before the package or the note changes.", said)
	if !why.Old || u.told().Outcome != isInstalled {
		u.tell(outcome{Outcome: isRefused, Said: said, Package: name})
	}
}

// installed is the version on the Mac: that of the receipt, which the Installer
// writes last.
func (u *Updater) installed(ctx context.Context) (string, error) {
	r, err := u.Runner.Run(ctx, tool.Command{Path: tool.Pkgutil, Args: []string{"--pkg-info", string(u.Host.ID)}, Limit: time.Minute})
	if err != nil {
		return "", fmt.Errorf("asking for the receipt: %w", err)
	}
	for line := range strings.Lines(string(r.Stdout)) {
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), "version: "); ok && r.ExitCode == 0 {
			return v, nil
		}
	}
	return u.Version, nil
}

// left tells whether the self-update has nothing to do on this Mac any more: a
// package without it was installed, or the job has been taken off the Mac.
func (u *Updater) left() (bool, error) {
	own, err := there(u.Host.SelfUpdateJobFile())
	if err != nil || !own {
		return err == nil, err
	}
	job, errJob := there(u.Host.JobFile())
	program, errProgram := there(u.Host.Program())
	err = errors.Join(errJob, errProgram)
	return err == nil && !job && !program, err
}

func there(path string) (bool, error) {
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// leave takes the self-update off the Mac. The program goes last but for launchd's
// knowledge of it, which ends the process.
func (u *Updater) leave(ctx context.Context, left bool) error {
	if !left {
		return nil
	}
	u.Log.Notice(logging.SelfUpdate, "The self-update has nothing left to do on this Mac, so it takes itself off.")
	for _, path := range []string{u.record(), u.Host.SelfUpdateOutcome(), u.copied(), u.copiedNote(), u.Host.SelfUpdateJobFile(), u.Host.SelfUpdateFolder()} {
		if err := u.delete(path); err != nil {
			return fmt.Errorf("taking the self-update off: %w", err)
		}
	}
	_, err := u.Runner.Run(ctx, tool.Command{Path: tool.Launchctl, Args: []string{"bootout", "system/" + u.Host.SelfUpdateLabel()}, Limit: time.Minute})
	if ctx.Err() != nil {
		return nil // launchd has asked this process to end: that is the answer
	}
	return err
}

// delete deletes a file, or a folder with all in it, in a folder of root's.
func (u *Updater) delete(path string) error {
	dir, err := u.Host.OpenFolder(filepath.Dir(path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.RemoveAll(filepath.Base(path))
}
