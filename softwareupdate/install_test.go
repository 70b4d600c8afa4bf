package softwareupdate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"installordefer/internal/golden"
	"installordefer/internal/tool"
)

const classicInstall = banner + search + "\nDownloading Safari\nDownloaded Safari\nInstalling Safari\nDone with Safari\nDone.\n"

func TestAnInstallationNamesItsLabels(t *testing.T) {
	odd := Label("macOS\u00a0Tahoe\u00a0 26.7-25G229")
	tests := []struct {
		name  string
		in    Install
		want  []string
		stdin string
	}{
		{"one", Install{Labels: []Label{safari}},
			[]string{"/usr/bin/caffeinate", "-i", "/usr/sbin/softwareupdate", "--install", string(safari), "--agree-to-license"}, ""},
		{"equal ones once", Install{Labels: []Label{safari, odd, safari, odd}},
			[]string{"/usr/bin/caffeinate", "-i", "/usr/sbin/softwareupdate", "--install", string(safari), string(odd), "--agree-to-license"}, ""},
		{"with a restart", Install{Labels: []Label{odd}, Restart: true},
			[]string{"/usr/bin/caffeinate", "-i", "/usr/sbin/softwareupdate", "--install", string(odd), "--agree-to-license", "--restart"}, ""},
		{"with a hard restart", Install{Labels: []Label{tahoe}, Restart: true, Force: true},
			[]string{"/usr/bin/caffeinate", "-i", "/usr/sbin/softwareupdate", "--install", string(tahoe), "--agree-to-license", "--restart", "--force"}, ""},
		{"force alone means nothing", Install{Labels: []Label{tahoe}, Force: true},
			[]string{"/usr/bin/caffeinate", "-i", "/usr/sbin/softwareupdate", "--install", string(tahoe), "--agree-to-license"}, ""},
		{"in a session", Install{Labels: []Label{tahoe}, Restart: true, ConsoleUID: 501},
			[]string{"/bin/launchctl", "asuser", "501", "/usr/bin/caffeinate", "-i", "/usr/sbin/softwareupdate", "--install", string(tahoe), "--agree-to-license", "--restart"}, ""},
		{"with a password", Install{Labels: []Label{tahoe}, Restart: true, ConsoleUID: 501, Owner: "ada", Password: []byte("pa ss$'word")},
			[]string{"/bin/launchctl", "asuser", "501", "/usr/bin/caffeinate", "-i", "/usr/sbin/softwareupdate", "--install", string(tahoe), "--agree-to-license", "--restart", "--user", "ada", "--stdinpass"}, "pa ss$'word\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				b := newBench(t, "26.6", play{})
				_, _ = b.install(context.Background(), tt.in)
				if diff := cmp.Diff([][]string{tt.want}, b.args()); diff != "" {
					t.Errorf("started (-want +got):\n%s", diff)
				}
				c := b.runner.calls[0]
				if string(c.Stdin) != tt.stdin || !c.Terminal || c.Silence != stallLimit || c.FirstSilence != firstLimit || c.Limit != 0 {
					t.Errorf("standard input %q, terminal %v, silence %v after %v, limit %v", c.Stdin, c.Terminal, c.Silence, c.FirstSilence, c.Limit)
				}
			})
		})
	}
}

func TestNothingIsEverLeftToTheUpdaterToChoose(t *testing.T) {
	b := newBench(t, "26.6")
	if _, err := b.install(context.Background(), Install{Restart: true, Force: true}); err == nil {
		t.Error("an installation without labels was accepted")
	}
	for _, label := range []Label{tahoe, safari} {
		b := newBench(t, "26.6", play{}, play{})
		_ = b.download(context.Background(), label)
		_, _ = b.install(context.Background(), Install{Labels: []Label{label}, Restart: true, Force: true})
		for _, args := range b.args() {
			for _, never := range []string{"--all", "-a", "--recommended", "-r", "--os-only", "-ia"} {
				if slices.Contains(args, never) {
					t.Errorf("started %q", args)
				}
			}
		}
	}
}

func TestAPasswordIsNeverAnArgument(t *testing.T) {
	for _, os := range []string{"12.7.6", ""} {
		b := newBench(t, os)
		_, err := b.install(context.Background(), Install{Labels: []Label{tahoe}, Owner: "ada", Password: []byte("secret")})
		var f *Failure
		if !errors.As(err, &f) || f.Kind != FailureRefused || strings.Contains(err.Error(), "secret") {
			t.Errorf("macOS %q: got %v", os, err)
		}
	}
	b := newBench(t, "26.6")
	if _, err := b.install(context.Background(), Install{Labels: []Label{tahoe}, Owner: "--all", Password: []byte("secret")}); err == nil {
		t.Error("an owner that reads as an option was accepted")
	}
}

