package lifetimes

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"installordefer/deferral"
	"installordefer/internal/simmac"
	"installordefer/internal/simmac/life"
)

const id = "com.github.install-or-defer"

// A world is everything that a lifetime is made of.
type world struct {
	facts    simmac.Facts
	settings map[string]any
	set      deferral.Settings
	days     int
	calm     time.Duration // from here on nothing goes wrong any more
	faults   []*simmac.Fault
	events   []event
	honest   bool // no tool claims falsely that there is no update
}

// An event is something that happens to the Mac.
type event struct {
	at   time.Duration
	what string
	do   func(*life.Life)
}

var start = time.Date(2026, 9, 21, 8, 0, 0, 0, time.UTC)

var catalogue = []simmac.Update{
	{Label: "Safari27.0TahoeAuto-27.0", Title: "Safari", Version: "27.0", SizeKiB: 249465},
	{Label: "macOS Tahoe 26.7-25G229", Title: "macOS Tahoe 26.7", Version: "26.7", Build: "25G229", SizeKiB: 3039632, Action: simmac.RestartAction},
	{Label: "macOS 27-26A428", Title: "macOS 27", Version: "27", Build: "26A428", SizeKiB: 11727219, Action: simmac.RestartAction},
	{Label: "Command Line Tools for Xcode 26.5-26.5", Title: "Command Line Tools for Xcode 26.5", Version: "26.5", SizeKiB: 920416},
}

func drawWorld(t *rapid.T) *world {
	w := &world{days: rapid.IntRange(2, 9).Draw(t, "days"), honest: true}
	w.drawSettings(t)
	end := time.Duration(w.days) * 24 * time.Hour
	w.calm = end / 2
	w.facts = simmac.Facts{
		Seed:         rapid.Uint64().Draw(t, "seed"),
		Start:        start,
		AppleSilicon: rapid.IntRange(0, 3).Draw(t, "hardware") == 0,
		OS:           simmac.OS{Version: "26.6", Build: "25G72"},
		Job:          simmac.Job{Label: id},
		Quirks: simmac.Quirks{
			HardSpaces: rapid.Bool().Draw(t, "hard spaces"), Noise: rapid.Bool().Draw(t, "noise"),
			NoiseOnStdout: rapid.Bool().Draw(t, "noise on stdout"), Tail: rapid.IntRange(0, 2).Draw(t, "tail"),
			ErrorsOnStderr: rapid.Bool().Draw(t, "errors on stderr"), EventsDenied: rapid.Bool().Draw(t, "events denied"),
			VetoEnds: rapid.Bool().Draw(t, "veto ends"), LoginWindow: rapid.IntRange(0, 2).Draw(t, "login window"),
		},
	}
	if rapid.Bool().Draw(t, "portable") {
		w.facts.Battery = &simmac.Battery{Percent: rapid.IntRange(1, 100).Draw(t, "battery"), Adapter: rapid.Bool().Draw(t, "adapter")}
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "people") {
		w.facts.Accounts = append(w.facts.Accounts, drawPerson(t, i))
	}
	w.drawUpdates(t, end)
	for range rapid.IntRange(0, 3).Draw(t, "faults") {
		w.drawFault(t)
	}
	for range rapid.IntRange(0, 6).Draw(t, "events") {
		w.drawEvent(t)
	}
	return w
}

func (w *world) drawSettings(t *rapid.T) {
	w.settings = map[string]any{}
	maybe := func(key string, v any) {
		if rapid.Bool().Draw(t, "set "+key) {
			w.settings[key] = v
		}
	}
	maybe("MaxDeferralTime", rapid.SampledFrom([]int{1800, 7200, 86400, 172800}).Draw(t, "MaxDeferralTime"))
	maybe("DeferralPeriod", rapid.SampledFrom([]int{600, 3600, 14400}).Draw(t, "DeferralPeriod"))
	maybe("PromptTimeout", rapid.SampledFrom([]int{60, 600, 3600}).Draw(t, "PromptTimeout"))
	maybe("UpdateDelay", rapid.SampledFrom([]int{60, 300, 1200}).Draw(t, "UpdateDelay"))
	maybe("HardRestartDelay", rapid.SampledFrom([]int{60, 300, 900}).Draw(t, "HardRestartDelay"))
	maybe("InstallTogether", true)
	maybe("ManualUpdates", rapid.IntRange(0, 4).Draw(t, "manual") == 0)
	maybe("SkipDeferral", rapid.IntRange(0, 4).Draw(t, "skip") == 0)
	if rapid.IntRange(0, 4).Draw(t, "workday") == 0 {
		w.settings["WorkdayStartHour"], w.settings["WorkdayEndHour"] = 9, 17
	}
	w.set, _, _ = deferral.ReadSettings(deferral.Layer{Name: "profile", Values: w.settings})
}

func drawPerson(t *rapid.T, i int) simmac.Account {
	name := []string{"ada", "grace"}[i]
	tempers := []simmac.Temper{simmac.Defers, simmac.Runs, simmac.Ignores, simmac.LogsOut, simmac.Kills, simmac.Freezes, simmac.Hasty, simmac.WorstMoment, simmac.Rubbish}
	a := simmac.Account{
		Name: name, FullName: name, UID: 501 + i, Password: "correct horse", Owner: rapid.Bool().Draw(t, name+" owner"),
		LogsInAfter: time.Duration(rapid.IntRange(0, 120).Draw(t, name+" logs in")) * time.Minute,
		Person: simmac.Person{
			Temper:          rapid.SampledFrom(tempers).Draw(t, name+" temper"),
			CancelsRestarts: rapid.Bool().Draw(t, name+" cancels"),
		},
	}
	if rapid.Bool().Draw(t, name+" installs") {
		a.Person.InstallsAfter = time.Duration(rapid.IntRange(1, 60).Draw(t, name+" installs after")) * time.Minute
	}
	if rapid.Bool().Draw(t, name+" works") {
		a.Apps = []simmac.App{{Name: "TextEdit", ID: "com.apple.TextEdit", Unsaved: true}}
	}
	return a
}

