package statefile

import (
	"fmt"
	"time"

	"installordefer/deferral"
	"installordefer/internal/clock"
)

// mostSeen is more people than use one Mac in a round.
const mostSeen = 64

// encodeSeen adds what people have seen of a countdown and heard of the deadline,
// and for how long the screen has been locked.
func encodeSeen(d map[string]any, r *deferral.Round) {
	var out []any
	for _, s := range r.Seen {
		out = append(out, map[string]any{"UID": int64(s.UID), "For": int64(s.For)})
	}
	if len(out) > 0 {
		d["Seen"] = out
	}
	var heard []any
	for _, n := range r.Notices {
		one := map[string]any{"UID": int64(n.UID), "Asked": n.Asked}
		put(one, "For", n.For)
		put(one, "At", n.At)
		put(one, "From", n.From)
		put(one, "Since", n.Since)
		put(one, "Spent", n.Spent)
		heard = append(heard, one)
	}
	if len(heard) > 0 {
		d["Notices"] = heard
	}
	encodeLock(d, "Lock", r.Lock)
	encodeLock(d, "Unsettled", r.Unsettled)
	if b := r.Busy; b != (deferral.Busied{}) {
		put(d, "BusyAt", b.At)
		d["BusyRow"], d["BusyTotal"], d["BusyLate"] = int64(b.Row), int64(b.Total), int64(b.Late)
	}
}

// encodeLock adds what has lasted, under keys that begin with its name.
func encodeLock(d map[string]any, name string, l deferral.Lock) {
	if l == (deferral.Lock{}) {
		return
	}
	d[name+"UID"], d[name+"For"] = int64(l.UID), int64(l.For)
	put(d, name+"At", l.At)
	if l.Unshown {
		d[name+"Unshown"] = true
	}
}

// encodeAgreed adds a click that is still to be obeyed.
func encodeAgreed(d map[string]any, a deferral.Agreed) {
	if a.At != (clock.Moment{}) {
		d["AgreedUID"] = int64(a.UID)
		put(d, "AgreedAt", a.At)
		put(d, "AgreedLabels", a.Labels)
	}
}

// encodeObstacles adds what people were told of, and what the disk lacks.
func encodeObstacles(d map[string]any, r *deferral.Round) {
	put(d, "ToldAt", r.Told)
	put(d, "Because", string(r.Because))
	if s := r.Short; s.At != (clock.Moment{}) {
		put(d, "ShortAt", s.At)
		d["ShortNeedsKiB"] = s.NeedsKiB
		put(d, "ShortSaid", s.Said)
	}
}

// because reads why the last installation failed.
func (r *reader) because() deferral.Failing {
	switch b := deferral.Failing(r.text("Because")); b {
	case deferral.NotFailing, deferral.LacksApple, deferral.LacksSpace:
		return b
	}
	return deferral.OtherFailed
}

// short reads what the disk lacks. What cannot be read as a whole, Apple's tool
// says again.
func (r *reader) short() deferral.Shortage {
	const used = "Apple's tool is asked again"
	before := len(r.problems)
	s := deferral.Shortage{At: r.moment("ShortAt", used), Said: r.flag("ShortSaid")}
	s.NeedsKiB, _ = r.integer("ShortNeedsKiB", 0, 1<<40, used)
	if len(r.problems) > before || s.At == (clock.Moment{}) {
		return deferral.Shortage{}
	}
	return s
}

// agreed reads a click that is still to be obeyed. One that cannot be read as a
// whole was none.
func (r *reader) agreed() deferral.Agreed {
	before := len(r.problems)
	a := deferral.Agreed{UID: r.count("AgreedUID", 1<<31-1), At: r.moment("AgreedAt", "the click is forgotten"), Labels: r.list("AgreedLabels")}
	if len(r.problems) > before || a.At == (clock.Moment{}) || len(a.Labels) == 0 {
		return deferral.Agreed{}
	}
	return a
}

// busy reads for how long dialogs have waited for people who were busy. What
// cannot be right begins again.
func (r *reader) busy() deferral.Busied {
	const used = "the time for which people were busy begins again"
	before := len(r.problems)
	b := deferral.Busied{At: r.moment("BusyAt", used)}
	for key, to := range map[string]*time.Duration{"BusyRow": &b.Row, "BusyTotal": &b.Total, "BusyLate": &b.Late} {
		n, _ := r.integer(key, 0, int64(longestKept), used)
		*to = time.Duration(n)
	}
	if len(r.problems) > before {
		return deferral.Busied{}
	}
	return b
}

// seen reads what people have seen of a countdown. Whoever is left out sees the
// whole of it.
func (r *reader) seen(key string) []deferral.Seen {
	v, ok := r.dict[key]
	if !ok {
		return nil
	}
	items, _ := v.([]any)
	var list []deferral.Seen
	for _, item := range items {
		d, _ := item.(map[string]any)
		in := &reader{dict: d}
		uid, known := in.integer("UID", 0, 1<<31-1, "")
		seen, whole := in.integer("For", 1, int64(24*time.Hour), "")
		if known && whole && len(list) < mostSeen {
			list = append(list, deferral.Seen{UID: int(uid), For: time.Duration(seen)})
		}
	}
	if len(list) != len(items) || len(items) == 0 {
		r.report(key, fmt.Sprintf("%T", v), "not what people have seen of the countdown", "what can be read of it; the others see the whole countdown")
	}
	return list
}

// notices reads what people have heard of the deadline. Whoever is left out has
// heard nothing.
func (r *reader) notices(key string) []deferral.Notice {
	v, ok := r.dict[key]
	if !ok {
		return nil
	}
	items, _ := v.([]any)
	var list []deferral.Notice
	for _, item := range items {
		d, _ := item.(map[string]any)
		in := &reader{dict: d}
		uid, known := in.integer("UID", 0, 1<<31-1, "")
		n := deferral.Notice{Lock: deferral.Lock{UID: int(uid), For: in.lasted("For"), At: in.moment("At", "")},
			Asked: in.flag("Asked"), From: in.lasted("From"), Since: in.ownInstant("Since", ""), Spent: in.lasted("Spent")}
		if known && len(in.problems) == 0 && len(list) < mostSeen {
			list = append(list, n)
		}
	}
	if len(list) != len(items) || len(items) == 0 {
		r.report(key, fmt.Sprintf("%T", v), "not what people have heard of the deadline", "what can be read of it; the others have notice")
	}
	return list
}

// lasted reads a length of time that may be missing.
func (r *reader) lasted(key string) time.Duration {
	n, _ := r.integer(key, 0, int64(longestKept), "")
	return time.Duration(n)
}

// lock reads what has lasted. What cannot be right begins again.
func (r *reader) lock(name string) deferral.Lock {
	const used = "the time begins again"
	before := len(r.problems)
	l := deferral.Lock{UID: r.count(name+"UID", 1<<31-1), Unshown: r.flag(name + "Unshown"), At: r.moment(name+"At", used)}
	n, _ := r.integer(name+"For", 0, int64(longestKept), used)
	if l.For = time.Duration(n); len(r.problems) > before || l.At == (clock.Moment{}) {
		return deferral.Lock{}
	}
	return l
}
