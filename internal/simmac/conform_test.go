package simmac_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"installordefer/internal/simmac"
	"installordefer/internal/tool"
	"installordefer/launchd"
	"installordefer/softwareupdate"
)

var start = time.Date(2026, 9, 21, 8, 0, 0, 0, time.UTC)

const jobID = "com.example.updates"

// text draws text as Apple's catalogue could hold: with commas, colons,
// parentheses and other scripts, but not with the keys of a list.
func text(what string) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		words := rapid.SliceOfN(rapid.SampledFrom([]string{
			"Safari", "macOS", "Tahoe", "Update", "Security", "26.7", "(a)", "für", "更新", "Xcode:", "Pro,", "a & b",
			"\"quoted\"", "$(reboot)", "Command", "Line", "%s", "١٢٣", "é", "-", "[beta]",
		}), 1, 6).Draw(t, what)
		return strings.TrimRight(strings.Join(words, " "), " ,")
	})
}

// drawUpdate draws an update for a Mac on macOS 26.
func drawUpdate(t *rapid.T) simmac.Update {
	u := simmac.Update{
		Title:          text("title").Draw(t, "title"),
		Version:        rapid.SampledFrom([]string{"27.0", "26.7", "26.7.1", "", "1.0.0.5", "12"}).Draw(t, "version"),
		SizeKiB:        rapid.Int64Range(0, 1<<22).Draw(t, "size"),
		NotRecommended: rapid.Bool().Draw(t, "not recommended"),
		Held:           rapid.Bool().Draw(t, "held"),
	}
	u.Action = rapid.SampledFrom([]simmac.Action{simmac.NoAction, simmac.RestartAction, simmac.ShutdownAction}).Draw(t, "action")
	u.Label = u.Title + "-" + u.Version
	if rapid.IntRange(0, 2).Draw(t, "kind") == 0 {
		u.Version = rapid.SampledFrom([]string{"26.7", "26.6.1", "27", "26.6 (a)"}).Draw(t, "macOS")
		u.Build = "25G229"
		u.Title = "macOS Tahoe " + u.Version
		u.Label = u.Title + "-" + u.Build
	}
	return u
}

func drawFacts(t *rapid.T) simmac.Facts {
	return simmac.Facts{
		Seed: rapid.Uint64().Draw(t, "seed"), Start: start,
		OS:           simmac.OS{Version: rapid.SampledFrom([]string{"26.6", "26.5.2"}).Draw(t, "version"), Build: "25G72"},
		AppleSilicon: rapid.Bool().Draw(t, "apple silicon"),
		Updates:      rapid.SliceOfN(rapid.Custom(drawUpdate), 0, 6).Draw(t, "updates"),
		Quirks: simmac.Quirks{
			HardSpaces: rapid.Bool().Draw(t, "hard spaces"), Noise: rapid.Bool().Draw(t, "noise"),
			NoiseOnStdout: rapid.Bool().Draw(t, "noise on stdout"), LeadingBlank: rapid.Bool().Draw(t, "leading blank"),
			Tail: rapid.IntRange(0, 2).Draw(t, "tail"), Hyphens: rapid.Bool().Draw(t, "hyphens"), ErrorsOnStderr: rapid.Bool().Draw(t, "errors on stderr"),
		},
		Job: simmac.Job{Label: jobID},
	}
}

func run(m *simmac.Mac, path tool.Path, stdin string, args ...string) tool.Result {
	p := m.Begin()
	defer p.End()
	if path == tool.SoftwareUpdate { // which would let the Mac fall asleep
		path, args = tool.Caffeinate, append([]string{"-i", string(path)}, args...)
	}
	r, err := p.Run(context.Background(), tool.Command{Path: path, Args: args, Stdin: []byte(stdin), Limit: 5 * time.Hour})
	if err != nil {
		panic(err)
	}
	return r
}

// TestTheParserReadsWhatTheModelPrints gives the bytes of random catalogues to
// the real parser and compares what it reads with the model's truth.
func TestTheParserReadsWhatTheModelPrints(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := simmac.New(drawFacts(t))
		defer m.Close()
		truth := m.Offers()
		p := m.Begin()
		defer p.End()
		r, err := p.Run(context.Background(), tool.Command{
			Path: tool.SoftwareUpdate, Args: []string{"--list"}, Terminal: rapid.Bool().Draw(t, "terminal"),
		})
		if err != nil || r.ExitCode != 0 {
			t.Fatalf("%v, status %d", err, r.ExitCode)
		}
		list := softwareupdate.ParseList(r.Stdout, r.Stderr)
		if len(truth) == 0 {
			if list.Outcome != softwareupdate.None {
				t.Fatalf("nothing is offered, and the parser says %v: %v\n%s%s", list.Outcome, list.Err, r.Stdout, r.Stderr)
			}
			return
		}
		compareList(t, m, list, truth, string(r.Stdout))
	})
}

