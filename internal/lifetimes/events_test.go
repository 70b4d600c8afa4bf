package lifetimes

import (
	"time"

	"pgregory.net/rapid"

	"installordefer/internal/simmac/scenario"
)

const password = "correct horse"

// eventsDrawn are the verbs of drawEvent, in its order.
var eventsDrawn = []string{"sleep", "shut down", "lose power", "restart", "set clock", "set clock", "false start", "drift", "set zone", "network",
	"disk", "login window", "switch user", "log out", "log in", "lock", "filevault", "power", "free space", "settings", "settings", "offer", "withdraw", "temper", "open app", "install in settings", "call", "call"}

// drawEvent draws something that happens to the Mac, and its end.
func (w *world) drawEvent(t *rapid.T) {
	at := within(t, 0, w.calm-time.Hour, "event at")
	until := min(at+within(t, time.Minute, 20*time.Hour, "event for"), scenario.Duration(w.calm))
	add := func(at scenario.Duration, e scenario.Event) {
		e.At = at
		w.Events = append(w.Events, e)
	}
	verb := rapid.SampledFrom(eventsDrawn).Draw(t, "event")
	switch verb {
	case "sleep", "shut down":
		add(at, scenario.Event{Do: verb, For: until - at})
	case "lose power", "restart", "login window":
		add(at, scenario.Event{Do: verb})
	case "set clock":
		e := scenario.Event{Do: verb}
		step := scenario.Duration(rapid.SampledFrom([]time.Duration{time.Second, 10 * time.Minute, time.Hour, 30 * time.Hour, 72 * time.Hour, 399 * day}).Draw(t, "step"))
		if rapid.Bool().Draw(t, "back") {
			e.Back = step
		} else {
			e.Forward = step
		}
		add(at, e)
	case "false start":
		// The clock is lost, and found again later.
		lost := rapid.SampledFrom([]time.Time{time.Unix(0, 0), time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2098, 1, 1, 0, 0, 0, 0, time.UTC)}).Draw(t, "lost clock").UTC()
		found := w.Start.Add(time.Duration(until))
		if rapid.Bool().Draw(t, "from the start") {
			at = 0
		}
		add(at, scenario.Event{Do: "set clock", To: &lost})
		add(until, scenario.Event{Do: "set clock", To: &found})
	case "drift":
		add(at, scenario.Event{Do: verb, PPM: rapid.SampledFrom([]int64{-200, 200, -1000, 1000}).Draw(t, "ppm")})
	case "set zone":
		add(at, scenario.Event{Do: verb, Zone: rapid.SampledFrom(zones[1:]).Draw(t, "new zone")})
	default:
		w.drawPersonEvent(t, verb, at, until, add)
	}
}

func (w *world) drawPersonEvent(t *rapid.T, verb string, at, until scenario.Duration, add func(scenario.Duration, scenario.Event)) {
	who := "ada"
	if len(w.People) > 0 {
		who = rapid.SampledFrom(w.People).Draw(t, "who").Name
	} else if verb == "switch user" || verb == "log out" || verb == "log in" || verb == "temper" || verb == "open app" || verb == "install in settings" {
		return
	}
	switch verb {
	case "network":
		add(at, scenario.Event{Do: verb, State: rapid.SampledFrom([]string{"down", "captive"}).Draw(t, "network")})
		add(until, scenario.Event{Do: verb, State: "up"})
	case "disk":
		add(at, scenario.Event{Do: verb, State: rapid.SampledFrom([]string{"full", "full", "read-only", "broken", "tears", "forgets"}).Draw(t, "disk")})
		add(until, scenario.Event{Do: verb, State: "works"})
	case "switch user", "log out", "log in", "install in settings":
		add(at, scenario.Event{Do: verb, Who: who})
	case "call":
		app := rapid.SampledFrom([]string{"FaceTime", "MSTeams", "zoom.us", "Google Chrome", "Music"}).Draw(t, "app")
		add(at, scenario.Event{Do: "call begins", Label: app})
		add(min(at+within(t, time.Minute, 6*time.Hour, "call for"), scenario.Duration(w.calm)), scenario.Event{Do: "call ends", Label: app})
	case "lock":
		add(at, scenario.Event{Do: verb})
		add(until, scenario.Event{Do: "unlock"})
	case "filevault":
		add(at, scenario.Event{Do: verb, State: rapid.SampledFrom([]string{"encrypting", "decrypting"}).Draw(t, "vault")})
		add(until, scenario.Event{Do: verb, State: "on"})
	case "power":
		percent, adapter := rapid.IntRange(1, 100).Draw(t, "percent"), rapid.Bool().Draw(t, "on adapter")
		add(at, scenario.Event{Do: verb, Percent: &percent, Adapter: &adapter})
	case "free space":
		gb, enough := 0.5, 100.0
		add(at, scenario.Event{Do: verb, GB: &gb})
		add(until, scenario.Event{Do: verb, GB: &enough})
	case "settings":
		add(at, scenario.Event{Do: verb, Settings: drawSettings(t, w.Start)})
	case "offer":
		u := rapid.SampledFrom(catalogue).Draw(t, "offered later")
		add(at, scenario.Event{Do: verb, Update: &u})
	case "withdraw":
		add(at, scenario.Event{Do: verb, Label: rapid.SampledFrom(catalogue).Draw(t, "withdrawn later").Label})
	case "temper":
		add(at, scenario.Event{Do: verb, Who: who, Temper: string(rapid.SampledFrom(tempers[:9]).Draw(t, "new temper"))})
	case "open app":
		add(at, scenario.Event{Do: verb, Who: who, App: &scenario.App{Name: "Pages", Unsaved: rapid.Bool().Draw(t, "unsaved")}})
	}
}
