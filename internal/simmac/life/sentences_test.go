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
