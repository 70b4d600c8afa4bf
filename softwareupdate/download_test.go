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
)

const (
	tahoe  = Label("macOS Tahoe 26.7-25G229")
	safari = Label("Safari27.0TahoeAuto-27.0")
	tools  = Label("Command Line Tools for Xcode 26.5-26.5")
)

// What the two parts of the system print: one for macOS, one for the rest.
const (
	systemDownload = banner + search + "Downloading macOS Tahoe 26.7\n\n" +
		"Downloading: 0.10%\nDownloading: 16.00%\nDownloading: 60.00%\nDownloading: 72.40%\nDownloading: 100.00%\n" +
		"Downloaded: macOS Tahoe 26.7\n"
	systemTerminal = banner + search + "Downloading macOS Tahoe 26.7\r\n\r\n" +
		"\rDownloading: 0.10%\rDownloading: 60.00%\rDownloading: 100.00%\r\nDownloaded: macOS Tahoe 26.7\r\n"
	classicDownload = banner + search + "\nDownloading Safari\nDownloaded Safari\nDone.\n"
	noUpdates       = "No updates are available.\n"
)

func TestADownloadNamesOneLabelAndNothingElse(t *testing.T) {
	for _, l := range []Label{tahoe, "macOS\u00a0Tahoe\u00a0 26.7-25G229", "macOS 10.14.4 Update- ", "caf\xe9 -a 100%s $(x)-1"} {
		inBubble(t, func(t *testing.T) {
			b := newBench(t, "26.6", play{stdout: systemDownload})
			if err := b.download(context.Background(), l); err != nil {
				t.Errorf("%q: %v", l, err)
			}
			want := [][]string{{"/usr/bin/caffeinate", "-i", "/usr/sbin/softwareupdate", "--download", string(l)}}
			if diff := cmp.Diff(want, b.args()); diff != "" {
				t.Errorf("started (-want +got):\n%s", diff)
			}
			if c := b.runner.calls[0]; !c.Terminal || c.Limit != 0 || c.Silence != stallLimit || c.Stdin != nil {
				t.Errorf("terminal %v, limit %v, silence %v, standard input %q", c.Terminal, c.Limit, c.Silence, c.Stdin)
			}
		})
	}
}

func TestADownloadWorksInTheSession(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		b := newBench(t, "26.6", play{stdout: systemDownload})
		run, err := b.Download(context.Background(), Download{Label: tahoe, ConsoleUID: 501})
		if _, err = toTheEnd(run, err, nil); err != nil {
			t.Error(err)
		}
		want := [][]string{{"/bin/launchctl", "asuser", "501", "/usr/bin/caffeinate", "-i", "/usr/sbin/softwareupdate", "--download", string(tahoe)}}
		if diff := cmp.Diff(want, b.args()); diff != "" {
			t.Errorf("started (-want +got):\n%s", diff)
		}
	})
}

func TestARefusedLabelStartsNoProgram(t *testing.T) {
	for _, l := range []Label{"-a", "--all", "", " ", "x\ny", "x\x00y", "\x7f"} {
		b := newBench(t, "26.6")
		var f *Failure
		if err := b.download(context.Background(), l); !errors.As(err, &f) || f.Kind != FailureRefused {
			t.Errorf("download of %q: %v", l, err)
		}
		if _, err := b.install(context.Background(), Install{Labels: []Label{tahoe, l}}); !errors.As(err, &f) || f.Kind != FailureRefused {
			t.Errorf("installation of %q: %v", l, err)
		}
	}
}

