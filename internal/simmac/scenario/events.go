package scenario

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"installordefer/internal/simmac"
)

// An Event is something that happens at a time of the story. Which fields it
// has depends on what is done.
type Event struct {
	At Duration `json:"at"`
	Do string   `json:"do"`

	For      Duration       `json:"for,omitempty"`
	Who      string         `json:"who,omitempty"`
	To       *time.Time     `json:"to,omitempty"`
	Forward  Duration       `json:"forward,omitempty"`
	Back     Duration       `json:"back,omitempty"`
	PPM      int64          `json:"ppm,omitempty"`
	Zone     string         `json:"zone,omitempty"`
	State    string         `json:"state,omitempty"`
	Percent  *int           `json:"percent,omitempty"`
	Adapter  *bool          `json:"adapter,omitempty"`
	GB       *float64       `json:"gb,omitempty"`
	App      *App           `json:"app,omitempty"`
	Update   *Update        `json:"update,omitempty"`
	Label    string         `json:"label,omitempty"`
	Temper   string         `json:"temper,omitempty"`
	Settings map[string]any `json:"settings,omitempty"`
	// Version and By are of a declaration; By is by the clock of the Mac.
	Version string `json:"version,omitempty"`
	By      string `json:"by,omitempty"`
	Silent  bool   `json:"silent,omitempty"`
}

// A verb is what an event can do.
type verb struct {
	name string
	// needs are the fields that it must have, takes those that it can have,
	// by their JSON names.
	needs, takes []string
	// words are what its state can be.
	words []string
	apply func(e *Event, m *simmac.Mac, settings func(map[string]any))
}

// verbs are all there are.
var verbs = []verb{
	{name: "sleep", takes: []string{"for"}, apply: on(func(e *Event, m *simmac.Mac) { m.Sleep(time.Duration(e.For)) })},
	{name: "dark wake", needs: []string{"for"}, apply: on(func(e *Event, m *simmac.Mac) { m.DarkWake(time.Duration(e.For)) })},
	{name: "display", needs: []string{"state"}, words: []string{"on", "off"}, apply: on(func(e *Event, m *simmac.Mac) { m.SetDisplay(e.State == "on") })},
	{name: "call begins", needs: []string{"label"}, apply: on(func(e *Event, m *simmac.Mac) { m.Call(e.Label, true) })},
	{name: "call ends", needs: []string{"label"}, apply: on(func(e *Event, m *simmac.Mac) { m.Call(e.Label, false) })},
	{name: "wake", apply: on(func(e *Event, m *simmac.Mac) { m.Wake() })},
	{name: "restart", apply: on(func(e *Event, m *simmac.Mac) { m.Restart() })},
	{name: "shut down", takes: []string{"for"}, apply: on(func(e *Event, m *simmac.Mac) { m.ShutDown(time.Duration(e.For)) })},
	{name: "lose power", apply: on(func(e *Event, m *simmac.Mac) { m.LosePower() })},
	{name: "log in", needs: []string{"who"}, apply: on(func(e *Event, m *simmac.Mac) { m.Login(e.Who) })},
	{name: "log out", needs: []string{"who"}, apply: on(func(e *Event, m *simmac.Mac) { m.Logout(e.Who) })},
	{name: "switch user", needs: []string{"who"}, apply: on(func(e *Event, m *simmac.Mac) { m.SwitchTo(e.Who) })},
	{name: "login window", apply: on(func(e *Event, m *simmac.Mac) { m.LoginWindow() })},
	{name: "lock", apply: on(func(e *Event, m *simmac.Mac) { m.Lock() })},
	{name: "unlock", apply: on(func(e *Event, m *simmac.Mac) { m.Unlock() })},
	{name: "set clock", takes: []string{"to", "forward", "back"}, apply: on(setClock)},
	{name: "drift", takes: []string{"ppm"}, apply: on(func(e *Event, m *simmac.Mac) { m.Drift(e.PPM) })},
	{name: "set zone", needs: []string{"zone"}, apply: on(setZone)},
	{name: "network", needs: []string{"state"}, words: networks, apply: on(func(e *Event, m *simmac.Mac) { m.SetNetwork(simmac.Network(e.State)) })},
	{name: "power", needs: []string{"percent", "adapter"}, apply: on(func(e *Event, m *simmac.Mac) {
		m.SetPower(simmac.Battery{Percent: *e.Percent, Adapter: *e.Adapter})
	})},
	{name: "free space", needs: []string{"gb"}, apply: on(func(e *Event, m *simmac.Mac) { m.SetFreeGB(*e.GB) })},
	{name: "disk", needs: []string{"state"}, words: diskFaults, apply: on(setDisk)},
	{name: "filevault", needs: []string{"state"}, words: vaults, apply: on(func(e *Event, m *simmac.Mac) { m.SetFileVault(simmac.FileVault(e.State)) })},
	{name: "open app", needs: []string{"who", "app"}, apply: on(func(e *Event, m *simmac.Mac) { m.OpenApp(e.Who, simmac.App(*e.App)) })},
	{name: "offer", needs: []string{"update"}, apply: on(func(e *Event, m *simmac.Mac) { m.Offer(e.Update.update()) })},
	{name: "withdraw", needs: []string{"label"}, apply: on(func(e *Event, m *simmac.Mac) { m.Withdraw(e.Label) })},
	{name: "temper", needs: []string{"who", "temper"}, apply: on(func(e *Event, m *simmac.Mac) { m.SetTemper(e.Who, simmac.Temper(e.Temper)) })},
	{name: "install in settings", needs: []string{"who"}, apply: on(func(e *Event, m *simmac.Mac) { m.InstallInSettings(e.Who) })},
	{name: "declare", needs: []string{"version", "by"}, takes: []string{"silent"}, apply: on(func(e *Event, m *simmac.Mac) {
		m.Declare(append(m.Declared(), simmac.Declaration{Version: e.Version, By: e.By}), e.Silent)
	})},
	{name: "declare nothing", apply: on(func(e *Event, m *simmac.Mac) { m.Declare(nil, false) })},
	{name: "hold", needs: []string{"for"}, apply: on(func(e *Event, m *simmac.Mac) { m.Hold(time.Duration(e.For)) })},
	{name: "end hold", apply: on(func(e *Event, m *simmac.Mac) { m.Hold(0) })},
	{name: "settings", needs: []string{"settings"}, apply: func(e *Event, m *simmac.Mac, settings func(map[string]any)) {
		m.Record(simmac.Event{Kind: simmac.FactChanged, Name: "settings", Text: "A configuration profile brings new settings."})
		settings(e.Settings)
	}},
	{name: "remove settings", apply: func(_ *Event, m *simmac.Mac, settings func(map[string]any)) {
		m.Record(simmac.Event{Kind: simmac.FactChanged, Name: "settings", Text: "The configuration profile goes, and its settings with it."})
		settings(nil)
	}},
}