func TestAPasswordThatIsEchoedIsKeptOutOfLogs(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		b := newBench(t, "26.6", play{stdout: systemDownload + "Password: hunter2\nFailed to authenticate with hunter2\n"})
		in := Install{Labels: []Label{tahoe}, Owner: "ada", Password: []byte("hunter2")}
		done, err := b.install(context.Background(), in)
		var f *Failure
		if !errors.As(err, &f) || f.Kind != FailurePassword {
			t.Fatalf("got %v", err)
		}
		everything := fmt.Sprintf("%v %+v %q %q %+v", err, *f, f.Tail, b.log, done)
		if strings.Contains(everything, "hunter2") {
			t.Errorf("the password is in %s", everything)
		}
		if string(in.Password) != "hunter2" {
			t.Error("the caller's password was changed")
		}
	})
}

func TestAnInstallationIsJudgedByItsText(t *testing.T) {
	both := []Label{safari, tools}
	tests := []struct {
		name   string
		in     Install
		play   play
		want   Reached
		failed bool
		kind   FailureKind
		label  Label
	}{
		{name: "Safari", in: Install{Labels: []Label{safari}}, play: play{stdout: classicInstall}, want: Reached{Done: []Label{safari}}},
		{name: "two at once", in: Install{Labels: both},
			play: play{stdout: banner + search + "Downloaded Safari\nDownloaded Command Line Tools for Xcode 26.5\nInstalling Safari, Command Line Tools for Xcode 26.5\nDone with Safari\nDone with Command Line Tools for Xcode 26.5\nDone.\n"},
			want: Reached{Done: both}},
		{name: "one of two", in: Install{Labels: both},
			play: play{stdout: banner + "Downloaded Safari\nError downloading Command Line Tools for Xcode 26.5: The operation couldn’t be completed. (PKDownloadError error 8.)\nInstalling Safari\nDone with Safari\nDone.\n"},
			want: Reached{Done: []Label{safari}}, failed: true, kind: FailureUnknown},
		{name: "one of two, without a word", in: Install{Labels: both}, play: play{stdout: classicInstall},
			want: Reached{Done: []Label{safari}}, failed: true, label: tools},
		{name: "under other titles", in: Install{Labels: []Label{"041-1", "041-2"}},
			play: play{stdout: "Done with Erste\nDone with Zweite\nDone.\n"}, want: Reached{}},
		{name: "only one of two under another title", in: Install{Labels: []Label{"041-1", "041-2"}},
			play: play{stdout: "Done with Erste\nDone.\n"}, want: Reached{}, failed: true, label: "041-1"},
		{name: "one label, printed three times", in: Install{Labels: []Label{tools, safari}},
			play: play{stdout: strings.Repeat("Done with Command Line Tools for Xcode 26.5\n", 3) + "Done.\n"},
			want: Reached{Done: []Label{tools}}, failed: true, label: safari},
		{name: "macOS without a restart is only staged", in: Install{Labels: []Label{tahoe}}, play: play{stdout: systemDownload},
			want: Reached{Staged: true, NeedsRestart: true}},
		{name: "macOS and Safari in one", in: Install{Labels: []Label{safari, tahoe}},
			play: play{stdout: strings.Replace(classicInstall, "Done.\n", "", 1) + systemDownload},
			want: Reached{Done: []Label{safari}, Staged: true, NeedsRestart: true}},
		{name: "two versions whose titles begin alike", in: Install{Labels: []Label{"macOS Tahoe 26.5.1-25F80", "macOS Tahoe 26.5-25F71", safari}},
			play: play{stdout: "Downloaded: macOS Tahoe 26.5\nDownloaded: macOS Tahoe 26.5.1\n"},
			want: Reached{Staged: true, NeedsRestart: true}, failed: true, label: safari},
		{name: "a classic one that wants a restart", in: Install{Labels: []Label{safari}},
			play: play{stdout: classicInstall + "You have installed one or more updates that requires that you restart your\ncomputer.  Please restart immediately.\n"},
			want: Reached{Done: []Label{safari}, NeedsRestart: true}},
		{name: "one that wants a shutdown", in: Install{Labels: []Label{safari}},
			play: play{stdout: classicInstall + "You have installed one or more updates that requires that your computer must shut down.\nPlease call halt(8) or select Shut Down from the Apple menu.\n"},
			want: Reached{Done: []Label{safari}, NeedsShutdown: true}},
		{name: "gone", in: Install{Labels: []Label{safari}}, play: play{stdout: banner + search + noUpdates}, failed: true, kind: FailureGone, label: safari},
		{name: "no such update", in: Install{Labels: []Label{safari}}, play: play{stdout: banner + search + string(safari) + ": No such update\n" + noUpdates}, failed: true, kind: FailureNoSuchUpdate, label: safari},
		{name: "one of two is no such update", in: Install{Labels: both}, play: play{stdout: banner + search + string(tools) + ": No such update\n" + classicInstall},
			want: Reached{Done: []Label{safari}}, failed: true, kind: FailureNoSuchUpdate, label: tools},
		{name: "wrong password", in: Install{Labels: []Label{tahoe}, Owner: "ada", Password: []byte("x1")}, play: play{stdout: systemDownload + "Failed to authenticate\n", exit: 1},
			want: Reached{}, failed: true, kind: FailurePassword, label: tahoe},
		{name: "no password: downloaded, but a restart would not install it", in: Install{Labels: []Label{tahoe}}, play: play{stdout: systemDownload + "Failed to authenticate\n", exit: 1},
			want: Reached{}, failed: true, kind: FailureAuthentication, label: tahoe},
		{name: "package error in the noise", in: Install{Labels: []Label{safari}}, play: play{stdout: classicInstall, stderr: "2026-01-15 09:12:44.531 softwareupdate[1:2] Package Authoring Error: x\n"},
			want: Reached{Done: []Label{safari}}},
		{name: "the tool cannot be started", in: Install{Labels: []Label{safari}}, play: play{err: tool.ErrNotStarted}, failed: true, label: safari},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				got, err := newBench(t, "26.6", tt.play).install(context.Background(), tt.in)
				got.Tail = nil
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("installed (-want +got):\n%s", diff)
				}
				var f *Failure
				switch {
				case !tt.failed && err != nil:
					t.Errorf("failed: %v", err)
				case tt.failed && !errors.As(err, &f):
					t.Errorf("got %v, want a failure", err)
				case tt.failed && (f.Kind != tt.kind || f.Label != tt.label && tt.label != ""):
					t.Errorf("got %v of %q: %v", f.Kind, f.Label, f)
				}
			})
		})
	}
}