func compareList(t *rapid.T, m *simmac.Mac, list softwareupdate.List, truth []simmac.Update, printed string) {
	var taken []simmac.Update
	for _, u := range truth {
		if !strings.HasPrefix(u.Label, "-") { // refused, and rightly
			taken = append(taken, u)
		}
	}
	if list.Outcome != softwareupdate.Updates || len(list.Updates) != len(taken) || len(list.Refused) != len(truth)-len(taken) {
		t.Fatalf("%d updates are offered, the parser reads %v, %d taken, %d refused\n%s",
			len(truth), list.Outcome, len(list.Updates), len(list.Refused), printed)
	}
	for i, u := range taken {
		got := list.Updates[i]
		want := softwareupdate.Update{
			Label: softwareupdate.Label(m.Printed(u)), Title: got.Title, Version: u.Version, SizeKiB: u.SizeKiB,
			Recommended: !u.NotRecommended, Deferred: u.Held,
		}
		switch u.Action {
		case simmac.RestartAction:
			want.Action = softwareupdate.ActionRestart
		case simmac.ShutdownAction:
			want.Action = softwareupdate.ActionShutdown
		}
		if got != want || softwareupdate.Label(got.Title).Shown() != softwareupdate.Label(u.Title).Shown() {
			t.Fatalf("offered %+v\nread    %+v\n%s", u, got, printed)
		}
	}
}

// TestALabelThatWasListedIsTakenBack downloads each update by the label that
// the parser read, and looks at what the model then holds.
func TestALabelThatWasListedIsTakenBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFacts(t)
		f.FreeGB = 1e6
		m := simmac.New(f)
		defer m.Close()
		r := run(m, tool.SoftwareUpdate, "", "--list")
		for _, u := range softwareupdate.ParseList(r.Stdout, r.Stderr).Updates {
			p := m.Begin()
			su := &softwareupdate.Tool{Runner: p, Clock: p}
			run, err := su.Download(context.Background(), softwareupdate.Download{Label: u.Label})
			for over := err != nil; !over; {
				_, over = run.Wait(context.Background(), time.Minute)
			}
			if err == nil {
				_, err = run.Result()
			}
			p.End()
			var failure *softwareupdate.Failure
			needsOwner := errors.As(err, &failure) && failure.Kind == softwareupdate.FailureAuthentication && failure.Downloaded && f.AppleSilicon
			if err != nil && !needsOwner {
				t.Fatalf("%q: %v", u.Label, err)
			}
			if !downloaded(m, u.Label) {
				t.Fatalf("%q is said to be downloaded, and is not", u.Label)
			}
		}
	})
}

func downloaded(m *simmac.Mac, l softwareupdate.Label) bool {
	for _, u := range m.Offers() {
		if m.Printed(u) == string(l) && m.HasDownloaded(u.Label) {
			return true
		}
	}
	return false
}

// TestWhoIsAtTheScreenIsReadAsItIs lets people come and go at random and
// compares what launchd's room reads with the model's truth.
func TestWhoIsAtTheScreenIsReadAsItIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFacts(t)
		f.Quirks.LoginWindow = rapid.IntRange(0, 2).Draw(t, "login window")
		f.Accounts = []simmac.Account{{Name: "ada", FullName: "Ada } Byron : 501", UID: 501}, {Name: "grace", FullName: "Grace", UID: 502}}
		m := simmac.New(f)
		defer m.Close()
		for range rapid.IntRange(0, 8).Draw(t, "steps") {
			who := rapid.SampledFrom([]string{"ada", "grace"}).Draw(t, "who")
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0:
				m.Login(who)
			case 1:
				m.Logout(who)
			case 2:
				m.SwitchTo(who)
			case 3:
				m.LoginWindow()
			case 4:
				m.Advance(time.Minute)
			}
			p := m.Begin()
			c, err := (&launchd.Host{Runner: p}).Console(context.Background())
			p.End()
			truth := m.Console()
			switch {
			case errors.Is(err, launchd.ErrUnsettled):
				// After a first login macOS names who is there, and shows another.
				if !m.Switching() && (!c.Present || c.User.Name != truth.Name) {
					t.Fatalf("unsettled, though nobody switches: %v", err)
				}
			case err != nil:
				t.Fatal(err)
			case c.Present != (truth != nil) || c.Present && c.User.Name != truth.Name:
				t.Fatalf("at the screen is %v, read is %+v", truth, c)
			case c.Deserted() != (len(m.LoggedIn()) == 0) || c.Present && c.Behind != len(m.LoggedIn())-1:
				t.Fatalf("%d are logged in, read is %+v", len(m.LoggedIn()), c)
			}
		}
	})
}