func TestADownloadIsJudgedByItsText(t *testing.T) {
	tests := []struct {
		name     string
		play     play
		label    Label
		ok       bool
		kind     FailureKind
		onDisk   bool
		neededGB float64
	}{
		{name: "macOS", play: play{stdout: systemDownload}, ok: true},
		{name: "macOS on a terminal", play: play{stdout: systemTerminal}, ok: true},
		{name: "Safari", play: play{stdout: classicDownload}, label: safari, ok: true},
		{name: "already downloaded", play: play{stdout: banner + search + "\nDownloaded Safari\nDone.\n"}, label: safari, ok: true},
		{name: "exit status 1 all the same", play: play{stdout: systemDownload, exit: 1}, ok: true},
		{name: "apps are asked to quit", play: play{stdout: banner + search + "\nDownloading Safari\nAttempting to quit apps: (\n    \"com.apple.Safari\"\n)\nWaiting for user to quit any relevant apps\nSuccessfully quit all apps\nDownloaded Safari\nDone.\n"}, label: safari, ok: true},
		{name: "it failed at first", play: play{stdout: banner + "Error downloading Safari: The operation couldn’t be completed. (PKDownloadError error 8.)\n" + classicDownload}, label: safari, ok: true},
		{name: "no owner", play: play{stdout: systemDownload, steps: []printed{{0, "Failed to authenticate\nPassword:"}}, exit: 1}, kind: FailureAuthentication, onDisk: true},
		{name: "no owner, in Spanish", play: play{stdout: systemDownload, steps: []printed{{0, `Failed to download & prepare update: Error Domain=SUOSUNotificationManagerErrorDomain Code=104 "(null)" UserInfo={NSUnderlyingError=0x6 {Error Domain=com.apple.LocalAuthentication Code=-1 "Password rejected (3)"}, NSLocalizedDescription=Error de autenticación.}` + "\n"}}, exit: 1}, kind: FailureAuthentication, onDisk: true},
		{name: "no such update", play: play{stdout: banner + search + string(tahoe) + ": No such update\n" + noUpdates}, kind: FailureNoSuchUpdate},
		{name: "nothing is offered any more", play: play{stdout: banner + search, stderr: noUpdates}, kind: FailureGone},
		{name: "disk full", play: play{stdout: banner + search + "Not enough free disk space: a total of 10.57 GB is required.\n"}, kind: FailureSpace, neededGB: 10.57},
		{name: "disk full, number with a comma", play: play{stdout: "Not enough free disk space: a total of 910,5 MB is required.\n"}, kind: FailureSpace, neededGB: 0.9105},
		{name: "disk full, no number", play: play{stdout: "Not enough free disk space.\n"}, kind: FailureSpace},
		{name: "offline", play: play{stdout: banner, stderr: "Can’t connect to the Apple Software Update server.\n"}, kind: FailureNetwork},
		{name: "connection lost", play: play{stdout: banner + "Downloading macOS Tahoe 26.7\n\nDownloading: 3.00%\nFailed to download & prepare update: Error Domain=NSURLErrorDomain Code=-1005 \"x\" UserInfo={}\n"}, kind: FailureNetwork},
		{name: "no answer", play: play{stdout: "Error downloading Safari: Didn't get a response from the Apple Software Update server when downloading Safari.\nDone.\n"}, label: safari, kind: FailureNetwork},
		{name: "a file is missing on the server", play: play{stdout: "Error downloading Safari: Error Domain=NSURLErrorDomain Code=-1100 \"x\"\nDone.\n"}, label: safari, kind: FailureUnknown},
		{name: "download error 8", play: play{stdout: banner + search + "\nDownloading Safari\nError downloading Safari: The operation couldn’t be completed. (PKDownloadError error 8.)\nDone.\n\nError downloading updates.\n"}, label: safari, kind: FailureUnknown},
		{name: "no recovery volume", play: play{stdout: banner + "Downloading macOS Tahoe 26.7\nFailed to download & prepare update: Error Domain=SUOSUErrorDomain Code=1256 \"Failed to find SFR recovery volume\" UserInfo={}\n"}, kind: FailureUnknown},
		{name: "a named error", play: play{stdout: "MSU_ERR_STAGE_SPLAT_FAILED(56)\n"}, kind: FailureUnknown},
		{name: "an unknown option", play: play{stderr: "softwareupdate: unrecognized option `--download'\n"}, kind: FailureUnknown},
		{name: "nothing at all", play: play{}, kind: FailureUnknown},
		{name: "only that it is done", play: play{stdout: "Done.\n"}, kind: FailureUnknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				label := tt.label
				if label == "" {
					label = tahoe
				}
				err := newBench(t, "26.6", tt.play).download(context.Background(), label)
				if tt.ok {
					if err != nil {
						t.Errorf("failed: %v", err)
					}
					return
				}
				var f *Failure
				if !errors.As(err, &f) {
					t.Fatalf("got %v, want a failure", err)
				}
				if f.Kind != tt.kind || f.Label != label || f.Operation != downloading || f.Downloaded != tt.onDisk || f.Needed != int64(tt.neededGB*1e9) {
					t.Errorf("got %+v, want kind %v", f, tt.kind)
				}
			})
		})
	}
}

