package statefile

import (
	"strings"
	"testing"
	"time"

	"installordefer/deferral"
	"installordefer/internal/plist"
)

func TestAHoldIsKeptInAFileOfItsOwn(t *testing.T) {
	m := &memory{files: map[string][]byte{}, left: -1}
	f := HoldFile{Disk: m, Path: "hold"}
	if h, err := f.Load(); err != nil || h != (deferral.Hold{}) {
		t.Fatalf("without a file: %v, %v", h, err)
	}
	want := deferral.Hold{Since: monday, Until: monday.Add(8 * time.Hour), Reason: "CEO on stage until 17:00"}
	if err := f.Save(want); err != nil {
		t.Fatal(err)
	}
	if h, err := f.Load(); err != nil || h != want {
		t.Errorf("read back as %v, %v", h, err)
	}
	if err := f.Clear(); err != nil {
		t.Fatal(err)
	}
	if h, err := f.Load(); err != nil || h != (deferral.Hold{}) {
		t.Errorf("after it was ended: %v, %v", h, err)
	}
}

func TestAHoldWhoseTimesCannotBeHoldsNothing(t *testing.T) {
	second := monday.Unix()
	for name, dict := range map[string]map[string]any{
		"no times":               {"Reason": "x"},
		"an end before it began": {"Since": second, "Until": second - 1},
		"no end":                 {"Since": second},
		"longer than a week":     {"Since": second, "Until": second + 8*24*3600},
		"a text":                 {"Since": second, "Until": "tomorrow"},
		"before 1970":            {"Since": int64(-1), "Until": int64(3600)},
	} {
		data, err := plist.Encode(dict)
		if err != nil {
			t.Fatal(err)
		}
		if h, err := decodeHold(data); err == nil || h != (deferral.Hold{}) {
			t.Errorf("%s: %v", name, h)
		}
	}
	if _, err := decodeHold([]byte("hold")); err == nil || !strings.Contains(err.Error(), "read the hold") {
		t.Errorf("no property list: %v", err)
	}
}

// A Mac whose clock has lost the date says that it is 1970 until it is set.
func TestAHoldByAClockThatHasLostTheDateHolds(t *testing.T) {
	f := HoldFile{Disk: &memory{files: map[string][]byte{}, left: -1}, Path: "hold"}
	want := deferral.Hold{Since: time.Unix(0, 0).UTC(), Until: time.Unix(8*3600, 0).UTC()}
	if err := f.Save(want); err != nil {
		t.Fatal(err)
	}
	if h, err := f.Load(); err != nil || h != want {
		t.Errorf("read back as %v, %v", h, err)
	}
}

func FuzzDecodeHold(f *testing.F) {
	data, err := plist.Encode(map[string]any{"Since": monday.Unix(), "Until": monday.Unix() + 3600, "Reason": "x"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		if h, err := decodeHold(data); err == nil && (!h.Until.After(h.Since) || h.Until.Sub(h.Since) > deferral.HoldMost) {
			t.Errorf("a hold from %v to %v", h.Since, h.Until)
		}
	})
}
