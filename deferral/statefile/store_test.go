package statefile

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"

	howett "howett.net/plist"
	"pgregory.net/rapid"

	"installordefer/deferral"
	"installordefer/deferral/settings"
	"installordefer/internal/clock"
	"installordefer/internal/plist"
)

// A memory is a Disk. With left at 0 the next write fails as on a full disk.
type memory struct {
	files map[string][]byte
	left  int
}

func (m *memory) Read(path string) ([]byte, error) {
	data, ok := m.files[path]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return bytes.Clone(data), nil
}

func (m *memory) Write(path string, data []byte) error {
	if m.left == 0 {
		return errors.New("no space left on device")
	}
	m.left--
	m.files[path] = bytes.Clone(data)
	return nil
}

func (m *memory) Remove(path string) error { delete(m.files, path); return nil }

func (m *memory) SetAside(path string) (string, error) {
	m.files[path+".broken"] = m.files[path]
	delete(m.files, path)
	return path + ".broken", nil
}

const original = "/Library/Preferences/com.github.mpanighetti.install-or-defer.plist"

func newStore() (*Store, *memory) {
	m := &memory{files: map[string][]byte{}, left: -1}
	return reopen(m), m
}

func reopen(m *memory) *Store {
	return &Store{Disk: m, Path: "state", Copy: "copy", Formerly: []string{original}}
}

func property(t *testing.T, v any) []byte {
	t.Helper()
	data, err := howett.Marshal(v, howett.BinaryFormat)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func load(t *testing.T, f *Store) (deferral.State, []settings.Problem) {
	t.Helper()
	s, problems, err := f.Load()
	if err != nil {
		t.Fatal(err)
	}
	return s, problems
}

func save(t *testing.T, f *Store, s deferral.State) {
	t.Helper()
	if err := f.Save(s); err != nil {
		t.Fatal(err)
	}
}

func TestAStateComesBackAsItWasSaved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawState(t)
		data, err := Encode(want, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, other, problems, err := Decode(data)
		if err != nil || len(problems) > 0 || len(other) > 0 {
			t.Fatalf("read back with %v, %v, %v", err, problems, other)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("read back\n%+v\nwant\n%+v", got, want)
		}
	})
}

func drawState(t *rapid.T) deferral.State {
	second := func(name string) time.Time {
		return time.Unix(rapid.Int64Range(earliest, latest).Draw(t, name), 0).UTC()
	}
	duration := func(name string) time.Duration {
		return time.Duration(rapid.Int64Range(0, int64(longestKept-1)).Draw(t, name))
	}
	within := func(name string, least, most time.Duration) time.Duration {
		return time.Duration(rapid.Int64Range(int64(least), int64(most)).Draw(t, name))
	}
	moment := func(name string) clock.Moment {
		return clock.Moment{Wall: second(name + " wall"), Continuous: duration(name+" continuous") + 1, Boot: clock.Boot(rapid.StringMatching(`[0-9A-F-]{1,36}`).Draw(t, name+" boot"))}
	}
	label := rapid.SliceOfN(rapid.Byte(), 1, 40)
	s := deferral.State{
		DeferredUntil: second("deferred"), ForcedAfter: second("forced"),
		LastCheck: deferral.Check{At: moment("check"), Outcome: deferral.Found, Failed: rapid.IntRange(0, 9).Draw(t, "failed")},
		FirstNone: moment("none"), Proven: rapid.Bool().Draw(t, "proven"), Migrated: true,
		LastError: deferral.Trouble{Text: rapid.StringMatching(`[a-z <>&"]{1,20}`).Draw(t, "error"), At: second("error at")},
		Round: deferral.Round{
			Spent: duration("spent"), DeferredAt: moment("deferred"), DeferredTo: second("deferred to"),
			Deferrals: rapid.IntRange(0, 99).Draw(t, "deferrals"), Restarts: rapid.IntRange(0, 3).Draw(t, "restarts"),
			Pause: deferral.Pause{From: moment("pause"), For: within("pause", 0, deferral.PauseMost), Why: "Because."},
			Step:  deferral.Step{Kind: deferral.StepSoft, At: moment("step"), Labels: []string{string(label.Draw(t, "step label"))}, Build: "25G72", Shutdown: true, Asked: true, AskedUID: 1893302011},
		},
	}
	// What the deadline is reckoned by hangs together.
	r := &s.Round
	r.Began, r.Mark = moment("began"), moment("mark")
	r.Began.Wall, r.Mark.Boot = monday, "the last"
	whole := within("to the deadline", -30*24*time.Hour, settings.LongestDeferral*time.Second).Truncate(time.Second)
	r.Deadline = r.Began.Wall.Add(whole)
	r.MaxDeferral = within("max", max(whole, 0), settings.LongestDeferral*time.Second)
	r.Allowed = within("allowed", max(whole, 0), r.MaxDeferral+workdayMost)
	r.Runs = rapid.SampledFrom([]string{"", "26.6.1"}).Draw(t, "runs")
	for _, key := range []string{"DeadlineDate", "MaxDeferrals"}[:rapid.IntRange(0, 2).Draw(t, "limits")] {
		r.Limits = append(r.Limits, deferral.Limit{Setting: key, Value: "5", At: second(key)})
	}
	for range rapid.IntRange(0, 3).Draw(t, "updates") {
		u := deferral.Update{Label: string(label.Draw(t, "label")), Name: rapid.StringMatching(`[A-Za-zé \x{a0}&<>]{0,20}`).Draw(t, "title"), Restart: rapid.Bool().Draw(t, "restart"),
			Version: rapid.SampledFrom([]string{"", "26.7"}).Draw(t, "version")}
		s.Round.Updates = append(s.Round.Updates, u)
		s.Round.Downloaded = append(s.Round.Downloaded, u.Label)
	}
	return s
}