func TestPlateausOfManyMinutesAreNormal(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		steps := []printed{{0, banner + search + "Downloading macOS Tahoe 26.7\n\n"}}
		for _, s := range []string{"16.00", "53.90", "60.00", "60.01", "99.00"} {
			steps = append(steps, printed{40 * time.Minute, "Downloading: " + s + "%\r"})
		}
		steps = append(steps, printed{40 * time.Minute, "\nDownloaded: macOS Tahoe 26.7\n"})
		if err := newBench(t, "26.6", play{steps: steps}).download(context.Background(), tahoe); err != nil {
			t.Error(err)
		}
	})
}

func TestAnUpdaterThatNeverBeginsIsEndedSooner(t *testing.T) {
	for name, p := range map[string]play{
		"it says nothing":           {hangs: true},
		"it only searches":          {stdout: banner + search, hangs: true},
		"it repeats its search":     {stdout: banner, steps: []printed{{4 * time.Minute, search}, {4 * time.Minute, search}}, hangs: true},
		"it says what nobody knows": {stdout: banner + search, steps: []printed{{4 * time.Minute, "The update cannot proceed.\n"}}, hangs: true},
	} {
		inBubble(t, func(t *testing.T) {
			began := time.Now()
			b := newBench(t, "26.6", p)
			err := b.download(context.Background(), tahoe)
			var f *Failure
			if !errors.As(err, &f) || f.Kind != FailureHung {
				t.Errorf("%s: got %v, want a hung download", name, err)
			}
			if took := time.Since(began); took != firstLimit {
				t.Errorf("%s: it was ended after %v", name, took)
			}
		})
	}
}

func TestTheLastLinesOfAFailureAreInTheLog(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		const text = "Downloading Safari\nError downloading Safari: The operation couldn’t be completed. (PKDownloadError error 8.)\nDone.\n"
		for name, play := range map[string]struct {
			play play
			logs bool
		}{
			"a failure":                 {play{stdout: text}, true},
			"one that is on the disk":   {play{stdout: classicDownload + text}, false},
			"a download that succeeded": {play{stdout: text + classicDownload}, false},
		} {
			b := newBench(t, "26.6", play.play)
			_ = b.download(context.Background(), safari)
			if got := slices.Contains(b.log, "Apple's tool said: Done."); got != play.logs {
				t.Errorf("%s: logged %q", name, b.log)
			}
		}
	})
}

func TestANumberThatNoLongerGrowsIsNoProgress(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		steps := []printed{{0, banner + search + "Downloading macOS Tahoe 26.7\n"}, {time.Minute, "Downloading: 60.00%\r"}}
		for range 200 {
			steps = append(steps, printed{time.Minute, "Downloading: 60.00%\rDownloading macOS Tahoe 26.7\rWaiting\r"})
		}
		began := time.Now()
		err := newBench(t, "26.6", play{steps: steps, hangs: true}).download(context.Background(), tahoe)
		var f *Failure
		if !errors.As(err, &f) || f.Kind != FailureHung || f.Downloaded {
			t.Fatalf("got %v, want a hung download", err)
		}
		if took := time.Since(began); took < stallLimit || took > stallLimit+5*time.Minute {
			t.Errorf("it was ended after %v", took)
		}
	})
}

func TestAnUpdaterThatStaysOnAfterItsLastWordIsEnded(t *testing.T) {
	for name, p := range map[string]play{
		"macOS":      {stdout: systemDownload, hangs: true},
		"Safari":     {stdout: classicDownload, hangs: true},
		"it mumbles": {stdout: systemDownload, steps: []printed{{50 * time.Second, "one more thing\n"}, {50 * time.Second, "and another\n"}}, hangs: true},
	} {
		inBubble(t, func(t *testing.T) {
			began := time.Now()
			if err := newBench(t, "26.6", p).download(context.Background(), tahoe); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if took := time.Since(began); took > 3*time.Minute {
				t.Errorf("%s: it took %v", name, took)
			}
		})
	}
	inBubble(t, func(t *testing.T) {
		p := play{stdout: systemDownload, steps: []printed{{0, "Failed to authenticate\nPassword:"}}, hangs: true}
		began := time.Now()
		err := newBench(t, "26.6", p).download(context.Background(), tahoe)
		var f *Failure
		if !errors.As(err, &f) || f.Kind != FailureAuthentication || time.Since(began) > 2*time.Minute {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
	})
}

func TestAnUpdaterThatHasGivenUpIsEnded(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		p := play{stdout: banner + search + "Not enough free disk space: a total of 10.57 GB is required.\n", hangs: true}
		began := time.Now()
		err := newBench(t, "26.6", p).download(context.Background(), tahoe)
		var f *Failure
		if !errors.As(err, &f) || f.Kind != FailureSpace || time.Since(began) > 2*time.Minute {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
	})
}

