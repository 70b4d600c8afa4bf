package conform

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"installordefer/internal/simmac"
	"installordefer/internal/tool"
)

// Differences asks the model what the Mac was asked, with the same version of
// macOS, the same person at the screen and the same power, and returns what
// only one of the two says. Numbers, names and UUIDs are left out of the
// comparison. So are the list of updates, which the parser has judged, and a job
// that is loaded, which the model has not.
func (f *Finding) Differences() []string {
	m := simmac.New(f.facts())
	defer m.Close()
	if f.Console.Present {
		m.Login(f.Console.User.Name)
	}
	p := m.Begin()
	defer p.End()
	var all []string
	for _, ran := range f.Ran {
		if ran.Command.Path == tool.SoftwareUpdate {
			continue
		}
		c := ran.Command
		c.Limit = time.Hour
		r, err := p.Run(context.Background(), c)
		line := strings.Join(append([]string{path.Base(string(c.Path))}, c.Args...), " ")
		if err != nil {
			all = append(all, fmt.Sprintf("%s: the model cannot run it: %v", line, err))
			continue
		}
		if r.ExitCode != ran.Result.ExitCode {
			all = append(all, fmt.Sprintf("%s: this Mac ends with %d, the model with %d", line, ran.Result.ExitCode, r.ExitCode))
		}
		here, there := f.forms(ran.Result), f.forms(r)
		for _, form := range here {
			if !slices.Contains(there, form) {
				all = append(all, fmt.Sprintf("%s: only this Mac says %q", line, form))
			}
		}
		for _, form := range there {
			if !slices.Contains(here, form) {
				all = append(all, fmt.Sprintf("%s: only the model says %q", line, form))
			}
		}
	}
	return all
}

// facts are those of a model of the Mac that was found.
func (f *Finding) facts() simmac.Facts {
	facts := simmac.Facts{
		Seed: 1, Start: time.Now(), AppleSilicon: f.Machine.AppleSilicon,
		OS: simmac.OS{Version: f.Machine.Version, Build: f.Machine.Build}, FileVault: f.fileVault(),
	}
	if f.Power.HasBattery {
		facts.Battery = &simmac.Battery{Percent: f.Power.Percent, Adapter: f.Power.OnAC}
	}
	if u := f.Console.User; f.Console.Present {
		facts.Accounts = []simmac.Account{{Name: u.Name, FullName: u.Name, UID: u.UID, Owner: true}}
	}
	return facts
}

func (f *Finding) fileVault() simmac.FileVault {
	for _, ran := range f.Ran {
		switch text := string(ran.Result.Stdout); {
		case ran.Command.Path != tool.Fdesetup:
		case strings.Contains(text, "FileVault is Off"):
			return simmac.FileVaultOff
		case strings.Contains(text, "Encryption in progress"):
			return simmac.FileVaultEncrypting
		case strings.Contains(text, "Decryption in progress"):
			return simmac.FileVaultDecrypting
		}
	}
	return simmac.FileVaultOn
}

var (
	uuid   = regexp.MustCompile(`[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}`)
	number = regexp.MustCompile(`[0-9]+`)
	long   = regexp.MustCompile(`(LongUserNameKey : ).*`)
	blanks = regexp.MustCompile(`[ \t]+`)
)

// forms returns the lines of both streams, each form once and sorted, without
// what differs from Mac to Mac.
func (f *Finding) forms(r tool.Result) []string {
	text := string(r.Stdout) + "\n" + string(r.Stderr)
	for _, own := range []string{f.Machine.Build, f.Console.User.Name} {
		if own != "" {
			text = strings.ReplaceAll(text, own, "NAME")
		}
	}
	text = long.ReplaceAllString(text, "${1}NAME")
	text = number.ReplaceAllString(uuid.ReplaceAllString(text, "UUID"), "0")
	var forms []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(blanks.ReplaceAllString(line, " ")); line != "" {
			forms = append(forms, line)
		}
	}
	slices.Sort(forms)
	return slices.Compact(forms)
}
