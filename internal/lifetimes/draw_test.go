package lifetimes

import (
	"time"

	"pgregory.net/rapid"

	"installordefer/internal/simmac"
	"installordefer/internal/simmac/scenario"
)

const id = "com.github.install-or-defer"

// A world is everything that a lifetime is made of: a scenario that
// "install-or-defer-admin rehearse" can replay, and what such a file cannot hold.
type world struct {
	*scenario.Scenario
	beside []beside
	// calm is the time from which on nothing goes wrong any more.
	calm time.Duration
	// forgetful lives read every file again in every wake.
	forgetful bool
	// names are those of all updates, as people read them.
	names map[string]bool
	// versions are the versions of macOS that updates lead to, by these names.
	versions map[string]string
}

const day = 24 * time.Hour

// starts lie before ordinary days and before changes of daylight saving.
var starts = []time.Time{
	time.Date(2026, 9, 21, 8, 0, 0, 0, time.UTC),
	time.Date(2026, 3, 27, 22, 0, 0, 0, time.UTC),
	time.Date(2026, 10, 24, 6, 30, 0, 0, time.UTC),
	time.Date(2026, 4, 3, 14, 0, 0, 0, time.UTC),
	time.Date(2027, 12, 30, 23, 50, 0, 0, time.UTC),
}

var zones = []string{"", "Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe",
	"Asia/Kolkata", "Pacific/Kiritimati", "Pacific/Apia", "Pacific/Pago_Pago", "Africa/Cairo"}

// upgrade is the label of the upgrade to the next macOS, which is out of scope
// unless the settings say otherwise.
const upgrade = "macOS 27-26A428"

// catalogue is what Apple may offer.
var catalogue = []scenario.Update{
	{Label: "Safari27.0TahoeAuto-27.0", Title: "Safari", Version: "27.0", SizeKiB: 249465},
	{Label: "macOS Tahoe 26.7-25G229", Title: "macOS Tahoe 26.7", Version: "26.7", Build: "25G229", SizeKiB: 3039632, Action: "restart"},
	{Label: upgrade, Title: "macOS 27", Version: "27", Build: "26A428", SizeKiB: 11727219, Action: "restart"},
	{Label: "Command Line Tools for Xcode 26.5-26.5", Title: "Command Line Tools, for Xcode: 26.5 & $(more)", Version: "26.5", SizeKiB: 920416},
	{Label: "Studio Display Firmware-17.3", Title: "Studio Display Firmware", Version: "17.3", SizeKiB: 612352, Action: "restart"},
	{Label: "iBridge-23.16", Title: "Firmware of the bridge", Version: "23.16", SizeKiB: 301000, Action: "shut down"},
	{Label: "XProtectPlist-5320", Title: "XProtect", Version: "5320", SizeKiB: 3100, NotRecommended: true},
}

// next takes the place of the macOS update of the catalogue.
var next = scenario.Update{Label: "macOS Tahoe 26.7.1-25G310", Title: "macOS Tahoe 26.7.1", Version: "26.7.1", Build: "25G310",
	SizeKiB: 3200000, Action: "restart", Replaces: "macOS Tahoe 26.7-25G229"}

var quirks = []string{"hard spaces", "noise", "noise on stdout", "leading blank", "comma only", "no tail", "hyphens", "errors on stderr", "works outside",
	"events denied", "veto ends", "nameless login", "no console key", "slow scan", "slow dialogs", "rejects passwords", "switch settles"}

// chance is true once in n.
func chance(t *rapid.T, n int, what string) bool { return rapid.IntRange(0, n-1).Draw(t, what) == n-1 }

func within(t *rapid.T, from, to time.Duration, what string) scenario.Duration {
	return scenario.Duration(from + time.Duration(rapid.Int64Range(0, int64((to-from)/time.Second)).Draw(t, what))*time.Second)
}

