package launchd

import (
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"installordefer/internal/tool"
	"installordefer/internal/volume"
)

// testProgram is the root job's program as the tests' Mac knows it.
const testProgram = "/Library/Application Support/com.example.updates/install-or-defer"

func TestTheHelperStartsInThePersonsSessionAndAsThatPerson(t *testing.T) {
	h := &Host{Layout: Layout{Volume: volume.In("/somewhere"), ID: testID}}
	c := h.HelperCommand(ConsoleUser{"ana", 501}, "--protocol", "1")
	want := tool.Command{Path: "/bin/launchctl", Args: []string{
		"asuser", "501", testProgram, "as-person", "501",
		"/Library/Application Support/com.example.updates/Install or Defer.app/Contents/MacOS/install-or-defer-prompt",
		"--protocol", "1",
	}}
	if d := cmp.Diff(want.Args, c.Args); d != "" || c.Path != want.Path || c.Stdin != nil {
		t.Error(c.Path, d)
	}
}

func TestCutAsPerson(t *testing.T) {
	uid, program, err := CutAsPerson([]string{"501", "/usr/bin/open", "-a", "x"})
	if err != nil || uid != 501 || !slices.Equal(program, []string{"/usr/bin/open", "-a", "x"}) {
		t.Errorf("%d %q %v", uid, program, err)
	}
	for _, args := range [][]string{nil, {"501"}, {"ana", "/bin/ls"}, {"-2", "/bin/ls"}, {"501", "ls"}, {"501", ""}, {"4294967295", "/bin/ls"}} {
		if uid, program, err := CutAsPerson(args); err == nil {
			t.Errorf("%q: %d %q", args, uid, program)
		}
	}
}

// Real processes: the test binary becomes a person, and that one says who it is.
func TestBecome(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can become somebody else")
	}
	who, err := user.Lookup("daemon")
	if err != nil {
		t.Skip(err)
	}
	become := func(uid, program string) (string, error) {
		c := exec.Command(os.Args[0], uid, program)
		c.Env = []string{roleVariable + "=become", "PATH=/usr/bin", "HOME=/var/root", "USER=root", "LOGNAME=root", "LANG=en_US.UTF-8"}
		out, err := c.CombinedOutput()
		return string(out), err
	}
	t.Run("is the person in all respects, and cannot go back", func(t *testing.T) {
		out, err := become(who.Uid, "/usr/bin/env")
		if err != nil {
			t.Fatal(err, out)
		}
		for _, want := range []string{"HOME=" + who.HomeDir, "USER=" + who.Username, "LOGNAME=" + who.Username, "PATH=/usr/bin", "LANG=en_US.UTF-8"} {
			if !slices.Contains(strings.Fields(out), want) {
				t.Errorf("the environment lacks %s:\n%s", want, out)
			}
		}
		if strings.Contains(out, "root") {
			t.Errorf("something of root is left:\n%s", out)
		}
		groups, err := who.GroupIds()
		if err != nil {
			t.Fatal(err)
		}
		for option, want := range map[string]string{"-u": who.Uid, "-ru": who.Uid, "-g": who.Gid, "-rg": who.Gid, "-G": strings.Join(groups, " ")} {
			c := exec.Command(os.Args[0], who.Uid, "/usr/bin/id", option)
			c.Env = []string{roleVariable + "=become"}
			if out, err := c.CombinedOutput(); err != nil || strings.TrimSpace(string(out)) != want {
				t.Errorf("id %s says %q, %v; want %s", option, out, err, want)
			}
		}
	})
	t.Run("says what keeps it from starting", func(t *testing.T) {
		for _, tt := range []struct{ uid, program, says string }{
			{"54321", "/usr/bin/env", "find the account of user id 54321"},
			{who.Uid, "/nonexistent", "start /nonexistent as " + who.Username},
		} {
			if out, err := become(tt.uid, tt.program); err == nil || !strings.Contains(out, tt.says) {
				t.Errorf("%s %s: %v, %s", tt.uid, tt.program, err, out)
			}
		}
	})
	t.Run("needs root", func(t *testing.T) {
		folder := t.TempDir()
		program := filepath.Join(folder, "program")
		err := os.Chmod(filepath.Dir(folder), 0o755) // everybody may start it
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(os.Args[0])
		if err == nil {
			err = os.WriteFile(program, data, 0o755)
		}
		if err != nil {
			t.Fatal(err)
		}
		c := exec.Command(os.Args[0], who.Uid, program, "0", "/usr/bin/env")
		c.Env = []string{roleVariable + "=become"}
		if out, err := c.CombinedOutput(); err == nil || !strings.Contains(string(out), "take the groups of root") {
			t.Errorf("%v, %s", err, out)
		}
	})
}

// becomeAsTold is what the test binary does in the role "become".
func becomeAsTold() error {
	uid, err := strconv.Atoi(os.Args[1])
	if err != nil {
		return err
	}
	return Become(uid, os.Args[2:])
}
