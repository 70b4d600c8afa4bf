package logging

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

// at is the time of every entry of a test.
var at = time.Date(2026, 10, 2, 16, 21, 7, 693_000_000, time.FixedZone("", -7*3600))

func fixed() time.Time { return at }

// A recorder is a sink that keeps what it gets, or fails.
type recorder struct {
	entries []Entry
	err     error
	closed  int
}

func (r *recorder) Log(e Entry) error {
	if r.err == nil {
		r.entries = append(r.entries, e)
	}
	return r.err
}

func (r *recorder) Close() error { r.closed++; return r.err }

func (r *recorder) texts() string {
	var b strings.Builder
	for _, e := range r.entries {
		fmt.Fprintf(&b, "%s %s: %s\n", e.Level, e.Category, e.Text)
	}
	return b.String()
}

func TestEachMethodLogsItsLevel(t *testing.T) {
	var r recorder
	log := New(&r, fixed)
	log.Debug(State, "mark %d", 1)
	log.Info(Settings, "DeferralPeriod is %v.", 4*time.Hour)
	log.Notice(Check, "Checking for updates.")
	log.Error(Download, "The download failed: %v", errors.New("no network"))
	want := "debug state: mark 1\ninfo settings: DeferralPeriod is 4h0m0s.\nnotice check: Checking for updates.\nerror download: The download failed: no network\n"
	if r.texts() != want {
		t.Errorf("got\n%s", r.texts())
	}
	if r.entries[0].Time != at {
		t.Errorf("logged at %v", r.entries[0].Time)
	}
}

func TestWithoutALoggerNothingHappens(t *testing.T) {
	var log *Logger
	log.Notice(Job, "nothing")
	if err := log.Close(); err != nil {
		t.Error(err)
	}
}

func TestAFailingLogStopsNothing(t *testing.T) {
	log := New(&recorder{err: errors.New("disk full")}, nil)
	log.Notice(Job, "goes on")
}

func TestALoggerServesSeveralGoroutines(t *testing.T) {
	var r recorder // has no lock of its own
	log := New(&r, nil)
	var logging sync.WaitGroup
	for range 8 {
		logging.Go(func() {
			for range 100 {
				log.Notice(Job, "x")
			}
		})
	}
	logging.Wait()
	if len(r.entries) != 800 {
		t.Errorf("got %d entries", len(r.entries))
	}
}

func TestATextIsOneLineThatShowsWhatItHolds(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", ""},
		{"Safari 27.0", "Safari 27.0"},
		{"ends with a newline\n", "ends with a newline"},
		{"two\nlines\r\nand\r more\n\n", `two\nlines\r\nand\r more`},
		{"a\ttab and a \x1b[31mcolour\x1b[0m", `a\ttab and a \x1b[31mcolour\x1b[0m`},
		{"a zero \x00 byte", `a zero \x00 byte`},
		{"broken \xff\xc2 UTF-8", `broken \xff\xc2 UTF-8`},
		{"the replacement \ufffd itself", "the replacement \ufffd itself"},
		{"macOS\u00a0Tahoe", "macOS\u00a0Tahoe"},
		{"right to left \u202e and back \u2066", `right to left \u202e and back \u2066`},
		{"line separator \u2028 here", `line separator \u2028 here`},
		{"Aktualisierung für macOS – „Tahoe“ 更新 😀", "Aktualisierung für macOS – „Tahoe“ 更新 😀"},
		{`it's a \ and a "quote" and 100% %s`, `it's a \ and a "quote" and 100% %s`},
	} {
		if got := clean(test.text); got != test.want {
			t.Errorf("%q: got %q, want %q", test.text, got, test.want)
		}
	}
}

func TestALongTextIsCutAndSaysSo(t *testing.T) {
	if got := clean(strings.Repeat("x", maxText)); len(got) != maxText || strings.Contains(got, "…") {
		t.Errorf("a text of maxText bytes became %d bytes", len(got))
	}
	for _, test := range []struct{ text, mark string }{
		{strings.Repeat("x", maxText+1), " [… cut; 1001 bytes in all]"},
		{strings.Repeat("更", 1000), " [… cut; 3000 bytes in all]"},
		{strings.Repeat("\n", 999) + "x", " [… cut; 1000 bytes in all]"},
		{strings.Repeat("\n", 2<<20) + "x", " [… cut; 2097153 bytes in all]"},
	} {
		got := clean(test.text)
		if !strings.HasSuffix(got, test.mark) || len(got) > maxText || len(got) < maxText-2 || !utf8.ValidString(got) {
			t.Errorf("got %d bytes that end with %q, want %q", len(got), got[max(0, len(got)-40):], test.mark)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, seed := range []string{"", "a\nb", "\xff\u202e\x00", strings.Repeat("更\n", 400)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := clean(s)
		if len(got) > maxText || !utf8.ValidString(got) {
			t.Errorf("%q became %q", s, got)
		}
		for _, r := range got {
			if !unicode.IsGraphic(r) {
				t.Errorf("%q became %q, with %q", s, got, r)
			}
		}
		if again := clean(got); again != got {
			t.Errorf("%q became %q, then %q", s, got, again)
		}
	})
}
