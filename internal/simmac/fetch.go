package simmac

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// fetch is softwareupdate --download and --install.
func fetch(p *Program, o order) int {
	if !scan(p, o) {
		return 0
	}
	chosen, code := choose(p, o)
	if len(chosen) == 0 {
		return code
	}
	if p.strandedOutside() {
		p.out("The updates cannot be installed while another user is logged in.\n")
		p.flush()
		p.hang()
	}
	p.fallAsleepOver()
	f := &fetching{p: p, m: p.m, o: o}
	for _, offer := range chosen {
		if c := f.one(offer); c != 0 {
			code = c
		}
		if f.broken {
			break
		}
	}
	return f.end(code)
}

// strandedOutside tells whether somebody is logged in and the tool works in no
// session. That of root is none that it could be started in.
func (p *Program) strandedOutside() bool {
	if p.m.facts.Quirks.WorksOutside || p.loginSession() != nil {
		return false
	}
	for _, s := range p.m.sessions {
		if s.account.UID != 0 {
			return true
		}
	}
	return false
}

// choose finds the updates that are named. Titles in place of labels, labels
// with other blanks, unknown ones: each is "No such update", with status 0.
func choose(p *Program, o order) ([]*offer, int) {
	m := p.m
	var chosen []*offer
	for _, offer := range m.listed() {
		if o.all || o.recommended && !offer.NotRecommended {
			chosen = append(chosen, offer)
		}
	}
	if o.all || o.recommended {
		if len(chosen) == 0 {
			p.say("No updates are available.\n")
		}
		return chosen, 0
	}
	for _, label := range o.labels {
		found := m.byLabel(label)
		if found == nil {
			p.say(label + ": No such update\n")
			continue
		}
		chosen = append(chosen, found)
	}
	if len(chosen) == 0 {
		p.say("No updates are available.\n")
	}
	return chosen, 0
}

// A fetching is one download or installation under way.
type fetching struct {
	p *Program
	m *Mac
	o order

	classic  bool   // something other than macOS was dealt with
	failed   bool   // a classic update failed
	broken   bool   // nothing further is tried
	staged   *offer // the macOS update to restart for
	restart  bool   // a classic update needs a restart
	shutdown bool   // or a shutdown
}

func (f *fetching) one(o *offer) int {
	if o.System() && !f.m.osBefore(11, 0) {
		return f.system(o)
	}
	return f.app(o)
}

// title is a title as the tool prints it.
func (f *fetching) title(o *offer) string { return f.m.printed(o.Title, o) }

// space is how many bytes of the disk an update needs.
func (o *offer) space() float64 {
	needed := float64(o.SizeKiB) * 1024
	if o.System() {
		needed = needed*2 + 5e9
	}
	return needed
}

// space complains when the disk cannot hold the update.
func (f *fetching) space(o *offer) bool {
	needed := o.space()
	if f.m.freeBytes >= needed {
		return true
	}
	f.p.say(fmt.Sprintf("Not enough free disk space: a total of %.2f GB is required.\n", needed/1e9))
	f.broken = true
	return false
}

// system downloads and prepares macOS itself, and commits it where a restart
// was asked for.
func (f *fetching) system(o *offer) int {
	p := f.p
	if !f.space(o) {
		return 0
	}
	p.out("Downloading " + f.title(o) + "\n\n")
	if !f.percentages(o) {
		return f.lost(o, `Failed to download & prepare update: Error Domain=SUOSUErrorDomain Code=201 "The network connection was lost." UserInfo={NSLocalizedDescription=The network connection was lost.}`+"\n")
	}
	if o.Course == FailsAtDownload || o.Course == FailsFirst && o.tries == 0 && f.o.install {
		o.tries++
		return f.lost(o, `Failed to download & prepare update: Error Domain=SUOSUErrorDomain Code=1256 "Failed to find SFR recovery volume" UserInfo={NSDebugDescription=Failed to find SFR recovery volume}`+"\n")
	}
	f.m.noteFetched(o)
	o.downloaded = true
	p.out("Downloaded: " + f.title(o) + "\n")
	if code, ok := f.authorised(); !ok {
		return code
	}
	o.staged = true
	if f.o.install {
		f.m.noteName(Staged, o.Label, o.Title+" is prepared; a restart by the update tool installs it.")
		f.staged = o
	}
	return 0
}

