package statefile

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"installordefer/deferral"
	"installordefer/deferral/settings"
)

func TestAStateThatIsWrittenCanAlwaysBeRead(t *testing.T) {
	long, many := safari, []deferral.Update(nil)
	long.Name = strings.Repeat("é", 60_000)
	for i := range 2000 {
		u := safari
		u.Label += fmt.Sprint(i)
		many = append(many, u)
	}
	for name, updates := range map[string][]deferral.Update{"a title of pages": {long, tahoe}, "thousands of updates": many} {
		t.Run(name, func(t *testing.T) {
			store, disk := newStore()
			st := found(settings.Defaults(), updates...).Deferred(4*time.Hour, at(0))
			if err := store.Save(st); err != nil {
				t.Fatal(err)
			}
			got, problems, err := reopen(disk).Load()
			if err != nil || len(problems) > 0 {
				t.Fatalf("%v, %v", problems, err)
			}
			if !got.ForcedAfter.Equal(st.ForcedAfter) || !got.DeferredUntil.Equal(st.DeferredUntil) {
				t.Errorf("the deadline %v and the deferral %v became %v and %v", st.ForcedAfter, st.DeferredUntil, got.ForcedAfter, got.DeferredUntil)
			}
			if len(updates) == 2 {
				if len(got.Round.Updates) != 2 || len(got.Round.Updates[0].Name) > longText+len("…") || got.Round.Updates[1] != tahoe {
					t.Errorf("the updates became %d", len(got.Round.Updates))
				}
				return
			}
			s := situation(got, time.Minute)
			s.Wake.Checked = false
			if d := decide(s); d.Do != deferral.DoCheck {
				t.Errorf("without updates it decides to %s", d.Do)
			}
			s.State, s.Wake.Checked = got.Checked(deferral.Found, updates, settings.Defaults(), intel, at(time.Minute), time.UTC), true
			if d := decide(s); d.Do != deferral.Wait || d.Setting != "DeferralPeriod" {
				t.Errorf("with updates again it decides to %s: %s", d.Do, d.Why)
			}
		})
	}
}
