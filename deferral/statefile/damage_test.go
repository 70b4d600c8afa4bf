package statefile

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"

	howett "howett.net/plist"

	"installordefer/deferral"
	"installordefer/deferral/settings"
	"installordefer/internal/clock"
	"installordefer/internal/plist"
)

// damaged is a state whose file was changed.
func damaged(t *testing.T, change func(top, round map[string]any)) (deferral.State, []settings.Problem) {
	t.Helper()
	st := found(settings.Defaults(), safari, tahoe).Deferred(4*time.Hour, at(0)).DownloadEnded([]string{safari.Label})
	data, err := Encode(st)
	if err != nil {
		t.Fatal(err)
	}
	var top map[string]any
	if _, err := howett.Unmarshal(data, &top); err != nil {
		t.Fatal(err)
	}
	change(top, top[settings.KeyRound].(map[string]any))
	if data, err = plist.Encode(top); err != nil {
		t.Fatal(err)
	}
	got, problems, err := Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	if !got.ForcedAfter.Equal(st.ForcedAfter) {
		t.Errorf("the deadline %v became %v", st.ForcedAfter, got.ForcedAfter)
	}
	return got, problems
}

func TestADamagedStateKeepsItsDeadlineAndSaysWhatIsWrong(t *testing.T) {
	for key, value := range map[string]any{
		"Boot is a number": map[string]any{"Wall": 1, "Continuous": 1, "Boot": 7},
		"text":             "yesterday",
	} {
		t.Run("a moment: "+key, func(t *testing.T) {
			got, problems := damaged(t, func(_, round map[string]any) { round["LastCheckAt"] = value })
			if len(problems) != 1 || problems[0].Reason != "not a moment" || got.LastCheck.At != (clock.Moment{}) {
				t.Errorf("%v: %v", got.LastCheck.At, problems)
			}
		})
	}
	for name, c := range map[string]struct {
		key, reason string
		value       any
	}{
		"a step that is none":     {"StepKind", "not a step", "dance"},
		"text that is a number":   {"Scope", "not text", 7},
		"a flag that is text":     {"Proven", "neither true nor false", "maybe"},
		"labels that are text":    {"Downloaded", "not a list of labels", []any{"a"}},
		"labels that are none":    {"Downloaded", "not a list of labels", "a"},
		"updates without a label": {"Updates", "not a list of updates", []any{map[string]any{"Title": "a"}}},
		"updates that are text":   {"Updates", "not a list of updates", []any{"a"}},
		"no updates":              {"Updates", "not a list of updates", []any{}},
		"a count below zero":      {"Deferrals", "not a whole number from 0 to 1073741824", -1},
	} {
		t.Run(name, func(t *testing.T) {
			got, problems := damaged(t, func(_, round map[string]any) { round[c.key] = c.value })
			if len(problems) != 1 || problems[0].Key != c.key || problems[0].Reason != c.reason {
				t.Errorf("got %v", problems)
			}
			if got.Proven || got.Round.Step.Kind != deferral.NoStep {
				t.Errorf("what is wrong counts: %+v", got)
			}
		})
	}
	t.Run("a round that is text", func(t *testing.T) {
		got, problems := damaged(t, func(top, _ map[string]any) { top[settings.KeyRound] = "round" })
		if len(problems) != 1 || problems[0].Reason != "not a dictionary" || !reflect.DeepEqual(got.Round, deferral.Round{}) {
			t.Errorf("%+v: %v", got.Round, problems)
		}
	})
}

func TestATitleWithWhatAPropertyListCannotHoldIsStillSaved(t *testing.T) {
	odd := safari
	odd.Name = "Sa\x01fa\uFFFEri\xff 27"
	data, err := Encode(found(settings.Defaults(), odd))
	if err != nil {
		t.Fatal(err)
	}
	got, problems, err := Decode(data)
	if err != nil || len(problems) > 0 || got.Round.Updates[0].Name != "Safari 27" {
		t.Errorf("%+v, %v, %v", got.Round.Updates, problems, err)
	}
}

