package simmac

import (
	"math/rand/v2"
	"time"

	"installordefer/internal/tool"
)

// Facts are what a Mac is when its story begins.
type Facts struct {
	// Seed chooses everything that no other fact says.
	Seed uint64
	// Start is what the wall clock shows when the story begins.
	Start time.Time
	// Zone is the time zone; nil means UTC.
	Zone *time.Location
	// AppleSilicon is true where macOS updates need a volume owner.
	AppleSilicon bool
	// OS is the installed version of macOS.
	OS OS
	// FreeGB is the free space of the disk in 10^9 bytes; 0 means 120.
	FreeGB float64
	// Battery is nil for a Mac without one.
	Battery *Battery
	// FileVault is the state of disk encryption; empty means on.
	FileVault FileVault
	// Accounts are the people who can log in.
	Accounts []Account
	// Updates is Apple's catalogue for this Mac.
	Updates []Update
	// Quirks are what real Macs differ in without telling.
	Quirks Quirks
	// BootTime is the time from going down to the login window; 0 means 75 s.
	BootTime time.Duration
	// InstallAtBoot is the time that a macOS update adds to it; 0 means 18 min.
	InstallAtBoot time.Duration
	// Job names the root job that launchd knows. An empty label means none.
	Job Job
}

// An OS is a version of macOS.
type OS struct {
	Version string // 26.6
	Build   string // 25G72
	Extra   string // (a), after a Background Security Improvement
}

// A Battery is the state of a portable Mac's power.
type Battery struct {
	Percent int
	// Adapter is true while the power adapter is connected.
	Adapter bool
}

// A FileVault is the state of disk encryption.
type FileVault string

// The states of disk encryption.
const (
	FileVaultOn         FileVault = "on"
	FileVaultOff        FileVault = "off"
	FileVaultEncrypting FileVault = "encrypting"
	FileVaultDecrypting FileVault = "decrypting"
)

// A Network is what a Mac can reach.
type Network string

// The states of the network.
const (
	NetworkUp      Network = "up"
	NetworkDown    Network = "down"
	NetworkCaptive Network = "captive" // connected, and every request lost
)

// Quirks are what real Macs differ in without telling. The zero value is an
// ordinary Mac set to English.
type Quirks struct {
	// HardSpaces puts U+00A0 and doubled blanks into labels and titles of
	// macOS updates, as Macs set to Spanish do.
	HardSpaces bool
	// Noise makes softwareupdate log a line before its banner and within
	// its list.
	Noise bool
	// NoiseOnStdout sends that noise to standard output.
	NoiseOnStdout bool
	// LeadingBlank makes lists begin with an empty line.
	LeadingBlank bool
	// Tail is how a detail line ends: 0 comma and blank, 1 comma, 2 nothing.
	Tail int
	// Hyphens marks what Apple does not recommend with a hyphen before it and
	// no other word, as lists of 10.15 did.
	Hyphens bool
	// ErrorsOnStderr sends the errors whose stream nobody recorded to
	// standard error instead of standard output.
	ErrorsOnStderr bool
	// EventsDenied refuses Apple events with -1743, as a Mac without the
	// consent for automation does.
	EventsDenied bool
	// VetoEnds makes softwareupdate end, with status 0, when an app refuses
	// its restart. Otherwise it stays for ever.
	VetoEnds bool
	// WorksOutside lets softwareupdate download and install outside of every
	// session while somebody is logged in. Otherwise it says that it cannot go
	// on and stays for ever, as on some releases.
	WorksOutside bool
	// LoginWindow is how scutil describes the login window: 0 as a user
	// named loginwindow, 1 without a name, 2 as no such key.
	LoginWindow int
	// SlowScan multiplies the time of a check; 0 means 1.
	SlowScan int
	// SlowDialogs lets a helper take a few seconds until its dialog is on the
	// screen, as on a Mac with much to do.
	SlowDialogs bool
	// SleepsThrough is a Mac that never wakes by itself while it sleeps.
	SleepsThrough bool
	// AdminsInstall is a Mac on which device management lets administrators alone
	// install updates by hand.
	AdminsInstall bool
	// SwitchSettles lets macOS show the session of whoever has logged in by fast
	// user switching once the login is done. Otherwise it shows the one of
	// before until they log out.
	SwitchSettles bool
	// RejectsPasswords makes the tool refuse right passwords, as some
	// releases do.
	RejectsPasswords bool
	// NoBootstrapToken is for a Mac of whose volume no token is in escrow, so that
	// Apple's own enforcement fails on Apple silicon.
	NoBootstrapToken bool
}

// A Job is what launchd knows of the root job.
type Job struct {
	// Label is the job's name.
	Label string
	// Interval is the time between starts; 0 means 300 s.
	Interval time.Duration
	// Receipt is the installer's receipt; empty means the label.
	Receipt string
}

