package history

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// A memory is a disk for one file.
type memory struct {
	data  []byte
	fails error
}

func (m *memory) Read() ([]byte, error) {
	if m.data == nil {
		return nil, fs.ErrNotExist
	}
	return m.data, m.fails
}

func (m *memory) Write(data []byte) error {
	m.data = bytes.Clone(data)
	return nil
}

func (m *memory) Remove() error {
	m.data = nil
	return nil
}

func (m *memory) append(t *testing.T, at time.Time, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if _, _, err := Append(m, []Event{{What: Prompt, Text: text}}, at); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAppend(t *testing.T) {
	m := &memory{}
	m.append(t, noon, "one", "two \"quoted\"\n<&>")
	m.append(t, noon.Add(time.Hour), "three")
	events, changed := Read(m.data)
	if len(events) != 3 || changed != 0 || events[1].Text != "two \"quoted\"\n<&>" || !events[2].At.Equal(noon.Add(time.Hour)) || events[2].Number != 3 {
		t.Errorf("%+v, changed %d", events, changed)
	}
	length, sum := Last(m.data)
	if length != 3 || len(sum) != 32 {
		t.Errorf("the last says %d, %q", length, sum)
	}
	if n := bytes.Count(m.data, []byte("\n")); n != 3 {
		t.Errorf("%d lines", n)
	}
	t.Run("old events go, and the numbers go on", func(t *testing.T) {
		m.append(t, noon.Add(kept+30*time.Minute), "four")
		events, changed := Read(m.data)
		if len(events) != 2 || changed != 0 || events[0].Text != "three" || events[1].Number != 4 {
			t.Errorf("%+v, changed %d", events, changed)
		}
	})
	t.Run("of many the oldest go", func(t *testing.T) {
		for i := range 1200 {
			m.append(t, noon.Add(kept), fmt.Sprint(i, strings.Repeat("x", 1000)))
		}
		events, changed := Read(m.data)
		if len(m.data) > fileMost || len(events) < 200 || changed != 0 || len(events[0].Text) > textMost+3 {
			t.Errorf("%d bytes, %d events, changed %d", len(m.data), len(events), changed)
		}
		if length, _ := Last(m.data); length != 1204 {
			t.Errorf("%d were written", length)
		}
	})
	t.Run("a file that cannot be read begins anew", func(t *testing.T) {
		m.fails = errors.New("too large")
		m.append(t, noon, "again")
		m.fails = nil
		if events, _ := Read(m.data); len(events) != 1 {
			t.Errorf("%+v", events)
		}
	})
	t.Run("nothing is not written", func(t *testing.T) {
		none := &memory{}
		if _, _, err := Append(none, nil, noon); err != nil || none.data != nil {
			t.Errorf("%q, %v", none.data, err)
		}
	})
}

func TestWhatWasChangedIsFound(t *testing.T) {
	m := &memory{}
	m.append(t, noon, "one", "two", "three", "four")
	lines := bytes.SplitAfter(m.data, []byte("\n"))
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	for _, c := range []struct {
		name string
		data []byte
		want int
	}{
		{"nothing", m.data, 0},
		{"the oldest is gone, as with time", join(lines[1], lines[2], lines[3]), 0},
		{"the first text", bytes.Replace(m.data, []byte(`"one"`), []byte(`"ten"`), 1), 1},
		{"one is gone", join(lines[0], lines[2], lines[3]), 3},
		{"two are swapped", join(lines[0], lines[2], lines[1], lines[3]), 3},
		{"a text", bytes.Replace(m.data, []byte(`"three"`), []byte(`"tree"`), 1), 3},
		{"a time", bytes.Replace(m.data, []byte(`"n":2,"at":"2026`), []byte(`"n":2,"at":"2025`), 1), 2},
		{"a line that is none", join(lines[0], []byte("hello\n"), lines[1]), 2},
	} {
		if _, changed := Read(c.data); changed != c.want {
			t.Errorf("%s: changed from %d, want %d", c.name, changed, c.want)
		}
	}
	if length, sum := Last([]byte("rubbish")); length != 0 || sum != "" {
		t.Errorf("rubbish says %d, %q", length, sum)
	}
}

func FuzzAppend(f *testing.F) {
	m := &memory{}
	for i := range 3 {
		if _, _, err := Append(m, []Event{{What: Deadline, Text: fmt.Sprint(i)}}, noon); err != nil {
			f.Fatal(err)
		}
	}
	f.Add(m.data)
	f.Add([]byte(`{"n":1,"at":"2026-11-23T12:00:00Z","what":"x","sum":"\"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m := &memory{data: data}
		m.append(t, noon, "new")
		events, _ := Read(m.data)
		if len(events) == 0 || events[len(events)-1].Text != "new" || len(m.data) > fileMost && len(events) > 1 {
			t.Errorf("%+v", events)
		}
		if length, sum := Last(m.data); length != events[len(events)-1].Number || sum == "" {
			t.Errorf("the last says %d, %q", length, sum)
		}
	})
}
