package profile

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"installordefer/internal/simmac/scenario"
)

func TestTheSampleHasNothingForLintOnTheDayOnWhichItIsWritten(t *testing.T) {
	for _, today := range []time.Time{exampleDay(), time.Date(2026, 12, 31, 23, 0, 0, 0, time.UTC), time.Date(2028, 2, 29, 12, 0, 0, 0, time.UTC), time.Date(2041, 7, 1, 0, 0, 0, 0, time.UTC)} {
		linter := Linter{Identity: DefaultIdentity, Now: today}
		if got := found(t, linter, DefaultIdentity.Sample(today)); len(got) > 0 {
			t.Errorf("on %s: %q", today.Format(time.DateOnly), got)
		}
	}
}

// The sentences of docs/deadlines.md are of the day of their scenario.
func TestTheSentencesAboutDeadlinesHaveNothingForLint(t *testing.T) {
	page, err := os.ReadFile("../../docs/deadlines.md")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("../../docs/scenarios/deadlines.json")
	if err != nil {
		t.Fatal(err)
	}
	story, err := scenario.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	if say := "--today " + story.Start.Format(time.DateOnly); !strings.Contains(string(page), say) {
		t.Errorf("the page does not say %q", say)
	}
	examples := regexp.MustCompile("(?s)```json\n(.*?)```").FindAllSubmatch(page, -1)
	if len(examples) < 10 {
		t.Errorf("%d examples", len(examples))
	}
	linter := Linter{Identity: DefaultIdentity, Now: story.Start}
	for _, e := range examples {
		if got := found(t, linter, e[1]); len(got) > 0 {
			t.Errorf("%s: %q", e[1], got)
		}
	}
}
