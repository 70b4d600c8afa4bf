// Package scenario reads and writes scenarios: a Mac, its people, Apple's
// catalogue and what happens, as one JSON file. docs/scenarios.md describes
// the format.
//
// What must hold here: any bytes give a scenario that can be played, or an
// error that names the line, the field and what to write instead. Nothing is
// guessed and nothing is left out in silence. What is written can be read.
package scenario

import (
	"fmt"
	"time"

	"installordefer/internal/simmac"
)

// The bounds of a scenario.
const (
	// MaxSize is the largest file, in bytes.
	MaxSize = 1 << 20
	// MaxLength is the longest story.
	MaxLength = Duration(400 * 24 * time.Hour)
	// maxItems bounds each list.
	maxItems = 10_000
	// maxDepth bounds how deep values are nested.
	maxDepth = 16
)

// A Scenario is a Mac and what happens to it.
type Scenario struct {
	// About says in a sentence what the scenario shows.
	About string `json:"about,omitempty"`
	// Seed chooses what nothing else says; the same seed gives the same story.
	Seed uint64 `json:"seed,omitempty"`
	// Start is what the Mac's clock shows when the story begins.
	Start time.Time `json:"start"`
	// Zone is the time zone, as "Europe/Berlin"; empty means UTC.
	Zone string `json:"zone,omitempty"`
	// Length is how long the story lasts at most; 0 means 7 days.
	Length Duration `json:"length,omitempty"`
	Mac    Mac      `json:"mac"`
	// People are those who can log in; none means that nobody ever does.
	People  []Person `json:"people,omitempty"`
	Updates []Update `json:"updates,omitempty"`
	Events  []Event  `json:"events,omitempty"`
	Faults  []Fault  `json:"faults,omitempty"`
	// Settings are those of a configuration profile, by key.
	Settings map[string]any `json:"settings,omitempty"`
}

// A Mac is the machine.
type Mac struct {
	// Hardware is "intel" or "apple silicon".
	Hardware string `json:"hardware"`
	// MacOS is the version, as "26.6", and Build its build, as "25G72".
	MacOS string `json:"macOS"`
	Build string `json:"build"`
	// Battery is absent on a Mac without one.
	Battery *Battery `json:"battery,omitempty"`
	// FreeGB is the free space in 10^9 bytes; 0 means 120.
	FreeGB float64 `json:"freeGB,omitempty"`
	// FileVault is "on", "off", "encrypting" or "decrypting"; empty means on.
	FileVault string `json:"fileVault,omitempty"`
	// BootTime is the time of a start; InstallAtBoot what a macOS update adds.
	BootTime      Duration `json:"bootTime,omitempty"`
	InstallAtBoot Duration `json:"installAtBoot,omitempty"`
	// Quirks are names of oddities; see the documentation.
	Quirks []string `json:"quirks,omitempty"`
}

// A Battery is the power of a portable Mac.
type Battery struct {
	Percent int  `json:"percent"`
	Adapter bool `json:"adapter"`
}

// A Person can log in.
type Person struct {
	Name     string `json:"name"`
	FullName string `json:"fullName,omitempty"`
	// UID is any that macOS knows: 501 and up for most, 201 for Guest, less
	// than 500 for hidden administrators. 0 means the next free one from 501
	// on, and for root 0.
	UID      int    `json:"uid,omitempty"`
	Password string `json:"password,omitempty"`
	// VolumeOwner is true for those who may authorise macOS updates on Apple
	// silicon.
	VolumeOwner bool `json:"volumeOwner,omitempty"`
	// Standard is true for an account that is no administrator's.
	Standard bool `json:"standard,omitempty"`
	// LogsInAfter is the time from each start of the Mac to the login; 0
	// means never by itself.
	LogsInAfter Duration `json:"logsInAfter,omitempty"`
	// Temper is what the person usually does with dialogs.
	Temper string `json:"temper,omitempty"`
	// Answers are what the person does with one dialog after the other, where
	// the temper is "listed".
	Answers []Answer `json:"answers,omitempty"`
	// InstallsAfter and SavesAfter are the times after which the person
	// installs in Software Update when told to, and saves the work that
	// interrupted a restart; 0 means never.
	InstallsAfter   Duration `json:"installsAfter,omitempty"`
	SavesAfter      Duration `json:"savesAfter,omitempty"`
	CancelsRestarts bool     `json:"cancelsRestarts,omitempty"`
	NoPassword      bool     `json:"noPassword,omitempty"`
	WrongPasswords  int      `json:"wrongPasswords,omitempty"`
	Apps            []App    `json:"apps,omitempty"`
}

// An Answer is what a person does with one dialog.
type Answer struct {
	After  Duration `json:"after"`
	Do     string   `json:"do"`
	Choice int      `json:"choice,omitempty"`
}

// An App is open after each login.
type App struct {
	Name    string `json:"name"`
	ID      string `json:"id,omitempty"`
	Unsaved bool   `json:"unsaved,omitempty"`
}

// An Update is one entry of Apple's catalogue for this Mac.
type Update struct {
	Label   string `json:"label"`
	Title   string `json:"title"`
	Version string `json:"version"`
	// Build is the build of macOS that the update brings; only macOS has one.
	Build          string   `json:"build,omitempty"`
	SizeKiB        int64    `json:"sizeKiB"`
	NotRecommended bool     `json:"notRecommended,omitempty"`
	Action         string   `json:"action,omitempty"`
	Held           bool     `json:"held,omitempty"`
	HeldUnmarked   bool     `json:"heldUnmarked,omitempty"`
	Apps           []string `json:"apps,omitempty"`
	Appears        Duration `json:"appears,omitempty"`
	Withdrawn      Duration `json:"withdrawn,omitempty"`
	RestartFrom    Duration `json:"restartFrom,omitempty"`
	Needs          string   `json:"needs,omitempty"`
	Replaces       string   `json:"replaces,omitempty"`
	Course         string   `json:"course,omitempty"`
	Download       Duration `json:"download,omitempty"`
	Install        Duration `json:"install,omitempty"`
}