func TestAWordAfterTheLastStillCounts(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		p := play{stdout: systemDownload, steps: []printed{{50 * time.Second, "hm\n"}, {50 * time.Second, "Failed to authenticate\n"}}, hangs: true}
		err := newBench(t, "26.6", p).download(context.Background(), tahoe)
		var f *Failure
		if !errors.As(err, &f) || f.Kind != FailureAuthentication {
			t.Errorf("got %v", err)
		}
	})
}

func TestADownloadThatIsBrokenOffSaysSo(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(context.Background())
		because := errors.New("the deadline has passed")
		time.AfterFunc(time.Minute, func() { cancel(because) })
		err := newBench(t, "26.6", play{stdout: banner, hangs: true}).download(ctx, tahoe)
		if !errors.Is(err, because) || !strings.Contains(err.Error(), "broken off") {
			t.Errorf("got %v", err)
		}
	})
}

func TestProgressIsTold(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		var got []string
		tell := func(p Progress) {
			got = append(got, fmt.Sprintf("%s %v %.3f", p.Label, p.Phase, p.Fraction))
		}
		b := newBench(t, "26.6", play{stdout: systemTerminal}, play{stdout: banner + search + "\nDownloading Safari\nDownloaded Safari\nInstalling Safari\nInstalling: 50%\nDone with Safari\nDone.\n"})
		if err := b.download(context.Background(), tahoe, tell); err != nil {
			t.Fatal(err)
		}
		if _, err := b.install(context.Background(), Install{Labels: []Label{safari}}, tell); err != nil {
			t.Fatal(err)
		}
		want := []string{
			" searching -1.000",
			"macOS Tahoe 26.7-25G229 downloading -1.000",
			"macOS Tahoe 26.7-25G229 downloading 0.001",
			"macOS Tahoe 26.7-25G229 downloading 0.600",
			"macOS Tahoe 26.7-25G229 preparing 1.000",
			"macOS Tahoe 26.7-25G229 staged 1.000",
			" searching -1.000",
			"Safari27.0TahoeAuto-27.0 downloading -1.000",
			"Safari27.0TahoeAuto-27.0 installing -1.000",
			"Safari27.0TahoeAuto-27.0 installing 0.500",
			"Safari27.0TahoeAuto-27.0 done 1.000",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
	})
}

func TestNumbersAreReadInEveryForm(t *testing.T) {
	for line, want := range map[string]step{
		"Downloading: 0.10%":      {kind: stepFraction, word: "Downloading", fraction: 0.001, phase: PhaseDownloading},
		"  Downloading: 12.30%  ": {kind: stepFraction, word: "Downloading", fraction: 0.123, phase: PhaseDownloading},
		"Downloading: 60.01%":     {kind: stepFraction, word: "Downloading", fraction: 0.6001, phase: PhasePreparing},
		"Preparing: 4.7%  ":       {kind: stepFraction, word: "Preparing", fraction: 0.047, phase: PhasePreparing},
		"Preparing: 112.5%":       {kind: stepFraction, word: "Preparing", fraction: 1, phase: PhasePreparing},
		"Installing: 7%":          {kind: stepFraction, word: "Installing", fraction: 0.07, phase: PhaseInstalling},
		"Downloading: soon":       {kind: stepOther},
		"Downloading: -1%":        {kind: stepOther},
		"Downloading: 1e9%":       {kind: stepOther},
		"Downloaded: X":           {kind: stepStaged, title: "X"},
		"Downloaded X":            {kind: stepDownloaded, title: "X"},
		"Done with X":             {kind: stepInstalled, title: "X"},
		"Done.":                   {kind: stepFinished},
	} {
		got := readStep(line)
		if d := got.fraction - want.fraction; d > 1e-9 || d < -1e-9 {
			t.Errorf("%q: fraction %v, want %v", line, got.fraction, want.fraction)
		}
		got.fraction = want.fraction
		if got != want {
			t.Errorf("%q: %+v, want %+v", line, got, want)
		}
	}
}
