package simmac

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	apple "installordefer/softwareupdate"
)

// An Update is one thing that Apple offers to this Mac.
type Update struct {
	// Label, Title and Version are the exact text that the tool prints.
	Label, Title, Version string
	// Build is the build of macOS that the update brings. An update with a
	// build is macOS itself; every other one is an app or a tool.
	Build string
	// SizeKiB is the size of the download.
	SizeKiB int64
	// NotRecommended is true where Apple prints Recommended: NO.
	NotRecommended bool
	// Action is what installing it needs at the end.
	Action Action
	// Held is true while an MDM defers it. It is listed with Deferred: YES,
	// or as if nothing were with HeldUnmarked.
	Held, HeldUnmarked bool
	// Apps are the apps that must quit for it.
	Apps []string
	// Appears is when Apple begins to offer it, and Withdrawn when it no
	// longer does; Withdrawn 0 means never.
	Appears, Withdrawn time.Duration
	// RestartFrom is when an update without action becomes one that needs a
	// restart; 0 means never.
	RestartFrom time.Duration
	// Needs is the label of another update that must be installed first.
	Needs string
	// Replaces is the label of an update that this one takes the place of.
	Replaces string
	// Course is how its installation goes.
	Course Course
	// Download is the time of the download, and of the preparation of macOS;
	// 0 means a time that follows from the size.
	Download time.Duration
	// Install is the time of an installation without restart; 0 means 40 s.
	Install time.Duration
}

// Name returns what people call the update. The journal is read beside the log
// and the dialogs, so it has no rule of its own.
func (u Update) Name() string {
	return apple.Update{Label: apple.Label(u.Label), Title: u.Title, Version: u.Version}.Name()
}

// System tells whether the update is macOS itself.
func (u *Update) System() bool { return u.Build != "" }

// An Action is what an update needs to be complete.
type Action string

// The actions that Apple's tool prints.
const (
	NoAction       Action = ""
	RestartAction  Action = "restart"
	ShutdownAction Action = "shut down"
)

// A Course is how an installation goes.
type Course string

// The courses of an installation.
const (
	// Installs is the usual one.
	Installs Course = ""
	// NeverInstalls looks like it, and nothing is installed.
	NeverInstalls Course = "never installs"
	// Lingers is installed, and listed until the next start of the Mac.
	Lingers Course = "lingers"
	// Haunts is installed, and listed for ever.
	Haunts Course = "haunts"
	// FailsAtDownload ends in Apple's error for a broken download.
	FailsAtDownload Course = "fails at download"
	// FailsAtInstall ends in an error, after which the tool prints Done.
	FailsAtInstall Course = "fails at install"
	// FailsFirst fails once and installs the next time.
	FailsFirst Course = "fails first"
)

// An offer is an update with what has happened to it on this Mac.
type offer struct {
	Update
	downloaded bool
	staged     bool // a macOS update that is prepared
	installed  bool
	onBoot     int // boots when it was installed
	withdrawn  bool
	tries      int
}

// Installed tells whether the update with this label is really installed.
func (m *Mac) Installed(label string) bool {
	for _, o := range m.updates {
		if o.Label == label && o.installed {
			return true
		}
	}
	return false
}

// HasDownloaded tells whether the update with this label is on the disk.
func (m *Mac) HasDownloaded(label string) bool {
	for _, o := range m.updates {
		if o.Label == label && (o.downloaded || o.staged) {
			return true
		}
	}
	return false
}

// Pending returns the updates that Apple offers at this moment and that are
// not installed: the truth, whatever the tools say.
func (m *Mac) Pending() []Update {
	var us []Update
	for _, o := range m.updates {
		if m.offered(o) && !o.installed {
			us = append(us, o.Update)
		}
	}
	return us
}

// Offers returns what a check lists at this moment, in order.
func (m *Mac) Offers() []Update {
	var us []Update
	for _, o := range m.listed() {
		us = append(us, o.Update)
	}
	return us
}

func (m *Mac) listed() []*offer {
	var os []*offer
	for _, o := range m.updates {
		if m.isListed(o) {
			os = append(os, o)
		}
	}
	return os
}

func (m *Mac) isListed(o *offer) bool {
	switch {
	case o.installed && o.Course == Haunts:
		return true
	case o.installed && o.Course == Lingers:
		return o.onBoot == m.boots
	}
	return m.offered(o) && !o.installed
}

func (m *Mac) offered(o *offer) bool {
	if m.now < o.Appears || o.withdrawn || o.Withdrawn > 0 && m.now >= o.Withdrawn {
		return false
	}
	if o.Needs != "" && !m.Installed(o.Needs) {
		return false
	}
	for _, other := range m.updates {
		if other.Replaces == o.Label && other != o && m.now >= other.Appears && !other.withdrawn {
			return false
		}
	}
	if o.System() && !o.installed {
		return compareVersions(o.Version, m.runningVersion()) > 0
	}
	return true
}