func (w *world) drawUpdates(t *rapid.T, end time.Duration) {
	courses := []simmac.Course{simmac.Installs, simmac.Installs, simmac.Installs, simmac.NeverInstalls, simmac.Lingers, simmac.FailsAtDownload, simmac.FailsAtInstall, simmac.FailsFirst}
	for _, u := range catalogue {
		if !rapid.Bool().Draw(t, "offered "+u.Title) {
			continue
		}
		u.Course = rapid.SampledFrom(courses).Draw(t, "course of "+u.Title)
		if rapid.IntRange(0, 3).Draw(t, "late "+u.Title) == 0 {
			u.Appears = time.Duration(rapid.Int64Range(0, int64(end/2)).Draw(t, "appears "+u.Title))
		}
		if rapid.IntRange(0, 5).Draw(t, "withdrawn "+u.Title) == 0 {
			u.Withdrawn = u.Appears + time.Duration(rapid.Int64Range(1, int64(end/2)).Draw(t, "withdrawn at "+u.Title))
		}
		w.facts.Updates = append(w.facts.Updates, u)
	}
}

func (w *world) drawFault(t *rapid.T) {
	tools := []string{"softwareupdate --list", "softwareupdate --download", "softwareupdate --install", "scutil", "fdesetup", "pmset", "osascript", "shutdown", "launchctl bootout", "pkgutil", "open"}
	f := &simmac.Fault{
		Tool:  rapid.SampledFrom(tools).Draw(t, "faulty tool"),
		Kind:  rapid.SampledFrom(simmac.FaultKinds).Draw(t, "fault"),
		From:  time.Duration(rapid.Int64Range(0, int64(w.calm)).Draw(t, "fault from")),
		Lines: rapid.IntRange(0, 6).Draw(t, "fault lines"), Factor: 20,
		Text: "Can't connect to the Apple Software Update server, because you are not connected to the Internet.\n",
	}
	f.Until = f.From + time.Duration(rapid.Int64Range(1, int64(w.calm)).Draw(t, "fault for"))
	if f.Until > w.calm {
		f.Until = w.calm
	}
	if f.Kind == simmac.Floods {
		f.Times = 2 // megabytes, to be read by the real parser
	}
	if f.Kind == simmac.ClaimsNone {
		w.honest = false
	}
	w.faults = append(w.faults, f)
}

func (w *world) drawEvent(t *rapid.T) {
	at := time.Duration(rapid.Int64Range(0, int64(w.calm)).Draw(t, "event at"))
	d := time.Duration(rapid.IntRange(1, 20*60).Draw(t, "event for")) * time.Minute
	until := min(at+d, w.calm)
	add := func(at time.Duration, what string, do func(*simmac.Mac)) {
		w.events = append(w.events, event{at, what, func(l *life.Life) { do(l.Mac) }})
	}
	switch kind := rapid.IntRange(0, 10).Draw(t, "event"); kind {
	case 0:
		add(at, "sleeps", func(m *simmac.Mac) { m.Sleep(until - at) })
	case 1:
		add(at, "is switched off", func(m *simmac.Mac) { m.ShutDown(until - at) })
	case 2:
		add(at, "loses power", (*simmac.Mac).LosePower)
	case 3, 4:
		steps := []time.Duration{-400 * 24 * time.Hour, -72 * time.Hour, -time.Hour, -10 * time.Minute, time.Hour, 30 * time.Hour, 100 * time.Hour}
		step := rapid.SampledFrom(steps).Draw(t, "clock step")
		add(at, fmt.Sprint("clock moved by ", step), func(m *simmac.Mac) { m.StepClock(step) })
	case 5:
		add(at, "network goes", func(m *simmac.Mac) { m.SetNetwork(simmac.NetworkDown) })
		add(until, "network comes back", func(m *simmac.Mac) { m.SetNetwork(simmac.NetworkUp) })
	case 6:
		add(at, "restarts", (*simmac.Mac).Restart)
	case 7:
		fault := rapid.SampledFrom([]simmac.DiskFault{simmac.DiskFull, simmac.DiskReadOnly, simmac.DiskBroken}).Draw(t, "disk fault")
		add(at, "disk "+string(fault), func(m *simmac.Mac) { m.Disk().Fault = fault })
		add(until, "disk works", func(m *simmac.Mac) { m.Disk().Fault = simmac.DiskWorks })
	case 8:
		add(at, "goes to the login window", (*simmac.Mac).LoginWindow)
		add(until, "somebody logs in", func(m *simmac.Mac) { w.login(m) })
	case 9:
		add(at, "FileVault works", func(m *simmac.Mac) { m.SetFileVault(simmac.FileVaultEncrypting) })
		add(until, "FileVault rests", func(m *simmac.Mac) { m.SetFileVault(simmac.FileVaultOn) })
	case 10:
		add(at, "screen locked", (*simmac.Mac).Lock)
		add(until, "screen unlocked", (*simmac.Mac).Unlock)
	}
}

func (w *world) login(m *simmac.Mac) {
	if n := len(w.facts.Accounts); n > 0 {
		m.Login(w.facts.Accounts[n-1].Name)
	}
}
