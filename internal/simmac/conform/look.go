package conform

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"installordefer/internal/clock"
	"installordefer/internal/macos"
	"installordefer/internal/tool"
	"installordefer/launchd"
	"installordefer/softwareupdate"
)

// A Runner runs programs to their end.
type Runner interface {
	Run(ctx context.Context, c tool.Command) (tool.Result, error)
}

// A Finding is what was seen of a Mac by looking only.
type Finding struct {
	Machine macos.Machine
	Console launchd.Console
	Power   launchd.Power
	// Ran are the programs that looked, in order.
	Ran []Ran
}

// A Ran is one program and what it said.
type Ran struct {
	Command tool.Command
	Result  tool.Result
}

// Look looks at a Mac with the root job's own eyes, and fails where they cannot
// make sense of it. It changes nothing: of the programs of macOS only those
// that answer a question are run. What it sees is logged.
func Look(t *testing.T, h *launchd.Host, c clock.Clock) *Finding {
	f := &Finding{}
	looker := &looker{Runner: h.Runner, finding: f}
	host := &launchd.Host{Layout: h.Layout, Runner: looker, Kernel: h.Kernel}
	ctx := t.Context()
	t.Run("the clocks", func(t *testing.T) {
		a, b := c.Now(), c.Now()
		if _, ok := b.Since(a); !ok || a.Boot == "" || a.Continuous <= 0 || a.Wall.IsZero() {
			t.Errorf("%+v, then %+v", a, b)
		}
		t.Logf("It has run for %v, sleep included.", a.Continuous.Round(time.Second))
	})
	t.Run("the Mac", func(t *testing.T) { f.lookAtMachine(t, ctx, host, looker) })
	t.Run("the people", func(t *testing.T) { f.lookAtPeople(t, ctx, host) })
	t.Run("the power", func(t *testing.T) {
		var err error
		if f.Power, err = host.Power(ctx); err != nil || f.Power.HasBattery && (f.Power.Percent < 0 || f.Power.Percent > 100) {
			t.Errorf("%+v, %v", f.Power, err)
		}
		t.Logf("Battery: %v, at %d %%. At an adapter: %v.", f.Power.HasBattery, f.Power.Percent, f.Power.OnAC)
	})
	t.Run("the calls", func(t *testing.T) {
		busy, err := isBusy(ctx, host)
		if err != nil {
			t.Error(err)
		}
		t.Logf("In a call, or presenting: %v.", busy)
	})
	t.Run("FileVault", func(t *testing.T) {
		converting, err := host.FileVault(ctx)
		if err != nil {
			t.Error(err)
		}
		t.Logf("Converting the disk: %v.", converting)
	})
	t.Run("the disk and the network", func(t *testing.T) {
		free, err := host.Free(ctx)
		if err != nil {
			t.Error(err)
		}
		offline, err := host.Offline(ctx)
		if err != nil {
			t.Error(err)
		}
		t.Logf("Free: %.1f GB. No network: %v.", float64(free)*1024/1e9, offline)
	})
	t.Run("the updates", func(t *testing.T) { lookAtUpdates(t, ctx, looker, c, f.Machine) })
	return f
}

func (f *Finding) lookAtMachine(t *testing.T, ctx context.Context, host *launchd.Host, r Runner) {
	var err error
	if f.Machine, err = host.Machine(); err != nil {
		t.Fatal(err)
	}
	if v, err := macos.ParseVersion(f.Machine.Version); err != nil || !v.Known() {
		t.Errorf("the version %q: %v", f.Machine.Version, err)
	}
	t.Logf("macOS %s (%s), Apple silicon: %v.", f.Machine.Version, f.Machine.Build, f.Machine.AppleSilicon)
}

func (f *Finding) lookAtPeople(t *testing.T, ctx context.Context, host *launchd.Host) {
	var err error
	f.Console, err = host.Console(ctx)
	switch {
	case errors.Is(err, launchd.ErrUnsettled):
		t.Logf("Nobody can be asked now: %v.", err)
		return
	case err != nil:
		t.Fatal(err)
	case !f.Console.Present:
		t.Logf("Nobody is at the screen: %s.", f.Console.Why)
		return
	}
	t.Logf("At the screen: %s (%d).", f.Console.User.Name, f.Console.User.UID)
	owner, err := host.IsVolumeOwner(ctx, f.Console.User)
	if err != nil {
		t.Error(err)
	}
	t.Logf("They own the volume: %v.", owner)
}

func lookAtUpdates(t *testing.T, ctx context.Context, r softwareupdate.Runner, c clock.Clock, m macos.Machine) {
	os, _ := macos.ParseVersion(m.Version) // looked at above
	// Before macOS 13.3 a check that fails would restart Apple's daemon, which
	// the looker refuses.
	updater := &softwareupdate.Tool{Runner: r, Clock: c, OS: os, Log: t.Logf}
	list := updater.List(ctx)
	if list.Outcome == softwareupdate.Unknown {
		t.Errorf("The check failed: %v", list.Err)
	}
	for _, u := range list.Updates {
		t.Logf("Listed: %+v", u)
		if u.Incomplete {
			t.Errorf("what is listed of %q cannot be read as a whole", u.Label)
		}
	}
	for _, refused := range list.Refused {
		t.Log(refused)
	}
	for _, w := range list.Warnings {
		t.Log(w)
	}
	t.Logf("The check says: %v.", list.Outcome)
}

// looks are the command lines that only answer a question, by their beginning.
var looks = map[tool.Path][]string{
	tool.Scutil:         {"", "--nwi"},
	tool.Pmset:          {"-g assertions", "-g batt"},
	tool.Fdesetup:       {"status"},
	tool.Dscl:           {". -read "},
	tool.Diskutil:       {"apfs listUsers / -plist"},
	tool.Launchctl:      {"print ", "print-disabled system"},
	tool.SoftwareUpdate: {"--list"},
	tool.Profiles:       {"status -type bootstraptoken"},
	tool.Log:            {"show "},
	tool.Df:             {"-k -P /System/Volumes/Data"},
}

// onlyLooks tells whether a command changes nothing.
func onlyLooks(c tool.Command) bool {
	line := strings.Join(c.Args, " ")
	if c.Path == tool.Scutil && line == "" && !strings.HasPrefix(string(c.Stdin), "show ") || strings.Count(string(c.Stdin), "\n") > 1 {
		return false
	}
	return slices.ContainsFunc(looks[c.Path], func(begin string) bool {
		return line == begin || strings.HasSuffix(begin, " ") && strings.HasPrefix(line, begin)
	})
}

// A looker runs what only looks, and refuses everything else.
type looker struct {
	Runner
	finding *Finding
}

func (l *looker) Run(ctx context.Context, c tool.Command) (tool.Result, error) {
	if !onlyLooks(c) {
		return tool.Result{ExitCode: -1}, fmt.Errorf("%s %q is not run, because it could change the Mac", c.Path, c.Args)
	}
	r, err := l.Runner.Run(ctx, c)
	if strings.HasSuffix(strings.Join(c.Args, " "), "assertions") {
		return r, err // what somebody does at a Mac is nobody's to send back
	}
	l.finding.Ran = append(l.finding.Ran, Ran{Command: c, Result: r})
	return r, err
}

func (l *looker) Follow(_ context.Context, c tool.Command) (tool.Run, error) {
	return nil, fmt.Errorf("%s %q is not run, because it could change the Mac", c.Path, c.Args)
}
