package installer

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"howett.net/plist"

	"installordefer/launchd"
	"installordefer/pkg/formats/bom"
	"installordefer/pkg/formats/payload"
	"installordefer/pkg/formats/universal"
)

// Expect says what Check looks for besides what always holds.
type Expect struct {
	// Identifier is the identifier the package was built for; empty accepts
	// any.
	Identifier string
	// AnyProcessor accepts programs that are not universal. It is for the
	// simulated Mac, whose programs are those of the machine it runs on.
	AnyProcessor bool
}

// Uninstall is the name of the uninstall script in the job's folder.
const Uninstall = "uninstall"

// Check reads a package back and returns everything that is wrong with it,
// joined. A package that passes has the owners, modes, scripts and programs
// that an installation of this project consists of, and says the same of them
// in every place.
func Check(data []byte, x Expect) error {
	c, err := Open(data)
	if err != nil {
		return err
	}
	ck := &checker{c: c}
	if x.Identifier != "" && c.info.Identifier != x.Identifier {
		ck.add("the package is for the identifier %s, not %s", c.info.Identifier, x.Identifier)
	}
	ck.info()
	ck.tree("payload", c.Payload)
	ck.tree("scripts", c.Scripts)
	ck.bill()
	ck.contents(x.AnyProcessor)
	ck.scripts()
	return errors.Join(ck.problems...)
}

type checker struct {
	c        *Contents
	problems []error
}

func (ck *checker) add(format string, args ...any) {
	ck.problems = append(ck.problems, fmt.Errorf(format, args...))
}

// info compares PackageInfo and Distribution with what the writer puts there.
// They hold nothing that does not follow from the payload, the identifier, the
// version and the title.
func (ck *checker) info() {
	c := ck.c
	p := Package{Identifier: c.info.Identifier, Version: c.info.Version, Payload: c.Payload, Scripts: c.Scripts}
	if !identifierForm.MatchString(p.Identifier) || !versionForm.MatchString(p.Version) {
		ck.add("PackageInfo: %q and %q are not an identifier and a version", p.Identifier, p.Version)
	}
	want, err := p.packageInfo()
	if err != nil {
		ck.add("PackageInfo: %w", err)
	} else if !bytes.Equal(c.infoText, want) {
		ck.add("PackageInfo does not fit the payload and the scripts; it must be\n%s", want)
	}
	if c.dist == nil {
		return
	}
	p.Title = c.dist.Title
	if want, err = p.distribution(c.component); err != nil {
		ck.add("Distribution: %w", err)
	} else if !bytes.Equal(c.distText, want) {
		ck.add("Distribution does not fit the component; it must be\n%s", want)
	}
}

// tree compares owners, modes and completeness with what payload.New gives
// the same files.
func (ck *checker) tree(what string, t payload.Tree) {
	want, err := payload.New(filesOf(t))
	if err != nil {
		ck.add("%s: %w", what, err)
		return
	}
	if len(t) != len(want) {
		ck.add("%s: %d files and folders instead of %d; a folder is missing, doubled or empty", what, len(t), len(want))
	}
	for i := range min(len(t), len(want)) {
		is, must := t[i], want[i]
		if is.Path != must.Path || is.Dir != must.Dir {
			ck.add("%s: %q where %q must be", what, is.Path, must.Path)
			return
		}
		if is.Mode != must.Mode || is.UID != must.UID || is.GID != must.GID {
			ck.add("%s: %s has mode %04o and owner %d:%d, and must have mode %04o and owner %d:%d",
				what, is.Path, is.Mode, is.UID, is.GID, must.Mode, must.UID, must.GID)
		}
	}
}

// bill compares the bill of materials with the payload.
func (ck *checker) bill() {
	records := map[string]bom.Record{}
	for _, r := range ck.c.Bom {
		records[r.Path] = r
	}
	for _, e := range ck.c.Payload {
		r, ok := records[e.Path]
		delete(records, e.Path)
		switch {
		case !ok:
			ck.add("Bom: %s is missing", e.Path)
		case r.Dir != e.Dir || r.Mode != e.Mode || r.UID != e.UID || r.GID != e.GID:
			ck.add("Bom: owner or mode of %s differs from the payload", e.Path)
		case !e.Dir && (int64(r.Size) != int64(len(e.Data)) || r.Cksum != bom.Cksum(e.Data)):
			ck.add("Bom: size or checksum of %s differs from the payload", e.Path)
		default:
			ck.billSlices(r, e)
		}
	}
	for p := range records {
		ck.add("Bom: %s is not in the payload", p)
	}
}

