package forecast

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"installordefer/internal/text"
)

// Assumption stands on everything that comes of a forecast.
const Assumption = "Temperaments are assumptions: nobody has measured what people do with dialogs, and the hours and troubles of this fleet were drawn as well. Compare policies by it, and trust no single number."

// A Forecast is what comes of a fleet under one policy or several.
type Forecast struct {
	Assumption string `json:"assumption"`
	About      string `json:"about,omitempty"`
	Macs       int    `json:"macs"`
	Days       int    `json:"days"`
	Seed       uint64 `json:"seed"`
	// Fleets is how many fleets with other temperaments the bands come from; 1
	// means that there are none.
	Fleets   int      `json:"fleets"`
	Learned  bool     `json:"learned"`
	Policies []Result `json:"policies"`
}

// A Result is what comes of one policy.
type Result struct {
	Name string `json:"name"`
	// Curve is the share that complies, every six hours.
	Curve []Point `json:"curve"`
	// Missing is how many Macs lacked something.
	Missing int     `json:"macsWithSomethingMissing"`
	Burden  Burden  `json:"burden"`
	Groups  []Group `json:"groups"`
	Never   []Never `json:"never"`

	reached []string
}

// A Point is the share that complies after some hours, between 0 and 1. Low and
// High hold nine of ten fleets between them.
type Point struct {
	Hours int     `json:"hours"`
	Share float64 `json:"share"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// A Burden is what people bear. Half of them see at most the half, one in ten more
// than the nine tenths, and one in a hundred more than the 99 hundredths.
type Burden struct {
	Dialogs Spread `json:"dialogs"`
	Minutes Spread `json:"minutesOnTheScreen"`
	// By a hundred Macs.
	DialogsAtWork  float64 `json:"dialogsInWorkingHoursPer100Macs"`
	DialogsOff     float64 `json:"dialogsOutsidePer100Macs"`
	RestartsAtWork float64 `json:"restartsInWorkingHoursPer100Macs"`
	Forced         float64 `json:"forcedRestartsPer100Macs"`
	WorkLost       float64 `json:"workLostPer100Macs"`
}

// A Spread says how a number is spread over the Macs.
type Spread struct {
	Half       int `json:"half"`
	NineTenths int `json:"nineTenths"`
	NinetyNine int `json:"ninetyNineHundredths"`
}

// A Group is the Macs that have a trait in common.
type Group struct {
	Trait    string  `json:"trait"`
	Name     string  `json:"name"`
	Macs     int     `json:"macs"`
	Complied float64 `json:"complied"`
	Dialogs  float64 `json:"dialogsPerMac"`
	Restarts float64 `json:"restartsInWorkingHoursPer100Macs"`
	WorkLost float64 `json:"workLostPer100Macs"`
}

// A Never is why Macs have not complied.
type Never struct {
	Why  string `json:"why"`
	Macs int    `json:"macs"`
	// Mostly is the trait that stands out among them; empty where none does.
	Mostly string `json:"mostly,omitempty"`
	// Example is the number of one of them.
	Example int `json:"example"`
}

// step is the distance of the points of a curve, in hours.
const step = 6

// reachedShares are those of which it is said when they comply.
var reachedShares = []float64{0.5, 0.8, 0.9, 0.95, 0.99}

func (o Order) report(counts []*tally) *Forecast {
	f := &Forecast{
		Assumption: Assumption, About: o.Mix.About, Macs: o.Macs, Days: o.Days, Seed: o.Seed,
		Fleets: len(o.fleets()), Learned: o.Mix.Temperaments[learned] > 0,
	}
	for i, t := range counts {
		f.Policies = append(f.Policies, t.result(o, o.Policies[i].Name))
	}
	return f
}

func (t *tally) result(o Order, name string) Result {
	r := Result{Name: name, Missing: t.missing, Groups: t.groupList(), Never: t.neverList()}
	for h := 0; h <= o.Days*24; h += step {
		r.Curve = append(r.Curve, t.point(h))
	}
	for _, share := range reachedShares {
		r.reached = append(r.reached, t.reached(share, o.Days))
	}
	per := func(n int) float64 { return tenths(100 * float64(n) / float64(o.Macs)) }
	r.Burden = Burden{
		Dialogs: spread(t.dialogs[:]), Minutes: spread(t.minutes[:]), DialogsAtWork: per(t.inside), DialogsOff: per(t.outside),
		RestartsAtWork: per(t.down), Forced: per(t.forced), WorkLost: per(t.lost),
	}
	return r
}

func (t *tally) point(hours int) Point {
	whole, each := t.shares(hours)
	low, high := band(each)
	return Point{hours, thousandths(whole), thousandths(low), thousandths(high)}
}

// band holds nine of ten of sorted values.
func band(sorted []float64) (low, high float64) {
	cut := len(sorted) / fleets
	return sorted[cut], sorted[len(sorted)-1-cut]
}

// reached says when a share complies.
func (t *tally) reached(share float64, days int) string {
	first := func(at func(int) float64) int {
		for h := range days*24 + 1 {
			if at(h) >= share {
				return h
			}
		}
		return -1
	}
	said := func(h int) string {
		switch {
		case h < 0:
			return "never"
		case h < 48:
			return text.Count(h, "hour")
		}
		return strconv.FormatFloat(float64(h)/24, 'f', 1, 64) + " days"
	}
	whole := first(func(h int) float64 { s, _ := t.shares(h); return s })
	if len(t.macs) == 1 {
		return said(whole)
	}
	soon := first(func(h int) float64 { _, each := t.shares(h); _, high := band(each); return high })
	late := first(func(h int) float64 { _, each := t.shares(h); low, _ := band(each); return low })
	return fmt.Sprintf("%s (%s to %s)", said(whole), said(soon), said(late))
}

func spread(counts []int) Spread {
	return Spread{within(counts, 0.5), within(counts, 0.9), within(counts, 0.99)}
}

func tenths(x float64) float64      { return float64(int(x*10+0.5)) / 10 }
func thousandths(x float64) float64 { return float64(int(x*1000+0.5)) / 1000 }

func (t *tally) groupList() []Group {
	var list []Group
	for name, g := range t.groups {
		n := float64(g.macs)
		list = append(list, Group{
			name.trait, name.name, g.macs, thousandths(float64(g.complied) / n), tenths(float64(g.dialogs) / n),
			tenths(100 * float64(g.down) / n), tenths(100 * float64(g.lost) / n),
		})
	}
	slices.SortFunc(list, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.Trait, a.Trait), cmp.Compare(b.Macs, a.Macs), cmp.Compare(a.Name, b.Name))
	})
	return list
}

func (t *tally) neverList() []Never {
	list := []Never{}
	for _, why := range slices.Sorted(maps.Keys(t.never)) {
		r := t.never[why]
		list = append(list, Never{why, r.macs, t.mostly(r), r.first})
	}
	slices.SortStableFunc(list, func(a, b Never) int { return cmp.Compare(b.Macs, a.Macs) })
	return list
}
