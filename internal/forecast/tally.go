package forecast

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"
)

const (
	// mostDialogs and mostMinutes are the last places of what is counted by
	// number; whoever has more is counted there.
	mostDialogs = 500
	mostMinutes = 5000
)

// A tally is what is kept of all lives under one policy.
type tally struct {
	macs []int // in each fleet
	// complied is, in each fleet, how many have complied in which hour, and
	// within the last one for ever.
	complied [][]int
	missing  int // Macs on which something was missing
	dialogs  [mostDialogs + 1]int
	minutes  [mostMinutes + 1]int
	inside   int // dialogs in working hours
	outside  int
	down     int // restarts in working hours
	forced   int
	lost     int
	groups   map[groupName]*group
	never    map[string]*reason
}

// A groupName is a trait and what it is.
type groupName struct{ trait, name string }

// A group is Macs that have a trait in common.
type group struct{ macs, complied, dialogs, down, lost int }

// A reason is why some Macs have not complied.
type reason struct {
	macs   int
	first  int // the lowest number of a Mac
	traits map[groupName]int
}

func newTally(fleets, days int) *tally {
	t := &tally{macs: make([]int, fleets), complied: make([][]int, fleets), groups: map[groupName]*group{}, never: map[string]*reason{}}
	for i := range t.complied {
		t.complied[i] = make([]int, days*24+1)
	}
	return t
}

// count counts the life of Mac number n in a fleet.
func (t *tally) count(n, fleet int, l outcome) {
	t.macs[fleet]++
	if l.Complied {
		t.complied[fleet][min(int(math.Ceil(l.After.Hours())), len(t.complied[fleet])-1)]++
	} else {
		t.neverCount(n, l)
	}
	if !l.Complied || l.After > 0 {
		t.missing++
	}
	dialogs := l.Inside + l.Outside
	t.dialogs[min(dialogs, mostDialogs)]++
	t.minutes[min(int(l.Screen.Round(time.Minute)/time.Minute), mostMinutes)]++
	t.inside, t.outside = t.inside+l.Inside, t.outside+l.Outside
	t.down, t.forced, t.lost = t.down+l.Down, t.forced+l.Forced, t.lost+l.Lost
	for _, name := range l.names() {
		g := t.groups[name]
		if g == nil {
			g = &group{}
			t.groups[name] = g
		}
		one := group{macs: 1, dialogs: dialogs, down: l.Down, lost: l.Lost}
		if l.Complied {
			one.complied = 1
		}
		g.add(one)
	}
}

func (t Traits) names() []groupName {
	return []groupName{{"Temperament", t.Temperament}, {"Hours", t.Hours}, {"Hardware", t.Hardware}, {"Trouble", t.Trouble}, {"Right to install macOS", t.Owner}}
}

func (g *group) add(h group) {
	*g = group{g.macs + h.macs, g.complied + h.complied, g.dialogs + h.dialogs, g.down + h.down, g.lost + h.lost}
}

func (t *tally) neverCount(n int, l outcome) {
	r := t.reason(l.Why)
	r.macs++
	r.first = min(r.first, n)
	for _, name := range l.names() {
		r.traits[name]++
	}
}

func (t *tally) reason(why string) *reason {
	if t.never[why] == nil {
		t.never[why] = &reason{first: math.MaxInt, traits: map[groupName]int{}}
	}
	return t.never[why]
}

// add adds what another worker has counted. The order does not matter.
func (t *tally) add(u *tally) {
	for f := range t.macs {
		t.macs[f] += u.macs[f]
		for h := range t.complied[f] {
			t.complied[f][h] += u.complied[f][h]
		}
	}
	for i := range t.dialogs {
		t.dialogs[i] += u.dialogs[i]
	}
	for i := range t.minutes {
		t.minutes[i] += u.minutes[i]
	}
	t.missing += u.missing
	t.inside, t.outside = t.inside+u.inside, t.outside+u.outside
	t.down, t.forced, t.lost = t.down+u.down, t.forced+u.forced, t.lost+u.lost
	for name, g := range u.groups {
		if t.groups[name] == nil {
			t.groups[name] = &group{}
		}
		t.groups[name].add(*g)
	}
	for _, why := range slices.Sorted(maps.Keys(u.never)) {
		r, more := t.reason(why), u.never[why]
		r.macs, r.first = r.macs+more.macs, min(r.first, more.first)
		for name, n := range more.traits {
			r.traits[name] += n
		}
	}
}

// shares returns how much of the whole, and of each fleet, has complied within
// some hours.
func (t *tally) shares(hours int) (whole float64, each []float64) {
	macs, complied := 0, 0
	for f := range t.macs {
		n := 0
		for h := 0; h <= hours && h < len(t.complied[f]); h++ {
			n += t.complied[f][h]
		}
		macs, complied = macs+t.macs[f], complied+n
		each = append(each, float64(n)/float64(max(t.macs[f], 1)))
	}
	slices.Sort(each)
	return float64(complied) / float64(max(macs, 1)), each
}

// mostly is the trait that stands out most among those with a reason: the one
// that is most above its share in the fleet. Empty where none does.
func (t *tally) mostly(r *reason) string {
	all := 0
	for _, n := range t.macs {
		all += n
	}
	best, name := 1.5, ""
	for _, g := range slices.SortedFunc(maps.Keys(r.traits), func(a, b groupName) int {
		return cmp.Or(cmp.Compare(a.trait, b.trait), cmp.Compare(a.name, b.name))
	}) {
		share := float64(r.traits[g]) / float64(r.macs)
		usual := float64(t.groups[g].macs) / float64(all)
		if share >= 0.5 && share/usual > best {
			best, name = share/usual, g.name
		}
	}
	return name
}

// within is the least number that this share of all does not exceed.
func within(counts []int, share float64) int {
	all, so := 0, 0
	for _, n := range counts {
		all += n
	}
	for i, n := range counts {
		if so += n; float64(so) >= share*float64(all) {
			return i
		}
	}
	return len(counts) - 1
}