func TestTheCauseOfAFailureStaysWithItsUpdate(t *testing.T) {
	const video = Label("ProVideoFormats-3.1")
	both := []Label{safari, video}
	const noAnswer = "Error downloading Pro Video Formats: Didn't get a response from the Apple Software Update server when downloading Pro Video Formats."
	tests := []struct {
		name, text string
		labels     []Label
		kind       FailureKind
		label      Label
		says       string
		onDisk     bool
	}{
		{"the other one is installed afterwards", banner + search + "Downloading Safari\nDownloading Pro Video Formats\nDownloaded Safari\n" + noAnswer + "\nInstalling Safari\nDone with Safari\nDone.\n",
			both, FailureNetwork, video, "when downloading Pro Video Formats", false},
		{"the first line names the cause", banner + search + "Downloading Safari\nError downloading Safari: The operation couldn’t be completed. (PKDownloadError error 8.)\nDone.\n\nError downloading updates.\n",
			[]Label{safari}, FailureUnknown, safari, "PKDownloadError error 8", false},
		{"the summary comes first", "Error downloading updates.\nError downloading Safari: The operation couldn’t be completed. (PKDownloadError error 8.)\n",
			[]Label{safari}, FailureUnknown, safari, "PKDownloadError error 8", false},
		{"a later line knows the kind", "Downloading macOS Tahoe 26.7\nFailed to download & prepare update: Error Domain=SUOSUErrorDomain Code=1 \"x\"\nNot enough free disk space: a total of 10.57 GB is required.\n",
			[]Label{tahoe}, FailureSpace, tahoe, "10.57 GB", false},
		{"the second failure of one update adds nothing", "Failed to authenticate\nError downloading macOS Tahoe 26.7: The operation couldn’t be completed. (NSURLErrorDomain error -1009.)\n",
			[]Label{tahoe}, FailureAuthentication, tahoe, "volume owner", false},
		{"under a title that fits no label", "Downloaded Erste\nError downloading Zweite: The operation couldn’t be completed. (PKDownloadError error 8.)\nDone with Erste\nDone.\n",
			[]Label{"041-1", "041-2"}, FailureUnknown, "", "Zweite", false},
		{"only the update that failed is on the disk", "Downloaded Safari\nDownloaded Pro Video Formats\nDone with Safari\nDone.\n",
			both, FailureUnknown, video, "neither that it succeeded", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				_, err := newBench(t, "26.6", play{stdout: tt.text}).install(context.Background(), Install{Labels: tt.labels})
				var f *Failure
				if !errors.As(err, &f) {
					t.Fatalf("got %v, want a failure", err)
				}
				if f.Kind != tt.kind || f.Label != tt.label || f.Downloaded != tt.onDisk || !strings.Contains(f.Error(), tt.says) {
					t.Errorf("got %v of %q, on the disk %v: %v", f.Kind, f.Label, f.Downloaded, f)
				}
			})
		})
	}
}

