package conform

import (
	"flag"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"installordefer/internal/clock"
	"installordefer/internal/macos"
	"installordefer/internal/simmac"
	"installordefer/internal/tool"
	"installordefer/launchd"
)

var confirm = flag.Bool("confirm", false, "look at this very Mac, which changes nothing on it")

func TestThisMacConforms(t *testing.T) {
	if !*confirm {
		t.Skip("only with -confirm, on a Mac")
	}
	if runtime.GOOS != "darwin" {
		t.Fatal("this is no Mac")
	}
	c := clock.System()
	f := Look(t, &launchd.Host{Layout: layout, Runner: &tool.System{Clock: c}}, c)
	t.Run("the screen belongs to whom the kernel says", func(t *testing.T) {
		info, err := os.Stat("/dev/console")
		if err != nil {
			t.Fatal(err)
		}
		if owner := int(info.Sys().(*syscall.Stat_t).Uid); f.Console.Present && owner != f.Console.User.UID {
			t.Errorf("/dev/console belongs to %d, and %+v is at the screen", owner, f.Console.User)
		}
	})
	for _, d := range f.Differences() {
		t.Log("DIFFERS: " + d)
	}
}

// found is what looking at a model's Mac finds.
func found(t *testing.T, f simmac.Facts, change func(*simmac.Mac)) *Finding {
	m := simmac.New(f)
	defer m.Close()
	change(m)
	p := m.Begin()
	defer p.End()
	finding := &Finding{Machine: macos.Machine{Version: m.OS().Version, Build: m.OS().Build, AppleSilicon: m.AppleSilicon()}}
	host := &launchd.Host{Layout: layout, Runner: &looker{Runner: p, finding: finding}}
	var err error
	if finding.Console, err = host.Console(t.Context()); err != nil {
		t.Fatal(err)
	}
	if finding.Power, err = host.Power(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := host.FileVault(t.Context()); err != nil {
		t.Fatal(err)
	}
	return finding
}

func TestDifferencesFromTheModel(t *testing.T) {
	login := func(m *simmac.Mac) { m.Login(grace.Name) }
	t.Run("a Mac that is like the model has none", func(t *testing.T) {
		for _, state := range []simmac.FileVault{simmac.FileVaultOn, simmac.FileVaultOff, simmac.FileVaultEncrypting} {
			f := facts()
			f.FileVault = state
			if d := found(t, f, login).Differences(); len(d) > 0 {
				t.Errorf("FileVault %s: %q", state, d)
			}
		}
	})
	t.Run("what only one of them says is told, from both sides", func(t *testing.T) {
		f := found(t, facts(), login)
		r := &f.Ran[0].Result
		r.Stdout = []byte(strings.Replace(string(r.Stdout), "kCGSSessionOnConsoleKey", "kCGSSessionOnScreenKey", 1))
		r.ExitCode = 7
		d := f.Differences()
		for _, want := range []string{"ends with 7, the model with 0", "only this Mac says", "only the model says"} {
			if !slices.ContainsFunc(d, func(s string) bool { return strings.Contains(s, want) }) {
				t.Errorf("nothing says %q: %q", want, d)
			}
		}
	})
}

func TestLookingChangesNothing(t *testing.T) {
	l := &looker{finding: &Finding{}} // without a runner: what is not refused panics
	for _, c := range []tool.Command{
		{Path: tool.SoftwareUpdate, Args: []string{"--install", "--all"}},
		{Path: tool.SoftwareUpdate, Args: []string{"--list", "--force"}},
		{Path: tool.SoftwareUpdate},
		{Path: tool.Scutil, Stdin: []byte("set State:/x\n")},
		{Path: tool.Scutil, Stdin: []byte("show State:/x\nset State:/x\n")},
		{Path: tool.Scutil, Args: []string{"--set", "HostName", "x"}, Stdin: []byte("show x\n")},
		{Path: tool.Launchctl, Args: []string{"bootout", "system/" + ID}},
		{Path: tool.Launchctl, Args: []string{"kickstart", "-k", "system/com.apple.softwareupdated"}},
		{Path: tool.Pmset, Args: []string{"-a", "sleep", "0"}},
		{Path: tool.Pmset, Args: []string{"-g", "batt", "-a"}},
		{Path: tool.Fdesetup, Args: []string{"disable"}},
		{Path: tool.Dscl, Args: []string{".", "-delete", "/Users/ada"}},
		{Path: tool.Diskutil, Args: []string{"apfs", "deleteVolume", "/"}},
		{Path: tool.Shutdown, Args: []string{"-r", "now"}},
		{Path: tool.Osascript}, {Path: tool.Defaults, Args: []string{"write"}}, {Path: tool.Open},
	} {
		if _, err := l.Run(t.Context(), c); err == nil {
			t.Errorf("%s %q was run", c.Path, c.Args)
		}
		if _, err := l.Follow(t.Context(), c); err == nil {
			t.Errorf("%s %q was followed", c.Path, c.Args)
		}
	}
	if len(l.finding.Ran) > 0 {
		t.Errorf("%+v was run", l.finding.Ran)
	}
}
