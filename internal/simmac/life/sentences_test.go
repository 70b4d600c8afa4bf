package life

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"installordefer/internal/simmac/scenario"
)

// sentence is one of docs/deadlines.md: what an administrator says, the settings
// that say it to a Mac, what happens there, and what its log then has.
var sentence = regexp.MustCompile("(?s)\n## (\\d+\\. [^\n]+)\n\n```json\n(.*?)```\n\n(?:```events\n(.*?)```\n\n)?```\n(.*?)```\n")

func TestEverySentenceOnDeadlinesDoesWhatItSays(t *testing.T) {
	page, err := os.ReadFile("../../../docs/deadlines.md")
	if err != nil {
		t.Fatal(err)
	}
	base, err := os.ReadFile("../../../docs/scenarios/deadlines.json")
	if err != nil {
		t.Fatal(err)
	}
	sentences := sentence.FindAllStringSubmatch(string(page), -1)
	if len(sentences) != 10 {
		t.Errorf("there are %d sentences", len(sentences))
	}
	for _, m := range sentences {
		t.Run(m[1], func(t *testing.T) {
			var story map[string]json.RawMessage
			if err := json.Unmarshal(base, &story); err != nil {
				t.Fatal(err)
			}
			story["settings"] = json.RawMessage(m[2])
			if m[3] != "" {
				story["events"] = json.RawMessage(m[3])
			}
			data, err := json.Marshal(story)
			if err != nil {
				t.Fatal(err)
			}
			s, err := scenario.Decode(data)
			if err != nil {
				t.Fatal(err)
			}
			inOrder(t, told(t, s, nil), strings.Split(strings.TrimSpace(m[4]), "\n"))
		})
	}
}

// TestTheSentencesTogether is "three days, but never in exams, two days if it is being
// exploited, and Apple's date wins".
func TestTheSentencesTogether(t *testing.T) {
	for _, c := range []struct {
		name      string
		exploited bool
		apple     string
		want      []string
		quiet     quiet
	}{
		{"an ordinary update waits for the end of the exams", false, "", []string{
			"2026-11-23 09:00:19 job Updates were found. Deadline: 2026-11-26 09:00:19 CET, in 3 days (MaxDeferralTime).",
			"2026-12-05 00:00:20 job The deadline has passed. Updates install in 10 minutes",
		}, quiet{"2026-11-24", "2026-12-05", " screen “"}},
		{"exams hold up what is being exploited for a day", true, "", []string{
			"2026-11-23 09:00:19 job Updates were found. Deadline: 2026-11-24 09:00:19 CET, in 1 day (MaxDeferralTimeExploited).",
			"2026-11-25 09:05:19 job The deadline has passed. Updates install in 10 minutes",
		}, quiet{"2026-11-24", "2026-11-25 09:00:00", " screen “"}},
		{"and Apple's date is not held by them", true, "2026-11-30T18:00:00", []string{
			"2026-11-30 18:00:00 Mac Apple enforces macOS Tahoe 26.7 and restarts the Mac.",
		}, quiet{"2026-11-24", "2026-12-05", "Updates install in"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := decoded(t, "deadlines")
			if c.apple != "" {
				s.Events = []scenario.Event{{Do: "declare", Version: "26.7", By: c.apple}}
			}
			lines := told(t, s, map[string]any{
				"MaxDeferralTime": 259200, "Blackouts": []any{"2026-11-24/2026-12-04"}, "MaxDeferralTimeExploited": 172800,
				"Releases": []any{map[string]any{"Version": "26.7", "Released": "2026-11-20", "Exploited": c.exploited}},
			})
			inOrder(t, lines, c.want)
			c.quiet.check(t, lines)
		})
	}
}