func (f *fetching) lost(o *offer, text string) int {
	f.p.say(text)
	f.m.noteName(FactChanged, o.Label, o.Title+" could not be downloaded.")
	return 0
}

// percentages prints the progress of macOS: the download to 60 %, then the
// preparation, with long stops. It reports whether the network held.
func (f *fetching) percentages(o *offer) bool {
	p := f.p
	total := o.Download
	if total == 0 {
		total = f.m.spread(10*time.Minute + time.Duration(o.SizeKiB/1024)*time.Second/4)
	}
	steps := []float64{0.10, 1, 4.5, 9.8, 16, 22.3, 31.7, 40, 47.9, 53.9, 60, 60, 72.4, 85, 93.6, 100}
	if o.downloaded || o.staged {
		steps, total = []float64{100}, 4*time.Second
	}
	for _, s := range steps {
		p.wait(total / time.Duration(len(steps)))
		if f.m.network != NetworkUp && s < 60 {
			return false
		}
		p.progress(strconv.FormatFloat(s, 'f', 2, 64))
	}
	if p.Terminal {
		p.out("\n")
	}
	return true
}

// progress prints a percentage. On a terminal the lines stand over each other.
func (p *Program) progress(percentage string) {
	if p.Terminal {
		p.counted("\n")
		p.emit(false, []byte("\rDownloading: "+percentage+"%"))
		return
	}
	p.out("Downloading: " + percentage + "%\n")
}

// authorised asks for the owner of the volume, on Apple silicon.
func (f *fetching) authorised() (code int, ok bool) {
	m := f.m
	if !m.facts.AppleSilicon {
		return 0, true
	}
	password := f.o.passwordArg
	if f.o.stdinPass && password == "" {
		password, _, _ = strings.Cut(string(f.p.Stdin), "\n")
	}
	a := m.account(f.o.user)
	switch {
	case f.o.user == "" || !f.o.stdinPass:
		// It would ask on the terminal, and there is none.
		f.p.say("Failed to authenticate\n")
		return 1, false
	case a == nil || password != a.Password || m.facts.Quirks.RejectsPasswords:
		f.p.say(`Failed to download & prepare update: Error Domain=SUOSUNotificationManagerErrorDomain Code=104 "(null)" UserInfo={NSUnderlyingError=0x600003a8 {Error Domain=com.apple.LocalAuthentication Code=-1 "Password rejected (3)" UserInfo={NSLocalizedDescription=Password rejected (3)}}, NSLocalizedDescription=Error de autenticación.}` + "\n")
		return 1, false
	case !a.Owner:
		f.p.say("Failed to authenticate\n")
		return 1, false
	}
	return 0, true
}

// app downloads and installs what is not macOS.
func (f *fetching) app(o *offer) int {
	p, m := f.p, f.m
	f.classic = true
	if !f.space(o) {
		return 0
	}
	if len(o.Apps) > 0 {
		f.quit(o)
	}
	if !o.downloaded {
		p.out("\nDownloading " + f.title(o) + "\n")
		p.wait(f.appDownload(o))
		if m.network != NetworkUp {
			p.say(fmt.Sprintf("Error downloading %s: Didn't get a response from the Apple Software Update server when downloading %s.\n", f.title(o), f.title(o)))
			f.failed = true
			return 0
		}
		if o.Course == FailsAtDownload {
			p.say(fmt.Sprintf("Error downloading %s: The operation couldn’t be completed. (PKDownloadError error 8.)\n", f.title(o)))
			f.failed = true
			return 0
		}
		m.noteFetched(o)
	}
	o.downloaded = true
	p.out("Downloaded " + f.title(o) + "\n")
	if f.o.install {
		f.installApp(o)
	}
	return 0
}

func (f *fetching) appDownload(o *offer) time.Duration {
	if o.Download > 0 {
		return o.Download
	}
	return f.m.spread(8*time.Second + time.Duration(o.SizeKiB/4096)*time.Second)
}

