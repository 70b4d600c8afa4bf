// Command mkapp makes the application of the helper, "Install or Defer.app",
// around its program.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"howett.net/plist"

	"installordefer/internal/toolchain/adhoc"
	"installordefer/internal/toolchain/checkmacho"
	"installordefer/internal/toolchain/icon"
	"installordefer/prompt/words"
)

// minimumMacOS is the oldest macOS that the program runs on: Go 1.26's.
const minimumMacOS = "12.0"

// executable is the name of the program inside the application.
const executable = "install-or-defer-prompt"

// An app is what the application is made of.
type app struct {
	program string // the file of the helper's program
	notice  string // the file of licences of what the package contains
	id      string // of the root job; the helper's own ends in .prompt
	name    string // what people see
	version string
	out     string // the folder to make, which ends in .app
}

func main() {
	var a app
	flag.StringVar(&a.program, "program", "", "the helper's program, universal")
	flag.StringVar(&a.notice, "notice", "", "the licences of what the package contains")
	flag.StringVar(&a.id, "id", "com.github.install-or-defer", "identifier of the root job")
	flag.StringVar(&a.name, "name", "Install or Defer", "name that people see")
	flag.StringVar(&a.version, "version", "1.0.0", "version")
	flag.StringVar(&a.out, "out", "", "the application to make")
	flag.Parse()
	if err := a.make(); err != nil {
		fmt.Fprintln(os.Stderr, "mkapp:", err)
		os.Exit(1)
	}
}

var (
	validID      = regexp.MustCompile(`^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$`)
	validVersion = regexp.MustCompile(`^\d+(\.\d+){0,2}([-+][0-9A-Za-z.+-]+)?$`)
	numbers      = regexp.MustCompile(`^\d+(\.\d+){0,2}`)
)

// make checks what it is given, and makes the application beside its place
// before it moves it there.
func (a app) make() error {
	switch {
	case !validID.MatchString(a.id):
		return fmt.Errorf("%q is no identifier: letters, digits and hyphens between points", a.id)
	case !validVersion.MatchString(a.version):
		return fmt.Errorf("%q is no version: at most three numbers, as in 1.0.0", a.version)
	case a.name == "" || filepath.Ext(a.out) != ".app" || a.program == "" || a.notice == "":
		return errors.New("-program, -notice, -name and -out NAME.app are needed")
	}
	report, err := checkmacho.File(a.program)
	if err != nil {
		return fmt.Errorf("%s does not run on Macs: %w", a.program, err)
	}
	if err := suits(report); err != nil {
		return fmt.Errorf("%s: %w", a.program, err)
	}
	if err := os.MkdirAll(filepath.Dir(a.out), 0o755); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(a.out), ".app-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	if err := a.fill(tmp); err != nil {
		return err
	}
	if err := os.RemoveAll(a.out); err != nil {
		return fmt.Errorf("replacing %s: %w", a.out, err)
	}
	return os.Rename(tmp, a.out)
}

// suits says whether a program has both processors and the right macOS.
func suits(r checkmacho.Report) error {
	if len(r.Slices) != 2 {
		return fmt.Errorf("it has %d slices, not one for Intel and one for Apple silicon", len(r.Slices))
	}
	for _, s := range r.Slices {
		if s.MinimumOS != minimumMacOS {
			return fmt.Errorf("it needs macOS %s, not %s", s.MinimumOS, minimumMacOS)
		}
		if s.Flat {
			return errors.New("its symbols are not bound to libraries, so any library could take their place")
		}
	}
	return nil
}

// fill writes the application's files, with the same bytes each time.
func (a app) fill(dir string) error {
	program, err := os.ReadFile(a.program)
	if err != nil {
		return err
	}
	notice, err := os.ReadFile(a.notice)
	if err != nil {
		return err
	}
	info, err := plist.MarshalIndent(a.info(), plist.XMLFormat, "\t")
	if err != nil {
		return fmt.Errorf("writing Info.plist: %w", err)
	}
	picture, err := icon.ICNS()
	if err != nil {
		return err
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return err
	}
	files := []file{
		{"Info.plist", append(info, '\n'), 0o644},
		{"PkgInfo", []byte("APPL????"), 0o644},
		{"Resources/AppIcon.icns", picture, 0o644},
		{"Resources/NOTICE.txt", notice, 0o644},
	}
	files, err = a.sealed(files, program)
	if err != nil {
		return err
	}
	return writeFiles(filepath.Join(dir, "Contents"), files)
}

// A file is one of the application, below Contents.
type file struct {
	name string
	data []byte
	mode os.FileMode
}

// sealed adds the program and the seal of all files, so that the application is
// known as a whole also where nobody signs it with a certificate.
func (a app) sealed(files []file, program []byte) ([]file, error) {
	contents := map[string][]byte{}
	for _, f := range files {
		contents[f.name] = f.data
	}
	seal, err := adhoc.Resources(contents)
	if err != nil {
		return nil, err
	}
	signed, err := adhoc.Sign(program, adhoc.Identity{ID: a.id + ".prompt", Info: contents["Info.plist"], Resources: seal})
	if err != nil {
		return nil, fmt.Errorf("signing %s: %w", a.program, err)
	}
	return append(files, file{"_CodeSignature/CodeResources", seal, 0o644}, file{"MacOS/" + executable, signed, 0o755}), nil
}

func writeFiles(dir string, files []file) error {
	for _, f := range files {
		name := filepath.Join(dir, filepath.FromSlash(f.name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, f.data, f.mode); err != nil {
			return err
		}
		if err := os.Chmod(name, f.mode); err != nil { // whatever the umask
			return err
		}
	}
	return nil
}

// info is the application's Info.plist.
func (a app) info() map[string]any {
	return map[string]any{
		"CFBundleDevelopmentRegion":     "en",
		"CFBundleLocalizations":         words.Languages(), // without them macOS takes it for English, and mirrors no window
		"CFBundleDisplayName":           a.name,
		"CFBundleExecutable":            executable,
		"CFBundleIconFile":              "AppIcon",
		"CFBundleIdentifier":            a.id + ".prompt",
		"CFBundleInfoDictionaryVersion": "6.0",
		"CFBundleName":                  a.name,
		"CFBundlePackageType":           "APPL",
		"CFBundleShortVersionString":    a.version,
		"CFBundleSupportedPlatforms":    []string{"MacOSX"},
		// Only numbers may stand here; "1.0.0-rc1" is 1.0.0.
		"CFBundleVersion":         numbers.FindString(a.version),
		"LSMinimumSystemVersion":  minimumMacOS,
		"LSUIElement":             true, // no Dock icon, no menu bar, from the first moment
		"NSHighResolutionCapable": true,
		"NSPrincipalClass":        "NSApplication",
		// It is never to be ended or put to sleep because it is idle.
		"NSSupportsAutomaticTermination": false,
		"NSSupportsSuddenTermination":    false,
		"NSAppSleepDisabled":             true,
	}
}