func TestAStateWrittenByDefaultsIsRead(t *testing.T) {
	data := property(t, map[string]any{settings.KeyDeferredUntil: 1585884274, settings.KeyForcedAfter: "1586042469", "SupportContact": "IT"})
	s, other, problems, err := Decode(data)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	if s.DeferredUntil.Unix() != 1585884274 || s.ForcedAfter.Unix() != 1586042469 {
		t.Errorf("read %v and %v", s.DeferredUntil, s.ForcedAfter)
	}
	if !maps.Equal(other, map[string]any{"SupportContact": "IT"}) {
		t.Errorf("the administrator's own keys are %v", other)
	}
}

func TestSavingKeepsWhatAnAdministratorHasSet(t *testing.T) {
	f, m := newStore()
	m.files["state"] = property(t, map[string]any{"SupportContact": "the help desk"})
	s, _ := load(t, f)
	save(t, f, s.Checked(deferral.Found, []deferral.Update{safari}, settings.Defaults(), intel, at(0), time.UTC))
	if _, other, _, _ := Decode(m.files["state"]); other["SupportContact"] != "the help desk" {
		t.Errorf("after saving: %v", other)
	}
	if err := f.Clear(); err != nil {
		t.Fatal(err)
	}
	s, other, _, err := Decode(m.files["state"])
	if err != nil || other["SupportContact"] != "the help desk" || s.Active() {
		t.Errorf("after clearing: %v %v %v", s, other, err)
	}
	if _, ok := m.files["copy"]; ok {
		t.Error("the copy is still there")
	}
}

func TestAFileThatCannotBeReadIsSetAsideAndTheDeadlineSurvives(t *testing.T) {
	for name, content := range map[string]string{
		"an empty file":         "",
		"blanks":                " \n\t",
		"an empty plist":        "<plist/>",
		"the old text format":   "{ hello = world; }",
		"half a file":           `<?xml version="1.0"?><plist><dict><key>Apple`,
		"an array":              `<?xml version="1.0"?><plist><array/></plist>`,
		"a megabyte of nothing": strings.Repeat("<array>", 1<<20),
		"a binary header alone": "bplist00",
	} {
		t.Run(name, func(t *testing.T) {
			f, m := newStore()
			round := found(settings.Defaults(), safari)
			save(t, f, round)
			m.files["state"] = []byte(content)
			s, problems := load(t, reopen(m))
			if len(problems) == 0 {
				t.Error("nothing was reported")
			}
			if !s.ForcedAfter.Equal(round.ForcedAfter) {
				t.Errorf("the deadline is %v, want %v", s.ForcedAfter, round.ForcedAfter)
			}
			if string(m.files["state.broken"]) != content {
				t.Error("the file was not kept for the administrator")
			}
		})
	}
}

func TestALostStateFileCostsNoDay(t *testing.T) {
	f, m := newStore()
	round := found(settings.Defaults(), safari)
	save(t, f, round.Deferred(4*time.Hour, at(0)))
	delete(m.files, "state")
	if s, problems := load(t, reopen(m)); !s.ForcedAfter.Equal(round.ForcedAfter) || len(problems) != 1 {
		t.Errorf("deadline %v, problems %v", s.ForcedAfter, problems)
	}
}

func TestADeletedDeadlineComesBackFromTheRound(t *testing.T) {
	f, m := newStore()
	round := found(settings.Defaults(), safari)
	save(t, f, round)
	_, dict, _, _ := Decode(m.files["state"])
	if len(dict) != 0 {
		t.Fatal(dict)
	}
	var raw map[string]any
	if _, err := howett.Unmarshal(m.files["state"], &raw); err != nil {
		t.Fatal(err)
	}
	delete(raw, settings.KeyForcedAfter)
	m.files["state"] = property(t, raw)
	if s, _ := load(t, reopen(m)); !s.ForcedAfter.Equal(round.ForcedAfter) {
		t.Errorf("the deadline is %v, want %v", s.ForcedAfter, round.ForcedAfter)
	}
}

