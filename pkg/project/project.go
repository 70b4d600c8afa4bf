// Package project lays out what a package is built of, as a munkipkg project:
// build-info.plist, product-requirements.plist, payload/ and scripts/.
//
// The builder here and munkipkg on a Mac package the same tree, so that an
// administrator who builds with munkipkg gets the same files. The project is
// an output; it is made again each time.
package project

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"howett.net/plist"

	"installordefer/launchd"
	"installordefer/pkg/formats/payload"
	"installordefer/pkg/installer"
	"installordefer/pkg/scripts"
)

// A Spec is what differs between two builds.
type Spec struct {
	ID      launchd.Identifier
	Version string
	// Title is what the Installer shows people.
	Title string
	// Program is the root job.
	Program []byte
	// App is the folder of the helper's application.
	App string
	// SelfUpdate is the program that installs newer versions, nil where it is not
	// built in.
	SelfUpdate []byte
}

func (s Spec) script(name scripts.Name) ([]byte, error) {
	return scripts.Render(name, scripts.Build{Identifier: string(s.ID), Version: s.Version, SelfUpdate: s.SelfUpdate != nil})
}

// The files and folders of a project.
const (
	infoFile         = "build-info.plist"
	requirementsFile = "product-requirements.plist"
	payloadFolder    = "payload"
	scriptsFolder    = "scripts"
)

// buildInfo is build-info.plist. Title is a key of ours; munkipkg leaves keys
// alone that it does not know.
type buildInfo struct {
	DistributionStyle   bool   `plist:"distribution_style"`
	Identifier          string `plist:"identifier"`
	InstallLocation     string `plist:"install_location"`
	MinOS               string `plist:"min-os-version"`
	Name                string `plist:"name"` // of the package; required
	Ownership           string `plist:"ownership"`
	PostinstallAction   string `plist:"postinstall_action"`
	PreserveXattr       bool   `plist:"preserve_xattr"`
	SuppressRelocations bool   `plist:"suppress_bundle_relocation"`
	Title               string `plist:"title"`
	Version             string `plist:"version"`
}

// requirements is product-requirements.plist, which productbuild reads.
type requirements struct {
	Architectures []string `plist:"arch"`
	OS            []string `plist:"os"`
}

// Files returns what the package installs, by path.
func (s Spec) Files() (map[string][]byte, error) {
	if err := s.ID.Check(); err != nil {
		return nil, err
	}
	app, err := payload.Read(s.App)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the application of the helper is missing at %s; make app builds it, and without it nobody would see a dialog", s.App)
	}
	if err != nil {
		return nil, err
	}
	layout := launchd.Layout{ID: s.ID}
	files := map[string][]byte{installer.InPackage(layout.Program()): s.Program}
	for _, e := range app {
		if !e.Dir {
			files[installer.InPackage(layout.HelperApp())+"/"+e.Path] = e.Data
		}
	}
	if _, ok := files[installer.InPackage(layout.Helper())]; !ok {
		return nil, fmt.Errorf("%s holds no program %s", s.App, filepath.Base(layout.Helper()))
	}
	helperID, err := bundleID(files[installer.InPackage(layout.HelperApp())+"/Contents/Info.plist"])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.App, err)
	}
	config := launchd.JobConfig{ID: s.ID, HelperID: helperID}
	if files[installer.InPackage(layout.JobFile())], err = config.Plist(); err != nil {
		return nil, err
	}
	if s.SelfUpdate != nil {
		files[installer.InPackage(layout.SelfUpdateProgram())] = s.SelfUpdate
		if files[installer.InPackage(layout.SelfUpdateJobFile())], err = config.SelfUpdatePlist(); err != nil {
			return nil, err
		}
	}
	uninstall, err := s.script(scripts.Uninstall)
	if err != nil {
		return nil, err
	}
	files[installer.InPackage(layout.SupportFolder())+"/"+installer.Uninstall] = uninstall
	return files, nil
}

func bundleID(infoPlist []byte) (string, error) {
	var info struct {
		ID string `plist:"CFBundleIdentifier"`
	}
	if _, err := plist.Unmarshal(infoPlist, &info); err != nil {
		return "", fmt.Errorf("Contents/Info.plist: %w", err)
	}
	if info.ID == "" {
		return "", errors.New("Contents/Info.plist has no CFBundleIdentifier")
	}
	return info.ID, nil
}

// Stage writes the project to a folder, in place of a project that is there.
func Stage(dir string, s Spec) error {
	files, err := s.Files()
	if err != nil {
		return err
	}
	content, err := payload.New(files)
	if err != nil {
		return err
	}
	own, err := ownFiles(s)
	if err != nil {
		return err
	}
	if err := clear(dir); err != nil {
		return err
	}
	if err := content.Extract(filepath.Join(dir, payloadFolder)); err != nil {
		return err
	}
	return own.Extract(dir)
}

// ownFiles returns what the project has besides the payload.
func ownFiles(s Spec) (payload.Tree, error) {
	files := map[string][]byte{}
	for _, name := range []scripts.Name{scripts.Preinstall, scripts.Postinstall} {
		text, err := s.script(name)
		if err != nil {
			return nil, err
		}
		files[scriptsFolder+"/"+string(name)] = text
	}
	for name, v := range map[string]any{
		infoFile: buildInfo{
			DistributionStyle: true, Identifier: string(s.ID), InstallLocation: "/", MinOS: installer.MinimumOS,
			Name: "install-or-defer-${version}.pkg", Ownership: "recommended", PostinstallAction: "none",
			SuppressRelocations: true, Title: s.Title, Version: s.Version,
		},
		requirementsFile: requirements{Architectures: strings.Split(installer.Architectures, ","), OS: []string{installer.MinimumOS}},
	} {
		text, err := plist.MarshalIndent(v, plist.XMLFormat, "\t")
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		files[name] = append(text, '\n')
	}
	return payload.New(files)
}

// clear deletes an earlier project, and refuses to delete anything else.
func clear(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, infoFile)); err != nil {
		return fmt.Errorf("%s is not empty and not a project of this builder; nothing was deleted", dir)
	}
	return os.RemoveAll(dir)
}

// Load reads a project, as Stage or an administrator left it, into a package
// whose files were last changed at when.
func Load(dir string, when time.Time) (installer.Package, error) {
	var p installer.Package
	text, err := os.ReadFile(filepath.Join(dir, infoFile))
	if err != nil {
		return p, fmt.Errorf("read the project: %w", err)
	}
	var info buildInfo
	if err := plist.NewDecoder(bytes.NewReader(text)).Decode(&info); err != nil {
		return p, fmt.Errorf("%s: %w", infoFile, err)
	}
	p = installer.Package{Identifier: info.Identifier, Version: info.Version, Title: info.Title, Time: when}
	if p.Payload, err = payload.Read(filepath.Join(dir, payloadFolder)); err != nil {
		return p, err
	}
	p.Scripts, err = payload.Read(filepath.Join(dir, scriptsFolder))
	return p, err
}