func (f *fetching) installApp(o *offer) {
	p, m := f.p, f.m
	p.out("Installing " + f.title(o) + "\n")
	d := o.Install
	if d == 0 {
		d = m.spread(40 * time.Second)
	}
	p.wait(d)
	if o.Course == FailsAtInstall || o.Course == FailsFirst && o.tries == 0 {
		o.tries++
		p.say(fmt.Sprintf("Error installing %s: The operation couldn’t be completed. (PKInstallErrorDomain error 201.)\n", f.title(o)))
		f.failed = true
		return
	}
	switch {
	case o.Action == RestartAction:
		f.restart, o.staged = true, true
	case o.Action != NoAction:
		f.shutdown, o.staged = true, true
	case o.Course == NeverInstalls:
		m.noteName(FactChanged, o.Label, o.Title+" says it is installed, and is not.")
	default:
		m.install(o)
	}
	p.out("Done with " + f.title(o) + "\n")
}

// quit asks the apps that an update replaces to quit, also when it is only
// downloaded. An app with unsaved work keeps the tool waiting.
func (f *fetching) quit(o *offer) {
	p := f.p
	var open []*App
	for _, s := range f.m.sessions {
		for i := range s.apps {
			for _, id := range o.Apps {
				if s.apps[i].ID == id {
					open = append(open, &s.apps[i])
				}
			}
		}
	}
	if len(open) == 0 {
		return
	}
	p.out("Attempting to quit apps: (\n    \"" + strings.Join(o.Apps, "\",\n    \"") + "\"\n)\n")
	p.out("Waiting for user to quit any relevant apps\n")
	for _, a := range open {
		for a.Unsaved {
			p.wait(5 * time.Second)
		}
		a.Name += " (quit)"
		a.ID = ""
	}
	p.wait(3 * time.Second)
	p.out("Successfully quit all apps\n")
}

// end says the last words, and restarts where that was asked for.
func (f *fetching) end(code int) int {
	p := f.p
	if f.classic {
		p.out("Done.\n")
		if f.failed && f.o.download {
			p.out("\n")
			p.say("Error downloading updates.\n")
		}
		f.askRestart()
	}
	if f.o.restart && (f.staged != nil || f.restart || f.shutdown) {
		return f.takeDown(code)
	}
	return code
}

func (f *fetching) askRestart() {
	switch {
	case f.shutdown:
		f.p.out("\nTo install these updates, your computer must shut down. Your computer will automatically start up to finish installation.\n" +
			"Installation will not complete successfully if you choose to restart your computer instead of shutting down.\n" +
			"Please call halt(8) or select Shut Down from the Apple menu. To automate the shutdown process with softwareupdate(8), use --restart.\n")
	case f.restart:
		f.p.out("\nYou have installed one or more updates that requires that you restart your\ncomputer.  Please restart immediately.\n")
	}
}

// takeDown is the restart that softwareupdate makes itself. Where the person
// in whose session it runs is logged in, apps are asked and may refuse;
// otherwise, and with --force, they are not asked.
func (f *fetching) takeDown(code int) int {
	p, m := f.p, f.m
	s := p.loginSession()
	p.flush()
	p.wait(6 * time.Second)
	if f.o.force || s == nil || !s.onConsole {
		m.pending = f.staged
		m.hardRestart(f.shutdown, 0)
		p.hang()
	}
	m.record(Event{Kind: RestartAsked, Text: "The update tool asks apps to quit for its restart.", Shutdown: f.shutdown})
	p.wait(quitTime)
	m.pending = f.staged
	if m.quitApps(f.shutdown) {
		p.hang()
	}
	m.pending = nil
	if m.facts.Quirks.VetoEnds {
		p.wait(30 * time.Second)
		return code
	}
	p.hang()
	return code
}

func (m *Mac) noteFetched(o *offer) {
	if !o.downloaded {
		m.freeBytes -= float64(o.SizeKiB) * 1024
		m.noteName(Downloaded, o.Label, o.Name()+" is downloaded.")
	}
}
