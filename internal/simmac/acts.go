package simmac

import (
	"time"

	"installordefer/prompt"
	"installordefer/prompt/words"
)

// act does what the person does.
func (w *Showing) act(r Reaction) {
	name := w.session.account.FullName
	switch r.Do {
	case ActRun:
		w.answer(prompt.Answer{Result: prompt.ResultRun}, name+" clicks "+w.runLabel()+".")
	case ActDefer:
		w.defers(r.Choice)
	case ActPassword:
		w.password()
	case ActAside:
		w.answer(prompt.Answer{Result: prompt.ResultCancel}, name+" puts the dialog aside.")
	case ActLogOut:
		w.m.Logout(w.session.account.Name)
	case ActFreeze:
		w.frozen = true
		w.m.cancel(w.timeout)
		w.m.noteName(Answered, string(w.Dialog.Kind), name+" stops the helper with a signal; the dialog stays on the screen and is dead.")
		if w.turn != nil {
			w.turn()
		}
	case ActSleep:
		w.m.noteName(Answered, string(w.Dialog.Kind), name+" closes the lid.")
		w.m.Sleep(7 * time.Hour)
	case ActLock:
		w.m.Lock()
	case ActSwitch:
		w.m.LoginWindow()
	default:
		w.harm(r.Do, name)
	}
}

// harm lets the helper end without an answer that counts.
func (w *Showing) harm(a Act, name string) {
	run, runCode := prompt.EncodeAnswer(w.Dialog, prompt.Answer{Result: prompt.ResultRun})
	switch a {
	case ActKill:
		w.finish(nil, -1, name+" kills the helper.")
	case ActCrash:
		w.finish(nil, 2, "The helper crashes.")
	case ActQuit:
		w.finish(nil, 0, name+" quits the helper.")
	case ActRubbish:
		w.finish([]byte("yes yes whatever {\"result\":\"run\"\n"), runCode, "The helper prints rubbish.")
	case ActDisagree:
		_, code := prompt.EncodeAnswer(w.Dialog, prompt.Answer{Result: prompt.ResultDefer})
		w.finish(run, code, "The helper prints one answer and exits with another.")
	case ActForeign:
		other := w.Dialog
		other.ID = "another"
		line, code := prompt.EncodeAnswer(other, prompt.Answer{Result: prompt.ResultRun})
		w.finish(line, code, "The helper answers another dialog.")
	case ActTwice:
		w.finish(append(run, run...), runCode, "The helper answers twice.")
	}
}

// Page is what stands on the screen as the dialog opens, as the people of the
// model read it.
func (w *Showing) Page() words.Page {
	return words.For(words.Person{Languages: []string{"en"}}, w.Dialog).Page(words.Opening(w.Dialog))
}

func (w *Showing) runLabel() string { return w.Page().Run }

func (w *Showing) defers(choice int) {
	text := w.session.account.FullName + " clicks " + w.Page().Defer
	if choice <= 0 {
		choice = w.Dialog.Usual
	} else {
		choice = min(choice, len(w.Dialog.Choices)-1)
		text += ", until " + w.Dialog.Choices[choice].Until.Format("Mon 15:04")
	}
	w.answer(prompt.Answer{Result: prompt.ResultDefer, Choice: choice}, text+".")
}

func (w *Showing) password() {
	a := w.session.account
	switch {
	case a.Person.NoPassword:
		w.answer(prompt.Answer{Result: prompt.ResultCancel}, a.FullName+" gives no password.")
	case a.Person.WrongPasswords > 0:
		a.Person.WrongPasswords--
		w.answer(prompt.Answer{Result: prompt.ResultPassword, Secret: prompt.Secret("mistyped")}, a.FullName+" types a wrong password.")
	default:
		w.answer(prompt.Answer{Result: prompt.ResultPassword, Secret: prompt.Secret(a.Password)}, a.FullName+" types the password.")
	}
}

// installInSettings lets the person install the updates of the dialog in
// System Settings after a while, if they are still there.
func (w *Showing) installInSettings() {
	a := w.session.account
	if a.Person.InstallsAfter <= 0 {
		return
	}
	w.m.After(a.Person.InstallsAfter, func() {
		if s := w.m.sessionOf(a.UID); s != nil && s.onConsole && !w.m.asleep {
			w.m.InstallInSettings(a.Name)
		}
	})
}

// InstallInSettings lets a person install everything that Software Update
// offers short of a newer major version. A macOS update restarts the Mac; on
// Apple silicon it needs an owner of the volume.
func (m *Mac) InstallInSettings(name string) {
	if !m.up || m.goingDown {
		return // nobody can
	}
	a := m.account(name)
	var system *offer
	for _, o := range m.listed() {
		switch {
		case !o.System():
			m.install(o)
		case majorOf(o.Version) == majorOf(m.os.Version) && (system == nil || compareVersions(o.Version, system.Version) > 0):
			system = o
		}
	}
	if system == nil {
		return
	}
	if m.facts.AppleSilicon && (a == nil || !a.Owner) {
		m.noteName(FactChanged, system.Label, "Software Update asks "+name+" for an owner of the volume and gets none.")
		return
	}
	if m.facts.Quirks.AdminsInstall && (a == nil || a.Standard) {
		m.noteName(FactChanged, system.Label, "Software Update asks "+name+" for an administrator and gets none.")
		return
	}
	if m.freeBytes < system.space() {
		m.noteName(FactChanged, system.Label, "Software Update tells "+name+" that the disk has not enough free space.")
		return
	}
	m.noteName(Staged, system.Label, "Software Update has prepared "+system.Title+" and restarts the Mac.")
	system.staged = true
	m.closeAll()
	m.pending = system
	m.goDown("Software Update restarts the Mac.", false, 0)
}