func TestUpdatesOfAState(t *testing.T) {
	for about, c := range map[string]struct {
		fields map[string]any
		want   string
	}{
		"are called by their name":                         {map[string]any{"Name": "Safari 27.0"}, "Safari 27.0"},
		"of an older file are called by their title alone": {map[string]any{"Title": "macOS Background Security Improvement (a)", "Version": "26.3.1 (a)"}, "macOS Background Security Improvement (a)"},
		"of an older file may have no version":             {map[string]any{"Title": "Safari 27.0"}, "Safari 27.0"},
	} {
		t.Run(about, func(t *testing.T) {
			got, problems := damaged(t, func(_, round map[string]any) {
				update := round["Updates"].([]any)[0].(map[string]any)
				delete(update, "Name")
				maps.Copy(update, c.fields)
			})
			if len(problems) > 0 || got.Round.Updates[0].Name != c.want {
				t.Errorf("%+v: %v", got.Round.Updates[0], problems)
			}
		})
	}
}

// A failing disk fails at the file named.
type failing struct {
	*memory
	read, write, remove, aside string
}

var errDisk = errors.New("input/output error")

func (f *failing) Read(path string) ([]byte, error) {
	if path == f.read {
		return nil, errDisk
	}
	return f.memory.Read(path)
}

func (f *failing) Write(path string, data []byte) error {
	if path == f.write {
		return errDisk
	}
	return f.memory.Write(path, data)
}

func (f *failing) Remove(path string) error {
	if path == f.remove {
		return errDisk
	}
	return f.memory.Remove(path)
}

func (f *failing) SetAside(path string) (string, error) {
	if path == f.aside {
		return "", errDisk
	}
	return f.memory.SetAside(path)
}

func onFailing(f failing) (*Store, *failing) {
	store, m := newStore()
	f.memory = m
	store.Disk, store.Defaults = &f, m
	return store, &f
}

func TestADiskThatDoesNotAnswerIsAnErrorAndNoState(t *testing.T) {
	for _, path := range []string{"state", "copy"} {
		store, _ := onFailing(failing{read: path})
		if _, _, err := store.Load(); !errors.Is(err, errDisk) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: got %v", path, err)
		}
	}
}

func TestABrokenStateThatCannotBeMovedIsReportedAndStays(t *testing.T) {
	store, f := onFailing(failing{aside: "state"})
	f.files["state"] = []byte("rubbish")
	_, problems, err := store.Load()
	if err != nil || len(problems) != 1 || !strings.Contains(problems[0].Used, errDisk.Error()) || string(f.files["state"]) != "rubbish" {
		t.Errorf("%v, %v, %q", problems, err, f.files["state"])
	}
}

func TestARemovalThatTheDiskRefusesIsAnError(t *testing.T) {
	for _, path := range []string{"copy", "state"} {
		store, _ := onFailing(failing{remove: path})
		if err := store.Save(found(settings.Defaults(), tahoe)); err != nil {
			t.Fatal(err)
		}
		if err := store.Clear(context.Background()); !errors.Is(err, errDisk) {
			t.Errorf("%s: got %v", path, err)
		}
	}
}

func TestADeadlineThatCannotBeCopiedIsNotSaved(t *testing.T) {
	store, f := onFailing(failing{write: "copy"})
	if err := store.Save(found(settings.Defaults(), tahoe)); !errors.Is(err, errDisk) || f.files["state"] != nil {
		t.Errorf("%v; the state has %d bytes", err, len(f.files["state"]))
	}
}

func TestOriginalsThatCannotBeReadAreReportedAndLeft(t *testing.T) {
	store, f := onFailing(failing{})
	f.files[original+".plist"] = []byte("rubbish")
	st, problems, err := store.Load()
	if err != nil || len(problems) != 1 || problems[0].Key != original+".plist" || st.Active() {
		t.Errorf("%v, %v", problems, err)
	}
	// One that breaks between reading and saving is left as it is.
	data, err := plist.Encode(map[string]any{settings.KeyForcedAfter: monday.Add(time.Hour).Unix()})
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*failing){
		"unreadable": func(f *failing) { f.read = original + ".plist" },
		"rubbish":    func(f *failing) { f.files[original+".plist"] = []byte("rubbish") },
	} {
		store, f := onFailing(failing{})
		f.files[original+".plist"] = data
		st, _, err := store.Load()
		if err != nil || !st.Active() {
			t.Fatalf("%s: %+v, %v", name, st, err)
		}
		change(f)
		before := string(f.files[original+".plist"])
		err = errors.Join(store.Save(st), store.Mirror(t.Context()))
		if err != nil || string(f.files[original+".plist"]) != before {
			t.Errorf("%s: %v; the original's file became %q", name, err, f.files[original+".plist"])
		}
	}
}
