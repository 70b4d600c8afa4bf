package selfupdate

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"installordefer/internal/atomicfile"
	"installordefer/internal/logging"
	"installordefer/internal/tool"
	"installordefer/pkg/release"
)

// The copies. The Installer wants a name that ends in .pkg.
func (u *Updater) copied() string     { return filepath.Join(u.Host.SelfUpdateFolder(), "copy.pkg") }
func (u *Updater) copiedNote() string { return u.copied() + noteSuffix }

// onMac is the path of the copy as the Mac knows it.
func (u *Updater) onMac() string {
	return filepath.Join(u.Host.OnMac().SelfUpdateFolder(), filepath.Base(u.copied()))
}

func (u *Updater) dropCopy() error {
	return errors.Join(u.delete(u.copied()), u.delete(u.copiedNote()))
}

// installLimit bounds one installation. The job is locked out meanwhile.
const installLimit = 15 * time.Minute

// verify judges the copies.
func (u *Updater) verify(ctx context.Context, installed string) (release.Release, error) {
	signed, err := atomicfile.Read(u.copiedNote(), release.MaxNote)
	if err != nil {
		return release.Release{}, err
	}
	r, err := u.fits(signed, installed)
	if err != nil {
		return release.Release{}, err
	}
	data, err := atomicfile.Read(u.copied(), release.MaxPackage)
	if err != nil {
		return release.Release{}, err
	}
	if err := r.Is(data); err != nil {
		return release.Release{}, refusal{error: err}
	}
	if err := r.Names(data); err != nil {
		return release.Release{}, refusal{error: err}
	}
	return r, u.applesWord(ctx)
}

// unsigned is what pkgutil says of a package that Apple's tools have not signed.
const unsigned = "no signature"

// applesWord asks who has signed the copy in Apple's way. A build that knows its
// team takes nothing else; another one takes what nobody has signed, because the
// note is.
func (u *Updater) applesWord(ctx context.Context) error {
	run, err := u.Runner.Run(ctx, tool.Command{Path: tool.Pkgutil, Args: []string{"--check-signature", u.onMac()}, Limit: 5 * time.Minute})
	if err != nil {
		return fmt.Errorf("asking for the signature of the package: %w", err)
	}
	s, err := release.ReadSignature(string(run.Stdout))
	if err != nil {
		return err
	}
	team := u.Host.TeamID
	switch {
	case team == "" && s.Status == unsigned:
		return nil
	case team == "":
		team = s.Team // whichever it is, Apple has to know it
	}
	if err := s.Check(team); err != nil {
		return refusal{error: err}
	}
	return nil
}

// install installs the copy that has just been verified.
func (u *Updater) install(ctx context.Context, rec *record, o offer, r release.Release, installed string) error {
	rec.Judged[o.name] = o.print
	rec.begin(r)
	if err := u.save(rec); err != nil {
		return err
	}
	return u.attempt(ctx, rec, r, installed)
}

// mostBegun is how often one installation that is cut off is begun.
const mostBegun = 3

// resume concludes an installation that was cut off, or does it again.
func (u *Updater) resume(ctx context.Context, rec *record, now string) error {
	t := rec.open()
	if t.Version == now {
		return u.conclude(rec, nil)
	}
	if t.Begun >= mostBegun {
		return u.conclude(rec, fmt.Errorf("it was cut off %d times", t.Begun))
	}
	r, err := u.verify(ctx, now)
	var no refusal
	switch {
	case errors.As(err, &no):
		return u.conclude(rec, fmt.Errorf("it was cut off, and then the copy was no longer good: %w", no))
	case err != nil:
		return err
	}
	t.Begun++
	if err := u.save(rec); err != nil {
		return err
	}
	return u.attempt(ctx, rec, r, now)
}

// attempt has the Installer install the copy. Once begun it is not broken off
// from here.
func (u *Updater) attempt(ctx context.Context, rec *record, r release.Release, now string) error {
	if err := u.same(r); err != nil {
		return u.conclude(rec, err)
	}
	said := fmt.Sprintf("Installing version %s of this program in place of %s.", r.Version, now)
	u.Log.Notice(logging.SelfUpdate, "%s Until it is done, no wake of the job begins.", said)
	u.tell(outcome{Outcome: isInstalling, Said: said, Version: r.Version})
	ctx = context.WithoutCancel(ctx)
	run, err := u.Runner.Run(ctx, tool.Command{Path: tool.Installer, Args: []string{"-pkg", u.onMac(), "-target", "/"}, Limit: installLimit})
	if err == nil && run.ExitCode != 0 {
		err = fmt.Errorf("the Installer ended with status %d and said: %s", run.ExitCode, lastLine(run))
	}
	if err == nil {
		if now, err = u.installed(ctx); err == nil && now != r.Version {
			err = fmt.Errorf("the Installer reports success, but its receipt is that of version %s", now)
		}
	}
	return u.conclude(rec, err)
}

// same looks once more whether the copy is what was verified.
func (u *Updater) same(r release.Release) error {
	data, err := atomicfile.Read(u.copied(), release.MaxPackage)
	if err == nil {
		err = r.Is(data)
	}
	if err != nil {
		return fmt.Errorf("the copy has changed since it was verified: %w", err)
	}
	return nil
}

// conclude writes down what came of an installation.
func (u *Updater) conclude(rec *record, err error) error {
	t := rec.open()
	t.Outcome = isInstalled
	said := fmt.Sprintf("Version %s of this program is installed.", t.Version)
	if err != nil {
		t.Outcome = hasFailed
		said = fmt.Sprintf("Version %s of this program was not installed: %v.", t.Version, err)
		u.Log.Error(logging.SelfUpdate, "%s It is not tried again; put a later version into %s, or install one with the MDM.", said, u.Folder)
	} else {
		u.Log.Notice(logging.SelfUpdate, "%s", said)
	}
	u.tell(outcome{Outcome: t.Outcome, Said: said, Version: t.Version})
	return errors.Join(u.save(rec), u.dropCopy())
}

// lastLine is what a tool said last, on the stream where it complains.
func lastLine(r tool.Result) string {
	text := strings.TrimSpace(string(r.Stderr))
	if text == "" {
		text = strings.TrimSpace(string(r.Stdout))
	}
	text = text[strings.LastIndexByte(text, '\n')+1:]
	if text == "" {
		return "nothing"
	}
	return fmt.Sprintf("%.300s", strings.TrimSuffix(text, "."))
}
