package story

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"installordefer/internal/clock"
	"installordefer/internal/simmac"
)

func event(k simmac.Kind, minute int, text string) simmac.Event {
	return simmac.Event{Kind: k, Text: text, Moment: clock.Moment{Wall: time.Date(2026, 9, 21, 23, 50+minute, 0, 0, time.UTC)}}
}

func TestLinesThatRepeatAreCountedAndDaysAreTold(t *testing.T) {
	var out bytes.Buffer
	tell := Teller{Out: &out}
	for i := range 4 {
		tell.Tell(event(simmac.Logged, i, "Nobody is there."), time.UTC)
	}
	tell.Tell(event(simmac.ToolRan, 5, "scutil"), time.UTC) // not told without Tools
	tell.Tell(event(simmac.SessionChanged, 8, "Ada logs in."), time.UTC)
	tell.Tell(event(simmac.Logged, 15, "Somebody is there.\nTwo lines."), time.UTC)
	tell.Tell(event(simmac.Logged, 16, "Somebody is there.\nTwo lines."), time.UTC)
	tell.Say("The end.")
	const want = `
Monday, 21 September 2026
23:50:00  job     Nobody is there.
                  (3 times more until 23:53:00)
23:58:00  person  Ada logs in.

Tuesday, 22 September 2026
00:05:00  job     Somebody is there.
                  Two lines.
                  (1 time more until 00:06:00)
The end.
`
	if out.String() != want {
		t.Errorf("the story is\n%s\nwant\n%s", out.String(), want)
	}
}

type broken struct{ writes int }

func (b *broken) Write(p []byte) (int, error) {
	b.writes++
	return 0, errors.New("the paper is used up")
}

func TestTheFirstErrorOfWritingIsKept(t *testing.T) {
	var out broken
	tell := Teller{Out: &out}
	tell.Tell(event(simmac.Logged, 0, "One."), time.UTC)
	tell.Tell(event(simmac.Logged, 1, "Two."), time.UTC)
	if tell.Err() == nil || out.writes != 1 {
		t.Errorf("error %v after %d writes", tell.Err(), out.writes)
	}
}
