package clock

import (
	"testing"
	"time"
)

func TestTimeBetweenMomentsIsKnownWithinABootOnly(t *testing.T) {
	base := Moment{Wall: time.Unix(1000, 0), Continuous: time.Hour, Boot: "b"}
	for _, test := range []struct {
		name  string
		later Moment
		want  time.Duration
		ok    bool
	}{
		{"later", base.Add(time.Minute), time.Minute, true},
		{"the same", base, 0, true},
		{"earlier", base.Add(-time.Minute), 0, false},
		{"another boot", Moment{Continuous: 2 * time.Hour, Boot: "c"}, 0, false},
		{"the wall clock set back", Moment{Wall: time.Unix(0, 0), Continuous: 2 * time.Hour, Boot: "b"}, time.Hour, true},
	} {
		if got, ok := test.later.Since(base); got != test.want || ok != test.ok {
			t.Errorf("%s: got %v, %v, want %v, %v", test.name, got, ok, test.want, test.ok)
		}
	}
	if _, ok := (Moment{}).Since(Moment{}); ok {
		t.Error("the time between no moment and no moment is known")
	}
}
