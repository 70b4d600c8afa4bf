package life

import (
	"context"
	"slices"
	"strings"

	"installordefer/internal/macos"
	"installordefer/internal/simmac"
	"installordefer/internal/wake"
	"installordefer/launchd"
	"installordefer/launchd/mac"
)

// host is the Mac around the job: the real one, whose tools and files are the
// model's.
type host struct {
	launchd.Host
	life    *Life
	process *simmac.Process
}

var (
	_ wake.Host   = (*host)(nil)
	_ wake.Screen = (*screen)(nil)
	_ wake.Window = (*window)(nil)
)

func (l *Life) newHost(p *simmac.Process) *host {
	return &host{
		Host: launchd.Host{Layout: l.layout, Runner: p, Files: &files{l, p}},
		life: l, process: p,
	}
}

// Machine tells what Mac it is.
func (h *host) Machine() (macos.Machine, error) {
	m := h.life.Mac
	return macos.Machine{Version: m.OS().Version, Build: m.OS().Build, AppleSilicon: m.AppleSilicon()}, nil
}

// Declared reads what Apple enforces from the disk of the model.
func (h *host) Declared() (mac.Declared, error) {
	restrictions, _ := h.life.Mac.Disk().Get(mac.RestrictionsFile)
	data, there := h.life.Mac.Disk().Get(mac.DeclaredFile)
	if !there {
		return mac.Declared{AdminByProfile: mac.ParseRestrictions(restrictions)}, nil
	}
	d, err := mac.ParseDeclared(data)
	d.AdminByProfile = mac.ParseRestrictions(restrictions)
	return d, err
}

// InstallLogTail reads the end of the log of installations there.
func (h *host) InstallLogTail() ([]byte, error) {
	log, _ := h.life.Mac.Disk().Get(mac.InstallLog)
	return log[max(0, len(log)-mac.LogTail):], nil
}

// Remove takes the job off the Mac, and notes each step in the journal.
func (h *host) Remove(ctx context.Context, rm launchd.Removal) error {
	before := rm.Before
	rm.Before = func(s launchd.Step) error {
		if before != nil {
			if err := before(s); err != nil {
				return err
			}
		}
		if !h.process.Dead() {
			h.life.Mac.Record(simmac.Event{Kind: simmac.RemovalStep, Name: s.What})
		}
		return nil
	}
	return h.Host.Remove(ctx, rm)
}

// A board is the status for machines on the disk of the model.
type board struct{ life *Life }

func (b board) path() string { return b.life.layout.StatusFile() }

func (b board) Read() ([]byte, error) { return b.life.Mac.Disk().Read(b.path()) }

func (b board) Write(data []byte) error { return b.life.Mac.Disk().Write(b.path(), data) }

// A past is the history on the disk of the model.
type past struct{ life *Life }

func (p past) path() string { return p.life.layout.HistoryFile() }

// Read reads the file, which may be larger than those of the state.
func (p past) Read() ([]byte, error) {
	disk := p.life.Mac.Disk()
	if data, there := disk.Get(p.path()); there && disk.Fault != simmac.DiskBroken {
		return data, nil
	}
	return disk.Read(p.path())
}

func (p past) Write(data []byte) error { return p.life.Mac.Disk().Write(p.path(), data) }

func (p past) Remove() error { return p.life.Mac.Disk().Remove(p.path()) }

// files are the job's files on the disk of the model.
type files struct {
	life    *Life
	process *simmac.Process
}

// removing marks a removal that has begun.
func (f *files) removing() string { return f.life.layout.SupportFolder() + "/removing" }

func (f *files) Mark() error {
	return f.life.Mac.Disk().Write(f.removing(), []byte("begun\n"))
}

func (f *files) Marked() (bool, error) {
	_, begun := f.life.Mac.Disk().Get(f.removing())
	return begun, nil
}

func (f *files) Delete(path string) error {
	if err := f.life.Mac.Disk().Remove(path); err != nil {
		return err
	}
	if path == f.life.layout.JobFile() && !f.process.Dead() {
		f.life.Mac.DeleteJobFile()
	}
	return nil
}

func (f *files) Clear(folder string, keep []string) error {
	d := f.life.Mac.Disk()
	for _, path := range d.Paths() {
		rest, within := strings.CutPrefix(path, folder+"/")
		if name, _, _ := strings.Cut(rest, "/"); !within || slices.Contains(keep, name) {
			continue
		}
		if err := d.Remove(path); err != nil {
			return err
		}
	}
	return nil
}