func drawWorld(t *rapid.T) *world {
	days := rapid.IntRange(2, 9).Draw(t, "days")
	w := &world{calm: time.Duration(days) * day / 2, Scenario: &scenario.Scenario{
		Seed:   rapid.Uint64().Draw(t, "seed"),
		Start:  rapid.SampledFrom(starts).Draw(t, "start"),
		Zone:   rapid.SampledFrom(zones).Draw(t, "zone"),
		Length: scenario.Duration(time.Duration(days) * day),
		Mac:    scenario.Mac{Hardware: "intel", MacOS: "26.6", Build: "25G72"},
	}}
	w.Settings = drawSettings(t, w.Start)
	if chance(t, 4, "Apple silicon") {
		w.Mac.Hardware = "apple silicon"
	}
	for _, q := range quirks {
		if chance(t, 3, q) {
			w.Mac.Quirks = append(w.Mac.Quirks, q)
		}
	}
	if rapid.Bool().Draw(t, "portable") {
		w.Mac.Battery = &scenario.Battery{Percent: rapid.IntRange(1, 100).Draw(t, "battery"), Adapter: rapid.Bool().Draw(t, "adapter")}
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "people") {
		w.People = append(w.People, drawPerson(t, i))
	}
	w.drawUpdates(t)
	if w.Settings["RemoveWhenDone"] == false && rapid.Bool().Draw(t, "two rounds") {
		w.drawTwoRounds(t)
	}
	for range rapid.IntRange(0, 3).Draw(t, "faults") {
		w.drawFault(t)
	}
	for range rapid.IntRange(0, 7).Draw(t, "events") {
		w.drawEvent(t)
	}
	for range rapid.IntRange(0, 2).Draw(t, "beside") {
		w.drawBeside(t)
	}
	for range rapid.IntRange(0, 2).Draw(t, "profiles") {
		w.drawProfile(t)
	}
	if chance(t, today, "declared") {
		w.drawDeclared(t)
	}
	if chance(t, 2*today, "held") {
		w.drawHold(t)
	}
	w.drawCalm(t)
	return w
}

func drawSettings(t *rapid.T, start time.Time) map[string]any {
	set := map[string]any{}
	maybe := func(key string, values ...any) {
		if rapid.Bool().Draw(t, "set "+key) {
			set[key] = rapid.SampledFrom(values).Draw(t, key)
		}
	}
	seldom := func(key string, values ...any) {
		if chance(t, 5, "set "+key) {
			set[key] = rapid.SampledFrom(values).Draw(t, key)
		}
	}
	maybe("MaxDeferralTime", 1800, 7200, 86400, 172800)
	maybe("DeferralPeriod", 600, 3600, 14400)
	maybe("PromptTimeout", 60, 600, 3600)
	maybe("UpdateDelay", 60, 300, 1200)
	maybe("HardRestartDelay", 60, 300, 900)
	maybe("InstallTogether", true)
	seldom("DeferralChoices", []any{900, 3600}, []any{600, 7200, 86400})
	seldom("DeferralTimes", []any{"12:00", "19:00"}, []any{"02:30"})
	seldom("MaxBusyDelay", 600, 14400)
	seldom("BusyApplications", []any{"!*"}, []any{"!zoom*"})
	seldom("ManualUpdates", true)
	seldom("InstallWhenNobody", true)
	seldom("RemoveWhenDone", false)
	seldom("MaxLockedTime", 900, 3600)
	seldom("SkipDeferral", true)
	seldom("DisablePostInstallAlert", true)
	seldom("AppleSiliconPassword", true)
	seldom("AllowMajorUpgrades", true)
	seldom("IgnoreUpdates", []any{"Safari*"}, []any{"Studio Display*", "Command*"})
	seldom("OnlyUpdates", []any{"macOS*"}, []any{"macOS*", "Safari*"})
	seldom("MinimumBatteryPercent", 0, 50, 100)
	seldom("MessageInstall", "{{Updates}} & <<deferral>> %s $(restart) `now` </string>", "Now.")
	if chance(t, 5, "workday") {
		set["WorkdayStartHour"], set["WorkdayEndHour"] = rapid.IntRange(0, 12).Draw(t, "from"), rapid.IntRange(13, 23).Draw(t, "to")
	}
	if chance(t, today, "deadlines of today") {
		drawToday(t, start, set)
	}
	for range rapid.IntRange(0, 3).Draw(t, "bad settings") - 1 {
		key := rapid.SampledFrom([]string{"MaxDeferralTime", "DeferralPeriod", "UpdateDelay", "HardRestartDelay", "SkipDeferral", "IgnoreUpdates", "Unheard"}).Draw(t, "bad key")
		set[key] = rapid.SampledFrom([]any{"soon", -1, 1e12, "", true, []any{}, map[string]any{"a": 1}, []any{7, "*"}, 0.5}).Draw(t, "bad value")
	}
	return set
}