// addUpdate takes an update into the catalogue and lets its changes be told
// when they come.
func (m *Mac) addUpdate(u Update) {
	o := &offer{Update: u}
	m.updates = append(m.updates, o)
	if u.Appears > m.now {
		m.At(u.Appears, func() {
			text := "Apple offers " + o.Name() + "."
			if o.Replaces != "" {
				text = "Apple offers " + o.Name() + " in place of " + o.Replaces + "."
			}
			m.noteName(CatalogueSet, o.Label, text)
		})
	}
	if u.Withdrawn > m.now {
		m.At(u.Withdrawn, func() { m.noteName(CatalogueSet, o.Label, "Apple no longer offers "+o.Title+".") })
	}
	if u.RestartFrom > 0 {
		m.At(u.RestartFrom, func() {
			o.Action = RestartAction
			m.noteName(CatalogueSet, o.Label, o.Title+" now needs a restart.")
		})
	}
}

// Offer lets Apple offer one more update from now on.
func (m *Mac) Offer(u Update) {
	u.Appears = m.now
	m.addUpdate(u)
	m.noteName(CatalogueSet, u.Label, "Apple offers "+u.Name()+".")
}

// Withdraw lets Apple no longer offer the update with this label.
func (m *Mac) Withdraw(label string) {
	for _, o := range m.updates {
		if o.Label == label && !o.withdrawn {
			o.withdrawn = true
			m.noteName(CatalogueSet, label, "Apple no longer offers "+o.Title+".")
		}
	}
}

// install makes the update really installed, or not, as its course says.
func (m *Mac) install(o *offer) bool {
	o.tries++
	o.staged, o.downloaded = false, false
	if o.Course == NeverInstalls || o.Course == FailsAtInstall || o.Course == FailsFirst && o.tries == 1 {
		return false
	}
	o.installed, o.onBoot = true, m.boots
	m.freeBytes -= float64(o.SizeKiB) * 1024 / 4
	if o.System() {
		m.setVersion(o)
	}
	m.noteName(Installed, o.Label, o.Name()+" is installed.")
	return true
}

// setVersion makes the version of the update o the one that runs.
func (m *Mac) setVersion(o *offer) {
	base, extra, _ := strings.Cut(o.Version, " ")
	major := majorOf(m.os.Version)
	m.os = OS{Version: base, Build: o.Build, Extra: extra}
	if majorOf(base) == major {
		return
	}
	for _, other := range m.updates {
		if !other.System() && !other.installed {
			other.withdrawn = true // made for the macOS that is gone
		}
	}
}

func (m *Mac) runningVersion() string {
	if m.os.Extra != "" {
		return m.os.Version + " " + m.os.Extra
	}
	return m.os.Version
}

func (m *Mac) byLabel(label string) *offer {
	for _, o := range m.updates {
		if m.printed(o.Label, o) == label && m.isListed(o) {
			return o
		}
	}
	return nil
}

// printed returns a label or title as this Mac's tools print it.
func (m *Mac) printed(s string, o *offer) string {
	if !m.facts.Quirks.HardSpaces || !o.System() {
		return s
	}
	// macOS<A0>Tahoe<A0><blank>26.7, and macOS<A0>27 where there is no name.
	words := strings.SplitN(s, " ", 3)
	switch len(words) {
	case 2:
		return words[0] + "\u00a0" + words[1]
	case 3:
		return words[0] + "\u00a0" + words[1] + "\u00a0 " + words[2]
	}
	return s
}

// Printed returns the label of u as this Mac's tools print it and take it.
func (m *Mac) Printed(u Update) string { return m.printed(u.Label, &offer{Update: u}) }

func majorOf(version string) int {
	n, _ := strconv.Atoi(strings.SplitN(version, ".", 2)[0])
	return n
}

// compareVersions compares versions of macOS: by numbers, then by the letter
// in parentheses of a Background Security Improvement, none before (a).
func compareVersions(a, b string) int {
	abase, aletter, _ := strings.Cut(a, " ")
	bbase, bletter, _ := strings.Cut(b, " ")
	as, bs := strings.Split(abase, "."), strings.Split(bbase, ".")
	for i := 0; i < len(as) || i < len(bs); i++ {
		var x, y int
		if i < len(as) {
			x, _ = strconv.Atoi(as[i])
		}
		if i < len(bs) {
			y, _ = strconv.Atoi(bs[i])
		}
		if x != y {
			return x - y
		}
	}
	return strings.Compare(aletter, bletter)
}

func gigabytes(gb float64) string { return strconv.FormatFloat(gb, 'f', -1, 64) }

func percent(n int) string { return fmt.Sprintf("%d %%", n) }
