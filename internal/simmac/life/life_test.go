package life

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"installordefer/internal/plist"
	"installordefer/internal/simmac"
	"installordefer/internal/simmac/scenario"
	"installordefer/prompt"
)

const id = "com.github.install-or-defer"

func tahoe() simmac.Facts {
	return simmac.Facts{
		Seed:  1,
		Start: time.Date(2026, 9, 21, 8, 0, 0, 0, time.UTC),
		OS:    simmac.OS{Version: "26.6", Build: "25G72"},
		Accounts: []simmac.Account{{Name: "ada", FullName: "Ada Byron", UID: 501, Password: "correct horse", Owner: true, LogsInAfter: time.Minute,
			Apps: []simmac.App{{Name: "TextEdit", ID: "com.apple.TextEdit", Unsaved: true}}}},
		Updates: []simmac.Update{
			{Label: "Safari27.0TahoeAuto-27.0", Title: "Safari", Version: "27.0", SizeKiB: 249465},
			{Label: "macOS Tahoe 26.7-25G229", Title: "macOS Tahoe 26.7", Version: "26.7", Build: "25G229", SizeKiB: 3039632, Action: simmac.RestartAction},
			{Label: "macOS 27-26A428", Title: "macOS 27", Version: "27", Build: "26A428", SizeKiB: 11727219, Action: simmac.RestartAction},
		},
		Job: simmac.Job{Label: id},
	}
}

// live lets the job live through days of a Mac with a deadline after five
// hours.
func live(t testing.TB, f simmac.Facts, days int, change func(*Life)) *Life {
	t.Helper()
	m := simmac.New(f)
	t.Cleanup(m.Close)
	l := New(m, id)
	if err := l.Settings(map[string]any{"MaxDeferralTime": 5 * 3600, "DeferralPeriod": 2 * 3600}); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(l)
	}
	l.Run(time.Duration(days) * 24 * time.Hour)
	return l
}

func TestAWholeLife(t *testing.T) {
	l := live(t, tahoe(), 3, nil)
	m := l.Mac
	if !l.Removed || m.JobLoaded() || m.JobInstalled() || m.HasReceipt() {
		t.Errorf("the job is still there: removed %v, loaded %v, file %v, receipt %v", l.Removed, m.JobLoaded(), m.JobInstalled(), m.HasReceipt())
	}
	if m.OS().Version != "26.7" || !m.Installed("Safari27.0TahoeAuto-27.0") || m.Installed("macOS 27-26A428") {
		t.Errorf("macOS %s runs", m.OS().Version)
	}
	for _, path := range m.Disk().Paths() {
		if !strings.HasPrefix(path, "/Library/Managed Preferences/") && path != l.layout.StatusFile() && !emptyPreferences(m, path) {
			t.Errorf("%s is still there", path)
		}
	}
	j := &m.Journal
	for _, k := range []simmac.Kind{simmac.DialogShown, simmac.Answered, simmac.RestartAsked, simmac.RestartRefused,
		simmac.RestartForced, simmac.WorkLost, simmac.Staged, simmac.Installed, simmac.StateSaved, simmac.RemovalStep, simmac.JobGone} {
		if j.Count(k) == 0 {
			t.Errorf("the journal has no %v", k)
		}
	}
}

// trace is a journal as one text.
func trace(m *simmac.Mac) string {
	var b strings.Builder
	for _, e := range m.Journal.Events {
		fmt.Fprintln(&b, e.At, e.Moment, e.Kind, e.Name, e.Text, e.Argv, e.Code, e.Failed)
	}
	return b.String()
}

// examples are the scenarios of the documentation.
func examples(t testing.TB) map[string]*scenario.Scenario {
	files, err := filepath.Glob("../../../docs/scenarios/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	found := map[string]*scenario.Scenario{}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if found[filepath.Base(f)], err = scenario.Decode(data); err != nil {
			t.Fatal(err)
		}
	}
	return found
}