var tempers = []simmac.Temper{simmac.Defers, simmac.Runs, simmac.Ignores, simmac.LogsOut, simmac.Kills, simmac.Freezes,
	simmac.Hasty, simmac.WorstMoment, simmac.Rubbish, simmac.Listed, simmac.Listed}

var acts = []simmac.Act{simmac.ActNothing, simmac.ActRun, simmac.ActDefer, simmac.ActDefer, simmac.ActLogOut, simmac.ActKill, simmac.ActFreeze,
	simmac.ActCrash, simmac.ActQuit, simmac.ActRubbish, simmac.ActDisagree, simmac.ActForeign, simmac.ActTwice,
	simmac.ActLastMoment, simmac.ActSleep, simmac.ActLock, simmac.ActSwitch}

// strange are accounts with user ids below those of most people.
var strange = []scenario.Person{{Name: "Guest", UID: 201}, {Name: "hidden", UID: 499}, {Name: "ladmin", UID: 80}, {Name: "root"}, {Name: "_mbsetupuser", UID: 248}}

func drawPerson(t *rapid.T, i int) scenario.Person {
	name, uid := []string{"ada", "grace", "marie"}[i], 501+i
	if chance(t, 6, "strange") {
		// Each place draws from its own, so that no two are the same.
		s := strange[i]
		if other := i + 3; other < len(strange) && rapid.Bool().Draw(t, "stranger") {
			s = strange[other]
		}
		name, uid = s.Name, s.UID
	}
	p := scenario.Person{
		Name: name, FullName: name, UID: uid, Password: password, VolumeOwner: rapid.Bool().Draw(t, name+" owner"),
		LogsInAfter:     within(t, 0, 2*time.Hour, name+" logs in"),
		Temper:          string(rapid.SampledFrom(tempers).Draw(t, name+" temper")),
		CancelsRestarts: rapid.Bool().Draw(t, name+" cancels"),
		NoPassword:      chance(t, 3, name+" gives no password"),
		WrongPasswords:  max(rapid.IntRange(-3, 4).Draw(t, name+" mistypes"), 0),
	}
	if p.Temper == string(simmac.Listed) {
		for range rapid.IntRange(1, 6).Draw(t, name+" answers") {
			after := rapid.SampledFrom([]time.Duration{300 * time.Millisecond, time.Second, 5 * time.Second, 40 * time.Second, 11 * time.Minute, time.Hour}).Draw(t, "after")
			act := rapid.SampledFrom(acts).Draw(t, "act")
			p.Answers = append(p.Answers, scenario.Answer{After: scenario.Duration(after), Do: string(act), Choice: rapid.IntRange(0, 2).Draw(t, "choice")})
		}
	}
	if rapid.Bool().Draw(t, name+" installs") {
		p.InstallsAfter = within(t, time.Minute, time.Hour, name+" installs after")
	}
	if rapid.Bool().Draw(t, name+" works") {
		p.Apps = []scenario.App{{Name: "TextEdit", ID: "com.apple.TextEdit", Unsaved: true}}
		if rapid.Bool().Draw(t, name+" saves") {
			p.SavesAfter = within(t, 10*time.Second, 20*time.Minute, name+" saves after")
		}
	}
	return p
}

var courses = []simmac.Course{simmac.Installs, simmac.Installs, simmac.Installs, simmac.Installs, simmac.NeverInstalls, simmac.Lingers,
	simmac.FailsAtDownload, simmac.FailsAtInstall, simmac.FailsFirst}

