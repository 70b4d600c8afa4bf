package scripts_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"installordefer/pkg/internal/sample"
	"installordefer/pkg/project"
)

// sign runs sign.sh where only the given signing tools exist, and returns how
// they were called. No signature is made in these tests.
func sign(t *testing.T, have []string, env []string, args ...string) (calls, said string, code int) {
	t.Helper()
	bin := t.TempDir()
	log := filepath.Join(bin, "log")
	for _, name := range have {
		text := "#!/bin/sh\necho " + name + " \"$@\" >>'" + log + "'\n"
		if err := os.WriteFile(filepath.Join(bin, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	script, err := filepath.Abs("../sign.sh")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/bin/sh", append([]string{script}, args...)...)
	cmd.Env = append([]string{"PATH=" + bin}, env...)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	data, _ := os.ReadFile(log)
	return string(data), string(out), cmd.ProcessState.ExitCode()
}

func TestSigningUsesTheToolThatIsThere(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "project")
	if err := project.Stage(dir, sample.Spec(t)); err != nil {
		t.Fatal(err)
	}
	pkg := filepath.Join(t.TempDir(), "x.pkg")
	if err := os.WriteFile(pkg, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	apple := []string{"codesign", "productsign", "pkgutil", "rcodesign"}
	identity := []string{"IDENTITY=Developer ID: Example (ABCDE12345)"}
	p12 := []string{"P12=cert.p12", "P12_PASSWORD_FILE=secret"}
	programs := []string{"programs", dir, id1}
	pack := []string{"package", pkg, pkg + ".signed"}
	for name, c := range map[string]struct {
		have, env, args []string
		code            int
		want            []string
	}{
		"programs on a Mac":          {apple, identity, programs, 0, []string{"codesign --force --options runtime --timestamp --identifier " + id1, "Install or Defer.app", "codesign --verify"}},
		"programs elsewhere":         {[]string{"rcodesign"}, p12, programs, 0, []string{"rcodesign sign --p12-file cert.p12", "--binary-identifier " + id1, "Install or Defer.app"}},
		"a package on a Mac":         {apple, identity, pack, 0, []string{"productsign --timestamp --sign Developer ID: Example (ABCDE12345) " + pkg, "pkgutil --check-signature"}},
		"a package elsewhere":        {[]string{"rcodesign"}, p12, pack, 0, []string{"rcodesign sign --p12-file cert.p12 --p12-password-file secret " + pkg, "print-signature-info"}},
		"no tool":                    {nil, identity, pack, 2, []string{"needs a Mac"}},
		"no tool for programs":       {nil, identity, programs, 2, []string{"needs a Mac"}},
		"no certificate":             {[]string{"rcodesign"}, nil, pack, 2, []string{"needs P12"}},
		"no package":                 {apple, identity, []string{"package", pkg + ".none", "x"}, 2, []string{"make product writes it"}},
		"no project":                 {apple, identity, []string{"programs", dir + ".none", id1}, 2, []string{"is no project"}},
		"another identifier":         {apple, identity, []string{"programs", dir, "com.other"}, 2, []string{"is no project"}},
		"nothing":                    {apple, identity, nil, 2, []string{"usage"}},
		"a tool without an argument": {apple, identity, []string{"package"}, 2, []string{"usage"}},
	} {
		calls, said, code := sign(t, c.have, c.env, c.args...)
		if code != c.code {
			t.Errorf("%s: exit status %d: %s", name, code, said)
		}
		for _, want := range c.want {
			if !strings.Contains(calls+said, want) {
				t.Errorf("%s: no %q in\n%s%s", name, want, calls, said)
			}
		}
		if code == 2 && calls != "" {
			t.Errorf("%s: a tool was called: %s", name, calls)
		}
	}
}
