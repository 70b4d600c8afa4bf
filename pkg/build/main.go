// Command build makes the installer packages of Install or Defer, and checks
// them. It is part of the project's make file; run it with --help for the
// commands.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"installordefer/launchd"
	"installordefer/pkg/installer"
	"installordefer/pkg/project"
	"installordefer/pkg/scripts"
	"installordefer/pkg/vendors"
)

const usage = `build makes the installer packages of Install or Defer.

  build stage --out FOLDER --id ID --version V --title T --program FILE --app FOLDER
              [--self-update FILE]
        lays out the munkipkg project that a package is made of
  build pkg --project FOLDER --out FILE
        makes the component package: for Jamf Pro policies, Munki, installer(8)
  build product --project FOLDER --out FILE
        makes the product archive: for an MDM's own install command, once signed
  build scripts --out FOLDER --id ID
        writes the uninstall script and Jamf Pro's extension attributes
  build key --out FILE NAME
        writes a new private key for releases, and prints the public one
  build release --key FILE --title T --publisher P FILE
        writes beside a package its SHA-256, the note that the private key in
        FILE signs, its bill of materials and its patch definition for Jamf Pro
  build check [--id ID] FILE...
        reads packages back and says what is wrong with them

The same input gives the same package, byte for byte. The time of everything
in it is SOURCE_DATE_EPOCH, in seconds since 1970, from the environment.

build exits with 0 when it did what was asked, 1 when that failed or a package
is wrong, and 2 when it did not understand.
`

// errUsage marks errors of the one who typed.
var errUsage = errors.New("see build --help")

func main() {
	err := run(os.Args[1:], os.Stdout)
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, "build:", err)
	if errors.Is(err, errUsage) {
		os.Exit(2)
	}
	os.Exit(1)
}

// options are the flags of all commands.
type options struct {
	out, project, id, version, title, program, app string
	key, publisher, selfUpdate                     string
	anyProcessor                                   bool
}

// command is one of the commands: the flags it needs, and what it does.
type command struct {
	needs []string
	do    func(o options, args []string, stdout io.Writer) error
}

var commands = map[string]command{
	"stage":   {[]string{"out", "id", "version", "title", "program", "app"}, stage},
	"pkg":     {[]string{"project", "out"}, makeComponent},
	"product": {[]string{"project", "out"}, makeProduct},
	"scripts": {[]string{"out", "id"}, writeScripts},
	"key":     {[]string{"out"}, writeKey},
	"release": {[]string{"key", "title", "publisher"}, writeRelease},
	"check":   {nil, check},
}

func run(args []string, stdout io.Writer) error {
	var o options
	f := flag.NewFlagSet("build", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&o.out, "out", "", "file or folder to write")
	f.StringVar(&o.project, "project", "", "folder of the munkipkg project")
	f.StringVar(&o.id, "id", "", "bundle identifier")
	f.StringVar(&o.version, "version", "", "version of the package")
	f.StringVar(&o.title, "title", "", "title for people")
	f.StringVar(&o.program, "program", "", "the root job")
	f.StringVar(&o.app, "app", "", "folder of the helper's application")
	f.StringVar(&o.selfUpdate, "self-update", "", "the program that installs newer versions")
	f.StringVar(&o.key, "key", "", "file with the private key of the organization")
	f.StringVar(&o.publisher, "publisher", "", "who publishes the package")
	f.BoolVar(&o.anyProcessor, "any-processor", false, "take programs of this machine, for the simulated Mac")
	name := ""
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		name, args = args[0], args[1:]
	}
	err := f.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		_, err := io.WriteString(stdout, usage)
		return err
	}
	if err != nil {
		return fmt.Errorf("%w; %w", err, errUsage)
	}
	c, ok := commands[name]
	if !ok {
		return fmt.Errorf("%q is not a command; %w", name, errUsage)
	}
	for _, needed := range c.needs {
		if f.Lookup(needed).Value.String() == "" {
			return fmt.Errorf("%s needs --%s; %w", name, needed, errUsage)
		}
	}
	return c.do(o, f.Args(), stdout)
}

func stage(o options, _ []string, _ io.Writer) error {
	program, err := os.ReadFile(o.program)
	if err != nil {
		return err
	}
	spec := project.Spec{ID: launchd.Identifier(o.id), Version: o.version, Title: o.title, Program: program, App: o.app}
	if o.selfUpdate != "" {
		if spec.SelfUpdate, err = os.ReadFile(o.selfUpdate); err != nil {
			return err
		}
	}
	return project.Stage(o.out, spec)
}

func makeComponent(o options, _ []string, stdout io.Writer) error {
	return makePackage(o, stdout, installer.Package.Component)
}

func makeProduct(o options, _ []string, stdout io.Writer) error {
	return makePackage(o, stdout, installer.Package.Product)
}

// makePackage writes a package only when it passes the check.
func makePackage(o options, stdout io.Writer, write func(installer.Package, io.Writer) error) error {
	when, err := sourceDate()
	if err != nil {
		return err
	}
	p, err := project.Load(o.project, when)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := write(p, &out); err != nil {
		return err
	}
	if err := installer.Check(out.Bytes(), installer.Expect{Identifier: p.Identifier, AnyProcessor: o.anyProcessor}); err != nil {
		return fmt.Errorf("the package would be wrong and was not written:\n%w", err)
	}
	if err := replace(o.out, out.Bytes(), 0o644); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s: %s %s, %d bytes, unsigned\n", o.out, p.Identifier, p.Version, out.Len())
	return err
}

// sourceDate reads SOURCE_DATE_EPOCH. There is no default: the time of the
// build would make every package another one.
func sourceDate() (time.Time, error) {
	text := os.Getenv("SOURCE_DATE_EPOCH")
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil || seconds <= 0 {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH is %q and must be the time of the source in seconds since 1970, as from git log -1 --format=%%ct", text)
	}
	return time.Unix(seconds, 0), nil
}

func writeScripts(o options, _ []string, _ io.Writer) error {
	if err := launchd.Identifier(o.id).Check(); err != nil {
		return err
	}
	text, err := scripts.Render(scripts.Uninstall, scripts.Build{Identifier: o.id})
	if err != nil {
		return err
	}
	if err := replace(filepath.Join(o.out, "uninstall.sh"), text, 0o755); err != nil {
		return err
	}
	attributes, err := vendors.Snippets("jamf", o.id)
	for _, a := range attributes {
		err = errors.Join(err, replace(filepath.Join(o.out, "jamf", a.File), []byte(a.Text), 0o755))
	}
	return err
}

func check(o options, args []string, stdout io.Writer) error {
	if len(args) == 0 {
		return fmt.Errorf("check needs the packages to check; %w", errUsage)
	}
	for _, name := range args {
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if err := installer.Check(data, installer.Expect{Identifier: o.id, AnyProcessor: o.anyProcessor}); err != nil {
			return fmt.Errorf("%s:\n%w", name, err)
		}
		if _, err := fmt.Fprintf(stdout, "%s: nothing is wrong with it\n", name); err != nil {
			return err
		}
	}
	return nil
}

// replace writes a file in one step, so that a build that is cut off leaves
// the old one or the new one.
func replace(name string, data []byte, mode os.FileMode) error {
	dir := filepath.Dir(name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(mode), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
