package scenario

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzDecode gives any bytes to the reader: a scenario that can be written and
// read again as it is, or an error of one line.
func FuzzDecode(f *testing.F) {
	files, err := filepath.Glob("../../../docs/scenarios/*.json")
	if err != nil || len(files) == 0 {
		f.Fatalf("no examples of scenarios: %v", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{"mac": {"os": "26.6"}, "mac": {}}`))
	f.Add([]byte(`[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Decode(data)
		if err != nil {
			if text := err.Error(); text == "" || strings.ContainsAny(text, "\n\x00\x1b") {
				t.Errorf("an error that is not one line of text: %q", text)
			}
			return
		}
		written, err := s.Encode()
		if err != nil {
			t.Fatalf("cannot be written: %v", err)
		}
		again, err := Decode(written)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, written)
		}
		if back, err := again.Encode(); err != nil || !bytes.Equal(back, written) {
			t.Errorf("%v: became another scenario:\n%s\n%s", err, written, back)
		}
	})
}

func FuzzDecodeInto(f *testing.F) {
	f.Add([]byte(`{"shares": {"a": 1.5}, "updates": [{"label": "x", "download": "3m"}], "anything": {"a": [1, {"b": null}]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var v struct {
			Shares   map[string]float64 `json:"shares"`
			Updates  []Update           `json:"updates"`
			Anything map[string]any     `json:"anything"`
			hidden   string
		}
		if err := DecodeInto(data, &v); err == nil && v.hidden != "" {
			t.Error("a field that is not exported was read")
		}
	})
}
