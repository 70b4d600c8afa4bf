// Package scripts holds the shell scripts of the package: preinstall and
// postinstall, which the Installer runs, and uninstall, which the package
// installs and an MDM can run by itself.
//
// They are POSIX sh, name every tool by its absolute path, and differ between
// two builds in identifier, version and self-update only. Each says what it did in lines for the
// log, and tells apart by its exit status what went wrong.
package scripts

import (
	"embed"
	"fmt"
	"strings"

	"installordefer/deferral/settings"
)

//go:embed common.sh preinstall postinstall uninstall
var files embed.FS

// A Name is the name of a script.
type Name string

// The scripts.
const (
	Preinstall  Name = "preinstall"
	Postinstall Name = "postinstall"
	Uninstall   Name = "uninstall"
)

// A Build is what differs between two builds. Identifier and Version must have been
// checked: they become part of the script's text.
type Build struct {
	Identifier, Version string
	// SelfUpdate says that the package brings the program that installs newer
	// versions.
	SelfUpdate bool
}

// Render returns the script for a build.
func Render(name Name, b Build) ([]byte, error) {
	text, err := files.ReadFile(string(name))
	if err != nil {
		return nil, fmt.Errorf("there is no script named %q", name)
	}
	common, err := files.ReadFile("common.sh")
	if err != nil {
		return nil, err
	}
	out := strings.NewReplacer(
		"# @COMMON@\n", string(common),
		"@BUNDLE_ID@", b.Identifier,
		"@VERSION@", b.Version,
		"@SELF_UPDATE@", map[bool]string{true: "yes", false: "no"}[b.SelfUpdate],
		"@STATE_KEYS@", strings.Join(settings.StateKeys(), " "),
	).Replace(string(text))
	return []byte(out), nil
}
