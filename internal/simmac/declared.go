package simmac

import (
	"fmt"
	"strings"
	"time"

	"installordefer/internal/text"
)

// Files in which macOS keeps what it has been told to enforce, and tells how that
// goes.
const (
	declaredFile = "/private/var/db/softwareupdate/SoftwareUpdateDDMStatePersistence.plist"
	installLog   = "/private/var/log/install.log"
)

// padding is how long after the Mac is back, or after a failure, Apple tries to
// enforce what is past its date.
const padding = time.Hour

// A Declaration is a version of macOS that a device management service has told
// Apple to enforce by a date, by the clock of the Mac.
type Declaration struct {
	Version string
	By      string // 2026-12-03T18:00:00
}

// declared is what Apple enforces.
type declared struct {
	list   []Declaration
	silent bool
	// padded is the time of the wall clock to which the enforcement is put off.
	padded time.Time
	missed bool // the Mac was off or asleep at the date
	watch  *occurrence
}

// Declare tells Apple to enforce versions; none takes all declarations away.
// Silent switches Apple's own notices off.
func (m *Mac) Declare(list []Declaration, silent bool) {
	m.declared.list, m.declared.silent, m.declared.padded = list, silent, time.Time{}
	m.disk.Put(declaredFile, []byte(m.declaredText()))
	if len(list) == 0 {
		m.noteName(FactChanged, "declaration", "The declarations about updates are gone.")
		return
	}
	for _, d := range list {
		m.noteName(FactChanged, d.Version, "Apple is told to enforce macOS "+d.Version+" by "+d.By+".")
	}
	m.watchDeclared()
}

// Declared returns what Apple has been told to enforce.
func (m *Mac) Declared() []Declaration { return m.declared.list }

// Hold has an administrator hold the Mac for a time, or go on with 0: what "hold"
// and "hold off" of the root job write.
func (m *Mac) Hold(d time.Duration) {
	path := "/Library/Application Support/" + m.facts.Job.Label + "/hold.plist"
	if d == 0 {
		m.disk.Delete(path)
		m.noteName(FactChanged, "hold", "An administrator ends the hold.")
		return
	}
	since := m.wallClock().Unix()
	m.disk.Put(path, fmt.Appendf(nil, `<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict><key>Since</key><integer>%d</integer><key>Until</key><integer>%d</integer><key>Reason</key><string>a demonstration</string></dict></plist>
`, since, since+int64(d/time.Second)))
	m.noteName(FactChanged, "hold", "An administrator holds the Mac for "+text.Length(d)+".")
}

// declaredText is the file as macOS 26.2 writes it.
func (m *Mac) declaredText() string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>SUCorePersistedStateContentsType</key><string>SoftwareUpdateCorePersistedStateFile</string>
<key>SUCorePersistedStateCoreFields</key><dict/>
<key>SUCorePersistedStateCoreVersion</key><string>2.1.0</string>
<key>SUCorePersistedStatePolicyFields</key><dict>
<key>Declarations</key><dict>
`)
	for i, d := range m.declared.list {
		fmt.Fprintf(&b, "<key>%04d</key><dict><key>RMStoreDeclarationKey</key><string>com.apple.x/%04d:QUJD.NDg5</string><key>TargetLocalDateTime</key><string>%s</string><key>TargetOSVersion</key><string>%s</string></dict>\n", i, i, d.By, d.Version)
	}
	notices := "<integer>1</integer>"
	if m.declared.silent {
		notices = "<integer>0</integer>"
	}
	admins := ""
	if m.facts.Quirks.AdminsInstall {
		admins = "<key>adminInstallRequired</key><integer>1</integer>"
	}
	b.WriteString(`</dict>
<key>SUCoreDDMDeclarationGlobalSettings</key><dict>` + admins + `<key>enableGlobalNotifications</key>` + notices + `</dict>
</dict>
<key>SUCorePersistedStatePolicyVersion</key><string>1.0</string>
</dict></plist>
`)
	return b.String()
}

// watchDeclared looks every second minute whether it is time to enforce: clocks
// and zones change meanwhile, and the date is by both.
func (m *Mac) watchDeclared() {
	m.cancel(m.declared.watch)
	m.declared.watch = m.schedule(m.now+time.Minute, func() {
		if d, by, ok := m.enforced(); ok {
			m.enforce(d, by)
		}
		if len(m.declared.list) > 0 {
			m.watchDeclared()
		}
	})
}

// enforced is the declaration that Apple acts on: the earliest of those that ask
// for a newer version.
func (m *Mac) enforced() (d Declaration, by time.Time, ok bool) {
	for _, each := range m.declared.list {
		at, err := time.ParseInLocation("2006-01-02T15:04:05", each.By, m.zone)
		if err != nil || compareVersions(each.Version, m.runningVersion()) <= 0 {
			continue
		}
		if !ok || at.Before(by) || at.Equal(by) && compareVersions(each.Version, d.Version) < 0 {
			d, by, ok = each, at, true
		}
	}
	return d, by, ok
}

// enforce does what Apple does from the date on.
func (m *Mac) enforce(d Declaration, by time.Time) {
	c, now := &m.declared, m.wallClock()
	switch {
	case now.Before(by):
		c.missed = false
		return
	case !m.up || m.asleep || m.goingDown:
		c.missed = true
		return
	case c.padded.IsZero() && c.missed:
		m.pad(d, by, now)
		return
	case now.Before(c.padded):
		return
	}
	o := m.offerOf(d.Version)
	switch {
	case o == nil:
		m.logInstall(now, "SUOSUProduct: pallasNoPMVMatchFound=true", d, by)
		m.pad(d, by, now)
	case m.facts.AppleSilicon && m.facts.Quirks.NoBootstrapToken:
		m.pad(d, by, now)
	default:
		m.noteName(Staged, o.Label, "Apple enforces "+o.Title+" and restarts the Mac.")
		o.staged, m.pending = true, o
		m.goDown("Apple restarts the Mac for what was declared.", false, 0)
	}
}

// pad puts the enforcement off, as macOS logs it.
func (m *Mac) pad(d Declaration, by, now time.Time) {
	m.declared.padded = now.Add(padding)
	m.logInstall(now, "setPastDuePaddedEnforcementDate is set: "+m.declared.padded.In(m.zone).Format("Mon Jan _2 15:04:05 2006"), d, by)
	m.noteName(FactChanged, d.Version, "Apple puts the enforcement of macOS "+d.Version+" off by an hour.")
}

// logInstall writes into the log of installations, behind the declaration that it
// is about.
func (m *Mac) logInstall(now time.Time, text string, d Declaration, by time.Time) {
	stamp := now.In(m.zone).Format("2006-01-02 15:04:05-07")
	log, _ := m.disk.Get(installLog)
	lines := fmt.Sprintf("%s mac softwareupdated[754]: -[SUOSUManagedServiceDaemon declarationFromKeys]: Found currently applicable declaration: SUCoreDDMDeclaration (DeclarationKey:0000|EnforcedInstallDate:%s|VersionString:%s|BuildVersionString:(null)|DetailsURL:(null)|companyName:(null)|NotificationsEnabled:YES)\n%s mac softwareupdated[754]: -[SUOSUManagedServiceDaemon ...]: %s\n",
		stamp, by.Format("2006-01-02T15:04:05"), d.Version, stamp, text)
	m.disk.Put(installLog, append(log, lines...))
}

// offerOf is the update that Apple offers to a version.
func (m *Mac) offerOf(version string) *offer {
	for _, o := range m.updates {
		if o.System() && m.offered(o) && !o.installed && o.Version == version {
			return o
		}
	}
	return nil
}