func (w *world) drawUpdates(t *rapid.T) {
	for _, u := range catalogue {
		if !rapid.Bool().Draw(t, "offered "+u.Title) {
			continue
		}
		u.Course = string(rapid.SampledFrom(courses).Draw(t, "course of "+u.Title))
		if chance(t, 4, "late "+u.Title) {
			u.Appears = within(t, 0, w.calm, "appears "+u.Title)
		}
		if chance(t, 6, "withdrawn "+u.Title) {
			u.Withdrawn = u.Appears + within(t, time.Minute, w.calm, "withdrawn at "+u.Title)
		}
		if u.Action == "" && chance(t, 6, "restart "+u.Title) {
			u.RestartFrom = u.Appears + within(t, time.Minute, w.calm, "needs a restart from "+u.Title)
		}
		if chance(t, 8, "held "+u.Title) {
			u.Held, u.HeldUnmarked = true, rapid.Bool().Draw(t, "unmarked")
		}
		w.Updates = append(w.Updates, u)
		if u.Label == next.Replaces && chance(t, 3, "replaced") {
			n := next
			n.Appears = u.Appears + within(t, time.Minute, w.calm, "replaced at")
			w.Updates = append(w.Updates, n)
		}
	}
}

// drawTwoRounds leaves what Apple offers first to one update that installs soon,
// so that a second round begins with what comes later.
func (w *world) drawTwoRounds(t *rapid.T) {
	w.Settings["MaxDeferralTime"], w.Settings["DeferralPeriod"], w.Settings["PromptTimeout"] = 1800, 600, 60
	w.Updates = []scenario.Update{catalogue[0]}
	second := scenario.Update{Label: "Safari27.1TahoeAuto-27.1", Title: "Safari", Version: "27.1", SizeKiB: 250011}
	if rapid.Bool().Draw(t, "the second restarts") {
		second = catalogue[4]
	}
	second.Appears = within(t, w.calm/8, w.calm, "second round")
	w.Updates = append(w.Updates, second)
}

func (w *world) drawFault(t *rapid.T) {
	tools := []string{"softwareupdate --list", "softwareupdate --list", "softwareupdate --download", "softwareupdate --install", "softwareupdate",
		"scutil", "fdesetup", "pmset", "osascript", "shutdown", "launchctl bootout", "launchctl asuser", "pkgutil", "open", "diskutil", "dscl", simmac.HelperProgram}
	f := scenario.Fault{
		Tool:  rapid.SampledFrom(tools).Draw(t, "faulty tool"),
		Kind:  string(rapid.SampledFrom(simmac.FaultKinds).Draw(t, "fault")),
		From:  within(t, 0, w.calm-time.Hour, "fault from"),
		Lines: rapid.IntRange(0, 6).Draw(t, "fault lines"), Factor: 20, Code: rapid.SampledFrom([]int{0, 1, 127}).Draw(t, "code"),
		Stderr: rapid.Bool().Draw(t, "on stderr"),
		Text:   rapid.SampledFrom([]string{"Can't connect to the Apple Software Update server, because you are not connected to the Internet.\n", "<dictionary> {\n  UID : 0\n}\n", "No updates are available.\n", "\xff\xfe* Label: "}).Draw(t, "text"),
	}
	f.Until = min(f.From+within(t, time.Minute, w.calm, "fault for"), scenario.Duration(w.calm))
	if f.Kind == string(simmac.Floods) {
		f.Times = 2 // megabytes, to be read by the real parser
	}
	w.Faults = append(w.Faults, f)
}

// drawCalm ends all that went wrong, and says who is there afterwards.
func (w *world) drawCalm(t *rapid.T) {
	end := func(e scenario.Event) {
		e.At = scenario.Duration(w.calm)
		w.Events = append(w.Events, e)
	}
	end(scenario.Event{Do: "wake"})
	end(scenario.Event{Do: "network", State: "up"})
	end(scenario.Event{Do: "disk", State: "works"})
	end(scenario.Event{Do: "filevault", State: "on"})
	if w.Mac.Battery != nil && !chance(t, 4, "stays on battery") {
		percent, adapter := 80, true
		end(scenario.Event{Do: "power", Percent: &percent, Adapter: &adapter})
	}
	for _, p := range w.People {
		switch rapid.IntRange(0, 3).Draw(t, p.Name+" afterwards") {
		case 0:
			end(scenario.Event{Do: "log out", Who: p.Name})
		case 1:
			end(scenario.Event{Do: "log in", Who: p.Name})
		}
	}
}
