package wake

import (
	"testing"
	"time"

	"installordefer/deferral"
	"installordefer/launchd"
	"installordefer/prompt"
)

func TestAnAnnouncement(t *testing.T) {
	for _, c := range []struct {
		name string
		mac  fake
		want deferral.Answer
	}{
		{"is seen to its end", fake{}, deferral.Answer{After: 5 * time.Minute}},
		{"is clicked", fake{answer: &prompt.Answer{Result: prompt.ResultRun}, lasts: time.Minute}, deferral.Answer{Reply: deferral.Run, After: time.Minute}},
		{"is put off", fake{answer: &prompt.Answer{Result: prompt.ResultDefer}, lasts: time.Minute}, deferral.Answer{Reply: deferral.Defer, For: 4 * time.Hour, After: time.Minute}},
		{"is closed", fake{answer: &prompt.Answer{Result: prompt.ResultNone, Why: "it was killed"}, lasts: time.Minute}, deferral.Answer{After: time.Minute, Why: "it was killed"}},
		{"ends early by itself", fake{answer: &prompt.Answer{Result: prompt.ResultTimeout}, lasts: time.Minute}, deferral.Answer{After: time.Minute, Why: "its countdown ended before its time"}},
		{"goes with the power adapter", fake{power: launchd.Power{Known: true, HasBattery: true, Percent: 9}}, deferral.Answer{After: 5 * time.Second,
			Why: "The battery is too low to install updates safely. They are installed when the Mac is on its power adapter"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := c.mac.wake()
			w.s.State.Round.Agreed = deferral.Agreed{UID: ada.UID, At: w.s.Now.Add(-20 * time.Minute), Labels: []string{safari.Label}}
			w.apply(w.lookAtMac(t.Context()))
			e, err := w.do(t.Context(), deferral.Act{Do: deferral.Announce, Who: ada, Updates: only(safari), For: 5 * time.Minute, Patience: 5 * time.Minute})
			c.want.To, c.want.Who = deferral.Announce, ada
			if a, ok := e.(deferral.Answered); err != nil || !ok || a.Answer != c.want {
				t.Errorf("%+v, %v, want %+v", e, err, c.want)
			}
			d := c.mac.dialogs[0]
			if d.Kind != prompt.RunOrDefer || d.Countdown != 5*time.Minute || len(d.Choices) != 1 || d.Agreed.Hour() != 9 || d.Agreed.Minute() != 40 {
				t.Errorf("the dialog is %+v", d)
			}
		})
	}
}
