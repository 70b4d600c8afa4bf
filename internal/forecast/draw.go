package forecast

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"installordefer/internal/simmac"
	"installordefer/internal/simmac/scenario"
)

const (
	appleSilicon = "apple silicon"
	intel        = "intel"
	learned      = "as learned"
	noTrouble    = "none"

	day = 24 * time.Hour
	// who is the account of the one person at each Mac.
	who = "person"
)

// Traits are what was drawn for a Mac, by the names of the mix.
type Traits struct {
	Hardware, Temperament, Hours, Trouble string
	// Owner says whether the person may install macOS on Apple silicon.
	Owner string
}

// A drawing is one Mac that is being drawn.
type drawing struct {
	mix    *Mix
	rng    *rand.Rand
	zone   *time.Location
	days   int
	laptop bool
	s      *scenario.Scenario
	p      scenario.Person
	Traits
}

// draw draws Mac number n of a fleet, whose people have these temperaments, for a
// story of so many days. It depends on nothing else but the seed.
func (m *Mix) draw(seed uint64, n, days int, tempers Shares) (*scenario.Scenario, Traits) {
	d := &drawing{mix: m, days: days, rng: rand.New(rand.NewPCG(seed, uint64(n)))}
	d.machine(n)
	d.person(tempers)
	d.Hours = m.Hours.draw(d.rng, m.Hours.sum())
	hours[d.Hours](d)
	if d.chance(m.Travels) {
		d.travel()
	}
	if d.Trouble = m.Troubles.draw(d.rng, 100); d.Trouble != "" {
		troubles[d.Trouble](d)
	} else {
		d.Trouble = noTrouble
	}
	if d.Hours == nobody {
		d.s.Events = slices.DeleteFunc(d.s.Events, func(e scenario.Event) bool { return e.Who != "" })
	} else {
		d.s.People = []scenario.Person{d.p}
	}
	return d.s, d.Traits
}

func (d *drawing) chance(percent float64) bool { return d.rng.Float64()*100 < percent }

// between draws a time evenly.
func (d *drawing) between(from, to time.Duration) time.Duration {
	return from + time.Duration(d.rng.Float64()*float64(to-from)).Truncate(time.Second)
}

// about draws a time of which half are shorter than the middle, and few much
// longer.
func (d *drawing) about(middle time.Duration) scenario.Duration {
	t := time.Duration(float64(middle) * math.Exp(d.rng.NormFloat64()))
	return scenario.Duration(min(max(t, time.Second), 50*middle).Truncate(time.Second))
}

func (d *drawing) machine(n int) {
	m := d.mix
	c := m.catalogue(d.rng)
	if d.Hardware = c.hardware; d.Hardware == "" {
		d.Hardware = m.Hardware.draw(d.rng, m.Hardware.sum())
	}
	d.laptop = d.chance(m.Laptops)
	zone := m.Zones.draw(d.rng, m.Zones.sum())
	d.zone = time.UTC
	if z, err := time.LoadLocation(zone); err == nil { // it was loaded when the mix was checked
		d.zone = z
	}
	d.s = &scenario.Scenario{
		About: fmt.Sprintf("Mac %d of a forecast.", n), Seed: d.rng.Uint64(), Start: m.Start, Zone: zone,
		Length: scenario.Duration(time.Duration(d.days) * day),
		Mac:    scenario.Mac{Hardware: d.Hardware, MacOS: c.MacOS, Build: c.Build},
	}
	d.s.Updates = append(d.s.Updates, c.Updates...)
	if d.laptop {
		d.s.Mac.Battery = &scenario.Battery{Percent: 40 + d.rng.IntN(61), Adapter: true}
	}
	if d.Hardware == appleSilicon && !d.chance(m.BootstrapTokens) {
		d.s.Mac.Quirks = append(d.s.Mac.Quirks, "no bootstrap token")
	}
}