func TestAFailureUnderATitleThatFitsNoLabelIsMadeGood(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		_, err := newBench(t, "26.6", play{stdout: "Error downloading Erste: The operation couldn’t be completed. (PKDownloadError error 8.)\nDone with Erste\nDone with Zweite\nDone.\n"}).
			install(context.Background(), Install{Labels: []Label{"041-1", "041-2"}})
		if err != nil {
			t.Errorf("failed: %v", err)
		}
	})
}

func TestAnUpdaterThatIsToRestartTheMacHasTimeForIt(t *testing.T) {
	for _, tt := range []struct {
		in   Install
		want time.Duration
	}{
		{Install{Restart: true}, 5 * time.Minute},
		{Install{Restart: true, RestartWait: 20 * time.Minute}, 20 * time.Minute},
		{Install{Restart: true, RestartWait: time.Second}, 5 * time.Minute},
		{Install{}, time.Minute},
	} {
		inBubble(t, func(t *testing.T) {
			tt.in.Labels = []Label{tahoe}
			began := time.Now()
			got, err := newBench(t, "26.6", play{stdout: systemDownload, hangs: true}).install(context.Background(), tt.in)
			if err != nil || !got.Staged {
				t.Errorf("got %+v, %v", got, err)
			}
			if took := time.Since(began); took != tt.want {
				t.Errorf("restart %v, wait %v: it was ended after %v", tt.in.Restart, tt.in.RestartWait, took)
			}
		})
	}
}

func TestAnInstallationThatHangsSaysHowFarItCame(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		p := play{stdout: banner + search + "Downloaded Safari\nInstalling Safari\n", hangs: true}
		got, err := newBench(t, "26.6", p).install(context.Background(), Install{Labels: []Label{safari}})
		var f *Failure
		if !errors.As(err, &f) || f.Kind != FailureHung || !f.Downloaded || f.Label != safari {
			t.Errorf("got %v", err)
		}
		if want := []string{"Software Update Tool", "Finding available software", "Downloaded Safari", "Installing Safari"}; !slices.Equal(got.Tail, want) {
			t.Errorf("tail %q", got.Tail)
		}
	})
}

func TestAFailureIsToldInPlainSentences(t *testing.T) {
	var told strings.Builder
	for _, f := range []*Failure{
		{Operation: checking, Detail: "it printed neither a list nor that there is nothing new"},
		{Operation: checking, Kind: FailureNetwork, Detail: "Can’t connect to the Apple Software Update server."},
		{Operation: checking, Kind: FailureHung},
		{Operation: downloading, Kind: FailureNetwork, Label: tahoe},
		{Operation: downloading, Kind: FailureSpace, Label: tahoe, Needed: 10_570_000_000},
		{Operation: installing, Kind: FailureSpace, Label: tahoe, Detail: "Not enough free disk space."},
		{Operation: downloading, Kind: FailureAuthentication, Label: tahoe, Downloaded: true},
		{Operation: installing, Kind: FailurePassword, Label: tahoe, Downloaded: true},
		{Operation: installing, Kind: FailureNoSuchUpdate, Label: tahoe},
		{Operation: installing, Kind: FailureGone, Label: safari},
		{Operation: installing, Kind: FailureHung, Label: tahoe},
		{Operation: downloading, Kind: FailureHung, Label: tahoe},
		{Operation: installing, Kind: FailureRefused, Label: "--all", Detail: "its label is refused because it starts with a hyphen, so the updater would read it as an option"},
		{Operation: installing, Label: safari, Tail: []string{"Software Update Tool", "Done."}},
		{Operation: installing, Label: safari, Detail: "Error downloading Safari: The operation couldn’t be completed. (PKDownloadError error 8.)"},
		{Operation: installing, Err: fmt.Errorf("softwareupdate %w", tool.ErrNotStarted)},
		{Operation: downloading},
	} {
		fmt.Fprintln(&told, f)
	}
	golden.Check(t, "testdata/failures.golden", told.String())
}
