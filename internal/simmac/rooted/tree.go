package rooted

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"howett.net/plist"

	"installordefer/internal/simmac"
	"installordefer/launchd"
)

// Files of the Mac that only the simulation has.
const (
	clockFile   = "private/var/simmac/clock.json"
	machineFile = "private/var/simmac/machine.json"
	toolsFile   = "private/var/simmac/simtool"
	versionFile = "System/Library/CoreServices/SystemVersion.plist"
)

// folders are those that every Mac has and that the root job may need.
var folders = []string{
	"Library/Application Support", "Library/LaunchDaemons", "Library/Preferences", "Library/Managed Preferences",
	"System/Library/CoreServices", "private/var/simmac", "var/log", "Users",
}

// layOut makes the files of the Mac, and those of the package as installed.
func (r *Mac) layOut() error {
	if !filepath.IsAbs(r.cfg.Root) {
		return fmt.Errorf("the root folder %q is no absolute path", r.cfg.Root)
	}
	for _, dir := range folders {
		if err := os.MkdirAll(filepath.Join(r.cfg.Root, dir), 0o755); err != nil {
			return err
		}
	}
	tools := filepath.Join(r.cfg.Root, toolsFile)
	if err := install(r.cfg.Simtool, tools); err != nil {
		return err
	}
	for _, t := range simmac.Tools {
		if err := name(tools, filepath.Join(r.cfg.Root, string(t))); err != nil {
			return err
		}
	}
	if err := install(r.cfg.Program, r.layout.Program()); err != nil {
		return err
	}
	if err := name(tools, r.layout.Helper()); err != nil {
		return err
	}
	if err := r.writeJobFile(); err != nil {
		return err
	}
	return r.writeVersion()
}

func (r *Mac) writeJobFile() error {
	data, err := launchd.JobConfig{ID: r.layout.ID}.Plist()
	if err != nil {
		return err
	}
	return os.WriteFile(r.layout.JobFile(), data, 0o644)
}

// writeVersion writes the version of macOS that runs, as its file and its kernel
// tell it to programs that were built for an older one.
func (r *Mac) writeVersion() error {
	r.os = r.model.OS()
	version := shimmed(r.os.Version)
	machine, err := json.Marshal(map[string]any{"appleSilicon": r.cfg.Facts.AppleSilicon, "kernelVersion": version})
	if err != nil {
		return err
	}
	if err := r.write(machineFile, machine); err != nil {
		return err
	}
	data, err := plist.MarshalIndent(map[string]string{
		"ProductName": "macOS", "ProductVersion": version, "ProductBuildVersion": r.os.Build,
		"ProductUserVisibleVersion": version,
	}, plist.XMLFormat, "\t")
	if err != nil {
		return err
	}
	return r.write(versionFile, data)
}

// shimmed is a version from 26 on as an older program is told it: 16.6 for 26.6.
func shimmed(version string) string {
	major, rest, _ := strings.Cut(version, ".")
	n, err := strconv.Atoi(major)
	if err != nil || n < 26 {
		return version
	}
	return strings.TrimSuffix(strconv.Itoa(n-10)+"."+rest, ".")
}

// write replaces a file of the Mac as a whole.
func (r *Mac) write(name string, data []byte) error {
	path := filepath.Join(r.cfg.Root, name)
	if err := os.WriteFile(path+".new", data, 0o644); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// preferences are the files of preferences below the root folder.
type preferences struct{ root string }

func (p preferences) Get(path string) ([]byte, bool) {
	data, err := os.ReadFile(filepath.Join(p.root, path))
	return data, err == nil
}

// Put replaces a file. Where it cannot, the file stays as it is, as on a Mac.
func (p preferences) Put(path string, data []byte) {
	path = filepath.Join(p.root, path)
	if os.WriteFile(path+".new", data, 0o600) == nil {
		_ = os.Rename(path+".new", path)
	}
}

// Profile gives the Mac a configuration profile with these settings, or takes
// it away where there are none.
func (r *Mac) Profile(settings map[string]any) error {
	if len(settings) == 0 {
		return os.Remove(r.layout.ManagedFile())
	}
	data, err := plist.Marshal(settings, plist.BinaryFormat)
	if err != nil {
		return err
	}
	return os.WriteFile(r.layout.ManagedFile(), data, 0o644)
}

// install copies a program to a path of the Mac.
func install(program, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	from, err := os.Open(program)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	if _, err := io.Copy(to, from); err != nil {
		to.Close()
		return err
	}
	return to.Close()
}

// name gives a program of the Mac a second name.
func name(program, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if os.Link(program, path) == nil {
		return nil
	}
	return install(program, path)
}