func (m *Mix) catalogue(rng *rand.Rand) Catalogue {
	all := 0.0
	for _, c := range m.Catalogue {
		all += c.Share
	}
	at := rng.Float64() * all
	for _, c := range m.Catalogue {
		if at -= c.Share; at < 0 {
			return c
		}
	}
	return m.Catalogue[len(m.Catalogue)-1]
}

func (d *drawing) person(tempers Shares) {
	d.p = scenario.Person{
		Name: who, FullName: "The person", Password: "a password", VolumeOwner: d.chance(d.mix.VolumeOwners), SavesAfter: d.about(3 * time.Minute),
	}
	switch {
	case d.Hardware == intel:
		d.Owner = "not needed on Intel"
	case d.p.VolumeOwner:
		d.Owner = "volume owner"
	default:
		d.Owner = "no volume owner"
	}
	if d.chance(d.mix.Unsaved) {
		d.p.Apps = []scenario.App{{Name: "TextEdit", ID: "com.apple.TextEdit", Unsaved: true}}
	}
	d.Temperament = tempers.draw(d.rng, tempers.sum())
	if d.Temperament == learned {
		d.learned()
		return
	}
	temperaments[d.Temperament](d)
}

// temperaments are what people do with dialogs. None of it has been measured.
var temperaments = map[string]func(*drawing){
	"runs at once":       func(d *drawing) { d.defers(0); d.p.InstallsAfter = d.about(10 * time.Minute) },
	"defers once":        func(d *drawing) { d.defers(1); d.p.InstallsAfter = d.about(20 * time.Minute) },
	"defers a few times": func(d *drawing) { d.defers(2 + d.rng.IntN(5)); d.p.InstallsAfter = d.about(30 * time.Minute) },
	"defers to the end":  func(d *drawing) { d.p.Temper = string(simmac.Defers); d.p.InstallsAfter = d.about(2 * time.Hour) },
	"never answers":      func(d *drawing) { d.p.Temper = string(simmac.Ignores) },
	"cancels restarts":   func(d *drawing) { d.defers(d.rng.IntN(4)); d.p.CancelsRestarts = true },
	"puts it off, then installs in Software Update": func(d *drawing) {
		d.p.Temper = string(simmac.Ignores)
		at := d.between(day, time.Duration(d.days)*day)
		d.event(at, scenario.Event{Do: "install in settings", Who: who})
	},
}

// defers lets the person defer a few times and then click Run Updates.
func (d *drawing) defers(times int) {
	d.p.Temper = string(simmac.Listed)
	for range times {
		d.p.Answers = append(d.p.Answers, scenario.Answer{After: d.about(30 * time.Second), Do: string(simmac.ActDefer)})
	}
	d.p.Answers = append(d.p.Answers, scenario.Answer{After: d.about(30 * time.Second), Do: string(simmac.ActRun)})
}

// troubles are what keeps a Mac from its updates.
var troubles = map[string]func(*drawing){
	"disk full":  func(d *drawing) { d.s.Mac.FreeGB = 2 },
	"no network": func(d *drawing) { d.event(0, scenario.Event{Do: "network", State: "down"}) },
	"installation fails": func(d *drawing) {
		d.course(simmac.FailsAtInstall)
	},
	"fails at first": func(d *drawing) { d.course(simmac.FailsFirst) },
	"battery low": func(d *drawing) {
		d.s.Mac.Battery = &scenario.Battery{Percent: 12, Adapter: false}
	},
}

func (d *drawing) course(c simmac.Course) {
	for i := range d.s.Updates {
		d.s.Updates[i].Course = string(c)
	}
}

// event lets something happen, if the story lasts so long.
func (d *drawing) event(at time.Duration, e scenario.Event) {
	if at >= 0 && at < time.Duration(d.s.Length) {
		e.At = scenario.Duration(at)
		d.s.Events = append(d.s.Events, e)
	}
}