func TestARunningDeadlineOfTheOriginalIsTakenOverOnce(t *testing.T) {
	f, m := newStore()
	m.files[original] = property(t, map[string]any{"UpdatesForcedAfter": monday.Add(9 * time.Hour).Unix(), "UpdatesDeferredUntil": monday.Add(time.Hour).Unix(), "SupportContact": "IT"})
	s, _ := load(t, f)
	if !s.ForcedAfter.Equal(monday.Add(9*time.Hour)) || !s.DeferredUntil.Equal(monday.Add(time.Hour)) {
		t.Fatalf("took over %v and %v", s.ForcedAfter, s.DeferredUntil)
	}
	s, _ = deferral.Settle(s, settings.Defaults(), at(0), time.UTC)
	s = s.Checked(deferral.Found, []deferral.Update{safari}, settings.Defaults(), intel, at(0), time.UTC)
	if !s.ForcedAfter.Equal(monday.Add(9 * time.Hour)) {
		t.Errorf("the first check moved the deadline to %v", s.ForcedAfter)
	}
	save(t, f, s)
	_, left, _, err := Decode(m.files[original])
	if err != nil || len(left) != 1 || left["SupportContact"] != "IT" {
		t.Errorf("the original's file has %v left, %v", left, err)
	}
	if err := f.Clear(); err != nil {
		t.Fatal(err)
	}
	if s, _ := load(t, reopen(m)); s.Active() {
		t.Errorf("a later round begins with the old deadline %v", s.ForcedAfter)
	}
}

func TestADeadlineIsSafeBeforeItIsInTheStateFile(t *testing.T) {
	f, m := newStore()
	round := found(settings.Defaults(), safari)
	m.left = 1 // the disk is full after the first write
	if err := f.Save(round); err == nil {
		t.Fatal("saving on a full disk succeeded")
	}
	m.left = -1
	if s, _ := load(t, reopen(m)); !s.ForcedAfter.Equal(round.ForcedAfter) {
		t.Errorf("the deadline is %v, want %v", s.ForcedAfter, round.ForcedAfter)
	}
}

func TestALaterVersionOfTheFileIsReadAsFarAsPossible(t *testing.T) {
	data, err := Encode(found(settings.Defaults(), safari), nil)
	if err != nil {
		t.Fatal(err)
	}
	dict, err := decodeDict(data)
	if err != nil {
		t.Fatal(err)
	}
	dict[settings.KeyVersion] = int64(version + 8)
	if data, err = plist.Encode(dict); err != nil {
		t.Fatal(err)
	}
	s, _, problems, err := Decode(data)
	if err != nil || len(problems) != 1 || !s.Active() {
		t.Errorf("%v %v, active %v", err, problems, s.Active())
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []deferral.State{{}, found(settings.Defaults(), safari, tahoe)} {
		data, err := Encode(s, nil)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("bplist00"))
	f.Add([]byte(`<?xml version="1.0"?><plist><dict><key>AppleSoftwareUpdatesForcedAfter</key><real>1e300</real></dict></plist>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, other, _, err := Decode(data)
		if err != nil {
			return
		}
		again, err := Encode(s, other)
		if err != nil {
			return // a key that XML cannot hold
		}
		back, _, _, err := Decode(again)
		if err != nil && !errors.Is(err, ErrTooLarge) {
			t.Fatalf("cannot be read back: %v", err)
		}
		if err == nil && !back.ForcedAfter.Equal(s.ForcedAfter) {
			t.Fatalf("the deadline changed from %v to %v", s.ForcedAfter, back.ForcedAfter)
		}
		deferral.Decide(deferral.Situation{Settings: settings.Defaults(), State: s, Now: at(0), Zone: time.UTC, Facts: atScreen()})
	})
}

func TestADeadlineThatIsNoNumberIsNotOverdue(t *testing.T) {
	for _, v := range []any{"soon", "a[$(reboot)]", 1.5, -1, 0, []any{}, true} {
		data, err := plist.Encode(map[string]any{settings.KeyForcedAfter: v})
		if err != nil {
			t.Fatal(err)
		}
		s, _, problems, err := Decode(data)
		if err != nil || s.Active() || len(problems) == 0 && v != 0 {
			t.Errorf("a deadline of %v is %v, with the problems %v, %v", v, s.ForcedAfter, problems, err)
		}
	}
}

func TestADeadlineSetByALostClockIsKept(t *testing.T) {
	lost := clock.Moment{Wall: time.Unix(40, 0).UTC(), Continuous: time.Minute, Boot: "one"}
	st := deferral.State{}.Checked(deferral.Found, []deferral.Update{safari}, settings.Defaults(), intel, lost, time.UTC).Deferred(time.Hour, lost)
	data, err := Encode(st, nil)
	if err != nil {
		t.Fatal(err)
	}
	back, _, problems, err := Decode(data)
	if err != nil || len(problems) > 0 || !back.ForcedAfter.Equal(st.ForcedAfter) || !back.DeferredUntil.Equal(st.DeferredUntil) {
		t.Errorf("read %v and %v with %v, %v; want %v and %v", back.ForcedAfter, back.DeferredUntil, problems, err, st.ForcedAfter, st.DeferredUntil)
	}
}