// A Fault is a planned fault of a tool.
type Fault struct {
	Tool   string   `json:"tool"`
	Kind   string   `json:"kind"`
	From   Duration `json:"from,omitempty"`
	Until  Duration `json:"until,omitempty"`
	Times  int      `json:"times,omitempty"`
	Lines  int      `json:"lines,omitempty"`
	Text   string   `json:"text,omitempty"`
	Stderr bool     `json:"stderr,omitempty"`
	Code   int      `json:"code,omitempty"`
	Factor int      `json:"factor,omitempty"`
}

// LengthOrDefault returns how long the story lasts.
func (s *Scenario) LengthOrDefault() time.Duration {
	if s.Length == 0 {
		return 7 * 24 * time.Hour
	}
	return time.Duration(s.Length)
}

// Facts returns the Mac of the scenario. Job names the root job.
func (s *Scenario) Facts(job simmac.Job) simmac.Facts {
	zone, err := time.LoadLocation(s.Zone)
	if err != nil {
		zone = time.UTC // Check has seen it; here the zone data are gone
	}
	f := simmac.Facts{
		Seed: s.Seed, Start: s.Start, Zone: zone,
		AppleSilicon: s.Mac.Hardware == appleSilicon,
		OS:           simmac.OS{Version: s.Mac.MacOS, Build: s.Mac.Build},
		FreeGB:       s.Mac.FreeGB, FileVault: simmac.FileVault(s.Mac.FileVault),
		BootTime: time.Duration(s.Mac.BootTime), InstallAtBoot: time.Duration(s.Mac.InstallAtBoot),
		Job: job,
	}
	if b := s.Mac.Battery; b != nil {
		f.Battery = &simmac.Battery{Percent: b.Percent, Adapter: b.Adapter}
	}
	for _, q := range s.Mac.Quirks {
		quirks[q](&f.Quirks)
	}
	for i := range s.People {
		f.Accounts = append(f.Accounts, s.People[i].account(501+i))
	}
	for i := range s.Updates {
		f.Updates = append(f.Updates, s.Updates[i].update())
	}
	return f
}

// Play gives a Mac that was made from the scenario's facts the faults and the
// events. Settings is called with those of each event that changes them, and
// with nil where the profile goes.
func (s *Scenario) Play(m *simmac.Mac, settings func(map[string]any)) {
	for i := range s.Faults {
		m.Faults = append(m.Faults, s.Faults[i].fault())
	}
	for i := range s.Events {
		e := &s.Events[i]
		m.At(time.Duration(e.At), func() { e.apply(m, settings) })
	}
}

func (p *Person) account(uid int) simmac.Account {
	a := simmac.Account{
		Name: p.Name, FullName: p.FullName, UID: p.UID, Password: p.Password, Owner: p.VolumeOwner, Standard: p.Standard,
		LogsInAfter: time.Duration(p.LogsInAfter),
		Person: simmac.Person{
			Temper:        simmac.Temper(p.Temper),
			InstallsAfter: time.Duration(p.InstallsAfter), SavesAfter: time.Duration(p.SavesAfter),
			CancelsRestarts: p.CancelsRestarts, NoPassword: p.NoPassword, WrongPasswords: p.WrongPasswords,
		},
	}
	if a.FullName == "" {
		a.FullName = a.Name
	}
	if a.UID == 0 && a.Name != "root" {
		a.UID = uid
	}
	for _, r := range p.Answers {
		a.Person.Answers = append(a.Person.Answers, simmac.Reaction{After: time.Duration(r.After), Do: simmac.Act(r.Do), Choice: r.Choice})
	}
	for _, app := range p.Apps {
		a.Apps = append(a.Apps, simmac.App(app))
	}
	return a
}

func (u *Update) update() simmac.Update {
	return simmac.Update{
		Label: u.Label, Title: u.Title, Version: u.Version, Build: u.Build, SizeKiB: u.SizeKiB,
		NotRecommended: u.NotRecommended, Action: simmac.Action(u.Action),
		Held: u.Held, HeldUnmarked: u.HeldUnmarked, Apps: u.Apps,
		Appears: time.Duration(u.Appears), Withdrawn: time.Duration(u.Withdrawn), RestartFrom: time.Duration(u.RestartFrom),
		Needs: u.Needs, Replaces: u.Replaces, Course: simmac.Course(u.Course),
		Download: time.Duration(u.Download), Install: time.Duration(u.Install),
	}
}

func (f *Fault) fault() *simmac.Fault {
	return &simmac.Fault{
		Tool: f.Tool, Kind: simmac.FaultKind(f.Kind), From: time.Duration(f.From), Until: time.Duration(f.Until),
		Times: f.Times, Lines: f.Lines, Text: f.Text, Stderr: f.Stderr, Code: f.Code, Factor: f.Factor,
	}
}

// A Duration is written as "3d4h30m10s".
type Duration time.Duration

func (d Duration) String() string {
	t := time.Duration(d)
	days := t / (24 * time.Hour)
	rest := t % (24 * time.Hour)
	switch {
	case t == 0:
		return "0s"
	case days == 0:
		return rest.String()
	case rest == 0:
		return fmt.Sprintf("%dd", days)
	}
	return fmt.Sprintf("%dd%s", days, rest)
}
