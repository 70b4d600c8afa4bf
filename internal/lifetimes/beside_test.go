package lifetimes

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"pgregory.net/rapid"

	"installordefer/deferral/settings"
	"installordefer/internal/simmac"
	"installordefer/internal/simmac/life"
	"installordefer/internal/simmac/scenario"
	"installordefer/launchd"
)

var layout = launchd.Layout{ID: id}

// A beside is something that happens and that a scenario file cannot hold:
// what administrators and bad disks do to the job's files, and the job's own
// sudden ends.
type beside struct {
	At scenario.Duration `json:"at"`
	Do deed              `json:"do"`
	// Effect, When and Power say of a crash at which side effect from then on
	// it comes, when (see simmac.When), and whether the Mac loses power.
	Effect int         `json:"effect,omitempty"`
	When   simmac.When `json:"when,omitempty"`
	Power  bool        `json:"power,omitempty"`
	// Key is the one that is written, with the wall clock of then and Offset, in
	// seconds.
	Key    string `json:"key,omitempty"`
	Offset int64  `json:"offset,omitempty"`
	// Keep is how much of the state file is left, in percent.
	Keep int `json:"keep,omitempty"`
	// Both is true where the copy of the deadline goes with the state file.
	Both bool `json:"both,omitempty"`
}

// A deed is one sort of what happens beside a scenario.
type deed string

const (
	crashesJob     deed = "crash"
	rubbishProfile deed = "a profile that is no property list"
	noProfile      deed = "the profile is taken away"
	emptiesProfile deed = "the profile's file is emptied"
	barrenProfile  deed = "the profile is an empty dictionary"
	writesDefault  deed = "defaults write"
	breaksLocal    deed = "the local preferences are half written"
	cutsState      deed = "the state file is cut"
	deletesState   deed = "the state file is deleted"
)

func (w *world) drawBeside(t *rapid.T) {
	b := beside{At: within(t, 0, w.calm-time.Hour, "beside at")}
	switch rapid.IntRange(0, 8).Draw(t, "beside") {
	case 0, 1, 2:
		b.Do = crashesJob
		b.Effect, b.When = rapid.IntRange(1, 40).Draw(t, "crash at"), simmac.When(rapid.IntRange(0, 2).Draw(t, "when"))
		b.Power = rapid.Bool().Draw(t, "power")
	case 3:
		b.Do = rubbishProfile
	case 4:
		b.Do = noProfile
	case 5:
		b.Do = writesDefault
		b.Key = rapid.SampledFrom(settings.StateKeys()).Draw(t, "key")
		offset := rapid.SampledFrom([]time.Duration{-500 * day, -time.Hour, 0, time.Hour, 500 * day}).Draw(t, "offset")
		b.Offset = int64(offset / time.Second)
	case 6:
		b.Do, b.Keep = cutsState, rapid.IntRange(0, 99).Draw(t, "keep")
	case 7:
		b.Do, b.Both = deletesState, rapid.Bool().Draw(t, "both files")
	case 8:
		write := b
		write.Do, write.Key = writesDefault, settings.KeyDeferredUntil
		w.beside = append(w.beside, write)
		b.At += within(t, time.Minute, 30*time.Hour, "half written after")
		b.Do, b.Keep = breaksLocal, rapid.IntRange(0, 99).Draw(t, "keep")
	}
	w.beside = append(w.beside, b)
}

