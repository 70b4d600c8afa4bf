package statusfile_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"installordefer/internal/golden"
	"installordefer/internal/plist"
	"installordefer/internal/statusfile"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func full() statusfile.Status {
	return statusfile.Status{
		Identifier: "com.example.updates", Version: "1.2.3", Word: statusfile.Blocked, WaitingFor: "power adapter", Setting: "MinimumBatteryPercent",
		MacOS: "26.6", Build: "25G72", Hardware: "apple-silicon", Deadline: noon, DeferredUntil: noon.Add(-time.Hour),
		Updates:   []statusfile.Update{{Label: "macOS Tahoe 26.7-25G229", Name: "macOS <Tahoe> & \x00\xff\"26.7\"", Restart: true}, {Label: "Safari", Name: "Safari"}},
		Deferrals: 3, Prompts: 5, Restarts: 1, Failures: 2,
		LastCheck: noon.Add(-time.Minute), LastCheckOutcome: "updates", LastError: "no space", LastErrorAt: noon.Add(-time.Second),
		HistoryLength: 12, HistorySum: "00112233445566778899aabbccddeeff", ConsoleUser: "ada", Written: noon,
	}
}

func decoded(t *testing.T, data []byte) statusfile.Status {
	t.Helper()
	dict, err := plist.Decode(data, statusfile.MaxFile)
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	s, err := statusfile.FromDict(dict)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEncode(t *testing.T) {
	golden.Check(t, "testdata/full.plist", full().Encode())
	golden.Check(t, "testdata/current.plist", statusfile.Status{Identifier: "com.example.updates", Version: "1.2.3", Word: statusfile.Current, MacOS: "26.7", Build: "25G229", Hardware: "intel", Written: noon}.Encode())
	t.Run("what was written is read again, but for what XML cannot hold", func(t *testing.T) {
		want := full()
		want.Updates[0].Name = "macOS <Tahoe> &  \uFFFD\"26.7\""
		if diff := cmp.Diff(want, decoded(t, full().Encode())); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("a program of others reads it", func(t *testing.T) {
		python, err := exec.LookPath("python3")
		if err != nil {
			t.Skip("no python3")
		}
		file := filepath.Join(t.TempDir(), "status.plist")
		if err := os.WriteFile(file, full().Encode(), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(python, "-c", "import plistlib,json,sys; print(json.dumps(plistlib.load(open(sys.argv[1],'rb'))))", file).CombinedOutput()
		var dict map[string]any
		if err != nil || json.Unmarshal(out, &dict) != nil {
			t.Fatalf("%v: %s", err, out)
		}
		s, err := statusfile.FromDict(dict)
		if err != nil || s.Word != statusfile.Blocked || !s.Deadline.Equal(noon) || s.Deferrals != 3 || len(s.Updates) != 2 {
			t.Errorf("%+v, %v", s, err)
		}
	})
}

func TestFromDict(t *testing.T) {
	for _, c := range []struct {
		name string
		dict map[string]any
		says string
	}{
		{"no status", map[string]any{"a": "b"}, "no status"},
		{"a schema and nothing else", map[string]any{"schema": 1.0}, "no status"},
		{"a later schema with fields that are not known", map[string]any{"schema": 9.0, "status": "current", "moon": "full"}, ""},
		{"a word that is not known", map[string]any{"schema": 1.0, "status": "sunny"}, ""},
		{"a number for a text", map[string]any{"schema": 1.0, "status": 3.0}, "status is 3"},
		{"a text for a number", map[string]any{"schema": 1.0, "status": "due", "prompts": "many"}, "prompts is many"},
		{"half a prompt", map[string]any{"schema": 1.0, "status": "due", "prompts": 1.5}, "prompts is 1.5"},
		{"a date that is none", map[string]any{"schema": 1.0, "status": "due", "deadline": "soon"}, "deadline is soon"},
		{"updates that are no list", map[string]any{"schema": 1.0, "status": "due", "updates": "Safari"}, "updates is Safari"},
		{"an update that is no dictionary", map[string]any{"schema": 1.0, "status": "due", "updates": []any{"Safari"}}, "updates is Safari"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := statusfile.FromDict(c.dict)
			if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %q", err, c.says)
			}
		})
	}
}

// A memory is a disk that counts what is written.
type memory struct {
	data   []byte
	writes int
	fails  error
}

func (m *memory) Read() ([]byte, error) {
	if m.data == nil {
		return nil, fs.ErrNotExist
	}
	return m.data, nil
}

func (m *memory) Write(data []byte) error {
	if m.fails == nil {
		m.data, m.writes = data, m.writes+1
	}
	return m.fails
}

func TestPublish(t *testing.T) {
	m := &memory{}
	publish := func(s statusfile.Status, after time.Duration, writes int, what string) {
		t.Helper()
		before := m.writes
		if err := statusfile.Publish(m, s, noon.Add(after)); err != nil {
			t.Fatal(err)
		}
		if m.writes-before != writes {
			t.Errorf("%s: written %d times, want %d", what, m.writes-before, writes)
		}
		if got := decoded(t, m.data); writes > 0 && !got.Written.Equal(noon.Add(after)) {
			t.Errorf("%s: written at %v", what, got.Written)
		}
	}
	s := full()
	publish(s, 0, 1, "the first")
	publish(s, time.Hour, 0, "the same")
	s.Deferrals++
	publish(s, 2*time.Hour, 1, "another")
	publish(s, 25*time.Hour, 0, "the same for less than a day")
	publish(s, 26*time.Hour, 1, "the same for a day")
	publish(s, 20*time.Hour, 1, "written in the future, by a clock that was wrong")
	m.data = []byte("rubbish")
	publish(s, 21*time.Hour, 1, "rubbish")
	m.fails = errors.New("full")
	s.Deferrals++
	if err := statusfile.Publish(m, s, noon); !errors.Is(err, m.fails) {
		t.Errorf("a disk that is full gave %v", err)
	}
}

func TestAFileIsForEverybodyToRead(t *testing.T) {
	f := statusfile.File(filepath.Join(t.TempDir(), "status.plist"))
	if err := statusfile.Publish(f, full(), noon); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(string(f)); err != nil || info.Mode() != 0o644 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}
