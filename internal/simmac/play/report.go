package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"installordefer/internal/simmac"
	"installordefer/internal/simmac/rooted"
	"installordefer/launchd"
	"installordefer/prompt"
)

// A promise is something that the life had to keep.
type promise struct {
	text string
	kept bool
}

// report checks the promises, tells them, and says whether all were kept.
func (t *theatre) report(o options, mac *rooted.Mac, lived error, before, after map[string]string) bool {
	var ps []promise
	add := func(kept bool, format string, args ...any) {
		ps = append(ps, promise{fmt.Sprintf(format, args...), kept})
	}
	if lived != nil {
		add(false, "the life came to its end: %v", lived)
	}
	mac.Do(func(m *simmac.Mac) { t.checkUpdates(m, add) })
	t.checkDialogs(mac, o, add)
	if o.hardware == "intel" {
		t.checkRestarts(add)
	}
	t.checkGone(mac, add)
	add(maps.Equal(before, after), "the places on this machine that a real life would change have not changed")
	all := true
	t.teller.Say("\nWhat was promised:")
	for _, p := range ps {
		mark := "yes"
		if !p.kept {
			mark, all = "NO ", false
		}
		t.teller.Say("  %s  %s", mark, p.text)
	}
	t.teller.Say("\nLeft in the folder of what the package put there: %s", strings.Join(remains(mac.Layout()), ", "))
	t.teller.Say("Looked at outside of it: %s", strings.Join(watched(), ", "))
	return all
}

type adder func(kept bool, format string, args ...any)

func (t *theatre) checkUpdates(m *simmac.Mac, add adder) {
	add(m.Installed("Safari27.0TahoeAuto-27.0"), "Safari 27.0 is installed")
	add(m.OS().Version == "26.7", "macOS 26.7 runs")
	add(!m.Installed("macOS 27-26A428"), "macOS 27, offered beside them, was left alone")
	checks := 0
	for _, e := range t.journal {
		switch e.Kind {
		case simmac.Booted:
			checks = 0
		case simmac.Checked:
			checks++
		}
	}
	add(checks > 0, "a check after the restart proved it")
}

// checkDialogs looks at the prompts and at the final countdown.
func (t *theatre) checkDialogs(mac *rooted.Mac, o options, add adder) {
	prompts, deferrals := 0, 0
	var countdown time.Duration
	var opened time.Duration
	for _, e := range t.journal {
		switch {
		case e.Kind == simmac.DialogShown && e.Name == string(prompt.RunOrDefer):
			prompts++
		case e.Kind == simmac.DialogShown && e.Name == string(prompt.RunNow):
			opened = e.At
		case e.Kind == simmac.DialogClosed && e.Name == string(prompt.RunNow):
			countdown = max(countdown, e.At-opened)
		case e.Kind == simmac.Answered && e.Code == prompt.ExitDefer:
			deferrals++
		}
	}
	add(prompts > 0, "the prompt came (%d times)", prompts)
	if mac.HasHelper() {
		return // what a real person answers is not foreseen
	}
	add(deferrals == 2, "two deferrals were granted (%d)", deferrals)
	if o.hardware == "intel" {
		add(countdown >= 598*time.Second, "the final countdown of ten minutes was on the screen to its end")
	}
}

// checkRestarts looks at the ladder: asked, refused, forced after its delay.
func (t *theatre) checkRestarts(add adder) {
	var asked, forced time.Duration
	refused := false
	for _, e := range t.journal {
		switch e.Kind {
		case simmac.RestartAsked:
			if asked == 0 {
				asked = e.At
			}
		case simmac.RestartRefused:
			refused = true
		case simmac.RestartForced:
			if forced == 0 {
				forced = e.At
			}
		}
	}
	add(asked > 0, "a soft restart was asked for first")
	add(refused, "an app with unsaved work refused it")
	add(forced > 0 && forced-asked >= 290*time.Second, "the hard restart came %v later, not before HardRestartDelay", (forced - asked).Round(time.Second))
}

// checkGone looks for what is left of the job.
func (t *theatre) checkGone(mac *rooted.Mac, add adder) {
	l := mac.Layout()
	left := remains(l)
	add(len(left) == 1 && left[0] == "nothing", "the job's file, its programs and its state are gone")
	err := exec.Command(filepath.Join(l.Path(), "bin/launchctl"), "print", "system/"+identifier).Run()
	var exit *exec.ExitError
	add(errors.As(err, &exit) && exit.ExitCode() == 113, "launchd no longer knows the job")
	mac.Do(func(m *simmac.Mac) { add(!m.HasReceipt(), "the installer's receipt is gone") })
}

// remains lists what is left of the package below the root.
func remains(l launchd.Layout) []string {
	var left []string
	for _, path := range packageFiles(l) {
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			left = append(left, strings.TrimPrefix(path, l.Path()))
		}
	}
	if len(left) == 0 {
		return []string{"nothing"}
	}
	return left
}

func packageFiles(l launchd.Layout) []string {
	return []string{l.JobFile(), l.SupportFolder(), l.StateFile()}
}

// watched are the real paths that the job would use on a real Mac.
func watched() []string {
	l := launchd.Layout{ID: identifier}
	return append(packageFiles(l), l.ManagedFile(), l.DiagnosticLog())
}

// outside describes what is watched outside the folder.
func outside() map[string]string {
	seen := map[string]string{}
	for _, path := range watched() {
		seen[path] = describe(path)
	}
	return seen
}

// describe tells a file by its size and times.
func describe(path string) string {
	info, err := os.Lstat(path)
	if err != nil {
		return "not there"
	}
	return fmt.Sprint(info.Mode(), info.Size(), info.ModTime().UnixNano())
}
