package simmac_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"installordefer/internal/simmac"
	"installordefer/internal/tool"
)

const (
	safari = "Safari27.0TahoeAuto-27.0"
	tahoe  = "macOS Tahoe 26.7-25G229"
	trap   = "macOS 27-26A428"
)

func facts() simmac.Facts {
	return simmac.Facts{
		Seed: 1, Start: start,
		OS: simmac.OS{Version: "26.6", Build: "25G72"},
		Accounts: []simmac.Account{{Name: "ada", FullName: "Ada Byron", UID: 501, Password: "correct horse", Owner: true, LogsInAfter: time.Minute},
			{Name: "bob", FullName: "Bob", UID: 502, Password: "hunter2"}},
		Updates: []simmac.Update{
			{Label: safari, Title: "Safari", Version: "27.0", SizeKiB: 249465},
			{Label: tahoe, Title: "macOS Tahoe 26.7", Version: "26.7", Build: "25G229", SizeKiB: 3039632, Action: simmac.RestartAction},
			{Label: trap, Title: "macOS 27", Version: "27", Build: "26A428", SizeKiB: 11727219, Action: simmac.RestartAction},
		},
		Job: simmac.Job{Label: jobID},
	}
}

// TestToolsSayWhatTheRealOnesSay compares whole answers with what real Macs
// printed, on the streams and with the exit status that they used.
func TestToolsSayWhatTheRealOnesSay(t *testing.T) {
	const banner = "Software Update Tool\n\nFinding available software\n"
	for _, c := range []struct {
		name        string
		change      func(*simmac.Facts)
		path        tool.Path
		args, stdin string
		out, err    string
		code        int
	}{
		{name: "a list", path: tool.SoftwareUpdate, args: "--list", out: banner +
			"Software Update found the following new or updated software:\n" +
			"* Label: Safari27.0TahoeAuto-27.0\n\tTitle: Safari, Version: 27.0, Size: 249465KiB, Recommended: YES, \n" +
			"* Label: macOS Tahoe 26.7-25G229\n\tTitle: macOS Tahoe 26.7, Version: 26.7, Size: 3039632KiB, Recommended: YES, Action: restart, \n" +
			"* Label: macOS 27-26A428\n\tTitle: macOS 27, Version: 27, Size: 11727219KiB, Recommended: YES, Action: restart, \n"},
		{name: "nothing new is said on standard error", change: none, path: tool.SoftwareUpdate, args: "--list",
			out: banner, err: "No new software available.\n"},
		{name: "without a scan nothing is found out", change: none, path: tool.SoftwareUpdate, args: "--list --no-scan",
			out: "Software Update Tool\n\n", err: "No new software available.\n"},
		{name: "labels with no-break spaces", change: spanish, path: tool.SoftwareUpdate, args: "--list", out: banner +
			"Software Update found the following new or updated software:\n" +
			"* Label: macOS\u00a0Tahoe\u00a0 26.7-25G229\n\tTitle: macOS\u00a0Tahoe\u00a0 26.7, Version: 26.7, Size: 3039632KiB, Recommended: YES, Action: restart, \n"},
		{name: "the old form", change: mojave, path: tool.SoftwareUpdate, args: "--list", out: banner +
			"Software Update found the following new or updated software:\n" +
			"   * Security Update 2020-005-10.14.6\n\tSecurity Update 2020-005 (10.14.6), 1633218K [recommended] [restart]\n"},
		{name: "sizes before 13.3 are in K for macOS and in KiB for the rest", change: monterey, path: tool.SoftwareUpdate, args: "--list", out: banner +
			"Software Update found the following new or updated software:\n" +
			"* Label: Safari27.0TahoeAuto-27.0\n\tTitle: Safari, Version: 27.0, Size: 249465KiB, Recommended: YES, \n" +
			"* Label: macOS Monterey 12.6.2-21G320\n\tTitle: macOS Monterey 12.6.2, Version: 12.6.2, Size: 1508533K, Recommended: YES, Action: restart, \n" +
			"* Label: macOS Ventura 13.1-22C65\n\tTitle: macOS Ventura 13.1, Version: 13.1, Size: 3878650K, Recommended: YES, Action: restart, Deferred: YES\n"},
		{name: "an unknown label ends with 0", path: tool.SoftwareUpdate, args: "--download nonsense",
			out: banner + "nonsense: No such update\nNo updates are available.\n"},
		{name: "a title is no label", path: tool.SoftwareUpdate, args: "--download Safari",
			out: banner + "Safari: No such update\nNo updates are available.\n"},
		{name: "too small a disk ends with 0", change: full, path: tool.SoftwareUpdate, args: "--download|" + tahoe,
			out: banner + "Not enough free disk space: a total of 11.23 GB is required.\n"},
		{name: "an unknown option ends with 0", path: tool.SoftwareUpdate, args: "--label X", err: "softwareupdate: unrecognized option `--label'\n…"},
		{name: "an app", path: tool.SoftwareUpdate, args: "--install " + safari,
			out: banner + "\nDownloading Safari\nDownloaded Safari\nInstalling Safari\nDone with Safari\nDone.\n"},
		{name: "an app whose installation fails says Done, too", change: fails, path: tool.SoftwareUpdate, args: "--install " + safari,
			out: banner + "\nDownloading Safari\nDownloaded Safari\nInstalling Safari\nError installing Safari: The operation couldn’t be completed. (PKInstallErrorDomain error 201.)\nDone.\n"},
		{name: "macOS on Apple silicon without its owner", change: silicon, path: tool.SoftwareUpdate, args: "--download|" + tahoe,
			out: "…Downloaded: macOS Tahoe 26.7\nFailed to authenticate\n", code: 1},
		{name: "macOS without --restart ends without a hint", path: tool.SoftwareUpdate, args: "--install|" + tahoe, out: "…Downloading: 100.00%\nDownloaded: macOS Tahoe 26.7\n"},
		{name: "a job that is not loaded", path: tool.Launchctl, args: "print system/com.example.other",
			err: "Bad request.\nCould not find service \"com.example.other\" in domain for system\n", code: 113},
		{name: "a bootout of nothing", path: tool.Launchctl, args: "bootout system/com.example.other", err: "Boot-out failed: 3: No such process\n", code: 3},
		{name: "the update daemon is not restarted from 14.4 on", path: tool.Launchctl, args: "kickstart -k system/com.apple.softwareupdated",
			err: "Could not kickstart service \"com.apple.softwareupdated\": 150: Operation not permitted while System Integrity Protection is engaged\n", code: 150},
		{name: "a job that is loaded is not loaded again", path: tool.Launchctl, args: "bootstrap system /Library/LaunchDaemons/" + jobID + ".plist",
			err: "Bootstrap failed: 5: Input/output error\nTry re-running the command as root for richer errors.\n", code: 5},
		{name: "nobody has logged in", path: tool.Scutil, stdin: "show State:/Users/ConsoleUser\n", out: "<dictionary> {\n  GID : 0\n  Name : loginwindow\n  UID : 0\n}\n"},
		{name: "a Mac without battery", path: tool.Pmset, args: "-g batt", out: "Now drawing from 'AC Power'\n"},
		{name: "a charged battery", change: portable, path: tool.Pmset, args: "-g batt",
			out: "Now drawing from 'AC Power'\n -InternalBattery-0 (id=21758051)\t83%; AC attached; not charging present: true\n"},
		{name: "FileVault at work", change: encrypting, path: tool.Fdesetup, args: "status",
			out: "FileVault is On.\nEncryption in progress: Percent completed = 41.20\n"},
		{name: "an event from nobody's session", path: tool.Osascript, args: "-e|tell application \"loginwindow\" to «event aevtrrst»",
			err: "0:0: execution error: An error of type -10810 has occurred. (-10810)\n", code: 1},
		{name: "no receipt", path: tool.Pkgutil, args: "--forget com.example.other", err: "No receipt for 'com.example.other' found at '/'.\n", code: 1},
		{name: "a bootstrap token in escrow", path: tool.Profiles, args: "status -type bootstraptoken",
			out: "profiles: Bootstrap Token supported on server: YES\nprofiles: Bootstrap Token escrowed to server: YES\n"},
		{name: "a bootstrap token that nobody holds", change: tokenless, path: tool.Profiles, args: "status -type bootstraptoken",
			out: "profiles: Bootstrap Token supported on server: YES\nprofiles: Bootstrap Token escrowed to server: NO\n"},
		{name: "what is disabled", path: tool.Launchctl, args: "print-disabled system",
			out: "\n\tdisabled services = {\n\t\t\"com.apple.ftpd\" => disabled\n\t\t\"" + jobID + "\" => enabled\n\t}\n"},
		{name: "nobody of that name", path: tool.Dscl, args: ". -read /Users/eve GeneratedUID", err: "<dscl_cmd> DS Error: -14136 (eDSRecordNotFound)\n", code: 56},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := facts()
			if c.change != nil {
				c.change(&f)
			}
			m := simmac.New(f)
			defer m.Close()
			args := strings.Fields(c.args)
			if before, after, ok := strings.Cut(c.args, "|"); ok {
				args = []string{before, after}
			}
			r := run(m, c.path, c.stdin, args...)
			if !says(string(r.Stdout), c.out) || !says(string(r.Stderr), c.err) || r.ExitCode != c.code {
				t.Errorf("printed %q\nand     %q, status %d\nwant    %q\nand     %q, status %d", r.Stdout, r.Stderr, r.ExitCode, c.out, c.err, c.code)
			}
		})
	}
}

