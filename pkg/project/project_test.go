package project_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"installordefer/pkg/installer"
	"installordefer/pkg/internal/sample"
	"installordefer/pkg/project"
)

func stage(t *testing.T, dir string) {
	t.Helper()
	if err := project.Stage(dir, sample.Spec(t)); err != nil {
		t.Fatal(err)
	}
}

func component(t *testing.T, dir string) []byte {
	t.Helper()
	p, err := project.Load(dir, sample.Time)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := p.Component(&b); err != nil {
		t.Fatal(err)
	}
	if err := installer.Check(b.Bytes(), installer.Expect{Identifier: string(sample.ID)}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Neither the folder nor the umask of who builds shows in the package.
func TestAProjectGivesTheSamePackageWhereverItLies(t *testing.T) {
	base := t.TempDir()
	var first []byte
	for i, umask := range []int{0o022, 0o000, 0o077} {
		dir := filepath.Join(base, strings.Repeat("deeper/", i), "project")
		old := syscall.Umask(umask)
		stage(t, dir)
		syscall.Umask(old)
		data := component(t, dir)
		if first == nil {
			first = data
		}
		if !bytes.Equal(first, data) {
			t.Errorf("umask %03o, in %s: another package", umask, dir)
		}
	}
	p := sample.Package(t)
	var b bytes.Buffer
	if err := p.Component(&b); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, b.Bytes()) {
		t.Error("the package of the project is not the package of its contents")
	}
}

func TestWhatMunkipkgReads(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "project")
	stage(t, dir)
	var got []string
	err := filepath.WalkDir(dir, func(p string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		rel, _ := filepath.Rel(dir, p)
		got = append(got, info.Mode().String()+" "+rel)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	const support = "payload/Library/Application Support/com.example.updates"
	want := []string{
		"drwxr-xr-x .",
		"-rw-r--r-- build-info.plist",
		"drwxr-xr-x payload",
		"drwxr-xr-x payload/Library",
		"drwxr-xr-x payload/Library/Application Support",
		"drwxr-xr-x " + support,
		"drwxr-xr-x " + support + "/Install or Defer.app",
		"drwxr-xr-x " + support + "/Install or Defer.app/Contents",
		"-rw-r--r-- " + support + "/Install or Defer.app/Contents/Info.plist",
		"drwxr-xr-x " + support + "/Install or Defer.app/Contents/MacOS",
		"-rwxr-xr-x " + support + "/Install or Defer.app/Contents/MacOS/install-or-defer-prompt",
		"drwxr-xr-x " + support + "/Install or Defer.app/Contents/Resources",
		"-rw-r--r-- " + support + "/Install or Defer.app/Contents/Resources/AppIcon.icns",
		"-rwxr-xr-x " + support + "/install-or-defer",
		"-rwxr-xr-x " + support + "/uninstall",
		"drwxr-xr-x payload/Library/LaunchDaemons",
		"-rw-r--r-- payload/Library/LaunchDaemons/com.example.updates.plist",
		"-rw-r--r-- product-requirements.plist",
		"drwxr-xr-x scripts",
		"-rwxr-xr-x scripts/postinstall",
		"-rwxr-xr-x scripts/preinstall",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// Python's standard library reads the property lists as munkipkg does.
func TestPythonReadsTheBuildInfo(t *testing.T) {
	t.Parallel()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed (Debian package python3)")
	}
	dir := filepath.Join(t.TempDir(), "project")
	stage(t, dir)
	out, err := exec.Command(python, "-c", `
import plistlib, sys
for name in "build-info.plist", "product-requirements.plist":
    with open(sys.argv[1] + "/" + name, "rb") as f:
        for key, value in sorted(plistlib.load(f).items()):
            print(name, key, repr(value))
`, dir).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	want := `build-info.plist distribution_style True
build-info.plist identifier 'com.example.updates'
build-info.plist install_location '/'
build-info.plist min-os-version '12.0'
build-info.plist name 'install-or-defer-${version}.pkg'
build-info.plist ownership 'recommended'
build-info.plist postinstall_action 'none'
build-info.plist preserve_xattr False
build-info.plist suppress_bundle_relocation True
build-info.plist title 'Updates & more'
build-info.plist version '1.2.3'
product-requirements.plist arch ['arm64', 'x86_64']
product-requirements.plist os ['12.0']
`
	if d := cmp.Diff(want, string(out)); d != "" {
		t.Error(d)
	}
}

func TestStagingAgainLeavesNothingOfBefore(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "project")
	stage(t, dir)
	first := component(t, dir)
	if err := os.WriteFile(filepath.Join(dir, "payload/Library/LaunchDaemons/old.plist"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	stage(t, dir)
	if !bytes.Equal(first, component(t, dir)) {
		t.Error("a file of the project before is in the package")
	}
}

func TestAFolderThatIsNoProjectIsNotDeleted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "thesis.txt")
	if err := os.WriteFile(file, []byte("years"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := project.Stage(dir, sample.Spec(t)); err == nil || !strings.Contains(err.Error(), "nothing was deleted") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}
}

func TestTheIdentifierChangesEveryPlaceAtOnce(t *testing.T) {
	t.Parallel()
	s := sample.Spec(t)
	s.ID = "org.school.patches"
	dir := filepath.Join(t.TempDir(), "project")
	if err := project.Stage(dir, s); err != nil {
		t.Fatal(err)
	}
	p, err := project.Load(dir, sample.Time)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := p.Product(&b); err != nil {
		t.Fatal(err)
	}
	if err := installer.Check(b.Bytes(), installer.Expect{Identifier: "org.school.patches"}); err != nil {
		t.Error(err)
	}
	old := string(sample.ID)
	for _, e := range append(p.Payload, p.Scripts...) {
		text := strings.ReplaceAll(string(e.Data), old+".prompt", "") // the helper's own, from make app
		if strings.Contains(e.Path, old) || strings.Contains(text, old) || strings.Contains(text, "com.github.install-or-defer") {
			t.Errorf("%s still has another identifier", e.Path)
		}
	}
}

func TestWithoutTheHelperThereIsNoPackage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(s *project.Spec)
		want   string
	}{
		"not built":     {func(s *project.Spec) { s.App += ".none" }, "make app builds it"},
		"no program":    {func(s *project.Spec) { os.RemoveAll(s.App + "/Contents/MacOS") }, "holds no program install-or-defer-prompt"},
		"no Info.plist": {func(s *project.Spec) { os.Remove(s.App + "/Contents/Info.plist") }, "Info.plist"},
		"no identifier": {func(s *project.Spec) {
			os.WriteFile(s.App+"/Contents/Info.plist", []byte("<plist><dict/></plist>"), 0o600)
		}, "no CFBundleIdentifier"},
		"left by Finder":   {func(s *project.Spec) { os.WriteFile(s.App+"/.DS_Store", nil, 0o600) }, "left over from Finder"},
		"left by tar":      {func(s *project.Spec) { os.WriteFile(s.App+"/._Contents", nil, 0o600) }, "left over from Finder"},
		"wrong identifier": {func(s *project.Spec) { s.ID = "updates" }, "not a bundle identifier"},
	} {
		s := sample.Spec(t)
		c.change(&s)
		dir := filepath.Join(t.TempDir(), "project")
		err := project.Stage(dir, s)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", name, err, c.want)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%s: a project was left behind", name)
		}
	}
}

func TestAProjectThatIsNotWholeIsRefused(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"build-info.plist", "payload", "scripts"} {
		dir := filepath.Join(t.TempDir(), "project")
		stage(t, dir)
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		if _, err := project.Load(dir, sample.Time); err == nil {
			t.Errorf("a project without %s was taken", name)
		}
	}
	dir := filepath.Join(t.TempDir(), "project")
	stage(t, dir)
	if err := os.WriteFile(filepath.Join(dir, "build-info.plist"), []byte("rubbish"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := project.Load(dir, sample.Time); err == nil {
		t.Error("rubbish was taken for build-info.plist")
	}
}
