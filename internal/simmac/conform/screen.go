package conform

import (
	"testing"
	"time"

	"installordefer/internal/simmac"
	"installordefer/internal/wake"
	"installordefer/launchd"
	"installordefer/prompt"
)

// Screen tests dialogs on the screen.
func Screen(t *testing.T, mac Mac) {
	for _, tt := range []struct {
		name   string
		person simmac.Person
		want   prompt.Result
		least  time.Duration
	}{
		{"a click runs the updates", simmac.Person{Temper: simmac.Runs}, prompt.ResultRun, 10 * time.Second},
		{"the other click defers", simmac.Person{Temper: simmac.Defers}, prompt.ResultDefer, 15 * time.Second},
		{"nobody answers in time", simmac.Person{Temper: simmac.Ignores}, prompt.ResultTimeout, 9 * time.Minute},
		{"a helper that is killed has no answer", simmac.Person{Temper: simmac.Kills}, prompt.ResultNone, 0},
		{"a helper that is stopped has no answer", simmac.Person{Temper: simmac.Freezes}, prompt.ResultNone, 10 * time.Minute},
		{"a click faster than a person is none", simmac.Person{Temper: simmac.Hasty}, prompt.ResultNone, 0},
		{"rubbish is no answer", simmac.Person{Temper: simmac.Rubbish}, prompt.ResultNone, 0},
		{"a log-out is no answer", simmac.Person{Temper: simmac.LogsOut}, prompt.ResultNone, 20 * time.Second},
		{"line and exit code that disagree are no answer", does(simmac.ActDisagree), prompt.ResultNone, 0},
		{"the answer to another dialog is none", does(simmac.ActForeign), prompt.ResultNone, 0},
		{"two answers are none", does(simmac.ActTwice), prompt.ResultNone, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			mac.asked(t, tt.person, func(r Rig, w wake.Window) {
				a := answer(t, r, w)
				if a.Result != tt.want || a.After < tt.least || (a.Why != "") != (a.Result == prompt.ResultNone) {
					t.Errorf("the answer is %+v", a)
				}
				if err := w.Change(prompt.Change{TimeLeft: new(time.Hour)}); err != prompt.ErrEnded {
					t.Errorf("a change that comes too late gives %v", err)
				}
				w.Close()
				if again, ok := w.Wait(r.Context, 0); !ok || again.Result != a.Result || again.Why != a.Why {
					t.Errorf("later the answer is %+v, %v", again, ok)
				}
			})
		})
	}
	screenHandle(t, mac)
}

// screenHandle tests what is done to a dialog while it is open.
func screenHandle(t *testing.T, mac Mac) {
	t.Run("a dialog that is on the screen says so, and is not silent about the lock", func(t *testing.T) {
		mac.asked(t, simmac.Person{Temper: simmac.Ignores}, func(r Rig, w wake.Window) {
			says(t, r, w, prompt.Shown)
			r.Do(func(m *simmac.Mac) { m.Lock() })
			says(t, r, w, prompt.Locked)
			r.Do(func(m *simmac.Mac) { m.Unlock() })
			says(t, r, w, prompt.Shown)
		})
	})
	t.Run("a quiet tick brings no answer", func(t *testing.T) {
		mac.asked(t, simmac.Person{Temper: simmac.Ignores}, func(r Rig, w wake.Window) {
			says(t, r, w, prompt.Shown) // whatever it says ends a tick
			begun := r.Clock.Now()
			a, ok := w.Wait(r.Context, 20*time.Second)
			if d, _ := r.Clock.Now().Since(begun); ok || d < 20*time.Second {
				t.Errorf("after %v: %+v, %v", d, a, ok)
			}
		})
	})
	t.Run("a dialog is taken away, and that is no answer of a person", func(t *testing.T) {
		mac.asked(t, simmac.Person{Temper: simmac.Ignores}, func(r Rig, w wake.Window) {
			// One that is taken away before it is on the screen has no answer.
			if a, ok := w.Wait(r.Context, 10*time.Second); ok {
				t.Fatalf("before that the answer is %+v", a)
			}
			w.Close()
			if a, ok := w.Wait(r.Context, 0); !ok || a.Result != prompt.ResultClosed {
				t.Errorf("the answer is %+v, %v", a, ok)
			}
		})
	})
	t.Run("a countdown that is set anew ends when it says", func(t *testing.T) {
		mac.asked(t, simmac.Person{Temper: simmac.Ignores}, func(r Rig, w wake.Window) {
			left := time.Minute
			if err := w.Change(prompt.Change{Countdown: &left}); err != nil {
				t.Fatal(err)
			}
			if a := answer(t, r, w); a.Result != prompt.ResultTimeout || a.After < time.Minute-2*time.Second || a.After > 3*time.Minute {
				t.Errorf("the answer is %+v", a)
			}
		})
	})
	t.Run("where nobody is, nobody consents", func(t *testing.T) {
		mac(t, facts(), func(r Rig) {
			w, err := r.Screen.Open(r.Context, ada, dialog(r))
			if err != nil {
				return // it says so at once
			}
			defer w.Close()
			if a := answer(t, r, w); a.Result != prompt.ResultNone {
				t.Errorf("the answer is %+v", a)
			}
		})
	})
}

// says waits until the helper says so.
func says(t *testing.T, r Rig, w wake.Window, want prompt.Sight) {
	t.Helper()
	for begun, first := r.Clock.Now(), true; first || w.Sight() != want; first = false {
		if a, ok := w.Wait(r.Context, time.Second); ok {
			t.Fatalf("the answer is %+v", a)
		}
		if d, _ := r.Clock.Now().Since(begun); d > time.Minute {
			t.Fatalf("it says %q, not %q", w.Sight(), want)
		}
	}
}

func does(a simmac.Act) simmac.Person {
	return simmac.Person{Temper: simmac.Listed, Answers: []simmac.Reaction{{After: 10 * time.Second, Do: a}}}
}

func dialog(r Rig) prompt.Dialog {
	return prompt.Dialog{
		Kind: prompt.RunOrDefer, OSVersion: "26.6", Timeout: 10 * time.Minute,
		Choices: []prompt.Choice{{For: 4 * time.Hour, Until: r.Clock.Now().Wall.Add(4 * time.Hour)}},
	}
}

// asked shows a dialog to ada, who is that person.
func (mac Mac) asked(t *testing.T, p simmac.Person, use func(Rig, wake.Window)) {
	t.Helper()
	f := facts()
	f.Accounts[0].Person = p
	mac(t, f, func(r Rig) {
		r.Do(func(m *simmac.Mac) { m.Login(ada.Name) })
		w, err := r.Screen.Open(r.Context, launchd.ConsoleUser{Name: ada.Name, UID: ada.UID}, dialog(r))
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		use(r, w)
	})
}

// answer waits for the answer in ticks.
func answer(t *testing.T, r Rig, w wake.Window) prompt.Answer {
	t.Helper()
	for begun := r.Clock.Now(); ; {
		if a, ok := w.Wait(r.Context, 30*time.Second); ok {
			return a
		}
		if d, _ := r.Clock.Now().Since(begun); d > patience || r.Context.Err() != nil {
			t.Fatal("there is no answer")
		}
	}
}