// do lets it happen, and tells the guard what an administrator has done.
func (b beside) do(l *life.Life, g *guard) {
	d := l.Mac.Disk()
	g.wake.written = g.wake.written || !g.onDisk().IsZero()
	switch b.Do {
	case crashesJob:
		l.Mac.PlanCrash(simmac.Crash{Effect: b.Effect + l.Mac.Effects(), When: b.When, Power: b.Power})
	case rubbishProfile:
		l.Profile([]byte("<plist><dict><key>MaxDeferralTime"))
		g.profileChanged()
	case noProfile:
		l.Profile(nil)
		g.profileChanged()
	case emptiesProfile:
		l.Profile([]byte{})
		g.profileChanged()
	case barrenProfile:
		l.Profile([]byte("<plist><dict/></plist>"))
		g.profileChanged()
	case writesDefault:
		defaultsWrite(l, g, b.Key, time.Duration(b.Offset)*time.Second)
	case cutsState:
		if data, ok := d.Get(layout.StateFile()); ok {
			d.Put(layout.StateFile(), data[:len(data)*b.Keep/100])
			g.stateTouched()
		}
	case breaksLocal:
		if data, ok := d.Get(layout.LocalFile()); ok {
			d.Put(layout.LocalFile(), data[:len(data)*b.Keep/100])
			g.dirty, g.written = true, written{}
		}
	case deletesState:
		d.Delete(layout.StateFile())
		g.stateTouched()
		if b.Both {
			d.Delete(layout.DeadlineCopy())
			g.forgotten = true
		}
	default:
		panic(fmt.Sprintf("nobody knows how to do %q", b.Do))
	}
}

// domain is that of the job's preferences, as "defaults" takes it.
var domain = settings.DomainOf(settings.LocalPath(id))

// defaultsWrite does what an administrator's "defaults write" does, for a time
// that people know and for a setting. It counts from when macOS has written it.
func defaultsWrite(l *life.Life, g *guard, key string, offset time.Duration) {
	if !l.Mac.Up() {
		return // nobody types on a Mac that is off
	}
	value := l.Mac.Now().Wall.Add(offset)
	contact := "desk " + l.Mac.Elapsed().String()
	l.Mac.SetDefault(domain, key, value.Unix())
	l.Mac.SetDefault(domain, "SupportContact", contact)
	g.stateTouched()
	g.local.key, g.local.value, g.local.typed = key, value.Unix(), g.now()
	l.Mac.At(l.Mac.Elapsed()+simmac.FlushLag, func() {
		now, _ := l.Mac.Default(domain, "SupportContact")
		switch {
		case now == contact && l.Mac.Disk().Fault != simmac.DiskWorks:
			g.local.late = true
		case now == contact:
			g.stateTouched()
			g.wrote(key, value.Truncate(time.Second), contact)
		}
	})
}

// A kept is a world as a file holds it: a scenario, and what happens beside it.
type kept struct {
	Scenario json.RawMessage   `json:"scenario"`
	Beside   []beside          `json:"beside,omitempty"`
	Calm     scenario.Duration `json:"calm,omitempty"`
}

// String writes the world: as a scenario that can be rehearsed, where one holds
// all of it.
func (w *world) String() string {
	text, err := w.Encode()
	switch {
	case err != nil:
		return fmt.Sprintf("this cannot be written as a scenario: %v\n%+v\n", err, w.Scenario)
	case len(w.beside) == 0:
		return string(text)
	}
	return string(w.keep(text))
}

// keep writes the world with what happens beside its scenario.
func (w *world) keep(text []byte) []byte {
	out, err := json.MarshalIndent(kept{Scenario: text, Beside: w.beside, Calm: scenario.Duration(w.calm)}, "", "  ")
	if err != nil {
		panic(err)
	}
	return append(out, '\n')
}

// readWorld reads a scenario, or one with what happens beside it. Where the
// file does not say when it is calm, that is after the last thing that happens.
func readWorld(t *testing.T, path string) *world {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var k kept
	if err := json.Unmarshal(data, &k); err != nil || k.Scenario == nil {
		k = kept{Scenario: data}
	}
	s, err := scenario.Decode(k.Scenario)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	w := &world{Scenario: s, beside: k.Beside, calm: time.Duration(k.Calm)}
	if w.calm > 0 {
		return w
	}
	for _, e := range s.Events {
		w.calm = max(w.calm, time.Duration(e.At))
	}
	for _, f := range s.Faults {
		w.calm = max(w.calm, time.Duration(f.Until))
	}
	return w
}
