package deferral

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// offered says what is offered, as "4h0m0s" or, of a time of the day, "Mon 19:00".
func offered(s Situation) []string {
	var out []string
	for _, o := range s.Offers(Act{}) {
		if o.Fixed {
			out = append(out, o.Until.Format("Mon 15:04"))
			continue
		}
		out = append(out, o.For.String())
	}
	return out
}

func TestOffers(t *testing.T) {
	// Updates are found on Monday at 10:00 UTC; the deadline is Thursday at 10:00.
	for _, c := range []struct {
		name   string
		values map[string]any
		after  time.Duration
		want   []string
		last   bool
	}{
		{"by default one", nil, time.Hour, []string{"4h0m0s"}, false},
		{"times of the day beside the usual one", map[string]any{"DeferralTimes": []any{"12:00", "19:00"}}, time.Hour, []string{"Mon 12:00", "4h0m0s", "Mon 19:00"}, false},
		{"that the deadline comes before are not offered", map[string]any{"DeferralTimes": []any{"09:00", "19:00"}}, 58 * time.Hour, []string{"4h0m0s", "Thu 09:00"}, false},
		{"the last prompt before the deadline", nil, 69 * time.Hour, []string{"3h0m0s"}, true},
		{"a short choice makes it not the last", map[string]any{"DeferralChoices": []any{3600, 14400}}, 69 * time.Hour, []string{"1h0m0s"}, false},
		{"a time of the day makes it not the last", map[string]any{"DeferralTimes": []any{"08:00"}}, 69 * time.Hour, []string{"Thu 08:00"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			set := read(t, c.values)
			s := situation(found(set, safari), c.after)
			s.Settings = set
			if d := cmp.Diff(c.want, offered(s)); d != "" {
				t.Error(d)
			}
			if a := decidePrompt(&s); a.Last != c.last {
				t.Errorf("the last: %v", a.Last)
			}
		})
	}
}

func TestATimeOfTheDayIsKept(t *testing.T) {
	set := read(t, map[string]any{"DeferralTimes": []any{"12:00"}, "MaxDeferralTime": 7 * 86400})
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	// The clock goes back on Sunday, 25 October, and forward on 28 March.
	for _, c := range []struct {
		name, now, opened, at, want string
	}{
		{"of today", "2026-10-20T09:15:00", "", "12:00", "2026-10-20T12:00:00"},
		{"of tomorrow, where it has passed", "2026-10-20T12:00:01", "", "12:00", "2026-10-21T12:00:00"},
		{"of tomorrow, where it is too near", "2026-10-20T11:55:00", "", "12:00", "2026-10-21T12:00:00"},
		{"over the night on which the clock goes back", "2026-10-24T20:00:00", "", "12:00", "2026-10-25T12:00:00"},
		{"the first time where it comes twice", "2026-10-24T20:00:00", "", "02:30", "2026-10-25T02:30:00"},
		{"the moment of the jump where it does not come", "2027-03-27T20:00:00", "", "02:30", "2027-03-28T03:00:00"},
		{"chosen after a while", "2026-10-20T09:15:00", "50m", "12:00", "2026-10-20T12:00:00"},
		{"chosen when it has passed", "2026-10-20T11:30:00", "50m", "12:00", "2026-10-20T12:25:16"},
	} {
		t.Run(c.name, func(t *testing.T) {
			now := at(0)
			wall, err := time.ParseInLocation("2006-01-02T15:04:05", c.now, berlin)
			if err != nil {
				t.Fatal(err)
			}
			now.Wall = wall.UTC()
			set := set
			set.DeferralTimes = read(t, map[string]any{"DeferralTimes": []any{c.at}}).DeferralTimes
			s := situationAt(State{}.Checked(Found, []Update{safari}, set, intel, now, berlin), now)
			s.Settings, s.Zone = set, berlin
			offers := s.Offers(Act{})
			for _, o := range offers {
				if !o.Fixed {
					continue
				}
				after, _ := time.ParseDuration(c.opened)
				s.Now = s.Now.Add(after)
				s.Wake.Answer = &Answer{To: Prompt, Who: ada, Reply: Defer, For: o.For, Until: o.Until}
				s.Now = s.Now.Add(16 * time.Second) // the look who is there takes its time
				see(&s, People{Person: ada, Present: true})
				s.judge()
				if got := s.State.DeferredUntil.In(berlin).Format("2006-01-02T15:04:05"); got != c.want {
					t.Errorf("deferred until %s, want %s", got, c.want)
				}
				if s.State.DeferralSetting() != "DeferralTimes" {
					t.Errorf("by %q", s.State.DeferralSetting())
				}
				st, notes := Settle(s.State, set, s.Now, berlin)
				if !st.DeferredUntil.Equal(s.State.DeferredUntil) || len(notes) > 0 {
					t.Errorf("settled until %v: %v", st.DeferredUntil, notes)
				}
				return
			}
			t.Errorf("nothing until a time of the day among %s", fmt.Sprint(offers))
		})
	}
}