// A Mac is one simulated Mac.
type Mac struct {
	clocks

	// Journal holds what happened.
	Journal Journal
	// Faults are the faults planned for its tools.
	Faults []*Fault
	// HelperUnsigned and HelperForeign are what codesign says of the helper.
	HelperUnsigned, HelperForeign bool

	facts     Facts
	beside    map[string]bool // jobs of the same product that launchd has, by label
	rand      *rand.Rand
	os        OS
	updates   []*offer
	accounts  []*Account
	sessions  []*session
	vault     FileVault
	network   Network
	battery   *Battery
	freeBytes float64

	up, asleep bool
	// dark is set while the Mac is awake without its display, in a sleep that
	// goes on; naps counts the sleeps.
	dark        bool
	naps        int
	displayOff  bool
	calls       map[string]time.Duration // since when, by app
	wakeAt      *occurrence
	pending     *offer // a macOS update that the boot under way installs
	goingDown   bool
	shutDown    bool // the Mac went down by a shutdown, not a restart
	over        bool
	job         job
	disk        Disk
	preferences preferences
	declared    declared
	programs    []*Program
	pids        int
	interrupt   func() // looks, after every occurrence, whether the present process must end
	crash       *Crash
	crashedAt   string
	effects     int
	looked      map[tool.Path]bool // programs that only look and have been run
}

// New returns a Mac that has just been started.
func New(f Facts) *Mac {
	if f.Zone == nil {
		f.Zone = time.UTC
	}
	if f.FreeGB == 0 {
		f.FreeGB = 120
	}
	if f.FileVault == "" {
		f.FileVault = FileVaultOn
	}
	if f.BootTime == 0 {
		f.BootTime = 75 * time.Second
	}
	if f.InstallAtBoot == 0 {
		f.InstallAtBoot = 18 * time.Minute
	}
	if f.Job.Interval == 0 {
		f.Job.Interval = 300 * time.Second
	}
	if f.Job.Receipt == "" {
		f.Job.Receipt = f.Job.Label
	}
	m := &Mac{
		facts:     f,
		looked:    map[tool.Path]bool{},
		rand:      rand.New(rand.NewPCG(f.Seed, 0x5eed)),
		os:        f.OS,
		vault:     f.FileVault,
		network:   NetworkUp,
		freeBytes: f.FreeGB * 1e9,
		pids:      300,
	}
	m.disk.m = m
	m.wall, m.zone = f.Start.UTC(), f.Zone
	if f.Battery != nil {
		b := *f.Battery
		m.battery = &b
	}
	for i := range f.Accounts {
		a := f.Accounts[i]
		m.accounts = append(m.accounts, &a)
	}
	m.up = true
	m.newBoot()
	for _, u := range f.Updates {
		m.addUpdate(u)
	}
	if f.Quirks.AdminsInstall {
		m.disk.Put(declaredFile, []byte(m.declaredText()))
	}
	m.job.start(m)
	m.loginAfterBoot(0)
	return m
}

// OS returns the version of macOS that runs.
func (m *Mac) OS() OS { return m.os }

// AppleSilicon tells what hardware it is.
func (m *Mac) AppleSilicon() bool { return m.facts.AppleSilicon }

// Up tells whether the Mac is switched on and has started.
func (m *Mac) Up() bool { return m.up }

// Asleep tells whether the Mac sleeps.
func (m *Mac) Asleep() bool { return m.asleep }

// Network returns the state of the network.
func (m *Mac) Network() Network { return m.network }

// Battery returns the state of the power; ok is false on a Mac without a
// battery.
func (m *Mac) Battery() (b Battery, ok bool) {
	if m.battery == nil {
		return Battery{}, false
	}
	return *m.battery, true
}

// FileVault returns the state of disk encryption.
func (m *Mac) FileVault() FileVault { return m.vault }

// FreeBytes returns the free space of the disk.
func (m *Mac) FreeBytes() int64 { return int64(m.freeBytes) }

// SetNetwork changes what the Mac can reach.
func (m *Mac) SetNetwork(n Network) {
	m.network = n
	m.noteName(NetworkChanged, string(n), "The network is "+string(n)+".")
}

// SetFreeGB changes the free space of the disk.
func (m *Mac) SetFreeGB(gb float64) {
	m.freeBytes = gb * 1e9
	m.note(FactChanged, "The disk has "+gigabytes(gb)+" GB free.")
}

// SetFileVault changes the state of disk encryption.
func (m *Mac) SetFileVault(v FileVault) {
	m.vault = v
	m.noteName(FactChanged, string(v), "FileVault is "+string(v)+".")
}

// SetPower changes the power adapter and the charge. A Mac without a battery
// ignores it.
func (m *Mac) SetPower(b Battery) {
	if m.battery == nil {
		return
	}
	*m.battery = b
	text := "The power adapter is disconnected"
	if b.Adapter {
		text = "The power adapter is connected"
	}
	m.note(PowerChanged, text+"; the battery holds "+percent(b.Percent)+".")
}

// spread returns a duration between d and d plus a quarter, chosen by the
// seed.
func (m *Mac) spread(d time.Duration) time.Duration {
	if d < 4 {
		return d
	}
	return d + time.Duration(m.rand.Int64N(int64(d/4)))/time.Second*time.Second
}

func (m *Mac) nextPID() int {
	m.pids += 1 + m.rand.IntN(7)
	return m.pids
}

// pidOf is the number of a program that starts. A look at preferences draws no
// lot: a story keeps its seconds however often the job looks.
func (m *Mac) pidOf(argv []string) int {
	if exports(argv) {
		m.pids++
		return m.pids
	}
	return m.nextPID()
}
