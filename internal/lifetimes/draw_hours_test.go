package lifetimes

import (
	"time"

	"pgregory.net/rapid"

	"installordefer/internal/simmac/scenario"
)

// today is one in how many profiles has dates, lists, hours and days, and one in
// how many lives a declaration.
const today = 3

// windowsDrawn are texts of windows: ordinary ones, one over midnight, whole days,
// and one with no room for a countdown.
var windowsDrawn = [][]any{{"Mon-Fri 18:00-22:00"}, {"22:00-06:00"}, {"Sat,Sun"}, {"Sun 03:00-05:00", "Tue 12:00-13:00"}, {"02:00-04:00"}, {"12:00-12:05"}, {"Mon-Sun"}}

// quietDrawn are texts of quiet hours.
var quietDrawn = [][]any{{"20:00-08:00"}, {"Mon-Fri 08:00-09:30", "Sat,Sun"}, {"12:00-13:00"}, {"00:00-23:00"}}

// drawToday draws the settings of a fleet that has more than one source of its
// deadline, and times in which nothing happens by itself.
func drawToday(t *rapid.T, start time.Time, set map[string]any) {
	draw := func(key string, value func() any) {
		if rapid.Bool().Draw(t, "set "+key) {
			set[key] = value()
		}
	}
	date := func(from, to time.Duration, layout string) string {
		return start.Add(time.Duration(within(t, from, to, "date"))).Format(layout)
	}
	of := func(values ...any) func() any {
		return func() any { return rapid.SampledFrom(values).Draw(t, "value") }
	}
	draw("DeadlineDate", func() any {
		return date(-2*day, 5*day, rapid.SampledFrom([]string{"2006-01-02T15:04", time.DateOnly}).Draw(t, "form"))
	})
	draw("RequiredVersions", func() any {
		return []any{map[string]any{"Minimum": rapid.SampledFrom([]string{"26.7", "26.7.1", "26.6", "27"}).Draw(t, "minimum"), "By": date(-day, 4*day, "2006-01-02T15:04")}}
	})
	if chance(t, 2, "set Releases") {
		set["Releases"] = []any{map[string]any{"Version": "26.7", "Released": date(-5*day, day, time.DateOnly), "Exploited": rapid.Bool().Draw(t, "exploited")},
			map[string]any{"Version": "26.7.1", "Released": date(-day, 2*day, time.DateOnly)}}
		draw("MaxTimeAfterRelease", of(86400, 172800))
		draw("MaxDeferralTimeExploited", of(86400, 100000))
	}
	draw("MaxDeferrals", of(1, 2, 5))
	draw("MinimumNotice", of(600, 3600, 7200))
	draw("MaintenanceWindows", func() any { return rapid.SampledFrom(windowsDrawn).Draw(t, "windows") })
	draw("QuietHours", func() any { return rapid.SampledFrom(quietDrawn).Draw(t, "quiet") })
	if chance(t, 3, "set Blackouts") {
		from := start.Add(time.Duration(within(t, -day, 4*day, "blackout")))
		set["Blackouts"] = []any{from.Format(time.DateOnly) + "/" + from.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "blackout days"))*day).Format(time.DateOnly)}
	}
	draw("MaxMaintenanceDelay", of(86400, 172800))
	if chance(t, 4, "set HoldUntil") {
		set["HoldUntil"] = date(-day, 3*day, "2006-01-02T15:04")
	}
	if chance(t, 4, "set StartSpread") {
		set["StartSpread"] = rapid.SampledFrom([]any{600, 14400}).Draw(t, "spread")
	}
	if chance(t, 4, "set LeaveDeclaredUpdates") {
		set["LeaveDeclaredUpdates"] = true
	}
}

// drawDeclared draws what Apple is told to enforce, and whether that ends.
func (w *world) drawDeclared(t *rapid.T) {
	for range rapid.IntRange(1, 2).Draw(t, "declarations") {
		at := within(t, 0, w.calm, "declared at")
		by := w.Start.Add(time.Duration(within(t, 0, time.Duration(w.Length), "declared by"))).Format("2006-01-02T15:04:05")
		w.Events = append(w.Events, scenario.Event{At: at, Do: "declare", By: by, Silent: chance(t, 3, "silent"),
			Version: rapid.SampledFrom([]string{"26.7", "26.7", "26.7.1", "26.6", "27"}).Draw(t, "declared")})
	}
	if chance(t, 4, "declarations end") {
		w.Events = append(w.Events, scenario.Event{At: within(t, 0, w.calm, "declarations end at"), Do: "declare nothing"})
	}
	if chance(t, 3, "bootstrap token") {
		w.Mac.Quirks = append(w.Mac.Quirks, "no bootstrap token")
	}
}

// drawHold draws an administrator who holds the Mac, and may let it go.
func (w *world) drawHold(t *rapid.T) {
	at := within(t, 0, w.calm, "hold at")
	w.Events = append(w.Events, scenario.Event{At: at, Do: "hold", For: within(t, time.Minute, 40*time.Hour, "hold for")})
	if chance(t, 3, "hold ends") {
		w.Events = append(w.Events, scenario.Event{At: within(t, 0, w.calm, "hold ends at"), Do: "end hold"})
	}
}
