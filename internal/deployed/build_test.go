package deployed

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"installordefer/pkg/installer"
)

// The package under test is one with a name of its own: what still has the
// usual name then breaks.
const (
	id      = "com.example.updates"
	version = "7.8.9"
	title   = "Example Updates"
	product = "installordefer/internal/product"
	// epoch is the time of the source that the package is built from.
	epoch = "1790000000"
)

// built is what the tests of one run share.
var built struct {
	once sync.Once
	err  error
	dir  string
	pkg  *installer.Contents
}

// program is the path of a program that was built.
func program(name string) string { return filepath.Join(built.dir, name) }

// build makes the programs and the package, once.
func build(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("left out by -short: it builds the package, and most tests live with it in real time")
	}
	built.once.Do(func() { built.err = buildAll() })
	if built.err != nil {
		t.Fatal(built.err)
	}
}

func buildAll() error {
	dir, err := os.MkdirTemp("", "deployed")
	if err != nil {
		return err
	}
	if built.dir, err = filepath.EvalSymlinks(dir); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"-ldflags", "-X " + product + ".Version=" + version + " -X " + product + ".BundleID=" + id, "installordefer/cmd/install-or-defer", "installordefer/cmd/install-or-defer-admin"},
		{"installordefer/internal/simmac/simtool", "installordefer/pkg/build"},
	} {
		if err := command(nil, "go", append([]string{"build", "-trimpath", "-o", built.dir + "/"}, args...)...); err != nil {
			return err
		}
	}
	app := program("Install or Defer.app")
	if err := layOutApp(app, version); err != nil {
		return err
	}
	project, product := program("project"), program("product.pkg")
	for _, args := range [][]string{
		{"stage", "--out", project, "--id", id, "--version", version, "--title", title, "--program", program("install-or-defer"), "--app", app},
		{"product", "--project", project, "--out", product, "--any-processor"},
	} {
		if err := command([]string{"SOURCE_DATE_EPOCH=" + epoch}, program("build"), args...); err != nil {
			return err
		}
	}
	data, err := os.ReadFile(product)
	if err != nil {
		return err
	}
	built.pkg, err = installer.Open(data)
	return err
}

// layOutApp makes the helper's application around the simulated Mac's helper,
// which lets the people of the model answer.
func layOutApp(app, version string) error {
	helper, err := os.ReadFile(program("simtool"))
	if err != nil {
		return err
	}
	info := `<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict>
<key>CFBundleExecutable</key><string>install-or-defer-prompt</string>
<key>CFBundleIdentifier</key><string>` + id + `.prompt</string>
<key>CFBundleShortVersionString</key><string>` + version + `</string>
<key>CFBundleVersion</key><string>` + version + `</string>
</dict></plist>
`
	for name, data := range map[string][]byte{"MacOS/install-or-defer-prompt": helper, "Info.plist": []byte(info)} {
		name = filepath.Join(app, "Contents", name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, data, 0o755); err != nil {
			return err
		}
	}
	return nil
}

// command runs a program and puts what it printed into the error.
func command(env []string, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Env = append(append(os.Environ(), "CGO_ENABLED=0"), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %v: %w\n%s", filepath.Base(name), args, err, out)
	}
	return nil
}
