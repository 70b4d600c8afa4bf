package deferral

import (
	"errors"
	"testing"
	"time"

	"installordefer/deferral/settings"
)

func TestExplain(t *testing.T) {
	set := settings.Defaults()
	st := State{}.Checked(Found, []Update{safari}, set, tahoe26, at(0), time.UTC)
	s := situation(st, time.Hour)
	s.Settings, s.Machine = set, tahoe26
	s.Wake.Declared = Look(Declared{}, nil, s.Now)
	s.Wake.Mac = Look(Condition{}, nil, s.Now)
	says := func(s Situation) map[string]Verdict {
		_, list := Explain(s)
		all := map[string]Verdict{}
		for _, v := range list {
			if _, twice := all[v.Gate]; twice {
				t.Errorf("%s is there twice", v.Gate)
			}
			all[v.Gate] = v
		}
		return all
	}
	t.Run("what is open is open, whatever the act", func(t *testing.T) {
		wanted, _ := Explain(s)
		for name, v := range says(s) {
			if v.Why != "" {
				t.Errorf("%s is closed: %s", name, v.Why)
			}
		}
		if wanted.Do != Prompt {
			t.Errorf("it wants %s", wanted.Do)
		}
	})
	t.Run("every closed gate is named, not only the first", func(t *testing.T) {
		shut := s
		shut.State = st.Deferred(4*time.Hour, s.Now)
		shut.Hold = Hold{Since: s.Now.Wall, Until: s.Now.Wall.Add(2 * time.Hour)}
		shut.Wake.People = Look(People{}, nil, s.Now)
		all := says(shut)
		for gate, setting := range map[string]string{"hold": "", "deferral": "DeferralPeriod", "nobody": ""} {
			if v := all[gate]; v.Why == "" || v.Setting != setting || gate != "nobody" && v.Left <= 0 {
				t.Errorf("%s: %+v", gate, v)
			}
		}
		if d := Decide(shut); d.Do != Wait || d.Gate != "hold" {
			t.Errorf("and yet it is decided: %s for %s", d.Do, d.Gate)
		}
	})
	t.Run("somebody of whom nothing can be told is not nobody", func(t *testing.T) {
		blind := s
		blind.Wake.People = Look(People{}, errors.New("no answer"), s.Now)
		if all := says(blind); all["unknown"].Why == "" || all["nobody"].Known || all["nobody"].Why != "" {
			t.Errorf("%+v, %+v", all["unknown"], all["nobody"])
		}
	})
	t.Run("what was not looked at is not judged", func(t *testing.T) {
		blind := s
		blind.Wake.People = Fact[People]{}
		if v := says(blind)["nobody"]; v.Known || v.Why != "" {
			t.Errorf("%+v", v)
		}
	})
}

func TestSources(t *testing.T) {
	set := settings.Defaults()
	st := State{}.Checked(Found, []Update{safari}, set, tahoe26, at(0), time.UTC)
	if got := st.Sources(); len(got) != 1 || got[0].Setting != "MaxDeferralTime" || !got[0].Counts || !got[0].At.Equal(st.ForcedAfter) {
		t.Errorf("%+v", got)
	}
	earlier := st
	earlier.Round.Limits = []Limit{{Setting: "DeadlineDate", Value: "2026-11-24", At: st.ForcedAfter.Add(-48 * time.Hour)}}
	earlier.ForcedAfter, earlier.Round.Deadline = earlier.Round.Limits[0].At, earlier.Round.Limits[0].At
	if got := earlier.Sources(); len(got) != 2 || got[0].Counts || !got[1].Counts || got[1].Setting != "DeadlineDate" {
		t.Errorf("%+v", got)
	}
	byHand := st
	byHand.ForcedAfter, byHand.Round.Deadline, byHand.Round.Allowed = st.ForcedAfter.Add(time.Hour), st.ForcedAfter.Add(time.Hour), 0
	if got := byHand.Sources(); len(got) != 2 || !got[1].Counts || !got[1].At.Equal(byHand.ForcedAfter) {
		t.Errorf("%+v", got)
	}
	if got := (State{}).Sources(); got != nil {
		t.Errorf("without a round: %+v", got)
	}
}