func on(f func(e *Event, m *simmac.Mac)) func(*Event, *simmac.Mac, func(map[string]any)) {
	return func(e *Event, m *simmac.Mac, _ func(map[string]any)) { f(e, m) }
}

func setClock(e *Event, m *simmac.Mac) {
	if e.To != nil {
		m.SetClock(*e.To)
		return
	}
	m.StepClock(time.Duration(e.Forward) - time.Duration(e.Back))
}

func setZone(e *Event, m *simmac.Mac) {
	if zone, err := time.LoadLocation(e.Zone); err == nil {
		m.SetZone(zone)
	}
}

func setDisk(e *Event, m *simmac.Mac) {
	fault := simmac.DiskFault(e.State)
	if e.State == "works" {
		fault = simmac.DiskWorks
	}
	m.Disk().Fault = fault
	m.Record(simmac.Event{Kind: simmac.FactChanged, Name: "disk", Text: "The disk: " + e.State + "."})
}

func (e *Event) apply(m *simmac.Mac, settings func(map[string]any)) {
	for i := range verbs {
		if verbs[i].name == e.Do {
			verbs[i].apply(e, m, settings)
			return
		}
	}
}

// check says what is wrong with an event.
func (e *Event) check() error {
	var v *verb
	var names []string
	for i := range verbs {
		names = append(names, verbs[i].name)
		if verbs[i].name == e.Do {
			v = &verbs[i]
		}
	}
	if v == nil {
		return oneOf("do", e.Do, names)
	}
	given := e.given()
	for _, n := range v.needs {
		if !given[n] {
			return fmt.Errorf("%q needs the field %q", e.Do, n)
		}
		delete(given, n)
	}
	for _, n := range v.takes {
		delete(given, n)
	}
	if left := slices.Sorted(maps.Keys(given)); len(left) > 0 {
		return fmt.Errorf("%q has no use for the field %q", e.Do, left[0])
	}
	return e.checkValues(v)
}

func (e *Event) checkValues(v *verb) error {
	switch {
	case v.words != nil && !contains(v.words, e.State):
		return oneOf("state", e.State, v.words)
	case e.Temper != "" && !contains(tempers, e.Temper):
		return oneOf("temper", e.Temper, tempers)
	case e.Percent != nil && (*e.Percent < 0 || *e.Percent > 100):
		return fmt.Errorf("percent is %d, but must be between 0 and 100", *e.Percent)
	case e.GB != nil && (*e.GB < 0 || *e.GB > 1e6):
		return fmt.Errorf("gb is %v, but must be between 0 and a million", *e.GB)
	case e.PPM < -1000 || e.PPM > 1000:
		return fmt.Errorf("ppm is %d, but must be between -1000 and 1000", e.PPM)
	case e.To != nil && !sensible(*e.To):
		return fmt.Errorf("to is %v, but must be between 1970 and 2100", e.To)
	case e.Do == "set clock" && e.To == nil && e.Forward == 0 && e.Back == 0:
		return fmt.Errorf("%q needs one of \"to\", \"forward\" and \"back\"", e.Do)
	}
	if e.By != "" {
		if _, err := time.Parse("2006-01-02T15:04:05", e.By); err != nil {
			return fmt.Errorf("by: %q is not a date by the clock of the Mac; write it as \"2026-12-03T18:00:00\"", e.By)
		}
	}
	if e.Zone != "" {
		if _, err := time.LoadLocation(e.Zone); err != nil {
			return fmt.Errorf("zone: %q is not a time zone; write it as \"Europe/Berlin\"", e.Zone)
		}
	}
	if e.Update != nil {
		return e.Update.check()
	}
	return nil
}

// given returns the optional fields that the event has.
func (e *Event) given() map[string]bool {
	given := map[string]bool{}
	v := reflect.ValueOf(e).Elem()
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if name != "at" && name != "do" && !v.Field(i).IsZero() {
			given[name] = true
		}
	}
	return given
}