func rehearse(t testing.TB, s *scenario.Scenario) *Life {
	t.Helper()
	l, err := Rehearse(s, id, nil, 0, func(simmac.Event, *time.Location) {})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestRememberingFilesChangesNothing(t *testing.T) {
	f := tahoe()
	f.Accounts[0].Person.Temper = simmac.Kills
	remembered := live(t, f, 2, nil)
	forgotten := live(t, f, 2, func(l *Life) { l.Forgetful = true })
	if trace(remembered.Mac) != trace(forgotten.Mac) {
		t.Error("a life that reads every file anew is another one")
	}
}

func TestEveryExample(t *testing.T) {
	for name, s := range examples(t) {
		l := rehearse(t, s)
		t.Run(name+" ends as it says", func(t *testing.T) {
			if stays := s.Settings["RemoveWhenDone"] == false; l.Removed == stays {
				t.Errorf("the job is removed: %v, after %v", l.Removed, l.Mac.Elapsed())
			}
			for _, e := range l.Mac.Journal.Of(simmac.Installed) {
				if strings.HasPrefix(e.Name, "macOS 27") || strings.HasPrefix(e.Name, "macOS Ventura") {
					t.Errorf("%s was installed", e.Name)
				}
			}
		})
		t.Run(name+" gives the same story again", func(t *testing.T) {
			if testing.Short() && s.LengthOrDefault() > 10*24*time.Hour {
				t.Skip("left out by -short: it is one of the long ones")
			}
			if one, two := trace(l.Mac), trace(rehearse(t, s).Mac); one != two {
				t.Errorf("two stories, of %d and %d bytes", len(one), len(two))
			}
		})
	}
}

func TestAProfileThatVanishes(t *testing.T) {
	s := examples(t)["profile-vanishes.json"]
	const gone = 8 * 24 * time.Hour // for good
	for name, forgetful := range map[string]bool{"with files remembered": false, "with files read anew": true} {
		m := simmac.New(s.Facts(simmac.Job{Label: string(id)}))
		l := New(m, id)
		l.Forgetful = forgetful
		if err := l.Settings(s.Settings); err != nil {
			t.Fatal(err)
		}
		s.Play(m, func(values map[string]any) {
			if err := l.Settings(values); err != nil {
				t.Error(err)
			}
		})
		l.Run(s.LengthOrDefault())
		m.Close()
		told := map[string]int{}
		var noticed, counted time.Duration
		for _, e := range m.Journal.Events {
			for _, what := range []string{"is gone.", "is back after 5 minutes.", "Its settings no longer count.", "of notice, so it is"} {
				if e.Kind == simmac.Logged && strings.Contains(e.Text, what) {
					told[what]++
				}
			}
			switch e.Kind {
			case simmac.RestartAsked, simmac.RestartForced, simmac.Staged, simmac.WorkLost:
				if e.At < gone+25*time.Hour {
					t.Errorf("%s: %v %v after the start", name, e.Kind, e.At)
				}
			case simmac.DialogShown:
				if e.At >= gone+24*time.Hour && noticed == 0 {
					noticed = e.At
				}
				if e.Dialog.Kind == prompt.RunNow && counted == 0 {
					counted = e.At
				}
			}
		}
		if want := map[string]int{"is gone.": 2, "is back after 5 minutes.": 1, "Its settings no longer count.": 1, "of notice, so it is": 1}; !maps.Equal(told, want) {
			t.Errorf("%s: the log says %v, want %v", name, told, want)
		}
		if hour := counted - noticed; hour < 59*time.Minute || noticed < gone+24*time.Hour || noticed > gone+25*time.Hour {
			t.Errorf("%s: asked at %v, counted down from %v on", name, noticed, counted)
		}
	}
}

func TestARoundKnowsItsProfileFromItsFirstWake(t *testing.T) {
	m := simmac.New(tahoe())
	defer m.Close()
	l := New(m, id)
	if err := l.Settings(map[string]any{"MaxDeferralTime": 1209600}); err != nil {
		t.Fatal(err)
	}
	kept := -1
	m.Journal.Tell = func(simmac.Event) {
		st, err := l.State()
		if err != nil {
			t.Error(err)
		}
		if st.Active() && kept < 0 {
			kept = len(st.Round.Profiles)
		}
	}
	l.Run(time.Hour)
	if kept != 1 {
		t.Errorf("in the first state with a round %d profiles are kept", kept)
	}
}

// TestEveryActIsJudgedByTheRealRules lets a person do each act with the first
// prompt, and looks at what the job made of it.
func TestEveryActIsJudgedByTheRealRules(t *testing.T) {
	for _, c := range []struct {
		act  simmac.Act
		want string // in the job's log
	}{
		{simmac.ActRun, "clicked Run Updates"},
		{simmac.ActDefer, "clicked Defer"},
		{simmac.ActNothing, "Nobody answered within"},
		{simmac.ActKill, "the helper was killed or crashed"},
		{simmac.ActFreeze, "did not end by itself"},
		{simmac.ActCrash, "the helper crashed (exit code 2)"},
		{simmac.ActQuit, "the helper ended without an answer (exit code 0)"},
		{simmac.ActLogOut, "the helper ended without an answer (exit code 0)"},
		{simmac.ActRubbish, "something that is not an answer"},
		{simmac.ActDisagree, "do not agree"},
		{simmac.ActForeign, "belongs to another dialog"},
		{simmac.ActTwice, "more than one line"},
		{simmac.ActLastMoment, "clicked Run Updates"},
	} {
		f := tahoe()
		f.Accounts[0].Person = simmac.Person{Temper: simmac.Listed, Answers: []simmac.Reaction{{After: 5 * time.Second, Do: c.act}}}
		m := simmac.New(f)
		l := New(m, id)
		found := ""
		m.Journal.Tell = func(e simmac.Event) {
			if e.Kind == simmac.Logged && e.Name == "prompt" && found == "" && m.Journal.Count(simmac.DialogShown) > 0 {
				found = e.Text
			}
		}
		l.Run(6 * time.Hour)
		m.Close()
		if !strings.Contains(found, c.want) {
			t.Errorf("%s: the job says %q, want %q", c.act, found, c.want)
		}
	}
}

func TestAnAnswerFasterThanAPersonIsNone(t *testing.T) {
	f := tahoe()
	f.Accounts[0].Person.Temper = simmac.Hasty
	l := live(t, f, 0, func(l *Life) { l.Mac.EndAt(5 * time.Hour); l.Live(5 * time.Hour) })
	for _, e := range l.Mac.Journal.Of(simmac.Installed) {
		t.Errorf("%s was installed on an answer within 300 ms", e.Name)
	}
}

// TestAKillAtAnyMomentOnlyDelays ends the job at each of its side effects in
// turn: before, in the middle and after, by a signal and by a power cut. Each
// time the life must come to its end all the same, and restarts keep their
// order.
func TestAKillAtAnyMomentOnlyDelays(t *testing.T) {
	f := tahoe()
	f.Accounts[0].Apps = nil
	n := live(t, f, 3, nil).Mac.Effects()
	points, reached, step := 0, 0, 1
	if testing.Short() {
		step = 7
	}
	for i := 1; i <= n; i += step {
		for _, when := range []simmac.When{simmac.Before, simmac.InTheMiddle, simmac.AfterIt} {
			for _, power := range []bool{false, true} {
				points++
				if crashAt(t, f, simmac.Crash{Effect: i, When: when, Power: power}) {
					reached++
				}
			}
		}
	}
	t.Logf("%d crash points of %d side effects, %d of them reached", points, n, reached)
	if reached < points*9/10 {
		t.Errorf("only %d of %d crash points were reached", reached, points)
	}
}

// crashAt lives a life with one crash and checks it.
func crashAt(t *testing.T, f simmac.Facts, c simmac.Crash) (reached bool) {
	m := simmac.New(f)
	defer m.Close()
	m.Journal.SkipAllBut(simmac.Booted, simmac.RestartAsked, simmac.RestartForced)
	var wrong []string
	watchRestarts(m, func(s string) { wrong = append(wrong, s) })
	m.PlanCrash(c)
	l := New(m, id)
	if err := l.Settings(map[string]any{"MaxDeferralTime": 5 * 3600, "DeferralPeriod": 2 * 3600}); err != nil {
		t.Fatal(err)
	}
	l.Run(4 * 24 * time.Hour)
	what, reached := m.Crashed()
	wrong = append(wrong, checkEnd(l, what, c.Power)...)
	for _, w := range wrong {
		t.Errorf("side effect %d, killed %s, power cut %v: %s", c.Effect, what, c.Power, w)
	}
	return reached
}

// watchRestarts says so when a restart is forced on a person who was not asked
// first, HardRestartDelay before.
func watchRestarts(m *simmac.Mac, wrong func(string)) {
	asked := time.Duration(-1)
	m.Journal.Tell = func(e simmac.Event) {
		switch e.Kind {
		case simmac.Booted:
			asked = -1
		case simmac.RestartAsked:
			if asked < 0 {
				asked = e.At
			}
		case simmac.RestartForced:
			switch {
			case m.Console() == nil:
			case asked < 0:
				wrong("a restart was forced on a person who was never asked for one")
			case e.At-asked < 5*time.Minute:
				wrong(fmt.Sprintf("a restart was forced %v after the soft one", e.At-asked))
			}
		}
	}
}

// checkEnd checks what every life must come to.
func checkEnd(l *Life, what string, power bool) (wrong []string) {
	m := l.Mac
	_, program := m.Disk().Get(l.layout.Program())
	// Killed between the deletion of the program and its unloading, the job
	// stays loaded until the next start of the Mac, and does nothing.
	stranded := !program && !m.JobInstalled()
	if !l.Removed && !stranded {
		wrong = append(wrong, "the job is still there")
	}
	if m.OS().Version != "26.7" || !m.Installed("Safari27.0TahoeAuto-27.0") {
		wrong = append(wrong, "macOS "+m.OS().Version+" runs")
	}
	for _, path := range m.Disk().Paths() {
		// Once the job file is deleted, nothing starts the program again after
		// a power cut: then it stays, and does nothing.
		rest := strings.HasPrefix(path, l.layout.SupportFolder()) && (stranded || power && strings.Contains(what, "remove "))
		if !rest && !strings.HasPrefix(path, "/Library/Managed Preferences/") && !emptyPreferences(m, path) {
			wrong = append(wrong, path+" is left")
		}
	}
	return wrong
}

// TestTheLogSaysTimesAsPeopleDo holds the log to internal/text: no length of time
// as Go writes it, and one form of a time.
func TestTheLogSaysTimesAsPeopleDo(t *testing.T) {
	asGo := regexp.MustCompile(`\b\d+(h\d+m)?(\d+m)?\d*(\.\d+)?(ms|s)\b`)
	others := regexp.MustCompile(`\d\d\d\d-\d\d-\d\dT|\d\d:\d\d (on )?[A-Z][a-z]+day`)
	lines := 0
	for _, temper := range []simmac.Temper{simmac.Runs, simmac.Defers, simmac.Ignores, simmac.Hasty, simmac.Rubbish} {
		f := tahoe()
		f.Accounts[0].Person.Temper = temper
		for _, e := range live(t, f, 0, func(l *Life) { l.Run(5 * 24 * time.Hour) }).Mac.Journal.Of(simmac.Logged) {
			lines++
			if found := asGo.FindString(e.Text) + others.FindString(e.Text); found != "" {
				t.Errorf("%q in %q", found, e.Text)
			}
		}
	}
	if lines < 50 {
		t.Errorf("the lives have logged %d lines", lines)
	}
}

// emptyPreferences tells whether a file is what macOS leaves of preferences in
// which nothing is set any more.
func emptyPreferences(m *simmac.Mac, path string) bool {
	data, _ := m.Disk().Get(path)
	dict, err := plist.Decode(data, plist.MaxFile)
	return strings.HasPrefix(path, "/Library/Preferences/") && err == nil && len(dict) == 0
}

func TestTheDialogGoesWhenItsRootJobIsKilled(t *testing.T) {
	f := tahoe()
	f.Accounts[0].Person.Temper = simmac.Ignores
	m := simmac.New(f)
	defer m.Close()
	l := New(m, id)
	var opened int
	m.Journal.Tell = func(e simmac.Event) {
		if e.Kind == simmac.DialogShown && opened == 0 {
			opened = m.Effects()
			m.PlanCrash(simmac.Crash{Effect: opened + 1, When: simmac.Before})
		}
	}
	l.Run(4 * time.Hour)
	shown, closed := m.Journal.Of(simmac.DialogShown), m.Journal.Of(simmac.DialogClosed)
	if len(shown) < 2 || len(closed) < 1 || closed[0].At > shown[1].At {
		t.Errorf("dialogs: %d shown, %d closed", len(shown), len(closed))
	}
	if shown[0].Dialog.Kind != prompt.RunOrDefer {
		t.Errorf("the first dialog is %q", shown[0].Dialog.Kind)
	}
}
