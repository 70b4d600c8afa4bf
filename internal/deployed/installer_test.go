package deployed

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"installordefer/pkg/formats/payload"
	"installordefer/pkg/installer"
)

// Files of a Mac on which this test program plays the Installer.
const (
	receiptFile = "private/var/simmac/receipt"  // the version of the receipt
	doneFile    = "private/var/simmac/done"     // a line for each installation that has ended well
	killFile    = "private/var/simmac/kill"     // "STEP" or "STEP alone"
	scriptFile  = "private/var/simmac/script"   // the script that runs
	partFile    = "private/var/simmac/unpacked" // a file on its way to its place
)

// The steps of an installation, in the order of macOS: the receipt comes last.
const (
	beforeScripts = iota
	afterPreinstall
	afterSomeFiles
	afterFiles
	afterPostinstall
	afterReceipt
	steps
)

// installPackage is installer -pkg FILE -target /.
func installPackage(args []string) error {
	if len(args) != 4 || args[0] != "-pkg" || args[2] != "-target" || args[3] != "/" {
		return errors.New("installer: Error - the package path or the target is missing")
	}
	m := &mac{root: os.Getenv("SIMMAC_ROOT")}
	data, err := os.ReadFile(m.path(args[1]))
	if err != nil {
		return err
	}
	c, err := installer.Open(data)
	if err != nil {
		return err
	}
	fmt.Println("installer: Package name is " + title + "\ninstaller: Upgrading at base path /")
	for step, do := range []func() error{
		func() error { return nil },
		func() error { return m.runScript(c, "preinstall") },
		func() error { return m.placeFiles(c, 0, 2) },
		func() error { return m.placeFiles(c, 2, len(c.Payload)) },
		func() error { return m.runScript(c, "postinstall") },
		func() error { return m.finish(c) },
	} {
		if err := do(); err != nil {
			return fmt.Errorf("installer: The install failed. (The Installer encountered an error that caused the installation to fail. %w)", err)
		}
		m.killedAt(step)
	}
	fmt.Println("installer: The upgrade was successful.")
	return nil
}

// killedAt ends the program that runs the Installer, if it is to end at this step,
// and the Installer with it unless it is said to go on alone.
func (m *mac) killedAt(step int) {
	text, err := os.ReadFile(m.path(killFile))
	if err != nil {
		return
	}
	at, alone, _ := strings.Cut(string(text), " ")
	if at != strconv.Itoa(step) {
		return
	}
	_ = os.Remove(m.path(killFile))
	_ = syscall.Kill(os.Getppid(), syscall.SIGKILL)
	if alone == "" {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
}

func (m *mac) runScript(c *installer.Contents, name string) error {
	e, ok := c.Scripts.Find(name)
	if !ok {
		return nil
	}
	if err := os.WriteFile(m.path(scriptFile), []byte(m.below(e.Data)), 0o700); err != nil {
		return err
	}
	cmd := exec.Command("/bin/sh", m.path(scriptFile), "/private/tmp/x.pkg", "/", "/", "/")
	cmd.Env = []string{"PATH=/nowhere"}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, out)
	}
	return nil
}

// placeFiles puts some of the files into their places, each at once.
func (m *mac) placeFiles(c *installer.Contents, from, to int) error {
	files := slices.DeleteFunc(slices.Clone(c.Payload), func(e payload.Entry) bool { return e.Dir })
	for _, e := range files[min(from, len(files)):min(to, len(files))] {
		path := m.path(e.Path)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(m.path(partFile), e.Data, os.FileMode(e.Mode))); err != nil {
			return err
		}
		if err := os.Rename(m.path(partFile), path); err != nil {
			return err
		}
	}
	return nil
}

func (m *mac) finish(c *installer.Contents) error {
	f, err := os.OpenFile(m.path(doneFile), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, c.Version())
	return errors.Join(err, f.Close(), os.WriteFile(m.path(receiptFile), []byte(c.Version()), 0o600))
}

// receipts is pkgutil.
func receipts(args []string) error {
	m := &mac{root: os.Getenv("SIMMAC_ROOT")}
	version, err := os.ReadFile(m.path(receiptFile))
	switch {
	case len(args) == 2 && args[0] == "--check-signature":
		fmt.Printf("Package %q:\n   Status: no signature\n", filepath.Base(args[1]))
		return errors.New("")
	case len(args) < 2 || args[len(args)-2] != "--pkg-info" || args[len(args)-1] != id || err != nil:
		return fmt.Errorf("No receipt for '%s' found at '/'.", args[len(args)-1])
	}
	fmt.Printf("package-id: %s\nversion: %s\nvolume: /\nlocation: \ninstall-time: 1790000000\n", id, version)
	return nil
}