// says compares an output with what is wanted, where … stands for anything.
func says(got, want string) bool {
	if rest, ok := strings.CutPrefix(want, "…"); ok {
		return strings.HasSuffix(got, rest)
	}
	if rest, ok := strings.CutSuffix(want, "…"); ok {
		return strings.HasPrefix(got, rest)
	}
	return got == want
}

func tokenless(f *simmac.Facts)  { f.Quirks.NoBootstrapToken = true }
func none(f *simmac.Facts)       { f.Updates = nil }
func full(f *simmac.Facts)       { f.FreeGB = 6 }
func silicon(f *simmac.Facts)    { f.AppleSilicon = true }
func fails(f *simmac.Facts)      { f.Updates[0].Course = simmac.FailsAtInstall }
func encrypting(f *simmac.Facts) { f.FileVault = simmac.FileVaultEncrypting }
func portable(f *simmac.Facts)   { f.Battery = &simmac.Battery{Percent: 83, Adapter: true} }

func spanish(f *simmac.Facts) {
	f.Quirks.HardSpaces = true
	f.Updates = f.Updates[1:2]
}

func mojave(f *simmac.Facts) {
	f.OS = simmac.OS{Version: "10.14.6", Build: "18G95"}
	f.Updates = []simmac.Update{{Label: "Security Update 2020-005-10.14.6", Title: "Security Update 2020-005", Version: "10.14.6", SizeKiB: 1633218, Action: simmac.RestartAction}}
}

