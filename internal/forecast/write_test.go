package forecast

import (
	"bytes"
	"strings"
	"testing"

	"installordefer/internal/golden"
)

// made is a forecast that no simulation has to repeat.
func made() *Forecast {
	policy := func(name string, share float64, never ...Never) Result {
		r := Result{Name: name, Missing: 9000, Never: never, reached: []string{"21 hours (14 hours to 2.1 days)", "3.0 days (2.8 days to 3.3 days)", "5.0 days (4.0 days to never)", "never (6.9 days to never)", "never (never to never)"}}
		for h := 0; h <= 7*24; h += step {
			at := share * float64(h) / (7 * 24)
			r.Curve = append(r.Curve, Point{h, at, at * 0.9, min(1, at*1.05)})
		}
		r.Burden = Burden{Dialogs: Spread{3, 8, 41}, Minutes: Spread{4, 61, 1209}, DialogsAtWork: 412.5, DialogsOff: 80.1, RestartsAtWork: 71.3, Forced: 4.2, WorkLost: 0.7}
		r.Groups = []Group{
			{"Temperament", "defers once", 6200, 0.991, 2.1, 80.2, 0}, {"Temperament", "never answers", 3800, 0.402, 31.5, 20, 1.9},
			{"Hardware", "apple silicon", 10000, 0.8, 13.2, 57.1, 0.7},
		}
		return r
	}
	return &Forecast{
		Assumption: Assumption, About: "An office.", Macs: 10000, Days: 7, Seed: 1, Fleets: 20, Learned: true,
		Policies: []Result{
			policy("now.plist", 0.93, Never{"overdue: next try", 612, "never answers", 19}, Never{"blocked: disk space", 80, "disk full", 4}),
			policy("<strict>.plist", 0.98, Never{"overdue: check", 7, "", 1203}),
		},
	}
}

func TestWriteText(t *testing.T) {
	var out bytes.Buffer
	if err := made().WriteText(&out); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/two.txt", out.Bytes())
	if !strings.Contains(out.String(), Assumption) {
		t.Error("it does not say that temperaments are assumptions")
	}
	t.Run("one policy and one fleet have neither letters nor bands", func(t *testing.T) {
		f := made()
		f.Policies, f.Fleets, f.Learned = f.Policies[:1], 1, false
		out.Reset()
		if err := f.WriteText(&out); err != nil {
			t.Fatal(err)
		}
		golden.Check(t, "testdata/one.txt", out.Bytes())
	})
}

func TestWritePage(t *testing.T) {
	var out bytes.Buffer
	if err := made().WritePage(&out); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/two.html", out.Bytes())
	for _, needs := range []string{"<script", " src=", " href=", "url(", "@import", "http:", "https:", "<strict>"} {
		if strings.Contains(out.String(), needs) {
			t.Errorf("the page has %s", needs)
		}
	}
	if !strings.Contains(out.String(), Assumption) {
		t.Error("it does not say that temperaments are assumptions")
	}
}
