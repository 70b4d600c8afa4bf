package forecast_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"installordefer/internal/fleet"
	"installordefer/internal/forecast"
	"installordefer/internal/history"
	"installordefer/internal/statusfile"
)

func office(t *testing.T) *forecast.Mix {
	t.Helper()
	mix, err := forecast.Office()
	if err != nil {
		t.Fatal(err)
	}
	return mix
}

// few is how many of so many Macs live with -short: a fifth.
func few(macs int) int {
	if testing.Short() {
		return macs / 5
	}
	return macs
}

// two are two policies of which the second is stricter.
func two(mix *forecast.Mix, macs, days int) forecast.Order {
	return forecast.Order{
		Mix: mix, Identifier: "com.example", Macs: macs, Days: days, Seed: 7,
		Policies: []forecast.Policy{
			{Name: "patient.plist", Settings: map[string]any{"MaxDeferralTime": 432000.0, "DeferralPeriod": 14400.0}},
			{Name: "strict.plist", Settings: map[string]any{"MaxDeferralTime": 86400.0, "DeferralPeriod": 7200.0}},
		},
	}
}

func run(t *testing.T, o forecast.Order) *forecast.Forecast {
	t.Helper()
	f, err := forecast.Run(o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestRun(t *testing.T) {
	lived, macs := 0, few(75)
	o := two(office(t), macs, 7)
	o.Progress = func(n int) { lived = n }
	f := run(t, o)
	if lived != macs {
		t.Errorf("%d Macs were said to have lived", lived)
	}
	t.Run("the stricter policy is done sooner", func(t *testing.T) {
		at := func(p int) float64 { return f.Policies[p].Curve[2*24/6].Share }
		if at(1) <= at(0) {
			t.Errorf("after two days %v comply under the strict policy, and %v under the patient one", at(1), at(0))
		}
	})
	t.Run("every Mac is counted once", func(t *testing.T) {
		for _, p := range f.Policies {
			never := 0
			for _, n := range p.Never {
				never += n.Macs
			}
			if complied := macs - never; p.Curve[len(p.Curve)-1].Share != float64(int(1000*float64(complied)/float64(macs)+0.5))/1000 {
				t.Errorf("%s: %v at the end, but %d never", p.Name, p.Curve[len(p.Curve)-1], never)
			}
			by := map[string]int{}
			for _, g := range p.Groups {
				by[g.Trait] += g.Macs
			}
			for trait, n := range by {
				if n != macs {
					t.Errorf("%s: %d Macs by %s", p.Name, n, trait)
				}
			}
		}
	})
}

func TestTheSameSeedGivesTheSameForecastOnAnyNumberOfProcessors(t *testing.T) {
	o := two(office(t), few(30), 4)
	said := func(processors int, seed uint64) string {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
		o.Seed = seed
		data, err := json.Marshal(run(t, o))
		if err != nil {
			t.Fatal(err)
		}
		return strings.Replace(string(data), fmt.Sprintf(`"seed":%d`, seed), "", 1)
	}
	one := said(1, 7)
	if diff := cmp.Diff(one, said(4, 7)); diff != "" {
		t.Error(diff)
	}
	if one == said(2, 8) {
		t.Error("another seed gives the same")
	}
}

func TestEveryDrawnMacCanBeRehearsed(t *testing.T) {
	o := two(office(t), 400, 14)
	for n := 1; n <= 400; n++ {
		s, traits := o.Scenario(n)
		if _, err := s.Encode(); err != nil {
			t.Fatalf("Mac %d, %+v: %v", n, traits, err)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	good := string(forecast.OfficeText())
	for _, c := range []struct{ from, to, want string }{
		{`"hours"`, `"hour"`, `there is no field "hour"; did you mean "hours"?`},
		{`"laptops": 80`, `"laptops": 180`, `laptops: it is 180, but must be between 0 and 100`},
		{`"Europe/Berlin"`, `"Berlin"`, `zones: "Berlin" is not a time zone`},
		{`"never answers"`, `"hates it"`, `temperaments: there is no "hates it"; there are`},
		{`"never answers"`, `"as learned"`, `temperaments: "as learned" needs histories`},
		{`"disk full": 1.5`, `"disk full": 99.5`, `troubles: they are percentages of the Macs, and come to 103`},
		{`"intel": 15`, `"intel": -15`, `hardware: the share of "intel" is -15`},
		{`"intel": 15`, `"intel": "many"`, `hardware.intel: a number is wanted`},
		{`"macOS": "26.6"`, `"macOS": ""`, `catalogue[0]`},
		{`"2026-10-05T04:00:00Z"`, `"1926-10-05T04:00:00Z"`, `start: it is 1926`},
	} {
		_, err := forecast.Decode([]byte(strings.Replace(good, c.from, c.to, 1)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %s", c.to, err, c.want)
		}
	}
	t.Run("shares that are all 0 are nobody's", func(t *testing.T) {
		_, err := forecast.Decode([]byte(strings.Replace(good, `"apple silicon": 85, "intel": 15`, ``, 1)))
		if err == nil || !strings.Contains(err.Error(), "hardware: nobody has a share of it") {
			t.Error(err)
		}
	})
}

func TestStatuses(t *testing.T) {
	var s forecast.Statuses
	add := func(st statusfile.Status) {
		t.Helper()
		if err := s.Mac(fleet.Mac{Name: "x", Status: st}); err != nil {
			t.Fatal(err)
		}
	}
	behind := statusfile.Status{Word: statusfile.Deferred, MacOS: "26.6", Build: "25G72", Hardware: "intel", Updates: []statusfile.Update{{Label: "macOS Tahoe 26.7-25G229", Name: "macOS Tahoe 26.7", Restart: true}}}
	for range 3 {
		add(behind)
	}
	add(statusfile.Status{Word: statusfile.Current, MacOS: "26.7", Build: "25G229", Hardware: "apple-silicon"})
	add(statusfile.Status{Word: statusfile.Unknown})
	s.NoStatus("here", nil)
	mix := office(t)
	if !s.Apply(mix) || s.Macs != 5 || s.Skipped != 1 {
		t.Fatalf("%+v", s)
	}
	if len(mix.Catalogue) != 2 || mix.Catalogue[0].Share != 3 || mix.Catalogue[0].Updates[0].Build != "25G229" || mix.Catalogue[0].Updates[0].Version != "26.7" {
		t.Fatalf("%+v", mix.Catalogue)
	}
	f := run(t, two(mix, few(60), 5))
	for _, g := range f.Policies[1].Groups {
		if g.Name == "apple silicon" && g.Complied != 1 {
			t.Errorf("of the Macs that are current %v comply", g.Complied)
		}
	}
	if f.Policies[1].Missing == 0 || f.Policies[1].Missing >= few(60) {
		t.Errorf("%d Macs lack something", f.Policies[1].Missing)
	}
	if (&forecast.Statuses{}).Apply(mix) {
		t.Error("no status is a fleet")
	}
}

// A paper is a history that is kept nowhere.
type paper struct{ data []byte }

func (p *paper) Read() ([]byte, error) { return p.data, nil }

func (p *paper) Write(data []byte) error { p.data = data; return nil }

func (p *paper) Remove() error { p.data = nil; return nil }

// past is a history of somebody who defers so many times and then runs.
func past(t *testing.T, deferrals int) []byte {
	t.Helper()
	var p paper
	at := time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)
	happens := func(what history.Kind, text string) {
		at = at.Add(20 * time.Second)
		if _, _, err := history.Append(&p, []history.Event{{What: what, Text: text}}, at); err != nil {
			t.Fatal(err)
		}
	}
	happens(history.Deadline, "A deadline was set.")
	for range deferrals {
		happens(history.Prompt, "Somebody was asked to run the updates or to defer.")
		happens(history.Answer, history.WasDeferred)
	}
	happens(history.Prompt, "Somebody was asked to run the updates or to defer.")
	happens(history.Attempt, "Installing: x.")
	return p.data
}

func TestLearner(t *testing.T) {
	dialogs := func(deferrals int) float64 {
		var l forecast.Learner
		l.Take(past(t, deferrals))
		l.Take([]byte("rubbish"))
		l.Take(nil)
		if l.Histories != 1 || l.Others != 2 {
			t.Fatalf("%+v", l)
		}
		mix := office(t)
		l.Teach(mix)
		mix.Hardware = forecast.Shares{"intel": 1}
		o := two(mix, few(60), 4)
		f := run(t, o)
		s, traits := o.Scenario(1)
		if len(s.People) == 1 && len(s.People[0].Answers) != deferrals+1 || traits.Temperament != "as learned" {
			t.Errorf("%+v %+v", traits, s.People)
		}
		if !f.Learned {
			t.Error("it does not say that it has learned")
		}
		return f.Policies[0].Burden.DialogsAtWork
	}
	if few, many := dialogs(0), dialogs(4); few >= many {
		t.Errorf("who runs at once sees %v dialogs, and who defers four times %v", few, many)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(forecast.OfficeText())
	f.Add([]byte(`{"zones": {"UTC": 1}, "start": "2026-10-05T04:00:00Z", "hardware": {"intel": 1}, "temperaments": {"never answers": 1e300}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		mix, err := forecast.Decode(data)
		if err != nil {
			return
		}
		for n := 1; n < 4; n++ {
			s, _ := two(mix, 4, 3).Scenario(n)
			if err := s.Check(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestAMacOnWhichTheJobStaysHasCompliedToo(t *testing.T) {
	o := two(office(t), 20, 6)
	stays := map[string]any{"RemoveWhenDone": false}
	for key, value := range o.Policies[1].Settings {
		stays[key] = value
	}
	o.Policies = []forecast.Policy{o.Policies[1], {Name: "stays.plist", Settings: stays}}
	f := run(t, o)
	end := func(p int) float64 { c := f.Policies[p].Curve; return c[len(c)-1].Share }
	if end(0) == 0 || end(1) != end(0) {
		t.Errorf("%v comply where the job goes, and %v where it stays", end(0), end(1))
	}
}
