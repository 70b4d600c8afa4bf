package statefile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
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

// A memory is a Disk, and the preferences on it. With left at 0 the next write fails as on a full disk.
type memory struct {
	files     map[string][]byte
	left      int
	asked     []string       // of "defaults"
	deaf      bool           // "defaults" does not work
	unwritten map[string]any // in the memory of macOS alone; nil for a key that was deleted
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

// SetDefault and DeleteDefault change a file at once, as macOS does not: what
// it remembers is the model's, and tested there.
func (m *memory) SetDefault(_ context.Context, domain, key string, value int64) error {
	return m.change(domain, key, value)
}

func (m *memory) DeleteDefault(_ context.Context, domain, key string) error {
	return m.change(domain, key, nil)
}

// ExportDefaults returns what is remembered, also where the file lags behind.
func (m *memory) ExportDefaults(_ context.Context, domain string) ([]byte, error) {
	if m.deaf {
		return nil, errDisk
	}
	return howett.Marshal(m.remembered(domain), howett.XMLFormat)
}

func (m *memory) remembered(domain string) map[string]any {
	top := m.preferences(domain)
	for key, v := range m.unwritten {
		if top[key] = v; v == nil {
			delete(top, key)
		}
	}
	return top
}

// flush has macOS write what it has in memory.
func (m *memory) flush(t *testing.T) {
	m.files[domain+".plist"] = property(t, m.remembered(domain))
	m.unwritten = nil
}

func (m *memory) change(domain, key string, value any) error {
	m.asked = append(m.asked, key)
	if m.deaf {
		return errDisk
	}
	delete(m.unwritten, key)
	top := m.preferences(domain)
	if top[key] = value; value == nil {
		delete(top, key)
	}
	data, err := howett.Marshal(top, howett.BinaryFormat)
	m.files[domain+".plist"] = data
	return err
}

// preferences are what the file of a domain holds.
func (m *memory) preferences(domain string) map[string]any {
	top := map[string]any{}
	if data, ok := m.files[domain+".plist"]; ok {
		if _, err := howett.Unmarshal(data, &top); err != nil {
			panic(err)
		}
	}
	return top
}

const (
	domain   = "/Library/Preferences/com.example.updates"
	original = "/Library/Preferences/com.github.mpanighetti.install-or-defer"
)

func newStore() (*Store, *memory) {
	m := &memory{files: map[string][]byte{}, left: -1}
	return reopen(m), m
}

func reopen(m *memory) *Store {
	local, _ := settings.ReadLocal(m.Read, domain+".plist")
	return &Store{Disk: m, Defaults: m, Path: "state", Copy: "copy", Domain: domain, Local: local, Formerly: []string{original}}
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

// save saves a state and shows it, as a wake does.
func save(t *testing.T, f *Store, s deferral.State) {
	t.Helper()
	if err := f.Save(s); err != nil {
		t.Fatal(err)
	}
	if err := f.Mirror(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestAStateComesBackAsItWasSaved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawState(t)
		data, err := Encode(want)
		if err != nil {
			t.Fatal(err)
		}
		got, problems, err := Decode(data)
		if err != nil || len(problems) > 0 {
			t.Fatalf("read back with %v, %v", err, problems)
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
	if s.LastCheck.At.Follows(r.Step.At) {
		r.Step.At = s.LastCheck.At // what has begun, a check has not followed
	}
	for uid := range rapid.IntRange(0, 3).Draw(t, "seen by") {
		r.Seen = append(r.Seen, deferral.Seen{UID: uid, For: within("seen", 1, time.Hour)})
	}
	for uid := range rapid.IntRange(0, 3).Draw(t, "heard by") {
		r.Notices = append(r.Notices, deferral.Notice{Lock: deferral.Lock{UID: uid, For: duration("heard"), At: moment("heard")}, Asked: rapid.Bool().Draw(t, "asked"),
			From: duration("from"), Since: second("since"), Spent: duration("spent by then")})
	}
	r.Held = rapid.Bool().Draw(t, "held")
	if rapid.Bool().Draw(t, "locked") {
		r.Lock = deferral.Lock{UID: 501, Unshown: rapid.Bool().Draw(t, "unshown"), For: duration("lock"), At: moment("lock")}
		r.Unsettled = deferral.Lock{UID: 502, For: duration("unsettled"), At: moment("unsettled")}
		r.Agreed = deferral.Agreed{UID: 501, At: moment("agreed"), Labels: []string{"Safari27.0TahoeAuto-27.0"}}
		r.Told = moment("told")
		r.Help = deferral.Help{At: moment("helped"), Seen: deferral.Lock{For: duration("seen since"), At: moment("last seen")}}
		r.Because = deferral.LacksSpace
		r.Short = deferral.Shortage{At: moment("short"), NeedsKiB: rapid.Int64Range(1, 1<<30).Draw(t, "needs"), Said: rapid.Bool().Draw(t, "said")}
		r.Busy = deferral.Busied{At: moment("busy"), Row: duration("busy in a row"), Total: duration("busy in the round"), Late: duration("busy and late")}
	}
	for range rapid.IntRange(0, 3).Draw(t, "updates") {
		u := deferral.Update{Label: string(label.Draw(t, "label")), Name: rapid.StringMatching(`[A-Za-zé \x{a0}&<>]{0,20}`).Draw(t, "title"), Restart: rapid.Bool().Draw(t, "restart"),
			Version: rapid.SampledFrom([]string{"", "26.7"}).Draw(t, "version")}
		s.Round.Updates = append(s.Round.Updates, u)
		s.Round.Downloaded = append(s.Round.Downloaded, u.Label)
	}
	return s
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
		for _, shown := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, the preferences there: %v", name, shown), func(t *testing.T) {
				f, m := newStore()
				round := found(settings.Defaults(), safari)
				save(t, f, round)
				m.files["state"] = []byte(content)
				if !shown {
					delete(m.files, domain+".plist")
				}
				s, problems := load(t, reopen(m))
				if len(problems) == 0 {
					t.Error("nothing was reported")
				}
				if !sameReckoning(&s, &round) || s.Round.Spent != round.Round.Spent {
					t.Errorf("the deadline is %v, want %v, reckoned by\n%+v, want\n%+v", s.ForcedAfter, round.ForcedAfter, s.Round, round.Round)
				}
				if string(m.files["state.broken"]) != content {
					t.Error("the file was not kept for the administrator")
				}
			})
		}
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
	m.files[original+".plist"] = property(t, map[string]any{"UpdatesForcedAfter": monday.Add(9 * time.Hour).Unix(), "UpdatesDeferredUntil": monday.Add(time.Hour).Unix(), "SupportContact": "IT"})
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
	if left := m.preferences(original); len(left) != 1 || left["SupportContact"] != "IT" {
		t.Errorf("the original's file has %v left", left)
	}
	if err := f.Clear(context.Background()); err != nil {
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
	data, err := Encode(found(settings.Defaults(), safari))
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
	s, problems, err := Decode(data)
	if err != nil || len(problems) != 1 || !s.Active() {
		t.Errorf("%v %v, active %v", err, problems, s.Active())
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []deferral.State{{}, found(settings.Defaults(), safari, tahoe)} {
		data, err := Encode(s)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("bplist00"))
	f.Add([]byte(`<?xml version="1.0"?><plist><dict><key>AppleSoftwareUpdatesForcedAfter</key><real>1e300</real></dict></plist>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, _, err := decode(data)
		if err != nil {
			return
		}
		s := got.state
		again, err := encode(s, got.mirrored)
		if err != nil {
			t.Fatalf("cannot be written again: %v", err)
		}
		back, _, err := Decode(again)
		if err != nil {
			t.Fatalf("cannot be read back: %v", err)
		}
		if !back.ForcedAfter.Equal(s.ForcedAfter) {
			t.Fatalf("the deadline changed from %v to %v", s.ForcedAfter, back.ForcedAfter)
		}
		decide(situation(s, 0))
	})
}

func TestADeadlineThatIsNoNumberIsNotOverdue(t *testing.T) {
	for _, v := range []any{"soon", "a[$(reboot)]", 1.5, -1, 0, []any{}, true} {
		data, err := plist.Encode(map[string]any{settings.KeyForcedAfter: v})
		if err != nil {
			t.Fatal(err)
		}
		s, problems, err := Decode(data)
		if err != nil || s.Active() || len(problems) == 0 && v != 0 {
			t.Errorf("a deadline of %v is %v, with the problems %v, %v", v, s.ForcedAfter, problems, err)
		}
	}
}

func TestADeadlineSetByALostClockIsKept(t *testing.T) {
	lost := clock.Moment{Wall: time.Unix(40, 0).UTC(), Continuous: time.Minute, Boot: "one"}
	st := deferral.State{}.Checked(deferral.Found, []deferral.Update{safari}, settings.Defaults(), intel, lost, time.UTC).Deferred(time.Hour, lost)
	data, err := Encode(st)
	if err != nil {
		t.Fatal(err)
	}
	back, problems, err := Decode(data)
	if err != nil || len(problems) > 0 || !back.ForcedAfter.Equal(st.ForcedAfter) || !back.DeferredUntil.Equal(st.DeferredUntil) {
		t.Errorf("read %v and %v with %v, %v; want %v and %v", back.ForcedAfter, back.DeferredUntil, problems, err, st.ForcedAfter, st.DeferredUntil)
	}
}
