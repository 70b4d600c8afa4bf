package forecast

import (
	"time"

	"installordefer/internal/simmac/scenario"
)

// nobody are Macs without people, as in meeting rooms.
const nobody = "nobody logs in"

// hours are when a Mac is used.
var hours = map[string]func(*drawing){
	"office": func(d *drawing) {
		d.shifts(8*time.Hour, 9*time.Hour+30*time.Minute, 8*time.Hour, 10*time.Hour, weekday)
	},
	"early":     func(d *drawing) { d.shifts(5*time.Hour, 7*time.Hour, 8*time.Hour, 9*time.Hour, weekday) },
	"late":      func(d *drawing) { d.shifts(11*time.Hour, 14*time.Hour, 7*time.Hour, 9*time.Hour, weekday) },
	"nights":    func(d *drawing) { d.shifts(20*time.Hour, 22*time.Hour, 8*time.Hour, 10*time.Hour, weekday) },
	"part time": (*drawing).partTime,
	"rarely on": (*drawing).rarely,
	"always on": (*drawing).alwaysOn,
	nobody:      func(d *drawing) { d.displays() },
}

func weekday(t time.Time) bool { return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday }

func (d *drawing) partTime() {
	days := map[time.Weekday]bool{}
	for len(days) < 3 {
		days[time.Weekday(1+d.rng.IntN(5))] = true
	}
	d.shifts(8*time.Hour, 10*time.Hour, 4*time.Hour, 6*time.Hour, func(t time.Time) bool { return days[t.Weekday()] })
}

func (d *drawing) rarely() {
	one := d.rng.IntN(7)
	d.shifts(9*time.Hour, 16*time.Hour, time.Hour, 3*time.Hour, func(t time.Time) bool { return t.YearDay()%7 == one })
}

// shifts lets the person work on some days: from a time of the day that lies
// between early and late, for between short and long. Until then the Mac sleeps.
func (d *drawing) shifts(early, late, short, long time.Duration, works func(time.Time) bool) {
	asleep := time.Minute // since when; the story begins with a Mac that is on
	usual := d.between(early, late)
	first := d.s.Start.In(d.zone)
	for i := -1; i <= d.days; i++ {
		midnight := time.Date(first.Year(), first.Month(), first.Day()+i, 0, 0, 0, 0, d.zone)
		from := midnight.Add(usual + d.between(-20*time.Minute, 20*time.Minute)).Sub(d.s.Start)
		to := from + d.between(short, long)
		if !works(midnight) || to <= asleep {
			continue
		}
		if from > asleep {
			d.event(asleep, scenario.Event{Do: "lock"})
			d.event(asleep, scenario.Event{Do: "sleep", For: scenario.Duration(from - asleep)})
		}
		from = max(from, 0)
		d.logins(from+time.Minute, to, time.Hour)
		d.event(from+(to-from)/2+d.between(0, 30*time.Minute), scenario.Event{Do: "lock"}) // lunch
		asleep = to
	}
	end := time.Duration(d.days) * day
	d.event(asleep, scenario.Event{Do: "lock"})
	d.event(asleep, scenario.Event{Do: "sleep", For: scenario.Duration(max(end-asleep, time.Minute))})
}

// logins lets the person log in, or unlock the screen, every so often: whoever is
// at work comes back, also after a restart.
func (d *drawing) logins(from, to, every time.Duration) {
	for at := from; at < to; at += every {
		d.event(at, scenario.Event{Do: "log in", Who: who})
	}
}

// alwaysOn is a Mac that never sleeps. Its person locks the screen in the evening.
func (d *drawing) alwaysOn() {
	d.displays()
	first := d.s.Start.In(d.zone)
	for i := range d.days + 1 {
		midnight := time.Date(first.Year(), first.Month(), first.Day()+i, 0, 0, 0, 0, d.zone).Sub(d.s.Start)
		from, to := midnight+d.between(8*time.Hour, 10*time.Hour), midnight+d.between(16*time.Hour, 20*time.Hour)
		d.logins(from, to, time.Hour)
		d.event(to, scenario.Event{Do: "lock"})
	}
}

// displays switches the display off at night.
func (d *drawing) displays() {
	first := d.s.Start.In(d.zone)
	for i := range d.days + 1 {
		midnight := time.Date(first.Year(), first.Month(), first.Day()+i, 0, 0, 0, 0, d.zone)
		d.event(midnight.Add(7*time.Hour).Sub(d.s.Start), scenario.Event{Do: "display", State: "on"})
		d.event(midnight.Add(22*time.Hour).Sub(d.s.Start), scenario.Event{Do: "display", State: "off"})
	}
}

// travel takes the Mac to another zone for some days, on battery on the way.
func (d *drawing) travel() {
	zones := []string{"America/Los_Angeles", "Asia/Singapore", "Europe/Lisbon"}
	out := d.between(12*time.Hour, time.Duration(max(d.days-3, 1))*day)
	back := out + d.between(day, 4*day)
	d.event(out, scenario.Event{Do: "set zone", Zone: zones[d.rng.IntN(len(zones))]})
	d.event(back, scenario.Event{Do: "set zone", Zone: d.s.Zone})
	if !d.laptop {
		return
	}
	low, full, off, on := 20+d.rng.IntN(60), 90, false, true
	d.event(out, scenario.Event{Do: "power", Percent: &low, Adapter: &off})
	d.event(out+d.between(4*time.Hour, 14*time.Hour), scenario.Event{Do: "power", Percent: &full, Adapter: &on})
}
