package installer

import (
	"encoding/xml"
	"net/url"
)

// packageInfo is the file PackageInfo, with the attributes that pkgbuild
// writes.
type packageInfo struct {
	XMLName xml.Name `xml:"pkg-info"`
	// OverwritePermissions restores owner and mode of everything in the
	// payload, folders that exist already included.
	OverwritePermissions bool   `xml:"overwrite-permissions,attr"`
	Relocatable          bool   `xml:"relocatable,attr"`
	Identifier           string `xml:"identifier,attr"`
	PostinstallAction    string `xml:"postinstall-action,attr"`
	Version              string `xml:"version,attr"`
	FormatVersion        int    `xml:"format-version,attr"`
	Generator            string `xml:"generator-version,attr"`
	InstallLocation      string `xml:"install-location,attr"`
	// Auth "root" is what makes the files root's.
	Auth    string      `xml:"auth,attr"`
	Payload payloadSize `xml:"payload"`
	Bundles []bundle    `xml:"bundle"`
	// BundleVersion stays empty: a list there would keep a newer application
	// when an older package is installed, beside the older root job.
	BundleVersion struct{}   `xml:"bundle-version"`
	Upgrade       bundleList `xml:"upgrade-bundle"`
	Update        struct{}   `xml:"update-bundle"`
	AtomicUpdate  struct{}   `xml:"atomic-update-bundle"`
	Strict        bundleList `xml:"strict-identifier"`
	Relocate      bundleList `xml:"relocate"` // empty: nothing follows a moved copy
	Scripts       scriptList `xml:"scripts"`
}

type payloadSize struct {
	Files int   `xml:"numberOfFiles,attr"`
	KiB   int64 `xml:"installKBytes,attr"`
}

type bundleList struct {
	Bundles []bundleID `xml:"bundle"`
}

type bundleID struct {
	ID string `xml:"id,attr"`
}

// scriptList names the scripts that the Installer runs.
type scriptList struct {
	Preinstall  *scriptFile `xml:"preinstall"`
	Postinstall *scriptFile `xml:"postinstall"`
}

type scriptFile struct {
	File string `xml:"file,attr"`
}

func (p Package) script(name string) *scriptFile {
	if _, ok := p.Scripts.Find(name); !ok {
		return nil
	}
	return &scriptFile{"./" + name}
}

func (p Package) packageInfo() ([]byte, error) {
	bundles, err := bundlesOf(p.Payload)
	if err != nil {
		return nil, err
	}
	var ids bundleList
	for _, b := range bundles {
		ids.Bundles = append(ids.Bundles, bundleID{b.ID})
	}
	return marshal(packageInfo{
		OverwritePermissions: true,
		Identifier:           p.Identifier,
		PostinstallAction:    "none",
		Version:              p.Version,
		FormatVersion:        2,
		Generator:            generator,
		InstallLocation:      "/",
		Auth:                 "root",
		Payload:              p.size(),
		Bundles:              bundles,
		Upgrade:              ids,
		Strict:               ids,
		Scripts:              scriptList{p.script("preinstall"), p.script("postinstall")},
	})
}

// componentName is the name of the component inside a product archive.
func (p Package) componentName() string { return p.Identifier + ".pkg" }

func (p Package) size() payloadSize {
	return payloadSize{Files: len(p.Payload) - 1, KiB: (p.Payload.Bytes() + 1023) / 1024}
}

// distribution is the file Distribution.
type distribution struct {
	XMLName xml.Name  `xml:"installer-gui-script"`
	MinSpec int       `xml:"minSpecVersion,attr"`
	Title   string    `xml:"title"`
	Product reference `xml:"product"`
	Options options   `xml:"options"`
	Domains domains   `xml:"domains"`
	Minimum osVersion `xml:"volume-check>allowed-os-versions>os-version"`
	Outline line      `xml:"choices-outline>line"`
	Choices []choice  `xml:"choice"`
	Ref     pkgRef    `xml:"pkg-ref"`
}

type (
	reference struct {
		ID      string `xml:"id,attr"`
		Version string `xml:"version,attr,omitempty"`
	}
	options struct {
		Customize      string `xml:"customize,attr"`
		RequireScripts bool   `xml:"require-scripts,attr"`
		RootVolumeOnly bool   `xml:"rootVolumeOnly,attr"`
		Architectures  string `xml:"hostArchitectures,attr"`
	}
	domains struct {
		Anywhere        bool `xml:"enable_anywhere,attr"`
		CurrentUserHome bool `xml:"enable_currentUserHome,attr"`
		LocalSystem     bool `xml:"enable_localSystem,attr"`
	}
	osVersion struct {
		Min string `xml:"min,attr"`
	}
	line struct {
		Choice string `xml:"choice,attr"`
		Lines  []line `xml:"line"`
	}
	choice struct {
		ID      string      `xml:"id,attr"`
		Visible *bool       `xml:"visible,attr"`
		Refs    []reference `xml:"pkg-ref"`
	}
	pkgRef struct {
		ID           string `xml:"id,attr"`
		Version      string `xml:"version,attr"`
		OnConclusion string `xml:"onConclusion,attr"`
		KiB          int64  `xml:"installKBytes,attr"`
		Auth         string `xml:"auth,attr"`
		// URL is "#" and the escaped name of the component's folder.
		URL string `xml:",chardata"`
	}
)

func (p Package) distribution(component string) ([]byte, error) {
	hidden := false
	return marshal(distribution{
		MinSpec: 2,
		Title:   p.Title,
		Product: reference{p.Identifier, p.Version},
		Options: options{Customize: "never", RootVolumeOnly: true, Architectures: Architectures},
		Domains: domains{LocalSystem: true},
		Minimum: osVersion{MinimumOS},
		Outline: line{Choice: "default", Lines: []line{{Choice: p.Identifier}}},
		Choices: []choice{
			{ID: "default"},
			{ID: p.Identifier, Visible: &hidden, Refs: []reference{{ID: p.Identifier}}},
		},
		Ref: pkgRef{
			ID: p.Identifier, Version: p.Version, OnConclusion: "none", KiB: p.size().KiB,
			Auth: "Root", URL: "#" + url.PathEscape(component),
		},
	})
}
