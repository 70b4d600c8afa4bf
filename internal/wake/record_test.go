package wake

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"installordefer/internal/history"
	"installordefer/internal/logging"
)

// A pastDisk is a history in memory.
type pastDisk struct {
	data  []byte
	fails error
}

func (d *pastDisk) Read() ([]byte, error) { return d.data, d.fails }
func (d *pastDisk) Remove() error         { d.data = nil; return d.fails }
func (d *pastDisk) Write(data []byte) error {
	if d.fails == nil {
		d.data = data
	}
	return d.fails
}

// said is a log that keeps its errors.
type said struct{ errors []string }

func (*said) Debug(logging.Category, string, ...any)  {}
func (*said) Notice(logging.Category, string, ...any) {}
func (s *said) Error(_ logging.Category, format string, args ...any) {
	s.errors = append(s.errors, fmt.Sprintf(format, args...))
}

func TestRecord(t *testing.T) {
	disk, log := &pastDisk{}, &said{}
	d := &fake{}
	d.now.Wall = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	w := &wake{Job: &Job{History: disk, Log: log, Clock: d, Store: d}}
	w.s.State.ForcedAfter = w.now().Wall.Add(72 * time.Hour)
	w.record()
	w.record()
	events, _ := history.Read(disk.data)
	if len(events) != 1 || events[0].What != history.Deadline {
		t.Fatalf("one deadline and a save of the same became %+v", events)
	}
	if length, sum := w.historyMark(); length != 1 || sum == "" {
		t.Errorf("the status says %d, %q", length, sum)
	}
	t.Run("a disk that fails is told of once, and stops nothing", func(t *testing.T) {
		disk.fails = errors.New("full")
		for range 3 {
			w.s.State.Round.Prompts++
			w.record()
		}
		if len(log.errors) != 1 || !strings.Contains(log.errors[0], "full") {
			t.Errorf("the log says %q", log.errors)
		}
		disk.fails = nil
	})
	t.Run("it goes with the job, or stays", func(t *testing.T) {
		w.s.Settings.KeepHistory = true
		if err := w.clear(t.Context()); err != nil || disk.data == nil {
			t.Errorf("with KeepHistory: %v, gone %v", err, disk.data == nil)
		}
		w.s.Settings.KeepHistory = false
		if err := w.clear(t.Context()); err != nil || disk.data != nil {
			t.Errorf("without: %v, gone %v", err, disk.data == nil)
		}
	})
}