func (ck *checker) billSlices(r bom.Record, e payload.Entry) {
	parts, err := universal.Slices(e.Data)
	if err != nil && !errors.Is(err, universal.ErrNotUniversal) {
		ck.add("%s: %w", e.Path, err)
		return
	}
	var want []bom.SliceRecord
	for _, s := range parts {
		want = append(want, bom.SliceRecord{CPU: s.CPU, Subtype: s.Subtype, Size: uint32(len(s.Data)), Cksum: bom.Cksum(s.Data)})
	}
	if !slices.Equal(r.Slices, want) {
		ck.add("Bom: the processors of %s differ from the payload", e.Path)
	}
}

// contents looks for the parts of an installation, and for anything else.
func (ck *checker) contents(anyProcessor bool) {
	t := ck.c.Payload
	layout := launchd.Layout{ID: launchd.Identifier(ck.c.info.Identifier)}
	support, job := InPackage(layout.SupportFolder()), InPackage(layout.JobFile())
	for _, p := range []string{layout.Program(), layout.Helper(), path.Join(layout.SupportFolder(), Uninstall), layout.JobFile()} {
		if _, ok := t.Find(InPackage(p)); !ok {
			ck.add("the payload has no %s", p)
		}
	}
	// The self-update is there as a whole or not at all.
	selfUpdate := []string{InPackage(layout.SelfUpdateProgram()), InPackage(layout.SelfUpdateJobFile())}
	for i, p := range selfUpdate {
		if _, ok := t.Find(p); ok {
			if _, ok := t.Find(selfUpdate[1-i]); !ok {
				ck.add("the payload has %s and no %s", p, selfUpdate[1-i])
			}
		}
	}
	for _, e := range t {
		if e.Dir {
			continue
		}
		if e.Path != job && !strings.HasPrefix(e.Path, support+"/") && !slices.Contains(selfUpdate, e.Path) {
			ck.add("%s is outside the folder of the job", e.Path)
		}
		ck.processors(e, anyProcessor)
	}
	if e, ok := t.Find(job); ok {
		ck.job(e.Data, string(layout.ID), layout.Program())
	}
	if e, ok := t.Find(selfUpdate[1]); ok {
		ck.job(e.Data, layout.SelfUpdateLabel(), layout.SelfUpdateProgram())
	}
}

// InPackage turns a path on the Mac into one in the payload.
func InPackage(p string) string { return strings.TrimPrefix(p, "/") }

// processors insists that every program runs on both kinds of Mac.
func (ck *checker) processors(e payload.Entry, anyProcessor bool) {
	if anyProcessor || e.Mode&0o111 == 0 || bytes.HasPrefix(e.Data, []byte("#!")) {
		return
	}
	parts, err := universal.Slices(e.Data)
	if err != nil {
		ck.add("%s: %w, so it does not run on both kinds of Mac", e.Path, err)
		return
	}
	for _, cpu := range []universal.CPU{universal.ARM64, universal.X86_64} {
		if !slices.ContainsFunc(parts, func(s universal.Slice) bool { return s.CPU == cpu }) {
			ck.add("%s has no program for %v", e.Path, cpu)
		}
	}
}

// job checks that launchd will find under the label what the package installs.
func (ck *checker) job(data []byte, label, program string) {
	var job struct {
		Label            string
		Program          string
		ProgramArguments []string
	}
	if _, err := plist.Unmarshal(data, &job); err != nil {
		ck.add("the job file: %w", err)
		return
	}
	if job.Label != label {
		ck.add("the job file has the label %q and must have %q", job.Label, label)
	}
	if job.Program == "" && len(job.ProgramArguments) > 0 {
		job.Program = job.ProgramArguments[0]
	}
	if job.Program != program {
		ck.add("the job file starts %q and must start %q", job.Program, program)
	}
}

func (ck *checker) scripts() {
	for _, name := range []string{"preinstall", "postinstall"} {
		e, ok := ck.c.Scripts.Find(name)
		switch {
		case !ok:
			ck.add("the script %s is missing", name)
		case !bytes.HasPrefix(e.Data, []byte("#!/bin/sh\n")):
			ck.add("the script %s does not begin with #!/bin/sh", name)
		case bytes.ContainsRune(e.Data, '\r'):
			ck.add("the script %s has line ends that sh does not know", name)
		case bytes.Contains(e.Data, []byte("@BUNDLE_ID@")) || !bytes.Contains(e.Data, []byte(ck.c.info.Identifier)):
			ck.add("the script %s is not made for the identifier %s", name, ck.c.info.Identifier)
		}
	}
}