func monterey(f *simmac.Facts) {
	f.OS = simmac.OS{Version: "12.6.1", Build: "21G217"}
	f.Updates = append(f.Updates[:1], simmac.Update{
		Label: "macOS Monterey 12.6.2-21G320", Title: "macOS Monterey 12.6.2", Version: "12.6.2", Build: "21G320", SizeKiB: 1508533, Action: simmac.RestartAction,
	}, simmac.Update{
		Label: "macOS Ventura 13.1-22C65", Title: "macOS Ventura 13.1", Version: "13.1", Build: "22C65", SizeKiB: 3878650, Action: simmac.RestartAction, Held: true,
	})
}

// follow follows a program to its end and passes each line on.
func follow(p *simmac.Process, c tool.Command, each func(tool.Run, tool.Line)) (tool.Result, error) {
	r, err := p.Follow(context.Background(), c)
	if err != nil {
		return tool.Result{}, err
	}
	for over := false; !over; {
		var lines []tool.Line
		lines, over = r.Wait(context.Background(), time.Minute)
		for _, l := range lines {
			each(r, l)
		}
	}
	return r.Result()
}

func TestOutputToAPipeIsHeldBackAndToATerminalIsNot(t *testing.T) {
	for _, terminal := range []bool{false, true} {
		m := simmac.New(facts())
		p := m.Begin()
		first, end := time.Duration(-1), time.Duration(0)
		r, err := follow(p, tool.Command{Path: tool.SoftwareUpdate, Args: []string{"--install", tahoe}, Terminal: terminal}, func(_ tool.Run, l tool.Line) {
			if bytes.Contains(l.Text, []byte("Downloading: ")) && first < 0 {
				first = m.Elapsed()
			}
		})
		end = m.Elapsed()
		p.End()
		m.Close()
		if err != nil {
			t.Fatal(err)
		}
		if held := first == end; held == terminal {
			t.Errorf("terminal %v: the first progress came after %v of %v", terminal, first, end)
		}
		if terminal && !bytes.Contains(r.Stdout, []byte("\rDownloading: 60.00%\rDownloading: 60.00%")) {
			t.Errorf("on a terminal progress is not written over itself: %q", r.Stdout)
		}
	}
}

func TestAToolThatIsEndedLosesWhatItHeldBack(t *testing.T) {
	m := simmac.New(facts())
	defer m.Close()
	m.Faults = []*simmac.Fault{{Tool: "softwareupdate --list", Kind: simmac.HangsInside, Lines: 4}}
	p := m.Begin()
	defer p.End()
	r, err := p.Run(context.Background(), tool.Command{Path: tool.SoftwareUpdate, Args: []string{"--list"}, Limit: 3 * time.Minute})
	var timeout *tool.TimeoutError
	if !errors.As(err, &timeout) || timeout.After != 3*time.Minute || m.Elapsed() != 3*time.Minute {
		t.Fatalf("ended with %v after %v", err, m.Elapsed())
	}
	if len(r.Stdout) != 0 || r.ExitCode != -1 {
		t.Errorf("there is output: %q, status %d", r.Stdout, r.ExitCode)
	}
}

func TestRepeatedProgressIsNoProgress(t *testing.T) {
	m := simmac.New(facts())
	defer m.Close()
	m.Faults = []*simmac.Fault{{Tool: "softwareupdate", Kind: simmac.Repeats, Lines: 5}}
	p := m.Begin()
	defer p.End()
	seen := map[string]bool{}
	_, err := follow(p, tool.Command{Path: tool.SoftwareUpdate, Args: []string{"--install", tahoe}, Silence: 10 * time.Minute}, func(r tool.Run, l tool.Line) {
		if !seen[string(l.Text)] {
			seen[string(l.Text)] = true
			r.Progressed()
		}
	})
	var timeout *tool.TimeoutError
	if !errors.As(err, &timeout) || !timeout.Silent || timeout.After != 10*time.Minute {
		t.Fatalf("ended with %v after %v", err, m.Elapsed())
	}
}
